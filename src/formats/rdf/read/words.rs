//! The words and morphs of an utterance.

use std::collections::HashMap;

use super::source::Source;
use super::texts::{Texts, time_of};
use crate::domain::{
    AnnotationId, LexemeId, Morph, MorphId, MorphKind, MultiText, Residue, SenseId, SessionId, Word, WordId, WordKind,
    WordStatus,
};
use crate::formats::rdf::lexinfo;
use crate::formats::rdf::triples::TermId;

/// Reads the tiers of words and morphs.
pub(super) fn read(source: &mut Source, texts: &mut Texts, session: SessionId, annotation: AnnotationId, node: TermId) {
    let mut word_nodes = Vec::new();
    for tier in source.links(node, "ligt:hasWords") {
        source.part(annotation.record(), "words", tier);
        word_nodes.extend(source.links(tier, "ligt:item"));
    }
    let mut morph_nodes = Vec::new();
    for tier in source.links(node, "ligt:hasMorphs") {
        source.part(annotation.record(), "morphs", tier);
        morph_nodes.extend(source.links(tier, "ligt:item"));
    }
    let words = source.chain(word_nodes, &["ligt:nextWord", "ligt:next"]);
    let morphs = source.chain(morph_nodes, &["ligt:nextMorph", "ligt:next"]);
    let mut morphs_of: HashMap<TermId, Vec<TermId>> = HashMap::new();
    let mut lost = 0;
    for morph in morphs {
        match source.links(morph, "dct:isPartOf").into_iter().find(|word| words.contains(word)) {
            Some(word) => morphs_of.entry(word).or_default().push(morph),
            None => lost += 1,
        }
    }
    if lost > 0 {
        let why = "they belong to no word of their utterance; kept, and written again on export";
        source.report.mapped("morphs", lost, why);
    }
    for (place, node) in words.into_iter().enumerate() {
        let morphs = morphs_of.remove(&node).unwrap_or_default();
        let id = WordId(source.id(node));
        let time = time_of(source, texts, session, node);
        let parts = source.links(node, "lexinfo:partOfSpeech");
        let punctuation = parts.iter().any(|part| source.iri(*part).ends_with("#punctuation"));
        let form = source.multi(node, "rdfs:label");
        let gloss = source.multi(node, "ligt:gloss");
        let analysed = !morphs.is_empty() || !gloss.is_empty();
        source.bundle.words.push(Word {
            id,
            annotation,
            position: place as i64,
            kind: if punctuation { WordKind::Punctuation } else { WordKind::Word },
            category: if punctuation { MultiText::default() } else { category(source, node) },
            form,
            gloss,
            status: if analysed { WordStatus::Approved } else { WordStatus::Unknown },
            start: time.map(|span| span.start),
            end: time.map(|span| span.end),
            residue: Residue::default(),
        });
        for (place, node) in morphs.into_iter().enumerate() {
            morph(source, id, place as i64, node);
        }
    }
}

fn morph(source: &mut Source, word: WordId, position: i64, node: TermId) {
    let id = MorphId(source.id(node));
    let form = source.multi(node, "rdfs:label");
    let (mut lexeme, mut sense) = (None, None);
    for target in source.links(node, "ligt:metadataRef") {
        if source.is_a(target, "ontolex:LexicalEntry") {
            lexeme = Some(LexemeId(source.id(target)));
        } else if source.is_a(target, "ontolex:LexicalSense") {
            sense = Some(SenseId(source.id(target)));
        }
    }
    for attestation in source.from("frac:locus", node) {
        source.part(id.record(), "attestation", attestation);
    }
    let morph = Morph {
        id,
        word,
        position,
        kind: kind(source, node, form.first().unwrap_or_default()),
        citation: source.multi(node, "citationForm"),
        gloss: source.multi(node, "ligt:gloss"),
        category: category(source, node),
        form,
        homograph: String::new(),
        lexeme,
        sense,
        residue: Residue::default(),
    };
    source.bundle.morphs.push(morph);
}

/// How a morph attaches: by what is said of it, else by the marks on its form.
fn kind(source: &Source, node: TermId, form: &str) -> MorphKind {
    if let Some(kind) = MorphKind::from_name(&source.text(node, "morphKind")) {
        return kind;
    }
    let is = |class: &str| source.is_a(node, class);
    let infix = source.links(node, "lexinfo:termElement").iter().any(|value| source.iri(*value).ends_with("#infix"));
    if is("ligt:Prefix") {
        MorphKind::Prefix
    } else if is("ligt:Suffix") {
        MorphKind::Suffix
    } else if is("ligt:Enclitic") {
        MorphKind::Enclitic
    } else if is("ligt:Stem") {
        MorphKind::Stem
    } else if infix {
        MorphKind::Infix
    } else {
        MorphKind::from_marks(form)
    }
}

/// A category as the source wrote it; where only LexInfo's value is there, its name.
pub(super) fn category(source: &Source, node: TermId) -> MultiText {
    let mut category = source.multi(node, "category");
    for part in source.links(node, "lexinfo:partOfSpeech") {
        let Some((_, name)) = source.iri(part).rsplit_once('#') else { continue };
        let said = category.iter().any(|(_, written)| lexinfo::part_of_speech(written) == Some(name));
        // Only what would come out as the same value: the rest is kept as it is.
        if !said && let Some(written) = lexinfo::written(name) {
            let free = ["en", "und", "mis"].into_iter().find(|tag| category.get(tag).is_none());
            if let Some(tag) = free {
                category.set(tag, written);
            }
        }
    }
    category
}
