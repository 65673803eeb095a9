//! What goes in comes out: every record kind, every field, any text.

use fieldgloss::domain::*;
use fieldgloss::store::{Op, OpKind, Scope, Store, StoreError};
use proptest::prelude::*;

use crate::fixture::{all, reopened, small};
use crate::sample::{bundle, in_order};

fn empty_for(bundle: &Bundle) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(&dir.path().join("p"), bundle.project.as_ref().unwrap(), &[]).unwrap();
    (dir, store)
}

fn merge(store: &mut Store, bundle: &Bundle) -> LossReport {
    store.transact(Op::new(OpKind::Import), |tx| tx.merge(bundle)).unwrap().value
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_bundle_merged_comes_out_equal_and_merging_it_again_changes_nothing(seed in any::<u64>()) {
        let wanted = in_order(bundle(seed));
        let (_dir, mut store) = empty_for(&wanted);
        merge(&mut store, &wanted);
        let found = in_order(store.read().bundle(Scope::Whole).unwrap());
        prop_assert_eq!(&found, &wanted);
        prop_assert!(store.check().unwrap().iter().all(|p| p.record.is_some_and(|r| wanted.media.iter().any(|m| m.id.record() == r))));

        let again = store.transact(Op::new(OpKind::Import), |tx| tx.merge(&wanted)).unwrap();
        prop_assert!(again.changed.is_empty());
        prop_assert_eq!(again.value.items.len(), 1, "all the same: {:?}", again.value);

        let mut store = reopened(store);
        store.undo().unwrap();
        prop_assert!(in_order(store.read().bundle(Scope::Whole).unwrap()).annotations.is_empty());
        store.redo().unwrap();
        prop_assert_eq!(&in_order(store.read().bundle(Scope::Whole).unwrap()), &wanted);
    }
    #[test]
    fn sessions_taken_out_one_by_one_leave_nothing_dangling_and_undo_brings_all_back(seed in any::<u64>()) {
        let wanted = in_order(bundle(seed));
        let (_dir, mut store) = empty_for(&wanted);
        merge(&mut store, &wanted);
        let mut steps = 0;
        let mut take = |store: &mut Store, edit: &dyn Fn(&mut Store)| { edit(store); steps += 1; };
        for session in &wanted.sessions {
            take(&mut store, &|s| { s.transact(Op::new(OpKind::DeleteSession), |tx| tx.delete_session(session.id)).unwrap(); });
        }
        for lexeme in &wanted.lexemes {
            take(&mut store, &|s| { s.transact(Op::new(OpKind::DeleteLexeme), |tx| tx.delete_lexeme(lexeme.id)).unwrap(); });
        }
        for person in &wanted.people {
            take(&mut store, &|s| { s.transact(Op::new(OpKind::DeletePerson), |tx| tx.delete_person(person.id)).unwrap(); });
        }
        let left = store.read().bundle(Scope::Whole).unwrap();
        prop_assert!(left.annotations.is_empty() && left.words.is_empty() && left.morphs.is_empty() && left.tags.is_empty());
        prop_assert!(left.senses.is_empty() && left.examples.is_empty() && left.links.is_empty() && left.relations.is_empty());
        prop_assert_eq!(store.check().unwrap(), []);
        for _ in 0..steps {
            store.undo().unwrap();
        }
        prop_assert_eq!(&in_order(store.read().bundle(Scope::Whole).unwrap()), &wanted);
    }
}

#[test]
fn a_step_that_fails_changes_nothing() {
    let (mut store, small) = small();
    let before = all(&store);
    let failed = store.transact(Op::new(OpKind::Edit), |tx| {
        tx.delete_session(small.session)?;
        Err::<(), _>(StoreError::Rule("no".to_owned()))
    });
    assert_eq!(failed.unwrap_err().to_string(), "no");
    assert_eq!(all(&store), before);
    // A record that points at nothing is refused when the step ends, with all that came before in the step.
    let state = store.undo_state().unwrap();
    let dangling = store.transact(Op::new(OpKind::Edit), |tx| {
        tx.modify::<Session>(small.session, |s| s.name = "changed".to_owned())?;
        tx.insert(&Annotation::new(TierId::new(), None, 0, "nowhere"))
    });
    assert!(dangling.is_err());
    assert_eq!(all(&store), before);
    assert_eq!(store.undo_state().unwrap(), state, "and it is no step");
}

#[test]
fn a_step_that_changes_nothing_leaves_no_trace() {
    let (mut store, small) = small();
    let state = store.undo_state().unwrap();
    let done = store.transact(Op::new(OpKind::Edit), |tx| tx.modify::<Session>(small.session, |_| ())).unwrap();
    assert!(done.changed.is_empty());
    assert_eq!(store.undo_state().unwrap(), state);
}

#[test]
fn records_in_a_ring_can_still_be_taken_out() {
    let (mut store, small) = small();
    let before = all(&store);
    let [a, b, _] = small.utterances;
    store
        .transact(Op::new(OpKind::Import), |tx| {
            tx.modify::<Annotation>(a, |r| r.parent = Some(b))?;
            tx.modify::<Annotation>(b, |r| r.parent = Some(a))?;
            tx.modify::<Sense>(small.sense, |r| r.parent = Some(small.sense))
        })
        .unwrap();
    store
        .transact(Op::new(OpKind::Edit), |tx| {
            tx.delete_annotation(a)?;
            tx.delete_lexeme(small.lexeme)
        })
        .unwrap();
    assert_eq!(store.check().unwrap(), []);
    store.undo().unwrap();
    store.undo().unwrap();
    assert_eq!(all(&store), before);
}

