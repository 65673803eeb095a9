//! What the model looks at: facts about a candidate in its place, as keys.

use super::crf::{Lattice, NONE, Node, PAIRS, VALUES};
use super::hash::{Key, KeyMap, chars_key, key, mix, tuple};
use super::lexicon::{EDGE, Piece, STEM, UNKNOWN, sequence};
use super::propose::{Candidate, Extra, Proposer, Source};
use super::text::{Sentence, Word};
use super::translate::{Spelt, support};

/// Keys that tell how a candidate meets its neighbours: one a pair feature on each side.
struct Edges {
    left: [Key; PAIRS],
    right: [Key; PAIRS],
}

/// What a place in the sentence looks like, worked out once for all candidates of a word.
struct Place {
    word: Key,
    before: Key,
    after: Key,
    two_before: Key,
    two_after: Key,
    ends: [Key; 4],
    starts: [Key; 3],
    before_end: Key,
    before_end3: Key,
    after_start: Key,
    after_end: Key,
    marks: Key,
    mark_before: Key,
    from_end: u64,
    first: u64,
    capital: u64,
    last_mark: Key,
    before_morph: Key,
    after_morph: Key,
}

/// The key of a word's first or last characters; 0 where it has no more than these.
fn start(word: &Word, n: usize) -> Key {
    word.chars.get(..n).map_or(0, chars_key)
}
fn end(word: &Word, n: usize) -> Key {
    word.chars.len().checked_sub(n).map_or(0, |from| chars_key(&word.chars[from..]))
}

impl Place {
    fn new(sentence: &Sentence, at: usize, segmented: bool) -> Self {
        let words = &sentence.words;
        let word = &words[at];
        let form = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or(EDGE, |w| w.form);
        let before = at.checked_sub(1).map(|b| &words[b]);
        let after = words.get(at + 1);
        // Punctuation may stand at a word's edge or as a token of its own.
        let mark_after = match after {
            Some(next) if next.sign => next.form,
            None => mix(word.after, 1),
            _ => word.after,
        };
        let mark_before = match before {
            Some(b) if b.sign => b.form,
            Some(b) => mix(b.after, word.before),
            None => mix(1, word.before),
        };
        let last_mark = words.last().map_or(0, |w| if w.sign { w.form } else { w.after });
        let spoken = words[at + 1..].iter().filter(|w| !w.sign).count();
        Self {
            word: word.form,
            before: form(at.checked_sub(1)),
            after: form(Some(at + 1)),
            two_before: form(at.checked_sub(2)),
            two_after: form(Some(at + 2)),
            ends: [end(word, 1), end(word, 2), end(word, 3), end(word, 4)],
            starts: [start(word, 1), start(word, 2), start(word, 3)],
            before_end: before.map_or(EDGE, |w| end(w, 2)),
            before_end3: before.map_or(EDGE, |w| end(w, 3)),
            after_start: after.map_or(EDGE, |w| start(w, 2)),
            after_end: after.map_or(EDGE, |w| end(w, 2)),
            marks: mark_after,
            mark_before,
            from_end: spoken.min(3) as u64,
            first: u64::from(at == 0),
            capital: u64::from(word.capital),
            last_mark,
            before_morph: edge_morph(before, segmented, true),
            after_morph: edge_morph(after, segmented, false),
        }
    }
}

/// The last or first morph of a neighbour that comes cut.
fn edge_morph(word: Option<&Word>, segmented: bool, last: bool) -> Key {
    let Some(word) = word else { return EDGE };
    match word.morphs.as_ref().filter(|_| segmented) {
        Some(morphs) => (if last { morphs.last() } else { morphs.first() }).map_or(0, |m| key(m)),
        None => 0,
    }
}

/// Makes lattices of sentences.
pub struct Features<'p, 'l> {
    pub proposer: &'p Proposer<'l>,
    pub sentence: &'p Sentence,
    pub extra: &'p Extra,
}

