//! Who speaks in a session, and the headers that say so.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::{Value, json};

use super::{BULLET, NAME, header, lines};
use crate::domain::bundle::BundleIndex;
use crate::domain::*;

/// Headers that are fields, in the order CHAT wants them.
const FIELDS: [&str; 7] = ["@Languages", "@Participants", "@ID", "@Media", "@Location", "@Situation", "@Date"];

/// One of those who speak: the code, the person, the tier.
pub struct Role<'a> {
    pub code: String,
    pub person: Option<&'a Person>,
    pub role: String,
    pub language: String,
}

/// The session, who speaks in it, and the tiers of what they say.
pub struct Cast<'a> {
    session: &'a Session,
    bundle: &'a Bundle,
    pub roles: Vec<Role<'a>>,
    /// Main tiers with the place of their speaker.
    pub mains: Vec<(&'a Tier, usize)>,
    pub tiers: Vec<&'a Tier>,
}

impl<'a> Cast<'a> {
    /// Who speaks in a session: its participants, and a speaker for each further main tier.
    pub fn new(bundle: &'a Bundle, index: &BundleIndex<'a>, session: &'a Session, report: &mut LossReport) -> Self {
        let tiers: Vec<&Tier> = index.tiers_of_session.get(&session.id).into_iter().flatten().copied().collect();
        let spoken = |tier: &&&Tier| tier.role == TierRole::Transcription;
        let main: Vec<&Tier> = match tiers.iter().any(|tier| spoken(&tier)) {
            true => tiers.iter().filter(spoken).copied().collect(),
            false => tiers.iter().filter(|tier| tier.parent.is_none()).copied().collect(),
        };
        let people: HashMap<PersonId, &Person> = bundle.people.iter().map(|p| (p.id, p)).collect();
        let mut cast = Self { session, bundle, roles: Vec::new(), mains: Vec::new(), tiers };
        let mut taken: Vec<String> = Vec::new();
        for part in &session.participants {
            let Some(person) = people.get(&part.person) else { continue };
            let wanted = if person.code.is_empty() { &person.name } else { &person.code };
            let code = header::code(wanted, &taken, report);
            taken.push(code.clone());
            let language = person.languages.first().cloned().unwrap_or_default();
            cast.roles.push(Role { code, person: Some(person), role: part.role.clone(), language });
        }
        let mut has_tier: HashSet<usize> = HashSet::new();
        for tier in main {
            let known =
                cast.roles.iter().position(|r| r.person.is_some() && r.person.map(|p| p.id) == tier.participant);
            let place = known.filter(|place| has_tier.insert(*place)).unwrap_or_else(|| {
                let person = tier.participant.and_then(|id| people.get(&id)).copied();
                let wanted = person.filter(|p| !p.code.is_empty() && known.is_none()).map_or(&tier.name, |p| &p.code);
                let code = header::code(wanted, &taken, report);
                taken.push(code.clone());
                let role = known.and_then(|k| cast.roles.get(k)).map_or(String::new(), |r| r.role.clone());
                cast.roles.push(Role {
                    code,
                    person: person.filter(|_| known.is_none()),
                    role,
                    language: String::new(),
                });
                cast.roles.len() - 1
            });
            if let Some(role) = cast.roles.get_mut(place).filter(|_| !tier.language.is_empty()) {
                tier.language.clone_into(&mut role.language);
            }
            cast.mains.push((tier, place));
        }
        cast
    }

    /// CHAT's programs want recording and transcript to have one name.
    pub fn warn_of_name(&self, place: &Path, report: &mut LossReport) {
        let Some(line) = self.field("@Media") else { return };
        let named = line.trim_start_matches("@Media:\t").split(',').next().unwrap_or_default().to_owned();
        let stem = place.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !named.eq_ignore_ascii_case(&stem) {
            report.warn(format!(
                "the transcript is called '{stem}', its recording '{named}': CHAT's programs want one name for both"
            ));
        }
    }

