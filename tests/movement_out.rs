//! Bodies and tags on their way out: BVH, whose skeleton must point where the body was seen to point; COCO-WholeBody;
//! and what accepted tags rest on as tiers of an EAF file.

use std::collections::HashMap;

use fieldgloss::domain::{
    Annotation, Bundle, Channel, Constraint, LossReport, Media, MediaId, MediaStorage, ModelRun, RunId, RunStatus,
    Session, SessionId, Span, Stream, StreamKind, Tag, TagId, TagStatus, Tier, TierId, TierRole, Time, Track, TrackId,
    TrackKind, TrackSamples,
};
use fieldgloss::formats::{self, Format, FormatError, ImportOptions, evidence, tracks};
use serde_json::{Value, json};

const FRAMES: usize = 25;

/// A session with a video, a run, one body and one face.
fn project() -> (Bundle, Track, Track) {
    let session = Session {
        id: SessionId::new(),
        name: "Dance".into(),
        title: Default::default(),
        date: String::new(),
        place: String::new(),
        genre: String::new(),
        description: Default::default(),
        participants: Vec::new(),
        consent: Default::default(),
        access: Default::default(),
        position: 0,
        residue: Default::default(),
    };
    let media = Media {
        id: MediaId::new(),
        session: session.id,
        path: "media/dance.mp4".into(),
        storage: MediaStorage::Copied,
        hash: String::new(),
        size: 1,
        mime: "video/mp4".into(),
        duration: Some(Time::from_millis(1000)),
        offset: Time::ZERO,
        streams: vec![Stream {
            kind: StreamKind::Video,
            codec: "h264".into(),
            width: Some(640),
            height: Some(480),
            frame_rate: Some(25.0),
            index: 0,
            duration: None,
            sample_rate: None,
            channels: None,
            rotation: None,
        }],
        position: 0,
        residue: Default::default(),
    };
    let run = ModelRun {
        id: RunId::new(),
        session: session.id,
        media: media.id,
        models: Vec::new(),
        settings: Value::Null,
        started: "2026-01-01T00:00:00Z".into(),
        finished: String::new(),
        status: RunStatus::Finished,
        frames: FRAMES as i64,
        residue: Default::default(),
    };
    let track = |kind, number| Track {
        id: TrackId::new(),
        run: run.id,
        kind,
        number,
        person: None,
        start: Time::ZERO,
        end: Time::from_millis(960),
        samples: FRAMES as i64,
        residue: Default::default(),
    };
    let (body, face) = (track(TrackKind::Body, 1), track(TrackKind::Face, 2));
    let bundle = Bundle {
        sessions: vec![session],
        media: vec![media],
        runs: vec![run],
        tracks: vec![body.clone(), face.clone()],
        ..Bundle::default()
    };
    (bundle, body, face)
}

fn times() -> Vec<Time> {
    (0..FRAMES as i64).map(|i| Time::from_millis(i * 40)).collect()
}

/// A body in space that waves its left arm, lifts its right knee, leans and turns; metres, y down, z from the camera.
fn world(frame: usize) -> Vec<[f32; 3]> {
    let t = frame as f32 / 6.0;
    let mut points = vec![[f32::NAN; 3]; 33];
    let turn = (t * 0.5).sin() * 0.8;
    let mut put = |index: usize, [x, y, z]: [f32; 3]| {
        points[index] = [x * turn.cos() + z * turn.sin(), y, z * turn.cos() - x * turn.sin()];
    };
    let lean = 0.15 * t.sin();
    put(23, [0.1, 0.0, 0.0]);
    put(24, [-0.1, 0.0, 0.0]);
    put(11, [0.2 + lean, -0.5, 0.02]);
    put(12, [-0.2 + lean, -0.5, 0.06]);
    put(7, [0.08 + lean, -0.72, -0.03]);
    put(8, [-0.08 + lean, -0.72, -0.01]);
    let (up, swing) = (t.sin(), (t * 1.7).cos());
    put(13, [0.2 + lean + 0.28 * t.cos(), -0.5 - 0.28 * up, 0.02]);
    put(15, [0.2 + lean + 0.28 * t.cos() + 0.2 * swing, -0.5 - 0.28 * up - 0.1, -0.12]);
    put(19, [0.2 + lean + 0.28 * t.cos() + 0.25 * swing, -0.5 - 0.28 * up - 0.16, -0.14]);
    put(14, [-0.26 + lean, -0.24, 0.03]);
    put(16, [-0.3 + lean, -0.02, -0.08]);
    put(20, [-0.3 + lean, 0.06, -0.1]);
    put(25, [0.12, 0.42, -0.02]);
    put(27, [0.12, 0.84, 0.04]);
    put(31, [0.14, 0.88, -0.12]);
    put(26, [-0.12, 0.35, -0.2 - 0.1 * up]);
    put(28, [-0.12, 0.7, 0.0]);
    put(32, [-0.14, 0.75, -0.15]);
    points
}

