//! The measures of tracks in sight, unpacked by a thread with a connection of its own; and the lanes they stand on.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::base::Base;
use super::blocks::MOST_TRACKS;
use crate::analysis::codec::{self, Chunk};
use crate::analysis::usual_step;
use crate::app::core::Core;
use crate::app::i18n::{has_text, tr};
use crate::app::places::heat::Heat;
use crate::app::show::{EXPRESSION, Lanes};
use crate::domain::{Span, Time, TrackId};
use crate::store::Store;
use crate::ui::heat::HeatRow;
use crate::ui::timeline::{LaneChoice, LaneContent, MeasureLane};

/// Longer stretches show no measures but expression.
const LONGEST: Time = Time::from_millis(3 * 3_600_000);
/// More points than this are no longer seen: of more samples the lowest and the highest of each part are kept.
const POINTS: usize = 1500;

/// A channel of a track that stands on a lane.
#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    channel: String,
    track: TrackId,
    samples: i64,
    who: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Request {
    wanted: Vec<Wanted>,
    span: Span,
}

type Answer = Vec<(String, MeasureLane)>;

/// The lanes of measures, and the thread that makes them.
#[derive(Default)]
pub struct Measures {
    pub lanes: Vec<MeasureLane>,
    curves: Answer,
    heat: Heat,
    asked: Option<Request>,
    /// What `lanes` was made of, beside the curves.
    made: Option<(Lanes, Vec<Arc<HeatRow>>)>,
    thread: Option<(Sender<Request>, Receiver<Answer>)>,
}

impl Measures {
    /// Lets go of another session's measures.
    pub fn forget(&mut self) {
        self.lanes.clear();
        self.curves.clear();
        self.heat = Heat::default();
        (self.asked, self.made) = (None, None);
    }

    /// Takes in what was made, asks for what is in sight, and puts lanes in their order.
    pub fn refresh(&mut self, core: &mut Core, base: &Base, view: Span) {
        if let Some((_, answers)) = &self.thread
            && let Some(last) = answers.try_iter().last()
        {
            self.curves = last;
            self.made = None;
        }
        let judged = base.has_expression && core.lanes.has(EXPRESSION);
        if judged {
            let looks = (&base.stood.runs[..], &base.stood.tracks[..], &base.stood.standing);
            self.heat.refresh(core, looks, &|track| base.who(track));
        }
        self.ask(core, base, view);
        let rows = if judged { self.heat.rows() } else { Vec::new() };
        let same = |(lanes, known): &(Lanes, Vec<Arc<HeatRow>>)| {
            *lanes == core.lanes && known.len() == rows.len() && known.iter().zip(&rows).all(|(a, b)| Arc::ptr_eq(a, b))
        };
        if self.made.as_ref().is_some_and(same) {
            return;
        }
        let mut lanes = Vec::new();
        for channel in core.lanes.channels() {
            if channel == EXPRESSION {
                lanes.extend(rows.iter().map(|row| MeasureLane {
                    channel: channel.clone(),
                    measure: name_of(channel),
                    who: row.who.clone(),
                    content: LaneContent::Heat(Arc::clone(row)),
                }));
            } else {
                lanes.extend(self.curves.iter().filter(|(of, _)| of == channel).map(|(_, lane)| lane.clone()));
            }
        }
        self.lanes = lanes;
        self.made = Some((core.lanes.clone(), rows));
    }

    fn ask(&mut self, core: &mut Core, base: &Base, view: Span) {
        let in_sight = base
            .stood
            .tracks
            .iter()
            .filter(|track| track.start < view.end && view.start < track.end && !base.stood.standing.hides(track));
        let wanted: Vec<Wanted> = in_sight
            .take(MOST_TRACKS)
            .flat_map(|track| {
                let own = base.channels.iter().filter(|(of, _)| *of == track.id).map(|(_, channel)| channel);
                own.filter(|channel| core.lanes.has(channel)).map(|channel| Wanted {
                    channel: channel.clone(),
                    track: track.id,
                    samples: track.samples,
                    who: base.who(track),
                })
            })
            .collect();
        if wanted.is_empty() || view.duration() > LONGEST {
            if !self.curves.is_empty() {
                self.curves.clear();
                self.made = None;
            }
            self.asked = None;
            return;
        }
        let request = Request { wanted, span: view };
        if self.asked.as_ref() == Some(&request) {
            return;
        }
        if self.thread.is_none() {
            let sibling = core.store.sibling();
            let Some(store) = core.ask(sibling) else { return };
            self.thread = begin(store, Arc::clone(&core.wake));
        }
        if let Some((ask, _)) = &self.thread
            && ask.send(request.clone()).is_ok()
        {
            self.asked = Some(request);
        }
    }
}

/// A channel as lanes call it.
pub fn name_of(channel: &str) -> String {
    let id = format!("lane-{}", channel.replace(['.', '_'], "-"));
    if has_text(&id) {
        return tr(&id);
    }
    channel.trim_start_matches("measure.").trim_start_matches("quality.").replace(['_', '.'], " ")
}

