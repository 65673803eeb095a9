//! Interlinear text as most formats see it: sentences with columns of word, morphs and glosses, and what stands under
//! them. Readers of such formats make [`Sentence`]s and hand them to a [`Builder`]; writers get them from [`texts`].
//! Where a sentence reads the same as its source does, the source can be written back to the letter.

mod build;
mod cells;
mod view;

pub use build::Builder;
pub use cells::{join, mark, split};
pub use view::{Spoken, left_out, texts};

use crate::domain::{Span, TierRole, WordKind};

/// One sentence with its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    pub text: String,
    /// Code of who said it, empty when not known.
    pub speaker: String,
    pub span: Option<Span>,
    pub words: Vec<Column>,
    pub under: Vec<Under>,
}

/// A translation of a sentence, or a note on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Under {
    pub role: TierRole,
    /// BCP 47 tag, empty when not said.
    pub language: String,
    pub text: String,
}

/// One word of a sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    pub form: String,
    pub gloss: String,
    pub category: String,
    pub kind: WordKind,
    pub morphs: Vec<Piece>,
}

/// One morph of a word, its form with the marks that say how it attaches (`-im`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    pub form: String,
    pub citation: String,
    pub gloss: String,
    pub category: String,
}

impl Sentence {
    /// The translations or notes of a kind, in order.
    pub fn of_role(&self, role: TierRole) -> impl Iterator<Item = &Under> {
        self.under.iter().filter(move |under| under.role == role)
    }
    /// With what stands under it in order of kind and language, for comparing.
    pub fn sorted(mut self) -> Self {
        self.under.sort_by(|a, b| (a.role as u8, &a.language).cmp(&(b.role as u8, &b.language)));
        self
    }
    /// Without what a format that tags no language cannot say, for comparing with what such a file said.
    pub fn without_languages(mut self) -> Self {
        for under in &mut self.under {
            under.language.clear();
        }
        self
    }
}

impl Column {
    /// The word cut into morphs, or whole where it has none: form, gloss and category as one cell each.
    pub fn cells(&self) -> (String, String, String) {
        if self.morphs.is_empty() {
            return (self.form.clone(), self.gloss.clone(), self.category.clone());
        }
        let gloss = join(&self.morphs, |m| &m.gloss);
        let category = join(&self.morphs, |m| &m.category);
        (
            join(&self.morphs, |m| &m.form),
            if gloss.is_empty() { self.gloss.clone() } else { gloss },
            if category.is_empty() { self.category.clone() } else { category },
        )
    }
}

/// On one line: runs of white space become one space.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a word is a mark of punctuation only.
pub fn is_punctuation(form: &str) -> bool {
    !form.is_empty() && !form.chars().any(|c| c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c))
}

/// Decimal seconds of a time, exact.
pub fn decimal(time: crate::domain::Time) -> String {
    let sign = if time.0 < 0 { "-" } else { "" };
    let nanos = time.0.unsigned_abs();
    let text = format!("{sign}{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
    let kept = text.trim_end_matches('0');
    if kept.ends_with('.') { format!("{kept}0") } else { kept.to_owned() }
}
