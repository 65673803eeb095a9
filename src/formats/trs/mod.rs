//! Transcriber.

use std::path::Path;

use super::{Format, FormatError, ImportOptions, Imported};

pub fn read(_path: &Path, _options: &ImportOptions) -> Result<Imported, FormatError> {
    Err(FormatError::NotRead { format: Format::Trs })
}
