//! Hears a recording: sound in pieces, speech found as it goes, each stretch listened to as soon as it has ended. Memory holds one
//! stretch, however long the recording is.

use std::io::Write;
use std::time::Instant;

use fieldgloss::analysis::speech::voicing::Blocks;
use fieldgloss::analysis::speech::{BLOCK, PITCH_STEP, SPEECH_RATE, SpeechObservation, VoiceWindow, Voicing, decode};
use fieldgloss::domain::{Span, Time};
use fieldgloss::jobs::protocol::{Answer, Fault, Listen};
use fieldgloss::media::pitch::pitch_of;
use fieldgloss::media::{AudioOptions, AudioReader, PitchSettings, no_progress};
use fieldgloss_worker::models::own::OwnModel;
use fieldgloss_worker::models::{ModelError, ModelName, Networks, VoiceState, WINDOW};

use crate::serve::{PROGRESS_EVERY, Stop, Voice, Wishes, failed, used};

/// Blocks read at a time: half a second.
const PIECE: usize = 16;
/// Between the beginnings of two voiceprints' windows, samples: 0.3 s.
const HOP: usize = 4800;

/// Sound before and after a stretch that the phone recogniser hears too, samples: 0.35 s. Cut close, it misses first and last
/// sounds.
const AROUND: i64 = 5600;

/// The networks for what was asked: voice activity comes with everything.
fn wanted(names: &[String]) -> Result<Vec<ModelName>, ModelError> {
    let mut wanted = vec![ModelName::VoiceActivity];
    if names.is_empty() {
        wanted.extend([ModelName::Phones, ModelName::Voiceprint]);
    }
    for name in names {
        let name: ModelName = name.parse()?;
        if name.hears() && !wanted.contains(&name) {
            wanted.push(name);
        }
    }
    Ok(wanted)
}

/// Moment of a sample.
fn at(sample: i64) -> Time {
    Time((i128::from(sample) * 1_000_000_000 / i128::from(SPEECH_RATE)) as i64)
}

pub fn listen<W: Write>(what: &Listen, voice: &Voice<W>, wishes: &Wishes) -> Result<(), Stop> {
    let begun = Instant::now();
    let options = AudioOptions { stream: what.stream, ..AudioOptions::mono(SPEECH_RATE) };
    let mut sound = AudioReader::open(&what.path, options)?;
    sound.seek(what.start.unwrap_or_default().max(Time::ZERO))?;
    let wanted = wanted(&what.models)?;
    let networks = Networks::load(&what.model_dir, &wanted)?;
    let own = crate::own::load(&what.own)?;
    let mut models = used(&networks, &wanted);
    models.extend(own.iter().map(OwnModel::used));
    voice.say(&Answer::Hearing { models: models.clone() })?;

    let origin = sound.index();
    let whole = what.end.or_else(|| sound.duration()).map_or(0.0, |end| (end - at(origin)).secs().max(0.0));
    let mut ear = Ear {
        networks: &networks,
        own: &own,
        voicing: Voicing::new(what.voicing),
        state: VoiceState::default(),
        kept: Vec::new(),
        kept_from: origin,
        origin,
    };
    let (mut told, mut reported) = (0_u64, Instant::now());
    let mut ended = false;
    while !ended {
        if wishes.stop(voice) {
            voice.say(&Answer::Cancelled { frames: told })?;
            return Ok(());
        }
        voice.step();
        let before = ear.kept.len();
        let left = what.end.map_or(usize::MAX, |end| {
            usize::try_from((end - at(sound.index())).0.max(0) as i128 * i128::from(SPEECH_RATE) / 1_000_000_000)
                .unwrap_or(usize::MAX)
        });
        let read = sound.read(&mut ear.kept, (PIECE * BLOCK).min(left))?;
        ended = read < PIECE * BLOCK;
        if ended {
            // The last block is filled with silence.
            let padded = (ear.kept.len() - before).next_multiple_of(BLOCK);
            ear.kept.resize(before + padded, 0.0);
        }
        for stretch in ear.hear(before, ended)? {
            voice.step();
            // Found again so that the ear is where it was; understood and told before.
            if what.heard.is_some_and(|heard| at(ear.sample_of(stretch.end)) <= heard) {
                continue;
            }
            let speech = ear.understand(&stretch)?;
            told += 1;
            let heard = speech.end;
            voice.say(&Answer::Speech { speech, heard })?;
        }
        ear.forget();
        if reported.elapsed() >= PROGRESS_EVERY {
            reported = Instant::now();
            let done = (sound.position() - at(origin)).secs();
            let eta =
                (whole > 0.0 && done > 0.0).then(|| begun.elapsed().as_secs_f64() / done * (whole - done).max(0.0));
            voice.say(&Answer::Progress { done: done as u64, total: whole.max(done).ceil() as u64, eta })?;
        }
    }
    if sound.index() == origin {
        return Err(failed(Fault::Media, "there is no sound in the stretch asked for"));
    }
    if sound.damaged() > 0 {
        log::warn!("{} packets of sound damaged", sound.damaged());
    }
    voice.say(&Answer::Done { frames: told, models, seconds: begun.elapsed().as_secs_f64() })?;
    Ok(())
}

