//! Texts and lexicons in FLEx's and Toolbox's formats: read, written, read again.
//!
//! Expected counts were taken with other tools than the code under test: XPath counts by Python's ElementTree for XML, `grep -c` for
//! standard format; each is noted where it stands.

use std::path::{Path, PathBuf};
use std::process::Command;

use fieldgloss::domain::{Bundle, LossReport, TierRole, WordKind};
use fieldgloss::formats::{self, Format, FormatError, ImportOptions, Imported};

fn data(name: &str) -> PathBuf {
    let folder = if name.starts_with("apalai") { "assets/sample" } else { "tests/data" };
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name)
}

fn read(path: &Path) -> Imported {
    formats::read(path, None, &ImportOptions::default()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn written(bundle: &Bundle, format: Format) -> (tempfile::TempDir, PathBuf, LossReport) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("out.{}", format.extensions()[0]));
    let report = formats::write(&path, format, bundle).unwrap();
    (folder, path, report)
}

/// XML without layout: tags, attributes in order of name, text outside of layout. Independent of the code under test.
fn canonical(xml: &str, text_elements: &[&str]) -> Vec<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml.trim_start_matches('\u{FEFF}'));
    let (mut out, mut stack, mut text): (Vec<String>, Vec<String>, String) = (vec![], vec![], String::new());
    let flush = |out: &mut Vec<String>, stack: &[String], text: &mut String| {
        let kept = stack.last().is_some_and(|e| text_elements.contains(&e.as_str()));
        if !text.is_empty() && (kept || !text.trim().is_empty()) {
            out.push(format!("'{text}'"));
        }
        text.clear();
    };
    loop {
        match reader.read_event().unwrap() {
            event @ (Event::Start(_) | Event::Empty(_)) => {
                flush(&mut out, &stack, &mut text);
                let empty = matches!(event, Event::Empty(_));
                let (Event::Start(start) | Event::Empty(start)) = event else { unreachable!() };
                let mut attributes: Vec<String> =
                    start.attributes().map(|a| a.unwrap()).map(|a| format!("{}={}", a.key.0, a.value)).collect();
                attributes.sort();
                out.push(format!("<{} {}", start.name().0, attributes.join(" ")));
                if empty {
                    out.push(format!("</{}", start.name().0));
                } else {
                    stack.push(start.name().0.to_owned());
                }
            }
            Event::End(end) => {
                flush(&mut out, &stack, &mut text);
                stack.pop();
                out.push(format!("</{}", end.name().0));
            }
            Event::Text(t) => text.push_str(&t.into_inner()),
            Event::GeneralRef(r) => text.push_str(&format!("&{};", r.into_inner())),
            Event::Eof => return out,
            _ => {}
        }
    }
}

fn assert_same_xml(before: &Path, after: &Path, text_elements: &[&str]) {
    let [a, b] =
        [before, after].map(|p| canonical(&std::fs::read_to_string(p).unwrap().replace("\r\n", "\n"), text_elements));
    for (n, (a, b)) in a.iter().zip(&b).enumerate() {
        assert_eq!(a, b, "{}: at token {n}", before.display());
    }
    assert_eq!(a.len(), b.len(), "{}", before.display());
}

fn of_role(bundle: &Bundle, role: TierRole) -> usize {
    let tiers: Vec<_> = bundle.tiers.iter().filter(|t| t.role == role).map(|t| t.id).collect();
    bundle.annotations.iter().filter(|a| tiers.contains(&a.tier)).count()
}

// ---- flextext ----------------------------------------------------------------------------------------------------

#[test]
fn flextext_counts_are_those_of_an_xpath() {
    // ElementTree findall: count(//interlinear-text), //phrase, //word, //word[item[@type='punct']], //morph,
    // //phrase/item[@type='gls'][text()], …[@type='lit'][text()], …[@type='note'][text()]
    let expected = [
        ("apalai.flextext", [2, 61, 404, 93, 533, 61, 0, 0]),
        ("sil_Freeform.flextext", [1, 1, 5, 1, 0, 1, 0, 0]),
        ("sil_FullyAnalyzed.flextext", [1, 1, 4, 1, 5, 1, 1, 1]),
        ("sil_Glossed.flextext", [1, 1, 5, 1, 4, 0, 0, 0]),
        ("sil_Unglossed.flextext", [1, 1, 3, 1, 0, 0, 0, 0]),
    ];
    for (name, counts) in expected {
        let bundle = read(&data(name)).bundle;
        let found = [
            bundle.sessions.len(),
            of_role(&bundle, TierRole::Transcription),
            bundle.words.len(),
            bundle.words.iter().filter(|w| w.kind == WordKind::Punctuation).count(),
            bundle.morphs.len(),
            of_role(&bundle, TierRole::Translation),
            of_role(&bundle, TierRole::LiteralTranslation),
            of_role(&bundle, TierRole::Note),
        ];
        assert_eq!(found, counts, "{name}");
    }
}

