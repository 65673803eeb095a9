//! An EAF (or ETF, ELAN's template) into a bundle.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::tree::{self, Document, Node};
use super::{LIMIT, NAME, UNALIGNED, names, order, slots};
use crate::domain::*;
use crate::formats::{Format, FormatError, ImportOptions, Imported, input};

/// Reads a file. Its `.pfsx` preferences beside it come along as residue of the session.
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
    let (text, encoding) = input::decode(&bytes);
    drop(bytes);
    let document = tree::parse(&text);
    drop(text);
    let mut imported = import(document, options, path)?;
    if encoding != "UTF-8" {
        imported.report.mapped("text encoding", 1, format!("read as {encoding}; written back as UTF-8"));
    }
    preferences(path, &mut imported);
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
struct Raw<'a> {
    node: &'a Node,
    /// Its id in the file; empty when missing or taken.
    id: &'a str,
    kind: Kind<'a>,
    value: String,
    key: AnnotationId,
}

enum Kind<'a> {
    /// By places in the time order.
    Aligned(usize, usize),
    Ref {
        parent: &'a str,
        previous: Option<&'a str>,
    },
}

struct RawTier<'a> {
    node: &'a Node,
    tier: Tier,
    annotations: Vec<Raw<'a>>,
    declared: bool,
}

fn set(residue: &mut Residue, content: Map<String, Value>) {
    if !content.is_empty() {
        residue.set(NAME, Value::Object(content));
    }
}

