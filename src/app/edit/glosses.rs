//! Glossing as the interlinear view does it: a morph is named by its place in its word, so that the first letter
//! typed under a word that has no morphs yet can make them.

use super::words::{analysis_language, approve_one, link_if_sure};
use super::{Edited, tiers};
use crate::domain::{
    Annotation, AnnotationId, Constraint, Lexeme, Morph, MorphId, MorphKind, MultiText, Sense, SenseId, Tier, TierId,
    TierRole, Word, WordId, WordStatus,
};
use crate::store::query::Analysis;
use crate::store::{Op, OpKind, Store, StoreError, Tx, search_key};

/// The morphs of a word; where it has none yet they are made, as the suggestion has them or else of the whole word.
fn morphs_or_new(tx: &Tx<'_>, id: WordId, base: Option<&Analysis>) -> Result<Vec<Morph>, StoreError> {
    let known = tx.read().morphs_of(id)?;
    if !known.is_empty() {
        return Ok(known);
    }
    let mut word: Word = tx.read().require(id)?;
    let made: Vec<Morph> = match base.filter(|base| !base.morphs.is_empty()) {
        Some(base) => {
            word.gloss = base.gloss.clone();
            word.category = base.category.clone();
            let morphs = base.morphs.iter();
            morphs.map(|m| Morph { id: MorphId::new(), word: id, residue: Default::default(), ..m.clone() }).collect()
        }
        None => {
            let lower = |(language, form): (&str, &str)| (language.to_owned(), form.to_lowercase());
            vec![Morph {
                id: MorphId::new(),
                word: id,
                position: 0,
                kind: MorphKind::Stem,
                form: word.form.iter().map(lower).collect(),
                citation: MultiText::default(),
                gloss: MultiText::default(),
                category: MultiText::default(),
                homograph: String::new(),
                lexeme: None,
                sense: None,
                residue: Default::default(),
            }]
        }
    };
    made.iter().try_for_each(|morph| tx.insert(morph))?;
    if word.status == WordStatus::Unknown {
        word.status = WordStatus::Suggested;
    }
    tx.update(&word)?;
    Ok(made)
}

fn nth(morphs: Vec<Morph>, index: usize) -> Result<Morph, StoreError> {
    let missing = || StoreError::Rule("this word has fewer morphs now".to_owned());
    morphs.into_iter().nth(index).ok_or_else(missing)
}

/// A word whose analysis was changed by hand waits for approval again.
fn reopen(tx: &Tx<'_>, id: WordId) -> Result<(), StoreError> {
    let word: Word = tx.read().require(id)?;
    if word.status == WordStatus::Suggested {
        return Ok(());
    }
    tx.update(&Word { status: WordStatus::Suggested, ..word })
}

/// Sets the gloss of the morph at a place in a word, which is made where the word has no morphs yet (as in `base`,
/// the suggestion on screen). A link to a sense that says otherwise is let go, one that fits is made.
///
/// # Errors
/// When there is no such word or place, or the file refuses.
pub fn set_gloss_at(
    store: &mut Store,
    word: WordId,
    base: Option<&Analysis>,
    index: usize,
    language: &str,
    gloss: &str,
) -> Edited {
    store.transact(Op::typing(OpKind::GlossWord, format!("word:{word}:morph:{index}:{language}")), |tx| {
        let mut morph = nth(morphs_or_new(tx, word, base)?, index)?;
        if morph.gloss.get(language).unwrap_or_default() == gloss {
            return Ok(());
        }
        morph.gloss.set(language, gloss);
        morph.lexeme = None;
        morph.sense = None;
        if !gloss.is_empty() {
            link_if_sure(tx, &mut morph)?;
        }
        tx.update(&morph)?;
        reopen(tx, word)
    })
}

/// Ties the morph at a place in a word to a sense that a person chose, and takes over its gloss and category.
///
/// # Errors
/// When one of them is not there, or the file refuses.
pub fn link_at(store: &mut Store, word: WordId, base: Option<&Analysis>, index: usize, sense: SenseId) -> Edited {
    store.transact(Op::new(OpKind::LinkMorphs), |tx| {
        let mut morph = nth(morphs_or_new(tx, word, base)?, index)?;
        let sense: Sense = tx.read().require(sense)?;
        let lexeme: Lexeme = tx.read().require(sense.lexeme)?;
        let category = if sense.category.is_empty() { &lexeme.category } else { &sense.category };
        morph.category = MultiText::of(analysis_language(tx.read())?, category.as_str());
        morph.lexeme = Some(sense.lexeme);
        morph.sense = Some(sense.id);
        morph.gloss = sense.gloss;
        tx.update(&morph)?;
        reopen(tx, word)
    })
}

