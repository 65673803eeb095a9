//! A still picture to be looked at: as a second of film, which is what the models are shown.

use std::path::Path;

use super::Failure;
use crate::domain::Time;
use crate::media::ClipWriter;

/// Pictures a second, and how many: enough for a track and for a proposal.
const STEP: Time = Time::from_millis(100);
const PICTURES: i64 = 10;
/// Larger pictures are refused: nobody films in more than 8K.
const MAX_PIXELS: u64 = 8192 * 8192;

/// Whether a file's name is that of a still picture.
pub(super) fn is_still(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["png", "jpg", "jpeg"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Writes the film beside nothing that is the user's: into `folder`.
pub(super) fn as_film(path: &Path, folder: &Path) -> Result<std::path::PathBuf, Failure> {
    let unreadable = |why: &dyn std::fmt::Display| {
        Failure::Failed(format!("{} cannot be read as a picture: {why}. Nothing was changed", path.display()))
    };
    let mut reader = image::ImageReader::open(path).map_err(|error| unreadable(&error))?;
    reader = reader.with_guessed_format().map_err(|error| unreadable(&error))?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_PIXELS * 8);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| unreadable(&error))?.to_rgba8();
    let (width, height) = picture.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS || width < 16 || height < 16 {
        return Err(unreadable(&format!("{width} × {height} pixels are too many or too few")));
    }
    let film = folder.join("still.mp4");
    let mut writer = ClipWriter::create(&film, width, height, None)?;
    let (even_width, even_height) = writer.size();
    let even = image::imageops::crop_imm(&picture, 0, 0, even_width, even_height).to_image();
    for number in 0..PICTURES {
        writer.picture(Time(STEP.0 * number), even.as_raw())?;
    }
    writer.finish()?;
    Ok(film)
}
