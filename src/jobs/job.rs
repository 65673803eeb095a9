//! A job: a thread with progress, an estimate, a cancel token and a result; and the board that lists them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::power::{Power, Sparing};

/// Progress reaches the board at most this often.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// Finished jobs that stay listed.
const KEEP_FINISHED: usize = 50;

/// Number of a job on its board, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// A wish to stop, shared between who asks and who works.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Asks the work to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
    /// Whether somebody asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How a job ended without a result. The message is for the person who started it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    #[error("{0}")]
    Cancelled(String),
    #[error("{0}")]
    Failed(String),
}

/// Where a job stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobState {
    Running,
    /// Asked to stop, not stopped yet.
    Cancelling,
    Done,
    Cancelled(String),
    Failed(String),
}

impl JobState {
    /// Whether the thread is through.
    pub fn is_finished(&self) -> bool {
        !matches!(self, Self::Running | Self::Cancelling)
    }
}

/// Why a job rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Somebody asked for it.
    Asked,
    /// The machine runs on its battery, and that is to last.
    Battery,
}

/// A job as the window and the command line show it.
#[derive(Clone, Debug)]
pub struct JobView {
    pub id: JobId,
    pub title: String,
    pub state: JobState,
    /// 0 to 1; `None` while it cannot be told.
    pub fraction: Option<f64>,
    pub message: String,
    pub elapsed: Duration,
    /// Estimate of the time left.
    pub left: Option<Duration>,
    /// It rests, and why.
    pub rest: Option<Rest>,
}

struct Status {
    rest: Option<Rest>,
    /// Since when it rests, and how long it rested before.
    rested: (Option<Instant>, Duration),
    state: JobState,
    fraction: Option<f64>,
    message: String,
    left: Option<Duration>,
    ended: Option<Instant>,
}

struct Shared {
    id: JobId,
    title: String,
    begun: Instant,
    token: CancelToken,
    pause: AtomicBool,
    status: Mutex<Status>,
    ended: Condvar,
}

type Watcher = Arc<dyn Fn() + Send + Sync>;

/// What the work itself sees of its job.
pub struct JobContext {
    shared: Arc<Shared>,
    reported: Mutex<Option<Instant>>,
    watcher: Option<Watcher>,
    /// Set when the battery is to be spared.
    power: Mutex<Option<Sparing>>,
}

impl JobContext {
    /// A context outside any board, for tests and for calls that nobody watches.
    pub fn unwatched(token: CancelToken) -> Self {
        Self {
            shared: Arc::new(Shared::new(JobId(0), String::new(), token)),
            reported: Mutex::default(),
            watcher: None,
            power: Mutex::default(),
        }
    }

    /// Reports how far the work is, 0 to 1. Cheap to call often: the message is made only when it will be shown.
    pub fn progress<M: Into<String>>(&self, fraction: f64, message: impl FnOnce() -> M) {
        let now = Instant::now();
        {
            let mut reported = lock(&self.reported);
            if reported.is_some_and(|last| now - last < REPORT_EVERY) && fraction < 1.0 {
                return;
            }
            *reported = Some(now);
        }
        let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 };
        let elapsed = self.worked();
        {
            let mut status = lock(&self.shared.status);
            status.left = estimate(fraction, elapsed);
            status.fraction = Some(fraction);
            status.message = message().into();
        }
        self.notify();
    }

    /// Says what is being done where no fraction can be told. Not throttled.
    pub fn say(&self, message: impl Into<String>) {
        lock(&self.shared.status).message = message.into();
        self.notify();
    }

    /// Whether somebody asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.shared.token.is_cancelled()
    }

    /// Rests from now on while the machine runs on its battery.
    pub fn spare_battery(&self, power: Arc<dyn Power>) {
        *lock(&self.power) = Some(Sparing::new(power));
    }

    /// Whether the work is to rest now. To be asked again and again: it also keeps count of the time.
    pub fn rest(&self) -> bool {
        let asked = self.shared.pause.load(Ordering::Relaxed);
        let battery = || lock(&self.power).as_mut().is_some_and(Sparing::on_battery);
        let rest = if asked { Some(Rest::Asked) } else { battery().then_some(Rest::Battery) };
        let changed = {
            let mut status = lock(&self.shared.status);
            let changed = status.rest != rest;
            status.rest = rest;
            match (rest, status.rested.0) {
                (Some(_), None) => status.rested.0 = Some(Instant::now()),
                (None, Some(since)) => status.rested = (None, status.rested.1 + since.elapsed()),
                _ => {}
            }
            changed
        };
        if changed {
            self.notify();
        }
        rest.is_some()
    }

    /// Time since the job began, without the rests.
    pub fn worked(&self) -> Duration {
        let (since, before) = lock(&self.shared.status).rested;
        let rested = before + since.map_or(Duration::ZERO, |since| since.elapsed());
        self.shared.begun.elapsed().saturating_sub(rested)
    }

    /// The token, for work that hands it on.
    pub fn token(&self) -> CancelToken {
        self.shared.token.clone()
    }

    fn notify(&self) {
        if let Some(watcher) = &self.watcher {
            watcher();
        }
    }
}

