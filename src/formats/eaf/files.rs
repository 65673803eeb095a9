//! The files of an export: a document a session, and what goes beside it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::plan::kept;
use super::write::Writer;
use super::{curves, template};
use crate::domain::{AnnotationId, Bundle, LossReport, Session};
use crate::formats::measures::Measures;
use crate::formats::tracks::Made;
use crate::formats::{Format, FormatError, input, per_session};

/// A file of an export, not yet in its place.
pub(super) enum Output {
    Text(PathBuf, String),
    Made(Made),
}

impl Output {
    fn put(self) -> Result<(), FormatError> {
        match self {
            Self::Text(place, text) => input::write_atomic(&place, text.as_bytes()),
            Self::Made(made) => made.put(),
        }
    }
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
    let mut files: Vec<Output> = Vec::new();
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
            None => curves::kept_beside(session, &place, &mut report),
        };
        // What is linked lies there before the document that links it.
        files.extend(beside.files);
        files.extend(shared_vocabularies(session, &place, &mut report));
        files.extend(preferences(session, &place, &mut report));
        let mut writer = Writer::new(bundle, session, single, beside.links);
        files.push(Output::Text(place, writer.document(&index, &position, &mut report)));
    }
    match measures {
        Some(_) if !is_template => per_session::all_but_tracks_left_out(bundle, Format::Eaf, &mut report),
        _ => per_session::lexicon_left_out(bundle, Format::Eaf, &mut report),
    }
    files.into_iter().try_for_each(Output::put)?;
    Ok(report)
}

/// ELAN's preferences that a session came with, for where none are there.
fn preferences(session: &Session, place: &Path, report: &mut LossReport) -> Option<Output> {
    let preferences = kept(&session.residue, "preferences").and_then(Value::as_str)?;
    let beside = place.with_extension("pfsx");
    if !beside.exists() {
        report.kept("ELAN preferences", 1);
        return Some(Output::Text(beside, preferences.to_owned()));
    }
    if std::fs::read_to_string(&beside).ok().as_deref() != Some(preferences) {
        let why = format!("{} is there already and was not touched", beside.display());
        report.left_out("ELAN preferences", 1, why);
    }
    None
}

/// The shared vocabularies that a session came with, for where they are not there.
fn shared_vocabularies(session: &Session, place: &Path, report: &mut LossReport) -> Vec<Output> {
    let mut files = Vec::new();
    for (name, text) in kept(&session.residue, "external_vocabularies").and_then(Value::as_object).into_iter().flatten()
    {
        let plain = name.to_lowercase().ends_with(".ecv") && !name.contains(['/', '\\']);
        if let (true, Some(text)) = (plain, text.as_str()) {
            let beside = place.with_file_name(name);
            report.kept("external vocabulary files", 1);
            if !beside.exists() {
                files.push(Output::Text(beside, text.to_owned()));
            }
        }
    }
    files
}
