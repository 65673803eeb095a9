//! A model trained from a project: recordings with answers that are known, tags of people, the real worker.

use std::collections::HashSet;
use std::f64::consts::TAU;
use std::path::Path;

use fieldgloss::analysis::codec;
use fieldgloss::analysis::models::Use;
use fieldgloss::analysis::training::{PROGRAM, Settings, SplitError, WEIGHTS, What};
use fieldgloss::app::models::adding::look;
use fieldgloss::app::models::{Shelf, ShelfError, TRAINING, choose};
use fieldgloss::app::training::{
    ExportError, From, TrainingError, Wanted, export, find, gather, make, prepare, propose, with_consent,
};
use fieldgloss::app::{edit, recordings};
use fieldgloss::domain::{
    Annotation, Channel, Constraint, MediaStorage, ModelRun, PersonId, Project, RunId, RunStatus, SessionId, Span,
    Tier, TierRole, Time, Track, TrackChunk, TrackId, TrackKind, TrackSamples,
};
use fieldgloss::jobs::examine::{Limits, examine};
use fieldgloss::jobs::{CancelToken, JobContext};
use fieldgloss::media::ClipWriter;
use fieldgloss::store::{Op, OpKind, Store};

const SESSIONS: usize = 2;
/// Two people a session.
const TAGS: usize = 48;

fn store(folder: &Path) -> Store {
    let project = Project::new("Training");
    Store::create(&folder.join("Training.fieldgloss"), &project, &[]).expect("a new project")
}

fn wanted(shelf: &Path, name: &str, tier: &str, what: What, epochs: usize) -> Wanted {
    Wanted {
        name: name.into(),
        from: From::Tier(tier.into()),
        what,
        labels: Vec::new(),
        flip: None,
        settings: Settings { epochs, patience: epochs, ..Settings::default() },
        shelf: Shelf::at(shelf),
    }
}

/// Whose tag it is and which of two labels it has.
fn turn(tag: usize) -> (usize, usize) {
    (tag % 2, (tag / 2) % 2)
}

/// A tier a person, with tags of that length one after the other.
fn annotate(store: &mut Store, session: SessionId, people: &[PersonId], tier: &str, labels: [&str; 2], length: i64) {
    store
        .transact(Op::new(OpKind::AddTier), |tx| {
            for (place, person) in people.iter().enumerate() {
                let tier = Tier {
                    id: fieldgloss::domain::TierId::new(),
                    session,
                    parent: None,
                    name: tier.into(),
                    role: TierRole::Other,
                    constraint: Constraint::None,
                    type_name: tier.into(),
                    participant: Some(*person),
                    annotator: String::new(),
                    language: String::new(),
                    vocabulary: None,
                    position: place as i64,
                    residue: Default::default(),
                };
                tx.insert(&tier)?;
                for tag in (0..TAGS).filter(|tag| turn(*tag).0 == place) {
                    let start = Time::from_millis(tag as i64 * length);
                    let span = Span::new(start, start + Time::from_millis(length));
                    tx.insert(&Annotation::new(tier.id, Some(span), tag as i64, labels[turn(tag).1]))?;
                }
            }
            Ok(())
        })
        .expect("tags");
}

fn people(store: &mut Store, session: SessionId, number: usize) -> Vec<PersonId> {
    let name = |place: usize| format!("Person {}", number * 2 + place);
    (0..2).map(|place| edit::project::add_participant(store, session, &name(place), "speaker").unwrap().value).collect()
}

