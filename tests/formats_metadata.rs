//! Metadata of sessions in and out (SayMore and lameta, IMDI, CMDI, RO-Crate), and the files that lie beside an ELAN
//! file or a LIFT lexicon.
//!
//! Set `FIELDGLOSS_REFEREES` to a Python environment (packaging/referees/requirements.txt) to have IMDI and CMDI
//! checked against their schemas by lxml, and crates by ro-crate-py and rdflib.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use fieldgloss::domain::*;
use fieldgloss::formats::{self, Format, FormatError, ImportOptions, Imported};
use proptest::prelude::*;
use serde_json::Value;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn read(path: &Path) -> Imported {
    formats::read(path, None, &ImportOptions::default()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn try_text(name: &str, text: &str) -> Result<Imported, FormatError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    formats::read(&path, None, &ImportOptions::default())
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let there = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &there);
        } else {
            std::fs::copy(entry.path(), there).unwrap();
        }
    }
}

/// Every file below a folder, by its path there.
fn files(root: &Path) -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

/// XML without layout: tags, attributes in order of name, texts that are not white space. Not our parser.
fn tokens(path: &Path) -> Vec<String> {
    use quick_xml::events::Event;
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = quick_xml::Reader::from_str(text.trim_start_matches('\u{FEFF}'));
    let (mut out, mut open) = (Vec::new(), String::new());
    loop {
        match reader.read_event().unwrap() {
            event @ (Event::Start(_) | Event::Empty(_)) => {
                let empty = matches!(event, Event::Empty(_));
                let (Event::Start(start) | Event::Empty(start)) = event else { unreachable!() };
                let mut attributes: Vec<String> =
                    start.attributes().map(|a| a.unwrap()).map(|a| format!("{}={}", a.key.0, a.value)).collect();
                attributes.sort();
                if !open.trim().is_empty() {
                    out.push(std::mem::take(&mut open).trim().to_owned());
                }
                open.clear();
                out.push(format!("<{} {}", start.name().0, attributes.join(" ")));
                if empty {
                    out.push(format!("</{}", start.name().0));
                }
            }
            Event::End(end) => {
                if !open.trim().is_empty() {
                    out.push(std::mem::take(&mut open).trim().to_owned());
                }
                open.clear();
                out.push(format!("</{}", end.name().0));
            }
            Event::Text(text) => open.push_str(&text.into_inner()),
            Event::GeneralRef(name) => open.push_str(&format!("&{};", name.into_inner())),
            Event::Comment(text) => out.push(format!("<!--{}", text.into_inner())),
            Event::Eof => return out,
            _ => {}
        }
    }
}

fn assert_same_xml(before: &Path, after: &Path) {
    let quotes = |tokens: Vec<String>| -> Vec<String> {
        tokens.into_iter().map(|t| t.replace("&quot;", "\"").replace("&apos;", "'").replace("&gt;", ">")).collect()
    };
    let (a, b) = (quotes(tokens(before)), quotes(tokens(after)));
    for (n, (a, b)) in a.iter().zip(&b).enumerate() {
        assert_eq!(a, b, "{}: at token {n}", before.display());
    }
    assert_eq!(a.len(), b.len(), "{}", before.display());
}

/// The bundle as JSON with every record's id replaced by its order of coming.
fn canonical(bundle: &Bundle) -> String {
    let text = serde_json::to_string_pretty(bundle).unwrap();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let (mut out, mut rest) = (String::new(), text.as_str());
    let is_uuid = |t: &str| {
        t.len() == 36
            && t.bytes().enumerate().all(|(n, b)| {
                if matches!(n, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_digit() || (b'a'..=b'f').contains(&b) }
            })
    };
    while let Some(place) = rest.find('"') {
        let after = &rest[place + 1..];
        out.push_str(&rest[..=place]);
        rest = after;
        if let Some(id) = after.get(..36).filter(|id| is_uuid(id)) {
            let next = known.len();
            out.push_str(&format!("#{}", known.entry(id).or_insert(next)));
            rest = &after[36..];
        }
    }
    out + rest
}

fn assert_same(a: &Bundle, b: &Bundle, what: &str) {
    let (a, b) = (canonical(a), canonical(b));
    for (n, (a, b)) in a.lines().zip(b.lines()).enumerate() {
        assert_eq!(a, b, "{what}: line {n}");
    }
    assert_eq!(a.lines().count(), b.lines().count(), "{what}");
}

/// Runs a Python script in the referees' environment; `None`, and a loud word, where there is none.
fn referee(script: &str, arguments: &[&Path]) -> Option<String> {
    let Some(referees) = std::env::var_os("FIELDGLOSS_REFEREES") else {
        println!("NOT RUN: {} (FIELDGLOSS_REFEREES is not set)", arguments[0].display());
        return None;
    };
    let out = Command::new(Path::new(&referees).join("bin/python"))
        .args(["-c", script])
        .args(arguments)
        .output()
        .expect("the referee starts");
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{}: {said}", arguments[0].display());
    Some(said)
}

/// Asks lxml whether a file keeps to a schema.
fn assert_valid(schema: &str, path: &Path) {
    let script = "import sys\nfrom lxml import etree\ns = etree.XMLSchema(etree.parse(sys.argv[1]))\n\
                  ok = s.validate(etree.parse(sys.argv[2]))\nprint(s.error_log)\nsys.exit(0 if ok else 1)";
    referee(script, &[&data(schema), path]);
}

fn kept(report: &LossReport, what: &str) -> usize {
    report.items.iter().filter(|i| i.what == what && i.fate == Fate::Kept).map(|i| i.count).sum()
}

fn left_out(report: &LossReport, what: &str) -> usize {
    report.items.iter().filter(|i| i.what == what && i.fate == Fate::LeftOut).map(|i| i.count).sum()
}

// SayMore and lameta

const EDOLO: &str = "saymore/Edolo_sample";

/// The sample project with recordings, which are empty files here, and a consent form.
fn edolo() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("Edolo_sample");
    copy_folder(&data(EDOLO), &root);
    for name in ["ETR009_Tiny.mp4", "ETR009_Careful.mp3", "SceneHouse.JPG"] {
        std::fs::write(root.join("Sessions/ETR009").join(name), b"x").unwrap();
    }
    std::fs::write(root.join("People/Ilawi_Amosa/Ilawi_Amosa_Consent.JPG"), b"x").unwrap();
    (folder, root)
}

