//! Recipes: rules that make proposals of curves, and the labels they use, in a file that goes from project to project.
//!
//! A rule reads one channel: it starts where the curve reaches `on`, lasts while it stays above `off`, is dropped when
//! shorter than `min_secs`, and joined with the next one when the gap is at most `merge_secs`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::intervals::{Hysteresis, end_of, mean, smoothed, stretches};
use crate::domain::{Span, Tag, Time, Track, TrackKind, TrackSamples};

/// Labels and the rules that propose them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    pub name: String,
    pub description: String,
    /// Labels a reviewer may give, beside those of the rules.
    pub labels: Vec<String>,
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
}

/// One channel, and when it makes a tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What is proposed: `mouth_wide`, or `hand_up.left`.
    pub label: String,
    /// `measure.mouth_width`, `measure.head_pitch`, ….
    pub channel: String,
    /// Which number of a channel that has several.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub column: usize,
    /// Faces or bodies; either when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_tracks: Option<TrackKind>,
    /// The curve must fall to `on` and stay below `off`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub below: bool,
    /// The curve must reach this once.
    pub on: f32,
    /// And stay above this; below, where `below` is set.
    pub off: f32,
    /// Shorter ones are left out, seconds.
    pub min_secs: f64,
    /// Gaps of at most so much are closed, seconds.
    pub merge_secs: f64,
    /// Running mean over the curve, seconds; 0 leaves it as it is.
    #[serde(default)]
    pub smooth_secs: f64,
}

fn is_zero(column: &usize) -> bool {
    *column == 0
}

