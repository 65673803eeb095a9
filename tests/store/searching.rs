//! Finding: in any script, from any part of a word, with anything typed into the field.

use fieldgloss::app::edit::{annotations, lexicon, words};
use fieldgloss::domain::*;
use fieldgloss::store::Store;
use proptest::prelude::*;

use crate::fixture::{Small, small};

fn found(store: &Store, query: &str) -> Vec<(String, String)> {
    let hits = store.read().search(query, 100).unwrap();
    hits.into_iter().map(|hit| (hit.table, hit.text)).collect()
}

fn annotation_with(value: &str) -> (Store, Small) {
    let (mut store, small) = small();
    annotations::set_value(&mut store, small.utterances[2], value).unwrap();
    (store, small)
}

fn finds(store: &Store, query: &str, value: &str) -> bool {
    found(store, query).contains(&("annotation".to_owned(), value.to_owned()))
}

#[test]
fn tone_letters_tie_bars_and_marks_tell_words_apart() {
    for (value, hits, misses) in [
        ("ma˥˩ pa˧", vec!["ma˥˩", "˥˩", "˧", "a˥", "pa˧"], vec!["ma˧", "˩˥"]),
        ("t͡ʃaka tʃaka", vec!["t͡ʃa", "t͡ʃ", "tʃaka"], vec!["t͡ʃaki"]),
        ("ɛ̃́ːno", vec!["ɛ̃́ː", "ɛ̃́ːn", "no"], vec!["ɛ̃̀ː"]),
        ("ñandu", vec!["ñandu", "n\u{303}an", "ÑANDU", "\u{f1}"], vec!["nandu"]),
        ("nà’ʔa", vec!["nà’ʔa", "’ʔa", "ʔa"], vec!["naʔa"]),
        ("שלום עולם", vec!["שלום", "עול"], vec!["שלומ"]),
        ("漢字仮名", vec!["漢字", "字仮", "名"], vec!["字漢"]),
    ] {
        let (store, _) = annotation_with(value);
        for query in hits {
            assert!(finds(&store, query, value), "'{query}' finds '{value}': {:?}", found(&store, query));
        }
        for query in misses {
            assert!(!finds(&store, query, value), "'{query}' does not find '{value}'");
        }
    }
}

#[test]
fn beginnings_middles_and_several_words() {
    let value = "the jaguar went home";
    let (store, _) = annotation_with(value);
    for query in ["jag", "JAGUAR", "agua", "home jaguar", "the went ho", "jaguar went", "guar we", "  jaguar  "] {
        assert!(finds(&store, query, value), "{query}");
    }
    for query in ["jaguars", "home dog", ""] {
        assert!(!finds(&store, query, value), "{query}");
    }
}

