//! An EAF (or ETF, ELAN's template) into a bundle.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::link::{guess_roles, infer_constraints, link_annotations, link_tiers, rank_aligned};
use super::parts::{document_residue, media, vocabularies};
use super::tree::{self, Document, Node};
use super::{HashMap, HashSet, LIMIT, MADE, NAME, UNALIGNED, curves, ecv, names, order, slots};
use crate::domain::*;
use crate::formats::{Format, FormatError, ImportOptions, Imported, input};

/// Reads a file. Its `.pfsx` preferences and its configuration of curves beside it come along as residue of the session.
///
/// # Errors
/// When it cannot be opened, is too large, is not XML, not an ELAN document, or breaks off before its first tier.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let head = input::head(path)?;
    let start = head.trim_start_matches('\u{FEFF}').trim_start();
    if !start.starts_with('<') {
        let problem = match start.chars().next() {
            None => "it is empty, where an ELAN document starts with '<'".to_owned(),
            Some(letter) => format!("it starts with {letter:?}, not with '<': it is not XML"),
        };
        return Err(FormatError::broken(Format::Eaf, "line 1", problem));
    }
    let bytes = input::bytes(path, Format::Eaf, LIMIT)?;
    let (text, encoding) = input::text(&bytes);
    let mut imported = import(&tree::parse(&text), options, path)?;
    if encoding != "UTF-8" {
        imported.report.mapped("text encoding", 1, format!("read as {encoding}; written back as UTF-8"));
    }
    preferences(path, &mut imported);
    let Imported { bundle, report } = &mut imported;
    bundle.sessions.iter_mut().take(1).for_each(|session| curves::keep(path, session, report));
    Ok(imported)
}

/// ELAN's preferences lie in a file of the same name.
fn preferences(path: &Path, imported: &mut Imported) {
    let beside = path.with_extension("pfsx");
    if beside == path || !beside.is_file() {
        return;
    }
    let name = beside.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match input::bytes(&beside, Format::Eaf, 4 << 20) {
        Ok(bytes) => {
            let text = input::decode(&bytes).0;
            if let Some(session) = imported.bundle.sessions.first_mut() {
                let mut residue = session.residue.get(NAME).and_then(Value::as_object).cloned().unwrap_or_default();
                residue.insert("preferences".into(), json!(text));
                session.residue.set(NAME, Value::Object(residue));
                imported.report.mapped("ELAN preferences", 1, format!("{name} kept for export to ELAN"));
            }
        }
        Err(error) => imported.report.warn(format!("the preferences in {name} were not read: {error}")),
    }
}

/// An annotation as it stands in the file.
pub struct Raw<'a> {
    pub node: Node<'a>,
    /// Its id in the file; empty when missing or taken.
    pub id: &'a str,
    pub kind: Kind<'a>,
    pub value: &'a str,
    pub key: AnnotationId,
}

/// How an annotation is tied.
pub enum Kind<'a> {
    /// By places in the time order.
    Aligned(usize, usize),
    Ref {
        parent: &'a str,
        previous: Option<&'a str>,
    },
}

/// A tier with its annotations as they stand in the file.
pub struct RawTier<'a> {
    pub node: Node<'a>,
    pub tier: Tier,
    pub annotations: Vec<Raw<'a>>,
    /// Whether its linguistic type is in the file.
    pub declared: bool,
}

/// Leaves something for ELAN, when there is something.
pub fn set(residue: &mut Residue, content: Map<String, Value>) {
    if !content.is_empty() {
        residue.set(NAME, Value::Object(content));
    }
}

