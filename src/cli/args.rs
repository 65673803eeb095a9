//! The command line as people type it.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::formats::Format;

/// Fieldgloss: from a recording to glossed text, reviewed tags, a lexicon and Linked Data, offline.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Args {
    /// Project folder to open in the window
    pub project: Option<PathBuf>,
    /// Print how long the window took to show the project, in milliseconds
    #[arg(long)]
    pub startup_time: bool,
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// What to do without a window.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make a new, empty project
    New(New),
    /// Bring files into a project: texts, dictionaries, recordings
    Import(Import),
    /// Write a project as a file of another format
    Export(Export),
    /// Turn a file into a file of another format, without a project, and say what became of everything in it
    Convert(Convert),
    /// Look at the video of a project's session, or of a file, for faces and bodies, and propose tags
    Analyse(Analyse),
    /// Look at a recording
    #[command(subcommand)]
    Media(Media),
    /// The models that look at faces and bodies
    #[command(subcommand)]
    Models(Models),
    /// Make DIR/Sample.fieldgloss, run the whole main job on it, and open it
    Demo(Demo),
    /// Tables of other people's making: what their columns are
    #[command(subcommand)]
    Table(Table),
    /// Find a word, gloss or name anywhere in a project
    Search(Search),
    /// Ask the project's Linked Data a question in SPARQL
    Query(Query),
    /// Linked Data in files
    #[command(subcommand)]
    Rdf(Rdf),
    /// Look for damage, links that lead nowhere and recordings that are missing
    Check(Check),
    /// Copy the project file into the project's backups folder
    Backup(Backup),
    /// Make a project from a backup, or put one back in place
    Restore(Restore),
}

#[derive(Debug, clap::Args)]
pub struct New {
    /// Folder to make: NAME, or NAME.fieldgloss
    pub project: PathBuf,
    /// Language documented: ISO 639-3 code, or qaa to qtz for one without a code
    #[arg(long, value_name = "CODE")]
    pub language: String,
    /// Name of the project; the folder's name when left out
    #[arg(long, default_value = "")]
    pub name: String,
    /// Language of glosses and translations
    #[arg(long, value_name = "CODE", default_value = "en")]
    pub analysis_language: String,
}

#[derive(Debug, clap::Args)]
pub struct Import {
    pub project: PathBuf,
    /// Files to bring in
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Their format; guessed from each file when left out
    #[arg(long, value_parser = format)]
    pub format: Option<Format>,
    /// Name for the session that they become, or that recordings are added to
    #[arg(long, default_value = "")]
    pub session: String,
    /// What the columns of a table are: a file that ‘fieldgloss table show’ printed and you edited
    #[arg(long, value_name = "FILE.toml")]
    pub map: Option<PathBuf>,
    /// Leave recordings where they are instead of copying them into the project
    #[arg(long)]
    pub link: bool,
    /// Say what would be new, changed, kept and in conflict with the project, and write nothing
    #[arg(long)]
    pub preview: bool,
    /// Where file and project say different things: keep the project's, take the file's, or only fill what is
    /// empty. Left out: fill what is empty, take what nobody edited since it was imported, keep the rest and list it
    #[arg(long, value_enum, value_name = "WHAT")]
    pub on_conflict: Option<OnConflict>,
    /// Print the loss report as JSON
    #[arg(long)]
    pub json: bool,
}

/// What to do where file and project say different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum OnConflict {
    Keep,
    Take,
    Fill,
}

