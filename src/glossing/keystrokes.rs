//! How many keys a gloss takes, by hand and from a suggestion.

/// Keys to type a word's analysis by hand in the interlinear view: open the breaks, type them, Enter; each gloss, Tab
/// between them; Enter, and Enter to approve. Morphs as they are written (`t-`, `oyto`, `-se`), glosses beside them.
pub fn by_hand<'t>(word: &str, morphs: impl IntoIterator<Item = (&'t str, &'t str)>) -> usize {
    let letters = |text: &str| text.chars().count();
    let (mut forms, mut glosses, mut count) = (0, 0, 0_usize);
    let mut first = "";
    for (form, gloss) in morphs {
        if count == 0 {
            first = form;
        }
        count += 1;
        forms += letters(form);
        glosses += letters(gloss);
    }
    let tabs = count.saturating_sub(1);
    // A word of one morph is not broken.
    let broken = count > 1 || (count == 1 && first != word);
    let breaks = if broken { 1 + forms + tabs + 1 } else { 1 };
    breaks + glosses + tabs + 2
}

/// Keys to approve the suggestion of that number, from 0: steps to it, and Enter.
pub fn from_suggestion(number: usize) -> usize {
    number + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_fingers_do() {
        // G, five letters, Enter, Enter.
        assert_eq!(by_hand("oyto", [("oyto", "gone.")]), 8);
        // B, "t- oyto -se", Enter; "1", Tab, "go", Tab, "PST", Enter, Enter.
        assert_eq!(by_hand("toytose", [("t-", "1"), ("oyto", "go"), ("-se", "PST")]), 1 + 11 + 1 + 6 + 2 + 2);
        assert_eq!((from_suggestion(0), from_suggestion(2)), (1, 3));
    }
}
