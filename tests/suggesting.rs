//! Suggestions through their own doors: learned from one Apalaí text, offered on another; corrected; reported.
//! The corpus has a text of 60 lines and one of a single line: the long one's second half stands for another text.

use std::path::PathBuf;

use fieldgloss::app::edit::{self, project::NewProject};
use fieldgloss::app::suggesting::{self, Offer, Stock, Trained, Why, report::report};
use fieldgloss::app::transfer;
use fieldgloss::domain::{AnnotationId, Bundle, Morph, MultiText, Session, Word, WordId, WordKind, WordStatus};
use fieldgloss::formats::ImportOptions;
use fieldgloss::glossing::lexical::bare;
use fieldgloss::store::{Scope, Store};

struct Place {
    store: Store,
    _folder: tempfile::TempDir,
}

fn project(files: &[&str]) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let new = NewProject {
        name: "Apalaí".to_owned(),
        object_language: "apy".to_owned(),
        analysis_language: "en".to_owned(),
        ..NewProject::default()
    };
    let mut store = edit::project::create(&folder.path().join("S.fieldgloss"), &new).unwrap();
    for file in files {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/sample").join(file);
        transfer::import_file(&mut store, &path, None, ImportOptions::default()).unwrap();
    }
    Place { store, _folder: folder }
}

/// The lines of the second half of the long text, and of the short one.
fn other_text(store: &Store) -> Vec<AnnotationId> {
    let mut sessions: Vec<Session> = store.read().all().unwrap();
    sessions.sort_by_key(|session| !format!("{:?}{}", session.title, session.name).contains("Kaikuxi"));
    let long = store.read().line_ids(sessions[0].id).unwrap();
    assert_eq!(long.len(), 60);
    long[30..].iter().copied().chain(store.read().line_ids(sessions[1].id).unwrap()).collect()
}

/// Makes lines as if nobody had analysed them; gives what their words were.
fn blank(store: &mut Store, lines: &[AnnotationId]) -> Vec<(Word, Vec<Morph>)> {
    let mut was = Vec::new();
    for line in lines.iter().copied() {
        for word in store.read().words_of(line).unwrap() {
            if word.kind == WordKind::Word {
                was.push((word.clone(), store.read().morphs_of(word.id).unwrap()));
                edit::words::break_word(store, word.id, "").unwrap();
                edit::words::set_word_gloss(store, word.id, "en", "").unwrap();
                edit::words::set_word_category(store, word.id, "en", "").unwrap();
                edit::glosses::unapprove(store, word.id).unwrap();
            }
        }
    }
    was
}

fn train(bundle: &Bundle) -> Trained {
    Trained::on(bundle, ("en", "apy"), None, &|_| true).unwrap()
}

fn shown(offer: &Offer) -> String {
    let part = |morph: &Morph| {
        format!("{}={}", bare(morph.form.first().unwrap_or_default()), morph.gloss.get("en").unwrap_or("?"))
    };
    offer.analysis.morphs.iter().map(part).collect::<Vec<_>>().join(" ")
}

fn all_offers(store: &Store, trained: &Trained, lines: &[AnnotationId]) -> Vec<(WordId, Vec<Offer>)> {
    let mut found = Vec::new();
    for line in lines.iter().copied() {
        let words = store.read().words_of(line).unwrap();
        let offers = trained.offers(&words, None);
        assert_eq!(words.len(), offers.len());
        found.extend(words.iter().map(|word| word.id).zip(offers));
    }
    found
}

#[test]
fn learned_from_one_text_offered_on_the_other() {
    let mut place = project(&["apalai.flextext"]);
    let second = other_text(&place.store);
    let was = blank(&mut place.store, &second);
    let bundle = place.store.read().bundle(Scope::Whole).unwrap();
    let trained = train(&bundle);
    assert!(trained.words > 50, "{}", trained.words);
    let found = all_offers(&place.store, &trained, &second);
    let (mut right, mut offered) = (0, 0);
    let stock = Stock::of(&bundle, "en", "apy");
    for (word, morphs) in &was {
        let offers = &found.iter().find(|(id, _)| *id == word.id).unwrap().1;
        for offer in offers {
            let free = matches!(offer.why, Why::Translation { .. });
            for morph in &offer.analysis.morphs {
                let gloss = morph.gloss.first().unwrap_or_default();
                assert!(gloss.is_empty() || free || stock.has_label(gloss), "{gloss} is no label of this project");
            }
            assert!(offer.confidence.is_none_or(|sure| (0.0..=1.0).contains(&sure)));
        }
        let Some(best) = offers.first().filter(|offer| offer.stands()) else { continue };
        offered += 1;
        let same = best.analysis.morphs.len() == morphs.len()
            && best.analysis.morphs.iter().zip(morphs).all(|(a, b)| {
                a.gloss.get("en") == b.gloss.get("en")
                    && bare(a.form.first().unwrap_or_default()) == bare(b.form.first().unwrap_or_default())
            });
        right += usize::from(same);
    }
    assert!(
        right * 5 >= was.len() && right * 2 >= offered,
        "{right} right of {offered} offered on {} words",
        was.len()
    );
    let again = all_offers(&place.store, &train(&bundle), &second);
    let texts = |found: &[(WordId, Vec<Offer>)]| -> Vec<Vec<String>> {
        found.iter().map(|(_, offers)| offers.iter().map(shown).collect()).collect()
    };
    assert_eq!(texts(&found), texts(&again), "two runs are the same");
}

