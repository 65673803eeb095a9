//! Differences as people read them: what the record is called, where it is, what each side says.

use std::collections::HashMap;

use serde_json::Value;

use super::compare::{Leaf, TIME};
use super::piece::Kind;
use super::plan::{Difference, Reason};
use crate::domain::{Bundle, MultiText, RecordId, Time};

/// Names of the project's records, made only when something differs.
#[derive(Default)]
pub struct Wording<'p> {
    /// The name of a record, and the record it belongs to.
    names: HashMap<RecordId, (&'p str, Option<RecordId>)>,
}

/// The longest text that is shown of a record.
const LENGTH: usize = 80;

fn short(text: &str) -> String {
    let mut letters = text.chars();
    let mut short: String = letters.by_ref().take(LENGTH).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}

impl<'p> Wording<'p> {
    /// The names of everything in the project.
    pub fn of(project: &'p Bundle) -> Self {
        let first = |text: &'p MultiText| text.first().unwrap_or_default();
        let mut names = HashMap::new();
        names.extend(project.languages.iter().map(|r| (r.id.0, (r.tag.as_str(), None))));
        names.extend(
            project
                .people
                .iter()
                .map(|r| (r.id.0, (if r.code.is_empty() { r.name.as_str() } else { r.code.as_str() }, None))),
        );
        names.extend(project.sessions.iter().map(|r| (r.id.0, (r.name.as_str(), None))));
        names.extend(project.media.iter().map(|r| (r.id.0, (r.path.as_str(), Some(r.session.0)))));
        names.extend(project.vocabularies.iter().map(|r| (r.id.0, (r.name.as_str(), None))));
        names.extend(project.tiers.iter().map(|r| (r.id.0, (r.name.as_str(), Some(r.session.0)))));
        names.extend(project.annotations.iter().map(|r| (r.id.0, (r.value.as_str(), Some(r.tier.0)))));
        names.extend(project.words.iter().map(|r| (r.id.0, (first(&r.form), Some(r.annotation.0)))));
        names.extend(project.morphs.iter().map(|r| (r.id.0, (first(&r.form), Some(r.word.0)))));
        names.extend(
            project
                .lexemes
                .iter()
                .map(|r| (r.id.0, (if r.form.is_empty() { first(&r.citation) } else { first(&r.form) }, None))),
        );
        names.extend(project.forms.iter().map(|r| (r.id.0, (first(&r.form), Some(r.lexeme.0)))));
        names.extend(project.senses.iter().map(|r| {
            (r.id.0, (if r.gloss.is_empty() { first(&r.definition) } else { first(&r.gloss) }, Some(r.lexeme.0)))
        }));
        names.extend(project.examples.iter().map(|r| (r.id.0, (first(&r.text), Some(r.sense.0)))));
        names.extend(project.relations.iter().map(|r| (r.id.0, (r.kind.as_str(), Some(r.source)))));
        names.extend(project.links.iter().map(|r| (r.id.0, (r.iri.as_str(), Some(r.record)))));
        names.extend(project.tags.iter().map(|r| (r.id.0, (r.label.as_str(), None))));
        Self { names }
    }

    /// A difference in words.
    pub fn difference(&self, kind: Kind, record: RecordId, leaf: &Leaf, taken: bool, reason: Reason) -> Difference {
        let (what, mut at) = self.names.get(&record).copied().unwrap_or_default();
        let mut place: Vec<String> = Vec::new();
        while let Some((name, above)) = at.and_then(|id| self.names.get(&id)) {
            // A ring in a broken file must end too.
            if place.len() > 6 {
                break;
            }
            place.push(short(name));
            at = *above;
        }
        place.reverse();
        Difference {
            kind,
            record,
            field: leaf.field.clone(),
            what: short(what),
            place: place.join(" · "),
            project: self.value(leaf, &leaf.project),
            file: self.value(leaf, &leaf.file),
            taken,
            reason,
        }
    }

    fn value(&self, leaf: &Leaf, value: &Value) -> String {
        if leaf.field.first().is_some_and(|name| name == TIME) {
            let time = |at: usize| value[at].as_i64().map(|nanos| Time(nanos).to_string()).unwrap_or_default();
            let (start, end) = (time(0), time(1));
            return if start.is_empty() { String::new() } else { format!("{start}–{end}") };
        }
        match value {
            Value::Null => String::new(),
            Value::String(text) => match text.parse::<RecordId>().ok().and_then(|id| self.names.get(&id)) {
                Some((name, _)) => (*name).to_owned(),
                None => text.clone(),
            },
            Value::Array(list) if list.iter().all(Value::is_string) => {
                list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
            }
            other => short(&other.to_string()),
        }
    }
}
