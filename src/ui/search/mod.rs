//! One field; what was found, by kind, with what was typed standing out.

mod query;

use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
use eframe::egui::{Align, Align2, CentralPanel, FontId, Id, Label, Layout, RichText, ScrollArea, Ui};

use super::icons::{self, Icon};
use super::theme::{size, space, type_size};
use super::widgets::{self, ListRow, TextField};
use super::{Command, UiContext, fonts, tr, tr_args};
use crate::app::command::{SearchCommand, SearchTab};
use crate::app::i18n::number;
use crate::domain::RecordId;

pub use query::{Cell, QueryModel, QueryState, Shown};

/// The kinds of what is found, in the order shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HitGroup {
    Texts,
    Words,
    Entries,
    Sessions,
    People,
}

impl HitGroup {
    /// All, in the order shown.
    pub const ALL: [Self; 5] = [Self::Texts, Self::Words, Self::Entries, Self::Sessions, Self::People];

    fn name(self) -> String {
        match self {
            Self::Texts => tr("search-texts"),
            Self::Words => tr("search-words"),
            Self::Entries => tr("search-entries"),
            Self::Sessions => tr("search-sessions"),
            Self::People => tr("search-people"),
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Texts => Icon::Interlinear,
            Self::Words => Icon::Tag,
            Self::Entries => Icon::Lexicon,
            Self::Sessions => Icon::Sessions,
            Self::People => Icon::People,
        }
    }
}

/// One record found.
#[derive(Clone, Debug, PartialEq)]
pub struct HitLine {
    pub record: RecordId,
    pub group: HitGroup,
    /// The text, cut to what is around the match.
    pub text: String,
    /// Byte range of the match in it.
    pub found: Option<std::ops::Range<usize>>,
    /// Where it stands: session and time.
    pub place: String,
}

/// What the place shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchModel {
    pub tab: SearchTab,
    pub query: String,
    /// By group, in the order shown.
    pub hits: Vec<HitLine>,
    pub selected: Option<RecordId>,
    /// There are more than are shown.
    pub more: bool,
}

/// What the view keeps from frame to frame.
#[derive(Default)]
pub struct SearchState {
    text: String,
    /// The field gets the focus next.
    pub focus: bool,
    /// The selection moved by key: bring it into sight.
    pub scroll: bool,
    /// The pass in which it was last drawn; after a gap one has just come here.
    last: u64,
}

/// A line of the list.
enum Line<'m> {
    Head(HitGroup, usize),
    Hit(&'m HitLine),
}

/// Draws the place.
pub fn search_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut SearchState,
    model: &SearchModel,
    query: (&mut QueryState, &QueryModel),
) {
    let pass = ui.ctx().cumulative_pass_nr();
    state.focus |= state.last + 2 < pass || state.last == 0;
    state.last = pass;
    CentralPanel::no_frame().show(ui, |ui| {
        let most = if model.tab == SearchTab::Query { 1360.0 } else { 860.0 };
        let side = ((ui.available_width() - most) / 2.0).max(space::XL);
        ui.add_space(space::XL);
        ui.horizontal_top(|ui| {
            ui.add_space(side);
            ui.vertical(|ui| {
                ui.set_width(ui.available_width() - side);
                let mut tab = model.tab;
                let choices = [(SearchTab::Words, tr("search-tab-words")), (SearchTab::Query, tr("search-tab-query"))];
                if widgets::segmented(ui, "search-tab", &mut tab, &choices) {
                    cx.send(Command::Search(SearchCommand::ShowTab(tab)));
                }
                ui.add_space(space::S);
                if model.tab == SearchTab::Query {
                    query.0.focus |= std::mem::take(&mut state.focus);
                    query::query_ui(ui, cx, query.0, query.1);
                } else {
                    field_ui(ui, cx, state, model);
                    ui.add_space(space::M);
                    list_ui(ui, cx, state, model);
                }
            });
        });
    });
}

fn field_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut SearchState, model: &SearchModel) {
    let id = Id::unique("search-field");
    if !ui.memory(|memory| memory.has_focus(id)) && state.text != model.query {
        state.text.clone_from(&model.query);
    }
    let field = TextField::new(&mut state.text, tr("search-field")).hint(tr("search-hint")).id(id);
    let response = field.font(fonts::language(type_size::LANGUAGE_LARGE)).height(size::TOP_BAR).show(ui);
    if std::mem::take(&mut state.focus) {
        response.request_focus();
    }
    if response.changed() {
        cx.send(Command::Search(SearchCommand::Query(state.text.clone())));
    }
}

