//! Glossing: words of an utterance, morphs of a word.

use super::Edited;
use crate::domain::{
    Annotation, AnnotationId, Language, LanguageRole, Lexeme, Morph, MorphId, MorphKind, MultiText, Sense, Tier, Word,
    WordId, WordKind, WordStatus,
};
use crate::glossing::breaks;
use crate::glossing::tokens::{Token, carry_over, tokens};
use crate::store::query::Analysis;
use crate::store::{Op, OpKind, Reader, Store, StoreError, Tx, search_key};

/// The project's first documented language, for texts whose tier does not say.
fn object_language(read: Reader<'_>) -> Result<String, StoreError> {
    first_language(read, LanguageRole::Object, "und")
}

/// The project's first language of glosses.
///
/// # Errors
/// When the file cannot be read.
pub fn analysis_language(read: Reader<'_>) -> Result<String, StoreError> {
    first_language(read, LanguageRole::Analysis, "en")
}

fn first_language(read: Reader<'_>, role: LanguageRole, otherwise: &str) -> Result<String, StoreError> {
    let mut languages: Vec<Language> = read.all()?;
    languages.sort_by_key(|language| language.position);
    let first = languages.into_iter().find(|language| language.role == role);
    Ok(first.map_or_else(|| otherwise.to_owned(), |language| language.tag))
}

/// Makes the words of an utterance follow its text: words that stay keep their analysis, a word that was changed
/// keeps its place and loses its approval, the rest are added or taken out.
pub(in crate::app) fn follow_text(tx: &Tx<'_>, annotation: &Annotation) -> Result<(), StoreError> {
    let tier: Tier = tx.read().require(annotation.tier)?;
    let language = if tier.language.is_empty() { object_language(tx.read())? } else { tier.language };
    let old = tx.read().words_of(annotation.id)?;
    let new = tokens(&annotation.value);
    let old_forms: Vec<&str> =
        old.iter().map(|w| w.form.get(&language).or(w.form.first()).unwrap_or_default()).collect();
    let new_forms: Vec<&str> = new.iter().map(|t| t.text).collect();
    if old_forms == new_forms {
        return Ok(());
    }
    let carried = carry_over(&old_forms, &new_forms);
    for (index, word) in old.iter().enumerate() {
        if !carried.contains(&Some(index)) {
            tx.delete_word(word.id)?;
        }
    }
    for (position, (token, from)) in new.iter().zip(&carried).enumerate() {
        place(tx, annotation.id, position as i64, token, &language, from.and_then(|i| old.get(i)))?;
    }
    Ok(())
}

fn place(
    tx: &Tx<'_>,
    annotation: AnnotationId,
    position: i64,
    token: &Token<'_>,
    language: &str,
    known: Option<&Word>,
) -> Result<(), StoreError> {
    let Some(known) = known else {
        return tx.insert(&Word {
            id: WordId::new(),
            annotation,
            position,
            kind: token.kind,
            form: MultiText::of(language, token.text),
            gloss: MultiText::default(),
            category: MultiText::default(),
            status: WordStatus::Unknown,
            start: None,
            end: None,
            residue: Default::default(),
        });
    };
    let mut word = known.clone();
    word.position = position;
    word.kind = token.kind;
    let form = known.form.get(language).or(known.form.first()).unwrap_or_default();
    if form != token.text {
        // Only its case changed: still the same word. Otherwise a person must look again.
        if search_key(form) != search_key(token.text) && word.status == WordStatus::Approved {
            word.status = WordStatus::Suggested;
        }
        word.form.set(language, token.text);
    }
    if word == *known { Ok(()) } else { tx.update(&word) }
}

/// Makes words of an utterance's text where it has none yet.
///
/// # Errors
/// When there is no such utterance, or the file refuses.
pub fn split_words(store: &mut Store, annotation: AnnotationId) -> Edited {
    store.transact(Op::new(OpKind::SplitWords), |tx| {
        let annotation: Annotation = tx.read().require(annotation)?;
        follow_text(tx, &annotation)
    })
}

