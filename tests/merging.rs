//! Importing into a project that has some of it already: nothing doubles, nothing that people did is lost, and the
//! same file again changes nothing.

use std::path::{Path, PathBuf};
use std::time::Instant;

use fieldgloss::app::edit::project::{self, NewProject};
use fieldgloss::app::edit::{annotations, lexicon, words};
use fieldgloss::app::merge::{Choices, Comparison, Kind, Plan, Policy, Reason};
use fieldgloss::app::transfer::{self, Incoming, Taken};
use fieldgloss::domain::*;
use fieldgloss::formats::{self, Format, ImportOptions, Imported};
use fieldgloss::store::{Scope, Store};
use proptest::prelude::*;

#[path = "store/sample.rs"]
#[allow(dead_code)]
mod sample;

fn empty(folder: &Path) -> Store {
    let new = NewProject { name: "New".into(), object_language: "apy".into(), ..NewProject::default() };
    project::create(&folder.join("New.fieldgloss"), &new).unwrap()
}

/// A new project in a folder of its own.
fn new() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (empty(folder.path()), folder)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn incoming(store: &Store, path: &Path) -> Incoming {
    transfer::read_for(store, path, None, ImportOptions::default())
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn take(store: &mut Store, path: &Path) -> Taken {
    take_as(store, path, Policy::default())
}

fn take_as(store: &mut Store, path: &Path, policy: Policy) -> Taken {
    let incoming = incoming(store, path);
    transfer::take_in_as(store, &incoming, &Choices { policy, ..Choices::default() }).unwrap()
}

fn all(store: &Store) -> Bundle {
    store.read().bundle(Scope::Whole).unwrap()
}

fn new_of(plan: &Plan, kind: Kind) -> usize {
    plan.counts.get(&kind).map_or(0, |counts| counts.new)
}

/// What a plan brings, by kind: new and changed.
fn brings(plan: &Plan) -> Vec<(Kind, usize, usize)> {
    plan.counts.iter().filter(|(_, c)| c.new + c.changed > 0).map(|(kind, c)| (*kind, c.new, c.changed)).collect()
}

/// Every sample in a format that is read.
fn samples() -> Vec<PathBuf> {
    let mut samples = Vec::new();
    let folders = [
        "tests/data",
        "tests/data/eaf",
        "tests/data/textgrid",
        "assets/sample",
        "tests/data/chat",
        "tests/data/chat_own",
        "tests/data/corpora",
        "tests/data/exb",
        "tests/data/labels",
        "tests/data/rdf",
        "tests/data/subtitles",
        "tests/data/trs",
    ];
    for folder in folders {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            let kinds = "eaf textgrid flextext lift sfm tbt txt cha conllu xml tex exb trs ttl srt vtt";
            let is_sample = kinds.split(' ').any(|kind| kind == extension);
            if is_sample && Format::guess(&path).is_ok() {
                // The two large dictionaries have a test of their own; one Turtle file is there to be refused.
                let apart = ["teanu_db.sfm", "daakaka_db.sfm", "pympi_sample_3.0.eaf", "literals_as_subjects.ttl"];
                if !apart.contains(&name.as_str()) {
                    samples.push(path);
                }
            }
        }
    }
    // Formats that are a folder.
    samples.extend(
        ["cldf/lgr", "cldf/dictionaria_teanu", "saymore/Edolo_sample"].map(|f| root().join("tests/data").join(f)),
    );
    samples.sort();
    samples
}

