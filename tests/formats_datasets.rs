//! Datasets for data science: what may be published, Parquet tables, Hugging Face folders, tracks as other programs
//! write them, and the schema of our own JSON. Set `FIELDGLOSS_REFEREES` to a Python environment with pyarrow, PyYAML
//! and jsonschema to have all of it judged by others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use fieldgloss::analysis::codec;
use fieldgloss::app::transfer;
use fieldgloss::domain::*;
use fieldgloss::formats::{self, Format, ImportOptions, json, published, tracks};
use fieldgloss::store::{Op, OpKind, Scope, Store};
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the referee says; `None` where it is not installed.
fn referee(args: &[&Path], verb: &str) -> Option<Value> {
    let Some(folder) = std::env::var_os("FIELDGLOSS_REFEREES") else {
        eprintln!("FIELDGLOSS_REFEREES is not set: {verb} was not judged by others");
        return None;
    };
    let mut command = Command::new(PathBuf::from(folder).join("bin/python"));
    command.arg(root().join("packaging/referees/check_datasets.py")).arg(verb).args(args);
    let run = command.output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    let verdict: Value = serde_json::from_str(&said)
        .unwrap_or_else(|e| panic!("{verb}: {e}: {said}{}", String::from_utf8_lossy(&run.stderr)));
    assert_eq!(verdict["problems"], json!([]), "{verb}");
    Some(verdict)
}

fn record<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|e| panic!("{e}: {value:#}"))
}

fn person(code: &str, name: &str, access: &str) -> Person {
    record(json!({ "id": PersonId::new(), "code": code, "name": name, "languages": ["qaa"], "notes": "born in 1950",
        "consent": { "given": true, "manner": "written" }, "access": access, "residue": {} }))
}

/// Adds a session in which a person says *Nakim sora.* 'The dogs slept.' some times over, two seconds each.
fn add_text(bundle: &mut Bundle, name: &str, access: &str, speaker: PersonId, count: i64) -> SessionId {
    let session = SessionId::new();
    bundle.sessions.push(record(json!({ "id": session, "name": name, "title": { "en": format!("Story told by Maria Silva, {name}") },
        "date": "2010-06", "place": "the well", "genre": "narrative", "description": {},
        "participants": [{ "person": speaker, "role": "speaker" }], "consent": { "given": true, "conditions": "not for sale" },
        "access": access, "position": bundle.sessions.len(), "residue": { "eaf": { "secret": name } } })));
    bundle.media.push(record(json!({ "id": MediaId::new(), "session": session, "path": format!("media/{name}.mp4"),
        "storage": "copied", "hash": "", "size": 1, "mime": "video/mp4", "duration": 60_000_000_000_i64, "offset": 1_000_000_000,
        "streams": [
            { "index": 0, "kind": "video", "codec": "h264", "duration": null, "sample_rate": null, "channels": null,
              "width": 640, "height": 480, "frame_rate": 25.0, "rotation": 0 },
            { "index": 1, "kind": "audio", "codec": "aac", "duration": null, "sample_rate": 48000, "channels": 2,
              "width": null, "height": null, "frame_rate": null, "rotation": null },
        ], "position": 0, "residue": {} })));
    let tier = |id: TierId, parent: Option<TierId>, name: String, role: &str, language: &str| -> Tier {
        record(
            json!({ "id": id, "session": session, "parent": parent, "name": name, "role": role, "constraint": "none",
            "type_name": "", "participant": if parent.is_none() { Some(speaker) } else { None }, "annotator": "Rui Costa",
            "language": language, "vocabulary": null, "position": 0, "residue": {} }),
        )
    };
    let (spoken, free) = (TierId::new(), TierId::new());
    bundle.tiers.push(tier(spoken, None, format!("{name} speech"), "transcription", "qaa"));
    bundle.tiers.push(tier(free, Some(spoken), format!("{name} free"), "translation", "en"));
    for index in 0..count {
        let span = Span::new(Time::from_millis(1_000 + index * 2_000), Time::from_millis(2_500 + index * 2_000));
        let utterance = Annotation::new(spoken, Some(span), index, format!("Nakim sora, {name}."));
        let mut translation = Annotation::new(free, None, index, format!("The dogs slept, {name}."));
        translation.parent = Some(utterance.id);
        for (position, (form, kind)) in
            [("nakim", "word"), ("sora", "word"), (",", "punctuation"), (name, "word"), (".", "punctuation")]
                .into_iter()
                .enumerate()
        {
            let word = WordId::new();
            bundle.words.push(record(json!({ "id": word, "annotation": utterance.id, "position": position, "kind": kind,
                "form": { "qaa": form }, "gloss": if position == 1 { json!({ "en": "sleep.PST" }) } else { json!({}) },
                "category": {}, "status": if position == 3 { "suggested" } else { "approved" }, "start": null, "end": null, "residue": {} })));
            let parts: &[(&str, &str, &str)] = match position {
                0 => &[("nak", "dog", "stem"), ("-im", "PL", "suffix")],
                3 => &[("guess", "GUESS", "stem")],
                _ => &[],
            };
            for (place, (form, gloss, kind)) in parts.iter().enumerate() {
                bundle.morphs.push(record(
                    json!({ "id": MorphId::new(), "word": word, "position": place, "kind": kind,
                    "form": { "qaa": form }, "citation": {}, "gloss": { "en": gloss, "pt-BR": format!("{gloss}-pt") },
                    "category": {}, "homograph": "", "lexeme": null, "sense": null, "residue": {} }),
                ));
            }
        }
        bundle.annotations.extend([utterance, translation]);
    }
    session
}

