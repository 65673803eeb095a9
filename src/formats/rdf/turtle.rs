//! Turtle as people read it: a paragraph a subject, prefixed names, `a` for the type.
//!
//! Written here and not by sophia, whose serializer looks through the whole graph for every subject. There is less to
//! do, too: our graphs have no blank nodes and no lists. Sophia, rdflib and oxigraph read it back in the tests.

use std::fmt::Write;

use sophia::api::term::SimpleTerm;

use super::gathered::{Gathered, Number};
use super::names::PREFIXES;

const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
const INTEGER: &str = "http://www.w3.org/2001/XMLSchema#integer";

/// The text of a graph; `base` becomes the empty prefix.
pub(super) fn turtle(graph: &Gathered, base: &str) -> String {
    let names = Names::of(graph.terms(), base);
    let rdf_type = graph.terms().iter().position(|term| matches!(term, SimpleTerm::Iri(iri) if iri.as_str() == TYPE));
    let rdf_type = rdf_type.and_then(|place| Number::try_from(place).ok());
    let mut out = String::with_capacity(names.text.len() * 2);
    for (prefix, namespace) in [("", base)].iter().chain(PREFIXES) {
        let _ = writeln!(out, "PREFIX {prefix}: <{namespace}>");
    }
    for about in graph.rows().chunk_by(|a, b| a[0] == b[0]) {
        out.push('\n');
        out.push_str(names.get(about[0][0]));
        // What it is comes first.
        let (types, others): (Vec<_>, Vec<_>) =
            about.chunk_by(|a, b| a[1] == b[1]).partition(|group| Some(group[0][1]) == rdf_type);
        for (place, group) in types.into_iter().chain(others).enumerate() {
            out.push_str(if place == 0 { " " } else { ";\n  " });
            let is_type = Some(group[0][1]) == rdf_type;
            out.push_str(if is_type { "a" } else { names.get(group[0][1]) });
            for (place, [_, _, object]) in group.iter().enumerate() {
                out.push_str(if place == 0 { " " } else { ",\n    " });
                out.push_str(names.get(*object));
            }
        }
        out.push_str(".\n");
    }
    out
}

/// Every term as Turtle writes it, one after the other in one text.
struct Names {
    text: String,
    ends: Vec<usize>,
}

impl Names {
    fn of(terms: &[SimpleTerm], base: &str) -> Self {
        let mut names = Self { text: String::with_capacity(terms.len() * 48), ends: Vec::with_capacity(terms.len()) };
        for term in terms {
            write_term(&mut names.text, term, base);
            names.ends.push(names.text.len());
        }
        names
    }
    fn get(&self, number: Number) -> &str {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[number]]
    }
}

fn write_term(out: &mut String, term: &SimpleTerm, base: &str) {
    match term {
        SimpleTerm::Iri(iri) => write_iri(out, iri.as_str(), base),
        SimpleTerm::LiteralDatatype(value, datatype) if datatype.as_str() == INTEGER && is_integer(value) => {
            out.push_str(value);
        }
        SimpleTerm::LiteralDatatype(value, datatype) => {
            write_text(out, value);
            if datatype.as_str() != STRING {
                out.push_str("^^");
                write_iri(out, datatype.as_str(), base);
            }
        }
        SimpleTerm::LiteralLanguage(text, tag, _) => {
            write_text(out, text);
            out.push('@');
            out.push_str(tag.as_str());
        }
        SimpleTerm::BlankNode(id) => {
            out.push_str("_:");
            out.push_str(id.as_str());
        }
        // No graph of ours holds them.
        SimpleTerm::Triple(_) | SimpleTerm::Variable(_) => out.push_str("[]"),
    }
}

fn is_integer(value: &str) -> bool {
    let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn write_iri(out: &mut String, iri: &str, base: &str) {
    let own = iri.strip_prefix(base).map(|local| ("", local));
    let shared = || {
        let (namespace, local) = iri.split_at(iri.rfind(['#', '/'])? + 1);
        PREFIXES.iter().find(|(_, known)| *known == namespace).map(|(prefix, _)| (*prefix, local))
    };
    match own.filter(|(_, local)| is_local(local)).or_else(|| shared().filter(|(_, local)| is_local(local))) {
        Some((prefix, local)) => {
            out.push_str(prefix);
            out.push(':');
            out.push_str(local);
        }
        None => {
            out.push('<');
            for letter in iri.chars() {
                match letter {
                    '\0'..=' ' | '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\' => escape(out, letter),
                    _ => out.push(letter),
                }
            }
            out.push('>');
        }
    }
}

/// Whether Turtle takes it as the local part of a name as it stands.
fn is_local(local: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = local.as_bytes();
    bytes.first().is_some_and(|first| is_plain(*first))
        && bytes.last().is_some_and(|last| *last != b'.')
        && bytes.iter().all(|byte| is_plain(*byte) || matches!(byte, b'-' | b'.'))
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(place) = rest.find(|letter: char| letter < ' ' || matches!(letter, '"' | '\\' | '\u{7F}')) {
        out.push_str(&rest[..place]);
        match rest.as_bytes()[place] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            other => escape(out, char::from(other)),
        }
        rest = &rest[place + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

fn escape(out: &mut String, letter: char) {
    let _ = write!(out, "\\u{:04X}", u32::from(letter));
}
