//! A turn: what each of its speakers says between two points in time.

use serde_json::{Map, Value, json};

use crate::domain::Time;
use crate::formats::textgrid::decimal;
use crate::formats::xmltree::{Element, Node};

/// A stretch of a turn by one speaker.
#[derive(Debug, Default)]
pub struct Segment {
    pub start: Time,
    pub end: Time,
    /// Place among the turn's speakers.
    pub speaker: usize,
    pub text: String,
    pub notes: Vec<String>,
    pub events: Vec<Value>,
}

/// A point where the background changes.
pub struct Background {
    pub time: Time,
    /// What is heard from there on; empty for nothing.
    pub what: String,
}

/// What a turn holds.
#[derive(Default)]
pub struct Turn {
    pub segments: Vec<Segment>,
    pub backgrounds: Vec<Background>,
    /// Times that are no number, or go back.
    pub odd_times: usize,
    /// Elements that the DTD does not have.
    pub unknown: usize,
}

/// A time of a file in seconds.
pub fn time(text: Option<&str>) -> Option<Time> {
    decimal::parse(text?.trim()).map(|(time, _)| time)
}

impl Turn {
    /// Reads a turn that lies between two times.
    pub fn read(element: &Element, start: Time, end: Time) -> Self {
        let mut turn = Self::default();
        let (mut at, mut open) = (start, vec![Segment { start, ..Segment::default() }]);
        for child in &element.children {
            match child {
                Node::Text(text) => turn.text(&mut open, text),
                Node::Element(inner) if inner.name == "Sync" => {
                    let now = time(inner.get("time")).filter(|time| *time >= at && *time <= end);
                    turn.odd_times += usize::from(now.is_none());
                    if let Some(now) = now {
                        turn.close(&mut open, now);
                        at = now;
                        open = vec![Segment { start: at, ..Segment::default() }];
                    }
                }
                Node::Element(inner) => turn.element(&mut open, inner, at),
                Node::Comment(_) => {}
            }
        }
        turn.close(&mut open, end);
        turn
    }

    fn close(&mut self, open: &mut Vec<Segment>, end: Time) {
        for mut segment in open.drain(..) {
            segment.end = end;
            segment.text = segment.text.split_whitespace().collect::<Vec<_>>().join(" ");
            if !segment.text.is_empty() || !segment.notes.is_empty() {
                self.segments.push(segment);
            }
        }
    }

    fn text(&mut self, open: &mut [Segment], text: &str) {
        if let Some(segment) = open.last_mut() {
            segment.text.push_str(text);
        }
    }

    fn element(&mut self, open: &mut Vec<Segment>, inner: &Element, at: Time) {
        let desc = inner.get("desc").unwrap_or("");
        match inner.name.as_str() {
            "Who" => {
                let number = inner.get("nb").and_then(|nb| nb.trim().parse::<usize>().ok());
                let speaker = number.and_then(|nb| nb.checked_sub(1)).unwrap_or(open.len());
                open.push(Segment { start: at, speaker, ..Segment::default() });
            }
            "Event" | "Vocal" => {
                self.text(open, &shown(inner));
                let attributes: Map<String, Value> =
                    inner.attributes.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
                if let Some(segment) = open.last_mut() {
                    segment.events.push(Value::Object(attributes));
                }
            }
            "Comment" => {
                if let Some(segment) = open.last_mut() {
                    segment.notes.push(desc.to_owned());
                }
                self.text(open, " ");
            }
            "Background" => {
                let (kind, level) = (inner.get("type").unwrap_or("").trim(), inner.get("level").unwrap_or("").trim());
                let what = match (kind, level) {
                    ("", _) | (_, "off") => String::new(),
                    (kind, "") => kind.to_owned(),
                    (kind, level) => format!("{kind} ({level})"),
                };
                match time(inner.get("time")) {
                    Some(time) => self.backgrounds.push(Background { time, what }),
                    None => self.odd_times += 1,
                }
                self.text(open, " ");
            }
            _ => {
                self.unknown += 1;
                self.text(open, &format!(" {} ", inner.plain()));
            }
        }
    }
}

/// An event as it stands in the text.
fn shown(event: &Element) -> String {
    let desc = event.get("desc").unwrap_or("").trim();
    let kind = match event.get("type").unwrap_or("noise") {
        "language" => "lang=",
        "pronounce" => "pron=",
        "lexical" => "lex=",
        "entities" => "ent=",
        _ => "",
    };
    match event.get("extent").unwrap_or("instantaneous") {
        "begin" => format!(" [{kind}{desc}-] "),
        "end" => format!(" [-{kind}{desc}] "),
        // Bound to the word it is about.
        "previous" => format!("[+{kind}{desc}] "),
        "next" => format!(" [{kind}{desc}+]"),
        _ => format!(" [{kind}{desc}] "),
    }
}
