//! A bundle to EAF 3.0.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::ids::{self, Ids};
use super::plan::{self, Place, Plan, TierPlan, kept};
use super::tree::{escape_attribute, escape_text, is_sayable};
use super::write_types::type_key;
use super::{LANGUAGE_ASSUMED, MADE, NAME, UNALIGNED, names, url};
use crate::domain::bundle::BundleIndex;
use crate::domain::*;
use crate::formats::word_tiers;

/// One document in the making.
pub(super) struct Writer<'a> {
    pub(super) bundle: &'a Bundle,
    pub(super) session: &'a Session,
    /// Whether vocabularies that no tier uses belong to this session too.
    pub(super) single: bool,
    /// Files that go with it, as descriptors have them.
    linked: Vec<Map<String, Value>>,
    pub(super) ids: Ids,
    pub(super) out: String,
    /// Language ids as they came, to those written.
    pub(super) languages: BTreeMap<String, String>,
    pub(super) language_elements: Vec<Map<String, Value>>,
    pub(super) external: HashSet<String>,
    pub(super) lexicons: HashSet<String>,
    pub(super) dangling: usize,
}

/// What tiers of one linguistic type have in common: name, constraint, vocabulary.
pub(super) type TypeKey = (String, Constraint, Option<VocabularyId>);
/// Names and values, in the order to write.
pub(super) type Attributes<'a> = Vec<(&'a str, String)>;

pub(super) fn text_of<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str)
}

/// Residue attributes of those names, in that order.
pub(super) fn pick<'n>(object: &Map<String, Value>, names: &[&'n str]) -> Attributes<'n> {
    names.iter().filter_map(|name| Some((*name, text_of(object, name)?.to_owned()))).collect()
}

pub(super) fn residue_of(residue: &Residue) -> Map<String, Value> {
    residue.get(NAME).and_then(Value::as_object).cloned().unwrap_or_default()
}

impl<'a> Writer<'a> {
    pub(super) fn new(bundle: &'a Bundle, session: &'a Session, single: bool, linked: Vec<Map<String, Value>>) -> Self {
        Self {
            bundle,
            session,
            single,
            linked,
            ids: Ids::default(),
            out: String::new(),
            languages: BTreeMap::new(),
            language_elements: Vec::new(),
            external: HashSet::new(),
            lexicons: HashSet::new(),
            dangling: 0,
        }
    }

