//! A lexicon from a `.lift` file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde_json::{Value, json};
use uuid::Uuid;

use super::ranges;
use super::write::Writer;
use super::{
    CARRIER, NAME, NOTE, REVERSAL, entry_key, field_name, is_domain, is_environment, is_morph_type, key, sense_key,
};
use crate::domain::{
    Bundle, Example, ExampleId, Form, FormId, FormKind, Lexeme, LexemeId, LossReport, MorphKind, MultiText, RecordId,
    Relation, RelationId, Residue, Sense, SenseId, Vocabulary, VocabularyEntry, VocabularyEntryId, VocabularyId,
};
use crate::formats::language_tag::{Census, Tags};
use crate::formats::xmltree::{self, Element, Node};
use crate::formats::{Format, FormatError, ImportOptions, Imported, input};

/// Larger than any dictionary in LIFT.
const LARGEST: u64 = 1 << 30;

/// Reads a lexicon. What a file breaks off before is kept up to there, with a warning.
///
/// # Errors
/// When the file cannot be opened, is not LIFT, or breaks off before its first entry.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, Format::Lift, LARGEST)?;
    let (text, _) = input::decode(&bytes);
    let parsed = xmltree::parse(&text, "lift", Format::Lift)?;
    if let (Some(place), None) = (&parsed.broken_at, parsed.root.child("entry")) {
        return Err(FormatError::broken(Format::Lift, place.clone(), "it breaks off before the first entry"));
    }
    let mut reader = Reader {
        options,
        tags: Tags::default(),
        census: Census::default(),
        bundle: Bundle::default(),
        report: LossReport::default(),
        seen: HashSet::new(),
        raws: HashMap::new(),
        targets: HashMap::new(),
        object: String::new(),
        domain_names: HashMap::new(),
    };
    for warning in parsed.warnings {
        reader.report.warn(warning);
    }
    let version = parsed.root.get("version").unwrap_or_default();
    if !matches!(version, "0.13" | "0.12") {
        reader.report.warn(format!("the file says it is LIFT '{version}'; it was read as 0.13"));
    }
    let lexical = parsed.root.named("entry").filter_map(|e| e.child("lexical-unit"));
    if let Some(lang) = lexical.flat_map(|l| l.named("form")).find_map(|f| f.get("lang")) {
        reader.object = reader.tags.ours(lang);
    }
    let mut gone = Vec::new();
    let mut position = 0;
    for (place, element) in parsed.root.named("entry").enumerate() {
        if element.get("dateDeleted").is_some() {
            gone.push(json!({"before": place, "xml": element.to_xml()}));
            continue;
        }
        reader.entry(element, position);
        position += 1;
    }
    reader.resolve();
    reader.bundle.languages = reader.census.languages(&reader.tags, NAME);
    let header = parsed.root.child("header");
    if let Some(header) = header {
        reader.vocabularies(header);
    }
    let ranges = ranges::beside(path, header, &mut reader.report);
    reader.bundle.vocabularies.extend(ranges);
    reader.media(&parsed.root);
    reader.report.mapped("deleted entries", gone.len(), "kept aside, written back to LIFT");
    let unknown = parsed.root.children.iter().filter(|node| match node {
        Node::Element(element) => !matches!(element.name.as_str(), "header" | "entry"),
        _ => true,
    });
    reader.report.left_out("comments and unknown elements between entries", unknown.count(), "they belong to no entry");
    reader.remember();
    reader.carry(&parsed.root, gone);
    reader.count();
    Ok(Imported { bundle: reader.bundle, report: reader.report })
}

struct Reader<'a> {
    options: &'a ImportOptions,
    tags: Tags,
    census: Census,
    bundle: Bundle,
    report: LossReport,
    /// Guids that already became ids.
    seen: HashSet<Uuid>,
    /// The element each record came from.
    raws: HashMap<RecordId, &'a Element>,
    /// Records by the ids that relations use.
    targets: HashMap<String, RecordId>,
    object: String,
    domain_names: HashMap<SenseId, String>,
}

