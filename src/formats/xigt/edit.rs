//! What was edited, written into the igt that the sentence came from.

use std::collections::HashSet;

use super::UNDER;
use super::fresh;
use super::igt::{Places, parse};
use super::reference::targets;
use crate::domain::TierRole;
use crate::formats::interlinear::{Sentence, decimal};
use crate::formats::xmltree::{Element, Node};

/// Sets an attribute where it stands, or takes it out.
pub(super) fn set(element: &mut Element, name: &str, value: Option<&str>) {
    let place = element.attributes.iter().position(|(known, _)| known == name);
    match (place, value) {
        (Some(at), Some(value)) => element.attributes[at].1 = value.to_owned(),
        (Some(at), None) => drop(element.attributes.remove(at)),
        (None, Some(value)) => element.attributes.push((name.to_owned(), value.to_owned())),
        (None, None) => {}
    }
}

/// The igt with what is now said; and how many items of other tiers were left out because what they pointed to is gone.
pub(super) fn edited(source: &Element, now: &Sentence) -> (Element, usize) {
    let (was, places) = parse(source, &|_| String::new());
    let mut igt = source.clone();
    set(&mut igt, "speaker", Some(now.speaker.as_str()).filter(|s| !s.is_empty()));
    if was.span != now.span {
        set(&mut igt, "start", now.span.map(|s| decimal(s.start)).as_deref());
        set(&mut igt, "end", now.span.map(|s| decimal(s.end)).as_deref());
    }
    let forms = |sentence: &Sentence| -> Vec<(String, Vec<String>)> {
        let words = sentence.words.iter();
        words.map(|w| (w.form.clone(), w.morphs.iter().map(|m| m.form.clone()).collect())).collect()
    };
    let mut lost = 0;
    if was.text != now.text || forms(&was) != forms(now) || places.words.len() != was.words.len() {
        lost = anew(&mut igt, now, &places);
    } else {
        values(&mut igt, &was, now, &places);
    }
    under(&mut igt, &was, now, places.tiers.get("phrases").map_or("p", String::as_str));
    (igt, lost)
}

fn tiers_mut(igt: &mut Element) -> impl Iterator<Item = &mut Element> {
    igt.children.iter_mut().filter_map(|node| match node {
        Node::Element(element) if element.name == "tier" => Some(element),
        _ => None,
    })
}

fn items_of(igt: &Element) -> impl Iterator<Item = &str> {
    igt.named("tier").flat_map(|t| t.named("item")).filter_map(|item| item.get("id"))
}

/// Makes the tiers of words and morphs anew in the place of the first of them.
fn anew(igt: &mut Element, now: &Sentence, places: &Places) -> usize {
    let before: HashSet<String> = items_of(igt).map(str::to_owned).collect();
    let is_old = |node: &Node| match node {
        Node::Element(tier) => {
            tier.name == "tier" && tier.get("id").is_some_and(|id| places.tiers.values().any(|known| known == id))
        }
        _ => false,
    };
    let at = igt.children.iter().position(is_old).unwrap_or(igt.children.len());
    igt.children.retain(|node| !is_old(node));
    let taken: Vec<String> = igt.named("tier").filter_map(|t| t.get("id")).map(str::to_owned).collect();
    let mut names = places.tiers.clone();
    let usual = [
        ("phrases", "p"),
        ("words", "w"),
        ("morphemes", "m"),
        ("glosses of morphs", "g"),
        ("glosses of words", "gw"),
        ("pos of words", "w-pos"),
        ("pos of morphs", "m-pos"),
    ];
    for (what, id) in usual {
        let own = names.entry(what).or_insert_with(|| id.to_owned());
        while own.is_empty() || taken.contains(own) {
            own.push_str(if own.is_empty() { id } else { "x" });
        }
    }
    for (n, tier) in fresh::tiers(now, &names).into_iter().enumerate() {
        igt.children.insert((at + n).min(igt.children.len()), Node::Element(tier));
    }
    let after: HashSet<String> = items_of(igt).map(str::to_owned).collect();
    let gone: HashSet<String> = before.difference(&after).cloned().collect();
    let mut lost = 0;
    for tier in tiers_mut(igt) {
        tier.children.retain(|node| {
            let Node::Element(item) = node else { return true };
            let refers = item.attributes.iter().filter(|(name, _)| !matches!(name.as_str(), "id" | "type" | "tag"));
            let dangles = refers.flat_map(|(_, value)| targets(value)).any(|target| gone.contains(target));
            lost += usize::from(dangles);
            !dangles
        });
    }
    lost
}

