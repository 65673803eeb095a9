//! What to gloss next: the lines whose approval would teach most.
//!
//! A word that waits teaches the more, the less sure the glosser is of it and the more often it waits in the project.
//! A line teaches what its different words teach together, by the words there are to approve in it: one unsure,
//! frequent word in a short line is the cheapest lesson.

use std::collections::{HashMap, HashSet};

use super::gather::{form_of, transcribed, words_of};
use super::stock::is_open;
use super::trained::Trained;
use crate::domain::{AnnotationId, Bundle};

/// Different words that are asked about, the most frequent first.
const ASKED: usize = 4_000;
/// How unsure the glosser counts as where it was not asked.
const NOT_ASKED: f32 = 0.5;
/// Lines that are kept.
const KEPT: usize = 500;
/// Added to the words of a line, so that lines of one word do not always win.
const SMOOTH: f32 = 2.0;

/// A line, with what its approval would teach.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub line: AnnotationId,
    /// Words that wait in it.
    pub open: usize,
    /// Its different words that wait, each with what it teaches.
    pub words: Vec<(String, f32)>,
}

impl Ranked {
    fn worth(&self, known: &HashSet<String>) -> f32 {
        let teaches = self.words.iter().filter(|(word, _)| !known.contains(word)).map(|(_, worth)| worth);
        teaches.sum::<f32>() / (self.open as f32 + SMOOTH)
    }
}

/// The lines that teach most, the best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Teaching {
    pub lines: Vec<Ranked>,
}

impl Teaching {
    /// Ranks the lines of a project in which words wait.
    pub(super) fn of(bundle: &Bundle, trained: &Trained, stop: &dyn Fn() -> bool) -> Self {
        let index = bundle.index();
        let lines = transcribed(bundle, &index, trained.language());
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut waiting = Vec::new();
        for (line, _) in &lines {
            let words = words_of(&index, line);
            let open: Vec<String> =
                words.iter().filter(|(word, _)| is_open(word)).map(|(word, _)| form_of(word)).collect();
            if !open.is_empty() {
                open.iter().for_each(|form| *counts.entry(form.clone()).or_default() += 1);
                waiting.push((line.id, open));
            }
        }
        let mut order: Vec<(&String, usize)> = counts.iter().map(|(form, times)| (form, *times)).collect();
        order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let mut unsure: HashMap<&str, f32> = HashMap::new();
        for (form, _) in order.iter().take(ASKED) {
            if stop() {
                return Self::default();
            }
            unsure.insert(form, 1.0 - trained.sureness(form));
        }
        let worth = |form: &String| {
            let times = counts.get(form).copied().unwrap_or_default();
            unsure.get(form.as_str()).copied().unwrap_or(NOT_ASKED) * times as f32
        };
        let mut ranked: Vec<Ranked> = waiting
            .into_iter()
            .map(|(line, open)| {
                let mut different: Vec<String> = open.clone();
                different.sort();
                different.dedup();
                let words = different.into_iter().map(|form| (form.clone(), worth(&form))).collect();
                Ranked { line, open: open.len(), words }
            })
            .collect();
        let none = HashSet::new();
        ranked.sort_by(|a, b| b.worth(&none).total_cmp(&a.worth(&none)));
        ranked.truncate(KEPT);
        Self { lines: ranked }
    }

    /// The lines in order, now that these words are known.
    pub fn now(&self, known: &HashSet<String>) -> Vec<&Ranked> {
        let mut lines: Vec<(f32, &Ranked)> = self.lines.iter().map(|line| (line.worth(known), line)).collect();
        lines.retain(|(worth, _)| *worth > 0.0);
        lines.sort_by(|a, b| b.0.total_cmp(&a.0));
        lines.into_iter().map(|(_, line)| line).collect()
    }
}
