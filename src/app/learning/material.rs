//! From a project's records to what the learners take: lines of words with labels, texts with labels.

use std::collections::HashMap;

use super::{LearnError, Target};
use crate::domain::bundle::BundleIndex;
use crate::domain::{Annotation, Bundle, Morph, Session, Tier, TierRole, Word, WordKind, WordStatus};
use crate::glossing::labels::{Line, Text, Token};

/// A row of units without a line of their own is cut into lines of this many.
const CUT: usize = 30;

/// Lines to learn from and to tag, and where the label of each word goes that has none.
#[derive(Default)]
pub(in crate::app) struct WordMaterial {
    pub lines: Vec<Line>,
    /// Beside each word of each line.
    pub targets: Vec<Vec<Option<Target>>>,
}

/// Labelled texts, and those without a label.
#[derive(Default)]
pub(super) struct TextMaterial {
    pub texts: Vec<Text>,
    pub open: Vec<(Target, String)>,
}

/// The category of a word as the views show it: its own, else its stem's.
pub(in crate::app) fn category(word: &Word, morphs: &[&Morph], language: &str) -> Option<String> {
    let stem = || morphs.iter().find(|morph| morph.kind.is_stem()).or(morphs.first());
    let own = word.category.best([language]);
    let found = own.or_else(|| stem().and_then(|morph| morph.category.best([language])));
    found.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Whether a word's category was proposed and nobody touched it since.
fn is_proposed(word: &Word, language: &str) -> bool {
    super::propose::proposed(&word.residue).is_some_and(|label| word.category.get(language) == Some(label))
}

fn form(word: &Word) -> String {
    word.form.first().unwrap_or_default().to_owned()
}

/// Sessions in the project's order.
fn sessions(bundle: &Bundle) -> Vec<&Session> {
    let mut sessions: Vec<&Session> = bundle.sessions.iter().collect();
    sessions.sort_by_key(|session| (session.position, session.id));
    sessions
}

/// Every transcribed line with the categories of its approved words; a word that nobody approved and that has no
/// category is to be tagged.
pub(in crate::app) fn categories(bundle: &Bundle, language: &str) -> WordMaterial {
    let index = bundle.index();
    let mut material = WordMaterial::default();
    for (number, session) in sessions(bundle).into_iter().enumerate() {
        for tier in tiers(&index, session).filter(|tier| tier.role == TierRole::Transcription) {
            for line in index.annotations_of_tier.get(&tier.id).into_iter().flatten() {
                let words = index.words_of_annotation.get(&line.id).map(Vec::as_slice).unwrap_or_default();
                if words.is_empty() {
                    continue;
                }
                let morphs = |word: &Word| index.morphs_of_word.get(&word.id).map(Vec::as_slice).unwrap_or_default();
                let tokens = words.iter().map(|word| Token {
                    form: form(word),
                    mark: word.kind == WordKind::Punctuation,
                    label: category(word, morphs(word), language).filter(|_| word.status == WordStatus::Approved),
                });
                let target = |word: &&Word| {
                    let free = word.category.is_empty() || is_proposed(word, language);
                    let open = word.kind == WordKind::Word && word.status != WordStatus::Approved && free;
                    open.then_some(Target::Word(word.id))
                };
                material.lines.push(Line { text: number, words: tokens.collect() });
                material.targets.push(words.iter().map(target).collect());
            }
        }
    }
    material
}

fn tiers<'b>(index: &BundleIndex<'b>, session: &Session) -> impl Iterator<Item = &'b Tier> + use<'b> {
    let found: Vec<&'b Tier> = index.tiers_of_session.get(&session.id).cloned().unwrap_or_default();
    found.into_iter()
}

/// The tiers that a tier's labels lie on, session by session: the tier itself where the session has it, and the one
/// below it, by the name that one has where the tier is.
struct Bases<'b> {
    /// Name of the tier that the labels hang under; `None` where they stand on their own.
    under: Option<&'b str>,
    name: &'b str,
}

