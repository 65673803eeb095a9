//! People: the newest run over the selected session's video, its queue of proposals, and the decisions on them.

mod agreeing;
mod analysis;
mod curves;
mod gather;
mod hands;
mod perform;
mod pictures;
mod proposing;
mod stills;
mod tuning;
mod wording;

use std::sync::Arc;

use eframe::egui::{Ui, vec2};

use super::Stamp;
use crate::analysis::one_euro::OneEuro;
use crate::analysis::review::QueueOrder;
use crate::app::core::Core;
use crate::app::edit;
use crate::app::i18n::{tr, tr_args};
use crate::domain::{ModelRun, SessionId, Span, Tag, TagId, TagStatus, Time, TrackKind};
use crate::ui::UiContext;
use crate::ui::people::{Extent, JobModel, PeopleModel, PeopleState, PersonRow, StripCell, Who, people_ui, share};
use crate::ui::shell::StatusItem;
use agreeing::Agreeing;
use analysis::Looking;
use curves::Curves;
use gather::{Found, ORDERS, Review};
use pictures::Pictures;
use tuning::Tuning;

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
    drawn: Option<Time>,
    was_playing: bool,
    curves: Curves,
    pictures: Pictures,
    looking: Option<Looking>,
    agreeing: Option<Agreeing>,
    tuning: Tuning,
    /// Labels of the project's recipes, to relabel by.
    labels: Vec<String>,
    /// To be played over and over once the proposal is shown.
    loop_next: Option<Span>,
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
            was_playing: false,
            curves: Curves::default(),
            pictures: Pictures::default(),
            looking: None,
            agreeing: None,
            tuning: Tuning::default(),
            labels: Vec::new(),
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
        self.follow_player(core);
        self.draw(core);
    }

    fn gather(&mut self, core: &mut Core) {
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
        let view = looking.view();
        self.model.job = Some(JobModel { part: view.fraction.map(|f| f as f32), message: view.message });
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
                self.pictures.want(&core.wake, &video.path, self.moment - video.media.offset);
                self.model.picture.frame = vec2(video.frame[0], video.frame[1]);
                // Shown from the beginning of a run, so that there is something to stop.
                let session = Some(video.media.session);
                let looking = self.looking.as_ref().is_some_and(|looking| Some(looking.session) == session);
                if looking { Extent::Looked } else { Extent::NotLooked }
            }
            Some(Found::Looked(review)) => {
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
        let people = core.store.read().people();
        self.model.everyone =
            core.ask(people).unwrap_or_default().iter().map(|p| (p.id, gather::full_name(p))).collect();
    }

    /// Makes the model from what was loaded.
    fn rebuild(&mut self, core: &mut Core) {
        let Some(review) = self.review.take() else {
            let (extent, job) = (self.model.extent, self.model.job.take());
            let (picture, everyone) =
                (std::mem::take(&mut self.model.picture), std::mem::take(&mut self.model.everyone));
            self.model = PeopleModel { extent, job, picture, everyone, order: self.order, ..PeopleModel::default() };
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
        self.model.filtered = self.who.is_some();
        self.model.reviewed = review.reviewed();
        self.model.blind = review.run.is_blind();
        let coverage = review.coverage();
        self.model.coverage = if self.model.blind || coverage.len() > 1 { coverage } else { Vec::new() };
        let author = gather::author(core);
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
            let cells = self.strip_of(core, tag);
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
    fn strip_of(&mut self, core: &Core, tag: &Tag) -> Vec<(Time, f32)> {
        let whole = (tag.end - tag.start).0;
        let (times, values) = self.curves.of_tag(core.store.read(), tag, Span::new(tag.start, tag.end));
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
                let time = crate::ui::people::rough_time(gather::seen_secs(tracks));
                PersonRow {
                    who: *who,
                    initials: initials(&name),
                    name,
                    detail: tr_args(
                        "people-tracks",
                        &[("tracks", (tracks.len() as i64).into()), ("time", time.into())],
                    ),
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
        let cells = self.strip_of(core, tag);
        let times = cells.iter().map(|(time, _)| *time - offset).collect();
        self.pictures.want_strip(&core.wake, &review.video.path, tag.id, times);
        self.model.strip = cells
            .iter()
            .map(|(time, score)| StripCell { time: *time, picture: None, score: score_text(&tag.label, *score) })
            .collect();
        // While a rule is tuned, more is seen of what it would do.
        let least = if self.state.rule.is_some() { TUNING_MARGIN } else { MARGIN };
        let margin = least.max(tag.end - tag.start);
        let kind = review.track(tag.track).map_or(TrackKind::Face, |t| t.kind);
        let end = review.video.media.duration.map_or(tag.end + margin, |d| (tag.end + margin).min(d + offset));
        let span = Span::new((tag.start - margin).max(Time::ZERO), end.max(tag.end));
        let filter = filter_of(review.run_of(tag));
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
            self.pictures.want(&core.wake, &review.video.path, (self.moment - offset).max(Time::ZERO));
        }
        self.was_playing = playing;
        self.model.playing = playing;
        self.model.moment = self.moment;
    }

    /// What is drawn over the picture.
    fn draw(&mut self, core: &mut Core) {
        let Some(review) = &self.review else { return };
        if self.drawn == Some(self.moment) {
            return;
        }
        self.drawn = Some(self.moment);
        let read = core.store.read();
        let tag = core.selection.tag.and_then(|id| review.tag(id));
        let track = tag.map(|t| t.track);
        self.model.picture.strokes = Arc::new(self.curves.strokes(read, review, self.moment, track));
        self.model.picture.label = tag.and_then(|tag| {
            let track = review.track(tag.track)?;
            if self.moment < tag.start || self.moment > tag.end {
                return None;
            }
            let bbox = self.curves.bbox(read, track, self.moment)?;
            let args = [
                ("who", review.name_of(track).1.into()),
                ("what", edit::tags::readable(&tag.label).into()),
                ("score", share(tag.confidence as f32).into()),
            ];
            Some((tr_args("people-label-chip", &args), bbox))
        });
    }

    /// Draws the place.
    pub fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext, _: &Core) {
        self.pictures.upload(ui.ctx());
        self.model.picture.texture = self.pictures.texture();
        self.model.picture.problem = self.pictures.problem.clone();
        for (index, cell) in self.model.strip.iter_mut().enumerate() {
            cell.picture = self.pictures.strip_cell(index);
        }
        for row in &mut self.model.people {
            row.face = self.pictures.face(row.who);
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
        items.push(StatusItem::plain(tr("people-status-none")));
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

/// A score as the strip shows it: shares without their zero, measures as they are, `n/a` where nothing was measured.
fn score_text(label: &str, score: f32) -> String {
    if score.is_nan() {
        return "n/a".to_owned();
    }
    if label.starts_with("expression.") { share(score) } else { format!("{score:.2}") }
}

/// How a run's curves are filtered when they are shown; as usual for runs of before it was kept.
fn filter_of(run: &ModelRun) -> OneEuro {
    serde_json::from_value(run.settings["proposals"]["one_euro"].clone()).unwrap_or_default()
}

/// At most two first letters.
fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).flat_map(char::to_uppercase).collect()
}
