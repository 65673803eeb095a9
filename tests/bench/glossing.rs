//! How good the glosser is on the SIGMORPHON 2023 shared task's development sets, beside a lookup of most frequent
//! glosses and the published test-set numbers of the task's baseline and its best systems; how long training takes, how
//! much memory it needs, how many words a second it glosses and how long a correction takes. Times are those of the
//! processor where the system tells them, so that other work on the machine does not count. Then the learning curve: accuracy and keystrokes saved after 10 to 1,000 sentences, beside a lookup of each word's
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

/// A language with published test-set accuracies: words and morphemes, track 1 and track 2.
struct Language {
    folder: &'static str,
    code: &'static str,
    best: [[f64; 2]; 2],
    baseline: [[f64; 2]; 2],
}

/// Ginn et al. 2023, Findings of the SIGMORPHON 2023 shared task on interlinear glossing: the best closed system (track
/// 1) and the best of all (track 2).
const LANGUAGES: [Language; 6] = [
    Language {
        folder: "Tsez",
        code: "ddo",
        best: [[80.94, 73.95], [85.79, 92.01]],
        baseline: [[73.41, 51.23], [75.71, 85.34]],
    },
    Language {
        folder: "Gitksan",
        code: "git",
        best: [[21.09, 11.72], [31.25, 52.39]],
        baseline: [[16.93, 8.54], [16.41, 25.33]],
    },
    Language {
        folder: "Lezgi",
        code: "lez",
        best: [[78.78, 62.10], [85.44, 87.61]],
        baseline: [[49.66, 41.62], [34.54, 51.82]],
    },
    Language {
        folder: "Natugu",
        code: "ntu",
        best: [[81.04, 56.32], [88.85, 92.32]],
        baseline: [[42.01, 18.17], [41.08, 49.03]],
    },
    Language {
        folder: "Nyangbo",
        code: "nyb",
        best: [[85.05, 85.24], [87.98, 91.40]],
        baseline: [[5.96, 14.22], [84.30, 88.71]],
    },
    Language {
        folder: "Uspanteko",
        code: "usp",
        best: [[73.39, 70.05], [78.46, 84.51]],
        baseline: [[72.06, 57.24], [76.55, 82.48]],
    },
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
        println!("Per cent right, of whole words and of morphemes; published numbers are of the test sets.");
        let accuracy = ["ours", "lookup", "baseline", "best"];
        let accuracy: String = accuracy.iter().map(|name| format!("{name:>9}")).collect();
        println!(
            "{:<4} {:>5} |{accuracy} |{accuracy} |{:>11}{:>10}{:>9}{:>23}{:>13}",
            "", "track", "training", "memory", "words/s", "correction", "calibration"
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

fn scores(gold: &Igt, glosses: Vec<Vec<String>>) -> Scores {
    let glosses: Vec<_> = glosses.into_iter().map(Some).collect();
    let predicted = Igt::parse(gold.with_glosses(&glosses).as_bytes()).expect("what was written");
    evaluate(gold, &predicted).expect("files alike")
}

fn table(data: &Path, language: &Language) {
    for track in [1, 2] {
        let known: Vec<Line> = read(data, language, "train", track).lines().cloned().collect();
        let dev = read(data, language, "dev", track);
        reset_peak();
        let clock = Clock::start();
        let mut model = train(&known, track);
        let training = clock.seconds();
        let memory = peak().map_or_else(|| "?".to_owned(), |mib| format!("{mib} MiB"));
        let lines = covered(&dev);
        let ours = scores(&dev, model.glosses_of(&lines));
        let plain = scores(&dev, if track == 2 { lookup_morphs(&known, &lines) } else { lookup(&known, &lines) });
        let apart = calibration_error(&model, &dev);
        let speed = speed(&model, &lines);
        let (mean, longest) = correction(&mut model, &dev);
        let row = |ours: f64, lookup: f64, at: usize| {
            let (baseline, best) = (language.baseline[track - 1][at], language.best[track - 1][at]);
            format!("{:>9.2}{:>9.2}{baseline:>9.2}{best:>9.2}", ours * 100.0, lookup * 100.0)
        };
        println!(
            "{:<4} {track:>5} |{} |{} |{training:>9.1} s{memory:>10}{speed:>9.0}{:>23}{apart:>11.1} %",
            language.code,
            row(ours.word.accuracy, plain.word.accuracy, 0),
            row(ours.morpheme.accuracy, plain.morpheme.accuracy, 1),
            format!("{mean:.1}, at most {longest:.1} ms"),
        );
    }
}

/// Words that one core glosses in a second.
fn speed(model: &Glosser, lines: &[Line]) -> f64 {
    let words: usize = lines.iter().map(|line| line.words.len()).sum();
    let (clock, mut times) = (Clock::start(), 0);
    // The processor's clock ticks in hundredths of a second.
    while clock.seconds() < 0.5 {
        std::hint::black_box(model.glosses_of(lines));
        times += 1;
    }
    (words * times) as f64 / clock.seconds()
}

/// Seconds of the processor that this process has used, where the system tells; else those of the clock on the wall.
struct Clock {
    wall: Instant,
    used: Option<f64>,
}

impl Clock {
    fn start() -> Self {
        Self { wall: Instant::now(), used: Self::used() }
    }

    fn used() -> Option<f64> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let fields: Vec<f64> =
            stat.rsplit(')').next()?.split_whitespace().skip(11).take(2).flat_map(str::parse).collect();
        (fields.len() == 2).then(|| fields.iter().sum::<f64>() / 100.0)
    }

    fn seconds(&self) -> f64 {
        match (self.used, Self::used()) {
            (Some(before), Some(now)) => now - before,
            _ => self.wall.elapsed().as_secs_f64(),
        }
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

/// How long a correction takes until the same line asked again shows it, in milliseconds: over some lines the mean and
/// the most.
fn correction(model: &mut Glosser, dev: &Igt) -> (f64, f64) {
    // Nanoseconds that this thread was on the processor.
    let on_processor = || std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok();
    let mut took = Vec::new();
    for line in dev.lines().filter(|line| line.glosses.is_some()).take(50) {
        let asked = Line { glosses: None, ..line.clone() };
        let (begun, before): (Instant, Option<f64>) = (Instant::now(), on_processor());
        model.learn(line);
        std::hint::black_box(model.analyse(&asked, 5));
        took.push(match (before, on_processor()) {
            (Some(before), Some(now)) => (now - before) / 1e6,
            _ => begun.elapsed().as_secs_f64() * 1000.0,
        });
    }
    (took.iter().sum::<f64>() / took.len().max(1) as f64, took.iter().copied().fold(0.0, f64::max))
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
            (scores(&dev, glosses).word.accuracy, saved)
        });
        let _ = writeln!(csv, "{},{stop},{:.4},{:.4},{:.4},{:.4}", language.code, ours.0, lookup.0, ours.1, lookup.1);
    }
}

