//! Small XML trees for FLEx's formats, and the three-way merge that lets a file come back as it was.
//!
//! A record keeps the element it was read from (`raw`) and the element it would have been written as at that moment
//! (`was`), both only when they differ. Writing merges: what still is as it was comes back raw, what was edited
//! comes back edited, what was never modelled stays.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};

use super::{Format, FormatError};

/// Elements deeper than this are refused: no real file comes near, and recursion stays bounded.
const DEEPEST: usize = 120;
/// Faults of attributes beyond these are not named one by one.
const MOST_WARNINGS: usize = 50;

/// A piece of content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Element(Element),
    Text(String),
    Comment(String),
}

/// An element with attributes and content, both in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

/// A parsed file: its root, and what was wrong with it.
pub struct Parsed {
    pub root: Element,
    /// Where the file broke off, if it did; elements open at that place were closed.
    pub broken_at: Option<String>,
    /// Elements that the end of the file or a fault left open.
    pub warnings: Vec<String>,
}

impl Element {
    /// An element without content.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }
    /// With one more attribute.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }
    /// With a text as content; empty text adds nothing.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.children.push(Node::Text(text));
        }
        self
    }
    /// Adds an element.
    pub fn push(&mut self, child: Element) {
        self.children.push(Node::Element(child));
    }
    /// An attribute's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
    /// The elements directly within.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            _ => None,
        })
    }
    /// The elements of a name directly within.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements().filter(move |child| child.name == name)
    }
    /// The first element of a name directly within.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|child| child.name == name)
    }
    /// All text within, at any depth.
    pub fn plain(&self) -> String {
        let mut out = String::new();
        let mut stack: Vec<&Node> = self.children.iter().rev().collect();
        while let Some(node) = stack.pop() {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Element(element) => stack.extend(element.children.iter().rev()),
                Node::Comment(_) => {}
            }
        }
        out
    }
    /// Whether its content is text, so that white space counts.
    fn is_text(&self) -> bool {
        matches!(self.name.as_str(), "text" | "span" | "item" | "event")
    }
    /// As XML, indented by `level` steps; text elements on one line.
    pub fn write(&self, out: &mut String, level: usize) {
        out.push_str(&"  ".repeat(level));
        self.write_inline(out, Some(level));
        out.push('\n');
    }
    /// As XML on one line, as residue keeps it.
    pub fn to_xml(&self) -> String {
        let mut out = String::new();
        self.write_inline(&mut out, None);
        out
    }
    fn write_inline(&self, out: &mut String, level: Option<usize>) {
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(out, value, true);
            out.push('"');
        }
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        let inner = match level {
            Some(level) if !self.is_text() && !self.children.iter().any(|c| matches!(c, Node::Text(_))) => {
                Some(level + 1)
            }
            _ => None,
        };
        for child in &self.children {
            if let Some(inner) = inner {
                out.push('\n');
                out.push_str(&"  ".repeat(inner));
            }
            match child {
                Node::Element(element) => element.write_inline(out, inner),
                Node::Text(text) => escape(out, text, false),
                Node::Comment(text) => {
                    out.push_str("<!--");
                    out.push_str(&text.replace("--", "- -"));
                    out.push_str(if text.ends_with('-') { " -->" } else { "-->" });
                }
            }
        }
        if let (Some(_), Some(level)) = (inner, level) {
            out.push('\n');
            out.push_str(&"  ".repeat(level));
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

/// Escapes text; characters that XML cannot hold at all (controls) are left away.
fn escape(out: &mut String, text: &str, attribute: bool) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' | '\t' if attribute => out.push_str(if letter == '\n' { "&#10;" } else { "&#9;" }),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(letter),
            '\u{FFFE}' | '\u{FFFF}' => {}
            letter if letter < ' ' => {}
            letter => out.push(letter),
        }
    }
}

/// Closes an element: white space between elements goes, except where content is text.
fn close(stack: &mut Vec<Element>) {
    if stack.len() < 2 {
        return;
    }
    if let Some(mut done) = stack.pop() {
        tidy(&mut done);
        if let Some(parent) = stack.last_mut() {
            parent.children.push(Node::Element(done));
        }
    }
}

