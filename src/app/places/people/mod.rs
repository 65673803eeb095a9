//! People: the looks at the selected session's video that stand, their queue of proposals, and the decisions on them.

mod agreeing;
mod analysis;
mod cards;
pub(in crate::app::places) mod curves;
pub(in crate::app::places) mod drawing;
mod gather;
mod hands;
mod looks;
mod perform;
mod pictures;
mod proposing;
mod running;
mod space;
mod stills;
mod stopped;
mod tuning;
mod under_way;
mod voices;
mod wording;

use std::sync::Arc;

use eframe::egui::{Ui, vec2};

use super::Stamp;
use super::heat::Heat;
use crate::analysis::one_euro::OneEuro;
use crate::analysis::review::QueueOrder;
use crate::app::core::Core;
use crate::app::edit;
use crate::app::i18n::{tr, tr_args};
use crate::app::show::{Part, Shown};
use crate::app::veil::{Veil, Veiled};
use crate::domain::{PersonId, SessionId, Span, Tag, TagId, TagStatus, Time, TrackId, TrackKind};
use crate::ui::UiContext;
use crate::ui::people::{Extent, HeatModel, PeopleModel, PeopleState, PersonRow, StripCell, Who, people_ui};
use crate::ui::shell::StatusItem;
use agreeing::Agreeing;
use analysis::Looking;
use cards::Cards;
use curves::Curves;
use gather::{Found, ORDERS, Review};
use pictures::Pictures;
use tuning::Tuning;
use voices::Voices;
use wording::{initials, score_text};

/// Pictures in the film strip.
const STRIP: i64 = 10;
/// Time around a proposal that the curves show, at least.
const MARGIN: Time = Time::from_millis(2_000);
/// The same while a rule is tuned.
const TUNING_MARGIN: Time = Time::from_millis(15_000);

/// The place's state between frames.
pub struct PeoplePlace {
    stamp: Stamp,
    /// Something other than the project changed: the order, the person, the moment.
    dirty: bool,
    state: PeopleState,
    model: PeopleModel,
    review: Option<Review>,
    queue: Vec<TagId>,
    order: QueueOrder,
    who: Option<Who>,
    /// What the queue was made for; `None` when the tags changed since.
    queued: Option<(QueueOrder, Option<Who>)>,
    session: Option<SessionId>,
    /// The proposal the model shows.
    shown: Option<TagId>,
    /// The moment shown, on the session's timeline.
    moment: Time,
    /// What the strokes were made for.
    drawn: Option<(Time, Shown)>,
    veil: Veil,
    veiled: Veiling,
    heat: Heat,
    voices: Voices,
    was_playing: bool,
    curves: Curves,
    pictures: Pictures,
    looking: Option<Looking>,
    /// A recipe on its way.
    running: Option<running::Running>,
    agreeing: Option<Agreeing>,
    cards: Option<Cards>,
    tuning: Tuning,
    /// Labels of the project's recipes, to relabel by.
    labels: Vec<String>,
    /// What can be gone on with, in words.
    stopped: Option<String>,
    /// To be played over and over once the proposal is shown.
    loop_next: Option<Span>,
}

/// What pictures were made by: they are made anew when any of it changes.
#[derive(Default, PartialEq)]
struct Veiling {
    /// Faces are hidden.
    down: bool,
    /// Who agreed to be seen.
    said: Vec<(PersonId, Option<bool>)>,
    /// Who is on which track, and how far it was followed.
    followed: Vec<(TrackId, Option<PersonId>, Time)>,
}

impl Default for PeoplePlace {
    fn default() -> Self {
        Self {
            stamp: Stamp::default(),
            dirty: false,
            state: PeopleState::default(),
            model: PeopleModel::default(),
            review: None,
            queue: Vec::new(),
            order: QueueOrder::UncertainFirst,
            who: None,
            queued: None,
            session: None,
            shown: None,
            moment: Time::ZERO,
            drawn: None,
            veil: Veil::default(),
            veiled: Default::default(),
            heat: Heat::default(),
            voices: Voices::default(),
            was_playing: false,
            curves: Curves::default(),
            pictures: Pictures::default(),
            looking: None,
            running: None,
            agreeing: None,
            cards: None,
            tuning: Tuning::default(),
            labels: Vec::new(),
            stopped: None,
            loop_next: None,
        }
    }
}

