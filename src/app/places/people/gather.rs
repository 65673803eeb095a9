//! What the store knows of a session's video: the run shown, its tracks and tags, the people, the queues.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::analysis::models::is_personal;
use crate::analysis::review::{self, QueueOrder};
use crate::app::core::Core;
use crate::app::i18n::tr;
use crate::domain::{
    self, Access, Media, ModelRun, Person, PersonId, Reviews, RunId, Standing, StreamKind, Tag, TagId, TagStatus, Time,
    Track, TrackId, leads,
};
use crate::store::StoreError;
use crate::store::query::Stood;
use crate::ui::people::Who;

/// The orders of the queue, as they are listed.
pub(super) const ORDERS: [QueueOrder; 5] = [
    QueueOrder::UncertainFirst,
    QueueOrder::ModelsDisagree,
    QueueOrder::ByTime,
    QueueOrder::NotAssessable,
    QueueOrder::ReviewersDisagree,
];

/// What there is.
pub(super) enum Found {
    NoSession,
    NoVideo,
    /// A video that nobody has looked at.
    NotLooked(Box<Video>),
    Looked(Box<Review>),
}

/// A video of the session whose file is there.
#[derive(Clone, Debug)]
pub(super) struct Video {
    pub media: Media,
    pub path: PathBuf,
    /// Pixels of its frames as shown.
    pub frame: [f32; 2],
    /// It has a picture; else it is sound only.
    pub sees: bool,
}

/// The runs over a video that stand: what was seen and what was heard, reviewed together.
pub(super) struct Review {
    pub video: Video,
    /// The one that looked, when any did.
    pub run: ModelRun,
    /// Nobody sees what another said.
    pub blind: bool,
    pub runs: Vec<ModelRun>,
    pub tracks: Vec<Track>,
    /// Where one look lies over another.
    pub standing: Standing,
    /// By time.
    pub tags: Vec<Tag>,
    /// Unnamed tracks of earlier looks that a newer one shows the same face or body of, with that one's track.
    leads: HashMap<TrackId, TrackId>,
    /// The same as they are in the project, where blind review shows them otherwise.
    stored: Option<Vec<Tag>>,
    /// What everybody said; in blind review for counting only.
    said: Reviews,
    pub people: Vec<Person>,
    /// Whether a model that was added and switched on said something about age or sex.
    pub personal: bool,
}

/// The first recording of the selected session that has a picture and is there; where none has, the first with sound.
pub(super) fn video(core: &Core) -> Result<Option<Video>, StoreError> {
    let Some(session) = core.selection.session else { return Ok(None) };
    let media = core.store.read().media_of(session)?;
    let with = |kind| media.iter().find_map(|media| of_media(core, media, kind));
    Ok(with(StreamKind::Video).or_else(|| with(StreamKind::Audio)))
}

fn of_media(core: &Core, media: &Media, kind: StreamKind) -> Option<Video> {
    let stream = media.streams.iter().find(|s| s.kind == kind)?;
    let frame = [stream.width.unwrap_or(0) as f32, stream.height.unwrap_or(0) as f32];
    let path = core.store.folder().media_path(media);
    path.exists().then(|| Video { media: media.clone(), path, frame, sees: kind == StreamKind::Video })
}

/// Looks up what there is for the selected session: the runs that stand, as one.
pub(super) fn find(core: &Core) -> Result<Found, StoreError> {
    let Some(session) = core.selection.session else { return Ok(Found::NoSession) };
    let Some(first) = video(core)? else { return Ok(Found::NoVideo) };
    let read = core.store.read();
    let stood = read.standing(session)?;
    let Some(run) = stood.runs.first().cloned() else { return Ok(Found::NotLooked(Box::new(first))) };
    let own = match read.get::<Media>(run.media)? {
        Some(media) => of_media(core, &media, StreamKind::Video).or_else(|| of_media(core, &media, StreamKind::Audio)),
        None => None,
    };
    let mut stored: Vec<Tag> = Vec::new();
    let mut reviews = Vec::new();
    for run in &stood.runs {
        stored.extend(read.tags_shown(&stood, run.id)?);
        reviews.extend(read.all_reviews_of(run.id)?);
    }
    let said: Reviews = reviews.into_iter().collect();
    stored.sort_by_key(|tag| (tag.start, tag.id));
    let author = author(core);
    let blind = core.project.is_blind(&run);
    let (tags, stored) = match blind {
        true => (stored.iter().map(|tag| as_seen_by(tag, said.by(tag.id, &author))).collect(), Some(stored)),
        false => (stored, None),
    };
    let Stood { runs, tracks, standing, .. } = stood;
    let leads = leads(&tracks);
    let mut personal = false;
    for track in &tracks {
        personal = personal || read.channels(track.id)?.iter().any(|channel| is_personal(channel));
    }
    Ok(Found::Looked(Box::new(Review {
        tracks,
        standing,
        leads,
        tags,
        stored,
        said,
        people: read.people()?,
        personal,
        video: own.unwrap_or(first),
        run,
        blind,
        runs,
    })))
}

