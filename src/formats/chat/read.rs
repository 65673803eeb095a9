//! A CHAT file into a bundle.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::lines::{self, Line};
use super::{LIMIT, NAME, cast, header, main_line};
use crate::domain::*;
use crate::formats::{Format, FormatError, ImportOptions, Imported, eaf, input};

/// Where a recording named without its ending may lie.
const ENDINGS: [&str; 8] = ["wav", "mp3", "mp4", "mov", "m4a", "ogg", "flac", "avi"];

/// Reads a file.
///
/// # Errors
/// When it cannot be opened, is too large, or has neither a header nor an utterance.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let (text, encoding) = input::decode(&input::bytes(path, Format::Chat, LIMIT)?);
    let (lines, odd) = lines::parse(&text);
    let is_chat =
        |line: &Line| matches!(line, Line::Main(..)) || matches!(line, Line::Header(h) if h.starts_with("@Begin"));
    if !lines.iter().any(is_chat) {
        let problem = "there is neither @Begin nor a line of a speaker (*CHI:) in it";
        return Err(FormatError::broken(Format::Chat, "line 1", problem));
    }
    let mut reader = Reader::new(options);
    if encoding != "UTF-8" {
        reader.report.mapped("text encoding", 1, format!("read as {encoding}; written back as UTF-8"));
    }
    if odd > 0 {
        reader
            .report
            .warn(format!("{odd} lines start with none of @, *, % and tab; taken as going on with the line before"));
    }
    Ok(reader.read(lines, path))
}

/// A speaker's tiers: the main one, and the dependent ones by kind and number.
struct Speaker {
    code: String,
    main: Tier,
    dependents: Vec<(String, Tier)>,
}

/// An utterance while its dependent lines are gathered.
struct Utterance {
    speaker: usize,
    annotation: Annotation,
    dependents: Vec<(String, String)>,
    kept: Map<String, Value>,
}

struct Reader<'o> {
    options: &'o ImportOptions,
    report: LossReport,
    bundle: Bundle,
    session: Session,
    language: String,
    /// Languages by speaker's code, from `@ID`.
    languages: HashMap<String, String>,
    speakers: Vec<Speaker>,
    by_code: HashMap<String, usize>,
    people: HashMap<String, PersonId>,
    headers: Vec<String>,
    waiting: Vec<String>,
    current: Option<Utterance>,
    count: i64,
    odd_bullets: usize,
    words: usize,
}

impl<'o> Reader<'o> {
    fn new(options: &'o ImportOptions) -> Self {
        Self {
            options,
            report: LossReport::default(),
            bundle: Bundle::default(),
            session: eaf::new_session(options),
            language: String::new(),
            languages: HashMap::new(),
            speakers: Vec::new(),
            by_code: HashMap::new(),
            people: HashMap::new(),
            headers: Vec::new(),
            waiting: Vec::new(),
            current: None,
            count: 0,
            odd_bullets: 0,
            words: 0,
        }
    }

    fn read(mut self, lines: Vec<Line>, path: &Path) -> Imported {
        let (mut ended, mut lost) = (false, 0);
        for line in lines {
            match line {
                Line::Header(text) if text == "@UTF8" => {}
                Line::Header(text) if text == "@End" => ended = true,
                Line::Header(text) if self.count == 0 => self.header(text, path),
                Line::Header(text) => self.waiting.push(text),
                Line::Main(code, text) => self.main(&code, &text),
                Line::Dependent(kind, text) => match &mut self.current {
                    Some(utterance) => utterance.dependents.push((kind, text)),
                    None => lost += 1,
                },
            }
        }
        self.close();
        self.report.left_out("dependent lines", lost, "they stand before the first utterance");
        if !ended {
            self.report.warn("the file does not end with @End; it may have been cut off");
        }
        if self.odd_bullets > 0 {
            self.report.warn(format!("{} bullets are no times; their utterances are kept without", self.odd_bullets));
        }
        self.finish()
    }

    /// A line before the first utterance: into its field, and as it stands on the session.
    fn header(&mut self, line: String, path: &Path) {
        let (name, text) = line.split_once(":\t").unwrap_or((line.as_str(), ""));
        match name {
            "@Languages" => self.language = header::language_tag(text),
            "@Participants" => {
                for one in header::participants(text) {
                    self.person(&one.code, &one.name, &one.role);
                }
            }
            "@ID" => self.id(text),
            "@Media" if self.bundle.media.is_empty() => self.media(text, path),
            "@Date" if self.session.date.is_empty() => self.session.date = header::date(text).unwrap_or_default(),
            "@Location" if self.session.place.is_empty() => text.clone_into(&mut self.session.place),
            "@Situation" if self.session.description.is_empty() => {
                self.session.description = MultiText::of("und", text);
            }
            _ => {}
        }
        self.headers.push(line);
    }

