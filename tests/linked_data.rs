//! Linked Data: one glossed sentence and one entry as the manual has them, any text at all, real files; read back by
//! parsers, judged by referees that are not ours.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use fieldgloss::domain::*;
use fieldgloss::formats::{self, Format, json, rdf};
use proptest::prelude::*;
use sophia::api::prelude::*;
use sophia::api::term::SimpleTerm;

const SYNTAXES: [Format; 5] = [Format::Turtle, Format::NTriples, Format::RdfXml, Format::JsonLd, Format::TriG];

fn session(name: &str) -> Session {
    Session {
        id: SessionId::new(),
        name: name.into(),
        title: MultiText::of("en", "Well story"),
        date: "2010-06".into(),
        place: String::new(),
        genre: "narrative".into(),
        description: MultiText::default(),
        participants: Vec::new(),
        consent: Consent::default(),
        access: Access::Open,
        position: 0,
        residue: Residue::default(),
    }
}

fn person(code: &str, name: &str, access: Access) -> Person {
    Person {
        id: PersonId::new(),
        code: code.into(),
        name: name.into(),
        languages: Vec::new(),
        notes: String::new(),
        consent: Consent::default(),
        access,
        residue: Residue::default(),
    }
}

fn tier(session: &Session, name: &str, role: TierRole, language: &str) -> Tier {
    Tier {
        id: TierId::new(),
        session: session.id,
        parent: None,
        name: name.into(),
        role,
        constraint: Constraint::None,
        type_name: String::new(),
        participant: None,
        annotator: String::new(),
        language: language.into(),
        vocabulary: None,
        position: 0,
        residue: Residue::default(),
    }
}

fn word(annotation: AnnotationId, position: i64, form: &str) -> Word {
    Word {
        id: WordId::new(),
        annotation,
        position,
        kind: WordKind::Word,
        form: MultiText::of("qaa", form),
        gloss: MultiText::default(),
        category: MultiText::default(),
        status: WordStatus::Approved,
        start: None,
        end: None,
        residue: Residue::default(),
    }
}

fn morph(word: &Word, position: i64, form: &str, gloss: &str) -> Morph {
    Morph {
        id: MorphId::new(),
        word: word.id,
        position,
        kind: MorphKind::from_marks(form),
        form: MultiText::of("qaa", form),
        citation: MultiText::default(),
        gloss: MultiText::of("en", gloss),
        category: MultiText::default(),
        homograph: String::new(),
        lexeme: None,
        sense: None,
        residue: Residue::default(),
    }
}

fn lexeme(form: &str, category: &str) -> Lexeme {
    Lexeme {
        id: LexemeId::new(),
        form: [("qaa", form), ("qaa-fonipa", form)].into_iter().collect(),
        citation: MultiText::default(),
        kind: MorphKind::Stem,
        homograph: 0,
        category: category.into(),
        etymology: MultiText::default(),
        notes: MultiText::default(),
        fields: BTreeMap::new(),
        created: String::new(),
        modified: String::new(),
        position: 0,
        residue: Residue::default(),
    }
}

fn sense(lexeme: &Lexeme, gloss: &str) -> Sense {
    Sense {
        id: SenseId::new(),
        lexeme: lexeme.id,
        parent: None,
        position: 0,
        gloss: MultiText::of("en", gloss),
        definition: MultiText::of("en", format!("definition of {gloss}")),
        category: String::new(),
        domains: vec!["1.6.1.1 Mammal".into()],
        scientific_name: String::new(),
        notes: MultiText::default(),
        fields: BTreeMap::new(),
        residue: Residue::default(),
    }
}

fn link(record: RecordId, scheme: LinkScheme, iri: &str, confirmed_by: &str) -> ExternalLink {
    ExternalLink {
        id: LinkId::new(),
        record,
        scheme,
        iri: iri.into(),
        label: String::new(),
        confirmed_by: confirmed_by.into(),
        confirmed_at: "2026-03-01T12:00:00Z".into(),
        residue: Residue::default(),
    }
}

