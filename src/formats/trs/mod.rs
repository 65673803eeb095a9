//! Transcriber (`.trs`), read only.
//!
//! Spec: `trans-14.dtd` (and 13, which says less). Times are decimal seconds, read to the nearest nanosecond; the
//! encoding is the one that the XML declaration names.
//!
//! Each speaker has a tier; what stands between two `Sync` is an annotation on it, and where several speak at once
//! (`Who`) one annotation a speaker. Speech of no known speaker is on the tier `(no speaker)`. Events stand in the
//! text in brackets as Transcriber shows them: `[laugh]`, `[music-]` where one begins, `[-music]` where it ends,
//! `[+b]` when it is about the word before, `[b+]` the word after; events other than noises with their kind
//! (`[lang=en]`, `[pron=pi]`). `Comment` is a note under the annotation. Sections, their topics (a vocabulary) and
//! the background are tiers of their own. `program` is the title, `air_date` the date where it is one, `scribe` the
//! annotator.
//!
//! Residue under `"trs"`: session the attributes of `Trans` and `Episode`; person those of `Speaker`; vocabulary entry
//! the topic's `id`; annotation `turn` (its number) with `mode`, `fidelity`, `channel`, and `events` as written.

mod read;
mod turn;

pub use read::read;

/// The format's name in residues.
const NAME: &str = "trs";
/// Largest file that is read, in bytes.
const LIMIT: u64 = 128 << 20;
