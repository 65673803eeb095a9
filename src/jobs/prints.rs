//! Prints on their way from a run to where they are kept.

use crate::analysis::TrackUpdate;
use crate::analysis::identity::CLOTHES_MODEL;
use crate::analysis::speech::Voices;
use crate::domain::{ModelUse, Print, PrintKind, Track};

/// Name and version of the model that makes prints of a kind, as a run used it.
fn maker(models: &[ModelUse], kind: PrintKind) -> Option<String> {
    let name = match kind {
        PrintKind::Face => "faceprint",
        PrintKind::Voice => "voiceprint",
        PrintKind::Clothes => return Some(CLOTHES_MODEL.to_owned()),
    };
    models.iter().find(|used| used.name == name).map(|used| format!("{} {}", used.name, used.version))
}

/// The prints that came with news of tracks.
pub(super) fn of_updates(updates: &[TrackUpdate], models: &[ModelUse]) -> Vec<Print> {
    let of = |update: &TrackUpdate| -> Vec<Print> {
        let print = |(kind, sum): &(PrintKind, crate::analysis::identity::PrintSum)| {
            let (model, vector) = (maker(models, *kind)?, sum.unit()?);
            Some(Print { track: update.track.id, kind: *kind, model, samples: sum.count as i64, vector })
        };
        update.prints.iter().filter_map(print).collect()
    };
    updates.iter().flat_map(of).collect()
}

/// The print of each voice that became a track; `of` says which voice that is.
pub(super) fn of_voices(tracks: &[Track], of: &[usize], voices: &Voices, models: &[ModelUse]) -> Vec<Print> {
    let Some(model) = maker(models, PrintKind::Voice) else { return Vec::new() };
    let print = |(track, voice): (&Track, &usize)| {
        let vector = voices.prints.get(*voice)?.clone();
        let samples = voices.of.iter().filter(|of| *of == voice).count() as i64;
        Some(Print { track: track.id, kind: PrintKind::Voice, model: model.clone(), samples, vector })
    };
    tracks.iter().zip(of).filter_map(print).collect()
}
