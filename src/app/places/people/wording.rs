//! One proposal in words and numbers: reasons, scores, what was decided, how it was made.

use serde_json::Value;

use super::curves::Curves;
use super::gather::{Review, author};
use crate::analysis::mean;
use crate::app::core::Core;
use crate::app::edit::tags::readable;
use crate::app::i18n::{has_text, tr, tr_args};
use crate::domain::{Annotation, Span, Tag, TagStatus, Tier, TierRole, Time, Track, TrackKind};
use crate::store::StoreError;
use crate::ui::people::{Decision, ProposalModel, ScoreRow, share};

/// The networks in `evidence.scores`, first and second, with the folders of their cards.
const NETS: [(&str, &str); 2] = [("faceapi", "expression-faceapi"), ("human", "expression-human")];
/// Labels one may choose from when relabelling, beside what was typed.
const LABELS: [&str; 18] = [
    "expression.happiness",
    "expression.surprise",
    "expression.sadness",
    "expression.anger",
    "expression.fear",
    "expression.disgust",
    "expression.neutral",
    "mouth_open",
    "gaze_away",
    "nod",
    "shake",
    "head_tilt.left",
    "head_tilt.right",
    "brows_raised",
    "blink",
    "hand_up.left",
    "hand_up.right",
    "pointing",
];
/// Sharper than this is called sharp; blurred is what the run's own threshold says.
const SHARP: f32 = 60.0;

/// Everything about a proposal. `place` is its place in the queue.
pub(super) fn proposal(
    core: &Core,
    review: &Review,
    curves: &mut Curves,
    tag: &Tag,
    place: Option<(usize, usize)>,
    moment: Time,
) -> Result<ProposalModel, StoreError> {
    let track = review.track(tag.track);
    let scores = scores(&tag.evidence);
    Ok(ProposalModel {
        tag: tag.id,
        place,
        span: Span::new(tag.start, tag.end),
        title: match tag.evidence["text"].as_str() {
            Some(text) => format!("{} · {text}", title(&tag.label)),
            None => title(&tag.label),
        },
        who: track.map(|t| review.name_of(t).0).unwrap_or_default(),
        reasons: track.map(|t| reasons(core, curves, tag, t)).unwrap_or_default(),
        doubts: doubts(&tag.evidence),
        facts: facts(tag),
        scores,
        nets: NETS.map(|(_, folder)| folder.to_owned()),
        confidence: share(tag.confidence as f32),
        heard: track.is_some_and(|track| track.kind == TrackKind::Voice),
        decision: decision(core, review, tag)?,
        notes: notes(core, review, tag),
        said: said(core, review, moment)?,
        made: made(review, tag, track),
        labels: LABELS.iter().filter(|label| **label != tag.label).map(|label| readable(label)).collect(),
    })
}

/// `Resembling happiness`, `Hand up, left`.
fn title(label: &str) -> String {
    let text = readable(label);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The first network's classes from the highest down, each with what the second says.
fn scores(evidence: &Value) -> Vec<ScoreRow> {
    let of = |net: &str, class: &str| evidence["scores"][net][class].as_f64().map(|v| v as f32);
    let mut classes: Vec<String> = Vec::new();
    for (net, _) in NETS {
        if let Some(scores) = evidence["scores"][net].as_object() {
            for class in scores.keys() {
                if !classes.contains(class) {
                    classes.push(class.clone());
                }
            }
        }
    }
    let mut rows: Vec<ScoreRow> = classes
        .into_iter()
        .map(|class| ScoreRow { first: of(NETS[0].0, &class), second: of(NETS[1].0, &class), name: class })
        .collect();
    let height = |row: &ScoreRow| row.first.or(row.second).unwrap_or(0.0);
    rows.sort_by(|a, b| height(b).total_cmp(&height(a)));
    rows
}

/// What was measured, for proposals that rest on a measure.
fn facts(tag: &Tag) -> Vec<(String, String)> {
    let mut facts = vec![(tr("people-fact-confidence"), share(tag.confidence as f32))];
    for key in ["mean", "peak", "usual", "depth", "degrees", "swings", "hz", "visibility", "frames", "missing"] {
        if let Some(number) = tag.evidence[key].as_f64() {
            // What a proposal is as sure of as its mean is said once.
            if key == "mean" && (number - tag.confidence).abs() < 0.005 {
                continue;
            }
            let text = if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.2}") };
            facts.push((tr(&format!("people-fact-{key}")), text));
        }
    }
    facts
}

fn doubts(evidence: &Value) -> Vec<String> {
    let names = evidence["doubts"].as_array().map(Vec::as_slice).unwrap_or_default();
    names
        .iter()
        .filter_map(Value::as_str)
        .map(|name| {
            let id = format!("people-doubt-{name}");
            if has_text(&id) { tr(&id) } else { name.replace('_', " ") }
        })
        .collect()
}