/// Imports a file twice; the second time nothing may happen.
fn twice(store: &mut Store, path: &Path) {
    let first = take(store, path);
    let before = all(store);
    let undo = store.undo_state().unwrap();
    let second = take(store, path);
    let name = path.display();
    assert!(
        second.plan.is_nothing(),
        "{name}: {}\n{:#?}",
        second.report,
        second.plan.differences.iter().take(5).collect::<Vec<_>>()
    );
    assert!(second.changed.is_empty(), "{name}: {:?}", second.changed.tables);
    assert!(second.plan.differences.is_empty(), "{name}: {:#?}", second.plan.differences);
    assert_eq!(second.plan.held_back, 0, "{name}");
    assert!(
        second.plan.counts.values().all(|c| c.missing == 0 || !first.plan.is_nothing()),
        "{name}: {:?}",
        second.plan.counts
    );
    assert!(all(store) == before, "{name}");
    assert_eq!(store.undo_state().unwrap(), undo, "{name}");
    assert!(
        first.plan.is_nothing() || second.report.to_string().contains("there already"),
        "{name}: {}",
        second.report
    );
}

#[test]
fn the_same_file_again_changes_nothing() {
    let samples = samples();
    assert!(samples.len() > 25, "{samples:?}");
    for path in samples {
        let (mut store, _folder) = new();
        twice(&mut store, &path);
    }
}

#[test]
fn nor_do_all_files_together() {
    let (mut store, _folder) = new();
    for path in samples() {
        take(&mut store, &path);
    }
    for path in samples() {
        // Some of the files speak of the same entries and texts, and what only their formats say takes turns.
        let again = take(&mut store, &path);
        assert_eq!(brings(&again.plan), [], "{}: {}\n{:#?}", path.display(), again.report, again.plan.differences);
    }
}

#[test]
fn our_own_json_and_tables_of_a_project_change_nothing_in_it() {
    let (mut store, folder) = new();
    for name in ["apalai.lift", "apalai.flextext", "mary.TextGrid"] {
        take(&mut store, &root().join("assets/sample").join(name));
    }
    for (scope, format, name) in [
        (Scope::Whole, Format::Json, "all.json"),
        (Scope::Lexicon, Format::Csv, "lexicon.csv"),
        (Scope::Session(all(&store).sessions.iter().find(|s| s.name == "mary").unwrap().id), Format::Csv, "mary.csv"),
    ] {
        let path = folder.path().join(name);
        transfer::export(&store, scope, format, &path).unwrap();
        let before = all(&store);
        let taken = take(&mut store, &path);
        assert!(taken.changed.is_empty(), "{name}: {}\n{:#?}", taken.report, taken.plan.differences);
        assert!(all(&store) == before, "{name}");
    }
    // And each on its own, twice into a new project.
    for name in ["all.json", "lexicon.csv", "mary.csv"] {
        let (mut other, _other) = new();
        twice(&mut other, &folder.path().join(name));
    }
}

/// A copy of a sample with some of its text exchanged, under the same name.
fn edited(sample: &str, folder: &Path, exchange: &[(&str, &str)]) -> PathBuf {
    let path = root().join(sample);
    let mut text = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    for (from, to) in exchange {
        assert!(text.contains(from), "{sample} has no {from}");
        text = text.replacen(from, to, 1);
    }
    let copy = folder.join(path.file_name().unwrap());
    std::fs::write(&copy, text).unwrap();
    copy
}

/// Imports a sample, then an edited copy, which must bring exactly this (new and changed, by kind); and then nothing.
fn edited_brings(sample: &str, exchange: &[(&str, &str)], expected: &[(Kind, usize, usize)]) -> Store {
    let (mut store, folder) = new();
    take(&mut store, &root().join(sample));
    let copy = edited(sample, folder.path(), exchange);
    let second = take(&mut store, &copy);
    assert_eq!(brings(&second.plan), expected, "{sample}: {}\n{:#?}", second.report, second.plan.differences);
    assert!(second.plan.conflicts().next().is_none(), "{sample}: {:#?}", second.plan.differences);
    let third = take(&mut store, &copy);
    assert!(third.changed.is_empty(), "{sample}: {}\n{:#?}", third.report, third.plan.differences);
    assert!(store.check().unwrap().iter().all(|p| p.kind == fieldgloss::store::ProblemKind::MissingMedia), "{sample}");
    store
}

