//! Colours and sizes, in one place: nothing else in `ui` names a colour or a size of its own.
//!
//! [`install`] sets fonts and both styles once; [`Theme::of`] gives the colours in force. Accent means: here you
//! are, or this is a suggestion. Text on any background of its theme has a contrast of at least 4.5 : 1 (tested),
//! but for `faint`, which is for what one need not read.

use std::sync::Arc;

use eframe::egui::{
    self, Color32, Context, CornerRadius, FontFamily, FontId, Margin, Response, Stroke, Style, TextStyle,
    ThemePreference, Ui, Vec2, Visuals,
    style::{ScrollStyle, Selection, WidgetVisuals, Widgets},
};

use super::fonts;
use crate::app::settings::ThemeChoice;

/// What a picture is multiplied with to stay as it is.
pub const UNTINTED: Color32 = Color32::WHITE;

/// The colours of a theme.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    pub dark: bool,
    /// Behind everything.
    pub background: Color32,
    /// Bars, rails, side panels.
    pub panel: Color32,
    /// Buttons, cards, popups.
    pub raised: Color32,
    /// Under the pointer.
    pub hover: Color32,
    /// Between things.
    pub line: Color32,
    /// Around controls.
    pub line_strong: Color32,
    pub text: Color32,
    /// Text that explains.
    pub muted: Color32,
    /// Marks and hints that one need not read.
    pub faint: Color32,
    /// Edges and marks of where you are and of suggestions.
    pub accent: Color32,
    /// Accent as text.
    pub accent_text: Color32,
    /// Accent as the ground of a button.
    pub accent_fill: Color32,
    /// Text on [`Self::accent_fill`].
    pub on_accent: Color32,
    pub good: Color32,
    pub good_text: Color32,
    pub bad: Color32,
    pub warn: Color32,
    pub warn_text: Color32,
    /// Over the view while a dialog is open.
    pub scrim: Color32,
    /// Grounds of pictures, video and spectrogram, the same in both themes.
    pub stage: Color32,
    tiers: [Color32; 5],
}

const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// A colour that data ask for, such as a step of a colour map: red, green, blue.
pub fn opaque([r, g, b]: [u8; 3]) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// Dark.
pub static DARK: Theme = Theme {
    dark: true,
    background: hex(0x131518),
    panel: hex(0x191c20),
    raised: hex(0x20242a),
    hover: hex(0x272c33),
    line: hex(0x2b3037),
    line_strong: hex(0x363c45),
    text: hex(0xe8eaed),
    muted: hex(0x9aa3ad),
    faint: hex(0x6b747e),
    accent: hex(0xe0a458),
    accent_text: hex(0xe0a458),
    accent_fill: hex(0xe0a458),
    on_accent: hex(0x1b140a),
    good: hex(0x7fb685),
    good_text: hex(0x7fb685),
    bad: hex(0xd97b72),
    warn: hex(0xd9b44a),
    warn_text: hex(0xd9b44a),
    scrim: Color32::from_black_alpha(80),
    stage: hex(0x0c0d0f),
    tiers: [hex(0x6fa8dc), hex(0x8fc1a9), hex(0xc39bd3), hex(0xe0a458), hex(0xd98880)],
};

/// Light. Accent, good and warn are too pale to be read on paper white and have a darker shade for text.
pub static LIGHT: Theme = Theme {
    dark: false,
    background: hex(0xf4f2ee),
    panel: hex(0xfbfaf8),
    raised: hex(0xffffff),
    hover: hex(0xefece6),
    line: hex(0xe2ded6),
    line_strong: hex(0xcfc9bf),
    text: hex(0x1d2024),
    muted: hex(0x636b74),
    faint: hex(0x959ca4),
    accent: hex(0xb8701a),
    accent_text: hex(0x98590f),
    accent_fill: hex(0xa4610f),
    on_accent: hex(0xffffff),
    good: hex(0x3f8a50),
    good_text: hex(0x33733f),
    bad: hex(0xb0443a),
    warn: hex(0x9a7a12),
    warn_text: hex(0x7d6209),
    scrim: Color32::from_black_alpha(40),
    stage: hex(0x0c0d0f),
    tiers: [hex(0x2f6fab), hex(0x2f8063), hex(0x8a4fa3), hex(0xb8701a), hex(0xb0504a)],
};

