//! Texts from a Toolbox interlinear file.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use super::NAME;
use super::align::{Width, best_width, cells, tokens};
use crate::domain::{
    Access, Annotation, AnnotationId, Bundle, Consent, Constraint, LossReport, Morph, MorphId, MorphKind, MultiText,
    Residue, Session, SessionId, Tier, TierId, TierRole, Time, Word, WordId, WordKind, WordStatus,
};
use crate::formats::language_tag::{Census, Tags};
use crate::formats::sfm::{Line, lines};
use crate::formats::{Format, FormatError, ImportOptions, Imported, input};

/// Larger than any text a person could have typed.
const LARGEST: u64 = 1 << 30;

/// What interlinear markers are called, the usual name first.
pub(super) const WORDS: [&str; 2] = ["tx", "t"];
pub(super) const MORPHS: [&str; 3] = ["mb", "m", "mr"];
pub(super) const GLOSSES: [&str; 3] = ["ge", "g", "mg"];
pub(super) const CATEGORIES: [&str; 2] = ["ps", "p"];

/// Reads every text of a file: one at each `\id`, an utterance at each `\ref`.
///
/// # Errors
/// When the file cannot be opened, or has neither `\ref` nor a word line.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, Format::Toolbox, LARGEST)?;
    let (text, encoding) = input::decode(&bytes);
    let crlf = text.contains("\r\n");
    let text = text.replace("\r\n", "\n");
    let (head, all) = lines(&text);
    if !all.iter().any(|l| l.marker == "ref" || WORDS.contains(&l.marker)) {
        let problem = "no line starts with \\ref, \\tx or \\t, so there is no utterance";
        return Err(FormatError::broken(Format::Toolbox, "the whole file", problem));
    }
    let mut reader = Reader {
        object: options.object_language().to_owned(),
        analysis: options.analysis_language().to_owned(),
        bundle: Bundle::default(),
        report: LossReport::default(),
        tiers: HashMap::new(),
    };
    if encoding == "windows-1252" {
        reader.report.warn("the file is not Unicode; it was read as windows-1252 and will be written as UTF-8");
    }
    let mut head = head.to_owned();
    let mut id = None;
    let mut at = 0;
    while at < all.len() {
        let line = &all[at];
        let starts = line.marker == "ref" || WORDS.contains(&line.marker);
        if line.marker == "id" {
            // Toolbox repeats the \id before every record of a long text.
            let value = line.value();
            if reader.bundle.sessions.last().is_none_or(|s| s.name != value) {
                reader.session(&value, &head, crlf);
                reader.keep_id(line);
                head.clear();
            } else {
                head.push_str(&as_written(line));
            }
            id = Some(value);
            at += 1;
        } else if starts {
            if reader.bundle.sessions.is_empty() {
                reader.session(&options.session_name, &head, crlf);
                head.clear();
                reader.mark_without_id();
            }
            let reference = line.marker == "ref";
            let end = (at + 1..all.len())
                .find(|i| {
                    let marker = all[*i].marker;
                    // Without \ref each word line after other lines starts an utterance.
                    marker == "ref" || marker == "id" || (!reference && WORDS.contains(&marker) && id.is_none())
                })
                .unwrap_or(all.len());
            reader.utterance(&all[at..end], &head);
            head.clear();
            at = end;
        } else {
            head.push_str(&as_written(line));
            at += 1;
        }
    }
    if let (false, Some(session)) = (head.is_empty(), reader.bundle.sessions.last_mut()) {
        let mut left = session.residue.get(NAME).cloned().unwrap_or_else(|| json!({}));
        left["tail"] = json!(head);
        session.residue.set(NAME, left);
    }
    let mut census = Census::default();
    census.met(&reader.object, true);
    census.met(&reader.analysis, false);
    reader.bundle.languages = census.languages(&Tags::default(), NAME);
    let bundle = reader.bundle;
    let mut report = reader.report;
    report.kept("texts", bundle.sessions.len());
    report.kept("utterances", bundle.annotations.iter().filter(|a| a.parent.is_none()).count());
    report.kept("translations and notes", bundle.annotations.iter().filter(|a| a.parent.is_some()).count());
    report.kept("words", bundle.words.len());
    report.kept("morphs", bundle.morphs.len());
    Ok(Imported { bundle, report })
}

fn as_written(line: &Line<'_>) -> String {
    format!("\\{}{}", line.marker, line.rest)
}

