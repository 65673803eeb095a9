//! SubRip subtitles and WebVTT subtitles.

use std::path::Path;

use super::{Format, FormatError, ImportOptions, Imported};
use crate::domain::{Bundle, LossReport};

pub fn read(_path: &Path, format: Format, _options: &ImportOptions) -> Result<Imported, FormatError> {
    Err(FormatError::NotRead { format })
}

pub fn write(_path: &Path, format: Format, _bundle: &Bundle) -> Result<LossReport, FormatError> {
    Err(FormatError::NotWritten { format })
}
