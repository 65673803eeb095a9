//! Curves on their way to ELAN: tables beside the document, one configuration, and links to both.
//!
//! Set `FIELDGLOSS_REFEREES` to a Python environment with pympi-ling and lxml to have the files read by them
//! (`packaging/referees/read_curves.py`) and checked against ELAN's schema.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use fieldgloss::analysis::codec;
use fieldgloss::app::transfer::{self, ExportOptions};
use fieldgloss::domain::*;
use fieldgloss::formats::{self, Format, ImportOptions};
use fieldgloss::store::{Op, OpKind, Scope, Store};
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn record<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("a record")
}

fn ms(millis: i64) -> Time {
    Time::from_millis(millis)
}

fn channel(name: &str, values: Vec<f32>) -> Channel {
    Channel { name: name.into(), width: 1, step: 0.001, values }
}

/// A session of half a minute whose recording begins 1 s into it: S1's face in two pieces, with a second in which the head
/// is turned away; a body that nobody named; S1's voice.
struct Made {
    bundle: Bundle,
    session: SessionId,
    person: PersonId,
    media: MediaId,
    run: RunId,
}

impl Made {
    fn new(access: &str) -> Self {
        let (session, person, media, run) = (SessionId::new(), PersonId::new(), MediaId::new(), RunId::new());
        let mut made = Self { bundle: Bundle::default(), session, person, media, run };
        let bundle = &mut made.bundle;
        bundle.project =
            Some(record(json!({ "id": ProjectId::new(), "name": "Curves", "description": {}, "base_iri": "",
            "licence": "", "created": "2026-01-01T00:00:00Z", "residue": {} })));
        bundle
            .people
            .push(record(json!({ "id": person, "code": "S1", "name": "Maria Silva", "languages": [], "notes": "",
            "consent": { "given": true }, "access": "team", "residue": {} })));
        bundle.sessions.push(record(
            json!({ "id": session, "name": "Talk", "title": {}, "date": "", "place": "", "genre": "",
            "description": {}, "participants": [], "consent": { "given": true }, "access": access, "position": 0,
            "residue": {} }),
        ));
        bundle.media.push(record(json!({ "id": media, "session": session, "path": "talk.mp4", "storage": "linked",
            "hash": "", "size": 0, "mime": "video/mp4", "duration": 30_000_000_000_i64, "offset": 1_000_000_000_i64,
            "streams": [], "position": 0, "residue": {} })));
        bundle.runs.push(look(run, session, media));
        made.add(TrackKind::Face, 1, Some(person), &face(1_000, 100));
        made.add(TrackKind::Face, 2, Some(person), &face(10_000, 50));
        let times: Vec<Time> = (0..5).map(|i| ms(2_000 + i * 40)).collect();
        let speed = channel("measure.wrist_speed.left", vec![0.0, 1.5, 2.5, f32::NAN, 0.5]);
        made.add(TrackKind::Body, 3, None, &TrackSamples { times, channels: vec![speed] });
        let times: Vec<Time> = (0..4).map(|i| ms(3_000 + i * 10)).collect();
        let channels = vec![
            channel("measure.pitch", vec![f32::NAN, 180.5, 181.0, 440.0]),
            channel("speech.probability", vec![0.1, 0.9, 0.95, 0.9]),
        ];
        made.add(TrackKind::Voice, 1, Some(person), &TrackSamples { times, channels });
        made
    }

    fn add(&mut self, kind: TrackKind, number: i64, person: Option<PersonId>, samples: &TrackSamples) -> TrackId {
        self.add_of(self.run, kind, number, person, samples)
    }

    fn add_of(
        &mut self,
        run: RunId,
        kind: TrackKind,
        number: i64,
        person: Option<PersonId>,
        samples: &TrackSamples,
    ) -> TrackId {
        let id = TrackId::new();
        let (start, end) = (samples.times[0], samples.times[samples.times.len() - 1]);
        let count = samples.times.len() as i64;
        self.bundle.tracks.push(Track {
            id,
            run,
            kind,
            number,
            person,
            start,
            end,
            samples: count,
            residue: Residue::default(),
        });
        let chunks = codec::encode(samples).expect("packed").into_iter().map(|chunk| TrackChunk {
            track: id,
            channel: chunk.channel,
            start: chunk.start,
            end: chunk.end,
            samples: chunk.samples as i64,
            blob: chunk.blob,
        });
        self.bundle.samples.extend(chunks);
        id
    }

