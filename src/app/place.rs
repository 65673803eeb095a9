//! The places of the window: what the rail at the left leads to.

use serde::{Deserialize, Serialize};

use super::icon::Icon;

/// A place in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The start page; the only place without a project.
    #[default]
    Home,
    Sessions,
    Timeline,
    Interlinear,
    Lexicon,
    People,
    Search,
    Publish,
}

impl Place {
    /// The seven places of the rail, from the top.
    pub const RAIL: [Self; 7] =
        [Self::Sessions, Self::Timeline, Self::Interlinear, Self::Lexicon, Self::People, Self::Search, Self::Publish];

    /// Fluent id of its name.
    pub const fn text_id(self) -> &'static str {
        match self {
            Self::Home => "place-home",
            Self::Sessions => "place-sessions",
            Self::Timeline => "place-timeline",
            Self::Interlinear => "place-interlinear",
            Self::Lexicon => "place-lexicon",
            Self::People => "place-people",
            Self::Search => "place-search",
            Self::Publish => "place-publish",
        }
    }

    /// Its icon.
    pub const fn icon(self) -> Icon {
        match self {
            Self::Home => Icon::Home,
            Self::Sessions => Icon::Sessions,
            Self::Timeline => Icon::Timeline,
            Self::Interlinear => Icon::Interlinear,
            Self::Lexicon => Icon::Lexicon,
            Self::People => Icon::People,
            Self::Search => Icon::Search,
            Self::Publish => Icon::Publish,
        }
    }
}
