//! The timeline over real projects: playing, segmenting, transcribing, by key and by mouse.
//!
//! Pictures go to the folder named by `FIELDGLOSS_SHOTS`, or to the target folder's `shots`.
#![cfg(feature = "window")]

mod common;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::shoot;
use common::timeline::{LOW, WIDE, Window, harness, settle};
use eframe::egui::{self, Key, Modifiers, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use fieldgloss::app::command::TimelineCommand;
use fieldgloss::app::edit::project::{self, NewProject};
use fieldgloss::app::edit::tiers::NewTier;
use fieldgloss::app::settings::ThemeChoice;
use fieldgloss::app::{edit, recordings, transfer};
use fieldgloss::domain::{
    Annotation, Constraint, MediaStorage, ModelRun, RunId, RunStatus, SessionId, Span, Tag, TagId, TagStatus, TierId,
    TierRole, Time, Track, TrackId, TrackKind,
};
use fieldgloss::formats::ImportOptions;
use fieldgloss::store::{Op, OpKind, Store};
use fieldgloss::ui::timeline::LaneContent;
use fieldgloss::ui::{Command, Place};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample").join(name)
}

fn new_project(folder: &Path) -> Store {
    let new = NewProject {
        name: "Sample project".to_owned(),
        object_language: "apy".to_owned(),
        object_name: "Apalaí".to_owned(),
        ..NewProject::default()
    };
    project::create(&folder.join("Sample.fieldgloss"), &new).unwrap()
}

/// A project with a recording and its TextGrid.
fn mary(folder: &Path) -> (Store, SessionId) {
    let mut store = new_project(folder);
    let options = ImportOptions {
        session_name: "Mary".to_owned(),
        object_language: "en".to_owned(),
        analysis_language: "en".to_owned(),
        ..ImportOptions::default()
    };
    transfer::import_file(&mut store, &sample("mary.TextGrid"), None, options).unwrap();
    let session = store.read().session_rows().unwrap()[0].session.id;
    recordings::import(&mut store, Some(session), &sample("mary.wav"), MediaStorage::Copied, |_| false).unwrap();
    (store, session)
}

