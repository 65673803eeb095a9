//! Making intervals: what a rule would propose on a curve, at once while its thresholds move; recipes kept and run.

use super::PeoplePlace;
use super::curves::{Curves, Series, lane};
use super::gather::Review;
use crate::analysis::models::is_curve;
use crate::analysis::recipe::{Recipe, Rule};
use crate::app::core::{Core, Message};
use crate::app::edit::recipes;
use crate::app::i18n::{tr, tr_args};
use crate::domain::{Span, Tag, Time, Track, TrackKind};
use crate::ui::people::{RuleForm, RuleModel};

/// Time shown where there is no proposal to show.
const SHOWN: Time = Time::from_millis(30_000);

/// What is known for the preview.
#[derive(Default)]
pub(super) struct Tuning {
    /// The curve of the whole track, and which it is.
    series: Option<(crate::domain::TrackId, String, Series)>,
    /// Channels of one number a sample, by the kind of track that has them.
    channels: Vec<(TrackKind, String)>,
    recipes: Vec<String>,
    /// What the model was made for.
    made_for: Option<(Rule, Option<Span>, crate::domain::TrackId)>,
}

impl Tuning {
    /// Forgets what was read.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn look(&mut self, core: &mut Core, review: &Review) {
        if !self.channels.is_empty() {
            return;
        }
        for kind in [TrackKind::Face, TrackKind::Body, TrackKind::Voice] {
            let Some(track) = review.tracks.iter().filter(|t| t.kind == kind).max_by_key(|t| t.samples) else {
                continue;
            };
            let names = core.store.read().channels(track.id);
            let names = core.ask(names).unwrap_or_default();
            let single = names
                .into_iter()
                .filter(|n| ["measure.", "quality.", "speech."].iter().any(|kind| n.starts_with(kind)) || is_curve(n));
            self.channels.extend(single.map(|name| (kind, name)));
        }
        let (found, problems) = recipes::all(core.store.folder());
        self.recipes = found.into_iter().map(|recipe| recipe.name).collect();
        problems.into_iter().for_each(|problem| core.problem(problem));
    }

    /// The track that the preview is on: the selected proposal's, else the longest that has the curve.
    fn track<'r>(&self, review: &'r Review, rule: &Rule, tag: Option<&Tag>) -> Option<&'r Track> {
        let has = |track: &&Track| {
            rule.is_for(track.kind) && self.channels.iter().any(|(k, name)| *k == track.kind && *name == rule.channel)
        };
        let own = tag.and_then(|tag| review.track(tag.track)).filter(has);
        own.or_else(|| review.tracks.iter().filter(has).max_by_key(|t| t.samples))
    }

    /// What is shown; `None` keeps what was made before.
    pub fn model(
        &mut self,
        core: &mut Core,
        review: &Review,
        curves: &mut Curves,
        form: &RuleForm,
        tag: Option<&Tag>,
        shown: Option<Span>,
    ) -> Option<RuleModel> {
        self.look(core, review);
        let rule = form.rule()?;
        let mut model = RuleModel {
            channels: self.channels.iter().map(|(_, name)| name.clone()).collect(),
            recipes: self.recipes.clone(),
            problem: rule.check().err().map(str::to_owned),
            ..RuleModel::default()
        };
        let Some(track) = self.track(review, rule, tag) else {
            model.problem = Some(tr("rule-no-curve"));
            return Some(model);
        };
        let known = self.series.as_ref().is_some_and(|(id, name, _)| *id == track.id && *name == rule.channel);
        if !known {
            let whole = Span::new(track.start, track.end);
            let series = curves.series(core.store.read(), track.id, &rule.channel, whole);
            self.series = Some((track.id, rule.channel.clone(), series));
        }
        let (_, _, series) = self.series.as_ref()?;
        let values = series.column(rule.column);
        let seen = values.iter().copied().filter(|v| v.is_finite());
        let (low, high) = seen.fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (low, high) = if low < high { (low, high) } else { (0.0, 1.0) };
        model.range = (low, high);
        let (floor, top) = (low.min(rule.on).min(rule.off), high.max(rule.on).max(rule.off));
        let range = (top - floor).max(1e-6);
        model.heights = [(rule.on - floor) / range, (rule.off - floor) / range];
        let span = shown.unwrap_or(Span::new(track.start, track.end.min(track.start + SHOWN)));
        model.span = Some(span);
        let within: Vec<usize> =
            (0..series.times.len()).filter(|&i| span.start <= series.times[i] && series.times[i] <= span.end).collect();
        let (from, to) = match (within.first(), within.last()) {
            (Some(first), Some(last)) => (*first, *last + 1),
            _ => (0, 0),
        };
        let name = rule.channel.trim_start_matches("measure.").replace(['_', '.'], " ");
        model.lane = Some(lane(name, Some(2), &series.times[from..to], &values[from..to], span, (floor, range)));
        if model.problem.is_none() {
            let spans = rule.spans(&series.times, &values);
            model.count = spans.len();
            model.spans = spans.into_iter().filter(|found| found.overlaps(span)).collect();
        }
        model.track = review.name_of(track).0;
        Some(model)
    }

    /// Whether the model is old.
    pub fn is_old(&mut self, rule: Option<&Rule>, shown: Option<Span>, tag: Option<&Tag>) -> bool {
        let now = rule.map(|rule| {
            (rule.clone(), shown, tag.map(|t| t.track).unwrap_or(crate::domain::TrackId(Default::default())))
        });
        let old = self.made_for != now;
        self.made_for = now;
        old
    }
}

