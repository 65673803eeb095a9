//! ELAN and Praat files in and out, through the same doors as the program uses.
//!
//! Counts of the real files were taken with other programs than ours: lxml (XPath), pympi-ling 1.71 and praatio 6.2;
//! each test says which. Set `FIELDGLOSS_REFEREES` to a Python environment with lxml to have the exports checked
//! against ELAN's schema.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use fieldgloss::domain::*;
use fieldgloss::formats::{self, Format, FormatError, ImportOptions, Imported};
use proptest::prelude::*;
use serde_json::{Value, json};

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
    formats::read(&path, None, &ImportOptions::default())
}

fn write(bundle: &Bundle, folder: &Path, name: &str) -> (PathBuf, LossReport) {
    let path = folder.join(name);
    let format = Format::guess(&path).unwrap_or(if name.ends_with("eaf") { Format::Eaf } else { Format::TextGrid });
    let report = formats::write(&path, format, bundle).unwrap();
    (path, report)
}

/// The bundle with every id replaced by the order in which records stand, so that two readings can be compared.
fn canonical(bundle: &Bundle) -> Value {
    fn ids(value: &Value, known: &mut HashMap<String, usize>) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(id)) = object.get("id")
                    && uuid_like(id)
                {
                    let next = known.len();
                    known.entry(id.clone()).or_insert(next);
                }
                object.values().for_each(|v| ids(v, known));
            }
            Value::Array(list) => list.iter().for_each(|v| ids(v, known)),
            _ => {}
        }
    }
    fn uuid_like(text: &str) -> bool {
        text.len() == 36 && text.bytes().filter(|b| *b == b'-').count() == 4
    }
    fn replace(value: &mut Value, known: &HashMap<String, usize>) {
        match value {
            Value::String(text) => {
                if let Some(number) = known.get(text) {
                    *text = format!("#{number}");
                }
            }
            Value::Object(object) => object.values_mut().for_each(|v| replace(v, known)),
            Value::Array(list) => list.iter_mut().for_each(|v| replace(v, known)),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(bundle).unwrap();
    let mut known = HashMap::new();
    ids(&value, &mut known);
    replace(&mut value, &known);
    value["sessions"][0]["name"] = json!("");
    value
}

/// Where two values differ first, for a message that can be read.
fn difference(a: &Value, b: &Value, path: &str) -> Option<String> {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            let keys = x.keys().chain(y.keys().filter(|k| !x.contains_key(*k)));
            keys.filter_map(|k| {
                difference(x.get(k).unwrap_or(&Value::Null), y.get(k).unwrap_or(&Value::Null), &format!("{path}/{k}"))
            })
            .next()
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

fn tier_counts(bundle: &Bundle) -> Vec<(String, usize)> {
    let count = |t: &Tier| bundle.annotations.iter().filter(|a| a.tier == t.id).count();
    bundle.tiers.iter().map(|t| (t.name.clone(), count(t))).collect()
}

fn tier<'a>(bundle: &'a Bundle, name: &str) -> &'a Tier {
    bundle.tiers.iter().find(|t| t.name == name).unwrap_or_else(|| panic!("no tier {name}"))
}

fn on<'a>(bundle: &'a Bundle, name: &str) -> Vec<&'a Annotation> {
    let id = tier(bundle, name).id;
    bundle.annotations.iter().filter(|a| a.tier == id).collect()
}

fn millis(annotation: &Annotation) -> (i64, i64) {
    let span = annotation.span().unwrap();
    (span.start.millis(), span.end.millis())
}

