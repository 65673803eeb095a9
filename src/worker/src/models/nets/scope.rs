//! Where a network's weights come from: a network asks for its tensors by name, and what it asks for is its key list.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Display;

use tch::{Device, Kind, Tensor};

/// What a tensor of a network is, which decides how a fixture fills it and how a checkpoint must match it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Learned.
    Learned,
    /// A statistic or a random matrix that is kept with the weights but not learned.
    Kept,
    /// Learned by nobody, but a parameter all the same: the network makes it, and a checkpoint brings its own copy.
    Frozen,
    /// The network makes it itself: masks, filter banks, indices.
    Made,
}

/// One tensor of a network's state: its name in an official checkpoint, its shape and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// As PyTorch's `state_dict` spells it.
    pub name: String,
    /// Its shape.
    pub shape: Vec<i64>,
    /// What it is.
    pub role: Role,
    /// Whole numbers rather than floating point.
    pub whole: bool,
}

#[derive(Default)]
struct Store {
    keys: Vec<Key>,
    /// The tensors, once they are known; a network that only lists its keys is built on zeros that take no memory.
    values: Option<HashMap<String, Tensor>>,
}

/// The part of a network's state under one name.
pub struct Scope<'a> {
    store: &'a RefCell<Store>,
    path: String,
}

/// What is being loaded, from which scopes are made.
#[derive(Default)]
pub struct State(RefCell<Store>);

impl State {
    /// A state that only takes notes of what is asked for.
    pub fn listing() -> Self {
        Self::default()
    }

    /// A state that gives these tensors. They must have been checked against the list before.
    pub fn with(values: HashMap<String, Tensor>) -> Self {
        Self(RefCell::new(Store { keys: Vec::new(), values: Some(values) }))
    }

    /// The whole of it.
    pub fn root(&self) -> Scope<'_> {
        Scope { store: &self.0, path: String::new() }
    }

    /// What was asked for, in order.
    pub fn into_keys(self) -> Vec<Key> {
        self.0.into_inner().keys
    }
}

impl Scope<'_> {
    /// The part under `name`.
    pub fn sub(&self, name: impl Display) -> Self {
        Self { store: self.store, path: self.named(name) }
    }

    /// A learned tensor.
    pub fn learned(&self, name: impl Display, shape: &[i64]) -> Tensor {
        self.take(name, shape, Role::Learned, false, || blank(shape))
    }

    /// A statistic kept with the weights.
    pub fn kept(&self, name: impl Display, shape: &[i64]) -> Tensor {
        self.take(name, shape, Role::Kept, false, || blank(shape))
    }

    /// A parameter that nobody learns; `made` is what the network starts with.
    pub fn frozen(&self, name: impl Display, made: &Tensor) -> Tensor {
        self.take(name, &made.size(), Role::Frozen, false, || made.shallow_clone())
    }

    /// A tensor the network makes itself. A checkpoint brings its own copy, which is given back when it has one.
    pub fn made(&self, name: impl Display, made: &Tensor) -> Tensor {
        self.take(name, &made.size(), Role::Made, made.kind() == Kind::Int64, || made.shallow_clone())
    }

    fn named(&self, name: impl Display) -> String {
        if self.path.is_empty() { name.to_string() } else { format!("{}.{name}", self.path) }
    }

    fn take(
        &self,
        name: impl Display,
        shape: &[i64],
        role: Role,
        whole: bool,
        otherwise: impl FnOnce() -> Tensor,
    ) -> Tensor {
        let name = self.named(name);
        let mut store = self.store.borrow_mut();
        let value = store.values.as_mut().and_then(|values| values.remove(&name));
        store.keys.push(Key { name, shape: shape.to_vec(), role, whole });
        value.unwrap_or_else(otherwise)
    }
}

/// Zeros of a shape, all the same one in memory.
fn blank(shape: &[i64]) -> Tensor {
    Tensor::zeros([1], (Kind::Float, Device::Cpu)).expand(shape, false)
}
