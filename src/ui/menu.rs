//! The menu behind the program's name: every command that applies everywhere, with its key.

use eframe::egui::{CornerRadius, Popup, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::icons;
use super::theme::{focus_ring, size, space, type_size};
use super::{Command, Place, UiContext, fonts, name_of, tr, tr_args};

const WIDTH: f32 = 304.0;
/// Height of an entry: all of them fit into the smallest window there is.
const ROW: f32 = 26.0;

/// The groups of the menu: the project, editing, looking, help.
fn groups() -> [Vec<Command>; 4] {
    [
        vec![
            Command::NewProject,
            Command::OpenProject(None),
            Command::Import(Vec::new()),
            Command::AddModel(None),
            Command::AddModelFolder,
            Command::AskModel,
            Command::Export,
            Command::Backup,
            Command::CloseProject,
            Command::Quit,
        ],
        vec![
            Command::Undo,
            Command::Redo,
            Command::Palette,
            Command::LearnLabels,
            Command::TrainModel,
            Command::Settings,
        ],
        vec![Command::Go(Place::Home), Command::ToggleTheme, Command::ZoomIn, Command::ZoomOut, Command::ZoomReset],
        vec![Command::Help, Command::Shortcuts, Command::About],
    ]
}

/// Opens under `anchor` when that is pressed. `undo` and `redo` say what they would undo and redo.
pub fn menu_ui(anchor: &Response, cx: &mut UiContext, undo: Option<&str>, redo: Option<&str>) {
    let room = anchor.ctx.content_rect().bottom() - anchor.rect.bottom() - space::XL;
    let menu = Popup::menu(anchor).width(WIDTH).gap(space::XS);
    menu.show(|ui| {
        // All of it where there is room for all of it.
        ui.set_max_height(room);
        ScrollArea::vertical().max_height(room).show(ui, |ui| items_ui(ui, cx, undo, redo));
    });
}

fn items_ui(ui: &mut Ui, cx: &mut UiContext, undo: Option<&str>, redo: Option<&str>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    for (index, commands) in groups().into_iter().enumerate() {
        if index > 0 {
            ui.add_space(space::XS);
            let line = ui.available_rect_before_wrap();
            ui.painter().hline(line.x_range(), line.top(), cx.theme.hairline());
            ui.add_space(space::XS);
        }
        for command in commands {
            let name = match (&command, undo, redo) {
                (Command::Undo, Some(what), _) => tr_args("undo-what", &[("what", what.to_owned().into())]),
                (Command::Redo, _, Some(what)) => tr_args("redo-what", &[("what", what.to_owned().into())]),
                _ => name_of(&command),
            };
            let possible = match command {
                Command::Undo => undo.is_some(),
                Command::Redo => redo.is_some(),
                _ => cx.applies(&command),
            };
            let mut item = ui.add_enabled_ui(possible, |ui| menu_item(ui, cx, &name, &command)).inner;
            if let Some(spec) = command.spec() {
                item = item.on_hover_text(tr(&spec.tooltip_id()));
            }
            if item.clicked() {
                cx.send(command);
                ui.close();
            }
        }
    }
}

/// A row of a menu: icon, name, key.
pub fn menu_item(ui: &mut Ui, cx: &UiContext, name: &str, command: &Command) -> Response {
    let theme = cx.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, ui.is_enabled(), name));
    if ui.is_enabled() && response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS_SMALL), theme.hover);
    }
    let inner = rect.shrink2(vec2(space::S, 0.0));
    if let Some(spec) = command.spec() {
        icons::paint(ui.painter(), icons::left_in(inner, size::ICON), size::ICON - 2.0, spec.icon, theme.muted);
    }
    let galley = ui.painter().layout_no_wrap(name.to_owned(), fonts::regular(type_size::BODY), theme.text);
    let left = inner.left() + size::ICON + space::S;
    ui.painter().galley(eframe::egui::pos2(left, rect.center().y - galley.size().y / 2.0), galley, theme.text);
    if let Some(key) = cx.hint(command) {
        let galley = ui.painter().layout_no_wrap(key, fonts::regular(type_size::SMALL), theme.muted);
        ui.painter().galley(inner.right_center() - vec2(galley.size().x, galley.size().y / 2.0), galley, theme.muted);
    }
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    focus_ring(ui, &response, size::RADIUS_SMALL);
    response
}

/// The name a screen reader says for the menu.
pub fn menu_name() -> String {
    format!("{}: {}", tr("app-name"), tr("menu"))
}
