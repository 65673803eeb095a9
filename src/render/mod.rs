//! What the graphics card draws beside egui's own shapes. Shaders are in `shaders/`.

pub mod overlay;
pub mod waveform;

use eframe::egui::{Context, Id};
use eframe::egui_wgpu::RenderState;

/// Makes the pipelines; once, when the window has its graphics card. Without it the waveform is drawn as an egui
/// mesh and the overlay as egui's shapes, which look the same.
pub fn install(ctx: &Context, state: &RenderState) {
    let pipeline = waveform::Pipeline::new(&state.device, state.target_format);
    state.renderer.write().callback_resources.insert(pipeline);
    overlay::install(ctx, state);
    ctx.data_mut(|data| data.insert_temp(Id::unique(INSTALLED), true));
}

/// Whether [`install`] was called for this window.
pub fn is_installed(ctx: &Context) -> bool {
    ctx.data(|data| data.get_temp(Id::unique(INSTALLED)).unwrap_or(false))
}

const INSTALLED: &str = "fieldgloss render pipelines";
