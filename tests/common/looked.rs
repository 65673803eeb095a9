//! A run as the models would leave it over the sample's video: two people with faces, bodies and voices.

use fieldgloss::app::analysing::StoreSink;
use fieldgloss::domain::{
    Channel, ModelRun, ModelUse, RunId, RunStatus, SessionId, Tag, TagId, TagStatus, Time, Track, TrackId, TrackKind,
    TrackSamples,
};
use fieldgloss::jobs::analyse::{AnalyseSummary, AnalysisSink as _};
use fieldgloss::store::Store;

/// Samples a second, and how many.
#[derive(Clone, Copy)]
pub struct Length {
    pub fps: i64,
    pub samples: usize,
    /// How the run ended.
    pub status: RunStatus,
}

impl Length {
    /// The first six seconds of the video: the run was stopped then.
    pub const STOPPED: Self = Self { fps: 10, samples: 60, status: RunStatus::Stopped };
    /// All of it.
    pub const WHOLE: Self = Self { fps: 10, samples: 100, status: RunStatus::Finished };
    /// An hour, as many samples as a usual run has.
    pub const HOUR: Self = Self { fps: 5, samples: 18_000, status: RunStatus::Finished };
}

/// Where the face of the sample's video is, in its pixels; and where the made-up second one is.
pub const FACES: [[f32; 4]; 2] = [[236.0, 70.0, 96.0, 112.0], [430.0, 110.0, 70.0, 80.0]];

/// Writes the run: faces 1 and 2, bodies 3 and 4, a voice.
pub fn looked(store: &mut Store, session: SessionId, length: Length) -> RunId {
    let media = store.read().media_of(session).expect("media").remove(0);
    let model = |name: &str| ModelUse { name: name.into(), version: "1".into(), sha256: "797fc0fa25704ecc".into() };
    let mut run = ModelRun {
        id: RunId::new(),
        session,
        media: media.id,
        models: ["expression-faceapi", "expression-human", "face-mesh", "pose", "voice-activity"].map(model).to_vec(),
        settings: serde_json::json!({ "fps": length.fps as f64, "speech": {} }),
        started: "2026-01-01T00:00:00Z".into(),
        finished: String::new(),
        status: RunStatus::Running,
        frames: length.samples as i64,
        residue: Default::default(),
    };
    let times: Vec<Time> = (0..length.samples as i64).map(|i| Time::from_millis(i * 1000 / length.fps)).collect();
    let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
    sink.run_started(&run).expect("the run");
    for (number, kind) in
        (1..).zip([TrackKind::Face, TrackKind::Face, TrackKind::Body, TrackKind::Body, TrackKind::Voice])
    {
        let track = Track {
            id: TrackId::new(),
            run: run.id,
            kind,
            number,
            person: None,
            start: times[0],
            end: times[times.len() - 1],
            samples: times.len() as i64,
            residue: Default::default(),
        };
        let channels = match kind {
            TrackKind::Face => face(times.len(), number as usize - 1),
            TrackKind::Body => body(times.len(), number as usize - 3),
            TrackKind::Voice => voice(times.len()),
        };
        let samples = TrackSamples { times: times.clone(), channels };
        sink.tracks(std::slice::from_ref(&track)).expect("the track");
        sink.samples(track.id, &samples).expect("the samples");
        let label = match kind {
            TrackKind::Face => "expression.happiness",
            TrackKind::Body => "hand_up.left",
            TrackKind::Voice => "speech",
        };
        sink.tags(&[tag(&run, &track, label)]).expect("the tag");
    }
    run.status = length.status;
    run.finished = "2026-01-01T00:00:10Z".into();
    sink.finished(&run, &AnalyseSummary::default()).expect("the end");
    run.id
}

fn tag(run: &ModelRun, track: &Track, label: &str) -> Tag {
    Tag {
        id: TagId::new(),
        run: run.id,
        track: track.id,
        label: label.to_owned(),
        start: Time::from_millis(1_000),
        end: Time::from_millis(3_500),
        confidence: 0.8,
        evidence: serde_json::json!({}),
        status: TagStatus::Proposed,
        reviewer: String::new(),
        reviewed: String::new(),
        annotation: None,
        residue: Default::default(),
    }
}

fn channel(name: &str, count: usize, step: f32, value: impl FnMut(usize) -> Vec<f32>) -> Channel {
    let values: Vec<f32> = (0..count).flat_map(value).collect();
    Channel { name: name.to_owned(), width: values.len() / count, step, values }
}

