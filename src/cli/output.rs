//! What the verbs print: plain tables for people, JSON for programs, progress on a terminal.

use std::io::Write;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{Failure, Outcome};
use crate::domain::LossReport;

/// Prints a line; a reader that has gone away (`| head`) is no fault.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// So many of something: `1 face`, `2 faces`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Prints a value as JSON.
pub fn json(value: &impl Serialize) -> Outcome {
    let text = serde_json::to_string_pretty(value).map_err(|e| Failure::Failed(e.to_string()))?;
    line(&text);
    Ok(())
}

/// Prints a loss report under what it is about.
pub fn report(about: &str, report: &LossReport, as_json: bool) -> Outcome {
    if as_json {
        return json(&serde_json::json!({ "file": about, "lossless": report.is_lossless(), "report": report }));
    }
    line(about);
    for text in report.to_string().lines() {
        line(&format!("  {text}"));
    }
    Ok(())
}

/// Progress on a terminal; nothing where standard error is not one.
pub struct Progress(ProgressBar);

impl Progress {
    /// Progress of work with a name.
    pub fn new(what: &str) -> Self {
        let bar = ProgressBar::new(1000);
        let style = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3} %  {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        Self(bar)
    }
    /// How much is done, 0 to 1.
    pub fn set(&self, fraction: f64) {
        self.0.set_position((fraction.clamp(0.0, 1.0) * 1000.0) as u64);
    }
    /// What is being done now.
    pub fn say(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
