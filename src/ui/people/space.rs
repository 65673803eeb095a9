//! Bodies in space, seen from where one likes: turned by dragging or with keys, over a floor with a grid.

use std::sync::Arc;

use eframe::egui::{Align2, Color32, CornerRadius, Id, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{PeopleModel, PeopleState, SpaceBody};
use crate::analysis::observation::BONES;
use crate::app::command::PeopleCommand;
use crate::render::overlay::{self, Stroke};
use crate::ui::theme::{DARK, focus_ring, size, space, type_size};
use crate::ui::{Command, UiContext, fonts, tr};

/// Radians of a step with the keys, and of a point dragged.
const STEP: f32 = std::f32::consts::PI / 12.0;
const DRAG: f32 = 0.01;
/// Metres from the eye to the middle of the scene, and between people.
const AWAY: f32 = 4.2;
const APART: f32 = 1.1;
/// Half the floor, and the width of its squares, metres.
const FLOOR: f32 = 1.5;
const SQUARE: f32 = 0.5;
/// Hips over the floor where no foot is seen, metres.
const HIPS: f32 = 0.92;
/// What is about the middle of a standing body, metres over the floor.
const MIDDLE: f32 = 0.85;
/// The same of somebody of whom no leg is seen.
const UPPER: f32 = 1.25;
const KNEE: usize = 25;
/// Width of a bone in metres.
const BONE: f32 = 0.030;
/// The person's left: odd numbers, by the order of the 33 points.
const FIRST_OF_BODY: usize = 11;
/// Where sides are named: wrists and ankles, left and right.
const SIDES: [(usize, &str); 4] = [(15, "space-left"), (16, "space-right"), (27, "space-left"), (28, "space-right")];

/// From where the scene is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpaceView {
    /// Turn about the upright, radians; 0 is from where the camera stood.
    pub yaw: f32,
    /// From how high, radians.
    pub pitch: f32,
    /// Magnification.
    pub zoom: f32,
}

impl Default for SpaceView {
    fn default() -> Self {
        Self { yaw: 0.0, pitch: 0.12, zoom: 1.0 }
    }
}

impl SpaceView {
    /// Turns by steps of 15°.
    pub fn step(&mut self, right: i8, up: i8) {
        self.turn(f32::from(right) * STEP, f32::from(up) * STEP);
    }

    fn turn(&mut self, yaw: f32, pitch: f32) {
        let round = std::f32::consts::TAU;
        self.yaw = (self.yaw + yaw).rem_euclid(round);
        // Never under the floor, never quite from above.
        self.pitch = (self.pitch + pitch).clamp(-0.05, 1.5);
    }

    /// Where a point in metres (x right, y up from the middle, z to the viewer) comes to lie: shares of half the view's
    /// height from its middle, and the distance from the eye in metres.
    fn seen(&self, [x, y, z]: [f32; 3]) -> ([f32; 2], f32) {
        let ((sy, cy), (sp, cp)) = (self.yaw.sin_cos(), self.pitch.sin_cos());
        let (x, z) = (x * cy + z * sy, z * cy - x * sy);
        let (y, z) = (y * cp - z * sp, z * cp + y * sp);
        let far = (AWAY - z).max(0.5);
        let size = AWAY * self.zoom / far;
        ([x * size, -y * size], far)
    }
}

/// What is drawn, with its distance from the eye.
struct Piece {
    far: f32,
    strokes: [Option<Stroke>; 2],
}

pub(super) fn space_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PeopleState, model: &PeopleModel, rect: Rect) {
    let response = ui.interact(rect, Id::unique("people-space"), Sense::click_and_drag());
    let degrees = (state.space.yaw.to_degrees().round() + 180.0).rem_euclid(360.0) - 180.0;
    let name = format!("{}, {degrees}°", tr("space-name"));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &name));
    if response.dragged() {
        let moved = response.drag_delta();
        state.space.turn(moved.x * DRAG, moved.y * DRAG);
    }
    if response.hovered() {
        let (scroll, zoom) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
        let factor = zoom * (scroll * 0.003).exp();
        state.space.zoom = (state.space.zoom * factor).clamp(0.4, 4.0);
    }
    if response.double_clicked() {
        cx.send(Command::People(PeopleCommand::FaceBody));
    }
    let radius = CornerRadius::same(size::RADIUS_CARD);
    // A picture like the one beside it: dark in both themes.
    ui.painter().rect_filled(rect, radius, DARK.stage);
    let scene = Scene::new(state.space, rect, &model.space);
    let strokes = scene.strokes(&model.space);
    let painter = ui.painter().with_clip_rect(rect.shrink(1.0).intersect(ui.clip_rect()));
    overlay::paint(&painter, overlay::SPACE, rect, rect.size(), &Arc::new(strokes));
    for (index, body) in model.space.iter().enumerate() {
        scene.words(&painter, body, index);
    }
    let font = fonts::regular(type_size::LABEL);
    // In the picture, not in a tooltip: one would stay over dialogs while the pointer rests.
    let words = match model.space.len() {
        0 => String::new(),
        _ if response.hovered() => tr("space-tooltip"),
        1 => tr("space-grid"),
        _ => tr("space-grid-several"),
    };
    let words = painter.layout(words, font.clone(), DARK.muted, (rect.width() - 2.0 * space::S).max(40.0));
    painter.galley(rect.left_bottom() + vec2(space::S, -space::S - words.size().y), words, DARK.muted);
    if model.space.is_empty() {
        let galley = painter.layout(tr("space-none"), fonts::regular(type_size::BODY), DARK.muted, rect.width() * 0.8);
        painter.galley(rect.center() - galley.size() / 2.0, galley, DARK.muted);
    } else {
        let turned = format!("{degrees:.0}°");
        painter.text(rect.right_top() + vec2(-space::S, space::S), Align2::RIGHT_TOP, turned, font, DARK.muted);
    }
    focus_ring(ui, &response, size::RADIUS_CARD);
}

