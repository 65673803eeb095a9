//! Who was gone and is back, where they were or where they were going: the same person, somebody else, or not to be told.

use super::live::{Live, Seen, apart, resized};
use super::{Tracker, secs};
use crate::analysis::observation::BBox;
use crate::domain::{Time, TrackId, TrackKind};

/// Who is back and shows no face that a print can be taken of is somebody new after so long, seconds.
const WAIT_SECS: f64 = 3.0;

/// People keep walking behind each other for so long, seconds.
const WALK_SECS: f64 = 2.0;

/// Where somebody who walked out of sight would be by now; where they were, when no print can say whether it is them.
fn heading(track: &Live, now: Time) -> BBox {
    let mut bbox = track.bbox;
    if track.print.count > 0 {
        let ahead = secs(now - track.last).clamp(0.0, WALK_SECS) as f32;
        bbox.x += track.velocity.0 * ahead;
        bbox.y += track.velocity.1 * ahead;
    }
    bbox
}

impl Tracker {
    /// Marks who has left, ends who can no longer come back.
    pub(super) fn retire(&mut self, kind: TrackKind, now: Time) {
        let settings = self.settings;
        for track in self.live.iter_mut().filter(|t| t.kind == kind) {
            track.left |= secs(now - track.last) > settings.max_gap_secs;
        }
        let awaited: Vec<TrackId> = self.live.iter().filter_map(|t| t.waiting).collect();
        // A sighting too short to be kept is not waited for.
        let gone = |t: &Live| {
            let late = secs(now - t.last) > settings.return_within_secs && !awaited.contains(&t.id);
            t.kind == kind && t.left && (t.number == 0 || late)
        };
        let (ended, live): (Vec<_>, Vec<_>) = std::mem::take(&mut self.live).into_iter().partition(gone);
        self.live = live;
        // Gone again before it was clear who it was.
        for mut track in ended {
            if let Some(old) = track.waiting.take() {
                track.may_be = Some(old);
                if track.count >= settings.min_samples.max(1) {
                    self.number += 1;
                    track.number = self.number;
                }
            }
            self.done.push(track);
        }
    }

    /// Where the face of somebody else stands in a track's place, whoever was there has left: the next frame, which may
    /// show no print, must not fall to them.
    pub(super) fn step_aside(&mut self, here: &[usize], seen: &[Seen<'_>], owner: &[Option<usize>], now: Time) {
        let settings = self.settings;
        for (one, _) in seen.iter().zip(owner).filter(|(_, owner)| owner.is_none()) {
            for &at in here.iter().filter(|at| !owner.contains(&Some(**at))) {
                let track = &mut self.live[at];
                track.left |=
                    track.is_unlike(one, &settings) && track.cost_of_place(&one.bbox(), now, &settings).is_finite();
            }
        }
    }

    /// A newcomer is taken for someone who left only if just one who left and just one newcomer fit each other, and
    /// their prints agree. Where the one who left has a print and the newcomer none yet, the newcomer waits for one:
    /// answers for whom.
    pub(super) fn welcome_back(
        &mut self,
        kind: TrackKind,
        seen: &[Seen<'_>],
        owner: &mut [Option<usize>],
        now: Time,
    ) -> Vec<Option<TrackId>> {
        let fits = |track: &Live, bbox: &BBox| {
            let place = apart(&track.bbox, bbox).min(apart(&heading(track, now), bbox));
            place <= 1.0 && resized(&track.bbox, bbox) <= 1.4 && track.last < now
        };
        let awaited: Vec<TrackId> = self.live.iter().filter_map(|t| t.waiting).collect();
        let left: Vec<usize> = (0..self.live.len())
            .filter(|&i| {
                let track = &self.live[i];
                track.kind == kind && track.left && track.waiting.is_none() && !awaited.contains(&track.id)
            })
            .collect();
        let mut waiting = vec![None; seen.len()];
        for column in 0..seen.len() {
            if owner[column].is_some() {
                continue;
            }
            let bbox = seen[column].bbox();
            let candidates: Vec<usize> = left.iter().copied().filter(|&i| fits(&self.live[i], &bbox)).collect();
            let [one] = candidates[..] else { continue };
            let rivals = (0..seen.len())
                .filter(|&other| other != column && owner[other].is_none_or(|o| o == one))
                .any(|other| fits(&self.live[one], &seen[other].bbox()));
            if rivals {
                continue;
            }
            let track = &self.live[one];
            match track.likeness(seen[column].print()) {
                Some(alike) if alike >= self.settings.likeness => owner[column] = Some(one),
                Some(_) => {}
                // A body that shows no face is not waited for.
                None if track.print.count > 0 && kind == TrackKind::Face => waiting[column] = Some(track.id),
                // Without prints the place is all there is.
                None => owner[column] = Some(one),
            }
        }
        waiting
    }

    /// Lets those who wait go on as who they are, once that is clear. Answers the ids given, joined ones replaced.
    pub(super) fn resolve(&mut self, mut ids: Vec<TrackId>, now: Time) -> Vec<TrackId> {
        for at in (0..self.live.len()).rev() {
            let Some(old) = self.live[at].waiting else { continue };
            let known = self.live.iter().position(|t| t.id == old);
            let alike = known.and_then(|k| self.live[k].print.likeness(&self.live[at].print.sum));
            let waited = secs(now - self.live[at].start) > WAIT_SECS;
            match (known, alike) {
                (Some(known), Some(alike)) if alike >= self.settings.likeness => {
                    let id = self.live[at].id;
                    self.join(known, at);
                    ids.iter_mut().filter(|seen| **seen == id).for_each(|seen| *seen = old);
                }
                (_, Some(alike)) => {
                    let track = &mut self.live[at];
                    track.waiting = None;
                    track.may_be = (alike >= self.settings.unlike).then_some(old);
                }
                (None, None) => (self.live[at].waiting, self.live[at].may_be) = (None, Some(old)),
                (Some(_), None) if waited => (self.live[at].waiting, self.live[at].may_be) = (None, Some(old)),
                (Some(_), None) => {}
            }
        }
        self.number_new();
        ids
    }

    /// Makes what one who waited gathered part of who they turned out to be.
    fn join(&mut self, known: usize, waiting: usize) {
        let new = self.live.remove(waiting);
        let at = known - usize::from(known > waiting);
        let old = &mut self.live[at];
        (old.last, old.bbox, old.velocity, old.left) = (new.last, new.bbox, new.velocity, new.left);
        old.wrists = new.wrists;
        old.count += new.count;
        old.print.take_in(&new.print);
        old.clothes.take_in(&new.clothes);
        if old.fresh.channels.is_empty() {
            old.fresh.channels = new.fresh.channels;
        } else {
            for (kept, more) in old.fresh.channels.iter_mut().zip(new.fresh.channels) {
                kept.values.extend(more.values);
            }
        }
        old.fresh.times.extend(new.fresh.times);
        let id = old.id;
        let seen: Vec<_> = self.together.keys().copied().filter(|(face, _)| *face == new.id).collect();
        for key in seen {
            let count = self.together.remove(&key).unwrap_or(0);
            *self.together.entry((id, key.1)).or_default() += count;
        }
    }
}
