//! OntoLex lexica: entries, their forms, their relations, links to the world outside.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::people::agent;
use super::senses;
use super::source::Source;
use super::words::category;
use crate::domain::{
    ExternalLink, Form, FormId, FormKind, Lexeme, LexemeId, LinkId, LinkScheme, MorphKind, MultiText, Relation,
    RelationId, Residue, SenseId, SessionId,
};
use crate::formats::rdf::triples::TermId;

/// Reads every entry.
pub(super) fn read(source: &mut Source) {
    let mut entries = source.all("ontolex:LexicalEntry");
    entries.extend(source.pairs("lime:entry").into_iter().map(|(_, entry)| entry));
    let mut seen = HashSet::new();
    entries.retain(|entry| !source.iri(*entry).is_empty() && source.is_described(*entry) && seen.insert(*entry));
    let places = places(source);
    entries.sort_by_cached_key(|entry| (places.get(entry).copied().unwrap_or(usize::MAX), source.order(*entry)));
    for lexicon in source.all("lime:Lexicon") {
        let language = source.text(lexicon, "lime:language");
        source.own_name(&format!("lexicon.{language}"), lexicon);
    }
    let fields = source.own_properties("field.");
    for (place, node) in entries.iter().enumerate() {
        entry(source, *node, place as i64, &fields);
    }
    let (forms, senses) = (source.bundle.forms.len(), source.bundle.senses.len());
    source.report.kept("entries", entries.len());
    source.report.kept("other forms", forms);
    source.report.kept("senses", senses);
    relations(source);
    links(source);
}

/// The place of each entry in its dictionary.
fn places(source: &Source) -> HashMap<TermId, usize> {
    let mut places = HashMap::new();
    for dictionary in source.all("lexicog:LexicographicResource") {
        for (place, component) in numbered(source, dictionary) {
            if let Some(entry) = source.link(component, "lexicog:describes") {
                places.entry(entry).or_insert(place);
            }
        }
    }
    places
}

/// Members of a container by their number.
pub(super) fn numbered(source: &Source, container: TermId) -> Vec<(usize, TermId)> {
    let mut members = Vec::new();
    for [_, property, member] in source.graph.matching(Some(container), None, None) {
        let number = source.iri(property).strip_prefix("http://www.w3.org/1999/02/22-rdf-syntax-ns#_");
        if let Some(number) = number.and_then(|number| number.parse().ok()) {
            members.push((number, member));
        }
    }
    members.sort_unstable();
    members
}

/// The custom fields of a node.
pub(super) fn fields_of(source: &Source, node: TermId, fields: &[(String, String)]) -> BTreeMap<String, MultiText> {
    let texts = fields.iter().map(|(iri, name)| (name.clone(), source.multi(node, iri)));
    texts.filter(|(_, texts)| !texts.is_empty()).collect()
}

fn entry(source: &mut Source, node: TermId, position: i64, fields: &[(String, String)]) {
    let id = LexemeId(source.id(node));
    let others = source.links(node, "ontolex:otherForm");
    let base = source.links(node, "morph:baseForm").into_iter().find(|form| others.contains(form));
    let canonical = source.link(node, "ontolex:canonicalForm").or_else(|| others.first().copied());
    let mut form = MultiText::default();
    let mut spoken = Vec::new();
    if let Some(canonical) = canonical {
        source.part(id.record(), "form", canonical);
        // What the entry is also called is its form; what it is not called is a way to say it.
        let called = source.multi(node, "rdfs:label");
        (form, spoken) = representations(source, canonical, Some(&called));
    }
    if form.is_empty() {
        form = source.multi(node, "rdfs:label");
    }
    let mut citation = MultiText::default();
    if let Some(base) = base {
        source.part(id.record(), "base", base);
        citation = std::mem::replace(&mut form, representations(source, base, None).0);
    }
    for component in source.from("lexicog:describes", node) {
        if source.is_a(component, "lexicog:Entry") {
            source.part(id.record(), "entry", component);
        }
    }
    for frequency in source.links(node, "frac:frequency") {
        if let Some(text) = source.link(frequency, "frac:observedIn") {
            let session = SessionId(source.id(text));
            source.part(id.record(), &format!("frequency.{session}"), frequency);
        }
    }
    let spaced = form.first().is_some_and(|form| form.trim().contains(' '));
    let lexeme = Lexeme {
        id,
        kind: kind(source, node, spaced),
        homograph: source.text(node, "homographNumber").parse().unwrap_or(0),
        category: category(source, node).first().unwrap_or_default().to_owned(),
        etymology: source.multi(node, "etymology"),
        notes: source.multi(node, "skos:note"),
        fields: fields_of(source, node, fields),
        created: source.text(node, "dct:created"),
        modified: source.text(node, "dct:modified"),
        form,
        citation,
        position,
        residue: Residue::default(),
    };
    let shown = lexeme.category.clone();
    source.bundle.lexemes.push(lexeme);
    let mut place = 0;
    for other in others {
        if Some(other) != base && Some(other) != canonical {
            other_form(source, id, other, place);
            place += 1;
        }
    }
    for (tag, text) in spoken {
        let form = MultiText::of(tag, text);
        source.bundle.forms.push(another(FormId::new(), id, place, FormKind::Pronunciation, form, String::new()));
        place += 1;
    }
    senses::read(source, id, node, &shown, fields);
}

