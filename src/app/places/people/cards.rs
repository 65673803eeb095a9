//! Person cards: what they show, the question asked, and what is done about it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{Context, TextureHandle, TextureId, TextureOptions};

use super::PeoplePlace;
use super::curves::Curves;
use super::stills::{Stills, Wanted};
use super::wording::initials;
use crate::analysis::identity::Suggestion;
use crate::app::command::PeopleCommand;
use crate::app::core::{Core, Message};
use crate::app::edit::identity as edit;
use crate::app::edit::tags::add_person;
use crate::app::i18n::{tr, tr_args};
use crate::app::identity::{self, CardId, Everybody, PersonCard, face_path};
use crate::domain::{PersonId, PrintKind, StreamKind, Time, Track, TrackId};
use crate::ui::people::{CardRow, CardsModel, Naming, SameModel, rough_time};

/// Longest side of a frame that a face is cut from, pixels.
const SIDE: u32 = 1280;

/// The cards while they are shown.
#[derive(Default)]
pub(super) struct Cards {
    everybody: Everybody,
    keeps: bool,
    /// Which question.
    at: usize,
    open: Option<CardId>,
    forgetting: bool,
    faces: Faces,
}

impl Cards {
    /// Reads everything again.
    pub fn find(&mut self, core: &mut Core, curves: &mut Curves) {
        let found = identity::everybody(&mut core.store);
        self.everybody = core.ask(found).unwrap_or_default();
        let keeps = edit::keeps_prints(core.store.read());
        self.keeps = core.ask(keeps).unwrap_or(true);
        self.at = self.at.min(self.everybody.suggestions.len().saturating_sub(1));
        let wanted = self.everybody.cards.iter().filter_map(|card| cut(core, curves, card)).collect();
        self.faces.want(&core.wake, wanted);
    }

    /// The tracks on the card that holds this one.
    fn tracks_with(&self, track: TrackId) -> Vec<TrackId> {
        let card = self.everybody.cards.iter().find(|card| card.tracks.iter().any(|own| own.id == track));
        card.map_or_else(|| vec![track], PersonCard::track_ids)
    }

    fn question(&self) -> Option<&Suggestion<CardId>> {
        self.everybody.suggestions.get(self.at)
    }

    pub fn model(&self) -> CardsModel {
        let people = self.everybody.cards.iter().filter_map(|card| Some((card.person.as_ref()?.id, card.name())));
        CardsModel {
            cards: self.everybody.cards.iter().map(|card| self.row(card)).collect(),
            same: self.question().and_then(|question| self.same(question)),
            prints: self.everybody.prints,
            keeps: self.keeps,
            veiled: false,
            forgetting: self.forgetting,
            others: people.collect(),
        }
    }

    fn row(&self, card: &PersonCard) -> CardRow {
        let name = name_of(card);
        let places: Vec<String> = card
            .appearances
            .iter()
            .map(|place| format!("{}, {}", place.session_name, rough_time(place.secs)))
            .collect();
        let open = self.open == Some(card.id);
        let called = |track: &Track| {
            let name = super::super::track_name(track);
            (track.id, format!("{name} · {} to {}", track.start, track.end))
        };
        CardRow {
            id: card.id,
            initials: initials(&name),
            name,
            named: card.person.is_some(),
            consent: card.person.as_ref().map(|person| (person.consent.given, person.access)),
            places: places.join(" · "),
            prints: prints_of(card),
            face: None,
            open,
            tracks: if open { card.tracks.iter().map(called).collect() } else { Vec::new() },
        }
    }

    fn same(&self, question: &Suggestion<CardId>) -> Option<SameModel> {
        let (who, same_as) = (self.everybody.card(question.who)?, self.everybody.card(question.same_as)?);
        let names = [name_of(who), name_of(same_as)];
        let number = |value: f32| format!("{value:.2}");
        let why = match (question.by, &question.next) {
            (None, _) => tr("cards-why-place"),
            (Some(kind), next) => {
                let what = tr(if kind == PrintKind::Voice { "cards-why-voice" } else { "cards-why-face" });
                let mut text =
                    tr_args("cards-why", &[("what", what.into()), ("likeness", number(question.likeness).into())]);
                if let Some(next) = next.as_ref().and_then(|(id, score)| Some((self.everybody.card(*id)?, score))) {
                    let args = [("name", name_of(next.0).into()), ("likeness", number(*next.1).into())];
                    text = format!("{text} {}", tr_args("cards-why-next", &args));
                }
                text
            }
        };
        Some(SameModel {
            who: question.who,
            same_as: question.same_as,
            question: tr_args("cards-question", &[("name", names[1].clone().into())]),
            initials: [initials(&names[0]), initials(&names[1])],
            names,
            faces: [None, None],
            why,
            doubt: question.doubtful.then(|| tr("cards-doubt")),
            place: (self.at + 1, self.everybody.suggestions.len()),
        })
    }

