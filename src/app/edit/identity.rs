//! Who is who, as people say it: one person or not, merged, taken apart; and whether prints are kept at all.

use serde_json::{Value, json};

use super::Edited;
use super::tag_tiers::follow_names;
use super::tags::new_person;
use crate::app::forgetting::same_elsewhere;
use crate::domain::{Access, ModelRun, Person, PersonId, Print, Project, Session, Tier, Track, TrackId, TrackKind};
use crate::store::{Done, Forgotten, Op, OpKind, Reader, Store, StoreError, Tx};

/// Where the project and tracks keep what was said about identities.
const KEY: &str = "identity";

/// Whether the project keeps prints; it does unless somebody turned that off.
///
/// # Errors
/// When the file cannot be read.
pub fn keeps_prints(read: Reader<'_>) -> Result<bool, StoreError> {
    let project = read.all::<Project>()?.into_iter().next();
    Ok(project.is_none_or(|p| p.residue.get(KEY).and_then(|v| v.get("prints")) != Some(&Value::Bool(false))))
}

/// Turns keeping prints on or off for the runs to come. What is there stays until it is forgotten.
///
/// # Errors
/// When the file refuses.
pub fn set_keeping(store: &mut Store, on: bool) -> Edited {
    store.transact(Op::new(OpKind::KeepPrints), |tx| {
        let Some(mut project) = tx.read().all::<Project>()?.into_iter().next() else { return Ok(()) };
        if on {
            project.residue.set(KEY, Value::Null);
        } else {
            project.residue.add(KEY, "prints", json!(false));
        }
        tx.update(&project)
    })
}

/// Keeps prints, unless the project keeps none; never of somebody who refused.
///
/// # Errors
/// When the file refuses.
pub fn keep(tx: &Tx<'_>, prints: &[Print]) -> Result<(), StoreError> {
    if !keeps_prints(tx.read())? {
        return Ok(());
    }
    for print in prints {
        let person = tx.read().get::<Track>(print.track)?.and_then(|track| track.person);
        if !refused(tx.read(), person)? {
            tx.put_print(print)?;
        }
    }
    Ok(())
}

/// Keeps a track that is new or has grown. What people said of it meanwhile stays: a run knows nothing of that.
///
/// # Errors
/// When the file refuses.
pub fn keep_track(tx: &Tx<'_>, track: &Track) -> Result<(), StoreError> {
    let Some(known) = tx.read().get::<Track>(track.id)? else { return tx.insert(track) };
    let mut track = Track { person: known.person, ..track.clone() };
    for (key, said) in known.residue.0 {
        track.residue.0.entry(key).or_insert(said);
    }
    tx.update(&track)
}

fn refused(read: Reader<'_>, person: Option<PersonId>) -> Result<bool, StoreError> {
    let Some(person) = person else { return Ok(false) };
    Ok(read.get::<Person>(person)?.is_some_and(|person| person.consent.given == Some(false)))
}

/// Deletes the prints of tracks that turned out to show somebody who refused, and what would bring them back: what their
/// runs keep to be gone on with.
///
/// # Errors
/// When the file refuses.
pub fn respect_consent(tx: &Tx<'_>, person: Option<PersonId>, tracks: &[TrackId]) -> Result<(), StoreError> {
    if refused(tx.read(), person)? {
        for track in tracks {
            tx.drop_prints(*track)?;
            if let Some(track) = tx.read().get::<Track>(*track)? {
                tx.clear_run_state(track.run)?;
            }
        }
    }
    Ok(())
}

/// Writes down what somebody answered, and who may see what is of them; of who refused no print is kept. How many were
/// deleted: for good, whatever is undone.
///
/// # Errors
/// When there is no such person, or the file refuses.
pub fn set_consent(store: &mut Store, id: PersonId, given: Option<bool>, access: Access) -> Edited<usize> {
    let done = store.transact(Op::new(OpKind::EditPerson), |tx| {
        let person: Person = tx.read().require(id)?;
        if (person.consent.given, person.access) == (given, access) {
            return Ok(());
        }
        tx.modify::<Person>(id, |person| {
            person.consent.given = given;
            person.access = access;
        })
        .map(|_| ())
    })?;
    let forgotten = forget_refused(store)?;
    Ok(Done { value: forgotten.prints, changed: done.changed })
}

/// Forgets the prints of everybody who refused since they were taken, those of the same face in older looks too. Nothing to
/// do is the rule.
///
/// # Errors
/// When the file refuses.
pub fn forget_refused(store: &mut Store) -> Result<Forgotten, StoreError> {
    let read = store.read();
    let printed = read.printed()?;
    if printed.is_empty() {
        return Ok(Forgotten::default());
    }
    let mut own = Vec::new();
    for person in read.people()?.iter().filter(|person| person.consent.given == Some(false)) {
        own.extend(read.tracks_of_person(person.id)?);
    }
    let mut tracks = same_elsewhere(read, &own)?;
    tracks.extend(own.iter().map(|track| track.id));
    tracks.retain(|track| printed.contains(track));
    if tracks.is_empty() { Ok(Forgotten::default()) } else { store.forget_prints(Some(&tracks)) }
}

/// These tracks show that person.
///
/// # Errors
/// When one is missing, or the file refuses.
pub fn are(store: &mut Store, tracks: &[TrackId], person: PersonId) -> Edited<PersonId> {
    store.transact(Op::new(OpKind::SamePerson), |tx| {
        assign(tx, tracks, person)?;
        Ok(person)
    })
}