/// Asks lxml whether a file keeps to EAFv3.0.xsd.
fn assert_valid_eaf(path: &Path) {
    let Some(referees) = std::env::var_os("FIELDGLOSS_REFEREES") else {
        println!("NOT RUN: schema check of {} (FIELDGLOSS_REFEREES is not set)", path.display());
        return;
    };
    let script = "import sys\nfrom lxml import etree\ns = etree.XMLSchema(etree.parse(sys.argv[1]))\n\
                  ok = s.validate(etree.parse(sys.argv[2]))\nprint(s.error_log)\nsys.exit(0 if ok else 1)";
    let out = Command::new(Path::new(&referees).join("bin/python"))
        .args(["-c", script])
        .args([data("eaf/EAFv3.0.xsd").as_path(), path])
        .output()
        .expect("the referee starts");
    assert!(
        out.status.success(),
        "{}: {}{}",
        path.display(),
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
}

const EAFS: [&str; 6] = [
    "eaf/poio_example.eaf",
    "eaf/pympi_sample_3.0.eaf",
    "eaf/saymore_annotationTemplate.etf",
    "eaf/saymore_test.eaf",
    "eaf/speach_aesop.eaf",
    "eaf/speach_test.eaf",
];

const TEXTGRIDS: [&str; 6] = [
    "textgrid/kg_long_format.TextGrid",
    "textgrid/kg_short_format.TextGrid",
    "textgrid/praat_written_binary.TextGrid",
    "textgrid/praatio_bobby_words_with_newlines.TextGrid",
    "textgrid/praatio_mary.TextGrid",
    "textgrid/praatio_mary_longfile_with_negative_zero.TextGrid",
];

#[test]
fn elan_files_hold_as_many_as_others_count() {
    // lxml: count(TIER), count(//ALIGNABLE_ANNOTATION | //REF_ANNOTATION), count(//MEDIA_DESCRIPTOR),
    // count(CONTROLLED_VOCABULARY), count(//CV_ENTRY | //CV_ENTRY_ML), distinct TIER/@PARTICIPANT that are not empty,
    // and annotations with @CVE_REF.
    let counts = [
        ("eaf/poio_example.eaf", [11, 315, 2, 2, 17, 0]),
        ("eaf/pympi_sample_3.0.eaf", [6, 8778, 1, 5, 7, 0]),
        ("eaf/saymore_annotationTemplate.etf", [2, 0, 0, 0, 0, 0]),
        ("eaf/saymore_test.eaf", [3, 7, 1, 0, 0, 0]),
        ("eaf/speach_aesop.eaf", [5, 97, 1, 2, 1, 2]),
        ("eaf/speach_test.eaf", [5, 43, 1, 1, 2, 1]),
    ];
    for (name, expected) in counts {
        let Imported { bundle, report } = read(&data(name));
        let entries = bundle.vocabularies.iter().map(|v| v.entries.len()).sum();
        let found = [
            bundle.tiers.len(),
            bundle.annotations.len(),
            bundle.media.len(),
            bundle.vocabularies.len(),
            entries,
            bundle.people.len(),
        ];
        assert_eq!(found, expected, "{name}\n{report}");
        assert!(report.is_lossless(), "{name}\n{report}");
        assert_eq!(bundle.sessions.len(), 1);
    }
}

#[test]
fn elan_tiers_have_the_times_and_values_pympi_sees() {
    // pympi: get_annotation_data_for_tier, first and last by time.
    let bundle = read(&data("eaf/poio_example.eaf")).bundle;
    let words = on(&bundle, "W-Words");
    assert_eq!((words.len(), millis(words[0]), words[0].value.as_str()), (97, (780, 1340), "so"));
    assert_eq!((millis(words[96]), words[96].value.as_str()), ((35730, 36180), "Kleef"));
    assert_eq!(tier(&bundle, "W-Words").constraint, Constraint::TimeSubdivision);
    let ipa = on(&bundle, "W-IPA");
    let parent = bundle.annotations.iter().find(|a| Some(a.id) == ipa[0].parent).unwrap();
    assert_eq!(ipa[0].value, "səʋ  juː ɡɔ aut əf ðə ɪnstɪtjuːt tʊ zə sant ana straːt");
    assert_eq!(parent.value, "so you go out of the Institute to the Saint Anna Straat.");
    assert!(words.iter().all(|w| w.parent.is_some()), "every word lies in an utterance");

    let bundle = read(&data("eaf/pympi_sample_3.0.eaf")).bundle;
    let included = on(&bundle, "gest_included");
    assert_eq!((included.len(), millis(included[0]), included[0].value.as_str()), (1197, (2000, 2400), "hold"));
    let words = on(&bundle, "words-timesub");
    assert_eq!((millis(words[0]), words[0].value.as_str()), ((2000, 2470), "The"));
    assert_eq!(words.iter().map(|w| millis(w).1).max(), Some(1_199_000));
    let listed = on(&bundle, "words-symsub");
    assert_eq!(
        listed[..5].iter().map(|a| a.value.as_str()).collect::<Vec<_>>(),
        ["The", "quick", "brown", "fox", "001"]
    );
    assert_eq!(listed[..5].iter().map(|a| a.position).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    // lxml: count(//@CVE_REF).
    assert_eq!(bundle.annotations.iter().filter(|a| a.entry.is_some()).count(), 1200);

    let bundle = read(&data("eaf/speach_aesop.eaf")).bundle;
    let codes: Vec<&str> = bundle.people.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["KL", "P001"]);
    assert_eq!(tier(&bundle, "Story").annotator, "leta");
    assert_eq!(tier(&bundle, "Story").role, TierRole::Transcription);
    let preferences = bundle.sessions[0].residue.get("eaf").and_then(|r| r.get("preferences")).and_then(Value::as_str);
    assert!(preferences.is_some_and(|p| p.contains("MultiTierViewer.ActiveTierName")));

    let bundle = read(&data("eaf/saymore_test.eaf")).bundle;
    assert_eq!(tier(&bundle, "Phrase Free Translation").role, TierRole::Translation);
    assert_eq!(
        on(&bundle, "Transcription").iter().map(|a| millis(a)).collect::<Vec<_>>(),
        [(0, 750), (750, 1250), (1250, 2121)]
    );
}

#[test]
fn elan_files_come_back_equal_and_valid() {
    for name in EAFS {
        let folder = tempfile::tempdir().unwrap();
        let first = read(&data(name)).bundle;
        let (path, report) = write(&first, folder.path(), "out.eaf");
        assert_valid_eaf(&path);
        assert!(report.is_lossless(), "{name}\n{report}");
        let second = read(&path).bundle;
        let (again, _) = write(&second, folder.path(), "again.eaf");
        let third = read(&again).bundle;
        assert_same(&second, &third, name);
        let strip = |bundle: &Bundle| {
            let mut bundle = bundle.clone();
            // Before 2.8 there were no ids of entries and no languages of vocabularies: the upgrade adds them.
            for vocabulary in &mut bundle.vocabularies {
                vocabulary.residue = Residue::default();
                vocabulary.entries.iter_mut().for_each(|e| e.residue = Residue::default());
            }
            bundle.sessions.iter_mut().for_each(|s| s.residue = Residue::default());
            bundle
        };
        let old = matches!(name, "eaf/poio_example.eaf");
        if old {
            assert_same(&strip(&first), &strip(&second), name);
        } else {
            assert_same(&first, &second, name);
        }
    }
}

#[test]
fn elan_ids_come_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = write(&read(&data("eaf/pympi_sample_3.0.eaf")).bundle, folder.path(), "out.eaf");
    let ids = |path: &Path| {
        let text = std::fs::read_to_string(path).unwrap();
        let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for key in [
            "ANNOTATION_ID",
            "TIME_SLOT_ID",
            "TIME_VALUE",
            "TIME_SLOT_REF1",
            "PREVIOUS_ANNOTATION",
            "EXT_REF",
            "CVE_REF",
            "CVE_ID",
        ] {
            let mut all: Vec<String> = text
                .split(&format!(" {key}=\""))
                .skip(1)
                .filter_map(|t| Some(t.split_once('"')?.0.to_owned()))
                .collect();
            all.sort();
            found.insert(key, all);
        }
        found
    };
    let (before, after) = (ids(&data("eaf/pympi_sample_3.0.eaf")), ids(&path));
    for (key, list) in &before {
        assert_eq!(list.len(), after[key].len(), "{key}");
        assert!(list == &after[key], "{key} changed");
    }
}

