//! Sessions to a Toolbox interlinear file.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use super::NAME;
use super::align::Width;
use super::read::{CATEGORIES, GLOSSES, MORPHS, Parsed, ParsedMorph, ParsedWord, WORDS, parse, under};
use crate::domain::{Annotation, Bundle, LossReport, MultiText, Session, Tier, TierId, TierRole};
use crate::formats::sfm::lines;
use crate::formats::{Format, FormatError, input};

/// Writes every session as a text. Utterances that came from Toolbox and were not edited come back as they stood;
/// others are aligned anew, letters counted, combining marks taking no room.
///
/// # Errors
/// When there is no session, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    if bundle.sessions.is_empty() {
        return Err(FormatError::Unsayable {
            format: Format::Toolbox,
            problem: "there is no session in it".to_owned(),
        });
    }
    let index = bundle.index();
    let tiers: HashMap<TierId, &Tier> = bundle.tiers.iter().map(|t| (t.id, t)).collect();
    let mut sessions: Vec<&Session> = bundle.sessions.iter().collect();
    sessions.sort_by_key(|s| (s.position, s.id));
    let (mut out, mut report, mut crlf) = (String::new(), LossReport::default(), false);
    let mut written = 0;
    for session in &sessions {
        let left = session.residue.get(NAME);
        let said = |name: &str| left.and_then(|l| l.get(name));
        match said("head").and_then(Value::as_str) {
            Some(head) => out.push_str(head),
            None if out.is_empty() => out.push_str("\\_sh v3.0  400  Text\n\n"),
            None => {}
        }
        crlf |= said("crlf").and_then(Value::as_bool).unwrap_or(false);
        if said("no_id").is_none() {
            let rest = said("id").and_then(Value::as_str).filter(|rest| one_line(rest) == one_line(&session.name));
            match rest {
                Some(rest) => out.push_str(&format!("\\id{rest}")),
                None => out.push_str(&format!("\\id {}\n", one_line(&session.name))),
            }
        }
        let mut utterances: Vec<&Annotation> = index
            .tiers_of_session
            .get(&session.id)
            .into_iter()
            .flatten()
            .filter(|t| t.role == TierRole::Transcription)
            .filter_map(|t| index.annotations_of_tier.get(&t.id))
            .flatten()
            .copied()
            .collect();
        if utterances.iter().all(|a| a.residue.get(NAME).is_some()) {
            utterances.sort_by_key(|a| (a.position, a.id));
        } else {
            utterances.sort_by_key(|a| (a.start, a.position, a.id));
        }
        for (number, utterance) in utterances.iter().enumerate() {
            let mut now = Parsed { text: utterance.value.clone(), ..Parsed::default() };
            (now.start, now.end) = (utterance.start, utterance.end);
            for child in index.children_of_annotation.get(&utterance.id).into_iter().flatten() {
                let tier = match tiers.get(&child.tier).map(|t| t.role) {
                    Some(TierRole::Translation) => "translation",
                    Some(TierRole::LiteralTranslation) => "literal",
                    Some(TierRole::Note) => "note",
                    _ => {
                        report.left_out(
                            "annotations of other tiers",
                            1,
                            "Toolbox texts have translations and notes only",
                        );
                        continue;
                    }
                };
                now.under.push((tier, child.value.replace(['\n', '\r'], " ")));
                written += 1;
            }
            for word in index.words_of_annotation.get(&utterance.id).into_iter().flatten() {
                let morphs = index.morphs_of_word.get(&word.id).into_iter().flatten();
                now.words.push(ParsedWord {
                    form: first(&word.form),
                    gloss: first(&word.gloss),
                    category: first(&word.category),
                    morphs: morphs
                        .map(|m| ParsedMorph {
                            form: first(&m.form),
                            gloss: first(&m.gloss),
                            category: first(&m.category),
                        })
                        .collect(),
                });
            }
            let left = utterance.residue.get(NAME);
            let before = left.and_then(|l| l.get("before")).and_then(Value::as_str).unwrap_or_default();
            out.push_str(before);
            match left.and_then(|l| l.get("text")).and_then(Value::as_str) {
                Some(text) => out.push_str(&merged(text, now)),
                None => {
                    out.push_str(&format!("\\ref {:03}\n", number + 1));
                    out.push_str(&interlinear(&now, ["tx", "mb", "ge", "ps"]));
                    out.push_str(&below(&now));
                    out.push('\n');
                }
            }
            if !out.ends_with('\n') && number + 1 < utterances.len() {
                out.push('\n');
            }
        }
        if let Some(tail) = said("tail").and_then(Value::as_str) {
            out.push_str(tail);
        }
        report.kept("utterances", utterances.len());
    }
    if crlf {
        out = out.replace('\n', "\r\n");
    }
    input::write_atomic(path, out.as_bytes())?;
    report.kept("texts", sessions.len());
    report.kept("translations and notes", written);
    report.kept("words", bundle.words.len());
    report.kept("morphs", bundle.morphs.len());
    report.left_out("lexemes", bundle.lexemes.len(), "write SFM for the dictionary");
    Ok(report)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first(text: &MultiText) -> String {
    text.first().map(one_line).unwrap_or_default()
}