#[test]
fn a_recording_is_segmented_written_down_and_everything_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let (store, session) = mary(folder.path());
    let mut harness = harness(WIDE, ThemeChoice::Dark, store);
    settle(&mut harness);
    let before = harness.state().all();
    assert!(!before.is_empty(), "the TextGrid's annotations are there");

    // A tier of one's own: the dialog, by keys.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::T);
    harness.run_steps(3);
    shoot(&mut harness, "timeline-tier-dialog-dark-1440");
    harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Name").type_text("What Mary says");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let tiers = harness.state().core.store.read().tiers_of(session).unwrap();
    let tier = tiers.last().unwrap().clone();
    assert_eq!(tier.name, "What Mary says");
    assert_eq!(harness.state().core.selection.tier, Some(tier.id));

    // S and D while the sound stands at two places.
    harness.state_mut().seek(300);
    harness.key_press(Key::S);
    harness.run_steps(2);
    harness.state_mut().seek(1200);
    harness.run_steps(1);
    harness.key_press(Key::D);
    harness.run_steps(3);
    let made = harness.state().annotations(tier.id);
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].span(), Some(Span { start: Time::from_millis(300), end: Time::from_millis(1200) }));

    // Enter leads into the text; every letter is kept.
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(harness.get_by_label("Transcription").is_focused());
    for piece in ["mame ", "tyryryme"] {
        harness.get_by_label("Transcription").type_text(piece);
        harness.run_steps(2);
    }
    assert_eq!(harness.state().annotations(tier.id)[0].value, "mame tyryryme");
    let step = harness.state().core.undo.undo;
    assert_eq!(step, Some(OpKind::EditAnnotation));

    // The free translation makes its tier with the first letter, in one step.
    harness.get_by_label("Free translation").focus();
    harness.run_steps(2);
    for piece in ["th", "en fast"] {
        harness.get_by_label("Free translation").type_text(piece);
        harness.run_steps(2);
    }
    let tiers = harness.state().core.store.read().tiers_of(session).unwrap();
    let translation = tiers.iter().find(|t| t.parent == Some(tier.id)).expect("a tier for the translation");
    assert_eq!(translation.role, TierRole::Translation);
    let translation = translation.id;
    assert_eq!(harness.state().annotations(translation)[0].value, "then fast");
    shoot(&mut harness, "timeline-typing-dark-1440");

    // Split at the playhead, with the caret at the end of the text: the text parts where the time does.
    harness.get_by_label("Transcription").focus();
    harness.run_steps(2);
    harness.state_mut().seek(700);
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(3);
    let halves: Vec<(String, i64)> =
        harness.state().annotations(tier.id).iter().map(|a| (a.value.clone(), a.start.unwrap().millis())).collect();
    assert_eq!(halves, [("mame".to_owned(), 300), ("tyryryme".to_owned(), 700)]);

    // Back to the first, and both are one again.
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    harness.run_steps(3);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::M);
    harness.run_steps(3);
    let one = harness.state().annotations(tier.id);
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].value, "mame tyryryme");

    // Its end is dragged to the right.
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    let edge = harness.get_by_label("End of mame tyryryme").rect().center();
    harness.drag_at(edge);
    harness.run_steps(1);
    harness.hover_at(edge + vec2(40.0, 0.0));
    harness.run_steps(1);
    harness.hover_at(edge + vec2(80.0, 0.0));
    harness.run_steps(1);
    harness.drop_at(edge + vec2(80.0, 0.0));
    harness.run_steps(3);
    let end = harness.state().annotations(tier.id)[0].end.unwrap();
    assert!(end > Time::from_millis(1200), "the end is at {end}");

    // All of it is taken back, step by step, with the key; the tier itself is the first of the steps.
    let mut steps = 0;
    while harness.state().core.store.read().tiers_of(session).unwrap().iter().any(|t| t.id == tier.id) {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.run_steps(2);
        steps += 1;
        assert!(steps < 20, "undo does not come to an end");
    }
    assert_eq!(harness.state().all(), before);
    assert_eq!(steps, 7, "tier, segment, transcription, translation, split, merge, retime");
    assert!(harness.state().core.messages.iter().all(|m| !matches!(m, fieldgloss::app::core::Message::Problem(_))));
}

#[test]
fn the_mouse_selects_marks_makes_and_moves() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, session) = mary(folder.path());
    let new = NewTier { name: "Mine".to_owned(), role: TierRole::Transcription, ..NewTier::default() };
    let tier = edit::tiers::add(&mut store, session, new).unwrap().value;
    let mut harness = harness(WIDE, ThemeChoice::Light, store);
    settle(&mut harness);

    // A drag on an empty lane marks a stretch of time.
    let lane = harness.get_by_label("Annotations of Mine").rect();
    let at = |part: f32| pos2(lane.left() + lane.width() * part, lane.center().y);
    harness.drag_at(at(0.2));
    harness.run_steps(1);
    harness.hover_at(at(0.3));
    harness.run_steps(1);
    harness.hover_at(at(0.5));
    harness.run_steps(1);
    harness.drop_at(at(0.5));
    harness.run_steps(2);
    let view = harness.state().place.view();
    let marked = harness.state().core.selection.span.expect("a marked stretch");
    let expected = view.duration().secs() * 0.3;
    assert!((marked.duration().secs() - expected).abs() < expected * 0.1, "{marked:?}");
    assert_eq!(harness.state().core.selection.tier, Some(tier));

    // Enter makes it an annotation and leads into its text.
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let made = harness.state().annotations(tier);
    assert_eq!(made[0].span(), Some(marked));
    assert!(harness.get_by_label("Transcription").is_focused());
    harness.key_press(Key::Escape);
    harness.run_steps(2);

    // A click on the waveform moves the playhead; a click on the annotation selects it again.
    let wave = harness.get_by_label("Waveform").rect();
    click(&mut harness, pos2(wave.left() + wave.width() * 0.75, wave.center().y));
    let position = harness.state().core.position();
    assert!((position.secs() - view.duration().secs() * 0.75).abs() < 0.02, "{position}");
    let window = harness.state_mut();
    window.place.perform(&mut window.core, TimelineCommand::Select(None));
    click(&mut harness, at(0.4));
    assert_eq!(harness.state().core.selection.annotation, Some(made[0].id));

    // The wheel with Ctrl zooms at the pointer, without it moves.
    let before = harness.state().place.view();
    harness.hover_at(pos2(wave.center().x, wave.center().y));
    harness.run_steps(1);
    harness.event(egui::Event::Zoom(2.0));
    harness.run_steps(2);
    let zoomed = harness.state().place.view();
    assert!(zoomed.duration() < before.duration(), "{zoomed:?}");
    let overview = harness.get_by_label("The whole recording").rect();
    click(&mut harness, pos2(overview.right() - 2.0, overview.center().y));
    assert!(harness.state().place.view().start > zoomed.start);
}