    /// The project in a store.
    fn store(&self, folder: &Path) -> Store {
        let place = folder.join("p.fieldgloss");
        let mut store = Store::create(&place, self.bundle.project.as_ref().expect("a project"), &[]).expect("a store");
        store
            .transact(Op::fixed(OpKind::Import), |tx| {
                tx.merge(&self.bundle)?;
                self.bundle.samples.iter().try_for_each(|chunk| tx.put_chunk(chunk))
            })
            .expect("filled");
        store
    }
}

fn look(id: RunId, session: SessionId, media: MediaId) -> ModelRun {
    record(json!({ "id": id, "session": session, "media": media, "models": [], "settings": { "fps": 25.0 },
        "started": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:01:00Z", "status": "finished", "frames": 750,
        "residue": {} }))
}

/// A face at 25 frames a second that opens its mouth wider and wider; from the 25th frame to the 50th its head is turned so
/// far that no expression can be told.
fn face(start: i64, frames: usize) -> TrackSamples {
    let times = (0..frames as i64).map(|i| ms(start + i * 40)).collect();
    let turned = |i: usize| (25..50).contains(&i) && frames > 50;
    let all = |value: f32| vec![value; frames];
    let boxes = (0..frames).flat_map(|_| [10.0, 10.0, 120.0, 140.0]).collect();
    let scores = (0..frames).flat_map(|_| [0.1, 0.6, 0.1, 0.05, 0.05, 0.05, 0.05]);
    let other = (0..frames).flat_map(|_| [0.1, 0.8, 0.02, 0.02, 0.02, 0.02, 0.02]);
    let net = |name: &str, values: Vec<f32>| Channel { name: name.into(), width: 7, step: 0.001, values };
    TrackSamples {
        times,
        channels: vec![
            Channel { name: "box".into(), width: 4, step: 0.125, values: boxes },
            channel("presence", all(0.99)),
            channel("score", all(0.9)),
            channel("quality.sharpness", all(200.0)),
            channel("quality.brightness", all(120.0)),
            channel("quality.cut_off", all(0.0)),
            channel("measure.mouth_open", (0..frames).map(|i| i as f32 / 100.0).collect()),
            channel("measure.head_yaw", (0..frames).map(|i| if turned(i) { 60.0 } else { 5.0 }).collect()),
            channel("measure.head_pitch", all(0.0)),
            channel("own.mine.age", all(40.0)),
            channel("own.mine.valence", all(0.25)),
            net("expression.faceapi", scores.collect()),
            net("expression.human", other.collect()),
        ],
    }
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder)
        .expect("a folder")
        .map(|e| e.expect("entry").file_name().into_string().expect("a name"))
        .collect()
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

const ALL: [&str; 6] = [
    "talk.eaf",
    "talk-S1-face.curves.csv",
    "talk-S1-expression.curves.csv",
    "talk-S1-voice.curves.csv",
    "talk-Body_3-body.curves.csv",
    "talk_tsconf.xml",
];

/// The descriptors of a document, in order, as `LINK_URL` and `MIME_TYPE`.
fn links(document: &Path) -> Vec<(String, String)> {
    let mut reader = quick_xml::Reader::from_str(Box::leak(text(document).into_boxed_str()));
    let mut found = Vec::new();
    loop {
        use quick_xml::events::Event;
        match reader.read_event().expect("XML") {
            Event::Eof => return found,
            Event::Empty(e) | Event::Start(e) if e.name().0 == "LINKED_FILE_DESCRIPTOR" => {
                let of = |name: &str| {
                    let found = e.attributes().flatten().find(|a| a.key.0 == name).expect("an attribute");
                    quick_xml::escape::unescape(&found.value).expect("text").into_owned()
                };
                found.push((of("LINK_URL"), of("MIME_TYPE")));
            }
            _ => {}
        }
    }
}

fn linked_names(document: &Path) -> Vec<String> {
    links(document).into_iter().map(|(url, _)| url.rsplit('/').next().unwrap_or_default().to_owned()).collect()
}

