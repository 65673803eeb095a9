//! Clips and stills: the dialog's answers, a preview made by a thread, the job that writes.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use eframe::egui::{ColorImage, TextureHandle, TextureOptions, Ui, vec2};

use crate::app::clip::{ClipError, ClipRequest, ClipSummary, Hide, clip, picture, still};
use crate::app::command::{ClipSource, ClipsCommand};
use crate::app::core::{Core, Message};
use crate::app::i18n::{tr, tr_args};
use crate::app::show::Part;
use crate::domain::{Annotation, Session, SessionId, Span, StreamKind, Tag, Time};
use crate::jobs::{Job, JobError};
use crate::media::{MediaError, VideoFrame};
use crate::store::{Store, StoreError};
use crate::ui::UiContext;
use crate::ui::clips::{ClipForm, ClipModel, clips_ui, hidden_words, written_words};

/// Longest side of the preview, pixels.
const PREVIEW: u32 = 720;

type Previewed = Result<(VideoFrame, ClipSummary), String>;

/// What is being written.
struct Writing {
    job: Job<ClipSummary>,
    file: PathBuf,
}

/// The dialog and what it started.
#[derive(Default)]
pub struct Clips {
    form: Option<ClipForm>,
    session: Option<SessionId>,
    model: ClipModel,
    preview: Option<(Sender<ClipRequest>, Receiver<Previewed>)>,
    /// What the preview was asked for.
    asked: Option<ClipRequest>,
    arrived: Option<VideoFrame>,
    texture: Option<TextureHandle>,
    picked: Option<Receiver<PathBuf>>,
    writing: Option<Writing>,
}

impl Clips {
    /// Whether the dialog is open.
    pub fn is_open(&self) -> bool {
        self.form.is_some()
    }
    /// Whether something is being written.
    pub fn is_writing(&self) -> bool {
        self.writing.is_some()
    }
    /// What is asked, for tests.
    pub fn form(&self) -> Option<&ClipForm> {
        self.form.as_ref()
    }
    /// What is shown, for tests.
    pub fn model(&self) -> &ClipModel {
        &self.model
    }

    /// Does a command; `view` is what is in sight on the timeline.
    pub fn perform(&mut self, core: &mut Core, command: ClipsCommand, view: Span) {
        match command {
            ClipsCommand::Clip => self.open(core, false, view),
            ClipsCommand::Still => self.open(core, true, view),
            ClipsCommand::Take(source) => {
                let span = self.model.sources.iter().find(|(known, _)| *known == source).map(|(_, span)| *span);
                if let (Some(form), Some(span)) = (&mut self.form, span) {
                    (form.start, form.end) = (span.start.to_string(), span.end.to_string());
                }
            }
            ClipsCommand::ChooseFile => self.choose_file(core),
            ClipsCommand::SetFile(path) => {
                if let Some(form) = &mut self.form {
                    form.file = path.display().to_string();
                }
            }
            ClipsCommand::Write => self.write(core),
            ClipsCommand::Stop => {
                if let Some(writing) = &self.writing {
                    writing.job.cancel();
                }
            }
            ClipsCommand::Close => {
                self.form = None;
                (self.texture, self.preview, self.asked) = (None, None, None);
            }
        }
    }

    fn open(&mut self, core: &mut Core, is_still: bool, view: Span) {
        if self.writing.is_some() {
            core.messages.push(Message::Note(tr("clips-busy")));
            return;
        }
        let found = facts(core, view);
        let Some(Some((session, model))) = core.ask(found) else {
            core.messages.push(Message::Note(tr("people-no-video")));
            return;
        };
        let span = model.sources.first().map_or(view, |(_, span)| *span);
        let start = if is_still { core.position() } else { span.start };
        let shows = [Part::Boxes, Part::Mesh, Part::Skeleton].into_iter().any(|part| core.shown.has(part));
        let file = default_file(core, &session, start, is_still);
        self.form = Some(ClipForm {
            still: is_still,
            start: start.to_string(),
            end: span.end.to_string(),
            hide: Hide::WithoutConsent,
            overlay: shows && core.shown.has(Part::HiddenFaces),
            captions: None,
            sound: model.sound,
            side: None,
            file: file.display().to_string(),
            fresh: true,
        });
        self.session = Some(session.id);
        self.model = model;
        (self.texture, self.asked) = (None, None);
    }

    fn request(&self) -> Option<ClipRequest> {
        let form = self.form.as_ref()?;
        Some(ClipRequest {
            session: self.session?,
            span: form.span()?,
            out: PathBuf::from(form.file.trim()),
            hide: form.hide,
            overlay: form.overlay,
            captions: form.captions,
            sound: form.sound,
            max_side: form.side,
        })
    }