fn click(harness: &mut Harness<'_, Window>, at: egui::Pos2) {
    harness.hover_at(at);
    harness.run_steps(1);
    harness.drag_at(at);
    harness.run_steps(1);
    harness.drop_at(at);
    harness.run_steps(3);
}

#[test]
fn sessions_without_a_recording_or_without_times_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = new_project(folder.path());
    edit::project::add_session(&mut store, "Empty").unwrap();
    let mut empty = harness(LOW, ThemeChoice::Light, store);
    empty.check_accessibility();
    shoot(&mut empty, "timeline-empty-light-1280");
    empty.get_by_label("Add a recording…").click();
    empty.run_steps(2);
    assert_eq!(empty.state().sent.len(), 1, "{:?}", empty.state().sent);
    drop(empty);

    let folder = tempfile::tempdir().unwrap();
    let mut store = new_project(folder.path());
    transfer::import_file(&mut store, &sample("apalai.flextext"), None, ImportOptions::default()).unwrap();
    let mut untimed = harness(WIDE, ThemeChoice::Dark, store);
    shoot(&mut untimed, "timeline-untimed-dark-1440");
    untimed.get_by_label("Open in interlinear").click();
    untimed.run_steps(2);
    assert_eq!(untimed.state().sent, [Command::Go(Place::Interlinear)]);
    drop(untimed);

    let folder = tempfile::tempdir().unwrap();
    let (store, session) = mary(folder.path());
    let media = store.read().media_of(session).unwrap().remove(0);
    std::fs::remove_file(store.folder().media_path(&media)).unwrap();
    let missing = harness(LOW, ThemeChoice::Dark, store);
    assert!(missing.query_by_label_contains("mary.wav is not where it was").is_some());
    missing.get_by_label("Relink…");
}