struct Scene {
    view: SpaceView,
    rect: Rect,
    count: usize,
    /// What is in the middle of the view, metres over the floor.
    middle: f32,
    /// Points of the screen for a metre at the middle of the scene.
    metre: f32,
}

impl Scene {
    fn new(view: SpaceView, rect: Rect, bodies: &[SpaceBody]) -> Self {
        let count = bodies.len();
        // As high as people are, or as people sitting at a table; and as wide as they need.
        let has_legs = |body: &SpaceBody| (KNEE..33).any(|i| body.points.get(i).is_some_and(Option::is_some));
        let (middle, high) = if count == 0 || bodies.iter().any(has_legs) { (MIDDLE, 2.25) } else { (UPPER, 1.5) };
        let wide = count.max(1) as f32 * APART + 0.5;
        let metre = (rect.height() / high).min(rect.width() / wide);
        Self { view, rect, count, middle, metre }
    }

    /// Points of the screen from the view's corner, and the distance from the eye.
    fn place(&self, at: [f32; 3]) -> ([f32; 2], f32) {
        let ([x, y], far) = self.view.seen([at[0], at[1] - self.middle, at[2]]);
        ([self.rect.width() / 2.0 + x * self.metre, self.rect.height() / 2.0 + y * self.metre], far)
    }

    fn on_screen(&self, at: [f32; 3]) -> Pos2 {
        let ([x, y], _) = self.place(at);
        self.rect.min + vec2(x, y)
    }

    /// Points of the screen that a length takes up so far away.
    fn width(&self, metres: f32, far: f32) -> f32 {
        metres * self.metre * AWAY * self.view.zoom / far
    }

    fn strokes(&self, bodies: &[SpaceBody]) -> Vec<Stroke> {
        let mut strokes = self.floor();
        let mut pieces = Vec::new();
        for (index, body) in bodies.iter().enumerate() {
            self.body(body, index, &mut pieces);
        }
        // What is far is drawn first.
        pieces.sort_by(|a, b| b.far.total_cmp(&a.far));
        strokes.extend(pieces.into_iter().flat_map(|piece| piece.strokes).flatten());
        strokes
    }

    fn floor(&self) -> Vec<Stroke> {
        let reach = FLOOR.max(self.count as f32 * APART / 2.0 + SQUARE);
        let lines = (reach / SQUARE).ceil() as i32;
        let half = lines as f32 * SQUARE;
        let mut strokes = Vec::new();
        for line in -lines..=lines {
            let at = line as f32 * SQUARE;
            let color = if line == 0 { DARK.line_strong } else { DARK.line };
            for (a, b) in [([at, 0.0, -half], [at, 0.0, half]), ([-half, 0.0, at], [half, 0.0, at])] {
                strokes.push(Stroke::line(self.place(a).0, self.place(b).0, 1.0, color));
            }
        }
        strokes
    }

    /// A body's points in metres over the floor, beside the others.
    fn points(&self, body: &SpaceBody, index: usize) -> Vec<Option<[f32; 3]>> {
        let shift = (index as f32 - (self.count as f32 - 1.0) / 2.0) * APART;
        let feet = (27..33).filter_map(|i| body.points.get(i).copied().flatten()).map(|p| p[1]);
        let floor = feet.fold(f32::NEG_INFINITY, f32::max);
        let floor = if floor.is_finite() { floor } else { HIPS };
        body.points.iter().map(|p| p.map(|[x, y, z]| [x + shift, floor - y, -z])).collect()
    }

