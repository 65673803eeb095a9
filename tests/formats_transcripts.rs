//! Transcripts along a recording in and out: EXMARaLDA, Transcriber, CHAT, SubRip and WebVTT, Audacity labels.
//!
//! Set `FIELDGLOSS_REFEREES` to a Python environment with lxml, pylangacq, srt and webvtt-py to have the exports read
//! by other programs than ours as well.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use fieldgloss::domain::*;
use fieldgloss::formats::{self, Format, FormatError, ImportOptions, Imported};
use proptest::prelude::*;
use serde_json::{Value, json};

const EXB: [&str; 3] = ["exb/La_Toya_Jackson.exb", "exb/interview.exb", "exb/text_only.exb"];
const CHAT: [&str; 6] = [
    "chat/english-child-speech.cha",
    "chat/language-switching.cha",
    "chat/overlap-markers.cha",
    "chat/retrace.cha",
    "chat/russian-child-narrative.cha",
    "chat_own/everything.cha",
];
const OTHERS: [&str; 4] = ["subtitles/story.srt", "subtitles/story.vtt", "labels/tracks.txt", "labels/plain.txt"];

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn read(path: &Path) -> Imported {
    formats::read(path, None, &ImportOptions::default()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn read_text(name: &str, content: &[u8]) -> Result<Imported, FormatError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let format = if name.ends_with(".txt") { Some(Format::Labels) } else { None };
    formats::read(&path, format, &ImportOptions::default())
}

/// Writes a bundle to a file of a name; what stands in it, and what was said of it.
fn written(bundle: &Bundle, name: &str) -> (String, LossReport) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let format = if name.ends_with(".txt") { Format::Labels } else { Format::from_name(&path).unwrap() };
    let report = formats::write(&path, format, bundle).unwrap();
    (std::fs::read_to_string(&path).unwrap(), report)
}

/// The bundle with every id replaced by the order in which records stand, so that two readings can be compared.
fn canonical(bundle: &Bundle) -> Value {
    fn walk(value: &mut Value, known: &mut HashMap<String, usize>) {
        match value {
            Value::String(text) if text.len() == 36 && text.bytes().filter(|b| *b == b'-').count() == 4 => {
                let next = known.len();
                *text = format!("#{}", known.entry(text.clone()).or_insert(next));
            }
            Value::Object(object) => object.values_mut().for_each(|v| walk(v, known)),
            Value::Array(list) => list.iter_mut().for_each(|v| walk(v, known)),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(bundle).unwrap();
    walk(&mut value, &mut HashMap::new());
    value["sessions"][0]["name"] = json!("");
    value
}

fn difference(a: &Value, b: &Value, path: &str) -> Option<String> {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            let keys = x.keys().chain(y.keys().filter(|k| !x.contains_key(*k)));
            let of = |o: &serde_json::Map<String, Value>, k: &str| o.get(k).cloned().unwrap_or(Value::Null);
            keys.filter_map(|k| difference(&of(x, k), &of(y, k), &format!("{path}/{k}"))).next()
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
            x.iter().zip(y).enumerate().find_map(|(n, (x, y))| difference(x, y, &format!("{path}/{n}")))
        }
        _ => (a != b).then(|| format!("{path}: {a} against {b}")),
    }
}

fn assert_same(a: &Bundle, b: &Bundle, what: &str) {
    if let Some(difference) = difference(&canonical(a), &canonical(b), "") {
        panic!("{what}: {difference}");
    }
}

fn tier<'a>(bundle: &'a Bundle, name: &str) -> &'a Tier {
    let names: Vec<&str> = bundle.tiers.iter().map(|t| t.name.as_str()).collect();
    bundle.tiers.iter().find(|t| t.name == name).unwrap_or_else(|| panic!("no tier {name} in {names:?}"))
}

fn on<'a>(bundle: &'a Bundle, name: &str) -> Vec<&'a Annotation> {
    let id = tier(bundle, name).id;
    bundle.annotations.iter().filter(|a| a.tier == id).collect()
}

fn values<'a>(bundle: &'a Bundle, name: &str) -> Vec<&'a str> {
    on(bundle, name).into_iter().map(|a| a.value.as_str()).collect()
}

fn millis(annotation: &Annotation) -> (i64, i64) {
    let span = annotation.span().unwrap();
    (span.start.millis(), span.end.millis())
}

