//! The formats by name, and how a file is told apart from another.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::{FormatError, input};

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $label:literal, [$($ext:literal),*];)*) => {
        /// A file format, by the name the command line gives it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Format { $($(#[$doc])* $name,)* }

        impl Format {
            /// Every format.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// The name on the command line.
            pub fn name(self) -> &'static str { match self { $(Self::$name => $text,)* } }
            /// What people call it.
            pub fn label(self) -> &'static str { match self { $(Self::$name => $label,)* } }
            /// File name extensions in lower case, the usual one first.
            pub fn extensions(self) -> &'static [&'static str] { match self { $(Self::$name => &[$($ext),*],)* } }
        }
    };
}

formats! {
    Turtle = "turtle", "RDF Turtle", ["ttl"];
    NTriples = "ntriples", "RDF N-Triples", ["nt"];
    RdfXml = "rdfxml", "RDF/XML", ["rdf", "owl"];
    JsonLd = "jsonld", "JSON-LD", ["jsonld"];
    TriG = "trig", "RDF TriG", ["trig"];
    /// Our own, complete: export then import gives an equal project.
    Json = "json", "Fieldgloss JSON", ["json"];
    Csv = "csv", "CSV table", ["csv", "tsv", "tab"];
    Eaf = "eaf", "ELAN", ["eaf", "etf"];
    TextGrid = "textgrid", "Praat TextGrid", ["textgrid"];
    FlexText = "flextext", "FLEx interlinear", ["flextext"];
    Lift = "lift", "LIFT lexicon", ["lift"];
    /// Toolbox/MDF dictionary in standard format markers.
    Sfm = "sfm", "SFM dictionary", ["sfm", "db", "mdf", "lex"];
    /// Toolbox interlinear text in standard format markers.
    Toolbox = "toolbox", "Toolbox interlinear", ["tbt", "txt"];
    Exb = "exb", "EXMARaLDA", ["exb"];
    Trs = "trs", "Transcriber", ["trs"];
    Chat = "chat", "CHAT", ["cha"];
    Srt = "srt", "SubRip subtitles", ["srt"];
    Vtt = "vtt", "WebVTT subtitles", ["vtt"];
    Labels = "labels", "Audacity labels", ["txt"];
    Conllu = "conllu", "CoNLL-U", ["conllu", "conll"];
    Xigt = "xigt", "Xigt", ["xigt"];
    Latex = "latex", "LaTeX examples", ["tex"];
    Html = "html", "HTML page", ["html", "htm"];
    Text = "text", "Plain text", ["text"];
    Cldf = "cldf", "CLDF dataset", [];
    Xlsx = "xlsx", "Excel table", ["xlsx"];
    Parquet = "parquet", "Parquet tables", ["parquet"];
    HfDataset = "hf-dataset", "Hugging Face dataset", [];
    SayMore = "saymore", "SayMore and lameta", ["sprj", "session", "person"];
    Imdi = "imdi", "IMDI metadata", ["imdi"];
    Cmdi = "cmdi", "CMDI metadata", ["cmdi"];
    RoCrate = "ro-crate", "RO-Crate", [];
    /// Faces as OpenFace 2.2 writes them; from a project only, since it needs the samples of tracks.
    OpenFace = "openface-csv", "OpenFace CSV", [];
    /// Bodies as OpenPose writes them; from a project only.
    OpenPose = "openpose-json", "OpenPose JSON", [];
    /// Bodies as COCO keypoints; from a project only.
    Coco = "coco-json", "COCO keypoints", [];
    /// Bodies with feet and faces as COCO-WholeBody keypoints; from a project only.
    CocoWholeBody = "coco-wholebody", "COCO-WholeBody keypoints", [];
    /// Bodies in space as a moving skeleton; from a project only.
    Bvh = "bvh", "BVH motion", [];
}

impl Format {
    /// Whether it is written as a folder of files.
    pub fn is_folder(self) -> bool {
        matches!(
            self,
            Self::Cldf
                | Self::Parquet
                | Self::HfDataset
                | Self::SayMore
                | Self::RoCrate
                | Self::OpenFace
                | Self::OpenPose
                | Self::Bvh
        )
    }
    /// The extension that a new file of it gets. Some share theirs with others, which a file's name then does not tell.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Coco | Self::CocoWholeBody => "json",
            other => other.extensions().first().copied().unwrap_or("txt"),
        }
    }
    /// The format that a file's name alone says, for files that are not there yet.
    pub fn from_name(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_string_lossy().to_lowercase();
        Self::ALL.iter().find(|f| f.extensions().contains(&extension.as_str())).copied()
    }
    /// Tells a file's format from its name, and from its first bytes where the name does not say.
    ///
    /// # Errors
    /// When the file cannot be opened, or neither says.
    pub fn guess(path: &Path) -> Result<Self, FormatError> {
        if path.is_dir() {
            return Self::guess_folder(path);
        }
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        let head = input::head(path)?;
        if extension == "json" && super::cldf::is_metadata(&head) {
            return Ok(Self::Cldf);
        }
        if extension == "txt" && super::labels::is_labels(&head) {
            return Ok(Self::Labels);
        }
        if matches!(extension.as_str(), "sfm" | "txt" | "db") {
            // The same extensions serve dictionaries and texts: the first markers tell.
            if head.lines().any(|line| line.starts_with("\\lx ")) {
                return Ok(Self::Sfm);
            }
            if head.lines().any(|line| ["\\id", "\\tx", "\\t ", "\\ref", "\\_sh"].iter().any(|m| line.starts_with(m))) {
                return Ok(Self::Toolbox);
            }
            // What is none of these is text that people typed.
            if extension == "txt" && !head.contains('\0') {
                return Ok(Self::Text);
            }
            return Err(FormatError::Unknown { path: path.to_owned() });
        }
        if let Some(format) = Self::ALL.iter().find(|f| f.extensions().contains(&extension.as_str())) {
            return Ok(*format);
        }
        let by_content = [
            ("<ANNOTATION_DOCUMENT", Self::Eaf),
            ("ooTextFile", Self::TextGrid),
            ("<interlinear-text", Self::FlexText),
            ("<lift", Self::Lift),
            ("<xigt-corpus", Self::Xigt),
            ("\\lx ", Self::Sfm),
            ("<basic-transcription", Self::Exb),
            ("<!DOCTYPE Trans", Self::Trs),
            ("@Begin", Self::Chat),
            ("WEBVTT", Self::Vtt),
            ("<rdf:RDF", Self::RdfXml),
            ("@prefix ", Self::Turtle),
        ];
        by_content
            .iter()
            .find(|(sign, _)| head.contains(sign))
            .map(|(_, format)| *format)
            .ok_or_else(|| FormatError::Unknown { path: path.to_owned() })
    }

    /// Tells the format of a folder by what lies in it.
    fn guess_folder(path: &Path) -> Result<Self, FormatError> {
        if super::saymore::is_project(path) {
            return Ok(Self::SayMore);
        }
        super::cldf::metadata_in(path).map(|_| Self::Cldf)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl FromStr for Format {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.iter().find(|f| f.name() == name).copied().ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|f| f.name()).collect();
            format!("no format is called '{name}'; there are {}", names.join(", "))
        })
    }
}
