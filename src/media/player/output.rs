//! Where the sound goes: the system's sound card through cpal, or a silent clock that runs in real time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{FromSample, OutputCallbackInfo, SampleFormat, SizedSample, StreamConfig};

use super::Shared;
use super::ring::CHANNELS;

/// An open output; it stays on the thread that opened it and ends when dropped.
pub enum Output {
    Device { _stream: cpal::Stream, name: String },
    Silent { stop: Arc<AtomicBool> },
}

impl Output {
    /// The name of the sound card.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Device { name, .. } => Some(name.clone()),
            Self::Silent { .. } => None,
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Self::Silent { stop } = self {
            stop.store(true, Ordering::Release);
        }
    }
}

/// The system's sound card and its rate, if there is one that works.
pub fn device(shared: &Arc<Shared>) -> Option<(Output, u32)> {
    let device = cpal::default_host().default_output_device()?;
    let name = device.to_string();
    let config = device.default_output_config().map_err(|error| log::info!("sound card: {error}")).ok()?;
    let rate = config.sample_rate();
    let stream = match config.sample_format() {
        SampleFormat::F32 => build::<f32>(&device, config.config(), shared),
        SampleFormat::F64 => build::<f64>(&device, config.config(), shared),
        SampleFormat::I16 => build::<i16>(&device, config.config(), shared),
        SampleFormat::I32 => build::<i32>(&device, config.config(), shared),
        SampleFormat::U16 => build::<u16>(&device, config.config(), shared),
        SampleFormat::U8 => build::<u8>(&device, config.config(), shared),
        _ => None,
    }?;
    stream.play().map_err(|error| log::info!("sound card: {error}")).ok()?;
    Some((Output::Device { _stream: stream, name }, rate))
}

fn build<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    shared: &Arc<Shared>,
) -> Option<cpal::Stream> {
    let channels = usize::from(config.channels).max(1);
    let (for_data, for_errors) = (Arc::clone(shared), Arc::clone(shared));
    let mut stereo = Vec::new();
    let fill = move |out: &mut [T], info: &OutputCallbackInfo| {
        let stamp = info.timestamp();
        let at = Instant::now() + stamp.playback.duration_since(stamp.callback);
        // Grows once; cards ask for the same length again and again.
        stereo.resize(out.len() / channels * CHANNELS, 0.0);
        for_data.pull(&mut stereo, at);
        for (frame, pair) in out.chunks_mut(channels).zip(stereo.chunks(CHANNELS)) {
            let (left, right) = (pair[0], pair[1]);
            for (channel, slot) in frame.iter_mut().enumerate() {
                *slot = T::from_sample(match (channels, channel) {
                    (1, _) => (left + right) / 2.0,
                    (_, 0) => left,
                    (_, 1) => right,
                    _ => 0.0,
                });
            }
        }
    };
    let lost = move |error: cpal::Error| match error.kind() {
        cpal::ErrorKind::Xrun | cpal::ErrorKind::DeviceChanged | cpal::ErrorKind::RealtimeDenied => {
            log::debug!("sound card: {error}");
        }
        _ => {
            log::warn!("sound card: {error}");
            for_errors.device_lost.store(true, Ordering::Release);
        }
    };
    device.build_output_stream(config, fill, lost, None).map_err(|error| log::info!("sound card: {error}")).ok()
}

/// A clock that takes frames as a sound card would, and lets nobody hear them.
pub fn silent(shared: &Arc<Shared>, rate: u32) -> Output {
    const PERIOD: Duration = Duration::from_millis(10);
    let stop = Arc::new(AtomicBool::new(false));
    let (stopped, shared) = (Arc::clone(&stop), Arc::clone(shared));
    let tick = move || {
        let mut buffer = Vec::new();
        let (mut begin, mut taken) = (Instant::now(), 0u64);
        while !stopped.load(Ordering::Acquire) && !shared.quit.load(Ordering::Acquire) {
            if !shared.running.load(Ordering::Acquire) {
                shared.pull(&mut [], Instant::now());
                std::thread::sleep(Duration::from_millis(2));
                (begin, taken) = (Instant::now(), 0);
                continue;
            }
            // One period ahead of real time, like a card's buffer.
            let due = ((begin.elapsed() + PERIOD).as_secs_f64() * f64::from(rate)) as u64;
            let frames = due.saturating_sub(taken).min(u64::from(rate)) as usize;
            let at = begin + Duration::from_secs_f64(taken as f64 / f64::from(rate));
            buffer.resize(frames * CHANNELS, 0.0);
            shared.pull(&mut buffer, at);
            taken = due;
            std::thread::sleep(PERIOD / 2);
        }
    };
    if let Err(error) = std::thread::Builder::new().name("silent clock".into()).spawn(tick) {
        log::error!("the playback clock did not start: {error}");
    }
    Output::Silent { stop }
}
