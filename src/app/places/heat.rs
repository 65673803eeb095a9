//! Expression over a session, binned by a thread with a connection of its own.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::analysis::abstaining::{NEEDS, abstentions};
use crate::analysis::codec::{self, Chunk};
use crate::analysis::proposals::AbstainSettings;
use crate::analysis::{CodecError, ProposalSettings, usual_step};
use crate::app::core::Core;
use crate::app::seen::SeenError;
use crate::domain::{ModelRun, PersonId, Span, Standing, Time, Track, TrackId, TrackKind, leads};
use crate::store::Store;
use crate::ui::heat::{HeatBin, HeatRow};

/// Bins are no shorter, and there are no more of them.
const SHORTEST: Time = Time::from_millis(100);
const MOST: i64 = 40_000;
/// So much of a track is unpacked at once.
const BLOCK: Time = Time::from_millis(60_000);
const NETS: [&str; 2] = ["expression.faceapi", "expression.human"];
/// So many people at most.
const PEOPLE: usize = 12;

/// A face to be read.
#[derive(Clone, Debug, PartialEq)]
struct Face {
    track: TrackId,
    samples: i64,
    span: Span,
    /// Place of its person among the rows.
    row: usize,
    limits: AbstainSettings,
    /// Where a look that counts more saw it.
    over: Vec<Span>,
}

/// Runs, their tracks, and how they lie over each other.
pub type Looks<'a> = (&'a [ModelRun], &'a [Track], &'a Standing);

/// What was asked for: faces, and the names of their people.
#[derive(Clone, Debug, Default, PartialEq)]
struct Request {
    faces: Vec<Face>,
    names: Vec<String>,
}

type Thread = (Sender<Request>, Receiver<Vec<Arc<HeatRow>>>);

/// The rows, and the thread that makes them.
#[derive(Default)]
pub struct Heat {
    rows: Vec<Arc<HeatRow>>,
    asked: Request,
    waiting: bool,
    thread: Option<Thread>,
}

impl Heat {
    /// One row a person, in the order of the tracks; as far as they are made.
    pub fn rows(&self) -> Vec<Arc<HeatRow>> {
        self.rows.clone()
    }

    /// Whether what was asked for is on its way.
    pub fn is_waiting(&self) -> bool {
        self.waiting
    }

    /// Takes in what was made, and asks anew when there is more.
    pub fn refresh(&mut self, core: &mut Core, looks: Looks<'_>, name: &dyn Fn(&Track) -> String) {
        if let Some((_, answers)) = &self.thread
            && let Some(last) = answers.try_iter().last()
        {
            self.rows = last;
            self.waiting = false;
        }
        let request = request(looks, name);
        // While a run writes more and more, one answer is awaited before the next is asked for.
        if request == self.asked || self.waiting {
            return;
        }
        if request.faces.is_empty() {
            (self.rows, self.asked) = (Vec::new(), request);
            return;
        }
        if self.thread.is_none() {
            let sibling = core.store.sibling();
            let Some(store) = core.ask(sibling) else { return };
            self.thread = begin(store, Arc::clone(&core.wake));
        }
        if let Some((ask, _)) = &self.thread {
            self.waiting = ask.send(request.clone()).is_ok();
            self.asked = request;
        }
    }
}

fn request((runs, tracks, standing): Looks<'_>, name: &dyn Fn(&Track) -> String) -> Request {
    let mut request = Request::default();
    let leads = leads(tracks);
    // Whose row it is: a person's, or that of a face nobody has named, in all looks that saw it.
    let mut owners: Vec<(Option<PersonId>, Option<TrackId>)> = Vec::new();
    for track in tracks.iter().filter(|track| track.kind == TrackKind::Face && !standing.hides(track)) {
        let owner = match track.person {
            Some(person) => (Some(person), None),
            None => (None, Some(leads.get(&track.id).copied().unwrap_or(track.id))),
        };
        let row = match owners.iter().position(|known| *known == owner) {
            Some(row) => row,
            None if owners.len() >= PEOPLE => continue,
            None => {
                owners.push(owner);
                request.names.push(name(track));
                owners.len() - 1
            }
        };
        let run = runs.iter().find(|run| run.id == track.run);
        let settings =
            run.and_then(|run| serde_json::from_value::<ProposalSettings>(run.settings["proposals"].clone()).ok());
        request.faces.push(Face {
            track: track.id,
            samples: track.samples,
            span: Span { start: track.start, end: track.end },
            row,
            limits: settings.unwrap_or_default().abstain,
            over: standing.over(track.run, track.kind).to_vec(),
        });
    }
    request
}