    /// Takes in what came, and asks for the preview when the answers changed.
    pub fn refresh(&mut self, core: &mut Core) {
        self.gather(core);
        if self.form.is_none() {
            return;
        }
        if let Some(picked) = &self.picked
            && let Ok(path) = picked.try_recv()
        {
            self.picked = None;
            self.perform(core, ClipsCommand::SetFile(path), Span::new(Time::ZERO, Time::ZERO));
        }
        let Some(request) = self.request() else { return };
        self.model.replaces = self.writing.is_none() && request.out.is_file();
        if self.preview.is_none() {
            let sibling = core.store.sibling();
            let Some(store) = core.ask(sibling) else { return };
            self.preview = begin(store, Arc::clone(&core.wake));
        }
        let Some((ask, answers)) = &self.preview else { return };
        if let Some(last) = answers.try_iter().last() {
            match last {
                Ok((frame, summary)) => {
                    self.model.problem = None;
                    let (faces, nobody) = (summary.hidden > 0, summary.nobody > 0);
                    self.model.hidden = hidden_words(faces, nobody, summary.covered > 0);
                    self.arrived = Some(frame);
                }
                Err(problem) => {
                    self.model.problem = Some(problem);
                    self.model.hidden = String::new();
                    self.texture = None;
                }
            }
        }
        // Where it goes changes nothing of what is seen.
        let side = request.max_side.unwrap_or(PREVIEW).min(PREVIEW);
        let wanted = ClipRequest { out: PathBuf::new(), max_side: Some(side), ..request };
        if self.asked.as_ref() != Some(&wanted) && ask.send(wanted.clone()).is_ok() {
            self.asked = Some(wanted);
        }
    }

    fn gather(&mut self, core: &mut Core) {
        let Some(writing) = &self.writing else {
            self.model.writing = None;
            return;
        };
        let view = writing.job.view();
        let words = match view.left {
            Some(left) => tr_args("clips-left", &[("time", crate::ui::people::rough_time(left.as_secs_f64()).into())]),
            None => tr("clips-writing"),
        };
        self.model.writing = Some((view.fraction.unwrap_or(0.0) as f32, words));
        let Some(end) = writing.job.take() else { return };
        let file = writing.file.display().to_string();
        let message = match end {
            Ok(done) => Message::Done(written_words(&file, &done)),
            Err(JobError::Cancelled(said)) => Message::Note(said),
            Err(JobError::Failed(said)) => Message::Problem(said),
        };
        let done = matches!(message, Message::Done(_));
        core.messages.push(message);
        core.jobs.dismiss(writing.job.id());
        self.writing = None;
        self.model.writing = None;
        if done && self.form.is_some() {
            self.perform(core, ClipsCommand::Close, Span::new(Time::ZERO, Time::ZERO));
        }
    }

    fn write(&mut self, core: &mut Core) {
        let Some(request) = self.request().filter(|request| !request.out.as_os_str().is_empty()) else { return };
        if self.writing.is_some() || self.model.problem.is_some() {
            return;
        }
        let is_still = self.form.as_ref().is_some_and(|form| form.still);
        let wanted = if is_still { "png" } else { "mp4" };
        let mut request = request;
        if !request.out.extension().is_some_and(|e| e.eq_ignore_ascii_case(wanted)) {
            let mut name = request.out.into_os_string();
            name.push(format!(".{wanted}"));
            request.out = PathBuf::from(name);
        }
        let sibling = core.store.sibling();
        let Some(store) = core.ask(sibling) else { return };
        let file = request.out.clone();
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let job = core.jobs.spawn(tr_args("clips-job", &[("file", name.into())]), move |context| {
            let done = match is_still {
                true => still(&store, &request),
                false => clip(&store, &request, &mut |part| {
                    context.progress(f64::from(part), String::new);
                    if context.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                }),
            };
            done.map_err(|error| match error {
                ClipError::Media(MediaError::Cancelled) => JobError::Cancelled(tr("clips-stopped")),
                error => JobError::Failed(error.to_string()),
            })
        });
        self.writing = Some(Writing { job, file });
    }