fn tidy(element: &mut Element) {
    if !element.is_text() {
        element.children.retain(|child| !matches!(child, Node::Text(text) if text.trim().is_empty()));
    }
}

fn add_text(stack: &mut [Element], text: &str) {
    if let Some(top) = stack.last_mut() {
        match top.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ => top.children.push(Node::Text(text.to_owned())),
        }
    }
}

/// Parses a document whose root has a certain name. A file that breaks off is kept up to there.
///
/// # Errors
/// When there is no such root, or elements are nested beyond reason.
pub fn parse(text: &str, root_name: &str, format: Format) -> Result<Parsed, FormatError> {
    let text = text.trim_start_matches('\u{FEFF}');
    let mut reader = Reader::from_str(text);
    // A virtual element holds the root, so that one stack serves all.
    let mut stack = vec![Element::default()];
    let mut broken_at = None;
    let mut warnings = Vec::new();
    let line = |reader: &Reader<&[u8]>| {
        let at = (reader.buffer_position() as usize).min(text.len());
        format!("line {}", text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1)
    };
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                broken_at = Some(format!("{}: {error}", line(&reader)));
                break;
            }
        };
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                if stack.len() > DEEPEST {
                    return Err(FormatError::broken(format, line(&reader), "elements are nested more than 120 deep"));
                }
                let mut element = Element::new(start.name().0);
                for attribute in start.attributes().with_checks(false) {
                    match attribute {
                        Ok(attribute) => {
                            let value = attribute
                                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                                .unwrap_or_else(|_| attribute.value.clone());
                            let name = attribute.key.0.to_owned();
                            if element.get(&name).is_none() {
                                element.attributes.push((name, value.into_owned()));
                            }
                        }
                        // Counting lines reads the file from its start: said of the first few only.
                        Err(error) if warnings.len() < MOST_WARNINGS => {
                            warnings.push(format!("{}: attribute skipped: {error}", line(&reader)));
                        }
                        Err(_) => {}
                    }
                }
                stack.push(element);
                if matches!(event, Event::Empty(_)) {
                    close(&mut stack);
                }
            }
            Event::End(_) => close(&mut stack),
            Event::Text(text) => add_text(&mut stack, &text.xml10_content()),
            Event::CData(text) => add_text(&mut stack, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                match reference.resolve_char_ref() {
                    Ok(Some(letter)) => add_text(&mut stack, &letter.to_string()),
                    _ => match quick_xml::escape::resolve_predefined_entity(&name) {
                        Some(text) => add_text(&mut stack, text),
                        // An entity nobody defined is kept as it is written.
                        None => add_text(&mut stack, &format!("&{name};")),
                    },
                }
            }
            Event::Comment(comment) => {
                let comment = comment.into_inner().into_owned();
                if let Some(top) = stack.last_mut() {
                    top.children.push(Node::Comment(comment));
                }
            }
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    if stack.len() > 1 {
        let open = stack.len() - 1;
        let place = broken_at.clone().unwrap_or_else(|| line(&reader));
        broken_at = Some(place.clone());
        warnings.push(format!("the file breaks off at {place}; {open} open elements were closed and kept up to there"));
        while stack.len() > 1 {
            close(&mut stack);
        }
    } else if let Some(place) = &broken_at {
        warnings.push(format!("the file is broken at {place}; what stands before is kept"));
    }
    let document = stack.pop().unwrap_or_default();
    let first = document.elements().next().map(|e| e.name.clone());
    let root = document.children.into_iter().find_map(|child| match child {
        Node::Element(element) if element.name == root_name => Some(element),
        _ => None,
    });
    match root {
        Some(root) => Ok(Parsed { root, broken_at, warnings }),
        None => {
            let problem = match first {
                Some(other) => format!("it starts with <{other}>, not <{root_name}>"),
                None => format!("there is no <{root_name}> in it"),
            };
            Err(FormatError::broken(format, broken_at.unwrap_or_else(|| "the start".to_owned()), problem))
        }
    }
}

