//! How wide a text is on a line of fixed places.

use unicode_segmentation::UnicodeSegmentation;

/// Places that a text takes: two for what East Asian writing sets in a square, one for any other letter with its marks.
pub(super) fn width(text: &str) -> usize {
    text.graphemes(true).map(|cluster| cluster.chars().map(of).max().unwrap_or(0)).sum()
}

fn of(letter: char) -> usize {
    match u32::from(letter) {
        0x200B..=0x200F | 0x2060 | 0xFEFF | 0xFE00..=0xFE0F => 0,
        // Unicode East Asian Width W and F, in blocks.
        0x1100..=0x115F
        | 0x2E80..=0x303E
        | 0x3041..=0x33FF
        | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF
        | 0xA000..=0xA4CF
        | 0xA960..=0xA97F
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1F64F
        | 0x1F900..=0x1F9FF
        | 0x20000..=0x3FFFD => 2,
        _ => usize::from(!unicode_normalization::char::is_combining_mark(letter)),
    }
}

/// With spaces behind, up to a width.
pub(super) fn padded(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    #[test]
    fn marks_take_no_place_and_han_takes_two() {
        assert_eq!(["tə̀", "語", "한국", "t͡ʃ", ""].map(super::width), [2, 2, 4, 2, 0]);
    }
}
