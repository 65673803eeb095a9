//! One module a format: a file to a [`Bundle`] and back, each with a loss report.
//!
//! Import is lenient: a file that breaks its own schema is read as far as it makes sense, and the report says what
//! was odd. Export is strict. What a format says and we do not model stays as residue under the format's name.

mod chat;
mod cldf;
mod cmdi;
mod conllu;
pub mod csv;
pub mod eaf;
mod error;
pub mod evidence;
mod exb;
mod flextext;
mod folder;
mod format;
pub mod hf_dataset;
mod html;
mod imdi;
pub mod input;
mod interlinear;
pub mod json;
mod labels;
mod language_tag;
mod latex;
mod lgr;
mod lift;
pub mod measures;
mod metadata;
pub mod parquet;
mod per_session;
mod plain;
pub mod published;
pub mod rdf;
mod ro_crate;
mod saymore;
mod sfm;
mod spans;
mod speech;
mod subtitles;
pub mod table;
mod textgrid;
mod toolbox;
pub mod tracks;
mod trs;
mod word_tiers;
mod xigt;
mod xlsx;
mod xmltree;

use std::path::Path;

pub use error::FormatError;
pub use format::Format;
pub use published::published;

use crate::domain::{Bundle, LossReport};

/// What a file cannot say itself and an importer must know.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Name for the session that the file becomes; the file's own name or title when empty.
    pub session_name: String,
    /// BCP 47 tag of the language documented, for formats that do not tag their texts; `und` when empty.
    pub object_language: String,
    /// BCP 47 tag of glosses and translations, for formats that do not tag them; `en` when empty.
    pub analysis_language: String,
    /// What the columns of a table are, for tables of other people's making; guessed when `None`.
    pub mapping: Option<table::Mapping>,
    /// For files of several tables, by name of sheet: what its columns are, or `None` to leave it out. What is said of
    /// a sheet here goes before [`Self::mapping`].
    pub sheets: std::collections::BTreeMap<String, Option<table::Mapping>>,
}

impl ImportOptions {
    /// The object language, `und` when nobody said.
    pub fn object_language(&self) -> &str {
        if self.object_language.is_empty() { "und" } else { &self.object_language }
    }
    /// The analysis language, `en` when nobody said.
    pub fn analysis_language(&self) -> &str {
        if self.analysis_language.is_empty() { "en" } else { &self.analysis_language }
    }
}

/// What came out of a file.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    pub bundle: Bundle,
    pub report: LossReport,
}

/// Reads a file. The format is guessed from name and content when not given.
///
/// # Errors
/// When the file cannot be opened, is of no format that is read, or breaks off before anything could be kept.
pub fn read(path: &Path, format: Option<Format>, options: &ImportOptions) -> Result<Imported, FormatError> {
    let format = match format {
        Some(format) => format,
        None => Format::guess(path)?,
    };
    let mut options = options.clone();
    if options.session_name.is_empty() {
        options.session_name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    }
    match format {
        Format::Eaf => eaf::read(path, &options),
        Format::TextGrid => textgrid::read(path, &options),
        Format::Turtle | Format::NTriples | Format::RdfXml | Format::JsonLd | Format::TriG => {
            rdf::read(path, format, &options)
        }
        Format::Json => json::read(path, &options),
        Format::Csv => csv::read(path, &options),
        Format::FlexText => flextext::read(path, &options),
        Format::Lift => lift::read(path, &options),
        Format::Sfm => sfm::read(path, &options),
        Format::Toolbox => toolbox::read(path, &options),
        Format::Exb => exb::read(path, &options),
        Format::Trs => trs::read(path, &options),
        Format::Chat => chat::read(path, &options),
        Format::Srt => subtitles::read(path, format, &options),
        Format::Vtt => subtitles::read(path, format, &options),
        Format::Labels => labels::read(path, &options),
        Format::Conllu => conllu::read(path, &options),
        Format::Xigt => xigt::read(path, &options),
        Format::Latex => latex::read(path, &options),
        Format::Text => plain::read(path, &options),
        Format::Cldf => cldf::read(path, &options),
        Format::Xlsx => xlsx::read(path, &options),
        Format::SayMore => saymore::read(path, &options),
        other => Err(FormatError::NotRead { format: other }),
    }
}

/// Writes a bundle, whole or not at all: the file appears under its name only once it is complete.
///
/// # Errors
/// When the format is not written, the bundle cannot be said in it, or the disk refuses.
pub fn write(path: &Path, format: Format, bundle: &Bundle) -> Result<LossReport, FormatError> {
    match format {
        Format::Eaf => eaf::write(path, bundle),
        Format::TextGrid => textgrid::write(path, bundle),
        Format::Turtle | Format::NTriples | Format::RdfXml | Format::JsonLd | Format::TriG => {
            rdf::write(path, format, bundle)
        }
        Format::Json => json::write(path, bundle),
        Format::Csv => csv::write(path, bundle),
        Format::FlexText => flextext::write(path, bundle),
        Format::Lift => lift::write(path, bundle),
        Format::Sfm => sfm::write(path, bundle),
        Format::Toolbox => toolbox::write(path, bundle),
        Format::Exb => exb::write(path, bundle),
        Format::Trs => Err(FormatError::NotWritten { format }),
        Format::Chat => chat::write(path, bundle),
        Format::Srt => subtitles::write(path, format, bundle),
        Format::Vtt => subtitles::write(path, format, bundle),
        Format::Labels => labels::write(path, bundle),
        Format::Conllu => conllu::write(path, bundle),
        Format::Xigt => xigt::write(path, bundle),
        Format::Latex => latex::write(path, bundle),
        Format::Html => html::write(path, bundle),
        Format::Text => plain::write(path, bundle),
        Format::Cldf => cldf::write(path, bundle),
        Format::Xlsx => xlsx::write(path, bundle),
        Format::Parquet => parquet::write(path, bundle),
        Format::HfDataset => hf_dataset::write(path, bundle),
        Format::SayMore => saymore::write(path, bundle),
        Format::Imdi => imdi::write(path, bundle),
        Format::Cmdi => cmdi::write(path, bundle),
        Format::RoCrate => ro_crate::write(path, bundle),
        Format::OpenFace | Format::OpenPose | Format::Coco | Format::CocoWholeBody | Format::Bvh => {
            Err(tracks::without_samples(format))
        }
    }
}