/// Asks a Python program of another maker. `None` where none are installed.
fn referee(script: &str, content: &str, name: &str) -> Option<Value> {
    let Some(referees) = std::env::var_os("FIELDGLOSS_REFEREES") else {
        println!("NOT RUN: {name} was not read by others (FIELDGLOSS_REFEREES is not set)");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let python = Path::new(&referees).join("bin/python");
    let out = Command::new(python)
        .args(["-c", script])
        .arg(&path)
        .arg(data("exb/basic-transcription-1.4.dtd"))
        .output()
        .expect("the referee starts");
    let (said, errors) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{name}: {said}{errors}\n{content}");
    Some(serde_json::from_str(&said).unwrap_or_else(|e| panic!("{name}: {e}: {said}")))
}

/// A project of another maker: two speakers who overlap, translations, notes, words with morphs, a gesture.
fn well_story() -> Bundle {
    let eaf = formats::read(&data("eaf/speach_aesop.eaf"), None, &ImportOptions::default()).unwrap();
    eaf.bundle
}

fn glossed() -> Bundle {
    formats::read(&data("sil_FullyAnalyzed.flextext"), None, &ImportOptions::default()).unwrap().bundle
}

// ---------------------------------------------------------------- every file, there and back

/// A file's content by the canonical form that its format's module states.
fn canonical_form(name: &str, text: &str) -> String {
    let text = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n");
    if name.ends_with("exb") {
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("<!--") {
            out.push_str(before);
            rest = after.split_once("-->").unwrap().1;
        }
        out.push_str(rest);
        let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
        let flat = flat.replace("> <", "><").replace("\" >", "\">");
        return flat.replace("<ud-speaker-information></ud-speaker-information>", "<ud-speaker-information/>");
    }
    if name.ends_with("cha") {
        return text.replace("\n\t", " ");
    }
    if name.ends_with("vtt") {
        // A voice that speaks all of a cue is without end tag.
        return text;
    }
    text
}

#[test]
fn unedited_files_come_back_as_they_were() {
    for name in EXB.iter().chain(&CHAT).chain(&OTHERS) {
        let Imported { bundle, report } = read(&data(name));
        assert!(report.is_lossless(), "{name}\n{report}");
        let (text, _) = written(&bundle, name.rsplit('/').next().unwrap());
        let source = std::fs::read_to_string(data(name)).unwrap();
        let (was, now) = (canonical_form(name, &source), canonical_form(name, &text));
        for (was, now) in was.lines().zip(now.lines()) {
            assert_eq!(was, now, "{name}");
        }
        assert_eq!(was, now, "{name}");
        let again = read_text(name.rsplit('/').next().unwrap(), text.as_bytes()).unwrap();
        // Where the file lies is no part of it.
        let (mut a, mut b) = (bundle, again.bundle);
        for media in a.media.iter_mut().chain(&mut b.media) {
            media.path = media.path.rsplit('/').next().unwrap().to_owned();
        }
        assert_same(&a, &b, name);
    }
}

#[test]
fn formats_are_told_from_name_and_content() {
    let wanted = [Format::Srt, Format::Vtt, Format::Labels, Format::Labels];
    for (name, format) in OTHERS.iter().zip(wanted) {
        assert_eq!(Format::guess(&data(name)).unwrap(), format, "{name}");
    }
    assert_eq!(Format::guess(&data("trs/interview.trs")).unwrap(), Format::Trs);
    // Other text files are what they were.
    assert_eq!(Format::guess(&data("goodmami_corpus.txt")).unwrap(), Format::Toolbox);
    assert_eq!(Format::guess(&data("sliekkas_sample.txt")).unwrap(), Format::Toolbox);
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in
        [(EXB[1], Format::Exb), (CHAT[0], Format::Chat), (OTHERS[1], Format::Vtt), ("trs/interview.trs", Format::Trs)]
    {
        let path = folder.path().join("without-ending");
        std::fs::copy(data(name), &path).unwrap();
        assert_eq!(Format::guess(&path).unwrap(), format, "{name}");
    }
    for text in ["1\t2\t3\t4\n5\t6\t7\t8\n", "just some words\n", "0.5\t1.0\tlabel\nand prose\n"] {
        let path = folder.path().join("other.txt");
        std::fs::write(&path, text).unwrap();
        assert_ne!(Format::guess(&path).ok(), Some(Format::Labels), "{text}");
    }
}

// ---------------------------------------------------------------- EXMARaLDA

#[test]
fn exmaralda_tiers_speakers_and_times() {
    // lxml: count(//tier), count(//event), count(//speaker), count(//referenced-file).
    let bundle = read(&data(EXB[0])).bundle;
    let found = [bundle.tiers.len(), bundle.annotations.len(), bundle.people.len(), bundle.media.len()];
    assert_eq!(found, [8, 269, 4, 4]);
    let codes: Vec<&str> = bundle.people.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["LJ", "ASP", "UEB", "ON"]);
    let spoken = on(&bundle, "LJ [v]");
    assert_eq!((spoken[0].start, spoken[0].value.as_str()), (Some(Time(4_573_191_494)), "I am… "));
    assert_eq!(tier(&bundle, "LJ [v]").role, TierRole::Transcription);
    assert_eq!(bundle.media[0].path, "LaToyaJacksonInterpretingIsFun.avi");
    let long = spoken.iter().find(|a| a.value.starts_with("I ((1s))")).unwrap();
    assert_eq!(long.value, "I ((1s)) I must say that it is truly an honour to be here tonight ");
}

#[test]
fn exmaralda_dependents_and_untimed_items() {
    let Imported { bundle, report } = read(&data(EXB[1]));
    let session = &bundle.sessions[0];
    assert_eq!(session.title.first(), Some("The well & the goat"));
    assert_eq!((session.date.as_str(), session.place.as_str()), ("2021-05-04", "Tadmait"));
    assert_eq!(session.description.first(), Some("Told at noon."));
    assert_eq!(bundle.media[0].path, "well story.wav");
    assert_eq!(bundle.people[0].languages, ["kab", "fr"]);
    let main = tier(&bundle, "AM [v]");
    let translation = tier(&bundle, "AM [en]");
    assert_eq!((translation.parent, translation.constraint), (Some(main.id), Constraint::SymbolicAssociation));
    assert_eq!((translation.role, translation.language.as_str()), (TierRole::Translation, "en"));
    assert_eq!(tier(&bundle, "AM [w]").constraint, Constraint::IncludedIn);
    assert_eq!(tier(&bundle, "AM [sup]").parent, None, "it spans two events");
    let words = on(&bundle, "AM [w]");
    assert_eq!((millis(words[0]), millis(words[1])), ((0, 1000), (1000, 2000)), "between their neighbours, evenly");
    let spoken = on(&bundle, "AM [v]");
    assert_eq!(spoken.iter().map(|a| a.start.is_some()).collect::<Vec<_>>(), [true, true, false, false]);
    assert!(report.to_string().contains("events without times"), "{report}");
    assert_eq!(read(&data(EXB[2])).bundle.annotations.iter().filter(|a| a.start.is_none()).count(), 2);
}

