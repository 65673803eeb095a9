//! How far two reviewers of the same proposals agree: on the decisions, one by one, and on the tags that they leave.

use serde::Serialize;

use super::figure::Figure;
use super::kappa::{self, Kappa};
use super::{Report, Settings, Unit, alpha, compare};
use crate::domain::{Review, Reviews, Span, Tag, TagId, TagStatus, Time, Track};

/// Everything about two reviewers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reviewers {
    pub names: [String; 2],
    /// Proposals there are, those that each said something about, and both.
    pub proposals: usize,
    pub said: [usize; 2],
    pub both: usize,
    /// Cohen's κ over the decisions: the label given, rejected, or not assessable.
    pub decisions: Kappa,
    /// Krippendorff's α over the same, of all reviewers there are.
    pub alpha: Figure,
    /// The tags that are left, linked in time.
    pub tags: Report,
    /// The proposals behind the tags of the first and the second, in the order of [`Report::pairs`]' places.
    pub of: [Vec<TagId>; 2],
}

/// Compares what two reviewers said. Tracks are laid end to end, so that nothing of one person is ever linked with
/// something of another. Only proposals that both said something about take part.
pub fn between(
    tags: &[Tag],
    reviews: &Reviews,
    tracks: &[Track],
    first: &str,
    second: &str,
    settings: &Settings,
) -> Reviewers {
    let names = [first.to_owned(), second.to_owned()];
    let everyone = reviews.names();
    let of = |tag: &Tag| [reviews.by(tag.id, first), reviews.by(tag.id, second)];
    let mut said = [0, 0];
    let (mut decisions, mut by_all) = (Vec::new(), Vec::new());
    let (mut units, mut ids) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    let mut laid = Time::ZERO;
    let mut placed = Vec::new();
    for track in tracks {
        placed.push((track.id, laid - track.start));
        laid = laid + (track.end - track.start).max(Time::ZERO) + Time::from_millis(1000);
    }
    for tag in tags {
        by_all.push(everyone.iter().map(|name| reviews.by(tag.id, name).map(decision)).collect::<Vec<_>>());
        let both = of(tag);
        both.iter().zip(&mut said).for_each(|(review, said)| *said += usize::from(review.is_some()));
        let [Some(a), Some(b)] = both else { continue };
        decisions.push((decision(a), decision(b)));
        let Some((_, offset)) = placed.iter().find(|(id, _)| *id == tag.track) else { continue };
        for (review, (units, ids)) in [a, b].iter().zip(units.iter_mut().zip(&mut ids)) {
            if review.is_tag() {
                let span = review.span().later(*offset);
                units.push(Unit { span: Span::new(span.start.max(Time::ZERO), span.end), label: review.label.clone() });
                ids.push(tag.id);
            }
        }
    }
    let whole = units.iter().flatten().map(|unit| unit.span.end).fold(laid, Time::max);
    Reviewers {
        names,
        proposals: tags.len(),
        said,
        both: decisions.len(),
        decisions: kappa::of_decisions(&decisions),
        alpha: alpha::nominal(&by_all),
        tags: compare(&units[0], &units[1], Span::new(Time::ZERO, whole), settings),
        of: ids,
    }
}

fn decision(review: &Review) -> String {
    match review.status {
        TagStatus::Accepted | TagStatus::Changed => review.label.clone(),
        TagStatus::Rejected => "(rejected)".to_owned(),
        TagStatus::Unsure | TagStatus::Proposed => "(not assessable)".to_owned(),
    }
}
