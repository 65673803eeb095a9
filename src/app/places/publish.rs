//! Publishing: the report of an export before it is written, and the writing.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use eframe::egui::Ui;

use super::Stamp;
use crate::app::checking;
use crate::app::command::{PublishCommand, PublishScope};
use crate::app::core::{Core, Message};
use crate::app::edit::project as edit;
use crate::app::i18n::{tr, tr_args};
use crate::app::transfer::{self, ExportOptions};
use crate::domain::{LossReport, Session};
use crate::formats::Format;
use crate::formats::rdf::Verdict;
use crate::jobs::{Job, JobError};
use crate::store::{Problem, Scope};
use crate::ui::UiContext;
use crate::ui::publish::{Preview, PublishModel, PublishState, VerdictModel, publish_ui};

/// How many lines of an export are shown.
const LINES: usize = 60;
/// No more than this is read of what was written to show them.
const BYTES: usize = 64 * 1024;

/// The place and what runs for it.
pub struct PublishPlace {
    format: Format,
    scope: PublishScope,
    options: ExportOptions,
    model: Option<PublishModel>,
    preview: Preview,
    state: PublishState,
    stamp: Stamp,
    /// The preview is of something older.
    stale: bool,
    looking: Option<Job<(LossReport, Option<Verdict>, String)>>,
    writing: Vec<(PathBuf, Job<LossReport>)>,
    checking: Option<Job<Vec<Problem>>>,
    inbox: (Sender<PublishCommand>, Receiver<PublishCommand>),
}

impl Default for PublishPlace {
    fn default() -> Self {
        Self {
            format: Format::Turtle,
            scope: PublishScope::Whole,
            options: ExportOptions::default(),
            model: None,
            preview: Preview::Waiting,
            state: PublishState::default(),
            stamp: Stamp::default(),
            stale: true,
            looking: None,
            writing: Vec::new(),
            checking: None,
            inbox: channel(),
        }
    }
}

impl PublishPlace {
    /// Takes what file dialogs and jobs brought; every frame, whatever place is shown.
    pub fn gather(&mut self, core: &mut Core) {
        while let Ok(command) = self.inbox.1.try_recv() {
            self.perform(core, command);
        }
        if let Some(found) = self.checking.as_ref().and_then(Job::take) {
            self.checking = None;
            if let Some(found) = core.ask(found) {
                tell_checked(core, &found);
            }
        }
        let mut left = Vec::new();
        for (file, job) in std::mem::take(&mut self.writing) {
            match job.take() {
                None => left.push((file, job)),
                Some(Ok(_)) => {
                    let words = tr_args("publish-written", &[("file", file.display().to_string().into())]);
                    core.messages.push(Message::Done(words));
                }
                Some(Err(JobError::Cancelled(_))) => {}
                Some(Err(error)) => core.problem(error),
            }
        }
        self.writing = left;
    }

    /// Brings the model up to date; a report that is old is computed anew in a job.
    pub fn refresh(&mut self, core: &mut Core) {
        self.stale |= self.stamp.is_old(core);
        if let Some(result) = self.looking.as_ref().and_then(Job::take) {
            self.looking = None;
            self.preview = match result {
                Ok((report, verdict, head)) => {
                    let verdict = verdict.map(|verdict| Box::new(VerdictModel::of(&verdict)));
                    Preview::Ready { report, verdict, head }
                }
                Err(error) => Preview::Failed(error.to_string()),
            };
        }
        if self.stale && self.looking.is_none() {
            self.stale = false;
            self.look(core);
        }
        let session = core.selection.session.and_then(|id| core.store.read().get::<Session>(id).ok().flatten());
        self.model = Some(PublishModel {
            format: self.format,
            scope: self.scope,
            curves: (self.format == Format::Eaf).then_some(self.options.curves),
            session: session.map(|session| super::sessions::title_of(&session, core.analysis_language())),
            base_iri: core.project.base_iri.clone(),
            licence: core.project.licence.clone(),
            preview: self.preview.clone(),
            writing: !self.writing.is_empty(),
        });
    }

    /// Does a command.
    pub fn perform(&mut self, core: &mut Core, command: PublishCommand) {
        match command {
            PublishCommand::Check => self.checking = check(core),
            PublishCommand::Preview => self.stale = true,
            PublishCommand::Export => self.ask_where(core),
            PublishCommand::SelectScope(scope) => {
                self.scope = scope;
                self.show_anew();
            }
            PublishCommand::SetCurves(curves) => {
                self.options.curves = curves;
                self.show_anew();
            }
            PublishCommand::SetField { field, value } => {
                core.edit(|store| {
                    edit::edit_project(store, field, |project| match field {
                        "base-iri" => project.base_iri = value,
                        "licence" => project.licence = value,
                        other => log::error!("a project has no field {other}"),
                    })
                });
            }
            PublishCommand::SelectFormat(name) => {
                if let Some(format) = core.ask(name.parse::<Format>()) {
                    self.format = format;
                    self.show_anew();
                }
            }
            PublishCommand::Write { format, file } => {
                if let Some(format) = core.ask(format.parse::<Format>()) {
                    self.write(core, format, file);
                }
            }
        }
    }

