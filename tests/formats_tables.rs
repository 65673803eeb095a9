//! Tables in and out: CLDF datasets, Excel, CSV and TSV of any make, through the same doors as the program uses.
//!
//! Set `FIELDGLOSS_REFEREES` to a Python environment with pycldf and openpyxl to have the exports judged by them.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use fieldgloss::domain::*;
use fieldgloss::formats::table::{self, Field, Mapping, RowKind};
use fieldgloss::formats::{self, Format, FormatError, ImportOptions, Imported};
use serde_json::{Value, json};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn read(path: &Path) -> Imported {
    formats::read(path, None, &ImportOptions::default()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn read_text(name: &str, content: &[u8], options: &ImportOptions) -> Result<Imported, FormatError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    formats::read(&path, None, options)
}

/// A bundle with ids replaced by the order of records, without the ids that a file gave them.
fn canonical(bundle: &Bundle) -> Value {
    fn ids(value: &Value, known: &mut HashMap<String, usize>) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(id)) = object.get("id").filter(|_| object.contains_key("residue")) {
                    let next = known.len();
                    known.entry(id.clone()).or_insert(next);
                }
                object.values().for_each(|v| ids(v, known));
            }
            Value::Array(list) => list.iter().for_each(|v| ids(v, known)),
            _ => {}
        }
    }
    fn replace(value: &mut Value, known: &HashMap<String, usize>) {
        match value {
            Value::String(text) => {
                if let Some(number) = known.get(text) {
                    *text = format!("#{number}");
                }
            }
            Value::Object(object) => {
                if let Some(left) = object.get_mut("cldf").and_then(Value::as_object_mut) {
                    left.remove("dataset");
                    left.remove("id");
                    if left.is_empty() {
                        object.remove("cldf");
                    }
                }
                object.values_mut().for_each(|v| replace(v, known));
            }
            Value::Array(list) => list.iter_mut().for_each(|v| replace(v, known)),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(bundle).unwrap();
    let mut known = HashMap::new();
    ids(&value, &mut known);
    replace(&mut value, &known);
    value
}

/// Where two values differ first, for a message that can be read.
fn difference(a: &Value, b: &Value, path: &str) -> Option<String> {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            let keys = x.keys().chain(y.keys().filter(|k| !x.contains_key(*k)));
            keys.filter_map(|k| {
                difference(x.get(k).unwrap_or(&Value::Null), y.get(k).unwrap_or(&Value::Null), &format!("{path}/{k}"))
            })
            .next()
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
            x.iter().zip(y).enumerate().find_map(|(n, (x, y))| difference(x, y, &format!("{path}/{n}")))
        }
        (Value::Array(x), Value::Array(y)) => Some(format!("{path}: {} against {}", x.len(), y.len())),
        _ => (a != b).then(|| format!("{path}: {a} against {b}")),
    }
}

fn assert_same(a: &Bundle, b: &Bundle, what: &str) {
    if let Some(difference) = difference(&canonical(a), &canonical(b), "") {
        panic!("{what}: {difference}");
    }
}

