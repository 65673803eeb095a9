//! The dialog that takes a clip or a still out of the project: what, from when to when, with which faces, where to.

use eframe::egui::{
    Align, Checkbox, ComboBox, CornerRadius, Id, Image, Key, Label, Layout, Modal, Rect, RichText, Sense, TextureId,
    Ui, Vec2, load::SizedTexture, vec2,
};

use super::theme::{DARK, size, space, type_size};
use super::widgets::{self, Button, Chip, TextField};
use super::{Command, UiContext, fonts, tr, tr_args};
use crate::app::clip::ClipSummary;
use crate::app::command::{ClipSource, ClipsCommand};
use crate::app::seen::Hide;
use crate::domain::{Span, TierId, Time};

/// What has been answered so far.
#[derive(Clone, Debug, PartialEq)]
pub struct ClipForm {
    /// A picture instead of a clip.
    pub still: bool,
    pub start: String,
    pub end: String,
    pub hide: Hide,
    pub overlay: bool,
    pub captions: Option<TierId>,
    pub sound: bool,
    /// Longest side, pixels; as recorded when `None`.
    pub side: Option<u32>,
    pub file: String,
    /// The focus goes to the first field.
    pub fresh: bool,
}

impl ClipForm {
    /// The stretch, when what is written is one.
    pub fn span(&self) -> Option<Span> {
        let start = Time::from_clock(&self.start)?;
        if self.still {
            return Some(Span { start, end: start });
        }
        let end = Time::from_clock(&self.end)?;
        (start < end).then_some(Span { start, end })
    }
}

/// What the dialog shows beside the answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClipModel {
    /// Stretches to choose from.
    pub sources: Vec<(ClipSource, Span)>,
    pub tiers: Vec<(TierId, String)>,
    /// Whether the recording has sound.
    pub sound: bool,
    /// The first picture as it would be written, with its size in pixels.
    pub preview: Option<(TextureId, Vec2)>,
    /// In its place: why there is none.
    pub problem: Option<String>,
    /// What of the first picture is hidden.
    pub hidden: String,
    /// Something stands there already.
    pub replaces: bool,
    /// How far the writing is, 0 to 1, and in words.
    pub writing: Option<(f32, String)>,
}

const WIDTH: f32 = 720.0;
const PREVIEW: Vec2 = vec2(340.0, 220.0);
/// Choices of size: longest side in pixels.
const SIDES: [Option<u32>; 4] = [None, Some(1920), Some(1280), Some(640)];

/// Draws the dialog.
pub fn clips_ui(ui: &mut Ui, cx: &mut UiContext, form: &mut ClipForm, model: &ClipModel) {
    let frame = eframe::egui::Frame::new()
        .fill(cx.theme.panel)
        .stroke(eframe::egui::Stroke::new(size::LINE, cx.theme.line_strong))
        .corner_radius(CornerRadius::same(size::RADIUS_CARD))
        .inner_margin(eframe::egui::Margin::same(space::XL as i8));
    let name = tr(if form.still { "clips-still-title" } else { "clips-clip-title" });
    let id = Id::unique("clips-dialog");
    let area = Modal::default_area(id).accessible_name(name.clone());
    // Asked before the fields are drawn: Enter takes the focus away from the one that has it.
    let typed = ui.ctx().text_edit_focused() && ui.input(|input| input.key_pressed(Key::Enter));
    let width = WIDTH.min(ui.ctx().content_rect().width() - 2.0 * space::XL);
    let shown = Modal::new(id).area(area).backdrop_color(cx.theme.scrim).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(width);
        widgets::title(ui, name);
        ui.add_space(space::M);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::XL;
            ui.vertical(|ui| {
                ui.set_width(PREVIEW.x);
                preview_ui(ui, cx, model);
            });
            ui.vertical(|ui| {
                ui.set_width(ui.available_width());
                ui.add_enabled_ui(model.writing.is_none(), |ui| answers_ui(ui, cx, form, model));
            });
        });
        ui.add_space(space::M);
        ui.add_enabled_ui(model.writing.is_none(), |ui| file_ui(ui, cx, form, model));
        ui.add_space(space::L);
        foot_ui(ui, cx, form, model, typed);
    });
    if shown.should_close() {
        cx.send(Command::Clips(ClipsCommand::Close));
    }
}

