//! Two small dialogs: who is this, and how to look.

use eframe::egui::{Align, Checkbox, Frame, Id, Key, Label, Layout, Margin, Modal, RichText, ScrollArea, Ui, vec2};

use super::{PeopleModel, PeopleState};
use crate::app::command::{HowToLook, PeopleCommand};
use crate::domain::{PersonId, Time, TrackId};
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{self, Button, ListRow, TextField};
use crate::ui::{Command, UiContext, fonts, tr, tr_args};

/// Naming a track, or adding somebody.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Naming {
    /// The track to name; only a person is added when `None`.
    pub track: Option<TrackId>,
    /// What the track is called now.
    pub called: String,
    /// What was typed.
    pub text: String,
    pub fresh: bool,
}

/// A model to look with.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelChoice {
    pub name: String,
    /// From its card: what it does.
    pub task: String,
    /// Takes sound rather than pictures.
    pub hears: bool,
    /// Says something about age or sex: one of the user's own, switched so when it was added.
    pub personal: bool,
    pub on: bool,
}

/// How to look at a video.
#[derive(Clone, Debug, PartialEq)]
pub struct AnalyseForm {
    pub models: Vec<ModelChoice>,
    pub fps: String,
    /// Length of the video.
    pub duration: Time,
    /// Seconds a frame takes here, all models together.
    pub secs_a_frame: f64,
    /// Whether that was measured in this project, or is a guess.
    pub measured: bool,
    /// The recording has a picture.
    pub sees: bool,
    pub sparse_first: bool,
    pub on_mains_only: bool,
    /// This machine has a battery and says when it runs on it.
    pub knows_power: bool,
    /// What will become of what is there, where the recording was looked at before.
    pub before: Option<String>,
    pub fresh: bool,
}

impl AnalyseForm {
    /// Frames a second, when what is written is one.
    pub fn fps(&self) -> Option<f64> {
        let fps = self.fps.trim().replace(',', ".").parse::<f64>().ok()?;
        (fps.is_finite() && fps > 0.0 && fps <= 60.0).then_some(fps)
    }
    /// The command to start, when the form is complete.
    pub fn command(&self) -> Option<PeopleCommand> {
        let models: Vec<String> = self.models.iter().filter(|m| m.on).map(|m| m.name.clone()).collect();
        if models.is_empty() {
            return None;
        }
        let how = HowToLook { sparse_first: self.sparse_first, on_mains_only: self.on_mains_only };
        Some(PeopleCommand::StartAnalysis { models, fps: self.fps()?, how })
    }
    fn estimate_secs(&self) -> Option<f64> {
        // The chosen models' part of the whole pack's time, by their number: near enough for "about".
        // Listening takes little beside looking.
        let looks = self.models.iter().filter(|m| !m.hears);
        let part = looks.clone().filter(|m| m.on).count() as f64 / looks.count().max(1) as f64;
        if !self.sees {
            return Some(self.duration.secs() * SECS_A_SECOND_HEARD);
        }
        Some(self.duration.secs() * self.fps()? * self.secs_a_frame * part)
    }
}

/// Seconds of work a second of sound, with all models on two cores, as measured.
const SECS_A_SECOND_HEARD: f64 = 0.25;

const DIALOG: f32 = 460.0;

