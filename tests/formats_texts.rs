//! Texts and lexicons in FLEx's and Toolbox's formats: read, written, read again.
//!
//! Expected counts were taken with other tools than the code under test: XPath counts by lxml for XML, `grep -c` for
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
    let [a, b] = [before, after].map(|p| canonical(&std::fs::read_to_string(p).unwrap(), text_elements));
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
    // lxml: count(//interlinear-text), //phrase, //word, //word[item[@type='punct']], //morph,
    // //phrase/item[@type='gls'][text()], …[@type='lit'][text()], …[@type='note'][text()]
    let expected = [
        ("apalai.flextext", [2, 61, 404, 93, 533, 61, 0, 0]),
        ("sil_Freeform.flextext", [1, 1, 5, 1, 0, 1, 0, 0]),
        ("sil_FullyAnalyzed.flextext", [1, 1, 4, 1, 5, 1, 1, 1]),
        ("sil_Glossed.flextext", [1, 1, 5, 1, 0, 0, 0, 0]),
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
            std::fs::write(&before, text.replace("version=\"0.12\"", "version=\"0.13\"").replacen("<lift version", "<lift producer=\"Fieldgloss\" version", 1)).unwrap();
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
        let [before, after] =
            [data(name), path].map(|p| std::fs::read_to_string(p).unwrap().replace("\r\n", "\n"));
        for (n, (a, b)) in before.lines().zip(after.lines()).enumerate() {
            assert_eq!(a, b, "{name}, line {}", n + 1);
        }
        assert!(before == after, "{name}");
    }
}
