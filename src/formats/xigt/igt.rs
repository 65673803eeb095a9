//! One igt: its tiers found, its references followed, its sentence made.

use std::collections::HashMap;

use super::UNDER;
use super::reference::{parts, slice, targets};
use crate::domain::{Span, TierRole, Time, WordKind};
use crate::formats::interlinear::{self, Column, Piece, Sentence, Under};
use crate::formats::xmltree::Element;

/// Longer values are cut: references that refer to each other can grow without end.
const LONGEST: usize = 100_000;

/// Where the parts of a sentence came from: ids of items, in order of words and morphs.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub words: Vec<String>,
    pub morphs: Vec<Vec<String>>,
    /// Ids of the tiers used, by what for.
    pub tiers: HashMap<&'static str, String>,
}

/// The values of an igt's items.
pub(super) struct Values<'a> {
    items: HashMap<&'a str, &'a Element>,
    known: HashMap<String, String>,
}

impl<'a> Values<'a> {
    pub fn of(igt: &'a Element) -> Self {
        let mut items = HashMap::new();
        for item in igt.named("tier").flat_map(|tier| tier.named("item")) {
            if let Some(id) = item.get("id") {
                items.entry(id).or_insert(item);
            }
        }
        Self { items, known: HashMap::new() }
    }
    /// An item's text, else what its content or segmentation refers to.
    pub fn get(&mut self, id: &str) -> String {
        if let Some(known) = self.known.get(id) {
            return known.clone();
        }
        // A reference that comes back to itself says nothing.
        self.known.insert(id.to_owned(), String::new());
        let Some(item) = self.items.get(id).copied() else { return String::new() };
        let text = item.plain();
        let value = if !text.is_empty() {
            text
        } else {
            let reference = item.get("content").or_else(|| item.get("segmentation")).unwrap_or_default();
            self.resolve(reference)
        };
        self.known.insert(id.to_owned(), value.clone());
        value
    }
    fn resolve(&mut self, expression: &str) -> String {
        let mut out = String::new();
        for part in parts(expression) {
            let value = self.get(part.id);
            out.push_str(part.glue);
            if part.spans.is_empty() {
                out.push_str(&value);
            }
            for (glue, start, end) in part.spans {
                out.push_str(glue);
                out.push_str(&slice(&value, start, end));
            }
            if out.len() > LONGEST {
                return out.chars().take(LONGEST / 4).collect();
            }
        }
        out
    }
}

/// A reference of an element to the tier or items it builds on.
pub(super) fn refers(element: &Element) -> &str {
    ["segmentation", "alignment", "content"].iter().find_map(|name| element.get(name)).unwrap_or_default()
}

/// Decimal seconds, exact to the nanosecond.
pub(super) fn seconds(text: &str) -> Option<Time> {
    Time::from_secs(text.trim().parse().ok()?)
}

struct Tiers<'a> {
    phrases: Option<&'a Element>,
    words: Option<&'a Element>,
    morphemes: Option<&'a Element>,
}

fn find<'a>(igt: &'a Element) -> Tiers<'a> {
    let of_type = |kind: &'static str| igt.named("tier").filter(move |t| t.get("type") == Some(kind));
    let id = |tier: Option<&'a Element>| tier.and_then(|t| t.get("id")).unwrap_or_default();
    let phrases = of_type("phrases").next();
    let translations: Vec<&str> =
        igt.named("tier").filter(|t| t.get("type") == Some("translations")).filter_map(|t| t.get("id")).collect();
    let words = of_type("words")
        .find(|t| phrases.is_some() && targets(refers(t)).contains(&id(phrases)))
        .or_else(|| of_type("words").find(|t| !targets(refers(t)).iter().any(|target| translations.contains(target))));
    let morphemes = of_type("morphemes")
        .find(|t| words.is_some() && targets(refers(t)).contains(&id(words)))
        .or_else(|| of_type("morphemes").next());
    Tiers { phrases, words, morphemes }
}

fn ids(tier: &Element) -> impl Iterator<Item = &str> {
    tier.named("item").map(|item| item.get("id").unwrap_or_default())
}

