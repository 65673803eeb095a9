//! Labels learned from a project's own: parts of speech, the labels of a tier; tried, proposed, never approved.
#![cfg(feature = "media")]

use std::path::{Path, PathBuf};

use fieldgloss::app::edit::{self, project::NewProject, tiers::NewTier};
use fieldgloss::app::learning::{self, LearnError, PROPOSED, Placed, Source, Target};
use fieldgloss::app::transfer;
use fieldgloss::domain::{Constraint, Span, Tier, TierRole, Time, Word, WordStatus};
use fieldgloss::formats::ImportOptions;
use fieldgloss::glossing::labels::{Classifier, LabelError, Line, Tagger, Text, Token, try_classifier, try_tagger};
use fieldgloss::store::{Scope, Store};

struct Place {
    store: Store,
    _folder: tempfile::TempDir,
}

fn project(language: &str, files: &[&str]) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let new = NewProject {
        name: "Labels".to_owned(),
        object_language: language.to_owned(),
        analysis_language: "en".to_owned(),
        ..NewProject::default()
    };
    let mut store = edit::project::create(&folder.path().join("Labels.fieldgloss"), &new).unwrap();
    for file in files {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
        transfer::import_file(&mut store, &path, None, ImportOptions::default()).unwrap();
    }
    Place { store, _folder: folder }
}

const APALAI: &str = "assets/sample/apalai.flextext";
const KOMI: &str = "tests/data/corpora/kpv_ikdp-ud-test.conllu";

fn komi_lines() -> Vec<Line> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(KOMI)).unwrap();
    let mut lines = Vec::new();
    for (number, block) in text.split("\n\n").enumerate() {
        let rows = block.lines().filter(|row| !row.starts_with('#')).map(|row| row.split('\t').collect::<Vec<_>>());
        let words = rows.filter(|row| row.len() == 10 && row[0].parse::<u32>().is_ok()).map(|row| {
            let mark = row[3] == "PUNCT";
            Token { form: row[1].to_owned(), mark, label: (!mark).then(|| row[3].to_owned()) }
        });
        lines.push(Line { text: number / 5, words: words.collect() });
    }
    lines
}

/// Labels that a rule gives must be found by it, on what was held back.
#[test]
fn a_tagger_beats_memory_on_words_it_has_not_seen() {
    let lines = komi_lines();
    let trial = try_tagger(&lines).unwrap();
    let scores = &trial.scores;
    assert!(trial.by_text && trial.parts == 10, "{trial:?}");
    assert_eq!(scores.items, lines.iter().flat_map(|l| &l.words).filter(|w| w.label.is_some()).count());
    assert!(scores.accuracy() > scores.remembered_accuracy() + 0.1, "{scores:?}");
    assert!(scores.remembered_accuracy() > scores.commonest_accuracy(), "{scores:?}");
    assert!(scores.new_accuracy() > 0.5, "{scores:?}");
    assert!(scores.calibration_error.unwrap() < 0.06, "{scores:?}");
    let (low, high) = scores.between();
    assert!(low < scores.accuracy() && scores.accuracy() < high);
    let given: usize = scores.labels.iter().map(|label| label.given).sum();
    let right: usize = scores.labels.iter().map(|label| label.right).sum();
    assert_eq!((given, right), (scores.items, scores.right));

    assert_eq!(trial, try_tagger(&lines).unwrap(), "two runs are the same");
    let tagger = Tagger::train_calibrated(&lines, &trial).unwrap();
    let bare: Vec<Token> = lines[3].words.iter().map(|w| Token { label: None, ..w.clone() }).collect();
    let guesses = tagger.tag(&bare);
    assert_eq!(guesses, Tagger::train_calibrated(&lines, &trial).unwrap().tag(&bare));
    for (word, guess) in bare.iter().zip(&guesses) {
        assert_eq!(guess.is_none(), word.mark);
        let Some(guess) = guess else { continue };
        assert!((0.0..=1.0).contains(&guess.confidence) && tagger.labels().contains(&guess.label), "{guess:?}");
    }
    assert!(tagger.tag(&lines[3].words).iter().all(Option::is_none), "words that have a label keep it");
    assert!(tagger.tag(&[]).is_empty());
}

