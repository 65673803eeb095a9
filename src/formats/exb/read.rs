//! A basic transcription into a bundle.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::head::{self, one_line};
use super::timeline::Timeline;
use super::{LIMIT, NAME, key, parts};
use crate::domain::*;
use crate::formats::xmltree::{self, Element, Node};
use crate::formats::{Format, FormatError, ImportOptions, Imported, eaf, input};

/// Reads a file.
///
/// # Errors
/// When it cannot be opened, is too large, or is no basic transcription.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, Format::Exb, LIMIT)?;
    let (text, encoding, odd) = input::decode_xml(&bytes);
    drop(bytes);
    let parsed = xmltree::parse(&text, "basic-transcription", Format::Exb)?;
    let mut report = LossReport::default();
    if encoding != "UTF-8" {
        report.mapped("text encoding", 1, format!("read as {encoding}; written back as UTF-8"));
    }
    odd.into_iter().chain(parsed.warnings).for_each(|warning| report.warn(warning));
    Ok(Reader { options, report, bundle: Bundle::default(), session: eaf::new_session(options) }
        .read(&parsed.root, path))
}

/// An event as it stands in the file, its ends as places on the timeline.
struct RawEvent {
    start: Option<usize>,
    end: Option<usize>,
    annotation: Annotation,
}

/// A tier with its events as they stand in the file.
struct RawTier<'a> {
    element: &'a Element,
    tier: Tier,
    events: Vec<RawEvent>,
}

struct Reader<'o> {
    options: &'o ImportOptions,
    report: LossReport,
    bundle: Bundle,
    session: Session,
}

