//! Which sessions are for training and which are kept back.

use std::collections::HashMap;

use crate::domain::SessionId;

/// A part of the dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Split {
    Train,
    Validation,
    Test,
}

impl Split {
    pub(super) const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

/// Gives each session to one part, whole: never the same text on both sides. A tenth of the sessions each, one at
/// least, goes to test and validation; two sessions have no validation, one only trains. Which, a hash of the
/// session's id decides: the same on every export.
pub(super) fn of(sessions: &[SessionId]) -> HashMap<SessionId, Split> {
    let mut order: Vec<_> = sessions.iter().map(|id| (*blake3::hash(id.record().as_bytes()).as_bytes(), *id)).collect();
    order.sort_unstable();
    order.dedup();
    let count = order.len();
    let held_back = match count {
        0 | 1 => (0, 0),
        2 => (1, 0),
        _ => (count.div_ceil(10).max(1), count.div_ceil(10).max(1)),
    };
    let (tests, validations) = held_back;
    let split = |index: usize| match index {
        _ if index < tests => Split::Test,
        _ if index < tests + validations => Split::Validation,
        _ => Split::Train,
    };
    order.into_iter().enumerate().map(|(index, (_, id))| (id, split(index))).collect()
}

#[cfg(test)]
mod tests {
    use super::{Split, of};
    use crate::domain::SessionId;

    #[test]
    fn every_session_is_in_one_part_and_training_has_most() {
        for count in 0..60 {
            let sessions: Vec<_> = (0..count).map(|_| SessionId::new()).collect();
            let splits = of(&sessions);
            let number = |split| splits.values().filter(|s| **s == split).count();
            assert_eq!(splits.len(), count);
            assert!(number(Split::Train) >= count.min(1), "{count}");
            assert_eq!(number(Split::Test) > 0, count >= 2);
            assert_eq!(number(Split::Validation) > 0, count >= 3);
            assert_eq!(splits, of(&sessions.iter().rev().copied().collect::<Vec<_>>()), "the order does not matter");
        }
    }
}
