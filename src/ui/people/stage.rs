//! The middle: the picture with what was found in it, the film strip, the curves.

use eframe::egui::{
    Color32, CornerRadius, Id, Image, Painter, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    load::SizedTexture, pos2, vec2,
};

use super::{NameTag, PeopleModel, PeopleState, Picture, StripCell, lanes, space as body, tools};
use crate::app::command::PeopleCommand;
use crate::app::show::Part;
use crate::media::peaks::Peak;
use crate::render::overlay;
use crate::render::waveform::{self, Waveform};
use crate::ui::theme::{focus_ring, size, space, type_size};
use crate::ui::{Command, UiContext, fonts, tr, tr_args};

/// Under words on a picture; pictures are dark ground in both themes.
fn ground() -> Color32 {
    crate::ui::theme::DARK.background.gamma_multiply(0.75)
}

const STRIP: f32 = 66.0;
/// Of it, the sound of what was heard.
const SOUND: f32 = 30.0;
const GAP: f32 = 6.0;

/// Least height of the picture.
const LEAST: f32 = 120.0;
/// Slots of the waveforms under the strip; the timeline has the first.
const SOUND_SLOT: u32 = 16;

pub(super) fn stage_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PeopleState, model: &PeopleModel) {
    let step = space::S + 2.0;
    ui.spacing_mut().item_spacing.y = step;
    tools::tools_ui(ui, cx, model);
    let room = ui.available_size();
    let heat = tools::heat_height(model, ui.ctx().content_rect().height());
    let below = if model.strip.is_empty() { 0.0 } else { STRIP + step }
        + match lanes::count(model) {
            0 => 0.0,
            lanes => lanes::height(lanes) + step,
        }
        + if heat > 0.0 { heat + step } else { 0.0 };
    let beside = model.shown.has(Part::Space);
    let wide = if beside { (room.x - GAP) / 2.0 } else { room.x };
    let frame = if model.picture.frame.x > 0.0 { model.picture.frame } else { vec2(16.0, 9.0) };
    let fitting = wide * frame.y / frame.x;
    // A body stands: its view takes more height than a picture of half the width would.
    let wanted = if beside { fitting.max(wide * 0.9) } else { fitting };
    let height = wanted.min(room.y - below).max(LEAST);
    let (row, _) = ui.allocate_exact_size(vec2(room.x, height), Sense::hover());
    let picture = Rect::from_min_size(row.min, vec2(wide, height));
    picture_ui(ui, cx, model, picture);
    if beside {
        let rect = Rect::from_min_max(pos2(picture.right() + GAP, row.top()), row.max);
        body::space_ui(ui, cx, state, model, rect);
    }
    strip_ui(ui, cx, model);
    lanes::lanes_ui(ui, cx, state, model);
    tools::heat_ui(ui, cx, state, model, heat);
}

/// Where a picture of `frame` pixels goes within `rect`, whole.
fn fitted(rect: Rect, frame: Vec2) -> Rect {
    let scale = (rect.width() / frame.x).min(rect.height() / frame.y);
    Rect::from_center_size(rect.center(), frame * scale)
}

