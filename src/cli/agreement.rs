//! Agreement from the command line: between tiers, files, or reviewers.

use std::path::Path;

use serde_json::json;

use super::args::Agreement;
use super::{Failure, Outcome, output, project};
use crate::analysis::agreement::kappa::Kappa;
use crate::analysis::agreement::reviewers::{self, Reviewers};
use crate::analysis::agreement::{Figure, Report, Settings, Table, Unit, compare};
use crate::domain::{Bundle, Reviews, SessionId, Span, Tier, Time};
use crate::formats::{self, ImportOptions};
use crate::store::{Folder, Scope};

pub(super) fn agreement(args: &Agreement) -> Outcome {
    if !(args.overlap > 0.0 && args.overlap <= 1.0) {
        return Err(Failure::Usage("--overlap must be more than 0 and at most 1".to_owned()));
    }
    if !(args.step > 0.0 && args.step <= 3600.0) {
        return Err(Failure::Usage("--step must be more than 0, in seconds".to_owned()));
    }
    if args.simulations == 0 {
        return Err(Failure::Usage("--simulations must be at least 1".to_owned()));
    }
    let settings = Settings {
        overlap: args.overlap,
        step_secs: args.step,
        simulations: args.simulations.min(100_000),
        seed: args.seed,
        ..Settings::default()
    };
    match &args.targets[..] {
        [one] if is_project(one) && args.tiers.is_empty() => between_reviewers(args, one, &settings),
        [one] => within(args, &read(one)?, &settings),
        [first, second] => {
            if !args.reviewers.is_empty() {
                return Err(Failure::Usage("--reviewers compares within one project".to_owned()));
            }
            across(args, [first, second], &settings)
        }
        _ => Err(Failure::Usage("give a project, a file, or two files".to_owned())),
    }
}

fn is_project(path: &Path) -> bool {
    path.is_dir() || Folder::meant(path).database().exists()
}

fn read(path: &Path) -> Result<Bundle, Failure> {
    if is_project(path) {
        return Ok(project::open(path)?.read().bundle(Scope::Whole)?);
    }
    Ok(formats::read(path, None, &ImportOptions::default())?.bundle)
}

/// The tags of a tier: its annotations with a time, texts trimmed.
fn units(bundle: &Bundle, tier: &Tier) -> Vec<Unit> {
    let of = bundle.annotations.iter().filter(|a| a.tier == tier.id);
    let mut units: Vec<Unit> =
        of.filter_map(|a| Some(Unit { span: a.span()?, label: a.value.trim().to_owned() })).collect();
    units.retain(|unit| !unit.label.is_empty());
    units.sort_by_key(|unit| (unit.span.start, unit.span.end));
    units
}

/// From the beginning to the end of the longest recording, or of the last tag.
fn whole(bundles: &[(&Bundle, SessionId)], units: [&[Unit]; 2]) -> Span {
    let recordings = bundles.iter().flat_map(|(bundle, session)| {
        bundle.media.iter().filter(|m| m.session == *session).filter_map(|m| Some(m.offset + m.duration?))
    });
    let ends = units.iter().flat_map(|units| units.iter()).map(|unit| unit.span.end);
    let starts = units.iter().flat_map(|units| units.iter()).map(|unit| unit.span.start);
    Span::new(starts.fold(Time::ZERO, Time::min), recordings.chain(ends).fold(Time::ZERO, Time::max))
}

/// Two tiers of one project or file, in every session that has both.
fn within(args: &Agreement, bundle: &Bundle, settings: &Settings) -> Outcome {
    let [a, b] = &args.tiers[..] else {
        return Err(Failure::Usage(format!("name two tiers with --tiers A B; there are: {}", tier_names(bundle))));
    };
    let mut done = Vec::new();
    for session in bundle.sessions.iter().filter(|s| args.session.as_ref().is_none_or(|name| s.name == *name)) {
        let tier = |name: &str| bundle.tiers.iter().find(|t| t.session == session.id && t.name == name);
        let (Some(first), Some(second)) = (tier(a), tier(b)) else { continue };
        let (first, second) = (units(bundle, first), units(bundle, second));
        let span = whole(&[(bundle, session.id)], [&first, &second]);
        done.push((session.name.clone(), [a.clone(), b.clone()], compare(&first, &second, span, settings)));
    }
    if done.is_empty() {
        let message = format!("no session has both tiers, “{a}” and “{b}”; there are: {}", tier_names(bundle));
        return Err(Failure::Failed(message));
    }
    tell(args, &done)
}