/// A second for each tag: a tone that rises or falls, at a height of each person's own.
fn tones(path: &Path, number: usize) {
    let mut samples: Vec<i16> = Vec::new();
    for tag in 0..TAGS {
        let (person, label) = turn(tag);
        let (base, mut phase) = (500.0 + 150.0 * (number * 2 + person) as f64, 0.0);
        for n in 0..16_000 {
            let part = f64::from(n) / 16_000.0;
            let climb = if label == 0 { part } else { 1.0 - part };
            phase += TAU * base * 4.0_f64.powf(climb) / 16_000.0;
            samples.push((12_000.0 * phase.sin()) as i16);
        }
    }
    let data: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    let mut out = b"RIFF".to_vec();
    out.extend_from_slice(&(36 + data.len() as u32).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend_from_slice(&16_000_u32.to_le_bytes());
    out.extend_from_slice(&32_000_u32.to_le_bytes());
    out.extend_from_slice(b"\x02\0\x10\0data");
    out.extend_from_slice(&(data.len() as u32).to_le_bytes());
    out.extend_from_slice(&data);
    std::fs::write(path, out).expect("a recording");
}

const FRAME: (u32, u32) = (320, 160);
const FACE: f32 = 80.0;
/// Frames a second, and of each tag.
const RATE: i64 = 10;
const PER_TAG: i64 = 5;

/// Left edge of somebody's face.
fn left(person: usize) -> u32 {
    40 + 160 * person as u32
}

/// Two faces on grey: bars that lean to the left or to the right, in each person's own colour.
fn faces(path: &Path, number: usize) {
    let mut writer = ClipWriter::create(path, FRAME.0, FRAME.1, None).expect("a video");
    for at in 0..TAGS as i64 * PER_TAG {
        let (turned, label) = turn((at / PER_TAG) as usize);
        let mut rgba = vec![128_u8; (FRAME.0 * FRAME.1 * 4) as usize];
        for person in 0..2 {
            // Whoever has no tag at this moment shows the other label, so that nobody can be taken for somebody else.
            let lean = if (label == 0) == (person == turned) { 1 } else { -1 };
            for y in 0..80_i32 {
                for x in 0..80_i32 {
                    let bar = (x - 40 - lean * (y - 40) + (at as i32 % 5) * 3).rem_euclid(40) < 14;
                    let colour = (number * 2 + person) as u8 * 30;
                    let pixel = if bar { [230, 220 - colour, 200, 255] } else { [40 + colour, 30, 60, 255] };
                    let place = ((40 + y as u32) * FRAME.0 + left(person) + x as u32) as usize * 4;
                    rgba[place..place + 4].copy_from_slice(&pixel);
                }
            }
        }
        writer.picture(Time::from_millis(at * 1000 / RATE), &rgba).expect("a frame");
    }
    writer.finish().expect("a video");
}

/// What a run that looked would have kept: a face track a person, with boxes.
fn follow(store: &mut Store, session: SessionId, people: &[PersonId]) {
    let media = store.read().media_of(session).unwrap()[0].id;
    let run = ModelRun {
        id: RunId::new(),
        session,
        media,
        models: Vec::new(),
        settings: serde_json::json!({ "fps": RATE }),
        started: "2026-01-01T00:00:00Z".into(),
        finished: String::new(),
        status: RunStatus::Finished,
        frames: 0,
        residue: Default::default(),
    };
    let times: Vec<Time> = (0..TAGS as i64 * PER_TAG).map(|at| Time::from_millis(at * 1000 / RATE)).collect();
    store
        .transact(Op::fixed(OpKind::Analyse), |tx| {
            tx.insert(&run)?;
            for (place, person) in people.iter().enumerate() {
                let (start, end) = (times[0], times[times.len() - 1]);
                let (kind, number, samples) = (TrackKind::Face, place as i64 + 1, times.len() as i64);
                let (id, residue) = (TrackId::new(), Default::default());
                tx.insert(&Track {
                    id,
                    run: run.id,
                    kind,
                    number,
                    person: Some(*person),
                    start,
                    end,
                    samples,
                    residue,
                })?;
                let values = times.iter().flat_map(|_| [left(place) as f32, 40.0, FACE, FACE]).collect();
                let channels = vec![Channel { name: "box".into(), width: 4, step: 0.125, values }];
                for chunk in codec::encode(&TrackSamples { times: times.clone(), channels }).expect("chunks") {
                    tx.put_chunk(&TrackChunk {
                        track: id,
                        channel: chunk.channel,
                        start: chunk.start,
                        end: chunk.end,
                        samples: chunk.samples as i64,
                        blob: chunk.blob,
                    })?;
                }
            }
            Ok(())
        })
        .expect("tracks");
}

fn with_tones(folder: &Path) -> Store {
    let mut store = store(folder);
    for number in 0..SESSIONS {
        let session = edit::project::add_session(&mut store, &format!("Talk {number}")).unwrap().value;
        let path = folder.join(format!("talk{number}.wav"));
        tones(&path, number);
        recordings::import(&mut store, Some(session), &path, MediaStorage::Linked, |_| false).expect("a recording");
        let people = people(&mut store, session, number);
        annotate(&mut store, session, &people, "contour", ["rise", "fall"], 1000);
    }
    store
}

fn with_faces(folder: &Path) -> Store {
    let mut store = store(folder);
    for number in 0..SESSIONS {
        let session = edit::project::add_session(&mut store, &format!("Meeting {number}")).unwrap().value;
        let path = folder.join(format!("meeting{number}.mp4"));
        faces(&path, number);
        recordings::import(&mut store, Some(session), &path, MediaStorage::Linked, |_| false).expect("a recording");
        let people = people(&mut store, session, number);
        annotate(&mut store, session, &people, "lean", ["leans left", "leans right"], PER_TAG * 1000 / RATE);
        follow(&mut store, session, &people);
    }
    store
}

fn context() -> JobContext {
    JobContext::unwatched(CancelToken::default())
}

#[test]
fn faces_of_a_project_become_a_model_with_a_card_that_says_how_well_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_faces(folder.path());
    let shelf = folder.path().join("models");
    let wanted = wanted(&shelf, "leaning", "lean", What::Face, 12);
    let media = |media: &fieldgloss::domain::Media| store.folder().media_path(media);
    let gathered = prepare(store.read(), &media, &wanted).expect("enough to learn from");
    assert_eq!(gathered.material.tags(), SESSIONS * TAGS);
    let mut passes = Vec::new();
    let made = make(gathered, &wanted, &context(), &mut |epoch| passes.push(*epoch)).expect("a model");
    let report = &made.card.training.report;
    println!("{}\n{:?}", report.in_words().join("\n"), report.curve);
    assert!(!report.settings.flip, "the labels name sides");
    assert_eq!(passes, report.curve);
    assert!(report.scores.accuracy >= 0.9, "{:?}", report.scores);
    assert!(report.test.people.iter().all(|person| !report.train.people.contains(person)));
    let card = find(&Shelf::at(&shelf), "leaning").unwrap().card;
    assert_eq!(card.labels, ["leans left", "leans right"]);
    assert!(card.trained_on.contains("tags of") && card.limits.contains("of 100 tags of people it had not seen"));
    assert!(made.folder.join(WEIGHTS).is_file());
    let program = std::fs::metadata(made.folder.join(PROGRAM)).unwrap();
    assert_eq!((card.file.name.as_str(), card.file.bytes), (PROGRAM, program.len()));
    assert_eq!(std::fs::read_dir(&shelf).unwrap().count(), 1, "nothing half-made is left");
    // It is a model like any other of the user's: listed, chosen for a look, what its card says still true of it.
    let (held, damaged) = wanted.shelf.models();
    assert_eq!((held.len(), damaged), (1, Vec::new()));
    assert_eq!((held[0].card.used_on(), &held[0].card.labels), (Use::Face, &card.labels));
    let choice = choose(&["leaning".to_owned()], &wanted.shelf);
    assert_eq!((choice.look.len(), &choice.bundled[..]), (1, &["face-mesh".to_owned()][..]));
    let examined =
        examine(&held[0].file(), Some(&held[0].card), Limits::default(), || false).expect("it does what its card says");
    assert_eq!(examined.sha256, card.file.sha256);
    let again = prepare(store.read(), &media, &wanted);
    assert!(matches!(again, Err(TrainingError::Shelf(ShelfError::Taken(_)))));

    // What it says becomes proposals, nearly all of them where the tags are; a second run puts them in place of the first.
    let mut store = store;
    let model = find(&Shelf::at(&shelf), "leaning").unwrap();
    let proposed = propose(&mut store, &model, None, &context()).expect("proposals");
    assert_eq!((proposed.sessions, proposed.tracks), (SESSIONS, 2 * SESSIONS));
    assert!(proposed.proposals > SESSIONS * TAGS / 2, "{proposed:?}");
    let session = store.read().session_rows().unwrap()[0].session.id;
    let run = store.read().standing_runs(session).unwrap()[0].clone();
    assert!(run.models.iter().any(|used| used.name == "leaning" && used.sha256 == card.training.weights.sha256));
    let rows = store.read().tag_rows(run.id).unwrap();
    let right = rows.iter().filter(|row| {
        let middle = Time((row.tag.start.0 + row.tag.end.0) / 2);
        let tag = (middle.0 / Time::from_millis(PER_TAG * 1000 / RATE).0) as usize;
        let (person, label) = turn(tag.min(TAGS - 1));
        // Whoever has no tag shows the other label.
        let shown = if row.track.number as usize == person + 1 { label } else { 1 - label };
        row.tag.label == format!("leaning.{}", ["leans left", "leans right"][shown])
    });
    assert!(right.count() * 10 >= rows.len() * 9, "of {} proposals", rows.len());
    // Accepted, it is a tag as a person would have written it: it can be learned from again.
    let proposal = rows[0].tag.clone();
    let accepted = edit::tags::accept(&mut store, proposal.id).expect("it is accepted").value;
    let written = store.read().require::<Annotation>(accepted).unwrap().value;
    assert_eq!(format!("leaning.{written}"), proposal.label);
    store.undo().unwrap();
    let second = propose(&mut store, &model, None, &context()).unwrap();
    assert_eq!((second.replaced, second.proposals), (proposed.proposals, proposed.proposals));
    assert!(matches!(find(&Shelf::at(&shelf), "nobody"), Err(TrainingError::NoModel { .. })));
}