fn picture_ui(ui: &mut Ui, cx: &mut UiContext, model: &PeopleModel, rect: Rect) {
    let response = ui.interact(rect, Id::unique("people-picture"), Sense::click());
    let name = tr_args("people-picture", &[("time", model.moment.to_string().into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
    if response.clicked() {
        cx.send(Command::People(PeopleCommand::PlayProposal));
    }
    let radius = CornerRadius::same(size::RADIUS_CARD);
    ui.painter().rect_filled(rect, radius, cx.theme.stage);
    let picture = &model.picture;
    let Some(texture) = picture.texture.filter(|_| !model.sound_only) else {
        let text = match model.sound_only {
            true => tr("people-sound-only"),
            false => picture.problem.clone().unwrap_or_else(|| tr("people-picture-coming")),
        };
        // The stage is dark in both themes.
        let color = crate::ui::theme::DARK.muted;
        let room = (rect.width() - 2.0 * space::L).max(40.0);
        let galley = ui.painter().layout(text, fonts::regular(type_size::BODY), color, room.min(420.0));
        ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
        focus_ring(ui, &response, size::RADIUS_CARD);
        return;
    };
    if picture.frame.x <= 0.0 || picture.frame.y <= 0.0 {
        return;
    }
    let shown = fitted(rect, picture.frame);
    Image::from_texture(SizedTexture::new(texture, shown.size())).corner_radius(radius).paint_at(ui, shown);
    let painter = ui.painter().with_clip_rect(shown.intersect(ui.clip_rect()));
    overlay::paint(&painter, overlay::PEOPLE, shown, picture.frame, &picture.strokes);
    name_tags(&painter, shown, picture.frame, &picture.names);
    if let Some((text, bbox)) = &picture.label {
        label_chip(&painter, shown, picture, text, *bbox);
    }
    let time = format!("{}{}", if model.playing { "▶ " } else { "" }, model.moment);
    let galley = painter.layout_no_wrap(time, fonts::figures(type_size::SMALL), crate::ui::theme::DARK.text);
    let chip = Rect::from_min_size(
        shown.left_bottom() + vec2(space::S, -galley.size().y - 2.0 * space::S),
        galley.size() + vec2(2.0 * space::S, space::S),
    );
    painter.rect_filled(chip, CornerRadius::same(size::RADIUS_SMALL), ground());
    painter.galley(chip.center() - galley.size() / 2.0, galley, crate::ui::theme::DARK.text);
    focus_ring(ui, &response, size::RADIUS_CARD);
}

/// Who the others are, small, over the upper left corners of their boxes.
pub(in crate::ui) fn name_tags(painter: &Painter, shown: Rect, frame: Vec2, names: &[NameTag]) {
    let scale = shown.width() / frame.x.max(1.0);
    for NameTag { name, color, bbox: [x, y, ..] } in names {
        let galley = painter.layout_no_wrap(name.clone(), fonts::figures_semibold(type_size::SMALL), *color);
        let room = galley.size() + vec2(2.0 * space::XS, 2.0);
        let corner = shown.min + vec2(*x, *y) * scale - vec2(0.0, room.y + 3.0);
        let left = corner.x.clamp(shown.left(), (shown.right() - room.x).max(shown.left()));
        let chip = Rect::from_min_size(pos2(left, corner.y.max(shown.top())), room);
        painter.rect_filled(chip, CornerRadius::same(size::RADIUS_SMALL), ground());
        painter.galley(chip.center() - galley.size() / 2.0, galley, *color);
    }
}

/// Words at a box, within the picture and off the faces.
fn label_chip(painter: &Painter, shown: Rect, picture: &Picture, text: &str, bbox: [f32; 4]) {
    let scale = shown.width() / picture.frame.x;
    let galley = painter.layout_no_wrap(text.to_owned(), fonts::figures(type_size::LEAD), crate::ui::theme::DARK.text);
    let on_screen = |[x, y, w, h]: [f32; 4]| Rect::from_min_size(shown.min + vec2(x, y) * scale, vec2(w, h) * scale);
    let faces: Vec<Rect> = picture.faces.iter().map(|face| on_screen(*face)).collect();
    let chip = label_place(galley.size() + vec2(2.0 * space::M, space::S), on_screen(bbox), shown, &faces);
    painter.rect_filled(chip, CornerRadius::same(size::RADIUS), ground());
    painter.galley(chip.center() - galley.size() / 2.0, galley, crate::ui::theme::DARK.text);
}

/// Where words of that size stand: over the box, else under it, else in a corner of the picture; where they cover least
/// of any face.
fn label_place(room: Vec2, of: Rect, shown: Rect, faces: &[Rect]) -> Rect {
    let (above, below) = (of.top() - room.y - space::XS, of.bottom() + space::XS);
    let (left, right) = (of.left(), of.right() - room.x);
    let (far_left, far_right) = (shown.left() + space::S, shown.right() - room.x - space::S);
    let (top, bottom) = (shown.top() + space::S, shown.bottom() - room.y - space::S);
    let corners = [
        (left, above),
        (right, above),
        (left, below),
        (right, below),
        (far_left, top),
        (far_right, top),
        (far_right, bottom),
    ];
    let within = |(x, y): (f32, f32)| {
        let highest = pos2((shown.right() - room.x).max(shown.left()), (shown.bottom() - room.y).max(shown.top()));
        Rect::from_min_size(pos2(x, y).clamp(shown.min, highest), room)
    };
    let covered = |chip: &Rect| {
        let shared = |face: &Rect| chip.intersect(*face);
        faces.iter().map(shared).filter(|part| part.is_positive()).map(|part| part.area()).sum::<f32>()
    };
    let places = corners.map(within);
    let first = places[0];
    places.into_iter().min_by(|a, b| covered(a).total_cmp(&covered(b))).unwrap_or(first)
}

fn strip_ui(ui: &mut Ui, cx: &mut UiContext, model: &PeopleModel) {
    if model.strip.is_empty() {
        return;
    }
    let count = model.strip.len();
    let width = ((ui.available_width() - GAP * (count - 1) as f32) / count as f32).max(8.0);
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), STRIP), Sense::hover());
    let nearest = nearest_cell(model);
    for (index, cell) in model.strip.iter().enumerate() {
        let left = row.left() + index as f32 * (width + GAP);
        let rect = Rect::from_min_size(pos2(left, row.top()), vec2(width, STRIP));
        let sound = model.sound.get(index);
        strip_cell(ui, cx, cell, sound, rect, nearest == Some(index), index);
    }
}