fn preview_ui(ui: &mut Ui, cx: &UiContext, model: &ClipModel) {
    let (rect, response) = ui.allocate_exact_size(PREVIEW, Sense::hover());
    let name = tr("clips-preview");
    response.widget_info(|| eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Image, true, &name));
    ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), cx.theme.stage);
    match (&model.preview, &model.problem) {
        (_, Some(problem)) => {
            let font = fonts::regular(type_size::SMALL);
            let galley = ui.painter().layout(problem.clone(), font, DARK.muted, rect.width() - 2.0 * space::L);
            ui.painter().galley(rect.center() - galley.size() / 2.0, galley, DARK.muted);
        }
        (Some((texture, pixels)), None) if pixels.x > 0.0 && pixels.y > 0.0 => {
            let scale = (rect.width() / pixels.x).min(rect.height() / pixels.y);
            let shown = Rect::from_center_size(rect.center(), *pixels * scale);
            Image::from_texture(SizedTexture::new(*texture, shown.size())).paint_at(ui, shown);
        }
        _ => {
            let font = fonts::regular(type_size::SMALL);
            let center = eframe::egui::Align2::CENTER_CENTER;
            ui.painter().text(rect.center(), center, tr("people-picture-coming"), font, DARK.muted);
        }
    }
    ui.add_space(space::XS);
    note(ui, cx, &model.hidden);
}

fn note(ui: &mut Ui, cx: &UiContext, text: &str) {
    if !text.is_empty() {
        let text = RichText::new(text).font(fonts::regular(type_size::SMALL)).color(cx.theme.muted);
        ui.add(Label::new(text).wrap());
    }
}

fn answers_ui(ui: &mut Ui, cx: &mut UiContext, form: &mut ClipForm, model: &ClipModel) {
    widgets::section(ui, tr(if form.still { "clips-moment" } else { "clips-span" }));
    if !form.still && !model.sources.is_empty() {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
            for (source, span) in &model.sources {
                let name = tr(match source {
                    ClipSource::Selection => "clips-selection",
                    ClipSource::Proposal => "clips-proposal",
                    ClipSource::InSight => "clips-in-sight",
                });
                let chip = if form.span() == Some(*span) { Chip::accent(name) } else { Chip::new(name) };
                if ui.add(chip.clickable()).clicked() {
                    cx.send(Command::Clips(ClipsCommand::Take(*source)));
                }
            }
        });
        ui.add_space(space::XS);
    }
    ui.horizontal(|ui| {
        let width = (ui.available_width() - space::S) / 2.0;
        let first = Id::unique("clips-start");
        let start = TextField::new(&mut form.start, tr("people-start"))
            .id(first)
            .font(fonts::figures(type_size::BODY))
            .width(width)
            .show(ui);
        if std::mem::take(&mut form.fresh) {
            start.request_focus();
        }
        if !form.still {
            TextField::new(&mut form.end, tr("people-end"))
                .id(Id::unique("clips-end"))
                .font(fonts::figures(type_size::BODY))
                .width(width)
                .show(ui);
        }
    });
    if form.span().is_none() {
        let text = RichText::new(tr("people-retime-bad")).font(fonts::regular(type_size::SMALL));
        ui.add(Label::new(text.color(cx.theme.bad)).wrap());
    }
    ui.add_space(space::S);
    widgets::section(ui, tr("clips-faces"));
    for (hide, name) in [
        (Hide::WithoutConsent, "clips-hide-without-consent"),
        (Hide::All, "clips-hide-all"),
        (Hide::Nobody, "clips-hide-nobody"),
    ] {
        ui.radio_value(&mut form.hide, hide, tr(name));
    }
    ui.add_space(space::S);
    widgets::section(ui, tr("clips-with"));
    ui.add(Checkbox::new(&mut form.overlay, tr("clips-overlay")));
    if !form.still {
        ui.add_enabled(model.sound, Checkbox::new(&mut form.sound, tr("clips-sound")));
    }
    captions_ui(ui, form, model);
    ui.add_space(space::S);
    widgets::section(ui, tr("clips-size"));
    let choices = SIDES.map(|side| {
        let text = side.map_or_else(|| tr("clips-size-full"), |side| side.to_string());
        (side, text)
    });
    widgets::segmented(ui, "clips-size", &mut form.side, &choices);
}

