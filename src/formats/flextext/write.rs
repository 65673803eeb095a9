//! Sessions to a `.flextext` file that FLEx imports (FlexInterlinear.xsd).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use serde_json::Value;

use super::read::baseline;
use super::{MORPH_TYPES, NAME, key};
use crate::domain::bundle::BundleIndex;
use crate::domain::{
    Annotation, AnnotationId, Bundle, LanguageRole, Lexeme, LexemeId, LossReport, Morph, MorphKind, MultiText, Person,
    PersonId, Residue, Session, SessionId, Tier, TierId, TierRole, Word, WordKind, WordStatus,
};
use crate::formats::language_tag::Tags;
use crate::formats::xmltree::{self, Element};
use crate::formats::{Format, FormatError, input};

/// Writes every session of a bundle as a text.
///
/// # Errors
/// When there is no session to write, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    if bundle.sessions.is_empty() {
        return Err(FormatError::Unsayable {
            format: Format::FlexText,
            problem: "there is no session in it, and a flextext file is a list of texts".to_owned(),
        });
    }
    let index = bundle.index();
    let writer = Writer::new(bundle, &index);
    let mut sessions: Vec<&Session> = bundle.sessions.iter().collect();
    sessions.sort_by_key(|s| (s.position, s.id));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<document");
    let document = sessions.first().and_then(|s| s.residue.get(NAME)).and_then(|r| r.get("document"));
    match document.and_then(Value::as_object).filter(|d| !d.is_empty()) {
        Some(attributes) => {
            let mut element = Element::new("document");
            for (name, value) in attributes {
                element = element.with(name, value.as_str().unwrap_or_default());
            }
            let tag = element.to_xml();
            out.push_str(tag.trim_start_matches("<document").trim_end_matches("/>"));
        }
        None => out.push_str(" version=\"2\""),
    }
    out.push_str(">\n");
    for session in &sessions {
        writer.session(session).write(&mut out, 1);
    }
    out.push_str("</document>\n");
    input::write_atomic(path, out.as_bytes())?;
    Ok(writer.report())
}

/// Makes elements of records. The reader uses it too, to know what would come out.
pub(super) struct Writer<'a> {
    bundle: &'a Bundle,
    index: &'a BundleIndex<'a>,
    tags: Tags,
    tiers: HashMap<TierId, &'a Tier>,
    people: HashMap<PersonId, &'a Person>,
    lexemes: HashMap<LexemeId, &'a Lexeme>,
    object: String,
}

fn memory(residue: &Residue) -> Option<&Value> {
    residue.get(NAME).and_then(|left| left.get("memory"))
}

impl<'a> Writer<'a> {
    pub fn new(bundle: &'a Bundle, index: &'a BundleIndex<'a>) -> Self {
        let mut objects: Vec<_> = bundle.languages.iter().filter(|l| l.role == LanguageRole::Object).collect();
        objects.sort_by_key(|l| l.position);
        Self {
            bundle,
            index,
            tags: Tags::remembered(&bundle.languages, NAME),
            tiers: bundle.tiers.iter().map(|t| (t.id, t)).collect(),
            people: bundle.people.iter().map(|p| (p.id, p)).collect(),
            lexemes: bundle.lexemes.iter().map(|l| (l.id, l)).collect(),
            object: objects.first().map_or_else(|| "und".to_owned(), |l| l.tag.clone()),
        }
    }

    fn item(&self, kind: &str, lang: &str, text: &str) -> Element {
        Element::new("item").with("type", kind).with("lang", self.tags.theirs(lang)).text(text)
    }
    fn items(&self, element: &mut Element, kind: &str, text: &MultiText) {
        for (lang, text) in text.iter() {
            element.push(self.item(kind, lang, text));
        }
    }

