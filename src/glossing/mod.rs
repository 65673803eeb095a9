//! Words out of utterances, morphs out of words, and what the lexicon and earlier work say about them.

pub mod breaks;
pub mod evaluate;
pub mod igt;
pub mod keystrokes;
pub mod labels;
pub mod lexical;
pub mod link;
pub mod model;
pub mod tokens;
