//! The command line as people type it.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::domain::Time;
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
    /// A clip or a still of a session's video: faces hidden, what was seen drawn, captions burnt in
    Clip(Clip),
    /// How far two annotators agree: two tiers, two files, or two reviewers of a project's proposals
    Agreement(Agreement),
    /// Rules that make proposals of curves, kept in a file
    #[command(subcommand)]
    Recipe(Recipe),
    /// Everybody seen or heard: who is who, who may be whom, and forgetting what they look and sound like
    #[command(subcommand)]
    People(super::people::People),
    /// Who is speaking: voices heard and mouths seen moving, joined into proposals
    Speaking(super::speaking::Speaking),
    /// The moment at which a face is neutral: expressions of that person are proposed against it
    Neutral(super::neutral::Neutral),
    /// Fit how sure expressions are proposed, from what was accepted and rejected in this project
    Calibrate(super::calibrate::Calibrate),
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
    /// Train a glosser, gloss with it, measure how good glosses are; what suggestions save in a project
    #[command(subcommand)]
    Gloss(Gloss),
    /// Learn labels from a project's own labels, say how well it goes, and propose them where they are missing
    #[command(subcommand)]
    Learn(Learn),
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
    /// What the columns of a table are: a file that ‘fieldgloss table show’ printed and you edited; SHEET=FILE.toml
    /// for one sheet of several
    #[arg(long, value_name = "FILE.toml")]
    pub map: Vec<String>,
    /// Leave a sheet of an Excel file out
    #[arg(long, value_name = "SHEET")]
    pub leave_out: Vec<String>,
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
    /// For ELAN: the document alone, without the curves of faces, bodies and voices beside it
    #[arg(long)]
    pub no_curves: bool,
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
    /// What the columns of a table are, see ‘fieldgloss table show’; SHEET=FILE.toml for one sheet of several
    #[arg(long, value_name = "FILE.toml")]
    pub map: Vec<String>,
    /// Leave a sheet of an Excel file out
    #[arg(long, value_name = "SHEET")]
    pub leave_out: Vec<String>,
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

