//! Every command with its keys, by place; a key is changed by pressing the new one.

use eframe::egui::{Align, Event, Id, Key, KeyboardShortcut, Layout, RichText, ScrollArea, Ui};

use super::{DialogOutcome, First, foot_ui, words_ui};
use crate::app::command::{Scope, Spec};
use crate::app::keymap::{Keymap, shortcut_hint};
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{self, Button, ListRow, TextField};
use crate::ui::{Command, UiContext, fonts, fuzzy, tr, tr_args};

/// What is filtered, and which command waits for its new key.
#[derive(Default)]
pub struct ShortcutsDialog {
    filter: String,
    waiting: Option<&'static str>,
    /// What the last change met with: another command on the same key.
    conflict: Option<String>,
    first: First,
}

/// The heading a command stands under.
fn group(spec: &Spec) -> String {
    match spec.scope {
        Scope::Anywhere | Scope::Project => tr("shortcuts-everywhere"),
        Scope::In(places) => places.first().map(|place| tr(place.text_id())).unwrap_or_default(),
    }
}

impl ShortcutsDialog {
    pub(super) fn waits_for_key(&self) -> bool {
        self.waiting.is_some()
    }

    /// Takes the key pressed while one is waited for; `Some(None)` when the waiting was ended with Escape.
    fn pressed(ui: &Ui) -> Option<Option<KeyboardShortcut>> {
        ui.input_mut(|input| {
            let found = input.events.iter().find_map(|event| match event {
                Event::Key { key: Key::Escape, pressed: true, .. } => Some(None),
                Event::Key { key, pressed: true, repeat: false, modifiers, .. } => {
                    let mut modifiers = *modifiers;
                    // On most computers Ctrl comes as both.
                    modifiers.ctrl &= !modifiers.command;
                    modifiers.mac_cmd = false;
                    Some(Some(KeyboardShortcut::new(modifiers, *key)))
                }
                _ => None,
            });
            input.events.retain(|event| !matches!(event, Event::Key { .. } | Event::Text(_)));
            found
        })
    }

    /// Gives a command a key in place of its first one.
    fn change(&mut self, keymap: &Keymap, spec: &Spec, key: KeyboardShortcut) -> DialogOutcome {
        let mut changed = keymap.clone();
        let mut keys = vec![key];
        keys.extend(keymap.keys(&spec.command).iter().skip(1).filter(|other| **other != key).copied());
        changed.set(&spec.command, keys);
        self.tell_conflict(&changed, spec);
        DialogOutcome::Keys(Box::new(changed))
    }

    fn tell_conflict(&mut self, keymap: &Keymap, spec: &Spec) {
        self.conflict =
            keymap.conflicts().into_iter().find(|conflict| conflict.commands.contains(&spec.id)).map(|conflict| {
                let other = conflict.commands.into_iter().find(|id| *id != spec.id).unwrap_or(spec.id);
                tr_args(
                    "shortcuts-conflict",
                    &[
                        ("key", shortcut_hint(conflict.shortcut).into()),
                        ("command", tr(spec.id).into()),
                        ("other", tr(other).into()),
                    ],
                )
            });
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        let mut outcome = DialogOutcome::Open;
        if let Some(spec) = self.waiting.and_then(Command::from_id)
            && let Some(pressed) = Self::pressed(ui)
        {
            self.waiting = None;
            if let Some(key) = pressed {
                outcome = self.change(cx.keymap, spec, key);
            }
        }
        let label = tr("shortcuts-filter");
        let filter = TextField::new(&mut self.filter, label.as_str()).hint(label).height(size::CONTROL_LARGE).show(ui);
        self.first.focus(&filter);
        ui.add_space(space::S);
        words_ui(ui, &tr("shortcuts-how"), cx.theme.muted);
        if let Some(conflict) = &self.conflict {
            words_ui(ui, conflict, cx.theme.warn_text);
        }
        ui.add_space(space::S);
        let height = (ui.ctx().content_rect().height() - 320.0).clamp(160.0, 520.0);
        ScrollArea::vertical().max_height(height).auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut last = String::new();
            for spec in Command::specs() {
                let name = tr(spec.id);
                if fuzzy::find(self.filter.trim(), &name).is_none() {
                    continue;
                }
                let group = group(spec);
                if group != last {
                    ui.add_space(space::M);
                    widgets::heading(ui, group.clone());
                    last = group;
                }
                if let Some(changed) = self.row_ui(ui, cx, spec, &name) {
                    outcome = changed;
                }
            }
        });
        let (close, usual) = foot_ui(ui, |ui| {
            let close = ui.add(Button::primary(tr("dialog-close")).large()).clicked();
            (close, ui.add(Button::new(tr("shortcuts-usual")).large()).clicked())
        });
        if usual {
            self.conflict = None;
            outcome = DialogOutcome::Keys(Box::default());
        }
        if close { DialogOutcome::Closed } else { outcome }
    }

    fn row_ui(&mut self, ui: &mut Ui, cx: &UiContext, spec: &'static Spec, name: &str) -> Option<DialogOutcome> {
        let waiting = self.waiting == Some(spec.id);
        let keys = cx.keymap.keys(&spec.command);
        let hints: Vec<String> = keys.iter().map(|key| shortcut_hint(*key)).collect();
        let heard = format!("{name}: {}", hints.join(", "));
        let row = ListRow::new(Id::unique("shortcut").with(spec.id), heard)
            .selected(waiting)
            .height(size::ROW_COMPACT)
            .line();
        let mut changed = None;
        let shown = row.show(ui, |ui| {
            ui.label(RichText::new(name).font(fonts::regular(type_size::BODY)));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if waiting {
                    ui.label(RichText::new(tr("shortcuts-press")).color(cx.theme.accent_text));
                    return;
                }
                if keys != spec.keys.as_slice() {
                    let reset = Button::quiet(tr("shortcuts-reset"));
                    if ui.add(reset).clicked() {
                        let mut keymap = cx.keymap.clone();
                        keymap.set(&spec.command, spec.keys.clone());
                        changed = Some(keymap);
                    }
                }
                for hint in hints.iter().rev() {
                    widgets::key_hint(ui, hint);
                }
                if hints.is_empty() {
                    ui.label(RichText::new(tr("shortcuts-none")).color(cx.theme.muted));
                }
            });
        });
        if shown.response.clicked() && changed.is_none() {
            self.waiting = Some(spec.id);
            self.conflict = None;
            shown.response.request_focus();
        }
        changed.map(|keymap| {
            self.tell_conflict(&keymap, spec);
            DialogOutcome::Keys(Box::new(keymap))
        })
    }
}