impl Reader<'_> {
    fn read(mut self, root: &Element, path: &Path) -> Imported {
        let mut kept = Map::new();
        let head = root.child("head");
        let meta = head.and_then(|h| h.child("meta-information"));
        kept.insert("meta".into(), head::read_meta(meta, &mut self.session, &mut self.bundle, path));
        let speakers = self.speakers(head.and_then(|h| h.child("speakertable")));
        let body = root.child("basic-body");
        if body.is_none() {
            self.report.warn("there is no <basic-body>: the file holds neither timeline nor tiers");
        }
        let timeline = Timeline::read(body.and_then(|b| b.child("common-timeline")), &mut self.report);
        let mut tiers = self.tiers(body, &speakers, &timeline);
        hang(&mut tiers);
        self.languages(&mut tiers);
        let used: HashSet<usize> =
            tiers.iter().flat_map(|t| &t.events).flat_map(|e| [e.start, e.end]).flatten().collect();
        let unused: Vec<&str> =
            (0..).zip(&timeline.items).filter(|(n, _)| !used.contains(n)).map(|(_, i)| i.id.as_str()).collect();
        if !unused.is_empty() {
            kept.insert("unused".into(), json!(unused));
        }
        kept.insert("timeline".into(), timeline.to_json());
        if let Some(format) = root.child("tierformat-table") {
            kept.insert("format".into(), json!(format.to_xml()));
            self.report.mapped("tier formats", format.named("tier-format").count(), "kept for export to EXMARaLDA");
        }
        if let Some(id) = root.get("Id") {
            kept.insert("id".into(), json!(id));
        }
        let known = ["head", "basic-body", "tierformat-table"];
        let other: Vec<String> =
            root.elements().filter(|e| !known.contains(&e.name.as_str())).map(Element::to_xml).collect();
        self.report.left_out("elements that EXMARaLDA does not have", other.len(), "unknown");
        kept.retain(|_, value| !value.is_null());
        self.session.residue.set(NAME, Value::Object(kept));
        self.fill(tiers);
        Imported { bundle: self.bundle, report: self.report }
    }

    fn speakers<'a>(&mut self, table: Option<&'a Element>) -> HashMap<&'a str, (PersonId, String)> {
        let mut speakers = HashMap::new();
        for raw in table.into_iter().flat_map(|t| t.named("speaker")) {
            let person = head::read_speaker(raw);
            let id = raw.get("id").unwrap_or_default();
            if id.is_empty() || speakers.contains_key(id) {
                self.report
                    .warn(format!("speaker '{}' has no id or one that is taken; tiers do not find it", person.code));
            } else {
                speakers.insert(id, (person.id, person.code.clone()));
            }
            self.session.participants.push(Participation { person: person.id, role: "speaker".to_owned() });
            self.bundle.people.push(person);
        }
        self.report.kept("speakers", self.bundle.people.len());
        speakers
    }

    fn tiers<'a>(
        &mut self,
        body: Option<&'a Element>,
        speakers: &HashMap<&str, (PersonId, String)>,
        timeline: &Timeline,
    ) -> Vec<RawTier<'a>> {
        let (mut lost, mut reversed) = (0, 0);
        let mut tiers = Vec::new();
        for (position, element) in body.into_iter().flat_map(|b| b.named("tier")).enumerate() {
            let category = element.get("category").unwrap_or_default();
            let speaker = element.get("speaker").and_then(|id| speakers.get(id));
            if speaker.is_none() && element.get("speaker").is_some() {
                self.report.warn(format!(
                    "a tier names the speaker '{}', who is not in the speaker table",
                    element.get("speaker").unwrap_or_default()
                ));
            }
            let code = speaker.map_or("", |(_, code)| code.as_str());
            let fallback = format!("{code} [{category}]");
            let name = element.get("display-name").filter(|name| !name.trim().is_empty()).unwrap_or(fallback.trim());
            let is_transcription = element.get("type") == Some("t");
            let tier = Tier {
                id: TierId::new(),
                session: self.session.id,
                parent: None,
                name: name.to_owned(),
                role: if is_transcription { TierRole::Transcription } else { TierRole::Other },
                constraint: Constraint::None,
                type_name: category.to_owned(),
                participant: speaker.map(|(id, _)| *id),
                annotator: String::new(),
                language: String::new(),
                vocabulary: None,
                position: position as i64,
                residue: Residue::default(),
            };
            let mut events: Vec<RawEvent> = Vec::new();
            for raw in element.named("event") {
                let place = |name: &str| raw.get(name).and_then(|id| timeline.by_id.get(id).copied());
                let (start, end) = (place("start"), place("end"));
                lost += usize::from(start.is_none() || end.is_none());
                reversed += usize::from(start > end);
                events.push(event(raw, tier.id, (start.min(end), start.max(end)), timeline));
            }
            // Those without a place stay where they stand, after the event before them.
            let mut last = None;
            let mut order: Vec<(Option<usize>, usize)> = Vec::with_capacity(events.len());
            for (n, event) in events.iter().enumerate() {
                last = event.start.or(last);
                order.push((last, n));
            }
            order.sort();
            let ranks: HashMap<usize, i64> = (0..).zip(&order).map(|(rank, (_, n))| (*n, rank)).collect();
            for (n, event) in events.iter_mut().enumerate() {
                event.annotation.position = ranks.get(&n).copied().unwrap_or_default();
            }
            events.sort_by_key(|event| event.annotation.position);
            tiers.push(RawTier { element, tier, events });
        }
        if lost > 0 {
            self.report.warn(format!(
                "{lost} events start or end at an item that the timeline does not have; they are kept without times"
            ));
        }
        if reversed > 0 {
            self.report.warn(format!("{reversed} events end before they start; exchanged"));
        }
        tiers
    }

    /// Roles and languages of tiers other than transcriptions.
    fn languages(&self, tiers: &mut [RawTier]) {
        for raw in tiers.iter_mut() {
            let tier = &mut raw.tier;
            let parent = tier.parent.map(|_| TierRole::Transcription);
            if tier.role == TierRole::Other {
                tier.role = match eaf::role(&tier.name, &tier.type_name, tier.constraint, parent, false) {
                    TierRole::Transcription => TierRole::Other,
                    role => role,
                };
            }
            tier.language = eaf::language_by_role(tier.role, self.options);
            // `en`, `eng`: a tier named after a language translates into it.
            let tag = eaf::language_tag(&tier.type_name);
            if tier.role == TierRole::Other && tag.len() == 2 && tier.parent.is_some() {
                tier.role = TierRole::Translation;
                tier.language = tag;
            }
        }
    }

    /// Tiers and annotations into the bundle, what they must remember on them.
    fn fill(&mut self, tiers: Vec<RawTier>) {
        let kinds = parts::kinds(&tiers.iter().map(|raw| &raw.tier).collect::<Vec<_>>());
        let unaligned = tiers
            .iter()
            .flat_map(|t| &t.events)
            .filter(|e| e.annotation.start.is_none() && e.annotation.parent.is_none())
            .count();
        self.report.mapped("events without times", unaligned, "kept in their order; their timeline items have none");
        for (mut raw, kind) in tiers.into_iter().zip(kinds) {
            // The id goes back out with the rest; who speaks is known by it at both times.
            let now = parts::tier(&raw.tier, raw.element.get("speaker"), kind);
            let mut element = raw.element.clone();
            element.children.retain(|child| !matches!(child, Node::Element(e) if e.name == "event"));
            raw.tier.residue.set(NAME, xmltree::remember(&element, &now, &key));
            self.bundle.annotations.extend(raw.events.into_iter().map(|event| event.annotation));
            self.bundle.tiers.push(raw.tier);
        }
        self.report.kept("tiers", self.bundle.tiers.len());
        self.report.kept("events", self.bundle.annotations.len());
        self.report.kept("referenced files", self.bundle.media.len());
        self.bundle.sessions.push(self.session.clone());
    }
}