    fn id(&mut self, text: &str) {
        let fields: Vec<&str> = text.split('|').collect();
        let code = fields.get(2).map(|c| c.trim()).unwrap_or_default();
        if code.is_empty() {
            return;
        }
        let role = fields.get(7).map(|r| r.trim()).unwrap_or_default();
        let person = self.person(code, "", role);
        let tag = header::language_tag(fields.first().copied().unwrap_or_default());
        if let Some(person) = self.bundle.people.iter_mut().find(|p| p.id == person) {
            if person.residue.get(NAME).is_none() {
                person.residue.set(NAME, json!({"id": text}));
            }
            if !tag.is_empty() && !person.languages.contains(&tag) {
                person.languages.push(tag.clone());
            }
        }
        self.languages.entry(code.to_owned()).or_insert(tag);
    }

    fn person(&mut self, code: &str, name: &str, role: &str) -> PersonId {
        if let Some(known) = self.people.get(code) {
            return *known;
        }
        let id = PersonId::new();
        self.bundle.people.push(Person {
            id,
            code: code.to_owned(),
            name: name.to_owned(),
            languages: Vec::new(),
            notes: String::new(),
            consent: Consent::default(),
            access: Access::default(),
            residue: Residue::default(),
        });
        self.session.participants.push(Participation { person: id, role: role.to_owned() });
        self.people.insert(code.to_owned(), id);
        id
    }

    fn media(&mut self, text: &str, file: &Path) {
        let name = text.split(',').next().unwrap_or_default().trim().trim_matches('"');
        if name.is_empty() {
            return;
        }
        let near = |path: &str| file.parent().map(|folder| folder.join(path)).filter(|near| near.is_file());
        let found = near(name).or_else(|| ENDINGS.iter().find_map(|ending| near(&format!("{name}.{ending}"))));
        let path = found.map_or_else(
            || name.to_owned(),
            |near| std::path::absolute(&near).unwrap_or(near).to_string_lossy().into_owned(),
        );
        let mut media = Media {
            id: MediaId::new(),
            session: self.session.id,
            path: path.clone(),
            storage: MediaStorage::Linked,
            hash: String::new(),
            size: 0,
            mime: String::new(),
            duration: None,
            offset: Time::ZERO,
            streams: Vec::new(),
            position: 0,
            residue: Residue::default(),
        };
        media.residue.set(NAME, json!({"path": path, "line": text}));
        self.bundle.media.push(media);
    }

    fn speaker(&mut self, code: &str) -> usize {
        if let Some(known) = self.by_code.get(code) {
            return *known;
        }
        if !self.people.contains_key(code) {
            self.report.warn(format!("the speaker '{code}' is not among the participants; added"));
        }
        let person = self.person(code, "", "");
        let own = self.languages.get(code).filter(|tag| !tag.is_empty()).unwrap_or(&self.language);
        let language = if own.is_empty() { self.options.object_language.clone() } else { own.clone() };
        let main = Tier {
            id: TierId::new(),
            session: self.session.id,
            parent: None,
            name: code.to_owned(),
            role: TierRole::Transcription,
            constraint: Constraint::None,
            type_name: String::new(),
            participant: Some(person),
            annotator: String::new(),
            language,
            vocabulary: None,
            position: 0,
            residue: Residue::default(),
        };
        self.by_code.insert(code.to_owned(), self.speakers.len());
        self.speakers.push(Speaker { code: code.to_owned(), main, dependents: Vec::new() });
        self.speakers.len() - 1
    }

    fn main(&mut self, code: &str, text: &str) {
        self.close();
        let speaker = self.speaker(code);
        let Some(tier) = self.speakers.get(speaker).map(|s| s.main.id) else { return };
        let (value, bullet) = lines::bullet(text);
        let span = bullet.and_then(|(_, span)| span);
        self.odd_bullets += usize::from(bullet.is_some() && span.is_none());
        let mut kept = Map::new();
        kept.insert("order".into(), json!(self.count));
        if let Some((digits, _)) = bullet {
            kept.insert("bullet".into(), json!(digits));
        }
        if main_line::from_text(value) != value {
            kept.insert("text".into(), json!(value));
        }
        if !self.waiting.is_empty() {
            kept.insert("before".into(), json!(std::mem::take(&mut self.waiting)));
        }
        let annotation = Annotation::new(tier, span, self.count, value);
        self.count += 1;
        self.current = Some(Utterance { speaker, annotation, dependents: Vec::new(), kept });
    }

