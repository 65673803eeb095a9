//! Which keys do what: the ones commands come with, changed by the settings.

use std::collections::BTreeMap;

use eframe::egui::{Context, Event, Id, Key, KeyboardShortcut, Modifiers};

use super::command::{Command, Spec, Typing};
use super::i18n::{tr, tr_args};
use super::place::Place;

/// The keys in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    /// By index in [`Command::specs`].
    keys: Vec<Vec<KeyboardShortcut>>,
}

/// Two commands that one key would do at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub shortcut: KeyboardShortcut,
    /// Ids of the commands.
    pub commands: [&'static str; 2],
}

impl Default for Keymap {
    fn default() -> Self {
        Self { keys: Command::specs().iter().map(|spec| spec.keys.clone()).collect() }
    }
}

impl Keymap {
    /// The usual keys, changed by the settings; with a warning in the user's words for what cannot be read.
    pub fn from_settings(changes: &BTreeMap<String, Vec<String>>) -> (Self, Vec<String>) {
        let mut keymap = Self::default();
        let mut warnings = Vec::new();
        for (id, shortcuts) in changes {
            let Some(index) = Command::specs().iter().position(|spec| spec.id == id) else {
                warnings.push(tr_args("settings-unknown-command", &[("command", id.clone().into())]));
                continue;
            };
            let mut keys = Vec::new();
            let mut readable = true;
            for text in shortcuts {
                if let Some(shortcut) = parse_shortcut(text) {
                    keys.push(shortcut);
                } else {
                    readable = false;
                    warnings.push(tr_args(
                        "settings-bad-key",
                        &[("key", text.clone().into()), ("command", tr(Command::specs()[index].id).into())],
                    ));
                }
            }
            if readable || !keys.is_empty() {
                keymap.keys[index] = keys;
            }
        }
        (keymap, warnings)
    }

    /// The keys of a command, the one to show first.
    pub fn keys(&self, command: &Command) -> &[KeyboardShortcut] {
        Command::specs().iter().position(|spec| spec.command == *command).map_or(&[], |index| &self.keys[index])
    }

    /// The key to show beside a command: `Ctrl K`.
    pub fn hint(&self, command: &Command) -> Option<String> {
        self.keys(command).first().map(|shortcut| shortcut_hint(*shortcut))
    }

    /// Gives a command these keys.
    pub fn set(&mut self, command: &Command, keys: Vec<KeyboardShortcut>) {
        if let Some(index) = Command::specs().iter().position(|spec| spec.command == *command) {
            self.keys[index] = keys;
        }
    }

    /// What differs from the usual keys, as settings write it.
    pub fn changes(&self) -> BTreeMap<String, Vec<String>> {
        std::iter::zip(Command::specs(), &self.keys)
            .filter(|(spec, keys)| spec.keys != **keys)
            .map(|(spec, keys)| (spec.id.to_owned(), keys.iter().map(|key| shortcut_text(*key)).collect()))
            .collect()
    }

