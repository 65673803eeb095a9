//! People: proposals are looked at, accepted, rejected, changed, named; and a real run through the worker where that
//! program is built. Pictures go where `FIELDGLOSS_SHOTS` says, or to the target folder's `shots`.
#![cfg(feature = "window")]

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use common::people::{Gui, WIDE, on_tag_tiers, open, selected, settle, tags};
use common::{field, press, shoot};
use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable as _;
use fieldgloss::analysis::{ProposalSettings, propose};
use fieldgloss::app::analysing::StoreSink;
use fieldgloss::app::command::PeopleCommand;
use fieldgloss::app::core::Message;
use fieldgloss::app::models::Shelf;
use fieldgloss::app::settings::ThemeChoice;
use fieldgloss::domain::{
    Annotation, Channel, ModelRun, ModelUse, RunId, RunStatus, SessionId, Tag, TagId, TagStatus, Time, Track, TrackId,
    TrackKind, TrackSamples,
};
use fieldgloss::jobs::analyse::{AnalyseSummary, AnalysisSink as _};
use fieldgloss::ui::people::Extent;
use fieldgloss::ui::theme;

/// A run with one face, followed for ten seconds, whose curves suggest something.
fn hand_made(store: &mut fieldgloss::store::Store, session: SessionId) {
    let media = store.read().media_of(session).expect("media").remove(0);
    let model = |name: &str| ModelUse { name: name.into(), version: "1".into(), sha256: "797fc0fa25704ecc".into() };
    let mut run = ModelRun {
        id: RunId::new(),
        session,
        media: media.id,
        models: ["expression-faceapi", "expression-human", "face-mesh"].map(model).to_vec(),
        settings: serde_json::json!({ "fps": 10.0 }),
        started: "2026-01-01T00:00:00Z".into(),
        finished: String::new(),
        status: RunStatus::Running,
        frames: 100,
        residue: Default::default(),
    };
    let times: Vec<Time> = (0..100).map(|i| Time::from_millis(i * 100)).collect();
    let track = Track {
        id: TrackId::new(),
        run: run.id,
        kind: TrackKind::Face,
        number: 1,
        person: None,
        start: times[0],
        end: times[99],
        samples: 100,
        residue: Default::default(),
    };
    let channel = |name: &str, width: usize, value: &dyn Fn(usize) -> Vec<f32>| {
        let values = (0..100).flat_map(value).collect();
        Channel { name: name.to_owned(), width, step: 0.001, values }
    };
    let (x, y, side) = (250.0, 80.0, 130.0);
    let within = |i: usize, from: usize, to: usize| (from..to).contains(&i);
    let probabilities = |i: usize, low: f32| {
        let mut p = vec![0.9, 0.02, 0.02, 0.02, 0.02, 0.01, 0.01];
        if within(i, 20, 40) {
            (p[0], p[1]) = (0.08 + low, 0.86 - low);
        } else if within(i, 60, 75) {
            (p[0], p[6]) = (0.25 + low, 0.69 - low);
        }
        p
    };
    let ring = |_: usize| -> Vec<f32> {
        (0..478)
            .flat_map(|k| {
                let (turn, out) = (k as f32 * 2.4, (k as f32 / 478.0).sqrt() * side / 2.0);
                [x + side / 2.0 + turn.cos() * out, y + side / 2.0 + turn.sin() * out, 0.0]
            })
            .collect()
    };
    let samples = TrackSamples {
        times: times.clone(),
        channels: vec![
            channel("box", 4, &|_| vec![x, y, side, side]),
            channel("landmarks", 478 * 3, &ring),
            channel("presence", 1, &|_| vec![0.99]),
            channel("expression.faceapi", 7, &|i| probabilities(i, 0.0)),
            channel("expression.human", 7, &|i| probabilities(i, 0.1)),
            channel("quality.sharpness", 1, &|_| vec![120.0]),
            channel("quality.cut_off", 1, &|_| vec![0.0]),
            channel("measure.head_yaw", 1, &|i| vec![(i as f32 / 15.0).sin() * 6.0]),
            channel("measure.head_pitch", 1, &|_| vec![0.0]),
            channel("measure.brow_height.left", 1, &|i| vec![0.3 + (i as f32 / 9.0).sin() * 0.03]),
            channel("measure.brow_height.right", 1, &|i| vec![0.3 + (i as f32 / 9.0).sin() * 0.03]),
            channel("measure.mouth_open", 1, &|i| vec![if within(i, 80, 90) { 0.3 } else { 0.02 }]),
        ],
    };
    let proposals = propose(&track, &samples, &ProposalSettings::default());
    assert_eq!(proposals.tags.len(), 3, "{:?}", proposals.tags.iter().map(|t| &t.label).collect::<Vec<_>>());
    let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
    sink.run_started(&run).expect("the run");
    sink.tracks(std::slice::from_ref(&track)).expect("the track");
    sink.samples(track.id, &samples).expect("the samples");
    sink.tags(&proposals.tags).expect("the tags");
    run.status = RunStatus::Finished;
    run.finished = "2026-01-01T00:00:10Z".into();
    sink.finished(&run, &AnalyseSummary::default()).expect("the end");
}

