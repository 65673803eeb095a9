//! Two sequences side by side: what stands in both, and where something was put in, taken out or changed.
//!
//! Elements that come once on either side anchor the rest (patience, then the longest rising run of anchors); what
//! lies between anchors is compared again in the same way, and in full only where it is short. So a text of a
//! hundred thousand lines with one line put in costs no more than reading it.

use std::collections::HashMap;

/// Short stretches without anchors are compared in full: at most this many pairs.
const IN_FULL: usize = 250_000;

/// Pairs of indices that stand for the same, rising on both sides.
pub fn common(left: &[u64], right: &[u64]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut work = vec![(0, left.len(), 0, right.len())];
    while let Some((mut a, mut b, mut c, mut d)) = work.pop() {
        while a < b && c < d && left[a] == right[c] {
            pairs.push((a, c));
            (a, c) = (a + 1, c + 1);
        }
        while a < b && c < d && left[b - 1] == right[d - 1] {
            (b, d) = (b - 1, d - 1);
            pairs.push((b, d));
        }
        if a == b || c == d {
            continue;
        }
        let anchors = anchors(&left[a..b], &right[c..d]);
        if anchors.is_empty() {
            short(&left[a..b], &right[c..d], |l, r| pairs.push((a + l, c + r)));
            continue;
        }
        let (mut from_left, mut from_right) = (a, c);
        for (l, r) in anchors {
            pairs.push((a + l, c + r));
            work.push((from_left, a + l, from_right, c + r));
            (from_left, from_right) = (a + l + 1, c + r + 1);
        }
        work.push((from_left, b, from_right, d));
    }
    pairs.sort_unstable();
    pairs
}

/// Elements that come exactly once on each side, as the longest run that rises on both.
fn anchors(left: &[u64], right: &[u64]) -> Vec<(usize, usize)> {
    /// How often, and where last.
    type Seen = (u32, usize);
    let mut seen: HashMap<u64, (Seen, Seen)> = HashMap::with_capacity(left.len());
    for (at, token) in left.iter().enumerate() {
        let (count, place) = &mut seen.entry(*token).or_default().0;
        (*count, *place) = (count.saturating_add(1), at);
    }
    for (at, token) in right.iter().enumerate() {
        if let Some((_, (count, place))) = seen.get_mut(token) {
            (*count, *place) = (count.saturating_add(1), at);
        }
    }
    let mut once: Vec<(usize, usize)> =
        seen.into_values().filter(|((l, _), (r, _))| (*l, *r) == (1, 1)).map(|((_, l), (_, r))| (l, r)).collect();
    once.sort_unstable();
    longest_rising(&once)
}

/// The longest part of pairs, sorted by the first, that rises in the second too.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (index, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < pair.1);
        before.push(length.checked_sub(1).map(|l| ends[l]));
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut run = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(index) = at {
        run.push(pairs[index]);
        at = before[index];
    }
    run.reverse();
    run
}

/// The longest common part of two short stretches; of long ones, each element with the next like it.
fn short(left: &[u64], right: &[u64], mut found: impl FnMut(usize, usize)) {
    if left.len().saturating_mul(right.len()) > IN_FULL {
        let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, token) in right.iter().enumerate().rev() {
            places.entry(*token).or_default().push(at);
        }
        let mut next = 0;
        for (at, token) in left.iter().enumerate() {
            let Some(queue) = places.get_mut(token) else { continue };
            while queue.last().is_some_and(|place| *place < next) {
                queue.pop();
            }
            if let Some(place) = queue.pop() {
                found(at, place);
                next = place + 1;
            }
        }
        return;
    }
    let same = |l: usize, r: usize| if left[l] == right[r] { 1.0 } else { 0.0 };
    best(left.len(), right.len(), same, 0.5, &mut found);
}

/// Pairs of the two sides, in order, whose likenesses add up to the most; none below `least`.
pub fn best(
    left: usize,
    right: usize,
    likeness: impl Fn(usize, usize) -> f32,
    least: f32,
    found: &mut dyn FnMut(usize, usize),
) {
    let width = right + 1;
    let mut score = vec![0f32; (left + 1) * width];
    let mut alike = vec![0f32; left * right];
    for l in (0..left).rev() {
        for r in (0..right).rev() {
            let like = likeness(l, r);
            alike[l * right + r] = like;
            let both = if like >= least { like + score[(l + 1) * width + r + 1] } else { 0.0 };
            score[l * width + r] = both.max(score[(l + 1) * width + r]).max(score[l * width + r + 1]);
        }
    }
    let (mut l, mut r) = (0, 0);
    while l < left && r < right {
        let (like, here) = (alike[l * right + r], score[l * width + r]);
        if like >= least && here == like + score[(l + 1) * width + r + 1] {
            found(l, r);
            (l, r) = (l + 1, r + 1);
        } else if here == score[(l + 1) * width + r] {
            l += 1;
        } else {
            r += 1;
        }
    }
}

/// How alike two texts are, 0 to 1: the share of neighbouring letter pairs that both have (Dice).
pub fn likeness(left: &str, right: &str) -> f32 {
    if left == right {
        return 1.0;
    }
    let pairs = |text: &str| -> Vec<(char, char)> {
        let letters: Vec<char> = std::iter::once(' ').chain(text.chars().take(400)).chain([' ']).collect();
        let mut pairs: Vec<(char, char)> = letters.windows(2).filter_map(|w| Some((*w.first()?, *w.get(1)?))).collect();
        pairs.sort_unstable();
        pairs
    };
    let (left, right) = (pairs(left), pairs(right));
    let (mut l, mut r, mut both) = (0, 0, 0usize);
    while let (Some(a), Some(b)) = (left.get(l), right.get(r)) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => l += 1,
            std::cmp::Ordering::Greater => r += 1,
            std::cmp::Ordering::Equal => (l, r, both) = (l + 1, r + 1, both + 1),
        }
    }
    (2 * both) as f32 / (left.len() + right.len()).max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<u64> {
        text.bytes().map(u64::from).collect()
    }

    #[test]
    fn one_put_in_shifts_nothing() {
        assert_eq!(common(&tokens("abcd"), &tokens("abxcd")), [(0, 0), (1, 1), (2, 3), (3, 4)]);
        assert_eq!(common(&tokens("aaaa"), &tokens("aaa")).len(), 3);
        assert_eq!(common(&tokens("abc"), &tokens("xyz")), []);
        assert_eq!(common(&tokens(""), &tokens("xyz")), []);
    }

    #[test]
    fn as_long_as_it_can_be() {
        // Nothing comes once: compared in full.
        assert_eq!(common(&tokens("xababy"), &tokens("zbabaw")).len(), 3);
    }

    #[test]
    fn pairs_rise_and_are_equal_on_any_input() {
        use proptest::prelude::*;
        proptest!(|(left in prop::collection::vec(0u64..6, 0..60), right in prop::collection::vec(0u64..6, 0..60))| {
            let pairs = common(&left, &right);
            prop_assert!(pairs.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 < w[1].1));
            prop_assert!(pairs.iter().all(|(l, r)| left[*l] == right[*r]));
            if left == right {
                prop_assert_eq!(pairs.len(), left.len());
            }
        });
    }

    #[test]
    fn likeness_is_between_none_and_all() {
        assert_eq!(likeness("mame tyryryme", "mame tyryryme"), 1.0);
        assert!(likeness("mame tyryryme nytose", "mame tyryryme nytoase") > 0.8);
        assert_eq!(likeness("abc", "xyz"), 0.0);
        assert_eq!(likeness("", ""), 1.0);
    }
}