impl PeoplePlace {
    /// Brings the model up to date.
    pub fn refresh(&mut self, core: &mut Core) {
        self.gather(core);
        if self.session != core.selection.session {
            self.session = core.selection.session;
            (self.who, self.shown, self.agreeing) = (None, None, None);
            self.state = PeopleState::default();
            self.pictures.clear();
        }
        if self.stamp.is_old(core) {
            self.reload(core);
            self.dirty = true;
        }
        if std::mem::take(&mut self.dirty) || (self.review.is_some() && core.selection.tag != self.shown) {
            self.rebuild(core);
        }
        self.preview(core);
        if let Some(span) = self.loop_next.take()
            && let (Some(review), Some(player)) = (&self.review, &core.player)
            && player.media() == review.video.media.id
        {
            player.play_span(span, true);
        }
        self.hide(core);
        self.follow_player(core);
        self.draw(core);
        self.beside(core);
    }

    /// Makes the pictures anew when faces are to be hidden, or no longer.
    fn hide(&mut self, core: &Core) {
        let down = Veil::is_down(core);
        let people = self.review.iter().flat_map(|review| &review.people);
        let said = people.map(|person| (person.id, person.consent.given)).collect();
        let tracks = self.review.iter().flat_map(|review| &review.tracks);
        let followed = tracks.map(|track| (track.id, track.person, track.end)).collect();
        let now = if down { Veiling { down, said, followed } } else { Veiling::default() };
        if self.veiled != now {
            self.veiled = now;
            self.pictures.renew();
            self.dirty = true;
        }
    }

    fn gather(&mut self, core: &mut Core) {
        if self.running.as_ref().is_some_and(|running| running.gather(core)) {
            self.running = None;
        }
        self.model.recipe = self.running.as_ref().map(running::Running::model);
        let Some(looking) = &self.looking else {
            self.model.job = None;
            return;
        };
        if looking.gather(core) {
            self.looking = None;
            self.model.job = None;
            return;
        }
        if core.selection.session != Some(looking.session) {
            self.model.job = None;
            return;
        }
        self.model.job = Some(looking.model());
        // Shown from the beginning, so that there is something to stop.
        if self.model.extent == Extent::NotLooked {
            self.model.extent = Extent::Looked;
        }
    }

    fn reload(&mut self, core: &mut Core) {
        let found = gather::find(core);
        self.curves.clear();
        self.tuning.clear();
        self.labels = tuning::labels(core);
        self.drawn = None;
        self.queued = None;
        self.review = None;
        self.model.extent = match core.ask(found) {
            None | Some(Found::NoSession) => Extent::NoSession,
            Some(Found::NoVideo) => Extent::NoVideo,
            Some(Found::NotLooked(video)) => {
                if video.sees {
                    self.pictures.want(&core.wake, &video.path, self.moment - video.media.offset);
                }
                self.model.sound_only = !video.sees;
                self.model.picture.frame = vec2(video.frame[0], video.frame[1]);
                // Shown from the beginning of a run, so that there is something to stop.
                let session = Some(video.media.session);
                let looking = self.looking.as_ref().is_some_and(|looking| Some(looking.session) == session);
                if looking { Extent::Looked } else { Extent::NotLooked }
            }
            Some(Found::Looked(review)) => {
                self.model.sound_only = !review.video.sees;
                if let Some(cards) = &mut self.cards {
                    cards.find(core, &mut self.curves);
                }
                if let Some(agreeing) = &mut self.agreeing {
                    agreeing.find(&review);
                }
                self.review = Some(*review);
                Extent::Looked
            }
        };
        if self.model.extent == Extent::Looked && core.player.is_none() {
            core.open_player();
        }
        self.stopped = stopped::words(core);
        let people = core.store.read().people();
        self.model.everyone =
            core.ask(people).unwrap_or_default().iter().map(|p| (p.id, gather::full_name(p))).collect();
    }

