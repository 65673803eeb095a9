//! COCO keypoints JSON: `images` (a frame each, with its number and time), `annotations` (a body each: 17 keypoints,
//! `num_keypoints`, `bbox`, `area`, `score`), `categories` (person, with skeleton).
//!
//! COCO's third number says how a keypoint was labelled: 2 where our visibility is at least ½, 1 where it is less,
//! 0 where there is no point or it lies outside the picture. The visibilities themselves stand in `keypoint_scores`, the track in `track_id`.
//! Frames are not taken out of the film: `file_name` says what they would be called (`NAME/000013.jpg`, from 1).

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::frames::Frames;
use super::keypoints::{COCO, COCO_SKELETON, point_within};
use super::recording::{self, Recording};
use super::{Samples, coco_whole, hands, output};
use crate::domain::{Bundle, LossReport, Time, Track, TrackKind, TrackSamples};
use crate::formats::{Format, FormatError};

/// Visibility from which a point counts as seen.
const VISIBLE: f32 = 0.5;

/// Both lists, each item as JSON text: a long film has many.
#[derive(Default)]
struct Lists {
    /// Feet, face and hands too.
    whole: bool,
    /// Bodies for which a face was found.
    faces: usize,
    /// Hands that were seen.
    hands: usize,
    images: Vec<String>,
    annotations: Vec<String>,
}

pub(super) fn write(
    path: &Path,
    format: Format,
    bundle: &Bundle,
    samples: &mut Samples,
) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let recordings = recording::of(bundle, TrackKind::Body, format, &mut report)?;
    let mut lists = Lists { whole: format == Format::CocoWholeBody, ..Lists::default() };
    for recording in &recordings {
        let mut faces = BTreeMap::new();
        if lists.whole {
            let here = |track: &&Track| bundle.runs.iter().any(|r| r.id == track.run && r.media == recording.media.id);
            let own = bundle.tracks.iter().filter(|t| t.kind == TrackKind::Face).filter(here);
            faces = coco_whole::faces(&own.collect::<Vec<_>>(), samples)?;
        }
        lists.add(recording, &mut faces, samples, &mut report)?;
    }
    let project = bundle.project.as_ref();
    let info = json!({
        "description": project.map_or("", |p| p.name.as_str()),
        "version": "1.0",
        "contributor": format!("Fieldgloss {}", env!("CARGO_PKG_VERSION")),
    });
    let licence = project.map_or("", |p| p.licence.as_str());
    let licences = if licence.is_empty() { json!([]) } else { json!([{ "id": 1, "name": licence, "url": licence }]) };
    output::file(path, |to| {
        write!(to, "{{\"info\":{info},\n\"licenses\":{licences},\n\"categories\":[{}],\n", category())?;
        list(to, "images", &lists.images)?;
        writeln!(to, ",")?;
        list(to, "annotations", &lists.annotations)?;
        writeln!(to, "}}")
    })?;
    if lists.whole {
        report.kept("faces of bodies", lists.faces);
        report.left_out("body points", 12, "mouth, fingers, corners of the eyes: COCO-WholeBody has its own");
        report.kept("hands of bodies", lists.hands);
        report.left_out("COCO-WholeBody's small toes", 2, "we have no such points: written as 0");
    } else {
        report.left_out(
            "body points",
            16,
            "mouth, fingers, feet, corners of the eyes: COCO's 17 keypoints do not have them",
        );
    }
    report.left_out(
        "points in metres and measures of bodies",
        recordings.iter().map(|r| r.tracks.len()).sum(),
        "no place for them",
    );
    report.mapped("images", lists.images.len(), "named, not taken out of the film");
    Ok(report)
}

fn list(to: &mut dyn Write, name: &str, items: &[String]) -> std::io::Result<()> {
    write!(to, "\"{name}\":[")?;
    for (index, item) in items.iter().enumerate() {
        write!(to, "{}\n{item}", if index == 0 { "" } else { "," })?;
    }
    write!(to, "]")
}

fn category() -> Value {
    let names: Vec<_> = COCO.iter().map(|(name, _)| name).collect();
    json!({ "id": 1, "name": "person", "supercategory": "person", "keypoints": names, "skeleton": COCO_SKELETON })
}

