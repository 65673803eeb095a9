//! Ids in one document: XML wants every one unique and a name (`NCName`), whatever it belongs to.

use std::collections::{HashMap, HashSet};

/// The ids given out so far.
#[derive(Debug, Default)]
pub struct Ids {
    used: HashSet<String>,
    next: HashMap<&'static str, u64>,
}

impl Ids {
    /// The id itself when XML can use it and nobody has it; `None` otherwise.
    pub fn claim(&mut self, id: &str) -> Option<String> {
        (is_name(id) && self.used.insert(id.to_owned())).then(|| id.to_owned())
    }
    /// The id itself, or the nearest that is free.
    pub fn claim_near(&mut self, id: &str) -> String {
        if let Some(id) = self.claim(id) {
            return id;
        }
        let mut name: String = id.chars().map(|c| if is_in_name(c) { c } else { '_' }).collect();
        if !is_name(&name) {
            name.insert(0, '_');
        }
        let mut number = 1;
        loop {
            let wanted = if number == 1 { name.clone() } else { format!("{name}-{number}") };
            if let Some(id) = self.claim(&wanted) {
                return id;
            }
            number += 1;
        }
    }
    /// Counts on from a number at least.
    pub fn start_after(&mut self, prefix: &'static str, number: u64) {
        let next = self.next.entry(prefix).or_insert(1);
        *next = (*next).max(number.saturating_add(1));
    }
    /// The next free id of a prefix: `a1`, `a2`, ….
    pub fn fresh(&mut self, prefix: &'static str) -> String {
        loop {
            let next = self.next.entry(prefix).or_insert(1);
            let id = format!("{prefix}{next}");
            *next += 1;
            if let Some(id) = self.claim(&id) {
                return id;
            }
        }
    }
}

/// The number in `a17`, for a prefix `a`.
pub fn number(id: &str, prefix: &str) -> Option<u64> {
    id.strip_prefix(prefix)?.parse().ok()
}

/// Whether XML takes it as a name without colon.
fn is_name(id: &str) -> bool {
    let mut letters = id.chars();
    let starts = letters.next().is_some_and(|c| c == '_' || (c.is_alphabetic() && c.is_ascii()) || is_far_letter(c));
    starts && letters.all(is_in_name)
}

/// Whether XML takes it within a name.
fn is_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') || is_far_letter(c)
}

/// Letters beyond ASCII that XML surely allows in names.
fn is_far_letter(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{131}' | '\u{391}'..='\u{3A1}' | '\u{3B1}'..='\u{3C9}' | '\u{410}'..='\u{44F}')
}
