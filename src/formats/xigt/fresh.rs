//! Tiers for a sentence that never was Xigt, or whose words are other than they were.

use std::collections::HashMap;

use super::igt::parse;
use crate::domain::TierRole;
use crate::formats::interlinear::{Column, Sentence, Under};
use crate::formats::xmltree::Element;

/// Ids of the tiers to make, by what for; those of an earlier igt are used again.
pub(super) type Names = HashMap<&'static str, String>;

fn name<'a>(names: &'a Names, what: &'static str, usual: &'a str) -> &'a str {
    names.get(what).map_or(usual, String::as_str)
}

fn tier(kind: &str, id: &str) -> Element {
    Element::new("tier").with("type", kind).with("id", id)
}

/// The tiers of words and morphs: phrases, words, morphemes, glosses, categories.
pub(super) fn tiers(now: &Sentence, names: &Names) -> Vec<Element> {
    let (p, w, m) = (name(names, "phrases", "p"), name(names, "words", "w"), name(names, "morphemes", "m"));
    let mut phrases = tier("phrases", p);
    phrases.push(Element::new("item").with("id", format!("{p}1")).text(now.text.as_str()));
    let mut made = vec![phrases];
    if now.words.is_empty() {
        return made;
    }
    let mut words = tier("words", w).with("segmentation", p);
    let mut morphs = tier("morphemes", m).with("segmentation", w);
    let field = |what: &'static str, usual: &str, kind: &str, to: &str| {
        tier(kind, name(names, what, usual)).with("alignment", to)
    };
    let mut gloss_m = field("glosses of morphs", "g", "glosses", m);
    let mut gloss_w = field("glosses of words", "gw", "glosses", w);
    let mut pos_w = field("pos of words", "w-pos", "pos", w);
    let mut pos_m = field("pos of morphs", "m-pos", "pos", m);
    let mut from = 0;
    for (n, word) in now.words.iter().enumerate() {
        let id = format!("{w}{}", n + 1);
        let item = Element::new("item").with("id", id.as_str());
        words.push(match place(&now.text, &word.form, &mut from) {
            Some((start, end)) => item.with("segmentation", format!("{p}1[{start}:{end}]")),
            None => item.with("segmentation", format!("{p}1")).text(word.form.as_str()),
        });
        let number = (n + 1).to_string();
        align(&mut gloss_w, &number, &id, &word.gloss);
        align(&mut pos_w, &number, &id, &word.category);
        for (k, morph) in morph_items(word, m, n, &id).into_iter().enumerate() {
            let of = word.morphs.get(k);
            let (to, number) = (format!("{m}{}.{}", n + 1, k + 1), format!("{}.{}", n + 1, k + 1));
            align(&mut gloss_m, &number, &to, of.map_or("", |m| m.gloss.as_str()));
            align(&mut pos_m, &number, &to, of.map_or("", |m| m.category.as_str()));
            morphs.push(morph);
        }
    }
    let filled = [words, morphs, gloss_m, gloss_w, pos_w, pos_m].into_iter().filter(|tier| !tier.children.is_empty());
    made.extend(filled);
    made
}

fn align(tier: &mut Element, number: &str, to: &str, value: &str) {
    if !value.is_empty() {
        let id = format!("{}{number}", tier.get("id").unwrap_or_default());
        tier.push(Element::new("item").with("id", id).with("alignment", to).text(value));
    }
}

/// Where a form stands in a text from some letter on, in code points.
fn place(text: &str, form: &str, from: &mut usize) -> Option<(usize, usize)> {
    let at = text.get(*from..)?.find(form).filter(|_| !form.is_empty())? + *from;
    *from = at + form.len();
    let start = text.get(..at)?.chars().count();
    Some((start, start + form.chars().count()))
}

/// A word's morphs: as parts of it where that says all, else as they are written.
fn morph_items(word: &Column, m: &str, n: usize, id: &str) -> Vec<Element> {
    let mut from = 0;
    let bare = |form: &str| form.trim_matches(['-', '=']).to_owned();
    let places: Vec<_> = word.morphs.iter().map(|morph| place(&word.form, &bare(&morph.form), &mut from)).collect();
    let make = |by_place: bool| -> Vec<Element> {
        let items = word.morphs.iter().zip(&places).enumerate();
        items
            .map(|(k, (morph, place))| {
                let item = Element::new("item").with("id", format!("{m}{}.{}", n + 1, k + 1));
                match place {
                    Some((start, end)) if by_place => item.with("segmentation", format!("{id}[{start}:{end}]")),
                    Some((start, end)) => {
                        item.with("segmentation", format!("{id}[{start}:{end}]")).text(morph.form.as_str())
                    }
                    None => item.with("segmentation", id).text(morph.form.as_str()),
                }
            })
            .collect()
    };
    // Read back as a reader would: the marks of bare parts are guessed, and the guess must be right.
    let mut igt = Element::new("igt");
    let mut words = tier("words", "w");
    words.push(Element::new("item").with("id", id).text(word.form.as_str()));
    let mut morphs = tier("morphemes", m).with("segmentation", "w");
    let mut glosses = tier("glosses", "g").with("alignment", m);
    let items = make(true);
    for (item, morph) in items.iter().zip(&word.morphs) {
        let to = item.get("id").unwrap_or_default();
        align(&mut glosses, to, to, &morph.gloss);
        morphs.push(item.clone());
    }
    igt.push(words);
    igt.push(morphs);
    igt.push(glosses);
    let (read, _) = parse(&igt, &|_| String::new());
    let forms = |column: Option<&Column>| -> Vec<String> {
        column.map(|c| c.morphs.iter().map(|m| m.form.clone()).collect()).unwrap_or_default()
    };
    if forms(read.words.first()) == forms(Some(word)) { items } else { make(false) }
}

/// The tiers of what stands under a sentence; `taken` are tier ids in use.
pub(super) fn under(under: &[Under], phrases: &str, taken: &[String]) -> Vec<Element> {
    let mut taken = taken.to_vec();
    let mut made = Vec::new();
    for one in under {
        let (kind, usual) = match one.role {
            TierRole::Translation => ("translations", "t"),
            TierRole::LiteralTranslation => ("literal-translations", "l"),
            _ => ("notes", "n"),
        };
        let mut id = usual.to_owned();
        let mut number = 1;
        while taken.contains(&id) {
            number += 1;
            id = format!("{usual}-{number}");
        }
        let mut tier = tier(kind, &id).with("alignment", phrases);
        if !one.language.is_empty() {
            tier = tier.with("lang", one.language.as_str());
        }
        let item = Element::new("item").with("id", format!("{id}.1")).with("alignment", format!("{phrases}1"));
        tier.push(item.text(one.text.as_str()));
        taken.push(id);
        made.push(tier);
    }
    made
}
