//! The lexicon as OntoLex-Lemon: entries with forms, senses and concepts; their order as lexicog; how often and
//! where they occur as FrAC.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::graph::{Graph, Node};
use super::lexinfo;
use super::links::Links;
use super::names::{dct, dwc, frac, lexicog, lexinfo as lexinfo_name, lime, morph, ontolex, rdf, rdfs, skos, void};
use super::privacy::Published;
use super::relations;
use super::texts::{Frequencies, default_tag, describe_language, describe_project};
use crate::domain::bundle::BundleIndex;
use crate::domain::{
    AnnotationId, Bundle, Form, FormKind, LanguageRole, Lexeme, LexemeId, Morph, MorphKind, MultiText, Sense, SenseId,
    Session,
};

/// The entries that are written, and what the texts say of them.
pub(super) struct Lexicon<'a> {
    pub(super) bundle: &'a Bundle,
    index: BundleIndex<'a>,
    entries: HashSet<LexemeId>,
    annotations: HashSet<AnnotationId>,
    /// Top senses of each entry, in order.
    roots: HashMap<LexemeId, Vec<&'a Sense>>,
    senses: HashSet<SenseId>,
    frequencies: RefCell<Frequencies>,
}

/// A category as written: as LexInfo's part of speech where there is one, and as the text it is.
pub(super) fn category(node: &Node, written: &str, tag: &str, graph: &mut Graph) {
    if written.trim().is_empty() {
        return;
    }
    let value = lexinfo::part_of_speech(written);
    if let Some(value) = value {
        graph.link(node, lexinfo_name("partOfSpeech"), &lexinfo_name(value));
        graph.report.mapped("parts of speech", 1, "written as LexInfo values, and as they stand");
    } else {
        let why = "LexInfo has no such part of speech; written as it stands";
        graph.report.mapped(format!("category '{}'", written.trim()), 1, why);
    }
    if !value.is_some_and(|v| v.eq_ignore_ascii_case(written)) {
        let property = graph.own("category", "category as written in the source", None);
        graph.text(node, property, written, tag);
    }
}

/// The text that stands for an entry: its citation form where it has one.
fn headword(lexeme: &Lexeme) -> &MultiText {
    if lexeme.citation.is_empty() { &lexeme.form } else { &lexeme.citation }
}

impl<'a> Lexicon<'a> {
    /// Decides which entries can be written: those with a form.
    pub(super) fn of(bundle: &'a Bundle, graph: &mut Graph) -> Self {
        let entries: HashSet<_> = bundle.lexemes.iter().filter(|l| !headword(l).is_empty()).map(|l| l.id).collect();
        graph.report.left_out("entries", bundle.lexemes.len() - entries.len(), "they have no form");
        let index = bundle.index();
        let known: HashSet<_> = bundle.senses.iter().map(|s| s.id).collect();
        let mut roots: HashMap<LexemeId, Vec<&Sense>> = HashMap::new();
        // A sense whose parent is not here stands on its own.
        for sense in bundle.senses.iter().filter(|s| s.parent.is_none_or(|parent| !known.contains(&parent))) {
            roots.entry(sense.lexeme).or_default().push(sense);
        }
        let mut senses = HashSet::new();
        for (lexeme, roots) in &mut roots {
            roots.sort_by_key(|s| (s.position, s.id));
            let mut open = if entries.contains(lexeme) { roots.clone() } else { Vec::new() };
            while let Some(sense) = open.pop() {
                senses.insert(sense.id);
                open.extend(index.subsenses.get(&sense.id).into_iter().flatten());
            }
        }
        let why = "their entry is not written, or they are part of themselves";
        graph.report.left_out("senses", bundle.senses.len() - senses.len(), why);
        let annotations = bundle.annotations.iter().map(|a| a.id).collect();
        Self { bundle, index, entries, annotations, roots, senses, frequencies: RefCell::default() }
    }
    /// The IRI of an entry that is written.
    pub(super) fn entry(&self, graph: &Graph, id: LexemeId) -> Option<Node> {
        self.entries.contains(&id).then(|| graph.base.record(id.record()))
    }
    /// The IRI of a sense that is written.
    pub(super) fn sense(&self, graph: &Graph, id: SenseId) -> Option<Node> {
        self.senses.contains(&id).then(|| graph.base.record(id.record()))
    }
    /// The IRI of an entry or sense that is written, and whether it is a sense.
    pub(super) fn entry_or_sense(&self, graph: &Graph, id: Uuid) -> Option<(Node, bool)> {
        let entry = self.entry(graph, LexemeId(id)).map(|node| (node, false));
        entry.or_else(|| self.sense(graph, SenseId(id)).map(|node| (node, true)))
    }