fn nearest_cell(model: &PeopleModel) -> Option<usize> {
    let (first, last) = (model.strip.first()?.time, model.strip.last()?.time);
    let slack = (last - first).0 / (model.strip.len() as i64).max(1);
    let (index, cell) = model.strip.iter().enumerate().min_by_key(|(_, cell)| (cell.time - model.moment).0.abs())?;
    ((cell.time - model.moment).0.abs() <= slack.max(1)).then_some(index)
}

fn strip_cell(
    ui: &mut Ui,
    cx: &mut UiContext,
    cell: &StripCell,
    sound: Option<&std::sync::Arc<Vec<Peak>>>,
    rect: Rect,
    here: bool,
    index: usize,
) {
    let response = ui.interact(rect, Id::unique(("strip", index)), Sense::click());
    let name =
        tr_args("people-strip-cell", &[("time", cell.time.to_string().into()), ("score", cell.score.clone().into())]);
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), here, &name));
    if response.clicked() {
        cx.send(Command::People(PeopleCommand::ShowMoment(cell.time)));
    }
    let radius = CornerRadius::same(size::RADIUS_SMALL);
    ui.painter().rect_filled(rect, radius, cx.theme.stage);
    if let Some((texture, pixels)) = cell.picture
        && pixels.x > 0.0
        && pixels.y > 0.0
    {
        // The cell is covered; what is too wide or too high is cut off evenly.
        let scale = (rect.width() / pixels.x).max(rect.height() / pixels.y);
        let part = rect.size() / (pixels * scale);
        let uv = Rect::from_center_size(pos2(0.5, 0.5), part);
        Image::from_texture(SizedTexture::new(texture, rect.size())).uv(uv).corner_radius(radius).paint_at(ui, rect);
    }
    if let Some(columns) = sound {
        // Seen and heard: who speaks above, what was said below.
        let band = Rect::from_min_max(pos2(rect.left(), rect.bottom() - SOUND), rect.max);
        let below = CornerRadius { nw: 0, ne: 0, sw: radius.sw, se: radius.se };
        ui.painter().rect_filled(band, below, crate::ui::theme::DARK.stage.gamma_multiply(0.85));
        let color = crate::ui::theme::DARK.tier(0);
        let wave =
            Waveform { slot: SOUND_SLOT + index as u32, columns: std::sync::Arc::clone(columns), color, gain: 1.0 };
        waveform::paint(ui.painter(), band.shrink2(vec2(2.0, 3.0)), wave);
    }
    if !cell.score.is_empty() {
        let galley = ui.painter().layout_no_wrap(
            cell.score.clone(),
            fonts::figures(type_size::LABEL),
            crate::ui::theme::DARK.text,
        );
        let room = galley.size() + vec2(space::S, space::XS);
        // Over the sound, where there is one.
        let corner = if sound.is_some() { rect.max - vec2(0.0, SOUND) } else { rect.max };
        let chip = Rect::from_min_size(corner - room - Vec2::splat(3.0), room);
        ui.painter().rect_filled(chip, radius, ground());
        ui.painter().galley(chip.center() - galley.size() / 2.0, galley, crate::ui::theme::DARK.text);
    }
    if here {
        ui.painter().rect_stroke(rect, radius, Stroke::new(size::EDGE, cx.theme.accent), StrokeKind::Inside);
    } else if response.hovered() {
        ui.painter().rect_stroke(rect, radius, cx.theme.outline(), StrokeKind::Inside);
    }
    focus_ring(ui, &response, size::RADIUS_SMALL);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: f32, y: f32, w: f32, h: f32) -> Rect {
        Rect::from_min_size(pos2(x, y), vec2(w, h))
    }

    #[test]
    fn words_stay_off_faces_and_within_the_picture() {
        let (shown, room) = (rect(0.0, 0.0, 640.0, 360.0), vec2(120.0, 20.0));
        let face = rect(100.0, 60.0, 60.0, 60.0);
        assert_eq!(label_place(room, face, shown, &[face]).min, pos2(100.0, 60.0 - 20.0 - space::XS), "over its box");
        // A body's box begins above its head, at the upper edge of the picture.
        let body = rect(80.0, 0.0, 200.0, 300.0);
        let high = rect(90.0, 2.0, 60.0, 60.0);
        let chip = label_place(room, body, shown, &[high]);
        assert!(!chip.intersects(high) && shown.contains_rect(chip), "{chip:?}");
        // Nothing is free: as little as can be.
        let everywhere = rect(0.0, 0.0, 640.0, 300.0);
        let chip = label_place(room, body, shown, &[everywhere]);
        assert!(!chip.intersects(everywhere) && shown.contains_rect(chip), "{chip:?}");
    }
}
