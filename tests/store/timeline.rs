//! What the timeline draws: the window query agrees with looking at every annotation.

use fieldgloss::domain::*;
use fieldgloss::store::{Op, OpKind, Store};
use proptest::prelude::*;

use crate::fixture::{ms, small};

fn tier_of(spans: &[(i64, i64)]) -> (Store, crate::fixture::Small, TierId) {
    let (mut store, small) = small();
    let tier = fieldgloss::app::edit::tiers::add(&mut store, small.session, Default::default()).unwrap().value;
    store
        .transact(Op::new(OpKind::Import), |tx| {
            for (n, (a, b)) in spans.iter().enumerate() {
                let span = Span::new(Time(*a), Time(*b));
                tx.insert(&Annotation::new(tier, Some(span), n as i64, ""))?;
            }
            tx.insert(&Annotation::new(tier, None, 0, "without times"))
        })
        .unwrap();
    (store, small, tier)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_window_shows_what_touches_it(
        spans in prop::collection::vec((0..200i64, 0..200i64), 0..40),
        windows in prop::collection::vec((-20..220i64, -20..220i64), 1..20),
    ) {
        let (store, _small, tier) = tier_of(&spans);
        let every = store.read().annotations_of(tier).unwrap();
        prop_assert_eq!(every.len(), spans.len() + 1);
        for (a, b) in windows {
            let window = Span::new(Time(a), Time(b));
            let touches = |s: Span| s.start < window.end && s.end >= window.start;
            let wanted: Vec<_> = every.iter().filter(|x| x.span().is_some_and(touches)).cloned().collect();
            prop_assert_eq!(store.read().annotations_in(tier, window).unwrap(), wanted);
            let at = every.iter().rfind(|x| x.span().is_some_and(|s| s.contains(Time(a)))).map(|x| x.start);
            prop_assert_eq!(store.read().annotation_at(tier, Time(a)).unwrap().map(|x| x.start), at);
        }
    }
}

#[test]
fn neighbours_and_progress() {
    let (store, small) = small();
    let read = store.read();
    let next = read.annotation_beside(small.transcription, Time::from_millis(2000), true).unwrap().unwrap();
    assert_eq!(next.id, small.utterances[2]);
    let before = read.annotation_beside(small.transcription, Time::from_millis(2000), false).unwrap().unwrap();
    assert_eq!(before.id, small.utterances[0]);
    assert_eq!(read.annotation_beside(small.transcription, Time::from_millis(5000), true).unwrap(), None);
    assert_eq!(read.tier_progress(small.transcription).unwrap(), (3, 3));
    assert_eq!(
        read.annotations_in(small.transcription, ms(4000, 4500)).unwrap().len(),
        1,
        "one that ends there touches"
    );
    assert!(read.annotations_in(small.transcription, ms(4001, 4500)).unwrap().is_empty());
}
