//! How alike two spellings are.

use super::text::folded;

/// Edit distance, cut off at 6.
pub fn distance(a: &[char], b: &[char]) -> usize {
    if a.len().abs_diff(b.len()) > 5 {
        return 6;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

/// How alike a form and a gloss are in spelling, 0 to 3: loans and names.
pub fn likeness(form: &str, gloss: &str) -> u64 {
    let (a, b): (Vec<char>, Vec<char>) = (form.chars().collect(), folded(gloss).chars().collect());
    if a.len() < 3 || b.len() < 3 {
        return 0;
    }
    let far = distance(&a, &b) * 10 / a.len().max(b.len());
    match far {
        0..=1 => 3,
        2..=3 => 2,
        4..=5 => 1,
        _ => 0,
    }
}
