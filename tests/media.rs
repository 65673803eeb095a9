//! Recordings as fieldworkers bring them: every container, exact frames, exact samples, damaged files, playback.
//!
//! The recordings are made by the `ffmpeg` command when the test runs, so that nothing here was made by the code under
//! test. Frame `n` of a picture carries `n` as eight black or white fields; sound is silence with clicks.
#![cfg(feature = "media")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use fieldgloss::domain::{Span, StreamKind, Time};
use fieldgloss::media::player::{Player, PlayerEvent, PlayerOptions};
use fieldgloss::media::{
    AudioOptions, AudioReader, MediaError, Peaks, Spectrogram, SpectrogramSettings, VideoFrame, VideoOptions,
    VideoReader, hash_file, no_progress, probe,
};

/// Eight fields across the picture, field `b` white if bit `b` of the frame's number is set.
const COUNTER: &str = "color=c=black:s=256x64:r=RATE:d=DURATION,\
    geq=lum='if(mod(floor(N/pow(2,floor(X/32))),2),235,16)':cb=128:cr=128,format=yuv420p";
/// Clicks (10 samples at 48 kHz) at 0.5, 1.5, 2.5 … s.
const CLICKS: &str = "aevalsrc='if(lt(mod(t+0.5+0.000001,1),0.00021),0.9,0)':s=48000:d=DURATION";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    /// Runs ffmpeg; `None`, loudly, if it lacks an encoder.
    fn make(&self, name: &str, arguments: &[&str]) -> Option<PathBuf> {
        let path = self.file(name);
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-y"])
            .args(arguments)
            .arg(&path)
            .output()
            .expect("the ffmpeg command is needed to make the recordings of this test");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if said.contains("Unknown encoder") {
            eprintln!("SKIPPED {name}: {said}");
            return None;
        }
        assert!(output.status.success(), "{name}: {said}");
        Some(path)
    }
}

fn counter(rate: &str, duration: &str) -> String {
    COUNTER.replace("RATE", rate).replace("DURATION", duration)
}

fn clicks(duration: &str) -> String {
    CLICKS.replace("DURATION", duration)
}

/// The number a counter frame carries.
fn number(frame: &VideoFrame) -> u32 {
    let (width, height) = (frame.width as usize, frame.height as usize);
    (0..8)
        .map(|bit| {
            let x = (bit * 2 + 1) * width / 16;
            let pixel = &frame.rgba[((height / 2) * width + x) * 4..][..4];
            u32::from(pixel[1] > 128) << bit
        })
        .sum()
}

fn secs(secs: f64) -> Time {
    Time::from_secs(secs).unwrap()
}

/// Moment of the loudest sample within half a second around `near`, after a seek.
fn click_near(reader: &mut AudioReader, near: f64) -> f64 {
    let span = Span::new(secs(near - 0.25), secs(near + 0.25));
    let samples = reader.range(span).unwrap();
    let channels = reader.channels();
    let (mut loudest, mut at) = (0.0, 0);
    for (index, sample) in samples.iter().step_by(channels).enumerate() {
        if sample.abs() > loudest {
            (loudest, at) = (sample.abs(), index);
        }
    }
    assert!(loudest > 0.1, "no click near {near} s: {loudest}");
    near - 0.25 + at as f64 / f64::from(reader.rate())
}

