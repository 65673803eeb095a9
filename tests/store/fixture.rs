//! A small project with something of everything, made through the edits, and the rules that hold over it.

use std::path::PathBuf;

use fieldgloss::app::edit::{annotations, lexicon, project, tiers, words};
use fieldgloss::domain::*;
use fieldgloss::glossing::tokens::tokens;
use fieldgloss::store::{Op, OpKind, Scope, Store};
use tempfile::TempDir;

use crate::sample::in_order;

pub fn ms(from: i64, to: i64) -> Span {
    Span { start: Time::from_millis(from), end: Time::from_millis(to) }
}

/// The ids that the tests speak of.
pub struct Small {
    pub dir: TempDir,
    pub path: PathBuf,
    pub session: SessionId,
    pub transcription: TierId,
    pub translation: TierId,
    /// Included in the transcription.
    pub gestures: TierId,
    /// 0–2 s, 2–4 s, 5–6 s.
    pub utterances: [AnnotationId; 3],
    pub gesture: AnnotationId,
    /// The word `nytose` of the first utterance and its morph `yto`.
    pub word: WordId,
    pub morph: MorphId,
    pub lexeme: LexemeId,
    pub sense: SenseId,
    pub link: LinkId,
    pub person: PersonId,
    pub media: MediaId,
    pub run: RunId,
    pub track: TrackId,
    pub tags: [TagId; 3],
}

/// Makes the project; the store comes open.
pub fn small() -> (Store, Small) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("small.fieldgloss");
    let new = project::NewProject { object_language: "apy".to_owned(), ..Default::default() };
    let mut store = project::create(&path, &new).unwrap();
    store.set_author("Ana");
    let s = &mut store;
    let session = project::add_session(s, "ETR009").unwrap().value;
    let list = s.read().tiers_of(session).unwrap();
    let (transcription, translation) = (list[0].id, list[1].id);
    let gestures = tiers::add(
        s,
        session,
        tiers::NewTier {
            name: "Gestures".to_owned(),
            parent: Some(transcription),
            constraint: Constraint::IncludedIn,
            ..Default::default()
        },
    )
    .unwrap()
    .value;
    let mut add = |from, to, text: &str| annotations::add(s, transcription, ms(from, to), text).unwrap().value;
    let utterances =
        [add(0, 2000, "Mame tyryryme nytose."), add(2000, 4000, "kaikuxi t͡ʃa˥˩ nà"), add(5000, 6000, "mame")];
    annotations::set_line(s, utterances[0], translation, "Then the jaguar went").unwrap();
    annotations::set_line(s, utterances[1], translation, "it is said").unwrap();
    let gesture = annotations::add(s, gestures, ms(500, 1500), "points").unwrap().value;
    let entry = lexicon::add(s, "apy", "yto", MorphKind::Root).unwrap().value;
    let sense = s.read().senses_of(entry).unwrap()[0].id;
    lexicon::edit_sense(s, sense, "gloss", |sense| sense.gloss.set("en", "go")).unwrap();
    let link = lexicon::add_link(s, sense.record(), LinkScheme::Wikidata, "http://www.wikidata.org/entity/Q1", "go")
        .unwrap()
        .value;
    let word = s.read().words_of(utterances[0]).unwrap()[2].id;
    words::break_word(s, word, "n-yto-se").unwrap();
    let morph = s.read().morphs_of(word).unwrap()[1].id;
    let wav = dir.path().join("sound.wav");
    std::fs::write(&wav, b"not a sound, but a file").unwrap();
    let media = project::add_media(s, session, &wav, MediaStorage::Copied, project::Probed::default()).unwrap().value;
    let (person, run, track) = (PersonId::new(), RunId::new(), TrackId::new());
    let tags = [TagId::new(), TagId::new(), TagId::new()];
    s.transact(Op::fixed(OpKind::Analyse), |tx| {
        tx.insert(&Person {
            id: person,
            code: "MS".to_owned(),
            name: "Maria".to_owned(),
            languages: vec![],
            notes: String::new(),
            consent: Consent::default(),
            access: Access::Team,
            residue: Residue::default(),
        })?;
        tx.insert(&ModelRun {
            id: run,
            session,
            media,
            models: vec![],
            settings: serde_json::Value::Null,
            started: String::new(),
            finished: String::new(),
            status: RunStatus::Finished,
            frames: 100,
            residue: Residue::default(),
        })?;
        tx.insert(&Track {
            id: track,
            run,
            kind: TrackKind::Face,
            number: 1,
            person: None,
            start: Time::ZERO,
            end: Time::from_millis(6000),
            samples: 100,
            residue: Residue::default(),
        })?;
        let labels = ["expression.happiness", "hand_up.left", "hand_up.right"];
        for (id, label) in tags.iter().zip(labels) {
            tx.insert(&Tag {
                id: *id,
                run,
                track,
                label: label.to_owned(),
                start: Time::from_millis(1000),
                end: Time::from_millis(3000),
                confidence: 0.1 + 0.2,
                evidence: serde_json::json!({ "mean": 1.0 / 3.0 }),
                status: TagStatus::Proposed,
                reviewer: String::new(),
                reviewed: String::new(),
                annotation: None,
                residue: Residue::default(),
            })?;
        }
        Ok(())
    })
    .unwrap();
    let ids = Small {
        dir,
        path,
        session,
        transcription,
        translation,
        gestures,
        utterances,
        gesture,
        word,
        morph,
        lexeme: entry,
        sense,
        link,
        person,
        media,
        run,
        track,
        tags,
    };
    (store, ids)
}

