//! Models that the user brought: a published network's weights, or a TorchScript program with a card.

mod error;
mod faces;
mod made_up;
mod script;
mod speech;
mod words;

use std::path::Path;

use fieldgloss::analysis::models::said::{self, Said};
use fieldgloss::analysis::models::{InputSpec, ModelCard, Probe, ProbeOutput};
use fieldgloss::domain::ModelUse;
use sha2::{Digest, Sha256};
use tch::{Kind, Tensor};

use super::checkpoint;
use super::nets::{NetName, Network};

pub use error::OwnError;
pub use script::Script;
pub use words::Words;

/// A file's name beside its card.
pub const CARD: &str = "card.toml";

/// What runs.
enum Body {
    Network(Box<Network>),
    Script(Box<Script>),
}

/// A loaded model with its card.
pub struct OwnModel {
    card: ModelCard,
    body: Body,
    words: Option<Words>,
}

/// An output: its name, and its numbers with their shape.
pub type Output = (String, Tensor);

impl OwnModel {
    /// Loads the model in a folder of the user's, its checksum verified.
    ///
    /// # Errors
    /// [`OwnError`], nothing is half-loaded.
    pub fn load(folder: &Path) -> Result<Self, OwnError> {
        let path = folder.join(CARD);
        let text = std::fs::read_to_string(&path).map_err(|error| OwnError::unreadable(&path, &error))?;
        let card = ModelCard::parse(&text)?;
        let file = card.file.clone().unwrap_or_default();
        if file.name.is_empty() || file.name.contains(['/', '\\']) {
            return Err(OwnError::NoFile { name: card.name });
        }
        let path = folder.join(&file.name);
        let found = checksum(&path)?;
        if found != file.sha256.to_lowercase() {
            return Err(OwnError::Changed { name: card.name, path });
        }
        Self::open(&path, card)
    }

    /// Loads a model file under a card that need not name it.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn open(path: &Path, card: ModelCard) -> Result<Self, OwnError> {
        super::module::set_up_libtorch();
        if card.is_network() {
            let name: NetName = card.network.parse()?;
            // At work a last bit may differ from the original's; parity runs the network as it is.
            let mut network = Network::load(name, checkpoint::read(path)?)?.quick();
            if card.merge > 0 {
                network = network.with_merging(i64::from(card.merge))?;
            }
            return Ok(Self { card, body: Body::Network(Box::new(network)), words: None });
        }
        let words = match &card.input {
            Some(InputSpec::Text(text)) => {
                let folder = path.parent().unwrap_or(Path::new("."));
                Some(Words::read(&folder.join(&text.tokenizer), text)?)
            }
            _ => None,
        };
        Ok(Self { body: Body::Script(Box::new(Script::open(path)?)), card, words })
    }

    /// A network that is loaded already, under a card.
    pub fn of_network(network: Network, card: ModelCard) -> Self {
        Self { card, body: Body::Network(Box::new(network)), words: None }
    }

    /// Its card.
    pub const fn card(&self) -> &ModelCard {
        &self.card
    }

    /// Which published network it is.
    pub fn network(&self) -> Option<&Network> {
        match &self.body {
            Body::Network(network) => Some(network),
            Body::Script(_) => None,
        }
    }

    /// What the record of a run says of it.
    pub fn used(&self) -> ModelUse {
        ModelUse {
            name: self.card.name.clone(),
            version: self.card.version_or_date().to_owned(),
            sha256: self.card.file.as_ref().map(|f| f.sha256.clone()).unwrap_or_default(),
        }
    }

    /// Runs it on inputs that are ready.
    ///
    /// # Errors
    /// What libtorch says.
    pub fn run(&self, inputs: &[Tensor]) -> Result<Vec<Output>, OwnError> {
        match &self.body {
            Body::Network(network) => {
                let input = inputs.first().ok_or(OwnError::NoInput)?;
                Ok(network.run(input)?.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }
            Body::Script(script) => script.run(inputs),
        }
    }

    /// Runs a model with a card of its own and reads its answer. `size`: width and height of the input, for places.
    ///
    /// # Errors
    /// What libtorch says, or an output of another shape than the card promises.
    pub fn ask(&self, inputs: &[Tensor], size: [f32; 2]) -> Result<Said, OwnError> {
        let outputs = self.run(inputs)?;
        let spec = self.card.output.as_ref().ok_or(OwnError::NoInput)?;
        let Some((_, value)) = outputs.get(spec.index) else {
            return Err(OwnError::NoOutput { index: spec.index, count: outputs.len() });
        };
        let numbers = numbers(value)?;
        said::read(spec, &self.card.labels, &value.size(), &numbers, size).ok_or_else(|| OwnError::Shape {
            found: in_words(&value.size()),
            promised: spec.shape_in_words(self.card.labels.len()),
        })
    }

    /// What it says about a made-up input, which is the same each time.
    ///
    /// # Errors
    /// As [`Self::ask`]; an answer that is not finite, or that is another one the second time.
    pub fn probe(&self) -> Result<Probe, OwnError> {
        let (inputs, size) = made_up::inputs(self)?;
        let first = probe_of(&self.run(&inputs)?)?;
        let second = probe_of(&self.run(&inputs)?)?;
        // Vector code may round differently from run to run; a model that draws lots differs by more.
        if second.apart(&first) > 1e-5 {
            return Err(OwnError::Changes);
        }
        if self.card.output.is_some() {
            self.ask(&inputs, size)?;
        }
        if let Some((network, classes)) = self.network().map(|n| (n.name(), n.classes()))
            && classes > 0
            && usize::try_from(classes).is_ok_and(|classes| classes != self.card.labels.len())
        {
            return Err(OwnError::Labels { network: network.to_string(), classes, found: self.card.labels.len() });
        }
        Ok(first)
    }
}

/// A tensor's numbers in memory order.
pub fn numbers(value: &Tensor) -> Result<Vec<f32>, OwnError> {
    let flat = value.f_to_kind(Kind::Float)?.f_contiguous()?.f_reshape([-1])?;
    Ok(Vec::<f32>::try_from(flat)?)
}

fn in_words(shape: &[i64]) -> String {
    shape.iter().map(i64::to_string).collect::<Vec<_>>().join(" × ")
}

/// Elements of an output that a probe keeps.
const KEPT: usize = 12;

fn probe_of(outputs: &[Output]) -> Result<Probe, OwnError> {
    let one = |(name, value): &Output| {
        let numbers = numbers(value)?;
        if numbers.iter().any(|v| !v.is_finite()) {
            return Err(OwnError::NotFinite { output: name.clone() });
        }
        let step = numbers.len().div_ceil(KEPT).max(1);
        let wide = |v: &f32| f64::from(*v);
        Ok(ProbeOutput {
            name: name.clone(),
            shape: value.size(),
            sum: numbers.iter().map(wide).sum(),
            norm: numbers.iter().map(|v| wide(v).powi(2)).sum::<f64>().sqrt(),
            some: numbers.iter().step_by(step).map(wide).collect(),
        })
    };
    Ok(Probe { outputs: outputs.iter().map(one).collect::<Result<_, _>>()? })
}

/// SHA-256 of a file, hex.
///
/// # Errors
/// When it cannot be read.
pub fn checksum(path: &Path) -> Result<String, OwnError> {
    let mut file = std::fs::File::open(path).map_err(|error| OwnError::unreadable(path, &error))?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = std::io::Read::read(&mut file, &mut piece).map_err(|error| OwnError::unreadable(path, &error))?;
        if read == 0 {
            return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hash.update(&piece[..read]);
    }
}
