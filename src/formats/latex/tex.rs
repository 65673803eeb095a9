//! TeX to text and text to TeX.

use unicode_normalization::UnicodeNormalization;

/// Groups nested deeper are taken as they stand.
const DEEPEST: usize = 60;
/// No group or line of an example is longer; what opens one and never closes it is soon given up.
pub(super) const LONGEST: usize = 10_000;

/// Commands that say nothing here; with `true` those whose arguments do not either.
const SILENT: [(&str, bool); 40] = [
    ("footnote", true),
    ("label", true),
    ("index", true),
    ("cite", true),
    ("citep", true),
    ("citet", true),
    ("citealt", true),
    ("parencite", true),
    ("textcite", true),
    ("footcite", true),
    ("ref", true),
    ("hspace", true),
    ("vspace", true),
    ("jambox", true),
    ("hfill", false),
    ("newpage", false),
    ("clearpage", false),
    ("largerpage", true),
    ("noindent", false),
    ("footnotesize", false),
    ("small", false),
    ("scriptsize", false),
    ("normalsize", false),
    ("large", false),
    ("it", false),
    ("itshape", false),
    ("bf", false),
    ("bfseries", false),
    ("sc", false),
    ("scshape", false),
    ("rm", false),
    ("upshape", false),
    ("centering", false),
    ("par", false),
    ("xspace", false),
    ("protect", false),
    ("relax", false),
    ("exfont", false),
    ("langinfo", true),
    ("glossF", false),
];

/// Commands that are a letter.
const LETTERS: [(&str, &str); 50] = [
    ("ldots", "…"),
    ("dots", "…"),
    ("textellipsis", "…"),
    ("o", "ø"),
    ("O", "Ø"),
    ("ae", "æ"),
    ("AE", "Æ"),
    ("oe", "œ"),
    ("OE", "Œ"),
    ("aa", "å"),
    ("AA", "Å"),
    ("ss", "ß"),
    ("l", "ł"),
    ("L", "Ł"),
    ("i", "ı"),
    ("j", "ȷ"),
    ("dh", "ð"),
    ("th", "þ"),
    ("ng", "ŋ"),
    ("NG", "Ŋ"),
    ("dj", "đ"),
    ("textschwa", "ə"),
    ("textglotstop", "ʔ"),
    ("textasciitilde", "~"),
    ("textasciicircum", "^"),
    ("textasciigrave", "`"),
    ("textquotesingle", "'"),
    ("textbackslash", "\\"),
    ("textbar", "|"),
    ("textless", "<"),
    ("textgreater", ">"),
    ("textunderscore", "_"),
    ("textbraceleft", "{"),
    ("textbraceright", "}"),
    ("textdollar", "$"),
    ("textquotedbl", "\""),
    ("emptyset", "∅"),
    ("varnothing", "∅"),
    ("O/", "∅"),
    ("rightarrow", "→"),
    ("leftarrow", "←"),
    ("textrightarrow", "→"),
    ("quad", " "),
    ("qquad", " "),
    ("enspace", " "),
    ("space", " "),
    ("textendash", "–"),
    ("textemdash", "—"),
    ("newline", " "),
    ("textquoteright", "’"),
];

/// Accents, by the command and the mark that combines.
const ACCENTS: [(&str, char); 16] = [
    ("'", '\u{301}'),
    ("`", '\u{300}'),
    ("^", '\u{302}'),
    ("\"", '\u{308}'),
    ("~", '\u{303}'),
    ("=", '\u{304}'),
    (".", '\u{307}'),
    ("u", '\u{306}'),
    ("v", '\u{30C}'),
    ("H", '\u{30B}'),
    ("c", '\u{327}'),
    ("k", '\u{328}'),
    ("d", '\u{323}'),
    ("b", '\u{331}'),
    ("r", '\u{30A}'),
    ("t", '\u{361}'),
];

/// Where a group that opens at `at` ends, after its brace; `None` when it does not.
pub(super) fn group_end(text: &str, at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let bytes = text.as_bytes();
    let mut n = at;
    while let Some(byte) = bytes.get(n).filter(|_| n < at + LONGEST) {
        match byte {
            b'\\' => n += 1,
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(n + 1);
                }
            }
            b'%' => n += text.get(n..)?.find('\n')?,
            _ => {}
        }
        n += 1;
    }
    None
}

/// The command that starts at a backslash: its name, and where it ends.
pub(super) fn command(text: &str, at: usize) -> Option<(&str, usize)> {
    let rest = text.get(at..)?.strip_prefix('\\')?;
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let length = if letters > 0 { letters } else { rest.chars().next().map_or(0, char::len_utf8) };
    Some((rest.get(..length)?, at + 1 + length))
}

