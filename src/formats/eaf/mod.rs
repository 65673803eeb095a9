//! ELAN: EAF 2.7 to 3.0 (older ones as far as they go) and ETF templates in, EAF 3.0 out; a path that ends in
//! `.etf` gets a template: tiers, types and vocabularies without annotations.
//!
//! Spec: `EAFv3.0.xsd` and the EAF manual of the MPI for Psycholinguistics. Times are milliseconds; ours are
//! nanoseconds and are rounded to the nearest millisecond on export, which the report counts.
//!
//! Residue under `"eaf"`:
//! - session: `attributes`, `header`, `properties`, `linked_files`, `licenses`, `types`, `locales`, `languages`,
//!   `constraints`, `lexicon_refs`, `external_refs` (objects of attributes, text under `value`), `link_sets`,
//!   `unused_slots`, `slot_order` (when some slot is not aligned), `preferences` (the `.pfsx` beside the file),
//!   `external_vocabularies` (the `.ecv` files beside it, by name), `time_series` (name and text of the configuration of
//!   curves beside it), `other`;
//! - media: the addresses as written, and under `path` what they were read as;
//! - tier: `language_assumed`, when the file names none;
//! - tier, vocabulary, entry: attributes that are not fields; further languages of an entry under `values`;
//! - vocabulary whose entries stand in an `.ecv`: `ecv`, the file's name and a digest of its entries;
//! - annotation: `id`, `slots`, `unaligned` (times shown at the ends that are not aligned), attributes.

mod curves;
mod ecv;
mod files;
mod ids;
mod link;
mod names;
mod order;
mod parts;
mod plan;
mod read;
mod slots;
mod template;
mod tree;
mod url;
mod write;
mod write_types;

pub use files::{write, write_with_curves};
pub use read::read;

pub(super) use names::{language_by_role, language_tag, role};
pub(super) use order::{by_tier, parents_first};
pub(super) use read::new_session;
pub(super) use url::{from_path, to_path};

/// Hash maps over ids of a file: quick, and seeded at random so that no file can slow them down.
type HashMap<K, V> = std::collections::HashMap<K, V, hashbrown::DefaultHashBuilder>;
type HashSet<K> = std::collections::HashSet<K, hashbrown::DefaultHashBuilder>;

/// The format's name in residues.
const NAME: &str = "eaf";
/// Largest file that is read, in bytes: ten times the largest seen.
const LIMIT: u64 = 256 << 20;
/// Key in a tier's residue: the language that whoever imported it assumed, since the file says none.
const LANGUAGE_ASSUMED: &str = "language_assumed";
/// Header property that names annotations without times, and the places that export gave them.
const UNALIGNED: &str = "fieldgloss:unaligned";
/// Property of our own: which tiers were made of what, as a JSON object of their names.
const MADE: &str = "fieldgloss:made";