const FLEXTEXTS: [&str; 5] = [
    "apalai.flextext",
    "sil_Freeform.flextext",
    "sil_FullyAnalyzed.flextext",
    "sil_Glossed.flextext",
    "sil_Unglossed.flextext",
];

#[test]
fn flextext_comes_back_as_it_was() {
    for name in FLEXTEXTS {
        let (_folder, path, report) = written(&read(&data(name)).bundle, Format::FlexText);
        assert!(report.is_lossless(), "{report}");
        assert_same_xml(&data(name), &path, &["item"]);
    }
}

// ---- LIFT --------------------------------------------------------------------------------------------------------

#[test]
fn lift_comes_back_as_it_was() {
    for entry in std::fs::read_dir(data("")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "lift") && !path.ends_with("lift_minimal.lift") {
            let (_folder, out, _) = written(&read(&path).bundle, Format::Lift);
            let text = std::fs::read_to_string(&path).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let before = folder.path().join("before.lift");
            // The version is the one thing that changes: 0.12 is written as 0.13.
            std::fs::write(
                &before,
                text.replace("version=\"0.12\"", "version=\"0.13\"").replacen(
                    "<lift version",
                    "<lift producer=\"Fieldgloss\" version",
                    1,
                ),
            )
            .unwrap();
            assert_same_xml(&before, &out, &["text", "span"]);
        }
    }
    let (_folder, out, _) = written(&read(&data("apalai.lift")).bundle, Format::Lift);
    assert_same_xml(&data("apalai.lift"), &out, &["text", "span"]);
}

// ---- SFM ---------------------------------------------------------------------------------------------------------

#[test]
fn sfm_comes_back_to_the_letter() {
    for name in ["teanu_db.sfm", "daakaka_db.sfm"] {
        let imported = read(&data(name));
        println!("{name}\n{}", imported.report);
        let (_folder, path, _) = written(&imported.bundle, Format::Sfm);
        let [before, after] = [data(name), path].map(|p| std::fs::read_to_string(p).unwrap().replace("\r\n", "\n"));
        for (n, (a, b)) in before.lines().zip(after.lines()).enumerate() {
            assert_eq!(a, b, "{name}, line {}", n + 1);
        }
        assert!(before == after, "{name}");
    }
}

#[test]
fn sfm_counts_are_those_of_grep() {
    // grep -acE '^\\lx', '^\\se', '^\\xv'
    for (name, entries, subentries, examples) in [("teanu_db.sfm", 1454, 265, 3907), ("daakaka_db.sfm", 2167, 0, 0)] {
        let bundle = read(&data(name)).bundle;
        assert_eq!(bundle.lexemes.len(), entries + subentries, "{name}");
        assert_eq!(bundle.examples.len(), examples, "{name}");
        println!(
            "{name}: {} senses, {} forms, {} relations",
            bundle.senses.len(),
            bundle.forms.len(),
            bundle.relations.len()
        );
    }
}

#[test]
fn sfm_shows_what_was_edited_and_nothing_else() {
    let mut bundle = read(&data("daakaka_db.sfm")).bundle;
    // The record `\lx aa \hm 1 … \de nettle \ge nettle`.
    let sense = bundle.senses.iter_mut().find(|s| s.definition.get("en") == Some("nettle")).unwrap();
    sense.definition.set("en", "stinging nettle");
    let (_folder, path, _) = written(&bundle, Format::Sfm);
    let [before, after] = [data("daakaka_db.sfm"), path].map(|p| std::fs::read_to_string(p).unwrap());
    let changed: Vec<_> = before.lines().zip(after.lines()).filter(|(a, b)| a != b).collect();
    assert_eq!(changed, [("\\de nettle", "\\de stinging nettle")]);
}

