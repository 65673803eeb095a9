//! Training examples as the hub reads them: pictures or sounds in a folder a split (`train`, `validation`, `test`) with a
//! `metadata.csv` beside them, which is the layout of `imagefolder` and `audiofolder`.

use super::licence::Licence;
use super::yaml::Yaml;

/// What the card says.
pub struct ExampleSet<'a> {
    pub project: &'a str,
    /// IRI of the project's licence; empty while undecided.
    pub licence: &'a str,
    /// Whether they are sounds rather than pictures.
    pub sound: bool,
    /// “faces”, “hands”, “stretches of sound”.
    pub of: &'a str,
    /// Where the labels come from, in words.
    pub from: &'a str,
    pub labels: &'a [String],
    /// Name, examples, tags and people of each split.
    pub splits: &'a [(&'static str, usize, usize, usize)],
    /// How the splits were made, in a sentence.
    pub apart: &'a str,
    /// What was left out, a sentence each.
    pub left_out: &'a [String],
}

impl ExampleSet<'_> {
    /// `README.md`.
    pub fn card(&self) -> String {
        let licence = Licence::of(self.licence);
        let mut yaml = Yaml::default();
        yaml.word("license", &licence.id);
        yaml.list("task_categories", [if self.sound { "audio-classification" } else { "image-classification" }]);
        let all: usize = self.splits.iter().map(|split| split.1).sum();
        yaml.list(
            "size_categories",
            [if all < 1000 {
                "n<1K"
            } else if all < 10_000 {
                "1K<n<10K"
            } else {
                "10K<n<100K"
            }],
        );
        let places: Vec<(&str, String)> = self.splits.iter().map(|split| (split.0, format!("{}/*", split.0))).collect();
        yaml.configs(&[("default", places)]);
        let labels = self.labels.iter().map(|label| format!("- {label}\n")).collect::<String>();
        let rows = self
            .splits
            .iter()
            .map(|(name, examples, tags, people)| format!("| {name} | {examples} | {tags} | {people} |\n"));
        let rows: String = rows.collect();
        let left_out: String = self.left_out.iter().map(|line| format!("- {line}\n")).collect();
        let left_out = if left_out.is_empty() { String::new() } else { format!("\n## Left out\n\n{left_out}") };
        format!(
            "---\n{}---\n\n# {}: {} with labels\n\nLabels are {}, given by annotators. Each row of `metadata.csv` names the file, its label, the \
             person’s code, the session, the moment in seconds and the number of the tag: several examples may come from one tag.\n\n\
             Licence: {}. The examples show or sound like people who agreed to be recorded for this project: do not try to find out who \
             they are.\n\n## Labels\n\n{labels}\n## Splits\n\n| split | examples | tags | people |\n|---|---|---|---|\n{rows}\n{}\n{left_out}",
            yaml.as_str(),
            self.project,
            self.of,
            self.from,
            licence.name,
            self.apart
        )
    }
}