#[test]
fn clicks_are_where_they_were_recorded_in_every_format_after_any_seek() {
    let folder = Folder::new();
    let source = clicks("20");
    let video = counter("25", "20");
    let formats: &[(&str, &[&str])] = &[
        ("pcm.wav", &["-c:a", "pcm_s16le"]),
        ("deep.wav", &["-c:a", "pcm_s24le"]),
        ("a.flac", &["-c:a", "flac"]),
        ("a.mp3", &["-c:a", "libmp3lame", "-b:a", "128k"]),
        ("low.mp3", &["-c:a", "libmp3lame", "-b:a", "32k", "-ar", "22050"]),
        ("vbr.mp3", &["-c:a", "libmp3lame", "-q:a", "4"]),
        ("vorbis.ogg", &["-c:a", "libvorbis"]),
        ("a.opus", &["-c:a", "libopus"]),
        ("opus.ogg", &["-c:a", "libopus"]),
        ("a.m4a", &["-c:a", "aac"]),
        ("44100.m4a", &["-c:a", "aac", "-ar", "44100"]),
        ("audio.mka", &["-c:a", "libopus"]),
        ("v.mp4", &["-f", "lavfi", "-i", &video, "-c:a", "aac", "-c:v", "libx264"]),
        ("v.mov", &["-f", "lavfi", "-i", &video, "-c:a", "pcm_s16le", "-c:v", "libx264"]),
        ("v.mkv", &["-f", "lavfi", "-i", &video, "-c:a", "aac", "-c:v", "libx264"]),
        ("v.avi", &["-f", "lavfi", "-i", &video, "-c:a", "libmp3lame", "-c:v", "mpeg4"]),
        ("v.mts", &["-f", "lavfi", "-i", &video, "-c:a", "ac3", "-c:v", "libx264", "-f", "mpegts"]),
        (
            "v.m2ts",
            &["-f", "lavfi", "-i", &video, "-c:a", "ac3", "-c:v", "libx264", "-f", "mpegts", "-mpegts_m2ts_mode", "1"],
        ),
    ];
    let mut failures = Vec::new();
    for (name, arguments) in formats {
        let mut all = vec!["-f", "lavfi", "-i", source.as_str()];
        all.extend_from_slice(arguments);
        let Some(path) = folder.make(name, &all) else { continue };
        for rate in [None, Some(16_000), Some(44_100)] {
            let mut reader = AudioReader::open(&path, AudioOptions { rate, ..Default::default() }).unwrap();
            // MP3 in AVI carries no word of the encoder's padding; MPEG-TS has none for AC-3. Both streams of a
            // file still share one clock, so the shift is the codec's own delay and no more.
            let allowed = if name.ends_with("avi") || name.ends_with("ts") { 0.045 } else { 0.001 };
            for near in [10.5, 0.5, 18.5, 3.5, 4.5, 1.5] {
                let found = click_near(&mut reader, near);
                if (found - near).abs() > allowed {
                    failures.push(format!("{name} at {rate:?}: click of {near} s found at {found:.5} s"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn the_frame_shown_at_a_moment_is_the_right_one_forward_backward_and_at_random() {
    let folder = Folder::new();
    let source = counter("25", "8");
    let formats: &[(&str, &[&str])] = &[
        ("long-gop.mp4", &["-c:v", "libx264", "-bf", "3", "-g", "250"]),
        ("open-gop.mkv", &["-c:v", "libx264", "-bf", "3", "-g", "25", "-x264-params", "open-gop=1"]),
        ("b.mov", &["-c:v", "libx264", "-bf", "2", "-g", "50"]),
        ("mpeg4.avi", &["-c:v", "mpeg4", "-q:v", "2", "-g", "30"]),
        ("mpeg2.mts", &["-c:v", "mpeg2video", "-q:v", "2", "-bf", "2", "-f", "mpegts"]),
        ("h264.m2ts", &["-c:v", "libx264", "-bf", "2", "-g", "50", "-f", "mpegts", "-mpegts_m2ts_mode", "1"]),
        ("late.ts", &["-c:v", "libx264", "-bf", "2", "-g", "50", "-output_ts_offset", "3600"]),
        ("vp9.webm", &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "40"]),
        ("hevc.mp4", &["-c:v", "libx265", "-x265-params", "log-level=none:keyint=40", "-preset", "ultrafast"]),
    ];
    for (name, arguments) in formats {
        let mut all = vec!["-f", "lavfi", "-i", source.as_str()];
        all.extend_from_slice(arguments);
        let Some(path) = folder.make(name, &all) else { continue };
        let mut reader = VideoReader::open(&path, VideoOptions::default()).unwrap();
        let first = reader.frame_at(Time::ZERO).unwrap();
        assert_eq!(number(&first), 0, "{name}");
        assert_eq!((first.width, first.height), (256, 64), "{name}");
        for wanted in [199, 0, 100, 101, 99, 150, 3, 2, 1, 175, 24, 25, 26, 49, 50, 51, 198] {
            // In the middle of the frame, and at its very start as the reader itself tells it.
            let middle = secs((f64::from(wanted) + 0.5) / 25.0);
            let frame = reader.frame_at(middle).unwrap();
            assert_eq!(number(&frame), wanted % 256, "{name} at {middle}");
            assert!(frame.time <= middle && middle < frame.end, "{name}: {frame:?}");
            assert_eq!(number(&reader.frame_at(frame.time).unwrap()), wanted % 256, "{name} at its start");
        }
        let frame = reader.frame_at(secs(4.02)).unwrap();
        let before = reader.previous_frame_time(frame.time).unwrap().unwrap();
        assert_eq!(number(&reader.frame_at(before).unwrap()), 99, "{name}");
        assert_eq!(number(&reader.next_frame().unwrap().unwrap()), 100, "{name}");
        assert_eq!(reader.previous_frame_time(Time::ZERO).unwrap(), None, "{name}");
        let mut reader = VideoReader::open(&path, VideoOptions::default()).unwrap();
        let mut all = Vec::new();
        while let Some(frame) = reader.next_frame().unwrap() {
            all.push(number(&frame));
        }
        assert_eq!(all, (0..200).collect::<Vec<u32>>(), "{name}");
        let times = (0..20).map(|index| secs(f64::from(index) * 0.4 + 0.01));
        let sampled: Vec<u32> = reader.frames_at(times).map(|frame| number(&frame.unwrap())).collect();
        assert_eq!(sampled, (0..20).map(|index| index * 10).collect::<Vec<u32>>(), "{name}");
    }
}

#[test]
fn variable_frame_rate_is_noticed_and_frames_are_found_by_their_own_times() {
    let folder = Folder::new();
    let source = counter("25", "4");
    // Frame n is shown from n²/1000 s on.
    for name in ["v.mp4", "v.mkv"] {
        let arguments = [
            "-f",
            "lavfi",
            "-i",
            &source,
            "-vf",
            "settb=1/1000,setpts=N*N",
            "-vsync",
            "vfr",
            "-c:v",
            "libx264",
            "-bf",
            "2",
        ];
        let path = folder.make(name, &arguments).unwrap();
        let info = probe(&path).unwrap();
        assert_eq!(info.variable_frame_rate, vec![0], "{name}");
        let mut reader = VideoReader::open(&path, VideoOptions::default()).unwrap();
        for wanted in [70u32, 5, 44, 99, 12, 0] {
            let start = f64::from(wanted * wanted) / 1000.0;
            let next = f64::from((wanted + 1) * (wanted + 1)) / 1000.0;
            let frame = reader.frame_at(secs((start + next) / 2.0)).unwrap();
            assert_eq!(number(&frame), wanted, "{name}");
        }
    }
    let even = folder.make("even.mkv", &["-f", "lavfi", "-i", &counter("30000/1001", "2"), "-c:v", "libx264"]).unwrap();
    assert_eq!(probe(&even).unwrap().variable_frame_rate, Vec::<usize>::new());
}

#[test]
fn a_turned_recording_stands_upright_and_oblong_pixels_come_out_square() {
    let folder = Folder::new();
    // Left half red, right half blue, as stored.
    let stored = "color=c=red:s=128x64:r=25:d=1,drawbox=x=64:w=64:h=64:c=blue:t=fill";
    let plain =
        folder.make("plain.mp4", &["-f", "lavfi", "-i", stored, "-c:v", "libx264", "-pix_fmt", "yuv444p"]).unwrap();
    let arguments = ["-i", plain.to_str().unwrap(), "-c", "copy", "-metadata:s:v", "rotate=90"];
    let turned = folder.make("turned.mp4", &arguments).unwrap();
    let stream = probe(&turned).unwrap().video().cloned().unwrap();
    assert_eq!((stream.width, stream.height, stream.rotation), (Some(64), Some(128), Some(90)));
    let frame = VideoReader::open(&turned, VideoOptions::default()).unwrap().frame_at(Time::ZERO).unwrap();
    assert_eq!((frame.width, frame.height), (64, 128));
    let pixel = |x: usize, y: usize| &frame.rgba[(y * frame.width as usize + x) * 4..][..4];
    // Turned right, the left half is on top.
    assert!(pixel(32, 20)[0] > 200 && pixel(32, 20)[2] < 60, "{:?}", pixel(32, 20));
    assert!(pixel(32, 108)[2] > 200 && pixel(32, 108)[0] < 60, "{:?}", pixel(32, 108));

    let wide = folder.make("wide.mp4", &["-f", "lavfi", "-i", stored, "-vf", "setsar=4/3", "-c:v", "libx264"]).unwrap();
    let stream = probe(&wide).unwrap().video().cloned().unwrap();
    assert_eq!((stream.width, stream.height), (Some(171), Some(64)));
    let options = VideoOptions { max_side: Some(90), ..Default::default() };
    let frame = VideoReader::open(&wide, options).unwrap().frame_at(Time::ZERO).unwrap();
    assert_eq!((frame.width, frame.height), (90, 34));
}

#[test]
fn colours_are_the_recorded_ones_in_small_and_large_pictures() {
    let folder = Folder::new();
    for (size, matrix) in [("320x240", "smpte170m"), ("1280x720", "bt709")] {
        let source = format!("color=c=0x20B060:s={size}:r=5:d=1,scale=out_color_matrix={matrix},format=yuv420p");
        let arguments = ["-f", "lavfi", "-i", &source, "-colorspace", matrix, "-c:v", "libx264", "-crf", "4"];
        let path = folder.make(&format!("{matrix}.mp4"), &arguments).unwrap();
        let frame = VideoReader::open(&path, VideoOptions::default()).unwrap().frame_at(Time::ZERO).unwrap();
        for (found, wanted) in frame.rgba[..3].iter().zip([0x20u8, 0xB0, 0x60]) {
            assert!(found.abs_diff(wanted) <= 4, "{matrix}: {:x?}", &frame.rgba[..4]);
        }
    }
}

#[test]
fn several_streams_no_picture_and_no_sound_are_told_apart() {
    let folder = Folder::new();
    let (video, sound) = (counter("25", "2"), clicks("2"));
    let two = folder
        .make(
            "two.mkv",
            &[
                "-f",
                "lavfi",
                "-i",
                &video,
                "-f",
                "lavfi",
                "-i",
                &sound,
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=44100:duration=2",
                "-map",
                "0",
                "-map",
                "1",
                "-map",
                "2",
                "-c:v",
                "libx264",
                "-c:a",
                "flac",
            ],
        )
        .unwrap();
    let info = probe(&two).unwrap();
    let kinds: Vec<StreamKind> = info.streams.iter().map(|stream| stream.kind).collect();
    assert_eq!(kinds, [StreamKind::Video, StreamKind::Audio, StreamKind::Audio]);
    assert_eq!(info.mime, "video/x-matroska");
    assert_eq!(info.streams[2].sample_rate, Some(44_100));
    assert_eq!(info.streams[0].frame_rate.map(f64::round), Some(25.0));
    let mut second = AudioReader::open(&two, AudioOptions { stream: Some(2), ..Default::default() }).unwrap();
    assert_eq!(second.rate(), 44_100);
    let samples = second.range(Span::new(secs(1.0), secs(1.5))).unwrap();
    let crossings = samples.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
    assert!((219..=221).contains(&crossings), "{crossings}");
    assert!(info.to_string().contains("flac"), "{info}");
    let json = serde_json::to_string(&info).unwrap();
    assert_eq!(serde_json::from_str::<fieldgloss::media::MediaInfo>(&json).unwrap(), info);

    let silent = folder.make("silent.mp4", &["-f", "lavfi", "-i", &video, "-c:v", "libx264"]).unwrap();
    assert!(probe(&silent).unwrap().audio().is_none());
    assert!(matches!(AudioReader::open(&silent, AudioOptions::default()), Err(MediaError::NoAudio { .. })));
    let blind = folder.make("blind.wav", &["-f", "lavfi", "-i", &sound]).unwrap();
    assert!(matches!(VideoReader::open(&blind, VideoOptions::default()), Err(MediaError::NoVideo { .. })));
    let info = probe(&blind).unwrap();
    assert_eq!((info.mime.as_str(), info.duration), ("audio/x-wav", Some(secs(2.0))));
    let wrong = AudioOptions { stream: Some(7), ..Default::default() };
    assert!(matches!(AudioReader::open(&blind, wrong), Err(MediaError::NoStream { index: 7, .. })));
}

#[test]
fn what_is_not_a_recording_or_is_cut_short_gets_a_clear_word_and_no_panic() {
    let folder = Folder::new();
    assert!(matches!(probe(&folder.file("nothing.mp4")), Err(MediaError::Missing { .. })));
    assert!(matches!(probe(folder.0.path()), Err(MediaError::NotMedia { .. } | MediaError::Unreadable { .. })));
    for (name, content) in
        [("empty.wav", &b""[..]), ("text.mp4", b"not a film\n"), ("list.m3u8", b"#EXTM3U\nhttp://x/y.ts\n")]
    {
        std::fs::write(folder.file(name), content).unwrap();
        let found = probe(&folder.file(name));
        assert!(matches!(found, Err(MediaError::NotMedia { .. })), "{name}: {found:?}");
    }
    let (video, sound) = (counter("25", "10"), clicks("10"));
    let input = ["-f", "lavfi", "-i", &video, "-f", "lavfi", "-i", &sound, "-c:v", "libx264", "-c:a", "aac"];
    let cut = |path: &Path, name: &str, share: f64| {
        let bytes = std::fs::read(path).unwrap();
        std::fs::write(folder.file(name), &bytes[..(bytes.len() as f64 * share) as usize]).unwrap();
        folder.file(name)
    };
    let late_index = folder.make("late.mp4", &input).unwrap();
    let headless = cut(&late_index, "headless.mp4", 0.6);
    let error = probe(&headless).unwrap_err();
    assert!(matches!(error, MediaError::NoIndex { .. }), "{error:?}");
    assert!(error.to_string().contains("the recording's index is missing"), "{error}");

    let early_index = folder.make("early.mp4", &[&input[..], &["-movflags", "+faststart"]].concat()).unwrap();
    assert_eq!(probe(&early_index).unwrap().cut_short_at, None);
    let short = cut(&early_index, "short.mp4", 0.6);
    let at = probe(&short).unwrap().cut_short_at.expect("a cut is noticed");
    assert!(at > secs(2.0) && at < secs(8.5), "{at}");
    let mut reader = VideoReader::open(&short, VideoOptions::default()).unwrap();
    let frame = reader.frame_at(secs(1.02)).unwrap();
    assert_eq!(number(&frame), 25);
    assert!(reader.frame_at(secs(9.5)).unwrap().time < secs(9.0));
    let mut sound = AudioReader::open(&short, AudioOptions::default()).unwrap();
    assert!((click_near(&mut sound, 1.5) - 1.5).abs() < 0.001);
    assert!(sound.range(Span::new(secs(9.0), secs(10.0))).unwrap().iter().all(|sample| *sample == 0.0));

    let wav = folder.make("whole.wav", &["-f", "lavfi", "-i", &sound_source()]).unwrap();
    let at = probe(&cut(&wav, "cut.wav", 0.5)).unwrap().cut_short_at.unwrap();
    assert!((at.secs() - 5.0).abs() < 0.01, "{at}");

    // Every length of a small file: an answer or an error, never a panic.
    let small = folder.make("small.mkv", &["-f", "lavfi", "-i", &counter("25", "0.4"), "-c:v", "libx264"]).unwrap();
    let length = std::fs::metadata(&small).unwrap().len();
    for step in 0..12 {
        let piece = cut(&small, "piece.mkv", f64::from(step) / 12.0 + 3.0 / length as f64);
        if let Ok(mut reader) = VideoReader::open(&piece, VideoOptions::default()) {
            let _ = reader.frame_at(secs(0.2));
        }
        let _ = probe(&piece);
    }
}

fn sound_source() -> String {
    clicks("10")
}

#[test]
fn peaks_show_the_clicks_and_a_broken_cache_is_made_again() {
    let folder = Folder::new();
    let path = folder.make("a.flac", &["-f", "lavfi", "-i", &clicks("10")]).unwrap();
    let hash = hash_file(&path, &mut no_progress).unwrap();
    assert_eq!(hash, blake3::hash(&std::fs::read(&path).unwrap()).to_hex().to_string());
    let cache = Peaks::cache_path(&folder.file("cache"), &hash, None);
    let mut heard = Vec::new();
    let peaks = Peaks::load_or_build(&path, None, &cache, &mut |share| {
        heard.push(share);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(heard.len() > 3 && heard.is_sorted() && heard.last() == Some(&1.0), "{heard:?}");
    assert_eq!(peaks.duration(), secs(10.0));
    let columns = peaks.peaks(Span::new(Time::ZERO, secs(10.0)), 100, None);
    for (column, peak) in columns.iter().enumerate() {
        assert_eq!(peak.1 > 0.8, column % 10 == 5 || (column % 10 == 4 && peak.1 > 0.8), "column {column}: {peak:?}");
    }
    assert_eq!(Peaks::load(&cache).as_ref(), Some(&peaks));
    let bytes = std::fs::read(&cache).unwrap();
    std::fs::write(&cache, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(Peaks::load(&cache), None);
    assert_eq!(Peaks::load_or_build(&path, None, &cache, &mut no_progress).unwrap(), peaks);
    assert_eq!(std::fs::read(&cache).unwrap(), bytes);
    let stopped = Peaks::build(&path, None, &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(MediaError::Cancelled)));
}

#[test]
fn the_spectrogram_shows_a_tone_at_its_place_and_keeps_tiles() {
    let folder = Folder::new();
    let tone = "sine=frequency=2000:sample_rate=48000:duration=3";
    let path = folder.make("tone.wav", &["-f", "lavfi", "-i", tone]).unwrap();
    let settings = SpectrogramSettings::NARROW_BAND;
    let cache = folder.file("cache");
    let mut maker = Spectrogram::open(&path, None, settings, Some((&cache, "abc"))).unwrap();
    let range = maker.tiles_for(Span::new(Time::ZERO, secs(3.0)));
    assert_eq!(range, 0..2);
    let tile = maker.tile(0).unwrap();
    assert_eq!(tile.columns, 256);
    let hertz_a_bin = f64::from(settings.rate) / 2.0 / (tile.bins - 1) as f64;
    for column in [10, 100, 255] {
        let bins = &tile.levels[column * tile.bins..][..tile.bins];
        let loudest = (0..tile.bins).max_by_key(|bin| bins[*bin]).unwrap();
        assert!((loudest as f64 * hertz_a_bin - 2000.0).abs() <= hertz_a_bin, "bin {loudest}");
        // ffmpeg's sine has an amplitude of 1/8: −18 dB.
        let db = f32::from(bins[loudest]) * 0.5 - 120.0;
        assert!((db + 18.06).abs() < 1.5, "{db} dB");
        assert!(bins[tile.bins / 8] < 120, "far from the tone it is quiet");
    }
    assert_eq!(maker.tile(1).unwrap().columns, 300 - 256);
    assert_eq!(maker.tile(9).unwrap().columns, 0);
    let file = std::fs::read_dir(cache.join("spectrogram")).unwrap().next().unwrap().unwrap().path().join("0.tile");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(maker.tile(0).unwrap(), tile);
    assert_eq!(std::fs::read(&file).unwrap(), whole);
}

fn wait_for(longest: Duration, mut done: impl FnMut() -> bool) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < longest {
        if done() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    done()
}

#[test]
fn playback_runs_in_real_time_without_a_sound_card_and_pictures_follow() {
    let folder = Folder::new();
    let (video, sound) = (counter("25", "8"), clicks("8"));
    let arguments = ["-f", "lavfi", "-i", &video, "-f", "lavfi", "-i", &sound, "-c:v", "libx264", "-c:a", "aac"];
    let path = folder.make("film.mp4", &arguments).unwrap();
    let mut player = Player::open(&path, PlayerOptions { silent: true, ..Default::default() });
    let mut ready = false;
    assert!(wait_for(Duration::from_secs(10), || {
        ready |= matches!(player.event(), Some(PlayerEvent::Ready { .. }));
        ready && player.frame().is_some_and(|frame| number(&frame) == 0)
    }));
    assert!(!player.is_playing());

    player.seek(secs(3.0));
    assert_eq!(player.position(), secs(3.0));
    assert!(wait_for(Duration::from_secs(5), || player.frame().is_some_and(|frame| number(&frame) == 75)));
    assert_eq!(player.position(), secs(3.0));

    player.play();
    assert!(wait_for(Duration::from_secs(2), || player.position() > secs(3.0)));
    let (begin, from) = (Instant::now(), player.position());
    let mut last = from;
    while begin.elapsed() < Duration::from_millis(800) {
        let now = player.position();
        assert!(now >= last, "time went back from {last} to {now}");
        last = now;
        if let Some(frame) = player.frame() {
            assert!(frame.time <= player.position() + secs(0.001), "a picture came before its time");
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    let (real, played) = (begin.elapsed().as_secs_f64(), (player.position() - from).secs());
    assert!((real - played).abs() < 0.06, "{played} s played in {real} s");
    let shown = player.frame().unwrap();
    assert!((player.position() - shown.time).secs() < 0.25, "{shown:?} at {}", player.position());

    player.set_speed(0.5);
    std::thread::sleep(Duration::from_millis(200));
    let (begin, from) = (Instant::now(), player.position());
    std::thread::sleep(Duration::from_millis(600));
    let ratio = (player.position() - from).secs() / begin.elapsed().as_secs_f64();
    assert!((ratio - 0.5).abs() < 0.08, "{ratio}");
    player.pause();
    std::thread::sleep(Duration::from_millis(100));
    let here = player.position();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(player.position(), here);

    player.set_speed(1.0);
    player.play_span(Span::new(secs(1.0), secs(1.3)), true);
    let begin = Instant::now();
    let mut turns = 0;
    let mut last = Time::ZERO;
    while begin.elapsed() < Duration::from_millis(1200) {
        let now = player.position();
        assert!(now >= secs(1.0) && now < secs(1.301), "{now}");
        turns += u32::from(now < last);
        last = now;
        std::thread::sleep(Duration::from_millis(3));
    }
    assert!((2..=5).contains(&turns), "{turns}");
    assert!(player.frame().is_some_and(|frame| (24..=33).contains(&number(&frame))));

    player.play_span(Span::new(secs(5.0), secs(5.2)), false);
    let mut ended = false;
    assert!(wait_for(Duration::from_secs(3), || {
        ended |= matches!(player.event(), Some(PlayerEvent::Ended));
        ended
    }));
    assert!(!player.is_playing());
    assert!((player.position() - secs(5.2)).secs().abs() < 0.001, "{}", player.position());
}

#[test]
fn a_missing_recording_fails_the_player_with_an_event() {
    let player = Player::open(Path::new("/nowhere/at all.wav"), PlayerOptions { silent: true, ..Default::default() });
    let mut failed = false;
    assert!(wait_for(Duration::from_secs(5), || {
        failed |= matches!(player.event(), Some(PlayerEvent::Failed(MediaError::Missing { .. })));
        failed
    }));
}