    /// Notes that a morph of a text belongs to an entry.
    pub(super) fn attest(
        &self,
        graph: &mut Graph,
        entry: LexemeId,
        sense: Option<&Node>,
        morph: &Morph,
        text: &Session,
    ) {
        let attestation = graph.base.part(morph.id.record(), "attestation");
        let entry_node = graph.base.record(entry.record());
        graph.link(&entry_node, frac("attestation"), &attestation);
        if let Some(sense) = sense {
            graph.link(sense, frac("attestation"), &attestation);
        }
        graph.is_a(&attestation, frac("Attestation"));
        let observed = graph.base.record(text.id.record());
        graph.link(&attestation, frac("observedIn"), &observed);
        let locus = graph.base.record(morph.id.record());
        graph.link(&attestation, frac("locus"), &locus);
        graph.texts(&attestation, rdf("value"), &morph.form);
        *self.frequencies.borrow_mut().entry((entry, text.id)).or_insert(0) += 1;
        graph.report.kept("attestations of entries", 1);
    }

    /// Writes every entry, a lexicon for each language.
    pub(super) fn write(&self, links: &Links, published: &Published, graph: &mut Graph) {
        let mut by_language: BTreeMap<String, Vec<&Lexeme>> = BTreeMap::new();
        for lexeme in self.bundle.lexemes.iter().filter(|l| self.entries.contains(&l.id)) {
            let tags: Vec<_> = headword(lexeme).iter().map(|(tag, _)| graph.tag(tag)).collect();
            let main = tags.iter().find(|t| !t.is_phonetic()).or(tags.first());
            let language = main.map_or("und", |t| t.language()).to_owned();
            by_language.entry(language).or_default().push(lexeme);
        }
        let utterances: HashSet<AnnotationId> =
            self.bundle.annotations.iter().filter(|a| published.tier(a.tier)).map(|a| a.id).collect();
        for (language, mut lexemes) in by_language {
            lexemes.sort_by_key(|l| (l.position, l.id));
            self.lexicon(&language, &lexemes, graph);
            for lexeme in lexemes {
                self.write_entry(&language, lexeme, links, &utterances, graph);
            }
        }
        let mut frequencies: Vec<_> = self.frequencies.borrow().iter().map(|(k, v)| (*k, *v)).collect();
        frequencies.sort_unstable();
        for ((entry, text), count) in frequencies {
            let frequency = graph.base.part(entry.record(), &format!("frequency.{text}"));
            let entry = graph.base.record(entry.record());
            graph.link(&entry, frac("frequency"), &frequency);
            graph.is_a(&frequency, frac("Frequency"));
            let text = graph.base.record(text.record());
            graph.link(&frequency, frac("observedIn"), &text);
            graph.value(&frequency, rdf("value"), &count.to_string());
        }
        relations::write(self, graph);
    }

