//! The binary format: big-endian numbers, texts with their length in front.

use super::grid::{Fault, Seconds, Source};

/// What a binary file starts with.
pub const SIGN: &[u8] = b"ooBinaryFile";

/// Reads a binary TextGrid behind the sign.
pub struct BinarySource<'a> {
    bytes: &'a [u8],
    place: usize,
}

impl<'a> BinarySource<'a> {
    /// From the start of the file, which begins with [`SIGN`].
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, place: SIGN.len().min(bytes.len()) }
    }

    /// The object class: a length in one byte, then letters. Some versions write a format number behind it.
    ///
    /// # Errors
    /// When the file ends within it.
    pub fn header(&mut self) -> Result<String, Fault> {
        let class = self.class()?;
        Ok(class.split_whitespace().next().unwrap_or("").to_owned())
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let slice = self.slice(N)?;
        let mut taken = [0; N];
        taken.copy_from_slice(slice);
        Ok(taken)
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let end = self.place.saturating_add(length);
        let fault = Fault { place: self.place(), problem: "the file ends too early".to_owned() };
        let slice = self.bytes.get(self.place..end).ok_or(fault)?;
        self.place = end;
        Ok(slice)
    }
}

impl Source for BinarySource<'_> {
    fn seconds(&mut self) -> Result<Seconds, Fault> {
        let value = f64::from_be_bytes(self.take()?);
        Ok(Seconds::new(format!("{value:?}")))
    }
    fn count(&mut self) -> Result<u64, Fault> {
        let place = self.place();
        let count = i32::from_be_bytes(self.take()?);
        u64::try_from(count).map_err(|_| Fault { place, problem: format!("{count} is no count") })
    }
    /// One byte a letter; after the escape 0xFFFF, UTF-16 with the number of characters in front.
    fn string(&mut self) -> Result<String, Fault> {
        let length = u16::from_be_bytes(self.take()?);
        if length != 0xFFFF {
            return Ok(self.slice(usize::from(length))?.iter().map(|byte| char::from(*byte)).collect());
        }
        let length = u16::from_be_bytes(self.take()?);
        let mut units = Vec::with_capacity(usize::from(length));
        for _ in 0..length {
            let unit = u16::from_be_bytes(self.take()?);
            units.push(unit);
            if (0xD800..0xDC00).contains(&unit) {
                units.push(u16::from_be_bytes(self.take()?));
            }
        }
        Ok(String::from_utf16_lossy(&units))
    }
    fn class(&mut self) -> Result<String, Fault> {
        let [length] = self.take()?;
        Ok(self.slice(usize::from(length))?.iter().map(|byte| char::from(*byte)).collect())
    }
    fn exists(&mut self) -> Result<bool, Fault> {
        let [flag] = self.take()?;
        Ok(flag != 0)
    }
    fn place(&self) -> String {
        format!("byte {}", self.place)
    }
}
