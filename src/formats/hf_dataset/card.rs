//! The dataset card: README.md with YAML that Hugging Face reads, and prose that people read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::licence::Licence;
use super::split::Split;
use super::yaml::Yaml;
use crate::domain::{Access, Bundle, LanguageRole, MultiText, Person};
use crate::formats::parquet::{columns, table::Table};

/// What the card is about.
pub(super) struct Card<'a> {
    /// What may be published.
    pub(super) bundle: &'a Bundle,
    pub(super) licence: &'a Licence,
    /// Rows, sessions and file of each split of the utterances; the columns are the same.
    pub(super) interlinear: Vec<(Split, Table, usize)>,
    pub(super) lexicon: Option<Table>,
    /// Main language of translations first.
    pub(super) translations: &'a [String],
    pub(super) has_glosses: bool,
    pub(super) has_audio: bool,
}

/// Where the file of a split lies.
pub(super) fn file(config: &str, split: Split) -> String {
    format!("data/{config}/{}.parquet", split.name())
}

impl Card<'_> {
    pub(super) fn text(&self) -> String {
        let mut text = format!("---\n{}---\n\n", self.yaml().as_str());
        let _ = writeln!(text, "# {}\n", line(self.name()));
        let description = best(self.bundle.project.as_ref().map(|p| &p.description));
        if !description.is_empty() {
            let _ = writeln!(text, "{}\n", description.trim());
        }
        self.what(&mut text);
        self.people(&mut text);
        self.consent(&mut text);
        self.made(&mut text);
        self.fields(&mut text);
        self.limits(&mut text);
        self.cite(&mut text);
        text
    }

    fn name(&self) -> &str {
        self.bundle.project.as_ref().map(|p| p.name.trim()).filter(|n| !n.is_empty()).unwrap_or("Fieldgloss project")
    }

    fn rows(&self) -> usize {
        let lexicon = self.lexicon.as_ref().map_or(0, |t| t.rows);
        self.interlinear.iter().map(|(_, table, _)| table.rows).sum::<usize>() + lexicon
    }

    fn yaml(&self) -> Yaml {
        let mut yaml = Yaml::default();
        yaml.text("pretty_name", self.name());
        let (codes, tags) = languages(self.bundle);
        yaml.list("language", &codes);
        // Only what the codes do not say already.
        yaml.list("language_bcp47", tags.difference(&codes));
        yaml.word("license", &self.licence.id);
        if self.licence.id == "other" {
            yaml.text("license_name", &self.licence.name);
            yaml.text("license_link", &self.licence.iri);
        }
        yaml.list("annotations_creators", ["expert-generated"]);
        yaml.list("language_creators", ["other"]);
        yaml.list("source_datasets", ["original"]);
        yaml.list("size_categories", [size(self.rows())]);
        let many = self.translations.len() + usize::from(!self.interlinear.is_empty()) > 1;
        yaml.list("multilinguality", [if many { "translation" } else { "monolingual" }]);
        yaml.list("task_categories", self.tasks());
        let mut labels = vec!["language-documentation", "linguistics"];
        labels.extend(self.has_glosses.then_some("interlinear-glossed-text"));
        labels.extend(self.lexicon.is_some().then_some("lexicon"));
        yaml.list("tags", labels);
        if self.bundle.sessions.iter().any(|s| s.access != Access::Open) {
            let asks =
                "Some of this material is not open to everyone. Say who you are and what you want to do with it.";
            yaml.text("extra_gated_prompt", asks);
        }
        let mut configs = Vec::new();
        if !self.interlinear.is_empty() {
            let files = self.interlinear.iter().map(|(s, ..)| (s.name(), file("interlinear", *s))).collect();
            configs.push(("interlinear", files));
        }
        if self.lexicon.is_some() {
            configs.push(("lexicon", vec![("train", file("lexicon", Split::Train))]));
        }
        yaml.configs(&configs);
        yaml
    }

    fn tasks(&self) -> Vec<&'static str> {
        let mut tasks = Vec::new();
        tasks.extend(self.has_glosses.then_some("token-classification"));
        tasks.extend((!self.translations.is_empty()).then_some("translation"));
        tasks.extend(self.has_audio.then_some("automatic-speech-recognition"));
        if tasks.is_empty() { vec!["other"] } else { tasks }
    }

    fn what(&self, text: &mut String) {
        text.push_str("## What this is\n\n");
        for language in &self.bundle.languages {
            let name = best(Some(&language.name));
            let role = match language.role {
                LanguageRole::Object => "documented language",
                LanguageRole::Analysis => "language of glosses and translations",
            };
            let _ = write!(
                text,
                "- {} (`{}`): {role}",
                line(if name.is_empty() { &language.tag } else { name }),
                language.tag
            );
            if !language.glottocode.is_empty() {
                let code = &language.glottocode;
                let _ = write!(text, ", Glottolog [{code}](https://glottolog.org/resource/languoid/id/{code})");
            }
            text.push('\n');
        }
        text.push_str("\n| Config | Split | Rows | Sessions |\n|---|---|---|---|\n");
        for (split, table, sessions) in &self.interlinear {
            let _ = writeln!(text, "| interlinear | {} | {} | {sessions} |", split.name(), table.rows);
        }
        if let Some(table) = &self.lexicon {
            let _ = writeln!(text, "| lexicon | train | {} | |", table.rows);
        }
        if self.interlinear.len() > 1 {
            text.push_str(
                "\nThe splits are cut by session: no session is on two sides. A hash of the session's id decides, so \
                 the same project gives the same splits; a project that grows may give others.\n",
            );
        }
        text.push('\n');
    }

    fn people(&self, text: &mut String) {
        text.push_str("## By whom\n\n");
        let mut roles: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
        for participation in self.bundle.sessions.iter().flat_map(|s| &s.participants) {
            roles.entry(participation.person).or_default().insert(line(&participation.role));
        }
        let mut people: Vec<&Person> = self.bundle.people.iter().collect();
        people.sort_by(|a, b| (&a.code, a.id).cmp(&(&b.code, b.id)));
        for person in &people {
            let roles: Vec<_> =
                roles.get(&person.id).into_iter().flatten().filter(|r| !r.is_empty()).cloned().collect();
            let shown = match (person.name.is_empty(), person.code.is_empty()) {
                (false, false) if person.name != person.code => format!("{} ({})", person.name, person.code),
                (false, _) => person.name.clone(),
                _ => person.code.clone(),
            };
            let roles = if roles.is_empty() { String::new() } else { format!(": {}", roles.join(", ")) };
            let _ = writeln!(text, "- {}{roles}", line(&shown));
        }
        if people.is_empty() {
            text.push_str("The project names nobody.\n");
        }
        text.push('\n');
    }

    fn consent(&self, text: &mut String) {
        text.push_str("## Consent and access\n\n");
        let sessions = &self.bundle.sessions;
        let with = |access| sessions.iter().filter(|s| s.access == access).count();
        let (open, registered, team) = (with(Access::Open), with(Access::Registered), with(Access::Team));
        let _ = writeln!(
            text,
            "Of {} sessions, {open} are open to anyone, {registered} to people registered with the archive, {team} to the \
             project's team; the column `access` says which. Sessions and people that are closed, and those whose consent \
             was refused, are not in this dataset.\n",
            sessions.len()
        );
        let agreed = sessions.iter().filter(|s| s.consent.given == Some(true)).count();
        let asked = sessions.iter().filter(|s| s.consent.given.is_none()).count();
        let _ = writeln!(
            text,
            "Consent is recorded as given for {agreed} sessions; for {asked} nothing is recorded. People appear by a code \
             unless their access is open. No recording is part of this dataset; the column `audio` names the file for open \
             sessions only. Whoever uses this material owes respect to the people who speak in it: do not try to find out \
             who they are.\n"
        );
        let _ = match self.licence.iri.as_str() {
            "" => writeln!(text, "No licence has been decided yet: ask before you use or pass on this material.\n"),
            iri => writeln!(text, "Licence: {} <{iri}>\n", line(&self.licence.name)),
        };
    }

    fn made(&self, text: &mut String) {
        let _ = writeln!(
            text,
            "## How it was made\n\nSpeech was recorded, transcribed, glossed and translated by people, and written to \
             this dataset by Fieldgloss {}. What the program suggests while people gloss is in this dataset only where a \
             person agreed. Face and body tags are not in it.\n",
            env!("CARGO_PKG_VERSION")
        );
        let dates: BTreeSet<_> =
            self.bundle.sessions.iter().map(|s| s.date.as_str()).filter(|d| !d.is_empty()).collect();
        if let (Some(first), Some(last)) = (dates.first(), dates.last()) {
            let when = if first == last { (*first).to_owned() } else { format!("{first} to {last}") };
            let _ = writeln!(text, "Recorded: {}.\n", line(&when));
        }
    }

    fn fields(&self, text: &mut String) {
        text.push_str("## Fields\n\n");
        if let Some((_, table, _)) = self.interlinear.first() {
            let _ = writeln!(text, "### interlinear\n\n{}\n\n{}", table.says, columns(table));
        }
        if let Some(table) = &self.lexicon {
            let _ = writeln!(text, "### lexicon\n\n{}\n\n{}", table.says, columns(table));
        }
    }

    fn limits(&self, text: &mut String) {
        text.push_str(
            "## Limits\n\n\
             - A documentation corpus is what was recorded, of whom and about what: it does not stand for the whole \
             language or all who speak it.\n\
             - Glosses follow the project's own list; two annotators may gloss alike differently.\n",
        );
        if !self.has_glosses && !self.interlinear.is_empty() {
            text.push_str("- The texts are not glossed.\n");
        }
        text.push_str("- The dataset leaves out what its fields cannot say; the project itself has more.\n\n");
    }

    fn cite(&self, text: &mut String) {
        let project = self.bundle.project.as_ref();
        let year: String = project.map(|p| p.created.chars().take(4).collect()).unwrap_or_default();
        let year = if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) { year } else { "n.d.".to_owned() };
        let named = self.bundle.people.iter().filter(|p| !p.name.trim().is_empty()).map(|p| line(&p.name));
        let authors: Vec<_> = named.collect::<BTreeSet<_>>().into_iter().collect();
        let authors = if authors.is_empty() { format!("{} project", line(self.name())) } else { authors.join(" and ") };
        let bare = |text: &str| text.replace(['{', '}', '\\', '`'], "");
        let _ = writeln!(
            text,
            "## How to cite\n\n```bibtex\n@misc{{fieldgloss_dataset,\n  author = {{{}}},\n  title = {{{}}},\n  year = {{{year}}},\n  \
             note = {{Dataset written by Fieldgloss {}}}\n}}\n```",
            bare(&authors),
            bare(&line(self.name())),
            env!("CARGO_PKG_VERSION")
        );
    }
}

/// Language codes as the card wants them (ISO 639, two or three letters), and the tags they come from.
fn languages(bundle: &Bundle) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut codes, mut tags) = (BTreeSet::new(), BTreeSet::new());
    for language in &bundle.languages {
        let first = language.tag.split('-').next().unwrap_or_default().to_lowercase();
        let short = |code: &&str| matches!(code.len(), 2 | 3) && code.bytes().all(|b| b.is_ascii_lowercase());
        let code = [first.as_str(), language.iso639_3.as_str()].into_iter().find(short);
        codes.extend(code.filter(|c| *c != "und").map(str::to_owned));
        let well_formed = |tag: &str| !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if well_formed(&language.tag) && language.tag != "und" {
            tags.insert(language.tag.clone());
        }
    }
    (codes, tags)
}

/// The bracket of Hugging Face that a number of rows falls in.
fn size(rows: usize) -> &'static str {
    match rows {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        _ => "10M<n<100M",
    }
}

fn best(texts: Option<&MultiText>) -> &str {
    texts.and_then(|t| t.best(["en"])).unwrap_or_default()
}

/// A text on one line, for headings and lists.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