    fn lexicon(&self, language: &str, lexemes: &[&Lexeme], graph: &mut Graph) {
        let lexicon = graph.base.name(&format!("lexicon.{language}"));
        graph.is_a(&lexicon, lime("Lexicon"));
        graph.value(&lexicon, lime("language"), language);
        let catalogue = Node::new("http://www.lexinfo.net/ontology/3.0/lexinfo".to_owned());
        graph.link(&lexicon, lime("linguisticCatalog"), &catalogue);
        let known =
            self.bundle.languages.iter().filter(|l| graph.tag(&l.tag).language() == language).min_by_key(|l| l.id);
        if let Some(known) = known {
            describe_language(&lexicon, known, graph);
        }
        describe_project(self.bundle, &lexicon, graph);
        // `lime:lexicalEntries` would be the property, but the OntoLex validator wants a language on its number.
        graph.count(&lexicon, void("entities"), lexemes.len());
        let here: HashSet<_> = lexemes.iter().map(|l| l.id).collect();
        let senses = self.bundle.senses.iter().filter(|s| self.senses.contains(&s.id) && here.contains(&s.lexeme));
        let senses = senses.count();
        let partition = graph.base.name(&format!("lexicon.{language}.senses"));
        graph.link(&lexicon, void("classPartition"), &partition);
        graph.link(&partition, void("class"), &ontolex("LexicalSense"));
        graph.count(&partition, void("entities"), senses);

        let dictionary = graph.base.name(&format!("dictionary.{language}"));
        graph.is_a(&dictionary, lexicog("LexicographicResource"));
        graph.value(&dictionary, dct("language"), language);
        for (place, lexeme) in lexemes.iter().enumerate() {
            let entry = graph.base.record(lexeme.id.record());
            graph.link(&lexicon, lime("entry"), &entry);
            let component = graph.base.part(lexeme.id.record(), "entry");
            graph.link(&dictionary, lexicog("entry"), &component);
            graph.link(&dictionary, rdf(&format!("_{}", place + 1)), &component);
            graph.is_a(&component, lexicog("Entry"));
            graph.link(&component, lexicog("describes"), &entry);
        }
        graph.report.kept("entries", lexemes.len());
    }

    fn write_entry(
        &self,
        language: &str,
        lexeme: &Lexeme,
        links: &Links,
        utterances: &HashSet<AnnotationId>,
        graph: &mut Graph,
    ) {
        let entry = graph.base.record(lexeme.id.record());
        graph.is_a(&entry, ontolex("LexicalEntry"));
        self.kind(lexeme, &entry, graph);
        graph.value(&entry, lime("language"), language);
        let (before, after) = lexeme.kind.marks();
        for (tag, text) in headword(lexeme).iter() {
            graph.text(&entry, rdfs("label"), &format!("{before}{text}{after}"), tag);
        }
        if lexeme.homograph > 0 {
            let property = graph.own("homographNumber", "homograph number", None);
            graph.count(&entry, property, usize::try_from(lexeme.homograph).unwrap_or(0));
        }
        graph.moment(&entry, dct("created"), &lexeme.created);
        graph.moment(&entry, dct("modified"), &lexeme.modified);
        graph.texts(&entry, skos("note"), &lexeme.notes);
        if !lexeme.etymology.is_empty() {
            let property = graph.own("etymology", "etymology", Some(skos("historyNote")));
            graph.texts(&entry, property, &lexeme.etymology);
        }
        fields(&entry, &lexeme.fields, graph);
        self.forms(lexeme, &entry, graph);

        let senses = self.roots.get(&lexeme.id).map_or(&[][..], Vec::as_slice);
        let language = default_tag(self.bundle, LanguageRole::Analysis);
        let own_category = lexeme.category.trim();
        let shown =
            if own_category.is_empty() { senses.first().map_or("", |s| s.category.trim()) } else { own_category };
        category(&entry, shown, language, graph);
        let component = graph.base.part(lexeme.id.record(), "entry");
        let mut open: Vec<(Node, usize, &Sense)> =
            senses.iter().enumerate().map(|(place, sense)| (component.clone(), place, *sense)).collect();
        while let Some((above, place, sense)) = open.pop() {
            let component = graph.base.part(sense.id.record(), "component");
            graph.link(&above, rdf(&format!("_{}", place + 1)), &component);
            graph.link(&above, lexicog("subComponent"), &component);
            graph.is_a(&component, lexicog("LexicographicComponent"));
            let node = graph.base.record(sense.id.record());
            graph.link(&component, lexicog("describes"), &node);
            graph.link(&entry, ontolex("sense"), &node);
            self.write_sense(&entry, !lexeme.kind.is_stem(), sense, links, graph);
            if !sense.category.trim().is_empty() && sense.category.trim() != shown {
                category(&node, &sense.category, language, graph);
            }
            self.examples(&node, sense, utterances, graph);
            let below = self.index.subsenses.get(&sense.id).into_iter().flatten().enumerate();
            open.extend(below.map(|(place, sense)| (component.clone(), place, *sense)));
        }
    }

