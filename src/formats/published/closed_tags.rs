//! Tags of people who are closed, on tiers that are nobody's: a proposal may have become an annotation before its face
//! had a name.

use std::borrow::Cow;
use std::collections::HashSet;

use super::decisions::person_is_closed;
use crate::domain::{AnnotationId, Bundle, LossReport};

/// The bundle without what proposals on the tracks of closed people became, and without all that hangs under it.
pub(in crate::formats) fn without_closed_tags<'b>(bundle: &'b Bundle, report: &mut LossReport) -> Cow<'b, Bundle> {
    let closed: HashSet<_> = bundle.people.iter().filter(|p| person_is_closed(p)).map(|p| p.id).collect();
    let theirs = bundle.tracks.iter().filter(|track| track.person.is_some_and(|person| closed.contains(&person)));
    let tracks: HashSet<_> = theirs.map(|track| track.id).collect();
    let mut gone: HashSet<AnnotationId> =
        bundle.tags.iter().filter(|tag| tracks.contains(&tag.track)).filter_map(|tag| tag.annotation).collect();
    gone.retain(|id| bundle.annotations.iter().any(|annotation| annotation.id == *id));
    if gone.is_empty() {
        return Cow::Borrowed(bundle);
    }
    report.left_out("annotations", gone.len(), "tags of people who are closed");
    let index = bundle.index();
    let mut above: Vec<AnnotationId> = gone.iter().copied().collect();
    while let Some(id) = above.pop() {
        for child in index.children_of_annotation.get(&id).into_iter().flatten() {
            if gone.insert(child.id) {
                above.push(child.id);
            }
        }
    }
    let mut kept = bundle.clone();
    kept.annotations.retain(|annotation| !gone.contains(&annotation.id));
    kept.words.retain(|word| !gone.contains(&word.annotation));
    let words: HashSet<_> = kept.words.iter().map(|word| word.id).collect();
    kept.morphs.retain(|morph| words.contains(&morph.word));
    kept.tags.retain(|tag| tag.annotation.is_none_or(|id| !gone.contains(&id)));
    Cow::Owned(kept)
}
