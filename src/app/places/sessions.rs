//! The list of sessions: what it shows, what is done in it, recordings that are added and looked for meanwhile.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use eframe::egui::Ui;

use super::Stamp;
use crate::app::command::{Command, SessionsCommand};
use crate::app::core::{Core, Message};
use crate::app::edit::project as edit;
use crate::app::i18n::{number, tr, tr_args};
use crate::app::place::Place;
use crate::app::recordings;
use crate::domain::{
    LossReport, Media, MediaId, MediaStorage, MultiText, Person, Session, SessionId, Stream, StreamKind, Time,
};
use crate::jobs::{Job, JobError};
use crate::store::StoreError;
use crate::store::query::SessionRow;
use crate::ui::UiContext;
use crate::ui::sessions::{RecordingLine, SessionLine, SessionPage, SessionsModel, SessionsState, sessions_ui};

/// The place and what runs for it.
pub struct SessionsPlace {
    model: SessionsModel,
    state: SessionsState,
    stamp: Stamp,
    /// Session whose deletion waits for a yes.
    delete: Option<SessionId>,
    /// What file dialogs on other threads bring.
    inbox: (Sender<SessionsCommand>, Receiver<SessionsCommand>),
    adding: Vec<(String, Job<LossReport>)>,
    searching: Vec<(MediaId, Job<Option<PathBuf>>)>,
}

impl Default for SessionsPlace {
    fn default() -> Self {
        Self {
            model: SessionsModel::default(),
            state: SessionsState::default(),
            stamp: Stamp::default(),
            delete: None,
            inbox: channel(),
            adding: Vec::new(),
            searching: Vec::new(),
        }
    }
}

impl SessionsPlace {
    /// Takes what file dialogs and jobs brought; every frame, whatever place is shown.
    pub fn gather(&mut self, core: &mut Core) {
        while let Ok(command) = self.inbox.1.try_recv() {
            self.perform(core, command);
        }
        let mut left = Vec::new();
        for (name, job) in std::mem::take(&mut self.adding) {
            match job.take() {
                None => left.push((name, job)),
                Some(Ok(_)) => {
                    core.all_changed();
                    core.open_player();
                    core.messages.push(Message::Done(tr_args("sessions-added", &[("file", name.into())])));
                }
                Some(Err(JobError::Cancelled(_))) => {}
                Some(Err(error)) => core.problem(format!("{name}: {error}")),
            }
        }
        self.adding = left;
        let mut left = Vec::new();
        for (media, job) in std::mem::take(&mut self.searching) {
            match job.take() {
                None => left.push((media, job)),
                Some(result) => {
                    self.stamp.spoil();
                    match result {
                        Ok(Some(file)) => self.relink(core, media, &file),
                        Ok(None) => core.messages.push(Message::Warning(tr("sessions-not-found"))),
                        Err(JobError::Cancelled(_)) => {}
                        Err(error) => core.problem(error),
                    }
                }
            }
        }
        self.searching = left;
    }

    /// Brings the model up to date.
    pub fn refresh(&mut self, core: &mut Core) {
        if !self.stamp.is_old(core) {
            return;
        }
        let rows = core.store.read().session_rows();
        let Some(rows) = core.ask(rows) else { return };
        let language = core.analysis_language().to_owned();
        self.model.lines = rows.iter().map(|row| line(row, &language)).collect();
        let selected = core.selection.session.and_then(|id| rows.into_iter().find(|row| row.session.id == id));
        let page = selected.map(|row| page(core, row.session, &language, &self.searching)).transpose();
        self.model.page = core.ask(page).flatten();
        self.model.asks_to_delete = self.delete.is_some() && self.delete == core.selection.session;
    }

