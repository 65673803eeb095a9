//! The glosser from the command line: a round of train, predict and evaluate, and what it says to files that are no good.

use std::path::PathBuf;
use std::process::{Command, Output};

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }
    fn run(&self, args: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_fieldgloss"))
            .args(args.split(' '))
            .current_dir(self.dir.path())
            .env("USER", "tester")
            .output()
            .unwrap()
    }
    /// What a verb that must end well prints.
    fn does(&self, args: &str) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
    /// What a verb that must fail says.
    fn fails(&self, args: &str) -> String {
        let output = self.run(args);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{args}: {message}");
        assert!(message.starts_with("fieldgloss: ") && !message.contains("panicked"), "{message}");
        message
    }
}

/// Sentences `kema-lar vart-di`, with or without their morphs.
fn text(count: usize, segmented: bool) -> String {
    let nouns = [("kema", "dog"), ("tolu", "house"), ("siro", "river"), ("muki", "stone"), ("felo", "bird")];
    let verbs = [("vart", "see"), ("hosk", "carry"), ("milp", "sing")];
    let line = |n: usize| {
        let (noun, verb) = (nouns[n % 5], verbs[(n / 2) % 3]);
        let (end, number) = [("", ""), ("-lar", "-PL")][n % 2];
        let (tense, time) = [("-di", "-PST"), ("-ur", "-PRS")][(n / 3) % 2];
        let morphs = format!("{}{end} {}{tense} .", noun.0, verb.0);
        let cut = if segmented { format!("\\m {morphs}\n") } else { String::new() };
        format!("\\t {}\n{cut}\\g {}{number} {}{time} .\n\\l It\n\n", morphs.replace('-', ""), noun.1, verb.1)
    };
    (0..count).map(line).collect()
}

#[test]
fn a_round_on_either_track() {
    let place = Place::new();
    for track in [1, 2] {
        place.write("train", text(60, track == 2));
        let gold = text(7, track == 2);
        let covered: String =
            gold.split_inclusive('\n').map(|line| if line.starts_with("\\g") { "\\g \n" } else { line }).collect();
        place.write("gold", &gold);
        place.write("covered", &covered);
        let told = place.does(&format!("gloss train --igt train --track {track} --out model"));
        assert!(told.contains("180 words of 60 lines") && !told.contains("Left out"), "{told}");
        place.does("gloss predict --model model --igt covered --out predicted");
        assert_eq!(std::fs::read_to_string(place.path("predicted")).unwrap(), gold, "track {track}");
        let scores: serde_json::Value =
            serde_json::from_str(&place.does("gloss evaluate --gold gold --pred predicted --json")).unwrap();
        assert_eq!((&scores["word"]["accuracy"], &scores["morpheme"]["accuracy"]), (&1.0.into(), &1.0.into()));
        // Twice the same bytes, on one thread or two.
        place.does(&format!("gloss train --igt train --track {track} --out again --threads 1"));
        assert!(std::fs::read(place.path("model")).unwrap() == std::fs::read(place.path("again")).unwrap());
    }
}

#[test]
fn what_teaches_nothing_is_said() {
    let place = Place::new();
    place.write("empty", "");
    place.write("covered", "\\t one two\n\\g \n\\l It\n");
    place.write("words", "no marks at all\n");
    place.write("latin", b"\\t caf\xe9\n\\g coffee\n");
    place.write("uncut", text(5, false));
    for (args, says) in [
        ("--igt empty --track 1", "no lines marked \\t"),
        ("--igt words --track 1", "no lines marked \\t"),
        ("--igt latin --track 1", "save it as UTF-8"),
        ("--igt covered --track 1", "nothing to learn from"),
        ("--igt uncut --track 2", "not cut into morphs"),
        ("--igt nowhere --track 1", "nowhere"),
    ] {
        let message = place.fails(&format!("gloss train {args} --out model"));
        assert!(message.contains(says), "{args}: {message}");
        assert!(!place.path("model").exists());
    }
    place.write("model", "no model");
    assert!(place.fails("gloss predict --model model --igt uncut --out p").contains("not a glosser's file"));
    assert!(!place.path("p").exists());
    place.write("fewer", text(4, false));
    place.fails("gloss evaluate --gold uncut --pred fewer");
}

#[test]
fn one_sentence_and_uneven_glosses_still_give_suggestions() {
    let place = Place::new();
    place.write("one", "\\t Жук שלום 日本語 kāla-ti\n\\g beetle peace.be Japan 1SG-go\n\\l Hm\n");
    place.does("gloss train --igt one --track 1 --out model");
    place.write("ask", "\\t kāla-ti Жук kālaЖук ⸺ ʔ\n\\g \n\\l Hm\n");
    place.does("gloss predict --model model --igt ask --out out");
    let out = std::fs::read_to_string(place.path("out")).unwrap();
    let glosses = out.lines().find_map(|line| line.strip_prefix("\\g ")).unwrap();
    let glosses: Vec<&str> = glosses.split(' ').collect();
    assert_eq!((glosses.len(), glosses[0], glosses[1]), (5, "1SG-go", "beetle"), "{out}");

    // Too few glosses for the words (a label with a space is two); another number of glosses than morphs.
    let odd = "\\t arimi kana\n\\m arimi kana\n\\g spider monkey fish\n\\l a\n\n\
               \\t kanase kana\n\\m kana-se kana\n\\g fish fish-PST\n\\l b\n\n";
    place.write("odd", format!("{odd}{}", text(20, true)));
    for track in [1, 2] {
        let told = place.does(&format!("gloss train --igt odd --track {track} --out model"));
        assert!(told.contains("of 21 lines") && told.contains("Left out: 1 lines"), "{told}");
        place.does("gloss predict --model model --igt odd --out out");
        let out = std::fs::read_to_string(place.path("out")).unwrap();
        let second = out.lines().filter_map(|line| line.strip_prefix("\\g ")).nth(1).unwrap();
        match track {
            1 => assert_eq!(second, "fish fish-PST"),
            // Words that come cut get one gloss a morph, whatever was taught.
            _ => assert_eq!(
                second.split(' ').map(|word| word.split('-').count()).collect::<Vec<_>>(),
                [2, 1],
                "{second}"
            ),
        }
    }
}