struct Ear<'a> {
    networks: &'a Networks,
    own: &'a [OwnModel],
    voicing: Voicing,
    state: VoiceState,
    /// Samples from `kept_from` on: what a stretch may still need.
    kept: Vec<f32>,
    kept_from: i64,
    /// First sample heard; blocks are counted from it.
    origin: i64,
}

impl Ear<'_> {
    /// Takes the samples from `new` on and gives the stretches that ended with them.
    fn hear(&mut self, new: usize, ended: bool) -> Result<Vec<Blocks>, ModelError> {
        let samples = self.kept.get(new..).unwrap_or_default();
        let probabilities = self.networks.voice_activity(&mut self.state, samples)?;
        let mut found: Vec<Blocks> = probabilities.into_iter().filter_map(|p| self.voicing.push(p)).collect();
        if ended {
            found.extend(self.voicing.finish());
        }
        Ok(found)
    }

    fn sample_of(&self, block: usize) -> i64 {
        self.origin + (block * BLOCK) as i64
    }

    fn understand(&self, stretch: &Blocks) -> Result<SpeechObservation, Stop> {
        let (first, end) = (self.sample_of(stretch.first), self.sample_of(stretch.end));
        let range = |from: i64, to: i64| {
            let place = |sample: i64| usize::try_from(sample - self.kept_from).unwrap_or(0).min(self.kept.len());
            &self.kept[place(from)..place(to).max(place(from))]
        };
        let samples = range(first, end);
        let (start, stop) = (at(first), at(end));
        let mut speech = SpeechObservation {
            start,
            end: stop,
            probabilities: stretch.probabilities.clone(),
            pitch: pitches(samples, start, stop)?,
            ..Default::default()
        };
        if self.networks.has(ModelName::Phones) {
            let (from, to) = ((first - AROUND).max(self.kept_from), end + AROUND);
            let frames = self.networks.phones(range(from, to))?;
            let phones = decode(&frames.log_probabilities, self.networks.phone_labels(), at(from), at(to));
            // What was heard around it belongs to others; a sound at the edge stays, cut to the stretch.
            speech.phones = phones.into_iter().filter(|p| p.end > start && p.start < stop).collect();
            for phone in &mut speech.phones {
                (phone.start, phone.end) = (phone.start.max(start), phone.end.min(stop));
            }
        }
        if self.networks.has(ModelName::Voiceprint) {
            for (from, length) in windows(samples.len()) {
                if let Some(print) = self.networks.voiceprint(samples, from, length)? {
                    let from = first + from as i64;
                    speech.windows.push(VoiceWindow { span: Span::new(at(from), at(from + length as i64)), print });
                }
            }
        }
        speech.own = crate::own::hear(self.own, samples, start)?;
        Ok(speech)
    }

    /// Drops the samples that no later stretch can reach.
    fn forget(&mut self) {
        let keep_from = (self.sample_of(self.voicing.settled()) - AROUND).max(self.kept_from);
        let drop = usize::try_from(keep_from - self.kept_from).unwrap_or(0).min(self.kept.len());
        self.kept.drain(..drop);
        self.kept_from += drop as i64;
    }
}

/// Where the voiceprints of a stretch begin, and how long they are: the whole stretch where it is short.
fn windows(samples: usize) -> Vec<(usize, usize)> {
    if samples <= WINDOW {
        return vec![(0, samples)];
    }
    let last = samples - WINDOW;
    let mut starts: Vec<usize> = (0..=last).step_by(HOP).collect();
    if starts.last().is_some_and(|s| last - s >= HOP / 2) {
        starts.push(last);
    }
    starts.into_iter().map(|start| (start, WINDOW)).collect()
}

/// Hz every [`PITCH_STEP`], NaN where there is no pitch.
fn pitches(samples: &[f32], start: Time, end: Time) -> Result<Vec<f32>, Stop> {
    let settings = PitchSettings { step_ms: PITCH_STEP.secs() as f32 * 1000.0, ..Default::default() };
    let track = pitch_of(samples, SPEECH_RATE, start, Span::new(start, end), settings, &mut no_progress)?;
    Ok(track.values.into_iter().map(|value| value.unwrap_or(f32::NAN)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_a_stretch_and_a_short_one_is_one_window() {
        assert_eq!(windows(8000), [(0, 8000)]);
        assert_eq!(windows(WINDOW), [(0, WINDOW)]);
        let long = windows(WINDOW + 3 * HOP + 3000);
        assert_eq!(long.last(), Some(&(3 * HOP + 3000, WINDOW)));
        assert_eq!(long.len(), 5);
    }

    #[test]
    fn voice_activity_comes_with_everything_and_eyes_stay_shut() {
        let names = |list: &[&str]| wanted(&list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&["phones", "pose"]).unwrap(), [ModelName::VoiceActivity, ModelName::Phones]);
        assert_eq!(names(&[]).unwrap().len(), 3);
        assert!(names(&["ear"]).is_err());
    }
}
