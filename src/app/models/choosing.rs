//! Which of the chosen names are models of the pack and which the user's own.

use super::shelf::Shelf;
use crate::analysis::models::{ModelCard, Use};
use crate::jobs::own::Chosen;

/// Chosen models, parted by whose they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// Of the pack, with what the user's own need of it; all of it when empty.
    pub bundled: Vec<String>,
    /// The user's own that look.
    pub look: Vec<Chosen>,
    /// The user's own that listen.
    pub hear: Vec<Chosen>,
    /// The user's own that do neither, but answer for the annotations of a tier.
    pub unfit: Vec<String>,
}

/// Parts names; one that no model of the user's has is left for the pack, which knows its own.
pub fn choose(names: &[String], shelf: &Shelf) -> Choice {
    let held = shelf.models().0;
    let mut choice = Choice::default();
    for name in names {
        let Some(own) = held.iter().find(|held| held.card.name == *name) else {
            choice.bundled.push(name.clone());
            continue;
        };
        let chosen = Chosen { folder: own.folder.clone(), card: own.card.clone() };
        match own.card.used_on() {
            Use::Speech => choice.hear.push(chosen),
            Use::Text | Use::Frame => choice.unfit.push(name.clone()),
            _ => choice.look.push(chosen),
        }
        needed(&own.card, &mut choice.bundled);
    }
    choice
}

/// What a model of the user's needs of the pack.
fn needed(card: &ModelCard, bundled: &mut Vec<String>) {
    let needs = match card.used_on() {
        Use::Face | Use::FacePair => "face-mesh",
        Use::Body | Use::BodyPath => "pose",
        Use::Speech => "voice-activity",
        Use::Frame | Use::Text => return,
    };
    if !bundled.iter().any(|name| name == needs) {
        bundled.push(needs.to_owned());
    }
}
