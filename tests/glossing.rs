//! The glosser through its public doors, on a small language made for the purpose: nouns take `-lar` PL and `-da` LOC,
//! verbs `-di` PST and `-ur` PRS, and `na-` NEG stands before verbs.

use fieldgloss::glossing::evaluate::{EvaluateError, evaluate};
use fieldgloss::glossing::igt::{Igt, IgtError, Line, pieces};
use fieldgloss::glossing::model::{Entry, Evidence, GlossError, Glosser, Input, Options};

const NOUNS: [(&str, &str); 8] = [
    ("kema", "dog"),
    ("tolu", "house"),
    ("siro", "river"),
    ("baten", "woman"),
    ("muki", "stone"),
    ("felo", "bird"),
    ("garis", "man"),
    ("nopel", "tree"),
];
const VERBS: [(&str, &str); 4] = [("vart", "see"), ("hosk", "carry"), ("milp", "sing"), ("drun", "fall")];

/// Sentences of the language: noun, noun, verb, each inflected in turn.
fn lines(count: usize, segmented: bool) -> Vec<Line> {
    let ends = [("", ""), ("lar", "PL"), ("da", "LOC")];
    let tenses = [("di", "PST"), ("ur", "PRS")];
    (0..count)
        .map(|n| {
            let mut morphs: Vec<Vec<(&str, &str)>> = Vec::new();
            for k in 0..2 {
                let mut word = vec![NOUNS[(n * 3 + k * 5 + n / 8) % NOUNS.len()]];
                word.extend(Some(ends[(n + k + n / 3) % 3]).filter(|e| !e.0.is_empty()));
                morphs.push(word);
            }
            let mut verb = vec![VERBS[(n + n / 4) % VERBS.len()], tenses[(n / 2) % 2]];
            if n % 3 == 0 {
                verb.insert(0, ("na", "NEG"));
            }
            morphs.push(verb);
            let part = |pick: fn(&(&str, &str)) -> String| -> Vec<Vec<String>> {
                morphs.iter().map(|w| w.iter().map(pick).collect()).collect()
            };
            let forms = part(|m| m.0.to_owned());
            let stems: Vec<&str> =
                morphs.iter().flatten().map(|m| m.1).filter(|g| g.chars().all(char::is_lowercase)).collect();
            Line {
                words: forms.iter().map(|w| w.concat()).collect(),
                segmentation: segmented.then_some(forms),
                glosses: Some(part(|m| m.1.to_owned())),
                translation: Some(format!("the {}", stems.join(" and the "))),
            }
        })
        .collect()
}

fn options(input: Input) -> Options<'static> {
    Options { input, ..Options::default() }
}

fn gloss(model: &Glosser, text: &str) -> String {
    model.glosses(&Line::of_words(text)).join(" ")
}

#[test]
fn whole_words_are_cut_and_glossed_without_ever_seeing_a_cut() {
    let model = Glosser::train(&lines(60, false), &options(Input::Words)).unwrap();
    assert_eq!(model.learned().lines, 60);
    assert_eq!(gloss(&model, "kemalar toluda navartdi"), "dog-PL house-LOC NEG-see-PST");
    let analyses = model.analyse(&Line::of_words("nopellar"), 3);
    let best = &analyses[0][0];
    let forms: Vec<&str> = best.morphs.iter().map(|m| m.form.as_str()).collect();
    assert_eq!(forms, ["nopel", "lar"]);
    assert!((0.0..=1.0).contains(&best.confidence));
    assert!(analyses[0].windows(2).all(|w| w[0].confidence >= w[1].confidence));
}

#[test]
fn a_projects_own_cuts_teach_and_whole_words_are_asked() {
    let model = Glosser::train(&lines(40, true), &options(Input::Words)).unwrap();
    assert_eq!(gloss(&model, "Sirolar mukida nadrunur"), "river-PL stone-LOC NEG-fall-PRS");
}

#[test]
fn segmented_words_keep_their_morphs() {
    let model = Glosser::train(&lines(40, true), &options(Input::Segmented)).unwrap();
    let line = Line {
        words: vec!["felolar".into(), "milpdi".into()],
        segmentation: Some(pieces("felo-lar milp-di")),
        ..Line::default()
    };
    assert_eq!(model.glosses(&line), ["bird-PL", "sing-PST"]);
}