#[test]
fn a_session_file_says_what_was_recorded() {
    let read = read(&data("saymore/Edolo_sample/Sessions/ETR009/ETR009.session"));
    let [session] = read.bundle.sessions.as_slice() else { panic!("one session") };
    assert_eq!(session.name, "ETR009");
    assert_eq!(session.title.get("en"), Some("The story behind how we catch fish with poison bark"));
    assert_eq!((session.date.as_str(), session.place.as_str()), ("2010-06-06", "Huya"));
    assert_eq!((session.genre.as_str(), session.access), ("narrative", Access::Open));
    assert_eq!(session.description.get("en"), Some("Some guys talking"));
    let names: Vec<_> = read.bundle.people.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["Awi Heole", "Ilawi Amosa"]);
    assert!(session.participants.iter().all(|p| p.role == "participant"));
}

#[test]
fn a_person_file_says_who_it_is() {
    let read = read(&data("saymore/Edolo_sample/People/Awi_Heole/Awi_Heole.person"));
    let [person] = read.bundle.people.as_slice() else { panic!("one person") };
    assert_eq!((person.name.as_str(), person.code.as_str()), ("Awi Heole", ""));
    assert_eq!(person.languages, ["etr", "tpi", "hui"]);
    assert_eq!(person.notes, "Edolo learned in Huya.");
    assert_eq!(person.consent.given, None);
}

#[test]
fn contributions_come_before_participants() {
    let text = "<?xml version=\"1.0\"?><Session><participants type=\"string\">Iskender Demirel (editor);Joe (Jo);Ana (singer)\
                </participants><access type=\"string\">S</access><contributions type=\"xml\"><contributor><name>Iskender \
                Demirel</name><role>consultant</role><date>0001-01-01</date></contributor></contributions></Session>";
    let read = try_text("MixedSession.session", text).unwrap();
    let roles: Vec<_> = read.bundle.sessions[0].participants.iter().map(|p| p.role.as_str()).collect();
    assert_eq!(roles, ["consultant", "participant", "singer"]);
    let names: Vec<_> = read.bundle.people.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["Iskender Demirel", "Joe (Jo)", "Ana"]);
    // Nobody knows what 'S' means in this archive: not wider than the team, and said.
    assert_eq!(read.bundle.sessions[0].access, Access::Team);
    assert!(read.report.items.iter().any(|i| i.why.contains("'S'")), "{}", read.report);
}

#[test]
fn single_files_come_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    for (name, out) in [
        ("saymore/Edolo_sample/Sessions/ETR009/ETR009.session", "ETR009.session"),
        ("saymore/Edolo_sample/People/Awi_Heole/Awi_Heole.person", "a.person"),
        ("saymore/Edolo_sample/People/Ilawi_Amosa/Ilawi_Amosa.person", "b.person"),
    ] {
        let path = folder.path().join(out);
        formats::write(&path, Format::SayMore, &read(&data(name)).bundle).unwrap();
        assert_same_xml(&data(name), &path);
    }
}

#[test]
fn a_project_folder_is_read_whole() {
    let (_folder, root) = edolo();
    assert_eq!(Format::guess(&root).unwrap(), Format::SayMore);
    let imported = read(&root);
    let bundle = &imported.bundle;
    let project = bundle.project.as_ref().unwrap();
    assert_eq!(project.name, "Edolo Sample");
    let edolo = &bundle.languages[0];
    assert_eq!((edolo.tag.as_str(), edolo.iso639_3.as_str(), edolo.name.get("en")), ("etr", "etr", Some("Edolo")));
    assert_eq!(bundle.sessions.len(), 1);
    let ilawi = bundle.people.iter().find(|p| p.name == "Ilawi Amosa").unwrap();
    // "Edolo" is known from the project; "Tok Pisin" and "Huli" are named without a code.
    assert_eq!(ilawi.languages, ["etr"]);
    assert_eq!((ilawi.consent.given, ilawi.consent.manner.as_str()), (Some(true), "form Ilawi_Amosa_Consent.JPG"));
    let media: Vec<_> = bundle.media.iter().map(|m| m.path.rsplit('/').next().unwrap()).collect();
    assert_eq!(media, ["ETR009_Careful.mp3", "ETR009_Tiny.mp4"]);
    assert!(bundle.media.iter().all(|m| m.storage == MediaStorage::Linked && Path::new(&m.path).is_absolute()));
    // The annotation file beside it, read into the session (tier names counted with grep).
    assert_eq!(
        bundle.tiers.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(),
        ["Transcription", "Phrase Free Translation"]
    );
    assert!(bundle.tiers.iter().all(|t| t.session == bundle.sessions[0].id));
    assert_eq!(bundle.annotations.len(), 6);
    assert_eq!(left_out(&imported.report, "other files in session folders"), 1);
    // The .sprj stands for its folder.
    assert_same(&read(&root.join("Edolo_sample.sprj")).bundle, bundle, "by its .sprj");
}

#[test]
fn an_unedited_project_folder_comes_back() {
    let (folder, root) = edolo();
    let first = read(&root).bundle;
    let out = folder.path().join("out/Edolo_sample");
    std::fs::create_dir(folder.path().join("out")).unwrap();
    let report = formats::write(&out, Format::SayMore, &first).unwrap();
    assert_eq!(files(&out), files(&data(EDOLO)), "{report}");
    for file in files(&out) {
        if file.ends_with(".meta") {
            assert_eq!(std::fs::read(out.join(&file)).unwrap(), std::fs::read(root.join(&file)).unwrap());
        } else if !file.ends_with(".eaf") {
            assert_same_xml(&root.join(&file), &out.join(&file));
        }
    }
    assert!(report.items.iter().any(|i| i.what == "recordings" && i.why.contains("not copied")), "{report}");
    // With its recordings and forms put where they belong it is the same project again.
    for (from, to) in [("ETR009_Tiny.mp4", "Sessions/ETR009"), ("ETR009_Careful.mp3", "Sessions/ETR009")] {
        std::fs::copy(root.join("Sessions/ETR009").join(from), out.join(to).join(from)).unwrap();
    }
    std::fs::write(out.join("People/Ilawi_Amosa/Ilawi_Amosa_Consent.JPG"), b"x").unwrap();
    let mut again = read(&out).bundle;
    let mut first = first;
    for bundle in [&mut first, &mut again] {
        for media in &mut bundle.media {
            // Where it lies is not the same, and ELAN's header remembers it.
            media.path = media.path.rsplit('/').next().unwrap().to_owned();
            media.residue = Residue::default();
        }
        // The file was EAF 2.7 and is EAF 3.0 now.
        bundle.sessions.iter_mut().for_each(|s| s.residue.set("eaf", Value::Null));
    }
    assert_same(&first, &again, "read again");
}

