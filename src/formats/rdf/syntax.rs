//! One graph in five syntaxes, the same bytes for the same graph.

use std::fmt::Display;

use sophia::api::prelude::*;
use sophia::jsonld::serializer::JsonLdSerializer;
use sophia::turtle::serializer::nt::NTriplesSerializer;
use sophia::xml::serializer::RdfXmlSerializer;

use super::gathered::Gathered;
use super::turtle::turtle;
use crate::formats::{Format, FormatError};

/// The bytes of a graph. `base` becomes the empty prefix.
pub(super) fn serialise(graph: &Gathered, base: &str, format: Format) -> Result<Vec<u8>, FormatError> {
    let failed = |problem: &dyn Display| FormatError::Unsayable { format, problem: problem.to_string() };
    let mut bytes = Vec::new();
    match format {
        // A Turtle file is a TriG file with a default graph only.
        Format::Turtle | Format::TriG => bytes = turtle(graph, base).into_bytes(),
        Format::NTriples => {
            NTriplesSerializer::new(&mut bytes).serialize_triples(graph.triples().triples()).map_err(|e| failed(&e))?;
        }
        Format::RdfXml => {
            RdfXmlSerializer::new(&mut bytes).serialize_triples(graph.triples().triples()).map_err(|e| failed(&e))?;
            bytes.push(b'\n');
        }
        Format::JsonLd => {
            JsonLdSerializer::new(&mut bytes)
                .serialize_dataset(&graph.triples().as_dataset())
                .map_err(|e| failed(&e))?;
            // The serializer gathers properties in hash maps, in another order every time.
            let mut json = serde_json::from_slice(&bytes).map_err(|e| failed(&e))?;
            sort_keys(&mut json);
            bytes = serde_json::to_vec_pretty(&json).map_err(|e| failed(&e))?;
            bytes.push(b'\n');
        }
        other => return Err(FormatError::NotWritten { format: other }),
    }
    Ok(bytes)
}

fn sort_keys(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Array(items) => items.iter_mut().for_each(sort_keys),
        serde_json::Value::Object(fields) => {
            fields.sort_keys();
            fields.values_mut().for_each(sort_keys);
        }
        _ => {}
    }
}