#[test]
fn a_stem_never_seen_is_glossed_from_the_translation() {
    let model = Glosser::train(&lines(60, false), &options(Input::Words)).unwrap();
    let line = Line {
        translation: Some("the dog and the mountain and the see".into()),
        ..Line::of_words("kema zugarlar vartdi")
    };
    let analyses = model.analyse(&line, 1);
    assert_eq!(analyses[1][0].gloss(), "mountain-PL");
    assert!(matches!(analyses[1][0].evidence, Evidence::Translation { .. }));
}

#[test]
fn a_correction_counts_at_once() {
    let mut model = Glosser::train(&lines(60, false), &options(Input::Words)).unwrap();
    let taught = Line { glosses: Some(vec![vec!["moon".into()]]), ..Line::of_words("quexo") };
    assert_ne!(gloss(&model, "quexo"), "moon");
    model.learn(&taught);
    assert_eq!(gloss(&model, "quexo"), "moon");
    assert!(matches!(model.analyse(&Line::of_words("quexo"), 1)[0][0].evidence, Evidence::Word { times: 1 }));
    let again = Glosser::from_bytes(&model.to_bytes()).unwrap();
    assert_eq!(gloss(&again, "quexo"), "moon");
}

#[test]
fn two_runs_give_the_same_model_and_a_saved_one_the_same_glosses() {
    let lines = lines(50, false);
    let one = Glosser::train(&lines, &Options { threads: 1, ..Options::default() }).unwrap();
    let two = Glosser::train(&lines, &Options { threads: 2, ..Options::default() }).unwrap();
    let bytes = one.to_bytes();
    assert!(bytes == two.to_bytes());
    let again = Glosser::from_bytes(&bytes).unwrap();
    assert!(again.to_bytes() == bytes);
    for line in &lines {
        assert_eq!(one.analyse(line, 5), again.analyse(line, 5));
    }
}

#[test]
fn a_damaged_file_is_told_apart() {
    let bytes = Glosser::train(&lines(10, false), &Options::default()).unwrap().to_bytes();
    assert!(matches!(Glosser::from_bytes(b""), Err(GlossError::Damaged(_))));
    assert!(matches!(Glosser::from_bytes(b"not a glosser at all"), Err(GlossError::Damaged(_))));
    assert!(matches!(Glosser::from_bytes(&bytes[..bytes.len() - 7]), Err(GlossError::Damaged(_))));
    let mut flipped = bytes.clone();
    *flipped.last_mut().unwrap() ^= 1;
    assert!(matches!(Glosser::from_bytes(&flipped), Err(GlossError::Damaged(_))));
    let mut later = bytes;
    later[8] = 99;
    assert!(matches!(Glosser::from_bytes(&later), Err(GlossError::Version { found: 99, .. })));
}

#[test]
fn bad_lines_are_an_error_or_left_out_never_a_panic() {
    let train = |lines: &[Line]| Glosser::train(lines, &Options::default());
    assert!(matches!(train(&[]), Err(GlossError::NothingToLearn)));
    assert!(matches!(train(&[Line::of_words("a b c")]), Err(GlossError::NothingToLearn)));
    let segmented = Glosser::train(&lines(5, false), &options(Input::Segmented));
    assert!(matches!(segmented, Err(GlossError::NotSegmented)));

    // One sentence is enough to begin with.
    let one = train(&lines(1, false)).unwrap();
    assert_eq!(one.analyse(&Line::of_words("kema xyz , 12 …"), 2).len(), 5);
    assert!(one.analyse(&Line::default(), 3).is_empty());

    // Glosses that do not match the words teach nothing; labels with spaces come out as one token.
    let mut mixed = lines(20, false);
    mixed.push(Line { glosses: Some(pieces("too few")), ..Line::of_words("three words here") });
    mixed.push(Line {
        glosses: Some(vec![vec!["spider monkey".into()], vec!["ходить".into(), "प".into()], vec![String::new()]]),
        ..Line::of_words("arimi ходил-प -")
    });
    let model = train(&mixed).unwrap();
    assert_eq!(model.learned().mismatched, 1);
    assert_eq!(model.glosses(&Line::of_words("arimi")), ["spider.monkey"]);
    let long = "x".repeat(5000);
    let words = model.glosses(&Line::of_words(&format!("{long} ͡ ͡ - -- ’ 𝒳𓀀")));
    assert_eq!(words.len(), 6 + 1);
    assert!(words.iter().all(|w| !w.is_empty() && !w.contains(char::is_whitespace)));
}

