//! What of the runs over a session stands: read with [`Standing`]'s rule.

use std::collections::{HashMap, HashSet};

use rusqlite::types::Type;

use crate::domain::standing::part_of;
use crate::domain::{ModelRun, RecordId, RunId, Session, SessionId, Span, Standing, Tag, TagId, Time, Track, TrackId};
use crate::store::{Reader, StoreError};

/// What of the runs over a session stands.
#[derive(Clone, Debug, Default)]
pub struct Stood {
    /// Those that have anything to show: those that looked first, the one that counts most before the others.
    pub runs: Vec<ModelRun>,
    pub tracks: Vec<Track>,
    /// Where runs lie over each other.
    pub standing: Standing,
    hidden: HashSet<TagId>,
}

/// So large a part of a track is most of it.
const MOST: f64 = 0.8;

/// A proposal without its evidence.
struct Mark {
    id: TagId,
    track: TrackId,
    label: String,
    span: Span,
    /// Somebody decided, reviewed or noted something.
    touched: bool,
}

/// Where somebody decided on a proposal, gave a verdict or noted something: what [`crate::domain::Reviews::is_untouched`]
/// denies.
const TOUCHED: &str = "(tag.status <> 'proposed' OR EXISTS (SELECT 1 FROM review WHERE review.tag = tag.id \
     AND (review.status <> 'proposed' OR review.note <> '')))";

impl Stood {
    /// Whether a proposal of these runs is shown: it did not give way to a newer look.
    pub fn shows(&self, tag: TagId) -> bool {
        !self.hidden.contains(&tag)
    }
    /// The tracks of one of the runs.
    pub fn tracks_of(&self, run: RunId) -> impl Iterator<Item = &Track> {
        self.tracks.iter().filter(move |track| track.run == run)
    }
}

/// Proposals of a session's looks, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    pub all: usize,
    pub touched: usize,
}

impl Reader<'_> {
    /// Which of the runs over a session counts where.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rule_of_looks(&self, session: SessionId) -> Result<Standing, StoreError> {
        let all = self.runs_of(session)?;
        let chosen = self.get::<Session>(session)?.and_then(|session| session.shown_look(&all));
        Ok(Standing::of(&all, &self.media_of(session)?, chosen))
    }
    /// What of the runs over a session stands: see [`Standing`] for the rule.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn standing(&self, session: SessionId) -> Result<Stood, StoreError> {
        let all = self.runs_of(session)?;
        let standing = self.rule_of_looks(session)?;
        let mut stood = Stood::default();
        let mut marks = HashMap::new();
        let several = all.len() > 1;
        for id in standing.ranked() {
            let Some(run) = all.iter().find(|run| run.id == id) else { continue };
            let own = if several { self.marks_of(id)? } else { Vec::new() };
            let tracks = self.tracks_of(id)?;
            let touched: HashSet<TrackId> = own.iter().filter(|mark| mark.touched).map(|mark| mark.track).collect();
            let stays = |track: &Track| {
                let named = || track.person.is_some() && !is_carried(track, &stood.tracks);
                !standing.hides(track) || touched.contains(&track.id) || named()
            };
            let tracks: Vec<Track> = tracks.into_iter().filter(stays).collect();
            let any = !tracks.is_empty();
            stood.tracks.extend(tracks);
            if any || !standing.is_covered(id) {
                stood.runs.push(run.clone());
                marks.insert(id, own);
            }
        }
        stood.runs.sort_by_key(|run| !run.looked());
        stood.hidden = hidden(&standing, &stood.tracks, &marks);
        stood.standing = standing;
        Ok(stood)
    }
    /// The runs over a session of which anything stands; the one that counts most first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn standing_runs(&self, session: SessionId) -> Result<Vec<ModelRun>, StoreError> {
        Ok(self.standing(session)?.runs)
    }
    /// The proposals of a run that are shown, by time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tags_shown(&self, stood: &Stood, run: RunId) -> Result<Vec<Tag>, StoreError> {
        let rows = self.tag_rows(run)?;
        Ok(rows.into_iter().map(|row| row.tag).filter(|tag| stood.shows(tag.id)).collect())
    }
    /// How many proposals a run has, and on how many somebody decided, said or noted something.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn touched_of(&self, run: RunId) -> Result<Touched, StoreError> {
        let sql = format!("SELECT count(*), coalesce(sum({TOUCHED}), 0) FROM tag WHERE run = ?1");
        let mut query = self.conn.prepare_cached(&sql)?;
        Ok(query.query_row([run.0.as_bytes().as_slice()], |row| {
            Ok(Touched { all: row.get::<_, i64>(0)? as usize, touched: row.get::<_, i64>(1)? as usize })
        })?)
    }
    /// How many proposals of a session that are shown nobody has decided about.
    pub(super) fn open_proposals(&self, session: SessionId) -> Result<usize, StoreError> {
        if let [only] = &self.runs_of(session)?[..] {
            return Ok(self.tag_counts(only.id)?.open);
        }
        let stood = self.standing(session)?;
        let mut open = 0;
        for run in &stood.runs {
            open += self.tag_counts(run.id)?.open;
        }
        // Only what is open is ever hidden.
        Ok(open.saturating_sub(stood.hidden.len()))
    }

    fn marks_of(&self, run: RunId) -> Result<Vec<Mark>, StoreError> {
        self.rows(
            &format!("SELECT id, track, label, start, \"end\", {TOUCHED} FROM tag WHERE run = ?1"),
            [run.0.as_bytes().as_slice()],
            |row| {
                let id = |at: usize| -> rusqlite::Result<RecordId> {
                    RecordId::from_slice(&row.get::<_, Vec<u8>>(at)?)
                        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(at, Type::Blob, Box::new(error)))
                };
                Ok(Mark {
                    id: TagId(id(0)?),
                    track: TrackId(id(1)?),
                    label: row.get(2)?,
                    span: Span { start: Time(row.get(3)?), end: Time(row.get(4)?) },
                    touched: row.get(5)?,
                })
            },
        )
    }
}

