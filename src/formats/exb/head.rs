//! The head of a transcription: facts, recordings, speakers.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{FACTS, NAME, key};
use crate::domain::*;
use crate::formats::eaf;
use crate::formats::xmltree::{self, Element};

/// The language of titles and descriptions that say none.
const NO_LANGUAGE: &str = "und";

/// What a session says as `meta-information`, without what only EXMARaLDA knows.
pub fn meta(session: &Session, project: &str, media: &[&Media]) -> Element {
    let named = |name: &str, text: &str| Element::new(name).text(text);
    let mut meta = Element::new("meta-information");
    meta.push(named("project-name", project));
    meta.push(named("transcription-name", session.title.best([NO_LANGUAGE]).unwrap_or_default()));
    let urls: Vec<String> = media.iter().map(|media| url(media)).collect();
    for url in urls.iter().map(String::as_str).chain(urls.is_empty().then_some("")) {
        meta.push(Element::new("referenced-file").with("url", url));
    }
    let mut facts = Element::new("ud-meta-information");
    for (name, value) in FACTS.iter().zip([&session.date, &session.place, &session.genre]) {
        if !value.is_empty() {
            facts.push(named("ud-information", value).with("attribute-name", *name));
        }
    }
    meta.push(facts);
    meta.push(named("comment", session.description.best([NO_LANGUAGE]).unwrap_or_default()));
    meta.push(Element::new("transcription-convention"));
    meta
}

fn url(media: &Media) -> String {
    let kept = |key: &str| media.residue.get(NAME).and_then(|r| r.get(key)).and_then(Value::as_str);
    match (kept("path"), kept("url")) {
        (Some(path), Some(url)) if path == media.path => url.to_owned(),
        _ => eaf::from_path(&media.path),
    }
}

/// Reads the facts into a session; what else is there stays on it.
pub fn read_meta(raw: Option<&Element>, session: &mut Session, bundle: &mut Bundle, path: &Path) -> Value {
    let Some(raw) = raw else { return Value::Null };
    let text = |name: &str| raw.child(name).map(|e| one_line(&e.plain())).unwrap_or_default();
    session.title = MultiText::of(NO_LANGUAGE, text("transcription-name"));
    session.description = MultiText::of(NO_LANGUAGE, text("comment"));
    let facts = raw.child("ud-meta-information");
    let fact = |name: &str| {
        let mut all = facts.into_iter().flat_map(|f| f.named("ud-information"));
        all.find(|f| f.get("attribute-name") == Some(name)).map(|f| one_line(&f.plain())).unwrap_or_default()
    };
    let [date, place, genre] = FACTS;
    (session.date, session.place, session.genre) = (fact(date), fact(place), fact(genre));
    let mut media: Vec<Media> = Vec::new();
    for file in raw.named("referenced-file") {
        let url = file.get("url").unwrap_or("").trim();
        if !url.is_empty() {
            media.push(read_media(url, session.id, media.len(), path));
        }
    }
    let now = meta(session, "", &media.iter().collect::<Vec<_>>());
    bundle.media.extend(media);
    xmltree::remember(raw, &now, &key)
}

fn read_media(url: &str, session: SessionId, position: usize, file: &Path) -> Media {
    let mut path = eaf::to_path(url);
    // A recording that lies beside the transcription is found there.
    if let Some(near) = file.parent().map(|folder| folder.join(&path)).filter(|near| near.is_file()) {
        path = std::path::absolute(&near).unwrap_or(near).to_string_lossy().into_owned();
    }
    let mut media = Media {
        id: MediaId::new(),
        session,
        path: path.clone(),
        storage: MediaStorage::Linked,
        hash: String::new(),
        size: 0,
        mime: String::new(),
        duration: None,
        offset: Time::ZERO,
        streams: Vec::new(),
        position: position as i64,
        residue: Residue::default(),
    };
    let kept: Map<String, Value> =
        [("path".to_owned(), json!(path)), ("url".to_owned(), json!(url))].into_iter().collect();
    media.residue.set(NAME, Value::Object(kept));
    media
}

/// What a person says as a speaker.
pub fn speaker(person: &Person) -> Element {
    let languages = |name: &str, tags: &[String]| {
        let mut list = Element::new(name);
        tags.iter().for_each(|tag| list.push(Element::new("language").with("lang", tag.as_str())));
        list
    };
    let (first, others) = person.languages.split_at(person.languages.len().min(1));
    let mut speaker = Element::new("speaker");
    speaker.push(Element::new("abbreviation").text(person.code.as_str()));
    speaker.push(Element::new("sex").with("value", "u"));
    speaker.push(Element::new("languages-used"));
    speaker.push(languages("l1", first));
    speaker.push(languages("l2", others));
    speaker.push(Element::new("ud-speaker-information"));
    speaker.push(Element::new("comment"));
    speaker
}

/// A speaker as a person.
pub fn read_speaker(raw: &Element) -> Person {
    let code = raw.child("abbreviation").map(|e| one_line(&e.plain())).unwrap_or_default();
    let mut languages: Vec<String> = Vec::new();
    for list in ["l1", "l2", "languages-used"].into_iter().filter_map(|name| raw.child(name)) {
        let tags = list.named("language").filter_map(|l| l.get("lang").or_else(|| l.get("xml:lang")));
        for tag in tags.map(eaf::language_tag).filter(|tag| !tag.is_empty()) {
            if !languages.contains(&tag) {
                languages.push(tag);
            }
        }
    }
    let mut person = Person {
        id: PersonId::new(),
        code: if code.is_empty() { raw.get("id").unwrap_or_default().to_owned() } else { code },
        name: String::new(),
        languages,
        notes: String::new(),
        consent: Consent::default(),
        access: Access::default(),
        residue: Residue::default(),
    };
    person.residue.set(NAME, xmltree::remember(raw, &speaker(&person), &key));
    person
}

/// Text with its line breaks, which layout of the XML made, as spaces.
pub fn one_line(text: &str) -> String {
    if !text.contains(['\n', '\r']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut blank = String::new();
    for letter in text.chars() {
        if letter.is_ascii_whitespace() {
            blank.push(letter);
            continue;
        }
        push_blank(&mut out, &mut blank);
        out.push(letter);
    }
    push_blank(&mut out, &mut blank);
    out
}

fn push_blank(out: &mut String, blank: &mut String) {
    if blank.contains(['\n', '\r']) {
        out.push(' ');
    } else {
        out.push_str(blank);
    }
    blank.clear();
}
