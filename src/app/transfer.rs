//! Files in, files out, with a loss report each way.

use std::path::Path;

use crate::domain::{Bundle, LanguageRole, LossReport};
use crate::formats::rdf::{self, Verdict};
use crate::formats::{self, Format, FormatError, ImportOptions, Imported};
use crate::store::{Changed, Op, OpKind, Scope, Store, StoreError};

use super::edit;

/// Why a file could not go in or out.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The options with the project's languages filled in where the person said nothing.
///
/// # Errors
/// When the project cannot be read.
pub fn options_for(store: &Store, mut options: ImportOptions) -> Result<ImportOptions, StoreError> {
    let mut languages: Vec<crate::domain::Language> = store.read().all()?;
    languages.sort_by_key(|language| language.position);
    let first = |role| languages.iter().find(|l| l.role == role).map(|l| l.tag.clone()).unwrap_or_default();
    if options.object_language.is_empty() {
        options.object_language = first(LanguageRole::Object);
    }
    if options.analysis_language.is_empty() {
        options.analysis_language = first(LanguageRole::Analysis);
    }
    Ok(options)
}

/// Takes what was read from a file into the project as one step, then ties its morphs to the lexicon where exactly
/// one entry fits.
///
/// # Errors
/// When the store refuses; nothing of the file is in the project then.
pub fn take_in(store: &mut Store, imported: &Imported) -> Result<(LossReport, Changed), StoreError> {
    let done = store.transact(Op::new(OpKind::Import), |tx| {
        let mut bundle: Bundle = imported.bundle.clone();
        // A file's sessions come after those that are there.
        let sessions: Vec<crate::domain::Session> = tx.read().all()?;
        let after = sessions.iter().map(|s| s.position).max().map_or(0, |p| p + 1);
        for (index, session) in bundle.sessions.iter_mut().enumerate() {
            if !sessions.iter().any(|known| known.id == session.id) {
                session.position = after + index as i64;
            }
        }
        let mut merged = tx.merge(&bundle)?;
        let linked = edit::lexicon::link_unlinked(tx)?;
        merged.mapped("morphs tied to an entry", linked, "form, kind and gloss fit exactly one sense");
        Ok(merged)
    })?;
    let mut report = imported.report.clone();
    report.merge(done.value);
    Ok((report, done.changed))
}

/// Reads a file and takes it into the project.
///
/// # Errors
/// When the file cannot be read or the store refuses; nothing of the file is in the project then.
pub fn import_file(
    store: &mut Store,
    path: &Path,
    format: Option<Format>,
    options: ImportOptions,
) -> Result<LossReport, TransferError> {
    let options = options_for(store, options)?;
    let imported = formats::read(path, format, &options)?;
    Ok(take_in(store, &imported)?.0)
}

/// Writes the project, or a part of it, to a file.
///
/// # Errors
/// When the format cannot say it or the disk refuses; what stood at the path before still stands.
pub fn export(store: &Store, scope: Scope, format: Format, path: &Path) -> Result<LossReport, TransferError> {
    let bundle = store.read().bundle(scope)?;
    Ok(formats::write(path, format, &bundle)?)
}

/// As [`export`], with what the shapes say of it when the format is Linked Data.
///
/// # Errors
/// As for [`export`].
pub fn export_judged(
    store: &Store,
    scope: Scope,
    format: Format,
    path: &Path,
) -> Result<(LossReport, Option<Verdict>), TransferError> {
    let bundle = store.read().bundle(scope)?;
    if rdf::SYNTAXES.contains(&format) {
        let (report, verdict) = rdf::write_judged(path, format, &bundle)?;
        return Ok((report, Some(verdict)));
    }
    Ok((formats::write(path, format, &bundle)?, None))
}