/// Asks a program of other makers; says loudly when there is none to ask.
fn referee(arguments: &[&str], what: &str) {
    let Some(referees) = std::env::var_os("FIELDGLOSS_REFEREES") else {
        println!("NOT RUN: {what} (FIELDGLOSS_REFEREES is not set)");
        return;
    };
    let out =
        Command::new(Path::new(&referees).join("bin/python")).args(arguments).output().expect("the referee starts");
    assert!(
        out.status.success(),
        "{what}: {}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
}

/// Asks pycldf whether a dataset is valid: every problem, warnings too, is a failure.
fn assert_valid_cldf(folder: &Path) {
    let script = "import sys, logging, pathlib, pycldf\n\
        seen = []\n\
        class Keep(logging.Handler):\n\
        \x20   def emit(self, record): seen.append(record.getMessage())\n\
        log = logging.getLogger('referee'); log.addHandler(Keep()); log.setLevel(logging.WARNING)\n\
        md = next(pathlib.Path(sys.argv[1]).glob('*-metadata.json'))\n\
        ok = pycldf.Dataset.from_metadata(md).validate(log=log)\n\
        print('\\n'.join(seen[:20]))\n\
        sys.exit(0 if ok and not seen else 1)";
    referee(&["-c", script, &folder.display().to_string()], "pycldf");
}

const DATASETS: [&str; 3] = ["lgr", "dictionaria_teanu", "dictionaria_daakaka"];

fn rows(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    (header, reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect())
}

#[test]
fn datasets_hold_what_their_tables_hold() {
    // Rows counted by hand: `wc -l` less one.
    for (name, counts) in [
        ("lgr", [0, 0, 0, 35]),
        ("dictionaria_teanu", [1877, 2781, 2799, 0]),
        ("dictionaria_daakaka", [2167, 2229, 761, 0]),
    ] {
        let Imported { bundle, report } = read(&data("cldf").join(name));
        let sentences = bundle.annotations.iter().filter(|a| a.parent.is_none()).count();
        let examples: std::collections::BTreeSet<String> =
            bundle.examples.iter().map(|e| e.residue.get("cldf").unwrap()["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!([bundle.lexemes.len(), bundle.senses.len(), examples.len(), sentences], counts, "{name}\n{report}");
        assert!(report.is_lossless(), "{name}\n{report}");
    }
}

#[test]
fn the_leipzig_examples_are_words_and_morphs() {
    let bundle = read(&data("cldf/lgr/Generic-metadata.json")).bundle;
    let index = bundle.index();
    let sentence = bundle.annotations.iter().find(|a| a.value.starts_with("Gila aburun")).unwrap();
    let words = &index.words_of_annotation[&sentence.id];
    let forms: Vec<&str> = words.iter().map(|w| w.form.get("lez").or(w.form.first()).unwrap()).collect();
    assert_eq!(forms, ["Gila", "aburun", "ferma", "hamišaluǧ", "güǧüna", "amuq’dač"]);
    let morphs = &index.morphs_of_word[&words[1].id];
    let said: Vec<(&str, &str, MorphKind)> =
        morphs.iter().map(|m| (m.form.first().unwrap(), m.gloss.get("en").unwrap(), m.kind)).collect();
    assert_eq!(
        said,
        [("abur", "they", MorphKind::Stem), ("-u", "OBL", MorphKind::Suffix), ("-n", "GEN", MorphKind::Suffix)]
    );
    let translation = index.children_of_annotation[&sentence.id][0];
    assert_eq!(translation.value, "Now their farm will not stay behind forever.");
}

#[test]
fn dictionaries_have_senses_relations_and_fields() {
    let bundle = read(&data("cldf/dictionaria_teanu")).bundle;
    let lexeme = bundle.lexemes.iter().find(|l| l.residue.get("cldf").is_some_and(|r| r["id"] == "a-_1")).unwrap();
    assert_eq!((lexeme.form.get("tkw"), lexeme.kind), (Some("a"), MorphKind::Prefix));
    assert_eq!(lexeme.category, "subject prefix");
    assert_eq!(lexeme.fields["Phonetic_Form"].first(), Some("a(i)·"));
    let sense = bundle.senses.iter().find(|s| s.lexeme == lexeme.id).unwrap();
    assert_eq!(sense.definition.get("en"), Some("you: second singular realis prefix"));
    let antonym = bundle.relations.iter().find(|r| r.source == sense.id.record() && r.kind == "Antonym").unwrap();
    let target = bundle.lexemes.iter().find(|l| Some(l.id.record()) == antonym.target).unwrap();
    assert_eq!((target.form.get("tkw"), antonym.target_text.as_str()), (Some("u"), "u"));
    let bundle = read(&data("cldf/dictionaria_daakaka/cldf-metadata.json")).bundle;
    let sense = bundle.senses.iter().find(|s| s.gloss.get("en") == Some("$loc.dem")).unwrap();
    assert_eq!(sense.definition.get("en"), Some("[local demonstrative]"));
    assert_eq!(bundle.examples[0].text.get("bpa"), Some("vyanten ente mwi abwilyep"));
}

#[test]
fn datasets_come_back_row_by_row_valid_and_equal() {
    for name in DATASETS {
        let folder = tempfile::tempdir().unwrap();
        let first = read(&data("cldf").join(name)).bundle;
        let out = folder.path().join("out");
        let report = formats::write(&out, Format::Cldf, &first).unwrap();
        assert_eq!(report.items.iter().filter(|i| i.fate == Fate::LeftOut).count(), 0, "{name}\n{report}");
        assert_valid_cldf(&out);
        for table in ["entries.csv", "senses.csv", "examples.csv", "languages.csv", "abbreviations.csv"] {
            let (theirs, ours) = (data("cldf").join(name).join(table), out.join(table));
            if !theirs.exists() {
                continue;
            }
            let ((their_header, their_rows), (header, our_rows)) = (rows(&theirs), rows(&ours));
            let by_id: HashMap<&str, &Vec<String>> = our_rows.iter().map(|row| (row[0].as_str(), row)).collect();
            for row in &their_rows {
                let other = by_id.get(row[0].as_str()).unwrap_or_else(|| panic!("{name} {table} lacks {}", row[0]));
                for (column, cell) in their_header.iter().zip(row) {
                    let at = header.iter().position(|h| h == column);
                    let found = at.map(|at| other[at].as_str()).unwrap_or_default();
                    // The dictionary writes backslash and t between words, where its neighbours write a tab.
                    let same = found == cell || found.replace('\t', "\\t") == *cell;
                    assert!(same, "{name} {table} {} {column}: '{cell}' became '{found}'", row[0]);
                }
            }
            if table != "languages.csv" {
                assert_eq!(their_rows.len(), our_rows.len(), "{name} {table}");
            }
        }
        let second = read(&out).bundle;
        assert_same(&first, &second, name);
        formats::write(&out, Format::Cldf, &second).unwrap();
        assert_same(&second, &read(&out).bundle, name);
    }
}

fn session(name: &str, access: Access) -> Session {
    let value = json!({
        "id": SessionId::new(), "name": name, "title": {"en": "Well story"}, "date": "2010-06", "place": "Rio",
        "genre": "narrative", "description": {"en": "Told by Maria Silva."}, "participants": [],
        "consent": {}, "access": access, "position": 0, "residue": {}
    });
    serde_json::from_value(value).unwrap()
}

fn person(code: &str, name: &str, access: Access) -> Person {
    let value = json!({
        "id": PersonId::new(), "code": code, "name": name, "languages": [], "notes": "", "consent": {},
        "access": access, "residue": {}
    });
    serde_json::from_value(value).unwrap()
}

/// A small project: one open and one closed session with a sentence each, an entry with everything.
fn project() -> Bundle {
    let text = "Speaker\tStart\tEnd\tText\tWords\tGlosses\tTranslation\tTranslation (Portuguese)\tNote\n\
                MS\t0.5\t1.25\tta nak-im\tta nak-im\tDET dog-PL\tthe dogs\tos cães\tquiet\n";
    let options = ImportOptions { object_language: "qaa".into(), session_name: "S1".into(), ..Default::default() };
    let mut bundle = read_text("a.tsv", text.as_bytes(), &options).unwrap().bundle;
    bundle.sessions[0] = Session { id: bundle.sessions[0].id, ..session("S1", Access::Open) };
    bundle.people[0] = Person { id: bundle.people[0].id, ..person("MS", "Maria Silva", Access::Team) };
    bundle.sessions[0].participants = vec![Participation { person: bundle.people[0].id, role: "speaker".into() }];
    let secret = session("Secret", Access::Closed);
    let mut tier = bundle.tiers[0].clone();
    (tier.id, tier.session, tier.participant) = (TierId::new(), secret.id, None);
    bundle.annotations.push(Annotation::new(tier.id, None, 0, "not for you"));
    bundle.sessions.push(secret);
    bundle.tiers.push(tier);
    let table = "headword,gloss,gloss_pt,definition,category,domains,usage,example,example translation,variant\n\
                 nak,dog,cachorro,dog,n,1.6.1.1 Mammal; animal,rare,ta nak,the dog,nax\n\
                 -im,PL,,,sfx,,,,,\n";
    let lexicon = read_text("b.csv", table.as_bytes(), &options).unwrap().bundle;
    bundle.lexemes = lexicon.lexemes;
    bundle.senses = lexicon.senses;
    bundle.forms = lexicon.forms;
    bundle.examples = lexicon.examples;
    bundle.lexemes[0].form.set("qaa-fonipa", "nak");
    bundle.lexemes[0].homograph = 2;
    let relation = |target: Option<RecordId>, text: &str, position| Relation {
        id: RelationId::new(),
        kind: "cf".into(),
        source: bundle.lexemes[0].id.record(),
        target,
        target_text: text.into(),
        position,
        residue: Residue::default(),
    };
    // What a line of words does not say: which entry and sense a morph is, its category, a gloss in Portuguese.
    let nak = bundle.morphs.iter_mut().find(|m| m.gloss.get("en") == Some("dog")).unwrap();
    (nak.lexeme, nak.sense) = (Some(bundle.lexemes[0].id), Some(bundle.senses[0].id));
    nak.gloss.set("pt", "cachorro");
    (nak.kind, nak.homograph) = (MorphKind::Root, "2".into());
    nak.category = MultiText::of("en", "n");
    nak.citation = MultiText::of("qaa", "nak");
    let ta = bundle.words.iter_mut().find(|w| w.form.get("qaa") == Some("ta")).unwrap();
    ta.category = MultiText::of("en", "det");
    bundle.relations = vec![relation(Some(bundle.lexemes[1].id.record()), "im", 0), relation(None, "wolf", 1)];
    bundle
}

#[test]
fn a_project_goes_out_as_a_valid_dataset_without_what_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("dataset");
    let bundle = project();
    let report = formats::write(&out, Format::Cldf, &bundle).unwrap();
    assert_valid_cldf(&out);
    assert!(out.join("Dictionary-metadata.json").is_file());
    let all: String =
        std::fs::read_dir(&out).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    for secret in ["Maria", "not for you", "Secret"] {
        assert!(!all.contains(secret), "{secret} is in the dataset");
    }
    assert!(report.to_string().contains("closed"), "{report}");
    let back = read(&out).bundle;
    assert_eq!((back.sessions.len(), back.sessions[0].description.get("en")), (1, Some("Told by MS.")));
    assert_eq!(back.sessions[0].participants[0].role, "speaker");
    let word = back.words.iter().find(|w| w.form.get("qaa") == Some("nakim")).unwrap();
    let morphs: Vec<_> = back.morphs.iter().filter(|m| m.word == word.id).collect();
    assert_eq!(morphs.iter().map(|m| m.gloss.get("en").unwrap()).collect::<Vec<_>>(), ["dog", "PL"]);
    let (a, b) = (bundle.morphs.iter().find(|m| m.lexeme.is_some()).unwrap(), morphs[0]);
    assert_eq!((a.kind, &a.gloss, &a.category, &a.citation), (b.kind, &b.gloss, &b.category, &b.citation));
    assert_eq!((b.lexeme, b.sense), (Some(back.lexemes[0].id), Some(back.senses[0].id)));
    assert_eq!(b.homograph, "2");
    assert_eq!(back.words[0].category.get("en"), Some("det"));
    assert_eq!(back.annotations[0].span(), Some(Span::new(Time(500_000_000), Time(1_250_000_000))));
    let (a, b) = (&bundle.lexemes[0], &back.lexemes[0]);
    assert_eq!((&a.form, a.homograph, a.kind, &a.category), (&b.form, b.homograph, b.kind, &b.category));
    assert_eq!(back.lexemes[1].kind, MorphKind::Suffix);
    let (a, b) = (&bundle.senses[0], &back.senses[0]);
    assert_eq!((&a.gloss, &a.definition, &a.domains, &a.fields), (&b.gloss, &b.definition, &b.domains, &b.fields));
    assert_eq!(back.forms[0].form.get("qaa"), Some("nax"));
    assert_eq!(back.examples[0].translation.get("en"), Some("the dog"));
    let texts: Vec<&str> = back.relations.iter().map(|r| r.target_text.as_str()).collect();
    assert_eq!(texts, ["im", "wolf"]);
    // The same again: nothing is lost on the second way.
    formats::write(&out, Format::Cldf, &back).unwrap();
    assert_same(&back, &read(&out).bundle, "second way");
}

#[test]
fn ties_of_morphs_to_entries_come_back_from_a_dataset() {
    use fieldgloss::app::edit::project::{self, NewProject};
    use fieldgloss::app::transfer;
    let folder = tempfile::tempdir().unwrap();
    let new = NewProject { name: "Apalai".into(), object_language: "apy".into(), ..NewProject::default() };
    let mut store = project::create(&folder.path().join("A.fieldgloss"), &new).unwrap();
    for file in ["apalai.lift", "apalai.flextext"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample").join(file);
        transfer::import_file(&mut store, &file, None, ImportOptions::default()).unwrap();
    }
    let bundle = store.read().bundle(fieldgloss::store::Scope::Whole).unwrap();
    let out = folder.path().join("dataset");
    formats::write(&out, Format::Cldf, &bundle).unwrap();
    assert_valid_cldf(&out);
    let back = read(&out).bundle;
    let ties = |b: &Bundle| -> Vec<String> {
        let entries: std::collections::HashMap<_, _> = b.lexemes.iter().map(|l| (l.id, l.form.first())).collect();
        let senses: std::collections::HashMap<_, _> = b.senses.iter().map(|s| (s.id, s.gloss.first())).collect();
        let tie = |m: &Morph| {
            let entry = entries.get(&m.lexeme?)?;
            Some(format!("{:?} {entry:?} {:?}", m.form.first(), m.sense.and_then(|sense| senses.get(&sense))))
        };
        let mut ties: Vec<String> = b.morphs.iter().filter_map(tie).collect();
        ties.sort();
        ties
    };
    assert!(ties(&bundle).len() > 100, "{}", ties(&bundle).len());
    let (before, mut after) = (ties(&bundle), ties(&back));
    let lost: Vec<_> =
        before.iter().filter(|tie| after.iter().position(|t| t == *tie).map(|at| after.remove(at)).is_none()).collect();
    assert!(lost.is_empty() && after.is_empty(), "lost {lost:#?}\nnew {after:#?}");
}

#[test]
fn a_folder_that_holds_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = project();
    std::fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
    let error = formats::write(folder.path(), Format::Cldf, &bundle).unwrap_err().to_string();
    assert!(error.contains("holds something else"), "{error}");
    let out = folder.path().join("dataset");
    formats::write(&out, Format::Cldf, &bundle).unwrap();
    formats::write(&out, Format::Cldf, &bundle).unwrap();
    std::fs::write(out.join("notes.docx"), "mine").unwrap();
    assert!(formats::write(&out, Format::Cldf, &bundle).is_err());
    assert!(formats::write(&folder.path().join("thesis.txt"), Format::Cldf, &bundle).is_err());
    assert!(formats::write(&folder.path().join("none"), Format::Cldf, &Bundle::default()).is_err());
    assert_eq!(std::fs::read_to_string(folder.path().join("thesis.txt")).unwrap(), "years of work");
}

#[test]
fn bad_datasets_are_refused_or_warned_about() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    assert!(formats::read(folder.path(), None, &ImportOptions::default()).is_err(), "an empty folder");
    let terms = "http://cldf.clld.org/v1.0/terms.rdf#";
    write("a-metadata.json", &format!("{{\"dc:conformsTo\": \"{terms}Dictionary\", \"tables\": 7}}"));
    assert!(formats::read(folder.path(), None, &ImportOptions::default()).is_err(), "no tables");
    let table = |url: &str| {
        json!({"dc:conformsTo": format!("{terms}Dictionary"), "tables": [{
            "url": url, "dc:conformsTo": format!("{terms}EntryTable"),
            "tableSchema": {"columns": [
                {"name": "Word", "propertyUrl": format!("{terms}headword"), "null": ["?"]},
                {"name": "Key", "propertyUrl": format!("{terms}id")}]}}],
            "dialect": {"delimiter": ";", "skipRows": 1}})
        .to_string()
    };
    for outside in ["../secret.csv", "/etc/passwd", "https://example.org/a.csv", "gone.csv"] {
        write("a-metadata.json", &table(outside));
        let read = read(folder.path());
        assert_eq!(read.report.warnings.len(), 1, "{outside}");
        assert!(read.bundle.lexemes.is_empty());
    }
    write("a-metadata.json", &table("words.csv"));
    write("words.csv", "# made by hand\nKey;Word;More\n1;nak;x;y\n2;?\n");
    let bundle = read(folder.path()).bundle;
    assert_eq!(bundle.lexemes.len(), 2);
    assert_eq!((bundle.lexemes[0].form.first(), bundle.lexemes[1].form.first()), (Some("nak"), None));
    assert_eq!(bundle.lexemes[0].fields["More"].first(), Some("x"));
}

