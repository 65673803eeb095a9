//! Whose curves are written: the tracks of a session that stand, by person and kind.

use std::collections::HashMap;

use crate::domain::{
    Access, Bundle, LossReport, Media, MediaId, Person, PersonId, RunId, Session, Standing, Track, TrackKind,
};
use crate::formats::published::Decisions;
use crate::formats::tracks;

/// Of faces, bodies and voices that nobody named so many are written of a kind and recording, the longest: a busy street
/// has hundreds, and ELAN reads every table as it opens a document.
const MOST_UNNAMED: usize = 8;

const KINDS: [TrackKind; 3] = [TrackKind::Face, TrackKind::Body, TrackKind::Voice];

/// Which columns go into a table, by their name.
pub(super) type Wants = fn(&str) -> bool;

/// One face, body or voice of a recording, in as many tracks as it was followed.
pub(super) struct Subject {
    /// As on the tiers of tags: a person's code, or the kind and number of a track that nobody named.
    pub who: String,
    kind: TrackKind,
    /// The recording's name, where more than one of the session shows or holds somebody.
    recording: Option<String>,
    /// Those that count more first.
    pub tracks: Vec<Track>,
    pub standing: Standing,
}

impl Subject {
    /// The name of one of their curves.
    pub fn curve(&self, measure: &str) -> String {
        match &self.recording {
            Some(recording) => format!("{} · {measure} ({recording})", self.who),
            None => format!("{} · {measure}", self.who),
        }
    }
    /// Who, fit for any disk.
    pub fn file_name(&self) -> String {
        let name = match &self.recording {
            Some(recording) => format!("{}-{recording}", self.who),
            None => self.who.clone(),
        };
        let fit = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' };
        name.chars().map(fit).take(60).collect()
    }
    /// The tables that they fill: ELAN reads a whole table anew for each of its curves, so that many small ones are read
    /// sooner than a wide one.
    pub fn parts(&self) -> &'static [(&'static str, Wants)] {
        match self.kind {
            TrackKind::Face => &[
                ("face", |name| !name.starts_with("expression.")),
                ("expression", |name| name.starts_with("expression.")),
            ],
            TrackKind::Body => &[("body", |_| true)],
            TrackKind::Voice => &[("voice", |_| true)],
        }
    }
}

/// The subjects of a session in order of recording, kind and name; what is passed over goes into the report.
pub(super) fn subjects(session: &Session, bundle: &Bundle, report: &mut LossReport) -> Vec<Subject> {
    let mut media: Vec<&Media> = bundle.media.iter().filter(|media| media.session == session.id).collect();
    media.sort_by_key(|media| (media.position, media.id));
    let of: HashMap<RunId, MediaId> =
        bundle.runs.iter().filter(|run| run.session == session.id).map(|run| (run.id, run.media)).collect();
    let own = bundle.tracks.iter().filter(|track| of.contains_key(&track.run));
    let decisions = Decisions::of(bundle);
    let why = "of a session that is closed, or whose consent was refused; its tiers are written, for your own use";
    if !decisions.session(session.id) {
        report.left_out("tracks", own.count(), why);
        return Vec::new();
    }
    let (mut open, mut closed) = (Vec::new(), 0);
    let guarded = decisions.has_closed_person(session.id);
    for track in own {
        // What nobody named may be of somebody who is closed.
        if track.person.map_or(guarded, |person| decisions.is_closed(person)) {
            closed += 1;
        } else {
            open.push(track);
        }
    }
    report.left_out("tracks", closed, "of people who are closed or refused consent, or may be of them");
    let shown: Vec<&Media> =
        media.iter().copied().filter(|m| open.iter().any(|track| of.get(&track.run) == Some(&m.id))).collect();
    let (mut subjects, mut covered, mut unnamed) = (Vec::new(), 0, 0);
    for media in &shown {
        let standing = tracks::standing(bundle, media);
        for kind in KINDS {
            let mut of_run: HashMap<RunId, Vec<&Track>> = HashMap::new();
            for track in open.iter().filter(|track| track.kind == kind && of.get(&track.run) == Some(&media.id)) {
                of_run.entry(track.run).or_default().push(track);
            }
            let (standing_tracks, hidden) = tracks::standing_tracks(&mut of_run, &standing);
            covered += hidden;
            let mut own = grouped(standing_tracks, &bundle.people, &standing);
            unnamed += keep_longest(&mut own);
            let recording = (shown.len() > 1).then(|| short_name(&media.path));
            subjects.extend(own.into_iter().map(|subject| Subject { recording: recording.clone(), ..subject }));
        }
    }
    report.left_out("tracks", covered, "of looks that another look at the same time stands for");
    let why = "that nobody named, beside the longest of the recording: name them to have their curves";
    report.left_out("tracks", unnamed, why);
    warn(session, report);
    subjects
}

