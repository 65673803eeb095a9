//! A project folder: its project file, people, sessions, and what lies beside them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::LIMIT;
use super::read::Reader;
use super::records::keep;
use crate::domain::*;
use crate::formats::{Format, FormatError, ImportOptions, Imported, eaf, input};

/// A folder with more entries is no folder of a project.
const MOST: usize = 20_000;

/// The entries of a folder by name: files, or folders. Links are not followed, hidden ones not seen.
fn entries(folder: &Path, folders: bool) -> Vec<PathBuf> {
    let Ok(list) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = list
        .filter_map(Result::ok)
        .take(MOST)
        .filter(|e| e.file_type().is_ok_and(|t| if folders { t.is_dir() } else { t.is_file() }))
        .filter(|e| !e.file_name().to_string_lossy().starts_with('.'))
        .map(|e| e.path())
        .collect();
    found.sort();
    found
}

fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn with_extension(files: &[PathBuf], wanted: &[&str]) -> Option<PathBuf> {
    files.iter().find(|f| wanted.contains(&extension(f).as_str())).cloned()
}

/// Whether a folder is a project of SayMore or lameta.
pub fn is_project(folder: &Path) -> bool {
    with_extension(&entries(folder, false), &["sprj"]).is_some()
}

/// Whether sessions or people lie in a folder.
pub fn has_records(folder: Option<&Path>) -> bool {
    let folder = match folder {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    ["Sessions", "People", "Events"].iter().any(|name| folder.join(name).is_dir())
}

/// Reads a project folder. A file in it that cannot be read is named in the report; the others are kept.
///
/// # Errors
/// When there is nothing of a project in it.
pub fn read(folder: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut reader = Reader::new(options);
    if let Some(file) = with_extension(&entries(folder, false), &["sprj"]) {
        let outcome = reader.project_file(&file);
        unless_broken(&mut reader, outcome);
    }
    for place in entries(&folder.join("People"), true) {
        person(&mut reader, &place);
    }
    for name in ["Sessions", "Events"] {
        for place in entries(&folder.join(name), true) {
            session(&mut reader, &place);
        }
    }
    // A session's or a person's own folder, outside a project.
    if reader.bundle.is_empty() {
        person(&mut reader, folder);
        session(&mut reader, folder);
    }
    if reader.bundle.is_empty() {
        let problem = match reader.report.warnings.first() {
            Some(warning) => format!("nothing in the folder could be read: {warning}"),
            None => "the folder holds no .sprj, .session or .person file".to_owned(),
        };
        return Err(FormatError::broken(Format::SayMore, folder.display().to_string(), problem));
    }
    Ok(reader.done())
}

fn unless_broken<T>(reader: &mut Reader, outcome: Result<T, FormatError>) -> Option<T> {
    match outcome {
        Ok(done) => Some(done),
        Err(error) => {
            reader.report.warn(error.to_string());
            None
        }
    }
}

/// A person's folder: its file, and whether a consent form lies there.
fn person(reader: &mut Reader, place: &Path) {
    let files = entries(place, false);
    let Some(file) = with_extension(&files, &["person"]) else { return };
    let form = files.iter().map(|f| file_name(f)).find(|name| name.to_lowercase().contains("_consent."));
    let outcome = reader.person_file(&file, form.as_deref());
    if unless_broken(reader, outcome).is_none() {
        return;
    }
    let others = files.iter().filter(|f| **f != file && !file_name(f).to_lowercase().contains("_consent.")).count();
    reader.report.left_out("other files in people's folders", others, "photographs and the like stay where they are");
}

/// MIME type of a recording by its name; `None` for other files.
fn recording(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension.to_lowercase().as_str() {
        "wav" => "audio/x-wav",
        "mp3" => "audio/mpeg",
        "m4a" | "aac" => "audio/mp4",
        "flac" => "audio/flac",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "wma" => "audio/x-ms-wma",
        "aif" | "aiff" => "audio/x-aiff",
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "avi" => "video/x-msvideo",
        "mpg" | "mpeg" => "video/mpeg",
        "mts" | "m2ts" => "video/mp2t",
        "mkv" => "video/x-matroska",
        "webm" => "video/webm",
        "wmv" => "video/x-ms-wmv",
        _ => return None,
    })
}

