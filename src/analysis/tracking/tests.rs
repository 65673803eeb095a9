use super::samples::FACE_CHANNELS;
use super::*;
use crate::analysis::observation::{BBox, BodyObservation, FaceObservation};

fn face(x: f32, y: f32, size: f32) -> FaceObservation {
    let bbox = BBox { x: x - size / 2.0, y: y - size / 2.0, width: size, height: size };
    FaceObservation { bbox, score: 0.9, presence: 0.9, sharpness: 100.0, ..Default::default() }
}

fn frame(number: i64, faces: Vec<FaceObservation>) -> FrameObservation {
    FrameObservation { time: Time::from_millis(number * 40), width: 640, height: 480, faces, ..Default::default() }
}

fn run(frames: impl IntoIterator<Item = FrameObservation>) -> Vec<TrackUpdate> {
    let mut tracker = Tracker::new(RunId::new(), TrackingSettings::default());
    for frame in frames {
        tracker.push(&frame);
    }
    tracker.finish()
}

#[test]
fn two_people_who_pass_each_other_stay_themselves() {
    let tracks = run((0..50).map(|i| {
        let x = i as f32 * 10.0;
        let mut faces = vec![face(80.0 + x, 200.0, 80.0), face(570.0 - x, 230.0, 80.0)];
        if i % 2 == 1 {
            faces.reverse();
        }
        frame(i, faces)
    }));
    assert_eq!(tracks.len(), 2);
    for (track, sign) in tracks.iter().zip([1.0, -1.0]) {
        let x = &track.samples.channel("box").unwrap().values;
        assert_eq!(track.track.samples, 50);
        assert!(x.chunks(4).map(|b| b[0]).is_sorted_by(|a, b| (b - a) * sign > 0.0), "{x:?}");
    }
}

#[test]
fn a_short_gap_is_bridged_and_a_cut_is_not() {
    let gap = run((0..60).filter(|i| !(20..35).contains(i)).map(|i| frame(i, vec![face(200.0, 200.0, 80.0)])));
    assert_eq!(gap.len(), 1);
    let cut = run((0..60).map(|i| {
        let mut frame = frame(i, vec![face(200.0, 200.0, 80.0)]);
        frame.change = if i == 30 { 0.8 } else { 0.05 };
        frame
    }));
    assert_eq!(cut.len(), 2);
    assert_eq!(cut[0].track.end, Time::from_millis(29 * 40));
    assert_eq!(cut[1].track.start, Time::from_millis(30 * 40));
    let jump = run((0..60).map(|i| {
        let shift = if i < 30 { 0.0 } else { 240.0 };
        frame(i, vec![face(80.0, 80.0 + shift, 60.0), face(300.0, 80.0 + shift, 60.0)])
    }));
    assert_eq!(jump.len(), 4);
}

#[test]
fn who_comes_back_is_known_only_when_nobody_else_could_be_meant() {
    let away = |i: &i64| !(30..80).contains(i);
    let alone = run((0..120).filter(away).map(|i| frame(i, vec![face(200.0, 200.0, 80.0)])));
    assert_eq!(alone.len(), 1);
    let elsewhere = run((0..120).filter(away).map(|i| {
        let x = if i < 30 { 200.0 } else { 450.0 };
        frame(i, vec![face(x, 200.0, 80.0)])
    }));
    assert_eq!(elsewhere.len(), 2);
    let doubtful = run((0..120).filter(away).map(|i| {
        let mut faces = vec![face(200.0, 200.0, 80.0)];
        if i >= 80 {
            faces.push(face(240.0, 230.0, 80.0));
        }
        frame(i, faces)
    }));
    assert_eq!(doubtful.len(), 3, "two newcomers and one who left: both are new");
}

#[test]
fn flicker_is_not_a_track_but_is_counted() {
    let mut tracker = Tracker::new(RunId::new(), TrackingSettings::default());
    for i in 0..50 {
        let mut faces = vec![face(200.0, 200.0, 80.0)];
        if i == 10 {
            faces.push(face(500.0, 100.0, 40.0));
        }
        tracker.push(&frame(i, faces));
    }
    assert_eq!(tracker.finish().len(), 1);
    assert_eq!(tracker.dropped(), 1);
}

#[test]
fn news_comes_in_pieces_that_add_up() {
    let mut tracker = Tracker::new(RunId::new(), TrackingSettings::default());
    let mut times = Vec::new();
    for i in 0..50 {
        tracker.push(&frame(i, vec![face(200.0, 200.0, 80.0)]));
        if i % 10 == 9 {
            for update in tracker.take() {
                assert_eq!(update.samples.channels.len(), FACE_CHANNELS.len());
                for channel in &update.samples.channels {
                    assert_eq!(channel.values.len(), channel.width * update.samples.times.len(), "{}", channel.name);
                }
                times.extend(update.samples.times);
            }
        }
    }
    assert_eq!(times, (0..50).map(|i| Time::from_millis(i * 40)).collect::<Vec<_>>());
    let last = tracker.finish();
    assert!(last[0].ended && last[0].samples.times.is_empty());
}