/// Whether a channel is one number over time, so that it can have a lane.
pub fn is_measure(channel: &str) -> bool {
    ["measure.", "quality."].iter().any(|kind| channel.starts_with(kind))
        || matches!(channel, "presence" | "speech.probability")
}

/// Everything that can have a lane here: chosen ones first, in their order.
pub fn choices(core: &Core, base: &Base) -> Vec<LaneChoice> {
    let mut known: Vec<&str> = base.channels.iter().map(|(_, channel)| channel.as_str()).collect();
    if base.has_expression {
        known.push(EXPRESSION);
    }
    known.sort_unstable();
    known.dedup();
    let on = core.lanes.channels().iter().map(String::as_str).filter(|channel| known.contains(channel));
    let off = known.iter().copied().filter(|channel| !core.lanes.has(channel));
    let choice = |channel: &str, on| LaneChoice { channel: channel.to_owned(), name: name_of(channel), on };
    let mut rest: Vec<LaneChoice> = off.map(|channel| choice(channel, false)).collect();
    rest.sort_by(|a, b| a.name.cmp(&b.name));
    on.map(|channel| choice(channel, true)).chain(rest).collect()
}

fn begin(store: Store, wake: Arc<dyn Fn() + Send + Sync>) -> Option<(Sender<Request>, Receiver<Answer>)> {
    let (ask, asked) = channel::<Request>();
    let (answer, answers) = channel();
    let run = move || {
        while let Ok(first) = asked.recv() {
            // Only the last is still looked at.
            let request = asked.try_iter().last().unwrap_or(first);
            let lanes = request.wanted.iter().filter_map(|wanted| lane(&store, wanted, request.span));
            if answer.send(lanes.collect()).is_err() {
                return;
            }
            wake();
        }
    };
    match std::thread::Builder::new().name("measures".to_owned()).spawn(run) {
        Ok(_) => Some((ask, answers)),
        Err(error) => {
            log::warn!("no thread for measures: {error}");
            None
        }
    }
}

fn lane(store: &Store, wanted: &Wanted, span: Span) -> Option<(String, MeasureLane)> {
    let channel = wanted.channel.as_str();
    let chunks = store.read().chunks(wanted.track, channel, span);
    let chunks = chunks.inspect_err(|error| log::warn!("measures: {error}")).ok()?;
    let chunks: Vec<Chunk> = chunks.into_iter().map(Chunk::from).collect();
    let samples = codec::decode(&chunks).inspect_err(|error| log::warn!("measures: {error}")).ok()?;
    let values = &samples.channel(channel).filter(|channel| channel.width == 1)?.values;
    let points = with_gaps(&samples.times, values);
    let seen = || points.iter().map(|(_, value)| *value).filter(|value| value.is_finite());
    let (low, high) = seen().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return None;
    }
    let points = thinned(&points, POINTS);
    let pieces = points.split(|(_, value)| !value.is_finite()).filter(|piece| !piece.is_empty());
    let content = LaneContent::Curve { pieces: pieces.map(<[_]>::to_vec).collect(), low, high };
    let measure = name_of(channel);
    Some((channel.to_owned(), MeasureLane { channel: channel.to_owned(), measure, who: wanted.who.clone(), content }))
}

/// Times with their values, and no value between two that lie far apart: nothing was seen there.
fn with_gaps(times: &[Time], values: &[f32]) -> Vec<(Time, f32)> {
    let far = usual_step(times).secs() * 3.5;
    let mut points: Vec<(Time, f32)> = Vec::with_capacity(times.len());
    for (time, value) in times.iter().zip(values) {
        if points.last().is_some_and(|(before, _)| (*time - *before).secs() > far) {
            points.push((*time - Time(1), f32::NAN));
        }
        points.push((*time, *value));
    }
    points
}

/// At most about so many points: of each part its lowest and highest, in their order; a gap stays a gap.
fn thinned(points: &[(Time, f32)], most: usize) -> Vec<(Time, f32)> {
    if points.len() <= most {
        return points.to_vec();
    }
    let size = (points.len() * 2).div_ceil(most).max(2);
    let mut thin = Vec::with_capacity(most + 2);
    for part in points.chunks(size) {
        let value = |i: &usize| part[*i].1;
        let finite: Vec<usize> = (0..part.len()).filter(|i| value(i).is_finite()).collect();
        let low = finite.iter().copied().min_by(|a, b| value(a).total_cmp(&value(b)));
        let high = finite.iter().copied().max_by(|a, b| value(a).total_cmp(&value(b)));
        match (low, high) {
            (Some(a), Some(b)) => {
                thin.push(part[a.min(b)]);
                if a != b {
                    thin.push(part[a.max(b)]);
                }
            }
            _ => thin.push(part[0]),
        }
    }
    thin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_peak_is_still_seen_from_afar() {
        let points: Vec<(Time, f32)> =
            (0..90_000).map(|i| (Time::from_millis(i * 40), if i == 45_678 { 1.0 } else { 0.0 })).collect();
        let thin = thinned(&points, POINTS);
        assert!(thin.len() <= POINTS + 2, "{}", thin.len());
        assert!(thin.contains(&points[45_678]));
        assert!(thin.is_sorted_by_key(|(time, _)| *time));
    }
}
