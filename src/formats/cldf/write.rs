//! Records to a dataset.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::out::{Ids, Table};
use super::{NAME, TERMS, languages, metadata, read, write_examples, write_lexicon};
use crate::domain::*;
use crate::formats::published::published_with;
use crate::formats::{Format, FormatError, input};

/// What is being written.
pub(super) struct Writer<'a> {
    pub bundle: &'a Bundle,
    pub report: LossReport,
    /// What the dataset that the records came from says of its columns.
    pub remembered: Option<&'a Value>,
    pub bibliography: &'a str,
    /// Whether every source named is an entry of the bibliography, so that it may be called a reference.
    pub sources_known: bool,
    /// First language of each role.
    pub object: String,
    pub analysis: String,
    /// Ids in the LanguageTable by tag.
    pub languages: BTreeMap<String, (String, Option<&'a Language>)>,
    pub lexemes: Ids,
    pub senses: Ids,
    pub tables: Vec<Table>,
}

/// Writes a dataset as a folder, whole or not at all.
///
/// # Errors
/// When there is nothing to write, or the folder is there and holds something else than a dataset of ours.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    may_replace(path)?;
    let (public, report) = published_with(bundle, Some(NAME));
    let dataset = dataset(&public);
    let first = |role: LanguageRole, usual: &str| {
        let mut known: Vec<&Language> = public.languages.iter().filter(|l| l.role == role).collect();
        known.sort_by_key(|l| l.position);
        known.first().map_or(usual.to_owned(), |l| l.tag.clone())
    };
    let mut writer = Writer {
        bundle: &public,
        report,
        remembered: dataset.and_then(|d| d.get("columns")),
        bibliography: dataset.and_then(|d| d.get("bibliography")).and_then(Value::as_str).unwrap_or_default(),
        sources_known: false,
        object: first(LanguageRole::Object, "und"),
        analysis: first(LanguageRole::Analysis, "en"),
        languages: BTreeMap::new(),
        lexemes: Ids::default(),
        senses: Ids::default(),
        tables: Vec::new(),
    };
    let mut known: Vec<&Language> = public.languages.iter().collect();
    known.sort_by_key(|l| (l.position, l.id));
    for language in known {
        writer.languages.insert(language.tag.clone(), (languages::id_of(language), Some(language)));
    }
    writer.sources_known = write_examples::sources_known(&writer);
    write_lexicon::write(&mut writer);
    write_examples::write(&mut writer);
    writer.language_table();
    writer.losses();
    if writer.tables.iter().all(Table::is_empty) {
        return Err(FormatError::Unsayable {
            format: Format::Cldf,
            problem: "there is neither an entry nor a text that may be published".to_owned(),
        });
    }
    let lexicon = !public.lexemes.is_empty();
    let module = if lexicon { "Dictionary" } else { "TextCorpus" };
    let (mut specs, mut files) = (Vec::new(), Vec::new());
    for table in writer.tables.into_iter().filter(|table| !table.is_empty() || table.url == "senses.csv") {
        let (spec, url, bytes) = table.finish()?;
        specs.push(spec);
        files.push((url, bytes));
    }
    for table in dataset.and_then(|d| d.get("tables")).and_then(Value::as_array).into_iter().flatten() {
        keep_table(table, &mut specs, &mut files);
    }
    if !writer.bibliography.is_empty() {
        files.push(("sources.bib".to_owned(), writer.bibliography.as_bytes().to_vec()));
    }
    let mut metadata = properties(dataset, &public, module, !writer.bibliography.is_empty());
    metadata.insert("tables".to_owned(), Value::Array(specs));
    let text = serde_json::to_vec_pretty(&Value::Object(metadata))
        .map_err(|e| FormatError::Unsayable { format: Format::Cldf, problem: e.to_string() })?;
    files.push((format!("{module}-metadata.json"), text));
    put_in_place(path, &files)?;
    Ok(writer.report)
}

/// What the first record remembers of the dataset that it came from.
fn dataset(bundle: &Bundle) -> Option<&Value> {
    let residues = bundle.sessions.iter().map(|s| &s.residue).chain(bundle.lexemes.iter().map(|l| &l.residue));
    residues.filter_map(|residue| residue.get(NAME)?.get("dataset")).next()
}

