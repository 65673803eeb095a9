//! A heat map of expression over time: seven rows a person, a column a pixel. Binned before it is drawn, so that an
//! hour costs as much as a minute.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::{
    Color32, ColorImage, Context, Id, Rect, Response, RichText, Role, Sense, TextureHandle, TextureOptions, Ui,
    WidgetInfo, pos2, vec2,
};

use super::theme::{Theme, UNTINTED, focus_ring, opaque, size, space, type_size};
use super::{fonts, tr, tr_args};
use crate::analysis::Expression;
use crate::domain::{Span, Time};

/// Rows from the top, as places in [`Expression::ALL`]: looking neutral is last.
const ROWS: [usize; 7] = [1, 6, 2, 3, 4, 5, 0];
/// Distance of the lines of a hatching, points.
const HATCH: f32 = 6.0;

/// A piece of time, summed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HeatBin {
    /// Probabilities by network and class, summed over the frames that were judged.
    pub sums: [[f32; 7]; 2],
    /// Frames each network judged.
    pub counts: [u32; 2],
    /// Frames with a face, and those of them whose expression is judged.
    pub seen: u32,
    pub judged: u32,
}

/// One person's expressions over a session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatRow {
    pub who: String,
    /// Where the first bin starts on the session's timeline, and how long each is.
    pub start: Time,
    pub bin: Time,
    pub bins: Vec<HeatBin>,
}

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HeatColumn {
    /// Nobody was seen.
    Empty,
    NotAssessable,
    /// Mean of both networks, and each, by class; NaN where a network did not run.
    Scores {
        mean: [f32; 7],
        nets: [[f32; 7]; 2],
    },
}

impl HeatRow {
    /// What a stretch of time shows as one column.
    pub fn column(&self, span: Span) -> HeatColumn {
        let bin = self.bin.0.max(1);
        let first = (span.start - self.start).0.div_euclid(bin);
        let last = ((span.end - self.start).0 - 1).div_euclid(bin).max(first);
        let range = first.max(0) as usize..(last + 1).max(0) as usize;
        let mut all = HeatBin::default();
        for bin in self.bins.get(range.start.min(self.bins.len())..range.end.min(self.bins.len())).unwrap_or_default() {
            all.seen += bin.seen;
            all.judged += bin.judged;
            for net in 0..2 {
                all.counts[net] += bin.counts[net];
                (0..7).for_each(|class| all.sums[net][class] += bin.sums[net][class]);
            }
        }
        if all.seen == 0 {
            return HeatColumn::Empty;
        }
        if all.judged * 2 < all.seen || all.counts == [0, 0] {
            return HeatColumn::NotAssessable;
        }
        let nets = [0, 1].map(|net| all.sums[net].map(|sum| sum / all.counts[net] as f32));
        let mean = std::array::from_fn(|class| {
            let known = nets.iter().map(|net| net[class]).filter(|v| v.is_finite());
            let (sum, n) = known.fold((0.0, 0), |(sum, n), v| (sum + v, n + 1));
            sum / n.max(1) as f32
        });
        HeatColumn::Scores { mean, nets }
    }

    /// A view in so many columns.
    pub fn columns(&self, view: Span, count: usize) -> Vec<HeatColumn> {
        let whole = view.duration().0 as i128;
        let at = |column: usize| view.start + Time((whole * column as i128 / count.max(1) as i128) as i64);
        (0..count).map(|column| self.column(Span { start: at(column), end: at(column + 1) })).collect()
    }
}

/// Cividis, a colour map of even steps that looks the same to people who tell red from green and to those who do not
/// (Nuñez, Anderton and Renslow 2018), by a polynomial that fits it. `part` from 0 to 1.
pub fn cividis(part: f32) -> Color32 {
    let t = part.clamp(0.0, 1.0);
    let r = -4.54 - t * (35.34 - t * (2381.73 - t * (6402.7 - t * (7024.72 - t * 2710.57))));
    let g = 32.49 + t * (170.73 + t * (52.82 - t * (131.46 - t * (176.58 - t * 67.37))));
    let b = 81.24 + t * (442.36 - t * (2482.43 - t * (6167.24 - t * (6614.94 - t * 2475.67))));
    opaque([r, g, b].map(|v| v.round().clamp(0.0, 255.0) as u8))
}

/// Whether the hatching has a line here, in pixels.
fn is_hatched(x: usize, y: usize, step: usize, thick: usize) -> bool {
    (x + y) % step < thick
}

/// Columns as a picture of so many pixels.
fn image(columns: &[HeatColumn], height: usize, scale: f32, theme: &Theme) -> ColorImage {
    let width = columns.len();
    let (step, thick) = (((HATCH * scale).round() as usize).max(2), (scale.round() as usize).max(1));
    let (ground, line) = (theme.hover, theme.tint_on(theme.hover, theme.muted, 0.75));
    let mut pixels = vec![Color32::TRANSPARENT; width * height];
    for (x, column) in columns.iter().enumerate() {
        for y in 0..height {
            pixels[y * width + x] = match column {
                HeatColumn::Empty => Color32::TRANSPARENT,
                HeatColumn::NotAssessable if is_hatched(x, y, step, thick) => line,
                HeatColumn::NotAssessable => ground,
                HeatColumn::Scores { mean, .. } => cividis(mean[ROWS[(y * ROWS.len() / height).min(ROWS.len() - 1)]]),
            };
        }
    }
    ColorImage::new([width, height], pixels)
}

