//! The open project as the window holds it: the store, what is selected, what plays, what runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::command::Command;
use super::edit::Edited;
use super::i18n::tr;
use super::models::Shelf;
use super::place::Place;
use super::session_player::SessionPlayer;
use super::show::{Lanes, Shown};
use crate::domain::{
    AnnotationId, Language, LanguageRole, LexemeId, Media, Project, Session, SessionId, Span, TagId, TierId, Time,
    TrackId, WordId,
};
use crate::jobs::JobBoard;
use crate::media::player::PlayerOptions;
use crate::store::{Changed, OpKind, OpenReport, Store, StoreError, UndoState};

/// What is selected, over all places: a place shows its part and leaves the rest as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    pub session: Option<SessionId>,
    pub tier: Option<TierId>,
    pub annotation: Option<AnnotationId>,
    /// A stretch of time marked on the timeline.
    pub span: Option<Span>,
    pub word: Option<WordId>,
    pub lexeme: Option<LexemeId>,
    pub tag: Option<TagId>,
    pub track: Option<TrackId>,
}

/// Something to tell the person, shown as a toast.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    Done(String),
    Note(String),
    Warning(String),
    Problem(String),
}

/// The open project. The only holder of the store in the window.
pub struct Core {
    pub store: Store,
    pub project: Project,
    /// Object languages first, each kind in the project's order.
    pub languages: Vec<Language>,
    pub selection: Selection,
    /// Goes up with every change: what was asked of the store before is old then.
    pub revision: u64,
    pub undo: UndoState,
    pub jobs: JobBoard,
    /// What is drawn on pictures and beside them, in all places.
    pub shown: Shown,
    /// Measures that have a lane on the timeline.
    pub lanes: Lanes,
    /// The recording that is open for playing, of the selected session.
    pub player: Option<SessionPlayer>,
    /// To be shown, then cleared, by the window.
    pub messages: Vec<Message>,
    /// To be done after this command, by the window (go to a place, open a dialog).
    pub follow_up: Vec<Command>,
    /// Where the user's models lie; `None` when this computer has no place for them.
    pub shelf: Option<Shelf>,
    /// Wakes the window from another thread.
    pub wake: Arc<dyn Fn() + Send + Sync>,
}

impl Core {
    /// Opens a project folder.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn open(
        path: &Path,
        author: &str,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<(Self, OpenReport), StoreError> {
        let (store, report) = Store::open(path)?;
        Ok((Self::over(store, author, wake)?, report))
    }

