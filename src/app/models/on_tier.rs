//! A model of the user's over the annotations of a tier: what it says stands on a tier of proposals beside it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::shelf::Held;
use crate::analysis::models::said::largest;
use crate::analysis::models::{ModelCard, OutputKind, Use};
use crate::app::learning::{Placed, Target, propose_on_tier};
use crate::domain::{Annotation, SessionId, Span, StreamKind, TierId};
use crate::jobs::own::{Applied, Apply, Item};
use crate::jobs::protocol::{Answer, Request};
use crate::jobs::{JobContext, Worker, WorkerError};
use crate::store::{Store, StoreError};

/// Items in one request.
const AT_ONCE: usize = 500;

/// Why a model was not run over a tier.
#[derive(Debug, thiserror::Error)]
pub enum TierError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error("{0}")]
    Model(String),
    #[error("no session has a tier called “{0}”")]
    NoTier(String),
    #[error("the tier “{0}” has nothing on it that the model could be asked about")]
    Nothing(String),
    #[error("“{name}” {why}")]
    Unfit { name: String, why: &'static str },
    #[error("Stopped. Nothing was written.")]
    Cancelled,
}

/// What a model said about an annotation.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub target: Target,
    /// What it was asked about.
    pub text: String,
    /// The likeliest label, or the text that was read.
    pub label: String,
    pub confidence: f32,
}

/// What a model said about a tier; nothing is written yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnTier {
    pub said: Vec<Said>,
    /// Annotations that it had nothing to say about, by why.
    pub silent: BTreeMap<String, usize>,
}

/// One question to the model, and where the answer goes.
struct Question {
    item: Item,
    target: Target,
    text: String,
}

/// Asks a model about every annotation on the tiers of that name; in one session where one is named.
///
/// # Errors
/// [`TierError`]; nothing is written.
pub fn ask(
    store: &Store,
    held: &Held,
    tier: &str,
    session: Option<&str>,
    context: &JobContext,
) -> Result<OnTier, TierError> {
    fits(&held.card)?;
    let mut found = false;
    let mut by_recording: Vec<(Option<PathBuf>, Vec<Question>)> = Vec::new();
    for row in store.read().session_rows()? {
        if session.is_some_and(|name| name != row.session.name) {
            continue;
        }
        for known in store.read().tiers_of(row.session.id)?.iter().filter(|known| known.name == tier) {
            found = true;
            by_recording.push(questions(store, &held.card, row.session.id, known.id)?);
        }
    }
    if !found {
        return Err(TierError::NoTier(tier.to_owned()));
    }
    by_recording.retain(|(_, questions)| !questions.is_empty());
    let total: usize = by_recording.iter().map(|(_, questions)| questions.len()).sum();
    if total == 0 {
        return Err(TierError::Nothing(tier.to_owned()));
    }
    let mut worker = Worker::spawn()?;
    let (mut all, mut done) = (OnTier::default(), 0);
    for (media, questions) in by_recording {
        for some in questions.chunks(AT_ONCE) {
            let items = some.iter().map(|question| question.item.clone()).collect();
            worker.send(&Request::Apply(Apply { model: held.folder.clone(), media: media.clone(), items }))?;
            converse(&mut worker, context, |applied| {
                done += 1;
                context.progress(done as f64 / total as f64, || format!("{done} of {total}"));
                if let Some(question) = some.get(applied.item) {
                    take(&mut all, &held.card, question, applied);
                }
            })?;
        }
    }
    Ok(all)
}

fn fits(card: &ModelCard) -> Result<(), TierError> {
    let unfit = |why| Err(TierError::Unfit { name: card.name.clone(), why });
    if !matches!(card.used_on(), Use::Text | Use::Frame | Use::Speech) {
        return unfit("looks at faces or bodies along a video, not at annotations; use “analyse” with it");
    }
    match card.output.as_ref().map(|output| output.kind) {
        Some(OutputKind::Labels | OutputKind::Text) => Ok(()),
        _ => unfit("gives curves or places, not labels or text, and those cannot stand on a tier"),
    }
}