/// Under which name decisions are kept.
pub(super) fn author(core: &Core) -> String {
    let author = core.store.author();
    if author.is_empty() { "unnamed".to_owned() } else { author.to_owned() }
}

/// A proposal as a reviewer may see it in blind review: only what they said themselves.
fn as_seen_by(tag: &Tag, own: Option<&domain::Review>) -> Tag {
    let mut seen = Tag { annotation: None, reviewer: String::new(), reviewed: String::new(), ..tag.clone() };
    seen.status = TagStatus::Proposed;
    if let Some(own) = own {
        seen.status = own.status;
        (seen.reviewer, seen.reviewed) = (own.reviewer.clone(), own.reviewed.clone());
    }
    seen
}

impl Review {
    /// The run that made a proposal.
    pub fn run_of(&self, tag: &Tag) -> &ModelRun {
        let run = self.track(tag.track).and_then(|track| self.runs.iter().find(|run| run.id == track.run));
        run.unwrap_or(&self.run)
    }
    /// The tracks that are drawn at a moment: where two looks saw it, those of the one that counts; and `also`.
    pub fn drawn_at(&self, time: Time, also: Option<TrackId>) -> Vec<Track> {
        let drawn = |track: &&Track| Some(track.id) == also || !self.standing.is_over(track, time);
        self.tracks.iter().filter(drawn).cloned().collect()
    }
    /// The runs by id.
    pub fn run_ids(&self) -> Vec<RunId> {
        self.runs.iter().map(|run| run.id).collect()
    }
    /// The proposals as they are in the project, with what everybody said.
    pub fn as_stored(&self) -> &[Tag] {
        self.stored.as_deref().unwrap_or(&self.tags)
    }
    /// What everybody said: not to be shown in blind review.
    pub fn said(&self) -> &Reviews {
        &self.said
    }
    /// What the one said whose decision is shown.
    pub fn word_on(&self, tag: &Tag) -> Option<&domain::Review> {
        self.said.by(tag.id, &tag.reviewer)
    }
    /// How many proposals each reviewer spoke on: no secret even in blind review.
    pub fn coverage(&self) -> Vec<(String, usize)> {
        let tags = self.as_stored();
        self.said
            .names()
            .into_iter()
            .map(|name| {
                let done = tags.iter().filter(|tag| self.said.by(tag.id, &name).is_some()).count();
                (name, done)
            })
            .collect()
    }
    /// Whether two reviewers or more spoke, and each on everything.
    pub fn everyone_done(&self) -> bool {
        let coverage = self.coverage();
        coverage.len() > 1 && coverage.iter().all(|(_, done)| *done == self.tags.len())
    }
    pub fn track(&self, id: TrackId) -> Option<&Track> {
        self.tracks.iter().find(|track| track.id == id)
    }
    pub fn tag(&self, id: TagId) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.id == id)
    }
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// What somebody on a track is called, in full and in short.
    pub fn name_of(&self, track: &Track) -> (String, String) {
        match track.person.and_then(|id| self.person(id)) {
            Some(person) => (full_name(person), person.code.clone()),
            None => {
                let name = crate::app::places::track_name(track);
                (name.clone(), name)
            }
        }
    }

    /// The track that stands for one in the list: itself, or that of the same face in a newer look.
    fn lead(&self, track: TrackId) -> TrackId {
        self.leads.get(&track).copied().unwrap_or(track)
    }

    /// Whether a track is of that person.
    pub fn is(&self, who: Who, track: TrackId) -> bool {
        match who {
            Who::Track(id) => id == self.lead(track),
            Who::Person(person) => self.track(track).is_some_and(|t| t.person == Some(person)),
        }
    }

    /// The proposals in an order, of one person or of all. By time decided ones are listed too.
    pub fn queue(&self, order: QueueOrder, who: Option<Who>) -> Vec<TagId> {
        let mine = |tag: &&Tag| self.belongs(tag, order, who);
        if order == QueueOrder::ByTime {
            return self.tags.iter().filter(mine).map(|tag| tag.id).collect();
        }
        let tags: Vec<Tag> = self.tags.iter().filter(mine).cloned().collect();
        review::queue(&tags, &self.said, order).into_iter().map(|i| tags[i].id).collect()
    }

    /// How long such a queue is.
    pub fn count(&self, order: QueueOrder, who: Option<Who>) -> usize {
        self.tags.iter().filter(|tag| self.belongs(tag, order, who)).count()
    }

    fn belongs(&self, tag: &Tag, order: QueueOrder, who: Option<Who>) -> bool {
        if who.is_some_and(|who| !self.is(who, tag.track)) {
            return false;
        }
        let open = tag.status == TagStatus::Proposed;
        match order {
            QueueOrder::ByTime => true,
            QueueOrder::UncertainFirst => open,
            QueueOrder::ModelsDisagree => open && tag.evidence["agreement"].as_f64().is_some_and(|a| a < 0.5),
            QueueOrder::NotAssessable => open && has_unjudged(tag),
            QueueOrder::ReviewersDisagree => open && !self.blind && self.said.is_disputed(tag.id),
        }
    }

    /// The next open proposal after one, in the queue's order and around its end.
    pub fn next_open(&self, queue: &[TagId], after: TagId) -> Option<TagId> {
        let at = queue.iter().position(|id| *id == after).unwrap_or(0);
        let is_open =
            |id: &&TagId| **id != after && self.tag(**id).is_some_and(|tag| tag.status == TagStatus::Proposed);
        queue[at.min(queue.len())..].iter().find(is_open).or_else(|| queue.iter().find(is_open)).copied()
    }

    /// Tags decided on, and all.
    pub fn reviewed(&self) -> (usize, usize) {
        (self.tags.iter().filter(|tag| tag.status != TagStatus::Proposed).count(), self.tags.len())
    }

    /// Everybody on the tracks: people by code, then unnamed tracks by number; each with their tracks.
    pub fn groups(&self) -> Vec<(Who, Vec<&Track>)> {
        let mut groups: Vec<(Who, Vec<&Track>)> = Vec::new();
        for person in &self.people {
            let own: Vec<&Track> = self.tracks.iter().filter(|t| t.person == Some(person.id)).collect();
            if !own.is_empty() {
                groups.push((Who::Person(person.id), own));
            }
        }
        let unnamed = self.tracks.iter().filter(|t| t.person.is_none_or(|id| self.person(id).is_none()));
        for track in unnamed {
            let who = Who::Track(self.lead(track.id));
            match groups.iter_mut().find(|(known, _)| *known == who) {
                Some((_, tracks)) => tracks.push(track),
                None => groups.push((who, vec![track])),
            }
        }
        groups
    }
}

fn has_unjudged(tag: &Tag) -> bool {
    let reasons = tag.evidence.get("not_assessable").and_then(|n| n.as_object());
    match reasons {
        Some(reasons) => reasons.values().any(|n| n.as_u64().unwrap_or(0) > 0),
        None => tag.evidence["missing"].as_u64().unwrap_or(0) > 0,
    }
}

/// A person's name, or the code when the name must not be known.
pub(super) fn full_name(person: &Person) -> String {
    if person.name.is_empty() { person.code.clone() } else { person.name.clone() }
}

/// What a person agreed to, in words.
pub(super) fn consent(person: &Person) -> String {
    tr(match (person.consent.given, person.access) {
        (None, _) => "people-consent-unasked",
        (Some(false), _) => "people-consent-refused",
        (Some(true), Access::Open) => "people-consent-open",
        (Some(true), Access::Registered) => "people-consent-registered",
        (Some(true), Access::Team) => "people-consent-team",
        (Some(true), Access::Closed) => "people-consent-closed",
    })
}
