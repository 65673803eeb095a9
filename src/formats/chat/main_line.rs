//! The words of a main line, as `%mor` counts them, and texts of other makers as main lines.

/// What ends an utterance.
const TERMINATORS: [&str; 14] =
    [".", "?", "!", "+...", "+..?", "+!?", "+/.", "+/?", "+//.", "+//?", "+\"/.", "+\".", "+.", "..."];

/// A token that has an item on the `%mor` line.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// The word without its CHAT marks.
    pub form: String,
    pub punctuation: bool,
}

/// Whether a text ends as an utterance does.
pub fn is_ended(text: &str) -> bool {
    let mut rest = text.trim_end();
    // Postcodes stand after the end.
    while let Some((before, code)) = rest.rsplit_once("[+ ").filter(|_| rest.ends_with(']')) {
        if code.trim_end_matches(']').contains(']') {
            break;
        }
        rest = before.trim_end();
    }
    let last = rest.split_whitespace().next_back().unwrap_or_default();
    TERMINATORS.contains(&last)
}

/// A piece of a main line.
enum Piece<'a> {
    Word(&'a str),
    Code(&'a str),
    Open,
    Close,
}

/// The pieces of a line; `None` when a code is not closed.
fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '[' => {
                let end = rest.find(']')? + 1;
                pieces.push(Piece::Code(rest.get(1..end.saturating_sub(1).max(1)).unwrap_or_default().trim()));
                end
            }
            '<' => {
                pieces.push(Piece::Open);
                1
            }
            '>' => {
                pieces.push(Piece::Close);
                1
            }
            '\u{15}' => rest.get(1..).and_then(|r| r.find('\u{15}')).map_or(rest.len(), |end| end + 2),
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || "[<>\u{15}".contains(c)).unwrap_or(rest.len());
                pieces.push(Piece::Word(rest.get(..end).unwrap_or_default()));
                end
            }
        };
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Some(pieces)
}

/// The tokens that `%mor` has an item for. `None` when the line's brackets do not match.
pub fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens: Vec<Token> = Vec::new();
    // Where each open group begins, and where the last word or group does.
    let mut open: Vec<usize> = Vec::new();
    let mut last = 0;
    for piece in pieces(text)? {
        match piece {
            Piece::Open => open.push(tokens.len()),
            Piece::Close => last = open.pop()?,
            Piece::Word(word) => {
                // An omitted or untranscribed word can be retraced too: it is the last, of no tokens.
                last = tokens.len();
                tokens.extend(token(word));
            }
            Piece::Code(code) => {
                let retraced = ["/", "//", "///", "/-", "/?", "e"].contains(&code);
                if retraced {
                    tokens.truncate(last);
                } else if let Some(replacement) = code.strip_prefix(": ").or_else(|| code.strip_prefix(":: ")) {
                    tokens.truncate(last);
                    tokens.extend(replacement.split_whitespace().filter_map(token));
                }
            }
        }
    }
    open.is_empty().then_some(tokens)
}

fn token(word: &str) -> Option<Token> {
    if TERMINATORS.contains(&word) || [",", "„", "‡"].contains(&word) {
        return Some(Token { form: word.to_owned(), punctuation: true });
    }
    let unheard = ["xxx", "yyy", "www", "xx", "yy"].contains(&word);
    if unheard || word.starts_with(['&', '0', '+', '#']) || word.starts_with("(.") {
        return None;
    }
    let pause = word.strip_prefix('(').and_then(|w| w.strip_suffix(')'));
    if pause.is_some_and(|p| p.chars().all(|c| c.is_ascii_digit() || ".:".contains(c))) {
        return None;
    }
    let bare = word.split('@').next().unwrap_or(word);
    let form: String = bare.chars().filter(|c| !"()⌈⌉⌊⌋↑↓".contains(*c)).collect();
    form.chars().any(char::is_alphanumeric).then_some(Token { form, punctuation: false })
}

/// The items of a `%mor` line that stand one to one against the tokens of a main line.
pub fn aligned<'m>(text: &str, mor: &'m str) -> Option<Vec<(Token, &'m str)>> {
    let tokens = tokens(text)?;
    let items: Vec<&str> = mor.split_whitespace().collect();
    let fits = |(token, item): (&Token, &&str)| {
        let sign = !item.contains('|') || ["cm|", "beg|", "end|", "punct|"].iter().any(|mark| item.starts_with(mark));
        token.punctuation == sign
    };
    (tokens.len() == items.len() && !items.is_empty() && tokens.iter().zip(&items).all(fits))
        .then(|| tokens.into_iter().zip(items).collect())
}