#[test]
fn a_word_list_dataset_is_entries_with_their_concepts() {
    let folder = tempfile::tempdir().unwrap();
    let term = |name: &str| format!("http://cldf.clld.org/v1.0/terms.rdf#{name}");
    let column = |name: &str, property: &str| json!({"name": name, "propertyUrl": term(property)});
    let metadata = json!({"dc:conformsTo": term("Wordlist"), "tables": [
        {"url": "f.csv", "dc:conformsTo": term("FormTable"), "tableSchema": {"columns": [
            column("ID", "id"), column("L", "languageReference"), column("P", "parameterReference"),
            column("Form", "form"), {"name": "Loan"}]}},
        {"url": "p.csv", "dc:conformsTo": term("ParameterTable"), "tableSchema": {"columns": [
            column("ID", "id"), column("Name", "name")]}},
        {"url": "l.csv", "dc:conformsTo": term("LanguageTable"), "tableSchema": {"columns": [
            column("ID", "id"), column("Name", "name"), column("ISO", "iso639P3code")]}}]});
    std::fs::write(folder.path().join("Wordlist-metadata.json"), metadata.to_string()).unwrap();
    std::fs::write(folder.path().join("f.csv"), "ID,L,P,Form,Loan\n1,7,d,nak,yes\n").unwrap();
    std::fs::write(folder.path().join("p.csv"), "ID,Name\nd,DOG\n").unwrap();
    std::fs::write(folder.path().join("l.csv"), "ID,Name,ISO\n7,Apalaí,apy\n").unwrap();
    assert_eq!(Format::guess(folder.path()).unwrap(), Format::Cldf);
    assert_eq!(Format::guess(&folder.path().join("Wordlist-metadata.json")).unwrap(), Format::Cldf);
    let bundle = read(folder.path()).bundle;
    assert_eq!(bundle.lexemes[0].form.get("apy"), Some("nak"));
    assert_eq!(bundle.senses[0].gloss.get("en"), Some("DOG"));
    assert_eq!(bundle.lexemes[0].fields["Loan"].first(), Some("yes"));
    let apalai = bundle.languages.iter().find(|l| l.tag == "apy").unwrap();
    assert_eq!((apalai.iso639_3.as_str(), apalai.name.first()), ("apy", Some("Apalaí")));
    let out = folder.path().join("out");
    formats::write(&out, Format::Cldf, &bundle).unwrap();
    assert_valid_cldf(&out);
    assert_same(&bundle, &read(&out).bundle, "word list");
}

