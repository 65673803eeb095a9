//! CLDF dataset.

use std::path::{Path, PathBuf};

use super::{Format, FormatError, ImportOptions, Imported};
use crate::domain::{Bundle, LossReport};

pub fn read(_path: &Path, _options: &ImportOptions) -> Result<Imported, FormatError> {
    Err(FormatError::NotRead { format: Format::Cldf })
}

pub fn write(_path: &Path, _bundle: &Bundle) -> Result<LossReport, FormatError> {
    Err(FormatError::NotWritten { format: Format::Cldf })
}
pub fn metadata_in(path: &Path) -> Result<PathBuf, FormatError> {
    Err(FormatError::Unknown { path: path.to_owned() })
}
pub fn is_metadata(head: &str) -> bool {
    head.contains("cldf.clld.org")
}
