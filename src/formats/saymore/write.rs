//! A project folder as SayMore and lameta lay it out, or its files one at a time.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::read::names;
use super::records::{self, kept, recall};
use crate::domain::{Access, Bundle, Consent, Language, LossReport, Person, PersonId, Project, ProjectId, Session};
use crate::formats::metadata::{Parts, vocabularies_left_out};
use crate::formats::xmltree::{Element, Node};
use crate::formats::{Format, FormatError, eaf, input, per_session};

/// Writes a bundle: to a project folder, or, where the path ends in `.session` or `.person`, to such files alone. A
/// path that ends in `.sprj` stands for its folder; where other things lie there, a folder of that name is made.
///
/// # Errors
/// When there is nothing of that kind, or the disk refuses; a folder that was not there appears whole or not at all.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let mut report = LossReport::default();
    match extension.as_str() {
        "session" => {
            let names = names(&bundle.people);
            for (session, place) in per_session::files(path, bundle, Format::SayMore, &mut report)? {
                put(&place, &document(recall(&session.residue, records::session(session, &names))))?;
            }
            report.kept("sessions", bundle.sessions.len());
            report.left_out("people", bundle.people.len(), "a .session file names them; write a folder to keep them");
            report.left_out("tiers", bundle.tiers.len(), "a .session file holds metadata; write a folder to keep them");
        }
        "person" => people_only(path, bundle, &mut report)?,
        _ => {
            // A .sprj lies in its project's folder; a folder of other things is not filled with ours.
            let root = match (extension.as_str(), path.parent()) {
                ("sprj", Some(parent)) if is_for_project(parent, path) => parent.to_owned(),
                ("sprj", _) => path.with_extension(""),
                _ => path.to_owned(),
            };
            let named = if extension == "sprj" { path.with_extension("") } else { path.to_owned() };
            let stem = named.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let project = PathBuf::from(format!("{stem}.sprj"));
            whole_project(&root, &project, bundle, &mut report)?;
        }
    }
    count(bundle, &mut report);
    Ok(report)
}

/// Whether a folder is that of a project: named like it, one already, or empty.
fn is_for_project(folder: &Path, file: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let same_name = folder.file_name().is_some_and(|name| Some(name) == file.file_stem());
    let empty = || std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    same_name || super::is_project(folder) || empty()
}

fn put(path: &Path, text: &str) -> Result<(), FormatError> {
    input::write_atomic(path, text.as_bytes())
}

/// Empty elements are opened and closed: SayMore stumbles over the short form in places.
fn open_empty(element: &mut Element) {
    if element.children.is_empty() {
        element.children.push(Node::Text(String::new()));
    }
    for child in &mut element.children {
        if let Node::Element(child) = child {
            open_empty(child);
        }
    }
}

fn document(mut root: Element) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    open_empty(&mut root);
    root.write(&mut out, 0);
    out
}

/// Whether a person is only named by a session, so that no file of theirs was there.
fn is_only_named(person: &Person) -> bool {
    kept(&person.residue, "mentioned").is_some()
        && person.code.is_empty()
        && person.languages.is_empty()
        && person.notes.is_empty()
        && person.consent == Consent::default()
        && person.access == Access::default()
}

fn people_only(path: &Path, bundle: &Bundle, report: &mut LossReport) -> Result<(), FormatError> {
    let people: Vec<&Person> = bundle.people.iter().filter(|p| !is_only_named(p)).collect();
    let Some((first, others)) = people.split_first() else {
        let problem = "there is no person to write".to_owned();
        return Err(FormatError::Unsayable { format: Format::SayMore, problem });
    };
    put(path, &document(recall(&first.residue, records::person(first))))?;
    let mut taken = Taken::default();
    taken.free(&path.file_stem().unwrap_or_default().to_string_lossy());
    for person in others {
        let place = path.with_file_name(format!("{}.person", taken.free(&stem(person))));
        put(&place, &document(recall(&person.residue, records::person(person))))?;
    }
    report.kept("people", people.len());
    report.left_out("sessions", bundle.sessions.len(), "a .person file holds one person; write a folder to keep them");
    Ok(())
}