#[test]
fn a_correction_is_known_at_once() {
    let mut place = project(&["apalai.flextext"]);
    let second = other_text(&place.store);
    blank(&mut place.store, &second);
    let mut trained = train(&place.store.read().bundle(Scope::Whole).unwrap());
    let words: Vec<Word> = place.store.read().all().unwrap();
    let model = words.iter().find(|word| word.status == WordStatus::Unknown && word.kind == WordKind::Word).unwrap();
    // A word that is in no text, analysed with labels of this project.
    let fresh = Word { id: WordId::new(), form: MultiText::of("apy", "xutyryse"), ..model.clone() };
    let labels: Vec<Morph> = place.store.read().all().unwrap();
    let morph = |form: &str, like: &Morph, position| Morph {
        form: MultiText::of("apy", form),
        position,
        word: fresh.id,
        ..like.clone()
    };
    let stem = labels.iter().find(|m| m.kind.is_stem() && !m.gloss.is_empty()).unwrap();
    let suffix = labels.iter().find(|m| !m.kind.is_stem() && !m.gloss.is_empty()).unwrap();
    let told = vec![morph("xutyry", stem, 0), morph("-se", suffix, 1)];
    let approved = Word { status: WordStatus::Approved, ..fresh.clone() };
    trained.learn(&[(approved, told.clone())], None);
    let offers = trained.offers(std::slice::from_ref(&fresh), None);
    let best = offers[0].first().expect("an offer");
    let glosses: Vec<_> = best.analysis.morphs.iter().map(|m| m.gloss.clone()).collect();
    assert_eq!(glosses, told.iter().map(|m| m.gloss.clone()).collect::<Vec<_>>(), "{best:?}");
    assert!(best.stands(), "{best:?}");
}

#[test]
fn before_any_text_the_lexicon_speaks() {
    let place = project(&["apalai.lift"]);
    let bundle = place.store.read().bundle(Scope::Whole).unwrap();
    let trained = train(&bundle);
    assert_eq!(trained.words, 0);
    let lexeme = bundle
        .lexemes
        .iter()
        .find(|lexeme| lexeme.kind.is_stem() && lexeme.form.first().is_some_and(|form| form.chars().count() > 4))
        .unwrap();
    let word = Word {
        id: WordId::new(),
        annotation: AnnotationId::new(),
        position: 0,
        kind: WordKind::Word,
        form: lexeme.form.clone(),
        gloss: MultiText::default(),
        category: MultiText::default(),
        status: WordStatus::Unknown,
        start: None,
        end: None,
        residue: Default::default(),
    };
    let offers = trained.offers(std::slice::from_ref(&word), None);
    let best = offers[0].first().expect("an entry");
    let named = Why::Entries { entries: vec![suggesting::headword(lexeme)] };
    assert_eq!((best.analysis.morphs[0].lexeme, &best.why, best.confidence), (Some(lexeme.id), &named, None));
    assert!(!best.stands(), "an entry is offered at the side, not written by Enter");
    // Marks, approved words and strange words are no trouble.
    let mark = Word { kind: WordKind::Punctuation, ..word.clone() };
    let done = Word { status: WordStatus::Approved, ..word.clone() };
    let odd = Word { form: MultiText::of("apy", "Ж语ŋ˥".repeat(300)), ..word.clone() };
    let none = Word { form: MultiText::default(), ..word };
    let offers = trained.offers(&[mark, done, odd, none], Some("a translation"));
    assert!(offers.iter().all(Vec::is_empty), "{offers:?}");
}

