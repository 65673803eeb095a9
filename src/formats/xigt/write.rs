//! Sessions to a Xigt corpus.

use std::collections::HashSet;
use std::path::Path;

use serde_json::Value;

use super::edit::{edited, set};
use super::igt::parse;
use super::{NAME, fresh};
use crate::domain::{Bundle, LanguageRole, LossReport, Session};
use crate::formats::interlinear::{self, Spoken, decimal};
use crate::formats::xmltree::{self, Element, Node};
use crate::formats::{Format, FormatError, input};

/// Writes every session; igts that came from Xigt and were not edited come back as they were.
///
/// # Errors
/// When there is no session to write, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    if bundle.sessions.is_empty() {
        let problem = "there is no session in it".to_owned();
        return Err(FormatError::Unsayable { format: Format::Xigt, problem });
    }
    let index = bundle.index();
    let texts = interlinear::texts(bundle, &index);
    let mut report = LossReport::default();
    let (mut prolog, mut corpus) = (String::new(), None);
    for (session, _) in &texts {
        let said = |name: &str| session.residue.get(NAME).and_then(|left| left.get(name)).and_then(Value::as_str);
        let Some(kept) = said("corpus").and_then(xmltree::from_residue) else { continue };
        if corpus.is_none() {
            prolog = said("prolog").unwrap_or_default().to_owned();
            corpus = Some(kept);
        } else {
            report.left_out("metadata of further corpora", 1, "a file is one corpus; the first one's are written");
        }
    }
    let mut corpus = corpus.unwrap_or_else(|| fresh_corpus(bundle));
    let mut taken = HashSet::new();
    let mut number = 0;
    let mut lost = 0;
    let several = texts.len() > 1;
    for (session, sentences) in &texts {
        let left = session.residue.get(NAME);
        let was_doc = left.is_some_and(|left| left.get("doc").is_some_and(|doc| !doc.is_null()));
        let doc = (several || was_doc || left.is_none()).then_some(session.name.as_str());
        for spoken in sentences {
            let left = spoken.annotation.residue.get(NAME);
            let said =
                |name: &str| left.and_then(|l| l.get(name)).and_then(Value::as_str).and_then(xmltree::from_residue);
            corpus.children.extend(said("before").into_iter().flat_map(|before| before.children));
            let (mut igt, dangling) = igt(spoken, said("source"));
            lost += dangling;
            if igt.get("doc-id") != doc {
                set(&mut igt, "doc-id", doc);
            }
            let mut id = igt.get("id").unwrap_or_default().to_owned();
            while id.is_empty() || taken.contains(&id) {
                number += 1;
                id = format!("i{number}");
            }
            if igt.get("id") != Some(id.as_str()) {
                set(&mut igt, "id", Some(&id));
            }
            taken.insert(id);
            corpus.push(igt);
            report.kept("sentences", 1);
            report.kept("words", spoken.sentence.words.len());
            report.kept("morphs", spoken.sentence.words.iter().map(|w| w.morphs.len()).sum());
            report.kept("translations and notes", spoken.sentence.under.len());
        }
        let tail = left.and_then(|l| l.get("tail")).and_then(Value::as_str).and_then(xmltree::from_residue);
        corpus.children.extend(tail.into_iter().flat_map(|tail| tail.children));
        titles(session, &mut report);
    }
    report.left_out("items of other tiers", lost, "the words or morphs that they pointed to are gone");
    interlinear::left_out(bundle, &mut report);
    let mut out =
        if prolog.is_empty() { "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned() } else { as_utf8(prolog) };
    corpus.write(&mut out, 0);
    input::write_atomic(path, out.as_bytes())?;
    Ok(report)
}

/// What stood before the corpus, its declaration saying what is written now.
fn as_utf8(prolog: String) -> String {
    let prolog = prolog.trim_start_matches('\u{FEFF}');
    match prolog.split_once("?>") {
        Some((declaration, rest))
            if declaration.starts_with("<?xml") && !declaration.to_lowercase().contains("utf-8") =>
        {
            format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{rest}")
        }
        _ => prolog.to_owned(),
    }
}

fn titles(session: &Session, report: &mut LossReport) {
    report.left_out(
        "titles of sessions",
        usize::from(!session.title.is_empty()),
        "only the name is written, as doc-id",
    );
}

/// The igt of a sentence.
fn igt(spoken: &Spoken, source: Option<Element>) -> (Element, usize) {
    let now = &spoken.sentence;
    if let Some(source) = source {
        let (was, _) = parse(&source, &|_| String::new());
        if was.without_languages().sorted() == now.clone().without_languages().sorted() {
            return (source, 0);
        }
        return edited(&source, now);
    }
    let mut igt = Element::new("igt");
    if !now.speaker.is_empty() {
        igt = igt.with("speaker", now.speaker.as_str());
    }
    if let Some(span) = now.span {
        igt = igt.with("start", decimal(span.start)).with("end", decimal(span.end));
    }
    let names = fresh::Names::new();
    igt.children.extend(fresh::tiers(now, &names).into_iter().map(Node::Element));
    igt.children.extend(fresh::under(&now.under, "p", &[]).into_iter().map(Node::Element));
    (igt, 0)
}

/// A corpus that says which languages its tiers are in.
fn fresh_corpus(bundle: &Bundle) -> Element {
    let mut corpus = Element::new("xigt-corpus");
    let mut metadata = Element::new("metadata");
    let mut languages: Vec<_> = bundle.languages.iter().collect();
    languages.sort_by_key(|l| l.position);
    let kinds = [
        (LanguageRole::Object, "phrases words morphemes"),
        (LanguageRole::Analysis, "glosses pos translations literal-translations notes"),
    ];
    for (role, tiers) in kinds {
        // Tiers are in one language: the default one of their kind.
        let Some(language) = languages.iter().find(|l| l.role == role) else { continue };
        let mut meta = Element::new("meta").with("type", "language");
        if let Some(name) = language.name.best(["en"]) {
            meta = meta.with("name", name);
        }
        if !language.iso639_3.is_empty() {
            meta = meta.with("iso-639-3", language.iso639_3.as_str());
        }
        metadata.push(meta.with("lang", language.tag.as_str()).with("tiers", tiers));
    }
    if !metadata.children.is_empty() {
        corpus.push(metadata);
    }
    corpus
}
