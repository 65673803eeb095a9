//! Verbs about a project as a whole.

use super::args::{Backup, Check, New, Restore, Search};
use super::{Failure, Outcome, linked_data, output};
use crate::app::checking;
use crate::app::edit::project::{self as edit, NewProject};
use crate::formats::rdf;
use crate::formats::rdf::shacl::Severity;
use crate::store::{self, BackupKind, Scope, Store, StoreError};

/// Opens a project and says what was noticed.
pub(super) fn open(path: &std::path::Path) -> Result<Store, Failure> {
    let (mut store, report) = Store::open(path)?;
    if report.recovered {
        eprintln!("The program did not end in order the last time. The project was checked: every edit is there.");
    }
    if let Some(from) = report.migrated_from {
        eprintln!("The project was brought up to date from version {from}; a backup of it as it was is in backups.");
    }
    store.set_author(std::env::var("USER").unwrap_or_default());
    Ok(store)
}

pub(super) fn new(args: &New) -> Outcome {
    let new = NewProject {
        name: args.name.clone(),
        object_language: args.language.clone(),
        analysis_language: args.analysis_language.clone(),
        ..Default::default()
    };
    let store = edit::create(&args.project, &new).map_err(|error| match error {
        StoreError::Rule(message) => Failure::Usage(message),
        other => Failure::Failed(other.to_string()),
    })?;
    output::line(&format!("made {}", store.folder().path().display()));
    Ok(())
}

pub(super) fn search(args: &Search) -> Outcome {
    let store = open(&args.project)?;
    let hits = store.read().search(&args.query, args.limit)?;
    if args.json {
        let list: Vec<_> = hits
            .iter()
            .map(|hit| serde_json::json!({ "record": hit.record, "kind": hit.table, "text": hit.text }))
            .collect();
        return output::json(&list);
    }
    for hit in &hits {
        output::line(&format!("{:<11}{}", hit.table, hit.text.replace('\n', " ")));
    }
    if hits.is_empty() {
        eprintln!("Nothing found for '{}'.", args.query);
    }
    Ok(())
}

pub(super) fn check(args: &Check) -> Outcome {
    let store = open(&args.project)?;
    let problems = checking::check(&store)?;
    if args.shapes {
        let verdict = rdf::judge(&store.read().bundle(Scope::Whole)?)?;
        if args.json {
            output::json(&serde_json::json!({ "problems": problems, "shapes": linked_data::json(&verdict) }))?;
        } else {
            problems.iter().for_each(|problem| output::line(&problem.text));
            output::line(&verdict.to_string());
        }
        let violations = verdict.count(Severity::Violation);
        return match problems.len() + violations {
            0 => Ok(()),
            _ => Err(Failure::Failed(format!(
                "{} problems and {violations} violations of the shapes found",
                problems.len()
            ))),
        };
    }
    if args.json {
        output::json(&problems)?;
    } else {
        for problem in &problems {
            output::line(&problem.text);
        }
        if problems.is_empty() {
            output::line("The project is whole.");
        }
    }
    match problems.len() {
        0 => Ok(()),
        1 => Err(Failure::Failed("1 problem found".to_owned())),
        n => Err(Failure::Failed(format!("{n} problems found"))),
    }
}

pub(super) fn backup(args: &Backup) -> Outcome {
    let store = open(&args.project)?;
    let made = store.backup(BackupKind::Asked)?;
    if args.json {
        return output::json(&serde_json::json!({ "path": made.path, "bytes": made.size }));
    }
    output::line(&format!("{} ({} bytes)", made.path.display(), made.size));
    Ok(())
}

pub(super) fn restore(args: &Restore) -> Outcome {
    let folder = store::restore(&args.backup, &args.project)?;
    drop(open(folder.path())?);
    output::line(&format!("restored to {}", folder.path().display()));
    Ok(())
}
