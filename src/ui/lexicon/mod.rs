//! The lexicon view: the list left, the entry set like a page of a dictionary right.

mod entry;
mod field;
mod links;
mod list;
mod model;
mod occurrences;
mod sense;

pub use model::{
    EntryModel, ExampleModel, LexiconModel, LexiconRow, LinkModel, Occurrence, RelationModel, SenseModel, scheme_name,
};

use eframe::egui::{CentralPanel, Frame, Id, Margin, Panel, ScrollArea, Ui};

use super::theme::{size, space};
use super::widgets::{self, IpaPalette};
use super::{Command, UiContext, tr};
use crate::app::command::{ExampleField, LexiconCommand, SenseField};
use crate::app::icon::Icon;
use crate::domain::{ExampleId, LinkId, LinkScheme, SenseId};

/// The narrowest and widest the list gets.
const LIST: std::ops::RangeInclusive<f32> = 340.0..=760.0;

/// A link being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkEditor {
    pub sense: SenseId,
    pub scheme: LinkScheme,
    pub iri: String,
    /// The candidate it stands in for.
    pub instead_of: Option<LinkId>,
}

/// The view's own state.
#[derive(Debug, Default)]
pub struct LexiconState {
    /// The field in which one types, with its text.
    editing: Option<(Id, String)>,
    /// This field takes the focus when it is drawn, with all its text selected.
    pub focus: Option<Id>,
    focus_all: Option<Id>,
    /// Enter was pressed in this field: the one after it takes the focus.
    next_after: Option<Id>,
    passed: bool,
    pub link: Option<LinkEditor>,
    /// The link editor was opened just now.
    pub fresh_link: bool,
    pub filter: String,
    /// The rows that were in sight in the last frame.
    rows: std::ops::Range<usize>,
    /// Bring the selected row into sight.
    pub reveal: bool,
    pub palette: IpaPalette,
}

/// The id of the filter.
pub fn filter_id() -> Id {
    Id::unique("lexicon-filter")
}
/// The id of the field of the headword.
pub fn headword_id() -> Id {
    Id::unique("lexicon-headword")
}
/// The id of a field of a sense.
pub fn sense_id(sense: SenseId, field: SenseField) -> Id {
    Id::unique(("lexicon-sense", sense, field))
}
/// The id of a field of an example.
pub fn example_id(example: ExampleId, field: ExampleField) -> Id {
    Id::unique(("lexicon-example", example, field))
}

/// Draws the view.
pub fn lexicon_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut LexiconState, model: &LexiconModel) {
    if model.entries == 0 {
        let new = Command::Lexicon(LexiconCommand::NewEntry);
        widgets::empty_ui(ui, cx, Icon::Lexicon, &tr("lexicon-empty"), Some(new));
        return;
    }
    if let Some(id) = state.focus.take() {
        ui.memory_mut(|memory| memory.request_focus(id));
        state.focus_all = Some(id);
        ui.ctx().request_repaint();
    }
    let width = cx.layout("lexicon.list", size::SIDE).clamp(*LIST.start(), *LIST.end());
    let frame = Frame::new().fill(cx.theme.panel);
    let list = Panel::left("lexicon-list").default_size(width).size_range(LIST).frame(frame).show(ui, |ui| {
        list::list_ui(ui, cx, state, model);
    });
    *cx.layout("lexicon.list", width) = list.response.rect.width();
    CentralPanel::no_frame().show(ui, |ui| match &model.entry {
        Some(entry) => {
            ScrollArea::vertical().id_salt("lexicon-entry").auto_shrink(false).show(ui, |ui| {
                let page = Frame::new().inner_margin(Margin::symmetric(space::XL as i8 + 4, space::XL as i8));
                page.show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    entry::entry_ui(ui, cx, state, model, entry);
                });
            });
        }
        None => widgets::empty_ui(ui, cx, Icon::Lexicon, &tr("lexicon-choose"), None),
    });
    state.palette.show(ui);
    if state.next_after.is_some() {
        // The last field of the page has none after it.
        state.next_after = None;
        state.passed = false;
    }
}
