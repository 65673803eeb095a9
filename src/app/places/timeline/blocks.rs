//! The annotations and proposals that are in sight.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use super::base::{Base, role_name};
use crate::app::core::Core;
use crate::app::edit::tags::called;
use crate::domain::{Annotation, AnnotationId, LanguageRole, Span, TagStatus, Tier, TierId, TierRole, Time, TrackId};
use crate::store::query::ProposalMark;
use crate::store::{Reader, StoreError};
use crate::ui::timeline::{Block, Mark, ProposalLane, TierLane};

/// So many lanes of proposals and measures at most.
pub const MOST_TRACKS: usize = 8;

/// An annotation with the time it is shown at.
type Placed = (Annotation, Span);

/// Every tier's lane; those in the range with their annotations in sight.
pub fn lanes(core: &mut Core, base: &Base, range: Range<usize>, view: Span) -> Vec<TierLane> {
    let mut placing = Placing { base, view, known: HashMap::new() };
    let mut lanes = Vec::with_capacity(base.tiers.len());
    let mut failed = None;
    for (index, tier) in base.tiers.iter().enumerate() {
        let placed = if range.contains(&index) {
            placing.placed(core.store.read(), tier).unwrap_or_else(|error| {
                failed = Some(error);
                Rc::default()
            })
        } else {
            Rc::default()
        };
        lanes.push(lane(core, base, tier, index, &placed));
    }
    if let Some(error) = failed {
        core.problem(error);
    }
    lanes
}

fn lane(core: &Core, base: &Base, tier: &Tier, index: usize, placed: &[Placed]) -> TierLane {
    let role = role_name(tier);
    let person = base.person(tier.participant).filter(|name| *name != tier.name);
    let kind = Some(role).filter(|role| *role != tier.name && !role.is_empty());
    let detail = [person, kind].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let object = |tag: &str| core.languages.iter().any(|l| l.role == LanguageRole::Object && l.tag == tag);
    let translation = matches!(tier.role, TierRole::Translation | TierRole::LiteralTranslation | TierRole::Tags);
    TierLane {
        id: tier.id,
        name: tier.name.clone(),
        detail,
        role: tier.role,
        constraint: tier.constraint,
        depth: base.depth(tier),
        color: index,
        object_language: tier.role == TierRole::Transcription || !translation && object(&tier.language),
        blocks: placed
            .iter()
            .map(|(annotation, span)| Block {
                id: annotation.id,
                span: *span,
                text: annotation.value.clone(),
                own_times: annotation.start.is_some(),
            })
            .collect(),
    }
}

/// Places annotations in time, those of tiers without times under their parents; each tier is asked for once.
struct Placing<'a> {
    base: &'a Base,
    view: Span,
    known: HashMap<TierId, Rc<Vec<Placed>>>,
}

impl Placing<'_> {
    fn placed(&mut self, read: Reader<'_>, tier: &Tier) -> Result<Rc<Vec<Placed>>, StoreError> {
        if let Some(known) = self.known.get(&tier.id) {
            return Ok(Rc::clone(known));
        }
        let placed = if tier.constraint.is_time_aligned() {
            let found = read.annotations_in(tier.id, self.view)?;
            found.into_iter().filter_map(|a| a.span().map(|span| (a, span))).collect()
        } else {
            self.under(read, tier)?
        };
        let placed = Rc::new(placed);
        self.known.insert(tier.id, Rc::clone(&placed));
        Ok(placed)
    }

    fn under(&mut self, read: Reader<'_>, tier: &Tier) -> Result<Vec<Placed>, StoreError> {
        let base = self.base;
        let Some(parent) = tier.parent.and_then(|id| base.tier(id)) else { return Ok(Vec::new()) };
        let Some((above, depth)) = base.timed(tier.id) else { return Ok(Vec::new()) };
        let parents: HashMap<AnnotationId, Span> =
            self.placed(read, parent)?.iter().map(|(annotation, span)| (annotation.id, *span)).collect();
        let found = read.annotations_under(tier.id, above.id, depth, self.view)?;
        let mut placed = Vec::with_capacity(found.len());
        for siblings in found.chunk_by(|one, other| one.parent == other.parent) {
            let Some(span) = siblings[0].parent.and_then(|id| parents.get(&id)) else { continue };
            let share = |part: usize| {
                let along = span.duration().0 as i128 * part as i128 / siblings.len() as i128;
                Time(span.start.0 + along as i64)
            };
            for (index, annotation) in siblings.iter().enumerate() {
                placed.push((annotation.clone(), Span { start: share(index), end: share(index + 1) }));
            }
        }
        placed.sort_by_key(|(_, span)| span.start);
        Ok(placed)
    }
}