/// Happy from the second to the fourth second of every ten, turned away from the sixth to the eighth.
fn face(count: usize, number: usize) -> Vec<Channel> {
    let [x, y, w, h] = FACES[number];
    let part = move |i: usize, from: usize, to: usize| (from..to).contains(&(i % 100));
    let scores = move |i: usize, off: f32| {
        let mut p = vec![0.9, 0.02, 0.02, 0.02, 0.02, 0.01, 0.01];
        if part(i + number * 15, 20, 40) {
            (p[0], p[1]) = (0.08 + off, 0.86 - off);
        } else if part(i + number * 15, 45, 55) {
            (p[0], p[6]) = (0.25 + off, 0.69 - off);
        }
        p
    };
    let ring = move |_: usize| -> Vec<f32> {
        (0..478)
            .flat_map(|k| {
                let (turn, out) = (k as f32 * 2.4, (k as f32 / 478.0).sqrt() * w / 2.0);
                [x + w / 2.0 + turn.cos() * out, y + h / 2.0 + turn.sin() * out, 0.0]
            })
            .collect()
    };
    let swing = |i: usize, by: f32| ((i as f32) / by).sin();
    let mut channels = vec![
        channel("box", count, 0.125, |_| vec![x, y, w, h]),
        channel("presence", count, 0.001, |_| vec![0.99]),
        channel("expression.faceapi", count, 0.001, |i| scores(i, 0.0)),
        channel("expression.human", count, 0.001, |i| scores(i, 0.1)),
        channel("quality.sharpness", count, 0.5, |_| vec![120.0]),
        channel("quality.cut_off", count, 0.001, |_| vec![0.0]),
        channel("measure.head_yaw", count, 0.05, |i| vec![if part(i, 60, 80) { 50.0 } else { swing(i, 15.0) * 6.0 }]),
        channel("measure.head_pitch", count, 0.05, |i| vec![swing(i, 9.0) * 4.0]),
        channel("measure.head_roll", count, 0.05, |_| vec![0.0]),
        channel("measure.gaze_x", count, 0.002, |i| vec![swing(i, 12.0) * 0.4]),
        channel("measure.gaze_y", count, 0.002, |_| vec![-0.1]),
        channel("measure.mouth_open", count, 0.001, |i| vec![swing(i, 4.0).abs() * 0.2]),
    ];
    // Meshes of an hour would only take time.
    if count < 1000 {
        channels.push(channel("landmarks", count, 0.125, ring));
    }
    channels
}

/// A standing person who lifts the left hand again and again: 33 points in metres about the hips, and in the picture.
fn body(count: usize, number: usize) -> Vec<Channel> {
    let points = |i: usize| -> Vec<[f32; 3]> {
        let lift = (i as f32 / 8.0).sin().abs() * 0.7;
        let mut p = vec![[0.0, -0.62, -0.1]; 33];
        (p[0], p[7], p[8]) = ([0.0, -0.62, -0.14], [0.08, -0.64, 0.0], [-0.08, -0.64, 0.0]);
        for (left, at) in [
            (11, [0.18, -0.48, 0.0]),
            (13, [0.30, -0.24 - lift * 0.3, -0.08]),
            (15, [0.32, -0.02 - lift, -0.2]),
            (19, [0.33, 0.05 - lift, -0.22]),
            (23, [0.10, 0.0, 0.0]),
            (25, [0.12, 0.42, -0.03]),
            (27, [0.12, 0.84, 0.03]),
            (29, [0.12, 0.89, 0.06]),
            (31, [0.14, 0.90, -0.1]),
        ] {
            p[left] = at;
            let still = if left < 20 { lift } else { 0.0 };
            p[left + 1] = [-at[0], at[1] + still * if left == 13 { 0.3 } else { 1.0 }, at[2]];
        }
        (p[12], p[24]) = ([-0.18, -0.48, 0.0], [-0.10, 0.0, 0.0]);
        p
    };
    let (x, y) = if number == 0 { (285.0, 300.0) } else { (465.0, 300.0) };
    let flat = |i: usize| points(i).iter().flatten().copied().collect::<Vec<f32>>();
    let pose = |i: usize| -> Vec<f32> {
        points(i).iter().flat_map(|[a, b, _]| [x + a * 200.0, y + b * 200.0, 0.0, 0.95]).collect()
    };
    let height = |i: usize| vec![(i as f32 / 8.0).sin().abs() - 0.6];
    let mut channels = vec![
        channel("measure.hand_height.left", count, 0.002, height),
        channel("measure.hand_height.right", count, 0.002, |_| vec![-0.6]),
        channel("measure.lean_side", count, 0.05, |i| vec![(i as f32 / 20.0).sin() * 3.0]),
    ];
    if count < 1000 {
        channels.push(channel("pose", count, 0.03125, pose));
        channels.push(channel("pose.world", count, 0.001, flat));
    }
    channels
}

fn voice(count: usize) -> Vec<Channel> {
    vec![
        channel("measure.pitch", count, 0.1, |i| vec![180.0 + (i as f32 / 7.0).sin() * 30.0]),
        channel("speech.probability", count, 0.001, |i| vec![if (10..35).contains(&(i % 50)) { 0.95 } else { 0.05 }]),
    ]
}