    /// Uploads faces that have come, and puts those into the model that `may` be shown; `None`: nobody said whose it is.
    pub fn show_faces(&mut self, ctx: &Context, model: &mut CardsModel, may: &dyn Fn(Option<PersonId>) -> bool) {
        self.faces.upload(ctx);
        let face = |id: CardId| if may(person_of(id)) { self.faces.of(id) } else { None };
        for row in &mut model.cards {
            row.face = face(row.id);
        }
        if let Some(same) = &mut model.same {
            same.faces = [face(same.who), face(same.same_as)];
            let hides = |id: CardId| !may(person_of(id)) && self.faces.known.iter().any(|cut| cut.0 == id);
            model.veiled = hides(same.who) || hides(same.same_as);
        }
    }
}

fn person_of(id: CardId) -> Option<PersonId> {
    match id {
        CardId::Person(person) => Some(person),
        CardId::Track(_) => None,
    }
}

/// How many pictures and stretches of speech are behind the prints.
fn prints_of(card: &PersonCard) -> String {
    let part = |id: &str, count: i64| (count > 0).then(|| tr_args(id, &[("count", count.into())]));
    let parts = [part("cards-pictures", card.face_pictures), part("cards-stretches", card.voice_stretches)];
    let told: Vec<String> = parts.into_iter().flatten().collect();
    if told.is_empty() { tr("cards-no-print") } else { told.join(", ") }
}

fn name_of(card: &PersonCard) -> String {
    match (&card.person, card.tracks.first()) {
        (None, Some(track)) => {
            let place = card.appearances.first().map(|place| place.session_name.as_str()).unwrap_or_default();
            format!("{}, {place}", super::super::track_name(track))
        }
        _ => card.name(),
    }
}

/// Where a card's face can be cut from: recording, moment in it, part of the picture. None of somebody who refused.
fn cut(core: &Core, curves: &mut Curves, card: &PersonCard) -> Option<(CardId, PathBuf, Time, [f32; 4])> {
    if card.person.as_ref().is_some_and(|person| person.consent.given == Some(false)) {
        return None;
    }
    let path = face_path(&core.store, card)?;
    let (media, track) = card.face.as_ref()?;
    let stream = media.streams.iter().find(|stream| stream.kind == StreamKind::Video)?;
    let (width, height) = (stream.width? as f32, stream.height? as f32);
    let middle = track.start + Time((track.end - track.start).0 / 2);
    let [x, y, w, h] = curves.bbox(core.store.read(), track, middle)?;
    // A square around the face, with some hair.
    let side = w.max(h) * 1.35;
    let (left, top) = (x + w / 2.0 - side / 2.0, y + h / 2.0 - side * 0.55);
    Some((card.id, path, middle - media.offset, [left / width, top / height, side / width, side / height]))
}

type Cut = (CardId, PathBuf, Time, [f32; 4]);

/// Faces out of several recordings, one recording after the other.
#[derive(Default)]
struct Faces {
    stills: Option<Stills>,
    known: Vec<Cut>,
    waiting: Vec<Cut>,
    asked: Vec<Cut>,
    came: usize,
    textures: HashMap<CardId, TextureHandle>,
}

impl Faces {
    fn want(&mut self, wake: &Arc<dyn Fn() + Send + Sync>, faces: Vec<Cut>) {
        if faces == self.known {
            return;
        }
        self.known.clone_from(&faces);
        self.textures.retain(|id, _| faces.iter().any(|face| face.0 == *id));
        (self.waiting, self.asked, self.came) = (faces, Vec::new(), 0);
        self.stills.get_or_insert_with(|| Stills::start(SIDE, wake.clone()));
        self.ask();
    }
    /// Asks for all faces of the next recording.
    fn ask(&mut self) {
        let Some(path) = self.waiting.first().map(|face| face.1.clone()) else { return };
        let (now, later) = std::mem::take(&mut self.waiting).into_iter().partition(|face| face.1 == path);
        (self.asked, self.waiting, self.came) = (now, later, 0);
        let wanted = self.asked.iter().enumerate();
        let wanted = wanted.map(|(key, face)| Wanted { key, time: face.2, part: Some(face.3) }).collect();
        if let Some(stills) = &mut self.stills {
            stills.ask(path, wanted);
        }
    }
    fn upload(&mut self, ctx: &Context) {
        let Some(stills) = &self.stills else { return };
        for still in stills.take() {
            self.came += 1;
            if let (Ok(image), Some(face)) = (still.picture, self.asked.get(still.key)) {
                self.textures.insert(face.0, ctx.load_texture("people.card", image, TextureOptions::LINEAR));
            }
        }
        if self.came >= self.asked.len() && !self.waiting.is_empty() {
            self.ask();
        }
    }
    fn of(&self, id: CardId) -> Option<TextureId> {
        self.textures.get(&id).map(TextureHandle::id)
    }
}

