//! Examples parted into those learned from, those that say when to stop, and those that test: never the same person in
//! two parts that are compared, and never the same recording where that can be had.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Material, Random};

/// Tags of each label that are needed at least.
pub const FEWEST_PER_LABEL: usize = 10;
/// Of all tags, this share is to test on.
const TEST: f64 = 0.25;
/// Of those left, this share says when to stop.
const VALIDATION: f64 = 0.15;
/// Whole people are not kept from learning for it when that would be more than this share.
const MOST_VALIDATION: f64 = 0.35;
/// Ways of parting that are tried.
const TRIES: usize = 400;

/// Which part an example is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Train,
    /// Says when to stop and how sure the model may be.
    Validation,
    Test,
}

/// What the parts do not share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Apart {
    /// No person, and no session.
    #[default]
    PersonAndSession,
    /// No person; a session may be in both.
    Person,
    /// No tag. Never between training and test.
    Tag,
}

/// A parting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// One an example.
    pub sides: Vec<Side>,
    /// Between the test and the rest.
    pub test_apart: Apart,
    /// Between validation and training.
    pub validation_apart: Apart,
}

/// Why there is too little to train from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    #[error("there is only one label ({0}); a model learns to tell at least two apart")]
    OneLabel(String),
    #[error("there are no tags to learn from")]
    Nothing,
    #[error(
        "too few tags: {} (at least {FEWEST_PER_LABEL} of each label are needed). Tag more, or leave such a label out with --labels",
        .0.iter().map(|(label, count)| format!("“{label}” has {count}")).collect::<Vec<_>>().join(", ")
    )]
    FewTags(Vec<(String, usize)>),
    #[error(
        "all tags are of one person ({0}), so nobody would be left to test on: how well the model does with somebody else could not be said. Tag at least one more person"
    )]
    OnePerson(String),
    #[error(
        "the labels cannot be tested on other people: “{0}” occurs with one person only. Tag it with at least one more person, or leave it out with --labels"
    )]
    OnePersonsLabel(String),
    #[error(
        "the people cannot be parted so that each label is on both sides: the {0} people have too different labels. Tag more people"
    )]
    Unpartable(usize),
}

/// A tag, with what decides where it goes.
struct Unit {
    label: usize,
    person: usize,
    session: usize,
    time: crate::domain::Time,
}

/// Parts the material. The same seed parts it the same way.
///
/// # Errors
/// [`SplitError`] when too little would be left on a side.
pub fn split(material: &Material, seed: u64) -> Result<Split, SplitError> {
    let units = units(material);
    enough(material, &units)?;
    let labels = material.labels.len();
    let all: Vec<usize> = units.keys().copied().collect();
    let (tested, test_apart) = [Apart::PersonAndSession, Apart::Person]
        .into_iter()
        .find_map(|apart| Some((hold_back(&units, &all, apart, TEST, labels, seed)?, apart)))
        .ok_or(SplitError::Unpartable(material.people.len()))?;
    let rest: Vec<usize> = all.iter().copied().filter(|tag| !tested.contains(tag)).collect();
    let found = [Apart::PersonAndSession, Apart::Person]
        .into_iter()
        .filter_map(|apart| Some((hold_back(&units, &rest, apart, VALIDATION, labels, seed ^ 0x5EED)?, apart)))
        .find(|(held, _)| held.len() as f64 <= MOST_VALIDATION * rest.len() as f64);
    // With few people nobody can be spared: the last tags of each label and person say when to stop.
    let (validated, validation_apart) = found.unwrap_or_else(|| (last_of_each(&units, &rest), Apart::Tag));
    let side = |tag: &usize| match () {
        () if tested.contains(tag) => Side::Test,
        () if validated.contains(tag) => Side::Validation,
        () => Side::Train,
    };
    let sides = material.examples.iter().map(|e| side(&e.tag)).collect();
    Ok(Split { sides, test_apart, validation_apart })
}

fn units(material: &Material) -> BTreeMap<usize, Unit> {
    let unit =
        |e: &super::Example| (e.tag, Unit { label: e.label, person: e.person, session: e.session, time: e.time });
    material.examples.iter().rev().map(unit).collect()
}

