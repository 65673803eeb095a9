//! Sessions, people and a project from their files, one at a time.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde_json::json;

use super::records::{keep, person_like, project_like, remember, session_like};
use super::{fields, folder, parse};
use crate::domain::*;
use crate::formats::xmltree::Element;
use crate::formats::{FormatError, ImportOptions, Imported};

/// Reads a project folder, or one of its files. A `.sprj` that lies in a project folder stands for all of it.
///
/// # Errors
/// When a single file cannot be opened or is not what its name says, or a folder holds no project.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if path.is_dir() {
        return folder::read(path, options);
    }
    if extension == "sprj" && folder::has_records(path.parent()) {
        return folder::read(path.parent().unwrap_or(path), options);
    }
    let mut reader = Reader::new(options);
    match extension.as_str() {
        "person" => reader.person_file(path, None)?,
        "sprj" => reader.project_file(path)?,
        _ => {
            let name = options.session_name.clone();
            reader.session_file(path, &name)?;
        }
    }
    Ok(reader.done())
}

/// Gathers records from files.
pub(super) struct Reader<'a> {
    pub options: &'a ImportOptions,
    pub bundle: Bundle,
    pub report: LossReport,
    /// People by name and by code.
    people: HashMap<String, PersonId>,
    /// The elements that sessions came from, to compare with once everybody is known.
    raws: Vec<(SessionId, Element)>,
    /// Language codes by the names that the project gives them.
    codes: BTreeMap<String, String>,
    unknown_access: BTreeMap<String, usize>,
    named_languages: usize,
}

/// The text of a field, by its name with or without a capital.
fn text(element: &Element, names: &[&str]) -> String {
    let found = names.iter().find_map(|name| {
        element.elements().find(|e| e.name.eq_ignore_ascii_case(name) && !e.plain().trim().is_empty())
    });
    found.map(|e| e.plain().trim().to_owned()).unwrap_or_default()
}

fn child<'e>(element: &'e Element, name: &str) -> Option<&'e Element> {
    element.elements().find(|e| e.name.eq_ignore_ascii_case(name))
}

/// Consent as custom fields have it.
fn consent(element: &Element) -> Consent {
    let Some(custom) = child(element, "CustomFields") else { return Consent::default() };
    Consent {
        given: match text(custom, &["consent_given"]).to_lowercase().as_str() {
            "yes" | "true" => Some(true),
            "no" | "false" => Some(false),
            _ => None,
        },
        manner: text(custom, &["consent_manner"]),
        date: text(custom, &["consent_date"]),
        conditions: text(custom, &["consent_conditions"]),
    }
}

impl<'a> Reader<'a> {
    pub fn new(options: &'a ImportOptions) -> Self {
        Self {
            options,
            bundle: Bundle::default(),
            report: LossReport::default(),
            people: HashMap::new(),
            raws: Vec::new(),
            codes: BTreeMap::new(),
            unknown_access: BTreeMap::new(),
            named_languages: 0,
        }
    }

    fn root(&mut self, path: &Path, roots: &[&str]) -> Result<Element, FormatError> {
        let parsed = parse(path, roots)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        for warning in parsed.warnings {
            self.report.warn(format!("{name}: {warning}"));
        }
        Ok(parsed.root)
    }

    /// Takes in a `.session` file.
    pub fn session_file(&mut self, path: &Path, name: &str) -> Result<SessionId, FormatError> {
        // SayMore called sessions events at first.
        let root = self.root(path, &["Session", "Event"])?;
        let language = self.options.analysis_language();
        let word = text(&root, &["access"]);
        let access = fields::access(&word);
        if access.is_none() && !word.is_empty() {
            *self.unknown_access.entry(word).or_default() += 1;
        }
        let date = text(&root, &["date"]);
        let mut session = Session {
            id: SessionId::new(),
            name: name.to_owned(),
            title: fields::multi_text(&text(&root, &["title"]), language),
            // SayMore's date for none.
            date: if date.starts_with("0001-01-01") { String::new() } else { date },
            place: text(&root, &["location"]),
            genre: text(&root, &["genre"]),
            description: fields::multi_text(&text(&root, &["synopsis", "description"]), language),
            participants: Vec::new(),
            consent: consent(&root),
            access: access.unwrap_or_default(),
            position: self.bundle.sessions.len() as i64,
            residue: Residue::default(),
        };
        for (who, role) in taking_part(&root) {
            let person = self.person_named(&who);
            session.participants.push(Participation { person, role });
        }
        let id = session.id;
        self.raws.push((id, root));
        self.bundle.sessions.push(session);
        Ok(id)
    }

