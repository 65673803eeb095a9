//! Verbs that bring files in and out.

use super::args::{Convert, Export, Import};
use super::{Failure, Outcome, output, project, table};
use crate::app::transfer;
use crate::domain::Session;
use crate::formats::{self, Format, ImportOptions};
use crate::store::{Scope, Store};

pub(super) fn import(args: &Import) -> Outcome {
    let mapping = table::mapping(args.map.as_deref())?;
    let mut store = project::open(&args.project)?;
    let mut failed = Vec::new();
    for file in &args.files {
        let options =
            ImportOptions { session_name: args.session.clone(), mapping: mapping.clone(), ..Default::default() };
        match transfer::import_file(&mut store, file, args.format, options) {
            Ok(report) => output::report(&file.display().to_string(), &report, args.json)?,
            // One bad file does not keep the others out.
            Err(error) => failed.push(format!("{}: {error}", file.display())),
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::Failed(failed.join("\nfieldgloss: "))) }
}

pub(super) fn scope(store: &Store, session: Option<&str>) -> Result<Scope, Failure> {
    let Some(name) = session else { return Ok(Scope::Whole) };
    let sessions: Vec<Session> = store.read().all()?;
    match sessions.iter().find(|s| s.name == name) {
        Some(session) => Ok(Scope::Session(session.id)),
        None => {
            let names: Vec<_> = sessions.iter().map(|s| s.name.as_str()).collect();
            Err(Failure::Usage(format!("no session is called '{name}'; there are {}", names.join(", "))))
        }
    }
}

pub(super) fn export(args: &Export) -> Outcome {
    let store = project::open(&args.project)?;
    let scope = scope(&store, args.session.as_deref())?;
    let report = transfer::export(&store, scope, args.format, &args.out)?;
    output::report(&args.out.display().to_string(), &report, args.json)
}

pub(super) fn convert(args: &Convert) -> Outcome {
    let to = match args.to {
        Some(format) => format,
        None => Format::from_name(&args.output).ok_or_else(|| {
            Failure::Usage(format!("cannot tell the format from the name {}; say --to", args.output.display()))
        })?,
    };
    let options = ImportOptions {
        object_language: args.language.clone(),
        analysis_language: args.analysis_language.clone(),
        mapping: table::mapping(args.map.as_deref())?,
        ..Default::default()
    };
    let named = |path: &std::path::Path, error: formats::FormatError| {
        let (path, message) = (path.display().to_string(), error.to_string());
        Failure::Failed(if message.contains(&path) { message } else { format!("{path}: {message}") })
    };
    let imported = formats::read(&args.input, args.from, &options).map_err(|e| named(&args.input, e))?;
    let written = formats::write(&args.output, to, &imported.bundle).map_err(|e| named(&args.output, e))?;
    if args.json {
        let lossless = imported.report.is_lossless() && written.is_lossless();
        return output::json(&serde_json::json!({
            "in": args.input, "out": args.output, "lossless": lossless,
            "read": imported.report, "written": written,
        }));
    }
    output::report(&format!("read {}", args.input.display()), &imported.report, false)?;
    output::report(&format!("wrote {}", args.output.display()), &written, false)
}