/// A project with everything in it: open, team's, closed and refused sessions, people of each kind, a lexicon.
fn project() -> Bundle {
    let mut bundle = Bundle {
        project: Some(record(
            json!({ "id": ProjectId::new(), "name": "Dogs: \"a\" project", "description": { "en": "Stories\n---\nof dogs." },
            "base_iri": "", "licence": "https://creativecommons.org/licenses/by-nc-sa/4.0/", "created": "2026-01-01T00:00:00Z", "residue": {} }),
        )),
        ..Bundle::default()
    };
    for (tag, role) in [("qaa", "object"), ("en", "analysis")] {
        bundle.languages.push(record(
            json!({ "id": LanguageId::new(), "tag": tag, "name": { "en": tag }, "iso639_3": "", "glottocode": "",
            "role": role, "position": 0, "writing_systems": [{ "tag": tag }], "residue": {} }),
        ));
    }
    let (maria, joao, ana) =
        (person("S1", "Maria Silva", "team"), person("S2", "João Souza", "closed"), person("A1", "Ana Lima", "open"));
    let speaker = maria.id;
    let closed = joao.id;
    bundle.people = vec![maria, joao, ana];
    add_text(&mut bundle, "WELL", "open", speaker, 3);
    add_text(&mut bundle, "RIVER", "open", speaker, 3);
    add_text(&mut bundle, "TEAM", "team", speaker, 2);
    add_text(&mut bundle, "HIDDEN", "closed", speaker, 2);
    let refused = add_text(&mut bundle, "REFUSED", "open", speaker, 2);
    bundle.sessions.iter_mut().filter(|s| s.id == refused).for_each(|s| s.consent.given = Some(false));
    add_text(&mut bundle, "OFJOAO", "open", closed, 2);

    let vocabulary = VocabularyId::new();
    bundle.vocabularies.push(record(json!({ "id": vocabulary, "name": "gestures", "description": "",
        "entries": [{ "id": VocabularyEntryId::new(), "value": "nod", "description": "head down", "residue": {} }], "residue": {} })));
    let lexeme = LexemeId::new();
    bundle.lexemes.push(record(json!({ "id": lexeme, "form": { "qaa": "nak", "qaa-fonipa": "nak" }, "citation": {}, "kind": "stem",
        "homograph": 0, "category": "n", "etymology": {}, "notes": { "en": "from Maria Silva" }, "fields": { "colour": { "en": "brown" } },
        "created": "", "modified": "", "position": 0, "residue": {} })));
    bundle.lexemes.push(record(json!({ "id": LexemeId::new(), "form": { "qaa": "zzz" }, "citation": {}, "kind": "particle",
        "homograph": 0, "category": "", "etymology": {}, "notes": {}, "fields": {}, "created": "", "modified": "", "position": 1, "residue": {} })));
    bundle.forms.push(record(
        json!({ "id": FormId::new(), "lexeme": lexeme, "position": 0, "kind": "allomorph", "form": { "qaa": "nag" },
        "environment": "before a vowel", "residue": {} }),
    ));
    let sense = SenseId::new();
    bundle.senses.push(record(json!({ "id": sense, "lexeme": lexeme, "parent": null, "position": 0, "gloss": { "en": "dog" },
        "definition": { "en": "an animal" }, "category": "", "domains": ["1.6.1.1 Mammal", "pets"], "scientific_name": "Canis familiaris",
        "notes": {}, "fields": {}, "residue": {} })));
    let utterance = |bundle: &Bundle, name: &str| {
        bundle.annotations.iter().find(|a| a.value.starts_with("Nak") && a.value.contains(name)).unwrap().id
    };
    for (position, annotation) in
        [None, Some(utterance(&bundle, "WELL")), Some(utterance(&bundle, "HIDDEN"))].into_iter().enumerate()
    {
        bundle.examples.push(record(json!({ "id": ExampleId::new(), "sense": sense, "position": position, "text": { "qaa": format!("Nak {position}.") },
            "translation": { "en": "Dog." }, "source": "told by Maria Silva", "annotation": annotation, "residue": {} })));
    }
    bundle.relations.push(record(
        json!({ "id": RelationId::new(), "kind": "cf", "source": sense, "target": null, "target_text": "wolf",
        "position": 0, "residue": {} }),
    ));
    for (record_id, by) in [(sense.record(), "Rui Costa"), (sense.record(), ""), (speaker.record(), "Rui Costa")] {
        bundle.links.push(record(json!({ "id": LinkId::new(), "record": record_id, "scheme": "wikidata", "iri": "http://www.wikidata.org/entity/Q144",
            "label": "dog", "confirmed_by": by, "confirmed_at": "", "residue": {} })));
    }
    add_run(&mut bundle, "WELL");
    add_run(&mut bundle, "HIDDEN");
    bundle
}