    /// A list of attribute objects that the session kept.
    pub(super) fn kept_list(&self, key: &str) -> Vec<Map<String, Value>> {
        let list = kept(&self.session.residue, key).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_object).cloned().collect()
    }

    /// One element on a line of its own; `body` is `None` for one without content.
    pub(super) fn element(&mut self, depth: usize, name: &str, attributes: &[(&str, String)], body: Option<&str>) {
        let _ = write!(self.out, "{:width$}<{name}", "", width = depth * 4);
        for (key, value) in attributes {
            let _ = write!(self.out, " {key}=\"{}\"", escape_attribute(value));
        }
        match body {
            Some(body) => {
                let _ = writeln!(self.out, ">{}</{name}>", escape_text(body));
            }
            None => self.out.push_str("/>\n"),
        }
    }

    pub(super) fn open(&mut self, depth: usize, name: &str, attributes: &[(&str, String)]) {
        self.element(depth, name, attributes, None);
        self.out.truncate(self.out.len() - 3);
        self.out.push_str(">\n");
    }

    pub(super) fn close(&mut self, depth: usize, name: &str) {
        let _ = writeln!(self.out, "{:width$}</{name}>", "", width = depth * 4);
    }

    /// References that lead to something in this document; the others are counted and dropped.
    pub(super) fn references(&mut self, object: &mut Map<String, Value>) {
        if let Some(refs) = text_of(object, "EXT_REF") {
            let (there, gone): (Vec<&str>, Vec<&str>) =
                refs.split_whitespace().partition(|id| self.external.contains(*id));
            self.dangling += gone.len();
            let there = there.join(" ");
            if there.is_empty() {
                object.remove("EXT_REF");
            } else {
                object.insert("EXT_REF".into(), Value::String(there));
            }
        }
        if let Some(language) = text_of(object, "LANG_REF").map(str::to_owned) {
            let id = self.language(&language);
            object.insert("LANG_REF".into(), Value::String(id));
        }
    }

    /// The id of a language element, made when it is not there yet.
    pub(super) fn language(&mut self, wanted: &str) -> String {
        if let Some(id) = self.languages.get(wanted) {
            return id.clone();
        }
        let id = match self.ids.claim(wanted) {
            Some(id) => id,
            None => self.ids.claim_near(&format!("lang-{wanted}")),
        };
        let mut element = Map::new();
        element.insert("LANG_ID".into(), Value::String(id.clone()));
        let label = self.bundle.languages.iter().find(|l| l.tag == wanted).and_then(|l| l.name.best(["en"]));
        let label = match (wanted, label) {
            ("und", _) => Some("undetermined (und)".to_owned()),
            (_, Some(name)) => Some(format!("{name} ({wanted})")),
            _ => None,
        };
        if let Some(label) = label {
            element.insert("LANG_LABEL".into(), Value::String(label));
        }
        self.language_elements.push(element);
        self.languages.insert(wanted.to_owned(), id.clone());
        id
    }

    /// A language element for a BCP 47 tag: one that means the same, or a new one.
    fn language_of_tag(&mut self, tag: &str) -> String {
        let known = self.languages.keys().find(|id| names::language_tag(id) == tag).cloned();
        self.language(&known.unwrap_or_else(|| tag.to_owned()))
    }

    /// The whole document as text.
    pub(super) fn document(
        &mut self,
        index: &BundleIndex,
        position: &HashMap<AnnotationId, usize>,
        report: &mut LossReport,
    ) -> String {
        // Ids are given in this order: what is referred to by name from outside first.
        let from_elan = kept(&self.session.residue, "attributes").is_some();
        let mut constraints = self.kept_list("constraints");
        for (constraint, stereotype, description) in names::STEREOTYPES {
            let used = self.bundle.tiers.iter().any(|t| t.session == self.session.id && t.constraint == constraint);
            let there =
                constraints.iter().any(|c| text_of(c, "STEREOTYPE").and_then(names::constraint) == Some(constraint));
            if !there && (used || !from_elan) {
                let new = [("STEREOTYPE", stereotype), ("DESCRIPTION", description)];
                constraints.push(new.iter().map(|(k, v)| ((*k).to_owned(), Value::from(*v))).collect());
            }
        }
        let mut seen = HashSet::new();
        constraints.retain(|c| text_of(c, "STEREOTYPE").and_then(names::constraint).is_some_and(|c| seen.insert(c)));
        for (_, stereotype, _) in names::STEREOTYPES {
            self.ids.claim(stereotype);
        }
        let mut locales = self.kept_list("locales");
        locales.retain(|l| text_of(l, "LANGUAGE_CODE").is_some_and(|code| self.ids.claim(code).is_some()));
        let mut external = self.kept_list("external_refs");
        const TYPES: [&str; 5] = ["iso12620", "ecv", "cve_id", "lexen_id", "resource_url"];
        external.retain(|r| {
            let typed = text_of(r, "TYPE").is_some_and(|t| TYPES.contains(&t)) && r.contains_key("VALUE");
            typed && text_of(r, "EXT_REF_ID").is_some_and(|id| self.ids.claim(id).is_some())
        });
        self.external = external.iter().filter_map(|r| text_of(r, "EXT_REF_ID")).map(str::to_owned).collect();
        let mut lexicons = self.kept_list("lexicon_refs");
        lexicons.retain(|r| text_of(r, "LEX_REF_ID").is_some_and(|id| self.ids.claim(id).is_some()));
        self.lexicons = lexicons.iter().filter_map(|r| text_of(r, "LEX_REF_ID")).map(str::to_owned).collect();
        for mut language in self.kept_list("languages") {
            let Some(old) = text_of(&language, "LANG_ID").map(str::to_owned) else { continue };
            if self.languages.contains_key(&old) {
                continue;
            }
            let id = self.ids.claim(&old).unwrap_or_else(|| self.ids.claim_near(&format!("lang-{old}")));
            language.insert("LANG_ID".into(), Value::String(id.clone()));
            self.language_elements.push(language);
            self.languages.insert(old, id);
        }
        let mut link_sets: Vec<Value> =
            kept(&self.session.residue, "link_sets").and_then(Value::as_array).cloned().unwrap_or_default();
        link_sets.retain(|set| {
            set.pointer("/attributes/LINK_SET_ID")
                .and_then(Value::as_str)
                .is_some_and(|id| self.ids.claim(id).is_some())
        });

        // Tiers, with those of words and morphs.
        let mut all: Vec<Tier> = Vec::new();
        let mut made: Vec<Annotation> = Vec::new();
        let mut annotations: Vec<&Annotation> = Vec::new();
        for tier in index.tiers_of_session.get(&self.session.id).into_iter().flatten() {
            let own = index.annotations_of_tier.get(&tier.id).map(Vec::as_slice).unwrap_or_default();
            annotations.extend(own);
            all.push((*tier).clone());
            let words = word_tiers::of_tier(tier, own, index, report);
            all.extend(words.tiers);
            made.extend(words.annotations);
        }
        annotations.sort_by_key(|a| position.get(&a.id).copied());
        annotations.extend(&made);
        let tiers: Vec<&Tier> = all.iter().collect();
        let slot_order: Vec<&str> = kept(&self.session.residue, "slot_order")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let unused: Vec<(&str, Option<i64>)> = kept(&self.session.residue, "unused_slots")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|slot| Some((slot.get(0)?.as_str()?, slot.get(1).and_then(Value::as_i64))))
            .collect();
        let plan = plan::plan(&tiers, &annotations, &slot_order, &unused, &mut self.ids, report);
        let odd = annotations.iter().filter(|a| a.value.chars().any(|c| !is_sayable(c))).count();
        report.mapped("annotations with control characters", odd, "XML has none; replaced by �");
        self.write_all(&plan, constraints, locales, external, lexicons, link_sets, from_elan, report);
        std::mem::take(&mut self.out)
    }

    #[allow(clippy::too_many_arguments)]
    fn write_all(
        &mut self,
        plan: &Plan,
        constraints: Vec<Map<String, Value>>,
        mut locales: Vec<Map<String, Value>>,
        external: Vec<Map<String, Value>>,
        lexicons: Vec<Map<String, Value>>,
        link_sets: Vec<Value>,
        from_elan: bool,
        report: &mut LossReport,
    ) {
        let cves = self.cve_ids();
        let types = self.types(plan, report);
        // The body first: it decides which languages and locales are needed.
        let mut known: HashSet<String> =
            locales.iter().filter_map(|l| text_of(l, "LANGUAGE_CODE")).map(str::to_owned).collect();
        for tier in &plan.tiers {
            self.tier(plan, tier, &types.names, &cves, &mut known, &mut locales);
        }
        let tiers = std::mem::take(&mut self.out);
        self.vocabularies(&cves, report);
        let vocabularies = std::mem::take(&mut self.out);
        self.link_sets(&link_sets, plan, report);
        let links = std::mem::take(&mut self.out);

        self.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let attributes =
            kept(&self.session.residue, "attributes").and_then(Value::as_object).cloned().unwrap_or_default();
        let date = text_of(&attributes, "DATE").filter(|d| d.parse::<jiff::Timestamp>().is_ok()).map(str::to_owned);
        let date = date.unwrap_or_else(|| jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string());
        let root = vec![
            ("AUTHOR", text_of(&attributes, "AUTHOR").unwrap_or("").to_owned()),
            ("DATE", date),
            ("FORMAT", "3.0".to_owned()),
            ("VERSION", "3.0".to_owned()),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance".to_owned()),
            ("xsi:noNamespaceSchemaLocation", "http://www.mpi.nl/tools/elan/EAFv3.0.xsd".to_owned()),
        ];
        self.open(0, "ANNOTATION_DOCUMENT", &root);
        for licence in self.kept_list("licenses") {
            let body = text_of(&licence, "value").unwrap_or("").to_owned();
            self.element(1, "LICENSE", &pick(&licence, &["LICENSE_URL"]), Some(&body));
        }
        self.header(plan, from_elan, report);
        self.open(1, "TIME_ORDER", &[]);
        for slot in &plan.slots {
            let mut attributes = vec![("TIME_SLOT_ID", slot.id.clone())];
            attributes.extend(slot.millis.map(|millis| ("TIME_VALUE", millis.to_string())));
            self.element(2, "TIME_SLOT", &attributes, None);
        }
        self.close(1, "TIME_ORDER");
        self.out.push_str(&tiers);
        for attributes in &types.elements {
            self.element(1, "LINGUISTIC_TYPE", attributes, None);
        }
        for locale in &locales {
            self.element(1, "LOCALE", &pick(locale, &["COUNTRY_CODE", "LANGUAGE_CODE", "VARIANT"]), None);
        }
        for language in std::mem::take(&mut self.language_elements) {
            self.element(1, "LANGUAGE", &pick(&language, &["LANG_DEF", "LANG_ID", "LANG_LABEL"]), None);
        }
        for constraint in &constraints {
            self.element(1, "CONSTRAINT", &pick(constraint, &["DESCRIPTION", "STEREOTYPE"]), None);
        }
        self.out.push_str(&vocabularies);
        for lexicon in &lexicons {
            let mut lexicon = lexicon.clone();
            for required in ["NAME", "TYPE", "URL", "LEXICON_ID", "LEXICON_NAME"] {
                lexicon.entry(required).or_insert_with(|| Value::from(""));
            }
            let all = ["DATCAT_ID", "DATCAT_NAME", "LEXICON_ID", "LEXICON_NAME", "LEX_REF_ID", "NAME", "TYPE", "URL"];
            self.element(1, "LEXICON_REF", &pick(&lexicon, &all), None);
        }
        self.out.push_str(&links);
        for reference in &external {
            self.element(1, "EXTERNAL_REF", &pick(reference, &["EXT_REF_ID", "TYPE", "VALUE"]), None);
        }
        self.close(0, "ANNOTATION_DOCUMENT");
        self.count(plan, report);
    }

    fn count(&mut self, plan: &Plan, report: &mut LossReport) {
        report.kept("tiers", plan.tiers.len());
        report.kept("annotations", plan.tiers.iter().map(|tier| tier.annotations.len()).sum());
        report.left_out("references to something outside that is not in the file", self.dangling, "nothing is there");
        let session = self.session;
        let facts = [
            !session.title.is_empty(),
            !session.date.is_empty(),
            !session.place.is_empty(),
            !session.genre.is_empty(),
            !session.description.is_empty(),
            session.consent != Consent::default(),
        ];
        let facts = facts.iter().filter(|there| **there).count();
        report.left_out(
            "facts about the session",
            facts,
            "an EAF holds tiers and media, not title, date, place, genre, consent",
        );
        let others = kept(&session.residue, "other").and_then(Value::as_array).map_or(0, Vec::len);
        report.left_out("elements that EAF does not have", others, "the schema forbids them");
    }

    fn header(&mut self, plan: &Plan, from_elan: bool, report: &mut LossReport) {
        let kept_header = kept(&self.session.residue, "header").and_then(Value::as_object).cloned().unwrap_or_default();
        let attributes = vec![
            ("MEDIA_FILE", text_of(&kept_header, "MEDIA_FILE").unwrap_or("").to_owned()),
            ("TIME_UNITS", "milliseconds".to_owned()),
        ];
        self.open(1, "HEADER", &attributes);
        let bundle = self.bundle;
        let mut media: Vec<&Media> = bundle.media.iter().filter(|m| m.session == self.session.id).collect();
        media.sort_by_key(|m| (m.position, m.id));
        for media in &media {
            let residue = residue_of(&media.residue);
            let mut attributes = if text_of(&residue, "path") == Some(&media.path) {
                pick(&residue, &["EXTRACTED_FROM", "MEDIA_URL", "RELATIVE_MEDIA_URL"])
            } else {
                let name = media.path.rsplit(['/', '\\']).next().unwrap_or(&media.path);
                let mut new = pick(&residue, &["EXTRACTED_FROM"]);
                new.push(("MEDIA_URL", url::from_path(&media.path)));
                new.push(("RELATIVE_MEDIA_URL", format!("./{}", url::from_path(name))));
                new
            };
            if !attributes.iter().any(|(key, _)| *key == "MEDIA_URL") {
                attributes.push(("MEDIA_URL", url::from_path(&media.path)));
            }
            attributes
                .push(("MIME_TYPE", if media.mime.is_empty() { "unknown".to_owned() } else { media.mime.clone() }));
            if media.offset != Time::ZERO {
                attributes.push(("TIME_ORIGIN", (Time::ZERO - media.offset).millis().to_string()));
                report.mapped(
                    "media offsets",
                    usize::from(media.offset.0 % 1_000_000 != 0),
                    "rounded to the nearest millisecond",
                );
            }
            self.element(2, "MEDIA_DESCRIPTOR", &attributes, None);
        }
        report.kept("media files", media.len());
        for mut file in std::mem::take(&mut self.linked) {
            for required in ["LINK_URL", "MIME_TYPE"] {
                file.entry(required).or_insert_with(|| Value::from(""));
            }
            let all = ["ASSOCIATED_WITH", "LINK_URL", "MIME_TYPE", "RELATIVE_LINK_URL", "TIME_ORIGIN"];
            self.element(2, "LINKED_FILE_DESCRIPTOR", &pick(&file, &all), None);
        }
        // ELAN counts its annotation ids on from here.
        let highest = plan.tiers.iter().flat_map(|t| &t.annotations).filter_map(|a| ids::number(&a.id, "a")).max();
        let mut counted = false;
        for property in self.kept_list("properties") {
            let mut body = text_of(&property, "value").unwrap_or("").to_owned();
            if text_of(&property, "NAME") == Some("lastUsedAnnotationId") {
                counted = true;
                if body.trim().parse::<u64>().ok() < highest {
                    body = highest.unwrap_or_default().to_string();
                }
            }
            self.element(2, "PROPERTY", &pick(&property, &["NAME"]), Some(&body));
        }
        if let (false, false, Some(highest)) = (counted, from_elan, highest) {
            let name = [("NAME", "lastUsedAnnotationId".to_owned())];
            self.element(2, "PROPERTY", &name, Some(&highest.to_string()));
        }
        if !plan.placeholders.is_empty() {
            let list: Vec<String> = plan.placeholders.iter().map(|(id, a, b)| format!("{id}={a}-{b}")).collect();
            self.element(2, "PROPERTY", &[("NAME", UNALIGNED.to_owned())], Some(&list.join(" ")));
        }
        let made: serde_json::Map<String, Value> = plan
            .tiers
            .iter()
            .filter_map(|planned| Some((planned.name.clone(), planned.tier.made_of()?.into())))
            .collect();
        if !made.is_empty() {
            let made = Value::Object(made).to_string();
            self.element(2, "PROPERTY", &[("NAME", MADE.to_owned())], Some(&made));
        }
        self.close(1, "HEADER");
    }

    fn tier(
        &mut self,
        plan: &Plan,
        tier: &TierPlan,
        types: &HashMap<TypeKey, String>,
        cves: &HashMap<VocabularyEntryId, String>,
        known_locales: &mut HashSet<String>,
        locales: &mut Vec<Map<String, Value>>,
    ) {
        let mut residue = residue_of(&tier.tier.residue);
        let assumed = residue.remove(LANGUAGE_ASSUMED).is_some_and(|tag| tag == tier.tier.language.as_str());
        if text_of(&residue, "LANG_REF").map(names::language_tag).unwrap_or_default() != tier.tier.language {
            residue.remove("LANG_REF");
        }
        self.references(&mut residue);
        if !residue.contains_key("LANG_REF") && !tier.tier.language.is_empty() && !assumed {
            let id = self.language_of_tag(&tier.tier.language);
            residue.insert("LANG_REF".into(), Value::String(id));
        }
        if let Some(locale) = text_of(&residue, "DEFAULT_LOCALE").map(str::to_owned)
            && !known_locales.contains(&locale)
        {
            if self.ids.claim(&locale).is_some() {
                locales.push([("LANGUAGE_CODE".to_owned(), Value::String(locale.clone()))].into_iter().collect());
                known_locales.insert(locale);
            } else {
                residue.remove("DEFAULT_LOCALE");
                self.dangling += 1;
            }
        }
        let participant = tier.tier.participant.and_then(|id| self.bundle.people.iter().find(|p| p.id == id));
        if let Some(person) = participant {
            let code = if person.code.is_empty() { &person.name } else { &person.code };
            residue.insert("PARTICIPANT".into(), Value::from(code.as_str()));
        }
        if !tier.tier.annotator.is_empty() {
            residue.insert("ANNOTATOR".into(), Value::from(tier.tier.annotator.as_str()));
        }
        residue.insert("TIER_ID".into(), Value::from(tier.name.as_str()));
        residue.insert("LINGUISTIC_TYPE_REF".into(), Value::from(types[&type_key(tier)].as_str()));
        if let Some(parent) = tier.parent {
            residue.insert("PARENT_REF".into(), Value::from(plan.tiers[parent].name.as_str()));
        }
        let all = [
            "ANNOTATOR",
            "DEFAULT_LOCALE",
            "EXT_REF",
            "LANG_REF",
            "LINGUISTIC_TYPE_REF",
            "PARENT_REF",
            "PARTICIPANT",
            "TIER_ID",
        ];
        let attributes = pick(&residue, &all);
        if tier.annotations.is_empty() {
            self.element(1, "TIER", &attributes, None);
            return;
        }
        self.open(1, "TIER", &attributes);
        for planned in &tier.annotations {
            let mut residue = residue_of(&planned.annotation.residue);
            self.references(&mut residue);
            if let Some(cve) = planned.annotation.entry.and_then(|entry| cves.get(&entry)) {
                residue.insert("CVE_REF".into(), Value::from(cve.as_str()));
            }
            let mut attributes = vec![("ANNOTATION_ID", planned.id.clone())];
            attributes.extend(pick(&residue, &["CVE_REF", "EXT_REF", "LANG_REF"]));
            let name = match &planned.place {
                Place::Slots(first, second) => {
                    attributes.extend(pick(&residue, &["SVG_REF"]));
                    attributes.push(("TIME_SLOT_REF1", plan.slot_ids[*first].clone()));
                    attributes.push(("TIME_SLOT_REF2", plan.slot_ids[*second].clone()));
                    "ALIGNABLE_ANNOTATION"
                }
                Place::Under { parent, previous } => {
                    attributes.push(("ANNOTATION_REF", parent.clone()));
                    attributes.extend(previous.clone().map(|previous| ("PREVIOUS_ANNOTATION", previous)));
                    "REF_ANNOTATION"
                }
            };
            self.open(2, "ANNOTATION", &[]);
            self.open(3, name, &attributes);
            self.element(4, "ANNOTATION_VALUE", &[], Some(&planned.annotation.value));
            self.close(3, name);
            self.close(2, "ANNOTATION");
        }
        self.close(1, "TIER");
    }
}
