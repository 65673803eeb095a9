//! EXMARaLDA Basic Transcription (`.exb`).
//!
//! Spec: `basic-transcription.dtd` 1.4 of EXMARaLDA. Times are decimal seconds on one common timeline; whatever nine
//! decimals hold is exact here, of longer ones the digits stay in the residue and go back out while nobody moves them.
//!
//! A transcription is a session, speakers are people by their abbreviation, events are annotations. Tiers of type `t`
//! are transcriptions. A tier of type `a` hangs under the `t` tier of its speaker when each of its events lies within
//! one event there: as a symbolic association when they match one to one, else included in it. Timeline items without
//! a time take theirs from their neighbours, evenly; where there are none on one side, the annotation stays without
//! times. `transcription-name` is the title, `comment` the description, user-defined `Date`, `Place` and `Genre` are
//! those of the session. On export words and morphs are tiers of type `a`; what has to share its parent's time gets
//! timeline items of type `intp`.
//!
//! Canonical form: two spaces of indentation; a line break within an event is a space; comments of the XML file go;
//! attributes of a tier may change their order; one `referenced-file` at least, as the DTD wants.
//!
//! Residue under `"exb"`: session `meta` (what the head says that is not modelled), `timeline` (id, digits, other
//! attributes), `unused` (items that nothing used), `format` (the tier formats), `id`; person and tier the
//! element where it says more; media `path`, `url`; annotation `start`, `end` (items), `event` (links, media, …).

mod head;
mod parts;
mod place;
mod read;
mod timeline;
mod write;

pub use read::read;
pub use write::write;

use super::xmltree::Element;

/// The format's name in residues.
const NAME: &str = "exb";
/// Largest file that is read, in bytes.
const LIMIT: u64 = 128 << 20;

/// User-defined facts of a transcription that are fields of a session.
const FACTS: [&str; 3] = ["Date", "Place", "Genre"];

/// What an element is to the merge.
fn key(element: &Element) -> Option<String> {
    match element.name.as_str() {
        "referenced-file" => Some("@referenced-file".to_owned()),
        "ud-information" => {
            let name = element.get("attribute-name").filter(|name| FACTS.contains(name))?;
            Some(format!("fact:{name}"))
        }
        "project-name"
        | "transcription-name"
        | "comment"
        | "transcription-convention"
        | "ud-meta-information"
        | "abbreviation"
        | "sex"
        | "languages-used"
        | "l1"
        | "l2"
        | "ud-speaker-information" => Some(element.name.clone()),
        _ => None,
    }
}
