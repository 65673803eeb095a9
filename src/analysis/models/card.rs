//! The card of a model that the user brought: a TOML file beside it that says what it is, what goes in and what its
//! numbers mean.

use serde::{Deserialize, Serialize};

use super::input::InputSpec;
use super::output::OutputSpec;

/// What is known of a model. Written by hand for a model of one's own, made by the program for a published network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelCard {
    /// What it is called here: small letters, digits and hyphens. Its folder is called so too.
    pub name: String,
    /// Its maker's version.
    pub version: String,
    /// What it does, in a few words.
    pub task: String,
    /// Under which terms it may be used, as SPDX names them or in words.
    pub licence: String,
    /// Where it comes from.
    pub source: String,
    /// On what it was trained.
    pub trained_on: String,
    /// What it is not good for.
    pub limits: String,
    /// The published network whose weights these are; empty for a program of TorchScript.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub network: String,
    /// Its classes, in the order of its output.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Whether what it says about somebody's age or sex is wanted; what it says about race is never asked for.
    #[serde(skip_serializing_if = "is_false")]
    pub personal: bool,
    /// Similar tokens that a network merges in each of its blocks: quicker, and less exact. None where it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub merge: u32,
    /// What goes in; a published network knows this itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<InputSpec>,
    /// What comes out; a published network knows this itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<OutputSpec>,
    /// The model file. Written when the model is added, and may be left out before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileFacts>,
    /// What it said when it was added, to compare with later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probe: Option<Probe>,
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

fn is_false(value: &bool) -> bool {
    !value
}

/// The model file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileFacts {
    /// Its name, beside the card.
    pub name: String,
    pub bytes: u64,
    /// SHA-256, hex.
    pub sha256: String,
}

/// What a model said about a made-up input when it was added.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    pub outputs: Vec<ProbeOutput>,
}

/// One output of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeOutput {
    pub name: String,
    pub shape: Vec<i64>,
    pub sum: f64,
    /// Euclidean norm.
    pub norm: f64,
    /// Elements spread over the output.
    pub some: Vec<f64>,
}

impl ProbeOutput {
    /// The furthest that a number is from an earlier one, as a share of max(1, |number|); infinite for another shape.
    pub fn apart(&self, earlier: &Self) -> f64 {
        if self.shape != earlier.shape || self.some.len() != earlier.some.len() {
            return f64::INFINITY;
        }
        let near = |(a, b): (&f64, &f64)| if a == b { 0.0 } else { (a - b).abs() / b.abs().max(1.0) };
        let numbers = self.some.iter().zip(&earlier.some).chain([(&self.norm, &earlier.norm)]).map(near);
        numbers.fold(0.0, |most: f64, one| if one.is_nan() { f64::INFINITY } else { most.max(one) })
    }
}

impl Probe {
    /// The furthest over all outputs.
    pub fn apart(&self, earlier: &Self) -> f64 {
        let names = |probe: &Self| probe.outputs.iter().map(|o| o.name.clone()).collect::<Vec<_>>();
        if names(self) != names(earlier) {
            return f64::INFINITY;
        }
        self.outputs.iter().zip(&earlier.outputs).map(|(a, b)| a.apart(b)).fold(0.0, f64::max)
    }
}

/// Whether a model may be called so: it becomes a folder's name and part of a channel's.
pub fn is_model_name(name: &str) -> bool {
    let letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    letters && (1..=40).contains(&name.len()) && !name.starts_with('-') && !name.ends_with('-')
}

impl ModelCard {
    /// Whether it is a published network's weights.
    pub fn is_network(&self) -> bool {
        !self.network.is_empty()
    }
    /// Name and version as a run's record has them.
    pub fn version_or_date(&self) -> &str {
        if self.version.is_empty() { "1" } else { &self.version }
    }
    /// As it is written beside the model.
    ///
    /// # Errors
    /// When it holds what TOML cannot say.
    pub fn to_toml(&self) -> Result<String, String> {
        toml::to_string_pretty(self).map_err(|error| error.to_string())
    }
}

/// What a model is used on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Each face of a video.
    Face,
    /// Two moments of a face.
    FacePair,
    /// Each body of a video.
    Body,
    /// The path of a body.
    BodyPath,
    /// A picture for each annotation of a tier.
    Frame,
    /// Speech, and annotations of a tier.
    Speech,
    /// The text of annotations of a tier.
    Text,
}

impl ModelCard {
    /// What it is used on.
    pub fn used_on(&self) -> Use {
        use crate::analysis::networks::{Subject, facts};
        if let Some(facts) = facts(&self.network) {
            return match facts.subject {
                Subject::Face | Subject::Picture => Use::Face,
                Subject::FacePair => Use::FacePair,
                Subject::Body => Use::BodyPath,
                Subject::Speech => Use::Speech,
            };
        }
        match &self.input {
            Some(InputSpec::Image(image)) => match image.of {
                super::Region::Face => Use::Face,
                super::Region::Body | super::Region::Hand => Use::Body,
                super::Region::Frame => Use::Frame,
            },
            Some(InputSpec::Audio(_)) => Use::Speech,
            Some(InputSpec::Text(_)) | None => Use::Text,
        }
    }
}
