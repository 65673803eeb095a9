//! Linked Data back into a project.
//!
//! What is read: Ligt texts (sessions, utterances with speaker, translations, notes and times, words, morphs),
//! Web Annotations on other tiers, OntoLex lexica (entries, forms, senses, examples, relations, links), people,
//! languages, recordings. IRIs of our own export give their ids back; others get new ids and remember their IRI, under
//! which the record is written again.
//!
//! Nothing is lost: what was read is written again in memory and compared with the file. Every triple that does not
//! come out is residue (`rdf`) on the record it speaks of, else on the project, and goes out with the next export.

mod annotations;
mod lexicon;
mod people;
mod senses;
mod source;
mod texts;
mod tiers;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use uuid::Uuid;

use super::gathered::Triple;
use super::leftovers;
use super::parse;
use super::triples::Triples;
use crate::domain::{LossReport, Project, ProjectId, Residue};
use crate::formats::{Format, FormatError, ImportOptions, Imported, input};
use source::Source;

/// Reads an RDF file.
///
/// # Errors
/// When the file cannot be opened, is too large, or breaks its syntax.
pub fn read(path: &Path, format: Format, options: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, format, super::LIMIT)?;
    from_text(&input::decode(&bytes).0, format, options)
}

/// Reads RDF from a text.
///
/// # Errors
/// When it breaks its syntax.
pub fn from_text(text: &str, format: Format, options: &ImportOptions) -> Result<Imported, FormatError> {
    let parse::Parsed { mut triples, named } = parse::parse(text, format)?;
    let mut report = LossReport::default();
    report.mapped("triples in named graphs", named, "read as one graph; the names of the graphs are not kept");
    report.mapped(
        "texts with an odd language tag",
        parse::canonical_tags(&mut triples),
        "the tag is written as BCP 47 has it",
    );
    parse::clean_texts(&mut triples);
    let base = source::guess_base(&Triples::new(&triples).0);
    let home = if base.is_empty() { parse::RELATIVE } else { &base };
    let blank = parse::name_blank_nodes(&mut triples, home);
    report.mapped("nodes without a name", blank, "they were given names, under which they are written again");
    triples.sort_unstable();
    triples.dedup();

    let (graph, odd) = Triples::new(&triples);
    report.left_out("triples", odd, "a literal stands where only a name can, or they speak of other triples");
    let mut source = Source::new(&graph);
    source.report = report;
    people::read(&mut source);
    texts::read(&mut source, options);
    annotations::read(&mut source);
    lexicon::read(&mut source);
    people::languages(&mut source);
    finish(source, &triples, options)
}

/// Puts names on their records, compares with the file, and puts what is over on them too.
fn finish(mut source: Source, triples: &[Triple], options: &ImportOptions) -> Result<Imported, FormatError> {
    let names = std::mem::take(&mut source.names);
    let own_names = std::mem::take(&mut source.own_names);
    let given = source.given().clone();
    let base = source.base.clone();
    let (mut bundle, mut report) = (source.bundle, source.report);
    let foreign = bundle.project.is_none() && (!own_names.is_empty() || !given.is_empty());
    if foreign {
        bundle.project = Some(project(ProjectId::new(), options.session_name.clone()));
    }
    for (id, residue) in leftovers::residues_mut(&mut bundle) {
        if let Some(names) = names.get(&id) {
            leftovers::set_names(residue, names);
        }
    }
    if let Some(project) = &mut bundle.project
        && !own_names.is_empty()
    {
        leftovers::set_own_names(&mut project.residue, &own_names);
    }

    let (written, ..) = super::graph_of(Format::Turtle, &bundle)?;
    let mut over: HashMap<Option<Uuid>, Vec<&Triple>> = HashMap::new();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let known: std::collections::HashSet<Uuid> = leftovers::residues(&bundle).map(|(id, _)| id).collect();
    for triple in triples.iter().filter(|triple| !written.has(triple)) {
        let Some((subject, property)) = leftovers::subject_and_property(triple) else { continue };
        let owner = owner(subject, &base, &given).filter(|id| known.contains(id));
        over.entry(owner).or_default().push(triple);
        *kinds.entry(super::query::short(property)).or_default() += 1;
    }
    if let Some(of_nobody) = over.remove(&None) {
        let project = bundle.project.get_or_insert_with(|| {
            let mut project = project(ProjectId::new(), options.session_name.clone());
            project.base_iri = if base == super::base::UNDECIDED { String::new() } else { base.clone() };
            project
        });
        over.entry(Some(project.id.record())).or_default().extend(of_nobody);
    }
    for (id, residue) in leftovers::residues_mut(&mut bundle) {
        if let Some(triples) = over.get(&Some(id)) {
            leftovers::set_triples(residue, triples);
        }
    }
    report.kept("triples", triples.len() - kinds.values().sum::<usize>());
    for (property, count) in kinds {
        report.mapped(format!("triples with {property}"), count, "not understood; kept, and written again on export");
    }
    Ok(Imported { bundle, report })
}

/// A project that only has a name.
fn project(id: ProjectId, name: String) -> Project {
    Project {
        id,
        name,
        description: Default::default(),
        base_iri: String::new(),
        licence: String::new(),
        created: String::new(),
        residue: Residue::default(),
    }
}

/// The record that an IRI names, or names a part of.
fn owner(iri: &str, base: &str, given: &HashMap<String, Uuid>) -> Option<Uuid> {
    if let Some(known) = given.get(iri) {
        return Some(*known);
    }
    if !base.is_empty()
        && let Some(name) = iri.strip_prefix(base)
    {
        return name.get(..36)?.parse().ok();
    }
    let (whole, _) = iri.rsplit_once('.')?;
    given.get(whole).copied()
}
