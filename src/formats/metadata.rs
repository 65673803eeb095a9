//! What the archive formats have in common: languages of a session, dates, addresses, roles, and what none of them
//! can say.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use crate::domain::{
    Access, Annotation, Bundle, Language, LanguageRole, LossReport, Media, Morph, Person, PersonId, Session, SessionId,
    StreamKind, Tier, Vocabulary, Word,
};

/// The roles of OLAC's vocabulary.
pub const OLAC_ROLES: [&str; 24] = [
    "annotator",
    "author",
    "compiler",
    "consultant",
    "data_inputter",
    "depositor",
    "developer",
    "editor",
    "illustrator",
    "interpreter",
    "interviewer",
    "participant",
    "performer",
    "photographer",
    "recorder",
    "researcher",
    "research_participant",
    "responder",
    "signer",
    "singer",
    "speaker",
    "sponsor",
    "transcriber",
    "translator",
];

/// The discourse types of OLAC's vocabulary.
const OLAC_DISCOURSE: [&str; 10] = [
    "dialogue",
    "drama",
    "formulaic",
    "ludic",
    "oratory",
    "narrative",
    "procedural",
    "report",
    "singing",
    "unintelligible_speech",
];

/// Languages of wider communication, which people tag by two letters: archives want three and a name.
const WIDER: [(&str, &str, &str); 24] = [
    ("ar", "ara", "Arabic"),
    ("de", "deu", "German"),
    ("el", "ell", "Greek"),
    ("en", "eng", "English"),
    ("es", "spa", "Spanish"),
    ("fa", "fas", "Persian"),
    ("fi", "fin", "Finnish"),
    ("fr", "fra", "French"),
    ("hi", "hin", "Hindi"),
    ("hu", "hun", "Hungarian"),
    ("id", "ind", "Indonesian"),
    ("it", "ita", "Italian"),
    ("ja", "jpn", "Japanese"),
    ("ko", "kor", "Korean"),
    ("ms", "msa", "Malay"),
    ("nl", "nld", "Dutch"),
    ("pl", "pol", "Polish"),
    ("pt", "por", "Portuguese"),
    ("ru", "rus", "Russian"),
    ("sv", "swe", "Swedish"),
    ("sw", "swa", "Swahili"),
    ("tr", "tur", "Turkish"),
    ("vi", "vie", "Vietnamese"),
    ("zh", "zho", "Chinese"),
];

/// A language of wider communication by a tag of either length.
fn wider(tag: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    WIDER.iter().find(|(short, long, _)| *short == tag || *long == tag)
}

/// The role of OLAC's vocabulary that a role is.
pub fn olac_role(role: &str) -> Option<&'static str> {
    let wanted = role.trim().to_lowercase().replace([' ', '-'], "_");
    OLAC_ROLES.iter().find(|known| **known == wanted).copied()
}

/// The discourse type of OLAC's vocabulary that a genre is.
pub fn olac_discourse(genre: &str) -> Option<&'static str> {
    let wanted = genre.trim().to_lowercase().replace([' ', '-'], "_");
    let wanted = wanted.strip_suffix("_discourse").unwrap_or(&wanted);
    let wanted = if wanted == "song" { "singing" } else { wanted };
    OLAC_DISCOURSE.iter().find(|known| **known == wanted).copied()
}

/// A date as ISO 8601 has it, as exact as known, or two of them with a slash between.
pub fn is_date(text: &str) -> bool {
    let one = |text: &str| {
        let parts: Vec<&str> = text.split('-').collect();
        let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        let within = |part: &str, most: u8| part.parse::<u8>().is_ok_and(|n| (1..=most).contains(&n));
        match parts.as_slice() {
            [year] => digits(year, 4),
            [year, month] => digits(year, 4) && digits(month, 2) && within(month, 12),
            [year, month, day] => {
                digits(year, 4) && digits(month, 2) && within(month, 12) && digits(day, 2) && within(day, 31)
            }
            _ => false,
        }
    };
    match text.split_once('/') {
        Some((from, to)) => one(from) && one(to),
        None => one(text),
    }
}

/// Today, as these formats want it.
pub fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}

/// A path as a relative address: what an address cannot hold is percent-encoded.
pub fn address(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    // A colon in the first step would be taken for a scheme; it is encoded above.
    out
}