/// What a model run would leave, on the video.
fn proposals(store: &mut Store, session: SessionId) {
    let media = store.read().media_of(session).unwrap()[0].id;
    let run = ModelRun {
        id: RunId::new(),
        session,
        media,
        models: Vec::new(),
        settings: serde_json::Value::Null,
        started: "2026-01-01T00:00:00Z".to_owned(),
        finished: "2026-01-01T00:00:10Z".to_owned(),
        status: RunStatus::Finished,
        frames: 100,
        residue: Default::default(),
    };
    let end = Time::from_millis(6000);
    let track = Track {
        id: TrackId::new(),
        run: run.id,
        kind: TrackKind::Face,
        number: 1,
        person: None,
        start: Time::ZERO,
        end,
        samples: 150,
        residue: Default::default(),
    };
    let times: Vec<Time> = (0..150).map(|i| Time::from_millis(i * 40)).collect();
    let wave = |rate: f32| (0..150).map(|i| (i as f32 * rate).sin().abs()).collect();
    let channel =
        |name: &str, values| fieldgloss::domain::Channel { name: name.to_owned(), width: 1, step: 0.001, values };
    let samples = fieldgloss::domain::TrackSamples {
        times,
        channels: vec![channel("measure.mouth_open", wave(0.09)), channel("measure.head_pitch", wave(0.05))],
    };
    let chunks = fieldgloss::analysis::codec::encode(&samples).unwrap();
    let tags: Vec<Tag> = [("expression.happiness", 500, 1600), ("gaze_away", 2300, 2900), ("nod", 4100, 4700)]
        .into_iter()
        .map(|(label, start, end)| Tag {
            id: TagId::new(),
            run: run.id,
            track: track.id,
            label: label.to_owned(),
            start: Time::from_millis(start),
            end: Time::from_millis(end),
            confidence: 0.9,
            evidence: serde_json::Value::Null,
            status: TagStatus::Proposed,
            reviewer: String::new(),
            reviewed: String::new(),
            annotation: None,
            residue: Default::default(),
        })
        .collect();
    store
        .transact(Op::fixed(OpKind::Analyse), |tx| {
            tx.insert(&run)?;
            tx.insert(&track)?;
            for chunk in chunks {
                tx.put_chunk(&fieldgloss::domain::TrackChunk {
                    track: track.id,
                    channel: chunk.channel,
                    start: chunk.start,
                    end: chunk.end,
                    samples: chunk.samples as i64,
                    blob: chunk.blob,
                })?;
            }
            tags.iter().try_for_each(|tag| tx.insert(tag))
        })
        .unwrap();
}

fn video(folder: &Path) -> Store {
    let mut store = new_project(folder);
    let session = edit::project::add_session(&mut store, "Talking astronaut").unwrap().value;
    recordings::import(&mut store, Some(session), &sample("astronaut-talks.mp4"), MediaStorage::Copied, |_| false)
        .unwrap();
    let tiers = store.read().tiers_of(session).unwrap();
    let (transcription, translation) = (tiers[0].id, tiers[1].id);
    for (start, end, text, free) in [
        (200, 1500, "Sero kaikuxi a ahno eka.", "This is about a jaguar."),
        (1900, 3100, "Mame tyryryme nytose.", "Then they went fast."),
        (3600, 4900, "Ituhpo toytopõkõ.", "They went into the forest."),
    ] {
        let span = Span { start: Time::from_millis(start), end: Time::from_millis(end) };
        let made = edit::annotations::add(&mut store, transcription, span, text).unwrap().value;
        edit::annotations::set_line(&mut store, made, translation, free).unwrap();
    }
    proposals(&mut store, session);
    store
}

#[test]
fn the_video_with_everything_under_one_axis() {
    for (choice, name) in [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")] {
        for size in [WIDE, LOW] {
            let folder = tempfile::tempdir().unwrap();
            let mut harness = harness(size, choice, video(folder.path()));
            harness.key_press_modifiers(Modifiers::ALT, Key::ArrowRight);
            harness.run_steps(2);
            harness.key_press_modifiers(Modifiers::ALT, Key::ArrowRight);
            harness.run_steps(2);
            harness.key_press(Key::Enter);
            harness.state_mut().seek(2500);
            settle(&mut harness);
            let begun = Instant::now();
            while harness.state().place.model().measures.is_empty() && begun.elapsed() < Duration::from_secs(5) {
                std::thread::sleep(Duration::from_millis(20));
                harness.run_steps(1);
            }
            assert_eq!(harness.state().place.model().proposals[0].marks.len(), 3);
            // The mouth has a lane until somebody chooses otherwise; nobody's head pitch has.
            let lanes = &harness.state().place.model().measures;
            assert_eq!(lanes.iter().map(|lane| lane.channel.as_str()).collect::<Vec<_>>(), ["measure.mouth_open"]);
            assert!(matches!(&lanes[0].content, LaneContent::Curve { pieces, .. } if !pieces.is_empty()));
            let sentence = harness.state().place.model().sentence.clone().expect("a sentence");
            assert_eq!((sentence.number, sentence.count, sentence.done), (2, 3, 3));
            harness.check_accessibility();
            shoot(&mut harness, &format!("timeline-{name}-{}", size.0));
        }
    }
}

