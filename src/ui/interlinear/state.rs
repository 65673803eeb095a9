//! The view's own state: where it is scrolled, which editor is open.

use std::ops::Range;

use crate::domain::{AnnotationId, WordId};
use crate::ui::widgets::IpaPalette;

/// What is being edited where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Editor {
    /// The breaks of a word, written when one leaves the field.
    Breaks { word: WordId, text: String },
    /// Glosses of the morphs, category and gloss of a word, written as one types.
    Glosses(GlossEditor),
    /// The free translation of a line, written as one types.
    Free { line: AnnotationId, text: String },
}

/// The fields under a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GlossEditor {
    pub word: Option<WordId>,
    /// One a morph.
    pub glosses: Vec<String>,
    pub category: String,
    pub gloss: String,
    /// The completion that is lit, of the field that has the focus.
    pub lit: Option<usize>,
    /// The field that had the focus last.
    pub field: usize,
}

/// Which lines under the words are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    pub morphs: bool,
    pub glosses: bool,
    pub categories: bool,
    pub free: bool,
}

impl Default for Shown {
    fn default() -> Self {
        Self { morphs: true, glosses: true, categories: true, free: true }
    }
}

/// The view's own state.
#[derive(Debug, Default)]
pub struct InterlinearState {
    pub editor: Option<Editor>,
    /// The editor was opened just now and takes the focus.
    pub fresh: bool,
    /// The lines that were visible in the last frame.
    pub visible: Range<usize>,
    /// Bring this line into sight.
    pub reveal: Option<usize>,
    pub shown: Shown,
    pub palette: IpaPalette,
    /// Height of each line, as far as known.
    pub(super) heights: Vec<f32>,
    /// Width the heights were measured at.
    pub(super) width: f32,
}

impl InterlinearState {
    /// Opens an editor; it takes the focus when it is drawn.
    pub fn edit(&mut self, editor: Editor) {
        self.editor = Some(editor);
        self.fresh = true;
    }
}
