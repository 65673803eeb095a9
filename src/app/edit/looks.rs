//! Looks at a session after each other: what a new one goes on from, and which one is shown.

use std::collections::BTreeSet;

use super::Edited;
use super::identity::{respect_consent, said_not};
use super::recipes::samples;
use crate::analysis::same_place::{Places, channels};
use crate::analysis::same_voice::Spoken;
use crate::domain::standing::part_of;
use crate::domain::{ModelRun, PersonId, RunId, RunStatus, Session, SessionId, Span, Time, Track, TrackId, TrackKind};
use crate::store::query::Touched;
use crate::store::{Changed, Op, OpKind, Reader, Store, StoreError};

/// A name is carried to a track that earlier looks saw for so large a part, at least.
const PART: f64 = 0.5;

/// A new track, and the earlier ones that are of the same face, body or voice.
struct Found {
    track: TrackId,
    from: Vec<TrackId>,
    /// Who it is, where that is clear.
    person: Option<PersonId>,
}

/// Notes for the tracks of a look that is over which tracks of earlier looks at the same recording are of the same face,
/// body or voice; and, in a step that Undo takes back, names them as those were named, where that is clear.
///
/// # Errors
/// When samples cannot be read, or the file refuses.
pub fn go_on(store: &mut Store, run: RunId) -> Result<Vec<Changed>, StoreError> {
    let found = found(&store.read(), run)?;
    let mut changed = Vec::new();
    if found.is_empty() {
        return Ok(changed);
    }
    let noted = store.transact(Op::fixed(OpKind::Analyse), |tx| {
        found.iter().try_for_each(|found| {
            tx.modify::<Track>(found.track, |track| track.set_goes_on_from(&found.from)).map(|_| ())
        })
    })?;
    changed.push(noted.changed);
    let named: Vec<(TrackId, PersonId)> = found.iter().filter_map(|found| Some((found.track, found.person?))).collect();
    if !named.is_empty() {
        let done = store.transact(Op::new(OpKind::CarryNames), |tx| {
            for (track, person) in &named {
                tx.modify::<Track>(*track, |track| track.person = Some(*person))?;
                respect_consent(tx, Some(*person), &[*track])?;
            }
            Ok(())
        })?;
        changed.push(done.changed);
    }
    Ok(changed)
}

/// A track, and what tells it from others of its time.
struct Known {
    track: Track,
    there: There,
}

/// Where somebody was, or when somebody spoke.
enum There {
    Seen(Places),
    Heard(Spoken),
}

impl Known {
    fn of(read: &Reader<'_>, track: Track) -> Result<Self, StoreError> {
        let there = if track.kind == TrackKind::Voice {
            There::Heard(Spoken::of(&samples(read, &track, [Spoken::CHANNEL].into_iter())?))
        } else {
            There::Seen(Places::of(track.kind, &samples(read, &track, channels(track.kind).iter().copied())?))
        };
        Ok(Self { track, there })
    }
    fn is_beside(&self, other: &Track) -> bool {
        self.track.kind == other.kind && self.track.start <= other.end && other.start <= self.track.end
    }
    fn spoken(&self) -> Option<&Spoken> {
        match &self.there {
            There::Heard(spoken) => Some(spoken),
            There::Seen(_) => None,
        }
    }
    /// From when to when a track of an earlier look is the same; `heard`: when that look heard anybody.
    fn shared_with(&self, earlier: &Self, heard: &Spoken) -> Option<Span> {
        match (&self.there, &earlier.there) {
            (There::Seen(own), There::Seen(there)) => own.shared_with(there),
            (There::Heard(own), There::Heard(there)) => own.shared_with(there, heard),
            _ => None,
        }
    }
}

fn found(read: &Reader<'_>, id: RunId) -> Result<Vec<Found>, StoreError> {
    let run: ModelRun = read.require(id)?;
    // Of each earlier look what it followed, and when it heard anybody.
    let mut looks: Vec<(Vec<Known>, Spoken)> = Vec::new();
    for earlier in read.runs_of(run.session)?.iter().filter(|other| other.id < id && other.media == run.media) {
        let tracks = read.tracks_of(earlier.id)?.into_iter();
        let known = tracks.map(|track| Known::of(read, track)).collect::<Result<Vec<_>, _>>()?;
        let heard = Spoken::any(known.iter().filter_map(Known::spoken));
        looks.push((known, heard));
    }
    let mut all = Vec::new();
    for track in read.tracks_of(id)? {
        if !looks.iter().any(|(known, _)| known.iter().any(|old| old.is_beside(&track))) {
            continue;
        }
        let own = Known::of(read, track)?;
        let track = &own.track;
        let mut old: Vec<(&Track, Span)> = Vec::new();
        for (known, heard) in &looks {
            let beside = known.iter().filter(|old| old.is_beside(track));
            old.extend(beside.filter_map(|old| Some((&old.track, own.shared_with(old, heard)?))));
        }
        if !old.is_empty() {
            let person = if track.person.is_none() { person(track, &old) } else { None };
            all.push(Found { track: track.id, from: old.iter().map(|(old, _)| old.id).collect(), person });
        }
    }
    Ok(all)
}

