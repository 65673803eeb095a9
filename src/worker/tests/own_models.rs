//! Models that the user brings: looked at with limits, asked about, kept, and run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fieldgloss::analysis::BBox;
use fieldgloss::analysis::models::ModelCard;
use fieldgloss::analysis::models::said::Said;
use fieldgloss::app::models::adding::{AddError, Ask, look};
use fieldgloss::app::models::{Shelf, ShelfError};
use fieldgloss::jobs::examine::{ExamineError, Limits, examine};
use fieldgloss_worker::models::Picture;
use fieldgloss_worker::models::nets::{NetName, Network, recipe};
use fieldgloss_worker::models::own::OwnModel;
use serde_json::Value;
use tch::Tensor;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/models").join(name)
}

fn checkpoint() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/checkpoints/wav2small.pth")
}

/// A shelf in a folder of its own.
fn shelf() -> (tempfile::TempDir, Shelf) {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::at(folder.path().join("models"));
    (folder, shelf)
}

/// Adds an example as a user would.
fn added(shelf: &Shelf, kind: &str) -> OwnModel {
    let draft = look(&data(kind), shelf, Limits::default(), || false).unwrap_or_else(|e| panic!("{kind}: {e}"));
    assert_eq!(draft.asks(), []);
    let held = draft.keep().unwrap_or_else(|e| panic!("{kind}: {e}"));
    OwnModel::load(&held.folder).unwrap_or_else(|e| panic!("{kind}: {e}"))
}

fn shares(said: Said) -> Vec<f32> {
    match said {
        Said::Shares(shares) => shares,
        other => panic!("{other:?}"),
    }
}

fn assert_near(ours: &[f32], theirs: &Value, what: &str) {
    let theirs: Vec<f32> = serde_json::from_value(theirs.clone()).expect("numbers");
    assert_eq!(ours.len(), theirs.len(), "{what}");
    assert!(ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-4), "{what}: {ours:?} {theirs:?}");
}

#[test]
fn the_three_examples_say_here_what_they_say_in_python() {
    let said: Value = serde_json::from_slice(&std::fs::read(data("said.json")).expect("said.json")).expect("JSON");
    let (_folder, shelf) = shelf();
    let image = added(&shelf, "image");
    let levels: Vec<u8> = (0..16 * 16 * 3).map(|i| ((i / 3 % 16 * 9 + i / 48 * 5 + i % 3 * 40) % 256) as u8).collect();
    assert_near(&shares(image.look_at_frame(16, 16, &levels).expect("it runs")), &said["image"], "image");
    let audio = added(&shelf, "audio");
    let tone: Vec<f32> =
        (0..8000).map(|i| (0.3 * (f64::from(i) * 0.07).sin() + 0.1 * (f64::from(i) * 0.5).sin()) as f32).collect();
    assert_near(&shares(audio.hear(&tone).expect("it runs")), &said["audio"], "audio");
    let text = added(&shelf, "text");
    let sentence = said["text"]["sentence"].as_str().expect("a sentence");
    assert_near(&shares(text.read_text(sentence).expect("it runs")), &said["text"]["shares"], "text");
    let names: Vec<String> = shelf.models().0.into_iter().map(|held| held.card.name).collect();
    assert_eq!(names, ["question-or-not", "voiced-or-noisy", "warm-or-cold"]);
}

#[test]
fn a_published_checkpoint_is_recognised_and_asked_about_its_licence() {
    let (_folder, shelf) = shelf();
    let mut draft = look(&checkpoint(), &shelf, Limits::default(), || false).expect("it is recognised");
    assert_eq!(draft.examined.network.as_deref(), Some("wav2small"));
    assert_eq!(draft.asks(), [Ask::Licence]);
    assert!(matches!(draft.check(), Err(AddError::Licence)));
    draft.card.licence = "research only".to_owned();
    let held = draft.keep().expect("it is kept");
    assert_eq!(held.card.labels, ["arousal", "dominance", "valence"]);
    let card =
        ModelCard::parse(&std::fs::read_to_string(held.folder.join("card.toml")).expect("a card")).expect("TOML");
    assert_eq!(card, held.card);
    assert!(card.probe.is_some_and(|probe| !probe.outputs.is_empty()));
    // A second one of that name is refused, and leaves nothing behind.
    let mut again = look(&checkpoint(), &shelf, Limits::default(), || false).expect("it is recognised");
    again.card.licence = "research only".to_owned();
    assert!(matches!(again.keep(), Err(AddError::Shelf(ShelfError::Taken(_)))));
    let left: Vec<_> = std::fs::read_dir(shelf.folder()).expect("the shelf").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["wav2small"]);
}