    fn choose_file(&mut self, core: &Core) {
        let Some(form) = &self.form else { return };
        let path = PathBuf::from(form.file.trim());
        let (send, receive) = channel();
        let (wake, is_still) = (Arc::clone(&core.wake), form.still);
        self.picked = Some(receive);
        std::thread::spawn(move || {
            let (name, ending) = if is_still { ("PNG", "png") } else { ("MP4", "mp4") };
            let mut dialog = rfd::FileDialog::new().add_filter(name, &[ending]);
            if let Some(folder) = path.parent() {
                dialog = dialog.set_directory(folder);
            }
            if let Some(name) = path.file_name() {
                dialog = dialog.set_file_name(name.to_string_lossy());
            }
            if let Some(path) = dialog.save_file() {
                // Nobody waits any more when the dialog was closed.
                let _ = send.send(path);
                wake();
            }
        });
    }

    /// Draws the dialog, when it is open.
    pub fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) {
        if let Some(frame) = self.arrived.take() {
            let image = ColorImage::from_rgba_unmultiplied([frame.width as usize, frame.height as usize], &frame.rgba);
            match &mut self.texture {
                Some(texture) => texture.set(image, TextureOptions::LINEAR),
                None => self.texture = Some(ui.ctx().load_texture("clips.preview", image, TextureOptions::LINEAR)),
            }
        }
        self.model.preview = self.texture.as_ref().map(|texture| {
            let [width, height] = texture.size();
            (texture.id(), vec2(width as f32, height as f32))
        });
        if let Some(form) = &mut self.form {
            clips_ui(ui, cx, form, &self.model);
        }
    }
}

/// What there is to choose from, for a session with a video that is there.
fn facts(core: &Core, view: Span) -> Result<Option<(Session, ClipModel)>, StoreError> {
    let read = core.store.read();
    let Some(id) = core.selection.session else { return Ok(None) };
    let Some(session) = read.get::<Session>(id)? else { return Ok(None) };
    let media = read.media_of(id)?;
    let has = |kind| media.iter().any(|m| m.streams.iter().any(|s| s.kind == kind));
    let there = media.iter().any(|m| core.store.folder().media_path(m).exists());
    if !has(StreamKind::Video) || !there {
        return Ok(None);
    }
    let mut sources = Vec::new();
    if let Some(span) = core.selection.span {
        sources.push((ClipSource::Selection, span));
    }
    if let Some(tag) = core.selection.tag
        && let Some(tag) = read.get::<Tag>(tag)?
    {
        sources.push((ClipSource::Proposal, Span::new(tag.start, tag.end)));
    }
    if core.selection.span.is_none()
        && let Some(annotation) = core.selection.annotation
        && let Some(span) = read.get::<Annotation>(annotation)?.and_then(|annotation| annotation.span())
    {
        sources.push((ClipSource::Selection, span));
    }
    let end = media.iter().filter_map(|m| Some(m.duration? + m.offset)).max().unwrap_or(view.end);
    let in_sight = Span { start: view.start.max(Time::ZERO).min(end), end: view.end.min(end) };
    if in_sight.start < in_sight.end {
        sources.push((ClipSource::InSight, in_sight));
    }
    let tiers = read.tiers_of(id)?.into_iter().map(|tier| (tier.id, tier.name)).collect();
    Ok(Some((session, ClipModel { sources, tiers, sound: has(StreamKind::Audio), ..ClipModel::default() })))
}

/// Among the person's videos, under the session's name and the time.
fn default_file(core: &Core, session: &Session, start: Time, is_still: bool) -> PathBuf {
    let folder = directories::UserDirs::new().and_then(|dirs| {
        let own = if is_still { dirs.picture_dir() } else { dirs.video_dir() };
        own.or(dirs.document_dir()).filter(|folder| folder.is_dir()).map(Path::to_owned)
    });
    let beside = || core.store.folder().path().parent().unwrap_or(Path::new(".")).to_owned();
    let plain = |c: char| if c.is_alphanumeric() || " -_.".contains(c) { c } else { '-' };
    let name: String = session.name.chars().map(plain).take(60).collect();
    let time: String = start.to_string().chars().map(plain).collect();
    folder.unwrap_or_else(beside).join(format!("{name} {time}.{}", if is_still { "png" } else { "mp4" }))
}

fn begin(store: Store, wake: Arc<dyn Fn() + Send + Sync>) -> Option<(Sender<ClipRequest>, Receiver<Previewed>)> {
    let (ask, asked) = channel::<ClipRequest>();
    let (answer, answers) = channel();
    let run = move || {
        while let Ok(first) = asked.recv() {
            let request = asked.try_iter().last().unwrap_or(first);
            if answer.send(picture(&store, &request).map_err(|error| error.to_string())).is_err() {
                return;
            }
            wake();
        }
    };
    match std::thread::Builder::new().name("preview".to_owned()).spawn(run) {
        Ok(_) => Some((ask, answers)),
        Err(error) => {
            log::warn!("no thread for the preview: {error}");
            None
        }
    }
}