impl Theme {
    /// The colours in force in this `Ui`.
    pub fn of(ui: &Ui) -> &'static Self {
        Self::of_dark(ui.visuals().dark_mode)
    }
    /// The colours in force.
    pub fn of_context(ctx: &Context) -> &'static Self {
        Self::of_dark(ctx.theme() == egui::Theme::Dark)
    }
    fn of_dark(dark: bool) -> &'static Self {
        if dark { &DARK } else { &LIGHT }
    }
    /// The colour of a tier or person by its number, from 0, over and over.
    pub fn tier(&self, number: usize) -> Color32 {
        self.tiers[number % self.tiers.len()]
    }
    /// A colour as a tint over whatever lies behind; `part` from 0 to 1, 0.15 to 0.30 for annotations.
    pub fn tint(&self, color: Color32, part: f32) -> Color32 {
        color.gamma_multiply(part)
    }
    /// A colour as a tint over the panel, opaque, for what must cover something.
    pub fn tint_on(&self, ground: Color32, color: Color32, part: f32) -> Color32 {
        ground.lerp_to_gamma(color, part)
    }
    /// The ground of what is selected.
    pub fn selected(&self) -> Color32 {
        self.tint(self.accent, size::SELECTED_TINT)
    }
    /// The line between things.
    pub fn hairline(&self) -> Stroke {
        Stroke::new(size::LINE, self.line)
    }
    /// The line around controls.
    pub fn outline(&self) -> Stroke {
        Stroke::new(size::LINE, self.line_strong)
    }
    /// The ground of text fields: a step away from whatever they lie on.
    pub fn field(&self) -> Color32 {
        if self.dark { self.background } else { self.hover.lerp_to_gamma(self.panel, 0.5) }
    }
}

/// Distances, on a grid of 4 points.
pub mod space {
    pub const XS: f32 = 4.0;
    pub const S: f32 = 8.0;
    pub const M: f32 = 12.0;
    pub const L: f32 = 16.0;
    pub const XL: f32 = 24.0;
    pub const XXL: f32 = 40.0;
    pub const PAGE: f32 = 80.0;
}

/// Sizes of things, in points.
pub mod size {
    pub const LINE: f32 = 1.0;
    /// Left edge of annotations and selected rows.
    pub const EDGE: f32 = 2.0;
    pub const ROW_EDGE: f32 = 3.0;
    pub const ICON_STROKE: f32 = 1.5;
    pub const ICON: f32 = 16.0;
    pub const RAIL_ICON: f32 = 17.0;
    pub const TOP_BAR: f32 = 40.0;
    pub const RAIL: f32 = 52.0;
    pub const RAIL_ITEM: f32 = 44.0;
    pub const STATUS_BAR: f32 = 26.0;
    pub const CONTROL: f32 = 26.0;
    /// Controls of the start page and of dialogs.
    pub const CONTROL_LARGE: f32 = 32.0;
    pub const ROW: f32 = 36.0;
    pub const ROW_COMPACT: f32 = 28.0;
    pub const CHIP: f32 = 20.0;
    pub const KEY: f32 = 18.0;
    pub const DOT: f32 = 7.0;
    pub const BAR: f32 = 5.0;
    pub const BADGE: f32 = 46.0;
    pub const CARD: f32 = 76.0;
    pub const COMMAND_FIELD: f32 = 340.0;
    pub const PALETTE: f32 = 560.0;
    pub const PALETTE_ROWS: usize = 9;
    pub const COLUMN: f32 = 640.0;
    pub const SIDE: f32 = 470.0;
    pub const PROGRESS: f32 = 120.0;
    pub const TOAST: f32 = 360.0;
    pub const EMPTY: f32 = 360.0;
    pub const RADIUS: u8 = 6;
    pub const RADIUS_SMALL: u8 = 4;
    pub const RADIUS_CARD: u8 = 8;
    pub const RADIUS_PILL: u8 = 10;
    pub const SELECTED_TINT: f32 = 0.14;
    /// Tint of an annotation at rest and when selected.
    pub const ANNOTATION_TINT: f32 = 0.18;
    pub const ANNOTATION_TINT_SELECTED: f32 = 0.30;
}

/// Sizes of type, in points.
pub mod type_size {
    /// Labels of the rail.
    pub const TINY: f32 = 9.5;
    pub const LABEL: f32 = 11.0;
    pub const SMALL: f32 = 12.0;
    pub const BODY: f32 = 13.0;
    pub const LEAD: f32 = 15.0;
    pub const HEADING: f32 = 15.0;
    pub const TITLE: f32 = 17.0;
    pub const GREETING: f32 = 30.0;
    /// The language, in running text.
    pub const LANGUAGE: f32 = 16.0;
    pub const LANGUAGE_SMALL: f32 = 15.0;
    pub const LANGUAGE_LARGE: f32 = 18.0;
    pub const HEADWORD: f32 = 34.0;
}

/// Text styles beyond egui's own, for `RichText::text_style`.
pub mod text_style {
    use eframe::egui::TextStyle;

    /// 11, labels above fields and columns.
    pub fn label() -> TextStyle {
        TextStyle::Small
    }
    /// 13 semibold.
    pub fn strong() -> TextStyle {
        TextStyle::Name("strong".into())
    }
    /// 17 semibold.
    pub fn title() -> TextStyle {
        TextStyle::Name("title".into())
    }
    /// 13 with figures of equal width.
    pub fn figures() -> TextStyle {
        TextStyle::Monospace
    }
    /// 16 Andika.
    pub fn language() -> TextStyle {
        TextStyle::Name("language".into())
    }
}

/// Sets fonts, both styles and the choice between them. Once at the start; cheap enough to repeat in a test.
pub fn install(ctx: &Context, choice: ThemeChoice) {
    ctx.set_fonts(fonts::definitions());
    ctx.set_style_of(egui::Theme::Dark, style(&DARK));
    ctx.set_style_of(egui::Theme::Light, style(&LIGHT));
    // Our own commands zoom, so that the settings know.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    choose(ctx, choice);
}

