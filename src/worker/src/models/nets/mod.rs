//! The transformers of the research literature, run natively: an official checkpoint loads as it is, key by key.
//!
//! Whether a network computes what its original computes is proven without its weights: [`recipe`] fills both with the same
//! numbers, and [`parity`] compares what comes out with what the official code gave.

mod attention;
mod blocks;
pub mod cct;
mod error;
mod facexformer;
pub mod hot;
mod htnet;
mod merging;
mod mixste;
mod name;
mod network;
pub mod parity;
pub mod recipe;
mod scope;
mod swin;
mod swinface;
mod wav2small;

pub use error::{Misfit, NetError};
pub use name::NetName;
pub use network::{Network, Outputs};
pub use scope::{Key, Role, State};
