//! Sentences from a CoNLL-U file.

use std::path::Path;

use serde_json::json;

use super::NAME;
use super::block::{Block, Id, comment};
use crate::domain::Residue;
use crate::formats::interlinear::Builder;
use crate::formats::{Format, FormatError, ImportOptions, Imported, input};

/// Larger than any treebank in one file.
const LARGEST: u64 = 1 << 29;

/// Reads every sentence: a session at each `newdoc`, else one for the file.
///
/// # Errors
/// When the file cannot be opened, or has no row of a sentence.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, Format::Conllu, LARGEST)?;
    let (text, encoding) = input::decode(&bytes);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut builder = Builder::new(options, NAME);
    if encoding != "UTF-8" {
        builder.report.warn(format!("the file is not UTF-8; it was read as {encoding} and will be written as UTF-8"));
    }
    let mut waiting = String::new();
    let (mut sentences, mut strange, mut unsound) = (0_usize, 0, 0);
    for source in blocks(&text) {
        let source = format!("{waiting}{source}");
        let block = Block::parse(&source);
        if block.tokens.is_empty() {
            // Comments that an empty line tore from their sentence.
            strange += block.strange;
            waiting = block.comments.iter().map(|line| format!("{line}\n")).collect();
            continue;
        }
        waiting.clear();
        strange += block.strange;
        unsound += usize::from(!block.sound);
        sentence(&mut builder, &block, &source, options);
        sentences += 1;
    }
    if sentences == 0 {
        let problem = "no line starts with a token number, so there is no sentence";
        return Err(FormatError::broken(Format::Conllu, "the whole file", problem));
    }
    if !waiting.is_empty() {
        builder.report.left_out("comments after the last sentence", waiting.lines().count(), "they belong to none");
    }
    builder.report.left_out("lines that are no rows", strange, "a row starts with a token number");
    if unsound > 0 {
        builder.report.warn(format!(
            "{unsound} sentences break the rules of CoNLL-U (columns missing, spaces for tabs, numbers out of order); \
             they were read as far as they make sense and will be written by the rules"
        ));
    }
    Ok(builder.finish())
}

/// The file cut at empty lines.
fn blocks(text: &str) -> Vec<&str> {
    let (mut found, mut start, mut at) = (Vec::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            if at > start {
                found.push(text.get(start..at).unwrap_or_default());
            }
            start = at + line.len();
        }
        at += line.len();
    }
    if at > start {
        found.push(text.get(start..at).unwrap_or_default());
    }
    found
}

fn sentence(builder: &mut Builder, block: &Block, source: &str, options: &ImportOptions) {
    let starts = block.comments.iter().find(|line| {
        let key = comment(line).map_or_else(|| line.trim_start_matches('#').trim(), |(key, _)| key);
        key == "newdoc" || key == "newdoc id"
    });
    if starts.is_some() || builder.is_empty() {
        let id = starts.and_then(|line| comment(line)).map(|(_, id)| id).filter(|id| !id.is_empty());
        let session = builder.session(id.unwrap_or(&options.session_name));
        session.residue.set(NAME, json!({"newdoc": id}));
    }
    let mut residue = Residue::default();
    residue.set(NAME, json!({"source": source.trim_end_matches('\n')}));
    if let Some(id) = builder.sentence(&block.sentence(), residue) {
        for (word, token) in builder.last_words(id).zip(&block.tokens) {
            word.residue.set(NAME, json!({"id": token.id()}));
        }
    }
    let rows = block.tokens.iter().flat_map(|token| &token.words);
    let annotated = rows.filter(|row| row.cols.iter().skip(4).take(3).any(|column| column != "_")).count();
    let why = "kept aside, written back to CoNLL-U";
    builder.report.mapped("words with features and dependencies", annotated, why);
    let empty = block.leading.len()
        + block
            .tokens
            .iter()
            .flat_map(|t| t.empty.iter().chain(&t.words))
            .filter(|r| matches!(r.id, Id::Empty(..)))
            .count();
    builder.report.mapped("empty nodes", empty, why);
    let multiword = block.tokens.iter().filter(|token| token.range.is_some()).count();
    builder.report.mapped("multiword tokens", multiword, "a word whose morphs are the words it stands for");
    let other = block.comments.iter().filter(|line| {
        let key = comment(line).map_or("", |(key, _)| key);
        super::block::under_of(key).is_none() && !matches!(key, "text" | "speaker_id" | "speaker" | "newdoc id")
    });
    builder.report.mapped("sentence ids and other comments", other.count(), why);
}
