//! How good the glosser is on the SIGMORPHON 2023 shared task's development sets, beside the published test-set numbers
//! of its best systems; how long training takes, how much memory it needs and how many words a second it glosses.
//! Then the learning curve: accuracy and keystrokes saved after 10 to 1,000 sentences, beside a lookup of each word's
//! most frequent gloss.
//!
//! The data may not be bundled (CC BY-NC): `FIELDGLOSS_GLOSS_DATA` names a folder that holds the shared task's folders
//! (`Tsez/ddo-train-track1-uncovered` and so on). Words on the command line choose languages by code, `table` and
//! `curve`; `FIELDGLOSS_GLOSS_CSV` names a file for the curve's numbers.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use fieldgloss::glossing::evaluate::{Scores, evaluate};
use fieldgloss::glossing::igt::{Igt, Line};
use fieldgloss::glossing::model::{Glosser, Input, Options};

// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A language with the best published test-set accuracies: words and morphemes, track 1 and track 2.
struct Language {
    folder: &'static str,
    code: &'static str,
    best: [(f64, f64); 2],
}

/// Ginn et al. 2023, Findings of the SIGMORPHON 2023 shared task on interlinear glossing: the best closed system (track
/// 1) and the best of all (track 2).
const LANGUAGES: [Language; 6] = [
    Language { folder: "Tsez", code: "ddo", best: [(80.94, 73.95), (85.79, 92.01)] },
    Language { folder: "Gitksan", code: "git", best: [(21.09, 11.72), (31.25, 52.39)] },
    Language { folder: "Lezgi", code: "lez", best: [(78.78, 62.10), (85.44, 87.61)] },
    Language { folder: "Natugu", code: "ntu", best: [(81.04, 56.32), (88.85, 92.32)] },
    Language { folder: "Nyangbo", code: "nyb", best: [(85.05, 85.24), (87.98, 91.40)] },
    Language { folder: "Uspanteko", code: "usp", best: [(73.39, 70.05), (78.46, 84.51)] },
];

/// Sentences that the learning curve stops at.
const STOPS: [usize; 5] = [10, 30, 100, 300, 1000];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let Some(data) = std::env::var_os("FIELDGLOSS_GLOSS_DATA").map(PathBuf::from) else {
        eprintln!("There is nothing to measure: FIELDGLOSS_GLOSS_DATA names no folder with the shared task's data.");
        eprintln!("The data may not be bundled; its own repository has it: github.com/sigmorphon/2023glossingST");
        return;
    };
    let parts = ["table", "curve"];
    let codes: Vec<&String> = words.iter().filter(|w| !parts.contains(&w.as_str())).collect();
    let wanted = |part: &str| words.iter().any(|w| w == part) || !words.iter().any(|w| parts.contains(&w.as_str()));
    let chosen: Vec<&Language> =
        LANGUAGES.iter().filter(|l| codes.is_empty() || codes.iter().any(|c| *c == l.code)).collect();
    if wanted("table") {
        println!(
            "{:<4} {:>5} {:>16} {:>18} {:>9} {:>9} {:>9} {:>11} {:>11}",
            "",
            "track",
            "words (best)",
            "morphemes (best)",
            "training",
            "memory",
            "words/s",
            "correction",
            "calibration"
        );
        chosen.iter().for_each(|language| table(&data, language));
    }
    if wanted("curve") {
        let mut csv = "language,sentences,accuracy,lookup,keystrokes_saved,lookup_keystrokes_saved\n".to_owned();
        chosen.iter().for_each(|language| curve(&data, language, &mut csv));
        print!("{csv}");
        if let Some(path) = std::env::var_os("FIELDGLOSS_GLOSS_CSV") {
            std::fs::write(&path, csv).expect("the file for the curve");
        }
    }
}