#[test]
fn an_unedited_project_comes_back_through_the_project_file() {
    use fieldgloss::app::transfer;
    use fieldgloss::store::{Scope, Store};
    let (folder, root) = edolo();
    let mut project = collection().project.unwrap();
    (project.name, project.description) = ("Edolo Sample".into(), MultiText::default());
    let mut store = Store::create(&folder.path().join("own"), &project, &[]).unwrap();
    transfer::import_file(&mut store, &root, None, ImportOptions::default()).unwrap();
    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let out = out.join("Edolo_sample");
    transfer::export(&store, Scope::Whole, Format::SayMore, &out).unwrap();
    assert_eq!(files(&out), files(&data(EDOLO)));
    for file in files(&out).iter().filter(|f| !f.ends_with(".meta") && !f.ends_with(".eaf")) {
        assert_same_xml(&root.join(file), &out.join(file));
    }
}

#[test]
fn an_edit_changes_only_what_was_edited() {
    let name = data("saymore/Edolo_sample/Sessions/ETR009/ETR009.session");
    let mut bundle = read(&name).bundle;
    bundle.sessions[0].title.set("en", "Fishing");
    bundle.sessions[0].title.set("tpi", "Kisim pis");
    bundle.sessions[0].access = Access::Closed;
    bundle.sessions[0].consent.given = Some(false);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ETR009.session");
    let report = formats::write(&path, Format::SayMore, &bundle).unwrap();
    let (before, after) = (tokens(&name), tokens(&path));
    let gone: Vec<_> = before.iter().filter(|t| !after.contains(t)).collect();
    assert_eq!(gone, ["The story behind how we catch fish with poison bark", "Open"]);
    let new: Vec<_> = after.iter().filter(|t| !before.contains(t)).collect();
    assert_eq!(new, ["[[en]]Fishing[[tpi]]Kisim pis", "Closed", "<consent_given type=string", "no", "</consent_given"]);
    assert!(report.items.iter().any(|i| i.what == "closed sessions and people" && i.count == 1), "{report}");
    let back = read(&path).bundle;
    assert_eq!(back.sessions[0].title, bundle.sessions[0].title);
    assert_eq!((back.sessions[0].access, back.sessions[0].consent.given), (Access::Closed, Some(false)));
}

#[test]
fn broken_metadata_is_named_not_fatal() {
    assert!(matches!(try_text("a.session", ""), Err(FormatError::Broken { .. })));
    assert!(matches!(try_text("a.person", "<Session/>"), Err(FormatError::Broken { .. })));
    assert!(matches!(try_text("a.session", &"<Session>".repeat(5000)), Err(FormatError::Broken { .. })));
    let cut = try_text("a.session", "<Session><title type=\"string\">half a ti").unwrap();
    assert_eq!(cut.bundle.sessions[0].title.first(), Some("half a ti"));
    assert_eq!(cut.report.warnings.len(), 1);
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Format::guess(folder.path()), Err(FormatError::Unknown { .. })));
    assert!(formats::read(folder.path(), Some(Format::SayMore), &ImportOptions::default()).is_err());
    // One broken file in a project is named, the rest is kept.
    let (_folder, root) = edolo();
    std::fs::write(root.join("People/Awi_Heole/Awi_Heole.person"), "no xml").unwrap();
    let read = read(&root);
    assert!(read.report.warnings.iter().any(|w| w.contains("not a usable")), "{}", read.report);
    assert_eq!(read.bundle.sessions.len(), 1);
}

fn session(name: &str, access: Access) -> Session {
    Session {
        id: SessionId::new(),
        name: name.into(),
        title: MultiText::of("en", format!("Title of {name}")),
        date: "2010-06".into(),
        place: "Huya, near Mt. Sisa".into(),
        genre: "narrative".into(),
        description: MultiText::default(),
        participants: Vec::new(),
        consent: Consent::default(),
        access,
        position: 0,
        residue: Residue::default(),
    }
}

fn person(code: &str, name: &str, access: Access) -> Person {
    Person {
        id: PersonId::new(),
        code: code.into(),
        name: name.into(),
        languages: vec!["etr".into(), "en".into()],
        notes: String::new(),
        consent: Consent::default(),
        access,
        residue: Residue::default(),
    }
}

fn media(session: SessionId, path: &str) -> Media {
    Media {
        id: MediaId::new(),
        session,
        path: path.into(),
        storage: MediaStorage::Copied,
        hash: String::new(),
        size: 1234,
        mime: "audio/x-wav".into(),
        duration: Some(Time::from_millis(61_500)),
        offset: Time::ZERO,
        streams: Vec::new(),
        position: 0,
        residue: Residue::default(),
    }
}

/// A project with what must not be seen in it: a closed session, a person who goes by code, one who is closed.
fn collection() -> Bundle {
    let mut open = session("ETR009", Access::Open);
    open.description = MultiText::of("en", "Told by Awi Heole, \"with fish\" & <poison>");
    let mut closed = session("SECRET", Access::Closed);
    closed.position = 1;
    let mut team = session("Second one", Access::Team);
    (team.position, team.date, team.genre) = (2, "summer 2011".into(), "gossip".into());
    let people = vec![
        person("AH", "Awi Heole", Access::Team),
        person("IA", "Ilawi Amosa", Access::Open),
        person("ZZ", "Hidden Person", Access::Closed),
    ];
    for (who, role) in [(0, "speaker"), (1, "recorder"), (1, "shaman"), (2, "speaker")] {
        open.participants.push(Participation { person: people[who].id, role: role.into() });
    }
    let tier = Tier {
        id: TierId::new(),
        session: open.id,
        parent: None,
        name: "AH".into(),
        role: TierRole::Transcription,
        constraint: Constraint::None,
        type_name: String::new(),
        participant: Some(people[0].id),
        annotator: String::new(),
        language: "etr".into(),
        vocabulary: None,
        position: 0,
        residue: Residue::default(),
    };
    let span = Span::new(Time::ZERO, Time::from_millis(900));
    Bundle {
        project: Some(Project {
            id: ProjectId::new(),
            name: "Edolo".into(),
            description: MultiText::of("en", "Texts in Edolo"),
            base_iri: "https://example.org/edolo/".into(),
            licence: "https://creativecommons.org/licenses/by/4.0/".into(),
            created: String::new(),
            residue: Residue::default(),
        }),
        languages: vec![Language {
            id: LanguageId::new(),
            tag: "etr".into(),
            name: MultiText::of("en", "Edolo, or Etoro"),
            iso639_3: "etr".into(),
            glottocode: "edol1239".into(),
            role: LanguageRole::Object,
            position: 0,
            writing_systems: Vec::new(),
            residue: Residue::default(),
        }],
        annotations: vec![Annotation::new(tier.id, Some(span), 0, "gali")],
        media: vec![media(team.id, "media/second recording.wav"), media(closed.id, "media/secret.wav")],
        tiers: vec![tier],
        people,
        sessions: vec![open, closed, team],
        ..Bundle::default()
    }
}