/// The utterance's own lines where it was not edited; else its interlinear lines anew in the place of the first,
/// and every line that is not modelled where it stood.
fn merged(text: &str, now: Parsed) -> String {
    let (_, block) = lines(text);
    let was = parse(&block);
    let same_under = |tier: &str| {
        let of = |parsed: &Parsed| {
            parsed.under.iter().filter(|(t, _)| *t == tier).map(|(_, v)| v.clone()).collect::<Vec<_>>()
        };
        of(&was) == of(&now)
    };
    let same_words = was.words == now.words && was.text == now.text;
    let mut out = String::new();
    let (mut words_done, mut done) = (false, Vec::new());
    let names = |wanted: &[&'static str]| {
        wanted.iter().copied().find(|name| block.iter().any(|l| l.marker == *name)).unwrap_or(wanted[0])
    };
    for line in &block {
        let is_word_line = [&WORDS[..], &MORPHS, &GLOSSES, &CATEGORIES].iter().any(|n| n.contains(&line.marker));
        let end = line.rest.get(line.rest.trim_end().len()..).filter(|end| !end.is_empty()).unwrap_or("\n");
        if is_word_line && !same_words {
            if !words_done {
                words_done = true;
                out.push_str(&interlinear(&now, [names(&WORDS), names(&MORPHS), names(&GLOSSES), names(&CATEGORIES)]));
            }
            out.push_str(end.strip_prefix('\n').unwrap_or_default());
            continue;
        }
        if let Some(tier) = under(line.marker).filter(|tier| !same_under(tier)) {
            if !done.contains(&tier) {
                done.push(tier);
                let value =
                    now.under.iter().filter(|(t, _)| *t == tier).map(|(_, v)| v.as_str()).collect::<Vec<_>>().join(" ");
                out.push_str(&format!("\\{} {value}", line.marker));
                out.push_str(end);
            }
            continue;
        }
        out.push_str(&format!("\\{}{}", line.marker, line.rest));
    }
    let missing: Vec<_> = now
        .under
        .into_iter()
        .filter(|(tier, _)| !done.contains(tier) && !block.iter().any(|l| under(l.marker) == Some(*tier)))
        .collect();
    if !missing.is_empty() {
        out.truncate(out.trim_end_matches('\n').len());
        out.push('\n');
        out.push_str(&below(&Parsed { under: missing, ..Parsed::default() }));
        out.push('\n');
    }
    out
}

/// Word, morph, gloss and category lines, every column wide enough for what stands in it.
fn interlinear(now: &Parsed, [tx, mb, ge, ps]: [&str; 4]) -> String {
    if now.words.is_empty() {
        return format!("\\{tx} {}\n", one_line(&now.text));
    }
    let has_morphs = now.words.iter().any(|w| !w.morphs.is_empty());
    let has = |f: fn(&ParsedMorph) -> &str, g: fn(&ParsedWord) -> &str| {
        now.words.iter().any(|w| !g(w).is_empty() || w.morphs.iter().any(|m| !f(m).is_empty()))
    };
    let has_gloss = has(|m| &m.gloss, |w| &w.gloss);
    let has_category = has(|m| &m.category, |w| &w.category);
    let mut rows = [String::new(), String::new(), String::new(), String::new()];
    let pad = |rows: &mut [String; 4]| {
        let widest = rows.iter().map(|r| Width::Seen.measure(r)).max().unwrap_or(0) + 1;
        for row in rows.iter_mut() {
            let missing = widest - Width::Seen.measure(row);
            row.push_str(&" ".repeat(missing));
        }
    };
    for word in &now.words {
        if !rows[0].is_empty() {
            pad(&mut rows);
        }
        rows[0].push_str(&word.form);
        if word.morphs.is_empty() {
            // Every cell needs a token of its own, or the next reader would slide the row.
            if has_morphs {
                rows[1].push_str(&word.form);
            }
            rows[2].push_str(if word.gloss.is_empty() { "***" } else { &word.gloss });
            rows[3].push_str(if word.category.is_empty() { "***" } else { &word.category });
            continue;
        }
        for (n, morph) in word.morphs.iter().enumerate() {
            if n > 0 {
                let word_row = std::mem::take(&mut rows[0]);
                pad(&mut rows);
                rows[0] = word_row;
            }
            rows[1].push_str(&morph.form);
            rows[2].push_str(&morph.gloss);
            rows[3].push_str(&morph.category);
        }
    }
    let shown = [(tx, true), (mb, has_morphs), (ge, has_gloss), (ps, has_category)];
    let lines = rows.iter().zip(shown).filter(|(_, (_, shown))| *shown);
    lines.map(|(row, (marker, _))| format!("\\{marker} {}\n", row.trim_end())).collect()
}

fn below(now: &Parsed) -> String {
    let mut out = String::new();
    for (tier, text) in &now.under {
        let marker = match *tier {
            "translation" => "ft",
            "literal" => "lt",
            _ => "nt",
        };
        out.push_str(&format!("\\{marker} {text}\n"));
    }
    out
}