/// Turns what was read of a document into records.
fn import(document: &Document, options: &ImportOptions, path: &Path) -> Result<Imported, FormatError> {
    let fault = document.fault.clone();
    let at = |line: usize| format!("line {line}");
    let Some(root) = document.root() else {
        let (line, problem) = fault.map_or((1, "it holds no element".to_owned()), |f| (f.line, f.problem));
        return Err(FormatError::broken(Format::Eaf, at(line), format!("{problem}; nothing could be kept")));
    };
    if root.name() != "ANNOTATION_DOCUMENT" {
        let problem = format!("its root is <{}>, where ELAN has <ANNOTATION_DOCUMENT>", root.name());
        return Err(FormatError::broken(Format::Eaf, at(root.line()), problem));
    }
    if let Some(fault) = &fault
        && root.first("TIER").is_none()
    {
        let problem = format!("{}, before the first tier; nothing could be kept", fault.problem);
        return Err(FormatError::broken(Format::Eaf, at(fault.line), problem));
    }
    let mut report = LossReport::default();
    let mut session = new_session(options);
    let mut bundle = Bundle::default();
    let version = root.get("FORMAT").or(root.get("VERSION")).unwrap_or("3.0").to_owned();

    let types: HashMap<&str, Node> =
        root.all("LINGUISTIC_TYPE").filter_map(|node| Some((node.get("LINGUISTIC_TYPE_ID")?, node))).collect();
    let external = ecv::beside(root, path, &mut report);
    let shared = ecv::open(&external);
    let vocabularies = vocabularies(root, &shared, &mut bundle, &mut report);
    media(root, session.id, path, &mut bundle);
    let (mut slots, mut by_id) = time_order(root, &mut report);

    // Tiers and their annotations as they stand.
    let moment = Moment::now();
    let made = made_by_us(root);
    let mut people: BTreeMap<String, PersonId> = BTreeMap::new();
    let mut taken: HashSet<String> = HashSet::default();
    let mut ids: HashMap<&str, (usize, AnnotationId)> = HashMap::default();
    let mut tiers: Vec<RawTier> = Vec::new();
    let (mut cut, mut dangling_slots, mut doubled) = (0, 0, 0);
    for (position, node) in root.all("TIER").enumerate() {
        let wanted = node.get("TIER_ID").unwrap_or("");
        let mut name = if wanted.is_empty() { format!("Tier {}", position + 1) } else { wanted.to_owned() };
        if wanted.is_empty() || taken.contains(&name) {
            let first = name.clone();
            name = (2..).map(|n| format!("{first} ({n})")).find(|n| !taken.contains(n)).unwrap_or(first);
            report.warn(format!("a tier has no name of its own (line {}); it is now called '{name}'", node.line()));
        }
        taken.insert(name.clone());
        let type_name = node.get("LINGUISTIC_TYPE_REF").unwrap_or("").to_owned();
        let declared = types.get(type_name.as_str());
        let participant = node.get("PARTICIPANT").filter(|code| !code.is_empty());
        let language = node.get("LANG_REF").map(names::language_tag).unwrap_or_default();
        let mut residue = node.attributes_except(&[
            "TIER_ID",
            "LINGUISTIC_TYPE_REF",
            "PARENT_REF",
            if participant.is_some() { "PARTICIPANT" } else { "" },
            if node.get("ANNOTATOR").is_some_and(|a| !a.is_empty()) { "ANNOTATOR" } else { "" },
        ]);
        other_children(node, &["ANNOTATION"], &mut residue, &mut report);
        let mut tier = Tier {
            id: TierId::new(),
            session: session.id,
            parent: None,
            name,
            role: TierRole::Other,
            constraint: declared.and_then(|t| t.get("CONSTRAINTS")).and_then(names::constraint).unwrap_or_default(),
            vocabulary: declared
                .and_then(|t| t.get("CONTROLLED_VOCABULARY_REF"))
                .and_then(|id| vocabularies.by_name.get(id).copied()),
            type_name,
            participant: participant.map(|code| *people.entry(code.to_owned()).or_insert_with(PersonId::new)),
            annotator: node.get("ANNOTATOR").unwrap_or("").to_owned(),
            language,
            position: position as i64,
            residue: Residue::default(),
        };
        set(&mut tier.residue, residue);
        if let Some(what) = made.get(&tier.name) {
            tier.set_made_of(what);
        }
        let mut annotations = Vec::new();
        for wrapper in node.all("ANNOTATION") {
            let Some(inner) = wrapper.children().find(|c| c.name().ends_with("_ANNOTATION")) else {
                if wrapper.complete() {
                    report.left_out("empty ANNOTATION elements", 1, "they hold no annotation");
                } else {
                    cut += 1;
                }
                continue;
            };
            let value = inner.first("ANNOTATION_VALUE");
            if !inner.complete() && !value.is_some_and(|v| v.complete()) {
                cut += 1;
                continue;
            }
            let kind = match inner.get("ANNOTATION_REF") {
                Some(parent) if inner.name() == "REF_ANNOTATION" => {
                    Kind::Ref { parent, previous: inner.get("PREVIOUS_ANNOTATION").filter(|id| !id.is_empty()) }
                }
                _ => {
                    let mut slot = |name: &str| {
                        let id = inner.get(name).unwrap_or("");
                        *by_id.entry(id).or_insert_with(|| {
                            dangling_slots += 1;
                            slots.push(slots::Slot { id, time: None, aligned: false });
                            slots.len() - 1
                        })
                    };
                    Kind::Aligned(slot("TIME_SLOT_REF1"), slot("TIME_SLOT_REF2"))
                }
            };
            let key: AnnotationId = moment.id();
            let mut id = inner.get("ANNOTATION_ID").unwrap_or("");
            if !id.is_empty() {
                if ids.contains_key(id) {
                    (id, doubled) = ("", doubled + 1);
                } else {
                    ids.insert(id, (position, key));
                }
            }
            let value = value.map(|v| v.text()).unwrap_or_default();
            annotations.push(Raw { node: inner, id, kind, value, key });
        }
        tiers.push(RawTier { node, tier, annotations, declared: declared.is_some() });
    }
    if dangling_slots > 0 {
        report.warn(format!("{dangling_slots} time slots are referred to but not in the file; taken as not aligned"));
    }
    if doubled > 0 {
        report.warn(format!("{doubled} annotations use an id that another one has; they are kept and get a new id"));
    }
    link_tiers(&mut tiers, &mut report);
    infer_constraints(&mut tiers, &mut report);
    guess_roles(&mut tiers, options, &mut report);

    // Times.
    let spans: Vec<Vec<(usize, usize)>> =
        tiers.iter().map(|tier| tier.annotations.iter().filter_map(slots_of).collect()).collect();
    slots::spread(&mut slots, &spans);
    let placeholders = unaligned_by_us(root);

    // Records.
    let mut annotations: Vec<Annotation> = Vec::with_capacity(tiers.iter().map(|tier| tier.annotations.len()).sum());
    let mut spread = 0;
    let mut reversed = 0;
    let mut links = 0;
    for raw in &tiers {
        for (place, a) in raw.annotations.iter().enumerate() {
            let mut content = a.node.attributes_except(&[
                "ANNOTATION_ID",
                "TIME_SLOT_REF1",
                "TIME_SLOT_REF2",
                "ANNOTATION_REF",
                "PREVIOUS_ANNOTATION",
            ]);
            links += content.len();
            if content.is_empty() {
                // Most have an id and two slots: so much room, and no more.
                content = Map::with_capacity(2);
            }
            if !a.id.is_empty() {
                content.insert("id".into(), json!(a.id));
            }
            let mut entry = a.node.get("CVE_REF").and_then(|id| vocabularies.by_cve.get(id).copied());
            if entry.is_some() {
                content.remove("CVE_REF");
                links -= 1;
            } else if version.as_str() < "2.8"
                && let Some(vocabulary) = raw.tier.vocabulary
            {
                // Before 2.8 a value alone says which entry it is.
                entry = vocabularies.by_value.get(&(vocabulary, a.value)).copied();
            }
            let mut annotation = Annotation::new(raw.tier.id, None, place as i64, a.value);
            annotation.id = a.key;
            annotation.entry = entry;
            if let Kind::Aligned(first, second) = a.kind {
                let (first, second) = (&slots[first], &slots[second]);
                let times = first.time.zip(second.time);
                let ours =
                    times.is_some_and(|(start, end)| placeholders.get(a.id) == Some(&(start.millis(), end.millis())));
                if !ours {
                    content.insert("slots".into(), json!([first.id, second.id]));
                }
                if let (Some((start, end)), false) = (times, ours) {
                    reversed += usize::from(start > end);
                    let span = Span::new(start, end);
                    (annotation.start, annotation.end) = (Some(span.start), Some(span.end));
                    if !first.aligned || !second.aligned {
                        spread += 1;
                        // What to compare with on export: untouched times are written as not aligned again.
                        let shown = |slot: &slots::Slot, time: Time| (!slot.aligned).then_some(time.0);
                        content.insert("unaligned".into(), json!([shown(first, start), shown(second, end)]));
                    }
                }
            }
            other_children(a.node, &["ANNOTATION_VALUE"], &mut content, &mut report);
            set(&mut annotation.residue, content);
            annotations.push(annotation);
        }
    }
    link_annotations(&tiers, &ids, &mut annotations, &mut report);
    report.kept("tiers", tiers.len());
    report.kept("annotations", annotations.len());
    report.kept("linguistic types", types.len());
    report.kept("controlled vocabularies", bundle.vocabularies.len());
    report.kept("media files", bundle.media.len());
    report.kept("participants", people.len());
    report.mapped(
        "annotations that are not aligned at one end or both",
        spread,
        "shown evenly between their neighbours, as in ELAN; written back as not aligned while nobody moves them",
    );
    report.mapped("attributes of annotations (references outside the file)", links, "kept for export to ELAN");
    if reversed > 0 {
        report.warn(format!("{reversed} annotations end before they start; their ends were exchanged"));
    }
    if document.unknown_entities > 0 {
        report.warn(format!("{} entities are not those of XML; they stand as written", document.unknown_entities));
    }
    report.left_out("XML comments", document.comments, "not part of ELAN's format");
    if let Some(fault) = fault {
        let lost = if cut > 0 { format!(", {cut} cut off and not kept") } else { String::new() };
        report.warn(format!(
            "the file is broken at line {}: {}. {} annotations on {} tiers before that place were kept{lost}; what \
             should follow is missing",
            fault.line,
            fault.problem,
            annotations.len(),
            tiers.len()
        ));
        report.left_out("annotations", cut, "the file breaks off inside them");
    }

    document_residue(root, &version, &slots, &spans, &mut session, &mut report);
    let files = ecv::keep(&external, &mut report);
    if let (false, Some(mut residue)) = (files.is_null(), session.residue.get(NAME).and_then(Value::as_object).cloned())
    {
        residue.insert("external_vocabularies".into(), files);
        session.residue.set(NAME, Value::Object(residue));
    }
    for (code, id) in people {
        session.participants.push(Participation { person: id, role: "speaker".into() });
        bundle.people.push(Person {
            id,
            code,
            name: String::new(),
            languages: Vec::new(),
            notes: String::new(),
            consent: Consent::default(),
            access: Access::default(),
            residue: Residue::default(),
        });
    }
    bundle.tiers = tiers.into_iter().map(|raw| raw.tier).collect();
    order::sort_by_tier(&bundle.tiers, &mut annotations);
    bundle.annotations = annotations;
    rank_aligned(&mut bundle);
    bundle.sessions.push(session);
    Ok(Imported { bundle, report })
}

