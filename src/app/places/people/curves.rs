//! Track samples as curves and as strokes over the picture.

use std::collections::HashMap;
use std::rc::Rc;

use crate::analysis::calibrating::{Temperatures, tempered};
use crate::analysis::codec;
use crate::analysis::models::{OWN, is_curve};
use crate::analysis::observation::Expression;
use crate::analysis::one_euro::{self, OneEuro};
use crate::analysis::usual_step;
use crate::app::i18n::tr;
use crate::domain::{Channel, ModelRun, Span, Tag, Time, Track, TrackId, TrackKind};
use crate::store::Reader;
use crate::ui::people::Lane;

/// A channel over some time.
#[derive(Clone, Debug, Default)]
pub(in crate::app::places) struct Series {
    pub times: Vec<Time>,
    width: usize,
    values: Vec<f32>,
}

impl Series {
    /// The sample nearest to a moment, when there is one so near.
    pub fn nearest(&self, time: Time, within: Time) -> Option<&[f32]> {
        let at = self.times.partition_point(|t| *t < time);
        let near = [at.checked_sub(1), Some(at)].into_iter().flatten().filter(|&i| i < self.times.len());
        let best = near.min_by_key(|&i| (self.times[i] - time).0.abs())?;
        ((self.times[best] - time).0.abs() <= within.0).then(|| self.row(best)).flatten()
    }
    fn row(&self, index: usize) -> Option<&[f32]> {
        self.values.get(index * self.width..(index + 1) * self.width)
    }
    /// Every sample with its time.
    pub fn rows(&self) -> impl Iterator<Item = (Time, &[f32])> {
        self.times.iter().enumerate().filter_map(|(i, time)| Some((*time, self.row(i)?)))
    }
    /// One number of each sample, NaN where there is none.
    pub fn column(&self, column: usize) -> Vec<f32> {
        (0..self.times.len()).map(|i| self.row(i).and_then(|r| r.get(column)).copied().unwrap_or(f32::NAN)).collect()
    }
}

type Unpacked = Rc<(Vec<Time>, Channel)>;

/// Reads channels and keeps what it unpacked.
#[derive(Default)]
pub(in crate::app::places) struct Curves {
    unpacked: HashMap<(TrackId, String, Time), Unpacked>,
    /// What could not be read, to be told once.
    pub problem: Option<String>,
}

/// Unpacked pieces that are kept at most.
const KEEP: usize = 96;
/// Lanes of models of the user's own, at most: they stand under the picture.
const OWN_LANES: usize = 4;

impl Curves {
    /// Forgets everything: a run may have written more.
    pub fn clear(&mut self) {
        self.unpacked.clear();
    }

    /// A channel's samples within a span; empty where there are none, or where they cannot be read.
    pub fn series(&mut self, read: Reader<'_>, track: TrackId, channel: &str, span: Span) -> Series {
        let chunks = match read.chunks(track, channel, span) {
            Ok(chunks) => chunks,
            Err(error) => {
                self.problem = Some(error.to_string());
                return Series::default();
            }
        };
        let mut series = Series::default();
        for chunk in chunks {
            let key = (track, channel.to_owned(), chunk.start);
            let unpacked = match self.unpacked.get(&key) {
                Some(known) => Rc::clone(known),
                None => match codec::decode_blob(channel, &chunk.blob) {
                    Ok(fresh) => {
                        if self.unpacked.len() >= KEEP {
                            self.unpacked.clear();
                        }
                        let fresh = Rc::new(fresh);
                        self.unpacked.insert(key, Rc::clone(&fresh));
                        fresh
                    }
                    Err(error) => {
                        self.problem = Some(error.to_string());
                        continue;
                    }
                },
            };
            let (times, values) = &*unpacked;
            series.width = values.width;
            for (time, row) in times.iter().zip(values.values.chunks(values.width.max(1))) {
                if span.start <= *time && *time <= span.end {
                    series.times.push(*time);
                    series.values.extend_from_slice(row);
                }
            }
        }
        series
    }

