//! Recipes in a project: files in its folder, and the proposals that they make.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;

use super::Edited;
use crate::analysis::codec::{self, Chunk};
use crate::analysis::recipe::{Recipe, RecipeError, recipe_of};
use crate::domain::{ModelRun, RunId, SessionId, Span, Tag, Time, Track, TrackSamples};
use crate::formats::FormatError;
use crate::formats::input::write_atomic;
use crate::store::query::Stood;
use crate::store::{Done, Folder, Op, OpKind, Reader, Store, StoreError};

/// Why a recipe could not be kept, read or run.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("{}: {reason}", path.display())]
    Disk { path: PathBuf, reason: std::io::Error },
    #[error("There is no recipe called “{0}” in this project.")]
    Missing(String),
}

/// Largest recipe that is read: they are written by hand.
const LARGEST: u64 = 1 << 20;

fn folder(folder: &Folder) -> PathBuf {
    folder.path().join("recipes")
}

fn file(of: &Folder, name: &str) -> PathBuf {
    folder(of).join(format!("{}.toml", name.trim()))
}

/// Reads a recipe from a file anywhere.
///
/// # Errors
/// When it cannot be read, or is no recipe.
pub fn read(path: &std::path::Path) -> Result<Recipe, KeepError> {
    let disk = |reason| KeepError::Disk { path: path.to_owned(), reason };
    if std::fs::metadata(path).map_err(disk)?.len() > LARGEST {
        return Err(disk(std::io::Error::new(std::io::ErrorKind::InvalidData, "too large for a recipe")));
    }
    Ok(Recipe::from_toml(&std::fs::read_to_string(path).map_err(disk)?)?)
}

/// The project's recipes by name, and what keeps others from being read.
pub fn all(of: &Folder) -> (Vec<Recipe>, Vec<KeepError>) {
    let Ok(entries) = std::fs::read_dir(folder(of)) else { return (Vec::new(), Vec::new()) };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for path in paths.filter(|path| path.extension().is_some_and(|e| e == "toml")) {
        match read(&path) {
            Ok(recipe) => found.push(recipe),
            Err(problem) => problems.push(problem),
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    (found, problems)
}

/// The project's recipe of that name.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn named(of: &Folder, name: &str) -> Result<Recipe, KeepError> {
    let path = file(of, name);
    if !path.exists() {
        return Err(KeepError::Missing(name.to_owned()));
    }
    read(&path)
}

/// Keeps a recipe in the project's folder, in place of one with the same name.
///
/// # Errors
/// When it says nothing sensible, or the disk refuses.
pub fn keep(of: &Folder, recipe: &Recipe) -> Result<PathBuf, KeepError> {
    recipe.check()?;
    let folder = folder(of);
    std::fs::create_dir_all(&folder).map_err(|reason| KeepError::Disk { path: folder, reason })?;
    let path = file(of, &recipe.name);
    write_atomic(&path, recipe.to_toml().as_bytes())?;
    Ok(path)
}

/// What running a recipe did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Ran {
    pub sessions: usize,
    pub tracks: usize,
    /// Proposals made.
    pub made: usize,
    /// Open proposals of an earlier run of the recipe that were taken out.
    pub replaced: usize,
    /// Proposals that were there already: decided, or said something about.
    pub kept: usize,
}

/// Runs a recipe over the tracks of model runs, in one step. Open proposals that the same recipe made before give way;
/// those somebody said something about stay, and are not proposed again.
///
/// # Errors
/// When samples cannot be read, or the file refuses.
pub fn run(store: &mut Store, recipe: &Recipe, runs: &[RunId]) -> Edited<Ran> {
    let made = apply(&store.read(), recipe, runs, |_, _| true)?.unwrap_or_default();
    write(store, recipe, runs, made)
}

/// The same, told how far it is: tracks done, and all; `None` when `told` says to stop, and nothing is changed then. Only
/// the writing at the end holds others up.
///
/// # Errors
/// As for [`run`].
pub fn run_with(
    store: &mut Store,
    recipe: &Recipe,
    runs: &[RunId],
    told: impl FnMut(usize, usize) -> bool,
) -> Result<Option<Done<Ran>>, StoreError> {
    match apply(&store.read(), recipe, runs, told)? {
        Some(made) => write(store, recipe, runs, made).map(Some),
        None => Ok(None),
    }
}

/// The curves that rules of a recipe read and no track of these runs has.
///
/// # Errors
/// When the file cannot be read.
pub fn missing_curves(read: &Reader<'_>, recipe: &Recipe, runs: &[RunId]) -> Result<Vec<String>, StoreError> {
    let mut known = std::collections::BTreeSet::new();
    for run in runs {
        for track in read.tracks_of(*run)? {
            known.extend(read.channels(track.id)?);
        }
    }
    let mut missing: Vec<String> = recipe.channels().into_iter().map(str::to_owned).collect();
    missing.retain(|channel| !known.contains(channel));
    Ok(missing)
}