impl<'b> Bases<'b> {
    fn find(bundle: &'b Bundle, name: &'b str) -> Result<Self, LearnError> {
        let by_id: HashMap<_, &Tier> = bundle.tiers.iter().map(|tier| (tier.id, tier)).collect();
        let named: Vec<&Tier> = bundle.tiers.iter().filter(|tier| tier.name == name).collect();
        if named.is_empty() {
            let mut names: Vec<&str> = bundle.tiers.iter().map(|tier| tier.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            let there =
                if names.is_empty() { "there are none".to_owned() } else { format!("there are {}", names.join(", ")) };
            return Err(LearnError::NoTier { name: name.to_owned(), there });
        }
        let parent = named.iter().find_map(|tier| by_id.get(&tier.parent?).copied());
        Ok(Self { under: parent.map(|tier| tier.name.as_str()), name })
    }
    fn labels<'i>(&self, index: &'i BundleIndex<'b>, session: &Session) -> Option<&'b Tier> {
        index.tiers_of_session.get(&session.id)?.iter().copied().find(|tier| tier.name == self.name)
    }
    /// The tier whose annotations are labelled.
    fn base<'i>(&self, index: &'i BundleIndex<'b>, session: &Session) -> Option<&'b Tier> {
        let tiers = index.tiers_of_session.get(&session.id)?;
        let own = self.labels(index, session).and_then(|tier| tier.parent);
        own.and_then(|parent| tiers.iter().copied().find(|tier| tier.id == parent))
            .or_else(|| tiers.iter().copied().find(|tier| Some(tier.name.as_str()) == self.under))
    }
}

/// The label that an annotation has on a tier under its own.
fn label_under(index: &BundleIndex<'_>, parent: &Annotation, tier: Option<&Tier>) -> Option<String> {
    let tier = tier?;
    let children = index.children_of_annotation.get(&parent.id)?;
    let values = children.iter().filter(|child| child.tier == tier.id).map(|child| child.value.trim());
    values.into_iter().find(|value| !value.is_empty()).map(str::to_owned)
}

/// The words on a tier with their labels on the tier of that name, line by line.
pub(super) fn word_labels(bundle: &Bundle, name: &str) -> Result<WordMaterial, LearnError> {
    let index = bundle.index();
    let bases = Bases::find(bundle, name)?;
    if bases.under.is_none() {
        return Err(LearnError::NotOnWords(name.to_owned()));
    }
    let mut material = WordMaterial::default();
    for (number, session) in sessions(bundle).into_iter().enumerate() {
        let (Some(base), labels) = (bases.base(&index, session), bases.labels(&index, session)) else { continue };
        let units = index.annotations_of_tier.get(&base.id).map(Vec::as_slice).unwrap_or_default();
        // Units of one line hang under one annotation; without one above, the row is cut.
        let mut at = 0;
        while at < units.len() {
            let alike = units[at..].iter().take_while(|unit| unit.parent == units[at].parent).count();
            let count = if units[at].parent.is_some() { alike } else { alike.min(CUT) }.max(1);
            let line = &units[at..at + count];
            at += count;
            let found: Vec<Option<String>> = line.iter().map(|unit| label_under(&index, unit, labels)).collect();
            let is_mark = |unit: &Annotation| {
                let text = unit.value.trim();
                !text.is_empty() && !text.chars().any(char::is_alphanumeric)
            };
            let target = |(unit, label): (&&Annotation, &Option<String>)| {
                let open = label.is_none() && !is_mark(unit) && !unit.value.trim().is_empty();
                open.then_some(Target::Under { session: session.id, tier: base.id, parent: unit.id })
            };
            material.targets.push(line.iter().zip(&found).map(target).collect());
            let tokens = line.iter().zip(found).map(|(unit, label)| Token {
                form: unit.value.trim().to_owned(),
                // A mark that people do label is a word to the tagger.
                mark: label.is_none() && is_mark(unit),
                label,
            });
            material.lines.push(Line { text: number, words: tokens.collect() });
        }
    }
    Ok(material)
}

/// Whether the tiers of a name hang under annotations that are mostly single words.
pub(super) fn is_on_words(bundle: &Bundle, name: &str) -> Result<bool, LearnError> {
    let index = bundle.index();
    let bases = Bases::find(bundle, name)?;
    if bases.under.is_none() {
        return Ok(false);
    }
    let (mut words, mut longer) = (0, 0);
    for session in sessions(bundle) {
        let Some(base) = bases.base(&index, session) else { continue };
        for unit in index.annotations_of_tier.get(&base.id).into_iter().flatten() {
            match text_of(&index, unit).split_whitespace().count() {
                0 => {}
                1 => words += 1,
                _ => longer += 1,
            }
        }
    }
    Ok(words > 4 * longer)
}

/// What an annotation says: its text, else its words.
fn text_of(index: &BundleIndex<'_>, unit: &Annotation) -> String {
    if !unit.value.trim().is_empty() {
        return unit.value.trim().to_owned();
    }
    let words = index.words_of_annotation.get(&unit.id).into_iter().flatten();
    words.filter_map(|word| word.form.first()).collect::<Vec<_>>().join(" ")
}

/// The annotations under the labels of the tier of that name; or, where it stands on its own, the utterances that
/// lie in its annotations for half their time or more.
pub(super) fn text_labels(bundle: &Bundle, name: &str) -> Result<TextMaterial, LearnError> {
    let index = bundle.index();
    let bases = Bases::find(bundle, name)?;
    let mut material = TextMaterial::default();
    for (number, session) in sessions(bundle).into_iter().enumerate() {
        let labels = bases.labels(&index, session);
        if bases.under.is_some() {
            let Some(base) = bases.base(&index, session) else { continue };
            for unit in index.annotations_of_tier.get(&base.id).into_iter().flatten() {
                let target = Target::Under { session: session.id, tier: base.id, parent: unit.id };
                take(&mut material, number, text_of(&index, unit), label_under(&index, unit, labels), target);
            }
            continue;
        }
        let marked = labels.and_then(|tier| index.annotations_of_tier.get(&tier.id));
        let marked = marked.map(Vec::as_slice).unwrap_or_default();
        for tier in tiers(&index, session).filter(|tier| tier.role == TierRole::Transcription && tier.name != name) {
            let mut from = 0;
            for unit in index.annotations_of_tier.get(&tier.id).into_iter().flatten() {
                let Some(span) = unit.span() else { continue };
                // Both rows are in order of time: what ended before this one is passed for good.
                while marked.get(from).is_some_and(|mark| mark.end.is_some_and(|end| end <= span.start)) {
                    from += 1;
                }
                let shared = |mark: &&&Annotation| {
                    let Some(other) = mark.span() else { return 0 };
                    (span.end.min(other.end).0 - span.start.max(other.start).0).max(0)
                };
                let near = marked[from..].iter().take_while(|mark| mark.start.is_none_or(|start| start < span.end));
                let best = near.max_by_key(shared).filter(|mark| 2 * shared(mark) >= span.end.0 - span.start.0);
                let label = best.map(|mark| mark.value.trim().to_owned()).filter(|label| !label.is_empty());
                take(&mut material, number, text_of(&index, unit), label, Target::At { session: session.id, span });
            }
        }
    }
    Ok(material)
}

fn take(material: &mut TextMaterial, session: usize, text: String, label: Option<String>, target: Target) {
    match label {
        _ if text.is_empty() => {}
        Some(label) => material.texts.push(Text { session, text, label }),
        None => material.open.push((target, text)),
    }
}
