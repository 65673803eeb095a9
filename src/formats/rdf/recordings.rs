//! Time as a part of a recording: media fragments.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use super::graph::{Graph, Node};
use super::names::{dct, dctype};
use super::privacy::Published;
use crate::domain::{Bundle, Media, MediaId, MediaStorage, SessionId, Span, StreamKind, Time};

/// The recordings of every session, in order.
pub(super) struct Recordings<'a> {
    of_session: HashMap<SessionId, Vec<&'a Media>>,
    used: BTreeSet<MediaId>,
}

/// Seconds as media fragments have them: at least three decimals, more where the time has them, never rounded.
fn seconds(time: Time) -> String {
    let nanos = time.0.max(0);
    let mut text = format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
    while text.ends_with('0') && text.len() - text.find('.').unwrap_or(0) > 4 {
        text.pop();
    }
    text
}

impl<'a> Recordings<'a> {
    pub(super) fn of(bundle: &'a Bundle) -> Self {
        let mut of_session: HashMap<_, Vec<_>> = HashMap::new();
        for media in &bundle.media {
            of_session.entry(media.session).or_default().push(media);
        }
        for group in of_session.values_mut() {
            group.sort_by_key(|m| (m.position, m.id));
        }
        Self { of_session, used: BTreeSet::new() }
    }

    /// The part of a recording that a span of the session's timeline is: of the first recording that runs through
    /// it, else of the session itself, whose timeline it then is.
    pub(super) fn fragment(&mut self, session: SessionId, span: Span, published: &Published, graph: &Graph) -> Node {
        let covers = |media: &&&Media| {
            let end = media.duration.map(|d| media.offset + d);
            media.offset <= span.start && end.is_none_or(|end| span.start < end)
        };
        let (file, offset) = match self.of_session.get(&session).and_then(|all| all.iter().find(covers)) {
            Some(media) => {
                self.used.insert(media.id);
                (file(media, published, graph), media.offset)
            }
            None => (graph.base.file(&session.to_string()), Time::ZERO),
        };
        let mut iri = file.as_str().to_owned();
        let _ = write!(iri, "#t={},{}", seconds(span.start - offset), seconds(span.end - offset));
        Node::new(iri)
    }

    /// Describes the recordings that fragments were taken of.
    pub(super) fn write(&self, published: &Published, graph: &mut Graph) {
        let mut files = 0;
        let ranked = self.of_session.values().flat_map(|group| group.iter().enumerate());
        for (rank, media) in ranked.filter(|(_, media)| self.used.contains(&media.id)) {
            let node = file(media, published, graph);
            let moving = media.streams.iter().any(|s| s.kind == StreamKind::Video) || media.mime.starts_with("video/");
            graph.is_a(&node, dctype(if moving { "MovingImage" } else { "Sound" }));
            graph.value(&node, dct("format"), &media.mime);
            if !media.hash.is_empty() {
                graph.value(&node, dct("identifier"), &format!("blake3:{}", media.hash));
            }
            let seconds_of =
                |time: Time| format!("{}{}", if time.0 < 0 { "-" } else { "" }, seconds(Time(time.0.saturating_abs())));
            if rank > 0 {
                let order = graph.own("recordingOrder", "place among the recordings of the text, from 0", None);
                graph.count(&node, order, rank);
            }
            if media.offset != Time::ZERO {
                let offset =
                    graph.own("timelineOffset", "second of the text's time at which the recording starts", None);
                graph.typed(&node, offset, &seconds_of(media.offset), "decimal");
            }
            if let Some(duration) = media.duration.filter(|duration| duration.0 >= 0) {
                let property = graph.own("duration", "length of the recording in seconds", Some(dct("extent")));
                graph.typed(&node, property, &seconds_of(duration), "decimal");
            }
            let session = graph.base.record(media.session.record());
            graph.link(&node, dct("isPartOf"), &session);
            files += 1;
        }
        graph.report.mapped("recordings", files, "named and pointed at; the files themselves are not part of it");
    }
}

/// The IRI of a recording: its path below the project folder; by its id where the path leads elsewhere or names
/// somebody.
fn file(media: &Media, published: &Published, graph: &Graph) -> Node {
    if let Some(named) = graph.base.foreign(media.id.record()) {
        return named;
    }
    let inside = media.storage == MediaStorage::Copied && !media.path.trim().is_empty();
    if inside && !published.names_somebody(&media.path) {
        return graph.base.file(&media.path);
    }
    let extension = media.path.rsplit_once('.').map(|(_, e)| e).filter(|e| e.len() < 6 && !e.contains(['/', '\\']));
    graph.base.file(&format!(
        "media/{}{}{}",
        media.id,
        if extension.is_some() { "." } else { "" },
        extension.unwrap_or("")
    ))
}
