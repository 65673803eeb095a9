//! Toolbox interlinear text in standard format markers.
//!
//! An `\id` is a session, a `\ref` an utterance. Word lines (`\tx`, `\t`) and morph lines (`\mb`, `\ge`, `\ps`, …) are
//! aligned by column; how the file counts columns (bytes, letters, or letters without combining marks) is told from
//! the block itself. The utterance's text as it stood is kept: what nobody edited comes back to the letter.

mod align;
mod read;
mod write;

pub use read::read;
pub use write::write;

/// The name residue goes by.
pub(super) const NAME: &str = "toolbox";
