//! Undo, redo and history: of every edit, in words, over restarts.

use fieldgloss::app::edit::{annotations, lexicon, project, tags, tiers, words};
use fieldgloss::app::transfer;
use fieldgloss::domain::*;
use fieldgloss::formats::Imported;
use fieldgloss::store::query::Analysis;
use fieldgloss::store::{OpKind, Store};

use crate::fixture::{Small, all, assert_rules, ms, reopened, small};

type Edit = (&'static str, OpKind, fn(&mut Store, &Small));

/// Every edit there is, each on the small project as it stands.
const EDITS: &[Edit] = &[
    ("add an annotation", OpKind::AddAnnotation, |s, p| {
        annotations::add(s, p.transcription, ms(4100, 4900), "moro nexi").unwrap();
    }),
    ("add one under a parent", OpKind::AddAnnotation, |s, p| {
        annotations::add(s, p.gestures, ms(2500, 9000), "nods").unwrap();
    }),
    ("type", OpKind::EditAnnotation, |s, p| {
        annotations::set_value(s, p.utterances[0], "Mame kaikuxi nytose, toto").unwrap();
    }),
    ("translate", OpKind::EditTranslation, |s, p| {
        annotations::set_line(s, p.utterances[2], p.translation, "then").unwrap();
    }),
    ("translate anew", OpKind::EditTranslation, |s, p| {
        annotations::set_line(s, p.utterances[0], p.translation, "so the jaguar left").unwrap();
    }),
    ("take a translation out", OpKind::EditTranslation, |s, p| {
        annotations::set_line(s, p.utterances[0], p.translation, "").unwrap();
    }),
    ("move edges", OpKind::MoveAnnotation, |s, p| {
        annotations::set_span(s, p.utterances[0], ms(700, 1200)).unwrap();
    }),
    ("split", OpKind::SplitAnnotation, |s, p| {
        annotations::split(s, p.utterances[0], Time::from_millis(1000), None).unwrap();
    }),
    ("split at the caret", OpKind::SplitAnnotation, |s, p| {
        annotations::split(s, p.utterances[0], Time::from_millis(400), Some(9)).unwrap();
    }),
    ("merge", OpKind::MergeAnnotations, |s, p| {
        annotations::merge_with_next(s, p.utterances[0]).unwrap();
    }),
    ("delete", OpKind::DeleteAnnotation, |s, p| {
        annotations::delete(s, p.utterances[0]).unwrap();
    }),
    ("add a tier", OpKind::AddTier, |s, p| {
        tiers::add(s, p.session, tiers::NewTier { name: "Notes".to_owned(), ..Default::default() }).unwrap();
    }),
    ("rename a tier", OpKind::EditTier, |s, p| {
        tiers::edit(s, p.gestures, |t| t.name = "Hands".to_owned()).unwrap();
    }),
    ("delete a tier", OpKind::DeleteTier, |s, p| {
        tiers::delete(s, p.transcription).unwrap();
    }),
    ("accept", OpKind::AcceptTag, |s, p| {
        tags::accept(s, p.tags[0]).unwrap();
    }),
    ("change a proposal", OpKind::ChangeTag, |s, p| {
        tags::change(s, p.tags[1], ms(900, 2900), "waves").unwrap();
    }),
    ("reject", OpKind::RejectTag, |s, p| {
        tags::reject(s, p.tags[0]).unwrap();
    }),
    ("cannot tell", OpKind::UnsureTag, |s, p| {
        tags::unsure(s, p.tags[0]).unwrap();
    }),
    ("name a track", OpKind::NameTrack, |s, p| {
        tags::name_track(s, p.track, Some(p.person)).unwrap();
    }),
    ("add a session", OpKind::AddSession, |s, _| {
        project::add_session(s, "ETR010").unwrap();
    }),
    ("edit a session", OpKind::EditSession, |s, p| {
        project::edit_session(s, p.session, "place", |x| x.place = "Bona".to_owned()).unwrap();
    }),
    ("delete a session", OpKind::DeleteSession, |s, p| {
        project::delete_session(s, p.session).unwrap();
    }),
    ("add a recording", OpKind::AddMedia, |s, p| {
        let file = p.dir.path().join("sound.wav");
        project::add_media(s, p.session, &file, MediaStorage::Linked, project::Probed::default()).unwrap();
    }),
    ("find a recording again", OpKind::RelinkMedia, |s, p| {
        project::relink_media(s, p.media, &p.dir.path().join("sound.wav")).unwrap();
    }),
    ("break a word", OpKind::BreakWord, |s, p| {
        words::break_word(s, p.word, "ny-to-se").unwrap();
    }),
    ("gloss a morph", OpKind::GlossWord, |s, p| {
        words::set_morph_gloss(s, p.morph, "en", "walk").unwrap();
    }),
    ("categorise a morph", OpKind::GlossWord, |s, p| {
        words::set_morph_category(s, p.morph, "en", "vi").unwrap();
    }),
    ("untie a morph", OpKind::LinkMorphs, |s, p| {
        words::link_morph(s, p.morph, None).unwrap();
    }),
    ("gloss a word", OpKind::GlossWord, |s, p| {
        words::set_word_gloss(s, p.word, "en", "he went").unwrap();
    }),
    ("categorise a word", OpKind::GlossWord, |s, p| {
        words::set_word_category(s, p.word, "en", "v").unwrap();
    }),
    ("approve", OpKind::ApproveWord, |s, p| {
        words::approve(s, p.word, None).unwrap();
    }),
    ("approve all of a form", OpKind::ApproveWord, |s, p| {
        let analysis = Analysis {
            gloss: MultiText::of("en", "then"),
            category: MultiText::default(),
            morphs: s.read().morphs_of(p.word).unwrap(),
            times: 1,
            seen_in: p.word,
            texts: 1,
        };
        assert_eq!(words::approve_all(s, "MAME", &analysis).unwrap().value, 2);
    }),
    ("add an entry", OpKind::AddLexeme, |s, _| {
        lexicon::add(s, "apy", "yto", MorphKind::Root).unwrap();
    }),
    ("make an entry of a morph", OpKind::AddLexeme, |s, p| {
        lexicon::add_from_morph(s, s.read().morphs_of(p.word).unwrap()[2].id).unwrap();
    }),
    ("edit an entry", OpKind::EditLexeme, |s, p| {
        lexicon::edit(s, p.lexeme, "category", |l| l.category = "vi".to_owned()).unwrap();
    }),
    ("delete an entry", OpKind::DeleteLexeme, |s, p| {
        lexicon::delete(s, p.lexeme).unwrap();
    }),
    ("add a sense", OpKind::AddSense, |s, p| {
        lexicon::add_sense(s, p.lexeme).unwrap();
    }),
    ("edit a sense", OpKind::EditSense, |s, p| {
        lexicon::edit_sense(s, p.sense, "gloss", |x| x.gloss.set("en", "leave")).unwrap();
        let morph: Morph = s.read().require(p.morph).unwrap();
        assert_eq!(morph.gloss.get("en"), Some("leave"), "shows in the text");
    }),
    ("delete a sense", OpKind::DeleteSense, |s, p| {
        lexicon::delete_sense(s, p.sense).unwrap();
    }),
    ("add a link", OpKind::AddLink, |s, p| {
        lexicon::add_link(s, p.lexeme.record(), LinkScheme::WordNet, "https://en-word.net/id/oewn-01", "go").unwrap();
    }),
    ("confirm a link", OpKind::ConfirmLink, |s, p| {
        lexicon::confirm_link(s, p.link).unwrap();
    }),
    ("import", OpKind::Import, |s, p| {
        transfer::take_in(s, &another_text(p)).unwrap();
    }),
];

/// A text as an importer brings it, with a morph that the lexicon knows.
fn another_text(p: &Small) -> Imported {
    let mut bundle = crate::sample::bundle(3);
    bundle.languages.clear();
    let mut morph = bundle.morphs[0].clone();
    morph.id = MorphId::new();
    morph.kind = MorphKind::Root;
    morph.form = MultiText::of("apy", "yto");
    morph.gloss = MultiText::of("en", "go");
    (morph.lexeme, morph.sense) = (None, None);
    bundle.morphs.push(morph);
    for media in &mut bundle.media {
        (media.path, media.size) = (p.dir.path().join("sound.wav").to_string_lossy().into_owned(), 0);
    }
    Imported { bundle, report: LossReport::default() }
}

#[test]
fn every_edit_is_undone_and_redone_exactly_also_after_a_restart() {
    let (mut store, p) = small();
    assert_rules(&store, "at first");
    let before = all(&store);
    for (name, kind, edit) in EDITS {
        edit(&mut store, &p);
        let after = all(&store);
        assert_ne!(after, before, "{name} does something");
        if *name != "import" {
            assert_rules(&store, name);
        }
        assert_eq!(store.undo_state().unwrap().undo, Some(*kind), "{name} is one step, and named");
        let (undone, changed) = store.undo().unwrap().unwrap();
        assert_eq!(undone, *kind);
        assert!(!changed.is_empty(), "{name}: the views are told");
        assert_eq!(all(&store), before, "{name} undone");
        assert_rules(&store, &format!("{name} undone"));
        assert_eq!(store.undo_state().unwrap().redo, Some(*kind));
        store = reopened(store);
        assert_eq!(store.redo().unwrap().unwrap().0, *kind);
        assert_eq!(all(&store), after, "{name} redone");
        store = reopened(store);
        store.undo().unwrap();
        assert_eq!(all(&store), before, "{name} undone again");
    }
}

#[test]
fn all_edits_after_each_other_go_back_and_forth_as_one_long_row() {
    // Those that can follow each other on one project.
    let (mut store, p) = small();
    let mut states = vec![all(&store)];
    for (name, _, edit) in EDITS {
        if !["delete", "merge", "approve all", "move edges", "break a word", "gloss a morph", "untie"]
            .iter()
            .any(|other| name.starts_with(other))
        {
            // Another author each time, so that no two steps join.
            store.set_author(*name);
            edit(&mut store, &p);
            states.push(all(&store));
        }
    }
    assert_eq!(store.check().unwrap(), []);
    let last = states.len() - 1;
    for state in states[..last].iter().rev() {
        store.undo().unwrap().unwrap();
        assert!(all(&store) == *state);
    }
    let mut store = reopened(store);
    for state in &states[1..] {
        store.redo().unwrap().unwrap();
        assert!(all(&store) == *state);
    }
    assert_eq!(store.redo().unwrap(), None);
}

#[test]
fn typing_in_one_field_is_one_step_and_other_fields_are_others() {
    let (mut store, p) = small();
    let before = all(&store);
    for text in ["n", "ne", "new", "new t", "new te", "new text"] {
        annotations::set_value(&mut store, p.utterances[0], text).unwrap();
    }
    let typed = all(&store);
    annotations::set_value(&mut store, p.utterances[1], "x").unwrap();
    annotations::set_value(&mut store, p.utterances[1], "xy").unwrap();
    annotations::set_value(&mut store, p.utterances[0], "back in the first").unwrap();
    store.undo().unwrap();
    store.undo().unwrap();
    assert_eq!(all(&store), typed);
    store.undo().unwrap();
    assert_eq!(all(&store), before);
    store.redo().unwrap();
    assert_eq!(all(&store), typed);
}

#[test]
fn a_pause_in_typing_begins_a_new_step() {
    let (mut store, p) = small();
    annotations::set_value(&mut store, p.utterances[0], "one").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(3100));
    annotations::set_value(&mut store, p.utterances[0], "two").unwrap();
    store.undo().unwrap();
    assert_eq!(store.read().require::<Annotation>(p.utterances[0]).unwrap().value, "one");
}