#[test]
fn cancelling_stops_the_training() {
    let stop = |_: f32| false;
    let options = Options { progress: Some(&stop), ..Options::default() };
    assert!(matches!(Glosser::train(&lines(20, false), &options), Err(GlossError::Cancelled)));
}

#[test]
fn a_file_comes_back_byte_for_byte_but_for_its_glosses() {
    let text = "\u{feff}\\t ab cd .\r\n\\m a-b cd .\r\n\\g \r\n\\l Two  words.\r\n\r\n\\t ef\r\n\\x odd\r\n\\l Three";
    let file = Igt::parse(text.as_bytes()).unwrap();
    let lines: Vec<&Line> = file.lines().collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].words, ["ab", "cd", "."]);
    assert_eq!(lines[0].segmentation.as_deref(), Some(pieces("a-b cd .").as_slice()));
    assert_eq!(lines[0].glosses, None);
    assert_eq!(lines[1].translation.as_deref(), Some("Three"));
    assert_eq!(file.with_glosses(&[None, None]), text);
    let filled = file.with_glosses(&[Some(vec!["X-y".into(), "z".into(), ".".into()]), Some(vec!["w".into()])]);
    let expected = "\u{feff}\\t ab cd .\r\n\\m a-b cd .\r\n\\g X-y z .\r\n\\l Two  words.\r\n\r\n\\t ef\r\n\\g w\r\n\\x odd\r\n\\l Three";
    assert_eq!(filled, expected);
    let last = Igt::parse(b"\\t a b").unwrap();
    assert_eq!(last.with_glosses(&[Some(vec!["x".into(), "y".into()])]), "\\t a b\n\\g x y\n");
    let bare = Igt::parse(b"\\t a\n\\g\n\\l A\n").unwrap();
    assert_eq!(bare.with_glosses(&[Some(vec!["x".into()])]), "\\t a\n\\g x\n\\l A\n");
    assert_eq!(Igt::parse(b"hello\n").unwrap_err(), IgtError::NoText);
    assert_eq!(Igt::parse(b"\\t a\xff").unwrap_err(), IgtError::NotUtf8 { at: 4 });
}

#[test]
fn scores_are_those_of_the_shared_task() {
    let file = |glosses: &[&str]| {
        let text: String = glosses.iter().map(|g| format!("\\t x\n\\g {g}\n\\l y\n\n")).collect();
        Igt::parse(text.as_bytes()).unwrap()
    };
    let gold = file(&["dog-PL run-PST", "I.ABS go"]);
    // Words: 1 of 2, 2 of 2. Morphs: dog | run PST shifted by one: 1 of 4, then 2 of 2.
    let scores = evaluate(&gold, &file(&["dog run-PST", "I.ABS go"])).unwrap();
    assert_eq!((scores.word.correct, scores.word.total), (3, 4));
    assert_eq!((scores.morpheme.correct, scores.morpheme.total), (3, 6));
    assert!((scores.word.average - 0.75).abs() < 1e-9 && (scores.morpheme.average - 0.625).abs() < 1e-9);
    // Stems: right dog, go; there dog, run, go; predicted dog, run, go. Grams: right I.ABS; there PL, PST, I.ABS;
    // predicted PST (in place of run), I.ABS.
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(near(scores.stems.precision, 2.0 / 3.0) && near(scores.stems.recall, 2.0 / 3.0), "{:?}", scores.stems);
    assert!(near(scores.grams.precision, 0.5) && near(scores.grams.recall, 1.0 / 3.0), "{:?}", scores.grams);
    // A word too many does no harm, a word missing counts as wrong.
    let scores = evaluate(&gold, &file(&["dog-PL run-PST extra", "I.ABS"])).unwrap();
    assert_eq!((scores.word.correct, scores.word.total), (3, 4));
    assert_eq!(evaluate(&gold, &file(&["dog"])).unwrap_err(), EvaluateError::Sentences { gold: 2, predicted: 1 });
}

#[test]
fn a_correction_of_a_common_word_shows_on_the_next() {
    let mut model = Glosser::train(&lines(60, false), &options(Input::Words)).unwrap();
    assert_eq!(gloss(&model, "kemalar"), "dog-PL");
    model.learn(&Line { glosses: Some(pieces("wolf-PL")), ..Line::of_words("kemalar") });
    assert_eq!(gloss(&model, "kemalar"), "wolf-PL");
}

