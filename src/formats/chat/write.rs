//! A bundle to a CHAT file.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::cast::{Cast, one_line};
use super::{BULLET, NAME, header, lines, main_line};
use crate::domain::bundle::BundleIndex;
use crate::domain::*;
use crate::formats::{Format, FormatError, input, per_session};

/// Writes a file. It holds one session: the first goes to `path`, each further one to a file beside it.
///
/// # Errors
/// When there is no session, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let index = bundle.index();
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for (session, place) in per_session::files(path, bundle, Format::Chat, &mut report)? {
        let cast = Cast::new(bundle, &index, session, &mut report);
        cast.warn_of_name(&place, &mut report);
        let mut out = vec!["@UTF8".to_owned()];
        out.extend(cast.headers(&mut report));
        out.extend(Lines { index: &index, cast: &cast, report: &mut report }.all());
        out.extend(strings(session.residue.get(NAME).and_then(|kept| kept.get("after"))));
        out.push("@End\n".to_owned());
        files.push((place, out.join("\n")));
    }
    per_session::records_left_out(bundle, Format::Chat, &mut report);
    let told = bundle.people.iter().filter(|p| !p.notes.is_empty() || p.consent != Consent::default()).count();
    report.left_out("notes or consent of people", told, "CHAT has no place for them");
    for (place, text) in files {
        input::write_atomic(&place, text.as_bytes())?;
    }
    Ok(report)
}

fn strings(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// An utterance and where it goes.
struct Item<'a> {
    annotation: &'a Annotation,
    code: &'a str,
    span: Option<Span>,
    /// Rank in the file it came from, while its time is as it was.
    order: Option<i64>,
}

/// Main lines with what hangs under them.
struct Lines<'a, 'r> {
    index: &'a BundleIndex<'a>,
    cast: &'a Cast<'a>,
    report: &'r mut LossReport,
}