#[test]
fn an_edited_textgrid_brings_what_was_edited() {
    let exchange = [
        ("\"rolled\"", "\"rolls\""),
        (
            "0\n0.3154201182247563\n\"\"\n0.3154201182247563\n0.6755499913498981",
            "0\n0.3154201182247563\n\"uh\"\n0.3154201182247563\n0.6755499913498981",
        ),
    ];
    edited_brings("assets/sample/mary.TextGrid", &exchange, &[(Kind::Annotation, 1, 1)]);
    // A boundary that was moved is the same annotation with other times.
    let exchange = [("0.9839070294779999\n\"rolled\"\n0.9839070294779999", "0.9\n\"rolled\"\n0.9")];
    edited_brings("assets/sample/mary.TextGrid", &exchange, &[(Kind::Annotation, 0, 2)]);
}

#[test]
fn an_edited_eaf_brings_what_was_edited() {
    let exchange = [
        ("Transcription1", "Transcription one"),
        (
            "<ANNOTATION>\n\t  <REF_ANNOTATION ANNOTATION_ID=\"a5\"",
            "<ANNOTATION>\n\t  <REF_ANNOTATION ANNOTATION_ID=\"a99\" ANNOTATION_REF=\"a3\">\
             <ANNOTATION_VALUE>new</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>\n\t\
             <ANNOTATION>\n\t  <REF_ANNOTATION ANNOTATION_ID=\"a5\"",
        ),
    ];
    let store = edited_brings("tests/data/eaf/saymore_test.eaf", &exchange, &[(Kind::Annotation, 1, 1)]);
    let all = all(&store);
    assert_eq!(all.annotations.iter().filter(|a| a.value.starts_with("Transcription")).count(), 3);
    let new = all.annotations.iter().find(|a| a.value == "new").unwrap();
    let under = all.annotations.iter().find(|a| Some(a.id) == new.parent).unwrap();
    assert_eq!(under.value, "Transcription3");
}

#[test]
fn an_edited_flextext_brings_what_was_edited() {
    let phrase = "<phrase><item type=\"txt\" lang=\"apy\">mame a</item><words>\
        <word><item type=\"txt\" lang=\"apy\">mame</item></word>\
        <word><item type=\"txt\" lang=\"apy\">a</item></word></words></phrase>";
    let second = "<phrase guid=\"b3aeaf1d-d7e0-4c3e-8159-d4f38167cca1\">";
    let exchange = [
        ("This is about a jaguar who followed people.", "A jaguar that followed people."),
        ("<item type=\"gls\" lang=\"en\">jaguar</item>", "<item type=\"gls\" lang=\"en\">the jaguar</item>"),
        (second, &format!("{phrase}{second}")),
    ];
    let expected = [(Kind::Annotation, 1, 1), (Kind::Word, 2, 0), (Kind::Morph, 0, 1)];
    let store = edited_brings("assets/sample/apalai.flextext", &exchange, &expected);
    // The new sentence stands where it stands in the file.
    let all = all(&store);
    let index = all.index();
    let tier = all.tiers.iter().find(|t| t.role == TierRole::Transcription).unwrap();
    let texts: Vec<&str> = index.annotations_of_tier[&tier.id].iter().map(|a| a.value.as_str()).collect();
    assert_eq!(texts[1], "mame a", "{:?}", &texts[..4]);
}

#[test]
fn an_edited_lift_brings_what_was_edited() {
    let entry = "<entry id=\"new_1\"><lexical-unit><form lang=\"apy\"><text>mame</text></form></lexical-unit>\
        <sense id=\"s1\"><gloss lang=\"en\"><text>then</text></gloss></sense></entry>\n";
    let second = "<entry dateCreated=\"2022-11-12T01:05:48Z\"";
    let exchange = [("<text>high</text>", "<text>tall</text>"), (second, &format!("{entry}{second}"))];
    let store = edited_brings("assets/sample/apalai.lift", &exchange, &[(Kind::Lexeme, 1, 0), (Kind::Sense, 1, 1)]);
    let mut lexemes = all(&store).lexemes;
    lexemes.sort_by_key(|l| (l.position, l.id));
    let heads: Vec<_> = lexemes.iter().filter_map(|l| l.form.first()).take(3).collect();
    assert_eq!(heads, ["kae", "mame", "taky"]);
}