/// Why a recipe cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    #[error("This is no recipe: {0}")]
    Unreadable(#[from] toml::de::Error),
    #[error("A recipe needs a name of letters, digits, spaces, - or _; this one is called “{0}”.")]
    Name(String),
    #[error("The recipe has no rule.")]
    NoRules,
    #[error("Rule {number} (“{label}”): {problem}")]
    Rule { number: usize, label: String, problem: &'static str },
}

impl Recipe {
    /// Reads a recipe and looks whether it can be used.
    ///
    /// # Errors
    /// When it is no recipe, or a rule says nothing sensible.
    pub fn from_toml(text: &str) -> Result<Self, RecipeError> {
        let recipe: Self = toml::from_str(text)?;
        recipe.check()?;
        Ok(recipe)
    }

    /// As a file.
    pub fn to_toml(&self) -> String {
        // Texts, numbers and lists of them: nothing that TOML cannot say.
        toml::to_string_pretty(self).unwrap_or_default()
    }

    /// Whether it can be used.
    ///
    /// # Errors
    /// When the name is none, there is no rule, or a rule says nothing sensible.
    pub fn check(&self) -> Result<(), RecipeError> {
        let fit = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
        if self.name.trim().is_empty() || self.name.len() > 80 || !self.name.chars().all(fit) {
            return Err(RecipeError::Name(self.name.clone()));
        }
        if self.rules.is_empty() {
            return Err(RecipeError::NoRules);
        }
        for (index, rule) in self.rules.iter().enumerate() {
            rule.check().map_err(|problem| RecipeError::Rule {
                number: index + 1,
                label: rule.label.clone(),
                problem,
            })?;
        }
        Ok(())
    }

    /// The channels that its rules read.
    pub fn channels(&self) -> BTreeSet<&str> {
        self.rules.iter().map(|rule| rule.channel.as_str()).collect()
    }

    /// The proposals that all its rules make of a track, in order of time.
    pub fn apply(&self, track: &Track, samples: &TrackSamples) -> Vec<Tag> {
        let mut tags: Vec<Tag> = self.rules.iter().flat_map(|rule| rule.apply(track, samples, &self.name)).collect();
        tags.sort_by_key(|tag| (tag.start, tag.end));
        tags
    }
}

impl Rule {
    /// What keeps the rule from being used.
    ///
    /// # Errors
    /// The problem, in words.
    pub fn check(&self) -> Result<(), &'static str> {
        let secs = [self.min_secs, self.merge_secs, self.smooth_secs];
        if self.label.trim().is_empty() || self.channel.trim().is_empty() {
            return Err("it needs a label and a channel");
        }
        if !(self.on.is_finite() && self.off.is_finite()) {
            return Err("both thresholds must be numbers");
        }
        if secs.iter().any(|secs| !secs.is_finite() || *secs < 0.0 || *secs > 3600.0) {
            return Err("lengths are seconds from 0 to 3600");
        }
        match self.below {
            false if self.off > self.on => Err("the threshold to end is above the one to start"),
            true if self.off < self.on => Err("the threshold to end is below the one to start"),
            _ => Ok(()),
        }
    }

    /// Where the rule holds: from the first to the last sample of each stretch, both included.
    fn stretches(&self, times: &[Time], values: &[f32]) -> (Vec<f32>, Vec<super::intervals::Stretch>) {
        let sign = if self.below { -1.0 } else { 1.0 };
        let signed: Vec<f32> = values.iter().map(|value| value * sign).collect();
        let curve = if self.smooth_secs > 0.0 { smoothed(times, &signed, self.smooth_secs) } else { signed };
        let rule = Hysteresis {
            on: self.on * sign,
            off: self.off * sign,
            min_secs: self.min_secs,
            merge_secs: self.merge_secs,
        };
        let found = stretches(times, &curve, &rule);
        (curve, found)
    }

    /// Where the rule holds on a curve: for a preview.
    pub fn spans(&self, times: &[Time], values: &[f32]) -> Vec<Span> {
        let (_, found) = self.stretches(times, values);
        found.iter().map(|s| Span::new(times[s.first], end_of(times, s.last))).collect()
    }

    /// Whether the rule is for such tracks.
    pub fn is_for(&self, kind: TrackKind) -> bool {
        self.on_tracks.is_none_or(|wanted| wanted == kind)
    }

    /// The proposals that it makes of a track; none where the track lacks the channel.
    pub fn apply(&self, track: &Track, samples: &TrackSamples, recipe: &str) -> Vec<Tag> {
        let Some(channel) = samples.channel(&self.channel).filter(|c| self.column < c.width && self.is_for(track.kind))
        else {
            return Vec::new();
        };
        let times = &samples.times;
        let values: Vec<f32> = (0..times.len())
            .map(|i| channel.sample(i).and_then(|row| row.get(self.column)).copied().unwrap_or(f32::NAN))
            .collect();
        let (curve, found) = self.stretches(times, &values);
        let sign = if self.below { -1.0 } else { 1.0 };
        // Twice as far over the threshold as from one threshold to the other is as sure as it gets.
        let reach = ((self.on - self.off).abs() * 2.0).max(self.on.abs() * 0.25).max(1e-6);
        found
            .iter()
            .map(|s| {
                let within = &curve[s.first..=s.last];
                let seen = within.iter().filter(|value| value.is_finite());
                let level = mean(within.iter().copied()).unwrap_or(self.off * sign);
                let peak = seen.clone().copied().max_by(f32::total_cmp).unwrap_or(level);
                let confidence = (0.5 + 0.5 * (level - self.on * sign) / reach).clamp(0.2, 1.0);
                let evidence = json!({
                    "recipe": recipe,
                    "made_by": format!("Fieldgloss {}", env!("CARGO_PKG_VERSION")),
                    "rule": self,
                    "measure": self.channel,
                    "mean": rounded(level * sign),
                    "peak": rounded(peak * sign),
                    "frames": within.len(),
                    "missing": within.len() - seen.count(),
                    "thresholds": {
                        "on": self.on, "off": self.off, "min_secs": self.min_secs, "merge_secs": self.merge_secs,
                    },
                    "doubts": [],
                });
                Tag::proposed(
                    (track.run, track.id),
                    self.label.clone(),
                    Span { start: times[s.first], end: end_of(times, s.last) },
                    confidence,
                    evidence,
                )
            })
            .collect()
    }
}

/// The recipe that a proposal was made by.
pub fn recipe_of(tag: &Tag) -> Option<&str> {
    tag.evidence.get("recipe").and_then(|name| name.as_str())
}

fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1000.0).round() / 1000.0
}

#[cfg(test)]
#[path = "recipe_tests.rs"]
mod tests;