    /// Makes the model from what was loaded.
    fn rebuild(&mut self, core: &mut Core) {
        let Some(review) = self.review.take() else {
            let (extent, job, sound_only) = (self.model.extent, self.model.job.take(), self.model.sound_only);
            let (stopped, recipe) = (self.stopped.clone(), self.model.recipe.take());
            let (picture, everyone) =
                (std::mem::take(&mut self.model.picture), std::mem::take(&mut self.model.everyone));
            self.model = PeopleModel {
                extent,
                job,
                sound_only,
                stopped,
                recipe,
                picture,
                everyone,
                order: self.order,
                ..PeopleModel::default()
            };
            self.model.picture.strokes = Arc::default();
            self.model.picture.label = None;
            self.model.queues = ORDERS.map(|order| (order, 0)).to_vec();
            self.shown = core.selection.tag;
            return;
        };
        if self.who.is_some_and(|who| !review.groups().iter().any(|(known, _)| *known == who)) {
            self.who = None;
        }
        if self.queued != Some((self.order, self.who)) {
            self.queued = Some((self.order, self.who));
            self.queue = review.queue(self.order, self.who);
            self.model.queues = ORDERS.map(|order| (order, review.count(order, self.who))).to_vec();
        }
        self.choose(core, &review);
        self.model.order = self.order;
        self.model.stopped.clone_from(&self.stopped);
        self.model.looked = looks::earlier(core).or_else(|| stopped::closeness(&review.run));
        self.model.filtered = self.who.is_some();
        self.model.reviewed = review.reviewed();
        self.model.blind = review.blind;
        let coverage = review.coverage();
        self.model.coverage = if self.model.blind || coverage.len() > 1 { coverage } else { Vec::new() };
        let author = gather::author(core);
        self.model.cards = self.cards.as_ref().map(Cards::model);
        self.model.agreement = self.agreeing.as_ref().map(|agreeing| agreeing.model(&review, &author));
        self.model.people = self.people(core, &review);
        self.model.picture.frame = vec2(review.video.frame[0], review.video.frame[1]);
        self.proposal(core, &review);
        self.drawn = None;
        if let Some(problem) = self.curves.problem.take() {
            core.problem(problem);
        }
        self.review = Some(review);
    }

    /// Sees to it that a proposal of this run is selected, and goes to its moment when it is another one.
    fn choose(&mut self, core: &mut Core, review: &Review) {
        let known = core.selection.tag.filter(|id| review.tag(*id).is_some());
        let is_open = |id: &&TagId| review.tag(**id).is_some_and(|t| t.status == TagStatus::Proposed);
        let chosen = known.or_else(|| self.queue.iter().find(is_open).or(self.queue.first()).copied());
        core.selection.tag = chosen;
        if chosen == self.shown {
            return;
        }
        self.shown = chosen;
        self.state.editor = None;
        if let Some(tag) = chosen.and_then(|id| review.tag(id)) {
            core.selection.track = Some(tag.track);
            let filter = curves::filter_of(review.run_of(tag));
            let cells = self.strip_of(core, tag, &filter);
            // The clearest moment; of equal ones that nearest the middle.
            let middle = (tag.start + tag.end).0 / 2;
            let clear = |(time, score): &(Time, f32)| ((score * 100.0).round() as i64, -(time.0 - middle).abs());
            let best = cells.iter().filter(|(_, score)| score.is_finite()).max_by_key(|cell| clear(cell));
            self.moment = best.or(cells.get(cells.len() / 2)).map_or(tag.start, |(time, _)| *time);
            if core.is_playing()
                && let Some(player) = &core.player
            {
                player.pause();
            }
            core.seek(self.moment);
            self.was_playing = false;
        }
    }

    /// Moments through a proposal with the curve's value there.
    fn strip_of(&mut self, core: &Core, tag: &Tag, filter: &OneEuro) -> Vec<(Time, f32)> {
        let whole = (tag.end - tag.start).0;
        let (times, values) = self.curves.of_tag(core.store.read(), tag, Span::new(tag.start, tag.end), filter);
        (0..STRIP)
            .map(|i| {
                let time = tag.start + Time(whole * (2 * i + 1) / (2 * STRIP));
                let at = (0..times.len()).min_by_key(|&i| (times[i] - time).0.abs());
                (time, at.map_or(f32::NAN, |i| values[i]))
            })
            .collect()
    }