/// Tracks of one recording and kind by whose they are.
fn grouped(tracks: Vec<Track>, people: &[Person], standing: &Standing) -> Vec<Subject> {
    let rank: HashMap<RunId, usize> = standing.ranked().enumerate().map(|(rank, run)| (run, rank)).collect();
    let mut found: Vec<((Option<PersonId>, i64), Subject)> = Vec::new();
    for track in tracks {
        let key = (track.person, if track.person.is_some() { 0 } else { track.number });
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, subject)) => subject.tracks.push(track),
            None => {
                let subject = Subject {
                    who: who(&track, people),
                    kind: track.kind,
                    recording: None,
                    tracks: vec![track],
                    standing: standing.clone(),
                };
                found.push((key, subject));
            }
        }
    }
    // People by name, then the others by number.
    found.sort_by(|(a, one), (b, other)| (a.0.is_none(), a.1, &one.who).cmp(&(b.0.is_none(), b.1, &other.who)));
    let mut subjects: Vec<Subject> = found.into_iter().map(|(_, subject)| subject).collect();
    for subject in &mut subjects {
        subject.tracks.sort_by_key(|track| (rank.get(&track.run).copied(), track.start, track.id));
    }
    subjects
}

/// Takes away the shortest of those nobody named; how many tracks went.
fn keep_longest(subjects: &mut Vec<Subject>) -> usize {
    let length = |subject: &Subject| subject.tracks.iter().map(|track| track.samples).sum::<i64>();
    let is_unnamed = |subject: &Subject| subject.tracks.iter().all(|track| track.person.is_none());
    let unnamed = subjects.iter().enumerate().filter(|(_, subject)| is_unnamed(subject));
    let mut by_length: Vec<(i64, usize)> = unnamed.map(|(at, subject)| (-length(subject), at)).collect();
    by_length.sort_unstable();
    let going: Vec<usize> = by_length.into_iter().skip(MOST_UNNAMED).map(|(_, at)| at).collect();
    let gone = going.iter().filter_map(|at| subjects.get(*at)).map(|subject| subject.tracks.len()).sum();
    let mut at = 0..;
    subjects.retain(|_| at.next().is_none_or(|at| !going.contains(&at)));
    gone
}

/// Who a track is of, as it stands on tiers and in files; a name only where everybody may know it.
fn who(track: &Track, people: &[Person]) -> String {
    let person = track.person.and_then(|id| people.iter().position(|person| person.id == id));
    match (person.and_then(|at| people.get(at)), track.kind) {
        (Some(person), _) if !person.code.trim().is_empty() => person.code.clone(),
        (Some(person), _) if person.access == Access::Open && !person.name.trim().is_empty() => person.name.clone(),
        (Some(_), _) => format!("Person {}", person.unwrap_or_default() + 1),
        (None, TrackKind::Face) => format!("Face {}", track.number),
        (None, TrackKind::Body) => format!("Body {}", track.number),
        (None, TrackKind::Voice) => format!("Speaker {}", track.number),
    }
}

/// A recording's file name without its extension.
fn short_name(path: &str) -> String {
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
    file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned()
}

/// Says for whom the curves of a session are that is not for everybody.
fn warn(session: &Session, report: &mut LossReport) {
    let says = match session.access {
        Access::Team => "for the team only",
        Access::Registered => "for registered people only",
        Access::Open | Access::Closed => return,
    };
    report.warn(format!("Session “{}”: {says}; so are the curves of its people.", session.name));
}
