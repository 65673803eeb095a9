//! Shapes from a Turtle file, every rule of it or none.

use std::collections::{BTreeMap, HashMap};

use oxrdf::Term;
use spargebra::SparqlParser;

use super::super::parse;
use super::super::triples::{TermId, Triples};
use super::path::Path;
use super::shape::{Kinds, QueryIndex, Rule, Shape, ShapeIndex, Target};
use super::{Severity, ShapesFile};
use crate::formats::Format;

const SH: &str = "http://www.w3.org/ns/shacl#";
pub(super) const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// Prefixes that queries may use without saying what they stand for, as other validators have it.
const KNOWN: [(&str, &str); 5] = [
    ("rdf", RDF),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("sh", SH),
];

/// Why shapes cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShapesError {
    #[error("the shapes {file} cannot be read: {problem}")]
    Unreadable { file: String, problem: String },
    #[error("the shapes {file} ask for {construct} in {shape}, which this program cannot check; nothing was checked")]
    Unknown { file: String, shape: String, construct: String },
    #[error("a query of the shapes cannot be answered: {0}")]
    Query(String),
}

/// Reads a file of shapes.
pub(super) fn load(name: &str, turtle: &str) -> Result<ShapesFile, ShapesError> {
    let unreadable = |problem: &dyn std::fmt::Display| ShapesError::Unreadable {
        file: name.to_owned(),
        problem: problem.to_string(),
    };
    let parsed = parse::parse(turtle, Format::Turtle).map_err(|e| unreadable(&e))?;
    let (triples, odd) = Triples::new(&parsed.triples);
    if odd > 0 {
        return Err(unreadable(&format!("{odd} triples are not RDF 1.1")));
    }
    let mut loader =
        Loader { file: name, triples: &triples, shapes: Vec::new(), known: HashMap::new(), queries: Vec::new() };
    loader.refuse_unknown()?;
    let mut roots = Vec::new();
    let targets = ["targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target"];
    let mut nodes: BTreeMap<String, TermId> = BTreeMap::new();
    for target in targets {
        let Some(target) = loader.sh(target) else { continue };
        for [node, _, _] in triples.matching(None, Some(target), None) {
            nodes.insert(triples.term(node).to_string(), node);
        }
    }
    for node in nodes.into_values() {
        roots.push(loader.shape(node, "", 0)?);
    }
    let (shapes, queries) = (loader.shapes, loader.queries);
    Ok(ShapesFile { name: name.to_owned(), shapes, roots, queries })
}

struct Loader<'a> {
    file: &'a str,
    triples: &'a Triples,
    shapes: Vec<Shape>,
    known: HashMap<TermId, ShapeIndex>,
    queries: Vec<spargebra::Query>,
}

/// What is understood, and what says nothing about validity.
const PROPERTIES: &[&str] = &[
    "targetNode",
    "targetClass",
    "targetSubjectsOf",
    "targetObjectsOf",
    "target",
    "select",
    "prefixes",
    "declare",
    "prefix",
    "namespace",
    "path",
    "inversePath",
    "alternativePath",
    "zeroOrMorePath",
    "oneOrMorePath",
    "zeroOrOnePath",
    "property",
    "sparql",
    "severity",
    "message",
    "deactivated",
    "class",
    "datatype",
    "nodeKind",
    "minCount",
    "maxCount",
    "minLength",
    "maxLength",
    "pattern",
    "flags",
    "languageIn",
    "uniqueLang",
    "equals",
    "disjoint",
    "hasValue",
    "in",
    "node",
    "not",
    "and",
    "or",
    "xone",
    "qualifiedValueShape",
    "qualifiedMinCount",
    "qualifiedMaxCount",
    "qualifiedValueShapesDisjoint",
    "name",
    "description",
    "order",
    "group",
    "defaultValue",
];
const CLASSES: &[&str] = &["NodeShape", "PropertyShape", "SPARQLTarget", "SPARQLConstraint", "PropertyGroup"];

