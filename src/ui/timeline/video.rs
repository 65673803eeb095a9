//! The picture, and what one plays it with.

use std::sync::Arc;

use eframe::egui::{
    Align, Color32, ColorImage, CornerRadius, Layout, Rect, Role, Sense, TextureOptions, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

use super::model::{Playback, Recording, TimelineModel};
use super::state::TimelineState;
use crate::app::command::{SessionsCommand, TimelineCommand};
use crate::app::icon::Icon;
use crate::app::show::Part;
use crate::render::overlay;
use crate::ui::people::{name_tags, part_chip};
use crate::ui::theme::{Theme, size, space, type_size};
use crate::ui::widgets::{Button, IconButton};
use crate::ui::{Command, Place, UiContext, fonts, icons, tr, tr_args};

/// Draws the picture with the transport under it, or what to do when there is no recording.
pub fn video_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut TimelineState,
    model: &TimelineModel,
    playback: &Playback,
) {
    let room = ui.max_rect();
    let bar = Rect::from_min_max(pos2(room.left(), room.bottom() - size::CONTROL), room.max);
    let stage = Rect::from_min_max(room.min, pos2(room.right(), bar.top() - space::S));
    match &model.recording {
        Recording::None if model.untimed => {
            let go = Command::Go(Place::Interlinear);
            offer(ui, cx, stage, Icon::Interlinear, &tr("timeline-untimed"), &tr("timeline-to-interlinear"), go);
        }
        Recording::None => {
            let add = Command::Sessions(SessionsCommand::AddMedia);
            offer(ui, cx, stage, Icon::Timeline, &tr("timeline-empty"), &tr("timeline-add-recording"), add);
        }
        Recording::Missing(name) => {
            let sentence = tr_args("timeline-missing", &[("file", name.clone().into())]);
            let relink = Command::Sessions(SessionsCommand::Relink);
            offer(ui, cx, stage, Icon::Warning, &sentence, &tr("timeline-relink"), relink);
        }
        Recording::There { picture, .. } => {
            picture_ui(ui, state, stage, *picture, playback);
            if *picture {
                parts_ui(ui, cx, stage, model);
            }
            transport_ui(ui, cx, bar, model, playback);
        }
    }
}

/// A sentence and one button, in the middle.
fn offer(ui: &mut Ui, cx: &mut UiContext, rect: Rect, icon: Icon, sentence: &str, button: &str, command: Command) {
    let middle = Rect::from_center_size(rect.center(), vec2(size::EMPTY.min(rect.width()), 144.0));
    let builder = UiBuilder::new().id_salt("offer").max_rect(middle).layout(Layout::top_down(Align::Center));
    ui.scope_builder(builder, |ui| {
        icons::show(ui, icon, 28.0, cx.theme.faint);
        ui.add_space(space::M);
        let words = eframe::egui::RichText::new(sentence).font(fonts::regular(type_size::BODY)).color(cx.theme.muted);
        ui.add(eframe::egui::Label::new(words).wrap());
        ui.add_space(space::L);
        if ui.add(Button::primary(button)).clicked() {
            cx.send(command);
        }
    });
}

