//! What the lexicon view shows: the list of entries, one entry whole, where it occurs.

use rusqlite::params;

use crate::domain::{
    AnnotationId, Example, ExternalLink, Form, Lexeme, LexemeId, Morph, MorphId, MorphKind, MultiText, RecordId,
    Relation, Sense, SenseId, SessionId,
};
use crate::store::{Reader, StoreError, column, search_key};

/// A line of the list of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    pub id: LexemeId,
    /// Citation form, else lexeme form.
    pub headword: MultiText,
    /// The marks around a lexeme form (`a-`); none around a citation form, which is written as it is.
    pub marks: (&'static str, &'static str),
    pub homograph: i64,
    /// The glosses of its senses, in order.
    pub glosses: Vec<MultiText>,
    pub category: String,
    /// How often it occurs in texts.
    pub in_texts: usize,
}

/// A sense with what hangs under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullSense {
    pub sense: Sense,
    pub examples: Vec<Example>,
    pub links: Vec<ExternalLink>,
    pub subsenses: Vec<FullSense>,
}

/// An entry with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullEntry {
    pub lexeme: Lexeme,
    pub forms: Vec<Form>,
    pub senses: Vec<FullSense>,
    /// Relations that start at the entry or one of its senses, and those that lead to it.
    pub relations: Vec<Relation>,
    pub back_relations: Vec<Relation>,
}

/// One occurrence of an entry in a text: the word in the middle of its utterance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concordance {
    pub morph: MorphId,
    pub annotation: AnnotationId,
    pub session: SessionId,
    pub session_name: String,
    pub before: String,
    pub word: String,
    pub after: String,
}

