//! CMDI 1.2: CLARIN's metadata records, one a session, in the profile OLAC-DcmiTerms
//! (`clarin.eu:cr1:p_1288172614026`), which every CLARIN centre knows.
//!
//! Spec: CE-2016-0880 (CMDI 1.2) with its envelope schema, and the profile in CLARIN's Component Registry: Dublin
//! Core's terms with OLAC's roles, discourse types and languages. The tests check the files offline by schemas of
//! ours, written from the two and no wider than they are; the registry's own schemas were not copied.
//!
//! Sessions and people that are closed are left out, people whose access is not open go by their code
//! ([`published`](super::published)). Recordings are resources of the record. Nothing is read; there is no residue.

mod record;

use std::path::Path;

use super::metadata::{Facts, content_left_out, facts_left_out};
use super::{Format, FormatError, input, per_session, published};
use crate::domain::{Bundle, LossReport};

/// Writes one record a session: the first to `path`, the others beside it.
///
/// # Errors
/// When no session may be published, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let (open, mut report) = published(bundle);
    let facts = Facts::of(&open);
    let mut files = Vec::new();
    for (session, place) in per_session::files(path, &open, Format::Cmdi, &mut report)? {
        let root = record::document(session, &facts, &mut report);
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        root.write(&mut text, 0);
        files.push((place, text));
    }
    for (place, text) in &files {
        input::write_atomic(place, text.as_bytes())?;
    }
    report.kept("sessions", files.len());
    report.kept("descriptions of recordings", open.media.len());
    content_left_out(&open, "CMDI describes sessions; write ELAN files or a lexicon beside it", &mut report);
    facts_left_out(&open, &mut report);
    let languages = open.people.iter().filter(|p| !p.languages.is_empty()).count();
    report.left_out("languages of people", languages, "the profile names people, and nothing of them");
    let described = open.project.iter().filter(|p| !p.description.is_empty()).count();
    report.left_out("description of the project", described, "a record describes one session");
    Ok(report)
}
