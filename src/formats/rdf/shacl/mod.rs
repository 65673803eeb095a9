//! SHACL: whether a graph is as its shapes ask.
//!
//! What is understood: targets by class, node, subjects and objects of a property, and by query; property paths
//! (one property, inverse, alternative, sequence, repeated); `class`, `datatype`, `nodeKind`, `minCount`, `maxCount`,
//! `minLength`, `maxLength`, `pattern`, `languageIn`, `uniqueLang`, `equals`, `disjoint`, `hasValue`, `in`, `node`,
//! `property`, `not`, `and`, `or`, `xone`, qualified value shapes, and `sparql` on node shapes. A shapes file that
//! uses anything else is refused: a rule that is silently left out would make a bad graph look good.
//!
//! The crates that validate SHACL were looked at: `shacl` (of rudof) brings an HTTP client and an asynchronous
//! runtime, and does not know targets by query, which the OntoLex shapes are made of.

mod constraint;
mod load;
mod path;
mod query;
mod shape;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::LazyLock;

use oxrdf::Term;

use super::triples::{TermId, Triples};
pub use load::ShapesError;
use query::Queries;
use shape::{Shape, ShapeIndex, Target};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// It can be read, but something is missing.
    Warning,
    /// It will be misread.
    Violation,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "remark",
            Self::Warning => "warning",
            Self::Violation => "violation",
        })
    }
}

/// One thing that a shape does not accept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// What it is about: an IRI, or `_:name` for a blank node, or a literal.
    pub focus: String,
    /// The property at fault as SHACL writes it; empty where the node itself is.
    pub path: String,
    /// The value at fault, empty where it is their number.
    pub value: String,
    /// The named shape that says so.
    pub shape: String,
    /// The kind of rule: `MinCount`, `Class`, `Or`, `SPARQL`.
    pub rule: &'static str,
    /// What is wrong, in the words of the shape.
    pub message: String,
    pub severity: Severity,
}

/// A file of shapes, read and ready.
pub struct ShapesFile {
    /// What people call it.
    pub name: String,
    pub(super) shapes: Vec<Shape>,
    /// The shapes that have targets.
    pub(super) roots: Vec<ShapeIndex>,
    queries: Vec<spargebra::Query>,
}

impl ShapesFile {
    /// Reads shapes from Turtle.
    ///
    /// # Errors
    /// When it is no Turtle, a rule in it is not understood, or a query in it is none.
    pub fn read(name: &str, turtle: &str) -> Result<Self, ShapesError> {
        load::load(name, turtle)
    }
    /// Whether it holds no shape with a target.
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }
}

/// The shapes that come with the program, applied to every export.
///
/// # Errors
/// Never, unless the files in the program were broken when it was built.
pub fn shipped() -> Result<&'static [ShapesFile; 2], &'static ShapesError> {
    static FILES: LazyLock<Result<[ShapesFile; 2], ShapesError>> = LazyLock::new(|| {
        Ok([
            ShapesFile::read("OntoLex", include_str!("../../../../assets/shapes/ontolex-shapes.ttl"))?,
            ShapesFile::read("Ligt 0.3", include_str!("../../../../assets/shapes/ligt.ttl"))?,
        ])
    });
    FILES.as_ref()
}

/// Everything that the shapes do not accept about a graph, from `least` upwards, sorted, each once.
///
/// # Errors
/// When a query of the shapes cannot be answered.
pub fn validate(triples: &mut Triples, files: &[ShapesFile], least: Severity) -> Result<Vec<Violation>, ShapesError> {
    let mut found = Vec::new();
    for file in files {
        let bound: Vec<_> = file.shapes.iter().map(|shape| constraint::bind(shape, triples)).collect();
        let mut run = Run {
            triples,
            file,
            bound: &bound,
            queries: Queries::default(),
            instances: BTreeMap::new(),
            found: Vec::new(),
        };
        for root in &file.roots {
            let shape = &file.shapes[*root];
            if shape.deactivated || run.loudest(*root) < least {
                continue;
            }
            for focus in run.targets(shape)? {
                run.check(*root, focus, least)?;
            }
        }
        found.append(&mut run.found);
    }
    found.retain(|violation| violation.severity >= least);
    found.sort();
    found.dedup();
    Ok(found)
}

/// One validation under way.
pub(super) struct Run<'a> {
    pub(super) triples: &'a Triples,
    pub(super) file: &'a ShapesFile,
    pub(super) bound: &'a [Vec<constraint::Bound>],
    queries: Queries,
    /// The classes below each class, itself among them.
    instances: BTreeMap<TermId, HashSet<TermId>>,
    found: Vec<Violation>,
}

impl Run<'_> {
    /// The worst that a shape or one within it can say.
    fn loudest(&self, shape: ShapeIndex) -> Severity {
        let shape = &self.file.shapes[shape];
        shape.properties().map(|inner| self.loudest(inner)).fold(shape.severity, Severity::max)
    }

    /// The nodes that a shape looks at.
    fn targets(&mut self, shape: &Shape) -> Result<Vec<TermId>, ShapesError> {
        let mut nodes: Vec<TermId> = Vec::new();
        for target in &shape.targets {
            match target {
                Target::Node(node) => nodes.extend(self.triples.id(node)),
                Target::Class(class) => {
                    let Some(class) = self.triples.id(class) else { continue };
                    let Some(rdf_type) = self.triples.iri(load::RDF_TYPE) else { continue };
                    for class in self.below(class).clone() {
                        nodes.extend(self.triples.subjects(rdf_type, class));
                    }
                }
                Target::SubjectsOf(property) => {
                    let Some(property) = self.triples.id(property) else { continue };
                    nodes.extend(self.triples.matching(None, Some(property), None).map(|[s, _, _]| s));
                }
                Target::ObjectsOf(property) => {
                    let Some(property) = self.triples.id(property) else { continue };
                    nodes.extend(self.triples.matching(None, Some(property), None).map(|[_, _, o]| o));
                }
                Target::Query(query) => {
                    let rows = query::rows(self.triples, &self.file.queries[*query], &["this"])?;
                    nodes.extend(rows.into_iter().filter_map(|row| self.triples.id(row[0].as_ref()?)));
                }
            }
        }
        nodes.sort_unstable();
        nodes.dedup();
        Ok(nodes)
    }

    /// A class and every class below it.
    pub(super) fn below(&mut self, class: TermId) -> &HashSet<TermId> {
        let triples = self.triples;
        self.instances.entry(class).or_insert_with(|| {
            let mut all = HashSet::from([class]);
            let Some(below) = triples.iri("http://www.w3.org/2000/01/rdf-schema#subClassOf") else { return all };
            let mut open = vec![class];
            while let Some(class) = open.pop() {
                open.extend(triples.subjects(below, class).filter(|class| all.insert(*class)));
            }
            all
        })
    }

    /// What a term is called in a result.
    fn shown(&self, id: TermId) -> String {
        shown(self.triples.term(id))
    }
}

/// A term as results name it.
fn shown(term: &Term) -> String {
    match term {
        Term::NamedNode(iri) => iri.as_str().to_owned(),
        other => other.to_string(),
    }
}