/// Turns what was read of a document into records.
fn import(document: Document, options: &ImportOptions, path: &Path) -> Result<Imported, FormatError> {
    let fault = document.fault.clone();
    let at = |line: usize| format!("line {line}");
    let Some(root) = document.root else {
        let (line, problem) = fault.map_or((1, "it holds no element".to_owned()), |f| (f.line, f.problem));
        return Err(FormatError::broken(Format::Eaf, at(line), format!("{problem}; nothing could be kept")));
    };
    if root.name != "ANNOTATION_DOCUMENT" {
        let problem = format!("its root is <{}>, where ELAN has <ANNOTATION_DOCUMENT>", root.name);
        return Err(FormatError::broken(Format::Eaf, at(root.line), problem));
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

    let types: HashMap<&str, &Node> =
        root.all("LINGUISTIC_TYPE").filter_map(|node| Some((node.get("LINGUISTIC_TYPE_ID")?, node))).collect();
    let vocabularies = vocabularies(&root, &mut bundle, &mut report);
    media(&root, session.id, path, &mut bundle);
    let (mut slots, mut by_id) = time_order(&root, &mut report);

    // Tiers and their annotations as they stand.
    let mut people: BTreeMap<String, PersonId> = BTreeMap::new();
    let mut taken: HashSet<String> = HashSet::new();
    let mut ids: HashMap<&str, (usize, AnnotationId)> = HashMap::new();
    let mut tiers: Vec<RawTier> = Vec::new();
    let (mut cut, mut dangling_slots, mut doubled) = (0, 0, 0);
    for (position, node) in root.all("TIER").enumerate() {
        let wanted = node.get("TIER_ID").unwrap_or("");
        let mut name = if wanted.is_empty() { format!("Tier {}", position + 1) } else { wanted.to_owned() };
        if wanted.is_empty() || taken.contains(&name) {
            let first = name.clone();
            name = (2..).map(|n| format!("{first} ({n})")).find(|n| !taken.contains(n)).unwrap_or(first);
            report.warn(format!("a tier has no name of its own (line {}); it is now called '{name}'", node.line));
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
        let mut annotations = Vec::new();
        for wrapper in node.all("ANNOTATION") {
            let Some(inner) = wrapper.children.iter().find(|c| c.name.ends_with("_ANNOTATION")) else {
                if wrapper.complete {
                    report.left_out("empty ANNOTATION elements", 1, "they hold no annotation");
                } else {
                    cut += 1;
                }
                continue;
            };
            let value = inner.first("ANNOTATION_VALUE");
            if !inner.complete && !value.is_some_and(|v| v.complete) {
                cut += 1;
                continue;
            }
            let kind = match inner.get("ANNOTATION_REF") {
                Some(parent) if inner.name == "REF_ANNOTATION" => {
                    Kind::Ref { parent, previous: inner.get("PREVIOUS_ANNOTATION").filter(|id| !id.is_empty()) }
                }
                _ => {
                    let mut slot = |name: &str| {
                        let id = inner.get(name).unwrap_or("");
                        *by_id.entry(id.to_owned()).or_insert_with(|| {
                            dangling_slots += 1;
                            slots.push(slots::Slot { id: id.to_owned(), time: None, aligned: false });
                            slots.len() - 1
                        })
                    };
                    Kind::Aligned(slot("TIME_SLOT_REF1"), slot("TIME_SLOT_REF2"))
                }
            };
            let key = AnnotationId::new();
            let mut id = inner.get("ANNOTATION_ID").unwrap_or("");
            if !id.is_empty() {
                if ids.contains_key(id) {
                    (id, doubled) = ("", doubled + 1);
                } else {
                    ids.insert(id, (position, key));
                }
            }
            let value = value.map(|v| v.text.clone()).unwrap_or_default();
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
    let placeholders = unaligned_by_us(&root);

    // Records.
    let mut annotations: Vec<Annotation> = Vec::new();
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
                entry = vocabularies.by_value.get(&(vocabulary, a.value.clone())).copied();
            }
            let mut annotation = Annotation::new(raw.tier.id, None, place as i64, a.value.as_str());
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

    document_residue(&root, &version, &slots, &spans, &mut session, &mut report);
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
    let in_order: Vec<&Tier> = bundle.tiers.iter().collect();
    let mut groups = order::by_tier(&in_order, &annotations);
    let sorted: Vec<Annotation> =
        in_order.iter().flat_map(|tier| groups.remove(&tier.id).unwrap_or_default()).cloned().collect();
    bundle.annotations = sorted;
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

fn slots_of(raw: &Raw) -> Option<(usize, usize)> {
    match raw.kind {
        Kind::Aligned(first, second) => Some((first, second)),
        Kind::Ref { .. } => None,
    }
}

/// Elements that EAF does not have, kept as they are.
fn other_children(node: &Node, known: &[&str], residue: &mut Map<String, Value>, report: &mut LossReport) {
    let other: Vec<Value> =
        node.children.iter().filter(|c| !known.contains(&c.name.as_str()) && c.complete).map(Node::to_json).collect();
    if !other.is_empty() {
        report.mapped("elements that EAF does not have", other.len(), "kept beside the record");
        residue.insert("other".into(), Value::Array(other));
    }
}

/// Slots by place and the place of each id. Values in frames become milliseconds' worth of nanoseconds.
fn time_order(root: &Node, report: &mut LossReport) -> (Vec<slots::Slot>, HashMap<String, usize>) {
    let units = root.first("HEADER").and_then(|h| h.get("TIME_UNITS")).unwrap_or("milliseconds");
    let (mut slots, mut by_id, mut odd) = (Vec::new(), HashMap::new(), 0);
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
        by_id.insert(id.to_owned(), slots.len());
        slots.push(slots::Slot { id: id.to_owned(), time, aligned: time.is_some() });
    }
    if odd > 0 {
        report.warn(format!("{odd} time slots have no usable id or a time that is no number; taken as not aligned"));
    }
    if units != "milliseconds" {
        report.mapped("times", slots.len(), format!("counted in {units}, written back in milliseconds"));
    }
    (slots, by_id)
}

fn time_value(text: &str, units: &str) -> Option<Time> {
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

/// Parents by name; circles and names that are not there are cut, and said.
fn link_tiers(tiers: &mut [RawTier], report: &mut LossReport) {
    let by_name: HashMap<String, usize> =
        tiers.iter().enumerate().rev().map(|(place, raw)| (raw.tier.name.clone(), place)).collect();
    let mut parents: Vec<Option<usize>> = Vec::new();
    for raw in tiers.iter() {
        let wanted = raw.node.get("PARENT_REF").filter(|name| !name.is_empty());
        let parent = wanted.and_then(|name| by_name.get(name).copied());
        if let (Some(name), None) = (wanted, parent) {
            report.warn(format!(
                "tier '{}' hangs under a tier '{name}' that is not there; it now stands alone",
                raw.tier.name
            ));
        }
        parents.push(parent);
    }
    for start in 0..tiers.len() {
        let (mut place, mut steps) = (start, 0);
        while let Some(parent) = parents[place] {
            steps += 1;
            if parent == start || steps > tiers.len() {
                parents[start] = None;
                let name = &tiers[start].tier.name;
                report.warn(format!("the parents of tier '{name}' run in a circle; it now stands alone"));
                break;
            }
            place = parent;
        }
    }
    for (place, parent) in parents.into_iter().enumerate() {
        tiers[place].tier.parent = parent.map(|parent| tiers[parent].tier.id);
    }
}

/// A constraint for tiers under another whose type is missing (cut off with the file's end) or says none.
fn infer_constraints(tiers: &mut [RawTier], report: &mut LossReport) {
    for raw in tiers.iter_mut() {
        if !raw.declared && !raw.tier.type_name.is_empty() {
            report.warn(format!("the type '{}' of tier '{}' is not in the file", raw.tier.type_name, raw.tier.name));
        }
        if raw.tier.constraint != Constraint::None || raw.tier.parent.is_none() {
            continue;
        }
        let (mut parents, mut list, mut refs) = (HashSet::new(), false, false);
        for a in &raw.annotations {
            if let Kind::Ref { parent, previous } = a.kind {
                refs = true;
                list |= previous.is_some() || !parents.insert(parent);
            }
        }
        raw.tier.constraint = match (refs, list) {
            (false, _) => Constraint::IncludedIn,
            (true, true) => Constraint::SymbolicSubdivision,
            (true, false) => Constraint::SymbolicAssociation,
        };
        report.mapped(
            "tier constraints",
            1,
            format!("'{}' has none declared; its annotations look like {:?}", raw.tier.name, raw.tier.constraint),
        );
    }
}

fn guess_roles(tiers: &mut [RawTier], options: &ImportOptions, report: &mut LossReport) {
    let with_words: HashSet<TierId> = tiers
        .iter()
        .filter(|raw| names::is_words(&raw.tier.name, &raw.tier.type_name))
        .filter_map(|raw| raw.tier.parent)
        .collect();
    let sorted: Vec<TierId> =
        order::parents_first(&tiers.iter().map(|raw| &raw.tier).collect::<Vec<_>>()).iter().map(|t| t.id).collect();
    let places: HashMap<TierId, usize> = tiers.iter().enumerate().map(|(place, raw)| (raw.tier.id, place)).collect();
    let mut guessed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for id in sorted {
        let place = places[&id];
        let tier = &tiers[place].tier;
        let parent = tier.parent.and_then(|parent| places.get(&parent)).map(|parent| tiers[*parent].tier.role);
        let role = names::role(&tier.name, &tier.type_name, tier.constraint, parent, with_words.contains(&id));
        let word = match role {
            TierRole::Transcription => "transcription",
            TierRole::Translation => "free translation",
            TierRole::LiteralTranslation => "literal translation",
            TierRole::Note => "note",
            TierRole::Tags | TierRole::Other => "",
        };
        if !word.is_empty() {
            guessed.entry(word).or_default().push(format!("'{}'", tier.name));
        }
        tiers[place].tier.role = role;
        if tiers[place].tier.language.is_empty() {
            tiers[place].tier.language = names::language_by_role(role, options);
        }
    }
    for (word, names) in guessed {
        report.mapped(
            format!("tiers used as {word}"),
            names.len(),
            format!("guessed from names: {}", names.join(", ")),
        );
    }
}

/// Parents and order of the annotations, in the order they were pushed.
fn link_annotations(
    tiers: &[RawTier],
    ids: &HashMap<&str, (usize, AnnotationId)>,
    annotations: &mut [Annotation],
    report: &mut LossReport,
) {
    let mut first = Vec::with_capacity(tiers.len());
    let mut count = 0;
    for raw in tiers {
        first.push(count);
        count += raw.annotations.len();
    }
    let places: HashMap<TierId, usize> = tiers.iter().enumerate().map(|(place, raw)| (raw.tier.id, place)).collect();
    let (mut dangling, mut outside, mut circles) = (0, 0, 0);
    for (place, raw) in tiers.iter().enumerate() {
        let range = first[place]..first[place] + raw.annotations.len();
        // Symbolic annotations name their parent and who comes before.
        let mut siblings: Vec<(&str, Vec<usize>)> = Vec::new();
        let mut group_of: HashMap<&str, usize> = HashMap::new();
        for (own, a) in raw.annotations.iter().enumerate() {
            let Kind::Ref { parent, .. } = a.kind else { continue };
            let known = ids.get(parent).filter(|(_, key)| *key != a.key);
            let annotation = &mut annotations[range.start + own];
            annotation.parent = known.map(|(_, key)| *key);
            if known.is_none() {
                dangling += 1;
            }
            let group = *group_of.entry(parent).or_insert_with(|| {
                siblings.push((parent, Vec::new()));
                siblings.len() - 1
            });
            siblings[group].1.push(own);
        }
        for (_, members) in &siblings {
            let names: HashSet<&str> = members.iter().map(|m| raw.annotations[*m].id).collect();
            let mut following: HashMap<&str, Vec<usize>> = HashMap::new();
            let mut stack = Vec::new();
            for member in members {
                match raw.annotations[*member].kind {
                    Kind::Ref { previous: Some(previous), .. } if names.contains(previous) => {
                        following.entry(previous).or_default().push(*member);
                    }
                    _ => stack.push(*member),
                }
            }
            stack.reverse();
            let (mut sorted, mut seen) = (Vec::with_capacity(members.len()), HashSet::new());
            while let Some(member) = stack.pop() {
                if seen.insert(member) {
                    sorted.push(member);
                    if let Some(next) = following.get(raw.annotations[member].id) {
                        stack.extend(next.iter().rev());
                    }
                }
            }
            let lost: Vec<usize> = members.iter().copied().filter(|m| !seen.contains(m)).collect();
            circles += lost.len();
            for (position, member) in sorted.into_iter().chain(lost).enumerate() {
                annotations[range.start + member].position = position as i64;
            }
        }
        // Aligned annotations of a child tier belong to the parent whose time they share.
        let Some(above) = raw.tier.parent.and_then(|id| places.get(&id).copied()) else { continue };
        let from = first[above];
        let raws = &tiers[above].annotations;
        let mut parents: Vec<(Span, AnnotationId)> =
            (0..raws.len()).filter_map(|n| annotations[from + n].span().map(|span| (span, raws[n].key))).collect();
        parents.sort_by_key(|(span, _)| (span.start, span.end));
        let slot_starts: HashMap<usize, AnnotationId> =
            raws.iter().filter_map(|a| slots_of(a).map(|(start, _)| (start, a.key))).collect();
        let mut before: HashMap<usize, AnnotationId> = HashMap::new();
        for (own, a) in raw.annotations.iter().enumerate() {
            let Kind::Aligned(start, end) = a.kind else { continue };
            let annotation = &mut annotations[range.start + own];
            let by_time = annotation.span().and_then(|span| {
                let place = parents.partition_point(|(parent, _)| parent.start <= span.start);
                let near = &parents[place.saturating_sub(3)..(place + 2).min(parents.len())];
                near.iter()
                    .rev()
                    .find(|(parent, _)| parent.start <= span.start && span.end <= parent.end)
                    .or_else(|| {
                        near.iter()
                            .filter(|(p, _)| p.overlaps(span))
                            .max_by_key(|(p, _)| p.end.min(span.end) - p.start.max(span.start))
                    })
                    .map(|(_, id)| *id)
            });
            let parent = by_time.or_else(|| slot_starts.get(&start).copied()).or_else(|| before.get(&start).copied());
            match parent {
                Some(parent) => {
                    before.insert(end, parent);
                }
                None => outside += 1,
            }
            annotation.parent = parent;
        }
    }
    if dangling > 0 {
        report.warn(format!(
            "{dangling} annotations hang under one that is not in the file; they are kept without parent"
        ));
    }
    if outside > 0 {
        report.warn(format!("{outside} annotations lie outside the time of any annotation on the tier above; they are kept without parent"));
    }
    if circles > 0 {
        report.warn(format!("{circles} annotations name each other as the one before; they follow at the end"));
    }
}

/// Positions of aligned annotations are their rank on the tier.
fn rank_aligned(bundle: &mut Bundle) {
    let mut rank: HashMap<TierId, i64> = HashMap::new();
    let symbolic: HashSet<TierId> =
        bundle.tiers.iter().filter(|t| !t.constraint.is_time_aligned()).map(|t| t.id).collect();
    for annotation in &mut bundle.annotations {
        if !symbolic.contains(&annotation.tier) {
            let place = rank.entry(annotation.tier).or_default();
            annotation.position = *place;
            *place += 1;
        }
    }
}

struct Vocabularies<'a> {
    by_name: HashMap<&'a str, VocabularyId>,
    by_cve: HashMap<&'a str, VocabularyEntryId>,
    by_value: HashMap<(VocabularyId, String), VocabularyEntryId>,
}

fn vocabularies<'a>(root: &'a Node, bundle: &mut Bundle, report: &mut LossReport) -> Vocabularies<'a> {
    let mut all = Vocabularies { by_name: HashMap::new(), by_cve: HashMap::new(), by_value: HashMap::new() };
    for node in root.all("CONTROLLED_VOCABULARY") {
        let name = node.get("CV_ID").unwrap_or("");
        let mut vocabulary = Vocabulary {
            id: VocabularyId::new(),
            name: name.to_owned(),
            description: node.get("DESCRIPTION").unwrap_or("").to_owned(),
            entries: Vec::new(),
            residue: Residue::default(),
        };
        let mut residue = node.attributes_except(&["CV_ID", "DESCRIPTION"]);
        let descriptions: Vec<Value> =
            node.all("DESCRIPTION").map(|d| json!({"LANG_REF": d.get("LANG_REF"), "value": d.text})).collect();
        if let Some(text) = node.all("DESCRIPTION").map(|d| d.text.as_str()).find(|text| !text.trim().is_empty()) {
            vocabulary.description = text.to_owned();
        }
        if !descriptions.is_empty() {
            residue.insert("descriptions".into(), Value::Array(descriptions));
        }
        for entry in node.children.iter().filter(|c| c.complete) {
            let id = VocabularyEntryId::new();
            let mut left = entry.attributes_except(&["CVE_ID", "DESCRIPTION"]);
            let (value, description) = match entry.name.as_str() {
                "CV_ENTRY_ML" => {
                    let values: Vec<&Node> = entry.all("CVE_VALUE").collect();
                    if let Some(cve) = entry.get("CVE_ID") {
                        left.insert("id".into(), json!(cve));
                        all.by_cve.entry(cve).or_insert(id);
                    }
                    let list: Vec<Value> = values
                        .iter()
                        .map(|v| {
                            let mut value = v.attributes_except(&[]);
                            value.insert("value".into(), json!(v.text));
                            Value::Object(value)
                        })
                        .collect();
                    if values.len() > 1 {
                        report.mapped(
                            "values of vocabulary entries in further languages",
                            values.len() - 1,
                            "kept for export to ELAN",
                        );
                    }
                    left.insert("values".into(), Value::Array(list));
                    let first = values.first();
                    (
                        first.map(|v| v.text.clone()).unwrap_or_default(),
                        first.and_then(|v| v.get("DESCRIPTION")).unwrap_or("").to_owned(),
                    )
                }
                "CV_ENTRY" => (entry.text.clone(), entry.get("DESCRIPTION").unwrap_or("").to_owned()),
                _ => continue,
            };
            all.by_value.entry((vocabulary.id, value.clone())).or_insert(id);
            let mut record = VocabularyEntry { id, value, description, residue: Residue::default() };
            set(&mut record.residue, left);
            vocabulary.entries.push(record);
        }
        set(&mut vocabulary.residue, residue);
        all.by_name.entry(name).or_insert(vocabulary.id);
        bundle.vocabularies.push(vocabulary);
    }
    all
}

fn media(root: &Node, session: SessionId, path: &Path, bundle: &mut Bundle) {
    let descriptors = root.all("HEADER").flat_map(|header| header.all("MEDIA_DESCRIPTOR"));
    for (position, node) in descriptors.enumerate() {
        let url = node.get("MEDIA_URL").unwrap_or("");
        let mut place = super::url::to_path(url);
        // A recording that moved together with its EAF is found by the relative address.
        if let Some(relative) = node.get("RELATIVE_MEDIA_URL").map(super::url::to_path)
            && !Path::new(&place).exists()
            && let Some(folder) = path.parent()
        {
            let near = folder.join(&relative);
            if !relative.is_empty() && near.is_file() {
                place = std::path::absolute(&near).unwrap_or(near).to_string_lossy().into_owned();
            }
        }
        let origin = node.get("TIME_ORIGIN").and_then(|text| time_value(text.trim(), "milliseconds"));
        let mut residue = node.attributes_except(&["MIME_TYPE", if origin.is_some() { "TIME_ORIGIN" } else { "" }]);
        residue.insert("path".into(), json!(place));
        let mut media = Media {
            id: MediaId::new(),
            session,
            path: place,
            storage: MediaStorage::Linked,
            hash: String::new(),
            size: 0,
            mime: node.get("MIME_TYPE").unwrap_or("").to_owned(),
            duration: None,
            // ELAN says where in the recording the timeline begins; we say where on the timeline the recording does.
            offset: Time::ZERO - origin.unwrap_or_default(),
            streams: Vec::new(),
            position: position as i64,
            residue: Residue::default(),
        };
        set(&mut media.residue, residue);
        bundle.media.push(media);
    }
}

/// Annotations that our own export had to give a place in time, with that place in milliseconds.
fn unaligned_by_us(root: &Node) -> HashMap<&str, (i64, i64)> {
    root.all("HEADER")
        .flat_map(|header| header.all("PROPERTY"))
        .filter(|node| node.get("NAME") == Some(UNALIGNED))
        .flat_map(|node| node.text.split_whitespace())
        .filter_map(|item| {
            let (id, times) = item.split_once('=')?;
            let (start, end) = times.split_once('-')?;
            Some((id, (start.parse().ok()?, end.parse().ok()?)))
        })
        .collect()
}

/// What the document says beside tiers, media and vocabularies, on the session.
fn document_residue(
    root: &Node,
    version: &str,
    slots: &[slots::Slot],
    spans: &[Vec<(usize, usize)>],
    session: &mut Session,
    report: &mut LossReport,
) {
    let mut residue = Map::new();
    residue.insert("attributes".into(), Value::Object(root.attributes_except(&["FORMAT", "VERSION"])));
    if !version.starts_with('3') {
        report.mapped("format version", 1, format!("EAF {version}; written back as EAF 3.0"));
    }
    let list = |nodes: Vec<&Node>| -> Value {
        nodes
            .into_iter()
            .filter(|node| node.complete)
            .map(|node| {
                let mut object = node.attributes_except(&[]);
                if !node.text.trim().is_empty() {
                    object.insert("value".into(), json!(node.text));
                }
                Value::Object(object)
            })
            .collect()
    };
    let header: Vec<&Node> = root.all("HEADER").collect();
    if let Some(header) = header.first() {
        let attributes = header.attributes_except(&["TIME_UNITS"]);
        residue.insert("header".into(), Value::Object(attributes));
    }
    let in_header = |name: &'static str| header.iter().flat_map(move |h| h.all(name)).collect::<Vec<_>>();
    let lists = [
        ("linked_files", "linked files", in_header("LINKED_FILE_DESCRIPTOR")),
        (
            "properties",
            "properties",
            in_header("PROPERTY").into_iter().filter(|node| node.get("NAME") != Some(UNALIGNED)).collect(),
        ),
        ("licenses", "licences", root.all("LICENSE").collect()),
        ("types", "", root.all("LINGUISTIC_TYPE").collect()),
        ("locales", "locales", root.all("LOCALE").collect()),
        ("languages", "languages", root.all("LANGUAGE").collect()),
        ("constraints", "", root.all("CONSTRAINT").collect()),
        ("lexicon_refs", "links to lexicons", root.all("LEXICON_REF").collect()),
        ("external_refs", "external references", root.all("EXTERNAL_REF").collect()),
    ];
    for (key, what, nodes) in lists {
        if nodes.is_empty() {
            continue;
        }
        if !what.is_empty() {
            report.mapped(what, nodes.len(), "kept for export to ELAN");
        }
        residue.insert(key.into(), list(nodes));
    }
    let link_sets: Vec<Value> = root.all("REF_LINK_SET").filter(|node| node.complete).map(Node::to_json).collect();
    if !link_sets.is_empty() {
        report.mapped("sets of links between annotations", link_sets.len(), "kept for export to ELAN");
        residue.insert("link_sets".into(), Value::Array(link_sets));
    }
    // Slots that nothing uses, and the order of slots where times do not tell it.
    let used: HashSet<usize> = spans.iter().flatten().flat_map(|(a, b)| [*a, *b]).collect();
    let unused: Vec<Value> = (0..slots.len())
        .filter(|place| !used.contains(place))
        .map(|place| json!([slots[place].id, slots[place].time.map(Time::millis)]))
        .collect();
    if !unused.is_empty() {
        residue.insert("unused_slots".into(), Value::Array(unused));
    }
    if slots.iter().any(|slot| !slot.aligned) {
        residue.insert("slot_order".into(), slots.iter().map(|slot| json!(slot.id)).collect());
    }
    const KNOWN: [&str; 12] = [
        "HEADER",
        "TIME_ORDER",
        "TIER",
        "LINGUISTIC_TYPE",
        "LICENSE",
        "LOCALE",
        "LANGUAGE",
        "CONSTRAINT",
        "CONTROLLED_VOCABULARY",
        "LEXICON_REF",
        "REF_LINK_SET",
        "EXTERNAL_REF",
    ];
    other_children(root, &KNOWN, &mut residue, report);
    set(&mut session.residue, residue);
}
