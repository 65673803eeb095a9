//! Reviewing what models propose: accept, reject, change, cannot tell. The proposal itself is never altered.

use super::Edited;
use super::tag_tiers::{follow_names, tier_for};
use crate::domain::{Annotation, AnnotationId, Person, PersonId, Review, Span, Tag, TagId, TagStatus, Track, TrackId};
use crate::store::{Op, OpKind, Store, StoreError, Tx};

/// How a machine label reads: `expression.happiness` as `resembling happiness`, `hand_up.left` as `hand up, left`.
pub fn readable(label: &str) -> String {
    match label.split_once('.') {
        Some(("expression", class)) => format!("resembling {}", class.replace('_', " ")),
        Some((what, side)) => format!("{}, {}", what.replace('_', " "), side.replace('_', " ")),
        None => label.replace('_', " "),
    }
}

/// The label as the card of a model of the user's own has it, out of `model.label`.
pub fn own_label<'a>(label: &'a str, model: Option<&str>) -> Option<&'a str> {
    label.strip_prefix(model?)?.strip_prefix('.')
}

/// What a proposal puts forward to be written: its text where it has one (a phonetic line), else its label. That of a model
/// of the user's own is written as the model learned it, so that what is accepted can be learned from again.
pub fn proposed(tag: &Tag) -> String {
    match tag.evidence["text"].as_str() {
        Some(text) if !text.is_empty() => text.to_owned(),
        _ => called(&tag.label, tag.evidence["model"].as_str()),
    }
}

/// How a label is called: that of a model of the user's own as its card has it, others [`readable`].
pub fn called(label: &str, model: Option<&str>) -> String {
    own_label(label, model).map_or_else(|| readable(label), str::to_owned)
}

/// Accepts a proposal as it is: it becomes an annotation on the tags tier of its person.
///
/// # Errors
/// When there is no such proposal, or the file refuses.
pub fn accept(store: &mut Store, id: TagId) -> Edited<AnnotationId> {
    store.transact(Op::new(OpKind::AcceptTag), |tx| {
        let tag: Tag = tx.read().require(id)?;
        let (span, value) = (Span::new(tag.start, tag.end), proposed(&tag));
        decide(tx, tag, TagStatus::Accepted, Some((span, value)))?
            .ok_or_else(|| StoreError::Rule("the proposal was not accepted".to_owned()))
    })
}

/// Accepts a proposal with another label or other times; the annotation says what the reviewer said.
///
/// # Errors
/// As for [`accept`].
pub fn change(store: &mut Store, id: TagId, span: Span, value: &str) -> Edited<AnnotationId> {
    store.transact(Op::new(OpKind::ChangeTag), |tx| {
        let tag: Tag = tx.read().require(id)?;
        decide(tx, tag, TagStatus::Changed, Some((span, value.to_owned())))?
            .ok_or_else(|| StoreError::Rule("the proposal was not accepted".to_owned()))
    })
}

/// Rejects a proposal.
///
/// # Errors
/// As for [`accept`].
pub fn reject(store: &mut Store, id: TagId) -> Edited {
    store.transact(Op::new(OpKind::RejectTag), |tx| {
        let tag: Tag = tx.read().require(id)?;
        decide(tx, tag, TagStatus::Rejected, None).map(|_| ())
    })
}

/// Says that nobody could tell.
///
/// # Errors
/// As for [`accept`].
pub fn unsure(store: &mut Store, id: TagId) -> Edited {
    store.transact(Op::new(OpKind::UnsureTag), |tx| {
        let tag: Tag = tx.read().require(id)?;
        decide(tx, tag, TagStatus::Unsure, None).map(|_| ())
    })
}

