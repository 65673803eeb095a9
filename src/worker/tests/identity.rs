//! Two people who cross, and a cut: whose track is whose, and who is suggested to be whom. The films are made here, out of two
//! photographs; where everybody is in every frame is therefore known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fieldgloss::analysis::identity::{Card, LIKENESS, Place, Suggestion, UNLIKE, suggestions};
use fieldgloss::analysis::speech::voices::cosine;
use fieldgloss::analysis::{ProposalSettings, TrackingSettings};
use fieldgloss::domain::{
    MediaId, ModelRun, Print, PrintKind, SessionId, Span, Tag, Time, Track, TrackId, TrackKind, TrackSamples,
};
use fieldgloss::jobs::analyse::{AnalyseRequest, AnalyseSummary, AnalysisSink, SinkResult, analyse_with};
use fieldgloss::jobs::worker::WORKER_VARIABLE;
use fieldgloss::jobs::{CancelToken, JobContext, Worker};
use fieldgloss::media::ClipWriter;

const WIDTH: usize = 640;
const HEIGHT: usize = 480;
/// Made at 25 frames a second, looked at at half that.
const FPS: i64 = 25;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Somebody's head and shoulders, and where in the cutting the middle of the face lies.
struct Cutout {
    rgba: Vec<u8>,
    width: usize,
    height: usize,
    face: (f32, f32),
}

/// A part of a photograph (left, top, width, height), made so wide that the face is about 110 pixels high.
fn cut(path: &Path, part: [u32; 4], scale: f32, face: (f32, f32)) -> Cutout {
    let picture = image::open(path).expect("a photograph").to_rgba8();
    let [left, top, width, height] = part;
    let cut = image::imageops::crop_imm(&picture, left, top, width, height).to_image();
    let (width, height) = ((width as f32 * scale) as u32, (height as f32 * scale) as u32);
    let small = image::imageops::resize(&cut, width, height, image::imageops::FilterType::Triangle);
    let face = ((face.0 - left as f32) * scale, (face.1 - top as f32) * scale);
    Cutout { rgba: small.into_raw(), width: width as usize, height: height as usize, face }
}

fn collins() -> Cutout {
    cut(&here().join("../../assets/sample/astronaut.png"), [130, 10, 190, 260], 1.0, (222.0, 115.0))
}

fn hopper() -> Cutout {
    cut(&here().join("tests/pictures/grace-hopper.jpg"), [110, 20, 290, 400], 0.55, (262.0, 210.0))
}

/// Who stands where: the middle of the face, those behind first.
type Scene<'a> = Vec<(&'a Cutout, (f32, f32))>;

fn draw(background: u8, scene: &Scene<'_>) -> Vec<u8> {
    let mut rgba = Vec::with_capacity(WIDTH * HEIGHT * 4);
    for at in 0..WIDTH * HEIGHT {
        // Not quite even, as a wall is.
        let level = background.saturating_add(((at % WIDTH) / 32) as u8);
        rgba.extend([level, level, level, 255]);
    }
    for (cutout, (x, y)) in scene {
        let (left, top) = ((x - cutout.face.0).round() as i64, (y - cutout.face.1).round() as i64);
        for row in 0..cutout.height {
            for column in 0..cutout.width {
                let (px, py) = (left + column as i64, top + row as i64);
                if px < 0 || py < 0 || px >= WIDTH as i64 || py >= HEIGHT as i64 {
                    continue;
                }
                let (to, from) = ((py as usize * WIDTH + px as usize) * 4, (row * cutout.width + column) * 4);
                rgba[to..to + 3].copy_from_slice(&cutout.rgba[from..from + 3]);
            }
        }
    }
    rgba
}

/// A film of so many seconds; `scene` says what each moment shows.
fn film<'a>(path: &Path, secs: i64, scene: impl Fn(f32) -> (u8, Scene<'a>)) {
    let mut writer = ClipWriter::create(path, WIDTH as u32, HEIGHT as u32, None).expect("a film");
    for frame in 0..secs * FPS {
        let (background, scene) = scene(frame as f32 / FPS as f32);
        writer.picture(Time::from_millis(frame * 1000 / FPS), &draw(background, &scene)).expect("a picture");
    }
    writer.finish().expect("the film's end");
}

#[derive(Default)]
struct Shelf {
    tracks: BTreeMap<TrackId, Track>,
    boxes: BTreeMap<TrackId, Vec<(Time, [f32; 4])>>,
    prints: Vec<Print>,
}

