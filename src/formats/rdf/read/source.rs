//! The graph of a file, asked the way the readers need it, and the ids that its IRIs stand for.

use std::collections::{BTreeMap, HashMap};

use oxrdf::Term;
use uuid::Uuid;

use super::super::base;
use super::super::language::Tag;
use super::super::names::{PREFIXES, rdf};
use super::super::triples::{TermId, Triples};
use crate::domain::{Bundle, LossReport, MultiText};

/// A file under way into a bundle.
pub(super) struct Source<'a> {
    pub(super) graph: &'a Triples,
    /// Where the IRIs of our own export start; empty for files of others.
    pub(super) base: String,
    pub(super) bundle: Bundle,
    pub(super) report: LossReport,
    /// Ids given to IRIs that are not of our own making.
    given: HashMap<String, Uuid>,
    /// IRIs of others for records, and for parts of them.
    pub(super) names: HashMap<Uuid, BTreeMap<String, String>>,
    /// IRIs of others for what belongs to the project as a whole.
    pub(super) own_names: BTreeMap<String, String>,
}

/// The base that most IRIs of the shape base + UUID have.
pub(super) fn guess_base(graph: &Triples) -> String {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    let mut last = None;
    for [subject, _, _] in graph.matching(None, None, None) {
        if last.replace(subject) == Some(subject) {
            continue;
        }
        if let Term::NamedNode(iri) = graph.term(subject)
            && let Some((start, _)) = split_id(iri.as_str())
        {
            *uses.entry(start).or_default() += 1;
        }
    }
    uses.into_iter().max_by_key(|(_, count)| *count).map(|(start, _)| start.to_owned()).unwrap_or_default()
}

/// An IRI that ends in an id: what stands before it, and the id.
fn split_id(iri: &str) -> Option<(&str, Uuid)> {
    let at = iri.len().checked_sub(36)?;
    let (start, id) = (iri.get(..at)?, iri.get(at..)?);
    // Only the one spelling that we write: others would come out as another IRI.
    let id: Uuid = id.parse().ok().filter(|parsed: &Uuid| parsed.to_string() == id)?;
    start.ends_with(['/', '#', ':']).then_some((start, id))
}

impl<'a> Source<'a> {
    pub(super) fn new(graph: &'a Triples) -> Self {
        Self {
            graph,
            base: guess_base(graph),
            bundle: Bundle::default(),
            report: LossReport::default(),
            given: HashMap::new(),
            names: HashMap::new(),
            own_names: BTreeMap::new(),
        }
    }

    /// The id that an IRI stands for: its own, or a new one that remembers it.
    pub(super) fn id(&mut self, node: TermId) -> Uuid {
        let iri = self.iri(node).to_owned();
        if let Some((start, id)) = split_id(&iri)
            && start == self.base
        {
            return id;
        }
        if let Some(known) = self.given.get(&iri) {
            return *known;
        }
        let id = Uuid::now_v7();
        self.names.entry(id).or_default().insert(String::new(), iri.clone());
        self.given.insert(iri, id);
        id
    }
    /// The id of an IRI that was given one already, or has one of its own.
    pub(super) fn id_if_known(&self, node: TermId) -> Option<Uuid> {
        let iri = self.iri(node);
        let own = split_id(iri).filter(|(start, _)| *start == self.base).map(|(_, id)| id);
        own.or_else(|| self.given.get(iri).copied())
    }
    /// Properties of the project's own whose names start so: their IRIs, and the words of the user's they stand for.
    pub(super) fn own_properties(&self, start: &str) -> Vec<(String, String)> {
        let mut own = Vec::new();
        for node in self.all("rdf:Property") {
            let iri = self.iri(node);
            if !self.base.is_empty() && iri.strip_prefix(&self.base).is_some_and(|name| name.starts_with(start)) {
                own.push((iri.to_owned(), self.text(node, "rdfs:label")));
            }
        }
        own
    }
    /// Remembers what a part of a record is called, unless it is what we would call it.
    pub(super) fn part(&mut self, id: Uuid, part: &str, node: TermId) {
        let iri = self.iri(node).to_owned();
        let whole = self.names.get(&id).and_then(|names| names.get("")).cloned();
        let ours = format!("{}.{part}", whole.unwrap_or_else(|| format!("{}{id}", self.base)));
        if iri != ours {
            self.names.entry(id).or_default().insert(part.to_owned(), iri);
        }
    }
    /// Remembers what something of the whole project is called, unless it is what we would call it.
    pub(super) fn own_name(&mut self, name: &str, node: TermId) {
        let iri = self.iri(node).to_owned();
        if iri != format!("{}{name}", self.base) {
            self.own_names.entry(name.to_owned()).or_insert(iri);
        }
    }
    /// The IRIs that records were given ids for.
    pub(super) fn given(&self) -> &HashMap<String, Uuid> {
        &self.given
    }
    /// Whether the project had no base of its own when it was exported.
    pub(super) fn undecided(&self) -> bool {
        self.base == base::UNDECIDED
    }

