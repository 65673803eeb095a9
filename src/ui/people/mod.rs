//! People: who is seen, what their faces and bodies seem to do, and what people say of it.

mod agreement;
mod cards;
mod dialogs;
mod editors;
mod lanes;
mod list;
mod looks;
mod proposal;
mod rule;
mod space;
mod stage;
mod tools;

use std::sync::Arc;

use eframe::egui::{CentralPanel, Color32, Frame, Margin, Panel, Rangef, ScrollArea, TextureId, Ui, Vec2};

use super::heat::{HeatPictures, HeatRow};
use super::theme::space as gap;
use super::{Command, UiContext, tr, widgets};
use crate::analysis::review::QueueOrder;
use crate::app::command::PeopleCommand;
use crate::app::icon::Icon;
use crate::app::show::Shown;
use crate::domain::{PersonId, Span, TagId, Time, TrackId};
use crate::media::peaks::Peak;
use crate::render::overlay::Stroke;

pub use agreement::{AgreementModel, ClipRow, FigureRow, LabelLine};
pub use cards::{CardRow, CardsModel, SameModel};
pub use dialogs::{AnalyseForm, ModelChoice, Naming, rough_time};
pub use editors::{Editor, Retiming};
pub use looks::LookRow;
pub use rule::{RuleForm, RuleModel};
pub use space::SpaceView;
pub(super) use stage::name_tags;
pub(super) use tools::part_chip;

/// What there is to show at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// No session is selected.
    #[default]
    NoSession,
    /// The session has no video, or its file is not there.
    NoVideo,
    /// Nobody has looked at the video yet.
    NotLooked,
    /// A run is there, or on its way.
    Looked,
}

/// Somebody on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    Person(PersonId),
    /// A track nobody has named.
    Track(TrackId),
}

/// A row of the list of people.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonRow {
    pub who: Who,
    pub name: String,
    /// `12 tracks · 41 min`.
    pub detail: String,
    /// `consent: public`, or `who is this?`.
    pub note: String,
    pub named: bool,
    pub initials: String,
    pub face: Option<TextureId>,
    pub selected: bool,
    /// The track to name.
    pub track: Option<TrackId>,
}

/// A picture of the film strip.
#[derive(Clone, Debug, PartialEq)]
pub struct StripCell {
    /// On the session's timeline.
    pub time: Time,
    pub picture: Option<(TextureId, Vec2)>,
    /// As it is shown; empty where there is none.
    pub score: String,
}

/// A curve over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    pub name: String,
    /// Number of the tier colour; the accent when `None`.
    pub color: Option<usize>,
    /// Part of the lane's span, and height from 0 to 1; a gap starts where the next is NaN.
    pub points: Vec<[f32; 2]>,
}

/// The picture with what is drawn over it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    pub texture: Option<TextureId>,
    /// Pixels of the frame, in which the strokes are measured.
    pub frame: Vec2,
    pub strokes: Arc<Vec<Stroke>>,
    /// Words and the box they belong to (x, y, width, height in pixels of the frame).
    pub label: Option<(String, [f32; 4])>,
    /// Boxes of faces, which the words stay off.
    pub faces: Vec<[f32; 4]>,
    /// Short names over the other boxes.
    pub names: Vec<NameTag>,
    /// In place of the picture, when it cannot be shown.
    pub problem: Option<String>,
}

/// A name over a box.
#[derive(Clone, Debug, PartialEq)]
pub struct NameTag {
    pub name: String,
    pub color: Color32,
    /// x, y, width, height in pixels of the frame.
    pub bbox: [f32; 4],
}

/// A body in space.
#[derive(Clone, Debug, PartialEq)]
pub struct SpaceBody {
    pub name: String,
    pub color: Color32,
    /// 33 × (x, y, z) in metres about the middle of the hips: x to the viewer's right, y down, z away; `None` where a
    /// point is not seen.
    pub points: Vec<Option<[f32; 3]>>,
}

/// Expression over the whole session.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatModel {
    pub span: Span,
    pub rows: Vec<Arc<HeatRow>>,
}

/// A class with what both networks say.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreRow {
    pub name: String,
    /// 0 to 1.
    pub first: Option<f32>,
    pub second: Option<f32>,
}

/// What somebody decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// `Accepted as “resembling happiness”`.
    pub what: String,
    /// `by Ann, 2026-03-01 10:14`.
    pub by: String,
    pub good: bool,
}

/// The proposal looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct ProposalModel {
    pub tag: TagId,
    /// Its place in the queue and the queue's length; `None` when it is not in the queue.
    pub place: Option<(usize, usize)>,
    pub span: Span,
    pub title: String,
    pub who: String,
    /// `frontal, sharp, 148 px · 89 frames`.
    pub reasons: String,
    pub doubts: Vec<String>,
    pub scores: Vec<ScoreRow>,
    /// Names of the two networks.
    pub nets: [String; 2],
    /// What was measured, name and value.
    pub facts: Vec<(String, String)>,
    pub confidence: String,
    pub decision: Option<Decision>,
    /// `Ann: looks away here`, as far as they may be seen.
    pub notes: Vec<String>,
    /// It was heard, not seen.
    pub heard: bool,
    /// What is said at this moment, and its translation.
    pub said: Option<(String, String)>,
    pub made: Vec<String>,
    /// Labels to choose from when relabelling.
    pub labels: Vec<String>,
}

