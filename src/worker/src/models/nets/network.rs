//! A research network with its weights.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tch::{Kind, Tensor};

use super::cct::{Cct, Plan};
use super::error::{Misfit, NetError};
use super::facexformer::FaceXFormer;
use super::hot::HotMixSte;
use super::htnet::HtNet;
use super::mixste::MixSte;
use super::name::NetName;
use super::recipe;
use super::scope::{Key, Role, Scope, State};
use super::swinface::SwinFace;
use super::wav2small::{self, Wav2Small};

/// Named outputs, each with the batch first.
pub type Outputs = Vec<(&'static str, Tensor)>;

enum Body {
    FaceXFormer(Box<FaceXFormer>),
    SwinFace(Box<SwinFace>),
    HtNet(HtNet),
    MixSte(MixSte),
    HotMixSte(HotMixSte),
    /// With the tokens that are merged in each block.
    Cct(Cct, i64),
    Wav2Small(Wav2Small),
}

impl Body {
    fn new(name: NetName, scope: &Scope<'_>, classes: i64) -> Self {
        match name {
            NetName::FaceXFormer => Self::FaceXFormer(Box::new(FaceXFormer::new(scope))),
            NetName::SwinFace => Self::SwinFace(Box::new(SwinFace::new(scope))),
            NetName::HtNet => Self::HtNet(HtNet::new(scope, classes)),
            NetName::MixSte => Self::MixSte(MixSte::new(scope)),
            NetName::HotMixSte => Self::HotMixSte(HotMixSte::new(scope)),
            NetName::Cct => Self::Cct(Cct::new(scope, &Plan::published(classes)), 0),
            NetName::Wav2Small => Self::Wav2Small(Wav2Small::new(scope)),
        }
    }

    fn run(&self, input: &Tensor) -> Outputs {
        match self {
            Self::FaceXFormer(net) => net.run(input),
            Self::SwinFace(net) => net.run(input),
            Self::HtNet(net) => vec![("logits", net.run(input))],
            Self::MixSte(net) => vec![("pose3d", net.run(input))],
            Self::HotMixSte(net) => vec![("pose3d", net.run(input))],
            Self::Cct(net, 0) => vec![("logits", net.run(input))],
            Self::Cct(net, merge) => vec![("logits", net.run_merging(input, *merge))],
            Self::Wav2Small(net) => vec![("adv", net.run(input))],
        }
    }
}

/// A research network, loaded.
pub struct Network {
    name: NetName,
    body: Body,
    keys: Vec<Key>,
    classes: i64,
}

impl Network {
    /// Every tensor of the network's state as an official checkpoint has it; `classes` is ignored where it is fixed.
    pub fn keys(name: NetName, classes: i64) -> Vec<Key> {
        let state = State::listing();
        tch::no_grad(|| Body::new(name, &state.root(), classes));
        state.into_keys()
    }

    /// How many classes a checkpoint of `name` has, as the shape of its last layer tells.
    pub fn classes_of(name: NetName, values: &HashMap<String, Tensor>) -> i64 {
        let rows = name.class_key().and_then(|key| values.get(key)).and_then(|head| head.size().first().copied());
        rows.filter(|rows| (1..=MOST_CLASSES).contains(rows)).unwrap_or(name.usual_classes())
    }

    /// What of `values` does not fit the network.
    pub fn misfit(name: NetName, values: &HashMap<String, Tensor>) -> Misfit {
        let keys = Self::keys(name, Self::classes_of(name, values));
        misfit(&keys, values)
    }

    /// The network whose keys these are.
    ///
    /// # Errors
    /// [`NetError::Misfit`] of the one that comes nearest.
    pub fn recognise(values: &HashMap<String, Tensor>) -> Result<NetName, NetError> {
        let mut nearest: Option<(NetName, Misfit)> = None;
        for name in NetName::ALL {
            let misfit = Self::misfit(name, values);
            if misfit.is_empty() {
                return Ok(name);
            }
            // What is of another size counts as there: a checkpoint of the same network trained otherwise.
            let far = misfit.missing.len() + misfit.extra.len();
            if nearest.as_ref().is_none_or(|(_, best)| far < best.missing.len() + best.extra.len()) {
                nearest = Some((name, misfit));
            }
        }
        let (name, misfit) = nearest.unwrap_or((NetName::Cct, Misfit::default()));
        Err(NetError::Misfit { name, misfit })
    }

    /// Builds the network from its tensors.
    ///
    /// # Errors
    /// [`NetError::Misfit`] with every key that is missing, too many or of another shape; [`NetError::Torch`].
    pub fn load(name: NetName, values: HashMap<String, Tensor>) -> Result<Self, NetError> {
        let classes = Self::classes_of(name, &values);
        let keys = Self::keys(name, classes);
        let misfit = misfit(&keys, &values);
        if !misfit.is_empty() {
            return Err(NetError::Misfit { name, misfit });
        }
        let whole: HashMap<&str, bool> = keys.iter().map(|key| (key.name.as_str(), key.whole)).collect();
        let convert = |(key, value): (String, Tensor)| {
            let kind = if whole.get(key.as_str()).copied().unwrap_or_default() { Kind::Int64 } else { Kind::Float };
            (key, value.to_kind(kind))
        };
        let values = values.into_iter().map(convert).collect();
        Self::build(name, classes, values)
    }

    /// The network filled by the fixtures' recipe.
    ///
    /// # Errors
    /// [`NetError::Torch`] when memory runs out.
    pub fn by_recipe(name: NetName) -> Result<Self, NetError> {
        let classes = name.usual_classes();
        let keys = Self::keys(name, classes);
        let filled = keys.iter().filter(|key| matches!(key.role, Role::Learned | Role::Kept));
        let values = filled.map(|key| (key.name.clone(), recipe::weights(key))).collect();
        Self::build(name, classes, values)
    }

    fn build(name: NetName, classes: i64, values: HashMap<String, Tensor>) -> Result<Self, NetError> {
        guarded(name, "loading", || {
            let state = State::with(values);
            let body = Body::new(name, &state.root(), classes);
            Self { name, body, keys: state.into_keys(), classes }
        })
    }

    /// The same network made quicker by merging `r` tokens in each block, a window's where it looks by windows: its answers
    /// change. MixSTE, whose every frame is asked for again, has HoT for that; the others have nothing to merge.
    ///
    /// # Errors
    /// [`NetError::Unknown`] for a network without tokens to merge.
    pub fn with_merging(mut self, r: i64) -> Result<Self, NetError> {
        match &mut self.body {
            Body::FaceXFormer(net) => net.merge = r,
            Body::SwinFace(net) => net.merge = r,
            Body::Cct(_, merge) => *merge = r,
            _ => return Err(NetError::Unknown { text: format!("{} with merged tokens", self.name) }),
        }
        Ok(self)
    }

    /// The same network, where it chooses frames by it, with the quicker products: HoT's first blocks then differ from the
    /// original's in their last bits, which decides between frames only where two are as good as each other. Others are as
    /// quick as they get already.
    #[must_use]
    pub fn quick(mut self) -> Self {
        if let Body::HotMixSte(net) = &mut self.body {
            net.quick = true;
        }
        self
    }

    /// Which network.
    pub const fn name(&self) -> NetName {
        self.name
    }

    /// Classes it was trained for; 0 where it has none to choose.
    pub const fn classes(&self) -> i64 {
        self.classes
    }

    /// Tensors of its state.
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// Numbers in its parameters: what is learned or frozen, without statistics and masks.
    pub fn parameter_count(&self) -> i64 {
        let parameters = self.keys.iter().filter(|key| matches!(key.role, Role::Learned | Role::Frozen));
        parameters.map(|key| key.shape.iter().product::<i64>()).sum()
    }

    /// Runs it on a batch.
    ///
    /// # Errors
    /// [`NetError::Input`] for another shape than [`NetName::input_shape`] under any batch (sound may be of any length);
    /// [`NetError::Torch`].
    pub fn run(&self, input: &Tensor) -> Result<Outputs, NetError> {
        self.check(input)?;
        guarded(self.name, "running", || self.body.run(input))
    }

    /// HoT with the frames to keep given: B × 81 whole numbers, ascending.
    ///
    /// # Errors
    /// As [`Self::run`]; [`NetError::Unknown`] for any other network.
    pub fn run_keeping(&self, input: &Tensor, kept: &Tensor) -> Result<Tensor, NetError> {
        self.check(input)?;
        let Body::HotMixSte(net) = &self.body else {
            return Err(NetError::Unknown { text: format!("{} with frames to keep", self.name) });
        };
        guarded(self.name, "running", || net.run_keeping(input, kept))
    }

    fn check(&self, input: &Tensor) -> Result<(), NetError> {
        let (expected, found) = (self.name.input_shape(), input.size());
        let fits = match self.name {
            NetName::Wav2Small => found.len() == 2 && found[1] >= wav2small::SHORTEST,
            _ => found.len() == expected.len() && found[1..] == expected[1..],
        };
        if fits && found[0] > 0 && input.kind() == Kind::Float {
            return Ok(());
        }
        Err(NetError::Input { name: self.name, expected: expected[1..].to_vec(), found })
    }
}

/// No published network comes near; a head this long is not one of ours.
const MOST_CLASSES: i64 = 100_000;

fn misfit(keys: &[Key], values: &HashMap<String, Tensor>) -> Misfit {
    let mut misfit = Misfit::default();
    for key in keys {
        let Some(value) = values.get(&key.name) else {
            misfit.missing.push(key.name.clone());
            continue;
        };
        let (shape, whole) = (value.size(), matches!(value.kind(), Kind::Int64 | Kind::Int | Kind::Int16 | Kind::Int8));
        if shape != key.shape {
            misfit.different.push((key.name.clone(), format!("{:?}", key.shape), format!("{shape:?}")));
        } else if whole != key.whole {
            let kind = |whole| if whole { "whole numbers" } else { "floating point" };
            misfit.different.push((key.name.clone(), kind(key.whole).to_owned(), kind(whole).to_owned()));
        }
    }
    let known: std::collections::HashSet<&str> = keys.iter().map(|key| key.name.as_str()).collect();
    misfit.extra = values.keys().filter(|name| !known.contains(name.as_str())).cloned().collect();
    misfit.extra.sort();
    misfit
}

/// Runs without gradients; what libtorch throws becomes an error.
fn guarded<T>(name: NetName, doing: &'static str, work: impl FnOnce() -> T) -> Result<T, NetError> {
    catch_unwind(AssertUnwindSafe(|| tch::no_grad(work))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "libtorch gave up".to_owned());
        NetError::Torch { name, doing, reason: text.lines().next().unwrap_or_default().to_owned() }
    })
}
