//! The interlinear view: words in columns, line by line; evidence and entry at the side.

mod editor;
mod line;
mod model;
mod side;
mod state;
mod word;

pub use model::{
    AnalysisCard, Completion, EntryCard, InterlinearModel, Learning, LineModel, MorphCell, Standing, WordCell,
    WordPanel, shown,
};
pub use state::{Editor, GlossEditor, InterlinearState, Shown};

use eframe::egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use super::theme::{size, space};
use super::widgets::{self, Chip, ChipKind};
use super::{Command, UiContext, tr, tr_args};
use crate::app::command::InterlinearCommand;
use crate::app::icon::Icon;

/// Height of a line that was not measured yet.
const LINE_HEIGHT: f32 = 132.0;
/// The narrowest and widest the side panel gets.
const SIDE: std::ops::RangeInclusive<f32> = 280.0..=520.0;

/// Draws the view.
pub fn interlinear_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut InterlinearState, model: &InterlinearModel) {
    if model.lines.is_empty() {
        let import = Command::Import(Vec::new());
        widgets::empty_ui(ui, cx, Icon::Interlinear, &tr("interlinear-empty"), Some(import));
        return;
    }
    let theme = cx.theme;
    let width = cx.layout("interlinear.side", 345.0).clamp(*SIDE.start(), *SIDE.end());
    let frame = Frame::new().fill(theme.panel).inner_margin(Margin::symmetric(space::L as i8, space::M as i8));
    let side = Panel::right("interlinear-side").default_size(width).size_range(SIDE).frame(frame).show(ui, |ui| {
        ScrollArea::vertical().id_salt("interlinear-side").auto_shrink(false).show(ui, |ui| {
            side::side_ui(ui, cx, model);
        });
    });
    *cx.layout("interlinear.side", width) = side.response.rect.width();
    CentralPanel::no_frame().show(ui, |ui| {
        header_ui(ui, cx, state, model);
        lines_ui(ui, cx, state, model);
    });
    state.palette.show(ui);
}

fn header_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut InterlinearState, model: &InterlinearModel) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), size::RAIL_ITEM));
    let inner = rect.shrink2(vec2(space::XL, 0.0));
    let builder = UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(builder, |ui| {
        let suggestions = model.suggestions(state.visible.clone());
        if suggestions > 0 {
            let text = tr_args("interlinear-suggestions", &[("count", suggestions.into())]);
            if ui.add(Chip::accent(text).strong().clickable()).clicked() {
                cx.send(Command::Interlinear(InterlinearCommand::NextOpen));
            }
            ui.add_space(space::S);
        }
        let shown = &mut state.shown;
        for (on, text) in [
            (&mut shown.free, "interlinear-show-free"),
            (&mut shown.categories, "interlinear-show-categories"),
            (&mut shown.glosses, "interlinear-show-glosses"),
            (&mut shown.morphs, "interlinear-show-morphs"),
        ] {
            let color = if *on { cx.theme.text } else { cx.theme.line };
            let kind = if *on { ChipKind::Plain } else { ChipKind::Colored(color) };
            let mut chip = Chip::new(tr(text)).kind(kind).clickable();
            if *on {
                chip = chip.strong();
            }
            if ui.add(chip).on_hover_text(tr("interlinear-show.tooltip")).clicked() {
                *on = !*on;
                state.width = 0.0;
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| widgets::title(ui, &model.title));
    });
}

fn lines_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut InterlinearState, model: &InterlinearModel) {
    let width = ui.available_width();
    if state.heights.len() != model.lines.len() || (state.width - width).abs() > 0.5 {
        state.heights.clear();
        state.heights.resize(model.lines.len(), LINE_HEIGHT);
        state.width = width;
    }
    ScrollArea::vertical().id_salt("interlinear-lines").auto_shrink(false).show_viewport(ui, |ui, viewport| {
        let total: f32 = state.heights.iter().sum();
        ui.set_width(width);
        ui.set_height(total + space::XXL);
        let origin = ui.min_rect().min;
        let (mut top, mut first, mut last) = (0.0, None, 0);
        for index in 0..model.lines.len() {
            let height = state.heights[index];
            if state.reveal == Some(index) {
                let rect = Rect::from_min_size(pos2(origin.x, origin.y + top), vec2(1.0, height));
                ui.scroll_to_rect(rect.expand2(vec2(0.0, space::XL)), None);
                // Heights above may be guesses: stay until the line was drawn in sight.
                if model.line(index).is_some() && top >= viewport.top() && top + height <= viewport.bottom() {
                    state.reveal = None;
                } else {
                    ui.ctx().request_repaint();
                }
            }
            if top + height >= viewport.top() && top <= viewport.bottom() {
                first.get_or_insert(index);
                last = index + 1;
                let room = Rect::from_min_size(pos2(origin.x, origin.y + top), vec2(width, height));
                match model.line(index) {
                    Some(line) => {
                        let selected = model.selected_line == Some(index);
                        let measured = line::line_ui(ui, cx, state, model, line, index, room, selected);
                        if (measured - height).abs() > 0.5 {
                            state.heights[index] = measured;
                            ui.ctx().request_repaint();
                        }
                    }
                    // Asked for in the next frame, from what `visible` says.
                    None => ui.ctx().request_repaint(),
                }
            }
            top += height;
            if top > viewport.bottom() && state.reveal.is_none_or(|line| line <= index) {
                break;
            }
        }
        state.visible = first.unwrap_or(0)..last;
    });
}
