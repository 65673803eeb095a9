//! Linked Data: Ligt 0.3 for texts, OntoLex-Lemon for the lexicon, Web Annotation for time and for what lies on
//! other tiers, PROV for who confirmed what. Written through sophia as Turtle, TriG, N-Triples, RDF/XML or JSON-LD.
//!
//! Nothing anonymous: every node is the project's base IRI and the id of a record, the same on every export.
//! What has no record of its own hangs at one (`….words`, `….concept`). Only what people made or agreed to goes
//! out: a proposal of a model, a suggested analysis and an unconfirmed link stay home, and the report says so.
//!
//! Every export is held against the shapes in `assets/shapes` ([`shacl`]) and can be asked in SPARQL ([`query`]).

mod annotations;
mod base;
mod gathered;
mod graph;
mod language;
mod languages;
mod leftovers;
mod lexicon;
mod lexinfo;
mod links;
mod names;
mod parse;
mod privacy;
pub mod query;
mod read;
mod recordings;
mod relations;
pub mod shacl;
mod syntax;
mod texts;
mod tiers;
mod triples;
mod turtle;
mod verdict;

use std::path::Path;

use super::published::without_closed_tags;
use super::{Format, FormatError, input};
use crate::domain::{Bundle, LossReport};
use base::Base;
use gathered::Gathered;
use graph::{Graph, Node};
pub use parse::hush_caught_panics;
use privacy::Published;
pub use read::{from_text, read};
pub use triples::Triples;
pub use verdict::{Finding, Verdict, about};

/// The syntaxes that are read and written.
pub const SYNTAXES: [Format; 5] = [Format::Turtle, Format::NTriples, Format::RdfXml, Format::JsonLd, Format::TriG];

/// Writes the bundle as RDF: `format` is one of Turtle, TriG, N-Triples, RDF/XML and JSON-LD.
///
/// # Errors
/// When the project's base IRI is not one, or the file cannot be written.
pub fn write(path: &Path, format: Format, bundle: &Bundle) -> Result<LossReport, FormatError> {
    Ok(write_judged(path, format, bundle)?.0)
}

/// As [`write`], with what the shapes say of what was written.
///
/// # Errors
/// As for [`write`].
pub fn write_judged(path: &Path, format: Format, bundle: &Bundle) -> Result<(LossReport, Verdict), FormatError> {
    let (graph, base, mut report) = graph_of(format, bundle)?;
    let bytes = syntax::serialise(&graph, base.as_str(), format)?;
    let verdict = judge_graph(format, &graph)?;
    verdict.warn(&mut report);
    input::write_atomic(path, &bytes)?;
    Ok((report, verdict))
}

/// The bytes that [`write`] writes: the same for the same bundle.
///
/// # Errors
/// When the project's base IRI is not one, or `format` is not an RDF syntax.
pub fn to_bytes(format: Format, bundle: &Bundle) -> Result<(Vec<u8>, LossReport), FormatError> {
    let (graph, base, report) = graph_of(format, bundle)?;
    Ok((syntax::serialise(&graph, base.as_str(), format)?, report))
}

/// What the shapes say of the bundle's graph, without writing it.
///
/// # Errors
/// When the project's base IRI is not one.
pub fn judge(bundle: &Bundle) -> Result<Verdict, FormatError> {
    let (graph, ..) = graph_of(Format::Turtle, bundle)?;
    judge_graph(Format::Turtle, &graph)
}

/// What the shapes say of a file: those that come with the program, or others in their place.
///
/// # Errors
/// When the file cannot be read as the format, or others' shapes ask what cannot be checked.
pub fn judge_file(path: &Path, format: Format, shapes: Option<&[shacl::ShapesFile]>) -> Result<Verdict, FormatError> {
    let bytes = input::bytes(path, format, LIMIT)?;
    let parsed = parse::parse(&input::decode(&bytes).0, format)?;
    let (mut triples, odd) = Triples::new(&parsed.triples);
    if odd > 0 {
        let problem = format!("{odd} triples have a literal where only a name can stand");
        return Err(FormatError::broken(format, "its triples", problem));
    }
    let verdict = match shapes {
        Some(shapes) => verdict::judge_by(&mut triples, shapes),
        None => verdict::judge(&mut triples),
    };
    verdict.map_err(|problem| FormatError::Unsayable { format, problem })
}

/// The bundle's graph, ready to be asked.
///
/// # Errors
/// When the project's base IRI is not one.
pub fn view(bundle: &Bundle) -> Result<Triples, FormatError> {
    let (graph, ..) = graph_of(Format::Turtle, bundle)?;
    Ok(Triples::of(&graph))
}

/// Files larger than this are not Linked Data of one project.
const LIMIT: u64 = 1 << 30;

fn judge_graph(format: Format, graph: &Gathered) -> Result<Verdict, FormatError> {
    let mut triples = Triples::of(graph);
    verdict::judge(&mut triples).map_err(|problem| FormatError::Unsayable { format, problem })
}

/// The bundle's graph; the base of its IRIs; what became of everything.
fn graph_of(format: Format, bundle: &Bundle) -> Result<(Gathered, Base, LossReport), FormatError> {
    let typed = bundle.project.as_ref().map_or("", |p| p.base_iri.trim());
    let undecided = typed.is_empty();
    let base = Base::new(if undecided { base::UNDECIDED } else { typed })
        .map_err(|problem| FormatError::Unsayable { format, problem })?
        .with_names(leftovers::Names::of(bundle));
    let mut graph = Graph::new(base.clone());
    if undecided {
        graph.report.warn(format!(
            "The project has no base IRI yet; records are named under {}, which leads nowhere.",
            base::UNDECIDED
        ));
    }

    let bundle = &*without_closed_tags(bundle, &mut graph.report);
    let published = Published::of(bundle, &mut graph);
    let links = links::Links::of(bundle, &mut graph);
    let lexicon = lexicon::Lexicon::of(bundle, &mut graph);
    languages::write(bundle, &mut graph);
    published.write(&mut graph);
    texts::write(bundle, &published, &lexicon, &mut graph);
    lexicon.write(&links, &published, &mut graph);
    links.write(&published, &lexicon, &mut graph);
    left_behind(bundle, &mut graph);
    leftovers::write(bundle, &mut graph);

    let (graph, report) = graph.finish();
    Ok((graph, base, report))
}

/// Says what has no place in the graph.
fn left_behind(bundle: &Bundle, graph: &mut Graph) {
    let report = &mut graph.report;
    report.left_out("tracks of faces and bodies", bundle.tracks.len(), "kept in the project");
    let vocabularies = "the values that annotations use are written, the lists are not";
    report.left_out("controlled vocabularies", bundle.vocabularies.len(), vocabularies);
    let others = leftovers::residues(bundle).filter(|(_, residue)| leftovers::is_of_others(residue)).count();
    report.left_out("records with leftovers of another format", others, "the leftovers stay in the project");
}
