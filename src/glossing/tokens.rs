//! An utterance's text as words and punctuation.

use crate::domain::WordKind;

/// A piece of an utterance's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    pub kind: WordKind,
    pub text: &'t str,
    /// Byte offset in the utterance's text.
    pub start: usize,
}

/// Marks that end or begin a sentence or quotation and are no part of a word at its edge. Hyphens, equals signs,
/// apostrophes, stars, colons of length and everything that is a letter, mark, tone or number somewhere are not here.
const PUNCTUATION: &str = ".,;!?…¿¡\"“”„«»‹›‘()[]{}⟨⟩|‖/\\–—。、，！？؟،؛।॥܀";

/// Splits at white space, then takes punctuation off both ends of each piece as tokens of its own.
/// The tokens' texts, in order, are the text without its white space: nothing is lost or changed.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    for piece in text.split(char::is_whitespace) {
        split_piece(piece, at, &mut found);
        at += piece.len() + text[at + piece.len()..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

fn split_piece<'t>(piece: &'t str, at: usize, found: &mut Vec<Token<'t>>) {
    let is_mark = |c: char| PUNCTUATION.contains(c);
    let word = piece.trim_matches(is_mark);
    if word.is_empty() {
        if !piece.is_empty() {
            found.push(Token { kind: WordKind::Punctuation, text: piece, start: at });
        }
        return;
    }
    let before = piece.len() - piece.trim_start_matches(is_mark).len();
    let after = before + word.len();
    let parts = [
        (WordKind::Punctuation, &piece[..before], at),
        (WordKind::Word, word, at + before),
        (WordKind::Punctuation, &piece[after..], at + after),
    ];
    found.extend(parts.into_iter().filter(|(_, text, _)| !text.is_empty()).map(|(kind, text, start)| Token {
        kind,
        text,
        start,
    }));
}

/// How a new list of items carries on an old one: for each new item the old one it stands for, so that what hangs
/// on the old one stays. Equal items keep each other (longest common subsequence); between them, what was
/// replaced is matched one to one, in order, while both sides last.
pub fn carry_over<T: PartialEq>(old: &[T], new: &[T]) -> Vec<Option<usize>> {
    let mut longest = vec![vec![0u32; new.len() + 1]; old.len() + 1];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            longest[i][j] = if a == b { longest[i + 1][j + 1] + 1 } else { longest[i + 1][j].max(longest[i][j + 1]) };
        }
    }
    let mut carried = vec![None; new.len()];
    let (mut i, mut j) = (0, 0);
    let (mut gap_i, mut gap_j) = (0, 0);
    let replaced = |from_i: usize, to_i: usize, from_j: usize, to_j: usize, carried: &mut Vec<Option<usize>>| {
        // Only a like number of items on both sides is a replacement; otherwise words were added or removed.
        if to_i - from_i == to_j - from_j {
            for (offset, slot) in carried[from_j..to_j].iter_mut().enumerate() {
                *slot = Some(from_i + offset);
            }
        }
    };
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            replaced(gap_i, i, gap_j, j, &mut carried);
            carried[j] = Some(i);
            (i, j) = (i + 1, j + 1);
            (gap_i, gap_j) = (i, j);
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    replaced(gap_i, old.len(), gap_j, new.len(), &mut carried);
    carried
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_marks_and_lose_punctuation() {
        let found: Vec<_> =
            tokens("«Mame tyryryme nytose,» kaikuxi t͡ʃa˥˩ nà’ʔa -ne a=b!").into_iter().map(|t| t.text).collect();
        assert_eq!(found, ["«", "Mame", "tyryryme", "nytose", ",»", "kaikuxi", "t͡ʃa˥˩", "nà’ʔa", "-ne", "a=b", "!"]);
    }

    #[test]
    fn offsets_point_into_the_text() {
        let text = "  a,\u{3000}…  ɛ̃́ː b";
        for token in tokens(text) {
            assert_eq!(&text[token.start..token.start + token.text.len()], token.text);
        }
    }

    #[test]
    fn analyses_stay_with_words_that_stay() {
        assert_eq!(carry_over(&["a", "b", "c"], &["a", "x", "c"]), [Some(0), Some(1), Some(2)]);
        assert_eq!(carry_over(&["a", "b", "c"], &["c"]), [Some(2)]);
        assert_eq!(carry_over(&["a", "c"], &["a", "b", "c"]), [Some(0), None, Some(1)]);
        assert_eq!(carry_over::<&str>(&[], &["a"]), [None]);
    }
}
