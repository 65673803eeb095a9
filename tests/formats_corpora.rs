//! Texts and corpora as others keep them: CoNLL-U, Xigt, LaTeX examples, plain text, and the page for readers.
//!
//! Expected counts were taken with other tools than the code under test (`grep -c`, `awk`); each is noted where it
//! stands. Set `FIELDGLOSS_REFEREES` to a Python environment with `conllu` and `xigt` to have the exports read by them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use fieldgloss::domain::*;
use fieldgloss::formats::{self, Format, FormatError, ImportOptions, Imported};
use proptest::prelude::*;

fn data(name: &str) -> PathBuf {
    let folder = if name.starts_with("apalai") { "assets/sample" } else { "tests/data/corpora" };
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name)
}

fn read(path: &Path) -> Imported {
    formats::read(path, None, &ImportOptions::default()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn read_as(name: &str, content: &[u8], format: Option<Format>) -> Result<Imported, FormatError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    formats::read(&path, format, &ImportOptions::default())
}

fn written(bundle: &Bundle, format: Format) -> (String, LossReport) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("out.{}", format.extensions()[0]));
    let report = formats::write(&path, format, bundle).unwrap();
    (std::fs::read_to_string(path).unwrap(), report)
}

/// Written and read again.
fn again(bundle: &Bundle, format: Format) -> Bundle {
    let (text, _) = written(bundle, format);
    let name = format!("{}.{}", bundle.sessions[0].name.replace('/', "_"), format.extensions()[0]);
    read_as(&name, text.as_bytes(), Some(format)).unwrap().bundle
}

fn apalai() -> Bundle {
    let mut bundle = read(&data("apalai.flextext")).bundle;
    let lexicon = read(&data("apalai.lift")).bundle;
    bundle.lexemes = lexicon.lexemes;
    bundle.senses = lexicon.senses;
    bundle.examples = lexicon.examples;
    bundle.forms = lexicon.forms;
    bundle.relations = lexicon.relations;
    fieldgloss::glossing::link::link_morphs(&mut bundle);
    bundle
}

/// A bundle without its ids: every id by the place where it first stands.
fn anonymous(bundle: &Bundle) -> String {
    let text = serde_json::to_string_pretty(bundle).unwrap();
    let mut names: HashMap<String, String> = HashMap::new();
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("\"01") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let id = &from[1..37.min(from.len())];
        if id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
            let next = names.len();
            out.push('"');
            out.push_str(names.entry(id.to_owned()).or_insert_with(|| format!("id{next}")));
            rest = &from[37..];
        } else {
            out.push_str(&from[..3]);
            rest = &from[3..];
        }
    }
    out + rest
}

fn assert_same(a: &Bundle, b: &Bundle) {
    let (a, b) = (anonymous(a), anonymous(b));
    for (n, (x, y)) in a.lines().zip(b.lines()).enumerate() {
        assert_eq!(x, y, "line {n}");
    }
    assert_eq!(a.lines().count(), b.lines().count());
}

fn assert_same_text(a: &str, b: &str) {
    for (n, (x, y)) in a.lines().zip(b.lines()).enumerate() {
        assert_eq!(x, y, "line {}", n + 1);
    }
    assert!(a == b, "{} and {} bytes", a.len(), b.len());
}

/// Runs a Python script with a file; what it prints. `None` where there are no referees.
fn referee(script: &str, path: &Path) -> Option<String> {
    let Some(referees) = std::env::var_os("FIELDGLOSS_REFEREES") else {
        println!("NOT RUN: the Python reading of {} (FIELDGLOSS_REFEREES is not set)", path.display());
        return None;
    };
    let python = Path::new(&referees).join("bin/python");
    let out = Command::new(python).args(["-c", script]).arg(path).output().expect("the referee starts");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    Some(String::from_utf8(out.stdout).unwrap())
}

fn of_role(bundle: &Bundle, role: TierRole) -> Vec<&Annotation> {
    let tiers: Vec<_> = bundle.tiers.iter().filter(|t| t.role == role).map(|t| t.id).collect();
    bundle.annotations.iter().filter(|a| tiers.contains(&a.tier)).collect()
}

