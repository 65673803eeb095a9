//! What another program said in RDF and we have no place for: kept on the records, written again.
//!
//! Residue `rdf` of a record: `iri`, the name it came with; `parts`, names of its parts; `names` (of the project),
//! names of what belongs to all of it; `triples`, each `[subject, property, value]`, the subject empty for the record
//! itself; a value is `{"iri": …}`, or `{"text": …}` with `lang` or `datatype`.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value, json};
use sophia::api::term::{IriRef, LanguageTag, SimpleTerm};
use uuid::Uuid;

use super::gathered::Triple;
use super::graph::{Graph, Node};
use super::language::Tag;
use crate::domain::{Bundle, Residue};

const FORMAT: &str = "rdf";

/// Every record with its residue.
pub(super) fn residues(bundle: &Bundle) -> impl Iterator<Item = (Uuid, &Residue)> {
    macro_rules! all {
        ($($list:ident),*) => {{
            let mut all: Vec<(Uuid, &Residue)> = Vec::new();
            all.extend(bundle.project.iter().map(|r| (r.id.record(), &r.residue)));
            $(all.extend(bundle.$list.iter().map(|r| (r.id.record(), &r.residue)));)*
            all.into_iter()
        }};
    }
    all!(
        languages,
        people,
        sessions,
        media,
        vocabularies,
        tiers,
        annotations,
        words,
        morphs,
        lexemes,
        forms,
        senses,
        examples,
        relations,
        links,
        runs,
        tracks,
        tags
    )
}

/// Every record with its residue, to be changed.
pub(super) fn residues_mut(bundle: &mut Bundle) -> impl Iterator<Item = (Uuid, &mut Residue)> {
    macro_rules! all {
        ($($list:ident),*) => {{
            let mut all: Vec<(Uuid, &mut Residue)> = Vec::new();
            all.extend(bundle.project.iter_mut().map(|r| (r.id.record(), &mut r.residue)));
            $(all.extend(bundle.$list.iter_mut().map(|r| (r.id.record(), &mut r.residue)));)*
            all.into_iter()
        }};
    }
    all!(
        languages,
        people,
        sessions,
        media,
        vocabularies,
        tiers,
        annotations,
        words,
        morphs,
        lexemes,
        forms,
        senses,
        examples,
        relations,
        links,
        runs,
        tracks,
        tags
    )
}

/// Whether a residue holds something of another format than this.
pub(super) fn is_of_others(residue: &Residue) -> bool {
    residue.0.keys().any(|format| format != FORMAT)
}

fn put(residue: &mut Residue, key: &str, value: Value) {
    let mut ours = residue.get(FORMAT).and_then(Value::as_object).cloned().unwrap_or_else(Map::new);
    ours.insert(key.to_owned(), value);
    residue.set(FORMAT, Value::Object(ours));
}

/// Keeps the names of a record (under "") and its parts.
pub(super) fn set_names(residue: &mut Residue, names: &BTreeMap<String, String>) {
    if let Some(whole) = names.get("") {
        put(residue, "iri", json!(whole));
    }
    let parts: Map<String, Value> =
        names.iter().filter(|(part, _)| !part.is_empty()).map(|(part, iri)| (part.clone(), json!(iri))).collect();
    if !parts.is_empty() {
        put(residue, "parts", Value::Object(parts));
    }
}

/// Keeps the names of what belongs to the whole project.
pub(super) fn set_own_names(residue: &mut Residue, names: &BTreeMap<String, String>) {
    put(residue, "names", json!(names));
}

/// Keeps triples.
pub(super) fn set_triples(residue: &mut Residue, triples: &[&Triple]) {
    let whole = residue.get(FORMAT).and_then(|r| r.get("iri")).and_then(Value::as_str).map(str::to_owned);
    let list: Vec<Value> = triples
        .iter()
        .filter_map(|triple| {
            let (subject, property) = subject_and_property(triple)?;
            let subject = if whole.as_deref() == Some(subject) { "" } else { subject };
            Some(json!([subject, property, value(&triple[2])?]))
        })
        .collect();
    put(residue, "triples", Value::Array(list));
}

/// Subject and property of a triple, when both are IRIs.
pub(super) fn subject_and_property(triple: &Triple) -> Option<(&str, &str)> {
    match triple {
        [SimpleTerm::Iri(subject), SimpleTerm::Iri(property), _] => Some((subject.as_str(), property.as_str())),
        _ => None,
    }
}

fn value(term: &SimpleTerm) -> Option<Value> {
    Some(match term {
        SimpleTerm::Iri(iri) => json!({ "iri": iri.as_str() }),
        SimpleTerm::LiteralLanguage(text, tag, _) => json!({ "text": text.as_ref(), "lang": tag.as_str() }),
        SimpleTerm::LiteralDatatype(text, datatype) => json!({ "text": text.as_ref(), "datatype": datatype.as_str() }),
        _ => return None,
    })
}

