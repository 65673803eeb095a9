//! What can go wrong with a research network, in the user's words.

use super::name::NetName;

/// A network could not be made or run.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// A name that no network has.
    #[error("there is no network named \u{201c}{text}\u{201d}; the networks are {}", names())]
    Unknown {
        /// What was asked for.
        text: String,
    },
    /// A checkpoint that is not of this network.
    #[error("these weights do not fit {name}, and nothing was loaded. {misfit}")]
    Misfit {
        /// The network.
        name: NetName,
        /// Everything that does not fit.
        misfit: Misfit,
    },
    /// An input of another shape.
    #[error("{name} takes an input of shape {expected:?}, not {found:?}")]
    Input {
        /// The network.
        name: NetName,
        /// Any batch before it.
        expected: Vec<i64>,
        /// What came.
        found: Vec<i64>,
    },
    /// libtorch failed.
    #[error("{name} failed while {doing}: {reason}")]
    Torch {
        /// The network.
        name: NetName,
        /// "loading" or "running".
        doing: &'static str,
        /// What libtorch says.
        reason: String,
    },
}

/// Every key that does not fit, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Misfit {
    /// The network has them, the weights do not.
    pub missing: Vec<String>,
    /// The weights have them, the network does not.
    pub extra: Vec<String>,
    /// Both have them, otherwise than the network needs: name, what it needs, what came.
    pub different: Vec<(String, String, String)>,
}

impl Misfit {
    /// Whether everything fits.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.extra.is_empty() && self.different.is_empty()
    }

    /// How many keys do not fit.
    pub fn count(&self) -> usize {
        self.missing.len() + self.extra.len() + self.different.len()
    }
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut parts = Vec::new();
        if !self.missing.is_empty() {
            parts.push(format!("Missing ({}): {}", self.missing.len(), self.missing.join(", ")));
        }
        if !self.extra.is_empty() {
            parts.push(format!("Not of this network ({}): {}", self.extra.len(), self.extra.join(", ")));
        }
        if !self.different.is_empty() {
            let list: Vec<String> = self
                .different
                .iter()
                .map(|(name, needed, found)| format!("{name} is {found} where the network needs {needed}"))
                .collect();
            parts.push(format!("Otherwise than needed ({}): {}", list.len(), list.join(", ")));
        }
        f.write_str(&parts.join(". "))
    }
}

fn names() -> String {
    NetName::ALL.map(NetName::text).join(", ")
}