/// Nothing of what must stay home is in a text.
fn assert_discreet(text: &str) {
    for secret in ["Awi Heole", "Heole", "Hidden Person", "SECRET", "secret.wav"] {
        assert!(!text.contains(secret), "{secret} is in:\n{text}");
    }
}

#[test]
fn a_written_project_reads_the_same() {
    let mut bundle = collection();
    // Recordings are not copied, so there are none to find again.
    bundle.media.clear();
    (bundle.tiers, bundle.annotations) = Default::default();
    let project = bundle.project.as_mut().unwrap();
    (project.base_iri, project.licence) = Default::default();
    bundle.languages[0].glottocode.clear();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Edolo");
    let report = formats::write(&path, Format::SayMore, &bundle).unwrap();
    assert_eq!(kept(&report, "sessions"), 3);
    let mut back = read(&path).bundle;
    let by_name = |b: &mut Bundle| {
        b.sessions.sort_by(|x, y| x.name.cmp(&y.name));
        (0..).zip(&mut b.sessions).for_each(|(n, s)| s.position = n);
        b.people.iter_mut().for_each(|p| p.residue = Residue::default());
        b.people.sort_by(|x, y| x.name.cmp(&y.name));
    };
    by_name(&mut back);
    by_name(&mut bundle);
    assert_same(&bundle, &back, "read again");
    // Written over what is there already it is still the same.
    formats::write(&path, Format::SayMore, &read(&path).bundle).unwrap();
    assert_eq!(files(&path).len(), 7);
}

#[test]
fn a_project_is_written_beside_its_sprj() {
    let folder = tempfile::tempdir().unwrap();
    let report = formats::write(&folder.path().join("Edolo.sprj"), Format::SayMore, &collection()).unwrap();
    let there = files(folder.path());
    assert!(there.contains(&"Edolo.sprj".to_owned()) && there.contains(&"Sessions/ETR009/ETR009.session".to_owned()));
    assert!(there.iter().all(|f| !f.contains(".saymore")), "no draft is left behind: {there:?}");
    assert_eq!(left_out(&report, "licence and address of the project"), 2);
    // Among other things it gets a folder of its own.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    formats::write(&folder.path().join("Edolo.sprj"), Format::SayMore, &collection()).unwrap();
    let there = files(folder.path());
    assert!(there.iter().all(|f| f == "letter.txt" || f.starts_with("Edolo/")), "{there:?}");
    assert!(there.contains(&"Edolo/Edolo.sprj".to_owned()));
    // Several sessions to session files alone: one beside the other.
    let folder = tempfile::tempdir().unwrap();
    formats::write(&folder.path().join("a.session"), Format::SayMore, &collection()).unwrap();
    assert_eq!(files(folder.path()).len(), 3);
    let error = formats::write(&folder.path().join("a.person"), Format::SayMore, &Bundle::default()).unwrap_err();
    assert!(matches!(error, FormatError::Unsayable { .. }));
}