impl Loader<'_> {
    fn sh(&self, name: &str) -> Option<TermId> {
        self.triples.iri(&format!("{SH}{name}"))
    }
    fn unknown(&self, shape: &str, construct: impl Into<String>) -> ShapesError {
        ShapesError::Unknown { file: self.file.to_owned(), shape: shape.to_owned(), construct: construct.into() }
    }
    fn shown(&self, node: TermId) -> String {
        super::shown(self.triples.term(node))
    }

    /// Refuses the file when it uses any term of SHACL that is not understood, wherever.
    fn refuse_unknown(&self) -> Result<(), ShapesError> {
        for [s, p, o] in self.triples.matching(None, None, None) {
            let property = self.shown(p);
            if let Some(local) = property.strip_prefix(SH)
                && !PROPERTIES.contains(&local)
            {
                return Err(self.unknown(&self.shown(s), format!("sh:{local}")));
            }
            if property == RDF_TYPE
                && let Some(local) = self.shown(o).strip_prefix(SH)
                && !CLASSES.contains(&local)
            {
                return Err(self.unknown(&self.shown(s), format!("sh:{local}")));
            }
        }
        Ok(())
    }

    fn values(&self, node: TermId, property: &str) -> Vec<TermId> {
        let mut values: Vec<_> = match self.sh(property) {
            Some(property) => self.triples.objects(node, property).collect(),
            None => Vec::new(),
        };
        values.sort_by_key(|value| self.triples.term(*value).to_string());
        values
    }
    fn one(&self, node: TermId, property: &str) -> Option<TermId> {
        self.values(node, property).first().copied()
    }
    fn text(&self, node: TermId, property: &str) -> Option<String> {
        // English first, where a message is in several languages.
        let literals: Vec<_> = self
            .values(node, property)
            .into_iter()
            .filter_map(|value| match self.triples.term(value) {
                Term::Literal(literal) => Some(literal.clone()),
                _ => None,
            })
            .collect();
        let english = literals.iter().find(|l| l.language().is_none_or(|tag| tag.starts_with("en")));
        english.or(literals.first()).map(|l| l.value().to_owned())
    }
    fn number(&self, node: TermId, property: &str, shape: &str) -> Result<Option<usize>, ShapesError> {
        let Some(text) = self.text(node, property) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| self.unknown(shape, format!("sh:{property} of '{text}'")))
    }
    fn is_true(&self, node: TermId, property: &str) -> bool {
        self.text(node, property).is_some_and(|text| matches!(text.as_str(), "true" | "1"))
    }
    fn term(&self, id: TermId) -> Term {
        self.triples.term(id).clone()
    }

    /// The members of an RDF list.
    fn list(&self, head: TermId, shape: &str) -> Result<Vec<TermId>, ShapesError> {
        let (first, rest) = (self.triples.iri(&format!("{RDF}first")), self.triples.iri(&format!("{RDF}rest")));
        let nil = self.triples.iri(&format!("{RDF}nil"));
        let mut members = Vec::new();
        let mut at = head;
        while Some(at) != nil {
            let (Some(first), Some(rest)) = (first, rest) else { return Err(self.unknown(shape, "a broken list")) };
            let (member, next) = (self.triples.objects(at, first).next(), self.triples.objects(at, rest).next());
            let (Some(member), Some(next)) = (member, next) else {
                return Err(self.unknown(shape, "a broken list"));
            };
            members.push(member);
            if members.len() > self.triples.len() {
                return Err(self.unknown(shape, "a list without an end"));
            }
            at = next;
        }
        Ok(members)
    }

    /// A shape, read once. `within`: the named shape it stands in.
    fn shape(&mut self, node: TermId, within: &str, depth: usize) -> Result<ShapeIndex, ShapesError> {
        if let Some(known) = self.known.get(&node) {
            return Ok(*known);
        }
        if depth > 50 {
            return Err(self.unknown(within, "a shape that is part of itself"));
        }
        let name = match self.triples.term(node) {
            Term::NamedNode(iri) => iri.as_str().to_owned(),
            _ => within.to_owned(),
        };
        let severity = match self.one(node, "severity").map(|severity| self.shown(severity)) {
            None => Severity::Violation,
            Some(severity) => match severity.strip_prefix(SH) {
                Some("Violation") => Severity::Violation,
                Some("Warning") => Severity::Warning,
                Some("Info") => Severity::Info,
                _ => return Err(self.unknown(&name, format!("the severity {severity}"))),
            },
        };
        let path = self.one(node, "path").map(|path| self.path(path, &name, 0)).transpose()?;
        let shape = Shape {
            targets: self.targets(node, &name)?,
            rules: self.rules(node, &name, path.is_some(), depth)?,
            message: self.text(node, "message"),
            deactivated: self.is_true(node, "deactivated"),
            name,
            path,
            severity,
        };
        self.shapes.push(shape);
        self.known.insert(node, self.shapes.len() - 1);
        Ok(self.shapes.len() - 1)
    }

    fn targets(&mut self, node: TermId, name: &str) -> Result<Vec<Target>, ShapesError> {
        let mut targets = Vec::new();
        targets.extend(self.values(node, "targetNode").into_iter().map(|t| Target::Node(self.term(t))));
        targets.extend(self.values(node, "targetClass").into_iter().map(|t| Target::Class(self.term(t))));
        targets.extend(self.values(node, "targetSubjectsOf").into_iter().map(|t| Target::SubjectsOf(self.term(t))));
        targets.extend(self.values(node, "targetObjectsOf").into_iter().map(|t| Target::ObjectsOf(self.term(t))));
        for target in self.values(node, "target") {
            targets.push(Target::Query(self.query(target, name)?));
        }
        Ok(targets)
    }

    fn path(&self, node: TermId, shape: &str, depth: usize) -> Result<Path, ShapesError> {
        if let Term::NamedNode(_) = self.triples.term(node) {
            return Ok(Path::Property(self.term(node)));
        }
        if depth > 20 {
            return Err(self.unknown(shape, "a path that is part of itself"));
        }
        let inner = |node| self.path(node, shape, depth + 1);
        if let Some(inverse) = self.one(node, "inversePath") {
            return Ok(Path::Inverse(Box::new(inner(inverse)?)));
        }
        if let Some(head) = self.one(node, "alternativePath") {
            let paths = self.list(head, shape)?.into_iter().map(inner).collect::<Result<_, _>>()?;
            return Ok(Path::Alternative(paths));
        }
        for (property, zero, many) in
            [("zeroOrMorePath", true, true), ("oneOrMorePath", false, true), ("zeroOrOnePath", true, false)]
        {
            if let Some(path) = self.one(node, property) {
                return Ok(Path::Repeated { path: Box::new(inner(path)?), zero, many });
            }
        }
        Ok(Path::Sequence(self.list(node, shape)?.into_iter().map(inner).collect::<Result<_, _>>()?))
    }

    fn rules(&mut self, node: TermId, name: &str, is_property: bool, depth: usize) -> Result<Vec<Rule>, ShapesError> {
        let mut rules = Vec::new();
        self.value_rules(node, name, &mut rules)?;
        if let Some(min) = self.number(node, "minCount", name)? {
            rules.push(Rule::MinCount(min));
        }
        if let Some(max) = self.number(node, "maxCount", name)? {
            rules.push(Rule::MaxCount(max));
        }
        if self.is_true(node, "uniqueLang") {
            rules.push(Rule::UniqueLang);
        }
        for (property, rule) in [("node", Rule::Node as fn(_) -> _), ("property", Rule::Property), ("not", Rule::Not)] {
            for inner in self.values(node, property) {
                rules.push(rule(self.shape(inner, name, depth + 1)?));
            }
        }
        for (property, rule) in [("and", Rule::And as fn(_) -> _), ("or", Rule::Or), ("xone", Rule::Xone)] {
            for head in self.values(node, property) {
                let mut shapes = Vec::new();
                for inner in self.list(head, name)? {
                    shapes.push(self.shape(inner, name, depth + 1)?);
                }
                rules.push(rule(shapes));
            }
        }
        for inner in self.values(node, "qualifiedValueShape") {
            let shape = self.shape(inner, name, depth + 1)?;
            if self.is_true(node, "qualifiedValueShapesDisjoint") {
                return Err(self.unknown(name, "sh:qualifiedValueShapesDisjoint"));
            }
            let (min, max) =
                (self.number(node, "qualifiedMinCount", name)?, self.number(node, "qualifiedMaxCount", name)?);
            rules.push(Rule::Qualified { shape, min, max });
        }
        for constraint in self.values(node, "sparql") {
            if is_property {
                return Err(self.unknown(name, "sh:sparql on a property shape"));
            }
            if self.is_true(constraint, "deactivated") {
                continue;
            }
            let message = self.text(constraint, "message");
            rules.push(Rule::Query { query: self.query(constraint, name)?, message });
        }
        Ok(rules)
    }

    /// Rules about each value by itself.
    fn value_rules(&self, node: TermId, name: &str, rules: &mut Vec<Rule>) -> Result<(), ShapesError> {
        let terms = |property| self.values(node, property).into_iter().map(|id| self.term(id));
        rules.extend(terms("class").map(Rule::Class));
        rules.extend(terms("datatype").map(Rule::Datatype));
        rules.extend(terms("equals").map(Rule::Equals));
        rules.extend(terms("disjoint").map(Rule::Disjoint));
        rules.extend(terms("hasValue").map(Rule::HasValue));
        for kind in self.values(node, "nodeKind") {
            let kind = self.shown(kind);
            let kinds = |iri, blank, literal| Kinds { iri, blank, literal };
            rules.push(Rule::NodeKind(match kind.strip_prefix(SH) {
                Some("IRI") => kinds(true, false, false),
                Some("BlankNode") => kinds(false, true, false),
                Some("Literal") => kinds(false, false, true),
                Some("BlankNodeOrIRI") => kinds(true, true, false),
                Some("BlankNodeOrLiteral") => kinds(false, true, true),
                Some("IRIOrLiteral") => kinds(true, false, true),
                _ => return Err(self.unknown(name, format!("the node kind {kind}"))),
            }));
        }
        if let Some(min) = self.number(node, "minLength", name)? {
            rules.push(Rule::MinLength(min));
        }
        if let Some(max) = self.number(node, "maxLength", name)? {
            rules.push(Rule::MaxLength(max));
        }
        if let Some(pattern) = self.text(node, "pattern") {
            let flags = self.text(node, "flags").unwrap_or_default();
            if flags.chars().any(|flag| !"imsx".contains(flag)) {
                return Err(self.unknown(name, format!("sh:flags \"{flags}\"")));
            }
            let whole = if flags.is_empty() { pattern.clone() } else { format!("(?{flags}){pattern}") };
            let regex = regex::Regex::new(&whole).map_err(|_| self.unknown(name, format!("the pattern {pattern}")))?;
            rules.push(Rule::Pattern(regex));
        }
        for head in self.values(node, "in") {
            rules.push(Rule::In(self.list(head, name)?.into_iter().map(|id| self.term(id)).collect()));
        }
        for head in self.values(node, "languageIn") {
            let tags = self.list(head, name)?.into_iter().filter_map(|id| match self.triples.term(id) {
                Term::Literal(literal) => Some(literal.value().to_ascii_lowercase()),
                _ => None,
            });
            rules.push(Rule::LanguageIn(tags.collect()));
        }
        Ok(())
    }

    /// The query of a target or a constraint, with the prefixes it names.
    fn query(&mut self, node: TermId, shape: &str) -> Result<QueryIndex, ShapesError> {
        let Some(select) = self.text(node, "select") else {
            return Err(self.unknown(shape, "a query that is no sh:select"));
        };
        if select.contains("$PATH") {
            return Err(self.unknown(shape, "$PATH"));
        }
        let mut prefixes: BTreeMap<String, String> =
            KNOWN.iter().map(|(prefix, iri)| ((*prefix).to_owned(), (*iri).to_owned())).collect();
        for declarer in self.values(node, "prefixes") {
            for declaration in self.values(declarer, "declare") {
                if let (Some(prefix), Some(namespace)) =
                    (self.text(declaration, "prefix"), self.text(declaration, "namespace"))
                {
                    prefixes.insert(prefix, namespace);
                }
            }
        }
        let mut parser = SparqlParser::new();
        for (prefix, namespace) in prefixes {
            parser = parser
                .with_prefix(prefix, namespace)
                .map_err(|error| self.unknown(shape, format!("a prefix that is no IRI ({error})")))?;
        }
        let query = parser
            .parse_query(&select)
            .map_err(|error| self.unknown(shape, format!("a query with a fault ({error})")))?;
        self.queries.push(query);
        Ok(self.queries.len() - 1)
    }
}