/// Writes changed glosses and categories into the items that say them.
fn values(igt: &mut Element, was: &Sentence, now: &Sentence, places: &Places) {
    for (n, (a, b)) in was.words.iter().zip(&now.words).enumerate() {
        let Some(word) = places.words.get(n) else { continue };
        let w = places.tiers.get("words").map_or("w", String::as_str);
        let m = places.tiers.get("morphemes").map_or("m", String::as_str);
        change(igt, places, ("glosses of words", "glosses", "gw", w), word, (&a.gloss, &b.gloss));
        change(igt, places, ("pos of words", "pos", "w-pos", w), word, (&a.category, &b.category));
        for (k, (a, b)) in a.morphs.iter().zip(&b.morphs).enumerate() {
            let Some(morph) = places.morphs.get(n).and_then(|list| list.get(k)) else { continue };
            change(igt, places, ("glosses of morphs", "glosses", "g", m), morph, (&a.gloss, &b.gloss));
            change(igt, places, ("pos of morphs", "pos", "m-pos", m), morph, (&a.category, &b.category));
        }
    }
}

fn set_text(item: &mut Element, value: &str) {
    set(item, "content", None);
    item.children = vec![Node::Text(value.to_owned())];
}

fn change(
    igt: &mut Element,
    places: &Places,
    (what, kind, usual, to): (&'static str, &str, &str, &str),
    target: &str,
    (was, now): (&str, &str),
) {
    if was == now {
        return;
    }
    let ids: HashSet<String> = items_of(igt).map(str::to_owned).collect();
    let id = places.tiers.get(what).cloned().unwrap_or_else(|| usual.to_owned());
    if !igt.named("tier").any(|tier| tier.get("id") == Some(id.as_str())) {
        igt.push(Element::new("tier").with("type", kind).with("id", id.as_str()).with("alignment", to));
    }
    let Some(tier) = tiers_mut(igt).find(|tier| tier.get("id") == Some(id.as_str())) else { return };
    let mut done = false;
    tier.children.retain_mut(|node| {
        let Node::Element(item) = node else { return true };
        if targets(item.get("alignment").unwrap_or_default()).first() != Some(&target) {
            return true;
        }
        // What two items said together the first says alone.
        if done || now.is_empty() {
            return false;
        }
        done = true;
        set_text(item, now);
        true
    });
    if !done && !now.is_empty() {
        let mut new = format!("{id}.{target}");
        while ids.contains(&new) {
            new.push('x');
        }
        tier.push(Element::new("item").with("id", new).with("alignment", target).text(now));
    }
}

/// Translations and notes: each of a kind takes the tiers of that kind in order.
fn under(igt: &mut Element, was: &Sentence, now: &Sentence, phrases: &str) {
    for role in [TierRole::Translation, TierRole::LiteralTranslation, TierRole::Note] {
        let of = |sentence: &Sentence| sentence.of_role(role).map(|u| u.text.clone()).collect::<Vec<_>>();
        if of(was) == of(now) {
            continue;
        }
        let mut wanted = now.of_role(role).cloned().collect::<Vec<_>>();
        wanted.reverse();
        let kinds: Vec<&str> = UNDER.iter().filter(|(_, r)| *r == role).map(|(kind, _)| *kind).collect();
        igt.children.retain_mut(|node| {
            let Node::Element(tier) = node else { return true };
            let is = tier.name == "tier" && tier.get("type").is_some_and(|kind| kinds.contains(&kind));
            if !is || tier.named("item").next().is_none() {
                return true;
            }
            let Some(next) = wanted.pop() else { return false };
            let mut first = true;
            tier.children.retain_mut(|node| {
                let Node::Element(item) = node else { return true };
                if std::mem::take(&mut first) {
                    set_text(item, &next.text);
                    return true;
                }
                false
            });
            true
        });
        wanted.reverse();
        let taken: Vec<String> = igt.named("tier").filter_map(|t| t.get("id")).map(str::to_owned).collect();
        for tier in fresh::under(&wanted, phrases, &taken) {
            igt.push(tier);
        }
    }
}
