//! The triples, as they are gathered: texts made safe for every syntax, tags well-formed, repeats dropped.

use std::collections::{BTreeMap, HashSet};

use sophia::api::term::SimpleTerm;

use super::base::{Base, is_iri};
use super::gathered::{Gathered, Number, Terms};
use super::language::Tag;
use super::names::{rdf, rdfs, xsd};
use crate::domain::{LossReport, MultiText};

/// An IRI of the graph. Made by [`Base`], by the vocabularies, or from what [`is_iri`] let through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Node(String);

impl Node {
    pub(super) fn new(iri: String) -> Self {
        Self(iri)
    }
    /// An IRI that a user or a file gave, when it is one.
    pub(super) fn foreign(iri: &str) -> Option<Self> {
        let iri = iri.trim();
        is_iri(iri).then(|| Self(iri.to_owned()))
    }
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Text without what XML cannot carry: other controls become U+FFFD, line ends become U+000A. Also how many of each
/// were changed.
pub(super) fn clean(text: &str) -> (String, usize, usize) {
    let (mut replaced, mut line_ends) = (0, 0);
    let mut clean = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' => {
                letters.next_if_eq(&'\n');
                line_ends += 1;
                clean.push('\n');
            }
            '\t' | '\n' => clean.push(letter),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {
                replaced += 1;
                clean.push('\u{FFFD}');
            }
            _ => clean.push(letter),
        }
    }
    (clean, replaced, line_ends)
}

/// The graph under way.
pub(super) struct Graph {
    pub(super) base: Base,
    pub(super) report: LossReport,
    terms: Terms,
    rows: Vec<[Number; 3]>,
    tags: BTreeMap<String, Tag>,
    /// Properties of ours that were used: they are declared once.
    own: BTreeMap<Node, (String, &'static str, Option<Node>)>,
    replaced: usize,
    line_ends: usize,
}

impl Graph {
    pub(super) fn new(base: Base) -> Self {
        Self {
            base,
            report: LossReport::default(),
            terms: Terms::default(),
            rows: Vec::new(),
            tags: BTreeMap::new(),
            own: BTreeMap::new(),
            replaced: 0,
            line_ends: 0,
        }
    }

    /// The well-formed tag for a tag as written; the first time one had to be changed, the report says so.
    pub(super) fn tag(&mut self, written: &str) -> Tag {
        if let Some(tag) = self.tags.get(written) {
            return tag.clone();
        }
        let tag = Tag::parse(written);
        let canonical = tag.to_string();
        if !written.is_empty() && !canonical.eq_ignore_ascii_case(written) {
            self.report.mapped(
                format!("language tag '{written}'"),
                1,
                format!("not one that BCP 47 and the validators take; written as '{canonical}'"),
            );
        }
        self.tags.insert(written.to_owned(), tag.clone());
        tag
    }

    fn clean(&mut self, text: &str) -> String {
        let (clean, replaced, line_ends) = clean(text);
        self.replaced += replaced;
        self.line_ends += line_ends;
        clean
    }

    fn push(&mut self, subject: &Node, property: &Node, object: Number) {
        let row = [self.terms.iri(subject.as_str()), self.terms.iri(property.as_str()), object];
        self.rows.push(row);
    }
    /// A triple that another program made.
    pub(super) fn raw(&mut self, subject: &Node, property: &Node, object: SimpleTerm<'static>) {
        let object = self.terms.any(object);
        self.push(subject, property, object);
    }
    /// The IRIs that something is said of so far.
    pub(super) fn subjects(&self) -> HashSet<String> {
        self.rows.iter().filter_map(|[subject, ..]| Some(self.terms.as_iri(*subject)?.to_owned())).collect()
    }
    /// Subject, property, object: all IRIs.
    pub(super) fn link(&mut self, subject: &Node, property: Node, object: &Node) {
        let object = self.terms.iri(object.as_str());
        self.push(subject, &property, object);
    }
    /// What the subject is.
    pub(super) fn is_a(&mut self, subject: &Node, class: Node) {
        self.link(subject, rdf("type"), &class);
    }
    /// A text in a language; empty text is not written. An empty tag becomes `und`.
    pub(super) fn text(&mut self, subject: &Node, property: Node, text: &str, tag: &str) {
        let tag = self.tag(tag);
        self.tagged(subject, &property, text, &tag);
    }
    /// A text with a tag that is known to be well-formed.
    pub(super) fn tagged(&mut self, subject: &Node, property: &Node, text: &str, tag: &Tag) {
        if !text.is_empty() {
            let text = self.clean(text);
            let object = self.terms.text(&text, &tag.to_string());
            self.push(subject, property, object);
        }
    }
    /// A text in every language it is in.
    pub(super) fn texts(&mut self, subject: &Node, property: Node, texts: &MultiText) {
        for (tag, text) in texts.iter() {
            self.text(subject, property.clone(), text, tag);
        }
    }
    /// A code, a number, a date: not in any language. Empty ones are not written.
    pub(super) fn value(&mut self, subject: &Node, property: Node, value: &str) {
        self.typed(subject, property, value, "string");
    }
    /// A value of an XML Schema datatype that it is known to fit.
    pub(super) fn typed(&mut self, subject: &Node, property: Node, value: &str, datatype: &str) {
        if !value.is_empty() {
            let value = self.clean(value);
            let object = self.terms.value(&value, xsd(datatype).as_str());
            self.push(subject, &property, object);
        }
    }
    /// A count.
    pub(super) fn count(&mut self, subject: &Node, property: Node, count: usize) {
        self.typed(subject, property, &count.to_string(), "integer");
    }
    /// A moment: typed where it reads as one, as a plain value where not.
    pub(super) fn moment(&mut self, subject: &Node, property: Node, moment: &str) {
        let fits = moment.parse::<jiff::Timestamp>().is_ok() && moment.contains('T');
        self.typed(subject, property, moment, if fits { "dateTime" } else { "string" });
    }

    /// A property of the project's own namespace, for what no shared vocabulary has; declared in the graph.
    pub(super) fn own(&mut self, name: &str, label: &str, broader: Option<Node>) -> Node {
        let node = self.base.name(name);
        self.own.entry(node.clone()).or_insert_with(|| (label.to_owned(), "en", broader));
        node
    }
    /// A property of the project's own namespace, named by a text of the user's.
    pub(super) fn own_hashed(&mut self, kind: &str, label: &str) -> Node {
        let node = self.base.hashed(kind, label);
        self.own.entry(node.clone()).or_insert_with(|| (label.to_owned(), "und", None));
        node
    }

    /// Everything gathered, sorted, each triple once; and the report.
    pub(super) fn finish(mut self) -> (Gathered, LossReport) {
        for (property, (label, tag, broader)) in std::mem::take(&mut self.own) {
            self.is_a(&property, rdf("Property"));
            self.is_a(&property, super::names::owl("AnnotationProperty"));
            self.text(&property, rdfs("label"), &label, tag);
            if let Some(broader) = broader {
                self.link(&property, rdfs("subPropertyOf"), &broader);
            }
        }
        self.report.mapped(
            "control characters in texts",
            self.replaced,
            "RDF/XML cannot carry them; written as U+FFFD",
        );
        self.report.mapped("line ends of other systems", self.line_ends, "written as line feeds");
        (Gathered::new(self.terms, self.rows), self.report)
    }
}
