//! Segmenting and transcribing.

use super::tiers::{self, NewTier};
use super::{Edited, words};
use crate::domain::{Annotation, AnnotationId, Constraint, Span, Tier, TierId, TierRole, Time};
use crate::store::{Op, OpKind, Store, StoreError, Tx};

/// The shortest annotation that can be made by hand.
pub const SHORTEST: Time = Time::from_millis(10);

/// Adds an annotation to a time-aligned tier. Where others stand already it gets what is free between them.
///
/// # Errors
/// When the tier takes no times of its own, or nothing is free there.
pub fn add(store: &mut Store, tier: TierId, span: Span, value: &str) -> Edited<AnnotationId> {
    store.transact(Op::new(OpKind::AddAnnotation), |tx| {
        let on: Tier = tx.read().require(tier)?;
        if !on.constraint.is_time_aligned() {
            return Err(StoreError::Rule(format!(
                "annotations on '{}' belong to one on its parent tier; they have no times of their own",
                on.name
            )));
        }
        let mut wanted = span;
        let mut parent = None;
        if let Some(parent_tier) = on.parent {
            let found = tx.read().annotation_at(parent_tier, middle(span))?.ok_or_else(|| {
                StoreError::Rule(format!("'{}' needs an annotation on its parent tier there", on.name))
            })?;
            wanted = within(span, &found);
            parent = Some(found.id);
        }
        let mut annotation = Annotation::new(tier, Some(free(tx, tier, wanted, None)?), 0, value);
        annotation.parent = parent;
        tx.insert(&annotation)?;
        if on.role == TierRole::Transcription {
            words::follow_text(tx, &annotation)?;
        }
        Ok(annotation.id)
    })
}

fn middle(span: Span) -> Time {
    Time(span.start.0.midpoint(span.end.0))
}

/// What of a span lies within an annotation; of no length when nothing does.
fn within(span: Span, parent: &Annotation) -> Span {
    let Some(outer) = parent.span() else { return span };
    let start = span.start.clamp(outer.start, outer.end);
    Span { start, end: span.end.clamp(start, outer.end) }
}

/// What of a span is free on a tier around the span's middle, `but` left aside.
fn free(tx: &Tx<'_>, tier: TierId, span: Span, but: Option<AnnotationId>) -> Result<Span, StoreError> {
    let mut wanted = Span { start: span.start.max(Time::ZERO), end: span.end.max(Time::ZERO) };
    let middle = middle(wanted);
    for other in tx.read().annotations_in(tier, wanted)? {
        let Some(taken) = other.span().filter(|taken| taken.overlaps(wanted) && Some(other.id) != but) else {
            continue;
        };
        if taken.end <= middle || taken.start <= wanted.start && taken.end < wanted.end {
            wanted.start = wanted.start.max(taken.end);
        } else {
            wanted.end = wanted.end.min(taken.start);
        }
    }
    if wanted.duration() < SHORTEST {
        return Err(StoreError::Rule("there is no room for an annotation there".to_owned()));
    }
    Ok(wanted)
}

/// Sets an annotation's text. On a transcription tier its words follow: those that stay keep their analysis.
/// Quick changes of the same text are one step.
///
/// # Errors
/// When there is no such annotation, or the file refuses.
pub fn set_value(store: &mut Store, id: AnnotationId, value: &str) -> Edited {
    store.transact(Op::typing(OpKind::EditAnnotation, format!("annotation:{id}:value")), |tx| {
        let before: Annotation = tx.read().require(id)?;
        if before.value == value {
            return Ok(());
        }
        let annotation = tx.modify::<Annotation>(id, |a| {
            a.value = value.to_owned();
            a.entry = None;
        })?;
        let tier: Tier = tx.read().require(annotation.tier)?;
        if tier.role == TierRole::Transcription {
            words::follow_text(tx, &annotation)?;
        }
        Ok(())
    })
}

/// Sets the text that a symbolic child tier (a translation, a note) has for an annotation; empty text takes the
/// child annotation out.
///
/// # Errors
/// When there is no such annotation or tier, or the file refuses.
pub fn set_line(store: &mut Store, parent: AnnotationId, tier: TierId, value: &str) -> Edited {
    store.transact(Op::typing(OpKind::EditTranslation, format!("annotation:{parent}:line:{tier}")), |tx| {
        let on: Tier = tx.read().require(tier)?;
        let above: Annotation = tx.read().require(parent)?;
        if on.parent != Some(above.tier) || on.constraint.is_time_aligned() {
            return Err(StoreError::Rule(format!("'{}' does not take lines for this annotation", on.name)));
        }
        write_line(tx, &above, &on, value)
    })
}

