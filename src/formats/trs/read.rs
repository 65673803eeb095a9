//! A Transcriber file into a bundle.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::turn::{Background, Segment, Turn, time};
use super::{LIMIT, NAME};
use crate::domain::*;
use crate::formats::xmltree::{self, Element};
use crate::formats::{Format, FormatError, ImportOptions, Imported, eaf, input};

/// The tier of those of whom the file does not say who they are.
const NOBODY: &str = "(no speaker)";
/// Where a recording named without its ending may lie.
const ENDINGS: [&str; 8] = ["wav", "WAV", "mp3", "sph", "ogg", "flac", "aif", "au"];

/// Reads a file.
///
/// # Errors
/// When it cannot be opened, is too large, or is no Transcriber document.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, Format::Trs, LIMIT)?;
    let (text, _, odd) = input::decode_xml(&bytes);
    drop(bytes);
    let parsed = xmltree::parse(&text, "Trans", Format::Trs)?;
    let mut reader = Reader {
        options,
        report: LossReport::default(),
        bundle: Bundle::default(),
        session: eaf::new_session(options),
        scribe: String::new(),
        language: String::new(),
        people: HashMap::new(),
        speakers: Vec::new(),
        tiers: HashMap::new(),
        backgrounds: Vec::new(),
        turns: 0,
    };
    odd.into_iter().chain(parsed.warnings).for_each(|warning| reader.report.warn(warning));
    reader.document(&parsed.root, path);
    Ok(Imported { bundle: reader.bundle, report: reader.report })
}

/// Attributes as residue, without those that are fields.
fn attributes(element: &Element, without: &[&str]) -> Map<String, Value> {
    let rest = element.attributes.iter().filter(|(name, _)| !without.contains(&name.as_str()));
    rest.map(|(name, value)| (name.clone(), json!(value))).collect()
}

/// What a tier is made of.
struct Kind<'k> {
    key: String,
    name: String,
    role: TierRole,
    parent: Option<TierId>,
    participant: Option<PersonId>,
    type_name: &'k str,
}

struct Reader<'o> {
    options: &'o ImportOptions,
    report: LossReport,
    bundle: Bundle,
    session: Session,
    scribe: String,
    language: String,
    people: HashMap<String, PersonId>,
    /// Ids of speakers in order of the file.
    speakers: Vec<String>,
    tiers: HashMap<String, TierId>,
    backgrounds: Vec<Background>,
    turns: usize,
}

