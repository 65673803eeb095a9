//! What suggestions save: the project's approved lines glossed once more, in order, each word asked about before it
//! is told. How often the first suggestion was right, and how many keys that would have saved.

use std::collections::HashMap;

use serde::Serialize;

use super::gather::{analysis_of, form_of, stretches};
use super::trained::{TrainError, WholeLine, glosser, whole_lines};
use crate::domain::{Bundle, Morph, Word, WordKind};
use crate::glossing::igt::Line;
use crate::glossing::keystrokes::{by_hand, from_suggestion};
use crate::glossing::model::{Glosser, Progress};

/// The glosser learns anew after so many lines; between, it takes in each line as it is approved.
const MARKS: [usize; 9] = [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];
/// Alternatives a person would step through before typing.
const STEPS: usize = 3;

/// One stretch of the curve.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stretch {
    /// Lines approved before it.
    pub after_lines: usize,
    pub words: usize,
    /// The first suggestion was right: the whole word, morphs and glosses.
    pub right: usize,
    /// One of the first three was.
    pub among_first: usize,
    /// What remembering approved words alone gets right.
    pub remembered: usize,
    /// Keys to type everything by hand; with suggestions; and with remembered words alone.
    pub keys_by_hand: usize,
    pub keys: usize,
    pub keys_remembering: usize,
}

/// The whole report.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    pub lines: usize,
    pub words: usize,
    pub stretches: Vec<Stretch>,
}

impl Report {
    /// All stretches together.
    pub fn whole(&self) -> Stretch {
        self.stretches.iter().fold(Stretch::default(), |sum, one| Stretch {
            after_lines: 0,
            words: sum.words + one.words,
            right: sum.right + one.right,
            among_first: sum.among_first + one.among_first,
            remembered: sum.remembered + one.remembered,
            keys_by_hand: sum.keys_by_hand + one.keys_by_hand,
            keys: sum.keys + one.keys,
            keys_remembering: sum.keys_remembering + one.keys_remembering,
        })
    }
}

impl Stretch {
    /// Part of the keys that suggestions save, 0 to 1.
    pub fn saved(&self) -> f64 {
        let by_hand = self.keys_by_hand.max(1) as f64;
        1.0 - self.keys as f64 / by_hand
    }
}

type Analysis = (Vec<String>, Vec<String>);

/// Glosses a project's approved lines again. `progress` is told how far it is, 0 to 1, and says whether to go on.
///
/// # Errors
/// When it is told to stop, or the glosser fails.
pub fn report(bundle: &Bundle, language: &str, progress: Progress<'_>) -> Result<Report, TrainError> {
    let lines: Vec<_> = whole_lines(bundle, language)
        .into_iter()
        .filter(|line| {
            line.words.iter().zip(&line.morphs).any(|(word, morphs)| analysis_of(word, morphs, language).is_some())
        })
        .collect();
    let mut report = Report { lines: lines.len(), ..Report::default() };
    let mut memory: HashMap<String, HashMap<Analysis, usize>> = HashMap::new();
    let mut told: Vec<Line> = Vec::new();
    let mut model: Option<Glosser> = None;
    for (number, WholeLine { words, morphs, translation }) in lines.iter().enumerate() {
        if !progress(number as f32 / lines.len().max(1) as f32) {
            return Err(TrainError::Cancelled);
        }
        if number == 0 || MARKS.contains(&number) {
            report.stretches.push(Stretch { after_lines: number, ..Stretch::default() });
        }
        if MARKS.contains(&number) {
            // Without the lexicon: that of today was in part made of these very lines.
            model = glosser(&told, &[], None)?;
        }
        if let Some(stretch) = report.stretches.last_mut() {
            ask(stretch, words, morphs, translation.as_deref(), model.as_ref(), &memory, language);
        }
        for (word, morphs) in words.iter().zip(morphs) {
            if let Some(analysis) = analysis_of(word, morphs, language) {
                *memory.entry(form_of(word)).or_default().entry(analysis).or_default() += 1;
            }
        }
        let read = words.iter().zip(morphs).map(|(word, morphs)| (word, morphs.iter().collect()));
        for line in stretches(read, translation.as_deref(), language) {
            if let Some(model) = &mut model {
                model.learn(&line);
            }
            told.push(line);
        }
    }
    report.words = report.whole().words;
    Ok(report)
}

/// Asks about the approved words of a line, and counts.
fn ask(
    stretch: &mut Stretch,
    words: &[Word],
    morphs: &[Vec<Morph>],
    translation: Option<&str>,
    model: Option<&Glosser>,
    memory: &HashMap<String, HashMap<Analysis, usize>>,
    language: &str,
) {
    let asked: Vec<&Word> = words.iter().filter(|word| word.kind == WordKind::Word).collect();
    let line = Line {
        words: asked.iter().map(|word| form_of(word)).collect(),
        translation: translation.map(str::to_owned),
        ..Line::default()
    };
    let mut proposed = model.map(|model| model.analyse(&line, STEPS)).unwrap_or_default().into_iter();
    for (word, morphs) in words.iter().zip(morphs).filter(|(word, _)| word.kind == WordKind::Word) {
        let proposed = proposed.next().unwrap_or_default();
        let Some(right) = analysis_of(word, morphs, language) else { continue };
        let form = form_of(word);
        let mut remembered: Vec<(&Analysis, usize)> =
            memory.get(&form).into_iter().flatten().map(|(analysis, times)| (analysis, *times)).collect();
        remembered.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        // What people approved stands first; then what the glosser is sure enough of.
        let mut offered: Vec<Analysis> = remembered.iter().map(|(analysis, _)| (*analysis).clone()).collect();
        for analysis in proposed.iter().filter(|analysis| analysis.confidence >= super::STANDS) {
            let forms = analysis.morphs.iter().map(|morph| crate::glossing::lexical::bare(&morph.form)).collect();
            let glosses = analysis.morphs.iter().map(|morph| morph.gloss.trim().to_owned()).collect();
            let analysis: Analysis = (forms, glosses);
            if !offered.contains(&analysis) {
                offered.push(analysis);
            }
        }
        let hand = by_hand(&form, right.0.iter().map(String::as_str).zip(right.1.iter().map(String::as_str)));
        let keys = |offered: &mut dyn Iterator<Item = &Analysis>| {
            let found = offered.take(STEPS).position(|one| *one == right);
            (found, found.map_or(hand, |at| from_suggestion(at).min(hand)))
        };
        let (found, with) = keys(&mut offered.iter());
        let (by_memory, with_memory) = keys(&mut remembered.iter().map(|(analysis, _)| *analysis));
        stretch.words += 1;
        stretch.right += usize::from(found == Some(0));
        stretch.among_first += usize::from(found.is_some());
        stretch.remembered += usize::from(by_memory == Some(0));
        stretch.keys_by_hand += hand;
        stretch.keys += with;
        stretch.keys_remembering += with_memory;
    }
}
