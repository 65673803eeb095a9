//! What stands in place of names that are known by a free text only: annotators, reviewers, who confirmed a link.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::Decisions;
use crate::domain::{Access, Bundle, PersonId};

/// A pseudonym for each text and for each person without a code: the same for the same bundle.
pub(super) struct Pseudonyms {
    of_text: HashMap<String, String>,
    codes: HashMap<PersonId, String>,
}

impl Pseudonyms {
    pub(super) fn of(bundle: &Bundle, decisions: &Decisions) -> Self {
        let annotators = bundle.tiers.iter().map(|t| &t.annotator);
        let reviewers = bundle.tags.iter().map(|t| &t.reviewer).chain(bundle.reviews.iter().map(|r| &r.reviewer));
        let texts: Vec<&String> =
            annotators.chain(reviewers).chain(bundle.links.iter().map(|l| &l.confirmed_by)).collect();
        let given: HashSet<&str> = texts.iter().map(|text| text.as_str()).collect();
        let mut pseudonyms = (1..).map(|n| format!("annotator-{n}")).filter(|name| !given.contains(name.as_str()));
        // Numbered by first appearance: a number says nothing, a hash of a name can be guessed.
        let mut of_text = HashMap::new();
        for text in texts.iter().copied().filter(|text| !text.trim().is_empty()) {
            of_text.entry(text.clone()).or_insert_with(|| {
                let person = decisions.known_as(text);
                let shown = person.map(|p| if p.access == Access::Open { text } else { &p.code });
                match shown.filter(|shown| !shown.is_empty()) {
                    Some(shown) => shown.clone(),
                    None if is_pseudonym(text) => text.clone(),
                    None => pseudonyms.next().unwrap_or_default(),
                }
            });
        }
        let unnamed: BTreeSet<_> = bundle.people.iter().filter(|p| p.code.trim().is_empty()).map(|p| p.id).collect();
        let taken = |code: &str| bundle.people.iter().any(|p| p.code == code);
        let mut free = (1..).map(|n| format!("person-{n}")).filter(|code| !taken(code));
        let codes = unnamed.into_iter().zip(&mut free).collect();
        Self { of_text, codes }
    }
    /// What stands for a name.
    pub(super) fn of_text(&self, text: &str) -> String {
        self.of_text.get(text).cloned().unwrap_or_default()
    }
    /// A code for a person who has none.
    pub(super) fn code(&self, person: PersonId) -> String {
        self.codes.get(&person).cloned().unwrap_or_default()
    }
}

/// Whether a text is a pseudonym already, so that publishing twice gives the same.
fn is_pseudonym(text: &str) -> bool {
    text.strip_prefix("annotator-").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}