/// Sets a word's morpheme breaks from what was typed (`t-oyto-se`). Morphs that stay the same keep gloss and links;
/// new ones are looked up in the lexicon, and take gloss and link when exactly one sense fits.
///
/// # Errors
/// When there is no such word, or the file refuses.
pub fn break_word(store: &mut Store, id: WordId, typed: &str) -> Edited {
    store.transact(Op::new(OpKind::BreakWord), |tx| {
        let mut word: Word = tx.read().require(id)?;
        let language = word.form.0.keys().next().cloned().unwrap_or_else(|| "und".to_owned());
        let old = tx.read().morphs_of(id)?;
        let is_stem = |form: &str| {
            tx.read().lexemes_by_form(form).is_ok_and(|found| found.iter().any(|(lexeme, _)| lexeme.kind.is_stem()))
        };
        let pieces = breaks::breaks(typed, is_stem);
        let old_forms: Vec<&str> = old.iter().map(|m| m.form.first().unwrap_or_default()).collect();
        let new_forms: Vec<&str> = pieces.iter().map(|p| p.form.as_str()).collect();
        let carried: Vec<Option<&Morph>> = carry_over(&old_forms, &new_forms)
            .into_iter()
            .zip(&new_forms)
            .map(|(from, form)| from.and_then(|i| old.get(i)).filter(|m| m.form.first() == Some(form)))
            .collect();
        for morph in &old {
            if !carried.iter().flatten().any(|kept| kept.id == morph.id) {
                tx.delete_morph(morph.id)?;
            }
        }
        for (position, (piece, from)) in pieces.iter().zip(carried).enumerate() {
            match from {
                Some(known) => {
                    let mut morph = known.clone();
                    morph.position = position as i64;
                    morph.kind = piece.kind;
                    if morph != *known {
                        tx.update(&morph)?;
                    }
                }
                None => {
                    let mut morph = Morph {
                        id: MorphId::new(),
                        word: id,
                        position: position as i64,
                        kind: piece.kind,
                        form: MultiText::of(&language, &piece.form),
                        citation: MultiText::default(),
                        gloss: MultiText::default(),
                        category: MultiText::default(),
                        homograph: String::new(),
                        lexeme: None,
                        sense: None,
                        residue: Default::default(),
                    };
                    link_if_sure(tx, &mut morph)?;
                    tx.insert(&morph)?;
                }
            }
        }
        if word.status == WordStatus::Approved {
            word.status = WordStatus::Suggested;
            tx.update(&word)?;
        }
        Ok(())
    })
}

/// Whether a morph of one kind can be an occurrence of an entry of another.
fn fits(morph: MorphKind, lexeme: MorphKind) -> bool {
    morph == lexeme || (morph.is_stem() && lexeme.is_stem())
}

/// Gives a morph the entry and sense that fit, when exactly one does: by form and kind, and by gloss when it has one.
pub(super) fn link_if_sure(tx: &Tx<'_>, morph: &mut Morph) -> Result<(), StoreError> {
    let form = morph.form.first().unwrap_or_default().to_owned();
    let found = tx.read().lexemes_by_form(&form)?;
    let glossed = |sense: &Sense| {
        morph.gloss.is_empty() || morph.gloss.iter().any(|(language, gloss)| sense.gloss.get(language) == Some(gloss))
    };
    let fitting: Vec<(&Lexeme, &Sense)> = found
        .iter()
        .filter(|(lexeme, _)| fits(morph.kind, lexeme.kind))
        .flat_map(|(lexeme, senses)| senses.iter().map(move |sense| (lexeme, sense)))
        .filter(|(_, sense)| glossed(sense))
        .collect();
    if let [(lexeme, sense)] = fitting[..] {
        let language = analysis_language(tx.read())?;
        morph.lexeme = Some(lexeme.id);
        morph.sense = Some(sense.id);
        if morph.gloss.is_empty() {
            morph.gloss = sense.gloss.clone();
        }
        let category = if sense.category.is_empty() { &lexeme.category } else { &sense.category };
        if morph.category.is_empty() {
            morph.category = MultiText::of(language, category.as_str());
        }
    }
    Ok(())
}

/// Sets the gloss of a morph; a link to a sense that says otherwise is let go, one that fits is made.
///
/// # Errors
/// When there is no such morph, or the file refuses.
pub fn set_morph_gloss(store: &mut Store, id: MorphId, language: &str, gloss: &str) -> Edited {
    store.transact(Op::typing(OpKind::GlossWord, format!("morph:{id}:gloss:{language}")), |tx| {
        let mut morph: Morph = tx.read().require(id)?;
        if morph.gloss.get(language).unwrap_or_default() == gloss {
            return Ok(());
        }
        morph.gloss.set(language, gloss);
        morph.lexeme = None;
        morph.sense = None;
        if !gloss.is_empty() {
            link_if_sure(tx, &mut morph)?;
        }
        tx.update(&morph)
    })
}

