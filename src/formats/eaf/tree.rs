//! XML as a tree, read leniently: what was complete before a fault is kept, and the fault is named.
//!
//! The tree borrows from the text it was read from, and all elements and attributes lie in two lists: an hour of
//! annotations has a hundred thousand elements, and an allocation for each of their names and values took longer than
//! the reading itself.

use std::borrow::Cow;
use std::cell::OnceCell;

use quick_xml::Reader;
use quick_xml::events::BytesStart;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;
use serde_json::{Map, Value, json};

/// Elements nested deeper than this are a fault; EAF needs six levels.
const MAX_DEPTH: usize = 48;
/// No element follows.
const NONE: u32 = u32::MAX;
/// Bytes of a file for each of its elements, about: so many places are made ready.
const BYTES_AN_ELEMENT: usize = 48;

/// Why reading stopped before the end.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Line in the file, from 1.
    pub line: usize,
    pub problem: String,
}

/// What was read of a document.
#[derive(Debug, Default)]
pub struct Document<'s> {
    elements: Vec<Element<'s>>,
    attributes: Vec<(&'s str, Cow<'s, str>)>,
    lines: Lines<'s>,
    pub fault: Option<Fault>,
    /// Entities that the document defines itself; they stay as they are written.
    pub unknown_entities: usize,
    pub comments: usize,
}

/// An element as it lies in the list; the root is the first.
#[derive(Debug)]
struct Element<'s> {
    name: &'s str,
    text: Cow<'s, str>,
    /// Where its attributes begin in their list, and how many there are.
    attributes: (u32, u32),
    /// Byte at which its start tag begins.
    offset: u32,
    first_child: u32,
    last_child: u32,
    next: u32,
    complete: bool,
}

/// One element of a document.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document<'d>,
    element: &'d Element<'d>,
}

impl<'d> Document<'d> {
    /// The outermost element, when there is any.
    pub fn root(&'d self) -> Option<Node<'d>> {
        self.node(0)
    }

    fn node(&'d self, place: u32) -> Option<Node<'d>> {
        Some(Node { document: self, element: self.elements.get(place as usize)? })
    }
}

impl<'d> Node<'d> {
    pub fn name(&self) -> &'d str {
        self.element.name
    }
    /// All character data directly in it, unescaped.
    pub fn text(&self) -> &'d str {
        &self.element.text
    }
    /// Whether its end was read; an open element was cut off by a fault.
    pub fn complete(&self) -> bool {
        self.element.complete
    }
    /// Line of its start tag, from 1.
    pub fn line(&self) -> usize {
        self.document.lines.at(self.element.offset as usize)
    }
    /// In document order, values unescaped.
    fn attributes(&self) -> &'d [(&'d str, Cow<'d, str>)] {
        let (first, count) = self.element.attributes;
        self.document.attributes.get(first as usize..first as usize + count as usize).unwrap_or_default()
    }
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&'d str> {
        self.attributes().iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_ref())
    }
    /// The elements directly in it, in document order.
    pub fn children(&self) -> impl Iterator<Item = Node<'d>> + use<'d> {
        let document = self.document;
        std::iter::successors(document.node(self.element.first_child), |node| document.node(node.element.next))
    }
    /// The children of that name.
    pub fn all(&self, name: &'static str) -> impl Iterator<Item = Node<'d>> + use<'d> {
        self.children().filter(move |child| child.name() == name)
    }
    /// The first child of that name.
    pub fn first(&self, name: &'static str) -> Option<Node<'d>> {
        self.all(name).next()
    }
    /// Its attributes as a JSON object, without those named and without namespace declarations.
    pub fn attributes_except(&self, without: &[&str]) -> Map<String, Value> {
        self.attributes()
            .iter()
            .filter(|(key, _)| !without.contains(key) && !key.starts_with("xmlns") && !key.starts_with("xsi:"))
            .map(|(key, value)| ((*key).to_owned(), json!(value)))
            .collect()
    }
    /// The whole element as JSON: name, attributes, text, children.
    pub fn to_json(self) -> Value {
        let mut object = Map::new();
        object.insert("name".into(), json!(self.name()));
        object.insert("attributes".into(), Value::Object(self.attributes_except(&[])));
        if !self.text().trim().is_empty() {
            object.insert("text".into(), json!(self.text()));
        }
        let children: Vec<Value> = self.children().map(|child| child.to_json()).collect();
        if !children.is_empty() {
            object.insert("children".into(), Value::Array(children));
        }
        Value::Object(object)
    }
}