/// A table that was kept as it was: its file again, without keys into tables that may have changed.
fn keep_table(table: &Value, specs: &mut Vec<Value>, files: &mut Vec<(String, Vec<u8>)>) {
    let (Some(mut spec), Some(text)) = (table.get("spec").cloned(), table.get("text").and_then(Value::as_str)) else {
        return;
    };
    let url = spec.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
    let plain = Path::new(&url).components().count() == 1 && !url.contains("..") && !url.is_empty();
    if !plain || files.iter().any(|(known, _)| *known == url) {
        return;
    }
    if !is_online(&spec, text)
        && let Some(spec) = spec.as_object_mut()
    {
        spec.remove("dc:conformsTo");
    }
    if let Some(schema) = spec.get_mut("tableSchema").and_then(Value::as_object_mut) {
        schema.remove("foreignKeys");
    }
    specs.push(spec);
    files.push((url, text.as_bytes().to_vec()));
}

/// Whether a table is no MediaTable, or one whose files are all on the web: others would have to be copied to be valid.
fn is_online(spec: &Value, text: &str) -> bool {
    if spec.get("dc:conformsTo").and_then(Value::as_str) != Some(&format!("{TERMS}MediaTable")) {
        return true;
    }
    let columns = spec.pointer("/tableSchema/columns").and_then(Value::as_array);
    let url = columns.into_iter().flatten().find(|c| c["propertyUrl"] == format!("{TERMS}downloadUrl"));
    let name = url.and_then(|column| column["name"].as_str()).unwrap_or_default();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let at = reader.headers().ok().and_then(|header| header.iter().position(|known| known == name));
    at.is_some_and(|at| {
        let mut rows = reader.records();
        rows.all(|row| row.is_ok_and(|row| row.get(at).is_some_and(|url| url.starts_with("http"))))
    })
}

/// What the metadata says of the dataset as a whole.
fn properties(dataset: Option<&Value>, bundle: &Bundle, module: &str, bibliography: bool) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("@context".into(), json!(["http://www.w3.org/ns/csvw", { "@language": "en" }]));
    all.insert("dc:conformsTo".into(), json!(format!("{TERMS}{module}")));
    for (key, value) in dataset.and_then(|d| d.get("properties")).and_then(Value::as_object).into_iter().flatten() {
        let ours = ["@context", "dc:conformsTo", "dialect", "dc:source", "prov:wasGeneratedBy", "tables", "url"];
        if !ours.contains(&key.as_str()) && key != "tableSchema" {
            all.insert(key.clone(), value.clone());
        }
    }
    if let Some(project) = &bundle.project {
        let description = project.description.best(["en"]).unwrap_or_default();
        for (key, value) in
            [("dc:title", project.name.as_str()), ("dc:license", &project.licence), ("dc:description", description)]
        {
            if !value.is_empty() && !all.contains_key(key) {
                all.insert(key.to_owned(), json!(value));
            }
        }
    }
    all.entry("rdf:type").or_insert(json!("http://www.w3.org/ns/dcat#Distribution"));
    if bibliography {
        all.insert("dc:source".into(), json!("sources.bib"));
    }
    let version = env!("CARGO_PKG_VERSION");
    all.insert("prov:wasGeneratedBy".into(), json!([{ "dc:title": GENERATOR, "dc:description": version }]));
    all.insert("dialect".into(), json!({ "commentPrefix": null }));
    all
}

/// How a dataset of ours says so.
const GENERATOR: &str = "Fieldgloss";

/// Refuses to write over anything but an empty folder or a dataset of ours.
fn may_replace(path: &Path) -> Result<(), FormatError> {
    let unsayable = |problem: String| FormatError::Unsayable { format: Format::Cldf, problem };
    if !path.exists() {
        return Ok(());
    }
    if !path.is_dir() {
        return Err(unsayable(format!("a dataset is a folder, and {} is a file", path.display())));
    }
    let failed = |source| FormatError::Write { path: path.to_owned(), source };
    if std::fs::read_dir(path).map_err(failed)?.next().is_none() {
        return Ok(());
    }
    let ours = metadata::metadata_in(path).ok().and_then(|file| std::fs::read(file).ok()).is_some_and(|bytes| {
        let json: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        json.pointer("/prov:wasGeneratedBy/0/dc:title").and_then(Value::as_str) == Some(GENERATOR)
    });
    // A folder of ours that somebody keeps other things in is not to be replaced either.
    let known = |name: &str| name.ends_with(".csv") || name.ends_with("-metadata.json") || name == "sources.bib";
    let entries = std::fs::read_dir(path).map_err(failed)?.filter_map(Result::ok);
    let only = entries.into_iter().all(|e| known(&e.file_name().to_string_lossy()));
    if ours && only {
        return Ok(());
    }
    Err(unsayable(format!("the folder {} holds something else already; choose another", path.display())))
}