#[derive(Debug, clap::Args)]
pub struct Export {
    pub project: PathBuf,
    #[arg(long, value_parser = format)]
    pub format: Format,
    /// File to write; a folder for the formats that are one
    #[arg(long, value_name = "PATH", required_unless_present = "preview")]
    pub out: Option<PathBuf>,
    /// Only this session, by name
    #[arg(long)]
    pub session: Option<String>,
    /// Say what would be kept, mapped and left out, and write no file
    #[arg(long)]
    pub preview: bool,
    /// Print the loss report as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct Convert {
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// Format of IN; guessed when left out
    #[arg(long, value_parser = format)]
    pub from: Option<Format>,
    /// Format of OUT; guessed from its name when left out
    #[arg(long, value_parser = format)]
    pub to: Option<Format>,
    /// Language documented, for formats that do not say it
    #[arg(long, value_name = "CODE", default_value = "")]
    pub language: String,
    /// What the columns of a table are, see ‘fieldgloss table show’
    #[arg(long, value_name = "FILE.toml")]
    pub map: Option<PathBuf>,
    /// Language of glosses and translations, for formats that do not say it
    #[arg(long, value_name = "CODE", default_value = "")]
    pub analysis_language: String,
    /// Print the loss report as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Table {
    /// Print what the columns of a CSV, TSV or Excel file seem to be, as TOML to edit and give back with --map
    Show {
        file: PathBuf,
        /// Sheet of an Excel file; the first that is filled when left out
        #[arg(long)]
        sheet: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
pub struct Search {
    pub project: PathBuf,
    pub query: String,
    /// At most this many
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct Query {
    pub project: PathBuf,
    /// File with the query, - for standard input, or the name of one that comes with the program (sentences, glosses,
    /// words-of-morphs, utterances-with-gloss, attestations, links, time)
    #[arg(value_name = "FILE.rq")]
    pub query: PathBuf,
    /// Print the answer as SPARQL results in JSON
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print the answer as CSV
    #[arg(long)]
    pub csv: bool,
    /// At most this many rows
    #[arg(long, default_value_t = 10_000)]
    pub limit: usize,
    /// Give up after this many seconds
    #[arg(long, default_value_t = 20)]
    pub seconds: u64,
}

#[derive(Debug, Subcommand)]
pub enum Rdf {
    /// Hold a file (Turtle, N-Triples, RDF/XML, JSON-LD, TriG) against SHACL shapes: for OntoLex and Ligt, or others
    Validate {
        file: PathBuf,
        /// Shapes to apply in place of those that come with the program
        #[arg(long, value_name = "SHAPES.ttl")]
        shapes: Vec<PathBuf>,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub struct Check {
    pub project: PathBuf,
    /// Hold the project's Linked Data against the shapes for OntoLex and Ligt, too
    #[arg(long)]
    pub shapes: bool,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct Backup {
    pub project: PathBuf,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct Restore {
    /// Backup to take
    pub backup: PathBuf,
    /// Project to make from it, or to put it back into; what stands there now is kept beside it
    pub project: PathBuf,
}

fn format(name: &str) -> Result<Format, String> {
    name.parse()
}

#[derive(Debug, clap::Args)]
pub struct Analyse {
    /// Project folder, or a video or sound file
    #[arg(value_name = "PROJECT_OR_MEDIA")]
    pub target: PathBuf,
    /// Listen instead of looking: where somebody speaks, who, and in which phones
    #[arg(long)]
    pub speech: bool,
    /// How many people speak, where that is known
    #[arg(long, requires = "speech", value_name = "COUNT")]
    pub speakers: Option<usize>,
    /// Session to look at, by name; every session with a video when left out
    #[arg(long)]
    pub session: Option<String>,
    /// Models to run, by name, parted by commas; all when left out
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    pub models: Vec<String>,
    /// Frames to look at, a second
    #[arg(long, default_value_t = 10.0)]
    pub fps: f64,
    /// Write tracks, measures and proposals to this file as JSON
    #[arg(long, value_name = "FILE.json")]
    pub out: Option<PathBuf>,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Media {
    /// Streams, length, size, rotation
    Info {
        file: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// The waveform: lowest and highest sample of equal stretches
    Peaks {
        file: PathBuf,
        /// How many stretches
        #[arg(long, default_value_t = 100)]
        count: usize,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum Models {
    /// The model pack: task, source, licence, limits
    List {
        #[arg(long)]
        json: bool,
    },
    /// Compare every model file with its checksum and load it
    Verify {
        #[arg(long)]
        json: bool,
    },
    /// Time every model on this machine
    Bench {
        #[arg(long, default_value_t = 20)]
        rounds: u32,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Where to make Sample.fieldgloss; the current folder when left out
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Do not open the window at the end
    #[arg(long)]
    pub headless: bool,
}
