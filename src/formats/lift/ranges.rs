//! Ranges: the value lists of a lexicon, which FLEx writes to a `.lift-ranges` file beside the `.lift`.
//!
//! Each range becomes a vocabulary, its elements entries in order; labels in further languages, abbreviations,
//! parents and guids stay with the entry and go back with it.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::NAME;
use crate::domain::{Bundle, LossReport, Residue, Vocabulary, VocabularyEntry, VocabularyEntryId, VocabularyId};
use crate::formats::xmltree::{self, Element, Node};
use crate::formats::{Format, FormatError, input};

/// Larger than any file of ranges: FLEx's semantic domains in all languages take a tenth of it.
const LARGEST: u64 = 128 << 20;
/// The usual end of the file's name.
const EXTENSION: &str = "lift-ranges";

/// The text of the first form of a child.
fn text(element: &Element, name: &str) -> String {
    let form = element.child(name).and_then(|e| e.child("form"));
    form.and_then(|f| f.child("text")).map(super::read::shown).unwrap_or_default()
}

/// A range as a vocabulary, whatever else it says kept beside it.
pub fn vocabulary(range: &Element) -> Vocabulary {
    let entry = |element: &Element| {
        let label = text(element, "label");
        let description = if label.is_empty() { text(element, "description") } else { label };
        let value = element.get("id").unwrap_or_default().to_owned();
        let mut residue = Residue::default();
        residue.set(NAME, json!({"raw": element.to_xml(), "value": value, "description": description}));
        VocabularyEntry { id: VocabularyEntryId::new(), value, description, residue }
    };
    let mut shell = range.clone();
    shell.children.retain(|child| !matches!(child, Node::Element(e) if e.name == "range-element"));
    let label = text(range, "label");
    let mut residue = Residue::default();
    residue.set(NAME, json!({"range": shell.to_xml()}));
    Vocabulary {
        id: VocabularyId::new(),
        name: range.get("id").unwrap_or_default().to_owned(),
        description: if label.is_empty() { text(range, "description") } else { label },
        entries: range.named("range-element").map(entry).collect(),
        residue,
    }
}

/// Reads the file beside a lexicon: of the same name, or of the name that the header gives.
pub fn beside(path: &Path, header: Option<&Element>, report: &mut LossReport) -> Vec<Vocabulary> {
    let named = header.into_iter().flat_map(|h| h.named("ranges")).flat_map(|r| r.named("range"));
    let mut places = vec![path.with_extension(EXTENSION)];
    for name in named.filter_map(|range| range.get("href")).filter_map(file_name) {
        let place = path.with_file_name(name);
        if !places.contains(&place) && places.len() < 10 {
            places.push(place);
        }
    }
    let mut found = Vec::new();
    for place in places.iter().filter(|place| place.is_file()) {
        match read(place, report) {
            Ok(ranges) => found.extend(ranges),
            Err(error) => report.warn(format!("the value lists in {} were not read: {error}", place.display())),
        }
    }
    found
}

fn read(place: &Path, report: &mut LossReport) -> Result<Vec<Vocabulary>, FormatError> {
    let bytes = input::bytes(place, Format::Lift, LARGEST)?;
    let (text, _) = input::decode(&bytes);
    let parsed = xmltree::parse(&text, "lift-ranges", Format::Lift)?;
    let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for warning in parsed.warnings {
        report.warn(format!("{name}: {warning}"));
    }
    let mut ranges: Vec<Vocabulary> = parsed.root.named("range").map(vocabulary).collect();
    for (place, range) in ranges.iter_mut().enumerate() {
        let mut left = range.residue.get(NAME).cloned().unwrap_or_else(|| json!({}));
        left["ranges_file"] = json!(name);
        left["place"] = json!(place);
        range.residue.set(NAME, left);
    }
    let odd = parsed.root.children.iter().filter(|c| !matches!(c, Node::Element(e) if e.name == "range")).count();
    report.left_out("comments and unknown elements between value lists", odd, "they belong to no list");
    let entries: usize = ranges.iter().map(|r| r.entries.len()).sum();
    report.mapped(format!("value lists of {name}"), ranges.len(), format!("vocabularies, with {entries} values"));
    Ok(ranges)
}