    /// An IRI as text; empty for what is none.
    pub(super) fn iri(&self, node: TermId) -> &'a str {
        match self.graph.term(node) {
            Term::NamedNode(iri) => iri.as_str(),
            _ => "",
        }
    }
    fn property(&self, name: &str) -> Option<TermId> {
        if name.contains("//") || (!self.base.is_empty() && name.starts_with(&self.base)) {
            return self.graph.iri(name);
        }
        let Some((prefix, local)) = name.split_once(':') else {
            return self.graph.iri(&format!("{}{name}", self.base));
        };
        let (_, namespace) = PREFIXES.iter().find(|(known, _)| *known == prefix)?;
        self.graph.iri(&format!("{namespace}{local}"))
    }
    /// Objects of a property: `prefix:local`, `local` for one of the project's own, or an IRI. IRIs first, in order.
    pub(super) fn objects(&self, node: TermId, name: &str) -> Vec<TermId> {
        let Some(property) = self.property(name) else { return Vec::new() };
        let mut objects: Vec<_> = self.graph.objects(node, property).collect();
        objects.sort_by_cached_key(|object| self.order(*object));
        objects
    }
    /// IRIs under a property.
    pub(super) fn links(&self, node: TermId, name: &str) -> Vec<TermId> {
        let mut links = self.objects(node, name);
        links.retain(|link| !self.iri(*link).is_empty());
        links
    }
    /// The first IRI under a property.
    pub(super) fn link(&self, node: TermId, name: &str) -> Option<TermId> {
        self.links(node, name).first().copied()
    }
    /// What points at a node by a property.
    pub(super) fn from(&self, name: &str, node: TermId) -> Vec<TermId> {
        let Some(property) = self.property(name) else { return Vec::new() };
        let mut subjects: Vec<_> = self.graph.subjects(property, node).collect();
        subjects.sort_by_cached_key(|subject| self.order(*subject));
        subjects
    }
    /// What is of a class.
    pub(super) fn all(&self, class: &str) -> Vec<TermId> {
        let class = self.property(class);
        let Some((is_a, class)) = self.graph.iri(rdf("type").as_str()).zip(class) else { return Vec::new() };
        let mut all: Vec<_> = self.graph.subjects(is_a, class).filter(|node| !self.iri(*node).is_empty()).collect();
        all.sort_by_cached_key(|node| self.order(*node));
        all
    }
    /// Whether a node is of a class.
    pub(super) fn is_a(&self, node: TermId, class: &str) -> bool {
        let class = self.property(class);
        self.graph.iri(rdf("type").as_str()).zip(class).is_some_and(|(is_a, class)| self.graph.has(node, is_a, class))
    }
    /// Whether anything is said of a node.
    pub(super) fn is_described(&self, node: TermId) -> bool {
        self.graph.matching(Some(node), None, None).next().is_some()
    }
    /// All pairs of a property.
    pub(super) fn pairs(&self, name: &str) -> Vec<(TermId, TermId)> {
        let Some(property) = self.property(name) else { return Vec::new() };
        let mut pairs: Vec<_> = self.graph.matching(None, Some(property), None).map(|[s, _, o]| (s, o)).collect();
        pairs.sort_by_cached_key(|(s, o)| (self.order(*s), self.order(*o)));
        pairs
    }

    /// Texts of a property with their tags; a text without one has none.
    pub(super) fn texts(&self, node: TermId, name: &str) -> Vec<(String, String)> {
        let mut texts: Vec<_> = self
            .objects(node, name)
            .into_iter()
            .filter_map(|object| match self.graph.term(object) {
                Term::Literal(literal) => {
                    let tag = literal.language().map(|tag| Tag::parse(tag).to_string()).unwrap_or_default();
                    Some((tag, literal.value().to_owned()))
                }
                _ => None,
            })
            .collect();
        texts.sort();
        texts
    }
    /// Texts of a property, one a language; one without a tag is in an unknown language.
    pub(super) fn multi(&self, node: TermId, name: &str) -> MultiText {
        let mut multi = MultiText::default();
        for (tag, text) in self.texts(node, name) {
            let tag = if tag.is_empty() { "und".to_owned() } else { tag };
            if multi.get(&tag).is_none() {
                multi.set(tag, text);
            }
        }
        multi
    }
    /// The first text of a property, whatever its language; empty without one.
    pub(super) fn text(&self, node: TermId, name: &str) -> String {
        self.texts(node, name).into_iter().next().map(|(_, text)| text).unwrap_or_default()
    }

    /// By kind, then by name, numbers in it by their size.
    pub(super) fn order(&self, node: TermId) -> (bool, String) {
        let term = self.graph.term(node);
        let text = term.to_string();
        let mut key = String::with_capacity(text.len() + 8);
        let mut digits = String::new();
        for letter in text.chars().chain(['\0']) {
            if letter.is_ascii_digit() {
                digits.push(letter);
                continue;
            }
            if !digits.is_empty() {
                // Ids have digits too: padding keeps their order.
                key.push_str(&format!("{digits:0>12}"));
                digits.clear();
            }
            key.push(letter);
        }
        // Ids sort as they are: they were made in that order.
        if split_id(self.iri(node)).is_some() { (false, text) } else { (!matches!(term, Term::NamedNode(_)), key) }
    }

    /// Nodes in the order that a property gives them; what it does not reach follows by name.
    pub(super) fn chain(&self, mut nodes: Vec<TermId>, next: &[&str]) -> Vec<TermId> {
        nodes.sort_by_cached_key(|node| self.order(*node));
        nodes.dedup();
        let within: HashMap<TermId, usize> = nodes.iter().enumerate().map(|(place, node)| (*node, place)).collect();
        let after = |node: TermId| {
            next.iter()
                .flat_map(|name| self.links(node, name))
                .find(|other| within.contains_key(other) && *other != node)
        };
        let followers: HashMap<TermId, TermId> = nodes.iter().filter_map(|node| Some((*node, after(*node)?))).collect();
        let mut has_before: Vec<bool> = vec![false; nodes.len()];
        for follower in followers.values() {
            if let Some(place) = within.get(follower)
                && let Some(flag) = has_before.get_mut(*place)
            {
                *flag = true;
            }
        }
        let mut ordered = Vec::with_capacity(nodes.len());
        let mut done: Vec<bool> = vec![false; nodes.len()];
        let starts = nodes.iter().zip(&has_before).filter(|(_, before)| !**before).map(|(node, _)| *node);
        // What goes round in a circle has no start: it comes last.
        for start in starts.chain(nodes.iter().copied()).collect::<Vec<_>>() {
            let mut at = Some(start);
            while let Some(node) = at {
                let Some(flag) = within.get(&node).and_then(|place| done.get_mut(*place)) else { break };
                if std::mem::replace(flag, true) {
                    break;
                }
                ordered.push(node);
                at = followers.get(&node).copied();
            }
        }
        ordered
    }
}