/// Text as people see it: line breaks of the file's layout become spaces.
pub(super) fn shown(element: &Element) -> String {
    let text = element.plain();
    if text.contains('\n') { text.split_whitespace().collect::<Vec<_>>().join(" ") } else { text }
}

impl<'a> Reader<'a> {
    fn lang(&mut self, element: &Element, object: bool) -> String {
        let tag = match element.get("lang").filter(|lang| !lang.is_empty()) {
            Some(lang) => self.tags.ours(lang),
            None => {
                self.report.mapped("texts without a language", 1, "taken to be in the default language");
                match (object, self.object.is_empty()) {
                    (true, false) => self.object.clone(),
                    (true, true) => self.options.object_language().to_owned(),
                    (false, _) => self.options.analysis_language().to_owned(),
                }
            }
        };
        self.census.met(&tag, object);
        tag
    }

    fn add(&mut self, into: &mut MultiText, element: &Element, object: bool) {
        let value = element.child("text").map(shown).unwrap_or_default();
        let lang = self.lang(element, object);
        match into.get(&lang) {
            Some(before) if !value.is_empty() => {
                let both = format!("{before}; {value}");
                self.report.mapped("several texts in one language", 1, "joined by ';', written apart again");
                into.set(lang, both);
            }
            _ => into.set(lang, value),
        }
    }

    /// The forms of an element, added to a text.
    fn forms(&mut self, into: &mut MultiText, element: &Element, object: bool) {
        for form in element.named("form") {
            self.add(into, form, object);
        }
    }

    fn id(&mut self, text: Option<&str>, what: &str) -> Option<Uuid> {
        let guid = Uuid::parse_str(text?).ok().filter(|guid| !guid.is_nil())?;
        if self.seen.insert(guid) {
            return Some(guid);
        }
        self.report.warn(format!("the guid {guid} stands twice in the file; the second {what} got a new id"));
        None
    }

    fn entry(&mut self, element: &'a Element, position: i64) {
        let lift_id = element.get("id").unwrap_or_default();
        let guid = element.get("guid").or_else(|| lift_id.rsplit('_').next());
        let id = self.id(guid, "entry").map_or_else(LexemeId::new, LexemeId);
        self.raws.insert(id.record(), element);
        for name in [lift_id, element.get("guid").unwrap_or_default()] {
            if !name.is_empty() {
                self.targets.entry(name.to_owned()).or_insert(id.record());
            }
        }
        let mut lexeme = Lexeme {
            id,
            form: MultiText::default(),
            citation: MultiText::default(),
            kind: MorphKind::Stem,
            homograph: element.get("order").and_then(|o| o.trim().parse().ok()).unwrap_or(0),
            category: String::new(),
            etymology: MultiText::default(),
            notes: MultiText::default(),
            fields: BTreeMap::new(),
            created: element.get("dateCreated").unwrap_or_default().to_owned(),
            modified: element.get("dateModified").unwrap_or_default().to_owned(),
            position,
            residue: Residue::default(),
        };
        if !lift_id.is_empty() {
            lexeme.residue.set(NAME, json!({"id": lift_id}));
        }
        let mut kind = None;
        let (mut forms, mut senses, mut relations) = (0, 0, 0);
        for child in element.elements() {
            match child.name.as_str() {
                "lexical-unit" => self.forms(&mut lexeme.form, child, true),
                "citation" => self.forms(&mut lexeme.citation, child, true),
                "etymology" => self.forms(&mut lexeme.etymology, child, true),
                "note" | "field" => self.field(&mut lexeme.notes, &mut lexeme.fields, child),
                "trait" if is_morph_type(child.get("name").unwrap_or_default()) => {
                    let name = child.get("value").unwrap_or_default();
                    kind = MorphKind::from_name(name);
                    if kind.is_none() {
                        self.report.mapped(format!("morph type '{name}'"), 1, "unknown; told from the form's marks");
                    }
                }
                "variant" | "pronunciation" => {
                    self.form(child, id, forms);
                    forms += 1;
                }
                "sense" => {
                    self.sense(child, id, None, senses);
                    senses += 1;
                }
                "relation" => {
                    self.relation(child, id.record(), relations);
                    relations += 1;
                }
                _ => {}
            }
        }
        lexeme.kind = kind.unwrap_or_else(|| MorphKind::from_marks(lexeme.form.first().unwrap_or_default()));
        let (before, after) = lexeme.kind.marks();
        for text in [&mut lexeme.form, &mut lexeme.citation] {
            *text = text.iter().map(|(lang, form)| (lang.to_owned(), bare(form, before, after).to_owned())).collect();
        }
        self.bundle.lexemes.push(lexeme);
    }

