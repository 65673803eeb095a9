//! A shape as its file has it.

use oxrdf::Term;

use super::Severity;
use super::path::Path;

/// Place of a shape in its file's list.
pub(in super::super) type ShapeIndex = usize;
/// Place of a query in its file's list.
pub(super) type QueryIndex = usize;

/// Which nodes a shape looks at.
pub(in super::super) enum Target {
    Node(Term),
    Class(Term),
    SubjectsOf(Term),
    ObjectsOf(Term),
    Query(QueryIndex),
}

/// What kind of node a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds {
    pub(super) iri: bool,
    pub(super) blank: bool,
    pub(super) literal: bool,
}

/// One rule of a shape.
pub(in super::super) enum Rule {
    Class(Term),
    Datatype(Term),
    NodeKind(Kinds),
    MinCount(usize),
    MaxCount(usize),
    MinLength(usize),
    MaxLength(usize),
    Pattern(regex::Regex),
    /// Basic language ranges in lower case.
    LanguageIn(Vec<String>),
    UniqueLang,
    Equals(Term),
    Disjoint(Term),
    HasValue(Term),
    In(Vec<Term>),
    Node(ShapeIndex),
    Property(ShapeIndex),
    Not(ShapeIndex),
    And(Vec<ShapeIndex>),
    Or(Vec<ShapeIndex>),
    Xone(Vec<ShapeIndex>),
    Qualified {
        shape: ShapeIndex,
        min: Option<usize>,
        max: Option<usize>,
    },
    Query {
        query: QueryIndex,
        message: Option<String>,
    },
}

/// A node shape, or a property shape when it has a path.
pub(in super::super) struct Shape {
    /// Its IRI, or that of the named shape it stands in.
    pub(in super::super) name: String,
    pub(super) path: Option<Path>,
    pub(super) targets: Vec<Target>,
    pub(super) rules: Vec<Rule>,
    pub(super) severity: Severity,
    pub(super) message: Option<String>,
    pub(super) deactivated: bool,
}

impl Shape {
    /// The property shapes within it.
    pub(super) fn properties(&self) -> impl Iterator<Item = ShapeIndex> + '_ {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::Property(shape) => Some(*shape),
            _ => None,
        })
    }
}