/// Time left if the rest goes like the beginning; `None` before anything can be said.
fn estimate(fraction: f64, elapsed: Duration) -> Option<Duration> {
    if fraction <= 0.005 || elapsed < Duration::from_millis(500) {
        return None;
    }
    Duration::try_from_secs_f64(elapsed.as_secs_f64() * (1.0 - fraction) / fraction).ok()
}

impl Shared {
    fn new(id: JobId, title: String, token: CancelToken) -> Self {
        let status = Status {
            rest: None,
            rested: (None, Duration::ZERO),
            state: JobState::Running,
            fraction: None,
            message: String::new(),
            left: None,
            ended: None,
        };
        let pause = AtomicBool::new(false);
        Self { id, title, begun: Instant::now(), token, pause, status: Mutex::new(status), ended: Condvar::new() }
    }

    fn view(&self) -> JobView {
        let status = lock(&self.status);
        let state = match &status.state {
            JobState::Running if self.token.is_cancelled() => JobState::Cancelling,
            state => state.clone(),
        };
        JobView {
            id: self.id,
            title: self.title.clone(),
            state,
            fraction: status.fraction,
            message: status.message.clone(),
            elapsed: status.ended.unwrap_or_else(Instant::now) - self.begun,
            left: status.left,
            rest: status.rest,
        }
    }
}

/// The result of one job, to be taken once.
pub struct Job<T> {
    shared: Arc<Shared>,
    result: Arc<Mutex<Option<Result<T, JobError>>>>,
}

impl<T> Job<T> {
    /// Its number on the board.
    pub fn id(&self) -> JobId {
        self.shared.id
    }
    /// Asks it to stop.
    pub fn cancel(&self) {
        self.shared.token.cancel();
    }
    /// Lets it rest, or work on.
    pub fn pause(&self, pause: bool) {
        self.shared.pause.store(pause, Ordering::Relaxed);
    }
    /// Whether the thread is through.
    pub fn is_finished(&self) -> bool {
        lock(&self.shared.status).state.is_finished()
    }
    /// How it stands.
    pub fn view(&self) -> JobView {
        self.shared.view()
    }
    /// The result, once it is there; `None` before, and ever after.
    pub fn take(&self) -> Option<Result<T, JobError>> {
        lock(&self.result).take()
    }
    /// Waits for the end at most so long. Whether it ended.
    pub fn wait(&self, longest: Duration) -> bool {
        let status = lock(&self.shared.status);
        let (status, _) = self
            .shared
            .ended
            .wait_timeout_while(status, longest, |s| !s.state.is_finished())
            .unwrap_or_else(PoisonError::into_inner);
        status.state.is_finished()
    }
}

/// All jobs of the program. Clones share the same board.
#[derive(Clone, Default)]
pub struct JobBoard {
    jobs: Arc<Mutex<Vec<Arc<Shared>>>>,
    next: Arc<AtomicU64>,
    watcher: Arc<Mutex<Option<Watcher>>>,
}

impl JobBoard {
    /// An empty board.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls this from the job's thread whenever something changed: to repaint, or to print.
    pub fn on_change(&self, watcher: impl Fn() + Send + Sync + 'static) {
        *lock(&self.watcher) = Some(Arc::new(watcher));
    }

    /// Starts work on its own thread. A panic in it becomes [`JobError::Failed`], never the end of the program.
    pub fn spawn<T: Send + 'static>(
        &self,
        title: impl Into<String>,
        work: impl FnOnce(&JobContext) -> Result<T, JobError> + Send + 'static,
    ) -> Job<T> {
        let id = JobId(self.next.fetch_add(1, Ordering::Relaxed) + 1);
        let shared = Arc::new(Shared::new(id, title.into(), CancelToken::default()));
        let result = Arc::new(Mutex::new(None));
        self.list_up(shared.clone());
        let context = JobContext {
            shared: shared.clone(),
            reported: Mutex::default(),
            watcher: lock(&self.watcher).clone(),
            power: Mutex::default(),
        };
        let slot = result.clone();
        let run = move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&context))).unwrap_or_else(|panic| {
                let said = panic
                    .downcast_ref::<&str>()
                    .map(|s| (*s).to_owned())
                    .or_else(|| panic.downcast_ref::<String>().cloned())
                    .unwrap_or_default();
                log::error!("job “{}” panicked: {said}", context.shared.title);
                Err(JobError::Failed(format!("The work stopped on an error of the program's own ({said}).")))
            });
            finish(&context, &slot, outcome);
        };
        if let Err(error) = std::thread::Builder::new().name(format!("job {}", id.0)).spawn(run) {
            let failed = JobError::Failed(format!("The work could not be started: {error}."));
            settle(&shared, &failed);
            *lock(&result) = Some(Err(failed));
        }
        Job { shared, result }
    }

    /// All jobs, oldest first: running ones, and finished ones until dismissed.
    pub fn list(&self) -> Vec<JobView> {
        lock(&self.jobs).iter().map(|job| job.view()).collect()
    }

    /// How many are running.
    pub fn running(&self) -> usize {
        self.list().iter().filter(|job| !job.state.is_finished()).count()
    }

    /// Asks a job to stop. Whether there is such a running job.
    pub fn cancel(&self, id: JobId) -> bool {
        let jobs = lock(&self.jobs);
        let job = jobs.iter().find(|job| job.id == id && !lock(&job.status).state.is_finished());
        job.inspect(|job| job.token.cancel()).is_some()
    }

    /// Asks all to stop, as on quitting.
    pub fn cancel_all(&self) {
        lock(&self.jobs).iter().for_each(|job| job.token.cancel());
    }

    /// Takes a finished job off the board.
    pub fn dismiss(&self, id: JobId) {
        lock(&self.jobs).retain(|job| job.id != id || !lock(&job.status).state.is_finished());
    }

    fn list_up(&self, shared: Arc<Shared>) {
        let mut jobs = lock(&self.jobs);
        let finished = |job: &Arc<Shared>| lock(&job.status).state.is_finished();
        let mut excess = jobs.iter().filter(|job| finished(job)).count().saturating_sub(KEEP_FINISHED - 1);
        jobs.retain(|job| {
            let go = excess > 0 && finished(job);
            excess -= usize::from(go);
            !go
        });
        jobs.push(shared);
    }
}

