//! Person cards: everybody seen or heard in the project, and one question at a time: are these two one person?

use eframe::egui::{
    Align, Align2, CornerRadius, Id, Image, Key, Label, Layout, RichText, Sense, TextureId, Ui, Vec2,
    load::SizedTexture,
};

use super::rule::head_ui;
use super::{PeopleModel, PeopleState};
use crate::app::command::PeopleCommand;
use crate::app::identity::CardId;
use crate::app::show::Part;
use crate::domain::{Access, PersonId, TrackId};
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{self, Button, ListRow};
use crate::ui::{Command, UiContext, fonts, name_of, tr, tr_args};

/// Somebody's card.
#[derive(Clone, Debug, PartialEq)]
pub struct CardRow {
    pub id: CardId,
    pub name: String,
    pub named: bool,
    /// What they answered and who may see what is of them, where somebody said who they are.
    pub consent: Option<(Option<bool>, Access)>,
    /// Where they appear: `Talking astronaut, 12 s`.
    pub places: String,
    /// What is known of them: `12 pictures, 30 stretches of speech`.
    pub prints: String,
    pub initials: String,
    pub face: Option<TextureId>,
    pub open: bool,
    /// Each track with what it is called; told when the card is open.
    pub tracks: Vec<(TrackId, String)>,
}

/// Are these two one person?
#[derive(Clone, Debug, PartialEq)]
pub struct SameModel {
    pub who: CardId,
    pub same_as: CardId,
    /// `Same person as Person 1?`
    pub question: String,
    pub names: [String; 2],
    pub initials: [String; 2],
    pub faces: [Option<TextureId>; 2],
    /// What speaks for it, in numbers.
    pub why: String,
    /// Why to look twice.
    pub doubt: Option<String>,
    pub place: (usize, usize),
}

/// All cards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CardsModel {
    pub cards: Vec<CardRow>,
    pub same: Option<SameModel>,
    /// Prints in the project, and whether runs to come keep theirs.
    pub prints: usize,
    pub keeps: bool,
    /// No picture is there for the question, since faces are hidden.
    pub veiled: bool,
    /// Forgetting was asked for and waits for a yes.
    pub forgetting: bool,
    /// People whom one open card may be merged with.
    pub others: Vec<(PersonId, String)>,
}

const FACE: f32 = 96.0;
const AVATAR: f32 = 38.0;
const ROW: f32 = 62.0;

pub(super) fn cards_ui(ui: &mut Ui, cx: &mut UiContext, state: &PeopleState, model: &PeopleModel) {
    let Some(cards) = &model.cards else { return };
    let typing = ui.ctx().egui_wants_keyboard_input();
    let closed = head_ui(ui, cx, &tr("cards-title"), &tr("cards-close"), PeopleCommand::ToggleCards);
    let escape = !typing && !state.is_modal() && ui.input(|input| input.key_pressed(Key::Escape));
    if closed || escape {
        cx.send(Command::People(PeopleCommand::ToggleCards));
    }
    if let Some(same) = &cards.same {
        same_ui(ui, cx, same, cards.veiled);
    }
    if cards.cards.is_empty() {
        note(ui, cx, &tr("cards-nobody"));
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    for card in &cards.cards {
        card_ui(ui, cx, card, cards);
    }
    ui.add_space(space::L);
    prints_ui(ui, cx, cards);
}

fn note(ui: &mut Ui, cx: &UiContext, text: &str) {
    ui.add(Label::new(RichText::new(text).font(fonts::figures(type_size::BODY)).color(cx.theme.muted)).wrap());
}

fn same_ui(ui: &mut Ui, cx: &mut UiContext, same: &SameModel, veiled: bool) {
    let (at, of) = same.place;
    note(ui, cx, &tr_args("cards-place", &[("at", (at as i64).into()), ("of", (of as i64).into())]));
    ui.add_space(space::XS);
    ui.add(Label::new(RichText::new(&same.question).font(fonts::semibold(type_size::TITLE))).wrap());
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        for side in 0..2 {
            ui.vertical(|ui| {
                ui.set_width(FACE + space::M);
                picture(ui, cx, same.faces[side], &same.initials[side], FACE, size::RADIUS);
                ui.add(Label::new(RichText::new(&same.names[side]).font(fonts::regular(type_size::SMALL))).truncate());
            });
        }
    });
    ui.add_space(space::XS);
    if veiled {
        note(ui, cx, &tr("cards-no-pictures"));
        ui.add_space(space::XS);
        let command = Command::Show(Part::HiddenFaces);
        let mut button = Button::new(tr("cards-show-pictures"));
        if let Some(key) = cx.hint(&command) {
            button = button.key(key);
        }
        if ui.add(button).clicked() {
            cx.send(command);
        }
        ui.add_space(space::XS);
    }
    note(ui, cx, &same.why);
    if let Some(doubt) = &same.doubt {
        ui.add(Label::new(RichText::new(doubt).font(fonts::regular(type_size::BODY)).color(cx.theme.warn_text)).wrap());
    }
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        for (command, text, primary) in
            [(PeopleCommand::Accept, tr("cards-same"), true), (PeopleCommand::Reject, tr("cards-different"), false)]
        {
            let command = Command::People(command);
            let mut button = if primary { Button::primary(text) } else { Button::new(text) };
            if let Some(key) = cx.hint(&command) {
                button = button.key(key);
            }
            if ui.add(button).clicked() {
                cx.send(command);
            }
        }
    });
    ui.add_space(space::L);
    widgets::section(ui, tr("cards-everybody"));
}

