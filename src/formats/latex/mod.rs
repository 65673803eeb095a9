//! Interlinear examples in LaTeX: gb4e (`\gll`, `\glll`, `\gllll` with `\glt` or `\trans`), linguex (`\exg.`), expex
//! (`\begingl … \endgl`).
//!
//! A file is a session (one at each `%% session: NAME` line that we write), an example a sentence. Two lines are words
//! cut into morphs over glosses; three are words, morphs, glosses; a fourth parts of speech. Braces bind a column.
//! Commands become text: accents letters, `\textsc{pl}` PL, an abbreviation like `\Sbj` its name in capitals, others
//! what stands in their braces. A line above the glossed ones is the text when it is set in italics or has the same
//! words.
//!
//! The residue under `latex` is the example's source on the annotation, and on the session the passages between the
//! examples, which are no data. An unedited file comes back to the letter (as UTF-8); in an edited example only the
//! lines that say what was edited are set anew. Anything else becomes a small document for gb4e; speaker and times
//! stand in it as `%%` comments.

mod find;
mod read;
mod tex;
mod write;

pub use read::read;
pub use write::write;

/// The name residue goes by.
pub(super) const NAME: &str = "latex";
/// The line that starts a session.
const SESSION: &str = "%% session: ";
