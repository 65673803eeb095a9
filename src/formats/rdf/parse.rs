//! Files of five syntaxes as one list of triples. Named graphs are merged; blank nodes get IRIs.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use sophia::api::prelude::*;
use sophia::api::term::{BnodeId, IriRef, LanguageTag, SimpleTerm};
use sophia::iri::Iri;
use sophia::jsonld::{JsonLdOptions, JsonLdParser};

use super::gathered::Triple;
use super::language::Tag;
use crate::formats::{Format, FormatError};

/// How deep things may stand in each other.
const DEPTH: usize = 200;
/// What relative references are resolved against where the file names no base.
pub(super) const RELATIVE: &str = "https://fieldgloss.invalid/";

type Quad = ([SimpleTerm<'static>; 3], Option<SimpleTerm<'static>>);

/// What was read.
pub(super) struct Parsed {
    pub(super) triples: Vec<Triple>,
    /// Triples that stood in named graphs.
    pub(super) named: usize,
}

/// Reads a text in one of the RDF syntaxes.
pub(super) fn parse(text: &str, format: Format) -> Result<Parsed, FormatError> {
    refuse_bombs(text, format)?;
    // The parsers are not ours, and fuzzing found inputs that make them panic: a file is no reason to fall over.
    TRYING.set(true);
    let parsed = std::panic::catch_unwind(|| parse_trusting(text, format));
    TRYING.set(false);
    parsed.unwrap_or_else(|_| {
        Err(FormatError::broken(format, "its syntax", "the file breaks off or is damaged where nobody expected it"))
    })
}

thread_local! {
    /// Whether this thread is in a parser whose panic is caught and told as an error.
    static TRYING: Cell<bool> = const { Cell::new(false) };
}

/// Lets a caught panic of a parser pass without a word on the terminal; any other is told as before. For the
/// program's start.
pub fn hush_caught_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !TRYING.get() {
            usual(panic);
        }
    }));
}

/// What a parser says, as the place in the file and what is wrong there. The parsers count lines from 0, or bytes.
fn told(text: &str, said: &str) -> (String, String) {
    let said = said.strip_prefix("Source failed: ").unwrap_or(said);
    let numbers = |place: &str| -> Option<(usize, usize)> {
        let (line, column) = place.split_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?))
    };
    if let Some((problem, place)) = said.rsplit_once(" at ")
        && let Some((line, column)) = numbers(place)
    {
        return (format!("line {}, column {}", line + 1, column + 1), problem.to_owned());
    }
    if let Some((_, after)) = said.split_once("Span { start: ")
        && let Some((start, rest)) = after.split_once(',')
        && let Some((_, problem)) = rest.split_once(": ").and_then(|(_, rest)| rest.split_once(": "))
        && let Some(before) = start.parse().ok().and_then(|start: usize| text.as_bytes().get(..start))
    {
        let line = before.iter().filter(|byte| **byte == b'\n').count();
        return (format!("line {}", line + 1), problem.to_owned());
    }
    ("its syntax".to_owned(), said.to_owned())
}

fn parse_trusting(text: &str, format: Format) -> Result<Parsed, FormatError> {
    let failed = |error: &dyn std::fmt::Display| {
        let (place, problem) = told(text, &error.to_string());
        FormatError::broken(format, place, problem)
    };
    let base = || Iri::new_unchecked(RELATIVE.to_owned());
    let quads: Vec<Quad> = match format {
        Format::Turtle => {
            let parser = sophia::turtle::parser::turtle::TurtleParser {
                base: Some(sophia::iri::IriRef::new_unchecked(Box::<str>::from(RELATIVE)).to_base()),
                ..Default::default()
            };
            let triples: Vec<Triple> = parser.parse_str(text).collect_triples().map_err(|e| failed(&e))?;
            triples.into_iter().map(|triple| (triple, None)).collect()
        }
        Format::NTriples => {
            let triples: Vec<Triple> =
                sophia::turtle::parser::nt::parse_str(text).collect_triples().map_err(|e| failed(&e))?;
            triples.into_iter().map(|triple| (triple, None)).collect()
        }
        Format::TriG => {
            let parser = sophia::turtle::parser::trig::TriGParser {
                base: Some(sophia::iri::IriRef::new_unchecked(Box::<str>::from(RELATIVE)).to_base()),
                ..Default::default()
            };
            parser.parse_str(text).collect_quads().map_err(|e| failed(&e))?
        }
        Format::RdfXml => {
            let parser = sophia::xml::parser::RdfXmlParser { base: Some(base()) };
            let triples: Vec<Triple> = parser.parse_str(text).collect_triples().map_err(|e| failed(&e))?;
            triples.into_iter().map(|triple| (triple, None)).collect()
        }
        Format::JsonLd => {
            let options = JsonLdOptions::new().with_base(Iri::new_unchecked(Arc::from(RELATIVE)));
            JsonLdParser::new_with_options(options).parse_str(text).collect_quads().map_err(|e| failed(&e))?
        }
        other => return Err(FormatError::NotRead { format: other }),
    };
    let named = quads.iter().filter(|(_, graph)| graph.is_some()).count();
    Ok(Parsed { triples: quads.into_iter().map(|(triple, _)| triple).collect(), named })
}

