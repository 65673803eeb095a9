//! The few things FFmpeg offers only through its C interface. All `unsafe` of this layer lives here.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::sync::Once;

use ffmpeg_next::ffi as av;
use ffmpeg_next::format::context::Input;
use ffmpeg_next::software::scaling;
use ffmpeg_next::{Error, Rational, frame};

/// Starts FFmpeg once: what it has to say goes to `log`, never to the terminal.
pub fn start() {
    static START: Once = Once::new();
    START.call_once(|| {
        // Only registers error texts with these library versions; cannot fail.
        let _ = ffmpeg_next::init();
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the callback matches the C signature and may be called from any thread.
        unsafe {
            av::av_log_set_callback(Some(log_line));
        }
        // Elsewhere `va_list` has another shape: be silent rather than wrong.
        #[cfg(not(target_arch = "x86_64"))]
        ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Quiet);
    });
}

#[cfg(target_arch = "x86_64")]
unsafe extern "C" fn log_line(
    of: *mut c_void,
    level: c_int,
    format: *const std::ffi::c_char,
    args: *mut av::__va_list_tag,
) {
    if level > av::AV_LOG_WARNING || !log::log_enabled!(target: "ffmpeg", log::Level::Debug) {
        return;
    }
    let mut line = [0u8; 1024];
    let mut prefix = 1;
    // SAFETY: FFmpeg hands us a valid format and list; the buffer is ours and its length is told.
    unsafe {
        av::av_log_format_line2(of, level, format, args, line.as_mut_ptr().cast(), line.len() as c_int, &mut prefix);
    }
    let end = line.iter().position(|byte| *byte == 0).unwrap_or(line.len());
    // FFmpeg's errors are about one packet or frame; what matters to a person becomes a `MediaError`.
    log::debug!(target: "ffmpeg", "{}", String::from_utf8_lossy(&line[..end]).trim_end());
}

/// Lets the demuxer skip every stream but this one.
pub fn only_stream(input: &mut Input, wanted: usize) {
    // SAFETY: the context owns `nb_streams` valid stream pointers.
    unsafe {
        let context = input.as_mut_ptr();
        for index in 0..(*context).nb_streams as usize {
            let stream = *(*context).streams.add(index);
            (*stream).discard = match index == wanted {
                true => av::AVDiscard::AVDISCARD_DEFAULT,
                false => av::AVDiscard::AVDISCARD_ALL,
            };
        }
    }
}

/// Seeks so that decoding can begin at or before `timestamp` (in the stream's time base).
pub fn seek(input: &mut Input, stream: usize, timestamp: i64) -> Result<(), Error> {
    // SAFETY: a valid context; FFmpeg checks the stream index.
    let code =
        unsafe { av::avformat_seek_file(input.as_mut_ptr(), stream as c_int, i64::MIN, timestamp, timestamp, 0) };
    if code < 0 { Err(Error::from(code)) } else { Ok(()) }
}

/// Timestamp of the key frame a seek to `timestamp` would start from, as far as the container's index knows.
pub fn indexed_key(input: &Input, stream: usize, timestamp: i64) -> Option<i64> {
    // SAFETY: the stream is looked up by the caller; entries are checked for null and copied at once.
    unsafe {
        let pointer = input.stream(stream)?.as_ptr().cast_mut();
        let found = av::av_index_search_timestamp(pointer, timestamp, av::AVSEEK_FLAG_BACKWARD);
        let entry = av::avformat_index_get_entry(pointer, found);
        (found >= 0 && !entry.is_null()).then(|| (*entry).timestamp)
    }
}

/// One entry of a container's index.
#[derive(Clone, Copy, Debug)]
pub struct IndexEntry {
    /// Decode timestamp in the stream's time base.
    pub timestamp: i64,
    /// First byte after it in the file.
    pub end: u64,
}

/// The container's index for a stream, empty if it has none.
pub fn index(input: &Input, stream: usize) -> Vec<IndexEntry> {
    // SAFETY: as above.
    unsafe {
        let Some(stream) = input.stream(stream) else { return Vec::new() };
        let pointer = stream.as_ptr().cast_mut();
        (0..av::avformat_index_get_entries_count(pointer))
            .filter_map(|number| {
                let entry = av::avformat_index_get_entry(pointer, number);
                (!entry.is_null()).then(|| IndexEntry {
                    timestamp: (*entry).timestamp,
                    end: (*entry).pos.max(0) as u64 + (*entry).size().max(0) as u64,
                })
            })
            .collect()
    }
}

/// What the stream's parameters say: width, height, sample rate, channels.
pub struct Declared {
    pub width: u32,
    pub height: u32,
    pub rate: u32,
    pub channels: u32,
}

