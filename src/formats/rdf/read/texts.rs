//! Ligt texts: sessions, recordings, utterances with translations, notes and times.

use std::collections::{HashMap, HashSet};

use super::source::Source;
use super::{tiers, words};
use crate::domain::{
    Access, Annotation, AnnotationId, Consent, Constraint, Media, MediaId, MediaStorage, MultiText, Participation,
    PersonId, Residue, Session, SessionId, Span, Stream, StreamKind, Tier, TierId, TierRole, Time,
};
use crate::formats::ImportOptions;
use crate::formats::rdf::triples::TermId;

/// What is gathered while texts are read.
#[derive(Default)]
pub(super) struct Texts {
    /// Targets of the Web Annotations that say when something was said, by what they say it of.
    times: HashMap<TermId, TermId>,
    /// Tiers made so far.
    tiers: HashMap<(SessionId, TierKey), TierId>,
    media: HashMap<String, MediaId>,
}

/// What utterances on one tier share, and what hangs under a tier.
#[derive(Clone, PartialEq, Eq, Hash)]
enum TierKey {
    Spoken(Option<PersonId>, String),
    Under(TierId, &'static str, String),
}

/// Reads every text; utterances that are in none become a session of their own, for each collection.
pub(super) fn read(source: &mut Source, options: &ImportOptions) {
    let mut texts = Texts::default();
    for (annotation, body) in source.pairs("oa:hasBody") {
        if let Some(target) = source.link(annotation, "oa:hasTarget") {
            texts.times.entry(body).or_insert(target);
        }
    }
    let mut nodes = source.all("ligt:InterlinearText");
    nodes.extend(source.pairs("ligt:hasText").into_iter().map(|(_, text)| text));
    let mut seen = HashSet::new();
    nodes.retain(|node| !source.iri(*node).is_empty() && seen.insert(*node));
    let mut placed: HashSet<TermId> = HashSet::new();
    for node in nodes {
        let utterances = utterances_of(source, node, 0);
        placed.extend(&utterances);
        session(source, &mut texts, node, utterances, options);
    }
    let mut groups = source.all("ligt:InterlinearCollection");
    groups.extend(source.pairs("ligt:hasUtterances").into_iter().map(|(_, group)| group));
    groups.retain(|node| !source.iri(*node).is_empty() && seen.insert(*node));
    for (place, node) in groups.into_iter().enumerate() {
        let mut members = source.links(node, "ligt:utterance");
        members.extend(utterances_of(source, node, 0));
        let members: Vec<_> = source.chain(members, &["ligt:nextSegment"]);
        let members: Vec<_> = members.into_iter().filter(|member| placed.insert(*member)).collect();
        if members.is_empty() {
            // A list of utterances that are in texts: written anew on export.
            if place == 0 {
                source.own_name("utterances", node);
            }
            continue;
        }
        session(source, &mut texts, node, members, options);
    }
    let lost: Vec<_> = source.all("ligt:Utterance").into_iter().filter(|node| placed.insert(*node)).collect();
    if !lost.is_empty() {
        source.report.warn("Some utterances are in no text; they were put into a session of their own.");
        let id = SessionId::new();
        let position = source.bundle.sessions.len() as i64;
        source.bundle.sessions.push(empty_session(id, options.session_name.clone(), position));
        for (place, node) in lost.into_iter().enumerate() {
            utterance(source, &mut texts, id, node, place as i64);
        }
    }
    let sessions = source.bundle.sessions.len();
    source.report.kept("texts", sessions);
}

/// The utterances of a text or paragraph, in order.
fn utterances_of(source: &Source, text: TermId, depth: usize) -> Vec<TermId> {
    let mut parts = source.links(text, "ligt:hasSubSegment");
    parts.extend(source.links(text, "ligt:subSegment"));
    let mut utterances = Vec::new();
    for part in source.chain(parts, &["ligt:nextSegment"]) {
        if source.is_a(part, "ligt:Paragraph") && depth < 20 {
            utterances.extend(utterances_of(source, part, depth + 1));
        } else {
            utterances.push(part);
        }
    }
    utterances
}

fn empty_session(id: SessionId, name: String, position: i64) -> Session {
    Session {
        id,
        name,
        title: MultiText::default(),
        date: String::new(),
        place: String::new(),
        genre: String::new(),
        description: MultiText::default(),
        participants: Vec::new(),
        consent: Consent::default(),
        access: Access::default(),
        position,
        residue: Residue::default(),
    }
}

fn session(source: &mut Source, texts: &mut Texts, node: TermId, utterances: Vec<TermId>, options: &ImportOptions) {
    let id = SessionId(source.id(node));
    let mut name = source.text(node, "dct:identifier");
    let mut title = source.multi(node, "dct:title");
    if name.is_empty() {
        let end = source.iri(node).rsplit(['/', '#', ':']).next().unwrap_or_default();
        let named = [title.first().unwrap_or_default(), end, &options.session_name];
        name = named.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned();
    }
    if title.iter().eq([("und", name.as_str())]) {
        title = MultiText::default();
    }
    let position = source.bundle.sessions.len() as i64;
    let mut session = empty_session(id, name, position);
    session.title = title;
    session.description = source.multi(node, "dct:description");
    session.date = source.text(node, "dct:date");
    session.place = source.text(node, "dct:coverage");
    session.genre = source.text(node, "dct:type");
    session.access = match source.text(node, "dct:accessRights").as_str() {
        "open" => Access::Open,
        "registered" => Access::Registered,
        "closed" => Access::Closed,
        _ => Access::Team,
    };
    let roles = source.own_properties("role.");
    for contributor in source.links(node, "dct:contributor") {
        let person = PersonId(source.id(contributor));
        let as_what: Vec<_> =
            roles.iter().filter(|(iri, _)| source.objects(node, iri).contains(&contributor)).collect();
        for (_, role) in &as_what {
            session.participants.push(Participation { person, role: role.clone() });
        }
        if as_what.is_empty() {
            session.participants.push(Participation { person, role: String::new() });
        }
    }
    source.bundle.sessions.push(session);
    for file in source.from("dct:isPartOf", node) {
        if source.is_a(file, "dctype:Sound") || source.is_a(file, "dctype:MovingImage") {
            media(source, texts, id, file);
        }
    }
    tiers::read(source, id, node);
    let count = utterances.len();
    for (place, node) in utterances.into_iter().enumerate() {
        utterance(source, texts, id, node, place as i64);
    }
    source.report.kept("utterances", count);
}

/// A recording that is described.
fn media(source: &mut Source, texts: &mut Texts, session: SessionId, node: TermId) {
    let iri = source.iri(node).to_owned();
    let id = record_media(source, texts, session, &iri);
    let moving = source.is_a(node, "dctype:MovingImage");
    let mime = source.text(node, "dct:format");
    let hash = source.text(node, "dct:identifier").strip_prefix("blake3:").unwrap_or_default().to_owned();
    let seconds = |name: &str| {
        let text = source.text(node, name);
        match text.strip_prefix('-') {
            Some(text) => seconds(text).map(|time| Time::ZERO - time),
            None => seconds(&text),
        }
    };
    let (duration, offset) = (seconds("duration"), seconds("timelineOffset"));
    let position = source.text(node, "recordingOrder").parse().unwrap_or(0);
    if let Some(media) = source.bundle.media.iter_mut().find(|media| media.id == id) {
        if moving && !mime.starts_with("video/") {
            media.streams.push(video());
        }
        (media.mime, media.hash, media.duration) = (mime, hash, duration);
        (media.offset, media.position) = (offset.unwrap_or_default(), position);
    }
}

fn video() -> Stream {
    Stream {
        index: 0,
        kind: StreamKind::Video,
        codec: String::new(),
        duration: None,
        sample_rate: None,
        channels: None,
        width: None,
        height: None,
        frame_rate: None,
        rotation: None,
    }
}

/// The recording of an IRI, made when it is met first.
fn record_media(source: &mut Source, texts: &mut Texts, session: SessionId, iri: &str) -> MediaId {
    if let Some(known) = texts.media.get(iri) {
        return *known;
    }
    let below = if source.base.is_empty() { None } else { iri.strip_prefix(source.base.as_str()) };
    let (path, storage) = match below {
        Some(path) => (percent_decoded(path), MediaStorage::Copied),
        None => (iri.rsplit(['/', ':']).next().map(percent_decoded).unwrap_or_default(), MediaStorage::Linked),
    };
    // Files that were not to be named are called by their id.
    let own = path.strip_prefix("media/").and_then(|name| name.split('.').next()).and_then(|id| id.parse().ok());
    let id = match (below, own) {
        (Some(_), Some(id)) => MediaId(id),
        (Some(_), None) => MediaId::new(),
        (None, _) => match source.graph.iri(iri) {
            Some(node) => MediaId(source.id(node)),
            // Only fragments of it are named in the graph.
            None => {
                let id = MediaId::new();
                source.names.entry(id.record()).or_default().insert(String::new(), iri.to_owned());
                id
            }
        },
    };
    texts.media.insert(iri.to_owned(), id);
    let position = source.bundle.media.iter().filter(|media| media.session == session).count() as i64;
    source.bundle.media.push(Media {
        id,
        session,
        path,
        storage,
        hash: String::new(),
        size: 0,
        mime: String::new(),
        duration: None,
        offset: Time::ZERO,
        streams: Vec::new(),
        position,
        residue: Residue::default(),
    });
    id
}

fn percent_decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, others @ ..] = rest {
        let code = || u8::from_str_radix(std::str::from_utf8(others.get(..2)?).ok()?, 16).ok();
        match (first, code()) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = others.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A media fragment as a span of the session's timeline.
pub(super) fn span(source: &mut Source, texts: &mut Texts, session: SessionId, target: TermId) -> Option<Span> {
    let iri = source.iri(target).to_owned();
    let (file, fragment) = iri.split_once("#t=").or_else(|| iri.rsplit_once("&t="))?;
    let fragment = fragment.split('&').next()?.trim_start_matches("npt:");
    let (start, end) = fragment.split_once(',')?;
    let (start, end) = (seconds(start)?, seconds(end)?);
    let of_session = file == format!("{}{session}", source.base);
    let offset = if of_session {
        Time::ZERO
    } else {
        let id = record_media(source, texts, session, file);
        source.bundle.media.iter().find(|media| media.id == id).map(|media| media.offset).unwrap_or_default()
    };
    Some(Span::new(start + offset, end + offset))
}

/// Seconds or `h:mm:ss.s`, exactly as far as nanoseconds go.
fn seconds(text: &str) -> Option<Time> {
    if text.is_empty() {
        return None;
    }
    let mut whole = 0_i64;
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    for part in clock.split(':') {
        let part: i64 = if part.is_empty() { 0 } else { part.parse().ok()? };
        whole = whole.checked_mul(60)?.checked_add(part)?;
    }
    if !fraction.bytes().all(|b| b.is_ascii_digit()) || whole < 0 {
        return None;
    }
    let nanos: i64 = format!("{:0<9}", fraction.get(..fraction.len().min(9))?).parse().ok()?;
    Some(Time(whole.checked_mul(1_000_000_000)?.checked_add(nanos)?))
}

/// When a node was said, when the graph says so.
pub(super) fn time_of(source: &mut Source, texts: &mut Texts, session: SessionId, node: TermId) -> Option<Span> {
    let target = texts.times.get(&node).copied()?;
    let span = span(source, texts, session, target)?;
    // The annotation that says it is a part of what it speaks of.
    let id = source.id(node);
    if let Some(annotation) = source.from("oa:hasBody", node).first() {
        source.part(id, "time", *annotation);
    }
    Some(span)
}

fn utterance(source: &mut Source, texts: &mut Texts, session: SessionId, node: TermId, position: i64) {
    let id = AnnotationId(source.id(node));
    let speaker = source.link(node, "dct:creator").map(|person| PersonId(source.id(person)));
    let (tag, value) = source.texts(node, "rdfs:label").into_iter().next().unwrap_or_default();
    let language = if tag.is_empty() { "und".to_owned() } else { tag };
    let tier = match tiers::of_member(source, node, &language) {
        Some(known) => known,
        None => tier(source, texts, session, TierKey::Spoken(speaker, language)),
    };
    let time = time_of(source, texts, session, node);
    let mut annotation = Annotation::new(tier, time, position, value);
    annotation.id = id;
    source.bundle.annotations.push(annotation);
    for (name, role) in
        [("ligt:translation", "translation"), ("literalTranslation", "literal translation"), ("skos:note", "note")]
    {
        for (place, (tag, text)) in source.texts(node, name).into_iter().enumerate() {
            let described = tiers::under(source, tier, role_of(role), &tag);
            let under =
                described.unwrap_or_else(|| self::tier(source, texts, session, TierKey::Under(tier, role, tag)));
            let mut child = Annotation::new(under, None, place as i64, text);
            child.parent = Some(id);
            source.bundle.annotations.push(child);
        }
    }
    words::read(source, texts, session, id, node);
}

/// The role of a tier under an utterance, by what its texts are called.
fn role_of(what: &str) -> TierRole {
    match what {
        "translation" => TierRole::Translation,
        "note" => TierRole::Note,
        _ => TierRole::LiteralTranslation,
    }
}

/// The tier of a key, made when it is asked for first.
fn tier(source: &mut Source, texts: &mut Texts, session: SessionId, key: TierKey) -> TierId {
    if let Some(known) = texts.tiers.get(&(session, key.clone())) {
        return *known;
    }
    let id = TierId::new();
    let tiers = &source.bundle.tiers;
    let position = tiers.iter().filter(|tier| tier.session == session).count() as i64;
    let (parent, role, participant, language, name) = match &key {
        TierKey::Spoken(person, language) => {
            let code = source.bundle.people.iter().find(|p| Some(p.id) == *person).map(|p| p.code.clone());
            let mut name = code.filter(|code| !code.is_empty()).unwrap_or_else(|| "Text".to_owned());
            if tiers.iter().any(|tier| tier.session == session && tier.name == name) {
                name = format!("{name} ({language})");
            }
            (None, TierRole::Transcription, *person, language.clone(), name)
        }
        TierKey::Under(parent, what, language) => {
            let above = tiers.iter().find(|tier| tier.id == *parent);
            let role = role_of(what);
            let name = format!("{} {what} ({language})", above.map(|tier| tier.name.as_str()).unwrap_or_default());
            (Some(*parent), role, above.and_then(|tier| tier.participant), language.clone(), name)
        }
    };
    source.bundle.tiers.push(Tier {
        id,
        session,
        parent,
        name,
        role,
        constraint: if parent.is_some() { Constraint::SymbolicSubdivision } else { Constraint::None },
        type_name: String::new(),
        participant,
        annotator: String::new(),
        language,
        vocabulary: None,
        position,
        residue: Residue::default(),
    });
    texts.tiers.insert((session, key), id);
    id
}

impl Texts {
    /// With the recordings that were read already.
    pub(super) fn of(source: &Source) -> Self {
        let mut texts = Self::default();
        for media in &source.bundle.media {
            let named = source.names.get(&media.id.record()).and_then(|names| names.get("")).cloned();
            let iri = named.unwrap_or_else(|| {
                let path = media.path.split('/').map(encoded).collect::<Vec<_>>().join("/");
                format!("{}{path}", source.base)
            });
            texts.media.insert(iri, media.id);
        }
        texts
    }
}

fn encoded(step: &str) -> String {
    let mut text = String::new();
    for byte in step.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
