//! The whole main job on the sample project, from recording to Linked Data, with a table of what was done.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use super::args::Demo;
use super::{Failure, Outcome, analyse, finish, output};
use crate::app::analysing::StoreSink;
use crate::app::{edit, sample, transfer};
use crate::domain::TagStatus;
use crate::formats::Format;
use crate::store::{Scope, Store};

/// What each export is written as.
const EXPORTS: [(Format, &str); 3] =
    [(Format::Turtle, "Sample.ttl"), (Format::Json, "Sample.json"), (Format::Eaf, "Talking astronaut.eaf")];

pub(super) fn demo(args: &Demo) -> ExitCode {
    let folder = sample::folder_in(&args.dir);
    if args.headless {
        return finish(main_job(args));
    }
    if !folder.database().exists()
        && let Err(failure) = main_job(args)
    {
        return finish(Err(failure));
    }
    super::open_window(Some(folder.path().to_owned()), None)
}

/// A line of the closing table.
struct Done(&'static str, String, f64);

fn timed<T>(
    rows: &mut Vec<Done>,
    what: &'static str,
    work: impl FnOnce() -> Result<(T, String), Failure>,
) -> Result<T, Failure> {
    let begun = Instant::now();
    let (value, words) = work()?;
    rows.push(Done(what, words, begun.elapsed().as_secs_f64()));
    Ok(value)
}

fn main_job(args: &Demo) -> Outcome {
    let mut rows = Vec::new();
    let made = timed(&mut rows, "Sample project", || {
        let made = sample::make(&args.dir)?;
        let files = format!("{} files in", made.imported.len());
        Ok((made, files))
    })?;
    let mut store = made.store;
    let summary = store.read().summary()?;
    rows.push(Done("Text", format!("{} words, {} of them glossed and approved", summary.words, summary.approved), 0.0));
    rows.push(Done("Lexicon", format!("{} entries, {} senses", summary.lexemes, summary.senses), 0.0));
    let linked = summary_of_links(&store)?;
    rows.push(Done("Text to lexicon", linked, 0.0));
    timed(&mut rows, "Search", || {
        let hits = store.read().search("kaikuxi", 1000)?;
        Ok(((), format!("‘kaikuxi’ found {} times", hits.len())))
    })?;
    let media = store.read().media_of(made.video)?;
    let media = media.first().ok_or_else(|| Failure::Failed("the sample video is not there".to_owned()))?;
    let run = timed(&mut rows, "Faces and bodies", || {
        let path = store.folder().media_path(media);
        let request = analyse::request(made.video, media.id, path, media.offset, 10.0, &[])?;
        let sink = StoreSink::new(store.sibling()?, |_| {});
        let work = crate::jobs::Work::from(crate::jobs::Plan { look: Some(request), ..Default::default() });
        let found = super::long::with_progress(work, sink, "looking at faces and bodies", false)?;
        let words = format!(
            "{} frames; {}, {} followed; {} proposed",
            found.frames,
            output::count(found.faces, "face", "faces"),
            output::count(found.bodies, "body", "bodies"),
            output::count(found.tags, "tag", "tags")
        );
        Ok((found.run, words))
    })?;
    let run = run.ok_or_else(|| Failure::Failed("the analysis left no run".to_owned()))?;
    timed(&mut rows, "Review", || review(&mut store, run).map(|words| ((), words)))?;
    let mut files: Vec<PathBuf> = vec![store.folder().path().to_owned()];
    for (format, name) in EXPORTS {
        let path = args.dir.join(name);
        let scope = if format == Format::Eaf { Scope::Session(made.video) } else { Scope::Whole };
        timed(&mut rows, "Export", || {
            let report = transfer::export(&store, scope, format, &path)?;
            let left: usize =
                report.items.iter().filter(|i| i.fate == crate::domain::Fate::LeftOut).map(|i| i.count).sum();
            let lost =
                if left == 0 { "nothing left out".to_owned() } else { format!("{left} left out, see its report") };
            Ok(((), format!("{format}: {name}, {lost}")))
        })?;
        files.push(path);
    }
    timed(&mut rows, "Check", || {
        let problems = store.check()?;
        match problems.first() {
            None => Ok(((), "the project is whole".to_owned())),
            Some(first) => Err(Failure::Failed(format!("the project is not whole: {}", first.text))),
        }
    })?;
    for Done(what, words, secs) in &rows {
        let time = if *secs > 0.0005 { format!("{secs:>7.2} s") } else { " ".repeat(9) };
        output::line(&format!("{what:<18}{time}  {words}"));
    }
    output::line("");
    for file in &files {
        output::line(&format!("wrote {}", file.display()));
    }
    Ok(())
}

fn summary_of_links(store: &Store) -> Result<String, Failure> {
    let all = store.read().count::<crate::domain::Morph>()?;
    let loose = store.read().unlinked_morphs()?.len();
    Ok(format!("{} of {all} morphs tied to an entry", all - loose))
}

/// As an example: the proposal the models are surest of is accepted. The rest waits for a person.
fn review(store: &mut Store, run: crate::domain::RunId) -> Result<String, Failure> {
    let mut open = store.read().tag_rows(run)?;
    open.retain(|row| row.tag.status == TagStatus::Proposed);
    open.sort_by(|a, b| b.tag.confidence.total_cmp(&a.tag.confidence));
    let Some(surest) = open.first() else { return Ok("nothing was proposed".to_owned()) };
    edit::tags::accept(store, surest.tag.id)?;
    let label = edit::tags::readable(&surest.tag.label);
    Ok(format!("accepted ‘{label}’ as an example; {} wait for a person", open.len() - 1))
}
