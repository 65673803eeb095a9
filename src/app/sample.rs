//! The sample project: real speech, a real text with its lexicon, a picture that moves. The same for `demo`, the
//! start page and the tests.

use std::path::{Path, PathBuf};

use super::edit::{self, project::NewProject};
use super::recordings::{self, RecordingError};
use super::{shipped, transfer};
use crate::domain::{
    Access, Annotation, LossReport, MediaStorage, Participation, Person, PersonId, Project, Session, SessionId, Span,
    TierId, TierRole, Time,
};
use crate::formats::{self, ImportOptions};
use crate::store::{Folder, Op, OpKind, Store, StoreError};

/// Why the sample could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    #[error("could not write the sample files to {}: {source}", path.display())]
    Unpack { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Recording(#[from] RecordingError),
    #[error(transparent)]
    Transfer(#[from] transfer::TransferError),
}

/// What went into the sample, file by file.
pub struct Sample {
    pub store: Store,
    /// The session with the video.
    pub video: SessionId,
    pub imported: Vec<(String, LossReport)>,
}

/// The folder of the sample project in a folder.
pub fn folder_in(folder: &Path) -> Folder {
    Folder(folder.join("Sample.fieldgloss"))
}

/// Makes `FOLDER/Sample.fieldgloss` with everything in it but the models' work.
///
/// # Errors
/// When it is there already, or the disk refuses.
pub fn make(folder: &Path) -> Result<Sample, SampleError> {
    let project = folder_in(folder);
    let unpack = |path: &Path| {
        shipped::unpack_sample(path).map_err(|source| SampleError::Unpack { path: path.to_owned(), source })
    };
    std::fs::create_dir_all(folder).map_err(|source| SampleError::Unpack { path: folder.to_owned(), source })?;
    let new = NewProject {
        name: "Sample project".to_owned(),
        object_language: "apy".to_owned(),
        object_name: "Apalaí".to_owned(),
        analysis_language: "en".to_owned(),
        glottocode: "apal1257".to_owned(),
    };
    let mut store = edit::project::create(project.path(), &new)?;
    store.set_author("Fieldgloss sample");
    store.transact(Op::fixed(OpKind::EditProject), |tx| {
        let record = tx.read().project()?;
        tx.modify::<Project>(record.id, |p| {
            p.licence = "https://www.apache.org/licenses/LICENSE-2.0".to_owned();
        })
        .map(|_| ())
    })?;
    let files = tempfile::tempdir().map_err(|source| SampleError::Unpack { path: std::env::temp_dir(), source })?;
    unpack(files.path())?;
    let mut imported = Vec::new();
    let english = |name: &str| ImportOptions {
        session_name: name.to_owned(),
        object_language: "en".to_owned(),
        analysis_language: "en".to_owned(),
        ..Default::default()
    };
    let film = files.path().join("astronaut-talks.mp4");
    let video = edit::project::add_session(&mut store, "Talking astronaut")?.value;
    let report = recordings::import(&mut store, Some(video), &film, MediaStorage::Copied, |_| false)?;
    imported.push(("astronaut-talks.mp4".to_owned(), report));
    transcribe(&mut store, video, files.path(), &english(""))?;
    for name in ["apalai.lift", "apalai.flextext"] {
        let report = transfer::import_file(&mut store, &files.path().join(name), None, ImportOptions::default())?;
        imported.push((name.to_owned(), report));
    }
    for (recording, text, title) in [("mary.wav", "mary.TextGrid", "Mary"), ("bobby.wav", "bobby.TextGrid", "Bobby")] {
        let report = transfer::import_file(&mut store, &files.path().join(text), None, english(title))?;
        imported.push((text.to_owned(), report));
        let session = newest_session(&store, title)?;
        let path = files.path().join(recording);
        let report = recordings::import(&mut store, Some(session), &path, MediaStorage::Copied, |_| false)?;
        imported.push((recording.to_owned(), report));
    }
    // Published material: anyone may see all of it.
    store.transact(Op::fixed(OpKind::EditSession), |tx| {
        let sessions: Vec<Session> = tx.read().all()?;
        sessions.into_iter().try_for_each(|mut session| {
            session.access = Access::Open;
            tx.update(&session)
        })
    })?;
    Ok(Sample { store, video, imported })
}

fn newest_session(store: &Store, name: &str) -> Result<SessionId, StoreError> {
    let sessions: Vec<Session> = store.read().all()?;
    sessions
        .iter()
        .rev()
        .find(|s| s.name == name)
        .or(sessions.last())
        .map(|s| s.id)
        .ok_or(StoreError::Missing { what: "session", id: name.to_owned() })
}

/// What is heard in the video, from the speakers' own TextGrids: mary at 0.5 + 5 n s, bobby at 3.2 + 5 n s (see
/// `assets/sample/SOURCES.md`), each on a tier of their own.
fn transcribe(store: &mut Store, session: SessionId, files: &Path, options: &ImportOptions) -> Result<(), SampleError> {
    let mut speakers = Vec::new();
    for (file, first) in [("mary.TextGrid", 500), ("bobby.TextGrid", 3200)] {
        let read = formats::read(&files.join(file), None, options).map_err(transfer::TransferError::from)?;
        let word_tiers: Vec<_> = read.bundle.tiers.iter().filter(|t| t.name == "word").map(|t| t.id).collect();
        let mut words: Vec<_> = read.bundle.annotations.iter().filter(|a| word_tiers.contains(&a.tier)).collect();
        words.sort_by_key(|word| word.start);
        let text: Vec<String> = words.iter().map(|w| w.value.to_lowercase()).collect();
        let within = words.first().and_then(|w| w.start).zip(words.last().and_then(|w| w.end));
        speakers.push((file.trim_end_matches(".TextGrid"), first, text.join(" "), within));
    }
    store.transact(Op::fixed(OpKind::Import), |tx| {
        let tiers = tx.read().tiers_of(session)?;
        for (number, (name, first, text, within)) in speakers.iter().enumerate() {
            let (Some(within), Some(transcription)) =
                (*within, tiers.iter().find(|t| t.role == TierRole::Transcription))
            else {
                continue;
            };
            let person = Person {
                id: PersonId::new(),
                code: name[..1].to_uppercase() + &name[1..],
                name: String::new(),
                languages: vec!["en".to_owned()],
                notes: "Speaker of the praatio sample recordings".to_owned(),
                consent: Default::default(),
                access: Access::Open,
                residue: Default::default(),
            };
            tx.insert(&person)?;
            let mut tier = transcription.clone();
            tier.name.clone_from(&person.code);
            tier.language = "en".to_owned();
            tier.participant = Some(person.id);
            if number == 0 {
                tx.update(&tier)?;
            } else {
                tier.id = TierId::new();
                tier.position = tiers.len() as i64 + number as i64;
                tx.insert(&tier)?;
            }
            tx.modify::<Session>(session, |s| {
                s.participants.push(Participation { person: person.id, role: "speaker".to_owned() });
            })?;
            for start in (*first..23_000).step_by(5000).map(Time::from_millis) {
                let span = Span { start: start + within.0, end: start + within.1 };
                let annotation = Annotation::new(tier.id, Some(span), 0, text.as_str());
                tx.insert(&annotation)?;
                edit::words::follow_text(tx, &annotation)?;
            }
        }
        Ok(())
    })?;
    Ok(())
}
