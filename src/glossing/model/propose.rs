//! Candidate analyses of a word: whole words from memory, and words put together from known morphs and at most one
//! unknown stem, best first by a hidden Markov model over glosses.

use super::hash::{Key, KeyMap, chars_key, key, tuple};
use super::lexicon::{EDGE, Gold, Lexicon, Own, Piece, STEM, UNKNOWN, analysis, starts};
use super::text::{Sentence, Word, folded};
use super::translate::{Offer, Rules};

/// Where an analysis comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The word, with this analysis, is in memory.
    Word,
    /// All its morphs are.
    Morphs,
    /// Its stem is glossed like a form alike.
    Alike,
    /// Its stem's gloss is a word of the translation.
    Translation,
    /// The token itself.
    Copy,
    /// Its stem is unknown.
    Unknown,
}

/// A candidate.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub pieces: Vec<Piece>,
    pub ends: Vec<usize>,
    /// Log probability under the hidden Markov model.
    pub score: f32,
    pub source: Source,
    /// The unknown stem's place among the pieces.
    pub unknown: Option<usize>,
    /// Facts about a stem's gloss that was guessed: keys of features.
    pub facts: Vec<Key>,
}

/// Glosses that are not in the lexicon, by key.
pub type Extra = KeyMap<String>;

const BEAM: usize = 14;
const MOST: usize = 22;
/// Candidates whose score lies so far under the best are left out.
const GAP: f32 = 11.0;
const LONGEST: usize = 48;

#[derive(Clone)]
struct State {
    score: f32,
    class: Key,
    pieces: Vec<Piece>,
    ends: Vec<usize>,
    unknown: Option<usize>,
}

/// Proposes analyses of a sentence's words.
pub struct Proposer<'l> {
    pub lexicon: &'l Lexicon,
    pub rules: &'l Rules,
    pub own: Option<&'l Own>,
    pub segmented: bool,
}

