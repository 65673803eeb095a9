//! Writing MP4: pictures and, where there is any, sound.
//!
//! H.264 and AAC through FFmpeg, which every player and every slide program takes; MPEG-4 Part 2 where this FFmpeg was
//! built without an H.264 encoder.

use std::path::{Path, PathBuf};

use ffmpeg_next::codec::{self, encoder};
use ffmpeg_next::format::context::Output;
use ffmpeg_next::format::{Pixel, Sample, sample};
use ffmpeg_next::{ChannelLayout, Dictionary, Packet, Rational, format, frame};

use super::ffi::Scaler;
use super::{MediaError, ffi};
use crate::domain::Time;

/// Sound of a clip: 48 kHz, one channel or two.
pub const SOUND_RATE: u32 = 48_000;
/// Ticks of a second in which pictures are timed, so that variable rates come out right.
const TICKS: i32 = 90_000;

/// An MP4 file under way. Until [`finish`](Self::finish) it stands beside its place under another name.
pub struct ClipWriter {
    output: Output,
    path: PathBuf,
    beside: tempfile::TempPath,
    picture: encoder::Video,
    picture_base: Rational,
    scaler: Scaler,
    size: (u32, u32),
    last: i64,
    sound: Option<Sound>,
}

struct Sound {
    encoder: encoder::Audio,
    channels: usize,
    base: Rational,
    /// Samples not yet handed over, channels in turn.
    waiting: Vec<f32>,
    /// Samples a channel handed over.
    done: i64,
}

impl ClipWriter {
    /// Begins a file of pictures of that size (pixels; both are made even), with sound of so many channels.
    ///
    /// # Errors
    /// When the file cannot be written or FFmpeg has no encoder for it.
    pub fn create(path: &Path, width: u32, height: u32, channels: Option<usize>) -> Result<Self, MediaError> {
        ffi::start();
        let failed = |error: ffmpeg_next::Error| MediaError::unwritten(path, error);
        let size = ((width & !1).max(2), (height & !1).max(2));
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let beside = tempfile::Builder::new()
            .prefix(".clip-")
            .suffix(".mp4")
            .tempfile_in(folder)
            .map_err(|source| MediaError::Unwritten { path: path.to_owned(), detail: source.to_string() })?
            .into_temp_path();
        let mut output = format::output_as(&beside, "mp4").map_err(failed)?;
        let picture = picture_encoder(&mut output, size).map_err(failed)?;
        let sound = channels.map(|channels| sound_encoder(&mut output, channels)).transpose().map_err(failed)?;
        let mut options = Dictionary::new();
        options.set("movflags", "+faststart");
        output.write_header_with(options).map_err(failed)?;
        let base = |index| output.stream(index).map_or(Rational(1, TICKS), |stream| stream.time_base());
        let (picture_base, sound_base) = (base(0), base(1));
        let sound = sound.map(|(encoder, channels)| Sound {
            encoder,
            channels,
            base: sound_base,
            waiting: Vec::new(),
            done: 0,
        });
        let scaler = Scaler::from_rgba(size.0, size.1).map_err(failed)?;
        Ok(Self { output, path: path.to_owned(), beside, picture, picture_base, scaler, size, last: -1, sound })
    }

    /// Width and height of the pictures, in pixels.
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// Adds a picture that is shown from `time` on; times rise.
    ///
    /// # Errors
    /// When it has another size, or the disk is full.
    pub fn picture(&mut self, time: Time, rgba: &[u8]) -> Result<(), MediaError> {
        let (width, height) = self.size;
        if rgba.len() != width as usize * height as usize * 4 {
            return Err(MediaError::Settings(format!("a picture is not {width} × {height} pixels")));
        }
        let mut from = frame::Video::new(Pixel::RGBA, width, height);
        let (row, stride) = (width as usize * 4, from.stride(0));
        for (line, content) in from.data_mut(0).chunks_mut(stride).zip(rgba.chunks(row)) {
            line[..row].copy_from_slice(content);
        }
        let mut picture = frame::Video::empty();
        self.scaler.run(&from, &mut picture).map_err(|error| MediaError::unwritten(&self.path, error))?;
        let ticks = (i128::from(time.0.max(0)) * i128::from(TICKS) / 1_000_000_000) as i64;
        self.last = ticks.max(self.last + 1);
        picture.set_pts(Some(self.last));
        self.picture.send_frame(&picture).map_err(|error| MediaError::unwritten(&self.path, error))?;
        self.write_pictures()
    }

