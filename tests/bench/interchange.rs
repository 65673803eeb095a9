//! How fast files go in and out, beside the program that others would use for the same, in the same run.
//!
//! `cargo xtask bench` builds this optimised and names a Python environment with the peers in
//! `FIELDGLOSS_REFEREES`; without it our own numbers are printed alone. Every figure is the best of several rounds,
//! peer and ours in turn; a peer's time leaves out its start and its imports.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use fieldgloss::domain::{Bundle, Project, ProjectId};
use fieldgloss::formats::{self, Format, ImportOptions, rdf};

// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds of each measurement.
const ROUNDS: usize = 5;

struct Row {
    what: String,
    size: String,
    ours: Duration,
    peer: Option<(&'static str, Duration)>,
}

fn main() {
    // `cargo bench` and `cargo test` pass words of their own.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
    let folder = tempfile::tempdir().expect("a temporary folder");
    println!("{:<44} {:>22} {:>11} {:>11}  {:<8} {:>7}", "", "size", "ours", "peer", "", "times");
    if wanted("eaf") {
        eaf(folder.path()).iter().for_each(show);
    }
    if wanted("turtle") {
        show(&turtle(folder.path()));
    }
    if wanted("cldf") {
        cldf().iter().for_each(show);
    }
    if wanted("whole") {
        whole(folder.path());
    }
}

fn show(row: &Row) {
    let (name, peer, times) = match row.peer {
        Some((name, peer)) => {
            (name, millis(peer), format!("{:.1}×", peer.as_secs_f64() / row.ours.as_secs_f64().max(1e-9)))
        }
        None => ("", String::new(), String::new()),
    };
    println!("{:<44} {:>22} {:>11} {:>11}  {:<8} {:>7}", row.what, row.size, millis(row.ours), peer, name, times);
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path, format: Format) -> Bundle {
    let options =
        ImportOptions { object_language: "apy".into(), analysis_language: "en".into(), ..ImportOptions::default() };
    formats::read(path, Some(format), &options).unwrap_or_else(|error| panic!("{}: {error}", path.display())).bundle
}

/// The best of several rounds.
fn best(mut round: impl FnMut()) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        round();
        best = best.min(begun.elapsed());
    }
    best
}