pub(super) fn naming_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PeopleState, model: &PeopleModel) {
    let Some(naming) = &mut state.naming else { return };
    let mut done = None;
    let modal = modal("people-naming", ui, cx).show(ui.ctx(), |ui| {
        ui.set_width(DIALOG * 0.8);
        let title = match naming.track {
            Some(_) => tr_args("people-name-title", &[("called", naming.called.clone().into())]),
            None => tr("people-add-title"),
        };
        widgets::title(ui, title);
        ui.add_space(space::S);
        let id = Id::unique("people-naming-field");
        let field = TextField::new(&mut naming.text, tr("people-name-field"))
            .id(id)
            .hint(tr("people-name-hint"))
            .height(size::CONTROL_LARGE)
            .show(ui);
        if std::mem::take(&mut naming.fresh) {
            field.request_focus();
        }
        let typed = naming.text.trim().to_owned();
        let key = typed.to_lowercase();
        let found: Vec<&(PersonId, String)> =
            model.everyone.iter().filter(|(_, name)| name.to_lowercase().contains(&key)).collect();
        let known = found.iter().find(|(_, name)| name.to_lowercase() == key).map(|(id, _)| *id);
        ui.add_space(space::XS);
        if naming.track.is_some() {
            ScrollArea::vertical().max_height(220.0).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (id, name) in &found {
                    let row = ListRow::new(Id::unique(("naming", *id)), name).show(ui, |ui| ui.label(name));
                    if row.response.clicked() {
                        done = Some(Choice::Person(*id));
                    }
                }
            });
        }
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            let fresh = !typed.is_empty() && known.is_none();
            let text = if typed.is_empty() {
                tr("people-add-new")
            } else {
                tr_args("people-add-named", &[("name", typed.clone().into())])
            };
            if ui.add_enabled(fresh, Button::primary(text)).clicked() {
                done = Some(Choice::New(typed.clone()));
            }
            if naming.track.is_some() && ui.add(Button::new(tr("people-name-nobody"))).clicked() {
                done = Some(Choice::Nobody);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.add(Button::quiet(tr("dialog-cancel"))).clicked() {
                    done = Some(Choice::Cancel);
                }
            });
        });
        if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && !typed.is_empty() {
            // Enter takes who is called so, else the only one left, else somebody new.
            done = match (naming.track, known, found.as_slice()) {
                (Some(_), Some(id), _) => Some(Choice::Person(id)),
                (Some(_), None, [only]) => Some(Choice::Person(only.0)),
                _ => Some(Choice::New(typed)),
            };
        }
    });
    if modal.should_close() {
        done = Some(Choice::Cancel);
    }
    let (Some(choice), track) = (done, naming.track) else { return };
    match (choice, track) {
        (Choice::Person(person), Some(track)) => {
            cx.send(Command::People(PeopleCommand::AssignTrack { track, person: Some(person) }));
        }
        (Choice::Nobody, Some(track)) => {
            cx.send(Command::People(PeopleCommand::AssignTrack { track, person: None }));
        }
        (Choice::New(code), track) => cx.send(Command::People(PeopleCommand::AddPersonAs { code, track })),
        _ => {}
    }
    state.naming = None;
}

/// A dialog with room around its contents.
pub(super) fn modal(id: &str, ui: &Ui, cx: &UiContext) -> Modal {
    let frame = Frame::popup(ui.style()).inner_margin(Margin::same(space::L as i8 + space::XS as i8));
    Modal::new(Id::unique(id)).backdrop_color(cx.theme.scrim).frame(frame)
}

enum Choice {
    Person(PersonId),
    Nobody,
    New(String),
    Cancel,
}

/// The models to look and listen with; they scroll where there are more than the window is high.
fn models_ui(ui: &mut Ui, cx: &UiContext, models: &mut [ModelChoice]) {
    let height = (ui.ctx().content_rect().height() - 380.0).max(160.0);
    ScrollArea::vertical().max_height(height).show(ui, |ui| {
        for (hears, title) in [(false, "people-analyse-models"), (true, "people-analyse-speech")] {
            let choices: Vec<&mut ModelChoice> = models.iter_mut().filter(|m| m.hears == hears).collect();
            if choices.is_empty() {
                continue;
            }
            widgets::section(ui, tr(title));
            for choice in choices {
                ui.horizontal(|ui| {
                    ui.set_min_height(size::CONTROL);
                    ui.add(Checkbox::new(&mut choice.on, &choice.task));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let name = RichText::new(&choice.name).font(fonts::regular(type_size::LABEL));
                        ui.label(name.color(cx.theme.muted));
                    });
                });
            }
        }
    });
}