#[test]
fn a_word_list_of_any_make_comes_in() {
    let text = "Nr;Lemma;Português;POS;Origem\n1;nak;cachorro;s;Tupi\n2;-im;PL;suf;\n";
    let options = ImportOptions { object_language: "apy".into(), ..Default::default() };
    let Imported { bundle, report } = read_text("a.csv", text.as_bytes(), &options).unwrap();
    assert_eq!(bundle.lexemes[0].form.get("apy"), Some("nak"));
    assert_eq!(bundle.lexemes[1].kind, MorphKind::Suffix);
    assert_eq!(bundle.senses[0].gloss.get("pt"), Some("cachorro"));
    assert_eq!(bundle.senses[0].fields["Origem"].first(), Some("Tupi"));
    assert_eq!(bundle.senses[1].fields["Nr"].first(), Some("2"));
    assert!(report.is_lossless(), "{report}");
    // The same in Latin-1, with tabs, with Excel's own first line.
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let read = read_text("a.csv", &latin, &options).unwrap();
    assert_eq!(read.bundle.senses[0].gloss.get("pt"), Some("cachorro"));
    assert!(read.report.warnings[0].contains("windows-1252"));
    let tabs = text.replace(';', "\t");
    assert_eq!(read_text("a.tsv", tabs.as_bytes(), &options).unwrap().bundle.lexemes.len(), 2);
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(read_text("a.csv", &utf16, &options).unwrap().bundle.lexemes.len(), 2);
}

