//! Records of a file paired with those of a project, one to one, by one likeness after another.

use std::collections::HashMap;
use std::hash::Hash;

use super::align;
use super::piece::Piece;
use crate::domain::RecordId;

/// Below this likeness (0 to 1) two texts are not taken for one that was changed.
const ALIKE: f32 = 0.4;
/// Stretches without a common element are compared by likeness up to this many pairs.
const BY_LIKENESS: usize = 40_000;

/// The records of one kind on both sides, and who was paired with whom so far.
pub struct Pairing<'a, R> {
    file: Vec<&'a R>,
    project: Vec<&'a R>,
    /// For each of the file's, the project's.
    mate: Vec<Option<usize>>,
    taken: Vec<bool>,
    /// Those of the file's that were deleted in the project: they pair with nothing more.
    gone: Vec<bool>,
    /// What was deleted in the project.
    deleted: Vec<&'a R>,
}

impl<'a, R: Piece> Pairing<'a, R> {
    /// Both sides, paired where they have the same id.
    pub fn new(file: impl IntoIterator<Item = &'a R>, project: impl IntoIterator<Item = &'a R>) -> Self {
        let (file, project): (Vec<_>, Vec<_>) = (file.into_iter().collect(), project.into_iter().collect());
        let mut new = Self {
            mate: vec![None; file.len()],
            taken: vec![false; project.len()],
            gone: vec![false; file.len()],
            deleted: Vec::new(),
            file,
            project,
        };
        new.by(|record| Some(record.id()));
        new
    }

    /// The same, with what was deleted in the project since the file was last imported.
    pub fn with_deleted(mut self, deleted: impl IntoIterator<Item = &'a R>) -> Self {
        self.deleted = deleted.into_iter().collect();
        self
    }