/// `frontal, sharp, 148 px · 89 frames`.
fn reasons(core: &Core, curves: &mut Curves, tag: &Tag, track: &Track) -> String {
    let span = Span::new(tag.start, tag.end);
    let read = core.store.read();
    let mut words = Vec::new();
    if track.kind == TrackKind::Face {
        let yaw = curves.series(read, track.id, "measure.head_yaw", span).column(0);
        if let Some(yaw) = mean(yaw.iter().map(|v| v.abs())) {
            words.push(if yaw < 15.0 {
                tr("people-frontal")
            } else {
                tr_args("people-turned", &[("degrees", format!("{yaw:.0}").into())])
            });
        }
        let brightness = curves.series(read, track.id, "quality.brightness", span).column(0);
        if mean(brightness).is_some_and(|grey| grey < 30.0) {
            words.push(tr("people-dark"));
        }
        let sharpness = curves.series(read, track.id, "quality.sharpness", span).column(0);
        if let Some(sharpness) = mean(sharpness) {
            if sharpness >= SHARP {
                words.push(tr("people-sharp"));
            } else if sharpness < 20.0 {
                words.push(tr("people-blurred"));
            }
        }
    }
    if track.kind == TrackKind::Voice {
        return words.join(", ");
    }
    let boxes = curves.series(read, track.id, "box", span);
    let (wide, high) = (boxes.column(2), boxes.column(3));
    if let Some(side) = mean(wide.iter().zip(&high).map(|(w, h)| w.min(*h))) {
        words.push(tr_args("people-pixels", &[("pixels", format!("{side:.0}").into())]));
    }
    let frames = tag.evidence["frames"].as_i64().unwrap_or(boxes.times.len() as i64);
    let frames = tr_args("people-frames", &[("frames", frames.into())]);
    if words.is_empty() { frames } else { format!("{} · {frames}", words.join(", ")) }
}

fn decision(core: &Core, review: &Review, tag: &Tag) -> Result<Option<Decision>, StoreError> {
    let value = match tag.annotation {
        Some(id) => core.store.read().get::<Annotation>(id)?.map(|a| a.value).unwrap_or_default(),
        None => review.word_on(tag).map(|word| word.label.clone()).unwrap_or_default(),
    };
    let what = match tag.status {
        TagStatus::Proposed => return Ok(None),
        TagStatus::Accepted => tr("people-decision-accepted"),
        TagStatus::Rejected => tr("people-decision-rejected"),
        TagStatus::Changed => tr_args("people-decision-changed", &[("value", value.into())]),
        TagStatus::Unsure => tr("people-decision-unsure"),
    };
    let when = match tag.reviewed.parse::<jiff::Timestamp>() {
        Ok(time) => time.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => tag.reviewed.clone(),
    };
    let by = tr_args("people-decision-who", &[("who", tag.reviewer.clone().into()), ("when", when.into())]);
    Ok(Some(Decision { what, by, good: matches!(tag.status, TagStatus::Accepted | TagStatus::Changed) }))
}

/// What reviewers noted of it: in blind review, one's own.
fn notes(core: &Core, review: &Review, tag: &Tag) -> Vec<String> {
    let own = author(core);
    let seen = review.said().notes(tag.id).filter(|said| !review.blind || said.reviewer == own);
    seen.map(|said| {
        let (who, note) = (said.reviewer.clone(), said.note.clone());
        tr_args("people-note-of", &[("who", who.into()), ("note", note.into())])
    })
    .collect()
}

/// What is said at a moment and what it means, from the first transcription tier that says something then.
fn said(core: &Core, review: &Review, moment: Time) -> Result<Option<(String, String)>, StoreError> {
    let read = core.store.read();
    for tier in read.tiers_of(review.run.session)?.iter().filter(|t| t.role == TierRole::Transcription) {
        let Some(annotation) = read.annotation_at(tier.id, moment)?.filter(|a| !a.value.is_empty()) else { continue };
        let mut meaning = String::new();
        for child in read.children_of(annotation.id)? {
            let own = read.get::<Tier>(child.tier)?;
            if own.is_some_and(|t| t.role == TierRole::Translation) && !child.value.is_empty() {
                meaning = child.value;
                break;
            }
        }
        return Ok(Some((annotation.value, meaning)));
    }
    Ok(None)
}