    /// The utterances of a text, in the order of the text: as the file had them where they all came from one,
    /// by time where all are aligned.
    pub fn phrases(&self, session: SessionId) -> Vec<&'a Annotation> {
        let tiers = self.index.tiers_of_session.get(&session).into_iter().flatten();
        let tiers: Vec<TierId> = tiers.filter(|t| t.role == TierRole::Transcription).map(|t| t.id).collect();
        let mut phrases: Vec<&Annotation> = tiers
            .iter()
            .filter_map(|tier| self.index.annotations_of_tier.get(tier))
            .flatten()
            .copied()
            .filter(|a| {
                !(a.value.is_empty() && a.residue.is_empty() && !self.index.words_of_annotation.contains_key(&a.id))
            })
            .collect();
        let from_file = phrases.iter().all(|a| a.residue.get(NAME).is_some());
        if !from_file && phrases.iter().all(|a| a.start.is_some()) {
            phrases.sort_by_key(|a| (a.start, a.position, a.id));
        } else {
            phrases.sort_by_key(|a| (a.position, a.start, a.id));
        }
        phrases
    }

    fn speaker(&self, annotation: &Annotation) -> Option<&'a str> {
        let person = self.people.get(&self.tiers.get(&annotation.tier)?.participant?)?;
        let said = if person.code.is_empty() { person.name.as_str() } else { person.code.as_str() };
        (!said.is_empty()).then_some(said)
    }

    /// A text without its paragraphs.
    pub fn head(&self, session: &Session) -> Element {
        let mut element = Element::new("interlinear-text").with("guid", session.id.to_string());
        self.items(&mut element, "title", &session.title);
        if session.title.is_empty() && !session.name.is_empty() && memory(&session.residue).is_none() {
            element.push(self.item("title", &self.object, &session.name));
        }
        self.items(&mut element, "description", &session.description);
        element.push(Element::new("paragraphs"));
        let used = self.languages_of(session);
        let mut languages = Element::new("languages");
        for (tag, vernacular, font) in used {
            let mut language = Element::new("language").with("lang", self.tags.theirs(&tag));
            if !font.is_empty() {
                language = language.with("font", font);
            }
            if vernacular {
                language = language.with("vernacular", "true");
            }
            languages.push(language);
        }
        element.push(languages);
        let mut media: Vec<_> = self.bundle.media.iter().filter(|m| m.session == session.id).collect();
        media.sort_by_key(|m| (m.position, m.id));
        if !media.is_empty() {
            let mut files = Element::new("media-files");
            for media in media {
                let location = media.path.replace(' ', "%20");
                files.push(Element::new("media").with("guid", media.id.to_string()).with("location", location));
            }
            element.push(files);
        }
        element
    }

    /// Tag, whether it is the language documented, font; object languages first.
    fn languages_of(&self, session: &Session) -> Vec<(String, bool, String)> {
        let mut object: BTreeSet<String> = BTreeSet::new();
        let mut analysis: BTreeSet<String> = BTreeSet::new();
        let add = |set: &mut BTreeSet<String>, text: &MultiText| set.extend(text.iter().map(|(tag, _)| tag.to_owned()));
        add(&mut analysis, &session.description);
        add(&mut analysis, &session.title);
        for tier in self.index.tiers_of_session.get(&session.id).into_iter().flatten() {
            if !self.index.annotations_of_tier.contains_key(&tier.id) {
                continue;
            }
            let transcription = tier.role == TierRole::Transcription;
            let tag = if tier.language.is_empty() && transcription { &self.object } else { &tier.language };
            if !tag.is_empty() {
                if transcription { &mut object } else { &mut analysis }.insert(tag.clone());
            }
            for annotation in self.index.annotations_of_tier.get(&tier.id).into_iter().flatten() {
                for word in self.index.words_of_annotation.get(&annotation.id).into_iter().flatten() {
                    add(&mut object, &word.form);
                    add(&mut analysis, &word.gloss);
                    add(&mut analysis, &word.category);
                    for morph in self.index.morphs_of_word.get(&word.id).into_iter().flatten() {
                        add(&mut object, &morph.form);
                        add(&mut object, &morph.citation);
                        add(&mut analysis, &morph.gloss);
                        add(&mut analysis, &morph.category);
                    }
                }
            }
        }
        let font = |tag: &str| {
            let systems = self.bundle.languages.iter().flat_map(|l| &l.writing_systems);
            systems.into_iter().find(|w| w.tag == tag).map(|w| w.font.clone()).unwrap_or_default()
        };
        let analysis: Vec<_> = analysis.difference(&object).cloned().collect();
        let object = object.into_iter().map(|tag| (font(&tag), tag)).map(|(font, tag)| (tag, true, font));
        object.chain(analysis.into_iter().map(|tag| (font(&tag), tag)).map(|(font, tag)| (tag, false, font))).collect()
    }

    /// An utterance, its words emptied.
    pub fn phrase(&self, annotation: &Annotation) -> Element {
        let mut element = Element::new("phrase");
        let left = annotation.residue.get(NAME);
        if let (Some(start), Some(end)) = (annotation.start, annotation.end) {
            element = element.with("begin-time-offset", start.millis().to_string());
            element = element.with("end-time-offset", end.millis().to_string());
        }
        element = element.with("guid", annotation.id.to_string());
        if let Some(speaker) = self.speaker(annotation) {
            element = element.with("speaker", speaker);
        }
        let language = self.tiers.get(&annotation.tier).map(|t| t.language.as_str()).filter(|l| !l.is_empty());
        let language = language.unwrap_or(&self.object);
        let words = self.index.words_of_annotation.get(&annotation.id).map(Vec::as_slice).unwrap_or_default();
        let joined = baseline(&words.iter().map(|w| (*w).clone()).collect::<Vec<_>>(), language);
        let txt = left.and_then(|l| l.get("txt")).and_then(Value::as_str);
        if txt.is_some() || joined != annotation.value {
            element.push(self.item("txt", txt.unwrap_or(language), &annotation.value));
        }
        let mut container = Element::new("words");
        for _ in words {
            container.push(Element::new("word"));
        }
        if words.is_empty() && left.is_none() {
            // FLEx takes its text from the words: one for each that is written.
            for word in unicode_segmentation::UnicodeSegmentation::split_word_bounds(annotation.value.as_str()) {
                if word.chars().any(char::is_alphanumeric) {
                    container.push(Element::new("plain-word").text(word));
                } else if !word.trim().is_empty() {
                    container.push(Element::new("plain-punct").text(word));
                }
            }
        }
        element.push(container);
        let mut children: Vec<_> = self
            .index
            .children_of_annotation
            .get(&annotation.id)
            .into_iter()
            .flatten()
            .filter_map(|child| Some((*self.tiers.get(&child.tier)?, *child)))
            .filter(|(tier, _)| tier.role != TierRole::Transcription)
            .collect();
        let rank = |role: TierRole| match role {
            TierRole::Translation => 0,
            TierRole::LiteralTranslation => 1,
            _ => 2,
        };
        children.sort_by_key(|(tier, child)| (rank(tier.role), tier.position, child.position));
        for (tier, child) in children {
            let kind = match tier.role {
                TierRole::Translation => "gls",
                TierRole::LiteralTranslation => "lit",
                TierRole::Note => "note",
                // Said in the report.
                _ => continue,
            };
            let lang = if tier.language.is_empty() { "en" } else { &tier.language };
            if !child.value.is_empty() {
                element.push(self.item(kind, lang, &child.value));
            }
        }
        element
    }

    /// A word, its morphs emptied.
    pub fn word(&self, word: &Word) -> Element {
        let mut element = Element::new("word");
        if let Some(guid) = word.residue.get(NAME).and_then(|r| r.get("guid")).and_then(Value::as_str) {
            element = element.with("guid", guid);
        }
        self.items(&mut element, if word.kind == WordKind::Punctuation { "punct" } else { "txt" }, &word.form);
        let morphs = self.index.morphs_of_word.get(&word.id).map_or(0, Vec::len);
        if morphs > 0 {
            let mut container = Element::new("morphemes");
            if word.status == WordStatus::Suggested {
                container = container.with("analysisStatus", "guess");
            }
            for _ in 0..morphs {
                container.push(Element::new("morph"));
            }
            element.push(container);
        }
        self.items(&mut element, "gls", &word.gloss);
        self.items(&mut element, "pos", &word.category);
        element
    }

    /// A morph.
    pub fn morph(&self, morph: &Morph) -> Element {
        let kind = morph.kind.name();
        let mut element = Element::new("morph").with("type", kind);
        if let Some((_, guid)) = MORPH_TYPES.iter().find(|(name, _)| *name == kind) {
            element = element.with("guid", *guid);
        }
        self.items(&mut element, "txt", &morph.form);
        let (mut citation, mut homograph) = (morph.citation.clone(), morph.homograph.clone());
        if let Some(lexeme) = morph.lexeme.and_then(|id| self.lexemes.get(&id)) {
            // FLEx finds the entry by its citation form; where only the link says it, say it.
            if citation.is_empty() {
                let (before, after) = lexeme.kind.marks();
                let written = if lexeme.citation.is_empty() { &lexeme.form } else { &lexeme.citation };
                citation = written.iter().map(|(tag, form)| (tag, format!("{before}{form}{after}"))).collect();
                if homograph.is_empty() && lexeme.homograph > 0 {
                    homograph = lexeme.homograph.to_string();
                }
            }
        }
        self.items(&mut element, "cf", &citation);
        if !homograph.is_empty() {
            let lang = citation.iter().next().map_or(self.object.as_str(), |(tag, _)| tag).to_owned();
            element.push(self.item("hn", &lang, &homograph));
        }
        self.items(&mut element, "gls", &morph.gloss);
        self.items(&mut element, "msa", &morph.category);
        element
    }

    fn whole_phrase(&self, annotation: &Annotation) -> Element {
        let mut phrase = xmltree::recall(memory(&annotation.residue), self.phrase(annotation), &key);
        let words = self.index.words_of_annotation.get(&annotation.id).map(Vec::as_slice).unwrap_or_default();
        let language = self.tiers.get(&annotation.tier).map(|t| t.language.clone()).filter(|l| !l.is_empty());
        let language = language.unwrap_or_else(|| self.object.clone());
        let mut words = words.iter();
        replace(&mut phrase, &mut |element| match element.name.as_str() {
            "word" => words.next().map(|word| {
                let mut element = xmltree::recall(memory(&word.residue), self.word(word), &key);
                let morphs = self.index.morphs_of_word.get(&word.id).map(Vec::as_slice).unwrap_or_default();
                let mut morphs = morphs.iter();
                replace(&mut element, &mut |inner| {
                    (inner.name == "morph")
                        .then(|| morphs.next())
                        .flatten()
                        .map(|morph| xmltree::recall(memory(&morph.residue), self.morph(morph), &key))
                });
                element
            }),
            "plain-word" | "plain-punct" => {
                let kind = if element.name == "plain-word" { "txt" } else { "punct" };
                let mut word = Element::new("word");
                word.push(self.item(kind, &language, &element.plain()));
                Some(word)
            }
            _ => None,
        });
        phrase
    }

    fn session(&self, session: &Session) -> Element {
        let mut text = xmltree::recall(memory(&session.residue), self.head(session), &key);
        let known = session.residue.get(NAME).and_then(|r| r.get("paragraphs")).and_then(Value::as_array);
        let known = known.map(Vec::as_slice).unwrap_or_default();
        let mut grouped: Vec<Vec<&Annotation>> = vec![Vec::new(); known.len()];
        let mut current = None;
        for phrase in self.phrases(session.id) {
            let said = phrase.residue.get(NAME).and_then(|r| r.get("paragraph")).and_then(Value::as_u64);
            let said = said.map(|n| n as usize).filter(|n| *n < known.len());
            // A phrase that was added stays with the one before it; a text that was made here has a
            // paragraph for each phrase, as FLEx gives a text typed line by line.
            let place = match (said, current) {
                (Some(place), _) => place,
                (None, Some(place)) if !known.is_empty() => place,
                (None, None) if !known.is_empty() => 0,
                _ => {
                    grouped.push(Vec::new());
                    grouped.len() - 1
                }
            };
            current = Some(place);
            grouped[place].push(phrase);
        }
        let mut paragraphs = Element::new("paragraphs");
        for (number, phrases) in grouped.iter().enumerate() {
            let mut paragraph = Element::new("paragraph");
            for (name, value) in known.get(number).and_then(Value::as_object).into_iter().flatten() {
                paragraph = paragraph.with(name, value.as_str().unwrap_or_default());
            }
            let mut container = Element::new("phrases");
            for phrase in phrases {
                container.push(self.whole_phrase(phrase));
            }
            paragraph.push(container);
            paragraphs.push(paragraph);
        }
        let mut paragraphs = Some(paragraphs);
        replace(&mut text, &mut |element| (element.name == "paragraphs").then(|| paragraphs.take()).flatten());
        text
    }

    fn report(&self) -> LossReport {
        let mut report = LossReport::default();
        let (mut phrases, mut under) = (HashSet::<AnnotationId>::new(), 0);
        for session in &self.bundle.sessions {
            phrases.extend(self.phrases(session.id).iter().map(|a| a.id));
        }
        let mut outside: HashMap<&str, usize> = HashMap::new();
        for annotation in &self.bundle.annotations {
            if phrases.contains(&annotation.id) {
                continue;
            }
            let Some(tier) = self.tiers.get(&annotation.tier) else { continue };
            let fits = matches!(tier.role, TierRole::Translation | TierRole::LiteralTranslation | TierRole::Note);
            if fits && annotation.parent.is_some_and(|p| phrases.contains(&p)) {
                under += 1;
            } else {
                *outside.entry(&tier.name).or_default() += 1;
            }
        }
        report.kept("texts", self.bundle.sessions.len());
        report.kept("phrases", phrases.len());
        report.kept("translations and notes", under);
        report.kept("words and punctuation marks", self.bundle.words.len());
        report.kept("morphs", self.bundle.morphs.len());
        let mut outside: Vec<_> = outside.into_iter().collect();
        outside.sort_unstable();
        for (tier, count) in outside {
            report.left_out(
                format!("annotations of tier '{tier}'"),
                count,
                "flextext has utterances with translations and notes only",
            );
        }
        let untimed = self.bundle.words.iter().filter(|w| w.start.is_some()).count();
        report.left_out("times of words", untimed, "flextext aligns phrases only");
        report.left_out("lexemes", self.bundle.lexemes.len(), "write LIFT for the lexicon");
        report.left_out("proposed tags", self.bundle.tags.len(), "flextext has no place for them");
        let metadata =
            self.bundle.sessions.iter().filter(|s| !s.date.is_empty() || !s.place.is_empty() || !s.genre.is_empty());
        report.left_out("date, place or genre of texts", metadata.count(), "flextext has no place for them");
        let odd = self.bundle.morphs.iter().filter(|m| m.kind == MorphKind::Stem && m.form.is_empty()).count();
        if odd > 0 {
            report.warn(format!("{odd} morphs have no form"));
        }
        report
    }
}

/// Puts elements in the place of others, at any depth, in document order.
fn replace(element: &mut Element, with: &mut dyn FnMut(&Element) -> Option<Element>) {
    for child in &mut element.children {
        if let xmltree::Node::Element(inner) = child {
            match with(inner) {
                Some(new) => *inner = new,
                None => replace(inner, with),
            }
        }
    }
}