struct Reader {
    object: String,
    analysis: String,
    bundle: Bundle,
    report: LossReport,
    tiers: HashMap<(SessionId, &'static str), TierId>,
}

impl Reader {
    fn session(&mut self, name: &str, head: &str, crlf: bool) {
        let position = self.bundle.sessions.len() as i64;
        let mut residue = Residue::default();
        residue.set(NAME, json!({"head": head, "crlf": crlf}));
        self.bundle.sessions.push(Session {
            id: SessionId::new(),
            name: name.to_owned(),
            title: MultiText::default(),
            date: String::new(),
            place: String::new(),
            genre: String::new(),
            description: MultiText::default(),
            participants: Vec::new(),
            consent: Consent::default(),
            access: Access::default(),
            position,
            residue,
        });
        self.tier("transcription");
    }
    /// The line as it stood, empty lines after it included.
    fn keep_id(&mut self, line: &Line<'_>) {
        if let Some(session) = self.bundle.sessions.last_mut() {
            let mut left = session.residue.get(NAME).cloned().unwrap_or_else(|| json!({}));
            left["id"] = json!(line.rest);
            session.residue.set(NAME, left);
        }
    }
    fn mark_without_id(&mut self) {
        if let Some(session) = self.bundle.sessions.last_mut() {
            let mut left = session.residue.get(NAME).cloned().unwrap_or_else(|| json!({}));
            left["no_id"] = json!(true);
            session.residue.set(NAME, left);
        }
    }

    fn tier(&mut self, name: &'static str) -> TierId {
        let session = self.bundle.sessions.last().map_or_else(SessionId::new, |s| s.id);
        if let Some(id) = self.tiers.get(&(session, name)) {
            return *id;
        }
        let parent = self.tiers.get(&(session, "transcription")).copied();
        let (role, language) = match name {
            "transcription" => (TierRole::Transcription, &self.object),
            "translation" => (TierRole::Translation, &self.analysis),
            "literal" => (TierRole::LiteralTranslation, &self.analysis),
            _ => (TierRole::Note, &self.analysis),
        };
        let tier = Tier {
            id: TierId::new(),
            session,
            parent,
            name: name.to_owned(),
            role,
            constraint: if parent.is_some() { Constraint::SymbolicAssociation } else { Constraint::None },
            type_name: name.to_owned(),
            participant: None,
            annotator: String::new(),
            language: language.clone(),
            vocabulary: None,
            position: self.tiers.keys().filter(|(of, _)| *of == session).count() as i64,
            residue: Residue::default(),
        };
        self.tiers.insert((session, name), tier.id);
        let id = tier.id;
        self.bundle.tiers.push(tier);
        id
    }

