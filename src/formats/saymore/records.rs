//! Elements of the three kinds of files, made from records: what is written, and what reading compares with.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::fields::{access_word, marked_text};
use super::{NAME, key};
use crate::domain::{Access, Consent, Language, LanguageRole, MultiText, Person, PersonId, Project, Residue, Session};
use crate::formats::xmltree::{self, Element};

/// An element with a text, typed as sessions and people have it.
fn typed(name: &str, text: impl Into<String>) -> Element {
    Element::new(name).with("type", "string").text(text)
}

/// The element that a record was read from.
fn raw(residue: &Residue) -> Option<Element> {
    let raw = residue.get(NAME)?.get("memory")?.get("raw")?.as_str()?;
    xmltree::from_residue(raw)
}

/// How the file spelled a field, so that an edited one keeps its spelling.
struct Spelling(HashMap<String, String>);

impl Spelling {
    fn of(raw: Option<&Element>) -> Self {
        let mut names = HashMap::new();
        for element in raw.into_iter().flat_map(Element::elements) {
            if let Some(key) = key(element) {
                names.entry(key).or_insert_with(|| element.name.clone());
            }
        }
        Self(names)
    }
    fn name<'a>(&'a self, usual: &'a str) -> &'a str {
        key(&Element::new(usual)).and_then(|key| self.0.get(&key)).map_or(usual, String::as_str)
    }
}

/// Leaves the memory of the element a record was read from, where it says more than the record.
pub fn remember(residue: &mut Residue, raw: &Element, now: &Element) {
    keep(residue, "memory", xmltree::remember(raw, now, &key));
}

/// Leaves one thing on a record; `Null` leaves nothing.
pub fn keep(residue: &mut Residue, what: &str, value: Value) {
    if value.is_null() {
        return;
    }
    let mut left = residue.get(NAME).cloned().unwrap_or_else(|| json!({}));
    left[what] = value;
    residue.set(NAME, left);
}

/// One thing that was left on a record.
pub fn kept<'a>(residue: &'a Residue, what: &str) -> Option<&'a Value> {
    residue.get(NAME)?.get(what)
}

/// The element to write for a record, what the file said beyond it in its place.
pub fn recall(residue: &Residue, now: Element) -> Element {
    xmltree::recall(kept(residue, "memory"), now, &key)
}

fn multi(element: &mut Element, name: &str, text: &MultiText) {
    if !text.is_empty() {
        element.push(typed(name, marked_text(text)));
    }
}

fn single(element: &mut Element, name: &str, text: &str) {
    if !text.is_empty() {
        element.push(typed(name, text));
    }
}