impl Reader<'_> {
    /// The entries whose headword, gloss or category holds the filter (all, when it is empty), by headword.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn entry_rows(&self, filter: &str) -> Result<Vec<EntryRow>, StoreError> {
        let mut rows = self.rows(
            "SELECT l.id, coalesce(l.citation, l.form), l.homograph, \
             coalesce(nullif(l.category, ''), (SELECT category FROM sense s WHERE s.lexeme = l.id AND category <> '' \
              ORDER BY s.position, s.id LIMIT 1), ''), \
             (SELECT json_group_array(json(gloss)) FROM (SELECT coalesce(gloss, '{}') gloss FROM sense s \
              WHERE s.lexeme = l.id ORDER BY s.position, s.id)), \
             (SELECT count(*) FROM morph m WHERE m.lexeme = l.id), l.kind, l.citation IS NOT NULL FROM lexeme l",
            [],
            |row| {
                let text = |json: Option<String>| json.and_then(|j| serde_json::from_str(&j).ok()).unwrap_or_default();
                let glosses: Option<String> = row.get(4)?;
                Ok(EntryRow {
                    id: LexemeId(RecordId::from_slice(&row.get::<_, Vec<u8>>(0)?).unwrap_or_default()),
                    headword: text(row.get(1)?),
                    marks: if row.get(7)? { ("", "") } else { column::get::<MorphKind>(row, 6)?.marks() },
                    homograph: row.get(2)?,
                    category: row.get(3)?,
                    glosses: glosses.and_then(|g| serde_json::from_str(&g).ok()).unwrap_or_default(),
                    in_texts: row.get::<_, i64>(5)? as usize,
                })
            },
        )?;
        let wanted = search_key(filter);
        if !wanted.is_empty() {
            rows.retain(|row| {
                let texts = row.headword.iter().chain(row.glosses.iter().flat_map(MultiText::iter));
                texts.map(|(_, text)| text).chain([row.category.as_str()]).any(|t| search_key(t).contains(&wanted))
            });
        }
        rows.sort_by_cached_key(|row| {
            let headword = search_key(row.headword.first().unwrap_or_default());
            // Affixes sort with the letters they are made of, as in a dictionary.
            (headword.trim_start_matches(|c: char| !c.is_alphanumeric()).to_owned(), headword, row.homograph)
        });
        Ok(rows)
    }
    /// How many senses there are, and how many of them have a confirmed link.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn linked_senses(&self) -> Result<(usize, usize), StoreError> {
        let linked: i64 = self
            .conn
            .prepare_cached(
                "SELECT count(DISTINCT s.id) FROM sense s JOIN link l ON l.record = s.id WHERE l.confirmed_by <> ''",
            )?
            .query_row([], |row| row.get(0))?;
        Ok((self.count::<Sense>()?, linked as usize))
    }
    /// How often an entry occurs in texts.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn times_in_texts(&self, lexeme: LexemeId) -> Result<usize, StoreError> {
        let times: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM morph WHERE lexeme = ?1")?
            .query_row([lexeme.0.as_bytes().as_slice()], |row| row.get(0))?;
        Ok(times as usize)
    }
    /// The senses of an entry, subsenses included, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn senses_of(&self, lexeme: LexemeId) -> Result<Vec<Sense>, StoreError> {
        self.select("WHERE lexeme = ?1 ORDER BY position, id", [lexeme.0.as_bytes().to_vec()])
    }
    /// The morphs in texts that are tied to a sense.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn morphs_with_sense(&self, sense: SenseId) -> Result<Vec<Morph>, StoreError> {
        self.select("WHERE sense = ?1 ORDER BY id", [sense.0.as_bytes().to_vec()])
    }
    /// The morphs in texts that no entry is tied to.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn unlinked_morphs(&self) -> Result<Vec<Morph>, StoreError> {
        self.select("WHERE lexeme IS NULL ORDER BY id", [])
    }
    /// An entry with everything that belongs to it.
    ///
    /// # Errors
    /// When there is none, or the file cannot be read.
    pub fn entry(&self, id: LexemeId) -> Result<FullEntry, StoreError> {
        let key = id.0.as_bytes().to_vec();
        let lexeme: Lexeme = self.require(id)?;
        let senses = self.senses_of(id)?;
        let relations = |end: &str| -> Result<Vec<Relation>, StoreError> {
            self.select(
                &format!("WHERE {end} = ?1 OR {end} IN (SELECT id FROM sense WHERE lexeme = ?1) ORDER BY position, id"),
                [key.clone()],
            )
        };
        Ok(FullEntry {
            forms: self.select("WHERE lexeme = ?1 ORDER BY position, id", [key.clone()])?,
            relations: relations("source")?,
            back_relations: relations("target")?,
            senses: self.full_senses(&senses, None, 0)?,
            lexeme,
        })
    }
    fn full_senses(
        &self,
        senses: &[Sense],
        parent: Option<SenseId>,
        depth: usize,
    ) -> Result<Vec<FullSense>, StoreError> {
        // A sense tree deeper than this is a ring made by a broken import.
        if depth > 32 {
            return Ok(Vec::new());
        }
        senses
            .iter()
            .filter(|sense| sense.parent == parent)
            .map(|sense| {
                let key = [sense.id.0.as_bytes().to_vec()];
                Ok(FullSense {
                    examples: self.select("WHERE sense = ?1 ORDER BY position, id", key.clone())?,
                    links: self.select("WHERE record = ?1 ORDER BY id", key)?,
                    subsenses: self.full_senses(senses, Some(sense.id), depth + 1)?,
                    sense: sense.clone(),
                })
            })
            .collect()
    }
    /// The occurrences of an entry in texts, at most `limit`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn concordance(&self, lexeme: LexemeId, limit: usize) -> Result<Vec<Concordance>, StoreError> {
        let found = self.rows(
            "SELECT m.id, w.id, a.id, s.id, s.name FROM morph m JOIN word w ON w.id = m.word \
             JOIN annotation a ON a.id = w.annotation JOIN tier t ON t.id = a.tier JOIN session s ON s.id = t.session \
             WHERE m.lexeme = ?1 ORDER BY s.position, s.id, a.start, a.position, w.position LIMIT ?2",
            params![lexeme.0.as_bytes().as_slice(), limit as i64],
            |row| {
                let id = |column| -> rusqlite::Result<RecordId> {
                    Ok(RecordId::from_slice(&row.get::<_, Vec<u8>>(column)?).unwrap_or_default())
                };
                Ok((id(0)?, id(1)?, id(2)?, id(3)?, row.get::<_, String>(4)?))
            },
        )?;
        found
            .into_iter()
            .map(|(morph, word, annotation, session, session_name)| {
                let (mut before, mut middle, mut after) = (Vec::new(), String::new(), Vec::new());
                for other in self.words_of(annotation.into())? {
                    let form = other.form.first().unwrap_or_default().to_owned();
                    match (other.id.0 == word, middle.is_empty()) {
                        (true, _) => middle = form,
                        (false, true) => before.push(form),
                        (false, false) => after.push(form),
                    }
                }
                Ok(Concordance {
                    morph: morph.into(),
                    annotation: annotation.into(),
                    session: session.into(),
                    session_name,
                    before: before.join(" "),
                    word: middle,
                    after: after.join(" "),
                })
            })
            .collect()
    }
}