pub(super) fn analyse_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PeopleState) {
    let Some(form) = &mut state.analyse else { return };
    let mut done = None;
    let modal = modal("people-analyse", ui, cx).show(ui.ctx(), |ui| {
        ui.set_width(DIALOG);
        widgets::title(ui, tr("people-analyse-title"));
        let muted = |text: String| RichText::new(text).font(fonts::figures(type_size::BODY)).color(cx.theme.muted);
        let personal = form.models.iter().filter(|model| model.on && model.personal).count() as i64;
        let about = tr_args("people-analyse-about", &[("personal", personal.into())]);
        ui.add(Label::new(muted(about)).wrap());
        ui.add_space(space::M);
        models_ui(ui, cx, &mut form.models);
        ui.add_space(space::S);
        let field = form.sees.then(|| fps_ui(ui, form));
        if form.sees {
            ui.add(Checkbox::new(&mut form.sparse_first, tr("people-analyse-sparse")));
        }
        if form.knows_power {
            ui.add(Checkbox::new(&mut form.on_mains_only, tr("people-analyse-mains")));
        }
        ui.add_space(space::S);
        let text = match form.estimate_secs() {
            Some(secs) if form.sparse_first => {
                // One frame a second for certain, and the rest at most.
                let least = form.fps().map_or(secs, |fps| secs / fps.max(1.0));
                let args = [("least", rough_time(least).into()), ("time", rough_time(secs + least).into())];
                tr_args("people-analyse-time-sparse", &args)
            }
            Some(secs) => {
                let text = if form.measured { "people-analyse-time" } else { "people-analyse-guess" };
                tr_args(text, &[("time", rough_time(secs).into())])
            }
            None => tr("people-analyse-bad-fps"),
        };
        ui.add(Label::new(muted(text)).wrap());
        if let Some(before) = &form.before {
            ui.add_space(space::XS);
            ui.add(Label::new(before).wrap());
        }
        ui.add_space(space::M);
        let command = form.command();
        ui.spacing_mut().item_spacing = vec2(space::S, space::S);
        ui.horizontal(|ui| {
            let text = tr(if form.sees { "people-analyse-do" } else { "people-analyse-listen" });
            let look = Button::primary(text).key("⏎").large();
            let pressed = ui.add_enabled(command.is_some(), look).clicked();
            let entered = match &field {
                Some(field) => field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)),
                None => false,
            };
            if pressed || entered {
                done = command;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add(Button::quiet(tr("dialog-cancel")).large()).clicked()
            })
            .inner
        })
        .inner
    });
    let cancelled = modal.inner || modal.should_close();
    if let Some(command) = done {
        cx.send(Command::People(command));
        state.analyse = None;
    } else if cancelled {
        state.analyse = None;
    }
}

/// Frames a second.
fn fps_ui(ui: &mut Ui, form: &mut AnalyseForm) -> eframe::egui::Response {
    widgets::section(ui, tr("people-analyse-fps"));
    let id = Id::unique("people-analyse-fps");
    let field = TextField::new(&mut form.fps, tr("people-analyse-fps"))
        .id(id)
        .font(fonts::figures(type_size::BODY))
        .width(80.0)
        .show(ui);
    if std::mem::take(&mut form.fresh) {
        field.request_focus();
        super::editors::select_all(ui, id, &form.fps);
    }
    field
}

/// A length of time one reads at a glance: `40 s`, `12 min`, `3 h 20 min`.
pub fn rough_time(secs: f64) -> String {
    let secs = secs.max(0.0).round() as u64;
    match secs {
        0..=90 => format!("{} s", secs.max(1)),
        91..=5400 => format!("{} min", secs.div_ceil(60)),
        _ => format!("{} h {} min", secs / 3600, secs % 3600 / 60),
    }
}
