//! The worker process: found, started, listened to, ended.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::job::JobContext;
use super::protocol::{Answer, Line, PROTOCOL, Request, read_line, write_line};

/// Where the worker is looked for first, if set.
pub const WORKER_VARIABLE: &str = "FIELDGLOSS_WORKER";
/// How long it may take to say hello: loading libtorch from a cold disk takes a while.
const HELLO_WITHIN: Duration = Duration::from_secs(60);
/// It answers every second; after this long in silence it hangs.
const SILENT_FOR: Duration = Duration::from_secs(20);
/// One step may take this long: loading a model from a slow stick, a huge frame.
const BUSY_FOR_SECS: f64 = 180.0;
/// Between the wish to cancel and the end by force.
pub const CANCEL_GRACE: Duration = Duration::from_secs(2);
/// Answers waiting to be read; a full queue makes the worker wait.
const QUEUE: usize = 64;
/// Lines of its log that are kept for an error's detail.
const LOG_LINES: usize = 30;

/// Why the worker cannot be used (any more).
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    #[error("The analysis program “fieldgloss-worker” was not found. Put it beside the Fieldgloss program, or reinstall Fieldgloss. Looked in: {}", list(.looked))]
    Missing { looked: Vec<PathBuf> },
    #[error("The analysis program could not be started ({cause}): {}", .path.display())]
    NotStarted { path: PathBuf, cause: String },
    #[error(
        "The analysis program is {} than Fieldgloss itself (it is of version {version}, this is {}; they speak protocols {theirs} and {PROTOCOL}). Nothing was started. Reinstall Fieldgloss, so that both are of one version.", age(*.theirs), env!("CARGO_PKG_VERSION")
    )]
    OtherVersion { theirs: u32, version: String },
    #[error("The analysis program {how}.")]
    Ended {
        /// In plain words.
        how: String,
        /// The last lines of its log.
        log: Vec<String>,
    },
    #[error("The analysis program stopped answering and was ended.")]
    Hangs { log: Vec<String> },
    #[error("The analysis program was sent something it could not take: {0}")]
    Unsendable(String),
}

impl WorkerError {
    /// What its log said last, for “details”.
    pub fn log(&self) -> &[String] {
        match self {
            Self::Ended { log, .. } | Self::Hangs { log } => log,
            _ => &[],
        }
    }
}

