//! What goes out and comes back: tiers that an export made of words do not double, and who refused or closed something
//! elsewhere has done so here.

use std::path::{Path, PathBuf};

use fieldgloss::app::checking;
use fieldgloss::app::edit::project::{self, NewProject, add_session};
use fieldgloss::app::edit::tags;
use fieldgloss::app::edit::tags::{add_person, name_track};
use fieldgloss::app::merge::{Choices, Policy};
use fieldgloss::app::recordings;
use fieldgloss::app::transfer;
use fieldgloss::domain::{
    Access, Annotation, Bundle, MediaStorage, Person, PrintKind, SessionId, Span, Tag, TagStatus, Tier, TierRole, Time,
    Track, TrackChunk, TrackId, TrackKind,
};
use fieldgloss::formats::{self, Format, ImportOptions};
use fieldgloss::store::{Op, OpKind, Scope, Store};

#[path = "common/looked.rs"]
#[allow(dead_code)]
mod looked;

fn new(folder: &Path) -> Store {
    let new = NewProject { name: "New".into(), object_language: "apy".into(), ..NewProject::default() };
    let mut store = project::create(&folder.join("New.fieldgloss"), &new).expect("a project");
    store.set_author("Anna");
    store
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn all(store: &Store) -> Bundle {
    store.read().bundle(Scope::Whole).expect("all of it")
}

fn take(store: &mut Store, path: &Path, policy: Policy) -> String {
    let incoming = transfer::read_for(store, path, None, ImportOptions::default()).expect("read");
    let taken = transfer::take_in_as(store, &incoming, &Choices { policy, ..Choices::default() }).expect("taken in");
    taken.report.to_string()
}

/// A project with a video in which two faces and a voice were followed.
fn looked_at(folder: &Path) -> (Store, SessionId) {
    let mut store = new(folder);
    let session = add_session(&mut store, "Talking").expect("a session").value;
    let video = root().join("assets/sample/astronaut-talks.mp4");
    recordings::import(&mut store, Some(session), &video, MediaStorage::Linked, |_| false).expect("a video");
    looked::looked(&mut store, session, looked::Length::WHOLE);
    (store, session)
}

fn face(store: &Store, session: SessionId) -> TrackId {
    let stood = store.read().standing(session).expect("what stands");
    stood.tracks.iter().find(|track| track.kind == TrackKind::Face).expect("a face").id
}

fn accepted(store: &mut Store, track: TrackId) -> Tag {
    let run = store.read().require::<Track>(track).expect("the track").run;
    let rows = store.read().tag_rows(run).expect("proposals");
    let open = |tag: &Tag| tag.track == track && tag.status == TagStatus::Proposed;
    let tag = rows.into_iter().map(|row| row.tag).find(open).expect("a proposal of the face");
    tags::accept(store, tag.id).expect("accepted");
    store.read().require(tag.id).expect("the tag")
}

fn tier_of(store: &Store, tag: &Tag) -> Tier {
    let all = all(store);
    let annotation = all.annotations.iter().find(|a| Some(a.id) == tag.annotation).expect("its annotation");
    all.tiers.iter().find(|tier| tier.id == annotation.tier).expect("its tier").clone()
}

#[test]
fn words_and_tags_that_went_to_elan_do_not_come_back_as_tiers() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, session) = looked_at(folder.path());
    let face = face(&store, session);
    accepted(&mut store, face);
    take(&mut store, &root().join("assets/sample/apalai.flextext"), Policy::default());
    let before = all(&store);
    let talk = before.sessions.iter().find(|s| {
        before.words.iter().any(|word| {
            let annotation = before.annotations.iter().find(|a| a.id == word.annotation);
            let tier = annotation.and_then(|a| before.tiers.iter().find(|tier| tier.id == a.tier));
            tier.is_some_and(|tier| tier.session == s.id)
        })
    });
    for session in [talk.expect("a text with words").id, session] {
        let file = folder.path().join("talk.eaf");
        transfer::export(&store, Scope::Session(session), Format::Eaf, &file).expect("exported");
        for round in 0..2 {
            let incoming = transfer::read_for(&store, &file, None, ImportOptions::default()).expect("read");
            let mut incoming = incoming;
            // Into the session that it is from.
            let name = before.sessions.iter().find(|s| s.id == session).map(|s| s.name.clone()).unwrap_or_default();
            incoming.imported.bundle.sessions.iter_mut().for_each(|s| s.name.clone_from(&name));
            let taken = transfer::take_in_as(&mut store, &incoming, &Choices::default()).expect("taken in");
            let told = taken.report.to_string();
            assert!(told.contains("on tiers made of words and tags that the project has"), "{told}");
            let after = all(&store);
            assert_eq!(after.tiers.len(), before.tiers.len(), "round {round}: {told}");
            assert_eq!(after.annotations.len(), before.annotations.len(), "round {round}: {told}");
            assert_eq!(taken.plan.conflicts().count(), 0, "times in whole milliseconds are no other times: {told}");
        }
    }
    // Elsewhere there is nothing that they were made of: they are kept.
    let other = tempfile::tempdir().unwrap();
    let mut elsewhere = new(other.path());
    take(&mut elsewhere, &folder.path().join("talk.eaf"), Policy::default());
    assert!(all(&elsewhere).tiers.iter().any(|tier| tier.made_of() == Some("tags")));
}