/// A run over a session's recording that saw one face and one body, and proposed a nod.
fn add_run(bundle: &mut Bundle, session: &str) {
    let session = bundle.sessions.iter().find(|s| s.name == session).unwrap().id;
    let media = bundle.media.iter().find(|m| m.session == session).unwrap().id;
    let run = RunId::new();
    bundle.runs.push(record(json!({ "id": run, "session": session, "media": media, "models": [{ "name": "m", "version": "1", "sha256": "00" }],
        "settings": { "fps": 25 }, "started": "2026-01-01T00:00:00Z", "finished": "", "status": "finished", "frames": 3, "residue": {} })));
    for (number, kind) in [(1, "face"), (2, "body")] {
        let track = TrackId::new();
        let measured = samples_of(if kind == "face" { TrackKind::Face } else { TrackKind::Body });
        bundle.samples.extend(packed(track, &measured));
        bundle.tracks.push(record(json!({ "id": track, "run": run, "kind": kind, "number": number, "person": null,
            "start": 1_000_000_000, "end": 1_080_000_000, "samples": 3, "residue": {} })));
        bundle.tags.push(record(json!({ "id": TagId::new(), "run": run, "track": track, "label": "nod", "start": 1_000_000_000, "end": 1_080_000_000,
            "confidence": 0.75, "evidence": { "frames": 3 }, "status": "accepted", "reviewer": "Ana Lima", "reviewed": "", "annotation": null, "residue": {} })));
        let tag = bundle.tags.last().map(|tag| tag.id).unwrap();
        bundle.reviews.push(record(json!({ "id": fieldgloss::domain::Review::id_of(tag, "Ana Lima"), "tag": tag,
            "reviewer": "Ana Lima", "reviewed": "2024-05-02T10:00:00Z", "status": "changed", "label": "nod",
            "start": 1_000_000_000, "end": 1_120_000_000, "was_label": "nod", "was_start": 1_000_000_000,
            "was_end": 1_080_000_000, "note": "", "residue": {} })));
    }
}

fn export(bundle: &Bundle, format: Format) -> (tempfile::TempDir, PathBuf, LossReport) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    let report = formats::write(&path, format, bundle).unwrap();
    (folder, path, report)
}

#[test]
fn what_is_closed_or_refused_stays_home_with_all_under_it() {
    let bundle = project();
    let (out, report) = published(&bundle);
    let text = serde_json::to_string(&out).unwrap();
    for secret in [
        "HIDDEN",
        "REFUSED",
        "sora, OFJOAO",
        "slept, OFJOAO",
        "João",
        "Maria",
        "1950",
        "not for sale",
        "Rui",
        "secret",
        "Nak 2.",
    ] {
        assert!(!text.contains(secret), "{secret} went out");
    }
    let names: Vec<_> = out.sessions.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["WELL", "RIVER", "TEAM", "OFJOAO"], "the session is open; what João said in it is not");
    assert!(out.sessions[3].participants.is_empty());
    assert_eq!((out.words.len(), out.morphs.len(), out.annotations.len()), (40, 24, 16));
    assert_eq!((out.media.len(), out.runs.len(), out.tracks.len(), out.tags.len()), (3, 1, 2, 2));
    assert_eq!(
        (out.examples.len(), out.links.len()),
        (2, 1),
        "no example of a closed text, no unconfirmed link, none of a person"
    );
    assert_eq!(out.sessions[0].title.get("en"), Some("Story told by S1, WELL"));
    assert_eq!(out.examples[0].source, "told by S1");
    assert_eq!(
        out.people.iter().map(|p| (p.code.as_str(), p.name.as_str())).collect::<Vec<_>>(),
        [("S1", ""), ("A1", "Ana Lima")]
    );
    assert_eq!((out.tiers[0].annotator.as_str(), out.links[0].confirmed_by.as_str()), ("annotator-1", "annotator-1"));
    assert_eq!(out.tags[0].reviewer, "Ana Lima", "her access is open");
    let report = report.to_string();
    for said in [
        "sessions (closed",
        "people (closed",
        "annotations (of sessions",
        "recordings",
        "examples (taken",
        "names of people",
        "leftovers",
        "consent notes",
    ] {
        assert!(report.contains(said), "{said} is not in\n{report}");
    }
    assert_eq!(published(&out).0, out, "publishing twice is publishing once");
}

#[test]
fn a_recording_of_a_closed_person_stays_home_also_from_an_open_session() {
    let mut bundle = project();
    let joao = bundle.people[1].id;
    bundle.sessions[0].participants.push(Participation { person: joao, role: "listener".into() });
    let (out, report) = published(&bundle);
    assert!(out.sessions.iter().any(|s| s.name == "WELL" && s.participants.len() == 1));
    assert!(!out.media.iter().any(|m| m.path.contains("WELL")));
    assert!(out.runs.is_empty() && out.tracks.is_empty() && out.tags.is_empty());
    assert!(report.to_string().contains("can be heard or seen"), "{report}");
}

#[test]
fn paths_and_titles_that_tell_a_name_are_seen_to() {
    let mut bundle = project();
    bundle.media[0].path = "media/interview_silva.wav".into();
    bundle.media[1].path = "/home/rui/river.wav".into();
    bundle.media[1].storage = MediaStorage::Linked;
    bundle.sessions[1].place = "Maria's house".into();
    let (out, report) = published(&bundle);
    assert_eq!(out.media[0].path, format!("media/{}.wav", out.media[0].id));
    assert_eq!(out.media[1].path, format!("media/{}.wav", out.media[1].id));
    assert!(report.warnings.iter().any(|w| w.contains("RIVER")), "{report}");
}

