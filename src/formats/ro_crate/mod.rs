//! RO-Crate 1.2 in the shape of the Language Data Commons (LDAC) profile, as lameta writes it: a folder with
//! `ro-crate-metadata.json`, the annotations of each session as ELAN files and the lexicon as LIFT beside it.
//!
//! Specs: RO-Crate 1.2 and the LDAC profile (`https://w3id.org/ldac/profile`). The project is the collection, a
//! session an object in it, and roles, genres, access and kinds of material are LDAC's terms. Languages go by their
//! Glottolog address where the project knows the glottocode. Recordings are not copied: they are described under a
//! local name with `localPath`, as RO-Crate wants it of files that are not there. The profile demands an author, a
//! publisher, a data steward and a rights holder, which a project does not name: a placeholder stands for them.
//!
//! Sessions and people that are closed are left out, people whose access is not open go by their code
//! ([`published`](super::published)). Nothing is read; there is no residue.

mod entities;
mod graph;

use std::path::{Path, PathBuf};

use serde_json::json;

use super::metadata::{Facts, Parts, facts_left_out, vocabularies_left_out};
use super::{Format, FormatError, eaf, input, lift, published};
use crate::domain::{Bundle, LossReport, Session};
use graph::Graph;

/// The name that the metadata document must have.
const DOCUMENT: &str = "ro-crate-metadata.json";

/// Writes a crate to a folder; a path to the metadata document stands for its folder.
///
/// # Errors
/// When nothing may be published, or the disk refuses. The metadata document comes last: a folder without it is no
/// crate.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let root = match path.file_name() {
        Some(name) if name == DOCUMENT => path.parent().unwrap_or(path),
        _ => path,
    };
    let (open, mut report) = published(bundle);
    if open.sessions.is_empty() && open.lexemes.is_empty() {
        let problem = "there is no session or lexicon that may be published".to_owned();
        return Err(FormatError::Unsayable { format: Format::RoCrate, problem });
    }
    let failed = |source| FormatError::Write { path: root.to_owned(), source };
    let annotations = root.join("annotations");
    std::fs::create_dir_all(&annotations).map_err(failed)?;

    let facts = Facts::of(&open);
    let mut graph = Graph::default();
    let mut sessions: Vec<&Session> = open.sessions.iter().collect();
    sessions.sort_by_key(|s| (s.position, s.id));
    let parts = Parts::of(&open);
    let mut files = Vec::new();
    let mut taken = std::collections::HashSet::new();
    for session in &sessions {
        files.push(annotation_file(session, &parts, root, &mut taken, &mut report)?);
    }
    let lexicon = if open.lexemes.is_empty() { None } else { Some(lexicon_file(&open, root, &mut report)?) };
    entities::collection(&facts, &sessions, &files, lexicon.as_ref(), &mut graph, &mut report);
    let mut text = serde_json::to_string_pretty(&json!({"@context": graph::context(), "@graph": graph.entities()}))
        .map_err(|e| FormatError::Unsayable { format: Format::RoCrate, problem: e.to_string() })?;
    text.push('\n');
    input::write_atomic(&root.join(DOCUMENT), text.as_bytes())?;
    // Nothing of a crate is left in a folder that stayed empty.
    let _ = std::fs::remove_dir(&annotations);
    report.kept("sessions", sessions.len());
    report.kept("people", open.people.len());
    report.mapped(
        "recordings",
        open.media.len(),
        "described, not copied: put the files where localPath says before you deposit the crate",
    );
    for (what, count) in [
        ("model runs", open.runs.len()),
        ("tracks", open.tracks.len()),
        ("proposed tags", open.tags.len()),
        ("reviews of tags", open.reviews.len()),
    ] {
        report.left_out(what, count, "a crate for an archive holds what people said, not what models proposed");
    }
    report.left_out("links to the world outside", open.links.len(), "write RDF for them");
    facts_left_out(&open, &mut report);
    vocabularies_left_out(&open, &mut report);
    Ok(report)
}

/// A file of the crate: where it lies in it, how large it is.
pub(super) struct Payload {
    pub path: String,
    pub size: u64,
}

impl Payload {
    fn of(root: &Path, path: PathBuf, name: String) -> Self {
        let size = std::fs::metadata(root.join(path)).map_or(0, |m| m.len());
        Self { path: name, size }
    }
}

/// Writes the tiers of a session as an ELAN file; nothing for a session without.
fn annotation_file(
    session: &Session,
    parts: &Parts<'_>,
    root: &Path,
    taken: &mut std::collections::HashSet<String>,
    report: &mut LossReport,
) -> Result<Option<Payload>, FormatError> {
    let part = parts.session(session);
    if part.tiers.is_empty() {
        return Ok(None);
    }
    let name: String =
        session.name.chars().map(|c| if c.is_alphanumeric() || "-_".contains(c) { c } else { '_' }).take(80).collect();
    let name = if name.is_empty() { "session".to_owned() } else { name };
    let free = (1_usize..)
        .map(|n| if n == 1 { name.clone() } else { format!("{name}_{n}") })
        .find(|name| taken.insert(name.to_lowercase()))
        .unwrap_or(name);
    let place = format!("annotations/{free}.eaf");
    let mut written = eaf::write(&root.join(&place), &part)?;
    // What ELAN cannot say of a session stands in the crate.
    written
        .items
        .retain(|item| item.what != "facts about the session" && item.what != "names, notes or consent of people");
    report.merge(written);
    Ok(Some(Payload::of(root, PathBuf::from(&place), place)))
}

/// Writes the lexicon as LIFT.
fn lexicon_file(open: &Bundle, root: &Path, report: &mut LossReport) -> Result<Payload, FormatError> {
    let part = Bundle {
        languages: open.languages.clone(),
        lexemes: open.lexemes.clone(),
        forms: open.forms.clone(),
        senses: open.senses.clone(),
        examples: open.examples.clone(),
        relations: open.relations.clone(),
        ..Bundle::default()
    };
    let written = lift::write(&root.join("lexicon.lift"), &part)?;
    report.merge(written);
    Ok(Payload::of(root, PathBuf::from("lexicon.lift"), "lexicon.lift".to_owned()))
}