/// The sentence of an igt and where its parts stand. `language_of` knows the language of a tier by its type.
pub(super) fn parse(igt: &Element, language_of: &dyn Fn(&str) -> String) -> (Sentence, Places) {
    let mut values = Values::of(igt);
    let tiers = find(igt);
    let mut places = Places::default();
    let mut sentence = Sentence { speaker: igt.get("speaker").unwrap_or_default().to_owned(), ..Sentence::default() };
    if let (Some(a), Some(b)) = (igt.get("start").and_then(seconds), igt.get("end").and_then(seconds)) {
        sentence.span = Some(Span::new(a, b));
    }
    let mut remember = |what: &'static str, tier: &Element| {
        places.tiers.insert(what, tier.get("id").unwrap_or_default().to_owned());
    };
    if let Some(tier) = tiers.phrases {
        remember("phrases", tier);
        sentence.text = ids(tier).map(|id| values.get(id)).collect::<Vec<_>>().join(" ");
    }
    if let Some(tier) = tiers.words {
        remember("words", tier);
        for id in ids(tier) {
            let form = values.get(id);
            let kind = if interlinear::is_punctuation(&form) { WordKind::Punctuation } else { WordKind::Word };
            sentence.words.push(Column { form, kind, ..Column::default() });
            places.words.push(id.to_owned());
        }
    }
    places.morphs = vec![Vec::new(); places.words.len()];
    if let Some(tier) = tiers.morphemes {
        places.tiers.insert("morphemes", tier.get("id").unwrap_or_default().to_owned());
        for item in tier.named("item") {
            let id = item.get("id").unwrap_or_default();
            let word = targets(refers(item)).iter().find_map(|t| places.words.iter().position(|w| w == t));
            if let (Some(word), false) = (word, id.is_empty())
                && let (Some(column), Some(list)) = (sentence.words.get_mut(word), places.morphs.get_mut(word))
            {
                column.morphs.push(Piece { form: values.get(id), ..Piece::default() });
                list.push(id.to_owned());
            }
        }
    }
    aligned(igt, &mut values, &mut sentence, &mut places);
    for column in &mut sentence.words {
        add_marks(column);
    }
    under(igt, &mut values, &mut sentence, language_of);
    if tiers.phrases.is_none() {
        sentence.text =
            interlinear::one_line(&sentence.words.iter().map(|w| w.form.as_str()).collect::<Vec<_>>().join(" "));
    }
    if tiers.phrases.is_none() && tiers.words.is_none() {
        odin(igt, &mut values, &mut sentence, language_of);
    }
    (sentence, places)
}

/// Glosses and categories, each by the tier that it is aligned to.
fn aligned(igt: &Element, values: &mut Values, sentence: &mut Sentence, places: &mut Places) {
    let to = |what: &str| places.tiers.get(what).cloned().unwrap_or_default();
    let (words, morphemes) = (to("words"), to("morphemes"));
    let fields = [("glosses", "glosses of words", "glosses of morphs"), ("pos", "pos of words", "pos of morphs")];
    for (kind, of_words, of_morphs) in fields {
        for tier in igt.named("tier").filter(|t| t.get("type") == Some(kind)) {
            let aligned = targets(tier.get("alignment").unwrap_or_default());
            let what = match () {
                () if !morphemes.is_empty() && aligned.contains(&morphemes.as_str()) => of_morphs,
                () if !words.is_empty() && aligned.contains(&words.as_str()) => of_words,
                () => continue,
            };
            if places.tiers.contains_key(what) {
                continue;
            }
            places.tiers.insert(what, tier.get("id").unwrap_or_default().to_owned());
            for item in tier.named("item") {
                let value = values.get(item.get("id").unwrap_or_default());
                let reference = item.get("alignment").unwrap_or_default();
                let Some(target) = targets(reference).first().copied() else { continue };
                let field = if what == of_words {
                    let word = places.words.iter().position(|id| id == target);
                    word.and_then(|n| sentence.words.get_mut(n))
                        .map(|w| if kind == "pos" { &mut w.category } else { &mut w.gloss })
                } else {
                    let place = places
                        .morphs
                        .iter()
                        .enumerate()
                        .find_map(|(n, list)| list.iter().position(|id| id == target).map(|m| (n, m)));
                    place
                        .and_then(|(n, m)| sentence.words.get_mut(n).and_then(|w| w.morphs.get_mut(m)))
                        .map(|m| if kind == "pos" { &mut m.category } else { &mut m.gloss })
                };
                let Some(field) = field else { continue };
                // Two glosses of one morph are one with a dot, as the Leipzig rules have it.
                if !field.is_empty() && !value.is_empty() {
                    field.push('.');
                }
                field.push_str(&value);
            }
        }
    }
}

