// Points and lines over a picture. Each instance is a stroke with round ends from `a` to `b`; a point is a stroke of
// no length. Positions are pixels of the picture's frame, radii pixels of the screen.

struct View {
    // Size of the frame in its own pixels, size of the viewport in pixels of the screen.
    frame: vec2<f32>,
    screen: vec2<f32>,
}

@group(0) @binding(0) var<uniform> view: View;

struct Stroke {
    @location(0) a: vec2<f32>,
    @location(1) b: vec2<f32>,
    @location(2) radius: f32,
    // Premultiplied, gamma encoded as egui's own colours.
    @location(3) color: vec4<f32>,
}

struct Pixel {
    @builtin(position) position: vec4<f32>,
    @location(0) at: vec2<f32>,
    @location(1) @interpolate(flat) a: vec2<f32>,
    @location(2) @interpolate(flat) b: vec2<f32>,
    @location(3) @interpolate(flat) radius: f32,
    @location(4) @interpolate(flat) color: vec4<f32>,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32, stroke: Stroke) -> Pixel {
    let scale = view.screen / view.frame;
    let a = stroke.a * scale;
    let b = stroke.b * scale;
    let far = distance(a, b);
    var along = vec2<f32>(1.0, 0.0);
    if far > 0.001 {
        along = (b - a) / far;
    }
    let across = vec2<f32>(-along.y, along.x);
    // Two triangles: corners 0 1 2, 2 1 3. One pixel wider than the stroke for its soft edge.
    let corners = array<u32, 6>(0u, 1u, 2u, 2u, 1u, 3u);
    let corner = corners[index];
    let reach = stroke.radius + 1.0;
    let end = select(a - along * reach, b + along * reach, (corner & 1u) == 1u);
    let at = end + across * select(-reach, reach, corner >= 2u);
    var pixel: Pixel;
    pixel.position = vec4<f32>(at.x / view.screen.x * 2.0 - 1.0, 1.0 - at.y / view.screen.y * 2.0, 0.0, 1.0);
    pixel.at = at;
    pixel.a = a;
    pixel.b = b;
    pixel.radius = stroke.radius;
    pixel.color = stroke.color;
    return pixel;
}

@fragment
fn fragment(pixel: Pixel) -> @location(0) vec4<f32> {
    let line = pixel.b - pixel.a;
    let part = clamp(dot(pixel.at - pixel.a, line) / max(dot(line, line), 0.000001), 0.0, 1.0);
    let away = distance(pixel.at, pixel.a + line * part) - pixel.radius;
    return pixel.color * clamp(0.5 - away, 0.0, 1.0);
}
