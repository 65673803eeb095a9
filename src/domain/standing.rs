//! Which looks at a session stand, and where: the one rule, for the window, the command line and exports.
//!
//! A look adds to what is known. Where two looked for the same (faces, bodies, voices), the newer one counts: what
//! nobody touched of the older gives way as far as the newer covers all of it. What somebody decided, reviewed, noted or
//! named never gives way. A look that was broken off covers nothing that one did to its end, and a quick look from which to
//! find where to look closely covers nothing that was looked at closely.

use std::collections::HashMap;

use serde_json::json;

use super::{Media, ModelRun, RunId, RunStatus, Session, Span, Time, Track, TrackId, TrackKind, TrackSamples};

const KINDS: [TrackKind; 3] = [TrackKind::Face, TrackKind::Body, TrackKind::Voice];

/// Where a session keeps which look is shown; and where a track keeps which of earlier looks it goes on from.
const KEY: &str = "look";

/// How the runs over a session lie over each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing(Vec<Look>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Look {
    run: RunId,
    /// Where it looked for each kind; `None` where it did not.
    stretch: [Option<Span>; 3],
    /// Where runs that count more looked for the same: apart from each other, by time.
    over: [Vec<Span>; 3],
}

fn at(kind: TrackKind) -> usize {
    match kind {
        TrackKind::Face => 0,
        TrackKind::Body => 1,
        TrackKind::Voice => 2,
    }
}

impl Standing {
    /// The order of some runs over the same recordings: the one that was chosen, if any; then those done to their end,
    /// newest first; then quick looks, then those broken off.
    pub fn of(runs: &[ModelRun], media: &[Media], chosen: Option<RunId>) -> Self {
        let mut ranked: Vec<&ModelRun> = runs.iter().collect();
        ranked.sort_by_key(|run| {
            let done = run.status == RunStatus::Finished;
            std::cmp::Reverse((Some(run.id) == chosen, done && !run.is_quick(), done, run.id))
        });
        let mut over: [Vec<Span>; 3] = Default::default();
        let mut looks = Vec::with_capacity(ranked.len());
        for run in ranked {
            let media = media.iter().find(|media| media.id == run.media);
            let stretch = KINDS.map(|kind| run.stretch(kind, media));
            looks.push(Look { run: run.id, stretch, over: over.clone() });
            for (over, stretch) in over.iter_mut().zip(stretch) {
                over.extend(stretch.filter(|span| span.start < span.end));
                *over = joined(std::mem::take(over));
            }
        }
        Self(looks)
    }
    /// The runs in order.
    pub fn ranked(&self) -> impl Iterator<Item = RunId> {
        self.0.iter().map(|look| look.run)
    }
    /// Where runs that count more looked for the same.
    pub fn over(&self, run: RunId, kind: TrackKind) -> &[Span] {
        self.0.iter().find(|look| look.run == run).map_or(&[], |look| &look.over[at(kind)])
    }
    /// Whether runs that count more cover all of a stretch that a run has something of.
    pub fn gives_way(&self, run: RunId, kind: TrackKind, span: Span) -> bool {
        self.over(run, kind).iter().any(|over| over.start <= span.start && span.end <= over.end)
    }
    /// Whether a run is covered in all that it looked for.
    pub fn is_covered(&self, run: RunId) -> bool {
        let Some(look) = self.0.iter().find(|look| look.run == run) else { return false };
        let mut kinds = KINDS.iter().filter_map(|kind| Some((*kind, look.stretch[at(*kind)]?))).peekable();
        kinds.peek().is_some() && kinds.all(|(kind, span)| self.gives_way(run, kind, span))
    }
    /// Whether a run that counts more looked at a moment of a track.
    pub fn is_over(&self, track: &Track, time: Time) -> bool {
        self.over(track.run, track.kind).iter().any(|over| over.contains(time))
    }
    /// Whether no moment of a track counts.
    pub fn hides(&self, track: &Track) -> bool {
        self.gives_way(track.run, track.kind, Span::new(track.start, track.end))
    }
    /// The samples of a track that count.
    pub fn uncovered(&self, track: &Track, samples: TrackSamples) -> TrackSamples {
        if self.over(track.run, track.kind).is_empty() {
            return samples;
        }
        samples.only(|time| !self.is_over(track, time))
    }
}

/// How much of a span others take up together, 0 to 1.
pub fn part_of(whole: Span, spans: impl Iterator<Item = Span>) -> f64 {
    let inside = spans.map(|span| Span { start: span.start.max(whole.start), end: span.end.min(whole.end) });
    let taken = joined(inside.filter(|span| span.start <= span.end).collect());
    let secs: f64 = taken.iter().map(|span| span.duration().secs()).sum();
    let all = whole.duration().secs();
    if all > 0.0 { secs / all } else { f64::from(u8::from(!taken.is_empty())) }
}