    /// Holds a store that is open already.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn over(mut store: Store, author: &str, wake: Arc<dyn Fn() + Send + Sync>) -> Result<Self, StoreError> {
        store.set_author(author);
        let jobs = JobBoard::new();
        let waker = wake.clone();
        jobs.on_change(move || waker());
        let first = store.read().session_rows()?.into_iter().next().map(|row| row.session.id);
        let mut core = Self {
            project: store.read().project()?,
            languages: Vec::new(),
            selection: Selection { session: first, ..Selection::default() },
            revision: 1,
            undo: store.undo_state()?,
            store,
            jobs,
            shown: Shown::default(),
            lanes: Lanes::default(),
            player: None,
            messages: Vec::new(),
            follow_up: Vec::new(),
            shelf: Shelf::usual().ok(),
            wake,
        };
        core.reload()?;
        Ok(core)
    }

    fn reload(&mut self) -> Result<(), StoreError> {
        self.project = self.store.read().project()?;
        self.languages = self.store.read().all()?;
        self.languages.sort_by_key(|l| (l.role != LanguageRole::Object, l.position));
        Ok(())
    }

    /// Runs an edit; what it changed is noted, what went wrong is told to the person.
    pub fn edit<T>(&mut self, edit: impl FnOnce(&mut Store) -> Edited<T>) -> Option<T> {
        match edit(&mut self.store) {
            Ok(done) => {
                self.changed(&done.changed);
                Some(done.value)
            }
            Err(error) => {
                self.problem(error);
                None
            }
        }
    }

    /// Takes the answer to a question to the store; what went wrong is told to the person.
    pub fn ask<T, E: std::fmt::Display>(&mut self, answer: Result<T, E>) -> Option<T> {
        answer.map_err(|error| self.problem(error)).ok()
    }

    /// Notes that something changed, by an edit here or by a job.
    pub fn changed(&mut self, changed: &Changed) {
        if changed.is_empty() {
            return;
        }
        self.revision += 1;
        if changed.touches(&["project", "language"]) {
            let reloaded = self.reload();
            self.ask(reloaded);
        }
        if changed.touches(&["media"]) && self.player.is_some() {
            self.open_player();
        }
        let undo = self.store.undo_state();
        if let Some(undo) = self.ask(undo) {
            self.undo = undo;
        }
    }

    /// As if everything had changed: after a job that wrote through a connection of its own.
    pub fn all_changed(&mut self) {
        let mut changed = Changed::default();
        for table in crate::store::TABLES {
            changed.tables.insert(table);
            changed.records.push((table, Default::default()));
        }
        self.changed(&changed);
    }

    /// Takes back or does again one step, and tells which.
    pub fn step(&mut self, back: bool) {
        let others = self.is_word_of_another(back);
        match self.ask(others) {
            None => return,
            Some(true) => return self.messages.push(Message::Note(tr("blind-undo"))),
            Some(false) => {}
        }
        let stepped = if back { self.store.undo() } else { self.store.redo() };
        match stepped {
            Ok(Some((_, changed))) => {
                self.changed(&changed);
                self.forget_missing();
            }
            Ok(None) => self.messages.push(Message::Note(tr(if back { "nothing-to-undo" } else { "nothing-to-redo" }))),
            Err(error) => self.problem(error),
        }
    }

    /// What Undo and Redo would do, as far as it may be told: in blind review nothing of what another said.
    pub fn steps(&self) -> UndoState {
        let told = |kind: Option<OpKind>, back| {
            kind.filter(|kind| !is_word(*kind) || !self.is_word_of_another(back).unwrap_or(true))
        };
        UndoState { undo: told(self.undo.undo, true), redo: told(self.undo.redo, false) }
    }

    /// Whether the next step back or forth is what another reviewer said in blind review.
    fn is_word_of_another(&self, back: bool) -> Result<bool, StoreError> {
        let Some((kind, author)) = self.store.next_step(back)? else { return Ok(false) };
        if !is_word(kind) || author == self.store.author() {
            return Ok(false);
        }
        let runs: Vec<crate::domain::ModelRun> = self.store.read().all()?;
        Ok(runs.iter().any(|run| self.project.is_blind(run)))
    }

    /// Lets go of selected records that are no longer there.
    pub fn forget_missing(&mut self) {
        let read = self.store.read();
        let gone = |found: Result<bool, StoreError>| !found.unwrap_or(false);
        let s = &mut self.selection;
        s.session = s.session.filter(|id| !gone(read.get::<Session>(*id).map(|r| r.is_some())));
        s.annotation = s.annotation.filter(|id| !gone(read.get::<crate::domain::Annotation>(*id).map(|r| r.is_some())));
        s.tier = s.tier.filter(|id| !gone(read.get::<crate::domain::Tier>(*id).map(|r| r.is_some())));
        s.word = s.word.filter(|id| !gone(read.get::<crate::domain::Word>(*id).map(|r| r.is_some())));
        s.lexeme = s.lexeme.filter(|id| !gone(read.get::<crate::domain::Lexeme>(*id).map(|r| r.is_some())));
        s.tag = s.tag.filter(|id| !gone(read.get::<crate::domain::Tag>(*id).map(|r| r.is_some())));
    }

    /// Tells the person what went wrong.
    pub fn problem(&mut self, error: impl std::fmt::Display) {
        self.messages.push(Message::Problem(error.to_string()));
    }

    /// Goes to a place after this command.
    pub fn go(&mut self, place: Place) {
        self.follow_up.push(Command::Go(place));
    }

    /// The tag of the first documented language (`und` when the project names none).
    pub fn object_language(&self) -> &str {
        self.languages.iter().find(|l| l.role == LanguageRole::Object).map_or("und", |l| &l.tag)
    }

    /// The tag of the first language of glosses (`en` when the project names none).
    pub fn analysis_language(&self) -> &str {
        self.languages.iter().find(|l| l.role == LanguageRole::Analysis).map_or("en", |l| &l.tag)
    }

    /// Chooses a session; its first recording that is there is opened for playing.
    pub fn select_session(&mut self, session: SessionId) {
        if self.selection.session != Some(session) {
            self.selection = Selection { session: Some(session), ..Selection::default() };
            self.player = None;
        }
        self.open_player();
    }

    /// Opens the selected session's first recording for playing (pictures before sound alone), unless it is open.
    pub fn open_player(&mut self) {
        let Some(session) = self.selection.session else { return };
        let media = self.store.read().media_of(session);
        let Some(media) = self.ask(media) else { return };
        let has_picture = |media: &Media| media.streams.iter().any(|s| s.kind == crate::domain::StreamKind::Video);
        let mut there: Vec<&Media> = media.iter().filter(|m| self.store.folder().media_path(m).exists()).collect();
        there.sort_by_key(|m| !has_picture(m));
        let Some(first) = there.first() else {
            self.player = None;
            return;
        };
        if self.player.as_ref().is_some_and(|player| player.plays(first)) {
            return;
        }
        let wake = self.wake.clone();
        let options = PlayerOptions { max_side: Some(1280), notify: Some(wake), ..PlayerOptions::default() };
        self.player = Some(SessionPlayer::open(first, &self.store.folder().media_path(first), options));
    }

    /// The playhead on the session's timeline.
    pub fn position(&self) -> Time {
        self.player.as_ref().map_or(Time::ZERO, SessionPlayer::position)
    }

    /// Whether something plays.
    pub fn is_playing(&self) -> bool {
        self.player.as_ref().is_some_and(SessionPlayer::is_playing)
    }

    /// Moves the playhead.
    pub fn seek(&mut self, time: Time) {
        if let Some(player) = &self.player {
            player.seek(time);
        }
    }

    /// Where what can be computed again is kept.
    pub fn cache(&self) -> PathBuf {
        self.store.folder().cache()
    }
}

/// Whether a step is what a reviewer said of a proposal.
fn is_word(kind: OpKind) -> bool {
    use OpKind as Op;
    matches!(kind, Op::AcceptTag | Op::RejectTag | Op::ChangeTag | Op::UnsureTag | Op::NoteTag)
}