    /// The same through the One-Euro filter, which begins earlier than the span, so that what is shown does not depend on
    /// where one looks; a curve that it does not fit is read as it is.
    pub fn filtered(
        &mut self,
        read: Reader<'_>,
        track: TrackId,
        channel: &str,
        span: Span,
        filter: &OneEuro,
    ) -> Series {
        if !filter.on || !one_euro::fits(channel) {
            return self.series(read, track, channel, span);
        }
        let mut series = self.series(read, track, channel, Span::new(span.start - one_euro::WARM_UP, span.end));
        let unit = one_euro::unit_of(channel);
        series.values = one_euro::filtered_rows(&series.times, &series.values, series.width, filter, unit);
        let early = series.times.partition_point(|time| *time < span.start);
        series.times.drain(..early);
        series.values.drain(..early * series.width);
        series
    }

    /// The curve a tag was proposed on, one value a sample.
    pub fn of_tag(&mut self, read: Reader<'_>, tag: &Tag, span: Span, filter: &OneEuro) -> (Vec<Time>, Vec<f32>) {
        if let Some(class) = class_of(&tag.label) {
            let nets = ["expression.faceapi", "expression.human"].map(|net| self.series(read, tag.track, net, span));
            let [first, second] = nets;
            let times = if first.times.is_empty() { second.times.clone() } else { first.times.clone() };
            // On the scale of the proposal: as it was calibrated when it was made.
            let Temperatures(at) = serde_json::from_value(tag.evidence["temperatures"].clone()).unwrap_or_default();
            let column = |series: &Series, temperature: f32| -> Vec<f32> {
                let rows = series.values.chunks_exact(series.width.max(1));
                rows.map(|row| if row.len() == 7 { tempered(row, temperature)[class] } else { f32::NAN }).collect()
            };
            let (a, b) = (column(&first, at[0]), column(&second, at[1]));
            let values = (0..times.len())
                .map(|i| {
                    let seen = [a.get(i), b.get(i)].into_iter().flatten().copied().filter(|v| v.is_finite());
                    let (sum, n) = seen.fold((0.0, 0), |(sum, n), v| (sum + v, n + 1));
                    if n == 0 { f32::NAN } else { sum / n as f32 }
                })
                .collect();
            return (times, values);
        }
        if let Some((channel, column)) = own_of(tag) {
            let series = self.series(read, tag.track, &channel, span);
            let values = series.column(column);
            return (series.times, values);
        }
        let series = self.filtered(read, tag.track, &measure_of(&tag.label), span, filter);
        let values = series.column(0);
        (series.times, values)
    }

