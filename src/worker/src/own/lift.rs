//! MixSTE and HoT over windows of a body's path.

use fieldgloss::analysis::networks::mixste::{Deep, FRAMES, Flat, JOINTS, join, mirror};
use fieldgloss::jobs::own::Lift;
use fieldgloss::jobs::protocol::Fault;
use fieldgloss_worker::models::nets::NetName;
use fieldgloss_worker::models::own::{OwnError, OwnModel, numbers};
use tch::Tensor;

use super::stop;
use crate::serve::{Stop, failed};

thread_local! {
    /// The network that was used last: a path comes in several requests.
    static LAST: std::cell::RefCell<Option<(std::path::PathBuf, OwnModel)>> = const { std::cell::RefCell::new(None) };
}

/// Lifts windows: each is seen as it is and mirrored, and the mean of both is taken.
pub fn lift(what: &Lift) -> Result<Vec<Vec<f32>>, Stop> {
    LAST.with_borrow_mut(|last| {
        if last.as_ref().is_none_or(|(folder, _)| *folder != what.model) {
            *last = Some((what.model.clone(), OwnModel::load(&what.model).map_err(stop)?));
        }
        let Some((_, model)) = last else { return Ok(Vec::new()) };
        let lifts = |name: NetName| matches!(name, NetName::MixSte | NetName::HotMixSte);
        if !model.network().is_some_and(|network| lifts(network.name())) {
            return Err(failed(Fault::Request, format!("{} does not lift bodies", model.card().name)));
        }
        what.windows.iter().map(|window| lift_one(model, window)).collect()
    })
}

fn lift_one(model: &OwnModel, window: &[f32]) -> Result<Vec<f32>, Stop> {
    let (points, _) = window.as_chunks::<2>();
    let (frames, rest) = points.as_chunks::<JOINTS>();
    if frames.len() != FRAMES || !rest.is_empty() {
        return Err(failed(Fault::Request, format!("a window of {} numbers", window.len())));
    }
    let mirrored: Vec<Flat> = frames.iter().map(mirror).collect();
    let (plain, turned) = (run(model, frames).map_err(stop)?, run(model, &mirrored).map_err(stop)?);
    Ok(plain.iter().zip(&turned).flat_map(|(a, b)| join(a, b).into_iter().flatten()).collect())
}

fn run(model: &OwnModel, frames: &[Flat]) -> Result<Vec<Deep>, OwnError> {
    let flat: Vec<f32> = frames.iter().flatten().flatten().copied().collect();
    let input = Tensor::f_from_slice(&flat)?.f_reshape([1, FRAMES as i64, JOINTS as i64, 2])?;
    let outputs = model.run(&[input])?;
    let (_, value) = outputs.first().ok_or(OwnError::NoInput)?;
    let values = numbers(value)?;
    let (points, _) = values.as_chunks::<3>();
    Ok(points.as_chunks::<JOINTS>().0.to_vec())
}
