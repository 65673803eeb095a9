//! What the interlinear view shows: utterances with words, morphs and translations, and analyses to suggest.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use rusqlite::params;

use crate::domain::{
    Annotation, AnnotationId, Lexeme, Morph, MultiText, RecordId, Sense, SessionId, Tier, TierId, Word, WordId,
    WordStatus,
};
use crate::store::search::form_key;
use crate::store::{Reader, StoreError, search_key};

/// A morph in its word.
pub type MorphRow = Morph;

/// A word with its morphs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordRow {
    pub word: Word,
    pub morphs: Vec<MorphRow>,
}

/// An utterance as the interlinear view shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance {
    pub annotation: Annotation,
    pub words: Vec<WordRow>,
    /// Annotations of child tiers (translations, notes), with their tier.
    pub lines: Vec<(TierId, Annotation)>,
}

/// One way a word form was analysed before, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analysis {
    pub gloss: MultiText,
    pub category: MultiText,
    pub morphs: Vec<Morph>,
    pub times: usize,
    /// In how many sessions.
    pub texts: usize,
    /// A place where it was seen.
    pub seen_in: WordId,
}

fn grouped<K: Hash + Eq, R>(records: Vec<R>, key: impl Fn(&R) -> K) -> HashMap<K, Vec<R>> {
    let mut groups: HashMap<K, Vec<R>> = HashMap::new();
    for record in records {
        groups.entry(key(&record)).or_default().push(record);
    }
    groups
}

