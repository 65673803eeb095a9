//! What goes into a model of the user's: pictures, sound or words, and how they are made ready.

use serde::{Deserialize, Serialize};

/// What goes in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum InputSpec {
    Image(ImageInput),
    Audio(AudioInput),
    Text(TextInput),
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageInput {
    /// What of the video it looks at.
    pub of: Region,
    /// Pixels a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    #[serde(default)]
    pub colour: Colour,
    #[serde(default)]
    pub layout: Layout,
    /// What black and white are before `mean` is taken off.
    #[serde(default = "unit_range")]
    pub range: [f32; 2],
    /// Taken off each colour; none when empty.
    #[serde(default)]
    pub mean: Vec<f32>,
    /// What each colour is divided by after that; 1 when empty.
    #[serde(default)]
    pub std: Vec<f32>,
    /// How much larger than the face or body the square is that it looks at.
    #[serde(default = "one")]
    pub widen: f32,
}

/// Sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudioInput {
    /// Samples a second.
    pub rate: u32,
    /// Length of a window; 0: a stretch of speech as it is.
    #[serde(default)]
    pub seconds: f64,
    /// Between the beginnings of two windows; half a window when 0.
    #[serde(default)]
    pub hop: f64,
    #[serde(default)]
    pub level: Level,
    /// Whether there is a dimension for the channel: batch × 1 × samples instead of batch × samples.
    #[serde(default)]
    pub channel: bool,
}

/// Words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextInput {
    /// The tokenizer's file beside the card, as Hugging Face's tokenizers write it.
    #[serde(default = "tokenizer")]
    pub tokenizer: String,
    /// Tokens at most; what is longer is cut.
    pub longest: usize,
    /// Whether every input is filled up to `longest`, as a model of fixed length needs it.
    #[serde(default)]
    pub fill: bool,
    /// The number that fills up.
    #[serde(default)]
    pub filler: i64,
    /// Whether the model takes a second input that says which tokens are real.
    #[serde(default)]
    pub mask: bool,
}

/// What of a video a model looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// Each face that is followed, upright, in a square.
    Face,
    /// Each body that is followed, in a square.
    Body,
    /// The hand that a body holds higher, in a square; a left one mirrored.
    Hand,
    /// The whole picture, stretched to the size, once for each annotation of a tier.
    Frame,
}

/// Colours and their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    #[default]
    Rgb,
    Bgr,
    Grey,
}

impl Colour {
    /// Numbers a pixel.
    pub const fn channels(self) -> usize {
        if matches!(self, Self::Grey) { 1 } else { 3 }
    }
}

/// Which comes first after the batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// As PyTorch has pictures.
    #[default]
    ChannelsFirst,
    ChannelsLast,
}

/// How loud sound is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// As it is, −1 to 1.
    #[default]
    AsIs,
    /// Mean 0 and variance 1.
    Standard,
    /// The loudest sample is 1.
    Peak,
}

fn unit_range() -> [f32; 2] {
    [0.0, 1.0]
}
fn one() -> f32 {
    1.0
}
fn tokenizer() -> String {
    "tokenizer.json".to_owned()
}

impl InputSpec {
    /// What it takes, in a word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Image(_) => "image",
            Self::Audio(_) => "audio",
            Self::Text(_) => "text",
        }
    }
}

impl ImageInput {
    /// Shape of one input, the batch first.
    pub fn shape(&self) -> Vec<i64> {
        let (w, h, c) = (self.width as i64, self.height as i64, self.colour.channels() as i64);
        match self.layout {
            Layout::ChannelsFirst => vec![1, c, h, w],
            Layout::ChannelsLast => vec![1, h, w, c],
        }
    }