    /// Takes in a `.person` file; `form` is the name of the consent form that lies beside it.
    pub fn person_file(&mut self, path: &Path, form: Option<&str>) -> Result<(), FormatError> {
        let root = self.root(path, &["Person"])?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut name = text(&root, &["name", "fullName"]);
        let code = text(&root, &["code"]);
        if name.is_empty() && code.is_empty() {
            name.clone_from(&stem);
        }
        let custom = child(&root, "CustomFields");
        let mut person = Person {
            id: PersonId::new(),
            code,
            name,
            languages: self.languages_of(&root),
            notes: text(&root, &["description"]),
            consent: consent(&root),
            access: custom.and_then(|c| fields::access(&text(c, &["access"]))).unwrap_or_default(),
            residue: Residue::default(),
        };
        if let (Some(form), true) = (form, person.consent == Consent::default()) {
            person.consent.given = Some(true);
            person.consent.manner = format!("form {form}");
            self.report.mapped("consent forms", 1, "taken as consent given; the form itself stays where it is");
        }
        self.know(&person, &stem);
        // Consent that only the form says is not written into the file until somebody edits it.
        let now = person_like(&person, Some(&root));
        remember(&mut person.residue, &root, &now);
        keep(&mut person.residue, "file", json!(stem));
        self.bundle.people.push(person);
        Ok(())
    }

    /// A person's languages, the first first: by tag, else by the names that older files have.
    fn languages_of(&mut self, root: &Element) -> Vec<String> {
        if let Some(list) = child(root, "languages").filter(|list| list.elements().next().is_some()) {
            let mut tags: Vec<(bool, String)> = list
                .named("language")
                .filter_map(|l| Some((l.get("primary") == Some("true"), l.get("tag")?.to_owned())))
                .filter(|(_, tag)| !tag.is_empty())
                .collect();
            tags.sort_by_key(|(primary, _)| !primary);
            return tags.into_iter().map(|(_, tag)| tag).collect();
        }
        let is_named = |e: &&Element| {
            let name = e.name.to_ascii_lowercase();
            name == "primarylanguage" || name.starts_with("otherlanguage")
        };
        let mut names: Vec<&Element> = root.elements().filter(is_named).collect();
        names.sort_by_key(|e| !e.name.eq_ignore_ascii_case("primarylanguage"));
        let mut tags: Vec<String> = Vec::new();
        for text in names.into_iter().map(Element::plain).filter(|text| !text.trim().is_empty()) {
            let known = self.codes.get(&text.trim().to_lowercase()).cloned();
            match known.or_else(|| fields::language(&text).map(|(code, _)| code)) {
                Some(code) if !tags.contains(&code) => tags.push(code),
                Some(_) => {}
                None => self.named_languages += 1,
            }
        }
        tags
    }

    /// Takes in a `.sprj` file.
    pub fn project_file(&mut self, path: &Path) -> Result<(), FormatError> {
        let root = self.root(path, &["Project"])?;
        let mut project = Project {
            id: ProjectId::new(),
            name: text(&root, &["Title"]),
            description: fields::multi_text(&text(&root, &["ProjectDescription"]), self.options.analysis_language()),
            base_iri: String::new(),
            licence: String::new(),
            created: String::new(),
            residue: Residue::default(),
        };
        if project.name.is_empty() {
            project.name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        }
        for (role, names) in [
            (LanguageRole::Object, ["CollectionSubjectLanguages", "VernacularISO3CodeAndName"]),
            (LanguageRole::Analysis, ["CollectionWorkingLanguages", "AnalysisISO3CodeAndName"]),
        ] {
            for (code, name) in text(&root, &names).split(';').filter_map(fields::language) {
                self.language(role, code, name);
            }
        }
        let languages: Vec<&Language> = self.bundle.languages.iter().collect();
        let now = project_like(&project, &languages, Some(&root));
        remember(&mut project.residue, &root, &now);
        self.bundle.project = Some(project);
        Ok(())
    }