pub(super) fn id_of(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<RecordId> {
    Ok(RecordId::from_slice(&row.get::<_, Vec<u8>>(column)?).unwrap_or_default())
}

impl Reader<'_> {
    /// Utterances of a transcription tier in order, `limit` of them from the `offset`th.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn utterances(&self, tier: TierId, offset: usize, limit: usize) -> Result<Vec<Utterance>, StoreError> {
        let page = "(SELECT id FROM annotation WHERE tier = ?1 ORDER BY start, position, id LIMIT ?3 OFFSET ?2)";
        let id = tier.0.as_bytes().to_vec();
        let at = (offset as i64, limit as i64);
        let annotations: Vec<Annotation> =
            self.select("WHERE tier = ?1 ORDER BY start, position, id LIMIT ?3 OFFSET ?2", params![id, at.0, at.1])?;
        let words: Vec<Word> =
            self.select(&format!("WHERE annotation IN {page} ORDER BY position, id"), params![id, at.0, at.1])?;
        let morphs: Vec<Morph> = self.select(
            &format!("WHERE word IN (SELECT id FROM word WHERE annotation IN {page}) ORDER BY position, id"),
            params![id, at.0, at.1],
        )?;
        let lines: Vec<Annotation> =
            self.select(&format!("WHERE parent IN {page} ORDER BY start, position, id"), params![id, at.0, at.1])?;
        let mut morphs = grouped(morphs, |m| m.word);
        let mut words = grouped(words, |w| w.annotation);
        let mut lines = grouped(lines, |l| l.parent);
        Ok(annotations
            .into_iter()
            .map(|annotation| {
                let words = words.remove(&annotation.id).unwrap_or_default();
                let lines = lines.remove(&Some(annotation.id)).unwrap_or_default();
                Utterance {
                    words: words
                        .into_iter()
                        .map(|word| WordRow { morphs: morphs.remove(&word.id).unwrap_or_default(), word })
                        .collect(),
                    lines: lines.into_iter().map(|line| (line.tier, line)).collect(),
                    annotation,
                }
            })
            .collect())
    }
    /// One utterance.
    ///
    /// # Errors
    /// When there is none, or the file cannot be read.
    pub fn utterance(&self, id: AnnotationId) -> Result<Utterance, StoreError> {
        let annotation: Annotation = self.require(id)?;
        let words = self
            .words_of(id)?
            .into_iter()
            .map(|word| Ok(WordRow { morphs: self.morphs_of(word.id)?, word }))
            .collect::<Result<_, StoreError>>()?;
        let lines = self.children_of(id)?.into_iter().map(|line| (line.tier, line)).collect();
        Ok(Utterance { annotation, words, lines })
    }
    /// The words of an utterance, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn words_of(&self, annotation: AnnotationId) -> Result<Vec<Word>, StoreError> {
        self.select("WHERE annotation = ?1 ORDER BY position, id", [annotation.0.as_bytes().to_vec()])
    }
    /// The morphs of a word, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn morphs_of(&self, word: WordId) -> Result<Vec<Morph>, StoreError> {
        self.select("WHERE word = ?1 ORDER BY position, id", [word.0.as_bytes().to_vec()])
    }
    /// A session's transcription tiers, from the top.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn transcription_tiers(&self, session: SessionId) -> Result<Vec<Tier>, StoreError> {
        self.select(
            "WHERE session = ?1 AND role = 'transcription' ORDER BY position, id",
            [session.0.as_bytes().to_vec()],
        )
    }
    /// The words whose form has this key.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn words_with_key(&self, key: &str) -> Result<Vec<Word>, StoreError> {
        self.select("WHERE id IN (SELECT owner FROM form_key WHERE kind = 'word' AND key = ?1) ORDER BY id", [key])
    }
    /// How a word form was analysed before, most often first; only what a person approved counts.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn analyses_of(&self, form: &str) -> Result<Vec<Analysis>, StoreError> {
        let these = "id IN (SELECT owner FROM form_key WHERE kind = 'word' AND key = ?1) AND status = 'approved' \
                     ORDER BY id DESC LIMIT 2000";
        let words: Vec<Word> = self.select(&format!("WHERE {these}"), [search_key(form)])?;
        let morphs: Vec<Morph> = self.select(
            &format!("WHERE word IN (SELECT id FROM word WHERE {these}) ORDER BY position, id"),
            [search_key(form)],
        )?;
        let mut morphs = grouped(morphs, |morph| morph.word);
        let sessions: HashMap<WordId, RecordId> = self
            .rows(
                "SELECT w.id, t.session FROM word w JOIN annotation a ON a.id = w.annotation JOIN tier t ON t.id = a.tier \
                 WHERE w.id IN (SELECT record FROM search_text WHERE \"table\" = 'word' AND key = ?1)",
                [search_key(form)],
                |row| Ok((WordId(id_of(row, 0)?), id_of(row, 1)?)),
            )?
            .into_iter()
            .collect();
        let mut found: Vec<(Analysis, HashSet<Option<RecordId>>)> = Vec::new();
        for word in words {
            debug_assert_eq!(word.status, WordStatus::Approved);
            let morphs = morphs.remove(&word.id).unwrap_or_default();
            let session = sessions.get(&word.id).copied();
            let same = |(known, _): &&mut (Analysis, HashSet<Option<RecordId>>)| {
                known.gloss == word.gloss
                    && known.category == word.category
                    && known.morphs.len() == morphs.len()
                    && known.morphs.iter().zip(&morphs).all(|(a, b)| (&a.form, &a.gloss) == (&b.form, &b.gloss))
            };
            match found.iter_mut().find(same) {
                Some((known, seen)) => {
                    known.times += 1;
                    seen.insert(session);
                    known.texts = seen.len();
                }
                None => {
                    let seen_in = word.id;
                    let analysis =
                        Analysis { gloss: word.gloss, category: word.category, morphs, times: 1, texts: 1, seen_in };
                    found.push((analysis, HashSet::from([session])));
                }
            }
        }
        let mut found: Vec<Analysis> = found.into_iter().map(|(analysis, _)| analysis).collect();
        found.sort_by_key(|analysis| std::cmp::Reverse(analysis.times));
        Ok(found)
    }
    /// Entries whose lexeme form, citation form or another form is this one, with their senses.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn lexemes_by_form(&self, form: &str) -> Result<Vec<(Lexeme, Vec<Sense>)>, StoreError> {
        let candidates: Vec<Lexeme> = self.select(
            "WHERE id IN (SELECT owner FROM form_key WHERE kind = 'lexeme' AND key = ?1) \
             ORDER BY homograph, position, id",
            [form_key(form)],
        )?;
        candidates
            .into_iter()
            .map(|lexeme| {
                let senses = self.senses_of(lexeme.id)?;
                Ok((lexeme, senses))
            })
            .collect()
    }
}
