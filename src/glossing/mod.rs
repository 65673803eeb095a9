//! Words, morphs and the lexicon brought together.

pub mod link;
