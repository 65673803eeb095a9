//! A lexicon to a `.lift` file (LIFT 0.13).

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use super::ranges;
use super::{DOMAIN, NAME, NOTE, REVERSAL, entry_key, key, sense_key};
use crate::domain::bundle::BundleIndex;
use crate::domain::{
    Bundle, Example, Form, FormKind, Lexeme, LossReport, MultiText, RecordId, Relation, Residue, Sense,
};
use crate::formats::language_tag::Tags;
use crate::formats::xmltree::{self, Element, Node};
use crate::formats::{FormatError, input};

/// Writes the lexicon of a bundle, entries in their order.
///
/// # Errors
/// When the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let index = bundle.index();
    let writer = Writer::new(bundle, &index);
    let carried = bundle.vocabularies.iter().map(|v| &v.residue).chain(bundle.lexemes.iter().map(|l| &l.residue));
    let file = carried.filter_map(|r| r.get(NAME)).find_map(|left| left.get("file"));
    let said = |name: &str| file.and_then(|f| f.get(name)).and_then(Value::as_str);
    let mut root = Element::new("lift");
    root = root.with("producer", said("producer").unwrap_or("Fieldgloss")).with("version", "0.13");
    let tag = root.to_xml();
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}>\n", tag.trim_end_matches("/>"));
    if let Some(mut header) = said("header").and_then(xmltree::from_residue) {
        ranges::point(&mut header, path, bundle);
        header.write(&mut out, 1);
    }
    let gone = file.and_then(|f| f.get("gone")).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut gone = gone.iter().peekable();
    let mut lexemes: Vec<&Lexeme> = bundle.lexemes.iter().collect();
    lexemes.sort_by_key(|l| (l.position, l.id));
    let mut place = 0;
    for lexeme in lexemes {
        while let Some(deleted) =
            gone.next_if(|g| g.get("before").and_then(Value::as_u64).is_some_and(|at| at <= place))
        {
            write_deleted(deleted, &mut out);
            place += 1;
        }
        writer.whole_entry(lexeme).write(&mut out, 1);
        place += 1;
    }
    for deleted in gone {
        write_deleted(deleted, &mut out);
    }
    out.push_str("</lift>\n");
    input::write_atomic(path, out.as_bytes())?;
    let mut report = writer.report();
    ranges::write(path, bundle, &mut report)?;
    Ok(report)
}

fn write_deleted(deleted: &Value, out: &mut String) {
    if let Some(element) = deleted.get("xml").and_then(Value::as_str).and_then(xmltree::from_residue) {
        element.write(out, 1);
    }
}

/// Makes elements of records. The reader uses it too, to know what would come out.
pub(super) struct Writer<'a> {
    bundle: &'a Bundle,
    index: &'a BundleIndex<'a>,
    tags: Tags,
    /// The ids that relations use.
    ids: HashMap<RecordId, String>,
    relations: HashMap<RecordId, Vec<&'a Relation>>,
    /// The entry's part of speech, for senses that do not say their own.
    categories: HashMap<RecordId, &'a str>,
}

fn left<'r>(residue: &'r Residue, name: &str) -> Option<&'r Value> {
    residue.get(NAME).and_then(|left| left.get(name))
}

fn marked(lexeme: &Lexeme, text: &MultiText) -> MultiText {
    let (before, after) = lexeme.kind.marks();
    let mark = |form: &str| {
        let has = form.starts_with(before) && form.ends_with(after) && form.len() > before.len() + after.len();
        if has && !(before.is_empty() && after.is_empty()) { form.to_owned() } else { format!("{before}{form}{after}") }
    };
    text.iter().map(|(tag, form)| (tag.to_owned(), mark(form))).collect()
}

impl<'a> Writer<'a> {
    pub fn new(bundle: &'a Bundle, index: &'a BundleIndex<'a>) -> Self {
        let mut ids = HashMap::new();
        for lexeme in &bundle.lexemes {
            let said = left(&lexeme.residue, "id").and_then(Value::as_str).map(str::to_owned);
            let own = || format!("{}_{}", lexeme.form.first().unwrap_or_default(), lexeme.id);
            ids.insert(lexeme.id.record(), said.unwrap_or_else(own));
        }
        for sense in &bundle.senses {
            let said = left(&sense.residue, "id").and_then(Value::as_str).map(str::to_owned);
            ids.insert(sense.id.record(), said.unwrap_or_else(|| sense.id.to_string()));
        }
        let mut relations: HashMap<RecordId, Vec<&Relation>> = HashMap::new();
        for relation in &bundle.relations {
            relations.entry(relation.source).or_default().push(relation);
        }
        for group in relations.values_mut() {
            group.sort_by_key(|r| (r.position, r.id));
        }
        Self {
            bundle,
            index,
            tags: Tags::remembered(&bundle.languages, NAME),
            ids,
            relations,
            categories: bundle.lexemes.iter().map(|l| (l.id.record(), l.category.as_str())).collect(),
        }
    }

