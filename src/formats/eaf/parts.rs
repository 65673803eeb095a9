//! What an EAF holds beside its tiers: vocabularies, media, and what only ELAN knows.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::ecv::{self, Shared};
use super::read::{other_children, set, time_value};
use super::tree::Node;
use super::{HashMap, HashSet, MADE, UNALIGNED, slots};
use crate::domain::*;

/// Where vocabularies and their entries are found again.
pub struct Vocabularies<'a> {
    pub by_name: HashMap<&'a str, VocabularyId>,
    pub by_cve: HashMap<&'a str, VocabularyEntryId>,
    pub by_value: HashMap<(VocabularyId, &'a str), VocabularyEntryId>,
}

/// The controlled vocabularies, of 2.7 and of 2.8 and later, and those in `external` files.
pub fn vocabularies<'a>(
    root: Node<'a>,
    external: &'a HashMap<&'a str, Shared<'a>>,
    bundle: &mut Bundle,
    report: &mut LossReport,
) -> Vocabularies<'a> {
    let mut all =
        Vocabularies { by_name: HashMap::default(), by_cve: HashMap::default(), by_value: HashMap::default() };
    for node in root.all("CONTROLLED_VOCABULARY") {
        let name = node.get("CV_ID").unwrap_or("");
        let mut vocabulary = Vocabulary {
            id: VocabularyId::new(),
            name: name.to_owned(),
            description: node.get("DESCRIPTION").unwrap_or("").to_owned(),
            entries: Vec::new(),
            residue: Residue::default(),
        };
        let mut residue = node.attributes_except(&["CV_ID", "DESCRIPTION"]);
        let descriptions: Vec<Value> =
            node.all("DESCRIPTION").map(|d| json!({"LANG_REF": d.get("LANG_REF"), "value": d.text()})).collect();
        if let Some(text) = node.all("DESCRIPTION").map(|d| d.text()).find(|text| !text.trim().is_empty()) {
            vocabulary.description = text.to_owned();
        }
        if !descriptions.is_empty() {
            residue.insert("descriptions".into(), Value::Array(descriptions));
        }
        let outside = node.get("EXT_REF").and_then(|id| external.get(id));
        let shared = outside.and_then(|file| file.vocabulary(name));
        let entries = node.children().chain(shared.into_iter().flat_map(|node| node.children()));
        for entry in entries.filter(|c| c.complete()) {
            let id = VocabularyEntryId::new();
            let mut left = entry.attributes_except(&["CVE_ID", "DESCRIPTION"]);
            let (value, description) = match entry.name() {
                "CV_ENTRY_ML" => {
                    let values: Vec<Node> = entry.all("CVE_VALUE").collect();
                    if let Some(cve) = entry.get("CVE_ID") {
                        left.insert("id".into(), json!(cve));
                        all.by_cve.entry(cve).or_insert(id);
                    }
                    let list: Vec<Value> = values
                        .iter()
                        .map(|v| {
                            let mut value = v.attributes_except(&[]);
                            value.insert("value".into(), json!(v.text()));
                            Value::Object(value)
                        })
                        .collect();
                    if values.len() > 1 {
                        report.mapped(
                            "values of vocabulary entries in further languages",
                            values.len() - 1,
                            "kept for export to ELAN",
                        );
                    }
                    left.insert("values".into(), Value::Array(list));
                    let first = values.first();
                    (
                        first.map(|v| v.text()).unwrap_or_default(),
                        first.and_then(|v| v.get("DESCRIPTION")).unwrap_or("").to_owned(),
                    )
                }
                "CV_ENTRY" => (entry.text(), entry.get("DESCRIPTION").unwrap_or("").to_owned()),
                _ => continue,
            };
            all.by_value.entry((vocabulary.id, value)).or_insert(id);
            let mut record = VocabularyEntry { id, value: value.to_owned(), description, residue: Residue::default() };
            set(&mut record.residue, left);
            vocabulary.entries.push(record);
        }
        if let (Some(file), Some(_)) = (outside, shared) {
            residue.insert("ecv".into(), json!({"file": file.name, "digest": ecv::digest(&vocabulary)}));
        }
        set(&mut vocabulary.residue, residue);
        all.by_name.entry(name).or_insert(vocabulary.id);
        bundle.vocabularies.push(vocabulary);
    }
    all
}

