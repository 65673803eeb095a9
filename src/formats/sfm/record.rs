//! One `\lx` record: its lines made into a lexeme, its subentries, forms, senses, examples and relations.

use std::collections::BTreeMap;

use super::fields::{REVERSAL, is_paradigm, iso_date};
use super::{Languages, Line};
use crate::domain::{
    Bundle, Example, ExampleId, Form, FormId, FormKind, Lexeme, LexemeId, MorphKind, MultiText, RecordId, Relation,
    RelationId, Residue, Sense, SenseId,
};

/// Whose a line is, and what it says of it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Index into [`Record::owners`].
    pub owner: usize,
    /// Name of the slot; `None` for what is structure or not modelled.
    pub slot: Option<String>,
}

/// What an owner of lines is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Lexeme(usize),
    Form(usize),
    Sense(usize),
    Example(usize),
    Relation(usize),
}

/// A record made of lines. The same lines always give the same owners in the same order; only ids differ.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Lexemes (the first is the entry, others its subentries), forms, senses, examples and relations.
    pub bundle: Bundle,
    pub owners: Vec<Owner>,
    /// Ids of the owners.
    pub ids: Vec<RecordId>,
    /// The owner that each owner hangs under; itself for the entry.
    pub parents: Vec<usize>,
    /// One for each line.
    pub places: Vec<Place>,
    /// The number of each sense as written.
    pub numbers: Vec<String>,
}

/// Where reading stands.
struct State {
    lexeme: usize,
    sense: Option<usize>,
    example: Option<usize>,
    form: Option<usize>,
    relation: Option<usize>,
    /// Part of speech of the senses to come, where it is not the entry's.
    category: String,
    /// Whether a second part of speech closed the sense before.
    closed: bool,
}

fn join(text: &mut MultiText, language: &str, value: &str) {
    match text.get(language) {
        Some(before) if !value.is_empty() => {
            let both = format!("{before}; {value}");
            text.set(language, both);
        }
        _ => text.set(language, value),
    }
}

