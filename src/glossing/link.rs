//! Morphs tied to the lexemes they are tokens of, where forms, kind, homograph and gloss leave one choice only.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::domain::{Bundle, Lexeme, LexemeId, LossReport, Morph, MorphKind, MultiText, Sense, SenseId};

/// How a kind attaches, as far as it tells homographs apart: FLEx users mix root and stem freely.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Class {
    Stem,
    Before,
    After,
    Within,
    Clitic,
    Other,
}

fn class(kind: MorphKind) -> Class {
    match kind {
        kind if kind.is_stem() => Class::Stem,
        MorphKind::Prefix | MorphKind::PrefixingInterfix => Class::Before,
        MorphKind::Suffix | MorphKind::SuffixingInterfix => Class::After,
        MorphKind::Infix | MorphKind::InfixingInterfix => Class::Within,
        MorphKind::Clitic | MorphKind::Proclitic | MorphKind::Enclitic => Class::Clitic,
        _ => Class::Other,
    }
}

/// A form as it is compared: NFC, without the marks that show how a morph attaches.
fn bare(form: &str) -> String {
    form.trim().trim_matches(['-', '=']).nfc().collect()
}

/// A circumfix shows only one of its halves in a morph: its citation form is compared instead, whatever its kind.
fn fits(morph: &Morph, lexeme: &Lexeme) -> bool {
    let circumfix = lexeme.kind == MorphKind::Circumfix && matches!(class(morph.kind), Class::Before | Class::After);
    circumfix || class(morph.kind) == class(lexeme.kind)
}

fn shares_gloss(morph: &MultiText, sense: &MultiText) -> bool {
    morph.iter().any(|(language, gloss)| sense.get(language).is_some_and(|other| other.trim() == gloss.trim()))
}

/// Links every morph that has no lexeme to the one lexeme and sense that it can only be.
///
/// Compared are the citation form (the form where there is none) without marks, how the morph attaches, the homograph
/// number where the morph has one, and the gloss where it has one. Only exact matches count; where more than one entry
/// or no entry is left, the morph stays unlinked and the report says so. A morph that is glossed links to a sense with
/// that gloss; one that is not links to the entry, and to its sense where there is one only.
pub fn link_morphs(bundle: &mut Bundle) -> LossReport {
    let mut by_form: HashMap<String, Vec<&Lexeme>> = HashMap::new();
    for lexeme in &bundle.lexemes {
        let mut forms: Vec<String> = lexeme
            .form
            .iter()
            .chain(lexeme.citation.iter())
            .map(|(_, form)| bare(form))
            .filter(|f| !f.is_empty())
            .collect();
        forms.sort();
        forms.dedup();
        for form in forms {
            by_form.entry(form).or_default().push(lexeme);
        }
    }
    let mut senses: HashMap<LexemeId, Vec<&Sense>> = HashMap::new();
    for sense in &bundle.senses {
        senses.entry(sense.lexeme).or_default().push(sense);
    }
    let mut report = LossReport::default();
    let mut found: Vec<(usize, LexemeId, Option<SenseId>)> = Vec::new();
    for (index, morph) in bundle.morphs.iter().enumerate().filter(|(_, m)| m.lexeme.is_none()) {
        let written = if morph.citation.is_empty() { &morph.form } else { &morph.citation };
        let mut candidates: Vec<(&Lexeme, Option<SenseId>)> = Vec::new();
        for (_, form) in written.iter() {
            for lexeme in by_form.get(&bare(form)).into_iter().flatten() {
                if candidates.iter().any(|(known, _)| known.id == lexeme.id) || !fits(morph, lexeme) {
                    continue;
                }
                let number = morph.homograph.trim().parse::<i64>().ok();
                if number.is_some_and(|n| n != lexeme.homograph) {
                    continue;
                }
                let of = senses.get(&lexeme.id).map(Vec::as_slice).unwrap_or_default();
                if morph.gloss.is_empty() {
                    let only = if let [only] = of { Some(only.id) } else { None };
                    candidates.push((lexeme, only));
                    continue;
                }
                let glossed: Vec<_> = of.iter().filter(|s| shares_gloss(&morph.gloss, &s.gloss)).collect();
                match glossed[..] {
                    [] => {}
                    [one] => candidates.push((lexeme, Some(one.id))),
                    // The entry is sure, which of its senses is not.
                    _ => candidates.push((lexeme, None)),
                }
            }
        }
        match candidates[..] {
            [(lexeme, sense)] => found.push((index, lexeme.id, sense)),
            [] => report.left_out("links from morphs", 1, "no entry has that form, kind, homograph number and gloss"),
            _ => report.left_out("links from morphs", 1, "more than one entry fits; choose by hand"),
        }
    }
    report.kept("morphs linked to their entry", found.len());
    report.kept("morphs linked to their sense", found.iter().filter(|(_, _, sense)| sense.is_some()).count());
    for (index, lexeme, sense) in found {
        bundle.morphs[index].lexeme = Some(lexeme);
        bundle.morphs[index].sense = sense;
    }
    report
}