    fn utterance(&mut self, block: &[Line<'_>], before: &str) {
        let tier = self.tier("transcription");
        let position = self.bundle.annotations.len() as i64;
        let mut annotation = Annotation::new(tier, None, position, "");
        let id = annotation.id;
        let parsed = parse(block);
        annotation.value.clone_from(&parsed.text);
        annotation.start = parsed.start;
        annotation.end = parsed.end;
        for (name, value) in &parsed.under {
            let tier = self.tier(name);
            let mut child = Annotation::new(tier, None, position, value);
            child.parent = Some(id);
            self.bundle.annotations.push(child);
        }
        for (n, word) in (0_i64..).zip(&parsed.words) {
            self.word(word, id, n);
        }
        for marker in &parsed.other {
            self.report.mapped(format!("\\{marker}"), 1, "kept with the utterance's text, written back to Toolbox");
        }
        let text: String = block.iter().map(as_written).collect();
        let mut left = json!({"text": text});
        if !before.is_empty() {
            left["before"] = Value::from(before);
        }
        annotation.residue.set(NAME, left);
        self.bundle.annotations.push(annotation);
    }

    fn word(&mut self, word: &ParsedWord, annotation: AnnotationId, position: i64) {
        let glossed = word.morphs.iter().any(|m| !m.gloss.is_empty());
        let id = WordId::new();
        let punctuation =
            !word.form.is_empty() && !word.form.chars().any(char::is_alphanumeric) && word.morphs.is_empty();
        self.bundle.words.push(Word {
            id,
            annotation,
            position,
            kind: if punctuation { WordKind::Punctuation } else { WordKind::Word },
            form: MultiText::of(self.object.as_str(), word.form.as_str()),
            gloss: MultiText::of(self.analysis.as_str(), word.gloss.as_str()),
            category: MultiText::of(self.analysis.as_str(), word.category.as_str()),
            status: if glossed || !word.gloss.is_empty() { WordStatus::Approved } else { WordStatus::Unknown },
            start: None,
            end: None,
            residue: Residue::default(),
        });
        for (n, morph) in (0_i64..).zip(&word.morphs) {
            self.bundle.morphs.push(Morph {
                id: MorphId::new(),
                word: id,
                position: n,
                kind: MorphKind::from_marks(&morph.form),
                form: MultiText::of(self.object.as_str(), morph.form.as_str()),
                citation: MultiText::default(),
                gloss: MultiText::of(self.analysis.as_str(), morph.gloss.as_str()),
                category: MultiText::of(self.analysis.as_str(), morph.category.as_str()),
                homograph: String::new(),
                lexeme: None,
                sense: None,
                residue: Residue::default(),
            });
        }
    }
}

/// One utterance as its lines say it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    pub text: String,
    pub start: Option<Time>,
    pub end: Option<Time>,
    pub words: Vec<ParsedWord>,
    /// Tier and text of translations and notes.
    pub under: Vec<(&'static str, String)>,
    /// Markers that are not modelled.
    pub other: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ParsedWord {
    pub form: String,
    pub gloss: String,
    pub category: String,
    pub morphs: Vec<ParsedMorph>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ParsedMorph {
    pub form: String,
    pub gloss: String,
    pub category: String,
}

/// The tier a marker's text belongs to.
pub(super) fn under(marker: &str) -> Option<&'static str> {
    match marker {
        "ft" | "f" | "fe" | "fn" | "free" => Some("translation"),
        "lt" | "l" => Some("literal"),
        "nt" | "note" | "cmt" => Some("note"),
        _ => None,
    }
}

/// Makes an utterance of its lines. A long one is wrapped over several groups of lines, each starting with a
/// word line.
pub(super) fn parse(block: &[Line<'_>]) -> Parsed {
    let mut parsed = Parsed::default();
    let mut group: Vec<&Line<'_>> = Vec::new();
    let mut texts: Vec<String> = Vec::new();
    for line in block {
        let marker = line.marker;
        let interlinear = [&WORDS[..], &MORPHS, &GLOSSES, &CATEGORIES].iter().any(|names| names.contains(&marker));
        if WORDS.contains(&marker) {
            words_of(&group, &mut parsed.words);
            group.clear();
            texts.push(line.value().split_whitespace().collect::<Vec<_>>().join(" "));
        }
        if interlinear {
            group.push(line);
        } else if let Some(tier) = under(marker) {
            match parsed.under.iter_mut().find(|(known, _)| *known == tier) {
                _ if line.value().is_empty() => {}
                Some((_, text)) => *text = format!("{text} {}", line.value()),
                None => parsed.under.push((tier, line.value())),
            }
        } else if marker == "ELANBegin" {
            parsed.start = line.value().parse().ok().and_then(Time::from_secs);
        } else if marker == "ELANEnd" {
            parsed.end = line.value().parse().ok().and_then(Time::from_secs);
        } else if !line.value().is_empty() {
            parsed.other.push(marker.to_owned());
        }
    }
    words_of(&group, &mut parsed.words);
    if parsed.start.is_none() || parsed.end.is_none() || parsed.start > parsed.end {
        (parsed.start, parsed.end) = (None, None);
    }
    parsed.text = texts.join(" ");
    parsed
}

/// The words of one group of interlinear lines.
fn words_of(group: &[&Line<'_>], words: &mut Vec<ParsedWord>) {
    // A line that was broken by hand is one line again; the blank that follows the marker is no column.
    let joined: Vec<(&str, String)> = group
        .iter()
        .map(|line| {
            let rest = line.rest.strip_prefix([' ', '\t']).unwrap_or(line.rest);
            (line.marker, rest.trim_end().replace(['\n', '\r'], " "))
        })
        .collect();
    let find = |names: &[&str]| joined.iter().find(|(marker, _)| names.contains(marker)).map(|(_, text)| text.as_str());
    let Some(word_line) = find(&WORDS) else { return };
    let (morphs, glosses, categories) = (find(&MORPHS), find(&GLOSSES), find(&CATEGORIES));
    let aligned: Vec<&str> = [Some(word_line), morphs, glosses, categories].into_iter().flatten().collect();
    let width = if aligned.len() > 1 { best_width(&aligned) } else { Width::Letters };
    let starts = tokens(word_line, width);
    let columns: Vec<usize> = starts.iter().map(|(column, _)| *column).collect();
    let under = |line: Option<&str>, columns: &[usize]| {
        line.map_or_else(|| vec![String::new(); columns.len()], |line| cells(line, columns, width))
    };
    let mut fresh: Vec<ParsedWord> =
        starts.iter().map(|(_, form)| ParsedWord { form: (*form).to_owned(), ..ParsedWord::default() }).collect();
    match morphs {
        Some(line) => {
            let found = tokens(line, width);
            let morph_columns: Vec<usize> = found.iter().map(|(column, _)| *column).collect();
            let (glosses, categories) = (under(glosses, &morph_columns), under(categories, &morph_columns));
            for (n, (column, form)) in found.iter().enumerate() {
                let word = columns.iter().rposition(|start| start <= column).unwrap_or(0);
                if let Some(word) = fresh.get_mut(word) {
                    word.morphs.push(ParsedMorph {
                        form: (*form).to_owned(),
                        gloss: glosses.get(n).cloned().unwrap_or_default(),
                        category: categories.get(n).cloned().unwrap_or_default(),
                    });
                }
            }
        }
        None => {
            for (word, gloss) in fresh.iter_mut().zip(under(glosses, &columns)) {
                word.gloss = gloss;
            }
            for (word, category) in fresh.iter_mut().zip(under(categories, &columns)) {
                word.category = category;
            }
        }
    }
    words.append(&mut fresh);
}
