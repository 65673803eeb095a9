//! What of a project can be learned: the parts of speech of its words, the labels of its tiers.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{material, propose};
use crate::domain::{Bundle, TierRole};
use crate::glossing::labels::{FEWEST, MOST_LABELS};

/// A set of labels that a project has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceRow {
    /// The tier's name; `None` for the parts of speech of words.
    pub tier: Option<String>,
    pub labels: usize,
    pub different: usize,
    pub sessions: usize,
    /// Whether enough labels of few enough kinds are there.
    pub learnable: bool,
}

/// Every set of labels, parts of speech first, then tiers by name. Texts, translations, notes and proposals are none.
pub fn sources(bundle: &Bundle, language: &str) -> Vec<SourceRow> {
    let lines = material::categories(bundle, language).lines;
    let mut texts = BTreeSet::new();
    let mut values: BTreeMap<String, usize> = BTreeMap::new();
    for line in &lines {
        for label in line.words.iter().filter_map(|word| word.label.clone()) {
            texts.insert(line.text);
            *values.entry(label).or_default() += 1;
        }
    }
    let mut rows = vec![row(None, &values, texts.len())];
    let by_name = |tier: &crate::domain::Tier| {
        let is_text = matches!(
            tier.role,
            TierRole::Transcription | TierRole::Translation | TierRole::LiteralTranslation | TierRole::Note
        );
        (!is_text && !propose::is_for_proposals(tier)).then(|| tier.name.clone())
    };
    let names: BTreeMap<_, _> =
        bundle.tiers.iter().filter_map(|tier| Some((tier.id, (by_name(tier)?, tier.session)))).collect();
    let mut found: BTreeMap<&str, (BTreeMap<String, usize>, BTreeSet<_>)> = BTreeMap::new();
    for annotation in &bundle.annotations {
        let Some((name, session)) = names.get(&annotation.tier) else { continue };
        let value = annotation.value.trim();
        let (values, sessions) = found.entry(name).or_default();
        if !value.is_empty() {
            *values.entry(value.to_owned()).or_default() += 1;
            sessions.insert(*session);
        }
    }
    rows.extend(found.iter().map(|(name, (values, sessions))| row(Some((*name).to_owned()), values, sessions.len())));
    rows
}

fn row(tier: Option<String>, values: &BTreeMap<String, usize>, sessions: usize) -> SourceRow {
    let (labels, different) = (values.values().sum(), values.len());
    let learnable = labels >= FEWEST && (2..=MOST_LABELS).contains(&different) && different * 2 <= labels;
    SourceRow { tier, labels, different, sessions, learnable }
}