/// What a form is written like, phonetic script among it; and ways to say it that are not part of it: those in a
/// language in which the entry is not `called` anything, and more than one in the same.
fn representations(source: &Source, form: TermId, called: Option<&MultiText>) -> (MultiText, Vec<(String, String)>) {
    let mut texts = source.multi(form, "ontolex:writtenRep");
    let mut more = Vec::new();
    for (tag, text) in source.texts(form, "ontolex:phoneticRep") {
        let tag = if tag.is_empty() { "und-fonipa".to_owned() } else { tag };
        let belongs = called.is_none_or(|called| called.get(&tag).is_some());
        match texts.get(&tag) {
            Some(known) if *known == text => {}
            None if belongs => texts.set(tag, text),
            _ => more.push((tag, text)),
        }
    }
    (texts, more)
}

fn another(id: FormId, lexeme: LexemeId, position: i64, kind: FormKind, form: MultiText, environment: String) -> Form {
    Form { id, lexeme, position, kind, form, environment, residue: Residue::default() }
}

fn other_form(source: &mut Source, lexeme: LexemeId, node: TermId, position: i64) {
    let id = FormId(source.id(node));
    let kind = match source.text(node, "dct:type").as_str() {
        "variant" => FormKind::Variant,
        "inflected form" => FormKind::Inflected,
        _ => FormKind::Allomorph,
    };
    let form = representations(source, node, None).0;
    let environment = source.text(node, "skos:note");
    source.bundle.forms.push(another(id, lexeme, position, kind, form, environment));
}

/// What sort of entry it is.
fn kind(source: &Source, node: TermId, spaced: bool) -> MorphKind {
    if let Some(kind) = MorphKind::from_name(&source.text(node, "morphKind")) {
        return kind;
    }
    let element = source.link(node, "lexinfo:termElement");
    match element.and_then(|element| source.iri(element).rsplit('#').next()) {
        Some("prefix") => MorphKind::Prefix,
        Some("suffix") => MorphKind::Suffix,
        Some("infix") => MorphKind::Infix,
        _ if source.is_a(node, "ontolex:Affix") => MorphKind::Suffix,
        _ if source.is_a(node, "ontolex:MultiwordExpression") && !spaced => MorphKind::Phrase,
        _ => MorphKind::Stem,
    }
}