impl<'a> Lines<'a, '_> {
    fn all(&mut self) -> Vec<String> {
        let items = in_order(self.items());
        let hanging = self.hanging(&items);
        let (mut out, mut changed, mut rounded) = (Vec::new(), 0, 0);
        for item in &items {
            let kept = |key: &str| item.annotation.residue.get(NAME).and_then(|kept| kept.get(key));
            out.extend(strings(kept("before")));
            let value = &item.annotation.value;
            let as_read = kept("text").and_then(Value::as_str) == Some(value);
            let text = if as_read { value.clone() } else { main_line::from_text(value) };
            changed += usize::from(text != *value);
            let mut line = lines::join(&format!("*{}", item.code), &text);
            if let Some(bullet) = bullet(item.annotation, item.span) {
                line.push_str(&format!(" {BULLET}{bullet}{BULLET}"));
            }
            rounded += usize::from(item.span.is_some_and(|s| s.start.0 % 1_000_000 != 0 || s.end.0 % 1_000_000 != 0));
            out.push(line);
            let words = self.index.words_of_annotation.get(&item.annotation.id).map(Vec::as_slice).unwrap_or_default();
            let mut below = self.word_lines(&text, words);
            below.extend(hanging.get(&item.annotation.id).into_iter().flatten().cloned());
            let order = strings(kept("deps"));
            if !order.is_empty() {
                below.sort_by_key(|(label, ..)| order.iter().position(|known| known == label).unwrap_or(order.len()));
            }
            out.extend(below.iter().map(|(_, kind, text)| lines::join(&format!("%{kind}"), text)));
        }
        self.report.kept("utterances", items.len());
        self.report.mapped(
            "texts of utterances",
            changed,
            "on one line, signs set apart, with an end as CHAT wants it",
        );
        self.report.mapped("times", rounded, "rounded to the nearest millisecond");
        let unsaid = items.iter().filter(|i| i.span.is_some_and(|s| s.start < Time::ZERO)).count();
        self.report.left_out("times", unsaid, "they lie before the recording starts");
        out
    }

    fn items(&self) -> Vec<Item<'a>> {
        let mut parents: HashMap<AnnotationId, &Annotation> = HashMap::new();
        for tier in &self.cast.tiers {
            let own = self.index.annotations_of_tier.get(&tier.id).map(Vec::as_slice).unwrap_or_default();
            parents.extend(own.iter().map(|a| (a.id, *a)));
        }
        let mut items = Vec::new();
        for (tier, role) in &self.cast.mains {
            let code = self.cast.roles.get(*role).map_or("", |role| role.code.as_str());
            for annotation in self.index.annotations_of_tier.get(&tier.id).into_iter().flatten() {
                let above = annotation.parent.and_then(|id| parents.get(&id)).and_then(|parent| parent.span());
                let span = annotation.span().map(|s| Span::new(s.start, s.end)).or(above);
                let kept = |key: &str| annotation.residue.get(NAME).and_then(|kept| kept.get(key));
                let meant = kept("bullet").and_then(Value::as_str).and_then(read_bullet);
                let order = kept("order").and_then(Value::as_i64).filter(|_| meant == annotation.span());
                items.push(Item { annotation, code, span, order });
            }
        }
        items
    }

    /// Dependent lines of each utterance: label, kind, text, in order of the tiers.
    fn hanging(&mut self, items: &[Item]) -> HashMap<AnnotationId, Vec<(String, String, String)>> {
        let mains: HashSet<TierId> = self.cast.mains.iter().map(|(tier, _)| tier.id).collect();
        let mut owner: HashMap<AnnotationId, AnnotationId> =
            items.iter().map(|item| (item.annotation.id, item.annotation.id)).collect();
        let mut hanging: HashMap<AnnotationId, Vec<(String, String, String)>> = HashMap::new();
        let mut texts: HashMap<TierId, Vec<(AnnotationId, String)>> = HashMap::new();
        let mut joined = 0;
        for tier in crate::formats::eaf::parents_first(&self.cast.tiers) {
            if mains.contains(&tier.id) {
                continue;
            }
            let (mut free, mut places): (usize, HashMap<AnnotationId, usize>) = (0, HashMap::new());
            let list = texts.entry(tier.id).or_default();
            for annotation in self.index.annotations_of_tier.get(&tier.id).into_iter().flatten() {
                let Some(utterance) = annotation.parent.and_then(|id| owner.get(&id)).copied() else {
                    free += 1;
                    continue;
                };
                owner.insert(annotation.id, utterance);
                match places.get(&utterance).and_then(|place| list.get_mut(*place)) {
                    Some((_, text)) => {
                        joined += 1;
                        text.push(' ');
                        text.push_str(&annotation.value);
                    }
                    None => {
                        places.insert(utterance, list.len());
                        list.push((utterance, annotation.value.clone()));
                    }
                }
            }
            self.report.left_out(
                format!("annotations on tier '{}'", tier.name),
                free,
                "they hang under no utterance, and CHAT has no tiers that stand on their own",
            );
        }
        let mut count = 0;
        let kinds = self.kinds();
        for tier in &self.cast.tiers {
            let kind = kinds.get(&tier.id).cloned().unwrap_or_else(|| kind_of(tier));
            let label = tier.name.split('@').next().filter(|l| l.starts_with(&kind)).unwrap_or(&kind).to_owned();
            for (utterance, text) in texts.remove(&tier.id).unwrap_or_default() {
                count += 1;
                hanging.entry(utterance).or_default().push((label.clone(), kind.clone(), one_line(&text)));
            }
        }
        self.report.kept("dependent lines", count);
        self.report.mapped("annotations that share an utterance", joined, "joined with spaces on one dependent line");
        hanging
    }

    /// The kind of dependent line that each tier becomes; tiers of our own naming get one each under a main tier.
    fn kinds(&self) -> HashMap<TierId, String> {
        let by_id: HashMap<TierId, &Tier> = self.cast.tiers.iter().map(|tier| (tier.id, *tier)).collect();
        let top = |tier: &Tier| {
            let (mut at, mut steps) = (tier, 0);
            while let Some(parent) = at.parent.and_then(|id| by_id.get(&id)).filter(|_| steps < 64) {
                at = parent;
                steps += 1;
            }
            at.id
        };
        let mut taken: HashSet<(TierId, String)> = HashSet::new();
        let mut kinds = HashMap::new();
        for tier in &self.cast.tiers {
            let mut kind = kind_of(tier);
            let top = top(tier);
            let base: String = kind.chars().take(6).collect();
            let mut number = 2;
            while tier.role == TierRole::Other && !tier.name.contains('@') && taken.contains(&(top, kind.clone())) {
                kind = format!("{base}{number}");
                number += 1;
            }
            taken.insert((top, kind.clone()));
            kinds.insert(tier.id, kind);
        }
        kinds
    }

    /// `%mor` and what else words say.
    fn word_lines(&mut self, text: &str, words: &[&Word]) -> Vec<(String, String, String)> {
        let mut out = Vec::new();
        if words.is_empty() {
            return out;
        }
        let mut push = |kind: &str, text: String| out.push((kind.to_owned(), kind.to_owned(), text));
        let morphs = |word: &Word| self.index.morphs_of_word.get(&word.id).map(Vec::as_slice).unwrap_or_default();
        match mor(text, words, &|word| lemma(word, morphs(word))) {
            Some(line) => {
                push("mor", line);
                self.report.mapped("words", words.len(), "items of %mor");
            }
            None => {
                let categories = words.iter().filter(|w| !w.category.is_empty()).count();
                self.report.left_out("categories of words", categories, "%mor wants one for each word of the line");
                self.report.left_out(
                    "words",
                    words.len(),
                    "CHAT writes the text of the utterance; they do not match it one to one",
                );
            }
        }
        let join = |text: &MultiText| text.first().map_or("***".to_owned(), |t| one_line(t).replace(' ', "_"));
        let spoken = || words.iter().filter(|w| w.kind == WordKind::Word);
        if spoken().any(|w| !w.gloss.is_empty()) {
            push("xgls", spoken().map(|w| join(&w.gloss)).collect::<Vec<_>>().join(" "));
            self.report.mapped("glosses of words", spoken().filter(|w| !w.gloss.is_empty()).count(), "a line %xgls");
        }
        let count: usize = words.iter().map(|w| morphs(w).len()).sum();
        if count > 0 {
            let line = |field: &dyn Fn(&Morph) -> &MultiText| {
                let word = |w: &&&Word| match morphs(w) {
                    [] => "***".to_owned(),
                    list => {
                        list.iter().map(|m| join(field(m)).trim_matches('-').to_owned()).collect::<Vec<_>>().join("-")
                    }
                };
                spoken().map(|w| word(&w)).collect::<Vec<_>>().join(" ")
            };
            push("xmor", line(&|m| &m.form));
            push("xmgl", line(&|m| &m.gloss));
            self.report.mapped("morphs", count, "lines %xmor and %xmgl");
        }
        let changed = words.iter().filter(|w| {
            let read = w.residue.get(NAME).and_then(|kept| kept.get("form")).and_then(Value::as_str);
            read.is_some() && w.form.first() != read
        });
        self.report.left_out("changed forms of words", changed.count(), "CHAT writes the text of the utterance");
        out
    }
}

