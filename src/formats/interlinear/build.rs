//! Records from sentences.

use std::collections::HashMap;

use super::{Column, Piece, Sentence, Under};
use crate::domain::{
    Access, Annotation, AnnotationId, Bundle, Consent, Constraint, LossReport, Morph, MorphId, MorphKind, MultiText,
    Participation, Person, PersonId, Residue, Session, SessionId, Tier, TierId, TierRole, Word, WordId, WordKind,
    WordStatus,
};
use crate::formats::language_tag::{Census, Tags};
use crate::formats::{ImportOptions, Imported};

/// Role, language, speaker and place among the same of one sentence.
type TierKey = (TierRole, String, String, usize);

/// Gathers records, making tiers and people when first needed.
pub struct Builder {
    pub report: LossReport,
    bundle: Bundle,
    object: String,
    analysis: String,
    tiers: HashMap<TierKey, TierId>,
    people: HashMap<String, PersonId>,
    position: i64,
    census: Census,
    format: &'static str,
}

impl Builder {
    /// For a format's files, with the languages that they do not tag.
    pub fn new(options: &ImportOptions, format: &'static str) -> Self {
        Self {
            report: LossReport::default(),
            bundle: Bundle::default(),
            object: options.object_language().to_owned(),
            analysis: options.analysis_language().to_owned(),
            tiers: HashMap::new(),
            people: HashMap::new(),
            position: 0,
            census: Census::default(),
            format,
        }
    }
    /// The language of forms and of glosses from here on.
    pub fn languages(&mut self, object: &str, analysis: &str) {
        (self.object, self.analysis) = (object.to_owned(), analysis.to_owned());
    }
    /// The language of glosses.
    pub fn analysis(&self) -> &str {
        &self.analysis
    }
    /// Starts a session with its transcription tier; sentences go there until the next.
    pub fn session(&mut self, name: &str) -> &mut Session {
        let session = Session {
            id: SessionId::new(),
            name: name.to_owned(),
            title: MultiText::default(),
            date: String::new(),
            place: String::new(),
            genre: String::new(),
            description: MultiText::default(),
            participants: Vec::new(),
            consent: Consent::default(),
            access: Access::default(),
            position: self.bundle.sessions.len() as i64,
            residue: Residue::default(),
        };
        self.tiers.clear();
        self.position = 0;
        self.bundle.sessions.push(session);
        let last = self.bundle.sessions.len() - 1;
        &mut self.bundle.sessions[last]
    }
    /// The session that sentences go to.
    pub fn current(&mut self) -> Option<&mut Session> {
        self.bundle.sessions.last_mut()
    }
    /// Whether no session was started yet.
    pub fn is_empty(&self) -> bool {
        self.bundle.sessions.is_empty()
    }

    fn person(&mut self, code: &str) -> PersonId {
        if let Some(known) = self.people.get(code) {
            return *known;
        }
        let id = PersonId::new();
        self.bundle.people.push(Person {
            id,
            code: code.to_owned(),
            name: String::new(),
            languages: Vec::new(),
            notes: String::new(),
            consent: Consent::default(),
            access: Access::default(),
            residue: Residue::default(),
        });
        self.people.insert(code.to_owned(), id);
        id
    }

    fn tier(&mut self, role: TierRole, language: &str, speaker: &str, nth: usize) -> Option<TierId> {
        let key = (role, language.to_owned(), speaker.to_owned(), nth);
        if let Some(known) = self.tiers.get(&key) {
            return Some(*known);
        }
        let session = self.bundle.sessions.last()?.id;
        let (parent, participant) = match role {
            TierRole::Transcription if speaker.is_empty() => (None, None),
            TierRole::Transcription => (None, Some(self.person(speaker))),
            _ => {
                let object = self.object.clone();
                let parent = self.tier(TierRole::Transcription, &object, speaker, 0)?;
                (Some(parent), (!speaker.is_empty()).then(|| self.person(speaker)))
            }
        };
        if let (None, Some(person)) = (parent, participant) {
            let participants = &mut self.bundle.sessions.last_mut()?.participants;
            if !participants.iter().any(|p| p.person == person) {
                participants.push(Participation { person, role: "speaker".to_owned() });
            }
        }
        let what = match role {
            TierRole::Transcription => "transcription",
            TierRole::Translation => "translation",
            TierRole::LiteralTranslation => "literal",
            _ => "note",
        };
        let mut name = if parent.is_none() && !speaker.is_empty() { speaker.to_owned() } else { what.to_owned() };
        if parent.is_some() {
            if !language.is_empty() {
                name = format!("{name}-{language}");
            }
            if nth > 0 {
                name = format!("{name}-{}", nth + 1);
            }
            if !speaker.is_empty() {
                name = format!("{name}@{speaker}");
            }
        }
        if parent.is_none() && self.bundle.tiers.iter().any(|t| t.session == session && t.name == name) {
            name = format!("{name}-{language}");
        }
        let id = TierId::new();
        self.bundle.tiers.push(Tier {
            id,
            session,
            parent,
            name,
            role,
            constraint: if parent.is_some() { Constraint::SymbolicAssociation } else { Constraint::None },
            type_name: if parent.is_some() { what } else { "utterance" }.to_owned(),
            participant,
            annotator: String::new(),
            language: language.to_owned(),
            vocabulary: None,
            position: self.tiers.len() as i64,
            residue: Residue::default(),
        });
        self.tiers.insert(key, id);
        if !language.is_empty() {
            self.census.met(language, role == TierRole::Transcription);
        }
        Some(id)
    }

