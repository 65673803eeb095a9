//! Files made to hurt, and real files broken in a thousand ways: every reader gives an answer in bounded time, an
//! error in words or what could be kept, and never panics.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use fieldgloss::formats::{self, Format, FormatError, ImportOptions};

/// Longer than this over a file of at most a megabyte is a stall, even in an unoptimised build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// Every format that a file can be read as.
fn readable() -> Vec<Format> {
    let folder = tempfile::tempdir().unwrap();
    let nothing = folder.path().join("nothing");
    std::fs::write(&nothing, b"").unwrap();
    let is_read = |format: &&Format| {
        let answer = formats::read(&nothing, Some(**format), &ImportOptions::default());
        !matches!(answer, Err(FormatError::NotRead { .. }))
    };
    Format::ALL.iter().filter(is_read).copied().collect()
}

/// Reads bytes as a format on a thread of its own, and writes back what was read; tells what went wrong, if anything.
fn survives(format: Format, bytes: &[u8]) -> Result<(), String> {
    let bytes = bytes.to_vec();
    let (done, answer) = channel();
    let worker = std::thread::Builder::new().spawn(move || {
        let folder = tempfile::tempdir().unwrap();
        let extension = format.extensions().first().copied().unwrap_or("txt");
        let file = folder.path().join(format!("in.{extension}"));
        std::fs::write(&file, &bytes).unwrap();
        let options = ImportOptions { object_language: "apy".into(), ..ImportOptions::default() };
        if let Ok(imported) = formats::read(&file, Some(format), &options) {
            let out = folder.path().join("written").join(format!("out.{extension}"));
            std::fs::create_dir_all(out.parent().unwrap()).unwrap();
            let written = formats::write(&out, format, &imported.bundle);
            assert!(
                matches!(written, Ok(_) | Err(FormatError::Unsayable { .. } | FormatError::NotWritten { .. })),
                "what was read cannot be written: {written:?}"
            );
            let outside: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
            assert_eq!(outside.len(), 2, "something was written outside its folder: {outside:?}");
        }
        let _ = done.send(());
    });
    let worker = worker.map_err(|error| error.to_string())?;
    match answer.recv_timeout(PATIENCE) {
        Ok(()) => Ok(()),
        Err(RecvTimeoutError::Timeout) => Err(format!("stalled for {} s", PATIENCE.as_secs())),
        Err(RecvTimeoutError::Disconnected) => {
            let panic = worker.join().err();
            let words = panic.as_ref().and_then(|p| {
                p.downcast_ref::<String>().map(String::as_str).or_else(|| p.downcast_ref::<&str>().copied())
            });
            Err(format!("panicked: {}", words.unwrap_or("without words")))
        }
    }
}

fn check(cases: impl IntoIterator<Item = (String, Format, Vec<u8>)>) {
    let mut failed = Vec::new();
    let mut count = 0;
    for (name, format, bytes) in cases {
        count += 1;
        if let Err(problem) = survives(format, &bytes) {
            failed.push(format!("{name} as {}: {problem}", format.name()));
        }
    }
    assert!(count > 0, "nothing was tried");
    assert!(failed.is_empty(), "{} of {count}:\n{}", failed.len(), failed.join("\n"));
}

fn billion_laughs(root: &str) -> String {
    let mut text = format!("<?xml version=\"1.0\"?>\n<!DOCTYPE {root} [\n<!ENTITY l0 \"lol\">\n");
    for level in 1..12 {
        let before = format!("&l{};", level - 1).repeat(10);
        text.push_str(&format!("<!ENTITY l{level} \"{before}\">\n"));
    }
    text.push_str(&format!("<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<{root}>&l11;&x;</{root}>\n"));
    text
}

/// A root element for formats that are XML.
fn root_of(format: Format) -> Option<&'static str> {
    Some(match format {
        Format::Eaf => "ANNOTATION_DOCUMENT",
        Format::FlexText => "document",
        Format::Lift => "lift",
        Format::Exb => "basic-transcription",
        Format::Trs => "Trans",
        Format::Xigt => "xigt-corpus",
        Format::SayMore => "Session",
        Format::RdfXml => "rdf:RDF",
        _ => return None,
    })
}