fn picture_ui(ui: &mut Ui, state: &mut TimelineState, stage: Rect, expected: bool, playback: &Playback) {
    let theme = Theme::of(ui);
    let radius = CornerRadius::same(size::RADIUS_CARD);
    if playback.hidden || (playback.veiled && playback.frame.is_none()) {
        // Not even the picture before it may stay.
        state.picture = None;
    }
    if let Some(frame) = &playback.frame {
        upload(ui, state, frame);
    }
    let response = ui.interact(stage, ui.scope_id().with("picture"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, tr("timeline-picture")));
    match &state.picture {
        Some((frame, texture)) => {
            ui.painter().rect_filled(stage, radius, theme.stage);
            let natural = vec2(frame.width as f32, frame.height as f32);
            let scale = (stage.width() / natural.x).min(stage.height() / natural.y);
            // A sliver of black beside a picture that nearly fits is worse than a sliver of picture lost.
            let rect = Rect::from_center_size(stage.center(), natural * scale);
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let image = eframe::egui::Image::new((texture.id(), natural)).uv(whole).corner_radius(radius);
            image.paint_at(ui, rect);
            let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
            overlay::paint(&painter, overlay::TIMELINE, rect, playback.full, &playback.strokes);
            if playback.full.x > 0.0 {
                name_tags(&painter, rect, playback.full, &playback.names);
            }
        }
        None if playback.hidden => {
            ui.painter().rect_filled(stage, radius, theme.stage);
            let color = crate::ui::theme::DARK.muted;
            let font = fonts::regular(type_size::BODY);
            let galley = ui.painter().layout(tr("people-hidden-whole"), font, color, stage.width() * 0.8);
            ui.painter().galley(stage.center() - galley.size() / 2.0, galley, color);
        }
        None => {
            ui.painter().rect_filled(stage, radius, if expected { theme.stage } else { theme.panel });
            if !expected {
                ui.painter().rect_stroke(stage, radius, theme.hairline(), eframe::egui::StrokeKind::Inside);
                let center = stage.center() - vec2(0.0, space::M);
                icons::paint(ui.painter(), center, 28.0, Icon::Speaker, theme.faint);
                ui.painter().text(
                    stage.center() + vec2(0.0, space::XL),
                    eframe::egui::Align2::CENTER_CENTER,
                    tr("timeline-sound-only"),
                    fonts::regular(type_size::SMALL),
                    theme.muted,
                );
            }
        }
    }
}

/// What is drawn on the picture, behind a button in its corner; and that faces are hidden, while they are.
fn parts_ui(ui: &mut Ui, cx: &mut UiContext, stage: Rect, model: &TimelineModel) {
    let row =
        Rect::from_min_max(stage.min + vec2(space::S, space::S), pos2(stage.right() - space::S, stage.top() + 34.0));
    let builder = UiBuilder::new().id_salt("parts").max_rect(row).layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(builder, |ui| {
        let (corner, _) = ui.allocate_exact_size(vec2(size::CONTROL, size::CONTROL), Sense::hover());
        let ground = crate::ui::theme::DARK.background.gamma_multiply(0.75);
        ui.painter().rect_filled(corner, CornerRadius::same(size::RADIUS), ground);
        let button = UiBuilder::new().max_rect(corner).layout(Layout::left_to_right(Align::Center));
        let more = ui.scope_builder(button, |ui| ui.add(IconButton::new(Icon::More, tr("timeline-parts")))).inner;
        eframe::egui::Popup::menu(&more).show(|ui| {
            ui.set_min_width(200.0);
            let here = Part::ALL.into_iter().filter(|part| !matches!(part, Part::Space | Part::Heat));
            for part in here {
                let command = Command::Show(part);
                let mut on = model.shown.has(part);
                ui.horizontal(|ui| {
                    if ui.checkbox(&mut on, tr(&format!("show-{}", part.name()))).changed() {
                        cx.send(command.clone());
                    }
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let key = cx.hint(&command).unwrap_or_default();
                        let key = eframe::egui::RichText::new(key).font(fonts::regular(type_size::LABEL));
                        ui.label(key.color(cx.theme.muted));
                    });
                });
            }
        });
        if model.shown.has(Part::HiddenFaces) {
            // On a picture of any colour it stands on the window's own ground.
            let below = ui.painter().add(eframe::egui::Shape::Noop);
            let chip = ui.scope(|ui| part_chip(ui, cx, Part::HiddenFaces, true)).response.rect;
            let radius = CornerRadius::same(size::RADIUS_PILL);
            ui.painter().set(below, eframe::egui::Shape::rect_filled(chip, radius, cx.theme.panel));
        }
    });
}

