//! The glosser on files of glossed text: train, predict, evaluate.

use std::path::Path;
use std::time::Instant;

use super::args::Gloss;
use super::{Failure, Outcome, output};
use crate::glossing::evaluate::{Scores, evaluate};
use crate::glossing::igt::{Igt, Line};
use crate::glossing::model::{Glosser, Input, Options};

pub(super) fn gloss(verb: &Gloss) -> Outcome {
    match verb {
        Gloss::Report { project, json } => super::gloss_report::report(project, *json),
        Gloss::Train { igt, track, out, seed, threads, json } => {
            let input = if *track == 2 { Input::Segmented } else { Input::Words };
            let options = Options { input, seed: *seed, threads: usize::from(*threads), ..Options::default() };
            train(igt, out, &options, *json)
        }
        Gloss::Predict { model, igt, out, json } => predict(model, igt, out, *json),
        Gloss::Evaluate { gold, pred, json } => compare(gold, pred, *json),
    }
}

fn about<E: std::fmt::Display>(path: &Path) -> impl FnOnce(E) -> Failure + '_ {
    move |error| Failure::Failed(format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<Igt, Failure> {
    let bytes = std::fs::read(path).map_err(about(path))?;
    Igt::parse(&bytes).map_err(about(path))
}

/// Writes beside and renames, so that a file is whole or as it was.
fn write(path: &Path, bytes: &[u8]) -> Outcome {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(about(path))?;
    std::io::Write::write_all(&mut file, bytes).map_err(about(path))?;
    file.persist(path).map_err(|e| about(path)(e.error))?;
    Ok(())
}

fn train(igt: &Path, out: &Path, options: &Options, as_json: bool) -> Outcome {
    let begun = Instant::now();
    let file = read(igt)?;
    let mut lines: Vec<Line> = file.lines().cloned().collect();
    if options.input == Input::Words {
        // Whole words alone are what the first track gives: a segmentation that is there is not looked at.
        lines.iter_mut().for_each(|line| line.segmentation = None);
    }
    let bar = output::Progress::new("training");
    let progress = |share: f32| {
        bar.set(f64::from(share));
        true
    };
    let model = Glosser::train(&lines, &Options { progress: Some(&progress), ..*options }).map_err(about(igt))?;
    drop(bar);
    write(out, &model.to_bytes())?;
    let (learned, seconds) = (model.learned(), begun.elapsed().as_secs_f64());
    if as_json {
        return output::json(&serde_json::json!({
            "model": out, "lines": learned.lines, "words": learned.words, "mismatched": learned.mismatched,
            "seconds": seconds,
        }));
    }
    output::line(&format!("Learnt from {} words of {} lines in {seconds:.1} s.", learned.words, learned.lines));
    if learned.mismatched > 0 {
        output::line(&format!("Left out: {} lines with another number of glosses than words.", learned.mismatched));
    }
    Ok(())
}

fn predict(model: &Path, igt: &Path, out: &Path, as_json: bool) -> Outcome {
    let glosser = Glosser::load(model).map_err(about(model))?;
    let file = read(igt)?;
    let lines: Vec<Line> = file.lines().map(|l| Line { glosses: None, ..l.clone() }).collect();
    let begun = Instant::now();
    let glosses: Vec<Option<Vec<String>>> = glosser.glosses_of(&lines).into_iter().map(Some).collect();
    let seconds = begun.elapsed().as_secs_f64();
    write(out, file.with_glosses(&glosses).as_bytes())?;
    let words: usize = lines.iter().map(|l| l.words.len()).sum();
    let speed = words as f64 / seconds.max(1e-6);
    if as_json {
        return output::json(&serde_json::json!({
            "out": out, "lines": lines.len(), "words": words, "seconds": seconds, "words_per_second": speed,
        }));
    }
    output::line(&format!("Glossed {words} words of {} lines, {speed:.0} words a second.", lines.len()));
    Ok(())
}

fn compare(gold: &Path, pred: &Path, as_json: bool) -> Outcome {
    let scores = evaluate(&read(gold)?, &read(pred)?)?;
    if as_json {
        return output::json(&scores);
    }
    output::line(&table(&scores));
    Ok(())
}

fn table(scores: &Scores) -> String {
    let percent = |share: f64| format!("{:6.2} %", share * 100.0);
    let rows = [("words", &scores.word), ("morphemes", &scores.morpheme)];
    let accuracy = rows.iter().map(|(name, a)| {
        format!(
            "{name:<10} {}   {} of {}; mean of sentences {}",
            percent(a.accuracy),
            a.correct,
            a.total,
            percent(a.average)
        )
    });
    let rows = [("stems", &scores.stems), ("grams", &scores.grams)];
    let classes = rows.iter().map(|(name, c)| {
        format!("{name:<10} {}   precision {}, recall {}", percent(c.f1), percent(c.precision), percent(c.recall))
    });
    let mut lines = vec![format!("{} sentences", scores.sentences)];
    lines.extend(accuracy);
    lines.extend(classes);
    lines.join("\n")
}
