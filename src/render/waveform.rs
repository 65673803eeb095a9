//! The waveform on the graphics card: a column's lowest and highest sample become one bar, drawn as an instance.

use std::collections::HashMap;
use std::sync::Arc;

use bytemuck::{Pod, Zeroable};
use eframe::egui::{Color32, Mesh, PaintCallbackInfo, Painter, Rect, Shape, pos2};
use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, ScreenDescriptor};
use eframe::wgpu;

use crate::media::peaks::Peak;

const SHADER: &str = include_str!("../../shaders/waveform.wgsl");
/// Bars are never thinner than this, in points: silence is a line.
const LINE: f32 = 1.0;

/// What is drawn in one place of the window. `slot` tells several waveforms of one frame apart.
#[derive(Clone)]
pub struct Waveform {
    pub slot: u32,
    /// One pair a column, −1 to 1, from left to right over the whole rectangle. Shared: it is sent to the card only
    /// when it is another one than in the frame before.
    pub columns: Arc<Vec<Peak>>,
    pub color: Color32,
    /// Magnification of loudness, 1 as recorded.
    pub gain: f32,
}

/// Draws a waveform into a rectangle, on the card when [`super::install`] was called, else as a mesh.
pub fn paint(painter: &Painter, rect: Rect, waveform: Waveform) {
    if waveform.columns.is_empty() || rect.width() < 1.0 {
        return;
    }
    if super::is_installed(painter.ctx()) {
        let height = rect.height();
        painter.add(Callback::new_paint_callback(rect, Bars { waveform, height }));
    } else {
        painter.add(Shape::mesh(mesh(rect, &waveform)));
    }
}

/// The same picture as triangles, for windows without our pipeline.
fn mesh(rect: Rect, waveform: &Waveform) -> Mesh {
    let mut mesh = Mesh::default();
    mesh.reserve_vertices(waveform.columns.len() * 4);
    mesh.reserve_triangles(waveform.columns.len() * 2);
    let width = rect.width() / waveform.columns.len() as f32;
    let (middle, half) = (rect.center().y, rect.height() / 2.0);
    for (column, (low, high)) in waveform.columns.iter().enumerate() {
        let x = rect.left() + column as f32 * width;
        let top = middle - (high * waveform.gain).clamp(-1.0, 1.0) * half;
        let bottom = (middle - (low * waveform.gain).clamp(-1.0, 1.0) * half).max(top + LINE);
        let bar = Rect::from_min_max(pos2(x, top), pos2(x + width, bottom));
        mesh.add_colored_rect(bar, waveform.color);
    }
    mesh
}

struct Bars {
    waveform: Waveform,
    height: f32,
}

/// As in the shader.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct View {
    color: [f32; 4],
    columns: f32,
    half_line: f32,
    gain: f32,
    unused: f32,
}

/// The pipeline and what each slot holds on the card.
pub struct Pipeline {
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    slots: HashMap<u32, Slot>,
}

struct Slot {
    uniform: wgpu::Buffer,
    group: wgpu::BindGroup,
    bars: wgpu::Buffer,
    /// What `bars` holds.
    columns: Arc<Vec<Peak>>,
}

impl Pipeline {
    /// Makes the pipeline for a framebuffer of that format: one sample a pixel, no depth, as egui draws.
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Self {
        let shader = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("waveform"),
            source: wgpu::ShaderSource::Wgsl(SHADER.into()),
        });
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("waveform"),
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
                ty: wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Uniform,
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
                count: None,
            }],
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("waveform"),
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("waveform"),
            layout: Some(&pipeline_layout),
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("bar"),
                buffers: &[Some(wgpu::VertexBufferLayout {
                    array_stride: size_of::<[f32; 2]>() as u64,
                    step_mode: wgpu::VertexStepMode::Instance,
                    attributes: &wgpu::vertex_attr_array![0 => Float32x2],
                })],
                compilation_options: wgpu::PipelineCompilationOptions::default(),
            },
            primitive: wgpu::PrimitiveState {
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                ..wgpu::PrimitiveState::default()
            },
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &shader,
                entry_point: Some("ink"),
                targets: &[Some(wgpu::ColorTargetState {
                    format,
                    blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                })],
                compilation_options: wgpu::PipelineCompilationOptions::default(),
            }),
            multiview_mask: None,
            cache: None,
        });
        Self { pipeline, layout, slots: HashMap::new() }
    }

    fn slot(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, waveform: &Waveform) -> &Slot {
        let known = self.slots.remove(&waveform.slot);
        let slot = match known {
            Some(slot) if Arc::ptr_eq(&slot.columns, &waveform.columns) => slot,
            known => self.filled(device, queue, waveform, known),
        };
        self.slots.entry(waveform.slot).or_insert(slot)
    }

    /// Sends columns to the card, into the buffer that is there when they fit.
    fn filled(&self, device: &wgpu::Device, queue: &wgpu::Queue, waveform: &Waveform, known: Option<Slot>) -> Slot {
        let numbers: Vec<[f32; 2]> = waveform.columns.iter().map(|(low, high)| [*low, *high]).collect();
        let bytes: &[u8] = bytemuck::cast_slice(&numbers);
        let mut slot = match known {
            Some(slot) if slot.bars.size() >= bytes.len() as u64 => slot,
            _ => {
                let buffer = |size: u64, usage| {
                    device.create_buffer(&wgpu::BufferDescriptor {
                        label: Some("waveform"),
                        size,
                        usage: usage | wgpu::BufferUsages::COPY_DST,
                        mapped_at_creation: false,
                    })
                };
                let uniform = buffer(size_of::<View>() as u64, wgpu::BufferUsages::UNIFORM);
                let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
                    label: Some("waveform"),
                    layout: &self.layout,
                    entries: &[wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() }],
                });
                let bars = buffer((bytes.len() as u64).next_power_of_two(), wgpu::BufferUsages::VERTEX);
                Slot { uniform, group, bars, columns: Arc::default() }
            }
        };
        queue.write_buffer(&slot.bars, 0, bytes);
        slot.columns = Arc::clone(&waveform.columns);
        slot
    }
}

impl CallbackTrait for Bars {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _: &ScreenDescriptor,
        _: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let Some(pipeline) = resources.get_mut::<Pipeline>() else { return Vec::new() };
        let slot = pipeline.slot(device, queue, &self.waveform);
        let [r, g, b, a] = self.waveform.color.to_array().map(|part| f32::from(part) / 255.0);
        let view = View {
            color: [r, g, b, a],
            columns: self.waveform.columns.len() as f32,
            half_line: LINE / self.height.max(LINE),
            gain: self.waveform.gain,
            unused: 0.0,
        };
        queue.write_buffer(&slot.uniform, 0, bytemuck::bytes_of(&view));
        Vec::new()
    }

    fn paint(&self, _: PaintCallbackInfo, pass: &mut wgpu::RenderPass<'static>, resources: &CallbackResources) {
        let Some(pipeline) = resources.get::<Pipeline>() else { return };
        let Some(slot) = pipeline.slots.get(&self.waveform.slot) else { return };
        pass.set_pipeline(&pipeline.pipeline);
        pass.set_bind_group(0, &slot.group, &[]);
        pass.set_vertex_buffer(0, slot.bars.slice(..));
        pass.draw(0..4, 0..self.waveform.columns.len() as u32);
    }
}