/// A session's folder: its file, recordings, annotations.
fn session(reader: &mut Reader, place: &Path) {
    let files = entries(place, false);
    let Some(file) = with_extension(&files, &["session", "event"]) else { return };
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let outcome = reader.session_file(&file, &name);
    let Some(id) = unless_broken(reader, outcome) else { return };
    let (mut annotations, mut sidecars, mut others) = (Vec::new(), Map::new(), 0);
    for path in files.iter().filter(|f| **f != file) {
        let name = file_name(path);
        let lower = name.to_lowercase();
        if let Some(mime) = recording(&name) {
            add_recording(reader, id, path, mime);
        } else if lower.ends_with(".eaf") {
            annotations.push(path.clone());
        } else if lower.ends_with(".meta") {
            match input::bytes(path, Format::SayMore, LIMIT) {
                Ok(bytes) => {
                    sidecars.insert(name, json!(input::decode(&bytes).0));
                }
                Err(error) => reader.report.warn(error.to_string()),
            }
        } else if !lower.ends_with(".pfsx") {
            others += 1;
        }
    }
    // SayMore's own annotation file before others.
    annotations.sort_by_key(|path| (!file_name(path).to_lowercase().ends_with(".annotations.eaf"), path.clone()));
    let mut annotations = annotations.into_iter();
    if let Some(path) = annotations.next() {
        let read = eaf::read(&path, &ImportOptions { session_name: name.clone(), ..reader.options.clone() });
        if let Some(imported) = unless_broken(reader, read) {
            take_annotations(reader, id, imported, &file_name(&path));
        }
    }
    for path in annotations {
        let why = format!("a session has one: import {} by itself", path.display());
        reader.report.left_out("further annotation files of a session", 1, why);
    }
    reader.report.mapped("descriptions of recordings (.meta)", sidecars.len(), "kept, written back to SayMore");
    reader.report.left_out("other files in session folders", others, "pictures and documents stay where they are");
    if let (false, Some(session)) = (sidecars.is_empty(), reader.bundle.sessions.last_mut()) {
        keep(&mut session.residue, "meta", Value::Object(sidecars));
    }
}

fn add_recording(reader: &mut Reader, session: SessionId, path: &Path, mime: &str) {
    let place = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let size = std::fs::metadata(path).map_or(0, |m| i64::try_from(m.len()).unwrap_or(i64::MAX));
    let position = reader.bundle.media.iter().filter(|m| m.session == session).count() as i64;
    reader.bundle.media.push(Media {
        id: MediaId::new(),
        session,
        path: place.to_string_lossy().into_owned(),
        storage: MediaStorage::Linked,
        hash: String::new(),
        size,
        mime: mime.to_owned(),
        duration: None,
        offset: Time::ZERO,
        streams: Vec::new(),
        position,
        residue: Residue::default(),
    });
}

/// The tiers of an annotation file become those of the session; its people and recordings are the session's where
/// they go by the same name.
fn take_annotations(reader: &mut Reader, id: SessionId, imported: Imported, file: &str) {
    let Imported { bundle: read, report } = imported;
    reader.report.merge(report);
    let mut who: HashMap<PersonId, PersonId> = HashMap::new();
    for person in &read.people {
        who.insert(person.id, reader.person_named(&person.code));
    }
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
    for mut media in read.media {
        media.session = id;
        let own = name(&media.path);
        let known = reader.bundle.media.iter_mut().find(|m| m.session == id && name(&m.path) == own && !own.is_empty());
        match known {
            Some(known) => {
                known.offset = media.offset;
                if !media.mime.is_empty() {
                    known.mime = media.mime;
                }
                // The address in the annotation file goes back as it is while the recording is the same.
                if let Some(mut residue) = media.residue.get("eaf").cloned() {
                    residue["path"] = json!(known.path);
                    known.residue.set("eaf", residue);
                }
            }
            None => {
                media.position = reader.bundle.media.iter().filter(|m| m.session == id).count() as i64;
                reader.bundle.media.push(media);
            }
        }
    }
    let Some(session) = reader.bundle.sessions.iter_mut().find(|s| s.id == id) else { return };
    for old in read.sessions {
        if let Some(residue) = old.residue.get("eaf") {
            session.residue.set("eaf", residue.clone());
        }
        for taking_part in old.participants {
            let Some(person) = who.get(&taking_part.person).copied() else { continue };
            if session.participants.iter().all(|p| p.person != person) {
                session.participants.push(Participation { person, role: taking_part.role });
            }
        }
    }
    keep(&mut session.residue, "eaf", json!(file));
    for mut tier in read.tiers {
        tier.session = id;
        tier.participant = tier.participant.map(|p| who.get(&p).copied().unwrap_or(p));
        reader.bundle.tiers.push(tier);
    }
    reader.bundle.annotations.extend(read.annotations);
    reader.bundle.vocabularies.extend(read.vocabularies);
}
