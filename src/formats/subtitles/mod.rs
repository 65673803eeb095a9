//! SubRip (`.srt`) and WebVTT (`.vtt`) subtitles.
//!
//! Specs: for WebVTT the W3C's "WebVTT: The Web Video Text Tracks Format"; for SubRip what its program writes. Times
//! are milliseconds; ours are nanoseconds and are rounded to the nearest millisecond on export, which the report
//! counts.
//!
//! A cue is an annotation on the tier `Subtitles`; cues that overlap go to further tiers (`Subtitles 2`). Line breaks
//! and styling tags stay in the text. In WebVTT a voice (`<v Mary>`) is a participant with a tier of that name, and
//! a cue of several voices is one annotation a voice; `&amp;` and its like are read as the letters they mean.
//!
//! Canonical form: UTF-8 without byte order mark, line ends `\n`, one empty line between blocks; cues in order of
//! their start; no empty lines within a cue; hours always written; SubRip cues numbered from 1; a WebVTT voice that
//! speaks a whole cue is without end tag; STYLE and REGION blocks before the first cue.
//!
//! Residue under `"srt"`: annotation `settings` (what follows the times). Under `"vtt"`: session `title`, `header`
//! (lines under the first one), `blocks` (before the first cue), `after` (after the last); annotation `id`,
//! `settings`, `before` (blocks), `classes` (of the voice), `raw` and `was` (text as written and as read, where
//! writing would not give the same), `cue` and `glue` (which annotations were one cue, and what stood between).

mod cue;
mod read;
mod srt;
mod stamp;
mod voice;
mod vtt;
mod write;

pub use read::read;
pub use write::write;

use super::Format;

/// Largest file that is read, in bytes.
const LIMIT: u64 = 64 << 20;
/// The name of the tier of cues without a voice.
const TIER: &str = "Subtitles";

/// The format's name in residues.
fn name(format: Format) -> &'static str {
    if format == Format::Vtt { "vtt" } else { "srt" }
}