#[test]
fn typing_that_ends_where_it_began_leaves_nothing_to_undo() {
    let (mut store, p) = small();
    let state = store.undo_state().unwrap();
    annotations::set_value(&mut store, p.utterances[2], "mamex").unwrap();
    annotations::set_value(&mut store, p.utterances[2], "mame").unwrap();
    assert_eq!(store.undo_state().unwrap(), state);
    annotations::set_value(&mut store, p.utterances[2], "mamey").unwrap();
    store.undo().unwrap();
    assert_eq!(store.read().require::<Annotation>(p.utterances[2]).unwrap().value, "mame");
}

#[test]
fn what_models_found_goes_with_its_recording_and_comes_back_with_it() {
    let (mut store, _) = small();
    // The fixture's last edit added the recording; a model has run over it since, which is no step of its own.
    let before = all(&store);
    assert!(!before.runs.is_empty());
    assert_eq!(store.undo_state().unwrap().undo, Some(OpKind::AddMedia));
    store.undo().unwrap().unwrap();
    let without = all(&store);
    assert!(without.media.is_empty() && without.runs.is_empty() && without.tags.is_empty());
    assert_eq!(store.check().unwrap(), []);
    store.redo().unwrap().unwrap();
    assert_eq!(all(&store), before);
    store.undo().unwrap().unwrap();
    assert_eq!(all(&store), without);
}