    fn forms(&self, element: &mut Element, name: &str, text: &MultiText) {
        for (lang, text) in text.iter() {
            let mut form = Element::new(name).with("lang", self.tags.theirs(lang));
            form.push(Element::new("text").text(text));
            element.push(form);
        }
    }
    fn multi(&self, element: &mut Element, mut child: Element, text: &MultiText) {
        if !text.is_empty() {
            self.forms(&mut child, "form", text);
            element.push(child);
        }
    }
    fn fields(&self, element: &mut Element, fields: &std::collections::BTreeMap<String, MultiText>) {
        for (name, text) in fields.iter().filter(|(name, _)| name.as_str() != REVERSAL) {
            let child = match name.strip_prefix(NOTE) {
                Some(kind) => Element::new("note").with("type", kind),
                None => Element::new("field").with("type", name),
            };
            self.multi(element, child, text);
        }
    }
    fn relation_count(&self, id: RecordId) -> usize {
        self.relations.get(&id).map_or(0, Vec::len)
    }

    /// An entry, its senses, forms and relations emptied.
    pub fn entry(&self, lexeme: &Lexeme) -> Element {
        let mut element = Element::new("entry");
        for (name, value) in [("dateCreated", &lexeme.created), ("dateModified", &lexeme.modified)] {
            if !value.is_empty() {
                element = element.with(name, value);
            }
        }
        let id = self.ids.get(&lexeme.id.record()).cloned().unwrap_or_default();
        element = element.with("id", id).with("guid", lexeme.id.to_string());
        if lexeme.homograph > 0 {
            element = element.with("order", lexeme.homograph.to_string());
        }
        self.multi(&mut element, Element::new("lexical-unit"), &marked(lexeme, &lexeme.form));
        self.multi(&mut element, Element::new("citation"), &marked(lexeme, &lexeme.citation));
        element.push(Element::new("trait").with("name", "morph-type").with("value", lexeme.kind.name()));
        for form in self.index.forms_of_lexeme.get(&lexeme.id).into_iter().flatten() {
            element.push(Element::new(form_name(form)));
        }
        self.multi(&mut element, Element::new("etymology").with("type", "").with("source", ""), &lexeme.etymology);
        self.multi(&mut element, Element::new("note"), &lexeme.notes);
        self.fields(&mut element, &lexeme.fields);
        for _ in 0..self.relation_count(lexeme.id.record()) {
            element.push(Element::new("relation"));
        }
        for _ in self.index.senses_of_lexeme.get(&lexeme.id).into_iter().flatten() {
            element.push(Element::new("sense"));
        }
        element
    }

    /// A sense, its subsenses, examples and relations emptied.
    pub fn sense(&self, sense: &Sense) -> Element {
        let mut element = Element::new(if sense.parent.is_some() { "subsense" } else { "sense" });
        element = element.with("id", self.ids.get(&sense.id.record()).cloned().unwrap_or_default());
        let entrys = self.categories.get(&sense.lexeme.record()).copied().unwrap_or_default();
        let category = if sense.category.is_empty() { entrys } else { &sense.category };
        if !category.is_empty() {
            element.push(Element::new("grammatical-info").with("value", category));
        }
        self.forms(&mut element, "gloss", &sense.gloss);
        self.multi(&mut element, Element::new("definition"), &sense.definition);
        let domain = left(&sense.residue, "domain").and_then(Value::as_str).unwrap_or(DOMAIN);
        for value in &sense.domains {
            element.push(Element::new("trait").with("name", domain).with("value", value));
        }
        for _ in self.index.examples_of_sense.get(&sense.id).into_iter().flatten() {
            element.push(Element::new("example"));
        }
        for _ in 0..self.relation_count(sense.id.record()) {
            element.push(Element::new("relation"));
        }
        if let Some(reversal) = sense.fields.get(REVERSAL) {
            self.multi(&mut element, Element::new("reversal"), reversal);
        }
        self.multi(&mut element, Element::new("note"), &sense.notes);
        if !sense.scientific_name.is_empty() {
            let name = MultiText::of("en", &sense.scientific_name);
            self.multi(&mut element, Element::new("field").with("type", "scientific-name"), &name);
        }
        self.fields(&mut element, &sense.fields);
        for _ in self.index.subsenses.get(&sense.id).into_iter().flatten() {
            element.push(Element::new("subsense"));
        }
        element
    }