/// What a picture was made for.
#[derive(Clone, Debug)]
struct Key {
    row: Arc<HeatRow>,
    view: Span,
    size: [usize; 2],
    dark: bool,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.row, &other.row) && (self.view, self.size, self.dark) == (other.view, other.size, other.dark)
    }
}

/// The pictures on the graphics card, by the place they are drawn in.
#[derive(Default)]
pub struct HeatPictures {
    made: HashMap<usize, (Key, TextureHandle)>,
}

impl HeatPictures {
    fn texture(
        &mut self,
        ctx: &Context,
        slot: usize,
        row: &Arc<HeatRow>,
        view: Span,
        rect: Rect,
        theme: &Theme,
    ) -> TextureHandle {
        let scale = ctx.pixels_per_point();
        // Wider than the card takes, columns are of several pixels.
        let most = ctx.input(|input| input.max_texture_side).max(64);
        let size = [rect.width(), rect.height()].map(|side| ((side * scale).round() as usize).clamp(1, most));
        let key = Key { row: Arc::clone(row), view, size, dark: theme.dark };
        match self.made.get_mut(&slot) {
            Some((known, texture)) if *known == key => texture.clone(),
            Some((known, texture)) => {
                *known = key;
                texture.set(image(&row.columns(view, size[0]), size[1], scale, theme), TextureOptions::NEAREST);
                texture.clone()
            }
            None => {
                let image = image(&row.columns(view, size[0]), size[1], scale, theme);
                let texture = ctx.load_texture(format!("heat {slot}"), image, TextureOptions::NEAREST);
                self.made.insert(slot, (key, texture.clone()));
                texture
            }
        }
    }
}

/// Draws a person's row into `rect`, and says what one points at. The answer is the moment that was pressed.
pub fn heat_ui(
    ui: &Ui,
    pictures: &mut HeatPictures,
    id: Id,
    slot: usize,
    row: &Arc<HeatRow>,
    view: Span,
    rect: Rect,
) -> (Response, Option<Time>) {
    let theme = Theme::of(ui);
    let response = ui.interact(rect, id, Sense::click());
    let name = tr_args("heat-of", &[("who", row.who.clone().into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &name));
    if rect.width() >= 1.0 && rect.height() >= 1.0 {
        let texture = pictures.texture(ui.ctx(), slot, row, view, rect, theme);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture.id(), rect, whole, UNTINTED);
    }
    let width = rect.width().max(1.0);
    let time_at = |x: f32| {
        let part = f64::from(((x - rect.left()) / width).clamp(0.0, 1.0));
        view.start + Time((part * view.duration().0 as f64) as i64)
    };
    let pressed = match response.clicked() {
        true => response.interact_pointer_pos().map(|at| time_at(at.x)),
        false => None,
    };
    focus_ring(ui, &response, size::RADIUS_SMALL);
    let pointer = response.hover_pos();
    let response = response.on_hover_ui_at_pointer(|ui| {
        if let Some(at) = pointer {
            let pixel = Time((view.duration().0 as f64 / f64::from(width)) as i64);
            let time = time_at(at.x);
            let chosen = ROWS[(((at.y - rect.top()) / rect.height().max(1.0) * 7.0) as usize).min(6)];
            values_ui(ui, row, Span { start: time, end: time + pixel.max(Time(1)) }, chosen);
        }
    });
    (response, pressed)
}

/// The numbers behind a column: the class pointed at is set off.
fn values_ui(ui: &mut Ui, row: &HeatRow, span: Span, chosen: usize) {
    let theme = Theme::of(ui);
    ui.set_max_width(260.0);
    let head = format!("{} · {}", row.who, span.start);
    ui.label(RichText::new(head).font(fonts::figures_semibold(type_size::SMALL)).color(theme.text));
    let note = |ui: &mut Ui, text: String| {
        ui.label(RichText::new(text).font(fonts::regular(type_size::SMALL)).color(theme.muted));
    };
    match row.column(span) {
        HeatColumn::Empty => note(ui, tr("heat-nobody")),
        HeatColumn::NotAssessable => note(ui, tr("heat-not-assessable")),
        HeatColumn::Scores { mean, nets } => {
            let share = |value: f32| match value.is_finite() {
                true => super::people::share(value),
                false => "–".to_owned(),
            };
            eframe::egui::Grid::new("heat-values").num_columns(4).spacing(vec2(space::M, 2.0)).show(ui, |ui| {
                for head in ["", &tr("heat-mean"), "faceapi", "human"] {
                    ui.label(RichText::new(head).font(fonts::regular(type_size::LABEL)).color(theme.muted));
                }
                ui.end_row();
                for class in ROWS {
                    let color = if class == chosen { theme.text } else { theme.muted };
                    let name = tr_args("heat-class", &[("class", Expression::ALL[class].name().into())]);
                    ui.label(RichText::new(name).font(fonts::regular(type_size::SMALL)).color(color));
                    for value in [mean[class], nets[0][class], nets[1][class]] {
                        ui.label(RichText::new(share(value)).font(fonts::figures(type_size::SMALL)).color(color));
                    }
                    ui.end_row();
                }
            });
        }
    }
}

