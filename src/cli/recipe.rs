//! Recipes from the command line: list, show, save, run.

use std::path::Path;

use super::args::Recipe as Verb;
use super::{Failure, Outcome, output, project};
use crate::analysis::recipe::{Recipe, Rule};
use crate::app::edit::recipes;
use crate::domain::TrackKind;

pub(super) fn recipe(verb: &Verb) -> Outcome {
    match verb {
        Verb::List { project, json } => list(project, *json),
        Verb::Show { project, name } => {
            let shown = match name {
                Some(name) => recipes::named(project::open(project)?.folder(), name)?,
                None => example(),
            };
            output::line(shown.to_toml().trim_end());
            Ok(())
        }
        Verb::Save { project, file } => {
            let path = recipes::keep(project::open(project)?.folder(), &recipes::read(file)?)?;
            output::line(&format!("kept as {}", path.display()));
            Ok(())
        }
        Verb::Run { project, recipe, session, json } => run(project, recipe, session.as_deref(), *json),
    }
}

fn list(path: &Path, json: bool) -> Outcome {
    let store = project::open(path)?;
    let (found, problems) = recipes::all(store.folder());
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    if json {
        return output::json(&found);
    }
    for recipe in &found {
        let labels: Vec<&str> = recipe.rules.iter().map(|rule| rule.label.as_str()).collect();
        output::line(&format!("{:<24}{}", recipe.name, labels.join(", ")));
    }
    if found.is_empty() {
        eprintln!("The project has no recipe; ‘fieldgloss recipe show PROJECT’ prints one to start from.");
    }
    Ok(())
}

fn run(path: &Path, name: &str, session: Option<&str>, json: bool) -> Outcome {
    let mut store = project::open(path)?;
    let recipe = match Path::new(name) {
        file if file.is_file() => recipes::read(file)?,
        _ => recipes::named(store.folder(), name)?,
    };
    let runs: Vec<_> = recipes::newest_runs(&store.read(), session)?.iter().map(|run| run.id).collect();
    if runs.is_empty() {
        let message = "no video of the project was looked at yet; ‘fieldgloss analyse’ does";
        return Err(Failure::Failed(message.to_owned()));
    }
    let missing = recipes::missing_curves(&store.read(), &recipe, &runs)?;
    let ran = recipes::run(&mut store, &recipe, &runs)?.value;
    if json {
        return output::json(&serde_json::json!({ "recipe": recipe.name, "ran": ran, "missing_curves": missing }));
    }
    output::line(&format!(
        "{}: {} proposed on {} of {}; {} open of before gave way, {} that somebody spoke on kept",
        recipe.name,
        output::count(ran.made, "tag", "tags"),
        output::count(ran.tracks, "track", "tracks"),
        output::count(ran.sessions, "session", "sessions"),
        ran.replaced,
        ran.kept
    ));
    if !missing.is_empty() {
        output::line(&format!("note: nothing here has a curve {}", missing.join(", ")));
    }
    Ok(())
}

/// A recipe to start from.
fn example() -> Recipe {
    Recipe {
        name: "My recipe".to_owned(),
        description: "Eyes shut, and a hand raised.".to_owned(),
        labels: vec!["blink".to_owned()],
        rules: vec![
            Rule {
                label: "eyes_shut".to_owned(),
                channel: "measure.eye_open.left".to_owned(),
                column: 0,
                on_tracks: Some(TrackKind::Face),
                below: true,
                on: 0.12,
                off: 0.17,
                min_secs: 0.08,
                merge_secs: 0.08,
                smooth_secs: 0.0,
            },
            Rule {
                label: "hand_up.right".to_owned(),
                channel: "measure.hand_height.right".to_owned(),
                column: 0,
                on_tracks: Some(TrackKind::Body),
                below: false,
                on: 0.05,
                off: -0.1,
                min_secs: 0.3,
                merge_secs: 0.3,
                smooth_secs: 0.1,
            },
        ],
    }
}
