//! A dataset folder as the Hugging Face hub and its `datasets` library read it: `README.md` (the dataset card with
//! YAML metadata), `LICENSE`, and Parquet files under `data/`.
//!
//! - Config `interlinear`: one row an utterance, `data/interlinear/{train,validation,test}.parquet`, cut by session
//!   ([`split`]): utterance, words, morphs, glosses, translation, speaker's code, times in seconds.
//! - Config `lexicon`: one row a sense, `data/lexicon/train.parquet`; examples from sessions that are kept back for
//!   validation and test are not in it.
//!
//! Card keys are those of the hub's dataset card specification (`language`, `license`, `task_categories`,
//! `size_categories`, `configs` with `data_files` per split, …). Only what [`published`](super::published) allows is
//! written, and analyses only where a person agreed. Recordings are not copied; the column `audio` names the file,
//! of open sessions alone. Nothing is read back; residue does not apply.

mod card;
mod entries;
pub mod examples;
mod licence;
mod split;
mod utterances;
mod yaml;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use super::folder::Files;
use super::parquet::{bytes, table::Table};
use super::{Format, FormatError, published};
use crate::domain::{Access, Bundle, LanguageRole, LossReport, SessionId};
use card::Card;
use licence::Licence;
use split::Split;
use utterances::Utterance;

/// Writes the dataset folder. A folder that is there already is brought up to date; files of others in it stay.
///
/// # Errors
/// When nothing of the bundle may be published, or the folder cannot be written.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let (files, report) = to_files(bundle)?;
    files.write(path)?;
    Ok(report)
}

fn to_files(bundle: &Bundle) -> Result<(Files, LossReport), FormatError> {
    let (bundle, mut report) = published(bundle);
    let spoken = utterances::of(&bundle, &mut report);
    if spoken.is_empty() && bundle.lexemes.is_empty() {
        let problem = "there is no utterance and no entry in it that may be published".to_owned();
        return Err(FormatError::Unsayable { format: Format::HfDataset, problem });
    }
    let with_speech: HashSet<SessionId> = spoken.iter().map(|u| u.session.id).collect();
    let splits = split::of(&with_speech.into_iter().collect::<Vec<_>>());
    let split_of = |u: &Utterance| splits.get(&u.session.id).copied().unwrap_or(Split::Train);
    let held_back = spoken.iter().filter(|u| split_of(u) != Split::Train).map(Utterance::id).collect();
    let translations = translations(&bundle, &spoken);
    let (has_glosses, has_audio) = (spoken.iter().any(Utterance::has_gloss), spoken.iter().any(Utterance::has_audio));
    report.kept("utterances", spoken.len());

    let mut files = Files::default();
    let mut parts: BTreeMap<Split, Vec<Utterance>> = BTreeMap::new();
    for utterance in spoken {
        parts.entry(split_of(&utterance)).or_default().push(utterance);
    }
    let mut interlinear = Vec::new();
    for (split, utterances) in &parts {
        let sessions: HashSet<_> = utterances.iter().map(|u| u.session.id).collect();
        let table = utterances::table(utterances, &translations);
        files.add(card::file("interlinear", *split), bytes(&table, &bundle)?);
        interlinear.push((*split, table, sessions.len()));
    }
    let lexicon = lexicon(&bundle, &held_back, &mut report);
    if let Some(table) = &lexicon {
        files.add(card::file("lexicon", Split::Train), bytes(table, &bundle)?);
    }
    for split in Split::ALL {
        files.never(card::file("interlinear", split));
    }
    files.never(card::file("lexicon", Split::Train));

    let licence = Licence::of(bundle.project.as_ref().map_or("", |p| p.licence.as_str()));
    let card = Card {
        bundle: &bundle,
        licence: &licence,
        interlinear,
        lexicon,
        translations: &translations,
        has_glosses,
        has_audio,
    };
    files.add("README.md", card.text().into_bytes());
    let name = bundle.project.as_ref().map_or("Fieldgloss project", |p| p.name.as_str());
    files.add("LICENSE", licence.file(name).into_bytes());
    left_behind(&bundle, &licence, &mut report);
    Ok((files, report))
}

fn lexicon(
    bundle: &Bundle,
    held_back: &HashSet<crate::domain::AnnotationId>,
    report: &mut LossReport,
) -> Option<Table> {
    if bundle.lexemes.is_empty() {
        return None;
    }
    let (object, analysis) =
        (utterances::tags(bundle, LanguageRole::Object), utterances::tags(bundle, LanguageRole::Analysis));
    let table = entries::table(bundle, held_back, &object, &analysis, report);
    report.kept("entries", bundle.lexemes.len());
    report.kept("senses", table.rows);
    Some(table)
}

/// The languages that utterances are translated into: the project's first, then by how often.
fn translations(bundle: &Bundle, utterances: &[Utterance]) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (language, _) in utterances.iter().flat_map(|u| u.translations.iter()) {
        *counts.entry(language.to_owned()).or_default() += 1;
    }
    let wanted = utterances::tags(bundle, LanguageRole::Analysis);
    let place = |language: &String| wanted.iter().position(|w| w == language).unwrap_or(usize::MAX);
    let mut languages: Vec<_> = counts.into_iter().collect();
    languages.sort_by_key(|(language, count)| (place(language), std::cmp::Reverse(*count), language.clone()));
    languages.into_iter().map(|(language, _)| language).collect()
}

/// Says what has no field.
fn left_behind(bundle: &Bundle, licence: &Licence, report: &mut LossReport) {
    if licence.iri.is_empty() {
        report.warn("The project has no licence yet: the card says “unknown”, and nobody may use the dataset.");
    }
    let closed = bundle.sessions.iter().filter(|s| s.access != Access::Open).map(|s| s.id).collect::<HashSet<_>>();
    let unnamed = bundle.media.iter().filter(|m| closed.contains(&m.session)).count();
    report.left_out("recordings", unnamed, "of sessions that are not open: not even named");
    report.mapped("recordings", bundle.media.len() - unnamed, "named in the column `audio`; the files are not copied");
    report.mapped(
        "words",
        bundle.words.len(),
        "lists in the row of their utterance; punctuation stands in the text only",
    );
    report.mapped("morphs", bundle.morphs.len(), "lists in the row of their utterance");
    report.mapped(
        "other forms of entries",
        bundle.forms.len(),
        "a list in the rows of their entry; pronunciations are not in it",
    );
    let no_field = "the dataset has no field for them; export Parquet tables to have them all";
    report.left_out("relations", bundle.relations.len(), no_field);
    report.left_out("links", bundle.links.len(), no_field);
    report.left_out("tracks", bundle.tracks.len(), no_field);
    report.left_out("face and body tags", bundle.tags.len(), no_field);
    report.left_out("controlled vocabularies", bundle.vocabularies.len(), no_field);
    let tiers: HashSet<_> = bundle
        .tiers
        .iter()
        .filter(|t| !matches!(t.role, crate::domain::TierRole::Transcription | crate::domain::TierRole::Translation))
        .map(|t| t.id)
        .collect();
    let with_words: HashSet<_> = bundle.words.iter().map(|w| w.annotation).collect();
    let other = bundle.annotations.iter().filter(|a| tiers.contains(&a.tier) && !with_words.contains(&a.id)).count();
    report.left_out("annotations on other tiers", other, no_field);
}
