//! IPA in language fields: key sequences while one types (`n>` gives ŋ), and a palette to pick from.
//!
//! The table is `assets/ipa.toml`; the palette shows every sequence with its symbol, so that it teaches itself.
//! Sequences are off in a field until its toggle is pressed, so that people who type with a keyboard layout of
//! their own are never surprised.

use std::sync::LazyLock;

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{
    self, Align2, Context, CornerRadius, Id, Key, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, Window,
    vec2,
};
use serde::Deserialize;

use super::TextField;
use crate::ui::theme::{Theme, focus_ring, size, space, type_size};
use crate::ui::{fonts, tr, tr_args};

/// A row of the palette.
#[derive(Debug, Deserialize)]
struct Class {
    /// `ipa-class-NAME` is its text.
    name: String,
    /// Keys and symbol.
    symbols: Vec<(String, String)>,
}

#[derive(Debug, Deserialize)]
struct Table {
    class: Vec<Class>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../assets/ipa.toml")).unwrap_or_else(|error| {
        log::error!("the table of IPA keys: {error}");
        Table { class: Vec::new() }
    })
});

/// What the end of a text turns into: how many bytes of it are replaced, and by what. Prefers the longest sequence.
/// A sequence may start with the symbol that a shorter one made of its first keys (`@3` then `1`).
fn conversion(before: &str) -> Option<(usize, &'static str)> {
    let all = || TABLE.class.iter().flat_map(|class| &class.symbols);
    let direct = all().filter(|(keys, _)| before.ends_with(keys.as_str())).map(|(k, s)| (k.len(), s.as_str()));
    let continued = all().filter_map(|(keys, symbol)| {
        let (last, _) = keys.char_indices().next_back()?;
        let (_, made) = all().find(|(shorter, _)| *shorter == keys[..last])?;
        let tail = format!("{made}{}", &keys[last..]);
        before.ends_with(&tail).then_some((tail.len(), symbol.as_str()))
    });
    direct.chain(continued).max_by_key(|(length, _)| *length)
}

/// What typing the last key again goes back to: `ŋ` and another `>` give `n>`.
fn reversal(before: &str) -> Option<(usize, String)> {
    let all = TABLE.class.iter().flat_map(|class| &class.symbols);
    all.filter_map(|(keys, symbol)| {
        let last = keys.chars().next_back()?;
        let tail = format!("{symbol}{last}");
        before.ends_with(&tail).then(|| (tail.len(), keys.clone()))
    })
    .max_by_key(|(length, _)| *length)
}

/// The text before the caret after its last key, with the sequence it ends in made a symbol (or a symbol taken back
/// to its keys); `None` when nothing ends there.
pub fn convert(before: &str) -> Option<String> {
    if let Some((length, symbol)) = conversion(before) {
        return Some(format!("{}{symbol}", &before[..before.len() - length]));
    }
    let (length, keys) = reversal(before)?;
    Some(format!("{}{keys}", &before[..before.len() - length]))
}

fn target_id() -> Id {
    Id::unique("ipa-target")
}
fn pending_id() -> Id {
    Id::unique("ipa-pending")
}
fn open_id() -> Id {
    Id::unique("ipa-palette-open")
}
fn toggled_id(field: Id) -> Id {
    field.with("ipa-keys")
}

/// Whether the palette is open: a field keeps what it edits while one picks there.
pub fn is_open(ctx: &Context) -> bool {
    ctx.data(|data| data.get_temp(open_id()).unwrap_or(false))
}

/// A field for the language: a [`TextField`] with a toggle for IPA keys, where the palette inserts.
#[must_use = "call show"]
pub struct IpaField<'t> {
    text: &'t mut String,
    name: String,
    id: Id,
    width: f32,
    size: f32,
    hint: String,
}

