//! An open recording: its demuxer, one decoder, and the rule of time they share.
//!
//! **Moment zero.** MP4, MOV, Matroska, AVI, WAV and FLAC count from zero themselves, and we follow. In other containers
//! the first timestamp is an accident (camcorders start anywhere, MP3 counts the encoder's padding), so zero is the
//! first moment at which any stream has something to hear or see.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use ffmpeg_next::codec::decoder::Opened;
use ffmpeg_next::codec::threading;
use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::{Dictionary, Error, Frame, Packet, Rational, codec, frame, media};

use super::{MediaError, ffi};
use crate::domain::{StreamKind, Time};

/// Opens a recording. Refuses what FFmpeg would take for media but is not: pictures, playlists, plain text.
pub(crate) fn open(path: &Path) -> Result<Input, MediaError> {
    ffi::start();
    let name = path.to_str().filter(|name| !name.contains('\0')).ok_or_else(|| MediaError::Unreadable {
        path: path.to_owned(),
        source: std::io::Error::other("its name is not valid Unicode; rename it"),
    })?;
    if let Err(error) = std::fs::File::open(path) {
        return Err(MediaError::from_io(path, error));
    }
    // The prefix keeps a name with a colon from being taken for a web address; nothing else may be opened through it.
    let mut options = Dictionary::new();
    options.set("protocol_whitelist", "file");
    let input = ffmpeg_next::format::input_with_dictionary(&format!("file:{name}"), options)
        .map_err(|error| MediaError::from_open(path, error))?;
    let format = input.format().name().to_owned();
    let not_a_recording = ["tty", "hls", "concat", "image2", "lrc", "dash"].contains(&format.as_str())
        || format.ends_with("_pipe")
        || !input.streams().any(|stream| kind(&stream) != StreamKind::Other);
    match not_a_recording {
        true if super::probe::lacks_movie_index(path) => Err(MediaError::NoIndex { path: path.to_owned() }),
        true => Err(MediaError::NotMedia { path: path.to_owned() }),
        false => Ok(input),
    }
}

/// What a stream is to us; cover art is not a picture that moves.
pub(crate) fn kind(stream: &ffmpeg_next::Stream) -> StreamKind {
    match stream.parameters().medium() {
        media::Type::Audio => StreamKind::Audio,
        media::Type::Video if !stream.disposition().contains(Disposition::ATTACHED_PIC) => StreamKind::Video,
        _ => StreamKind::Other,
    }
}

/// The stream asked for, or the first of that kind.
pub(crate) fn pick(input: &Input, path: &Path, wanted: Option<usize>, of: StreamKind) -> Result<usize, MediaError> {
    let found = input.streams().find(|stream| kind(stream) == of && wanted.is_none_or(|index| stream.index() == index));
    match (found, wanted, of) {
        (Some(stream), ..) => Ok(stream.index()),
        (None, Some(index), _) => Err(MediaError::NoStream { path: path.to_owned(), index }),
        (None, None, StreamKind::Audio) => Err(MediaError::NoAudio { path: path.to_owned() }),
        (None, None, _) => Err(MediaError::NoVideo { path: path.to_owned() }),
    }
}

/// A timestamp in nanoseconds, rounded down.
pub(crate) fn nanos(timestamp: i64, base: Rational) -> i64 {
    let den = i128::from(base.denominator().max(1));
    let nanos = (i128::from(timestamp) * i128::from(base.numerator()) * 1_000_000_000).div_euclid(den);
    nanos.clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
}

/// The timestamp at or just before a moment in nanoseconds.
pub(crate) fn timestamp(nanos: i64, base: Rational) -> i64 {
    let num = i128::from(base.numerator().max(1)) * 1_000_000_000;
    (i128::from(nanos) * i128::from(base.denominator())).div_euclid(num) as i64
}

type Stamp = (PathBuf, u64, Option<SystemTime>);

