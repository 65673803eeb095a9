//! The text of WebVTT cues: voices, tags, character references.

use super::stamp;

/// A stretch of a cue spoken by one voice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// Who speaks; `None` for text outside any voice.
    pub voice: Option<String>,
    /// Classes of the voice tag, with their points: `.loud.first`.
    pub classes: String,
    /// Text as written, without the voice tag.
    pub text: String,
    /// What stood between the part before and this one.
    pub glue: String,
}

/// A tag: its name, its classes, its annotation.
struct Tag<'a> {
    name: &'a str,
    classes: &'a str,
    annotation: &'a str,
    closing: bool,
}

/// The tag at the start of a text, and its length with the brackets.
fn tag(text: &str) -> Option<(Tag<'_>, usize)> {
    let inner = text.strip_prefix('<')?;
    let inner = inner.get(..inner.find('>')?)?;
    let length = inner.len() + 2;
    let (closing, body) = inner.strip_prefix('/').map_or((false, inner), |body| (true, body));
    let (head, annotation) = body.split_once([' ', '\t', '\n']).unwrap_or((body, ""));
    let is_time = head.starts_with(|c: char| c.is_ascii_digit());
    let (name, classes) = match head.find('.').filter(|_| !is_time) {
        Some(point) => head.split_at(point),
        None => (head, ""),
    };
    Some((Tag { name, classes, annotation: annotation.trim(), closing }, length))
}

/// The parts of a cue by voice. A cue whose tags are not nested cleanly is one part.
pub fn parts(text: &str) -> Vec<Part> {
    let whole = || vec![Part { text: text.to_owned(), ..Part::default() }];
    let mut parts: Vec<Part> = vec![Part::default()];
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some((tag, length)) = tag(rest).filter(|(tag, _)| tag.name == "v") {
            at += length;
            if tag.closing {
                parts.push(Part::default());
            } else if tag.annotation.is_empty() {
                return whole();
            } else {
                parts.push(Part {
                    voice: Some(tag.annotation.to_owned()),
                    classes: tag.classes.to_owned(),
                    ..Part::default()
                });
            }
            continue;
        }
        let Some(letter) = rest.chars().next() else { break };
        if let Some(part) = parts.last_mut() {
            part.text.push(letter);
        }
        at += letter.len_utf8();
    }
    if parts.len() == 1 {
        return parts;
    }
    if parts.iter().any(|part| !balanced(&part.text)) {
        return whole();
    }
    // White space outside voices stands between them.
    let mut out: Vec<Part> = Vec::new();
    let mut glue = String::new();
    for mut part in parts {
        if part.voice.is_none() && part.text.trim().is_empty() {
            glue.push_str(&part.text);
            continue;
        }
        part.glue = std::mem::take(&mut glue);
        // A voice without end tag has the line break before the next voice at its end.
        let kept = part.text.trim_end().len();
        glue = part.text.split_off(kept);
        out.push(part);
    }
    if out.is_empty() { whole() } else { out }
}

/// Whether each tag is closed, innermost first.
fn balanced(text: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find('<')) {
        at += next;
        let Some((tag, length)) = text.get(at..).and_then(tag) else { return false };
        at += length;
        if tag.name.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        match tag.closing {
            false => open.push(tag.name),
            true => {
                // A ruby's end closes its last reading.
                if tag.name == "ruby" && open.last() == Some(&"rt") {
                    open.pop();
                }
                if open.pop() != Some(tag.name) {
                    return false;
                }
            }
        }
    }
    open.is_empty()
}

