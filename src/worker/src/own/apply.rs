//! Models over annotations: texts, stretches of sound, moments of the picture, and pairs of moments of a face.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use fieldgloss::analysis::models::said::{Said, softmax};
use fieldgloss::analysis::networks::flow::{Plane, flow};
use fieldgloss::analysis::networks::htnet;
use fieldgloss::domain::Time;
use fieldgloss::jobs::own::{Applied, Apply, Item, Judge, Moment};
use fieldgloss::jobs::protocol::{Answer, Fault};
use fieldgloss::media::{AudioOptions, AudioReader, VideoOptions, VideoReader};
use fieldgloss_worker::models::nets::NetName;
use fieldgloss_worker::models::own::{OwnModel, numbers};
use fieldgloss_worker::models::{Picture, Point, Square};
use tch::Tensor;

use super::stop;
use crate::look::rgb_of;
use crate::serve::{PROGRESS_EVERY, Stop, Voice, Wishes, failed};

/// Side of the square of a face between whose pictures the flow is found.
const FACE: usize = 112;
/// A stretch of sound is not longer, seconds.
const LONGEST: f64 = 60.0;

/// Runs a model over items.
pub fn apply<W: Write>(what: &Apply, voice: &Voice<W>, wishes: &Wishes) -> Result<(), Stop> {
    let model = OwnModel::load(&what.model).map_err(stop)?;
    let mut recording = Recording { path: what.media.as_deref(), video: None, sound: None };
    each(&model, &what.items, voice, wishes, |item| {
        Ok(match item {
            Item::Text(text) => said(model.read_text(text).map_err(stop)?),
            Item::Sound { start, end } => {
                let samples = recording.sound(model.rate(), *start, *end)?;
                if samples.is_empty() {
                    return Ok(problem("there is no sound"));
                }
                mean(&model, &samples)?
            }
            Item::Frame(time) => {
                let video = recording.video()?;
                let frame = video.frame_at(*time)?;
                let rgb = rgb_of(&frame.rgba);
                said(model.look_at_frame(frame.width as usize, frame.height as usize, &rgb).map_err(stop)?)
            }
        })
    })
}

/// Runs `ask` over items with progress and a way out.
fn each<W: Write, T>(
    model: &OwnModel,
    items: &[T],
    voice: &Voice<W>,
    wishes: &Wishes,
    mut ask: impl FnMut(&T) -> Result<Applied, Stop>,
) -> Result<(), Stop> {
    let begun = Instant::now();
    let mut reported = begun;
    for (at, item) in items.iter().enumerate() {
        if wishes.stop(voice) {
            voice.say(&Answer::Cancelled { frames: at as u64 })?;
            return Ok(());
        }
        voice.step();
        let applied = ask(item)?;
        voice.say(&Answer::Applied(Applied { item: at, ..applied }))?;
        if reported.elapsed() >= PROGRESS_EVERY {
            reported = Instant::now();
            voice.say(&Answer::Progress { done: at as u64 + 1, total: items.len() as u64, eta: None })?;
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    voice.say(&Answer::Done { frames: items.len() as u64, models: vec![model.used()], seconds })?;
    Ok(())
}

fn said(said: Said) -> Applied {
    match said {
        Said::Shares(numbers) | Said::Curve(numbers) => Applied { numbers, ..Default::default() },
        Said::Text { text, confidence } => Applied { text: Some(text), confidence, ..Default::default() },
        Said::Points(_) | Said::Boxes(_) => problem("places in a picture are told along tracks only"),
    }
}

fn problem(why: &str) -> Applied {
    Applied { problem: Some(why.to_owned()), ..Default::default() }
}

/// What a model says about a stretch: the mean over its windows; texts one after the other.
fn mean(model: &OwnModel, samples: &[f32]) -> Result<Applied, Stop> {
    let (mut sum, mut count) = (Applied::default(), 0.0_f32);
    for (from, length) in model.windows(samples.len()) {
        let Some(piece) = samples.get(from..from + length) else { continue };
        let one = said(model.hear(piece).map_err(stop)?);
        count += 1.0;
        sum.confidence += one.confidence;
        sum.problem = one.problem.or(sum.problem);
        if let Some(text) = one.text {
            sum.text.get_or_insert_default().push_str(&text);
        }
        sum.numbers.resize(one.numbers.len(), 0.0);
        sum.numbers.iter_mut().zip(&one.numbers).for_each(|(all, one)| *all += one);
    }
    if count == 0.0 {
        return Ok(problem("the stretch is too short"));
    }
    sum.confidence /= count;
    sum.numbers.iter_mut().for_each(|v| *v /= count);
    Ok(sum)
}

/// A recording, opened when it is first needed.
struct Recording<'a> {
    path: Option<&'a Path>,
    video: Option<VideoReader>,
    sound: Option<(u32, AudioReader)>,
}

impl Recording<'_> {
    fn path(&self) -> Result<&Path, Stop> {
        self.path.ok_or_else(|| failed(Fault::Request, "no recording was named"))
    }
    fn video(&mut self) -> Result<&mut VideoReader, Stop> {
        if self.video.is_none() {
            self.video = Some(VideoReader::open(self.path()?, VideoOptions { stream: None, max_side: None })?);
        }
        self.video.as_mut().ok_or_else(|| failed(Fault::Media, "the recording has no picture"))
    }
    fn sound(&mut self, rate: u32, start: Time, end: Time) -> Result<Vec<f32>, Stop> {
        if self.sound.as_ref().is_none_or(|(known, _)| *known != rate) {
            self.sound = Some((rate, AudioReader::open(self.path()?, AudioOptions::mono(rate))?));
        }
        let Some((_, reader)) = &mut self.sound else { return Ok(Vec::new()) };
        reader.seek(start.max(Time::ZERO))?;
        let secs = (end - start).secs().clamp(0.0, LONGEST);
        let mut samples = Vec::new();
        reader.read(&mut samples, (secs * f64::from(rate)).round() as usize)?;
        Ok(samples)
    }
}

