//! What models of the user's own said, on its way into a track's samples.

use crate::analysis::observation::Reading;
use crate::domain::{Channel, TrackSamples};

/// Smallest step that is kept of what a model of the user's own says: finer for shares than for places in the picture.
fn own_step(channel: &str) -> f32 {
    let place = [".landmarks", ".points", ".boxes", ".pose"].iter().any(|end| channel.ends_with(end));
    if place { 0.125 } else { 0.001 }
}

/// Adds what models of the user's own said, after the sample's usual rows; a channel begins with its first reading.
pub fn append_own(samples: &mut TrackSamples, readings: &[Reading]) {
    let count = samples.times.len();
    for reading in readings.iter().filter(|r| !r.values.is_empty()) {
        let at = samples.channels.iter().position(|c| c.name == reading.channel).unwrap_or_else(|| {
            let width = reading.values.len();
            let values = vec![f32::NAN; (count - 1) * width];
            let (name, step) = (reading.channel.clone(), own_step(&reading.channel));
            samples.channels.push(Channel { name, width, step, values });
            samples.channels.len() - 1
        });
        let channel = &mut samples.channels[at];
        let due = count * channel.width;
        if reading.values.len() == channel.width && channel.values.len() < due {
            channel.values.extend_from_slice(&reading.values);
        }
    }
    for channel in &mut samples.channels {
        channel.values.resize(count * channel.width, f32::NAN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Time;

    #[test]
    fn a_channel_may_begin_late_and_pause() {
        let mut samples = TrackSamples::default();
        let said = |values: &[f32]| vec![Reading { channel: "own.mood".into(), values: values.to_vec() }];
        let rows = [vec![], said(&[0.1, 0.9]), vec![], said(&[0.2, 0.8]), said(&[0.3])];
        for (at, row) in rows.iter().enumerate() {
            samples.times.push(Time::from_millis(at as i64 * 40));
            append_own(&mut samples, row);
        }
        let [channel] = &samples.channels[..] else { panic!("{:?}", samples.channels) };
        assert_eq!((channel.width, channel.values.len()), (2, 10));
        let there: Vec<bool> = channel.values.chunks(2).map(|row| row[0].is_finite()).collect();
        assert_eq!(there, [false, true, false, true, false], "a row of another width is no value");
    }
}