const DICTIONARY: &str = "\\_sh v3.0 400 MDF 4.0\n\n\\lx a\n\\ps dem\n\\ge there\n\n\\lx a\n\\hm 1\n\\ps gram\n\\sn 1\n\\ge but\n\\sn 2\n\
    \\ge and\n\\xv a mame\n\\xe and then\n\n\\lx aa\n\\ps n\n\\ge nettle\n\\va aaa\n\n\\lx -aa\n\\ps suf\n\\ge 3p\n";

/// Texts before and after an edit, as files of the same name; the second must bring exactly this.
fn texts_bring(name: &str, before: &str, after: &str, expected: &[(Kind, usize, usize)]) -> (Store, tempfile::TempDir) {
    let (mut store, folder) = new();
    let path = folder.path().join(name);
    std::fs::write(&path, before).unwrap();
    twice(&mut store, &path);
    std::fs::write(&path, after).unwrap();
    let second = take(&mut store, &path);
    assert_eq!(brings(&second.plan), expected, "{name}: {}\n{:#?}", second.report, second.plan.differences);
    assert!(take(&mut store, &path).changed.is_empty(), "{name}");
    (store, folder)
}

#[test]
fn an_edited_dictionary_brings_what_was_edited() {
    let after = DICTIONARY
        .replace("\\ge and\n", "\\ge and then\n")
        .replace("\\lx aa\n", "\\lx mame\n\\ps n\n\\ge thing\n\n\\lx aa\n");
    let expected = [(Kind::Lexeme, 1, 0), (Kind::Sense, 1, 1)];
    let (store, _folder) = texts_bring("a.sfm", DICTIONARY, &after, &expected);
    assert_eq!(all(&store).senses.len(), 6);
}

#[test]
fn an_edited_toolbox_text_brings_what_was_edited() {
    let before = std::fs::read_to_string(root().join("tests/data/AxiskaTurgen.tbt")).unwrap();
    let block =
        "\\id 001\n\\ref 0:00:02\n\\tx bu böjk\n\\mb bu böjük\n\\ge this big\n\\ps pron adj\n\n\\ft This is big.\n\n";
    let second = before.match_indices("\\id 001").nth(1).unwrap().0;
    let mut after = before.clone();
    after.insert_str(second, block);
    let after = after.replacen("Please eat our Xinkal.", "Do eat our Xinkal.", 1);
    let expected = [(Kind::Annotation, 2, 1), (Kind::Word, 2, 0), (Kind::Morph, 2, 0)];
    texts_bring("a.tbt", &before, &after, &expected);
}

#[test]
fn edited_tables_bring_what_was_edited() {
    let table = "session,tier,start,end,value\nA,text,0,1,mame\nA,text,1,2,nytose\nA,note,0,1,a note\n";
    let after =
        "session,tier,start,end,value\nA,text,0,1,mamo\nA,text,1,2,nytose\nA,text,2,3,taky\nA,note,0,1,a note\n";
    texts_bring("a.csv", table, after, &[(Kind::Annotation, 1, 1)]);
    let table = "headword,gloss,category\nnak,dog,n\nnak,wolf,n\nmame,then,adv\n";
    let after = "headword,gloss,category\nnak,dog,n\nnak,big wolf,n\ntaky,bow,n\nmame,then,adv\n";
    texts_bring("b.csv", table, after, &[(Kind::Lexeme, 1, 0), (Kind::Sense, 1, 1)]);
}