/// A joint as a BVH file has it.
struct Joint {
    name: String,
    parent: Option<usize>,
    offset: [f64; 3],
    channels: usize,
}

/// Reads a BVH file: joints, frame time, numbers by frame.
fn read_bvh(text: &str) -> (Vec<Joint>, f64, Vec<Vec<f64>>) {
    let mut words = text.split_whitespace();
    assert_eq!(words.next(), Some("HIERARCHY"));
    let (mut joints, mut open): (Vec<Joint>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut named = String::new();
    while let Some(word) = words.next() {
        match word {
            "ROOT" | "JOINT" => named = words.next().expect("a name").to_owned(),
            "End" => {
                words.next();
                named = format!("{}End", joints.last().expect("a joint").name);
            }
            "{" => {
                joints.push(Joint { name: named.clone(), parent: open.last().copied(), offset: [0.0; 3], channels: 0 });
                open.push(joints.len() - 1);
            }
            "}" => drop(open.pop().expect("an open joint")),
            "OFFSET" => {
                let own = *open.last().expect("an open joint");
                joints[own].offset = [0, 1, 2].map(|_| words.next().expect("x y z").parse().expect("a number"));
            }
            "CHANNELS" => {
                let count: usize = words.next().expect("a count").parse().expect("a number");
                let names: Vec<&str> = (0..count).map(|_| words.next().expect("a channel")).collect();
                assert!(names.ends_with(&["Zrotation", "Xrotation", "Yrotation"]), "{names:?}");
                joints[*open.last().expect("an open joint")].channels = count;
            }
            "MOTION" => break,
            other => panic!("{other} in the hierarchy"),
        }
    }
    assert!(open.is_empty(), "every joint is closed");
    let rest: Vec<&str> = words.collect();
    assert_eq!((rest[0], rest[2], rest[3]), ("Frames:", "Frame", "Time:"));
    let frames: usize = rest[1].parse().expect("a number");
    let numbers: Vec<f64> = rest[5..].iter().map(|n| n.parse().expect("a number")).collect();
    let width: usize = joints.iter().map(|joint| joint.channels).sum();
    assert_eq!(numbers.len(), frames * width);
    (joints, rest[4].parse().expect("seconds"), numbers.chunks(width).map(<[f64]>::to_vec).collect())
}

type Matrix = [[f64; 3]; 3];

fn product(a: Matrix, b: Matrix) -> Matrix {
    [0, 1, 2].map(|i| [0, 1, 2].map(|j| (0..3).map(|k| a[i][k] * b[k][j]).sum()))
}

/// Where every joint stands in a frame, as a player of BVH works it out.
fn posed(joints: &[Joint], frame: &[f64]) -> Vec<[f64; 3]> {
    let mut at = 0;
    let mut global: Vec<(Matrix, [f64; 3])> = Vec::new();
    for joint in joints {
        let own = &frame[at..at + joint.channels];
        at += joint.channels;
        let turns = if own.len() >= 3 { &own[own.len() - 3..] } else { &[0.0; 3] };
        let [z, x, y] = [turns[0], turns[1], turns[2]].map(f64::to_radians);
        let about_z = [[z.cos(), -z.sin(), 0.0], [z.sin(), z.cos(), 0.0], [0.0, 0.0, 1.0]];
        let about_x = [[1.0, 0.0, 0.0], [0.0, x.cos(), -x.sin()], [0.0, x.sin(), x.cos()]];
        let about_y = [[y.cos(), 0.0, y.sin()], [0.0, 1.0, 0.0], [-y.sin(), 0.0, y.cos()]];
        let local = product(product(about_z, about_x), about_y);
        let (turn, place) = match joint.parent {
            None => (local, joint.offset),
            Some(parent) => {
                let (above, from) = global[parent];
                let moved = [0, 1, 2].map(|i| from[i] + (0..3).map(|k| above[i][k] * joint.offset[k]).sum::<f64>());
                (product(above, local), moved)
            }
        };
        global.push((turn, place));
    }
    global.into_iter().map(|(_, place)| place).collect()
}

#[test]
fn every_bone_of_the_bvh_points_where_it_was_seen_to_point() {
    let (bundle, _, _) = project();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("motion");
    let mut samples = |track: &Track, channels: &[&str]| -> Result<TrackSamples, FormatError> {
        assert_eq!((track.kind, channels), (TrackKind::Body, &["pose.world"][..]));
        let values = (0..FRAMES).flat_map(world).flatten().collect();
        let channels = vec![Channel { name: "pose.world".into(), width: 99, step: 0.001, values }];
        Ok(TrackSamples { times: times(), channels })
    };
    tracks::write(&out, Format::Bvh, &bundle, &mut samples).expect("written");
    let text = std::fs::read_to_string(out.join("dance-body-1.bvh")).expect("the file");
    let (joints, step, frames) = read_bvh(&text);
    assert_eq!((joints.len(), frames.len()), (21, FRAMES));
    assert!((step - 0.04).abs() < 1e-6);
    let place: HashMap<&str, usize> = joints.iter().enumerate().map(|(i, joint)| (joint.name.as_str(), i)).collect();
    let middle = |points: &[[f32; 3]], a: usize, b: usize| [0, 1, 2].map(|k| (points[a][k] + points[b][k]) / 2.0);
    for (number, frame) in frames.iter().enumerate() {
        let seen = world(number);
        let posed = posed(&joints, frame);
        let bones = [
            ("Chest", "Hips", middle(&seen, 11, 12), middle(&seen, 23, 24)),
            ("NeckEnd", "Neck", middle(&seen, 7, 8), middle(&seen, 11, 12)),
            ("LeftForeArm", "LeftArm", seen[13], seen[11]),
            ("LeftHand", "LeftForeArm", seen[15], seen[13]),
            ("LeftHandEnd", "LeftHand", seen[19], seen[15]),
            ("RightForeArm", "RightArm", seen[14], seen[12]),
            ("RightHand", "RightForeArm", seen[16], seen[14]),
            ("LeftArm", "RightArm", seen[11], seen[12]),
            ("LeftUpLeg", "RightUpLeg", seen[23], seen[24]),
            ("LeftLeg", "LeftUpLeg", seen[25], seen[23]),
            ("RightLeg", "RightUpLeg", seen[26], seen[24]),
            ("RightFoot", "RightLeg", seen[28], seen[26]),
            ("RightFootEnd", "RightFoot", seen[32], seen[28]),
        ];
        for (to, from, seen_to, seen_from) in bones {
            let bone = [0, 1, 2].map(|k| posed[place[to]][k] - posed[place[from]][k]);
            // Ours has y down and z away from the camera.
            let want = [0, 1, 2].map(|k| f64::from(seen_to[k] - seen_from[k]) * [1.0, -1.0, -1.0][k]);
            let size = |v: [f64; 3]| v.iter().map(|c| c * c).sum::<f64>().sqrt();
            let cos = (0..3).map(|k| bone[k] * want[k]).sum::<f64>() / (size(bone) * size(want));
            assert!(cos > 0.99999, "frame {number}, {from} to {to}: {bone:?} and {want:?}");
        }
        let chest = (0..3).map(|k| posed[place["Chest"]][k].powi(2)).sum::<f64>().sqrt();
        assert!((45.0..60.0).contains(&chest), "centimetres: {chest}");
    }
}

#[test]
fn a_body_without_points_in_space_says_so() {
    let (bundle, _, _) = project();
    let folder = tempfile::tempdir().expect("a folder");
    let mut none = |_: &Track, _: &[&str]| Ok(TrackSamples::default());
    let error = tracks::write(&folder.path().join("x"), Format::Bvh, &bundle, &mut none).expect_err("nothing");
    assert!(error.to_string().contains("points in space"), "{error}");
    assert!(!folder.path().join("x").exists());
}

#[test]
fn bodies_as_coco_whole_body_has_them() {
    let (bundle, _, face) = project();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("whole.json");
    let mut samples = |track: &Track, wanted: &[&str]| -> Result<TrackSamples, FormatError> {
        let channel = |name: &str, width: usize, row: Vec<f32>| {
            assert_eq!(row.len(), width);
            Channel { name: name.into(), width, step: 0.1, values: row.repeat(FRAMES) }
        };
        let channels = if track.id == face.id {
            assert_eq!(wanted, ["landmarks"]);
            // The nose of the mesh stands on that of the body.
            let mesh =
                (0..478).flat_map(|i| if i == 1 { [101.0, 50.0, 0.0] } else { [100.0 + i as f32 / 10.0, 40.0, 0.0] });
            vec![channel("landmarks", 478 * 3, mesh.collect())]
        } else {
            let pose = (0..33).flat_map(|i| [100.0 + 3.0 * i as f32, 50.0 + 8.0 * i as f32, 0.0, 0.9]);
            // A left hand that is seen, and a right one that is not sure.
            let hand = (0..21).flat_map(|i| [200.0 + i as f32, 300.0 + 2.0 * i as f32, 0.0]).collect::<Vec<f32>>();
            vec![
                channel("pose", 33 * 4, pose.collect()),
                channel("score", 1, vec![0.8]),
                channel("hand.left", 63, hand.clone()),
                channel("hand.left.presence", 1, vec![0.9]),
                channel("hand.right", 63, hand),
                channel("hand.right.presence", 1, vec![0.3]),
            ]
        };
        Ok(TrackSamples { times: times(), channels })
    };
    let report = tracks::write(&out, Format::CocoWholeBody, &bundle, &mut samples).expect("written");
    let coco: Value = serde_json::from_slice(&std::fs::read(&out).expect("the file")).expect("JSON");
    let body = &coco["annotations"][0];
    let len = |name: &str| body[name].as_array().map_or(0, Vec::len);
    let sizes = ["keypoints", "foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts"].map(len);
    assert_eq!(sizes.map(|n| n / 3), [17, 6, 68, 21, 21], "133 points");
    assert_eq!(
        (&body["foot_valid"], &body["face_valid"], &body["lefthand_valid"], &body["righthand_valid"]),
        (&json!(true), &json!(true), &json!(true), &json!(false))
    );
    // The tip of the thumb is point 4 in both orders.
    assert_eq!(body["lefthand_kpts"].as_array().expect("a hand")[12..15], [json!(204.0), json!(308.0), json!(2)]);
    assert_eq!(body["lefthand_box"], json!([200.0, 300.0, 20.0, 40.0]));
    assert!(body["righthand_kpts"].as_array().expect("no hand").iter().all(|v| *v == json!(0)));
    // Left big toe, small toe (which we do not have), heel.
    assert_eq!(body["foot_kpts"][0], json!(100.0 + 3.0 * 31.0));
    assert_eq!(body["foot_kpts"].as_array().expect("feet")[3..6], [json!(0), json!(0), json!(0)]);
    assert_eq!(body["foot_kpts"][6], json!(100.0 + 3.0 * 29.0));
    assert!(report.to_string().contains("hands of bodies"), "{report}");
}

#[test]
fn accepted_tags_carry_their_confidence_as_a_tier_of_an_eaf_file() {
    let (mut bundle, body, _) = project();
    let tier = Tier {
        id: TierId::new(),
        session: bundle.sessions[0].id,
        parent: None,
        name: "MG · hand up".into(),
        role: TierRole::Tags,
        constraint: Constraint::None,
        type_name: "tags".into(),
        participant: None,
        annotator: "Ann".into(),
        language: String::new(),
        vocabulary: None,
        position: 0,
        residue: Default::default(),
    };
    let span = Span::new(Time::from_millis(100), Time::from_millis(600));
    let annotation = Annotation::new(tier.id, Some(span), 0, "hand up, left");
    bundle.tags = vec![Tag {
        id: TagId::new(),
        run: body.run,
        track: body.id,
        label: "hand_up.left".into(),
        start: span.start,
        end: span.end,
        confidence: 0.834,
        evidence: json!({ "measure": "measure.hand_height.left", "mean": 0.21 }),
        status: TagStatus::Accepted,
        reviewer: "Ann".into(),
        reviewed: "2026-01-01T00:00:00Z".into(),
        annotation: Some(annotation.id),
        residue: Default::default(),
    }];
    (bundle.tiers, bundle.annotations) = (vec![tier], vec![annotation]);
    let mut report = LossReport::default();
    let whole = evidence::with_tiers(&bundle, &mut report);
    assert_eq!(whole, evidence::with_tiers(&bundle, &mut LossReport::default()), "the same ids every time");
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("dance.eaf");
    formats::write(&out, Format::Eaf, &whole).expect("written");
    let back = formats::read(&out, Some(Format::Eaf), &ImportOptions::default()).expect("read").bundle;
    let names: Vec<(&str, Constraint)> = back.tiers.iter().map(|t| (t.name.as_str(), t.constraint)).collect();
    assert_eq!(
        names,
        [
            ("MG · hand up", Constraint::None),
            ("MG · hand up · confidence", Constraint::SymbolicAssociation),
            ("MG · hand up · measure", Constraint::SymbolicAssociation),
        ]
    );
    let values: Vec<&str> = back.annotations.iter().map(|a| a.value.as_str()).collect();
    assert_eq!(values, ["hand up, left", "0.83", "hand_height.left 0.210"]);
    let parent = back.annotations[0].id;
    assert!(back.annotations[1..].iter().all(|a| a.parent == Some(parent)));
}