/// The name a person's file had, or would have.
fn stem(person: &Person) -> String {
    let old = kept(&person.residue, "file").and_then(Value::as_str).map(str::to_owned);
    let name = if person.name.is_empty() { &person.code } else { &person.name };
    old.unwrap_or_else(|| if name.is_empty() { person.id.to_string() } else { name.replace(' ', "_") })
}

/// Names that files and folders beside each other have; case does not tell them apart everywhere.
#[derive(Default)]
struct Taken(HashSet<String>);

impl Taken {
    /// The nearest free name that a file may have on every system.
    fn free(&mut self, wanted: &str) -> String {
        let letter = |c: char| if c.is_alphanumeric() || " -_.()+,'".contains(c) { c } else { '_' };
        let name: String = wanted.trim().chars().map(letter).take(80).collect();
        let name = name.trim_start_matches('.').trim_end_matches(['.', ' ']);
        let name = if name.is_empty() { "unnamed" } else { name };
        let mut number = 1_usize;
        loop {
            let candidate = if number == 1 { name.to_owned() } else { format!("{name}_{number}") };
            if self.0.insert(candidate.to_lowercase()) {
                return candidate;
            }
            number += 1;
        }
    }
}

fn whole_project(root: &Path, file: &Path, bundle: &Bundle, report: &mut LossReport) -> Result<(), FormatError> {
    let failed = |place: &Path| {
        let path = place.to_owned();
        move |source| FormatError::Write { path, source }
    };
    let beside = match root.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let beside = if root.is_dir() { root } else { beside };
    let desk = tempfile::Builder::new().prefix(".saymore").tempdir_in(beside).map_err(failed(root))?;
    let draft = desk.path().join("project");
    std::fs::create_dir(&draft).map_err(failed(root))?;
    let folder = |place: PathBuf| std::fs::create_dir_all(&place).map_err(failed(root)).map(|()| place);

    let made;
    let project = match &bundle.project {
        Some(project) => project,
        None => {
            made = Project {
                id: ProjectId::new(),
                name: file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
                description: Default::default(),
                base_iri: String::new(),
                licence: String::new(),
                created: String::new(),
                residue: Default::default(),
            };
            &made
        }
    };
    let mut languages: Vec<&Language> = bundle.languages.iter().collect();
    languages.sort_by_key(|l| (l.position, l.id));
    put(&draft.join(file), &document(recall(&project.residue, records::project(project, &languages))))?;

    let people = folder(draft.join("People"))?;
    let mut taken = Taken::default();
    for person in bundle.people.iter().filter(|p| !is_only_named(p)) {
        let name = taken.free(&stem(person));
        let place = folder(people.join(&name))?;
        let element = recall(&person.residue, records::person(person));
        put(&place.join(format!("{name}.person")), &document(element))?;
    }

    let sessions = folder(draft.join("Sessions"))?;
    let mut taken = Taken::default();
    let names = names(&bundle.people);
    let mut in_order: Vec<&Session> = bundle.sessions.iter().collect();
    in_order.sort_by_key(|s| (s.position, s.id));
    let parts = Parts::of(bundle);
    for session in in_order {
        let name = taken.free(&session.name);
        if name != session.name {
            report.mapped("names of sessions", 1, format!("'{}' is in the folder '{name}'", session.name));
        }
        let place = folder(sessions.join(&name))?;
        session_folder(&place, &name, session, bundle, &parts, &names, report)?;
    }
    settle(&draft, root).map_err(failed(root))?;
    report.kept("sessions", bundle.sessions.len());
    let named = bundle.people.iter().filter(|p| is_only_named(p)).count();
    report.kept("people", bundle.people.len() - named);
    report.mapped("people whom sessions only name", named, "they get no file of their own");
    report.mapped("recordings", bundle.media.len(), "not copied: put the files into the folders of their sessions");
    Ok(())
}

/// Puts a finished folder where it belongs: at once where nothing stands there, file by file otherwise.
fn settle(draft: &Path, place: &Path) -> std::io::Result<()> {
    if !place.exists() {
        return std::fs::rename(draft, place);
    }
    for entry in std::fs::read_dir(draft)? {
        let entry = entry?;
        let there = place.join(entry.file_name());
        if entry.file_type()?.is_dir() && there.is_dir() {
            settle(&entry.path(), &there)?;
        } else {
            std::fs::rename(entry.path(), there)?;
        }
    }
    Ok(())
}