    /// Sets those aside that are still alone and were deleted in the project: as many as were, by that key.
    pub fn set_aside<K: Hash + Eq>(&mut self, key: impl Fn(&'a R) -> Option<K>) {
        if self.deleted.is_empty() || self.is_done() {
            return;
        }
        let mut there: HashMap<K, usize> = HashMap::new();
        for key in self.deleted.iter().filter_map(|record| key(record)) {
            *there.entry(key).or_default() += 1;
        }
        for index in 0..self.file.len() {
            let alone = self.is_alone(index);
            if let Some(left) = key(self.file[index]).filter(|_| alone).and_then(|key| there.get_mut(&key))
                && *left > 0
            {
                *left -= 1;
                self.gone[index] = true;
            }
        }
    }

    fn is_alone(&self, index: usize) -> bool {
        self.mate[index].is_none() && !self.gone[index]
    }

    fn is_done(&self) -> bool {
        (0..self.file.len()).all(|index| !self.is_alone(index))
    }

    /// Pairs those that are still alone and have the same key, in order.
    pub fn by<K: Hash + Eq>(&mut self, key: impl Fn(&'a R) -> Option<K>) {
        self.by_where(key, |_, _| true);
    }

    /// The same, where the two also agree otherwise.
    pub fn by_where<K: Hash + Eq>(&mut self, key: impl Fn(&'a R) -> Option<K>, agree: impl Fn(&R, &R) -> bool) {
        if self.is_done() {
            return;
        }
        // For each key the first of the project's, and for each of those the next with the same key.
        let mut first: HashMap<K, usize> = HashMap::new();
        let mut next: Vec<usize> = vec![usize::MAX; self.project.len()];
        for (at, record) in self.project.iter().enumerate().rev() {
            if !self.taken[at]
                && let Some(key) = key(record)
                && let Some(later) = first.insert(key, at)
            {
                next[at] = later;
            }
        }
        if first.is_empty() {
            return;
        }
        for index in 0..self.file.len() {
            let record = self.file[index];
            if !self.is_alone(index) {
                continue;
            }
            let Some(head) = key(record).and_then(|key| first.get_mut(&key)) else { continue };
            while self.taken.get(*head) == Some(&true) {
                *head = next[*head];
            }
            let mut at = *head;
            while at != usize::MAX && (self.taken[at] || !agree(record, self.project[at])) {
                at = next[at];
            }
            if at != usize::MAX {
                self.pair(index, at);
            }
        }
    }

    fn pair(&mut self, index: usize, at: usize) {
        self.mate[index] = Some(at);
        self.taken[at] = true;
    }

    /// Pairs within each group by order: what has the same token on both sides, and then, between two that were
    /// paired, what stands in the same place (`in_place`) or is much alike.
    pub fn align<G: Hash + Eq, T: Hash + Eq, O: Ord>(
        &mut self,
        group: impl Fn(&'a R) -> Option<G>,
        order: impl Fn(&'a R) -> O,
        token: impl Fn(&'a R) -> T,
        text: impl Fn(&'a R) -> &'a str,
        in_place: bool,
    ) {
        if self.is_done() {
            return;
        }
        let mut groups: HashMap<G, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for (at, record) in self.project.iter().enumerate() {
            if let Some(group) = group(record) {
                groups.entry(group).or_default().1.push(at);
            }
        }
        for (index, record) in self.file.iter().enumerate().filter(|(index, _)| !self.gone[*index]) {
            if let Some(sides) = group(record).and_then(|group| groups.get_mut(&group)) {
                sides.0.push(index);
            }
        }
        let mut tokens: HashMap<T, u64> = HashMap::new();
        for (mut left, mut right) in groups.into_values() {
            let alone = left.iter().any(|i| self.mate[*i].is_none()) && right.iter().any(|at| !self.taken[*at]);
            if !alone {
                continue;
            }
            left.sort_by_key(|index| order(self.file[*index]));
            right.sort_by_key(|at| order(self.project[*at]));
            // What is paired already keeps the place of its pair; odd numbers for pairs, even ones for texts.
            let mut number = |record: &'a R| {
                let count = tokens.len() as u64;
                *tokens.entry(token(record)).or_insert(count * 2)
            };
            let a: Vec<u64> = left
                .iter()
                .map(|i| self.mate[*i].map_or_else(|| number(self.file[*i]), |at| at as u64 * 2 + 1))
                .collect();
            let b: Vec<u64> = right
                .iter()
                .map(|at| if self.taken[*at] { *at as u64 * 2 + 1 } else { number(self.project[*at]) })
                .collect();
            let pairs = align::common(&a, &b);
            let (mut from_left, mut from_right) = (0, 0);
            for (l, r) in pairs.iter().copied().chain([(left.len(), right.len())]) {
                if in_place {
                    self.gap(&left[from_left..l], &right[from_right..r], &text);
                }
                (from_left, from_right) = (l + 1, r + 1);
            }
            for (l, r) in pairs {
                if self.mate[left[l]].is_none() {
                    self.pair(left[l], right[r]);
                }
            }
        }
    }

    /// What stands between two pairs and has nothing in common: one on each side are the same one changed; of more,
    /// those that are much alike.
    fn gap(&mut self, left: &[usize], right: &[usize], text: &impl Fn(&'a R) -> &'a str) {
        let left: Vec<usize> = left.iter().copied().filter(|index| self.is_alone(*index)).collect();
        let right: Vec<usize> = right.iter().copied().filter(|at| !self.taken[*at]).collect();
        if let ([index], [at]) = (&left[..], &right[..]) {
            self.pair(*index, *at);
            return;
        }
        if left.is_empty() || right.is_empty() || left.len().saturating_mul(right.len()) > BY_LIKENESS {
            return;
        }
        let like = |l: usize, r: usize| align::likeness(text(self.file[left[l]]), text(self.project[right[r]]));
        let mut found = Vec::new();
        align::best(left.len(), right.len(), like, ALIKE, &mut |l, r| found.push((l, r)));
        for (l, r) in found {
            self.pair(left[l], right[r]);
        }
    }

    /// The ids of those that were set aside.
    pub fn aside(&self) -> impl Iterator<Item = RecordId> {
        self.file.iter().zip(&self.gone).filter(|(_, gone)| **gone).map(|(record, _)| record.id())
    }

    /// The id of each of the file's with the one it has in the project, where it is there; and whether they differ.
    pub fn pairs(self) -> Vec<(RecordId, RecordId)> {
        let (file, project) = (self.file, self.project);
        self.mate
            .into_iter()
            .zip(file)
            .filter_map(|(mate, record)| Some((record.id(), project.get(mate?)?.id())))
            .collect()
    }
}