fn read_bullet(digits: &str) -> Option<Span> {
    lines::bullet(&format!("{BULLET}{digits}{BULLET}")).1.and_then(|(_, span)| span)
}

/// What stands between the bullet's marks: as it came while that still holds.
fn bullet(annotation: &Annotation, span: Option<Span>) -> Option<String> {
    let kept = annotation.residue.get(NAME).and_then(|kept| kept.get("bullet")).and_then(Value::as_str);
    if let Some(kept) = kept.filter(|kept| read_bullet(kept) == span) {
        return Some(kept.to_owned());
    }
    let span = span.filter(|span| span.start >= Time::ZERO)?;
    Some(format!("{}_{}", span.start.millis(), span.end.millis()))
}

/// Utterances in the order of the file they came from; others where their time, or their position, puts them.
fn in_order(items: Vec<Item>) -> Vec<Item> {
    let (mut old, mut new): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|item| item.order.is_some());
    old.sort_by_key(|item| item.order);
    let start = |item: &Item| item.span.map(|span| span.start);
    new.sort_by_key(|item| (start(item).is_none(), start(item), item.annotation.position));
    if old.is_empty() {
        return new;
    }
    let (timed, untimed): (Vec<Item>, Vec<Item>) = new.into_iter().partition(|item| item.span.is_some());
    let (mut timed, mut untimed) = (timed.into_iter().peekable(), untimed.into_iter().peekable());
    let mut merged = Vec::new();
    for item in old {
        while let Some(next) = timed.next_if(|next| start(&item).is_some_and(|at| start(next) < Some(at))) {
            merged.push(next);
        }
        while let Some(next) = untimed.next_if(|next| next.annotation.position < item.annotation.position) {
            merged.push(next);
        }
        merged.push(item);
    }
    merged.extend(timed);
    merged.extend(untimed);
    merged
}

