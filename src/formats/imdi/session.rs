//! One session as an IMDI document, in the order that the schema wants.

use crate::domain::{Language, LossReport, Media, Person, Project, Session, Time};
use crate::formats::metadata::{Facts, access_word, address, is_date, is_video, today};
use crate::formats::saymore;
use crate::formats::xmltree::Element;

const UNSPECIFIED: &str = "Unspecified";
const VOCABULARIES: &str = "http://www.mpi.nl/IMDI/Schema/";

/// The words of IMDI's list of continents.
const CONTINENTS: [&str; 8] =
    ["Africa", "Asia", "Australia", "Europe", "Middle-America", "North-America", "Oceania", "South-America"];

fn or_unspecified(text: &str) -> &str {
    if text.trim().is_empty() { UNSPECIFIED } else { text.trim() }
}

fn leaf(name: &str, text: &str) -> Element {
    Element::new(name).text(or_unspecified(text))
}

/// Words of a vocabulary: commas part them, so none may stand alone.
fn words(text: &str) -> String {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { UNSPECIFIED.to_owned() } else { parts.join(",") }
}

fn open_word(name: &str, text: &str, list: &str) -> Element {
    let element = Element::new(name).with("Type", "OpenVocabulary");
    let element = if list.is_empty() { element } else { element.with("Link", format!("{VOCABULARIES}{list}")) };
    element.text(words(text))
}

fn closed_word(name: &str, text: &str, list: &str) -> Element {
    Element::new(name).with("Link", format!("{VOCABULARIES}{list}")).with("Type", "ClosedVocabulary").text(text)
}

/// The continent that a word names, spelled as IMDI does.
fn continent(text: &str) -> &'static str {
    let same = |a: &str, b: &str| a.replace([' ', '-'], "").eq_ignore_ascii_case(&b.replace([' ', '-'], ""));
    let known = CONTINENTS.iter().find(|known| same(known, text.trim()));
    match (known, same("Central America", text.trim())) {
        (Some(known), _) => known,
        (None, true) => "Middle-America",
        (None, false) => UNSPECIFIED,
    }
}

/// A language's id as IMDI has it.
fn language_id(facts: &Facts, tag: &str) -> String {
    match facts.iso(tag) {
        Some(code) => format!("ISO639-3:{code}"),
        None if tag.is_empty() || tag == "und" => UNSPECIFIED.to_owned(),
        None => format!("RFC3066:{tag}"),
    }
}

fn descriptions(element: &mut Element, texts: &crate::domain::MultiText, facts: &Facts) {
    for (tag, text) in texts.iter() {
        element.push(Element::new("Description").with("LanguageId", language_id(facts, tag)).text(text));
    }
}

/// The whole document. `full` is the session with what other formats left on it.
pub fn document(
    session: &Session,
    full: &Session,
    project: Option<&Project>,
    facts: &Facts,
    report: &mut LossReport,
) -> Element {
    let mut root = Element::new("METATRANSCRIPT")
        .with("xmlns", "http://www.mpi.nl/IMDI/Schema/IMDI")
        .with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .with("xsi:schemaLocation", "http://www.mpi.nl/IMDI/Schema/IMDI http://www.mpi.nl/IMDI/Schema/IMDI_3.0.xsd")
        .with("Date", today())
        .with("FormatId", "IMDI 3.0")
        .with("Originator", "Fieldgloss")
        .with("Type", "SESSION")
        .with("Version", "1");
    let mut element = Element::new("Session");
    element.push(leaf("Name", &session.name));
    element.push(leaf("Title", session.title.best(["en"]).unwrap_or(&session.name)));
    report.mapped("titles in further languages", session.title.0.len().saturating_sub(1), "IMDI holds one title");
    let dated = is_date(&session.date);
    element.push(leaf("Date", if dated { &session.date } else { "" }));
    if !dated && !session.date.is_empty() {
        report.mapped("dates", 1, format!("'{}' is no date that IMDI takes; it stands among the keys", session.date));
    }
    descriptions(&mut element, &session.description, facts);
    let mut group = Element::new("MDGroup");
    group.push(location(session, full, project));
    group.push(project_of(facts));
    let mut keys = Element::new("Keys");
    if !dated && !session.date.is_empty() {
        keys.push(key("Date", &session.date));
    }
    group.push(keys);
    group.push(content(session, facts));
    group.push(actors(session, facts));
    element.push(group);
    let mut resources = Element::new("Resources");
    for media in facts.media(session) {
        resources.push(media_file(media, session));
    }
    element.push(resources);
    root.push(element);
    root
}

fn key(name: &str, text: &str) -> Element {
    Element::new("Key").with("Name", name).text(words(text))
}

fn location(session: &Session, full: &Session, project: Option<&Project>) -> Element {
    let of_project = |name: &str| project.map(|p| saymore::field(&p.residue, name)).unwrap_or_default();
    let field = |own: &str, projects: &str| {
        let text = saymore::field(&full.residue, own);
        if text.is_empty() { of_project(projects) } else { text }
    };
    let mut location = Element::new("Location");
    let named = continent(&field("Location_Continent", "Continent"));
    location.push(closed_word("Continent", named, "Continents.xml"));
    location.push(open_word("Country", &field("Location_Country", "Country"), "Countries.xml"));
    let region = field("Location_Region", "Region");
    if !region.is_empty() {
        location.push(leaf("Region", &region));
    }
    location.push(leaf("Address", &session.place));
    location
}