#[test]
fn names_that_no_folder_can_have() {
    let mut bundle = collection();
    for (session, name) in bundle.sessions.iter_mut().zip(["../../etc/passwd", "", "a:b"]) {
        session.name = name.into();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("P");
    formats::write(&path, Format::SayMore, &bundle).unwrap();
    let mut there: Vec<_> = std::fs::read_dir(path.join("Sessions")).unwrap().map(|e| e.unwrap().file_name()).collect();
    there.sort();
    assert_eq!(there, ["_.._etc_passwd", "a_b", "unnamed"]);
    assert_eq!(files(folder.path()).iter().filter(|f| !f.starts_with("P/")).count(), 0);
}

fn line() -> impl Strategy<Value = String> {
    "[ -~àɛŋ̃ɓ漢]{0,20}".prop_map(|t| t.trim().to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_session_and_person_come_back(
        title in line(), other in line(), place in line(), genre in line(), note in line(), manner in line(),
        given in any::<Option<bool>>(), access in 0..4_usize, role in "[a-z]{1,8}",
    ) {
        let access = [Access::Open, Access::Registered, Access::Team, Access::Closed][access];
        let mut someone = person("P1", "Ana B", access);
        (someone.notes, someone.consent.given, someone.consent.manner) = (note, given, manner);
        let mut one = session("S1", access);
        one.title = MultiText::of("en", title);
        one.title.set("tpi", other.clone());
        if one.title.0.len() == 1 {
            one.title = MultiText::of("en", other);
        }
        (one.place, one.genre) = (place, genre);
        one.participants.push(Participation { person: someone.id, role });
        let bundle = Bundle { people: vec![someone], sessions: vec![one], ..Bundle::default() };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("P");
        formats::write(&path, Format::SayMore, &bundle).unwrap();
        let mut back = read(&path).bundle;
        back.project = None;
        back.people[0].residue = Residue::default();
        assert_same(&bundle, &back, "read again");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    /// Whatever a file holds, it is read as far as it goes or refused.
    #[test]
    fn no_file_makes_it_fall_over(
        parts in prop::collection::vec(prop_oneof![
            Just("<Session>"), Just("<Person>"), Just("<Project>"), Just("<lift-ranges>"), Just("</range>"), Just("<CV_RESOURCE>"),
            Just("<languages type=\"xml\">"), Just("<language tag=\"\"/>"), Just("<contributions>"), Just("<contributor><name>"),
            Just("</name>"), Just("[[en]]"), Just("[["), Just("é;("), Just("<title>"), Just("</title>"), Just("<participants>a (b);;( "),
            Just("</participants>"), Just("<CustomFields>"), Just("<range id=\"x\"><range-element/>"), Just("<![CDATA["), Just("&x;"),
            Just("<VernacularISO3CodeAndName>:::"), Just("<CONTROLLED_VOCABULARY CV_ID=\"gestures\"><CV_ENTRY_ML/>"), Just("<!--"),
        ], 0..14),
    ) {
        let text = parts.concat();
        for (name, root) in [("a.session", "Session"), ("a.person", "Person"), ("a.sprj", "Project")] {
            for text in [text.clone(), format!("<{root}>{text}")] {
                if let Ok(imported) = try_text(name, &text) {
                    let folder = tempfile::tempdir().unwrap();
                    formats::write(&folder.path().join("P"), Format::SayMore, &imported.bundle).unwrap();
                }
            }
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("words.lift"), LEXICON).unwrap();
        std::fs::write(folder.path().join("words.lift-ranges"), format!("<lift-ranges>{text}")).unwrap();
        let bundle = read(&folder.path().join("words.lift")).bundle;
        formats::write(&folder.path().join("o.lift"), Format::Lift, &bundle).unwrap();
        std::fs::write(folder.path().join("a.eaf"), WITH_SHARED).unwrap();
        std::fs::write(folder.path().join("gestures.ecv"), format!("<CV_RESOURCE>{text}")).unwrap();
        let bundle = read(&folder.path().join("a.eaf")).bundle;
        formats::write(&folder.path().join("o.eaf"), Format::Eaf, &bundle).unwrap();
    }
}

// Archive formats

#[test]
fn imdi_keeps_to_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edolo.imdi");
    let report = formats::write(&path, Format::Imdi, &collection()).unwrap();
    assert_eq!(files(folder.path()), ["edolo-Second one.imdi", "edolo.imdi"], "{report}");
    for file in files(folder.path()) {
        let path = folder.path().join(file);
        assert_valid("archives/IMDI_3.0.xsd", &path);
        assert_discreet(&std::fs::read_to_string(&path).unwrap());
    }
    let text = std::fs::read_to_string(&path).unwrap();
    for said in [
        "<Date>2010-06</Date>",
        "<Id>ISO639-3:etr</Id>",
        "<Code>AH</Code>",
        "<FullName>Unspecified</FullName>",
        "<FullName>Ilawi Amosa</FullName>",
        ">Unspecified</Continent>",
        "<Key Name=\"Glottocode\">edol1239</Key>",
    ] {
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
    // A date that is none of IMDI's stands among the keys.
    let second = std::fs::read_to_string(folder.path().join("edolo-Second one.imdi")).unwrap();
    assert!(second.contains("<Date>Unspecified</Date>") && second.contains("<Key Name=\"Date\">summer 2011</Key>"));
    assert!(second.contains("<End>00:01:01</End>"));
    assert_eq!(left_out(&report, "annotations"), 1);
}

#[test]
fn imdi_takes_the_country_from_lametas_fields() {
    let (_folder, root) = edolo();
    let bundle = read(&root).bundle;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ETR009.imdi");
    formats::write(&path, Format::Imdi, &bundle).unwrap();
    assert_valid("archives/IMDI_3.0.xsd", &path);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(">Oceania</Continent>") && text.contains(">Papua New Guinea</Country>"), "{text}");
    assert!(!text.contains("Awi Heole"), "{text}");
}

#[test]
fn cmdi_keeps_to_envelope_and_profile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edolo.cmdi");
    formats::write(&path, Format::Cmdi, &collection()).unwrap();
    for file in files(folder.path()) {
        let path = folder.path().join(file);
        assert_valid("archives/cmdi_olac_dcmiterms.xsd", &path);
        assert_discreet(&std::fs::read_to_string(&path).unwrap());
    }
    let text = std::fs::read_to_string(&path).unwrap();
    for said in [
        "<cmdp:contributor olac-role=\"speaker\">AH</cmdp:contributor>",
        "<cmdp:contributor>Ilawi Amosa</cmdp:contributor>",
        "<cmdp:subject olac-language=\"etr\">Edolo, or Etoro</cmdp:subject>",
        "olac-discourse-type=\"narrative\"",
    ] {
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
}

/// What the schemas of these formats refuse is refused: an empty record is none.
#[test]
fn the_schemas_are_not_asleep() {
    let Some(_) = referee("print('there')", &[Path::new("the schemas' own test")]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edolo.cmdi");
    formats::write(&path, Format::Cmdi, &collection()).unwrap();
    let text = std::fs::read_to_string(&path).unwrap().replace("olac-role=\"speaker\"", "olac-role=\"shaman\"");
    std::fs::write(&path, text).unwrap();
    assert!(std::panic::catch_unwind(|| assert_valid("archives/cmdi_olac_dcmiterms.xsd", &path)).is_err());
}

#[test]
fn a_crate_is_flat_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("crate");
    let report = formats::write(&root, Format::RoCrate, &collection()).unwrap();
    assert_eq!(files(&root), ["annotations/ETR009.eaf", "ro-crate-metadata.json"], "{report}");
    let text = std::fs::read_to_string(root.join("ro-crate-metadata.json")).unwrap();
    assert_discreet(&text);
    assert_discreet(&std::fs::read_to_string(root.join("annotations/ETR009.eaf")).unwrap());
    let json: Value = serde_json::from_str(&text).unwrap();
    let graph = json["@graph"].as_array().unwrap();
    let ids: Vec<&str> = graph.iter().map(|e| e["@id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), ids.iter().collect::<HashSet<_>>().len(), "each @id once");
    // Every reference leads to an entity, save the specification that the document itself keeps to.
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                assert_eq!(map.len(), 1, "flat: {value}");
                found.extend(map.get("@id").and_then(Value::as_str));
            }
            Value::Array(list) => list.iter().for_each(|v| references(v, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for entity in graph {
        entity.as_object().unwrap().values().for_each(|v| references(v, &mut found));
        assert!(entity.get("@type").is_some());
    }
    for id in found {
        assert!(ids.contains(&id) || id == "https://w3id.org/ro/crate/1.2", "{id} leads nowhere");
    }
    let entity = |id: &str| graph.iter().find(|e| e["@id"] == id).unwrap_or_else(|| panic!("no {id}"));
    let collection = entity("./");
    assert_eq!(collection["@type"], serde_json::json!(["Dataset", "RepositoryCollection"]));
    assert_eq!(collection["license"]["@id"], "https://creativecommons.org/licenses/by/4.0/");
    assert_eq!(collection["pcdm:hasMember"].as_array().unwrap().len(), 2);
    let language = entity("https://glottolog.org/resource/languoid/id/edol1239");
    assert_eq!((&language["languageCode"], &language["glottologCode"]), (&"etr".into(), &"edol1239".into()));
    let object = graph.iter().find(|e| e["identifier"] == "ETR009").unwrap();
    assert_eq!(entity(object["ldac:speaker"]["@id"].as_str().unwrap())["name"], "AH");
    assert_eq!(entity(object["ldac:recorder"]["@id"].as_str().unwrap())["name"], "Ilawi Amosa");
    assert_eq!(object["ldac:linguisticGenre"]["@id"], "https://w3id.org/ldac/terms#Narrative");
    assert_eq!(entity("annotations/ETR009.eaf")["encodingFormat"], "text/x-eaf+xml");
    let second = graph.iter().find(|e| e["identifier"] == "Second one").unwrap();
    assert_eq!((&second["ldac:dateFreeText"], &second["genre"]), (&"summer 2011".into(), &"gossip".into()));
    assert_eq!(second["license"]["@id"], "#access-team");
}

#[test]
fn crates_are_read_by_others() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("crate");
    formats::write(&root, Format::RoCrate, &collection()).unwrap();
    // ro-crate-py loads it; rdflib expands it with RO-Crate's context as that package brings it.
    let script = r##"
import json, pathlib, sys, warnings
import rdflib, rocrate
from rocrate.rocrate import ROCrate
root = pathlib.Path(sys.argv[1])
crate = ROCrate(root)
assert crate.version == "1.2", crate.version
assert crate.root_dataset["name"] == "Edolo"
assert [e.id for e in crate.data_entities if e.id == "annotations/ETR009.eaf"], [e.id for e in crate.data_entities]
assert len(crate.root_dataset["pcdm:hasMember"]) == 2
document = json.loads((root / "ro-crate-metadata.json").read_text())
context = json.loads((pathlib.Path(rocrate.__file__).parent / "data/ro-crate.jsonld").read_text())["@context"]
assert document["@context"][0] == "https://w3id.org/ro/crate/1.2/context"
document["@context"][0] = context
graph = rdflib.Graph().parse(data=json.dumps(document), format="json-ld", publicID="https://example.org/crate/")
subjects = {str(s) for s in graph.subjects()}
assert len(subjects) == len(document["@graph"]), (len(subjects), len(document["@graph"]))
ldac = rdflib.Namespace("https://w3id.org/ldac/terms#")
assert len(list(graph.subject_objects(ldac.speaker))) == 1
# Every property of the document means something: none fell away for want of a term.
names = {n for e in document["@graph"] for n in e if not n.startswith("@")}
unknown = sorted(n for n in names if ":" not in n and n not in context and n not in document["@context"][1])
assert not unknown, unknown
print(len(graph), "triples")
"##;
    if let Some(said) = referee(script, &[&root]) {
        println!("{said}");
    }
}

#[test]
fn nothing_open_makes_no_archive_files() {
    let mut bundle = collection();
    bundle.sessions.iter_mut().for_each(|s| s.access = Access::Closed);
    let folder = tempfile::tempdir().unwrap();
    for format in [Format::Imdi, Format::Cmdi, Format::RoCrate] {
        let error = formats::write(&folder.path().join("out"), format, &bundle).unwrap_err();
        assert!(matches!(error, FormatError::Unsayable { .. }), "{error}");
    }
    assert!(files(folder.path()).is_empty());
}

// Beside an ELAN file

const WITH_SHARED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2020-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0">
<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="900"/></TIME_ORDER>
<TIER LINGUISTIC_TYPE_REF="hands" TIER_ID="hands"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" CVE_REF="c2"
 TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2"><ANNOTATION_VALUE>point</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<LINGUISTIC_TYPE CONTROLLED_VOCABULARY_REF="gestures" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="hands" TIME_ALIGNABLE="true"/>
<CONTROLLED_VOCABULARY CV_ID="gestures" EXT_REF="er1"/>
<EXTERNAL_REF EXT_REF_ID="er1" TYPE="ecv" VALUE="file:///D:/shared%20lists/gestures.ecv"/>
</ANNOTATION_DOCUMENT>"#;
const SHARED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<CV_RESOURCE AUTHOR="" DATE="2020-01-01T00:00:00+00:00" VERSION="0.2"><LANGUAGE LANG_ID="eng" LANG_LABEL="English"/>
<CONTROLLED_VOCABULARY CV_ID="gestures"><DESCRIPTION LANG_REF="eng">hand shapes</DESCRIPTION>
<CV_ENTRY_ML CVE_ID="c1"><CVE_VALUE LANG_REF="eng">rest</CVE_VALUE></CV_ENTRY_ML>
<CV_ENTRY_ML CVE_ID="c2"><CVE_VALUE DESCRIPTION="with the index" LANG_REF="eng">point</CVE_VALUE></CV_ENTRY_ML>
</CONTROLLED_VOCABULARY></CV_RESOURCE>"#;

#[test]
fn shared_vocabularies_are_read_and_pointed_at_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.eaf");
    std::fs::write(&path, WITH_SHARED).unwrap();
    // Without the file beside it the entries are not known, and the reference stays.
    let alone = read(&path);
    assert!(alone.bundle.vocabularies[0].entries.is_empty());
    std::fs::write(folder.path().join("gestures.ecv"), SHARED).unwrap();
    let bundle = read(&path).bundle;
    let [vocabulary] = bundle.vocabularies.as_slice() else { panic!("one vocabulary") };
    let values: Vec<_> = vocabulary.entries.iter().map(|e| (e.value.as_str(), e.description.as_str())).collect();
    assert_eq!(values, [("rest", ""), ("point", "with the index")]);
    assert_eq!(bundle.annotations[0].entry, Some(vocabulary.entries[1].id));
    // Unedited: the EAF points at the file, which goes along.
    let out = tempfile::tempdir().unwrap();
    let there = out.path().join("b.eaf");
    let report = formats::write(&there, Format::Eaf, &bundle).unwrap();
    assert_eq!(std::fs::read_to_string(out.path().join("gestures.ecv")).unwrap(), SHARED, "{report}");
    let text = std::fs::read_to_string(&there).unwrap();
    assert!(
        text.contains("EXT_REF=\"er1\"") && text.contains("CVE_REF=\"c2\"") && !text.contains("CV_ENTRY_ML"),
        "{text}"
    );
    assert_valid("eaf/EAFv3.0.xsd", &there);
    assert_same(&bundle, &read_as(&there, "a"), "read again");
    // Edited: it stands in the EAF, and the shared file is not touched.
    let mut edited = bundle;
    edited.vocabularies[0].entries[0].value = "at rest".into();
    let report = formats::write(&there, Format::Eaf, &edited).unwrap();
    let text = std::fs::read_to_string(&there).unwrap();
    assert!(text.contains(">at rest<") && text.contains(">point<"), "{text}");
    assert!(report.items.iter().any(|i| i.why.contains("was edited")), "{report}");
    assert_eq!(std::fs::read_to_string(out.path().join("gestures.ecv")).unwrap(), SHARED);
    assert_valid("eaf/EAFv3.0.xsd", &there);
}

fn read_as(path: &Path, name: &str) -> Bundle {
    let options = ImportOptions { session_name: name.into(), ..ImportOptions::default() };
    formats::read(path, None, &options).unwrap().bundle
}

#[test]
fn a_shared_vocabulary_is_looked_for_beside_the_file_only() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("in")).unwrap();
    std::fs::write(folder.path().join("gestures.ecv"), SHARED).unwrap();
    let path = folder.path().join("in/a.eaf");
    std::fs::write(&path, WITH_SHARED.replace("file:///D:/shared%20lists/gestures.ecv", "../gestures.ecv")).unwrap();
    assert!(read(&path).bundle.vocabularies[0].entries.is_empty());
}

#[test]
fn preferences_and_templates() {
    let bundle = read(&data("eaf/speach_aesop.eaf")).bundle;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aesop.eaf");
    formats::write(&path, Format::Eaf, &bundle).unwrap();
    let preferences = std::fs::read_to_string(folder.path().join("aesop.pfsx")).unwrap();
    assert_eq!(preferences, std::fs::read_to_string(data("eaf/speach_aesop.pfsx")).unwrap());
    // A template keeps tiers and types, and none of what was said.
    let template = folder.path().join("template.etf");
    assert_eq!(Format::from_name(&template), Some(Format::Eaf));
    let report = formats::write(&template, Format::Eaf, &bundle).unwrap();
    assert_eq!(left_out(&report, "annotations"), bundle.annotations.len());
    assert_valid("eaf/EAFv3.0.xsd", &template);
    let back = read(&template).bundle;
    let shape =
        |b: &Bundle| b.tiers.iter().map(|t| (t.name.clone(), t.constraint, t.type_name.clone())).collect::<Vec<_>>();
    assert_eq!(shape(&back), shape(&bundle));
    assert!(back.annotations.is_empty() && back.media.is_empty());
    assert!(!std::fs::read_to_string(&template).unwrap().contains("TIME_SLOT "));
}

// Beside a LIFT lexicon

const LEXICON: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<lift producer="SIL.FLEx 9.1" version="0.13">
  <header><ranges><range id="grammatical-info" href="file://C:/x/words.lift-ranges"/></ranges><fields/></header>
  <entry id="a_1" guid="018f0000-0000-7000-8000-000000000001"><lexical-unit><form lang="etr"><text>gali</text></form></lexical-unit>
    <pronunciation><form lang="etr"><text>gali</text></form><media href="audio\gali.wav"/></pronunciation>
    <sense id="s1"><gloss lang="en"><text>fish</text></gloss><illustration href="pictures\fish.png"/></sense></entry>
  <entry id="b_2" guid="018f0000-0000-7000-8000-000000000002"><lexical-unit><form lang="etr"><text>so</text></form></lexical-unit></entry>
</lift>"#;
const RANGES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<lift-ranges>
  <range id="grammatical-info" guid="r1">
    <label><form lang="en"><text>Parts of speech</text></form></label>
    <range-element id="Noun" guid="n1"><label><form lang="en"><text>Noun</text></form><form lang="fr"><text>Nom</text></form></label>
      <abbrev><form lang="en"><text>n</text></form></abbrev></range-element>
    <range-element id="Proper noun" guid="n2" parent="Noun"/>
  </range>
  <range id="dialect"/>
</lift-ranges>"#;

fn lexicon() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("words.lift"), LEXICON).unwrap();
    std::fs::write(folder.path().join("words.lift-ranges"), RANGES).unwrap();
    let path = folder.path().join("words.lift");
    (folder, path)
}

