//! The table of what was measured along tracks: a row a sample, a column a quantity.

use super::table::{Rows, Table};
use crate::domain::{Time, Track};
use crate::formats::FormatError;
use crate::formats::measures::{Measured, Measures};

/// One sample: of which track, when, and its place among that track's.
struct Sample {
    track: usize,
    time: Time,
    at: usize,
}

/// The measures of these tracks, one after the other.
pub(super) fn table(tracks: &[Track], measures: &mut Measures<'_>) -> Result<Table, FormatError> {
    let measured = tracks.iter().map(measures).collect::<Result<Vec<Measured>, _>>()?;
    let mut names: Vec<&str> = Vec::new();
    for column in measured.iter().flat_map(|measured| &measured.columns) {
        if !names.contains(&column.name.as_str()) {
            names.push(&column.name);
        }
    }
    names.sort_unstable();
    let samples: Vec<Sample> = measured
        .iter()
        .enumerate()
        .flat_map(|(track, measured)| {
            measured.times.iter().enumerate().map(move |(at, time)| Sample { track, time: *time, at })
        })
        .collect();
    let mut rows = Rows::new("measures", "What was measured of a face, body or voice at one moment.", &samples)
        .text("track", "id of the track", |s| tracks.get(s.track).map(|t| t.id.to_string()).unwrap_or_default())
        .time("time", "when, on the session's timeline", |s| Some(s.time));
    for name in names {
        let columns: Vec<Option<&[f32]>> = measured
            .iter()
            .map(|measured| measured.columns.iter().find(|c| c.name == name).map(|c| c.values.as_slice()))
            .collect();
        let value = |s: &Sample| columns.get(s.track).copied().flatten()?.get(s.at).copied();
        rows = rows.number(&name.replace('.', "_"), &format!("`{name}` as it was stored, unfiltered"), |s| {
            value(s).filter(|value| value.is_finite()).map(f64::from)
        });
    }
    Ok(rows.table())
}