/// Refuses what is small on disk and huge in memory, or deep enough to break a parser's stack.
fn refuse_bombs(text: &str, format: Format) -> Result<(), FormatError> {
    if format == Format::RdfXml {
        for declaration in text.split("<!ENTITY").skip(1) {
            let value = declaration.split(['"', '\'']).nth(1).unwrap_or_default();
            if value.contains('&') && !value.contains("&#") {
                return Err(FormatError::broken(format, "its entities", "one entity is made of others"));
            }
        }
        return Ok(());
    }
    if format == Format::NTriples {
        return Ok(());
    }
    // Brackets outside strings; a bracket within one counts only when it is never closed again.
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let mut quote = None;
    let mut escaped = false;
    for letter in text.chars() {
        match (quote, letter) {
            (_, _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, '"') => quote = Some('"'),
            (None, '[' | '(' | '{') => depth += 1,
            (None, ']' | ')' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if deepest > DEPTH {
        return Err(FormatError::broken(format, "its brackets", format!("they stand {deepest} deep in each other")));
    }
    Ok(())
}

/// Gives every blank node an IRI under `base`, the same for the same label in one file. Says how many there were.
pub(super) fn name_blank_nodes(triples: &mut [Triple], base: &str) -> usize {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut named = |term: &mut SimpleTerm<'static>| {
        if let SimpleTerm::BlankNode(id) = term {
            let id: &BnodeId<_> = id;
            let number = names.len() + 1;
            let iri = names.entry(id.as_str().to_owned()).or_insert_with(|| format!("{base}genid/{number}"));
            *term = SimpleTerm::Iri(IriRef::new_unchecked(iri.clone().into()));
        }
    };
    for [s, _, o] in triples.iter_mut() {
        named(s);
        named(o);
    }
    names.len()
}

/// Brings language tags to the form in which they are written; says how many were changed in more than their case.
pub(super) fn canonical_tags(triples: &mut [Triple]) -> usize {
    let mut changed = 0;
    for [_, _, object] in triples.iter_mut() {
        if let SimpleTerm::LiteralLanguage(_, tag, _) = object {
            let canonical = Tag::parse(tag.as_str()).to_string();
            changed += usize::from(!canonical.eq_ignore_ascii_case(tag.as_str()));
            *tag = LanguageTag::new_unchecked(canonical.into());
        }
    }
    changed
}

/// Brings texts to the form in which they are written, as [`clean`](super::graph::clean) has it.
pub(super) fn clean_texts(triples: &mut [Triple]) {
    for [_, _, object] in triples.iter_mut() {
        if let SimpleTerm::LiteralLanguage(text, ..) | SimpleTerm::LiteralDatatype(text, _) = object {
            let (clean, replaced, line_ends) = super::graph::clean(text);
            if replaced + line_ends > 0 {
                *text = clean.into();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn a_fault_is_told_by_its_line() {
        let place = |text: &str, said: &str| told(text, said);
        assert_eq!(
            place("", "Source failed: Expected ':' at 14:0"),
            ("line 15, column 1".into(), "Expected ':'".into())
        );
        let json = "Source failed: invalid JSON at Location { file: Iri(\"x\"), span: Span { start: 4, end: 5 } }: \
                    unexpected character `}`";
        assert_eq!(place("{\n\n}}", json), ("line 3".into(), "unexpected character `}`".into()));
        assert_eq!(place("", "who knows"), ("its syntax".into(), "who knows".into()));
    }
}
