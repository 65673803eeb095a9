//! Sessions to a CoNLL-U file.

use std::collections::HashSet;
use std::path::Path;

use serde_json::Value;

use super::block::{Block, comment};
use super::merge::{Lost, written};
use super::{NAME, fresh};
use crate::domain::{Bundle, LossReport, Session};
use crate::formats::interlinear::{self, Spoken, one_line};
use crate::formats::{Format, FormatError, input};

/// Writes every session as a document. Sentences that came from CoNLL-U and were not edited come back to the letter.
///
/// # Errors
/// When there is no sentence to write, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let index = bundle.index();
    let texts = interlinear::texts(bundle, &index);
    let several = texts.len() > 1;
    let mut writer = Writer { taken: HashSet::new(), report: LossReport::default(), lost: Lost::default() };
    let mut out = String::new();
    for (session, sentences) in &texts {
        let mut first = true;
        for (number, spoken) in sentences.iter().enumerate() {
            let Some(mut lines) = writer.sentence(session, number, spoken) else { continue };
            if first {
                lines = with_newdoc(lines, session, several);
                first = false;
            }
            out.push_str(&lines);
            out.push_str("\n\n");
        }
        if first {
            writer.report.left_out("sessions without a sentence", 1, "a CoNLL-U file is made of sentences");
        }
    }
    if out.is_empty() {
        let problem = "there is no sentence to write".to_owned();
        return Err(FormatError::Unsayable { format: Format::Conllu, problem });
    }
    input::write_atomic(path, out.as_bytes())?;
    let Writer { mut report, lost, .. } = writer;
    report.left_out("dependencies on words that are gone", lost.heads, "their heads are written as not known");
    report.mapped("multiword tokens whose words changed", lost.ranges, "a single token with its morphs in MSeg");
    report.left_out(
        "titles of sessions",
        bundle.sessions.iter().filter(|s| !s.title.is_empty()).count(),
        "only the name is written, as newdoc id",
    );
    interlinear::left_out(bundle, &mut report);
    Ok(report)
}

struct Writer {
    taken: HashSet<String>,
    report: LossReport,
    lost: Lost,
}

impl Writer {
    fn sentence(&mut self, session: &Session, number: usize, spoken: &Spoken) -> Option<String> {
        let source = spoken.annotation.residue.get(NAME).and_then(|left| left.get("source")).and_then(Value::as_str);
        let old = source.map(Block::parse).filter(|block| !block.tokens.is_empty());
        let mut now = spoken.sentence.clone();
        let mut ids: Vec<Option<String>> = spoken
            .words
            .iter()
            .map(|word| {
                word.residue.get(NAME).and_then(|left| left.get("id")).and_then(Value::as_str).map(str::to_owned)
            })
            .collect();
        if now.words.is_empty() {
            now.words = fresh::words_of(&now.text);
            ids = vec![None; now.words.len()];
            self.report.mapped("sentences without words", 1, "their text was cut into words");
        }
        if now.words.is_empty() {
            self.report.left_out("sentences without words or text", 1, "a CoNLL-U sentence has at least one word");
            return None;
        }
        let known = old.as_ref().and_then(|block| block.said("sent_id")).filter(|id| !self.taken.contains(*id));
        let sent_id = match known {
            Some(id) => id.to_owned(),
            None => self.new_id(session, number),
        };
        self.taken.insert(sent_id.clone());
        self.report.kept("sentences", 1);
        self.report.kept("words", now.words.len());
        self.report.kept("translations and notes", now.under.len());
        self.counted(&now);
        if let (Some(block), Some(source)) = (&old, source)
            && block.sound
            && block.said("sent_id").is_none_or(|id| id == sent_id)
            && block.sentence().sorted() == now.clone().sorted()
        {
            return Some(source.to_owned());
        }
        Some(written(&old.unwrap_or_default(), &now, &ids, &sent_id, &mut self.lost))
    }

    fn new_id(&self, session: &Session, number: usize) -> String {
        let name: String = session
            .name
            .chars()
            .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' })
            .take(60)
            .collect();
        let name = if name.is_empty() { "s" } else { &name };
        let id = format!("{name}-{:03}", number + 1);
        if !self.taken.contains(&id) {
            return id;
        }
        (2_u64..).map(|n| format!("{id}-{n}")).find(|id| !self.taken.contains(id)).unwrap_or(id)
    }

    fn counted(&mut self, now: &interlinear::Sentence) {
        for word in &now.words {
            self.report.mapped("words with morphs", usize::from(!word.morphs.is_empty()), "MSeg and MGloss in MISC");
            let own = !word.category.is_empty() && fresh::upos(&word.category) != Some(word.category.as_str());
            self.report.mapped(
                "parts of speech of your own",
                usize::from(own),
                "XPOS, and UPOS where there is one for it",
            );
            let categories = word.morphs.iter().any(|m| !m.category.is_empty()) && !word.category.is_empty();
            self.report.left_out(
                "categories of morphs",
                usize::from(categories),
                "a row has one part of speech, the word's",
            );
        }
        let exact = |time: crate::domain::Time| time.0 % 1_000_000 == 0;
        let rounded = now.span.is_some_and(|s| !exact(s.start) || !exact(s.end));
        self.report.mapped("times", usize::from(rounded), "rounded to the millisecond");
    }
}

/// With the comment that starts a document, where it is needed or the session was given another name.
fn with_newdoc(lines: String, session: &Session, several: bool) -> String {
    let left = session.residue.get(NAME).and_then(|left| left.get("newdoc"));
    let name = one_line(&session.name);
    let is_start = |line: &str| {
        let key = comment(line).map_or_else(|| line.trim_start_matches('#').trim(), |(key, _)| key);
        line.starts_with('#') && (key == "newdoc" || key == "newdoc id")
    };
    let line = format!("# newdoc id = {name}");
    if lines.lines().any(is_start) {
        let renamed = left.and_then(Value::as_str).is_some_and(|id| id != name);
        let replaced = |old: &str| if is_start(old) { line.clone() } else { old.to_owned() };
        return if renamed { lines.lines().map(replaced).collect::<Vec<_>>().join("\n") } else { lines };
    }
    if several || left.is_none() { format!("{line}\n{lines}") } else { lines }
}