#[test]
fn from_one_sentence_on_a_word_that_was_seen_is_glossed_as_it_was() {
    for count in 1..=5 {
        let lines: Vec<Line> = lines(count, false);
        let model = Glosser::train(&lines, &options(Input::Words)).expect("it trains");
        for line in &lines {
            let seen: Vec<String> = line.glosses.iter().flatten().map(|glosses| glosses.join("-")).collect();
            assert_eq!(model.glosses(line), seen, "after {count}");
        }
    }
}

#[test]
fn a_correction_comes_first_in_a_saved_model_too() {
    let mut model = Glosser::train(&lines(60, true), &options(Input::Words)).unwrap();
    let line = lines(60, true).remove(0);
    let word = line.words[0].clone();
    let corrected = Line {
        words: vec![word.clone()],
        segmentation: Some(vec![vec![word.clone()]]),
        glosses: Some(vec![vec!["corrected".to_owned()]]),
        translation: None,
    };
    model.learn(&corrected);
    assert_eq!(gloss(&model, &word), "corrected");
    let again = Glosser::from_bytes(&model.to_bytes()).unwrap();
    assert_eq!(gloss(&again, &word), "corrected");
}

/// Of what is said with so much confidence, so much is right: within what chance allows on lines never seen.
#[test]
fn confidence_is_a_chance() {
    // A third of the time a word is glossed otherwise, and nothing tells when.
    let toss = |n: u64| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33).is_multiple_of(3);
    let made = |n: u64| Line {
        words: vec!["kala".to_owned(), "ti".to_owned()],
        glosses: Some(vec![vec![if toss(n) { "fish" } else { "bird" }.to_owned()], vec!["go".to_owned()]]),
        ..Line::default()
    };
    let train: Vec<Line> = (0..300).map(made).collect();
    let model = Glosser::train(&train, &options(Input::Words)).unwrap();
    let said = model.analyse(&Line::of_words("kala ti"), 3).remove(0);
    let right = (0..300).filter(|n| !toss(*n)).count() as f32 / 300.0;
    let bird = said.iter().find(|analysis| analysis.gloss() == "bird").expect("bird is offered");
    assert!((bird.confidence - right).abs() < 0.1, "said {}, right {right}", bird.confidence);
}

#[test]
fn odd_training_sets_give_a_message_or_a_suggestion() {
    // Labels with spaces, marks and tabs; mixed scripts and directions; a word longer than any language has.
    let odd = |words: &[&str], glosses: &[&str]| Line {
        words: words.iter().map(|w| (*w).to_owned()).collect(),
        glosses: Some(glosses.iter().map(|g| vec![(*g).to_owned()]).collect()),
        ..Line::default()
    };
    let long = "ŋa".repeat(400);
    let train = vec![
        odd(&["Жук", "שלום", "日本語", "kāla"], &["big beetle", "peace\tbe", "Japan  speech", "1SG.POSS / me"]),
        odd(&["Жук", &long, "٣٤", "—"], &["big beetle", "a very long one", "34", "-"]),
        odd(&["a", "b"], &["only one"]),
    ];
    let model = Glosser::train(&train, &options(Input::Words)).unwrap();
    assert_eq!((model.learned().lines, model.learned().mismatched), (2, 1));
    assert_eq!(model.analyse(&Line::of_words("Жук"), 1)[0][0].gloss(), "big beetle");
    // A gloss line parts its words by spaces, so that there labels keep together by dots.
    assert_eq!(gloss(&model, "Жук"), "big.beetle");
    let asked = Line::of_words(&format!("שלום kāla日本 {long}{long} ⸺ ʔʔʔ"));
    assert_eq!(model.glosses(&asked).len(), asked.words.len());
    assert!(model.analyse(&Line::default(), 3).is_empty());
}

/// A project of 100,000 words: learned and asked in bounded time and memory. How fast is measured by the benchmark.
#[test]
fn a_large_project_is_learned() {
    let lines: Vec<Line> = (0..10_000)
        .map(|n: usize| {
            let stems = ["kala", "moro", "sepe", "tinu", "wako"];
            let word = |at: usize| {
                let (stem, x) = ((n * 31 + at * 17) % 500, (n + at) % 3);
                let form = format!("{}{}", stems[stem % 5], stem / 5);
                let (end, gram) = [("", ""), ("se", "PST"), ("ne", "FUT")][x];
                let mut glosses = vec![format!("stem{stem}")];
                if !gram.is_empty() {
                    glosses.push(gram.to_owned());
                }
                (format!("{form}{end}"), glosses)
            };
            let (words, glosses): (Vec<_>, Vec<_>) = (0..10).map(word).unzip();
            Line { words, glosses: Some(glosses), ..Line::default() }
        })
        .collect();
    assert_eq!(lines.iter().map(|l| l.words.len()).sum::<usize>(), 100_000);
    let model = Glosser::train(&lines, &options(Input::Words)).unwrap();
    assert_eq!(gloss(&model, "kala0se"), "stem0-PST");
}

