//! The timeline in a window with nothing else in it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{self, Ui, vec2};
use egui_kittest::{Harness, HarnessBuilder};
use fieldgloss::app::command::TimelineCommand;
use fieldgloss::app::core::Core;
use fieldgloss::app::places::TimelinePlace;
use fieldgloss::app::settings::ThemeChoice;
use fieldgloss::domain::{Annotation, TierId, Time};
use fieldgloss::store::Store;
use fieldgloss::ui::shell::{SaveState, Shell, ShellModel};
use fieldgloss::ui::{Command, Keymap, Place, Theme, UiContext, theme};

/// The window around the timeline, with nothing else in it.
pub struct Window {
    pub core: Core,
    pub place: TimelinePlace,
    pub shell: Shell,
    pub keymap: Keymap,
    pub splits: BTreeMap<String, f32>,
    /// Commands that belong to somebody else.
    pub sent: Vec<Command>,
    pub frames: Vec<Duration>,
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        let begun = Instant::now();
        self.place.refresh(&mut self.core);
        let model = ShellModel {
            project: Some("Sample project".to_owned()),
            crumb: Some("Mary".to_owned()),
            undo: self.core.undo.undo.map(|op| fieldgloss::ui::tr(&format!("op-{}", op.name()))),
            save: SaveState::Saved,
            status: self.place.status(&self.core),
            ..ShellModel::default()
        };
        let mut commands = Vec::new();
        {
            let mut cx = UiContext {
                theme: Theme::of(ui),
                keymap: &self.keymap,
                place: Place::Timeline,
                project_open: true,
                commands: &mut commands,
                splits: &mut self.splits,
            };
            let (place, core) = (&mut self.place, &self.core);
            self.shell.show(ui, &mut cx, &model, &[], |ui, cx| place.ui(ui, cx, core));
        }
        for command in commands {
            match command {
                Command::Show(part) => self.core.shown.toggle(part),
                Command::Timeline(command) => self.place.perform(&mut self.core, command),
                Command::Undo | Command::Redo => self.core.step(command == Command::Undo),
                other => self.sent.push(other),
            }
        }
        self.frames.push(begun.elapsed());
    }
}

impl Window {
    pub fn annotations(&self, tier: TierId) -> Vec<Annotation> {
        self.core.store.read().annotations_of(tier).unwrap()
    }
    pub fn seek(&mut self, millis: i64) {
        self.place.perform(&mut self.core, TimelineCommand::Seek(Time::from_millis(millis)));
    }
    /// Everything that can be undone, as it is now.
    pub fn all(&self) -> Vec<Annotation> {
        self.core.store.read().all().unwrap()
    }
}

pub const WIDE: (f32, f32) = (1440.0, 900.0);
pub const LOW: (f32, f32) = (1280.0, 720.0);

pub fn harness((width, height): (f32, f32), choice: ThemeChoice, store: Store) -> Harness<'static, Window> {
    let builder: HarnessBuilder<Window> = Harness::builder();
    let mut harness = builder
        .with_size(vec2(width, height))
        .with_theme(if choice == ThemeChoice::Dark { egui::Theme::Dark } else { egui::Theme::Light })
        .with_context_setup(move |ctx| theme::install(ctx, choice))
        .wgpu()
        .build_eframe(move |cc| {
            if let Some(state) = &cc.wgpu_render_state {
                fieldgloss::render::install(&cc.egui_ctx, state);
            }
            let mut core = Core::over(store, "tester", Arc::new(|| {})).unwrap();
            core.open_player();
            Window {
                core,
                place: TimelinePlace::default(),
                shell: Shell::default(),
                keymap: Keymap::default(),
                splits: BTreeMap::new(),
                sent: Vec::new(),
                frames: Vec::new(),
            }
        });
    harness.run_steps(3);
    harness
}

/// Waits for waveform, spectrogram and pitch; ten seconds at most.
pub fn settle(harness: &mut Harness<'_, Window>) {
    let begun = Instant::now();
    harness.run_steps(3);
    while !harness.state().place.is_settled() && begun.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(20));
        harness.run_steps(1);
    }
    harness.run_steps(3);
}