#[test]
fn proposals_are_decided_with_the_keyboard() {
    let mut gui = open(WIDE, ThemeChoice::Dark, hand_made);
    settle(&mut gui);
    shoot(&mut gui, "people-made-dark-1440");
    gui.check_accessibility();
    assert_eq!(gui.state().people.model().reviewed, (0, 3));
    assert!(gui.query_all_by_label("Reviewed 0 of 3").next().is_some());

    // Accept: the annotation stands on the tags tier, and the next proposal is selected.
    let first = selected(&gui);
    press(&mut gui, Key::Enter);
    assert_ne!(selected(&gui).id, first.id);
    let first: Tag = gui.state().core.store.read().require(first.id).expect("the first");
    assert_eq!((first.status, first.reviewer.as_str()), (TagStatus::Accepted, "Ann"));
    assert_eq!(on_tag_tiers(&gui).len(), 1);
    assert!(on_tag_tiers(&gui)[0].0.starts_with("Face 1 · "));

    // Reject.
    let second = selected(&gui);
    press(&mut gui, Key::X);
    assert_eq!(gui.state().people.model().reviewed, (2, 3));
    assert_eq!(tags(&gui).iter().find(|t| t.id == second.id).expect("second").status, TagStatus::Rejected);
    assert_eq!(on_tag_tiers(&gui).len(), 1);

    // Relabel: typed over what was there, kept with Enter.
    let third = selected(&gui);
    press(&mut gui, Key::R);
    gui.run_steps(2);
    field(&gui, "Label").type_text("polite smile");
    gui.run_steps(2);
    press(&mut gui, Key::Enter);
    let changed = tags(&gui).into_iter().find(|t| t.id == third.id).expect("third");
    assert_eq!(changed.status, TagStatus::Changed);
    assert_eq!(changed.label, third.label, "the proposal itself stays");
    assert!(on_tag_tiers(&gui).iter().any(|(_, a)| a.value == "polite smile"), "{:?}", on_tag_tiers(&gui));
    assert_eq!(gui.state().people.model().reviewed, (3, 3));

    // Can't tell, of one decided before: its annotation goes.
    press(&mut gui, Key::U);
    assert_eq!(tags(&gui).into_iter().find(|t| t.id == third.id).expect("third").status, TagStatus::Unsure);
    assert_eq!(on_tag_tiers(&gui).len(), 1);
    settle(&mut gui);
    shoot(&mut gui, "people-decided-dark-1440");

    // Undo everything, and again forwards.
    for _ in 0..4 {
        gui.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        gui.run_steps(3);
    }
    assert!(tags(&gui).iter().all(|t| t.status == TagStatus::Proposed && t.annotation.is_none()));
    assert!(on_tag_tiers(&gui).is_empty());
    for _ in 0..4 {
        gui.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
        gui.run_steps(3);
    }
    assert_eq!(gui.state().people.model().reviewed, (3, 3));
    assert_eq!(on_tag_tiers(&gui).len(), 1);
}

