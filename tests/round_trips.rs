//! Every real file among the test data goes in, out to the same format, and in again. What came of it stands in the
//! table `assets/texts/en/help/round-trips.md`, which Help shows; this test fails where the table no longer tells the
//! truth. `FIELDGLOSS_UPDATE=1` writes it anew.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use fieldgloss::domain::Bundle;
use fieldgloss::formats::{self, Format, FormatError, ImportOptions};
use quick_xml::Reader;
use quick_xml::events::Event;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files made to be refused: what other tests want of them.
const MADE_WRONG: [&str; 1] = ["literals_as_subjects.ttl"];

/// Whether a file is a part of a dataset in a folder, which its metadata or project file stands for.
fn is_part(path: &Path) -> bool {
    let stands_for_all = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with("-metadata.json") || name.ends_with(".sprj")
    };
    let above = path.ancestors().skip(1).take_while(|folder| folder.starts_with(root().join("tests/data")));
    !stands_for_all(path)
        && above.take(4).any(|folder| {
            std::fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|entry| stands_for_all(&entry.path())))
        })
}

/// The real files, with folders that are one dataset as one.
fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("tests/data"), root().join("assets/sample")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // What fuzzing found is not real, and a reading of it proves nothing; models are no texts.
            if path.is_dir() && !["fuzz", "models", "nets"].contains(&name.as_str()) {
                folders.push(path);
            } else if path.is_file() && !is_part(&path) && !MADE_WRONG.contains(&name.as_str()) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn options() -> ImportOptions {
    ImportOptions {
        session_name: "session".into(),
        object_language: "apy".into(),
        analysis_language: "en".into(),
        ..ImportOptions::default()
    }
}

/// How two files of a format are compared: its canonical form.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// Elements, attributes in any order, texts with white space as one blank; comments, layout and the version of
    /// the format do not count.
    Xml,
    /// Numbers to a nanosecond and quoted texts, in order, as Praat reads them.
    TextGrid,
    /// Lines without their ends' white space; continuations joined; blank lines do not count.
    Lines,
    /// Values.
    Json,
    /// Not compared file with file.
    None,
}

fn form_of(format: Format) -> Form {
    match format {
        Format::Eaf | Format::FlexText | Format::Lift | Format::Exb | Format::Xigt | Format::SayMore => Form::Xml,
        Format::TextGrid => Form::TextGrid,
        Format::Sfm
        | Format::Toolbox
        | Format::Chat
        | Format::Conllu
        | Format::Srt
        | Format::Vtt
        | Format::Labels
        | Format::Latex
        | Format::Text => Form::Lines,
        Format::Json => Form::Json,
        _ => Form::None,
    }
}

fn canonical(form: Form, bytes: &[u8]) -> Option<Vec<String>> {
    let text = formats::input::decode(bytes).0.replace("\r\n", "\n").replace('\r', "\n");
    match form {
        Form::Xml => xml(&text),
        Form::TextGrid if bytes.starts_with(b"ooBinaryFile") => None,
        Form::TextGrid => Some(praat(&text)),
        Form::Lines => Some(lines(&text)),
        Form::Json => serde_json::from_str::<serde_json::Value>(&text).ok().map(|value| vec![value.to_string()]),
        Form::None => None,
    }
}

fn xml(text: &str) -> Option<Vec<String>> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let (mut out, mut words) = (Vec::new(), String::new());
    let flush = |words: &mut String, out: &mut Vec<String>| {
        let text = words.split_whitespace().collect::<Vec<_>>().join(" ");
        words.clear();
        if !text.is_empty() {
            out.push(text);
        }
    };
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                flush(&mut words, &mut out);
                let mut attributes: Vec<String> = start
                    .attributes()
                    .flatten()
                    .map(|a| {
                        let value =
                            quick_xml::escape::unescape(&a.value).map(|value| value.into_owned()).unwrap_or_default();
                        format!("{}={value}", a.key.as_ref())
                    })
                    .collect();
                // A file is written in the newest version of its format, by this program.
                let of_version = ["FORMAT=", "VERSION=", "xsi:noNamespaceSchemaLocation=", "version=", "producer="];
                if out.is_empty() {
                    attributes.retain(|a| !of_version.iter().any(|name| a.starts_with(name)));
                }
                attributes.sort();
                out.push(format!("<{} {}", start.name().as_ref(), attributes.join(" ")));
            }
            Event::End(end) => {
                flush(&mut words, &mut out);
                out.push(format!("</{}", end.name().as_ref()));
            }
            Event::Text(piece) => words.push_str(&piece),
            Event::CData(piece) => words.push_str(&piece),
            Event::GeneralRef(name) => {
                let entity = format!("&{};", &*name);
                words.push_str(&quick_xml::escape::unescape(&entity).map(|c| c.into_owned()).unwrap_or(entity));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    Some(out)
}

