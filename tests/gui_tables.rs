//! The window driven without a display: a table of somebody else's making comes in by telling what its columns are.
//!
//! Pictures go to the folder named by `FIELDGLOSS_SHOTS`, or to the target folder's `shots`.
#![cfg(feature = "window")]

mod common;

use std::path::{Path, PathBuf};

use common::{Driven, shoot, until_said};
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use fieldgloss::app::edit::project::{self, NewProject};
use fieldgloss::app::window::WindowOptions;
use fieldgloss::domain::{Lexeme, Sense};
use fieldgloss::ui::Command;

fn window(folder: &Path) -> Driven {
    let path = folder.join("New.fieldgloss");
    if !path.exists() {
        let new = NewProject { name: "New".into(), object_language: "apy".into(), ..NewProject::default() };
        drop(project::create(&path, &new).expect("a project"));
    }
    let options =
        WindowOptions { project: Some(path), settings: Some(folder.join("settings.toml")), ..WindowOptions::default() };
    common::window(options, (1440.0, 900.0))
}

fn shows(harness: &Driven, words: &str) -> bool {
    harness.query_all_by_label_contains(words).next().is_some()
}

fn import(harness: &mut Driven, file: &Path) {
    let ctx = harness.ctx.clone();
    harness.state_mut().perform(&ctx, Command::Import(vec![file.to_owned()]));
    until_said(harness, "Columns of");
}

fn press(harness: &mut Driven, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

fn entries(harness: &Driven) -> (Vec<Lexeme>, Vec<Sense>) {
    let read = harness.state().core().expect("open").store.read();
    (read.all().expect("entries"), read.all().expect("senses"))
}

#[test]
fn a_word_list_comes_in_by_its_columns_and_is_known_next_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("wortliste.csv");
    let rows = "Nr,Wort,Sinn,Portugiesisch,Art,Quelle\n1,nak,dog,cachorro,n,K\n2,po,fish,peixe,n,K\n3,-im,PL,,sfx,M\n";
    std::fs::write(&file, rows).expect("a table");
    let mut harness = window(folder.path());
    import(&mut harness, &file);
    assert!(shows(&harness, "3 entries, 3 senses. 4 columns stay as they are."), "a guess from the order of columns");
    // A field chosen from the list over a column.
    harness.get_by_label("What Portugiesisch is").click();
    harness.run_steps(3);
    shoot(&mut harness, "tables-columns-list");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(shows(&harness, "Columns of"), "Escape closes the list first");
    harness.get_by_label("What Portugiesisch is").click();
    harness.run_steps(3);
    harness.get_by_label("Definition").click();
    harness.run_steps(3);
    assert!(shows(&harness, "3 columns stay as they are."));
    harness.get_by_label("Language of Portugiesisch").focus();
    harness.run_steps(2);
    harness.get_by_label("Language of Portugiesisch").type_text("pt");
    harness.run_steps(3);
    shoot(&mut harness, "tables-columns-dark");
    // Enter imports, from the field too.
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until_said(&mut harness, "What became of");
    let (lexemes, senses) = entries(&harness);
    assert_eq!((lexemes.len(), senses.len()), (3, 3));
    let nak = lexemes.iter().find(|l| l.form.get("apy") == Some("nak")).expect("the entry");
    let sense = senses.iter().find(|s| s.lexeme == nak.id).expect("its sense");
    assert_eq!((sense.gloss.get("en"), sense.definition.get("pt")), (Some("dog"), Some("cachorro")));
    assert_eq!(sense.fields["Quelle"].first(), Some("K"));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    drop(harness);

    // Another table of the same make, in a new window: Enter is enough.
    let other = folder.path().join("mehr.csv");
    std::fs::write(&other, "Nr,Wort,Sinn,Portugiesisch,Art,Quelle\n4,ha,run,correr,v,K\n").expect("a table");
    let mut harness = window(folder.path());
    import(&mut harness, &other);
    assert!(shows(&harness, "As last time"));
    let ctx = harness.ctx.clone();
    harness.state_mut().perform(&ctx, Command::ToggleTheme);
    harness.run_steps(3);
    shoot(&mut harness, "tables-columns-again-light");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until_said(&mut harness, "What became of");
    let (lexemes, senses) = entries(&harness);
    assert_eq!(lexemes.len(), 4);
    assert!(senses.iter().any(|s| s.definition.get("pt") == Some("correr")));
}

#[test]
fn escape_leaves_the_project_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.tsv");
    std::fs::write(&file, "Text\tEnglish\nta nak\tthe dog\n").expect("a table");
    let mut harness = window(folder.path());
    import(&mut harness, &file);
    assert!(shows(&harness, "1 sentence, 0 words."));
    harness.get_by_label("an annotation").click();
    harness.run_steps(3);
    assert!(shows(&harness, "Say which column is the annotation’s value."));
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert!(shows(&harness, "Columns of"), "nothing to import yet");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!shows(&harness, "Columns of"));
    assert!(entries(&harness).0.is_empty());
}

/// A workbook with words, sentences and a sheet of remarks.
fn workbook(folder: &Path) -> PathBuf {
    let path = folder.join("fieldwork.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheets: [(&str, &[&[&str]]); 3] = [
        ("Remarks", &[&["To do"], &["ask Maria about verbs"]]),
        ("Wordlist", &[&["Headword", "Gloss", "Who"], &["nak", "dog", "K"], &["po", "fish", "M"]]),
        ("Sentences", &[&["Text", "English"], &["ta nak", "the dog"]]),
    ];
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(name).expect("a name");
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                sheet.write_string(row as u32, column as u16, *cell).expect("a cell");
            }
        }
    }
    book.save(&path).expect("a workbook");
    path
}

#[test]
fn every_sheet_of_a_workbook_is_asked_about_and_one_can_be_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = workbook(folder.path());
    let mut harness = window(folder.path());
    import(&mut harness, &file);
    // Each sheet by its name, none hidden behind the first.
    for sheet in ["Remarks", "Wordlist", "Sentences"] {
        assert!(shows(&harness, sheet), "{sheet}");
    }
    harness.get_by_label_contains("Remarks").click();
    harness.run_steps(3);
    if harness.query_all_by_label_contains("This sheet is left out.").next().is_none() {
        harness.get_by_label("Import this sheet").click();
        harness.run_steps(3);
    }
    assert!(shows(&harness, "Remarks (left out)"));
    harness.get_by_label("Sentences").click();
    harness.run_steps(3);
    assert!(shows(&harness, "1 sentence, 0 words."));
    shoot(&mut harness, "tables-sheets-dark");
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    until_said(&mut harness, "What became of");
    assert!(shows(&harness, "sheet 'Remarks'"), "what was left out is told");
    let (lexemes, _) = entries(&harness);
    assert_eq!(lexemes.len(), 2);
    let annotations: Vec<fieldgloss::domain::Annotation> =
        harness.state().core().expect("open").store.read().all().expect("annotations");
    assert!(annotations.iter().any(|a| a.value == "ta nak"));
}
