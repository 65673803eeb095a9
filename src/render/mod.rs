//! What the graphics card draws beside egui's own shapes. Shaders are in `shaders/`.

pub mod overlay;
pub mod waveform;

use eframe::egui::{Context, Id};
use eframe::egui_wgpu::RenderState;

/// Makes the pipelines; once, when the window has its graphics card. Without it waveform and overlay are drawn by
/// egui's own means, which look the same.
pub fn install(ctx: &Context, state: &RenderState) {
    let waveform = waveform::Pipeline::new(&state.device, state.target_format);
    let overlay = overlay::Pipeline::new(&state.device, state.target_format);
    let mut renderer = state.renderer.write();
    renderer.callback_resources.insert(waveform);
    renderer.callback_resources.insert(overlay);
    ctx.data_mut(|data| data.insert_temp(Id::unique(INSTALLED), true));
}

/// Whether [`install`] was called for this window.
pub fn is_installed(ctx: &Context) -> bool {
    ctx.data(|data| data.get_temp(Id::unique(INSTALLED)).unwrap_or(false))
}

const INSTALLED: &str = "fieldgloss render pipelines";