/// Rows that a lane of proposals has room for; what overlaps more shares the last.
const MOST_ROWS: usize = 3;

/// Puts marks that lie over the same time into rows under each other, the longest first; how many rows that takes.
fn spread(marks: &mut [Mark]) -> usize {
    marks.sort_by_key(|mark| (mark.span.start, std::cmp::Reverse(mark.span.end)));
    let mut ends: Vec<Time> = Vec::new();
    for mark in marks {
        let free = ends.iter().position(|end| *end <= mark.span.start);
        mark.row = free.unwrap_or(ends.len()).min(MOST_ROWS - 1);
        match ends.get_mut(mark.row) {
            Some(end) => *end = (*end).max(mark.span.end),
            None => ends.push(mark.span.end),
        }
    }
    ends.len().max(1)
}

/// What a proposal is called on its lane: its text, else its label. On the lane of a model of the user's own the model's
/// name stands in front already.
fn words(mark: &ProposalMark) -> String {
    if let Some(text) = mark.text.as_ref().filter(|text| !text.is_empty()) {
        return text.clone();
    }
    called(&mark.label, mark.model.as_deref())
}

/// Whose proposals stand on a lane: a track's, and of these one model's where it is the user's own.
type Whose = (TrackId, Option<String>);

/// The proposals in sight that nobody has decided about, a lane a track, and one more for each model of the user's own
/// that says something about it.
pub fn proposals(core: &mut Core, base: &Base, view: Span) -> Vec<ProposalLane> {
    let mut marks = Vec::new();
    for run in &base.stood.runs {
        let found = core.store.read().proposal_marks(run.id, view);
        marks.extend(core.ask(found).unwrap_or_default().into_iter().filter(|mark| base.stood.shows(mark.id)));
    }
    let mut lanes: Vec<(Whose, ProposalLane)> = Vec::new();
    let mut tracks: Vec<TrackId> = Vec::new();
    for mark in marks.into_iter().filter(|m| matches!(m.status, TagStatus::Proposed | TagStatus::Unsure)) {
        let whose = (mark.track, mark.model.clone());
        let at = match lanes.iter().position(|(known, _)| *known == whose) {
            Some(at) => at,
            None => {
                let Some(track) = base.stood.tracks.iter().find(|track| track.id == mark.track) else { continue };
                if !tracks.contains(&track.id) {
                    if tracks.len() >= MOST_TRACKS {
                        continue;
                    }
                    tracks.push(track.id);
                }
                let lane = mark.model.as_ref().map_or_else(|| base.lane(track), |model| base.own_lane(track, model));
                lanes.push((whose, lane));
                lanes.len() - 1
            }
        };
        lanes[at].1.marks.push(Mark {
            id: mark.id,
            span: mark.span,
            text: words(&mark),
            unsure: mark.status == TagStatus::Unsure,
            row: 0,
        });
    }
    // By person; after what the pack says of somebody what each model says.
    let place = |(track, model): &Whose| {
        let track = base.stood.tracks.iter().find(|known| known.id == *track);
        (track.map(|track| base.proposals_name(track)), model.clone())
    };
    lanes.sort_by_cached_key(|(whose, _)| place(whose));
    for (_, lane) in &mut lanes {
        lane.rows = spread(&mut lane.marks);
    }
    lanes.into_iter().map(|(_, lane)| lane).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TagId;

    fn mark(start: i64, end: i64) -> Mark {
        let span = Span::new(Time::from_millis(start), Time::from_millis(end));
        Mark { id: TagId::new(), span, text: String::new(), unsure: false, row: 0 }
    }

    #[test]
    fn proposals_over_the_same_time_lie_under_each_other() {
        let rows = |mut marks: Vec<Mark>| (spread(&mut marks), marks.iter().map(|mark| mark.row).collect::<Vec<_>>());
        assert_eq!(rows(vec![]), (1, vec![]));
        assert_eq!(rows(vec![mark(0, 10), mark(10, 20)]), (1, vec![0, 0]));
        // A turn and what was said in it; the turn, being longer, on top.
        assert_eq!(rows(vec![mark(0, 5), mark(0, 10), mark(10, 20), mark(12, 14)]), (2, vec![0, 1, 0, 1]));
        // More than there is room for share the last row.
        assert_eq!(rows(vec![mark(0, 9), mark(1, 9), mark(2, 9), mark(3, 9)]), (3, vec![0, 1, 2, 2]));
    }
}
