//! A TextGrid into a bundle.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::binary::{self, BinarySource};
use super::grid::{Fault, Grid, GridTier, Seconds};
use super::text::TextSource;
use super::{LIMIT, NAME};
use crate::domain::*;
use crate::formats::{Format, FormatError, ImportOptions, Imported, eaf, input};

/// Overlaps up to this are slips of the tool that wrote the file, not two people talking.
pub const SLIP: Time = Time::from_millis(1);

/// Reads a file.
///
/// # Errors
/// When it cannot be opened, is no TextGrid by its first bytes, is too large, or breaks off before its first tier.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let mut report = LossReport::default();
    let broken = |fault: Fault| {
        FormatError::broken(Format::TextGrid, fault.place, format!("{}; nothing could be kept", fault.problem))
    };
    let open = |source| FormatError::Open { path: path.to_owned(), source };
    let mut sign = Vec::new();
    File::open(path).map_err(open)?.take(binary::SIGN.len() as u64).read_to_end(&mut sign).map_err(open)?;
    let is_binary = sign == binary::SIGN;
    if !is_binary {
        refuse_by_head(&input::head(path)?)?;
    }
    let bytes = input::bytes(path, Format::TextGrid, LIMIT)?;
    let grid = if is_binary {
        let mut source = BinarySource::new(&bytes);
        expect_class(&source.header().map_err(broken)?)?;
        report.mapped("binary format", 1, "written back as text");
        Grid::read(&mut source)
    } else {
        let (text, encoding) = input::decode(&bytes);
        if encoding != "UTF-8" {
            report.mapped("text encoding", 1, format!("read as {encoding}; written back as UTF-8"));
        }
        let mut source = TextSource::new(&text);
        let (_, class) = source.header().map_err(broken)?;
        expect_class(&class)?;
        Grid::read(&mut source)
    };
    Ok(import(grid.map_err(broken)?, options, report))
}

/// Tells from the first bytes that a file is none, before the rest is read.
fn refuse_by_head(head: &str) -> Result<(), FormatError> {
    let problem = if head.contains("ooTextFile") {
        return Ok(());
    } else if head.is_empty() {
        "the file is empty"
    } else if head.contains("Praat chronological TextGrid") {
        "it is a chronological TextGrid; open it in Praat and save it as a text file"
    } else {
        "it does not start as a TextGrid does (File type = \"ooTextFile\", or ooBinaryFile)"
    };
    Err(FormatError::broken(Format::TextGrid, "the start", problem))
}

fn expect_class(class: &str) -> Result<(), FormatError> {
    if class == "TextGrid" {
        return Ok(());
    }
    let class: String = class.chars().take(40).collect();
    let problem = format!("it holds a Praat object of class '{class}', not a TextGrid");
    Err(FormatError::broken(Format::TextGrid, "the start", problem))
}

fn import(grid: Grid, options: &ImportOptions, mut report: LossReport) -> Imported {
    let mut session = eaf::new_session(options);
    let mut kept = Map::new();
    kept.insert("xmin".into(), json!(grid.xmin.text));
    kept.insert("xmax".into(), json!(grid.xmax.text));
    session.residue.set(NAME, Value::Object(kept));
    let mut bundle = Bundle::default();
    let mut guessed = Vec::new();
    for (position, raw) in grid.tiers.iter().enumerate() {
        let role = eaf::role(&raw.name, "", Constraint::None, None, false);
        if role != TierRole::Other {
            guessed.push(format!("'{}'", raw.name));
        }
        let mut tier = Tier {
            id: TierId::new(),
            session: session.id,
            parent: None,
            name: raw.name.clone(),
            role,
            constraint: Constraint::None,
            type_name: String::new(),
            participant: None,
            annotator: String::new(),
            language: eaf::language_by_role(role, options),
            vocabulary: None,
            position: position as i64,
            residue: Residue::default(),
        };
        items(raw, &mut tier, &mut bundle, &mut report);
        bundle.tiers.push(tier);
    }
    report.kept("tiers", bundle.tiers.len());
    report.kept("annotations", bundle.annotations.len());
    report.mapped("roles of tiers", guessed.len(), format!("guessed from their names: {}", guessed.join(", ")));
    if let Some(fault) = grid.fault {
        report.warn(format!(
            "the file is broken at {}: {}. {} annotations on {} tiers before that place were kept; what should follow \
             is missing",
            fault.place,
            fault.problem,
            bundle.annotations.len(),
            bundle.tiers.len()
        ));
    }
    bundle.sessions.push(session);
    Imported { bundle, report }
}

/// One tier's intervals or points; what the tier must remember goes to its residue.
fn items(raw: &GridTier, tier: &mut Tier, bundle: &mut Bundle, report: &mut LossReport) {
    let is_points = raw.class == "TextTier";
    let (mut empty, mut rounded, mut reversed, mut odd) = (0, 0, 0, 0);
    let mut breaks: Vec<Value> = Vec::new();
    let (mut after_gap, mut last, mut overlaps) = (false, None, false);
    let mut position = 0;
    for item in &raw.items {
        let end = item.end.as_ref().unwrap_or(&item.start);
        let (Some(from), Some(to)) = (item.start.time, end.time) else {
            odd += 1;
            continue;
        };
        overlaps |= !is_points && last.is_some_and(|last| from < last);
        last = Some(to);
        if item.text.is_empty() && !is_points {
            empty += 1;
            // A boundary between two gaps would vanish with them.
            if after_gap {
                breaks.push(json!(item.start.text));
            }
            after_gap = true;
            continue;
        }
        after_gap = false;
        reversed += usize::from(from > to);
        let mut annotation = Annotation::new(tier.id, Some(Span::new(from, to)), position, item.text.as_str());
        position += 1;
        let (first, second) = if from > to { (end, &item.start) } else { (&item.start, end) };
        let mut kept = Map::new();
        let mut keep = |key: &str, seconds: &Seconds| {
            if !seconds.exact {
                kept.insert(key.to_owned(), json!(seconds.text));
                rounded += 1;
            }
        };
        keep("start", first);
        if item.end.is_some() {
            keep("end", second);
        }
        if !kept.is_empty() {
            annotation.residue.set(NAME, Value::Object(kept));
        }
        bundle.annotations.push(annotation);
    }
    let mut kept = Map::new();
    kept.insert("class".into(), json!(raw.class));
    kept.insert("xmin".into(), json!(raw.xmin.text));
    kept.insert("xmax".into(), json!(raw.xmax.text));
    if !breaks.is_empty() {
        kept.insert("breaks".into(), Value::Array(breaks));
    }
    if overlaps {
        kept.insert("overlaps".into(), json!(true));
        report.warn(format!("intervals overlap on tier '{}'; they are kept as they stand", raw.name));
    }
    tier.residue.set(NAME, Value::Object(kept));
    report.mapped("intervals without text", empty, "gaps between annotations; written back on export");
    report.mapped(
        "times with more than nine decimals",
        rounded,
        "rounded to the nearest nanosecond; the digits are kept for export to Praat",
    );
    report.left_out("intervals or points", odd, "their time is no number, or none within a century");
    if reversed > 0 {
        report.warn(format!("{reversed} intervals on tier '{}' end before they start; exchanged", raw.name));
    }
}
