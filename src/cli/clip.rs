//! A clip or a still out of a project.

use std::ops::ControlFlow;

use super::args::{Clip, Hidden};
use super::output::{self, Progress};
use super::{Failure, Outcome, project};
use crate::app::clip::{ClipRequest, ClipSummary, Hide, clip as write_clip, still};
use crate::domain::{Session, Span, Tier};
use crate::store::Store;

pub(super) fn clip(args: &Clip) -> Outcome {
    let store = project::open(&args.project)?;
    let session = session(&store, args.session.as_deref())?;
    let is_still = args.out.extension().is_some_and(|e| e.eq_ignore_ascii_case("png"));
    if !is_still && !args.out.extension().is_some_and(|e| e.eq_ignore_ascii_case("mp4")) {
        return Err(Failure::Usage("--out must end in .mp4 for a clip, or in .png for a still".to_owned()));
    }
    let end = match (args.to, is_still) {
        (Some(to), _) if to > args.from => to,
        (Some(_), _) => return Err(Failure::Usage("--to must be later than --from".to_owned())),
        (None, true) => args.from,
        (None, false) => return Err(Failure::Usage("--to says where the clip ends".to_owned())),
    };
    let request = ClipRequest {
        session: session.id,
        span: Span::new(args.from, end),
        out: args.out.clone(),
        hide: match args.hide {
            Hidden::All => Hide::All,
            Hidden::WithoutConsent => Hide::WithoutConsent,
            Hidden::Nobody => Hide::Nobody,
        },
        overlay: args.overlay,
        captions: args.captions.as_deref().map(|name| tier(&store, &session, name).map(|tier| tier.id)).transpose()?,
        sound: !args.silent,
        max_side: args.max_side,
    };
    let done = if is_still {
        still(&store, &request)
    } else {
        let bar = Progress::new(&session.name);
        write_clip(&store, &request, &mut |part| {
            bar.set(f64::from(part));
            ControlFlow::Continue(())
        })
    };
    let summary = done.map_err(|error| Failure::Failed(error.to_string()))?;
    if args.json {
        return output::json(&summary);
    }
    show(args, &summary);
    Ok(())
}

fn show(args: &Clip, summary: &ClipSummary) {
    let frames = output::count(summary.frames, "frame", "frames");
    output::line(&format!("{}: {frames}, faces hidden on {}", args.out.display(), summary.hidden));
    if summary.short_by > 0.05 {
        output::line(&format!("note: the video ends {:.1} s before --to; so does the clip", summary.short_by));
    }
    if summary.extended > 0 {
        output::line(&format!(
            "note: on {} of these a face is hidden where it was not seen just then, by how it moved before or after; look at them before you hand the file on",
            summary.extended
        ));
    }
    if summary.covered > 0 {
        output::line(&format!(
            "note: {} frames are hidden wholly: no model has looked closely for faces there (four times a second at least), or none found anybody in the video",
            summary.covered
        ));
    }
    if summary.nobody > 0 && args.hide != Hidden::Nobody {
        output::line(&format!(
            "note: on {} frames the models saw nobody; look at them before you hand the file on",
            summary.nobody
        ));
    }
}

fn session(store: &Store, name: Option<&str>) -> Result<Session, Failure> {
    let mut sessions: Vec<Session> = store.read().session_rows()?.into_iter().map(|row| row.session).collect();
    let names: Vec<String> = sessions.iter().map(|session| session.name.clone()).collect();
    let place = match name {
        Some(name) => names.iter().position(|known| known == name),
        None if sessions.len() == 1 => Some(0),
        None => return Err(Failure::Usage(format!("--session says which of: {}", names.join(", ")))),
    };
    match place {
        Some(place) => Ok(sessions.swap_remove(place)),
        None => Err(Failure::Usage(format!("there is no such session; there are: {}", names.join(", ")))),
    }
}

fn tier(store: &Store, session: &Session, name: &str) -> Result<Tier, Failure> {
    let tiers = store.read().tiers_of(session.id)?;
    let names: Vec<String> = tiers.iter().map(|tier| tier.name.clone()).collect();
    tiers.into_iter().find(|tier| tier.name == name).ok_or_else(|| {
        Failure::Usage(format!("there is no tier '{name}' in {}; there are: {}", session.name, names.join(", ")))
    })
}
