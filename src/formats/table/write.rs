//! Our own layout: annotations, one a row; the lexicon, one sense a row.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::time::seconds;
use super::{NAME, Table};
use crate::domain::{Bundle, LexemeId, LossReport, MultiText, Residue, Sense};

/// The first columns of the table of annotations.
pub const ANNOTATIONS: [&str; 7] = ["session", "tier", "participant", "start", "end", "value", "parent"];
/// The columns of the table of the lexicon that are always there.
pub const LEXICON: [&str; 5] = ["homograph", "kind", "category", "domains", "scientific_name"];

/// Names of columns that other tables had, in order.
fn kept<'a>(residues: impl Iterator<Item = &'a Residue>) -> Vec<String> {
    let names: BTreeSet<&String> =
        residues.filter_map(|r| r.get(NAME)?.as_object()).flat_map(serde_json::Map::keys).collect();
    names.into_iter().cloned().collect()
}

fn cell(residue: &Residue, name: &str) -> String {
    residue.get(NAME).and_then(|r| r.get(name)).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The annotations of every tier; columns of a table they came from follow.
pub fn annotations(bundle: &Bundle) -> Table {
    let sessions: HashMap<_, _> = bundle.sessions.iter().map(|s| (s.id, s)).collect();
    let tiers: HashMap<_, _> = bundle.tiers.iter().map(|t| (t.id, t)).collect();
    let people: HashMap<_, _> = bundle.people.iter().map(|p| (p.id, p.code.as_str())).collect();
    let values: HashMap<_, _> = bundle.annotations.iter().map(|a| (a.id, a.value.as_str())).collect();
    let mut rows: Vec<_> = bundle.annotations.iter().map(|a| (a, tiers.get(&a.tier))).collect();
    rows.sort_by_key(|(a, tier)| {
        let session = tier.and_then(|t| sessions.get(&t.session)).map(|s| (s.position, s.id));
        (session, tier.map(|t| (t.position, t.id)), a.start, a.position, a.id)
    });
    let mut more = kept(bundle.annotations.iter().map(|a| &a.residue));
    more.retain(|name| name != "parent");
    // A cell of `start` that was no time comes under a name of its own.
    let label = |name: String| {
        let ours = ANNOTATIONS.iter().any(|known| known.eq_ignore_ascii_case(&name));
        if ours { format!("{name} (as it was)") } else { name }
    };
    let header = ANNOTATIONS.iter().map(|name| (*name).to_owned()).chain(more.iter().cloned().map(label)).collect();
    let mut table = Table { name: "annotations".to_owned(), rows: vec![header] };
    for (annotation, tier) in rows {
        let session = tier.and_then(|t| sessions.get(&t.session)).map_or("", |s| &s.name);
        let person = tier.and_then(|t| t.participant).and_then(|p| people.get(&p).copied()).unwrap_or("");
        let parent = match annotation.parent.and_then(|p| values.get(&p).copied()) {
            Some(parent) => parent.to_owned(),
            None => cell(&annotation.residue, "parent"),
        };
        let mut row = [session, tier.map_or("", |t| &t.name), person].map(str::to_owned).to_vec();
        row.extend([seconds(annotation.start), seconds(annotation.end), annotation.value.clone(), parent]);
        row.extend(more.iter().map(|name| cell(&annotation.residue, name)));
        table.rows.push(row);
    }
    table
}

/// The senses of every entry; custom fields follow.
pub fn lexicon(bundle: &Bundle, report: &mut LossReport) -> Table {
    let tags = |texts: &mut dyn Iterator<Item = &MultiText>| -> Vec<String> {
        let tags: BTreeSet<_> = texts.flat_map(|t| t.iter().map(|(tag, _)| tag.to_owned())).collect();
        tags.into_iter().collect()
    };
    let form_tags = tags(&mut bundle.lexemes.iter().flat_map(|l| [&l.form, &l.citation]));
    let gloss_tags = tags(&mut bundle.senses.iter().map(|s| &s.gloss));
    let definition_tags = tags(&mut bundle.senses.iter().map(|s| &s.definition));
    let mut header: Vec<String> = Vec::new();
    header.extend(form_tags.iter().map(|tag| format!("headword_{tag}")));
    header.extend(form_tags.iter().map(|tag| format!("citation_{tag}")));
    header.extend(["homograph", "kind", "category"].map(str::to_owned));
    header.extend(gloss_tags.iter().map(|tag| format!("gloss_{tag}")));
    header.extend(definition_tags.iter().map(|tag| format!("definition_{tag}")));
    header.extend(["domains", "scientific_name"].map(str::to_owned));
    let fields: BTreeSet<&String> = bundle.senses.iter().flat_map(|s| s.fields.keys()).collect();
    let (fields, clash): (Vec<&String>, Vec<&String>) = fields.into_iter().partition(|name| !header.contains(name));
    for name in clash {
        report.left_out(format!("field '{name}'"), 1, "the table has a column of that name for something else");
    }
    header.extend(fields.iter().map(|name| (*name).clone()));
    let mut lexemes: Vec<_> = bundle.lexemes.iter().collect();
    lexemes.sort_by_key(|l| (l.position, l.id));
    let mut senses: HashMap<LexemeId, Vec<&Sense>> = HashMap::new();
    for sense in &bundle.senses {
        senses.entry(sense.lexeme).or_default().push(sense);
    }
    let mut table = Table { name: "lexicon".to_owned(), rows: vec![header] };
    let text = |texts: Option<&MultiText>, tag: &str| texts.and_then(|t| t.get(tag)).unwrap_or_default().to_owned();
    let mut merged = 0;
    for lexeme in lexemes {
        let mut own: Vec<Option<&Sense>> =
            senses.remove(&lexeme.id).unwrap_or_default().into_iter().map(Some).collect();
        own.sort_by_key(|s| s.map(|s| (s.position, s.id)));
        if own.is_empty() {
            own.push(None);
        }
        for sense in own {
            let mut row: Vec<String> = Vec::new();
            row.extend(form_tags.iter().map(|tag| text(Some(&lexeme.form), tag)));
            row.extend(form_tags.iter().map(|tag| text(Some(&lexeme.citation), tag)));
            row.push(if lexeme.homograph == 0 { String::new() } else { lexeme.homograph.to_string() });
            row.push(lexeme.kind.name().to_owned());
            row.push(sense.map(|s| &s.category).filter(|c| !c.is_empty()).unwrap_or(&lexeme.category).clone());
            row.extend(gloss_tags.iter().map(|tag| text(sense.map(|s| &s.gloss), tag)));
            row.extend(definition_tags.iter().map(|tag| text(sense.map(|s| &s.definition), tag)));
            row.push(sense.map(|s| s.domains.join("; ")).unwrap_or_default());
            row.push(sense.map(|s| s.scientific_name.clone()).unwrap_or_default());
            for name in &fields {
                let value = sense.and_then(|s| s.fields.get(*name));
                merged += value.map_or(0, |v| v.0.len().saturating_sub(1));
                let all: Vec<&str> = value.into_iter().flat_map(|v| v.iter().map(|(_, text)| text)).collect();
                row.push(all.join("; "));
            }
            table.rows.push(row);
        }
    }
    report.mapped("custom fields in several languages", merged, "in one cell, parted by semicolons");
    table
}
