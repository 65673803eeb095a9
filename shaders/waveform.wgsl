// A waveform: one upright bar a column, from its lowest to its highest sample.
// Positions fill the viewport, which is set to the lane before drawing.

struct View {
    // Premultiplied, as the framebuffer takes it.
    color: vec4<f32>,
    // How many columns there are.
    columns: f32,
    // Half the least height of a bar, as a part of the lane's half height.
    half_line: f32,
    // Magnification of loudness.
    gain: f32,
    unused: f32,
}

@group(0) @binding(0) var<uniform> view: View;

@vertex
fn bar(
    @builtin(vertex_index) corner: u32,
    @builtin(instance_index) column: u32,
    @location(0) peak: vec2<f32>,
) -> @builtin(position) vec4<f32> {
    let right = f32(corner & 1u);
    let top = f32(corner >> 1u);
    let middle = 0.5 * (peak.x + peak.y) * view.gain;
    let low = clamp(min(peak.x * view.gain, middle - view.half_line), -1.0, 1.0);
    let high = clamp(max(peak.y * view.gain, middle + view.half_line), -1.0, 1.0);
    let x = (f32(column) + right) / view.columns * 2.0 - 1.0;
    return vec4<f32>(x, mix(low, high, top), 0.0, 1.0);
}

@fragment
fn ink() -> @location(0) vec4<f32> {
    return view.color;
}
