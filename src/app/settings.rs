//! What a person chose for this computer: theme, size, recent projects, layout, keys. One TOML file.
//!
//! A value that cannot be read goes back to its default with a warning, the others stay, and the file as it was is
//! kept beside. What a newer version wrote and this one does not know is written back.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::i18n::tr_args;
use crate::formats::table::Mapping;

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    #[default]
    System,
    Light,
    Dark,
}

/// What the start page says of a project without opening it; written when the project closes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectSummary {
    pub sessions: u64,
    /// Length of all recordings, in seconds.
    pub recorded_secs: u64,
    pub entries: u64,
    /// Part of the words with an approved analysis, 0 to 1; `None` while there are no words.
    pub glossed: Option<f32>,
    /// A letter or two for the project's badge, from its own language.
    pub badge: String,
}

/// A project opened before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecentProject {
    pub path: PathBuf,
    pub name: String,
    /// When it was last open, RFC 3339.
    pub opened: String,
    pub summary: ProjectSummary,
}

/// Everything a person chose.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settings {
    pub theme: ThemeChoice,
    /// Size of everything, 1 being what the system asks for; 0.6 to 2.5.
    pub scale: f32,
    /// Changed keys by command id, e.g. `command-split = ["Ctrl+Enter"]`; an empty list takes a command's keys away.
    pub keymap: BTreeMap<String, Vec<String>>,
    /// Splits and columns, by the name a view gives them, in points or as a part of 1.
    pub layout: BTreeMap<String, f32>,
    /// Ids of commands lately done from the palette, newest first.
    pub palette: Vec<String>,
    /// Newest first.
    pub recent: Vec<RecentProject>,
    /// What the columns of tables are, by the fingerprint of their names.
    pub tables: BTreeMap<String, Mapping>,
    /// What this version does not know.
    #[serde(flatten)]
    pub other: toml::Table,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::System,
            scale: 1.0,
            keymap: BTreeMap::new(),
            layout: BTreeMap::new(),
            palette: Vec::new(),
            recent: Vec::new(),
            tables: BTreeMap::new(),
            other: toml::Table::new(),
        }
    }
}

/// Settings could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{}", tr_args("settings-not-saved", &[("file", file.display().to_string().into()), ("reason", reason.to_string().into())]))]
pub struct SettingsError {
    pub file: PathBuf,
    #[source]
    pub reason: std::io::Error,
}

/// How many recent projects are kept.
const RECENT: usize = 12;
/// How many tables are remembered.
const TABLES: usize = 200;
/// The sizes one may choose.
pub const SCALES: std::ops::RangeInclusive<f32> = 0.6..=2.5;

