//! One graph in five syntaxes, the same bytes for the same graph.

use std::fmt::Display;

use sophia::api::prefix::{Prefix, PrefixMapPair};
use sophia::api::prelude::*;
use sophia::iri::Iri;
use sophia::jsonld::serializer::JsonLdSerializer;
use sophia::turtle::serializer::nt::NTriplesSerializer;
use sophia::turtle::serializer::trig::TriGSerializer;
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
        Format::Turtle => {
            let mut serializer = TurtleSerializer::new_with_config(&mut bytes, pretty(base));
            serializer.serialize_triples(triples.triples()).map_err(|e| failed(&e))?;
        }
        Format::TriG => {
            let mut serializer = TriGSerializer::new_with_config(&mut bytes, pretty(base));
            serializer.serialize_dataset(&triples.as_dataset()).map_err(|e| failed(&e))?;
        }
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