/// Reads a document. It never fails: a fault ends the reading and closes what was open.
pub fn parse(source: &str) -> Document<'_> {
    let mut reader = Reader::from_str(source);
    let mut document = Document {
        elements: Vec::with_capacity(source.len() / BYTES_AN_ELEMENT),
        attributes: Vec::with_capacity(source.len() / BYTES_AN_ELEMENT),
        lines: Lines { source, ends: OnceCell::new() },
        ..Document::default()
    };
    let mut open: Vec<u32> = Vec::new();
    loop {
        let before = reader.buffer_position() as usize;
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                document.stop(reader.error_position() as usize, error.to_string());
                break;
            }
        };
        match event {
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH {
                    document.stop(before, format!("elements are nested more than {MAX_DEPTH} deep"));
                    break;
                }
                let place = document.push(&start, source, before, open.last().copied());
                open.extend(place);
            }
            Event::Empty(start) => {
                if let Some(place) = document.push(&start, source, before, open.last().copied()) {
                    document.elements[place as usize].complete = true;
                }
            }
            Event::End(_) => {
                if let Some(place) = open.pop() {
                    document.elements[place as usize].complete = true;
                }
            }
            Event::Text(text) => document.say(open.last(), line_ends(text.into_inner())),
            Event::CData(text) => document.say(open.last(), line_ends(text.into_inner())),
            Event::GeneralRef(reference) => {
                let said = match resolve(&reference) {
                    Some(letter) => letter.to_string(),
                    None => {
                        document.unknown_entities += usize::from(!open.is_empty());
                        format!("&{};", &*reference)
                    }
                };
                document.say(open.last(), Cow::Owned(said));
            }
            Event::Comment(_) => document.comments += 1,
            Event::Eof => {
                if let Some(node) = open.last().and_then(|place| document.node(*place)) {
                    let problem = format!("the file ends inside <{}> (opened on line {})", node.name(), node.line());
                    document.stop(source.len(), problem);
                }
                break;
            }
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    document
}

impl<'s> Document<'s> {
    fn stop(&mut self, offset: usize, problem: String) {
        self.fault = Some(Fault { line: self.lines.at(offset), problem });
    }

    /// Adds an element under the one that is open; a second root is passed over, with all that is in it.
    fn push(&mut self, start: &BytesStart, source: &'s str, before: usize, parent: Option<u32>) -> Option<u32> {
        if parent.is_none() && !self.elements.is_empty() {
            return None;
        }
        // The event's text, taken from the source itself, so that it outlives the event.
        let tag = source.get(before + 1..before + 1 + start.len())?;
        let name = tag.get(..start.name().as_ref().len())?;
        let first = self.attributes.len();
        for attribute in Attributes::new(tag, name.len()).with_checks(false).flatten() {
            let Cow::Borrowed(value) = attribute.value else { continue };
            self.attributes.push((attribute.key.into_inner(), unescape(value, &mut self.unknown_entities)));
        }
        let place = u32::try_from(self.elements.len()).ok().filter(|place| *place != NONE)?;
        self.elements.push(Element {
            name,
            text: Cow::Borrowed(""),
            attributes: (u32::try_from(first).ok()?, u32::try_from(self.attributes.len() - first).ok()?),
            offset: u32::try_from(before).unwrap_or(u32::MAX),
            first_child: NONE,
            last_child: NONE,
            next: NONE,
            complete: false,
        });
        if let Some(parent) = parent {
            let last = std::mem::replace(&mut self.elements[parent as usize].last_child, place);
            match self.elements.get_mut(last as usize) {
                Some(last) => last.next = place,
                None => self.elements[parent as usize].first_child = place,
            }
        }
        Some(place)
    }

    /// Character data in the element that is open.
    fn say(&mut self, open: Option<&u32>, said: Cow<'s, str>) {
        let Some(element) = open.and_then(|place| self.elements.get_mut(*place as usize)) else { return };
        if element.text.is_empty() {
            element.text = said;
        } else {
            element.text.to_mut().push_str(&said);
        }
    }
}

/// Where lines end, found out when somebody asks.
#[derive(Debug, Default)]
struct Lines<'s> {
    source: &'s str,
    ends: OnceCell<Vec<usize>>,
}

impl Lines<'_> {
    /// The line of a byte, from 1.
    fn at(&self, offset: usize) -> usize {
        let ends = self.ends.get_or_init(|| self.source.match_indices('\n').map(|(place, _)| place).collect());
        ends.partition_point(|end| *end < offset) + 1
    }
}

/// Line ends as XML wants them read.
fn line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { text }
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
fn unescape<'s>(value: &'s str, unknown: &mut usize) -> Cow<'s, str> {
    if !value.bytes().any(|byte| matches!(byte, b'&' | b'\n' | b'\t' | b'\r')) {
        return Cow::Borrowed(value);
    }
    let mut result = String::with_capacity(value.len());
    let value = line_ends(Cow::Borrowed(value));
    let mut rest = value.as_ref();
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
    Cow::Owned(result)
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
