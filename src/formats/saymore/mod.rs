//! SayMore and lameta: the metadata of sessions, people and a project, one small XML file each, in a project folder.
//!
//! No specification is published; the shape is that of SayMore 3 and lameta 3 files:
//! `NAME/NAME.sprj`, `NAME/Sessions/ID/ID.session`, `NAME/People/NAME/NAME.person`, media beside the session with a
//! `FILE.meta` each, ELAN's annotations in `FILE.annotations.eaf`.
//!
//! Mapped: of a session title, date, location, genre, synopsis (or `description`), access, participants and
//! contributions with their roles; of a person name, code, languages, description; of a project title, description
//! and languages. Texts in several languages stand as lameta has them, `[[en]]…[[es]]…`. Consent, and who may see a
//! person, have no field there: they are custom fields (`consent_given`, `consent_manner`, `consent_date`,
//! `consent_conditions`, `access`).
//!
//! Residue under `"saymore"`:
//! - session, person, project: `memory`, the element as read, where it says more than the fields above (types,
//!   custom fields, comments, fields of SayMore's own);
//! - session: `meta`, the `.meta` files beside its media, whole; `eaf`, the name of its annotation file;
//! - person: `file`, the name of its file; `mentioned`, where there is none and a session only names the person.
//!
//! An unedited file comes back with the same elements, attributes, comments and texts in the same order; white space
//! between elements is not kept (two blanks a level), and an element with nothing but white space is empty.

mod fields;
mod folder;
mod read;
mod records;
mod write;

pub use read::read;
pub use write::write;

pub(super) use folder::is_project;
pub(super) use records::field;

use std::path::Path;

use super::xmltree::{self, Element};
use super::{Format, FormatError, input};

/// The name residue goes by.
const NAME: &str = "saymore";
/// Largest metadata file that is read, in bytes.
const LIMIT: u64 = 16 << 20;

/// Parses a metadata file; `roots` are the names its root may have.
fn parse(path: &Path, roots: &[&str]) -> Result<xmltree::Parsed, FormatError> {
    let bytes = input::bytes(path, Format::SayMore, LIMIT)?;
    let (text, _) = input::decode(&bytes);
    let mut result = Err(FormatError::broken(Format::SayMore, "the start", "no element is expected"));
    for root in roots {
        result = xmltree::parse(&text, root, Format::SayMore);
        if result.is_ok() {
            break;
        }
    }
    result
}

/// What an element is to the merge: SayMore and lameta spell the same field with and without a capital.
fn key(element: &Element) -> Option<String> {
    let name = element.name.to_ascii_lowercase();
    let text = |child: &str| element.child(child).map(|c| c.plain().trim().to_owned()).unwrap_or_default();
    match name.as_str() {
        "title"
        | "participants"
        | "genre"
        | "access"
        | "location"
        | "date"
        | "contributions"
        | "name"
        | "role"
        | "code"
        | "languages"
        | "customfields"
        | "projectdescription"
        | "vernaculariso3codeandname"
        | "analysisiso3codeandname"
        | "collectionsubjectlanguages"
        | "collectionworkinglanguages" => Some(name),
        "description" | "synopsis" => Some("description".to_owned()),
        "contributor" => Some(format!("contributor:{}:{}", text("name"), text("role"))),
        "language" => Some(format!("language:{}", element.get("tag").unwrap_or_default())),
        _ if name.starts_with("consent_") => Some(name),
        _ => None,
    }
}