/// The labels that the project's recipes use and offer, each once.
pub(super) fn labels(core: &Core) -> Vec<String> {
    let (found, _) = recipes::all(core.store.folder());
    let mut labels: Vec<String> = Vec::new();
    for recipe in found {
        let own = recipe.labels.into_iter().chain(recipe.rules.into_iter().map(|rule| rule.label));
        for label in own.filter(|label| !label.trim().is_empty()) {
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
    }
    labels
}

/// A rule to start from: the selected proposal's curve and thresholds.
fn first_rule(tag: Option<&Tag>, kind: TrackKind) -> Rule {
    let evidence = |key: &str| tag.and_then(|tag| tag.evidence["thresholds"][key].as_f64());
    let channel = tag.and_then(|tag| tag.evidence["measure"].as_str()).filter(|name| name.starts_with("measure."));
    let known = channel.is_some() && evidence("on").is_some();
    let (usual, on, off) = match kind {
        TrackKind::Face => ("measure.mouth_open", 0.16, 0.1),
        TrackKind::Body => ("measure.hand_height.right", 0.05, -0.1),
        TrackKind::Voice => ("speech.probability", 0.5, 0.35),
    };
    let channel = channel.filter(|_| known).unwrap_or(usual);
    Rule {
        label: match tag.filter(|_| known) {
            Some(tag) => tag.label.clone(),
            None => channel.trim_start_matches("measure.").to_owned(),
        },
        channel: channel.to_owned(),
        column: 0,
        on_tracks: Some(kind),
        below: false,
        on: evidence("on").filter(|_| known).map_or(on, |v| v as f32),
        off: evidence("off").filter(|_| known).map_or(off, |v| v as f32),
        min_secs: evidence("min_secs").filter(|_| known).unwrap_or(0.25),
        merge_secs: evidence("merge_secs").filter(|_| known).unwrap_or(0.1),
        smooth_secs: 0.0,
    }
}

impl PeoplePlace {
    pub(super) fn toggle_rule(&mut self, core: &mut Core) {
        if self.state.rule.take().is_some() {
            return;
        }
        let Some(review) = &self.review else {
            core.messages.push(Message::Note(tr("people-nothing-selected")));
            return;
        };
        self.agreeing = None;
        self.state.editor = None;
        let tag = core.selection.tag.and_then(|id| review.tag(id));
        let kind = tag.and_then(|tag| review.track(tag.track)).map_or(TrackKind::Face, |track| track.kind);
        let kind = if review.tracks.iter().any(|t| t.kind == kind) { kind } else { TrackKind::Body };
        let recipe = Recipe { name: tr("rule-first"), rules: vec![first_rule(tag, kind)], ..Recipe::default() };
        self.state.rule = Some(RuleForm { recipe, at: 0 });
    }

    pub(super) fn open_recipe(&mut self, core: &mut Core, name: &str) {
        let recipe = recipes::named(core.store.folder(), name);
        if let Some(recipe) = core.ask(recipe) {
            self.state.rule = Some(RuleForm { recipe, at: 0 });
        }
    }

    pub(super) fn save_recipe(&mut self, core: &mut Core) {
        let Some(form) = &self.state.rule else { return };
        let kept = recipes::keep(core.store.folder(), &form.recipe);
        if core.ask(kept).is_some() {
            self.tuning.clear();
            self.labels = labels(core);
            let name = form.recipe.name.clone();
            core.messages.push(Message::Done(tr_args("rule-saved", &[("name", name.into())])));
        }
    }

    /// Runs the recipe on screen over this session, or over all.
    pub(super) fn run_recipe(&mut self, core: &mut Core, everywhere: bool) {
        let (Some(form), Some(review)) = (&self.state.rule, &self.review) else { return };
        let recipe = form.recipe.clone();
        let runs = match everywhere {
            false => review.run_ids(),
            true => {
                let runs = recipes::newest_runs(&core.store.read(), None);
                core.ask(runs).unwrap_or_default().iter().map(|run| run.id).collect()
            }
        };
        if self.running.is_some() {
            core.messages.push(Message::Note(tr("rule-busy")));
            return;
        }
        self.running = super::running::Running::start(core, recipe, runs);
    }
}
