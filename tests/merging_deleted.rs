//! What was deleted in the project does not come back with the file it once came from, unless somebody wants it.

use std::path::{Path, PathBuf};

use fieldgloss::app::edit::project::{self, NewProject};
use fieldgloss::app::edit::{annotations, lexicon, tiers};
use fieldgloss::app::merge::{Choices, Kind, Policy, Reason};
use fieldgloss::app::transfer::{self, Taken};
use fieldgloss::domain::*;
use fieldgloss::formats::{Format, ImportOptions};
use fieldgloss::store::{Scope, Store};

fn new() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let new = NewProject { name: "New".into(), object_language: "apy".into(), ..NewProject::default() };
    (project::create(&folder.path().join("New.fieldgloss"), &new).unwrap(), folder)
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample").join(name)
}

fn take_with(store: &mut Store, path: &Path, choices: &Choices) -> Taken {
    let incoming = transfer::read_for(store, path, None, ImportOptions::default()).unwrap();
    transfer::take_in_as(store, &incoming, choices).unwrap()
}

fn take(store: &mut Store, path: &Path) -> Taken {
    take_with(store, path, &Choices::default())
}

fn all(store: &Store) -> Bundle {
    store.read().bundle(Scope::Whole).unwrap()
}

/// Imports again; nothing may happen.
fn nothing_comes(store: &mut Store, path: &Path) -> Taken {
    let before = all(store);
    let again = take(store, path);
    assert!(again.changed.is_empty(), "{}\n{:#?}", again.report, again.plan.differences);
    assert!(all(store) == before);
    assert!(store.check().unwrap().is_empty());
    again
}

#[test]
fn a_line_deleted_here_stays_deleted() {
    let (mut store, _folder) = new();
    let mary = sample("mary.TextGrid");
    take(&mut store, &mary);
    let line = all(&store).annotations.into_iter().find(|a| a.value == "rolled").unwrap();
    annotations::delete(&mut store, line.id).unwrap();
    let again = nothing_comes(&mut store, &mary);
    assert_eq!(again.plan.deleted, 1);
    assert!(again.report.to_string().contains("records deleted here"), "{}", again.report);
    let told = &again.plan.differences[0];
    assert_eq!((told.kind, told.reason, told.file.as_str()), (Kind::Annotation, Reason::Deleted, "rolled"));
}

#[test]
fn who_wants_it_back_gets_it() {
    let (mut store, _folder) = new();
    let mary = sample("mary.TextGrid");
    take(&mut store, &mary);
    for value in ["rolled", "barrel"] {
        let line = all(&store).annotations.into_iter().find(|a| a.value == value).unwrap();
        annotations::delete(&mut store, line.id).unwrap();
    }
    // One by a choice: the same reading of the file, as the window has it.
    let incoming = transfer::read_for(&store, &mary, None, ImportOptions::default()).unwrap();
    let plan = transfer::preview(&store, &incoming, &Choices::default()).unwrap();
    let back = plan.differences.iter().find(|d| d.file == "barrel").unwrap();
    let choices = Choices { each: [((back.record, back.field.clone()), true)].into(), ..Choices::default() };
    transfer::take_in_as(&mut store, &incoming, &choices).unwrap();
    let values = |store: &Store| all(store).annotations.into_iter().map(|a| a.value).collect::<Vec<_>>();
    assert!(values(&store).contains(&"barrel".to_owned()) && !values(&store).contains(&"rolled".to_owned()));
    // The rest by policy.
    take_with(&mut store, &mary, &Choices { policy: Policy::Take, ..Choices::default() });
    assert!(values(&store).contains(&"rolled".to_owned()));
    nothing_comes(&mut store, &mary);
}

#[test]
fn a_tier_stays_away_with_all_its_lines() {
    let (mut store, _folder) = new();
    let mary = sample("mary.TextGrid");
    take(&mut store, &mary);
    let tier = all(&store).tiers.into_iter().find(|t| t.name == "phone").unwrap();
    let lines = all(&store).annotations.iter().filter(|a| a.tier == tier.id).count();
    assert!(lines > 10);
    tiers::delete(&mut store, tier.id).unwrap();
    let again = nothing_comes(&mut store, &mary);
    assert_eq!(again.plan.deleted, lines + 1);
    assert_eq!(again.plan.differences.len(), 1, "the tier is told, not each of its lines");
}

#[test]
fn a_session_deleted_as_a_whole_comes_back_when_its_file_is_imported() {
    let (mut store, _folder) = new();
    let mary = sample("mary.TextGrid");
    take(&mut store, &mary);
    let before = all(&store);
    project::delete_session(&mut store, before.sessions[0].id).unwrap();
    take(&mut store, &mary);
    let after = all(&store);
    assert_eq!((after.sessions.len(), after.annotations.len()), (before.sessions.len(), before.annotations.len()));
}

