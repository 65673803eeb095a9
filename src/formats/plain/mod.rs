//! Plain text: one sentence a line, and interlinear text set in columns.
//!
//! A file of lines becomes one session with an unaligned transcription tier; empty lines divide paragraphs and are
//! kept. Where every line starts with a speaker (`A: …`), each gets a tier. What nobody glossed is written as such
//! lines again, unedited files to the letter (as UTF-8).
//!
//! What has words or translations is written for reading: a session's name underlined with `=`, a line that names the
//! rows, then numbered examples with a column a word, padded by what is seen (a wide letter takes two places, a
//! combining mark none), `***` where a cell is empty, translations in ‘ ’. That is read again, except what the layout
//! cannot carry, which the report counts: categories of morphs beside that of their word, glosses in further
//! languages, times under a millisecond. The residue under `text` is a line and the empty lines before it.

mod layout;
mod read;
mod width;
mod write;

pub use read::read;
pub use write::write;

/// The name residue goes by.
pub(super) const NAME: &str = "text";

/// What starts the line that names the rows.
const LINES: &str = "Lines: text";
/// What stands in an empty cell.
const NOTHING: &str = "***";
/// The rows under the text, in order, by the name the file gives them.
const ROWS: [&str; 5] = ["words", "morphs", "glosses", "word glosses", "parts of speech"];
