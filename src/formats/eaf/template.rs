//! ETF: ELAN's templates, an EAF without annotations and recordings.

use std::path::Path;

use serde_json::Value;

use super::{NAME, curves};
use crate::domain::{Bundle, LossReport};

/// Whether a path names a template.
pub fn is_template(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("etf"))
}

/// The tiers, types and vocabularies of a bundle without what is on them.
pub fn of(bundle: &Bundle, report: &mut LossReport) -> Bundle {
    let mut template = Bundle {
        project: None,
        languages: bundle.languages.clone(),
        people: bundle.people.clone(),
        sessions: bundle.sessions.clone(),
        vocabularies: bundle.vocabularies.clone(),
        tiers: bundle.tiers.clone(),
        ..Bundle::default()
    };
    for session in &mut template.sessions {
        let Some(mut residue) = session.residue.get(NAME).and_then(Value::as_object).cloned() else { continue };
        const ABOUT_ANNOTATIONS: [&str; 6] =
            ["unused_slots", "slot_order", "link_sets", "linked_files", "preferences", curves::KEPT];
        for about_annotations in ABOUT_ANNOTATIONS {
            residue.remove(about_annotations);
        }
        if let Some(properties) = residue.get_mut("properties").and_then(Value::as_array_mut) {
            properties.retain(|p| p.get("NAME").and_then(Value::as_str) != Some("lastUsedAnnotationId"));
        }
        session.residue.set(NAME, Value::Object(residue));
    }
    let why = "a template holds tiers, types and vocabularies only";
    report.left_out("annotations", bundle.annotations.len(), why);
    report.left_out("words", bundle.words.len(), why);
    report.left_out("morphs", bundle.morphs.len(), why);
    report.left_out("media files", bundle.media.len(), why);
    template
}
