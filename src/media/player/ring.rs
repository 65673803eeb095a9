//! The way from the decoding thread to the sound card: one writer, one reader, no lock, no waiting.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Stereo samples on their way out. Counters are in frames since the ring was made and never go back.
pub struct Ring {
    slots: Vec<AtomicU32>,
    written: AtomicU64,
    read: AtomicU64,
    /// Frames before this one are to be dropped unheard (after a seek).
    drop_before: AtomicU64,
}

/// Samples a frame.
pub const CHANNELS: usize = 2;

impl Ring {
    /// Room for `frames` frames.
    pub fn new(frames: usize) -> Self {
        Self {
            slots: (0..frames.max(1) * CHANNELS).map(|_| AtomicU32::new(0)).collect(),
            written: AtomicU64::new(0),
            read: AtomicU64::new(0),
            drop_before: AtomicU64::new(0),
        }
    }

    /// Frames that fit.
    pub fn capacity(&self) -> usize {
        self.slots.len() / CHANNELS
    }

    /// Frames ever written.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// Frames ever taken out or dropped.
    pub fn consumed(&self) -> u64 {
        self.read.load(Ordering::Acquire).max(self.drop_before.load(Ordering::Acquire))
    }

    /// Frames that can be written now. Dropped frames give room only once the reader has passed them.
    pub fn room(&self) -> usize {
        let waiting = self.written() - self.read.load(Ordering::Acquire);
        self.capacity().saturating_sub(waiting as usize)
    }

    /// Writer: appends as many whole frames as fit and says how many.
    pub fn write(&self, samples: &[f32]) -> usize {
        let frames = (samples.len() / CHANNELS).min(self.room());
        let begin = self.written.load(Ordering::Relaxed);
        for (offset, sample) in samples[..frames * CHANNELS].iter().enumerate() {
            let slot = (begin as usize * CHANNELS + offset) % self.slots.len();
            self.slots[slot].store(sample.to_bits(), Ordering::Relaxed);
        }
        self.written.store(begin + frames as u64, Ordering::Release);
        frames
    }

    /// Writer: everything written so far shall not be heard.
    pub fn drop_all(&self) {
        self.drop_before.store(self.written(), Ordering::Release);
    }

    /// Reader: fills `out` (stereo) and says how many frames were there; the rest is silence.
    pub fn read(&self, out: &mut [f32]) -> usize {
        let begin = self.consumed();
        let frames = (out.len() / CHANNELS).min((self.written() - begin) as usize);
        for (offset, sample) in out.iter_mut().enumerate() {
            *sample = match offset < frames * CHANNELS {
                true => {
                    let slot = (begin as usize * CHANNELS + offset) % self.slots.len();
                    f32::from_bits(self.slots[slot].load(Ordering::Relaxed))
                }
                false => 0.0,
            };
        }
        self.read.store(begin + frames as u64, Ordering::Release);
        frames
    }

    /// Reader: passes dropped frames while nothing is to be heard, so that the writer gets room.
    pub fn pass_dropped(&self) {
        self.read.store(self.consumed(), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_in_order_and_dropped_frames_do_not() {
        let ring = Ring::new(4);
        assert_eq!(ring.write(&[1.0, 1.0, 2.0, 2.0, 3.0, 3.0]), 3);
        let mut out = [9.0; 4];
        assert_eq!(ring.read(&mut out), 2);
        assert_eq!(out, [1.0, 1.0, 2.0, 2.0]);
        assert_eq!(ring.write(&[4.0, 4.0, 5.0, 5.0, 6.0, 6.0, 7.0, 7.0]), 3);
        ring.drop_all();
        ring.pass_dropped();
        assert_eq!(ring.write(&[8.0, 8.0]), 1);
        let mut out = [9.0; 4];
        assert_eq!(ring.read(&mut out), 1);
        assert_eq!(out, [8.0, 8.0, 0.0, 0.0]);
    }
}