/// Consent and access, which have no field of their own.
fn custom(element: &mut Element, spelling: &Spelling, consent: &Consent, access: Option<Access>) {
    let mut fields = Element::new(spelling.name("CustomFields")).with("type", "xml");
    let given = match consent.given {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    single(&mut fields, "consent_given", given);
    single(&mut fields, "consent_manner", &consent.manner);
    single(&mut fields, "consent_date", &consent.date);
    single(&mut fields, "consent_conditions", &consent.conditions);
    single(&mut fields, "access", access.map(access_word).unwrap_or_default());
    // Where the file has fields of its own, ours go among them.
    if !fields.children.is_empty() || spelling.0.contains_key("customfields") {
        element.push(fields);
    }
}

/// A session's element; `names` are the people by id.
pub fn session(session: &Session, names: &HashMap<PersonId, String>) -> Element {
    let raw = raw(&session.residue);
    session_like(session, names, raw.as_ref())
}

/// The same, spelled as an element spells it.
pub fn session_like(session: &Session, names: &HashMap<PersonId, String>, raw: Option<&Element>) -> Element {
    let spelling = Spelling::of(raw);
    let mut element = Element::new("Session");
    multi(&mut element, spelling.name("title"), &session.title);
    let taking_part: Vec<(&str, &str)> = session
        .participants
        .iter()
        .filter_map(|p| Some((names.get(&p.person)?.as_str(), p.role.as_str())))
        .filter(|(name, _)| !name.is_empty())
        .collect();
    let mut list: Vec<&str> = Vec::new();
    for (name, _) in &taking_part {
        if !list.contains(name) {
            list.push(name);
        }
    }
    single(&mut element, spelling.name("participants"), &list.join("; "));
    single(&mut element, spelling.name("genre"), &session.genre);
    element.push(typed(spelling.name("access"), access_word(session.access)));
    single(&mut element, spelling.name("location"), &session.place);
    multi(&mut element, spelling.name("synopsis"), &session.description);
    single(&mut element, spelling.name("date"), &session.date);
    if !taking_part.is_empty() {
        let mut contributions = Element::new(spelling.name("contributions")).with("type", "xml");
        for (name, role) in taking_part {
            let mut one = Element::new("contributor");
            one.push(Element::new("name").text(name));
            // SayMore wants a role and a date of every contributor; this is its date for none.
            one.push(Element::new("role").text(if role.is_empty() { "participant" } else { role }));
            one.push(Element::new("date").text("0001-01-01"));
            one.push(Element::new("notes"));
            contributions.push(one);
        }
        element.push(contributions);
    }
    custom(&mut element, &spelling, &session.consent, None);
    element
}

/// A person's element.
pub fn person(person: &Person) -> Element {
    let raw = raw(&person.residue);
    person_like(person, raw.as_ref())
}

/// The same, spelled as an element spells it.
pub fn person_like(person: &Person, raw: Option<&Element>) -> Element {
    let spelling = Spelling::of(raw);
    let mut element = Element::new("Person");
    // A person whose name must not be known still needs one to be found by.
    single(&mut element, spelling.name("name"), &person.name);
    single(&mut element, spelling.name("code"), &person.code);
    single(&mut element, spelling.name("description"), &person.notes);
    if !person.languages.is_empty() {
        let mut languages = Element::new(spelling.name("languages")).with("type", "xml");
        for (place, tag) in person.languages.iter().enumerate() {
            let primary = if place == 0 { "true" } else { "false" };
            let language = Element::new("language").with("tag", tag).with("primary", primary);
            languages.push(language.with("mother", "false").with("father", "false"));
        }
        element.push(languages);
    }
    let access = (person.access != Access::default()).then_some(person.access);
    custom(&mut element, &spelling, &person.consent, access);
    element
}

/// A project's element.
pub fn project(project: &Project, languages: &[&Language]) -> Element {
    let raw = raw(&project.residue);
    project_like(project, languages, raw.as_ref())
}

/// The same, spelled as an element spells it.
pub fn project_like(project: &Project, languages: &[&Language], raw: Option<&Element>) -> Element {
    let spelling = Spelling::of(raw);
    let mut element = Element::new("Project");
    let plain = |element: &mut Element, name: &str, text: String| {
        if !text.is_empty() {
            element.push(Element::new(spelling.name(name)).text(text));
        }
    };
    plain(&mut element, "Title", project.name.clone());
    plain(&mut element, "ProjectDescription", marked_text(&project.description));
    let of = |role: LanguageRole| -> Vec<String> {
        languages.iter().filter(|l| l.role == role).map(|l| language(l)).collect()
    };
    // Older programs know one language of each kind, newer ones a list.
    let (object, analysis) = (of(LanguageRole::Object), of(LanguageRole::Analysis));
    plain(&mut element, "VernacularISO3CodeAndName", object.first().cloned().unwrap_or_default());
    plain(&mut element, "CollectionSubjectLanguages", object.join(";"));
    plain(&mut element, "AnalysisISO3CodeAndName", analysis.first().cloned().unwrap_or_default());
    plain(&mut element, "CollectionWorkingLanguages", analysis.join(";"));
    element
}

/// A language as projects name it.
fn language(language: &Language) -> String {
    let code = if language.iso639_3.is_empty() { &language.tag } else { &language.iso639_3 };
    match language.name.best(["en"]) {
        Some(name) => format!("{code}: {name}"),
        None => code.clone(),
    }
}

/// A field that a session or project brought along and the model does not hold, by its name, at any depth.
pub fn field(residue: &Residue, name: &str) -> String {
    let Some(root) = raw(residue) else { return String::new() };
    let mut stack = vec![&root];
    while let Some(element) = stack.pop() {
        if element.name.eq_ignore_ascii_case(name) {
            return element.plain().trim().to_owned();
        }
        stack.extend(element.elements());
    }
    String::new()
}
