//! What goes into the published networks and what their numbers mean. The networks themselves run in the worker; here is
//! plain arithmetic, from the papers and from what their code does before and after the network.

pub mod bicubic;
pub mod cct;
pub mod facexformer;
mod facts;
pub mod flow;
pub mod htnet;
pub mod micro;
pub mod mixste;
pub mod private;
pub mod swinface;
pub mod wav2small;

pub use super::models::said::largest as said_largest;
pub use facts::{FACTS, NetworkFacts, Subject, facts, merging};

/// ImageNet's mean and standard deviation of each colour, on a scale of 0 to 1.
pub const IMAGENET: ([f32; 3], [f32; 3]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

/// Pixels of 0 to 255, row by row, as colour planes one after the other, `(x / 255 − mean) / std`.
pub fn planes(rgb: &[f32], mean: [f32; 3], std: [f32; 3]) -> Vec<f32> {
    let (pixels, _) = rgb.as_chunks::<3>();
    let mut planes = Vec::with_capacity(rgb.len());
    for channel in 0..3 {
        planes.extend(pixels.iter().map(|pixel| (pixel[channel] / 255.0 - mean[channel]) / std[channel]));
    }
    planes
}
