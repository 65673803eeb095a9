//! The MISC column: `key=value` pairs between bars, and how a value hides a bar.

/// The value of a key, as it is meant.
pub(super) fn get(misc: &str, key: &str) -> Option<String> {
    misc.split('|').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('=')).map(meant)
}

/// With a key's value set where it stood, or at the end; an empty value takes the key out.
pub(super) fn set(misc: &str, key: &str, value: &str) -> String {
    let mut pairs: Vec<String> = misc.split('|').filter(|pair| !matches!(*pair, "" | "_")).map(str::to_owned).collect();
    let place = pairs.iter().position(|pair| pair.strip_prefix(key).is_some_and(|rest| rest.starts_with('=')));
    match (place, value.is_empty()) {
        (Some(place), true) => drop(pairs.remove(place)),
        (Some(place), false) => pairs[place] = format!("{key}={}", hidden(value)),
        (None, true) => {}
        (None, false) => pairs.push(format!("{key}={}", hidden(value))),
    }
    if pairs.is_empty() { "_".to_owned() } else { pairs.join("|") }
}

/// A value as it is written: bars, backslashes and what would break the line are escaped as in `SpacesAfter`.
fn hidden(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '|' => out.push_str("\\p"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            letter => out.push(letter),
        }
    }
    // Readers trim columns.
    if out.starts_with(' ') {
        out.replace_range(..1, "\\s");
    }
    if out.ends_with(' ') {
        out.replace_range(out.len() - 1.., "\\s");
    }
    out
}

fn meant(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('p') => out.push('|'),
            Some('s') => out.push(' '),
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('\\') => out.push('\\'),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_in_a_value_is_hidden_and_found_again() {
        let misc = set("OrigLang=ru|SpaceAfter=No", "Gloss", "a|b\\p");
        assert_eq!(misc, "OrigLang=ru|SpaceAfter=No|Gloss=a\\pb\\\\p");
        assert_eq!(get(&misc, "Gloss").as_deref(), Some("a|b\\p"));
        assert_eq!(set(&misc, "Gloss", ""), "OrigLang=ru|SpaceAfter=No");
        assert_eq!(set("_", "Gloss", " "), "Gloss=\\s");
    }
}