    /// A note or custom field of an entry or a sense.
    fn field(&mut self, notes: &mut MultiText, fields: &mut BTreeMap<String, MultiText>, element: &Element) {
        let kind = if element.name == "note" { element.get("type").unwrap_or_default() } else { field_name(element) };
        let name = match (element.name.as_str(), kind) {
            ("note", "") => return self.forms(notes, element, false),
            ("note", kind) => format!("{NOTE}{kind}"),
            (_, kind) => kind.to_owned(),
        };
        if name.is_empty() {
            return;
        }
        let mut text = fields.remove(&name).unwrap_or_default();
        self.forms(&mut text, element, false);
        if !text.is_empty() {
            fields.insert(name, text);
        }
    }

    fn form(&mut self, element: &'a Element, lexeme: LexemeId, position: i64) {
        let mut form = Form {
            id: FormId::new(),
            lexeme,
            position,
            kind: FormKind::Pronunciation,
            form: MultiText::default(),
            environment: String::new(),
            residue: Residue::default(),
        };
        self.raws.insert(form.id.record(), element);
        self.forms(&mut form.form, element, true);
        let named = |name: &str| element.named("trait").any(|t| t.get("name").is_some_and(|n| n.starts_with(name)));
        if element.name == "variant" {
            form.kind = if named("paradigm") {
                FormKind::Inflected
            } else if named("dialect") || element.get("ref").is_some() {
                FormKind::Variant
            } else {
                FormKind::Allomorph
            };
        }
        let environments = element.named("trait").filter(|t| t.get("name").is_some_and(is_environment));
        form.environment = environments.filter_map(|t| t.get("value")).collect::<Vec<_>>().join("; ");
        self.bundle.forms.push(form);
    }

    fn sense(&mut self, element: &'a Element, lexeme: LexemeId, parent: Option<SenseId>, position: i64) {
        let lift_id = element.get("id").unwrap_or_default();
        // FLEx writes a bare uuid, others put the gloss before it.
        let guid = Some(lift_id.rsplit('_').next().unwrap_or_default());
        let id = self.id(guid, "sense").map_or_else(SenseId::new, SenseId);
        self.raws.insert(id.record(), element);
        let mut sense = Sense {
            id,
            lexeme,
            parent,
            position,
            gloss: MultiText::default(),
            definition: MultiText::default(),
            category: String::new(),
            domains: Vec::new(),
            scientific_name: String::new(),
            notes: MultiText::default(),
            fields: BTreeMap::new(),
            residue: Residue::default(),
        };
        if !lift_id.is_empty() {
            self.targets.entry(lift_id.to_owned()).or_insert(id.record());
            if lift_id != id.to_string() {
                sense.residue.set(NAME, json!({"id": lift_id}));
            }
        }
        let (mut subsenses, mut examples, mut relations) = (0, 0, 0);
        for child in element.elements() {
            match child.name.as_str() {
                "gloss" => self.add(&mut sense.gloss, child, false),
                "definition" => self.forms(&mut sense.definition, child, false),
                "grammatical-info" if sense.category.is_empty() => {
                    child.get("value").unwrap_or_default().clone_into(&mut sense.category);
                }
                "field" if field_name(child) == "scientific-name" || field_name(child) == "scientific_name" => {
                    let mut name = MultiText::default();
                    self.forms(&mut name, child, false);
                    name.first().unwrap_or_default().clone_into(&mut sense.scientific_name);
                }
                "note" | "field" => self.field(&mut sense.notes, &mut sense.fields, child),
                "reversal" => {
                    let mut text = sense.fields.remove(REVERSAL).unwrap_or_default();
                    self.forms(&mut text, child, false);
                    if !text.is_empty() {
                        sense.fields.insert(REVERSAL.to_owned(), text);
                    }
                }
                "trait" if is_domain(child.get("name").unwrap_or_default()) => {
                    if let Some(value) = child.get("value").filter(|v| !v.is_empty()) {
                        sense.domains.push(value.to_owned());
                        self.domain_names.entry(id).or_insert_with(|| child.get("name").unwrap_or_default().to_owned());
                    }
                }
                "example" => {
                    self.example(child, id, examples);
                    examples += 1;
                }
                "relation" => {
                    self.relation(child, id.record(), relations);
                    relations += 1;
                }
                "subsense" => {
                    self.sense(child, lexeme, Some(id), subsenses);
                    subsenses += 1;
                }
                _ => {}
            }
        }
        self.bundle.senses.push(sense);
    }

