//! The command palette: type what you want, Enter does it. What was done lately stands first.

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    Align, Align2, Area, CornerRadius, Frame, Id, Key, Layout, Modifiers, Order, Rect, Role, ScrollArea, Sense, Stroke,
    TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::icons::{self, Icon};
use super::theme::{size, space, type_size};
use super::{Command, UiContext, fonts, fuzzy, tr, widgets};
use crate::app::command::Scope;
use crate::app::i18n::has_text;

/// A thing to choose beside the commands: a session to open, an entry to go to.
#[derive(Clone, Debug, PartialEq)]
pub struct PaletteEntry {
    pub label: String,
    /// What it is, shown at the right: "session", "entry · jaguar".
    pub detail: String,
    pub icon: Icon,
    pub command: Command,
}

/// The palette's own state.
#[derive(Default)]
pub struct Palette {
    open: Option<Open>,
    /// Ids of commands done from here, newest first: keep it in the settings.
    pub recent: Vec<String>,
}

#[derive(Default)]
struct Open {
    query: String,
    chosen: usize,
    /// What had the focus before, to give it back.
    focus: Option<Id>,
    /// The first frame: take the focus.
    fresh: bool,
    /// The choice moved by key: bring it into sight.
    scroll: bool,
}

struct Row {
    label: String,
    /// Characters of the label that were typed.
    found: Vec<usize>,
    detail: String,
    key: Option<String>,
    icon: Icon,
    command: Command,
    id: Option<&'static str>,
    score: i32,
    /// A command of this place and of no other.
    here: bool,
}

/// What a command scores whose other words were typed: less than one whose title begins like that, more than letters here
/// and there.
const BY_WORDS: i32 = 96;
/// How many are remembered.
const RECENT: usize = 8;

impl Palette {
    /// Whether it is on screen.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Opens it, or closes it when open.
    pub fn toggle(&mut self, ui: &Ui) {
        if self.open.is_some() {
            self.close(ui);
        } else {
            let focus = ui.memory(|memory| memory.focused());
            self.open = Some(Open { focus, fresh: true, ..Open::default() });
        }
    }

    fn close(&mut self, ui: &Ui) {
        if let Some(open) = self.open.take() {
            ui.memory_mut(|memory| match open.focus {
                Some(id) => memory.request_focus(id),
                None => memory.surrender_focus(field_id()),
            });
        }
    }

    /// Draws it over everything when open. `entries` are records that answer to what is typed; commands are added.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut UiContext, entries: &[PaletteEntry]) {
        let Some(open) = &mut self.open else { return };
        let rows = rows(&open.query, &self.recent, cx, entries);
        let (up, down, enter, escape) = ui.input_mut(|input| {
            (
                input.consume_key(Modifiers::NONE, Key::ArrowUp),
                input.consume_key(Modifiers::NONE, Key::ArrowDown),
                input.consume_key(Modifiers::NONE, Key::Enter),
                input.consume_key(Modifiers::NONE, Key::Escape),
            )
        });
        let last = rows.len().saturating_sub(1);
        open.chosen = open.chosen.min(last);
        if down {
            open.chosen = if open.chosen == last { 0 } else { open.chosen + 1 };
        }
        if up {
            open.chosen = if open.chosen == 0 { last } else { open.chosen - 1 };
        }
        open.scroll |= up || down;