#[test]
fn a_moved_annotation_is_written_where_it_now_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut bundle = read(&data("eaf/pympi_sample_3.0.eaf")).bundle;
    let words = tier(&bundle, "words-timesub").id;
    let id = |a: &Annotation| a.residue.get("eaf").and_then(|r| r.get("id")).and_then(Value::as_str).map(str::to_owned);
    let open = |a: &Annotation| a.tier == words && a.residue.get("eaf").is_some_and(|r| r.get("unaligned").is_some());
    let moved = bundle.annotations.iter_mut().find(|a| open(a)).unwrap();
    let wanted = Span::new(Time(moved.start.unwrap().0 + 7_000_000), moved.end.unwrap());
    moved.start = Some(wanted.start);
    let name = id(moved).unwrap();
    let (path, _) = write(&bundle, folder.path(), "out.eaf");
    assert_valid_eaf(&path);
    let back = read(&path).bundle;
    let found = back.annotations.iter().find(|a| id(a).as_deref() == Some(&name)).unwrap();
    assert_eq!(found.start.unwrap().millis(), wanted.start.millis());
    assert_eq!(back.annotations.len(), bundle.annotations.len());
}

#[test]
fn slots_that_nothing_uses_and_links_between_annotations_come_back() {
    let text = "<ANNOTATION_DOCUMENT FORMAT=\"3.0\" VERSION=\"3.0\" AUTHOR=\"\" DATE=\"2020-01-02T03:04:05Z\">\
        <LICENSE LICENSE_URL=\"https://creativecommons.org/licenses/by/4.0/\">CC BY</LICENSE>\
        <HEADER><MEDIA_DESCRIPTOR MEDIA_URL=\"file:///D:/a%20b/x.wav\" MIME_TYPE=\"audio/x-wav\" TIME_ORIGIN=\"1500\"/></HEADER>\
        <TIME_ORDER><TIME_SLOT TIME_SLOT_ID=\"ts1\" TIME_VALUE=\"5\"/><TIME_SLOT TIME_SLOT_ID=\"ts9\" TIME_VALUE=\"7\"/>\
        <TIME_SLOT TIME_SLOT_ID=\"ts2\" TIME_VALUE=\"90\"/></TIME_ORDER>\
        <TIER TIER_ID=\"x\" LINGUISTIC_TYPE_REF=\"l\" LANG_REF=\"kpv\"><ANNOTATION>\
        <ALIGNABLE_ANNOTATION ANNOTATION_ID=\"a1\" TIME_SLOT_REF1=\"ts1\" TIME_SLOT_REF2=\"ts2\" SVG_REF=\"s\">\
        <ANNOTATION_VALUE>a\nb</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>\
        <LINGUISTIC_TYPE LINGUISTIC_TYPE_ID=\"l\" LEXICON_REF=\"lr1\" TIME_ALIGNABLE=\"true\"/>\
        <LANGUAGE LANG_ID=\"kpv\"/><CONTROLLED_VOCABULARY CV_ID=\"out\" EXT_REF=\"er1\"/>\
        <LEXICON_REF LEX_REF_ID=\"lr1\" NAME=\"n\" TYPE=\"t\" URL=\"u\" LEXICON_ID=\"i\" LEXICON_NAME=\"m\"/>\
        <REF_LINK_SET LINK_SET_ID=\"rls1\"><GROUP_REF_LINK REF_LINK_ID=\"rl1\" REFS=\"a1\">v</GROUP_REF_LINK></REF_LINK_SET>\
        <EXTERNAL_REF EXT_REF_ID=\"er1\" TYPE=\"ecv\" VALUE=\"http://example.org/x.ecv\"/></ANNOTATION_DOCUMENT>";
    let first = read_text("all.eaf", text.as_bytes()).unwrap().bundle;
    assert_eq!((first.media[0].path.as_str(), first.media[0].offset), ("D:/a b/x.wav", Time::from_millis(-1500)));
    let folder = tempfile::tempdir().unwrap();
    let (path, report) = write(&first, folder.path(), "out.eaf");
    assert_valid_eaf(&path);
    assert!(report.is_lossless(), "{report}");
    let out = std::fs::read_to_string(&path).unwrap();
    for part in ["ts9", "REFS=\"a1\"", "LICENSE_URL", "TIME_ORIGIN=\"1500\"", "SVG_REF", "a%20b", "LEXICON_NAME", "er1"]
    {
        assert!(out.contains(part), "{part} is missing");
    }
    let (again, _) = write(&read(&path).bundle, folder.path(), "again.eaf");
    assert_same(&read(&path).bundle, &read(&again).bundle, "all");
}

