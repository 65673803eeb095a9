//! A number, or why there is none.

use serde::{Serialize, Serializer, ser::SerializeMap};

/// Why a figure cannot be worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Undefined {
    /// Neither annotator has a tag.
    NobodyTagged,
    /// One annotator has no tag at all.
    OnlyOneTagged,
    /// No tag of one could be linked with a tag of the other.
    NothingLinked,
    /// There is only one label, on both sides: chance alone agrees on everything.
    OneLabelOnly,
    /// No linked pair carries the label.
    LabelUnused,
    /// No unit was judged by two.
    NothingPaired,
    /// One annotator's tags overlap each other, and the figure is made for a line without overlaps.
    Overlapping,
    /// The stretch of time looked at has no length.
    NoTime,
    /// Every random scene comes out alike, so that there is nothing to compare with.
    NoChance,
}

impl Undefined {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::NobodyTagged,
        Self::OnlyOneTagged,
        Self::NothingLinked,
        Self::OneLabelOnly,
        Self::LabelUnused,
        Self::NothingPaired,
        Self::Overlapping,
        Self::NoTime,
        Self::NoChance,
    ];

    /// A name for machines.
    pub fn name(self) -> &'static str {
        match self {
            Self::NobodyTagged => "nobody-tagged",
            Self::OnlyOneTagged => "only-one-tagged",
            Self::NothingLinked => "nothing-linked",
            Self::OneLabelOnly => "one-label-only",
            Self::LabelUnused => "label-unused",
            Self::NothingPaired => "nothing-paired",
            Self::Overlapping => "overlapping",
            Self::NoTime => "no-time",
            Self::NoChance => "no-chance",
        }
    }

    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NobodyTagged => "nobody tagged anything",
            Self::OnlyOneTagged => "only one of the two tagged anything",
            Self::NothingLinked => "no tag of one overlaps enough with a tag of the other",
            Self::OneLabelOnly => "there is only one label, so chance alone would agree on everything",
            Self::LabelUnused => "no linked pair carries this label",
            Self::NothingPaired => "no unit was judged by two people",
            Self::Overlapping => "tags of one person overlap each other; look at one label at a time",
            Self::NoTime => "the stretch of time has no length",
            Self::NoChance => "random tags always come out the same way, so there is no chance to compare with",
        }
    }
}

/// A number, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    Known(f64),
    Undefined(Undefined),
}

impl Figure {
    /// The number; a number that is none is undefined for the reason given.
    pub(super) fn or(value: f64, reason: Undefined) -> Self {
        if value.is_finite() { Self::Known(value) } else { Self::Undefined(reason) }
    }
    /// The number.
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Known(value) => Some(value),
            Self::Undefined(_) => None,
        }
    }
    /// Why there is none.
    pub fn why(self) -> Option<Undefined> {
        match self {
            Self::Known(_) => None,
            Self::Undefined(reason) => Some(reason),
        }
    }
}

/// `{"value": 0.74}` or `{"value": null, "why": "one-label-only", "reason": "…"}`.
impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("value", &self.value())?;
        if let Some(why) = self.why() {
            map.serialize_entry("why", why.name())?;
            map.serialize_entry("reason", why.words())?;
        }
        map.end()
    }
}
