//! The project, its people, its languages.

use std::collections::BTreeMap;

use super::source::Source;
use crate::domain::{
    Access, Consent, Language, LanguageId, LanguageRole, Person, PersonId, Project, ProjectId, Residue,
};
use crate::formats::rdf::triples::TermId;

/// Reads the project and everybody who is described as a person, speaks or takes part.
pub(super) fn read(source: &mut Source) {
    project(source);
    let mut people = source.all("foaf:Person");
    for (utterance, speaker) in source.pairs("dct:creator") {
        if source.is_a(utterance, "ligt:Utterance") {
            people.push(speaker);
        }
    }
    for (text, person) in source.pairs("dct:contributor") {
        if source.is_a(text, "ligt:InterlinearText") {
            people.push(person);
        }
    }
    let mut done = std::collections::HashSet::new();
    people.retain(|person| !source.iri(*person).is_empty() && done.insert(*person));
    for node in &people {
        person(source, *node);
    }
    source.report.kept("people", people.len());
}

fn person(source: &mut Source, node: TermId) {
    let id = PersonId(source.id(node));
    let name = source.text(node, "foaf:name");
    let mut code = source.text(node, "dct:identifier");
    if code.is_empty() && !source.is_described(node) {
        // Somebody who is only pointed at: the end of the IRI is all that is known.
        code = source.iri(node).rsplit(['/', '#', ':']).next().unwrap_or_default().to_owned();
    }
    // A name is only ever published of somebody whose data is open.
    let access = if name.is_empty() { Access::Team } else { Access::Open };
    source.bundle.people.push(Person {
        id,
        code,
        name,
        languages: Vec::new(),
        notes: String::new(),
        consent: Consent::default(),
        access,
        residue: Residue::default(),
    });
}

fn project(source: &mut Source) {
    let document = source.all("ligt:Document").first().copied();
    let Some(node) = document.or_else(|| source.all("lime:Lexicon").first().copied()) else { return };
    let nameless = source.undecided() && document.is_none_or(|d| source.iri(d) == format!("{}document", source.base));
    if nameless && source.text(node, "dct:title").is_empty() {
        return;
    }
    let id = match document {
        Some(document) => ProjectId(source.id(document)),
        None => ProjectId::new(),
    };
    let licence = match source.link(node, "dct:license") {
        Some(licence) => source.iri(licence).to_owned(),
        None => source.text(node, "dct:rights"),
    };
    source.bundle.project = Some(Project {
        id,
        name: source.text(node, "dct:title"),
        description: source.multi(node, "dct:description"),
        base_iri: if source.undecided() { String::new() } else { source.base.clone() },
        licence,
        created: source.text(node, "dct:created"),
        residue: Residue::default(),
    });
}

/// Who an agent is: somebody of the project by code or name, else the agent's IRI.
pub(super) fn agent(source: &mut Source, node: TermId) -> String {
    let id = PersonId(source.id(node));
    let known = source.bundle.people.iter().find(|person| person.id == id);
    match known {
        Some(person) if !person.code.is_empty() => person.code.clone(),
        Some(person) if !person.name.is_empty() => person.name.clone(),
        _ => source.iri(node).to_owned(),
    }
}