/// The morph to make an entry of: the first without one, stems first. Made where the word has no morphs yet.
/// `None` when every morph has its entry.
///
/// # Errors
/// When there is no such word, or the file refuses.
pub fn morph_without_entry(store: &mut Store, word: WordId, base: Option<&Analysis>) -> Edited<Option<MorphId>> {
    store.transact(Op::new(OpKind::BreakWord), |tx| {
        let morphs = morphs_or_new(tx, word, base)?;
        let free = || morphs.iter().filter(|m| m.lexeme.is_none());
        Ok(free().find(|m| m.kind.is_stem()).or_else(|| free().next()).map(|m| m.id))
    })
}

/// Approves the words of one line as one step, each with the analysis given or with its own.
///
/// # Errors
/// When a word is not there, or the file refuses.
pub fn approve_line(store: &mut Store, words: &[(WordId, Option<Analysis>)]) -> Edited {
    store.transact(Op::new(OpKind::ApproveWord), |tx| {
        words.iter().try_for_each(|(word, analysis)| approve_one(tx, *word, analysis.as_ref()))
    })
}

/// Takes approval back: the analysis stays as a suggestion.
///
/// # Errors
/// When there is no such word, or the file refuses.
pub fn unapprove(store: &mut Store, id: WordId) -> Edited {
    store.transact(Op::new(OpKind::UnapproveWord), |tx| {
        let bare = tx.read().morphs_of(id)?.is_empty();
        tx.modify::<Word>(id, |word| {
            let nothing = bare && word.gloss.is_empty() && word.category.is_empty();
            word.status = if nothing { WordStatus::Unknown } else { WordStatus::Suggested };
        })
        .map(|_| ())
    })
}

/// How many words of this form nobody has approved yet.
///
/// # Errors
/// When the file cannot be read.
pub fn open_words(store: &Store, form: &str) -> Result<usize, StoreError> {
    let words = store.read().words_with_key(&search_key(form))?;
    Ok(words.iter().filter(|w| w.status != WordStatus::Approved && w.kind == crate::domain::WordKind::Word).count())
}

/// Sets the free translation of a line in a language; the tier for it is made where the session has none.
///
/// # Errors
/// When there is no such line, or the file refuses.
pub fn set_translation(store: &mut Store, line: AnnotationId, language: &str, text: &str) -> Edited {
    store.transact(Op::typing(OpKind::EditTranslation, format!("annotation:{line}:free:{language}")), |tx| {
        let parent: Annotation = tx.read().require(line)?;
        let on: Tier = tx.read().require(parent.tier)?;
        let tier = match translation_tier(tx, &on, language)? {
            Some(tier) => tier,
            None if text.is_empty() => return Ok(()),
            None => tiers::insert(
                tx,
                on.session,
                tiers::NewTier {
                    name: format!("{} ({language})", on.name),
                    role: TierRole::Translation,
                    parent: Some(on.id),
                    constraint: Constraint::SymbolicAssociation,
                    language: language.to_owned(),
                },
            )?,
        };
        let known = tx.read().children_of(line)?.into_iter().find(|child| child.tier == tier);
        match known {
            Some(child) if text.is_empty() => tx.delete_annotation(child.id),
            Some(child) if child.value == text => Ok(()),
            Some(child) => tx.modify::<Annotation>(child.id, |a| a.value = text.to_owned()).map(|_| ()),
            None if text.is_empty() => Ok(()),
            None => {
                let mut child = Annotation::new(tier, None, 0, text);
                child.parent = Some(line);
                tx.insert(&child)
            }
        }
    })
}

fn translation_tier(tx: &Tx<'_>, on: &Tier, language: &str) -> Result<Option<TierId>, StoreError> {
    let tiers = tx.read().tiers_of(on.session)?;
    let mine = || tiers.iter().filter(|t| t.parent == Some(on.id) && t.role == TierRole::Translation);
    let same = mine().find(|t| t.language == language).or_else(|| mine().find(|t| t.language.is_empty()));
    Ok(same.map(|t| t.id))
}
