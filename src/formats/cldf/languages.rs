//! Languages of a dataset: from its ids to our tags.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::metadata::Dataset;
use super::{NAME, read};
use crate::domain::{Language, LanguageId, LanguageRole, MultiText, Residue};

/// ISO 639-3, glottocode and the shorter tag of languages that people gloss in.
const SHORT: [(&str, &str, &str); 14] = [
    ("eng", "stan1293", "en"),
    ("spa", "stan1288", "es"),
    ("por", "port1283", "pt"),
    ("fra", "stan1290", "fr"),
    ("deu", "stan1295", "de"),
    ("rus", "russ1263", "ru"),
    ("ind", "indo1316", "id"),
    ("cmn", "mand1415", "zh"),
    ("bis", "bisl1239", "bi"),
    ("nld", "dutc1256", "nl"),
    ("ita", "ital1282", "it"),
    ("jpn", "nucl1643", "ja"),
    ("hin", "hind1269", "hi"),
    ("swh", "swah1253", "sw"),
];

/// The languages met, by the dataset's ids.
pub(super) struct Languages {
    tags: HashMap<String, String>,
    pub records: Vec<Language>,
    analysis: String,
}

impl Languages {
    /// The languages of the LanguageTable.
    pub fn of(dataset: &Dataset, analysis: &str) -> Self {
        let mut new = Self { tags: HashMap::new(), records: Vec::new(), analysis: analysis.to_owned() };
        let Some(table) = dataset.component("LanguageTable") else { return new };
        let done: Vec<usize> =
            ["id", "name", "glottocode", "iso639P3code"].iter().filter_map(|term| table.at(term)).collect();
        for row in &table.rows {
            let Some(id) = table.cell(row, "id") else { continue };
            let iso = table.cell(row, "iso639P3code").unwrap_or_default();
            let glottocode = table.cell(row, "glottocode").unwrap_or_default();
            let rest = table.rest(row, &done);
            let said = rest.iter().find(|(column, _)| column.name == "Tag").map(|(_, tag)| *tag);
            let tag = said.map(str::to_owned).unwrap_or_else(|| tag_of(id, iso, glottocode));
            let name = table.cell(row, "name").unwrap_or_default();
            let mut language = new.record(id, &tag);
            language.name = MultiText::of("en", name);
            iso.clone_into(&mut language.iso639_3);
            glottocode.clone_into(&mut language.glottocode);
            let cells = rest.into_iter().filter(|(column, _)| column.name != "Tag");
            language.residue = read::residue(Some(id), cells);
            new.records.push(language);
        }
        new
    }

    fn record(&mut self, id: &str, tag: &str) -> Language {
        let mut tag = tag.to_owned();
        if self.records.iter().any(|known| known.tag == tag) {
            tag = private(id);
        }
        self.tags.insert(id.to_owned(), tag.clone());
        Language {
            id: LanguageId::new(),
            role: if tag == self.analysis { LanguageRole::Analysis } else { LanguageRole::Object },
            tag,
            name: MultiText::default(),
            iso639_3: String::new(),
            glottocode: String::new(),
            position: self.records.len() as i64,
            writing_systems: Vec::new(),
            residue: Residue::default(),
        }
    }

    /// Our tag for one of the dataset's ids; a language it does not list gets a record.
    pub fn tag(&mut self, id: &str) -> String {
        if let Some(tag) = self.tags.get(id) {
            return tag.clone();
        }
        let mut language = self.record(id, &tag_of(id, "", ""));
        language.residue.set(NAME, json!({ "id": id }));
        let tag = language.tag.clone();
        self.records.push(language);
        tag
    }

    /// The language glosses and translations are in, when the dataset does not say; it gets a record too.
    pub fn analysis(&mut self) -> String {
        let tag = self.analysis.clone();
        if !self.records.iter().any(|known| known.tag == tag) {
            let id = read::plain_id(&tag);
            let language = self.record(&id, &tag);
            self.records.push(language);
        }
        tag
    }

    /// Marks a language as one that glosses or translations are in.
    pub fn is_analysis(&mut self, tag: &str) {
        self.records.iter_mut().filter(|l| l.tag == tag).for_each(|l| l.role = LanguageRole::Analysis);
    }
}

fn private(id: &str) -> String {
    let parts: Vec<String> = id
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| part.chars().take(8).collect())
        .collect();
    if parts.is_empty() { "und".to_owned() } else { format!("qaa-x-{}", parts.join("-")) }
}

fn tag_of(id: &str, iso: &str, glottocode: &str) -> String {
    let short =
        SHORT.iter().find(|(known, code, _)| *known == iso || *code == glottocode || *known == id || *code == id);
    if let Some((.., tag)) = short {
        return (*tag).to_owned();
    }
    let is_iso = |text: &str| text.len() == 3 && text.bytes().all(|b| b.is_ascii_lowercase());
    if is_iso(iso) {
        return iso.to_owned();
    }
    let primary = id.split('-').next().unwrap_or_default();
    let tag = (primary.len() == 2 || is_iso(primary))
        && primary.bytes().all(|b| b.is_ascii_lowercase())
        && id.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if tag { id.to_owned() } else { private(id) }
}

/// The id that a language has, or will have, in the LanguageTable.
pub(super) fn id_of(language: &Language) -> String {
    let known = language.residue.get(NAME).and_then(|r| r.get("id")).and_then(Value::as_str);
    known.map_or_else(|| read::plain_id(&language.tag), str::to_owned)
}
