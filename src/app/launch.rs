//! Opening the window on a screen.

use std::path::PathBuf;
use std::time::Instant;

use super::place::Place;
use super::settings::Settings;
use super::window::{Window, WindowOptions};
use crate::render;

/// By this name the desktop knows the window, its icon and its entry in menus.
const ID: &str = "org.fieldgloss.Fieldgloss";

/// Opens the window and stays until it is closed. `startup`: the moment to count the start-up time from, to be printed
/// once the first frame is shown.
///
/// # Errors
/// When there is no screen or no way to draw on it, in the user's words.
pub fn launch(project: Option<PathBuf>, startup: Option<Instant>) -> Result<(), String> {
    // For pictures of one place: its name as the rail has it, in small letters.
    let place = std::env::var("FIELDGLOSS_PLACE").ok();
    let place = place.and_then(|name| {
        Place::RAIL.into_iter().chain([Place::Home]).find(|place| place.text_id() == format!("place-{name}"))
    });
    let options = WindowOptions { project, place, settings: Settings::default_path(), models: None, startup };
    let viewport = eframe::egui::ViewportBuilder::default()
        .with_app_id(ID)
        .with_title("Fieldgloss")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([960.0, 600.0]);
    let native =
        eframe::NativeOptions { viewport, renderer: eframe::Renderer::Wgpu, ..eframe::NativeOptions::default() };
    let open: eframe::AppCreator<'_> = Box::new(|cc| {
        if let Some(state) = &cc.wgpu_render_state {
            render::install(&cc.egui_ctx, state);
        }
        Ok(Box::new(Window::new(&cc.egui_ctx, options)))
    });
    eframe::run_native(ID, native, open)
        .map_err(|error| format!("the window could not be opened ({error}); the verbs work without one, see --help"))
}
