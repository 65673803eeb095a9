//! The rules that edits keep.

use fieldgloss::app::edit::{annotations, lexicon, tags, tiers, words};
use fieldgloss::domain::*;
use fieldgloss::store::{Op, OpKind, Store, StoreError};
use proptest::prelude::*;

use crate::fixture::{all, assert_rules, ms, small};
use crate::sample::Chance;

fn span_of(store: &Store, id: AnnotationId) -> Span {
    store.read().require::<Annotation>(id).unwrap().span().unwrap()
}
fn forms(store: &Store, id: AnnotationId) -> Vec<String> {
    store.read().words_of(id).unwrap().iter().map(|w| w.form.first().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_new_annotation_takes_what_is_free() {
    let (mut store, p) = small();
    let id = annotations::add(&mut store, p.transcription, ms(3500, 5500), "").unwrap().value;
    assert_eq!(span_of(&store, id), ms(4000, 5000));
    let refused = annotations::add(&mut store, p.transcription, ms(4200, 4800), "").unwrap_err();
    assert!(matches!(refused, StoreError::Rule(_)), "{refused}");
    let refused = annotations::add(&mut store, p.translation, ms(0, 100), "").unwrap_err();
    assert!(refused.to_string().contains("no times of their own"), "{refused}");
    let refused = annotations::add(&mut store, p.gestures, ms(9000, 9500), "").unwrap_err();
    assert!(refused.to_string().contains("parent tier"), "{refused}");
    assert_rules(&store, "after refusals");
}

#[test]
fn moving_stops_at_neighbours_and_takes_children_along() {
    let (mut store, p) = small();
    annotations::set_span(&mut store, p.utterances[0], ms(0, 2500)).unwrap();
    assert_eq!(span_of(&store, p.utterances[0]), ms(0, 2000), "the next one stops it");
    annotations::set_span(&mut store, p.utterances[0], ms(1000, 1800)).unwrap();
    assert_eq!(span_of(&store, p.gesture), ms(1000, 1500), "kept within");
    annotations::set_span(&mut store, p.gesture, ms(0, 9000)).unwrap();
    assert_eq!(span_of(&store, p.gesture), ms(1000, 1800), "no further than its parent");
    assert!(annotations::set_span(&mut store, p.gesture, ms(8000, 9000)).is_err(), "not out of its parent");
    assert_rules(&store, "after moving");
}

#[test]
fn a_subdivision_is_stretched_with_its_parent() {
    let (mut store, p) = small();
    let new = tiers::NewTier {
        name: "Phones".to_owned(),
        parent: Some(p.transcription),
        constraint: Constraint::TimeSubdivision,
        ..Default::default()
    };
    let phones = tiers::add(&mut store, p.session, new).unwrap().value;
    let a = annotations::add(&mut store, phones, ms(5000, 5250), "m").unwrap().value;
    let b = annotations::add(&mut store, phones, ms(5250, 6000), "ame").unwrap().value;
    annotations::set_span(&mut store, p.utterances[2], ms(6000, 8000)).unwrap();
    assert_eq!((span_of(&store, a), span_of(&store, b)), (ms(6000, 6500), ms(6500, 8000)));
}

#[test]
fn splitting_parts_text_words_and_children() {
    let (mut store, p) = small();
    let glossed = store.read().morphs_of(p.word).unwrap();
    let second = annotations::split(&mut store, p.utterances[0], Time::from_millis(1000), None).unwrap().value;
    let text = |store: &Store, id| store.read().require::<Annotation>(id).unwrap().value;
    assert_eq!(
        (text(&store, p.utterances[0]), text(&store, second)),
        ("Mame tyryryme".to_owned(), "nytose.".to_owned())
    );
    assert_eq!((span_of(&store, p.utterances[0]), span_of(&store, second)), (ms(0, 1000), ms(1000, 2000)));
    assert_eq!(forms(&store, second), ["nytose", "."]);
    assert_eq!(store.read().morphs_of(p.word).unwrap(), glossed, "the word went over with its analysis");
    assert_eq!(span_of(&store, p.gesture), ms(500, 1000));
    assert_rules(&store, "split");
    assert!(annotations::split(&mut store, second, Time::from_millis(500), None).is_err());
    // And joined again: all is as before but the gesture, which was cut.
    annotations::merge_with_next(&mut store, p.utterances[0]).unwrap();
    assert_eq!(text(&store, p.utterances[0]), "Mame tyryryme nytose.");
    assert_eq!(store.read().morphs_of(p.word).unwrap(), glossed);
    assert_rules(&store, "joined");
}

#[test]
fn joining_keeps_what_hangs_under_either_and_what_points_at_it() {
    let (mut store, p) = small();
    annotations::add(&mut store, p.gestures, ms(2500, 3000), "nods").unwrap();
    let example = Example {
        id: ExampleId::new(),
        sense: p.sense,
        position: 0,
        text: MultiText::default(),
        translation: MultiText::default(),
        source: String::new(),
        annotation: Some(p.utterances[1]),
        residue: Residue::default(),
    };
    store.transact(Op::new(OpKind::Edit), |tx| tx.insert(&example)).unwrap();
    annotations::merge_with_next(&mut store, p.utterances[0]).unwrap();
    let joined: Annotation = store.read().require(p.utterances[0]).unwrap();
    assert_eq!(joined.span(), Some(ms(0, 4000)));
    assert_eq!(joined.value, "Mame tyryryme nytose. kaikuxi t͡ʃa˥˩ nà");
    let under: Vec<_> = store.read().children_of(joined.id).unwrap().into_iter().map(|c| c.value).collect();
    assert!(under.contains(&"Then the jaguar went it is said".to_owned()), "{under:?}");
    assert_eq!(under.len(), 3, "one translation, two gestures");
    assert_eq!(store.read().require::<Example>(example.id).unwrap().annotation, Some(joined.id));
    assert_rules(&store, "joined");
    assert!(annotations::merge_with_next(&mut store, p.utterances[2]).is_err(), "nothing comes after the last");
    // Two under different parents stay apart.
    let gesture = store.read().annotations_of(p.gestures).unwrap()[1].id;
    annotations::add(&mut store, p.gestures, ms(5000, 5500), "x").unwrap();
    let refused = annotations::merge_with_next(&mut store, gesture).unwrap_err();
    assert!(refused.to_string().contains("different annotations"), "{refused}");
}

#[test]
fn words_that_stay_keep_their_analysis() {
    let (mut store, p) = small();
    words::approve(&mut store, p.word, None).unwrap();
    let glossed = store.read().morphs_of(p.word).unwrap();
    annotations::set_value(&mut store, p.utterances[0], "Ahno: mame nytose, tyryryme").unwrap();
    assert_eq!(store.read().morphs_of(p.word).unwrap(), glossed);
    assert_eq!(store.read().require::<Word>(p.word).unwrap().status, WordStatus::Approved);
    annotations::set_value(&mut store, p.utterances[0], "Ahno: mame nytosen, tyryryme").unwrap();
    assert_eq!(store.read().require::<Word>(p.word).unwrap().status, WordStatus::Suggested, "someone must look again");
    assert_rules(&store, "typed");
}

#[test]
fn breaking_a_word_ties_what_the_lexicon_knows_and_keeps_what_stays() {
    let (mut store, p) = small();
    let morph: Morph = store.read().require(p.morph).unwrap();
    assert_eq!((morph.lexeme, morph.sense, morph.gloss.get("en")), (Some(p.lexeme), Some(p.sense), Some("go")));
    words::set_morph_category(&mut store, p.morph, "en", "vi").unwrap();
    words::break_word(&mut store, p.word, "ny-yto-se").unwrap();
    let kept: Morph = store.read().require(p.morph).unwrap();
    assert_eq!(kept.category.get("en"), Some("vi"));
    words::set_morph_gloss(&mut store, p.morph, "en", "walk").unwrap();
    assert_eq!(store.read().require::<Morph>(p.morph).unwrap().lexeme, None, "no sense says so");
    words::link_morph(&mut store, p.morph, Some(p.sense)).unwrap();
    let tied: Morph = store.read().require(p.morph).unwrap();
    assert_eq!((tied.lexeme, tied.gloss.get("en")), (Some(p.lexeme), Some("go")));
}

#[test]
fn homographs_are_numbered() {
    let (mut store, p) = small();
    let second = lexicon::add(&mut store, "apy", "yto", MorphKind::Root).unwrap().value;
    let third = lexicon::add(&mut store, "apy", "YTO", MorphKind::Root).unwrap().value;
    let number = |id| store.read().require::<Lexeme>(id).unwrap().homograph;
    assert_eq!([number(p.lexeme), number(second), number(third)], [1, 2, 3]);
    assert!(lexicon::add_link(&mut store, p.sense.record(), LinkScheme::Other, "no address", "").is_err());
}

#[test]
fn lines_go_only_where_they_belong() {
    let (mut store, p) = small();
    assert!(annotations::set_line(&mut store, p.utterances[0], p.transcription, "x").is_err());
    assert!(annotations::set_line(&mut store, p.utterances[0], p.gestures, "x").is_err());
    assert!(annotations::set_line(&mut store, p.gesture, p.translation, "x").is_err());
}

#[test]
fn a_decision_stands_beside_the_proposal_and_can_be_changed() {
    let (mut store, p) = small();
    let proposal: Tag = store.read().require(p.tags[0]).unwrap();
    let untouched = |store: &Store| {
        let tag: Tag = store.read().require(p.tags[0]).unwrap();
        assert_eq!(
            (tag.label, tag.start, tag.end, tag.confidence.to_bits(), tag.evidence),
            (
                proposal.label.clone(),
                proposal.start,
                proposal.end,
                proposal.confidence.to_bits(),
                proposal.evidence.clone()
            )
        );
    };
    let id = tags::accept(&mut store, p.tags[0]).unwrap().value;
    let annotation: Annotation = store.read().require(id).unwrap();
    assert_eq!((annotation.value.as_str(), annotation.span()), ("resembling happiness", Some(ms(1000, 3000))));
    let tag: Tag = store.read().require(p.tags[0]).unwrap();
    assert_eq!((tag.status, tag.reviewer.as_str(), tag.annotation), (TagStatus::Accepted, "Ana", Some(id)));
    untouched(&store);

    let again = tags::change(&mut store, p.tags[0], ms(1100, 2900), "grin").unwrap().value;
    assert_eq!(again, id, "the same annotation, changed");
    assert_eq!(span_of(&store, id), ms(1100, 2900));
    untouched(&store);

    tags::reject(&mut store, p.tags[0]).unwrap();
    assert_eq!(store.read().get::<Annotation>(id).unwrap(), None);
    let tag: Tag = store.read().require(p.tags[0]).unwrap();
    assert_eq!((tag.status, tag.annotation), (TagStatus::Rejected, None));
    untouched(&store);
    store.undo().unwrap();
    assert_eq!(store.read().require::<Tag>(p.tags[0]).unwrap().annotation, Some(id));
    annotations::delete(&mut store, id).unwrap();
    let tag: Tag = store.read().require(p.tags[0]).unwrap();
    assert_eq!((tag.status, tag.reviewer.as_str()), (TagStatus::Proposed, ""), "open again");
    let counts = store.read().tag_counts(p.run).unwrap();
    assert_eq!((counts.all, counts.open), (3, 3));
}

#[test]
fn accepted_tags_that_overlap_stand_on_tiers_of_their_own() {
    let (mut store, p) = small();
    let ids = p.tags.map(|tag| tags::accept(&mut store, tag).unwrap().value);
    let tiers = ids.map(|id| store.read().require::<Annotation>(id).unwrap().tier);
    assert!(tiers[0] != tiers[1] && tiers[1] != tiers[2]);
    let names = tiers.map(|id| store.read().require::<Tier>(id).unwrap().name);
    assert_eq!(names, ["Face 1 · expression", "Face 1 · hand up", "Face 1 · hand up 2"]);
    assert_rules(&store, "accepted");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 25, failure_persistence: None, ..ProptestConfig::default() })]
    /// Whatever is done in whatever order, the rules hold, and all of it can be taken back.
    #[test]
    fn the_rules_hold_over_any_work(seed in any::<u64>()) {
        let (mut store, p) = small();
        let mut states = vec![all(&store)];
        let c = &mut Chance(seed);
        for n in 0..25 {
            store.set_author(format!("author {n}"));
            let every: Vec<Annotation> = store.read().all().unwrap();
            let Some(one) = every.get(c.below(every.len())).cloned() else { break };
            let from = c.below(7000) as i64;
            let span = ms(from, from + c.below(2500) as i64);
            let tier = c.pick(&[p.transcription, p.gestures]);
            let s = &mut store;
            // Refusals are fine; what they leave must be whole all the same.
            let done = match c.below(9) {
                0 => annotations::add(s, tier, span, "xa ha").map(|d| d.changed),
                1 => annotations::set_span(s, one.id, span).map(|d| d.changed),
                2 => annotations::split(s, one.id, Time::from_millis(from), None).map(|d| d.changed),
                3 => annotations::merge_with_next(s, one.id).map(|d| d.changed),
                4 => annotations::set_value(s, one.id, c.pick(&["mame", "a b c, d", "", "nytose mame"])).map(|d| d.changed),
                5 => annotations::delete(s, one.id).map(|d| d.changed),
                6 => annotations::set_line(s, one.id, p.translation, c.pick(&["", "so"])).map(|d| d.changed),
                7 => tags::accept(s, c.pick(&p.tags)).map(|d| d.changed),
                _ => tags::reject(s, c.pick(&p.tags)).map(|d| d.changed),
            };
            assert_rules(&store, &format!("step {n}"));
            match done {
                Ok(changed) if !changed.is_empty() => states.push(all(&store)),
                _ => prop_assert!(all(&store) == *states.last().unwrap()),
            }
        }
        states.pop();
        for state in states.iter().rev() {
            store.undo().unwrap().unwrap();
            prop_assert!(all(&store) == *state);
        }
    }
}
