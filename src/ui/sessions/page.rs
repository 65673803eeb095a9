//! One session as a page: what it is called, when and where, who took part, what they agreed to, its recordings.

use eframe::egui::{Align, Id, Key, Label, Layout, RichText, Ui};

use super::{RecordingLine, SessionPage, SessionsState};
use crate::app::command::SessionsCommand;
use crate::domain::{Access, SessionId, Time};
use crate::ui::icons::{self, Icon};
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{self, Button, Card, IconButton, TextField};
use crate::ui::{Command, Place, UiContext, fonts, tr, tr_args};

pub(super) fn page_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut SessionsState,
    page: &SessionPage,
    asks_to_delete: bool,
) {
    let session = &page.session;
    let theme = cx.theme;
    field_ui(ui, cx, state, page, "title", &page.title, 1);
    ui.add_space(space::S);
    ui.horizontal_wrapped(|ui| {
        cx.primary_button(ui, Command::Sessions(SessionsCommand::OpenSelected));
        let interlinear = Button::new(tr("sessions-open-interlinear")).icon(Icon::Interlinear);
        if ui.add(interlinear).clicked() {
            cx.send(Command::Sessions(SessionsCommand::Open(session.id, Place::Interlinear)));
        }
        cx.icon_button(ui, Command::Sessions(SessionsCommand::DeleteSelected));
    });
    if asks_to_delete {
        ui.add_space(space::S);
        delete_ui(ui, cx, page);
    }
    ui.add_space(space::L);
    recordings_ui(ui, cx, state, page);
    ui.add_space(space::L);
    let half = (ui.available_width() - space::M) / 2.0;
    for pair in
        [[("name", &session.name), ("date", &session.date)], [("place", &session.place), ("genre", &session.genre)]]
    {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            for (field, value) in pair {
                ui.vertical(|ui| {
                    ui.set_width(half);
                    field_ui(ui, cx, state, page, field, value, 1);
                });
            }
        });
    }
    if !session.date.is_empty() && !is_date(&session.date) {
        ui.label(RichText::new(tr("sessions-date-odd")).color(theme.warn_text));
    }
    field_ui(ui, cx, state, page, "description", &page.description, 3);
    ui.add_space(space::M);
    participants_ui(ui, cx, state, page);
    ui.add_space(space::M);
    consent_ui(ui, cx, state, page);
    ui.add_space(space::XL);
}

/// `2010`, `2010-06` or `2010-06-06`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let within = |part: &str, most: u8| part.parse::<u8>().is_ok_and(|n| (1..=most).contains(&n));
    match parts[..] {
        [year] => digits(year, 4),
        [year, month] => digits(year, 4) && digits(month, 2) && within(month, 12),
        [year, month, day] => {
            digits(year, 4) && digits(month, 2) && within(month, 12) && digits(day, 2) && within(day, 31)
        }
        _ => false,
    }
}

/// A field that is edited where it stands; what is typed is sent at once.
fn field_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut SessionsState,
    page: &SessionPage,
    field: &'static str,
    value: &str,
    rows: usize,
) {
    let id = Id::unique("session-field").with(field).with(page.session.id);
    let focused = ui.memory(|memory| memory.has_focus(id));
    let buffer = state.fields.entry(field).or_default();
    if !focused && buffer != value {
        value.clone_into(buffer);
    }
    let label = tr(&format!("sessions-{field}"));
    widgets::section(ui, label.as_str());
    let font = if field == "title" { fonts::semibold(type_size::TITLE) } else { fonts::regular(type_size::BODY) };
    let hint = tr(&format!("sessions-{field}-hint"));
    let response = TextField::new(buffer, label).id(id).font(font).hint(hint).rows(rows).frameless().show(ui);
    if response.changed() {
        let value = buffer.clone();
        cx.send(Command::Sessions(SessionsCommand::SetField { session: page.session.id, field, value }));
    }
    if state.focus == Some(field) {
        state.focus = None;
        response.request_focus();
    }
    ui.add_space(space::XS);
}

fn delete_ui(ui: &mut Ui, cx: &mut UiContext, page: &SessionPage) {
    let theme = cx.theme;
    Card::new().show(ui, |ui| {
        let words = tr_args("sessions-delete-ask", &[("name", page.title.clone().into())]);
        ui.add(Label::new(RichText::new(words).color(theme.text)).wrap());
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            if ui.add(Button::new(tr("sessions-delete-yes")).icon(Icon::Trash)).clicked() {
                cx.send(Command::Sessions(SessionsCommand::Delete(page.session.id)));
            }
            if ui.add(Button::quiet(tr("sessions-delete-no"))).clicked() {
                cx.send(Command::Sessions(SessionsCommand::Select(page.session.id)));
            }
        });
    });
}

fn recordings_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut SessionsState, page: &SessionPage) {
    let theme = cx.theme;
    widgets::section(ui, tr("sessions-recordings"));
    for recording in &page.recordings {
        recording_ui(ui, cx, recording);
        // With one recording there is nothing to line up.
        if page.recordings.len() > 1 || recording.offset != Time::ZERO {
            offset_ui(ui, cx, state, recording);
        }
    }
    if page.recordings.is_empty() {
        ui.add(Label::new(RichText::new(tr("sessions-no-recordings")).color(theme.muted)).wrap());
    }
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        cx.button(ui, Command::Sessions(SessionsCommand::AddMedia));
    });
}