/// Parses an element that residue kept. `None` when it is not XML (somebody else's residue).
pub fn from_residue(xml: &str) -> Option<Element> {
    let mut reader = Reader::from_str(xml);
    let name = loop {
        match reader.read_event().ok()? {
            Event::Start(start) | Event::Empty(start) => break start.name().0.to_owned(),
            Event::Eof => return None,
            _ => {}
        }
    };
    parse(xml, &name, Format::FlexText).ok().map(|parsed| parsed.root)
}

/// Tells what an element is among its siblings: two with the same key are the same thing before and after an edit.
/// `None`: not modelled. A key starting with `@` is a record of its own, whose content is its own business.
pub type KeyOf<'a> = &'a dyn Fn(&Element) -> Option<String>;

fn is_record(element: &Element, key: KeyOf) -> bool {
    key(element).is_some_and(|key| key.starts_with('@'))
}

/// The element with its records emptied.
fn skeleton(element: &Element, key: KeyOf) -> Element {
    let children = element.children.iter().map(|child| match child {
        Node::Element(inner) if is_record(inner, key) => Node::Element(Element::new(&inner.name)),
        Node::Element(inner) => Node::Element(skeleton(inner, key)),
        other => other.clone(),
    });
    Element { name: element.name.clone(), attributes: element.attributes.clone(), children: children.collect() }
}

/// Whether two elements say the same: order of attributes aside.
pub fn same(a: &Element, b: &Element) -> bool {
    a.name == b.name
        && a.attributes.len() == b.attributes.len()
        && a.attributes.iter().all(|(name, value)| b.get(name) == Some(value))
        && a.children.len() == b.children.len()
        && a.children.iter().zip(&b.children).all(|pair| match pair {
            (Node::Element(a), Node::Element(b)) => same(a, b),
            (a, b) => a == b,
        })
}

/// What a record must remember of the element it was read from, given what it would be written as: `Null` when
/// that is the same.
pub fn remember(raw: &Element, now: &Element, key: KeyOf) -> Value {
    let (raw, now) = (skeleton(raw, key), skeleton(now, key));
    if same(&raw, &now) { Value::Null } else { json!({"raw": raw.to_xml(), "was": now.to_xml()}) }
}

/// The element to write, given what the record remembers and what it says now.
pub fn recall(memory: Option<&Value>, now: Element, key: KeyOf) -> Element {
    let part = |name: &str| memory.and_then(|m| m.get(name)).and_then(Value::as_str).and_then(from_residue);
    match (part("raw"), part("was")) {
        (Some(raw), Some(was)) => merge(&raw, &was, &now, key),
        _ => now,
    }
}

fn keyed<'a>(element: &'a Element, key: KeyOf) -> Vec<(Option<String>, &'a Node)> {
    let key_of = |node: &Node| match node {
        Node::Element(inner) => key(inner),
        _ => None,
    };
    element.children.iter().map(|node| (key_of(node), node)).collect()
}

/// Where the elements of each key stand, in order.
type Places<'a> = std::collections::HashMap<&'a str, Vec<usize>>;

fn places<'a>(list: &'a [(Option<String>, &Node)]) -> Places<'a> {
    let mut places = Places::new();
    for (index, (key, _)) in list.iter().enumerate() {
        if let Some(key) = key {
            places.entry(key).or_default().push(index);
        }
    }
    places
}

fn same_node(a: &Node, b: &Node) -> bool {
    match (a, b) {
        (Node::Element(a), Node::Element(b)) => same(a, b),
        (a, b) => a == b,
    }
}

