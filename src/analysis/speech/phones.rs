//! Phones from the recogniser's log-probabilities, by connectionist temporal classification (Graves et al. 2006): the
//! best label of every frame, repeats and blanks taken out. Times are where a label stands, widened to the middle of the
//! gap before and after it.

use serde::{Deserialize, Serialize};

use crate::domain::Time;

/// Between two frames of the recogniser.
pub const FRAME: Time = Time::from_millis(20);
/// Added to the blank's log-probability, as its publisher does.
const BLANK_BIAS: f32 = -0.1;
/// A phone lasts no longer than so much to either side of its frames, in frames: the rest is pause.
const REACH: usize = 6;
const WORD: &str = "<wb>";
const BLANK: &str = "<blank>";

/// One phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phone {
    pub ipa: String,
    pub start: Time,
    pub end: Time,
    /// 0 to 1: how sure the recogniser was, on the phone's best frame.
    pub probability: f32,
    /// Whether the recogniser heard a word begin here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub word: bool,
}

/// Reads `log_probabilities`: frames × `labels.len()`, the first frame at `start`. Labels in angle brackets are no phones.
pub fn decode(log_probabilities: &[f32], labels: &[String], start: Time, end: Time) -> Vec<Phone> {
    let blank = labels.iter().position(|l| l == BLANK);
    // Runs of one label: label, first frame, last frame, best log-probability.
    let mut runs: Vec<(usize, usize, usize, f32)> = Vec::new();
    let mut before = None;
    for (at, frame) in log_probabilities.chunks_exact(labels.len().max(1)).enumerate() {
        let score = |label: usize| frame[label] + if Some(label) == blank { BLANK_BIAS } else { 0.0 };
        let best = (0..frame.len()).fold(0, |best, label| if score(label) > score(best) { label } else { best });
        if Some(best) == before {
            if let Some(run) = runs.last_mut().filter(|_| Some(best) != blank) {
                run.2 = at;
                run.3 = run.3.max(frame[best]);
            }
        } else if Some(best) != blank {
            runs.push((best, at, at, frame[best]));
        }
        before = Some(best);
    }
    let mut phones = Vec::new();
    let mut word = true;
    for (place, &(label, first, last, best)) in runs.iter().enumerate() {
        let Some(name) = labels.get(label).map(String::as_str) else { continue };
        if name == WORD {
            word = true;
            continue;
        }
        if name.starts_with('<') || name.trim().is_empty() {
            continue;
        }
        let from = match place.checked_sub(1).map(|p| runs[p].2) {
            Some(earlier) => (earlier + first).div_ceil(2).max(first.saturating_sub(REACH)),
            None => first.saturating_sub(REACH),
        };
        let until = match runs.get(place + 1) {
            Some(&(_, later, _, _)) => (last + later).div_ceil(2).min(last + REACH),
            None => last + REACH,
        };
        let at = |frame: usize| (start + Time(FRAME.0 * frame as i64)).min(end);
        phones.push(Phone {
            ipa: name.to_owned(),
            start: at(from),
            end: at(until.max(from + 1)),
            probability: best.exp().clamp(0.0, 1.0),
            word: std::mem::take(&mut word),
        });
    }
    phones
}

/// The phones as one line, a space where a word begins. Combining marks and letters that modify join what is before.
pub fn line(phones: &[Phone]) -> String {
    let mut text = String::new();
    for phone in phones {
        if phone.word && !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&phone.ipa);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Vec<String> {
        ["<unk>", "a", "b", WORD, BLANK].map(str::to_owned).to_vec()
    }

    /// Log-probabilities that favour these labels.
    fn frames(best: &[usize]) -> Vec<f32> {
        best.iter().flat_map(|b| (0..5).map(move |l| if l == *b { -0.1 } else { -5.0 })).collect()
    }

    #[test]
    fn repeats_join_and_blanks_part() {
        let found =
            decode(&frames(&[4, 1, 1, 4, 1, 2, 4, 3, 4, 2, 0, 4]), &labels(), Time::ZERO, Time::from_millis(240));
        assert_eq!(line(&found), "aab b");
        assert_eq!(found.iter().map(|p| p.word).collect::<Vec<_>>(), [true, false, false, true]);
        assert!((found[0].probability - (-0.1_f32).exp()).abs() < 1e-6);
    }

    #[test]
    fn phones_follow_each_other_and_stay_within_the_stretch() {
        let start = Time::from_millis(1000);
        let mut all = vec![4; 60];
        (all[2], all[10], all[14], all[59]) = (1, 2, 1, 2);
        let found = decode(&frames(&all), &labels(), start, Time::from_millis(2200));
        assert_eq!(found.len(), 4);
        assert_eq!((found[0].start, found[0].end), (start, Time::from_millis(1120)));
        assert_eq!((found[1].start, found[1].end), (Time::from_millis(1120), Time::from_millis(1240)));
        assert_eq!(found[2].end, Time::from_millis(1400), "a pause is nobody's");
        assert!(found.windows(2).all(|w| w[0].end <= w[1].start));
        assert_eq!(found[3].end, Time::from_millis(2200));
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert!(decode(&[], &labels(), Time::ZERO, Time::ZERO).is_empty());
        assert!(decode(&[1.0, 2.0], &[], Time::ZERO, Time::ZERO).is_empty());
        assert!(decode(&[f32::NAN; 10], &labels(), Time::ZERO, Time::ZERO).is_empty());
    }
}
