//! Models that the user brought: what their cards say, and what their numbers mean. No network runs here.

mod card;
mod channels;
mod checks;
mod input;
mod output;
pub mod propose;
pub mod said;
mod samples;
pub mod template;

/// What the names of channels from models of the user's own begin with.
pub const OWN: &str = "own.";

pub use card::{FileFacts, ModelCard, Probe, ProbeOutput, Use, is_model_name};
pub use channels::{OwnChannel, channels, is_curve, is_personal};
pub use checks::CardError;
pub use input::{AudioInput, Colour, ImageInput, InputSpec, Layout, Level, Region, TextInput};
pub use output::{Activation, OutputKind, OutputSpec, Unit};
pub use samples::append_own;
