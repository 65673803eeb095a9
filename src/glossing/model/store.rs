//! A glosser as bytes: what it learnt from, how the words were cut, the weights, how sure it may say it is, what was
//! corrected since, and the lexicon's entries; packed, with a checksum.

use super::calibrate::Calibration;
use super::corpus::{self, Ends};
use super::crf::Weights;
use super::hash::KeyMap;
use super::lexicon::Lexicon;
use super::train::Memory;
use super::{Entry, GlossError, Glosser, Input};
use crate::glossing::igt::Line;

const MAGIC: &[u8; 8] = b"FGGLOSS\n";
const VERSION: u32 = 3;
/// No glosser is larger unpacked; a damaged length must not ask for more.
const LARGEST: usize = 1 << 31;

impl Glosser {
    /// The model as bytes; the same model gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Vec::new();
        body.push(u8::from(self.input == Input::Segmented));
        number(&mut body, self.lines.len());
        for (line, ends) in self.lines.iter().zip(&self.ends) {
            put_line(&mut body, line, ends);
        }
        let mut weights: Vec<(u64, f32)> =
            self.weights.index.iter().map(|(k, i)| (*k, self.weights.of[*i as usize])).collect();
        weights.sort_by_key(|(k, _)| *k);
        number(&mut body, weights.len());
        weights.iter().for_each(|(k, _)| body.extend(k.to_le_bytes()));
        weights.iter().for_each(|(_, w)| body.extend(w.to_le_bytes()));
        self.calibration.numbers().iter().for_each(|n| body.extend(n.to_le_bytes()));
        let mut corrected: Vec<(u64, u64)> = self.corrected.iter().map(|(word, glosses)| (*word, *glosses)).collect();
        corrected.sort_unstable();
        number(&mut body, corrected.len());
        for (word, glosses) in corrected {
            body.extend(word.to_le_bytes());
            body.extend(glosses.to_le_bytes());
        }
        number(&mut body, self.entries.len());
        for entry in &self.entries {
            text(&mut body, &entry.form);
            text(&mut body, &entry.gloss);
        }
        let packed = zstd::bulk::compress(&body, 3).unwrap_or_default();
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((body.len() as u64).to_le_bytes());
        bytes.extend(blake3::hash(&packed).as_bytes());
        bytes.extend(packed);
        bytes
    }

    /// A model from its bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GlossError> {
        let mut head = Reader { rest: bytes };
        if head.take(8)? != MAGIC {
            return Err(GlossError::Damaged("it does not begin as one"));
        }
        let version = head.u32()?;
        if version != VERSION {
            return Err(GlossError::Version { found: version, expected: VERSION });
        }
        let size = head.u64()? as usize;
        let sum = head.take(32)?;
        if blake3::hash(head.rest).as_bytes() != sum {
            return Err(GlossError::Damaged("its checksum does not fit"));
        }
        if size > LARGEST {
            return Err(GlossError::Damaged("it says that it is too large"));
        }
        let body = zstd::bulk::decompress(head.rest, size).map_err(|_| GlossError::Damaged("it does not unpack"))?;
        let mut body = Reader { rest: &body };
        let input = if body.take(1)? == [1] { Input::Segmented } else { Input::Words };
        let count = body.number()?;
        let mut lines = Vec::new();
        let mut ends: Ends = Vec::new();
        for _ in 0..count {
            let (line, of) = body.line()?;
            lines.push(line);
            ends.push(of);
        }
        let count = body.number()?;
        let keys = body.take(count.saturating_mul(8))?;
        let values = body.take(count.saturating_mul(4))?;
        let mut weights = Weights::default();
        weights.of.push(0.0);
        for (k, v) in keys.chunks_exact(8).zip(values.chunks_exact(4)) {
            weights.intern(u64::from_le_bytes(k.try_into().unwrap_or_default()));
            weights.of.push(f32::from_le_bytes(v.try_into().unwrap_or_default()));
        }
        if weights.of.len() != weights.index.len() + 1 || weights.of.iter().any(|w| !w.is_finite()) {
            return Err(GlossError::Damaged("its weights make no sense"));
        }
        let mut numbers = Calibration::default().numbers();
        for n in &mut numbers {
            *n = f32::from_bits(body.u32()?);
        }
        let calibration = Calibration::of_numbers(numbers).ok_or(GlossError::Damaged("its weights make no sense"))?;
        let mut corrected = KeyMap::default();
        for _ in 0..body.number()? {
            corrected.insert(body.u64()?, body.u64()?);
        }
        let count = body.number()?;
        let mut entries = Vec::new();
        for _ in 0..count {
            entries.push(Entry { form: body.text()?, gloss: body.text()? });
        }
        let mut lexicon = Lexicon::default();
        lexicon.take_entries(&entries);
        let (known, learned) = corpus::read(&lines, input, Some(&ends), &mut lexicon);
        let Memory { lexicon, rules } = Memory::of(&known, lexicon);
        Ok(Self { input, learned, lexicon, rules, weights, calibration, lines, ends, entries, corrected })
    }
}