/// Each word's most frequent gloss; a word never seen gets itself.
fn lookup(known: &[Line], lines: &[Line]) -> Vec<Vec<String>> {
    let mut counts = Counts::default();
    for line in known {
        for (word, gloss) in line.words.iter().zip(line.glosses.iter().flatten()) {
            counts.add(word, gloss.join("-"));
        }
    }
    lines.iter().map(|line| line.words.iter().map(|word| counts.best(word)).collect()).collect()
}

/// Each morph's most frequent gloss, where words come cut; a morph never seen gets itself.
fn lookup_morphs(known: &[Line], lines: &[Line]) -> Vec<Vec<String>> {
    let mut counts = Counts::default();
    for line in known {
        for (morphs, glosses) in line.segmentation.iter().flatten().zip(line.glosses.iter().flatten()) {
            morphs.iter().zip(glosses).for_each(|(morph, gloss)| counts.add(morph, gloss.clone()));
        }
    }
    let word = |morphs: &Vec<String>| morphs.iter().map(|morph| counts.best(morph)).collect::<Vec<_>>().join("-");
    lines.iter().map(|line| line.segmentation.iter().flatten().map(word).collect()).collect()
}

/// Glosses of forms, with how often each was seen.
#[derive(Default)]
struct Counts<'l>(HashMap<&'l str, Vec<(String, usize)>>);

impl<'l> Counts<'l> {
    fn add(&mut self, form: &'l str, gloss: String) {
        let seen = self.0.entry(form).or_default();
        match seen.iter_mut().find(|(g, _)| *g == gloss) {
            Some((_, n)) => *n += 1,
            None => seen.push((gloss, 1)),
        }
    }

    /// The first of the most frequent; the form itself where it was never seen.
    fn best(&self, form: &str) -> String {
        let seen = self.0.get(form).and_then(|seen| seen.iter().rev().max_by_key(|(_, n)| *n));
        seen.map_or_else(|| form.to_owned(), |(gloss, _)| gloss.clone())
    }
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