#[test]
fn people_of_one_code_and_languages_of_one_tag_are_the_same() {
    let (mut store, small) = small();
    let mut other = bundle(7);
    other.languages.truncate(1);
    let stranger = other.people[0].id;
    other.people[0].code = "MS".to_owned();
    other.tiers[0].participant = Some(stranger);
    merge(&mut store, &other);
    let people: Vec<Person> = store.read().all().unwrap();
    assert!(people.iter().all(|p| p.id != stranger));
    let tier: Tier = store.read().require(other.tiers[0].id).unwrap();
    assert_eq!(tier.participant, Some(small.person));
    let languages: Vec<Language> = store.read().all().unwrap();
    assert_eq!(languages.iter().filter(|l| l.tag == "apy").count(), 1);
}

#[test]
fn a_session_comes_out_with_what_it_uses() {
    let (store, small) = small();
    let b = store.read().bundle(Scope::Session(small.session)).unwrap();
    let whole = all(&store);
    assert_eq!(crate::sample::in_order(b.clone()).annotations, whole.annotations);
    assert_eq!(
        (b.words.len(), b.morphs.len(), b.tags.len()),
        (whole.words.len(), whole.morphs.len(), whole.tags.len())
    );
    assert!(b.lexemes.is_empty());
}

#[test]
fn samples_of_a_track_are_kept_in_chunks() {
    let (mut store, small) = small();
    let chunk = |start: i64, blob: &[u8]| TrackChunk {
        track: small.track,
        channel: "box".to_owned(),
        start: Time::from_millis(start),
        end: Time::from_millis(start + 999),
        samples: 25,
        blob: blob.to_vec(),
    };
    let put = |store: &mut Store, chunk: &TrackChunk| {
        store.transact(Op::fixed(OpKind::Analyse), |tx| tx.put_chunk(chunk)).unwrap();
    };
    for (start, blob) in [(0, &b"one"[..]), (1000, &b"two"[..]), (2000, &[0, 255][..])] {
        put(&mut store, &chunk(start, blob));
    }
    put(&mut store, &chunk(1000, b"two again"));
    let within = |from, to| store.read().chunks(small.track, "box", crate::fixture::ms(from, to)).unwrap();
    assert_eq!(within(1500, 2500), [chunk(1000, b"two again"), chunk(2000, &[0, 255])]);
    assert_eq!(within(0, 9000).len(), 3);
    assert_eq!(within(-50, 0), [chunk(0, b"one")]);
    // Between the end of one and the start of the next there is nothing.
    assert_eq!((within(2999, 3500).len(), within(3000, 3500).len()), (1, 0));
    for name in ["pose", "age", "score"] {
        put(&mut store, &TrackChunk { channel: name.to_owned(), ..chunk(5000, b"x") });
    }
    assert_eq!(store.read().channels(small.track).unwrap(), ["age", "box", "pose", "score"]);
    assert_eq!(store.read().channels(TrackId::new()).unwrap(), [""; 0]);
    assert!(store.read().chunks(small.track, "gaze", crate::fixture::ms(0, 9000)).unwrap().is_empty());
    // Taken out with its run, then brought back: the samples are still there.
    store.transact(Op::new(OpKind::DeleteRun), |tx| tx.delete_run(small.run)).unwrap();
    assert_eq!(store.check().unwrap(), []);
    store.undo().unwrap();
    assert_eq!(store.read().chunks(small.track, "box", crate::fixture::ms(0, 9000)).unwrap().len(), 3);
}

#[test]
fn another_thread_reads_and_writes_through_a_connection_of_its_own() {
    let (mut store, small) = small();
    let mut sibling = store.sibling().unwrap();
    let thread = std::thread::spawn(move || {
        for n in 0..50 {
            sibling
                .transact(Op::fixed(OpKind::Analyse), |tx| {
                    tx.modify::<ModelRun>(small.run, |run| run.frames = n).map(|_| ())
                })
                .unwrap();
        }
        sibling.read().count::<Annotation>().unwrap()
    });
    for n in 0..50 {
        store
            .transact(Op::new(OpKind::EditSession), |tx| {
                tx.modify::<Session>(small.session, |s| s.place = format!("place {n}")).map(|_| ())
            })
            .unwrap();
    }
    assert_eq!(thread.join().unwrap(), store.read().count::<Annotation>().unwrap());
    assert_eq!(store.read().require::<ModelRun>(small.run).unwrap().frames, 49);
    for _ in 0..50 {
        assert_eq!(store.undo().unwrap().unwrap().0, OpKind::EditSession);
    }
    assert_eq!(store.read().require::<Session>(small.session).unwrap().place, "");
    assert_eq!(store.read().require::<ModelRun>(small.run).unwrap().frames, 49, "what a job wrote is not undone");
}
