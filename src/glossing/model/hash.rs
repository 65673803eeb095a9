//! Keys: 64-bit hashes that stand for strings and for tuples of keys, the same on every machine and in every run.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A string, or a tuple of keys, as a number. Two strings of one project meet in one key about never (2⁻⁶⁴).
pub type Key = u64;

/// A map from keys, which are hashes already and are not hashed again.
pub type KeyMap<V> = HashMap<Key, V, BuildHasherDefault<Same>>;

/// The hasher that takes a key as it is.
#[derive(Clone, Copy, Default)]
pub struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = mix(self.0, u64::from(*byte));
        }
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// Joins a key and one more value.
#[inline]
pub fn mix(key: Key, value: u64) -> Key {
    let x = (key.rotate_left(23) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^ (x >> 29)
}

const START: u64 = 0x517c_c1b7_2722_0a95;

#[inline]
fn byte(key: Key, byte: u8) -> Key {
    (key ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

#[inline]
fn last(key: Key) -> Key {
    let x = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^ (x >> 32)
}

/// The key of a string.
pub fn key(text: &str) -> Key {
    last(text.bytes().fold(START, byte))
}

/// The key of the string that these characters are.
pub fn chars_key(chars: &[char]) -> Key {
    let mut buffer = [0; 4];
    let mut key = START;
    for c in chars {
        for b in c.encode_utf8(&mut buffer).bytes() {
            key = byte(key, b);
        }
    }
    last(key)
}

/// The key of a tuple of a kind.
#[inline]
pub fn tuple(kind: u64, parts: &[u64]) -> Key {
    parts.iter().fold(kind.wrapping_mul(0xD6E8_FEB8_6659_FD93), |k, p| mix(k, *p))
}

/// A small random number generator (SplitMix64), for shuffling: the same numbers from the same seed everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}