/// Text without character references.
pub fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('&') {
        out.push_str(&rest[..place]);
        rest = &rest[place..];
        let end = rest.char_indices().take(12).find(|(_, c)| *c == ';').map(|(end, _)| end);
        match end.and_then(|end| Some((reference(rest.get(1..end)?)?, end))) {
            Some((letter, end)) => {
                out.push(letter);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "nbsp" => Some('\u{A0}'),
        "lrm" => Some('\u{200E}'),
        "rlm" => Some('\u{200F}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())
        }
    }
}

/// Text as a cue can hold it: WebVTT's own tags stay while they are nested cleanly, everything else is escaped.
/// Times within the text stay while they lie within the cue, rising.
pub fn encode(text: &str, (start, end): (i64, i64)) -> String {
    let keep_tags = balanced_known(text);
    let (mut out, mut at, mut last) = (String::with_capacity(text.len()), 0, start);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some((found, length)) = tag(rest).filter(|_| keep_tags) {
            let time = stamp::parse(found.name).filter(|_| found.name.len() > 8).map(|t| t.millis());
            if is_known(&found) {
                out.push_str(&rest[..length]);
                at += length;
                continue;
            }
            if rest.starts_with('<') && time.is_some_and(|t| t > last && t < end) {
                last = time.unwrap_or(last);
                out.push('<');
                out.push_str(&stamp::format(last, '.'));
                out.push('>');
                at += length;
                continue;
            }
        }
        let Some(letter) = rest.chars().next() else { break };
        at += letter.len_utf8();
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => {}
            letter => out.push(letter),
        }
    }
    out
}

/// Whether a text as written keeps to the syntax of cue text.
pub fn is_valid(raw: &str, (start, end): (i64, i64)) -> bool {
    let (mut at, mut last) = (0, start);
    while let Some(next) = raw.get(at..).and_then(|rest| rest.find(['<', '&'])) {
        at += next;
        let rest = &raw[at..];
        if rest.starts_with('&') {
            let name = rest.get(1..).and_then(|r| r.get(..r.find(';')?));
            if name.and_then(reference).is_none() {
                return false;
            }
            at += 1;
            continue;
        }
        let Some((found, length)) = tag(rest) else { return false };
        let time = stamp::parse(found.name).filter(|_| found.name.contains('.')).map(|t| t.millis());
        match time {
            Some(time) if time > last && time < end => last = time,
            _ if is_known(&found) => {}
            _ => return false,
        }
        at += length;
    }
    balanced(raw) && !raw.contains("-->")
}

fn is_known(tag: &Tag) -> bool {
    let annotated = matches!(tag.name, "v" | "lang") && !tag.closing;
    let classes = tag.classes.split('.').skip(1).all(|class| !class.is_empty() && !class.contains(['&', '<']));
    matches!(tag.name, "c" | "i" | "b" | "u" | "ruby" | "rt" | "v" | "lang")
        && annotated != tag.annotation.is_empty()
        && !tag.annotation.contains(['&', '<'])
        && classes
        && (!tag.closing || tag.classes.is_empty())
}

fn balanced_known(text: &str) -> bool {
    let mut known = String::new();
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find('<')) {
        at += next;
        let rest = &text[at..];
        if let Some((_, length)) = tag(rest).filter(|(tag, _)| is_known(tag)) {
            known.push_str(&rest[..length]);
        }
        at += 1;
    }
    balanced(&known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_are_told_apart() {
        let one = parts("<v.loud Mary>hey <i>you</i></v>");
        assert_eq!(one.len(), 1);
        assert_eq!(
            (one[0].voice.as_deref(), one[0].classes.as_str(), one[0].text.as_str()),
            (Some("Mary"), ".loud", "hey <i>you</i>")
        );
        let two = parts("<v Mary>yes\n<v Esme O’Hara>no");
        assert_eq!(two.iter().map(|p| p.text.as_str()).collect::<Vec<_>>(), ["yes", "no"]);
        assert_eq!(two[1].glue, "\n");
        assert_eq!(parts("<i><v Mary>a</v></i>").len(), 1);
        assert_eq!(parts("").len(), 1);
    }

    #[test]
    fn letters_are_escaped_and_tags_kept() {
        let span = (0, 5000);
        assert_eq!(encode("a < b & <i>c</i>", span), "a &lt; b &amp; <i>c</i>");
        assert_eq!(encode("<i>open", span), "&lt;i&gt;open");
        assert_eq!(encode("<b onclick>x</b>", span), "&lt;b onclick&gt;x&lt;/b&gt;");
        assert_eq!(encode("go <00:00:01.000>on", span), "go <00:00:01.000>on");
        assert_eq!(encode("go <00:00:09.000>on", span), "go &lt;00:00:09.000&gt;on");
        assert_eq!(encode("a --> b", span), "a --&gt; b");
        assert_eq!(decode("a &amp;lt; &#x41;&nbsp;&bogus; & b"), "a &lt; A\u{A0}&bogus; & b");
    }
}
