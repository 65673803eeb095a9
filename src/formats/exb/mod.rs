//! EXMARaLDA.

use std::path::Path;

use super::{Format, FormatError, ImportOptions, Imported};
use crate::domain::{Bundle, LossReport};

pub fn read(_path: &Path, _options: &ImportOptions) -> Result<Imported, FormatError> {
    Err(FormatError::NotRead { format: Format::Exb })
}

pub fn write(_path: &Path, _bundle: &Bundle) -> Result<LossReport, FormatError> {
    Err(FormatError::NotWritten { format: Format::Exb })
}