/// As [`set_line`], on the child tier with that role; the first text makes the tier, in the same step. `name` and
/// `language` are for that tier only.
///
/// # Errors
/// As for [`set_line`].
pub fn set_line_of(
    store: &mut Store,
    parent: AnnotationId,
    role: TierRole,
    name: &str,
    language: &str,
    value: &str,
) -> Edited {
    store.transact(Op::typing(OpKind::EditTranslation, format!("annotation:{parent}:line:{role:?}")), |tx| {
        let above: Annotation = tx.read().require(parent)?;
        let tier: Tier = tx.read().require(above.tier)?;
        let tiers = tx.read().tiers_of(tier.session)?;
        let line = match tiers.into_iter().find(|t| t.parent == Some(tier.id) && t.role == role) {
            Some(line) => line,
            None if value.is_empty() => return Ok(()),
            None => {
                let new = NewTier {
                    name: name.to_owned(),
                    role,
                    parent: Some(tier.id),
                    constraint: Constraint::SymbolicAssociation,
                    language: language.to_owned(),
                };
                let made = tiers::insert(tx, tier.session, new)?;
                tx.modify::<Tier>(made, |t| t.participant = tier.participant)?
            }
        };
        write_line(tx, &above, &line, value)
    })
}

/// The first annotation under `above` on a child tier; a new one on a tier with times lasts as long as `above`.
fn write_line(tx: &Tx<'_>, above: &Annotation, on: &Tier, value: &str) -> Result<(), StoreError> {
    let known = tx.read().children_of(above.id)?.into_iter().find(|child| child.tier == on.id);
    match known {
        Some(child) if value.is_empty() => tx.delete_annotation(child.id),
        Some(child) if child.value == value => Ok(()),
        Some(child) => tx.modify::<Annotation>(child.id, |a| a.value = value.to_owned()).map(|_| ()),
        None if value.is_empty() => Ok(()),
        None => {
            let span = above.span().filter(|_| on.constraint.is_time_aligned());
            let mut child = Annotation::new(on.id, span, 0, value);
            child.parent = Some(above.id);
            tx.insert(&child)
        }
    }
}

/// Moves an annotation's edges; neighbours on the tier stop it, annotations under it are kept within.
///
/// # Errors
/// When it has no times, or nothing is free there.
pub fn set_span(store: &mut Store, id: AnnotationId, span: Span) -> Edited {
    store.transact(Op::typing(OpKind::MoveAnnotation, format!("annotation:{id}:span")), |tx| {
        let before: Annotation = tx.read().require(id)?;
        let Some(old) = before.span() else {
            return Err(StoreError::Rule("this annotation has no times of its own".to_owned()));
        };
        let wanted = match before.parent {
            Some(parent) => within(span, &tx.read().require(parent)?),
            None => span,
        };
        let fitted = free(tx, before.tier, wanted, Some(id))?;
        let mut annotation = before;
        annotation.start = Some(fitted.start);
        annotation.end = Some(fitted.end);
        tx.update(&annotation)?;
        follow_parent(tx, &annotation, old)
    })
}

/// Keeps what hangs under an annotation within its new times: a subdivision is stretched with it, others are cut.
fn follow_parent(tx: &Tx<'_>, parent: &Annotation, old: Span) -> Result<(), StoreError> {
    let Some(new) = parent.span() else { return Ok(()) };
    for mut child in tx.read().children_of(parent.id)? {
        let Some(was) = child.span() else { continue };
        let tier: Tier = tx.read().require(child.tier)?;
        if tier.constraint == Constraint::TimeSubdivision && old.duration() > Time::ZERO {
            let scale = |t: Time| {
                let along = (t - old.start).0 as f64 / old.duration().0 as f64;
                Time(new.start.0 + (along * new.duration().0 as f64).round() as i64)
            };
            child.start = Some(scale(was.start));
            child.end = Some(scale(was.end));
        } else {
            let kept = within(was, parent);
            child.start = Some(kept.start);
            child.end = Some(kept.end);
        }
        if child.span() != Some(was) {
            tx.update(&child)?;
            follow_parent(tx, &child, was)?;
        }
    }
    Ok(())
}