#[test]
fn a_damaged_bundle_is_no_danger() {
    let mut bundle = project();
    // Circles and dangling ids.
    let (first, second) = (bundle.tiers[0].id, bundle.tiers[1].id);
    bundle.tiers[0].parent = Some(second);
    bundle.tiers[1].parent = Some(first);
    let (a, b) = (bundle.annotations[0].id, bundle.annotations[1].id);
    bundle.annotations[0].parent = Some(b);
    bundle.annotations[1].parent = Some(a);
    bundle.annotations[2].tier = TierId::new();
    bundle.tags[0].confidence = f64::NAN;
    bundle.people[0].code.clear();
    bundle.lexemes[0].form.set("x\u{0}|\n", "y");
    for format in [Format::Parquet, Format::HfDataset] {
        let (_folder, path, _) = export(&bundle, format);
        let verb = if format == Format::Parquet { "parquet" } else { "hf" };
        referee(&[&path], verb);
    }
    let empty = Bundle::default();
    let (_folder, path, _) = export(&empty, Format::Parquet);
    referee(&[&path], "parquet");
    let folder = tempfile::tempdir().unwrap();
    let refused = formats::write(&folder.path().join("x"), Format::HfDataset, &empty).unwrap_err().to_string();
    assert!(refused.contains("no utterance"), "{refused}");
}

#[test]
fn parquet_tables_say_the_same_rows() {
    let bundle = project();
    let (_folder, path, report) = export(&bundle, Format::Parquet);
    let (out, _) = published(&bundle);
    assert!(path.join("README.md").is_file());
    assert!(report.to_string().contains("words"), "{report}");
    let Some(verdict) = referee(&[&path], "parquet") else { return };
    let tables = &verdict["tables"];
    for (name, rows) in [
        ("sessions", out.sessions.len()),
        ("people", out.people.len()),
        ("tiers", out.tiers.len()),
        ("annotations", out.annotations.len()),
        ("words", out.words.len()),
        ("morphs", out.morphs.len()),
        ("lexemes", out.lexemes.len()),
        ("senses", out.senses.len()),
        ("examples", out.examples.len()),
        ("tags", out.tags.len()),
        ("reviews", out.reviews.len()),
        ("media", out.media.len()),
        ("vocabularies", 1),
    ] {
        assert_eq!(tables[name]["rows"], rows, "{name}");
    }
    let first = &tables["morphs"]["first"][1];
    assert_eq!(
        (&first["form_qaa"], &first["gloss_en"], &first["gloss_pt_BR"]),
        (&json!("-im"), &json!("PL"), &json!("PL-pt"))
    );
    assert_eq!(first["homograph"], Value::Null);
    let annotation = &tables["annotations"]["first"][0];
    assert_eq!((&annotation["start_ns"], &annotation["speaker"]), (&json!(1_000_000_000), &json!("S1")));
    assert_eq!(tables["annotations"]["columns"]["start_ns"], "int64");
    assert_eq!(tables["senses"]["first"][0]["domains"], json!(["1.6.1.1 Mammal", "pets"]));
    assert_eq!(tables["people"]["first"][0]["name"], Value::Null, "her access is not open");
    assert_eq!(tables["tags"]["first"][0]["confidence"], 0.75);
    assert_eq!(tables["lexemes"]["first"][0]["fields"], "{\"colour\":{\"en\":\"brown\"}}");
}

#[test]
fn a_large_table_has_several_row_groups() {
    let mut bundle = project();
    let tier = bundle.tiers[0].id;
    bundle.annotations.extend((0..70_000).map(|n| Annotation::new(tier, None, n, format!("line {n}"))));
    let (_folder, path, _) = export(&bundle, Format::Parquet);
    let Some(verdict) = referee(&[&path], "parquet") else { return };
    assert_eq!(verdict["tables"]["annotations"]["rows"], 70_016);
}

#[test]
fn a_hugging_face_folder_says_what_it_is() {
    let bundle = project();
    let (_folder, path, report) = export(&bundle, Format::HfDataset);
    let card = std::fs::read_to_string(path.join("README.md")).unwrap();
    for said in [
        "license: cc-by-nc-sa-4.0",
        "## Consent and access",
        "## By whom",
        "## How to cite",
        "Ana Lima (A1)",
        "| interlinear | train |",
        "`morph_glosses`",
    ] {
        assert!(card.contains(said), "{said} is not in\n{card}");
    }
    for secret in ["Maria", "João", "HIDDEN", "REFUSED"] {
        assert!(!card.contains(secret), "{secret} is in the card");
    }
    assert!(std::fs::read_to_string(path.join("LICENSE")).unwrap().contains("by-nc-sa/4.0"));
    assert!(report.to_string().contains("nobody has agreed"), "{report}");
    let Some(verdict) = referee(&[&path], "hf") else { return };
    assert_eq!(verdict["card"]["pretty_name"], "Dogs: \"a\" project");
    assert_eq!(verdict["card"]["language"], json!(["en", "qaa"]));
    assert_eq!(verdict["sessions"].as_object().unwrap().len(), 3);
    let splits: BTreeSet<_> =
        verdict["sessions"].as_object().unwrap().values().map(|s| s[0].as_str().unwrap().to_owned()).collect();
    assert_eq!(splits.len(), 3, "three sessions, one a split");
    let tables = verdict["tables"].as_object().unwrap();
    let rows: Vec<&Value> = tables
        .iter()
        .filter(|(name, _)| name.contains("interlinear"))
        .flat_map(|(_, t)| t["first"].as_array().unwrap())
        .collect();
    assert_eq!(rows.len(), 8);
    let well = rows.iter().find(|r| r["session"] == "WELL").unwrap();
    assert_eq!(well["words"], json!(["nakim", "sora", "WELL"]));
    assert_eq!(well["morphs"], json!([["nak", "im"], [], []]), "a suggestion is no analysis");
    assert_eq!(well["morph_glosses"], json!([["dog", "PL"], [], []]));
    assert_eq!(well["segmentation"], "nak-im sora WELL");
    assert_eq!(well["gloss"], "dog-PL sleep.PST ?");
    assert_eq!(well["translation"], "The dogs slept, WELL.");
    assert_eq!(
        (&well["speaker"], &well["start"], &well["audio"]),
        (&json!("S1"), &json!(1.0), &json!("media/WELL.mp4"))
    );
    let team = rows.iter().find(|r| r["session"] == "TEAM").unwrap();
    assert_eq!(
        (&team["audio"], &team["access"]),
        (&Value::Null, &json!("team")),
        "only open sessions name their recordings"
    );
    let lexicon = &tables["data/lexicon/train"];
    assert_eq!(lexicon["rows"], 2);
    assert_eq!(lexicon["first"][0]["variants"], json!(["nag"]));
}