#[test]
fn a_table_without_names_needs_a_mapping() {
    let text = "1,nak,dog; wolf,Tupi\n2,po,fish,\n";
    let error = read_text("a.csv", text.as_bytes(), &ImportOptions::default()).unwrap_err().to_string();
    assert!(error.contains("table show"), "{error}");
    let mut guessed = table::guess(&table::open(&csv(text).1, Format::Csv).unwrap().0[0]).mapping;
    assert_eq!(guessed.rows, RowKind::Entries);
    guessed.columns[2].separator = ";".into();
    guessed.columns[3].field = Field::Etymology;
    let toml = guessed.to_toml();
    let mapping = Mapping::from_toml(&toml).unwrap();
    assert_eq!(mapping, guessed, "{toml}");
    let options = ImportOptions { mapping: Some(mapping), ..Default::default() };
    let bundle = read_text("a.csv", text.as_bytes(), &options).unwrap().bundle;
    assert_eq!((bundle.lexemes.len(), bundle.senses.len()), (2, 3));
    assert_eq!(bundle.senses[1].gloss.get("en"), Some("wolf"));
    assert_eq!(bundle.lexemes[0].etymology.first(), Some("Tupi"));
    assert_eq!(bundle.senses[0].fields["Column 1"].first(), Some("1"));
    assert!(Mapping::from_toml("rows = \"poems\"").is_err());
}