    /// The lanes under the picture for a tag.
    pub fn lanes(&mut self, read: Reader<'_>, tag: &Tag, kind: TrackKind, span: Span, filter: &OneEuro) -> Vec<Lane> {
        let mut lanes = Vec::new();
        let mut plain = |curves: &mut Self, name: &str, color: Option<usize>, channels: &[&str], least: f32| {
            let all: Vec<Series> = channels.iter().map(|c| curves.filtered(read, tag.track, c, span, filter)).collect();
            let Some(first) = all.first().filter(|s| !s.times.is_empty()) else { return };
            let columns: Vec<Vec<f32>> = all.iter().map(|s| s.column(0)).collect();
            let values: Vec<f32> = (0..first.times.len())
                .map(|i| columns.iter().filter_map(|c| c.get(i)).sum::<f32>() / columns.len() as f32)
                .collect();
            lanes.push(lane(tr(name), color, &first.times, &values, span, scale(&values, least)));
        };
        match kind {
            TrackKind::Face => {
                plain(self, "people-lane-mouth", Some(4), &["measure.mouth_open"], 0.2);
                let brows = ["measure.brow_height.left", "measure.brow_height.right"];
                plain(self, "people-lane-brows", Some(0), &brows, 0.06);
                plain(self, "people-lane-yaw", Some(1), &["measure.head_yaw"], 20.0);
                match tag.label.as_str() {
                    "nod" => plain(self, "people-lane-nod", None, &["measure.head_pitch"], 12.0),
                    "blink" => {
                        let lids = ["measure.eye_open.left", "measure.eye_open.right"];
                        plain(self, "people-lane-lids", None, &lids, 0.3);
                    }
                    "head_tilt.left" | "head_tilt.right" => {
                        plain(self, "people-lane-tilt", None, &["measure.head_roll"], 20.0);
                    }
                    "gaze_away" => plain(self, "people-lane-gaze", None, &["measure.gaze_x"], 0.5),
                    "speaking" => plain(self, "people-lane-speaking", None, &["measure.speaking"], 1.0),
                    _ => {}
                }
            }
            TrackKind::Body => {
                plain(self, "people-lane-hand-left", Some(4), &["measure.hand_height.left"], 0.5);
                plain(self, "people-lane-hand-right", Some(0), &["measure.hand_height.right"], 0.5);
                match tag.label.split_once('.') {
                    Some(("stroke" | "hold", side)) => {
                        plain(self, "people-lane-wrist", None, &[&format!("measure.wrist_speed.{side}")], 2.0);
                    }
                    _ => plain(self, "people-lane-lean", Some(1), &["measure.lean_side"], 10.0),
                }
            }
            TrackKind::Voice => {
                plain(self, "people-lane-pitch", Some(1), &["measure.pitch"], 50.0);
                plain(self, "people-lane-speech", Some(4), &["speech.probability"], 1.0);
            }
        }
        if let Some((_, class)) = tag.label.split_once('.').filter(|(what, _)| *what == "expression") {
            let (times, values) = self.of_tag(read, tag, span, filter);
            if !times.is_empty() {
                lanes.push(lane(class.replace('_', " "), None, &times, &values, span, (0.0, 1.0)));
            }
        }
        if let (Some(_), Some(label)) = (own_of(tag), tag.evidence["label"].as_str()) {
            let (times, values) = self.of_tag(read, tag, span, filter);
            if !times.is_empty() {
                lanes.push(lane(label.replace('_', " "), None, &times, &values, span, (0.0, 1.0)));
            }
        }
        lanes.extend(self.own_lanes(read, tag.track, span));
        lanes
    }

    /// Curves that models of the user's own drew along the track.
    fn own_lanes(&mut self, read: Reader<'_>, track: TrackId, span: Span) -> Vec<Lane> {
        let names = match read.channels(track) {
            Ok(names) => names,
            Err(error) => {
                self.problem = Some(error.to_string());
                return Vec::new();
            }
        };
        let mut lanes = Vec::new();
        for name in names.into_iter().filter(|name| is_curve(name)).take(OWN_LANES) {
            let series = self.series(read, track, &name, span);
            let values = series.column(0);
            if values.iter().any(|value| value.is_finite()) {
                let shown = name.trim_start_matches(OWN).replace('.', ": ").replace('_', " ");
                lanes.push(lane(shown, None, &series.times, &values, span, scale(&values, 1.0)));
            }
        }
        lanes
    }

    /// The box of a track at a moment: x, y, width, height in pixels of the frame.
    pub fn bbox(&mut self, read: Reader<'_>, track: &Track, time: Time) -> Option<[f32; 4]> {
        let near = around(time);
        let series = self.series(read, track.id, "box", near);
        let row = series.nearest(time, reach(&series))?;
        row.first_chunk::<4>().copied().filter(|b| b.iter().all(|v| v.is_finite()))
    }
}

/// How a run's curves are filtered when they are shown; as usual for runs of before it was kept.
pub(super) fn filter_of(run: &ModelRun) -> OneEuro {
    serde_json::from_value(run.settings["proposals"]["one_euro"].clone()).unwrap_or_default()
}

