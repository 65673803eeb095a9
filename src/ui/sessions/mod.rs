//! The list of sessions, and the one that is selected as a quiet page.

mod page;
mod table;

use std::collections::BTreeMap;

use eframe::egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui};

use super::icons::Icon;
use super::theme::space;
use super::{Command, UiContext, tr, widgets};
use crate::app::command::SessionsCommand;
use crate::domain::{MediaId, PersonId, Session, SessionId, Time};

/// A line of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionLine {
    pub id: SessionId,
    pub title: String,
    /// The short name, where the title is another.
    pub name: String,
    pub date: String,
    /// `12:31`, empty without a recording.
    pub length: String,
    pub recordings: usize,
    pub annotations: usize,
    /// Part of the words with an approved analysis.
    pub glossed: Option<f32>,
    pub proposals: usize,
}

/// A recording of the selected session.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordingLine {
    pub id: MediaId,
    pub name: String,
    /// Codec, size of picture, length, bytes.
    pub about: String,
    /// Where it starts on the session's timeline.
    pub offset: Time,
    /// Where it should be, when it is not there.
    pub missing: Option<String>,
    /// A folder is being looked through for it.
    pub searching: bool,
}

/// The selected session.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionPage {
    pub session: Session,
    /// The title in the language of glosses.
    pub title: String,
    pub description: String,
    pub participants: Vec<(PersonId, String, String)>,
    pub recordings: Vec<RecordingLine>,
}

/// What the place shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionsModel {
    pub lines: Vec<SessionLine>,
    pub page: Option<SessionPage>,
    /// Whether deletion of the selected session waits for a yes.
    pub asks_to_delete: bool,
}

/// What the view keeps from frame to frame.
#[derive(Default)]
pub struct SessionsState {
    /// Text fields of the page by name.
    fields: BTreeMap<&'static str, String>,
    /// Where recordings start, as it is being typed.
    offsets: BTreeMap<MediaId, String>,
    /// The field that gets the focus next.
    pub focus: Option<&'static str>,
    /// The selected row moved by key: bring it into sight.
    pub scroll: bool,
}

/// Draws the place.
pub fn sessions_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut SessionsState, model: &SessionsModel) {
    if model.lines.is_empty() {
        widgets::empty_ui(ui, cx, Icon::Sessions, &tr("sessions-empty"), Some(Command::Sessions(SessionsCommand::New)));
        return;
    }
    let theme = cx.theme;
    let room = ui.available_width();
    let width = cx.layout("sessions.page", 470.0).clamp(320.0, (room - 480.0).max(320.0));
    let frame = Frame::new().fill(theme.panel).inner_margin(Margin::same(space::L as i8));
    let panel = Panel::right("session-page")
        .default_size(width)
        .size_range(320.0..=(room - 400.0).max(320.0))
        .resizable(true)
        .frame(frame)
        .show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                if let Some(page) = &model.page {
                    page::page_ui(ui, cx, state, page, model.asks_to_delete);
                } else {
                    widgets::section(ui, tr("sessions-none-selected"));
                }
            });
        });
    *cx.layout("sessions.page", 470.0) = panel.response.rect.width();
    CentralPanel::no_frame().show(ui, |ui| table::table_ui(ui, cx, state, model));
}