const DTD: &str = "import sys\nfrom lxml import etree\nd = etree.DTD(open(sys.argv[2], 'rb'))\nt = etree.parse(sys.argv[1])\n\
                   ok = d.validate(t)\nassert ok, d.error_log\nr = [i.get('id') for i in t.iter('tli')]\n\
                   times = [float(i.get('time')) for i in t.iter('tli') if i.get('time')]\nassert times == sorted(times), times\n\
                   for tier in t.iter('tier'):\n    last = 0\n    for e in tier.iter('event'):\n        \
                   s, n = r.index(e.get('start')), r.index(e.get('end'))\n        assert last <= s < n, (tier.get('id'), s, n)\n        \
                   last = n\nprint(len(list(t.iter('event'))))";

/// Valid by EXMARaLDA's DTD, the timeline in order, the events of each tier one after another.
fn assert_valid_exb(bundle: &Bundle, what: &str) -> (String, LossReport) {
    let (text, report) = written(bundle, "out.exb");
    if let Some(count) = referee(DTD, &text, "out.exb") {
        let kept = report.items.iter().find(|i| i.what == "events").map_or(0, |i| i.count);
        assert_eq!(count, json!(kept), "{what}\n{report}");
    }
    (text, report)
}

#[test]
fn exmaralda_exports_are_valid() {
    for name in EXB {
        assert_valid_exb(&read(&data(name)).bundle, name);
    }
    for (what, bundle) in [("an ELAN file", well_story()), ("glossed words", glossed())] {
        let (text, report) = assert_valid_exb(&bundle, what);
        let again = read_text("out.exb", text.as_bytes()).unwrap();
        assert!(again.bundle.annotations.len() >= bundle.annotations.len(), "{what}\n{report}");
    }
    for name in ["textgrid/praatio_mary.TextGrid", "eaf/poio_example.eaf", "eaf/saymore_test.eaf", CHAT[0], OTHERS[1]] {
        assert_valid_exb(&read(&data(name)).bundle, name);
    }
}

#[test]
fn exmaralda_edits_move_the_timeline_and_nothing_else() {
    let mut bundle = read(&data(EXB[1])).bundle;
    let id = on(&bundle, "BK [v]")[0].id;
    let edited = bundle.annotations.iter_mut().find(|a| a.id == id).unwrap();
    (edited.start, edited.value) = (Some(Time::from_millis(2500)), "ihi".to_owned());
    let main = tier(&bundle, "AM [v]").id;
    bundle.annotations.push(Annotation::new(
        main,
        Some(Span { start: Time::from_millis(1500), end: Time::from_millis(2600) }),
        9,
        "new",
    ));
    let (text, _) = assert_valid_exb(&bundle, "edited");
    assert!(text.contains("ihi") && text.contains("medium=\"aud\"") && text.contains("HIAT"), "{text}");
    let again = read_text("out.exb", text.as_bytes()).unwrap().bundle;
    assert_eq!(millis(on(&again, "BK [v]")[0]), (2500, 3600));
    let words = on(&again, "AM [w]");
    assert_eq!((millis(words[0]), millis(words[1])), ((0, 1000), (1000, 2000)), "untouched ones stay where they were");
    assert_eq!(values(&again, "AM [v] (2)"), ["new"], "overlaps go to a further tier");
}

// ---------------------------------------------------------------- Transcriber

#[test]
fn transcriber_turns_become_tiers_of_speakers() {
    let options = ImportOptions { analysis_language: "fr".into(), ..ImportOptions::default() };
    let Imported { bundle, report } = formats::read(&data("trs/interview.trs"), None, &options).unwrap();
    let names: Vec<&str> = bundle.tiers.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(
        names,
        ["enquêteur", "enquêteur notes", "témoin", "(no speaker)", "Sections", "Topics", "Background"],
        "{report}"
    );
    let first = on(&bundle, "enquêteur");
    assert_eq!(values(&bundle, "enquêteur"), ["bonjour [rire] à vous", "on commence", "oui"]);
    assert_eq!((millis(first[0]), millis(first[1]), millis(first[2])), ((0, 2500), (2500, 5250), (5250, 9000)));
    assert_eq!(values(&bundle, "témoin"), ["[lang=en-] okay [-lang=en]"]);
    assert_eq!(millis(on(&bundle, "témoin")[0]), (5250, 9000), "both speak at once");
    assert_eq!(values(&bundle, "(no speaker)"), ["[foule]"]);
    assert_eq!(values(&bundle, "enquêteur notes"), ["voix basse"]);
    assert_eq!(values(&bundle, "Sections"), ["report", "nontrans"]);
    let topic = on(&bundle, "Topics")[0];
    assert_eq!((topic.value.as_str(), topic.entry), ("le marché", Some(bundle.vocabularies[0].entries[0].id)));
    assert_eq!(
        (values(&bundle, "Background"), millis(on(&bundle, "Background")[0])),
        (vec!["music (high)"], (500, 10000))
    );
    let session = &bundle.sessions[0];
    assert_eq!((session.title.first(), session.date.as_str()), (Some("Voix du marché"), "2002-03-01"));
    assert_eq!(tier(&bundle, "témoin").annotator, "Élodie");
    assert_eq!(tier(&bundle, "témoin").language, "fr");
    assert_eq!(bundle.media[0].path, "marché_01");
    assert_eq!(first[0].residue.get("trs").unwrap()["mode"], "spontaneous");
    assert!(report.is_lossless() && report.warnings.is_empty(), "{report}");
    let refused = formats::write(&tempfile::tempdir().unwrap().path().join("x.trs"), Format::Trs, &bundle);
    assert!(matches!(refused, Err(FormatError::NotWritten { .. })));
}