/// Decides on a proposal, and keeps what the reviewer said beside it.
pub(super) fn decide(
    tx: &Tx<'_>,
    mut tag: Tag,
    status: TagStatus,
    becomes: Option<(Span, String)>,
) -> Result<Option<AnnotationId>, StoreError> {
    if status == TagStatus::Accepted {
        super::speaking::bind(tx, &tag)?;
    }
    let before = tag.annotation.take();
    let review = review(tx, &tag, status, becomes.as_ref())?;
    tx.upsert(&review)?;
    tag.status = status;
    tag.reviewer.clone_from(&review.reviewer);
    tag.reviewed.clone_from(&review.reviewed);
    if let Some((span, value)) = becomes {
        let tier = tier_for(tx, &tag, span, before)?;
        let annotation = match before {
            Some(id) => tx.modify::<Annotation>(id, |a| {
                a.tier = tier;
                a.start = Some(span.start);
                a.end = Some(span.end);
                a.value.clone_from(&value);
            })?,
            None => {
                let new = Annotation::new(tier, Some(span), 0, value);
                tx.insert(&new)?;
                new
            }
        };
        tag.annotation = Some(annotation.id);
        tx.update(&tag)?;
        return Ok(tag.annotation);
    }
    tx.update(&tag)?;
    if let Some(id) = before {
        tx.delete_annotation(id)?;
        // Deleting the annotation opened the proposal again: put the decision back.
        tx.update(&tag)?;
    }
    Ok(None)
}

/// Under which name reviews are kept.
pub(super) fn reviewer(tx: &Tx<'_>) -> String {
    if tx.author().is_empty() { "unnamed".to_owned() } else { tx.author().to_owned() }
}

/// What a reviewer says, with name and date.
pub(super) fn review(
    tx: &Tx<'_>,
    tag: &Tag,
    status: TagStatus,
    becomes: Option<&(Span, String)>,
) -> Result<Review, StoreError> {
    let (span, label) = becomes.cloned().unwrap_or((Span::new(tag.start, tag.end), String::new()));
    let reviewer = reviewer(tx);
    let id = Review::id_of(tag.id, &reviewer);
    let before: Option<Review> = tx.read().get(id)?;
    let (was_label, was) = match before.as_ref().filter(|before| before.is_tag()) {
        Some(before) => (before.label.clone(), before.span()),
        None => (tag.label.clone(), Span::new(tag.start, tag.end)),
    };
    Ok(Review {
        id,
        tag: tag.id,
        reviewer,
        reviewed: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        status,
        label,
        start: span.start,
        end: span.end,
        was_label,
        was_start: was.start,
        was_end: was.end,
        note: before.as_ref().map(|before| before.note.clone()).unwrap_or_default(),
        residue: before.map(|before| before.residue).unwrap_or_default(),
    })
}

/// Says who a track is, and with it the same face or body in other looks that went by the same name, or none; `None`
/// makes it alone unnamed again.
///
/// # Errors
/// When there is no such track, or the file refuses.
pub fn name_track(store: &mut Store, id: TrackId, person: Option<PersonId>) -> Edited {
    store.transact(Op::new(OpKind::NameTrack), |tx| {
        let mut all = vec![id];
        if person.is_some() {
            all.extend(super::looks::same_elsewhere(&tx.read(), id)?);
        }
        for track in &all {
            tx.modify::<Track>(*track, |track| track.person = person)?;
        }
        follow_names(tx, &all)?;
        super::identity::respect_consent(tx, person, &all)
    })
}

/// Adds a person under a short code; the track, where one is given, shows them.
///
/// # Errors
/// When the code is empty or taken, there is no such track, or the file refuses.
pub fn add_person(store: &mut Store, code: &str, track: Option<TrackId>) -> Edited<PersonId> {
    let code = code.trim();
    store.transact(Op::new(OpKind::AddPerson), |tx| {
        if code.is_empty() {
            return Err(StoreError::Rule("A person needs a name or a code. Nothing was changed.".to_owned()));
        }
        if tx.read().people()?.iter().any(|known| known.code == code) {
            return Err(StoreError::Rule(format!("There is already someone called “{code}”. Nothing was changed.")));
        }
        let person = new_person(code);
        tx.insert(&person)?;
        if let Some(track) = track {
            let mut all = super::looks::same_elsewhere(&tx.read(), track)?;
            all.push(track);
            for track in &all {
                tx.modify::<Track>(*track, |track| track.person = Some(person.id))?;
            }
            follow_names(tx, &all)?;
        }
        Ok(person.id)
    })
}

/// Somebody of whom only a code is known.
pub(super) fn new_person(code: &str) -> Person {
    Person {
        id: PersonId::new(),
        code: code.to_owned(),
        name: String::new(),
        languages: Vec::new(),
        notes: String::new(),
        consent: Default::default(),
        access: Default::default(),
        residue: Default::default(),
    }
}
