//! Praat TextGrid: long text, short text and binary in (UTF-8, UTF-16, Latin-1), long text in UTF-8 out.
//!
//! Spec: the Praat manual, "TextGrid file formats". Times are decimal seconds. Whatever nine decimals hold is exact
//! here; of longer ones the digits stay in the residue and go back out while nobody moves the annotation.
//! Intervals without text are gaps, not annotations; export fills gaps with them.
//!
//! Residue under `"textgrid"`: session `xmin`, `xmax`; tier `class`, `xmin`, `xmax`, `breaks` (boundaries within a
//! gap), `overlaps` (when its intervals overlap a little as they stand); annotation `start`, `end` (the digits,
//! where nanoseconds do not hold them).

mod binary;
pub(super) mod decimal;
mod grid;
mod read;
mod text;
mod write;

pub use read::read;
pub use write::write;

/// The format's name in residues.
const NAME: &str = "textgrid";
/// Largest file that is read, in bytes: far above the largest seen.
const LIMIT: u64 = 256 << 20;
