//! Training examples as files for others: pictures or sounds a split, with a table and a dataset card.

use std::collections::HashSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use image::{ImageBuffer, Rgb, RgbImage, imageops};
use serde::Serialize;

use super::{From, Gathered, TrainingError};
use crate::analysis::training::regions::Region;
use crate::analysis::training::{Apart, Example, Material, Place, Side, Split, What, split};
use crate::domain::{Project, Time};
use crate::formats::hf_dataset::examples::ExampleSet;
use crate::jobs::JobContext;
use crate::media::{AudioOptions, AudioReader, MediaError, VideoFrame, VideoOptions, VideoReader};

/// Pixels a side of an exported picture.
const SIDE: u32 = 112;
const RATE: u32 = 16_000;

/// Why nothing, or not all, was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Training(#[from] TrainingError),
    #[error("{} is there already and not empty; choose a new folder", .0.display())]
    NotEmpty(PathBuf),
    #[error("{}: {source}", .path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{}: {source}", .path.display())]
    Picture { path: PathBuf, source: image::ImageError },
    #[error("Stopped. {0} examples were written.")]
    Stopped(usize),
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Exported {
    pub written: usize,
    /// Of people who did not agree, or were not asked.
    pub without_consent: usize,
    pub unreadable: usize,
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> ExportError + '_ {
    move |source| ExportError::Io { path: path.to_owned(), source }
}

/// Keeps the examples of those who agreed; gives how many were left out. `agreed` are the codes of those who did.
pub fn with_consent(gathered: &mut Gathered, agreed: &HashSet<String>) -> usize {
    let before = gathered.material.examples.len();
    let Material { people, examples, .. } = &mut gathered.material;
    examples.retain(|example| people.get(example.person).is_some_and(|code| agreed.contains(code)));
    before - examples.len()
}

/// Writes the examples into a new folder. Blocks; call it inside a job.
///
/// # Errors
/// [`ExportError`].
pub fn export(
    gathered: &Gathered,
    from: &From,
    seed: u64,
    project: &Project,
    without_consent: usize,
    out: &Path,
    context: &JobContext,
) -> Result<Exported, ExportError> {
    if out.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(ExportError::NotEmpty(out.to_owned()));
    }
    let material = &gathered.material;
    let parted =
        split(material, seed).map_err(|reason| TrainingError::TooLittle { reason, left_out: gathered.left_out })?;
    let mut tables = Vec::new();
    for (name, side) in SPLITS {
        let folder = out.join(name);
        std::fs::create_dir_all(&folder).map_err(io(&folder))?;
        let path = folder.join("metadata.csv");
        let mut table = BufWriter::new(std::fs::File::create(&path).map_err(io(&path))?);
        writeln!(table, "file_name,label,person,session,seconds,tag").map_err(io(&path))?;
        tables.push((side, folder, table));
    }
    let mut exported = Exported { without_consent, ..Exported::default() };
    let mut reader = Reader::default();
    for (at, (example, side)) in material.examples.iter().zip(&parted.sides).enumerate() {
        if context.is_cancelled() {
            return Err(ExportError::Stopped(exported.written));
        }
        let all = material.examples.len();
        context.progress(at as f64 / all as f64, || format!("Example {} of {all}", at + 1));
        let Some((_, folder, table)) = tables.iter_mut().find(|(known, ..)| known == side) else { continue };
        let ending = if material.what == What::Sound { "wav" } else { "png" };
        let name = format!("{at:05}.{ending}");
        let path = folder.join(&name);
        if !reader.write(material, example, &path)? {
            exported.unreadable += 1;
            continue;
        }
        exported.written += 1;
        let cells = [
            name,
            material.labels[example.label].clone(),
            material.people[example.person].clone(),
            material.sessions[example.session].clone(),
            format!("{:.3}", example.time.secs()),
            example.tag.to_string(),
        ];
        writeln!(table, "{}", cells.map(|cell| quoted(&cell)).join(",")).map_err(io(&path))?;
    }
    for (_, folder, mut table) in tables {
        table.flush().map_err(io(&folder))?;
    }
    let card = card(gathered, from, project, &parted, &exported);
    let path = out.join("README.md");
    std::fs::write(&path, card).map_err(io(&path))?;
    Ok(exported)
}

const SPLITS: [(&str, Side); 3] = [("train", Side::Train), ("validation", Side::Validation), ("test", Side::Test)];

