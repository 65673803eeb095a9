//! The project itself, its sessions and recordings.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Edited, tiers};
use crate::domain::{
    Consent, Constraint, Language, LanguageId, LanguageRole, Media, MediaId, MediaStorage, MultiText, Participation,
    Person, PersonId, Project, ProjectId, Session, SessionId, Stream, TierRole, Time, WritingSystem,
};
use crate::store::{Op, OpKind, Store, StoreError};

/// Extension of a project's folder.
pub const FOLDER_EXTENSION: &str = crate::store::Folder::EXTENSION;

/// What a person says when making a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewProject {
    pub name: String,
    /// BCP 47 tag (ISO 639-3) of the language documented.
    pub object_language: String,
    pub object_name: String,
    /// BCP 47 tag of glosses and translations; `en` when empty.
    pub analysis_language: String,
    pub glottocode: String,
}

/// Whether a text can be a BCP 47 language tag: letters and digits in parts of at most eight, the first of two or
/// three letters.
pub fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn language(tag: &str, name: &str, role: LanguageRole, glottocode: &str) -> Language {
    let primary = tag.split('-').next().unwrap_or(tag);
    Language {
        id: LanguageId::new(),
        tag: tag.to_owned(),
        name: MultiText::of("en", name),
        iso639_3: if primary.len() == 3 { primary.to_owned() } else { String::new() },
        glottocode: glottocode.to_owned(),
        role,
        position: 0,
        writing_systems: vec![WritingSystem { tag: tag.to_owned(), name: name.to_owned(), ..Default::default() }],
        residue: Default::default(),
    }
}

/// Makes a project folder.
///
/// # Errors
/// When the language is not a tag, something is there already, or the folder cannot be written.
pub fn create(path: &Path, new: &NewProject) -> Result<Store, StoreError> {
    let analysis = if new.analysis_language.is_empty() { "en" } else { &new.analysis_language };
    for tag in [new.object_language.as_str(), analysis] {
        if !is_language_tag(tag) {
            return Err(StoreError::Rule(format!(
                "'{tag}' is not a language code: use ISO 639-3 (three letters), or qaa to qtz for one without a code"
            )));
        }
    }
    let id = ProjectId::new();
    let name = if new.name.is_empty() { crate::store::Folder::meant(path).name() } else { new.name.clone() };
    let project = Project {
        id,
        name,
        description: MultiText::default(),
        base_iri: format!("urn:uuid:{id}/"),
        licence: String::new(),
        created: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        residue: Default::default(),
    };
    let languages = [
        language(&new.object_language, &new.object_name, LanguageRole::Object, &new.glottocode),
        language(analysis, if analysis == "en" { "English" } else { "" }, LanguageRole::Analysis, ""),
    ];
    Store::create(path, &project, &languages)
}

/// A new session as it stands in the list.
pub fn new_session(name: &str, position: i64) -> Session {
    Session {
        id: SessionId::new(),
        name: name.to_owned(),
        title: MultiText::default(),
        date: String::new(),
        place: String::new(),
        genre: String::new(),
        description: MultiText::default(),
        participants: Vec::new(),
        consent: Consent::default(),
        access: Default::default(),
        position,
        residue: Default::default(),
    }
}

/// Adds a session with a transcription tier and a free translation under it.
///
/// # Errors
/// When the file refuses.
pub fn add_session(store: &mut Store, name: &str) -> Edited<SessionId> {
    store.transact(Op::new(OpKind::AddSession), |tx| {
        let rows: Vec<Session> = tx.read().all()?;
        let session = new_session(name, rows.iter().map(|s| s.position).max().map_or(0, |p| p + 1));
        tx.insert(&session)?;
        let languages: Vec<Language> = tx.read().all()?;
        let first = |role| languages.iter().find(|l| l.role == role).map(|l| l.tag.clone()).unwrap_or_default();
        let transcription = tiers::insert(
            tx,
            session.id,
            tiers::NewTier {
                name: "Transcription".to_owned(),
                role: TierRole::Transcription,
                language: first(LanguageRole::Object),
                ..Default::default()
            },
        )?;
        tiers::insert(
            tx,
            session.id,
            tiers::NewTier {
                name: "Free translation".to_owned(),
                role: TierRole::Translation,
                parent: Some(transcription),
                constraint: Constraint::SymbolicAssociation,
                language: first(LanguageRole::Analysis),
            },
        )?;
        Ok(session.id)
    })
}

/// Changes a session's own fields.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn edit_session(store: &mut Store, id: SessionId, field: &str, change: impl FnOnce(&mut Session)) -> Edited {
    store.transact(Op::typing(OpKind::EditSession, format!("session:{id}:{field}")), |tx| {
        tx.modify::<Session>(id, change).map(|_| ())
    })
}