#[test]
fn a_project_with_one_session_only_trains_and_leaves_nothing_of_an_earlier_export() {
    let mut bundle = project();
    let (_folder, path, _) = export(&bundle, Format::HfDataset);
    assert!(path.join("data/interlinear/test.parquet").is_file());
    std::fs::write(path.join("notes.txt"), "mine").unwrap();
    bundle.sessions.retain(|s| s.name == "WELL");
    bundle.lexemes.clear();
    formats::write(&path, Format::HfDataset, &bundle).unwrap();
    assert!(path.join("data/interlinear/train.parquet").is_file() && path.join("notes.txt").is_file());
    assert!(!path.join("data/interlinear/test.parquet").exists() && !path.join("data/lexicon/train.parquet").exists());
    referee(&[&path], "hf");
}

#[test]
fn splits_do_not_change_from_export_to_export() {
    let bundle = project();
    let (_a, one, _) = export(&bundle, Format::HfDataset);
    let (_b, two, _) = export(&bundle, Format::HfDataset);
    for name in [
        "README.md",
        "LICENSE",
        "data/interlinear/test.parquet",
        "data/interlinear/train.parquet",
        "data/lexicon/train.parquet",
    ] {
        assert_eq!(std::fs::read(one.join(name)).unwrap(), std::fs::read(two.join(name)).unwrap(), "{name}");
    }
}

#[test]
fn a_path_that_is_a_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tables.parquet");
    std::fs::write(&path, "mine").unwrap();
    for format in [Format::Parquet, Format::HfDataset] {
        let error = formats::write(&path, format, &project()).unwrap_err().to_string();
        assert!(error.contains("needs a folder"), "{error}");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn real_texts_and_a_real_lexicon() {
    let mut bundle = Bundle::default();
    for name in ["apalai.flextext", "apalai.lift"] {
        let read =
            formats::read(&root().join("assets/sample").join(name), None, &ImportOptions::default()).unwrap().bundle;
        bundle.languages.extend(read.languages);
        bundle.sessions.extend(read.sessions);
        bundle.tiers.extend(read.tiers);
        bundle.annotations.extend(read.annotations);
        bundle.words.extend(read.words);
        bundle.morphs.extend(read.morphs);
        bundle.lexemes.extend(read.lexemes);
        bundle.forms.extend(read.forms);
        bundle.senses.extend(read.senses);
        bundle.examples.extend(read.examples);
        bundle.relations.extend(read.relations);
    }
    let (_folder, path, report) = export(&bundle, Format::HfDataset);
    eprintln!("{report}");
    referee(&[&path], "hf");
    let (_folder, path, _) = export(&bundle, Format::Parquet);
    if let Some(verdict) = referee(&[&path], "parquet") {
        assert_eq!(verdict["tables"]["words"]["rows"], bundle.words.len());
        assert_eq!(verdict["tables"]["morphs"]["rows"], bundle.morphs.len());
        assert_eq!(verdict["tables"]["senses"]["rows"], bundle.senses.len());
    }
    let folder = tempfile::tempdir().unwrap();
    judge_json(&bundle, folder.path());
}

fn schema_path() -> PathBuf {
    root().join("assets/schema/fieldgloss.schema.json")
}

fn judge_json(bundle: &Bundle, folder: &Path) -> Option<Value> {
    let file = folder.join("project.json");
    formats::write(&file, Format::Json, bundle).unwrap();
    referee(&[&file, &schema_path()], "json")
}

#[test]
fn our_json_is_as_its_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    judge_json(&project(), folder.path());
    judge_json(&Bundle::default(), folder.path());
}

/// Walks what was written beside what the schema says of it; both must name the same properties.
fn compare(value: &Value, says: &Value, schema: &Value, place: &str, faults: &mut BTreeSet<String>) {
    let says = match says.get("$ref").and_then(Value::as_str) {
        Some(name) => schema.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{name} is not there")),
        None => says,
    };
    if let Some(either) = says.get("anyOf").and_then(Value::as_array) {
        if !value.is_null() {
            compare(value, &either[0], schema, place, faults);
        }
        return;
    }
    match value {
        Value::Array(items) => {
            items.iter().for_each(|item| compare(item, &says["items"], schema, &format!("{place}[]"), faults))
        }
        Value::Object(object) => {
            let Some(properties) = says.get("properties").and_then(Value::as_object) else { return };
            for name in object.keys().filter(|name| !properties.contains_key(*name)) {
                faults.insert(format!("{place}.{name} is not in the schema"));
            }
            for name in properties.keys().filter(|name| !object.contains_key(*name)) {
                faults.insert(format!("{place}.{name} is in the schema but never written"));
            }
            for (name, value) in object {
                if let Some(says) = properties.get(name) {
                    compare(value, says, schema, &format!("{place}.{name}"), faults);
                }
            }
        }
        _ => {}
    }
}

