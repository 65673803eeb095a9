//! Recordings that end before their own header says they do: a copy broken off, a card pulled out.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::domain::Time;
use crate::media::probe;

/// Less missing is how containers round, seconds.
const LEAST_SECS: f64 = 0.5;

/// How far a recording could be read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndedEarly {
    /// The last moment that was read, in the file.
    pub read_to: Time,
    /// How long the file says it is.
    pub of: Time,
}

/// Whether a file's bytes ended before the stretch asked for did, once it was read to `read_to`; where that is not known,
/// to where the bytes end.
pub fn ended_early(path: &Path, read_to: Option<Time>, asked_to: Option<Time>) -> Option<EndedEarly> {
    let info = probe(path).ok()?;
    let (cut, of) = info.cut_short_at.zip(info.duration)?;
    let read_to = read_to.unwrap_or(cut);
    let wanted = asked_to.map_or(of, |asked| asked.min(of));
    ((wanted - read_to).secs() > LEAST_SECS).then_some(EndedEarly { read_to, of })
}
