//! Reviewing what models propose: accept, reject, change, cannot tell. The proposal itself is never altered.

use super::Edited;
use crate::domain::{
    Annotation, AnnotationId, Constraint, ModelRun, Person, PersonId, Review, Span, Tag, TagId, TagStatus, Tier,
    TierId, TierRole, Track, TrackId, TrackKind,
};
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

/// The tier that takes the accepted tags of a track's person, made at the first one. Tags of one person may overlap
/// (a smile while nodding), so each kind of tag has a tier of its own, and a second one where two of a kind overlap
/// (both hands up). `but` is the annotation that the tag had before.
fn tier_for(tx: &Tx<'_>, tag: &Tag, span: Span, but: Option<AnnotationId>) -> Result<TierId, StoreError> {
    let track: Track = tx.read().require(tag.track)?;
    let run: ModelRun = tx.read().require(tag.run)?;
    let who = match track.person {
        Some(person) => tx.read().require::<crate::domain::Person>(person)?.code,
        None => match track.kind {
            TrackKind::Face => format!("Face {}", track.number),
            TrackKind::Body => format!("Body {}", track.number),
            TrackKind::Voice => format!("Speaker {}", track.number),
        },
    };
    let kind = tag.label.split('.').next().unwrap_or(&tag.label).replace('_', " ");
    let first = format!("{who} · {kind}");
    let tiers = tx.read().tiers_of(run.session)?;
    let mut name = first.clone();
    for number in 2.. {
        let Some(known) = tiers.iter().find(|t| t.role == TierRole::Tags && t.name == name) else { break };
        let there = tx.read().annotations_in(known.id, span)?;
        if !there.iter().any(|a| Some(a.id) != but && a.span().is_some_and(|taken| taken.overlaps(span))) {
            return Ok(known.id);
        }
        name = format!("{first} {number}");
    }
    let tier = Tier {
        id: TierId::new(),
        session: run.session,
        parent: None,
        name,
        role: TierRole::Tags,
        constraint: Constraint::None,
        type_name: "tags".to_owned(),
        participant: track.person,
        annotator: tx.author().to_owned(),
        language: String::new(),
        vocabulary: None,
        position: tiers.iter().map(|t| t.position).max().map_or(0, |p| p + 1),
        residue: Default::default(),
    };
    tx.insert(&tier)?;
    Ok(tier.id)
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
            let same = super::looks::same_elsewhere(&tx.read(), track)?;
            for track in same.into_iter().chain([track]) {
                tx.modify::<Track>(track, |track| track.person = Some(person.id))?;
            }
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
