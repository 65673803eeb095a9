//! Who was seen in a stretch of video, moment by moment: boxes, meshes, skeletons, ready to be drawn or hidden.
//!
//! [`Seen::hidden`] alone says which faces are made unrecognisable, in clips and stills and on the screen.

mod looks;
mod reach;

use crate::analysis::codec::{self, CodecError};
use crate::analysis::usual_step;
use crate::domain::{Channel, Consent, Media, ModelRun, Person, PersonId, Span, Standing, Time, Track, TrackKind};
use crate::store::{Reader, StoreError};

pub use looks::looked_at;
use reach::{Area, BRIDGES, Path};

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

/// Red, green, blue of a person's colour, told apart in grey too (Okabe and Ito's eight without black and grey). The
/// number or code beside the box tells them apart without colour.
pub const COLORS: [[u8; 3]; 6] =
    [[86, 180, 233], [230, 159, 0], [0, 158, 115], [240, 228, 66], [204, 121, 167], [213, 94, 0]];

/// Whose faces are made unrecognisable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hide {
    /// Everybody's.
    All,
    /// Of whoever did not agree: consent refused, not asked, or nobody has said who it is.
    #[default]
    WithoutConsent,
    Nobody,
}

/// What of a picture must not be recognisable.
#[derive(Clone, Debug, PartialEq)]
pub enum Hidden {
    /// All of it: no model has looked closely at this moment, or none found anybody in the whole video, so nobody knows
    /// where faces are.
    Whole,
    /// These; none when there is nobody to hide.
    Heads(Vec<HiddenHead>),
}

/// A head that must not be recognisable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HiddenHead {
    /// x, y, width, height in pixels of the frame.
    pub area: Area,
    /// It was not seen just then: it may be there by how it moved before or after.
    pub beyond: bool,
}

/// Whether anything is hidden by movement alone: beyond the heads that were seen.
pub fn relies_on_movement(heads: &[HiddenHead]) -> bool {
    let (beyond, seen): (Vec<&HiddenHead>, Vec<&HiddenHead>) = heads.iter().partition(|head| head.beyond);
    beyond.iter().any(|head| !seen.iter().any(|seen| holds_middle(seen.area, head.area)))
}

/// Whether the middle of the second box lies in the first.
fn holds_middle([left, top, wide, high]: Area, [x, y, w, h]: Area) -> bool {
    let (x, y) = (x + w / 2.0, y + h / 2.0);
    (left..left + wide).contains(&x) && (top..top + high).contains(&y)
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
    /// Nobody deleted it.
    stands: bool,
    bbox: Series,
    landmarks: Series,
    pose: Series,
    /// Left and right.
    hands: [Series; 2],
    /// Where its head is.
    head: Path,
}

impl Followed {
    /// With nothing known of it yet.
    fn of(track: Track) -> Self {
        let (bbox, landmarks, pose, hands, head) = Default::default();
        Self { track, stands: false, bbox, landmarks, pose, hands, head }
    }
}

/// Somebody at a moment.
pub struct Figure<'a> {
    pub kind: TrackKind,
    /// Of the look that counts at this moment; of another one otherwise, which may have seen whom that one missed.
    pub counts: bool,
    /// Number of the track within its run, from 1.
    pub number: i64,
    pub person: Option<PersonId>,
    /// x, y, width, height in pixels of the frame.
    pub bbox: Option<[f32; 4]>,
    /// 478 × (x, y, z) in pixels of the frame, for a face.
    pub landmarks: Option<&'a [f32]>,
    /// 33 × (x, y, z in pixels of the frame, visibility 0 to 1), for a body.
    pub pose: Option<&'a [f32]>,
    /// Left and right hand, each 21 × (x, y, z) in pixels of the frame, where one was seen.
    pub hands: [Option<&'a [f32]>; 2],
}

/// What the runs that looked at one of a session's videos have of a stretch.
pub struct Seen {
    followed: Vec<Followed>,
    people: Vec<Person>,
    /// Where any run looked closely.
    looked: Vec<Span>,
    /// Whether any run found anybody anywhere.
    found: bool,
    standing: Standing,
}

/// A head at a moment, and whose.
struct Head {
    area: Area,
    /// What of it was seen just then.
    seen: Option<Area>,
    agreed: bool,
    /// A face of the look that counts.
    counting_face: bool,
}

