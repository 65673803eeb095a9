//! Values as SayMore and lameta write them: texts in several languages, who may see it, who took part.

use crate::domain::{Access, MultiText};

/// A mark of language, `[[en]]`, at the start of a text: the tag and what follows.
fn mark(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("[[")?;
    let end = rest.bytes().take(36).position(|b| !(b.is_ascii_alphanumeric() || b == b'-'))?;
    let (tag, after) = rest.split_at(end);
    Some((tag, after.strip_prefix("]]")?)).filter(|_| !tag.is_empty())
}

/// A text, in several languages when it is marked so: `[[en]]…[[es]]…`; else in the language given.
pub fn multi_text(text: &str, language: &str) -> MultiText {
    let text = text.trim();
    let mut result = MultiText::default();
    let mut rest = text;
    while let Some((tag, after)) = mark(rest) {
        let mut marks = after.match_indices('[').map(|(at, _)| at);
        let end = marks.find(|at| mark(&after[*at..]).is_some()).unwrap_or(after.len());
        let (own, following) = after.split_at(end);
        result.set(tag, own);
        rest = following;
    }
    if rest.is_empty() && !result.is_empty() { result } else { MultiText::of(language, text) }
}

/// The same, the other way: one language stands bare.
pub fn marked_text(text: &MultiText) -> String {
    match text.0.len() {
        0 | 1 => text.first().unwrap_or_default().to_owned(),
        _ => text.iter().map(|(language, text)| format!("[[{language}]]{text}")).collect(),
    }
}

/// What an archive's word for access means to us. `None` for words that nobody fixed: each archive has its own.
pub fn access(word: &str) -> Option<Access> {
    let word = word.trim().to_lowercase();
    let head = word.split(':').next().unwrap_or_default().trim();
    match head {
        "open" | "free" | "free to all" | "free to everyone" | "public" | "show" | "f" | "o" => Some(Access::Open),
        "registered" | "registered users" | "all registered users" | "u" => Some(Access::Registered),
        "team" | "project team" => Some(Access::Team),
        "closed" | "restricted" | "private" | "confidential" | "hide" | "c" => Some(Access::Closed),
        _ => None,
    }
}

/// Our word for it.
pub fn access_word(access: Access) -> &'static str {
    match access {
        Access::Open => "Open",
        Access::Registered => "Registered users",
        Access::Team => "Project team",
        Access::Closed => "Closed",
    }
}

/// Names in a list of participants with the role that stands in brackets behind, if any:
/// `Awi Heole; Iskender Demirel (consultant);`.
pub fn participants(list: &str) -> Vec<(String, String)> {
    list.split(';')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| match name.strip_suffix(')').and_then(|name| name.rsplit_once(" (")) {
            // "Igali Sagali (Joseph)" is a name: roles are written small.
            Some((name, role)) if role.chars().all(|c| c.is_lowercase() || matches!(c, '_' | ' ' | '-')) => {
                (name.trim().to_owned(), role.to_owned())
            }
            _ => (name.to_owned(), String::new()),
        })
        .collect()
}

/// A language as projects name it, `etr: Edolo`: code and name.
pub fn language(text: &str) -> Option<(String, String)> {
    let text = text.trim();
    let (code, name) = text.split_once([':', '|']).unwrap_or((text, ""));
    let code = code.trim();
    let is_code = (2..=8).contains(&code.split('-').next().unwrap_or_default().len())
        && code.len() <= 35
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && (!name.is_empty() || code.len() <= 3);
    is_code.then(|| (code.to_owned(), name.trim().to_owned()))
}
