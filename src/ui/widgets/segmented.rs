//! A choice of a few, all in sight: `Transcribe  Segment  Oral annotation`.

use eframe::egui::{Role, Sense, Ui, WidgetInfo, vec2};

use crate::ui::fonts;
use crate::ui::theme::{Theme, focus_ring, size, space, type_size};

/// Words side by side, the chosen one semibold; says whether the choice changed.
pub fn segmented<T: PartialEq + Copy>(ui: &mut Ui, name: &str, chosen: &mut T, choices: &[(T, String)]) -> bool {
    let mut changed = false;
    ui.push_id(name, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            for (choice, label) in choices {
                let theme = Theme::of(ui);
                let on = *choice == *chosen;
                // The room is that of the semibold word, so that nothing moves when the choice does.
                let strong = ui.painter().layout_no_wrap(label.clone(), fonts::semibold(type_size::BODY), theme.text);
                let room = vec2(strong.size().x, size::CONTROL);
                let (rect, response) = ui.allocate_exact_size(room, Sense::click());
                response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), on, label));
                let color = if on || response.hovered() { theme.text } else { theme.muted };
                let galley = if on {
                    strong
                } else {
                    ui.painter().layout_no_wrap(label.clone(), fonts::regular(type_size::BODY), color)
                };
                ui.painter().galley(rect.left_center() - vec2(0.0, galley.size().y / 2.0), galley, color);
                focus_ring(ui, &response, size::RADIUS_SMALL);
                if response.clicked() && !on {
                    *chosen = *choice;
                    changed = true;
                }
            }
        });
    });
    changed
}