fn card(gathered: &Gathered, from: &From, project: &Project, parted: &Split, exported: &Exported) -> String {
    let material = &gathered.material;
    let splits: Vec<(&'static str, usize, usize, usize)> = SPLITS
        .iter()
        .map(|(name, side)| {
            let mine: Vec<&Example> =
                material.examples.iter().zip(&parted.sides).filter(|(_, s)| *s == side).map(|(e, _)| e).collect();
            let tags: HashSet<usize> = mine.iter().map(|e| e.tag).collect();
            let people: HashSet<usize> = mine.iter().map(|e| e.person).collect();
            (*name, mine.len(), tags.len(), people.len())
        })
        .collect();
    let apart = match parted.test_apart {
        Apart::PersonAndSession => "Nobody of the test, and no recording of it, is in another split.",
        _ => "Nobody of the test is in another split; recordings of it may be.",
    };
    let mut left_out = gathered.left_out.in_words();
    if exported.without_consent > 0 {
        left_out.push(format!("{} examples of people whose consent is not on record.", exported.without_consent));
    }
    if exported.unreadable > 0 {
        left_out.push(format!("{} examples could not be read from their recordings.", exported.unreadable));
    }
    let set = ExampleSet {
        project: &project.name,
        licence: &project.licence,
        sound: material.what == What::Sound,
        of: material.what.plural(),
        from: &from.in_words(),
        labels: &material.labels,
        splits: &splits,
        apart,
        left_out: &left_out,
    };
    set.card()
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// Recordings in order, one open at a time.
#[derive(Default)]
struct Reader {
    media: Option<usize>,
    video: Option<VideoReader>,
    sound: Option<AudioReader>,
}

impl Reader {
    /// Writes an example; `false` where its recording cannot be read there.
    fn write(&mut self, material: &Material, example: &Example, path: &Path) -> Result<bool, ExportError> {
        if self.media != Some(example.media) {
            self.media = Some(example.media);
            let file = material.media.get(example.media).map(PathBuf::as_path).unwrap_or(Path::new(""));
            let sound = material.what == What::Sound;
            self.sound = if sound { AudioReader::open(file, AudioOptions::mono(RATE)).ok() } else { None };
            let options = VideoOptions { stream: None, max_side: None };
            self.video = if sound { None } else { VideoReader::open(file, options).ok() };
        }
        match (&example.place, &mut self.video, &mut self.sound) {
            (Place::Square(region), Some(video), _) => {
                let Ok(frame) = video.frame_at(example.time) else { return Ok(false) };
                let picture = cut(&frame, region);
                picture.save(path).map_err(|source| ExportError::Picture { path: path.to_owned(), source })?;
                Ok(true)
            }
            (Place::Second, _, Some(sound)) => match second(sound, example.time) {
                Ok(samples) => std::fs::write(path, wav(&samples)).map_err(io(path)).map(|()| true),
                Err(_) => Ok(false),
            },
            _ => Ok(false),
        }
    }
}

fn second(sound: &mut AudioReader, from: Time) -> Result<Vec<f32>, MediaError> {
    sound.seek(from.max(Time::ZERO))?;
    let mut samples = Vec::new();
    sound.read(&mut samples, RATE as usize)?;
    samples.resize(RATE as usize, 0.0);
    Ok(samples)
}

/// The upright square of a region; black outside of the frame.
fn cut(frame: &VideoFrame, region: &Region) -> RgbImage {
    let side = region.side.round().clamp(8.0, 4096.0) as i64;
    let (left, top) = ((region.x - region.side / 2.0).round() as i64, (region.y - region.side / 2.0).round() as i64);
    let pixel = |x: u32, y: u32| {
        let (x, y) = (left + i64::from(x), top + i64::from(y));
        let inside = x >= 0 && y >= 0 && x < i64::from(frame.width) && y < i64::from(frame.height);
        let at = if inside { (y as usize * frame.width as usize + x as usize) * 4 } else { usize::MAX };
        match frame.rgba.get(at..at.saturating_add(3)) {
            Some([r, g, b]) => Rgb([*r, *g, *b]),
            _ => Rgb([0, 0, 0]),
        }
    };
    let square: RgbImage = ImageBuffer::from_fn(side as u32, side as u32, pixel);
    let mut small = imageops::resize(&square, SIDE, SIDE, imageops::FilterType::CatmullRom);
    if region.mirrored {
        imageops::flip_horizontal_in_place(&mut small);
    }
    small
}

/// A WAV file of 16 bits (RIFF, Microsoft 1991).
fn wav(samples: &[f32]) -> Vec<u8> {
    let data: Vec<u8> =
        samples.iter().flat_map(|v| ((v.clamp(-1.0, 1.0) * 32_767.0).round() as i16).to_le_bytes()).collect();
    let mut out = b"RIFF".to_vec();
    out.extend((36 + data.len() as u32).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend(RATE.to_le_bytes());
    out.extend((RATE * 2).to_le_bytes());
    out.extend(b"\x02\0\x10\0data");
    out.extend((data.len() as u32).to_le_bytes());
    out.extend(data);
    out
}