/// Splits an annotation in two at a moment. Its text is parted at the word nearest to that moment, or before the
/// character at byte `caret` when the writer's caret stands in it; words go with their text.
/// Gives the id of the second half.
///
/// # Errors
/// When the moment does not lie well within it.
pub fn split(store: &mut Store, id: AnnotationId, at: Time, caret: Option<usize>) -> Edited<AnnotationId> {
    store.transact(Op::new(OpKind::SplitAnnotation), |tx| {
        let mut first: Annotation = tx.read().require(id)?;
        let Some(span) = first.span().filter(|s| s.start + SHORTEST <= at && at + SHORTEST <= s.end) else {
            return Err(StoreError::Rule("put the playhead inside the annotation to split it there".to_owned()));
        };
        let along = (at - span.start).0 as f64 / span.duration().0 as f64;
        let cut = match caret {
            Some(caret) if first.value.is_char_boundary(caret) => caret,
            _ => nearest_gap(&first.value, along),
        };
        let mut second = first.clone();
        second.id = AnnotationId::new();
        second.residue = Default::default();
        second.start = Some(at);
        second.value = first.value[cut..].trim_start().to_owned();
        first.end = Some(at);
        first.value.truncate(cut);
        first.value.truncate(first.value.trim_end().len());
        tx.update(&first)?;
        tx.insert(&second)?;
        let kept = crate::glossing::tokens::tokens(&first.value).len();
        for (position, mut word) in tx.read().words_of(id)?.into_iter().skip(kept).enumerate() {
            word.annotation = second.id;
            word.position = position as i64;
            tx.update(&word)?;
        }
        for child in tx.read().children_of(id)? {
            if let Some(within) = child.span() {
                split_child(tx, child, within, at, second.id)?;
            }
        }
        let tier: Tier = tx.read().require(first.tier)?;
        if tier.role == TierRole::Transcription {
            words::follow_text(tx, &first)?;
            words::follow_text(tx, &second)?;
        }
        Ok(second.id)
    })
}

fn split_child(
    tx: &Tx<'_>,
    mut child: Annotation,
    within: Span,
    at: Time,
    second: AnnotationId,
) -> Result<(), StoreError> {
    if within.start >= at {
        child.parent = Some(second);
    } else if within.end > at {
        // A child across the cut stays with the first half, as long as that lasts.
        child.end = Some(at);
    } else {
        return Ok(());
    }
    tx.update(&child)?;
    follow_parent(tx, &child, within)
}

/// The byte between words that is nearest to a place along the text (0 to 1).
fn nearest_gap(text: &str, along: f64) -> usize {
    let wanted = along * text.len() as f64;
    let gaps = text.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).chain([text.len()]);
    gaps.min_by_key(|at| (*at as f64 - wanted).abs() as u64).unwrap_or(text.len())
}

/// Joins an annotation with the next one on its tier; what stands under either stands under both together.
///
/// # Errors
/// When there is no next one.
pub fn merge_with_next(store: &mut Store, id: AnnotationId) -> Edited {
    store.transact(Op::new(OpKind::MergeAnnotations), |tx| {
        let mut first: Annotation = tx.read().require(id)?;
        let next = match first.start {
            Some(start) => tx.read().annotation_beside(first.tier, start, true)?,
            None => None,
        };
        let Some(second) = next else {
            return Err(StoreError::Rule("there is no annotation after this one to join it with".to_owned()));
        };
        if first.parent != second.parent {
            let problem = "the two belong to different annotations on the parent tier; join those first";
            return Err(StoreError::Rule(problem.to_owned()));
        }
        move_under(tx, second.id, id)?;
        first.end = first.end.max(second.end);
        first.value = format!("{} {}", first.value, second.value).trim().to_owned();
        tx.hand_over(second.id, id)?;
        tx.delete_annotation(second.id)?;
        tx.update(&first)?;
        let tier: Tier = tx.read().require(first.tier)?;
        if tier.role == TierRole::Transcription {
            words::follow_text(tx, &first)?;
        }
        Ok(())
    })
}

/// Brings the words and the annotations under one annotation under another, after those that are there. On a tier
/// with one line under each parent the two lines become one.
fn move_under(tx: &Tx<'_>, from: AnnotationId, to: AnnotationId) -> Result<(), StoreError> {
    let after = tx.read().words_of(to)?.iter().map(|w| w.position).max().map_or(0, |p| p + 1);
    for (position, mut word) in (after..).zip(tx.read().words_of(from)?) {
        word.annotation = to;
        word.position = position;
        tx.update(&word)?;
    }
    let there = tx.read().children_of(to)?;
    let after = there.iter().map(|c| c.position).max().map_or(0, |p| p + 1);
    for (position, mut child) in (after..).zip(tx.read().children_of(from)?) {
        let tier: Tier = tx.read().require(child.tier)?;
        let partner = there.iter().find(|c| c.tier == child.tier);
        match partner {
            Some(partner) if tier.constraint == Constraint::SymbolicAssociation => {
                let joined = format!("{} {}", partner.value, child.value).trim().to_owned();
                tx.modify::<Annotation>(partner.id, |a| a.value = joined)?;
                move_under(tx, child.id, partner.id)?;
                tx.hand_over(child.id, partner.id)?;
                tx.delete_annotation(child.id)?;
            }
            _ => {
                child.parent = Some(to);
                child.position = position;
                tx.update(&child)?;
            }
        }
    }
    Ok(())
}

/// Takes an annotation out, with its words and what hangs under it.
///
/// # Errors
/// When there is none, or the file refuses.
pub fn delete(store: &mut Store, id: AnnotationId) -> Edited {
    store.transact(Op::new(OpKind::DeleteAnnotation), |tx| tx.delete_annotation(id))
}