    fn example(&mut self, element: &'a Element, sense: SenseId, position: i64) {
        let mut example = Example {
            id: ExampleId::new(),
            sense,
            position,
            text: MultiText::default(),
            translation: MultiText::default(),
            source: element.get("source").unwrap_or_default().to_owned(),
            annotation: None,
            residue: Residue::default(),
        };
        self.raws.insert(example.id.record(), element);
        self.forms(&mut example.text, element, true);
        for translation in element.named("translation") {
            self.forms(&mut example.translation, translation, false);
        }
        self.bundle.examples.push(example);
    }

    fn relation(&mut self, element: &'a Element, source: RecordId, position: i64) {
        let relation = Relation {
            id: RelationId::new(),
            kind: element.get("type").unwrap_or_default().to_owned(),
            source,
            target: None,
            target_text: element.get("ref").unwrap_or_default().to_owned(),
            position,
            residue: Residue::default(),
        };
        self.raws.insert(relation.id.record(), element);
        self.bundle.relations.push(relation);
    }

    /// Ties relations to what they name, once everything is read.
    fn resolve(&mut self) {
        let mut lost = 0;
        for relation in &mut self.bundle.relations {
            relation.target = self.targets.get(&relation.target_text).copied();
            lost += usize::from(relation.target.is_none() && !relation.target_text.is_empty());
        }
        self.report.mapped("relations to entries that are not in the file", lost, "kept by name");
    }

    /// Value lists that stand in the header itself.
    fn vocabularies(&mut self, header: &Element) {
        for range in header.named("ranges").flat_map(|r| r.named("range")) {
            let entries: Vec<_> = range.named("range-element").collect();
            if entries.is_empty() {
                continue;
            }
            let text = |element: &Element, name: &str| {
                element
                    .child(name)
                    .and_then(|e| e.child("form"))
                    .and_then(|f| f.child("text"))
                    .map(shown)
                    .unwrap_or_default()
            };
            let mut residue = Residue::default();
            residue.set(NAME, json!({"in_header": true}));
            let vocabulary = Vocabulary {
                id: VocabularyId::new(),
                name: range.get("id").unwrap_or_default().to_owned(),
                description: text(range, "description"),
                entries: entries
                    .into_iter()
                    .map(|entry| VocabularyEntry {
                        id: VocabularyEntryId::new(),
                        value: entry.get("id").unwrap_or_default().to_owned(),
                        description: [text(entry, "label"), text(entry, "description")]
                            .into_iter()
                            .filter(|t| !t.is_empty())
                            .collect::<Vec<_>>()
                            .join(": "),
                        residue: Residue::default(),
                    })
                    .collect(),
                residue,
            };
            self.bundle.vocabularies.push(vocabulary);
        }
    }