    /// Which sort of entry it is.
    fn kind(&self, lexeme: &Lexeme, entry: &Node, graph: &mut Graph) {
        use MorphKind::{
            BoundRoot, BoundStem, Circumfix, DiscontiguousPhrase, Infix, InfixingInterfix, Phrase, Prefix,
            PrefixingInterfix, Simulfix, Suffix, SuffixingInterfix, Suprafix,
        };
        let spaced = headword(lexeme).first().is_some_and(|form| form.trim().contains(' '));
        match lexeme.kind {
            Prefix | Suffix | Infix | Circumfix | Simulfix | Suprafix | InfixingInterfix | PrefixingInterfix
            | SuffixingInterfix => {
                graph.is_a(entry, ontolex("Affix"));
                graph.is_a(entry, morph("Morph"));
                let element = match lexeme.kind {
                    Prefix | PrefixingInterfix => "prefix",
                    Suffix | SuffixingInterfix => "suffix",
                    Infix | InfixingInterfix => "infix",
                    _ => "affix",
                };
                graph.link(entry, lexinfo_name("termElement"), &lexinfo_name(element));
            }
            Phrase | DiscontiguousPhrase => graph.is_a(entry, ontolex("MultiwordExpression")),
            BoundRoot | BoundStem => graph.is_a(entry, morph("Morph")),
            _ if spaced => graph.is_a(entry, ontolex("MultiwordExpression")),
            _ => graph.is_a(entry, ontolex("Word")),
        }
        if !matches!(lexeme.kind, MorphKind::Stem | MorphKind::Root) {
            let property = graph.own("morphKind", "kind of morph, by FLEx's name", None);
            graph.value(entry, property, lexeme.kind.name());
        }
    }

    fn forms(&self, lexeme: &Lexeme, entry: &Node, graph: &mut Graph) {
        let canonical = graph.base.part(lexeme.id.record(), "form");
        graph.link(entry, ontolex("canonicalForm"), &canonical);
        write_form(&canonical, headword(lexeme), graph);
        if !lexeme.citation.is_empty() && !lexeme.form.is_empty() && lexeme.form != lexeme.citation {
            let base = graph.base.part(lexeme.id.record(), "base");
            graph.link(entry, ontolex("otherForm"), &base);
            graph.link(entry, morph("baseForm"), &base);
            write_form(&base, &lexeme.form, graph);
        }
        let forms: &[&Form] = self.index.forms_of_lexeme.get(&lexeme.id).map_or(&[][..], Vec::as_slice);
        for form in forms {
            let kind = match form.kind {
                FormKind::Pronunciation => {
                    for (tag, text) in form.form.iter() {
                        let tag = graph.tag(tag).phonetic();
                        graph.tagged(&canonical, &ontolex("phoneticRep"), text, &tag);
                    }
                    graph.text(&canonical, skos("note"), &form.environment, "und");
                    continue;
                }
                FormKind::Allomorph => "allomorph",
                FormKind::Variant => "variant",
                FormKind::Inflected => "inflected form",
            };
            if form.form.is_empty() {
                graph.report.left_out("forms", 1, "they are empty");
                continue;
            }
            let node = graph.base.record(form.id.record());
            graph.link(entry, ontolex("otherForm"), &node);
            graph.value(&node, dct("type"), kind);
            write_form(&node, &form.form, graph);
            graph.text(&node, skos("note"), &form.environment, "und");
        }
        graph.report.kept("forms", forms.len());
    }

