//! CoNLL-U, the tables of Universal Dependencies (universaldependencies.org/format.html).
//!
//! A `newdoc` is a session, a sentence an annotation on a transcription tier (one a `speaker_id`); `text_XX` comments
//! are translations, `comment` and `note` notes. A word is a surface token: FORM, part of speech from UPOS (XPOS where
//! there is no UPOS), gloss from `Gloss=`, morphs from `MSeg=` and `MGloss=`; the words of a multiword token (`1-2`)
//! are its morphs, with LEMMA as citation form. `start_ms` and `end_ms` comments carry our times, to the millisecond;
//! `text_as_transcribed` a text that its words do not add up to.
//!
//! The residue under `conllu` is the sentence's own lines (on the annotation) and the token's id (on the word), so
//! LEMMA, FEATS, HEAD, DEPREL, DEPS, the rest of MISC, empty nodes and every comment come back: to the letter where
//! nothing was edited, in place where something was. Canonical form: UTF-8, line feeds, one empty line after each
//! sentence.

mod block;
mod fresh;
mod merge;
mod misc;
mod read;
mod write;

pub use read::read;
pub use write::write;

/// The name residue goes by.
pub(super) const NAME: &str = "conllu";