fn number(out: &mut Vec<u8>, mut n: usize) {
    while n >= 128 {
        out.push((n & 127) as u8 | 128);
        n >>= 7;
    }
    out.push(n as u8);
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len());
    out.extend(text.as_bytes());
}

fn put_words(out: &mut Vec<u8>, words: Option<&Vec<Vec<String>>>) {
    let Some(words) = words else { return number(out, 0) };
    number(out, words.len() + 1);
    for word in words {
        number(out, word.len());
        word.iter().for_each(|m| text(out, m));
    }
}

fn put_line(out: &mut Vec<u8>, line: &Line, ends: &[Vec<usize>]) {
    number(out, line.words.len());
    line.words.iter().for_each(|w| text(out, w));
    put_words(out, line.segmentation.as_ref());
    put_words(out, line.glosses.as_ref());
    match &line.translation {
        Some(translation) => {
            out.push(1);
            text(out, translation);
        }
        None => out.push(0),
    }
    number(out, ends.len());
    for ends in ends {
        number(out, ends.len());
        ends.iter().for_each(|e| number(out, *e));
    }
}

struct Reader<'b> {
    rest: &'b [u8],
}

const SHORT: GlossError = GlossError::Damaged("it ends too early");

impl<'b> Reader<'b> {
    fn take(&mut self, n: usize) -> Result<&'b [u8], GlossError> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or(SHORT)?;
        self.rest = rest;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, GlossError> {
        Ok(u32::from_le_bytes(self.take(4)?.try_into().map_err(|_| SHORT)?))
    }

    fn u64(&mut self) -> Result<u64, GlossError> {
        Ok(u64::from_le_bytes(self.take(8)?.try_into().map_err(|_| SHORT)?))
    }

    fn number(&mut self) -> Result<usize, GlossError> {
        let mut n = 0usize;
        for shift in (0..57).step_by(7) {
            let byte = self.take(1)?.first().copied().ok_or(SHORT)?;
            n |= usize::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(n);
            }
        }
        Err(GlossError::Damaged("a number in it is too long"))
    }

    fn text(&mut self) -> Result<String, GlossError> {
        let length = self.number()?;
        let bytes = self.take(length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| GlossError::Damaged("its texts are not UTF-8"))
    }

    fn words(&mut self) -> Result<Option<Vec<Vec<String>>>, GlossError> {
        let Some(count) = self.number()?.checked_sub(1) else { return Ok(None) };
        let mut words = Vec::new();
        for _ in 0..count {
            let morphs = self.number()?;
            words.push((0..morphs).map(|_| self.text()).collect::<Result<_, _>>()?);
        }
        Ok(Some(words))
    }

    fn line(&mut self) -> Result<(Line, Vec<Vec<usize>>), GlossError> {
        let count = self.number()?;
        let words = (0..count).map(|_| self.text()).collect::<Result<_, _>>()?;
        let segmentation = self.words()?;
        let glosses = self.words()?;
        let translation = if self.take(1)? == [1] { Some(self.text()?) } else { None };
        let count = self.number()?;
        let mut ends = Vec::new();
        for _ in 0..count {
            let n = self.number()?;
            ends.push((0..n).map(|_| self.number()).collect::<Result<_, _>>()?);
        }
        Ok((Line { words, segmentation, glosses, translation }, ends))
    }
}