#[test]
fn a_face_on_a_bodys_head_is_the_same_person() {
    let tracks = run((0..20).map(|i| {
        let mut frame = frame(i, vec![face(200.0, 100.0, 60.0), face(450.0, 100.0, 60.0)]);
        let mut keypoints = vec![[200.0, 300.0, 0.0, 0.9]; 33];
        for head in [0, 2, 5] {
            keypoints[head] = [195.0 + head as f32, 98.0, 0.0, 0.9];
        }
        let bbox = BBox { x: 120.0, y: 60.0, width: 160.0, height: 400.0 };
        frame.bodies.push(BodyObservation { bbox, score: 0.9, keypoints, ..Default::default() });
        frame
    }));
    let of = |kind| tracks.iter().filter(move |t| t.track.kind == kind).collect::<Vec<_>>();
    let (faces, bodies) = (of(TrackKind::Face), of(TrackKind::Body));
    assert_eq!((faces.len(), bodies.len()), (2, 1));
    let face = faces.iter().find(|f| f.companion.is_some()).unwrap();
    assert_eq!(face.companion, Some(bodies[0].track.id));
    assert_eq!(bodies[0].companion, Some(face.track.id));
    assert_eq!(faces.iter().filter(|f| f.companion.is_some()).count(), 1);
}

/// The same face with a print: a direction near one axis of 1024.
fn printed(x: f32, who: usize) -> FaceObservation {
    let mut print = vec![0.0; 1024];
    (print[who], print[100]) = (1.0, 0.3);
    FaceObservation { print: Some(print), ..face(x, 200.0, 80.0) }
}

/// Away from frame 30 to 80; back with a print at frame `at` only.
fn back(who: usize, at: i64, until: i64) -> Vec<TrackUpdate> {
    run((0..until).filter(|i| !(30..80).contains(i)).map(|i| match i {
        5 | 25 => frame(i, vec![printed(200.0, 1)]),
        i if i == at => frame(i, vec![printed(200.0, who)]),
        i => frame(i, vec![face(200.0, 200.0, 80.0)]),
    }))
}

#[test]
fn who_takes_a_place_goes_on_as_who_was_there_only_with_the_same_face() {
    for at in [80, 110] {
        let herself = back(1, at, 140);
        assert_eq!(herself.len(), 1, "back, and seen clearly at {at}");
        assert_eq!(herself[0].track.samples, 90);
        assert!(herself[0].samples.times.is_sorted() && herself[0].samples.times.len() == 90);
        let another = back(2, at, 140);
        assert_eq!(another.len(), 2, "somebody else, seen clearly at {at}");
        assert_eq!((another[0].track.samples, another[1].track.samples), (30, 60));
    }
    let unclear = back(1, 1000, 200);
    assert_eq!(unclear.len(), 2, "never seen clearly: nothing is claimed");
    assert_eq!(unclear[1].track.residue.get("tracking").unwrap()["may_be"], json!(unclear[0].track.id));
}

#[test]
fn another_face_does_not_carry_a_track_on() {
    let tracks = run((0..60).map(|i| {
        let who = if i < 30 { 1 } else { 2 };
        frame(i, vec![if i % 10 == 0 { printed(200.0, who) } else { face(200.0, 200.0, 80.0) }])
    }));
    assert_eq!(tracks.len(), 2);
    assert_eq!(tracks[1].track.start, Time::from_millis(30 * 40));
    assert!(tracks.iter().all(|t| t.prints.len() == 1 && t.prints[0].1.count == 3));
}

/// Somebody at `x`, with a face of their own on their head; printed now and then.
fn somebody(frame: &mut FrameObservation, x: f32, who: usize, print: bool) {
    frame.faces.push(if print { printed(x, who) } else { face(x, 200.0, 80.0) });
    let (cx, cy) = frame.faces[frame.faces.len() - 1].bbox.centre();
    let mut keypoints = vec![[cx, cy + 200.0, 0.0, 0.9]; 33];
    for head in [0, 2, 5] {
        keypoints[head] = [cx - 5.0 + head as f32, cy, 0.0, 0.9];
    }
    let bbox = BBox { x: cx - 80.0, y: cy - 60.0, width: 160.0, height: 420.0 };
    frame.bodies.push(BodyObservation { bbox, score: 0.9, keypoints, ..Default::default() });
}

#[test]
fn a_body_on_which_another_face_appears_is_another_body() {
    // Somebody else stands in the same place from frame 30 on, and the first is back from frame 60 on.
    let tracks = run((0..90).map(|i| {
        let mut frame = frame(i, Vec::new());
        let who = if (30..60).contains(&i) { 2 } else { 1 };
        somebody(&mut frame, 200.0, who, i % 10 == 0);
        frame
    }));
    let of = |kind| tracks.iter().filter(move |t| t.track.kind == kind).collect::<Vec<_>>();
    let (faces, bodies) = (of(TrackKind::Face), of(TrackKind::Body));
    assert!(bodies.len() >= 2 && bodies.len() == faces.len(), "{} bodies, {} faces", bodies.len(), faces.len());
    for body in &bodies {
        assert!(body.prints.is_empty(), "a body has no print of its own");
        let own = faces.iter().find(|face| face.companion == Some(body.track.id)).unwrap();
        assert_eq!(body.companion, Some(own.track.id));
        assert_eq!((body.track.start, body.track.samples), (own.track.start, own.track.samples));
    }
}

#[test]
fn a_body_whose_face_is_lost_for_a_while_stays_one_body() {
    let tracks = run((0..150).map(|i| {
        let mut frame = frame(i, Vec::new());
        somebody(&mut frame, 200.0, 1, i % 10 == 0);
        // Turned away for three seconds.
        if (40..115).contains(&i) {
            frame.faces.clear();
        }
        frame
    }));
    assert_eq!(tracks.iter().filter(|t| t.track.kind == TrackKind::Body).count(), 1);
}