#[test]
fn words_of_an_utterance_that_was_added_in_elan_come_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = new(folder.path());
    take(&mut store, &root().join("assets/sample/apalai.flextext"), Policy::default());
    let before = all(&store);
    let session = before.sessions.first().expect("a text");
    let file = folder.path().join("text.eaf");
    transfer::export(&store, Scope::Session(session.id), Format::Eaf, &file).expect("exported");
    let mut incoming = transfer::read_for(&store, &file, None, ImportOptions::default()).expect("read");
    let bundle = &mut incoming.imported.bundle;
    bundle.sessions.iter_mut().for_each(|s| s.name.clone_from(&session.name));
    let made = |id: Option<fieldgloss::domain::TierId>| {
        bundle.tiers.iter().any(|tier| Some(tier.id) == id && tier.made_of().is_some())
    };
    let words = bundle.tiers.iter().find(|tier| tier.made_of().is_some() && !made(tier.parent)).expect("words");
    let (words, base) = (words.id, words.parent.expect("their texts"));
    let later = |hours: i64| Time::from_millis(hours * 3_600_000);
    let text = Annotation::new(base, Some(Span::new(later(9), later(10))), 0, "added in ELAN");
    let mut word = Annotation::new(words, None, 0, "added");
    word.parent = Some(text.id);
    bundle.annotations.extend([text, word]);
    transfer::take_in_as(&mut store, &incoming, &Choices::default()).expect("taken in");
    let after = all(&store);
    let says = |value: &str| after.annotations.iter().filter(|a| a.value == value).count();
    assert_eq!((says("added in ELAN"), says("added")), (1, 1));
    assert_eq!(after.tiers.len(), before.tiers.len() + 1, "and nothing of what is there already");
    assert_eq!(after.annotations.len(), before.annotations.len() + 2);
}

#[test]
fn a_tier_that_somebody_named_keeps_its_tags() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, session) = looked_at(folder.path());
    let face = face(&store, session);
    let tag = accepted(&mut store, face);
    let tier = tier_of(&store, &tag).id;
    let named =
        |tx: &fieldgloss::store::Tx<'_>| tx.modify::<Tier>(tier, |tier| tier.name = "Smiles".into()).map(|_| ());
    store.transact(Op::new(OpKind::EditTier), named).expect("renamed");
    add_person(&mut store, "ANN", Some(face)).expect("a person");
    assert_eq!(tier_of(&store, &tag).name, "Smiles");
}

