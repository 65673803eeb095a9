//! A graph held in memory for questions: every term once under a number, the triples in three orders.

use std::convert::Infallible;
use std::sync::Arc;

use oxrdf::{BlankNode, Literal, NamedNode, Term};
use sophia::api::term::{SimpleTerm, Term as _};
use spareval::{CancellationToken, InternalQuad, QueryableDataset};

use super::gathered::{Gathered, Triple};

/// A term by its number in a [`Triples`].
pub(super) type TermId = u32;

/// A graph that can be asked: by pattern, or in SPARQL.
#[derive(Default)]
pub struct Triples {
    terms: Vec<Term>,
    ids: hashbrown::HashMap<Term, TermId>,
    /// Subject, predicate, object; sorted.
    spo: Vec<[TermId; 3]>,
    /// Predicate, object, subject; sorted.
    pos: Vec<[TermId; 3]>,
    /// Object, subject, predicate; sorted.
    osp: Vec<[TermId; 3]>,
}

/// A term of sophia as one of oxrdf. Language tags are compared in lower case there.
pub(super) fn term(term: &SimpleTerm) -> Option<Term> {
    Some(match term {
        SimpleTerm::Iri(iri) => NamedNode::new_unchecked(iri.as_str()).into(),
        SimpleTerm::BlankNode(id) => BlankNode::new_unchecked(id.as_str()).into(),
        SimpleTerm::LiteralDatatype(text, datatype) => {
            Literal::new_typed_literal(text.to_string(), NamedNode::new_unchecked(datatype.as_str())).into()
        }
        SimpleTerm::LiteralLanguage(text, tag, _) => {
            Literal::new_language_tagged_literal_unchecked(text.to_string(), tag.as_str().to_ascii_lowercase()).into()
        }
        // Neither our own export nor the vocabularies know statements about statements.
        SimpleTerm::Triple(_) | SimpleTerm::Variable(_) => return None,
    })
}

impl Triples {
    /// Of triples in any order. What is no RDF 1.1 triple (a literal as a subject) is left out and counted.
    pub(super) fn new(triples: &[Triple]) -> (Self, usize) {
        let mut new = Self::default();
        let mut odd = 0;
        for [s, p, o] in triples {
            let fits = (s.is_iri() || s.is_blank_node()) && p.is_iri();
            match (fits, term(s), term(p), term(o)) {
                (true, Some(s), Some(p), Some(o)) => {
                    let row = [new.intern(s), new.intern(p), new.intern(o)];
                    new.spo.push(row);
                }
                _ => odd += 1,
            }
        }
        new.index();
        (new, odd)
    }
    /// Of a graph of ours.
    pub(super) fn of(graph: &Gathered) -> Self {
        let mut new = Self::default();
        // None of our terms is one that RDF 1.1 does not know, so every row finds its three.
        let ids: Vec<Option<TermId>> = graph.terms().iter().map(|t| term(t).map(|t| new.intern(t))).collect();
        let id = |number: u32| ids.get(number as usize).copied().flatten();
        new.spo = graph.rows().iter().filter_map(|[s, p, o]| Some([id(*s)?, id(*p)?, id(*o)?])).collect();
        new.index();
        new
    }

    fn index(&mut self) {
        let new = self;
        new.spo.sort_unstable();
        new.spo.dedup();
        new.pos = new.spo.iter().map(|[s, p, o]| [*p, *o, *s]).collect();
        new.osp = new.spo.iter().map(|[s, p, o]| [*o, *s, *p]).collect();
        new.pos.sort_unstable();
        new.osp.sort_unstable();
    }

    /// How many triples there are.
    pub fn len(&self) -> usize {
        self.spo.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.spo.is_empty()
    }

    /// The number of a term, which it gets here when it had none.
    pub(super) fn intern(&mut self, term: Term) -> TermId {
        if let Some(id) = self.ids.get(&term) {
            return *id;
        }
        let id = TermId::try_from(self.terms.len()).unwrap_or(TermId::MAX);
        self.terms.push(term.clone());
        self.ids.insert(term, id);
        id
    }
    /// The number of a term, when it has one.
    pub(super) fn id(&self, term: &Term) -> Option<TermId> {
        self.ids.get(term).copied()
    }
    /// The number of an IRI, when it has one.
    pub(super) fn iri(&self, iri: &str) -> Option<TermId> {
        self.ids.get(&Term::NamedNode(NamedNode::new_unchecked(iri))).copied()
    }
    /// The term of a number.
    pub(super) fn term(&self, id: TermId) -> &Term {
        &self.terms[id as usize]
    }