    /// Adds sound at [`SOUND_RATE`], channels in turn, values from −1 to 1.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn sound(&mut self, samples: &[f32]) -> Result<(), MediaError> {
        let Some(sound) = &mut self.sound else { return Ok(()) };
        sound.waiting.extend_from_slice(samples);
        let size = (sound.encoder.frame_size() as usize).max(1024);
        while sound.waiting.len() >= size * sound.channels {
            sound.send(size).map_err(|error| MediaError::unwritten(&self.path, error))?;
            write_sound(sound, &mut self.output).map_err(|error| MediaError::unwritten(&self.path, error))?;
        }
        Ok(())
    }

    /// Ends the file and puts it in its place.
    ///
    /// # Errors
    /// When the disk is full; what stood in its place then still stands.
    pub fn finish(mut self) -> Result<(), MediaError> {
        let failed = |path: &Path, error| MediaError::unwritten(path, error);
        self.picture.send_eof().map_err(|error| failed(&self.path, error))?;
        self.write_pictures()?;
        if let Some(sound) = &mut self.sound {
            let left = sound.waiting.len() / sound.channels;
            if left > 0 {
                sound.send(left).map_err(|error| failed(&self.path, error))?;
            }
            sound.encoder.send_eof().map_err(|error| failed(&self.path, error))?;
            write_sound(sound, &mut self.output).map_err(|error| failed(&self.path, error))?;
        }
        self.output.write_trailer().map_err(|error| failed(&self.path, error))?;
        let Self { output, path, beside, .. } = self;
        drop(output);
        beside.persist(&path).map_err(|error| MediaError::Unwritten { path, detail: error.error.to_string() })
    }

    fn write_pictures(&mut self) -> Result<(), MediaError> {
        let mut packet = Packet::empty();
        while self.picture.receive_packet(&mut packet).is_ok() {
            packet.set_stream(0);
            packet.rescale_ts(Rational(1, TICKS), self.picture_base);
            packet.write_interleaved(&mut self.output).map_err(|error| MediaError::unwritten(&self.path, error))?;
        }
        Ok(())
    }
}

fn picture_encoder(output: &mut Output, size: (u32, u32)) -> Result<encoder::Video, ffmpeg_next::Error> {
    let found = encoder::find_by_name("libx264")
        .or_else(|| encoder::find(codec::Id::H264))
        .or_else(|| encoder::find(codec::Id::MPEG4))
        .ok_or(ffmpeg_next::Error::EncoderNotFound)?;
    let global = output.format().flags().contains(format::flag::Flags::GLOBAL_HEADER);
    let mut stream = output.add_stream(found)?;
    let mut context = codec::context::Context::new_with_codec(found).encoder().video()?;
    context.set_width(size.0);
    context.set_height(size.1);
    context.set_format(Pixel::YUV420P);
    context.set_time_base(Rational(1, TICKS));
    context.set_bit_rate((size.0 as usize * size.1 as usize * 4).max(500_000));
    if global {
        context.set_flags(codec::flag::Flags::GLOBAL_HEADER);
    }
    let mut options = Dictionary::new();
    if found.name() == "libx264" {
        options.set("preset", "veryfast");
        options.set("crf", "20");
    }
    let encoder = context.open_with(options)?;
    stream.set_parameters(&encoder);
    stream.set_time_base(Rational(1, TICKS));
    Ok(encoder)
}

fn sound_encoder(output: &mut Output, channels: usize) -> Result<(encoder::Audio, usize), ffmpeg_next::Error> {
    let found = encoder::find(codec::Id::AAC).ok_or(ffmpeg_next::Error::EncoderNotFound)?;
    let channels = channels.clamp(1, 2);
    let global = output.format().flags().contains(format::flag::Flags::GLOBAL_HEADER);
    let mut stream = output.add_stream(found)?;
    let mut context = codec::context::Context::new_with_codec(found).encoder().audio()?;
    context.set_rate(SOUND_RATE as i32);
    context.set_channel_layout(layout(channels));
    context.set_format(Sample::F32(sample::Type::Planar));
    context.set_bit_rate(96_000 * channels);
    context.set_time_base(Rational(1, SOUND_RATE as i32));
    if global {
        context.set_flags(codec::flag::Flags::GLOBAL_HEADER);
    }
    let encoder = context.open_as(found)?;
    stream.set_parameters(&encoder);
    Ok((encoder, channels))
}

fn layout(channels: usize) -> ChannelLayout {
    if channels == 1 { ChannelLayout::MONO } else { ChannelLayout::STEREO }
}

impl Sound {
    /// Hands so many samples a channel to the encoder.
    fn send(&mut self, size: usize) -> Result<(), ffmpeg_next::Error> {
        let mut sound = frame::Audio::new(Sample::F32(sample::Type::Planar), size, layout(self.channels));
        sound.set_rate(SOUND_RATE);
        sound.set_pts(Some(self.done));
        for channel in 0..self.channels {
            let from = self.waiting.iter().skip(channel).step_by(self.channels);
            for (to, value) in sound.plane_mut::<f32>(channel).iter_mut().zip(from) {
                *to = *value;
            }
        }
        self.waiting.drain(..size * self.channels);
        self.done += size as i64;
        self.encoder.send_frame(&sound)
    }
}

fn write_sound(sound: &mut Sound, output: &mut Output) -> Result<(), ffmpeg_next::Error> {
    let mut packet = Packet::empty();
    while sound.encoder.receive_packet(&mut packet).is_ok() {
        packet.set_stream(1);
        packet.rescale_ts(Rational(1, SOUND_RATE as i32), sound.base);
        packet.write_interleaved(output)?;
    }
    Ok(())
}
