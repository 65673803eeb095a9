//! Named tensors out of what a pickle holds.

use std::collections::HashMap;

use tch::{Kind, Tensor};

use super::pickle::{Pickle, Value, View};
use super::{CheckpointError, LARGEST};

/// Dictionaries within dictionaries are looked into so deep.
const DEEPEST: usize = 6;

/// A tensor of so few elements may repeat the numbers it has.
const FREE: i64 = 1 << 20;

/// What a storage's name says: the kind of its numbers, and bytes each.
pub(super) fn kind(storage: &str) -> Result<(Kind, usize), CheckpointError> {
    Ok(match storage {
        "FloatStorage" => (Kind::Float, 4),
        "DoubleStorage" => (Kind::Double, 8),
        "HalfStorage" => (Kind::Half, 2),
        "BFloat16Storage" => (Kind::BFloat16, 2),
        "LongStorage" => (Kind::Int64, 8),
        "IntStorage" => (Kind::Int, 4),
        "ShortStorage" => (Kind::Int16, 2),
        "CharStorage" => (Kind::Int8, 1),
        "ByteStorage" => (Kind::Uint8, 1),
        "BoolStorage" => (Kind::Bool, 1),
        other => return Err(CheckpointError::broken(format!("it has numbers of a kind that is not known ({other})"))),
    })
}

/// A key without what wrappers for many devices put before it.
pub(super) fn bare(key: &str) -> &str {
    key.strip_prefix("module.").unwrap_or(key)
}

/// Keeps a tensor under its key, which nothing else may have: “a” and “module.a” are one.
pub(super) fn named(tensors: &mut HashMap<String, Tensor>, key: String, tensor: Tensor) -> Result<(), CheckpointError> {
    if tensors.contains_key(&key) {
        return Err(CheckpointError::broken(format!("it has two tensors called {key}")));
    }
    tensors.insert(key, tensor);
    Ok(())
}

/// Every named tensor under a value.
pub(super) fn gather(
    held: &Pickle,
    value: &Value,
    storages: &[Vec<u8>],
) -> Result<HashMap<String, Tensor>, CheckpointError> {
    let mut groups: Vec<(String, Vec<(String, usize)>)> = Vec::new();
    find(held, value, "", DEEPEST, &mut vec![false; held.dicts.len()], &mut groups);
    // Beside the weights a training run keeps its own tensors (of the optimizer): the largest group is the network.
    // Where a network is kept in parts (`state_dict_backbone`, `state_dict_fam`, …) each part's name is its prefix.
    let is_part = |name: &str| name.starts_with("state_dict_");
    let parts = groups.iter().filter(|(name, _)| is_part(name)).count();
    let chosen: Vec<(String, usize)> = if parts > 1 {
        groups
            .into_iter()
            .filter(|(name, _)| is_part(name))
            .flat_map(|(name, found)| {
                let part = name.trim_start_matches("state_dict_").to_owned();
                found.into_iter().map(move |(key, tensor)| (format!("{part}.{key}"), tensor))
            })
            .collect()
    } else {
        groups.into_iter().max_by_key(|(_, found)| found.len()).map(|(_, found)| found).unwrap_or_default()
    };
    if chosen.is_empty() {
        return Err(CheckpointError::Empty);
    }
    let mut tensors = HashMap::with_capacity(chosen.len());
    // Many tensors may share few numbers, and each becomes a copy of its own.
    let mut left = LARGEST;
    for (key, place) in chosen {
        let view = held.tensors.get(place).ok_or(CheckpointError::Empty)?;
        let elements = view.size.iter().try_fold(8_u64, |bytes, size| bytes.checked_mul(u64::try_from(*size).ok()?));
        left = elements
            .and_then(|bytes| left.checked_sub(bytes))
            .ok_or_else(|| CheckpointError::broken("its tensors together are larger than any checkpoint's"))?;
        let tensor = tensor(held, view, storages)?;
        named(&mut tensors, key, tensor)?;
    }
    Ok(tensors)
}

/// Dictionaries that hold tensors by name; each is looked into once, however many others hold it.
fn find(
    held: &Pickle,
    value: &Value,
    name: &str,
    left: usize,
    seen: &mut [bool],
    groups: &mut Vec<(String, Vec<(String, usize)>)>,
) {
    let Value::Dict(dict) = value else { return };
    if seen.get(*dict).copied().unwrap_or(true) {
        return;
    }
    seen[*dict] = true;
    let mut own = Vec::new();
    for (key, value) in held.dicts.get(*dict).map(Vec::as_slice).unwrap_or_default() {
        let Value::Text(key) = key else { continue };
        match value {
            Value::Tensor(tensor) => own.push((bare(key).to_owned(), *tensor)),
            Value::Dict(_) if left > 0 => find(held, value, key, left - 1, seen, groups),
            _ => {}
        }
    }
    if !own.is_empty() {
        groups.push((name.to_owned(), own));
    }
}

fn tensor(held: &Pickle, view: &View, storages: &[Vec<u8>]) -> Result<Tensor, CheckpointError> {
    let outside = || CheckpointError::broken("a tensor reaches past its numbers");
    let bytes = storages.get(view.storage).ok_or_else(outside)?;
    let storage = held.storages.get(view.storage).ok_or_else(outside)?;
    let (kind, width) = kind(&storage.kind)?;
    let count = i64::try_from(bytes.len() / width).map_err(|_| outside())?;
    // The last element that the view touches must be one of the storage's.
    let mut last = view.offset;
    if view.size.len() != view.stride.len() || view.offset < 0 {
        return Err(outside());
    }
    let empty = view.size.contains(&0);
    for (size, stride) in view.size.iter().zip(&view.stride) {
        if *size < 0 || *stride < 0 {
            return Err(outside());
        }
        let reach = (size - 1).max(0).checked_mul(*stride).ok_or_else(outside)?;
        last = last.checked_add(reach).ok_or_else(outside)?;
    }
    if !empty && last >= count {
        return Err(outside());
    }
    let elements = view.size.iter().try_fold(1_i64, |product, size| product.checked_mul(*size)).ok_or_else(outside)?;
    // A stride of nothing makes much of few numbers, as no large weight does.
    if elements > count.max(FREE) {
        return Err(outside());
    }
    let broken = |error: tch::TchError| CheckpointError::broken(error.to_string());
    let whole = Tensor::f_from_data_size(&bytes[..count as usize * width], &[count], kind).map_err(broken)?;
    if empty {
        return Tensor::f_zeros(&view.size, (kind, tch::Device::Cpu)).map_err(broken);
    }
    whole.f_as_strided(&view.size, &view.stride, view.offset).and_then(|view| view.f_contiguous()).map_err(broken)
}