/// The category that a `%mor` item names: `verb` of `verb|see-Fin`, `pro:sub` of `pro:sub|I~aux|be`.
pub fn category(item: &str) -> &str {
    item.split_once('|').map_or("", |(category, _)| category)
}

/// In CHAT parentheses stand around letters that were not said, within a word: others go.
fn without_loose_parentheses(word: &str) -> String {
    let (mut depth, mut outside, mut nested) = (0usize, false, false);
    for letter in word.chars() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 0 => nested = true,
            ')' => depth -= 1,
            letter => outside |= depth == 0 && letter.is_alphabetic(),
        }
        nested |= depth > 1;
    }
    let pause = word.strip_prefix('(').and_then(|w| w.strip_suffix(')'));
    let pause = pause.is_some_and(|p| [".", "..", "..."].contains(&p));
    if pause || !word.contains(['(', ')']) || (outside && depth == 0 && !nested) {
        return word.to_owned();
    }
    word.replace(['(', ')'], "")
}

/// A text of another maker as a main line: one line, signs set apart, an end. Text that ends as CHAT has it stays.
pub fn from_text(text: &str) -> String {
    let flat: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let flat = flat.split_whitespace().collect::<Vec<_>>().join(" ");
    if is_ended(&flat) && tokens(&flat).is_some() {
        return flat;
    }
    let mut words: Vec<String> = Vec::new();
    let brackets = tokens(&flat).is_some();
    for word in flat.split(' ').filter(|word| !word.is_empty()) {
        // Brackets that do not match would swallow the rest of the line.
        let word: String = word.chars().filter(|c| brackets || !"[]<>".contains(*c)).collect();
        let word = without_loose_parentheses(&word);
        let bare = word.trim_end_matches(['.', '?', '!', ',', '…']);
        if !bare.is_empty() {
            words.push(bare.to_owned());
        }
        for sign in word.get(bare.len()..).unwrap_or_default().chars() {
            words.push(sign.to_string());
        }
    }
    // One end, and it stands last.
    let end = words.iter().rev().map(String::as_str).take_while(|w| [".", "?", "!", "…", ","].contains(w)).last();
    let end = end.filter(|end| ["?", "!"].contains(end)).unwrap_or(".").to_owned();
    let is_sign = |word: &String| [".", "?", "!", "…"].contains(&word.as_str());
    while words.last().is_some_and(|word| is_sign(word) || word == ",") {
        words.pop();
    }
    words.retain(|word| !is_sign(word));
    if words.is_empty() {
        words.push("0".to_owned());
    }
    words.push(end);
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<String> {
        tokens(text).unwrap().into_iter().map(|t| t.form).collect()
    }

    #[test]
    fn words_are_counted_as_mor_does() {
        assert_eq!(forms("tika@u [: kitty] [* p:n] [//] kitty is nice ."), ["kitty", "is", "nice", "."]);
        assert_eq!(forms("<the dog> [* s:r] [/] the dog ."), ["the", "dog", "."]);
        assert_eq!(forms("<I <want> [/] want> [//] &-um xxx 0is (be)cause (.) no [+ exc]"), ["because", "no"]);
        assert_eq!(forms("male [: female] [* s:r] [/] male [: female] [* s:r] ."), ["female", "."]);
        assert!(tokens("a <b c").is_none());
        assert!(aligned("hey you .", "co|hey pro|you .").is_some());
        assert!(aligned("hey you .", "co|hey .").is_none());
        assert!(aligned("hey you .", ". co|hey pro|you").is_none());
    }

    #[test]
    fn other_texts_become_main_lines() {
        for (text, line) in [
            ("Hello, world!", "Hello , world !"),
            ("one\ntwo", "one two ."),
            ("a . b", "a b ."),
            ("already there .", "already there ."),
            ("really?!", "really ?"),
            ("open [bracket", "open bracket ."),
            ("", "0 ."),
            ("trail +...", "trail +..."),
            ("so . [+ exc]", "so . [+ exc]"),
        ] {
            assert_eq!(from_text(text), line);
            assert!(is_ended(&from_text(text)));
            assert_eq!(from_text(&from_text(text)), line);
        }
    }
}
