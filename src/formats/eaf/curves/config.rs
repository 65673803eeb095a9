//! The configuration of ELAN's time series viewer, `NAME_tsconf.xml`: which column of which table is a curve.
//!
//! A session that came from ELAN with a configuration of its own keeps it: its sources are joined with ours into one
//! file, since ELAN reads only one. Colours that somebody gave our curves in ELAN stay as they are, and ranges as long as
//! they show all of a curve.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::look::Look;
use super::{CONFIG, KEPT, TABLE, file_of, link, linked, linked_name, stem};
use crate::domain::{LossReport, Session};
use crate::formats::eaf::NAME;
use crate::formats::eaf::plan::kept;
use crate::formats::xmltree::{self, Element};
use crate::formats::{Format, input};

/// The class of ELAN that reads tables (`TSServiceRegistry` knows providers by the names of their classes).
const PROVIDER: &str = "mpi.eudico.client.annotator.timeseries.csv.CSVServiceProvider";
/// Samples at times of their own (`TimeSeriesConstants.DISCONTINUOUS_RATE`).
const SAMPLES: &str = "Discontinuous Rate";
/// No honest configuration is larger, in bytes.
const LIMIT: u64 = 1 << 20;

/// A table and its curves.
pub(super) struct Source {
    /// File name.
    pub name: String,
    /// As it is linked.
    pub url: String,
    pub curves: Vec<Curve>,
}

/// One curve.
pub(super) struct Curve {
    pub name: String,
    /// Column of the table, from 0.
    pub column: usize,
    pub look: Look,
    /// What ELAN's vertical ruler shows.
    pub range: [f32; 2],
    /// Least and greatest value.
    pub seen: [f32; 2],
}

/// A configuration to write, and what the document links then.
pub(super) struct Config {
    pub path: PathBuf,
    pub content: String,
    pub links: Vec<Map<String, Value>>,
}

/// The configuration that a session came with: its file's name and text.
pub(super) fn kept_config(session: &Session) -> Option<(&str, &str)> {
    let kept = kept(&session.residue, KEPT)?;
    let name = kept.get("name")?.as_str()?;
    let plain = name.to_lowercase().ends_with(CONFIG) && !name.contains(['/', '\\']);
    plain.then_some((name, kept.get("text")?.as_str()?))
}

/// Keeps the configuration that lies beside a document, where the document links it.
pub(in crate::formats::eaf) fn keep(path: &Path, session: &mut Session, report: &mut LossReport) {
    let links = linked(session);
    let Some(name) = links.iter().map(linked_name).find(|name| name.to_lowercase().ends_with(CONFIG)) else { return };
    let beside = path.with_file_name(name);
    if !beside.is_file() {
        return;
    }
    match input::bytes(&beside, Format::Eaf, LIMIT) {
        Ok(bytes) => {
            session.residue.add(NAME, KEPT, json!({ "name": name, "text": input::decode_xml(&bytes).0 }));
            report.mapped("ELAN configurations of curves", 1, format!("{name} kept for export to ELAN"));
        }
        Err(error) => report.warn(format!("the configuration of curves in {name} was not read: {error}")),
    }
}

/// The configuration of these sources, joined with the one that lies there already, or else with the one the session came
/// with.
pub(super) fn joined(session: &Session, place: &Path, sources: &[Source], report: &mut LossReport) -> Config {
    let usual = place.with_file_name(format!("{}{CONFIG}", plain(&stem(place))));
    let there = usual.is_file().then(|| read(&usual));
    let path = match there {
        // It is no configuration: whose it is, nobody knows.
        Some(None) => free(place),
        _ => usual,
    };
    let there = there.flatten();
    let came = kept_config(session).and_then(|(_, text)| parse(text));
    let date = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string();
    let mut root = Element::new("timeseries").with("date", date).with("version", "1.0");
    let earlier: Vec<&Element> = there.iter().chain(&came).flat_map(|root| root.named("tracksource")).collect();
    let url = |source: &&Element| source.get("source-url").unwrap_or_default().to_owned();
    let (mine, foreign): (Vec<&Element>, Vec<&Element>) =
        earlier.into_iter().partition(|source| file_of(&url(source)).ends_with(TABLE));
    let mut seen: Vec<String> = Vec::new();
    let linked_urls: Vec<Map<String, Value>> = linked(session);
    for source in foreign {
        if seen.contains(&url(&source)) {
            continue;
        }
        seen.push(url(&source));
        let is_linked =
            linked_urls.iter().any(|link| link.get("LINK_URL").and_then(Value::as_str) == Some(&url(&source)));
        report.kept("curves of other sources", if is_linked { source.named("track").count() } else { 0 });
        root.push(source.clone());
    }
    for source in sources {
        let known = mine.iter().find(|known| known.get("source-url").map(file_of) == Some(&source.name));
        root.push(element(source, known.copied()));
    }
    let mut content = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    root.write(&mut content, 0);
    warn_of_folder(&path, report);
    let links = links(session, place, &path, sources, came.is_some(), report);
    Config { path, content, links }
}

