//! What of a project a model can learn from: tags with somebody whose face, hand or voice they are of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Serialize;

use super::{TrainingError, Wanted};
use crate::analysis::BBox;
use crate::analysis::training::{Example, Material, Place, What, regions};
use crate::app::seen::{Series, series};
use crate::domain::{
    Media, PersonId, Session, SessionId, Span, StreamKind, TagStatus, Tier, Time, Track, TrackId, TrackKind,
};
use crate::store::{Reader, StoreError};

/// Pictures taken of one tag at most, and seconds of sound.
const MOST_A_TAG: i64 = 3;
/// Between two pictures of one tag, at least.
const APART: Time = Time::from_millis(200);
const SECOND: Time = Time::from_millis(1000);

/// Where the labels come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// The annotations on the tiers of this name, over all sessions.
    Tier(String),
    /// Proposals that were accepted, of this name or under it (`expression` has `expression.happiness`).
    Tags(String),
}

impl From {
    /// For the card.
    pub fn in_words(&self) -> String {
        match self {
            Self::Tier(name) => format!("the annotations on tier “{name}”"),
            Self::Tags(name) => format!("the accepted proposals “{name}”"),
        }
    }
}

/// Tags that nothing could be learned from, counted by why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Without a time or without a label.
    pub empty: usize,
    /// Nobody has said whose they are.
    pub nobody: usize,
    /// Of somebody who is not seen then, or whose hand is not.
    pub unseen: usize,
    /// In a session without a recording that is there.
    pub no_recording: usize,
    /// With a label that was not asked for.
    pub other_label: usize,
    /// Examples beyond the most that can be held.
    pub thinned: usize,
}

impl LeftOut {
    /// A sentence for each reason.
    pub fn in_words(&self) -> Vec<String> {
        let of = |count: usize, why: &str| {
            (count > 0)
                .then(|| format!("{count} {} left out: {why}.", if count == 1 { "tag was" } else { "tags were" }))
        };
        let mut lines: Vec<String> = [
            of(self.nobody, "nobody has said whose they are (name the tier's participant, or the face in People)"),
            of(
                self.unseen,
                "whoever they are of was not followed at that moment, or no hand is seen (analyse the recording first)",
            ),
            of(self.no_recording, "their session has no recording that is there"),
            of(self.empty, "without a time or a label"),
        ]
        .into_iter()
        .flatten()
        .collect();
        if self.thinned > 0 {
            lines.push(format!("{} examples were left out evenly: more than can be held at once.", self.thinned));
        }
        lines
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Gathered {
    pub material: Material,
    pub left_out: LeftOut,
}

/// A tag, wherever it stands.
struct Labelled {
    label: String,
    span: Span,
    person: Option<PersonId>,
    /// Where the tag is about a track.
    track: Option<TrackId>,
}

/// Gathers examples over all sessions. Labels are in the order of the alphabet, so that the same tags give the same model.
///
/// # Errors
/// When there is no such tier, or the project cannot be read.
pub fn gather(read: Reader<'_>, media: &dyn Fn(&Media) -> PathBuf, wanted: &Wanted) -> Result<Gathered, TrainingError> {
    let mut gathering = Gathering {
        read,
        media,
        wanted,
        names: read.people()?.into_iter().map(|person| (person.id, person.code)).collect(),
        found: Vec::new(),
        recordings: Vec::new(),
        left_out: LeftOut::default(),
        tags: 0,
    };
    let mut tiers = BTreeSet::new();
    for row in read.session_rows()? {
        let labelled = match &wanted.from {
            From::Tier(name) => gathering.on_tiers(&row.session, name, &mut tiers)?,
            From::Tags(name) => gathering.accepted(row.session.id, name)?,
        };
        gathering.session(&row.session, labelled)?;
    }
    if let From::Tier(name) = &wanted.from
        && !tiers.contains(name)
    {
        let there = match tiers.is_empty() {
            true => "the project has no tiers".to_owned(),
            false => format!("there are: {}", tiers.into_iter().collect::<Vec<_>>().join(", ")),
        };
        return Err(TrainingError::NoTier { name: name.clone(), there });
    }
    Ok(gathering.finish())
}

/// An example with names in place of numbers.
struct Found {
    label: String,
    person: PersonId,
    session: String,
    session_id: SessionId,
    tag: usize,
    media: usize,
    time: Time,
    place: Place,
}

struct Gathering<'a> {
    read: Reader<'a>,
    media: &'a dyn Fn(&Media) -> PathBuf,
    wanted: &'a Wanted,
    names: BTreeMap<PersonId, String>,
    found: Vec<Found>,
    recordings: Vec<PathBuf>,
    left_out: LeftOut,
    tags: usize,
}

impl Gathering<'_> {
    fn on_tiers(
        &self,
        session: &Session,
        name: &str,
        seen: &mut BTreeSet<String>,
    ) -> Result<Vec<Labelled>, StoreError> {
        let mut labelled = Vec::new();
        for tier in self.read.tiers_of(session.id)? {
            seen.insert(tier.name.clone());
            if tier.name != name {
                continue;
            }
            for annotation in self.read.annotations_of(tier.id)? {
                // One without a time of its own has that of what it hangs under.
                let parent = match annotation.parent {
                    Some(parent) if annotation.span().is_none() => {
                        self.read.get::<crate::domain::Annotation>(parent)?.and_then(|parent| parent.span())
                    }
                    _ => None,
                };
                let span = annotation.span().or(parent).unwrap_or(Span::new(Time::ZERO, Time::ZERO));
                let label = annotation.value.trim().to_owned();
                labelled.push(Labelled { label, span, person: whose(&tier), track: None });
            }
        }
        Ok(labelled)
    }