/// A project with a lexicon and few glossed lines: words that none of them has are offered from entries, with endings
/// that the lines taught, and say so.
#[test]
fn with_few_lines_the_lexicon_helps_with_words_never_seen() {
    let mut place = project(&["apalai.flextext", "apalai.lift"]);
    let mut sessions: Vec<Session> = place.store.read().all().unwrap();
    sessions.sort_by_key(|session| !format!("{:?}{}", session.title, session.name).contains("Kaikuxi"));
    let lines = place.store.read().line_ids(sessions[0].id).unwrap();
    let known: std::collections::HashSet<String> = lines[..12]
        .iter()
        .flat_map(|line| place.store.read().words_of(*line).unwrap())
        .map(|word| bare(word.form.first().unwrap_or_default()))
        .collect();
    let was = blank(&mut place.store, &lines[12..]);
    let bundle = place.store.read().bundle(Scope::Whole).unwrap();
    let without = Bundle { lexemes: Vec::new(), senses: Vec::new(), ..bundle.clone() };
    let right = |bundle: &Bundle| {
        let trained = train(bundle);
        let found = all_offers(&place.store, &trained, &lines[12..]);
        let (mut first, mut named, mut stands, mut wrong) = (0, 0, 0, 0);
        for (word, morphs) in &was {
            if known.contains(&bare(word.form.first().unwrap_or_default())) {
                continue;
            }
            let offers = &found.iter().find(|(id, _)| *id == word.id).unwrap().1;
            let Some(best) = offers.first() else { continue };
            let same = best.analysis.morphs.len() == morphs.len()
                && best.analysis.morphs.iter().zip(morphs).all(|(a, b)| a.gloss.get("en") == b.gloss.get("en"));
            if !same {
                wrong += usize::from(best.stands() && matches!(best.why, Why::Entries { .. }));
                continue;
            }
            first += 1;
            stands += usize::from(best.stands());
            if let Why::Entries { entries } = &best.why {
                assert!(!entries.is_empty());
                assert!(best.analysis.morphs.iter().any(|morph| morph.lexeme.is_some() && morph.sense.is_some()));
                named += 1;
            }
        }
        (first, named, stands, wrong)
    };
    let (helped, alone) = (right(&bundle), right(&without));
    assert!(helped.0 > alone.0 && helped.1 > 0 && helped.2 > alone.2, "{helped:?} with the lexicon, {alone:?} without");
    assert!(helped.1 > 2 * helped.3, "what stands from the lexicon is right more often than not: {helped:?}");
}

#[test]
fn offers_are_ranked_and_named_once() {
    let place = project(&["apalai.lift"]);
    let bundle = place.store.read().bundle(Scope::Whole).unwrap();
    let trained = train(&bundle);
    let lexeme = bundle.lexemes.iter().find(|lexeme| lexeme.kind.is_stem()).unwrap();
    let like = Word {
        id: WordId::new(),
        annotation: AnnotationId::new(),
        position: 0,
        kind: WordKind::Word,
        form: lexeme.form.clone(),
        gloss: MultiText::default(),
        category: MultiText::default(),
        status: WordStatus::Unknown,
        start: None,
        end: None,
        residue: Default::default(),
    };
    let entry = trained.offers(std::slice::from_ref(&like), None).remove(0).remove(0);
    let glossed = |gloss: &str, confidence, why| {
        let mut offer = entry.clone();
        offer.analysis.morphs[0].gloss = MultiText::of("en", gloss);
        Offer { confidence, why, ..offer }
    };
    let ranked = suggesting::ranked(vec![
        entry.clone(),
        glossed("a", Some(0.3), Why::Guess),
        glossed("b", Some(0.8), Why::Guess),
        glossed("c", None, Why::Approved),
        glossed("c", Some(0.7), Why::Word { times: 2 }),
    ]);
    let order: Vec<_> = ranked.iter().map(|offer| offer.analysis.morphs[0].gloss.get("en").unwrap_or("?")).collect();
    assert_eq!(order[0], "c");
    assert_eq!((order[1], order[3], order.len()), ("b", "a", 4), "{order:?}");
    assert_eq!((&ranked[0].why, ranked[0].confidence), (&Why::Approved, Some(0.7)));
}

#[test]
fn the_line_that_teaches_most_holds_what_waits_most() {
    let mut place = project(&["apalai.flextext"]);
    let second = other_text(&place.store);
    blank(&mut place.store, &second);
    let trained = train(&place.store.read().bundle(Scope::Whole).unwrap());
    let none = Default::default();
    let ranked = trained.teaching.now(&none);
    assert!(ranked.len() > 5);
    for line in &ranked {
        let waits = place.store.read().open_word_in(line.line, -1).unwrap();
        assert!(waits.is_some(), "a line in which all is approved teaches nothing");
    }
    assert!(second.contains(&ranked[0].line));
    let known: std::collections::HashSet<String> = ranked[0].words.iter().map(|(word, _)| word.clone()).collect();
    let after = trained.teaching.now(&known);
    assert!(after.first().map(|line| line.line) != Some(ranked[0].line), "what is known teaches no more");
    let all: std::collections::HashSet<String> =
        ranked.iter().flat_map(|line| line.words.iter().map(|(word, _)| word.clone())).collect();
    assert!(trained.teaching.now(&all).is_empty());
}

#[test]
fn a_report_counts_keys() {
    let place = project(&["apalai.flextext"]);
    let bundle = place.store.read().bundle(Scope::Whole).unwrap();
    let found = report(&bundle, "en", &|_| true).unwrap();
    assert!(found.words > 200 && found.lines > 50, "{found:?}");
    let whole = found.whole();
    assert_eq!(whole.words, found.words);
    assert!(whole.right >= whole.remembered && whole.among_first >= whole.right, "{whole:?}");
    assert!(whole.keys < whole.keys_by_hand && whole.saved() > 0.0, "{whole:?}");
    assert_eq!(found, report(&bundle, "en", &|_| true).unwrap(), "two runs are the same");
    assert!(report(&bundle, "en", &|_| false).is_err(), "it stops when told");
    let empty = project(&[]);
    let nothing = report(&empty.store.read().bundle(Scope::Whole).unwrap(), "en", &|_| true).unwrap();
    assert_eq!(nothing.words, 0);
}
