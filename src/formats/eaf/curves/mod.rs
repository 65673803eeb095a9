//! Curves beside a document, for ELAN's time series viewer: what was measured along the tracks of each person in a CSV
//! table, and one configuration that says which column is shown under which name, in which unit and colour.
//!
//! Facts about ELAN, from its source, version 6.9 (packages `mpi.eudico.client.annotator.timeseries` and
//! `…linkedmedia`, and `nl.mpi.util.FileUtility`):
//! - Both kinds of file are linked from the header by `LINKED_FILE_DESCRIPTOR`. The configuration is the first link whose
//!   address ends in `_tsconf.xml`; a second one is passed over, so there is one for all (`LinkedFileDescriptorUtil`).
//! - A source of the configuration counts only where its `source-url` is, letter by letter, the `LINK_URL` of a link.
//!   Where nothing lies at that address, a file of the same name beside the document is taken (the same class).
//! - Addresses are `file:///` and the path with slashes, letters as they are (`FileUtility.pathToURLString`).
//! - The configuration's elements and attributes are those of `TSConfigurationParser` and `TimeSeriesConstants`; how the
//!   table must look is told in [`table`].
//!
//! Times are those of the document, so neither a link nor a source has an origin of its own. Only what
//! [`published`](crate::formats::published) would let out is written: a curve of a face is nothing that a transcript needs.

mod config;
mod gather;
mod look;
mod table;

use std::collections::HashSet;
use std::path::Path;

use serde_json::{Map, Value, json};

pub(super) use self::config::keep;
use self::config::{Config, Source};
use self::gather::Subject;
use self::table::Table;
use super::files::text;
use super::plan::kept;
use crate::domain::{Bundle, LossReport, Session};
use crate::formats::FormatError;
use crate::formats::measures::{Measured, Measures};
use crate::formats::tracks::{self, Made};

/// What a configuration's file is called after the document's own name (`TimeSeriesConstants.CONF_SUFFIX`).
const CONFIG: &str = "_tsconf.xml";
/// How the names of our tables end: by it they are known when they come back.
const TABLE: &str = ".curves.csv";
/// Key in a session's residue: the configuration that it came with.
pub(super) const KEPT: &str = "time_series";

/// What goes beside a document.
pub(super) struct Beside {
    /// Descriptors of everything that the document links.
    pub links: Vec<Map<String, Value>>,
    /// Not yet in their places.
    pub files: Vec<Made>,
}

/// What a session came with, and nothing else.
///
/// # Errors
/// When the disk refuses.
pub(super) fn kept_beside(session: &Session, place: &Path, report: &mut LossReport) -> Result<Beside, FormatError> {
    let mut files = Vec::new();
    if let Some((name, content)) = config::kept_config(session) {
        let beside = place.with_file_name(name);
        if !beside.exists() {
            report.kept("ELAN configurations of curves", 1);
            files.push(text(&beside, content)?);
        }
    }
    Ok(Beside { links: linked(session), files })
}

/// The tables and the configuration of a session, with what it came with.
///
/// # Errors
/// When a table cannot be written.
pub(super) fn beside(
    session: &Session,
    place: &Path,
    bundle: &Bundle,
    measures: &mut Measures<'_>,
    report: &mut LossReport,
) -> Result<Beside, FormatError> {
    let subjects = gather::subjects(session, bundle, report);
    let (mut files, mut sources) = (Vec::new(), Vec::new());
    let plain = |letter: char| if letter.is_ascii() && !config::is_opened(letter) { '_' } else { letter };
    let mut names = Names { stem: stem(place).chars().map(plain).collect(), taken: HashSet::new() };
    for subject in &subjects {
        let measured = measured(subject, measures, report);
        for (part, wants) in subject.parts() {
            let Some(table) = Table::of(&measured, *wants) else { continue };
            let name = names.table(place, subject, part);
            let path = place.with_file_name(&name);
            files.push(tracks::make(&path, |to| table.write(to))?);
            sources.push(Source { url: address(&path), curves: curves_of(subject, &table), name });
        }
    }
    warn_of_earlier(place, &names, report);
    if sources.is_empty() {
        return kept_beside(session, place, report);
    }
    tell(&sources, subjects.iter().map(|subject| subject.tracks.len()).sum(), report);
    let Config { path, content, links } = config::joined(session, place, &sources, report);
    files.push(text(&path, &content)?);
    Ok(Beside { links, files })
}

