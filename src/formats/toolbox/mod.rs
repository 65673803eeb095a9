use crate::domain::{Bundle, LossReport};
use crate::formats::{Format, FormatError, ImportOptions, Imported};
use std::path::Path;
pub fn read(_: &Path, _: &ImportOptions) -> Result<Imported, FormatError> {
    Err(FormatError::NotRead { format: Format::Toolbox })
}
pub fn write(_: &Path, _: &Bundle) -> Result<LossReport, FormatError> {
    Err(FormatError::NotWritten { format: Format::Toolbox })
}