fn age(theirs: u32) -> &'static str {
    if theirs < PROTOCOL { "older" } else { "newer" }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Finds the worker: where [`WORKER_VARIABLE`] says, else beside the running program, else (for tests, whose
/// programs lie one folder deeper) above it.
///
/// # Errors
/// [`WorkerError::Missing`] with the places looked in.
pub fn find() -> Result<PathBuf, WorkerError> {
    let places: Vec<PathBuf> = match std::env::var_os(WORKER_VARIABLE) {
        Some(path) if !path.is_empty() => vec![PathBuf::from(path)],
        _ => {
            let name = format!("fieldgloss-worker{}", std::env::consts::EXE_SUFFIX);
            let program = std::env::current_exe().unwrap_or_default();
            program.ancestors().skip(1).take(2).map(|folder| folder.join(&name)).collect()
        }
    };
    places.iter().find(|p| p.is_file()).cloned().ok_or(WorkerError::Missing { looked: places })
}

/// A running worker. Dropping it ends it.
pub struct Worker {
    child: Child,
    stdin: Option<ChildStdin>,
    answers: Receiver<Heard>,
    log: Arc<Mutex<VecDeque<String>>>,
    log_reader: Option<JoinHandle<()>>,
    last_heard: Instant,
    /// Version of the program, as it said hello.
    pub version: String,
}

enum Heard {
    Answer(Box<Answer>),
    End { cut: bool },
    Unreadable(String),
}

impl Worker {
    /// Finds the worker, starts it at low priority and waits for its hello.
    ///
    /// # Errors
    /// Any [`WorkerError`] but [`WorkerError::Unsendable`].
    pub fn spawn() -> Result<Self, WorkerError> {
        Self::spawn_at(&find()?)
    }

    /// The same for a program at a known place.
    ///
    /// # Errors
    /// As [`Worker::spawn`].
    pub fn spawn_at(path: &Path) -> Result<Self, WorkerError> {
        if !path.is_file() {
            return Err(WorkerError::Missing { looked: vec![path.to_owned()] });
        }
        let mut child =
            start(path).map_err(|error| WorkerError::NotStarted { path: path.to_owned(), cause: error.to_string() })?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(WorkerError::NotStarted { path: path.to_owned(), cause: "no pipes".into() });
        };
        let stdin = child.stdin.take();
        let (sender, answers) = sync_channel(QUEUE);
        std::thread::spawn(move || {
            let mut from = BufReader::with_capacity(1 << 16, stdout);
            loop {
                let heard = match read_line(&mut from) {
                    Ok(Line::Message(answer)) => Heard::Answer(answer),
                    Ok(Line::Unknown(text)) => {
                        log::debug!("worker said something unknown: {text}");
                        continue;
                    }
                    Ok(Line::End { cut }) => Heard::End { cut },
                    Err(error) => Heard::Unreadable(error.to_string()),
                };
                let last = !matches!(heard, Heard::Answer(_));
                if sender.send(heard).is_err() || last {
                    return;
                }
            }
        });
        let log = Arc::new(Mutex::new(VecDeque::new()));
        let kept = log.clone();
        let log_reader = std::thread::spawn(move || {
            let mut from = BufReader::new(stderr);
            let mut line = Vec::new();
            while from.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                log::debug!("worker: {text}");
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() == LOG_LINES {
                    kept.pop_front();
                }
                kept.push_back(text);
                drop(kept);
                line.clear();
            }
        });
        let mut worker = Self {
            child,
            stdin,
            answers,
            log,
            log_reader: Some(log_reader),
            last_heard: Instant::now(),
            version: String::new(),
        };
        worker.hello()?;
        Ok(worker)
    }

    fn hello(&mut self) -> Result<(), WorkerError> {
        let until = Instant::now() + HELLO_WITHIN;
        while Instant::now() < until {
            match self.next(Duration::from_millis(200)) {
                Ok(Some(Answer::Hello { protocol: PROTOCOL, version })) => {
                    self.version = version;
                    return Ok(());
                }
                Ok(Some(Answer::Hello { protocol, version })) => {
                    return Err(WorkerError::OtherVersion { theirs: protocol, version });
                }
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        Err(self.hangs())
    }

    /// Sends a request.
    ///
    /// # Errors
    /// [`WorkerError::Ended`] when it is gone.
    pub fn send(&mut self, request: &Request) -> Result<(), WorkerError> {
        let written = match &mut self.stdin {
            Some(stdin) => write_line(stdin, request),
            None => Err(std::io::ErrorKind::BrokenPipe.into()),
        };
        match written {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(self.ended(false)),
            Err(error) => Err(WorkerError::Unsendable(error.to_string())),
        }
    }

    /// The next answer, waiting at most so long; `None` when none came yet. [`Answer::Alive`] is kept to itself.
    ///
    /// # Errors
    /// [`WorkerError::Ended`] when it died, [`WorkerError::Hangs`] when it has been silent or stuck for too long.
    pub fn next(&mut self, longest: Duration) -> Result<Option<Answer>, WorkerError> {
        match self.answers.recv_timeout(longest) {
            Ok(Heard::Answer(answer)) => {
                self.last_heard = Instant::now();
                match *answer {
                    Answer::Alive { busy_secs } if busy_secs > BUSY_FOR_SECS => Err(self.hangs()),
                    Answer::Alive { .. } => Ok(None),
                    answer => Ok(Some(answer)),
                }
            }
            Ok(Heard::End { cut }) => Err(self.ended(cut)),
            Ok(Heard::Unreadable(why)) => {
                log::error!("worker unreadable: {why}");
                let _ = self.child.kill();
                Err(self.ended(true))
            }
            Err(RecvTimeoutError::Disconnected) => Err(self.ended(false)),
            Err(RecvTimeoutError::Timeout) if self.last_heard.elapsed() > SILENT_FOR => Err(self.hangs()),
            Err(RecvTimeoutError::Timeout) => Ok(None),
        }
    }

    /// Asks it to stop the request under way, hands what still comes to `late`, and ends it by force if it has
    /// not stopped within [`CANCEL_GRACE`]. Whether it stopped by itself.
    pub fn cancel(&mut self, mut late: impl FnMut(Answer)) -> bool {
        let until = Instant::now() + CANCEL_GRACE;
        if self.send(&Request::Cancel).is_ok() {
            while let Some(left) = until.checked_duration_since(Instant::now()) {
                match self.next(left.min(Duration::from_millis(100))) {
                    Ok(Some(Answer::Cancelled { .. } | Answer::Done { .. } | Answer::Error { .. })) => return true,
                    Ok(Some(answer)) => late(answer),
                    Ok(None) => {}
                    Err(_) => return false,
                }
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        false
    }

    /// Lets it rest or work, as the job's context says. `resting`: what it was told last.
    ///
    /// # Errors
    /// [`WorkerError::Ended`] when it is gone.
    pub fn rest_as(&mut self, context: &JobContext, resting: &mut bool) -> Result<(), WorkerError> {
        let rest = context.rest();
        if rest == *resting {
            return Ok(());
        }
        *resting = rest;
        self.send(if rest { &Request::Pause } else { &Request::Continue })
    }

    /// Its process number.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    fn hangs(&mut self) -> WorkerError {
        let _ = self.child.kill();
        let _ = self.child.wait();
        WorkerError::Hangs { log: self.logged() }
    }

    fn ended(&mut self, cut: bool) -> WorkerError {
        self.stdin = None;
        // Its output is closed; it will be gone in a moment, or is made to.
        let until = Instant::now() + Duration::from_millis(500);
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
                _ => {
                    let _ = self.child.kill();
                    break self.child.wait().ok();
                }
            }
        };
        let mut how = status.map_or_else(|| "ended".to_owned(), |status| in_words(&status));
        if cut {
            how.push_str(" in the middle of an answer");
        }
        WorkerError::Ended { how, log: self.logged() }
    }

    fn logged(&mut self) -> Vec<String> {
        // The process is gone, so its log ends; grandchildren that hold it open are not waited for.
        if self.log_reader.as_ref().is_some_and(JoinHandle::is_finished)
            && let Some(reader) = self.log_reader.take()
        {
            let _ = reader.join();
        }
        self.log.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // A closed input is the worker's sign to go; it is not waited for long.
        self.stdin = None;
        let until = Instant::now() + Duration::from_millis(300);
        while Instant::now() < until {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the program below normal priority, so that typing and playing go first.
fn start(path: &Path) -> std::io::Result<Child> {
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        const BELOW_NORMAL_PRIORITY_CLASS: u32 = 0x4000;
        const CREATE_NO_WINDOW: u32 = 0x0800_0000;
        let mut command = Command::new(path);
        command.creation_flags(BELOW_NORMAL_PRIORITY_CLASS | CREATE_NO_WINDOW);
        piped(&mut command).spawn()
    }
    #[cfg(not(windows))]
    {
        // `nice` becomes the worker: same process, so kill and exit status are the worker's own.
        let mut nice = Command::new("nice");
        nice.args(["-n", "10"]).arg(path);
        match piped(&mut nice).spawn() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => piped(&mut Command::new(path)).spawn(),
            started => started,
        }
    }
}

fn piped(command: &mut Command) -> &mut Command {
    // libtorch asks for and gives back its big buffers at every look: letting the allocator keep them halves the
    // time of the larger networks, and threads that spin while they wait take the second core from the window.
    command
        .env("OMP_WAIT_POLICY", "PASSIVE")
        .env("MALLOC_MMAP_THRESHOLD_", "1000000000")
        .env("MALLOC_TRIM_THRESHOLD_", "2000000000")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
}

fn in_words(status: &ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        match status.signal() {
            Some(9) => return "was ended from outside or for want of memory".into(),
            Some(15) => return "was asked to end from outside".into(),
            Some(4 | 6 | 7 | 8 | 11) => return "crashed".into(),
            Some(signal) => return format!("was ended by signal {signal}"),
            None => {}
        }
    }
    match status.code() {
        Some(0) => "ended early".into(),
        Some(127) => "cannot run here: something it needs is missing".into(),
        Some(126) => "is not a program this machine can run".into(),
        Some(code) => format!("ended with error {code}"),
        None => "ended".into(),
    }
}

#[cfg(all(test, unix))]
#[path = "worker_tests.rs"]
pub(super) mod tests;
