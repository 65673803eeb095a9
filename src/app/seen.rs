//! Who was seen in a stretch of video, moment by moment: boxes, meshes, skeletons, ready to be drawn or hidden.

use crate::analysis::codec::{self, CodecError};
use crate::analysis::usual_step;
use crate::domain::{Channel, Consent, ModelRun, Person, PersonId, SessionId, Span, Time, Track, TrackKind};
use crate::store::{Reader, StoreError};

/// Who moves does not move far in so long: a sample as old still says where somebody is.
const HOLDS: Time = Time(500_000_000);
/// Keypoints of the body that lie on the head: nose, eyes, ears, corners of the mouth.
const HEAD: std::ops::Range<usize> = 0..11;
/// A keypoint less visible is a guess.
const VISIBLE: f32 = 0.3;

/// Why what was seen could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SeenError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("what was followed in the video cannot be read: {0}")]
    Codec(#[from] CodecError),
}

/// One channel of a track within the stretch.
#[derive(Default)]
pub(in crate::app) struct Series {
    times: Vec<Time>,
    width: usize,
    values: Vec<f32>,
}

/// A track within the stretch.
struct Followed {
    track: Track,
    newest: bool,
    bbox: Series,
    landmarks: Series,
    pose: Series,
}

/// Somebody at a moment.
pub struct Figure<'a> {
    pub kind: TrackKind,
    /// Of the newest run that looked; of an older one otherwise, which may have looked where the newest did not.
    pub newest: bool,
    /// Number of the track within its run, from 1.
    pub number: i64,
    pub person: Option<PersonId>,
    /// x, y, width, height in pixels of the frame.
    pub bbox: Option<[f32; 4]>,
    /// 478 × (x, y, z) in pixels of the frame, for a face.
    pub landmarks: Option<&'a [f32]>,
    /// 33 × (x, y, z in pixels of the frame, visibility 0 to 1), for a body.
    pub pose: Option<&'a [f32]>,
}

/// What the runs that looked at a session's video have of a stretch.
pub struct Seen {
    followed: Vec<Followed>,
    people: Vec<Person>,
}

impl Seen {
    /// Reads it; `None` when no model has looked at the session yet.
    ///
    /// # Errors
    /// When the store or what is kept in it cannot be read.
    pub fn gather(read: Reader<'_>, session: SessionId, span: Span) -> Result<Option<Self>, SeenError> {
        // A run that only listened has seen nobody.
        let runs: Vec<_> = read.runs_of(session)?.into_iter().filter(ModelRun::looked).collect();
        if runs.is_empty() {
            return Ok(None);
        }
        let wide = Span::new(span.start - HOLDS, span.end + HOLDS);
        let mut followed = Vec::new();
        for (age, run) in runs.iter().enumerate() {
            for track in read.tracks_of(run.id)? {
                if track.kind == TrackKind::Voice || track.end < wide.start || wide.end < track.start {
                    continue;
                }
                let channels: [&str; 3] = ["box", "landmarks", "pose"];
                let [bbox, landmarks, pose] = channels.map(|channel| series(read, &track, channel, wide));
                followed.push(Followed { newest: age == 0, bbox: bbox?, landmarks: landmarks?, pose: pose?, track });
            }
        }
        Ok(Some(Self { followed, people: read.people()? }))
    }