#[test]
fn a_classifier_tells_texts_apart() {
    let lines = komi_lines();
    let english = ["the man saw the dog", "she goes to the river", "they cut a tree", "we ate the fish", "he sleeps"];
    let mut texts = Vec::new();
    for (at, line) in lines.iter().take(60).enumerate() {
        let text = line.words.iter().map(|w| w.form.as_str()).collect::<Vec<_>>().join(" ");
        texts.push(Text { session: at / 6, text, label: "Komi".to_owned() });
        let text = format!("{} {}", english[at % 5], english[(at * 3 + 1) % 5]);
        texts.push(Text { session: at / 6, text, label: "English".to_owned() });
    }
    texts.retain(|text| !text.text.trim().is_empty());
    let trial = try_classifier(&texts).unwrap();
    assert!(trial.by_text && trial.scores.accuracy() > 0.95, "{trial:?}");
    let classifier = Classifier::train_calibrated(&texts, &trial).unwrap();
    assert_eq!(classifier.classify("the dog goes").label, "English");
    let odd = classifier.classify("");
    assert!(odd.confidence <= 1.0 && !odd.label.is_empty());
}

#[test]
fn what_teaches_nothing_is_said() {
    let word = |form: &str, label: &str| Token { form: form.to_owned(), mark: false, label: Some(label.to_owned()) };
    let lines = |labels: &[&str]| -> Vec<Line> {
        labels.iter().enumerate().map(|(i, l)| Line { text: i, words: vec![word(&format!("w{i}"), l)] }).collect()
    };
    assert_eq!(try_tagger(&[]).unwrap_err(), LabelError::Nothing);
    assert_eq!(try_tagger(&lines(&["n", "v"])).unwrap_err(), LabelError::TooFew(2));
    assert_eq!(try_tagger(&lines(&["n"; 12])).unwrap_err(), LabelError::OnlyOne("n".to_owned()));
    let different: Vec<String> = (0..40).map(|i| format!("a note {i}")).collect();
    let different: Vec<&str> = different.iter().map(String::as_str).collect();
    assert_eq!(try_tagger(&lines(&different)).unwrap_err(), LabelError::FreeText { items: 40, different: 40 });
    // All in one line: nothing can be held back, and the trial asks nothing.
    let one = Line { text: 0, words: (0..20).map(|i| word("w", if i % 2 == 0 { "n" } else { "v" })).collect() };
    let trial = try_tagger(&[one]).unwrap();
    assert_eq!((trial.parts, trial.scores.items), (0, 0));
    // Mixed scripts, empty forms, a word as long as a page.
    let odd = ["", " ", "ŋ͡m˥", "Ж", "語", "a\u{301}", "\u{202e}x", "🜁"];
    let mut odd: Vec<Line> = (0..40)
        .map(|i| Line { text: i, words: vec![word(odd[i % odd.len()], if i % 3 == 0 { "x y" } else { "-" })] })
        .collect();
    odd[0].words.push(word(&"q".repeat(100_000), "-"));
    assert_eq!(try_tagger(&odd).unwrap().scores.items, 41);
}

#[test]
fn parts_of_speech_become_suggestions_and_undo_takes_them_back() {
    let mut place = project("apy", &[APALAI]);
    let store = &mut place.store;
    // The last lines as if nobody had looked at them yet.
    let words: Vec<Word> = store.read().all().unwrap();
    let sessions: Vec<fieldgloss::domain::Session> = store.read().all().unwrap();
    let lines = sessions.iter().map(|session| store.read().line_ids(session.id).unwrap()).max_by_key(Vec::len).unwrap();
    let of_second: Vec<&Word> = words.iter().filter(|word| lines[45..].contains(&word.annotation)).collect();
    for word in &of_second {
        edit::glosses::unapprove(store, word.id).unwrap();
        edit::words::set_word_category(store, word.id, "en", "").unwrap();
    }
    let bundle = store.read().bundle(Scope::Whole).unwrap();
    let learned = learning::tags(&bundle, &Source::Categories, "en").unwrap();
    assert!(!learned.trial.by_text, "one text is too few to hold whole texts back");
    assert!(learned.trial.scores.accuracy() > learned.trial.scores.commonest_accuracy(), "{:?}", learned.trial.scores);
    assert!(learned.proposals.len() > 20);
    assert_eq!(learned, learning::tags(&bundle, &Source::Categories, "en").unwrap(), "two runs are the same");

    let before: Vec<Word> = store.read().all().unwrap();
    let written = learning::propose(store, &learned, 0.5).unwrap().value;
    assert!(written > 0 && written <= learned.proposals.len());
    let after: Vec<Word> = store.read().all().unwrap();
    let changed: Vec<(&Word, &Word)> = before.iter().zip(&after).filter(|(a, b)| a != b).collect();
    assert_eq!(changed.len(), written);
    for (was, is) in changed {
        assert!(was.status != WordStatus::Approved && is.status == WordStatus::Suggested);
        assert!(was.category.is_empty() && !is.category.is_empty());
        let note = is.residue.get("fieldgloss").unwrap()["proposed"].clone();
        assert_eq!(note["label"].as_str(), is.category.get("en"));
        assert!(note["confidence"].as_f64().unwrap() >= 0.5);
    }
    store.undo().unwrap();
    assert_eq!(store.read().all::<Word>().unwrap(), before);
}