/// What was measured along the tracks of one subject. One that cannot be read is told and left out.
fn measured(subject: &Subject, measures: &mut Measures<'_>, report: &mut LossReport) -> Vec<Measured> {
    let mut all = Vec::with_capacity(subject.tracks.len());
    for track in &subject.tracks {
        match measures(track) {
            Ok(found) => all.push(table::uncovered(found, |time| subject.standing.is_over(track, time))),
            Err(error) => {
                report.left_out("tracks", 1, format!("the curves of {} cannot be read: {error}", subject.who))
            }
        }
    }
    all
}

fn curves_of(subject: &Subject, table: &Table<'_>) -> Vec<config::Curve> {
    let curve = |(at, column): (usize, &table::Column)| config::Curve {
        name: subject.curve(look::short(&column.name)),
        // The first column is the time.
        column: at + 1,
        look: look::of(&column.name),
        range: look::range(&column.name, column.seen),
        seen: column.seen,
    };
    table.columns.iter().enumerate().map(curve).collect()
}

fn tell(sources: &[Source], tracks: usize, report: &mut LossReport) {
    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    let (first, rest) = names.split_at(names.len().min(4));
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    let why = format!(
        "as stored, unfiltered, to the millisecond, in tables beside that ELAN shows as curves: {}{more}",
        first.join(", ")
    );
    report.mapped("curves", sources.iter().map(|source| source.curves.len()).sum(), why);
    let why = "ELAN shows curves only: export them as OpenFace CSV, OpenPose or COCO JSON, BVH, or our JSON";
    report.left_out("points, boxes and qualities of tracks", tracks, why);
}

/// Tables of an earlier export that this one has no longer hold somebody's movements all the same: that is told.
fn warn_of_earlier(place: &Path, names: &Names, report: &mut LossReport) {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let start = format!("{}-", names.stem);
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let there = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_ours = |name: &String| name.starts_with(&start) && name.ends_with(TABLE);
    let mut old: Vec<String> =
        there.filter(|name| is_ours(name) && !names.taken.contains(&name.to_lowercase())).collect();
    old.sort();
    if !old.is_empty() {
        report.warn(format!(
            "Curves of an earlier export lie beside and are not linked any more; delete them if they must not be passed \
             on: {}.",
            old.join(", ")
        ));
    }
}

/// Names of the tables of a document.
struct Names {
    stem: String,
    taken: HashSet<String>,
}

impl Names {
    /// A name that no other table of the document has, and under which no file of somebody else's lies.
    fn table(&mut self, place: &Path, subject: &Subject, part: &str) -> String {
        let first = format!("{}-{}-{part}", self.stem, subject.file_name());
        (1..)
            .map(|n| if n == 1 { format!("{first}{TABLE}") } else { format!("{first}-{n}{TABLE}") })
            .find(|name| self.taken.insert(name.to_lowercase()) && table::may_replace(&place.with_file_name(name)))
            .unwrap_or_default()
    }
}

fn stem(place: &Path) -> String {
    place.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The descriptors that a session came with.
fn linked(session: &Session) -> Vec<Map<String, Value>> {
    let list = kept(&session.residue, "linked_files").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object).cloned().collect()
}

/// The file that a descriptor means.
fn linked_name(link: &Map<String, Value>) -> &str {
    let url = link.get("LINK_URL").or_else(|| link.get("RELATIVE_LINK_URL")).and_then(Value::as_str).unwrap_or("");
    file_of(url)
}

/// The last step of an address or path.
fn file_of(url: &str) -> &str {
    url.rsplit(['/', '\\']).next().unwrap_or(url)
}

/// A descriptor of a file beside the document.
fn link(path: &Path, mime: &str) -> Map<String, Value> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let attributes = [
        ("LINK_URL", json!(address(path))),
        ("MIME_TYPE", json!(mime)),
        ("RELATIVE_LINK_URL", json!(format!("./{name}"))),
    ];
    attributes.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// A path as ELAN writes the address of a linked file: it looks for the file under just these letters. What no address may
/// have in it, a percent sign above all, is encoded all the same, as the schema wants; ELAN then finds the file beside the
/// document, by its name.
fn address(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).to_string_lossy().replace('\\', "/");
    let rest = path.trim_start_matches('/');
    // Two slashes begin a share on another machine.
    let mut address = if path.len() - rest.len() == 2 { "file://" } else { "file:///" }.to_owned();
    for letter in rest.chars() {
        if letter.is_ascii() && !config::is_opened(letter) {
            address.push_str(&format!("%{:02X}", u32::from(letter)));
        } else {
            address.push(letter);
        }
    }
    address
}