/// Everything in the project, in a fixed order.
pub fn all(store: &Store) -> Bundle {
    in_order(store.read().bundle(Scope::Whole).unwrap())
}

/// Closes a store in order and opens it again.
pub fn reopened(store: Store) -> Store {
    let path = store.folder().path().to_owned();
    let author = store.author().to_owned();
    drop(store);
    let (mut store, report) = Store::open(&path).unwrap();
    assert!(!report.recovered, "the last exit was in order");
    store.set_author(author);
    store
}

/// The rules between records: no overlaps on a tier, children within their parent, words follow the text,
/// nothing points at what is not there, the search index is in step.
pub fn assert_rules(store: &Store, when: &str) {
    let b = all(store);
    for tier in &b.tiers {
        let of_tier = store.read().annotations_of(tier.id).unwrap();
        let mut spans: Vec<Span> = of_tier.iter().filter_map(Annotation::span).collect();
        spans.sort_by_key(|s| (s.start, s.end));
        for pair in spans.windows(2) {
            assert!(!pair[0].overlaps(pair[1]), "{when}: {pair:?} overlap on '{}'", tier.name);
        }
        for annotation in &of_tier {
            if let Some(parent) = annotation.parent {
                let parent: Annotation = store.read().require(parent).unwrap();
                assert_eq!(Some(parent.tier), tier.parent, "{when}: a parent on another tier");
                if let (Some(inner), Some(outer)) = (annotation.span(), parent.span()) {
                    assert!(outer.start <= inner.start && inner.end <= outer.end, "{when}: {inner:?} not in {outer:?}");
                }
            }
            if tier.role == TierRole::Transcription {
                let words = store.read().words_of(annotation.id).unwrap();
                let forms: Vec<_> = words.iter().map(|w| w.form.first().unwrap_or_default()).collect();
                let wanted: Vec<_> = tokens(&annotation.value).iter().map(|t| t.text).collect();
                assert_eq!(forms, wanted, "{when}: words follow the text");
                let positions: Vec<_> = words.iter().map(|w| w.position).collect();
                assert_eq!(positions, (0..words.len() as i64).collect::<Vec<_>>(), "{when}: words in order");
            }
        }
    }
    assert_eq!(store.check().unwrap(), [], "{when}");
}
