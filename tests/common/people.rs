//! The people panel in a window as small as it can be, over the sample project.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{Ui, vec2};
use egui_kittest::Harness;
use fieldgloss::app::core::{Core, Message};
use fieldgloss::app::places::people::PeoplePlace;
use fieldgloss::app::sample;
use fieldgloss::app::settings::ThemeChoice;
use fieldgloss::domain::{Annotation, SessionId, Tag, Tier, TierRole};
use fieldgloss::render;
use fieldgloss::ui::shell::SaveState;
use fieldgloss::ui::toasts::Toast;
use fieldgloss::ui::{Command, Keymap, Place, Shell, ShellModel, Theme, UiContext, theme};

/// The window around the place, as small as it can be.
pub struct Window {
    pub core: Core,
    pub people: PeoplePlace,
    pub shell: Shell,
    pub keymap: Keymap,
    pub splits: BTreeMap<String, f32>,
    pub sent: Vec<Command>,
    pub told: Vec<Message>,
    pub folder: tempfile::TempDir,
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.people.refresh(&mut self.core);
        let model = ShellModel {
            project: Some(self.core.project.name.clone()),
            crumb: Some("Talking astronaut".to_owned()),
            save: SaveState::Saved,
            status: self.people.status(&self.core),
            ..ShellModel::default()
        };
        let mut commands = Vec::new();
        let mut cx = UiContext {
            theme: Theme::of(ui),
            keymap: &self.keymap,
            place: Place::People,
            project_open: true,
            commands: &mut commands,
            splits: &mut self.splits,
        };
        let (people, core) = (&mut self.people, &self.core);
        self.shell.show(ui, &mut cx, &model, &[], |ui, cx| people.ui(ui, cx, core));
        for command in commands {
            match command {
                Command::People(command) => self.people.perform(&mut self.core, command),
                Command::Show(part) => self.core.shown.toggle(part),
                Command::Undo => self.core.step(true),
                Command::Redo => self.core.step(false),
                other => self.sent.push(other),
            }
        }
        for message in std::mem::take(&mut self.core.messages) {
            match &message {
                Message::Done(text) => self.shell.toasts.push(Toast::done(text.clone())),
                Message::Problem(text) => self.shell.toasts.push(Toast::problem(text.clone())),
                Message::Note(_) | Message::Warning(_) => {}
            }
            self.told.push(message);
        }
        if self.core.is_playing() {
            ui.ctx().request_repaint();
        }
    }
}

pub type Gui = Harness<'static, Window>;

pub const WIDE: (f32, f32) = (1440.0, 900.0);

/// The sample project with its video selected, in a window; `fill` may write into it before.
pub fn open(size: (f32, f32), choice: ThemeChoice, fill: impl FnOnce(&mut fieldgloss::store::Store, SessionId)) -> Gui {
    let folder = tempfile::tempdir().expect("a folder");
    let sample::Sample { mut store, video, .. } = sample::make(folder.path()).expect("the sample project");
    fill(&mut store, video);
    let mut core = Core::over(store, "Ann", Arc::new(|| {})).expect("the project");
    core.select_session(video);
    over(folder, core, size, choice)
}

/// A project in a window; its folder goes with it.
pub fn over(folder: tempfile::TempDir, core: Core, size: (f32, f32), choice: ThemeChoice) -> Gui {
    let window = Window {
        core,
        people: PeoplePlace::default(),
        shell: Shell::default(),
        keymap: Keymap::default(),
        splits: BTreeMap::new(),
        sent: Vec::new(),
        told: Vec::new(),
        folder,
    };
    let mut gui =
        Harness::builder().with_size(vec2(size.0, size.1)).with_max_steps(64).wgpu().build_eframe(move |cc| {
            theme::install(&cc.egui_ctx, choice);
            if let Some(state) = &cc.wgpu_render_state {
                render::install(&cc.egui_ctx, state);
            }
            window
        });
    // The harness has a theme of its own.
    theme::choose(&gui.ctx, choice);
    gui.run_steps(3);
    gui
}

/// Bodies and voices that nobody has named have no face to show.
pub fn faceless(name: &str) -> bool {
    name.starts_with("Body") || name.starts_with("Speaker")
}

/// Steps until the pictures that were asked for have come.
pub fn settle(gui: &mut Gui) {
    let begun = Instant::now();
    loop {
        gui.run_steps(2);
        let model = gui.state().people.model();
        let there = model.picture.texture.is_some()
            && model.strip.iter().all(|cell| cell.picture.is_some())
            && model.people.iter().filter(|p| !faceless(&p.name)).all(|p| p.face.is_some());
        if there || begun.elapsed() > Duration::from_secs(20) {
            assert!(there, "pictures did not come");
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn tags(gui: &Gui) -> Vec<Tag> {
    let mut tags: Vec<Tag> = gui.state().core.store.read().all().expect("tags");
    tags.sort_by_key(|tag| tag.start);
    tags
}

pub fn selected(gui: &Gui) -> Tag {
    let id = gui.state().core.selection.tag.expect("a selected proposal");
    gui.state().core.store.read().require(id).expect("the proposal")
}

/// Annotations on the tiers of accepted tags, each with the name of its tier.
pub fn on_tag_tiers(gui: &Gui) -> Vec<(String, Annotation)> {
    let read = gui.state().core.store.read();
    let tiers: Vec<Tier> = read.all().expect("tiers");
    let own = tiers.into_iter().filter(|t| t.role == TierRole::Tags);
    own.flat_map(|tier| {
        let annotations: Vec<Annotation> = read.annotations_of(tier.id).expect("annotations");
        annotations.into_iter().map(move |annotation| (tier.name.clone(), annotation))
    })
    .collect()
}