    /// Triples in which the given places are filled so, as subject, predicate, object.
    pub(super) fn matching(&self, s: Option<TermId>, p: Option<TermId>, o: Option<TermId>) -> Matching<'_> {
        let none: &[[TermId; 3]] = &[];
        let (rows, turn) = match (s, p, o) {
            (None, None, None) => (&self.spo[..], 0),
            (Some(s), None, None) => (range(&self.spo, &[s]), 0),
            (Some(s), Some(p), None) => (range(&self.spo, &[s, p]), 0),
            (Some(s), Some(p), Some(o)) => {
                (if self.spo.binary_search(&[s, p, o]).is_ok() { range(&self.spo, &[s, p, o]) } else { none }, 0)
            }
            (None, Some(p), None) => (range(&self.pos, &[p]), 1),
            (None, Some(p), Some(o)) => (range(&self.pos, &[p, o]), 1),
            (None, None, Some(o)) => (range(&self.osp, &[o]), 2),
            (Some(s), None, Some(o)) => (range(&self.osp, &[o, s]), 2),
        };
        Matching { rows: rows.iter(), turn }
    }
    /// Every predicate that is used, once.
    pub(super) fn predicates(&self) -> impl Iterator<Item = TermId> + use<'_> {
        let mut rest = &self.pos[..];
        std::iter::from_fn(move || {
            let [predicate, ..] = *rest.first()?;
            rest = &rest[rest.partition_point(|row| row[0] <= predicate)..];
            Some(predicate)
        })
    }
    /// Objects of a subject under a predicate, in order of their number.
    pub(super) fn objects(&self, s: TermId, p: TermId) -> impl Iterator<Item = TermId> + use<'_> {
        self.matching(Some(s), Some(p), None).map(|[_, _, o]| o)
    }
    /// Subjects that have this object under a predicate.
    pub(super) fn subjects(&self, p: TermId, o: TermId) -> impl Iterator<Item = TermId> + use<'_> {
        self.matching(None, Some(p), Some(o)).map(|[s, _, _]| s)
    }
    /// Whether the triple is there.
    pub(super) fn has(&self, s: TermId, p: TermId, o: TermId) -> bool {
        self.spo.binary_search(&[s, p, o]).is_ok()
    }
}

/// The rows that start so.
fn range<'a>(rows: &'a [[TermId; 3]], start: &[TermId]) -> &'a [[TermId; 3]] {
    let from = rows.partition_point(|row| row[..start.len()] < *start);
    let rows = &rows[from..];
    &rows[..rows.partition_point(|row| row[..start.len()] == *start)]
}

/// What [`Triples::matching`] found.
pub(super) struct Matching<'a> {
    rows: std::slice::Iter<'a, [TermId; 3]>,
    /// By how many places the order of the rows is turned.
    turn: usize,
}

impl Matching<'_> {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

impl Iterator for Matching<'_> {
    type Item = [TermId; 3];
    fn next(&mut self) -> Option<[TermId; 3]> {
        let mut row = *self.rows.next()?;
        row.rotate_right(self.turn);
        Some(row)
    }
}

/// A term in the course of a query: one of the graph, or one that was computed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Held {
    /// By its number in the graph.
    Known(u32),
    /// Not in the graph.
    New(Arc<Term>),
}

/// A graph with somebody who may say stop: from then on it seems to end.
#[derive(Clone)]
pub(super) struct Asked<'a> {
    pub(super) triples: &'a Triples,
    pub(super) stop: CancellationToken,
}

impl<'a> QueryableDataset<'a> for Asked<'a> {
    type InternalTerm = Held;
    type Error = Infallible;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Held>,
        predicate: Option<&Held>,
        object: Option<&Held>,
        graph_name: Option<Option<&Held>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Held>, Infallible>> + use<'a> {
        // A number that no term has stands for what the graph does not know.
        let number = |held: Option<&Held>| {
            held.map(|held| match held {
                Held::Known(id) => *id,
                Held::New(_) => TermId::MAX,
            })
        };
        let triples: &'a Triples = self.triples;
        // There is only the default graph.
        let rows = match graph_name {
            Some(None) => triples.matching(number(subject), number(predicate), number(object)),
            _ => triples.matching(Some(TermId::MAX), None, None),
        };
        let stop = self.stop.clone();
        rows.take_while(move |_| !stop.is_cancelled()).map(|[s, p, o]| {
            Ok(InternalQuad {
                subject: Held::Known(s),
                predicate: Held::Known(p),
                object: Held::Known(o),
                graph_name: None,
            })
        })
    }

    fn internalize_term(&self, term: Term) -> Result<Held, Infallible> {
        Ok(self.triples.id(&term).map_or_else(|| Held::New(Arc::new(term)), Held::Known))
    }

    fn externalize_term(&self, held: Held) -> Result<Term, Infallible> {
        Ok(match held {
            Held::Known(id) => self.triples.term(id).clone(),
            Held::New(term) => Arc::unwrap_or_clone(term),
        })
    }
}
