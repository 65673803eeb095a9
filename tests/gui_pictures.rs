//! What is shown on pictures and beside them, by keyboard, in the real window: hidden faces, overlays, bodies in space,
//! the heat map, lanes of measures, clips and stills.
#![cfg(feature = "window")]

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::looked::{FACES, Length, looked};
use common::{field, press, press_with, shoot};
use eframe::egui::{Key, Modifiers, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use fieldgloss::app::core::Core;
use fieldgloss::app::edit;
use fieldgloss::app::sample;
use fieldgloss::app::show::{EXPRESSION, Part};
use fieldgloss::app::veil::{Veil, Veiled};
use fieldgloss::app::window::{Window, WindowOptions};
use fieldgloss::domain::{Consent, Person, RunStatus, SessionId, Time, Track, TrackKind};
use fieldgloss::media::probe;
use fieldgloss::store::{Op, OpKind, Store};
use fieldgloss::ui::heat::HeatColumn;
use fieldgloss::ui::timeline::LaneContent;
use fieldgloss::ui::{Command, Place};

type Gui = Harness<'static, Window>;

const WIDE: Vec2 = vec2(1440.0, 900.0);

/// The sample project, looked at.
struct Project {
    folder: tempfile::TempDir,
    path: PathBuf,
    session: SessionId,
}

fn project(length: Length) -> Project {
    let folder = tempfile::tempdir().expect("a folder");
    let sample::Sample { mut store, video, .. } = sample::make(folder.path()).expect("the sample project");
    looked(&mut store, video, length);
    let path = store.folder().path().to_owned();
    Project { folder, path, session: video }
}

/// The first face is of somebody who was asked and answered.
fn says(store: &mut Store, session: SessionId, given: Option<bool>) {
    let run = store.read().standing_runs(session).expect("runs").remove(0);
    let face = |t: &Track| t.kind == TrackKind::Face && t.number == 1;
    let face = store.read().tracks_of(run.id).expect("tracks").into_iter().find(face).expect("a face");
    let person = match face.person {
        Some(person) => person,
        None => {
            edit::tags::add_person(store, "A", Some(face.id)).expect("a person");
            store.read().require::<Track>(face.id).expect("the face").person.expect("named")
        }
    };
    let consent = Consent { given, ..Default::default() };
    let change = |person: &mut Person| person.consent = consent;
    store.transact(Op::new(OpKind::AddSession), |tx| tx.modify::<Person>(person, change).map(|_| ())).expect("said");
}

fn open(project: &Project, place: Place, size: Vec2) -> Gui {
    let options = WindowOptions {
        project: Some(project.path.clone()),
        place: Some(place),
        settings: Some(project.folder.path().join("settings.toml")),
        ..WindowOptions::default()
    };
    let mut gui = Harness::builder().with_size(size).with_max_steps(64).wgpu().build_eframe(move |cc| {
        if let Some(state) = &cc.wgpu_render_state {
            fieldgloss::render::install(&cc.egui_ctx, state);
        }
        Window::new(&cc.egui_ctx, options)
    });
    gui.run_steps(3);
    let video = project.session;
    let ctx = gui.ctx.clone();
    let choose = fieldgloss::app::command::SessionsCommand::Select(video);
    gui.state_mut().perform(&ctx, Command::Sessions(choose));
    gui.state_mut().perform(&ctx, Command::Go(place));
    gui.run_steps(3);
    gui
}

fn core(gui: &Gui) -> &Core {
    gui.state().core().expect("an open project")
}

/// Steps until something holds.
fn until(gui: &mut Gui, what: &str, holds: impl Fn(&Gui) -> bool) {
    let begun = Instant::now();
    while !holds(gui) {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
        gui.run_steps(1);
    }
    gui.run_steps(2);
}

fn pictures(gui: &mut Gui) {
    until(gui, "the picture and the strip", |gui| {
        let model = gui.state().places().people.model();
        model.picture.texture.is_some() && model.strip.iter().all(|cell| cell.picture.is_some())
    });
}

/// What the veil makes of a grey chequerboard at a moment, and whether the middle of each face is still one.
fn veiled(core: &Core, millis: i64) -> (Veiled, [bool; 2]) {
    let (width, height) = (640_usize, 360_usize);
    let mut pixels: Vec<u8> =
        (0..width * height).flat_map(|at| [if (at % width + at / width) % 2 == 0 { 255 } else { 0 }; 4]).collect();
    let size = (width as u32, height as u32);
    let media = core.store.read().media_of(core.selection.session.expect("a session")).expect("media")[0].id;
    let at = (media, Time::from_millis(millis));
    let done = Veil::default().cover(core, at, &mut pixels, size, width as f32);
    let shown = FACES.map(|[x, y, w, h]| {
        let at = ((y + h / 2.0) as usize * width + (x + w / 2.0) as usize) * 4;
        pixels[at] == 0 || pixels[at] == 255
    });
    (done, shown)
}

#[test]
fn no_face_is_shown_that_should_be_hidden() {
    let project = project(Length::STOPPED);
    let mut store = Store::open(&project.path).expect("the project").0;
    let ask = |store: Store| {
        let mut core = Core::over(store, "Ann", Arc::new(|| {})).expect("the project");
        core.select_session(project.session);
        let seen = veiled(&core, 2_000);
        let late = veiled(&core, 8_500).0;
        (core.store, seen, late)
    };
    for (given, first) in [(Some(true), true), (Some(false), false), (None, false)] {
        says(&mut store, project.session, given);
        let (back, (done, shown), late) = ask(store);
        store = back;
        assert_eq!(shown, [first, false], "consent {given:?}; nobody has named the second");
        assert!(matches!(done, Veiled::Shown(n) if n > 0), "{done:?}");
        assert_eq!(late, Veiled::Whole, "the run was stopped before: nobody knows where faces are");
    }
}

#[test]
fn while_a_look_is_under_way_only_what_is_stored_of_it_is_shown() {
    for (samples, expected) in [(30, [false, false]), (60, [true, false])] {
        let project = project(Length { fps: 10, samples, status: RunStatus::Running });
        let store = Store::open(&project.path).expect("the project").0;
        let mut core = Core::over(store, "Ann", Arc::new(|| {})).expect("the project");
        core.select_session(project.session);
        let shown = [2_000, 4_000].map(|millis| veiled(&core, millis).0 != Veiled::Whole);
        assert_eq!(shown, expected, "{samples} frames looked at; who came last may not be stored yet");
    }
}

#[test]
fn points_and_gaze_of_hidden_faces_are_not_drawn() {
    let project = project(Length::WHOLE);
    let mut store = Store::open(&project.path).expect("the project").0;
    says(&mut store, project.session, Some(true));
    drop(store);
    let mut gui = open(&project, Place::People, WIDE);
    pictures(&mut gui);
    let strokes = |gui: &Gui| gui.state().places().people.model().picture.strokes.len();
    let both = strokes(&gui);
    press_with(&mut gui, Modifiers::ALT, Key::F);
    until(&mut gui, "fewer strokes", |gui| strokes(gui) < both);
    let one = strokes(&gui);
    assert!(both - one > 478 && one > 478, "of two meshes that of who agreed stays: {both} and {one}");
    press_with(&mut gui, Modifiers::ALT, Key::M);
    assert!(strokes(&gui) + 478 < one);
    press_with(&mut gui, Modifiers::ALT, Key::M);
    let ctx = gui.ctx.clone();
    gui.state_mut().perform(&ctx, Command::Go(Place::Timeline));
    until(&mut gui, "the timeline's picture", |gui| gui.state().places().timeline.playback().frame.is_some());
    let over_video = gui.state().places().timeline.playback().strokes.len();
    assert!((478..both - 478).contains(&over_video), "{over_video}");
}

#[test]
fn in_blind_review_another_name_sees_nothing_of_what_was_said_at_once() {
    let project = project(Length::WHOLE);
    let mut gui = open(&project, Place::People, WIDE);
    pictures(&mut gui);
    press(&mut gui, Key::B);
    let decision = |gui: &Gui| gui.state().places().people.model().proposal.as_ref().map(|p| p.decision.is_some());
    let tag = gui.state().places().people.model().proposal.as_ref().expect("a proposal").tag;
    press(&mut gui, Key::Enter);
    let ctx = gui.ctx.clone();
    let back = fieldgloss::app::command::PeopleCommand::SelectProposal(tag);
    gui.state_mut().perform(&ctx, Command::People(back));
    until(&mut gui, "what was said", |gui| decision(gui) == Some(true));
    press_with(&mut gui, Modifiers::COMMAND, Key::Comma);
    field(&gui, "Your name").focus();
    gui.run_steps(2);
    field(&gui, "Your name").type_text("Ben");
    gui.run_steps(2);
    press(&mut gui, Key::Enter);
    gui.run_steps(3);
    assert_eq!(core(&gui).store.author(), "Ben");
    assert_eq!(decision(&gui), Some(false));
}

#[test]
fn faces_are_hidden_on_screen_with_one_key_and_it_is_remembered() {
    let project = project(Length::STOPPED);
    let mut gui = open(&project, Place::People, WIDE);
    pictures(&mut gui);
    until(&mut gui, "faces", |gui| gui.state().places().people.model().people.iter().any(|p| p.face.is_some()));
    shoot(&mut gui, "pictures-shown-1440");
    press_with(&mut gui, Modifiers::ALT, Key::F);
    assert!(core(&gui).shown.has(Part::HiddenFaces));
    pictures(&mut gui);
    let model = gui.state().places().people.model();
    assert!(model.people.iter().all(|person| person.face.is_none()), "nobody agreed");
    gui.check_accessibility();
    shoot(&mut gui, "pictures-hidden-1440");

    // Past what was looked at there is nothing to see.
    let ctx = gui.ctx.clone();
    let late = fieldgloss::app::command::PeopleCommand::ShowMoment(Time::from_millis(8_500));
    gui.state_mut().perform(&ctx, Command::People(late));
    until(&mut gui, "the picture hidden", |gui| {
        let picture = &gui.state().places().people.model().picture;
        picture.texture.is_none() && picture.problem.as_deref().is_some_and(|text| text.starts_with("Hidden"))
    });
    // The timeline hides the same.
    let ctx = gui.ctx.clone();
    gui.state_mut().perform(&ctx, Command::Go(Place::Timeline));
    let late = fieldgloss::app::command::TimelineCommand::Seek(Time::from_millis(8_500));
    gui.state_mut().perform(&ctx, Command::Timeline(late));
    until(&mut gui, "the timeline's picture hidden", |gui| gui.state().places().timeline.playback().hidden);
    shoot(&mut gui, "timeline-hidden-1440");
    drop(gui);

    // A window opened later hides faces from its first frame on.
    let gui = open(&project, Place::People, WIDE);
    assert!(core(&gui).shown.has(Part::HiddenFaces));
}

#[test]
fn every_part_of_the_overlay_has_a_key() {
    let project = project(Length::WHOLE);
    let mut gui = open(&project, Place::People, WIDE);
    pictures(&mut gui);
    let strokes = |gui: &Gui| gui.state().places().people.model().picture.strokes.len();
    for (key, part) in [
        (Key::T, Part::Trails),
        (Key::G, Part::Gaze),
        (Key::M, Part::Mesh),
        (Key::K, Part::Skeleton),
        (Key::B, Part::Boxes),
    ] {
        let (before, was) = (strokes(&gui), core(&gui).shown.has(part));
        press_with(&mut gui, Modifiers::ALT, key);
        assert_ne!(core(&gui).shown.has(part), was, "{part:?}");
        let more = strokes(&gui) > before;
        assert_eq!(more, !was, "{part:?} is drawn only while it is shown");
        if was {
            press_with(&mut gui, Modifiers::ALT, key);
        }
    }
    let names: Vec<String> = gui.state().places().people.model().picture.names.iter().map(|n| n.name.clone()).collect();
    assert_eq!(names, ["Face 2"], "the selected one has its own words");
    shoot(&mut gui, "overlay-all-1440");
    let ctx = gui.ctx.clone();
    gui.state_mut().perform(&ctx, Command::Go(Place::Timeline));
    until(&mut gui, "the timeline's picture", |gui| gui.state().places().timeline.playback().frame.is_some());
    assert!(gui.state().places().timeline.playback().strokes.len() > 500, "the same over the timeline's video");
    shoot(&mut gui, "overlay-timeline-1440");
}

#[test]
fn a_body_is_turned_with_keys() {
    let project = project(Length::WHOLE);
    let mut gui = open(&project, Place::People, WIDE);
    press_with(&mut gui, Modifiers::ALT, Key::D);
    let model = gui.state().places().people.model();
    assert_eq!(model.space.len(), 2);
    assert_eq!(model.space[0].points.iter().flatten().count(), 33);
    assert!(gui.query_by_label("Bodies in 3D, 0°").is_some());
    pictures(&mut gui);
    shoot(&mut gui, "space-front-1440");
    for _ in 0..3 {
        press_with(&mut gui, Modifiers::SHIFT, Key::ArrowRight);
    }
    press_with(&mut gui, Modifiers::SHIFT, Key::ArrowUp);
    assert!(gui.query_by_label("Bodies in 3D, 45°").is_some());
    gui.check_accessibility();
    shoot(&mut gui, "space-turned-1440");
    press_with(&mut gui, Modifiers::SHIFT, Key::Home);
    assert!(gui.query_by_label("Bodies in 3D, 0°").is_some());
}

#[test]
fn an_hour_of_expression_at_a_glance() {
    let project = project(Length::HOUR);
    let mut gui = open(&project, Place::People, WIDE);
    let rows = |gui: &Gui| gui.state().places().people.model().heat.clone().map(|heat| heat.rows).unwrap_or_default();
    until(&mut gui, "the heat map", |gui| rows(gui).len() == 2);
    let row = rows(&gui).remove(0);
    assert_eq!(row.who, "Face 1");
    let at = |tenths: i64| {
        let start = Time::from_millis(tenths * 100);
        row.column(fieldgloss::domain::Span { start, end: start + Time::from_millis(100) })
    };
    // Half an hour in, by the pattern of every twenty seconds at five samples a second.
    let HeatColumn::Scores { mean, .. } = at(18_000 + 60) else { panic!("{:?}", at(18_060)) };
    assert!(mean[1] > 0.7, "{mean:?}");
    assert_eq!(at(18_000 + 140), HeatColumn::NotAssessable, "the head is turned away");
    shoot(&mut gui, "heat-hour-1440");
    gui.check_accessibility();
    drop(gui);
    let mut gui = open(&project, Place::Timeline, WIDE);
    press_with(&mut gui, Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    until(&mut gui, "the lanes", |gui| gui.state().places().timeline.model().measures.len() >= 6);
    shoot(&mut gui, "heat-timeline-hour-1440");
}

#[test]
fn any_measure_has_a_lane_if_one_likes() {
    let project = project(Length::WHOLE);
    let mut gui = open(&project, Place::Timeline, WIDE);
    let lanes = |gui: &Gui| -> Vec<String> {
        let lanes = &gui.state().places().timeline.model().measures;
        let mut channels: Vec<String> = lanes.iter().map(|lane| lane.channel.clone()).collect();
        channels.dedup();
        channels
    };
    until(&mut gui, "the lanes", |gui| lanes(gui).len() == 5);
    let content = &gui.state().places().timeline.model().measures[0].content;
    assert!(matches!(content, LaneContent::Heat(_)), "expression first");
    shoot(&mut gui, "lanes-usual-1440");
    press_with(&mut gui, Modifiers::ALT, Key::L);
    gui.check_accessibility();
    shoot(&mut gui, "lanes-dialog-1440");
    gui.get_by_label("voice pitch (Hz)").click_accesskit();
    gui.run_steps(3);
    until(&mut gui, "a lane more", |gui| lanes(gui).last().is_some_and(|last| last == "measure.pitch"));
    gui.get_by_label("Move voice pitch (Hz) up").click_accesskit();
    gui.run_steps(3);
    assert_eq!(lanes(&gui)[4], "measure.pitch");
    gui.get_all_by_label("expression").next().expect("its box").click_accesskit();
    until(&mut gui, "a lane less", |gui| !lanes(gui).iter().any(|channel| channel == EXPRESSION));
    gui.key_press(Key::Escape);
    gui.run_steps(3);
    assert!(gui.query_by_label("Done").is_none());
    let chosen = lanes(&gui);
    shoot(&mut gui, "lanes-chosen-1440");
    drop(gui);
    // The same lanes the next time.
    let mut gui = open(&project, Place::Timeline, WIDE);
    until(&mut gui, "the lanes again", |gui| lanes(gui) == chosen);
}

#[test]
fn a_voice_is_reviewed_by_its_sound() {
    let project = project(Length::WHOLE);
    let mut gui = open(&project, Place::People, WIDE);
    common::press(&mut gui, Key::Num3);
    until(&mut gui, "the voice", |gui| {
        let model = gui.state().places().people.model();
        model.proposal.as_ref().is_some_and(|proposal| proposal.heard)
            || model.proposal.as_ref().is_some_and(|p| p.place.is_some_and(|(at, of)| at + 1 == of))
            || {
                gui.key_press(Key::ArrowRight);
                false
            }
    });
    until(&mut gui, "its sound", |gui| {
        let model = gui.state().places().people.model();
        !model.sound.is_empty() && model.sound.len() == model.strip.len()
    });
    let model = gui.state().places().people.model();
    assert!(model.strip.iter().all(|cell| cell.score != "n/a"), "speech has a certainty of its own");
    assert!(model.sound.iter().flat_map(|part| part.iter()).any(|(low, high)| high - low > 0.05), "one sees it");
    pictures(&mut gui);
    shoot(&mut gui, "voice-strip-1440");
}

#[test]
fn a_clip_and_a_still_leave_the_window_by_keyboard() {
    let project = project(Length::WHOLE);
    let mut gui = open(&project, Place::People, WIDE);
    press_with(&mut gui, Modifiers::COMMAND | Modifiers::ALT, Key::E);
    until(&mut gui, "the first picture", |gui| gui.state().places().clips.model().preview.is_some());
    assert_eq!(gui.state().places().clips.model().hidden, "Faces are hidden in this picture.");
    gui.check_accessibility();
    shoot(&mut gui, "clips-dialog-1440");
    // The proposal's times are taken; under the dialog no key decides anything.
    assert_eq!(gui.state().places().clips.form().map(|form| form.start.as_str()), Some("0:01.000"));
    common::press(&mut gui, Key::X);
    assert_eq!(gui.state().places().people.model().reviewed.0, 0);
    let write = |gui: &mut Gui, file: &Path| {
        let ctx = gui.ctx.clone();
        let set = fieldgloss::app::command::ClipsCommand::SetFile(file.to_owned());
        gui.state_mut().perform(&ctx, Command::Clips(set));
        field(gui, "File").focus();
        gui.run_steps(2);
        common::press(gui, Key::Enter);
        until(gui, "the file", |gui| !gui.state().places().clips.is_open() && !gui.state().places().clips.is_writing());
    };
    let file = project.folder.path().join("clip.mp4");
    write(&mut gui, &file);
    let length = probe(&file).expect("a recording").duration.expect("a length").secs();
    assert!((2.3..2.8).contains(&length), "{length}");

    press_with(&mut gui, Modifiers::COMMAND | Modifiers::ALT, Key::S);
    until(&mut gui, "the first picture", |gui| gui.state().places().clips.model().preview.is_some());
    let file = project.folder.path().join("still.png");
    write(&mut gui, &file);
    let picture = image::open(&file).expect("a PNG").to_rgb8();
    assert!(picture.width() > 300);

    // Given up, nothing is written.
    press_with(&mut gui, Modifiers::COMMAND | Modifiers::ALT, Key::E);
    common::press(&mut gui, Key::Escape);
    assert!(!gui.state().places().clips.is_open());
}

#[test]
fn blind_review_holds_for_the_whole_project() {
    let project = project(Length::WHOLE);
    let mut gui = open(&project, Place::People, WIDE);
    common::press(&mut gui, Key::B);
    assert!(gui.state().places().people.model().blind);
    drop(gui);
    // Somebody looks again: the new run's proposals are reviewed the same way.
    let begun = Instant::now();
    let mut store = loop {
        // The window's threads let go of it one after the other.
        match Store::open(&project.path) {
            Ok((store, _)) => break store,
            Err(error) => assert!(begun.elapsed() < Duration::from_secs(10), "{error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    looked(&mut store, project.session, Length::WHOLE);
    drop(store);
    let mut gui = open(&project, Place::People, WIDE);
    assert!(gui.state().places().people.model().blind);
    common::press(&mut gui, Key::B);
    assert!(!gui.state().places().people.model().blind);
}