    /// Does a command.
    pub fn perform(&mut self, core: &mut Core, command: SessionsCommand) {
        use SessionsCommand as Do;
        if !matches!(command, Do::DeleteSelected) {
            self.delete = None;
            self.stamp.spoil();
        }
        match command {
            Do::New => {
                let name = tr_args("sessions-new-name", &[("number", (self.model.lines.len() + 1).into())]);
                if let Some(id) = core.edit(|store| edit::add_session(store, &name)) {
                    core.select_session(id);
                    self.state.focus = Some("title");
                    self.state.scroll = true;
                }
            }
            Do::AddMedia => match core.selection.session {
                Some(session) => self
                    .ask_for(core, move || Some(Do::Attach { session, files: rfd::FileDialog::new().pick_files()? })),
                None => core.messages.push(Message::Note(tr("sessions-none-selected"))),
            },
            Do::OpenSelected => {
                if core.selection.session.is_some() {
                    core.open_player();
                    core.go(Place::Timeline);
                }
            }
            Do::Next => self.step(core, 1),
            Do::Previous => self.step(core, -1),
            Do::DeleteSelected => {
                self.delete = core.selection.session;
                self.stamp.spoil();
            }
            Do::Delete(session) => {
                if core.edit(|store| edit::delete_session(store, session)).is_some() {
                    core.player = None;
                    core.forget_missing();
                    let first = core.store.read().session_rows();
                    let first = core.ask(first).and_then(|rows| rows.into_iter().next());
                    if let Some(row) = first.filter(|_| core.selection.session.is_none()) {
                        core.select_session(row.session.id);
                    }
                    core.messages.push(Message::Done(tr("sessions-deleted")));
                }
            }
            Do::Relink => {
                let missing = self.model.page.iter().flat_map(|page| &page.recordings).find(|r| r.missing.is_some());
                match missing.map(|recording| recording.id) {
                    Some(media) => self.perform(core, Do::RelinkOne(media)),
                    None => core.messages.push(Message::Note(tr("sessions-nothing-missing"))),
                }
            }
            Do::RelinkOne(media) => {
                self.ask_for(core, move || Some(Do::SearchFor { media, folder: rfd::FileDialog::new().pick_folder()? }))
            }
            Do::SearchFor { media, folder } => self.search_for(core, media, folder),
            Do::SetOffset { media, offset } => set_offset(core, media, offset),
            Do::RelinkTo { media, file } => self.relink(core, media, &file),
            Do::Select(session) => core.select_session(session),
            Do::Open(session, place) => {
                core.select_session(session);
                core.go(place);
            }
            Do::Attach { session, files } => self.attach(core, session, files),
            Do::AddParticipant { session, name } => {
                core.edit(|store| edit::add_participant(store, session, &name, "speaker"));
            }
            Do::RemoveParticipant { session, person } => {
                core.edit(|store| {
                    edit::edit_session(store, session, "participants", |s| {
                        s.participants.retain(|p| p.person != person)
                    })
                });
            }
            Do::SetConsent(session, given) => {
                core.edit(|store| edit::edit_session(store, session, "consent", |s| s.consent.given = given));
            }
            Do::SetAccess(session, access) => {
                core.edit(|store| edit::edit_session(store, session, "access", |s| s.access = access));
            }
            Do::SetField { session, field, value } => {
                let language = core.analysis_language().to_owned();
                core.edit(|store| edit::edit_session(store, session, field, |s| set(s, field, &language, value)));
            }
        }
    }

