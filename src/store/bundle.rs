//! Records in bulk: a whole import in one step, a project or a part of it out again.

use std::collections::HashMap;

use super::transact::Tx;
use super::{Reader, Record, StoreError};
use crate::domain::{
    Annotation, Bundle, Example, ExternalLink, Form, Language, Lexeme, LossReport, Media, ModelRun, Morph, Person,
    PersonId, Project, RecordId, Relation, Review, Sense, Session, SessionId, Tag, Tier, Track, Vocabulary, Word,
};

/// How much of a project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    Whole,
    /// One session with its tiers and texts, and the whole lexicon left out.
    Session(SessionId),
    /// The lexicon without texts.
    Lexicon,
}

/// What became of the records of an import.
#[derive(Clone, Copy, Debug, Default)]
struct Merged {
    added: usize,
    changed: usize,
    same: usize,
}

impl Tx<'_> {
    /// Takes in a bundle: a record whose id is new is added, one that is there already is brought to what the
    /// bundle says. Languages are the same by tag, people by code; the project's own record as in
    /// [`Self::take_project`]. By id only: what a person imports is matched by content too, in `app`.
    ///
    /// # Errors
    /// When a record points at one that is neither in the bundle nor in the project, or the file refuses.
    pub fn merge(&self, bundle: &Bundle) -> Result<LossReport, StoreError> {
        let mut report = LossReport::default();
        let mut merged = Merged::default();
        if let Some(project) = &bundle.project {
            self.take_project(project)?;
        }
        let known: Vec<Language> = self.read().all()?;
        for language in &bundle.languages {
            if known.iter().any(|k| k.tag == language.tag && k.id != language.id) {
                merged.same += 1;
            } else {
                self.take(language, &mut merged)?;
            }
        }
        let people: Vec<Person> = self.read().all()?;
        let mut same_person: HashMap<PersonId, PersonId> = HashMap::new();
        for person in &bundle.people {
            match people.iter().find(|k| k.code == person.code && !k.code.is_empty() && k.id != person.id) {
                Some(known) => {
                    same_person.insert(person.id, known.id);
                    merged.same += 1;
                }
                None => self.take(person, &mut merged)?,
            }
        }
        let who = |id: PersonId| same_person.get(&id).copied().unwrap_or(id);
        for session in &bundle.sessions {
            let mut session = session.clone();
            session.participants.iter_mut().for_each(|p| p.person = who(p.person));
            self.take(&session, &mut merged)?;
        }
        for tier in &bundle.tiers {
            let mut tier = tier.clone();
            tier.participant = tier.participant.map(who);
            self.take(&tier, &mut merged)?;
        }
        for track in &bundle.tracks {
            let mut track = track.clone();
            track.person = track.person.map(who);
            self.take(&track, &mut merged)?;
        }
        self.take_all(&bundle.media, &mut merged)?;
        self.take_all(&bundle.vocabularies, &mut merged)?;
        self.take_all(&bundle.annotations, &mut merged)?;
        self.take_all(&bundle.words, &mut merged)?;
        self.take_all(&bundle.morphs, &mut merged)?;
        self.take_all(&bundle.lexemes, &mut merged)?;
        self.take_all(&bundle.forms, &mut merged)?;
        self.take_all(&bundle.senses, &mut merged)?;
        self.take_all(&bundle.examples, &mut merged)?;
        self.take_all(&bundle.relations, &mut merged)?;
        self.take_all(&bundle.links, &mut merged)?;
        self.take_all(&bundle.runs, &mut merged)?;
        self.take_all(&bundle.tags, &mut merged)?;
        self.take_all(&bundle.reviews, &mut merged)?;
        report.kept("records added", merged.added);
        report.kept("records there before, brought up to date", merged.changed);
        report.kept("records there before, the same", merged.same);
        Ok(report)
    }

    /// Takes in the project record of a file: whole where there is none yet. Otherwise the project's own stays as it
    /// is, but takes a description where it has none, and what the file's format left over, so that the file can be
    /// written again.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn take_project(&self, new: &Project) -> Result<(), StoreError> {
        let Some(known) = self.read().all::<Project>()?.into_iter().next() else { return self.insert(new) };
        let mut kept = known.clone();
        if kept.description.is_empty() {
            kept.description.clone_from(&new.description);
        }
        for (format, left) in &new.residue.0 {
            if kept.residue.get(format).is_none() {
                kept.residue.set(format, left.clone());
            }
        }
        if kept != known { self.update(&kept) } else { Ok(()) }
    }

    fn take_all<R: Record + PartialEq>(&self, records: &[R], merged: &mut Merged) -> Result<(), StoreError> {
        records.iter().try_for_each(|record| self.take(record, merged))
    }

    fn take<R: Record + PartialEq>(&self, record: &R, merged: &mut Merged) -> Result<(), StoreError> {
        match self.read().get::<R>(record.id())? {
            None => {
                self.insert(record)?;
                merged.added += 1;
            }
            Some(known) if known == *record => merged.same += 1,
            Some(_) => {
                self.update(record)?;
                merged.changed += 1;
            }
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// The one project record.
    ///
    /// # Errors
    /// When the file cannot be read, or holds none.
    pub fn project(&self) -> Result<Project, StoreError> {
        self.all::<Project>()?.into_iter().next().ok_or(StoreError::Missing { what: "project", id: String::new() })
    }

    /// The project or a part of it as one bundle.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn bundle(&self, scope: Scope) -> Result<Bundle, StoreError> {
        let mut bundle = Bundle {
            project: Some(self.project()?),
            languages: self.select("ORDER BY role, position, id", [])?,
            people: self.all()?,
            ..Bundle::default()
        };
        match scope {
            Scope::Whole => {
                bundle.sessions = self.select("ORDER BY position, id", [])?;
                bundle.media = self.all::<Media>()?;
                bundle.vocabularies = self.all::<Vocabulary>()?;
                bundle.tiers = self.all::<Tier>()?;
                bundle.annotations = self.all::<Annotation>()?;
                bundle.words = self.all::<Word>()?;
                bundle.morphs = self.all::<Morph>()?;
                bundle.runs = self.all::<ModelRun>()?;
                bundle.tracks = self.all::<Track>()?;
                bundle.tags = self.all::<Tag>()?;
                bundle.reviews = self.all::<Review>()?;
                self.lexicon(&mut bundle)?;
            }
            Scope::Lexicon => self.lexicon(&mut bundle)?,
            Scope::Session(id) => self.session(&mut bundle, id)?,
        }
        Ok(bundle)
    }

    fn lexicon(&self, bundle: &mut Bundle) -> Result<(), StoreError> {
        bundle.lexemes = self.all::<Lexeme>()?;
        bundle.forms = self.all::<Form>()?;
        bundle.senses = self.all::<Sense>()?;
        bundle.examples = self.all::<Example>()?;
        bundle.relations = self.all::<Relation>()?;
        bundle.links = self.all::<ExternalLink>()?;
        Ok(())
    }

    fn session(&self, bundle: &mut Bundle, id: SessionId) -> Result<(), StoreError> {
        let session: Session = self.require(id)?;
        let key = [RecordId::from(id).as_bytes().to_vec()];
        let tiers = "IN (SELECT id FROM tier WHERE session = ?1)";
        let annotations = format!("IN (SELECT id FROM annotation WHERE tier {tiers})");
        bundle.media = self.select("WHERE session = ?1 ORDER BY position, id", key.clone())?;
        bundle.tiers = self.select("WHERE session = ?1 ORDER BY position, id", key.clone())?;
        bundle.annotations = self.select(&format!("WHERE tier {tiers} ORDER BY id"), key.clone())?;
        bundle.words = self.select(&format!("WHERE annotation {annotations} ORDER BY id"), key.clone())?;
        bundle.morphs = self.select(
            &format!("WHERE word IN (SELECT id FROM word WHERE annotation {annotations}) ORDER BY id"),
            key.clone(),
        )?;
        bundle.runs = self.select("WHERE session = ?1 ORDER BY id", key.clone())?;
        let runs = "WHERE run IN (SELECT id FROM run WHERE session = ?1) ORDER BY id";
        bundle.tracks = self.select(runs, key.clone())?;
        bundle.tags = self.select(runs, key.clone())?;
        let tags = "WHERE tag IN (SELECT id FROM tag WHERE run IN (SELECT id FROM run WHERE session = ?1)) ORDER BY id";
        bundle.reviews = self.select(tags, key)?;
        let used: Vec<_> = bundle.tiers.iter().filter_map(|t| t.vocabulary).collect();
        bundle.vocabularies = self.all::<Vocabulary>()?.into_iter().filter(|v| used.contains(&v.id)).collect();
        bundle.sessions.push(session);
        Ok(())
    }
}