#[test]
fn tokens_are_merged_where_the_card_says_so() {
    let (folder, shelf) = shelf();
    let keys = Network::keys(NetName::Cct, NetName::Cct.usual_classes());
    let weights: Vec<(String, Tensor)> = keys.iter().map(|key| (key.name.clone(), recipe::weights(key))).collect();
    let path = folder.path().join("cct.safetensors");
    Tensor::write_safetensors(&weights, &path).expect("the checkpoint is written");
    let mut said = Vec::new();
    for (name, merge) in [("whole", 0), ("merged", 32)] {
        let mut draft = look(&path, &shelf, Limits::default(), || false).expect("it is recognised");
        draft.card.name = name.to_owned();
        draft.card.licence = "for this test".to_owned();
        draft.card.labels = (0..draft.examined.classes).map(|class| class.to_string()).collect();
        draft.card.merge = merge;
        let held = draft.keep().expect("it is kept");
        let model = OwnModel::load(&held.folder).expect("it loads");
        let input = recipe::input("merging", &NetName::Cct.input_shape());
        let (_, logits) = model.run(&[input]).expect("it runs").remove(0);
        said.push(Vec::<f32>::try_from(logits.view([-1])).expect("numbers"));
    }
    let apart = said[0].iter().zip(&said[1]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart > 1e-4 && apart < 0.5, "other answers, and not far: {said:?}");
    // Where there is nothing to merge, or more than there is, the card is refused.
    let mut draft = look(&checkpoint(), &shelf, Limits::default(), || false).expect("it is recognised");
    draft.card.licence = "for this test".to_owned();
    draft.card.merge = 1;
    assert!(draft.check().is_err_and(|error| error.to_string().contains("tokens to merge")));
    let mut draft = look(&path, &shelf, Limits::default(), || false).expect("it is recognised");
    (draft.card.licence, draft.card.merge) = ("for this test".to_owned(), 129);
    draft.card.labels = (0..draft.examined.classes).map(|class| class.to_string()).collect();
    draft.card.name = "too-much".to_owned();
    assert!(draft.check().is_err_and(|error| error.to_string().contains("128 at most")));
}

#[test]
fn a_removed_model_comes_back() {
    let (_folder, shelf) = shelf();
    added(&shelf, "image");
    shelf.remove("warm-or-cold").expect("it goes");
    assert!(shelf.find("warm-or-cold").is_none());
    assert!(matches!(shelf.remove("warm-or-cold"), Err(ShelfError::Unknown(_))));
    shelf.restore("warm-or-cold").expect("it is back");
    let held = shelf.find("warm-or-cold").expect("it is there");
    OwnModel::load(&held.folder).expect("it loads");
    assert!(matches!(shelf.remove("../models"), Err(ShelfError::Unknown(_))));
}