#[test]
fn examples_leave_as_a_dataset_folder_of_those_who_agreed() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_faces(folder.path());
    let out = folder.path().join("dataset");
    let wanted = wanted(&folder.path().join("models"), "x", "lean", What::Face, 1);
    let media = |media: &fieldgloss::domain::Media| store.folder().media_path(media);
    let mut gathered = gather(store.read(), &media, &wanted).unwrap();
    let all = gathered.material.examples.len();
    let agreed: HashSet<String> = gathered.material.people[1..].iter().cloned().collect();
    let without = with_consent(&mut gathered, &agreed);
    assert!(without > 0 && without + gathered.material.examples.len() == all);
    let project = store.read().project().unwrap();
    let exported = export(&gathered, &wanted.from, 1, &project, without, &out, &context()).expect("a dataset");
    assert_eq!((exported.written, exported.unreadable), (all - without, 0));
    let mut people: Vec<HashSet<String>> = Vec::new();
    let mut rows = 0;
    for split in ["train", "test"] {
        let table = std::fs::read_to_string(out.join(split).join("metadata.csv")).unwrap();
        let mut lines = table.lines();
        assert_eq!(lines.next(), Some("file_name,label,person,session,seconds,tag"));
        let mut of_split = HashSet::new();
        for line in lines {
            let cells: Vec<&str> = line.split(',').collect();
            let picture = image::open(out.join(split).join(cells[0])).expect("a picture");
            assert_eq!((picture.width(), picture.height()), (112, 112));
            of_split.insert(cells[2].to_owned());
            rows += 1;
        }
        people.push(of_split);
    }
    assert!(rows > 0 && people[0].is_disjoint(&people[1]));
    let card = std::fs::read_to_string(out.join("README.md")).unwrap();
    assert!(
        card.contains("image-classification")
            && card.contains("- leans left")
            && card.contains("consent is not on record")
    );
    let again = export(&gathered, &wanted.from, 1, &project, without, &out, &context());
    assert!(matches!(again, Err(ExportError::NotEmpty(_))));
}

