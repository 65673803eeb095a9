//! A page to read: texts word by word, then the dictionary, in one file without scripts and without anything from
//! elsewhere. Written only.
//!
//! What is closed stays home and people appear by their code, as [`published`](super::published) decides. Every text
//! says its language, so that screen readers change their voice; morphs lead to their entries. Colours follow the
//! reader's light or dark setting.

mod dictionary;
mod page;
mod texts;
mod words;

use std::path::Path;

use super::published::published;
use super::{Format, FormatError, input};
use crate::domain::{Bundle, LossReport};

/// Writes the page.
///
/// # Errors
/// When nothing that may be published is there, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let (bundle, mut report) = published(bundle);
    if bundle.sessions.is_empty() && bundle.lexemes.is_empty() {
        let problem = "there is no text and no dictionary entry in it that may be published".to_owned();
        return Err(FormatError::Unsayable { format: Format::Html, problem });
    }
    let page = page::page(&bundle, &mut report);
    input::write_atomic(path, page.as_bytes())?;
    Ok(report)
}