/// Changes between light, dark and the system's choice.
pub fn choose(ctx: &Context, choice: ThemeChoice) {
    ctx.set_theme(match choice {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::Dark => ThemePreference::Dark,
    });
}

fn style(theme: &Theme) -> Arc<Style> {
    let mut style = Style { visuals: visuals(theme), animation_time: 0.0, ..Style::default() };
    style.text_styles = [
        (TextStyle::Small, fonts::regular(type_size::LABEL)),
        (TextStyle::Body, fonts::regular(type_size::BODY)),
        (TextStyle::Button, fonts::regular(type_size::BODY)),
        (TextStyle::Heading, fonts::semibold(type_size::HEADING)),
        (TextStyle::Monospace, FontId::new(type_size::BODY, FontFamily::Monospace)),
        (text_style::strong(), fonts::semibold(type_size::BODY)),
        (text_style::title(), fonts::semibold(type_size::TITLE)),
        (text_style::language(), fonts::language(type_size::LANGUAGE)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::new(space::S, space::XS);
    spacing.button_padding = Vec2::new(space::M, space::XS);
    spacing.interact_size = Vec2::new(size::CONTROL, size::CONTROL);
    spacing.window_margin = Margin::same(space::L as i8);
    spacing.menu_margin = Margin::same(space::XS as i8);
    spacing.icon_width = size::ICON;
    spacing.scroll = ScrollStyle::thin();
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.5;
    Arc::new(style)
}

fn visuals(theme: &Theme) -> Visuals {
    let mut visuals = if theme.dark { Visuals::dark() } else { Visuals::light() };
    let radius = CornerRadius::same(size::RADIUS);
    let widget = |fill: Color32, stroke: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(size::LINE, stroke),
        corner_radius: radius,
        fg_stroke: Stroke::new(size::LINE, text),
        expansion: 0.0,
    };
    visuals.widgets = Widgets {
        noninteractive: widget(theme.panel, theme.line, theme.text),
        inactive: widget(theme.raised, theme.line_strong, theme.text),
        hovered: widget(theme.hover, theme.line_strong, theme.text),
        active: widget(theme.hover, theme.accent, theme.text),
        open: widget(theme.hover, theme.line_strong, theme.text),
    };
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(theme.muted);
    visuals.selection =
        Selection { bg_fill: theme.tint(theme.accent, 0.30), stroke: Stroke::new(size::LINE, theme.text) };
    visuals.hyperlink_color = theme.accent_text;
    visuals.faint_bg_color = theme.hover;
    visuals.extreme_bg_color = theme.field();
    visuals.text_edit_bg_color = Some(theme.field());
    visuals.code_bg_color = theme.hover;
    visuals.warn_fg_color = theme.warn_text;
    visuals.error_fg_color = theme.bad;
    visuals.window_corner_radius = CornerRadius::same(size::RADIUS_CARD);
    visuals.menu_corner_radius = CornerRadius::same(size::RADIUS_CARD);
    visuals.window_shadow = egui::Shadow::NONE;
    visuals.popup_shadow = egui::Shadow::NONE;
    visuals.window_fill = theme.raised;
    visuals.window_stroke = Stroke::new(size::LINE, theme.line_strong);
    visuals.panel_fill = theme.background;
    visuals.text_cursor.stroke = Stroke::new(size::ICON_STROKE, theme.accent);
    visuals.text_cursor.blink = false;
    visuals.striped = false;
    visuals.slider_trailing_fill = true;
    visuals
}

/// Shows where the keyboard is: an accent line just outside. Widgets that paint themselves call it last.
pub fn focus_ring(ui: &Ui, response: &Response, radius: u8) {
    if response.has_focus() {
        ui.painter().rect_stroke(
            response.rect.expand(1.0),
            CornerRadius::same(radius + 1),
            Stroke::new(size::ICON_STROKE, Theme::of(ui).accent),
            egui::StrokeKind::Outside,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: Color32) -> f32 {
        let linear = egui::Rgba::from(color);
        0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
    }

    fn contrast(one: Color32, other: Color32) -> f32 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn what_must_be_read_has_contrast() {
        for theme in [&DARK, &LIGHT] {
            for ground in [theme.background, theme.panel, theme.raised, theme.hover, theme.field()] {
                for (name, color) in [
                    ("text", theme.text),
                    ("muted", theme.muted),
                    ("accent", theme.accent_text),
                    ("good", theme.good_text),
                    ("bad", theme.bad),
                    ("warn", theme.warn_text),
                ] {
                    let contrast = contrast(color, ground);
                    assert!(contrast >= 4.5, "{name} on {ground:?}, dark {}: {contrast:.2}", theme.dark);
                }
            }
            assert!(contrast(theme.on_accent, theme.accent_fill) >= 4.5);
            let selected = theme.tint_on(theme.panel, theme.accent, size::SELECTED_TINT);
            assert!(contrast(theme.accent_text, selected) >= 4.5, "accent on a selected row, dark {}", theme.dark);
        }
    }
}