fn list_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut SearchState, model: &SearchModel) {
    let theme = cx.theme;
    let told = match (model.query.trim().is_empty(), model.hits.len()) {
        (true, _) => Some(tr("search-empty")),
        (false, 0) => Some(tr_args("search-none", &[("query", model.query.trim().to_owned().into())])),
        _ => None,
    };
    if let Some(words) = told {
        ui.add_space(space::S);
        ui.add(Label::new(RichText::new(words).font(fonts::regular(type_size::BODY)).color(theme.muted)).wrap());
        return;
    }
    let mut lines = Vec::new();
    for group in HitGroup::ALL {
        let count = model.hits.iter().filter(|hit| hit.group == group).count();
        if count > 0 {
            lines.push(Line::Head(group, count));
            lines.extend(model.hits.iter().filter(|hit| hit.group == group).map(Line::Hit));
        }
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut area = ScrollArea::vertical().auto_shrink(false);
    if std::mem::take(&mut state.scroll) {
        let at = lines.iter().position(|line| matches!(line, Line::Hit(hit) if Some(hit.record) == model.selected));
        area = area.vertical_scroll_offset((at.unwrap_or(0) as f32 - 5.0).max(0.0) * size::ROW);
    }
    let count = lines.len() + usize::from(model.more);
    area.show_rows(ui, size::ROW, count, |ui, range| {
        for index in range {
            match lines.get(index) {
                Some(Line::Head(group, count)) => head_ui(ui, *group, *count),
                Some(Line::Hit(hit)) => hit_ui(ui, cx, hit, Some(hit.record) == model.selected),
                None => {
                    widgets::section(ui, tr("search-more"));
                }
            }
        }
    });
}

fn head_ui(ui: &mut Ui, group: HitGroup, count: usize) {
    let room = eframe::egui::vec2(ui.available_width(), size::ROW);
    ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(room);
        widgets::heading(ui, group.name());
        widgets::section(ui, number(count as u64));
    });
}

fn hit_ui(ui: &mut Ui, cx: &mut UiContext, hit: &HitLine, selected: bool) {
    let theme = cx.theme;
    let row = ListRow::new(Id::unique("hit").with(hit.record), &hit.text).selected(selected).line();
    let shown = row.show(ui, |ui| {
        icons::show(ui, hit.group.icon(), size::ICON, theme.muted);
        let place = ui.painter().layout_no_wrap(hit.place.clone(), fonts::figures(type_size::SMALL), theme.muted);
        let end = ui.max_rect().right_center();
        let room = ui.available_width() - place.size().x - space::L;
        ui.add_sized([room.max(40.0), size::ROW_COMPACT], |ui: &mut Ui| {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.add(Label::new(marked(cx, hit, room)))).inner
        });
        let rect = Align2::RIGHT_CENTER.anchor_size(end, place.size());
        ui.painter().galley(rect.min, place, theme.muted);
    });
    if shown.response.double_clicked() {
        cx.send(Command::Search(SearchCommand::Open(hit.record)));
    } else if shown.response.clicked() {
        cx.send(Command::Search(SearchCommand::Select(hit.record)));
    }
}

/// The text of a hit with the match in bold.
fn marked(cx: &UiContext, hit: &HitLine, room: f32) -> LayoutJob {
    let theme = cx.theme;
    let language = matches!(hit.group, HitGroup::Texts | HitGroup::Words | HitGroup::Entries);
    let (plain, strong): (FontId, FontId) = if language {
        (fonts::language(type_size::LANGUAGE_SMALL), fonts::language_bold(type_size::LANGUAGE_SMALL))
    } else {
        (fonts::regular(type_size::BODY), fonts::semibold(type_size::BODY))
    };
    let mut job = LayoutJob { wrap: TextWrapping::truncate_at_width(room), ..LayoutJob::default() };
    let found = hit.found.clone().filter(|found| hit.text.get(found.clone()).is_some());
    let Some(found) = found else {
        job.append(&hit.text, 0.0, TextFormat::simple(plain, theme.text));
        return job;
    };
    job.append(&hit.text[..found.start], 0.0, TextFormat::simple(plain.clone(), theme.muted));
    job.append(&hit.text[found.clone()], 0.0, TextFormat::simple(strong, theme.text));
    job.append(&hit.text[found.end..], 0.0, TextFormat::simple(plain, theme.muted));
    job
}
