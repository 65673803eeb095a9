//! How a tracker is kept while its work rests: as JSON, in which a pair is no key and NaN no number.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::domain::{Channel, Time, TrackSamples};

/// A map whose keys are pairs, as a list.
pub mod pairs {
    use std::collections::BTreeMap;

    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use crate::domain::TrackId;

    type Pairs = BTreeMap<(TrackId, TrackId), usize>;

    pub fn serialize<S: Serializer>(map: &Pairs, to: S) -> Result<S::Ok, S::Error> {
        let list: Vec<(TrackId, TrackId, usize)> = map.iter().map(|((a, b), n)| (*a, *b, *n)).collect();
        list.serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Pairs, D::Error> {
        let list: Vec<(TrackId, TrackId, usize)> = Vec::deserialize(from)?;
        Ok(list.into_iter().map(|(a, b, n)| ((a, b), n)).collect())
    }
}

/// Samples, their values as the bits that they are.
pub mod samples {
    use super::{Channel, Deserialize, Deserializer, Serialize, Serializer, Time, TrackSamples};

    #[derive(Serialize, Deserialize)]
    struct Kept {
        times: Vec<Time>,
        /// Name, width, step, values.
        channels: Vec<(String, usize, f32, Vec<u32>)>,
    }

    pub fn serialize<S: Serializer>(samples: &TrackSamples, to: S) -> Result<S::Ok, S::Error> {
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect();
        let channels = samples.channels.iter().map(|c| (c.name.clone(), c.width, c.step, bits(&c.values))).collect();
        Kept { times: samples.times.clone(), channels }.serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<TrackSamples, D::Error> {
        let kept = Kept::deserialize(from)?;
        let values = |bits: Vec<u32>| bits.into_iter().map(f32::from_bits).collect();
        let channel = |(name, width, step, bits)| Channel { name, width, step, values: values(bits) };
        Ok(TrackSamples { times: kept.times, channels: kept.channels.into_iter().map(channel).collect() })
    }
}

/// Takes what faces are like out of a kept tracker: it goes on, and knows who comes back by their place alone.
pub fn forget_prints(tracker: &mut Value) {
    let Some(tracker) = tracker.as_object_mut() else { return };
    for tracks in ["live", "done"] {
        for track in tracker.get_mut(tracks).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(track) = track.as_object_mut() {
                track.retain(|key, _| !matches!(key.as_str(), "print" | "clothes"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{TrackUpdate, Tracker, TrackingSettings};
    use crate::analysis::{BBox, BodyObservation, FaceObservation, FrameObservation};
    use crate::domain::{RunId, Time};

    /// The first is away from frame 30 to 80, back without a print, and known by one at frame 100; the second is hidden
    /// for four frames. A body moves its left hand.
    fn frame(i: i64) -> FrameObservation {
        let face = |x: f32, axis: usize| FaceObservation {
            bbox: BBox { x, y: 100.3, width: 81.7, height: 80.1 },
            score: 0.9,
            presence: 0.8,
            print: matches!(i, 5 | 25 | 100).then(|| print(axis, i)),
            clothes: if i % 20 == 5 { vec![0.125; 64] } else { Vec::new() },
            ..Default::default()
        };
        let mut faces = Vec::new();
        if !(30..80).contains(&i) {
            faces.push(face(100.0 + (i % 30) as f32 * 0.33, 1));
        }
        if !(40..44).contains(&i) {
            faces.push(face(500.0 - i as f32 * 1.1, 2));
        }
        let time = Time::from_millis(i * 40);
        FrameObservation { time, width: 640, height: 480, faces, bodies: vec![body(i)], ..Default::default() }
    }

    fn body(i: i64) -> BodyObservation {
        let mut keypoints = vec![[300.0, 200.0, 0.0, 0.9]; 33];
        for (point, at) in [(11, [340.0, 240.0]), (12, [260.0, 240.0]), (23, [330.0, 360.0]), (24, [270.0, 360.0])] {
            [keypoints[point][0], keypoints[point][1]] = at;
        }
        keypoints[15][1] = 300.0 - (i % 17) as f32 * 3.3;
        let bbox = BBox { x: 220.0, y: 180.0, width: 160.0, height: 280.0 };
        BodyObservation { bbox, score: 0.9, keypoints, ..Default::default() }
    }

    /// A direction near an axis, of numbers that have no end in tens.
    fn print(axis: usize, i: i64) -> Vec<f32> {
        let mut print = vec![0.001 / 3.0; 1024];
        (print[axis], print[100]) = (1.0 / 3.0, 1.0 / (70.0 + i as f32));
        print
    }

    fn bits(update: &TrackUpdate) -> Vec<u32> {
        let values = update.samples.channels.iter().flat_map(|c| &c.values);
        values.chain(update.prints.iter().flat_map(|(_, sum)| &sum.sum)).map(|v| v.to_bits()).collect()
    }

    #[test]
    fn prints_can_be_taken_out_of_what_is_kept() {
        let mut tracker = Tracker::new(RunId::new(), TrackingSettings::default());
        (0..30).for_each(|i| tracker.push(&frame(i)));
        assert!(tracker.live.iter().any(|track| track.print.count > 0 && track.clothes.count > 0));
        let mut kept = serde_json::to_value(&tracker).unwrap();
        super::forget_prints(&mut kept);
        let mut tracker: Tracker = serde_json::from_value(kept).unwrap();
        assert!(tracker.live.iter().all(|track| track.print.count == 0 && track.clothes.count == 0));
        (30..90).for_each(|i| tracker.push(&frame(i)));
        assert_eq!(tracker.finish().len(), 3, "nobody else could be meant");
    }

    #[test]
    fn a_tracker_that_was_kept_goes_on_as_if_nothing_had_happened() {
        let mut whole = Tracker::new(RunId::new(), TrackingSettings::default());
        let mut kept = serde_json::to_string(&whole).unwrap();
        let (mut told, mut expected) = (Vec::new(), Vec::new());
        for i in 0..130 {
            whole.push(&frame(i));
            let mut tracker: Tracker = serde_json::from_str(&kept).unwrap();
            tracker.push(&frame(i));
            if i % 7 == 0 {
                told.extend(tracker.take());
                expected.extend(whole.take());
            }
            // As it is kept: first as a value, then as text.
            kept = serde_json::to_value(&tracker).unwrap().to_string();
        }
        let mut tracker: Tracker = serde_json::from_str(&kept).unwrap();
        told.extend(tracker.finish());
        expected.extend(whole.finish());
        assert_eq!(told.len(), expected.len());
        assert_eq!(told.iter().filter(|u| u.ended).count(), 3, "two faces, one known again, and a body");
        for (a, b) in told.iter().zip(&expected) {
            assert_eq!((a.track.number, a.track.samples, a.ended), (b.track.number, b.track.samples, b.ended));
            assert_eq!((a.track.start, a.track.end), (b.track.start, b.track.end));
            assert_eq!(a.samples.times, b.samples.times);
            assert_eq!(a.prints.len(), b.prints.len());
            assert_eq!(bits(a), bits(b));
        }
    }
}
