//! Every way to cut a word into known morphs and at most one unknown stem, by a beam over a hidden Markov model.

use super::hash::{Key, chars_key, key, tuple};
use super::lexicon::{EDGE, Piece, STEM, UNKNOWN};
use super::propose::{Candidate, GAP, Proposer, Source};

const BEAM: usize = 14;
/// The most glosses of a form that are looked at.
const GLOSSES: usize = 16;
const LONGEST: usize = 48;

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

impl Proposer<'_> {
    /// Candidates over the morphs as given.
    pub(super) fn given_morphs(&self, morphs: &[String]) -> Vec<Candidate> {
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

    /// The glosses a form was seen with, or that the project's lexicon gives it, their classes and log chances.
    fn glosses(&self, form: Key) -> Vec<(Key, Key, f32)> {
        let seen = self.lexicon.glosses.get(&form).into_iter().flatten();
        let mut found: Vec<(Key, Key, f32)> = seen
            .filter_map(|gloss| {
                let class = self.lexicon.class(*gloss);
                self.spelt(form, *gloss, class).map(|spelt| (*gloss, class, spelt))
            })
            .collect();
        if self.entries {
            for gloss in self.lexicon.entries.get(&form).into_iter().flatten() {
                if !found.iter().any(|(known, ..)| known == gloss) {
                    let class = self.lexicon.class(*gloss);
                    found.push((*gloss, class, self.listed(class)));
                }
            }
        }
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
        let unseen = |p: &&Piece| self.lexicon.morph(p.form, p.gloss, self.own) == 0;
        let listed = if self.entries && unknown.is_none() { pieces.iter().filter(unseen).count() } else { 0 };
        let source = match (unknown, listed) {
            (Some(_), _) => Source::Unknown,
            (None, 0) => Source::Morphs,
            (None, _) => Source::Entry,
        };
        // An entry that is the whole word, or that has most of it, is likelier the word's.
        let facts = match source {
            Source::Entry => vec![tuple(88, &[listed.min(3) as u64, pieces.len().min(4) as u64])],
            _ => Vec::new(),
        };
        Candidate {
            score: arena[last].score + self.follows(arena[last].class, EDGE),
            source,
            pieces,
            ends,
            unknown,
            facts,
            like: String::new(),
        }
    }

    fn usual_writing(&self, piece: &Piece) -> Key {
        let ways = self.lexicon.written.get(&tuple(1, &[piece.form, piece.gloss]));
        ways.into_iter().flatten().copied().max_by_key(|w| self.lexicon.written_count(piece, *w)).unwrap_or(0)
    }

    /// Candidates over every way to cut a word.
    pub(super) fn cut(&self, chars: &[char]) -> Vec<Candidate> {
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
}

/// Keeps the best of some states, best first.
fn best_first(states: &mut Vec<usize>, arena: &[State], most: usize) {
    states.sort_unstable_by(|a, b| arena[*b].score.total_cmp(&arena[*a].score).then(a.cmp(b)));
    states.truncate(most);
}