impl Features<'_, '_> {
    /// The lattice of a sentence; `find` gives a feature's index.
    pub fn lattice(&self, candidates: &[Vec<Candidate>], find: &mut impl FnMut(Key) -> u32) -> Lattice {
        let mut supports = KeyMap::default();
        let mut lattice = Lattice::default();
        let mut edges: Vec<Vec<Edges>> = Vec::with_capacity(candidates.len());
        let mut features = Vec::new();
        for (at, candidates) in candidates.iter().enumerate() {
            let place = Place::new(self.sentence, at, self.proposer.segmented);
            let best = candidates.iter().map(|c| c.score).fold(f32::NEG_INFINITY, f32::max);
            let mut nodes = Vec::with_capacity(candidates.len());
            for candidate in candidates {
                let (keys, values) = self.node(&place, at, candidate, best, &mut supports);
                features.clear();
                features.extend(keys.into_iter().map(&mut *find).filter(|f| *f != NONE));
                lattice.values = std::array::from_fn(|i| find(tuple(70, &[i as u64])));
                nodes.push(Node { features: features.as_slice().into(), values, gold: false });
            }
            lattice.words.push(nodes);
            edges.push(candidates.iter().map(|candidate| self.edges(&place, candidate)).collect());
        }
        lattice.pairs.push(Vec::new());
        for window in edges.windows(2) {
            let mut of = Vec::with_capacity(window[0].len() * window[1].len() * PAIRS);
            let mut cache: KeyMap<u32> = KeyMap::default();
            for a in &window[0] {
                for b in &window[1] {
                    for k in 0..PAIRS {
                        let (x, y) = (a.right[k], b.left[k]);
                        let pair = tuple(200 + k as u64, &[x, y]);
                        of.push(if x == 0 || y == 0 { NONE } else { *cache.entry(pair).or_insert_with(|| find(pair)) });
                    }
                }
            }
            lattice.pairs.push(of);
        }
        lattice
    }

    fn class(&self, gloss: Key) -> Key {
        self.proposer.lexicon.class(gloss)
    }

    /// The keys of a candidate's features, and its values.
    fn node(
        &self,
        place: &Place,
        at: usize,
        candidate: &Candidate,
        best: f32,
        supports: &mut KeyMap<(f32, Spelt)>,
    ) -> (Vec<Key>, [f32; VALUES]) {
        let mut keys: Vec<Key> = Vec::with_capacity(96);
        let pieces = &candidate.pieces;
        for j in 0..pieces.len() {
            self.piece(place, pieces, j, &mut keys);
        }
        self.whole(place, candidate, &mut keys);
        let (lexicon, own) = (self.proposer.lexicon, self.proposer.own);
        let word = &self.sentence.words[at];
        let seen_word = lexicon.word(word.form, own);
        let seen = lexicon.seen_glosses(word.form, pieces, own);
        let share = (seen as f32 + 0.1) / (seen_word as f32 + 0.5);
        let level = |n: u32| u64::from(n > 0) + u64::from(n > 1) + u64::from(n > 4) + u64::from(n > 19);
        keys.push(tuple(60, &[level(seen), level(seen_word)]));
        keys.push(tuple(61, &[(share * 6.0) as u64, level(seen_word)]));
        keys.push(tuple(62, &[candidate.source as u64, pieces.len().min(4) as u64, u64::from(seen_word > 0)]));
        keys.push(tuple(63, &[candidate.source as u64, u64::from(word.sign), place.capital, place.first]));
        keys.push(tuple(64, &[level(lexicon.shape_count(pieces, own))]));
        keys.push(tuple(65, &[level(lexicon.sequence_count(pieces, own)), u64::from(seen_word > 0)]));
        // Stems in the translation.
        for piece in pieces.iter().filter(|p| self.class(p.gloss) == STEM && p.gloss != UNKNOWN) {
            let (dice, spelt) = *supports.entry(piece.gloss).or_insert_with(|| {
                let text = self.name(piece.gloss);
                support(self.sentence, piece.gloss, text, lexicon, own)
            });
            let known = level(lexicon.gloss(piece.gloss, own));
            keys.push(tuple(66, &[spelt as u64, known]));
            keys.push(tuple(67, &[(dice * 8.0) as u64, known, u64::from(spelt == Spelt::Whole)]));
        }
        keys.extend(candidate.facts.iter().map(|f| mix(*f, 68)));
        let values = [
            (candidate.score - best).max(-20.0) * 0.3,
            share.ln() * 0.5,
            if seen_word == 0 { (candidate.score - best).max(-20.0) * 0.3 } else { 0.0 },
            if seen_word == 0 { 0.0 } else { share },
            pieces.len() as f32 * 0.2,
        ];
        (keys, values)
    }

    fn name(&self, gloss: Key) -> &str {
        self.proposer.lexicon.names.get(&gloss).or_else(|| self.extra.get(&gloss)).map_or("", String::as_str)
    }

