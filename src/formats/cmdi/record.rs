//! One session as a CMDI record.

use crate::domain::{LossReport, MultiText, Session};
use crate::formats::metadata::{Facts, access_word, address, is_date, is_video, olac_discourse, olac_role, today};
use crate::formats::xmltree::Element;

const PROFILE: &str = "clarin.eu:cr1:p_1288172614026";

fn cmd(name: &str) -> Element {
    Element::new(&format!("cmd:{name}"))
}

fn term(name: &str) -> Element {
    Element::new(&format!("cmdp:{name}"))
}

/// A term in every language that it was given in.
fn texts(element: &mut Element, name: &str, texts: &MultiText) {
    for (tag, text) in texts.iter() {
        let term = if tag == "und" { term(name) } else { term(name).with("xml:lang", tag) };
        element.push(term.text(text));
    }
}

/// The whole record.
pub fn document(session: &Session, facts: &Facts, report: &mut LossReport) -> Element {
    let namespace = format!("http://www.clarin.eu/cmd/1/profiles/{PROFILE}");
    let schemas = format!(
        "http://www.clarin.eu/cmd/1 https://infra.clarin.eu/CMDI/1.x/xsd/cmd-envelop.xsd {namespace} \
         https://catalog.clarin.eu/ds/ComponentRegistry/rest/registry/1.x/profiles/{PROFILE}/xsd"
    );
    let mut root = cmd("CMD")
        .with("xmlns:cmd", "http://www.clarin.eu/cmd/1")
        .with("xmlns:cmdp", namespace)
        .with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .with("CMDVersion", "1.2")
        .with("xsi:schemaLocation", schemas);
    root.push(header(facts));
    root.push(resources(session, facts));
    let mut components = cmd("Components");
    components.push(terms(session, facts, report));
    root.push(components);
    root
}

fn header(facts: &Facts) -> Element {
    let mut header = cmd("Header");
    header.push(cmd("MdCreator").text("Fieldgloss"));
    header.push(cmd("MdCreationDate").text(today()));
    header.push(cmd("MdProfile").text(PROFILE));
    if let Some(project) = facts.bundle.project.as_ref().filter(|p| !p.name.is_empty()) {
        header.push(cmd("MdCollectionDisplayName").text(&project.name));
    }
    header
}

fn resources(session: &Session, facts: &Facts) -> Element {
    let mut list = cmd("ResourceProxyList");
    for (number, media) in (1..).zip(facts.media(session)) {
        let mut proxy = cmd("ResourceProxy").with("id", format!("r{number}"));
        let kind = cmd("ResourceType");
        let kind = if media.mime.is_empty() { kind } else { kind.with("mimetype", &media.mime) };
        proxy.push(kind.text("Resource"));
        proxy.push(cmd("ResourceRef").text(address(&media.path)));
        list.push(proxy);
    }
    let mut resources = cmd("Resources");
    resources.push(list);
    resources.push(cmd("JournalFileProxyList"));
    resources.push(cmd("ResourceRelationList"));
    resources
}

/// Dublin Core's terms, in the order of the profile: by the alphabet.
fn terms(session: &Session, facts: &Facts, report: &mut LossReport) -> Element {
    let mut terms = term("OLAC-DcmiTerms");
    terms.push(term("accessRights").with("xml:lang", "en").text(access_word(session.access)));
    contributors(&mut terms, session, facts, report);
    if is_date(&session.date) && !session.date.contains('/') {
        terms.push(term("created").with("dcterms-type", "W3CDTF").text(&session.date));
    } else if !session.date.is_empty() {
        terms.push(term("created").text(&session.date));
    }
    texts(&mut terms, "description", &session.description);
    let media = facts.media(session);
    for media in media.iter().filter(|m| m.duration.is_some()) {
        let length = media.duration.unwrap_or_default();
        terms.push(term("extent").text(format!("{length}")));
    }
    let mut formats: Vec<&str> = media.iter().map(|m| m.mime.as_str()).filter(|m| !m.is_empty()).collect();
    formats.dedup();
    for format in formats {
        terms.push(term("format").with("dcterms-type", "IMT").text(format));
    }
    terms.push(term("identifier").text(&session.name));
    if let Some(project) = facts.bundle.project.as_ref().filter(|p| !p.name.is_empty()) {
        terms.push(term("isPartOf").text(&project.name));
    }
    let languages = facts.object_languages(session);
    for tag in &languages {
        terms.push(language("language", tag, facts));
    }
    if let Some(project) = facts.bundle.project.as_ref().filter(|p| !p.licence.is_empty()) {
        terms.push(term("license").with("dcterms-type", "URI").text(&project.licence));
    }
    if !session.place.is_empty() {
        terms.push(term("spatial").text(&session.place));
    }
    for tag in &languages {
        terms.push(language("subject", tag, facts));
    }
    if session.title.is_empty() {
        terms.push(term("title").text(&session.name));
    }
    texts(&mut terms, "title", &session.title);
    let discourse = olac_discourse(&session.genre);
    let primary = term("type").with("olac-linguistic-type", "primary_text");
    terms.push(match discourse {
        Some(kind) => primary.with("olac-discourse-type", kind),
        None => primary,
    });
    if discourse.is_none() && !session.genre.is_empty() {
        terms.push(term("type").text(&session.genre));
    }
    let kinds = [(false, "Sound"), (true, "MovingImage")];
    for (video, kind) in kinds {
        if media.iter().any(|m| is_video(m) == video) {
            terms.push(term("type").with("dcterms-type", "DCMIType").text(kind));
        }
    }
    terms
}

fn language(name: &str, tag: &str, facts: &Facts) -> Element {
    let element = term(name);
    let element = match facts.iso(tag) {
        Some(code) => element.with("olac-language", code),
        None => element,
    };
    element.text(facts.language_name(tag))
}

fn contributors(terms: &mut Element, session: &Session, facts: &Facts, report: &mut LossReport) {
    for taking_part in &session.participants {
        let Some(person) = facts.person(taking_part.person) else { continue };
        let shown = if person.name.is_empty() { &person.code } else { &person.name };
        let contributor = term("contributor");
        let contributor = match olac_role(&taking_part.role) {
            Some(role) => contributor.with("olac-role", role),
            None => {
                let why = format!("'{}' is none of OLAC's roles; the person stands without one", taking_part.role);
                report.mapped("roles", 1, why);
                contributor
            }
        };
        terms.push(contributor.text(shown));
    }
}