#[test]
fn a_file_changed_after_it_was_added_is_not_loaded() {
    let (_folder, shelf) = shelf();
    added(&shelf, "image");
    let held = shelf.find("warm-or-cold").expect("it is there");
    let mut bytes = std::fs::read(held.file()).expect("the file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(held.file(), bytes).expect("written");
    let Err(error) = OwnModel::load(&held.folder) else { panic!("it was loaded") };
    assert!(error.to_string().contains("changed or damaged"), "{error}");
}

/// The image example's card over another file.
fn refused(file: &str, limits: Limits) -> ExamineError {
    let card = ModelCard::parse(&std::fs::read_to_string(data("image/card.toml")).expect("a card")).expect("TOML");
    examine(&data(file), Some(&card), limits, || false).expect_err(file)
}

#[test]
fn programs_that_do_harm_or_nonsense_are_refused_in_plain_words() {
    let said = |file: &str| refused(file, Limits::default()).to_string();
    assert!(said("three.pt").contains("an output of 1 × 3, but the card promises 1 × 2"), "{}", said("three.pt"));
    assert!(said("fickle.pt").contains("differently each time"), "{}", said("fickle.pt"));
    assert!(said("nonumber.pt").contains("not finite"), "{}", said("nonumber.pt"));
    assert!(said("reaches.pt").contains("from_file"), "{}", said("reaches.pt"));
    assert!(!Path::new("fieldgloss-was-here").exists());
    assert!(said("make.py").contains("not a TorchScript file"), "{}", said("make.py"));
}

#[test]
fn a_program_without_an_end_is_stopped() {
    let limits = Limits { time: Duration::from_secs(4), memory: None };
    assert!(matches!(refused("forever.pt", limits), ExamineError::TooLong(_)));
}

#[cfg(target_os = "linux")]
#[test]
fn memory_has_a_limit() {
    let error = refused("greedy.pt", Limits::default());
    assert!(matches!(error, ExamineError::Died { .. } | ExamineError::Refused(_)), "{error}");
    let text = error.to_string();
    assert!(text.contains("memory") || text.contains("allocate"), "{text}");
    // The limit itself is what stops it: with little, even a small file is too much.
    let little = Limits { memory: Some(1 << 20), ..Limits::default() };
    assert!(examine(&checkpoint(), None, little, || false).is_err());
}

#[test]
fn a_checkpoint_that_would_run_a_program_and_one_with_wrong_keys_are_refused_by_name() {
    let (_folder, shelf) = shelf();
    let evil = checkpoint().with_file_name("evil.pth");
    let error = look(&evil, &shelf, Limits::default(), || false).expect_err("it is refused").to_string();
    assert!(error.contains("system"), "{error}");
    let other = checkpoint().with_file_name("tensors.pth");
    let error = look(&other, &shelf, Limits::default(), || false).expect_err("it is refused").to_string();
    assert!(error.contains("Missing (") && error.contains("Not of this network ("), "{error}");
    assert!(shelf.models().0.is_empty());
    let script = look(&data("three.pt"), &shelf, Limits::default(), || false).expect_err("no card").to_string();
    assert!(script.contains("models card"), "{script}");
}

#[test]
fn what_lies_in_a_folder_must_be_clear() {
    let (folder, shelf) = shelf();
    let two = folder.path().join("two");
    std::fs::create_dir(&two).expect("a folder");
    assert!(matches!(look(&two, &shelf, Limits::default(), || false), Err(AddError::NoModel(_))));
    std::fs::write(two.join("a.pt"), b"a").expect("a file");
    std::fs::write(two.join("b.pth"), b"b").expect("a file");
    let error = look(&two, &shelf, Limits::default(), || false).expect_err("which?").to_string();
    assert!(error.contains("a.pt, b.pth"), "{error}");
    // The card, or the model with a card beside it, means the whole folder.
    for file in ["image/card.toml", "image/model.pt"] {
        let draft = look(&data(file), &shelf, Limits::default(), || false).expect(file);
        assert_eq!((draft.card.name.as_str(), draft.asks()), ("warm-or-cold", Vec::new()), "{file}");
    }
}

/// A program under a card of these tables.
fn under(file: &str, tables: &str) -> OwnModel {
    let card = format!("name = \"{}\"\nlicence = \"CC0-1.0\"\n{tables}", file.trim_end_matches(".pt"));
    let model = OwnModel::open(&data(file), ModelCard::parse(&card).expect("a card")).expect("it loads");
    model.probe().expect("it does what its card says");
    model
}

#[test]
fn points_boxes_and_text_are_told_where_they_are() {
    let levels = vec![90_u8; 200 * 100 * 3];
    let picture = Picture::new(200, 100, &levels).expect("a picture");
    let bbox = BBox { x: 60.0, y: 20.0, width: 32.0, height: 16.0 };
    let image = "[input]\nkind = \"image\"\nof = \"body\"\nwidth = 16\nheight = 16\n";
    let points = under("places.pt", &format!("{image}[output]\nkind = \"points\"\nnames = [\"tip\", \"end\"]\n"));
    // The square around the box is 32 wide, its corner at (60, 12): two pixels of the picture for each of the input.
    let told = points.look_at(&picture, &bbox).expect("it runs");
    assert_eq!((told[0].channel.as_str(), &told[0].values[..]), ("own.places.points", &[68.0, 28.0, 92.0, 12.0][..]));
    let labels = "labels = [\"hat\", \"bag\"]\n";
    let boxes = under("boxes.pt", &format!("{labels}{image}[output]\nkind = \"boxes\"\n"));
    let told = boxes.look_at(&picture, &bbox).expect("it runs");
    assert!(told[0].values[..5].iter().all(|v| v.is_nan()), "{told:?}");
    assert_eq!(told[0].values[5..], [68.0, 20.0, 84.0, 36.0, 0.9]);
    let letters = under(
        "letters.pt",
        "labels = [\"\", \"a\", \"b\"]\n[input]\nkind = \"audio\"\nrate = 8000\n[output]\nkind = \"text\"\nactivation = \"softmax\"\n",
    );
    let Said::Text { text, confidence } = letters.hear(&[0.1; 4000]).expect("it runs") else { panic!("no text") };
    assert_eq!(text, "ab");
    assert!(confidence > 0.98);
    assert!(letters.look_at(&picture, &bbox).is_err_and(|error| error.to_string().contains("takes audio")));
}
