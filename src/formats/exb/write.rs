//! A bundle to a basic transcription.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::timeline::{Growing, Timeline, is_name};
use super::{NAME, head, key, parts, place};
use crate::domain::bundle::BundleIndex;
use crate::domain::*;
use crate::formats::xmltree::{self, Element};
use crate::formats::{Format, FormatError, eaf, input, per_session, word_tiers};

/// Writes a file. It holds one session: the first goes to `path`, each further one to a file beside it.
///
/// # Errors
/// When there is no session, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let index = bundle.index();
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for (session, place) in per_session::files(path, bundle, Format::Exb, &mut report)? {
        let root = Writer { bundle, index: &index, session, report: &mut report }.document();
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        root.write(&mut text, 0);
        files.push((place, text));
    }
    per_session::lexicon_left_out(bundle, Format::Exb, &mut report);
    for (place, text) in files {
        input::write_atomic(&place, text.as_bytes())?;
    }
    Ok(report)
}

struct Writer<'a> {
    bundle: &'a Bundle,
    index: &'a BundleIndex<'a>,
    session: &'a Session,
    report: &'a mut LossReport,
}

/// Takes an id that is not taken: the wanted one, else the next of its kind.
fn claim(wanted: Option<&str>, prefix: &str, taken: &mut HashSet<String>) -> String {
    let wanted = wanted.filter(|id| is_name(id) && !taken.contains(*id)).map(str::to_owned);
    let mut number = 0;
    let id = wanted.unwrap_or_else(|| {
        loop {
            let id = format!("{prefix}{number}");
            if !taken.contains(&id) {
                break id;
            }
            number += 1;
        }
    });
    taken.insert(id.clone());
    id
}

/// The element with its id in front.
fn with_id(mut element: Element, id: &str) -> Element {
    element.attributes.retain(|(name, _)| name != "id");
    element.attributes.insert(0, ("id".to_owned(), id.to_owned()));
    element
}

/// The id that an element had when it was read.
fn id_of(element: &Element) -> Option<String> {
    element.get("id").map(str::to_owned)
}

