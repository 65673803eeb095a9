//! The open project and everything that may be done with it: the only layer that changes the store.

pub mod edit;
pub mod transfer;