/// Spans by time, those that touch made one.
pub fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.start, span.end));
    let mut all: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match all.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => all.push(span),
        }
    }
    all
}

impl ModelRun {
    /// Whether it only looked for where to look closely.
    pub fn is_quick(&self) -> bool {
        self.settings["closeness"].get("sparse_first").is_some()
    }
    /// Whether it looked (or listened) for a kind of track. Runs whose models say nothing of it looked for all there is
    /// to see.
    pub fn sought(&self, kind: TrackKind) -> bool {
        if kind == TrackKind::Voice {
            return self.listened();
        }
        let any = |parts: &[&str]| self.models.iter().any(|used| parts.iter().any(|part| used.name.starts_with(part)));
        let (faces, bodies) = (any(&["face-", "expression-"]), any(&["pose", "hands"]));
        self.looked() && (faces == bodies || if kind == TrackKind::Face { faces } else { bodies })
    }
    /// Where it looked for a kind of track, on the session's timeline; `None` where it did not look for it. `media`: its
    /// recording. Ends that are those of the recording lie far out.
    pub fn stretch(&self, kind: TrackKind, media: Option<&Media>) -> Option<Span> {
        if !self.sought(kind) {
            return None;
        }
        let offset = media.map_or(Time::ZERO, |media| media.offset);
        let inside = |end: &Time| media.and_then(|media| media.duration).is_none_or(|whole| *end < whole);
        let settings = if kind == TrackKind::Voice { &self.settings["speech"] } else { &self.settings };
        let time = |key: &str| serde_json::from_value::<Option<Time>>(settings[key].clone()).ok().flatten();
        // From the very beginning: a first picture may be timed a little before the recording's own zero.
        let start =
            time("start").filter(|start| *start > Time::ZERO).map_or(Time(i64::MIN / 2), |start| start + offset);
        let fps = self.settings["fps"].as_f64().filter(|fps| fps.is_finite() && *fps > 0.0);
        let end = match (self.status, fps) {
            (RunStatus::Finished, _) => time("end").filter(inside).map_or(Time(i64::MAX / 2), |end| end + offset),
            (_, Some(fps)) if kind != TrackKind::Voice => {
                let from = time("start").unwrap_or(Time::ZERO) + offset;
                from + Time((self.frames.max(0) as f64 / fps * 1e9) as i64)
            }
            // Nobody knows how far it listened.
            _ => start,
        };
        Some(Span { start, end: end.max(start) })
    }
}

impl Session {
    /// Chooses the look that is shown, of the runs over this session.
    pub fn show_look(&mut self, run: RunId, runs: &[ModelRun]) {
        let newest = runs.iter().filter(|run| run.status == RunStatus::Finished).map(|run| run.id).max();
        self.residue.set(KEY, json!({ "shown": run, "newest": newest }));
    }
    /// Shows the newest look again.
    pub fn show_newest_look(&mut self) {
        self.residue.set(KEY, serde_json::Value::Null);
    }
    /// The look that was chosen, as long as no newer one for the same was done to its end since.
    pub fn shown_look(&self, runs: &[ModelRun]) -> Option<RunId> {
        let kept = self.residue.get(KEY)?;
        let id = |key: &str| serde_json::from_value::<RunId>(kept[key].clone()).ok();
        let chosen = runs.iter().find(|run| Some(run.id) == id("shown"))?;
        let known = id("newest").unwrap_or(chosen.id).max(chosen.id);
        let same = |run: &ModelRun| KINDS.iter().any(|kind| run.sought(*kind) && chosen.sought(*kind));
        let newer = runs.iter().any(|run| run.id > known && run.status == RunStatus::Finished && same(run));
        (!newer).then_some(chosen.id)
    }
}

impl Track {
    /// The tracks of earlier looks that are of the same face, body or voice at the same time.
    pub fn goes_on_from(&self) -> Vec<TrackId> {
        let kept = self.residue.get(KEY).and_then(|kept| kept.get("goes_on_from")).cloned();
        kept.and_then(|kept| serde_json::from_value(kept).ok()).unwrap_or_default()
    }
    /// Notes them.
    pub fn set_goes_on_from(&mut self, tracks: &[TrackId]) {
        let kept = if tracks.is_empty() { serde_json::Value::Null } else { json!({ "goes_on_from": tracks }) };
        self.residue.set(KEY, kept);
    }
}

/// For each unnamed track whose face, body or voice a newer look knows too, the track there: the two are one in lists.
pub fn leads(tracks: &[Track]) -> HashMap<TrackId, TrackId> {
    let mut leads = HashMap::new();
    for track in tracks.iter().filter(|track| track.person.is_none()) {
        for earlier in track.goes_on_from() {
            leads.entry(earlier).or_insert(track.id);
        }
    }
    leads.retain(|earlier, _| tracks.iter().any(|track| track.id == *earlier && track.person.is_none()));
    leads
}
