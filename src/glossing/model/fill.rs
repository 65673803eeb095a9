//! What a stem never seen may be glossed with: a word of the translation, the gloss of a form alike, itself.

use super::hash::{Key, chars_key, key, tuple};
use super::lexicon::{STEM, analysis, starts};
use super::likeness::{distance, likeness};
use super::propose::{Candidate, Extra, Proposer, Source};
use super::text::{Sentence, Word, folded};
use super::translate::Offer;

/// An offer of the translation with what does not depend on the word: which words of the sentence it goes with.
pub struct Offered {
    pub offer: Offer,
    pub explains: Vec<usize>,
}

impl Proposer<'_> {
    /// Fills an unknown stem: with words of the translation, glosses of forms alike, the form itself.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn fill(
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
    pub(super) fn explained(&self, sentence: &Sentence, offer: &Offer) -> Vec<usize> {
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

/// A stretch of the word with its capitals where folding kept its length, else the folded spelling.
fn original(word: &Word, from: usize, length: usize, spelling: &str) -> String {
    let chars: Vec<char> = word.core.chars().collect();
    let piece: String = chars.get(from..from + length).map(|c| c.iter().collect()).unwrap_or_default();
    if folded(&piece) == spelling { piece } else { spelling.to_owned() }
}