#[test]
fn edited_json_brings_what_was_edited() {
    let (mut store, folder) = new();
    take(&mut store, &root().join("assets/sample/mary.TextGrid"));
    let path = folder.path().join("all.json");
    transfer::export(&store, Scope::Whole, Format::Json, &path).unwrap();
    let (mut other, _other) = new();
    take(&mut other, &path);
    let text = std::fs::read_to_string(&path).unwrap();
    let (mut bundle, _) = formats::json::from_bytes(text.as_bytes()).unwrap();
    let at = bundle.annotations.iter().position(|a| a.value == "rolled").unwrap();
    bundle.annotations[at].value = "rolls".into();
    let mut more = bundle.annotations[at].clone();
    more.id = AnnotationId::new();
    (more.start, more.end) = (Some(Time::from_millis(5000)), Some(Time::from_millis(6000)));
    bundle.annotations.push(more);
    formats::write(&path, Format::Json, &bundle).unwrap();
    let second = take(&mut other, &path);
    assert_eq!(brings(&second.plan), [(Kind::Annotation, 1, 1)], "{:#?}", second.plan.differences);
    assert!(take(&mut other, &path).changed.is_empty());
}

/// The first annotation with that text.
fn annotation(store: &Store, value: &str) -> Annotation {
    all(store).annotations.into_iter().find(|a| a.value == value).unwrap_or_else(|| panic!("no {value}"))
}

#[test]
fn what_people_did_stands_and_is_told() {
    let (mut store, folder) = new();
    let sample = "assets/sample/mary.TextGrid";
    take(&mut store, &root().join(sample));
    let rolled = annotation(&store, "rolled").id;
    annotations::set_value(&mut store, rolled, "rolled!").unwrap();
    // The file says what it said before: the project is ahead, and nothing is asked.
    let again = take(&mut store, &root().join(sample));
    assert!(again.changed.is_empty());
    assert_eq!(again.plan.differences.iter().map(|d| d.reason).collect::<Vec<_>>(), [Reason::Ahead]);
    // Both changed: the project's stands, the conflict shows both.
    let copy = edited(sample, folder.path(), &[("\"rolled\"", "\"rolls\""), ("\"barrel\"", "\"barrels\"")]);
    let incoming = incoming(&store, &copy);
    let plan = transfer::preview(&store, &incoming, &Choices::default()).unwrap();
    let conflict = plan.conflicts().next().unwrap().clone();
    assert_eq!((conflict.project.as_str(), conflict.file.as_str()), ("rolled!", "rolls"));
    assert_eq!(conflict.place, "mary · word");
    assert_eq!(plan.conflicts().count(), 1);
    assert_eq!(all(&store).annotations.iter().filter(|a| a.value == "barrels").count(), 0, "a preview writes nothing");
    let taken = take(&mut store, &copy);
    assert!(!taken.report.is_lossless(), "{}", taken.report);
    assert_eq!(annotation(&store, "rolled!").id, rolled);
    annotation(&store, "barrels");
    // One choice for one difference.
    let mut choices = Choices::default();
    choices.each.insert((conflict.record, conflict.field.clone()), true);
    transfer::take_in_as(&mut store, &incoming, &choices).unwrap();
    assert_eq!(annotation(&store, "rolls").id, rolled);
    // One step, one undo.
    store.undo().unwrap();
    assert_eq!(annotation(&store, "rolled!").id, rolled);
}

#[test]
fn what_was_joined_here_does_not_come_back_in_halves() {
    let (mut store, _folder) = new();
    let sample = root().join("assets/sample/mary.TextGrid");
    take(&mut store, &sample);
    let rolled = annotation(&store, "rolled").id;
    annotations::merge_with_next(&mut store, rolled).unwrap();
    let again = take(&mut store, &sample);
    assert!(again.changed.is_empty(), "{}", again.report);
    assert_eq!(again.plan.deleted, 1);
    // Who wants the file's gets it.
    take_as(&mut store, &sample, Policy::Take);
    annotation(&store, "rolled");
    annotation(&store, "the");
}