    /// Numbers for the model out of RGB pixels of 0 to 255, row by row, of the right size.
    pub fn prepare(&self, rgb: &[f32]) -> Vec<f32> {
        let channels = self.colour.channels();
        let [low, high] = self.range;
        let ready = |value: f32, channel: usize| {
            let value = low + value / 255.0 * (high - low);
            let mean = self.mean.get(channel).copied().unwrap_or(0.0);
            (value - mean) / self.std.get(channel).copied().unwrap_or(1.0)
        };
        let (pixels, _) = rgb.as_chunks::<3>();
        let of = |pixel: &[f32; 3], channel: usize| match self.colour {
            Colour::Rgb => pixel[channel],
            Colour::Bgr => pixel[2 - channel],
            Colour::Grey => 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2],
        };
        let mut numbers = Vec::with_capacity(pixels.len() * channels);
        match self.layout {
            Layout::ChannelsLast => {
                for pixel in pixels {
                    numbers.extend((0..channels).map(|c| ready(of(pixel, c), c)));
                }
            }
            Layout::ChannelsFirst => {
                for c in 0..channels {
                    numbers.extend(pixels.iter().map(|pixel| ready(of(pixel, c), c)));
                }
            }
        }
        numbers
    }
}

impl AudioInput {
    /// Samples of a window at [`Self::rate`]; `None` where a stretch goes in whole.
    pub fn window(&self) -> Option<usize> {
        (self.seconds > 0.0).then(|| (self.seconds * f64::from(self.rate)).round() as usize)
    }

    /// Samples between the beginnings of two windows.
    pub fn step(&self) -> usize {
        let secs = if self.hop > 0.0 { self.hop } else { self.seconds / 2.0 };
        ((secs * f64::from(self.rate)).round() as usize).max(1)
    }

    /// Brings samples to the level that the model wants.
    pub fn prepare(&self, samples: &[f32]) -> Vec<f32> {
        match self.level {
            Level::AsIs => samples.to_vec(),
            Level::Peak => {
                let peak = samples.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
                samples.iter().map(|v| if peak > 0.0 { v / peak } else { *v }).collect()
            }
            Level::Standard => {
                let count = samples.len().max(1) as f32;
                let mean = samples.iter().sum::<f32>() / count;
                let variance = samples.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / count;
                let scale = 1.0 / (variance + 1e-7).sqrt();
                samples.iter().map(|v| (v - mean) * scale).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(colour: Colour, layout: Layout) -> ImageInput {
        let (mean, std) = (vec![0.5; colour.channels()], vec![0.5; colour.channels()]);
        ImageInput { of: Region::Face, width: 2, height: 1, colour, layout, range: [0.0, 1.0], mean, std, widen: 1.0 }
    }

    #[test]
    fn pixels_are_ordered_and_scaled_as_the_card_says() {
        let pixels = [255.0, 0.0, 127.5, 0.0, 255.0, 255.0];
        let first = image(Colour::Rgb, Layout::ChannelsFirst).prepare(&pixels);
        assert_eq!(first, [1.0, -1.0, -1.0, 1.0, 0.0, 1.0]);
        let last = image(Colour::Bgr, Layout::ChannelsLast).prepare(&pixels);
        assert_eq!(last, [0.0, -1.0, 1.0, 1.0, 1.0, -1.0]);
        let grey = image(Colour::Grey, Layout::ChannelsLast).prepare(&pixels);
        assert_eq!(grey.len(), 2);
        assert_eq!(image(Colour::Grey, Layout::ChannelsFirst).shape(), [1, 1, 1, 2]);
    }

    #[test]
    fn sound_is_brought_to_the_level() {
        let mut audio = AudioInput { rate: 16_000, seconds: 1.0, hop: 0.0, level: Level::Standard, channel: false };
        let out = audio.prepare(&[1.0, 3.0, 1.0, 3.0]);
        assert!(out.iter().zip([-1.0, 1.0, -1.0, 1.0]).all(|(a, b)| (a - b).abs() < 1e-5), "{out:?}");
        audio.level = Level::Peak;
        assert_eq!(audio.prepare(&[0.5, -0.25]), [1.0, -0.5]);
        assert_eq!(audio.prepare(&[0.0, 0.0]), [0.0, 0.0]);
        assert_eq!((audio.window(), audio.step()), (Some(16_000), 8_000));
    }
}