fn csv(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn a_mapping_is_found_again_by_the_names_of_the_columns() {
    let open = |text: &str| {
        let (_folder, path) = csv(text);
        table::open(&path, Format::Csv).unwrap().0.remove(0)
    };
    let (a, b) = (open("Form,English\nnak,dog\n"), open("form,english\npo,fish\nha,run\n"));
    assert_eq!(a.fingerprint(), b.fingerprint());
    assert_ne!(a.fingerprint(), open("Form,Spanish\nnak,perro\n").fingerprint());
    assert!(!a.is_ours());
}

#[test]
fn sentences_with_glosses_come_in_word_by_word() {
    let text = "Text,Gloss,English,Informant\nta nak,DET dog,the dog,K\nha,run now,ran,\n";
    let Imported { bundle, report } = read_text("a.csv", text.as_bytes(), &ImportOptions::default()).unwrap();
    assert_eq!(bundle.words.len(), 2, "{report}");
    assert_eq!(bundle.morphs[1].gloss.get("en"), Some("dog"));
    let texts: Vec<&Annotation> = bundle.annotations.iter().filter(|a| a.parent.is_none()).collect();
    assert_eq!(texts[0].residue.get("table").unwrap()["Informant"], "K");
    // Two glosses for one word: kept, not guessed at.
    assert_eq!(texts[1].residue.get("table").unwrap()["Gloss"], "run now");
    let translation = bundle.annotations.iter().find(|a| a.parent == Some(texts[1].id)).unwrap();
    assert_eq!(translation.value, "ran");
}

#[test]
fn our_own_tables_come_back_with_columns_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let text = "tier,start,end,value,mood\nA,0.5,1.25,\"a,\"\"b\",calm\nA,2,3,c,\n";
    let options = ImportOptions { session_name: "S".into(), ..Default::default() };
    let first = read_text("a.csv", text.as_bytes(), &options).unwrap().bundle;
    for name in ["out.csv", "out.tsv", "out.xlsx"] {
        let path = folder.path().join(name);
        formats::write(&path, Format::from_name(&path).unwrap(), &first).unwrap();
        let (tables, _) = table::open(&path, Format::from_name(&path).unwrap()).unwrap();
        assert!(tables[0].is_ours(), "{name}");
        assert_same(&first, &read(&path).bundle, name);
    }
}