/// The text that TeX sets. `quotes`: in running text, where quotes and dashes are typed as ligatures.
pub(super) fn plain(tex: &str, quotes: bool) -> String {
    decoded(tex, quotes, 0).nfc().collect()
}

/// The argument that follows a command: a group's inside, or one letter or command.
fn argument(tex: &str, at: usize) -> (&str, usize) {
    let rest = tex.get(at..).unwrap_or_default();
    let start = at + (rest.len() - rest.trim_start().len());
    match tex.get(start..).and_then(|rest| rest.chars().next()) {
        Some('{') => match group_end(tex, start) {
            Some(end) => (tex.get(start + 1..end - 1).unwrap_or_default(), end),
            None => (tex.get(start + 1..).unwrap_or_default(), tex.len()),
        },
        Some('\\') => match command(tex, start) {
            Some((_, end)) => (tex.get(start..end).unwrap_or_default(), end),
            None => ("", tex.len()),
        },
        Some(letter) => (tex.get(start..start + letter.len_utf8()).unwrap_or_default(), start + letter.len_utf8()),
        None => ("", tex.len()),
    }
}

/// Past the groups and options that follow a command directly.
fn past_arguments(tex: &str, mut at: usize) -> usize {
    loop {
        let rest = tex.get(at..).unwrap_or_default();
        let end = match rest.chars().next() {
            Some('*') => Some(at + 1),
            Some('[') => rest.find(']').map(|end| at + end + 1),
            Some('{') => group_end(tex, at),
            _ => None,
        };
        match end {
            Some(end) => at = end,
            None => return at,
        }
    }
}

fn decoded(tex: &str, quotes: bool, depth: usize) -> String {
    if depth > DEEPEST {
        return tex.to_owned();
    }
    let mut out = String::new();
    let mut at = 0;
    while let Some(letter) = tex.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = tex.get(at..).unwrap_or_default();
        let next = at + letter.len_utf8();
        at = match letter {
            '\\' => spoken(tex, at, quotes, depth, &mut out),
            '{' => match group_end(tex, at) {
                Some(end) => {
                    out.push_str(&decoded(tex.get(at + 1..end - 1).unwrap_or_default(), quotes, depth + 1));
                    end
                }
                None => next,
            },
            '}' | '$' => next,
            '%' => rest.find('\n').map_or(tex.len(), |end| at + end + 1),
            '~' => {
                out.push(' ');
                next
            }
            _ => {
                let ligatures =
                    [("``", "“"), ("''", "”"), ("---", "—"), ("--", "–"), ("`", "‘"), ("'", "’")].into_iter();
                match ligatures.filter(|_| quotes).find(|(from, _)| rest.starts_with(from)) {
                    Some((from, to)) => {
                        out.push_str(to);
                        at + from.len()
                    }
                    None => {
                        out.push(letter);
                        next
                    }
                }
            }
        };
    }
    out
}

/// What a command sets; where it ends.
fn spoken(tex: &str, at: usize, quotes: bool, depth: usize, out: &mut String) -> usize {
    let Some((name, end)) = command(tex, at) else { return tex.len() };
    let word = name.starts_with(|c: char| c.is_ascii_alphabetic());
    // TeX drops the blank after a command word, and an empty group only ends it.
    let after_word = || {
        let rest = tex.get(end..).unwrap_or_default();
        match rest.strip_prefix("{}") {
            Some(_) => end + 2,
            None => end + rest.len() - rest.trim_start_matches([' ', '\t']).len(),
        }
    };
    if let Some((_, mark)) = ACCENTS.iter().find(|(known, _)| *known == name) {
        let follows = tex.get(end..).unwrap_or_default();
        if !word || follows.starts_with(['{', ' ', '\\']) {
            let (inside, end) = argument(tex, end);
            let base = decoded(inside, quotes, depth + 1);
            let mut letters = base.chars();
            out.extend(letters.next().map(|c| match c {
                'ı' => 'i',
                'ȷ' => 'j',
                c => c,
            }));
            out.push(*mark);
            out.extend(letters);
            return end;
        }
    }
    if !word {
        match name {
            "\\" | " " | "," | ";" | ":" | "\n" => out.push(' '),
            "-" | "/" | "!" | "" => {}
            other => out.push_str(other),
        }
        return end;
    }
    if let Some((_, text)) = LETTERS.iter().find(|(known, _)| *known == name) {
        out.push_str(text);
        return after_word();
    }
    if let Some((_, arguments)) = SILENT.iter().find(|(known, _)| *known == name) {
        return if *arguments { past_arguments(tex, end) } else { after_word() };
    }
    let rest = tex.get(end..).unwrap_or_default();
    if rest.starts_with('{') && !rest.starts_with("{}") {
        let (inside, mut end) = argument(tex, end);
        let mut text = decoded(inside, quotes, depth + 1);
        if name == "textsc" {
            text = text.to_uppercase();
        }
        if name == "href" || name == "textcolor" {
            let (inside, after) = argument(tex, end);
            text = decoded(inside, quotes, depth + 1);
            end = after;
        }
        out.push_str(&text);
        return end;
    }
    // A command without an argument in a gloss is an abbreviation.
    out.push_str(&name.to_uppercase());
    after_word()
}

