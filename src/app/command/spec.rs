//! What is known of a command: its words, icon, keys and where it applies.

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use super::Command;
use crate::app::icon::Icon;
use crate::app::place::Place;

/// Where a command applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Always.
    Anywhere,
    /// While a project is open.
    Project,
    /// In these places.
    In(&'static [Place]),
}

impl Scope {
    /// Whether it applies here. A project is open in every place but [`Place::Home`], where one may be.
    pub fn applies(self, place: Place, project_open: bool) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Project => project_open,
            Self::In(places) => project_open && places.contains(&place),
        }
    }

    /// Whether two commands can both apply at one moment, so that their keys must differ.
    pub fn overlaps(self, other: Self) -> bool {
        match (self, other) {
            (Self::In(places), Self::In(others)) => places.iter().any(|place| others.contains(place)),
            _ => true,
        }
    }
}

/// Whether a command's keys work while a text field has the focus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Typing {
    /// Keys with Ctrl, Alt or Cmd and function keys work; a letter, an arrow or Enter goes into the text.
    #[default]
    Auto,
    /// Its keys always work: the text field does not get them.
    Always,
    /// Its keys go to the text field, which has its own use for them.
    Never,
    /// Its keys work only then.
    Only,
}

/// A command with its words, icon, keys and the places where it applies.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    pub command: Command,
    /// Fluent id of its name; the tooltip is that message's attribute `tooltip`.
    pub id: &'static str,
    pub icon: Icon,
    pub scope: Scope,
    pub typing: Typing,
    /// The keys it comes with; [`Keymap`](crate::app::keymap::Keymap) knows the ones in force.
    pub keys: Vec<KeyboardShortcut>,
}

impl Spec {
    pub(super) fn new(command: Command, id: &'static str, icon: Icon, scope: Scope) -> Self {
        Self { command, id, icon, scope, typing: Typing::Auto, keys: Vec::new() }
    }
    pub(super) fn keys(mut self, keys: &[KeyboardShortcut]) -> Self {
        self.keys = keys.to_vec();
        self
    }
    pub(super) fn typing(mut self, typing: Typing) -> Self {
        self.typing = typing;
        self
    }
    /// Fluent id of its tooltip.
    pub fn tooltip_id(&self) -> String {
        format!("{}.tooltip", self.id)
    }
}

pub(super) const fn key(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}
pub(super) const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}
pub(super) const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}
pub(super) const fn alt(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT, key)
}
pub(super) const fn alt_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT.plus(Modifiers::SHIFT), key)
}
pub(super) const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}
pub(super) const fn ctrl_alt(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::ALT), key)
}
