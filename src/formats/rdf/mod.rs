//! Linked Data: Ligt 0.3 for texts, OntoLex-Lemon for the lexicon, Web Annotation for time and for what lies on
//! other tiers, PROV for who confirmed what. Written through sophia as Turtle, TriG, N-Triples, RDF/XML or JSON-LD.
//!
//! Nothing anonymous: every node is the project's base IRI and the id of a record, the same on every export.
//! What has no record of its own hangs at one (`….words`, `….concept`). Only what people made or agreed to goes
//! out: a proposal of a model, a suggested analysis and an unconfirmed link stay home, and the report says so.

mod annotations;
mod base;
mod graph;
mod language;
mod lexicon;
mod lexinfo;
mod links;
mod names;
mod privacy;
mod recordings;
mod relations;
mod syntax;
mod texts;

use std::path::Path;

use super::{Format, FormatError, input};
use crate::domain::{Bundle, LossReport};
use base::Base;
use graph::{Graph, Node};
use privacy::Published;

/// Writes the bundle as RDF: `format` is one of Turtle, TriG, N-Triples, RDF/XML and JSON-LD.
///
/// # Errors
/// When the project's base IRI is not one, or the file cannot be written.
pub fn write(path: &Path, format: Format, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let (bytes, report) = to_bytes(format, bundle)?;
    input::write_atomic(path, &bytes)?;
    Ok(report)
}

/// The bytes that [`write`] writes: the same for the same bundle.
///
/// # Errors
/// When the project's base IRI is not one, or `format` is not an RDF syntax.
pub fn to_bytes(format: Format, bundle: &Bundle) -> Result<(Vec<u8>, LossReport), FormatError> {
    let typed = bundle.project.as_ref().map_or("", |p| p.base_iri.trim());
    let undecided = typed.is_empty();
    let base = Base::new(if undecided { base::UNDECIDED } else { typed })
        .map_err(|problem| FormatError::Unsayable { format, problem })?;
    let mut graph = Graph::new(base.clone());
    if undecided {
        graph.report.warn(format!(
            "The project has no base IRI yet; records are named under {}, which leads nowhere.",
            base::UNDECIDED
        ));
    }

    let published = Published::of(bundle, &mut graph);
    let links = links::Links::of(bundle, &mut graph);
    let lexicon = lexicon::Lexicon::of(bundle, &mut graph);
    published.write(&mut graph);
    texts::write(bundle, &published, &lexicon, &mut graph);
    lexicon.write(&links, &published, &mut graph);
    links.write(&published, &lexicon, &mut graph);
    left_behind(bundle, &mut graph);

    let (triples, report) = graph.finish();
    let bytes = syntax::serialise(&triples, base.as_str(), format)?;
    Ok((bytes, report))
}

/// Says what has no place in the graph.
fn left_behind(bundle: &Bundle, graph: &mut Graph) {
    let report = &mut graph.report;
    report.left_out("tracks of faces and bodies", bundle.tracks.len(), "kept in the project");
    let vocabularies = "the values that annotations use are written, the lists are not";
    report.left_out("controlled vocabularies", bundle.vocabularies.len(), vocabularies);
    let residues = [
        bundle.sessions.iter().filter(|r| !r.residue.is_empty()).count(),
        bundle.tiers.iter().filter(|r| !r.residue.is_empty()).count(),
        bundle.annotations.iter().filter(|r| !r.residue.is_empty()).count(),
        bundle.words.iter().filter(|r| !r.residue.is_empty()).count(),
        bundle.morphs.iter().filter(|r| !r.residue.is_empty()).count(),
        bundle.lexemes.iter().filter(|r| !r.residue.is_empty()).count(),
        bundle.forms.iter().filter(|r| !r.residue.is_empty()).count(),
        bundle.senses.iter().filter(|r| !r.residue.is_empty()).count(),
        bundle.examples.iter().filter(|r| !r.residue.is_empty()).count(),
        bundle.relations.iter().filter(|r| !r.residue.is_empty()).count(),
    ];
    report.left_out(
        "records with leftovers of another format",
        residues.iter().sum(),
        "the leftovers stay in the project",
    );
}
