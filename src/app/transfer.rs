//! Files in, files out, with a loss report each way.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::analysis::codec::{self, Chunk};
use crate::domain::{
    Annotation, Bundle, LanguageRole, LossReport, ModelRun, RecordId, SessionId, Span, Tier, TierRole, Track, TrackId,
    TrackSamples,
};
use crate::formats::rdf::{self, Verdict};
use crate::formats::table::Table;
use crate::formats::{self, Format, FormatError, ImportOptions, Imported, eaf, evidence, parquet, tracks};
use crate::store::{Changed, Op, Reader, Record, Scope, Store, StoreError, Tx};

use super::merge::piece::{Piece, each_kind};
use super::merge::{Choices, Comparison, Kind, Pasts, Plan};
use super::{edit, measured};

/// Why a file could not go in or out.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The options with the project's languages filled in where the person said nothing.
///
/// # Errors
/// When the project cannot be read.
pub fn options_for(store: &Store, mut options: ImportOptions) -> Result<ImportOptions, StoreError> {
    let mut languages: Vec<crate::domain::Language> = store.read().all()?;
    languages.sort_by_key(|language| language.position);
    let first = |role| languages.iter().find(|l| l.role == role).map(|l| l.tag.clone()).unwrap_or_default();
    if options.object_language.is_empty() {
        options.object_language = first(LanguageRole::Object);
    }
    if options.analysis_language.is_empty() {
        options.analysis_language = first(LanguageRole::Analysis);
    }
    Ok(options)
}

/// What was read, and the name of the file it was read from: a later version of the same file is known by it.
#[derive(Clone, Debug, Default)]
pub struct Incoming {
    pub imported: Imported,
    pub source: String,
}

/// What an import did.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    pub report: LossReport,
    pub changed: Changed,
    pub plan: Plan,
}

/// Reads a file for a project, without touching the project.
///
/// # Errors
/// When the file cannot be read.
pub fn read_for(
    store: &Store,
    path: &Path,
    format: Option<Format>,
    options: ImportOptions,
) -> Result<Incoming, TransferError> {
    let options = options_for(store, options)?;
    let imported = formats::read(path, format, &options)?;
    let source = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Incoming { imported, source })
}

/// What taking in would do. Nothing is written.
///
/// # Errors
/// When the project cannot be read.
pub fn preview(store: &Store, incoming: &Incoming, choices: &Choices) -> Result<Plan, StoreError> {
    plan(&store.read(), incoming, choices)
}

fn plan(read: &Reader<'_>, incoming: &Incoming, choices: &Choices) -> Result<Plan, StoreError> {
    let mut file = incoming.imported.bundle.clone();
    file.samples = Vec::new();
    let project = counterpart(read, &file)?;
    let comparison = Comparison::with_deleted(file, project, &read.deleted_since(&incoming.source)?);
    let asks: Vec<(&'static str, RecordId)> =
        comparison.asks().into_iter().map(|(kind, id)| (table(kind), id)).collect();
    let pasts: Pasts = read.given_by(&incoming.source, &asks)?;
    Ok(comparison.plan(&pasts, choices))
}

/// The table that a kind's records are in.
fn table(kind: Kind) -> &'static str {
    macro_rules! find {
        ($record:ident) => {
            if kind == <crate::domain::$record as Piece>::KIND {
                return <crate::domain::$record as Record>::TABLE;
            }
        };
    }
    each_kind!(find);
    ""
}

