//! What each record says, as slots: a name that stays, the marker, the value. Reading and writing meet here.

use crate::domain::{Example, Form, FormKind, Lexeme, MultiText, Relation, Sense};

use super::Languages;

/// One thing that a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// Unique within the record.
    pub name: String,
    pub marker: String,
    pub value: String,
}

/// The custom field that keeps reversal forms.
pub(super) const REVERSAL: &str = "reversal";

/// Markers for members of the paradigm, by MDF: person and number.
pub(super) fn is_paradigm(marker: &str) -> bool {
    matches!(marker, "sg" | "pl" | "rd")
        || matches!(
            marker.as_bytes(),
            [b'1'..=b'4', b's' | b'd' | b'p' | b't'] | [b'1'..=b'4', b's' | b'd' | b'p', b'i' | b'e']
        )
}

fn slot(slots: &mut Vec<Slot>, name: impl Into<String>, marker: impl Into<String>, value: impl Into<String>) {
    let value = value.into();
    if !value.is_empty() {
        slots.push(Slot { name: name.into(), marker: marker.into(), value });
    }
}

/// Texts by language under markers that start with the same letter.
fn texts(slots: &mut Vec<Slot>, stem: &str, text: &MultiText, languages: &Languages) {
    let mut found: Vec<_> = text.iter().filter_map(|(tag, text)| Some((languages.letter(tag)?, tag, text))).collect();
    let rank = |letter: char| "venr".find(letter);
    found.sort_by_key(|(letter, ..)| rank(*letter));
    for (letter, tag, text) in found {
        slot(slots, format!("{stem}.{tag}"), format!("{stem}{letter}"), text);
    }
}

/// Languages of a text that no marker stands for.
pub(super) fn unsaid(text: &MultiText, languages: &Languages) -> usize {
    text.iter().filter(|(tag, _)| languages.letter(tag).is_none()).count()
}

fn custom<'a>(
    slots: &mut Vec<Slot>,
    fields: impl IntoIterator<Item = (&'a String, &'a MultiText)>,
    languages: &Languages,
) {
    for (name, text) in fields {
        if name == REVERSAL {
            texts(slots, "r", text, languages);
            continue;
        }
        let fits = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '\\');
        let marker: String = if fits {
            name.clone()
        } else {
            format!("z_{}", name.replace(|c: char| c.is_whitespace() || c == '\\', "_"))
        };
        let value = text.iter().map(|(_, text)| text).collect::<Vec<_>>().join("; ");
        slot(slots, format!("field.{name}"), marker, value);
    }
}

/// A form with the marks of its lexeme's kind.
pub(super) fn marked(lexeme: &Lexeme, form: &str) -> String {
    let (before, after) = lexeme.kind.marks();
    if form.is_empty() { String::new() } else { format!("{before}{form}{after}") }
}

/// The marked form that heads an entry.
pub(super) fn headword(lexeme: &Lexeme, languages: &Languages) -> String {
    marked(lexeme, lexeme.form.best([languages.object.as_str()]).unwrap_or_default())
}

/// What a lexeme says, before its forms and senses.
pub(super) fn of_lexeme(lexeme: &Lexeme, marker: &str, languages: &Languages) -> Vec<Slot> {
    let mut slots = Vec::new();
    slot(&mut slots, "headword", marker, headword(lexeme, languages));
    if lexeme.homograph > 0 {
        slot(&mut slots, "homograph", "hm", lexeme.homograph.to_string());
    }
    slot(&mut slots, "citation", "lc", lexeme.citation.best([languages.object.as_str()]).unwrap_or_default());
    slot(&mut slots, "category", "ps", &lexeme.category);
    slot(&mut slots, "etymology", "et", lexeme.etymology.first().unwrap_or_default());
    slot(&mut slots, "notes", "nt", lexeme.notes.first().unwrap_or_default());
    custom(&mut slots, &lexeme.fields, languages);
    slot(&mut slots, "modified", "dt", mdf_date(&lexeme.modified));
    slots
}