    fn body(&self, body: &SpaceBody, index: usize, pieces: &mut Vec<Piece>) {
        let points = self.points(body, index);
        let at = |i: usize| points.get(i).copied().flatten();
        // Where feet and hands stand over the floor.
        for (a, b) in BONES {
            if let (Some(from), Some(to)) = (at(a), at(b)) {
                // Bones of the person's left are hollow: told apart without colour.
                let hollow = a % 2 == 1 && b % 2 == 1;
                pieces.push(self.bone(from, to, hollow, body.color));
            }
        }
        for i in FIRST_OF_BODY..33 {
            if let Some(point) = at(i) {
                let (place, far) = self.place(point);
                let width = self.width(BONE * 1.5, far).max(3.0);
                // Just over the bones that meet here.
                let strokes = [Some(Stroke::point(place, width, shaded(body.color, far))), None];
                pieces.push(Piece { far: far - 0.01, strokes });
            }
        }
        self.head(&at, body.color, pieces);
    }

    fn bone(&self, from: [f32; 3], to: [f32; 3], hollow: bool, color: Color32) -> Piece {
        let ((a, near), (b, far)) = (self.place(from), self.place(to));
        let far = (near + far) / 2.0;
        let width = self.width(BONE, far).max(2.5);
        let outer = Stroke::line(a, b, width, shaded(color, far));
        let inner = hollow.then(|| Stroke::line(a, b, (width - 2.4).max(0.8), DARK.stage));
        Piece { far, strokes: [Some(outer), inner] }
    }

    /// A head is a ball between the ears with a line towards the nose: one sees where it faces.
    fn head(&self, at: &dyn Fn(usize) -> Option<[f32; 3]>, color: Color32, pieces: &mut Vec<Piece>) {
        let middle = |a: [f32; 3], b: [f32; 3]| [0, 1, 2].map(|k| (a[k] + b[k]) / 2.0);
        let (Some(left), Some(right)) = (at(7), at(8)) else { return };
        let ball = middle(left, right);
        let (place, far) = self.place(ball);
        let width = self.width(0.19, far).max(8.0);
        let edge = Stroke::point(place, width, shaded(color, far));
        pieces.push(Piece { far, strokes: [Some(edge), Some(Stroke::point(place, width - 3.0, DARK.stage))] });
        if let Some(nose) = at(0) {
            pieces.push(self.bone(ball, nose, false, color));
        }
        if let (Some(a), Some(b)) = (at(11), at(12)) {
            let neck = middle(a, b);
            // To the lower edge of the ball, not through it.
            let part = |k: usize| ball[k] + (neck[k] - ball[k]) * 0.45;
            pieces.push(self.bone([part(0), part(1), part(2)], neck, false, color));
        }
    }

    /// Left and right in letters, and who it is.
    fn words(&self, painter: &eframe::egui::Painter, body: &SpaceBody, index: usize) {
        let points = self.points(body, index);
        let at = |i: usize| points.get(i).copied().flatten();
        for (point, side) in SIDES {
            let (Some(place), false) = (at(point), self.count > 3) else { continue };
            let place = self.on_screen(place) + vec2(9.0, 0.0);
            painter.text(place, Align2::LEFT_CENTER, tr(side), fonts::semibold(type_size::LABEL), DARK.text);
        }
        let heads = (0..FIRST_OF_BODY).filter_map(at);
        let top = heads.chain((FIRST_OF_BODY..33).filter_map(at)).max_by(|a, b| a[1].total_cmp(&b[1]));
        if let Some(top) = top {
            let above = self.on_screen([top[0], top[1] + 0.16, top[2]]);
            let above = pos2(above.x, above.y.max(self.rect.top() + space::M));
            painter.text(above, Align2::CENTER_BOTTOM, &body.name, fonts::semibold(type_size::SMALL), body.color);
        }
    }
}

/// Farther is darker.
fn shaded(color: Color32, far: f32) -> Color32 {
    let part = ((far - AWAY) / 1.2).clamp(-0.5, 1.0) * 0.45;
    DARK.stage.lerp_to_gamma(color, (0.9 - part).clamp(0.35, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_goes_round_and_stays_over_the_floor() {
        let mut view = SpaceView::default();
        let (front, _) = view.seen([0.5, 1.0, 0.0]);
        assert!(front[0] > 0.0, "right is right from the front");
        (0..12).for_each(|_| view.step(1, 0));
        assert!(view.seen([0.5, 1.0, 0.0]).0[0] < 0.0, "and left from behind");
        (0..12).for_each(|_| view.step(1, 0));
        let (again, _) = view.seen([0.5, 1.0, 0.0]);
        assert!((again[0] - front[0]).abs() < 1e-3);
        (0..40).for_each(|_| view.step(0, -1));
        assert!(view.pitch >= -0.05);
        // What is nearer is larger.
        let view = SpaceView::default();
        assert!(view.seen([0.5, 1.0, 1.0]).0[0] > view.seen([0.5, 1.0, -1.0]).0[0]);
    }
}