fn described(says: &Value, place: &str, faults: &mut Vec<String>) {
    for (name, says) in says.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let text = says.get("description").and_then(Value::as_str).unwrap_or_default();
        if text.trim().is_empty() {
            faults.push(format!("{place}.{name}"));
        }
        described(says, &format!("{place}.{name}"), faults);
    }
}

#[test]
fn the_schema_knows_every_field_and_describes_it() {
    let schema: Value = serde_json::from_slice(&std::fs::read(schema_path()).unwrap()).unwrap();
    let (bytes, _) = json::to_bytes(&project()).unwrap();
    let written: Value = serde_json::from_slice(&bytes).unwrap();
    for (name, list) in written.as_object().unwrap() {
        assert!(!list.as_array().is_some_and(Vec::is_empty), "{name} is empty: this test does not look at it");
    }
    let mut faults = BTreeSet::new();
    compare(&written, &schema, &schema, "", &mut faults);
    assert!(faults.is_empty(), "{faults:#?}");
    let mut faults = Vec::new();
    described(&schema, "", &mut faults);
    schema["$defs"].as_object().unwrap().iter().for_each(|(name, says)| described(says, name, &mut faults));
    assert!(faults.is_empty(), "without description: {faults:#?}");

    // The comparison itself: a field that is missing is found.
    let mut poorer = schema.clone();
    poorer["$defs"]["word"]["properties"].as_object_mut().unwrap().remove("status");
    let mut faults = BTreeSet::new();
    compare(&written, &poorer, &poorer, "", &mut faults);
    assert_eq!(faults.into_iter().collect::<Vec<_>>(), [".words[].status is not in the schema"]);
}

/// Three frames of a face and a body at 25 frames a second; in the last there is no mesh and no pose.
fn samples_of(kind: TrackKind) -> TrackSamples {
    let times: Vec<Time> = (0..3).map(|n| Time::from_millis(1_000 + n * 40)).collect();
    let channel = |name: &str, width: usize, step: f32, value: &dyn Fn(usize, usize) -> f32| Channel {
        name: name.into(),
        width,
        step,
        values: (0..3).flat_map(|t| (0..width).map(move |i| (t, i))).map(|(t, i)| value(t, i)).collect(),
    };
    let channels = match kind {
        TrackKind::Face => vec![
            channel("score", 1, 0.001, &|_, _| 0.5),
            channel("presence", 1, 0.001, &|_, _| 0.875),
            channel("landmarks", 478 * 3, 0.125, &|t, i| {
                if t == 2 { f32::NAN } else { (i / 3) as f32 + (i % 3) as f32 * 0.25 }
            }),
            channel("measure.head_yaw", 1, 0.05, &|t, _| if t == 2 { f32::NAN } else { 30.0 }),
            channel("measure.head_pitch", 1, 0.05, &|t, _| if t == 2 { f32::NAN } else { 0.0 }),
            channel("measure.head_roll", 1, 0.05, &|t, _| if t == 2 { f32::NAN } else { 0.0 }),
        ],
        TrackKind::Voice => Vec::new(),
        TrackKind::Body => vec![
            channel("score", 1, 0.001, &|_, _| 0.75),
            channel("box", 4, 0.125, &|_, i| [10.0, 20.0, 100.0, 200.0][i]),
            channel("pose", 33 * 4, 0.03125, &|t, i| match (t, i % 4) {
                (2, _) => f32::NAN,
                (_, 0) => (i / 4) as f32,
                (_, 1) => (i / 4) as f32 * 2.0,
                (_, 2) => 0.0,
                _ => {
                    if i / 4 == 11 {
                        0.25
                    } else {
                        0.75
                    }
                }
            }),
        ],
    };
    TrackSamples { times, channels }
}

fn packed(track: TrackId, samples: &TrackSamples) -> Vec<TrackChunk> {
    let chunks = codec::encode(samples).unwrap().into_iter();
    let stored = chunks.map(|chunk| TrackChunk {
        track,
        channel: chunk.channel,
        start: chunk.start,
        end: chunk.end,
        samples: chunk.samples as i64,
        blob: chunk.blob,
    });
    stored.collect()
}

/// The project in a store, the samples of its tracks with it.
fn stored(folder: &Path) -> Store {
    let bundle = project();
    let place = folder.join("p.fieldgloss");
    let mut store = Store::create(&place, bundle.project.as_ref().unwrap(), &[]).unwrap();
    store
        .transact(Op::fixed(OpKind::Import), |tx| {
            tx.merge(&bundle)?;
            bundle.samples.iter().try_for_each(|chunk| tx.put_chunk(chunk))
        })
        .unwrap();
    store
}