/// Glossing: of a project, and of files as the SIGMORPHON 2023 shared task writes them: \\t, \\m, \\g and \\l lines.
#[derive(Debug, Subcommand)]
pub enum Gloss {
    /// Gloss a project's approved lines again, in order, and say how many keys suggestions save
    Report {
        project: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// Learn from glossed sentences
    Train {
        /// Sentences with their glosses
        #[arg(long, value_name = "TRAIN")]
        igt: PathBuf,
        /// What will be glossed: 1 whole words, 2 words that are cut into morphs (\m lines)
        #[arg(long, value_parser = clap::value_parser!(u8).range(1..=2))]
        track: u8,
        /// File to write the glosser to
        #[arg(long, value_name = "MODEL")]
        out: PathBuf,
        /// Number that the training's chance begins from: the same number gives the same glosser
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Processors to use; the glosser is the same with either
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2))]
        threads: u8,
        #[arg(long)]
        json: bool,
    },
    /// Write a file again with glosses filled in; all else stays as it is
    Predict {
        #[arg(long, value_name = "MODEL")]
        model: PathBuf,
        /// Sentences to gloss; glosses that are there are not looked at
        #[arg(long, value_name = "COVERED")]
        igt: PathBuf,
        #[arg(long, value_name = "PREDICTED")]
        out: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// Compare predicted with right glosses: words, morphemes, stems and grams
    Evaluate {
        #[arg(long)]
        gold: PathBuf,
        #[arg(long, value_name = "PREDICTED")]
        pred: PathBuf,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum Learn {
    /// What can be learned: the parts of speech of words, the labels of each tier
    List {
        project: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// Tag words: by default with the parts of speech of the words you approved
    Tags(LearnTags),
    /// Classify texts: with the labels of a tier, learned from the text they stand over
    Labels(LearnLabels),
}

#[derive(Debug, clap::Args)]
pub struct LearnTags {
    pub project: PathBuf,
    /// Learn the labels on the tiers of this name, which hang under tiers of words
    #[arg(long, value_name = "NAME")]
    pub tier: Option<String>,
    #[command(flatten)]
    pub proposing: Proposing,
}

#[derive(Debug, clap::Args)]
pub struct LearnLabels {
    pub project: PathBuf,
    /// Learn the labels on the tiers of this name
    #[arg(long, value_name = "NAME")]
    pub tier: String,
    #[command(flatten)]
    pub proposing: Proposing,
}

/// What to do with what was learned.
#[derive(Debug, clap::Args)]
pub struct Proposing {
    /// Write what is proposed into the project: as suggestions on words, or on a tier named ‘NAME (proposed)’; nothing
    /// is approved, and Undo takes it back
    #[arg(long)]
    pub propose: bool,
    /// Only what is at least so sure, 0 to 1
    #[arg(long, value_name = "SURE", default_value_t = 0.5)]
    pub above: f32,
    #[arg(long)]
    pub json: bool,
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
    /// Project folder, or a video, sound or picture file
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
    /// Look for hands too (about 13 ms more for each hand and frame)
    #[arg(long, conflicts_with = "speech")]
    pub hands: bool,
    /// How curves are filtered (One-Euro): least cutoff in Hz and beta, as 1.5,2 – or off. What is stored stays raw
    #[arg(long, value_name = "CUTOFF,BETA", conflicts_with = "speech")]
    pub one_euro: Option<crate::analysis::one_euro::OneEuro>,
    /// Frames to look at, a second
    #[arg(long, default_value_t = 10.0)]
    pub fps: f64,
    #[command(flatten)]
    pub long: super::long::Long,
    /// Write tracks, measures and proposals to this file as JSON
    #[arg(long, value_name = "FILE.json")]
    pub out: Option<PathBuf>,
    #[arg(long)]
    pub json: bool,
}

/// A stretch of a session's video, taken out of the project
#[derive(Debug, clap::Args)]
pub struct Clip {
    pub project: PathBuf,
    /// File to write: .mp4 for a clip with its sound, .png for the picture at --from
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Session, by name; may be left out where there is one only
    #[arg(long)]
    pub session: Option<String>,
    /// Where it begins, as 1:02.500 or in seconds
    #[arg(long, value_parser = moment, default_value = "0")]
    pub from: Time,
    /// Where it ends; needed for a clip
    #[arg(long, value_parser = moment)]
    pub to: Option<Time>,
    /// Whose faces are made unrecognisable
    #[arg(long, value_enum, default_value_t = Hidden::WithoutConsent)]
    pub hide: Hidden,
    /// Draw what the models saw: boxes, meshes, skeletons
    #[arg(long)]
    pub overlay: bool,
    /// Burn in the annotations of this tier as captions
    #[arg(long, value_name = "TIER")]
    pub captions: Option<String>,
    /// Without the sound
    #[arg(long)]
    pub silent: bool,
    /// Neither side of the picture is larger, in pixels
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(16..=8192))]
    pub max_side: Option<u32>,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct Agreement {
    /// A project; or one file or two with tiers: ELAN, TextGrid, or any other format that is read
    #[arg(required = true, num_args = 1..=2, value_name = "PROJECT|FILE")]
    pub targets: Vec<PathBuf>,
    /// The two tiers to compare; with two files, one name serves for both, and every tier that both have when left out
    #[arg(long, num_args = 1..=2, value_name = "TIER")]
    pub tiers: Vec<String>,
    /// The two reviewers to compare, by name; the project's two when there are no more
    #[arg(long, num_args = 2, value_name = "NAME", conflicts_with = "tiers")]
    pub reviewers: Vec<String>,
    /// Only this session, by name
    #[arg(long)]
    pub session: Option<String>,
    /// Two tags may be linked when they share this part of the longer one
    #[arg(long, default_value_t = 0.6)]
    pub overlap: f64,
    /// Seconds between the moments asked for Krippendorff's alpha over time
    #[arg(long, default_value_t = 0.04)]
    pub step: f64,
    /// Random scenes for the degree of organisation
    #[arg(long, default_value_t = 1000)]
    pub simulations: u32,
    /// The same seed gives the same numbers
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[arg(long)]
    pub json: bool,
}

/// Whose faces a clip hides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Hidden {
    /// Everybody's
    All,
    /// Of those who did not agree, or whom nobody has named
    WithoutConsent,
    /// Nobody's
    Nobody,
}

pub(super) fn moment(text: &str) -> Result<Time, String> {
    Time::from_clock(text)
        .filter(|time| *time >= Time::ZERO)
        .ok_or_else(|| "no time: write 12.5 or 1:02.500".to_owned())
}

#[derive(Debug, Subcommand)]
pub enum Recipe {
    /// The project's recipes
    List {
        project: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// Print a recipe as TOML, to edit and save again; without a name, one to start from
    Show { project: PathBuf, name: Option<String> },
    /// Keep a recipe in the project, in place of one with the same name
    Save {
        project: PathBuf,
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
    },
    /// Make proposals by a recipe over every session that was looked at; its earlier open proposals give way
    Run {
        project: PathBuf,
        /// Name of a recipe of the project, or a file
        #[arg(value_name = "NAME|FILE.toml")]
        recipe: String,
        /// Only this session, by name
        #[arg(long)]
        session: Option<String>,
        #[arg(long)]
        json: bool,
    },
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
    /// Compare every model with its checksum, and what it says to stored inputs with what the original runtime said
    Verify {
        #[arg(long)]
        json: bool,
    },
    /// Fill a research network with the fixtures' weights and compare what it says with the official code
    Parity(super::models::ParityArgs),
    /// Say whose weights a checkpoint file has (.pt, .pth, .safetensors): read as data, loaded strictly, run once
    Inspect {
        file: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// Bring in a model of your own: a published network's checkpoint, or a TorchScript file with a card
    Add(super::own_models::Add),
    /// Print a card to start from
    Card {
        /// What the model takes: image, audio or text
        #[arg(value_parser = ["image", "audio", "text"])]
        kind: String,
    },
    /// Lay a model of your own aside; ‘models restore’ brings it back
    Remove { name: String },
    /// Bring back a model that was removed
    Restore { name: String },
    /// Run a model of your own over the annotations of a tier and propose what it says
    Run(super::own_models::RunOn),
    /// Train a classifier of faces, hands or sounds from a project's own tags, and say how well it does
    Train(super::train::Train),
    /// Write what a model would be trained from as a dataset folder: pictures or sounds, a table, a dataset card
    Examples(super::train::Examples),
    /// Run a model trained here along the faces, bodies or voices of a project, and propose tags
    Propose(super::train::Propose),
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