impl AnalysisSink for Shelf {
    fn run_started(&mut self, _: &ModelRun) -> SinkResult {
        Ok(())
    }
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult {
        self.tracks.extend(tracks.iter().map(|t| (t.id, t.clone())));
        Ok(())
    }
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult {
        let rows = samples.channel("box").expect("boxes").values.as_chunks::<4>().0;
        self.boxes.entry(track).or_default().extend(samples.times.iter().copied().zip(rows.iter().copied()));
        Ok(())
    }
    fn prints(&mut self, prints: &[Print]) -> SinkResult {
        self.prints.retain(|old| !prints.iter().any(|new| new.track == old.track && new.kind == old.kind));
        self.prints.extend_from_slice(prints);
        Ok(())
    }
    fn tags(&mut self, _: &[Tag]) -> SinkResult {
        Ok(())
    }
    fn finished(&mut self, _: &ModelRun, _: &AnalyseSummary) -> SinkResult {
        Ok(())
    }
}

impl Shelf {
    /// The tracks, earliest first.
    fn in_order(&self) -> Vec<&Track> {
        let mut tracks: Vec<&Track> = self.tracks.values().filter(|t| t.kind == TrackKind::Face).collect();
        tracks.sort_by_key(|track| (track.start, track.number));
        tracks
    }
    fn print(&self, track: &Track) -> &Print {
        let own = |print: &&Print| print.track == track.id && print.kind == PrintKind::Face;
        self.prints.iter().find(own).expect("a print of every track")
    }
    /// Each track a card of its own, as they are before anybody says anything.
    fn suggestions(&self) -> Vec<Suggestion<TrackId>> {
        let media = MediaId::new();
        let card = |track: &&Track| Card {
            who: track.id,
            places: vec![Place { track: track.id, media, kind: track.kind, span: Span::new(track.start, track.end) }],
            prints: self.prints.iter().filter(|print| print.track == track.id).cloned().collect(),
            named: false,
            not: Vec::new(),
            may_be: Vec::new(),
        };
        suggestions(&self.in_order().iter().map(card).collect::<Vec<_>>())
    }
    /// Who a track shows by where its boxes are: the one who is nearest most of the time; and how often it is another.
    fn shows(&self, track: &Track, truth: impl Fn(f32) -> Vec<(f32, f32)>) -> (usize, usize) {
        let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
        for (time, [x, y, w, h]) in &self.boxes[&track.id] {
            let (cx, cy) = (x + w / 2.0, y + h / 2.0);
            let places = truth(time.secs() as f32);
            let nearest = (0..places.len()).min_by(|a, b| {
                let apart = |at: &usize| (places[*at].0 - cx).hypot(places[*at].1 - cy);
                apart(a).total_cmp(&apart(b))
            });
            *votes.entry(nearest.expect("somebody")).or_default() += 1;
        }
        let (who, most) = votes.iter().max_by_key(|(_, n)| **n).expect("votes");
        (*who, votes.values().sum::<usize>() - most)
    }
}

fn look(path: &Path) -> Shelf {
    let worker: PathBuf =
        std::env::var_os(WORKER_VARIABLE).map_or_else(|| env!("CARGO_BIN_EXE_fieldgloss-worker").into(), PathBuf::from);
    let mut shelf = Shelf::default();
    let request = AnalyseRequest {
        session: SessionId::new(),
        media: MediaId::new(),
        path: path.to_owned(),
        stream: None,
        offset: Time::ZERO,
        start: None,
        end: None,
        fps: 12.5,
        closeness: Default::default(),
        models: ["face-detect-near", "face-detect-far", "face-mesh", "faceprint"].map(str::to_owned).to_vec(),
        model_dir: here().join("../../assets/models"),
        tracking: TrackingSettings::default(),
        proposals: ProposalSettings::default(),
        unfinished: None,
        own: Vec::new(),
    };
    let context = JobContext::unwatched(CancelToken::default());
    let summary =
        analyse_with(Worker::spawn_at(&worker).expect("a worker"), &request, &mut shelf, &context).expect("a look");
    println!("{} frames, cuts {:?}", summary.frames, summary.cuts);
    for track in shelf.in_order() {
        println!("face {}: {} to {}, {} samples", track.number, track.start, track.end, track.samples);
    }
    for one in shelf.in_order() {
        for other in shelf.in_order().into_iter().filter(|other| other.number > one.number) {
            let of = |kind| -> Option<&Print> { shelf.prints.iter().find(|p| p.track == other.id && p.kind == kind) };
            let own = |kind| -> Option<&Print> { shelf.prints.iter().find(|p| p.track == one.id && p.kind == kind) };
            for kind in [PrintKind::Face, PrintKind::Clothes] {
                if let (Some(a), Some(b)) = (own(kind), of(kind)) {
                    println!("{kind:?} {} and {}: {:.2}", one.number, other.number, cosine(&a.vector, &b.vector));
                }
            }
        }
    }
    shelf
}