fn entry(form: &str, gloss: &str) -> Entry {
    Entry { form: form.to_owned(), gloss: gloss.to_owned() }
}

/// Entries for the words of the lines, as a project has them that makes entries of what it glosses, and for some that
/// no line has.
fn entries() -> Vec<Entry> {
    let known = NOUNS.iter().chain(&VERBS).map(|(form, gloss)| entry(form, gloss));
    known
        .chain([entry("Zumek", "spoon"), entry("zumek", "ladle"), entry("wira", "star"), entry("kon", "ABL")])
        .collect()
}

#[test]
fn an_entry_of_the_lexicon_is_offered_for_a_word_that_no_line_has() {
    for count in [6, 12, 60] {
        let entries = entries();
        let lines = lines(count, false);
        let with = Options { entries: &entries, ..Options::default() };
        let model = Glosser::train(&lines, &with).unwrap();
        // Endings come from the lines, stems from the lexicon; the translation says nothing.
        let asked = model.analyse(&Line::of_words("wiralar"), 5).remove(0);
        assert_eq!((asked[0].gloss().as_str(), &asked[0].evidence), ("star-PL", &Evidence::Entries), "after {count}");
        assert_eq!(gloss(&model, "wira"), "star", "after {count}");
        // An ending that only the lexicon has; all that a form may mean.
        assert_eq!(gloss(&model, "kemakon"), "dog-ABL", "after {count}");
        let zumek: Vec<String> =
            model.analyse(&Line::of_words("zumek"), 3).remove(0).iter().map(|a| a.gloss()).collect();
        assert!(["spoon", "ladle"].iter().all(|g| zumek.iter().any(|z| z == g)), "{zumek:?} after {count}");
        // What was seen is not disturbed, and without the lexicon the stem is unknown.
        assert_eq!(gloss(&model, &lines[0].words[0]), gloss(&model, &lines[0].words[0].to_uppercase()));
        let without = Glosser::train(&lines, &options(Input::Words)).unwrap();
        assert_ne!(gloss(&without, "wiralar"), "star-PL");
        // Saved, loaded and made again it says the same.
        let again = Glosser::from_bytes(&model.to_bytes()).unwrap();
        assert_eq!(again.analyse(&Line::of_words("wiralar"), 5).remove(0), asked);
        let twice = Glosser::train(&lines, &Options { threads: 1, ..with }).unwrap();
        assert!(twice.to_bytes() == model.to_bytes());
    }
}

#[test]
fn what_people_approve_comes_before_the_lexicon() {
    let entries = entries();
    let mut model = Glosser::train(&lines(30, false), &Options { entries: &entries, ..Options::default() }).unwrap();
    assert_eq!(gloss(&model, "wira"), "star");
    model.learn(&Line { glosses: Some(pieces("planet")), ..Line::of_words("wira") });
    assert_eq!(gloss(&model, "wira"), "planet");
    // Strange entries are no trouble: empty ones, marks, spaces, other scripts, a very long one.
    let long = "ŋa".repeat(3000);
    let odd =
        [("", "x"), ("x", ""), (" ", " "), ("...", "dots"), ("two words", "a b"), ("жук", "жук"), (&long, "long")];
    let odd: Vec<Entry> = odd.iter().map(|(form, gloss)| entry(form, gloss)).collect();
    let model = Glosser::train(&lines(30, false), &Options { entries: &odd, ..Options::default() }).unwrap();
    assert_eq!(gloss(&model, "Жук"), "жук");
    assert_eq!(gloss(&model, "kemalar"), "dog-PL");
    assert_eq!(model.glosses(&Line::of_words(&format!("{long} ... x"))).len(), 3);
}

/// A lexicon of 100,000 entries with few lines is looked at in bounded time.
#[test]
fn a_large_lexicon_with_few_lines_is_looked_at() {
    let entries: Vec<Entry> = (0..100_000).map(|n| entry(&format!("s{n:x}"), &format!("thing{n}"))).collect();
    let model = Glosser::train(&lines(12, false), &Options { entries: &entries, ..Options::default() }).unwrap();
    assert_eq!(gloss(&model, "sff1lar"), "thing4081-PL");
}