/// What pympi, ElementTree and csv find; the schema is asked too.
fn referee(document: &Path) -> Option<Value> {
    let Some(referees) = std::env::var_os("FIELDGLOSS_REFEREES") else {
        println!("NOT RUN: the reading of {} (FIELDGLOSS_REFEREES is not set)", document.display());
        return None;
    };
    let python = Path::new(&referees).join("bin/python");
    let said = |args: &[&std::ffi::OsStr]| {
        let out = Command::new(&python).args(args).output().expect("the referee starts");
        let (out_text, err) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(out.status.success(), "{}: {out_text}{err}", document.display());
        out_text.into_owned()
    };
    let script = "import sys\nfrom lxml import etree\ns = etree.XMLSchema(etree.parse(sys.argv[1]))\n\
                  ok = s.validate(etree.parse(sys.argv[2]))\nprint(s.error_log)\nsys.exit(0 if ok else 1)";
    let schema = root().join("tests/data/eaf/EAFv3.0.xsd");
    said(&["-c".as_ref(), script.as_ref(), schema.as_ref(), document.as_ref()]);
    let reader = root().join("packaging/referees/read_curves.py");
    Some(serde_json::from_str(&said(&[reader.as_ref(), document.as_ref()])).expect("JSON"))
}

fn export(store: &Store, path: &Path) -> LossReport {
    transfer::export(store, Scope::Whole, Format::Eaf, path).expect("exported")
}

#[test]
fn curves_lie_beside_the_document_and_are_linked() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Made::new("open").store(folder.path());
    let out = folder.path().join("a b");
    std::fs::create_dir(&out).expect("a folder");
    let document = out.join("talk.eaf");
    let report = export(&store, &document);
    assert_eq!(names_in(&out), set(&ALL));

    // A row a frame, the session's own time; one empty row ends the line where nobody was seen for six seconds.
    let face = text(&out.join("talk-S1-face.curves.csv"));
    let lines: Vec<&str> = face.lines().collect();
    assert_eq!(lines[0], "#time_ms,head_pitch,head_yaw,mouth_open,own.mine.valence");
    assert_eq!(lines[1], "1000,0,5,0,0.25");
    assert_eq!(lines[2], "1040,0,5,0.01,0.25");
    assert_eq!(lines[100..103], ["4960,0,5,0.99,0.25", "5000,NaN,NaN,NaN,NaN", "10000,0,5,0,0.25"]);
    assert_eq!(lines.len(), 1 + 100 + 1 + 50);
    // The mean of both networks, and none while the head is turned away.
    let expression = text(&out.join("talk-S1-expression.curves.csv"));
    let rows: Vec<Vec<&str>> = expression.lines().map(|line| line.split(',').collect()).collect();
    let happy = rows[0].iter().position(|name| *name == "expression.happiness").expect("a column");
    assert_eq!(rows[0].len(), 8);
    let at = |row: usize| rows[row][happy];
    assert!(at(1).parse::<f32>().expect("a number") > 0.01, "{}", at(1));
    assert_eq!((at(26), at(50)), ("NaN", "NaN"), "frames 25 and 49");
    assert_ne!(at(51), "NaN");
    assert_eq!(text(&out.join("talk-Body_3-body.curves.csv")).lines().nth(4), Some("2120,NaN"));

    // Addresses as ELAN writes them: not percent-encoded. The configuration comes first.
    let expected: Vec<String> = std::iter::once("talk_tsconf.xml")
        .chain([
            "talk-S1-face.curves.csv",
            "talk-S1-expression.curves.csv",
            "talk-Body_3-body.curves.csv",
            "talk-S1-voice.curves.csv",
        ])
        .map(|name| format!("file://{}", out.join(name).display()))
        .collect();
    let found = links(&document);
    assert_eq!(found.iter().map(|(url, _)| url.clone()).collect::<Vec<_>>(), expected);
    assert_eq!(found[0].1, "text/xml");

    let said = report.to_string();
    assert!(said.contains("talk-S1-face.curves.csv"), "{said}");
    assert!(said.contains("points, boxes and qualities of tracks"), "{said}");
    assert!(!said.contains("  tracks (an ELAN file holds tiers only)") && !said.contains("  tracks (a ELAN"), "{said}");
    let config = text(&out.join("talk_tsconf.xml"));
    assert!(!config.contains("age") && !face.contains("age"), "nothing of age");
    for name in ALL {
        assert!(!text(&out.join(name)).contains("Maria"), "{name}: a name that not everybody may know");
    }

    let Some(verdict) = referee(&document) else { return };
    assert_eq!((&verdict["root"], &verdict["configurations"]), (&json!("timeseries"), &json!(1)));
    let curves = verdict["curves"].as_array().expect("curves");
    assert_eq!(curves.len(), 4 + 7 + 1 + 2);
    for curve in curves {
        assert_eq!((&curve["linked"], &curve["kind"]), (&json!(true), &json!("Discontinuous Rate")), "{curve}");
        let bounds = |key: &str| [0, 1].map(|i| curve[key][i].as_f64().expect("a number"));
        let ([low, high], [least, greatest]) = (bounds("range"), bounds("seen"));
        assert!(low < high && low <= least && greatest <= high, "{curve}");
    }
    let of = |name: &str| curves.iter().find(|curve| curve["name"] == name).unwrap_or_else(|| panic!("no {name}"));
    let pitch = of("S1 · pitch");
    assert_eq!((&pitch["unit"], &pitch["count"]), (&json!("Hz"), &json!(4)));
    assert_eq!(pitch["samples"], json!([[3000, null], [3010, 180.5], [3020, 181.0], [3030, 440.0]]));
    assert_eq!(pitch["range"], json!([50.0, 440.0]), "as much as there is");
    assert_eq!(of("Body 3 · wrist_speed.left")["samples"][3], json!([2120, null]));
    let names: BTreeSet<&str> = curves.iter().filter_map(|curve| curve["name"].as_str()).collect();
    assert_eq!(names.len(), curves.len(), "ELAN knows curves by their names");
}

