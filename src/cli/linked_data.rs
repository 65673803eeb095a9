//! Verbs about Linked Data: questions in SPARQL, files against shapes.

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use super::args::{Query, Rdf};
use super::{Failure, Outcome, output, project};
use crate::formats::rdf::query::{self, Answer, Limits};
use crate::formats::rdf::shacl::{Severity, ShapesFile};
use crate::formats::rdf::{self, Verdict};
use crate::formats::{Format, input};
use crate::store::Scope;

pub(super) fn query(args: &Query) -> Outcome {
    let text = text_of(&args.query)?;
    let store = project::open(&args.project)?;
    let triples = rdf::view(&store.read().bundle(Scope::Whole)?)?;
    let limits = Limits { time: Duration::from_secs(args.seconds), rows: args.limit };
    let answer = query::ask(&triples, &text, limits, || false)?;
    let printed = match (args.json, args.csv) {
        (true, _) => answer.to_json(),
        (_, true) => answer.to_csv(),
        _ => answer.to_text(),
    };
    output::line(printed.trim_end_matches(['\r', '\n']));
    if let Answer::Table { more: true, rows, .. } = &answer {
        eprintln!("Only the first {} rows; ask for more with --limit.", rows.len());
    }
    Ok(())
}

/// The query in a file, on standard input, or of the program's own by its name.
fn text_of(query: &Path) -> Result<String, Failure> {
    if query == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().take(1 << 20).read_to_string(&mut text)?;
        return Ok(text);
    }
    if !query.exists()
        && let Some((_, text)) = query::EXAMPLES.iter().find(|(name, _)| Path::new(name) == query)
    {
        return Ok((*text).to_owned());
    }
    let bytes = input::bytes(query, Format::Text, 1 << 20)?;
    Ok(input::decode(&bytes).0)
}

pub(super) fn rdf(verb: &Rdf) -> Outcome {
    let Rdf::Validate { file, shapes, json } = verb;
    let format = Format::guess(file)?;
    let mut files = Vec::new();
    for path in shapes {
        let bytes = input::bytes(path, Format::Turtle, 1 << 26)?;
        files.push(ShapesFile::read(&path.display().to_string(), &input::decode(&bytes).0)?);
    }
    let verdict = rdf::judge_file(file, format, (!files.is_empty()).then_some(&files))?;
    print(&verdict, *json)
}

/// Prints a verdict; violations are a failure.
pub(super) fn print(verdict: &Verdict, as_json: bool) -> Outcome {
    if as_json {
        output::json(&json(verdict))?;
    } else {
        output::line(&verdict.to_string());
    }
    match verdict.count(Severity::Violation) {
        0 => Ok(()),
        1 => Err(Failure::Failed("1 violation of the shapes".to_owned())),
        n => Err(Failure::Failed(format!("{n} violations of the shapes"))),
    }
}

/// A verdict as JSON.
pub(super) fn json(verdict: &Verdict) -> serde_json::Value {
    let findings = verdict.findings.iter().map(|finding| {
        let found = &finding.violation;
        serde_json::json!({
            "severity": found.severity.to_string(), "focus": found.focus, "path": found.path, "value": found.value,
            "shape": found.shape, "rule": found.rule, "message": found.message,
            "record": finding.record, "label": finding.label,
        })
    });
    serde_json::json!({
        "valid": verdict.is_valid(), "shapes": verdict.shapes, "triples": verdict.triples,
        "findings": findings.collect::<Vec<_>>(),
    })
}