impl<'t> IpaField<'t> {
    /// `name` is what a screen reader says; `id` gives it the focus.
    pub fn new(text: &'t mut String, name: impl Into<String>, id: Id) -> Self {
        let size = type_size::LANGUAGE_SMALL;
        Self { text, name: name.into(), id, width: f32::INFINITY, size, hint: String::new() }
    }
    /// Width of the text in points, the toggle comes after it.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }
    /// Faint words while it is empty.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
    /// Draws the field and its toggle.
    pub fn show(self, ui: &mut Ui) -> Response {
        let Self { text, name, id, width, size, hint } = self;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let field = |text| TextField::new(text, name.clone()).id(id).font(fonts::language(size)).hint(hint);
            let mut response = field(text).width(width).show(ui);
            if attend(ui, &response, text) {
                response.mark_changed();
            }
            toggle_ui(ui, id);
            response
        })
        .inner
    }
}

/// Does for any text field what [`IpaField`] does: call it after the field was drawn. Says whether the text changed.
pub fn attend(ui: &Ui, field: &Response, text: &mut String) -> bool {
    let ctx = ui.ctx();
    if field.has_focus() {
        ctx.data_mut(|data| data.insert_temp(target_id(), field.id));
    }
    let mut changed = false;
    let pending: Option<(Id, String)> = ctx.data(|data| data.get_temp(pending_id()));
    if let Some((id, symbol)) = pending
        && id == field.id
    {
        ctx.data_mut(|data| data.remove::<(Id, String)>(pending_id()));
        let (before, after) = split_at_caret(ctx, id, text);
        place(ctx, id, text, format!("{before}{symbol}"), &after);
        changed = true;
    }
    let on = ctx.data(|data| data.get_temp(toggled_id(field.id)).unwrap_or(false));
    if on && field.changed() {
        let (before, after) = split_at_caret(ctx, field.id, text);
        if let Some(before) = convert(&before) {
            place(ctx, field.id, text, before, &after);
            changed = true;
        }
    }
    changed
}

fn split_at_caret(ctx: &Context, id: Id, text: &str) -> (String, String) {
    let caret = TextEditState::load(ctx, id).and_then(|state| state.cursor.char_range());
    let at = caret.map_or(usize::MAX, |range| usize::from(range.primary.index));
    (text.chars().take(at).collect(), text.chars().skip(at).collect())
}

fn place(ctx: &Context, id: Id, text: &mut String, before: String, after: &str) {
    let caret = before.chars().count();
    *text = before + after;
    let mut state = TextEditState::load(ctx, id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(caret))));
    state.store(ctx, id);
    ctx.request_repaint();
}

/// The toggle for IPA keys in a field: `ʃ`, lit while on.
pub fn toggle_ui(ui: &mut Ui, field: Id) -> Response {
    let theme = Theme::of(ui);
    let on = ui.ctx().data(|data| data.get_temp(toggled_id(field)).unwrap_or(false));
    let (rect, response) = ui.allocate_exact_size(vec2(size::CONTROL, size::CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Switch, ui.is_enabled(), on, tr("ipa-keys")));
    let fill = if on { theme.selected() } else { theme.panel };
    let color = if on { theme.accent_text } else { theme.muted };
    ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), fill);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, "ʃ", fonts::language(type_size::LANGUAGE_SMALL), color);
    focus_ring(ui, &response, size::RADIUS);
    if response.clicked() {
        ui.ctx().data_mut(|data| data.insert_temp(toggled_id(field), !on));
        ui.memory_mut(|memory| memory.request_focus(field));
    }
    response.on_hover_text(tr("ipa-keys.tooltip"))
}

/// The palette: a window of symbols by class. Keep one in the place's state; it floats over the view.
#[derive(Debug, Default)]
pub struct IpaPalette {
    open: bool,
    fresh: bool,
}

impl IpaPalette {
    /// Opens it, or closes it and gives the focus back.
    pub fn toggle(&mut self) {
        self.open = !self.open;
        self.fresh = self.open;
    }

