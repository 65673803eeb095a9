//! The worker's side of the conversation: one request at a time, a sign of life every second, cancel heard meanwhile.

use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use fieldgloss::domain::ModelUse;
use fieldgloss::jobs::protocol::{
    Answer, Fault, Line, ModelCheck, ModelTiming, PROTOCOL, Parity, ParityOutput, Request, read_line, write_line,
};
use fieldgloss::media::MediaError;
use fieldgloss_worker::models::nets::{NetName, parity};
use fieldgloss_worker::models::{ModelError, ModelName, Networks, Picture};

const ALIVE_EVERY: Duration = Duration::from_secs(1);
/// How often a resting worker looks whether it may go on.
const REST: Duration = Duration::from_millis(50);
pub(crate) const PROGRESS_EVERY: Duration = Duration::from_millis(200);

/// Where answers go, and when the last step of work began.
pub(crate) struct Voice<W> {
    to: Mutex<W>,
    step: Mutex<Instant>,
    gone: AtomicBool,
}

impl<W: Write> Voice<W> {
    pub(crate) fn say(&self, answer: &Answer) -> std::io::Result<()> {
        let said = write_line(&mut *self.to.lock().unwrap_or_else(PoisonError::into_inner), answer);
        if said.is_err() {
            self.gone.store(true, Ordering::Relaxed);
        }
        said
    }

