//! What the graphics card draws beside egui's own shapes. Shaders are in `shaders/`.

pub mod overlay;

use eframe::egui::Context;
use eframe::egui_wgpu::RenderState;

/// Makes the pipelines; once, when the window has its graphics card. Without it egui's own shapes are drawn, which
/// look the same.
pub fn install(ctx: &Context, state: &RenderState) {
    overlay::install(ctx, state);
}
