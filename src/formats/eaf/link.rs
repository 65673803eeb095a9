//! How tiers and annotations of a file hang together: parents, order, constraints, roles.

use std::collections::BTreeMap;

use super::read::{Kind, RawTier, slots_of};
use super::{HashMap, HashSet, LANGUAGE_ASSUMED, NAME, names, order};
use crate::domain::*;
use crate::formats::ImportOptions;

/// Parents by name; circles and names that are not there are cut, and said.
pub fn link_tiers(tiers: &mut [RawTier], report: &mut LossReport) {
    let by_name: HashMap<String, usize> =
        tiers.iter().enumerate().rev().map(|(place, raw)| (raw.tier.name.clone(), place)).collect();
    let mut parents: Vec<Option<usize>> = Vec::new();
    for raw in tiers.iter() {
        let wanted = raw.node.get("PARENT_REF").filter(|name| !name.is_empty());
        let parent = wanted.and_then(|name| by_name.get(name).copied());
        if let (Some(name), None) = (wanted, parent) {
            report.warn(format!(
                "tier '{}' hangs under a tier '{name}' that is not there; it now stands alone",
                raw.tier.name
            ));
        }
        parents.push(parent);
    }
    for start in 0..tiers.len() {
        let (mut place, mut steps) = (start, 0);
        while let Some(parent) = parents[place] {
            steps += 1;
            if parent == start || steps > tiers.len() {
                parents[start] = None;
                let name = &tiers[start].tier.name;
                report.warn(format!("the parents of tier '{name}' run in a circle; it now stands alone"));
                break;
            }
            place = parent;
        }
    }
    for (place, parent) in parents.into_iter().enumerate() {
        tiers[place].tier.parent = parent.map(|parent| tiers[parent].tier.id);
    }
}

/// A constraint for tiers under another whose type is missing (cut off with the file's end) or says none.
pub fn infer_constraints(tiers: &mut [RawTier], report: &mut LossReport) {
    for raw in tiers.iter_mut() {
        if !raw.declared && !raw.tier.type_name.is_empty() {
            report.warn(format!("the type '{}' of tier '{}' is not in the file", raw.tier.type_name, raw.tier.name));
        }
        if raw.tier.constraint != Constraint::None || raw.tier.parent.is_none() {
            continue;
        }
        let (mut parents, mut list, mut refs) = (HashSet::default(), false, false);
        for a in &raw.annotations {
            if let Kind::Ref { parent, previous } = a.kind {
                refs = true;
                list |= previous.is_some() || !parents.insert(parent);
            }
        }
        raw.tier.constraint = match (refs, list) {
            (false, _) => Constraint::IncludedIn,
            (true, true) => Constraint::SymbolicSubdivision,
            (true, false) => Constraint::SymbolicAssociation,
        };
        report.mapped(
            "tier constraints",
            1,
            format!("'{}' has none declared; its annotations look like {:?}", raw.tier.name, raw.tier.constraint),
        );
    }
}

/// What each tier is for, as far as names tell.
pub fn guess_roles(tiers: &mut [RawTier], options: &ImportOptions, report: &mut LossReport) {
    let with_words: HashSet<TierId> = tiers
        .iter()
        .filter(|raw| names::is_words(&raw.tier.name, &raw.tier.type_name))
        .filter_map(|raw| raw.tier.parent)
        .collect();
    let sorted: Vec<TierId> =
        order::parents_first(&tiers.iter().map(|raw| &raw.tier).collect::<Vec<_>>()).iter().map(|t| t.id).collect();
    let places: HashMap<TierId, usize> = tiers.iter().enumerate().map(|(place, raw)| (raw.tier.id, place)).collect();
    let mut guessed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for id in sorted {
        let place = places[&id];
        let tier = &tiers[place].tier;
        let parent = tier.parent.and_then(|parent| places.get(&parent)).map(|parent| tiers[*parent].tier.role);
        let role = names::role(&tier.name, &tier.type_name, tier.constraint, parent, with_words.contains(&id));
        let word = match role {
            TierRole::Transcription => "transcription",
            TierRole::Translation => "free translation",
            TierRole::LiteralTranslation => "literal translation",
            TierRole::Note => "note",
            TierRole::Tags | TierRole::Other => "",
        };
        if !word.is_empty() {
            guessed.entry(word).or_default().push(format!("'{}'", tier.name));
        }
        tiers[place].tier.role = role;
        if tiers[place].tier.language.is_empty() {
            let language = names::language_by_role(role, options);
            if !language.is_empty() {
                // The file does not say it: it is not written back while it is only assumed.
                tiers[place].tier.residue.add(NAME, LANGUAGE_ASSUMED, language.clone().into());
            }
            tiers[place].tier.language = language;
        }
    }
    for (word, names) in guessed {
        report.mapped(
            format!("tiers used as {word}"),
            names.len(),
            format!("guessed from names: {}", names.join(", ")),
        );
    }
}