        let screen = ui.ctx().content_rect();
        let theme = cx.theme;
        let scrim =
            Area::new(Id::unique("palette-scrim")).order(Order::Middle).fixed_pos(screen.min).show(ui.ctx(), |ui| {
                let response = ui.allocate_rect(screen, Sense::click());
                ui.painter().rect_filled(screen, 0.0, theme.scrim);
                response
            });
        let mut done = None;
        Area::new(Id::unique("palette"))
            .order(Order::Foreground)
            .accessible_name(tr("palette-title"))
            .role(Role::Dialog)
            .anchor(Align2::CENTER_TOP, vec2(0.0, 7.0))
            .show(ui.ctx(), |ui| {
                let frame = Frame::new()
                    .fill(theme.raised)
                    .stroke(Stroke::new(size::LINE, theme.line_strong))
                    .corner_radius(CornerRadius::same(size::RADIUS_CARD));
                frame.show(ui, |ui| {
                    ui.set_width(size::PALETTE.min(screen.width() - 2.0 * space::L));
                    ui.spacing_mut().item_spacing.y = 0.0;
                    if field_ui(ui, open) {
                        open.chosen = 0;
                        open.scroll = true;
                    }
                    let line = ui.min_rect();
                    ui.painter().hline(line.x_range(), line.bottom(), theme.hairline());
                    ui.add_space(space::XS);
                    if rows.is_empty() {
                        row(ui, size::ROW, |ui| {
                            ui.add_space(space::L);
                            ui.colored_label(theme.muted, tr("palette-none"));
                        });
                    }
                    ScrollArea::vertical().max_height(size::ROW * size::PALETTE_ROWS as f32).show(ui, |ui| {
                        if open.query.is_empty() && rows.first().is_some_and(|row| row.score > 0) {
                            row(ui, size::ROW_COMPACT, |ui| {
                                ui.add_space(space::L);
                                widgets::section(ui, tr("palette-recent"));
                            });
                        }
                        for (index, row) in rows.iter().enumerate() {
                            if row_ui(ui, cx, row, index == open.chosen, open.scroll) {
                                done = Some(index);
                            }
                        }
                    });
                    ui.add_space(space::XS);
                    hints_ui(ui, cx);
                });
            });
        open.scroll = false;
        if enter && !rows.is_empty() {
            done = Some(open.chosen);
        }
        if let Some(row) = done.and_then(|index| rows.into_iter().nth(index)) {
            self.close(ui);
            if let Some(id) = row.id {
                self.recent.retain(|known| known != id);
                self.recent.insert(0, id.to_owned());
                self.recent.truncate(RECENT);
            }
            cx.send(row.command);
        } else if escape || scrim.inner.clicked() {
            self.close(ui);
        }
    }
}

/// Things side by side, in the middle of a row of that height.
fn row<R>(ui: &mut Ui, height: f32, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let room = vec2(ui.available_width(), height);
    ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_height(height);
        contents(ui)
    })
    .inner
}

fn field_id() -> Id {
    Id::unique("palette-field")
}

/// The field; says whether its text changed.
fn field_ui(ui: &mut Ui, open: &mut Open) -> bool {
    let theme = super::Theme::of(ui);
    let id = field_id();
    let mut changed = false;
    row(ui, size::TOP_BAR, |ui| {
        ui.add_space(space::L);
        icons::show(ui, Icon::Search, size::ICON, theme.muted);
        let edit = TextEdit::singleline(&mut open.query)
            .id(id)
            .frame(Frame::NONE)
            .align(Align2::LEFT_CENTER)
            .min_size(vec2(0.0, size::CONTROL))
            .font(fonts::regular(type_size::LEAD))
            .desired_width(ui.available_width() - space::L)
            .hint_text(eframe::egui::RichText::new(tr("palette-hint")).color(theme.faint));
        let response = ui.add(edit).accessible_name(tr("palette-field"));
        changed = response.changed();
        // The focus stays here while the palette is open, whatever Tab or Escape did.
        if open.fresh || !response.has_focus() {
            response.request_focus();
            open.fresh = false;
        }
    });
    changed
}

fn row_ui(ui: &mut Ui, cx: &UiContext, row: &Row, chosen: bool, scroll: bool) -> bool {
    let theme = cx.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &row.label));
    if chosen && scroll {
        response.scroll_to_me(None);
    }
    if !ui.is_rect_visible(rect) {
        return response.clicked();
    }
    let ground = rect.shrink2(vec2(space::XS, 0.0));
    if chosen {
        ui.painter().rect_filled(ground, CornerRadius::same(size::RADIUS), theme.selected());
        let edge =
            Rect::from_min_size(ground.min + vec2(0.0, space::S), vec2(size::EDGE, rect.height() - 2.0 * space::S));
        ui.painter().rect_filled(edge, 1.0, theme.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(ground, CornerRadius::same(size::RADIUS), theme.hover);
    }
    let inner = rect.shrink2(vec2(space::L, 0.0));
    let color = if chosen { theme.accent_text } else { theme.muted };
    icons::paint(ui.painter(), icons::left_in(inner, size::ICON), size::ICON - 1.0, row.icon, color);
    let mut job = LayoutJob::default();
    for (index, letter) in row.label.chars().enumerate() {
        let strong = row.found.contains(&index);
        let font = if strong { fonts::semibold(type_size::BODY) } else { fonts::regular(type_size::BODY) };
        job.append(letter.encode_utf8(&mut [0; 4]), 0.0, TextFormat::simple(font, theme.text));
    }
    let label = ui.painter().layout_job(job);
    let left = inner.left() + size::ICON + space::M;
    ui.painter().galley(pos2(left, rect.center().y - label.size().y / 2.0), label, theme.text);
    let mut right = inner.right();
    if let Some(key) = &row.key {
        let line = if chosen { theme.tint(theme.accent, 0.35) } else { theme.line_strong };
        let room = widgets::key_hint_size(ui, key);
        right -= room.x;
        widgets::paint_key_hint(ui, pos2(right, rect.center().y), key, theme.muted, line);
        right -= space::S;
    }
    let detail = ui.painter().layout_no_wrap(row.detail.clone(), fonts::regular(type_size::SMALL), theme.muted);
    ui.painter().galley(pos2(right - detail.size().x, rect.center().y - detail.size().y / 2.0), detail, theme.muted);
    response.clicked()
}

