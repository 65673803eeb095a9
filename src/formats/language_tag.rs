//! Language tags as FLEx and its kin write them, against BCP 47 as we keep them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use crate::domain::{Language, LanguageId, LanguageRole, MultiText, Residue, WritingSystem};

/// Tags of one file, both ways: as the file writes them and as we keep them.
#[derive(Debug, Default)]
pub struct Tags {
    ours: HashMap<String, String>,
    theirs: HashMap<String, String>,
}

impl Tags {
    /// The tags that languages of a bundle remember from a file of a format.
    pub fn remembered(languages: &[Language], format: &str) -> Self {
        let mut tags = Self::default();
        for language in languages {
            let known = language.residue.get(format).and_then(|r| r.get("tags")).and_then(Value::as_object);
            for (ours, theirs) in known.into_iter().flatten() {
                if let Some(theirs) = theirs.as_str() {
                    tags.ours.insert(theirs.to_owned(), ours.clone());
                    tags.theirs.insert(ours.clone(), theirs.to_owned());
                }
            }
        }
        tags
    }
    /// Ours for one of the file's. What is not BCP 47 becomes private use (`xkal` → `qaa-x-xkal`).
    pub fn ours(&mut self, theirs: &str) -> String {
        if let Some(known) = self.ours.get(theirs) {
            return known.clone();
        }
        let mut ours = bcp47(theirs);
        // Two spellings of one tag must not fall together: each must find its way back.
        while self.theirs.contains_key(&ours) {
            ours.push_str(if ours.contains("-x-") { "-2" } else { "-x-2" });
        }
        self.ours.insert(theirs.to_owned(), ours.clone());
        self.theirs.insert(ours.clone(), theirs.to_owned());
        ours
    }
    /// The file's for one of ours; ours where the file never had it.
    pub fn theirs<'a>(&'a self, ours: &'a str) -> &'a str {
        self.theirs.get(ours).map_or(ours, String::as_str)
    }
}

/// A well-formed BCP 47 tag for any text.
fn bcp47(text: &str) -> String {
    let tag = text.trim().replace('_', "-");
    let parts: Vec<&str> = tag.split('-').collect();
    let letters = |part: &str, from: usize, to: usize| {
        (from..=to).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let primary = parts.first().copied().unwrap_or_default();
    let fine = parts.iter().all(|part| letters(part, 1, 8))
        && ((2..=3).contains(&primary.len()) || (primary.eq_ignore_ascii_case("x") && parts.len() > 1))
        && primary.bytes().all(|b| b.is_ascii_alphabetic());
    if fine {
        return tag;
    }
    let subtags: Vec<String> = parts
        .iter()
        .map(|part| part.chars().filter(char::is_ascii_alphanumeric).take(8).collect::<String>())
        .filter(|part| !part.is_empty())
        .collect();
    if subtags.is_empty() { "und".to_owned() } else { format!("qaa-x-{}", subtags.join("-")) }
}

/// Which language a writing system's tag belongs to: its first subtag, or all of it for private tags.
pub fn language_of(tag: &str) -> &str {
    let primary = tag.split('-').next().unwrap_or(tag);
    let lower = primary.to_ascii_lowercase();
    if lower == "x" || ("qaa".."qu").contains(&lower.as_str()) && lower.len() == 3 && tag.contains("-x-") {
        tag
    } else {
        primary
    }
}

/// What a file says about its tags, gathered while reading.
#[derive(Debug, Default)]
pub struct Census {
    /// In order of first use.
    order: Vec<String>,
    object: BTreeSet<String>,
    fonts: BTreeMap<String, String>,
}

impl Census {
    /// A text in this language was met; `object`: a text of the language documented.
    pub fn met(&mut self, tag: &str, object: bool) {
        if !self.order.iter().any(|known| known == tag) {
            self.order.push(tag.to_owned());
        }
        if object {
            self.object.insert(tag.to_owned());
        }
    }
    /// Every language of a text.
    pub fn met_all(&mut self, text: &MultiText, object: bool) {
        for (tag, _) in text.iter() {
            self.met(tag, object);
        }
    }
    /// The font a writing system is shown in.
    pub fn font(&mut self, tag: &str, font: &str) {
        self.fonts.insert(tag.to_owned(), font.to_owned());
    }
    /// A record for every language, its writing systems within; object languages first.
    pub fn languages(&self, tags: &Tags, format: &str) -> Vec<Language> {
        let mut languages: Vec<Language> = Vec::new();
        for tag in &self.order {
            let base = language_of(tag);
            let role = if self.object.contains(tag) { LanguageRole::Object } else { LanguageRole::Analysis };
            let index = match languages.iter().position(|known| known.tag == base) {
                Some(index) => index,
                None => {
                    let code = base.to_ascii_lowercase();
                    let is_iso = code.len() == 3 && !("qaa".."qu").contains(&code.as_str());
                    languages.push(Language {
                        id: LanguageId::new(),
                        tag: base.to_owned(),
                        name: MultiText::default(),
                        iso639_3: if is_iso && code != "und" && code != "zxx" && code != "mul" {
                            code
                        } else {
                            String::new()
                        },
                        glottocode: String::new(),
                        role,
                        position: 0,
                        writing_systems: Vec::new(),
                        residue: Residue::default(),
                    });
                    languages.len() - 1
                }
            };
            let language = &mut languages[index];
            if role == LanguageRole::Object {
                language.role = role;
            }
            language.writing_systems.push(WritingSystem {
                tag: tag.clone(),
                font: self.fonts.get(tag).cloned().unwrap_or_default(),
                ..WritingSystem::default()
            });
            let theirs = tags.theirs(tag);
            if theirs != tag {
                let mut left = language.residue.get(format).cloned().unwrap_or_else(|| json!({}));
                if let Some(map) = left.as_object_mut() {
                    let known = map.entry("tags").or_insert_with(|| json!({}));
                    known[tag.as_str()] = json!(theirs);
                }
                language.residue.set(format, left);
            }
        }
        languages.sort_by_key(|language| language.role == LanguageRole::Analysis);
        for (position, language) in (0_i64..).zip(&mut languages) {
            language.position = position;
        }
        languages
    }
}