#[test]
fn textgrids_hold_as_many_as_others_count() {
    // praatio openTextgrid(includeEmptyIntervals=False); the two of kg, which praatio refuses for an overlap of
    // 0.1 µs, by counting the texts that are not empty with a regular expression.
    let mary = vec![("phone", 14), ("word", 4), ("pitch", 4)];
    let counts = [
        ("textgrid/praatio_mary.TextGrid", mary.clone()),
        ("textgrid/praatio_mary_longfile_with_negative_zero.TextGrid", mary.clone()),
        ("textgrid/praat_written_binary.TextGrid", mary),
        ("textgrid/praatio_bobby_words_with_newlines.TextGrid", vec![("\"word\"", 4), ("phrase", 1), ("", 4)]),
    ];
    for (name, expected) in counts {
        let Imported { bundle, report } = read(&data(name));
        let expected: Vec<(String, usize)> = expected.into_iter().map(|(n, c)| (n.to_owned(), c)).collect();
        assert_eq!(tier_counts(&bundle), expected, "{name}\n{report}");
        assert!(report.is_lossless(), "{name}\n{report}");
    }
    for name in &TEXTGRIDS[..2] {
        let bundle = read(&data(name)).bundle;
        let expected = [("phone", 104), ("word", 45), ("mute", 0), ("Errors", 3)];
        assert_eq!(tier_counts(&bundle), expected.map(|(n, c)| (n.to_owned(), c)), "{name}");
    }
}