#[test]
fn a_workbook_has_a_sheet_of_annotations_and_one_of_the_lexicon() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.xlsx");
    let mut bundle = project();
    // What a spreadsheet would take for a formula or a date stays what it is.
    bundle.lexemes[0].form.set("qaa", "=1+1");
    bundle.senses[0].gloss.set("en", "3-4");
    formats::write(&path, Format::Xlsx, &bundle).unwrap();
    let back = read(&path).bundle;
    assert_eq!(back.annotations.len(), bundle.annotations.len());
    assert_eq!(back.lexemes[0].form.get("qaa"), Some("=1+1"));
    assert_eq!(back.senses[0].gloss.get("en"), Some("3-4"));
    let script = "import sys, openpyxl\n\
        book = openpyxl.load_workbook(sys.argv[1])\n\
        assert book.sheetnames == ['annotations', 'lexicon'], book.sheetnames\n\
        cells = [c.value for row in book['lexicon'].iter_rows() for c in row]\n\
        assert '=1+1' in cells and '3-4' in cells, cells\n\
        assert all(c.data_type in ('s', 'n', 'inlineStr') for row in book['lexicon'].iter_rows() for c in row)";
    referee(&["-c", script, &path.display().to_string()], "openpyxl");
}

#[test]
fn the_command_line_shows_a_mapping_and_takes_it_back() {
    let (folder, path) = csv("Nr,Wort,Sinn\n1,nak,Hund\n");
    let run = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_fieldgloss")).args(args).current_dir(folder.path()).output().unwrap()
    };
    let shown = run(&["table", "show", "t.csv"]);
    let toml = String::from_utf8(shown.stdout).unwrap();
    assert!(toml.contains("only a guess") && toml.contains("name = \"Wort\""), "{toml}");
    std::fs::write(folder.path().join("map.toml"), toml.replace("\"gloss\"", "\"gloss\"\nlanguage = \"de\"")).unwrap();
    let refused = run(&["convert", "t.csv", "out.json"]);
    assert_eq!(refused.status.code(), Some(1));
    let made = run(&["convert", "t.csv", "out.json", "--map", "map.toml", "--language", "apy"]);
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    let bundle = read(&folder.path().join("out.json")).bundle;
    assert_eq!(bundle.lexemes[0].form.get("apy"), Some("nak"));
    assert_eq!(bundle.senses[0].gloss.get("de"), Some("Hund"));
    std::fs::write(folder.path().join("other.csv"), "a,b\n1,2\n").unwrap();
    let other = run(&["convert", "other.csv", "out2.json", "--map", "map.toml"]);
    assert!(String::from_utf8_lossy(&other.stderr).contains("other columns"));
    std::fs::write(folder.path().join("bad.toml"), "rows = 3").unwrap();
    assert_eq!(run(&["convert", "t.csv", "out3.json", "--map", "bad.toml"]).status.code(), Some(2));
    assert!(path.exists());
}

