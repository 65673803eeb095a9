//! Suggestions: which track may show somebody who is known already.

use std::collections::BTreeMap;

use super::{CLOTHES_MARGIN, MARGIN, PrintSum, likeness_of};
use crate::domain::{MediaId, Print, PrintKind, Span, TrackId, TrackKind};

/// Where and when somebody is followed.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub track: TrackId,
    pub media: MediaId,
    pub kind: TrackKind,
    pub span: Span,
}

/// Somebody: a person with all their tracks, or tracks nobody has named (a face with its body).
#[derive(Clone, Debug, PartialEq)]
pub struct Card<K> {
    pub who: K,
    pub places: Vec<Place>,
    pub prints: Vec<Print>,
    /// Whether it is a person somebody named.
    pub named: bool,
    /// Whom it must not be suggested to be: said no to, by any of their tracks.
    pub not: Vec<TrackId>,
    /// Tracks that left where these came back, without a print to say more.
    pub may_be: Vec<TrackId>,
}

/// What may be one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion<K> {
    /// Who is not named yet, or was named later.
    pub who: K,
    /// Who it may be.
    pub same_as: K,
    /// What was compared; `None` where only the place speaks for it.
    pub by: Option<PrintKind>,
    /// Cosine of the two, and of the next best with somebody else.
    pub likeness: f32,
    pub next: Option<(K, f32)>,
    /// Somebody else is nearly as alike: look twice.
    pub doubtful: bool,
}

impl<K> Card<K> {
    /// Whether both are seen, or both heard, at one time in one recording: then they are two people.
    fn meets(&self, other: &Self) -> bool {
        self.places.iter().any(|a| {
            other.places.iter().any(|b| {
                let overlap = a.span.end.min(b.span.end) > a.span.start.max(b.span.start);
                a.media == b.media && a.kind == b.kind && overlap
            })
        })
    }
    fn refused(&self, other: &Self) -> bool {
        let says = |a: &Self, b: &Self| a.not.iter().any(|track| b.places.iter().any(|place| place.track == *track));
        says(self, other) || says(other, self)
    }
    fn shares_recording(&self, other: &Self) -> bool {
        self.places.iter().any(|a| other.places.iter().any(|b| a.media == b.media))
    }
    /// Mean prints by kind and maker.
    fn means(&self) -> BTreeMap<(PrintKind, &str), PrintSum> {
        let mut means: BTreeMap<(PrintKind, &str), PrintSum> = BTreeMap::new();
        for print in &self.prints {
            let weight = usize::try_from(print.samples).unwrap_or(1).max(1);
            means.entry((print.kind, print.model.as_str())).or_default().weigh(&print.vector, weight);
        }
        means
    }
}

/// How alike two are, by one kind of print.
fn likeness(a: &Means<'_>, b: &Means<'_>, kind: PrintKind) -> Option<f32> {
    a.iter().filter(|(key, _)| key.0 == kind).find_map(|(key, mean)| mean.likeness(&b.get(key)?.sum))
}

type Means<'a> = BTreeMap<(PrintKind, &'a str), PrintSum>;

/// Which of the cards may be one person, surest first. Only cards without a name are suggested to be somebody, each to
/// be one; people with names are never suggested to be each other. Nothing is random and nothing is decided.
pub fn suggestions<K: Clone + Ord>(cards: &[Card<K>]) -> Vec<Suggestion<K>> {
    let means: Vec<_> = cards.iter().map(Card::means).collect();
    let mut found = Vec::new();
    for (at, card) in cards.iter().enumerate().filter(|(_, card)| !card.named) {
        // Of two without a name the later is suggested to be the earlier.
        let earlier = |other: usize| cards[other].named || other < at;
        let others: Vec<usize> = (0..cards.len())
            .filter(|&other| other != at && !card.meets(&cards[other]) && !card.refused(&cards[other]))
            .collect();
        let by_print = [PrintKind::Face, PrintKind::Voice]
            .into_iter()
            .find_map(|kind| closest(cards, &means, at, &others, kind))
            .filter(|(_, closest)| earlier(closest.0));
        if let Some((kind, (other, alike, next))) = by_print {
            found.push(Suggestion {
                who: card.who.clone(),
                same_as: cards[other].who.clone(),
                by: Some(kind),
                likeness: alike,
                doubtful: next.as_ref().is_some_and(|(_, score)| alike - score < MARGIN)
                    && !next.as_ref().is_some_and(|(next, _)| wears(cards, &means, at, other, *next)),
                next: next.map(|(who, score)| (cards[who].who.clone(), score)),
            });
        } else if let Some(&other) = others.iter().find(|&&other| {
            earlier(other) && cards[other].places.iter().any(|place| card.may_be.contains(&place.track))
        }) {
            found.push(Suggestion {
                who: card.who.clone(),
                same_as: cards[other].who.clone(),
                by: None,
                likeness: 0.0,
                next: None,
                doubtful: true,
            });
        }
    }
    found.sort_by(|a, b| a.doubtful.cmp(&b.doubtful).then(b.likeness.total_cmp(&a.likeness)).then(a.who.cmp(&b.who)));
    found
}

type Closest = (usize, f32, Option<(usize, f32)>);

/// The most alike by one kind of print, if alike enough, and the next.
fn closest<K>(
    cards: &[Card<K>],
    means: &[Means<'_>],
    at: usize,
    others: &[usize],
    kind: PrintKind,
) -> Option<(PrintKind, Closest)> {
    let mut scores: Vec<(usize, f32)> =
        others.iter().filter_map(|&other| Some((other, likeness(&means[at], &means[other], kind)?))).collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let &(best, alike) = scores.first().filter(|(_, alike)| *alike >= likeness_of(kind))?;
    // Another card of who may well be the same person is no rival: only who is seen beside the best is somebody else.
    let next = scores[1..].iter().copied().find(|&(other, _)| cards[best].meets(&cards[other]) || cards[other].named);
    // With colours, who of two that are alike wears the same.
    if let Some((other, score)) = next.filter(|(_, score)| alike - score < MARGIN && *score >= likeness_of(kind))
        && wears(cards, means, at, other, best)
    {
        return Some((kind, (other, score, Some((best, alike)))));
    }
    Some((kind, (best, alike, next)))
}

/// Whether the colours say that `at` is rather `this` than `that`: in one recording only.
fn wears<K>(cards: &[Card<K>], means: &[Means<'_>], at: usize, this: usize, that: usize) -> bool {
    let near = |other: usize| cards[at].shares_recording(&cards[other]);
    let alike = |other: usize| likeness(&means[at], &means[other], PrintKind::Clothes);
    near(this) && near(that) && alike(this).zip(alike(that)).is_some_and(|(this, that)| this - that >= CLOTHES_MARGIN)
}