    fn accepted(&self, session: SessionId, name: &str) -> Result<Vec<Labelled>, StoreError> {
        let mut labelled = Vec::new();
        for run in self.read.standing_runs(session)? {
            for row in self.read.tag_rows(run.id)? {
                let under =
                    row.tag.label.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
                if !under || !matches!(row.tag.status, TagStatus::Accepted | TagStatus::Changed) {
                    continue;
                }
                // What the reviewer called it, where that is kept; else what was proposed.
                let annotation = match row.tag.annotation {
                    Some(id) => self.read.get::<crate::domain::Annotation>(id)?,
                    None => None,
                };
                let label = annotation.as_ref().map(|a| a.value.trim().to_owned()).filter(|label| !label.is_empty());
                let span = annotation.as_ref().and_then(crate::domain::Annotation::span);
                labelled.push(Labelled {
                    label: label.unwrap_or_else(|| row.tag.label.clone()),
                    span: span.unwrap_or(Span::new(row.tag.start, row.tag.end)),
                    person: row.track.person,
                    track: Some(row.track.id),
                });
            }
        }
        Ok(labelled)
    }

    fn session(&mut self, session: &Session, labelled: Vec<Labelled>) -> Result<(), TrainingError> {
        if labelled.is_empty() {
            return Ok(());
        }
        let sound = self.wanted.what == What::Sound;
        let kind = if sound { StreamKind::Audio } else { StreamKind::Video };
        let stood = if sound { Default::default() } else { self.read.standing(session.id)? };
        let looked = stood.runs.iter().find(|run| run.looked());
        let recordings = self.read.media_of(session.id)?;
        let of_run = looked.and_then(|run| recordings.iter().find(|media| media.id == run.media));
        let first = recordings.iter().find(|media| media.streams.iter().any(|stream| stream.kind == kind));
        let recording = of_run.or(first).map(|media| ((self.media)(media), media.offset));
        let Some((path, offset)) = recording.filter(|(path, _)| path.is_file()) else {
            self.left_out.no_recording += labelled.len();
            return Ok(());
        };
        // Of every look at that recording.
        let media = looked.map(|run| run.media);
        let same: Vec<_> = stood.runs.iter().filter(|run| Some(run.media) == media).map(|run| run.id).collect();
        let tracks: Vec<Track> = stood.tracks.iter().filter(|track| same.contains(&track.run)).cloned().collect();
        self.recordings.push(path);
        let media = self.recordings.len() - 1;
        for tag in labelled {
            self.tag(session, &tag, &tracks, media, offset)?;
        }
        Ok(())
    }