/// Parents and order of the annotations, in the order they were pushed.
pub fn link_annotations(
    tiers: &[RawTier],
    ids: &HashMap<&str, (usize, AnnotationId)>,
    annotations: &mut [Annotation],
    report: &mut LossReport,
) {
    let mut first = Vec::with_capacity(tiers.len());
    let mut count = 0;
    for raw in tiers {
        first.push(count);
        count += raw.annotations.len();
    }
    let places: HashMap<TierId, usize> = tiers.iter().enumerate().map(|(place, raw)| (raw.tier.id, place)).collect();
    let (mut dangling, mut outside, mut circles) = (0, 0, 0);
    for (place, raw) in tiers.iter().enumerate() {
        let range = first[place]..first[place] + raw.annotations.len();
        // Symbolic annotations name their parent and who comes before. Most are the only one under theirs.
        let mut under: HashMap<&str, usize> = HashMap::default();
        for a in &raw.annotations {
            if let Kind::Ref { parent, .. } = a.kind {
                *under.entry(parent).or_default() += 1;
            }
        }
        let mut siblings: Vec<(&str, Vec<usize>)> = Vec::new();
        let mut group_of: HashMap<&str, usize> = HashMap::default();
        for (own, a) in raw.annotations.iter().enumerate() {
            let Kind::Ref { parent, .. } = a.kind else { continue };
            let known = ids.get(parent).filter(|(_, key)| *key != a.key);
            let annotation = &mut annotations[range.start + own];
            annotation.parent = known.map(|(_, key)| *key);
            if known.is_none() {
                dangling += 1;
            }
            if under.get(parent) == Some(&1) {
                annotation.position = 0;
                continue;
            }
            let group = *group_of.entry(parent).or_insert_with(|| {
                siblings.push((parent, Vec::new()));
                siblings.len() - 1
            });
            siblings[group].1.push(own);
        }
        for (_, members) in &siblings {
            let names: HashSet<&str> = members.iter().map(|m| raw.annotations[*m].id).collect();
            let mut following: HashMap<&str, Vec<usize>> = HashMap::default();
            let mut stack = Vec::new();
            for member in members {
                match raw.annotations[*member].kind {
                    Kind::Ref { previous: Some(previous), .. } if names.contains(previous) => {
                        following.entry(previous).or_default().push(*member);
                    }
                    _ => stack.push(*member),
                }
            }
            stack.reverse();
            let (mut sorted, mut seen) = (Vec::with_capacity(members.len()), HashSet::default());
            while let Some(member) = stack.pop() {
                if seen.insert(member) {
                    sorted.push(member);
                    if let Some(next) = following.get(raw.annotations[member].id) {
                        stack.extend(next.iter().rev());
                    }
                }
            }
            let lost: Vec<usize> = members.iter().copied().filter(|m| !seen.contains(m)).collect();
            circles += lost.len();
            for (position, member) in sorted.into_iter().chain(lost).enumerate() {
                annotations[range.start + member].position = position as i64;
            }
        }
        // Aligned annotations of a child tier belong to the parent whose time they share.
        let Some(above) = raw.tier.parent.and_then(|id| places.get(&id).copied()) else { continue };
        let from = first[above];
        let raws = &tiers[above].annotations;
        let mut parents: Vec<(Span, AnnotationId)> =
            (0..raws.len()).filter_map(|n| annotations[from + n].span().map(|span| (span, raws[n].key))).collect();
        parents.sort_by_key(|(span, _)| (span.start, span.end));
        let slot_starts: HashMap<usize, AnnotationId> =
            raws.iter().filter_map(|a| slots_of(a).map(|(start, _)| (start, a.key))).collect();
        let mut before: HashMap<usize, AnnotationId> = HashMap::default();
        for (own, a) in raw.annotations.iter().enumerate() {
            let Kind::Aligned(start, end) = a.kind else { continue };
            let annotation = &mut annotations[range.start + own];
            let by_time = annotation.span().and_then(|span| {
                let place = parents.partition_point(|(parent, _)| parent.start <= span.start);
                let near = &parents[place.saturating_sub(3)..(place + 2).min(parents.len())];
                near.iter()
                    .rev()
                    .find(|(parent, _)| parent.start <= span.start && span.end <= parent.end)
                    .or_else(|| {
                        near.iter()
                            .filter(|(p, _)| p.overlaps(span))
                            .max_by_key(|(p, _)| p.end.min(span.end) - p.start.max(span.start))
                    })
                    .map(|(_, id)| *id)
            });
            let parent = by_time.or_else(|| slot_starts.get(&start).copied()).or_else(|| before.get(&start).copied());
            match parent {
                Some(parent) => {
                    before.insert(end, parent);
                }
                None => outside += 1,
            }
            annotation.parent = parent;
        }
    }
    if dangling > 0 {
        report.warn(format!(
            "{dangling} annotations hang under one that is not in the file; they are kept without parent"
        ));
    }
    if outside > 0 {
        report.warn(format!("{outside} annotations lie outside the time of any annotation on the tier above; they are kept without parent"));
    }
    if circles > 0 {
        report.warn(format!("{circles} annotations name each other as the one before; they follow at the end"));
    }
}

/// Positions of aligned annotations are their rank on the tier.
pub fn rank_aligned(bundle: &mut Bundle) {
    let mut rank: HashMap<TierId, i64> = HashMap::default();
    let symbolic: HashSet<TierId> =
        bundle.tiers.iter().filter(|t| !t.constraint.is_time_aligned()).map(|t| t.id).collect();
    for annotation in &mut bundle.annotations {
        if !symbolic.contains(&annotation.tier) {
            let place = rank.entry(annotation.tier).or_default();
            annotation.position = *place;
            *place += 1;
        }
    }
}