/// Both groups of tracks, named by nobody yet, show one person: somebody new, called “Person N”.
///
/// # Errors
/// As for [`are`].
pub fn are_one(store: &mut Store, tracks: &[TrackId], others: &[TrackId]) -> Edited<PersonId> {
    store.transact(Op::new(OpKind::SamePerson), |tx| {
        let known = tx.read().people()?;
        let free = |number: &usize| known.iter().all(|p| p.code != format!("Person {number}"));
        let number = (1..).find(free).unwrap_or(1);
        let person = new_person(&format!("Person {number}"));
        tx.insert(&person)?;
        assign(tx, others, person.id)?;
        assign(tx, tracks, person.id)?;
        Ok(person.id)
    })
}

fn assign(tx: &Tx<'_>, tracks: &[TrackId], person: PersonId) -> Result<(), StoreError> {
    for id in tracks {
        tx.modify::<Track>(*id, |track| track.person = Some(person))?;
    }
    follow_names(tx, tracks)?;
    respect_consent(tx, Some(person), tracks)
}

/// The tracks do not show who the others show; it is not suggested again.
///
/// # Errors
/// As for [`are`].
pub fn are_not(store: &mut Store, tracks: &[TrackId], others: &[TrackId]) -> Edited {
    store.transact(Op::new(OpKind::NotSamePerson), |tx| say_not(tx, tracks, others))
}

fn say_not(tx: &Tx<'_>, tracks: &[TrackId], others: &[TrackId]) -> Result<(), StoreError> {
    let Some(track) = tracks.first() else { return Ok(()) };
    tx.modify::<Track>(*track, |track| {
        let mut not = said_not(track);
        not.extend(others.iter().filter(|other| !tracks.contains(other)));
        not.sort();
        not.dedup();
        track.residue.add(KEY, "not", json!(not));
    })
    .map(|_| ())
}

/// Tracks that show somebody else, as was said.
pub fn said_not(track: &Track) -> Vec<TrackId> {
    let said = track.residue.get(KEY).and_then(|said| said.get("not")).cloned();
    said.and_then(|said| serde_json::from_value(said).ok()).unwrap_or_default()
}

/// Takes a track away from the person it was given to. It is not suggested to be them again.
///
/// # Errors
/// When there is no such track, nobody it was given to, or the file refuses.
pub fn take_apart(store: &mut Store, id: TrackId) -> Edited {
    store.transact(Op::new(OpKind::NameTrack), |tx| {
        let track: Track = tx.read().require(id)?;
        let Some(person) = track.person else {
            return Err(StoreError::Rule("Nobody was said to be on this track. Nothing was changed.".to_owned()));
        };
        let others: Vec<TrackId> = tx.read().tracks_of_person(person)?.iter().map(|t| t.id).collect();
        tx.modify::<Track>(id, |track| track.person = None)?;
        follow_names(tx, &[id])?;
        say_not(tx, &[id], &others)
    })
}

/// Two people of the project are one: everything that was the second's is the first's, who keeps their own record.
///
/// # Errors
/// When they are the same record, one is missing, or the file refuses.
pub fn merge(store: &mut Store, kept: PersonId, gone: PersonId) -> Edited {
    store.transact(Op::new(OpKind::MergePeople), |tx| {
        if kept == gone {
            return Err(StoreError::Rule("These are one person already. Nothing was changed.".to_owned()));
        }
        let _: Person = tx.read().require(kept)?;
        let tracks: Vec<TrackId> = tx.read().tracks_of_person(gone)?.iter().map(|t| t.id).collect();
        assign(tx, &tracks, kept)?;
        for mut tier in tx.read().all::<Tier>()? {
            if tier.participant == Some(gone) {
                tier.participant = Some(kept);
                tx.update(&tier)?;
            }
        }
        for mut session in tx.read().all::<Session>()? {
            if !session.participants.iter().any(|p| p.person == gone) {
                continue;
            }
            let there = session.participants.iter().any(|p| p.person == kept);
            session.participants.retain(|p| p.person != gone || !there);
            session.participants.iter_mut().filter(|p| p.person == gone).for_each(|p| p.person = kept);
            tx.update(&session)?;
        }
        tx.delete_person(gone)
    })
}

/// Deletes a track with its proposals; what was accepted of them stays. Its prints are gone for good. Where faces are
/// hidden, whoever was on it still is: a track that is wrong is no proof that nobody is there.
///
/// # Errors
/// When there is no such track, or the file refuses.
pub fn delete_track(store: &mut Store, id: TrackId) -> Edited {
    store.transact(Op::new(OpKind::DeleteTrack), |tx| {
        let track: Track = tx.read().require(id)?;
        if track.kind != TrackKind::Voice {
            tx.modify::<ModelRun>(track.run, |run| run.note_deleted(&track))?;
        }
        tx.delete_track(id)
    })
}

/// Keeps what became of a run. What people did to its tracks meanwhile stays noted: the run knows nothing of that.
///
/// # Errors
/// When the file refuses.
pub fn keep_run(tx: &Tx<'_>, run: &ModelRun) -> Result<(), StoreError> {
    let mut run = run.clone();
    if let Some(known) = tx.read().get::<ModelRun>(run.id)? {
        for (key, said) in known.residue.0 {
            run.residue.0.entry(key).or_insert(said);
        }
    }
    tx.update(&run)
}
