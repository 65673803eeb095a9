//! A plan as a report and as JSON.

use serde_json::{Value, json};

use super::plan::{Plan, Reason};
use crate::domain::LossReport;

impl Plan {
    /// What the import does, as lines of the report.
    pub fn report(&self) -> LossReport {
        let mut report = LossReport::default();
        for (kind, counts) in &self.counts {
            let name = kind.name();
            report.kept(format!("new {name}"), counts.new);
            report.kept(format!("there already: {name}"), counts.same);
            report.mapped(
                format!("{name} brought up to date"),
                counts.changed,
                "the file says more, or something newer",
            );
            report.mapped(
                format!("{name} whose details for this format were renewed"),
                counts.details,
                "what only the file's own format says; written back on export",
            );
        }
        let with = |reason| self.differences.iter().filter(|d| d.reason == reason && !d.taken).count();
        report.mapped("records moved along", self.moved, "to make room for new ones before them");
        report.mapped(
            "fields changed here since, and not in the file",
            with(Reason::Ahead),
            "the project is ahead and keeps its own",
        );
        report.left_out("differences", with(Reason::Conflict), "the project's stands where both may be right");
        report.left_out("differences", with(Reason::Chosen), "the project's was chosen");
        report.left_out("words and morphs", self.held_back, "the text or the analysis they belong to stays as it is");
        report.left_out(
            "records deleted here",
            self.deleted,
            "an earlier import of this file brought them, and somebody deleted them since",
        );
        let why =
            "on tiers made of words and tags that the project has; what was changed on them elsewhere stays there";
        report.left_out("annotations", self.made, why);
        report.left_out("annotations", self.overlapping, "they would lie over others of the project on the same tier");
        for (kind, counts) in self.counts.iter().filter(|(_, counts)| counts.missing > 0) {
            report.warn(format!("In the project and not in the file: {} {}. They stay.", counts.missing, kind.name()));
        }
        report
    }

    /// The plan for a program to read.
    pub fn to_json(&self) -> Value {
        let counts: serde_json::Map<String, Value> =
            self.counts.iter().map(|(kind, counts)| (kind.name().to_owned(), json!(counts))).collect();
        let of = |keep: &dyn Fn(&super::Difference) -> bool| {
            self.differences.iter().filter(|d| keep(d)).map(|d| json!(d)).collect::<Vec<_>>()
        };
        json!({
            "nothing": self.is_nothing(),
            "counts": counts,
            "moved": self.moved,
            "held_back": self.held_back,
            "overlapping": self.overlapping,
            "deleted": self.deleted,
            "changes": of(&|d| d.taken),
            "kept": of(&|d| !d.taken && d.reason != Reason::Conflict),
            "conflicts": of(&|d| d.reason == Reason::Conflict),
        })
    }
}