fn questions(
    store: &Store,
    card: &ModelCard,
    session: SessionId,
    tier: TierId,
) -> Result<(Option<PathBuf>, Vec<Question>), TierError> {
    let kind = match card.used_on() {
        Use::Frame => Some(StreamKind::Video),
        Use::Speech => Some(StreamKind::Audio),
        _ => None,
    };
    let media = store.read().media_of(session)?;
    let media = media.into_iter().find(|m| kind.is_some_and(|kind| m.streams.iter().any(|s| s.kind == kind)));
    let offset = media.as_ref().map(|m| m.offset).unwrap_or_default();
    let path = media.map(|m| store.folder().media_path(&m));
    let mut questions = Vec::new();
    for annotation in store.read().annotations_of(tier)? {
        let target = Target::Under { session, tier, parent: annotation.id };
        let text = annotation.value.clone();
        let item = match (kind, span(store, &annotation)?) {
            (None, _) if !text.trim().is_empty() => Item::Text(text.clone()),
            (Some(_), None) | (None, _) => continue,
            (Some(_), Some(_)) if path.is_none() => continue,
            (Some(StreamKind::Video), Some(span)) => {
                let middle = span.start.0 / 2 + span.end.0 / 2;
                Item::Frame(crate::domain::Time(middle) - offset)
            }
            (Some(_), Some(span)) => Item::Sound { start: span.start - offset, end: span.end - offset },
        };
        questions.push(Question { item, target, text });
    }
    Ok((path, questions))
}

/// The annotation's times, or those of the nearest one above it that has some.
fn span(store: &Store, annotation: &Annotation) -> Result<Option<Span>, StoreError> {
    let mut above = annotation.parent;
    let mut found = annotation.span();
    let mut left = 16;
    while let (None, Some(id), true) = (found, above, left > 0) {
        let parent: Annotation = store.read().require(id)?;
        (found, above, left) = (parent.span(), parent.parent, left - 1);
    }
    Ok(found)
}

fn converse(worker: &mut Worker, context: &JobContext, mut take: impl FnMut(&Applied)) -> Result<(), TierError> {
    loop {
        if context.is_cancelled() {
            worker.cancel(|_| ());
            return Err(TierError::Cancelled);
        }
        match worker.next(Duration::from_millis(100))? {
            Some(Answer::Applied(applied)) => take(&applied),
            Some(Answer::Done { .. }) => return Ok(()),
            Some(Answer::Cancelled { .. }) => return Err(TierError::Cancelled),
            Some(Answer::Error { message, .. }) => return Err(TierError::Model(message)),
            _ => {}
        }
    }
}

fn take(all: &mut OnTier, card: &ModelCard, question: &Question, applied: &Applied) {
    let mut say = |label: &str, confidence: f32| {
        let (target, text) = (question.target.clone(), question.text.clone());
        all.said.push(Said { target, text, label: label.to_owned(), confidence });
    };
    if let Some(why) = &applied.problem {
        *all.silent.entry(why.clone()).or_default() += 1;
    } else if let Some(text) = &applied.text {
        say(text, applied.confidence);
    } else if let Some((label, share)) =
        largest(&applied.numbers).and_then(|(at, share)| Some((card.labels.get(at)?, share)))
    {
        say(label, share);
    }
}

/// Writes what the model said, where it is as sure as its card wants, onto a tier of its own proposals under each tier;
/// gives how many. One step, which Undo takes back. Earlier proposals that nobody changed make room.
///
/// # Errors
/// When the file refuses.
pub fn write(store: &mut Store, held: &Held, tier: &str, said: &OnTier) -> Result<usize, StoreError> {
    let output = held.card.output.as_ref();
    let threshold = output.map_or(0.5, |output| output.threshold);
    let quiet = |label: &String| output.is_some_and(|output| output.quiet.contains(label));
    let sure = said.said.iter().filter(|said| said.confidence >= threshold && !quiet(&said.label));
    let placed = sure
        .map(|said| Placed {
            target: said.target.clone(),
            label: said.label.clone(),
            note: serde_json::json!({
                "label": said.label,
                "confidence": (f64::from(said.confidence) * 1000.0).round() / 1000.0,
                "by": format!("{} {}", held.card.name, held.card.version_or_date()),
                "model": held.card.file.as_ref().map(|file| file.sha256.clone()),
            }),
        })
        .collect();
    propose_on_tier(store, placed, tier, &held.card.name)
}
