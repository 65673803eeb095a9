//! Property paths.

use std::collections::HashSet;
use std::fmt;

use oxrdf::Term;

use super::super::triples::{TermId, Triples};

/// A way from a node to its values.
#[derive(Clone, Debug)]
pub(super) enum Path {
    Property(Term),
    Inverse(Box<Path>),
    Sequence(Vec<Path>),
    Alternative(Vec<Path>),
    /// `zero`: the node itself is among its values; `many`: step after step.
    Repeated {
        path: Box<Path>,
        zero: bool,
        many: bool,
    },
}

impl Path {
    /// The values of a node, each once, in order of their number.
    pub(super) fn values(&self, triples: &Triples, node: TermId) -> Vec<TermId> {
        let mut values = Vec::new();
        self.walk(triples, node, false, &mut values);
        values.sort_unstable();
        values.dedup();
        values
    }

    fn walk(&self, triples: &Triples, node: TermId, backwards: bool, values: &mut Vec<TermId>) {
        match self {
            Self::Property(property) => {
                let Some(property) = triples.id(property) else { return };
                if backwards {
                    values.extend(triples.subjects(property, node));
                } else {
                    values.extend(triples.objects(node, property));
                }
            }
            Self::Inverse(path) => path.walk(triples, node, !backwards, values),
            Self::Alternative(paths) => paths.iter().for_each(|path| path.walk(triples, node, backwards, values)),
            Self::Sequence(paths) => {
                let mut at = vec![node];
                let steps: Vec<&Self> = if backwards { paths.iter().rev().collect() } else { paths.iter().collect() };
                for step in steps {
                    let mut next = Vec::new();
                    at.iter().for_each(|node| step.walk(triples, *node, backwards, &mut next));
                    next.sort_unstable();
                    next.dedup();
                    at = next;
                }
                values.extend(at);
            }
            Self::Repeated { path, zero, many } => {
                let mut seen = HashSet::new();
                let mut open = vec![node];
                if *zero {
                    values.push(node);
                }
                while let Some(node) = open.pop() {
                    let mut next = Vec::new();
                    path.walk(triples, node, backwards, &mut next);
                    for node in next {
                        if seen.insert(node) {
                            values.push(node);
                            open.extend(many.then_some(node));
                        }
                    }
                }
            }
        }
    }
}

/// As SPARQL writes it.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |paths: &[Self], by: &str| paths.iter().map(Self::to_string).collect::<Vec<_>>().join(by);
        match self {
            Self::Property(Term::NamedNode(iri)) => f.write_str(iri.as_str()),
            Self::Property(other) => write!(f, "{other}"),
            Self::Inverse(path) => write!(f, "^{path}"),
            Self::Sequence(paths) => write!(f, "({})", joined(paths, "/")),
            Self::Alternative(paths) => write!(f, "({})", joined(paths, "|")),
            Self::Repeated { path, zero, many } => {
                write!(
                    f,
                    "({path}){}",
                    if !many {
                        "?"
                    } else if *zero {
                        "*"
                    } else {
                        "+"
                    }
                )
            }
        }
    }
}
