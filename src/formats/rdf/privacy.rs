//! What may be published, and under which name people appear.

use std::collections::{HashMap, HashSet};

use super::graph::{Graph, Node};
use super::names::{dct, foaf, prov};
use crate::domain::{Access, Bundle, Person, PersonId, Session, SessionId, Tier, TierId};

/// Which sessions, people and tiers go out. Closed ones, and those whose consent was refused, do not.
pub(super) struct Published<'a> {
    people: HashMap<PersonId, &'a Person>,
    sessions: HashSet<SessionId>,
    tiers: HashSet<TierId>,
    /// Full names that must not appear, with what stands in their place; longest first.
    secret: Vec<(&'a str, String)>,
}

impl<'a> Published<'a> {
    /// Decides, and says in the report what stays behind.
    pub(super) fn of(bundle: &'a Bundle, graph: &mut Graph) -> Self {
        let is_closed = |access: Access, given: Option<bool>| access == Access::Closed || given == Some(false);
        let person_closed = |p: &Person| is_closed(p.access, p.consent.given);
        let session_closed = |s: &Session| is_closed(s.access, s.consent.given);
        let closed_people: HashSet<_> = bundle.people.iter().filter(|p| person_closed(p)).map(|p| p.id).collect();
        let sessions: HashSet<_> = bundle.sessions.iter().filter(|s| !session_closed(s)).map(|s| s.id).collect();
        let by_id: HashMap<_, _> = bundle.tiers.iter().map(|t| (t.id, t)).collect();
        // A tier without a participant of its own belongs to whoever its parent belongs to.
        let of_closed_person = |tier: &Tier| {
            let mut at = Some(tier);
            for _ in 0..=bundle.tiers.len() {
                let Some(tier) = at else { return false };
                if tier.participant.is_some_and(|p| closed_people.contains(&p)) {
                    return true;
                }
                at = tier.parent.and_then(|parent| by_id.get(&parent).copied());
            }
            false
        };
        let open_tier = |tier: &&Tier| sessions.contains(&tier.session) && !of_closed_person(tier);
        let tiers = bundle.tiers.iter().filter(open_tier).map(|t| t.id).collect();
        let mut secret: Vec<_> = bundle
            .people
            .iter()
            .filter(|p| p.access != Access::Open && p.name.trim().chars().count() > 1 && p.name != p.code)
            .map(|p| (p.name.trim(), if p.code.is_empty() { "…".to_owned() } else { p.code.clone() }))
            .collect();
        secret.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let published = Self {
            people: bundle.people.iter().filter(|p| !person_closed(p)).map(|p| (p.id, p)).collect(),
            sessions,
            tiers,
            secret,
        };

        let report = &mut graph.report;
        let closed = "closed, or consent refused: never published";
        report.left_out("sessions", bundle.sessions.iter().filter(|s| session_closed(s)).count(), closed);
        report.left_out("people", closed_people.len(), closed);
        report.left_out(
            "tiers",
            bundle.tiers.iter().filter(|t| of_closed_person(t)).count(),
            "of people who are closed",
        );
        let team = bundle.sessions.iter().filter(|s| s.access == Access::Team && !session_closed(s)).count();
        report.mapped("sessions open to the team only", team, "written and marked as such: check before you publish");
        let named =
            bundle.people.iter().filter(|p| !person_closed(p) && p.access != Access::Open && !p.name.is_empty());
        report.mapped("names of people", named.count(), "only the code is written, since their access is not open");
        published
    }

    pub(super) fn session(&self, id: SessionId) -> bool {
        self.sessions.contains(&id)
    }
    pub(super) fn tier(&self, id: TierId) -> bool {
        self.tiers.contains(&id)
    }
    /// The IRI of a person who may appear.
    pub(super) fn person(&self, graph: &Graph, id: Option<PersonId>) -> Option<Node> {
        id.filter(|id| self.people.contains_key(id)).map(|id| graph.base.record(id.record()))
    }
    /// A free text of the metadata with the names that must not appear replaced by codes.
    pub(super) fn mask(&self, text: &str) -> String {
        self.secret.iter().fold(text.to_owned(), |text, (name, code)| text.replace(name, code))
    }
    /// Whether a file name gives somebody away: it contains a part of a name that must not appear.
    pub(super) fn names_somebody(&self, path: &str) -> bool {
        let path = path.to_lowercase();
        self.secret
            .iter()
            .flat_map(|(name, _)| name.split(|c: char| !c.is_alphanumeric()))
            .any(|part| part.chars().count() > 2 && path.contains(&part.to_lowercase()))
    }
    /// Who decided or annotated, known by a free text: the person of that name or code, else a pseudonym that is
    /// the same for the same text.
    pub(super) fn agent(&self, graph: &mut Graph, who: &str) -> Node {
        let known = self.people.values().filter(|p| p.code == who || p.name == who).min_by_key(|p| p.id);
        if let Some(person) = known {
            return graph.base.record(person.id.record());
        }
        // An IRI stands for itself: an ORCID, or what an import left of a pseudonym.
        let named = (who.contains("://") || who.starts_with("urn:")).then(|| Node::foreign(who)).flatten();
        let agent = named.unwrap_or_else(|| graph.base.hashed("agent", who));
        graph.is_a(&agent, prov("Agent"));
        agent
    }

    /// Writes the people who may appear.
    pub(super) fn write(&self, graph: &mut Graph) {
        let mut people: Vec<_> = self.people.values().collect();
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
