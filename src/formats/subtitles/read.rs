//! Subtitles into a bundle.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::cue::{Cue, Document};
use super::{LIMIT, TIER, name, srt, stamp, voice, vtt};
use crate::domain::*;
use crate::formats::{Format, FormatError, ImportOptions, Imported, eaf, input};

/// Reads a file.
///
/// # Errors
/// When it cannot be opened, is too large, or has neither a cue nor the head of a WebVTT file.
pub fn read(path: &Path, format: Format, options: &ImportOptions) -> Result<Imported, FormatError> {
    let (text, encoding) = input::decode(&input::bytes(path, format, LIMIT)?);
    let document = if format == Format::Vtt { vtt::parse(&text) } else { srt::parse(&text) };
    let has_head = format == Format::Vtt && text.trim_start_matches('\u{FEFF}').starts_with("WEBVTT");
    if document.cues.is_empty() && !has_head {
        let problem = if text.trim().is_empty() {
            "the file is empty"
        } else {
            "there is no cue in it: a line of two times with --> between"
        };
        return Err(FormatError::broken(format, "line 1", problem));
    }
    let mut report = LossReport::default();
    if encoding != "UTF-8" {
        report.mapped("text encoding", 1, format!("read as {encoding}; written back as UTF-8"));
    }
    Ok(Reader::new(format, options, report).read(document))
}

/// A tier being filled: whose it is, and where its last cue ends.
struct Layer {
    tier: usize,
    end: Time,
}

struct Reader<'o> {
    format: Format,
    options: &'o ImportOptions,
    language: String,
    report: LossReport,
    session: Session,
    bundle: Bundle,
    /// Layers by voice, the empty one for none.
    layers: HashMap<String, Vec<Layer>>,
    people: HashMap<String, PersonId>,
}

impl<'o> Reader<'o> {
    fn new(format: Format, options: &'o ImportOptions, report: LossReport) -> Self {
        Self {
            format,
            options,
            language: String::new(),
            report,
            session: eaf::new_session(options),
            bundle: Bundle::default(),
            layers: HashMap::new(),
            people: HashMap::new(),
        }
    }

    fn read(mut self, document: Document) -> Imported {
        for warning in &document.warnings {
            self.report.warn(warning.clone());
        }
        self.report.left_out("blocks or lines", document.odd, "neither a cue nor a block that the format has");
        self.report.mapped("empty lines within cues", document.gaps, "left away");
        self.head(&document);
        let mut cues = self.usable(document.cues);
        let unsorted = cues.windows(2).any(|pair| matches!(pair, [a, b] if a.start > b.start));
        if unsorted {
            self.report.warn("cues are not in order of their start; they were sorted");
            cues.sort_by_key(|cue| cue.start);
        }
        self.report.kept("cues", cues.len());
        // The plain tier comes first, and is there even when it is empty.
        self.layer("", Time(i64::MIN));
        for (number, cue) in cues.iter().enumerate() {
            self.cue(number, cue);
        }
        let spoken = self.bundle.annotations.iter().any(|a| self.bundle.tiers.first().is_some_and(|t| t.id == a.tier));
        if !spoken && self.bundle.tiers.len() > 1 {
            self.bundle.tiers.remove(0);
            (0..).zip(&mut self.bundle.tiers).for_each(|(position, tier)| tier.position = position);
        }
        self.report.kept("tiers", self.bundle.tiers.len());
        self.bundle.sessions.push(self.session);
        Imported { bundle: self.bundle, report: self.report }
    }

    /// What stands outside cues, on the session.
    fn head(&mut self, document: &Document) {
        let mut kept = Map::new();
        if !document.title.is_empty() {
            kept.insert("title".into(), json!(document.title));
        }
        for (key, lines) in [("header", &document.header), ("blocks", &document.blocks), ("after", &document.after)] {
            if !lines.is_empty() {
                kept.insert(key.into(), json!(lines));
            }
        }
        let count = document.header.len()
            + document.blocks.len()
            + document.after.len()
            + document.cues.iter().map(|cue| cue.before.len()).sum::<usize>();
        self.report.mapped("head lines, styles, regions and notes", count, "kept for export to WebVTT");
        let said = document.header.iter().find_map(|line| line.strip_prefix("Language:"));
        self.language = said.map(|l| eaf::language_tag(l.trim())).unwrap_or_default();
        if !kept.is_empty() {
            self.session.residue.set(name(self.format), Value::Object(kept));
        }
    }

