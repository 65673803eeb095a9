//! Messages that come and go in the corner: what was done, what went wrong, with a way to act on it.
//!
//! Good news leave after a while; what went wrong stays until it is closed. They are named for screen readers, and
//! wait while the pointer is over them.

use std::time::Duration;

use eframe::egui::{
    Align, Align2, Area, CornerRadius, Frame, Id, Label, Layout, Margin, Order, RichText, Role, Stroke, Ui, vec2,
};

use super::icons::{self, Icon};
use super::theme::{size, space, type_size};
use super::widgets::{Button, IconButton};
use super::{Command, UiContext, fonts, tr};

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastKind {
    Done,
    Note,
    Warning,
    Problem,
}

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    pub kind: ToastKind,
    /// In the user's words: what happened, what was kept, what to do.
    pub text: String,
    /// The technical detail, one click away.
    pub detail: Option<String>,
    /// Words of a button and what it does.
    pub action: Option<(String, Command)>,
}

impl Toast {
    pub fn new(kind: ToastKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), detail: None, action: None }
    }
    pub fn done(text: impl Into<String>) -> Self {
        Self::new(ToastKind::Done, text)
    }
    pub fn note(text: impl Into<String>) -> Self {
        Self::new(ToastKind::Note, text)
    }
    pub fn warning(text: impl Into<String>) -> Self {
        Self::new(ToastKind::Warning, text)
    }
    pub fn problem(text: impl Into<String>) -> Self {
        Self::new(ToastKind::Problem, text)
    }
    /// The technical detail, shown under the pointer.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
    /// A button, e.g. to undo what was done.
    pub fn action(mut self, words: impl Into<String>, command: Command) -> Self {
        self.action = Some((words.into(), command));
        self
    }
    fn stays(&self) -> Option<f64> {
        match self.kind {
            ToastKind::Done | ToastKind::Note => Some(6.0),
            ToastKind::Warning => Some(12.0),
            ToastKind::Problem => None,
        }
    }
}

struct Shown {
    toast: Toast,
    number: u64,
    /// When it goes, in the context's time; set when first drawn.
    until: Option<f64>,
}

/// The messages on screen.
#[derive(Default)]
pub struct Toasts {
    shown: Vec<Shown>,
    count: u64,
}

impl Toasts {
    /// Shows a message. The same one again only stays longer.
    pub fn push(&mut self, toast: Toast) {
        self.shown.retain(|shown| shown.toast != toast);
        self.count += 1;
        self.shown.push(Shown { toast, number: self.count, until: None });
    }

    /// Whether none is on screen.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Draws them over everything, newest at the bottom right.
    pub fn show(&mut self, ui: &Ui, cx: &mut UiContext) {
        if self.shown.is_empty() {
            return;
        }
        let now = ui.ctx().time();
        let area = Area::new(Id::unique("toasts"))
            .order(Order::Foreground)
            .accessible_name(tr("toasts"))
            .role(Role::Log)
            .anchor(Align2::RIGHT_BOTTOM, vec2(-space::L, -size::STATUS_BAR - space::M));
        let mut closed = Vec::new();
        let response = area.show(ui.ctx(), |ui| {
            ui.set_max_width(size::TOAST);
            ui.spacing_mut().item_spacing.y = space::S;
            for shown in &self.shown {
                if toast_ui(ui, cx, &shown.toast, shown.number) {
                    closed.push(shown.number);
                }
            }
        });
        self.shown.retain(|shown| !closed.contains(&shown.number));
        let hovered = response.response.contains_pointer();
        for shown in &mut self.shown {
            if let Some(stays) = shown.toast.stays()
                && (shown.until.is_none() || hovered)
            {
                shown.until = Some(now + stays);
            }
        }
        self.shown.retain(|shown| shown.until.is_none_or(|until| now < until));
        let next = self.shown.iter().filter_map(|shown| shown.until).fold(f64::INFINITY, f64::min);
        if next.is_finite() {
            ui.ctx().request_repaint_after(Duration::from_secs_f64((next - now).max(0.05)));
        }
    }
}

/// Draws one; says whether it was closed.
fn toast_ui(ui: &mut Ui, cx: &mut UiContext, toast: &Toast, number: u64) -> bool {
    let theme = cx.theme;
    let (icon, color) = match toast.kind {
        ToastKind::Done => (Icon::Check, theme.good_text),
        ToastKind::Note => (Icon::Info, theme.muted),
        ToastKind::Warning => (Icon::Warning, theme.warn_text),
        ToastKind::Problem => (Icon::Warning, theme.bad),
    };
    let frame = Frame::new()
        .fill(theme.raised)
        .stroke(Stroke::new(size::LINE, theme.line_strong))
        .corner_radius(CornerRadius::same(size::RADIUS_CARD))
        .inner_margin(Margin::symmetric(space::M as i8, space::S as i8));
    let mut close = false;
    ui.push_id(("toast", number), |ui| {
        frame.show(ui, |ui| {
            ui.set_width(size::TOAST - 2.0 * space::M);
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    ui.add_space(5.0);
                    icons::show(ui, icon, size::ICON, color);
                });
                ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                    close = ui.add(IconButton::new(Icon::Cross, tr("toast-close"))).clicked();
                    ui.with_layout(Layout::top_down(Align::Min), |ui| {
                        ui.add_space(space::XS);
                        let text = RichText::new(&toast.text).font(fonts::regular(type_size::BODY));
                        let label = ui.add(Label::new(text).wrap());
                        if let Some(detail) = &toast.detail {
                            label.on_hover_text(detail);
                        }
                        if let Some((words, command)) = &toast.action {
                            ui.add_space(space::XS);
                            if ui.add(Button::new(words)).clicked() {
                                cx.send(command.clone());
                                close = true;
                            }
                        }
                    });
                });
            });
        });
    });
    close
}