/// The languages of the texts: those that are described, then those whose tags are used.
pub(super) fn languages(source: &mut Source) {
    let mut languages: Vec<Language> = Vec::new();
    for node in source.all("dct:LinguisticSystem") {
        let tag = source.text(node, "dct:identifier");
        if tag.is_empty() {
            continue;
        }
        let (iso639_3, glottocode) = codes(source, node, "rdfs:seeAlso");
        let role =
            if source.text(node, "languageRole") == "analysis" { LanguageRole::Analysis } else { LanguageRole::Object };
        let position = source.text(node, "languageOrder").parse().unwrap_or(0);
        let id = LanguageId(source.id(node));
        let name = source.multi(node, "rdfs:label");
        languages.push(language(id, tag, role, position));
        if let Some(language) = languages.last_mut() {
            (language.name, language.iso639_3, language.glottocode) = (name, iso639_3, glottocode);
        }
    }
    let described = !languages.is_empty();
    // How often each language is used, in texts of the language documented and in others.
    let mut uses: BTreeMap<(Use, String), usize> = BTreeMap::new();
    for (role, tag, count) in tags(source) {
        *uses.entry((role, tag)).or_default() += count;
    }
    let mut by_use: Vec<_> = uses.into_iter().collect();
    by_use.sort_by_key(|((role, _), count)| (*role, std::cmp::Reverse(*count)));
    for ((role, tag), _) in by_use {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
        let known = languages.iter().any(|language| primary(&language.tag) == primary(&tag));
        if known || tag == "und" || described {
            continue;
        }
        let role = match role {
            Use::Object => LanguageRole::Object,
            Use::Analysis => LanguageRole::Analysis,
        };
        languages.push(language(LanguageId::new(), primary(&tag), role, languages.len() as i64));
    }
    if !described {
        link_codes(source, &mut languages);
    }
    source.report.kept("languages", languages.len());
    source.bundle.languages = languages;
}

/// [`LanguageRole`] with an order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Object,
    Analysis,
}

fn language(id: LanguageId, tag: String, role: LanguageRole, position: i64) -> Language {
    Language {
        id,
        tag,
        name: Default::default(),
        iso639_3: String::new(),
        glottocode: String::new(),
        role,
        position,
        writing_systems: Vec::new(),
        residue: Residue::default(),
    }
}

fn tags(source: &Source) -> Vec<(Use, String, usize)> {
    use Use::{Analysis, Object};
    let bundle = &source.bundle;
    let mut tags = Vec::new();
    let mut add = |role, text: &crate::domain::MultiText| {
        tags.extend(text.iter().map(|(tag, _)| (role, tag.to_owned(), 1)));
    };
    bundle.words.iter().for_each(|w| (add(Object, &w.form), add(Analysis, &w.gloss)).0);
    bundle.morphs.iter().for_each(|m| (add(Object, &m.form), add(Analysis, &m.gloss)).0);
    bundle.lexemes.iter().for_each(|l| add(Object, &l.form));
    bundle.senses.iter().for_each(|s| (add(Analysis, &s.gloss), add(Analysis, &s.definition)).0);
    for tier in bundle.tiers.iter().filter(|tier| !tier.language.is_empty()) {
        use crate::domain::TierRole::{LiteralTranslation, Transcription, Translation};
        match tier.role {
            Transcription => tags.push((Object, tier.language.clone(), 1)),
            Translation | LiteralTranslation => tags.push((Analysis, tier.language.clone(), 1)),
            _ => {}
        }
    }
    tags
}

/// ISO 639-3 code and glottocode among the links of a node.
fn codes(source: &Source, node: TermId, property: &str) -> (String, String) {
    let (mut iso, mut glottocode) = (String::new(), String::new());
    for link in source.links(node, property) {
        let iri = source.iri(link);
        let code = iri.rsplit('/').next().unwrap_or_default().to_owned();
        if iri.contains("lexvo.org/id/iso639-3/") {
            iso = code;
        } else if iri.contains("glottolog.org/resource/languoid/id/") {
            glottocode = code;
        }
    }
    (iso, glottocode)
}

/// Codes of languages that are only linked to: of a lexicon's language, or of the one object language there is.
fn link_codes(source: &Source, languages: &mut [Language]) {
    for lexicon in source.all("lime:Lexicon") {
        let (iso, glottocode) = codes(source, lexicon, "dct:language");
        let tag = source.text(lexicon, "lime:language");
        if let Some(language) = languages.iter_mut().find(|language| language.tag == tag) {
            (language.iso639_3, language.glottocode) = (iso, glottocode);
        }
    }
    let texts = source.all("ligt:InterlinearText");
    let mut objects: Vec<_> = languages.iter_mut().filter(|l| l.role == LanguageRole::Object).collect();
    if let ([only], Some(text)) = (&mut objects[..], texts.first()) {
        let (iso, glottocode) = codes(source, *text, "dct:language");
        if only.iso639_3.is_empty() {
            only.iso639_3 = iso;
        }
        if only.glottocode.is_empty() {
            only.glottocode = glottocode;
        }
    }
}
