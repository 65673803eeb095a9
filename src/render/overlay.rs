//! Boxes, landmarks and skeletons over a picture: instanced strokes in the pixels of the frame, drawn by wgpu.

use std::collections::HashMap;
use std::sync::Arc;

use bytemuck::{Pod, Zeroable};
use eframe::egui::{Color32, PaintCallbackInfo, Painter, Pos2, Rect, Stroke as EguiStroke, Vec2, pos2};
use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, ScreenDescriptor};
use eframe::wgpu;
use wgpu::util::DeviceExt as _;

/// A line with round ends in pixels of the frame; a point when both ends are the same.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Stroke {
    a: [f32; 2],
    b: [f32; 2],
    /// Points of the screen until it is drawn, then pixels.
    radius: f32,
    /// Premultiplied, as egui has it.
    color: [u8; 4],
}

impl Stroke {
    /// A line from `a` to `b` (pixels of the frame), `width` points of the screen wide.
    pub fn line(a: [f32; 2], b: [f32; 2], width: f32, color: Color32) -> Self {
        Self { a, b, radius: width / 2.0, color: color.to_array() }
    }
    /// A point at `at` (pixels of the frame), `width` points of the screen across.
    pub fn point(at: [f32; 2], width: f32, color: Color32) -> Self {
        Self::line(at, at, width, color)
    }
    /// The four sides of a box (x, y, width, height in pixels of the frame).
    pub fn frame([x, y, w, h]: [f32; 4], width: f32, color: Color32) -> [Self; 4] {
        let corners = [[x, y], [x + w, y], [x + w, y + h], [x, y + h]];
        std::array::from_fn(|i| Self::line(corners[i], corners[(i + 1) % 4], width, color))
    }
}

/// Pipeline and buffers, kept with egui's renderer.
pub struct Pipeline {
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    slots: HashMap<u32, Slot>,
}

/// What is drawn in one place of the window.
struct Slot {
    view: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
    strokes: wgpu::Buffer,
    /// Strokes the buffer has room for, and strokes in it.
    room: usize,
    count: u32,
}

const ROOM: usize = 2048;

/// The video of the people panel, the body in space, and the video of the timeline: places of one window.
pub const PEOPLE: u32 = 0;
pub const SPACE: u32 = 1;
pub const TIMELINE: u32 = 2;

/// Draws strokes over a picture of `frame` pixels that is shown in `rect`; `slot` tells several overlays of one window
/// apart. Before [`install`](super::install) egui's own shapes are drawn.
pub fn paint(painter: &Painter, slot: u32, rect: Rect, frame: Vec2, strokes: &Arc<Vec<Stroke>>) {
    if strokes.is_empty() || frame.x <= 0.0 || frame.y <= 0.0 {
        return;
    }
    if super::is_installed(painter.ctx()) {
        let overlay = Overlay { slot, frame: [frame.x, frame.y], size: rect.size(), strokes: Arc::clone(strokes) };
        painter.add(Callback::new_paint_callback(rect, overlay));
        return;
    }
    let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    let place = |[x, y]: [f32; 2]| -> Pos2 {
        pos2(rect.left() + x / frame.x * rect.width(), rect.top() + y / frame.y * rect.height())
    };
    for stroke in strokes.iter() {
        let mut color = Color32::TRANSPARENT;
        (0..4).for_each(|i| color[i] = stroke.color[i]);
        if stroke.a == stroke.b {
            painter.circle_filled(place(stroke.a), stroke.radius, color);
        } else {
            painter.line_segment([place(stroke.a), place(stroke.b)], EguiStroke::new(stroke.radius * 2.0, color));
        }
    }
}

impl Pipeline {
    /// For a surface of that format.
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("overlay"),
            source: wgpu::ShaderSource::Wgsl(include_str!("../../shaders/overlay.wgsl").into()),
        });
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("overlay"),
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::VERTEX,
                ty: wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Uniform,
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
                count: None,
            }],
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("overlay"),
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("overlay"),
            layout: Some(&pipeline_layout),
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some("vertex"),
                buffers: &[Some(wgpu::VertexBufferLayout {
                    array_stride: size_of::<Stroke>() as wgpu::BufferAddress,
                    step_mode: wgpu::VertexStepMode::Instance,
                    attributes: &wgpu::vertex_attr_array![0 => Float32x2, 1 => Float32x2, 2 => Float32, 3 => Unorm8x4],
                })],
                compilation_options: Default::default(),
            },
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: Some("fragment"),
                targets: &[Some(wgpu::ColorTargetState {
                    format,
                    blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                })],
                compilation_options: Default::default(),
            }),
            multiview_mask: None,
            cache: None,
        });
        Self { pipeline, layout, slots: HashMap::new() }
    }
}

impl Slot {
    fn new(device: &wgpu::Device, layout: &wgpu::BindGroupLayout) -> Self {
        let view = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: Some("overlay view"),
            contents: bytemuck::cast_slice(&[1.0_f32; 4]),
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        });
        let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("overlay"),
            layout,
            entries: &[wgpu::BindGroupEntry { binding: 0, resource: view.as_entire_binding() }],
        });
        Self { view, bind_group, strokes: buffer(device, ROOM), room: ROOM, count: 0 }
    }
}

fn buffer(device: &wgpu::Device, room: usize) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("overlay strokes"),
        size: (room * size_of::<Stroke>()) as wgpu::BufferAddress,
        usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

struct Overlay {
    slot: u32,
    frame: [f32; 2],
    /// Of the picture on the screen, in points.
    size: Vec2,
    strokes: Arc<Vec<Stroke>>,
}

impl CallbackTrait for Overlay {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let Some(Pipeline { layout, slots, .. }) = resources.get_mut::<Pipeline>() else { return Vec::new() };
        let resources = slots.entry(self.slot).or_insert_with(|| Slot::new(device, layout));
        let scale = screen.pixels_per_point;
        let view = [self.frame[0], self.frame[1], self.size.x * scale, self.size.y * scale];
        queue.write_buffer(&resources.view, 0, bytemuck::cast_slice(&view));
        if self.strokes.len() > resources.room {
            resources.room = self.strokes.len().next_power_of_two();
            resources.strokes = buffer(device, resources.room);
        }
        let strokes: Vec<Stroke> = self.strokes.iter().map(|s| Stroke { radius: s.radius * scale, ..*s }).collect();
        queue.write_buffer(&resources.strokes, 0, bytemuck::cast_slice(&strokes));
        resources.count = strokes.len() as u32;
        Vec::new()
    }

    fn paint(&self, _: PaintCallbackInfo, pass: &mut wgpu::RenderPass<'static>, resources: &CallbackResources) {
        let Some(pipeline) = resources.get::<Pipeline>() else { return };
        let Some(resources) = pipeline.slots.get(&self.slot) else { return };
        pass.set_pipeline(&pipeline.pipeline);
        pass.set_bind_group(0, &resources.bind_group, &[]);
        pass.set_vertex_buffer(0, resources.strokes.slice(..));
        pass.draw(0..6, 0..resources.count);
    }
}