#[test]
fn accepted_tags_follow_who_the_face_is() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, session) = looked_at(folder.path());
    let face = face(&store, session);
    let tag = accepted(&mut store, face);
    let before = tier_of(&store, &tag);
    assert!(before.name.starts_with("Face 1 · ") && before.participant.is_none(), "{before:?}");
    let anna = add_person(&mut store, "ANN", Some(face)).expect("a person").value;
    let named = tier_of(&store, &tag);
    assert!(named.name.starts_with("ANN · ") && named.participant == Some(anna), "{named:?}");
    assert!(!all(&store).tiers.iter().any(|tier| tier.role == TierRole::Tags && tier.name.starts_with("Face 1")));
    store.undo().expect("undone");
    assert_eq!(tier_of(&store, &tag), before);
    store.redo().expect("done again");
    name_track(&mut store, face, None).expect("unnamed");
    assert!(tier_of(&store, &tag).participant.is_none());
}

#[test]
fn a_tag_of_somebody_who_refused_stays_home_on_whatever_tier_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, session) = looked_at(folder.path());
    let face = face(&store, session);
    let tag = accepted(&mut store, face);
    let person = add_person(&mut store, "REF", Some(face)).expect("a person").value;
    let mut bundle = all(&store);
    bundle.people.iter_mut().filter(|p| p.id == person).for_each(|p| p.consent.given = Some(false));
    // As in projects in which tags did not follow names.
    bundle.tiers.iter_mut().filter(|tier| tier.role == TierRole::Tags).for_each(|tier| tier.participant = None);
    let value = bundle.annotations.iter().find(|a| Some(a.id) == tag.annotation).expect("it").value.clone();
    let (open, report) = formats::published::published(&bundle);
    assert!(!open.annotations.iter().any(|a| Some(a.id) == tag.annotation), "{report}");
    let (turtle, report) = formats::rdf::to_bytes(Format::Turtle, &bundle).expect("turtle");
    let turtle = String::from_utf8(turtle).expect("text");
    let id = tag.annotation.expect("an annotation").to_string();
    assert!(!turtle.contains(&id), "{value}: {report}");
}

#[test]
fn who_refused_or_closed_something_elsewhere_has_done_so_here() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, session) = looked_at(folder.path());
    let face = face(&store, session);
    let person = add_person(&mut store, "MA", Some(face)).expect("a person").value;
    let printed = store.read().printed().expect("prints").len();
    let file = folder.path().join("other.json");
    let mut bundle = all(&store);
    let other: &mut Person = bundle.people.iter_mut().find(|p| p.id == person).expect("her");
    (other.access, other.consent.given) = (Access::Closed, Some(false));
    formats::write(&file, Format::Json, &bundle).expect("written");
    take(&mut store, &file, Policy::Take);
    let now: Person = store.read().require(person).expect("her");
    assert_eq!((now.access, now.consent.given), (Access::Closed, Some(false)));
    let left = store.read().prints().expect("prints");
    assert!(left.iter().all(|print| print.track != face), "{printed} before, {} now", left.len());
    assert!(!left.iter().any(|print| print.kind == PrintKind::Face && print.track == face));
    // Opening up is for people to decide, here.
    other_way(&mut store, &file, person);
    let now: Person = store.read().require(person).expect("her");
    assert_eq!((now.access, now.consent.given), (Access::Closed, Some(false)));
}

fn other_way(store: &mut Store, file: &Path, person: fieldgloss::domain::PersonId) {
    let mut bundle = all(store);
    let other: &mut Person = bundle.people.iter_mut().find(|p| p.id == person).expect("her");
    (other.access, other.consent.given) = (Access::Open, Some(true));
    formats::write(file, Format::Json, &bundle).expect("written");
    take(store, file, Policy::Take);
}

#[test]
fn curves_that_cannot_be_read_are_no_whole_project() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, session) = looked_at(folder.path());
    assert_eq!(checking::check(&store).expect("checked"), []);
    let face = face(&store, session);
    let chunk = store.read().all_chunks(face).expect("curves").remove(0);
    let damaged = TrackChunk { blob: vec![1, 2, 3], ..chunk };
    store.transact(Op::fixed(OpKind::Analyse), |tx| tx.put_chunk(&damaged)).expect("damaged");
    let found = checking::check(&store).expect("checked");
    let [problem] = &found[..] else { panic!("{found:?}") };
    assert!(problem.text.contains("Face 1 in Talking cannot be read"), "{}", problem.text);
}