/// An empty session for a file that says no more than its name.
pub fn new_session(options: &ImportOptions) -> Session {
    Session {
        id: SessionId::new(),
        name: options.session_name.clone(),
        title: MultiText::default(),
        date: String::new(),
        place: String::new(),
        genre: String::new(),
        description: MultiText::default(),
        participants: Vec::new(),
        consent: Consent::default(),
        access: Access::default(),
        position: 0,
        residue: Residue::default(),
    }
}

/// The slots of an aligned annotation.
pub fn slots_of(raw: &Raw) -> Option<(usize, usize)> {
    match raw.kind {
        Kind::Aligned(first, second) => Some((first, second)),
        Kind::Ref { .. } => None,
    }
}

/// Elements that EAF does not have, kept as they are.
pub fn other_children(node: Node, known: &[&str], residue: &mut Map<String, Value>, report: &mut LossReport) {
    let other: Vec<Value> =
        node.children().filter(|c| !known.contains(&c.name()) && c.complete()).map(|c| c.to_json()).collect();
    if !other.is_empty() {
        report.mapped("elements that EAF does not have", other.len(), "kept beside the record");
        residue.insert("other".into(), Value::Array(other));
    }
}

/// Slots by place and the place of each id. Values in frames become milliseconds' worth of nanoseconds.
fn time_order<'a>(root: Node<'a>, report: &mut LossReport) -> (Vec<slots::Slot<'a>>, HashMap<&'a str, usize>) {
    let units = root.first("HEADER").and_then(|h| h.get("TIME_UNITS")).unwrap_or("milliseconds");
    let (mut slots, mut by_id, mut odd) = (Vec::new(), HashMap::default(), 0);
    for node in root.all("TIME_ORDER").flat_map(|order| order.all("TIME_SLOT")) {
        let id = node.get("TIME_SLOT_ID").unwrap_or("");
        let time = node.get("TIME_VALUE").and_then(|text| {
            let time = time_value(text.trim(), units);
            odd += usize::from(time.is_none());
            time
        });
        if id.is_empty() || by_id.contains_key(id) {
            odd += 1;
            continue;
        }
        by_id.insert(id, slots.len());
        slots.push(slots::Slot { id, time, aligned: time.is_some() });
    }
    if odd > 0 {
        report.warn(format!("{odd} time slots have no usable id or a time that is no number; taken as not aligned"));
    }
    if units != "milliseconds" {
        report.mapped("times", slots.len(), format!("counted in {units}, written back in milliseconds"));
    }
    (slots, by_id)
}