fn picture(ui: &mut Ui, cx: &UiContext, face: Option<TextureId>, initials: &str, side: f32, radius: u8) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    match face {
        Some(texture) => {
            let image = Image::from_texture(SizedTexture::new(texture, rect.size()));
            image.corner_radius(CornerRadius::same(radius)).paint_at(ui, rect);
        }
        None => {
            ui.painter().rect_filled(rect, CornerRadius::same(radius), cx.theme.hover);
            let font = fonts::semibold(type_size::BODY);
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, initials, font, cx.theme.muted);
        }
    }
}

fn card_ui(ui: &mut Ui, cx: &mut UiContext, card: &CardRow, all: &CardsModel) {
    let name = format!("{}, {}, {}", card.name, card.places, card.prints);
    let row = ListRow::new(Id::unique(("card", card.id)), name).selected(card.open).height(ROW).show(ui, |ui| {
        picture(ui, cx, card.face, &card.initials, AVATAR, (AVATAR / 2.0) as u8);
        ui.add_space(space::XS);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add_space((ROW - 50.0) / 2.0);
            let color = if card.named { cx.theme.text } else { cx.theme.accent_text };
            let called = RichText::new(&card.name).font(fonts::semibold(type_size::BODY)).color(color);
            ui.add(Label::new(called).truncate());
            for line in [&card.places, &card.prints] {
                let text = RichText::new(line).font(fonts::figures(type_size::SMALL)).color(cx.theme.muted);
                ui.add(Label::new(text).truncate());
            }
        });
    });
    if row.response.clicked() {
        cx.send(Command::People(PeopleCommand::OpenCard(card.id)));
    }
    if card.open {
        open_ui(ui, cx, card, all);
    }
}

