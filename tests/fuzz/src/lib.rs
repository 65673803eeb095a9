//! What every target does: bytes under a name of the format (or a folder of them), read as a person's file would be; what was read is
//! written again in the same format, which must not fail in a surprising way either.

use std::cell::RefCell;
use std::path::PathBuf;

use fieldgloss::formats::{self, Format, FormatError, ImportOptions};

thread_local! {
    static FOLDER: RefCell<Option<tempfile::TempDir>> = const { RefCell::new(None) };
}

/// A folder in memory where there is one.
fn folder() -> PathBuf {
    FOLDER.with_borrow_mut(|folder| {
        let made = folder.get_or_insert_with(|| {
            tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary folder")
        });
        made.path().to_owned()
    })
}

/// Reads bytes as a file of a format, by name, and writes back what came of them.
pub fn read(name: &str, bytes: &[u8]) {
    let format: Format = name.parse().expect("a format's name");
    let extension = format.extensions().first().copied().unwrap_or("txt");
    let file = folder().join(format!("in.{extension}"));
    std::fs::write(&file, bytes).expect("a file in memory");
    read_file(format, &file);
}

/// Reads bytes as a dataset of several files. Each begins with a line `=== name`; the first is the one that is opened.
pub fn read_folder(name: &str, bytes: &[u8]) {
    let format: Format = name.parse().expect("a format's name");
    let inside = folder().join("folder");
    let _ = std::fs::remove_dir_all(&inside);
    std::fs::create_dir(&inside).expect("a folder in memory");
    let mut opened = None;
    for part in String::from_utf8_lossy(bytes).split("=== ").skip(1).take(16) {
        let (name, content) = part.split_once('\n').unwrap_or((part, ""));
        // The name is the fuzzer's too, but it must not write outside of its folder.
        let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).take(40).collect();
        let file = inside.join(format!("f{}", name.trim_start_matches('f')));
        std::fs::write(&file, content).expect("a file in memory");
        opened.get_or_insert(file);
    }
    if let Some(file) = opened {
        read_file(format, &file);
    }
}

/// libFuzzer's hook ends the program on any panic; those of the RDF parsers are caught and are no finding.
fn hush_once() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(formats::rdf::hush_caught_panics);
}

fn read_file(format: Format, file: &std::path::Path) {
    hush_once();
    let extension = format.extensions().first().copied().unwrap_or("txt");
    let options = ImportOptions { object_language: "apy".into(), ..ImportOptions::default() };
    let Ok(imported) = formats::read(file, Some(format), &options) else { return };
    let out = folder().join(format!("out.{extension}"));
    match formats::write(&out, format, &imported.bundle) {
        Ok(_) | Err(FormatError::Unsayable { .. } | FormatError::NotWritten { .. }) => {}
        Err(error) => panic!("what was read cannot be written: {error}"),
    }
}
