//! The window. How a view is written:
//!
//! 1. A view is a folder or file of its own with a function (or a struct with state of its own, such as an open
//!    editor or a scroll position) that draws: `pub fn lexicon_ui(ui: &mut Ui, cx: &mut UiContext, model: &LexiconModel)`.
//! 2. `…Model` is a plain struct of what is on screen, in the words and order of the screen. The view never asks the
//!    store and never waits; what is long is given by the visible range only.
//! 3. What a person does leaves as a [`Command`] through [`UiContext::send`]. A view changes nothing but its own state.
//!    Commands of a place live in `app/command/PLACE.rs`: add to your own file only.
//! 4. Keys are taken centrally ([`Keymap`]) before anything draws; a view receives what they mean as commands, and
//!    shows them with [`UiContext::button`] or [`UiContext::hint`]. Never read a shortcut in a view.
//! 5. Colours and sizes come from [`theme`], type from [`fonts`], words from [`tr`]: your own `assets/texts/en/PLACE.ftl`.
//! 6. Everything one can point at has a name: use [`widgets`], or `ui.interact` with `widget_info` for what is painted.
//! 7. Splits are remembered: `let width = cx.layout("lexicon.list", 470.0)` gives a number to use and to change.
//! 8. Text fields: [`widgets::TextField`]; send the text on `changed()` (the store coalesces typing into one undo step).
//! 9. Nothing to show: [`widgets::empty_ui`], a sentence and one button. Nothing moves but playhead and progress.

pub mod clips;
pub mod dialogs;
pub mod dock;
pub mod fonts;
pub mod fuzzy;
pub mod heat;
pub mod home;
pub mod icons;
pub mod interlinear;
pub mod lexicon;
pub mod menu;
pub mod palette;
pub mod people;
pub mod publish;
pub mod search;
pub mod sessions;
pub mod shell;
pub mod theme;
pub mod timeline;
pub mod toasts;
pub mod widgets;

use std::collections::BTreeMap;

use eframe::egui::{Response, Ui};

pub use crate::app::command::Command;
pub use crate::app::i18n::{tr, tr_args};
pub use crate::app::keymap::Keymap;
pub use crate::app::place::Place;
pub use shell::{Shell, ShellModel};
pub use theme::Theme;

use widgets::{Button, IconButton};

/// What every view gets beside its model: colours, keys, remembered splits, and the way out for commands.
pub struct UiContext<'a> {
    pub theme: &'static Theme,
    pub keymap: &'a Keymap,
    /// The place shown.
    pub place: Place,
    pub project_open: bool,
    /// What the person wants done, in order; `app` does it after the frame.
    pub commands: &'a mut Vec<Command>,
    /// Remembered splits, as in the settings.
    pub splits: &'a mut BTreeMap<String, f32>,
}

impl UiContext<'_> {
    /// Hands a command to `app`.
    pub fn send(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// Whether a command applies here.
    pub fn applies(&self, command: &Command) -> bool {
        command.spec().is_none_or(|spec| spec.scope.applies(self.place, self.project_open))
    }

    /// The key to show beside a command: `Ctrl K`.
    pub fn hint(&self, command: &Command) -> Option<String> {
        self.keymap.hint(command)
    }

    /// A remembered number, in points or as a part of 1.
    pub fn layout(&mut self, name: &str, default: f32) -> &mut f32 {
        self.splits.entry(name.to_owned()).or_insert(default)
    }

    /// A button for a command with its name, key and tooltip; sends the command when pressed.
    pub fn button(&mut self, ui: &mut Ui, command: Command) -> Response {
        let button = self.command_button(&command, Button::new(name_of(&command)));
        self.press(ui, button, command)
    }

    /// A button for a command under other words: "Play" while paused, "Pause" while playing.
    pub fn named_button(&mut self, ui: &mut Ui, words: impl Into<String>, command: Command) -> Response {
        let button = self.command_button(&command, Button::new(words));
        self.press(ui, button, command)
    }

    /// The accent button under other words.
    pub fn named_primary_button(&mut self, ui: &mut Ui, words: impl Into<String>, command: Command) -> Response {
        let button = self.command_button(&command, Button::primary(words));
        self.press(ui, button, command)
    }

    /// The one button in accent, for what one most likely does next.
    pub fn primary_button(&mut self, ui: &mut Ui, command: Command) -> Response {
        let button = self.command_button(&command, Button::primary(name_of(&command)));
        self.press(ui, button, command)
    }

    /// A button that is only an icon; its name is heard and shown as a tooltip.
    pub fn icon_button(&mut self, ui: &mut Ui, command: Command) -> Response {
        let Some(spec) = command.spec() else { return ui.response() };
        let name = match self.hint(&command) {
            Some(key) => format!("{} ({key})", tr(spec.id)),
            None => tr(spec.id),
        };
        let response = ui.add(IconButton::new(spec.icon, tr(spec.id)).tooltip(name));
        if response.clicked() {
            self.send(command);
        }
        response
    }

    fn command_button(&self, command: &Command, mut button: Button) -> Button {
        if let Some(key) = self.hint(command) {
            button = button.key(key);
        }
        match command.spec() {
            Some(spec) => button.tooltip(tr(&spec.tooltip_id())),
            None => button,
        }
    }

    fn press(&mut self, ui: &mut Ui, button: Button, command: Command) -> Response {
        let response = ui.add(button);
        if response.clicked() {
            self.send(command);
        }
        response
    }
}

/// The name of a command in the language of the window; empty for one that carries values.
pub fn name_of(command: &Command) -> String {
    command.spec().map(|spec| tr(spec.id)).unwrap_or_default()
}
