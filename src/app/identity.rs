//! Everybody seen or heard in the project, one card each, and who may be whom.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Serialize;

use crate::analysis::identity::{self, Card, Place, Suggestion};
use crate::app::edit::identity::said_not;
use crate::domain::{
    Media, Person, PersonId, Print, PrintKind, Session, SessionId, Span, Time, Track, TrackId, TrackKind,
};
use crate::store::{Reader, Store, StoreError};

/// Whose card: a person's, or that of tracks nobody has named, by the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CardId {
    Person(PersonId),
    Track(TrackId),
}

/// Where somebody appears.
#[derive(Clone, Debug, PartialEq)]
pub struct Appearance {
    pub session: SessionId,
    pub session_name: String,
    /// Longest time seen, or heard where not seen, on the tracks of one kind.
    pub secs: f64,
}

/// Somebody seen or heard.
#[derive(Clone, Debug)]
pub struct PersonCard {
    pub id: CardId,
    /// `None` until somebody said who it is.
    pub person: Option<Person>,
    pub tracks: Vec<Track>,
    pub appearances: Vec<Appearance>,
    /// Pictures and stretches of speech behind the prints.
    pub face_pictures: i64,
    pub voice_stretches: i64,
    /// A face to show: the recording, and the track in it.
    pub face: Option<(Media, Track)>,
}

impl PersonCard {
    /// Their tracks' ids.
    pub fn track_ids(&self) -> Vec<TrackId> {
        self.tracks.iter().map(|track| track.id).collect()
    }
    /// What they are called: name or code, or the first track.
    pub fn name(&self) -> String {
        match &self.person {
            Some(person) if person.name.is_empty() => person.code.clone(),
            Some(person) => person.name.clone(),
            None => self.tracks.first().map_or_else(String::new, track_label),
        }
    }
    /// A short handle for the command line: a person's code, or the end of the first track's id.
    pub fn handle(&self) -> String {
        match &self.person {
            Some(person) => person.code.clone(),
            None => self.tracks.first().map_or_else(String::new, |track| handle_of(track.id)),
        }
    }
}

/// A short handle of a track: `t-` and the last eight digits of its id.
pub fn handle_of(track: TrackId) -> String {
    let id = track.to_string();
    format!("t-{}", &id[id.len().saturating_sub(8)..])
}

/// `Face 3`, `Body 1`, `Speaker 2`.
pub fn track_label(track: &Track) -> String {
    let kind = match track.kind {
        TrackKind::Face => "Face",
        TrackKind::Body => "Body",
        TrackKind::Voice => "Speaker",
    };
    format!("{kind} {}", track.number)
}

/// The cards, and what is suggested.
#[derive(Clone, Debug, Default)]
pub struct Everybody {
    pub cards: Vec<PersonCard>,
    pub suggestions: Vec<Suggestion<CardId>>,
    /// Prints kept in the project.
    pub prints: usize,
}

impl Everybody {
    pub fn card(&self, id: CardId) -> Option<&PersonCard> {
        self.cards.iter().find(|card| card.id == id)
    }
    /// The card whose person's code or name, or whose handle, this is; case does not matter where it is clear.
    pub fn named(&self, text: &str) -> Option<&PersonCard> {
        let text = text.trim();
        let exact = self.cards.iter().find(|card| card.handle() == text || card.name() == text);
        exact.or_else(|| {
            let key = text.to_lowercase();
            let alike = |card: &&PersonCard| card.handle().to_lowercase() == key || card.name().to_lowercase() == key;
            let mut found = self.cards.iter().filter(alike);
            found.next().filter(|_| found.next().is_none())
        })
    }
}

struct Seen {
    track: Track,
    media: Media,
    session: (SessionId, String),
}

