//! What is in a recording: container, streams, length, and whether it was cut short.

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use ffmpeg_next::codec::packet::side_data::Type as SideData;
use ffmpeg_next::format::context::Input;
use ffmpeg_next::{Packet, Rational};
use serde::{Deserialize, Serialize};

use super::{MediaError, ffi, source};
use crate::domain::{Stream, StreamKind, Time};

/// What [`probe`] finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaInfo {
    /// Container as FFmpeg calls it (`wav`, `mov,mp4,m4a,3gp,3g2,mj2`).
    pub container: String,
    /// MIME type (`audio/x-wav`, `video/mp4`), empty when not known.
    pub mime: String,
    /// Bytes.
    pub size: u64,
    /// Length as the container declares it, from moment zero.
    pub duration: Option<Time>,
    /// Streams of sound, picture and other things, in the container's order.
    pub streams: Vec<Stream>,
    /// Indices of the streams of picture whose frames do not come at even intervals.
    pub variable_frame_rate: Vec<usize>,
    /// Set when the file is shorter than it says: what lies before this moment can still be read.
    pub cut_short_at: Option<Time>,
}

impl MediaInfo {
    /// The first stream of sound.
    pub fn audio(&self) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.kind == StreamKind::Audio)
    }
    /// The first stream of picture.
    pub fn video(&self) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.kind == StreamKind::Video)
    }
}

/// Reads what a recording holds. Opens and closes the file; tens of milliseconds, so not for the window's thread.
pub fn probe(path: &Path) -> Result<MediaInfo, MediaError> {
    let origin = source::origin(path)?;
    let mut input = source::open(path)?;
    let size = std::fs::metadata(path).map_err(|error| MediaError::from_io(path, error))?.len();
    let mut streams = Vec::new();
    for index in 0..input.nb_streams() as usize {
        streams.extend(describe(&mut input, index));
    }
    let container = input.format().name().to_owned();
    // The container's length runs from its own start, which the audible start may precede or follow by the padding.
    let start = ffi::start_time(&input).unwrap_or(0).saturating_mul(1000);
    let duration = (input.duration() > 0)
        .then(|| Time(input.duration().saturating_mul(1000).saturating_add(start).saturating_sub(origin)))
        .or_else(|| streams.iter().filter_map(|stream| stream.duration).max());
    let cut_short_at = cut_short(&input, &container, path, size, origin, &streams, duration);
    let has_video = streams.iter().any(|stream| stream.kind == StreamKind::Video);
    let mime = mime(&container, has_video, path);
    let variable_frame_rate = uneven_streams(input, &streams);
    Ok(MediaInfo { container, mime, size, duration, streams, variable_frame_rate, cut_short_at })
}

fn describe(input: &mut Input, index: usize) -> Option<Stream> {
    let aspect = ffi::pixel_aspect(input, index, None);
    let declared = ffi::declared(input, index)?;
    let stream = input.stream(index)?;
    let kind = source::kind(&stream);
    let (audio, video) = (kind == StreamKind::Audio, kind == StreamKind::Video);
    let rotation = rotation(&stream);
    let (width, height) = shown_size(declared.width, declared.height, aspect, rotation);
    let rate = stream.avg_frame_rate();
    Some(Stream {
        index,
        kind,
        codec: stream.parameters().id().name().to_owned(),
        duration: (stream.duration() > 0).then(|| Time(source::nanos(stream.duration(), stream.time_base()))),
        sample_rate: (audio && declared.rate > 0).then_some(declared.rate),
        channels: (audio && declared.channels > 0).then_some(declared.channels),
        width: (video && width > 0).then_some(width),
        height: (video && height > 0).then_some(height),
        frame_rate: (video && rate.numerator() > 0 && rate.denominator() > 0).then(|| f64::from(rate)),
        rotation: video.then_some(rotation),
    })
}

/// Clockwise turn of the stored picture to the shown one, from the container's display matrix: 0, 90, 180 or 270.
pub(crate) fn rotation(stream: &ffmpeg_next::Stream) -> u32 {
    let Some(side) = stream.side_data().find(|side| side.kind() == SideData::DisplayMatrix) else { return 0 };
    let matrix: Vec<f64> = side
        .data()
        .chunks_exact(4)
        .map(|bytes| f64::from(i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])))
        .collect();
    let [a, b, _, c, d, ..] = matrix[..] else { return 0 };
    let (across, down) = (a.hypot(c), b.hypot(d));
    if across == 0.0 || down == 0.0 {
        return 0;
    }
    let degrees = (b / down).atan2(a / across).to_degrees();
    // Only quarter turns exist in practice; anything else is shown at the nearest one.
    ((degrees / 90.0).round() as i64 * 90).rem_euclid(360) as u32
}