fn term(value: &Value) -> Option<SimpleTerm<'static>> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    if let Some(iri) = text("iri") {
        return Some(SimpleTerm::Iri(IriRef::new_unchecked(Node::foreign(iri)?.as_str().to_owned().into())));
    }
    let content = super::graph::clean(text("text")?).0;
    if let Some(tag) = text("lang") {
        let tag = LanguageTag::new_unchecked(Tag::parse(tag).to_string().into());
        return Some(SimpleTerm::LiteralLanguage(content.into(), tag, None));
    }
    let datatype = Node::foreign(text("datatype")?)?;
    Some(SimpleTerm::LiteralDatatype(content.into(), IriRef::new_unchecked(datatype.as_str().to_owned().into())))
}

/// The names that records, their parts and the project's own things came with.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    records: HashMap<Uuid, String>,
    parts: HashMap<Uuid, HashMap<String, String>>,
    own: HashMap<String, String>,
}

impl Names {
    /// The names that a bundle remembers.
    pub(super) fn of(bundle: &Bundle) -> Self {
        let mut names = Self::default();
        let iri = |value: &Value| value.as_str().and_then(Node::foreign).map(|node| node.as_str().to_owned());
        let map = |value: Option<&Value>| -> HashMap<String, String> {
            let pairs = value.and_then(Value::as_object).into_iter().flatten();
            pairs.filter_map(|(part, value)| Some((part.clone(), iri(value)?))).collect()
        };
        for (id, residue) in residues(bundle) {
            let Some(ours) = residue.get(FORMAT) else { continue };
            if let Some(whole) = ours.get("iri").and_then(iri) {
                names.records.insert(id, whole);
            }
            let parts = map(ours.get("parts"));
            if !parts.is_empty() {
                names.parts.insert(id, parts);
            }
            names.own.extend(map(ours.get("names")));
        }
        names
    }
    pub(super) fn record(&self, id: Uuid) -> Option<&str> {
        self.records.get(&id).map(String::as_str)
    }
    pub(super) fn part(&self, id: Uuid, part: &str) -> Option<&str> {
        self.parts.get(&id)?.get(part).map(String::as_str)
    }
    pub(super) fn own(&self, name: &str) -> Option<&str> {
        self.own.get(name).map(String::as_str)
    }
}

/// Records that may be withheld: what was recorded, of whom, and what hangs on it.
fn private(bundle: &Bundle) -> impl Iterator<Item = Uuid> {
    macro_rules! all {
        ($($list:ident),*) => {{
            let mut all: Vec<Uuid> = Vec::new();
            $(all.extend(bundle.$list.iter().map(|r| r.id.record()));)*
            all.into_iter()
        }};
    }
    all!(people, sessions, media, tiers, annotations, words, morphs, examples, links, runs, tracks, tags)
}

/// Writes the triples that were kept, but for those that speak of records which are not written.
pub(super) fn write(bundle: &Bundle, graph: &mut Graph) {
    let mut kept: Vec<(Uuid, &Value)> = Vec::new();
    for (id, residue) in residues(bundle) {
        let triples = residue.get(FORMAT).and_then(|ours| ours.get("triples")).and_then(Value::as_array);
        kept.extend(triples.into_iter().flatten().map(|triple| (id, triple)));
    }
    if kept.is_empty() {
        return;
    }
    let said = graph.subjects();
    let project = bundle.project.as_ref().map(|project| project.id.record());
    let home: HashSet<String> =
        private(bundle).map(|id| graph.base.record(id).as_str().to_owned()).filter(|iri| !said.contains(iri)).collect();
    let stays_home = |iri: &str| {
        home.contains(iri)
            || iri.char_indices().any(|(at, c)| c == '.' && iri.get(..at).is_some_and(|i| home.contains(i)))
    };
    let (mut written, mut left) = (0, 0);
    for (id, triple) in kept {
        let whole = graph.base.record(id);
        let parts = (triple.get(0).and_then(Value::as_str), triple.get(1).and_then(Value::as_str), triple.get(2));
        let (Some(subject), Some(property), Some(object)) = parts else { continue };
        let subject = if subject.is_empty() { Some(whole.clone()) } else { Node::foreign(subject) };
        let (Some(subject), Some(property), Some(object)) = (subject, Node::foreign(property), term(object)) else {
            left += 1;
            continue;
        };
        let leads_home = matches!(&object, SimpleTerm::Iri(iri) if stays_home(iri.as_str()));
        // The project itself is no subject when there are no texts.
        let hidden = Some(id) != project && stays_home(whole.as_str());
        if hidden || leads_home || (Some(subject.as_str()) != Some(whole.as_str()) && stays_home(subject.as_str())) {
            left += 1;
            continue;
        }
        graph.raw(&subject, &property, object);
        written += 1;
    }
    graph.report.kept("triples of other programs", written);
    graph.report.left_out("triples of other programs", left, "what they speak of is not written");
}