#[test]
fn sounds_of_a_project_are_learned_and_nothing_is_left_of_what_was_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_tones(folder.path());
    let shelf = folder.path().join("models");
    let wanted = wanted(&shelf, "contours", "contour", What::Sound, 8);
    let media = |media: &fieldgloss::domain::Media| store.folder().media_path(media);
    let gathered = prepare(store.read(), &media, &wanted).expect("enough to learn from");
    let cancel = CancelToken::default();
    cancel.cancel();
    let stopped = make(gathered.clone(), &wanted, &JobContext::unwatched(cancel), &mut |_| ()).unwrap_err();
    assert!(stopped.to_string().contains("Nothing was changed"), "{stopped}");
    assert_eq!(std::fs::read_dir(&shelf).unwrap().count(), 0);
    // In the middle of learning, too.
    let cancel = CancelToken::default();
    let (stop, mut passes) = (cancel.clone(), 0);
    let stopped = make(gathered.clone(), &wanted, &JobContext::unwatched(cancel), &mut |_| {
        passes += 1;
        stop.cancel();
    });
    assert!(stopped.unwrap_err().to_string().contains("Nothing was changed") && passes >= 1);
    assert_eq!(std::fs::read_dir(&shelf).unwrap().count(), 0);
    let made = make(gathered, &wanted, &context(), &mut |_| ()).expect("a model");
    println!("{}", made.card.training.report.in_words().join("\n"));
    assert!(made.card.training.report.scores.accuracy >= 0.9, "{:?}", made.card.training.report.scores);
}