/// What access means in words that an archive understands.
pub fn access_word(access: Access) -> &'static str {
    match access {
        Access::Open => "Open",
        Access::Registered => "Registered users",
        Access::Team => "Restricted",
        Access::Closed => "Closed",
    }
}

/// Whether a recording is a film.
pub fn is_video(media: &Media) -> bool {
    media.mime.starts_with("video/") || media.streams.iter().any(|s| s.kind == StreamKind::Video)
}

/// Bundles seen by what metadata asks of them.
pub struct Facts<'a> {
    pub bundle: &'a Bundle,
    languages: HashMap<&'a str, &'a Language>,
    people: HashMap<PersonId, &'a Person>,
}

impl<'a> Facts<'a> {
    pub fn of(bundle: &'a Bundle) -> Self {
        Self {
            bundle,
            languages: bundle.languages.iter().map(|l| (l.tag.as_str(), l)).collect(),
            people: bundle.people.iter().map(|p| (p.id, p)).collect(),
        }
    }
    /// The record of a language by a tag of it or of one of its writing systems.
    pub fn language(&self, tag: &str) -> Option<&'a Language> {
        let base = super::language_tag::language_of(tag);
        self.languages.get(tag).or_else(|| self.languages.get(base)).copied()
    }
    /// Its ISO 639-3 code, from its record or from a tag that is one.
    pub fn iso(&self, tag: &str) -> Option<String> {
        let known = self.language(tag).map(|l| l.iso639_3.clone()).filter(|code| !code.is_empty());
        let base = super::language_tag::language_of(tag);
        let is_code = base.len() == 3 && base.bytes().all(|b| b.is_ascii_lowercase()) && !("qaa".."qu").contains(&base);
        known
            .or_else(|| wider(base).map(|(_, long, _)| (*long).to_owned()))
            .or_else(|| is_code.then(|| base.to_owned()))
    }
    /// What people call a language; its tag when nobody said.
    pub fn language_name(&self, tag: &str) -> String {
        let name = self.language(tag).and_then(|l| l.name.best(["en"]));
        let base = super::language_tag::language_of(tag);
        name.or_else(|| wider(base).map(|(_, _, name)| *name)).unwrap_or(tag).to_owned()
    }
    pub fn person(&self, id: PersonId) -> Option<&'a Person> {
        self.people.get(&id).copied()
    }
    /// Tags of the languages documented in a session: of its transcriptions, else of the project.
    pub fn object_languages(&self, session: &Session) -> Vec<&'a str> {
        let object = |tag: &str| self.language(tag).is_none_or(|l| l.role == LanguageRole::Object);
        let tiers = self.bundle.tiers.iter().filter(|t| t.session == session.id && !t.language.is_empty());
        let spoken: BTreeSet<&str> = tiers.map(|t| t.language.as_str()).filter(|tag| object(tag)).collect();
        if !spoken.is_empty() {
            return spoken.into_iter().collect();
        }
        let mut all: Vec<&Language> = self.bundle.languages.iter().filter(|l| l.role == LanguageRole::Object).collect();
        all.sort_by_key(|l| (l.position, l.id));
        all.into_iter().map(|l| l.tag.as_str()).collect()
    }
    /// The recordings of a session, in order.
    pub fn media(&self, session: &Session) -> Vec<&'a Media> {
        let mut media: Vec<&Media> = self.bundle.media.iter().filter(|m| m.session == session.id).collect();
        media.sort_by_key(|m| (m.position, m.id));
        media
    }
}

/// What belongs to each session, gathered once.
pub struct Parts<'a> {
    bundle: &'a Bundle,
    tiers: HashMap<SessionId, Vec<&'a Tier>>,
    annotations: HashMap<SessionId, Vec<&'a Annotation>>,
    words: HashMap<SessionId, Vec<&'a Word>>,
    morphs: HashMap<SessionId, Vec<&'a Morph>>,
}

