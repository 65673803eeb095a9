use super::*;
use crate::domain::{MediaId, Print, Span, Time, TrackId, TrackKind};

/// Somebody seen in a recording from one second to another, with a print and the colours they wear.
fn card(media: MediaId, span: (i64, i64), face: &[f32], clothes: &[f32]) -> Card<TrackId> {
    let track = TrackId::new();
    let print = |kind, vector: &[f32]| Print { track, kind, model: "m 1".into(), samples: 4, vector: vector.to_vec() };
    let span = Span::new(Time::from_millis(span.0 * 1000), Time::from_millis(span.1 * 1000));
    Card {
        who: track,
        places: vec![Place { track, media, kind: TrackKind::Face, span }],
        prints: [(PrintKind::Face, face), (PrintKind::Clothes, clothes)]
            .into_iter()
            .filter(|(_, vector)| !vector.is_empty())
            .map(|(kind, vector)| print(kind, vector))
            .collect(),
        named: false,
        not: Vec::new(),
        may_be: Vec::new(),
    }
}

#[test]
fn the_later_may_be_the_earlier_and_a_name_comes_first() {
    let media = MediaId::new();
    let mut cards = vec![card(media, (0, 5), &[1.0, 0.0], &[]), card(media, (6, 9), &[1.0, 0.2], &[])];
    let found = suggestions(&cards);
    assert_eq!((found.len(), found[0].who, found[0].same_as), (1, cards[1].who, cards[0].who));
    cards[0].named = true;
    assert_eq!(suggestions(&cards).len(), 1);
    cards[1].named = true;
    assert!(suggestions(&cards).is_empty(), "two people with names are not asked about");
}

#[test]
fn clothes_decide_between_two_who_are_alike_and_never_alone() {
    let media = MediaId::new();
    let (red, blue) = ([1.0, 0.1], [0.1, 1.0]);
    let twins = |wears: &[f32]| {
        vec![
            card(media, (0, 5), &[1.0, 0.10], &red),
            card(media, (0, 5), &[1.0, 0.12], &blue),
            card(media, (6, 9), &[1.0, 0.11], wears),
        ]
    };
    let unclear = suggestions(&twins(&[]));
    assert!(unclear[0].doubtful, "{unclear:?}");
    for (wears, who) in [(&red, 0), (&blue, 1)] {
        let cards = twins(wears);
        let found = suggestions(&cards);
        assert_eq!((found[0].same_as, found[0].doubtful), (cards[who].who, false), "{found:?}");
    }
    // The same jacket on somebody whose face is another's.
    let cards = [card(media, (0, 5), &[1.0, 0.0], &red), card(media, (6, 9), &[0.0, 1.0], &red)];
    assert!(suggestions(&cards).is_empty());
    // Another day, another jacket: colours say nothing across recordings.
    let mut cards = twins(&blue);
    cards[2].places[0].media = MediaId::new();
    assert!(suggestions(&cards)[0].doubtful);
}

#[test]
fn prints_of_different_makers_are_not_compared() {
    let media = MediaId::new();
    let mut cards = [card(media, (0, 5), &[1.0, 0.0], &[]), card(media, (6, 9), &[1.0, 0.0], &[])];
    cards[1].prints[0].model = "m 2".into();
    assert!(suggestions(&cards).is_empty());
}

#[test]
fn sums_weigh_every_picture_the_same() {
    let mut sum = PrintSum::default();
    sum.add(&[10.0, 0.0]);
    sum.add(&[0.0, 1.0]);
    sum.add(&[]);
    sum.add(&[1.0, 2.0, 3.0]);
    assert_eq!(sum.count, 2);
    assert!((sum.likeness(&[1.0, 1.0]).unwrap() - 1.0).abs() < 1e-6);
    assert_eq!(sum.likeness(&[1.0]), None);
}
