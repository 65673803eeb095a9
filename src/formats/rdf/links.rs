//! Links to the world outside: only confirmed ones, with who confirmed them and when.

use std::collections::HashMap;

use uuid::Uuid;

use super::graph::{Graph, Node};
use super::lexicon::Lexicon;
use super::names::{ontolex, prov, rdf, rdfs, skos};
use super::privacy::Published;
use crate::domain::{Bundle, ExternalLink, LinkScheme, PersonId, SessionId};

/// Confirmed links by the record they belong to.
pub(super) struct Links<'a> {
    of_record: HashMap<Uuid, Vec<(&'a ExternalLink, Node)>>,
}

/// What a sense refers to best, first; a WordNet synset is a concept to match, not a thing to refer to.
fn rank(scheme: LinkScheme) -> Option<u8> {
    match scheme {
        LinkScheme::Dbpedia => Some(0),
        LinkScheme::Wikidata => Some(1),
        LinkScheme::Concepticon => Some(2),
        LinkScheme::Other => Some(3),
        LinkScheme::WordNet => None,
    }
}

impl<'a> Links<'a> {
    /// Sorts out the links that may be written.
    pub(super) fn of(bundle: &'a Bundle, graph: &mut Graph) -> Self {
        let mut of_record: HashMap<_, Vec<_>> = HashMap::new();
        for link in &bundle.links {
            if link.confirmed_by.trim().is_empty() {
                graph.report.left_out("links", 1, "nobody has confirmed them yet");
            } else if let Some(target) = Node::foreign(&link.iri) {
                of_record.entry(link.record).or_default().push((link, target));
            } else {
                graph.report.left_out("links", 1, "what they lead to is not an IRI");
            }
        }
        for links in of_record.values_mut() {
            links.sort_by_key(|(link, _)| (rank(link.scheme).unwrap_or(u8::MAX), link.id));
        }
        Self { of_record }
    }
    fn all(&self, record: Uuid) -> &[(&'a ExternalLink, Node)] {
        self.of_record.get(&record).map_or(&[], Vec::as_slice)
    }
    /// The one thing that a sense refers to.
    pub(super) fn reference(&self, sense: Uuid) -> Option<&Node> {
        self.all(sense).first().filter(|(link, _)| rank(link.scheme).is_some()).map(|(_, target)| target)
    }
    /// What its concept is the same as: every other link.
    pub(super) fn matches(&self, sense: Uuid) -> impl Iterator<Item = &Node> {
        let taken = usize::from(self.reference(sense).is_some());
        self.all(sense).iter().skip(taken).map(|(_, target)| target)
    }

    /// Writes who confirmed each link, and the links of records other than senses.
    pub(super) fn write(&self, published: &Published, lexicon: &Lexicon, graph: &mut Graph) {
        let mut records: Vec<_> = self.of_record.iter().collect();
        records.sort_by_key(|(record, _)| **record);
        for (&record, links) in records {
            let place = lexicon.entry_or_sense(graph, record);
            let person = published.person(graph, Some(PersonId(record))).map(|node| (node, false));
            let session = published.session(SessionId(record)).then(|| (graph.base.record(record), false));
            let Some((subject, is_sense)) = place.or(person).or(session) else {
                graph.report.left_out("links", links.len(), "the record they belong to is not written");
                continue;
            };
            for (index, (link, target)) in links.iter().enumerate() {
                let (subject, property) = if !is_sense {
                    graph.link(&subject, rdfs("seeAlso"), target);
                    (subject.clone(), rdfs("seeAlso"))
                } else if index == 0 && self.reference(record).is_some() {
                    (subject.clone(), ontolex("reference"))
                } else {
                    (graph.base.part(record, "concept"), skos("exactMatch"))
                };
                let node = graph.base.record(link.id.record());
                graph.is_a(&node, rdf("Statement"));
                graph.is_a(&node, prov("Entity"));
                graph.link(&node, rdf("subject"), &subject);
                graph.link(&node, rdf("predicate"), &property);
                graph.link(&node, rdf("object"), target);
                let who = published.agent(graph, &link.confirmed_by);
                graph.link(&node, prov("wasAttributedTo"), &who);
                graph.moment(&node, prov("generatedAtTime"), &link.confirmed_at);
                graph.text(target, rdfs("label"), &link.label, "und");
                graph.report.kept("links", 1);
            }
        }
    }
}