    /// Pairs of commands that share a key where both apply.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let specs = Command::specs();
        let mut conflicts = Vec::new();
        for (one, spec) in specs.iter().enumerate() {
            for (other, other_spec) in specs.iter().enumerate().skip(one + 1) {
                if !spec.scope.overlaps(other_spec.scope) {
                    continue;
                }
                for shortcut in &self.keys[one] {
                    let typing = fires(spec, *shortcut, true) && fires(other_spec, *shortcut, true);
                    let otherwise = fires(spec, *shortcut, false) && fires(other_spec, *shortcut, false);
                    if self.keys[other].contains(shortcut) && (typing || otherwise) {
                        conflicts.push(Conflict { shortcut: *shortcut, commands: [spec.id, other_spec.id] });
                    }
                }
            }
        }
        conflicts
    }

    /// Takes the key presses that are commands here out of this frame's input and gives the commands.
    /// Call before anything is drawn, so that a text field does not get the same key.
    pub fn take(&self, ctx: &Context, place: Place, project_open: bool) -> Vec<Command> {
        let typing = ctx.text_edit_focused();
        // A button that was reached with Tab is pressed with Space or Enter, and left with arrows.
        let on_widget = !typing && ctx.egui_wants_keyboard_input();
        // A field of several lines has its own use for arrows and Enter, whatever else they do here.
        let in_lines = typing && ctx.memory(|memory| memory.focused()) == ctx.data(|data| data.get_temp(lines_id()));
        let on_widget = on_widget || in_lines;
        let mut commands = Vec::new();
        ctx.input_mut(|input| {
            input.events.retain(|event| {
                let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
                let plain = !modifiers.ctrl && !modifiers.alt && !modifiers.command && !modifiers.mac_cmd;
                if on_widget && plain && moves_or_presses(*key) {
                    return true;
                }
                let found = std::iter::zip(Command::specs(), &self.keys).find(|(spec, keys)| {
                    spec.scope.applies(place, project_open)
                        && keys.iter().any(|shortcut| {
                            shortcut.logical_key == *key
                                && modifiers.matches_exact(shortcut.modifiers)
                                && fires(spec, *shortcut, typing)
                        })
                });
                match found {
                    Some((spec, _)) => {
                        commands.push(spec.command.clone());
                        false
                    }
                    None => true,
                }
            });
            if !typing && !commands.is_empty() {
                // A letter also comes as text; the field that the command moves to must not get it.
                input.events.retain(|event| !matches!(event, Event::Text(_)));
            }
        });
        commands
    }
}

impl Keymap {
    /// Takes one command's keys out of this frame's input, while everything else belongs to a dialog.
    pub fn take_only(&self, ctx: &Context, command: &Command) -> bool {
        let keys = self.keys(command);
        ctx.input_mut(|input| {
            let before = input.events.len();
            input.events.retain(|event| {
                let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
                !keys.iter().any(|own| own.logical_key == *key && modifiers.matches_exact(own.modifiers))
            });
            input.events.len() < before
        })
    }
}

/// Says that a field has several lines in which arrows and Enter move: they are not taken for commands there.
pub fn keep_lines(ctx: &Context, field: Id) {
    ctx.data_mut(|data| data.insert_temp(lines_id(), field));
}

fn lines_id() -> Id {
    Id::unique("field of several lines")
}

fn moves_or_presses(key: Key) -> bool {
    matches!(key, Key::Space | Key::Enter | Key::Tab | Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight)
}

/// Whether a command answers to a key of its own while text is being typed, or while it is not.
fn fires(spec: &Spec, shortcut: KeyboardShortcut, typing: bool) -> bool {
    match spec.typing {
        Typing::Always => true,
        Typing::Never => !typing,
        Typing::Only => typing,
        Typing::Auto => {
            let modifiers = shortcut.modifiers;
            let with_modifier = modifiers.ctrl || modifiers.command || modifiers.mac_cmd || modifiers.alt;
            !typing || with_modifier || is_function_key(shortcut.logical_key)
        }
    }
}

fn is_function_key(key: Key) -> bool {
    let name = key.name();
    name.len() > 1 && name.starts_with('F') && name[1..].parse::<u8>().is_ok()
}

/// A key as settings write it: `Ctrl+Shift+Z`. `Ctrl` stands for Cmd on a Mac.
pub fn shortcut_text(shortcut: KeyboardShortcut) -> String {
    let Modifiers { alt, ctrl, shift, command, .. } = shortcut.modifiers;
    let mut text = String::new();
    for (held, name) in [(ctrl || command, "Ctrl+"), (alt, "Alt+"), (shift, "Shift+")] {
        if held {
            text.push_str(name);
        }
    }
    text + shortcut.logical_key.name()
}