/// Number of a person's colour: that of whoever it is, and of nobody else, as long as colours last.
pub fn color_of(people: &[Person], track: &Track) -> usize {
    match track.person.and_then(|id| people.iter().position(|person| person.id == id)) {
        Some(place) => place,
        None => people.len() + track.number.max(1) as usize - 1,
    }
}

impl Seen {
    /// Reads it; `None` when no model has looked at this recording yet. The stretch is on the session's timeline.
    ///
    /// # Errors
    /// When the store or what is kept in it cannot be read.
    pub fn gather(read: Reader<'_>, media: &Media, span: Span) -> Result<Option<Self>, SeenError> {
        Self::of(read, media, span, &["box", "landmarks", "pose", "hand.left", "hand.right"])
    }

    /// The same without meshes: enough to hide by, and quickly read.
    ///
    /// # Errors
    /// As [`Self::gather`].
    pub fn heads(read: Reader<'_>, media: &Media, span: Span) -> Result<Option<Self>, SeenError> {
        Self::of(read, media, span, &["box", "pose"])
    }

    fn of(read: Reader<'_>, media: &Media, span: Span, channels: &[&str]) -> Result<Option<Self>, SeenError> {
        // A run that only listened has seen nobody, and one that looked at another recording not these pictures.
        let of_this = |run: &ModelRun| run.looked() && run.media == media.id;
        let runs: Vec<_> = read.runs_of(media.session)?.into_iter().filter(of_this).collect();
        if runs.is_empty() {
            return Ok(None);
        }
        let wide = Span::new(span.start - BRIDGES, span.end + BRIDGES);
        let looked = runs.iter().flat_map(|run| looked_at(run, media.offset)).collect();
        let (mut followed, mut found) = (Vec::new(), false);
        for run in &runs {
            // Who was on a track that was deleted is seen no longer, but still hidden.
            for track in run.deleted_tracks().into_iter().filter(|track| track.kind != TrackKind::Voice) {
                let channel = if track.kind == TrackKind::Face { "box" } else { "pose" };
                let head = path(track.kind, &series(read, &track, channel, wide)?);
                followed.push(Followed { head, ..Followed::of(track) });
                found = true;
            }
            for track in read.tracks_of(run.id)? {
                if track.kind == TrackKind::Voice {
                    continue;
                }
                found = true;
                if track.end < wide.start || wide.end < track.start {
                    continue;
                }
                let all: [&str; 5] = ["box", "landmarks", "pose", "hand.left", "hand.right"];
                let [bbox, landmarks, pose, left, right] = all.map(|channel| match channels.contains(&channel) {
                    true => series(read, &track, channel, wide),
                    false => Ok(Series::default()),
                });
                let hands = [left?, right?];
                let (bbox, landmarks, pose) = (bbox?, landmarks?, pose?);
                let head = path(track.kind, if track.kind == TrackKind::Face { &bbox } else { &pose });
                followed.push(Followed { stands: true, bbox, landmarks, pose, hands, head, track });
            }
        }
        Ok(Some(Self { followed, people: read.people()?, looked, found, standing: read.rule_of_looks(media.session)? }))
    }

    /// Whether a track is of the look that counts at a moment.
    fn counts(&self, followed: &Followed, time: Time) -> bool {
        followed.stands && !self.standing.is_over(&followed.track, time)
    }