#[test]
fn a_new_edit_ends_redo_but_the_history_keeps_the_values() {
    let (mut store, p) = small();
    let id = p.utterances[0];
    annotations::set_value(&mut store, id, "lost wording").unwrap();
    store.undo().unwrap();
    lexicon::add_sense(&mut store, p.lexeme).unwrap();
    assert_eq!(store.undo_state().unwrap().redo, None);
    assert_eq!(store.redo().unwrap(), None);
    let values: Vec<_> =
        store.read().history(id.record()).unwrap().iter().filter_map(|h| h.old.get("value").cloned()).collect();
    assert!(values.contains(&"lost wording".into()), "{values:?}");
}

#[test]
fn history_tells_what_happened_to_a_record_when_and_by_whom() {
    let (mut store, p) = small();
    let id = p.utterances[2];
    store.set_author("Beto");
    annotations::set_value(&mut store, id, "ma").unwrap();
    annotations::set_value(&mut store, id, "mam").unwrap();
    annotations::delete(&mut store, id).unwrap();
    let history = store.read().history(id.record()).unwrap();
    let told: Vec<_> = history.iter().map(|h| (h.action.as_str(), h.author.as_str())).collect();
    assert_eq!(told, [("delete", "Beto"), ("update", "Beto"), ("insert", "Ana")]);
    assert_eq!(history[0].old["value"], "mam");
    assert_eq!(history[0].old["tier"], p.transcription.to_string());
    assert_eq!(history[1].old["value"], "mame", "the value before the typing began");
    assert!(history.iter().all(|h| h.at.ends_with('Z') && h.at.len() == 24));
    store.undo().unwrap();
    assert_eq!(store.read().history(id.record()).unwrap().len(), 4, "undo is history too");
}
