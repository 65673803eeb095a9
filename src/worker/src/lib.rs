//! The worker: everything that needs libtorch, kept out of the window's process.

pub mod models;
pub mod teaching;
