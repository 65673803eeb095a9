//! What a record of a file says otherwise than the project's: field by field, and within a field by language.
//!
//! What the file leaves empty it does not say, so silence never takes anything away. The text of an annotation is
//! the exception: every format says it.

use serde_json::{Map, Value, json};

use super::piece::{Kind, Piece};
use crate::domain::Residue;

/// One thing that the two say differently. The field's name, then the language or the custom field's name.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    pub field: Vec<String>,
    pub project: Value,
    pub file: Value,
    /// Whether the project says nothing here.
    pub fills: bool,
}

/// Objects that are one value, not several.
const WHOLE: [&str; 2] = ["settings", "evidence"];
/// Lists to which the file's were added: they never contradict.
const GROWING: [&str; 2] = ["participants", "entries"];
/// Start and end are one thing: half of them would turn a span around.
pub const TIME: &str = "time";

/// The differences between two records, the project's first; places among siblings and residue aside.
pub fn leaves<R: Piece>(project: &R, file: &R) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let (Some(ours), Some(theirs)) = (object(project), object(file)) else { return leaves };
    let times = times(R::KIND);
    for (name, theirs) in &theirs {
        let ours = ours.get(name).unwrap_or(&Value::Null);
        let skipped = matches!(name.as_str(), "id" | "position" | "residue") || (times && is_time(name));
        if !skipped && ours != theirs {
            descend(R::KIND, &mut vec![name.clone()], ours, theirs, &mut leaves);
        }
    }
    if times {
        let span = |of: &Map<String, Value>| json!([of.get("start"), of.get("end")]);
        let (project, file) = (span(&ours), span(&theirs));
        if project != file && file[0] != Value::Null {
            let fills = project[0] == Value::Null;
            leaves.push(Leaf { field: vec![TIME.to_owned()], project, file, fills });
        }
    }
    leaves
}

/// Whether records of a kind have a start and an end.
pub fn times(kind: Kind) -> bool {
    matches!(kind, Kind::Annotation | Kind::Word | Kind::Track | Kind::Tag)
}

fn is_time(name: &str) -> bool {
    matches!(name, "start" | "end")
}

fn object<R: Piece>(record: &R) -> Option<Map<String, Value>> {
    match serde_json::to_value(record) {
        Ok(Value::Object(map)) => Some(map),
        _ => None,
    }
}

fn descend(kind: Kind, field: &mut Vec<String>, ours: &Value, theirs: &Value, leaves: &mut Vec<Leaf>) {
    let name = field.first().map(String::as_str).unwrap_or_default();
    if let Value::Object(theirs) = theirs
        && !WHOLE.contains(&name)
    {
        for (key, value) in theirs {
            let ours = ours.get(key).unwrap_or(&Value::Null);
            if ours != value {
                field.push(key.clone());
                descend(kind, field, ours, value, leaves);
                field.pop();
            }
        }
        return;
    }
    let said = !empty(kind, name, theirs) || (kind == Kind::Annotation && name == "value");
    if said && ours != theirs {
        leaves.push(Leaf {
            field: field.clone(),
            project: ours.clone(),
            file: theirs.clone(),
            fills: empty(kind, name, ours) || GROWING.contains(&name),
        });
    }
}

/// Whether a value is what a new record has before anybody says something.
fn empty(kind: Kind, name: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => match (kind, name) {
            (Kind::Tier, "role") => text == "other",
            (Kind::Word, "status") => text == "unknown",
            (Kind::Tag, "status") => text == "proposed",
            (Kind::Person | Kind::Session, "access") => text == "team",
            _ => text.is_empty(),
        },
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Number(number) => {
            matches!(name, "homograph" | "size" | "samples" | "frames" | "offset") && number.as_i64() == Some(0)
        }
        Value::Bool(_) => false,
    }
}

/// The project's residue as it becomes: what the file's format left takes the place of what it left before
/// (`replace`), or only comes where it left nothing. `None` when that is no change.
pub fn residue(project: &Residue, file: &Residue, replace: bool) -> Option<Residue> {
    let mut merged = project.clone();
    for (format, left) in &file.0 {
        if replace || merged.get(format).is_none() {
            merged.set(format, left.clone());
        }
    }
    (merged != *project).then_some(merged)
}

/// The project's record with some of the file's values in it. `None` when that makes no record, which no value that
/// the file had can bring about.
pub fn with<R: Piece>(project: &R, taken: &[&Leaf], entry: Option<Value>) -> Option<R> {
    let mut record = object(project)?;
    for leaf in taken {
        let (name, inner) = leaf.field.split_first()?;
        if name == TIME {
            record.insert("start".to_owned(), leaf.file[0].clone());
            record.insert("end".to_owned(), leaf.file[1].clone());
            continue;
        }
        let mut place = record.entry(name.clone()).or_insert(Value::Null);
        for key in inner {
            if !place.is_object() {
                *place = json!({});
            }
            place = place.as_object_mut()?.entry(key.clone()).or_insert(Value::Null);
        }
        *place = leaf.file.clone();
        // The entry of a vocabulary goes with the value.
        if R::KIND == Kind::Annotation && name == "value" {
            record.insert("entry".to_owned(), entry.clone().unwrap_or_default());
        }
    }
    serde_json::from_value(Value::Object(record)).ok()
}