#[test]
fn textgrid_numbers_texts_and_points_are_exact() {
    let bundle = read(&data("textgrid/praatio_bobby_words_with_newlines.TextGrid")).bundle;
    let words = on(&bundle, "\"word\"");
    assert_eq!(words[0].value, "\"\"\"BOBBY\"\"\"\nNoun");
    // 0.06469123242311078 s; the digits beyond nine stay beside.
    assert_eq!(words[0].start, Some(Time(64_691_232)));
    assert_eq!(words[0].residue.get("textgrid").unwrap()["start"], "0.06469123242311078");
    let points = on(&bundle, "");
    assert_eq!(points[0].value, "133\n\"\"\"p1\"\"\"\np1");
    assert!(points.iter().all(|p| p.start == p.end));
    assert_eq!(tier(&bundle, "").residue.get("textgrid").unwrap()["class"], "TextTier");
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = write(&bundle, folder.path(), "out.TextGrid");
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("xmin = 0.06469123242311078 "));
    assert!(text.contains("mark = \"133\n\"\"\"\"\"\"p1\"\"\"\"\"\"\np1\""), "{text}");
}

#[test]
fn textgrids_come_back_equal() {
    for name in TEXTGRIDS {
        let folder = tempfile::tempdir().unwrap();
        let first = read(&data(name)).bundle;
        let (path, report) = write(&first, folder.path(), "out.TextGrid");
        assert!(report.is_lossless(), "{name}\n{report}");
        assert_same(&first, &read(&path).bundle, name);
    }
    // Three writings of the same grid: long UTF-16, short UTF-8, binary.
    let strip = |name: &str| {
        let bundle = read(&data(name)).bundle;
        let all: Vec<_> = bundle.annotations.iter().map(|a| (a.start, a.end, a.value.clone())).collect();
        all
    };
    let mary = strip("textgrid/praatio_mary.TextGrid");
    assert_eq!(mary, strip("textgrid/praatio_mary_longfile_with_negative_zero.TextGrid"));
    assert_eq!(mary, strip("textgrid/praat_written_binary.TextGrid"));
}

#[test]
fn praat_reads_in_ours_what_it_reads_in_the_original() {
    let Some(referees) = std::env::var_os("FIELDGLOSS_REFEREES") else {
        println!("NOT RUN: Praat was not asked (FIELDGLOSS_REFEREES is not set)");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/referees/read_textgrids.py");
    for name in TEXTGRIDS {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = write(&read(&data(name)).bundle, folder.path(), "out.TextGrid");
        let python = Path::new(&referees).join("bin/python");
        let out = Command::new(python).arg(&script).arg(data(name)).arg(&path).output().expect("the referee starts");
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let said: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let [original, ours] = said.as_slice() else {
            panic!("{name}: {}", String::from_utf8_lossy(&out.stderr));
        };
        assert!(ours["tiers"].is_array(), "{name}: {ours}");
        // Praat itself may refuse a file of others; then it is enough that it takes ours.
        if original["tiers"].is_array() {
            assert_eq!(original, ours, "{name}");
        } else {
            println!("{name}: {original}");
        }
    }
}

#[test]
fn a_textgrid_becomes_an_elan_file_and_rounding_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = read(&data("textgrid/praatio_mary.TextGrid")).bundle;
    let (path, report) = write(&bundle, folder.path(), "mary.eaf");
    assert_valid_eaf(&path);
    assert!(report.items.iter().any(|i| i.fate == Fate::Mapped && i.why.contains("nearest millisecond")), "{report}");
    let back = read(&path).bundle;
    assert_eq!(tier_counts(&back), tier_counts(&bundle));
    assert_eq!(millis(on(&back, "word")[0]), (315, 676));
}

#[test]
fn an_elan_file_becomes_a_textgrid() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = read(&data("eaf/poio_example.eaf")).bundle;
    let (path, report) = write(&bundle, folder.path(), "out.TextGrid");
    let back = read(&path).bundle;
    let silent = bundle.annotations.iter().filter(|a| a.value.is_empty()).count();
    assert_eq!(back.annotations.len() + silent, bundle.annotations.len(), "{report}");
    assert!(report.items.iter().any(|i| i.what.contains("ties between")), "{report}");
}