/// What stands of the sessions that runs are over, by session.
fn looks(read: &Reader<'_>, runs: &[RunId]) -> Result<BTreeMap<SessionId, Stood>, StoreError> {
    let mut looks = BTreeMap::new();
    for run in runs {
        let Some(session) = read.get::<ModelRun>(*run)?.map(|run| run.session) else { continue };
        if let Entry::Vacant(free) = looks.entry(session) {
            free.insert(read.standing(session)?);
        }
    }
    Ok(looks)
}

/// The proposals of a recipe, and how many tracks they were looked for on.
fn apply(
    read: &Reader<'_>,
    recipe: &Recipe,
    runs: &[RunId],
    mut told: impl FnMut(usize, usize) -> bool,
) -> Result<Option<(usize, Vec<Tag>)>, StoreError> {
    recipe.check().map_err(|problem| StoreError::Rule(problem.to_string()))?;
    let mut tracks = Vec::new();
    for (_, stood) in looks(read, runs)? {
        let own = |track: &&Track| runs.contains(&track.run) && !stood.standing.hides(track);
        let own: Vec<Track> = stood.tracks.iter().filter(own).cloned().collect();
        tracks.extend(own.into_iter().map(|track| (track, stood.standing.clone())));
    }
    let missing = missing_curves(read, recipe, runs)?;
    if !tracks.is_empty() && missing.len() == recipe.channels().len() {
        // It would take its earlier proposals away and make none.
        let missing = missing.join(", ");
        return Err(StoreError::Rule(format!("Nothing here has a curve {missing}. Nothing was changed.")));
    }
    let mut made = Vec::new();
    for (done, (track, standing)) in tracks.iter().enumerate() {
        if !told(done, tracks.len()) {
            return Ok(None);
        }
        let samples = samples(read, track, recipe.channels().into_iter())?;
        let found = recipe.apply(track, &samples).into_iter();
        // Where a newer look counts, its own track is proposed of.
        made.extend(found.filter(|tag| !standing.gives_way(track.run, track.kind, Span::new(tag.start, tag.end))));
    }
    Ok(told(tracks.len(), tracks.len()).then_some((tracks.len(), made)))
}

fn write(store: &mut Store, recipe: &Recipe, runs: &[RunId], made: (usize, Vec<Tag>)) -> Edited<Ran> {
    let (tracks, made) = made;
    store.transact(Op::new(OpKind::RunRecipe), |tx| {
        let read = tx.read();
        let mut ran = Ran { tracks, ..Ran::default() };
        let mut sessions = std::collections::HashSet::new();
        let (mut kept, mut there) = (Vec::new(), std::collections::HashSet::new());
        for run in runs {
            sessions.extend(read.get::<ModelRun>(*run)?.map(|run| run.session));
            there.extend(read.tracks_of(*run)?.into_iter().map(|track| track.id));
            let reviews = read.reviews_of(*run)?;
            for tag in read.tag_rows(*run)?.into_iter().map(|row| row.tag) {
                if recipe_of(&tag) != Some(&recipe.name) {
                    continue;
                }
                if reviews.is_untouched(&tag) {
                    tx.delete_tag(tag.id)?;
                    ran.replaced += 1;
                } else {
                    kept.push(tag);
                }
            }
        }
        ran.kept = kept.len();
        // A track that was taken out meanwhile is proposed nothing.
        for tag in made.iter().filter(|tag| there.contains(&tag.track)) {
            let again = |old: &Tag| {
                old.track == tag.track
                    && old.label == tag.label
                    && Span::new(old.start, old.end).overlaps(Span::new(tag.start, tag.end))
            };
            if !kept.iter().any(again) {
                tx.insert(tag)?;
                ran.made += 1;
            }
        }
        ran.sessions = sessions.len();
        Ok(ran)
    })
}

/// The model runs that stand of each session, or of one: what a recipe is run over.
///
/// # Errors
/// When the file cannot be read.
pub fn newest_runs(read: &Reader<'_>, session: Option<&str>) -> Result<Vec<ModelRun>, StoreError> {
    let mut runs = Vec::new();
    for row in read.session_rows()? {
        if session.is_none_or(|name| row.session.name == name) {
            runs.extend(read.standing_runs(row.session.id)?);
        }
    }
    Ok(runs)
}

/// All samples of some channels of a track; a channel that it lacks is left out.
///
/// # Errors
/// When the file cannot be read, or a piece is damaged.
pub fn samples<'c>(
    read: &Reader<'_>,
    track: &Track,
    channels: impl Iterator<Item = &'c str>,
) -> Result<TrackSamples, StoreError> {
    let whole = Span::new(Time(i64::MIN), Time(i64::MAX));
    let mut chunks = Vec::new();
    for name in channels {
        chunks.extend(read.chunks(track.id, name, whole)?.into_iter().map(|chunk| Chunk {
            channel: chunk.channel,
            start: chunk.start,
            end: chunk.end,
            samples: usize::try_from(chunk.samples).unwrap_or(0),
            blob: chunk.blob,
        }));
    }
    codec::decode(&chunks).map_err(|problem| StoreError::Rule(problem.to_string()))
}
