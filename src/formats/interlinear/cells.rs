//! Words cut into morphs as linguists write them: `də-jə-ba-jt` over `her-he-see-DYN`, and back.

use super::Piece;

/// Small words of English that gloss pronouns and articles: an affix may be glossed so.
const SMALL: [&str; 32] = [
    "a", "an", "the", "i", "me", "my", "you", "your", "he", "him", "his", "she", "her", "it", "its", "we", "us", "our",
    "they", "them", "their", "this", "that", "to", "of", "in", "at", "on", "with", "and", "not", "who",
];

fn is_mark(letter: char) -> bool {
    matches!(letter, '-' | '=')
}

/// The parts between the marks, and the mark before each but the first.
fn parts(text: &str) -> (Vec<&str>, Vec<char>) {
    (text.split(is_mark).collect(), text.chars().filter(|c| is_mark(*c)).collect())
}

/// Whether a gloss names a thing or an act rather than a category: small letters, and more than a pronoun.
fn is_lexical(gloss: &str) -> bool {
    gloss.chars().next().is_some_and(char::is_lowercase)
        && gloss.chars().any(char::is_lowercase)
        && !gloss.split(['.', ':', '/']).all(|part| SMALL.contains(&part) || part.chars().all(|c| !c.is_lowercase()))
}

/// Cuts a word at its hyphens and equals signs, its gloss at the same places. The first morph with a lexical gloss is
/// taken for the stem; those before it get their mark behind, those after it in front. `None` when the word cannot be
/// cut (an empty part) or its gloss has another number of parts.
pub fn split(form: &str, gloss: &str, category: &str) -> Option<Vec<Piece>> {
    let (forms, marks) = parts(form);
    if forms.iter().any(|part| part.is_empty()) {
        return None;
    }
    let of = |text: &str| -> Option<Vec<String>> {
        if text.is_empty() {
            return Some(vec![String::new(); forms.len()]);
        }
        let cells: Vec<String> = parts(text).0.into_iter().map(str::to_owned).collect();
        (cells.len() == forms.len()).then_some(cells)
    };
    let (glosses, categories) = (of(gloss)?, of(category)?);
    let marked = mark(&forms, &marks, &glosses);
    let pieces = marked.into_iter().zip(glosses).zip(categories).map(|((form, gloss), category)| Piece {
        form,
        citation: String::new(),
        gloss,
        category,
    });
    Some(pieces.collect())
}

/// Bare forms with the marks that say how each attaches, given the mark between each two and the glosses.
pub fn mark(forms: &[&str], marks: &[char], glosses: &[String]) -> Vec<String> {
    let stem = glosses.iter().position(|gloss| is_lexical(gloss)).unwrap_or(0);
    let marked = forms.iter().enumerate().map(|(n, form)| {
        let mut marked = String::new();
        if n > stem {
            marked.extend(n.checked_sub(1).and_then(|before| marks.get(before)));
        }
        marked.push_str(form);
        if n < stem {
            marked.extend(marks.get(n));
        }
        marked
    });
    marked.collect()
}

/// One row of a word's morphs as a cell, with the marks that their forms carry; a hyphen where none does. Empty when
/// every morph's text is.
pub fn join(morphs: &[Piece], of: impl Fn(&Piece) -> &String) -> String {
    if morphs.iter().all(|m| of(m).is_empty()) {
        return String::new();
    }
    let mut out = String::new();
    for (n, morph) in morphs.iter().enumerate() {
        if let Some(before) = n.checked_sub(1).and_then(|before| morphs.get(before)) {
            let mark = morph.form.chars().next().filter(|c| is_mark(*c));
            out.push(mark.or_else(|| before.form.chars().next_back().filter(|c| is_mark(*c))).unwrap_or('-'));
        }
        out.push_str(of(morph).trim_matches(is_mark));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_cut_and_joined() {
        let pieces = split("a-təpha=da", "the-girl=Q", "").unwrap();
        let forms: Vec<_> = pieces.iter().map(|p| p.form.as_str()).collect();
        assert_eq!(forms, ["a-", "təpha", "=da"]);
        assert_eq!(join(&pieces, |p| &p.form), "a-təpha=da");
        assert_eq!(join(&pieces, |p| &p.gloss), "the-girl=Q");
        assert!(split("a-", "x", "").is_none() && split("a-b", "x", "").is_none());
        let forms: Vec<_> = split("mek-i-ta", "eat-Caus-Dec", "").unwrap().into_iter().map(|p| p.form).collect();
        assert_eq!(forms, ["mek", "-i", "-ta"]);
    }
}