#[test]
fn ranges_become_vocabularies_and_come_back() {
    let (folder, path) = lexicon();
    let imported = read(&path);
    let lists: Vec<_> = imported.bundle.vocabularies.iter().map(|v| (v.name.as_str(), v.entries.len())).collect();
    assert_eq!(lists, [("grammatical-info", 2), ("dialect", 0), ("LIFT header", 0)]);
    assert_eq!(imported.bundle.vocabularies[0].entries[0].description, "Noun");
    let listed = imported.report.items.iter().find(|i| i.what == "pictures and sounds").unwrap();
    assert_eq!(listed.count, 2);
    assert!(listed.why.contains(r"audio\gali.wav") && listed.why.contains(r"pictures\fish.png"), "{}", listed.why);
    let out = folder.path().join("out.lift");
    formats::write(&out, Format::Lift, &imported.bundle).unwrap();
    assert_same_xml(&path.with_extension("lift-ranges"), &out.with_extension("lift-ranges"));
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.contains("href=\"out.lift-ranges\""), "{text}");
    assert!(text.contains(r"audio\gali.wav") && text.contains(r"pictures\fish.png"), "{text}");
    // Under its own name the lexicon is as it was, and read again it is the same.
    std::fs::create_dir(folder.path().join("again")).unwrap();
    let again = folder.path().join("again/words.lift");
    formats::write(&again, Format::Lift, &imported.bundle).unwrap();
    assert_same_xml(&path, &again);
    assert_same(&imported.bundle, &read(&again).bundle, "read again");
}

