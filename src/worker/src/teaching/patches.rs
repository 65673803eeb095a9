//! Examples cut out of their recordings, small and all in memory: bytes, one patch after the other.

use fieldgloss::analysis::training::{Example, Material, Place, What};
use fieldgloss::domain::Time;
use fieldgloss::media::{AudioOptions, AudioReader, VideoFrame, VideoOptions, VideoReader};
use tch::{Kind, Tensor};

use super::{TeachError, sound};
use crate::models::{Picture, Point, Square};

/// Patches of one kind.
pub struct Patches {
    what: What,
    /// N × channels × rows × columns, 0 to 255.
    bytes: Tensor,
}

impl Patches {
    /// From bytes: channels × (side + 2 margins)² each.
    ///
    /// # Errors
    /// When they do not make whole patches.
    pub fn new(what: What, bytes: &[u8]) -> Result<Self, TeachError> {
        let outer = what.side() + 2 * what.margin();
        Ok(Self { what, bytes: Tensor::f_from_slice(bytes)?.f_reshape([-1, what.channels(), outer, outer])? })
    }

    /// Bytes of one patch.
    pub const fn size(what: What) -> usize {
        let outer = what.side() + 2 * what.margin();
        (what.channels() * outer * outer) as usize
    }

    pub fn len(&self) -> usize {
        self.bytes.size()[0].max(0) as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What they are of.
    pub const fn what(&self) -> What {
        self.what
    }

    /// Some of them, 0 to 1, margins and all.
    pub(super) fn of(&self, indexes: &[i64]) -> Result<Tensor, TeachError> {
        let chosen = self.bytes.f_index_select(0, &Tensor::f_from_slice(indexes)?)?;
        Ok(chosen.f_to_kind(Kind::Float)?.f_div_scalar(255.0)?)
    }

    /// The same without their margins.
    pub(super) fn cores(&self, indexes: &[i64]) -> Result<Tensor, TeachError> {
        let (side, margin) = (self.what.side(), self.what.margin());
        Ok(self.of(indexes)?.f_narrow(2, margin, side)?.f_narrow(3, margin, side)?)
    }

    /// Of each colour, over at most two thousand of those.
    pub(super) fn mean_and_std(&self, indexes: &[i64]) -> Result<(Vec<f64>, Vec<f64>), TeachError> {
        let step = (indexes.len() / 2000).max(1);
        let some: Vec<i64> = indexes.iter().copied().step_by(step).collect();
        let values = self.cores(&some)?.f_to_kind(Kind::Double)?;
        let (mean, square) = (
            values.f_mean_dim(&[0_i64, 2, 3][..], false, Kind::Double)?,
            values.f_square()?.f_mean_dim(&[0_i64, 2, 3][..], false, Kind::Double)?,
        );
        let std = (square - mean.square()).clamp_min(1e-4).sqrt();
        Ok((Vec::try_from(&mean)?, Vec::try_from(&std)?))
    }
}

/// Cuts the examples out of their recordings; those that cannot be read leave the material. Gives how many.
/// `step` is called before each and ends it by saying no.
///
/// # Errors
/// When more than half cannot be read, or it was stopped.
pub fn read(
    material: &mut Material,
    step: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<(Patches, usize), TeachError> {
    let all = material.examples.len();
    let mut bytes = Vec::with_capacity(all * Patches::size(material.what));
    let mut kept = Vec::with_capacity(all);
    let mut why = String::new();
    let mut recording: Option<(usize, Result<Recording, TeachError>)> = None;
    for (at, example) in material.examples.iter().enumerate() {
        if !step(at, all) {
            return Err(TeachError::Stopped);
        }
        if recording.as_ref().is_none_or(|(media, _)| *media != example.media) {
            let path = material.media.get(example.media).ok_or(TeachError::Unsound)?;
            let opened = match material.what {
                What::Sound => AudioReader::open(path, AudioOptions::mono(sound::RATE))
                    .map(|reader| Recording::Sound(Box::new(reader))),
                _ => VideoReader::open(path, VideoOptions { stream: None, max_side: None })
                    .map(|reader| Recording::Video(Box::new(reader), None)),
            };
            recording = Some((example.media, opened.map_err(TeachError::from)));
        }
        let patch = match &mut recording {
            Some((_, Ok(recording))) => recording.patch(example, material.what),
            Some((_, Err(error))) => Err(TeachError::Torch(error.to_string())),
            None => Err(TeachError::Unsound),
        };
        match patch {
            Ok(patch) => {
                bytes.extend(patch);
                kept.push(example.clone());
            }
            Err(error) => why = error.to_string(),
        }
    }
    let unreadable = all - kept.len();
    if unreadable * 2 > all {
        return Err(TeachError::Unreadable { unreadable, all, why });
    }
    material.examples = kept;
    Ok((Patches::new(material.what, &bytes)?, unreadable))
}

enum Recording {
    Video(Box<VideoReader>, Option<Frame>),
    Sound(Box<AudioReader>),
}

/// The frame shown at a moment: several people are cut out of one.
struct Frame {
    asked: Time,
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl From<(Time, VideoFrame)> for Frame {
    fn from((asked, frame): (Time, VideoFrame)) -> Self {
        let rgb = frame.rgba.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
        Self { asked, width: frame.width as usize, height: frame.height as usize, rgb }
    }
}

impl Recording {
    fn patch(&mut self, example: &Example, what: What) -> Result<Vec<u8>, TeachError> {
        match (self, &example.place) {
            (Self::Sound(reader), Place::Second) => {
                reader.seek(example.time.max(Time::ZERO))?;
                let mut samples = Vec::new();
                if reader.read(&mut samples, sound::SAMPLES)? < sound::SAMPLES / 4 {
                    return Err(TeachError::Torch("the recording ends before".to_owned()));
                }
                samples.resize(sound::SAMPLES, 0.0);
                sound::patch(&samples)
            }
            (Self::Video(reader, shown), Place::Square(region)) => {
                if shown.as_ref().is_none_or(|frame| frame.asked != example.time) {
                    *shown = Some((example.time, reader.frame_at(example.time)?).into());
                }
                let Some(frame) = shown else { return Err(TeachError::Unsound) };
                let picture = Picture::new(frame.width, frame.height, &frame.rgb)?;
                let (side, outer) = (what.side() as f32, (what.side() + 2 * what.margin()) as usize);
                let square = Square {
                    centre: Point { x: region.x, y: region.y },
                    side: region.side * outer as f32 / side,
                    angle: region.angle,
                };
                Ok(planes(&square.sample(&picture, outer), outer, region.mirrored))
            }
            _ => Err(TeachError::Unsound),
        }
    }
}

/// Levels of RGB pixels, row by row, as three planes of bytes.
pub fn planes(levels: &[f32], side: usize, mirrored: bool) -> Vec<u8> {
    let (pixels, _) = levels.as_chunks::<3>();
    let mut bytes = Vec::with_capacity(levels.len());
    for colour in 0..3 {
        for row in pixels.chunks_exact(side) {
            let byte = |pixel: &[f32; 3]| pixel[colour].round().clamp(0.0, 255.0) as u8;
            if mirrored {
                bytes.extend(row.iter().rev().map(byte));
            } else {
                bytes.extend(row.iter().map(byte));
            }
        }
    }
    bytes
}