fn relations(source: &mut Source) {
    let mut nodes = Vec::new();
    for class in ["SenseRelation", "LexicalRelation", "LexicoSemanticRelation", "TerminologicalRelation", "Translation"]
    {
        nodes.extend(source.all(&format!("vartrans:{class}")));
    }
    let known: HashSet<_> = source
        .bundle
        .lexemes
        .iter()
        .map(|lexeme| lexeme.id.record())
        .chain(source.bundle.senses.iter().map(|sense| sense.id.record()))
        .collect();
    let mut done = HashSet::new();
    nodes.retain(|node| done.insert(*node));
    for (place, node) in nodes.into_iter().enumerate() {
        let Some(from) = source.link(node, "vartrans:source") else { continue };
        let from = source.id(from);
        let target = source.link(node, "vartrans:target").map(|target| source.id(target));
        if !known.contains(&from) {
            continue;
        }
        let kind = source.link(node, "vartrans:category").map(|category| {
            let label = source.text(category, "rdfs:label");
            let name = source.iri(category).rsplit(['#', '/']).next().unwrap_or_default();
            if label.is_empty() { crate::formats::rdf::lexinfo::relation_written(name).to_owned() } else { label }
        });
        let relation = Relation {
            id: RelationId(source.id(node)),
            kind: kind.unwrap_or_default(),
            source: from,
            target: target.filter(|target| known.contains(target)),
            target_text: source.text(node, "targetText"),
            position: place as i64,
            residue: Residue::default(),
        };
        source.bundle.relations.push(relation);
    }
    let count = source.bundle.relations.len();
    source.report.kept("relations", count);
}

/// Links that somebody confirmed, and those that a file of others simply states.
fn links(source: &mut Source) {
    let mut stated: HashSet<(SenseId, TermId)> = HashSet::new();
    let concepts: HashMap<TermId, SenseId> = source
        .bundle
        .senses
        .iter()
        .map(|sense| sense.id)
        .collect::<Vec<_>>()
        .into_iter()
        .filter_map(|sense| Some((senses::concept_of(source, sense)?, sense)))
        .collect();
    for node in source.all("rdf:Statement") {
        let (Some(subject), Some(target)) = (source.link(node, "rdf:subject"), source.link(node, "rdf:object")) else {
            continue;
        };
        let record = match concepts.get(&subject) {
            Some(sense) => sense.record(),
            None => source.id(subject),
        };
        let confirmed_by = source.link(node, "prov:wasAttributedTo").map(|who| agent(source, who)).unwrap_or_default();
        stated.insert((SenseId(record), target));
        let link = ExternalLink {
            id: LinkId(source.id(node)),
            record,
            scheme: scheme(source.iri(target)),
            iri: source.iri(target).to_owned(),
            label: source.text(target, "rdfs:label"),
            confirmed_by,
            confirmed_at: source.text(node, "prov:generatedAtTime"),
            residue: Residue::default(),
        };
        source.bundle.links.push(link);
    }
    let senses: Vec<SenseId> = source.bundle.senses.iter().map(|sense| sense.id).collect();
    for sense in senses {
        let Some(node) = senses::node_of(source, sense) else { continue };
        let concept = senses::concept_of(source, sense);
        let mut targets: Vec<(TermId, bool)> =
            source.links(node, "ontolex:reference").into_iter().map(|target| (target, true)).collect();
        if let Some(concept) = concept {
            targets.extend(source.links(concept, "skos:exactMatch").into_iter().map(|target| (target, false)));
        }
        for (target, is_reference) in targets {
            if Some(target) == concept || !stated.insert((sense, target)) {
                continue;
            }
            let found = scheme(source.iri(target));
            let link = ExternalLink {
                id: LinkId::new(),
                record: sense.record(),
                // What a sense refers to must come out as that.
                scheme: if is_reference && found == LinkScheme::WordNet { LinkScheme::Other } else { found },
                iri: source.iri(target).to_owned(),
                label: source.text(target, "rdfs:label"),
                confirmed_by: "stated by the imported file".to_owned(),
                confirmed_at: String::new(),
                residue: Residue::default(),
            };
            source.bundle.links.push(link);
        }
    }
    let count = source.bundle.links.len();
    source.report.kept("links", count);
}

fn scheme(iri: &str) -> LinkScheme {
    if iri.contains("dbpedia.org/") {
        LinkScheme::Dbpedia
    } else if iri.contains("wikidata.org/") {
        LinkScheme::Wikidata
    } else if iri.contains("concepticon.clld.org/") {
        LinkScheme::Concepticon
    } else if iri.contains("en-word.net/") || iri.contains("wordnet") || iri.contains("/ili/") {
        LinkScheme::WordNet
    } else {
        LinkScheme::Other
    }
}