impl Reader<'_> {
    fn document(&mut self, root: &Element, path: &Path) {
        self.scribe = root.get("scribe").filter(|s| *s != "(unknown)").unwrap_or_default().to_owned();
        let said = root.get("xml:lang").map(eaf::language_tag).unwrap_or_default();
        self.language =
            if self.options.object_language.is_empty() { said } else { self.options.object_language.clone() };
        let mut kept = Map::new();
        kept.insert("trans".into(), Value::Object(attributes(root, &[])));
        self.media(root.get("audio_filename").unwrap_or("").trim(), path);
        root.named("Speakers").flat_map(|list| list.named("Speaker")).for_each(|speaker| self.person(speaker));
        let topics = self.topics(root);
        let mut end = Time::ZERO;
        for episode in root.named("Episode") {
            kept.insert("episode".into(), Value::Object(attributes(episode, &[])));
            let (program, date) = (episode.get("program").unwrap_or(""), episode.get("air_date").unwrap_or(""));
            if self.session.title.is_empty() {
                self.session.title = MultiText::of("und", program);
            }
            if self.session.date.is_empty() && is_date(date) {
                date.clone_into(&mut self.session.date);
            }
            for section in episode.named("Section") {
                end = end.max(self.section(section, &topics));
            }
        }
        self.background(end);
        self.session.residue.set(NAME, Value::Object(kept));
        self.report.kept("speakers", self.bundle.people.len());
        self.report.kept("turns", self.turns);
        self.report.kept("annotations", self.bundle.annotations.len());
        self.report.kept("tiers", self.bundle.tiers.len());
        self.finish();
    }

    fn media(&mut self, name: &str, file: &Path) {
        if name.is_empty() {
            return;
        }
        let near = |path: &str| file.parent().map(|folder| folder.join(path)).filter(|near| near.is_file());
        let found = near(name).or_else(|| ENDINGS.iter().find_map(|ending| near(&format!("{name}.{ending}"))));
        let path = found.map_or_else(
            || name.to_owned(),
            |near| std::path::absolute(&near).unwrap_or(near).to_string_lossy().into_owned(),
        );
        self.bundle.media.push(Media {
            id: MediaId::new(),
            session: self.session.id,
            path,
            storage: MediaStorage::Linked,
            hash: String::new(),
            size: 0,
            mime: String::new(),
            duration: None,
            offset: Time::ZERO,
            streams: Vec::new(),
            position: 0,
            residue: Residue::default(),
        });
        self.report.kept("recordings", 1);
    }

    fn person(&mut self, speaker: &Element) {
        let id = speaker.get("id").unwrap_or_default();
        if id.is_empty() || self.people.contains_key(id) {
            self.report.warn("a speaker has no id or one that is taken; left out");
            return;
        }
        let mut person = Person {
            id: PersonId::new(),
            code: id.to_owned(),
            name: speaker.get("name").unwrap_or_default().to_owned(),
            languages: Vec::new(),
            notes: String::new(),
            consent: Consent::default(),
            access: Access::default(),
            residue: Residue::default(),
        };
        let kept = attributes(speaker, &["id", "name"]);
        if !kept.is_empty() {
            person.residue.set(NAME, Value::Object(kept));
        }
        self.people.insert(id.to_owned(), person.id);
        self.speakers.push(id.to_owned());
        self.session.participants.push(Participation { person: person.id, role: "speaker".to_owned() });
        self.bundle.people.push(person);
    }

    /// The topics as a vocabulary: entry and text by the topic's id.
    fn topics(&mut self, root: &Element) -> HashMap<String, (VocabularyEntryId, String)> {
        let mut topics = HashMap::new();
        let mut entries = Vec::new();
        for topic in root.named("Topics").flat_map(|list| list.named("Topic")) {
            let (id, desc) = (topic.get("id").unwrap_or_default(), topic.get("desc").unwrap_or_default());
            let mut entry = VocabularyEntry {
                id: VocabularyEntryId::new(),
                value: desc.to_owned(),
                description: String::new(),
                residue: Residue::default(),
            };
            entry.residue.set(NAME, json!({"id": id}));
            topics.insert(id.to_owned(), (entry.id, desc.to_owned()));
            entries.push(entry);
        }
        if !entries.is_empty() {
            self.report.kept("topics", entries.len());
            self.bundle.vocabularies.push(Vocabulary {
                id: VocabularyId::new(),
                name: "Topics".to_owned(),
                description: String::new(),
                entries,
                residue: Residue::default(),
            });
        }
        topics
    }

    fn tier(&mut self, kind: Kind) -> TierId {
        if let Some(known) = self.tiers.get(&kind.key) {
            return *known;
        }
        let id = TierId::new();
        let symbolic = kind.parent.is_some();
        let language = match kind.role {
            TierRole::Transcription => self.language.clone(),
            role => eaf::language_by_role(role, self.options),
        };
        let vocabulary = self.bundle.vocabularies.first().map(|v| v.id).filter(|_| kind.type_name == "topic");
        self.bundle.tiers.push(Tier {
            id,
            session: self.session.id,
            parent: kind.parent,
            name: kind.name,
            role: kind.role,
            constraint: if symbolic { Constraint::SymbolicAssociation } else { Constraint::None },
            type_name: kind.type_name.to_owned(),
            participant: kind.participant,
            annotator: self.scribe.clone(),
            language,
            vocabulary,
            position: 0,
            residue: Residue::default(),
        });
        self.tiers.insert(kind.key, id);
        id
    }

    fn plain_tier(&mut self, name: &str, type_name: &str, parent: Option<TierId>) -> TierId {
        let (key, name) = (format!("/{name}"), name.to_owned());
        self.tier(Kind { key, name, role: TierRole::Other, parent, participant: None, type_name })
    }

    /// A section with its turns; where it ends.
    fn section(&mut self, section: &Element, topics: &HashMap<String, (VocabularyEntryId, String)>) -> Time {
        let turns: Vec<&Element> = section.named("Turn").collect();
        let start = time(section.get("startTime")).or_else(|| turns.first().and_then(|t| time(t.get("startTime"))));
        let end = time(section.get("endTime")).or_else(|| turns.last().and_then(|t| time(t.get("endTime"))));
        let (start, end) = (start.unwrap_or_default(), end.or(start).unwrap_or_default());
        let sections = self.plain_tier("Sections", "section", None);
        let kind = section.get("type").unwrap_or_default();
        let annotation = Annotation::new(sections, Some(Span::new(start, end)), 0, kind);
        for id in section.get("topic").unwrap_or_default().split_whitespace().take(1) {
            let tier = self.plain_tier("Topics", "topic", Some(sections));
            let known = topics.get(id);
            let mut topic = Annotation::new(tier, None, 0, known.map_or(id, |(_, text)| text.as_str()));
            topic.parent = Some(annotation.id);
            topic.entry = known.map(|(entry, _)| *entry);
            self.bundle.annotations.push(topic);
        }
        self.bundle.annotations.push(annotation);
        for (n, turn) in turns.iter().enumerate() {
            let from = time(turn.get("startTime")).unwrap_or(start);
            let next = turns.get(n + 1).and_then(|next| time(next.get("startTime")));
            let to = time(turn.get("endTime")).or(next).unwrap_or(end);
            self.turn(turn, from, to);
        }
        end
    }

    fn turn(&mut self, element: &Element, start: Time, end: Time) {
        self.turns += 1;
        if end < start {
            self.report.warn(format!("a turn ends at {end}, before it starts at {start}; exchanged"));
        }
        if start < Time::ZERO {
            self.report.warn("a turn starts before the recording does; kept as it stands");
        }
        let turn = Turn::read(element, start.min(end), start.max(end));
        if turn.odd_times > 0 {
            self.report.warn(format!(
                "{} times in the turn at {start} are no numbers, go back or lie outside it; what follows them goes on with the text before",
                turn.odd_times
            ));
        }
        self.report.mapped("unknown elements in turns", turn.unknown, "their text stands in the transcription");
        self.backgrounds.extend(turn.backgrounds);
        let speakers: Vec<&str> = element.get("speaker").unwrap_or_default().split_whitespace().collect();
        let kept = attributes(element, &["speaker", "startTime", "endTime"]);
        for segment in turn.segments {
            let who = speakers.get(segment.speaker).copied().unwrap_or_default();
            self.segment(segment, who, &kept);
        }
    }

    fn segment(&mut self, segment: Segment, who: &str, turn: &Map<String, Value>) {
        let person = self.people.get(who).copied();
        if person.is_none() && !who.is_empty() && !self.tiers.contains_key(who) {
            self.report.warn(format!("a turn names the speaker '{who}', who is not in the list of speakers"));
        }
        let named = person.and_then(|id| self.bundle.people.iter().find(|p| p.id == id));
        let name = match named {
            Some(person) if !person.name.trim().is_empty() => person.name.clone(),
            _ if who.is_empty() => NOBODY.to_owned(),
            _ => who.to_owned(),
        };
        let role = TierRole::Transcription;
        let kind =
            Kind { key: who.to_owned(), name: name.clone(), role, parent: None, participant: person, type_name: "" };
        let tier = self.tier(kind);
        let mut annotation = Annotation::new(tier, Some(Span::new(segment.start, segment.end)), 0, segment.text);
        let mut kept = turn.clone();
        kept.insert("turn".into(), json!(self.turns));
        self.report.kept("events, in brackets in the text", segment.events.len());
        if !segment.events.is_empty() {
            kept.insert("events".into(), Value::Array(segment.events));
        }
        annotation.residue.set(NAME, Value::Object(kept));
        if !segment.notes.is_empty() {
            let key = format!("{who}/notes");
            let kind = Kind {
                key,
                name: format!("{name} notes"),
                role: TierRole::Note,
                parent: Some(tier),
                participant: person,
                type_name: "comment",
            };
            let notes = self.tier(kind);
            let mut note = Annotation::new(notes, None, 0, segment.notes.join("; "));
            note.parent = Some(annotation.id);
            self.bundle.annotations.push(note);
            self.report.kept("comments", segment.notes.len());
        }
        self.bundle.annotations.push(annotation);
    }

    /// The background as intervals: each lasts to the next change.
    fn background(&mut self, end: Time) {
        let mut changes = std::mem::take(&mut self.backgrounds);
        changes.sort_by_key(|change| change.time);
        let ends: Vec<Time> = changes.iter().skip(1).map(|c| c.time).chain([end]).collect();
        for (change, until) in changes.into_iter().zip(ends) {
            if change.what.is_empty() {
                continue;
            }
            let tier = self.plain_tier("Background", "background", None);
            let span = Span::new(change.time, until.max(change.time));
            self.bundle.annotations.push(Annotation::new(tier, Some(span), 0, change.what));
            self.report.kept("stretches of background", 1);
        }
    }

    /// Tiers in order: speakers as the file lists them, then the rest; positions of annotations by time.
    fn finish(&mut self) {
        let order: HashMap<TierId, usize> = self
            .tiers
            .iter()
            .map(|(key, id)| {
                let who = key.strip_suffix("/notes").unwrap_or(key);
                let last = self.speakers.len() + usize::from(key.starts_with('/'));
                let place = self.speakers.iter().position(|s| s == who).unwrap_or(last);
                (*id, place * 2 + usize::from(key.ends_with("/notes")))
            })
            .collect();
        self.bundle.tiers.sort_by_key(|tier| order.get(&tier.id).copied());
        (0..).zip(&mut self.bundle.tiers).for_each(|(position, tier)| tier.position = position);
        self.bundle.annotations.sort_by_key(|a| (a.parent.is_some(), a.start, a.end));
        let mut ranks: HashMap<TierId, i64> = HashMap::new();
        for annotation in self.bundle.annotations.iter_mut().filter(|a| a.parent.is_none()) {
            let rank = ranks.entry(annotation.tier).or_default();
            annotation.position = *rank;
            *rank += 1;
        }
        self.bundle.sessions.push(self.session.clone());
    }
}

/// Whether a text is a date as sessions have it: `2010`, `2010-06`, `2010-06-06`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths = parts.iter().map(|p| p.len()).zip([4, 2, 2]).all(|(length, wanted)| length == wanted);
    (1..=3).contains(&parts.len()) && lengths && parts.iter().all(|p| p.bytes().all(|b| b.is_ascii_digit()))
}
