//! The questions the views ask, one file a view.

mod interlinear;
mod lexicon;
mod people;
mod search;
mod sessions;
mod standing;
mod text;
mod timeline;

pub use interlinear::{Analysis, MorphRow, Utterance, WordRow};
pub use lexicon::{Concordance, EntryRow, FullEntry, FullSense};
pub use people::{TagCounts, TagRow};
pub use search::Whereabouts;
pub use sessions::{ProjectSummary, SessionRow};
pub use standing::{Stood, Touched};
pub use text::GlossingProgress;
pub use timeline::ProposalMark;
