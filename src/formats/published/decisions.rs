//! Who and what goes out, decided from access and consent alone.

use std::collections::{HashMap, HashSet};

use crate::domain::{Access, Bundle, LossReport, Person, PersonId, Session, SessionId, Tier, TierId};

/// Which sessions, people and tiers may be published. Closed ones, and those whose consent was refused, may not.
pub(in crate::formats) struct Decisions<'a> {
    /// The people who may appear.
    people: HashMap<PersonId, &'a Person>,
    closed_people: HashSet<PersonId>,
    sessions: HashSet<SessionId>,
    tiers: HashSet<TierId>,
    /// Sessions in which somebody took part who is closed.
    with_closed: HashSet<SessionId>,
    /// Full names that must not appear, with what stands in their place; longest first.
    secret: Vec<(&'a str, String)>,
}

fn is_closed(access: Access, given: Option<bool>) -> bool {
    access == Access::Closed || given == Some(false)
}

pub(super) fn person_is_closed(person: &Person) -> bool {
    is_closed(person.access, person.consent.given)
}

fn session_is_closed(session: &Session) -> bool {
    is_closed(session.access, session.consent.given)
}

impl<'a> Decisions<'a> {
    pub(in crate::formats) fn of(bundle: &'a Bundle) -> Self {
        let closed_people: HashSet<_> = bundle.people.iter().filter(|p| person_is_closed(p)).map(|p| p.id).collect();
        let sessions: HashSet<_> = bundle.sessions.iter().filter(|s| !session_is_closed(s)).map(|s| s.id).collect();
        let of_closed = tiers_of(&closed_people, &bundle.tiers);
        let open_tier = |tier: &&Tier| sessions.contains(&tier.session) && !of_closed.contains(&tier.id);
        let tiers = bundle.tiers.iter().filter(open_tier).map(|t| t.id).collect();
        let took_part = |s: &&Session| s.participants.iter().any(|p| closed_people.contains(&p.person));
        let mut with_closed: HashSet<_> = bundle.sessions.iter().filter(took_part).map(|s| s.id).collect();
        with_closed.extend(bundle.tiers.iter().filter(|t| of_closed.contains(&t.id)).map(|t| t.session));
        let mut secret: Vec<_> = bundle
            .people
            .iter()
            .filter(|p| p.access != Access::Open || person_is_closed(p))
            .filter(|p| p.name.trim().chars().count() > 1 && p.name != p.code)
            .map(|p| (p.name.trim(), if p.code.is_empty() { "…".to_owned() } else { p.code.clone() }))
            .collect();
        secret.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let people = bundle.people.iter().filter(|p| !person_is_closed(p)).map(|p| (p.id, p)).collect();
        Self { people, closed_people, sessions, tiers, with_closed, secret }
    }

    /// Says what stays behind, and what goes out but wants a second look.
    pub(in crate::formats) fn report(&self, bundle: &Bundle, report: &mut LossReport) {
        let closed = "closed, or consent refused: never published";
        report.left_out("sessions", bundle.sessions.iter().filter(|s| session_is_closed(s)).count(), closed);
        report.left_out("people", self.closed_people.len(), closed);
        let of_closed = tiers_of(&self.closed_people, &bundle.tiers);
        report.left_out("tiers", of_closed.len(), "of people who are closed");
        let team = bundle.sessions.iter().filter(|s| s.access == Access::Team && !session_is_closed(s)).count();
        report.mapped("sessions open to the team only", team, "written and marked as such: check before you publish");
        let named = self.people.values().filter(|p| p.access != Access::Open && !p.name.is_empty()).count();
        report.mapped("names of people", named, "only the code is written, since their access is not open");
    }

    pub(in crate::formats) fn session(&self, id: SessionId) -> bool {
        self.sessions.contains(&id)
    }
    pub(in crate::formats) fn tier(&self, id: TierId) -> bool {
        self.tiers.contains(&id)
    }
    pub(in crate::formats) fn person(&self, id: PersonId) -> bool {
        self.people.contains_key(&id)
    }
    /// The people who may appear, in no order.
    pub(in crate::formats) fn people(&self) -> impl Iterator<Item = &'a Person> {
        self.people.values().copied()
    }
    /// Whether a person of the bundle must not appear. Somebody who is not in the bundle is not known to be closed.
    pub(in crate::formats) fn is_closed(&self, id: PersonId) -> bool {
        self.closed_people.contains(&id)
    }
    /// Whether somebody took part in a session who is closed.
    pub(in crate::formats) fn has_closed_person(&self, session: SessionId) -> bool {
        self.with_closed.contains(&session)
    }
    /// Whether a person's code gives the name away that must not appear.
    pub(super) fn code_is_name(&self, id: PersonId) -> bool {
        self.people.get(&id).is_some_and(|p| p.access != Access::Open && !p.name.is_empty() && p.name == p.code)
    }
    /// The person who may appear, known by code or name.
    pub(in crate::formats) fn known_as(&self, who: &str) -> Option<&'a Person> {
        self.people().filter(|p| p.code == who || p.name == who).min_by_key(|p| p.id)
    }
    /// A free text of the metadata with the names that must not appear replaced by codes.
    pub(in crate::formats) fn mask(&self, text: &str) -> String {
        self.secret.iter().fold(text.to_owned(), |text, (name, code)| text.replace(name, code))
    }
    /// Whether a file name gives somebody away: it contains a part of a name that must not appear.
    pub(in crate::formats) fn names_somebody(&self, path: &str) -> bool {
        let path = path.to_lowercase();
        self.parts_of_names().any(|part| path.contains(&part))
    }
    /// Whether a word of a text is a part of a name that must not appear.
    pub(super) fn has_part_of_a_name(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let words: HashSet<_> = text.split(|c: char| !c.is_alphanumeric()).collect();
        self.parts_of_names().any(|part| words.contains(part.as_str()))
    }
    fn parts_of_names(&self) -> impl Iterator<Item = String> {
        self.secret
            .iter()
            .flat_map(|(name, _)| name.split(|c: char| !c.is_alphanumeric()))
            .filter(|part| part.chars().count() > 2)
            .map(str::to_lowercase)
    }
}

/// The tiers of those people: a tier without a participant of its own belongs to whoever its parent belongs to.
fn tiers_of(people: &HashSet<PersonId>, tiers: &[Tier]) -> HashSet<TierId> {
    let by_id: HashMap<_, _> = tiers.iter().map(|t| (t.id, t)).collect();
    let theirs = |tier: &&Tier| {
        let mut at = Some(*tier);
        // No chain of parents is longer than there are tiers; one that is runs in a circle.
        for _ in 0..=tiers.len() {
            let Some(tier) = at else { return false };
            if tier.participant.is_some_and(|p| people.contains(&p)) {
                return true;
            }
            at = tier.parent.and_then(|parent| by_id.get(&parent).copied());
        }
        false
    };
    if people.is_empty() { HashSet::new() } else { tiers.iter().filter(theirs).map(|t| t.id).collect() }
}