    fn people(&mut self, core: &Core, review: &Review) -> Vec<PersonRow> {
        let groups = review.groups();
        // Bodies and voices alone have no face to show.
        let faced = groups.iter().filter(|(_, tracks)| tracks.iter().any(|t| t.kind == TrackKind::Face));
        let whose: Vec<Who> = faced.map(|(who, _)| *who).collect();
        if !self.pictures.knows_faces(&whose) {
            let faces = groups.iter().filter_map(|(who, tracks)| {
                let face = tracks.iter().filter(|t| t.kind == TrackKind::Face).max_by_key(|t| t.samples)?;
                let middle = face.start + Time((face.end - face.start).0 / 2);
                let [x, y, w, h] = self.curves.bbox(core.store.read(), face, middle)?;
                let [width, height] = review.video.frame;
                // A square around the face, with some hair.
                let side = w.max(h) * 1.35;
                let (left, top) = (x + w / 2.0 - side / 2.0, y + h / 2.0 - side * 0.55);
                let part = [left / width, top / height, side / width, side / height];
                Some((*who, middle - review.video.media.offset, part))
            });
            let faces: Vec<_> = faces.collect();
            self.pictures.want_faces(&core.wake, &review.video.path, faces);
        }
        let selected = core.selection.tag.and_then(|id| review.tag(id)).map(|tag| tag.track);
        groups
            .iter()
            .map(|(who, tracks)| {
                let person = match who {
                    Who::Person(id) => review.person(*id),
                    Who::Track(_) => None,
                };
                let name = match (person, tracks.first()) {
                    (Some(person), _) => gather::full_name(person),
                    (None, Some(track)) => super::track_name(track),
                    (None, None) => String::new(),
                };
                let time = crate::ui::people::rough_time(crate::app::identity::seen_secs(tracks));
                let counted = [("tracks", (tracks.len() as i64).into()), ("time", time.into())];
                PersonRow {
                    who: *who,
                    initials: initials(&name),
                    name,
                    detail: tr_args("people-tracks", &counted),
                    note: person.map_or_else(|| tr("people-who"), gather::consent),
                    named: person.is_some(),
                    face: None,
                    selected: self.who == Some(*who),
                    track: selected.filter(|id| review.is(*who, *id)).or(tracks.first().map(|t| t.id)),
                }
            })
            .collect()
    }

    /// The right side, the strip and the lanes of the selected proposal.
    fn proposal(&mut self, core: &mut Core, review: &Review) {
        self.model.proposal = None;
        self.model.strip.clear();
        self.model.lanes.clear();
        self.model.lanes_span = None;
        let Some(tag) = core.selection.tag.and_then(|id| review.tag(id)) else { return };
        let offset = review.video.media.offset;
        let filter = curves::filter_of(review.run_of(tag));
        let cells = self.strip_of(core, tag, &filter);
        let times = cells.iter().map(|(time, _)| *time - offset).collect();
        if review.video.sees {
            self.pictures.want_strip(&core.wake, &review.video.path, tag.id, times);
            self.model.strip = cells
                .iter()
                .map(|(time, score)| StripCell { time: *time, picture: None, score: score_text(&tag.label, *score) })
                .collect();
        }
        // While a rule is tuned, more is seen of what it would do.
        let least = if self.state.rule.is_some() { TUNING_MARGIN } else { MARGIN };
        let margin = least.max(tag.end - tag.start);
        let kind = review.track(tag.track).map_or(TrackKind::Face, |t| t.kind);
        let end = review.video.media.duration.map_or(tag.end + margin, |d| (tag.end + margin).min(d + offset));
        let span = Span::new((tag.start - margin).max(Time::ZERO), end.max(tag.end));
        self.model.lanes = self.curves.lanes(core.store.read(), tag, kind, span, &filter);
        self.model.filter = tr_args("people-filter", &[("filter", filter.to_string().into())]);
        self.model.lanes_span = Some(span);
        let place = self.queue.iter().position(|id| *id == tag.id).map(|at| (at, self.queue.len()));
        let made = wording::proposal(core, review, &mut self.curves, tag, place, self.moment);
        self.model.proposal = core.ask(made);
        if let Some(proposal) = &mut self.model.proposal {
            let more = self.labels.iter().map(|label| edit::tags::readable(label));
            let more: Vec<String> = more.filter(|label| !proposal.labels.contains(label)).collect();
            proposal.labels.splice(0..0, more);
        }
    }

    /// What the rule on screen would propose: made anew whenever a slider moved.
    fn preview(&mut self, core: &mut Core) {
        let Some(review) = self.review.take() else {
            self.model.rule = None;
            return;
        };
        let tag = core.selection.tag.and_then(|id| review.tag(id));
        let rule = self.state.rule.as_ref().and_then(crate::ui::people::RuleForm::rule);
        if self.tuning.is_old(rule, self.model.lanes_span, tag) {
            self.model.rule = None;
            if let Some(form) = &self.state.rule {
                let shown = self.model.lanes_span;
                self.model.rule = self.tuning.model(core, &review, &mut self.curves, form, tag, shown);
            }
        }
        self.review = Some(review);
    }

    /// The playhead and the moving picture.
    fn follow_player(&mut self, core: &mut Core) {
        let Some(review) = &self.review else { return };
        let (own, offset) = (review.video.media.id, review.video.media.offset);
        let is_own = core.player.as_ref().is_some_and(|player| player.media() == own);
        let playing = is_own && core.is_playing();
        if playing {
            self.moment = core.position();
            if let Some(player) = &mut core.player
                && let Some(frame) = player.frame()
            {
                self.pictures.follow(frame);
            }
        } else {
            if self.was_playing {
                self.moment = core.position();
            }
            if review.video.sees {
                self.pictures.want(&core.wake, &review.video.path, (self.moment - offset).max(Time::ZERO));
            }
        }
        self.was_playing = playing;
        self.model.playing = playing;
        self.model.moment = self.moment;
    }

