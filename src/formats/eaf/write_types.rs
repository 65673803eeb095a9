//! Linguistic types, vocabularies and links of an EAF on their way out.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::plan::{Plan, TierPlan, kept};
use super::write::{Attributes, TypeKey, Writer, pick, residue_of, text_of};
use super::{ecv, names};
use crate::domain::*;

impl<'a> Writer<'a> {
    /// An id for every vocabulary entry that is written.
    pub(super) fn cve_ids(&self) -> HashMap<VocabularyEntryId, String> {
        let mut all = HashMap::new();
        for vocabulary in self.used_vocabularies() {
            let mut taken = HashSet::new();
            for entry in &vocabulary.entries {
                let old = kept(&entry.residue, "id").and_then(Value::as_str).filter(|id| !taken.contains(*id));
                let id = old.map_or_else(|| format!("cveid_{}", entry.id), str::to_owned);
                taken.insert(id.clone());
                all.insert(entry.id, id);
            }
        }
        all
    }

    pub(super) fn used_vocabularies(&self) -> Vec<&'a Vocabulary> {
        let used: HashSet<VocabularyId> =
            self.bundle.tiers.iter().filter(|t| t.session == self.session.id).filter_map(|t| t.vocabulary).collect();
        let bundle: &'a Bundle = self.bundle;
        // Value lists of a lexicon are no business of a session.
        let of_lexicon = |v: &Vocabulary| v.residue.get("lift").is_some();
        bundle.vocabularies.iter().filter(|v| used.contains(&v.id) || (self.single && !of_lexicon(v))).collect()
    }

    /// Names under which vocabularies are written: unique ones.
    pub(super) fn vocabulary_names(&self) -> HashMap<VocabularyId, String> {
        let (mut taken, mut names) = (HashSet::new(), HashMap::new());
        for vocabulary in self.used_vocabularies() {
            let wanted = if vocabulary.name.is_empty() { "Vocabulary" } else { &vocabulary.name };
            let name = (1..)
                .map(|n| if n == 1 { wanted.to_owned() } else { format!("{wanted} ({n})") })
                .find(|name| !taken.contains(name))
                .unwrap_or_default();
            taken.insert(name.clone());
            names.insert(vocabulary.id, name);
        }
        names
    }

    pub(super) fn vocabularies(&mut self, cves: &HashMap<VocabularyEntryId, String>, report: &mut LossReport) {
        let names = self.vocabulary_names();
        for vocabulary in self.used_vocabularies() {
            let mut residue = residue_of(&vocabulary.residue);
            self.references(&mut residue);
            let ecv = residue.get("ecv").and_then(Value::as_object);
            let shared = ecv.is_some() && residue.contains_key("EXT_REF");
            let edited = ecv.and_then(|ecv| text_of(ecv, "digest")) != Some(ecv::digest(vocabulary).as_str());
            if shared && edited {
                residue.remove("EXT_REF");
                let why = format!(
                    "'{}' was edited: it now stands in the file, the shared .ecv is as it was",
                    vocabulary.name
                );
                report.mapped("external vocabularies", 1, why);
            }
            let mut attributes = vec![("CV_ID", names[&vocabulary.id].clone())];
            attributes.extend(pick(&residue, &["EXT_REF"]));
            self.open(1, "CONTROLLED_VOCABULARY", &attributes);
            let descriptions = residue.get("descriptions").and_then(Value::as_array).cloned().unwrap_or_default();
            let mut current = Some(vocabulary.description.as_str()).filter(|text| !text.is_empty());
            for description in descriptions.iter().filter_map(Value::as_object) {
                let mut description = description.clone();
                let written = text_of(&description, "value").unwrap_or("").to_owned();
                // The first that says something is the one that can be edited.
                let body =
                    if written.trim().is_empty() { written } else { current.take().unwrap_or(&written).to_owned() };
                description.entry("LANG_REF").or_insert_with(|| Value::from("und"));
                if text_of(&description, "LANG_REF").is_none() {
                    description.insert("LANG_REF".into(), Value::from("und"));
                }
                self.references(&mut description);
                self.element(2, "DESCRIPTION", &pick(&description, &["LANG_REF"]), Some(&body));
            }
            if let Some(text) = current {
                let language = self.language("und");
                self.element(2, "DESCRIPTION", &[("LANG_REF", language)], Some(text));
            }
            for entry in vocabulary.entries.iter().filter(|_| !shared || edited) {
                let mut left = residue_of(&entry.residue);
                self.references(&mut left);
                let mut attributes = vec![("CVE_ID", cves[&entry.id].clone())];
                attributes.extend(pick(&left, &["EXT_REF"]));
                self.open(2, "CV_ENTRY_ML", &attributes);
                let mut values: Vec<Map<String, Value>> = left
                    .get("values")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_object)
                    .cloned()
                    .collect();
                if values.is_empty() {
                    values.push(Map::new());
                }
                values[0].insert("value".into(), Value::from(entry.value.as_str()));
                if !entry.description.is_empty() {
                    values[0].insert("DESCRIPTION".into(), Value::from(entry.description.as_str()));
                }
                for mut value in values {
                    if text_of(&value, "LANG_REF").is_none() {
                        value.insert("LANG_REF".into(), Value::from("und"));
                    }
                    self.references(&mut value);
                    let body = text_of(&value, "value").unwrap_or("").to_owned();
                    self.element(3, "CVE_VALUE", &pick(&value, &["DESCRIPTION", "LANG_REF"]), Some(&body));
                }
                self.close(2, "CV_ENTRY_ML");
            }
            self.close(1, "CONTROLLED_VOCABULARY");
        }
    }

    pub(super) fn link_sets(&mut self, sets: &[Value], plan: &Plan, report: &mut LossReport) {
        let mut ids: HashMap<String, String> = plan.renamed.clone();
        let links = |set: &Value| set.get("children").and_then(Value::as_array).cloned().unwrap_or_default();
        let attributes =
            |value: &Value| value.get("attributes").and_then(Value::as_object).cloned().unwrap_or_default();
        for link in sets.iter().flat_map(links) {
            if let Some(id) = text_of(&attributes(&link), "REF_LINK_ID")
                && let Some(id) = self.ids.claim(id)
            {
                ids.insert(id.clone(), id);
            }
        }
        for set in sets {
            let mut own = attributes(set);
            self.references(&mut own);
            self.open(
                1,
                "REF_LINK_SET",
                &pick(&own, &["CV_REF", "EXT_REF", "LANG_REF", "LINK_SET_ID", "LINK_SET_NAME"]),
            );
            for link in links(set) {
                let name = link.get("name").and_then(Value::as_str).unwrap_or("").to_owned();
                let mut own = attributes(&link);
                self.references(&mut own);
                let mut whole = text_of(&own, "REF_LINK_ID").is_some_and(|id| ids.contains_key(id));
                let ends: &[&str] = if name == "CROSS_REF_LINK" { &["REF1", "REF2"] } else { &["REFS"] };
                for end in ends {
                    let old = text_of(&own, end).unwrap_or("").to_owned();
                    let now: Vec<&str> =
                        old.split_whitespace().filter_map(|id| ids.get(id).map(String::as_str)).collect();
                    whole &= !now.is_empty();
                    own.insert((*end).to_owned(), Value::String(now.join(" ")));
                }
                if !whole || !matches!(name.as_str(), "CROSS_REF_LINK" | "GROUP_REF_LINK") {
                    report.left_out("links between annotations", 1, "an annotation they tie is no longer there");
                    continue;
                }
                let all = [
                    "CVE_REF",
                    "DIRECTIONALITY",
                    "EXT_REF",
                    "LANG_REF",
                    "REF1",
                    "REF2",
                    "REFS",
                    "REF_LINK_ID",
                    "REF_LINK_NAME",
                    "REF_TYPE",
                ];
                let body = link.get("text").and_then(Value::as_str).unwrap_or("").to_owned();
                self.element(2, &name, &pick(&own, &all), Some(&body));
            }
            self.close(1, "REF_LINK_SET");
        }
    }

    /// Linguistic types: those the session came with, then what its tiers need beside.
    pub(super) fn types(&mut self, plan: &Plan, report: &mut LossReport) -> Types {
        let vocabulary_names = self.vocabulary_names();
        let mut elements: Vec<Attributes<'static>> = Vec::new();
        let mut names: HashMap<TypeKey, String> = HashMap::new();
        let mut taken: HashSet<String> = HashSet::new();
        let mut wanted: Vec<TypeKey> = Vec::new();
        for tier in &plan.tiers {
            let key = type_key(tier);
            if !wanted.contains(&key) {
                wanted.push(key);
            }
        }
        let mut extras: HashMap<String, Map<String, Value>> = HashMap::new();
        for kept in self.kept_list("types") {
            let Some(name) = text_of(&kept, "LINGUISTIC_TYPE_ID").map(str::to_owned) else { continue };
            if !taken.insert(name.clone()) {
                continue;
            }
            let declared = text_of(&kept, "CONSTRAINTS").and_then(super::names::constraint).unwrap_or_default();
            let by_name = text_of(&kept, "CONTROLLED_VOCABULARY_REF")
                .and_then(|cv| self.used_vocabularies().into_iter().find(|v| v.name == cv))
                .map(|v| v.id);
            let same_name: Vec<&TypeKey> = wanted.iter().filter(|(n, ..)| *n == name).collect();
            let exact = same_name.iter().find(|(_, c, v)| *c == declared && *v == by_name);
            let key = exact.or(same_name.first()).map_or((name.clone(), declared, by_name), |key| (*key).clone());
            elements.push(self.type_element(&name, &key, &vocabulary_names, Some(&kept)));
            names.insert(key, name.clone());
            extras.insert(name, kept);
        }
        for key in wanted {
            if names.contains_key(&key) {
                continue;
            }
            let name = (1..)
                .map(|n| if n == 1 { key.0.clone() } else { format!("{} ({n})", key.0) })
                .find(|name| !taken.contains(name))
                .unwrap_or_default();
            if name != key.0 {
                let why =
                    format!("'{}' has tiers of several constraints or vocabularies; some are now '{name}'", key.0);
                report.mapped("linguistic types", 1, why);
            }
            taken.insert(name.clone());
            elements.push(self.type_element(&name, &key, &vocabulary_names, extras.get(&key.0)));
            names.insert(key, name);
        }
        Types { elements, names }
    }

    pub(super) fn type_element(
        &mut self,
        name: &str,
        key: &TypeKey,
        vocabulary_names: &HashMap<VocabularyId, String>,
        kept: Option<&Map<String, Value>>,
    ) -> Attributes<'static> {
        let mut object = kept.cloned().unwrap_or_default();
        self.references(&mut object);
        if text_of(&object, "LEXICON_REF").is_some_and(|id| !self.lexicons.contains(id)) {
            object.remove("LEXICON_REF");
            self.dangling += 1;
        }
        let mut attributes: Attributes<'static> = Vec::new();
        attributes.extend(names::stereotype(key.1).map(|s| ("CONSTRAINTS", s.to_owned())));
        if let Some(name) = key.2.and_then(|id| vocabulary_names.get(&id)) {
            attributes.push(("CONTROLLED_VOCABULARY_REF", name.clone()));
        }
        attributes.extend(pick(&object, &["EXT_REF"]));
        let graphic = text_of(&object, "GRAPHIC_REFERENCES").filter(|v| matches!(*v, "true" | "false" | "0" | "1"));
        attributes.push(("GRAPHIC_REFERENCES", graphic.unwrap_or("false").to_owned()));
        attributes.extend(pick(&object, &["LEXICON_REF"]));
        attributes.push(("LINGUISTIC_TYPE_ID", name.to_owned()));
        attributes.push(("TIME_ALIGNABLE", key.1.is_time_aligned().to_string()));
        attributes
    }
}

/// The linguistic types to write, and the name of each for the tiers.
pub(super) struct Types {
    pub elements: Vec<Attributes<'static>>,
    pub names: HashMap<TypeKey, String>,
}

/// What a tier's type must say: name, constraint, vocabulary.
pub(super) fn type_key(tier: &TierPlan) -> TypeKey {
    let name = match (tier.tier.type_name.as_str(), tier.tier.role, tier.constraint) {
        ("", TierRole::Transcription, _) => "utterance",
        ("", TierRole::Translation, _) => "free translation",
        ("", TierRole::LiteralTranslation, _) => "literal translation",
        ("", TierRole::Note, _) => "note",
        ("", _, Constraint::None) => "default-lt",
        ("", _, Constraint::TimeSubdivision) => "time subdivision",
        ("", _, Constraint::IncludedIn) => "included in",
        ("", _, Constraint::SymbolicSubdivision) => "symbolic subdivision",
        ("", _, Constraint::SymbolicAssociation) => "symbolic association",
        (name, ..) => name,
    };
    (name.to_owned(), tier.constraint, tier.tier.vocabulary)
}