    /// How a candidate meets its neighbours.
    fn edges(&self, place: &Place, candidate: &Candidate) -> Edges {
        let pieces = &candidate.pieces;
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
            return Edges { left: [0; PAIRS], right: [0; PAIRS] };
        };
        let stem = pieces.iter().find(|p| self.class(p.gloss) == STEM).map_or(0, |p| p.gloss);
        let gram = pieces.iter().rev().map(|p| self.class(p.gloss)).find(|c| *c != STEM).unwrap_or(5);
        let shape = self.proposer.lexicon.shape(pieces);
        let right = [last.gloss, self.class(last.gloss), shape, gram, mix(gram, stem)];
        let left = [first.gloss, self.class(last.gloss), shape, mix(gram, stem), gram];
        Edges { left: if place.first == 1 { [0; PAIRS] } else { left }, right }
    }

    /// Features of one morph.
    fn piece(&self, place: &Place, pieces: &[Piece], j: usize, keys: &mut Vec<Key>) {
        let piece = &pieces[j];
        let form = |j: Option<usize>| j.and_then(|j| pieces.get(j)).map_or(EDGE, |p| p.form);
        let gloss = |j: Option<usize>| j.and_then(|j| pieces.get(j)).map_or(EDGE, |p| p.gloss);
        let (g, s, c) = (piece.gloss, piece.form, self.class(piece.gloss));
        let (before, after) = (j.checked_sub(1), Some(j + 1));
        let spot = if pieces.len() == 1 {
            0
        } else if j == 0 {
            1
        } else if j + 1 == pieces.len() {
            2
        } else {
            3
        };
        let gram = c != STEM;
        let mut add = |kind: u64, parts: &[u64]| keys.push(tuple(kind, parts));
        add(1, &[g]);
        add(2, &[g, s]);
        add(3, &[g, s, form(before)]);
        add(4, &[g, s, form(after)]);
        add(5, &[g, form(before)]);
        add(6, &[g, form(after)]);
        add(7, &[c, spot]);
        add(8, &[g, place.word]);
        add(9, &[g, place.before]);
        add(10, &[g, place.after]);
        add(11, &[g, s, place.before]);
        add(12, &[g, s, place.after]);
        add(13, &[g, place.before_end]);
        add(14, &[g, place.after_start]);
        add(15, &[g, place.marks, u64::from(j + 1 == pieces.len())]);
        add(16, &[g, place.mark_before]);
        add(17, &[g, place.from_end, place.last_mark]);
        add(18, &[g, place.first, place.capital]);
        add(19, &[gloss(before), g]);
        add(20, &[gloss(before), g, s]);
        add(21, &[gloss(before), g, gloss(after)]);
        add(22, &[c, self.class(gloss(before)), self.class(gloss(after))]);
        add(23, &[g, place.before_end3]);
        add(24, &[g, place.after_end]);
        add(25, &[g, form(before), form(after)]);
        if place.before_morph != 0 {
            add(26, &[g, place.before_morph]);
            add(27, &[g, s, place.before_morph]);
            add(28, &[g, place.after_morph]);
            add(29, &[g, s, place.after_morph]);
        }
        add(38, &[g, s, place.marks, place.from_end]);
        add(39, &[g, s, place.from_end, place.last_mark]);
        if gram {
            add(30, &[g, place.ends[2]]);
            add(31, &[g, place.ends[1]]);
            add(32, &[g, place.starts[2]]);
            add(33, &[g, place.starts[1]]);
            add(34, &[g, place.ends[3]]);
            add(35, &[g, place.two_before]);
            add(36, &[g, place.two_after]);
            add(37, &[g, place.before, place.after]);
        }
    }

    /// Features of the whole word.
    fn whole(&self, place: &Place, candidate: &Candidate, keys: &mut Vec<Key>) {
        let pieces = &candidate.pieces;
        let all = sequence(pieces);
        let shape = self.proposer.lexicon.shape(pieces);
        let mut add = |kind: u64, parts: &[u64]| keys.push(tuple(kind, parts));
        add(40, &[all, place.word]);
        add(41, &[all]);
        add(42, &[shape]);
        add(43, &[shape, place.ends[1]]);
        add(44, &[shape, place.ends[2]]);
        add(45, &[shape, place.marks, place.from_end]);
        add(46, &[shape, place.before]);
        add(47, &[shape, place.after]);
        add(48, &[all, place.word, place.before]);
        add(49, &[all, place.word, place.after]);
        add(50, &[shape, place.starts[1]]);
        add(51, &[shape, place.ends[0]]);
        add(52, &[shape, place.starts[0]]);
        if candidate.source == Source::Unknown {
            add(53, &[place.capital, place.first]);
        }
    }
}