/// Reads the declared parameters of a stream.
pub fn declared(input: &Input, stream: usize) -> Option<Declared> {
    let parameters = input.stream(stream)?.parameters();
    // SAFETY: the parameters live as long as `input`.
    let raw = unsafe { &*parameters.as_ptr() };
    let positive = |number: c_int| u32::try_from(number).unwrap_or(0);
    Some(Declared {
        width: positive(raw.width),
        height: positive(raw.height),
        rate: positive(raw.sample_rate),
        channels: positive(raw.ch_layout.nb_channels),
    })
}

/// The shape of a pixel (width : height) by stream and, if given, frame; 1 : 1 when not said.
pub fn pixel_aspect(input: &mut Input, stream: usize, frame: Option<&mut frame::Video>) -> Rational {
    // SAFETY: valid context and stream; a null frame is allowed.
    let aspect = unsafe {
        let Some(pointer) = input.stream(stream).map(|stream| stream.as_ptr().cast_mut()) else {
            return Rational::new(1, 1);
        };
        let frame = frame.map_or(std::ptr::null_mut(), |frame| frame.as_mut_ptr());
        av::av_guess_sample_aspect_ratio(input.as_mut_ptr(), pointer, frame)
    };
    match aspect.num > 0 && aspect.den > 0 {
        true => Rational::from(aspect),
        false => Rational::new(1, 1),
    }
}

/// Start of the container in microseconds, if it is known.
pub fn start_time(input: &Input) -> Option<i64> {
    // SAFETY: a plain field.
    let start = unsafe { (*input.as_ptr()).start_time };
    (start != av::AV_NOPTS_VALUE).then_some(start)
}

/// A scaler that may move between threads.
pub struct Scaler(scaling::Context);

// SAFETY: a SwsContext has no ties to the thread that made it; `&mut self` keeps use exclusive.
unsafe impl Send for Scaler {}

impl Scaler {
    /// From one frame's format and size to RGBA of another size. Honours the frame's colour matrix and range.
    pub fn to_rgba(frame: &frame::Video, width: u32, height: u32) -> Result<Self, Error> {
        let (from_width, from_height) = (frame.width(), frame.height());
        let flags = if (width, height) == (from_width, from_height) {
            scaling::Flags::POINT | scaling::Flags::ACCURATE_RND | scaling::Flags::FULL_CHR_H_INT
        } else {
            scaling::Flags::BILINEAR | scaling::Flags::ACCURATE_RND
        };
        let mut context = scaling::Context::get(
            frame.format(),
            from_width,
            from_height,
            ffmpeg_next::format::Pixel::RGBA,
            width,
            height,
            flags,
        )?;
        // SAFETY: tables come from FFmpeg itself; the context is valid.
        unsafe {
            let raw = &*frame.as_ptr();
            // Unsaid colour matrices follow the size, as every player does.
            let matrix = match raw.colorspace {
                av::AVColorSpace::AVCOL_SPC_BT709 => av::SWS_CS_ITU709,
                av::AVColorSpace::AVCOL_SPC_BT2020_NCL | av::AVColorSpace::AVCOL_SPC_BT2020_CL => av::SWS_CS_BT2020,
                av::AVColorSpace::AVCOL_SPC_UNSPECIFIED if from_height >= 720 => av::SWS_CS_ITU709,
                _ => av::SWS_CS_ITU601,
            };
            let full =
                c_int::from(raw.color_range == av::AVColorRange::AVCOL_RANGE_JPEG || is_full_range_format(raw.format));
            let table = av::sws_getCoefficients(matrix as c_int);
            av::sws_setColorspaceDetails(context.as_mut_ptr(), table, full, table, 1, 0, 1 << 16, 1 << 16);
        }
        Ok(Self(context))
    }

    /// From RGBA to what encoders take, in the colour matrix that players assume for the size.
    pub fn from_rgba(width: u32, height: u32) -> Result<Self, Error> {
        use ffmpeg_next::format::Pixel;
        let flags = scaling::Flags::BILINEAR | scaling::Flags::ACCURATE_RND;
        let mut context = scaling::Context::get(Pixel::RGBA, width, height, Pixel::YUV420P, width, height, flags)?;
        // SAFETY: tables come from FFmpeg itself; the context is valid.
        unsafe {
            let matrix = if height >= 720 { av::SWS_CS_ITU709 } else { av::SWS_CS_ITU601 };
            let table = av::sws_getCoefficients(matrix as c_int);
            av::sws_setColorspaceDetails(context.as_mut_ptr(), table, 1, table, 0, 0, 1 << 16, 1 << 16);
        }
        Ok(Self(context))
    }

    /// Converts one frame.
    pub fn run(&mut self, from: &frame::Video, to: &mut frame::Video) -> Result<(), Error> {
        self.0.run(from, to)
    }
}

fn is_full_range_format(format: c_int) -> bool {
    use av::AVPixelFormat as F;
    [F::AV_PIX_FMT_YUVJ420P, F::AV_PIX_FMT_YUVJ422P, F::AV_PIX_FMT_YUVJ444P, F::AV_PIX_FMT_YUVJ440P]
        .iter()
        .any(|full| *full as c_int == format)
}