#[test]
fn times_names_queues_and_moments() {
    let mut gui = open((1280.0, 720.0), ThemeChoice::Light, hand_made);
    settle(&mut gui);
    // By time, the first first.
    press(&mut gui, Key::Num3);
    let tag = selected(&gui);
    assert!(tags(&gui).iter().all(|t| t.start >= tag.start));
    press(&mut gui, Key::ArrowRight);
    assert_ne!(selected(&gui).id, tag.id);
    press(&mut gui, Key::ArrowLeft);
    assert_eq!(selected(&gui).id, tag.id);

    // Other times, typed.
    press(&mut gui, Key::T);
    field(&gui, "Start").type_text("0:02.500");
    gui.run_steps(2);
    shoot(&mut gui, "people-retime-light-1280");
    press(&mut gui, Key::Enter);
    let changed: Tag = gui.state().core.store.read().require(tag.id).expect("the tag");
    assert_eq!((changed.status, changed.start), (TagStatus::Changed, tag.start));
    let annotation: Annotation =
        gui.state().core.store.read().require(changed.annotation.expect("an annotation")).expect("it");
    assert_eq!((annotation.start, annotation.end), (Some(Time::from_millis(2500)), Some(tag.end)));

    // Somebody new on the track.
    press(&mut gui, Key::N);
    gui.run_steps(2);
    shoot(&mut gui, "people-naming-light-1280");
    field(&gui, "Name or code").type_text("EC");
    gui.run_steps(2);
    press(&mut gui, Key::Enter);
    assert_eq!(gui.state().people.model().people[0].name, "EC");
    let track: Track = gui.state().core.store.read().require(tag.track).expect("the track");
    assert!(track.person.is_some());

    // A picture of the strip.
    gui.get_all_by_label_contains("Picture at").nth(3).expect("a picture of the strip").click();
    gui.run_steps(3);
    assert_eq!(gui.state().people.model().moment, gui.state().people.model().strip[3].time);
    // One person only, and all again.
    gui.get_by_label_contains("EC, 1 track").click();
    gui.run_steps(3);
    assert!(gui.state().people.model().filtered);
    press(&mut gui, Key::E);
    assert!(!gui.state().people.model().filtered);

    // Space plays the proposal and stops it.
    press(&mut gui, Key::Space);
    assert!(gui.state().core.is_playing());
    press(&mut gui, Key::Space);
    assert!(!gui.state().core.is_playing());
    settle(&mut gui);
    shoot(&mut gui, "people-made-light-1280");
}

#[test]
fn nothing_looked_at_yet() {
    let mut gui = open(WIDE, ThemeChoice::Light, |_, _| {});
    assert_eq!(gui.state().people.model().extent, Extent::NotLooked);
    shoot(&mut gui, "people-empty-light-1440");
    gui.key_press_modifiers(Modifiers::SHIFT, Key::A);
    gui.run_steps(4);
    assert!(gui.query_all_by_label("Frames a second").next().is_some());
    gui.check_accessibility();
    shoot(&mut gui, "people-analyse-light-1440");
    gui.key_press(Key::Escape);
    gui.run_steps(3);
    assert!(gui.query_all_by_label("Frames a second").next().is_none());
    // A session without a recording says so.
    let core = &mut gui.state_mut().core;
    let empty = core.edit(|store| fieldgloss::app::edit::project::add_session(store, "Empty")).expect("a session");
    core.select_session(empty);
    gui.run_steps(3);
    assert_eq!(gui.state().people.model().extent, Extent::NoVideo);
    assert!(gui.query_by_label("Import…").is_some());
}