/// Puts everybody together from the runs that stand. Prints of people who refused, and of looks that newer ones took the
/// place of, are forgotten on the way.
///
/// # Errors
/// When the file cannot be read.
pub fn everybody(store: &mut Store) -> Result<Everybody, StoreError> {
    crate::app::edit::identity::forget_refused(store)?;
    crate::app::forgetting::drop_all_superseded(store)?;
    let read = store.read();
    let people: HashMap<PersonId, Person> = read.people()?.into_iter().map(|p| (p.id, p)).collect();
    let mut prints: HashMap<TrackId, Vec<Print>> = HashMap::new();
    for print in read.prints()? {
        prints.entry(print.track).or_default().push(print);
    }
    let count = prints.values().map(Vec::len).sum();
    let mut groups: Vec<(CardId, Vec<Seen>)> = Vec::new();
    for seen in all_tracks(read)? {
        let id = card_of(&seen.track, &people, &groups);
        match groups.iter_mut().find(|(known, _)| *known == id) {
            Some((_, group)) => group.push(seen),
            None => groups.push((id, vec![seen])),
        }
    }
    // People first, by code; then who is nobody yet, in order of appearance.
    groups.sort_by_key(|(id, _)| match id {
        CardId::Person(person) => (false, people.get(person).map(|p| p.code.clone())),
        CardId::Track(_) => (true, None),
    });
    let compared: Vec<Card<CardId>> = groups.iter().map(|(id, seen)| compared(*id, seen, &prints)).collect();
    let suggestions = identity::suggestions(&compared);
    let cards = groups.into_iter().map(|(id, seen)| card(id, seen, &people, &prints)).collect();
    Ok(Everybody { cards, suggestions, prints: count })
}

/// Every track of the runs that stand: by session, faces before the bodies and voices that may belong to them.
fn all_tracks(read: Reader<'_>) -> Result<Vec<Seen>, StoreError> {
    let mut all = Vec::new();
    for session in read.all::<Session>()? {
        let stood = read.standing(session.id)?;
        for run in &stood.runs {
            let Some(media) = read.get::<Media>(run.media)? else { continue };
            let mut tracks: Vec<Track> = stood.tracks_of(run.id).cloned().collect();
            tracks.sort_by_key(|track| (track.kind != TrackKind::Face, track.start, track.number));
            let name = session.name.clone();
            all.extend(tracks.into_iter().map(|track| Seen {
                track,
                media: media.clone(),
                session: (session.id, name.clone()),
            }));
        }
    }
    Ok(all)
}

/// A person's track goes on their card; a body goes with the face that it was followed with; others stand alone.
fn card_of(track: &Track, people: &HashMap<PersonId, Person>, groups: &[(CardId, Vec<Seen>)]) -> CardId {
    if let Some(person) = track.person.filter(|person| people.contains_key(person)) {
        return CardId::Person(person);
    }
    // The same face in a newer look.
    let goes_on = |seen: &Seen| seen.track.person.is_none() && seen.track.goes_on_from().contains(&track.id);
    if let Some((id, _)) = groups.iter().find(|(_, seen)| seen.iter().any(goes_on)) {
        return *id;
    }
    let companion = said(track, "same_person_as");
    let with = companion.and_then(|face| {
        groups.iter().find(|(id, seen)| matches!(id, CardId::Track(_)) && seen.iter().any(|s| s.track.id == face))
    });
    with.map_or(CardId::Track(track.id), |(id, _)| *id)
}

/// Another track that the tracker noted beside this one.
fn said(track: &Track, key: &str) -> Option<TrackId> {
    let said = track.residue.get("tracking")?.get(key)?.clone();
    serde_json::from_value(said).ok()
}

fn compared(id: CardId, seen: &[Seen], prints: &HashMap<TrackId, Vec<Print>>) -> Card<CardId> {
    Card {
        who: id,
        places: seen
            .iter()
            .map(|s| Place {
                track: s.track.id,
                media: s.media.id,
                kind: s.track.kind,
                span: Span::new(s.track.start, s.track.end),
            })
            .collect(),
        prints: seen.iter().filter_map(|s| prints.get(&s.track.id)).flatten().cloned().collect(),
        named: matches!(id, CardId::Person(_)),
        not: seen.iter().flat_map(|s| said_not(&s.track)).collect(),
        may_be: seen.iter().filter_map(|s| said(&s.track, "may_be")).collect(),
    }
}

