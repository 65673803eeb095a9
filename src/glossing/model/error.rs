//! Why a glosser could not be trained or loaded.

/// Why a glosser could not be trained or loaded, in the user's words.
#[derive(Debug, thiserror::Error)]
pub enum GlossError {
    #[error("there is nothing to learn from: no line has as many glosses as words")]
    NothingToLearn,
    #[error("the lines are not cut into morphs (no \\m lines), which glossing of segmented words needs")]
    NotSegmented,
    #[error("cancelled")]
    Cancelled,
    #[error("this is not a glosser's file, or it is damaged: {0}")]
    Damaged(&'static str),
    #[error(
        "this glosser was saved by another version of Fieldgloss (format {found}, this one reads {expected}); train it again"
    )]
    Version { found: u32, expected: u32 },
    #[error("{0}")]
    Io(#[from] std::io::Error),
}
