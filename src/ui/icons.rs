//! Small icons, painted as thin strokes on a grid of 16 × 16.

use std::f32::consts::{PI, TAU};

use eframe::egui::{Color32, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, Vec2, pos2, vec2};

pub use crate::app::icon::Icon;

use super::theme::size;

/// Paints an icon to fill a square around `center`, `side` points wide.
pub fn paint(painter: &Painter, center: Pos2, side: f32, icon: Icon, color: Color32) {
    let pen = Pen {
        painter,
        origin: center - Vec2::splat(side / 2.0),
        scale: side / 16.0,
        color,
        stroke: Stroke::new(size::ICON_STROKE * (side / 16.0).clamp(0.8, 1.25), color),
    };
    pen.draw(icon);
}

/// Allocates and paints an icon that only decorates: a screen reader hears the text beside it.
pub fn show(ui: &mut Ui, icon: Icon, side: f32, color: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    paint(ui.painter(), rect.center(), side, icon, color);
    response
}

struct Pen<'a> {
    painter: &'a Painter,
    origin: Pos2,
    scale: f32,
    color: Color32,
    stroke: Stroke,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        self.origin + vec2(x, y) * self.scale
    }
    fn line(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|(x, y)| self.at(*x, *y)).collect();
        self.painter.add(Shape::line(points, self.stroke));
    }
    fn closed(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|(x, y)| self.at(*x, *y)).collect();
        self.painter.add(Shape::closed_line(points, self.stroke));
    }
    fn filled(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|(x, y)| self.at(*x, *y)).collect();
        self.painter.add(Shape::convex_polygon(points, self.color, Stroke::NONE));
    }
    fn rect(&self, x: f32, y: f32, width: f32, height: f32, radius: f32) {
        let rect = Rect::from_min_size(self.at(x, y), vec2(width, height) * self.scale);
        self.painter.rect_stroke(rect, radius * self.scale, self.stroke, eframe::egui::StrokeKind::Middle);
    }
    fn circle(&self, x: f32, y: f32, radius: f32) {
        self.painter.circle_stroke(self.at(x, y), radius * self.scale, self.stroke);
    }
    fn dot(&self, x: f32, y: f32, radius: f32) {
        self.painter.circle_filled(self.at(x, y), radius * self.scale, self.color);
    }
    /// Part of a circle; angles in turns, clockwise from the right.
    fn arc(&self, x: f32, y: f32, radius: f32, from: f32, to: f32) {
        const STEPS: usize = 20;
        let points = (0..=STEPS)
            .map(|step| {
                let angle = (from + (to - from) * step as f32 / STEPS as f32) * TAU;
                self.at(x + radius * angle.cos(), y + radius * angle.sin())
            })
            .collect();
        self.painter.add(Shape::line(points, self.stroke));
    }

    fn draw(&self, icon: Icon) {
        match icon {
            Icon::Sessions => {
                self.rect(2.0, 5.0, 12.0, 8.5, 1.0);
                self.line(&[(5.5, 5.0), (5.5, 2.8), (10.5, 2.8), (10.5, 5.0)]);
                self.line(&[(2.0, 8.5), (14.0, 8.5)]);
            }
            Icon::Timeline => self.line(&[
                (1.5, 8.5),
                (3.5, 8.5),
                (5.0, 3.5),
                (7.0, 13.5),
                (9.0, 2.5),
                (11.0, 11.5),
                (12.3, 7.5),
                (14.5, 7.5),
            ]),
            Icon::Interlinear => {
                for (y, breaks) in [(4.0, 6.5), (8.0, 8.5), (12.0, 5.5)] {
                    self.line(&[(2.0, y), (breaks - 1.2, y)]);
                    self.line(&[(breaks + 1.2, y), (11.0, y)]);
                    self.line(&[(12.6, y), (14.2, y)]);
                }
            }
            Icon::Lexicon => {
                self.rect(3.0, 2.0, 10.0, 12.0, 1.2);
                self.line(&[(3.0, 11.0), (13.0, 11.0)]);
                self.line(&[(6.0, 5.5), (10.0, 5.5)]);
            }
            Icon::People => {
                self.circle(8.0, 5.2, 2.8);
                self.line(&[
                    (2.6, 13.8),
                    (3.2, 11.8),
                    (5.0, 10.4),
                    (8.0, 9.9),
                    (11.0, 10.4),
                    (12.8, 11.8),
                    (13.4, 13.8),
                ]);
            }
            Icon::Search => {
                self.circle(7.0, 7.0, 4.6);
                self.line(&[(10.4, 10.4), (14.2, 14.2)]);
            }
            Icon::Publish => {
                self.line(&[(8.0, 10.5), (8.0, 2.2)]);
                self.line(&[(4.6, 5.4), (8.0, 2.0), (11.4, 5.4)]);
                self.line(&[(2.2, 10.5), (2.2, 13.8), (13.8, 13.8), (13.8, 10.5)]);
            }
            Icon::Home => {
                self.line(&[(2.0, 7.8), (8.0, 2.4), (14.0, 7.8)]);
                self.line(&[(3.8, 6.6), (3.8, 13.6), (12.2, 13.6), (12.2, 6.6)]);
            }
            Icon::Play => self.filled(&[(4.0, 2.5), (13.5, 8.0), (4.0, 13.5)]),
            Icon::Pause => {
                self.filled(&[(4.0, 3.0), (6.6, 3.0), (6.6, 13.0), (4.0, 13.0)]);
                self.filled(&[(9.4, 3.0), (12.0, 3.0), (12.0, 13.0), (9.4, 13.0)]);
            }
            Icon::Loop => {
                self.line(&[(2.5, 8.0), (2.5, 5.0), (13.0, 5.0)]);
                self.line(&[(10.8, 2.8), (13.2, 5.0), (10.8, 7.2)]);
                self.line(&[(13.5, 8.0), (13.5, 11.0), (3.0, 11.0)]);
                self.line(&[(5.2, 8.8), (2.8, 11.0), (5.2, 13.2)]);
            }
            Icon::Slower => {
                self.closed(&[(7.5, 3.5), (7.5, 12.5), (1.8, 8.0)]);
                self.closed(&[(14.0, 3.5), (14.0, 12.5), (8.3, 8.0)]);
            }
            Icon::Faster => {
                self.closed(&[(2.0, 3.5), (2.0, 12.5), (7.7, 8.0)]);
                self.closed(&[(8.5, 3.5), (8.5, 12.5), (14.2, 8.0)]);
            }
            Icon::FrameBack => {
                self.filled(&[(11.5, 3.5), (11.5, 12.5), (4.5, 8.0)]);
                self.line(&[(3.5, 3.5), (3.5, 12.5)]);
            }
            Icon::FrameForward => {
                self.filled(&[(4.5, 3.5), (11.5, 8.0), (4.5, 12.5)]);
                self.line(&[(12.5, 3.5), (12.5, 12.5)]);
            }
            Icon::Undo => {
                self.line(&[(5.6, 2.8), (2.6, 5.8), (5.6, 8.8)]);
                self.line(&[(2.6, 5.8), (9.6, 5.8)]);
                self.arc(9.6, 9.4, 3.6, -0.25, 0.25);
                self.line(&[(9.6, 13.0), (6.4, 13.0)]);
            }
            Icon::Redo => {
                self.line(&[(10.4, 2.8), (13.4, 5.8), (10.4, 8.8)]);
                self.line(&[(13.4, 5.8), (6.4, 5.8)]);
                self.arc(6.4, 9.4, 3.6, -0.25, -0.75);
                self.line(&[(6.4, 13.0), (9.6, 13.0)]);
            }
            Icon::Plus => {
                self.line(&[(8.0, 3.0), (8.0, 13.0)]);
                self.line(&[(3.0, 8.0), (13.0, 8.0)]);
            }
            Icon::Minus => self.line(&[(3.0, 8.0), (13.0, 8.0)]),
            Icon::Check => self.line(&[(2.8, 8.6), (6.4, 12.2), (13.4, 4.2)]),
            Icon::Cross => {
                self.line(&[(3.8, 3.8), (12.2, 12.2)]);
                self.line(&[(12.2, 3.8), (3.8, 12.2)]);
            }
            Icon::Pencil => {
                self.closed(&[(3.0, 13.0), (3.6, 10.0), (10.6, 3.0), (13.0, 5.4), (6.0, 12.4)]);
                self.line(&[(9.0, 4.6), (11.4, 7.0)]);
            }
            Icon::Trash => {
                self.line(&[(2.6, 4.4), (13.4, 4.4)]);
                self.line(&[(6.0, 4.4), (6.0, 2.4), (10.0, 2.4), (10.0, 4.4)]);
                self.line(&[(4.0, 4.4), (4.6, 13.6), (11.4, 13.6), (12.0, 4.4)]);
            }
            Icon::Split => {
                self.line(&[(4.8, 5.2), (2.0, 8.0), (4.8, 10.8)]);
                self.line(&[(11.2, 5.2), (14.0, 8.0), (11.2, 10.8)]);
                self.line(&[(8.0, 2.4), (8.0, 13.6)]);
            }
            Icon::Merge => {
                self.line(&[(1.8, 5.2), (4.6, 8.0), (1.8, 10.8)]);
                self.line(&[(14.2, 5.2), (11.4, 8.0), (14.2, 10.8)]);
                self.line(&[(8.0, 2.4), (8.0, 13.6)]);
            }
            Icon::Left => self.line(&[(10.0, 3.2), (5.2, 8.0), (10.0, 12.8)]),
            Icon::Right => self.line(&[(6.0, 3.2), (10.8, 8.0), (6.0, 12.8)]),
            Icon::Up => self.line(&[(3.2, 10.0), (8.0, 5.2), (12.8, 10.0)]),
            Icon::Down => self.line(&[(3.2, 6.0), (8.0, 10.8), (12.8, 6.0)]),
            Icon::Folder => {
                self.closed(&[(2.0, 13.0), (2.0, 3.6), (6.2, 3.6), (7.6, 5.4), (14.0, 5.4), (14.0, 13.0)]);
            }
            Icon::Import => {
                self.line(&[(8.0, 2.2), (8.0, 10.2)]);
                self.line(&[(4.6, 7.0), (8.0, 10.4), (11.4, 7.0)]);
                self.line(&[(2.2, 10.5), (2.2, 13.8), (13.8, 13.8), (13.8, 10.5)]);
            }
            Icon::Backup => {
                self.rect(2.4, 2.4, 8.4, 8.4, 1.0);
                self.line(&[(13.6, 5.4), (13.6, 13.6), (5.4, 13.6)]);
            }
            Icon::Settings => {
                for (y, knob) in [(4.0, 10.5), (8.0, 5.5), (12.0, 9.5)] {
                    self.line(&[(2.0, y), (knob - 1.6, y)]);
                    self.line(&[(knob + 1.6, y), (14.0, y)]);
                    self.circle(knob, y, 1.5);
                }
            }
            Icon::Keyboard => {
                self.rect(1.6, 4.0, 12.8, 8.4, 1.2);
                for x in [4.2, 6.8, 9.4, 12.0] {
                    self.dot(x, 6.8, 0.7);
                }
                self.line(&[(5.0, 9.8), (11.0, 9.8)]);
            }
            Icon::Help => {
                self.circle(8.0, 8.0, 6.2);
                self.arc(8.0, 6.6, 1.8, 0.5, 1.125);
                self.line(&[(9.3, 7.9), (8.0, 8.9), (8.0, 9.8)]);
                self.dot(8.0, 11.7, 0.8);
            }
            Icon::Info => {
                self.circle(8.0, 8.0, 6.2);
                self.line(&[(8.0, 7.4), (8.0, 11.4)]);
                self.dot(8.0, 5.0, 0.8);
            }
            Icon::Warning => {
                self.closed(&[(8.0, 2.2), (14.4, 13.4), (1.6, 13.4)]);
                self.line(&[(8.0, 6.2), (8.0, 9.8)]);
                self.dot(8.0, 11.6, 0.8);
            }
            Icon::Theme => {
                self.circle(8.0, 8.0, 5.6);
                let half: Vec<_> = (0..=16)
                    .map(|step| {
                        let angle = -PI / 2.0 + PI * step as f32 / 16.0;
                        (8.0 + 5.6 * angle.cos(), 8.0 + 5.6 * angle.sin())
                    })
                    .collect();
                self.filled(&half);
            }
            Icon::Command => {
                self.line(&[(3.0, 4.4), (6.6, 8.0), (3.0, 11.6)]);
                self.line(&[(8.0, 12.0), (13.2, 12.0)]);
            }
            Icon::More => {
                for x in [3.4, 8.0, 12.6] {
                    self.dot(x, 8.0, 1.2);
                }
            }
            Icon::Link => {
                self.arc(4.8, 8.0, 3.0, 0.25, 0.75);
                self.line(&[(4.8, 5.0), (6.6, 5.0)]);
                self.line(&[(4.8, 11.0), (6.6, 11.0)]);
                self.arc(11.2, 8.0, 3.0, -0.25, 0.25);
                self.line(&[(9.4, 5.0), (11.2, 5.0)]);
                self.line(&[(9.4, 11.0), (11.2, 11.0)]);
                self.line(&[(5.6, 8.0), (10.4, 8.0)]);
            }
            Icon::Speaker => {
                self.closed(&[(2.0, 6.0), (4.6, 6.0), (8.0, 3.0), (8.0, 13.0), (4.6, 10.0), (2.0, 10.0)]);
                self.arc(8.4, 8.0, 2.6, -0.15, 0.15);
                self.arc(8.4, 8.0, 5.2, -0.14, 0.14);
            }
            Icon::Clock => {
                self.circle(8.0, 8.0, 6.2);
                self.line(&[(8.0, 4.4), (8.0, 8.0), (10.6, 9.6)]);
            }
            Icon::Tag => {
                self.closed(&[(2.4, 2.4), (8.0, 2.4), (13.8, 8.2), (8.2, 13.8), (2.4, 8.0)]);
                self.dot(5.4, 5.4, 1.0);
            }
            Icon::Quit => {
                self.line(&[(6.2, 2.4), (2.6, 2.4), (2.6, 13.6), (6.2, 13.6)]);
                self.line(&[(6.0, 8.0), (13.6, 8.0)]);
                self.line(&[(10.4, 4.8), (13.6, 8.0), (10.4, 11.2)]);
            }
        }
    }
}

/// The middle of a square of `side` points at the left of a rectangle.
pub fn left_in(rect: Rect, side: f32) -> Pos2 {
    pos2(rect.left() + side / 2.0, rect.center().y)
}
