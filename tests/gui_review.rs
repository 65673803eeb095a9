//! Reviewing by keyboard alone, by two people blind, with the clips behind every number; and intervals made of curves
//! with a live preview. Pictures go where `FIELDGLOSS_SHOTS` says, or to the target folder's `shots`.
#![cfg(feature = "window")]

mod common;

use common::people::{Gui, WIDE, on_tag_tiers, selected, settle, tags};
use common::{field, press, press_with, shoot};
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use fieldgloss::analysis::recipe::{Recipe, recipe_of};
use fieldgloss::analysis::{ProposalSettings, propose};
use fieldgloss::app::analysing::StoreSink;
use fieldgloss::app::core::Message;
use fieldgloss::app::settings::ThemeChoice;
use fieldgloss::domain::{
    Channel, ModelRun, ModelUse, Review, RunId, RunStatus, SessionId, Span, TagId, TagStatus, Time, Track, TrackId,
    TrackKind, TrackSamples,
};
use fieldgloss::jobs::analyse::{AnalyseSummary, AnalysisSink as _};

/// The sample project with a run of one face over its video, in a window.
fn open(choice: ThemeChoice) -> Gui {
    common::people::open(WIDE, choice, six_proposals)
}

/// A face followed for twenty seconds whose mouth opens six times.
fn six_proposals(store: &mut fieldgloss::store::Store, session: SessionId) {
    const FRAMES: usize = 200;
    let media = store.read().media_of(session).expect("media").remove(0);
    let mut run = ModelRun {
        id: RunId::new(),
        session,
        media: media.id,
        models: vec![ModelUse { name: "face-mesh".into(), version: "1".into(), sha256: "797fc0fa25704ecc".into() }],
        settings: serde_json::json!({ "fps": 10.0 }),
        started: "2026-01-01T00:00:00Z".into(),
        finished: String::new(),
        status: RunStatus::Running,
        frames: FRAMES as i64,
        residue: Default::default(),
    };
    let times: Vec<Time> = (0..FRAMES as i64).map(|i| Time::from_millis(i * 50)).collect();
    let track = Track {
        id: TrackId::new(),
        run: run.id,
        kind: TrackKind::Face,
        number: 1,
        person: None,
        start: times[0],
        end: times[FRAMES - 1],
        samples: FRAMES as i64,
        residue: Default::default(),
    };
    let channel = |name: &str, width: usize, value: &dyn Fn(usize) -> Vec<f32>| {
        let values = (0..FRAMES).flat_map(value).collect();
        Channel { name: name.to_owned(), width, step: 0.001, values }
    };
    // Six humps of 0.6 s, each higher than the one before.
    let mouth = |i: usize| {
        let (hump, within) = (i / 33, i % 33);
        if (10..22).contains(&within) && hump < 6 { 0.18 + hump as f32 * 0.04 } else { 0.02 }
    };
    let samples = TrackSamples {
        times,
        channels: vec![
            channel("box", 4, &|_| vec![250.0, 80.0, 130.0, 130.0]),
            channel("presence", 1, &|_| vec![0.99]),
            channel("quality.sharpness", 1, &|_| vec![120.0]),
            channel("quality.cut_off", 1, &|_| vec![0.0]),
            channel("measure.head_yaw", 1, &|i| vec![(i as f32 / 15.0).sin() * 6.0]),
            channel("measure.mouth_open", 1, &|i| vec![mouth(i)]),
            channel("measure.mouth_width", 1, &|i| vec![0.5 + (i as f32 / 11.0).sin() * 0.1]),
        ],
    };
    let proposals = propose(&track, &samples, &ProposalSettings::default());
    assert_eq!(proposals.tags.len(), 6, "{:?}", proposals.tags);
    let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
    sink.run_started(&run).expect("the run");
    sink.tracks(std::slice::from_ref(&track)).expect("the track");
    sink.samples(track.id, &samples).expect("the samples");
    sink.tags(&proposals.tags).expect("the tags");
    run.status = RunStatus::Finished;
    run.finished = "2026-01-01T00:00:10Z".into();
    sink.finished(&run, &AnalyseSummary::default()).expect("the end");
}