    /// The utterance is complete: its dependent lines become words and annotations.
    fn close(&mut self) {
        let Some(mut utterance) = self.current.take() else { return };
        let place = self.bundle.annotations.len();
        let mut labels: Vec<String> = Vec::new();
        let mut has_words = false;
        for (kind, text) in std::mem::take(&mut utterance.dependents) {
            let aligned = (kind == "mor" && !labels.iter().any(|l| l == "mor"))
                .then(|| main_line::aligned(&utterance.annotation.value, &text))
                .flatten()
                // Spaces between items are the canonical form's: others would not come back.
                .filter(|items| items.iter().map(|(_, item)| *item).collect::<Vec<_>>().join(" ") == text);
            if let Some(items) = aligned {
                has_words = true;
                labels.push(kind.clone());
                self.add_words(&utterance.annotation, utterance.speaker, items);
                continue;
            }
            let number = 1 + labels
                .iter()
                .filter(|l| *l == &kind || l.strip_prefix(&kind).is_some_and(|r| r.starts_with('-')))
                .count();
            let label = if number == 1 { kind.clone() } else { format!("{kind}-{number}") };
            self.dependent(&utterance, &kind, &label, text);
            labels.push(label);
        }
        let mut expected: Vec<&str> = Vec::new();
        if has_words {
            expected.push("mor");
        }
        if let Some(speaker) = self.speakers.get(utterance.speaker) {
            let known = speaker.dependents.iter().map(|(label, _)| label.as_str());
            let is_words = |label: &str| has_words && label == "mor";
            expected.extend(known.filter(|label| labels.iter().any(|l| l == label) && !is_words(label)));
        }
        if expected != labels {
            utterance.kept.insert("deps".into(), json!(labels));
        }
        utterance.annotation.residue.set(NAME, Value::Object(utterance.kept));
        // Before what hangs under it.
        self.bundle.annotations.insert(place, utterance.annotation);
    }

    fn add_words(&mut self, annotation: &Annotation, speaker: usize, items: Vec<(main_line::Token, &str)>) {
        let language = self.speakers.get(speaker).map(|s| s.main.language.clone()).unwrap_or_default();
        let language = if language.is_empty() { "und".to_owned() } else { language };
        for (position, (token, item)) in (0..).zip(items) {
            let category = main_line::category(item);
            let mut word = Word {
                id: WordId::new(),
                annotation: annotation.id,
                position,
                kind: if token.punctuation { WordKind::Punctuation } else { WordKind::Word },
                form: MultiText::of(language.as_str(), token.form.as_str()),
                gloss: MultiText::default(),
                category: MultiText::of(self.options.analysis_language(), category),
                status: WordStatus::Unknown,
                start: None,
                end: None,
                residue: Residue::default(),
            };
            word.residue.set(NAME, json!({"mor": item, "category": category, "form": token.form}));
            self.words += 1;
            self.bundle.words.push(word);
        }
    }

    fn dependent(&mut self, utterance: &Utterance, kind: &str, label: &str, text: String) {
        let session = self.session.id;
        let Some(speaker) = self.speakers.get_mut(utterance.speaker) else { return };
        let known = speaker.dependents.iter().find(|(known, _)| known == label).map(|(_, tier)| tier.id);
        let tier = known.unwrap_or_else(|| {
            let (role, language) = role(kind);
            let tier = Tier {
                id: TierId::new(),
                session,
                parent: Some(speaker.main.id),
                name: format!("{label}@{}", speaker.code),
                role,
                constraint: Constraint::SymbolicAssociation,
                type_name: kind.to_owned(),
                participant: speaker.main.participant,
                annotator: String::new(),
                language,
                vocabulary: None,
                position: 0,
                residue: Residue::default(),
            };
            let id = tier.id;
            speaker.dependents.push((label.to_owned(), tier));
            id
        });
        let mut annotation = Annotation::new(tier, None, 0, text);
        annotation.parent = Some(utterance.annotation.id);
        self.bundle.annotations.push(annotation);
    }

    fn finish(mut self) -> Imported {
        let utterances = self.count as usize;
        let waiting = std::mem::take(&mut self.waiting);
        let mut position = 0;
        for speaker in self.speakers {
            for mut tier in std::iter::once(speaker.main).chain(speaker.dependents.into_iter().map(|(_, tier)| tier)) {
                tier.position = position;
                position += 1;
                self.bundle.tiers.push(tier);
            }
        }
        let mut kept = Map::new();
        if !waiting.is_empty() {
            kept.insert("after".into(), json!(waiting));
        }
        self.report.kept("participants", self.bundle.people.len());
        self.report.kept("utterances", utterances);
        self.report.mapped("items of %mor", self.words, "words with their category");
        let below = self.bundle.annotations.len().saturating_sub(utterances);
        self.report.kept("dependent lines", below);
        self.bundle.sessions.push(self.session);
        // What each modelled header would be written as now, to tell later whether it was edited.
        let headers = cast::remember_headers(&self.bundle, self.headers, &mut self.report);
        kept.insert("headers".into(), headers);
        if let Some(session) = self.bundle.sessions.first_mut() {
            session.residue.set(NAME, Value::Object(kept));
        }
        Imported { bundle: self.bundle, report: self.report }
    }
}

/// What a dependent tier is for, and the language it is in.
fn role(kind: &str) -> (TierRole, String) {
    if let Some(tag) = kind.strip_prefix('x').map(eaf::language_tag).filter(|tag| tag.len() == 2 && kind.len() == 4) {
        return (TierRole::Translation, tag);
    }
    match kind {
        "eng" => (TierRole::Translation, "en".to_owned()),
        "xlit" => (TierRole::LiteralTranslation, String::new()),
        "com" => (TierRole::Note, String::new()),
        _ => (TierRole::Other, String::new()),
    }
}