/// Those parts of the project that a file may have too: what many files share, the sessions that the file has, the
/// lexicon where it has one; all of it where the file has the id of some other record.
fn counterpart(read: &Reader<'_>, file: &Bundle) -> Result<Bundle, StoreError> {
    let mut here = Bundle {
        languages: read.all()?,
        people: read.all()?,
        sessions: read.all()?,
        vocabularies: read.all()?,
        ..Bundle::default()
    };
    let mut met = Bundle {
        languages: file.languages.clone(),
        people: file.people.clone(),
        sessions: file.sessions.clone(),
        ..Bundle::default()
    };
    super::merge::match_ids(&mut met, &here, &Bundle::default());
    let sessions: HashSet<SessionId> = met.sessions.iter().map(|s| s.id).collect();
    for session in here.sessions.iter().map(|s| s.id).filter(|id| sessions.contains(id)).collect::<Vec<_>>() {
        let part = read.bundle(Scope::Session(session))?;
        here.media.extend(part.media);
        here.tiers.extend(part.tiers);
        here.annotations.extend(part.annotations);
        here.words.extend(part.words);
        here.morphs.extend(part.morphs);
        here.runs.extend(part.runs);
        here.tracks.extend(part.tracks);
        here.tags.extend(part.tags);
        here.reviews.extend(part.reviews);
    }
    let lexicon = [Kind::Lexeme, Kind::Form, Kind::Sense, Kind::Example, Kind::Relation, Kind::ExternalLink];
    if lexicon.iter().any(|kind| kind.count(file) > 0) {
        let part = read.bundle(Scope::Lexicon)?;
        (here.lexemes, here.forms, here.senses) = (part.lexemes, part.forms, part.senses);
        (here.examples, here.relations, here.links) = (part.examples, part.relations, part.links);
    }
    let mut elsewhere = false;
    macro_rules! look {
        ($record:ident) => {
            if !elsewhere && !<crate::domain::$record as Piece>::list(file).is_empty() {
                let list = <crate::domain::$record as Piece>::list(&here);
                let known: HashSet<RecordId> = list.iter().map(Piece::id).collect();
                let ids = <crate::domain::$record as Piece>::list(file).iter().map(Piece::id);
                elsewhere = read.holds_any::<crate::domain::$record>(ids.filter(|id| !known.contains(id)))?;
            }
        };
    }
    each_kind!(look);
    if elsewhere { read.bundle(Scope::Whole) } else { Ok(here) }
}

/// Takes what was read from a file into the project as one step: what is new is added, what is there already is met
/// as `choices` say (see [`super::merge`]). Then ties morphs to the lexicon where exactly one entry fits. What
/// changes nothing leaves no step.
///
/// # Errors
/// When the store refuses; nothing of the file is in the project then.
pub fn take_in_as(store: &mut Store, incoming: &Incoming, choices: &Choices) -> Result<Taken, StoreError> {
    let done = store.transact(Op::import(incoming.source.as_str()), |tx| {
        let plan = plan(&tx.read(), incoming, choices)?;
        let mut report = incoming.imported.report.clone();
        report.merge(plan.report());
        if let Some(project) = &incoming.imported.bundle.project {
            let mut project = project.clone();
            // It is from decisions: those of a project that has looked at its own recordings are its own.
            if !tx.read().all::<ModelRun>()?.is_empty() && edit::calibration::take_off(&mut project) {
                report.left_out("calibration of expressions", 1, "calibrate here, from the decisions that are here");
            }
            tx.take_project(&project)?;
        }
        if !plan.is_nothing() {
            apply(tx, &plan)?;
            let linked = edit::lexicon::link_unlinked(tx)?;
            report.mapped("morphs tied to an entry", linked, "form, kind and gloss fit exactly one sense");
        }
        take_samples(tx, &incoming.imported.bundle, &mut report)?;
        Ok((report, plan))
    })?;
    let (report, plan) = done.value;
    // Somebody may have refused since, elsewhere.
    edit::identity::forget_refused(store)?;
    Ok(Taken { report, changed: done.changed, plan })
}

/// So many damaged stretches are named one by one.
const NAMED: usize = 10;