    /// Cues with times that a recording can have.
    fn usable(&mut self, cues: Vec<Cue>) -> Vec<Cue> {
        let (mut before, mut reversed, mut clipped) = (0, 0, 0);
        let mut usable = Vec::with_capacity(cues.len());
        for mut cue in cues {
            if cue.end < cue.start {
                std::mem::swap(&mut cue.start, &mut cue.end);
                reversed += 1;
            }
            if cue.end < Time::ZERO {
                before += 1;
                continue;
            }
            clipped += usize::from(cue.start < Time::ZERO);
            cue.start = cue.start.max(Time::ZERO);
            usable.push(cue);
        }
        self.report.left_out("cues", before, "they end before the recording starts");
        if reversed > 0 {
            self.report.warn(format!("{reversed} cues end before they start; exchanged"));
        }
        if clipped > 0 {
            self.report.warn(format!("{clipped} cues start before the recording does; they start with it now"));
        }
        usable
    }

    fn cue(&mut self, number: usize, cue: &Cue) {
        if self.format != Format::Vtt {
            let mut kept = Map::new();
            if !cue.settings.is_empty() {
                kept.insert("settings".into(), json!(cue.settings));
                self.report.mapped("settings of cues", 1, "kept for export to SubRip");
            }
            self.annotation("", cue, cue.text.clone(), kept);
            return;
        }
        let parts = voice::parts(&cue.text);
        let several = parts.len() > 1;
        let times = stamp::millis(Span::new(cue.start, cue.end));
        for (place, part) in parts.iter().enumerate() {
            let mut kept = Map::new();
            let mut keep = |key: &str, value: &str| {
                if !value.is_empty() {
                    kept.insert(key.to_owned(), json!(value));
                }
            };
            if place == 0 {
                keep("id", &cue.id);
                keep("settings", &cue.settings);
            }
            keep("classes", &part.classes);
            let value = voice::decode(&part.text);
            if voice::encode(&value, times) != part.text {
                keep("raw", &part.text);
                keep("was", &value);
            }
            if place == 0 && !cue.before.is_empty() {
                kept.insert("before".into(), json!(cue.before));
            }
            if several {
                kept.insert("cue".into(), json!(number));
                kept.insert("glue".into(), json!(part.glue));
            }
            let who = part.voice.as_deref().map(voice::decode).unwrap_or_default();
            self.annotation(&who, cue, value, kept);
        }
        let ids = usize::from(!cue.id.is_empty()) + usize::from(!cue.settings.is_empty());
        self.report.mapped("names and settings of cues", ids, "kept for export to WebVTT");
        self.report.mapped("cues of several voices", usize::from(several), "one annotation a voice");
    }

    fn annotation(&mut self, who: &str, cue: &Cue, value: String, kept: Map<String, Value>) {
        let place = self.layer(who, cue.start);
        let Some(tier) = self.bundle.tiers.get(place).map(|tier| tier.id) else { return };
        if let Some(layer) = self.layers.get_mut(who).and_then(|l| l.iter_mut().find(|l| l.tier == place)) {
            layer.end = cue.end;
        }
        let position = self.bundle.annotations.len() as i64;
        let mut annotation = Annotation::new(tier, Some(Span::new(cue.start, cue.end)), position, value);
        if !kept.is_empty() {
            annotation.residue.set(name(self.format), Value::Object(kept));
        }
        self.bundle.annotations.push(annotation);
    }

    /// The tier of a voice that is free from a moment on.
    fn layer(&mut self, who: &str, start: Time) -> usize {
        let layers = self.layers.get(who).map(Vec::as_slice).unwrap_or_default();
        if let Some(layer) = layers.iter().find(|layer| layer.end <= start) {
            return layer.tier;
        }
        let number = layers.len() + 1;
        if number > 1 {
            self.report.mapped("overlapping cues", 1, "began a further tier of the same name with a number");
        }
        let base = if who.is_empty() { TIER } else { who };
        let participant = (!who.is_empty()).then(|| self.person(who));
        let language = match self.options.object_language.is_empty() {
            true => self.language.clone(),
            false => self.options.object_language.clone(),
        };
        let tier = self.bundle.tiers.len();
        self.bundle.tiers.push(Tier {
            id: TierId::new(),
            session: self.session.id,
            parent: None,
            name: if number > 1 { format!("{base} {number}") } else { base.to_owned() },
            role: TierRole::Transcription,
            constraint: Constraint::None,
            type_name: String::new(),
            participant,
            annotator: String::new(),
            language,
            vocabulary: None,
            position: tier as i64,
            residue: Residue::default(),
        });
        self.layers.entry(who.to_owned()).or_default().push(Layer { tier, end: start });
        tier
    }

    fn person(&mut self, who: &str) -> PersonId {
        if let Some(known) = self.people.get(who) {
            return *known;
        }
        let id = PersonId::new();
        self.bundle.people.push(Person {
            id,
            code: who.to_owned(),
            name: String::new(),
            languages: Vec::new(),
            notes: String::new(),
            consent: Consent::default(),
            access: Access::default(),
            residue: Residue::default(),
        });
        self.session.participants.push(Participation { person: id, role: "speaker".to_owned() });
        self.people.insert(who.to_owned(), id);
        self.report.kept("voices", 1);
        id
    }
}
