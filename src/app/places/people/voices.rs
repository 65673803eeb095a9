//! The sound under the film strip of a voice: the outline of each picture's part of it.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::gather::Video;
use crate::app::core::Core;
use crate::app::i18n::tr_args;
use crate::domain::{MediaId, Span, StreamKind, Time};
use crate::jobs::{Job, JobError};
use crate::media::Peaks;
use crate::media::peaks::Peak;

/// Columns of a part.
const COLUMNS: usize = 96;

/// The outline of the recording, read once somebody looks at a voice.
#[derive(Default)]
pub(super) struct Voices {
    media: Option<MediaId>,
    /// Once and not again, when the sound cannot be read.
    asked: bool,
    job: Option<Job<Peaks>>,
    peaks: Option<Peaks>,
    gain: f32,
    made: Option<(Span, Outlines)>,
}

/// The outline of each part.
type Outlines = Vec<Arc<Vec<Peak>>>;

impl Voices {
    /// Takes in what was read; reads it when `wanted`.
    pub fn refresh(&mut self, core: &mut Core, video: &Video, wanted: bool) {
        if self.media != Some(video.media.id) {
            if let Some(job) = self.job.take() {
                job.cancel();
            }
            *self = Self { media: Some(video.media.id), ..Self::default() };
        }
        if let Some(done) = self.job.as_ref().and_then(Job::take) {
            self.job = None;
            match done {
                Ok(peaks) => {
                    let whole = peaks.peaks(Span { start: Time::ZERO, end: peaks.duration() }, 64, None);
                    let loudest = whole.iter().fold(0.0_f32, |most, (low, high)| most.max(-low).max(*high));
                    self.gain = if loudest > 0.0 { (0.95 / loudest).clamp(1.0, 12.0) } else { 1.0 };
                    self.peaks = Some(peaks);
                }
                Err(JobError::Cancelled(_)) => {}
                Err(error) => core.problem(error),
            }
        }
        let sounds = video.media.streams.iter().any(|s| s.kind == StreamKind::Audio);
        if !wanted || !sounds || self.asked {
            return;
        }
        self.asked = true;
        let hash = if video.media.hash.is_empty() { video.media.id.to_string() } else { video.media.hash.clone() };
        let (from, kept) = (video.path.clone(), Peaks::cache_path(&core.cache(), &hash, None));
        let file = from.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let title = tr_args("timeline-job-peaks", &[("file", file.into())]);
        self.job = Some(core.jobs.spawn(title, move |context| {
            Peaks::load_or_build(&from, None, &kept, &mut |part| {
                context.progress(f64::from(part), String::new);
                if context.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .map_err(|error| JobError::Failed(error.to_string()))
        }));
    }

    /// The outline of a span in so many parts, loud enough to be seen; empty until the sound has been read.
    pub fn strip(&mut self, span: Span, offset: Time, parts: usize) -> Outlines {
        let Some(peaks) = self.peaks.as_ref().filter(|_| parts > 0) else { return Vec::new() };
        if let Some((known, made)) = &self.made
            && (*known, made.len()) == (span, parts)
        {
            return made.clone();
        }
        let in_file = span.earlier(offset);
        let at = |part: usize| in_file.start + Time(in_file.duration().0 * part as i64 / parts as i64);
        let made: Outlines = (0..parts)
            .map(|part| {
                let piece = peaks.peaks(Span { start: at(part), end: at(part + 1) }, COLUMNS, None);
                Arc::new(piece.into_iter().map(|(low, high)| (low * self.gain, high * self.gain)).collect())
            })
            .collect();
        self.made = Some((span, made.clone()));
        made
    }
}