fn event(raw: &Element, tier: TierId, (start, end): (Option<usize>, Option<usize>), timeline: &Timeline) -> RawEvent {
    let text: String = raw
        .children
        .iter()
        .filter_map(|child| if let Node::Text(text) = child { Some(text.as_str()) } else { None })
        .collect();
    let time = |place: Option<usize>| timeline.items.get(place?)?.time;
    let span = time(start).zip(time(end)).map(|(start, end)| Span::new(start, end));
    let mut annotation = Annotation::new(tier, span, 0, one_line(&text));
    let mut kept = Map::new();
    let mut keep = |name: &str, place: Option<usize>| {
        if let Some(item) = place.and_then(|place| timeline.items.get(place)) {
            kept.insert(name.to_owned(), json!(item.id));
        }
    };
    keep("start", start);
    keep("end", end);
    let mut element = raw.clone();
    element.attributes.retain(|(name, _)| name != "start" && name != "end");
    let memory = xmltree::remember(&element, &parts::event(&annotation.value), &key);
    if !memory.is_null() {
        kept.insert("event".into(), memory);
    }
    if !kept.is_empty() {
        annotation.residue.set(NAME, Value::Object(kept));
    }
    let (start, end) = if start.is_some() && end.is_some() { (start, end) } else { (None, None) };
    RawEvent { start, end, annotation }
}

/// Hangs tiers of type `a` under the transcription of their speaker, where their events fit into its events.
fn hang(tiers: &mut [RawTier]) {
    for n in 0..tiers.len() {
        let Some(raw) = tiers.get(n).filter(|raw| raw.element.get("type") == Some("a") && !raw.events.is_empty())
        else {
            continue;
        };
        let speaker = raw.element.get("speaker");
        let above = tiers.iter().position(|t| {
            t.element.get("type") == Some("t") && t.element.get("speaker") == speaker && speaker.is_some()
        });
        let Some((above, parents)) = above.and_then(|above| Some((above, containers(raw, tiers.get(above)?)?))) else {
            continue;
        };
        let exact = parents.iter().all(|(_, exact)| *exact);
        let distinct = parents.iter().map(|(id, _)| id).collect::<HashSet<_>>().len() == parents.len();
        let timed = raw.events.iter().all(|e| e.annotation.start.is_some());
        let constraint = match (exact && distinct, timed) {
            (true, _) => Constraint::SymbolicAssociation,
            (false, true) => Constraint::IncludedIn,
            (false, false) => Constraint::SymbolicSubdivision,
        };
        let parent_tier = tiers.get(above).map(|t| t.tier.id);
        let Some(raw) = tiers.get_mut(n) else { continue };
        raw.tier.parent = parent_tier;
        raw.tier.constraint = constraint;
        let mut places: HashMap<AnnotationId, i64> = HashMap::new();
        for (event, (parent, _)) in raw.events.iter_mut().zip(parents) {
            let annotation = &mut event.annotation;
            annotation.parent = Some(parent);
            if !constraint.is_time_aligned() {
                (annotation.start, annotation.end) = (None, None);
                let place = places.entry(parent).or_default();
                annotation.position = *place;
                *place += 1;
            }
        }
    }
}

/// For each event the event of another tier that it lies within, and whether their ends are the same. `None` when one
/// lies within none.
fn containers(tier: &RawTier, above: &RawTier) -> Option<Vec<(AnnotationId, bool)>> {
    let mut outer: Vec<(usize, usize, AnnotationId)> =
        above.events.iter().filter_map(|e| Some((e.start?, e.end?, e.annotation.id))).collect();
    outer.sort();
    tier.events
        .iter()
        .map(|event| {
            let (start, end) = (event.start?, event.end?);
            let place = outer.partition_point(|(from, ..)| *from <= start).checked_sub(1)?;
            let (from, to, id) = outer.get(place)?;
            (end <= *to).then_some((*id, (start, end) == (*from, *to)))
        })
        .collect()
}