#[test]
fn labels_of_a_tier_stand_beside_it_as_proposals() {
    let mut place = project("qaa", &[]);
    let store = &mut place.store;
    let mut kinds = Vec::new();
    for number in 0..6 {
        let session = edit::project::add_session(store, &format!("S{number}")).unwrap().value;
        let new = NewTier {
            name: "Text".to_owned(),
            role: TierRole::Transcription,
            language: "qaa".to_owned(),
            ..NewTier::default()
        };
        let text = edit::tiers::add(store, session, new).unwrap().value;
        let new = NewTier {
            name: "Kind".to_owned(),
            parent: Some(text),
            constraint: Constraint::SymbolicAssociation,
            ..NewTier::default()
        };
        let kind = edit::tiers::add(store, session, new).unwrap().value;
        kinds.push((session, kind));
        for line in 0..6_i64 {
            let span = Span { start: Time::from_millis(line * 1000), end: Time::from_millis(line * 1000 + 900) };
            let (words, label) = match (line + number) % 2 {
                0 => (format!("mana kopa ti {number}{line}"), "question"),
                _ => (format!("sulo beke ra {line}{number}"), "statement"),
            };
            let added = edit::annotations::add(store, text, span, &words).unwrap().value;
            // The last two of each session have no label yet.
            if line < 4 {
                edit::annotations::set_line(store, added, kind, label).unwrap();
            }
        }
    }
    let bundle = store.read().bundle(Scope::Whole).unwrap();
    let rows = learning::sources(&bundle, "en");
    let kind = rows.iter().find(|row| row.tier.as_deref() == Some("Kind")).unwrap();
    assert_eq!((kind.labels, kind.different, kind.sessions, kind.learnable), (24, 2, 6, true));
    assert!(!rows.iter().any(|row| row.tier.as_deref() == Some("Text")), "{rows:?}");

    let learned = learning::labels(&bundle, "Kind").unwrap();
    assert_eq!((learned.labelled, learned.proposals.len(), learned.trial.by_text), (24, 12, true));
    assert!(learned.trial.scores.accuracy() > 0.9, "{:?}", learned.trial.scores);
    let before = store.read().bundle(Scope::Whole).unwrap();
    assert_eq!(learning::propose(store, &learned, 0.0).unwrap().value, 12);
    for (session, kind) in &kinds {
        assert_eq!(store.read().annotations_of(*kind).unwrap().len(), 4, "what people said is not touched");
        let tiers: Vec<Tier> = store.read().tiers_of(*session).unwrap();
        let proposed = tiers.iter().find(|tier| tier.name == format!("Kind{PROPOSED}")).unwrap();
        assert_eq!(store.read().annotations_of(proposed.id).unwrap().len(), 2);
    }
    // What a person changed stays; the rest makes room.
    let tiers = store.read().tiers_of(kinds[0].0).unwrap();
    let proposed = tiers.iter().find(|tier| tier.name.ends_with(PROPOSED)).unwrap().id;
    let first = store.read().annotations_of(proposed).unwrap()[0].id;
    edit::annotations::set_value(store, first, "exclamation").unwrap();
    let learned = learning::labels(&store.read().bundle(Scope::Whole).unwrap(), "Kind").unwrap();
    assert_eq!(learned.labelled, 24, "proposals are not learned from");
    assert_eq!(learning::propose(store, &learned, 0.0).unwrap().value, 11);
    let values: Vec<String> = store.read().annotations_of(proposed).unwrap().into_iter().map(|a| a.value).collect();
    assert!(values.contains(&"exclamation".to_owned()) && values.len() == 2, "{values:?}");
    for _ in 0..3 {
        store.undo().unwrap();
    }
    let mut after = store.read().bundle(Scope::Whole).unwrap();
    after.project.clone_from(&before.project);
    assert_eq!(after, before);

    assert!(matches!(learning::labels(&before, "Gesture"), Err(LearnError::NoTier { .. })));
    let on_top = Source::Tier("Text".to_owned());
    assert!(matches!(learning::tags(&before, &on_top, "en"), Err(LearnError::NotOnWords(_))));
}