/// Sends a picture to the graphics card unless it is there.
fn upload(ui: &Ui, state: &mut TimelineState, frame: &Arc<crate::media::VideoFrame>) {
    let side = [frame.width as usize, frame.height as usize];
    if frame.rgba.len() != side[0] * side[1] * 4 || side[0] == 0 {
        return;
    }
    match &mut state.picture {
        Some((known, _)) if Arc::ptr_eq(known, frame) => {}
        Some((known, texture)) => {
            texture.set(ColorImage::from_rgba_unmultiplied(side, &frame.rgba), TextureOptions::LINEAR);
            *known = Arc::clone(frame);
        }
        none => {
            let image = ColorImage::from_rgba_unmultiplied(side, &frame.rgba);
            let texture = ui.ctx().load_texture("video", image, TextureOptions::LINEAR);
            *none = Some((Arc::clone(frame), texture));
        }
    }
}

fn transport_ui(ui: &mut Ui, cx: &mut UiContext, bar: Rect, model: &TimelineModel, playback: &Playback) {
    let builder = UiBuilder::new().id_salt("transport").max_rect(bar).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        step(ui, cx, TimelineCommand::FrameBack);
        let play = Command::Timeline(TimelineCommand::PlayPause);
        let (words, icon) = match playback.playing {
            true => (tr("timeline-pause"), Icon::Pause),
            false => (tr("timeline-play"), Icon::Play),
        };
        let room = Room::of(bar.width());
        let mut button = Button::primary(words).icon(icon).width(if room.key { 118.0 } else { 74.0 });
        if let Some(key) = cx.hint(&play).filter(|_| room.key) {
            button = button.key(key);
        }
        if ui.add(button.tooltip(tr("command-play-pause.tooltip"))).clicked() {
            cx.send(play);
        }
        step(ui, cx, TimelineCommand::FrameForward);
        if room.speed {
            speed_ui(ui, cx, playback);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            if room.length {
                figures(ui, &format!("/ {}", clock(model.duration)), fonts::figures(type_size::BODY), cx.theme.muted);
            }
            let now = playback.position.to_string();
            figures(ui, &now, fonts::figures_semibold(type_size::TITLE), cx.theme.text);
        });
    });
}

/// What the row under the picture has room for: in a narrow pane the least needed goes first. Everything that is
/// left out has a key.
struct Room {
    key: bool,
    speed: bool,
    length: bool,
}

impl Room {
    fn of(width: f32) -> Self {
        Self { key: width >= 460.0, speed: width >= 400.0, length: width >= 300.0 }
    }
}

/// Slower, how fast, faster.
fn speed_ui(ui: &mut Ui, cx: &mut UiContext, playback: &Playback) {
    ui.add_space(space::S);
    step(ui, cx, TimelineCommand::Slower);
    let speed = tr_args("timeline-speed", &[("percent", ((playback.speed * 100.0).round() as i64).into())]);
    let galley = ui.painter().layout_no_wrap(speed.clone(), fonts::figures(type_size::BODY), cx.theme.muted);
    let (rect, response) = ui.allocate_exact_size(vec2(44.0, size::CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &speed));
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, cx.theme.muted);
    if response.on_hover_text(tr("timeline-speed-reset")).clicked() {
        cx.send(Command::Timeline(TimelineCommand::SetSpeed(1.0)));
    }
    step(ui, cx, TimelineCommand::Faster);
}

/// A button that is only an icon, with an outline as its neighbours have.
fn step(ui: &mut Ui, cx: &mut UiContext, command: TimelineCommand) {
    let command = Command::Timeline(command);
    let Some(spec) = command.spec() else { return };
    let name = tr(spec.id);
    let tooltip = cx.hint(&command).map_or(name.clone(), |key| format!("{name} ({key})"));
    let response = ui.add(IconButton::new(spec.icon, name).tooltip(tooltip));
    if response.clicked() {
        cx.send(command);
    }
}

fn figures(ui: &mut Ui, text: &str, font: eframe::egui::FontId, color: Color32) {
    ui.add(eframe::egui::Label::new(eframe::egui::RichText::new(text).font(font).color(color)));
}

/// A length without its milliseconds: `1:12:08`.
pub(super) fn clock(time: crate::domain::Time) -> String {
    let text = time.to_string();
    text.rsplit_once('.').map_or(text.clone(), |(whole, _)| whole.to_owned())
}
