//! What was said, with times: for formats that hold one stream of timed texts (subtitles, labels).

use std::collections::{HashMap, HashSet};

use super::{Format, eaf, spans};
use crate::domain::bundle::BundleIndex;
use crate::domain::*;

/// The tiers to write, in order, and what is on each, by start.
pub struct Speech<'a> {
    pub tiers: Vec<(&'a Tier, Vec<(Span, &'a Annotation)>)>,
}

/// The tiers of a session that carry what was said: those in the role of a transcription, or where there is none all
/// that hang under no other. What else the session holds is counted as left out.
pub fn of<'a>(
    bundle: &'a Bundle,
    index: &BundleIndex<'a>,
    session: &Session,
    format: Format,
    report: &mut LossReport,
) -> Speech<'a> {
    let all: Vec<&Tier> = index.tiers_of_session.get(&session.id).into_iter().flatten().copied().collect();
    let spoken = |tier: &&Tier| tier.role == TierRole::Transcription;
    let chosen: Vec<&Tier> = match all.iter().any(spoken) {
        true => all.iter().copied().filter(spoken).collect(),
        false => all.iter().copied().filter(|tier| tier.parent.is_none()).collect(),
    };
    let taken: HashSet<TierId> = chosen.iter().map(|tier| tier.id).collect();
    let on_session: HashSet<TierId> = all.iter().map(|tier| tier.id).collect();
    let groups = eaf::by_tier(&all, bundle.annotations.iter().filter(|a| on_session.contains(&a.tier)));
    let needed = with_ancestors(&chosen, &all);
    let spans = spans::of(&needed, &groups, report);
    let tiers = chosen
        .iter()
        .map(|tier| {
            let group = groups.get(&tier.id).map(Vec::as_slice).unwrap_or_default();
            let mut items: Vec<(Span, &Annotation)> =
                group.iter().filter_map(|a| Some((*spans.get(&a.id)?, *a))).collect();
            items.sort_by_key(|(span, a)| (span.start, span.end, a.position));
            (*tier, items)
        })
        .collect();
    let why = format!("{format} holds one text a stretch of time");
    for tier in all.iter().filter(|tier| !taken.contains(&tier.id)) {
        let count = groups.get(&tier.id).map_or(0, Vec::len);
        report.left_out(format!("annotations on tier '{}'", tier.name), count, why.clone());
    }
    let words: Vec<&Word> = groups
        .values()
        .flatten()
        .flat_map(|a| index.words_of_annotation.get(&a.id).into_iter().flatten().copied())
        .collect();
    let morphs = words.iter().map(|w| index.morphs_of_word.get(&w.id).map_or(0, Vec::len)).sum();
    report.left_out("words with their glosses", words.len(), why.clone());
    report.left_out("morphs", morphs, why.clone());
    let about = |t: &&&Tier| !t.annotator.is_empty() || t.vocabulary.is_some() || !t.type_name.is_empty();
    report.left_out("annotator, type or vocabulary of a tier", chosen.iter().filter(about).count(), why.clone());
    report.left_out("media files", bundle.media.iter().filter(|m| m.session == session.id).count(), why.clone());
    let described = !session.title.is_empty() || !session.description.is_empty() || !session.date.is_empty();
    report.left_out("title, date or description of the session", usize::from(described), why);
    Speech { tiers }
}

/// The tiers and those above them, whose times theirs may rest on.
fn with_ancestors<'a>(chosen: &[&'a Tier], all: &[&'a Tier]) -> Vec<&'a Tier> {
    let by_id: HashMap<TierId, &Tier> = all.iter().map(|tier| (tier.id, *tier)).collect();
    let (mut needed, mut seen) = (Vec::new(), HashSet::new());
    for tier in chosen {
        let mut at = Some(*tier);
        while let Some(tier) = at.filter(|tier| seen.insert(tier.id)) {
            needed.push(tier);
            at = tier.parent.and_then(|parent| by_id.get(&parent).copied());
        }
    }
    needed
}