/// Form and gloss of a sentence's words, morphs joined as they are stored.
fn columns(bundle: &Bundle, annotation: AnnotationId) -> Vec<(String, Vec<(String, String)>)> {
    let first = |text: &MultiText| text.first().unwrap_or_default().to_owned();
    let index = bundle.index();
    let words = index.words_of_annotation.get(&annotation).cloned().unwrap_or_default();
    words
        .iter()
        .map(|word| {
            let morphs = index.morphs_of_word.get(&word.id).cloned().unwrap_or_default();
            (first(&word.form), morphs.iter().map(|m| (first(&m.form), first(&m.gloss))).collect())
        })
        .collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

/// A small project of any words: for formats that hold them all.
fn any_project() -> impl Strategy<Value = Bundle> {
    let text = "[a-zA-Zŋəʼé0-9][a-zA-Zŋəʼé0-9&%#_{}$^\\\\<>\"|.:]{0,6}";
    let morph = ("[a-zŋəé&%#_{}]{1,5}", "[a-z]{1,4}|[A-Z]{2,3}(\\.[A-Z1-3]{1,2})?");
    let word = (text, proptest::collection::vec(morph, 0..3));
    let sentence = (proptest::collection::vec(word, 1..5), text, proptest::option::of(0..5000_i64));
    proptest::collection::vec(sentence, 1..4).prop_map(|sentences| {
        let mut bundle = read_as("text.txt", b"a\n", Some(Format::Text)).unwrap().bundle;
        let tier = bundle.tiers[0].clone();
        let mut translation = tier.clone();
        translation.id = TierId::new();
        translation.parent = Some(tier.id);
        translation.name = "translation-en".into();
        (translation.role, translation.language) = (TierRole::Translation, "en".into());
        bundle.tiers.push(translation.clone());
        bundle.annotations.clear();
        bundle.words.clear();
        for (n, (words, free, start)) in (0_i64..).zip(sentences) {
            let forms: Vec<_> = words.iter().map(|(form, _)| form.as_str()).collect();
            let span = start.map(|s| Span::new(Time::from_millis(n * 9000 + s), Time::from_millis(n * 9000 + s + 777)));
            let annotation = Annotation::new(tier.id, span, n, forms.join(" "));
            let mut under = Annotation::new(translation.id, None, n, free);
            under.parent = Some(annotation.id);
            for (w, (form, morphs)) in (0_i64..).zip(&words) {
                let word = Word {
                    id: WordId::new(),
                    annotation: annotation.id,
                    position: w,
                    kind: WordKind::Word,
                    form: MultiText::of("und", form.as_str()),
                    gloss: MultiText::default(),
                    category: MultiText::default(),
                    status: if morphs.is_empty() { WordStatus::Unknown } else { WordStatus::Approved },
                    start: None,
                    end: None,
                    residue: Residue::default(),
                };
                for (m, (form, gloss)) in (0_i64..).zip(morphs) {
                    // The first is the stem, whatever its gloss: only it has none of a grammatical kind.
                    let (form, gloss) = if m == 0 {
                        (form.clone(), gloss.to_lowercase() + "x")
                    } else {
                        (format!("-{form}"), gloss.clone())
                    };
                    bundle.morphs.push(Morph {
                        id: MorphId::new(),
                        word: word.id,
                        position: m,
                        kind: MorphKind::from_marks(&form),
                        form: MultiText::of("und", form),
                        citation: MultiText::default(),
                        gloss: MultiText::of("en", gloss),
                        category: MultiText::default(),
                        homograph: String::new(),
                        lexeme: None,
                        sense: None,
                        residue: Residue::default(),
                    });
                }
                bundle.words.push(word);
            }
            bundle.annotations.push(annotation);
            bundle.annotations.push(under);
        }
        bundle
    })
}

/// A sentence: text, time, words with their morphs, what stands under it.
type Said = (String, Option<Span>, Vec<(String, Vec<(String, String)>)>, Vec<String>);

/// What any of these formats says of a project: text, time, words with morphs, translations.
fn said(bundle: &Bundle) -> Vec<Said> {
    let index = bundle.index();
    of_role(bundle, TierRole::Transcription)
        .into_iter()
        .map(|a| {
            let under = index.children_of_annotation.get(&a.id).into_iter().flatten().map(|u| u.value.clone());
            (a.value.clone(), a.span(), columns(bundle, a.id), under.collect())
        })
        .collect()
}

/// The glosses of all morphs. Marks that FLEx writes into glosses (`=POL`) stand in a cell only where the forms have
/// them, so they are left away.
fn glosses(bundle: &Bundle) -> Vec<&str> {
    bundle.morphs.iter().map(|m| m.gloss.first().unwrap_or_default().trim_matches(['-', '='])).collect()
}

// ---- CoNLL-U -----------------------------------------------------------------------------------------------------

#[test]
fn conllu_comes_back_to_the_letter() {
    let path = data("kpv_ikdp-ud-test.conllu");
    let imported = read(&path);
    println!("{}", imported.report);
    assert!(imported.report.warnings.is_empty());
    let bundle = &imported.bundle;
    // grep -c '# sent_id'; grep -cP '^# text_(en|ru|end) = .'; 3 multiword tokens stand for 7 words
    assert_eq!(of_role(bundle, TierRole::Transcription).len(), 214);
    let (text, _) = written(bundle, Format::Conllu);
    assert_same_text(&std::fs::read_to_string(&path).unwrap(), &text);
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("kpv_ikdp-ud-test.conllu");
    std::fs::write(&copy, text).unwrap();
    assert_same(bundle, &read(&copy).bundle);
}

const MWT: &str = "# newdoc id = story one\n# sent_id = a/1\n# text = vámonos al mar\n# speaker_id = MJ\n# text_en = let's go to the sea\n# odd comment\n\
1-2\tvámonos\t_\t_\t_\t_\t_\t_\t_\t_\n1\tvamos\tir\tVERB\t_\tMood=Imp\t0\troot\t0:root\tGloss=go\n2\tnos\tnosotros\tPRON\t_\t_\t1\tobj\t1:obj\t_\n\
2.1\tya\tya\tADV\t_\t_\t_\t_\t1:advmod\t_\n3-4\tal\t_\t_\t_\t_\t_\t_\t_\t_\n3\ta\ta\tADP\t_\t_\t5\tcase\t5:case\t_\n4\tel\tel\tDET\t_\t_\t5\tdet\t5:det\t_\n\
5\tmar\tmar\tNOUN\t_\tNumber=Sing\t1\tobl\t1:obl\tMSeg=mar|Foo=Bar\n\n";

#[test]
fn conllu_multiword_tokens_are_words_of_morphs() {
    let bundle = read_as("x.conllu", MWT.as_bytes(), None).unwrap().bundle;
    assert_eq!(bundle.sessions[0].name, "story one");
    assert_eq!(bundle.people[0].code, "MJ");
    let words = columns(&bundle, bundle.annotations[0].id);
    assert_eq!(words[0], ("vámonos".into(), pairs(&[("vamos", "go"), ("nos", "")])));
    assert_eq!(words[2].0, "mar");
    assert_same_text(MWT, &written(&bundle, Format::Conllu).0);
}

#[test]
fn an_edit_shows_in_conllu_and_the_rest_stays() {
    let mut bundle = read_as("x.conllu", MWT.as_bytes(), None).unwrap().bundle;
    let word = bundle.words.iter_mut().find(|w| w.form.first() == Some("mar")).unwrap();
    word.gloss.set("en", "sea|ocean");
    let (text, _) = written(&bundle, Format::Conllu);
    let expected = MWT.replace("MSeg=mar|Foo=Bar", "MSeg=mar|Foo=Bar|Gloss=sea\\pocean");
    assert_same_text(&expected, &text);
    // A word less: the others are numbered anew, what depended on it is not known any more.
    let gone = bundle.words.iter().find(|w| w.form.first() == Some("vámonos")).unwrap().id;
    bundle.words.retain(|w| w.id != gone);
    bundle.annotations[0].value = "al mar".into();
    let (text, report) = written(&bundle, Format::Conllu);
    assert!(text.contains("1-2\tal\t") && text.contains("\n3\tmar\tmar\tNOUN\t_\tNumber=Sing\t_\t_\t"), "{text}");
    assert!(text.contains("# odd comment") && text.contains("# text = al mar\n"), "{text}");
    assert!(!report.is_lossless());
}

const CONLLU: &str = "import sys, conllu
for s in conllu.parse(open(sys.argv[1], encoding='utf-8').read()):
    t = [w for w in s if isinstance(w['id'], int)]
    text = ''.join(w['form'] + ('' if (w['misc'] or {}).get('SpaceAfter') == 'No' else ' ') for w in t).strip()
    assert text == s.metadata['text'], (text, s.metadata['text'])
    print(s.metadata['sent_id'], len(t), sum(1 for w in t if 'MSeg' in (w['misc'] or {})), sep='\\t')";

/// Universal Dependencies' own validator; its first level is the format, its second the rules of UD for every language.
const UD: &str = "import sys
from udtools.cli import main
sys.argv = ['udvalidate', '--level', LEVEL, '--lang', 'kpv', sys.argv[1]]
code = main()
sys.exit(code or 0)";

fn valid_for_ud(path: &Path, level: u8) {
    referee(&UD.replace("LEVEL", &format!("'{level}'")), path);
}

#[test]
fn a_treebank_stays_valid_for_universal_dependencies() {
    let sample = data("kpv_ikdp-ud-test.conllu");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("back.conllu");
    std::fs::write(&path, written(&read(&sample).bundle, Format::Conllu).0).unwrap();
    valid_for_ud(&path, 2);
    // What never had a tree has the format at least.
    std::fs::write(&path, written(&apalai(), Format::Conllu).0).unwrap();
    valid_for_ud(&path, 1);
}

#[test]
fn what_never_was_conllu_is_written_validly() {
    let bundle = apalai();
    let (text, report) = written(&bundle, Format::Conllu);
    println!("{report}{}", text.lines().take(12).collect::<Vec<_>>().join("\n"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.conllu");
    std::fs::write(&path, &text).unwrap();
    if let Some(out) = referee(CONLLU, &path) {
        let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split('\t').collect()).collect();
        let ids: std::collections::HashSet<_> = rows.iter().map(|row| row[0]).collect();
        assert_eq!((rows.len(), ids.len()), (61, 61));
        assert_eq!(rows.iter().map(|row| row[1].parse::<usize>().unwrap()).sum::<usize>(), bundle.words.len());
    }
    let back = read(&path).bundle;
    assert_eq!(back.sessions.len(), 2);
    assert_eq!(glosses(&bundle), glosses(&back));
    for row in text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let columns: Vec<_> = row.split('\t').collect();
        assert!(columns.len() == 10 && columns.iter().all(|c| !c.is_empty()), "{row}");
    }
}

// ---- Xigt --------------------------------------------------------------------------------------------------------

/// XML without layout. Independent of the code under test.
fn canonical(xml: &str) -> Vec<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml.trim_start_matches('\u{FEFF}'));
    let mut out = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Empty(e) => {
                out.push(format!("<{}", e.name().0));
                out.extend(e.attributes().map(|a| a.unwrap()).map(|a| format!(" {}={}", a.key.0, a.value)));
                out.push(format!("</{}", e.name().0));
            }
            Event::Start(e) => {
                out.push(format!("<{}", e.name().0));
                out.extend(e.attributes().map(|a| a.unwrap()).map(|a| format!(" {}={}", a.key.0, a.value)));
            }
            Event::End(e) => out.push(format!("</{}", e.name().0)),
            Event::Text(t) if !t.trim().is_empty() => out.push(format!("'{}'", &*t)),
            Event::GeneralRef(r) => out.push(format!("&{};", &*r.into_inner())),
            Event::Comment(c) => out.push(format!("!{}", &*c)),
            Event::Eof => return out,
            _ => {}
        }
    }
}

