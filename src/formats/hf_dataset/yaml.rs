//! As much YAML as a dataset card needs.

use std::fmt::Write as _;

/// Lines of a YAML mapping.
#[derive(Default)]
pub(super) struct Yaml(String);

impl Yaml {
    /// `key: "text"`.
    pub(super) fn text(&mut self, key: &str, text: &str) {
        let _ = writeln!(self.0, "{key}: {}", quoted(text));
    }
    /// `key: word`, for words of ours that need no quotes.
    pub(super) fn word(&mut self, key: &str, word: &str) {
        let _ = writeln!(self.0, "{key}: {word}");
    }
    /// `key:` and a list; nothing for an empty one.
    pub(super) fn list<T: AsRef<str>>(&mut self, key: &str, items: impl IntoIterator<Item = T>) {
        let mut items = items.into_iter().peekable();
        if items.peek().is_some() {
            let _ = writeln!(self.0, "{key}:");
        }
        for item in items {
            let _ = writeln!(self.0, "- {}", quoted(item.as_ref()));
        }
    }
    /// The `configs` of the card: name, whether it is the default, and a file for each split.
    pub(super) fn configs(&mut self, configs: &[(&str, Vec<(&str, String)>)]) {
        self.0.push_str("configs:\n");
        for (index, (name, files)) in configs.iter().enumerate() {
            let _ = writeln!(self.0, "- config_name: {name}");
            if index == 0 {
                self.0.push_str("  default: true\n");
            }
            self.0.push_str("  data_files:\n");
            for (split, path) in files {
                let _ = writeln!(self.0, "  - split: {split}\n    path: {path}");
            }
        }
    }
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text in double quotes, on one line, whatever is in it.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            // What YAML does not print, or takes for the end of a line.
            '\u{0}'..='\u{1F}'
            | '\u{7F}'..='\u{9F}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{FEFF}'
            | '\u{FFFE}'
            | '\u{FFFF}' => {
                let _ = write!(quoted, "\\u{:04X}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
