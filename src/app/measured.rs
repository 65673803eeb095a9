//! What was measured along a track as columns of a table: one a quantity, with names that say what they hold.

use crate::analysis::abstaining::{NEEDS, abstentions};
use crate::analysis::codec::{self, Chunk};
use crate::analysis::models::{is_curve, is_personal};
use crate::analysis::{Expression, ProposalSettings};
use crate::domain::{Channel, ModelRun, Span, Track, TrackChunk, TrackSamples};
use crate::formats::measures::{Measured, MeasuredColumn};
use crate::store::{Store, StoreError};

/// Channels with more numbers a sample than this are points; formats of their own hold them.
const WIDEST: usize = 8;

/// Names beside the channel's, for those of several numbers.
fn parts(channel: &Channel) -> Vec<String> {
    let expression = channel.name.starts_with("expression.") && channel.width == Expression::ALL.len();
    match channel.name.as_str() {
        _ if channel.width == 1 => vec![String::new()],
        "box" => ["x", "y", "width", "height"].map(str::to_owned).to_vec(),
        _ if expression => Expression::ALL.map(|class| class.name().to_owned()).to_vec(),
        _ => (1..=channel.width).map(|number| number.to_string()).collect(),
    }
}

/// Channels that are points by their name, so that they need not be unpacked to be left out.
fn is_points(channel: &str) -> bool {
    matches!(channel, "landmarks" | "pose" | "pose.world" | "hand.left" | "hand.right") || channel.ends_with(".world")
}

/// Everything narrow that was measured along a track.
///
/// # Errors
/// When the file cannot be read, or what is packed is damaged.
pub fn of(store: &Store, track: &Track) -> Result<Measured, StoreError> {
    let samples = samples(store, track, |channel| !is_points(channel))?;
    let mut columns = Vec::new();
    for channel in samples.channels.iter().filter(|channel| channel.width <= WIDEST) {
        for (at, part) in parts(channel).into_iter().enumerate() {
            let values = channel.values.iter().skip(at).step_by(channel.width.max(1)).copied().collect();
            let name = if part.is_empty() { channel.name.clone() } else { format!("{}.{part}", channel.name) };
            columns.push(MeasuredColumn { name, values });
        }
    }
    Ok(Measured { times: samples.times, columns })
}

/// Networks that say what an expression resembles.
const NETS: [&str; 2] = ["expression.faceapi", "expression.human"];

/// Whether a channel is a curve that people look at: what was measured, not where, how well or of whom.
fn is_shown(channel: &str) -> bool {
    let measured = channel.starts_with("measure.") || channel == "speech.probability" || is_curve(channel);
    measured && !is_personal(channel)
}

/// The curves along a track: its measures, and under `expression.CLASS` the mean of what the networks say, with no value
/// where it is not assessable by the settings of the run that it is of.
///
/// # Errors
/// As for [`of`].
pub fn curves(store: &Store, track: &Track, run: Option<&ModelRun>) -> Result<Measured, StoreError> {
    let wanted = |channel: &str| is_shown(channel) || NEEDS.contains(&channel) || NETS.contains(&channel);
    let samples = samples(store, track, wanted)?;
    let mut columns: Vec<MeasuredColumn> = Vec::new();
    for channel in samples.channels.iter().filter(|channel| channel.width == 1 && is_shown(&channel.name)) {
        columns.push(MeasuredColumn { name: channel.name.clone(), values: channel.values.clone() });
    }
    let nets: Vec<&Channel> = NETS.iter().filter_map(|net| samples.channel(net)).collect();
    let nets: Vec<&Channel> = nets.into_iter().filter(|net| net.width == Expression::ALL.len()).collect();
    if !nets.is_empty() {
        let settings: Option<ProposalSettings> =
            run.and_then(|run| serde_json::from_value(run.settings["proposals"].clone()).ok());
        let reasons = abstentions(&samples, &settings.unwrap_or_default().abstain);
        for (class, expression) in Expression::ALL.iter().enumerate() {
            let at = |i: usize| match reasons.get(i) {
                Some(None) => mean(nets.iter().filter_map(|net| net.sample(i)?.get(class).copied())),
                _ => f32::NAN,
            };
            let values = (0..samples.times.len()).map(at).collect();
            columns.push(MeasuredColumn { name: format!("expression.{}", expression.name()), values });
        }
    }
    Ok(Measured { times: samples.times, columns })
}

/// The mean of what is there.
fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.filter(|value| value.is_finite()).fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
    sum / count
}

/// Some channels of a whole track.
fn samples(store: &Store, track: &Track, wanted: impl Fn(&str) -> bool) -> Result<TrackSamples, StoreError> {
    let read = store.read();
    let mut chunks: Vec<TrackChunk> = Vec::new();
    for channel in read.channels(track.id)?.iter().filter(|channel| wanted(channel)) {
        chunks.extend(read.chunks(track.id, channel, Span::ALWAYS)?);
    }
    let chunks: Vec<Chunk> = chunks.into_iter().map(Chunk::from).collect();
    codec::decode(&chunks).map_err(|problem| StoreError::Rule(problem.to_string()))
}
