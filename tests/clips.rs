//! Clips and stills: what leaves the project is what was asked for, and no face that should be hidden.

use std::path::Path;

use fieldgloss::app::clip::{ClipError, ClipRequest, Hide, clip, still};
use fieldgloss::app::edit;
use fieldgloss::app::recordings;
use fieldgloss::domain::{MediaStorage, Project, ProjectId, SessionId, Span, StreamKind, Time};
use fieldgloss::media::{VideoOptions, VideoReader, no_progress, probe};
use fieldgloss::store::Store;

fn video() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/astronaut-talks.mp4")
}

fn project(folder: &Path) -> (Store, SessionId) {
    let project = Project {
        id: ProjectId::new(),
        name: "Clips".into(),
        description: Default::default(),
        base_iri: String::new(),
        licence: String::new(),
        created: String::new(),
        residue: Default::default(),
    };
    let mut store = Store::create(&folder.join("Clips.fieldgloss"), &project, &[]).expect("a new project");
    let session = edit::project::add_session(&mut store, "Talking").expect("a session").value;
    recordings::import(&mut store, Some(session), &video(), MediaStorage::Linked, |_| false).expect("a video");
    (store, session)
}

fn request(session: SessionId, out: &Path, hide: Hide) -> ClipRequest {
    ClipRequest {
        session,
        span: Span::new(Time::from_millis(500), Time::from_millis(1_500)),
        out: out.to_owned(),
        hide,
        overlay: false,
        captions: None,
        max_side: Some(320),
    }
}

#[test]
fn a_clip_is_as_long_as_asked_and_has_its_sound() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    let out = folder.path().join("clip.mp4");
    let summary = clip(&store, &request(session, &out, Hide::Nobody), &mut no_progress).expect("a clip");
    let info = probe(&out).expect("it is a recording");
    let length = info.duration.expect("a length").secs();
    assert!((0.9..1.2).contains(&length), "{length}");
    assert!(summary.frames >= 10, "{summary:?}");
    let had_sound = probe(&video()).expect("the original").streams.iter().any(|s| s.kind == StreamKind::Audio);
    assert_eq!(info.streams.iter().any(|s| s.kind == StreamKind::Audio), had_sound);
    // The first picture is the one shown at the start of the stretch.
    let small = VideoOptions { stream: None, max_side: Some(320) };
    let ours = VideoReader::open(&out, small).and_then(|mut r| r.frame_at(Time::ZERO)).expect("a picture");
    let theirs =
        VideoReader::open(&video(), small).and_then(|mut r| r.frame_at(Time::from_millis(500))).expect("a picture");
    assert_eq!((ours.width, ours.height), (theirs.width & !1, theirs.height & !1));
    let apart: f64 = ours.rgba.iter().zip(&theirs.rgba).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
    let apart = apart / ours.rgba.len() as f64;
    assert!(apart < 8.0, "{apart} grey levels apart");
}

#[test]
fn without_having_looked_no_face_can_be_hidden_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    for name in ["clip.mp4", "still.png"] {
        let out = folder.path().join(name);
        let request = request(session, &out, Hide::WithoutConsent);
        let refused =
            if name.ends_with("png") { still(&store, &request) } else { clip(&store, &request, &mut no_progress) };
        assert!(matches!(refused, Err(ClipError::NotLooked)), "{refused:?}");
        assert!(!out.exists());
    }
}

#[test]
fn a_stretch_past_the_end_or_too_long_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    let out = folder.path().join("clip.mp4");
    let mut late = request(session, &out, Hide::Nobody);
    late.span = Span::new(Time::from_millis(3_600_000), Time::from_millis(3_601_000));
    assert!(matches!(clip(&store, &late, &mut no_progress), Err(ClipError::Empty)));
    late.span = Span::new(Time::ZERO, Time::from_millis(3_600_000));
    assert!(matches!(clip(&store, &late, &mut no_progress), Err(ClipError::TooLong(_))));
    let nowhere =
        ClipRequest { out: folder.path().join("no/such/folder/clip.mp4"), ..request(session, &out, Hide::Nobody) };
    let refused = clip(&store, &nowhere, &mut no_progress).expect_err("no folder").to_string();
    assert!(refused.contains("was not written"), "{refused}");
}

#[test]
fn a_still_is_a_png_of_the_frame() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    let out = folder.path().join("still.png");
    still(&store, &request(session, &out, Hide::Nobody)).expect("a still");
    let picture = image::open(&out).expect("a PNG");
    assert!(picture.width().max(picture.height()) == 320);
}