#[test]
fn who_wants_the_document_alone_gets_it_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Made::new("open").store(folder.path());
    let out = folder.path().join("out");
    std::fs::create_dir(&out).expect("a folder");
    let alone = ExportOptions { curves: false };
    let report =
        transfer::export_as(&store, Scope::Whole, Format::Eaf, &out.join("talk.eaf"), alone).expect("exported");
    assert_eq!(names_in(&out), set(&["talk.eaf"]));
    assert!(report.items.iter().any(|i| i.fate == Fate::LeftOut && i.what == "tracks" && i.count == 4), "{report}");
    assert!(links(&out.join("talk.eaf")).is_empty());
    // A template has no curves either.
    export(&store, &out.join("talk.etf"));
    assert_eq!(names_in(&out), set(&["talk.eaf", "talk.etf"]));

    let project = folder.path().join("p.fieldgloss");
    drop(store);
    let run = |more: &[&str], to: &Path| {
        let out = Command::new(env!("CARGO_BIN_EXE_fieldgloss"))
            .arg("export")
            .arg(&project)
            .args(["--format", "eaf", "--out"])
            .arg(to)
            .args(more)
            .output()
            .expect("the program starts");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    };
    let (with, without) = (folder.path().join("with"), folder.path().join("without"));
    [&with, &without].iter().for_each(|folder| std::fs::create_dir(folder).expect("a folder"));
    run(&["--no-curves"], &without.join("talk.eaf"));
    run(&[], &with.join("talk.eaf"));
    assert_eq!((names_in(&without), names_in(&with)), (set(&["talk.eaf"]), set(&ALL)));
}

#[test]
fn coming_back_the_links_are_kept_and_not_doubled() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Made::new("open").store(folder.path());
    let out = folder.path().join("out");
    std::fs::create_dir(&out).expect("a folder");
    let document = out.join("talk.eaf");
    export(&store, &document);
    let first = links(&document);
    let config = text(&out.join("talk_tsconf.xml"));

    // Into a project that has no tracks: the links go on, the configuration too; the tables stay where they are.
    let imported = formats::read(&document, None, &ImportOptions::default()).expect("read");
    let elsewhere = folder.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).expect("a folder");
    let report = formats::write(&elsewhere.join("again.eaf"), Format::Eaf, &imported.bundle).expect("written");
    assert_eq!(links(&elsewhere.join("again.eaf")), first);
    assert_eq!(names_in(&elsewhere), set(&["again.eaf", "talk_tsconf.xml"]), "{report}");
    assert_eq!(text(&elsewhere.join("talk_tsconf.xml")), config);

    // Back into the project it came from, and out again, over what is there and under another name.
    let mut store = store;
    transfer::import_file(&mut store, &document, None, ImportOptions::default()).expect("imported");
    export(&store, &document);
    let sessions: Vec<Session> = store.read().all().expect("sessions");
    for session in &sessions {
        let to = folder.path().join(session.id.to_string());
        std::fs::create_dir(&to).expect("a folder");
        transfer::export(&store, Scope::Session(session.id), Format::Eaf, &to.join("other.eaf")).expect("exported");
        let names = linked_names(&to.join("other.eaf"));
        let unique: BTreeSet<&String> = names.iter().collect();
        assert_eq!(unique.len(), names.len(), "{names:?}");
        assert_eq!(names.iter().filter(|name| name.ends_with("_tsconf.xml")).count(), 1, "{names:?}");
        assert_eq!(names.iter().filter(|name| name.ends_with("-face.curves.csv")).count(), 1, "{names:?}");
    }
}