/// Changes the project's own fields (base IRI, licence, description).
///
/// # Errors
/// When the file refuses.
pub fn edit_project(store: &mut Store, field: &str, change: impl FnOnce(&mut Project)) -> Edited {
    let id = store.read().project()?.id;
    store.transact(Op::typing(OpKind::EditProject, format!("project:{field}")), |tx| {
        tx.modify::<Project>(id, change).map(|_| ())
    })
}

/// Puts someone on a session: the person of that code or name, else a new one with it as their code.
///
/// # Errors
/// When the session is not there, or the file refuses.
pub fn add_participant(store: &mut Store, session: SessionId, name: &str, role: &str) -> Edited<PersonId> {
    store.transact(Op::new(OpKind::EditSession), |tx| {
        let known = tx.read().people()?.into_iter().find(|p| p.code == name || (!name.is_empty() && p.name == name));
        let person = match known {
            Some(person) => person.id,
            None => {
                let person = Person {
                    id: PersonId::new(),
                    code: name.to_owned(),
                    name: String::new(),
                    languages: Vec::new(),
                    notes: String::new(),
                    consent: Consent::default(),
                    access: Default::default(),
                    residue: Default::default(),
                };
                tx.insert(&person)?;
                person.id
            }
        };
        tx.modify::<Session>(session, |session| {
            if !session.participants.iter().any(|known| known.person == person) {
                session.participants.push(Participation { person, role: role.to_owned() });
            }
        })?;
        Ok(person)
    })
}

/// Takes a session out with its tiers, texts and proposals. Recordings stay on the disk.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn delete_session(store: &mut Store, id: SessionId) -> Edited {
    store.transact(Op::new(OpKind::DeleteSession), |tx| tx.delete_session(id))
}

/// What was found out about a recording before it is added: see `media::probe` and `media::hash`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Probed {
    pub mime: String,
    pub duration: Option<Time>,
    pub streams: Vec<Stream>,
    /// BLAKE3, hex.
    pub hash: String,
}

/// Adds a recording to a session: copied into the project, or linked where it lies.
///
/// # Errors
/// When it cannot be copied (nothing half-copied is left), or the file refuses.
pub fn add_media(
    store: &mut Store,
    session: SessionId,
    file: &Path,
    storage: MediaStorage,
    probed: Probed,
) -> Edited<MediaId> {
    let size = fs::metadata(file).map_err(|e| StoreError::Io { path: file.to_owned(), source: e })?.len();
    let path = match storage {
        MediaStorage::Copied => copy_in(store, file)?,
        MediaStorage::Linked => fs::canonicalize(file).unwrap_or_else(|_| file.to_owned()),
    };
    let path = path.strip_prefix(store.folder().path()).map(Path::to_path_buf).unwrap_or(path);
    store.transact(Op::new(OpKind::AddMedia), |tx| {
        let others = tx.read().media_of(session)?;
        let media = Media {
            id: MediaId::new(),
            session,
            path: path.to_string_lossy().into_owned(),
            storage,
            hash: probed.hash,
            size: size as i64,
            mime: probed.mime,
            duration: probed.duration,
            offset: Time::ZERO,
            streams: probed.streams,
            position: others.iter().map(|m| m.position).max().map_or(0, |p| p + 1),
            residue: Default::default(),
        };
        tx.insert(&media)?;
        Ok(media.id)
    })
}

/// Copies a file into `media/` under a name that is free, whole or not at all.
fn copy_in(store: &Store, file: &Path) -> Result<PathBuf, StoreError> {
    let folder = store.folder().media();
    let failed = |source| StoreError::Io { path: folder.clone(), source };
    fs::create_dir_all(&folder).map_err(failed)?;
    let stem = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let extension = file.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
    let target = (1..)
        .map(|n| folder.join(if n == 1 { format!("{stem}{extension}") } else { format!("{stem}-{n}{extension}") }))
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(format!("{stem}{extension}")));
    let part = tempfile::NamedTempFile::new_in(&folder).map_err(failed)?;
    fs::copy(file, part.path()).map_err(failed)?;
    part.as_file().sync_all().map_err(failed)?;
    part.persist(&target).map_err(|e| failed(e.error))?;
    Ok(target)
}

/// Moves a recording on its session's timeline.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn set_media_offset(store: &mut Store, id: MediaId, offset: Time) -> Edited {
    store.transact(Op::new(OpKind::EditMedia), |tx| tx.modify::<Media>(id, |media| media.offset = offset).map(|_| ()))
}

/// Points a recording at the file it was moved to.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn relink_media(store: &mut Store, id: MediaId, file: &Path) -> Edited {
    let path = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let inside = path.strip_prefix(store.folder().path()).map(Path::to_path_buf).ok();
    let storage = if inside.is_some() { MediaStorage::Copied } else { MediaStorage::Linked };
    let path = inside.unwrap_or(path);
    store.transact(Op::new(OpKind::RelinkMedia), |tx| {
        tx.modify::<Media>(id, |media| {
            media.path = path.to_string_lossy().into_owned();
            media.storage = storage;
        })
        .map(|_| ())
    })
}