/// Moment zero in the container's own time, in nanoseconds. Found by decoding the first frame of each stream of sound
/// (only the decoder knows how much encoder padding it drops); remembered while the file does not change.
pub(crate) fn origin(path: &Path) -> Result<i64, MediaError> {
    static KNOWN: Mutex<Option<HashMap<Stamp, i64>>> = Mutex::new(None);
    let meta = std::fs::metadata(path).map_err(|error| MediaError::from_io(path, error))?;
    let stamp = (path.to_owned(), meta.len(), meta.modified().ok());
    let lock = || KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(origin) = lock().as_ref().and_then(|known| known.get(&stamp).copied()) {
        return Ok(origin);
    }
    let origin = find_origin(path)?;
    lock().get_or_insert_default().insert(stamp, origin);
    Ok(origin)
}

fn find_origin(path: &Path) -> Result<i64, MediaError> {
    let mut input = open(path)?;
    let counts_from_zero =
        ["mov,mp4", "matroska", "avi", "wav", "w64", "flac"].iter().any(|name| input.format().name().starts_with(name));
    let mut starts = Vec::new();
    let mut waiting = HashMap::new();
    for stream in input.streams() {
        let declared = Some(stream.start_time()).filter(|start| *start != i64::MIN);
        match kind(&stream) {
            StreamKind::Audio => match open_decoder(&stream, path) {
                Ok(decoder) => drop(waiting.insert(stream.index(), (decoder, stream.time_base()))),
                Err(_) => starts.extend(declared.map(|start| nanos(start, stream.time_base()))),
            },
            StreamKind::Video => starts.extend(declared.map(|start| nanos(start, stream.time_base()))),
            StreamKind::Other => {}
        }
    }
    let mut frame = frame::Audio::empty();
    for _ in 0..2000 {
        if waiting.is_empty() {
            break;
        }
        let mut packet = Packet::empty();
        match packet.read(&mut input) {
            Ok(()) => {}
            Err(Error::InvalidData) => continue,
            Err(_) => break,
        }
        let index = packet.stream();
        let Some((decoder, base)) = waiting.get_mut(&index) else { continue };
        let _ = decoder.send_packet(&packet);
        if decoder.receive_frame(&mut frame).is_ok()
            && let Some(start) = frame.timestamp()
        {
            starts.push(nanos(start, *base));
            waiting.remove(&index);
        }
    }
    let first = starts.into_iter().min().unwrap_or(0);
    Ok(if counts_from_zero { first.min(0) } else { first })
}

fn open_decoder(stream: &ffmpeg_next::Stream, path: &Path) -> Result<Opened, MediaError> {
    let parameters = stream.parameters();
    let (id, medium) = (parameters.id(), parameters.medium());
    let failed = |error: Error| {
        log::debug!("{}: {}: {error}", path.display(), id.name());
        MediaError::Codec { path: path.to_owned(), codec: id.name().to_owned() }
    };
    let mut context = codec::Context::from_parameters(parameters).map_err(failed)?;
    if medium == media::Type::Video {
        context.set_threading(threading::Config { kind: threading::Type::Frame, count: 0, ..Default::default() });
    }
    let mut decoder = context.decoder();
    decoder.set_packet_time_base(stream.time_base());
    match medium {
        media::Type::Audio => decoder.audio().map(|audio| audio.0).map_err(failed),
        _ => decoder.video().map(|video| video.0).map_err(failed),
    }
}

/// One stream of an open recording, being decoded forward.
pub(crate) struct Decoding {
    pub path: PathBuf,
    pub input: Input,
    pub stream: usize,
    pub base: Rational,
    /// Moment zero in the container's time, nanoseconds.
    pub origin: i64,
    decoder: Opened,
    draining: bool,
    /// After a seek nothing is decoded before a key frame, and frames shown before it are not to be trusted.
    waits_for_key: bool,
    key: Option<i64>,
    /// Packets that could not be decoded since the file was opened.
    pub damaged: u64,
    decoded: u64,
}

impl Decoding {
    pub fn open(path: &Path, wanted: Option<usize>, of: StreamKind) -> Result<Self, MediaError> {
        let origin = origin(path)?;
        let mut input = open(path)?;
        let stream = pick(&input, path, wanted, of)?;
        ffi::only_stream(&mut input, stream);
        let (base, decoder) = match input.stream(stream) {
            Some(found) => (found.time_base(), open_decoder(&found, path)?),
            None => return Err(MediaError::NoStream { path: path.to_owned(), index: stream }),
        };
        Ok(Self {
            path: path.to_owned(),
            input,
            stream,
            base,
            origin,
            decoder,
            draining: false,
            waits_for_key: false,
            key: None,
            damaged: 0,
            decoded: 0,
        })
    }

