//! A graph ready to be written: every term once under a number, the triples sorted.
//!
//! Three in four places of a triple hold a term that stands elsewhere too. Under numbers they are kept, compared, written
//! and judged once.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use sophia::api::MownStr;
use sophia::api::term::{IriRef, LanguageTag, SimpleTerm};

/// One triple, owned.
pub(super) type Triple = [SimpleTerm<'static>; 3];
/// The number of a term among its [`Terms`].
pub(super) type Number = u32;

/// Terms, each under a number.
#[derive(Default)]
pub(super) struct Terms {
    list: Vec<SimpleTerm<'static>>,
    table: HashTable<Number>,
    hasher: DefaultHashBuilder,
}

/// What tells a term from others: its kind, its text, its language or datatype. Terms are sorted by it.
type Key<'a> = (u8, &'a str, &'a str);

fn key<'a>(term: &'a SimpleTerm<'_>) -> Key<'a> {
    match term {
        SimpleTerm::BlankNode(id) => (0, id.as_str(), ""),
        SimpleTerm::Iri(iri) => (1, iri.as_str(), ""),
        SimpleTerm::LiteralDatatype(text, datatype) => (2, text, datatype.as_str()),
        SimpleTerm::LiteralLanguage(text, tag, _) => (3, text, tag.as_str()),
        SimpleTerm::Variable(name) => (4, name.as_str(), ""),
        // Nobody hands us statements about statements: the parsers of RDF 1.1 know none.
        SimpleTerm::Triple(_) => (5, "", ""),
    }
}

fn owned(text: &str) -> MownStr<'static> {
    MownStr::from(text.to_owned())
}

impl Terms {
    fn number(&mut self, wanted: Key<'_>, make: impl FnOnce() -> SimpleTerm<'static>) -> Number {
        let hash = self.hasher.hash_one(wanted);
        if let Some(number) = self.table.find(hash, |number| key(&self.list[*number as usize]) == wanted) {
            return *number;
        }
        let number = Number::try_from(self.list.len()).unwrap_or(Number::MAX);
        self.list.push(make());
        let (list, hasher) = (&self.list, &self.hasher);
        self.table.insert_unique(hash, number, |number| hasher.hash_one(key(&list[*number as usize])));
        number
    }
    /// An IRI.
    pub(super) fn iri(&mut self, iri: &str) -> Number {
        self.number((1, iri, ""), || SimpleTerm::Iri(IriRef::new_unchecked(owned(iri))))
    }
    /// A value of a datatype.
    pub(super) fn value(&mut self, value: &str, datatype: &str) -> Number {
        self.number((2, value, datatype), || {
            SimpleTerm::LiteralDatatype(owned(value), IriRef::new_unchecked(owned(datatype)))
        })
    }
    /// A text with a well-formed language tag.
    pub(super) fn text(&mut self, text: &str, tag: &str) -> Number {
        self.number((3, text, tag), || {
            SimpleTerm::LiteralLanguage(owned(text), LanguageTag::new_unchecked(owned(tag)), None)
        })
    }
    /// A term of another program.
    pub(super) fn any(&mut self, term: SimpleTerm<'static>) -> Number {
        let same = term.clone();
        self.number(key(&same), || term)
    }
    /// The IRI of a number, when it is one.
    pub(super) fn as_iri(&self, number: Number) -> Option<&str> {
        match self.list.get(number as usize)? {
            SimpleTerm::Iri(iri) => Some(iri.as_str()),
            _ => None,
        }
    }
}

/// A finished graph: the same for the same triples, in whatever order they came.
pub(super) struct Gathered {
    /// Sorted: by kind, then by text.
    terms: Vec<SimpleTerm<'static>>,
    /// Subject, predicate, object; sorted, each once.
    rows: Vec<[Number; 3]>,
}

impl Gathered {
    pub(super) fn new(terms: Terms, mut rows: Vec<[Number; 3]>) -> Self {
        let mut order: Vec<Number> = (0..).take(terms.list.len()).collect();
        order.sort_unstable_by(|a, b| key(&terms.list[*a as usize]).cmp(&key(&terms.list[*b as usize])));
        let mut rank = vec![0; order.len()];
        for (place, number) in (0..).zip(&order) {
            rank[*number as usize] = place;
        }
        for row in &mut rows {
            *row = row.map(|number| rank[number as usize]);
        }
        rows.sort_unstable();
        rows.dedup();
        let mut list: Vec<Option<SimpleTerm<'static>>> = terms.list.into_iter().map(Some).collect();
        let terms = order.iter().filter_map(|number| list[*number as usize].take()).collect();
        Self { terms, rows }
    }
    /// Every term, under its number.
    pub(super) fn terms(&self) -> &[SimpleTerm<'static>] {
        &self.terms
    }
    /// Subject, predicate and object of every triple, by number; sorted.
    pub(super) fn rows(&self) -> &[[Number; 3]] {
        &self.rows
    }
    /// Whether the triple is there.
    pub(super) fn has(&self, triple: &Triple) -> bool {
        let number = |term: &SimpleTerm| {
            let place = self.terms.binary_search_by(|known| key(known).cmp(&key(term))).ok()?;
            Number::try_from(place).ok()
        };
        let [Some(s), Some(p), Some(o)] = triple.each_ref().map(number) else { return false };
        self.rows.binary_search(&[s, p, o]).is_ok()
    }
    /// The triples as sophia takes them.
    pub(super) fn triples(&self) -> Vec<[&SimpleTerm<'static>; 3]> {
        self.rows.iter().map(|row| row.map(|number| &self.terms[number as usize])).collect()
    }
}