#[test]
fn what_is_too_little_or_not_there_is_said_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_tones(folder.path());
    let shelf = folder.path().join("models");
    let prepared = |store: &Store, wanted: &Wanted| {
        let media = |media: &fieldgloss::domain::Media| store.folder().media_path(media);
        prepare(store.read(), &media, wanted).map(|_| ()).unwrap_err()
    };
    let none = prepared(&store, &wanted(&shelf, "x", "gesture", What::Sound, 1));
    assert!(none.to_string().contains("there are:") && none.to_string().contains("contour"), "{none}");
    let name = prepared(&store, &wanted(&shelf, "../x", "contour", What::Sound, 1));
    assert!(matches!(name, TrainingError::Shelf(ShelfError::Name(_))));
    // Nobody was looked for, so no face is known.
    let unseen = prepared(&store, &wanted(&shelf, "x", "contour", What::Face, 1));
    assert!(unseen.to_string().contains("no recording") || unseen.to_string().contains("not followed"), "{unseen}");
    let one = Wanted { labels: vec!["rise".into()], ..wanted(&shelf, "x", "contour", What::Sound, 1) };
    let one = prepared(&store, &one);
    assert!(matches!(one, TrainingError::TooLittle { reason: SplitError::OneLabel(_), .. }), "{one}");
    // Of one person only, and with nothing on the tier at all.
    let sessions = store.read().session_rows().unwrap();
    let tiers: Vec<Tier> = sessions.iter().flat_map(|row| store.read().tiers_of(row.session.id).unwrap()).collect();
    let tags: Vec<&Tier> = tiers.iter().filter(|tier| tier.name == "contour").collect();
    for tier in &tags[1..] {
        edit::tiers::edit(&mut store, tier.id, |tier| tier.name = "another".into()).unwrap();
    }
    let alone = prepared(&store, &wanted(&shelf, "x", "contour", What::Sound, 1));
    assert!(matches!(alone, TrainingError::TooLittle { reason: SplitError::OnePerson(_), .. }), "{alone}");
    assert!(alone.to_string().contains("Tag at least one more person"), "{alone}");
    for tier in &tags[1..] {
        edit::tiers::edit(&mut store, tier.id, |tier| tier.name = "contour".into()).unwrap();
    }
    let new = edit::tiers::NewTier { name: "empty".into(), ..Default::default() };
    edit::tiers::add(&mut store, sessions[0].session.id, new).unwrap();
    let nothing = prepared(&store, &wanted(&shelf, "x", "empty", What::Sound, 1));
    assert!(matches!(nothing, TrainingError::TooLittle { reason: SplitError::Nothing, .. }), "{nothing}");
    assert_eq!(std::fs::read_dir(&shelf).map_or(0, |left| left.count()), 0, "nothing was begun");
    // Without a participant nobody knows whose tags they are: they are left out, and that is said.
    let sessions = store.read().session_rows().unwrap();
    let tiers: Vec<_> = sessions.iter().flat_map(|row| store.read().tiers_of(row.session.id).unwrap()).collect();
    for tier in &tiers {
        edit::tiers::edit(&mut store, tier.id, |tier| tier.participant = None).unwrap();
    }
    let wanted = wanted(&shelf, "x", "contour", What::Sound, 1);
    let media = |media: &fieldgloss::domain::Media| store.folder().media_path(media);
    assert_eq!(gather(store.read(), &media, &wanted).unwrap().left_out.nobody, SESSIONS * TAGS);
    let nobody = prepared(&store, &wanted);
    assert!(nobody.to_string().contains("nobody has said whose they are"), "{nobody}");
}