    /// Adds a sentence to the session; `None` while there is none.
    pub fn sentence(&mut self, sentence: &Sentence, residue: Residue) -> Option<AnnotationId> {
        let object = self.object.clone();
        let tier = self.tier(TierRole::Transcription, &object, &sentence.speaker, 0)?;
        let position = self.position;
        self.position += 1;
        let mut annotation = Annotation::new(tier, sentence.span, position, sentence.text.as_str());
        annotation.residue = residue;
        let id = annotation.id;
        self.bundle.annotations.push(annotation);
        for (n, column) in (0_i64..).zip(&sentence.words) {
            self.word(column, id, n);
        }
        let mut nth: HashMap<(TierRole, &str), usize> = HashMap::new();
        for under in &sentence.under {
            let n = nth.entry((under.role, under.language.as_str())).or_default();
            self.under(under, *n, &sentence.speaker, id, position);
            *n += 1;
        }
        Some(id)
    }

    /// The words of the sentence added last, in order.
    pub fn last_words(&mut self, sentence: AnnotationId) -> impl Iterator<Item = &mut Word> {
        let from = self.bundle.words.iter().rposition(|w| w.annotation != sentence).map_or(0, |last| last + 1);
        self.bundle.words.iter_mut().skip(from)
    }

    fn under(&mut self, under: &Under, nth: usize, speaker: &str, parent: AnnotationId, position: i64) {
        if let Some(tier) = self.tier(under.role, &under.language, speaker, nth) {
            let mut child = Annotation::new(tier, None, position, under.text.as_str());
            child.parent = Some(parent);
            self.bundle.annotations.push(child);
        }
    }

    fn word(&mut self, column: &Column, annotation: AnnotationId, position: i64) {
        let glossed = !column.gloss.is_empty() || column.morphs.iter().any(|m| !m.gloss.is_empty());
        let id = WordId::new();
        let word = Word {
            id,
            annotation,
            position,
            kind: column.kind,
            form: MultiText::of(self.object.as_str(), column.form.as_str()),
            gloss: MultiText::of(self.analysis.as_str(), column.gloss.as_str()),
            category: MultiText::of(self.analysis.as_str(), column.category.as_str()),
            status: if glossed && column.kind == WordKind::Word { WordStatus::Approved } else { WordStatus::Unknown },
            start: None,
            end: None,
            residue: Residue::default(),
        };
        if glossed || !column.category.is_empty() {
            self.census.met(&self.analysis, false);
        }
        self.bundle.words.push(word);
        for (n, piece) in (0_i64..).zip(&column.morphs) {
            self.morph(piece, id, n);
        }
    }

    fn morph(&mut self, piece: &Piece, word: WordId, position: i64) {
        self.bundle.morphs.push(Morph {
            id: MorphId::new(),
            word,
            position,
            kind: MorphKind::from_marks(&piece.form),
            form: MultiText::of(self.object.as_str(), piece.form.as_str()),
            citation: MultiText::of(self.object.as_str(), piece.citation.as_str()),
            gloss: MultiText::of(self.analysis.as_str(), piece.gloss.as_str()),
            category: MultiText::of(self.analysis.as_str(), piece.category.as_str()),
            homograph: String::new(),
            lexeme: None,
            sense: None,
            residue: Residue::default(),
        });
    }

    /// What was gathered, counted; every session has a tier to type into.
    pub fn finish(mut self) -> Imported {
        let sessions: Vec<SessionId> = self.bundle.sessions.iter().map(|s| s.id).collect();
        for session in sessions {
            if !self.bundle.tiers.iter().any(|t| t.session == session) && self.bundle.sessions.len() == 1 {
                let object = self.object.clone();
                self.tier(TierRole::Transcription, &object, "", 0);
            }
        }
        self.bundle.languages = self.census.languages(&Tags::default(), self.format);
        let (bundle, report) = (&self.bundle, &mut self.report);
        report.kept("texts", bundle.sessions.len());
        report.kept("sentences", bundle.annotations.iter().filter(|a| a.parent.is_none()).count());
        report.kept("translations and notes", bundle.annotations.iter().filter(|a| a.parent.is_some()).count());
        report.kept("words", bundle.words.iter().filter(|w| w.kind == WordKind::Word).count());
        report.kept("punctuation marks", bundle.words.iter().filter(|w| w.kind == WordKind::Punctuation).count());
        report.kept("morphs", bundle.morphs.len());
        report.kept("people", bundle.people.len());
        Imported { bundle: self.bundle, report: self.report }
    }
}
