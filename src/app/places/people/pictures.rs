//! Pictures on their way from the decoding threads to the graphics card.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{ColorImage, Context, TextureHandle, TextureId, TextureOptions, Vec2, vec2};

use super::stills::{self, Stills, Wanted};
use crate::domain::{TagId, Time};
use crate::media::VideoFrame;
use crate::ui::people::Who;

/// Longest sides, pixels: the picture, the film strip, and frames that faces are cut from.
const SIDE: u32 = 1280;
const STRIP_SIDE: u32 = 240;
const FACE_SIDE: u32 = 1280;

/// What is shown and what is wanted.
#[derive(Default)]
pub(super) struct Pictures {
    picture: Option<Stills>,
    strip: Option<Stills>,
    faces: Option<Stills>,
    shown: Option<TextureHandle>,
    /// The moment in the file that was asked for last.
    asked: Option<(PathBuf, Time)>,
    asked_strip: Option<(PathBuf, TagId, Vec<Time>)>,
    asked_faces: Vec<Who>,
    pub problem: Option<String>,
    /// The large picture must not be shown.
    pub hidden: bool,
    strip_textures: Vec<Option<TextureHandle>>,
    face_textures: HashMap<Who, TextureHandle>,
    /// The frame the player shows, until it is uploaded.
    playing: Option<Arc<VideoFrame>>,
}

type Wake = Arc<dyn Fn() + Send + Sync>;

impl Pictures {
    /// Wants the exact frame at a moment of the file.
    pub fn want(&mut self, wake: &Wake, path: &Path, time: Time) {
        if self.asked.as_ref().is_some_and(|(p, t)| p == path && *t == time) {
            return;
        }
        self.asked = Some((path.to_owned(), time));
        let stills = self.picture.get_or_insert_with(|| Stills::start(SIDE, wake.clone()));
        stills.ask(path.to_owned(), vec![Wanted { key: 0, time, part: None }]);
    }

    /// Shows what the player shows.
    pub fn follow(&mut self, frame: Arc<VideoFrame>) {
        if self.playing.as_ref().is_none_or(|known| !Arc::ptr_eq(known, &frame)) {
            self.playing = Some(frame);
        }
        self.asked = None;
    }

    /// Wants the pictures of a film strip, times in the file.
    pub fn want_strip(&mut self, wake: &Wake, path: &Path, tag: TagId, times: Vec<Time>) {
        let asked = (path.to_owned(), tag, times);
        if self.asked_strip.as_ref() == Some(&asked) {
            return;
        }
        let wanted =
            asked.2.iter().enumerate().map(|(key, time)| Wanted { key, time: *time, part: None }).collect::<Vec<_>>();
        self.strip_textures = vec![None; wanted.len()];
        self.asked_strip = Some(asked);
        self.strip.get_or_insert_with(|| Stills::start(STRIP_SIDE, wake.clone())).ask(path.to_owned(), wanted);
    }

    /// Whether these faces were asked for already.
    pub fn knows_faces(&self, whose: &[Who]) -> bool {
        whose.iter().all(|who| self.asked_faces.contains(who))
    }

    /// Wants faces cut out of the video: whose, when (in the file), and where (shares of the picture).
    pub fn want_faces(&mut self, wake: &Wake, path: &Path, faces: Vec<(Who, Time, [f32; 4])>) {
        let wanted =
            faces.iter().enumerate().map(|(key, (_, time, part))| Wanted { key, time: *time, part: Some(*part) });
        let wanted = wanted.collect();
        self.asked_faces = faces.into_iter().map(|(who, ..)| who).collect();
        self.faces.get_or_insert_with(|| Stills::start(FACE_SIDE, wake.clone())).ask(path.to_owned(), wanted);
    }

    /// Forgets what belongs to another session.
    pub fn clear(&mut self) {
        self.shown = None;
        self.asked = None;
        self.asked_strip = None;
        self.strip_textures.clear();
        self.asked_faces.clear();
        self.face_textures.clear();
        self.playing = None;
        self.problem = None;
        self.hidden = false;
    }

    /// Lets go of what is shown and asks for it anew: faces are hidden now that were not, or the other way round.
    pub fn renew(&mut self) {
        self.shown = None;
        self.asked = None;
        self.asked_strip = None;
        self.strip_textures.iter_mut().for_each(|slot| *slot = None);
        self.hidden = false;
    }

    /// Uploads what has come. `cover` hides faces in a picture of a moment in the file, and says whether it may be
    /// shown at all.
    pub fn upload(&mut self, ctx: &Context, cover: &mut dyn FnMut(Time, &mut ColorImage) -> bool) {
        if let Some(stills) = &self.picture {
            for still in stills.take() {
                match still.picture {
                    Ok(mut image) => {
                        self.problem = None;
                        self.hidden = !cover(still.time, &mut image);
                        if self.hidden {
                            self.shown = None;
                        } else {
                            show(ctx, &mut self.shown, "people.picture", image);
                        }
                    }
                    Err(error) => {
                        self.shown = None;
                        self.problem = Some(error);
                    }
                }
            }
        }
        if let Some(frame) = self.playing.take() {
            let mut image = stills::image(&frame, None);
            self.hidden = !cover(frame.time, &mut image);
            if self.hidden {
                self.shown = None;
            } else {
                show(ctx, &mut self.shown, "people.picture", image);
            }
        }
        if let Some(stills) = &self.strip {
            for still in stills.take() {
                // A missing picture in the strip is an empty cell; the large one says why.
                if let (Ok(mut image), Some(slot)) = (still.picture, self.strip_textures.get_mut(still.key))
                    && cover(still.time, &mut image)
                {
                    show(ctx, slot, "people.strip", image);
                }
            }
        }
        if let Some(stills) = &self.faces {
            for still in stills.take() {
                if let (Ok(image), Some(who)) = (still.picture, self.asked_faces.get(still.key)) {
                    self.face_textures.insert(*who, ctx.load_texture("people.face", image, TextureOptions::LINEAR));
                }
            }
        }
    }

    pub fn texture(&self) -> Option<TextureId> {
        self.shown.as_ref().map(TextureHandle::id)
    }
    pub fn strip_cell(&self, index: usize) -> Option<(TextureId, Vec2)> {
        let texture = self.strip_textures.get(index)?.as_ref()?;
        let [width, height] = texture.size();
        Some((texture.id(), vec2(width as f32, height as f32)))
    }
    pub fn face(&self, who: Who) -> Option<TextureId> {
        self.face_textures.get(&who).map(TextureHandle::id)
    }
}

fn show(ctx: &Context, slot: &mut Option<TextureHandle>, name: &str, image: ColorImage) {
    match slot {
        Some(texture) => texture.set(image, TextureOptions::LINEAR),
        None => *slot = Some(ctx.load_texture(name, image, TextureOptions::LINEAR)),
    }
}