#[test]
fn nothing_typed_is_an_operator() {
    let value = "say \"no\" (never) AND* key:value NEAR(x) - + ^ OR";
    let (store, _) = annotation_with(value);
    for query in [
        "\"no\"",
        "\"",
        "\"\"",
        "(never)",
        "AND",
        "AND*",
        "key:value",
        "NEAR(",
        "NOT",
        "- +",
        "^",
        "OR",
        "say \"no",
        "*",
        "'",
        "';--",
        "{a b}",
        "key :",
        "\u{0}",
        "say\u{0}no",
        "!",
        "! say",
        "%",
        "_",
        "\\",
    ] {
        let hits = found(&store, query);
        if query.contains("no") && !query.contains('\u{0}') || query == "AND*" || query == "key:value" {
            assert!(hits.iter().any(|(_, text)| text == value), "{query}: {hits:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_query_has_an_answer(query in any::<String>()) {
        thread_local! { static STORE: (Store, Small) = annotation_with("ma˥˩ \"x\" t͡ʃa"); }
        STORE.with(|(store, _)| store.read().search(&query, 5)).unwrap();
    }
}

#[test]
fn a_text_that_looks_like_json_is_text() {
    for value in ["[1]", "{\"a\": 7}", "[laughs]", "null", "{}"] {
        let (store, _) = annotation_with(value);
        assert!(finds(&store, value, value), "{value}: {:?}", found(&store, value));
    }
}

#[test]
fn words_glosses_entries_people_and_sessions_are_found() {
    let (store, _) = small();
    let tables = |query: &str| found(&store, query).into_iter().map(|(table, _)| table).collect::<Vec<_>>();
    assert!(tables("nytose").contains(&"word".to_owned()));
    assert!(tables("yto").contains(&"lexeme".to_owned()));
    assert!(tables("yto").contains(&"morph".to_owned()));
    assert!(tables("go").contains(&"sense".to_owned()));
    assert!(tables("Maria").contains(&"person".to_owned()));
    assert!(tables("ETR").contains(&"session".to_owned()));
    assert_eq!(store.read().search("e", 2).unwrap().len(), 2, "no more than asked for");
}

#[test]
fn the_index_follows_every_step_back_and_forth() {
    let (mut store, small) = annotation_with("before");
    std::thread::sleep(std::time::Duration::from_millis(5));
    store.set_author("another");
    annotations::set_value(&mut store, small.utterances[2], "afterwards").unwrap();
    let state = |store: &Store| (finds(store, "before", "before"), finds(store, "afterw", "afterwards"));
    assert_eq!(state(&store), (false, true));
    store.undo().unwrap();
    assert_eq!(state(&store), (true, false));
    store.redo().unwrap();
    assert_eq!(state(&store), (false, true));
    annotations::delete(&mut store, small.utterances[2]).unwrap();
    assert_eq!(state(&store), (false, false));
    store.undo().unwrap();
    assert_eq!(state(&store), (false, true));
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn an_entry_is_found_by_any_of_its_forms_however_it_is_typed() {
    let (mut store, small) = small();
    let ids = |store: &Store, form: &str| -> Vec<LexemeId> {
        store.read().lexemes_by_form(form).unwrap().into_iter().map(|(l, _)| l.id).collect()
    };
    let entry = lexicon::add(&mut store, "apy", "-Ñõna", MorphKind::Suffix).unwrap().value;
    for typed in ["ñõna", "n\u{303}o\u{303}na", "ÑÕNA", "-ñõna", "=Ñõna"] {
        assert_eq!(ids(&store, typed), [entry], "{typed}");
    }
    assert!(ids(&store, "nona").is_empty());
    lexicon::edit(&mut store, entry, "citation", |l| l.citation.set("apy", "Éré")).unwrap();
    store
        .transact(fieldgloss::store::Op::new(fieldgloss::store::OpKind::EditLexeme), |tx| {
            tx.insert(&Form {
                id: FormId::new(),
                lexeme: entry,
                position: 0,
                kind: FormKind::Allomorph,
                form: [("apy", "ñõ"), ("apy-fonipa", "ɲõ")].into_iter().collect(),
                environment: String::new(),
                residue: Residue::default(),
            })
        })
        .unwrap();
    for typed in ["éré", "ñõ", "-ɲõ"] {
        assert_eq!(ids(&store, typed), [entry], "{typed}");
    }
    store.undo().unwrap();
    assert!(ids(&store, "ñõ").is_empty(), "undone with the form");
    lexicon::delete(&mut store, entry).unwrap();
    assert!(ids(&store, "éré").is_empty());
    assert_eq!(ids(&store, "yto"), [small.lexeme]);
}

#[test]
fn a_word_is_found_by_each_of_its_writings() {
    let (mut store, small) = small();
    store
        .transact(fieldgloss::store::Op::new(fieldgloss::store::OpKind::EditWord), |tx| {
            tx.modify::<Word>(small.word, |w| w.form.set("apy-fonipa", "nɨtose")).map(|_| ())
        })
        .unwrap();
    for key in ["nytose", "nɨtose"] {
        let found = store.read().words_with_key(key).unwrap();
        assert_eq!(found.iter().map(|w| w.id).collect::<Vec<_>>(), [small.word], "{key}");
    }
    words::approve(&mut store, small.word, None).unwrap();
    let known = store.read().analyses_of("NYTOSE").unwrap();
    assert_eq!((known.len(), known[0].times, known[0].morphs.len()), (1, 1, 3));
}
