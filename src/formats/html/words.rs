//! Pieces of HTML: escaped text, text that says its language, glosses.

use std::collections::HashSet;

use crate::domain::{Bundle, LanguageRole, MultiText};

/// Text as it may stand in content and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            // HTML has no place for controls.
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// What the page knows of the project's languages.
pub(super) struct Languages {
    /// Analysis languages, the default first.
    pub analysis: Vec<String>,
    /// Object languages, the default first, each with its writing systems.
    pub object: Vec<String>,
    right_to_left: HashSet<String>,
}

impl Languages {
    pub fn of(bundle: &Bundle) -> Self {
        let mut sorted: Vec<_> = bundle.languages.iter().collect();
        sorted.sort_by_key(|l| l.position);
        let of_role = |role: LanguageRole| {
            let mut tags = Vec::new();
            for language in sorted.iter().filter(|l| l.role == role) {
                tags.extend(language.writing_systems.iter().map(|w| w.tag.clone()));
                tags.push(language.tag.clone());
            }
            tags
        };
        let systems = bundle.languages.iter().flat_map(|l| &l.writing_systems);
        let right_to_left = systems.filter(|w| w.right_to_left).map(|w| w.tag.clone()).collect();
        Self { analysis: of_role(LanguageRole::Analysis), object: of_role(LanguageRole::Object), right_to_left }
    }
    /// `lang` and, where it reads from the right, `dir`; with a blank before.
    pub fn attributes(&self, tag: &str) -> String {
        let tag = if tag.is_empty() { "und" } else { tag };
        let dir = if self.right_to_left.contains(tag) { " dir=\"rtl\"" } else { "" };
        format!(" lang=\"{}\"{dir}", escape(tag))
    }
    /// The text to show of several, with its language: in one of the object languages (`object`) or for readers.
    pub fn best<'a>(&self, text: &'a MultiText, object: bool) -> Option<(&'a str, &'a str)> {
        let wanted = if object { &self.object } else { &self.analysis };
        let found = wanted.iter().find_map(|tag| text.0.get_key_value(tag.as_str()));
        found.or_else(|| text.0.iter().next()).map(|(tag, text)| (tag.as_str(), text.as_str()))
    }
    /// An element with the best text in it; nothing where there is none.
    pub fn element(&self, name: &str, class: &str, text: &MultiText, object: bool) -> String {
        self.best(text, object).map_or_else(String::new, |(tag, text)| self.said(name, class, tag, &escape(text)))
    }
    /// An element of a language around what is HTML already.
    pub fn said(&self, name: &str, class: &str, tag: &str, inside: &str) -> String {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        format!("<{name}{class}{}>{inside}</{name}>", self.attributes(tag))
    }
}

/// A gloss, its abbreviations (all capitals and digits) set as small capitals. They stay capitals when copied.
pub(super) fn gloss(text: &str) -> String {
    let mut out = String::new();
    for part in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let end = part.chars().next_back().filter(|c| !c.is_alphanumeric());
        let body = part.get(..part.len() - end.map_or(0, char::len_utf8)).unwrap_or_default();
        let all = body.chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
        if all && body.chars().filter(|c| c.is_uppercase()).count() > 1 {
            out.push_str(&format!("<abbr>{}</abbr>", escape(body)));
        } else {
            out.push_str(&escape(body));
        }
        out.extend(end.map(|c| escape(&c.to_string())));
    }
    out
}