/// Reads what [`shortcut_text`] writes; `None` for a key that does not exist.
pub fn parse_shortcut(text: &str) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    // A plus sign may be the key itself: `Ctrl++`.
    let (before, name) = match text.strip_suffix('+') {
        Some(before) => (before, "+"),
        None => text.rsplit_once('+').unwrap_or(("", text)),
    };
    for modifier in before.split('+').map(str::trim).filter(|part| !part.is_empty()) {
        match modifier.to_ascii_lowercase().as_str() {
            "ctrl" | "cmd" | "command" => modifiers |= Modifiers::COMMAND,
            "alt" | "option" => modifiers |= Modifiers::ALT,
            "shift" => modifiers |= Modifiers::SHIFT,
            _ => return None,
        }
    }
    Some(KeyboardShortcut::new(modifiers, Key::from_name(name.trim())?))
}

/// A key as buttons and menus show it: `Ctrl Shift Z`, `Space`, `⏎`.
pub fn shortcut_hint(shortcut: KeyboardShortcut) -> String {
    let Modifiers { alt, ctrl, shift, command, .. } = shortcut.modifiers;
    let mac = cfg!(target_os = "macos");
    let mut parts = Vec::new();
    if ctrl || command {
        parts.push(tr(if mac { "key-command" } else { "key-ctrl" }));
    }
    if alt {
        parts.push(tr(if mac { "key-option" } else { "key-alt" }));
    }
    if shift {
        parts.push(tr("key-shift"));
    }
    parts.push(match shortcut.logical_key {
        Key::Space => tr("key-space"),
        Key::Enter => tr("key-enter"),
        Key::Escape => tr("key-escape"),
        Key::Tab => tr("key-tab"),
        Key::Backspace => tr("key-backspace"),
        Key::Delete => tr("key-delete"),
        Key::Insert => tr("key-insert"),
        Key::ArrowUp => tr("key-up"),
        Key::ArrowDown => tr("key-down"),
        Key::ArrowLeft => tr("key-left"),
        Key::ArrowRight => tr("key-right"),
        Key::Home => tr("key-home"),
        Key::End => tr("key-end"),
        Key::PageUp => tr("key-page-up"),
        Key::PageDown => tr("key-page-down"),
        key => key.symbol_or_name().to_owned(),
    });
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_keys_do_not_conflict() {
        assert_eq!(Keymap::default().conflicts(), Vec::new());
    }

    #[test]
    fn keys_written_come_back() {
        for spec in Command::specs() {
            for key in &spec.keys {
                let text = shortcut_text(*key);
                assert_eq!(parse_shortcut(&text), Some(*key), "{text}");
            }
        }
        assert_eq!(parse_shortcut("Ctrl++").map(|shortcut| shortcut.logical_key), Some(Key::Plus));
        assert_eq!(parse_shortcut("Hyper+K"), None);
        assert_eq!(parse_shortcut("Ctrl+Nonsense"), None);
        assert_eq!(parse_shortcut(""), None);
    }

    #[test]
    fn a_changed_key_is_in_force_and_a_bad_one_is_told() {
        let changes = BTreeMap::from([
            ("command-undo".to_owned(), vec!["Ctrl+U".to_owned()]),
            ("command-redo".to_owned(), vec!["Ctrl+Nonsense".to_owned()]),
            ("command-dance".to_owned(), vec!["D".to_owned()]),
        ]);
        let (keymap, warnings) = Keymap::from_settings(&changes);
        assert_eq!(keymap.hint(&Command::Undo).as_deref(), Some("Ctrl U"));
        assert_eq!(keymap.keys(&Command::Redo), Keymap::default().keys(&Command::Redo));
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert_eq!(keymap.changes(), BTreeMap::from([("command-undo".to_owned(), vec!["Ctrl+U".to_owned()])]));
    }

    #[test]
    fn a_key_given_twice_is_a_conflict() {
        let mut keymap = Keymap::default();
        keymap.set(&Command::Backup, keymap.keys(&Command::Quit).to_vec());
        let conflicts = keymap.conflicts();
        assert_eq!(conflicts.len(), 1);
        assert_eq!(conflicts[0].commands, ["command-backup", "command-quit"]);
    }
}