/// *Nakim sora.* 'The dogs slept.', told by S1 at 12.480 to 14.020 s of well.wav, and the entries it uses.
fn well_story() -> Bundle {
    let mut bundle = Bundle {
        project: Some(Project {
            id: ProjectId::new(),
            name: "Invented".into(),
            description: MultiText::default(),
            base_iri: "https://example.org/p/".into(),
            licence: "https://creativecommons.org/licenses/by/4.0/".into(),
            created: "2026-01-01T00:00:00Z".into(),
            residue: Residue::default(),
        }),
        ..Bundle::default()
    };
    let text = session("WELL");
    let speaker = person("S1", "Maria Silva", Access::Team);
    let mut spoken = tier(&text, "S1", TierRole::Transcription, "qaa");
    spoken.participant = Some(speaker.id);
    let mut free = tier(&text, "S1-free", TierRole::Translation, "en");
    free.parent = Some(spoken.id);
    let mut tags = tier(&text, "faces", TierRole::Tags, "en");
    tags.participant = Some(speaker.id);
    let span = Span::new(Time::from_millis(12_480), Time::from_millis(14_020));
    let utterance = Annotation::new(spoken.id, Some(span), 0, "Nakim sora.");
    let mut translation = Annotation::new(free.id, None, 0, "The dogs slept.");
    translation.parent = Some(utterance.id);
    let smile = Annotation::new(tags.id, Some(span), 0, "smile");

    let nak = lexeme("nak", "n");
    let dog = sense(&nak, "dog");
    let sora = lexeme("sora", "verb, intransitive");
    let sleep = sense(&sora, "sleep");
    let mut rest = sense(&sora, "rest");
    rest.parent = Some(sleep.id);
    let mut im = lexeme("im", "number marker");
    im.kind = MorphKind::Suffix;
    let plural = sense(&im, "PL");
    let words = vec![word(utterance.id, 0, "nakim"), word(utterance.id, 1, "sora")];
    let mut morphs = vec![
        morph(&words[0], 0, "nak", "dog"),
        morph(&words[0], 1, "-im", "PL"),
        morph(&words[1], 0, "sora", "sleep.PST"),
    ];
    for (morph, (lexeme, sense)) in morphs.iter_mut().zip([(&nak, &dog), (&im, &plural), (&sora, &sleep)]) {
        (morph.lexeme, morph.sense) = (Some(lexeme.id), Some(sense.id));
    }
    bundle.media.push(Media {
        id: MediaId::new(),
        session: text.id,
        path: "media/well.wav".into(),
        storage: MediaStorage::Copied,
        hash: String::new(),
        size: 0,
        mime: "audio/x-wav".into(),
        duration: Some(Time::from_millis(60_000)),
        offset: Time::ZERO,
        streams: Vec::new(),
        position: 0,
        residue: Residue::default(),
    });
    bundle.links = vec![
        link(dog.id.record(), LinkScheme::Dbpedia, "http://dbpedia.org/resource/Dog", "S1"),
        link(dog.id.record(), LinkScheme::WordNet, "https://en-word.net/id/oewn-02086723-n", "Ana"),
        link(sleep.id.record(), LinkScheme::Dbpedia, "http://dbpedia.org/resource/Sleep", ""),
    ];
    bundle.relations.push(Relation {
        id: RelationId::new(),
        kind: "Synonyms".into(),
        source: sleep.id.record(),
        target: Some(rest.id.record()),
        target_text: String::new(),
        position: 0,
        residue: Residue::default(),
    });
    bundle.examples.push(Example {
        id: ExampleId::new(),
        sense: dog.id,
        position: 0,
        text: MultiText::of("qaa", "Nakim sora."),
        translation: MultiText::of("en", "The dogs slept."),
        source: String::new(),
        annotation: Some(utterance.id),
        residue: Residue::default(),
    });
    bundle.forms.push(Form {
        id: FormId::new(),
        lexeme: nak.id,
        position: 0,
        kind: FormKind::Allomorph,
        form: MultiText::of("qaa", "nag"),
        environment: "before a vowel".into(),
        residue: Residue::default(),
    });
    bundle.languages.push(Language {
        id: LanguageId::new(),
        tag: "qaa".into(),
        name: MultiText::of("en", "Invented"),
        iso639_3: String::new(),
        glottocode: String::new(),
        role: LanguageRole::Object,
        position: 0,
        writing_systems: Vec::new(),
        residue: Residue::default(),
    });
    bundle.sessions.push(text);
    bundle.people.push(speaker);
    bundle.tiers = vec![spoken, free, tags];
    bundle.annotations = vec![utterance, translation, smile];
    bundle.words = words;
    bundle.morphs = morphs;
    bundle.lexemes = vec![nak, im, sora];
    bundle.senses = vec![dog, plural, sleep, rest];
    bundle
}