#[test]
fn transcriber_declares_its_encoding() {
    let text = std::fs::read_to_string(data("trs/interview.trs")).unwrap();
    let as_utf8 = read(&data("trs/interview.trs")).bundle;
    let declared = text.replace("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\"");
    let latin: Vec<u8> = declared.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let read_latin = read_text("x.trs", &latin).unwrap();
    assert!(read_latin.report.warnings.is_empty());
    assert_same(&as_utf8, &read_latin.bundle, "Latin-1");
    let wrong = read_text("x.trs", declared.as_bytes()).unwrap();
    assert_same(&as_utf8, &wrong.bundle, "declared Latin-1, is UTF-8");
    assert!(wrong.report.warnings[0].contains("ISO-8859-1"), "{}", wrong.report);
    // Central European letters are others than Western ones at the same bytes.
    let polish = b"<?xml version='1.0' encoding='ISO-8859-2'?><Trans><Episode><Section type='report' startTime='0' \
                   endTime='1'><Turn startTime='0' endTime='1'><Sync time='0'/>ksi\xb1\xbfka</Turn></Section></Episode></Trans>";
    assert_eq!(values(&read_text("x.trs", polish).unwrap().bundle, "(no speaker)"), ["książka"]);
}

#[test]
fn transcriber_faults_are_told() {
    let bad = "<Trans><Episode><Section type='report' startTime='0' endTime='9'><Turn speaker='ghost' startTime='0' \
               endTime='9'><Sync time='NaN'/>a<Sync time='5'/>b<Sync time='2'/>c<Odd>d</Odd></Turn><Turn startTime='-1' \
               endTime='oops'>e</Turn></Section></Episode>";
    let Imported { bundle, report } = read_text("x.trs", bad.as_bytes()).unwrap();
    assert_eq!(values(&bundle, "ghost"), ["a", "bc d"]);
    let said = report.to_string();
    for word in ["ghost", "no numbers", "breaks off", "before the recording"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    for nothing in ["", "<Trans", "<html/>", "words"] {
        assert!(read_text("x.trs", nothing.as_bytes()).is_err() || nothing == "<Trans", "{nothing}");
    }
}

// ---------------------------------------------------------------- CHAT

#[test]
fn chat_lines_become_tiers_words_and_notes() {
    let Imported { bundle, report } = read(&data("chat_own/everything.cha"));
    let names: Vec<&str> = bundle.tiers.iter().map(|t| t.name.as_str()).collect();
    let expected = [
        "CHI",
        "gra@CHI",
        "eng@CHI",
        "com@CHI",
        "com-2@CHI",
        "MOT",
        "mor@MOT",
        "com@MOT",
        "eng@MOT",
        "INV",
        "xspa@INV",
    ];
    assert_eq!(names, expected, "{report}");
    let session = &bundle.sessions[0];
    assert_eq!((session.date.as_str(), session.place.as_str()), ("2020-07-04", "Berlin, Germany"));
    assert_eq!(session.description.first(), Some("at the kitchen table"));
    let (people, roles): (Vec<_>, Vec<_>) = bundle
        .people
        .iter()
        .zip(&session.participants)
        .map(|(p, r)| ((p.code.as_str(), p.name.as_str()), r.role.as_str()))
        .unzip();
    assert_eq!(people, [("CHI", "Ada"), ("MOT", ""), ("INV", "")]);
    assert_eq!(roles, ["Target_Child", "Mother", "Investigator"]);
    assert_eq!(tier(&bundle, "CHI").language, "de");
    assert_eq!(tier(&bundle, "INV").language, "en");
    assert_eq!((tier(&bundle, "eng@CHI").role, tier(&bundle, "com@CHI").role), (TierRole::Translation, TierRole::Note));
    assert_eq!(
        (tier(&bundle, "xspa@INV").role, tier(&bundle, "xspa@INV").language.as_str()),
        (TierRole::Translation, "es")
    );
    let first = on(&bundle, "CHI")[0];
    assert_eq!((first.value.as_str(), millis(first)), ("mama [/] mama , gib mir das .", (0, 1500)));
    assert_eq!(on(&bundle, "CHI")[1].start, None);
    let words: Vec<(&str, &str)> =
        bundle.words.iter().map(|w| (w.form.first().unwrap(), w.category.first().unwrap_or(""))).collect();
    let expected = [("mama", "noun"), (",", "cm"), ("gib", "verb"), ("mir", "pron"), ("das", "pron"), (".", "")];
    assert_eq!(words, expected, "the second %mor has an item too many and stays a line");
    assert_eq!(values(&bundle, "mor@MOT"), ["pron|was adv|denn adv|zuviel ?"]);
}

const CHAT_SCRIPT: &str = "import sys, json, pylangacq\nstrict = 'zuviel' not in open(sys.argv[1], encoding='utf-8').read()\nr = pylangacq.read_chat(sys.argv[1], strict=strict)\nh = r.headers()[0]\n\
                           us = [u for u in r.utterances() if u.participant]\nprint(json.dumps({'people': \
                           [[p.code, p.name, p.role] for p in h.participants], 'languages': h.languages, 'date': str(h.date), 'utterances': \
                           [[u.participant, list(u.time_marks) if u.time_marks else None, dict(u.tiers), \
                           [[t.word, t.pos] for t in u.tokens]] for u in us]}))";

/// What pylangacq sees in a text; `None` where it is not installed.
fn langacq(text: &str, name: &str) -> Option<Value> {
    // It wants the transcript to be called as its recording is.
    let media = text.lines().find_map(|line| line.strip_prefix("@Media:\t")?.split(',').next());
    referee(CHAT_SCRIPT, text, &media.map_or(name.to_owned(), |media| format!("{media}.cha")))
}

#[test]
fn pylangacq_sees_the_same_before_and_after() {
    for name in CHAT {
        let bundle = read(&data(name)).bundle;
        let (text, _) = written(&bundle, "out.cha");
        let source = std::fs::read_to_string(data(name)).unwrap();
        let (Some(before), Some(after)) = (langacq(&source, "in.cha"), langacq(&text, "out.cha")) else { return };
        assert_eq!(before, after, "{name}");
        // And the same as we do.
        let mains: Vec<&Annotation> = bundle.annotations.iter().filter(|a| a.parent.is_none()).collect();
        let seen = after["utterances"].as_array().unwrap();
        assert_eq!(seen.len(), mains.len(), "{name}");
        for (ours, theirs) in mains.iter().zip(seen) {
            let who = bundle.tiers.iter().find(|t| t.id == ours.tier).unwrap();
            assert_eq!(theirs[0], json!(who.name));
            assert_eq!(theirs[1], ours.span().map_or(Value::Null, |s| json!([s.start.millis(), s.end.millis()])));
        }
        let codes: Vec<&str> = bundle.people.iter().map(|p| p.code.as_str()).collect();
        let seen: Vec<&str> = after["people"].as_array().unwrap().iter().map(|p| p[0].as_str().unwrap()).collect();
        assert_eq!(codes, seen, "{name}");
    }
}

#[test]
fn pylangacq_counts_the_words_as_we_do() {
    for name in [CHAT[0], CHAT[3], CHAT[4]] {
        let bundle = read(&data(name)).bundle;
        let (text, _) = written(&bundle, "out.cha");
        let Some(seen) = langacq(&text, "out.cha") else { return };
        let index = bundle.index();
        let mains = bundle.annotations.iter().filter(|a| a.parent.is_none());
        let mut with_mor = 0;
        for (ours, theirs) in mains.zip(seen["utterances"].as_array().unwrap()) {
            let has_mor = theirs[2].get("%mor").is_some();
            let words = index.words_of_annotation.get(&ours.id).cloned().unwrap_or_default();
            assert_eq!(!words.is_empty(), has_mor, "{name}: {}", ours.value);
            let counted: Vec<(&str, &str)> = theirs[3]
                .as_array()
                .unwrap()
                .iter()
                .map(|t| (t[0].as_str().unwrap_or(""), t[1].as_str().unwrap_or("")))
                .collect();
            let of_ours: Vec<(&str, &str)> =
                words.iter().map(|w| (w.form.first().unwrap(), w.category.first().unwrap_or(""))).collect();
            if has_mor {
                with_mor += 1;
                let classes = |list: &[(&str, &str)]| {
                    list.iter()
                        .map(|(_, c)| (*c).to_owned())
                        .filter(|c| c.chars().any(char::is_alphabetic))
                        .collect::<Vec<_>>()
                };
                assert_eq!(classes(&of_ours), classes(&counted), "{name}: {}", ours.value);
            }
        }
        assert!(with_mor > 0, "{name}");
    }
}

#[test]
fn chat_of_other_makers_is_well_formed() {
    for (what, bundle) in [
        ("an ELAN file", well_story()),
        ("glossed words", glossed()),
        ("subtitles", read(&data(OTHERS[1])).bundle),
        ("EXMARaLDA", read(&data(EXB[0])).bundle),
    ] {
        let (text, report) = written(&bundle, "out.cha");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines[0], lines[1], *lines.last().unwrap()), ("@UTF8", "@Begin", "@End"), "{what}");
        assert!(lines[2].starts_with("@Languages:\t") && lines[3].starts_with("@Participants:\t"), "{what}: {text}");
        let again = read_text("out.cha", text.as_bytes()).unwrap();
        assert!(again.report.warnings.is_empty(), "{what}: {}", again.report);
        let Some(seen) = langacq(&text, "out.cha") else { continue };
        let spoken = report.items.iter().find(|i| i.what == "utterances").map_or(0, |i| i.count);
        assert_eq!(seen["utterances"].as_array().unwrap().len(), spoken, "{what}\n{report}\n{text}");
        // A second time it is the same.
        assert_eq!(written(&again.bundle, "out.cha").0, text, "{what}");
    }
}

