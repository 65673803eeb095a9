//! The networks of the model pack: loading, running, and reading their answers.
//!
//! Pictures go in as RGB8 ([`Picture`]); points, boxes and regions come out in that picture's pixels, with
//! (0, 0) at the outer corner of the top left pixel, x to the right and y down. "Left" and "right" in the names
//! of body and face points mean the person's own, unless a name says "picture's".

mod anchors;
mod card;
pub mod checkpoint;
mod crop;
mod error;
mod expression;
mod face_detect;
mod face_mesh;
mod face_print;
mod far_faces;
mod hand;
mod module;
mod name;
pub mod nets;
pub mod own;
mod picture;
mod pose;
mod pose_detect;
mod pose_fast;
mod reference;
mod sound;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;
use std::time::{Duration, Instant};

pub use anchors::Rect;
pub use card::Card;
pub use crop::{Point, Point3, Square};
pub use error::ModelError;
pub use expression::{EXPRESSIONS, Expression, ExpressionReading};
pub use face_detect::{DetectedFace, FaceSearch};
pub use face_mesh::{FACE_POINTS, FaceMesh};
pub use face_print::FACE_PRINT;
pub use far_faces::face_parts;
pub use hand::{HAND_POINTS, Hand, hand_region};
pub use name::ModelName;
pub use picture::Picture;
pub use pose::{BODY_POINTS, Pose, PosePoint};
pub use pose_detect::DetectedBody;
pub use pose_fast::{FAST_POINTS, FastPose, FastPosePoint};
pub use sound::{PhoneFrames, VoiceState, WINDOW};

use module::Module;

/// The loaded networks. Each look runs on the calling thread; to use more cores, move one `Networks` into each of several
/// threads (faces in one, bodies in another).
pub struct Networks {
    modules: BTreeMap<ModelName, Module>,
}

impl Networks {
    /// Loads the `wanted` models from the pack at `dir` (one folder a model), checksums verified.
    ///
    /// # Errors
    /// The first model that is missing, altered or not understood; nothing is loaded then.
    pub fn load(dir: &Path, wanted: &[ModelName]) -> Result<Self, ModelError> {
        module::set_up_libtorch();
        let mut modules = BTreeMap::new();
        for &name in wanted {
            if let Entry::Vacant(place) = modules.entry(name) {
                place.insert(Module::load(dir, name)?);
            }
        }
        Ok(Self { modules })
    }

    /// Whether `name` was loaded.
    pub fn has(&self, name: ModelName) -> bool {
        self.modules.contains_key(&name)
    }

    /// The card of a loaded model: source, version, labels, limits, checksum.
    pub fn card(&self, name: ModelName) -> Option<&Card> {
        self.modules.get(&name).map(Module::card)
    }

    /// How long `name` takes: a look at the whole of `picture`, cropping included, or a second of sound. The median of
    /// `runs` after one to warm up. For people choosing a sampling rate.
    ///
    /// # Errors
    /// [`ModelError::NotLoaded`]; whatever running it gives.
    pub fn median_time(&self, name: ModelName, picture: &Picture<'_>, runs: usize) -> Result<Duration, ModelError> {
        let once = || if name.hears() { self.hear_a_second(name) } else { self.look_at_all(name, picture) };
        once()?;
        let mut times = Vec::with_capacity(runs.max(1));
        for _ in 0..runs.max(1) {
            let start = Instant::now();
            once()?;
            times.push(start.elapsed());
        }
        times.sort();
        Ok(times[times.len() / 2])
    }

    fn look_at_all(&self, name: ModelName, picture: &Picture<'_>) -> Result<(), ModelError> {
        self.module(name)?.look(picture, &picture.whole()).map(|_| ())
    }

    fn module(&self, name: ModelName) -> Result<&Module, ModelError> {
        self.modules.get(&name).ok_or(ModelError::NotLoaded { name })
    }
}