/// Runs frames until the recipe is through.
fn until_run(gui: &mut Gui) {
    for _ in 0..500 {
        gui.run_steps(1);
        if gui.state().people.model().recipe.is_none() {
            gui.run_steps(2);
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("the recipe is not through: {:?}", gui.state().people.model().recipe);
}

fn said(gui: &Gui, tag: TagId) -> Vec<Review> {
    gui.state().core.store.read().reviews_of_tag(tag).expect("reviews")
}

fn statuses(gui: &Gui) -> Vec<TagStatus> {
    tags(gui).iter().map(|tag| tag.status).collect()
}

/// Another person sits down at the same project.
fn now(gui: &mut Gui, name: &str) {
    let core = &mut gui.state_mut().core;
    core.store.set_author(name);
    core.selection.tag = None;
    core.all_changed();
    gui.run_steps(3);
}

#[test]
fn the_review_loop_needs_no_mouse() {
    let mut gui = open(ThemeChoice::Dark);
    press(&mut gui, Key::Num3);
    assert_eq!(gui.state().people.model().reviewed, (0, 6));
    let first = selected(&gui);
    assert_eq!(first.id, tags(&gui)[0].id, "by time, the first first");

    // Play: the clip goes round until it is stopped.
    press(&mut gui, Key::Space);
    assert!(gui.state().core.is_playing());
    press(&mut gui, Key::Space);
    assert!(!gui.state().core.is_playing());

    // Accept, reject, not assessable; each goes on to the next.
    press(&mut gui, Key::Enter);
    press(&mut gui, Key::X);
    press(&mut gui, Key::U);
    use TagStatus::{Accepted, Changed, Proposed, Rejected, Unsure};
    assert_eq!(statuses(&gui)[..4], [Accepted, Rejected, Unsure, Proposed]);

    // Skip one, come back.
    press(&mut gui, Key::ArrowRight);
    assert_eq!(selected(&gui).id, tags(&gui)[4].id);
    press(&mut gui, Key::ArrowLeft);
    let fourth = selected(&gui);
    assert_eq!(fourth.id, tags(&gui)[3].id);

    // Two frames earlier at the start, one later at the end; nothing is decided until Enter.
    press_with(&mut gui, Modifiers::ALT, Key::ArrowLeft);
    press_with(&mut gui, Modifiers::ALT, Key::ArrowLeft);
    press_with(&mut gui, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowRight);
    assert_eq!(statuses(&gui)[3], Proposed);
    press(&mut gui, Key::Enter);
    let want = Span::new(fourth.start - Time::from_millis(80), fourth.end + Time::from_millis(40));
    assert_eq!(statuses(&gui)[3], Changed);
    assert!(on_tag_tiers(&gui).iter().any(|(_, a)| a.span() == Some(want)), "{:?}", on_tag_tiers(&gui));

    // A note on the next: it decides nothing, and the loop goes on from the keys.
    let fifth = selected(&gui);
    press(&mut gui, Key::W);
    gui.run_steps(2);
    field(&gui, "Note").type_text("laughs, I think");
    gui.run_steps(2);
    press(&mut gui, Key::Enter);
    assert_eq!((selected(&gui).id, statuses(&gui)[4]), (fifth.id, Proposed));
    assert!(gui.query_by_label("Ann: laughs, I think").is_some());
    assert_eq!(gui.state().people.model().reviewed, (4, 6));

    // Times that are none are not kept, and what is typed after them is still text: no key decides anything.
    press(&mut gui, Key::T);
    gui.run_steps(2);
    field(&gui, "Start").type_text("soon");
    gui.run_steps(2);
    press(&mut gui, Key::Enter);
    gui.run_steps(2);
    field(&gui, "Start").type_text("maybe, xu");
    gui.run_steps(2);
    assert!(!gui.state().people.model().blind);
    assert_eq!(statuses(&gui)[4], Proposed);
    press(&mut gui, Key::Escape);
    gui.run_steps(2);

    // Another label, typed.
    press(&mut gui, Key::R);
    gui.run_steps(2);
    field(&gui, "Label").type_text("laugh");
    gui.run_steps(2);
    press(&mut gui, Key::Enter);
    press(&mut gui, Key::Enter);
    assert_eq!(statuses(&gui), [Accepted, Rejected, Unsure, Changed, Changed, Accepted]);
    assert_eq!(gui.state().people.model().reviewed, (6, 6));
    let review = said(&gui, tags(&gui)[4].id).into_iter().find(|r| r.reviewer == "Ann").expect("what Ann said is kept");
    assert_eq!((review.label.as_str(), review.status), ("laugh", Changed));
    assert_eq!(review.note, "laughs, I think");
    settle(&mut gui);
    shoot(&mut gui, "review-done-dark-1440");

    // All of it can be taken back.
    for _ in 0..7 {
        press_with(&mut gui, Modifiers::COMMAND, Key::Z);
    }
    assert!(tags(&gui).iter().all(|tag| tag.status == Proposed && said(&gui, tag.id).is_empty()));
    assert!(on_tag_tiers(&gui).is_empty());
}

#[test]
fn two_reviewers_work_blind_and_then_look_at_it_together() {
    let mut gui = open(ThemeChoice::Light);
    press(&mut gui, Key::Num3);
    press(&mut gui, Key::B);
    assert!(gui.state().people.model().blind);
    press(&mut gui, Key::W);
    gui.run_steps(2);
    field(&gui, "Note").type_text("yawns");
    gui.run_steps(2);
    press(&mut gui, Key::Enter);
    assert!(gui.query_by_label("Ann: yawns").is_some());
    // Ann: five mouths, the third rejected.
    for key in [Key::Enter, Key::Enter, Key::X, Key::Enter, Key::Enter, Key::Enter] {
        press(&mut gui, key);
    }
    assert_eq!(gui.state().people.model().reviewed, (6, 6));
    assert!(on_tag_tiers(&gui).is_empty(), "in blind review nothing becomes a tag yet");
    press(&mut gui, Key::G);
    let instead = gui.state().people.model().agreement.clone().expect("the view").instead;
    assert!(instead.expect("a reason").contains("Ann"));
    press(&mut gui, Key::G);

    // Ben sees none of it.
    now(&mut gui, "Ben");
    assert_eq!(gui.state().people.model().reviewed, (0, 6));
    assert!(gui.state().people.model().proposal.as_ref().is_some_and(|p| p.decision.is_none()));
    assert!(gui.query_by_label_contains("yawns").is_none(), "nor what Ann noted");
    press(&mut gui, Key::Enter);
    press(&mut gui, Key::G);
    let agreement = gui.state().people.model().agreement.clone().expect("the view");
    assert!(agreement.instead.is_some_and(|text| text.contains("Ben") && text.contains("Hidden")));
    assert!(agreement.matrix.is_empty() && agreement.decisions.is_empty());
    shoot(&mut gui, "agreement-hidden-light-1440");
    press(&mut gui, Key::G);
    for key in [Key::Enter, Key::Enter, Key::X, Key::Enter] {
        press(&mut gui, key);
    }
    // The last one under another name.
    press(&mut gui, Key::R);
    gui.run_steps(2);
    field(&gui, "Label").type_text("laugh");
    gui.run_steps(2);
    press(&mut gui, Key::Enter);
    assert_eq!(gui.state().people.model().coverage, [("Ann".to_owned(), 6), ("Ben".to_owned(), 6)]);

    // Both are done: figures, labels, matrix.
    press(&mut gui, Key::G);
    let agreement = gui.state().people.model().agreement.clone().expect("the view");
    assert_eq!(agreement.instead, None);
    assert_eq!(agreement.names, ["Ann".to_owned(), "Ben".to_owned()]);
    let labels: Vec<&str> = agreement.labels.iter().map(|line| line.label.as_str()).collect();
    assert_eq!(labels, ["laugh", "mouth open"]);
    // Rows Ann, columns Ben, nothing last: three alike, one called laugh, each alone with one.
    assert_eq!(agreement.matrix, [[0, 0, 0], [1, 3, 1], [0, 1, 0]]);
    assert_eq!(agreement.settle, 3);
    gui.check_accessibility();
    shoot(&mut gui, "agreement-light-1440");

    // A cell opens its clips, a clip is gone to and goes round.
    gui.get_by_label("Ann: mouth open, Ben: laugh, 1 clip").click();
    gui.run_steps(3);
    // The first is shown at once.
    let clip = gui.state().people.model().agreement.clone().expect("the view").clips.remove(0);
    assert!(clip.selected);
    assert_eq!(selected(&gui).id, tags(&gui)[5].id);
    assert!(gui.state().core.is_playing());
    press(&mut gui, Key::Space);
    assert_eq!(clip.span.start, tags(&gui)[5].start);
    gui.get_by_label_contains(", mouth open / laugh").click_accesskit();
    gui.run_steps(3);
    assert_eq!(selected(&gui).id, tags(&gui)[5].id);
    assert!(gui.state().core.is_playing());
    shoot(&mut gui, "agreement-clip-light-1440");
    press(&mut gui, Key::Space);

    // What both agree on is settled in one step; the rest is a queue of its own.
    press_with(&mut gui, Modifiers::SHIFT, Key::G);
    assert_eq!(on_tag_tiers(&gui).len(), 3, "{:?}", gui.state().told);
    assert_eq!(tags(&gui)[0].reviewer, "Ann, Ben");
    press_with(&mut gui, Modifiers::COMMAND, Key::Z);
    assert_eq!(on_tag_tiers(&gui).len(), 0);
    press_with(&mut gui, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    press(&mut gui, Key::G);
    press(&mut gui, Key::B);
    assert!(!gui.state().people.model().blind);
    press(&mut gui, Key::Num5);
    assert_eq!(gui.state().people.model().proposal.as_ref().and_then(|p| p.place), Some((0, 3)));
    press(&mut gui, Key::Enter);
    assert_eq!(on_tag_tiers(&gui).len(), 4);
}

#[test]
fn a_third_reviewer_learns_nothing_and_takes_nothing_back() {
    let mut gui = open(ThemeChoice::Light);
    press(&mut gui, Key::Num3);
    press(&mut gui, Key::B);
    for name in ["Ann", "Ben"] {
        now(&mut gui, name);
        (0..6).for_each(|_| press(&mut gui, Key::Enter));
    }
    assert_eq!(gui.state().people.model().coverage, [("Ann".to_owned(), 6), ("Ben".to_owned(), 6)]);
    now(&mut gui, "Cat");
    assert!(gui.state().people.model().proposal.as_ref().is_some_and(|p| p.decision.is_none()));
    press(&mut gui, Key::G);
    let agreement = gui.state().people.model().agreement.clone().expect("the view");
    assert!(agreement.instead.is_some_and(|text| text.contains("until you are done")));
    assert!(agreement.matrix.is_empty() && agreement.decisions.is_empty());
    press(&mut gui, Key::G);
    press_with(&mut gui, Modifiers::SHIFT, Key::G);
    assert!(on_tag_tiers(&gui).is_empty(), "nor does she settle what she has not seen");

    press_with(&mut gui, Modifiers::COMMAND, Key::Z);
    let coverage = gui.state().people.model().coverage.clone();
    assert_eq!(coverage, [("Ann".to_owned(), 6), ("Ben".to_owned(), 6)], "what Ben said stands");
    let note = |message: &Message| matches!(message, Message::Note(text) if text.contains("another reviewer"));
    assert!(gui.state().told.iter().any(note), "{:?}", gui.state().told);

    // Her own word she takes back, and does again.
    press(&mut gui, Key::Enter);
    press_with(&mut gui, Modifiers::COMMAND, Key::Z);
    assert_eq!(gui.state().people.model().coverage.len(), 2);
    press_with(&mut gui, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(gui.state().people.model().coverage[2], ("Cat".to_owned(), 1));
    press_with(&mut gui, Modifiers::COMMAND, Key::Z);
    now(&mut gui, "Ben");
    press_with(&mut gui, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(gui.state().people.model().coverage.len(), 2, "nor does Ben say it for her again");
    // Who is done sees the figures.
    press(&mut gui, Key::G);
    assert_eq!(gui.state().people.model().agreement.clone().expect("the view").instead, None);
}

#[test]
fn thresholds_are_seen_before_they_are_run() {
    let mut gui = open(ThemeChoice::Dark);
    press(&mut gui, Key::I);
    let rule = gui.state().people.model().rule.clone().expect("the panel");
    assert_eq!((rule.count, rule.problem.as_deref()), (6, None), "the proposals' own thresholds");
    assert!(!rule.spans.is_empty());
    settle(&mut gui);
    gui.check_accessibility();

    // A higher threshold: fewer at once, and nothing written.
    gui.get_by_label("Starts at").set_value_accesskit(0.3);
    gui.run_steps(3);
    assert_eq!(gui.state().people.model().rule.as_ref().map(|rule| rule.count), Some(3));
    assert_eq!(tags(&gui).len(), 6);
    gui.get_by_label("At least").set_value_accesskit(1.0);
    gui.run_steps(3);
    assert_eq!(gui.state().people.model().rule.as_ref().map(|rule| rule.count), Some(0));
    gui.get_by_label("At least").set_value_accesskit(0.25);
    gui.run_steps(3);
    settle(&mut gui);
    shoot(&mut gui, "rule-dark-1440");

    // Run: proposals with the settings that made them; again, and the open ones give way.
    press_with(&mut gui, Modifiers::SHIFT, Key::I);
    until_run(&mut gui);
    let made = |gui: &Gui| tags(gui).into_iter().filter(|tag| recipe_of(tag).is_some()).collect::<Vec<_>>();
    assert_eq!(made(&gui).len(), 3, "{:?}", gui.state().told);
    let tag = made(&gui).remove(0);
    assert_eq!(tag.evidence["recipe"], "My recipe");
    assert!((tag.evidence["rule"]["on"].as_f64().expect("a threshold") - 0.3).abs() < 0.005);
    assert!(tag.evidence["made_by"].as_str().is_some_and(|by| by.starts_with("Fieldgloss ")));
    gui.get_by_label("Starts at").set_value_accesskit(0.36);
    gui.run_steps(3);
    press_with(&mut gui, Modifiers::SHIFT, Key::I);
    until_run(&mut gui);
    assert_eq!(made(&gui).len(), 1);
    press_with(&mut gui, Modifiers::COMMAND, Key::Z);
    press_with(&mut gui, Modifiers::COMMAND, Key::Z);
    assert_eq!(tags(&gui).len(), 6);

    // Kept as a file of the project, and taken up again.
    press_with(&mut gui, Modifiers::SHIFT, Key::S);
    let file = gui.state().core.store.folder().path().join("recipes/My recipe.toml");
    let kept = Recipe::from_toml(&std::fs::read_to_string(&file).expect("the file")).expect("a recipe");
    assert!((kept.rules[0].on - 0.36).abs() < 0.005);
    press(&mut gui, Key::I);
    assert!(gui.state().people.model().rule.is_none());
    press(&mut gui, Key::I);
    assert_eq!(gui.state().people.model().rule.as_ref().map(|rule| rule.count), Some(6));
    gui.get_by_label("My recipe").click();
    gui.run_steps(3);
    assert_eq!(gui.state().people.model().rule.as_ref().map(|rule| rule.count), Some(1));
    shoot(&mut gui, "rule-kept-dark-1440");
    assert!(gui.state().folder.path().exists());
}