/// Whether what goes on from a track in looks that count more has its name, over most of its time.
fn is_carried(track: &Track, newer: &[Track]) -> bool {
    let on = newer.iter().filter(|new| new.person == track.person && new.goes_on_from().contains(&track.id));
    part_of(Span::new(track.start, track.end), on.map(|new| Span::new(new.start, new.end))) >= MOST
}

/// Untouched proposals that are not shown: a newer look covers them, or they say again what was decided of an earlier
/// look, or what is told better beside them.
fn hidden(standing: &Standing, tracks: &[Track], marks: &HashMap<RunId, Vec<Mark>>) -> HashSet<TagId> {
    let on: HashMap<TrackId, &Track> = tracks.iter().map(|track| (track.id, track)).collect();
    let mut of: HashMap<TrackId, Vec<&Mark>> = HashMap::new();
    for mark in marks.values().flatten() {
        of.entry(mark.track).or_default().push(mark);
    }
    let mut hidden = HashSet::new();
    for mark in marks.values().flatten() {
        let track = on.get(&mark.track);
        let gone = |mark: &Mark, track: &Track| standing.gives_way(track.run, track.kind, mark.span);
        let Some(track) = track.filter(|track| mark.touched || !gone(mark, track)) else {
            if !mark.touched {
                hidden.insert(mark.id);
            }
            continue;
        };
        let before = track.goes_on_from();
        let again = before.iter().filter_map(|from| of.get(from)).flatten();
        for old in again.filter(|old| old.label == mark.label && old.span.overlaps(mark.span)) {
            let stands = old.touched || on.get(&old.track).is_some_and(|track| !gone(old, track));
            // At the border of what the newer look covers both tell of one event, and the one that saw more of it does
            // so better; what somebody decided before both.
            let better = old.touched || (!mark.touched && stands && old.span.duration() > mark.span.duration());
            let (other, spoken) = if better { (mark.id, mark.touched) } else { (old.id, old.touched) };
            if !spoken {
                hidden.insert(other);
            }
        }
    }
    hidden
}