fn text_without_recording() -> Bundle {
    let mut bundle = read(&data("eaf/saymore_annotationTemplate.etf")).bundle;
    bundle.sessions[0].residue = Residue::default();
    let top = bundle.tiers[0].id;
    for (position, text) in ["kanawa tonõko", "jaguar & <deer>\u{1}"].into_iter().enumerate() {
        let annotation = Annotation::new(top, None, position as i64, text);
        let mut word = Word {
            id: WordId::new(),
            annotation: annotation.id,
            position: 0,
            kind: WordKind::Word,
            form: MultiText::of("apy", "kanawa"),
            gloss: MultiText::of("en", "canoe"),
            category: MultiText::default(),
            status: WordStatus::Approved,
            start: None,
            end: None,
            residue: Residue::default(),
        };
        bundle.words.push(word.clone());
        word.id = WordId::new();
        word.position = 1;
        word.form = MultiText::of("apy", "tonõko");
        bundle.morphs.push(Morph {
            id: MorphId::new(),
            word: word.id,
            position: 0,
            kind: MorphKind::Prefix,
            form: MultiText::of("apy", "t-"),
            citation: MultiText::default(),
            gloss: MultiText::of("en", "3"),
            category: MultiText::default(),
            homograph: "1".into(),
            lexeme: None,
            sense: None,
            residue: Residue::default(),
        });
        bundle.words.push(word);
        bundle.annotations.push(annotation);
    }
    bundle
}

#[test]
fn words_and_morphs_become_child_tiers() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = text_without_recording();
    let (path, report) = write(&bundle, folder.path(), "text.eaf");
    assert_valid_eaf(&path);
    let back = read(&path).bundle;
    let top = on(&back, "Transcription");
    assert_eq!(
        top.iter().map(|a| a.start).collect::<Vec<_>>(),
        [None, None],
        "not aligned stays not aligned\n{report}"
    );
    assert_eq!(top[1].value, "jaguar & <deer>\u{FFFD}");
    let words = on(&back, "Transcription_word-txt-apy");
    assert_eq!(words.iter().map(|w| w.value.as_str()).collect::<Vec<_>>(), ["kanawa", "tonõko", "kanawa", "tonõko"]);
    assert_eq!(words[1].parent, Some(top[0].id));
    assert_eq!(on(&back, "Transcription_word-gls-en").len(), 4);
    assert_eq!(on(&back, "Transcription_morph-gls-en")[0].value, "3");
    assert_eq!(tier(&back, "Transcription_morph-txt-apy").parent, Some(tier(&back, "Transcription_word-txt-apy").id));
    assert!(report.items.iter().any(|i| i.fate == Fate::Mapped && i.what == "words" && i.count == 4), "{report}");
    let (path, _) = write(&bundle, folder.path(), "text.TextGrid");
    assert_eq!(on(&read(&path).bundle, "Transcription_word-txt-apy").len(), 4);
}

#[test]
fn overlapping_annotations_go_to_a_second_praat_tier() {
    let folder = tempfile::tempdir().unwrap();
    let mut bundle = read(&data("textgrid/praatio_mary.TextGrid")).bundle;
    let word = tier(&bundle, "word").id;
    let span = Span::new(Time::from_millis(100), Time::from_millis(900));
    bundle.annotations.push(Annotation::new(word, Some(span), 9, "over all"));
    let (path, report) = write(&bundle, folder.path(), "out.TextGrid");
    let back = read(&path).bundle;
    let all = on(&back, "word").len() + on(&back, "word (2)").len();
    assert_eq!(all, 5, "{report}");
    assert!(report.items.iter().any(|i| i.what == "overlapping annotations"), "{report}");
}

#[test]
fn a_truncated_elan_file_gives_what_was_complete() {
    let whole = std::fs::read(data("eaf/poio_example.eaf")).unwrap();
    let cut = &whole[..whole.len() / 2];
    let Imported { bundle, report } = read_text("cut.eaf", cut).unwrap();
    assert!(bundle.annotations.len() > 50);
    let words = report.warnings.join("\n");
    assert!(
        words.contains("broken at line") && words.contains(&format!("{} annotations", bundle.annotations.len())),
        "{words}"
    );
    let early = read_text("cut.eaf", &whole[..900]).unwrap_err().to_string();
    assert!(early.contains("line") && early.contains("nothing could be kept"), "{early}");
}