/// Writes the files into a folder beside and puts it in place at once.
fn put_in_place(path: &Path, files: &[(String, Vec<u8>)]) -> Result<(), FormatError> {
    let failed = |source| FormatError::Write { path: path.to_owned(), source };
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let beside = tempfile::tempdir_in(parent).map_err(failed)?;
    let made = beside.path().join("dataset");
    std::fs::create_dir(&made).map_err(failed)?;
    for (name, bytes) in files {
        input::write_atomic(&made.join(name), bytes)?;
    }
    let before = beside.path().join("before");
    let replaced = path.exists();
    if replaced {
        std::fs::rename(path, &before).map_err(failed)?;
    }
    if let Err(source) = std::fs::rename(&made, path) {
        if replaced {
            let _ = std::fs::rename(&before, path);
        }
        return Err(failed(source));
    }
    Ok(())
}

impl Writer<'_> {
    /// The id of a language in the LanguageTable; a tag of none gets a row.
    pub fn language(&mut self, tag: &str) -> String {
        if let Some((id, _)) = self.languages.get(tag) {
            return id.clone();
        }
        // A writing system (`apy-fonipa`) is no language of its own.
        let base = tag.split('-').next().unwrap_or(tag);
        if let Some((id, _)) = self.languages.get(base) {
            return id.clone();
        }
        let id = read::plain_id(tag);
        self.languages.insert(tag.to_owned(), (id.clone(), None));
        id
    }

    fn language_table(&mut self) {
        let mut table = Table::new("languages.csv", "LanguageTable", self.remembered);
        table.id();
        table.may("Name", "name");
        table.may("Glottocode", "glottocode");
        table.may("ISO639P3code", "iso639P3code");
        table.may("Tag", "");
        let mut rows: Vec<_> = self.languages.iter().collect();
        rows.sort_by_key(|(tag, (_, language))| (language.map_or(i64::MAX, |l| l.position), (*tag).clone()));
        let glottocode =
            |code: &str| code.len() == 8 && code.is_ascii() && code[4..].bytes().all(|b| b.is_ascii_digit());
        let iso = |code: &str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_lowercase());
        let mut taken: Vec<&str> = Vec::new();
        for (tag, (id, language)) in rows {
            if taken.contains(&id.as_str()) {
                continue;
            }
            taken.push(id);
            table.row(id);
            if let Some(language) = language {
                table.put("Name", language.name.best(["en"]).unwrap_or_default());
                if glottocode(&language.glottocode) {
                    table.put("Glottocode", &language.glottocode);
                }
                if iso(&language.iso639_3) {
                    table.put("ISO639P3code", &language.iso639_3);
                }
                table.put_kept(&language.residue);
            }
            if tag != id {
                table.put("Tag", tag);
            }
        }
        self.report.kept("languages", table.len());
        self.tables.push(table);
    }

    fn losses(&mut self) {
        let bundle = self.bundle;
        let report = &mut self.report;
        report.left_out("links to the world outside", bundle.links.len(), "CLDF has no table for them");
        report.left_out("model runs", bundle.runs.len(), "CLDF has no table for them");
        report.left_out("tracks", bundle.tracks.len(), "CLDF has no table for them");
        report.left_out("proposed tags", bundle.tags.len(), "CLDF has no table for them");
        report.left_out("vocabularies", bundle.vocabularies.len(), "CLDF has no table for them");
        let people = bundle.people.iter().filter(|p| !p.notes.is_empty() || !p.languages.is_empty()).count();
        report.left_out("notes and languages of people", people, "CLDF has no table for them");
    }
}