impl PeoplePlace {
    pub(super) fn toggle_cards(&mut self, core: &mut Core) {
        self.cards = match self.cards.take() {
            Some(_) => None,
            None => {
                (self.agreeing, self.state.rule, self.state.editor) = (None, None, None);
                let mut cards = Cards::default();
                cards.find(core, &mut self.curves);
                Some(cards)
            }
        };
    }

    /// Commands that mean the cards while they are shown; gives back what is none of theirs.
    pub(super) fn perform_on_cards(&mut self, core: &mut Core, command: PeopleCommand) -> Option<PeopleCommand> {
        use PeopleCommand as Do;
        let Some(cards) = &mut self.cards else { return Some(command) };
        let count = cards.everybody.suggestions.len();
        match command {
            Do::NextProposal => cards.at = (cards.at + 1).min(count.saturating_sub(1)),
            Do::PreviousProposal => cards.at = cards.at.saturating_sub(1),
            Do::Accept | Do::Reject => self.answer(core, command == Do::Accept),
            Do::OpenCard(id) => cards.open = if cards.open == Some(id) { None } else { Some(id) },
            Do::NameCard(id) => self.name_card(id),
            // All of a card is named, not the face alone.
            Do::AssignTrack { track, person: Some(person) } => {
                let tracks = cards.tracks_with(track);
                core.edit(|store| edit::are(store, &tracks, person));
            }
            Do::AddPersonAs { code, track: Some(track) } => {
                let tracks = cards.tracks_with(track);
                if let Some(person) = core.edit(|store| add_person(store, &code, None)) {
                    core.edit(|store| edit::are(store, &tracks, person));
                }
            }
            Do::SetConsent { person, given, access } => {
                let forgotten = core.edit(|store| edit::set_consent(store, person, given, access));
                if let Some(prints) = forgotten.filter(|prints| *prints > 0) {
                    let args = [("count", (prints as i64).into())];
                    core.messages.push(Message::Note(tr_args("cards-refused", &args)));
                }
            }
            Do::TakeApart(track) => {
                core.edit(|store| edit::take_apart(store, track));
            }
            Do::DeleteTrack(track) => {
                core.edit(|store| edit::delete_track(store, track));
            }
            Do::MergePeople { kept, gone } => {
                core.edit(|store| edit::merge(store, kept, gone));
            }
            Do::ForgetPrints => cards.forgetting = !cards.forgetting,
            Do::ForgetPrintsNow => self.forget(core),
            Do::ToggleKeepPrints => {
                let on = !cards.keeps;
                core.edit(|store| edit::set_keeping(store, on));
            }
            other => return Some(other),
        }
        None
    }

    /// Yes or no to the question asked.
    fn answer(&mut self, core: &mut Core, yes: bool) {
        let Some(cards) = &self.cards else { return };
        let Some(question) = cards.question().cloned() else {
            core.messages.push(Message::Note(tr("cards-no-question")));
            return;
        };
        let everybody = &cards.everybody;
        if yes {
            core.edit(|store| identity::accept(store, everybody, question.who, question.same_as));
        } else {
            core.edit(|store| identity::reject(store, everybody, question.who, question.same_as));
        }
    }

    fn name_card(&mut self, id: CardId) {
        let card = self.cards.as_ref().and_then(|cards| cards.everybody.card(id));
        let Some((card, track)) = card.and_then(|card| Some((card, card.tracks.first()?))) else { return };
        let called = name_of(card);
        self.state.naming = Some(Naming { track: Some(track.id), called, text: String::new(), fresh: true });
    }

    fn forget(&mut self, core: &mut Core) {
        let forgotten = core.store.forget_prints(None);
        let Some(forgotten) = core.ask(forgotten) else { return };
        let args = [("count", (forgotten.prints as i64).into()), ("copies", (forgotten.copies as i64).into())];
        core.messages.push(Message::Done(tr_args("cards-forgotten", &args)));
        if forgotten.runs > 0 {
            let args = [("count", (forgotten.runs as i64).into())];
            core.messages.push(Message::Note(tr_args("cards-forgotten-runs", &args)));
        }
        for left in &forgotten.left {
            let path = left.display().to_string();
            core.messages.push(Message::Warning(tr_args("cards-forget-left", &[("path", path.into())])));
        }
        if let Some(cards) = &mut self.cards {
            cards.forgetting = false;
            cards.find(core, &mut self.curves);
        }
    }
}
