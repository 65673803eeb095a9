//! The IRIs of the graph: the project's base, then the record's id. Nothing a user typed gets in unescaped.

use std::fmt::Write as _;
use std::rc::Rc;

use sophia::iri::Iri;
use uuid::Uuid;

use super::Node;
use super::leftovers::Names;

/// Where the IRIs of a project's records start.
#[derive(Clone, Debug)]
pub(super) struct Base {
    start: String,
    /// What records of other programs are called.
    names: Rc<Names>,
}

/// Base of projects that have not chosen one. `.invalid` never resolves, so nobody else's name is taken.
pub(super) const UNDECIDED: &str = "https://fieldgloss.invalid/";

impl Base {
    /// Takes a base IRI as typed; a missing `/` at the end is added. `Err` says in the user's words what is wrong.
    pub(super) fn new(typed: &str) -> Result<Self, String> {
        let mut base = typed.trim().to_owned();
        let problem =
            |what: &str| format!("the base IRI '{typed}' {what}; set one like https://example.org/my-project/");
        // A scheme alone names nothing.
        if !is_iri(&base) || base.split_once(':').is_none_or(|(_, rest)| rest.trim_matches('/').is_empty()) {
            return Err(problem("is not an absolute IRI"));
        }
        if base.contains('?') || base.find('#').is_some_and(|at| at + 1 < base.len()) {
            return Err(problem("goes on after '?' or '#'"));
        }
        if !base.ends_with(['/', '#', ':']) {
            base.push('/');
        }
        Ok(Self { start: base, names: Rc::default() })
    }
    /// With the names that records came with from other programs: they keep them.
    pub(super) fn with_names(mut self, names: Names) -> Self {
        self.names = Rc::new(names);
        self
    }
    /// The name that a record came with from another program.
    pub(super) fn foreign(&self, id: Uuid) -> Option<Node> {
        self.names.record(id).map(|iri| Node::new(iri.to_owned()))
    }
    /// The base itself.
    pub(super) fn as_str(&self) -> &str {
        &self.start
    }
    /// A record.
    pub(super) fn record(&self, id: Uuid) -> Node {
        self.foreign(id).unwrap_or_else(|| Node::new(format!("{}{id}", self.start)))
    }
    /// A part of a record that has no id of its own; `part` is ours, never the user's.
    pub(super) fn part(&self, id: Uuid, part: &str) -> Node {
        match self.names.part(id, part) {
            Some(iri) => Node::new(iri.to_owned()),
            None => Node::new(format!("{}.{part}", self.record(id).as_str())),
        }
    }
    /// Something of the project as a whole, by a name of ours.
    pub(super) fn name(&self, name: &str) -> Node {
        Node::new(self.names.own(name).map_or_else(|| format!("{}{name}", self.start), str::to_owned))
    }
    /// Something that is known by a text of the user's only (a semantic domain, a custom field): the same text
    /// gives the same IRI.
    pub(super) fn hashed(&self, kind: &str, text: &str) -> Node {
        let hash = blake3::derive_key(&format!("fieldgloss rdf 1 {kind}"), text.as_bytes());
        let mut name = format!("{kind}.");
        for byte in &hash[..8] {
            let _ = write!(name, "{byte:02x}");
        }
        self.name(&name)
    }
    /// A file below the project folder, its path percent-encoded.
    pub(super) fn file(&self, path: &str) -> Node {
        let mut iri = self.start.strip_suffix('#').map_or(self.start.clone(), |folder| format!("{folder}/"));
        for (index, step) in path.split(['/', '\\']).filter(|s| !s.is_empty() && *s != "." && *s != "..").enumerate() {
            if index > 0 {
                iri.push('/');
            }
            for byte in step.bytes() {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    iri.push(char::from(byte));
                } else {
                    let _ = write!(iri, "%{byte:02X}");
                }
            }
        }
        Node::new(iri)
    }
}

/// Whether a text is an absolute IRI that every parser takes: ours and the independent one behind RDF/XML.
pub(super) fn is_iri(text: &str) -> bool {
    Iri::new(text).is_ok() && text.chars().all(|c| !c.is_control() && !c.is_whitespace() && c != '\u{FFFD}')
}

#[cfg(test)]
mod tests {
    use super::Base;

    #[test]
    fn files_are_escaped_and_stay_below_the_project() {
        let base = Base::new("https://example.org/p").unwrap();
        assert_eq!(base.file("media/well.wav").as_str(), "https://example.org/p/media/well.wav");
        assert_eq!(base.file("../../a b#é.wav").as_str(), "https://example.org/p/a%20b%23%C3%A9.wav");
        let base = Base::new("https://example.org/p#").unwrap();
        assert_eq!(base.file("media/x.wav").as_str(), "https://example.org/p/media/x.wav");
    }

    #[test]
    fn what_is_no_base_is_refused() {
        for typed in
            ["", "p/", "https://example.org/a b", "https://example.org/<p>/", "https://example.org/#a", "http:"]
        {
            assert!(Base::new(typed).is_err(), "{typed}");
        }
    }
}
