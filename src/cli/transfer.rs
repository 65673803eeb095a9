//! Verbs that bring files in and out.

use std::path::Path;

use super::args::{Convert, Export, Import, OnConflict};
use super::{Failure, Outcome, output, project, table};
use crate::app::merge::{Choices, Difference, Plan, Policy, Reason};
use crate::app::transfer::{self, ExportOptions, TransferError};
use crate::app::{edit, recordings};
use crate::domain::{MediaStorage, Session};
use crate::formats::{self, Format, ImportOptions};
use crate::store::{Scope, Store};

pub(super) fn import(args: &Import) -> Outcome {
    let mut options = ImportOptions { session_name: args.session.clone(), ..Default::default() };
    table::map(&mut options, &args.map, &args.leave_out)?;
    let mut store = project::open(&args.project)?;
    let mut failed = Vec::new();
    for file in &args.files {
        // One bad file does not keep the others out.
        if args.format.is_none() && recordings::is_recording(file) {
            match import_recording(&mut store, file, args) {
                Ok(()) => {}
                Err(Failure::Failed(said) | Failure::Usage(said)) => failed.push(format!("{}: {said}", file.display())),
            }
            continue;
        }
        match import_one(&mut store, file, args, options.clone()) {
            Ok(outcome) => outcome?,
            Err(error) => failed.push(format!("{}: {error}", file.display())),
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::Failed(failed.join("\nfieldgloss: "))) }
}

/// A recording into the session of the name given, made where there is none; without a name, into one of its own.
fn import_recording(store: &mut Store, file: &Path, args: &Import) -> Outcome {
    if args.preview {
        output::line(&format!("{}: would be added", file.display()));
        return Ok(());
    }
    let sessions: Vec<Session> = store.read().all()?;
    let session = match (args.session.as_str(), sessions.iter().find(|known| known.name == args.session)) {
        ("", _) => None,
        (_, Some(known)) => Some(known.id),
        (name, None) => Some(edit::project::add_session(store, name)?.value),
    };
    let storage = if args.link { MediaStorage::Linked } else { MediaStorage::Copied };
    let bar = output::Progress::new(&file.display().to_string());
    let report = recordings::import(store, session, file, storage, |part| {
        bar.set(f64::from(part));
        false
    })?;
    drop(bar);
    output::report(&file.display().to_string(), &report, args.json)
}

/// One file into the project, or beside it; what it says about it may fail too.
fn import_one(store: &mut Store, file: &Path, args: &Import, options: ImportOptions) -> Result<Outcome, TransferError> {
    let policy = match args.on_conflict {
        None => Policy::Careful,
        Some(OnConflict::Keep) => Policy::Keep,
        Some(OnConflict::Take) => Policy::Take,
        Some(OnConflict::Fill) => Policy::Fill,
    };
    let choices = Choices { policy, ..Choices::default() };
    let incoming = transfer::read_for(store, file, args.format, options)?;
    let (report, plan) = if args.preview {
        let plan = transfer::preview(store, &incoming, &choices)?;
        let mut report = incoming.imported.report.clone();
        report.merge(plan.report());
        (report, plan)
    } else {
        let taken = transfer::take_in_as(store, &incoming, &choices)?;
        (taken.report, taken.plan)
    };
    let name = file.display().to_string();
    if args.json {
        return Ok(output::json(&serde_json::json!({
            "file": name, "lossless": report.is_lossless(), "report": report, "preview": args.preview,
            "merge": plan.to_json(),
        })));
    }
    let told = output::report(&name, &report, false);
    differences(&plan, args.preview);
    Ok(told)
}

/// Prints what file and project say differently: in a preview all of it, else what waits for a choice.
fn differences(plan: &Plan, all: bool) {
    let part = |title: &str, holds: &dyn Fn(&Difference) -> bool| {
        let mut found = plan.differences.iter().filter(|d| holds(d)).peekable();
        if found.peek().is_some() {
            output::line(&format!("  {title}"));
        }
        for difference in found {
            let place = match difference.place.as_str() {
                "" => String::new(),
                place => format!(" ({place})"),
            };
            let (what, field) = (&difference.what, difference.field.join("."));
            output::line(&format!("    {} '{what}'{place}, {field}", difference.kind.one()));
            output::line(&format!("      project: {}", difference.project));
            output::line(&format!("      file:    {}", difference.file));
        }
    };
    if all {
        part("would change:", &|d| d.taken);
        part("would stay as the project has it:", &|d| !d.taken && d.reason != Reason::Conflict);
    }
    part("in conflict, the project's stays:", &|d| d.reason == Reason::Conflict);
    if all && plan.is_nothing() {
        output::line("  nothing would change");
    }
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
    let options = ExportOptions { curves: !args.no_curves };
    let file_name = format!("preview.{}", args.format.extensions().first().unwrap_or(&"out"));
    let out = args.out.clone().unwrap_or_else(|| file_name.into());
    if args.preview {
        let report = transfer::export_preview(&store, scope, args.format, &out, options)?;
        return output::report(&format!("would write {}", args.format.label()), &report, args.json);
    }
    let report = transfer::export_as(&store, scope, args.format, &out, options)?;
    output::report(&out.display().to_string(), &report, args.json)
}

pub(super) fn convert(args: &Convert) -> Outcome {
    let to = match args.to {
        Some(format) => format,
        None => Format::from_name(&args.output).ok_or_else(|| {
            Failure::Usage(format!("cannot tell the format from the name {}; say --to", args.output.display()))
        })?,
    };
    let mut options = ImportOptions {
        object_language: args.language.clone(),
        analysis_language: args.analysis_language.clone(),
        ..Default::default()
    };
    table::map(&mut options, &args.map, &args.leave_out)?;
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
