//! WebVTT: blocks parted by empty lines.

use super::cue::{Cue, Document};
use super::stamp;

/// Reads a file's text.
pub fn parse(text: &str) -> Document {
    let text = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n").replace('\r', "\n");
    let mut blocks = text.split('\n').collect::<Vec<_>>();
    // An empty last line is the end of the one before.
    blocks.push("");
    let mut document = Document::default();
    let (mut block, mut before): (Vec<&str>, Vec<String>) = (Vec::new(), Vec::new());
    let mut is_first = true;
    for line in blocks {
        if !line.is_empty() {
            block.push(line);
            continue;
        }
        let lines = std::mem::take(&mut block);
        if lines.is_empty() {
            continue;
        }
        if std::mem::take(&mut is_first) && document.head(&lines) {
            continue;
        }
        document.block(&lines, &mut before);
    }
    if document.cues.is_empty() {
        document.blocks.append(&mut before);
    } else {
        document.after = before;
    }
    document
}

impl Document {
    /// The first block; whether it was the file's head and no more.
    fn head(&mut self, lines: &[&str]) -> bool {
        let Some(rest) = lines.first().and_then(|first| first.strip_prefix("WEBVTT")) else {
            self.warnings.push("the file does not start with WEBVTT; its cues were read all the same".to_owned());
            return false;
        };
        self.title = rest.trim().to_owned();
        let after = lines.iter().position(|line| line.contains("-->")).unwrap_or(lines.len());
        self.header = lines.get(1..after).unwrap_or_default().iter().map(|line| (*line).to_owned()).collect();
        if after < lines.len() {
            self.warnings
                .push("no empty line after the head of the file; its first cue was read all the same".to_owned());
            // The line above the times may be the cue's name.
            self.block(&lines[after..], &mut Vec::new());
        }
        true
    }

    fn block(&mut self, lines: &[&str], before: &mut Vec<String>) {
        let times = lines.iter().take(2).position(|line| line.contains("-->"));
        let Some(place) = times else {
            let first = lines[0];
            let whole = lines.join("\n");
            let starts = |word: &str| first.strip_prefix(word).is_some_and(|r| r.trim().is_empty());
            if starts("STYLE") || starts("REGION") {
                if !self.cues.is_empty() {
                    self.warnings.push("a STYLE or REGION block stands after the first cue, where players do not see it; it was put before".to_owned());
                }
                self.blocks.push(whole);
            } else if first == "NOTE" || first.starts_with("NOTE ") || first.starts_with("NOTE\t") {
                if self.cues.is_empty() { self.blocks.push(whole) } else { before.push(whole) }
            } else {
                self.odd += 1;
            }
            return;
        };
        let Some((start, end, settings)) = stamp::timing(lines[place]) else {
            self.odd += 1;
            return;
        };
        self.cues.push(Cue {
            start,
            end,
            id: if place == 1 { lines[0].to_owned() } else { String::new() },
            settings: settings.to_owned(),
            text: lines[place + 1..].join("\n"),
            before: std::mem::take(before),
        });
    }
}

/// The file.
pub fn render(document: &Document) -> String {
    let mut out = String::from("WEBVTT");
    if !document.title.is_empty() {
        out.push(' ');
        out.push_str(&document.title);
    }
    out.push('\n');
    for line in &document.header {
        out.push_str(line);
        out.push('\n');
    }
    let push = |out: &mut String, block: &str| {
        out.push('\n');
        out.push_str(block);
        out.push('\n');
    };
    document.blocks.iter().for_each(|block| push(&mut out, block));
    for cue in &document.cues {
        cue.before.iter().for_each(|block| push(&mut out, block));
        out.push('\n');
        if !cue.id.is_empty() {
            out.push_str(&cue.id);
            out.push('\n');
        }
        let (start, end) = (stamp::format(cue.start.millis(), '.'), stamp::format(cue.end.millis(), '.'));
        out.push_str(&format!("{start} --> {end}"));
        if !cue.settings.is_empty() {
            out.push(' ');
            out.push_str(&cue.settings);
        }
        out.push('\n');
        out.push_str(&cue.text);
        out.push_str(if cue.text.is_empty() { "" } else { "\n" });
    }
    document.after.iter().for_each(|block| push(&mut out, block));
    out
}
