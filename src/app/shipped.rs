//! What comes with the program: the model pack and the sample recordings and texts.

use std::path::{Path, PathBuf};

/// Names a folder that holds `models/` in place of the one the program came with.
pub const ASSETS_VARIABLE: &str = "FIELDGLOSS_ASSETS";

/// The folder of the model pack: where [`ASSETS_VARIABLE`] says, else beside the program, else where packages put it,
/// else in the source tree that the program was built from. The first that is there.
///
/// # Errors
/// The places that were looked at, when none is there.
pub fn model_dir() -> Result<PathBuf, Vec<PathBuf>> {
    let program = std::env::current_exe().unwrap_or_default();
    let beside = program.parent().unwrap_or(Path::new(".")).to_owned();
    let mut places = Vec::new();
    if let Some(assets) = std::env::var_os(ASSETS_VARIABLE).filter(|v| !v.is_empty()) {
        places.push(PathBuf::from(assets).join("models"));
    } else {
        places.push(beside.join("assets/models"));
        places.push(beside.join("../share/fieldgloss/models"));
        places.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models"));
    }
    places.iter().find(|place| place.is_dir()).cloned().ok_or(places)
}

/// Charis SIL: every letter of the IPA, with diacritics where they belong. Licence in `assets/fonts`.
pub const CHARIS: &[u8] = include_bytes!("../../assets/fonts/CharisSIL-Regular.ttf");
/// DejaVu Sans, for scripts that the others lack. Licence in `assets/fonts`.
pub const DEJAVU: &[u8] = include_bytes!("../../assets/fonts/DejaVuSans.ttf");

/// The sample files, in the program itself: the sample project can be made anywhere. Sources and licences are in
/// `assets/sample/SOURCES.md`.
pub const SAMPLE: &[(&str, &[u8])] = &[
    ("astronaut-talks.mp4", include_bytes!("../../assets/sample/astronaut-talks.mp4")),
    ("mary.wav", include_bytes!("../../assets/sample/mary.wav")),
    ("mary.TextGrid", include_bytes!("../../assets/sample/mary.TextGrid")),
    ("bobby.wav", include_bytes!("../../assets/sample/bobby.wav")),
    ("bobby.TextGrid", include_bytes!("../../assets/sample/bobby.TextGrid")),
    ("apalai.flextext", include_bytes!("../../assets/sample/apalai.flextext")),
    ("apalai.lift", include_bytes!("../../assets/sample/apalai.lift")),
    ("SOURCES.md", include_bytes!("../../assets/sample/SOURCES.md")),
];

/// Writes the sample files into a folder.
///
/// # Errors
/// When the folder cannot be written.
pub fn unpack_sample(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    SAMPLE.iter().try_for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes))
}