/// Where both are in the first film: Collins goes right in front, Hopper left behind; after the cut at 5 s they stand where
/// the other one was last seen.
fn crossing(time: f32) -> [(f32, f32); 2] {
    if time < 5.0 {
        [(120.0 + 80.0 * time, 170.0), (520.0 - 80.0 * time, 190.0)]
    } else {
        [(150.0 + 4.0 * (time - 5.0), 180.0), (490.0 - 4.0 * (time - 5.0), 190.0)]
    }
}

#[test]
fn a_crossing_and_a_cut_keep_everybody_who_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("crossing.mp4");
    let (collins, hopper) = (collins(), hopper());
    film(&path, 9, |time| {
        let [first, second] = crossing(time);
        (if time < 5.0 { 190 } else { 40 }, vec![(&hopper, second), (&collins, first)])
    });
    let shelf = look(&path);
    let tracks = shelf.in_order();
    assert_eq!(tracks.len(), 4, "one track a person and shot");
    let cut = Time::from_millis(5_000);
    assert!(tracks[..2].iter().all(|t| t.end < cut) && tracks[2..].iter().all(|t| t.start >= cut));
    let shown: Vec<(usize, usize)> = tracks.iter().map(|t| shelf.shows(t, |time| crossing(time).to_vec())).collect();
    println!("{shown:?}");
    // While one is in front of the other the boxes say little; a swap would be half of all samples.
    assert!(shown.iter().all(|(_, wrong)| *wrong <= 6), "{shown:?}");
    let who: Vec<usize> = shown.iter().map(|(who, _)| *who).collect();
    assert_ne!(who[0], who[1]);
    assert_ne!(who[2], who[3]);

    // Whoever stands in the other's place after the cut is suggested to be who they are, not who stood there.
    let found = shelf.suggestions();
    println!("{found:?}");
    assert_eq!(found.len(), 2);
    for suggestion in &found {
        let of = |id: TrackId| who[tracks.iter().position(|t| t.id == id).expect("a track")];
        assert_eq!(of(suggestion.who), of(suggestion.same_as));
        assert!(!suggestion.doubtful && suggestion.likeness >= LIKENESS, "{suggestion:?}");
        assert!(suggestion.next.is_some_and(|(_, likeness)| likeness < UNLIKE), "{suggestion:?}");
    }
    // The same film gives the same prints.
    let again = look(&path);
    for (one, other) in shelf.in_order().into_iter().zip(again.in_order()) {
        assert_eq!(shelf.print(one).vector, again.print(other).vector);
        assert!(shelf.print(one).samples >= 3, "a print is of several moments");
    }
}

#[test]
fn a_stranger_after_a_cut_is_nobody_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("stranger.mp4");
    let (collins, hopper) = (collins(), hopper());
    film(&path, 6, |time| {
        if time < 3.0 { (190, vec![(&collins, (320.0, 180.0))]) } else { (40, vec![(&hopper, (320.0, 180.0))]) }
    });
    let shelf = look(&path);
    assert_eq!(shelf.in_order().len(), 2);
    assert!(shelf.suggestions().is_empty(), "{:?}", shelf.suggestions());
}

#[test]
fn who_comes_back_to_a_place_is_themselves_and_who_takes_it_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (collins, hopper) = (collins(), hopper());
    // Out of sight for two seconds and a half, the same wall throughout.
    let gap = |back: &'static str| {
        let path = folder.path().join(format!("{back}.mp4"));
        let who = if back == "herself" { &collins } else { &hopper };
        film(&path, 8, |time| match time {
            time if time < 3.0 => (120, vec![(&collins, (320.0, 180.0))]),
            time if time < 5.5 => (120, Vec::new()),
            _ => (120, vec![(who, (322.0, 181.0))]),
        });
        look(&path)
    };
    let herself = gap("herself");
    let other = gap("another");
    println!("{:?}", other.suggestions());
    assert_eq!(herself.in_order().len(), 1, "she is back where she was, and it is her face");
    assert_eq!(other.in_order().len(), 2, "the place is the same, the face is not");
    assert!(other.suggestions().is_empty());
}
