//! In which order proposals are looked at.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::domain::{Reviews, Tag, TagStatus};

/// Orders of the review queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueOrder {
    /// As the recording goes.
    #[default]
    ByTime,
    /// Confidence nearest to a half first: where a decision tells most.
    UncertainFirst,
    /// Least agreement between the two expression networks first.
    ModelsDisagree,
    /// Most frames that could not be judged first.
    NotAssessable,
    /// Those on which reviewers said different things first.
    ReviewersDisagree,
}

/// Indexes of the tags nobody has decided on, in that order; ties go by time.
pub fn queue(tags: &[Tag], reviews: &Reviews, order: QueueOrder) -> Vec<usize> {
    let mut open: Vec<usize> = (0..tags.len()).filter(|&i| tags[i].status == TagStatus::Proposed).collect();
    let by_time = |a: &usize, b: &usize| (tags[*a].start, tags[*a].end).cmp(&(tags[*b].start, tags[*b].end));
    let by =
        |key: fn(&Tag) -> f64| move |a: &usize, b: &usize| -> Ordering { key(&tags[*a]).total_cmp(&key(&tags[*b])) };
    match order {
        QueueOrder::ByTime => open.sort_by(by_time),
        QueueOrder::UncertainFirst => open.sort_by(|a, b| by(|t| (t.confidence - 0.5).abs())(a, b).then(by_time(a, b))),
        QueueOrder::ModelsDisagree => open.sort_by(|a, b| by(agreement)(a, b).then(by_time(a, b))),
        QueueOrder::ReviewersDisagree => {
            let disputed: Vec<bool> = tags.iter().map(|tag| reviews.is_disputed(tag.id)).collect();
            open.sort_by(|a, b| disputed[*b].cmp(&disputed[*a]).then(by_time(a, b)));
        }
        QueueOrder::NotAssessable => open.sort_by(|a, b| by(|t| -not_assessable(t))(a, b).then(by_time(a, b))),
    }
    open
}

/// Share of frames in which both networks say the same; 2, past every share, for what only one or none judged.
fn agreement(tag: &Tag) -> f64 {
    tag.evidence["agreement"].as_f64().unwrap_or(2.0)
}

/// Share of frames that could not be judged.
fn not_assessable(tag: &Tag) -> f64 {
    let frames = tag.evidence["frames"].as_f64().unwrap_or(0.0);
    let unjudged: f64 = match tag.evidence.get("not_assessable").and_then(|n| n.as_object()) {
        Some(reasons) => reasons.values().filter_map(|n| n.as_f64()).sum(),
        None => tag.evidence["missing"].as_f64().unwrap_or(0.0),
    };
    if frames > 0.0 { unjudged / frames } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{Residue, RunId, TagId, Time, TrackId};

    fn tag(start: i64, confidence: f64, evidence: serde_json::Value) -> Tag {
        Tag {
            id: TagId::new(),
            run: RunId::new(),
            track: TrackId::new(),
            label: "expression.happiness".into(),
            start: Time::from_millis(start),
            end: Time::from_millis(start + 500),
            confidence,
            evidence,
            status: TagStatus::Proposed,
            reviewer: String::new(),
            reviewed: String::new(),
            annotation: None,
            residue: Residue::default(),
        }
    }

    #[test]
    fn orders_put_first_what_they_say() {
        let mut tags = vec![
            tag(3000, 0.9, json!({ "agreement": 0.95, "frames": 10, "not_assessable": { "blurred": 1 } })),
            tag(1000, 0.55, json!({ "agreement": 0.1, "frames": 10, "not_assessable": {} })),
            tag(2000, 0.2, json!({ "frames": 10, "missing": 6 })),
            tag(500, 0.5, json!({})),
        ];
        tags[3].status = TagStatus::Accepted;
        assert_eq!(queue(&tags, &Reviews::default(), QueueOrder::ByTime), [1, 2, 0]);
        assert_eq!(queue(&tags, &Reviews::default(), QueueOrder::UncertainFirst), [1, 2, 0]);
        assert_eq!(queue(&tags, &Reviews::default(), QueueOrder::ModelsDisagree), [1, 0, 2]);
        assert_eq!(queue(&tags, &Reviews::default(), QueueOrder::NotAssessable), [2, 0, 1]);
    }
}
