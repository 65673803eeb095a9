//! Exact frames of a video, decoded on a thread of their own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use eframe::egui::ColorImage;

use crate::domain::Time;
use crate::media::{MediaError, VideoFrame, VideoOptions, VideoReader};

/// A picture asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wanted {
    /// Comes back with the picture.
    pub key: usize,
    /// In the file.
    pub time: Time,
    /// Part of the picture: left, top, width, height as shares of its size; the whole when `None`.
    pub part: Option<[f32; 4]>,
}

struct Order {
    /// Comes back with the pictures, so that late ones of an earlier order are known.
    number: u64,
    path: PathBuf,
    wanted: Vec<Wanted>,
}

/// A picture, or why there is none.
pub(super) struct Still {
    pub number: u64,
    pub key: usize,
    /// In the file.
    pub time: Time,
    pub picture: Result<ColorImage, String>,
}

/// The thread that decodes; a new order takes the place of what is left of the one before.
pub(super) struct Stills {
    send: Sender<Order>,
    got: Receiver<Still>,
    number: u64,
}

impl Stills {
    /// Starts the thread; pictures are at most `max_side` pixels wide and high. `wake` is called with each.
    pub fn start(max_side: u32, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (send, orders) = channel();
        let (give, got) = channel();
        let run = move || work(max_side, &orders, &give, &*wake);
        if let Err(error) = std::thread::Builder::new().name("stills".to_owned()).spawn(run) {
            log::error!("no thread for pictures: {error}");
        }
        Self { send, got, number: 0 }
    }

    /// Asks for pictures of a file.
    pub fn ask(&mut self, path: PathBuf, wanted: Vec<Wanted>) {
        self.number += 1;
        // Fails only when the thread never started, which was logged.
        let _ = self.send.send(Order { number: self.number, path, wanted });
    }

    /// The pictures that came since, of the last order only.
    pub fn take(&self) -> Vec<Still> {
        self.got.try_iter().filter(|still| still.number == self.number).collect()
    }
}

fn work(max_side: u32, orders: &Receiver<Order>, give: &Sender<Still>, wake: &dyn Fn()) {
    let mut open: Option<(PathBuf, VideoReader)> = None;
    let mut next = orders.recv().ok();
    while let Some(order) = next.take() {
        let Order { number, path, wanted } = orders.try_iter().last().unwrap_or(order);
        for Wanted { key, time, part } in wanted {
            let picture = picture(&mut open, &path, max_side, time)
                .map(|frame| image(&frame, part))
                .map_err(|error| error.to_string());
            if give.send(Still { number, key, time, picture }).is_err() {
                return;
            }
            wake();
            next = orders.try_iter().last();
            if next.is_some() {
                break;
            }
        }
        if next.is_none() {
            next = orders.recv().ok();
        }
    }
}

fn picture(
    open: &mut Option<(PathBuf, VideoReader)>,
    path: &PathBuf,
    max_side: u32,
    time: Time,
) -> Result<VideoFrame, MediaError> {
    let known = open.take().filter(|(known, _)| known == path).map(|(_, reader)| reader);
    let mut reader = match known {
        Some(reader) => reader,
        None => VideoReader::open(path, VideoOptions { stream: None, max_side: Some(max_side) })?,
    };
    let frame = reader.frame_at(time);
    *open = Some((path.clone(), reader));
    frame
}

/// The picture, or a part of it, as egui has it.
pub(super) fn image(frame: &VideoFrame, part: Option<[f32; 4]>) -> ColorImage {
    let (width, height) = (frame.width as usize, frame.height as usize);
    let Some([x, y, w, h]) = part else { return ColorImage::from_rgba_unmultiplied([width, height], &frame.rgba) };
    let at = |share: f32, of: usize| ((share.clamp(0.0, 1.0) * of as f32) as usize).min(of.saturating_sub(1));
    let (left, top) = (at(x, width), at(y, height));
    let (right, bottom) = (at(x + w, width).max(left + 1).min(width), at(y + h, height).max(top + 1).min(height));
    let mut pixels = Vec::with_capacity((right - left) * (bottom - top) * 4);
    for row in top..bottom {
        let from = (row * width + left) * 4;
        let to = (row * width + right) * 4;
        pixels.extend_from_slice(frame.rgba.get(from..to).unwrap_or_default());
    }
    pixels.resize((right - left) * (bottom - top) * 4, 255);
    ColorImage::from_rgba_unmultiplied([right - left, bottom - top], &pixels)
}