impl Proposer<'_> {
    /// The candidates of each word; glosses that are new go to `extra`.
    pub fn sentence(&self, sentence: &Sentence, extra: &mut Extra) -> Vec<Vec<Candidate>> {
        let offers = self.rules.offers(sentence, self.lexicon, self.own);
        (0..sentence.words.len()).map(|at| self.word(sentence, at, &offers, extra)).collect()
    }

    fn word(&self, sentence: &Sentence, at: usize, offers: &[Offer], extra: &mut Extra) -> Vec<Candidate> {
        let word = &sentence.words[at];
        let mut found: Vec<Candidate> = Vec::new();
        for known in self.lexicon.analyses.get(&word.form).into_iter().flatten() {
            if self.lexicon.seen(word.form, &known.pieces, self.own) > 0 && self.given(word, known) {
                found.push(self.remembered(known));
            }
        }
        let morphs = word.morphs.as_ref().filter(|_| self.segmented);
        if word.sign && morphs.is_none_or(|m| m.len() == 1) {
            if !found.iter().any(|c| c.pieces.len() == 1 && c.pieces[0].gloss == key(&word.core)) {
                found.push(self.copy(word, extra));
            }
            return found;
        }
        let mut built = match morphs {
            Some(morphs) => self.given_morphs(morphs),
            None => self.cut(&word.chars),
        };
        built.sort_by(|a, b| b.score.total_cmp(&a.score));
        let best = built.iter().map(|c| c.score).fold(f32::NEG_INFINITY, f32::max);
        let mut unknown = 0;
        for candidate in built.into_iter().filter(|c| c.score > best - GAP).take(MOST) {
            if let Some(place) = candidate.unknown {
                unknown += 1;
                if unknown <= 4 {
                    self.fill(sentence, at, &candidate, place, offers, extra, &mut found);
                }
            }
            let key = analysis(&candidate.pieces);
            if !found.iter().any(|c| analysis(&c.pieces) == key) {
                found.push(candidate);
            }
        }
        if found.is_empty() {
            found.push(self.copy(word, extra));
        }
        found
    }

    /// Whether a remembered analysis has the morphs that the word is given with.
    fn given(&self, word: &Word, known: &Gold) -> bool {
        match word.morphs.as_ref().filter(|_| self.segmented) {
            Some(morphs) => {
                morphs.len() == known.pieces.len() && morphs.iter().zip(&known.pieces).all(|(m, p)| key(m) == p.form)
            }
            None => true,
        }
    }

    fn remembered(&self, known: &Gold) -> Candidate {
        let mut score = 0.0;
        let mut before = EDGE;
        for piece in &known.pieces {
            let class = self.lexicon.class(piece.gloss);
            score += self.follows(before, class)
                + self.spelt(piece.form, piece.gloss, class).unwrap_or_else(|| self.novel(6));
            before = class;
        }
        score += self.follows(before, EDGE);
        Candidate {
            pieces: known.pieces.clone(),
            ends: known.ends.clone(),
            score,
            source: Source::Word,
            unknown: None,
            facts: Vec::new(),
        }
    }

    fn copy(&self, word: &Word, extra: &mut Extra) -> Candidate {
        let gloss = self.known_or_extra(&word.core, extra);
        Candidate {
            pieces: vec![Piece { form: word.form, gloss, written: 0 }],
            ends: vec![word.chars.len()],
            score: self.novel(word.chars.len()),
            source: Source::Copy,
            unknown: None,
            facts: vec![tuple(90, &[u64::from(word.sign), u64::from(word.capital)])],
        }
    }

    fn known_or_extra(&self, gloss: &str, extra: &mut Extra) -> Key {
        let k = key(gloss);
        if !self.lexicon.names.contains_key(&k) {
            extra.entry(k).or_insert_with(|| gloss.to_owned());
        }
        k
    }

    /// Log chance of a class after another, smoothed by how common it is.
    fn follows(&self, before: Key, class: Key) -> f32 {
        let total = self.lexicon.total(self.own) as f32 + 2.0;
        let common = (self.lexicon.class_count(class, self.own) as f32 + 0.2) / total;
        let seen = self.lexicon.after(before, class, self.own) as f32;
        ((seen + 2.0 * common) / (self.lexicon.class_count(before, self.own) as f32 + 2.0)).ln()
    }

    /// Log chance of a form and gloss in a class; none where they were never seen together.
    fn spelt(&self, form: Key, gloss: Key, class: Key) -> Option<f32> {
        let seen = self.lexicon.morph(form, gloss, self.own);
        (seen > 0).then(|| (seen as f32 / (self.lexicon.class_count(class, self.own) as f32 + 1.0)).ln())
    }

    /// Log chance of an unknown stem of so many characters.
    fn novel(&self, length: usize) -> f32 {
        let shape = if length < 2 { -4.0 } else { -1.0 };
        shape - 2.2 * length as f32
    }

    /// Candidates over the morphs as given.
    fn given_morphs(&self, morphs: &[String]) -> Vec<Candidate> {
        let mut beam = vec![State { score: 0.0, class: EDGE, pieces: Vec::new(), ends: Vec::new(), unknown: None }];
        for (place, morph) in morphs.iter().enumerate() {
            let form = key(morph);
            let mut next = Vec::new();
            for state in &beam {
                let mut any = false;
                for gloss in self.lexicon.glosses.get(&form).into_iter().flatten() {
                    let class = self.lexicon.class(*gloss);
                    if let Some(spelt) = self.spelt(form, *gloss, class) {
                        any = true;
                        next.push(self.extend(state, form, *gloss, class, spelt, place + 1, false));
                    }
                }
                if !any {
                    let length = morph.chars().count();
                    next.push(self.extend(state, form, UNKNOWN, STEM, self.novel(length), place + 1, true));
                }
            }
            next.sort_by(|a, b| b.score.total_cmp(&a.score));
            next.truncate(BEAM * 2);
            beam = next;
        }
        beam.into_iter().map(|s| self.finished(s)).collect()
    }

    #[allow(clippy::too_many_arguments)]
    fn extend(&self, state: &State, form: Key, gloss: Key, class: Key, spelt: f32, end: usize, unknown: bool) -> State {
        let mut pieces = Vec::with_capacity(state.pieces.len() + 1);
        pieces.extend_from_slice(&state.pieces);
        pieces.push(Piece { form, gloss, written: 0 });
        let mut ends = state.ends.clone();
        ends.push(end);
        State {
            score: state.score + self.follows(state.class, class) + spelt,
            class,
            unknown: if unknown { Some(pieces.len() - 1) } else { state.unknown },
            pieces,
            ends,
        }
    }

    fn finished(&self, state: State) -> Candidate {
        let mut pieces = state.pieces;
        for piece in &mut pieces {
            piece.written = self.usual_writing(piece);
        }
        Candidate {
            score: state.score + self.follows(state.class, EDGE),
            pieces,
            ends: state.ends,
            source: if state.unknown.is_some() { Source::Unknown } else { Source::Morphs },
            unknown: state.unknown,
            facts: Vec::new(),
        }
    }

    fn usual_writing(&self, piece: &Piece) -> Key {
        let ways = self.lexicon.written.get(&tuple(1, &[piece.form, piece.gloss]));
        ways.into_iter().flatten().copied().max_by_key(|w| self.lexicon.written_count(piece, *w)).unwrap_or(0)
    }

    /// Candidates over every way to cut a word.
    fn cut(&self, chars: &[char]) -> Vec<Candidate> {
        let length = chars.len();
        if length > LONGEST {
            let unknown = State { score: 0.0, class: EDGE, pieces: Vec::new(), ends: Vec::new(), unknown: None };
            let form = chars_key(chars);
            let whole = self.extend(&unknown, form, UNKNOWN, STEM, self.novel(length), length, true);
            return vec![self.finished(whole)];
        }
        let empty = chars_key(&[]);
        let mut at: Vec<Vec<State>> = vec![Vec::new(); length + 1];
        at[0].push(State { score: 0.0, class: EDGE, pieces: Vec::new(), ends: Vec::new(), unknown: None });
        for from in 0..=length {
            let mut states = std::mem::take(&mut at[from]);
            let mut with_empty = Vec::new();
            for state in &states {
                for gloss in self.lexicon.glosses.get(&empty).into_iter().flatten() {
                    let class = self.lexicon.class(*gloss);
                    if let Some(spelt) = self.spelt(empty, *gloss, class) {
                        with_empty.push(self.extend(state, empty, *gloss, class, spelt, from, false));
                    }
                }
            }
            states.extend(with_empty);
            states.sort_by(|a, b| b.score.total_cmp(&a.score));
            states.truncate(if from == length { BEAM * 2 } else { BEAM });
            if from == length {
                return states.into_iter().map(|s| self.finished(s)).collect();
            }
            for to in from + 1..=length {
                let form = chars_key(&chars[from..to]);
                let glosses: Vec<(Key, Key, f32)> = self
                    .lexicon
                    .glosses
                    .get(&form)
                    .into_iter()
                    .flatten()
                    .filter_map(|gloss| {
                        let class = self.lexicon.class(*gloss);
                        self.spelt(form, *gloss, class).map(|spelt| (*gloss, class, spelt))
                    })
                    .collect();
                for state in &states {
                    for (gloss, class, spelt) in &glosses {
                        let next = self.extend(state, form, *gloss, *class, *spelt, to, false);
                        at[to].push(next);
                    }
                    if state.unknown.is_none() {
                        let next = self.extend(state, form, UNKNOWN, STEM, self.novel(to - from), to, true);
                        at[to].push(next);
                    }
                }
                if at[to].len() > 160 {
                    at[to].sort_by(|a, b| b.score.total_cmp(&a.score));
                    at[to].truncate(BEAM * 2);
                }
            }
        }
        Vec::new()
    }

    /// Fills an unknown stem: with words of the translation, glosses of forms alike, the form itself.
    #[allow(clippy::too_many_arguments)]
    fn fill(
        &self,
        sentence: &Sentence,
        at: usize,
        candidate: &Candidate,
        place: usize,
        offers: &[Offer],
        extra: &mut Extra,
        found: &mut Vec<Candidate>,
    ) {
        let word = &sentence.words[at];
        let chars: Vec<char> = match word.morphs.as_ref().filter(|_| self.segmented) {
            Some(morphs) => morphs.get(place).map(|m| m.chars().collect()).unwrap_or_default(),
            None => {
                let from = if place == 0 { 0 } else { candidate.ends[place - 1] };
                word.chars.get(from..candidate.ends[place]).unwrap_or_default().to_vec()
            }
        };
        let spelling: String = chars.iter().collect();
        let mut push = |gloss: Key, source: Source, facts: Vec<Key>, extra_score: f32| {
            if found.len() > 60 {
                return;
            }
            let mut filled = candidate.clone();
            filled.pieces[place].gloss = gloss;
            filled.pieces[place].written = 0;
            filled.source = source;
            filled.facts = facts;
            filled.score += extra_score;
            let k = analysis(&filled.pieces);
            match found.iter_mut().find(|c| analysis(&c.pieces) == k) {
                Some(known) => known.facts.extend(filled.facts),
                None => found.push(filled),
            }
        };
        // The form itself, as a name or a word of the language of glosses.
        if chars.len() > 1 {
            let alone = candidate.pieces.len() == 1;
            let text = if word.capital && (at > 0 || place == 0) {
                let from: usize = if alone { 0 } else { place.min(1) * candidate.ends[place.saturating_sub(1)] };
                original(word, from, chars.len(), &spelling)
            } else {
                spelling.clone()
            };
            let in_translation = sentence.translation.contains(&folded(&text));
            let gloss = self.known_or_extra(&text, extra);
            let facts = vec![tuple(
                91,
                &[u64::from(in_translation), u64::from(word.capital), u64::from(at == 0), u64::from(alone)],
            )];
            push(gloss, Source::Copy, facts, -1.0);
        }
        for (gloss, alike) in self.alike(&chars) {
            push(gloss, Source::Alike, vec![tuple(92, &[alike])], -2.0);
        }
        let mut offered: Vec<(f32, &Offer, Vec<Key>)> =
            offers.iter().map(|o| self.judge_offer(sentence, at, &spelling, o)).collect();
        offered.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (score, offer, facts) in offered.into_iter().take(8) {
            let gloss = self.known_or_extra(&offer.gloss, extra);
            push(gloss, Source::Translation, facts, score.min(0.0) - 1.0);
        }
    }

    /// How good an offer from the translation looks for a stem, and the facts the model weighs.
    fn judge_offer<'o>(
        &self,
        sentence: &Sentence,
        at: usize,
        spelling: &str,
        offer: &'o Offer,
    ) -> (f32, &'o Offer, Vec<Key>) {
        let words = sentence.words.len().max(1) as f32;
        let place = (at as f32 + 0.5) / words;
        let theirs = (offer.word as f32 + 0.5) / sentence.translation.len().max(1) as f32;
        let far = ((place - theirs).abs() * 5.0) as u64;
        let (seen, copied) = self.lexicon.translation(sentence.translation_keys[offer.word], self.own);
        let word_key = sentence.translation_keys[offer.word];
        // Explained: a known word of the sentence goes with it.
        let explained = sentence.words.iter().enumerate().filter(|(i, _)| *i != at).any(|(_, w)| {
            self.lexicon.analyses.get(&w.form).into_iter().flatten().take(4).any(|known| {
                self.lexicon.seen(w.form, &known.pieces, self.own) > 0
                    && known
                        .pieces
                        .iter()
                        .any(|p| p.gloss == key(&offer.gloss) || self.lexicon.dice(p.gloss, word_key, self.own) > 0.4)
            })
        });
        let known = self.lexicon.gloss(key(&offer.gloss), self.own);
        let near = likeness(spelling, &offer.gloss);
        let common = u64::from(seen > 0) + u64::from(seen > 3) + u64::from(seen > 20);
        let used = if seen == 0 { 0 } else { 1 + (copied * 4 / seen.max(1)).min(4) as u64 };
        let rule = u64::from(offer.rule > 0) + u64::from(offer.rule > 9) + u64::from(offer.rule > 99);
        let known_level = u64::from(known > 0) + u64::from(known > 5);
        let score = -(far as f32) * 0.5 - common as f32 * 0.4 + used as f32 * 0.3 + near as f32 * 1.5
            - if explained { 3.0 } else { 0.0 }
            + rule as f32 * 0.4;
        let facts = vec![
            tuple(93, &[far]),
            tuple(94, &[common, used]),
            tuple(95, &[u64::from(explained)]),
            tuple(96, &[known_level]),
            tuple(97, &[near]),
            tuple(98, &[rule]),
            tuple(99, &[offer.rule_key]),
            tuple(89, &[far, u64::from(explained), rule, common]),
        ];
        (score, offer, facts)
    }

    /// Glosses of stems that look like this one, with a class of likeness.
    fn alike(&self, chars: &[char]) -> Vec<(Key, u64)> {
        let mut near: Vec<(usize, &Vec<char>)> = Vec::new();
        for start in starts(chars) {
            for form in self.lexicon.stems.get(&start).into_iter().flatten().take(400) {
                let far = distance(chars, form);
                if far <= 1 + chars.len() / 4 && !near.iter().any(|(_, f)| *f == form) {
                    near.push((far, form));
                }
            }
        }
        near.sort();
        let mut glosses: Vec<(Key, u64)> = Vec::new();
        for (far, form) in near.into_iter().take(8) {
            let form_key = if self.segmented { key(&form.iter().collect::<String>()) } else { chars_key(form) };
            for gloss in self.lexicon.glosses.get(&form_key).into_iter().flatten() {
                if self.lexicon.morph(form_key, *gloss, self.own) > 0
                    && self.lexicon.class(*gloss) == STEM
                    && !glosses.iter().any(|(g, _)| g == gloss)
                {
                    let ratio = (far * 8 / chars.len().max(1)) as u64;
                    glosses.push((*gloss, ratio * 4 + (far as u64).min(3)));
                }
            }
        }
        glosses.truncate(5);
        glosses
    }
}

/// A stretch of the word with its capitals where folding kept its length, else the folded spelling.
fn original(word: &Word, from: usize, length: usize, spelling: &str) -> String {
    let chars: Vec<char> = word.core.chars().collect();
    let piece: String = chars.get(from..from + length).map(|c| c.iter().collect()).unwrap_or_default();
    if folded(&piece) == spelling { piece } else { spelling.to_owned() }
}

/// Edit distance, cut off at 6.
pub fn distance(a: &[char], b: &[char]) -> usize {
    if a.len().abs_diff(b.len()) > 5 {
        return 6;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

/// How alike a form and a gloss are in spelling, 0 to 3: loans and names.
fn likeness(form: &str, gloss: &str) -> u64 {
    let (a, b): (Vec<char>, Vec<char>) = (form.chars().collect(), folded(gloss).chars().collect());
    if a.len() < 3 || b.len() < 3 {
        return 0;
    }
    let far = distance(&a, &b) * 10 / a.len().max(b.len());
    match far {
        0..=1 => 3,
        2..=3 => 2,
        4..=5 => 1,
        _ => 0,
    }
}