    fn tag(
        &mut self,
        session: &Session,
        tag: &Labelled,
        tracks: &[Track],
        media: usize,
        offset: Time,
    ) -> Result<(), TrainingError> {
        if tag.label.is_empty() || tag.span.end <= tag.span.start {
            self.left_out.empty += 1;
            return Ok(());
        }
        if !self.wanted.labels.is_empty() && !self.wanted.labels.contains(&tag.label) {
            self.left_out.other_label += 1;
            return Ok(());
        }
        let Some(person) = tag.person else {
            self.left_out.nobody += 1;
            return Ok(());
        };
        let places = match self.wanted.what {
            What::Sound => seconds(tag.span).into_iter().map(|time| (time, Place::Second)).collect(),
            what => self.pictures(what, tag, person, tracks)?,
        };
        if places.is_empty() {
            self.left_out.unseen += 1;
            return Ok(());
        }
        let number = self.tags;
        self.tags += 1;
        self.found.extend(places.into_iter().map(|(time, place)| Found {
            label: tag.label.clone(),
            person,
            session: session.name.clone(),
            session_id: session.id,
            tag: number,
            media,
            time: time - offset,
            place,
        }));
        Ok(())
    }

    /// Moments of a tag at which the person is seen, and where.
    fn pictures(
        &self,
        what: What,
        tag: &Labelled,
        person: PersonId,
        tracks: &[Track],
    ) -> Result<Vec<(Time, Place)>, TrainingError> {
        let kind = if what == What::Face { TrackKind::Face } else { TrackKind::Body };
        let of_person = |track: &&Track| {
            let during = track.start <= tag.span.end && tag.span.start <= track.end;
            track.kind == kind && during && (track.person == Some(person) || tag.track == Some(track.id))
        };
        let channel = if what == What::Face { "box" } else { "pose" };
        let mut followed: Vec<Series> = Vec::new();
        for track in tracks.iter().filter(of_person) {
            followed.push(series(self.read, track, channel, tag.span)?);
        }
        let mut places = Vec::new();
        for time in moments(tag.span) {
            let region = followed.iter().find_map(|series| {
                let row = series.nearest(time)?;
                match what {
                    What::Face => {
                        let [x, y, width, height] = *row.first_chunk::<4>()?;
                        regions::face(&BBox { x, y, width, height })
                    }
                    _ => regions::hand(row),
                }
            });
            places.extend(region.map(|region| (time, Place::Square(region))));
        }
        Ok(places)
    }

    fn finish(self) -> Gathered {
        let labels: BTreeSet<&String> = self.found.iter().map(|f| &f.label).collect();
        let labels: Vec<String> = labels.into_iter().cloned().collect();
        let people: BTreeSet<PersonId> = self.found.iter().map(|f| f.person).collect();
        let people: Vec<PersonId> = people.into_iter().collect();
        let mut sessions: Vec<(SessionId, String)> = Vec::new();
        let mut examples = Vec::with_capacity(self.found.len());
        for found in &self.found {
            let session = sessions.iter().position(|(id, _)| *id == found.session_id).unwrap_or_else(|| {
                sessions.push((found.session_id, found.session.clone()));
                sessions.len() - 1
            });
            let (Ok(label), Ok(person)) = (labels.binary_search(&found.label), people.binary_search(&found.person))
            else {
                continue;
            };
            let (tag, media, time, place) = (found.tag, found.media, found.time, found.place);
            examples.push(Example { label, person, session, tag, media, time, place });
        }
        let code = |id: &PersonId| self.names.get(id).cloned().unwrap_or_default();
        let mut material = Material {
            what: self.wanted.what,
            labels,
            people: people.iter().map(code).collect(),
            sessions: sessions.into_iter().map(|(_, name)| name).collect(),
            media: self.recordings,
            examples,
        };
        let mut left_out = self.left_out;
        left_out.thinned = material.tidy();
        Gathered { material, left_out }
    }
}

fn whose(tier: &Tier) -> Option<PersonId> {
    tier.participant
}

/// Up to three moments of a tag, spread evenly.
fn moments(span: Span) -> Vec<Time> {
    let length = span.duration();
    let count = (length.0 / APART.0).clamp(1, MOST_A_TAG);
    (1..=count).map(|at| span.start + Time(length.0 * at / (count + 1))).collect()
}

/// Where seconds of sound begin: one around the middle of a short tag, up to three within a long one.
fn seconds(span: Span) -> Vec<Time> {
    let length = span.duration();
    let count = (length.0 / SECOND.0).clamp(1, MOST_A_TAG);
    let middle = |at: i64| span.start + Time(length.0 * (2 * at + 1) / (2 * count));
    (0..count).map(|at| middle(at) - Time(SECOND.0 / 2)).collect()
}
