//! Reference expressions: ids, parts of items, joined by commas (a space between) or plus signs (nothing between).

/// One part of an expression: what goes before it, the item, and which parts of it (all of it where there are none).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub glue: &'static str,
    pub id: &'a str,
    pub spans: Vec<(&'static str, i64, i64)>,
}

fn is_id(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '.' | '_')
}

/// Takes an expression apart; what cannot be understood is skipped.
pub(super) fn parts(expression: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let mut rest = expression;
    let mut glue = "";
    while let Some(letter) = rest.chars().next() {
        if !letter.is_alphabetic() {
            glue = match letter {
                '+' => "",
                _ if found.is_empty() => "",
                _ => " ",
            };
            rest = rest.strip_prefix(letter).unwrap_or_default();
            continue;
        }
        let end = rest.find(|c| !is_id(c)).unwrap_or(rest.len());
        let (id, after) = rest.split_at(end);
        rest = after;
        let mut spans = Vec::new();
        if let Some((inside, after)) = after.strip_prefix('[').and_then(|s| s.split_once(']')) {
            spans = ranges(inside);
            rest = after;
        }
        found.push(Part { glue, id, spans });
        glue = " ";
    }
    found
}

fn ranges(text: &str) -> Vec<(&'static str, i64, i64)> {
    let mut found = Vec::new();
    for (n, plus) in text.split('+').enumerate() {
        for (m, comma) in plus.split(',').enumerate() {
            let glue = if m > 0 { " " } else { "" };
            if let Some((start, end)) = comma.split_once(':')
                && let (Ok(start), Ok(end)) = (start.trim().parse(), end.trim().parse())
            {
                found.push((if n + m == 0 { "" } else { glue }, start, end));
            }
        }
    }
    found
}

/// The items that an expression points to.
pub(super) fn targets(expression: &str) -> Vec<&str> {
    parts(expression).into_iter().map(|part| part.id).collect()
}

/// A part of a text, counted in code points, from the end where negative.
pub(super) fn slice(text: &str, start: i64, end: i64) -> String {
    let length = text.chars().count() as i64;
    let place = |at: i64| (if at < 0 { at.saturating_add(length) } else { at }).clamp(0, length) as usize;
    let (start, end) = (place(start), place(end));
    text.chars().skip(start).take(end.saturating_sub(start)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_taken_apart() {
        let ids = |text| parts(text).iter().map(|p| format!("{}{}", p.glue, p.id)).collect::<Vec<_>>();
        assert_eq!(ids("m1,m2 m3+m4"), ["m1", " m2", " m3", "m4"]);
        assert_eq!(parts("n2[0:1+3:4]")[0].spans, [("", 0, 1), ("", 3, 4)]);
        assert_eq!(parts("n2[0:1,3:4],n3")[0].spans, [("", 0, 1), (" ", 3, 4)]);
        assert_eq!(
            (slice("at͡ʂʰkʷʰən", 0, 1), slice("abc", -2, 99), slice("abc", 2, 1)),
            ("a".into(), "bc".into(), "".into())
        );
        assert!(parts("[,]+ []").is_empty());
    }
}