impl Settings {
    /// Where settings live on this computer; `None` where there is no home folder.
    pub fn default_path() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "fieldgloss").map(|dirs| dirs.config_dir().join("settings.toml"))
    }

    /// Reads the file. A file that is not there gives the defaults. Warnings are in the user's words.
    pub fn load(path: &Path) -> (Self, Vec<String>) {
        match std::fs::read(path) {
            Ok(bytes) => {
                let (settings, mut warnings) = Self::parse(&String::from_utf8_lossy(&bytes));
                if !warnings.is_empty() {
                    let kept = path.with_extension("toml.bad");
                    match std::fs::write(&kept, &bytes) {
                        Ok(()) => {
                            warnings.push(tr_args("settings-bad-file", &[("file", kept.display().to_string().into())]))
                        }
                        Err(error) => log::warn!("{}: {error}", kept.display()),
                    }
                }
                (settings, warnings)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => (Self::default(), Vec::new()),
            Err(error) => (Self::default(), vec![format!("{}: {error}", path.display())]),
        }
    }

    /// Reads settings from text; what cannot be read is at its default and named in the warnings.
    pub fn parse(text: &str) -> (Self, Vec<String>) {
        let mut warnings = Vec::new();
        let mut table = text.parse::<toml::Table>().unwrap_or_else(|error| {
            warnings.push(error.to_string());
            toml::Table::new()
        });
        let mut settings = Self {
            theme: take(&mut table, "theme", &mut warnings).unwrap_or_default(),
            scale: take(&mut table, "scale", &mut warnings).unwrap_or(1.0),
            keymap: take(&mut table, "keymap", &mut warnings).unwrap_or_default(),
            layout: take(&mut table, "layout", &mut warnings).unwrap_or_default(),
            palette: take(&mut table, "palette", &mut warnings).unwrap_or_default(),
            recent: take(&mut table, "recent", &mut warnings).unwrap_or_default(),
            tables: take(&mut table, "tables", &mut warnings).unwrap_or_default(),
            other: table,
        };
        if !SCALES.contains(&settings.scale) {
            warnings.push(bad_value("scale"));
            settings.scale = 1.0;
        }
        (settings, warnings)
    }

    /// Writes the file, in one step: a crash leaves the old one or the new one.
    pub fn save(&self, path: &Path) -> Result<(), SettingsError> {
        self.write(path).map_err(|reason| SettingsError { file: path.to_owned(), reason })
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
        let text = toml::to_string_pretty(self).map_err(std::io::Error::other)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Puts a project at the head of the recent ones.
    pub fn remember_project(&mut self, project: RecentProject) {
        self.recent.retain(|known| known.path != project.path);
        self.recent.insert(0, project);
        self.recent.truncate(RECENT);
    }

    /// Remembers what the columns of a table are; of many tables the first by name are forgotten.
    pub fn remember_table(&mut self, fingerprint: String, mapping: Mapping) {
        while self.tables.len() >= TABLES && !self.tables.contains_key(&fingerprint) {
            self.tables.pop_first();
        }
        self.tables.insert(fingerprint, mapping);
    }

    /// Takes a project off the recent ones.
    pub fn forget_project(&mut self, path: &Path) {
        self.recent.retain(|known| known.path != path);
    }
}

fn bad_value(name: &str) -> String {
    tr_args("settings-bad-value", &[("name", name.to_owned().into())])
}

fn take<T: DeserializeOwned>(table: &mut toml::Table, name: &str, warnings: &mut Vec<String>) -> Option<T> {
    match table.remove(name)?.try_into() {
        Ok(value) => Some(value),
        Err(error) => {
            log::warn!("setting {name}: {error}");
            warnings.push(bad_value(name));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_value_does_not_cost_the_others() {
        let (settings, warnings) = Settings::parse("theme = \"mauve\"\nscale = 1.25\nfrom_later = 3\n");
        assert_eq!(settings.theme, ThemeChoice::System);
        assert_eq!(settings.scale, 1.25);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains("theme"));
        assert_eq!(settings.other.get("from_later").and_then(toml::Value::as_integer), Some(3));
    }

    #[test]
    fn a_bad_file_is_kept_beside() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.toml");
        std::fs::write(&path, "theme = [[[").expect("written");
        let (settings, warnings) = Settings::load(&path);
        assert_eq!(settings, Settings::default());
        assert!(!warnings.is_empty());
        assert_eq!(std::fs::read_to_string(folder.path().join("settings.toml.bad")).expect("kept"), "theme = [[[");
    }

    #[test]
    fn what_is_saved_comes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/settings.toml");
        let mut settings = Settings { theme: ThemeChoice::Dark, scale: 1.5, ..Settings::default() };
        settings.keymap.insert("command-split".to_owned(), vec!["Ctrl+Enter".to_owned()]);
        settings.layout.insert("timeline.video".to_owned(), 0.45);
        settings.remember_table("form | english".to_owned(), Mapping::default());
        settings.remember_project(RecentProject {
            path: "/field/Teanu.fieldgloss".into(),
            name: "Teanu wordlist".to_owned(),
            opened: "2026-05-03T10:00:00Z".to_owned(),
            summary: ProjectSummary { sessions: 3, entries: 2167, glossed: Some(0.5), ..ProjectSummary::default() },
        });
        settings.save(&path).expect("saved");
        let (read, warnings) = Settings::load(&path);
        assert_eq!(warnings, Vec::<String>::new());
        assert_eq!(read, settings);
    }

    #[test]
    fn a_project_opened_again_moves_to_the_head() {
        let project = |name: &str| RecentProject { path: name.into(), name: name.to_owned(), ..Default::default() };
        let mut settings = Settings::default();
        for name in ["a", "b", "a"] {
            settings.remember_project(project(name));
        }
        let names: Vec<_> = settings.recent.iter().map(|project| project.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