/// Free-standing numbers, quoted texts and flags: what is in brackets or stands in a word is decoration.
fn praat(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    let mut fresh = true;
    while let Some(c) = rest.chars().next() {
        if c == '"' {
            let mut value = String::new();
            let mut letters = rest.char_indices().skip(1).peekable();
            let mut end = rest.len();
            while let Some((at, letter)) = letters.next() {
                if letter == '"' {
                    if letters.peek().is_some_and(|(_, next)| *next == '"') {
                        letters.next();
                    } else {
                        end = at + 1;
                        break;
                    }
                }
                value.push(letter);
            }
            // "ooTextFile short" is the same file with less decoration.
            out.push(format!("\"{}", if out.is_empty() { "ooTextFile" } else { &value }));
            rest = &rest[end..];
            fresh = true;
        } else if c.is_whitespace() {
            rest = &rest[c.len_utf8()..];
            fresh = true;
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len());
            let word = &rest[..end];
            if fresh && let Ok(number) = word.parse::<f64>() {
                out.push(format!("{:.0}", number * 1e9));
            } else if fresh && word.starts_with('<') {
                out.push(word.to_owned());
            }
            rest = &rest[end..];
            fresh = false;
        }
    }
    out
}

fn lines(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim_end();
        match out.last_mut() {
            _ if line.is_empty() => {}
            Some(last) if line.starts_with('\t') => {
                last.push(' ');
                last.push_str(line.trim_start());
            }
            _ => out.push(line.to_owned()),
        }
    }
    out
}

/// A bundle as text in which ids are numbered by first appearance: equal for equal projects with other ids. Ids stand
/// within texts too, where a format keeps what it would have written.
fn without_ids(bundle: &Bundle) -> String {
    // A file is written in the newest version of its format, by this program.
    let json = serde_json::to_string(bundle)
        .unwrap()
        .replace("\"version\":\"0.12\"", "\"version\":\"0.13\"")
        .replace("\"producer\":null", "\"producer\":\"Fieldgloss\"");
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut out = String::with_capacity(json.len());
    let (mut from, mut at) = (0, 0);
    while at < json.len() {
        let id = json.get(at..at + 36).filter(|text| is_id(text));
        match id {
            Some(id) => {
                let next = numbers.len();
                out.push_str(&json[from..at]);
                let _ = write!(out, "#{}", numbers.entry(id).or_insert(next));
                at += 36;
                from = at;
            }
            None => at += 1,
        }
    }
    out.push_str(&json[from..]);
    out
}

fn is_id(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, b)| match at {
        8 | 13 | 18 | 23 => b == b'-',
        _ => b.is_ascii_hexdigit(),
    })
}

/// Where two lists first differ, for the message.
fn difference(a: &[String], b: &[String]) -> Option<String> {
    if a == b {
        return None;
    }
    let at = a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()));
    Some(format!("{:?} became {:?}", a.get(at), b.get(at)))
}

#[test]
fn every_real_file_comes_back_and_the_table_says_so() {
    let mut table = String::from(
        "Every real file among the program’s test data was read, written to the same format and read again. \
         **Same file**: nothing but layout differs from the original. **Same project**: the second reading gives what the \
         first gave. **Odd**: what was wrong with the file. Made by the tests, not by hand.\n\n\
         | File | Format | Same file | Same project | Odd |\n|---|---|---|---|---|\n",
    );
    let mut problems = Vec::new();
    for path in files() {
        let Ok(format) = Format::guess(&path) else { continue };
        let mut name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with("-metadata.json") {
            // The folder says whose metadata it is.
            name = path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        }
        let first = match formats::read(&path, Some(format), &options()) {
            Ok(first) => first,
            Err(FormatError::NotRead { .. }) => continue,
            Err(error) => {
                problems.push(format!("{name}: {error}"));
                continue;
            }
        };
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join(if format.is_folder() { "out".to_owned() } else { name.clone() });
        match formats::write(&out, format, &first.bundle) {
            Ok(_) => {}
            Err(FormatError::NotWritten { .. }) => continue,
            // A template, a lexicon without entries: nothing that this format could hold.
            Err(FormatError::Unsayable { .. }) => continue,
            Err(error) => {
                problems.push(format!("{name}: {error}"));
                continue;
            }
        }
        let form = form_of(format);
        let same_file = match (canonical(form, &std::fs::read(&path).unwrap()), out.is_file()) {
            (Some(before), true) => match canonical(form, &std::fs::read(&out).unwrap()) {
                Some(after) => match difference(&before, &after) {
                    None => "yes",
                    Some(change) => {
                        println!("{name}: {change}");
                        "not quite"
                    }
                },
                None => "not compared",
            },
            _ => "not compared",
        };
        let again = formats::read(&out, Some(format), &options()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let pieces = |bundle| without_ids(bundle).split(',').map(str::to_owned).collect::<Vec<_>>();
        let same_project = match difference(&pieces(&first.bundle), &pieces(&again.bundle)) {
            None => "yes",
            Some(change) => {
                println!("{name}, read again: {change}");
                "not quite"
            }
        };
        let odd = first.report.warnings.first().map(|words| words.replace('|', "/")).unwrap_or_default();
        let _ = writeln!(table, "| {name} | {} | {same_file} | {same_project} | {odd} |", format.label());
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let place = root().join("assets/texts/en/help/round-trips.md");
    if std::env::var_os("FIELDGLOSS_UPDATE").is_some() {
        std::fs::write(&place, &table).unwrap();
    }
    let said = std::fs::read_to_string(&place).unwrap_or_default();
    assert!(said == table, "the table no longer tells the truth; now it is:\n{table}");
}
