//! Forgetting what somebody looks and sounds like. A recording that was looked at more than once holds the same face
//! more than once; older looks are shown nowhere, but their prints would still tell who it was.

use std::collections::{HashMap, HashSet};

use crate::analysis::codec::decode_blob;
use crate::analysis::identity::likeness_of;
use crate::domain::{
    Media, MediaId, ModelRun, Print, PrintKind, RunId, RunStatus, Session, SessionId, Span, Time, Track, TrackId,
    TrackKind,
};
use crate::store::{Forgotten, Op, OpKind, Reader, Store, StoreError, Tx};

/// Samples of two looks nearer than this are of the same moment.
const SAME_MOMENT: Time = Time(250_000_000);
/// Two boxes that share so much of what they cover together are of one face.
const SAME_PLACE: f32 = 0.3;
/// Of the moments at which both looks saw somebody, this share must be in the same place.
const MOST: f32 = 0.5;

/// Forgets the prints of these tracks, and of the unnamed tracks in other looks at the same recordings that show the
/// same face or hold the same voice; how many of the prints were of those. As [`Store::forget_prints`].
///
/// # Errors
/// When the file refuses.
pub fn forget(store: &mut Store, tracks: &[TrackId]) -> Result<(Forgotten, usize), StoreError> {
    let read = store.read();
    let mut own = Vec::new();
    for id in tracks {
        own.extend(read.get::<Track>(*id)?);
    }
    let others = same_elsewhere(read, &own)?;
    let older = read.printed()?.iter().filter(|printed| others.contains(printed)).count();
    let all: Vec<TrackId> = tracks.iter().chain(&others).copied().collect();
    Ok((store.forget_prints(Some(&all))?, older))
}

/// Unnamed tracks of other runs over the same recordings that show or hold whom these show: seen at the same time in the
/// same place, or alike by their prints.
///
/// # Errors
/// When the file cannot be read.
pub fn same_elsewhere(read: Reader<'_>, own: &[Track]) -> Result<Vec<TrackId>, StoreError> {
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let mut runs: HashMap<RunId, MediaId> = HashMap::new();
    for session in read.all::<Session>()? {
        runs.extend(read.runs_of(session.id)?.into_iter().map(|run| (run.id, run.media)));
    }
    let recordings: HashSet<MediaId> = own.iter().filter_map(|track| runs.get(&track.run)).copied().collect();
    let mut prints: HashMap<TrackId, Vec<Print>> = HashMap::new();
    for print in read.prints()? {
        prints.entry(print.track).or_default().push(print);
    }
    let mut found = Vec::new();
    for (run, media) in runs.iter().filter(|(_, media)| recordings.contains(media)) {
        let beside: Vec<&Track> = own.iter().filter(|o| o.run != *run && runs.get(&o.run) == Some(media)).collect();
        for track in read.tracks_of(*run)? {
            let free = track.person.is_none() && own.iter().all(|o| o.id != track.id);
            if free && beside.iter().any(|o| o.kind == track.kind && is_same(read, o, &track, &prints)) {
                found.push(track.id);
            }
        }
    }
    Ok(found)
}

fn is_same(read: Reader<'_>, one: &Track, other: &Track, prints: &HashMap<TrackId, Vec<Print>>) -> bool {
    let alike = alike(prints.get(&one.id), prints.get(&other.id));
    if alike == Some(true) {
        return true;
    }
    let (a, b) = (Span::new(one.start, one.end), Span::new(other.start, other.end));
    let shared = Span { start: a.start.max(b.start), end: a.end.min(b.end) };
    if shared.start > shared.end {
        return false;
    }
    match one.kind {
        // What cannot be read may be the same face: a print too many is sooner missed than one too few.
        TrackKind::Face => in_place(read, one, other, shared).unwrap_or(true),
        // Whoever speaks at the same time may be somebody else; only prints tell, where there are any.
        TrackKind::Voice => alike.is_none() && shared.duration().0 * 2 >= a.duration().0.min(b.duration().0),
        TrackKind::Body => false,
    }
}

/// Whether two tracks' prints are one person's; `None` where they cannot be compared.
fn alike(one: Option<&Vec<Print>>, other: Option<&Vec<Print>>) -> Option<bool> {
    let mut known = None;
    for (a, b) in one?.iter().flat_map(|a| other.into_iter().flatten().map(move |b| (a, b))) {
        if a.kind == b.kind && a.kind != PrintKind::Clothes && a.model == b.model && a.vector.len() == b.vector.len() {
            let cosine: f32 = a.vector.iter().zip(&b.vector).map(|(x, y)| x * y).sum();
            known = Some(known == Some(true) || cosine >= likeness_of(a.kind));
        }
    }
    known
}