/// Sets the grammatical category of a morph.
///
/// # Errors
/// When there is no such morph, or the file refuses.
pub fn set_morph_category(store: &mut Store, id: MorphId, language: &str, category: &str) -> Edited {
    store.transact(Op::typing(OpKind::GlossWord, format!("morph:{id}:category:{language}")), |tx| {
        tx.modify::<Morph>(id, |morph| morph.category.set(language, category)).map(|_| ())
    })
}

/// Ties a morph to an entry's sense that a person chose, and takes over its gloss and category.
///
/// # Errors
/// When one of them is not there, or the file refuses.
pub fn link_morph(store: &mut Store, id: MorphId, sense: Option<crate::domain::SenseId>) -> Edited {
    store.transact(Op::new(OpKind::LinkMorphs), |tx| {
        let mut morph: Morph = tx.read().require(id)?;
        match sense {
            None => {
                morph.lexeme = None;
                morph.sense = None;
            }
            Some(sense) => {
                let sense: Sense = tx.read().require(sense)?;
                let lexeme: Lexeme = tx.read().require(sense.lexeme)?;
                let language = analysis_language(tx.read())?;
                let category = if sense.category.is_empty() { lexeme.category } else { sense.category.clone() };
                morph.lexeme = Some(sense.lexeme);
                morph.sense = Some(sense.id);
                morph.gloss = sense.gloss;
                morph.category = MultiText::of(language, category);
            }
        }
        tx.update(&morph)
    })
}

/// Sets the gloss of a whole word.
///
/// # Errors
/// When there is no such word, or the file refuses.
pub fn set_word_gloss(store: &mut Store, id: WordId, language: &str, gloss: &str) -> Edited {
    store.transact(Op::typing(OpKind::GlossWord, format!("word:{id}:gloss:{language}")), |tx| {
        tx.modify::<Word>(id, |word| word.gloss.set(language, gloss)).map(|_| ())
    })
}

/// Sets the part of speech of a whole word.
///
/// # Errors
/// When there is no such word, or the file refuses.
pub fn set_word_category(store: &mut Store, id: WordId, language: &str, category: &str) -> Edited {
    store.transact(Op::typing(OpKind::GlossWord, format!("word:{id}:category:{language}")), |tx| {
        tx.modify::<Word>(id, |word| word.category.set(language, category)).map(|_| ())
    })
}

/// Says that a word's analysis is right; with an analysis given, that one is put in place first.
///
/// # Errors
/// When there is no such word, or the file refuses.
pub fn approve(store: &mut Store, id: WordId, analysis: Option<&Analysis>) -> Edited {
    store.transact(Op::new(OpKind::ApproveWord), |tx| approve_one(tx, id, analysis))
}

/// Approves every word with the same form that nobody has approved yet, all with one analysis; gives how many.
///
/// # Errors
/// When the file refuses.
pub fn approve_all(store: &mut Store, form: &str, analysis: &Analysis) -> Edited<usize> {
    let key = search_key(form);
    store.transact(Op::new(OpKind::ApproveWord), |tx| {
        let open: Vec<Word> = tx.read().words_with_key(&key)?;
        let open: Vec<&Word> =
            open.iter().filter(|w| w.status != WordStatus::Approved && w.kind == WordKind::Word).collect();
        open.iter().try_for_each(|word| approve_one(tx, word.id, Some(analysis)))?;
        Ok(open.len())
    })
}

pub(super) fn approve_one(tx: &Tx<'_>, id: WordId, analysis: Option<&Analysis>) -> Result<(), StoreError> {
    let mut word: Word = tx.read().require(id)?;
    if let Some(analysis) = analysis {
        for morph in tx.read().morphs_of(id)? {
            tx.delete_morph(morph.id)?;
        }
        for known in &analysis.morphs {
            let residue = Default::default();
            tx.insert(&Morph { id: MorphId::new(), word: id, residue, ..known.clone() })?;
        }
        word.gloss = analysis.gloss.clone();
        word.category = analysis.category.clone();
    }
    word.status = WordStatus::Approved;
    tx.update(&word)
}