    /// Everybody seen at a moment of the session.
    pub fn at(&self, time: Time) -> impl Iterator<Item = Figure<'_>> {
        self.followed.iter().filter_map(move |followed| {
            let figure = Figure {
                kind: followed.track.kind,
                newest: followed.newest,
                number: followed.track.number,
                person: followed.track.person,
                bbox: followed.bbox.nearest(time).and_then(|row| row.first_chunk::<4>().copied()).filter(finite),
                landmarks: followed.landmarks.nearest(time),
                pose: followed.pose.nearest(time),
            };
            (figure.bbox.is_some() || figure.pose.is_some()).then_some(figure)
        })
    }

    /// Somebody on a track, when it was said who.
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// The heads of those who did not agree to be shown. A body, or a track of an older run, that nobody has named is
    /// still somebody who agreed where it has the head of one.
    pub fn without_consent(&self, figures: &[Figure]) -> Vec<[f32; 4]> {
        let is_newest_face = |figure: &&Figure| figure.newest && figure.kind == TrackKind::Face;
        let agreed: Vec<[f32; 4]> =
            figures.iter().filter(is_newest_face).filter(|f| self.agreed(f)).filter_map(Figure::head).collect();
        let is_of_one = |[x, y, w, h]: [f32; 4]| {
            let (x, y) = (x + w / 2.0, y + h / 2.0);
            agreed
                .iter()
                .any(|[left, top, wide, high]| (*left..left + wide).contains(&x) && (*top..top + high).contains(&y))
        };
        figures
            .iter()
            .filter(|figure| !self.agreed(figure))
            .filter_map(|figure| Some((figure, figure.head()?)))
            .filter(|(figure, head)| is_newest_face(figure) || !is_of_one(*head))
            .map(|(_, head)| head)
            .collect()
    }

    /// Whether somebody agreed to be shown: nobody did whom no one has named, or has asked.
    pub fn agreed(&self, figure: &Figure) -> bool {
        let consent: Option<&Consent> = figure.person.and_then(|id| self.person(id)).map(|person| &person.consent);
        consent.is_some_and(|consent| consent.given == Some(true))
    }
}

impl Figure<'_> {
    /// Where the head is: the box of a face; for a body what its eyes, ears, nose and mouth take up, widened to the
    /// whole head.
    pub fn head(&self) -> Option<[f32; 4]> {
        match self.kind {
            TrackKind::Face => self.bbox,
            TrackKind::Voice => None,
            TrackKind::Body => {
                let pose = self.pose?;
                let seen: Vec<[f32; 2]> = HEAD
                    .filter_map(|i| pose.get(i * 4..i * 4 + 4))
                    .filter(|p| p[0].is_finite() && p[1].is_finite() && p[3] >= VISIBLE)
                    .map(|p| [p[0], p[1]])
                    .collect();
                if seen.len() < 3 {
                    return None;
                }
                let bound =
                    |axis: usize, start: f32, pick: fn(f32, f32) -> f32| seen.iter().map(|p| p[axis]).fold(start, pick);
                let (left, right) = (bound(0, f32::INFINITY, f32::min), bound(0, f32::NEG_INFINITY, f32::max));
                let (top, bottom) = (bound(1, f32::INFINITY, f32::min), bound(1, f32::NEG_INFINITY, f32::max));
                let side = (right - left).max(bottom - top).max(4.0) * 1.6;
                let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
                Some([x - side / 2.0, y - side / 2.0, side, side])
            }
        }
    }
}

fn finite(bbox: &[f32; 4]) -> bool {
    bbox.iter().all(|value| value.is_finite())
}

/// Reads a channel of a track.
pub(in crate::app) fn series(read: Reader<'_>, track: &Track, channel: &str, span: Span) -> Result<Series, SeenError> {
    let mut series = Series::default();
    for chunk in read.chunks(track.id, channel, span)? {
        let (times, Channel { width, values, .. }) = codec::decode_blob(channel, &chunk.blob)?;
        series.width = width;
        for (time, row) in times.iter().zip(values.chunks(width.max(1))) {
            if span.start <= *time && *time <= span.end {
                series.times.push(*time);
                series.values.extend_from_slice(row);
            }
        }
    }
    Ok(series)
}

impl Series {
    /// The sample nearest to a moment, when there is one near enough.
    pub(in crate::app) fn nearest(&self, time: Time) -> Option<&[f32]> {
        let within = if self.times.len() < 2 { HOLDS } else { usual_step(&self.times).min(HOLDS) };
        let at = self.times.partition_point(|t| *t < time);
        let near = [at.checked_sub(1), Some(at)].into_iter().flatten().filter(|i| *i < self.times.len());
        let best = near.min_by_key(|i| (self.times[*i] - time).0.abs())?;
        let row = self.values.get(best * self.width..(best + 1) * self.width)?;
        ((self.times[best] - time).0.abs() <= within.0).then_some(row)
    }
}
