//! A trained glosser kept in the project's cache: it is trained anew only when approved lines changed.

use std::path::{Path, PathBuf};

use crate::glossing::igt::Line;
use crate::glossing::model::{Entry, Glosser};

/// The file that keeps the glosser of some lines.
pub(super) struct Kept {
    folder: PathBuf,
    name: String,
}

/// What the names of such files start with.
const KEPT_AS: &str = "glosser-";

impl Kept {
    /// The file for the glosser of these lines and entries in a folder.
    pub fn of(approved: &[Line], entries: &[Entry], folder: &Path) -> Self {
        let mut hash = blake3::Hasher::new();
        hash.update(env!("CARGO_PKG_VERSION").as_bytes());
        let mut take = |text: &str, end: u8| {
            hash.update(text.as_bytes());
            hash.update(&[0, end]);
        };
        for line in approved {
            line.words.iter().for_each(|word| take(word, 1));
            for words in line.segmentation.iter().chain(&line.glosses) {
                words.iter().for_each(|parts| {
                    parts.iter().for_each(|part| take(part, 2));
                    take("", 3);
                });
            }
            take(line.translation.as_deref().unwrap_or_default(), 4);
        }
        for entry in entries {
            take(&entry.form, 5);
            take(&entry.gloss, 6);
        }
        Self { folder: folder.to_owned(), name: format!("{KEPT_AS}{}", &hash.finalize().to_hex()[..24]) }
    }
    /// The glosser, when one of exactly these lines and entries was kept.
    pub fn load(&self) -> Option<Glosser> {
        Glosser::load(&self.folder.join(&self.name)).ok()
    }
    /// Keeps the glosser in place of earlier ones. What cannot be kept is trained again next time.
    pub fn save(&self, glosser: &Glosser) {
        let earlier = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for file in earlier.filter(|file| file.file_name().to_string_lossy().starts_with(KEPT_AS)) {
            let _ = std::fs::remove_file(file.path());
        }
        let _ = std::fs::create_dir_all(&self.folder);
        let made = tempfile::NamedTempFile::new_in(&self.folder).ok();
        let written = made.filter(|file| glosser.save(file.path()).is_ok());
        if written.is_none_or(|file| file.persist(self.folder.join(&self.name)).is_err()) {
            log::info!("the glosser was not kept in {}", self.folder.display());
        }
    }
}
