//! What moves in a real recording, and what does not in pictures that stand, by the whole analysis.

mod common;

use std::path::{Path, PathBuf};

use common::{Shelf, root, worker};
use fieldgloss::analysis::{ProposalSettings, TrackingSettings};
use fieldgloss::domain::{MediaId, SessionId, Time};
use fieldgloss::jobs::analyse::{AnalyseRequest, AnalyseSummary, analyse_with};
use fieldgloss::jobs::{CancelToken, JobContext, Worker};
use fieldgloss::media::ClipWriter;
use image::{Rgba, RgbaImage, imageops};

fn look(path: &Path, part: Option<(i64, i64)>) -> (Shelf, AnalyseSummary) {
    let request = AnalyseRequest {
        session: SessionId::new(),
        media: MediaId::new(),
        path: path.to_owned(),
        stream: None,
        offset: Time::ZERO,
        start: part.map(|(from, _)| Time::from_millis(from * 1000)),
        end: part.map(|(_, to)| Time::from_millis(to * 1000)),
        fps: 10.0,
        closeness: Default::default(),
        models: Vec::new(),
        model_dir: root().join("assets/models"),
        tracking: TrackingSettings::default(),
        proposals: ProposalSettings::default(),
        unfinished: None,
        own: Vec::new(),
    };
    let mut shelf = Shelf::default();
    let context = JobContext::unwatched(CancelToken::default());
    let summary = analyse_with(Worker::spawn_at(&worker()).unwrap(), &request, &mut shelf, &context).unwrap();
    (shelf, summary)
}

/// Looks at a film of two seconds made of pictures.
fn film(picture: impl Fn(i64) -> RgbaImage) -> (Shelf, AnalyseSummary) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let (width, height) = picture(0).dimensions();
    let mut writer = ClipWriter::create(&path, width, height, None).unwrap();
    for number in 0..20 {
        writer.picture(Time::from_millis(number * 100), picture(number).as_raw()).unwrap();
    }
    writer.finish().unwrap();
    look(&path, None)
}

fn astronaut() -> RgbaImage {
    image::open(root().join("assets/sample/astronaut.png")).unwrap().to_rgba8()
}

fn sample() -> PathBuf {
    root().join("assets/sample/astronaut-talks.mp4")
}

fn reasons(summary: &AnalyseSummary, label: &str) -> Vec<String> {
    let all = summary.not_assessable.iter().map(|(_, not)| not);
    let mut found: Vec<String> = all.filter(|not| not.label == label).map(|not| not.reason.clone()).collect();
    found.sort();
    found.dedup();
    found
}

const MOVEMENTS: [&str; 6] = ["stroke.left", "stroke.right", "hold.left", "hold.right", "nod", "shake"];

#[test]
fn a_part_gives_the_tags_of_the_whole_and_hands_out_of_the_picture_make_none() {
    let (whole, summary) = look(&sample(), None);
    let (part, _) = look(&sample(), Some((8, 16)));
    // Whoever is seen at the edges of a part may have been there before and after.
    let inside = |shelf: &Shelf| -> Vec<(String, Time, Time)> {
        let (from, to) = (Time::from_millis(8_500), Time::from_millis(15_500));
        let mut all: Vec<_> = shelf
            .tags
            .iter()
            .filter(|tag| from <= tag.start && tag.end <= to)
            .map(|tag| (tag.label.clone(), tag.start, tag.end))
            .collect();
        all.sort();
        all
    };
    assert_eq!(inside(&part), inside(&whole));
    assert!(!inside(&whole).is_empty(), "a head tilts at 11 s");
    // The bust's hands are below the picture nearly all the time.
    assert!(!whole.tags.iter().any(|tag| MOVEMENTS.contains(&tag.label.as_str())), "{:?}", whole.tags);
    for side in ["left", "right"] {
        let label = format!("stroke.{side}");
        let gaps: Vec<_> = summary.not_assessable.iter().filter(|(_, not)| not.label == label).collect();
        let frames: usize = gaps.iter().map(|(_, not)| not.frames).sum();
        assert!(gaps.len() <= 4 && frames > 150, "{side}: {frames} frames in {} stretches", gaps.len());
        assert!(!reasons(&summary, &label).contains(&"too_few_frames".to_owned()));
    }
    assert_eq!(summary.ended_early, None);
}

#[test]
fn a_picture_that_stands_moves_nothing_and_one_that_slides_does_not_nod() {
    let (still, summary) = film(|_| astronaut());
    assert!(!still.tags.iter().any(|tag| MOVEMENTS.contains(&tag.label.as_str()) || tag.label == "blink"));
    assert!(still.tags.iter().any(|tag| tag.label == "expression.happiness"));
    assert_eq!(reasons(&summary, "nod"), ["still_picture"]);
    assert_eq!(reasons(&summary, "stroke.left"), ["still_picture"]);
    let (sliding, _) = film(|number| {
        let mut picture = RgbaImage::from_pixel(640, 480, Rgba([60, 40, 30, 255]));
        let head = imageops::crop_imm(&astronaut(), 100, 0, 300, 420).to_image();
        imageops::overlay(&mut picture, &head, 40 + number * 3, 60);
        picture
    });
    assert!(!sliding.tags.iter().any(|tag| MOVEMENTS.contains(&tag.label.as_str())), "{:?}", sliding.tags);
}

#[test]
fn a_dark_face_is_dark_and_a_covered_one_is_covered() {
    let (dark, summary) = film(|_| {
        let mut picture = astronaut();
        picture.pixels_mut().for_each(|p| (0..3).for_each(|k| p.0[k] /= 12));
        picture
    });
    assert!(!dark.tags.iter().any(|tag| tag.label.starts_with("expression")));
    assert_eq!(reasons(&summary, "expression"), ["dark"]);
    // Eyes, or what lies below the nose, behind a plain board.
    for (y, height, colour) in [(95, 25, 0), (95, 25, 255), (125, 60, 120), (135, 55, 150), (50, 75, 10)] {
        let (covered, summary) = film(|_| {
            let mut picture = astronaut();
            let board = RgbaImage::from_pixel(120, height, Rgba([colour, colour, colour, 255]));
            imageops::overlay(&mut picture, &board, 165, y);
            picture
        });
        let said: Vec<&str> = covered.tags.iter().map(|tag| tag.label.as_str()).collect();
        assert!(!said.iter().any(|label| label.starts_with("expression")), "{y} {colour}: {said:?}");
        let why = reasons(&summary, "expression");
        let known = ["covered", "partly_hidden", "no_mesh"];
        assert!(why.iter().all(|reason| known.contains(&reason.as_str())), "{y} {colour}: {why:?}");
    }
}

#[test]
fn a_copy_broken_off_is_told_with_how_far_it_was_read() {
    let whole = std::fs::read(sample()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half.mp4");
    std::fs::write(&path, &whole[..whole.len() / 4]).unwrap();
    let (shelf, summary) = look(&path, None);
    let end = summary.ended_early.expect("it ended early");
    let kept: Time = serde_json::from_value(shelf.run.expect("the run").settings["end"].clone()).expect("its end");
    assert!((kept - end.read_to).secs() < 0.5 && kept < end.of, "the run covers no more than was read: {kept}");
    assert!(summary.frames > 10 && end.read_to < Time::from_millis(15_000), "{end:?}");
    assert!((end.of.secs() - 24.0).abs() < 0.5, "{end:?}");
    // What was asked for is all there.
    let (_, summary) = look(&path, Some((0, 1)));
    assert_eq!(summary.ended_early, None);
}
