//! The recordings that have tracks, and which tracks of them are written.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::{
    Access, Bundle, LossReport, Media, ModelRun, RunId, Session, Standing, StreamKind, Track, TrackId, TrackKind,
};
use crate::formats::{Format, FormatError};

/// A recording with the tracks of the looks at it that stand.
pub(super) struct Recording<'a> {
    pub(super) media: &'a Media,
    /// A name for its file or folder, unlike that of any other recording of the export.
    pub(super) name: String,
    /// By number: two have the same only where one goes on from the other, in another look.
    pub(super) tracks: Vec<Track>,
}

impl Recording<'_> {
    /// Frames a second of its picture, when the container says so.
    pub(super) fn frame_rate(&self) -> Option<f64> {
        self.video().and_then(|s| s.frame_rate).filter(|rate| rate.is_finite() && *rate > 0.0)
    }
    /// Width and height of its picture as shown.
    pub(super) fn size(&self) -> (u32, u32) {
        self.video().map_or((0, 0), |s| (s.width.unwrap_or(0), s.height.unwrap_or(0)))
    }
    fn video(&self) -> Option<&crate::domain::Stream> {
        self.media.streams.iter().find(|s| s.kind == StreamKind::Video)
    }
}

/// The recordings with tracks of a kind, in order of session and place; what is passed over goes into the report.
///
/// # Errors
/// When there is none.
pub(super) fn of<'a>(
    bundle: &'a Bundle,
    kind: TrackKind,
    format: Format,
    report: &mut LossReport,
) -> Result<Vec<Recording<'a>>, FormatError> {
    let mut of_run: HashMap<RunId, Vec<&Track>> = HashMap::new();
    for track in bundle.tracks.iter().filter(|t| t.kind == kind) {
        of_run.entry(track.run).or_default().push(track);
    }
    let other = bundle.tracks.iter().filter(|t| t.kind != kind).count();
    report.left_out(
        if kind == TrackKind::Face { "tracks of bodies and voices" } else { "tracks of faces and voices" },
        other,
        "not of this format",
    );
    let sessions: HashMap<_, &Session> = bundle.sessions.iter().map(|s| (s.id, s)).collect();
    let mut media: Vec<_> = bundle.media.iter().collect();
    media.sort_by_key(|m| (sessions.get(&m.session).map(|s| s.position), m.session, m.position, m.id));
    let mut names = BTreeSet::new();
    let mut covered = 0;
    let mut recordings = Vec::new();
    for media in media {
        let standing = standing(bundle, media);
        let (tracks, hidden) = standing_tracks(&mut of_run, &standing);
        covered += hidden;
        if tracks.is_empty() {
            continue;
        }
        report.kept("tracks", tracks.len());
        recordings.push(Recording { media, name: unlike(&mut names, &media.path), tracks });
    }
    covered += of_run.values().map(Vec::len).sum::<usize>();
    report.left_out("tracks", covered, "of looks that another look at the same time stands for");
    closed(&recordings, &sessions, report);
    let shut = |p: &&crate::domain::Person| p.access == Access::Closed || p.consent.given == Some(false);
    let shut: BTreeSet<_> = bundle.people.iter().filter(shut).map(|p| p.id).collect();
    let theirs = recordings.iter().flat_map(|r| &r.tracks).filter(|t| t.person.is_some_and(|p| shut.contains(&p)));
    let theirs = theirs.count();
    if theirs > 0 {
        report.warn(format!("{theirs} tracks are of people who are closed: this file must not leave your hands."));
    }
    if recordings.is_empty() {
        let what = if kind == TrackKind::Face { "faces" } else { "bodies" };
        return Err(FormatError::Unsayable { format, problem: format!("no recording in it has tracks of {what}") });
    }
    Ok(recordings)
}

/// The tracks of the looks at a recording that stand, numbered apart, taken out of those `of_run`; and how many gave way.
pub(in crate::formats) fn standing_tracks(
    of_run: &mut HashMap<RunId, Vec<&Track>>,
    standing: &Standing,
) -> (Vec<Track>, usize) {
    // The looks of before first: what they followed keeps its numbers.
    let mut ranked: Vec<RunId> = standing.ranked().collect();
    ranked.sort();
    let (mut tracks, mut covered) = (Vec::new(), 0);
    for run in ranked {
        let own = of_run.remove(&run).unwrap_or_default().into_iter();
        let (gone, mut own): (Vec<&Track>, Vec<&Track>) = own.partition(|track| standing.hides(track));
        covered += gone.len();
        own.sort_by_key(|t| (t.number, t.id));
        tracks.extend(own.into_iter().cloned());
    }
    number_apart(&mut tracks);
    (tracks, covered)
}

/// How the looks at a recording lie over each other.
pub(in crate::formats) fn standing(bundle: &Bundle, media: &Media) -> Standing {
    let own: Vec<ModelRun> = bundle.runs.iter().filter(|run| run.media == media.id).cloned().collect();
    let session = bundle.sessions.iter().find(|session| session.id == media.session);
    let chosen = session.and_then(|session| session.shown_look(&own));
    Standing::of(&own, std::slice::from_ref(media), chosen)
}

/// Gives tracks of several looks numbers of their own; one that goes on from a track of an earlier look has its number.
fn number_apart(tracks: &mut [Track]) {
    let mut given: HashMap<TrackId, i64> = HashMap::new();
    let mut last = 0;
    for track in &mut *tracks {
        let earlier = track.goes_on_from().iter().find_map(|from| given.get(from).copied());
        let taken = given.values().any(|number| *number == track.number);
        track.number = earlier.unwrap_or(if taken { last + 1 } else { track.number });
        last = last.max(track.number);
        given.insert(track.id, track.number);
    }
    tracks.sort_by_key(|track| (track.number, track.start, track.id));
}

/// Says which sessions are not for everyone.
fn closed(recordings: &[Recording], sessions: &HashMap<crate::domain::SessionId, &Session>, report: &mut LossReport) {
    let mut by_access: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for session in recordings.iter().filter_map(|r| sessions.get(&r.media.session)) {
        let says = match (session.access, session.consent.given) {
            (Access::Closed, _) | (_, Some(false)) => {
                "closed, or consent was refused: this file must not leave your hands"
            }
            (Access::Team, _) => "for the team only",
            (Access::Registered, _) => "for registered people only",
            (Access::Open, _) => continue,
        };
        by_access.entry(says).or_default().insert(&session.name);
    }
    for (says, names) in by_access {
        let names: Vec<_> = names.into_iter().map(|name| format!("“{name}”")).collect();
        report.warn(format!("Session {}: {says}.", names.join(", ")));
    }
}

/// The recording's file name without its extension, made fit for any disk and different from the names so far.
fn unlike(names: &mut BTreeSet<String>, path: &str) -> String {
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let fit = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.') { c } else { '_' };
    let stem: String = stem.trim_start_matches('.').chars().map(fit).take(100).collect();
    let stem = if stem.trim().is_empty() { "recording".to_owned() } else { stem };
    let mut name = stem.clone();
    let mut count = 1;
    while !names.insert(name.to_lowercase()) {
        count += 1;
        name = format!("{stem}-{count}");
    }
    name
}