    fn language(&mut self, role: LanguageRole, code: String, name: String) {
        if !name.is_empty() {
            self.codes.insert(name.to_lowercase(), code.clone());
        }
        if self.bundle.languages.iter().any(|l| l.tag == code && l.role == role) {
            return;
        }
        let is_iso = code.len() == 3 && code.bytes().all(|b| b.is_ascii_lowercase());
        let position = self.bundle.languages.len() as i64;
        self.bundle.languages.push(Language {
            id: LanguageId::new(),
            iso639_3: if is_iso { code.clone() } else { String::new() },
            tag: code,
            name: MultiText::of("en", name),
            glottocode: String::new(),
            role,
            position,
            writing_systems: Vec::new(),
            residue: Residue::default(),
        });
    }

    fn know(&mut self, person: &Person, stem: &str) {
        for name in [&person.name, &person.code, &stem.replace('_', " ")] {
            if !name.is_empty() {
                self.people.entry(name.clone()).or_insert(person.id);
            }
        }
    }

    /// The person of that name or code; one that is only named so far gets a record.
    pub fn person_named(&mut self, name: &str) -> PersonId {
        if let Some(id) = self.people.get(name) {
            return *id;
        }
        let mut person = Person {
            id: PersonId::new(),
            code: String::new(),
            name: name.to_owned(),
            languages: Vec::new(),
            notes: String::new(),
            consent: Consent::default(),
            access: Access::default(),
            residue: Residue::default(),
        };
        keep(&mut person.residue, "mentioned", json!(true));
        self.know(&person, "");
        let id = person.id;
        self.bundle.people.push(person);
        id
    }

    /// Everything, once all files are read.
    pub fn done(mut self) -> Imported {
        let names = names(&self.bundle.people);
        let raws: HashMap<SessionId, Element> = self.raws.into_iter().collect();
        for session in &mut self.bundle.sessions {
            if let Some(raw) = raws.get(&session.id) {
                let now = session_like(session, &names, Some(raw));
                remember(&mut session.residue, raw, &now);
            }
        }
        let report = &mut self.report;
        for (word, count) in self.unknown_access {
            let why = format!("'{word}' means something in one archive only; taken as open to the team, and kept");
            report.mapped("words for access", count, why);
        }
        let why = "named without a code; the name is kept for SayMore, the person has no tag for it";
        report.mapped("languages of people", self.named_languages, why);
        let beyond = |residue: &Residue| usize::from(super::records::kept(residue, "memory").is_some());
        let more = self.bundle.sessions.iter().map(|s| beyond(&s.residue)).sum::<usize>()
            + self.bundle.people.iter().map(|p| beyond(&p.residue)).sum::<usize>()
            + self.bundle.project.iter().map(|p| beyond(&p.residue)).sum::<usize>();
        report.mapped("files with more than the model holds", more, "kept aside, written back to SayMore and lameta");
        report.kept("sessions", self.bundle.sessions.len());
        report.kept("people", self.bundle.people.len());
        report.kept("languages", self.bundle.languages.len());
        report.kept("recordings", self.bundle.media.len());
        Imported { bundle: self.bundle, report: self.report }
    }
}

/// The names by which sessions refer to people.
pub(super) fn names(people: &[Person]) -> HashMap<PersonId, String> {
    people.iter().map(|p| (p.id, if p.name.is_empty() { p.code.clone() } else { p.name.clone() })).collect()
}

/// Who took part, as what: the contributions, then participants that are not among them.
fn taking_part(root: &Element) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut seen: HashSet<(String, String)> = HashSet::new();
    let mut add = |who: String, role: String| {
        if !who.is_empty() && seen.insert((who.clone(), role.clone())) {
            all.push((who, role));
        }
    };
    let contributors = child(root, "contributions").into_iter().flat_map(|c| c.named("contributor"));
    let mut contributing: HashSet<String> = HashSet::new();
    for one in contributors {
        let who = text(one, &["name"]);
        contributing.insert(who.clone());
        add(who, text(one, &["role"]));
    }
    for (who, role) in fields::participants(&text(root, &["participants"])) {
        if !contributing.contains(&who) {
            add(who, if role.is_empty() { "participant".to_owned() } else { role });
        }
    }
    all
}
