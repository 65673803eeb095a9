//! CHAT (`.cha`), the transcripts of CHILDES and TalkBank.
//!
//! Spec: the CHAT manual of TalkBank. Times in bullets are milliseconds; ours are nanoseconds and are rounded to the
//! nearest millisecond on export, which the report counts.
//!
//! A file is a session. Each speaker's main lines are a tier named by the speaker's code, the text kept as CHAT codes
//! it, without the bullet at its end. Dependent tiers hang under it as symbolic associations (`eng@CHI`); a second
//! line of the same kind goes to `eng-2@CHI`. Where the items of `%mor` stand one to one against the words of the
//! main line (retraced, omitted and unintelligible ones aside) they become words with their category; where not,
//! `%mor` is a dependent tier like the others. `@Languages`, `@Participants`, `@ID`, `@Media`, `@Date`, `@Location`
//! and `@Situation` are fields; `@Begin` and `@End` are made anew; all other headers keep their place.
//!
//! Canonical form: UTF-8, line ends `\n`, no byte order mark; continuation lines folded into the line they continue,
//! with one space; a tab after the colon; one space before the bullet; no space at line ends; `@UTF8` first.
//!
//! Residue under `"chat"`: session `headers` (line, and under `was` what it was read as), `after` (lines after the
//! last utterance); person `id` (the line); media `path`, `line` (both as read); annotation `order` (rank in
//! the file), `bullet` (what stands in it), `text` (where we would have written another), `before` (header lines between
//! the utterance before and this one), `deps` (dependent tiers, where their order is another than that of the tiers); word `mor` (the item), `category`, `form` (as read).

mod cast;
mod header;
mod lines;
mod main_line;
mod read;
mod write;

pub use read::read;
pub use write::write;

/// The format's name in residues.
const NAME: &str = "chat";
/// Largest file that is read, in bytes.
const LIMIT: u64 = 64 << 20;
/// What bullets stand between.
const BULLET: char = '\u{15}';
