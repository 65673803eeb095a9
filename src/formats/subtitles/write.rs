//! A bundle to subtitles.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::cue::{Cue, Document};
use super::{TIER, name, srt, stamp, voice, vtt};
use crate::domain::bundle::BundleIndex;
use crate::domain::*;
use crate::formats::{Format, FormatError, input, per_session, speech};

/// Writes a file. It holds one session: the first goes to `path`, each further one to a file beside it.
///
/// # Errors
/// When there is no session, or the disk refuses.
pub fn write(path: &Path, format: Format, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let index = bundle.index();
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for (session, place) in per_session::files(path, bundle, format, &mut report)? {
        files.push((place, document(bundle, &index, session, format, &mut report)));
    }
    per_session::lexicon_left_out(bundle, format, &mut report);
    for (place, text) in files {
        input::write_atomic(&place, text.as_bytes())?;
    }
    Ok(report)
}

/// A text to show, and when.
struct Item<'a> {
    start: i64,
    end: i64,
    voice: Option<&'a str>,
    annotation: &'a Annotation,
}

impl Item<'_> {
    fn kept(&self, format: Format, key: &str) -> Option<&Value> {
        self.annotation.residue.get(name(format))?.get(key)
    }
    fn said(&self, format: Format, key: &str) -> &str {
        self.kept(format, key).and_then(Value::as_str).unwrap_or_default()
    }
}

fn document(
    bundle: &Bundle,
    index: &BundleIndex,
    session: &Session,
    format: Format,
    report: &mut LossReport,
) -> String {
    let speech = speech::of(bundle, index, session, format, report);
    let people: HashMap<PersonId, &Person> = bundle.people.iter().map(|p| (p.id, p)).collect();
    let mut items: Vec<Item> = Vec::new();
    let (mut rounded, mut before, mut stretched) = (0, 0, 0);
    for (tier, group) in &speech.tiers {
        let who = tier.participant.and_then(|id| people.get(&id));
        let voice = who.map(|p| if p.code.is_empty() { p.name.as_str() } else { p.code.as_str() });
        let voice = voice.filter(|voice| !voice.trim().is_empty() && format == Format::Vtt);
        if format == Format::Srt {
            report.left_out("who speaks on a tier", usize::from(tier.participant.is_some()), "SubRip has no voices");
        }
        let base = voice.unwrap_or(TIER);
        let named = tier.name.strip_prefix(base).is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix(' ').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
        });
        report.left_out("names of tiers", usize::from(!named), "subtitles have no tiers");
        report.left_out("languages of tiers", usize::from(!tier.language.is_empty()), "subtitles do not say them");
        for (span, annotation) in group {
            if span.end < Time::ZERO {
                before += 1;
                continue;
            }
            let (start, end) = stamp::millis(*span);
            stretched += usize::from(span.end.millis() <= start || span.start < Time::ZERO);
            rounded += usize::from(span.start.0 % 1_000_000 != 0 || span.end.0 % 1_000_000 != 0);
            items.push(Item { start, end, voice, annotation });
        }
    }
    report.left_out("annotations", before, "they end before the recording starts");
    report.mapped("times", rounded, "rounded to the nearest millisecond");
    report.mapped(
        "cues of no length or before the start",
        stretched,
        "a cue starts at 0 or later and lasts a millisecond or more",
    );
    items.sort_by_key(|item| (item.start, item.annotation.position));
    let mut document = head(session, format);
    if format == Format::Vtt {
        document.cues = vtt_cues(&items, report);
    } else {
        document.cues = srt_cues(&items, report);
    }
    report.kept("cues", document.cues.len());
    match format {
        Format::Vtt => vtt::render(&document),
        _ => srt::render(&document.cues),
    }
}