impl<'a> Parts<'a> {
    pub fn of(bundle: &'a Bundle) -> Self {
        let mut parts = Self {
            bundle,
            tiers: HashMap::new(),
            annotations: HashMap::new(),
            words: HashMap::new(),
            morphs: HashMap::new(),
        };
        let mut of_tier = HashMap::new();
        for tier in &bundle.tiers {
            of_tier.insert(tier.id, tier.session);
            parts.tiers.entry(tier.session).or_default().push(tier);
        }
        let mut of_annotation = HashMap::new();
        for annotation in &bundle.annotations {
            if let Some(session) = of_tier.get(&annotation.tier) {
                of_annotation.insert(annotation.id, *session);
                parts.annotations.entry(*session).or_default().push(annotation);
            }
        }
        let mut of_word = HashMap::new();
        for word in &bundle.words {
            if let Some(session) = of_annotation.get(&word.annotation) {
                of_word.insert(word.id, *session);
                parts.words.entry(*session).or_default().push(word);
            }
        }
        for morph in &bundle.morphs {
            if let Some(session) = of_word.get(&morph.word) {
                parts.morphs.entry(*session).or_default().push(morph);
            }
        }
        parts
    }

    /// What ELAN's file of one session needs.
    pub fn session(&self, session: &Session) -> Bundle {
        fn own<R: Clone>(of: &HashMap<SessionId, Vec<&R>>, session: &Session) -> Vec<R> {
            of.get(&session.id).into_iter().flatten().map(|record| (*record).clone()).collect()
        }
        let bundle = self.bundle;
        let tiers = own(&self.tiers, session);
        let used: HashSet<_> = tiers.iter().filter_map(|t| t.vocabulary).collect();
        let alone = bundle.sessions.len() == 1;
        let wanted =
            |v: &&Vocabulary| used.contains(&v.id) || (alone && v.residue.get("eaf").is_some_and(Value::is_object));
        Bundle {
            languages: bundle.languages.clone(),
            people: bundle.people.clone(),
            sessions: vec![session.clone()],
            media: bundle.media.iter().filter(|m| m.session == session.id).cloned().collect(),
            vocabularies: bundle.vocabularies.iter().filter(wanted).cloned().collect(),
            annotations: own(&self.annotations, session),
            words: own(&self.words, session),
            morphs: own(&self.morphs, session),
            tiers,
            ..Bundle::default()
        }
    }
}

/// Counts what a format of metadata alone does not hold.
pub fn content_left_out(bundle: &Bundle, why: &str, report: &mut LossReport) {
    for (what, count) in [
        ("tiers", bundle.tiers.len()),
        ("annotations", bundle.annotations.len()),
        ("words", bundle.words.len()),
        ("morphs", bundle.morphs.len()),
        ("controlled vocabularies", bundle.vocabularies.len()),
        ("lexemes", bundle.lexemes.len()),
        ("forms of lexemes", bundle.forms.len()),
        ("senses", bundle.senses.len()),
        ("examples", bundle.examples.len()),
        ("relations of lexemes", bundle.relations.len()),
        ("links to the world outside", bundle.links.len()),
        ("model runs", bundle.runs.len()),
        ("tracks", bundle.tracks.len()),
        ("proposed tags", bundle.tags.len()),
        ("reviews of tags", bundle.reviews.len()),
    ] {
        report.left_out(what, count, why);
    }
}

/// Counts what descriptions for archives do not say of languages, people and sessions.
pub fn facts_left_out(bundle: &Bundle, report: &mut LossReport) {
    let systems = bundle.languages.iter().filter(|l| !l.writing_systems.is_empty()).count();
    report.left_out("writing systems of languages", systems, "a description for an archive does not say them");
    let asked = bundle.people.iter().filter(|p| p.consent.given.is_some()).count()
        + bundle.sessions.iter().filter(|s| s.consent.given.is_some()).count();
    report.left_out(
        "whether consent was given",
        asked,
        "it stays in the project; what was refused is not written at all",
    );
}

/// Counts the vocabularies that no tier uses, for formats that hold those of tiers alone.
pub fn vocabularies_left_out(bundle: &Bundle, report: &mut LossReport) {
    let used: HashSet<_> = bundle.tiers.iter().filter_map(|t| t.vocabulary).collect();
    let unused = bundle.vocabularies.iter().filter(|v| !used.contains(&v.id) && !v.entries.is_empty()).count();
    report.left_out("controlled vocabularies that no tier uses", unused, "only those of tiers are written");
}