#[test]
fn what_a_model_of_ones_own_proposes_stands_on_a_line_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = video(folder.path());
    let session = store.read().session_rows().unwrap()[0].session.id;
    let run = store.read().runs_of(session).unwrap()[0].id;
    let track = store.read().tracks_of(run).unwrap()[0].id;
    let like = store.read().tag_rows(run).unwrap()[0].tag.clone();
    let own = |label: &str, evidence: serde_json::Value, start: i64| Tag {
        id: TagId::new(),
        label: label.to_owned(),
        evidence,
        start: Time::from_millis(start),
        end: Time::from_millis(start + 900),
        ..like.clone()
    };
    let tags = [
        own("warm-or-cold.very warm", serde_json::json!({ "model": "warm-or-cold" }), 600),
        own("reader.text", serde_json::json!({ "model": "reader", "text": "mame" }), 600),
        own("reader.text", serde_json::json!({ "model": "reader", "text": "nytose" }), 2_000),
    ];
    store.transact(Op::fixed(OpKind::Analyse), |tx| tags.iter().try_for_each(|tag| tx.insert(tag))).unwrap();
    let mut harness = harness(WIDE, ThemeChoice::Dark, store);
    settle(&mut harness);
    let lanes = |harness: &Harness<'_, Window>| -> Vec<(String, Vec<String>)> {
        let lanes = harness.state().place.model().proposals.iter();
        lanes.map(|lane| (lane.name.clone(), lane.marks.iter().map(|mark| mark.text.clone()).collect())).collect()
    };
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let expected = |who: [&str; 3]| {
        vec![
            (who[0].to_owned(), texts(&["resembling happiness", "gaze away", "nod"])),
            (who[1].to_owned(), texts(&["mame", "nytose"])),
            (who[2].to_owned(), texts(&["very warm"])),
        ]
    };
    assert_eq!(lanes(&harness), expected(["Face 1", "reader · Face 1", "warm-or-cold · Face 1"]));
    let mark = harness.get_by_label_contains("warm-or-cold · Face 1 at ").rect();
    shoot(&mut harness, "timeline-own-models-dark-1440");
    click(&mut harness, mark.center());
    assert_eq!(harness.state().core.selection.tag, Some(tags[0].id));

    // Once the face has a name, the lines have it too.
    harness.state_mut().core.edit(|store| {
        let person = project::add_participant(store, session, "Ana", "speaker")?.value;
        store.transact(Op::new(OpKind::EditSession), |tx| tx.modify::<Track>(track, |t| t.person = Some(person)))
    });
    harness.run_steps(3);
    let code = harness.state().core.store.read().people().unwrap()[0].code.clone();
    let who = [format!("{code} · face"), format!("reader · {code}"), format!("warm-or-cold · {code}")];
    assert_eq!(lanes(&harness), expected([&who[0], &who[1], &who[2]]));
}