fn hints_ui(ui: &mut Ui, cx: &UiContext) {
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(ui.min_rect().x_range(), line.top(), cx.theme.hairline());
    row(ui, size::ROW_COMPACT + space::XS, |ui| {
        ui.add_space(space::L);
        for (keys, words) in [
            (vec![tr("key-up"), tr("key-down")], tr("palette-keys-move")),
            (vec![tr("key-enter")], tr("palette-keys-do")),
            (vec![tr("key-escape")], tr("palette-keys-close")),
        ] {
            ui.spacing_mut().item_spacing.x = space::XS;
            for key in keys {
                widgets::key_hint(ui, &key);
            }
            widgets::section(ui, words);
            ui.add_space(space::M);
        }
    });
}

/// Whether every word typed begins a word of what a command is said to do, or of its other names.
fn says(query: &str, spec: &crate::app::command::Spec) -> bool {
    let more = format!("{}.words", spec.id);
    let more = if has_text(&more) { tr(&more) } else { String::new() };
    let said = format!("{} {} {more}", tr(spec.id), tr(&spec.tooltip_id())).to_lowercase();
    let words: Vec<&str> = said.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let query = query.to_lowercase();
    let mut typed = query.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    typed.peek().is_some()
        && typed.all(|typed| typed.chars().count() > 1 && words.iter().any(|word| word.starts_with(typed)))
}

fn rows(query: &str, recent: &[String], cx: &UiContext, entries: &[PaletteEntry]) -> Vec<Row> {
    let query = query.trim();
    let mut rows = Vec::new();
    for spec in Command::specs() {
        if spec.command == Command::Palette || !spec.scope.applies(cx.place, cx.project_open) {
            continue;
        }
        let label = tr(spec.id);
        let by_letters = fuzzy::find(query, &label);
        // What a command is called elsewhere, and what it is said to do, are found by whole beginnings of words.
        let by_words = says(query, spec).then_some((BY_WORDS, Vec::new()));
        let both = [by_letters, by_words].into_iter().flatten();
        let Some((mut score, found)) = both.max_by_key(|(score, _)| *score) else { continue };
        // Lately done stands first where nothing is typed, and wins among equals where something is.
        if let Some(place) = recent.iter().position(|id| id == spec.id) {
            score += (RECENT - place.min(RECENT - 1)) as i32;
        }
        rows.push(Row {
            label,
            found,
            detail: String::new(),
            key: cx.hint(&spec.command),
            icon: spec.icon,
            command: spec.command.clone(),
            id: Some(spec.id),
            score,
            here: matches!(spec.scope, Scope::In(_)),
        });
    }
    if !query.is_empty() {
        for entry in entries {
            // Of thousands of records, letters from here and there would find some for anything.
            if !entry.label.to_lowercase().contains(&query.to_lowercase()) {
                continue;
            }
            let Some((score, found)) = fuzzy::find(query, &entry.label) else { continue };
            rows.push(Row {
                label: entry.label.clone(),
                found,
                detail: entry.detail.clone(),
                key: None,
                icon: entry.icon,
                command: entry.command.clone(),
                id: None,
                score,
                here: false,
            });
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.score, row.here)));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_by_what_they_are_called_elsewhere() {
        let found = |query: &str| -> Vec<&'static str> {
            Command::specs().iter().filter(|spec| says(query, spec)).map(|spec| spec.id).collect()
        };
        for (query, id) in [
            ("elan", "command-export"),
            ("kappa", "command-agreement"),
            ("screenshot", "command-save-still"),
            ("detect faces", "command-analyse"),
            ("re-time", "command-retime-proposal"),
            ("threshold", "command-make-intervals"),
            ("merge people", "command-person-cards"),
        ] {
            assert!(found(query).contains(&id), "{query}: {:?}", found(query));
        }
        assert!(found("").is_empty() && found("xyzzy").is_empty());
    }
}