fn captions_ui(ui: &mut Ui, form: &mut ClipForm, model: &ClipModel) {
    if model.tiers.is_empty() {
        return;
    }
    ui.horizontal(|ui| {
        ui.label(tr("clips-captions"));
        let none = tr("clips-captions-none");
        let chosen = form.captions.and_then(|id| model.tiers.iter().find(|(tier, _)| *tier == id));
        let text = chosen.map_or_else(|| none.clone(), |(_, name)| name.clone());
        let response = ComboBox::from_id_salt("clips-captions")
            .selected_text(text)
            .width(ui.available_width())
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut form.captions, None, none);
                for (tier, name) in &model.tiers {
                    ui.selectable_value(&mut form.captions, Some(*tier), name);
                }
            })
            .response;
        let _ = response.accessible_name(tr("clips-captions"));
    });
}

fn file_ui(ui: &mut Ui, cx: &mut UiContext, form: &mut ClipForm, model: &ClipModel) {
    widgets::section(ui, tr("clips-file"));
    ui.horizontal(|ui| {
        let choose = 110.0;
        let width = ui.available_width() - choose - space::S;
        TextField::new(&mut form.file, tr("clips-file")).id(Id::unique("clips-file")).width(width).show(ui);
        if ui.add(Button::new(tr("clips-choose")).width(choose)).clicked() {
            cx.send(Command::Clips(ClipsCommand::ChooseFile));
        }
    });
    if model.replaces {
        note(ui, cx, &tr("clips-replaces"));
    }
}

fn foot_ui(ui: &mut Ui, cx: &mut UiContext, form: &ClipForm, model: &ClipModel, typed: bool) {
    if let Some((part, words)) = &model.writing {
        note(ui, cx, words);
        ui.add_space(space::XS);
        let width = ui.available_width();
        widgets::progress_bar(ui, &tr("clips-writing"), *part, width, cx.theme.accent);
        ui.add_space(space::M);
    }
    let ready = form.span().is_some() && !form.file.trim().is_empty() && model.problem.is_none();
    let room = vec2(ui.available_width(), size::CONTROL_LARGE);
    ui.allocate_ui_with_layout(room, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        if model.writing.is_some() {
            if ui.add(Button::new(tr("clips-stop")).large()).clicked() {
                cx.send(Command::Clips(ClipsCommand::Stop));
            }
            if ui.add(Button::quiet(tr("clips-background")).large()).clicked() {
                cx.send(Command::Clips(ClipsCommand::Close));
            }
            return;
        }
        let name = tr(if form.still { "clips-save-still" } else { "clips-export" });
        let write = ui.add_enabled(ready, Button::primary(name).key("⏎").large());
        if write.clicked() || (ready && typed) {
            cx.send(Command::Clips(ClipsCommand::Write));
        }
        if ui.add(Button::quiet(tr("dialog-cancel")).large()).clicked() {
            cx.send(Command::Clips(ClipsCommand::Close));
        }
    });
}

/// How many faces of a picture are hidden, in words.
pub fn hidden_words(faces: bool, nobody: bool, covered: bool) -> String {
    match (covered, faces, nobody) {
        (true, ..) => tr("clips-covered"),
        (_, true, _) => tr("clips-faces-hidden"),
        (_, _, true) => tr("clips-nobody"),
        _ => tr("clips-no-face-hidden"),
    }
}

/// What was written, in words.
pub fn written_words(file: &str, done: &ClipSummary) -> String {
    let number = |n: usize| (n as i64).into();
    let mut words = tr_args(
        "clips-written",
        &[("file", file.to_owned().into()), ("frames", number(done.frames)), ("hidden", number(done.hidden))],
    );
    for (id, count) in [
        ("clips-written-extended", done.extended),
        ("clips-written-nobody", done.nobody),
        ("clips-written-covered", done.covered),
    ] {
        if count > 0 {
            words = format!("{words} {}", tr_args(id, &[("frames", number(count))]));
        }
    }
    words
}