/// The names of the rows at the left of a map, where there is room for them.
pub fn class_names_ui(ui: &Ui, rect: Rect) {
    let theme = Theme::of(ui);
    let height = rect.height() / ROWS.len() as f32;
    if height < 9.0 {
        return;
    }
    for (place, class) in ROWS.into_iter().enumerate() {
        let y = rect.top() + (place as f32 + 0.5) * height;
        let text = Expression::ALL[class].name();
        let font = fonts::regular(type_size::TINY);
        ui.painter().text(pos2(rect.right(), y), eframe::egui::Align2::RIGHT_CENTER, text, font, theme.muted);
    }
}

/// What the colours mean: a ramp from 0 to 1, and the hatching.
pub fn legend_ui(ui: &Ui, right: eframe::egui::Pos2) {
    let theme = Theme::of(ui);
    let painter = ui.painter();
    let text = |at: eframe::egui::Pos2, words: &str| {
        let galley = painter.layout_no_wrap(words.to_owned(), fonts::figures(type_size::LABEL), theme.muted);
        let left = at.x - galley.size().x;
        painter.galley(pos2(left, at.y - galley.size().y / 2.0), galley, theme.muted);
        left - space::XS
    };
    let mut x = text(right, &tr("heat-not-assessable"));
    let swatch = Rect::from_min_max(pos2(x - 14.0, right.y - 5.0), pos2(x, right.y + 5.0));
    painter.rect_filled(swatch, 0.0, theme.hover);
    let clipped = painter.with_clip_rect(swatch);
    for step in 0..6 {
        let left = swatch.left() - 10.0 + step as f32 * HATCH;
        let line = [pos2(left, swatch.bottom()), pos2(left + 10.0, swatch.top())];
        clipped.line_segment(line, eframe::egui::Stroke::new(size::LINE, theme.muted));
    }
    x = text(pos2(swatch.left() - space::M, right.y), "1");
    let ramp = Rect::from_min_max(pos2(x - 60.0, right.y - 5.0), pos2(x, right.y + 5.0));
    for step in 0..60 {
        let left = ramp.left() + step as f32;
        let bar = Rect::from_min_max(pos2(left, ramp.top()), pos2(left + 1.0, ramp.bottom()));
        painter.rect_filled(bar, 0.0, cividis(step as f32 / 59.0));
    }
    text(pos2(ramp.left() - space::XS, right.y), "0");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> HeatRow {
        let judged = |class: usize| {
            let mut bin = HeatBin { counts: [2, 0], seen: 2, judged: 2, ..HeatBin::default() };
            bin.sums[0][class] = 2.0;
            bin
        };
        let hidden = HeatBin { seen: 4, judged: 1, counts: [1, 1], ..HeatBin::default() };
        let bins = vec![judged(1), judged(0), hidden, HeatBin::default()];
        HeatRow { who: "A".into(), start: Time::from_millis(1_000), bin: Time::from_millis(100), bins }
    }

    #[test]
    fn columns_say_what_bins_hold_at_any_width() {
        let row = row();
        let view = Span::new(Time::from_millis(900), Time::from_millis(1_400));
        let columns = row.columns(view, 5);
        assert_eq!(
            (columns[0], columns[3], columns[4]),
            (HeatColumn::Empty, HeatColumn::NotAssessable, HeatColumn::Empty)
        );
        let HeatColumn::Scores { mean, nets } = columns[1] else { panic!("{columns:?}") };
        assert_eq!((mean[1], mean[0]), (1.0, 0.0));
        assert!(nets[1][1].is_nan(), "the second network did not run");
        // Wider columns take the mean, narrower ones repeat.
        let HeatColumn::Scores { mean, .. } = row.column(Span::new(Time::from_millis(1_000), Time::from_millis(1_200)))
        else {
            panic!("two judged bins")
        };
        assert_eq!((mean[0], mean[1]), (0.5, 0.5));
        let HeatColumn::Scores { mean, .. } = row.columns(view, 500)[150] else { panic!("the same bin") };
        assert_eq!(mean[1], 1.0);
        assert_eq!(row.column(Span::new(Time::ZERO, Time::from_millis(10))), HeatColumn::Empty);
    }

    #[test]
    fn the_colours_get_lighter_all_the_way() {
        let light = |color: Color32| {
            let linear = eframe::egui::Rgba::from(color);
            0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
        };
        let steps: Vec<f32> = (0..=20).map(|i| light(cividis(i as f32 / 20.0))).collect();
        assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "{steps:?}");
    }
}
