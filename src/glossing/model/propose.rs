//! Candidate analyses of a word: whole words from memory, and words put together from known morphs and at most one
//! unknown stem, best first by a hidden Markov model over glosses.

use std::cell::RefCell;

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
    /// The form alike, or the word of the translation, that the guess rests on.
    pub like: String,
}

/// Glosses that are not in the lexicon, by key.
pub type Extra = KeyMap<String>;

const BEAM: usize = 14;
const MOST: usize = 22;
/// Candidates whose score lies so far under the best are left out.
const GAP: f32 = 11.0;
/// The most glosses of a form that are looked at.
const GLOSSES: usize = 16;
const LONGEST: usize = 48;
/// A word seen more often than this has been seen in all its analyses.
const OFTEN: u32 = 15;

/// A stretch of a hypothesis; `before` is the one it goes on from.
#[derive(Clone, Copy)]
struct State {
    score: f32,
    class: Key,
    form: Key,
    gloss: Key,
    end: usize,
    unknown: bool,
    before: usize,
}

const BEGIN: State = State { score: 0.0, class: EDGE, form: 0, gloss: 0, end: 0, unknown: false, before: usize::MAX };

/// An offer of the translation with what does not depend on the word: which words of the sentence it goes with.
struct Offered {
    offer: Offer,
    explains: Vec<usize>,
}

/// Proposes analyses of a sentence's words.
pub struct Proposer<'l> {
    pub lexicon: &'l Lexicon,
    pub rules: &'l Rules,
    pub own: Option<&'l Own>,
    pub segmented: bool,
    /// Chances of classes after classes, worked out once a sentence.
    pub follows: RefCell<KeyMap<f32>>,
}

impl<'l> Proposer<'l> {
    pub fn new(lexicon: &'l Lexicon, rules: &'l Rules, own: Option<&'l Own>, segmented: bool) -> Self {
        Self { lexicon, rules, own, segmented, follows: RefCell::default() }
    }

    /// The candidates of each word; glosses that are new go to `extra`.
    pub fn sentence(&self, sentence: &Sentence, extra: &mut Extra) -> Vec<Vec<Candidate>> {
        let offers: Vec<Offered> = self
            .rules
            .offers(sentence, self.lexicon, self.own)
            .into_iter()
            .map(|offer| Offered { explains: self.explained(sentence, &offer), offer })
            .collect();
        (0..sentence.words.len()).map(|at| self.word(sentence, at, &offers, extra)).collect()
    }

