//! The files of an export: a document a session, and what goes beside it.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use super::plan::kept;
use super::write::Writer;
use super::{curves, template};
use crate::domain::{AnnotationId, Bundle, LossReport, Session};
use crate::formats::measures::Measures;
use crate::formats::tracks::{self, Made};
use crate::formats::{Format, FormatError, per_session};

/// A text that waits beside its place until everything else is written too.
pub(super) fn text(place: &Path, text: &str) -> Result<Made, FormatError> {
    tracks::make(place, |to| to.write_all(text.as_bytes()))
}

/// Writes a file. An EAF holds one session: the first goes to `path`, each further one to a file beside it.
/// ELAN's preferences and shared vocabularies go beside too, where none lie there yet. A path that ends in `.etf` gets
/// a template.
///
/// # Errors
/// When there is no session, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    write_all(path, bundle, None)
}

/// As [`write`], with what was measured along tracks in tables beside, which ELAN shows as curves.
///
/// # Errors
/// As for [`write`]; curves that cannot be read are told and left out.
pub fn write_with_curves(path: &Path, bundle: &Bundle, measures: &mut Measures<'_>) -> Result<LossReport, FormatError> {
    write_all(path, bundle, Some(measures))
}

fn write_all(path: &Path, bundle: &Bundle, mut measures: Option<&mut Measures<'_>>) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let mut files: Vec<Made> = Vec::new();
    let is_template = template::is_template(path);
    let empty;
    let bundle = if is_template {
        empty = template::of(bundle, &mut report);
        &empty
    } else {
        bundle
    };
    let single = bundle.sessions.len() == 1;
    let index = bundle.index();
    // In the order of the bundle where nothing else tells.
    let position: HashMap<AnnotationId, usize> =
        bundle.annotations.iter().enumerate().map(|(place, a)| (a.id, place)).collect();
    for (session, place) in per_session::files(path, bundle, Format::Eaf, &mut report)? {
        let beside = match &mut measures {
            Some(measures) => curves::beside(session, &place, bundle, &mut **measures, &mut report)?,
            None => curves::kept_beside(session, &place, &mut report)?,
        };
        // What is linked lies there before the document that links it.
        files.extend(beside.files);
        files.extend(shared_vocabularies(session, &place, &mut report)?);
        files.extend(preferences(session, &place, &mut report)?);
        let mut writer = Writer::new(bundle, session, single, beside.links);
        files.push(text(&place, &writer.document(&index, &position, &mut report))?);
    }
    match measures {
        Some(_) if !is_template => per_session::all_but_tracks_left_out(bundle, Format::Eaf, &mut report),
        _ => per_session::lexicon_left_out(bundle, Format::Eaf, &mut report),
    }
    // Nothing is in its place until there was room for all of it.
    files.into_iter().try_for_each(Made::put)?;
    Ok(report)
}

/// ELAN's preferences that a session came with, for where none are there.
fn preferences(session: &Session, place: &Path, report: &mut LossReport) -> Result<Option<Made>, FormatError> {
    let Some(preferences) = kept(&session.residue, "preferences").and_then(Value::as_str) else { return Ok(None) };
    let beside = place.with_extension("pfsx");
    if !beside.exists() {
        report.kept("ELAN preferences", 1);
        return text(&beside, preferences).map(Some);
    }
    if std::fs::read_to_string(&beside).ok().as_deref() != Some(preferences) {
        let why = format!("{} is there already and was not touched", beside.display());
        report.left_out("ELAN preferences", 1, why);
    }
    Ok(None)
}

/// The shared vocabularies that a session came with, for where they are not there.
fn shared_vocabularies(session: &Session, place: &Path, report: &mut LossReport) -> Result<Vec<Made>, FormatError> {
    let mut files = Vec::new();
    for (name, content) in
        kept(&session.residue, "external_vocabularies").and_then(Value::as_object).into_iter().flatten()
    {
        let plain = name.to_lowercase().ends_with(".ecv") && !name.contains(['/', '\\']);
        if let (true, Some(content)) = (plain, content.as_str()) {
            let beside = place.with_file_name(name);
            report.kept("external vocabulary files", 1);
            if !beside.exists() {
                files.push(text(&beside, content)?);
            }
        }
    }
    Ok(files)
}