/// Gives bare morphs their marks, as the word that they divide or their glosses tell.
fn add_marks(column: &mut Column) {
    let marked = |form: &str| form.starts_with(['-', '=']) || form.ends_with(['-', '=']);
    if column.morphs.len() < 2 || column.morphs.iter().any(|m| marked(&m.form)) {
        return;
    }
    let mut rest = column.form.as_str();
    let mut marks = Vec::new();
    for (n, morph) in column.morphs.iter().enumerate() {
        let before = rest.split_once(morph.form.as_str());
        if n > 0 {
            marks.push(if before.is_some_and(|(gap, _)| gap == "=") { '=' } else { '-' });
        }
        rest = before.map_or(rest, |(_, after)| after);
    }
    let forms: Vec<&str> = column.morphs.iter().map(|m| m.form.as_str()).collect();
    let glosses: Vec<String> = column.morphs.iter().map(|m| m.gloss.clone()).collect();
    let marked = interlinear::mark(&forms, &marks, &glosses);
    for (morph, form) in column.morphs.iter_mut().zip(marked) {
        morph.form = form;
    }
}

fn under(igt: &Element, values: &mut Values, sentence: &mut Sentence, language_of: &dyn Fn(&str) -> String) {
    for tier in igt.named("tier") {
        let Some((kind, role)) = tier.get("type").and_then(|t| UNDER.iter().find(|(kind, _)| *kind == t)) else {
            continue;
        };
        let text: Vec<String> = ids(tier).map(|id| values.get(id)).filter(|value| !value.is_empty()).collect();
        if !text.is_empty() {
            let language = tier.get("lang").map_or_else(|| language_of(kind), str::to_owned);
            sentence.under.push(Under { role: *role, language, text: text.join(" ") });
        }
    }
}

/// Words out of ODIN's lines of language, gloss and translation.
fn odin(igt: &Element, values: &mut Values, sentence: &mut Sentence, language_of: &dyn Fn(&str) -> String) {
    let of_state =
        |state: &str| igt.named("tier").find(|t| t.get("type") == Some("odin") && t.get("state") == Some(state));
    let Some(tier) = ["normalized", "cleaned", "raw"].iter().find_map(|state| of_state(state)) else { return };
    let mut line = |tag: &str| {
        let items = tier.named("item").filter(|item| {
            let tags = item.get("tag").unwrap_or_default();
            tags.split(['+', '-']).next() == Some(tag)
        });
        let texts: Vec<String> = items.map(|item| values.get(item.get("id").unwrap_or_default())).collect();
        interlinear::one_line(&texts.join(" "))
    };
    let (language, gloss, translation) = (line("L"), line("G"), line("T"));
    let forms: Vec<&str> = language.split(' ').filter(|f| !f.is_empty()).collect();
    let glosses: Vec<&str> = gloss.split(' ').filter(|g| !g.is_empty()).collect();
    for (n, form) in forms.iter().enumerate() {
        let gloss = if forms.len() == glosses.len() { glosses.get(n).copied().unwrap_or_default() } else { "" };
        let mut column = Column { form: (*form).to_owned(), ..Column::default() };
        if interlinear::is_punctuation(form) {
            column.kind = WordKind::Punctuation;
        }
        match interlinear::split(form, gloss, "").filter(|_| !gloss.is_empty()) {
            Some(morphs) => column.morphs = morphs,
            None => gloss.clone_into(&mut column.gloss),
        }
        sentence.words.push(column);
    }
    sentence.text = language;
    if !translation.is_empty() {
        sentence.under.push(Under {
            role: TierRole::Translation,
            language: language_of("translations"),
            text: translation,
        });
    }
}
