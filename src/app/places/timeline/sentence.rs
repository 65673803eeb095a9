//! The utterance being worked on, with its translation and note.

use super::base::Base;
use crate::app::core::Core;
use crate::domain::{Annotation, AnnotationId, Span, Tier, TierRole};
use crate::store::{Reader, StoreError};
use crate::ui::timeline::Sentence;

/// The sentence of what is selected: for a translation or a note the annotation it belongs to.
pub fn of(core: &mut Core, base: &Base) -> Option<Sentence> {
    let selected = core.selection.annotation?;
    let sentence = ask(core, base, selected);
    core.ask(sentence).flatten()
}

fn ask(core: &Core, base: &Base, selected: AnnotationId) -> Result<Option<Sentence>, StoreError> {
    let read = core.store.read();
    let Some(annotation) = whose(read, base, selected)? else { return Ok(None) };
    let Some(tier) = base.tier(annotation.tier) else { return Ok(None) };
    let span = span_of(read, &annotation)?;
    let (count, done) = read.tier_progress(tier.id)?;
    let number = match annotation.start {
        Some(start) => read.annotations_before(tier.id, start)? + 1,
        None => read.annotations_of(tier.id)?.iter().position(|a| a.id == annotation.id).map_or(1, |at| at + 1),
    };
    let children = read.children_of(annotation.id)?;
    let line = |role: TierRole| {
        let on = |child: &&Annotation| base.tier(child.tier).is_some_and(|tier| tier.role == role);
        children.iter().find(on).map(|child| child.value.clone()).unwrap_or_default()
    };
    let translated = base.tiers.iter().find(|t| t.parent == Some(tier.id) && t.role == TierRole::Translation);
    let spoken = if tier.language.is_empty() && tier.role == TierRole::Transcription {
        core.object_language()
    } else {
        &tier.language
    };
    Ok(Some(Sentence {
        id: annotation.id,
        number,
        count,
        done,
        participant: base.person(tier.participant).unwrap_or_else(|| tier.name.clone()),
        span,
        language: language_name(core, spoken),
        translation: line(TierRole::Translation),
        translation_language: language_name(
            core,
            translated
                .map(|tier| tier.language.as_str())
                .filter(|tag| !tag.is_empty())
                .unwrap_or(core.analysis_language()),
        ),
        note: line(TierRole::Note),
        text: annotation.value,
    }))
}

/// The annotation that is worked on when one is selected.
pub fn whose(read: Reader<'_>, base: &Base, selected: AnnotationId) -> Result<Option<Annotation>, StoreError> {
    let Some(annotation) = read.get::<Annotation>(selected)? else { return Ok(None) };
    let belongs =
        |tier: &Tier| matches!(tier.role, TierRole::Translation | TierRole::LiteralTranslation | TierRole::Note);
    match annotation.parent {
        Some(parent) if base.tier(annotation.tier).is_some_and(belongs) => read.get(parent),
        _ => Ok(Some(annotation)),
    }
}

/// When an annotation is heard: its own times, or those of the nearest one above that has some.
pub fn span_of(read: Reader<'_>, annotation: &Annotation) -> Result<Option<Span>, StoreError> {
    let mut at = annotation.clone();
    for _ in 0..32 {
        match (at.span(), at.parent) {
            (Some(span), _) => return Ok(Some(span)),
            (None, Some(parent)) => match read.get(parent)? {
                Some(above) => at = above,
                None => return Ok(None),
            },
            (None, None) => return Ok(None),
        }
    }
    Ok(None)
}

/// A language's name in the project, its tag where it has none.
fn language_name(core: &Core, tag: &str) -> String {
    let language = core.languages.iter().find(|language| language.tag == tag);
    language.and_then(|language| language.name.first()).filter(|name| !name.is_empty()).unwrap_or(tag).to_owned()
}