#[test]
fn what_is_no_workbook_is_refused() {
    for bytes in [&b""[..], b"PK\x03\x04", b"a,b\n1,2\n", &[0; 100]] {
        let error = read_text("a.xlsx", bytes, &ImportOptions::default()).unwrap_err();
        assert!(matches!(error, FormatError::Broken { .. }), "{error}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]
    #[test]
    fn any_entry_comes_back_from_cldf(
        forms in proptest::collection::vec("[a-zɨŋ'~=·-]{1,6}", 1..4),
        gloss in "[ -~é]{0,8}", definition in "[ -~\n]{0,8}", field in "[A-Za-z (]{1,8}", value in "[!-~;]{1,8}",
    ) {
        let mut bundle = project();
        for (at, form) in forms.iter().enumerate() {
            if let Some(lexeme) = bundle.lexemes.get_mut(at) {
                lexeme.form.set("qaa", form.as_str());
                lexeme.form.set("qaa-fonipa", gloss.as_str());
            }
        }
        bundle.relations.clear();
        bundle.senses[0].gloss.set("en", gloss.as_str());
        bundle.senses[0].gloss.set("pt", gloss.as_str());
        bundle.senses[0].definition.set("en", definition.as_str());
        bundle.senses[0].fields = BTreeMap::from([(field, MultiText::of("und", value.as_str()))]);
        bundle.senses[0].domains = vec![value];
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        formats::write(&out, Format::Cldf, &bundle).unwrap();
        let back = read(&out).bundle;
        for (a, b) in bundle.lexemes.iter().zip(&back.lexemes) {
            assert_eq!((&a.form, a.kind), (&b.form, b.kind));
        }
        let (a, b) = (&bundle.senses[0], &back.senses[0]);
        assert_eq!((&a.gloss, &a.definition, &a.domains), (&b.gloss, &b.definition, &b.domains));
        assert_eq!(a.fields, b.fields);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}", name in "a\\.(csv|tsv|xlsx)") {
        let _ = read_text(&name, text.as_bytes(), &ImportOptions::default());
    }
}