fn merge(raw: &Element, was: &Element, now: &Element, key: KeyOf) -> Element {
    let mut merged = Element::new(&now.name);
    for (name, value) in &raw.attributes {
        match (was.get(name), now.get(name)) {
            (was, Some(now)) if was != Some(now) => merged.attributes.push((name.clone(), now.to_owned())),
            (Some(_), None) => {}
            _ => merged.attributes.push((name.clone(), value.clone())),
        }
    }
    for (name, value) in &now.attributes {
        if raw.get(name).is_none() && was.get(name) != Some(value) {
            merged.attributes.push((name.clone(), value.clone()));
        }
    }
    let texts = |e: &Element| e.is_text() || e.children.iter().any(|c| matches!(c, Node::Text(_)));
    if texts(was) || texts(now) {
        let kept = if was.plain() == now.plain() { raw } else { now };
        merged.children.clone_from(&kept.children);
        return merged;
    }
    let (raws, wases, nows) = (keyed(raw, key), keyed(was, key), keyed(now, key));
    let (was_places, now_places) = (places(&wases), places(&nows));
    let nth = |places: &Places, wanted: &str, n: usize| places.get(wanted).and_then(|p| p.get(n)).copied();
    let unchanged = |wanted: &str| {
        let (was, now) = (was_places.get(wanted), now_places.get(wanted));
        let (was, now) = (was.map_or(&[][..], Vec::as_slice), now.map_or(&[][..], Vec::as_slice));
        was.len() == now.len() && was.iter().zip(now).all(|(w, n)| same_node(wases[*w].1, nows[*n].1))
    };
    // Asked for each of many of the same kind, so answered once.
    let mut folded: std::collections::HashMap<&str, bool> = std::collections::HashMap::new();
    let mut seen: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    let mut out: Vec<(Option<usize>, Node)> = Vec::new();
    for (raw_key, raw_node) in &raws {
        let Some(raw_key) = raw_key else {
            out.push((None, (*raw_node).clone()));
            continue;
        };
        let n = seen.entry(raw_key).or_default();
        let (in_was, in_now) = (nth(&was_places, raw_key, *n), nth(&now_places, raw_key, *n));
        *n += 1;
        if raw_key.starts_with('@') {
            if let Some(index) = in_now {
                out.push((Some(index), nows[index].1.clone()));
            }
            continue;
        }
        match (in_was, in_now) {
            (Some(w), Some(i)) if same_node(wases[w].1, nows[i].1) => out.push((Some(i), (*raw_node).clone())),
            (Some(w), Some(i)) => match (raw_node, wases[w].1, nows[i].1) {
                (Node::Element(r), Node::Element(w), Node::Element(n)) => {
                    out.push((Some(i), Node::Element(merge(r, w, n, key))));
                }
                (_, _, now) => out.push((Some(i), now.clone())),
            },
            // Was nothing to us (an empty text, say), and now is something.
            (None, Some(i)) => out.push((Some(i), nows[i].1.clone())),
            // Taken away, unless it was folded into an earlier one that is as it was.
            (Some(_), None) => {}
            (None, None) => {
                let stays = nth(&was_places, raw_key, 0).is_none()
                    || *folded.entry(raw_key).or_insert_with(|| unchanged(raw_key));
                if stays {
                    out.push((None, (*raw_node).clone()));
                }
            }
        }
    }
    let placed: std::collections::HashSet<usize> = out.iter().filter_map(|(placed, _)| *placed).collect();
    for (index, (now_key, node)) in nows.iter().enumerate() {
        if placed.contains(&index) {
            continue;
        }
        // Said by default when it was read, and not in the file: stays away.
        let record = now_key.as_ref().is_some_and(|k| k.starts_with('@'));
        let said = match now_key {
            Some(key) => was_places.get(key.as_str()).is_some_and(|p| p.iter().any(|w| same_node(wases[*w].1, node))),
            None => wases.iter().any(|(was_key, was)| was_key.is_none() && same_node(was, node)),
        };
        if !record && said {
            continue;
        }
        let after = (0..index).rev().find_map(|before| out.iter().position(|(placed, _)| *placed == Some(before)));
        let place = match after {
            Some(place) => place + 1,
            None => out.iter().position(|(placed, _)| placed.is_some_and(|p| p > index)).unwrap_or(out.len()),
        };
        out.insert(place, (Some(index), (*node).clone()));
    }
    merged.children = out.into_iter().map(|(_, node)| node).collect();
    merged
}