/// What the document links: ours, and what it came with, without earlier tables of ours and what was joined.
fn links(
    session: &Session,
    place: &Path,
    path: &Path,
    sources: &[Source],
    is_joined: bool,
    report: &mut LossReport,
) -> Vec<Map<String, Value>> {
    let mut links = vec![link(path, "text/xml")];
    links.extend(sources.iter().map(|source| link(&place.with_file_name(&source.name), "text/csv")));
    for old in linked(session) {
        let name = linked_name(&old);
        if name.ends_with(TABLE) {
            continue;
        }
        if name.to_lowercase().ends_with(CONFIG) {
            let is_ours = path.file_name().is_some_and(|own| own == name);
            if !is_joined && !is_ours {
                report.warn(format!(
                    "ELAN shows the curves of one configuration only: {name} was not at hand to be joined with ours, \
                     and is linked after it."
                ));
                links.push(old);
            }
            continue;
        }
        links.push(old);
    }
    links
}

/// A name that is free, for where the usual one is taken by something else.
fn free(place: &Path) -> PathBuf {
    let name = |n: usize| place.with_file_name(format!("{}-{n}{CONFIG}", plain(&stem(place))));
    (2..).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(2))
}

/// Whether ELAN opens a configuration whose path has that letter: it hands the path to the parser as an address, and what
/// no address may have in it is "no protocol" then (`TSConfigurationParser` with Xerces 2). Spaces it mends.
pub(super) fn is_opened(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || " -_.!~*'();/:@&=+$,\\".contains(letter)
}

/// A name of a configuration that ELAN opens.
fn plain(name: &str) -> String {
    name.chars().map(|letter| if is_opened(letter) { letter } else { '_' }).collect()
}

/// Tables are opened wherever they lie; a configuration is not.
fn warn_of_folder(path: &Path, report: &mut LossReport) {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
    let odd: std::collections::BTreeSet<char> = folder.chars().filter(|letter| !is_opened(*letter)).collect();
    if !odd.is_empty() {
        let letters: Vec<String> = odd.iter().map(|letter| format!("“{letter}”")).collect();
        report.warn(format!(
            "ELAN does not find out which curves there are while the path of the folder has {} in it: move all of the files \
             to a folder without before you open them there, or choose the columns in ELAN by hand.",
            letters.join(", ")
        ));
    }
}

fn read(path: &Path) -> Option<Element> {
    parse(&input::decode_xml(&input::bytes(path, Format::Eaf, LIMIT).ok()?).0)
}

fn parse(text: &str) -> Option<Element> {
    let parsed = xmltree::parse(text, "timeseries", Format::Eaf).ok()?;
    parsed.broken_at.is_none().then_some(parsed.root)
}

/// A source as ELAN keeps it; `known`: as it was before.
fn element(source: &Source, known: Option<&Element>) -> Element {
    let mut element = Element::new("tracksource")
        .with("sample-type", SAMPLES)
        .with("source-url", source.url.as_str())
        .with("time-column", "0");
    element.push(property("provider", PROVIDER));
    let before = |name: &str| known?.named("track").find(|track| track.get("name") == Some(name));
    for curve in &source.curves {
        element.push(track(curve, before(&curve.name)));
    }
    // Curves that somebody made of our columns in ELAN, as of a speed, as long as the columns are where they were.
    let holds = |track: &&Element| source.curves.iter().all(|curve| same_column(track, curve));
    let ours = |track: &&Element| source.curves.iter().any(|curve| track.get("name") == Some(curve.name.as_str()));
    if known.is_some_and(|known| known.named("track").all(|track| holds(&track))) {
        let added = known.into_iter().flat_map(|known| known.named("track")).filter(|track| !ours(track));
        added.for_each(|track| element.push(track.clone()));
    }
    element
}

/// Whether a track is not that curve, or is of the same column.
fn same_column(track: &Element, curve: &Curve) -> bool {
    let column = || track.child("sample-position")?.child("pos")?.get("col")?.parse::<usize>().ok();
    track.get("name") != Some(curve.name.as_str()) || column() == Some(curve.column)
}

fn track(curve: &Curve, known: Option<&Element>) -> Element {
    let mut track = Element::new("track").with("derivative", "0").with("name", curve.name.as_str());
    track.push(property("detect-range", "false"));
    let mut position = Element::new("sample-position");
    position.push(Element::new("pos").with("col", curve.column.to_string()).with("row", "0"));
    track.push(position);
    track.push(Element::new("description").text(curve.look.says));
    track.push(Element::new("units").text(curve.look.unit));
    let [low, high] = curve.range;
    let range = Element::new("range").with("max", format!("{high:?}")).with("min", format!("{low:?}"));
    let color = Element::new("color").text(curve.look.color.map(|part| part.to_string()).join(","));
    let before = |name: &str| known.and_then(|known| known.child(name)).cloned();
    let end = |range: &Element, name: &str| range.get(name)?.parse::<f32>().ok();
    let shows_all = |range: &Element| {
        let (low, high) = (end(range, "min"), end(range, "max"));
        low.is_some_and(|low| low <= curve.seen[0]) && high.is_some_and(|high| high >= curve.seen[1])
    };
    track.push(before("range").filter(shows_all).unwrap_or(range));
    track.push(before("color").unwrap_or(color));
    track
}

fn property(key: &str, value: &str) -> Element {
    Element::new("property").with("key", key).with("value", value)
}