/// Text as TeX. `quotes`: for running text, where typed quotes and double hyphens would become others.
pub(super) fn encoded(text: &str, quotes: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = ' ';
    for letter in text.chars() {
        match letter {
            '#' | '%' | '&' | '_' | '{' | '}' | '$' => out.extend(['\\', letter]),
            '\\' => out.push_str("\\textbackslash{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '<' => out.push_str("\\textless{}"),
            '>' => out.push_str("\\textgreater{}"),
            '|' => out.push_str("\\textbar{}"),
            '"' => out.push_str("\\textquotedbl{}"),
            '\'' if quotes => out.push_str("\\textquotesingle{}"),
            '`' if quotes => out.push_str("\\textasciigrave{}"),
            '-' if quotes && last == '-' => out.push_str("{}-"),
            letter if letter.is_whitespace() => out.push(' '),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
        last = letter;
    }
    out
}

/// A gloss as TeX: what is all capitals (and digits) in small capitals.
pub(super) fn gloss(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    let flush = |run: &mut String, out: &mut String| {
        if run.bytes().any(|b| b.is_ascii_uppercase()) {
            out.push_str(&format!("\\textsc{{{}}}", run.to_ascii_lowercase()));
        } else {
            out.push_str(&encoded(run, false));
        }
        run.clear();
    };
    let parts = text.split_inclusive(|c: char| !c.is_alphanumeric());
    for part in parts {
        let end = part.chars().next_back().filter(|c| !c.is_alphanumeric());
        let body = part.get(..part.len() - end.map_or(0, char::len_utf8)).unwrap_or_default();
        if body.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) {
            run.push_str(body);
            flush(&mut run, &mut out);
        } else {
            out.push_str(&encoded(body, false));
        }
        out.extend(end.map(|c| encoded(&c.to_string(), false)));
    }
    out
}

/// The columns of a glossed line: what stands between blanks outside of braces.
pub(super) fn columns(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut start, mut at) = (None, 0);
    while let Some(letter) = line.get(at..).and_then(|rest| rest.chars().next()) {
        let next = at + letter.len_utf8();
        if letter.is_whitespace() || letter == '%' {
            found.extend(start.take().and_then(|from| line.get(from..at)));
            at = if letter == '%' {
                line.get(at..).and_then(|r| r.find('\n')).map_or(line.len(), |n| at + n)
            } else {
                next
            };
            continue;
        }
        start = start.or(Some(at));
        at = match letter {
            '{' => group_end(line, at).unwrap_or(next),
            '\\' => command(line, at).map_or(next, |(_, end)| end),
            _ => next,
        };
    }
    found.extend(start.and_then(|from| line.get(from..)));
    found.into_iter().map(|column| plain(column, false)).map(|c| crate::formats::interlinear::one_line(&c)).collect()
}

/// A column's cell, bound by braces where it is empty or holds a blank.
pub(super) fn cell(tex: &str) -> String {
    if tex.is_empty() || tex.contains(' ') || tex.starts_with('[') { format!("{{{tex}}}") } else { tex.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_become_text() {
        for (tex, text) in [
            ("zra\\stem{thkäf}e", "zrathkäfe"),
            ("where.{\\Abl}", "where.ABL"),
            ("\\Tsg.\\F:\\Obj", "TSG.F:OBJ"),
            ("\\Dem:\\Med{}", "DEM:MED"),
            ("\\'{e}\\~n\\v cx", "éñčx"),
            ("\\textsc{3pl}-be", "3PL-be"),
            ("a~b\\_c\\&d", "a b_c&d"),
            ("{\\textschwa}x", "əx"),
        ] {
            assert_eq!(plain(tex, false), text, "{tex}");
        }
        assert_eq!(plain("``Go'', he said---`no'", true), "“Go”, he said—‘no’");
        assert_eq!(columns("{nä bun=é} fr {\\Etc} %x\n y"), ["nä bun=é", "fr", "ETC", "y"]);
    }

    #[test]
    fn text_becomes_tex_and_back() {
        for text in ["a#b%c&d_e{f}g\\h^i~j$k", "x<y>z|\"w\"", "it's `so' -- no"] {
            assert_eq!(plain(&encoded(text, true), true), text);
        }
        assert_eq!(gloss("3PL.ERG-see_it"), "\\textsc{3pl}.\\textsc{erg}-see\\_it");
        assert_eq!(plain(&gloss("PL{}X"), false), "PL{}X");
    }
}