fn recording_ui(ui: &mut Ui, cx: &mut UiContext, recording: &RecordingLine) {
    let theme = cx.theme;
    ui.horizontal_top(|ui| {
        let (icon, color) =
            if recording.missing.is_some() { (Icon::Warning, theme.warn_text) } else { (Icon::Speaker, theme.muted) };
        icons::show(ui, icon, size::ICON, color);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add(Label::new(RichText::new(&recording.name).font(fonts::regular(type_size::BODY))).truncate());
            let about = RichText::new(&recording.about).font(fonts::figures(type_size::SMALL)).color(theme.muted);
            ui.add(Label::new(about).wrap());
            let Some(place) = &recording.missing else { return };
            let words = tr_args("sessions-missing", &[("place", place.clone().into())]);
            ui.add(Label::new(RichText::new(words).color(theme.warn_text)).wrap());
            if recording.searching {
                ui.label(RichText::new(tr("sessions-relinking")).color(theme.muted));
            } else if ui.add(Button::new(tr("sessions-relink")).icon(Icon::Link)).clicked() {
                cx.send(Command::Sessions(SessionsCommand::RelinkOne(recording.id)));
            }
        });
    });
}

/// Where the recording starts, typed as a time; taken when the field is left.
fn offset_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut SessionsState, recording: &RecordingLine) {
    let id = Id::unique("recording-offset").with(recording.id);
    let focused = ui.memory(|memory| memory.has_focus(id));
    let typed = state.offsets.entry(recording.id).or_default();
    ui.horizontal(|ui| {
        ui.add_space(size::ICON + space::S);
        let label = tr("sessions-offset");
        ui.label(RichText::new(&label).font(fonts::regular(type_size::SMALL)).color(cx.theme.muted));
        let name = format!("{label}: {}", recording.name);
        let field = TextField::new(typed, name).id(id).font(fonts::figures(type_size::SMALL)).width(96.0);
        let response = field.show(ui).on_hover_text(tr("sessions-offset-hint"));
        if response.lost_focus()
            && let Some(offset) = Time::from_clock(typed).filter(|offset| *offset != recording.offset)
        {
            cx.send(Command::Sessions(SessionsCommand::SetOffset { media: recording.id, offset }));
        } else if !focused {
            *typed = recording.offset.to_string();
        }
    });
}

fn participants_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut SessionsState, page: &SessionPage) {
    let theme = cx.theme;
    widgets::section(ui, tr("sessions-participants"));
    for (person, name, role) in &page.participants {
        ui.horizontal(|ui| {
            ui.label(RichText::new(name).font(fonts::regular(type_size::BODY)));
            ui.label(RichText::new(role).font(fonts::regular(type_size::SMALL)).color(theme.muted));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let words = tr_args("sessions-participant-remove", &[("name", name.clone().into())]);
                if ui.add(IconButton::new(Icon::Cross, words)).clicked() {
                    let (session, person) = (page.session.id, *person);
                    cx.send(Command::Sessions(SessionsCommand::RemoveParticipant { session, person }));
                }
            });
        });
    }
    let label = tr("sessions-participant-add");
    let buffer = state.fields.entry("participant").or_default();
    let response = TextField::new(buffer, label).hint(tr("sessions-participant-hint")).show(ui);
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        let name = std::mem::take(buffer).trim().to_owned();
        if !name.is_empty() {
            cx.send(Command::Sessions(SessionsCommand::AddParticipant { session: page.session.id, name }));
        }
        response.request_focus();
    }
}

fn consent_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut SessionsState, page: &SessionPage) {
    let (theme, session) = (cx.theme, &page.session);
    widgets::section(ui, tr("sessions-consent"));
    let mut given = session.consent.given;
    let choices = [
        (None, tr("sessions-consent-unasked")),
        (Some(true), tr("sessions-consent-given")),
        (Some(false), tr("sessions-consent-refused")),
    ];
    if widgets::segmented(ui, "consent", &mut given, &choices) {
        cx.send(Command::Sessions(SessionsCommand::SetConsent(session.id, given)));
    }
    let more = match given {
        None => "sessions-consent-unasked-more",
        Some(true) => "sessions-consent-given-more",
        Some(false) => "sessions-consent-refused-more",
    };
    ui.add(Label::new(RichText::new(tr(more)).color(theme.muted)).wrap());
    ui.add_space(space::XS);
    field_ui(ui, cx, state, page, "consent-manner", &session.consent.manner, 1);
    field_ui(ui, cx, state, page, "consent-conditions", &session.consent.conditions, 2);
    ui.add_space(space::S);
    access_ui(ui, cx, session.id, session.access);
}

fn access_ui(ui: &mut Ui, cx: &mut UiContext, session: SessionId, access: Access) {
    widgets::section(ui, tr("sessions-access"));
    let mut chosen = access;
    let choices = [
        (Access::Open, tr("access-open")),
        (Access::Registered, tr("access-registered")),
        (Access::Team, tr("access-team")),
        (Access::Closed, tr("access-closed")),
    ];
    if widgets::segmented(ui, "access", &mut chosen, &choices) {
        cx.send(Command::Sessions(SessionsCommand::SetAccess(session, chosen)));
    }
    let more = match chosen {
        Access::Open => "access-open-more",
        Access::Registered => "access-registered-more",
        Access::Team => "access-team-more",
        Access::Closed => "access-closed-more",
    };
    ui.add(Label::new(RichText::new(tr(more)).color(cx.theme.muted)).wrap());
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn dates_as_exact_as_known() {
        for good in ["2010", "2010-06", "2010-06-06"] {
            assert!(is_date(good), "{good}");
        }
        for odd in ["", "10", "2010-13", "2010-06-32", "June 2010", "2010-06-06-1"] {
            assert!(!is_date(odd), "{odd}");
        }
    }
}
