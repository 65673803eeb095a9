//! One graph in five syntaxes, the same bytes for the same graph.

use std::fmt::Display;

use sophia::api::prefix::{Prefix, PrefixMapPair};
use sophia::api::prelude::*;
use sophia::api::serializer::Stringifier;
use sophia::iri::Iri;
use sophia::jsonld::serializer::JsonLdSerializer;
use sophia::turtle::serializer::nt::NTriplesSerializer;
use sophia::turtle::serializer::turtle::{TurtleConfig, TurtleSerializer};
use sophia::xml::serializer::RdfXmlSerializer;

use super::graph::Triple;
use super::names::PREFIXES;
use crate::formats::{Format, FormatError};

/// The bytes of a sorted graph. `base` becomes the empty prefix.
pub(super) fn serialise(triples: &[Triple], base: &str, format: Format) -> Result<Vec<u8>, FormatError> {
    let failed = |problem: &dyn Display| FormatError::Unsayable { format, problem: problem.to_string() };
    let mut bytes = Vec::new();
    match format {
        // A Turtle file is a TriG file with a default graph only.
        Format::Turtle | Format::TriG => bytes = turtle(triples, base).map_err(|e| failed(&e))?,
        Format::NTriples => {
            NTriplesSerializer::new(&mut bytes).serialize_triples(triples.triples()).map_err(|e| failed(&e))?;
        }
        Format::RdfXml => {
            RdfXmlSerializer::new(&mut bytes).serialize_triples(triples.triples()).map_err(|e| failed(&e))?;
            bytes.push(b'\n');
        }
        Format::JsonLd => {
            JsonLdSerializer::new(&mut bytes).serialize_dataset(&triples.as_dataset()).map_err(|e| failed(&e))?;
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

/// Turtle with a paragraph a subject. The serializer looks through its whole graph for every subject, so it is given
/// one subject at a time; the prefixes that it puts before each are kept once.
fn turtle(triples: &[Triple], base: &str) -> Result<Vec<u8>, String> {
    let paragraph = |group: &[Triple]| {
        let mut serializer = TurtleSerializer::new_with_config(Vec::new(), pretty(base));
        serializer.serialize_triples(group.triples()).map_err(|e| e.to_string())?;
        Ok::<_, String>(serializer.as_utf8().to_vec())
    };
    let mut bytes = paragraph(&[])?;
    let head = bytes.len();
    for group in triples.chunk_by(|a, b| a[0] == b[0]) {
        bytes.extend_from_slice(paragraph(group)?.get(head..).unwrap_or_default());
    }
    Ok(bytes)
}

fn pretty(base: &str) -> TurtleConfig {
    let mut prefixes: Vec<PrefixMapPair> = PREFIXES
        .iter()
        .map(|(prefix, namespace)| (Prefix::new_unchecked((*prefix).into()), Iri::new_unchecked((*namespace).into())))
        .collect();
    prefixes.insert(0, (Prefix::new_unchecked("".into()), Iri::new_unchecked(base.into())));
    TurtleConfig::new().with_pretty(true).with_own_prefix_map(prefixes)
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