    /// Draws the place.
    pub fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext, _: &Core) {
        sessions_ui(ui, cx, &mut self.state, &self.model);
    }

    /// How many sessions there are, for the status bar.
    pub fn count(&self) -> usize {
        self.model.lines.len()
    }

    fn step(&mut self, core: &mut Core, by: isize) {
        let lines = &self.model.lines;
        let at = lines.iter().position(|line| Some(line.id) == core.selection.session);
        let next = at.map_or(0, |at| at.saturating_add_signed(by)).min(lines.len().saturating_sub(1));
        if let Some(line) = lines.get(next) {
            core.select_session(line.id);
            self.state.scroll = true;
        }
    }

    /// Shows a file dialog on a thread of its own.
    fn ask_for(&self, core: &Core, ask: impl FnOnce() -> Option<SessionsCommand> + Send + 'static) {
        let (send, wake) = (self.inbox.0.clone(), core.wake.clone());
        std::thread::spawn(move || {
            if let Some(command) = ask() {
                let _ = send.send(command);
                wake();
            }
        });
    }

    fn attach(&mut self, core: &mut Core, session: SessionId, files: Vec<PathBuf>) {
        for file in files {
            let name = file_name(&file);
            let sibling = core.store.sibling();
            let Some(mut store) = core.ask(sibling) else { return };
            store.set_author(core.store.author());
            let title = tr_args("sessions-adding", &[("file", name.clone().into())]);
            let job = core.jobs.spawn(title, move |context| {
                recordings::import(&mut store, Some(session), &file, MediaStorage::Copied, |part| {
                    context.progress(f64::from(part), || file.display().to_string());
                    context.is_cancelled()
                })
                .map_err(|error| JobError::Failed(error.to_string()))
            });
            self.adding.push((name, job));
        }
    }

    fn search_for(&mut self, core: &mut Core, id: MediaId, folder: PathBuf) {
        let media = core.store.read().get::<Media>(id);
        let Some(Some(media)) = core.ask(media) else { return };
        let title = tr_args("sessions-looking", &[("file", media.path.clone().into())]);
        let job = core.jobs.spawn(title, move |context| {
            Ok(find_file(&folder, &media, &|path| {
                context.say(path.display().to_string());
                context.is_cancelled()
            }))
        });
        self.searching.push((id, job));
    }

    fn relink(&mut self, core: &mut Core, media: MediaId, file: &Path) {
        if core.edit(|store| edit::relink_media(store, media, file)).is_some() {
            core.player = None;
            core.open_player();
            let words = tr_args("sessions-found", &[("file", file.display().to_string().into())]);
            core.messages.push(Message::Done(words));
        }
    }
}

/// Moves a recording on its session's timeline. What models saw in it is timed already: then it stays where it is.
fn set_offset(core: &mut Core, id: MediaId, offset: Time) {
    let media = core.store.read().get::<Media>(id);
    let Some(Some(media)) = core.ask(media) else { return };
    let runs = core.store.read().runs_of(media.session);
    let Some(runs) = core.ask(runs) else { return };
    if runs.iter().any(|run| run.media == id) {
        core.messages.push(Message::Warning(tr("sessions-offset-looked")));
        return;
    }
    core.edit(|store| edit::set_media_offset(store, id, offset));
}

