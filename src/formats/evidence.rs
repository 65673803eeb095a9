//! What accepted tags rest on, as ordinary tiers: under each tier of tags one with how sure the model was, and one with
//! the mean of what was measured. For formats that hold tiers and nothing of proposals.

use std::collections::HashMap;

use crate::domain::{
    Annotation, AnnotationId, Bundle, Constraint, LossReport, RecordId, Tag, TagStatus, Tier, TierId, TierRole,
};

/// What a tag says on such a tier.
type Value<'f> = &'f dyn Fn(&Tag) -> Option<String>;

/// The bundle with these tiers added; nothing is added where nothing was accepted.
pub fn with_tiers(bundle: &Bundle, report: &mut LossReport) -> Bundle {
    let mut whole = bundle.clone();
    let accepted = |tag: &&Tag| matches!(tag.status, TagStatus::Accepted | TagStatus::Changed);
    let of: HashMap<AnnotationId, &Tag> =
        bundle.tags.iter().filter(accepted).filter_map(|tag| Some((tag.annotation?, tag))).collect();
    let mut last = bundle.tiers.iter().map(|tier| tier.position).max().unwrap_or(0);
    for tier in bundle.tiers.iter().filter(|tier| tier.role == TierRole::Tags) {
        let own: Vec<(&Annotation, &Tag)> = bundle
            .annotations
            .iter()
            .filter(|annotation| annotation.tier == tier.id)
            .filter_map(|annotation| Some((annotation, *of.get(&annotation.id)?)))
            .collect();
        let confidence = |tag: &Tag| Some(format!("{:.2}", tag.confidence));
        let measure = |tag: &Tag| {
            let (name, mean) = (tag.evidence["measure"].as_str()?, tag.evidence["mean"].as_f64()?);
            Some(format!("{} {mean:.3}", name.trim_start_matches("measure.")))
        };
        let kinds: [(&str, Value<'_>); 2] = [("confidence", &confidence), ("measure", &measure)];
        for (kind, value) in kinds {
            let values: Vec<(&Annotation, String)> =
                own.iter().filter_map(|(annotation, tag)| Some((*annotation, value(tag)?))).collect();
            if values.is_empty() {
                continue;
            }
            last += 1;
            let child = child_of(tier, kind, last);
            for (annotation, value) in values {
                let mut own = Annotation::new(child.id, None, 0, value);
                own.id = AnnotationId(derived(annotation.id.record(), kind));
                own.parent = Some(annotation.id);
                whole.annotations.push(own);
                report.mapped("confidences and measures of tags", 1, "each on a tier under that of the tags");
            }
            whole.tiers.push(child);
        }
    }
    whole
}

fn child_of(tier: &Tier, kind: &str, position: i64) -> Tier {
    let mut child = Tier {
        id: TierId(derived(tier.id.record(), kind)),
        session: tier.session,
        parent: Some(tier.id),
        name: format!("{} · {kind}", tier.name),
        role: TierRole::Other,
        constraint: Constraint::SymbolicAssociation,
        type_name: kind.to_owned(),
        participant: tier.participant,
        annotator: String::new(),
        language: String::new(),
        vocabulary: None,
        position,
        residue: Default::default(),
    };
    child.set_made_of("tags");
    child
}

/// The same id at every export, so that a file that comes back is known.
fn derived(id: RecordId, kind: &str) -> RecordId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(id.as_bytes()).update(kind.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    RecordId::from_bytes(bytes)
}
