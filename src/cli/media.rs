//! Verbs about recordings.

use std::ops::ControlFlow;

use super::args::Media;
use super::output::{self, Progress};
use super::{Failure, Outcome};
use crate::domain::{Span, Time};
use crate::media::{self, Peaks};

pub(super) fn media(verb: &Media) -> Outcome {
    match verb {
        Media::Info { file, json } => {
            let info = media::probe(file)?;
            if *json {
                return output::json(&info);
            }
            output::line(&info.to_string());
            Ok(())
        }
        Media::Peaks { file, count, json } => {
            let progress = Progress::new("reading");
            let peaks = Peaks::build(file, None, &mut |part| {
                progress.set(f64::from(part));
                ControlFlow::Continue(())
            })?;
            drop(progress);
            if *count == 0 {
                return Err(Failure::Usage("--count must be at least 1".to_owned()));
            }
            let whole = Span::new(Time::ZERO, peaks.duration());
            let found = peaks.peaks(whole, *count, None);
            if *json {
                let list: Vec<[f32; 2]> = found.iter().map(|peak| [peak.0, peak.1]).collect();
                return output::json(&serde_json::json!({
                    "duration": peaks.duration().secs(), "rate": peaks.rate(), "channels": peaks.channels(),
                    "peaks": list,
                }));
            }
            for (index, peak) in found.iter().enumerate() {
                let at = Time::from_secs(peaks.duration().secs() * index as f64 / *count as f64).unwrap_or_default();
                output::line(&format!("{at}\t{:.4}\t{:.4}", peak.0, peak.1));
            }
            Ok(())
        }
    }
}