    /// Notes that a step of work begins now.
    pub(crate) fn step(&self) {
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// What the other side wishes meanwhile.
#[derive(Default)]
pub(crate) struct Wishes {
    cancel: AtomicBool,
    pause: AtomicBool,
}

impl Wishes {
    /// Whether the work is to stop. Waits here while it is to rest.
    pub(crate) fn stop<W: Write>(&self, voice: &Voice<W>) -> bool {
        while self.pause.load(Ordering::Relaxed) && !self.cancel.load(Ordering::Relaxed) {
            voice.step();
            std::thread::sleep(REST);
        }
        self.cancel.load(Ordering::Relaxed)
    }

    fn set(&self, cancel: bool, pause: bool) {
        self.pause.store(pause, Ordering::Relaxed);
        self.cancel.store(cancel, Ordering::Relaxed);
    }
}

/// What ended a request before its time.
pub(crate) enum Stop {
    /// Told to the other side; the next request is waited for.
    Answer(Box<Answer>),
    /// The other side is gone.
    Io(std::io::Error),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<ModelError> for Stop {
    fn from(error: ModelError) -> Self {
        let fault = if matches!(error, ModelError::Unknown { .. }) { Fault::Request } else { Fault::Model };
        failed(fault, error)
    }
}

impl From<MediaError> for Stop {
    fn from(error: MediaError) -> Self {
        failed(Fault::Media, error)
    }
}

pub(crate) fn failed(fault: Fault, message: impl std::fmt::Display) -> Stop {
    let mut message = message.to_string();
    if !message.ends_with(['.', '?', '!']) {
        message.push('.');
    }
    Stop::Answer(Box::new(Answer::Error { fault, message }))
}

/// Serves until the input ends.
///
/// # Errors
/// When an answer cannot be written any more.
pub fn serve<R, W>(input: R, output: W) -> std::io::Result<()>
where
    R: BufRead + Send + 'static,
    W: Write + Send + 'static,
{
    let voice =
        Arc::new(Voice { to: Mutex::new(output), step: Mutex::new(Instant::now()), gone: AtomicBool::new(false) });
    voice.say(&Answer::Hello { protocol: PROTOCOL, version: env!("CARGO_PKG_VERSION").to_owned() })?;
    let wishes = Arc::new(Wishes::default());
    let requests = listen(input, wishes.clone());
    keep_alive(voice.clone());
    for request in requests {
        voice.step();
        // libtorch throws and tch may panic: the request fails, the worker stays.
        let done = catch_unwind(AssertUnwindSafe(|| answer(&request, &voice, &wishes)));
        match done {
            Ok(Ok(())) => {}
            Ok(Err(Stop::Answer(answer))) => voice.say(&answer)?,
            Ok(Err(Stop::Io(error))) => return Err(error),
            Err(_) => voice.say(&Answer::Error {
                fault: Fault::Other,
                message: "The program met an error of its own while working on this.".to_owned(),
            })?,
        }
    }
    Ok(())
}

/// Reads requests on a thread of its own, so that a cancel is heard during work. The end of the input cancels too.
fn listen<R: BufRead + Send + 'static>(mut input: R, wishes: Arc<Wishes>) -> Receiver<Request> {
    let (sender, requests) = channel();
    std::thread::spawn(move || {
        loop {
            match read_line::<Request>(&mut input) {
                Ok(Line::Message(request)) if matches!(*request, Request::Cancel) => {
                    wishes.set(true, false);
                }
                Ok(Line::Message(request)) if matches!(*request, Request::Pause) => wishes.set(false, true),
                Ok(Line::Message(request)) if matches!(*request, Request::Continue) => {
                    wishes.pause.store(false, Ordering::Relaxed);
                }
                Ok(Line::Message(request)) => {
                    // A cancel belongs to the request before it.
                    wishes.set(false, false);
                    if sender.send(*request).is_err() {
                        return;
                    }
                }
                Ok(Line::Unknown(text)) => log::warn!("request not understood: {text}"),
                Ok(Line::End { .. }) | Err(_) => {
                    wishes.set(true, false);
                    return;
                }
            }
        }
    });
    requests
}

fn keep_alive<W: Write + Send + 'static>(voice: Arc<Voice<W>>) {
    std::thread::spawn(move || {
        while !voice.gone.load(Ordering::Relaxed) {
            std::thread::sleep(ALIVE_EVERY);
            let busy = voice.step.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
            let _ = voice.say(&Answer::Alive { busy_secs: busy.as_secs_f64() });
        }
    });
}

fn answer<W: Write>(request: &Request, voice: &Voice<W>, wishes: &Wishes) -> Result<(), Stop> {
    match request {
        Request::Analyse(what) => crate::watch::analyse(what, voice, wishes),
        Request::Listen(what) => crate::hear::listen(what, voice, wishes),
        Request::Verify { model_dir } => Ok(voice.say(&Answer::Verified { models: verify(model_dir, voice) })?),
        Request::Bench { model_dir, rounds } => {
            let models = bench(model_dir, *rounds, voice, wishes)?;
            Ok(voice.say(&Answer::Benched { models })?)
        }
        Request::Parity { name, input_key, merge } => {
            let name: NetName = name.parse().map_err(|error| failed(Fault::Request, error))?;
            let report = parity::run_merging(name, input_key, *merge).map_err(|error| failed(Fault::Model, error))?;
            Ok(voice.say(&Answer::Parity(told(report)))?)
        }
        Request::Examine(what) => Ok(voice.say(&Answer::Examined(Box::new(crate::own::examine(what)?)))?),
        Request::Apply(what) => crate::own::apply(what, voice, wishes),
        Request::Lift(what) => Ok(voice.say(&Answer::Lifted { windows: crate::own::lift(what)? })?),
        Request::Judge(what) => crate::own::judge(what, voice, wishes),
        Request::Tell(what) => crate::teach::tell(what, voice, wishes),
        Request::Train(what) => crate::teach::train(what, voice, wishes),
        Request::Cancel | Request::Pause | Request::Continue => Ok(()),
    }
}

fn told(report: parity::Report) -> Parity {
    let output = |output: parity::Measured| ParityOutput {
        name: output.name,
        shape: output.shape,
        sum: output.sum,
        l2: output.l2,
        largest: output.largest,
        at: output.at,
        off: output.off,
    };
    Parity {
        name: report.name.to_string(),
        params: report.params,
        keys: report.keys,
        outputs: report.outputs.into_iter().map(output).collect(),
    }
}

/// The models to load for what was asked: what a network needs before it comes with it.
pub(crate) fn needed(names: &[String]) -> Result<Vec<ModelName>, ModelError> {
    use ModelName::{
        ExpressionFaceapi, ExpressionHuman, FaceDetectFar, FaceDetectNear, FaceMesh, Faceprint, Pose, PoseDetect,
    };
    // A name after + comes beside the usual ones.
    let besides = names.iter().all(|name| name.starts_with('+'));
    let own = names.iter().map(|name| name.strip_prefix('+').unwrap_or(name).parse());
    let mut wanted = own.collect::<Result<Vec<ModelName>, _>>()?;
    if besides {
        let usual = |name: &ModelName| !matches!(name, ModelName::PoseFast | ModelName::Hands) && !name.hears();
        wanted.extend(ModelName::ALL.into_iter().filter(usual));
    }
    wanted.retain(|name| !name.hears());
    let any = |wanted: &[ModelName], of: &[ModelName]| of.iter().any(|name| wanted.contains(name));
    if any(&wanted, &[ExpressionFaceapi, ExpressionHuman, Faceprint]) && !wanted.contains(&FaceMesh) {
        wanted.push(FaceMesh);
    }
    if wanted.contains(&FaceMesh) && !any(&wanted, &[FaceDetectNear, FaceDetectFar]) {
        wanted.extend([FaceDetectNear, FaceDetectFar]);
    }
    // Hands are looked for where a body has its wrists.
    if wanted.contains(&ModelName::Hands) && !wanted.contains(&Pose) {
        wanted.push(Pose);
    }
    if wanted.contains(&Pose) && !wanted.contains(&PoseDetect) {
        wanted.push(PoseDetect);
    }
    if wanted.contains(&PoseDetect) && !wanted.contains(&Pose) {
        wanted.push(Pose);
    }
    Ok(wanted)
}

/// What the record of a run says of its models.
pub(crate) fn used(networks: &Networks, wanted: &[ModelName]) -> Vec<ModelUse> {
    let cards = wanted.iter().filter_map(|name| networks.card(*name));
    cards
        .map(|card| ModelUse {
            name: card.name.clone(),
            version: card.version.clone(),
            sha256: card.file.sha256.clone(),
        })
        .collect()
}

fn verify<W: Write>(model_dir: &Path, voice: &Voice<W>) -> Vec<ModelCheck> {
    let check = |name: ModelName| {
        voice.step();
        let compared = Networks::load(model_dir, &[name]).and_then(|n| n.compare_with_original(model_dir, name));
        match compared {
            Ok(apart) => ModelCheck { name: name.to_string(), ok: true, message: String::new(), apart },
            Err(error) => ModelCheck { name: name.to_string(), ok: false, message: error.to_string(), apart: None },
        }
    };
    ModelName::ALL.into_iter().map(check).collect()
}

fn bench<W: Write>(model_dir: &Path, rounds: u32, voice: &Voice<W>, wishes: &Wishes) -> Result<Vec<ModelTiming>, Stop> {
    // Noise costs a network no more and no less than a picture.
    let pixels: Vec<u8> = (0..640_u32 * 480 * 3).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let picture = Picture::new(640, 480, &pixels)?;
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    let mut timings = Vec::new();
    for name in ModelName::ALL {
        if wishes.stop(voice) {
            break;
        }
        voice.step();
        let begun = Instant::now();
        let networks = Networks::load(model_dir, &[name])?;
        let load_millis = millis(begun.elapsed());
        let time = networks.median_time(name, &picture, rounds.clamp(1, 1000) as usize)?;
        timings.push(ModelTiming { name: name.to_string(), millis: millis(time), load_millis });
    }
    Ok(timings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_network_needs_comes_with_it() {
        let names = |list: &[&str]| needed(&list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        let mesh = names(&["expression-human"]).unwrap();
        assert!(mesh.contains(&ModelName::FaceMesh) && mesh.contains(&ModelName::FaceDetectNear));
        assert!(names(&["pose"]).unwrap().contains(&ModelName::PoseDetect));
        assert!(names(&["hands"]).unwrap().contains(&ModelName::PoseDetect));
        assert!(!names(&[]).unwrap().contains(&ModelName::PoseFast));
        assert!(!names(&[]).unwrap().contains(&ModelName::Hands));
        let besides = names(&["+hands"]).unwrap();
        assert!(besides.contains(&ModelName::Hands) && besides.contains(&ModelName::FaceMesh));
        assert!(names(&["gear"]).is_err());
    }

    /// Answers to these lines, in order, signs of life left out.
    fn answers(requests: &str) -> Vec<Answer> {
        #[derive(Clone, Default)]
        struct Page(Arc<Mutex<Vec<u8>>>);
        impl Write for Page {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().extend_from_slice(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let page = Page::default();
        serve(std::io::Cursor::new(requests.to_owned().into_bytes()), page.clone()).unwrap();
        let text = page.0.lock().unwrap().clone();
        let answers = text.split(|b| *b == b'\n').filter(|line| !line.is_empty());
        answers
            .map(|line| serde_json::from_slice(line).unwrap())
            .filter(|answer| !matches!(answer, Answer::Alive { .. }))
            .collect()
    }

    #[test]
    fn a_missing_recording_and_nonsense_are_answered_and_the_worker_stays() {
        let analyse = r#"{"request":"analyse","path":"/nowhere.mp4","fps":5,"model_dir":"/nowhere"}"#;
        let zero = analyse.replace(":5,", ":0,");
        let all =
            answers(&format!("nonsense\n{analyse}\n{zero}\n{{\"request\":\"verify\",\"model_dir\":\"/nowhere\"}}\n"));
        assert!(matches!(all[0], Answer::Hello { protocol: PROTOCOL, .. }));
        assert!(matches!(&all[1], Answer::Error { fault: Fault::Media, message } if message.contains("nowhere.mp4")));
        assert!(matches!(&all[2], Answer::Error { fault: Fault::Request, .. }));
        assert!(matches!(&all[3], Answer::Verified { models } if models.iter().all(|m| !m.ok)));
        assert_eq!(all.len(), 4);
    }
}