impl Lists {
    fn add(
        &mut self,
        recording: &Recording,
        faces: &mut BTreeMap<Time, Vec<coco_whole::Face>>,
        samples: &mut Samples,
        report: &mut LossReport,
    ) -> Result<(), FormatError> {
        let mut bodies: BTreeMap<Time, Vec<Value>> = BTreeMap::new();
        let size = recording.size();
        for track in &recording.tracks {
            let samples = samples(track, &hands::WITH_BODY)?;
            for (index, time) in samples.times.iter().enumerate() {
                match body(&samples, index, size) {
                    Some(mut body) => {
                        body["track_id"] = track.number.into();
                        if self.whole {
                            let pose = samples.channel("pose").and_then(|c| c.sample(index)).unwrap_or_default();
                            let here = faces.entry(*time).or_default();
                            let hands = hands::of(&samples, index);
                            self.hands += hands.iter().flatten().count();
                            self.faces += usize::from(coco_whole::complete(&mut body, pose, size, here, &hands));
                        }
                        bodies.entry(*time).or_default().push(body);
                    }
                    None => report.left_out("samples of bodies", 1, "no points were found in them"),
                }
            }
        }
        let frames = Frames::of(bodies.keys().copied(), recording.media, recording.frame_rate(), report);
        let (width, height) = recording.size();
        for (time, number) in frames.iter() {
            let image = self.images.len() + 1;
            let frame = number.saturating_add(1);
            self.images.push(
                json!({
                    "id": image,
                    "file_name": format!("{}/{frame:06}.jpg", recording.name),
                    "width": width,
                    "height": height,
                    "frame": frame,
                    "seconds": (time - recording.media.offset).secs(),
                    "video": recording.media.path,
                })
                .to_string(),
            );
            for mut body in bodies.remove(&time).unwrap_or_default() {
                body["id"] = (self.annotations.len() + 1).into();
                body["image_id"] = image.into();
                self.annotations.push(body.to_string());
                report.kept("samples of bodies", 1);
            }
        }
        Ok(())
    }
}

/// One body as an annotation, without the ids; `None` when it has no points in a picture of that size.
fn body(samples: &TrackSamples, index: usize, size: (u32, u32)) -> Option<Value> {
    let pose = samples.channel("pose")?.sample(index)?;
    let points: Vec<_> = COCO.iter().map(|(_, ours)| point_within(pose, *ours, size)).collect();
    let labelled = points.iter().flatten().count();
    if labelled == 0 {
        return None;
    }
    let mut keypoints: Vec<Value> = Vec::with_capacity(COCO.len() * 3);
    for point in &points {
        match point {
            Some([x, y, seen]) => keypoints.extend([json!(x), json!(y), json!(if *seen >= VISIBLE { 2 } else { 1 })]),
            None => keypoints.extend([json!(0), json!(0), json!(0)]),
        }
    }
    let scores: Vec<f32> = points.iter().map(|p| p.map_or(0.0, |[_, _, seen]| seen)).collect();
    let score = samples.channel("score").and_then(|c| c.sample(index)?.first().copied()).filter(|s| s.is_finite());
    let score = score.map(|score| (f64::from(score) * 1000.0).round() / 1000.0);
    let found = samples.channel("box").and_then(|c| c.sample(index)).filter(|b| b.iter().all(|v| v.is_finite()));
    let [x, y, width, height] = found.and_then(|b| b.try_into().ok()).unwrap_or_else(|| around(&points));
    Some(json!({
        "category_id": 1,
        "keypoints": keypoints,
        "num_keypoints": labelled,
        "keypoint_scores": scores,
        "score": score,
        "bbox": [x, y, width, height],
        "area": width * height,
        "iscrowd": 0,
    }))
}

/// The box around the points, where the detector's is missing.
fn around(points: &[Option<super::keypoints::Point>]) -> [f32; 4] {
    let all = || points.iter().flatten();
    let (left, right) = all().fold((f32::MAX, f32::MIN), |(low, high), p| (low.min(p[0]), high.max(p[0])));
    let (top, bottom) = all().fold((f32::MAX, f32::MIN), |(low, high), p| (low.min(p[1]), high.max(p[1])));
    [left, top, right - left, bottom - top]
}