/// The name of a file of ranges that an address means; only its name counts.
fn file_name(href: &str) -> Option<String> {
    let path = href.replace("%20", " ");
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    (name.to_lowercase().ends_with(".lift-ranges") && !name.starts_with('.')).then(|| name.to_owned())
}

/// The vocabularies that came from a file of ranges, in its order.
fn from_file(bundle: &Bundle) -> Vec<(&Vocabulary, &Map<String, Value>)> {
    let left =
        |v: &Vocabulary| v.residue.get(NAME).and_then(Value::as_object).is_some_and(|l| l.contains_key("ranges_file"));
    let mut ranges: Vec<(&Vocabulary, &Map<String, Value>)> = bundle
        .vocabularies
        .iter()
        .filter(|v| left(v))
        .filter_map(|v| Some((v, v.residue.get(NAME)?.as_object()?)))
        .collect();
    ranges.sort_by_key(|(_, left)| left.get("place").and_then(Value::as_u64));
    ranges
}

/// Writes the file of ranges beside a lexicon, where it came with one.
pub fn write(path: &Path, bundle: &Bundle, report: &mut LossReport) -> Result<(), FormatError> {
    let ranges = from_file(bundle);
    if ranges.is_empty() {
        return Ok(());
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<lift-ranges>\n");
    for (vocabulary, left) in &ranges {
        let shell = left.get("range").and_then(Value::as_str).and_then(xmltree::from_residue);
        let mut range = shell.unwrap_or_else(|| Element::new("range"));
        put(&mut range, "id", &vocabulary.name);
        for entry in &vocabulary.entries {
            range.push(element(entry));
        }
        range.write(&mut out, 1);
    }
    out.push_str("</lift-ranges>\n");
    input::write_atomic(&path.with_extension(EXTENSION), out.as_bytes())?;
    report.kept("value lists beside the lexicon", ranges.len());
    Ok(())
}

fn put(element: &mut Element, name: &str, value: &str) {
    match element.attributes.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => value.clone_into(old),
        None => element.attributes.insert(0, (name.to_owned(), value.to_owned())),
    }
}

/// An entry as it came, what was edited put in its place.
fn element(entry: &VocabularyEntry) -> Element {
    let left = entry.residue.get(NAME);
    let said = |name: &str| left.and_then(|l| l.get(name)).and_then(Value::as_str);
    let raw = said("raw").and_then(xmltree::from_residue);
    let mut element = raw.unwrap_or_else(|| Element::new("range-element"));
    put(&mut element, "id", &entry.value);
    if said("description") != Some(entry.description.as_str()) && !(left.is_none() && entry.description.is_empty()) {
        relabel(&mut element, &entry.description);
    }
    element
}

/// Gives an element another label in the language its first label is in.
fn relabel(element: &mut Element, label: &str) {
    let form = |lang: &str| {
        let mut form = Element::new("form").with("lang", lang);
        form.push(Element::new("text").text(label));
        form
    };
    for child in &mut element.children {
        let Node::Element(known) = child else { continue };
        if known.name != "label" {
            continue;
        }
        let first = known.children.iter_mut().find(|c| matches!(c, Node::Element(e) if e.name == "form"));
        match first {
            Some(first) => {
                let lang = match first {
                    Node::Element(e) => e.get("lang").unwrap_or("en").to_owned(),
                    _ => "en".to_owned(),
                };
                *first = Node::Element(form(&lang));
            }
            None => known.push(form("en")),
        }
        return;
    }
    let mut new = Element::new("label");
    new.push(form("en"));
    element.push(new);
}

/// Addresses of the file of ranges in a header, brought to where it is written now.
pub fn point(header: &mut Element, path: &Path, bundle: &Bundle) {
    let Some((_, left)) = from_file(bundle).into_iter().next() else { return };
    let old = left.get("ranges_file").and_then(Value::as_str).unwrap_or_default();
    let new = path.with_extension(EXTENSION);
    let new = new.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if old == new {
        return;
    }
    for child in &mut header.children {
        let Node::Element(ranges) = child else { continue };
        for child in &mut ranges.children {
            let Node::Element(range) = child else { continue };
            if range.name == "range" && range.get("href").and_then(file_name).as_deref() == Some(old) {
                put(range, "href", &new.replace(' ', "%20"));
            }
        }
    }
}
