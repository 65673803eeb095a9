//! Which measures have a lane, and in which order.

use eframe::egui::{Align, Checkbox, Frame, Id, Label, Layout, Margin, Modal, RichText, ScrollArea, Ui};

use super::model::TimelineModel;
use super::state::TimelineState;
use crate::app::command::TimelineCommand;
use crate::app::icon::Icon;
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{Button, IconButton, title};
use crate::ui::{Command, UiContext, fonts, tr, tr_args};

const WIDTH: f32 = 400.0;

/// Draws the dialog while it is open.
pub fn show(ui: &mut Ui, cx: &mut UiContext, state: &mut TimelineState, model: &TimelineModel) {
    if !state.lanes_dialog {
        return;
    }
    let frame = Frame::popup(ui.style()).inner_margin(Margin::same(space::L as i8));
    let height = (ui.ctx().content_rect().height() - 260.0).clamp(160.0, 420.0);
    let modal = Modal::new(Id::unique("timeline lanes dialog")).frame(frame).backdrop_color(cx.theme.scrim);
    let response = modal.show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        title(ui, tr("lanes-title"));
        let about = RichText::new(tr("lanes-about")).font(fonts::regular(type_size::BODY)).color(cx.theme.muted);
        ui.add(Label::new(about).wrap());
        ui.add_space(space::S);
        ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let chosen = model.choices.iter().filter(|choice| choice.on).count();
            for (index, choice) in model.choices.iter().enumerate() {
                ui.horizontal(|ui| {
                    ui.set_min_height(size::ROW_COMPACT);
                    let mut on = choice.on;
                    if ui.add(Checkbox::new(&mut on, &choice.name)).changed() {
                        let channel = choice.channel.clone();
                        cx.send(Command::Timeline(TimelineCommand::SetLane { channel, on }));
                    }
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.spacing_mut().item_spacing.x = 0.0;
                        if !choice.on {
                            return;
                        }
                        let (first, last) = (index == 0, index + 1 == chosen);
                        for (icon, name, up, end) in
                            [(Icon::Down, "lane-down", false, last), (Icon::Up, "lane-up", true, first)]
                        {
                            let name = tr_args(name, &[("measure", choice.name.clone().into())]);
                            if ui.add_enabled(!end, IconButton::new(icon, name)).clicked() {
                                let channel = choice.channel.clone();
                                cx.send(Command::Timeline(TimelineCommand::MoveLane { channel, up }));
                            }
                        }
                    });
                });
            }
        });
        ui.add_space(space::M);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add(Button::primary(tr("lanes-done")).large()).clicked()
        })
        .inner
    });
    if response.inner || response.should_close() {
        state.lanes_dialog = false;
    }
}
