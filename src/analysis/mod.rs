//! What the panel computes from what the networks saw: tracks, measures, proposed tags, agreement, compact storage.
//!
//! Plain arithmetic over [`observation`]s; no network runs here and no picture is decoded.

pub mod abstaining;
pub mod activity;
pub mod agreement;
pub mod assignment;
pub mod baseline;
pub mod calibrating;
pub mod codec;
pub mod contours;
pub mod gaze;
pub mod gesture;
pub mod identity;
mod intervals;
pub mod measures;
pub mod models;
pub mod networks;
pub mod observation;
pub mod one_euro;
mod oscillation;
pub mod proposals;
pub mod recipe;
pub mod review;
pub mod rotation;
pub mod same_place;
pub mod same_voice;
pub mod speaking;
pub mod speech;
pub mod tracking;
pub mod training;
mod usual;

pub use codec::{Chunk, CodecError};
pub use intervals::{Hysteresis, end_of, mean, stretches, usual_step};
pub use observation::{BBox, BodyObservation, Expression, FaceObservation, FrameObservation};
pub use proposals::{ProposalSettings, Proposals, propose};
pub use tracking::{TrackUpdate, Tracker, TrackingSettings};