fn enough(material: &Material, units: &BTreeMap<usize, Unit>) -> Result<(), SplitError> {
    if units.is_empty() {
        return Err(SplitError::Nothing);
    }
    let name = |label: usize| material.labels.get(label).cloned().unwrap_or_default();
    if material.labels.len() < 2 {
        return Err(SplitError::OneLabel(name(0)));
    }
    let counts = material.tags_by_label();
    let few = counts.iter().enumerate().filter(|(_, n)| **n < FEWEST_PER_LABEL).map(|(at, n)| (name(at), *n));
    let few: Vec<(String, usize)> = few.collect();
    if !few.is_empty() {
        return Err(SplitError::FewTags(few));
    }
    let people: BTreeSet<usize> = units.values().map(|u| u.person).collect();
    if let (1, Some(person)) = (people.len(), people.first()) {
        return Err(SplitError::OnePerson(material.people.get(*person).cloned().unwrap_or_default()));
    }
    for label in 0..material.labels.len() {
        let with: BTreeSet<usize> = units.values().filter(|u| u.label == label).map(|u| u.person).collect();
        if with.len() < 2 {
            return Err(SplitError::OnePersonsLabel(name(label)));
        }
    }
    Ok(())
}

/// Tags that hang together: of one person, and, where sessions count too, of whoever shares a session with them.
fn groups(units: &BTreeMap<usize, Unit>, among: &[usize], apart: Apart) -> Vec<Vec<usize>> {
    let mut by_person: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for tag in among {
        by_person.entry(units[tag].person).or_default().push(*tag);
    }
    if apart == Apart::Person {
        return by_person.into_values().collect();
    }
    let mut groups: Vec<(BTreeSet<usize>, Vec<usize>)> = Vec::new();
    for tags in by_person.into_values() {
        let mut sessions: BTreeSet<usize> = tags.iter().map(|tag| units[tag].session).collect();
        let mut all = tags;
        let (touching, others): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(known, _)| !known.is_disjoint(&sessions));
        groups = others;
        for (more, tags) in touching {
            sessions.extend(more);
            all.extend(tags);
        }
        groups.push((sessions, all));
    }
    groups.into_iter().map(|(_, tags)| tags).collect()
}

/// Whole groups that come nearest to a share of the tags and to the mixture of labels, every label on both sides.
fn hold_back(
    units: &BTreeMap<usize, Unit>,
    among: &[usize],
    apart: Apart,
    share: f64,
    labels: usize,
    seed: u64,
) -> Option<BTreeSet<usize>> {
    let groups = groups(units, among, apart);
    if groups.len() < 2 {
        return None;
    }
    let count = |tags: &mut dyn Iterator<Item = &usize>| {
        let mut counts = vec![0.0; labels];
        tags.for_each(|tag| counts[units[tag].label] += 1.0);
        counts
    };
    let whole = count(&mut among.iter());
    let mut random = Random::new(seed);
    let mut best: Option<(f64, BTreeSet<usize>)> = None;
    for _ in 0..TRIES {
        let mut order: Vec<usize> = (0..groups.len()).collect();
        random.shuffle(&mut order);
        let mut held: Vec<usize> = Vec::new();
        for group in order.iter().take(groups.len() - 1) {
            if held.len() as f64 >= share * among.len() as f64 {
                break;
            }
            held.extend(&groups[*group]);
        }
        let counts = count(&mut held.iter());
        let on_both = whole.iter().zip(&counts).all(|(all, held)| *held > 0.0 && held < all);
        if !on_both {
            continue;
        }
        let off: f64 = whole.iter().zip(&counts).map(|(all, held)| (held / all - share).abs()).sum();
        if best.as_ref().is_none_or(|(least, _)| off < *least - 1e-9) {
            best = Some((off, held.into_iter().collect()));
        }
    }
    best.map(|(_, held)| held)
}