#[test]
fn the_header_outlives_the_first_entry() {
    let (folder, path) = lexicon();
    let mut bundle = read(&path).bundle;
    let gone = bundle.lexemes.remove(0).id;
    bundle.senses.retain(|s| s.lexeme != gone);
    bundle.forms.retain(|f| f.lexeme != gone);
    bundle.vocabularies[0].entries[0].description = "Substantive".into();
    bundle.vocabularies[0].entries.push(VocabularyEntry {
        id: VocabularyEntryId::new(),
        value: "Verb".into(),
        description: String::new(),
        residue: Residue::default(),
    });
    let out = folder.path().join("out.lift");
    formats::write(&out, Format::Lift, &bundle).unwrap();
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.contains("<header>") && text.contains("SIL.FLEx 9.1"), "{text}");
    let ranges = std::fs::read_to_string(out.with_extension("lift-ranges")).unwrap();
    assert!(ranges.contains("<text>Substantive</text>") && ranges.contains("<text>Nom</text>"), "{ranges}");
    assert!(ranges.contains("<range-element id=\"Verb\""), "{ranges}");
    // A value list of the lexicon is no business of a session.
    bundle.sessions.push(session("S", Access::Open));
    let eaf = folder.path().join("s.eaf");
    formats::write(&eaf, Format::Eaf, &bundle).unwrap();
    assert!(!std::fs::read_to_string(&eaf).unwrap().contains("CONTROLLED_VOCABULARY"));
}

#[test]
fn broken_ranges_are_named() {
    let (_folder, path) = lexicon();
    std::fs::write(path.with_extension("lift-ranges"), "<other/>").unwrap();
    let read = read(&path);
    assert_eq!(read.bundle.lexemes.len(), 2);
    assert!(read.report.warnings.iter().any(|w| w.contains("words.lift-ranges")), "{}", read.report);
}

// Size