/// Whether both were mostly in the same place while both were seen; `None` where their samples cannot be read.
fn in_place(read: Reader<'_>, one: &Track, other: &Track, shared: Span) -> Option<bool> {
    let wide = Span::new(shared.start - SAME_MOMENT, shared.end + SAME_MOMENT);
    let boxes = |track: &Track| -> Option<Vec<(Time, [f32; 4])>> {
        let mut all = Vec::new();
        for chunk in read.chunks(track.id, "box", wide).ok()? {
            let (times, channel) = decode_blob("box", &chunk.blob).ok()?;
            let rows = channel.values.chunks(channel.width.max(1)).filter_map(|row| row.first_chunk::<4>().copied());
            all.extend(times.into_iter().zip(rows).filter(|(_, bbox)| bbox.iter().all(|v| v.is_finite())));
        }
        Some(all)
    };
    let (a, b) = (boxes(one)?, boxes(other)?);
    let (mut both, mut same) = (0, 0);
    for (at, bbox) in &a {
        let next = b.partition_point(|(time, _)| time < at);
        let near = [next.checked_sub(1), Some(next)].into_iter().flatten().filter_map(|i| b.get(i));
        let nearest = near.min_by_key(|(time, _)| (*time - *at).0.abs());
        if let Some((_, there)) = nearest.filter(|(time, _)| (*time - *at).0.abs() <= SAME_MOMENT.0) {
            both += 1;
            same += usize::from(shared_part(*bbox, *there) >= SAME_PLACE);
        }
    }
    Some(both > 0 && same as f32 >= both as f32 * MOST)
}

/// Intersection over union.
fn shared_part([x, y, w, h]: [f32; 4], [u, v, m, n]: [f32; 4]) -> f32 {
    let wide = ((x + w).min(u + m) - x.max(u)).max(0.0);
    let high = ((y + h).min(v + n) - y.max(v)).max(0.0);
    let inside = wide * high;
    inside / (w * h + m * n - inside).max(f32::EPSILON)
}

/// Drops the prints of looks that newer finished ones over the same recordings took the place of: nobody uses them, and
/// what nobody uses is not kept. Backups keep theirs until prints are forgotten.
///
/// # Errors
/// When the file refuses.
pub fn drop_superseded(tx: &Tx<'_>, session: SessionId) -> Result<(), StoreError> {
    superseded(tx.read(), session)?.into_iter().try_for_each(|track| tx.drop_prints(track).map(|_| ()))
}

/// The same in all of a project: an earlier version kept them. Nothing to do is the rule.
///
/// # Errors
/// When the file refuses.
pub fn drop_all_superseded(store: &mut Store) -> Result<(), StoreError> {
    let read = store.read();
    let printed: HashSet<TrackId> = read.printed()?.into_iter().collect();
    if printed.is_empty() {
        return Ok(());
    }
    let mut tracks = Vec::new();
    for session in read.all::<Session>()? {
        tracks.extend(superseded(read, session.id)?.into_iter().filter(|track| printed.contains(track)));
    }
    if tracks.is_empty() {
        return Ok(());
    }
    let drop = |tx: &Tx<'_>| tracks.iter().try_for_each(|track| tx.drop_prints(*track).map(|_| ()));
    store.transact(Op::fixed(OpKind::Analyse), drop).map(|_| ())
}

/// Tracks of a session whose prints nobody uses any more.
fn superseded(read: Reader<'_>, session: SessionId) -> Result<Vec<TrackId>, StoreError> {
    let runs = read.runs_of(session)?;
    let mut tracks = Vec::new();
    for old in &runs {
        let duration = read.get::<Media>(old.media)?.and_then(|media| media.duration);
        let newer = |does: &dyn Fn(&ModelRun) -> Option<Span>| {
            does(old).is_some_and(|before| {
                let finished = runs.iter().filter(|new| new.id > old.id && new.status == RunStatus::Finished);
                let mut spans = finished.filter(|new| new.media == old.media).filter_map(does);
                spans.any(|span| span.start <= before.start && before.end <= span.end)
            })
        };
        let seen = newer(&|run| (run.looked() && takes_face_prints(run)).then(|| part(&run.settings, duration)));
        let heard = newer(&|run| run.listened().then(|| part(&run.settings["speech"], duration)));
        if !seen && !heard {
            continue;
        }
        let gone = |track: &Track| if track.kind == TrackKind::Voice { heard } else { seen };
        tracks.extend(read.tracks_of(old.id)?.iter().filter(|track| gone(track)).map(|track| track.id));
    }
    Ok(tracks)
}

/// Whether a look finds faces at all; older runs do not say with what they looked.
fn takes_face_prints(run: &ModelRun) -> bool {
    run.models.is_empty() || run.models.iter().any(|model| model.name.starts_with("face"))
}

/// Which part of its recording a run was to do, in the file.
fn part(settings: &serde_json::Value, duration: Option<Time>) -> Span {
    let time = |key: &str| serde_json::from_value::<Option<Time>>(settings[key].clone()).ok().flatten();
    let whole = duration.unwrap_or(Time(i64::MAX / 2));
    let start = time("start").unwrap_or(Time::ZERO);
    Span { start, end: time("end").map_or(whole, |end| end.min(whole)).max(start) }
}