/// The palette's lines for sessions.
pub fn palette(rows: &[SessionRow], language: &str) -> Vec<crate::ui::palette::PaletteEntry> {
    rows.iter()
        .map(|row| crate::ui::palette::PaletteEntry {
            label: title_of(&row.session, language),
            detail: tr("sessions-palette"),
            icon: crate::ui::icons::Icon::Sessions,
            command: Command::Sessions(SessionsCommand::Open(row.session.id, Place::Timeline)),
        })
        .collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The title in the language of glosses, else in any, else the short name.
pub fn title_of(session: &Session, language: &str) -> String {
    session.title.best([language]).unwrap_or(&session.name).to_owned()
}

fn set(session: &mut Session, field: &str, language: &str, value: String) {
    match field {
        "title" => set_best(&mut session.title, language, value),
        "description" => set_best(&mut session.description, language, value),
        "name" => session.name = value,
        "date" => session.date = value,
        "place" => session.place = value,
        "genre" => session.genre = value,
        "consent-manner" => session.consent.manner = value,
        "consent-conditions" => session.consent.conditions = value,
        other => log::error!("a session has no field {other}"),
    }
}

/// Changes the text that is shown: the one in the language of glosses, else the only other.
fn set_best(text: &mut MultiText, language: &str, value: String) {
    let shown = match text.get(language) {
        Some(_) => language.to_owned(),
        None => text.0.keys().next().cloned().unwrap_or_else(|| language.to_owned()),
    };
    text.set(shown, value);
}

fn line(row: &SessionRow, language: &str) -> SessionLine {
    let title = title_of(&row.session, language);
    SessionLine {
        id: row.session.id,
        name: if title == row.session.name { String::new() } else { row.session.name.clone() },
        title,
        date: row.session.date.clone(),
        length: row.duration.map(clock).unwrap_or_default(),
        recordings: row.recordings,
        annotations: row.annotations,
        glossed: (row.words > 0).then(|| row.approved as f32 / row.words as f32),
        proposals: row.proposals,
    }
}

/// `12:31`, `1:02:31`.
fn clock(time: Time) -> String {
    let secs = time.secs().round() as u64;
    match secs / 3600 {
        0 => format!("{}:{:02}", secs / 60, secs % 60),
        hours => format!("{hours}:{:02}:{:02}", secs / 60 % 60, secs % 60),
    }
}

fn page(
    core: &Core,
    session: Session,
    language: &str,
    searching: &[(MediaId, Job<Option<PathBuf>>)],
) -> Result<SessionPage, StoreError> {
    let read = core.store.read();
    let people: Vec<Person> = read.people()?;
    let participants = session.participants.iter().filter_map(|part| {
        let person = people.iter().find(|person| person.id == part.person)?;
        let name = if person.name.is_empty() { &person.code } else { &person.name };
        Some((person.id, name.clone(), part.role.clone()))
    });
    let recordings = read.media_of(session.id)?.into_iter().map(|media| {
        let path = core.store.folder().media_path(&media);
        RecordingLine {
            id: media.id,
            name: file_name(Path::new(&media.path)),
            about: about(&media),
            offset: media.offset,
            missing: (!path.exists()).then(|| path.display().to_string()),
            searching: searching.iter().any(|(id, _)| *id == media.id),
        }
    });
    Ok(SessionPage {
        title: session.title.best([language]).unwrap_or_default().to_owned(),
        description: session.description.best([language]).unwrap_or_default().to_owned(),
        participants: participants.collect(),
        recordings: recordings.collect(),
        session,
    })
}

/// `1920 × 1080, h264, 25 fps · 48 kHz, 2 channels, aac · 12:31 · 241 MB`.
fn about(media: &Media) -> String {
    let mut parts: Vec<String> = media.streams.iter().filter_map(stream).collect();
    parts.extend(media.duration.map(clock));
    if media.size > 0 {
        let bytes = media.size as f64;
        parts.push(match media.size {
            1_000_000_000.. => format!("{:.1} GB", bytes / 1e9),
            1_000_000.. => format!("{:.1} MB", bytes / 1e6),
            _ => format!("{} kB", number((bytes / 1e3).ceil() as u64)),
        });
    }
    parts.join(" · ")
}

fn stream(stream: &Stream) -> Option<String> {
    let mut parts = Vec::new();
    match stream.kind {
        StreamKind::Video => {
            if let (Some(width), Some(height)) = (stream.width, stream.height) {
                parts.push(format!("{width} × {height}"));
            }
            parts.push(stream.codec.clone());
            parts.extend(stream.frame_rate.map(|rate| format!("{rate:.4} fps").replace(".0000", "")));
        }
        StreamKind::Audio => {
            parts.extend(stream.sample_rate.map(|rate| format!("{} kHz", f64::from(rate) / 1000.0)));
            let channels = stream.channels.unwrap_or_default();
            parts.push(tr_args("sessions-channels", &[("count", channels.into())]));
            parts.push(stream.codec.clone());
        }
        StreamKind::Other => return None,
    }
    Some(parts.join(", "))
}

/// The file with a recording's content somewhere in a folder. The same size is looked at first; a recording whose
/// content was never read is known by its name and size.
fn find_file(folder: &Path, media: &Media, seen: &dyn Fn(&Path) -> bool) -> Option<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if seen(&folder) {
            return None;
        }
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            if kind.is_dir() {
                folders.push(path);
                continue;
            }
            if !kind.is_file() || entry.metadata().map_or(0, |about| about.len()) != media.size as u64 {
                continue;
            }
            let same = if media.hash.is_empty() {
                file_name(&path) == file_name(Path::new(&media.path))
            } else {
                let hash = crate::media::hash_file(&path, &mut |_| {
                    if seen(&path) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
                hash.is_ok_and(|hash| hash == media.hash)
            };
            if same {
                return Some(path);
            }
        }
    }
    None
}