fn read(data: &Path, language: &Language, part: &str, track: usize) -> Igt {
    let path = data.join(language.folder).join(format!("{}-{part}-track{track}-uncovered", language.code));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Igt::parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn train(lines: &[Line], track: usize) -> Glosser {
    let input = if track == 2 { Input::Segmented } else { Input::Words };
    Glosser::train(lines, &Options { input, ..Options::default() }).expect("a glosser")
}

fn covered(file: &Igt) -> Vec<Line> {
    file.lines().map(|l| Line { glosses: None, ..l.clone() }).collect()
}

fn scores(gold: &Igt, glosses: &[Option<Vec<String>>]) -> Scores {
    let predicted = Igt::parse(gold.with_glosses(glosses).as_bytes()).expect("what was written");
    evaluate(gold, &predicted).expect("files alike")
}

fn table(data: &Path, language: &Language) {
    for track in [1, 2] {
        let lines: Vec<Line> = read(data, language, "train", track).lines().cloned().collect();
        let dev = read(data, language, "dev", track);
        reset_peak();
        let begun = Instant::now();
        let mut model = train(&lines, track);
        let training = begun.elapsed().as_secs_f64();
        let lines = covered(&dev);
        let begun = Instant::now();
        let glosses: Vec<Option<Vec<String>>> = model.glosses_of(&lines).into_iter().map(Some).collect();
        let speed = lines.iter().map(|l| l.words.len()).sum::<usize>() as f64 / begun.elapsed().as_secs_f64();
        let (scores, best) = (scores(&dev, &glosses), language.best[track - 1]);
        let memory = peak().map_or_else(|| "?".to_owned(), |mib| format!("{mib} MiB"));
        let apart = calibration_error(&model, &dev);
        let correction = correction(&mut model, &dev);
        println!(
            "{:<4} {track:>5} {:>7.2} ({:>5.2})  {:>8.2} ({:>5.2})   {training:>6.1} s {memory:>9} {speed:>9.0} {correction:>8.1} ms {apart:>8.1} %",
            language.code,
            scores.word.accuracy * 100.0,
            best.0,
            scores.morpheme.accuracy * 100.0,
            best.1,
        );
    }
}

/// How far what first suggestions of words say of themselves lies from how often they are right, in per cent: the mean
/// over ten bins (expected calibration error).
fn calibration_error(model: &Glosser, dev: &Igt) -> f64 {
    let mut bins = [(0.0, 0.0); 10];
    let mut all = 0.0;
    for line in dev.lines() {
        let asked = Line { glosses: None, ..line.clone() };
        let analyses = model.analyse(&asked, 1);
        for ((word, gold), best) in line.words.iter().zip(line.glosses.iter().flatten()).zip(&analyses) {
            let Some(best) = best.first().filter(|_| word.chars().any(char::is_alphabetic)) else { continue };
            let bin = &mut bins[((best.confidence * 10.0) as usize).min(9)];
            bin.0 += f64::from(best.confidence);
            bin.1 += f64::from(u8::from(best.gloss() == gold.join("-")));
            all += 1.0;
        }
    }
    bins.iter().map(|(said, right)| (said - right).abs()).sum::<f64>() * 100.0 / f64::max(all, 1.0)
}

/// How long a correction takes until the same line asked again shows it, at most over some lines, in milliseconds.
fn correction(model: &mut Glosser, dev: &Igt) -> f64 {
    let mut longest: f64 = 0.0;
    for line in dev.lines().filter(|line| line.glosses.is_some()).take(50) {
        let asked = Line { glosses: None, ..line.clone() };
        let begun = Instant::now();
        model.learn(line);
        std::hint::black_box(model.analyse(&asked, 5));
        longest = longest.max(begun.elapsed().as_secs_f64() * 1000.0);
    }
    longest
}

/// The most memory this process has held since the last reset, in MiB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Annotation as it goes: after so many training sentences in their order, whole words of the development set.
fn curve(data: &Path, language: &Language, csv: &mut String) {
    let all: Vec<Line> = read(data, language, "train", 1).lines().cloned().collect();
    let dev = read(data, language, "dev", 1);
    let lines = covered(&dev);
    for stop in STOPS.iter().filter(|s| **s <= all.len()) {
        let known = &all[..*stop];
        let model = train(known, 1);
        let ours: Vec<Vec<String>> = model.glosses_of(&lines);
        let lookup = lookup(known, &lines);
        let [ours, lookup] = [ours, lookup].map(|glosses| {
            let saved = saved(&dev, &glosses);
            let glosses: Vec<_> = glosses.into_iter().map(Some).collect();
            (scores(&dev, &glosses).word.accuracy, saved)
        });
        let _ = writeln!(csv, "{},{stop},{:.4},{:.4},{:.4},{:.4}", language.code, ours.0, lookup.0, ours.1, lookup.1);
    }
}

/// Each word's most frequent gloss; a word never seen gets itself.
fn lookup(known: &[Line], lines: &[Line]) -> Vec<Vec<String>> {
    let mut counts: HashMap<&str, Vec<(String, usize)>> = HashMap::new();
    for line in known {
        for (word, gloss) in line.words.iter().zip(line.glosses.iter().flatten()) {
            let (gloss, seen) = (gloss.join("-"), counts.entry(word).or_default());
            match seen.iter_mut().find(|(g, _)| *g == gloss) {
                Some((_, n)) => *n += 1,
                None => seen.push((gloss, 1)),
            }
        }
    }
    let best = |word: &String| {
        let seen = counts.get(word.as_str()).and_then(|seen| seen.iter().rev().max_by_key(|(_, n)| *n));
        seen.map_or_else(|| word.clone(), |(gloss, _)| gloss.clone())
    };
    lines.iter().map(|line| line.words.iter().map(best).collect()).collect()
}

/// The share of keystrokes that suggestions save: a right word costs one to approve, a wrong one its whole gloss;
/// without suggestions every gloss is typed.
fn saved(dev: &Igt, glosses: &[Vec<String>]) -> f64 {
    let (mut with, mut without) = (0, 0);
    for (line, glosses) in dev.lines().zip(glosses) {
        for (at, gold) in line.glosses.iter().flatten().enumerate() {
            let gold = gold.join("-");
            let typed = gold.chars().count() + 1;
            without += typed;
            with += if glosses.get(at) == Some(&gold) { 1 } else { typed };
        }
    }
    1.0 - f64::from(with as u32) / f64::from((without as u32).max(1))
}
