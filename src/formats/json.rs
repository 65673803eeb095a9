//! Our own JSON: the whole bundle with the samples of its tracks, nothing lost. `{"fieldgloss": 1, "project": …, "sessions": […], …}`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Format, FormatError, ImportOptions, Imported, input};
use crate::domain::{Bundle, LossReport, Tag, TrackChunk};

/// Version of the layout. It rises when an older program could misread a newer file.
const VERSION: u64 = 1;

/// Largest file that is read, in bytes.
const LIMIT: u64 = 2 << 30;

#[derive(Serialize)]
struct Envelope<'a> {
    fieldgloss: u64,
    #[serde(flatten)]
    bundle: &'a Bundle,
}

#[derive(Deserialize)]
struct Head {
    fieldgloss: Option<serde_json::Value>,
}

/// Writes everything.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let (bytes, report) = to_bytes(bundle)?;
    input::write_atomic(path, &bytes)?;
    Ok(report)
}

/// The bytes that [`write`] writes.
///
/// # Errors
/// When a record cannot be said in JSON.
pub fn to_bytes(bundle: &Bundle) -> Result<(Vec<u8>, LossReport), FormatError> {
    let unsayable = |e: serde_json::Error| FormatError::Unsayable { format: Format::Json, problem: e.to_string() };
    let mut report = counts(bundle);
    report.kept("stretches of samples", bundle.samples.len());
    let broken = bundle.tags.iter().filter(|t| !t.confidence.is_finite()).count();
    let mended;
    let bundle = if broken == 0 {
        bundle
    } else {
        report.mapped("confidences that are not numbers", broken, "JSON cannot say them; written as 0");
        let mut copy = bundle.clone();
        copy.tags.iter_mut().filter(|t| !t.confidence.is_finite()).for_each(|t| t.confidence = 0.0);
        mended = copy;
        &mended
    };
    let mut bytes = serde_json::to_vec_pretty(&Envelope { fieldgloss: VERSION, bundle }).map_err(unsayable)?;
    bytes.push(b'\n');
    Ok((bytes, report))
}

/// Reads everything back.
///
/// # Errors
/// When the file is not ours, is of a newer version, or breaks off.
pub fn read(path: &Path, _: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, Format::Json, LIMIT)?;
    let (bundle, report) = from_bytes(&bytes)?;
    Ok(Imported { bundle, report })
}

/// Reads the bytes of a file.
///
/// # Errors
/// As for [`read`].
pub fn from_bytes(bytes: &[u8]) -> Result<(Bundle, LossReport), FormatError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let broken = |e: serde_json::Error| {
        FormatError::broken(Format::Json, format!("line {}, column {}", e.line(), e.column()), e.to_string())
    };
    let start = |problem: String| FormatError::broken(Format::Json, "the start", problem);
    let head: Head = serde_json::from_slice(bytes).map_err(broken)?;
    match head.fieldgloss.as_ref().map(|v| (v, v.as_u64())) {
        Some((_, Some(VERSION))) => {}
        Some((_, Some(newer))) if newer > VERSION => {
            return Err(start(format!(
                "it was written by a newer Fieldgloss (layout {newer}, this one reads up to {VERSION}); update to read it"
            )));
        }
        Some((other, _)) => return Err(start(format!("'{other}' is no version of the layout"))),
        None => return Err(start("it does not begin with \"fieldgloss\": other JSON is not read".to_owned())),
    }
    let mut bundle: Bundle = serde_json::from_slice(bytes).map_err(broken)?;
    // Files of earlier versions have reviews on the proposals themselves.
    let old: Vec<_> = bundle.tags.iter_mut().flat_map(Tag::take_old_reviews).collect();
    bundle.reviews.extend(old);
    // How many stretches of samples are kept is told by whoever takes them in: some may be damaged.
    let mut report = counts(&bundle);
    unreadable_stretches(&mut bundle, &mut report);
    Ok((bundle, report))
}

/// So many damaged stretches are named one by one.
const NAMED: usize = 10;

/// Leaves out stretches of samples in which nothing is packed, and says which.
fn unreadable_stretches(bundle: &mut Bundle, report: &mut LossReport) {
    let (sound, broken): (Vec<TrackChunk>, Vec<TrackChunk>) =
        std::mem::take(&mut bundle.samples).into_iter().partition(|chunk| !chunk.blob.is_empty());
    bundle.samples = sound;
    report.left_out("stretches of samples", broken.len(), "damaged: what is packed is no Base64");
    for chunk in broken.iter().take(NAMED) {
        report.warn(format!("Left out, since it is damaged: {}.", chunk.told(&bundle.tracks)));
    }
}

/// How many records of each kind there are.
fn counts(bundle: &Bundle) -> LossReport {
    let mut report = LossReport::default();
    report.kept("languages", bundle.languages.len());
    report.kept("people", bundle.people.len());
    report.kept("sessions", bundle.sessions.len());
    report.kept("media", bundle.media.len());
    report.kept("vocabularies", bundle.vocabularies.len());
    report.kept("tiers", bundle.tiers.len());
    report.kept("annotations", bundle.annotations.len());
    report.kept("words", bundle.words.len());
    report.kept("morphs", bundle.morphs.len());
    report.kept("entries", bundle.lexemes.len());
    report.kept("forms", bundle.forms.len());
    report.kept("senses", bundle.senses.len());
    report.kept("examples", bundle.examples.len());
    report.kept("relations", bundle.relations.len());
    report.kept("links", bundle.links.len());
    report.kept("model runs", bundle.runs.len());
    report.kept("tracks", bundle.tracks.len());
    report.kept("tags", bundle.tags.len());
    report.kept("reviews", bundle.reviews.len());
    report
}

#[cfg(test)]
mod tests {
    use super::{from_bytes, to_bytes};
    use crate::domain::Bundle;

    #[test]
    fn an_empty_bundle_comes_back() {
        let (bytes, _) = to_bytes(&Bundle::default()).unwrap();
        assert_eq!(from_bytes(&bytes).unwrap().0, Bundle::default());
    }

    #[test]
    fn what_is_not_ours_is_refused_in_plain_words() {
        for (text, says) in [
            ("{\"fieldgloss\": 2}", "newer Fieldgloss"),
            ("{\"a\": 1}", "does not begin with"),
            ("{\"fieldgloss\": \"x\"}", "no version"),
            ("{\"fieldgloss\": 1, \"words\": [", "line 1"),
            ("[]", "not a usable"),
            ("", "not a usable"),
        ] {
            let error = from_bytes(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