#[test]
fn xigt_comes_back_as_it_was() {
    for (name, igts, words, morphs) in [("abkhaz.xml", 2, 6, 17), ("kor-ex.xml", 1, 4, 10)] {
        let path = data(name);
        let imported = read(&path);
        println!("{name}\n{}", imported.report);
        let bundle = &imported.bundle;
        // grep -c '<igt', and items of the first words tier and the morphemes tier
        let found = (of_role(bundle, TierRole::Transcription).len(), bundle.words.len(), bundle.morphs.len());
        assert_eq!(found, (igts, words, morphs), "{name}");
        let (text, _) = written(bundle, Format::Xigt);
        let (a, b) = (canonical(&std::fs::read_to_string(&path).unwrap()), canonical(&text));
        for (a, b) in a.iter().zip(&b) {
            assert_eq!(a, b, "{name}");
        }
        assert_eq!(a.len(), b.len(), "{name}");
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join(name);
        std::fs::write(&copy, text).unwrap();
        assert_same(bundle, &read(&copy).bundle);
    }
}

#[test]
fn xigt_references_are_followed() {
    let bundle = read(&data("kor-ex.xml")).bundle;
    assert_eq!(bundle.sessions[0].name, "397");
    let sentence = of_role(&bundle, TierRole::Transcription)[0];
    assert_eq!(sentence.value, "Nay-ka ai-eykey pap-ul mek-i-ess-ta");
    let words = columns(&bundle, sentence.id);
    assert_eq!(
        words[3],
        ("mek-i-ess-ta".into(), pairs(&[("mek", "eat"), ("-i", "Caus"), ("-ess", "Pst"), ("-ta", "Dec")]))
    );
    assert_eq!(of_role(&bundle, TierRole::Translation)[0].value, "I made the child eat rice.");
    let bundle = read(&data("abkhaz.xml")).bundle;
    let words = columns(&bundle, bundle.annotations[0].id);
    let last = pairs(&[("də-", "her"), ("jə-", "he"), ("ba", "see"), ("-jt", "DYN.FIN")]);
    assert_eq!(words[2], ("dəjəbajt".into(), last));
}