/// What can be done with a card.
fn open_ui(ui: &mut Ui, cx: &mut UiContext, card: &CardRow, all: &CardsModel) {
    ui.spacing_mut().item_spacing.y = space::XS;
    for (track, called) in &card.tracks {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let mut choice = |ui: &mut Ui, text: &str, command: PeopleCommand| {
                    if ui.add(Button::quiet(tr(text)).tooltip(tr(&format!("{text}-tooltip")))).clicked() {
                        cx.send(Command::People(command));
                    }
                };
                choice(ui, "cards-delete", PeopleCommand::DeleteTrack(*track));
                if card.named {
                    choice(ui, "cards-apart", PeopleCommand::TakeApart(*track));
                }
                // What room the choices leave.
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add_space(space::S);
                    let text = RichText::new(called).font(fonts::figures(type_size::SMALL)).color(cx.theme.muted);
                    ui.add(Label::new(text).truncate());
                });
            });
        });
    }
    consent_ui(ui, cx, card);
    ui.horizontal_wrapped(|ui| {
        ui.add_space(space::S);
        let naming = Command::People(PeopleCommand::NameCard(card.id));
        if !card.named && ui.add(Button::new(tr("cards-name"))).clicked() {
            cx.send(naming);
        }
        if let CardId::Person(gone) = card.id {
            for (kept, name) in all.others.iter().filter(|(id, _)| *id != gone) {
                let text = tr_args("cards-merge", &[("name", name.clone().into())]);
                if ui.add(Button::new(text)).clicked() {
                    cx.send(Command::People(PeopleCommand::MergePeople { kept: *kept, gone }));
                }
            }
        }
    });
    ui.add_space(space::S);
    ui.spacing_mut().item_spacing.y = 0.0;
}

/// What somebody answered, and who may see what is of them.
fn consent_ui(ui: &mut Ui, cx: &mut UiContext, card: &CardRow) {
    let (CardId::Person(person), Some((given, access))) = (card.id, card.consent) else { return };
    let (mut answer, mut seen_by) = (given, access);
    let answers = [
        (None, tr("sessions-consent-unasked")),
        (Some(true), tr("sessions-consent-given")),
        (Some(false), tr("sessions-consent-refused")),
    ];
    let accesses = [
        (Access::Open, tr("access-open")),
        (Access::Registered, tr("access-registered")),
        (Access::Team, tr("access-team")),
        (Access::Closed, tr("access-closed")),
    ];
    ui.horizontal(|ui| {
        ui.add_space(space::S);
        ui.vertical(|ui| {
            widgets::section(ui, tr("sessions-consent"));
            widgets::segmented(ui, "person-consent", &mut answer, &answers);
            widgets::section(ui, tr("cards-access"));
            widgets::segmented(ui, "person-access", &mut seen_by, &accesses);
        });
    });
    if (answer, seen_by) != (given, access) {
        cx.send(Command::People(PeopleCommand::SetConsent { person, given: answer, access: seen_by }));
    }
}

/// What is kept, and how to be rid of it.
fn prints_ui(ui: &mut Ui, cx: &mut UiContext, cards: &CardsModel) {
    ui.spacing_mut().item_spacing.y = space::XS;
    widgets::section(ui, tr("cards-prints"));
    note(ui, cx, &tr_args("cards-prints-kept", &[("count", (cards.prints as i64).into())]));
    if !cards.keeps {
        note(ui, cx, &tr("cards-prints-off"));
    } else if cards.prints == 0 {
        note(ui, cx, &tr("cards-prints-how"));
    }
    ui.add_space(space::XS);
    if cards.forgetting {
        let text = tr("cards-forget-ask");
        ui.add(Label::new(RichText::new(text).font(fonts::regular(type_size::BODY)).color(cx.theme.warn_text)).wrap());
        ui.horizontal(|ui| {
            if ui.add(Button::new(tr("cards-forget-yes"))).clicked() {
                cx.send(Command::People(PeopleCommand::ForgetPrintsNow));
            }
            if ui.add(Button::quiet(tr("cards-forget-no"))).clicked() {
                cx.send(Command::People(PeopleCommand::ForgetPrints));
            }
        });
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for command in [PeopleCommand::ForgetPrints, PeopleCommand::ToggleKeepPrints] {
            let forget = command == PeopleCommand::ForgetPrints;
            if forget && cards.prints == 0 {
                continue;
            }
            let text = match (forget, cards.keeps) {
                (true, _) => name_of(&Command::People(command.clone())),
                (false, true) => tr("cards-keep-none"),
                (false, false) => tr("cards-keep"),
            };
            if ui.add(Button::new(text)).clicked() {
                cx.send(Command::People(command));
            }
        }
    });
}