    /// Begins again at the file's first packet, as freshly opened: what a decoder does with padding at the start is
    /// only sure then.
    pub fn rewind(&mut self) -> Result<(), MediaError> {
        let (path, stream, damaged) = (self.path.clone(), self.stream, self.damaged);
        let of = match self.decoder.medium() {
            media::Type::Audio => StreamKind::Audio,
            _ => StreamKind::Video,
        };
        *self = Self::open(&path, Some(stream), of)?;
        self.damaged = damaged;
        Ok(())
    }

    /// Seeks to a place at or before `time` from which decoding can begin. `false` if the container cannot.
    pub fn seek(&mut self, time: Time, from_key: bool) -> bool {
        let target = timestamp(time.0.saturating_add(self.origin), self.base);
        let done = ffi::seek(&mut self.input, self.stream, target).is_ok();
        self.decoder.flush();
        self.draining = false;
        self.waits_for_key = from_key;
        self.key = None;
        done
    }

    /// The moment a timestamp of this stream stands for.
    pub fn time(&self, timestamp: i64) -> Time {
        Time(nanos(timestamp, self.base).saturating_sub(self.origin))
    }

    /// Whether the container's index knows a key frame after `from` and at or before `to`.
    pub fn has_key_between(&self, from: Time, to: Time) -> Option<bool> {
        let at = |time: Time| timestamp(time.0.saturating_add(self.origin), self.base);
        let key = ffi::indexed_key(&self.input, self.stream, at(to))?;
        Some(key > at(from))
    }

    /// Decodes the next frame into `frame`; `false` at the end. Damaged packets are stepped over and counted.
    pub fn next(&mut self, frame: &mut Frame) -> Result<bool, MediaError> {
        loop {
            match self.decoder.receive_frame(frame) {
                Ok(()) => {
                    self.decoded += 1;
                    let stamp = frame.timestamp();
                    if let (Some(key), Some(stamp)) = (self.key, stamp)
                        && stamp < key
                    {
                        continue;
                    }
                    return Ok(true);
                }
                Err(Error::Eof) => return self.finish(),
                Err(Error::Other { errno }) if errno == ffmpeg_next::error::EAGAIN => {
                    if self.draining {
                        return self.finish();
                    }
                }
                Err(error) => {
                    self.damaged += 1;
                    log::debug!("{}: frame not decoded: {error}", self.path.display());
                    if self.draining && self.damaged > 1000 {
                        return self.finish();
                    }
                }
            }
            if !self.draining {
                self.feed();
            }
        }
    }

    fn finish(&self) -> Result<bool, MediaError> {
        match self.decoded == 0 && self.damaged > 0 {
            true => Err(MediaError::damaged(&self.path, "none of its sound or picture could be decoded")),
            false => Ok(false),
        }
    }

    fn feed(&mut self) {
        let mut skipped = 0u32;
        loop {
            let mut packet = Packet::empty();
            match packet.read(&mut self.input) {
                Ok(()) if packet.stream() != self.stream => continue,
                Ok(()) if self.waits_for_key && !packet.is_key() => continue,
                Ok(()) => {
                    if self.waits_for_key {
                        self.waits_for_key = false;
                        self.key = packet.pts();
                    }
                    if let Err(error) = self.decoder.send_packet(&packet) {
                        self.damaged += 1;
                        log::debug!("{}: packet not decoded: {error}", self.path.display());
                    }
                    return;
                }
                // One broken packet: demuxers find their way again, but not for ever.
                Err(Error::InvalidData) if skipped < 10_000 => {
                    skipped += 1;
                    self.damaged += 1;
                }
                Err(error) => {
                    if error != Error::Eof {
                        self.damaged += 1;
                        log::debug!("{}: reading ended: {error}", self.path.display());
                    }
                    self.draining = true;
                    let _ = self.decoder.send_eof();
                    return;
                }
            }
        }
    }
}
