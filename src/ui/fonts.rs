//! The fonts: Inter for the interface, Andika for the language itself, Charis SIL as the serif choice.
//!
//! Every family falls back on the others and last on DejaVu Sans, so that one character unknown to a font does not
//! turn into a box. egui shapes without OpenType feature tags; figures of equal width come from a small font of
//! Inter's own tabular digits, put in front of Inter in the `… figures` families.

use std::sync::Arc;

use eframe::egui::{FontData, FontDefinitions, FontFamily, FontId};

use crate::app::shipped;

/// Inter, regular.
pub const INTER: &str = "Inter";
/// Inter, semibold.
pub const INTER_SEMIBOLD: &str = "Inter Semibold";
/// Inter with figures of equal width.
pub const FIGURES: &str = "Inter figures";
/// Inter semibold with figures of equal width.
pub const FIGURES_SEMIBOLD: &str = "Inter Semibold figures";
/// Andika, regular.
pub const ANDIKA: &str = "Andika";
/// Andika, bold.
pub const ANDIKA_BOLD: &str = "Andika Bold";
/// Charis SIL, regular.
pub const CHARIS: &str = "Charis SIL";

/// Names of the families a writing system may choose from.
pub const FOR_WRITING_SYSTEMS: [&str; 3] = [ANDIKA, CHARIS, INTER];

const DEJAVU: &str = "DejaVu Sans";
const DIGITS: &str = "Fieldgloss Figures";
const DIGITS_SEMIBOLD: &str = "Fieldgloss Figures SemiBold";

/// All families with their fallback chains.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let files: [(&str, &'static [u8]); 8] = [
        (INTER, include_bytes!("../../assets/fonts/Inter-Regular.otf")),
        (INTER_SEMIBOLD, include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
        (DIGITS, include_bytes!("../../assets/fonts/FieldglossFigures-Regular.otf")),
        (DIGITS_SEMIBOLD, include_bytes!("../../assets/fonts/FieldglossFigures-SemiBold.otf")),
        (ANDIKA, include_bytes!("../../assets/fonts/Andika-Regular.ttf")),
        (ANDIKA_BOLD, include_bytes!("../../assets/fonts/Andika-Bold.ttf")),
        (CHARIS, shipped::CHARIS),
        (DEJAVU, shipped::DEJAVU),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let chains: [(FontFamily, &[&str]); 9] = [
        (FontFamily::Proportional, &[INTER, ANDIKA, DEJAVU]),
        (FontFamily::Monospace, &[DIGITS, INTER, ANDIKA, DEJAVU]),
        (named(INTER), &[INTER, ANDIKA, DEJAVU]),
        (named(INTER_SEMIBOLD), &[INTER_SEMIBOLD, ANDIKA_BOLD, DEJAVU]),
        (named(FIGURES), &[DIGITS, INTER, ANDIKA, DEJAVU]),
        (named(FIGURES_SEMIBOLD), &[DIGITS_SEMIBOLD, INTER_SEMIBOLD, ANDIKA_BOLD, DEJAVU]),
        (named(ANDIKA), &[ANDIKA, CHARIS, INTER, DEJAVU]),
        (named(ANDIKA_BOLD), &[ANDIKA_BOLD, ANDIKA, INTER_SEMIBOLD, DEJAVU]),
        (named(CHARIS), &[CHARIS, ANDIKA, INTER, DEJAVU]),
    ];
    for (family, chain) in chains {
        fonts.families.insert(family, chain.iter().map(|name| (*name).to_owned()).collect());
    }
    fonts
}

fn named(name: &str) -> FontFamily {
    FontFamily::Name(name.into())
}

/// Interface text.
pub fn regular(size: f32) -> FontId {
    FontId::new(size, named(INTER))
}

/// Interface text that carries weight: headings, names, the current place.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, named(INTER_SEMIBOLD))
}

/// Times and counts: figures of equal width.
pub fn figures(size: f32) -> FontId {
    FontId::new(size, named(FIGURES))
}

/// Times and counts that carry weight.
pub fn figures_semibold(size: f32) -> FontId {
    FontId::new(size, named(FIGURES_SEMIBOLD))
}

/// The language being described.
pub fn language(size: f32) -> FontId {
    FontId::new(size, named(ANDIKA))
}

/// The language, as a headword.
pub fn language_bold(size: f32) -> FontId {
    FontId::new(size, named(ANDIKA_BOLD))
}

/// The font that a writing system asks for by name; Andika when the name is not one of ours.
pub fn of_writing_system(name: &str, size: f32) -> FontId {
    let known = FOR_WRITING_SYSTEMS.iter().find(|known| known.eq_ignore_ascii_case(name)).unwrap_or(&ANDIKA);
    FontId::new(size, named(known))
}
