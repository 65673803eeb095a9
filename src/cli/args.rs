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
    /// Find a word, gloss or name anywhere in a project
    Search(Search),
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
    /// Leave recordings where they are instead of copying them into the project
    #[arg(long)]
    pub link: bool,
    /// Print the loss report as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct Export {
    pub project: PathBuf,
    #[arg(long, value_parser = format)]
    pub format: Format,
    /// File to write
    #[arg(long, value_name = "PATH")]
    pub out: PathBuf,
    /// Only this session, by name
    #[arg(long)]
    pub session: Option<String>,
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
    /// Language of glosses and translations, for formats that do not say it
    #[arg(long, value_name = "CODE", default_value = "")]
    pub analysis_language: String,
    /// Print the loss report as JSON
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
pub struct Check {
    pub project: PathBuf,
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
