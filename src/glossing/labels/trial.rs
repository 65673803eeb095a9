//! Cross-validation: every labelled thing is asked about once, by a model that has not seen it.

use std::collections::BTreeMap;

use super::scores::Scores;

/// Parts that the labelled things are divided into.
const PARTS: usize = 10;
/// So many texts at least, for whole texts to be held back.
const TEXTS: usize = 5;
/// From so many labelled things on, five parts are enough.
const MANY: usize = 20_000;

/// How a model did on what it had not seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    pub scores: Scores,
    /// Parts held back, one after the other.
    pub parts: usize,
    /// Whether whole texts were held back; where texts are few, stretches of lines were.
    pub by_text: bool,
    pub texts: usize,
    /// What scores are divided by to be as sure as the trial found right.
    pub(super) temperature: f32,
}

/// One answer.
pub(super) struct Outcome {
    pub right: u32,
    pub guess: u32,
    /// Whether the same word (or text) was among what was learned from.
    pub seen: bool,
    /// What its commonest label there says, else the commonest of all.
    pub remembered: u32,
    pub commonest: u32,
}

/// Divides units (lines, texts) into parts and has each part answered by a model of the others.
/// `texts` says which text a unit is from, `sizes` how many labelled things it holds.
pub(super) fn cross_validate(
    labels: &[String],
    texts: &[usize],
    sizes: &[usize],
    mut answer: impl FnMut(&[usize], &[usize]) -> Vec<Outcome>,
) -> Trial {
    let items: usize = sizes.iter().sum();
    let mut by_text: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (unit, text) in texts.iter().enumerate() {
        by_text.entry(*text).or_default().push(unit);
    }
    let whole_texts = by_text.len() >= TEXTS;
    let wanted = if items >= MANY { PARTS / 2 } else { PARTS };
    let groups: Vec<Vec<usize>> =
        if whole_texts { by_text.values().cloned().collect() } else { stretches(sizes, wanted) };
    let parts = divide(&groups, sizes, wanted.min(groups.len()).max(1));
    let mut outcomes = Vec::with_capacity(items);
    let mut asked = 0;
    for part in &parts {
        let train: Vec<usize> = parts.iter().filter(|other| *other != part).flatten().copied().collect();
        if train.is_empty() {
            continue;
        }
        asked += 1;
        outcomes.extend(answer(&train, part));
    }
    Trial {
        scores: Scores::of(labels, &outcomes),
        parts: asked,
        by_text: whole_texts,
        texts: by_text.len(),
        temperature: 1.0,
    }
}

/// Neighbouring units in about `wanted` stretches of like size, so that a line's neighbours are held back with it.
fn stretches(sizes: &[usize], wanted: usize) -> Vec<Vec<usize>> {
    let all: usize = sizes.iter().sum();
    let mut found: Vec<Vec<usize>> = vec![Vec::new()];
    let mut so_far = 0;
    for (unit, size) in sizes.iter().enumerate() {
        if so_far * wanted >= all * found.len() && found.last().is_some_and(|last| !last.is_empty()) {
            found.push(Vec::new());
        }
        if let Some(last) = found.last_mut() {
            last.push(unit);
        }
        so_far += size;
    }
    found
}

/// Groups into parts of like size: the largest first, each to the part that has least.
fn divide(groups: &[Vec<usize>], sizes: &[usize], parts: usize) -> Vec<Vec<usize>> {
    let size = |group: &Vec<usize>| group.iter().map(|unit| sizes[*unit]).sum::<usize>();
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(size(&groups[*at])));
    let mut divided = vec![(0, Vec::new()); parts];
    for at in order {
        if let Some(least) = divided.iter_mut().min_by_key(|(filled, _)| *filled) {
            least.0 += size(&groups[at]);
            least.1.extend(groups[at].iter().copied());
        }
    }
    divided
        .into_iter()
        .filter(|(_, units)| !units.is_empty())
        .map(|(_, mut units)| {
            units.sort_unstable();
            units
        })
        .collect()
}
