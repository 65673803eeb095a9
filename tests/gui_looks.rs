//! Looking again in the window: what was reviewed stays, the dialog says so beforehand, and an earlier look can be shown.
#![cfg(feature = "window")]

mod common;

use common::looked::{Length, looked};
use common::people::{Gui, WIDE, open, settle};
use common::{press, press_with, shoot};
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use fieldgloss::app::edit::reviews::{Verdict, say};
use fieldgloss::app::settings::ThemeChoice;
use fieldgloss::domain::{TagId, TrackKind};

/// The sample's video looked at twice; of the first look's proposals that on the first face was accepted.
fn twice(choice: ThemeChoice) -> (Gui, TagId) {
    let mut accepted = TagId::new();
    let gui = open(WIDE, choice, |store, session| {
        let first = looked(store, session, Length::WHOLE);
        let rows = store.read().tag_rows(first).expect("proposals");
        let of_face =
            |row: &&fieldgloss::store::query::TagRow| row.track.kind == TrackKind::Face && row.track.number == 1;
        accepted = rows.iter().find(of_face).expect("a proposal").tag.id;
        store.set_author("Ann");
        say(store, accepted, &Verdict::Accept).expect("accepted");
        looked(store, session, Length::WHOLE);
    });
    (gui, accepted)
}

#[test]
fn a_second_look_leaves_what_was_reviewed_in_reach() {
    let (mut gui, accepted) = twice(ThemeChoice::Light);
    press(&mut gui, Key::Num3);
    // Five proposals of the second look, of which one says again what was accepted of the first.
    assert_eq!(gui.state().people.model().reviewed, (1, 5));
    let faces = gui.state().people.model().people.iter().filter(|person| person.name == "Face 1").count();
    assert_eq!(faces, 1, "the face that both looks saw is listed once");
    gui.state_mut().core.selection.tag = Some(accepted);
    gui.run_steps(3);
    let made = gui.state().people.model().proposal.as_ref().expect("a proposal").made.join("\n");
    assert!(made.contains("from the look of"), "{made}");

    press_with(&mut gui, Modifiers::SHIFT, Key::A);
    gui.get_by_label_contains("1 of 5 proposals were reviewed and stay. The rest gives way to what this look finds.");
    settle(&mut gui);
    shoot(&mut gui, "looks-before-1440");
}

#[test]
fn an_earlier_look_is_chosen_from_a_list_and_undone() {
    let (mut gui, _) = twice(ThemeChoice::Dark);
    press_with(&mut gui, Modifiers::SHIFT, Key::L);
    let rows: Vec<String> = gui
        .get_all_by_label_contains("whole recording")
        .filter_map(|row| row.accesskit_node().label())
        .filter(|label| label.contains("reviewed"))
        .collect();
    assert!(rows[0].contains("5 proposals, 0 reviewed"), "the newest first: {rows:?}");
    settle(&mut gui);
    shoot(&mut gui, "looks-list-1440");
    gui.get_all_by_label_contains("5 proposals, 1 reviewed").next().expect("the first look").click();
    gui.run_steps(3);
    let told = |gui: &Gui| gui.state().people.model().looked.clone().unwrap_or_default();
    assert!(told(&gui).contains("is shown before newer ones"), "{}", told(&gui));
    assert_eq!(gui.state().people.model().reviewed, (1, 5));
    let stands = |gui: &Gui| {
        let session = gui.state().core.selection.session.expect("a session");
        gui.state().core.store.read().standing(session).expect("what stands").runs.len()
    };
    assert_eq!(stands(&gui), 1);
    gui.state_mut().core.step(true);
    gui.run_steps(3);
    assert_eq!((stands(&gui), told(&gui).contains("is shown before")), (2, false));
}