/// What was kept of the file around the cues.
fn head(session: &Session, format: Format) -> Document {
    let kept = session.residue.get(name(format));
    let list = |key: &str| -> Vec<String> {
        let lines = kept.and_then(|k| k.get(key)).and_then(Value::as_array);
        lines.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Document {
        title: kept.and_then(|k| k.get("title")).and_then(Value::as_str).unwrap_or_default().to_owned(),
        header: list("header"),
        blocks: list("blocks"),
        after: list("after"),
        ..Document::default()
    }
}

/// Lines of a text, without empty ones: those would end the cue.
fn lines(text: &str) -> String {
    let clean = |line: &str| line.chars().filter(|c| *c == '\t' || !c.is_control()).collect::<String>();
    let lines = text.split(['\n', '\r']).map(clean).filter(|line| !line.trim().is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// Text in which no `-->` stands, however many dashes it had.
fn without_arrows(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter == '>' {
            while out.ends_with("--") {
                out.pop();
            }
        }
        out.push(letter);
    }
    out
}

fn srt_cues(items: &[Item], report: &mut LossReport) -> Vec<Cue> {
    let mut changed = 0;
    let cues = items
        .iter()
        .map(|item| {
            let text = without_arrows(&lines(&item.annotation.value));
            changed += usize::from(text != item.annotation.value);
            Cue {
                start: Time::from_millis(item.start),
                end: Time::from_millis(item.end),
                settings: item.said(Format::Srt, "settings").to_owned(),
                text,
                ..Cue::default()
            }
        })
        .collect();
    report.mapped("texts with empty lines or arrows", changed, "without them: they would end the cue");
    let other = items.iter().filter(|item| item.annotation.residue.get("vtt").is_some()).count();
    report.left_out("names, settings or notes of WebVTT", other, "SubRip has no place for them");
    cues
}

fn vtt_cues(items: &[Item], report: &mut LossReport) -> Vec<Cue> {
    let format = Format::Vtt;
    let mut ids: HashSet<&str> = HashSet::new();
    let mut cues: Vec<Cue> = Vec::new();
    let (mut place, mut changed, mut same_ids) = (0, 0, 0);
    while let Some(first) = items.get(place) {
        // Parts of one cue that still stand together are one cue again.
        let number = first.kept(format, "cue");
        let together = |item: &&Item| {
            number.is_some() && item.kept(format, "cue") == number && (item.start, item.end) == (first.start, first.end)
        };
        let count = items[place..].iter().take_while(together).count().max(1);
        let parts = &items[place..place + count];
        place += count;
        let mut text = String::new();
        for (n, part) in parts.iter().enumerate() {
            if n > 0 {
                text.push_str(part.kept(format, "glue").and_then(Value::as_str).unwrap_or("\n"));
            }
            changed += usize::from(push_part(&mut text, part, parts.len() > 1));
        }
        let id = first.said(format, "id");
        let unique = id.is_empty() || ids.insert(id);
        same_ids += usize::from(!unique);
        let before = first.kept(format, "before").and_then(Value::as_array);
        cues.push(Cue {
            start: Time::from_millis(first.start),
            end: Time::from_millis(first.end),
            id: if unique { id.to_owned() } else { String::new() },
            settings: first.said(format, "settings").to_owned(),
            text: lines(&text),
            before: before.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        });
    }
    report.mapped("texts with empty lines or odd tags", changed, "as WebVTT can say them");
    report.left_out("names of cues", same_ids, "another cue has the same, and WebVTT wants one each");
    cues
}

/// Adds one voice's text to a cue. Whether it had to be changed.
fn push_part(text: &mut String, part: &Item, one_of_many: bool) -> bool {
    let value = &part.annotation.value;
    let times = (part.start, part.end);
    let raw = part.said(Format::Vtt, "raw");
    let unchanged = !raw.is_empty() && part.said(Format::Vtt, "was") == value && voice::is_valid(raw, times);
    let spoken = if unchanged { raw.to_owned() } else { voice::encode(&lines(value), times) };
    match part.voice {
        Some(who) => {
            let who: String = who.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let who = who.trim().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let classes = part.said(Format::Vtt, "classes");
            text.push_str(&format!("<v{classes} {who}>{spoken}"));
            text.push_str(if one_of_many { "</v>" } else { "" });
        }
        None => text.push_str(&spoken),
    }
    !unchanged && (lines(value) != *value || voice::decode(&spoken) != *value)
}
