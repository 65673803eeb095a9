//! Whose face it is like.

use super::expression::region;
use super::{FaceMesh, ModelError, ModelName, Networks, Picture};

/// Numbers of a print.
pub const FACE_PRINT: usize = 1024;

impl Networks {
    /// The print of the face of `mesh`: a direction of unit length, whose cosine with another says how alike two faces
    /// are. `None` where the face is no region to look at. Whether it is fit for it (turn, blur, size) is the caller's to
    /// judge.
    ///
    /// # Errors
    /// [`ModelError::NotLoaded`]; whatever running it gives.
    pub fn face_print(&self, picture: &Picture<'_>, mesh: &FaceMesh) -> Result<Option<Vec<f32>>, ModelError> {
        let module = self.module(ModelName::Faceprint)?;
        let square = region(mesh);
        if !square.is_usable() {
            return Ok(None);
        }
        let mut print = module.look(picture, &square)?.swap_remove(0);
        let length = print.iter().map(|v| v * v).sum::<f32>().sqrt();
        if length.is_nan() || length <= 0.0 {
            return Ok(None);
        }
        print.iter_mut().for_each(|v| *v /= length);
        Ok(Some(print))
    }
}