#[test]
fn lift_counts_are_those_of_an_xpath() {
    // ElementTree: entry[not(@dateDeleted)], sense + subsense, example, entry/variant + entry/pronunciation, relation of
    // entries and senses
    let expected = [
        ("apalai.lift", [136, 137, 5, 29, 6]),
        ("lift_baseformrelation.lift", [3, 3, 0, 0, 2]),
        ("lift_change-history.lift", [1, 0, 0, 0, 0]),
        ("lift_dates.lift", [1, 1, 0, 0, 0]),
        ("lift_dialects.lift", [1, 1, 0, 1, 0]),
        ("lift_fields_any_order.lift", [1, 1, 1, 2, 1]),
        ("lift_full-entry.lift", [1, 1, 2, 1, 0]),
        ("lift_header.lift", [0, 0, 0, 0, 0]),
        ("lift_lexical-relations.lift", [1, 1, 0, 1, 1]),
        ("lift_minimal.lift", [0, 0, 0, 0, 0]),
        ("lift_multiple-forms.lift", [1, 1, 0, 1, 0]),
        ("lift_reversals-hierarchy.lift", [1, 1, 0, 0, 0]),
        ("lift_simple.lift", [1, 1, 0, 0, 0]),
        ("lift_subentries.lift", [3, 3, 0, 0, 2]),
        ("lift_subsenses.lift", [1, 4, 0, 0, 0]),
        ("lift_traits-in-forms.lift", [1, 1, 0, 0, 0]),
    ];
    for (name, counts) in expected {
        let b = read(&data(name)).bundle;
        assert_eq!(
            [b.lexemes.len(), b.senses.len(), b.examples.len(), b.forms.len(), b.relations.len()],
            counts,
            "{name}"
        );
    }
}

#[test]
fn an_edited_gloss_shows_in_lift_and_the_rest_stays() {
    let mut bundle = read(&data("lift_traits-in-forms.lift")).bundle;
    bundle.senses[0].gloss.set("en", "hit");
    let (_folder, path, _) = written(&bundle, Format::Lift);
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("<text>hit</text>") && !text.contains("<text>slap</text>"), "{text}");
    assert!(text.contains("name=\"confidence\" value=\"high\""), "{text}");
}

// ---- Toolbox -----------------------------------------------------------------------------------------------------

const TOOLBOXES: [&str; 6] = [
    "AxiskaTurgen.tbt",
    "goodmami_corpus.txt",
    "sil_Freeform.sfm",
    "sil_Glossed.sfm",
    "sil_Unglossed.sfm",
    "sliekkas_sample.txt",
];

#[test]
fn toolbox_comes_back_to_the_letter() {
    for name in TOOLBOXES {
        let bundle = read(&data(name)).bundle;
        let (_folder, path, _) = written(&bundle, Format::Toolbox);
        let [before, after] = [data(name), path].map(|p| std::fs::read_to_string(p).unwrap());
        assert_eq!(before, after, "{name}");
    }
}

#[test]
fn toolbox_words_and_morphs_are_those_of_the_lines() {
    // Words: awk count of the fields of \\tx and \\t lines; morphs: of \\mb and \\m lines.
    for (name, words, morphs) in [("AxiskaTurgen.tbt", 35, 50), ("goodmami_corpus.txt", 5, 6)] {
        let bundle = read(&data(name)).bundle;
        assert_eq!((bundle.words.len(), bundle.morphs.len()), (words, morphs), "{name}");
        // The Turkish text lacks the gloss of one morph: `thimove.down` stands over two (49 fields on \\ge lines).
        let glossed = bundle.morphs.iter().filter(|m| m.gloss.iter().count() == 1).count();
        assert_eq!(glossed, if name == "AxiskaTurgen.tbt" { 49 } else { 6 }, "{name}");
    }
    let bundle = read(&data("goodmami_corpus.txt")).bundle;
    let past = bundle.morphs.iter().find(|m| m.form.get("und") == Some("-xou")).unwrap();
    assert_eq!(past.gloss.get("en"), Some("-PST.IND.3SG"));
}

// ---- Bad input ---------------------------------------------------------------------------------------------------

fn read_bytes(bytes: &[u8], format: Format) -> Result<Imported, FormatError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in");
    std::fs::write(&path, bytes).unwrap();
    formats::read(&path, Some(format), &ImportOptions::default())
}

