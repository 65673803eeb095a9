//! New records with nothing in them, and two imports made one.

use std::collections::{BTreeMap, HashMap};

use crate::domain::*;
use crate::formats::Imported;

pub fn session(name: &str, position: usize) -> Session {
    Session {
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
        position: position as i64,
        residue: Residue::default(),
    }
}

pub fn person(code: &str) -> Person {
    Person {
        id: PersonId::new(),
        code: code.to_owned(),
        name: String::new(),
        languages: Vec::new(),
        notes: String::new(),
        consent: Consent::default(),
        access: Access::default(),
        residue: Residue::default(),
    }
}

pub fn tier(session: SessionId, name: &str, role: TierRole, language: &str, position: usize) -> Tier {
    Tier {
        id: TierId::new(),
        session,
        parent: None,
        name: name.to_owned(),
        role,
        constraint: Constraint::None,
        type_name: String::new(),
        participant: None,
        annotator: String::new(),
        language: language.to_owned(),
        vocabulary: None,
        position: position as i64,
        residue: Residue::default(),
    }
}

pub fn lexeme(position: usize) -> Lexeme {
    Lexeme {
        id: LexemeId::new(),
        form: MultiText::default(),
        citation: MultiText::default(),
        kind: MorphKind::default(),
        homograph: 0,
        category: String::new(),
        etymology: MultiText::default(),
        notes: MultiText::default(),
        fields: BTreeMap::new(),
        created: String::new(),
        modified: String::new(),
        position: position as i64,
        residue: Residue::default(),
    }
}

pub fn sense(lexeme: LexemeId, position: usize) -> Sense {
    Sense {
        id: SenseId::new(),
        lexeme,
        parent: None,
        position: position as i64,
        gloss: MultiText::default(),
        definition: MultiText::default(),
        category: String::new(),
        domains: Vec::new(),
        scientific_name: String::new(),
        notes: MultiText::default(),
        fields: BTreeMap::new(),
        residue: Residue::default(),
    }
}

pub fn word(annotation: AnnotationId, position: usize, form: MultiText) -> Word {
    Word {
        id: WordId::new(),
        annotation,
        position: position as i64,
        kind: WordKind::Word,
        form,
        gloss: MultiText::default(),
        category: MultiText::default(),
        status: WordStatus::Unknown,
        start: None,
        end: None,
        residue: Residue::default(),
    }
}

pub fn morph(word: WordId, position: usize, kind: MorphKind, form: MultiText, gloss: MultiText) -> Morph {
    Morph {
        id: MorphId::new(),
        word,
        position: position as i64,
        kind,
        form,
        citation: MultiText::default(),
        gloss,
        category: MultiText::default(),
        homograph: String::new(),
        lexeme: None,
        sense: None,
        residue: Residue::default(),
    }
}

/// Sets the kind by the marks around a headword, which go (`-im` is a suffix `im`).
pub fn set_headword(lexeme: &mut Lexeme, language: &str, text: &str) {
    let kind = MorphKind::from_marks(text);
    let (before, after) = kind.marks();
    let bare = text.strip_prefix(before).and_then(|t| t.strip_suffix(after)).filter(|bare| {
        // `--` or `a--` would not come back as it was.
        !bare.is_empty() && MorphKind::from_marks(bare) == MorphKind::Stem
    });
    match bare {
        Some(bare) if kind != MorphKind::Stem => {
            lexeme.kind = kind;
            lexeme.form.set(language, bare);
        }
        _ => lexeme.form.set(language, text),
    }
}

/// Takes the records of one import behind those of another; people of the same code are one.
pub fn append(all: &mut Imported, mut more: Imported) {
    let known: HashMap<String, PersonId> = all.bundle.people.iter().map(|p| (p.code.clone(), p.id)).collect();
    let mut same: HashMap<PersonId, PersonId> = HashMap::new();
    more.bundle.people.retain(|person| match known.get(&person.code) {
        Some(id) => {
            same.insert(person.id, *id);
            false
        }
        None => true,
    });
    for tier in &mut more.bundle.tiers {
        tier.participant = tier.participant.map(|id| same.get(&id).copied().unwrap_or(id));
    }
    let (to, from) = (&mut all.bundle, more.bundle);
    for (at, mut session) in from.sessions.into_iter().enumerate() {
        session.position = (to.sessions.len().max(at)) as i64;
        to.sessions.push(session);
    }
    to.people.extend(from.people);
    to.tiers.extend(from.tiers);
    to.annotations.extend(from.annotations);
    to.words.extend(from.words);
    to.morphs.extend(from.morphs);
    to.lexemes.extend(from.lexemes);
    to.forms.extend(from.forms);
    to.senses.extend(from.senses);
    to.examples.extend(from.examples);
    all.report.merge(more.report);
}