/// Judges quick movements: the flow from onset to apex, the head's own movement taken off, as HTNet takes it.
pub fn judge<W: Write>(what: &Judge, voice: &Voice<W>, wishes: &Wishes) -> Result<(), Stop> {
    let model = OwnModel::load(&what.model).map_err(stop)?;
    if model.network().is_none_or(|network| network.name() != NetName::HtNet) {
        return Err(failed(Fault::Request, format!("{} does not judge movements", model.card().name)));
    }
    let mut video = VideoReader::open(&what.media, VideoOptions { stream: what.stream, max_side: None })?;
    each(&model, &what.moments, voice, wishes, |moment| {
        let (Some(onset), Some(apex)) =
            (face(&mut video, moment.onset, moment.at_onset)?, face(&mut video, moment.apex, moment.at_apex)?)
        else {
            return Ok(problem("the face is too small or outside the picture"));
        };
        judge_one(&model, moment, &onset, &apex)
    })
}

fn judge_one(model: &OwnModel, moment: &Moment, onset: &Plane, apex: &Plane) -> Result<Applied, Stop> {
    let input = htnet::compose(&flow(onset, apex), &moment.places);
    let side = htnet::SIDE as i64;
    let run = || {
        let input = Tensor::f_from_slice(&input)?.f_reshape([1, 3, side, side])?;
        let outputs = model.run(&[input])?;
        outputs.first().map(|(_, logits)| numbers(logits)).transpose()
    };
    let logits = run().map_err(stop)?.unwrap_or_default();
    Ok(Applied { numbers: softmax(&logits), ..Default::default() })
}

/// The grey square of a face at a moment.
fn face(video: &mut VideoReader, time: Time, [a, b, dx, dy]: [f32; 4]) -> Result<Option<Plane>, Stop> {
    let frame = video.frame_at(time)?;
    let rgb = rgb_of(&frame.rgba);
    let picture = Picture::new(frame.width as usize, frame.height as usize, &rgb)?;
    let middle = FACE as f32 / 2.0;
    let centre = Point { x: a * middle - b * middle + dx, y: b * middle + a * middle + dy };
    let square = Square { centre, side: a.hypot(b) * FACE as f32, angle: b.atan2(a) };
    if !square.is_usable() {
        return Ok(None);
    }
    let levels = square.sample(&picture, FACE);
    let (pixels, _) = levels.as_chunks::<3>();
    let values = pixels.iter().map(|[r, g, b]| 0.299 * r + 0.587 * g + 0.114 * b).collect();
    Ok(Some(Plane { width: FACE, height: FACE, values }))
}
