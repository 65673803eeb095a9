//! A project's approved analyses as the lines that the glosser learns from, and its lexicon as the entries.

use std::collections::{HashMap, HashSet};

use super::stock::{MOST_ENTRIES, gloss_of};
use crate::domain::bundle::BundleIndex;
use crate::domain::{Annotation, Bundle, Lexeme, Morph, Tier, TierRole, Word, WordKind, WordStatus};
use crate::glossing::igt::Line;
use crate::glossing::lexical::bare;
use crate::glossing::model::Entry;

/// A word as the glosser reads it: its form in small letters.
pub(super) fn form_of(word: &Word) -> String {
    let form = word.form.first().unwrap_or_default().trim();
    let small = bare(form);
    // A word that is nothing but marks stays what it is: the glosser must not be given nothing.
    if small.is_empty() { form.to_owned() } else { small }
}

/// A word's approved analysis as forms and glosses; `None` where there is nothing whole to learn.
pub(super) fn analysis_of<'m>(
    word: &Word,
    morphs: impl IntoIterator<Item = &'m Morph>,
    language: &str,
) -> Option<(Vec<String>, Vec<String>)> {
    if word.status != WordStatus::Approved {
        return None;
    }
    let mut forms = Vec::new();
    let mut glosses = Vec::new();
    for morph in morphs {
        forms.push(bare(morph.form.first().unwrap_or_default()));
        glosses.push(gloss_of(&morph.gloss, language).to_owned());
    }
    if forms.is_empty() {
        forms.push(form_of(word));
        glosses.push(gloss_of(&word.gloss, language).to_owned());
    }
    (glosses.iter().chain(&forms).all(|text| !text.is_empty())).then_some((forms, glosses))
}

/// The approved stretches of one line: a word that nobody approved ends a stretch, a punctuation mark does not.
pub(super) fn stretches<'w>(
    words: impl IntoIterator<Item = (&'w Word, Vec<&'w Morph>)>,
    translation: Option<&str>,
    language: &str,
) -> Vec<Line> {
    let mut found: Vec<Line> = Vec::new();
    let mut open = false;
    for (word, morphs) in words {
        if word.kind == WordKind::Punctuation {
            continue;
        }
        let Some((forms, glosses)) = analysis_of(word, morphs, language) else {
            open = false;
            continue;
        };
        if !open {
            found.push(Line { translation: translation.map(str::to_owned), ..Line::default() });
            open = true;
        }
        if let Some(line) = found.last_mut() {
            line.words.push(form_of(word));
            line.segmentation.get_or_insert_default().push(forms);
            line.glosses.get_or_insert_default().push(glosses);
        }
    }
    found
}

/// The transcribed lines of a project in the order of its sessions, with their translation into a language.
pub(super) fn transcribed<'b>(
    bundle: &'b Bundle,
    index: &BundleIndex<'b>,
    language: &str,
) -> Vec<(&'b Annotation, Option<&'b str>)> {
    let tiers: HashMap<_, &Tier> = bundle.tiers.iter().map(|tier| (tier.id, tier)).collect();
    let mut sessions: Vec<_> = bundle.sessions.iter().collect();
    sessions.sort_by_key(|session| (session.position, session.id));
    let mut found = Vec::new();
    for session in sessions {
        let of_session = index.tiers_of_session.get(&session.id).into_iter().flatten();
        for tier in of_session.filter(|tier| tier.role == TierRole::Transcription) {
            for line in index.annotations_of_tier.get(&tier.id).into_iter().flatten().copied() {
                let under = index.children_of_annotation.get(&line.id).into_iter().flatten();
                let translation = under
                    .filter(|child| {
                        let tier = tiers.get(&child.tier);
                        tier.is_some_and(|tier| {
                            tier.role == TierRole::Translation
                                && (tier.language.is_empty() || tier.language == language)
                        })
                    })
                    .map(|child| child.value.trim())
                    .find(|text| !text.is_empty());
                found.push((line, translation));
            }
        }
    }
    found
}

/// The words of a line with their morphs.
pub(super) fn words_of<'b>(index: &BundleIndex<'b>, line: &Annotation) -> Vec<(&'b Word, Vec<&'b Morph>)> {
    let words = index.words_of_annotation.get(&line.id).cloned().unwrap_or_default();
    words.into_iter().map(|word| (word, index.morphs_of_word.get(&word.id).cloned().unwrap_or_default())).collect()
}

/// The forms of a lexeme, as written: its own, its citation form, its allomorphs.
pub(super) fn forms_of<'b>(index: &BundleIndex<'b>, lexeme: &'b Lexeme) -> Vec<&'b str> {
    let more = index.forms_of_lexeme.get(&lexeme.id).into_iter().flatten().map(|form| &form.form);
    [&lexeme.form, &lexeme.citation].into_iter().chain(more).flat_map(|f| f.iter()).map(|(_, form)| form).collect()
}

/// What the project's lexicon says forms are glossed with.
pub(super) fn entries(bundle: &Bundle, language: &str) -> Vec<Entry> {
    let index = bundle.index();
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for lexeme in bundle.lexemes.iter().take(MOST_ENTRIES) {
        let senses = index.senses_of_lexeme.get(&lexeme.id).into_iter().flatten();
        let glosses = senses.map(|sense| gloss_of(&sense.gloss, language)).filter(|gloss| !gloss.is_empty());
        for gloss in glosses {
            for form in forms_of(&index, lexeme) {
                let entry = Entry { form: bare(form), gloss: gloss.to_owned() };
                if !entry.form.is_empty() && seen.insert(entry.clone()) {
                    found.push(entry);
                }
            }
        }
    }
    found
}

/// Every approved stretch of a project's lines: what the glosser learns from.
pub fn lines(bundle: &Bundle, language: &str) -> Vec<Line> {
    let index = bundle.index();
    let lines = transcribed(bundle, &index, language);
    lines.into_iter().flat_map(|(line, translation)| stretches(words_of(&index, line), translation, language)).collect()
}