/// All of a folder, as a person copies it to another computer.
fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_model_trained_on_another_computer_brings_what_it_was_trained_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_faces(folder.path());
    let wanted = wanted(&folder.path().join("models"), "leaning", "lean", What::Face, 3);
    let media = |media: &fieldgloss::domain::Media| store.folder().media_path(media);
    let gathered = prepare(store.read(), &media, &wanted).expect("enough to learn from");
    let made = make(gathered, &wanted, &context(), &mut |_| ()).expect("a model");

    let travelled = folder.path().join("stick/leaning");
    copied(&made.folder, &travelled);
    let other = Shelf::at(folder.path().join("other computer"));
    let draft = look(&travelled, &other, Limits::default(), || false).expect("it is looked at");
    assert_eq!(draft.training.as_ref(), Some(&made.card.training));
    assert_eq!(draft.asks(), []);
    let held = draft.keep().expect("it is kept");
    let found = find(&other, "leaning").expect("a trained model as any");
    assert_eq!((&found.folder, &found.card.training), (&held.folder, &made.card.training));
    let here = find(&wanted.shelf, "leaning").unwrap();
    let first = propose(&mut store, &here, None, &context()).expect("proposals");
    let again = propose(&mut store, &found, None, &context()).expect("proposals");
    assert_eq!((again.replaced, again.proposals), (first.proposals, first.proposals), "it says the same there");

    // What does not belong together is told, and nothing of it is kept.
    let refused = |name: &str, change: &dyn Fn(&Path)| {
        let place = folder.path().join(name);
        copied(&made.folder, &place);
        change(&place);
        let shelf = Shelf::at(folder.path().join(format!("{name} shelf")));
        let error = look(&place, &shelf, Limits::default(), || false).map(|_| ()).expect_err(name).to_string();
        assert!(shelf.models().0.is_empty());
        error
    };
    let error = refused("lost", &|place| std::fs::remove_file(place.join(WEIGHTS)).unwrap());
    assert!(error.contains("Copy the whole folder again"), "{error}");
    let error = refused("damaged", &|place| {
        let mut bytes = std::fs::read(place.join(WEIGHTS)).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(place.join(WEIGHTS), bytes).unwrap();
    });
    assert!(error.contains("changed or damaged"), "{error}");
    let error = refused("mixed", &|place| {
        let text = std::fs::read_to_string(place.join(TRAINING)).unwrap();
        std::fs::write(place.join(TRAINING), text.replace("\"leans left\"", "\"leans\"")).unwrap();
    });
    assert!(error.contains("other labels"), "{error}");

    // Without it the model is one like any other; another program's file of that name does no harm.
    let place = folder.path().join("plain");
    copied(&made.folder, &place);
    std::fs::write(place.join(TRAINING), "[optimizer]\nrate = 0.1\n").unwrap();
    let shelf = Shelf::at(folder.path().join("plain shelf"));
    let draft = look(&place, &shelf, Limits::default(), || false).expect("it is looked at");
    assert_eq!(draft.training, None);
    draft.keep().expect("it is kept");
    assert!(matches!(find(&shelf, "leaning"), Err(TrainingError::NoModel { .. })));
    // Weights that were changed later are not used.
    let mut bytes = std::fs::read(found.folder.join(WEIGHTS)).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(found.folder.join(WEIGHTS), bytes).unwrap();
    let error = propose(&mut store, &found, None, &context()).expect_err("not with other weights").to_string();
    assert!(error.contains("changed or damaged"), "{error}");
}