fn project_of(facts: &Facts) -> Element {
    let mut element = Element::new("Project");
    let project = facts.bundle.project.as_ref();
    let name = project.map(|p| p.name.as_str()).unwrap_or_default();
    element.push(leaf("Name", name));
    element.push(leaf("Title", name));
    element.push(leaf("Id", project.map(|p| p.base_iri.as_str()).unwrap_or_default()));
    element.push(Element::new("Contact"));
    if let Some(project) = project {
        descriptions(&mut element, &project.description, facts);
    }
    element
}

fn content(session: &Session, facts: &Facts) -> Element {
    let mut content = Element::new("Content");
    content.push(open_word("Genre", &session.genre, "Content-Genre.xml"));
    content.push(Element::new("CommunicationContext"));
    let mut languages = Element::new("Languages");
    let mut keys = Element::new("Keys");
    for tag in facts.object_languages(session) {
        let mut language = language(facts, tag);
        language.push(Element::new("Description").text("Content language"));
        languages.push(language);
        let glottocode = facts.language(tag).map(|l: &Language| l.glottocode.as_str()).unwrap_or_default();
        if !glottocode.is_empty() {
            keys.push(key("Glottocode", glottocode));
        }
    }
    content.push(languages);
    content.push(keys);
    content
}

fn language(facts: &Facts, tag: &str) -> Element {
    let mut language = Element::new("Language");
    language.push(Element::new("Id").text(language_id(facts, tag)));
    language.push(open_word("Name", &facts.language_name(tag), "MPI-Languages.xml"));
    language
}

fn actors(session: &Session, facts: &Facts) -> Element {
    let mut actors = Element::new("Actors");
    for taking_part in &session.participants {
        if let Some(person) = facts.person(taking_part.person) {
            actors.push(actor(person, &taking_part.role, facts));
        }
    }
    actors
}

fn actor(person: &Person, role: &str, facts: &Facts) -> Element {
    let hidden = person.name.is_empty();
    let shown = if hidden { &person.code } else { &person.name };
    let mut actor = Element::new("Actor");
    actor.push(open_word("Role", role, "Actor-Role.xml"));
    actor.push(leaf("Name", shown));
    actor.push(leaf("FullName", &person.name));
    actor.push(leaf("Code", &person.code));
    actor.push(open_word("FamilySocialRole", "", "Actor-FamilySocialRole.xml"));
    let mut languages = Element::new("Languages");
    for (place, tag) in person.languages.iter().enumerate() {
        let mut language = language(facts, tag);
        let primary = if place == 0 { "true" } else { "false" };
        language.push(
            Element::new("PrimaryLanguage")
                .with("Link", format!("{VOCABULARIES}Boolean.xml"))
                .with("Type", "ClosedVocabulary")
                .text(primary),
        );
        languages.push(language);
    }
    actor.push(languages);
    actor.push(open_word("EthnicGroup", "", ""));
    actor.push(leaf("Age", ""));
    actor.push(leaf("BirthDate", ""));
    actor.push(closed_word("Sex", UNSPECIFIED, "Actor-Sex.xml"));
    actor.push(leaf("Education", ""));
    actor.push(closed_word("Anonymized", if hidden { "true" } else { "false" }, "Boolean.xml"));
    actor.push(Element::new("Keys"));
    actor
}

fn media_file(media: &Media, session: &Session) -> Element {
    let mut file = Element::new("MediaFile");
    file.push(Element::new("ResourceLink").text(address(&media.path)));
    file.push(closed_word("Type", if is_video(media) { "video" } else { "audio" }, "MediaFile-Type.xml"));
    file.push(open_word("Format", &media.mime, "MediaFile-Format.xml"));
    file.push(leaf("Size", &if media.size > 0 { format!("{} bytes", media.size) } else { String::new() }));
    file.push(closed_word("Quality", UNSPECIFIED, "Quality.xml"));
    file.push(leaf("RecordingConditions", ""));
    let mut position = Element::new("TimePosition");
    position.push(leaf("Start", "00:00:00"));
    position.push(leaf("End", &media.duration.and_then(clock).unwrap_or_default()));
    file.push(position);
    let mut access = Element::new("Access");
    access.push(open_word("Availability", access_word(session.access), ""));
    access.push(leaf("Date", ""));
    access.push(leaf("Owner", ""));
    access.push(leaf("Publisher", ""));
    access.push(Element::new("Contact"));
    file.push(access);
    file.push(Element::new("Keys"));
    file
}

/// Hours, minutes, seconds; nothing for times that two digits cannot say.
fn clock(time: Time) -> Option<String> {
    let seconds = u64::try_from(time.0).ok()? / 1_000_000_000;
    let hours = seconds / 3600;
    (hours < 100).then(|| format!("{hours:02}:{:02}:{:02}", seconds / 60 % 60, seconds % 60))
}
