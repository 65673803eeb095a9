//! Words and glosses as the Leipzig Glossing Rules line them up: `abur-u-n` over `they-OBL-GEN`. `-` parts morphs,
//! `=` clitics, `~` reduplicated parts; infixes in `<…>` stay within their morph.

use crate::domain::MorphKind;

/// One morph of a word, with the mark that ties it (`-u`), and its gloss without marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub form: String,
    pub kind: MorphKind,
    pub gloss: String,
}

const MARKS: [char; 3] = ['-', '=', '~'];

/// Pieces of a word and the marks between them; `None` when a piece is empty (`-`, `--`, `a-`).
fn pieces(word: &str) -> Option<(Vec<&str>, Vec<char>)> {
    let marks: Vec<char> = word.chars().filter(|c| MARKS.contains(c)).collect();
    let pieces: Vec<&str> = word.split(MARKS).collect();
    pieces.iter().all(|piece| !piece.is_empty()).then_some((pieces, marks))
}

/// The morphs of a word, when word and gloss are cut alike. The stem is the first morph whose gloss has a small letter
/// (category labels are in capitals), else the first.
pub fn split(word: &str, gloss: &str) -> Option<Vec<Part>> {
    let (forms, marks) = pieces(word)?;
    let glosses: Vec<&str> = match pieces(gloss) {
        Some((glosses, gloss_marks)) if glosses.len() == forms.len() => {
            // `.` and `-` are mixed up often enough; which mark parts them matters only where both have as many.
            if gloss_marks.iter().zip(&marks).any(|(a, b)| (*a == '=') != (*b == '=')) {
                return None;
            }
            glosses
        }
        _ if gloss.is_empty() => vec![""; forms.len()],
        _ => return None,
    };
    let lexical = |gloss: &&str| gloss.chars().any(char::is_lowercase);
    let stem = glosses.iter().position(lexical).unwrap_or(0);
    let parts = forms.iter().zip(glosses).enumerate().map(|(at, (form, gloss))| {
        let (form, kind) = if at < stem {
            let mark = marks.get(at).copied().unwrap_or('-');
            (format!("{form}{mark}"), if mark == '=' { MorphKind::Proclitic } else { MorphKind::Prefix })
        } else if at > stem {
            let mark = marks.get(at - 1).copied().unwrap_or('-');
            (format!("{mark}{form}"), if mark == '=' { MorphKind::Enclitic } else { MorphKind::Suffix })
        } else {
            ((*form).to_owned(), MorphKind::Stem)
        };
        Part { form, kind, gloss: gloss.to_owned() }
    });
    Some(parts.collect())
}

/// Morphs, with or without marks, put together to one word, and their glosses cut alike.
pub fn join(parts: &[Part]) -> (String, String) {
    let (mut word, mut gloss) = (String::new(), String::new());
    let glossed = parts.iter().any(|part| !part.gloss.is_empty());
    let mut before: Option<(char, bool)> = None;
    for (at, part) in parts.iter().enumerate() {
        let form = part.form.as_str();
        let bare = form.trim_matches(MARKS);
        let bare = if bare.is_empty() { form } else { bare };
        let starts = form.chars().next().filter(|c| MARKS.contains(c) && bare.len() < form.len());
        let ends = form.chars().next_back().filter(|c| MARKS.contains(c) && bare.len() < form.len());
        if at > 0 {
            let by_kind = if part.kind == MorphKind::Enclitic { '=' } else { '-' };
            let mark = starts.or(before.map(|(mark, _)| mark)).unwrap_or(by_kind);
            word.push(mark);
            gloss.push(mark);
        }
        word.push_str(bare);
        gloss.push_str(if glossed && part.gloss.is_empty() { "***" } else { &part.gloss });
        let by_kind = (part.kind == MorphKind::Proclitic).then_some('=');
        before = ends.or(by_kind).map(|mark| (mark, true));
    }
    (word, if glossed { gloss } else { String::new() })
}

/// A word as it sounds: without the marks between morphs.
pub fn without_marks(word: &str) -> String {
    let bare: String = word.chars().filter(|c| !MARKS.contains(c)).collect();
    if bare.is_empty() { word.to_owned() } else { bare }
}

/// A word without the punctuation around it, and what was before and after. A mark alone is no punctuation.
pub fn bare(word: &str) -> (&str, &str, &str) {
    let around = |c: char| !c.is_alphanumeric() && !MARKS.contains(&c) && !is_part_of_word(c);
    let start = word.find(|c| !around(c)).unwrap_or(0);
    let end = word.char_indices().rev().find(|(_, c)| !around(*c)).map_or(word.len(), |(at, c)| at + c.len_utf8());
    match (word.get(..start), word.get(start..end), word.get(end..)) {
        (Some(before), Some(middle), Some(after)) if !middle.is_empty() => (before, middle, after),
        _ => ("", word, ""),
    }
}

/// Marks that belong to words: apostrophes, tone letters, diacritics, brackets of infixes.
fn is_part_of_word(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | 'ʔ' | '<' | '>' | '*' | '$' | '_' | '\u{2C2}'..='\u{36F}' | '∅' | 'Ø')
}

#[cfg(test)]
mod tests {
    use super::{join, split};
    use crate::domain::MorphKind;

    #[test]
    fn words_come_apart_and_together() {
        for (word, gloss, kinds) in [
            ("abur-u-n", "they-OBL-GEN", "stem suffix suffix"),
            ("ni-c-chihui-lia", "1SG.SUBJ-3SG.OBJ-mach-APPL", "prefix prefix stem suffix"),
            ("palasi=lu", "priest=and", "stem enclitic"),
            ("bi~bili", "IPFV~buy", "prefix stem"),
            ("nak", "dog", "stem"),
            ("b<um>ili", "<ACTFOC>buy", "stem"),
        ] {
            let parts = split(word, gloss).unwrap();
            let found: Vec<&str> = parts.iter().map(|p| p.kind.name()).collect();
            assert_eq!(found.join(" "), kinds, "{word}");
            assert_eq!(join(&parts), (word.to_owned(), gloss.to_owned()));
        }
    }

    #[test]
    fn what_is_not_cut_alike_is_not_cut() {
        for (word, gloss) in [("a-b", "x"), ("a", "x-y"), ("a-", "x-"), ("-", "x"), ("a=b", "x-y")] {
            assert_eq!(split(word, gloss), None, "{word} {gloss}");
        }
        assert_eq!(split("a-b", "").unwrap().len(), 2);
        assert_eq!(split("x-y", "A-B").unwrap()[0].kind, MorphKind::Stem);
    }
}
