//! What was measured along a track as columns of a table: one a quantity, with names that say what they hold.

use crate::analysis::Expression;
use crate::analysis::codec::{self, Chunk};
use crate::domain::{Channel, Track, TrackChunk};
use crate::formats::parquet::{Measured, MeasuredColumn};
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
    let read = store.read();
    let mut chunks: Vec<TrackChunk> = Vec::new();
    for channel in read.channels(track.id)?.iter().filter(|channel| !is_points(channel)) {
        chunks.extend(read.chunks(track.id, channel, crate::domain::Span::ALWAYS)?);
    }
    let chunks: Vec<Chunk> = chunks.into_iter().map(Chunk::from).collect();
    let samples = codec::decode(&chunks).map_err(|problem| StoreError::Rule(problem.to_string()))?;
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