/// A session's file, its annotations, and the descriptions of its recordings.
fn session_folder(
    place: &Path,
    name: &str,
    session: &Session,
    bundle: &Bundle,
    parts: &Parts<'_>,
    names: &HashMap<PersonId, String>,
    report: &mut LossReport,
) -> Result<(), FormatError> {
    let element = recall(&session.residue, records::session(session, names));
    put(&place.join(format!("{name}.session")), &document(element))?;
    let mut taken = Taken::default();
    taken.free(&format!("{name}.session"));
    for (sidecar, text) in kept(&session.residue, "meta").and_then(Value::as_object).into_iter().flatten() {
        if let (true, Some(text)) = (sidecar.to_lowercase().ends_with(".meta"), text.as_str()) {
            put(&place.join(taken.free(sidecar)), text)?;
        }
    }
    let old = kept(&session.residue, "eaf").and_then(Value::as_str);
    if old.is_none() && bundle.tiers.iter().all(|t| t.session != session.id) {
        return Ok(());
    }
    let own = parts.session(session);
    let file = old.filter(|old| old.to_lowercase().ends_with(".eaf")).map(str::to_owned).unwrap_or_else(|| {
        let first = own.media.iter().min_by_key(|m| (m.position, m.id));
        let media = first.and_then(|m| m.path.rsplit(['/', '\\']).next()).filter(|file| !file.is_empty());
        format!("{}.annotations.eaf", media.unwrap_or(name))
    });
    let written = eaf::write(&place.join(taken.free(&file)), &own)?;
    // What ELAN cannot say of a session or a person stands in their own files.
    let mut shown = written;
    shown
        .items
        .retain(|item| !matches!(item.what.as_str(), "facts about the session" | "names, notes or consent of people"));
    report.merge(shown);
    Ok(())
}

/// What has no place in these files, and what whoever writes them must know.
fn count(bundle: &Bundle, report: &mut LossReport) {
    let lexicon = "SayMore and lameta keep metadata and annotations, no lexicon";
    for (what, count) in [
        ("lexemes", bundle.lexemes.len()),
        ("forms of lexemes", bundle.forms.len()),
        ("senses", bundle.senses.len()),
        ("examples", bundle.examples.len()),
        ("relations of lexemes", bundle.relations.len()),
    ] {
        report.left_out(what, count, lexicon);
    }
    let other = "SayMore and lameta have no place for them";
    for (what, count) in [
        ("links to the world outside", bundle.links.len()),
        ("model runs", bundle.runs.len()),
        ("tracks", bundle.tracks.len()),
        ("proposed tags", bundle.tags.len()),
        ("reviews of tags", bundle.reviews.len()),
    ] {
        report.left_out(what, count, other);
    }
    vocabularies_left_out(bundle, report);
    let project = bundle.project.iter().flat_map(|p| [&p.licence, &p.base_iri]).filter(|text| !text.is_empty()).count();
    report.left_out("licence and address of the project", project, other);
    let languages =
        bundle.languages.iter().filter(|l| !l.glottocode.is_empty() || !l.writing_systems.is_empty()).count();
    report.left_out("glottocodes and writing systems of languages", languages, other);
    let closed = |access: Access, consent: &Consent| access == Access::Closed || consent.given == Some(false);
    let closed = bundle.sessions.iter().filter(|s| closed(s.access, &s.consent)).count()
        + bundle.people.iter().filter(|p| closed(p.access, &p.consent)).count();
    let why = "written as well, with names: these files are for your own archive, not for publication";
    report.mapped("closed sessions and people", closed, why);
    let untold = |text: &crate::domain::MultiText| text.0.len() == 1 && text.get("en").is_none();
    let texts = bundle.sessions.iter().flat_map(|s| [&s.title, &s.description]).filter(|t| untold(t)).count();
    report.mapped("titles and descriptions not in English", texts, "their language is not said in these files");
}