/// The last tenth to seventh of each person's tags of each label: at least one where there are three.
fn last_of_each(units: &BTreeMap<usize, Unit>, among: &[usize]) -> BTreeSet<usize> {
    let mut by: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for tag in among {
        by.entry((units[tag].label, units[tag].person)).or_default().push(*tag);
    }
    let mut held = BTreeSet::new();
    for tags in by.values_mut() {
        tags.sort_by_key(|tag| (units[tag].session, units[tag].time, *tag));
        let count = ((tags.len() as f64 * VALIDATION).round() as usize).max(usize::from(tags.len() >= 3));
        held.extend(tags.iter().rev().take(count));
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::training::{Example, Place, What};
    use crate::domain::Time;

    /// So many tags of two labels for each (person, session).
    fn material(of: &[(usize, usize)], tags: usize) -> Material {
        let (people, sessions) = (1 + of.iter().map(|p| p.0).max().unwrap(), 1 + of.iter().map(|p| p.1).max().unwrap());
        let mut examples = Vec::new();
        for (at, &(person, session)) in of.iter().enumerate() {
            for n in 0..tags {
                let tag = at * tags + n;
                let time = Time::from_millis(n as i64 * 1000);
                for _ in 0..2 {
                    examples.push(Example {
                        label: n % 2,
                        person,
                        session,
                        tag,
                        media: session,
                        time,
                        place: Place::Second,
                    });
                }
            }
        }
        let names = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
        Material {
            what: What::Sound,
            labels: vec!["a".into(), "b".into()],
            people: names(people),
            sessions: names(sessions),
            media: vec!["x".into(); sessions],
            examples,
        }
    }

    fn on<T: Ord>(material: &Material, split: &Split, side: Side, of: impl Fn(&Example) -> T) -> BTreeSet<T> {
        material.examples.iter().zip(&split.sides).filter(|(_, s)| **s == side).map(|(e, _)| of(e)).collect()
    }

    #[test]
    fn nobody_is_on_two_sides_and_no_session_where_that_can_be_had() {
        let material = material(&[(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (0, 0), (5, 3), (5, 2)], 20);
        for seed in 0..20 {
            let split = split(&material, seed).unwrap();
            assert_eq!(split.test_apart, Apart::PersonAndSession);
            for (a, b) in [(Side::Train, Side::Test), (Side::Validation, Side::Test), (Side::Train, Side::Validation)] {
                let (left, right) = (on(&material, &split, a, |e| e.person), on(&material, &split, b, |e| e.person));
                assert!(!left.is_empty() && !right.is_empty() && left.is_disjoint(&right), "{left:?} {right:?}");
            }
            let sessions = |side| on(&material, &split, side, |e| e.session);
            assert!(sessions(Side::Train).is_disjoint(&sessions(Side::Test)));
            let tags = |side| on(&material, &split, side, |e| e.tag);
            assert!(tags(Side::Train).is_disjoint(&tags(Side::Validation)));
        }
        assert_eq!(split(&material, 3), split(&material, 3));
    }

    #[test]
    fn one_session_of_two_people_is_parted_by_person_and_says_so() {
        let material = material(&[(0, 0), (1, 0)], 20);
        let split = split(&material, 1).unwrap();
        assert_eq!((split.test_apart, split.validation_apart), (Apart::Person, Apart::Tag));
        let people = |side| on(&material, &split, side, |e| e.person);
        assert!(people(Side::Train).is_disjoint(&people(Side::Test)));
        assert!(people(Side::Validation).is_disjoint(&people(Side::Test)));
    }

    #[test]
    fn too_little_is_refused_in_plain_words() {
        let one = split(&material(&[(0, 0), (0, 1)], 20), 1).unwrap_err();
        assert!(matches!(one, SplitError::OnePerson(_)) && one.to_string().contains("one more person"), "{one}");
        let few = split(&material(&[(0, 0), (1, 1)], 6), 1).unwrap_err();
        assert!(few.to_string().starts_with("too few tags: “a” has 6"), "{few}");
        let mut lone = material(&[(0, 0), (1, 1)], 20);
        lone.examples.retain(|e| e.person == 0 || e.label == 0);
        assert_eq!(split(&lone, 1).unwrap_err(), SplitError::OnePersonsLabel("b".into()));
    }
}