/// What another form says.
pub(super) fn of_form(form: &Form, languages: &Languages) -> Vec<Slot> {
    let mut slots = Vec::new();
    let text = form.form.best([languages.object.as_str()]).unwrap_or_default();
    match form.kind {
        FormKind::Pronunciation => slot(&mut slots, "form", "ph", text),
        FormKind::Allomorph => slot(&mut slots, "form", "a", text),
        FormKind::Inflected if is_paradigm(&form.environment) => slot(&mut slots, "form", &form.environment, text),
        FormKind::Inflected => slot(&mut slots, "form", "pd", text),
        FormKind::Variant => {
            slot(&mut slots, "form", "va", text);
            slot(&mut slots, "environment", "ve", &form.environment);
        }
    }
    slots
}

/// What a sense says, before its examples. The number is structure: it is there as long as the sense is.
pub(super) fn of_sense(sense: &Sense, number: &str, languages: &Languages) -> Vec<Slot> {
    let mut slots = Vec::new();
    slot(&mut slots, "number", "sn", number);
    slot(&mut slots, "category", "ps", &sense.category);
    texts(&mut slots, "g", &sense.gloss, languages);
    texts(&mut slots, "d", &sense.definition, languages);
    slot(&mut slots, "scientific", "sc", &sense.scientific_name);
    for (n, domain) in sense.domains.iter().enumerate() {
        slot(&mut slots, format!("domain.{n}"), "sd", domain);
    }
    slot(&mut slots, "notes", "nt", sense.notes.first().unwrap_or_default());
    custom(&mut slots, &sense.fields, languages);
    slots
}

/// What an example says.
pub(super) fn of_example(example: &Example, languages: &Languages) -> Vec<Slot> {
    let mut slots = Vec::new();
    slot(&mut slots, "source", "rf", &example.source);
    slot(&mut slots, "text", "xv", example.text.best([languages.object.as_str()]).unwrap_or_default());
    texts(&mut slots, "x", &example.translation, languages);
    slots
}

/// What a relation says. `headword` is that of its target, for relations that were made here.
pub(super) fn of_relation(relation: &Relation, headword: &str) -> Vec<Slot> {
    let mut slots = Vec::new();
    let target = if relation.target_text.is_empty() { headword } else { &relation.target_text };
    match relation.kind.as_str() {
        // Structure: the subentry stands under its entry.
        "se" => {}
        marker @ ("cf" | "sy" | "an" | "mn") => slot(&mut slots, "target", marker, target),
        "lf" | "" => slot(&mut slots, "target", "lf", target),
        _ if target.is_empty() => {}
        kind => slot(&mut slots, "target", "lf", format!("{kind} = {target}")),
    }
    slots
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `26/Sep/2017` from an RFC 3339 date; anything else as it is.
fn mdf_date(date: &str) -> String {
    let day = date.get(..10).unwrap_or(date);
    let parts: Vec<&str> = day.split('-').collect();
    if let [year, month, day] = parts[..] {
        let month = month.parse::<usize>().ok().and_then(|m| MONTHS.get(m.wrapping_sub(1)));
        if let (4, Some(month), 2) = (year.len(), month, day.len()) {
            return format!("{day}/{month}/{year}");
        }
    }
    date.to_owned()
}

/// `2017-09-26` from MDF's `26/Sep/2017`; anything else as it is.
pub(super) fn iso_date(date: &str) -> String {
    let parts: Vec<&str> = date.split('/').collect();
    if let [day, month, year] = parts[..] {
        let month = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(month));
        if let (Ok(day @ 1..=31), Some(month), 4) = (day.parse::<u8>(), month, year.len())
            && year.bytes().all(|b| b.is_ascii_digit())
        {
            return format!("{year}-{:02}-{day:02}", month + 1);
        }
    }
    date.to_owned()
}