/// Makes a record of its lines.
pub(super) fn read(lines: &[Line<'_>], languages: &Languages) -> Record {
    let mut record = Record::default();
    let mut state = State {
        lexeme: 0,
        sense: None,
        example: None,
        form: None,
        relation: None,
        category: String::new(),
        closed: false,
    };
    for line in lines {
        let place = record.line(line.marker, &line.value(), &mut state, languages);
        record.places.push(place);
    }
    record
}

impl Record {
    fn own(&mut self, owner: Owner, id: RecordId, parent: Option<usize>) -> usize {
        let index = self.owners.len();
        self.owners.push(owner);
        self.ids.push(id);
        self.parents.push(parent.unwrap_or(index));
        index
    }

    fn lexeme(&mut self, value: &str, state: &mut State, languages: &Languages) -> usize {
        let kind = MorphKind::from_marks(value);
        let (before, after) = kind.marks();
        let bare = value.strip_prefix(before).and_then(|v| v.strip_suffix(after)).filter(|v| !v.is_empty());
        let (kind, bare) = match bare {
            Some(bare) => (kind, bare),
            None => (MorphKind::Stem, value),
        };
        let lexeme = Lexeme {
            id: LexemeId::new(),
            form: MultiText::of(languages.object.as_str(), bare),
            citation: MultiText::default(),
            kind,
            homograph: 0,
            category: String::new(),
            etymology: MultiText::default(),
            notes: MultiText::default(),
            fields: BTreeMap::new(),
            created: String::new(),
            modified: String::new(),
            position: 0,
            residue: Residue::default(),
        };
        let parent = (!self.owners.is_empty()).then_some(0);
        let index = self.own(Owner::Lexeme(self.bundle.lexemes.len()), lexeme.id.record(), parent);
        if parent.is_some() {
            let mut relation = self.new_relation("se", self.ids[0], value);
            relation.target = Some(lexeme.id.record());
            self.bundle.relations.push(relation);
        }
        self.bundle.lexemes.push(lexeme);
        *state = State {
            lexeme: index,
            sense: None,
            example: None,
            form: None,
            relation: None,
            category: String::new(),
            closed: false,
        };
        index
    }

    fn new_relation(&self, kind: &str, source: RecordId, target: &str) -> Relation {
        Relation {
            id: RelationId::new(),
            kind: kind.to_owned(),
            source,
            target: None,
            target_text: target.to_owned(),
            position: self.bundle.relations.len() as i64,
            residue: Residue::default(),
        }
    }

    fn current_lexeme(&mut self, state: &State) -> Option<&mut Lexeme> {
        match self.owners.get(state.lexeme) {
            Some(Owner::Lexeme(index)) => self.bundle.lexemes.get_mut(*index),
            _ => None,
        }
    }
    fn lexeme_id(&self, state: &State) -> LexemeId {
        LexemeId(self.ids[state.lexeme])
    }

    /// A new sense of the current lexeme.
    fn open_sense(&mut self, state: &mut State, number: &str) -> usize {
        let sense = Sense {
            id: SenseId::new(),
            lexeme: self.lexeme_id(state),
            parent: None,
            position: self.bundle.senses.len() as i64,
            gloss: MultiText::default(),
            definition: MultiText::default(),
            category: state.category.clone(),
            domains: Vec::new(),
            scientific_name: String::new(),
            notes: MultiText::default(),
            fields: BTreeMap::new(),
            residue: Residue::default(),
        };
        let index = self.own(Owner::Sense(self.bundle.senses.len()), sense.id.record(), Some(state.lexeme));
        self.bundle.senses.push(sense);
        self.numbers.push(number.to_owned());
        (state.sense, state.example, state.form, state.relation, state.closed) = (Some(index), None, None, None, false);
        index
    }
    /// The sense that is open, or a new one without a number.
    fn sense(&mut self, state: &mut State) -> (usize, usize) {
        let owner = match state.sense {
            Some(owner) if !state.closed => owner,
            _ => self.open_sense(state, ""),
        };
        match self.owners[owner] {
            Owner::Sense(index) => (owner, index),
            // Only senses are ever put there.
            _ => (owner, 0),
        }
    }
    /// Whether a sense already says something.
    fn has_content(&self, owner: usize) -> bool {
        let Some(Owner::Sense(index)) = self.owners.get(owner) else { return false };
        self.bundle.senses.get(*index).is_some_and(|s| {
            !(s.gloss.is_empty() && s.definition.is_empty() && s.domains.is_empty() && s.fields.is_empty())
        }) || self.parents.iter().skip(owner + 1).any(|p| *p == owner)
    }

    fn example(&mut self, state: &mut State) -> usize {
        let (owner, sense) = self.sense(state);
        let example = Example {
            id: ExampleId::new(),
            sense: self.bundle.senses[sense].id,
            position: self.bundle.examples.len() as i64,
            text: MultiText::default(),
            translation: MultiText::default(),
            source: String::new(),
            annotation: None,
            residue: Residue::default(),
        };
        let index = self.own(Owner::Example(self.bundle.examples.len()), example.id.record(), Some(owner));
        self.bundle.examples.push(example);
        state.example = Some(index);
        index
    }
    fn example_at(&mut self, owner: usize) -> Option<&mut Example> {
        match self.owners.get(owner) {
            Some(Owner::Example(index)) => self.bundle.examples.get_mut(*index),
            _ => None,
        }
    }

    /// Takes one line in, and says whose it is.
    fn line(&mut self, marker: &str, value: &str, state: &mut State, languages: &Languages) -> Place {
        let place = |owner: usize, slot: &str| Place { owner, slot: Some(slot.to_owned()) };
        let last = marker.chars().last().unwrap_or_default();
        if self.owners.is_empty() || marker == "se" {
            let owner = self.lexeme(value, state, languages);
            return place(owner, "headword");
        }
        let (object, lexeme) = (languages.object.clone(), state.lexeme);
        let here = if state.closed { lexeme } else { state.sense.unwrap_or(lexeme) };
        if value.is_empty() && !matches!(marker, "sn") {
            return Place { owner: here, slot: None };
        }
        match marker {
            "hm" => {
                let Ok(number) = value.parse::<i64>() else { return Place { owner: lexeme, slot: None } };
                if let Some(lexeme) = self.current_lexeme(state) {
                    lexeme.homograph = number.max(0);
                }
                Place { owner: lexeme, slot: (number > 0).then(|| "homograph".to_owned()) }
            }
            "lc" => {
                if let Some(lexeme) = self.current_lexeme(state) {
                    join(&mut lexeme.citation, &object, value);
                }
                place(lexeme, "citation")
            }
            "et" => {
                if let Some(lexeme) = self.current_lexeme(state) {
                    join(&mut lexeme.etymology, "und", value);
                }
                place(lexeme, "etymology")
            }
            "dt" => {
                // A second date would say the same of the same record: it stays a line.
                let Some(current) = self.current_lexeme(state) else { return Place { owner: lexeme, slot: None } };
                if !current.modified.is_empty() {
                    return Place { owner: lexeme, slot: None };
                }
                current.modified = iso_date(value);
                place(lexeme, "modified")
            }
            "ps" => self.category(value, state),
            "sn" => {
                let owner = self.open_sense(state, value);
                Place { owner, slot: (!value.is_empty()).then(|| "number".to_owned()) }
            }
            "ph" | "va" | "a" => self.form(marker, value, state, &object),
            marker if is_paradigm(marker) => self.form(marker, value, state, &object),
            "ve" | "vn" if state.form.is_some() => {
                let owner = state.form.unwrap_or(lexeme);
                if let Some(Owner::Form(index)) = self.owners.get(owner).copied() {
                    let form = &mut self.bundle.forms[index];
                    if form.kind == FormKind::Variant && form.environment.is_empty() {
                        value.clone_into(&mut form.environment);
                        return place(owner, "environment");
                    }
                }
                Place { owner, slot: None }
            }
            "ge" | "gn" | "gr" | "gv" | "de" | "dn" | "dr" | "dv" => {
                let language = languages.of(last).unwrap_or("und").to_owned();
                let (owner, index) = self.sense(state);
                let sense = &mut self.bundle.senses[index];
                let gloss = marker.starts_with('g');
                join(if gloss { &mut sense.gloss } else { &mut sense.definition }, &language, value);
                state.example = None;
                place(owner, &format!("{}.{language}", if gloss { "g" } else { "d" }))
            }
            "re" | "rn" | "rr" => {
                let language = languages.of(last).unwrap_or("und").to_owned();
                let (owner, index) = self.sense(state);
                join(self.bundle.senses[index].fields.entry(REVERSAL.to_owned()).or_default(), &language, value);
                place(owner, &format!("r.{language}"))
            }
            "sc" => {
                let (owner, index) = self.sense(state);
                let name = &mut self.bundle.senses[index].scientific_name;
                if !name.is_empty() {
                    name.push_str("; ");
                }
                name.push_str(value);
                place(owner, "scientific")
            }
            "sd" => {
                let (owner, index) = self.sense(state);
                let domains = &mut self.bundle.senses[index].domains;
                domains.push(value.to_owned());
                place(owner, &format!("domain.{}", domains.len() - 1))
            }
            "rf" => {
                let owner = self.example(state);
                if let Some(example) = self.example_at(owner) {
                    value.clone_into(&mut example.source);
                }
                place(owner, "source")
            }
            "xv" => {
                let open = state.example.filter(|owner| {
                    matches!(self.owners[*owner], Owner::Example(i)
                        if self.bundle.examples[i].text.is_empty() && self.bundle.examples[i].translation.is_empty())
                });
                let owner = match open {
                    Some(owner) => owner,
                    None => self.example(state),
                };
                if let Some(example) = self.example_at(owner) {
                    example.text.set(object, value);
                }
                place(owner, "text")
            }
            "xe" | "xn" | "xr" => {
                let language = languages.of(last).unwrap_or("und").to_owned();
                let owner = match state.example {
                    Some(owner) => owner,
                    None => self.example(state),
                };
                if let Some(example) = self.example_at(owner) {
                    join(&mut example.translation, &language, value);
                }
                place(owner, &format!("x.{language}"))
            }
            "cf" | "sy" | "an" | "mn" | "lf" => {
                let (kind, target) = match value.split_once('=') {
                    Some((kind, target)) if marker == "lf" => (kind.trim(), target.trim()),
                    _ => (marker, value),
                };
                // A kind that is a marker's own name would be written under that marker.
                let (kind, target) = if marker == "lf"
                    && (target.is_empty() || ["cf", "sy", "an", "mn", "lf", "se", ""].contains(&kind))
                {
                    ("lf", value)
                } else {
                    (kind, target)
                };
                let relation = self.new_relation(kind, self.ids[here], target);
                let owner = self.own(Owner::Relation(self.bundle.relations.len()), relation.id.record(), Some(here));
                self.bundle.relations.push(relation);
                state.relation = Some(owner);
                place(owner, "target")
            }
            // The gloss of a relation's target goes with the relation.
            "lv" | "le" | "ln" | "lr" | "ce" | "cn" | "cr" if state.relation.is_some() => {
                Place { owner: state.relation.unwrap_or(here), slot: None }
            }
            "nt" => {
                match self.owners.get(here).copied() {
                    Some(Owner::Sense(index)) => join(&mut self.bundle.senses[index].notes, "und", value),
                    _ => {
                        if let Some(lexeme) = self.current_lexeme(state) {
                            join(&mut lexeme.notes, "und", value);
                        }
                    }
                }
                place(here, "notes")
            }
            // A custom field. The reversal field's name is no marker.
            _ if marker == REVERSAL => Place { owner: here, slot: None },
            _ => {
                let fields = match self.owners.get(here).copied() {
                    Some(Owner::Sense(index)) => &mut self.bundle.senses[index].fields,
                    _ => match self.current_lexeme(state) {
                        Some(lexeme) => &mut lexeme.fields,
                        None => return Place { owner: here, slot: None },
                    },
                };
                join(fields.entry(marker.to_owned()).or_default(), "und", value);
                place(here, &format!("field.{marker}"))
            }
        }
    }

    /// A part of speech: the entry's, the open sense's, or that of the senses to come.
    fn category(&mut self, value: &str, state: &mut State) -> Place {
        if let Some(owner) = state.sense.filter(|_| !state.closed)
            && !self.has_content(owner)
            && let Owner::Sense(index) = self.owners[owner]
        {
            value.clone_into(&mut self.bundle.senses[index].category);
            return Place { owner, slot: Some("category".to_owned()) };
        }
        let owner = state.lexeme;
        let first = state.sense.is_none() && self.current_lexeme(state).is_some_and(|l| l.category.is_empty());
        if first {
            if let Some(lexeme) = self.current_lexeme(state) {
                value.clone_into(&mut lexeme.category);
            }
            return Place { owner, slot: Some("category".to_owned()) };
        }
        // A second one: it opens a sense of its own, unless a number follows and does.
        value.clone_into(&mut state.category);
        (state.closed, state.example) = (true, None);
        Place { owner, slot: None }
    }

    fn form(&mut self, marker: &str, value: &str, state: &mut State, object: &str) -> Place {
        let kind = match marker {
            "ph" => FormKind::Pronunciation,
            "va" => FormKind::Variant,
            "a" => FormKind::Allomorph,
            _ => FormKind::Inflected,
        };
        let form = Form {
            id: FormId::new(),
            lexeme: self.lexeme_id(state),
            position: self.bundle.forms.len() as i64,
            kind,
            form: MultiText::of(object, value),
            environment: if kind == FormKind::Inflected { marker.to_owned() } else { String::new() },
            residue: Residue::default(),
        };
        let owner = self.own(Owner::Form(self.bundle.forms.len()), form.id.record(), Some(state.lexeme));
        self.bundle.forms.push(form);
        state.form = Some(owner);
        Place { owner, slot: Some("form".to_owned()) }
    }
}
