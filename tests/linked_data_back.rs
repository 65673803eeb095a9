//! Linked Data back into a project: our own export whole, graphs of others as far as they make sense, nothing lost.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fieldgloss::domain::*;
use fieldgloss::formats::{self, Format, ImportOptions, Imported, rdf};
use sophia::api::prelude::*;
use sophia::api::term::SimpleTerm;

const SYNTAXES: [Format; 5] = [Format::Turtle, Format::NTriples, Format::RdfXml, Format::JsonLd, Format::TriG];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn data(name: &str) -> PathBuf {
    root().join("tests/data/rdf").join(name)
}

fn read(file: &Path) -> Imported {
    formats::read(file, None, &ImportOptions::default()).unwrap()
}

fn turtle(bundle: &Bundle) -> String {
    String::from_utf8(rdf::to_bytes(Format::Turtle, bundle).unwrap().0).unwrap()
}

/// The triples of a text: without blank nodes, equal sets are equal graphs.
fn graph(text: &str) -> BTreeSet<String> {
    let base = sophia::iri::IriRef::new_unchecked(Box::<str>::from("https://fieldgloss.invalid/")).to_base();
    let parser = sophia::turtle::parser::turtle::TurtleParser { base: Some(base), ..Default::default() };
    let triples: Vec<[SimpleTerm<'static>; 3]> = parser.parse_str(text).collect_triples().unwrap();
    triples.iter().map(|[s, p, o]| format!("{s:?} {p:?} {o:?}")).collect()
}

fn assert_same_graph(before: &str, after: &str) {
    let (before, after) = (graph(before), graph(after));
    let lost: Vec<_> = before.difference(&after).take(12).collect();
    let new: Vec<_> = after.difference(&before).take(12).collect();
    assert!(lost.is_empty() && new.is_empty(), "lost {lost:#?}\nnew {new:#?}");
}

/// Every triple is still there; more may be.
fn assert_nothing_lost(before: &str, after: &str) {
    let (before, after) = (graph(before), graph(after));
    let lost: Vec<_> = before.difference(&after).take(12).collect();
    assert!(lost.is_empty(), "lost {lost:#?}");
}

fn back(text: &str, format: Format) -> Imported {
    rdf::from_text(text, format, &ImportOptions { session_name: "Back".into(), ..Default::default() }).unwrap()
}

/// How many triples were not understood but kept.
fn residues(bundle: &Bundle) -> usize {
    let json = serde_json::to_value(bundle).unwrap();
    fn count(value: &serde_json::Value) -> usize {
        match value {
            serde_json::Value::Object(fields) => {
                let own = fields.get("rdf").and_then(|rdf| rdf.get("triples")).and_then(|t| t.as_array());
                own.map_or(0, Vec::len) + fields.values().map(count).sum::<usize>()
            }
            serde_json::Value::Array(items) => items.iter().map(count).sum(),
            _ => 0,
        }
    }
    count(&json)
}

/// The sample project as the program makes it: texts, lexicon, recordings, links between them.
fn sample() -> Bundle {
    use fieldgloss::app::edit::project::{self, NewProject};
    use fieldgloss::app::transfer;
    let folder = tempfile::tempdir().unwrap();
    let new = NewProject { name: "Sample".into(), object_language: "apy".into(), ..NewProject::default() };
    let mut store = project::create(&folder.path().join("S.fieldgloss"), &new).unwrap();
    for file in ["apalai.flextext", "apalai.lift", "mary.TextGrid", "bobby.TextGrid"] {
        let file = root().join("assets/sample").join(file);
        transfer::import_file(&mut store, &file, None, ImportOptions::default()).unwrap();
    }
    let mut bundle = store.read().bundle(fieldgloss::store::Scope::Whole).unwrap();
    // The leftovers of FLEx stay in the project: they are no Linked Data.
    let mary = bundle.sessions.iter().find(|session| session.name == "mary").unwrap().id;
    for (place, path) in ["media/mary é.wav", "media/camera 2.mp4"].into_iter().enumerate() {
        bundle.media.push(Media {
            id: MediaId::new(),
            session: mary,
            path: path.into(),
            storage: MediaStorage::Copied,
            hash: "abc".into(),
            size: 1,
            mime: if place == 0 { "audio/x-wav" } else { "video/mp4" }.into(),
            duration: Some(Time::from_millis(1500)),
            offset: Time::from_millis(1000 * place as i64),
            streams: Vec::new(),
            position: place as i64,
            residue: Residue::default(),
        });
    }
    let sense = bundle.senses[0].id;
    bundle.links.push(ExternalLink {
        id: LinkId::new(),
        record: sense.record(),
        scheme: LinkScheme::Wikidata,
        iri: "http://www.wikidata.org/entity/Q144".into(),
        label: "dog".into(),
        confirmed_by: "Ana".into(),
        confirmed_at: "2026-03-01T12:00:00Z".into(),
        residue: Residue::default(),
    });
    bundle.links.push(ExternalLink {
        id: LinkId::new(),
        record: sense.record(),
        scheme: LinkScheme::WordNet,
        iri: "https://en-word.net/id/oewn-02086723-n".into(),
        label: String::new(),
        confirmed_by: "Ana".into(),
        confirmed_at: "2026-03-01T12:00:00Z".into(),
        residue: Residue::default(),
    });
    // What the sample does not have: custom fields, a compound, allomorphs, a way to say it, tags on the video.
    bundle.lexemes[0].fields.insert("Plant use".into(), MultiText::of("en", "roof"));
    bundle.senses[1].fields.insert("Plant use".into(), MultiText::of("en", "wall"));
    bundle.senses[1].domains.push("1.6.1.1 Mammal".into());
    bundle.lexemes[1].citation = MultiText::of("apy", "citation");
    bundle.lexemes[2].homograph = 2;
    for (place, part) in [3, 4].into_iter().enumerate() {
        bundle.relations.push(Relation {
            id: RelationId::new(),
            kind: "_component-lexeme".into(),
            source: bundle.lexemes[0].id.record(),
            target: Some(bundle.lexemes[part].id.record()),
            target_text: String::new(),
            position: place as i64,
            residue: Residue::default(),
        });
    }
    for (kind, tag) in
        [(FormKind::Allomorph, "apy"), (FormKind::Variant, "apy"), (FormKind::Pronunciation, "apy-fonipa")]
    {
        bundle.forms.push(Form {
            id: FormId::new(),
            lexeme: bundle.lexemes[5].id,
            position: 0,
            kind,
            form: MultiText::of(tag, format!("{kind:?}")),
            environment: if kind == FormKind::Allomorph { "before a vowel".into() } else { String::new() },
            residue: Residue::default(),
        });
    }
    let tier = Tier {
        id: TierId::new(),
        session: mary,
        parent: None,
        name: "faces".into(),
        role: TierRole::Tags,
        constraint: Constraint::None,
        type_name: String::new(),
        participant: None,
        annotator: "Ana".into(),
        language: "en".into(),
        vocabulary: None,
        position: 9,
        residue: Residue::default(),
    };
    let smile = Annotation::new(tier.id, Some(Span::new(Time(1_500_000_001), Time::from_millis(1700))), 0, "smile");
    bundle.tags.push(Tag {
        id: TagId::new(),
        run: RunId::new(),
        track: TrackId::new(),
        label: "expression.happiness".into(),
        start: Time::from_millis(500),
        end: Time::from_millis(700),
        confidence: 0.9,
        evidence: serde_json::Value::Null,
        status: TagStatus::Accepted,
        reviewer: "Ana".into(),
        reviewed: "2026-03-01T12:00:00Z".into(),
        annotation: Some(smile.id),
        residue: Residue::default(),
    });
    let empty =
        Tier { id: TierId::new(), name: "gaze".into(), type_name: "gaze types".into(), position: 10, ..tier.clone() };
    bundle.tiers.extend([tier, empty]);
    bundle.annotations.push(smile);
    for (place, role) in ["recorder", "speaker", ""].into_iter().enumerate() {
        let person = Person {
            id: PersonId::new(),
            code: format!("P{place}"),
            name: format!("Somebody {place}"),
            languages: Vec::new(),
            notes: String::new(),
            consent: Consent::default(),
            access: Access::Open,
            residue: Residue::default(),
        };
        bundle.sessions[0].participants.push(Participation { person: person.id, role: role.into() });
        bundle.people.push(person);
    }
    bundle
}

#[test]
fn our_own_export_comes_back_whole_in_every_syntax() {
    let before = sample();
    let first = turtle(&before);
    for format in SYNTAXES {
        let text = String::from_utf8(rdf::to_bytes(format, &before).unwrap().0).unwrap();
        let Imported { bundle, report } = back(&text, format);
        assert_same_graph(&first, &turtle(&bundle));
        if format == Format::Turtle {
            eprintln!("{report}\nresidue: {} triples", residues(&bundle));
            same_records(&before, &bundle);
        }
    }
}

/// Every record that the graph names has its id back, and says what it said.
fn same_records(before: &Bundle, after: &Bundle) {
    let ids = |ids: Vec<RecordId>| ids.into_iter().collect::<BTreeSet<_>>();
    macro_rules! same {
        ($($list:ident),*) => {$(
            assert_eq!(
                ids(before.$list.iter().map(|r| r.id.record()).collect()),
                ids(after.$list.iter().map(|r| r.id.record()).collect()),
                stringify!($list)
            );
        )*};
    }
    same!(sessions, tiers, words, morphs, lexemes, senses, examples, people, relations, links);
    for tier in &before.tiers {
        let same = after.tiers.iter().find(|t| t.id == tier.id).unwrap();
        assert_eq!((&same.name, &same.type_name, &same.language), (&tier.name, &tier.type_name, &tier.language));
        assert_eq!((same.role, same.constraint, same.position), (tier.role, tier.constraint, tier.position));
        let whose = |tier: &Tier| (tier.session, tier.parent, tier.participant);
        assert_eq!(whose(same), whose(tier), "{}", tier.name);
        let on = |b: &Bundle| b.annotations.iter().filter(|a| a.tier == tier.id).map(|a| a.value.clone()).collect();
        let (on_it, were): (BTreeSet<String>, BTreeSet<String>) = (on(after), on(before));
        assert_eq!(on_it, were, "{}", tier.name);
    }
    for session in &before.sessions {
        let who = |b: &Bundle| -> BTreeSet<(PersonId, String)> {
            let same = b.sessions.iter().find(|s| s.id == session.id).unwrap();
            same.participants.iter().map(|p| (p.person, p.role.clone())).collect()
        };
        assert_eq!(who(after), who(before), "{}", session.name);
    }
    for morph in &before.morphs {
        let same = after.morphs.iter().find(|m| m.id == morph.id).unwrap();
        assert_eq!(
            (&same.form, &same.gloss, same.word, same.position),
            (&morph.form, &morph.gloss, morph.word, morph.position)
        );
        assert_eq!((same.lexeme, same.sense), (morph.lexeme, morph.sense));
    }
    for word in &before.words {
        let same = after.words.iter().find(|w| w.id == word.id).unwrap();
        assert_eq!((&same.form, &same.gloss, same.kind), (&word.form, &word.gloss, word.kind));
        assert_eq!((same.annotation, same.position), (word.annotation, word.position));
    }
    for lexeme in &before.lexemes {
        let same = after.lexemes.iter().find(|l| l.id == lexeme.id).unwrap();
        assert_eq!((&same.form, &same.citation, &same.fields), (&lexeme.form, &lexeme.citation, &lexeme.fields));
        assert_eq!(
            (same.homograph, &same.etymology, &same.notes),
            (lexeme.homograph, &lexeme.etymology, &lexeme.notes)
        );
    }
    for sense in &before.senses {
        let same = after.senses.iter().find(|s| s.id == sense.id).unwrap();
        assert_eq!((&same.gloss, &same.definition, same.parent), (&sense.gloss, &sense.definition, sense.parent));
    }
    for example in &before.examples {
        let same = after.examples.iter().find(|x| x.id == example.id).unwrap();
        assert_eq!(
            (&same.text, &same.translation, same.annotation),
            (&example.text, &example.translation, example.annotation)
        );
    }
    for annotation in &before.annotations {
        let Some(same) = after.annotations.iter().find(|a| a.id == annotation.id) else { continue };
        assert_eq!((same.start, same.end), (annotation.start, annotation.end), "{}", annotation.value);
    }
    let times = |b: &Bundle| b.annotations.iter().filter(|a| a.start.is_some()).count();
    assert_eq!(times(before), times(after));
    let said = |bundle: &Bundle, role: TierRole| -> BTreeSet<String> {
        let tiers: BTreeSet<_> = bundle.tiers.iter().filter(|t| t.role == role).map(|t| t.id).collect();
        bundle.annotations.iter().filter(|a| tiers.contains(&a.tier)).map(|a| a.value.clone()).collect()
    };
    assert_eq!(said(before, TierRole::Translation), said(after, TierRole::Translation));
    let links =
        |b: &Bundle| b.links.iter().map(|l| (l.iri.clone(), l.scheme == LinkScheme::WordNet)).collect::<BTreeSet<_>>();
    assert_eq!(links(before), links(after));
}

#[test]
fn it_comes_back_into_a_project() {
    use fieldgloss::app::edit::project::{self, NewProject};
    use fieldgloss::app::transfer;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export.ttl");
    let before = sample();
    formats::write(&file, Format::Turtle, &before).unwrap();
    for other in [file.clone(), data("ideal.ttl"), data("ligttools_lgr.ttl")] {
        let new = NewProject { name: "New".into(), object_language: "apy".into(), ..NewProject::default() };
        let path = folder.path().join(format!("{}.fieldgloss", other.file_stem().unwrap().display()));
        let mut store = project::create(&path, &new).unwrap();
        let report = transfer::import_file(&mut store, &other, None, ImportOptions::default()).unwrap();
        assert!(report.items.iter().all(|item| item.fate != Fate::LeftOut), "{report}");
        let bundle = store.read().bundle(fieldgloss::store::Scope::Whole).unwrap();
        assert!(!bundle.words.is_empty() && !bundle.morphs.is_empty());
        let problems: Vec<_> = store.check().unwrap().into_iter().map(|problem| problem.text).collect();
        // The recordings that the graph points at are not here.
        assert!(problems.iter().all(|p| p.contains(".wav") || p.contains(".mp4")), "{problems:#?}");
    }
}

#[test]
fn the_graph_of_the_manual_becomes_records() {
    let text = std::fs::read_to_string(data("ideal.ttl")).unwrap();
    let Imported { bundle, report } = read(&data("ideal.ttl"));
    eprintln!("{report}");
    let session = &bundle.sessions[0];
    assert_eq!(session.title, MultiText::of("en", "Well story"));
    let spoken = bundle.annotations.iter().find(|a| a.value == "Nakim sora.").unwrap();
    assert_eq!(spoken.span(), Some(Span::new(Time::from_millis(12_480), Time::from_millis(14_020))));
    let translation = bundle.annotations.iter().find(|a| a.value == "The dogs slept.").unwrap();
    assert_eq!(translation.parent, Some(spoken.id));
    let words: Vec<_> = bundle.words.iter().map(|w| w.form.get("qaa").unwrap()).collect();
    assert_eq!(words, ["nakim", "sora"]);
    let morphs: Vec<_> =
        bundle.morphs.iter().map(|m| (m.form.get("qaa").unwrap(), m.gloss.get("en").unwrap(), m.kind)).collect();
    assert_eq!(
        morphs,
        [("nak", "dog", MorphKind::Stem), ("-im", "PL", MorphKind::Suffix), ("sora", "sleep.PST", MorphKind::Stem)]
    );
    assert_eq!(bundle.morphs[0].lexeme, Some(bundle.lexemes[0].id));
    assert_eq!(bundle.lexemes[0].form.get("qaa"), Some("nak"));
    assert_eq!(
        (bundle.forms[0].kind, &bundle.forms[0].form),
        (FormKind::Pronunciation, &MultiText::of("qaa-fonipa", "nak"))
    );
    assert_eq!(bundle.lexemes[0].category, "noun");
    assert_eq!(bundle.senses[0].definition, MultiText::of("en", "domestic dog"));
    assert_eq!(bundle.examples[0].annotation, Some(spoken.id));
    assert_eq!(bundle.people[0].code, "speaker1");
    assert_eq!(bundle.media[0].path, "well.wav");
    let links: Vec<_> = bundle.links.iter().map(|l| (l.scheme, l.iri.as_str())).collect();
    assert!(links.contains(&(LinkScheme::Dbpedia, "http://dbpedia.org/resource/Dog")));
    assert!(links.contains(&(LinkScheme::WordNet, "https://en-word.net/id/oewn-02086723-n")));
    // It goes out again under its own names, and stays valid.
    let again = turtle(&bundle);
    assert_nothing_lost(&text, &again);
    let verdict = rdf::judge(&bundle).unwrap();
    assert!(verdict.findings.is_empty(), "{verdict}");
    // And once more in: nothing grows.
    assert_same_graph(&again, &turtle(&back(&again, Format::Turtle).bundle));
}

#[test]
fn what_ligttools_writes_becomes_texts() {
    let text = std::fs::read_to_string(data("ligttools_lgr.ttl")).unwrap();
    let Imported { bundle, report } = read(&data("ligttools_lgr.ttl"));
    eprintln!("{report}");
    assert_eq!(bundle.sessions.len(), 1);
    let spoken: BTreeSet<_> = bundle.tiers.iter().filter(|t| t.role == TierRole::Transcription).map(|t| t.id).collect();
    assert_eq!(bundle.annotations.iter().filter(|a| spoken.contains(&a.tier)).count(), 34);
    assert_eq!((bundle.words.len(), bundle.morphs.len()), (73, 123));
    let turkish = bundle.words.iter().find(|w| w.form.get("tur") == Some("çık-mak")).unwrap();
    let pieces: Vec<_> =
        bundle.morphs.iter().filter(|m| m.word == turkish.id).map(|m| m.gloss.first().unwrap()).collect();
    assert_eq!(pieces, ["come.out", "INF"]);
    assert!(report.to_string().contains("triples with rdfs:comment"), "{report}");
    assert_nothing_lost(&text, &turtle(&bundle));
    let verdict = rdf::judge(&bundle).unwrap();
    assert!(verdict.is_valid(), "{verdict}");
}

#[test]
fn what_nobody_understands_goes_out_again() {
    let before = sample();
    let mut text = turtle(&before);
    let lexeme = format!("{}{}", before.project.as_ref().unwrap().base_iri, before.lexemes[3].id);
    text.push_str(&format!(
        "<{lexeme}> <http://example.org/frequencyClass> \"7\"^^<http://example.org/class>, \"x\\\"\\n\"@pt-BR .\n\
         <{lexeme}.form> <http://example.org/hyphenation> \"na-k\"@apy .\n\
         <http://example.org/thing> <http://example.org/about> <{lexeme}> ; a <http://example.org/Thing> .\n"
    ));
    let bundle = back(&text, Format::Turtle).bundle;
    let entry = bundle.lexemes.iter().find(|l| lexeme.ends_with(&l.id.to_string())).unwrap();
    assert_eq!(entry.residue.get("rdf").unwrap()["triples"].as_array().unwrap().len(), 3);
    assert_same_graph(&text, &turtle(&bundle));
    // A record that is not published takes what was said of it along.
    let mut closed = bundle.clone();
    closed.lexemes.retain(|l| l.id != entry.id);
    let without = turtle(&closed);
    assert!(!without.contains("hyphenation"), "what was said of an entry that is gone");
    // The bundle survives our own JSON with it.
    let (bytes, _) = fieldgloss::formats::json::to_bytes(&bundle).unwrap();
    assert_same_graph(&text, &turtle(&fieldgloss::formats::json::from_bytes(&bytes).unwrap().0));
}

#[test]
fn closed_sessions_take_their_leftovers_home() {
    let ideal = std::fs::read_to_string(data("ideal.ttl")).unwrap();
    let more = ":u1 <http://example.org/mood> \"secret mood\"@en . :u1.words <http://example.org/n> \"secret count\"@en .\n\
                <http://example.org/x> <http://example.org/about> :t1 ; rdfs:label \"secret place\"@en .";
    let mut bundle = back(&format!("{ideal}\n{more}\n"), Format::Turtle).bundle;
    assert!(turtle(&bundle).contains("secret mood"));
    bundle.sessions[0].access = Access::Closed;
    let text = turtle(&bundle);
    assert!(!text.contains("secret mood") && !text.contains("secret count"), "{text}");
    assert!(!text.contains("example.org/about"), "what points at it stays home too");
}

#[test]
fn broken_files_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        formats::read(&file, None, &ImportOptions::default())
    };
    for (name, text) in [
        ("a.ttl", "@prefix : <http://x/> . :a :b"),
        ("b.ttl", "\"water\"@eng a <http://www.w3.org/ns/lemon/ontolex#LexicalSense> ."),
        ("c.nt", "<a> <b> \"open ."),
        ("d.rdf", "<rdf:RDF><a></rdf:RDF>"),
        ("e.jsonld", "{\"@context\": \"https://example.org/remote.jsonld\", \"@id\": \"x\"}"),
        ("f.jsonld", "{\"@graph\": ["),
        ("g.trig", "{ <a> <b> }"),
        ("h.ttl", &format!("<a> <b> {} .", "[ <p> ".repeat(3000))),
        ("i.jsonld", &"[".repeat(100_000)),
        ("j.rdf", "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><r>&b;</r>"),
        ("k.ttl", "\u{0}\u{1}\u{2}"),
    ] {
        let result = read(name, text);
        assert!(result.is_err(), "{name} was read");
    }
    // Graphs that make no sense as texts are kept, not refused.
    for (name, text) in [
        ("empty.ttl", ""),
        ("circle.ttl", "@prefix l: <http://purl.org/ligt/ligt-0.3#> . @prefix : <http://x/> .
            :d l:hasText :t . :t a l:InterlinearText ; l:hasSubSegment :u , :p . :p a l:Paragraph ; l:hasSubSegment :p .
            :u l:nextSegment :u ; l:hasWords :u . :u l:item :u ; l:nextWord :u ; l:hasMorphs :u . :u <http://purl.org/dc/terms/isPartOf> :u ."),
        ("times.ttl", "@prefix l: <http://purl.org/ligt/ligt-0.3#> . @prefix oa: <http://www.w3.org/ns/oa#> . @prefix : <http://x/> .
            :t a l:InterlinearText ; l:hasSubSegment :u . :u a l:Utterance . :u1 oa:hasBody :u ; oa:hasTarget <http://x/a.wav#t=99999999999999999999,-1> ."),
        ("blank.ttl", "[] a <http://purl.org/ligt/ligt-0.3#InterlinearText> ; <http://purl.org/ligt/ligt-0.3#hasSubSegment> [ a <http://purl.org/ligt/ligt-0.3#Utterance> ; <http://www.w3.org/2000/01/rdf-schema#label> \"Sora.\"@qaa ] ."),
        ("list.ttl", "<http://x/a> <http://x/b> ( 1 2.5 true \"x\" ) ."),
        ("sense.ttl", "@prefix o: <http://www.w3.org/ns/lemon/ontolex#> . @prefix : <http://x/> . :e a o:LexicalEntry ; o:sense :e . :e o:canonicalForm :e ; o:otherForm :e ."),
    ] {
        let Imported { bundle, .. } = read(name, text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let out = turtle(&bundle);
        if name != "blank.ttl" && name != "list.ttl" {
            assert_nothing_lost(text, &out);
        }
    }
    let blank = read("blank.ttl", "[] a <http://purl.org/ligt/ligt-0.3#InterlinearText> ; <http://purl.org/ligt/ligt-0.3#hasSubSegment> [ a <http://purl.org/ligt/ligt-0.3#Utterance> ; <http://www.w3.org/2000/01/rdf-schema#label> \"Sora.\"@qaa ] .").unwrap();
    assert_eq!((blank.bundle.sessions.len(), blank.bundle.annotations.len()), (1, 1));
}

#[test]
fn other_vocabularies_are_kept_whole() {
    // What LLODifier made of Toolbox and Xigt before there was Ligt.
    for name in ["llodifier_toolbox.ttl", "llodifier_xigt.ttl"] {
        let Imported { bundle, report } = read(&data(name));
        assert!(bundle.project.is_some(), "{report}");
        assert!(residues(&bundle) > 100, "{report}");
        let text = turtle(&bundle);
        assert_same_graph(&text, &turtle(&back(&text, Format::Turtle).bundle));
    }
}