fn begin(store: Store, wake: Arc<dyn Fn() + Send + Sync>) -> Option<Thread> {
    let (ask, asked) = channel::<Request>();
    let (answer, answers) = channel();
    let run = move || {
        while let Ok(first) = asked.recv() {
            let request = asked.try_iter().last().unwrap_or(first);
            let rows = rows(&store, &request).into_iter().map(Arc::new).collect();
            if answer.send(rows).is_err() {
                return;
            }
            wake();
        }
    };
    match std::thread::Builder::new().name("heat".to_owned()).spawn(run) {
        Ok(_) => Some((ask, answers)),
        Err(error) => {
            log::warn!("no thread for the heat map: {error}");
            None
        }
    }
}

/// The rows of these tracks, read here and now. The window has them made by [`Heat::refresh`], which does not wait.
pub fn rows_of(store: &Store, looks: Looks<'_>, name: &dyn Fn(&Track) -> String) -> Vec<HeatRow> {
    rows(store, &request(looks, name))
}

/// The rows of the people asked for; a face that cannot be read is left out and logged.
fn rows(store: &Store, request: &Request) -> Vec<HeatRow> {
    let start = request.faces.iter().map(|face| face.span.start).min().unwrap_or_default();
    let end = request.faces.iter().map(|face| face.span.end).max().unwrap_or_default();
    let length = (end - start).max(Time(1));
    let bin = SHORTEST.max(Time(length.0 / MOST + 1));
    let count = (length.0 / bin.0 + 1) as usize;
    let row = |who: &String| HeatRow { who: who.clone(), start, bin, bins: vec![HeatBin::default(); count] };
    let mut rows: Vec<HeatRow> = request.names.iter().map(row).collect();
    for face in &request.faces {
        if let Some(row) = rows.get_mut(face.row)
            && let Err(error) = add(store, face, row)
        {
            log::warn!("heat map: {error}");
        }
    }
    rows
}

fn add(store: &Store, face: &Face, row: &mut HeatRow) -> Result<(), SeenError> {
    let mut from = face.span.start;
    while from <= face.span.end {
        let block = Span { start: from, end: from + BLOCK };
        let mut chunks = Vec::new();
        for channel in NEEDS.into_iter().chain(NETS) {
            for chunk in store.read().chunks(face.track, channel, block)? {
                chunks.push(Chunk::from(chunk));
            }
        }
        sum(&chunks, face, block, row)?;
        from = block.end;
    }
    Ok(())
}

fn sum(chunks: &[Chunk], face: &Face, block: Span, row: &mut HeatRow) -> Result<(), CodecError> {
    let samples = codec::decode(chunks)?;
    let reasons = abstentions(&samples, &face.limits);
    let step = usual_step(&samples.times);
    let nets = NETS.map(|net| samples.channel(net).filter(|channel| channel.width == 7));
    for (i, time) in samples.times.iter().enumerate() {
        // Pieces reach over the edges of a block; each sample counts once.
        let over = face.over.iter().any(|span| span.contains(*time));
        if *time < block.start || block.end <= *time || over {
            continue;
        }
        // A sample holds until the next, but over no gap: bins shorter than a step are all filled.
        let next = samples.times.get(i + 1).copied().unwrap_or(*time + step);
        let end = next.min(*time + Time(step.0 * 8 / 5)).max(*time + Time(1));
        let place = |time: Time| usize::try_from((time - row.start).0.div_euclid(row.bin.0.max(1))).ok();
        let (Some(first), Some(last)) = (place(*time), place(end - Time(1))) else { continue };
        let scores = nets.map(|channel| {
            let judged = reasons[i].is_none();
            channel.and_then(|c| c.sample(i)).filter(|scores| judged && scores.iter().all(|v| v.is_finite()))
        });
        for bin in row.bins.iter_mut().take(last + 1).skip(first) {
            bin.seen += 1;
            bin.judged += u32::from(reasons[i].is_none());
            for (net, scores) in scores.iter().enumerate() {
                let Some(scores) = scores else { continue };
                bin.counts[net] += 1;
                bin.sums[net].iter_mut().zip(*scores).for_each(|(sum, score)| *sum += score);
            }
        }
    }
    Ok(())
}