    /// The heat map, and the sound of voices.
    fn beside(&mut self, core: &mut Core) {
        self.model.shown = core.shown;
        let Some(review) = &self.review else {
            self.model.heat = None;
            return;
        };
        let recorded = review.video.media.duration.unwrap_or(Time::ZERO) + review.video.media.offset;
        let followed = review.tracks.iter().map(|track| track.end).max().unwrap_or_default();
        let end = recorded.max(followed);
        let whole = Span::new(Time::ZERO, end.max(Time::from_millis(1_000)));
        self.model.heat = match core.shown.has(Part::Heat) {
            true => {
                let looks = (&review.runs[..], &review.tracks[..], &review.standing);
                self.heat.refresh(core, looks, &|track| review.name_of(track).1);
                Some(HeatModel { span: whole, rows: self.heat.rows() })
            }
            false => None,
        };
        let heard = self.model.proposal.as_ref().is_some_and(|proposal| proposal.heard);
        self.voices.refresh(core, &review.video, heard);
        if let Some(proposal) = self.model.proposal.as_ref().filter(|proposal| proposal.heard) {
            self.model.sound = self.voices.strip(proposal.span, review.video.media.offset, self.model.strip.len());
        } else {
            self.model.sound.clear();
        }
    }

    /// Draws the place.
    pub fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext, core: &Core) {
        let (down, agreed) = (self.veiled.down, self.veiled.said.clone());
        let (media, offset, full) = match &self.review {
            Some(review) => (Some(review.video.media.id), review.video.media.offset, review.video.frame[0]),
            // Nobody has looked.
            None => (None, Time::ZERO, 0.0),
        };
        let veil = &mut self.veil;
        self.pictures.upload(ui.ctx(), &mut |time, image| {
            if !down {
                return true;
            }
            let [width, height] = image.size.map(|side| side as u32);
            let pixels = bytemuck::cast_slice_mut(&mut image.pixels);
            media.is_some_and(|media| {
                veil.cover(core, (media, time + offset), pixels, (width, height), full) != Veiled::Whole
            })
        });
        self.model.picture.texture = self.pictures.texture();
        self.model.picture.problem = self.pictures.problem.clone();
        if self.pictures.hidden {
            self.model.picture.problem = Some(tr("people-hidden-whole"));
            self.model.picture.names.clear();
        }
        for (index, cell) in self.model.strip.iter_mut().enumerate() {
            cell.picture = self.pictures.strip_cell(index);
        }
        let may = |who: Option<PersonId>| !down || who.is_some_and(|id| agreed.contains(&(id, Some(true))));
        if let (Some(cards), Some(model)) = (&mut self.cards, &mut self.model.cards) {
            cards.show_faces(ui.ctx(), model, &may);
        }
        for row in &mut self.model.people {
            let shown = match row.who {
                Who::Person(id) => may(Some(id)),
                Who::Track(_) => may(None),
            };
            row.face = if shown { self.pictures.face(row.who) } else { None };
        }
        people_ui(ui, cx, &mut self.state, &self.model);
    }

    /// What the status bar says of this place.
    pub fn status(&self, _: &Core) -> Vec<StatusItem> {
        let mut items = Vec::new();
        if let Some(review) = &self.review {
            let models = review.run.models.len() as i64;
            let mut item = StatusItem::plain(tr_args("people-status-models", &[("models", models.into())]));
            if let Some(secs) = analysis::secs_a_frame(&review.run) {
                let millis = format!("{:.0}", secs * 1000.0);
                item = item
                    .and(" · ", false)
                    .and(tr_args("people-status-pace", &[("millis", millis.into())]), true)
                    .and(tr("people-status-a-frame"), false);
            }
            if self.looking.is_none() && review.run.status != crate::domain::RunStatus::Finished {
                item = item.and(" · ", false).and(tr("people-status-stopped"), false);
            }
            items.push(item);
        }
        let personal = self.review.as_ref().is_some_and(|review| review.personal);
        items.push(StatusItem::plain(tr(if personal { "people-status-personal" } else { "people-status-none" })));
        items
    }

    /// What is on screen, for tests.
    pub fn model(&self) -> &PeopleModel {
        &self.model
    }

    /// Whether a run is under way.
    pub fn is_looking(&self) -> bool {
        self.looking.is_some()
    }
}
