//! What the shapes say of a graph, in words, with the record each thing is about.

use std::collections::BTreeMap;
use std::fmt;

use oxrdf::Term;
use uuid::Uuid;

use super::shacl::{self, Severity, ShapesFile, Violation};
use super::triples::{TermId, Triples};
use crate::domain::{LossReport, RecordId};

/// One thing that the shapes do not accept, and where in the project it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub violation: Violation,
    /// The record of this project that it is about, when the graph names it by its id.
    pub record: Option<RecordId>,
    /// What that record or node calls itself: its form, title or name; its IRI where it has none.
    pub label: String,
}

/// What the shapes say of a graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// The files of shapes that were applied.
    pub shapes: Vec<String>,
    /// How large the graph is.
    pub triples: usize,
    /// Violations and warnings, the worst first.
    pub findings: Vec<Finding>,
}

/// Holds a graph against the shapes that come with the program.
pub(super) fn judge(triples: &mut Triples) -> Result<Verdict, String> {
    let files = shacl::shipped().map_err(ToString::to_string)?;
    judge_by(triples, files)
}

/// Holds a graph against some shapes.
pub(super) fn judge_by(triples: &mut Triples, files: &[ShapesFile]) -> Result<Verdict, String> {
    let found = shacl::validate(triples, files, Severity::Warning).map_err(|error| error.to_string())?;
    let mut findings: Vec<_> = found
        .into_iter()
        .map(|violation| {
            let (record, label) = about(triples, &violation.focus);
            Finding { violation, record, label }
        })
        .collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.violation.severity));
    Ok(Verdict { shapes: files.iter().map(|f| f.name.clone()).collect(), triples: triples.len(), findings })
}

/// The record that an IRI of ours names (or a part of one), and what it calls itself.
pub fn about(triples: &Triples, focus: &str) -> (Option<RecordId>, String) {
    let name = focus.rsplit(['/', '#', ':']).next().unwrap_or_default();
    let record = name.get(..36).and_then(|id| id.parse::<Uuid>().ok());
    let whole = record.and_then(|_| focus.get(..focus.len() - name.len() + 36));
    let of_whole = |node| triples.objects(node, triples.iri("http://purl.org/dc/terms/isPartOf")?).next();
    let label = [focus].into_iter().chain(whole).find_map(|iri| {
        let node = triples.iri(iri)?;
        // What has no name is known by what it is a part of.
        label(triples, node).or_else(|| label(triples, of_whole(node)?))
    });
    (record, label.unwrap_or_else(|| focus.to_owned()))
}

/// Properties by which things are called, the best first.
const LABELS: [&str; 8] = [
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://purl.org/dc/terms/title",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://www.w3.org/ns/lemon/ontolex#writtenRep",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#value",
    "http://purl.org/ligt/ligt-0.3#gloss",
    "http://purl.org/dc/terms/identifier",
    "http://xmlns.com/foaf/0.1/name",
];

/// What a node calls itself.
pub(super) fn label(triples: &Triples, node: TermId) -> Option<String> {
    LABELS.iter().find_map(|property| {
        triples.objects(node, triples.iri(property)?).find_map(|value| match triples.term(value) {
            Term::Literal(literal) if !literal.value().trim().is_empty() => Some(literal.value().to_owned()),
            _ => None,
        })
    })
}

impl Verdict {
    /// How many of a severity there are.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.violation.severity == severity).count()
    }
    /// Whether nothing will be misread.
    pub fn is_valid(&self) -> bool {
        self.count(Severity::Violation) == 0
    }
    /// Each kind of finding, with how many there are and the first of them; the worst first.
    pub fn kinds(&self) -> Vec<(usize, &Finding)> {
        let mut kinds: BTreeMap<(std::cmp::Reverse<Severity>, &str), (usize, &Finding)> = BTreeMap::new();
        for finding in &self.findings {
            let key = (std::cmp::Reverse(finding.violation.severity), finding.violation.message.as_str());
            kinds.entry(key).or_insert((0, finding)).0 += 1;
        }
        kinds.into_values().collect()
    }
    /// Adds each kind of finding to a loss report.
    pub fn warn(&self, report: &mut LossReport) {
        for (count, first) in self.kinds() {
            let Violation { severity, message, .. } = &first.violation;
            report.warn(format!("Shapes, {severity}, {count} ×: {message}. First: “{}”.", shortened(&first.label)));
        }
    }
}

/// A label short enough for a line.
fn shortened(label: &str) -> String {
    let flat: String = label.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &flat[..at]),
        None => flat,
    }
}

/// One line for the verdict, then one for each kind of finding.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (violations, warnings) = (self.count(Severity::Violation), self.count(Severity::Warning));
        let valid = if violations == 0 { "Valid" } else { "Not valid" };
        let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        write!(
            f,
            "{valid}: {}, {} of {} ({})",
            plural(violations, "violation"),
            plural(warnings, "warning"),
            plural(self.shapes.len(), "shape file"),
            self.shapes.join(", ")
        )?;
        for (count, first) in self.kinds() {
            let Violation { severity, message, focus, .. } = &first.violation;
            write!(f, "\n{severity} {count:>6} × {message}; first: “{}” <{focus}>", shortened(&first.label))?;
        }
        Ok(())
    }
}