#[test]
fn the_command_line_says_it_in_plain_words() {
    let place = project("kpv", &[KOMI]);
    let folder = place.store.folder().path().to_owned();
    // Words of a treebank are approved by whoever made it: here by hand.
    let mut place = place;
    let words: Vec<Word> = place.store.read().all().unwrap();
    let open: Vec<_> = words.iter().filter(|w| w.status != WordStatus::Approved).map(|w| (w.id, None)).collect();
    edit::glosses::approve_line(&mut place.store, &open).unwrap();
    let Place { store, _folder } = place;
    drop(store);
    let run = |args: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_fieldgloss"))
            .args(args)
            .arg(&folder)
            .env("USER", "tester")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, told, errors) = run(&["learn", "tags"]);
    assert_eq!(code, Some(0), "{errors}");
    assert!(told.contains("of 100 words it had not seen") && told.contains("would be right in"), "{told}");
    let (_, json, _) = run(&["learn", "tags", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let trial = &json["trial"];
    assert!(trial["right"].as_u64().unwrap() > trial["remembering_right"].as_u64().unwrap(), "{trial}");
    let (code, _, message) = run(&["learn", "labels", "--tier", "nowhere"]);
    assert_eq!(code, Some(2));
    assert!(message.contains("no tier is called 'nowhere'"), "{message}");
    let (code, _, message) = run(&["learn", "tags", "--above", "7"]);
    assert_eq!((code, message.contains("--above")), (Some(2), true));
}

#[test]
fn two_tiers_of_one_name_get_proposals_of_their_own() {
    let mut place = project("qaa", &[]);
    let store = &mut place.store;
    let session = edit::project::add_session(store, "Two talk").unwrap().value;
    let mut placed = Vec::new();
    let mut parents = Vec::new();
    for person in ["A", "B"] {
        let new = NewTier {
            name: format!("Text of {person}"),
            role: TierRole::Transcription,
            language: "qaa".to_owned(),
            ..NewTier::default()
        };
        let tier = edit::tiers::add(store, session, new).unwrap().value;
        // As a TextGrid may have it.
        edit::tiers::edit(store, tier, |tier| tier.name = "Text".to_owned()).unwrap();
        let span = Span { start: Time::ZERO, end: Time::from_millis(900) };
        let parent = edit::annotations::add(store, tier, span, "mana kopa").unwrap().value;
        parents.push((tier, parent));
        placed.push(Placed {
            target: Target::Under { session, tier, parent },
            label: format!("said by {person}"),
            note: serde_json::json!({ "label": format!("said by {person}") }),
        });
    }
    for time in ["once", "again"] {
        assert_eq!(learning::propose_on_tier(store, placed.clone(), "Text", "my-model").unwrap(), 2, "{time}");
        let tiers: Vec<Tier> = store.read().tiers_of(session).unwrap();
        let proposed: Vec<&Tier> = tiers.iter().filter(|tier| tier.name == "Text (proposed by my-model)").collect();
        assert_eq!(proposed.len(), 2, "{time}");
        for ((tier, parent), label) in parents.iter().zip(["said by A", "said by B"]) {
            let beside = proposed.iter().find(|proposed| proposed.parent == Some(*tier)).expect("one beside each");
            let written = store.read().annotations_of(beside.id).unwrap();
            assert_eq!(
                (written.len(), written[0].parent, written[0].value.as_str()),
                (1, Some(*parent), label),
                "{time}"
            );
        }
    }
}