impl Writer<'_> {
    fn kept(&self, name: &str) -> Option<&Value> {
        self.session.residue.get(NAME)?.get(name)
    }

    fn document(&mut self) -> Element {
        let mut root = Element::new("basic-transcription");
        if let Some(id) = self.kept("id").and_then(Value::as_str) {
            root = root.with("Id", id);
        }
        let mut taken: HashSet<String> = HashSet::new();
        // Items keep their ids before anything else takes one.
        let timeline = Timeline::from_json(self.kept("timeline"));
        taken.extend(timeline.by_id.keys().cloned());
        let (table, speakers) = self.speakers(&mut taken);
        let mut head = Element::new("head");
        head.push(self.meta());
        head.push(table);
        root.push(head);
        root.push(self.body(timeline, &speakers, &mut taken));
        if let Some(format) = self.kept("format").and_then(Value::as_str).and_then(xmltree::from_residue) {
            root.push(format);
        }
        root
    }

    fn meta(&mut self) -> Element {
        let project = self.bundle.project.as_ref().map_or("", |project| project.name.as_str());
        let mut media: Vec<&Media> = self.bundle.media.iter().filter(|m| m.session == self.session.id).collect();
        media.sort_by_key(|m| (m.position, m.id));
        self.report.kept("referenced files", media.len());
        let shifted = media.iter().filter(|m| m.offset != Time::ZERO).count();
        self.report.left_out("offsets of recordings", shifted, "EXMARaLDA has every recording start at 0");
        let texts = [&self.session.title, &self.session.description];
        let further = texts.iter().map(|text| text.0.len().saturating_sub(1)).sum();
        self.report.left_out("titles and descriptions in further languages", further, "EXMARaLDA has one of each");
        xmltree::recall(self.kept("meta"), head::meta(self.session, project, &media), &key)
    }

    fn speakers(&mut self, taken: &mut HashSet<String>) -> (Element, HashMap<PersonId, String>) {
        let people: HashMap<PersonId, &Person> = self.bundle.people.iter().map(|p| (p.id, p)).collect();
        let tiers = self.index.tiers_of_session.get(&self.session.id).map(Vec::as_slice).unwrap_or_default();
        let wanted =
            self.session.participants.iter().map(|p| p.person).chain(tiers.iter().filter_map(|t| t.participant));
        let (mut table, mut ids) = (Element::new("speakertable"), HashMap::new());
        for person in wanted.filter_map(|id| people.get(&id)) {
            if ids.contains_key(&person.id) {
                continue;
            }
            let element = xmltree::recall(person.residue.get(NAME), head::speaker(person), &key);
            let id = claim(id_of(&element).as_deref(), "SPK", taken);
            table.push(with_id(element, &id));
            ids.insert(person.id, id);
        }
        self.report.kept("speakers", ids.len());
        let roles = self.session.participants.iter().filter(|p| !matches!(p.role.as_str(), "" | "speaker")).count();
        self.report.left_out("roles of participants", roles, "EXMARaLDA knows speakers only");
        (table, ids)
    }

    fn body(
        &mut self,
        timeline: Timeline,
        speakers: &HashMap<PersonId, String>,
        taken: &mut HashSet<String>,
    ) -> Element {
        let mut all: Vec<Tier> = Vec::new();
        let mut made: Vec<Annotation> = Vec::new();
        let mut annotations: Vec<&Annotation> = Vec::new();
        for tier in self.index.tiers_of_session.get(&self.session.id).into_iter().flatten() {
            let own = self.index.annotations_of_tier.get(&tier.id).map(Vec::as_slice).unwrap_or_default();
            annotations.extend(own);
            all.push((*tier).clone());
            let words = word_tiers::of_tier(tier, own, self.index, self.report);
            all.extend(words.tiers);
            made.extend(words.annotations);
        }
        annotations.extend(&made);
        let tiers: Vec<&Tier> = all.iter().collect();
        let groups = eaf::by_tier(&tiers, annotations.iter().copied());
        let read = timeline.items.len();
        let mut growing = Growing::new(timeline);
        let places = place::all(&eaf::parents_first(&tiers), &groups, &mut growing, self.report);
        if places.is_empty() && read == 0 {
            // EXMARaLDA opens no transcription without a stretch of time.
            for time in [Time::ZERO, Time::from_millis(1000)] {
                let item = growing.at(time, "");
                growing.mark_used(item);
            }
        }
        for (start, end) in places.values() {
            growing.mark_used(*start);
            growing.mark_used(*end);
        }
        let unused = self.kept("unused").and_then(Value::as_array);
        let unused: HashSet<&str> = unused.into_iter().flatten().filter_map(Value::as_str).collect();
        let items = growing.items(&unused);
        let ranks: HashMap<usize, usize> = items.iter().enumerate().map(|(rank, item)| (*item, rank)).collect();
        let changed = growing.changed(items.len(), read);
        let mut body = Element::new("basic-body");
        let mut common = Element::new("common-timeline");
        items.iter().for_each(|item| common.push(growing.element(*item, changed)));
        body.push(common);
        let kinds = parts::kinds(&tiers);
        let mut written = 0;
        for (tier, kind) in tiers.iter().zip(kinds) {
            let speaker = tier.participant.and_then(|id| speakers.get(&id)).map(String::as_str);
            let element = xmltree::recall(tier.residue.get(NAME), parts::tier(tier, speaker, kind), &key);
            let group = groups.get(&tier.id).map(Vec::as_slice).unwrap_or_default();
            let mut events: Vec<(usize, usize, &Annotation)> = group
                .iter()
                .filter_map(|a| {
                    let (start, end) = places.get(&a.id)?;
                    let (start, end) = (*ranks.get(start)?, *ranks.get(end)?);
                    Some((start.min(end), start.max(end), *a))
                })
                .collect();
            events.sort_by_key(|(start, end, a)| (*start, *end, a.position));
            written += events.len();
            for (number, layer) in (1..).zip(self.layers(tier, events)) {
                let mut element = if number == 1 { element.clone() } else { further(&element, number) };
                let id = claim(id_of(&element).as_deref(), "TIE", taken);
                element = with_id(element, &id);
                for (start, end, annotation) in layer {
                    let id = |rank: usize| items.get(rank).map_or("", |item| growing.id(*item));
                    element.push(event(annotation, id(start), id(end)));
                }
                body.push(element);
            }
        }
        self.report.kept("tiers", tiers.len());
        self.report.kept("events", written);
        self.left_out(&tiers, &annotations);
        body
    }

    /// Events that overlap, on as many tiers as they need.
    fn layers<'e>(
        &mut self,
        tier: &Tier,
        events: Vec<(usize, usize, &'e Annotation)>,
    ) -> Vec<Vec<(usize, usize, &'e Annotation)>> {
        let mut layers: Vec<Vec<(usize, usize, &Annotation)>> = vec![Vec::new()];
        let mut apart = 0;
        for event in events {
            let free = layers.iter().position(|layer| layer.last().is_none_or(|(_, end, _)| *end <= event.0));
            match free.and_then(|free| layers.get_mut(free)) {
                Some(layer) => layer.push(event),
                None => layers.push(vec![event]),
            }
            apart += usize::from(free != Some(0));
        }
        self.report.mapped(
            format!("overlapping annotations of tier '{}'", tier.name),
            apart,
            "on further tiers of the same name with a number: events of a tier do not overlap in EXMARaLDA",
        );
        layers
    }

    fn left_out(&mut self, tiers: &[&Tier], annotations: &[&Annotation]) {
        let ties = tiers.iter().filter(|t| t.parent.is_some()).count();
        self.report.mapped("ties between tiers", ties, "told by type, speaker and shared times");
        let count = |about: &dyn Fn(&Tier) -> bool| tiers.iter().filter(|t| about(t)).count();
        let why = "EXMARaLDA has no place for them";
        self.report.left_out("annotators of tiers", count(&|t| !t.annotator.is_empty()), why);
        self.report.left_out("languages of tiers", count(&|t| !t.language.is_empty()), why);
        let used: HashSet<VocabularyId> = tiers.iter().filter_map(|t| t.vocabulary).collect();
        self.report.left_out("controlled vocabularies", used.len(), why);
        let elsewhere = annotations.iter().filter(|a| a.residue.0.keys().any(|key| key != NAME)).count();
        self.report.left_out("annotations' leftovers of other formats", elsewhere, why);
    }
}

/// The element of a further tier for overlaps.
fn further(first: &Element, number: usize) -> Element {
    let mut element = first.clone();
    element.attributes.retain(|(name, _)| name != "id");
    for (name, value) in &mut element.attributes {
        match name.as_str() {
            "display-name" => *value = format!("{value} ({number})"),
            "type" if value == "t" => "d".clone_into(value),
            _ => {}
        }
    }
    element
}

fn event(annotation: &Annotation, start: &str, end: &str) -> Element {
    let memory = annotation.residue.get(NAME).and_then(|kept| kept.get("event"));
    let mut element = xmltree::recall(memory, parts::event(&annotation.value), &key);
    element.attributes.retain(|(name, _)| name != "start" && name != "end");
    element.attributes.splice(0..0, [("start".to_owned(), start.to_owned()), ("end".to_owned(), end.to_owned())]);
    element
}