const XIGT: &str = "import sys
from xigt.codecs import xigtxml
for igt in xigtxml.load(sys.argv[1], mode='full'):
    for tier in igt:
        if tier.type in ('phrases', 'words', 'morphemes', 'glosses', 'translations'):
            print(tier.type, *[i.value() or '' for i in tier], sep='\\t')";

#[test]
fn what_never_was_xigt_reads_alike_elsewhere() {
    let bundle = apalai();
    let (text, report) = written(&bundle, Format::Xigt);
    println!("{report}{}", text.lines().take(40).collect::<Vec<_>>().join("\n"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.xigt");
    std::fs::write(&path, &text).unwrap();
    if let Some(out) = referee(XIGT, &path) {
        let values = |kind: &str| -> Vec<&str> {
            out.lines().filter_map(|l| l.strip_prefix(kind)?.strip_prefix('\t')).flat_map(|l| l.split('\t')).collect()
        };
        let forms: Vec<_> = bundle.words.iter().map(|w| w.form.first().unwrap_or_default()).collect();
        assert_eq!(values("words"), forms);
        let translations: Vec<_> = of_role(&bundle, TierRole::Translation).iter().map(|a| a.value.as_str()).collect();
        assert_eq!(values("translations"), translations);
        assert_eq!(values("morphemes").len(), bundle.morphs.len());
    }
    let back = read(&path).bundle;
    assert_eq!(said(&bundle), said(&back));
    assert_eq!(bundle.sessions.len(), back.sessions.len());
}

#[test]
fn an_edit_shows_in_xigt_and_the_rest_stays() {
    let mut bundle = read(&data("kor-ex.xml")).bundle;
    let morph = bundle.morphs.iter_mut().find(|m| m.gloss.first() == Some("eat")).unwrap();
    morph.gloss.set("en", "devour");
    let before = written(&read(&data("kor-ex.xml")).bundle, Format::Xigt).0;
    let (text, _) = written(&bundle, Format::Xigt);
    let changed: Vec<_> = before.lines().zip(text.lines()).filter(|(a, b)| a != b).map(|(_, b)| b.trim()).collect();
    assert_eq!(changed, ["<item id=\"g4.1\" alignment=\"m4.1\">devour</item>"]);
    // Another word form: the tiers of words are made anew, the parse of the translation stays.
    bundle.words[0].form.set("ko", "Na-ka");
    let (text, _) = written(&bundle, Format::Xigt);
    assert!(text.contains(">Na-ka</item>") && text.contains("phrase-structure") && text.contains("devour"), "{text}");
    let back = read_as("397.xml", text.as_bytes(), None).unwrap().bundle;
    assert_eq!(said(&bundle), said(&back));
}

// ---- LaTeX -------------------------------------------------------------------------------------------------------

#[test]
fn latex_comes_back_to_the_letter() {
    let path = data("langsci_212_appendix.tex");
    let imported = read(&path);
    println!("{}", imported.report);
    let bundle = &imported.bundle;
    // grep -c '\\gll'; grep -c '\\trans'
    assert_eq!(of_role(bundle, TierRole::Transcription).len(), 191);
    assert_eq!(of_role(bundle, TierRole::Translation).len(), 191);
    let (text, report) = written(bundle, Format::Latex);
    assert_same_text(&std::fs::read_to_string(&path).unwrap(), &text);
    assert!(report.is_lossless(), "{report}");
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("langsci_212_appendix.tex");
    std::fs::write(&copy, text).unwrap();
    assert_same(bundle, &read(&copy).bundle);
}

#[test]
fn latex_examples_are_words_and_morphs() {
    let bundle = read(&data("langsci_212_appendix.tex")).bundle;
    let lines = of_role(&bundle, TierRole::Transcription);
    assert_eq!(lines[2].value, "okay, kwa zöbthé zrathkäfe nimame trikasi fof ... kwafar ...");
    let words = columns(&bundle, lines[2].id);
    assert_eq!(words[3], ("zrathkäfe".into(), pairs(&[("zrathkäfe", "FDU:SBJ:IRR:PFV/start")])));
    assert_eq!(words[4], ("nimame".into(), pairs(&[("nima", "like.this"), ("=me", "INS")])));
    assert_eq!(words[5], ("triksi".into(), pairs(&[("trik", "tell"), ("-si", "NMLZ")])));
    let free = of_role(&bundle, TierRole::Translation);
    assert_eq!(free[0].value, "Where do we start?");
    assert_eq!(free[190].value, "but nobody follows (these traditions) anymore.");
    let other = "\\ea Latin \\citep[3]{x}\\\\ % a note\n\\gll {ad hoc} s\\=o l-\\'{\\i} \\\\\n  for.this sun.\\textsc{nom} \\textsc{f}-\\textsc{3sg}\\\\\n\\glt `Sun.'\\z\n\n\
                 \\exg. uno duo \\\\ one two \\\\\n`1, 2'\n\n\
                 \\ex \\begingl \\glpreamble Tres quattuor// \\gla tres quattuor// \\glb three four// \\glft `3, 4'// \\endgl \\xe\n";
    let bundle = read_as("x.tex", other.as_bytes(), None).unwrap().bundle;
    let lines = of_role(&bundle, TierRole::Transcription);
    let texts: Vec<_> = lines.iter().map(|a| a.value.as_str()).collect();
    assert_eq!(texts, ["ad hoc sō lí", "uno duo", "Tres quattuor"]);
    assert_eq!(columns(&bundle, lines[0].id)[2].1, pairs(&[("l", "F"), ("-í", "3SG")]));
    let free: Vec<_> = of_role(&bundle, TierRole::Translation).iter().map(|a| a.value.as_str()).collect();
    assert_eq!(free, ["Sun.", "1, 2", "3, 4"]);
    assert_same_text(other, &written(&bundle, Format::Latex).0);
}

#[test]
fn an_edit_shows_in_latex_and_the_rest_stays() {
    let mut bundle = read(&data("langsci_212_appendix.tex")).bundle;
    let free = bundle.annotations.iter_mut().find(|a| a.value == "Should I start?").unwrap();
    free.value = "Shall I start (100%)?".into();
    let morph = bundle.morphs.iter_mut().find(|m| m.gloss.first() == Some("FSG:SBJ>TSG.F:OBJ:IRR:PFV/start")).unwrap();
    morph.gloss.set("en", "1SG.start");
    let (text, _) = written(&bundle, Format::Latex);
    let before = std::fs::read_to_string(data("langsci_212_appendix.tex")).unwrap();
    let changed: Vec<_> = before.lines().zip(text.lines()).filter(|(a, b)| a != b).map(|(_, b)| b.trim()).collect();
    assert_eq!(changed, ["\\gll zrethkäfé\\\\", "\\textsc{1sg}.start\\\\", "\\trans `Shall I start (100\\%)?'"]);
}

#[test]
fn what_never_was_latex_is_a_document() {
    let bundle = apalai();
    let (text, report) = written(&bundle, Format::Latex);
    println!("{report}{}", text.lines().take(40).collect::<Vec<_>>().join("\n"));
    assert!(text.contains("\\usepackage{gb4e}") && text.contains("\\textsc{prox}.\\textsc{inan}"));
    let back = read_as("x.tex", text.as_bytes(), None).unwrap().bundle;
    assert_eq!(glosses(&bundle), glosses(&back));
    assert_eq!(bundle.sessions.len(), back.sessions.len());
    assert_same_text(&text, &written(&back, Format::Latex).0);
}

// ---- Plain text --------------------------------------------------------------------------------------------------

#[test]
fn lines_of_text_come_back_to_the_letter() {
    for text in ["One.\n\n  Two: three.\nFour\n\n", "A: hello\r\nBo B: yes\r\nA: so\r\n", "no end", "語\n"] {
        let imported = read_as("story.txt", text.as_bytes(), None).unwrap();
        assert_same_text(text, &written(&imported.bundle, Format::Text).0);
        assert_eq!(imported.bundle.sessions[0].name, "story");
    }
    let mut bundle = read_as("x.txt", b"A: hello\nB: yes\nA: so\n", None).unwrap().bundle;
    assert_eq!(bundle.people.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["A", "B"]);
    assert_eq!(bundle.annotations[1].value, "yes");
    bundle.annotations[1].value = "no".into();
    assert_eq!(written(&bundle, Format::Text).0, "A: hello\nB: no\nA: so\n");
    // A colon now and then is no speaker.
    let bundle = read_as("x.txt", b"Note: this\nand that\n", None).unwrap().bundle;
    assert!(bundle.people.is_empty() && bundle.annotations[0].value == "Note: this");
}

#[test]
fn glossed_text_is_set_in_columns_and_read_again() {
    let bundle = apalai();
    let (text, report) = written(&bundle, Format::Text);
    println!("{report}{}", text.lines().take(60).collect::<Vec<_>>().join("\n"));
    assert!(text.lines().all(|line| line.chars().count() < 120 || !line.starts_with("     ")));
    let back = read_as("x.txt", text.as_bytes(), None).unwrap().bundle;
    assert_eq!(glosses(&bundle), glosses(&back));
    assert_eq!(said(&bundle).len(), said(&back).len());
    assert_same_text(&text, &written(&back, Format::Text).0);
}

// ---- HTML --------------------------------------------------------------------------------------------------------

const HTML: &str = "import sys
from html.parser import HTMLParser
class P(HTMLParser):
    stack, ids, refs, n = [], set(), [], 0
    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        assert len(a) == len(attrs), (tag, attrs)
        assert tag not in ('script', 'link', 'img', 'iframe', 'object'), tag
        assert not any(k.startswith('on') or k == 'src' for k in a), attrs
        if 'id' in a:
            assert a['id'] not in self.ids, a['id']
            self.ids.add(a['id'])
        if a.get('href', '').startswith('#'): self.refs.append(a['href'][1:])
        if tag not in ('meta', 'br'): self.stack.append(tag)
    def handle_endtag(self, tag):
        assert self.stack.pop() == tag, tag
p = P(convert_charrefs=True)
p.feed(open(sys.argv[1], encoding='utf-8').read()); p.close()
assert not p.stack, p.stack
assert all(r in p.ids for r in p.refs), [r for r in p.refs if r not in p.ids]
print(len(p.refs))";

#[test]
fn the_page_is_whole_and_leads_from_morphs_to_entries() {
    let bundle = apalai();
    let (page, report) = written(&bundle, Format::Html);
    println!("{report}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.html");
    std::fs::write(&path, &page).unwrap();
    if let Some(count) = referee(HTML, &path) {
        assert!(count.trim().parse::<usize>().unwrap() > 500, "{count}");
    }
    assert!(!page.contains("<script") && !page.contains("@import") && !page.contains("url("));
    assert_eq!(page.matches("class=\"example\"").count(), 61);
    assert_eq!(page.matches("<article class=\"entry\"").count(), 136);
    assert!(page.contains("<p class=\"line\" lang=\"apy\">") && page.contains("<p class=\"free\" lang=\"en\">"));
    assert!(page.contains("<abbr>PROX</abbr>.<abbr>INAN</abbr>"));
}

#[test]
fn the_page_hides_what_is_closed_and_escapes_what_is_typed() {
    let mut bundle = apalai();
    let person = Person {
        id: PersonId::new(),
        code: "M1".into(),
        name: "Maria Ximénez".into(),
        languages: Vec::new(),
        notes: String::new(),
        consent: Consent::default(),
        access: Access::Team,
        residue: Residue::default(),
    };
    let evil = "</p><script>alert(\"1\")</script> & 'x'";
    for session in &mut bundle.sessions {
        session.participants.push(Participation { person: person.id, role: "speaker".into() });
        session.description = MultiText::of("en\"><b>", format!("Told by Maria Ximénez {evil}"));
    }
    for tier in bundle.tiers.iter_mut().filter(|t| t.role == TierRole::Transcription) {
        tier.participant = Some(person.id);
    }
    bundle.people.push(person);
    let first = bundle.annotations.iter_mut().find(|a| a.parent.is_none()).unwrap();
    first.value = evil.into();
    bundle.sessions[1].access = Access::Closed;
    let closed = format!("id=\"t-{}\"", bundle.sessions[1].id);
    let (page, report) = written(&bundle, Format::Html);
    assert!(!page.contains("Ximénez") && page.contains("Told by M1") && page.contains(">M1<"), "{report}");
    assert!(!page.contains(&closed) && !page.contains("<script") && !page.contains("<b>"));
    assert!(page.contains("&lt;/p&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;"));
    assert!(!report.is_lossless());
    for session in &mut bundle.sessions {
        session.consent.given = Some(false);
    }
    bundle.lexemes.clear();
    let folder = tempfile::tempdir().unwrap();
    let refused = formats::write(&folder.path().join("x.html"), Format::Html, &bundle);
    assert!(matches!(refused, Err(FormatError::Unsayable { .. })));
}

// ---- Bad input ---------------------------------------------------------------------------------------------------

const ALL: [Format; 4] = [Format::Conllu, Format::Xigt, Format::Latex, Format::Text];

#[test]
fn broken_files_are_kept_as_far_as_they_go_or_refused() {
    for format in ALL {
        for bytes in [
            &b""[..],
            b"\xff\xfe\x00",
            b"<html/>",
            b"\\",
            b"<xigt-corpus><igt",
            b"1\t",
            b"\\gll a b",
            b"\\ea\\gll {",
            b"1-2\ta\n",
        ] {
            let _ = read_as("in", bytes, Some(format)).map(|read| written(&read.bundle, format));
        }
    }
    let spaces = "1 a a NOUN _ _ 0 root _ _\n3 b b VERB\nnonsense\n";
    let read = read_as("in", spaces.as_bytes(), Some(Format::Conllu)).unwrap();
    assert_eq!((read.bundle.words.len(), read.report.warnings.len()), (2, 1));
    assert!(written(&read.bundle, Format::Conllu).0.contains("\n2\tb\tb\tVERB\t_\t_\t_\t_\t_\t_\n\n"));
    // What opens and never closes is given up soon.
    for piece in ["\\gll {", "\\exi{", "\\gll a\\\\", "{{{{", "\\ea\\gll a \\\\ b \\\\ \\glt `"] {
        let start = std::time::Instant::now();
        let _ = read_as("in", piece.repeat(5_000).as_bytes(), Some(Format::Latex));
        assert!(start.elapsed().as_secs() < 30, "{piece}: {:?}", start.elapsed());
    }
    // References that come back to themselves end.
    let mut items: String = (1..60).map(|n| format!("<item id=\"a{n}\" content=\"a{0},a{0}\"/>", n - 1)).collect();
    items.push_str("<item id=\"a0\" content=\"a59\"/><item id=\"b\">x</item>");
    let loops =
        format!("<xigt-corpus><igt id=\"i\"><tier type=\"phrases\" id=\"a\">{items}</tier></igt></xigt-corpus>");
    read_as("in", loops.as_bytes(), Some(Format::Xigt)).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_words_survive(bundle in any_project()) {
        for format in ALL {
            let back = again(&bundle, format);
            prop_assert_eq!(said(&bundle), said(&back), "{}", format);
        }
    }

    /// Real files with pieces cut, doubled and overwritten: read or refused, and what was read can be written.
    #[test]
    fn mutated_files_never_panic(
        which in 0..4_usize,
        cuts in proptest::collection::vec((0.0..1.0f64, 0..40usize, proptest::collection::vec(proptest::num::u8::ANY, 0..8)), 1..12),
    ) {
        let files = [
            ("kpv_ikdp-ud-test.conllu", Format::Conllu), ("kor-ex.xml", Format::Xigt), ("abkhaz.xml", Format::Xigt),
            ("langsci_212_appendix.tex", Format::Latex),
        ];
        let (name, format) = files[which];
        let mut bytes = std::fs::read(data(name)).unwrap();
        bytes.truncate(20_000);
        for (at, length, new) in cuts {
            let at = (at * bytes.len() as f64) as usize;
            let end = (at + length).min(bytes.len());
            drop(bytes.splice(at..end, new));
        }
        if let Ok(imported) = read_as("in", &bytes, Some(format)) {
            let _ = written(&imported.bundle, format);
        }
    }
}