const TRACKER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<timeseries date="2023-09-18T15:54:44+01:00" version="1.0">
  <tracksource sample-type="Continuous Rate" source-url="file:///C:/data/tracker.txt" time-column="2" time-origin="500">
    <property key="provider" value="mpi.eudico.client.annotator.timeseries.csv.CSVServiceProvider"/>
    <track derivative="1" name="glove"><property key="detect-range" value="true"/><sample-position>
      <description>thumb</description><pos col="5" row="0"/></sample-position><description/><units>m/s</units>
      <range max="450.0" min="300.0"/><color>0,255,0</color></track>
  </tracksource>
</timeseries>
"#;

/// A document of ELAN's with a tracker of its own, its configuration beside it.
fn with_tracker(folder: &Path) -> PathBuf {
    let bare = formats::read(&root().join("tests/data/eaf/saymore_test.eaf"), None, &ImportOptions::default());
    let document = folder.join("old.eaf");
    formats::write(&document, Format::Eaf, &bare.expect("read").bundle).expect("written");
    let linked = "<LINKED_FILE_DESCRIPTOR LINK_URL=\"file:///C:/data/tracker.txt\" MIME_TYPE=\"text/plain\" \
                  RELATIVE_LINK_URL=\"./tracker.txt\"/>\n        <LINKED_FILE_DESCRIPTOR \
                  LINK_URL=\"file:///C:/data/old_tsconf.xml\" MIME_TYPE=\"text/xml\" \
                  RELATIVE_LINK_URL=\"./old_tsconf.xml\"/>\n    </HEADER>";
    std::fs::write(&document, text(&document).replace("</HEADER>", linked)).expect("written");
    std::fs::write(folder.join("old_tsconf.xml"), TRACKER).expect("written");
    document
}

#[test]
fn what_elan_had_linked_itself_is_joined_with_ours() {
    let folder = tempfile::tempdir().expect("a folder");
    let document = with_tracker(folder.path());
    let mut made = Made::new("open");
    let imported = formats::read(&document, None, &ImportOptions::default()).expect("read");
    made.bundle.sessions[0].residue = imported.bundle.sessions[0].residue.clone();
    let store = made.store(folder.path());
    let out = folder.path().join("out");
    std::fs::create_dir(&out).expect("a folder");
    let report = export(&store, &out.join("talk.eaf"));
    assert!(report.to_string().contains("curves of other sources"), "{report}");
    let names = linked_names(&out.join("talk.eaf"));
    assert_eq!(names.iter().filter(|name| *name == "tracker.txt").count(), 1, "{names:?}");
    assert_eq!((names[0].as_str(), names.len()), ("talk_tsconf.xml", 6), "ELAN reads one configuration: {names:?}");
    let config = text(&out.join("talk_tsconf.xml"));
    for kept in ["time-origin=\"500\"", "name=\"glove\"", "Continuous Rate", "derivative=\"1\"", "thumb", "450.0"] {
        assert!(config.contains(kept), "{kept} is not in {config}");
    }
    if let Some(verdict) = referee(&out.join("talk.eaf")) {
        let curves = verdict["curves"].as_array().expect("curves");
        assert_eq!(curves.len(), 1 + 14);
        assert!(curves.iter().all(|curve| curve["linked"] == true), "{curves:?}");
    }

    // Without curves of ours it goes as it came.
    let plain = folder.path().join("plain");
    std::fs::create_dir(&plain).expect("a folder");
    formats::write(&plain.join("old.eaf"), Format::Eaf, &imported.bundle).expect("written");
    assert_eq!(linked_names(&plain.join("old.eaf")), ["tracker.txt", "old_tsconf.xml"]);
    assert_eq!(text(&plain.join("old_tsconf.xml")), TRACKER);
}