    /// A variant or pronunciation.
    pub fn form(&self, form: &Form) -> Element {
        let mut element = Element::new(form_name(form));
        self.forms(&mut element, "form", &form.form);
        if !form.environment.is_empty() {
            let name = match form.kind {
                FormKind::Inflected => "paradigm",
                FormKind::Variant => "dialect",
                _ => "environment",
            };
            element.push(Element::new("trait").with("name", name).with("value", &form.environment));
        }
        element
    }

    /// An example with its translation.
    pub fn example(&self, example: &Example) -> Element {
        let mut element = Element::new("example");
        if !example.source.is_empty() {
            element = element.with("source", &example.source);
        }
        self.forms(&mut element, "form", &example.text);
        self.multi(&mut element, Element::new("translation"), &example.translation);
        element
    }

    /// A relation; a target that is in the lexicon by its id, another as the source wrote it.
    pub fn relation(&self, relation: &Relation) -> Element {
        let target = relation.target.and_then(|id| self.ids.get(&id)).unwrap_or(&relation.target_text);
        // The source's own way to name the target stays, as long as it is the same target.
        let target = match relation.target {
            Some(id) if relation.target_text == id.to_string() => &relation.target_text,
            _ => target,
        };
        Element::new("relation").with("type", &relation.kind).with("ref", target)
    }

    fn recall(&self, residue: &Residue, now: Element, key: xmltree::KeyOf) -> Element {
        xmltree::recall(left(residue, "memory"), now, key)
    }

    fn whole_entry(&self, lexeme: &Lexeme) -> Element {
        let mut entry = self.recall(&lexeme.residue, self.entry(lexeme), &entry_key);
        let forms = self.index.forms_of_lexeme.get(&lexeme.id).map(Vec::as_slice).unwrap_or_default();
        let of = |name: &'static str| forms.iter().filter(move |f| form_name(f) == name);
        let (mut variants, mut pronunciations) = (of("variant"), of("pronunciation"));
        let mut senses = self.index.senses_of_lexeme.get(&lexeme.id).into_iter().flatten();
        let mut relations = self.relations.get(&lexeme.id.record()).into_iter().flatten();
        for child in entry.children.iter_mut() {
            let Node::Element(child) = child else { continue };
            let whole = match child.name.as_str() {
                "variant" => variants.next().map(|f| self.recall(&f.residue, self.form(f), &key)),
                "pronunciation" => pronunciations.next().map(|f| self.recall(&f.residue, self.form(f), &key)),
                "sense" => senses.next().map(|s| self.whole_sense(s, 0)),
                "relation" => relations.next().map(|r| self.recall(&r.residue, self.relation(r), &key)),
                _ => None,
            };
            if let Some(whole) = whole {
                *child = whole;
            }
        }
        entry
    }

    fn whole_sense(&self, sense: &Sense, depth: usize) -> Element {
        let mut element = self.recall(&sense.residue, self.sense(sense), &sense_key);
        let mut examples = self.index.examples_of_sense.get(&sense.id).into_iter().flatten();
        let mut relations = self.relations.get(&sense.id.record()).into_iter().flatten();
        let mut subsenses = self.index.subsenses.get(&sense.id).into_iter().flatten();
        for child in element.children.iter_mut() {
            let Node::Element(child) = child else { continue };
            let whole = match child.name.as_str() {
                "example" => examples.next().map(|e| self.recall(&e.residue, self.example(e), &key)),
                "relation" => relations.next().map(|r| self.recall(&r.residue, self.relation(r), &key)),
                // Files are not nested deeper; a sense that is its own ancestor would be.
                "subsense" if depth < 120 => subsenses.next().map(|s| self.whole_sense(s, depth + 1)),
                _ => None,
            };
            if let Some(whole) = whole {
                *child = whole;
            }
        }
        element
    }

    fn report(&self) -> LossReport {
        let mut report = LossReport::default();
        report.kept("entries", self.bundle.lexemes.len());
        report.kept("senses", self.bundle.senses.len());
        report.kept("examples", self.bundle.examples.len());
        report.kept("variants and pronunciations", self.bundle.forms.len());
        report.kept("relations", self.bundle.relations.len());
        report.left_out("texts", self.bundle.sessions.len(), "LIFT is for lexicons; write flextext for texts");
        report.left_out("external links", self.bundle.links.len(), "LIFT has no place for them; write RDF");
        let sfm = self.bundle.lexemes.iter().filter(|l| l.residue.get("sfm").is_some()).count();
        report.left_out("entries' fields that only SFM has", sfm, "kept in the project, written back to SFM");
        let orphans = self.bundle.senses.iter().filter(|s| !self.categories.contains_key(&s.lexeme.record())).count();
        report.left_out("senses without their entry", orphans, "their entry is not in what is written");
        report
    }
}

fn form_name(form: &Form) -> &'static str {
    if form.kind == FormKind::Pronunciation { "pronunciation" } else { "variant" }
}