/// Width and height as shown: square pixels, turned.
pub(crate) fn shown_size(width: u32, height: u32, aspect: Rational, rotation: u32) -> (u32, u32) {
    let wide = (f64::from(width) * f64::from(aspect)).round().clamp(1.0, 65_535.0) as u32;
    match (width, height, rotation) {
        (0, ..) | (_, 0, _) => (0, 0),
        (.., 90 | 270) => (height, wide),
        _ => (wide, height),
    }
}

/// Streams of picture with uneven frames. The index of MP4 or AVI tells of the whole file; elsewhere the first
/// packets stand for it.
fn uneven_streams(mut input: Input, streams: &[Stream]) -> Vec<usize> {
    let mut uneven = Vec::new();
    for stream in streams.iter().filter(|stream| stream.kind == StreamKind::Video) {
        let Some(found) = input.stream(stream.index) else { continue };
        let (base, frames) = (found.time_base(), found.frames());
        let mut stamps: Vec<i64> = ffi::index(&input, stream.index).iter().map(|entry| entry.timestamp).collect();
        if stamps.len() < 3 || (frames > 0 && (stamps.len() as i64) < frames) || frames == 0 {
            ffi::only_stream(&mut input, stream.index);
            let _ = ffi::seek(&mut input, stream.index, 0);
            stamps = std::iter::from_fn(|| {
                let mut packet = Packet::empty();
                packet.read(&mut input).ok().map(|()| packet)
            })
            .take(300)
            .filter(|packet| packet.stream() == stream.index)
            .filter_map(|packet| packet.pts().or(packet.dts()))
            .collect();
            stamps.sort_unstable();
            // The last few may still miss a reordered neighbour.
            stamps.truncate(stamps.len().saturating_sub(8).max(3));
        } else {
            stamps.sort_unstable();
        }
        let steps: Vec<i64> = stamps.windows(2).map(|pair| pair[1] - pair[0]).filter(|step| *step > 0).collect();
        let (Some(least), Some(most)) = (steps.iter().min(), steps.iter().max()) else { continue };
        // Containers that count in milliseconds make 33, 34, 33 of 30 a second.
        let slack = 2.max((f64::from(base.invert()) * 0.0015) as i64);
        if most - least > slack {
            uneven.push(stream.index);
        }
    }
    uneven
}

/// The moment at which the bytes end before the container says they should.
fn cut_short(
    input: &Input,
    container: &str,
    path: &Path,
    size: u64,
    origin: i64,
    streams: &[Stream],
    duration: Option<Time>,
) -> Option<Time> {
    if container.starts_with("mov,mp4") || container == "avi" {
        return streams
            .iter()
            .filter(|stream| stream.kind != StreamKind::Other)
            .filter_map(|stream| {
                let base = input.stream(stream.index)?.time_base();
                let index = ffi::index(input, stream.index);
                let lost = index.iter().find(|entry| entry.end > size)?;
                Some(Time((source::nanos(lost.timestamp, base) - origin).max(0)))
            })
            .min();
    }
    if container == "wav" {
        let (declared, begins, block_rate) = wav_extent(path)?;
        // Recorders that lost power leave 0 or the largest number; only a true length can be missed.
        if declared != 0 && declared < u64::from(u32::MAX) - 64 && begins + declared > size + 1 {
            let there = size.saturating_sub(begins) as f64 / f64::from(block_rate.max(1));
            return Time::from_secs(there);
        }
        return None;
    }
    if container.starts_with("matroska") {
        // The segment says how long it is unless it was streamed.
        let (begins, declared) = matroska_extent(path)?;
        if begins + declared > size
            && let Some(duration) = duration
        {
            let share = size.saturating_sub(begins) as f64 / declared.max(1) as f64;
            // Not exact: bytes are not evenly spread over time.
            return Time::from_secs(duration.secs() * share);
        }
    }
    None
}

/// Declared bytes of a WAV file's `data` chunk, where they begin, and bytes a second (RIFF, Microsoft 1991).
fn wav_extent(path: &Path) -> Option<(u64, u64, u32)> {
    let mut file = File::open(path).ok()?;
    let mut head = [0u8; 12];
    file.read_exact(&mut head).ok()?;
    if &head[..4] != b"RIFF" {
        return None;
    }
    let mut byte_rate = 0;
    for _ in 0..100 {
        let mut chunk = [0u8; 8];
        file.read_exact(&mut chunk).ok()?;
        let length = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]);
        let here = file.stream_position().ok()?;
        match &chunk[..4] {
            b"data" => return Some((u64::from(length), here, byte_rate)),
            b"fmt " => {
                let mut format = [0u8; 12];
                file.read_exact(&mut format).ok()?;
                byte_rate = u32::from_le_bytes([format[8], format[9], format[10], format[11]]);
            }
            _ => {}
        }
        file.seek(SeekFrom::Start(here + u64::from(length) + u64::from(length & 1))).ok()?;
    }
    None
}