    fn write_sense(&self, entry: &Node, is_affix: bool, sense: &Sense, links: &Links, graph: &mut Graph) {
        let node = graph.base.record(sense.id.record());
        let concept = graph.base.part(sense.id.record(), "concept");
        graph.link(entry, ontolex("evokes"), &concept);
        graph.is_a(&node, ontolex("LexicalSense"));
        graph.link(&node, ontolex("isLexicalizedSenseOf"), &concept);
        graph.is_a(&concept, ontolex("LexicalConcept"));
        // A sense means something, linked or not: without a confirmed link, what it means is our own concept.
        let linked = links.reference(sense.id.record());
        graph.link(&node, ontolex("reference"), linked.unwrap_or(&concept));
        for target in links.matches(sense.id.record()) {
            graph.link(&concept, skos("exactMatch"), target);
        }
        graph.texts(&node, rdfs("label"), &sense.gloss);
        graph.texts(&concept, skos("prefLabel"), &sense.gloss);
        graph.texts(&node, skos("definition"), &sense.definition);
        if is_affix {
            // What an affix means is mostly grammar.
            let grammar: BTreeSet<_> = sense.gloss.iter().flat_map(|(_, gloss)| lexinfo::grammatical(gloss)).collect();
            for (property, value) in grammar {
                graph.link(&node, lexinfo_name(property), &lexinfo_name(value));
            }
        }
        graph.texts(&node, skos("note"), &sense.notes);
        graph.text(&node, dwc("scientificName"), &sense.scientific_name, "la");
        for domain in &sense.domains {
            let domain_node = graph.base.hashed("domain", domain);
            graph.is_a(&domain_node, skos("Concept"));
            graph.text(&domain_node, skos("prefLabel"), domain, "und");
            graph.link(&node, dct("subject"), &domain_node);
        }
        fields(&node, &sense.fields, graph);
        graph.report.kept("senses", 1);
    }

    fn examples(&self, node: &Node, sense: &Sense, utterances: &HashSet<AnnotationId>, graph: &mut Graph) {
        for example in self.index.examples_of_sense.get(&sense.id).into_iter().flatten() {
            if let Some(utterance) = example.annotation
                && self.annotations.contains(&utterance)
                && !utterances.contains(&utterance)
            {
                graph.report.left_out("examples", 1, "taken from a session or person that is closed");
                continue;
            }
            let x = graph.base.record(example.id.record());
            graph.link(node, lexicog("usageExample"), &x);
            graph.is_a(&x, lexicog("UsageExample"));
            graph.texts(&x, rdf("value"), &example.text);
            graph.texts(&x, rdf("value"), &example.translation);
            graph.text(&x, dct("bibliographicCitation"), &example.source, "und");
            if let Some(utterance) = example.annotation.filter(|id| utterances.contains(id)) {
                let utterance = graph.base.record(utterance.record());
                graph.link(&x, dct("source"), &utterance);
            }
            graph.report.kept("examples", 1);
        }
    }
}

/// A form: written and phonetic representations. What is only known in phonetic script is written in it.
fn write_form(node: &Node, form: &MultiText, graph: &mut Graph) {
    graph.is_a(node, ontolex("Form"));
    let texts: Vec<_> = form.iter().map(|(tag, text)| (graph.tag(tag), text)).collect();
    let only_phonetic = texts.iter().all(|(tag, _)| tag.is_phonetic());
    for (tag, text) in texts {
        if tag.is_phonetic() {
            graph.tagged(node, &ontolex("phoneticRep"), text, &tag);
        }
        if !tag.is_phonetic() || only_phonetic {
            graph.tagged(node, &ontolex("writtenRep"), text, &tag);
        }
    }
}

/// Custom fields, each a property of the project's own.
fn fields(node: &Node, fields: &BTreeMap<String, MultiText>, graph: &mut Graph) {
    for (name, texts) in fields {
        let property = graph.own_hashed("field", name);
        graph.texts(node, property, texts);
        graph.report.mapped(format!("field '{name}'"), 1, "a property of the project's own");
    }
}