#[test]
fn chat_edits_change_their_line_only() {
    let mut bundle = read(&data("chat_own/everything.cha")).bundle;
    let mot = tier(&bundle, "MOT").id;
    bundle.annotations.iter_mut().find(|a| a.tier == mot).unwrap().value = "was ist denn ?".into();
    bundle.words[2].category = MultiText::of("en", "v");
    bundle.sessions[0].date = "2021-01-02".into();
    bundle.annotations.push(Annotation::new(
        mot,
        Some(Span { start: Time::from_millis(1400), end: Time::from_millis(1600) }),
        77,
        "Hier, bitte!",
    ));
    let (text, report) = written(&bundle, "out.cha");
    let source = std::fs::read_to_string(data("chat_own/everything.cha")).unwrap();
    let expected = source
        .replace("&-um was denn ?", "was ist denn ?")
        .replace("verb|geben-Imp", "v|geben-Imp")
        .replace("04-JUL-2020", "02-JAN-2021")
        .replace("*MOT:\twas ist", "*MOT:\tHier , bitte ! \u{15}1400_1600\u{15}\n*MOT:\twas ist");
    assert_eq!(text, expected, "{report}");
}

#[test]
fn chat_faults_are_told() {
    let bad = "@Begin\n*CHI: hey . \u{15}5_x\u{15}\n stray\n*XYZ:\tyou . \u{15}900_100\u{15}\n%com:\tlost\n";
    let Imported { bundle, report } = read_text("x.cha", bad.as_bytes()).unwrap();
    assert_eq!(values(&bundle, "CHI"), ["hey . \u{15}5_x\u{15} stray"]);
    assert_eq!(millis(on(&bundle, "XYZ")[0]), (100, 900));
    let said = report.to_string();
    for word in ["XYZ", "@End", "going on"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(read_text("x.cha", b"nothing of the kind").is_err());
    assert!(read_text("x.cha", b"").is_err());
}

// ---------------------------------------------------------------- subtitles

#[test]
fn subtitles_overlap_on_further_tiers() {
    let bundle = read(&data("subtitles/story.srt")).bundle;
    assert_eq!(values(&bundle, "Subtitles"), ["Yella yiwen.\n<i>There was one.</i>", "42"]);
    assert_eq!(values(&bundle, "Subtitles 2"), ["Over it"]);
    assert_eq!(millis(on(&bundle, "Subtitles")[1]), (3_600_000, 3_602_005));
}

#[test]
fn webvtt_voices_are_participants() {
    let Imported { bundle, report } = read(&data("subtitles/story.vtt"));
    let codes: Vec<&str> = bundle.people.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["Amina", "Badi"], "{report}");
    assert_eq!(values(&bundle, "Amina"), ["Yella <i>yiwen</i> & <", "last"]);
    assert_eq!(values(&bundle, "Amina 2"), ["one"], "she overlaps herself");
    assert_eq!(values(&bundle, "Badi"), ["two"]);
    assert_eq!(values(&bundle, "Subtitles"), ["<c.yellow>plain</c> <00:00:05.500>text\u{A0}here"]);
    assert_eq!(tier(&bundle, "Badi").language, "kab");
    // The same as SubRip: without voices and notes, and said so.
    let (text, report) = written(&bundle, "out.srt");
    assert!(text.starts_with("1\n00:00:01,000 --> 00:00:03,250\nYella"), "{text}");
    assert!(!report.is_lossless() && report.to_string().contains("who speaks"), "{report}");
}

