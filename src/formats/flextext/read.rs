//! Interlinear texts from a `.flextext` file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde_json::{Value, json};
use uuid::Uuid;

use super::write::Writer;
use super::{NAME, joined, key};
use crate::domain::{
    Access, Annotation, AnnotationId, Bundle, Consent, Constraint, LossReport, Media, MediaId, MediaStorage, Morph,
    MorphId, MorphKind, MultiText, Participation, Person, PersonId, Residue, Session, SessionId, Tier, TierId,
    TierRole, Time, Word, WordId, WordKind, WordStatus,
};
use crate::formats::language_tag::{Census, Tags};
use crate::formats::xmltree::{self, Element};
use crate::formats::{Format, FormatError, ImportOptions, Imported, input};

/// Larger than any flextext that a person could have glossed.
const LARGEST: u64 = 1 << 30;

/// Reads every text of a file. What a file breaks off before is kept up to there, with a warning.
///
/// # Errors
/// When the file cannot be opened, is not flextext, or breaks off before its first text.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, Format::FlexText, LARGEST)?;
    let (text, _) = input::decode(&bytes);
    let parsed = xmltree::parse(&text, "document", Format::FlexText)?;
    if let (Some(place), None) = (&parsed.broken_at, parsed.root.child("interlinear-text")) {
        return Err(FormatError::broken(Format::FlexText, place.clone(), "it breaks off before the first text"));
    }
    let mut reader = Reader {
        options,
        tags: Tags::default(),
        census: Census::default(),
        bundle: Bundle::default(),
        report: LossReport::default(),
        seen: HashSet::new(),
        people: HashMap::new(),
        object: String::new(),
        analysis: String::new(),
    };
    for warning in parsed.warnings {
        reader.report.warn(warning);
    }
    // The vernacular of the first text that names one is the default where a text lacks its language.
    for element in parsed.root.named("interlinear-text") {
        reader.defaults(element);
    }
    let mut raws = Vec::new();
    for (position, element) in (0_i64..).zip(parsed.root.named("interlinear-text")) {
        reader.text(element, position);
        raws.push(element);
    }
    if parsed.root.children.len() > raws.len() {
        let odd = parsed.root.children.len() - raws.len();
        reader.report.left_out("what stands outside of texts", odd, "comments and unknown elements");
    }
    reader.bundle.languages = reader.census.languages(&reader.tags, NAME);
    let document: BTreeMap<_, _> = parsed.root.attributes.iter().cloned().collect();
    remember(&mut reader.bundle, &raws, &document);
    reader.count();
    Ok(Imported { bundle: reader.bundle, report: reader.report })
}

/// Gives every record the memory of what the canonical writing would lose.
fn remember(bundle: &mut Bundle, raws: &[&Element], document: &BTreeMap<String, String>) {
    let copy = bundle.clone();
    let index = copy.index();
    let writer = Writer::new(&copy, &index);
    let mut sessions: Vec<Value> = Vec::new();
    let mut annotations: HashMap<AnnotationId, Value> = HashMap::new();
    let mut words: HashMap<WordId, Value> = HashMap::new();
    let mut morphs: HashMap<MorphId, Value> = HashMap::new();
    for (session, raw) in copy.sessions.iter().zip(raws) {
        let mut paragraphs = Vec::new();
        let raw_paragraphs = raw.child("paragraphs").map(|p| p.named("paragraph").collect()).unwrap_or_else(Vec::new);
        let mut phrases = writer.phrases(session.id).into_iter();
        for paragraph in raw_paragraphs {
            let attributes: BTreeMap<_, _> = paragraph.attributes.iter().cloned().collect();
            paragraphs.push(json!(attributes));
            for raw in paragraph.named("phrases").flat_map(|p| p.named("phrase")) {
                let Some(annotation) = phrases.next() else { break };
                annotations.insert(annotation.id, xmltree::remember(raw, &writer.phrase(annotation), &key));
                let raw_words = raw.named("words").flat_map(|w| w.named("word"));
                for (word, raw) in index.words_of_annotation.get(&annotation.id).into_iter().flatten().zip(raw_words) {
                    words.insert(word.id, xmltree::remember(raw, &writer.word(word), &key));
                    let raw_morphs = raw.named("morphemes").flat_map(|m| m.named("morph"));
                    for (morph, raw) in index.morphs_of_word.get(&word.id).into_iter().flatten().zip(raw_morphs) {
                        morphs.insert(morph.id, xmltree::remember(raw, &writer.morph(morph), &key));
                    }
                }
            }
        }
        let mut left = json!({"document": document, "paragraphs": paragraphs});
        let memory = xmltree::remember(raw, &writer.head(session), &key);
        if !memory.is_null() {
            left["memory"] = memory;
        }
        sessions.push(left);
    }
    for (session, left) in bundle.sessions.iter_mut().zip(sessions) {
        session.residue.set(NAME, left);
    }
    let put = |residue: &mut Residue, memory: Option<Value>| {
        if let Some(memory) = memory.filter(|m| !m.is_null()) {
            let mut left = residue.get(NAME).cloned().unwrap_or_else(|| json!({}));
            left["memory"] = memory;
            residue.set(NAME, left);
        }
    };
    for annotation in &mut bundle.annotations {
        put(&mut annotation.residue, annotations.remove(&annotation.id));
    }
    for word in &mut bundle.words {
        put(&mut word.residue, words.remove(&word.id));
    }
    for morph in &mut bundle.morphs {
        put(&mut morph.residue, morphs.remove(&morph.id));
    }
}

