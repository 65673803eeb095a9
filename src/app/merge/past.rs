//! What the history tells: which values a field got from earlier imports of the same file.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::compare::TIME;
use crate::domain::RecordId;

/// Of one record: by column, every value that an import of the file gave it. Values are as columns hold them: what is
/// structured is its JSON text.
pub type Past = HashMap<String, Vec<Value>>;

/// Of the records that were asked for.
pub type Pasts = HashMap<RecordId, Past>;

/// Whether an import of the file gave that field that value.
pub fn gave(past: Option<&Past>, field: &[String], value: &Value) -> bool {
    let Some((past, (name, inner))) = past.zip(field.split_first()) else { return false };
    if name == TIME {
        let column = |name: &str, value: &Value| past.get(name).is_some_and(|all| all.contains(value));
        return column("start", &value[0]) && column("end", &value[1]);
    }
    let Some(all) = past.get(name) else { return false };
    all.iter().any(|column| {
        let structured = match column {
            Value::String(text) if !inner.is_empty() || value.is_array() || value.is_object() => {
                serde_json::from_str(text).unwrap_or_default()
            }
            plain => plain.clone(),
        };
        let found = inner.iter().try_fold(&structured, |at, key| at.get(key)).unwrap_or(&Value::Null);
        found == value || (*found == Value::Null && (*value == json!("") || *value == json!([])))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_as_fields() {
        let past: Past = [
            ("value".to_owned(), vec![json!("mame")]),
            ("gloss".to_owned(), vec![Value::Null, json!(r#"{"en":"go"}"#)]),
            ("start".to_owned(), vec![json!(5)]),
            ("end".to_owned(), vec![json!(9)]),
        ]
        .into();
        let name = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let gave = |names: &[&str], value: Value| gave(Some(&past), &name(names), &value);
        assert!(gave(&["value"], json!("mame")) && !gave(&["value"], json!("nytose")));
        assert!(gave(&["gloss", "en"], json!("go")) && !gave(&["gloss", "pt"], json!("ir")));
        assert!(gave(&["time"], json!([5, 9])) && !gave(&["time"], json!([5, 8])));
    }
}
