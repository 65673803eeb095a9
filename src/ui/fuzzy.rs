//! Finding a command from a few of its letters.

/// How well the letters of `query` stand in `text`, in order: higher is better, `None` when they do not. Starts of
/// words and letters in a row count more; where most letters stand just anywhere, the text is not what was meant. With the positions of the letters found, in characters.
pub fn find(query: &str, text: &str) -> Option<(i32, Vec<usize>)> {
    let letters: Vec<char> =
        query.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).collect();
    let text: Vec<char> = text.chars().map(|letter| letter.to_lowercase().next().unwrap_or(letter)).collect();
    if letters.is_empty() {
        return Some((0, Vec::new()));
    }
    // The best over all places where the first letter stands: greedy from the left alone misses `sh` in `Yes, split here`.
    let starts = text.iter().enumerate().filter(|(_, letter)| **letter == letters[0]).map(|(start, _)| start);
    starts.filter_map(|start| from(&letters, &text, start)).max_by_key(|(score, _)| *score)
}

fn from(letters: &[char], text: &[char], start: usize) -> Option<(i32, Vec<usize>)> {
    let starts_word = |at: usize| at == 0 || !text[at - 1].is_alphanumeric();
    let mut positions = vec![start];
    let mut score = if starts_word(start) { 12 } else { 0 };
    let (mut at, mut anywhere) = (start, 0);
    for letter in &letters[1..] {
        let row = text.get(at + 1) == Some(letter);
        let next = if row {
            at + 1
        } else {
            // A start of a word further on is meant sooner than a letter within one.
            let rest = at + 1..text.len();
            let found = rest.clone().find(|next| text[*next] == *letter && starts_word(*next));
            found.or_else(|| rest.clone().find(|next| text[*next] == *letter))?
        };
        score += if row {
            8
        } else if starts_word(next) {
            10
        } else {
            anywhere += 1;
            0
        };
        score -= (next - at - 1).min(10) as i32;
        positions.push(next);
        at = next;
    }
    if anywhere * 2 > letters.len() {
        return None;
    }
    Some((score * 4 - text.len() as i32 / 4 - start as i32 / 4, positions))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(query: &str, texts: &[&'a str]) -> Option<&'a str> {
        texts
            .iter()
            .filter_map(|text| find(query, text).map(|(score, _)| (score, *text)))
            .max_by_key(|(score, _)| *score)
            .map(|(_, text)| text)
    }

    #[test]
    fn letters_must_stand_in_order() {
        assert!(find("split", "Split here").is_some());
        assert!(find("tilps", "Split here").is_none());
        assert!(find("", "anything").is_some());
        assert!(find("lanes", "Delete all the kinds here as well").is_none(), "letters from all over say nothing");
    }

    #[test]
    fn starts_of_words_and_letters_in_a_row_win() {
        let texts = ["Split here", "Go to people", "Previous annotation", "Previous line", "Export…", "Approve line"];
        assert_eq!(best("sp", &texts), Some("Split here"));
        assert_eq!(best("pa", &texts), Some("Previous annotation"));
        assert_eq!(best("exp", &texts), Some("Export…"));
        assert_eq!(best("gtp", &texts), Some("Go to people"));
    }

    #[test]
    fn positions_are_those_of_the_letters() {
        assert_eq!(find("sh", "Split here").map(|(_, positions)| positions), Some(vec![0, 6]));
    }
}
