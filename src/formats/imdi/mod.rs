//! IMDI 3.0: the metadata of a session as The Language Archive and its kin take it, one file a session.
//!
//! Spec: `IMDI_3.0.xsd` (3.0.22) of the MPI for Psycholinguistics, by which every file written is valid. Closed
//! vocabularies hold only their own words (continents, kinds of media, sex); where IMDI demands a value that nobody
//! gave stands `Unspecified`. Sessions and people that are closed are left out, people whose access is not open go
//! by their code ([`published`](super::published)). Continent, country and region come from SayMore's or lameta's
//! fields where a project has them.
//!
//! Nothing is read; there is no residue.

mod session;

use std::path::Path;

use super::metadata::{Facts, content_left_out, facts_left_out};
use super::{Format, FormatError, input, per_session, published};
use crate::domain::{Bundle, LossReport};

/// Writes one file a session: the first to `path`, the others beside it.
///
/// # Errors
/// When no session may be published, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let (open, mut report) = published(bundle);
    let facts = Facts::of(&open);
    let mut files = Vec::new();
    for (session, place) in per_session::files(path, &open, Format::Imdi, &mut report)? {
        // Where it was recorded is said in fields that stay with the unpublished session.
        let full = bundle.sessions.iter().find(|s| s.id == session.id).unwrap_or(session);
        let root = session::document(session, full, bundle.project.as_ref(), &facts, &mut report);
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        root.write(&mut text, 0);
        files.push((place, text));
    }
    for (place, text) in &files {
        input::write_atomic(place, text.as_bytes())?;
    }
    report.kept("sessions", files.len());
    report.kept("descriptions of recordings", open.media.len());
    content_left_out(
        &open,
        "IMDI describes sessions and recordings; write ELAN files or a lexicon beside it",
        &mut report,
    );
    facts_left_out(&open, &mut report);
    let licence = open.project.iter().filter(|p| !p.licence.is_empty()).count();
    report.left_out("licence of the project", licence, "IMDI has no place for it");
    Ok(report)
}