/// Runs a measurement of the peers' script: it prints seconds.
fn peer(name: &'static str, verb: &str, file: &Path) -> Option<(&'static str, Duration)> {
    let python = Path::new(&std::env::var_os("FIELDGLOSS_REFEREES")?).join("bin/python");
    let script = root().join("packaging/referees/bench_peers.py");
    let output = Command::new(python).arg(script).arg(verb).arg(file).arg(ROUNDS.to_string()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let secs = text.trim().parse::<f64>().ok();
    if secs.is_none() {
        eprintln!("{name} on {}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
    }
    Some((name, Duration::from_secs_f64(secs?)))
}

fn eaf(folder: &Path) -> Vec<Row> {
    let hour = folder.join("hour.eaf");
    std::fs::write(&hour, hour_of_annotations()).expect("the generated file");
    let real = root().join("tests/data/eaf/pympi_sample_3.0.eaf");
    [("EAF read: an hour, 30 tiers", hour), ("EAF read: a real file", real)]
        .into_iter()
        .map(|(what, file)| {
            let mut count = 0;
            let ours = best(|| count = read(&file, Format::Eaf).annotations.len());
            let peer = peer("pympi", "eaf", &file);
            Row { what: what.to_owned(), size: format!("{count} annotations"), ours, peer }
        })
        .collect()
}

/// An hour of talk: ten speakers with an utterance every 5.4 s, words' and translation's tiers under each.
fn hour_of_annotations() -> String {
    let mut slots = String::new();
    let mut tiers = String::new();
    let (mut slot, mut id) = (0, 0);
    for speaker in 0..10 {
        let (mut said, mut free, mut note) = (String::new(), String::new(), String::new());
        for turn in 0..667 {
            let start = turn * 5400 + speaker * 37;
            for time in [start, start + 4200] {
                slot += 1;
                let _ = write!(slots, "<TIME_SLOT TIME_SLOT_ID=\"ts{slot}\" TIME_VALUE=\"{time}\"/>\n        ");
            }
            id += 1;
            let utterance = id;
            let _ = write!(
                said,
                "<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID=\"a{id}\" TIME_SLOT_REF1=\"ts{}\" \
                 TIME_SLOT_REF2=\"ts{slot}\"><ANNOTATION_VALUE>mame tyryryme nytose kaikuxi {turn}</ANNOTATION_VALUE>\
                 </ALIGNABLE_ANNOTATION></ANNOTATION>\n        ",
                slot - 1
            );
            for (tier, text) in [(&mut free, "then they went fast"), (&mut note, "ok")] {
                id += 1;
                let _ = write!(
                    tier,
                    "<ANNOTATION><REF_ANNOTATION ANNOTATION_ID=\"a{id}\" ANNOTATION_REF=\"a{utterance}\">\
                     <ANNOTATION_VALUE>{text} {turn}</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>\n        "
                );
            }
        }
        let _ = write!(
            tiers,
            "<TIER LINGUISTIC_TYPE_REF=\"utterance\" TIER_ID=\"S{speaker}\">{said}</TIER>\n\
             <TIER LINGUISTIC_TYPE_REF=\"line\" PARENT_REF=\"S{speaker}\" TIER_ID=\"S{speaker}-free\">{free}</TIER>\n\
             <TIER LINGUISTIC_TYPE_REF=\"line\" PARENT_REF=\"S{speaker}\" TIER_ID=\"S{speaker}-note\">{note}</TIER>\n"
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ANNOTATION_DOCUMENT AUTHOR=\"\" DATE=\"2026-01-01T00:00:00+00:00\" FORMAT=\"3.0\" VERSION=\"3.0\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:noNamespaceSchemaLocation=\"http://www.mpi.nl/tools/elan/EAFv3.0.xsd\">\n\
         <HEADER MEDIA_FILE=\"\" TIME_UNITS=\"milliseconds\"></HEADER>\n<TIME_ORDER>{slots}</TIME_ORDER>\n{tiers}\
         <LINGUISTIC_TYPE GRAPHIC_REFERENCES=\"false\" LINGUISTIC_TYPE_ID=\"utterance\" TIME_ALIGNABLE=\"true\"/>\n\
         <LINGUISTIC_TYPE CONSTRAINTS=\"Symbolic_Association\" GRAPHIC_REFERENCES=\"false\" \
         LINGUISTIC_TYPE_ID=\"line\" TIME_ALIGNABLE=\"false\"/>\n\
         <CONSTRAINT DESCRIPTION=\"1-1 association with a parent annotation\" STEREOTYPE=\"Symbolic_Association\"/>\n\
         </ANNOTATION_DOCUMENT>\n"
    )
}

fn project() -> Project {
    Project {
        id: ProjectId::new(),
        name: "Bench".into(),
        description: Default::default(),
        base_iri: "https://example.org/bench/".into(),
        licence: "https://creativecommons.org/licenses/by/4.0/".into(),
        created: String::new(),
        residue: Default::default(),
    }
}

/// Everything of `more`, after what is there.
fn add(all: &mut Bundle, more: Bundle) {
    if all.languages.is_empty() {
        all.languages = more.languages;
        all.people = more.people;
    }
    all.sessions.extend(more.sessions);
    all.media.extend(more.media);
    all.tiers.extend(more.tiers);
    all.annotations.extend(more.annotations);
    all.words.extend(more.words);
    all.morphs.extend(more.morphs);
    all.lexemes.extend(more.lexemes);
    all.forms.extend(more.forms);
    all.senses.extend(more.senses);
    all.examples.extend(more.examples);
    all.relations.extend(more.relations);
}

fn sample(name: &str) -> PathBuf {
    root().join("assets/sample").join(name)
}

fn turtle(folder: &Path) -> Row {
    let mut bundle = Bundle { project: Some(project()), ..Bundle::default() };
    add(&mut bundle, read(&sample("apalai.flextext"), Format::FlexText));
    add(&mut bundle, read(&sample("apalai.lift"), Format::Lift));
    let mut size = 0;
    let ours = best(|| size = rdf::to_bytes(Format::Turtle, &bundle).expect("Turtle").0.len());
    let triples = folder.join("graph.nt");
    let (bytes, _) = rdf::to_bytes(Format::NTriples, &bundle).expect("N-Triples");
    let count = bytes.iter().filter(|byte| **byte == b'\n').count();
    std::fs::write(&triples, bytes).expect("the graph");
    let peer = peer("rdflib", "turtle", &triples);
    Row { what: "Turtle written: texts and lexicon".into(), size: format!("{count} triples"), ours, peer }
}

fn cldf() -> Vec<Row> {
    let folder = root().join("tests/data/cldf");
    let mut rows = Vec::new();
    for name in ["dictionaria_teanu", "dictionaria_daakaka"] {
        let file = folder.join(name).join("cldf-metadata.json");
        if !file.exists() {
            continue;
        }
        let mut count = 0;
        let ours = best(|| count = read(&file, Format::Cldf).lexemes.len());
        let peer = peer("pycldf", "cldf", &file);
        rows.push(Row { what: format!("CLDF read: {name}"), size: format!("{count} entries"), ours, peer });
    }
    let lift = sample("apalai.lift");
    let mut count = 0;
    let ours = best(|| count = read(&lift, Format::Lift).lexemes.len());
    rows.push(Row { what: "LIFT read: Apalaí".into(), size: format!("{count} entries"), ours, peer: None });
    rows
}

/// A bundle under ids of its own: FLEx's files say theirs, and the same file read again is the same texts.
fn with_own_ids(json: &str) -> Bundle {
    let mut ids = std::collections::HashMap::new();
    let is_id = |text: &str| text.len() == 36 && text.bytes().filter(|b| *b == b'-').count() == 4;
    let parts: Vec<String> = json
        .split('"')
        .map(|part| match is_id(part) {
            true => ids.entry(part).or_insert_with(|| ProjectId::new().to_string()).clone(),
            false => part.to_owned(),
        })
        .collect();
    serde_json::from_str(&parts.join("\"")).expect("the same bundle")
}

/// A thousand real texts, written whole in each format.
fn whole(folder: &Path) {
    let mut bundle = Bundle { project: Some(project()), ..Bundle::default() };
    let texts = serde_json::to_string(&read(&sample("apalai.flextext"), Format::FlexText)).expect("JSON");
    while bundle.sessions.len() < 1000 {
        add(&mut bundle, with_own_ids(&texts));
    }
    add(&mut bundle, read(&sample("apalai.lift"), Format::Lift));
    let size = format!("{} words", bundle.words.len());
    for format in [Format::Json, Format::FlexText, Format::Csv, Format::Cldf, Format::Html, Format::Turtle] {
        let file = folder.join(format!("whole.{}", format.extension()));
        let begun = Instant::now();
        let written = formats::write(&file, format, &bundle);
        let ours = begun.elapsed();
        let what = match written {
            Ok(_) => format!("{} texts written: {}", bundle.sessions.len(), format.name()),
            Err(error) => format!("{}: {error}", format.name()),
        };
        show(&Row { what, size: size.clone(), ours, peer: None });
    }
}