    fn word(&self, sentence: &Sentence, at: usize, offers: &[Offered], extra: &mut Extra) -> Vec<Candidate> {
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
        let times = self.lexicon.word(word.form, self.own);
        let remembered = found.len();
        let mut built = match morphs {
            None if times > OFTEN && !found.is_empty() => Vec::new(),
            Some(morphs) => self.given_morphs(morphs),
            None => self.cut(&word.chars),
        };
        built.sort_by(|a, b| b.score.total_cmp(&a.score));
        let best = built.iter().map(|c| c.score).fold(f32::NEG_INFINITY, f32::max);
        let mut unknown = 0;
        for candidate in built.into_iter().filter(|c| c.score > best - GAP).take(MOST) {
            if let Some(place) = candidate.unknown {
                unknown += 1;
                if unknown <= 4 && (times < 3 || remembered == 0) {
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
            like: String::new(),
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
            like: String::new(),
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
        let pair = tuple(1, &[before, class]);
        if let Some(known) = self.follows.borrow().get(&pair) {
            return *known;
        }
        let total = self.lexicon.total(self.own) as f32 + 2.0;
        let common = (self.lexicon.class_count(class, self.own) as f32 + 0.2) / total;
        let seen = self.lexicon.after(before, class, self.own) as f32;
        let chance = ((seen + 2.0 * common) / (self.lexicon.class_count(before, self.own) as f32 + 2.0)).ln();
        self.follows.borrow_mut().insert(pair, chance);
        chance
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
        let mut arena = vec![BEGIN];
        let mut beam = vec![0];
        for (place, morph) in morphs.iter().enumerate() {
            let form = key(morph);
            let glosses = self.glosses(form);
            let from = arena.len();
            for state in beam {
                for (gloss, class, spelt) in &glosses {
                    let next = self.extend(&arena, state, form, *gloss, *class, *spelt, place + 1);
                    arena.push(next);
                }
                if glosses.is_empty() {
                    let novel = self.novel(morph.chars().count());
                    let next = self.extend(&arena, state, form, UNKNOWN, STEM, novel, place + 1);
                    arena.push(next);
                }
            }
            beam = (from..arena.len()).collect();
            best_first(&mut beam, &arena, BEAM * 2);
        }
        beam.into_iter().map(|s| self.finished(&arena, s)).collect()
    }

    /// The glosses a form was seen with, their classes and log chances.
    fn glosses(&self, form: Key) -> Vec<(Key, Key, f32)> {
        let Some(seen) = self.lexicon.glosses.get(&form) else { return Vec::new() };
        let mut found: Vec<(Key, Key, f32)> = seen
            .iter()
            .filter_map(|gloss| {
                let class = self.lexicon.class(*gloss);
                self.spelt(form, *gloss, class).map(|spelt| (*gloss, class, spelt))
            })
            .collect();
        if found.len() > GLOSSES {
            found.sort_by(|a, b| b.2.total_cmp(&a.2));
            found.truncate(GLOSSES);
        }
        found
    }

    #[allow(clippy::too_many_arguments)]
    fn extend(
        &self,
        arena: &[State],
        before: usize,
        form: Key,
        gloss: Key,
        class: Key,
        spelt: f32,
        end: usize,
    ) -> State {
        let state = &arena[before];
        let score = state.score + self.follows(state.class, class) + spelt;
        State { score, class, form, gloss, end, unknown: state.unknown || gloss == UNKNOWN, before }
    }

    fn finished(&self, arena: &[State], last: usize) -> Candidate {
        let (mut pieces, mut ends) = (Vec::new(), Vec::new());
        let mut at = last;
        while at != 0 {
            let state = &arena[at];
            let mut piece = Piece { form: state.form, gloss: state.gloss, written: 0 };
            piece.written = self.usual_writing(&piece);
            pieces.push(piece);
            ends.push(state.end);
            at = state.before;
        }
        pieces.reverse();
        ends.reverse();
        let unknown = pieces.iter().rposition(|p| p.gloss == UNKNOWN);
        Candidate {
            score: arena[last].score + self.follows(arena[last].class, EDGE),
            source: if unknown.is_some() { Source::Unknown } else { Source::Morphs },
            pieces,
            ends,
            unknown,
            facts: Vec::new(),
            like: String::new(),
        }
    }

    fn usual_writing(&self, piece: &Piece) -> Key {
        let ways = self.lexicon.written.get(&tuple(1, &[piece.form, piece.gloss]));
        ways.into_iter().flatten().copied().max_by_key(|w| self.lexicon.written_count(piece, *w)).unwrap_or(0)
    }

    /// Candidates over every way to cut a word.
    fn cut(&self, chars: &[char]) -> Vec<Candidate> {
        let length = chars.len();
        let mut arena = vec![BEGIN];
        if length > LONGEST {
            let whole = self.extend(&arena, 0, chars_key(chars), UNKNOWN, STEM, self.novel(length), length);
            arena.push(whole);
            return vec![self.finished(&arena, 1)];
        }
        let empty = chars_key(&[]);
        let silent = self.glosses(empty);
        let mut at: Vec<Vec<usize>> = vec![Vec::new(); length + 1];
        at[0].push(0);
        let mut tops = vec![f32::NEG_INFINITY; length + 1];
        for from in 0..=length {
            let mut states = std::mem::take(&mut at[from]);
            best_first(&mut states, &arena, BEAM * 2);
            for i in 0..states.len() {
                for (gloss, class, spelt) in &silent {
                    let next = self.extend(&arena, states[i], empty, *gloss, *class, *spelt, from);
                    states.push(arena.len());
                    arena.push(next);
                }
            }
            best_first(&mut states, &arena, if from == length { BEAM * 2 } else { BEAM });
            if from == length {
                return states.into_iter().map(|s| self.finished(&arena, s)).collect();
            }
            for to in from + 1..=length {
                let form = chars_key(&chars[from..to]);
                let glosses = self.glosses(form);
                let novel = self.novel(to - from);
                for state in &states {
                    let open = (!arena[*state].unknown).then_some((UNKNOWN, STEM, novel));
                    for (gloss, class, spelt) in glosses.iter().copied().chain(open) {
                        if arena[*state].score + spelt < tops[to] - GAP {
                            continue;
                        }
                        let next = self.extend(&arena, *state, form, gloss, class, spelt, to);
                        if next.score > tops[to] - GAP {
                            tops[to] = tops[to].max(next.score);
                            at[to].push(arena.len());
                            arena.push(next);
                        }
                    }
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
        offers: &[Offered],
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
        let mut push = |gloss: Key, source: Source, facts: Vec<Key>, extra_score: f32, like: &str| {
            if found.len() > 50 {
                return;
            }
            let mut filled = candidate.clone();
            filled.pieces[place].gloss = gloss;
            filled.pieces[place].written = 0;
            filled.source = source;
            filled.facts = facts;
            filled.like = like.to_owned();
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
            push(gloss, Source::Copy, facts, -1.0, "");
        }
        for (gloss, alike, form) in self.alike(&chars) {
            push(gloss, Source::Alike, vec![tuple(92, &[alike])], -2.0, &form);
        }
        let mut offered: Vec<(f32, &Offer, Vec<Key>)> =
            offers.iter().map(|o| self.judge_offer(sentence, at, &spelling, o)).collect();
        offered.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (score, offer, facts) in offered.into_iter().take(8) {
            let gloss = self.known_or_extra(&offer.gloss, extra);
            push(gloss, Source::Translation, facts, score.min(0.0) - 1.0, &sentence.translation[offer.word]);
        }
    }

    /// The known words of the sentence that an offer goes with.
    fn explained(&self, sentence: &Sentence, offer: &Offer) -> Vec<usize> {
        let (gloss, word) = (key(&offer.gloss), sentence.translation_keys[offer.word]);
        let goes = |word_form: Key| {
            self.lexicon.analyses.get(&word_form).into_iter().flatten().take(4).any(|known| {
                self.lexicon.seen(word_form, &known.pieces, self.own) > 0
                    && known.pieces.iter().any(|p| p.gloss == gloss || self.lexicon.dice(p.gloss, word, self.own) > 0.4)
            })
        };
        sentence.words.iter().enumerate().filter(|(_, w)| goes(w.form)).map(|(i, _)| i).collect()
    }

    /// How good an offer from the translation looks for a stem, and the facts the model weighs.
    fn judge_offer<'o>(
        &self,
        sentence: &Sentence,
        at: usize,
        spelling: &str,
        offered: &'o Offered,
    ) -> (f32, &'o Offer, Vec<Key>) {
        let offer = &offered.offer;
        let words = sentence.words.len().max(1) as f32;
        let place = (at as f32 + 0.5) / words;
        let theirs = (offer.word as f32 + 0.5) / sentence.translation.len().max(1) as f32;
        let far = ((place - theirs).abs() * 5.0) as u64;
        let (seen, copied) = self.lexicon.translation(sentence.translation_keys[offer.word], self.own);
        // Explained: a known word of the sentence goes with it.
        let explained = offered.explains.iter().any(|w| *w != at);
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
    fn alike(&self, chars: &[char]) -> Vec<(Key, u64, String)> {
        let mut near: Vec<(usize, &Vec<char>)> = Vec::new();
        for start in starts(chars) {
            let most = 1 + chars.len() / 4;
            let forms = self.lexicon.stems.get(&start).into_iter().flatten();
            for form in forms.filter(|f| f.len().abs_diff(chars.len()) <= most).take(200) {
                let far = distance(chars, form);
                if far <= most && !near.iter().any(|(_, f)| *f == form) {
                    near.push((far, form));
                }
            }
        }
        near.sort();
        let mut glosses: Vec<(Key, u64, String)> = Vec::new();
        for (far, form) in near.into_iter().take(8) {
            let form_key = if self.segmented { key(&form.iter().collect::<String>()) } else { chars_key(form) };
            for gloss in self.lexicon.glosses.get(&form_key).into_iter().flatten() {
                if self.lexicon.morph(form_key, *gloss, self.own) > 0
                    && self.lexicon.class(*gloss) == STEM
                    && !glosses.iter().any(|(g, _, _)| g == gloss)
                {
                    let ratio = (far * 8 / chars.len().max(1)) as u64;
                    glosses.push((*gloss, ratio * 4 + (far as u64).min(3), form.iter().collect()));
                }
            }
        }
        glosses.truncate(5);
        glosses
    }
}

/// Keeps the best of some states, best first.
fn best_first(states: &mut Vec<usize>, arena: &[State], most: usize) {
    states.sort_unstable_by(|a, b| arena[*b].score.total_cmp(&arena[*a].score).then(a.cmp(b)));
    states.truncate(most);
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