#[test]
fn models_of_ones_own_stand_in_the_list_and_their_curves_under_the_picture() {
    let folder = tempfile::tempdir().expect("a folder");
    for kind in ["image", "text"] {
        let card = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/models").join(kind).join("card.toml");
        let kept = folder.path().join(kind);
        std::fs::create_dir(&kept).expect("a folder");
        std::fs::copy(card, kept.join("card.toml")).expect("a card");
    }
    let mut own = None;
    let mut gui = open(WIDE, ThemeChoice::Light, |store, session| {
        hand_made(store, session);
        let mut run = store.read().runs_of(session).expect("runs").remove(0);
        run.models.push(ModelUse { name: "my-model".into(), version: "7".into(), sha256: "c0ffee00c0ffee".into() });
        let track = store.read().tracks_of(run.id).expect("tracks").remove(0);
        let times: Vec<Time> = (0..100).map(|i| Time::from_millis(i * 100)).collect();
        let values = (0..100).map(|i| 0.5 + (i as f32 / 9.0).sin() * 0.4).collect();
        let channel = Channel { name: "own.my-model.wide_open".into(), width: 1, step: 0.001, values };
        let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
        sink.samples(track.id, &TrackSamples { times, channels: vec![channel] }).expect("the curve");
        let mut tag = store.read().tag_rows(run.id).expect("proposals").remove(0).tag;
        (tag.id, tag.label) = (TagId::new(), "my-model.wide".into());
        tag.evidence = serde_json::json!({ "model": "my-model", "version": "7", "label": "wide" });
        own = Some(tag.id);
        sink.tags(&[tag]).expect("its proposal");
        sink.finished(&run, &AnalyseSummary::default()).expect("the end");
    });
    let lanes: Vec<&str> = gui.state().people.model().lanes.iter().map(|lane| lane.name.as_str()).collect();
    assert!(lanes.contains(&"my-model: wide open"), "{lanes:?}");
    // What it proposes was made by it, and not by the networks that found the face.
    let window = gui.state_mut();
    let proposal = PeopleCommand::SelectProposal(own.expect("its proposal"));
    window.people.perform(&mut window.core, proposal);
    gui.run_steps(3);
    let made = &gui.state().people.model().proposal.as_ref().expect("the proposal").made;
    assert!(made.iter().any(|line| line.contains("my-model 7 · c0ffee00")), "{made:?}");
    assert!(!made.iter().any(|line| line.contains("face-mesh")), "{made:?}");
    gui.state_mut().core.shelf = Some(Shelf::at(folder.path()));
    gui.key_press_modifiers(Modifiers::SHIFT, Key::A);
    gui.run_steps(4);
    // One that looks along a video is there, switched off; one that answers for annotations is not.
    assert!(gui.query_all_by_label_contains("warm-or-cold").next().is_some());
    assert!(gui.query_all_by_label_contains("question-or-not").next().is_none());
    shoot(&mut gui, "people-own-models-light-1440");
}

/// Selects the sample's session with a recording of sound only.
fn select_sound(gui: &mut Gui) {
    let core = &mut gui.state_mut().core;
    let rows = core.store.read().session_rows().expect("sessions");
    let heard = rows.iter().find(|row| row.session.name == "Mary").expect("Mary").session.id;
    core.select_session(heard);
    gui.run_steps(3);
}

/// Runs frames until the look is over.
fn until_looked(gui: &mut Gui) {
    let begun = Instant::now();
    while gui.state().people.is_looking() {
        assert!(begun.elapsed() < Duration::from_secs(240), "{:?}", gui.state().people.model().job);
        gui.run_steps(1);
        std::thread::sleep(Duration::from_millis(20));
    }
    gui.run_steps(4);
}

#[test]
fn a_recording_of_sound_is_listened_to() {
    let mut gui = open(WIDE, ThemeChoice::Light, |_, _| {});
    select_sound(&mut gui);
    let model = gui.state().people.model();
    assert!(model.extent == Extent::NotLooked && model.sound_only);
    gui.key_press_modifiers(Modifiers::SHIFT, Key::A);
    gui.run_steps(4);
    assert!(gui.query_all_by_label("Frames a second").next().is_none(), "there are no frames");
    gui.check_accessibility();
    shoot(&mut gui, "people-listen-light-1440");
    if let Err(missing) = fieldgloss::jobs::worker::find() {
        eprintln!("skipped: {missing}");
        return;
    }
    press(&mut gui, Key::Enter);
    assert!(gui.state().people.is_looking(), "{:?}", gui.state().told);
    until_looked(&mut gui);
    let model = gui.state().people.model();
    assert_eq!(model.extent, Extent::Looked);
    assert!(!model.people.is_empty() && model.reviewed.1 > 0, "a speaker, and what they said");
    gui.run_steps(4);
    shoot(&mut gui, "people-listened-light-1440");
}