pub(super) fn around(time: Time) -> Span {
    let half = Time::from_millis(600);
    Span::new(time - half, time + half)
}

/// How far from a sample it still holds: a usual step, at most half a second.
pub(super) fn reach(series: &Series) -> Time {
    if series.times.len() < 2 { Time::from_millis(500) } else { usual_step(&series.times).min(Time::from_millis(500)) }
}

/// Index of the class of `expression.CLASS`, as in every array of scores.
fn class_of(label: &str) -> Option<usize> {
    let class = label.strip_prefix("expression.")?;
    Expression::ALL.iter().position(|e| e.name() == class)
}

/// The channel, and the number in it, that a model of the user's own proposed a tag on.
fn own_of(tag: &Tag) -> Option<(String, usize)> {
    let channel = tag.evidence["channel"].as_str().filter(|name| name.starts_with(OWN))?;
    let column = tag.evidence["column"].as_u64()?;
    Some((channel.to_owned(), usize::try_from(column).ok()?))
}

/// The channel a label is proposed on.
fn measure_of(label: &str) -> String {
    match label.split_once('.') {
        Some(("hand_up", side)) => format!("measure.hand_height.{side}"),
        Some(("stroke" | "hold", side)) => format!("measure.wrist_speed.{side}"),
        _ => match label {
            "nod" => "measure.head_pitch",
            "shake" => "measure.head_yaw",
            "gaze_away" => "measure.gaze_x",
            "blink" => "measure.eye_open.left",
            "brows_raised" => "measure.brow_height.left",
            "head_tilt.left" | "head_tilt.right" => "measure.head_roll",
            "speech" | "phones" => "speech.probability",
            "speaking" => "measure.speaking",
            _ if label.starts_with("voice_of.") => "speech.probability",
            _ => "measure.mouth_open",
        }
        .to_owned(),
    }
}

/// Lowest value and range of a curve, the range at least `least` so that noise looks like noise.
fn scale(values: &[f32], least: f32) -> (f32, f32) {
    let seen = values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = seen.fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    let range = (high - low).max(least);
    (((low + high) - range) / 2.0, range)
}

pub(super) fn lane(
    name: String,
    color: Option<usize>,
    times: &[Time],
    values: &[f32],
    span: Span,
    (low, range): (f32, f32),
) -> Lane {
    let whole = span.duration().secs().max(1e-9);
    let gap = usual_step(times).secs() * 3.5;
    let mut points = Vec::with_capacity(times.len());
    let mut before: Option<Time> = None;
    for (time, value) in times.iter().zip(values) {
        let x = ((*time - span.start).secs() / whole) as f32;
        if before.is_some_and(|b| (*time - b).secs() > gap) {
            points.push([x, f32::NAN]);
        }
        points.push([x, ((value - low) / range).clamp(0.0, 1.0)]);
        before = Some(*time);
    }
    Lane { name, color, points }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_sample_holds_only_so_far() {
        let series =
            Series { times: [0, 100, 200].map(Time::from_millis).to_vec(), width: 1, values: vec![1.0, 2.0, 3.0] };
        let reach = reach(&series);
        assert_eq!(series.nearest(Time::from_millis(140), reach), Some(&[2.0][..]));
        assert_eq!(series.nearest(Time::from_millis(160), reach), Some(&[3.0][..]));
        assert_eq!(series.nearest(Time::from_millis(500), reach), None);
        assert_eq!(Series::default().nearest(Time::ZERO, reach), None);
    }

    #[test]
    fn a_flat_curve_stays_in_the_middle() {
        let (low, range) = scale(&[5.0, 5.0, f32::NAN], 20.0);
        assert_eq!((5.0 - low) / range, 0.5);
        assert_eq!(scale(&[], 1.0), (0.0, 1.0));
    }
}