    fn language(&self) -> String {
        let mut codes: Vec<String> = Vec::new();
        for (tier, _) in self.mains.iter().filter(|(tier, _)| !tier.language.is_empty()) {
            let code = header::language_code(&tier.language);
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        if codes.is_empty() { "und".to_owned() } else { codes.join(", ") }
    }

    /// A header's line from the fields, the `@ID` of one speaker each. `None` where there is nothing to say.
    fn field(&self, key: &str) -> Option<String> {
        let media =
            || self.bundle.media.iter().filter(|m| m.session == self.session.id).min_by_key(|m| (m.position, m.id));
        let text = match key {
            "@Languages" => self.language(),
            "@Participants" => {
                let one = |r: &Role| {
                    let name = r.person.map(|p| p.name.replace([' ', ','], "_")).unwrap_or_default();
                    [r.code.as_str(), &one_line(&name), &header::role(&r.role)].join(" ").replace("  ", " ")
                };
                self.roles.iter().map(one).collect::<Vec<_>>().join(", ")
            }
            "@Media" => media().map(header::media_line)?,
            "@Location" => one_line(&self.session.place),
            "@Situation" => one_line(self.session.description.best(["und"]).unwrap_or_default()),
            "@Date" => header::date_line(&self.session.date)?,
            _ => {
                let code = key.strip_prefix("@ID ")?;
                let role = self.roles.iter().find(|r| r.code == code)?;
                let kept = role.person.and_then(|p| p.residue.get(NAME)?.get("id")?.as_str()).unwrap_or("||||||||||");
                let mut fields: Vec<String> = kept.split('|').map(str::to_owned).collect();
                fields.resize(fields.len().max(11), String::new());
                let language = header::language_code(&role.language);
                let language = if language == "und" { self.language() } else { language };
                let corpus = fields.get(1).filter(|c| !c.is_empty()).cloned().unwrap_or_else(|| "corpus".to_owned());
                for (place, text) in [(0, language), (1, corpus), (2, role.code.clone()), (7, header::role(&role.role))]
                {
                    if let Some(field) = fields.get_mut(place) {
                        *field = text;
                    }
                }
                fields.join("|")
            }
        };
        let name = if key.starts_with("@ID ") { "@ID" } else { key };
        (!text.is_empty()).then(|| lines::join(name, &text))
    }

    /// Every field's key, in the order CHAT wants them.
    fn keys(&self) -> Vec<String> {
        let ids = || self.roles.iter().map(|r| format!("@ID {}", r.code));
        FIELDS.iter().flat_map(|key| if *key == "@ID" { ids().collect() } else { vec![(*key).to_owned()] }).collect()
    }

    /// The lines before the first utterance: as they came where nothing was edited.
    pub fn headers(&self, report: &mut LossReport) -> Vec<String> {
        let kept = self.session.residue.get(NAME).and_then(|kept| kept.get("headers")).and_then(Value::as_array);
        let (mut out, mut said): (Vec<String>, HashSet<String>) = (Vec::new(), HashSet::new());
        for entry in kept.into_iter().flatten() {
            let Some(line) = entry.get("line").and_then(Value::as_str) else { continue };
            let Some(was) = entry.get("was") else {
                out.push(line.to_owned());
                continue;
            };
            let key = key_of(line);
            let now = self.field(&key);
            said.insert(key);
            match now {
                now if now.as_deref() == was.as_str() => out.push(line.to_owned()),
                Some(now) => out.push(now),
                None => {}
            }
        }
        if !out.iter().any(|line| line == "@Begin") {
            out.insert(0, "@Begin".to_owned());
        }
        let rank = |line: &str| FIELDS.iter().position(|key| line.split(':').next() == Some(key));
        let keys = self.keys();
        for line in keys.iter().filter(|key| !said.contains(*key)).filter_map(|key| self.field(key)) {
            let own = rank(&line);
            let after =
                out.iter().rposition(|other| rank(other).is_some_and(|other| Some(other) <= own) || other == "@Begin");
            out.insert(after.map_or(0, |after| after + 1), line);
        }
        let session = self.session;
        report.kept("participants", self.roles.len());
        let media = self.bundle.media.iter().filter(|m| m.session == session.id).count();
        report.left_out("media files", media.saturating_sub(1), "CHAT names one recording");
        let date = usize::from(!session.date.is_empty() && header::date_line(&session.date).is_none());
        report.left_out("dates", date, "CHAT wants day, month and year");
        report.left_out(
            "title or genre of the session",
            usize::from(!session.title.is_empty() || !session.genre.is_empty()),
            "CHAT has no place for them",
        );
        let mapped = self.roles.iter().filter(|r| header::role(&r.role) != r.role).count();
        report.mapped("roles of participants", mapped, "as CHAT names them");
        out
    }
}

/// What a header line is: its name, for `@ID` with the speaker's code.
fn key_of(line: &str) -> String {
    let (name, text) = line.split_once(":\t").unwrap_or((line, ""));
    match name {
        "@ID" => format!("@ID {}", text.split('|').nth(2).unwrap_or_default().trim()),
        name => name.to_owned(),
    }
}

/// Header lines with what they would be written as now, where they are fields.
pub fn remember_headers(bundle: &Bundle, headers: Vec<String>, report: &mut LossReport) -> Value {
    let Some(session) = bundle.sessions.first() else { return Value::Null };
    let index = bundle.index();
    let cast = Cast::new(bundle, &index, session, &mut LossReport::default());
    let keys: HashSet<String> = cast.keys().into_iter().collect();
    let (mut entries, mut seen, mut other) = (Vec::new(), HashSet::new(), 0);
    for line in headers {
        let key = key_of(&line);
        if keys.contains(&key) && seen.insert(key.clone()) {
            entries.push(json!({"line": line, "was": cast.field(&key)}));
        } else {
            other += usize::from(line != "@Begin");
            entries.push(json!({"line": line}));
        }
    }
    report.mapped("other headers", other, "kept in their place for export to CHAT");
    Value::Array(entries)
}

/// A text on one line, with single spaces.
pub fn one_line(text: &str) -> String {
    let flat: String = text.chars().map(|c| if c.is_control() && c != BULLET { ' ' } else { c }).collect();
    flat.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
