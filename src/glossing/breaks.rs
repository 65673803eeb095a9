//! Morpheme breaks as people type them: `t-oyto-se`, `t- oyto -se`, `kaikuxi=ro`.

use crate::domain::MorphKind;

/// A morph as typed: its form with marks, and how it attaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// With its marks: `t-`, `oyto`, `-se`.
    pub form: String,
    pub kind: MorphKind,
}

/// Reads morpheme breaks. Pieces parted by spaces say by their own marks how they attach (FLEx's way). In a piece
/// with inner `-` or `=` (the way of the Leipzig rules) the stem is the part that `is_stem` knows, else the longest,
/// the first of several; what stands before it are prefixes or proclitics, what stands after suffixes or enclitics.
pub fn breaks(typed: &str, is_stem: impl Fn(&str) -> bool) -> Vec<Break> {
    typed.split_whitespace().flat_map(|piece| split_piece(piece, &is_stem)).collect()
}

fn split_piece(piece: &str, is_stem: &impl Fn(&str) -> bool) -> Vec<Break> {
    let mut parts: Vec<&str> = Vec::new();
    let mut joints: Vec<char> = Vec::new();
    let mut from = 0;
    for (at, c) in piece.char_indices().filter(|(_, c)| matches!(c, '-' | '=')) {
        parts.push(&piece[from..at]);
        joints.push(c);
        from = at + c.len_utf8();
    }
    parts.push(&piece[from..]);
    let full: Vec<usize> = (0..parts.len()).filter(|i| !parts[*i].is_empty()).collect();
    if full.len() < 2 {
        return match full.first() {
            Some(_) => vec![Break { form: piece.to_owned(), kind: MorphKind::from_marks(piece) }],
            None => Vec::new(),
        };
    }
    let longest = full.iter().map(|i| parts[*i].chars().count()).max().unwrap_or(0);
    // A piece that starts or ends with a joint has its stem elsewhere: `-ne-se` is two suffixes.
    let outer = match (parts[0].is_empty(), parts[parts.len() - 1].is_empty()) {
        (true, false) => Some(0),
        (false, true) => Some(parts.len() - 1),
        _ => None,
    };
    let stem = outer
        .or_else(|| full.iter().copied().find(|i| is_stem(parts[*i])))
        .or_else(|| full.iter().copied().find(|i| parts[*i].chars().count() == longest))
        .unwrap_or(0);
    full.iter()
        .map(|&i| {
            let (form, kind) = match i.cmp(&stem) {
                std::cmp::Ordering::Equal => (parts[i].to_owned(), MorphKind::Stem),
                std::cmp::Ordering::Less => (
                    format!("{}{}", parts[i], joints[i]),
                    if joints[i] == '=' { MorphKind::Proclitic } else { MorphKind::Prefix },
                ),
                std::cmp::Ordering::Greater => (
                    format!("{}{}", joints[i - 1], parts[i]),
                    if joints[i - 1] == '=' { MorphKind::Enclitic } else { MorphKind::Suffix },
                ),
            };
            Break { form, kind }
        })
        .collect()
}

/// Splits a gloss line into one gloss a morph: `REM-go-PST` over three morphs. Glosses with marks of their own
/// (`go-PST` under one morph) stay whole when the numbers do not fit; then every morph but the first stays empty.
pub fn glosses(typed: &str, morphs: usize) -> Vec<String> {
    let parts: Vec<&str> =
        typed.split(|c: char| c.is_whitespace() || c == '-' || c == '=').filter(|p| !p.is_empty()).collect();
    let mut glosses = vec![String::new(); morphs];
    if parts.len() == morphs {
        glosses.iter_mut().zip(parts).for_each(|(gloss, part)| *gloss = part.to_owned());
    } else if let Some(first) = glosses.first_mut() {
        *first = typed.trim().to_owned();
    }
    glosses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(typed: &str, stems: &[&str]) -> Vec<String> {
        breaks(typed, |form| stems.contains(&form)).into_iter().map(|b| format!("{} {:?}", b.form, b.kind)).collect()
    }

    #[test]
    fn leipzig_style() {
        assert_eq!(shown("t-oyto-se", &[]), ["t- Prefix", "oyto Stem", "-se Suffix"]);
        assert_eq!(shown("ene-ryke", &["ene"]), ["ene Stem", "-ryke Suffix"]);
        assert_eq!(shown("kaikuxi=ro", &[]), ["kaikuxi Stem", "=ro Enclitic"]);
    }

    #[test]
    fn flex_style_and_edges() {
        assert_eq!(shown("t- oyto -se", &[]), ["t- Prefix", "oyto Stem", "-se Suffix"]);
        assert_eq!(shown("-ne-se", &[]), ["-ne Suffix", "-se Suffix"]);
        assert_eq!(shown(" - = -- ", &[]), Vec::<String>::new());
    }

    #[test]
    fn gloss_lines() {
        assert_eq!(glosses("REM-go-PST", 3), ["REM", "go", "PST"]);
        assert_eq!(glosses("go-PST", 1), ["go-PST"]);
        assert_eq!(glosses("spider monkey", 1), ["spider monkey"]);
        assert!(glosses("x", 0).is_empty());
    }
}