/// Takes in the samples of tracks that have none yet; those of one run are the same everywhere.
fn take_samples(tx: &Tx<'_>, bundle: &Bundle, report: &mut LossReport) -> Result<(), StoreError> {
    let (mut kept, mut damaged, mut strays) = (0, 0, 0);
    let mut wanting: HashMap<TrackId, Option<bool>> = HashMap::new();
    for chunk in &bundle.samples {
        let wants = match wanting.entry(chunk.track) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let there = tx.read().get::<Track>(chunk.track)?.is_some();
                *new.insert(if there { Some(tx.read().channels(chunk.track)?.is_empty()) } else { None })
            }
        };
        match wants {
            Some(true) if super::checking::is_sound(chunk) => {
                tx.put_chunk(chunk)?;
                kept += 1;
            }
            Some(true) => {
                if damaged < NAMED {
                    report.warn(format!("Left out, since it is damaged: {}.", chunk.told(&bundle.tracks)));
                }
                damaged += 1;
            }
            Some(false) => kept += 1,
            None => strays += 1,
        }
    }
    report.kept("stretches of samples", kept);
    report.left_out("stretches of samples", damaged, "damaged: what is packed is not what they say");
    report.left_out("stretches of samples", strays, "of tracks that are not in the project");
    Ok(())
}

fn apply(tx: &Tx<'_>, plan: &Plan) -> Result<(), StoreError> {
    plan.morphs_gone.iter().try_for_each(|id| tx.delete_morph(*id))?;
    plan.words_gone.iter().try_for_each(|id| tx.delete_word(*id))?;
    tx.put(&plan.new, &plan.changed)?;
    for id in &plan.texts {
        let annotation: Annotation = tx.read().require(*id)?;
        let tier: Tier = tx.read().require(annotation.tier)?;
        if tier.role == TierRole::Transcription && !tx.read().words_of(*id)?.is_empty() {
            edit::words::follow_text(tx, &annotation)?;
        }
    }
    Ok(())
}

/// [`take_in_as`] of something that was not read from a file.
///
/// # Errors
/// When the store refuses; nothing of it is in the project then.
pub fn take_in(store: &mut Store, imported: &Imported) -> Result<(LossReport, Changed), StoreError> {
    let incoming = Incoming { imported: imported.clone(), source: String::new() };
    let taken = take_in_as(store, &incoming, &Choices::default())?;
    Ok((taken.report, taken.changed))
}

/// The tables of a file whose columns somebody must be asked about: those that are not laid out as Fieldgloss does.
///
/// # Errors
/// When the file cannot be opened, or is no table after all.
pub fn foreign_tables(path: &Path, format: Option<Format>) -> Result<Vec<Table>, FormatError> {
    let format = match format {
        Some(format) => format,
        None => Format::guess(path)?,
    };
    if !formats::table::is_table(format) {
        return Ok(Vec::new());
    }
    let (tables, _) = formats::table::open(path, format)?;
    Ok(tables.into_iter().filter(|table| !table.is_ours()).collect())
}

/// Reads a file and takes it into the project.
///
/// # Errors
/// When the file cannot be read or the store refuses; nothing of the file is in the project then.
pub fn import_file(
    store: &mut Store,
    path: &Path,
    format: Option<Format>,
    options: ImportOptions,
) -> Result<LossReport, TransferError> {
    let incoming = read_for(store, path, format, options)?;
    Ok(take_in_as(store, &incoming, &Choices::default())?.report)
}

/// What a person may choose about an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportOptions {
    /// For ELAN: what was measured along tracks, in tables beside the document.
    pub curves: bool,
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self { curves: true }
    }
}

/// Writes the project, or a part of it, to a file.
///
/// # Errors
/// When the format cannot say it or the disk refuses; what stood at the path before still stands.
pub fn export(store: &Store, scope: Scope, format: Format, path: &Path) -> Result<LossReport, TransferError> {
    export_as(store, scope, format, path, ExportOptions::default())
}

/// As [`export`], as somebody chose.
///
/// # Errors
/// As for [`export`].
pub fn export_as(
    store: &Store,
    scope: Scope,
    format: Format,
    path: &Path,
    options: ExportOptions,
) -> Result<LossReport, TransferError> {
    let mut bundle = store.read().bundle(scope)?;
    if format == Format::Json {
        for track in &bundle.tracks {
            bundle.samples.extend(store.read().all_chunks(track.id)?);
        }
    }
    let mut report = export_bundle(store, &bundle, format, path, options)?;
    tell_prints(store, &bundle, &mut report)?;
    Ok(report)
}