fn finish<T>(context: &JobContext, slot: &Mutex<Option<Result<T, JobError>>>, outcome: Result<T, JobError>) {
    let shared = &context.shared;
    let error = outcome.as_ref().err().cloned();
    // The result lies ready before the job says that it is done.
    *lock(slot) = Some(outcome);
    match error {
        Some(error) => settle(shared, &error),
        None => {
            let mut status = lock(&shared.status);
            (status.state, status.fraction) = (JobState::Done, Some(1.0));
            (status.left, status.ended) = (None, Some(Instant::now()));
        }
    }
    shared.ended.notify_all();
    context.notify();
}

fn settle(shared: &Shared, error: &JobError) {
    let mut status = lock(&shared.status);
    status.state = match error {
        JobError::Cancelled(said) => JobState::Cancelled(said.clone()),
        JobError::Failed(said) => JobState::Failed(said.clone()),
    };
    (status.left, status.rest, status.ended) = (None, None, Some(Instant::now()));
}

/// A lock that a panicking holder left behind is still good: every write under it is whole.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(10);

    #[test]
    fn a_result_is_taken_once() {
        let board = JobBoard::new();
        let job = board.spawn("count", |_| Ok(42));
        assert!(job.wait(LONG));
        assert_eq!(job.take(), Some(Ok(42)));
        assert_eq!(job.take(), None);
        assert_eq!(board.list()[0].state, JobState::Done);
        board.dismiss(job.id());
        assert!(board.list().is_empty());
    }

    #[test]
    fn progress_comes_ten_times_a_second_at_most() {
        let board = JobBoard::new();
        let calls = Arc::new(AtomicU64::new(0));
        let counter = calls.clone();
        board.on_change(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let job = board.spawn("busy", |context| {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_millis(450) {
                context.progress(begun.elapsed().as_secs_f64(), || "at it");
            }
            Ok(())
        });
        assert!(job.wait(LONG));
        let calls = calls.load(Ordering::Relaxed);
        assert!((3..=7).contains(&calls), "{calls} reports in 0.45 s");
        assert_eq!(job.view().message, "at it");
    }

    #[test]
    fn cancel_reaches_the_work_and_a_panic_stays_inside() {
        let board = JobBoard::new();
        let job = board.spawn::<()>("wait", |context| {
            while !context.is_cancelled() {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(JobError::Cancelled("Stopped; 3 frames were kept.".into()))
        });
        assert_eq!(board.running(), 1);
        assert!(board.cancel(job.id()));
        assert!(job.wait(LONG));
        assert_eq!(job.view().state, JobState::Cancelled("Stopped; 3 frames were kept.".into()));
        assert!(!board.cancel(job.id()));

        let job = board.spawn::<()>("fall", |_| panic!("oh"));
        assert!(job.wait(LONG));
        assert!(matches!(job.take(), Some(Err(JobError::Failed(said))) if said.contains("oh")));
    }

    #[test]
    fn a_rest_is_no_work() {
        let board = JobBoard::new();
        let job = board.spawn("rest", |context| {
            let mut rested = false;
            while !context.is_cancelled() {
                rested |= context.rest();
                std::thread::sleep(Duration::from_millis(5));
                context.progress(0.5, || "at it");
            }
            Ok((rested, context.worked()))
        });
        job.pause(true);
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(job.view().rest, Some(Rest::Asked));
        job.pause(false);
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(job.view().rest, None);
        job.cancel();
        assert!(job.wait(LONG));
        let (rested, worked) = job.take().unwrap().unwrap();
        assert!(rested && worked < job.view().elapsed - Duration::from_millis(200), "{worked:?}");
    }

    #[test]
    fn the_estimate_is_the_rest_at_the_same_pace() {
        assert_eq!(estimate(0.25, Duration::from_secs(10)), Some(Duration::from_secs(30)));
        assert_eq!(estimate(0.0, Duration::from_secs(10)), None);
    }
}