#[test]
fn what_somebody_chose_in_elan_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Made::new("open").store(folder.path());
    let out = folder.path().join("out");
    std::fs::create_dir(&out).expect("a folder");
    export(&store, &out.join("talk.eaf"));
    let place = out.join("talk_tsconf.xml");
    // Another colour, a range that does not show all and one that does, a speed of the same column.
    let (head, tail) = {
        let config = text(&place);
        let at = config.find("S1 · mouth_open").expect("the mouth");
        (config[..at].to_owned(), config[at..].to_owned())
    };
    let tail = tail.replacen("230,159,0", "1,2,3", 1).replacen("<range max=\"1.0\"", "<range max=\"2.5\"", 1);
    assert!(tail.contains("2.5"), "{tail}");
    let speed = "<track derivative=\"1\" name=\"mouth speed\"><sample-position><pos col=\"3\" row=\"0\"/></sample-position>\
                 <units>1/s</units><range max=\"9.0\" min=\"-9.0\"/><color>9,9,9</color></track></tracksource>";
    let tail = tail.replacen("</tracksource>", speed, 1);
    let head = head.replacen("<range max=\"60.0\" min=\"-45.0\"", "<range max=\"20.0\" min=\"-20.0\"", 1);
    std::fs::write(&place, head + &tail).expect("written");
    std::fs::write(out.join("talk-S1-voice.curves.csv"), "mine").expect("written");

    export(&store, &out.join("talk.eaf"));
    let config = text(&place);
    assert!(config.contains("1,2,3") && config.contains("max=\"2.5\"") && config.contains("mouth speed"), "{config}");
    assert!(!config.contains("max=\"20.0\""), "a range that hides a part of a curve");
    // What is not ours is left alone, and our table has another name.
    assert_eq!(text(&out.join("talk-S1-voice.curves.csv")), "mine");
    assert!(names_in(&out).contains("talk-S1-voice-2.curves.csv"));
    assert_eq!(linked_names(&out.join("talk.eaf")).len(), 5);
}

#[test]
fn people_and_sessions_that_are_closed_have_no_curves() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = |name: &str, made: &Made| {
        let place = folder.path().join(name);
        std::fs::create_dir(&place).expect("a folder");
        let project = folder.path().join(format!("{name}-project"));
        std::fs::create_dir(&project).expect("a folder");
        let report = export(&made.store(&project), &place.join("talk.eaf"));
        (names_in(&place), report.to_string())
    };
    let (names, said) = out("closed", &Made::new("closed"));
    assert_eq!(names, set(&["talk.eaf"]));
    assert!(said.contains("session that is closed"), "{said}");

    let mut refused = Made::new("open");
    refused.bundle.people[0].consent.given = Some(false);
    let (names, said) = out("refused", &refused);
    assert_eq!(
        names,
        set(&ALL[..1]).union(&set(&["talk-Body_3-body.curves.csv", "talk_tsconf.xml"])).cloned().collect()
    );
    assert!(said.contains("refused consent"), "{said}");
    // The body that nobody named may be theirs, once they are said to be there.
    let took_part = json!([{ "person": refused.person, "role": "speaker" }]);
    refused.bundle.sessions[0].participants = record(took_part);
    assert_eq!(out("there", &refused).0, set(&["talk.eaf"]));

    let (_, said) = out("team", &Made::new("team"));
    assert!(said.contains("for the team only"), "{said}");

    // Who refuses later: what an earlier export wrote lies there still, and that is said.
    let place = folder.path().join("team");
    refused.bundle.sessions[0].participants.clear();
    let project = folder.path().join("later");
    std::fs::create_dir(&project).expect("a folder");
    let report = export(&refused.store(&project), &place.join("talk.eaf"));
    let warning = report.warnings.iter().find(|warning| warning.contains("earlier export")).expect("a warning");
    assert!(warning.contains("talk-S1-face.curves.csv") && !warning.contains("Body"), "{warning}");
    assert_eq!(linked_names(&place.join("talk.eaf")), ["talk_tsconf.xml", "talk-Body_3-body.curves.csv"]);
    assert!(!text(&place.join("talk_tsconf.xml")).contains("S1"));
}

#[test]
fn only_looks_that_stand_are_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut made = Made::new("open");
    // A newer look at the same: it counts, and the first one nowhere.
    let newer = RunId::new();
    made.bundle.runs.push(look(newer, made.session, made.media));
    made.add_of(newer, TrackKind::Face, 1, Some(made.person), &face(20_000, 10));
    let out = folder.path().join("out");
    std::fs::create_dir(&out).expect("a folder");
    let report = export(&made.store(folder.path()), &out.join("talk.eaf"));
    let face = text(&out.join("talk-S1-face.curves.csv"));
    assert_eq!((face.lines().count(), face.lines().nth(1)), (11, Some("20000,0,5,0,0.25")));
    assert!(report.to_string().contains("another look at the same time stands for"), "{report}");
}