#[test]
fn what_is_no_elan_file_is_refused_with_place_and_reason() {
    for (content, reason) in [
        (&b"RIFF\x00\x00WAVE"[..], "not XML"),
        (b"", "empty"),
        (b"<html><body/></html>", "ANNOTATION_DOCUMENT"),
        (b"<ANNOTATION_DOCUMENT", "nothing could be kept"),
    ] {
        let error = read_text("bad.eaf", content).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains("line 1"), "{error}");
    }
    let deep = format!("<ANNOTATION_DOCUMENT>{}", "<TIER>".repeat(100_000));
    assert!(read_text("deep.eaf", deep.as_bytes()).is_ok_and(|i| !i.report.warnings.is_empty()));
    let bomb = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><ANNOTATION_DOCUMENT><TIME_ORDER>\
        <TIME_SLOT TIME_SLOT_ID=\"t1\" TIME_VALUE=\"1\"/><TIME_SLOT TIME_SLOT_ID=\"t2\" TIME_VALUE=\"NaN\"/>\
        <TIME_SLOT TIME_SLOT_ID=\"t3\" TIME_VALUE=\"1e300\"/></TIME_ORDER><TIER TIER_ID=\"x\" LINGUISTIC_TYPE_REF=\"l\">\
        <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID=\"a1\" TIME_SLOT_REF1=\"t1\" TIME_SLOT_REF2=\"t2\">\
        <ANNOTATION_VALUE>&b;</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>";
    let imported = read_text("bomb.eaf", bomb.as_bytes()).unwrap();
    assert_eq!(imported.bundle.annotations[0].value, "&b;");
}

#[test]
fn broken_references_and_circles_are_worked_around_and_said() {
    let text = "<ANNOTATION_DOCUMENT FORMAT=\"3.0\"><TIME_ORDER/>\
        <TIER TIER_ID=\"a\" PARENT_REF=\"b\" LINGUISTIC_TYPE_REF=\"l\"/>\
        <TIER TIER_ID=\"b\" PARENT_REF=\"a\" LINGUISTIC_TYPE_REF=\"l\"/>\
        <TIER TIER_ID=\"b\" PARENT_REF=\"nowhere\" LINGUISTIC_TYPE_REF=\"l\"><ANNOTATION>\
        <REF_ANNOTATION ANNOTATION_ID=\"a1\" ANNOTATION_REF=\"a9\" PREVIOUS_ANNOTATION=\"a2\">\
        <ANNOTATION_VALUE>one</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION><ANNOTATION>\
        <REF_ANNOTATION ANNOTATION_ID=\"a2\" ANNOTATION_REF=\"a9\" PREVIOUS_ANNOTATION=\"a1\">\
        <ANNOTATION_VALUE>two</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION><ANNOTATION>\
        <ALIGNABLE_ANNOTATION ANNOTATION_ID=\"a1\" TIME_SLOT_REF1=\"t7\" TIME_SLOT_REF2=\"t8\">\
        <ANNOTATION_VALUE>three</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>";
    let Imported { bundle, report } = read_text("odd.eaf", text.as_bytes()).unwrap();
    assert_eq!((bundle.tiers.len(), bundle.annotations.len()), (3, 3));
    let words = report.warnings.join("\n");
    for said in ["circle", "'nowhere'", "no name of its own", "id that another one has", "not in the file"] {
        assert!(words.contains(said), "{said} is not said in\n{words}");
    }
    let folder = tempfile::tempdir().unwrap();
    let (path, report) = write(&bundle, folder.path(), "out.eaf");
    assert_valid_eaf(&path);
    let values: Vec<String> = read(&path).bundle.annotations.into_iter().map(|a| a.value).collect();
    assert_eq!(values.len(), 3, "{report}");
}

#[test]
fn a_huge_or_foreign_file_called_textgrid_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for (name, head) in [
        ("zero.TextGrid", &b""[..]),
        ("movie.TextGrid", b"\x00\x00\x00\x18ftypmp42"),
        ("big.TextGrid", b"File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, head).unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_len(4 << 30).unwrap();
        let start = Instant::now();
        let error = formats::read(&path, None, &ImportOptions::default()).unwrap_err();
        assert!(start.elapsed() < Duration::from_millis(200), "{name} took {:?}", start.elapsed());
        println!("{name}: {error}");
    }
}

