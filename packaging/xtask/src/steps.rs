//! Steps with a heading and a time, and a summary at the end.

use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Done,
    Failed,
    Skipped,
}

/// The steps done so far.
pub struct Steps {
    started: Instant,
    done: Vec<(String, Duration, State)>,
}

impl Steps {
    pub fn new() -> Self {
        Steps { started: Instant::now(), done: Vec::new() }
    }

    /// Runs one step under its heading and notes how long it took and how it ended.
    pub fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        eprintln!("\n── {name}");
        let started = Instant::now();
        let outcome = work();
        let time = started.elapsed();
        let (state, word) = match outcome {
            Ok(_) => (State::Done, "done"),
            Err(_) => (State::Failed, "failed"),
        };
        eprintln!("   {word} in {}", spoken(time));
        self.done.push((name.to_owned(), time, state));
        outcome
    }

    /// Notes a step that was left out because an earlier one failed.
    pub fn skip(&mut self, name: &str) {
        self.done.push((name.to_owned(), Duration::ZERO, State::Skipped));
    }

    /// Prints every step with its time, then what failed with what to do.
    pub fn summary(&self, failures: &[Failure]) {
        eprintln!("\n── Summary");
        for (name, time, state) in &self.done {
            let (mark, time) = match state {
                State::Done => ("ok", spoken(*time)),
                State::Failed => ("FAILED", spoken(*time)),
                State::Skipped => ("skipped", String::new()),
            };
            eprintln!("   {mark:<8} {name:<28} {time:>10}");
        }
        let total = spoken(self.started.elapsed());
        eprintln!("            {:<28} {total:>10}", "in all");
        for failure in failures {
            eprintln!("\n{failure}");
        }
    }
}

/// A duration as one would say it: `0.4 s`, `12 s`, `3 min 05 s`.
pub fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}
