//! PyTorch's two kinds of file: since 1.6 a zip with a pickle and a file a storage, before that pickles in a row.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use tch::Tensor;

use super::pickle::{self, Pickle, Value};
use super::tensors;
use super::{CheckpointError, LARGEST};

/// The zip's files in it at most.
const MOST_FILES: usize = 100_000;
/// Pickles before the weights of an older file: magic number, protocol, machine.
const BEFORE: usize = 3;
/// The magic number of older files, as the pickle writes it: protocol 2, a number of ten bytes.
const MAGIC: &[u8] = &[0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

pub(super) fn read(bytes: Vec<u8>) -> Result<HashMap<String, Tensor>, CheckpointError> {
    if bytes.starts_with(b"PK") {
        return zipped(bytes);
    }
    if bytes.starts_with(MAGIC) {
        return in_a_row(&bytes);
    }
    // A pickle of something else: what it would call is said, if it would call anything.
    if bytes.first() == Some(&0x80) {
        pickle::read(&bytes, &mut 0, &mut Pickle::default())?;
    }
    Err(CheckpointError::broken("it is neither a PyTorch file nor safetensors"))
}

fn zipped(bytes: Vec<u8>) -> Result<HashMap<String, Tensor>, CheckpointError> {
    let broken = |error: zip::result::ZipError| CheckpointError::broken(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > MOST_FILES {
        return Err(CheckpointError::broken("it has more files in it than any checkpoint"));
    }
    let names: Vec<String> = archive.file_names().flatten().map(|name| name.into_owned()).collect();
    let Some(name) = names.iter().find(|name| name.ends_with("/data.pkl") || *name == "data.pkl") else {
        return Err(CheckpointError::broken("it is a zip file without a pickle of PyTorch"));
    };
    if names.iter().any(|name| name.ends_with("constants.pkl")) {
        return Err(CheckpointError::Script);
    }
    let folder = name.trim_end_matches("data.pkl").to_owned();
    let mut left = LARGEST;
    let mut content = |name: &str| -> Result<Vec<u8>, CheckpointError> {
        let file = archive.by_name(name).map_err(broken)?;
        let mut bytes = Vec::new();
        file.take(left + 1).read_to_end(&mut bytes).map_err(|e| CheckpointError::broken(e.to_string()))?;
        left = left.checked_sub(bytes.len() as u64).ok_or(CheckpointError::TooLarge { bytes: LARGEST })?;
        Ok(bytes)
    };
    if names.contains(&format!("{folder}byteorder")) && content(&format!("{folder}byteorder"))?.starts_with(b"big") {
        return Err(CheckpointError::broken("its numbers are big-endian"));
    }
    let mut held = Pickle::default();
    let value = pickle::read(&content(name)?, &mut 0, &mut held)?;
    let mut storages = Vec::with_capacity(held.storages.len());
    for storage in &held.storages {
        storages.push(content(&format!("{folder}data/{}", storage.key))?);
    }
    tensors::gather(&held, &value, &storages)
}

fn in_a_row(bytes: &[u8]) -> Result<HashMap<String, Tensor>, CheckpointError> {
    let (mut at, mut held) = (0, Pickle::default());
    for _ in 0..BEFORE {
        pickle::read(bytes, &mut at, &mut held)?;
    }
    let value = pickle::read(bytes, &mut at, &mut held)?;
    let Value::List(order) = pickle::read(bytes, &mut at, &mut held)? else {
        return Err(CheckpointError::broken("it does not say where its numbers are"));
    };
    let mut storages = vec![Vec::new(); held.storages.len()];
    for key in held.lists.get(order).cloned().unwrap_or_default() {
        let place = held.storages.iter().position(|s| matches!(&key, Value::Text(key) if **key == *s.key));
        let count = bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
        let (Some(place), Some(count)) = (place, count) else {
            return Err(CheckpointError::broken("it is cut short"));
        };
        let width = tensors::kind(&held.storages[place].kind)?.1;
        let length = usize::try_from(count).ok().and_then(|count| count.checked_mul(width));
        let end = length.and_then(|length| (at + 8).checked_add(length));
        let piece = end.and_then(|end| bytes.get(at + 8..end));
        let piece = piece.ok_or_else(|| CheckpointError::broken("it is cut short"))?;
        storages[place] = piece.to_vec();
        at += 8 + piece.len();
    }
    tensors::gather(&held, &value, &storages)
}