fn card(
    id: CardId,
    seen: Vec<Seen>,
    people: &HashMap<PersonId, Person>,
    prints: &HashMap<TrackId, Vec<Print>>,
) -> PersonCard {
    let mut appearances: Vec<Appearance> = Vec::new();
    for s in &seen {
        if appearances.iter().any(|known| known.session == s.session.0) {
            continue;
        }
        let own: Vec<&Track> = seen.iter().filter(|o| o.session.0 == s.session.0).map(|o| &o.track).collect();
        let secs = seen_secs(&own);
        appearances.push(Appearance { session: s.session.0, session_name: s.session.1.clone(), secs });
    }
    let samples = |kind: PrintKind| -> i64 {
        let own = seen.iter().filter_map(|s| prints.get(&s.track.id)).flatten();
        own.filter(|print| print.kind == kind).map(|print| print.samples).sum()
    };
    // The face that most is known of.
    let pictures = |track: &Track| {
        let own = prints.get(&track.id).into_iter().flatten();
        own.filter(|print| print.kind == PrintKind::Face).map(|print| print.samples).sum::<i64>()
    };
    let faces = seen.iter().filter(|s| s.track.kind == TrackKind::Face);
    let face = faces.max_by_key(|s| (pictures(&s.track), s.track.samples)).map(|s| (s.media.clone(), s.track.clone()));
    let (face_pictures, voice_stretches) = (samples(PrintKind::Face), samples(PrintKind::Voice));
    PersonCard {
        person: match id {
            CardId::Person(person) => people.get(&person).cloned(),
            CardId::Track(_) => None,
        },
        id,
        tracks: seen.into_iter().map(|s| s.track).collect(),
        appearances,
        face_pictures,
        voice_stretches,
        face,
    }
}

/// Seconds that somebody is there: on faces, on bodies where no face was followed, or from first to last word. What two
/// looks saw counts once.
pub fn seen_secs(tracks: &[&Track]) -> f64 {
    let of = |kind| -> f64 {
        let mut spans: Vec<Span> =
            tracks.iter().filter(|t| t.kind == kind).map(|t| Span::new(t.start, t.end)).collect();
        spans.sort_by_key(|span| span.start);
        let mut done = Time(i64::MIN);
        let mut secs = 0.0;
        for span in spans.iter().filter(|span| span.end > span.start) {
            secs += (span.end - span.start.max(done)).max(Time::ZERO).secs();
            done = done.max(span.end);
        }
        secs
    };
    let faces = of(TrackKind::Face);
    match (faces, of(TrackKind::Body)) {
        (0.0, 0.0) => of(TrackKind::Voice),
        (0.0, bodies) => bodies,
        (faces, _) => faces,
    }
}

/// Where a card's face can be cut from.
pub fn face_path(store: &Store, card: &PersonCard) -> Option<PathBuf> {
    let (media, _) = card.face.as_ref()?;
    let path = store.folder().media_path(media);
    path.exists().then_some(path)
}

/// Says yes to a suggestion: the tracks of one show who the other shows.
///
/// # Errors
/// When one is no longer there, both are people with records (merging is asked for by name), or the file refuses.
pub fn accept(
    store: &mut Store,
    everybody: &Everybody,
    who: CardId,
    same_as: CardId,
) -> Result<crate::store::Done<PersonId>, StoreError> {
    let gone = || StoreError::Rule("One of them is no longer there. Nothing was changed.".to_owned());
    let (card, other) = (everybody.card(who).ok_or_else(gone)?, everybody.card(same_as).ok_or_else(gone)?);
    match (who, same_as) {
        (CardId::Track(_), CardId::Person(person)) => crate::app::edit::identity::are(store, &card.track_ids(), person),
        (CardId::Person(person), CardId::Track(_)) => {
            crate::app::edit::identity::are(store, &other.track_ids(), person)
        }
        (CardId::Track(_), CardId::Track(_)) => {
            crate::app::edit::identity::are_one(store, &card.track_ids(), &other.track_ids())
        }
        (CardId::Person(gone), CardId::Person(kept)) => {
            let done = crate::app::edit::identity::merge(store, kept, gone)?;
            Ok(crate::store::Done { value: kept, changed: done.changed })
        }
    }
}

/// Says no to a suggestion; it is not made again.
///
/// # Errors
/// When one is no longer there, or the file refuses.
pub fn reject(store: &mut Store, everybody: &Everybody, who: CardId, same_as: CardId) -> super::edit::Edited {
    let gone = || StoreError::Rule("One of them is no longer there. Nothing was changed.".to_owned());
    let (card, other) = (everybody.card(who).ok_or_else(gone)?, everybody.card(same_as).ok_or_else(gone)?);
    crate::app::edit::identity::are_not(store, &card.track_ids(), &other.track_ids())
}