#[test]
fn broken_textgrids_say_where() {
    let whole = std::fs::read(data("textgrid/praatio_mary.TextGrid")).unwrap();
    let Imported { bundle, report } = read_text("cut.TextGrid", &whole[..whole.len() / 2]).unwrap();
    assert!(!bundle.annotations.is_empty());
    assert!(report.warnings.iter().any(|w| w.contains("line") && w.contains("were kept")), "{report}");
    let error = read_text("cut.TextGrid", &whole[..70]).unwrap_err().to_string();
    assert!(error.contains("line") && error.contains("nothing could be kept"), "{error}");
    let pitch = read_text("x.TextGrid", b"File type = \"ooTextFile\"\nObject class = \"Pitch 1\"\n0 1")
        .unwrap_err()
        .to_string();
    assert!(pitch.contains("Pitch"), "{pitch}");
    let odd = "\"ooTextFile\" \"TextGrid\" 0 1 <exists> 1 \"IntervalTier\" \"t\" 0 1 2 0 1e300 \"far\" NaN 1 \"odd\"";
    let Imported { bundle, report } = read_text("odd.TextGrid", odd.as_bytes()).unwrap();
    assert!(bundle.annotations.is_empty() && !report.is_lossless(), "{report}");
    let latin = "\"ooTextFile\" \"TextGrid\" 0 1 <exists> 1 \"TextTier\" \"t\" 0 1 1 0.5 \"caf\u{e9}\"";
    let bytes: Vec<u8> = latin.chars().map(|c| c as u8).collect();
    assert_eq!(read_text("latin.TextGrid", &bytes).unwrap().bundle.annotations[0].value, "café");
}

/// Damage to a file: bytes replaced, doubled, taken out, or the end cut off.
fn damage(bytes: &[u8], steps: &[(u8, prop::sample::Index, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (kind, place, byte) in steps {
        if bytes.is_empty() {
            break;
        }
        let place = place.index(bytes.len());
        match kind % 5 {
            0 => bytes[place] = *byte,
            1 => bytes.insert(place, *byte),
            2 => drop(bytes.remove(place)),
            3 if *byte < 16 => bytes.truncate(place),
            _ => {
                let end = (place + usize::from(*byte)).min(bytes.len());
                let piece = bytes[place..end].to_vec();
                let there = place / 2;
                bytes.splice(there..there, piece);
            }
        }
    }
    bytes
}

/// Reads damaged bytes; whatever comes out can be written in both formats.
fn survives(name: &str, bytes: &[u8]) {
    if let Ok(imported) = read_text(name, bytes) {
        let folder = tempfile::tempdir().unwrap();
        for out in ["out.eaf", "out.TextGrid"] {
            let (path, _) = write(&imported.bundle, folder.path(), out);
            read(&path);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_elan_files_never_panic(
        which in 2usize..6,
        steps in prop::collection::vec((any::<u8>(), any::<prop::sample::Index>(), any::<u8>()), 1..24),
    ) {
        survives("x.eaf", &damage(&std::fs::read(data(EAFS[which])).unwrap(), &steps));
    }

    #[test]
    fn damaged_textgrids_never_panic(
        which in 0usize..6,
        steps in prop::collection::vec((any::<u8>(), any::<prop::sample::Index>(), any::<u8>()), 1..24),
    ) {
        survives("x.TextGrid", &damage(&std::fs::read(data(TEXTGRIDS[which])).unwrap(), &steps));
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        survives("x.eaf", &bytes);
        survives("x.TextGrid", &bytes);
        let mut binary = b"ooBinaryFile\x08TextGrid".to_vec();
        binary.extend(&bytes);
        survives("x.TextGrid", &binary);
    }

    #[test]
    fn any_label_comes_back(value in "\\PC{0,20}[\"\n\t&<>']{0,6}\\PC{1,9}") {
        let mut bundle = read(&data("textgrid/praatio_mary.TextGrid")).bundle;
        bundle.annotations[0].value = value.clone();
        let folder = tempfile::tempdir().unwrap();
        for out in ["out.eaf", "out.TextGrid"] {
            let (path, _) = write(&bundle, folder.path(), out);
            prop_assert_eq!(&read(&path).bundle.annotations[0].value, &value);
        }
    }
}

#[test]
fn a_language_whose_id_is_no_xml_name_is_written_under_one_that_is() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/eaf/speach_test.eaf")).unwrap();
    let tier = text.find("<TIER ").expect("a tier") + "<TIER ".len();
    let path = folder.path().join("a.eaf");
    std::fs::write(&path, format!("{}LANG_REF=\"日本語¹\" {}", &text[..tier], &text[tier..])).unwrap();
    let imported = formats::read(&path, None, &ImportOptions::default()).unwrap();
    let out = folder.path().join("b.eaf");
    formats::write(&out, Format::Eaf, &imported.bundle).unwrap();
    let again = formats::read(&out, None, &ImportOptions::default()).unwrap();
    assert_eq!(again.bundle.tiers.len(), imported.bundle.tiers.len());
}
