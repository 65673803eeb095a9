//! People from the command line: who is seen and heard, who may be whom, and forgetting what they look like.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::{Failure, Outcome, output, project};
use crate::analysis::identity::Suggestion;
use crate::app::edit::{identity as edit, tags};
use crate::app::forgetting;
use crate::app::identity::{self, CardId, Everybody, PersonCard, handle_of, track_label};
use crate::domain::{Access, Person, PersonId, TrackId};
use crate::store::{Forgotten, Store};

/// WHO is a person's code or name, or a handle like t-1a2b3c4d that ‘people list’ shows.
#[derive(Debug, Subcommand)]
pub enum People {
    /// Everybody seen or heard in the project, where, and who may be whom
    List {
        project: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// Say who somebody is; a person of that code is added where there is none
    Name {
        project: PathBuf,
        who: String,
        #[arg(value_name = "CODE")]
        code: String,
        #[arg(long)]
        json: bool,
    },
    /// Say that two are one person; of two people, the second's record goes into the first's
    Merge {
        project: PathBuf,
        first: String,
        second: String,
        #[arg(long)]
        json: bool,
    },
    /// Say that two are not one person; it is not suggested again
    Differ {
        project: PathBuf,
        first: String,
        second: String,
        #[arg(long)]
        json: bool,
    },
    /// Take a track away from the person it was given to
    Split {
        project: PathBuf,
        #[arg(value_name = "TRACK")]
        track: String,
        #[arg(long)]
        json: bool,
    },
    /// Delete a track with its open proposals
    Delete {
        project: PathBuf,
        #[arg(value_name = "TRACK")]
        track: String,
        #[arg(long)]
        json: bool,
    },
    /// Write down what somebody answered, and who may see what is of them
    Consent {
        project: PathBuf,
        who: String,
        /// given, refused, or unasked
        #[arg(value_parser = ["given", "refused", "unasked"])]
        answer: String,
        /// open, registered, team, or closed; as it is when left out
        #[arg(long, value_parser = ["open", "registered", "team", "closed"])]
        access: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Delete prints of faces and voices for good, from the project and its backups: of one person, or of all
    Forget {
        project: PathBuf,
        who: Option<String>,
        /// Of everybody
        #[arg(long, conflicts_with = "who")]
        all: bool,
        #[arg(long)]
        json: bool,
    },
    /// The looks at each session: when, what stretch, how many proposals, how many reviewed
    Looks {
        project: PathBuf,
        /// Only this session, by name
        #[arg(long)]
        session: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Show a look before the others, until a newer one is done; what was reviewed or named stays in any case
    ShowLook {
        project: PathBuf,
        session: String,
        /// Its number, as ‘people looks’ lists it
        look: String,
        #[arg(long)]
        json: bool,
    },
    /// Whether runs to come keep prints
    Prints {
        project: PathBuf,
        /// on or off; says which it is when left out
        #[arg(value_parser = ["on", "off"])]
        keep: Option<String>,
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn people(verb: &People) -> Outcome {
    match verb {
        People::List { project, json } => list(project, *json),
        People::Name { project, who, code, json } => name(project, who, code, *json),
        People::Merge { project, first, second, json } => merge(project, first, second, *json),
        People::Differ { project, first, second, json } => differ(project, first, second, *json),
        People::Split { project, track, json } => {
            let (mut store, track) = track_of(project, track)?;
            edit::take_apart(&mut store, track)?;
            told(*json, "nobody's now")
        }
        People::Delete { project, track, json } => {
            let (mut store, track) = track_of(project, track)?;
            edit::delete_track(&mut store, track)?;
            told(*json, "deleted; its prints are gone for good")
        }
        People::Consent { project, who, answer, access, json } => {
            consent(project, who, answer, access.as_deref(), *json)
        }
        People::Forget { project, who, all, json } => forget(project, who.as_deref(), *all, *json),
        People::Looks { project, session, json } => super::looks::list(project, session.as_deref(), *json),
        People::ShowLook { project, session, look, json } => super::looks::show(project, session, look, *json),
        People::Prints { project, keep, json } => prints(project, keep.as_deref(), *json),
    }
}

fn told(as_json: bool, text: &str) -> Outcome {
    if as_json {
        return output::json(&json!({ "done": text }));
    }
    output::line(text);
    Ok(())
}

fn open(path: &Path) -> Result<(Store, Everybody), Failure> {
    let mut store = project::open(path)?;
    let everybody = identity::everybody(&mut store)?;
    Ok((store, everybody))
}

fn find<'a>(everybody: &'a Everybody, who: &str) -> Result<&'a PersonCard, Failure> {
    everybody.named(who).ok_or_else(|| {
        Failure::Failed(format!("nobody seen or heard is called ‘{who}’; ‘fieldgloss people list’ shows who there is"))
    })
}

fn track_of(path: &Path, handle: &str) -> Result<(Store, TrackId), Failure> {
    let (store, everybody) = open(path)?;
    let mut tracks = everybody.cards.iter().flat_map(|card| &card.tracks);
    let found = tracks.find(|track| handle_of(track.id) == handle).map(|track| track.id);
    let track = found.ok_or_else(|| {
        Failure::Failed(format!("there is no track ‘{handle}’; ‘fieldgloss people list’ shows their handles"))
    })?;
    Ok((store, track))
}

fn list(path: &Path, as_json: bool) -> Outcome {
    let (store, everybody) = open(path)?;
    let keeps = edit::keeps_prints(store.read())?;
    if as_json {
        let people: Vec<_> = everybody.cards.iter().map(card_json).collect();
        let suggestions: Vec<_> = everybody.suggestions.iter().map(|s| suggestion_json(&everybody, s)).collect();
        return output::json(&json!({
            "people": people,
            "suggestions": suggestions,
            "prints": everybody.prints,
            "keeps_prints": keeps,
        }));
    }
    for card in &everybody.cards {
        let places: Vec<String> =
            card.appearances.iter().map(|place| format!("{} ({:.0} s)", place.session_name, place.secs)).collect();
        output::line(&format!("{:<14}{:<20}{}", card.handle(), card.name(), places.join(", ")));
        for track in &card.tracks {
            let (start, end) = (track.start, track.end);
            output::line(&format!("    {}  {:<12}{start} to {end}", handle_of(track.id), track_label(track)));
        }
    }
    if everybody.cards.is_empty() {
        eprintln!("Nobody was seen or heard yet; ‘fieldgloss analyse’ looks and listens.");
    }
    for suggestion in &everybody.suggestions {
        output::line(&sentence(&everybody, suggestion));
    }
    let keeping = if keeps { "" } else { "; runs to come keep none" };
    let kept = if everybody.prints == 1 { "print of a face or voice is" } else { "prints of faces and voices are" };
    eprintln!("{} {kept} kept in the project, and nowhere else{keeping}.", everybody.prints);
    Ok(())
}

fn handle(everybody: &Everybody, id: CardId) -> String {
    everybody.card(id).map(PersonCard::handle).unwrap_or_default()
}

fn sentence(everybody: &Everybody, suggestion: &Suggestion<CardId>) -> String {
    let (who, same_as) = (handle(everybody, suggestion.who), handle(everybody, suggestion.same_as));
    let why = match (suggestion.by, &suggestion.next) {
        (None, _) => "came back to the same place".to_owned(),
        (Some(_), None) => format!("likeness {:.2}", suggestion.likeness),
        (Some(_), Some((next, score))) => {
            format!("likeness {:.2}; next {} {score:.2}", suggestion.likeness, handle(everybody, *next))
        }
    };
    let doubt = if suggestion.doubtful { ", look twice" } else { "" };
    format!("{who} may be {same_as}: {why}{doubt}")
}

fn card_json(card: &PersonCard) -> serde_json::Value {
    let tracks = card.tracks.iter().map(|track| {
        json!({
            "track": handle_of(track.id), "id": track.id, "kind": track.kind, "number": track.number,
            "start": track.start.secs(), "end": track.end.secs(),
        })
    });
    let places = card.appearances.iter().map(|place| json!({ "session": place.session_name, "seconds": place.secs }));
    json!({
        "who": card.handle(),
        "name": card.name(),
        "named": card.person.is_some(),
        "appears": places.collect::<Vec<_>>(),
        "tracks": tracks.collect::<Vec<_>>(),
        "face_pictures": card.face_pictures,
        "voice_stretches": card.voice_stretches,
    })
}

fn suggestion_json(everybody: &Everybody, suggestion: &Suggestion<CardId>) -> serde_json::Value {
    json!({
        "who": handle(everybody, suggestion.who),
        "same_as": handle(everybody, suggestion.same_as),
        "by": suggestion.by,
        "likeness": suggestion.likeness,
        "next": suggestion.next.as_ref().map(|(id, score)| json!({ "who": handle(everybody, *id), "likeness": score })),
        "doubtful": suggestion.doubtful,
    })
}

fn name(path: &Path, who: &str, code: &str, as_json: bool) -> Outcome {
    let code = code.trim();
    if code.is_empty() {
        return Err(Failure::Usage(
            "a person needs a name or a code; ‘fieldgloss people split’ takes one away".to_owned(),
        ));
    }
    let (mut store, everybody) = open(path)?;
    let known = store.read().people()?.into_iter().find(|person| person.code == code || person.name == code);
    // One track of somebody who has a name: that track is meant, and not all of them.
    let mut tracks = everybody.cards.iter().flat_map(|card| &card.tracks);
    if everybody.named(who).is_none()
        && let Some(track) = tracks.find(|track| handle_of(track.id) == who)
    {
        match known {
            Some(known) => tags::name_track(&mut store, track.id, Some(known.id))?.changed,
            None => tags::add_person(&mut store, code, Some(track.id))?.changed,
        };
        return told(as_json, &format!("{who} is {code}"));
    }
    let card = find(&everybody, who)?;
    match (known, card.id) {
        (Some(known), CardId::Track(_)) => edit::are(&mut store, &card.track_ids(), known.id)?.changed,
        (Some(known), CardId::Person(id)) if known.id != id => {
            let message = format!("there is a ‘{code}’ already; ‘fieldgloss people merge’ makes two people one");
            return Err(Failure::Failed(message));
        }
        (Some(_), CardId::Person(_)) => Default::default(),
        (None, CardId::Person(id)) => rename(&mut store, id, code)?,
        (None, CardId::Track(_)) => {
            let person = tags::add_person(&mut store, code, None)?.value;
            edit::are(&mut store, &card.track_ids(), person)?.changed
        }
    };
    told(as_json, &format!("{who} is {code}"))
}

fn consent(path: &Path, who: &str, answer: &str, access: Option<&str>, as_json: bool) -> Outcome {
    let (mut store, everybody) = open(path)?;
    // Somebody who took part need not have been seen by a model.
    let seen = everybody.named(who).and_then(|card| card.person.clone());
    let known = store.read().people()?.into_iter().find(|person| person.code == who || person.name == who);
    let person =
        seen.or(known).ok_or_else(|| Failure::Failed(format!("there is nobody called ‘{who}’: name them first")))?;
    let given = match answer {
        "given" => Some(true),
        "refused" => Some(false),
        _ => None,
    };
    let access = match access {
        Some("open") => Access::Open,
        Some("registered") => Access::Registered,
        Some("team") => Access::Team,
        Some("closed") => Access::Closed,
        _ => person.access,
    };
    let prints = edit::set_consent(&mut store, person.id, given, access)?.value;
    let gone = if prints > 0 { "; prints of theirs are deleted for good" } else { "" };
    told(as_json, &format!("{}: consent {answer}{gone}", person.code))
}

fn rename(store: &mut Store, id: PersonId, code: &str) -> Result<crate::store::Changed, Failure> {
    let op = crate::store::Op::new(crate::store::OpKind::EditPerson);
    Ok(store.transact(op, |tx| tx.modify::<Person>(id, |person| person.code = code.to_owned()))?.changed)
}

fn merge(path: &Path, first: &str, second: &str, as_json: bool) -> Outcome {
    let (mut store, everybody) = open(path)?;
    let (kept, gone) = (find(&everybody, first)?.id, find(&everybody, second)?.id);
    let person = identity::accept(&mut store, &everybody, gone, kept)?.value;
    let code = store.read().require::<Person>(person)?.code;
    told(as_json, &format!("{first} and {second} are one person: {code}"))
}

fn differ(path: &Path, first: &str, second: &str, as_json: bool) -> Outcome {
    let (mut store, everybody) = open(path)?;
    let (one, other) = (find(&everybody, first)?.id, find(&everybody, second)?.id);
    identity::reject(&mut store, &everybody, one, other)?;
    told(as_json, &format!("{first} and {second} are two people"))
}

fn forget(path: &Path, who: Option<&str>, all: bool, as_json: bool) -> Outcome {
    let mut store = project::open(path)?;
    let before = store.read().print_count()?;
    let everybody = identity::everybody(&mut store)?;
    let unused = before.saturating_sub(everybody.prints);
    let (forgotten, older) = match who {
        Some(who) => {
            let tracks = tracks_to_forget(&store, &everybody, who)?;
            forgetting::forget(&mut store, &tracks)?
        }
        None if all => (store.forget_prints(None)?, 0),
        None => return Err(Failure::Usage("say whose prints: WHO, or --all".to_owned())),
    };
    let Forgotten { prints, runs, copies, left } = forgotten;
    if as_json {
        return output::json(&json!({
            "prints": prints, "older": older, "unused": unused, "runs": runs, "copies": copies, "left": left,
        }));
    }
    output::line(&format!(
        "{prints} prints are gone for good, from {copies} backups too. Copies of the project made elsewhere still hold theirs."
    ));
    if older > 0 {
        output::line(&format!(
            "{older} of them were of nobody’s tracks in other looks at the same recordings: at the same time in the same place, or alike."
        ));
    }
    if unused > 0 {
        output::line(&format!(
            "{unused} more went before that: of looks that newer ones took the place of, or of people who refused."
        ));
    }
    if runs > 0 {
        output::line(&format!("{runs} runs that were broken off can no longer be gone on with: they held prints too."));
    }
    for copy in left {
        eprintln!("{} could not be cleaned and may hold prints still", copy.display());
    }
    Ok(())
}

/// Somebody's tracks, those in looks that newer ones took the place of too.
fn tracks_to_forget(store: &Store, everybody: &Everybody, who: &str) -> Result<Vec<TrackId>, Failure> {
    let people = store.read().people()?;
    let person = people.iter().find(|person| person.code == who || (person.name == who && !who.is_empty()));
    let (mut tracks, person) = match (everybody.named(who), person) {
        (None, Some(person)) => (Vec::new(), Some(person.id)),
        _ => match find(everybody, who)? {
            PersonCard { id: CardId::Person(person), .. } => (Vec::new(), Some(*person)),
            card => (card.track_ids(), None),
        },
    };
    if let Some(person) = person {
        tracks.extend(store.read().tracks_of_person(person)?.iter().map(|track| track.id));
    }
    Ok(tracks)
}

fn prints(path: &Path, keep: Option<&str>, as_json: bool) -> Outcome {
    let mut store = project::open(path)?;
    if let Some(keep) = keep {
        edit::set_keeping(&mut store, keep == "on")?;
    }
    let (keeps, count) = (edit::keeps_prints(store.read())?, store.read().print_count()?);
    if as_json {
        return output::json(&json!({ "keeps_prints": keeps, "prints": count }));
    }
    output::line(if keeps { "on" } else { "off" });
    if !keeps && count > 0 {
        eprintln!("{count} prints of before are still there; ‘fieldgloss people forget --all’ deletes them.");
    }
    Ok(())
}
