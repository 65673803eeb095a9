//! The collection, its objects, their files, people, languages, places and licences as entities.

use std::collections::BTreeMap;

use super::graph::{Entity, Graph, link, links};
use super::{DOCUMENT, Payload};
use crate::domain::{Access, LossReport, Media, Person, Session};
use crate::formats::metadata::{Facts, address, is_date, is_video, olac_discourse, olac_role, today};

const LDAC: &str = "https://w3id.org/ldac/terms#";
const COLLECTION_PROFILE: &str = "https://w3id.org/ldac/profile#Collection";
const OBJECT_PROFILE: &str = "https://w3id.org/ldac/profile#Object";

/// Everything: the document itself, the collection, then what they refer to.
pub fn collection(
    facts: &Facts,
    sessions: &[&Session],
    annotations: &[Option<Payload>],
    lexicon: Option<&Payload>,
    graph: &mut Graph,
    report: &mut LossReport,
) {
    graph.add(
        Entity::new(DOCUMENT, &["CreativeWork"])
            .with("about", link("./"))
            .with("conformsTo", link("https://w3id.org/ro/crate/1.2")),
    );
    let mut writer = Writer { facts, graph: &mut *graph, report };
    let (mut members, mut files, mut languages) = (Vec::new(), Vec::new(), Vec::new());
    for (session, annotations) in sessions.iter().zip(annotations) {
        let (id, own, spoken) = writer.object(session, annotations.as_ref());
        members.push(id);
        files.extend(own);
        for language in spoken {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
    }
    if let Some(lexicon) = lexicon {
        files.push(writer.lexicon(lexicon));
    }
    let root = writer.root(&members, &files, &languages);
    graph.add_second(root);
}

struct Writer<'a, 'g> {
    facts: &'a Facts<'a>,
    graph: &'g mut Graph,
    report: &'g mut LossReport,
}

impl Writer<'_, '_> {
    /// The collection.
    fn root(&mut self, members: &[String], files: &[String], languages: &[String]) -> Entity {
        let project = self.facts.bundle.project.as_ref();
        let name = project.map(|p| p.name.as_str()).filter(|name| !name.is_empty()).unwrap_or("Untitled collection");
        let description = project.and_then(|p| p.description.best(["en"])).unwrap_or(name);
        let profile = self.profile(COLLECTION_PROFILE, "Language Data Commons profile for collections");
        let licence = self.licence(Access::Open);
        // The profile demands them; nobody says who they are.
        let unknown = self.graph.add(
            Entity::new("#unknown", &["Organization"])
                .with("name", "Unknown")
                .with("description", "Not said in the project: fill in before you deposit the crate."),
        );
        self.report.mapped(
            "author, publisher, data steward, rights holder",
            1,
            "the profile demands them and the project does not say: 'Unknown' stands there, fill it in",
        );
        let undetermined = languages.is_empty().then(|| self.language("und"));
        let languages = undetermined.as_slice().iter().chain(languages);
        let languages = links(languages);
        Entity::new("./", &["Dataset", "RepositoryCollection"])
            .with("conformsTo", link(&profile))
            .with("name", name)
            .with("description", description)
            .with("datePublished", today())
            .with("license", link(&licence))
            .with("author", link(&unknown))
            .with("publisher", link(&unknown))
            .with("accountablePerson", link(&unknown))
            .with("dct:rightsHolder", link(&unknown))
            .with("inLanguage", languages.clone())
            .with("ldac:subjectLanguage", languages)
            .with("pcdm:hasMember", links(members))
            .with("hasPart", links(members.iter().chain(files)))
    }

    fn profile(&mut self, id: &str, name: &str) -> String {
        self.graph.add(Entity::new(id, &["CreativeWork", "Profile"]).with("name", name))
    }

    /// A session with its files: its `@id`, theirs, and those of its languages.
    fn object(&mut self, session: &Session, annotations: Option<&Payload>) -> (String, Vec<String>, Vec<String>) {
        let id = format!("#session-{}", session.id);
        let title = session.title.best(["en"]).unwrap_or(&session.name);
        let profile = self.profile(OBJECT_PROFILE, "Language Data Commons profile for objects");
        let licence = self.licence(session.access);
        let languages: Vec<String> =
            self.facts.object_languages(session).into_iter().map(|tag| self.language(tag)).collect();
        let languages = if languages.is_empty() { vec![self.language("und")] } else { languages };
        let mut files: Vec<String> = Vec::new();
        for media in self.facts.media(session) {
            files.push(self.recording(media, &id, &licence));
        }
        let recordings = files.clone();
        if let Some(payload) = annotations {
            let mut entity = file(payload, "text/x-eaf+xml", "Annotations in ELAN's format", &id, &licence);
            entity.set("ldac:materialType", link(&self.term("Annotation", "Annotation")));
            entity.set("ldac:annotationOf", links(&recordings));
            files.push(self.graph.add(entity));
        }
        let mut entity = Entity::new(&id, &["Dataset", "RepositoryObject"])
            .with("conformsTo", link(&profile))
            .with("name", title)
            .with("identifier", session.name.as_str())
            .with("description", session.description.best(["en"]).unwrap_or(title))
            .with("license", link(&licence))
            .with("pcdm:memberOf", link("./"))
            .with("isPartOf", link("./"))
            .with("inLanguage", links(&languages))
            .with("ldac:subjectLanguage", links(&languages))
            .with("hasPart", links(&files));
        let further = session.title.0.len().saturating_sub(1) + session.description.0.len().saturating_sub(1);
        self.report.mapped("titles and descriptions in further languages", further, "one language is written");
        if is_date(&session.date) {
            entity.set("dateCreated", session.date.as_str());
        } else {
            entity.set("ldac:dateFreeText", session.date.as_str());
        }
        if !session.place.is_empty() {
            entity.set("contentLocation", link(&self.place(&session.place)));
        }
        self.genre(&mut entity, &session.genre);
        for (role, people) in self.roles(session) {
            entity.set(&format!("ldac:{role}"), links(&people));
        }
        self.graph.add(entity);
        (id, files, languages)
    }

    /// Who took part, by LDAC's name of the role.
    fn roles(&mut self, session: &Session) -> BTreeMap<String, Vec<String>> {
        let mut roles: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for taking_part in &session.participants {
            let Some(person) = self.facts.person(taking_part.person) else { continue };
            let role = match (olac_role(&taking_part.role), taking_part.role.trim()) {
                (Some(role), _) => camel(role),
                (None, "interviewee") => "interviewee".to_owned(),
                (None, other) => {
                    self.report.mapped("roles", 1, format!("'{other}' is none of LDAC's roles; taken as participant"));
                    "participant".to_owned()
                }
            };
            let id = self.person(person);
            let group = roles.entry(role).or_default();
            if !group.contains(&id) {
                group.push(id);
            }
        }
        roles
    }

    fn person(&mut self, person: &Person) -> String {
        let shown = if person.name.is_empty() { &person.code } else { &person.name };
        let languages: Vec<String> = person.languages.iter().map(|tag| self.language(tag)).collect();
        let mut entity = Entity::new(&format!("#person-{}", person.id), &["Person"])
            .with("name", if shown.is_empty() { "Unknown" } else { shown })
            .with("knowsLanguage", links(&languages));
        entity.set("identifier", person.code.as_str());
        self.graph.add(entity)
    }

    /// A language, by its Glottolog address where the project knows it.
    fn language(&mut self, tag: &str) -> String {
        let known = self.facts.language(tag);
        let glottocode = known.map(|l| l.glottocode.as_str()).unwrap_or_default();
        let id = match glottocode {
            "" => format!("#language-{}", address(tag)),
            code => format!("https://glottolog.org/resource/languoid/id/{}", address(code)),
        };
        let name = if tag == "und" { "Undetermined".to_owned() } else { self.facts.language_name(tag) };
        self.graph.add(
            Entity::new(&id, &["Language"])
                .with("name", name)
                .with("languageCode", self.facts.iso(tag).unwrap_or_else(|| tag.to_owned()))
                .with("glottologCode", glottocode),
        )
    }

    fn place(&mut self, name: &str) -> String {
        let id = format!("#place-{}", address(name).replace('/', "%2F"));
        self.graph.add(Entity::new(&id, &["Place"]).with("name", name))
    }

    /// One of LDAC's terms.
    fn term(&mut self, term: &str, name: &str) -> String {
        self.graph.add(Entity::new(&format!("{LDAC}{term}"), &["DefinedTerm"]).with("name", name))
    }

    fn genre(&mut self, entity: &mut Entity, genre: &str) {
        let term = match olac_discourse(genre) {
            Some("singing") => "Song",
            Some("dialogue") => "Dialogue",
            Some("drama") => "Drama",
            Some("formulaic") => "Formulaic",
            Some("ludic") => "Ludic",
            Some("oratory") => "Oratory",
            Some("narrative") => "Narrative",
            Some("procedural") => "Procedural",
            Some("report") => "Report",
            _ if genre.eq_ignore_ascii_case("interview") => "Interview",
            _ => return entity.set("genre", genre),
        };
        entity.set("ldac:linguisticGenre", link(&self.term(term, term)));
    }

    /// The licence for what has that access: the project's for what is open.
    fn licence(&mut self, access: Access) -> String {
        let project = self.facts.bundle.project.as_ref();
        let stated = project.map(|p| p.licence.as_str()).unwrap_or_default();
        let (id, name, description, kind) = match access {
            Access::Open if !stated.is_empty() => (stated, stated, "The licence of the collection.", "OpenAccess"),
            Access::Open => (
                "#licence-undecided",
                "Licence not decided",
                "Nobody has decided yet on which terms this may be used; ask before you use it.",
                "AuthorizedAccess",
            ),
            Access::Registered => (
                "#access-registered",
                "Registered users",
                "For people with an account at the archive.",
                "AuthorizedAccess",
            ),
            Access::Team | Access::Closed => (
                "#access-team",
                "Restricted",
                "For the team of the project; ask before you use it.",
                "AuthorizedAccess",
            ),
        };
        let name_of = if kind == "OpenAccess" { "Open access" } else { "Authorized access" };
        let access = self.term(kind, name_of);
        self.graph.add(
            Entity::new(id, &["ldac:DataReuseLicense", "CreativeWork"])
                .with("name", name)
                .with("description", description)
                .with("ldac:access", link(&access)),
        )
    }

    /// A recording that is described and not there.
    fn recording(&mut self, media: &Media, session: &str, licence: &str) -> String {
        let name = media.path.rsplit(['/', '\\']).next().unwrap_or(&media.path);
        let mut entity = Entity::new(&format!("#media-{}", media.id), &["File"])
            .with("name", name)
            .with("localPath", media.path.as_str())
            .with("encodingFormat", media.mime.as_str())
            .with("isPartOf", link(session))
            .with("license", link(licence))
            .with("ldac:materialType", link(&self.term("PrimaryMaterial", "Primary material")));
        if media.size > 0 {
            entity.set("contentSize", media.size.to_string());
        }
        if let Some(duration) = media.duration.filter(|d| d.0 > 0) {
            let millis = duration.millis();
            entity.set("duration", format!("PT{}.{:03}S", millis / 1000, millis % 1000));
        }
        if !is_video(media) && media.mime.is_empty() {
            self.report.mapped("recordings without a known type", 1, "their encoding format is not said");
        }
        self.graph.add(entity)
    }

    fn lexicon(&mut self, payload: &Payload) -> String {
        let licence = self.licence(Access::Open);
        let mut entity = file(payload, "application/xml", "Lexicon in the LIFT format", "./", &licence);
        entity.set("ldac:linguisticGenre", link(&self.term("Lexicon", "Lexicon")));
        self.graph.add(entity)
    }
}

/// A file that is in the crate.
fn file(payload: &Payload, format: &str, description: &str, part_of: &str, licence: &str) -> Entity {
    let name = payload.path.rsplit('/').next().unwrap_or(&payload.path);
    Entity::new(&address(&payload.path), &["File"])
        .with("name", name)
        .with("description", description)
        .with("encodingFormat", format)
        .with("contentSize", payload.size.to_string())
        .with("isPartOf", link(part_of))
        .with("license", link(licence))
}

/// `data_inputter` as LDAC spells it, `dataInputter`.
fn camel(role: &str) -> String {
    let mut out = String::new();
    for (place, part) in role.split('_').enumerate() {
        let mut letters = part.chars();
        match (place, letters.next()) {
            (1.., Some(first)) => {
                out.extend(first.to_uppercase());
                out.push_str(letters.as_str());
            }
            _ => out.push_str(part),
        }
    }
    out
}