#[test]
fn a_file_of_another_name_asks_before_it_changes_anything() {
    let (mut store, folder) = new();
    let sample = "assets/sample/apalai.lift";
    take(&mut store, &root().join(sample));
    let copy = edited(sample, folder.path(), &[("<text>high</text>", "<text>tall</text>")]);
    let other = folder.path().join("other.lift");
    std::fs::rename(copy, &other).unwrap();
    let taken = take(&mut store, &other);
    assert!(taken.changed.is_empty(), "{}", taken.report);
    assert_eq!(taken.plan.conflicts().count(), 1);
    assert!(take_as(&mut store, &other, Policy::Fill).changed.is_empty());
    assert!(take_as(&mut store, &other, Policy::Keep).changed.is_empty());
    let taken = take_as(&mut store, &other, Policy::Take);
    assert_eq!(brings(&taken.plan), [(Kind::Sense, 0, 1)]);
}

#[test]
fn what_is_empty_is_filled_and_what_the_file_does_not_say_stays() {
    let before = "headword,gloss_en,gloss_pt\nnak,dog,\nmame,then,entao\n";
    let after = "headword,gloss_en,gloss_pt\nnak,dog,cachorro\nmame,then,\n";
    let (store, _folder) = texts_bring("a.csv", before, after, &[(Kind::Sense, 0, 1)]);
    let senses = all(&store).senses;
    assert_eq!(senses.iter().filter_map(|s| s.gloss.get("pt")).collect::<Vec<_>>(), ["cachorro", "entao"]);
}

#[test]
fn nothing_is_deleted_only_told() {
    let (mut store, _folder) = {
        let before = "headword,gloss\nnak,dog\nmame,then\n";
        texts_bring("a.csv", before, "headword,gloss\nnak,dog\n", &[])
    };
    assert_eq!(all(&store).lexemes.len(), 2);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "headword,gloss\nnak,dog\n").unwrap();
    let taken = take(&mut store, &path);
    assert_eq!(taken.plan.counts[&Kind::Lexeme].missing, 1);
    assert!(taken.report.to_string().contains("In the project and not in the file: 1 entries"), "{}", taken.report);
}

#[test]
fn the_analysis_of_a_person_is_not_undone_by_the_file_it_came_from() {
    let (mut store, folder) = new();
    let sample = "assets/sample/apalai.flextext";
    take(&mut store, &root().join(sample));
    // A word that the file leaves without morphs, broken and approved here.
    let word = all(&store).words.into_iter().find(|w| w.form.first() == Some("ekahmatopõpyry")).unwrap();
    words::break_word(&mut store, word.id, "ekahma-topõpyry").unwrap();
    // A word that the file analyses, broken otherwise here.
    let other = all(&store).words.into_iter().find(|w| w.form.first() == Some("kaikuxi")).unwrap();
    words::break_word(&mut store, other.id, "kai-kuxi").unwrap();
    words::approve(&mut store, other.id, None).unwrap();
    let before = all(&store);
    let taken = take(&mut store, &root().join(sample));
    assert!(taken.changed.is_empty(), "{}\n{:#?}", taken.report, taken.plan.differences);
    assert!(all(&store) == before);
    let conflicts: Vec<_> = taken.plan.conflicts().map(|d| (d.project.as_str(), d.file.as_str())).collect();
    assert_eq!(conflicts, [("kai-kuxi", "kaikuxi")]);
    // Who takes the file's gets all of it, and no mixture.
    let copy = edited(sample, folder.path(), &[]);
    take_as(&mut store, &copy, Policy::Take);
    let morphs: Vec<_> = all(&store).morphs.into_iter().filter(|m| m.word == other.id).collect();
    assert_eq!(morphs.iter().filter_map(|m| m.form.first()).collect::<Vec<_>>(), ["kaikuxi"]);
    assert!(store.check().unwrap().is_empty());
    store.undo().unwrap();
    assert!(all(&store) == before);
}