/// Where a Matroska file's segment begins and how long it says it is (RFC 8794 variable-size integers).
fn matroska_extent(path: &Path) -> Option<(u64, u64)> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(4096).read_to_end(&mut bytes).ok()?;
    let size_at = |at: usize| -> Option<(u64, usize)> {
        let length = bytes.get(at)?.leading_zeros() as usize + 1;
        let mut value = 0u64;
        for (place, byte) in bytes.get(at..at + length)?.iter().enumerate() {
            let byte =
                if place == 0 { u64::from(*byte) & ((1u64 << (8 - length.min(8))) - 1) } else { u64::from(*byte) };
            value = value << 8 | byte;
        }
        let unknown = (1u64 << (7 * length)) - 1;
        (length <= 8 && value != unknown).then_some((value, length))
    };
    // The EBML header, then the segment.
    let (header, length) = size_at(4)?;
    let segment = 4 + length + usize::try_from(header).ok()?;
    if bytes.get(segment..segment + 4)? != [0x18, 0x53, 0x80, 0x67] {
        return None;
    }
    let (declared, length) = size_at(segment + 4)?;
    Some(((segment + 4 + length) as u64, declared))
}

/// Whether this is an MP4 or MOV file without a `moov` box (ISO/IEC 14496-12 §8.2.1).
pub(crate) fn lacks_movie_index(path: &Path) -> bool {
    let Ok(mut file) = File::open(path) else { return false };
    let Ok(size) = file.metadata().map(|meta| meta.len()) else { return false };
    let mut at = 0u64;
    let mut is_movie = false;
    while at + 8 <= size {
        let mut head = [0u8; 16];
        if file.seek(SeekFrom::Start(at)).is_err() || file.read_exact(&mut head[..8]).is_err() {
            break;
        }
        let mut length = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        match &head[4..8] {
            b"moov" => return false,
            b"ftyp" | b"mdat" | b"wide" if at == 0 || is_movie => is_movie = true,
            _ if !is_movie => return false,
            _ => {}
        }
        if length == 1 {
            if file.read_exact(&mut head[8..16]).is_err() {
                break;
            }
            length = head[8..16].iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
        }
        if length < 8 {
            break;
        }
        at = at.saturating_add(length);
    }
    is_movie
}

fn mime(container: &str, has_video: bool, path: &Path) -> String {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
    let major = if has_video { "video" } else { "audio" };
    let first = container.split(',').next().unwrap_or_default();
    match (first, extension.as_str()) {
        ("wav" | "w64", _) => "audio/x-wav".into(),
        ("mp3", _) => "audio/mpeg".into(),
        ("aac", _) => "audio/aac".into(),
        ("flac", _) => "audio/flac".into(),
        ("aiff", _) => "audio/x-aiff".into(),
        ("ogg", _) => format!("{major}/ogg"),
        ("mov", "mov" | "qt") => "video/quicktime".into(),
        ("mov", _) => format!("{major}/mp4"),
        ("matroska", "webm") => format!("{major}/webm"),
        ("matroska", _) => format!("{major}/x-matroska"),
        ("avi", _) => "video/x-msvideo".into(),
        ("mpegts", _) => "video/mp2t".into(),
        ("mpeg", _) => "video/mpeg".into(),
        ("asf", _) => format!("{major}/x-ms-asf"),
        _ => String::new(),
    }
}

/// One line for the file, one a stream: for people, on a terminal.
impl fmt::Display for MediaInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_unknown = |time: Option<Time>| time.map_or_else(|| "unknown length".into(), |time| time.to_string());
        write!(f, "{}, {}, {:.1} MB", self.container, or_unknown(self.duration), self.size as f64 / 1e6)?;
        if !self.mime.is_empty() {
            write!(f, ", {}", self.mime)?;
        }
        for stream in &self.streams {
            let kind = match stream.kind {
                StreamKind::Audio => "sound",
                StreamKind::Video => "picture",
                StreamKind::Other => "other",
            };
            write!(f, "\n  {} {kind}: {}", stream.index, stream.codec)?;
            if let Some(rate) = stream.sample_rate {
                write!(f, ", {rate} Hz")?;
            }
            match stream.channels {
                Some(1) => write!(f, ", mono")?,
                Some(2) => write!(f, ", stereo")?,
                Some(channels) => write!(f, ", {channels} channels")?,
                None => {}
            }
            if let (Some(width), Some(height)) = (stream.width, stream.height) {
                write!(f, ", {width} × {height}")?;
            }
            if let Some(rate) = stream.frame_rate {
                write!(f, ", {rate:.2} frames a second")?;
            }
            if self.variable_frame_rate.contains(&stream.index) {
                write!(f, " (variable)")?;
            }
            if let Some(turn) = stream.rotation.filter(|turn| *turn != 0) {
                write!(f, ", turned {turn}°")?;
            }
        }
        if let Some(cut) = self.cut_short_at {
            write!(f, "\n  cut short: it can be read up to about {cut}")?;
        }
        Ok(())
    }
}
