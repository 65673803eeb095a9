//! The lexicon rows: one sense each, and one for an entry without senses.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::bundle::BundleIndex;
use crate::domain::{AnnotationId, Bundle, Example, FormKind, Lexeme, LossReport, MultiText, Sense};
use crate::formats::parquet::table::{Rows, Table, word_for};

/// An entry with one of its senses.
struct Entry<'a> {
    lexeme: &'a Lexeme,
    sense: Option<&'a Sense>,
    variants: Vec<String>,
    examples: Vec<&'a Example>,
}

/// The table. Examples taken from utterances in `held_back` are not in it: they would give the test sessions away.
pub(super) fn table(
    bundle: &Bundle,
    held_back: &HashSet<AnnotationId>,
    object: &[String],
    analysis: &[String],
    report: &mut LossReport,
) -> Table {
    static NOTHING: MultiText = MultiText(BTreeMap::new());
    let entries = entries(bundle, held_back, object, report);
    let best = |texts: &MultiText, wanted: &[String]| {
        texts.best(wanted.iter().map(String::as_str)).unwrap_or_default().to_owned()
    };
    Rows::new("lexicon", "One sense of an entry a row; an entry without senses has one row.", &entries)
        .text("lexeme_id", "id of the entry", |e| e.lexeme.id.to_string())
        .maybe("sense_id", "id of the sense", |e| e.sense.map(|s| s.id.to_string()))
        .maybe("parent_sense_id", "id of the sense it is part of", |e| {
            e.sense.and_then(|s| s.parent).map(|p| p.to_string())
        })
        .texts("form", "lexeme form, without marks", |e| &e.lexeme.form)
        .texts("citation", "citation form where it differs", |e| &e.lexeme.citation)
        .text("kind", "stem, suffix, …", |e| word_for(e.lexeme.kind))
        .int("homograph", "homograph number, 0 when it has none", |e| Some(e.lexeme.homograph))
        .maybe("category", "part of speech of the sense, or of the entry", |e| {
            let own = e.sense.map(|s| s.category.clone()).filter(|c| !c.is_empty());
            Some(own.unwrap_or_else(|| e.lexeme.category.clone()))
        })
        .texts("gloss", "gloss", |e| e.sense.map_or(&NOTHING, |s| &s.gloss))
        .texts("definition", "definition", |e| e.sense.map_or(&NOTHING, |s| &s.definition))
        .list("domains", "semantic domains", |e| e.sense.map(|s| s.domains.clone()).unwrap_or_default())
        .maybe("scientific_name", "scientific name", |e| e.sense.map(|s| s.scientific_name.clone()))
        .list("variants", "allomorphs, variants and inflected forms of the entry", |e| e.variants.clone())
        .list("examples", "example sentences", |e| e.examples.iter().map(|x| best(&x.text, object)).collect())
        .list("example_translations", "a translation for each of `examples`; empty text where there is none", |e| {
            e.examples.iter().map(|x| best(&x.translation, analysis)).collect()
        })
        .table()
}

fn entries<'a>(
    bundle: &'a Bundle,
    held_back: &HashSet<AnnotationId>,
    object: &[String],
    report: &mut LossReport,
) -> Vec<Entry<'a>> {
    let index = bundle.index();
    let mut senses: HashMap<_, Vec<&Sense>> = HashMap::new();
    for sense in &bundle.senses {
        senses.entry(sense.lexeme).or_default().push(sense);
    }
    let mut lexemes: Vec<_> = bundle.lexemes.iter().collect();
    lexemes.sort_by_key(|l| (l.position, l.id));
    let mut entries = Vec::new();
    for lexeme in lexemes {
        let variants = variants(&index, lexeme, object);
        let mut own = senses.remove(&lexeme.id).unwrap_or_default();
        own.sort_by_key(|s| (s.parent.is_some(), s.position, s.id));
        if own.is_empty() {
            entries.push(Entry { lexeme, sense: None, variants, examples: Vec::new() });
            continue;
        }
        for sense in own {
            let all = index.examples_of_sense.get(&sense.id).cloned().unwrap_or_default();
            let count = all.len();
            let examples: Vec<_> =
                all.into_iter().filter(|e| e.annotation.is_none_or(|a| !held_back.contains(&a))).collect();
            let why = "taken from sessions that are kept for validation and test";
            report.left_out("examples", count - examples.len(), why);
            entries.push(Entry { lexeme, sense: Some(sense), variants: variants.clone(), examples });
        }
    }
    let lost = senses.values().map(Vec::len).sum();
    report.left_out("senses", lost, "their entry is not in what was exported");
    entries
}

fn variants(index: &BundleIndex, lexeme: &Lexeme, object: &[String]) -> Vec<String> {
    let forms = index.forms_of_lexeme.get(&lexeme.id).into_iter().flatten();
    forms
        .filter(|f| f.kind != FormKind::Pronunciation)
        .filter_map(|f| f.form.best(object.iter().map(String::as_str)))
        .map(str::to_owned)
        .collect()
}