/// The run that is on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct JobModel {
    pub part: Option<f32>,
    pub message: String,
    /// Somebody let it rest.
    pub paused: bool,
}

/// Everything on screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeopleModel {
    pub extent: Extent,
    pub people: Vec<PersonRow>,
    /// Only one person's proposals are gone through.
    pub filtered: bool,
    pub queues: Vec<(QueueOrder, usize)>,
    pub order: QueueOrder,
    /// Decided, and all.
    pub reviewed: (usize, usize),
    pub picture: Picture,
    pub strip: Vec<StripCell>,
    /// The sound under each picture of the strip, for what was heard.
    pub sound: Vec<Arc<Vec<Peak>>>,
    /// What is drawn and shown.
    pub shown: Shown,
    /// Bodies of this moment, where they are shown.
    pub space: Vec<SpaceBody>,
    /// Where it is shown.
    pub heat: Option<HeatModel>,
    pub lanes: Vec<Lane>,
    /// What the lanes span.
    pub lanes_span: Option<Span>,
    /// How the curves are filtered, in words.
    pub filter: String,
    /// The moment shown.
    pub moment: Time,
    pub playing: bool,
    pub proposal: Option<ProposalModel>,
    pub job: Option<JobModel>,
    /// A recipe on its way.
    pub recipe: Option<JobModel>,
    /// `Stopped at 00:23:10`, where a look can be gone on with.
    pub stopped: Option<String>,
    /// How closely was looked, where not everywhere alike.
    pub looked: Option<String>,
    /// The recording has no picture.
    pub sound_only: bool,
    /// What others said is hidden.
    pub blind: bool,
    /// How many proposals each reviewer spoke on, where there is more than one, or review is blind.
    pub coverage: Vec<(String, usize)>,
    /// In place of the proposal: everybody in the project.
    pub cards: Option<CardsModel>,
    /// In place of the proposal.
    pub agreement: Option<AgreementModel>,
    /// In place of the proposal, with a lane of its own.
    pub rule: Option<RuleModel>,
    /// Everybody in the project, to name a track by.
    pub everyone: Vec<(PersonId, String)>,
}

/// Open editors.
#[derive(Default)]
pub struct PeopleState {
    pub space: SpaceView,
    pub(super) heat: HeatPictures,
    pub editor: Option<Editor>,
    pub naming: Option<Naming>,
    pub analyse: Option<AnalyseForm>,
    /// The looks to choose from.
    pub looks: Option<Vec<LookRow>>,
    pub rule: Option<RuleForm>,
}

impl PeopleState {
    /// Whether a dialog lies over everything.
    pub fn is_modal(&self) -> bool {
        self.naming.is_some() || self.analyse.is_some() || self.looks.is_some()
    }
}

/// Draws the place.
pub fn people_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PeopleState, model: &PeopleModel) {
    match model.extent {
        Extent::NoSession | Extent::NoVideo => {
            widgets::empty_ui(ui, cx, Icon::People, &tr("people-no-video"), Some(Command::Import(Vec::new())));
        }
        Extent::NotLooked => {
            let analyse = Command::People(PeopleCommand::Analyse);
            let text = if model.sound_only { "people-empty-sound" } else { "people-empty" };
            widgets::empty_ui(ui, cx, Icon::People, &tr(text), Some(analyse));
        }
        Extent::Looked => columns_ui(ui, cx, state, model),
    }
    dialogs::naming_ui(ui, cx, state, model);
    dialogs::analyse_ui(ui, cx, state);
    looks::looks_ui(ui, cx, state);
}

fn columns_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PeopleState, model: &PeopleModel) {
    let side = Frame::new().fill(cx.theme.panel);
    let width = *cx.layout("people.list", 250.0);
    let left = Panel::left("people-list")
        .resizable(true)
        .default_size(width)
        .size_range(Rangef::new(200.0, 360.0))
        .frame(side)
        .show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| list::list_ui(ui, cx, model));
        });
    *cx.layout("people.list", width) = left.response.rect.width();
    let width = *cx.layout("people.proposal", 330.0);
    let right = Panel::right("people-proposal")
        .resizable(true)
        .default_size(width)
        .size_range(Rangef::new(290.0, 440.0))
        .frame(side.inner_margin(Margin::symmetric(gap::L as i8, gap::M as i8)))
        .show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                if model.cards.is_some() {
                    cards::cards_ui(ui, cx, state, model);
                } else if model.agreement.is_some() {
                    agreement::agreement_ui(ui, cx, model);
                } else if state.rule.is_some() && model.rule.is_some() {
                    rule::rule_ui(ui, cx, state, model);
                } else {
                    proposal::proposal_ui(ui, cx, state, model);
                }
            });
        });
    *cx.layout("people.proposal", width) = right.response.rect.width();
    let middle = Frame::new().fill(cx.theme.background).inner_margin(Margin::same(gap::M as i8));
    CentralPanel::default().frame(middle).show(ui, |ui| stage::stage_ui(ui, cx, state, model));
}

/// A share as it is shown: `.94`.
pub fn share(value: f32) -> String {
    let text = format!("{:.2}", value.clamp(0.0, 1.0));
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}
