//! What an importer read but could not model, kept on the record it came with and written back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Leftovers by format name (`eaf`, `flextext`, `lift`, …): whatever shape that format's module chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Residue(pub Map<String, Value>);

impl Residue {
    /// What a format left here.
    pub fn get(&self, format: &str) -> Option<&Value> {
        self.0.get(format)
    }
    /// Keeps something for a format; `Null` removes it.
    pub fn set(&mut self, format: &str, value: Value) {
        if value.is_null() {
            self.0.remove(format);
        } else {
            if self.0.is_empty() {
                // One format is the rule, and every record of a large file has its own map.
                self.0 = Map::with_capacity(1);
            }
            self.0.insert(format.to_owned(), value);
        }
    }
    /// Keeps one more thing for a format, under a key, beside what is kept already.
    pub fn add(&mut self, format: &str, key: &str, value: Value) {
        let kept = self.0.entry(format).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(kept) = kept {
            kept.insert(key.to_owned(), value);
        }
    }
    /// Whether nothing was left over.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