/// No format says what a face or a voice is like: that is told, so that nobody wonders or worries.
fn tell_prints(store: &Store, bundle: &Bundle, report: &mut LossReport) -> Result<(), TransferError> {
    let tracks: HashSet<_> = bundle.tracks.iter().map(|track| track.id).collect();
    let count = store.read().printed()?.into_iter().filter(|track| tracks.contains(track)).count();
    report.left_out("prints of faces and voices", count, "biometric: they never leave the project");
    Ok(())
}

fn export_bundle(
    store: &Store,
    bundle: &Bundle,
    format: Format,
    path: &Path,
    options: ExportOptions,
) -> Result<LossReport, TransferError> {
    if tracks::is_of_tracks(format) {
        let mut read = |track: &Track, channels: &[&str]| samples(store, format, track, channels);
        return Ok(tracks::write(path, format, bundle, &mut read)?);
    }
    if format == Format::Parquet {
        let mut read = |track: &Track| {
            measured::of(store, track).map_err(|e| FormatError::Unsayable { format, problem: e.to_string() })
        };
        return Ok(parquet::write_measured(path, bundle, &mut read)?);
    }
    if format == Format::Eaf {
        let mut added = LossReport::default();
        let whole = evidence::with_tiers(bundle, &mut added);
        let mut report = if options.curves {
            let mut read = |track: &Track| {
                let run = bundle.runs.iter().find(|run| run.id == track.run);
                let unreadable = |e: StoreError| FormatError::Unsayable { format, problem: e.to_string() };
                measured::curves(store, track, run).map_err(unreadable)
            };
            eaf::write_with_curves(path, &whole, &mut read)?
        } else {
            formats::write(path, format, &whole)?
        };
        report.merge(added);
        return Ok(report);
    }
    Ok(formats::write(path, format, bundle)?)
}

/// Some channels of a track, from all of its chunks.
fn samples(store: &Store, format: Format, track: &Track, channels: &[&str]) -> Result<TrackSamples, FormatError> {
    let unreadable = |problem: String| FormatError::Unsayable { format, problem };
    let mut chunks: Vec<Chunk> = Vec::new();
    for channel in channels {
        let stored = store.read().chunks(track.id, channel, Span::ALWAYS);
        chunks.extend(stored.map_err(|e| unreadable(e.to_string()))?.into_iter().map(Chunk::from));
    }
    codec::decode(&chunks).map_err(|e| unreadable(e.to_string()))
}

/// What writing would keep, map and leave out. The file is written to a folder of its own that is gone afterwards.
///
/// # Errors
/// When the format cannot say it.
pub fn export_preview(
    store: &Store,
    scope: Scope,
    format: Format,
    path: &Path,
    options: ExportOptions,
) -> Result<LossReport, TransferError> {
    let folder = tempfile::tempdir().map_err(|source| FormatError::Write { path: std::env::temp_dir(), source })?;
    let name = path.file_name().unwrap_or_else(|| std::ffi::OsStr::new("preview"));
    export_as(store, scope, format, &folder.path().join(name), options)
}

/// As [`export`], with what the shapes say of it when the format is Linked Data.
///
/// # Errors
/// As for [`export`].
pub fn export_judged(
    store: &Store,
    scope: Scope,
    format: Format,
    path: &Path,
    options: ExportOptions,
) -> Result<(LossReport, Option<Verdict>), TransferError> {
    if rdf::SYNTAXES.contains(&format) {
        let bundle = store.read().bundle(scope)?;
        let (mut report, verdict) = rdf::write_judged(path, format, &bundle)?;
        tell_prints(store, &bundle, &mut report)?;
        return Ok((report, Some(verdict)));
    }
    Ok((export_as(store, scope, format, path, options)?, None))
}