    /// Draws it while it is open. Clicking a symbol, or Enter on it, inserts it at the caret of the language field
    /// that last had the focus, which gets the focus back.
    pub fn show(&mut self, ui: &Ui) {
        let ctx = ui.ctx().clone();
        let was = is_open(&ctx);
        let target: Option<Id> = ctx.data(|data| data.get_temp(target_id()));
        if was && self.open && !self.fresh && ctx.input_mut(|input| input.consume_key(Default::default(), Key::Escape))
        {
            self.open = false;
        }
        if was != self.open {
            ctx.data_mut(|data| data.insert_temp(open_id(), self.open));
            if let (false, Some(target)) = (self.open, target) {
                ctx.memory_mut(|memory| memory.request_focus(target));
            }
        }
        if !self.open {
            return;
        }
        let mut open = true;
        let mut picked = None;
        Window::new(tr("ipa-palette"))
            .id(Id::unique("ipa-palette"))
            .open(&mut open)
            .default_pos(ctx.content_rect().right_top() + vec2(-size::PALETTE - 2.0 * space::XXL, 2.0 * space::XXL))
            .collapsible(false)
            .resizable(false)
            .show(&ctx, |ui| {
                ui.set_width(size::PALETTE);
                for class in &TABLE.class {
                    super::section(ui, tr(&format!("ipa-class-{}", class.name)));
                    ui.horizontal_wrapped(|ui| {
                        ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
                        for (keys, symbol) in &class.symbols {
                            let response = symbol_ui(ui, keys, symbol);
                            if std::mem::take(&mut self.fresh) {
                                response.request_focus();
                            }
                            if response.clicked() {
                                picked = Some(symbol.clone());
                            }
                        }
                    });
                }
                super::section(ui, tr("ipa-help"));
            });
        if let (Some(symbol), Some(target)) = (picked, target) {
            ctx.data_mut(|data| data.insert_temp(pending_id(), (target, symbol)));
            ctx.memory_mut(|memory| memory.request_focus(target));
            ctx.request_repaint();
        }
        if !open {
            self.open = false;
            ctx.request_repaint();
        }
    }
}

fn symbol_ui(ui: &mut Ui, keys: &str, symbol: &str) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(size::ROW, size::RAIL_ITEM), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, symbol));
    let fill = if response.hovered() { theme.hover } else { theme.raised };
    let line = Stroke::new(size::LINE, theme.line);
    ui.painter().rect(rect, CornerRadius::same(size::RADIUS_SMALL), fill, line, StrokeKind::Inside);
    let mark = symbol.chars().next().is_some_and(|c| ('\u{300}'..='\u{36f}').contains(&c));
    let shown = if mark { format!("◌{symbol}") } else { symbol.to_owned() };
    let middle = rect.center();
    let font = fonts::language(type_size::LANGUAGE_LARGE);
    ui.painter().text(middle - vec2(0.0, space::S - 1.0), Align2::CENTER_CENTER, shown, font, theme.text);
    let below = egui::pos2(middle.x, rect.bottom() - space::S);
    ui.painter().text(below, Align2::CENTER_CENTER, keys, fonts::figures(type_size::TINY), theme.muted);
    focus_ring(ui, &response, size::RADIUS_SMALL);
    response.on_hover_text(tr_args("ipa-typed", &[("keys", keys.to_owned().into())]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn typed(keys: &str) -> String {
        let mut text = String::new();
        for key in keys.chars() {
            text.push(key);
            text = convert(&text).unwrap_or(text);
        }
        text
    }

    #[test]
    fn keys_make_symbols() {
        assert_eq!(typed("n>a+s<e<?="), "ŋæʃɛʔ");
        assert_eq!(typed("ts<))"), "tʃ͡");
        assert_eq!(typed("a@31"), "a\u{302}");
        assert_eq!(typed("a@3"), "a\u{301}");
        assert_eq!(typed("a:="), "aː");
        assert_eq!(typed("toyto"), "toyto");
    }

    #[test]
    fn the_last_key_again_goes_back() {
        assert_eq!(typed("n>>"), "n>");
    }

    #[test]
    fn no_key_and_no_symbol_comes_twice() {
        let all = || TABLE.class.iter().flat_map(|class| &class.symbols);
        assert!(all().count() > 100);
        assert_eq!(all().map(|(keys, _)| keys).collect::<BTreeSet<_>>().len(), all().count());
        assert_eq!(all().map(|(_, symbol)| symbol).collect::<BTreeSet<_>>().len(), all().count());
        for class in &TABLE.class {
            assert!(crate::app::i18n::has_text(&format!("ipa-class-{}", class.name)), "{}", class.name);
        }
    }
}
