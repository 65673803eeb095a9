//! Formats whose file holds one session: where each goes, and what of a project has no place in it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{Format, FormatError};
use crate::domain::{Bundle, LossReport, Session};

/// The sessions of a bundle with the file each is written to: the first to `path`, the others beside it,
/// named after the session.
///
/// # Errors
/// When there is no session to write.
pub fn files<'a>(
    path: &Path,
    bundle: &'a Bundle,
    format: Format,
    report: &mut LossReport,
) -> Result<Vec<(&'a Session, PathBuf)>, FormatError> {
    let mut sessions: Vec<&Session> = bundle.sessions.iter().collect();
    sessions.sort_by_key(|session| (session.position, session.id));
    if sessions.is_empty() {
        return Err(FormatError::Unsayable { format, problem: "there is no session to write".to_owned() });
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let extension = path.extension().map_or(format.extensions()[0].to_owned(), |e| e.to_string_lossy().into_owned());
    let mut taken: HashSet<PathBuf> = HashSet::from([path.to_owned()]);
    let mut files = Vec::with_capacity(sessions.len());
    for (number, session) in sessions.into_iter().enumerate() {
        if number == 0 {
            files.push((session, path.to_owned()));
            continue;
        }
        let name: String = session
            .name
            .chars()
            .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ') { c } else { '_' })
            .take(80)
            .collect();
        let place = (1..)
            .map(|n| if n == 1 { format!("{stem}-{name}") } else { format!("{stem}-{name}-{n}") })
            .map(|name| path.with_file_name(format!("{name}.{extension}")))
            .find(|place| !taken.contains(place))
            .unwrap_or_else(|| path.to_owned());
        taken.insert(place.clone());
        files.push((session, place));
    }
    if files.len() > 1 {
        let names: Vec<String> = files.iter().skip(1).map(|(_, place)| place.display().to_string()).collect();
        let why = format!("a {format} file holds one: beside the first were written {}", names.join(", "));
        report.mapped("sessions", files.len(), why);
    }
    Ok(files)
}

/// Counts what has no place in a file of tiers.
pub fn lexicon_left_out(bundle: &Bundle, format: Format, report: &mut LossReport) {
    tracks_left_out(bundle, format, report);
    all_but_tracks_left_out(bundle, format, report);
}

/// The same for a format that tells itself what becomes of tracks.
pub fn all_but_tracks_left_out(bundle: &Bundle, format: Format, report: &mut LossReport) {
    others_left_out(bundle, format, report);
    let told =
        bundle.people.iter().filter(|p| !p.name.is_empty() || !p.notes.is_empty() || p.consent != Default::default());
    report.left_out("names, notes or consent of people", told.count(), format!("a {format} file holds tiers only"));
}

/// The same without people, for formats that say something of them.
pub fn records_left_out(bundle: &Bundle, format: Format, report: &mut LossReport) {
    others_left_out(bundle, format, report);
    tracks_left_out(bundle, format, report);
}

fn tracks_left_out(bundle: &Bundle, format: Format, report: &mut LossReport) {
    report.left_out("tracks", bundle.tracks.len(), format!("a {format} file holds tiers only"));
}

fn others_left_out(bundle: &Bundle, format: Format, report: &mut LossReport) {
    let why = format!("a {format} file holds tiers only");
    let counts = [
        ("lexemes", bundle.lexemes.len()),
        ("forms of lexemes", bundle.forms.len()),
        ("senses", bundle.senses.len()),
        ("examples", bundle.examples.len()),
        ("relations of lexemes", bundle.relations.len()),
        ("links to the world outside", bundle.links.len()),
        ("model runs", bundle.runs.len()),
        ("proposed tags", bundle.tags.len()),
    ];
    for (what, count) in counts {
        report.left_out(what, count, why.clone());
    }
}