fn tier_names(bundle: &Bundle) -> String {
    let mut names: Vec<&str> = bundle.tiers.iter().map(|tier| tier.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

/// Tiers of two files.
fn across(args: &Agreement, paths: [&std::path::PathBuf; 2], settings: &Settings) -> Outcome {
    let [first, second] = [read(paths[0])?, read(paths[1])?];
    let name = |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let pairs: Vec<(String, String)> = match &args.tiers[..] {
        [one] => vec![(one.clone(), one.clone())],
        [a, b] => vec![(a.clone(), b.clone())],
        _ => {
            let both = first.tiers.iter().filter(|t| second.tiers.iter().any(|other| other.name == t.name));
            both.map(|t| (t.name.clone(), t.name.clone())).collect()
        }
    };
    if pairs.is_empty() {
        let message = format!(
            "the files have no tier of the same name; name two with --tiers A B, of: {}; {}",
            tier_names(&first),
            tier_names(&second)
        );
        return Err(Failure::Failed(message));
    }
    let mut done = Vec::new();
    for (a, b) in pairs {
        let find = |bundle: &Bundle, tier: &str, path: &Path| {
            bundle.tiers.iter().find(|t| t.name == tier).cloned().ok_or_else(|| {
                Failure::Failed(format!("{} has no tier “{tier}”; there are: {}", name(path), tier_names(bundle)))
            })
        };
        let (one, other) = (find(&first, &a, paths[0])?, find(&second, &b, paths[1])?);
        let (left, right) = (units(&first, &one), units(&second, &other));
        // Tiers whose annotations have no time of their own are passed over unless asked for.
        if args.tiers.is_empty() && left.is_empty() && right.is_empty() {
            continue;
        }
        let span = whole(&[(&first, one.session), (&second, other.session)], [&left, &right]);
        let names = [format!("{} · {a}", name(paths[0])), format!("{} · {b}", name(paths[1]))];
        done.push((a, names, compare(&left, &right, span, settings)));
    }
    tell(args, &done)
}

fn tell(args: &Agreement, done: &[(String, [String; 2], Report)]) -> Outcome {
    if args.json {
        let all: Vec<_> = done
            .iter()
            .map(|(about, names, report)| json!({ "about": about, "annotators": names, "report": report }))
            .collect();
        return output::json(&all);
    }
    for (index, (about, names, report)) in done.iter().enumerate() {
        if index > 0 {
            output::line("");
        }
        output::line(about);
        tags(report, names);
    }
    Ok(())
}

/// Two reviewers of a project's proposals, in every session.
fn between_reviewers(args: &Agreement, path: &Path, settings: &Settings) -> Outcome {
    let store = project::open(path)?;
    let read = store.read();
    let mut done: Vec<(String, Reviewers)> = Vec::new();
    let mut met = Vec::new();
    for row in read.session_rows()? {
        if args.session.as_ref().is_some_and(|name| row.session.name != *name) {
            continue;
        }
        // The looks that stand are reviewed together, and compared together.
        let stood = read.standing(row.session.id)?;
        let (mut proposals, mut said) = (Vec::new(), Vec::new());
        for run in &stood.runs {
            proposals.extend(read.tags_shown(&stood, run.id)?);
            said.extend(read.all_reviews_of(run.id)?);
        }
        let reviews: Reviews = said.into_iter().collect();
        let known = reviews.names();
        met.extend(known.iter().cloned());
        let pair = match &args.reviewers[..] {
            [a, b] => [a.clone(), b.clone()],
            _ => match <[String; 2]>::try_from(known) {
                Ok(pair) => pair,
                Err(known) if known.len() > 2 => {
                    let message = format!("more than two reviewed; name two with --reviewers: {}", known.join(", "));
                    return Err(Failure::Usage(message));
                }
                Err(_) => continue,
            },
        };
        done.push((
            row.session.name,
            reviewers::between(&proposals, &reviews, &stood.tracks, &pair[0], &pair[1], settings),
        ));
    }
    met.sort();
    met.dedup();
    if let Some(stranger) = args.reviewers.iter().find(|name| !met.contains(name)) {
        let known =
            if met.is_empty() { "nobody has reviewed".to_owned() } else { format!("there are: {}", met.join(", ")) };
        return Err(Failure::Usage(format!("no reviewer is called “{stranger}”; {known}")));
    }
    if done.is_empty() {
        let who = if met.is_empty() { "nobody".to_owned() } else { format!("only {}", met.join(", ")) };
        return Err(Failure::Failed(format!(
            "no session has proposals that two people reviewed ({who} did); to compare tiers, name them with --tiers A B"
        )));
    }
    if args.json {
        let all: Vec<_> = done.iter().map(|(about, found)| json!({ "about": about, "report": found })).collect();
        return output::json(&all);
    }
    for (index, (about, found)) in done.iter().enumerate() {
        if index > 0 {
            output::line("");
        }
        output::line(about);
        let [a, b] = &found.names;
        output::line(&format!(
            "  {} proposals: {a} said something of {}, {b} of {}, both of {}",
            found.proposals, found.said[0], found.said[1], found.both
        ));
        output::line("  Decisions on the same proposals");
        kappa("Cohen's κ", &found.decisions);
        figure("Krippendorff's α, all reviewers", found.alpha);
        tags(&found.tags, &found.names);
    }
    Ok(())
}

/// A share of random scenes: of a thousand of them none is less than one in a thousand, not never.
fn probability(p: f64, simulations: u32) -> String {
    let least = 1.0 / f64::from(simulations.max(1));
    if p < least { format!("< {least}") } else { format!("= {p:.3}") }
}

/// A report in plain text.
fn tags(report: &Report, names: &[String; 2]) {
    output::line(&format!("  1: {}, {} tags", names[0], report.first));
    output::line(&format!("  2: {}, {} tags", names[1], report.second));
    let part = format!("Tags that share {:.0} % of the longer are linked", report.settings.overlap * 100.0);
    output::line(&format!("  {part}"));
    figure("linked", report.linked);
    kappa("Cohen's κ, tags without a partner counted", &report.with_unmatched);
    kappa("Cohen's κ, linked tags only", &report.without_unmatched);
    figure("Krippendorff's α, links and what has none", report.alpha_linked);
    figure("Krippendorff's α, moment by moment", report.alpha_over_time);
    figure("Krippendorff's ᵤα of 2004, same units", report.unitised_2004);
    figure("Krippendorff's ᵤα of 2016, same time", report.unitised_2016.nominal);
    figure("  tagged or not", report.unitised_2016.binary);
    let staccato = &report.organisation;
    figure("degree of organisation (Staccato)", staccato.degree);
    if staccato.degree.value().is_some() {
        output::line(&format!(
            "      {} of {} tags in {} nuclei, {:.1} by chance, p {}",
            staccato.in_nuclei,
            staccato.tags,
            staccato.nuclei,
            staccato.by_chance,
            probability(staccato.p.value().unwrap_or(1.0), report.settings.simulations)
        ));
    }
    if report.labels.is_empty() {
        return;
    }
    output::line("  Label by label");
    let wide = report.labels.iter().map(|row| row.label.chars().count()).max().unwrap_or(0).clamp(8, 32);
    output::line(&format!(
        "    {}{:>6}{:>6}{:>6}{:>11}{:>10}{:>8}",
        pad("", wide),
        "1",
        "2",
        "both",
        "κ all",
        "κ linked",
        "ᵤα"
    ));
    for row in &report.labels {
        output::line(&format!(
            "    {}{:>6}{:>6}{:>6}{:>11}{:>10}{:>8}",
            pad(&row.label, wide),
            row.first,
            row.second,
            row.both,
            short(row.with_unmatched.kappa),
            short(row.without_unmatched.kappa),
            short(row.unitised)
        ));
    }
    matrix(&report.table, wide);
    let mut why: Vec<&str> = report
        .labels
        .iter()
        .flat_map(|row| [row.with_unmatched.kappa, row.without_unmatched.kappa, row.unitised])
        .filter_map(|figure| figure.why().map(|why| why.words()))
        .collect();
    why.sort_unstable();
    why.dedup();
    why.iter().for_each(|why| output::line(&format!("  –: {why}")));
}

/// The confusion matrix: rows are the first's labels, columns the second's, numbered as the rows.
fn matrix(table: &Table, wide: usize) {
    output::line("  Who called it how (rows: 1, columns: 2, in the same order; 0 = nothing)");
    let n = table.labels.len();
    let head: String = (1..=n).chain([0]).map(|column| format!("{column:>5}")).collect();
    output::line(&format!("    {}   {head}", pad("", wide)));
    for row in 0..=n {
        let (number, label) = if row == n { (0, "nothing") } else { (row + 1, table.labels[row].as_str()) };
        let cells: String = (0..=n)
            .map(|column| match table.count(row, column) {
                0 => format!("{:>5}", "·"),
                count => format!("{count:>5}"),
            })
            .collect();
        output::line(&format!("    {}{number:>3}{cells}", pad(label, wide)));
    }
}

fn pad(text: &str, wide: usize) -> String {
    let cut: String = text.chars().take(wide).collect();
    format!("{cut}{}", " ".repeat(wide.saturating_sub(cut.chars().count())))
}

fn short(figure: Figure) -> String {
    figure.value().map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn figure(name: &str, figure: Figure) {
    match figure {
        Figure::Known(value) => output::line(&format!("    {}{value:>8.3}", pad(name, 46))),
        Figure::Undefined(why) => output::line(&format!("    {}       – ({})", pad(name, 46), why.words())),
    }
}

fn kappa(name: &str, kappa: &Kappa) {
    figure(name, kappa.kappa);
    if let (Some(raw), Some(max)) = (kappa.raw.value(), kappa.max.value()) {
        output::line(&format!("      called the same {raw:.3}, κ could be {max:.3} at most"));
    }
}
