//! The time slots of an EAF: milliseconds to nanoseconds, and a time for slots that have none.

use super::{HashMap, HashSet};
use crate::domain::Time;

/// One time slot.
#[derive(Clone, Debug)]
pub struct Slot<'a> {
    pub id: &'a str,
    /// `None` while nobody aligned it.
    pub time: Option<Time>,
    /// Whether the file gives the time, or it was spread between its neighbours.
    pub aligned: bool,
}

/// Times for slots that have none. As ELAN shows them: in a chain of annotations that share slots, evenly
/// between the aligned ends of the chain; what stands alone, evenly between its neighbours in the time order.
/// Where no slot of the file has a time, none gets one.
pub fn spread(slots: &mut [Slot], tiers: &[Vec<(usize, usize)>]) {
    for tier in tiers {
        spread_chains(slots, tier);
    }
    spread_rest(slots, tiers);
}

fn spread_chains(slots: &mut [Slot], tier: &[(usize, usize)]) {
    let next: HashMap<usize, usize> = tier.iter().rev().copied().collect();
    for (start, end) in tier {
        if slots[*start].time.is_none() || slots[*end].time.is_some() {
            continue;
        }
        let (mut chain, mut seen, mut place) = (Vec::new(), HashSet::default(), *end);
        while slots[place].time.is_none() && seen.insert(place) {
            chain.push(place);
            match next.get(&place) {
                Some(following) => place = *following,
                None => break,
            }
        }
        if let (Some(from), Some(to)) = (slots[*start].time, slots[place].time) {
            between(slots, &chain, from, to);
        }
    }
}

fn spread_rest(slots: &mut [Slot], tiers: &[Vec<(usize, usize)>]) {
    if slots.iter().all(|slot| slot.time.is_none()) {
        return;
    }
    let mut used: Vec<usize> = tiers.iter().flatten().flat_map(|(a, b)| [*a, *b]).collect();
    used.sort_unstable();
    used.dedup();
    let missing: HashSet<usize> = used.into_iter().filter(|place| slots[*place].time.is_none()).collect();
    let (mut run, mut last) = (Vec::new(), Time::ZERO);
    for place in 0..slots.len() {
        match slots[place].time {
            None if missing.contains(&place) => run.push(place),
            None => {}
            Some(time) => {
                between(slots, &run, last.min(time), time);
                run.clear();
                last = time;
            }
        }
    }
    // Past the last known time: a second each.
    let steps = i64::try_from(run.len()).unwrap_or(i64::MAX).saturating_add(1);
    let end = last + Time::from_millis(1000i64.saturating_mul(steps));
    between(slots, &run, last, end);
}

/// Even steps strictly between two moments.
fn between(slots: &mut [Slot], places: &[usize], from: Time, to: Time) {
    let (length, steps) = (i128::from(to.0) - i128::from(from.0), places.len() as i128 + 1);
    for (step, place) in (1..).zip(places) {
        let nanos = i128::from(from.0) + length * step / steps;
        slots[*place].time = i64::try_from(nanos).ok().map(Time);
    }
}
