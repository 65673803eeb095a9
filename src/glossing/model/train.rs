//! Training, start to end.

use super::corpus::{self, Ends, Known};
use super::crf::{Lattice, Weights};
use super::features::Features;
use super::lexicon::{Lexicon, STEM, UNKNOWN, sequence};
use super::propose::{Candidate, Extra, Proposer};
use super::runs::{Folds, Work};
use super::translate::Rules;
use super::{GlossError, Glosser, Input, Options, ends_of};
use crate::glossing::igt::Line;

/// What is known without weights: counts, and shapes of translation words.
pub struct Memory {
    pub lexicon: Lexicon,
    pub rules: Rules,
}

impl Memory {
    pub fn of(known: &[Known], mut lexicon: Lexicon) -> Self {
        let mut rules = Rules::default();
        for known in known {
            lexicon.add(&known.sentence, &known.gold);
            let stems: Vec<&str> = known
                .gold
                .iter()
                .flatten()
                .flat_map(|g| &g.pieces)
                .filter(|p| lexicon.class(p.gloss) == STEM)
                .filter_map(|p| lexicon.names.get(&p.gloss))
                .map(String::as_str)
                .filter(|g| g.chars().all(char::is_alphabetic))
                .collect();
            rules.add(&known.sentence, &stems);
        }
        Self { lexicon, rules }
    }
}

pub fn train(lines: &[Line], options: &Options) -> Result<Glosser, GlossError> {
    let progress = |share: f32| options.progress.is_none_or(|p| p(share));
    let mut lexicon = Lexicon::default();
    lexicon.take_entries(options.entries);
    let (known, learned) = corpus::read(lines, options.input, None, &mut lexicon);
    if learned.words == 0 {
        return Err(GlossError::NothingToLearn);
    }
    if options.input == Input::Segmented && !known.iter().any(|k| k.sentence.words.iter().any(|w| w.morphs.is_some())) {
        return Err(GlossError::NotSegmented);
    }
    if !progress(0.1) {
        return Err(GlossError::Cancelled);
    }
    let memory = Memory::of(&known, lexicon);
    let mut weights = Weights::default();
    let mut lattices = Vec::with_capacity(known.len());
    let folds = Folds::of(&known, options.seed);
    let mut kept = Vec::new();
    for (at, known) in known.iter().enumerate() {
        // Where words are glossed, their entries are often made of them: then the lexicon has every word that was
        // glossed, but not every word that will be. So every other sentence is seen without it.
        let entries = !options.entries.is_empty() && at % 2 == 0;
        let (lattice, candidates) = lattice(known, &memory, options.input, entries, &mut weights);
        if folds.of_line(at).is_some() {
            kept.push((at, candidates));
        }
        lattices.push(lattice);
        if lattices.len() % 256 == 0 && !progress(0.1 + 0.2 * lattices.len() as f32 / learned.lines as f32) {
            return Err(GlossError::Cancelled);
        }
    }
    let share = |part: f32| progress(0.3 + 0.7 * part);
    let features = weights.settled();
    let work = Work { known: &known, lattices: &lattices, features: features.len() - 1, folds: &folds, kept: &kept };
    let Some((of, calibration)) = work.run(options, &share) else { return Err(GlossError::Cancelled) };
    // The largest there is, not needed any more.
    drop(lattices);
    let weights = Weights::kept(&features, &of);
    let ends: Ends = known.iter().map(ends_of).collect();
    let lines = lines.iter().filter(|l| corpus::matches(l)).cloned().collect();
    Ok(Glosser {
        input: options.input,
        learned,
        lexicon: memory.lexicon,
        rules: memory.rules,
        weights,
        calibration,
        lines,
        ends,
        entries: options.entries.to_vec(),
        corrected: super::hash::KeyMap::default(),
    })
}

/// The lattice of a training sentence, seen without itself, with its gold candidates marked.
fn lattice(
    known: &Known,
    memory: &Memory,
    input: Input,
    entries: bool,
    weights: &mut Weights,
) -> (Lattice, Vec<Vec<Candidate>>) {
    let own = memory.lexicon.own(&known.sentence, &known.gold);
    let mut proposer = Proposer::new(&memory.lexicon, &memory.rules, Some(&own), input == Input::Segmented);
    proposer.entries = entries;
    let mut extra = Extra::default();
    let candidates = proposer.sentence(&known.sentence, &mut extra);
    let features = Features { proposer: &proposer, sentence: &known.sentence, extra: &extra };
    let mut lattice = features.lattice(&candidates, &mut |key| weights.intern(key));
    for ((word, candidates), gold) in lattice.words.iter_mut().zip(&candidates).zip(&known.gold) {
        if let Some(gold) = gold {
            let marks = golds(candidates, &gold.pieces.iter().map(|p| p.gloss).collect::<Vec<_>>());
            word.iter_mut().zip(marks).for_each(|(node, gold)| node.gold = gold);
        }
    }
    (lattice, candidates)
}

/// Which candidates count as right: those with the right glosses; where there is none, those that leave the unknown
/// stem open and are right besides; where there is none either, the nearest with as many morphs.
fn golds(candidates: &[Candidate], gold: &[u64]) -> Vec<bool> {
    let all = gold.iter().fold(11, |k, g| super::hash::mix(k, *g));
    let exact: Vec<bool> = candidates.iter().map(|c| sequence(&c.pieces) == all).collect();
    if exact.contains(&true) {
        return exact;
    }
    let hits = |c: &Candidate| {
        if c.pieces.len() != gold.len() {
            return 0;
        }
        c.pieces
            .iter()
            .zip(gold)
            .map(|(p, g)| {
                if p.gloss == *g {
                    4
                } else if p.gloss == UNKNOWN {
                    1
                } else {
                    0
                }
            })
            .sum::<usize>()
    };
    let most = candidates.iter().map(hits).max().unwrap_or(0);
    candidates.iter().map(|c| most > 0 && hits(c) == most).collect()
}
