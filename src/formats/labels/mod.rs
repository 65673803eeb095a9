//! Audacity label tracks: text files of start, end and label, separated by tabs.
//!
//! Spec: the Audacity manual, "Importing and Exporting Labels", both formats: the standard one, and the extended one
//! in which a line that starts with a backslash gives the frequency range of the label before it. Times are decimal
//! seconds; Audacity writes six decimals, and so do we: times are rounded to the microsecond. Of a file that was read
//! the digits come back as they stood while nobody moves the label.
//!
//! Audacity writes several label tracks one after another without a mark between them, each in order of time: where
//! the start goes back, a new tier begins. A label of no length is a point.
//!
//! Canonical form: one tab between fields, a point in decimals, no empty lines, line ends `\n`, each tier by start.
//!
//! Residue under `"labels"`: annotation `start`, `end` (the digits, where six decimals would be others), `range` (the
//! line of frequencies without its backslash).

mod line;
mod read;
mod write;

pub use line::is_labels;
pub use read::read;
pub use write::write;

/// The format's name in residues.
const NAME: &str = "labels";
/// Largest file that is read, in bytes.
const LIMIT: u64 = 64 << 20;
/// The first tier's name; further ones are numbered.
const TIER: &str = "Labels";

/// The name of a tier by its place in the file, from 0.
fn tier_name(place: usize) -> String {
    if place == 0 { TIER.to_owned() } else { format!("{TIER} {}", place + 1) }
}
