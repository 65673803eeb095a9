//! External controlled vocabularies: `.ecv` files beside an EAF, which several files share.
//!
//! Their entries become those of the vocabulary that points at them. While nobody edits them the EAF points at its
//! `.ecv` again; a vocabulary that was edited goes into the EAF itself, since the shared file is not ours to change.

use std::path::Path;

use serde_json::{Value, json};

use super::tree::{self, Document, Node};
use super::{HashMap, url};
use crate::domain::{LossReport, Vocabulary};
use crate::formats::{Format, input};

/// Largest `.ecv` that is read, in bytes.
const LIMIT: u64 = 16 << 20;
/// Largest that is kept whole, to be written beside an EAF somewhere else.
const KEPT: usize = 1 << 20;

/// A file that was found.
pub struct External {
    pub file: String,
    pub text: String,
}

/// Such a file, read.
pub struct Shared<'a> {
    /// Of the file.
    pub name: &'a str,
    document: Document<'a>,
}

impl<'a> Shared<'a> {
    /// The vocabulary of that name in it.
    pub fn vocabulary(&'a self, name: &str) -> Option<Node<'a>> {
        self.document.root()?.all("CONTROLLED_VOCABULARY").find(|node| node.get("CV_ID") == Some(name))
    }
}

/// The file a reference means: only its name counts, since it is looked for beside the EAF and nowhere else.
fn file_name(value: &str) -> Option<String> {
    let path = url::to_path(value);
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    (name.to_lowercase().ends_with(".ecv") && !name.starts_with('.')).then(|| name.to_owned())
}

/// The files that a document refers to, by the id of the reference.
pub fn beside(root: Node, path: &Path, report: &mut LossReport) -> HashMap<String, External> {
    let mut found = HashMap::default();
    for reference in root.all("EXTERNAL_REF").filter(|node| node.get("TYPE") == Some("ecv")) {
        let (Some(id), Some(file)) = (reference.get("EXT_REF_ID"), reference.get("VALUE").and_then(file_name)) else {
            continue;
        };
        let place = path.with_file_name(&file);
        if !place.is_file() {
            let why = format!("{file} does not lie beside the file, so its entries are not known; references are kept");
            report.mapped("external vocabularies", 1, why);
            continue;
        }
        let text = match input::bytes(&place, Format::Eaf, LIMIT) {
            Ok(bytes) => input::decode(&bytes).0,
            Err(error) => {
                report.warn(format!("the vocabularies in {file} were not read: {error}"));
                continue;
            }
        };
        if tree::parse(&text).root().is_some_and(|root| root.name() == "CV_RESOURCE") {
            report.kept("external vocabulary files", 1);
            found.insert(id.to_owned(), External { file, text });
        } else {
            report.warn(format!("{file} holds no vocabularies; it was not read"));
        }
    }
    found
}

/// The files, read.
pub fn open(external: &HashMap<String, External>) -> HashMap<&str, Shared<'_>> {
    external
        .iter()
        .map(|(id, file)| (id.as_str(), Shared { name: &file.file, document: tree::parse(&file.text) }))
        .collect()
}

/// What the session keeps of the files: each whole, unless it is very large.
pub fn keep(external: &HashMap<String, External>, report: &mut LossReport) -> Value {
    let mut files = serde_json::Map::new();
    for external in external.values() {
        if external.text.len() <= KEPT {
            files.insert(external.file.clone(), json!(external.text));
        } else {
            let why = format!("{} is too large to be kept whole; it stays where it is", external.file);
            report.mapped("external vocabulary files", 1, why);
        }
    }
    if files.is_empty() { Value::Null } else { Value::Object(files) }
}

/// A digest of a vocabulary's entries, to see whether somebody edited them.
pub fn digest(vocabulary: &Vocabulary) -> String {
    let mut hasher = blake3::Hasher::new();
    for entry in &vocabulary.entries {
        for text in [&entry.value, &entry.description] {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
    }
    hasher.finalize().to_hex().to_string()
}