#[test]
fn files_made_to_hurt_get_an_answer() {
    let mut cases = Vec::new();
    for format in readable() {
        let mut add = |name: &str, bytes: Vec<u8>| cases.push((name.to_owned(), format, bytes));
        add("an empty file", Vec::new());
        add("zeros", vec![0; 4096]);
        add("bytes of no encoding", (0..=255u8).cycle().take(4096).collect());
        add("half a UTF-16 file", [0xFF, 0xFE, 0x00, 0xD8, 0x61].to_vec());
        add("unpaired surrogates in UTF-16", [0xFF, 0xFE].into_iter().chain([0x00, 0xD8].repeat(500)).collect());
        add("surrogates in UTF-8", b"\xED\xA0\x80\xED\xB0\x80".repeat(200));
        add("one line of a megabyte", vec![b'a'; 1 << 20]);
        add("a megabyte of line ends", b"\r\n".repeat(1 << 19));
        add("brackets without end", b"[{(<".repeat(20_000));
        add("backslashes", b"\\".repeat(100_000));
        add("combining marks", "a\u{301}\u{0}\u{202E}".repeat(20_000).into_bytes());
        let Some(root) = root_of(format) else { continue };
        add("a billion laughs", billion_laughs(root).into_bytes());
        let deep = format!("<{root}>{}", "<a>".repeat(100_000));
        add("elements without end", deep.clone().into_bytes());
        add("deep elements", format!("{deep}{}</{root}>", "</a>".repeat(100_000)).into_bytes());
        add("a huge attribute", format!("<{root} a=\"{}\"/>", "x".repeat(1 << 20)).into_bytes());
        let many: String = (0..50_000).map(|n| format!(" a{n}=\"\"")).collect();
        add("many attributes", format!("<{root}{many}/>").into_bytes());
        let same: String = " a=\"\"".repeat(20_000);
        add("the same attribute again and again", format!("<{root}{same}/>").into_bytes());
        add("many empty children", format!("<{root}>{}</{root}>", "<a/>".repeat(100_000)).into_bytes());
        add("entities that nobody made", format!("<{root}>&nobody;&#0;&#xD800;&#x110000;</{root}>").into_bytes());
    }
    check(cases);
}