    /// Everybody seen at a moment of the session.
    pub fn at(&self, time: Time) -> impl Iterator<Item = Figure<'_>> {
        self.followed.iter().filter_map(move |followed| {
            let figure = Figure {
                kind: followed.track.kind,
                counts: self.counts(followed, time),
                number: followed.track.number,
                person: followed.track.person,
                bbox: followed.bbox.nearest(time).and_then(|row| row.first_chunk::<4>().copied()).filter(finite),
                landmarks: followed.landmarks.nearest(time),
                pose: followed.pose.nearest(time),
                hands: [0, 1].map(|side| followed.hands[side].nearest(time)),
            };
            (figure.bbox.is_some() || figure.pose.is_some()).then_some(figure)
        })
    }

    /// Somebody on a track, when it was said who.
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// What is made unrecognisable at a moment: the one rule, for clips, stills and the screen.
    pub fn hidden(&self, time: Time, hide: Hide) -> Hidden {
        if hide == Hide::Nobody {
            return Hidden::Heads(Vec::new());
        }
        // Who finds nobody in a whole video may be wrong; whether there is anybody is for a person to say.
        if !self.found || !self.looked.iter().any(|span| span.start <= time && time < span.end) {
            return Hidden::Whole;
        }
        let heads: Vec<Head> = self.followed.iter().flat_map(|followed| self.heads_of(followed, time)).collect();
        Hidden::Heads(match hide {
            Hide::All => heads.iter().map(Head::hidden).collect(),
            _ => without_consent(&heads),
        })
    }

    /// Whether a face must not be recognised from what is drawn of it: its mesh, or where it looks.
    pub fn is_hidden(&self, figure: &Figure, hide: Hide) -> bool {
        match hide {
            Hide::All => true,
            Hide::WithoutConsent => !self.agreed(figure.person),
            Hide::Nobody => false,
        }
    }

    fn heads_of(&self, followed: &Followed, time: Time) -> impl Iterator<Item = Head> {
        let agreed = self.agreed(followed.track.person);
        let counting_face = self.counts(followed, time) && followed.track.kind == TrackKind::Face;
        let places = followed.head.at(time).into_iter();
        places.map(move |place| Head { area: place.area, seen: place.seen, agreed, counting_face })
    }

    /// Whether somebody agreed to be shown: nobody did whom no one has named, or has asked.
    pub fn agreed(&self, person: Option<PersonId>) -> bool {
        let consent: Option<&Consent> = person.and_then(|id| self.person(id)).map(|person| &person.consent);
        consent.is_some_and(|consent| consent.given == Some(true))
    }

    /// Number of a figure's colour in [`COLORS`].
    pub fn color(&self, figure: &Figure) -> usize {
        match figure.person.and_then(|id| self.people.iter().position(|person| person.id == id)) {
            Some(place) => place,
            None => self.people.len() + figure.number.max(1) as usize - 1,
        }
    }
}

impl Head {
    fn hidden(&self) -> HiddenHead {
        HiddenHead { area: self.area, beyond: self.seen.is_none() }
    }
}

/// The heads of those who did not agree to be shown. A body, or a track of an older run, that nobody has named is
/// still somebody who agreed where it has the head of one.
fn without_consent(heads: &[Head]) -> Vec<HiddenHead> {
    let agreed: Vec<Area> = heads.iter().filter(|h| h.counting_face && h.agreed).filter_map(|head| head.seen).collect();
    let is_of_one = |area: Area| agreed.iter().any(|of_one| holds_middle(*of_one, area));
    let hidden = heads.iter().filter(|head| !head.agreed && (head.counting_face || !is_of_one(head.area)));
    hidden.map(Head::hidden).collect()
}

/// Where a body's head is: what its eyes, ears, nose and mouth take up, widened to the whole head. `pose` has 33 × (x,
/// y, z, visibility).
fn head_of_body(pose: &[f32]) -> Option<[f32; 4]> {
    let seen: Vec<[f32; 2]> = HEAD
        .filter_map(|i| pose.get(i * 4..i * 4 + 4))
        .filter(|p| p[0].is_finite() && p[1].is_finite() && p[3] >= VISIBLE)
        .map(|p| [p[0], p[1]])
        .collect();
    if seen.len() < 3 {
        return None;
    }
    let bound = |axis: usize, start: f32, pick: fn(f32, f32) -> f32| seen.iter().map(|p| p[axis]).fold(start, pick);
    let (left, right) = (bound(0, f32::INFINITY, f32::min), bound(0, f32::NEG_INFINITY, f32::max));
    let (top, bottom) = (bound(1, f32::INFINITY, f32::min), bound(1, f32::NEG_INFINITY, f32::max));
    let side = (right - left).max(bottom - top).max(4.0) * 1.6;
    let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
    Some([x - side / 2.0, y - side / 2.0, side, side])
}

/// Where the head of a face or a body was seen, by its boxes or its poses.
fn path(kind: TrackKind, samples: &Series) -> Path {
    match kind {
        TrackKind::Face => Path::new(samples.rows().filter_map(|(at, row)| Some((at, *row.first_chunk()?)))),
        _ => Path::new(samples.rows().filter_map(|(at, row)| Some((at, head_of_body(row)?)))),
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
    fn rows(&self) -> impl Iterator<Item = (Time, &[f32])> {
        self.times.iter().copied().zip(self.values.chunks(self.width.max(1)))
    }

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