/// The recordings, linked where they lie.
pub fn media(root: Node, session: SessionId, path: &Path, bundle: &mut Bundle) {
    let descriptors = root.all("HEADER").flat_map(|header| header.all("MEDIA_DESCRIPTOR"));
    for (position, node) in descriptors.enumerate() {
        let url = node.get("MEDIA_URL").unwrap_or("");
        let mut place = super::url::to_path(url);
        // A recording that moved together with its EAF is found by the relative address.
        if let Some(relative) = node.get("RELATIVE_MEDIA_URL").map(super::url::to_path)
            && !Path::new(&place).exists()
            && let Some(folder) = path.parent()
        {
            let near = folder.join(&relative);
            if !relative.is_empty() && near.is_file() {
                place = std::path::absolute(&near).unwrap_or(near).to_string_lossy().into_owned();
            }
        }
        let origin = node.get("TIME_ORIGIN").and_then(|text| time_value(text.trim(), "milliseconds"));
        let mut residue = node.attributes_except(&["MIME_TYPE", if origin.is_some() { "TIME_ORIGIN" } else { "" }]);
        residue.insert("path".into(), json!(place));
        let mut media = Media {
            id: MediaId::new(),
            session,
            path: place,
            storage: MediaStorage::Linked,
            hash: String::new(),
            size: 0,
            mime: node.get("MIME_TYPE").unwrap_or("").to_owned(),
            duration: None,
            // ELAN says where in the recording the timeline begins; we say where on the timeline the recording does.
            offset: Time::ZERO - origin.unwrap_or_default(),
            streams: Vec::new(),
            position: position as i64,
            residue: Residue::default(),
        };
        set(&mut media.residue, residue);
        bundle.media.push(media);
    }
}

/// What the document says beside tiers, media and vocabularies, on the session.
pub fn document_residue(
    root: Node,
    version: &str,
    slots: &[slots::Slot],
    spans: &[Vec<(usize, usize)>],
    session: &mut Session,
    report: &mut LossReport,
) {
    let mut residue = Map::new();
    residue.insert("attributes".into(), Value::Object(root.attributes_except(&["FORMAT", "VERSION"])));
    if !version.starts_with('3') {
        report.mapped("format version", 1, format!("EAF {version}; written back as EAF 3.0"));
    }
    let list = |nodes: Vec<Node>| -> Value {
        nodes
            .into_iter()
            .filter(|node| node.complete())
            .map(|node| {
                let mut object = node.attributes_except(&[]);
                if !node.text().trim().is_empty() {
                    object.insert("value".into(), json!(node.text()));
                }
                Value::Object(object)
            })
            .collect()
    };
    let header: Vec<Node> = root.all("HEADER").collect();
    if let Some(header) = header.first() {
        let attributes = header.attributes_except(&["TIME_UNITS"]);
        residue.insert("header".into(), Value::Object(attributes));
    }
    let in_header = |name: &'static str| header.iter().flat_map(move |h| h.all(name)).collect::<Vec<_>>();
    let lists = [
        ("linked_files", "linked files", in_header("LINKED_FILE_DESCRIPTOR")),
        (
            "properties",
            "properties",
            in_header("PROPERTY")
                .into_iter()
                .filter(|node| !matches!(node.get("NAME"), Some(UNALIGNED | MADE)))
                .collect(),
        ),
        ("licenses", "licences", root.all("LICENSE").collect()),
        ("types", "", root.all("LINGUISTIC_TYPE").collect()),
        ("locales", "locales", root.all("LOCALE").collect()),
        ("languages", "languages", root.all("LANGUAGE").collect()),
        ("constraints", "", root.all("CONSTRAINT").collect()),
        ("lexicon_refs", "links to lexicons", root.all("LEXICON_REF").collect()),
        ("external_refs", "external references", root.all("EXTERNAL_REF").collect()),
    ];
    for (key, what, nodes) in lists {
        if nodes.is_empty() {
            continue;
        }
        if !what.is_empty() {
            report.mapped(what, nodes.len(), "kept for export to ELAN");
        }
        residue.insert(key.into(), list(nodes));
    }
    let link_sets: Vec<Value> =
        root.all("REF_LINK_SET").filter(|node| node.complete()).map(|node| node.to_json()).collect();
    if !link_sets.is_empty() {
        report.mapped("sets of links between annotations", link_sets.len(), "kept for export to ELAN");
        residue.insert("link_sets".into(), Value::Array(link_sets));
    }
    // Slots that nothing uses, and the order of slots where times do not tell it.
    let used: HashSet<usize> = spans.iter().flatten().flat_map(|(a, b)| [*a, *b]).collect();
    let unused: Vec<Value> = (0..slots.len())
        .filter(|place| !used.contains(place))
        .map(|place| json!([slots[place].id, slots[place].time.map(Time::millis)]))
        .collect();
    if !unused.is_empty() {
        residue.insert("unused_slots".into(), Value::Array(unused));
    }
    if slots.iter().any(|slot| !slot.aligned) {
        residue.insert("slot_order".into(), slots.iter().map(|slot| json!(slot.id)).collect());
    }
    const KNOWN: [&str; 12] = [
        "HEADER",
        "TIME_ORDER",
        "TIER",
        "LINGUISTIC_TYPE",
        "LICENSE",
        "LOCALE",
        "LANGUAGE",
        "CONSTRAINT",
        "CONTROLLED_VOCABULARY",
        "LEXICON_REF",
        "REF_LINK_SET",
        "EXTERNAL_REF",
    ];
    other_children(root, &KNOWN, &mut residue, report);
    set(&mut session.residue, residue);
}
