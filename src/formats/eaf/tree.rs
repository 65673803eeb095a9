//! XML as a tree, read leniently: what was complete before a fault is kept, and the fault is named.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value, json};

/// Elements nested deeper than this are a fault; EAF needs six levels.
const MAX_DEPTH: usize = 48;

/// One element.
#[derive(Clone, Debug, Default)]
pub struct Node {
    pub name: String,
    /// In document order, values unescaped.
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
    /// All character data directly in it, unescaped.
    pub text: String,
    /// Line of its start tag, from 1.
    pub line: usize,
    /// Whether its end was read; an open element was cut off by a fault.
    pub complete: bool,
}

/// Why reading stopped before the end.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Line in the file, from 1.
    pub line: usize,
    pub problem: String,
}

/// What was read of a document.
#[derive(Clone, Debug, Default)]
pub struct Document {
    pub root: Option<Node>,
    pub fault: Option<Fault>,
    /// Entities that the document defines itself; they stay as they are written.
    pub unknown_entities: usize,
    pub comments: usize,
}

impl Node {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
    /// The children of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }
    /// The first child of that name.
    pub fn first(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }
    /// Its attributes as a JSON object, without those named and without namespace declarations.
    pub fn attributes_except(&self, without: &[&str]) -> Map<String, Value> {
        self.attributes
            .iter()
            .filter(|(key, _)| {
                !without.contains(&key.as_str()) && !key.starts_with("xmlns") && !key.starts_with("xsi:")
            })
            .map(|(key, value)| (key.clone(), json!(value)))
            .collect()
    }
    /// The whole element as JSON: name, attributes, text, children.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("name".into(), json!(self.name));
        object.insert("attributes".into(), Value::Object(self.attributes_except(&[])));
        if !self.text.trim().is_empty() {
            object.insert("text".into(), json!(self.text));
        }
        if !self.children.is_empty() {
            object.insert("children".into(), self.children.iter().map(Self::to_json).collect());
        }
        Value::Object(object)
    }
}

/// Reads a document. It never fails: a fault ends the reading and closes what was open.
pub fn parse(source: &str) -> Document {
    let mut reader = Reader::from_str(source);
    let mut document = Document::default();
    let mut open: Vec<Node> = Vec::new();
    let mut lines = Lines { source, offset: 0, line: 1 };
    loop {
        let before = reader.buffer_position() as usize;
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let line = lines.at(reader.error_position() as usize);
                document.fault = Some(Fault { line, problem: error.to_string() });
                break;
            }
        };
        match event {
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH {
                    let problem = format!("elements are nested more than {MAX_DEPTH} deep");
                    document.fault = Some(Fault { line: lines.at(before), problem });
                    break;
                }
                open.push(element(&start, lines.at(before), &mut document.unknown_entities));
            }
            Event::Empty(start) => {
                let mut node = element(&start, lines.at(before), &mut document.unknown_entities);
                node.complete = true;
                close(node, &mut open, &mut document.root);
            }
            Event::End(_) => {
                if let Some(mut node) = open.pop() {
                    node.complete = true;
                    close(node, &mut open, &mut document.root);
                }
            }
            Event::Text(text) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&line_ends(&text));
                }
            }
            Event::CData(text) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&line_ends(&text));
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(node) = open.last_mut() {
                    match resolve(&reference) {
                        Some(letter) => node.text.push(letter),
                        None => {
                            document.unknown_entities += 1;
                            node.text.push('&');
                            node.text.push_str(&reference);
                            node.text.push(';');
                        }
                    }
                }
            }
            Event::Comment(_) => document.comments += 1,
            Event::Eof => {
                if let Some(node) = open.last() {
                    let problem = format!("the file ends inside <{}> (opened on line {})", node.name, node.line);
                    document.fault = Some(Fault { line: lines.at(source.len()), problem });
                }
                break;
            }
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    while let Some(node) = open.pop() {
        close(node, &mut open, &mut document.root);
    }
    document
}

/// Counts lines forward only, so that asking for every element stays linear.
struct Lines<'a> {
    source: &'a str,
    offset: usize,
    line: usize,
}

impl Lines<'_> {
    fn at(&mut self, offset: usize) -> usize {
        let offset = offset.min(self.source.len());
        if offset > self.offset {
            let passed = &self.source.as_bytes()[self.offset..offset];
            self.line += passed.iter().filter(|byte| **byte == b'\n').count();
            self.offset = offset;
        }
        self.line
    }
}

fn close(node: Node, open: &mut [Node], root: &mut Option<Node>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(node),
        None if root.is_none() => *root = Some(node),
        None => {}
    }
}

fn element(start: &BytesStart, line: usize, unknown: &mut usize) -> Node {
    let name = start.name();
    let attributes = start
        .attributes()
        .with_checks(false)
        .flatten()
        .map(|attribute| {
            let key: &str = attribute.key.as_ref();
            (key.to_owned(), unescape(&attribute.value, unknown))
        })
        .collect();
    let name: &str = name.as_ref();
    Node { name: name.to_owned(), attributes, line, ..Node::default() }
}

/// Line ends as XML wants them read.
fn line_ends(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// The letter that a predefined entity or a character reference stands for.
fn resolve(reference: &str) -> Option<char> {
    match reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = reference.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|letter| *letter != '\0')
        }
    }
}

/// An attribute's value: references resolved, white space made blanks as XML wants it read.
fn unescape(value: &str, unknown: &mut usize) -> String {
    let mut result = String::with_capacity(value.len());
    let value = line_ends(value);
    let mut rest = value.as_str();
    while let Some(place) = rest.find(['&', '\n', '\t']) {
        result.push_str(&rest[..place]);
        let tail = &rest[place..];
        if !tail.starts_with('&') {
            result.push(' ');
            rest = &tail[1..];
            continue;
        }
        match tail.find(';').and_then(|end| Some((resolve(&tail[1..end])?, end))) {
            Some((letter, end)) => {
                result.push(letter);
                rest = &tail[end + 1..];
            }
            None => {
                *unknown += 1;
                result.push('&');
                rest = &tail[1..];
            }
        }
    }
    result.push_str(rest);
    result
}

/// Text for between tags: `&`, `<`, `>` and carriage returns escaped, characters XML cannot carry replaced.
pub fn escape_text(text: &str) -> String {
    escape(text, false)
}

/// Text for between double quotes.
pub fn escape_attribute(text: &str) -> String {
    escape(text, true)
}

/// Whether XML 1.0 can carry the character.
pub fn is_sayable(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

fn escape(text: &str, attribute: bool) -> String {
    let mut result = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '\r' => result.push_str("&#13;"),
            '"' if attribute => result.push_str("&quot;"),
            '\n' if attribute => result.push_str("&#10;"),
            '\t' if attribute => result.push_str("&#9;"),
            letter if is_sayable(letter) => result.push(letter),
            _ => result.push('\u{FFFD}'),
        }
    }
    result
}