#[test]
fn ten_thousand_annotations_in_twenty_tiers_are_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = new_project(folder.path());
    let session = edit::project::add_session(&mut store, "Long").unwrap().value;
    let tiers: Vec<TierId> = (0..20)
        .map(|number| {
            let new = NewTier {
                name: format!("Speaker {number}"),
                role: TierRole::Transcription,
                parent: None,
                constraint: Constraint::None,
                language: "apy".to_owned(),
            };
            edit::tiers::add(&mut store, session, new).unwrap().value
        })
        .collect();
    store
        .transact(Op::fixed(OpKind::Import), |tx| {
            for (number, tier) in tiers.iter().enumerate() {
                for index in 0..500i64 {
                    let start = Time::from_millis(index * 7200 + number as i64 * 311);
                    let span = Span { start, end: start + Time::from_millis(5000) };
                    tx.insert(&Annotation::new(*tier, Some(span), index, format!("mame tyryryme {index}")))?;
                }
            }
            Ok(())
        })
        .unwrap();
    let mut harness = harness(WIDE, ThemeChoice::Dark, store);
    let measure = |harness: &mut Harness<'_, Window>, what: &str| {
        harness.state_mut().frames.clear();
        harness.run_steps(30);
        let mut frames = harness.state().frames.clone();
        frames.sort();
        println!("{what}: median {:?}, longest {:?}", frames[frames.len() / 2], frames[frames.len() - 1]);
    };
    measure(&mut harness, "20 s in sight");
    harness.key_press_modifiers(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::A);
    harness.run_steps(3);
    measure(&mut harness, "the whole hour in sight");
    let shown = harness.state().place.model().tiers.iter().map(|tier| tier.blocks.len()).sum::<usize>();
    assert!(shown >= 500 * 5, "{shown} annotations are in sight");
    shoot(&mut harness, "timeline-ten-thousand-dark-1440");
    // Moving asks the store anew every frame.
    harness.state_mut().frames.clear();
    for step in 0..20 {
        let span = Span { start: Time::from_millis(step * 60_000), end: Time::from_millis(step * 60_000 + 60_000) };
        let window = harness.state_mut();
        window.place.perform(&mut window.core, TimelineCommand::Show(span));
        harness.run_steps(1);
    }
    let mut frames = harness.state().frames.clone();
    frames.sort();
    println!(
        "moving, a minute in sight: median {:?}, longest {:?}",
        frames[frames.len() / 2],
        frames[frames.len() - 1]
    );
}

#[test]
fn a_recording_that_starts_later_is_heard_and_seen_later() {
    let folder = tempfile::tempdir().unwrap();
    let (store, session) = mary(folder.path());
    let mut harness = harness(WIDE, ThemeChoice::Dark, store);
    settle(&mut harness);
    let media = harness.state().core.store.read().media_of(session).unwrap()[0].clone();
    let two = Time::from_millis(2000);
    let pitch_before = pitch_at(&mut harness, 900);
    assert!(pitch_before.is_some(), "there is voice at 0.9 s of the recording");

    harness.state_mut().core.edit(|store| project::set_media_offset(store, media.id, two));
    settle(&mut harness);
    assert_eq!(harness.state().core.position(), two, "nothing is heard before the recording starts");
    harness.state_mut().seek(2500);
    harness.run_steps(2);
    assert_eq!(harness.state().core.position(), Time::from_millis(2500));
    let pitch_after = pitch_at(&mut harness, 2900);
    assert_eq!(pitch_after, pitch_before, "the same moment of the recording, two seconds later");
    shoot(&mut harness, "timeline-offset-dark-1440");

    // Taken back, the sound is where it was.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut harness);
    assert_eq!(pitch_at(&mut harness, 900), pitch_before);
}

/// The pitch that the timeline tells at a moment.
fn pitch_at(harness: &mut Harness<'_, Window>, millis: i64) -> Option<u32> {
    harness.state_mut().seek(millis);
    settle(harness);
    harness.state().place.playback().pitch.map(|hertz| hertz.round() as u32)
}

#[test]
fn half_a_window_is_room_enough() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = mary(folder.path());
    let mut harness = harness((720.0, 720.0), ThemeChoice::Light, store);
    settle(&mut harness);
    shoot(&mut harness, "timeline-half-light-720");
    let play = harness.get_by_label("Play").rect();
    let frame = harness.get_by_label("One frame back").rect();
    assert!(frame.right() <= play.left(), "the buttons stand side by side");
}