struct Reader<'a> {
    options: &'a ImportOptions,
    tags: Tags,
    census: Census,
    bundle: Bundle,
    report: LossReport,
    /// Guids that already became ids.
    seen: HashSet<Uuid>,
    people: HashMap<String, PersonId>,
    /// Defaults where a text does not say its language.
    object: String,
    analysis: String,
}

/// The tiers of one speaker in one text.
struct Tiers {
    transcription: TierId,
    /// By role, language and how many-th of that kind under one phrase.
    children: HashMap<(TierRole, String, usize), TierId>,
}

impl Reader<'_> {
    fn defaults(&mut self, text: &Element) {
        if self.object.is_empty() {
            let vernacular = text
                .child("languages")
                .and_then(|l| l.named("language").find(|l| l.get("vernacular") == Some("true")))
                .and_then(|l| l.get("lang"));
            if let Some(lang) = vernacular {
                self.object = self.tags.ours(lang);
            }
            let analysis = text
                .child("languages")
                .and_then(|l| l.named("language").find(|l| l.get("vernacular") != Some("true")))
                .and_then(|l| l.get("lang"));
            if let Some(lang) = analysis {
                self.analysis = self.tags.ours(lang);
            }
        }
    }

    /// The guid as a record's id, where it is one and the first of its kind in the file.
    fn id(&mut self, element: &Element) -> Option<Uuid> {
        let guid = Uuid::parse_str(element.get("guid")?).ok()?;
        if guid.is_nil() {
            return None;
        }
        if self.seen.insert(guid) {
            return Some(guid);
        }
        self.report
            .warn(format!("the guid {guid} stands twice in the file; the second <{}> got a new id", element.name));
        None
    }

    fn lang(&mut self, item: &Element, object: bool) -> String {
        let tag = match item.get("lang").filter(|lang| !lang.is_empty()) {
            Some(lang) => self.tags.ours(lang),
            None => {
                self.report.mapped("texts without a language", 1, "taken to be in the text's default language");
                let (known, option) = if object {
                    (&self.object, self.options.object_language())
                } else {
                    (&self.analysis, self.options.analysis_language())
                };
                if known.is_empty() { option.to_owned() } else { known.clone() }
            }
        };
        self.census.met(&tag, object);
        tag
    }

    /// Adds an item to a text; a second one in the same language is joined to the first.
    fn add(&mut self, text: &mut MultiText, item: &Element, object: bool) {
        let lang = self.lang(item, object);
        let value = item.plain();
        match text.get(&lang) {
            Some(before) if !value.is_empty() => {
                let both = format!("{before}; {value}");
                self.report.mapped("items of the same type and language", 1, "joined by ';', written apart again");
                text.set(lang, both);
            }
            _ => text.set(lang, value),
        }
    }

    fn text(&mut self, element: &Element, position: i64) {
        let id = self.id(element).map_or_else(SessionId::new, SessionId);
        let (mut title, mut description, mut abbreviation) =
            (MultiText::default(), MultiText::default(), String::new());
        let mut first_title = String::new();
        for item in element.named("item") {
            match item.get("type").unwrap_or_default() {
                "title" => {
                    let vernacular = item.get("lang").is_some_and(|l| self.tags.ours(l) == self.object);
                    self.add(&mut title, item, vernacular);
                    if first_title.is_empty() {
                        first_title = item.plain();
                    }
                }
                "description" => self.add(&mut description, item, false),
                "title-abbreviation" if abbreviation.is_empty() => abbreviation = item.plain(),
                _ => {}
            }
        }
        let name = [first_title, abbreviation].into_iter().find(|n| !n.trim().is_empty());
        let name = name.unwrap_or_else(|| match position {
            0 => self.options.session_name.clone(),
            n => format!("{} {}", self.options.session_name, n + 1),
        });
        for language in element.named("languages").flat_map(|l| l.named("language")) {
            let Some(lang) = language.get("lang") else { continue };
            let tag = self.tags.ours(lang);
            self.census.met(&tag, language.get("vernacular") == Some("true"));
            if let Some(font) = language.get("font") {
                self.census.font(&tag, font);
            }
        }
        let media = element.named("media-files").flat_map(|m| m.named("media"));
        for (position, media) in (0_i64..).zip(media) {
            let media_id = self.id(media).map_or_else(MediaId::new, MediaId);
            self.bundle.media.push(Media {
                id: media_id,
                session: id,
                path: media.get("location").unwrap_or_default().to_owned(),
                storage: MediaStorage::Linked,
                hash: String::new(),
                size: 0,
                mime: String::new(),
                duration: None,
                offset: Time::ZERO,
                streams: Vec::new(),
                position,
                residue: Residue::default(),
            });
        }
        let mut session = Session {
            id,
            name,
            title,
            date: String::new(),
            place: String::new(),
            genre: String::new(),
            description,
            participants: Vec::new(),
            consent: Consent::default(),
            access: Access::default(),
            position,
            residue: Residue::default(),
        };
        let mut tiers: HashMap<String, Tiers> = HashMap::new();
        let mut position = 0;
        let paragraphs = element.named("paragraphs").flat_map(|p| p.named("paragraph"));
        for (number, paragraph) in paragraphs.enumerate() {
            for phrase in paragraph.named("phrases").flat_map(|p| p.named("phrase")) {
                self.phrase(phrase, &mut session, &mut tiers, position, number);
                position += 1;
            }
        }
        if tiers.is_empty() {
            // A text without phrases still gets its tier, to type into.
            self.speaker(&mut session, &mut tiers, "");
        }
        self.bundle.sessions.push(session);
    }

    fn tier(
        &mut self,
        session: SessionId,
        parent: Option<TierId>,
        name: String,
        role: TierRole,
        language: &str,
    ) -> TierId {
        let id = TierId::new();
        let participant =
            parent.and_then(|p| self.bundle.tiers.iter().rev().find(|t| t.id == p)).and_then(|t| t.participant);
        self.bundle.tiers.push(Tier {
            id,
            session,
            parent,
            name,
            role,
            constraint: if parent.is_some() { Constraint::SymbolicAssociation } else { Constraint::None },
            type_name: match role {
                TierRole::Transcription => "utterance",
                TierRole::Translation => "translation",
                TierRole::LiteralTranslation => "literal",
                _ => "note",
            }
            .to_owned(),
            participant,
            annotator: String::new(),
            language: language.to_owned(),
            vocabulary: None,
            position: self.bundle.tiers.iter().filter(|t| t.session == session).count() as i64,
            residue: Residue::default(),
        });
        id
    }

    /// The transcription tier of a speaker, made when first asked for.
    fn speaker(&mut self, session: &mut Session, tiers: &mut HashMap<String, Tiers>, speaker: &str) -> TierId {
        if let Some(known) = tiers.get(speaker) {
            return known.transcription;
        }
        let name = if speaker.is_empty() { "transcription".to_owned() } else { speaker.to_owned() };
        let object =
            if self.object.is_empty() { self.options.object_language().to_owned() } else { self.object.clone() };
        let id = self.tier(session.id, None, name, TierRole::Transcription, &object);
        if !speaker.is_empty() {
            let bundle = &mut self.bundle;
            let person = *self.people.entry(speaker.to_owned()).or_insert_with(|| {
                let id = PersonId::new();
                bundle.people.push(Person {
                    id,
                    code: speaker.to_owned(),
                    name: String::new(),
                    languages: Vec::new(),
                    notes: String::new(),
                    consent: Consent::default(),
                    access: Access::default(),
                    residue: Residue::default(),
                });
                id
            });
            session.participants.push(Participation { person, role: "speaker".to_owned() });
            if let Some(tier) = self.bundle.tiers.iter_mut().rev().find(|t| t.id == id) {
                tier.participant = Some(person);
            }
        }
        tiers.insert(speaker.to_owned(), Tiers { transcription: id, children: HashMap::new() });
        id
    }

    fn phrase(
        &mut self,
        phrase: &Element,
        session: &mut Session,
        tiers: &mut HashMap<String, Tiers>,
        position: i64,
        paragraph: usize,
    ) {
        let speaker = phrase.get("speaker").unwrap_or_default();
        let tier = self.speaker(session, tiers, speaker);
        let id = self.id(phrase).map_or_else(AnnotationId::new, AnnotationId);
        let mut annotation = Annotation::new(tier, None, position, "");
        annotation.id = id;
        if let (Some(start), Some(end)) = (millis(phrase, "begin-time-offset"), millis(phrase, "end-time-offset")) {
            if start <= end {
                (annotation.start, annotation.end) = (Some(start), Some(end));
            } else {
                self.report.warn(format!("phrase {} ends before it starts; its times are not used", position + 1));
            }
        }
        let mut texts = Vec::new();
        let mut nth: HashMap<(TierRole, String), usize> = HashMap::new();
        for item in phrase.named("item") {
            let role = match item.get("type").unwrap_or_default() {
                "txt" => {
                    let lang = self.lang(item, true);
                    texts.push((lang, item.plain()));
                    continue;
                }
                "gls" => TierRole::Translation,
                "lit" => TierRole::LiteralTranslation,
                "note" => TierRole::Note,
                _ => continue,
            };
            let value = item.plain();
            let lang = self.lang(item, false);
            if value.is_empty() {
                continue;
            }
            let n = nth.entry((role, lang.clone())).or_default();
            *n += 1;
            let place = (role, lang.clone(), *n);
            let child = match tiers.get(speaker).and_then(|t| t.children.get(&place)) {
                Some(id) => *id,
                None => {
                    let what = match role {
                        TierRole::Translation => "translation",
                        TierRole::LiteralTranslation => "literal",
                        _ => "note",
                    };
                    let mut name = format!("{what}-{lang}");
                    if *n > 1 {
                        name = format!("{name}-{n}");
                    }
                    if !speaker.is_empty() {
                        name = format!("{name}@{speaker}");
                    }
                    let id = self.tier(session.id, Some(tier), name, role, &lang);
                    if let Some(tiers) = tiers.get_mut(speaker) {
                        tiers.children.insert(place, id);
                    }
                    id
                }
            };
            let mut under = Annotation::new(child, None, position, value);
            under.parent = Some(id);
            self.bundle.annotations.push(under);
        }
        let elements = phrase.named("words").flat_map(|w| w.named("word"));
        let mut words = Vec::new();
        for (position, element) in (0_i64..).zip(elements) {
            words.push(self.word(element, id, position));
        }
        // The tiers of the text being read are the last.
        let language =
            self.bundle.tiers.iter().rev().find(|t| t.id == tier).map(|t| t.language.clone()).unwrap_or_default();
        let mut left = json!({"paragraph": paragraph});
        match texts.iter().find(|(lang, _)| *lang == language).or_else(|| texts.first()) {
            Some((lang, text)) => {
                annotation.value.clone_from(text);
                left["txt"] = json!(lang);
            }
            None => annotation.value = baseline(&words, &language),
        }
        annotation.residue.set(NAME, left);
        self.bundle.annotations.push(annotation);
        self.bundle.words.append(&mut words);
    }

    fn word(&mut self, element: &Element, annotation: AnnotationId, position: i64) -> Word {
        let mut word = Word {
            id: WordId::new(),
            annotation,
            position,
            kind: WordKind::Word,
            form: MultiText::default(),
            gloss: MultiText::default(),
            category: MultiText::default(),
            status: WordStatus::Unknown,
            start: None,
            end: None,
            residue: Residue::default(),
        };
        let mut status = None;
        for item in element.named("item") {
            match item.get("type").unwrap_or_default() {
                "punct" => {
                    word.kind = WordKind::Punctuation;
                    self.add(&mut word.form, item, true);
                }
                "txt" => self.add(&mut word.form, item, true),
                "gls" => self.add(&mut word.gloss, item, false),
                "pos" => self.add(&mut word.category, item, false),
                _ => {}
            }
            status = status.or_else(|| item.get("analysisStatus"));
        }
        let mut glossed = !word.gloss.is_empty();
        let mut count = 0;
        for morphemes in element.named("morphemes") {
            status = morphemes.get("analysisStatus").or(status);
            for morph in morphemes.named("morph") {
                let morph = self.morph(morph, word.id, count);
                glossed |= !morph.gloss.is_empty();
                self.bundle.morphs.push(morph);
                count += 1;
            }
        }
        word.status = match status {
            Some(status) if status.starts_with("guess") => WordStatus::Suggested,
            Some("humanApproved") => WordStatus::Approved,
            _ if count > 0 && glossed => WordStatus::Approved,
            _ => WordStatus::Unknown,
        };
        // FLEx gives the same guid to every token of a wordform, so it names no record of ours.
        if let Some(guid) = element.get("guid") {
            word.residue.set(NAME, json!({"guid": guid}));
        }
        word
    }

    fn morph(&mut self, element: &Element, word: WordId, position: i64) -> Morph {
        let mut morph = Morph {
            id: MorphId::new(),
            word,
            position,
            kind: MorphKind::Stem,
            form: MultiText::default(),
            citation: MultiText::default(),
            gloss: MultiText::default(),
            category: MultiText::default(),
            homograph: String::new(),
            lexeme: None,
            sense: None,
            residue: Residue::default(),
        };
        for item in element.named("item") {
            match item.get("type").unwrap_or_default() {
                "txt" => self.add(&mut morph.form, item, true),
                "cf" => self.add(&mut morph.citation, item, true),
                "gls" => self.add(&mut morph.gloss, item, false),
                "msa" => self.add(&mut morph.category, item, false),
                "hn" if morph.homograph.is_empty() => {
                    self.lang(item, true);
                    morph.homograph = item.plain();
                }
                _ => {}
            }
        }
        let form = morph.form.first().or(morph.citation.first()).unwrap_or_default();
        morph.kind = match element.get("type") {
            Some(name) => MorphKind::from_name(name).unwrap_or_else(|| {
                self.report.mapped(format!("morph type '{name}'"), 1, "unknown; told from the form's marks");
                MorphKind::from_marks(form)
            }),
            None => MorphKind::from_marks(form),
        };
        morph
    }

    fn count(&mut self) {
        let of_role = |role: TierRole| {
            let tiers: HashSet<_> = self.bundle.tiers.iter().filter(|t| t.role == role).map(|t| t.id).collect();
            self.bundle.annotations.iter().filter(|a| tiers.contains(&a.tier)).count()
        };
        let counts = [
            ("texts", self.bundle.sessions.len()),
            ("phrases", of_role(TierRole::Transcription)),
            ("free translations", of_role(TierRole::Translation)),
            ("literal translations", of_role(TierRole::LiteralTranslation)),
            ("notes", of_role(TierRole::Note)),
            ("words and punctuation marks", self.bundle.words.len()),
            ("morphs", self.bundle.morphs.len()),
            ("people", self.bundle.people.len()),
            ("media files", self.bundle.media.len()),
            ("languages", self.bundle.languages.len()),
        ];
        for (what, count) in counts {
            self.report.kept(what, count);
        }
        let remembers = |residue: &Residue| residue.get(NAME).is_some_and(|left| left.get("memory").is_some());
        let odd = self.bundle.sessions.iter().filter(|s| remembers(&s.residue)).count()
            + self.bundle.annotations.iter().filter(|a| remembers(&a.residue)).count()
            + self.bundle.words.iter().filter(|w| remembers(&w.residue)).count()
            + self.bundle.morphs.iter().filter(|m| remembers(&m.residue)).count();
        self.report.mapped("records with items of FLEx's own", odd, "kept aside, written back to flextext");
    }
}

/// Milliseconds in an attribute; FLEx writes whole ones, others write fractions.
fn millis(element: &Element, name: &str) -> Option<Time> {
    let text = element.get(name)?.trim();
    match text.parse::<i64>() {
        Ok(millis) => Some(Time::from_millis(millis)),
        Err(_) => Time::from_secs(text.parse::<f64>().ok()? / 1000.0),
    }
}

/// The utterance as its words say it.
pub(super) fn baseline(words: &[Word], language: &str) -> String {
    joined(words.iter().map(|w| (w.form.best([language]).unwrap_or_default(), w.kind == WordKind::Punctuation)))
}