#[test]
fn our_json_carries_what_was_measured_there_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = stored(folder.path());
    let file = folder.path().join("all.json");
    transfer::export(&store, Scope::Whole, Format::Json, &file).unwrap();
    let whole = formats::read(&file, None, &ImportOptions::default()).unwrap();
    assert!(whole.bundle.samples.len() > 10);

    let other = tempfile::tempdir().unwrap();
    let project = whole.bundle.project.clone().unwrap();
    let mut empty = Store::create(&other.path().join("o.fieldgloss"), &project, &[]).unwrap();
    transfer::import_file(&mut empty, &file, None, ImportOptions::default()).unwrap();
    let again = other.path().join("again.json");
    transfer::export(&empty, Scope::Whole, Format::Json, &again).unwrap();
    let back = formats::read(&again, None, &ImportOptions::default()).unwrap().bundle;
    assert_eq!((back.tracks, back.samples), (whole.bundle.tracks.clone(), whole.bundle.samples.clone()));

    // A project that got its tracks without them, as earlier versions wrote them, takes them now; what is damaged, or
    // of no track, is told.
    let third = tempfile::tempdir().unwrap();
    let mut poor = Store::create(&third.path().join("p.fieldgloss"), &project, &[]).unwrap();
    let (mut without, mut imported) = (whole.clone(), whole.clone());
    without.bundle.samples.clear();
    transfer::take_in(&mut poor, &without).unwrap();
    imported.bundle.samples[0].blob.truncate(3);
    imported.bundle.samples[1].track = TrackId::new();
    let (report, _) = transfer::take_in(&mut poor, &imported).unwrap();
    let told = report.to_string();
    assert!(told.contains("damaged") && told.contains("not in the project"), "{told}");
    assert!(report.warnings.iter().any(|warning| warning.contains(" from 0:01.000")), "which, and from when: {told}");
    let sound = format!("{:>13}  stretches of samples", whole.bundle.samples.len() - 2);
    assert!(told.contains(sound.trim()), "what is damaged is not said to be kept: {told}");
    let kept: usize = whole.bundle.tracks.iter().map(|track| poor.read().all_chunks(track.id).unwrap().len()).sum();
    assert_eq!(kept, whole.bundle.samples.len() - 2);
}

#[test]
fn one_damaged_stretch_does_not_keep_a_file_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = stored(folder.path());
    let file = folder.path().join("all.json");
    transfer::export(&store, Scope::Whole, Format::Json, &file).unwrap();
    let mut json: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let count = json["samples"].as_array().unwrap().len();
    let of_face = json["tracks"].as_array().unwrap().iter().find(|t| t["kind"] == "face").unwrap()["id"].clone();
    let stretches = json["samples"].as_array_mut().unwrap();
    let face = stretches.iter_mut().find(|s| s["track"] == of_face && s["channel"] == "score").unwrap();
    face["packed"] = json!("this is no Base64!");
    let others = stretches.iter_mut().filter(|s| s["track"] != of_face);
    others.zip([json!(null), json!(7)]).for_each(|(stretch, odd)| stretch["packed"] = odd);
    std::fs::write(&file, serde_json::to_vec(&json).unwrap()).unwrap();

    let read = formats::read(&file, None, &ImportOptions::default()).unwrap();
    assert_eq!(read.bundle.samples.len(), count - 3);
    let told = read.report.to_string();
    assert!(told.contains("no Base64") && told.contains("“score” of face 1 from 0:01.000"), "{told}");
    assert_eq!(read.report.warnings.len(), 3, "{told}");

    // Everything else goes into a project.
    let other = tempfile::tempdir().unwrap();
    let project = read.bundle.project.clone().unwrap();
    let mut empty = Store::create(&other.path().join("o.fieldgloss"), &project, &[]).unwrap();
    let report = transfer::import_file(&mut empty, &file, None, ImportOptions::default()).unwrap();
    assert!(report.to_string().contains("no Base64"), "{report}");
    let tracks: Vec<Track> = empty.read().all().unwrap();
    let kept: usize = tracks.iter().map(|track| empty.read().all_chunks(track.id).unwrap().len()).sum();
    assert_eq!(kept, count - 3);
}

#[test]
fn parquet_has_what_was_measured_as_plain_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let store = stored(folder.path());
    let tables = folder.path().join("tables");
    let report = transfer::export(&store, Scope::Whole, Format::Parquet, &tables).unwrap();
    let report = report.to_string();
    assert!(report.contains("measures") && report.contains("points of tracks"), "{report}");
    assert!(std::fs::read_to_string(tables.join("README.md")).unwrap().contains("`measure_head_yaw`"));
    let Some(verdict) = referee(&[&tables], "parquet") else { return };
    let measures = &verdict["tables"]["measures"];
    // Only of the open session: three samples of a face, three of a body.
    assert_eq!(measures["rows"], 6);
    let face = measures["first"].as_array().unwrap().iter().find(|row| !row["measure_head_yaw"].is_null()).unwrap();
    assert!((face["measure_head_yaw"].as_f64().unwrap() - 30.0).abs() < 0.03, "{face}");
    assert_eq!((&face["time_ns"], &face["score"], &face["box_x"]), (&json!(1_000_000_000), &json!(0.5), &Value::Null));
}

fn scope_of(store: &Store, name: &str) -> Scope {
    let sessions: Vec<Session> = store.read().all().unwrap();
    Scope::Session(sessions.iter().find(|s| s.name == name).unwrap().id)
}