#[test]
fn links_to_the_lexicon_survive() {
    let (mut store, _folder) = new();
    for name in ["apalai.lift", "apalai.flextext"] {
        take(&mut store, &root().join("assets/sample").join(name));
    }
    let linked = all(&store).morphs.iter().filter(|m| m.sense.is_some()).count();
    assert!(linked > 100, "{linked}");
    for name in ["apalai.lift", "apalai.flextext"] {
        assert!(take(&mut store, &root().join("assets/sample").join(name)).changed.is_empty());
    }
    // An entry with a homonym made by hand is still the same entry.
    let before = all(&store);
    let lexeme = before.lexemes.iter().find(|l| l.homograph == 0 && l.form.first().is_some()).unwrap();
    lexicon::add(&mut store, "apy", lexeme.form.first().unwrap(), lexeme.kind).unwrap();
    let again = take(&mut store, &root().join("assets/sample/apalai.lift"));
    assert_eq!(new_of(&again.plan, Kind::Lexeme), 0, "{}", again.report);
}

#[test]
fn the_words_of_a_text_follow_the_text_that_is_taken() {
    let table = "session,tier,start,end,value\nA,text,0,1,mame kaikuxi nytose\n";
    let (mut store, folder) = new();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, table).unwrap();
    take(&mut store, &path);
    let id = annotation(&store, "mame kaikuxi nytose").id;
    words::split_words(&mut store, id).unwrap();
    std::fs::write(&path, table.replace("kaikuxi", "kaikuxi a")).unwrap();
    take(&mut store, &path);
    let mut forms: Vec<_> = all(&store).words;
    forms.sort_by_key(|w| w.position);
    assert_eq!(forms.iter().filter_map(|w| w.form.first()).collect::<Vec<_>>(), ["mame", "kaikuxi", "a", "nytose"]);
}

