//! References into `sources.bib`.

/// Whether every reference (`Key`, `Key[12-14]`) names an entry of the bibliography.
pub(super) fn knows_all<'a>(bib: &str, mut references: impl Iterator<Item = &'a str>) -> bool {
    references.all(|reference| {
        let key = reference.split('[').next().unwrap_or_default().trim();
        !key.is_empty() && bib.contains(&format!("{{{key},"))
    })
}