/// The kind of dependent line that a tier becomes.
fn kind_of(tier: &Tier) -> String {
    let is_kind = |kind: &str| {
        (3..=8).contains(&kind.len()) && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if tier.name.contains('@') && is_kind(&tier.type_name) {
        return tier.type_name.clone();
    }
    match tier.role {
        TierRole::Translation => match header::language_code(&tier.language).as_str() {
            "eng" => "eng".to_owned(),
            "und" => "xtra".to_owned(),
            code => format!("x{code}"),
        },
        TierRole::LiteralTranslation => "xlit".to_owned(),
        TierRole::Note => "com".to_owned(),
        _ => {
            let letters: String = tier.name.chars().filter(char::is_ascii_alphanumeric).take(6).collect();
            format!("x{}", if letters.is_empty() { "oth".to_owned() } else { letters.to_lowercase() })
        }
    }
}

/// The `%mor` line of an utterance; `None` when words and text do not match one to one, or a word has no category.
fn mor(text: &str, words: &[&Word], lemma: &dyn Fn(&Word) -> String) -> Option<String> {
    let tokens = main_line::tokens(text)?;
    let of_kind = |kind| words.iter().filter(move |w| w.kind == kind);
    let (mut spoken, mut signs) = (of_kind(WordKind::Word), of_kind(WordKind::Punctuation));
    let mut items = Vec::with_capacity(tokens.len());
    for token in &tokens {
        let item = match token.punctuation {
            true => signs.next().and_then(|w| kept_item(w)).unwrap_or_else(|| token.form.clone()),
            false => {
                let word = spoken.next()?;
                let category = word.category.first().filter(|c| !c.trim().is_empty());
                kept_item(word).or_else(|| Some(format!("{}|{}", clean(category?), lemma(word))))?
            }
        };
        items.push(item);
    }
    (spoken.next().is_none() && !items.is_empty()).then(|| items.join(" "))
}

/// The item a word came with, with its category as it is now.
fn kept_item(word: &Word) -> Option<String> {
    let kept = word.residue.get(NAME)?;
    let (item, was) = (kept.get("mor")?.as_str()?, kept.get("category")?.as_str()?);
    let now = word.category.first().unwrap_or_default();
    if now == was {
        return Some(item.to_owned());
    }
    let rest = item.split_once('|').map(|(_, rest)| rest).filter(|_| !now.is_empty())?;
    Some(format!("{}|{rest}", clean(now)))
}

fn lemma(word: &Word, morphs: &[&Morph]) -> String {
    let stem = morphs.iter().find(|m| m.kind.is_stem());
    let text = stem.and_then(|m| m.citation.first().or(m.form.first())).or(word.form.first()).unwrap_or("x");
    clean(text)
}

/// Text that does not take an item of `%mor` apart.
fn clean(text: &str) -> String {
    let text: String = one_line(text).chars().map(|c| if " |~$-&".contains(c) { '_' } else { c }).collect();
    if text.is_empty() { "x".to_owned() } else { text }
}