    /// Draws the place.
    pub fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext, _: &Core) {
        if let Some(model) = &self.model {
            publish_ui(ui, cx, &mut self.state, model);
        }
    }

    fn show_anew(&mut self) {
        self.preview = Preview::Waiting;
        self.stale = true;
        // What is being computed is of the choice before.
        if let Some(job) = self.looking.take() {
            job.cancel();
        }
    }

    fn scope(&self, core: &Core) -> Scope {
        match (self.scope, core.selection.session) {
            (PublishScope::Session, Some(session)) => Scope::Session(session),
            (PublishScope::Lexicon, _) => Scope::Lexicon,
            _ => Scope::Whole,
        }
    }

    /// Writes to a temporary folder, to see what becomes of everything.
    fn look(&mut self, core: &mut Core) {
        let (scope, format, options) = (self.scope(core), self.format, self.options);
        let sibling = core.store.sibling();
        let Some(store) = core.ask(sibling) else { return };
        self.looking = Some(core.jobs.spawn(tr("publish-looking"), move |_| {
            let failed = |error: &dyn std::fmt::Display| JobError::Failed(error.to_string());
            let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
            let file = folder.path().join(file_name("preview", format));
            let written = transfer::export_judged(&store, scope, format, &file, options);
            let (mut report, verdict) = written.map_err(|error| failed(&error))?;
            if verdict.is_some() {
                // Said by the verdict already.
                report.warnings.retain(|warning| !warning.starts_with("Shapes, "));
            }
            let head = if file.is_dir() { listing(&file) } else { head(&file) };
            Ok((report, verdict, head))
        }));
    }

    fn ask_where(&self, core: &Core) {
        let format = self.format;
        let name = file_name(&core.project.name.replace(['/', '\\', ':'], "-"), format);
        let (send, wake) = (self.inbox.0.clone(), core.wake.clone());
        std::thread::spawn(move || {
            let mut dialog = rfd::FileDialog::new().set_file_name(name);
            if !format.is_folder() {
                dialog = dialog.add_filter(format.label(), format.extensions());
            }
            if let Some(file) = dialog.save_file() {
                let _ = send.send(PublishCommand::Write { format: format.name().to_owned(), file });
                wake();
            }
        });
    }

    fn write(&mut self, core: &mut Core, format: Format, file: PathBuf) {
        let (scope, options) = (self.scope(core), self.options);
        let sibling = core.store.sibling();
        let Some(store) = core.ask(sibling) else { return };
        let title = tr_args("publish-writing-file", &[("file", file.display().to_string().into())]);
        let target = file.clone();
        let job = core.jobs.spawn(title, move |_| {
            let written = transfer::export_as(&store, scope, format, &target, options);
            written.map_err(|error| JobError::Failed(error.to_string()))
        });
        self.writing.push((file, job));
    }
}

/// Looks for what a reader of the export would miss.
fn check(core: &mut Core) -> Option<Job<Vec<Problem>>> {
    let sibling = core.store.sibling();
    let store = core.ask(sibling)?;
    Some(core.jobs.spawn(tr("publish-checking"), move |_| {
        checking::check(&store).map_err(|error| JobError::Failed(error.to_string()))
    }))
}

/// Says the first of what was found.
fn tell_checked(core: &mut Core, found: &[Problem]) {
    core.messages.push(match found.first() {
        None => Message::Done(tr("publish-checked")),
        Some(first) => Message::Warning(tr_args(
            "publish-problems",
            &[("count", found.len().into()), ("first", first.text.clone().into())],
        )),
    });
}

/// What an export is called: a name with the format's extension, or the name of a folder.
fn file_name(stem: &str, format: Format) -> String {
    if format.is_folder() {
        return format!("{stem} {}", format.name());
    }
    format!("{stem}.{}", format.extension())
}

/// The files of a folder with their sizes, then the first lines of the one that is for people or tells of the others.
fn listing(folder: &Path) -> String {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(at).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path, entry.metadata().map_or(0, |about| about.len())));
            }
        }
    }
    files.sort();
    let mut lines: Vec<String> = files
        .iter()
        .map(|(path, size)| {
            let name = path.strip_prefix(folder).unwrap_or(path).display();
            format!("{name}  {:.1} KB", *size as f64 / 1000.0)
        })
        .collect();
    let tells = |path: &Path| {
        let extension = path.extension().unwrap_or_default();
        ["md", "json", "csv", "session", "xml"].iter().position(|known| extension == *known)
    };
    if let Some((path, _)) = files.iter().filter(|(path, _)| tells(path).is_some()).min_by_key(|(path, _)| tells(path))
    {
        lines.extend([String::new(), head(path)]);
    }
    lines.join("\n")
}

/// The first lines of a file, long ones cut.
fn head(file: &Path) -> String {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    if let Ok(file) = std::fs::File::open(file)
        && let Err(error) = file.take(BYTES as u64).read_to_end(&mut bytes)
    {
        log::warn!("preview: {error}");
    }
    let text = String::from_utf8_lossy(&bytes);
    let cut = |line: &str| match line.char_indices().nth(160) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    };
    text.lines().take(LINES).map(cut).collect::<Vec<_>>().join("\n")
}
