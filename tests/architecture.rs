//! One crate has no compiler to keep its layers apart: this test reads the sources instead.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A source file: its path under the repository, its layer (first folder or file under `src`), its code without
/// comments.
struct Source {
    name: String,
    layer: String,
    lines: usize,
    code: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") {
                collect(&path, into);
            }
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

fn sources() -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root().join("src"), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            let text = std::fs::read_to_string(&path).unwrap();
            let layer = name.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default().to_owned();
            Source { layer, lines: text.lines().count(), code: without_comments(&text), name }
        })
        .collect()
}

/// Takes comments and the contents of strings out, so that only code is looked at.
fn without_comments(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = &rest[rest.find("*/").map_or(rest.len(), |at| at + 2)..];
        } else if let Some(hashes) = raw_string(rest) {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = &rest[hashes + 2..];
            rest = body.find(&close).map_or("", |at| &body[at + close.len()..]);
            code.push_str("\"\"");
        } else if c == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            rest = end.map_or("", |at| &rest[at + 2..]);
            code.push_str("\"\"");
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\") {
            let end = rest[2..].find('\'').map_or(rest.len(), |at| at + 3);
            rest = &rest[end..];
            code.push_str("' '");
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    code
}

/// How many `#` a raw string that starts here has.
fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.bytes().take_while(|b| *b == b'#').count();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// The modules of ours that code names: `crate::x` and `crate::{x::…, y}`; `fieldgloss::` likewise in the binaries.
fn modules_named(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for start in ["crate::", "fieldgloss::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
                continue;
            }
            let rest = &code[at + start.len()..];
            if let Some(list) = rest.strip_prefix('{') {
                found.extend(first_names(list));
            } else {
                found.insert(first_name(rest));
            }
        }
    }
    found.remove("");
    found
}

fn first_name(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first name of each item of a use list, up to its closing brace.
fn first_names(list: &str) -> Vec<String> {
    let (mut depth, mut names, mut item) = (0, Vec::new(), String::new());
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(first_name(&std::mem::take(&mut item))),
            _ => {}
        }
        if depth == 0 && c != ',' {
            item.push(c);
        }
    }
    names.push(first_name(&item));
    names
}

/// Whether code names an outside crate: `name::` or `use name` or `extern crate name`.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + name.len()..];
        let whole = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.');
        whole && (after.starts_with("::") || (code[..at].trim_end().ends_with("use") && after.starts_with([';', ' '])))
    })
}

fn assert_none(rule: &str, faults: Vec<String>) {
    assert!(faults.is_empty(), "{rule}:\n  {}", faults.join("\n  "));
}

/// The layers below `app`, from the ground up, and which of ours each may name.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("domain", &["domain"]),
    ("store", &["store", "domain"]),
    ("formats", &["formats", "domain"]),
    ("media", &["media", "domain"]),
    ("glossing", &["glossing", "domain"]),
    ("analysis", &["analysis", "domain"]),
    ("jobs", &["jobs", "analysis", "media", "glossing", "formats", "domain"]),
];

#[test]
fn each_layer_names_only_those_below_it() {
    let mut faults = Vec::new();
    for source in sources() {
        let Some((_, may)) = MAY_NAME.iter().find(|(layer, _)| *layer == source.layer) else { continue };
        for module in modules_named(&source.code) {
            // A name in capitals is an item at the root, a macro or `crate::Result`; the layers are in small letters.
            let is_module =
                root().join("src").join(&module).is_dir() || root().join(format!("src/{module}.rs")).is_file();
            if is_module && !may.contains(&module.as_str()) {
                faults.push(format!("{} names {module}", source.name));
            }
        }
    }
    assert_none("each layer names only those below it", faults);
}

#[test]
fn only_app_and_the_command_line_call_the_store() {
    let faults = sources()
        .iter()
        .filter(|s| !matches!(s.layer.as_str(), "store" | "app" | "cli") && modules_named(&s.code).contains("store"))
        .map(|s| s.name.clone())
        .collect();
    assert_none("only app and cli call the store", faults);
}

#[test]
fn nothing_below_app_draws() {
    let drawing = ["egui", "eframe", "egui_tiles", "egui_extras", "egui_notify", "rfd"];
    let mut faults = Vec::new();
    for source in sources() {
        let below = MAY_NAME.iter().any(|(layer, _)| *layer == source.layer)
            || matches!(source.layer.as_str(), "cli" | "worker");
        for name in drawing.iter().filter(|name| below && names_crate(&source.code, name)) {
            faults.push(format!("{} names {name}", source.name));
        }
    }
    assert_none("nothing below app draws", faults);
}

#[test]
fn libtorch_stays_in_the_worker_and_sqlite_in_the_store() {
    let mut faults = Vec::new();
    for source in sources() {
        for (name, layer) in [("tch", "worker"), ("torch_sys", "worker"), ("rusqlite", "store"), ("sophia", "formats")]
        {
            if source.layer != layer && names_crate(&source.code, name) {
                faults.push(format!("{} names {name}", source.name));
            }
        }
    }
    assert_none("tch only in the worker, rusqlite only in the store, sophia only in formats", faults);
}

#[test]
fn colours_come_from_the_theme() {
    let marks = [
        "Color32::from_rgb",
        "Color32::from_rgba",
        "Color32::from_gray",
        "Color32::from_black",
        "Color32::from_white",
        "Color32::from_hex",
        "Color32::from_additive",
        "hex_color!",
        "Rgba::from_rgb",
        "Rgba::from_gray",
    ];
    let named =
        ["RED", "GREEN", "BLUE", "YELLOW", "GRAY", "DARK_GRAY", "LIGHT_GRAY", "WHITE", "BLACK", "ORANGE", "GOLD"];
    let mut faults = Vec::new();
    for source in sources().iter().filter(|s| s.name != "src/ui/theme.rs" && !s.name.starts_with("src/ui/theme/")) {
        for (number, line) in source.code.lines().enumerate() {
            let literal = marks.iter().any(|m| line.contains(m));
            let named = named.iter().any(|n| line.contains(&format!("Color32::{n}")));
            if literal || named {
                faults.push(format!("{} (about line {}): {}", source.name, number + 1, line.trim()));
            }
        }
    }
    assert_none("a colour literal outside ui/theme.rs", faults);
}

#[test]
fn files_are_short() {
    let faults = sources().iter().filter(|s| s.lines > 700).map(|s| format!("{}: {} lines", s.name, s.lines)).collect();
    assert_none("no file over 700 lines", faults);
}

/// The reader of sources itself, on text that would lead it astray.
#[test]
fn the_reader_tells_code_from_text() {
    let code = without_comments(
        "use crate::{domain::Time, store::{Store, Op}, app};\n// use crate::ui;\nlet a = \"crate::cli \\\" crate::cli\"; /* crate::cli */ let q = '\"'; crate::jobs::x(); let r = r#\"crate::cli \"crate::cli\"#; mycrate::cli();",
    );
    let named: Vec<_> = modules_named(&code).into_iter().collect();
    assert_eq!(named, ["app", "domain", "jobs", "store"], "{code}");
    assert!(
        names_crate("use egui;", "egui") && names_crate("egui::Ui", "egui") && names_crate("use egui as e;", "egui")
    );
    assert!(!names_crate("my_egui::Ui", "egui") && !names_crate("egui_tiles::Tree", "egui"));
}