/// A time in the document's units.
pub fn time_value(text: &str, units: &str) -> Option<Time> {
    let nanos: i128 = match units {
        "PAL-frames" => text.parse::<i128>().ok()?.checked_mul(40_000_000)?,
        "NTSC-frames" => text.parse::<i128>().ok()?.checked_mul(1_001_000_000)? / 30,
        _ => match text.parse::<i128>() {
            Ok(millis) => millis.checked_mul(1_000_000)?,
            Err(_) => i128::from(Time::from_secs(text.parse::<f64>().ok()? / 1000.0)?.0),
        },
    };
    // A century each way: beyond that it is no recording, and sums stay in range.
    let century = 3_155_760_000 * 1_000_000_000;
    (nanos.abs() < century).then(|| i64::try_from(nanos).ok().map(Time)).flatten()
}

/// Tiers that our own export made, by name, and of what.
fn made_by_us(root: Node<'_>) -> BTreeMap<String, String> {
    let properties = root.all("HEADER").flat_map(|header| header.all("PROPERTY"));
    let mut ours = properties.filter(|node| node.get("NAME") == Some(MADE));
    ours.next().and_then(|node| serde_json::from_str(node.text().trim()).ok()).unwrap_or_default()
}

/// Annotations that our own export had to give a place in time, with that place in milliseconds.
fn unaligned_by_us(root: Node<'_>) -> HashMap<&str, (i64, i64)> {
    root.all("HEADER")
        .flat_map(|header| header.all("PROPERTY"))
        .filter(|node| node.get("NAME") == Some(UNALIGNED))
        .flat_map(|node| node.text().split_whitespace())
        .filter_map(|item| {
            let (id, times) = item.split_once('=')?;
            let (start, end) = times.split_once('-')?;
            Some((id, (start.parse().ok()?, end.parse().ok()?)))
        })
        .collect()
}