    /// Gives every record the memory of what the canonical writing would lose.
    fn remember(&mut self) {
        for sense in &mut self.bundle.senses {
            if let Some(name) = self.domain_names.get(&sense.id).filter(|name| *name != super::DOMAIN) {
                let mut left = sense.residue.get(NAME).cloned().unwrap_or_else(|| json!({}));
                left["domain"] = json!(name);
                sense.residue.set(NAME, left);
            }
        }
        let copy = self.bundle.clone();
        let index = copy.index();
        let writer = Writer::new(&copy, &index);
        let raws = &self.raws;
        let mut odd = 0;
        let mut put = |residue: &mut Residue, id: RecordId, now: Element, key: xmltree::KeyOf| {
            let memory = raws.get(&id).map_or(Value::Null, |raw| xmltree::remember(raw, &now, key));
            if !memory.is_null() {
                odd += 1;
                let mut left = residue.get(NAME).cloned().unwrap_or_else(|| json!({}));
                left["memory"] = memory;
                residue.set(NAME, left);
            }
        };
        for (new, old) in self.bundle.lexemes.iter_mut().zip(&copy.lexemes) {
            put(&mut new.residue, old.id.record(), writer.entry(old), &entry_key);
        }
        for (new, old) in self.bundle.senses.iter_mut().zip(&copy.senses) {
            put(&mut new.residue, old.id.record(), writer.sense(old), &sense_key);
        }
        for (new, old) in self.bundle.forms.iter_mut().zip(&copy.forms) {
            put(&mut new.residue, old.id.record(), writer.form(old), &key);
        }
        for (new, old) in self.bundle.examples.iter_mut().zip(&copy.examples) {
            put(&mut new.residue, old.id.record(), writer.example(old), &key);
        }
        for (new, old) in self.bundle.relations.iter_mut().zip(&copy.relations) {
            put(&mut new.residue, old.id.record(), writer.relation(old), &key);
        }
        self.report.mapped("records with more than the model holds", odd, "kept aside, written back to LIFT");
    }

    /// Names the pictures and sounds that entries refer to.
    fn media(&mut self, root: &Element) {
        let mut names: Vec<&str> = Vec::new();
        let mut stack: Vec<&Element> = vec![root];
        while let Some(element) = stack.pop() {
            if matches!(element.name.as_str(), "illustration" | "media") {
                names.extend(element.get("href").filter(|href| !href.is_empty()));
            }
            stack.extend(element.elements());
        }
        let count = names.len();
        names.reverse();
        names.truncate(10);
        let more = if count > names.len() { ", …" } else { "" };
        let why = format!("kept by name and written back, the files stay where they are: {}{more}", names.join(", "));
        self.report.mapped("pictures and sounds", count, why);
    }

    /// The header and what belongs to no entry travel on a vocabulary of their own.
    fn carry(&mut self, root: &Element, gone: Vec<Value>) {
        let mut left = json!({"producer": root.get("producer"), "version": root.get("version")});
        if let Some(header) = root.child("header") {
            left["header"] = json!(header.to_xml());
        }
        if !gone.is_empty() {
            left["gone"] = json!(gone);
        }
        // A file that says nothing beyond who made it has its maker with the first entry.
        if left.get("header").is_none() && left.get("gone").is_none() {
            if let Some(lexeme) = self.bundle.lexemes.first_mut() {
                let mut all = lexeme.residue.get(NAME).cloned().unwrap_or_else(|| json!({}));
                all["file"] = left;
                lexeme.residue.set(NAME, all);
            }
            return;
        }
        let mut residue = Residue::default();
        residue.set(NAME, json!({"file": left}));
        self.bundle.vocabularies.push(Vocabulary {
            id: VocabularyId::new(),
            name: CARRIER.to_owned(),
            description: "What the LIFT file says about itself: header and deleted entries".to_owned(),
            entries: Vec::new(),
            residue,
        });
    }

    fn count(&mut self) {
        let counts = [
            ("entries", self.bundle.lexemes.len()),
            ("senses", self.bundle.senses.len()),
            ("examples", self.bundle.examples.len()),
            ("variants and pronunciations", self.bundle.forms.len()),
            ("relations", self.bundle.relations.len()),
            ("value lists", self.bundle.vocabularies.iter().filter(|v| v.name != CARRIER).count()),
            ("languages", self.bundle.languages.len()),
        ];
        for (what, count) in counts {
            self.report.kept(what, count);
        }
    }
}

/// A form without the marks of its kind, where it has them all.
fn bare<'t>(form: &'t str, before: &str, after: &str) -> &'t str {
    match form.strip_prefix(before).and_then(|f| f.strip_suffix(after)) {
        Some(bare) if !bare.is_empty() => bare,
        _ => form,
    }
}