#[test]
fn faces_as_openface_writes_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = stored(folder.path());
    let file = folder.path().join("well.csv");
    let report = transfer::export(&store, scope_of(&store, "WELL"), Format::OpenFace, &file).unwrap();
    let mut reader = csv::Reader::from_path(&file).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(
        header[..8],
        ["frame", "face_id", "timestamp", "confidence", "success", "pose_Rx", "pose_Ry", "pose_Rz"]
    );
    assert_eq!((header.len(), header[8].as_str(), header[8 + 135].as_str()), (8 + 136, "x_0", "y_67"));
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    // The recording starts at 1 s of the session: its first frame is number 1 at 0 s.
    assert_eq!(rows.iter().map(|r| r["frame"].as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    assert_eq!((rows[1]["timestamp"].as_str(), rows[1]["face_id"].as_str()), ("0.040000", "1"));
    assert_eq!((rows[0]["confidence"].as_str(), rows[0]["success"].as_str()), ("0.875", "1"));
    let angle: f64 = rows[0]["pose_Ry"].parse().unwrap();
    assert!((angle.to_degrees() + 30.0).abs() < 0.1, "{angle}");
    // Point 33 of OpenFace's 68 is below the nose, our 2; 8 is the chin, our 152.
    assert_eq!((rows[0]["x_33"].as_str(), rows[0]["y_33"].as_str()), ("2.000", "2.250"));
    assert_eq!(rows[0]["x_8"].as_str(), "152.000");
    assert_eq!((rows[2]["success"].as_str(), rows[2]["x_0"].as_str(), rows[2]["pose_Rx"].as_str()), ("0", "", ""));
    let report = report.to_string();
    for said in ["gaze_0_x", "AU01_r", "pose_Tx", "68 of 478"] {
        assert!(report.contains(said), "{said} is not in\n{report}");
    }

    let whole = transfer::export(&store, Scope::Whole, Format::OpenFace, &folder.path().join("two.csv")).unwrap_err();
    assert!(whole.to_string().contains("name a folder"), "{whole}");
    let report = transfer::export(&store, Scope::Whole, Format::OpenFace, &folder.path().join("faces")).unwrap();
    assert!(folder.path().join("faces/WELL.csv").is_file() && folder.path().join("faces/HIDDEN.csv").is_file());
    assert!(report.warnings.iter().any(|w| w.contains("HIDDEN") && w.contains("must not leave")), "{report}");
}

#[test]
fn bodies_as_openpose_writes_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = stored(folder.path());
    let out = folder.path().join("bodies");
    let report = transfer::export(&store, scope_of(&store, "WELL"), Format::OpenPose, &out).unwrap();
    let mut names: Vec<_> =
        std::fs::read_dir(out.join("WELL")).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["WELL_000000000000_keypoints.json", "WELL_000000000001_keypoints.json"]);
    let frame: Value = serde_json::from_slice(&std::fs::read(out.join("WELL").join(&names[1])).unwrap()).unwrap();
    let person = &frame["people"][0];
    assert_eq!((&frame["version"], &person["person_id"]), (&json!(1.3), &json!([2])));
    let points: Vec<f64> = record(person["pose_keypoints_2d"].clone());
    assert_eq!(points.len(), 75);
    assert_eq!(points[0..3], [0.0, 0.0, 0.75], "the nose");
    assert_eq!(points[3..6], [11.5, 23.0, 0.25], "the neck, between the shoulders, as sure as the less sure of them");
    assert_eq!(points[4 * 3..4 * 3 + 3], [16.0, 32.0, 0.75], "the right wrist");
    assert_eq!(points[20 * 3..20 * 3 + 3], [0.0, 0.0, 0.0], "no small toe");
    assert_eq!(person["face_keypoints_2d"], json!([]));
    assert!(report.to_string().contains("LSmallToe"), "{report}");
    let again = transfer::export(&store, scope_of(&store, "WELL"), Format::OpenPose, &out).unwrap_err().to_string();
    assert!(again.contains("not empty"), "{again}");
}

#[test]
fn bodies_as_coco_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = stored(folder.path());
    let out = folder.path().join("bodies.json");
    transfer::export(&store, Scope::Whole, Format::Coco, &out).unwrap();
    let coco: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let (images, annotations) = (coco["images"].as_array().unwrap(), coco["annotations"].as_array().unwrap());
    assert_eq!((images.len(), annotations.len()), (4, 4), "two recordings, two frames each");
    assert_eq!(coco["categories"][0]["keypoints"].as_array().unwrap().len(), 17);
    let ids: BTreeSet<_> = annotations.iter().map(|a| a["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), 4);
    assert_eq!((&images[1]["file_name"], &images[1]["width"]), (&json!("WELL/000002.jpg"), &json!(640)));
    let body = &annotations[0];
    assert_eq!(body["image_id"], images[0]["id"]);
    let points: Vec<f64> = record(body["keypoints"].clone());
    assert_eq!((points.len(), &body["num_keypoints"], &body["score"]), (51, &json!(17), &json!(0.75)));
    assert_eq!(points[5 * 3..5 * 3 + 3], [11.0, 22.0, 1.0], "the left shoulder is labelled but not seen well");
    assert_eq!(points[6 * 3..6 * 3 + 3], [12.0, 24.0, 2.0]);
    assert_eq!(body["bbox"], json!([10.0, 20.0, 100.0, 200.0]));
}

#[test]
fn tracks_without_samples_or_without_tracks_say_so() {
    let folder = tempfile::tempdir().unwrap();
    for format in [Format::OpenFace, Format::OpenPose, Format::Coco] {
        assert!(tracks::is_of_tracks(format));
        let error = formats::write(&folder.path().join("x"), format, &project()).unwrap_err().to_string();
        assert!(error.contains("from the project"), "{error}");
        let mut none = |_: &Track, _: &[&str]| Ok(TrackSamples::default());
        let error =
            tracks::write(&folder.path().join("x"), format, &Bundle::default(), &mut none).unwrap_err().to_string();
        assert!(error.contains("no recording"), "{error}");
        // Samples that went missing give an empty file, not a panic.
        tracks::write(&folder.path().join(format.name()), format, &project(), &mut none).unwrap();
    }
}