/// Who a track shows, by the earlier ones at its place: one and the same person on all that have a name, over a good part
/// of it.
fn person(track: &Track, old: &[(&Track, Span)]) -> Option<PersonId> {
    let people: BTreeSet<PersonId> = old.iter().filter_map(|(track, _)| track.person).collect();
    let [person] = people.into_iter().collect::<Vec<_>>()[..] else { return None };
    // Somebody said of one of them that it is not who others are.
    if old.iter().any(|(track, _)| track.person.is_none() && !said_not(track).is_empty()) {
        return None;
    }
    let named = old.iter().filter(|(track, _)| track.person == Some(person)).map(|(_, shared)| *shared);
    let whole = Span::new(track.start, track.end);
    (part_of(whole, named) >= PART).then_some(person)
}

/// The tracks of other looks that are of the same face or body as one, and are named as it is, or as little.
///
/// # Errors
/// When there is no such track, or the file cannot be read.
pub(super) fn same_elsewhere(read: &Reader<'_>, id: TrackId) -> Result<Vec<TrackId>, StoreError> {
    let track: Track = read.require(id)?;
    let run: ModelRun = read.require(track.run)?;
    let earlier = track.goes_on_from();
    let mut same = Vec::new();
    for run in read.runs_of(run.session)?.iter().filter(|other| other.id != track.run) {
        let own = read.tracks_of(run.id)?.into_iter().filter(|other| other.person == track.person);
        let linked = |other: &Track| earlier.contains(&other.id) || other.goes_on_from().contains(&id);
        same.extend(own.filter(linked).map(|other| other.id));
    }
    Ok(same)
}

/// A look at a session, as one chooses among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    pub run: ModelRun,
    /// From 1, the oldest first.
    pub number: usize,
    /// Where it looked, as far as that is not the whole recording.
    pub from: Option<Time>,
    pub to: Option<Time>,
    pub proposals: Touched,
    /// The one that counts most now.
    pub shown: bool,
    /// Anything of it is shown.
    pub stands: bool,
}

/// The looks at a session (what only listened is none), newest first.
///
/// # Errors
/// When the file cannot be read.
pub fn looks(read: &Reader<'_>, session: SessionId) -> Result<Vec<Look>, StoreError> {
    let stood = read.standing(session)?;
    let runs: Vec<ModelRun> = read.runs_of(session)?.into_iter().filter(ModelRun::looked).collect();
    let first = stood.runs.iter().find(|run| run.looked()).map(|run| run.id);
    let media = read.media_of(session)?;
    let count = runs.len();
    let mut looks = Vec::with_capacity(count);
    for (place, run) in runs.into_iter().enumerate() {
        let media = media.iter().find(|media| media.id == run.media);
        let Span { start, end } = [TrackKind::Face, TrackKind::Body]
            .into_iter()
            .find_map(|kind| run.stretch(kind, media))
            .unwrap_or(Span { start: Time(i64::MIN / 2), end: Time(i64::MAX / 2) });
        looks.push(Look {
            number: count - place,
            from: (start > Time(i64::MIN / 2)).then_some(start),
            to: (end < Time(i64::MAX / 2)).then_some(end),
            proposals: read.touched_of(run.id)?,
            shown: first == Some(run.id),
            stands: stood.runs.iter().any(|stands| stands.id == run.id),
            run,
        });
    }
    Ok(looks)
}

/// Shows a look before the others, until a newer one is done; the newest shows itself.
///
/// # Errors
/// When there is no such look at the session, or the file refuses.
pub fn show(store: &mut Store, session: SessionId, run: RunId) -> Edited {
    store.transact(Op::new(OpKind::ShowLook), |tx| {
        let runs = tx.read().runs_of(session)?;
        if !runs.iter().any(|known| known.id == run) {
            return Err(StoreError::Rule("This look is no longer there. Nothing was changed.".to_owned()));
        }
        let looked = |run: &&ModelRun| run.looked() && run.status == RunStatus::Finished;
        let newest = runs.iter().filter(looked).map(|run| run.id).max();
        tx.modify::<Session>(session, |session| match newest == Some(run) {
            true => session.show_newest_look(),
            false => session.show_look(run, &runs),
        })
        .map(|_| ())
    })
}

/// What there is of a session before it is looked at again: proposals of all looks, those that somebody spoke on, and
/// tracks that have a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    pub proposals: Touched,
    pub named: usize,
}

/// What there is of a session before it is looked at again, as far as it is shown.
///
/// # Errors
/// When the file cannot be read.
pub fn before(read: &Reader<'_>, session: SessionId) -> Result<Before, StoreError> {
    let stood = read.standing(session)?;
    let mut before = Before::default();
    for run in stood.runs.iter().filter(|run| run.looked()) {
        let reviews = read.reviews_of(run.id)?;
        for tag in read.tags_shown(&stood, run.id)? {
            before.proposals.all += 1;
            before.proposals.touched += usize::from(!reviews.is_untouched(&tag));
        }
    }
    let seen = |track: &&Track| track.kind != TrackKind::Voice && track.person.is_some();
    before.named = stood.tracks.iter().filter(seen).count();
    Ok(before)
}