#[test]
fn broken_files_are_kept_as_far_as_they_go_or_refused() {
    for format in [Format::FlexText, Format::Lift, Format::Sfm, Format::Toolbox] {
        for bytes in [&b""[..], b"not this at all", b"\xff\xfe\x00", b"<html/>", b"\\", b"<document", b"<lift><entry"] {
            let _ = read_bytes(bytes, format).map(|read| assert!(!read.report.warnings.is_empty()));
        }
    }
    let text = std::fs::read(data("apalai.flextext")).unwrap();
    let half = read_bytes(&text[..text.len() / 2], Format::FlexText).unwrap();
    assert!(half.bundle.words.len() > 100 && half.report.warnings.iter().any(|w| w.contains("breaks off")));
    let deep = format!("<lift><entry>{}</entry></lift>", "<sense>".repeat(100_000));
    assert!(matches!(read_bytes(deep.as_bytes(), Format::Lift), Err(FormatError::Broken { .. })));
}

#[test]
fn morphs_find_their_entries() {
    let mut bundle = read(&data("apalai.flextext")).bundle;
    let lexicon = read(&data("apalai.lift")).bundle;
    bundle.lexemes = lexicon.lexemes;
    bundle.senses = lexicon.senses;
    let report = fieldgloss::glossing::link::link_morphs(&mut bundle);
    println!("{report}");
    let linked = bundle.morphs.iter().filter(|m| m.lexeme.is_some()).count();
    assert!(linked * 10 > bundle.morphs.len() * 8, "{linked} of {}", bundle.morphs.len());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]
    /// Real files with pieces cut, doubled and overwritten: read or refused, and what was read can be written.
    #[test]
    fn mutated_files_never_panic(
        which in 0..9usize,
        cuts in proptest::collection::vec((0.0..1.0f64, 0..40usize, proptest::collection::vec(proptest::num::u8::ANY, 0..8)), 1..12),
    ) {
        let files = [
            ("sil_FullyAnalyzed.flextext", Format::FlexText), ("sil_Freeform.flextext", Format::FlexText),
            ("lift_full-entry.lift", Format::Lift), ("lift_fields_any_order.lift", Format::Lift),
            ("lift_subsenses.lift", Format::Lift), ("lift_reversals-hierarchy.lift", Format::Lift),
            ("AxiskaTurgen.tbt", Format::Toolbox), ("sliekkas_sample.txt", Format::Toolbox), ("daakaka_db.sfm", Format::Sfm),
        ];
        let (name, format) = files[which];
        let mut bytes = std::fs::read(data(name)).unwrap();
        bytes.truncate(20_000);
        for (at, length, new) in cuts {
            let at = (at * bytes.len() as f64) as usize;
            let end = (at + length).min(bytes.len());
            drop(bytes.splice(at..end, new));
        }
        if let Ok(imported) = read_bytes(&bytes, format) {
            let folder = tempfile::tempdir().unwrap();
            let _ = formats::write(&folder.path().join("out"), format, &imported.bundle);
            // Whatever it became, it can also be said in the sister format.
            let other = match format { Format::Lift => Format::Sfm, Format::Sfm => Format::Lift, Format::FlexText => Format::Toolbox, _ => Format::FlexText };
            let _ = formats::write(&folder.path().join("other"), other, &imported.bundle);
        }
    }
}

// ---- Referees ----------------------------------------------------------------------------------------------------

#[test]
fn flextext_is_valid_by_its_schema() {
    let Some(referees) = std::env::var_os("FIELDGLOSS_REFEREES") else {
        println!("NOT RUN: FIELDGLOSS_REFEREES is not set, so no schema validator was asked");
        return;
    };
    let script = "import sys; from lxml import etree as E; s=E.XMLSchema(E.parse(sys.argv[1])); s.assertValid(E.parse(sys.argv[2]))";
    let mut bundles: Vec<_> = FLEXTEXTS.iter().map(|name| read(&data(name)).bundle).collect();
    bundles.push(read(&data("AxiskaTurgen.tbt")).bundle);
    for bundle in bundles {
        let (_folder, path, _) = written(&bundle, Format::FlexText);
        let output = Command::new(Path::new(&referees).join("bin/python"))
            .args(["-c", script])
            .args([data("FlexInterlinear.xsd"), path])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
