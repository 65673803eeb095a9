//! What may be published, and under which name people appear.

use super::graph::{Graph, Node};
use super::names::{dct, foaf, prov};
use crate::domain::{Access, Bundle, PersonId, SessionId, TierId};
use crate::formats::published::Decisions;

/// Which sessions, people and tiers go out: the decisions that every published format shares, said in RDF.
pub(super) struct Published<'a>(Decisions<'a>);

impl<'a> Published<'a> {
    /// Decides, and says in the report what stays behind.
    pub(super) fn of(bundle: &'a Bundle, graph: &mut Graph) -> Self {
        let decisions = Decisions::of(bundle);
        decisions.report(bundle, &mut graph.report);
        Self(decisions)
    }

    pub(super) fn session(&self, id: SessionId) -> bool {
        self.0.session(id)
    }
    pub(super) fn tier(&self, id: TierId) -> bool {
        self.0.tier(id)
    }
    /// The IRI of a person who may appear.
    pub(super) fn person(&self, graph: &Graph, id: Option<PersonId>) -> Option<Node> {
        id.filter(|id| self.0.person(*id)).map(|id| graph.base.record(id.record()))
    }
    /// A free text of the metadata with the names that must not appear replaced by codes.
    pub(super) fn mask(&self, text: &str) -> String {
        self.0.mask(text)
    }
    /// Whether a file name gives somebody away: it contains a part of a name that must not appear.
    pub(super) fn names_somebody(&self, path: &str) -> bool {
        self.0.names_somebody(path)
    }
    /// Who decided or annotated, known by a free text: the person of that name or code, else a pseudonym that is
    /// the same for the same text.
    pub(super) fn agent(&self, graph: &mut Graph, who: &str) -> Node {
        if let Some(person) = self.0.known_as(who) {
            return graph.base.record(person.id.record());
        }
        let agent = graph.base.hashed("agent", who);
        graph.is_a(&agent, prov("Agent"));
        agent
    }

    /// Writes the people who may appear.
    pub(super) fn write(&self, graph: &mut Graph) {
        let mut people: Vec<_> = self.0.people().collect();
        people.sort_by_key(|p| p.id);
        for person in &people {
            let node = graph.base.record(person.id.record());
            graph.is_a(&node, prov("Agent"));
            graph.is_a(&node, foaf("Person"));
            graph.value(&node, dct("identifier"), &person.code);
            if person.access == Access::Open {
                graph.text(&node, foaf("name"), &person.name, "und");
            }
        }
        graph.report.kept("people", people.len());
    }
}