/// Frames a second, thresholds, models with the beginnings of their checksums.
fn made(review: &Review, tag: &Tag, track: Option<&Track>) -> Vec<String> {
    let run = review.run_of(tag);
    let mut lines = Vec::new();
    if run.id != review.run.id && run.looked() {
        lines.push(tr_args("people-made-look", &[("when", super::looks::when(run).into())]));
    }
    let mut first = Vec::new();
    // A run that did both looked at so many frames, and heard everything.
    let looked = track.is_none_or(|track| track.kind != TrackKind::Voice);
    if let Some(fps) = run.settings["fps"].as_f64().filter(|_| looked) {
        first.push(tr_args("people-made-rate", &[("fps", format!("{fps}").into())]));
    }
    // Expressions and measures keep their rule at different depths.
    let thresholds = &tag.evidence["thresholds"];
    let rule = if thresholds["on"].is_null() { &thresholds["rule"] } else { thresholds };
    if let (Some(on), Some(off), Some(min)) = (rule["on"].as_f64(), rule["off"].as_f64(), rule["min_secs"].as_f64()) {
        let args =
            [("on", short(on).into()), ("off", short(off).into()), ("min", format!("{:.0}", min * 1000.0).into())];
        first.push(tr_args("people-made-thresholds", &args));
    }
    lines.push(first.join(", "));
    let kind = track.map_or(TrackKind::Face, |t| t.kind);
    let own = tag.evidence["model"].as_str();
    let part = |name: &str| match kind {
        // A model of the user's own speaks for itself.
        _ if own.is_some() => own == Some(name),
        _ if tag.label.starts_with("expression.") => name.starts_with("expression"),
        TrackKind::Body => name.starts_with("pose"),
        TrackKind::Face => name.starts_with("face-mesh"),
        TrackKind::Voice if tag.label == "phones" => name == "phones",
        TrackKind::Voice => matches!(name, "voice-activity" | "voiceprint"),
    };
    for model in run.models.iter().filter(|m| part(&m.name)) {
        let sum: String = model.sha256.chars().take(8).collect();
        let args =
            [("name", model.name.clone().into()), ("version", model.version.clone().into()), ("sum", sum.into())];
        lines.push(tr_args("people-made-model", &args));
    }
    if let Some(recipe) = crate::analysis::recipe::recipe_of(tag) {
        lines.push(format!(
            "{} “{recipe}”, {}",
            tr("rule-recipe"),
            tag.evidence["made_by"].as_str().unwrap_or_default()
        ));
    }
    lines.push(tr("people-made-rule"));
    lines.retain(|line| !line.is_empty());
    lines
}

/// `.60`, `-.10`, `1.00`.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.replacen("0.", ".", usize::from(value.abs() < 1.0))
}

/// A score as the strip shows it: shares without their zero, measures as they are, `n/a` where nothing was measured;
/// nothing of movements, which are told by the speed of a whole path and not by that of one moment.
pub(super) fn score_text(label: &str, score: f32) -> String {
    if label.starts_with("stroke") || label.starts_with("hold") {
        return String::new();
    }
    if score.is_nan() {
        return tr("people-strip-none");
    }
    if label.starts_with("expression.") || matches!(label, "speech" | "phones") {
        share(score)
    } else {
        format!("{score:.2}")
    }
}

/// The first letters of two words; a number stays whole, for faces 1 and 10 are two.
pub(super) fn initials(name: &str) -> String {
    let short = |word: &str| -> String {
        let number = word.chars().all(|c| c.is_ascii_digit());
        word.chars().take(if number { 3 } else { 1 }).flat_map(char::to_uppercase).collect()
    };
    name.split_whitespace().take(2).map(short).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scores_stand_from_the_highest_down_with_both_networks() {
        let evidence = json!({ "scores": {
            "faceapi": { "neutral": 0.04, "happiness": 0.94 },
            "human": { "neutral": 0.2, "happiness": 0.8, "surprise": 0.1 },
        }});
        let rows = scores(&evidence);
        assert_eq!(rows.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["happiness", "surprise", "neutral"]);
        assert_eq!((rows[0].first, rows[0].second), (Some(0.94), Some(0.8)));
        assert_eq!((rows[1].first, rows[1].second), (None, Some(0.1)));
        assert!(scores(&json!({})).is_empty());
    }

    #[test]
    fn avatars_tell_faces_apart() {
        assert_eq!([initials("Anna Maria Berg"), initials("Face 10"), initials("émile")], ["AM", "F10", "É"]);
    }

    #[test]
    fn an_expression_only_resembles() {
        assert_eq!(title("expression.happiness"), "Resembling happiness");
        assert_eq!(title("hand_up.left"), "Hand up, left");
        assert_eq!((short(0.6), short(-0.1), short(1.0)), (".60".into(), "-.10".into(), "1.00".into()));
    }
}