/// The same records under fresh ids, as a reader of a format without ids gives them.
fn with_other_ids(bundle: &Bundle) -> Bundle {
    let text = serde_json::to_string(bundle).unwrap();
    let is_id = |part: &str| part.len() == 36 && part.parse::<RecordId>().is_ok();
    let mut old: Vec<&str> = text.split('"').filter(|part| is_id(part)).collect();
    old.sort_unstable();
    old.dedup();
    let new: std::collections::HashMap<&str, String> =
        old.into_iter().map(|id| (id, AnnotationId::new().to_string())).collect();
    let parts: Vec<&str> = text.split('"').map(|part| new.get(part).map_or(part, String::as_str)).collect();
    serde_json::from_str(&parts.join("\"")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_bundle_again_changes_nothing_not_even_under_other_ids(seed in any::<u64>()) {
        let bundle = sample::in_order(sample::bundle(seed));
        let (mut store, _folder) = new();
        let first = Imported { bundle: bundle.clone(), report: LossReport::default() };
        transfer::take_in(&mut store, &first).unwrap();
        let before = all(&store);
        for again in [bundle.clone(), with_other_ids(&bundle)] {
            let incoming = Incoming { imported: Imported { bundle: again, ..Imported::default() }, ..Incoming::default() };
            let taken = transfer::take_in_as(&mut store, &incoming, &Choices::default()).unwrap();
            prop_assert!(taken.changed.is_empty(), "{}\n{:#?}", taken.report, taken.plan.differences);
            prop_assert!(all(&store) == before);
        }
    }
}

#[test]
fn large_files_twice() {
    for name in ["tests/data/teanu_db.sfm", "tests/data/daakaka_db.sfm", "tests/data/eaf/pympi_sample_3.0.eaf"] {
        let (mut store, _folder) = new();
        let began = Instant::now();
        twice(&mut store, &root().join(name));
        println!(
            "{name}: {:.1} s, {} records",
            began.elapsed().as_secs_f64(),
            all(&store).annotations.len() + all(&store).senses.len()
        );
    }
}

/// A text of so many utterances, four words each, two morphs a word.
fn large(utterances: i64) -> Bundle {
    let read = fieldgloss::formats::read(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/apalai.flextext"),
        None,
        &Default::default(),
    )
    .unwrap();
    let mut b = Bundle { sessions: read.bundle.sessions[..1].to_vec(), ..Bundle::default() };
    b.sessions[0].residue = Residue::default();
    let session = b.sessions[0].id;
    let tier = read.bundle.tiers.iter().find(|t| t.session == session).unwrap().clone();
    let word = Word { residue: Residue::default(), ..read.bundle.words[0].clone() };
    let morph = Morph { residue: Residue::default(), ..read.bundle.morphs[0].clone() };
    for n in 0..utterances {
        let span = Span::new(Time::from_millis(n * 1000), Time::from_millis(n * 1000 + 900));
        let forms: Vec<String> = (0..4).map(|k| format!("stem{}na", (n * 7 + k * 13) % 2000)).collect();
        let annotation = Annotation::new(tier.id, Some(span), n, forms.join(" "));
        for (position, form) in (0..).zip(&forms) {
            let id = WordId::new();
            let new =
                Word { id, annotation: annotation.id, position, form: MultiText::of("apy", form), ..word.clone() };
            b.words.push(new);
            for (at, part) in (0..).zip([form.trim_end_matches("na"), "-na"]) {
                let form = MultiText::of("apy", part);
                b.morphs.push(Morph {
                    id: MorphId::new(),
                    word: id,
                    position: at,
                    form,
                    lexeme: None,
                    sense: None,
                    ..morph.clone()
                });
            }
        }
        b.annotations.push(annotation);
    }
    b.tiers.push(tier);
    b
}

#[test]
#[ignore = "a measurement"]
fn speed_of_matching_a_hundred_thousand_records() {
    let bundle = large(8000);
    let again = with_other_ids(&bundle);
    let count: usize = Kind::ALL.iter().map(|kind| kind.count(&bundle)).sum();
    let began = Instant::now();
    let comparison = Comparison::new(again, bundle.clone());
    let plan = comparison.plan(&Default::default(), &Choices::default());
    println!("{count} records matched and compared: {:.2} s", began.elapsed().as_secs_f64());
    assert!(plan.is_nothing(), "{}", plan.report());
    // Every tenth sentence taken out of the project, so that the file's come between.
    let mut less = bundle.clone();
    less.annotations.iter_mut().for_each(|a| (a.start, a.end) = (None, None));
    let mut file = with_other_ids(&less);
    file.annotations.iter_mut().step_by(7).for_each(|a| a.value.push('!'));
    let gone: std::collections::HashSet<_> = less.annotations.iter().step_by(10).map(|a| a.id).collect();
    less.annotations.retain(|a| !gone.contains(&a.id));
    less.words.retain(|w| !gone.contains(&w.annotation));
    let began = Instant::now();
    let plan = Comparison::new(file, less).plan(&Default::default(), &Choices::default());
    println!("and without times, changed and put in: {:.2} s", began.elapsed().as_secs_f64());
    assert_eq!(new_of(&plan, Kind::Annotation), gone.len());
}

#[test]
#[ignore = "a measurement"]
fn speed_of_sixty_thousand_records() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = empty(folder.path());
    let imported = Imported { bundle: large(4600), report: LossReport::default() };
    let count = imported.bundle.annotations.len() + imported.bundle.words.len() + imported.bundle.morphs.len();
    let began = Instant::now();
    transfer::take_in(&mut store, &imported).unwrap();
    println!("{count} records taken in: {:.2} s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    store.undo().unwrap();
    println!("undone: {:.2} s", began.elapsed().as_secs_f64());
}