fn written(bundle: &Bundle, format: Format) -> String {
    String::from_utf8(rdf::to_bytes(format, bundle).unwrap().0).unwrap()
}

/// The triples that sophia reads, one a line, sorted: without blank nodes equal graphs are equal lists.
fn triples(text: &str, format: Format) -> Vec<String> {
    let graph: Vec<[SimpleTerm<'static>; 3]> = match format {
        Format::Turtle => sophia::turtle::parser::turtle::parse_str(text).collect_triples().unwrap(),
        Format::NTriples => sophia::turtle::parser::nt::parse_str(text).collect_triples().unwrap(),
        Format::RdfXml => sophia::xml::parser::parse_str(text).collect_triples().unwrap(),
        Format::TriG => {
            let quads: Vec<([SimpleTerm<'static>; 3], Option<SimpleTerm<'static>>)> =
                sophia::turtle::parser::trig::parse_str(text).collect_quads().unwrap();
            quads.into_iter().map(|(triple, _)| triple).collect()
        }
        Format::JsonLd => {
            let quads: Vec<([SimpleTerm<'static>; 3], Option<SimpleTerm<'static>>)> =
                sophia::jsonld::parser::JsonLdParser::new().parse_str(text).collect_quads().unwrap();
            quads.into_iter().map(|(triple, _)| triple).collect()
        }
        other => panic!("{other} is no RDF"),
    };
    let mut lines: Vec<_> = graph
        .iter()
        .map(|[s, p, o]| {
            assert!(s.is_iri() && p.is_iri() && !o.is_blank_node(), "{s:?} {p:?} {o:?}");
            format!("{s:?} {p:?} {o:?}").to_lowercase()
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

#[test]
fn one_sentence_as_the_manual_has_it() {
    let bundle = well_story();
    let turtle = written(&bundle, Format::Turtle);
    for said in [
        "<https://example.org/p/media/well.wav#t=12.480,14.020>",
        "ligt:translation \"The dogs slept.\"@en",
        "lexinfo:number lexinfo:plural",
        "lexinfo:tense lexinfo:past",
        "lexinfo:partOfSpeech lexinfo:noun",
        "ontolex:reference <http://dbpedia.org/resource/Dog>",
        "skos:exactMatch <https://en-word.net/id/oewn-02086723-n>",
        "ontolex:phoneticRep \"nak\"@qaa-fonipa",
        "lexinfo:synonym",
        "dct:license <https://creativecommons.org/licenses/by/4.0/>",
    ] {
        assert!(turtle.contains(said), "{said} is not in\n{turtle}");
    }
    assert!(!turtle.contains("Maria"), "a name went out");
    assert!(!turtle.contains("resource/Sleep"), "an unconfirmed link went out");
    assert!(!turtle.contains("_:") && !turtle.contains("[]"), "a blank node");
    assert_eq!(turtle, written(&bundle, Format::Turtle), "the same bytes");
}

#[test]
fn five_syntaxes_one_graph() {
    let bundle = well_story();
    let expected = triples(&written(&bundle, Format::Turtle), Format::Turtle);
    assert!(expected.len() > 100);
    for format in SYNTAXES {
        assert_eq!(triples(&written(&bundle, format), format), expected, "{format}");
        assert_eq!(written(&bundle, format), written(&bundle, format), "{format}: the same bytes");
    }
}

#[test]
fn what_is_closed_stays_home() {
    let mut bundle = well_story();
    bundle.people[0].access = Access::Closed;
    let (bytes, report) = rdf::to_bytes(Format::Turtle, &bundle).unwrap();
    let turtle = String::from_utf8(bytes).unwrap();
    assert!(!turtle.contains("Nakim"), "what a closed person said went out:\n{turtle}");
    assert!(!turtle.contains("The dogs slept"));
    assert!(!report.is_lossless());
    let mut bundle = well_story();
    bundle.sessions[0].access = Access::Closed;
    let turtle = written(&bundle, Format::Turtle);
    assert!(!turtle.contains("Well story") && !turtle.contains("Nakim") && !turtle.contains("frac:attestation"));
}

#[test]
fn suggestions_and_proposals_stay_home() {
    let mut bundle = well_story();
    bundle.words.iter_mut().for_each(|w| w.status = WordStatus::Suggested);
    let (bytes, report) = rdf::to_bytes(Format::Turtle, &bundle).unwrap();
    assert!(!String::from_utf8(bytes).unwrap().contains("ligt:Morph"));
    assert!(report.to_string().contains("nobody has agreed"), "{report}");
}

#[test]
fn a_base_that_is_no_iri_is_refused() {
    let mut bundle = well_story();
    for base in ["not an iri", "https://example.org/<p>/", "p/"] {
        bundle.project.as_mut().unwrap().base_iri = base.into();
        let error = rdf::to_bytes(Format::Turtle, &bundle).unwrap_err().to_string();
        assert!(error.contains("base IRI"), "{error}");
    }
}

/// Texts that break things: controls, quotes, lone marks, right-to-left, ends of CDATA.
fn nasty() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\\x00-\\x20\"'\\\\<>&\\]]{0,12}",
        Just("]]><b>&amp;\u{0}\r\n\u{85}\u{2028}".to_owned()),
        Just("\u{301}\u{361}שלום\u{202E}\u{FFFE}\u{FFFF}\u{1F600}".to_owned()),
        Just(" \t ".to_owned()),
    ]
}

fn full_of(text: &str, tag: &str) -> Bundle {
    let mut bundle = well_story();
    let texts = || MultiText::of(tag, text);
    bundle.sessions[0].name = text.into();
    bundle.sessions[0].place = text.into();
    bundle.sessions[0].date = text.into();
    bundle.sessions[0].title = texts();
    bundle.people[0].code = text.into();
    bundle.media[0].path = text.into();
    bundle.annotations.iter_mut().for_each(|a| a.value = text.into());
    bundle.tiers.iter_mut().for_each(|t| (t.language, t.name) = (tag.into(), text.into()));
    bundle.words.iter_mut().for_each(|w| (w.form, w.category) = (texts(), texts()));
    bundle.morphs.iter_mut().for_each(|m| (m.form, m.gloss) = (texts(), texts()));
    bundle.lexemes.iter_mut().for_each(|l| {
        (l.form, l.category, l.created) = (texts(), text.into(), text.into());
        l.fields.insert(text.into(), texts());
    });
    bundle.senses.iter_mut().for_each(|s| (s.gloss, s.domains) = (texts(), vec![text.into()]));
    bundle.relations.iter_mut().for_each(|r| r.kind = text.into());
    bundle.links.iter_mut().for_each(|l| (l.iri, l.confirmed_by) = (text.into(), text.into()));
    bundle.project.as_mut().unwrap().licence = text.into();
    bundle
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_in_five_syntaxes_is_one_graph(text in nasty(), tag in prop_oneof!["[a-zA-Z-]{0,12}", any::<String>()]) {
        let bundle = full_of(&text, &tag);
        let expected = triples(&written(&bundle, Format::NTriples), Format::NTriples);
        for format in SYNTAXES {
            prop_assert_eq!(&triples(&written(&bundle, format), format), &expected, "{}", format);
        }
        // And back: nothing is lost, and the second time nothing changes.
        let options = formats::ImportOptions::default();
        let back = rdf::from_text(&written(&bundle, Format::Turtle), Format::Turtle, &options).unwrap().bundle;
        let again = triples(&written(&back, Format::NTriples), Format::NTriples);
        let lost: Vec<_> = expected.iter().filter(|triple| !again.contains(triple)).collect();
        prop_assert!(lost.is_empty(), "lost {:#?}", lost);
    }

    #[test]
    fn our_own_json_gives_everything_back(text in nasty(), tag in any::<String>(), time in any::<i64>(), number in (0..=1024_u32).prop_map(|n| f64::from(n) / 1024.0)) {
        let mut bundle = full_of(&text, &tag);
        bundle.annotations[0].start = Some(Time(time));
        bundle.annotations[0].residue.set("eaf", serde_json::json!({ "attribute": text, "list": [1, null, true] }));
        bundle.tags.push(Tag {
            id: TagId::new(),
            run: RunId::new(),
            track: TrackId::new(),
            label: text.clone(),
            start: Time(time),
            end: Time(time),
            confidence: number,
            evidence: serde_json::json!({ "scores": [0.5, 0.25] }),
            status: TagStatus::Unsure,
            reviewer: text.clone(),
            reviewed: String::new(),
            annotation: None,
            residue: Residue::default(),
        });
        let (bytes, _) = json::to_bytes(&bundle).unwrap();
        let (back, _) = json::from_bytes(&bytes).unwrap();
        prop_assert_eq!(back, bundle);
    }
}

/// Runs the referees on a file; `None` where they are not installed.
fn referees(file: &Path, require_rows: bool) -> Option<(bool, String)> {
    let folder = std::env::var_os("FIELDGLOSS_REFEREES")?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(PathBuf::from(folder).join("bin/python"));
    command.arg(root.join("packaging/referees/check_turtle.py")).arg(file);
    command.arg(root.join("assets/shapes")).arg(root.join("assets/queries"));
    if require_rows {
        command.arg("--require-rows");
    }
    let run = command.output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    Some((run.status.success(), said))
}

fn judge(bundle: &Bundle, format: Format, require_rows: bool) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export").with_extension(format.extensions()[0]);
    formats::write(&file, format, bundle).unwrap();
    match referees(&file, require_rows) {
        Some((ok, said)) => assert!(ok, "{format}: {said}"),
        None => eprintln!("FIELDGLOSS_REFEREES is not set: {format} was not judged by others"),
    }
}

#[test]
fn referees_pass_what_we_write() {
    for format in SYNTAXES {
        judge(&well_story(), format, true);
    }
    let nasty = "\"quotes\"\r\n\u{0}\u{301}]]> שלום <b>&amp; \\";
    for format in SYNTAXES {
        judge(&full_of(nasty, "qaa-Latn"), format, false);
    }
}

#[test]
fn referees_reject_literals_as_subjects() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rdf/literals_as_subjects.ttl");
    if let Some((ok, said)) = referees(&file, false) {
        assert!(!ok, "{said}");
        assert!(said.contains("literal"), "{said}");
    }
}

/// How many entries of a large dictionary the referees look at.
const ENTRIES: usize = 150;

fn first_entries(bundle: &mut Bundle, count: usize) {
    bundle.lexemes.truncate(count);
    let lexemes: std::collections::HashSet<_> = bundle.lexemes.iter().map(|l| l.id).collect();
    bundle.senses.retain(|s| lexemes.contains(&s.lexeme));
    bundle.forms.retain(|f| lexemes.contains(&f.lexeme));
    let senses: std::collections::HashSet<_> = bundle.senses.iter().map(|s| s.id).collect();
    bundle.examples.retain(|e| senses.contains(&e.sense));
    let kept = |id| lexemes.iter().any(|l| l.0 == id) || senses.iter().any(|s| s.0 == id);
    bundle.relations.retain(|r| kept(r.source) && r.target.is_none_or(kept));
    bundle.links.retain(|l| kept(l.record));
}

#[test]
fn referees_pass_real_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["assets/sample/apalai.flextext", "assets/sample/apalai.lift", "tests/data/teanu_db.sfm"] {
        let file = root.join(name);
        if !file.exists() {
            eprintln!("{name} is not there");
            continue;
        }
        let mut bundle = formats::read(&file, None, &formats::ImportOptions::default()).unwrap().bundle;
        // The referee takes minutes over a whole dictionary: its first entries stand for it, unless asked for all.
        if bundle.lexemes.len() > ENTRIES && std::env::var_os("FIELDGLOSS_SLOW").is_none() {
            first_entries(&mut bundle, ENTRIES);
        }
        let start = std::time::Instant::now();
        let (bytes, report) = rdf::to_bytes(Format::Turtle, &bundle).unwrap();
        eprintln!("{name}: {} bytes of Turtle in {:?}\n{report}", bytes.len(), start.elapsed());
        let expected = triples(&String::from_utf8(bytes).unwrap(), Format::Turtle);
        for format in SYNTAXES {
            assert_eq!(triples(&written(&bundle, format), format), expected, "{name} as {format}");
        }
        judge(&bundle, Format::Turtle, false);
    }
}
