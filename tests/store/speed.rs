//! Figures, not promises: run with `--ignored --nocapture`.

use std::time::Instant;

use fieldgloss::app::transfer;
use fieldgloss::domain::*;
use fieldgloss::formats::Imported;
use fieldgloss::store::{Op, OpKind, Scope};

use crate::fixture::{ms, small};

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    println!("{what}: {:.3} s", began.elapsed().as_secs_f64());
    done
}

/// 50 000 utterances of six words, each word of two morphs, and a lexicon of 5 000 entries.
#[test]
#[ignore = "a measurement"]
fn a_large_import() {
    let (mut store, p) = small();
    let mut b = Bundle::default();
    for n in 0..5000 {
        let mut lexeme: Lexeme = store.read().require(p.lexeme).unwrap();
        let mut sense: Sense = store.read().require(p.sense).unwrap();
        (lexeme.id, sense.id) = (LexemeId::new(), SenseId::new());
        lexeme.form = MultiText::of("apy", format!("stem{n}"));
        (sense.lexeme, sense.gloss) = (lexeme.id, MultiText::of("en", format!("gloss{n}")));
        b.lexemes.push(lexeme);
        b.senses.push(sense);
    }
    for n in 0..50_000i64 {
        let span = ms(10_000 + n * 1000, 10_900 + n * 1000);
        let text: Vec<String> = (0..6).map(|k| format!("stem{}na", (n * 7 + k * 13) % 5000)).collect();
        b.annotations.push(Annotation::new(p.transcription, Some(span), 0, text.join(" ")));
    }
    let plain = Imported { bundle: b.clone(), report: LossReport::default() };
    let (_, changed) = timed("50 000 annotations, 5 000 entries", || transfer::take_in(&mut store, &plain).unwrap());
    println!("{} records", changed.records.len());
    timed("undone", || store.undo().unwrap());
    timed("redone", || store.redo().unwrap());
    let word: Word = store.read().require(p.word).unwrap();
    let morph: Morph = store.read().require(p.morph).unwrap();
    for annotation in &b.annotations {
        for (position, form) in annotation.value.split(' ').enumerate() {
            let id = WordId::new();
            b.words.push(Word {
                id,
                annotation: annotation.id,
                position: position as i64,
                form: MultiText::of("apy", form),
                ..word.clone()
            });
            for (at, part) in [form.trim_end_matches("na"), "-na"].into_iter().enumerate() {
                b.morphs.push(Morph {
                    id: MorphId::new(),
                    word: id,
                    position: at as i64,
                    kind: MorphKind::from_marks(part),
                    form: MultiText::of("apy", part),
                    gloss: MultiText::default(),
                    lexeme: None,
                    sense: None,
                    ..morph.clone()
                });
            }
        }
    }
    let full = Imported { bundle: b, report: LossReport::default() };
    let (_, changed) = timed("and 300 000 words, 600 000 morphs", || transfer::take_in(&mut store, &full).unwrap());
    println!("{} records", changed.records.len());
    timed("undone", || store.undo().unwrap());
    timed("all of it out as a bundle", || store.read().bundle(Scope::Whole).unwrap());
}

#[test]
#[ignore = "a measurement"]
fn a_window_of_a_million_annotations() {
    let (mut store, p) = small();
    let mut tiers = Vec::new();
    for n in 0..200 {
        let new = fieldgloss::app::edit::tiers::NewTier { name: format!("{n}"), ..Default::default() };
        tiers.push(fieldgloss::app::edit::tiers::add(&mut store, p.session, new).unwrap().value);
    }
    timed("a million annotations written", || {
        store
            .transact(Op::fixed(OpKind::Import), |tx| {
                for tier in &tiers {
                    for n in 0..5000 {
                        tx.insert(&Annotation::new(
                            *tier,
                            Some(ms(n * 1000, n * 1000 + 900)),
                            0,
                            format!("utterance {n} na"),
                        ))?;
                    }
                }
                Ok(())
            })
            .unwrap()
    });
    let rounds = 2000;
    let began = Instant::now();
    let mut found = 0;
    for n in 0..rounds {
        let from = (n * 7919) % 4_900_000;
        found += store.read().annotations_in(tiers[n as usize % 200], ms(from, from + 30_000)).unwrap().len();
    }
    let each = began.elapsed().as_secs_f64() * 1000.0 / f64::from(rounds as i32);
    println!("a window of 30 s on one tier: {each:.3} ms, {} annotations each", found / rounds as usize);
    for query in ["utter", "ttera", "4711", "na", "˥˩"] {
        timed(&format!("search for '{query}'"), || store.read().search(query, 50).unwrap().len());
    }
    timed("one edit", || fieldgloss::app::edit::annotations::set_value(&mut store, p.utterances[0], "x").unwrap());
}