#[test]
fn an_import_that_was_undone_deleted_nothing() {
    let (mut store, _folder) = new();
    let mary = sample("mary.TextGrid");
    take(&mut store, &mary);
    let before = all(&store).annotations.len();
    store.undo().unwrap();
    assert_eq!(take(&mut store, &mary).plan.deleted, 0);
    assert_eq!(all(&store).annotations.len(), before);
    // Nor did a deletion that was undone.
    let line = all(&store).annotations[0].id;
    annotations::delete(&mut store, line).unwrap();
    store.undo().unwrap();
    assert_eq!(nothing_comes(&mut store, &mary).plan.deleted, 0);
}

#[test]
fn a_line_edited_and_then_deleted_is_known_by_what_the_file_had_said() {
    let (mut store, _folder) = new();
    let mary = sample("mary.TextGrid");
    take(&mut store, &mary);
    let line = all(&store).annotations.into_iter().find(|a| a.value == "rolled").unwrap();
    annotations::set_value(&mut store, line.id, "rolls").unwrap();
    annotations::delete(&mut store, line.id).unwrap();
    assert_eq!(nothing_comes(&mut store, &mary).plan.deleted, 1);
}

#[test]
fn an_entry_and_a_sense_deleted_here_stay_deleted() {
    let (mut store, _folder) = new();
    let lift = sample("apalai.lift");
    take(&mut store, &lift);
    let before = all(&store);
    let entry = before.lexemes[3].id;
    lexicon::delete(&mut store, entry).unwrap();
    let sense = before.senses.iter().find(|s| s.lexeme == before.lexemes[7].id).unwrap().id;
    lexicon::delete_sense(&mut store, sense).unwrap();
    let again = nothing_comes(&mut store, &lift);
    let kinds: Vec<Kind> = again.plan.differences.iter().map(|d| d.kind).collect();
    assert_eq!(kinds, [Kind::Lexeme, Kind::Sense]);
}

#[test]
fn texts_that_point_at_a_deleted_entry_come_in_without_the_tie() {
    let (mut store, folder) = new();
    for name in ["apalai.lift", "apalai.flextext"] {
        take(&mut store, &sample(name));
    }
    let linked = all(&store).morphs.iter().find_map(|m| m.lexeme).unwrap();
    let path = folder.path().join("all.json");
    transfer::export(&store, Scope::Whole, Format::Json, &path).unwrap();
    take(&mut store, &path);
    let (mut other, _folder) = new();
    take(&mut other, &path);
    lexicon::delete(&mut other, linked).unwrap();
    let again = nothing_comes(&mut other, &path);
    assert!(again.plan.deleted > 0);
}

#[test]
fn words_broken_anew_here_are_not_asked_about() {
    let (mut store, folder) = new();
    let path = folder.path().join("a.flextext");
    let text = std::fs::read_to_string(sample("apalai.flextext")).unwrap();
    std::fs::write(&path, text).unwrap();
    take(&mut store, &path);
    // A text whose spaces somebody sets otherwise: the words follow it.
    let line = all(&store)
        .annotations
        .into_iter()
        .find(|a| a.value.split(' ').count() > 3 && all(&store).words.iter().any(|w| w.annotation == a.id))
        .unwrap();
    let joined = line.value.replacen(' ', "", 1);
    annotations::set_value(&mut store, line.id, &joined).unwrap();
    let again = nothing_comes(&mut store, &path);
    assert_eq!(again.plan.conflicts().count(), 0, "{:#?}", again.plan.differences);
}

#[test]
fn words_come_back_with_a_text_that_is_taken_from_the_file() {
    let (mut store, folder) = new();
    let path = folder.path().join("a.flextext");
    std::fs::copy(sample("apalai.flextext"), &path).unwrap();
    take(&mut store, &path);
    let before = all(&store);
    let words = |bundle: &Bundle, id: AnnotationId| {
        let mut words: Vec<&Word> = bundle.words.iter().filter(|w| w.annotation == id).collect();
        words.sort_by_key(|w| w.position);
        words.iter().filter_map(|w| w.form.first().map(str::to_owned)).collect::<Vec<_>>()
    };
    let line = before.annotations.iter().find(|a| words(&before, a.id).len() > 5).unwrap();
    annotations::set_value(&mut store, line.id, line.value.split(' ').next().unwrap()).unwrap();
    assert!(words(&all(&store), line.id).len() < words(&before, line.id).len());
    // Somebody takes the file's text, and nothing else is asked.
    let incoming = transfer::read_for(&store, &path, None, ImportOptions::default()).unwrap();
    let plan = transfer::preview(&store, &incoming, &Choices::default()).unwrap();
    assert_eq!(plan.differences.len(), 1, "{:#?}", plan.differences);
    let told = &plan.differences[0];
    let choices = Choices { each: [((told.record, told.field.clone()), true)].into(), ..Choices::default() };
    transfer::take_in_as(&mut store, &incoming, &choices).unwrap();
    let after = all(&store);
    assert_eq!(after.annotations.iter().find(|a| a.id == line.id).unwrap().value, line.value);
    assert_eq!(words(&after, line.id), words(&before, line.id));
    assert!(store.check().unwrap().is_empty());
}