#[test]
fn times_that_are_none_get_an_answer() {
    let eaf = |time: &str| {
        format!(
            "<ANNOTATION_DOCUMENT><HEADER TIME_UNITS=\"milliseconds\"><MEDIA_DESCRIPTOR MEDIA_URL=\"../../../etc/passwd\" \
             RELATIVE_MEDIA_URL=\"../../../../../../etc/passwd\" TIME_ORIGIN=\"{time}\"/></HEADER><TIME_ORDER>\
             <TIME_SLOT TIME_SLOT_ID=\"a\" TIME_VALUE=\"{time}\"/><TIME_SLOT TIME_SLOT_ID=\"b\" TIME_VALUE=\"{time}\"/>\
             </TIME_ORDER><TIER TIER_ID=\"t\" LINGUISTIC_TYPE_REF=\"l\"><ANNOTATION><ALIGNABLE_ANNOTATION \
             ANNOTATION_ID=\"1\" TIME_SLOT_REF1=\"a\" TIME_SLOT_REF2=\"b\"><ANNOTATION_VALUE>x</ANNOTATION_VALUE>\
             </ALIGNABLE_ANNOTATION></ANNOTATION></TIER><LINGUISTIC_TYPE LINGUISTIC_TYPE_ID=\"l\"/></ANNOTATION_DOCUMENT>"
        )
    };
    let textgrid = |time: &str| {
        format!(
            "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = {time}\nxmax = {time}\ntiers? <exists>\n\
             size = 1\nitem []:\n item [1]:\n class = \"IntervalTier\"\n name = \"t\"\n xmin = {time}\n xmax = {time}\n \
             intervals: size = 1\n intervals [1]:\n xmin = {time}\n xmax = {time}\n text = \"x\"\n"
        )
    };
    let exb = |time: &str| {
        format!(
            "<basic-transcription><head/><basic-body><common-timeline><tli id=\"T0\" time=\"{time}\"/><tli id=\"T1\" \
             time=\"{time}\"/></common-timeline><tier id=\"t\" category=\"v\" type=\"t\"><event start=\"T0\" end=\"T1\">x\
             </event></tier></basic-body></basic-transcription>"
        )
    };
    let srt = |time: &str| format!("1\n{time} --> {time}\nx\n\n");
    let chat = |time: &str| format!("@UTF8\n@Begin\n*CHI:\tx . \u{15}{time}_{time}\u{15}\n@End\n");
    let labels = |time: &str| format!("{time}\t{time}\tx\n");
    let mut cases = Vec::new();
    let times = [
        "NaN",
        "-NaN",
        "inf",
        "-inf",
        "1e400",
        "-1e400",
        "-1",
        "-0",
        "9223372036854775807",
        "-9223372036854775808",
        "99999999999999999999999999",
        "1e18",
        "0x10",
        "",
        " ",
        "1:2:3:4:5",
        "00:00:-01,000",
        "999999999:00:00,000",
        "00:99:99.999",
        "١٢٣",
    ];
    for time in times {
        let name = format!("the time '{time}'");
        for (format, text) in [
            (Format::Eaf, eaf(time)),
            (Format::TextGrid, textgrid(time)),
            (Format::Exb, exb(time)),
            (Format::Srt, srt(time)),
            (Format::Vtt, format!("WEBVTT\n\n{}", srt(time))),
            (Format::Chat, chat(time)),
            (Format::Labels, labels(time)),
        ] {
            cases.push((name.clone(), format, text.into_bytes()));
        }
    }
    check(cases);
}

/// A generator of numbers that are the same in every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// Cut short, with bytes changed, pieces doubled, taken out or moved.
fn broken(bytes: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=numbers.below(4) {
        if bytes.is_empty() {
            return bytes;
        }
        let at = numbers.below(bytes.len());
        let end = (at + 1 + numbers.below(200)).min(bytes.len());
        match numbers.below(6) {
            0 => bytes.truncate(at),
            1 => bytes[at] = numbers.next() as u8,
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                let to = numbers.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            4 => bytes[at] ^= 1 << numbers.below(8),
            _ => {
                let nasty: [&[u8]; 8] =
                    [b"-1", b"99999999999999999999", b"\0", b"<", b"\"", b"\t\t", b"\xFF\xFE", b"NaN"];
                let piece = nasty[numbers.below(nasty.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }
    bytes
}

/// The real files among the test data, small enough to be broken often.
fn real_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![data()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if entry.metadata().is_ok_and(|m| m.len() < 64 * 1024) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn real_files_broken_at_random_get_an_answer() {
    let readable = readable();
    let rounds = std::env::var("FIELDGLOSS_HOSTILE_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(12);
    let mut numbers = Numbers(2026);
    let mut cases = Vec::new();
    for path in real_files() {
        let Ok(format) = Format::guess(&path) else { continue };
        if !readable.contains(&format) {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for round in 0..rounds {
            cases.push((format!("{name}, broken in way {round}"), format, broken(&bytes, &mut numbers)));
        }
    }
    check(cases);
}

/// Inputs that once broke a reader: `FORMAT.anything` under `tests/data/fuzz`.
#[test]
fn what_fuzzing_found_stays_mended() {
    let folder = data().join("fuzz");
    let Ok(entries) = std::fs::read_dir(&folder) else { return };
    let mut cases = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(format) = name.split('.').next().and_then(|format| format.parse::<Format>().ok()) else { continue };
        cases.push((name, format, std::fs::read(entry.path()).unwrap()));
    }
    check(cases);
}