#[test]
fn subtitles_of_all_kinds_are_read() {
    let windows = "\u{FEFF}1\r\n00:00:01.5 --> 00:00:02,25\r\nA\r\n\r\nB\r\n\r\n\r\n2\r\n1:02 --> 1:03\r\nC";
    let Imported { bundle, report } = read_text("x.srt", windows.as_bytes()).unwrap();
    assert_eq!(values(&bundle, "Subtitles"), ["A\nB", "C"]);
    assert_eq!(millis(on(&bundle, "Subtitles")[0]), (1500, 2250));
    assert_eq!(millis(on(&bundle, "Subtitles")[1]), (62_000, 63_000));
    assert!(report.to_string().contains("empty lines"), "{report}");
    let odd = "1\n-00:00:02,000 --> -00:00:01,000\ngone\n\n2\n-00:00:01,000 --> 00:00:01,000\nclipped\n\n\
               3\nNaN --> 00:00:02,000\nx\n\n4\n99999999999:00:00,000 --> 00:00:02,000\ny\n\n5\n00:00:09,000 --> 00:00:08,000\nturned\n";
    let Imported { bundle, report } = read_text("x.srt", odd.as_bytes()).unwrap();
    assert_eq!(millis(on(&bundle, "Subtitles")[0]), (0, 1000));
    assert_eq!(millis(on(&bundle, "Subtitles")[1]), (8000, 9000));
    let said = report.to_string();
    for word in ["before the recording", "exchanged", "left out"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(read_text("x.srt", b"no cue").is_err());
    assert!(read_text("x.vtt", b"").is_err());
    assert!(read_text("x.vtt", b"WEBVTT\n").unwrap().bundle.annotations.is_empty());
    let headless = read_text("x.vtt", b"00:01.000 --> 00:02.000\nx\n").unwrap();
    assert!(headless.report.warnings[0].contains("WEBVTT"));
}

const VTT_SCRIPT: &str = "import sys, json, webvtt\nv = webvtt.read(sys.argv[1])\nprint(json.dumps([[c.start, c.end, c.identifier, c.voice, c.text] for c in v]))";
const SRT_SCRIPT: &str = "import sys, json, webvtt\nv = webvtt.from_srt(sys.argv[1])\nprint(json.dumps([[c.start, c.end, c.text] for c in v]))";

/// What the W3C's syntax asks of a file of cues, looked at line by line.
fn assert_valid_vtt(text: &str) {
    assert!(text == "WEBVTT\n" || text.starts_with("WEBVTT\n") || text.starts_with("WEBVTT "), "{text}");
    let stamp = |s: &str| {
        let bytes = s.as_bytes();
        assert!(
            s.len() >= 12 && bytes[s.len() - 4] == b'.' && bytes[s.len() - 7] == b':' && bytes[s.len() - 10] == b':',
            "{s}"
        );
        let digits: Vec<i64> = s.split([':', '.']).map(|p| p.parse().unwrap()).collect();
        assert!(digits[1] < 60 && digits[2] < 60);
        ((digits[0] * 60 + digits[1]) * 60 + digits[2]) * 1000 + digits[3]
    };
    let (mut last, mut ids, mut cues) = (0, std::collections::HashSet::new(), 0);
    for block in text.split("\n\n").skip(1) {
        let lines: Vec<&str> = block.trim_end_matches('\n').split('\n').collect();
        let arrows: Vec<usize> = (0..lines.len()).filter(|n| lines[*n].contains("-->")).collect();
        if lines[0].starts_with("NOTE") || lines[0] == "STYLE" || lines[0] == "REGION" {
            assert!(arrows.is_empty() && (lines[0].starts_with("NOTE") || cues == 0), "{block}");
            continue;
        }
        assert!(arrows == [0] || arrows == [1], "{block:?}");
        if arrows == [1] {
            assert!(ids.insert(lines[0].to_owned()), "{block}");
        }
        let (start, rest) = lines[arrows[0]].split_once(" --> ").unwrap();
        let (start, end) = (stamp(start), stamp(rest.split(' ').next().unwrap()));
        assert!(last <= start && start < end, "{block}");
        last = start;
        cues += 1;
        for line in &lines[arrows[0] + 1..] {
            let mut rest = *line;
            while let Some(place) = rest.find(['&', '<']) {
                rest = &rest[place..];
                let end = if rest.starts_with('&') { rest.find(';') } else { rest.find('>') };
                let end = end.unwrap_or_else(|| panic!("{line}"));
                let inner = &rest[1..end];
                if rest.starts_with('&') {
                    assert!(
                        ["amp", "lt", "gt", "lrm", "rlm", "nbsp"].contains(&inner) || inner.starts_with('#'),
                        "{line}"
                    );
                } else {
                    let name = inner.trim_start_matches('/').split([' ', '.']).next().unwrap();
                    let known = ["c", "i", "b", "u", "ruby", "rt", "v", "lang"].contains(&name);
                    assert!(known || inner.starts_with(|c: char| c.is_ascii_digit()), "{line}");
                }
                rest = &rest[end..];
            }
        }
    }
}

#[test]
fn subtitle_exports_are_read_by_others() {
    let bundles = [
        read(&data(OTHERS[0])).bundle,
        read(&data(OTHERS[1])).bundle,
        well_story(),
        glossed(),
        read(&data(EXB[0])).bundle,
        read(&data("chat_own/everything.cha")).bundle,
    ];
    for (n, bundle) in bundles.iter().enumerate() {
        let (vtt, report) = written(bundle, "out.vtt");
        assert_valid_vtt(&vtt);
        let count = report.items.iter().find(|i| i.what == "cues").map_or(0, |i| i.count);
        if let Some(seen) = referee(VTT_SCRIPT, &vtt, "out.vtt") {
            assert_eq!(seen.as_array().unwrap().len(), count, "{n}: {report}\n{vtt}");
        }
        let (srt, report) = written(bundle, "out.srt");
        let count = report.items.iter().find(|i| i.what == "cues").map_or(0, |i| i.count);
        if let Some(seen) = referee(SRT_SCRIPT, &srt, "out.srt") {
            assert_eq!(seen.as_array().unwrap().len(), count, "{n}: {report}\n{srt}");
        }
        let again = read_text("out.srt", srt.as_bytes()).unwrap();
        assert_eq!(written(&again.bundle, "out.srt").0, srt, "{n}");
    }
}

// ---------------------------------------------------------------- labels

#[test]
fn labels_are_tracks_and_points() {
    let Imported { bundle, report } = read(&data("labels/tracks.txt"));
    assert_eq!(values(&bundle, "Labels"), ["Yella", "click", "", "last of one"]);
    assert_eq!(values(&bundle, "Labels 2"), ["second track", "beep"], "{report}");
    let first = on(&bundle, "Labels");
    assert_eq!((millis(first[0]), millis(first[1])), ((500, 1250), (1250, 1250)));
    assert_eq!(first[0].residue.get("labels").unwrap()["range"], "100.000000\t5000.500000");
    let odd = read_text("x.txt", b"NaN\t1\tx\n-1,5\t0,5\tcomma\n3\t2\tturned\n4.5\tpoint\nprose\n").unwrap();
    assert_eq!(values(&odd.bundle, "Labels"), ["comma", "turned", "point"]);
    assert_eq!(odd.bundle.annotations[0].start, Some(Time::from_millis(-1500)));
    let said = odd.report.to_string();
    for word in ["line 1", "exchanged", "before the start"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(read_text("x.txt", b"\\lx word\n").is_err());
    assert!(read_text("x.txt", b"").is_err());
    let (text, report) = written(&well_story(), "out.txt");
    assert!(text.lines().all(|l| l.split('\t').count() == 3), "{text}");
    assert!(!report.is_lossless(), "{report}");
}

// ---------------------------------------------------------------- sessions, nothing, anything

#[test]
fn several_sessions_are_several_files_and_none_is_refused() {
    let mut bundle = read(&data(OTHERS[0])).bundle;
    let mut second = bundle.sessions[0].clone();
    (second.id, second.name, second.position) = (SessionId::new(), "two".into(), 1);
    bundle.sessions.push(second);
    let folder = tempfile::tempdir().unwrap();
    for format in [Format::Exb, Format::Chat, Format::Srt, Format::Vtt, Format::Labels] {
        let path = folder.path().join("out").with_extension(format.extensions()[0]);
        formats::write(&path, format, &bundle).unwrap();
        let beside = folder.path().join("out-two").with_extension(format.extensions()[0]);
        assert!(path.is_file() && beside.is_file(), "{format}");
        assert!(matches!(formats::write(&path, format, &Bundle::default()), Err(FormatError::Unsayable { .. })));
    }
}

/// Whether reading ends well or in an error that says where, and what was read can be written in all five formats.
fn survives(name: &str, bytes: &[u8]) {
    if let Ok(Imported { bundle, .. }) = read_text(name, bytes) {
        for out in ["out.exb", "out.cha", "out.srt", "out.vtt", "out.txt"] {
            written(&bundle, out);
        }
    }
}

fn damage(bytes: &[u8], steps: &[(u8, prop::sample::Index, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (kind, place, value) in steps.iter().filter(|_| !bytes.is_empty()).cloned().collect::<Vec<_>>() {
        let place = place.index(bytes.len());
        match kind % 4 {
            0 => bytes[place] = value,
            1 => bytes.truncate(place.max(1)),
            2 => bytes.insert(place, b"\"<>&-:0_\n\t\\\x15"[usize::from(value) % 12]),
            _ => {
                bytes.remove(place);
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

fn arrowless(text: &str) -> String {
    let mut text = text.to_owned();
    while text.contains("-->") {
        text = text.replace("-->", "->");
    }
    text
}

/// A session of one tier a speaker, anything said at any time.
fn spoken(items: &[(usize, i64, i64, String)]) -> Bundle {
    let mut bundle = read(&data(OTHERS[0])).bundle;
    bundle.annotations.clear();
    let base = bundle.tiers[0].clone();
    bundle.tiers =
        (0..2).map(|n| Tier { id: TierId::new(), name: format!("speaker {n}"), position: n, ..base.clone() }).collect();
    for (position, (who, start, length, value)) in items.iter().enumerate() {
        let (start, length) = (Time::from_millis(*start), Time::from_millis(*length));
        let span = Span { start, end: start + length };
        let tier = bundle.tiers[*who % 2].id;
        bundle.annotations.push(Annotation::new(tier, Some(span), position as i64, value.as_str()));
    }
    bundle
}

/// Whatever a file says after one writing, it says after the next.
fn is_stable(bundle: &Bundle, name: &str) -> Bundle {
    let (text, _) = written(bundle, name);
    let again = read_text(name, text.as_bytes()).unwrap_or_else(|e| panic!("{name}: {e}\n{text}")).bundle;
    let (second, _) = written(&again, name);
    assert_eq!(text, second, "{name}");
    assert_same(&again, &read_text(name, second.as_bytes()).unwrap().bundle, name);
    again
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_said_comes_back(
        items in prop::collection::vec(
            (0usize..2, 0i64..100_000, 1i64..5000, "[a-zɣ\"']{1,6}( [<>&a-z-]{1,8}){0,3}"), 1..20,
        ),
    ) {
        let bundle = spoken(&items);
        let mut said: Vec<(i64, i64, &str)> = items.iter().map(|(_, s, l, v)| (*s, s + l, v.as_str())).collect();
        said.sort();
        for name in ["out.exb", "out.srt", "out.vtt", "out.txt"] {
            let again = is_stable(&bundle, name);
            let mut back: Vec<(i64, i64, &str)> =
                again.annotations.iter().map(|a| (millis(a).0, millis(a).1, a.value.as_str())).collect();
            back.sort();
            if name == "out.srt" {
                let plain: Vec<(i64, i64, String)> = said.iter().map(|(s, e, v)| (*s, *e, arrowless(v))).collect();
                prop_assert_eq!(back, plain.iter().map(|(s, e, v)| (*s, *e, v.as_str())).collect::<Vec<_>>());
            } else if name != "out.txt" || back.len() == said.len() {
                prop_assert_eq!(&back, &said, "{}", name);
            }
        }
        let chat = is_stable(&bundle, "out.cha");
        prop_assert_eq!(chat.annotations.len(), said.len());
    }

    #[test]
    fn any_text_is_written_well(value in "\\PC{0,12}[\"\n\t&<>'\\-\u{15}%*@]{0,6}\\PC{0,9}", start in any::<i64>(), length in any::<i64>()) {
        let mut bundle = spoken(&[(0, 1, 1, value)]);
        for name in ["out.exb", "out.vtt", "out.cha", "out.srt", "out.txt"] {
            is_stable(&bundle, name);
        }
        assert_valid_vtt(&written(&bundle, "out.vtt").0);
        bundle.annotations[0].start = Some(Time(start));
        bundle.annotations[0].end = Some(Time(length));
        for name in ["out.exb", "out.vtt", "out.cha", "out.srt", "out.txt"] {
            written(&bundle, name);
        }
    }

    #[test]
    fn damaged_files_never_panic(
        which in 1usize..14,
        steps in prop::collection::vec((any::<u8>(), any::<prop::sample::Index>(), any::<u8>()), 1..24),
    ) {
        let names: Vec<&str> = EXB.into_iter().chain(CHAT).chain(OTHERS).chain(["trs/interview.trs"]).collect();
        let name = names[which];
        survives(name.rsplit('/').next().unwrap(), &damage(&std::fs::read(data(name)).unwrap(), &steps));
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..1000)) {
        for name in ["x.exb", "x.trs", "x.cha", "x.srt", "x.vtt", "x.txt"] {
            survives(name, &bytes);
        }
    }
}
