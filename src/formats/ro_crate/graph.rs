//! A flat JSON-LD graph: entities with an `@id`, each once, that refer to each other.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

/// The context: RO-Crate's, then the prefixes of LDAC's terms.
pub fn context() -> Value {
    json!([
        "https://w3id.org/ro/crate/1.2/context",
        {
            "ldac": "https://w3id.org/ldac/terms#",
            "pcdm": "http://pcdm.org/models#",
            "dct": "http://purl.org/dc/terms/",
            "languageCode": "https://w3id.org/ldac/terms#languageCode",
            "glottologCode": "https://w3id.org/ldac/terms#glottologCode"
        }
    ])
}

/// Entities in order of their coming.
#[derive(Default)]
pub struct Graph {
    entities: Vec<Value>,
    known: HashSet<String>,
}

/// A reference to an entity.
pub fn link(id: &str) -> Value {
    json!({"@id": id})
}

/// References to entities: one alone stands bare, as compacted JSON-LD has it.
pub fn links<'a>(ids: impl IntoIterator<Item = &'a String>) -> Value {
    let mut all: Vec<Value> = ids.into_iter().map(|id| link(id)).collect();
    if all.len() == 1 { all.pop().unwrap_or_default() } else { Value::Array(all) }
}

/// An entity in the making.
pub struct Entity(Map<String, Value>);

impl Entity {
    pub fn new(id: &str, types: &[&str]) -> Self {
        let mut map = Map::new();
        map.insert("@id".into(), json!(id));
        map.insert("@type".into(), if let [one] = types { json!(one) } else { json!(types) });
        Self(map)
    }
    /// A property, unless it says nothing.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        let says = match &value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(list) => !list.is_empty(),
            _ => true,
        };
        if says {
            self.0.insert(name.into(), value);
        }
    }
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }
}

impl Graph {
    /// Adds an entity, unless one with its `@id` is there, and gives the `@id`.
    pub fn add(&mut self, entity: Entity) -> String {
        let id = entity.0.get("@id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if self.known.insert(id.clone()) {
            self.entities.push(Value::Object(entity.0));
        }
        id
    }
    /// Adds the entity that everything hangs under: right after the document's own.
    pub fn add_second(&mut self, entity: Entity) {
        let place = self.entities.len().min(1);
        self.entities.insert(place, Value::Object(entity.0));
    }
    pub fn entities(self) -> Vec<Value> {
        self.entities
    }
}
