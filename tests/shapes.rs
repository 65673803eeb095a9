//! The shapes that every export is held against: what they accept, what each of them catches, and that our validator
//! finds what another one finds. Then questions in SPARQL.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use fieldgloss::domain::Bundle;
use fieldgloss::formats::rdf::query::{self, Answer, Limits, QueryError, Value};
use fieldgloss::formats::rdf::shacl::{Severity, ShapesError, ShapesFile};
use fieldgloss::formats::rdf::{self, Verdict};
use fieldgloss::formats::{self, Format, ImportOptions};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn data(name: &str) -> PathBuf {
    root().join("tests/data/rdf").join(name)
}

fn ideal() -> String {
    std::fs::read_to_string(data("ideal.ttl")).unwrap()
}

fn judge_text(folder: &Path, turtle: &str) -> Verdict {
    let file = folder.join("graph.ttl");
    std::fs::write(&file, turtle).unwrap();
    rdf::judge_file(&file, Format::Turtle, None).unwrap()
}

/// The codes of what was found, each once.
fn codes(verdict: &Verdict) -> Vec<String> {
    let mut codes: Vec<_> =
        verdict.findings.iter().map(|f| f.violation.message.split(':').next().unwrap_or_default().to_owned()).collect();
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn the_graph_of_the_manual_is_valid() {
    let verdict = rdf::judge_file(&data("ideal.ttl"), Format::Turtle, None).unwrap();
    assert!(verdict.findings.is_empty(), "{verdict}");
    assert_eq!(verdict.to_string(), "Valid: 0 violations, 0 warnings of 2 shape files (OntoLex, Ligt 0.3)");
}

#[test]
fn what_ligttools_writes_is_valid_with_warnings() {
    let verdict = rdf::judge_file(&data("ligttools_lgr.ttl"), Format::Turtle, None).unwrap();
    assert!(verdict.is_valid(), "{verdict}");
    let warnings = ["TERM_UNKNOWN", "TIER_ITEM_UNTYPED", "UTTERANCE_MORPHS_UNTYPED", "UTTERANCE_WORDS_UNTYPED"];
    assert_eq!(codes(&verdict), warnings);
    assert_eq!(verdict.count(Severity::Warning), 3 * 34 + 1);
}

/// What is done to the graph of the manual, and the code that must be among what is found. The change is a text to
/// replace and what stands in its place; an empty text to replace adds to the end.
const BROKEN: &[(&str, &str, &str)] = &[
    ("DOCUMENT_EMPTY", "ligt:hasText :t1 ; ligt:hasUtterances :all ;", ""),
    ("DOCUMENT_TEXT", "ligt:hasText :t1 ;", "ligt:hasText :u1 ;"),
    ("DOCUMENT_UTTERANCES", "ligt:hasUtterances :all ;", "ligt:hasUtterances :t1 ;"),
    ("DOCUMENT_LICENCE", "<https://creativecommons.org/licenses/by/4.0/>", "\"CC BY\""),
    ("TEXT_MANY_DOCUMENTS", "", ":doc2 a ligt:Document ; ligt:hasText :t1 ; dct:rights \"none\"@en ."),
    ("TEXT_EMPTY", "", ":doc ligt:hasText :t2 . :t2 a ligt:InterlinearText ."),
    ("TEXT_SEGMENT", "ligt:hasSubSegment :u1 .", "ligt:hasSubSegment :u1 , :w1 ."),
    ("TEXT_TITLE", "dct:title \"Well story\"@en", "dct:title \"Well story\"@en , \"The well\"@en"),
    ("TEXT_NO_FIRST", "", ":u1 ligt:nextSegment :u1 ."),
    ("COLLECTION_EMPTY", "ligt:InterlinearCollection ; ligt:utterance :u1 .", "ligt:InterlinearCollection ."),
    ("COLLECTION_UTTERANCE", "ligt:utterance :u1 .", "ligt:utterance :u1 , :w1 ."),
    (
        "PARAGRAPH_NOWHERE",
        "",
        ":p a ligt:Paragraph ; ligt:hasSubSegment :u9 . :u9 a ligt:Utterance ; rdfs:label \"x\"@qaa .",
    ),
    ("PARAGRAPH_SEGMENT", "", ":p a ligt:Paragraph ; ligt:hasSubSegment :w1 . :t1 ligt:hasSubSegment :p ."),
    ("PARAGRAPH_EMPTY", "", ":p a ligt:Paragraph . :t1 ligt:hasSubSegment :p ."),
    ("SEGMENT_LITERAL", "ligt:hasSubSegment :u1 .", "ligt:hasSubSegment :u1 , \"u2\" ."),
    ("SEGMENT_MANY_TEXTS", "", ":doc ligt:hasText :t2 . :t2 a ligt:InterlinearText ; ligt:hasSubSegment :u1 ."),
    ("UTTERANCE_NOWHERE", "", ":u2 a ligt:Utterance ; rdfs:label \"Sora.\"@qaa ."),
    ("UTTERANCE_DIVIDED", "", ":u1 ligt:hasSubSegment :u2 . :u2 a ligt:Utterance ; rdfs:label \"Sora.\"@qaa ."),
    ("UTTERANCE_NO_LABEL", "rdfs:label \"Nakim sora.\"@qaa ;", ""),
    ("UTTERANCE_LABEL", "rdfs:label \"Nakim sora.\"@qaa ;", "rdfs:label \"Nakim sora.\" ;"),
    ("UTTERANCE_LABEL", "rdfs:label \"Nakim sora.\"@qaa ;", "rdfs:label \"Nakim sora.\"@qaa , \"Nakim\"@qaa ;"),
    ("UTTERANCE_TRANSLATION", "\"The dogs slept.\"@en", "\"The dogs slept.\""),
    (
        "UTTERANCE_MANY_WORD_TIERS",
        "",
        ":u1 ligt:hasWords :more . :more a ligt:WordTier ; ligt:item :w9 . :w9 a ligt:Word ; rdfs:label \"x\"@qaa .",
    ),
    ("UTTERANCE_MANY_MORPH_TIERS", "ligt:hasMorphs :u1.morphs .", "ligt:hasMorphs :u1.morphs , \"morphs\" ."),
    ("UTTERANCE_WORDS_UNTYPED", ":u1.words  a ligt:WordTier ; ", ":u1.words "),
    ("UTTERANCE_MORPHS_UNTYPED", ":u1.morphs a ligt:MorphTier ; ", ":u1.morphs "),
    ("UTTERANCE_SPEAKER", "dct:creator :speaker1", "dct:creator \"S1\""),
    ("TIER_EMPTY", "ligt:item :w1 , :w2 .", "rdfs:label \"words\"@en ."),
    ("TIER_LITERAL", "ligt:item :w1 , :w2 .", "ligt:item :w1 , :w2 , \"w3\" ."),
    ("TIER_ITEM_UNTYPED", "", ":u1 ligt:hasTier :x . :x a ligt:Tier ; ligt:item :thing . :thing rdfs:label \"x\"@en ."),
    (
        "TIER_OWNER",
        "",
        ":all ligt:utterance :u2 . :u2 a ligt:Utterance ; rdfs:label \"Sora.\"@qaa ; ligt:hasWords :u1.words .",
    ),
    ("WORDTIER_ITEM", ":w2 a ligt:Word ;", ":w2 a ligt:Item ;"),
    ("WORDTIER_MORPHTIER", "a ligt:WordTier ;", "a ligt:WordTier , ligt:MorphTier ;"),
    ("MORPHTIER_ITEM", "ligt:item :m1 , :m2 , :m3 .", "ligt:item :m1 , :m2 , :m3 , :w1 ."),
    ("ITEM_NOWHERE", "ligt:item :w1 , :w2 .", "ligt:item :w1 ."),
    ("ITEM_MANY_TIERS", "ligt:item :m1 , :m2 , :m3 .", "ligt:item :m1 , :m2 , :m3 , :w1 ."),
    ("WORD_TYPE", ":w2 a ligt:Word ;", ":w2 a ligt:Item ;"),
    ("WORD_NO_LABEL", ":w2 a ligt:Word ; rdfs:label \"sora\"@qaa .", ":w2 a ligt:Word ."),
    ("WORD_LABEL", ":w2 a ligt:Word ; rdfs:label \"sora\"@qaa .", ":w2 a ligt:Word ; rdfs:label \"sora\" ."),
    ("MORPH_TYPE", ":m3 a ligt:Morph , ligt:Stem ;", ":m3 a ligt:Item ;"),
    ("MORPH_NO_LABEL", "rdfs:label \"-im\"@qaa ;", ""),
    ("MORPH_LABEL", "rdfs:label \"-im\"@qaa ;", "rdfs:label \"-im\"@qaa , \"im\"@qaa ;"),
    ("MORPH_NO_WORD", "dct:isPartOf :w2 .", "rdfs:comment \"loose\"@en ."),
    ("MORPH_MANY_WORDS", "dct:isPartOf :w2 .", "dct:isPartOf :w1 , :w2 ."),
    ("MORPH_PART_OF", "dct:isPartOf :w2 .", "dct:isPartOf :u1 ."),
    ("MORPH_MANY_KINDS", "a ligt:Morph , ligt:Suffix ;", "a ligt:Morph , ligt:Suffix , ligt:Prefix ;"),
    (
        "MORPH_WORD_ELSEWHERE",
        "dct:isPartOf :w2 .",
        "dct:isPartOf :w7 . :all ligt:utterance :u7 . :u7 a ligt:Utterance ; rdfs:label \"x\"@qaa ; ligt:hasWords :u7.w . :u7.w a ligt:WordTier ; ligt:item :w7 . :w7 a ligt:Word ; rdfs:label \"x\"@qaa .",
    ),
    ("GLOSS_NO_LANGUAGE", "ligt:gloss \"PL\"@en", "ligt:gloss \"PL\""),
    ("GLOSS_EMPTY", "ligt:gloss \"PL\"@en", "ligt:gloss \"\"@en"),
    ("BAD_LANGUAGE_TAG", "rdfs:label \"nakim\"@qaa", "rdfs:label \"nakim\"@kala"),
    ("ORDER_LITERAL", "ligt:next :w2 ; ligt:nextWord :w2 .", "ligt:next :w2 ; ligt:nextWord \"w2\" ."),
    ("ORDER_FORK", "ligt:next :m3 ; ligt:nextMorph :m3 ;", "ligt:next :m3 ; ligt:nextMorph :m1 ;"),
    ("ORDER_JOIN", ":m3 a ligt:Morph", ":m1 ligt:nextMorph :m3 . :m3 a ligt:Morph"),
    ("ORDER_CIRCLE", "", ":w2 ligt:nextWord :w2 ."),
    ("ORDER_CIRCLE", "", ":w2 ligt:nextWord :w1 ."),
    ("ORDER_OTHER_TIER", "ligt:next :w2 ; ligt:nextWord :w2 .", "ligt:next :m3 ."),
    ("SEGMENT_NEXT_LITERAL", "", ":u1 ligt:nextSegment \"u2\" ."),
    ("SEGMENT_FORK", "", ":u1 ligt:nextSegment :u2 , :u3 ."),
    ("SEGMENT_JOIN", "", ":u2 ligt:nextSegment :u1 . :u3 ligt:nextSegment :u1 ."),
    ("SEGMENT_CIRCLE", "", ":u1 ligt:nextSegment :u1 ."),
    (
        "SEGMENT_OTHER_TEXT",
        "",
        ":u1 ligt:nextSegment :u2 . :u2 a ligt:Utterance ; rdfs:label \"x\"@qaa . :doc ligt:hasText :t2 . :t2 a ligt:InterlinearText ; ligt:hasSubSegment :u2 .",
    ),
    ("TIME_NO_FRAGMENT", "well.wav#t=12.480,14.020", "well.wav"),
    ("TIME_BACKWARDS", "#t=12.480,14.020", "#t=14.020,12.480"),
    ("METADATA_TARGET", "", ":meta a ligt:Metadata ; ligt:metaBody \"checked\"@en ."),
    ("METADATA_BODY", "", ":meta a ligt:Metadata ; ligt:metaTarget :u1 ."),
    ("METADATA_META_BODY", "", ":meta a ligt:Metadata ; ligt:metaTarget :u1 ; ligt:metaBody :nak ."),
    ("METADATA_REF_BODY", "", ":meta a ligt:Metadata ; ligt:metaTarget :u1 ; ligt:refBody \"nak\"@qaa ."),
    ("ANNOTATION_LITERAL", "", ":w1 ligt:annotation :nak ."),
    ("METADATA_LITERAL", "", ":w1 ligt:metadata :nak ."),
    ("METADATA_REF", "", ":w1 ligt:metadataRef \"nak\" ."),
    ("ALIGNMENT_ITEM", "", ":w1 ligt:correspondsTo :u1 ."),
    ("ALIGNMENT_SELF", "", ":w1 ligt:correspondsTo :w1 ."),
    ("TERM_UNKNOWN", "", ":w1 ligt:glossLine \"dogs\"@en ."),
    ("TERM_UNKNOWN", "", ":w1 a <http://purl.org/ligt/ligt-0.2#Word> ."),
    // And of the shapes for OntoLex.
    (
        "ENTRY_MANY_CAN_FORMS",
        "",
        ":nak ontolex:canonicalForm :nak.f2 . :nak.f2 a ontolex:Form ; ontolex:writtenRep \"n\"@qaa .",
    ),
    ("SENSE_NO_REF", "ontolex:reference <http://dbpedia.org/resource/Dog> ;", ""),
    ("FORM_NO_REP", "ontolex:writtenRep \"nak\"@qaa ;", ""),
    ("NO_LANG", "ontolex:writtenRep \"nak\"@qaa ;", "ontolex:writtenRep \"nak\" ;"),
    (
        "BAD_LANG",
        "lime:entry :nak .",
        "lime:entry :nak . :lex2 a lime:Lexicon ; lime:entry :nak ; lime:language \"no language\" .",
    ),
    ("LANG_ON_LANG", "lime:language \"qaa\" ; lime:entry", "lime:language \"qaa\"@en ; lime:entry"),
    ("LEXICON_EMPTY", "lime:language \"qaa\" ; lime:entry :nak .", "lime:language \"qaa\" ."),
    ("OP_INVALID_OBJ", "ontolex:evokes :nak.c1 ;", "ontolex:evokes \"dog\"@en ;"),
    ("DP_INVALID_OBJ", "ontolex:writtenRep \"nak\"@qaa ;", "ontolex:writtenRep \"nak\"@qaa , :nak ;"),
    ("NOT_LEMON_URI", "a ontolex:Form ;", "a ontolex:form , ontolex:Form ;"),
    ("BNODE", "", "[] ontolex:isSenseOf :nak ; ontolex:reference :nak.c1 ."),
];

/// The graph of the manual with one change.
fn broken(before: &str, after: &str) -> String {
    let ideal = ideal();
    if before.is_empty() {
        return format!("{ideal}\n{after}\n");
    }
    assert!(ideal.contains(before), "the manual has no {before}");
    ideal.replacen(before, after, 1)
}

#[test]
fn each_fault_is_caught_by_the_shape_that_should() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (code, before, after) in BROKEN {
        let verdict = judge_text(folder.path(), &broken(before, after));
        let found = codes(&verdict);
        if !found.iter().any(|f| f == code) {
            wrong.push(format!("{code} is not among {found:?} for {after}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_message_of_our_shapes_is_tested() {
    let shapes = std::fs::read_to_string(root().join("assets/shapes/ligt.ttl")).unwrap();
    let info = ["DOCUMENT_NO_LICENCE"];
    for message in shapes.split("sh:message \"").skip(1) {
        let code = message.split(':').next().unwrap();
        assert!(BROKEN.iter().any(|(tested, ..)| *tested == code) || info.contains(&code), "{code} is not tested");
    }
}

/// What pySHACL finds in some files; `None` where it is not installed.
fn by_pyshacl(shapes: &Path, files: &[PathBuf]) -> Option<Vec<Vec<[String; 4]>>> {
    let Some(folder) = std::env::var_os("FIELDGLOSS_REFEREES") else {
        eprintln!("FIELDGLOSS_REFEREES is not set: our validator was not held against pySHACL");
        return None;
    };
    let mut command = Command::new(PathBuf::from(folder).join("bin/python"));
    command.arg(root().join("packaging/referees/list_violations.py")).arg(shapes).args(files);
    let run = command.output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let mut found: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let mut take = |file: &PathBuf| serde_json::from_value(found[file.to_str().unwrap()].take()).unwrap();
    Some(files.iter().map(&mut take).collect())
}

fn by_us(shapes: &[ShapesFile], file: &Path) -> Vec<[String; 4]> {
    let verdict = rdf::judge_file(file, Format::Turtle, Some(shapes)).unwrap();
    let mut rows: Vec<_> = verdict
        .findings
        .into_iter()
        .map(|f| {
            let severity = if f.violation.severity == Severity::Violation { "Violation" } else { "Warning" };
            [severity.to_owned(), f.violation.focus, f.violation.rule.to_owned(), f.violation.message]
        })
        .collect();
    rows.sort();
    rows.dedup();
    rows
}

#[test]
fn pyshacl_finds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = vec![data("ideal.ttl"), data("ligttools_lgr.ttl")];
    for (index, (_, before, after)) in BROKEN.iter().enumerate() {
        let file = folder.path().join(format!("broken-{index}.ttl"));
        std::fs::write(&file, broken(before, after)).unwrap();
        files.push(file);
    }
    let export = folder.path().join("apalai.ttl");
    std::fs::write(&export, rdf::to_bytes(Format::Turtle, &apalai()).unwrap().0).unwrap();
    // A thorough spoiling of a real export: every fifth line that ends a statement says something else.
    let spoilt =
        std::fs::read_to_string(&export).unwrap().replace("\"@en;", "\";").replace("ligt:nextWord", "ligt:nextMorph");
    let file = folder.path().join("spoilt.ttl");
    std::fs::write(&file, spoilt).unwrap();
    files.extend([export, file]);
    for name in ["ligt.ttl", "ontolex-shapes.ttl"] {
        let path = root().join("assets/shapes").join(name);
        let shapes = [ShapesFile::read(name, &std::fs::read_to_string(&path).unwrap()).unwrap()];
        let Some(theirs) = by_pyshacl(&path, &files) else { return };
        for (file, theirs) in files.iter().zip(theirs) {
            // Blank nodes have a name of their own in each program.
            let named = |rows: Vec<[String; 4]>| -> Vec<[String; 4]> {
                rows.into_iter()
                    .map(|[s, f, r, m]| [s, if f.starts_with("_:") { "_:".into() } else { f }, r, m])
                    .collect()
            };
            let (ours, theirs) = (named(by_us(&shapes, file)), named(theirs));
            let more: Vec<_> = ours.iter().filter(|row| !theirs.contains(row)).take(5).collect();
            let fewer: Vec<_> = theirs.iter().filter(|row| !ours.contains(row)).take(5).collect();
            assert!(
                more.is_empty() && fewer.is_empty(),
                "{name}, {}: only we find {more:#?}, only pySHACL finds {fewer:#?}",
                file.display()
            );
        }
    }
}

fn apalai() -> Bundle {
    let mut whole = Bundle::default();
    for name in ["apalai.flextext", "apalai.lift"] {
        let file = root().join("assets/sample").join(name);
        let bundle = formats::read(&file, None, &ImportOptions::default()).unwrap().bundle;
        whole.languages.extend(bundle.languages);
        whole.sessions.extend(bundle.sessions);
        whole.people.extend(bundle.people);
        whole.tiers.extend(bundle.tiers);
        whole.annotations.extend(bundle.annotations);
        whole.words.extend(bundle.words);
        whole.morphs.extend(bundle.morphs);
        whole.lexemes.extend(bundle.lexemes);
        whole.forms.extend(bundle.forms);
        whole.senses.extend(bundle.senses);
        whole.examples.extend(bundle.examples);
        whole.relations.extend(bundle.relations);
    }
    whole
}

#[test]
fn real_texts_and_dictionaries_are_valid_and_quickly_judged() {
    let start = Instant::now();
    let verdict = rdf::judge(&apalai()).unwrap();
    eprintln!("Apalaí: {} triples judged in {:?}\n{verdict}", verdict.triples, start.elapsed());
    assert!(verdict.is_valid(), "{verdict}");
    assert!(start.elapsed() < Duration::from_secs(10));
    let mut bundle =
        formats::read(&root().join("tests/data/teanu_db.sfm"), None, &ImportOptions::default()).unwrap().bundle;
    bundle.lexemes.truncate(1000);
    let start = Instant::now();
    let verdict = rdf::judge(&bundle).unwrap();
    eprintln!("1,000 entries: {} triples judged in {:?}\n{verdict}", verdict.triples, start.elapsed());
    assert!(verdict.is_valid(), "{verdict}");
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn every_export_says_what_the_shapes_say() {
    let mut bundle = apalai();
    let folder = tempfile::tempdir().unwrap();
    let (report, verdict) = rdf::write_judged(&folder.path().join("a.ttl"), Format::Turtle, &bundle).unwrap();
    assert!(verdict.is_valid());
    assert!(!report.to_string().contains("Shapes, violation"), "{report}");
    // A morph without a form is a fault that people make.
    let morph = bundle.morphs.iter_mut().find(|m| m.gloss.first().is_some()).unwrap();
    morph.form = Default::default();
    let id = morph.id.record();
    let (report, verdict) = rdf::write_judged(&folder.path().join("b.ttl"), Format::Turtle, &bundle).unwrap();
    assert!(!verdict.is_valid());
    assert!(verdict.findings.iter().any(|f| f.record == Some(id)), "the record is named");
    assert!(report.to_string().contains("Shapes, violation, 1 ×: MORPH_NO_LABEL"), "{report}");
}

#[test]
fn shapes_that_ask_what_is_not_checked_are_refused() {
    let head = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <http://example.org/> . ";
    for (rest, construct) in [
        ("x:S a sh:NodeShape ; sh:targetClass x:C ; sh:closed true .", "sh:closed"),
        ("x:S a sh:NodeShape ; sh:targetClass x:C ; sh:property [ sh:path x:p ; sh:lessThan x:q ] .", "sh:lessThan"),
        ("x:S a sh:NodeShape ; sh:targetClass x:C ; sh:js [ a sh:JSConstraint ] .", "sh:js"),
        ("x:S a sh:NodeShape ; sh:targetClass x:C ; sh:rule [] .", "sh:rule"),
        (
            "x:S a sh:NodeShape ; sh:targetClass x:C ; sh:sparql [ sh:select \"SELECT nothing\" ] .",
            "a query with a fault",
        ),
        ("x:S a sh:NodeShape ; sh:targetClass x:C ; sh:not x:S2 . x:S2 sh:not x:S .", "part of itself"),
    ] {
        match ShapesFile::read("test", &format!("{head}{rest}")) {
            Err(error @ ShapesError::Unknown { .. }) => assert!(error.to_string().contains(construct), "{error}"),
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("{construct} was not refused"),
        }
    }
    assert!(ShapesFile::read("test", "no turtle").is_err());
}

fn ask(query: &str) -> Result<Answer, QueryError> {
    query::ask(&rdf::view(&apalai()).unwrap(), query, Limits::default(), || false)
}

#[test]
fn the_queries_that_come_with_the_program_have_answers() {
    let triples = rdf::view(&apalai()).unwrap();
    for (name, text) in query::EXAMPLES {
        let start = Instant::now();
        let Answer::Table { columns, rows, .. } = query::ask(&triples, text, Limits::default(), || false).unwrap()
        else {
            panic!("{name} is no SELECT");
        };
        eprintln!("{name}: {} rows of {columns:?} in {:?}", rows.len(), start.elapsed());
        // The sample's texts have no recording, and nobody has tied its morphs to the lexicon here.
        let expected = !["time", "attestations", "links"].contains(&name);
        assert!(!expected || !rows.is_empty(), "{name} finds nothing");
    }
}

#[test]
fn questions_of_every_form() {
    assert_eq!(ask("ASK { ?m a ligt:Morph }").unwrap(), Answer::Truth(true));
    assert_eq!(ask("ASK { ?m a ligt:Nothing }").unwrap().to_text(), "no\n");
    let Answer::Table { columns, rows, more } = ask("SELECT (COUNT(?m) AS ?n) WHERE { ?m a ligt:Morph }").unwrap()
    else {
        panic!()
    };
    assert_eq!((columns, rows.len(), more), (vec!["n".to_owned()], 1, false));
    assert!(matches!(&rows[0][0], Some(Value::Literal { text, .. }) if text.parse::<usize>().unwrap() > 100));
    let Answer::Table { columns, rows, .. } =
        ask("CONSTRUCT { ?m rdfs:label ?l } WHERE { ?m a ligt:Morph ; rdfs:label ?l }").unwrap()
    else {
        panic!()
    };
    assert_eq!(columns, ["subject", "property", "value"]);
    assert!(rows.len() > 100);
    assert_eq!(rows[0][1].as_ref().unwrap().shown(), "rdfs:label");
    let answer = ask("SELECT ?l WHERE { ?m a ligt:Morph ; rdfs:label ?l } LIMIT 2").unwrap();
    assert!(answer.to_csv().starts_with("l\r\n"), "{}", answer.to_csv());
    assert!(answer.to_json().contains("\"xml:lang\":\"apy"), "{}", answer.to_json());
}

#[test]
fn questions_that_ask_too_much_are_stopped() {
    let triples = rdf::view(&apalai()).unwrap();
    let product = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }";
    let refused = query::ask(&triples, product, Limits::default(), || false);
    assert!(matches!(refused, Err(QueryError::Product(_))), "{refused:?}");
    let everything = "SELECT (COUNT(*) AS ?n) WHERE { ?a a ?c . ?d a ?c . ?e a ?c . ?f a ?c }";
    let limits = Limits { time: Duration::from_millis(300), rows: 10 };
    let start = Instant::now();
    let slow = query::ask(&triples, everything, limits, || false);
    assert!(matches!(slow, Err(QueryError::TooSlow(_))), "{slow:?}");
    assert!(start.elapsed() < Duration::from_secs(10));
    let stopped = query::ask(&triples, everything, Limits::default(), || true);
    assert!(matches!(stopped, Err(QueryError::Cancelled)), "{stopped:?}");
    let Ok(Answer::Table { rows, more, .. }) = query::ask(&triples, "SELECT * { ?s ?p ?o }", limits, || false) else {
        panic!()
    };
    assert_eq!((rows.len(), more), (10, true));
    assert!(matches!(ask("SELECT ?x WHERE { ?x a }"), Err(QueryError::Syntax(_))));
    assert!(matches!(ask(&"{".repeat(5000)), Err(QueryError::TooLarge)));
    assert!(matches!(ask(&format!("ASK {{ FILTER ({}1{}) }}", "(".repeat(90), ")".repeat(90))), Ok(Answer::Truth(_))));
    // Nothing leaves this computer: another server is never asked.
    let service = ask("SELECT * WHERE { SERVICE <http://example.org/sparql> { ?s ?p ?o } }");
    assert!(service.is_err(), "{service:?}");
}