#[test]
fn a_look_that_was_stopped_is_gone_on_with() {
    if let Err(missing) = fieldgloss::jobs::worker::find() {
        eprintln!("skipped: {missing}");
        return;
    }
    let mut gui = open(WIDE, ThemeChoice::Light, |_, _| {});
    gui.key_press_modifiers(Modifiers::SHIFT, Key::A);
    gui.run_steps(4);
    press(&mut gui, Key::Enter);
    let part = |gui: &Gui| gui.state().people.model().job.as_ref().and_then(|job| job.part).unwrap_or(0.0);
    let begun = Instant::now();
    while part(&gui) < 0.5 {
        assert!(begun.elapsed() < Duration::from_secs(240) && gui.state().people.is_looking());
        gui.run_steps(1);
        std::thread::sleep(Duration::from_millis(20));
    }
    // Resting: nothing comes, and the list says so.
    gui.key_press_modifiers(Modifiers::SHIFT, Key::P);
    gui.run_steps(2);
    std::thread::sleep(Duration::from_millis(700));
    gui.run_steps(2);
    let job = gui.state().people.model().job.clone().expect("a job");
    assert!(job.paused && job.message == "Resting", "{job:?}");
    gui.get_by_label("Stop; what was found stays").click();
    gui.run_steps(2);
    until_looked(&mut gui);
    let stopped = gui.state().people.model().stopped.clone().expect("something to go on with");
    assert_eq!(stopped, "Stopped at 00:00:10");
    settle(&mut gui);
    shoot(&mut gui, "people-stopped-light-1440");
    gui.key_press_modifiers(Modifiers::SHIFT, Key::R);
    gui.run_steps(3);
    assert!(gui.state().people.is_looking(), "{:?}", gui.state().told);
    until_looked(&mut gui);
    assert_eq!(gui.state().people.model().stopped, None, "{:?}", gui.state().told);
    let runs: Vec<ModelRun> = gui.state().core.store.read().all().expect("runs");
    assert_eq!((runs.len(), runs[0].status), (1, RunStatus::Finished));
}

/// The whole way: the dialog, the worker over the real video, the first proposal accepted. Needs the worker program
/// beside the tests (`cargo build --workspace`) or named by `FIELDGLOSS_WORKER`; says so and stops without it.
#[test]
fn a_real_video_is_looked_at_and_reviewed() {
    if let Err(missing) = fieldgloss::jobs::worker::find() {
        eprintln!("skipped: {missing}");
        return;
    }
    let mut gui = open(WIDE, ThemeChoice::Dark, |_, _| {});
    gui.key_press_modifiers(Modifiers::SHIFT, Key::A);
    gui.run_steps(4);
    press(&mut gui, Key::Enter);
    assert!(gui.state().people.is_looking(), "{:?}", gui.state().told);
    let begun = Instant::now();
    let mut shot = false;
    while gui.state().people.is_looking() {
        assert!(begun.elapsed() < Duration::from_secs(240), "{:?}", gui.state().people.model().job);
        gui.run_steps(1);
        if !shot && gui.state().people.model().job.as_ref().is_some_and(|j| j.part.unwrap_or(0.0) > 0.3) {
            shoot(&mut gui, "people-looking-dark-1440");
            shot = true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    eprintln!("looked in {:.1} s: {:?}", begun.elapsed().as_secs_f64(), gui.state().told);
    assert!(matches!(gui.state().told.last(), Some(Message::Done(_))), "{:?}", gui.state().told);
    settle(&mut gui);
    assert!(gui.state().people.model().proposal.is_some());
    assert!(gui.state().people.model().picture.strokes.len() > 400, "box and mesh are drawn");
    shoot(&mut gui, "people-real-dark-1440");
    let tag = selected(&gui);
    press(&mut gui, Key::Enter);
    assert_eq!(tags(&gui).iter().find(|t| t.id == tag.id).expect("it").status, TagStatus::Accepted);
    assert_eq!(on_tag_tiers(&gui).len(), 1);

    settle(&mut gui);
    shoot(&mut gui, "people-real-next-dark-1440");
    // The same in the light.
    theme::choose(&gui.ctx, ThemeChoice::Light);
    gui.run_steps(3);
    shoot(&mut gui, "people-real-light-1440");
    gui.set_size(vec2(1280.0, 720.0));
    gui.run_steps(3);
    shoot(&mut gui, "people-real-light-1280");
}