/// An hour of transcription: 30 tiers, 20,000 annotations.
fn an_hour() -> String {
    use std::fmt::Write as _;
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ANNOTATION_DOCUMENT AUTHOR=\"\" DATE=\"2020-01-01T00:00:00+00:00\" \
         FORMAT=\"3.0\" VERSION=\"3.0\"><HEADER MEDIA_FILE=\"\" TIME_UNITS=\"milliseconds\"/><TIME_ORDER>",
    );
    for n in 0..20_000 {
        let _ = write!(text, "<TIME_SLOT TIME_SLOT_ID=\"ts{n}\" TIME_VALUE=\"{}\"/>", (n % 1334) * 2690 + n / 1334);
    }
    text.push_str("</TIME_ORDER>");
    // Fifteen tiers with times, each with a translation under it.
    let mut id = 0;
    for tier in 0..15 {
        let _ = write!(text, "<TIER LINGUISTIC_TYPE_REF=\"t\" TIER_ID=\"T{tier}\" PARTICIPANT=\"P{tier}\">");
        for n in 0..667 {
            let slot = tier * 1333 + n * 2;
            let _ = write!(
                text,
                "<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID=\"a{}\" TIME_SLOT_REF1=\"ts{slot}\" \
                 TIME_SLOT_REF2=\"ts{}\"><ANNOTATION_VALUE>word word {n}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>",
                id + n,
                slot + 1
            );
        }
        let _ = write!(text, "</TIER><TIER LINGUISTIC_TYPE_REF=\"f\" PARENT_REF=\"T{tier}\" TIER_ID=\"F{tier}\">");
        for n in 0..667 {
            let _ = write!(
                text,
                "<ANNOTATION><REF_ANNOTATION ANNOTATION_ID=\"a{}\" ANNOTATION_REF=\"a{}\"><ANNOTATION_VALUE>free {n}\
                 </ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>",
                id + 667 + n,
                id + n
            );
        }
        text.push_str("</TIER>");
        id += 1334;
    }
    text + "<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID=\"t\" TIME_ALIGNABLE=\"true\"/><LINGUISTIC_TYPE \
            CONSTRAINTS=\"Symbolic_Association\" LINGUISTIC_TYPE_ID=\"f\" TIME_ALIGNABLE=\"false\"/></ANNOTATION_DOCUMENT>"
}

/// Well under a second where the program is optimised; built for tests it may take longer, but nowhere near as long as a
/// search for each annotation through all the others would.
fn quick(what: &str, since: Instant) {
    let limit = if cfg!(debug_assertions) { Duration::from_secs(40) } else { Duration::from_secs(1) };
    let took = since.elapsed();
    println!("{what}: {took:?}");
    assert!(took < limit, "{what} took {took:?}");
}

#[test]
fn an_hour_of_annotations_is_read_and_written_quickly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hour.eaf");
    std::fs::write(&path, an_hour()).unwrap();
    let start = Instant::now();
    let bundle = read(&path).bundle;
    quick("EAF read", start);
    assert_eq!((bundle.tiers.len(), bundle.annotations.len()), (30, 20_010));
    for (format, name) in [(Format::Eaf, "o.eaf"), (Format::TextGrid, "o.TextGrid")] {
        let start = Instant::now();
        formats::write(&folder.path().join(name), format, &bundle).unwrap();
        quick(&format!("{format} written"), start);
    }
    let start = Instant::now();
    read(&folder.path().join("o.TextGrid"));
    quick("TextGrid read", start);
}

#[test]
fn a_large_lexicon_and_its_texts_are_quick() {
    use std::fmt::Write as _;
    let mut sfm = String::from("\\_sh v3.0  400  MDF 4.0\n\n");
    for n in 0..4000 {
        let _ = write!(
            sfm,
            "\\lx word{n}\n\\ps n\n\\ge gloss {n}\n\\cf word{}\n\\se sub{n}\n\\ge subgloss {n}\n\n",
            (n * 7) % 4000
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.sfm");
    std::fs::write(&path, sfm).unwrap();
    let start = Instant::now();
    let mut bundle = read(&path).bundle;
    quick("SFM read", start);
    assert_eq!(bundle.lexemes.len(), 8000);
    for (format, name) in [(Format::Sfm, "o.sfm"), (Format::Lift, "o.lift")] {
        let start = Instant::now();
        formats::write(&folder.path().join(name), format, &bundle).unwrap();
        quick(&format!("{format} written"), start);
    }
    let start = Instant::now();
    read(&folder.path().join("o.lift"));
    quick("LIFT read", start);
    // A text whose every morph is tied to an entry.
    let hour = read_text_of(2000, &bundle);
    bundle.sessions = hour.sessions;
    (bundle.tiers, bundle.annotations) = (hour.tiers, hour.annotations);
    (bundle.words, bundle.morphs) = (hour.words, hour.morphs);
    for (format, name) in [(Format::FlexText, "o.flextext"), (Format::Toolbox, "o.tbt")] {
        let start = Instant::now();
        formats::write(&folder.path().join(name), format, &bundle).unwrap();
        quick(&format!("{format} written"), start);
        let start = Instant::now();
        let back = read(&folder.path().join(name)).bundle;
        quick(&format!("{format} read"), start);
        assert_eq!(back.words.len(), 8000);
    }
}

fn read_text_of(phrases: usize, lexicon: &Bundle) -> Bundle {
    let mut bundle = Bundle::default();
    let text = session("Long", Access::Open);
    let mut tier = collection().tiers.remove(0);
    (tier.session, tier.participant) = (text.id, None);
    for n in 0..phrases {
        let annotation = Annotation::new(tier.id, None, n as i64, "a b c d");
        for (place, form) in ["a", "b", "c", "d"].into_iter().enumerate() {
            let word = Word {
                id: WordId::new(),
                annotation: annotation.id,
                position: place as i64,
                kind: WordKind::Word,
                form: MultiText::of("etr", form),
                gloss: MultiText::of("en", form),
                category: MultiText::default(),
                status: WordStatus::Approved,
                start: None,
                end: None,
                residue: Residue::default(),
            };
            bundle.morphs.push(Morph {
                id: MorphId::new(),
                word: word.id,
                position: 0,
                kind: MorphKind::Stem,
                form: MultiText::of("etr", form),
                citation: MultiText::default(),
                gloss: MultiText::of("en", form),
                category: MultiText::default(),
                homograph: String::new(),
                lexeme: Some(lexicon.lexemes[(n * 31 + place) % lexicon.lexemes.len()].id),
                sense: None,
                residue: Residue::default(),
            });
            bundle.words.push(word);
        }
        bundle.annotations.push(annotation);
    }
    (bundle.sessions, bundle.tiers) = (vec![text], vec![tier]);
    bundle
}
