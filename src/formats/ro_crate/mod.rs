//! RO-Crate.

use std::path::Path;

use super::{Format, FormatError};
use crate::domain::{Bundle, LossReport};

pub fn write(_path: &Path, _bundle: &Bundle) -> Result<LossReport, FormatError> {
    Err(FormatError::NotWritten { format: Format::RoCrate })
}