#[test]
fn curves_that_cannot_be_read_are_told_and_the_rest_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut made = Made::new("open");
    made.bundle
        .samples
        .iter_mut()
        .filter(|chunk| chunk.channel == "measure.pitch")
        .for_each(|chunk| chunk.blob.truncate(4));
    let out = folder.path().join("out");
    std::fs::create_dir(&out).expect("a folder");
    let report = export(&made.store(folder.path()), &out.join("talk.eaf"));
    assert_eq!(names_in(&out), set(&ALL).difference(&set(&["talk-S1-voice.curves.csv"])).cloned().collect());
    assert!(report.to_string().contains("cannot be read") && report.to_string().contains("damaged"), "{report}");
}

#[test]
fn of_a_crowd_that_nobody_named_the_longest_are_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut made = Made::new("open");
    for number in 0..12 {
        made.add(TrackKind::Face, 10 + number, None, &face(1_000, 5 + number as usize));
    }
    let out = folder.path().join("out");
    std::fs::create_dir(&out).expect("a folder");
    let report = export(&made.store(folder.path()), &out.join("talk.eaf"));
    let names = names_in(&out);
    let faces: Vec<&String> = names.iter().filter(|name| name.contains("Face_") && name.contains("-face")).collect();
    assert_eq!(faces.len(), 8, "{names:?}");
    assert!(
        !names.contains("talk-Face_13-face.curves.csv") && names.contains("talk-Face_14-face.curves.csv"),
        "{names:?}"
    );
    assert!(report.items.iter().any(|item| item.why.contains("nobody named") && item.count == 4), "{report}");
}

#[test]
fn two_cameras_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut made = Made::new("open");
    let (media, run) = (MediaId::new(), RunId::new());
    let mut second = made.bundle.media[0].clone();
    (second.id, second.path, second.position) = (media, "left side.mp4".into(), 1);
    made.bundle.media.push(second);
    made.bundle.runs.push(look(run, made.session, media));
    made.add_of(run, TrackKind::Face, 1, Some(made.person), &face(1_000, 20));
    let out = folder.path().join("out");
    std::fs::create_dir(&out).expect("a folder");
    export(&made.store(folder.path()), &out.join("talk.eaf"));
    let names = names_in(&out);
    assert!(
        names.contains("talk-S1-talk-face.curves.csv") && names.contains("talk-S1-left_side-face.curves.csv"),
        "{names:?}"
    );
    let config = text(&out.join("talk_tsconf.xml"));
    assert!(config.contains("S1 · mouth_open (talk)") && config.contains("S1 · mouth_open (left side)"), "{config}");
}

#[test]
fn names_that_elan_would_not_open_are_made_plain_or_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Made::new("open").store(folder.path());
    let (plain, odd) = (folder.path().join("out & more"), folder.path().join("Träume 50%"));
    [&plain, &odd].iter().for_each(|folder| std::fs::create_dir(folder).expect("a folder"));
    let report = export(&store, &plain.join("Töne.eaf"));
    assert!(report.warnings.is_empty(), "{report}");
    let names = names_in(&plain);
    assert!(names.contains("T_ne_tsconf.xml") && names.contains("Töne-S1-face.curves.csv"), "{names:?}");
    assert_eq!(linked_names(&plain.join("Töne.eaf"))[0], "T_ne_tsconf.xml");
    if let Some(verdict) = referee(&plain.join("Töne.eaf")) {
        let curves = verdict["curves"].as_array().expect("curves");
        assert!(
            curves.len() == 14 && curves.iter().all(|curve| curve["linked"] == true && curve["count"] != 0),
            "{curves:?}"
        );
    }
    let report = export(&store, &odd.join("talk.eaf"));
    assert_eq!(report.warnings.len(), 1, "{report}");
    assert!(report.warnings[0].contains("“%”, “ä”"), "{report}");
    // It is valid all the same, and what it links is found beside it.
    if let Some(verdict) = referee(&odd.join("talk.eaf")) {
        let curves = verdict["curves"].as_array().expect("curves");
        assert!(curves.iter().all(|curve| curve["linked"] == true && curve["count"] != 0), "{curves:?}");
    }
}
