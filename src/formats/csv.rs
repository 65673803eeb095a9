//! Tables: annotations, one a row; the lexicon, one sense a row. The simplest thing a spreadsheet reads.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{Format, FormatError, ImportOptions, Imported, input};
use crate::domain::{
    Annotation, Bundle, Lexeme, LexemeId, LossReport, MorphKind, MultiText, Person, PersonId, Residue, Sense, SenseId,
    Session, SessionId, Span, Tier, TierId, TierRole, Time,
};

/// Largest file that is read, in bytes.
const LIMIT: u64 = 512 << 20;

/// Writes the annotations, and the lexicon: beside them as `NAME-lexicon.csv`, or under the path itself when
/// there are no annotations.
///
/// # Errors
/// When a file cannot be written.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let (has_annotations, has_lexicon) = (!bundle.annotations.is_empty(), !bundle.lexemes.is_empty());
    if has_lexicon {
        let place = if has_annotations { beside(path) } else { path.to_owned() };
        input::write_atomic(&place, &lexicon_table(bundle)?)?;
        report.kept("entries", bundle.lexemes.len());
        report.kept("senses", bundle.senses.len());
        if has_annotations {
            report.warn(format!("The lexicon is in {}.", place.display()));
        }
    }
    if has_annotations || !has_lexicon {
        input::write_atomic(path, &annotation_table(bundle)?)?;
        report.kept("annotations", bundle.annotations.len());
    }
    let why = "a table of annotations and a table of senses have no place for them";
    report.left_out("words", bundle.words.len(), why);
    report.left_out("morphs", bundle.morphs.len(), why);
    report.left_out("other forms of entries", bundle.forms.len(), why);
    report.left_out("examples", bundle.examples.len(), why);
    report.left_out("relations", bundle.relations.len(), why);
    report.left_out("links", bundle.links.len(), why);
    report.left_out("tags of models", bundle.tags.len(), why);
    Ok(report)
}

fn beside(path: &Path) -> PathBuf {
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!("{stem}-lexicon.csv"))
}

/// Seconds, exactly, without zeros at the end.
fn seconds(time: Option<Time>) -> String {
    let Some(Time(nanos)) = time else { return String::new() };
    let sign = if nanos < 0 { "-" } else { "" };
    let nanos = nanos.unsigned_abs();
    let text = format!("{sign}{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Nanoseconds from `12.5`, `12,5`, `0:12.5` or `1:00:12.5`; exact to nine decimals.
fn parse_time(text: &str) -> Option<Time> {
    let text = text.trim().replace(',', ".");
    let (sign, text) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(decimals) || whole.split(':').count() > 3 {
        return None;
    }
    let mut secs: i64 = 0;
    for part in whole.split(':') {
        if part.is_empty() || !digits(part) {
            return None;
        }
        secs = secs.checked_mul(60)?.checked_add(part.parse().ok()?)?;
    }
    let mut fraction = decimals.chars().take(9).collect::<String>();
    while fraction.len() < 9 {
        fraction.push('0');
    }
    let nanos = secs.checked_mul(1_000_000_000)?.checked_add(fraction.parse().ok()?)?;
    Some(Time(nanos * sign))
}

fn table(rows: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> Result<Vec<u8>, FormatError> {
    let unsayable = |problem: String| FormatError::Unsayable { format: Format::Csv, problem };
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows(&mut writer).map_err(|e| unsayable(e.to_string()))?;
    writer.into_inner().map_err(|e| unsayable(e.to_string()))
}

fn annotation_table(bundle: &Bundle) -> Result<Vec<u8>, FormatError> {
    let sessions: HashMap<_, _> = bundle.sessions.iter().map(|s| (s.id, s)).collect();
    let tiers: HashMap<_, _> = bundle.tiers.iter().map(|t| (t.id, t)).collect();
    let people: HashMap<_, _> = bundle.people.iter().map(|p| (p.id, p.code.as_str())).collect();
    let values: HashMap<_, _> = bundle.annotations.iter().map(|a| (a.id, a.value.as_str())).collect();
    let mut rows: Vec<_> = bundle.annotations.iter().map(|a| (a, tiers.get(&a.tier))).collect();
    rows.sort_by_key(|(a, tier)| {
        let session = tier.and_then(|t| sessions.get(&t.session)).map(|s| (s.position, s.id));
        (session, tier.map(|t| (t.position, t.id)), a.start, a.position, a.id)
    });
    table(|writer| {
        writer.write_record(["session", "tier", "participant", "start", "end", "value", "parent"])?;
        for (annotation, tier) in rows {
            let session = tier.and_then(|t| sessions.get(&t.session)).map_or("", |s| &s.name);
            let person = tier.and_then(|t| t.participant).and_then(|p| people.get(&p).copied()).unwrap_or("");
            let parent = annotation.parent.and_then(|p| values.get(&p).copied()).unwrap_or("");
            let (start, end) = (seconds(annotation.start), seconds(annotation.end));
            let tier = tier.map_or("", |t| &t.name);
            writer.write_record([session, tier, person, &start, &end, &annotation.value, parent])?;
        }
        Ok(())
    })
}

fn lexicon_table(bundle: &Bundle) -> Result<Vec<u8>, FormatError> {
    let tags = |texts: &mut dyn Iterator<Item = &MultiText>| -> Vec<String> {
        let tags: BTreeSet<_> = texts.flat_map(|t| t.iter().map(|(tag, _)| tag.to_owned())).collect();
        tags.into_iter().collect()
    };
    let form_tags = tags(&mut bundle.lexemes.iter().flat_map(|l| [&l.form, &l.citation]));
    let gloss_tags = tags(&mut bundle.senses.iter().map(|s| &s.gloss));
    let definition_tags = tags(&mut bundle.senses.iter().map(|s| &s.definition));
    let mut lexemes: Vec<_> = bundle.lexemes.iter().collect();
    lexemes.sort_by_key(|l| (l.position, l.id));
    let mut senses: HashMap<LexemeId, Vec<&Sense>> = HashMap::new();
    for sense in &bundle.senses {
        senses.entry(sense.lexeme).or_default().push(sense);
    }
    table(|writer| {
        let mut header: Vec<String> = Vec::new();
        header.extend(form_tags.iter().map(|tag| format!("headword_{tag}")));
        header.extend(form_tags.iter().map(|tag| format!("citation_{tag}")));
        header.extend(["homograph", "kind", "category"].map(str::to_owned));
        header.extend(gloss_tags.iter().map(|tag| format!("gloss_{tag}")));
        header.extend(definition_tags.iter().map(|tag| format!("definition_{tag}")));
        header.extend(["domains", "scientific_name"].map(str::to_owned));
        writer.write_record(&header)?;
        for lexeme in lexemes {
            let mut own: Vec<Option<&Sense>> =
                senses.remove(&lexeme.id).unwrap_or_default().into_iter().map(Some).collect();
            own.sort_by_key(|s| s.map(|s| (s.position, s.id)));
            if own.is_empty() {
                own.push(None);
            }
            for sense in own {
                let text = |texts: Option<&MultiText>, tag: &String| {
                    texts.and_then(|t| t.get(tag)).unwrap_or_default().to_owned()
                };
                let mut row: Vec<String> = Vec::new();
                row.extend(form_tags.iter().map(|tag| text(Some(&lexeme.form), tag)));
                row.extend(form_tags.iter().map(|tag| text(Some(&lexeme.citation), tag)));
                row.push(if lexeme.homograph == 0 { String::new() } else { lexeme.homograph.to_string() });
                row.push(lexeme.kind.name().to_owned());
                row.push(sense.map(|s| &s.category).filter(|c| !c.is_empty()).unwrap_or(&lexeme.category).clone());
                row.extend(gloss_tags.iter().map(|tag| text(sense.map(|s| &s.gloss), tag)));
                row.extend(definition_tags.iter().map(|tag| text(sense.map(|s| &s.definition), tag)));
                row.push(sense.map(|s| s.domains.join("; ")).unwrap_or_default());
                row.push(sense.map(|s| s.scientific_name.clone()).unwrap_or_default());
                writer.write_record(&row)?;
            }
        }
        Ok(())
    })
}

/// Reads a table with a header row: annotations (`tier`, `start`, `end`, `value`, …) or a lexicon (`headword`,
/// `gloss`, `category`, …). Comma, semicolon and tab are told apart; columns with other names are kept.
///
/// # Errors
/// When the file cannot be opened, or no column says what it holds.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, Format::Csv, LIMIT)?;
    let (text, encoding) = input::decode(&bytes);
    let mut imported = from_text(&text, options)?;
    if !encoding.starts_with("UTF") {
        imported.report.warn(format!("The file is not Unicode; it was read as {encoding}."));
    }
    Ok(imported)
}

/// Reads the text of a table.
///
/// # Errors
/// As for [`read`].
pub fn from_text(text: &str, options: &ImportOptions) -> Result<Imported, FormatError> {
    let text = text.trim_start_matches('\u{FEFF}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| first.bytes().filter(|b| b == d).count());
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter.unwrap_or(b',')).flexible(true).from_reader(text.as_bytes());
    let broken = |e: &csv::Error| {
        let place = e.position().map_or("the start".to_owned(), |p| format!("line {}", p.line()));
        FormatError::broken(Format::Csv, place, e.to_string())
    };
    let header: Vec<String> = reader.headers().map_err(|e| broken(&e))?.iter().map(|h| h.trim().to_owned()).collect();
    let columns: Vec<Column> = header.iter().map(|name| Column::of(name)).collect();
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|e| broken(&e))?;
        rows.push(row.iter().map(str::to_owned).collect::<Vec<_>>());
    }
    let ragged = rows.iter().filter(|r| r.len() != header.len()).count();
    let mut imported = if columns.iter().any(|c| matches!(c, Column::Headword(_))) {
        read_lexicon(&header, &columns, &rows, options)
    } else if columns.contains(&Column::Value) {
        read_annotations(&header, &columns, &rows, options)
    } else {
        return Err(FormatError::broken(
            Format::Csv,
            "the first line",
            format!("no column is called 'value' or 'headword'; there are {}", header.join(", ")),
        ));
    };
    if ragged > 0 {
        imported.report.warn(format!("{ragged} rows have more or fewer cells than the header."));
    }
    Ok(imported)
}

/// What a column holds, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Session,
    Tier,
    Participant,
    /// Whether in milliseconds (`start_ms`) and not in seconds.
    Start(bool),
    End(bool),
    Value,
    Headword(Option<String>),
    Citation(Option<String>),
    Homograph,
    Kind,
    Category,
    Gloss(Option<String>),
    Definition(Option<String>),
    Domains,
    ScientificName,
    Other,
}

impl Column {
    fn of(header: &str) -> Self {
        let lower = header.to_lowercase();
        // `gloss_en`: what, and in which language.
        let (name, tag) = match lower.split_once('_') {
            Some((name @ ("headword" | "citation" | "gloss" | "definition"), _)) => {
                (name.to_owned(), Some(header[name.len() + 1..].to_owned()))
            }
            _ => (lower, None),
        };
        match name.as_str() {
            "session" | "text" | "file" | "recording" => Self::Session,
            "tier" | "layer" => Self::Tier,
            "participant" | "speaker" => Self::Participant,
            "start" | "begin" | "onset" | "start s" | "tmin" | "xmin" => Self::Start(false),
            "end" | "offset" | "end s" | "tmax" | "xmax" => Self::End(false),
            "start_ms" | "begin_ms" | "start ms" | "begin time - msec" => Self::Start(true),
            "end_ms" | "end ms" | "end time - msec" => Self::End(true),
            "value" | "annotation" | "transcription" | "label" => Self::Value,
            "headword" | "lexeme" | "lx" | "entry" | "word" => Self::Headword(tag),
            "citation" | "citation form" => Self::Citation(tag),
            "homograph" | "homonym" | "hm" => Self::Homograph,
            "kind" | "morph type" | "morph_type" => Self::Kind,
            "category" | "pos" | "part of speech" | "ps" => Self::Category,
            "gloss" | "ge" => Self::Gloss(tag),
            "definition" | "de" => Self::Definition(tag),
            "domains" | "semantic domain" | "semantic domains" | "sd" => Self::Domains,
            "scientific_name" | "scientific name" | "sc" => Self::ScientificName,
            _ => Self::Other,
        }
    }
}

/// The cells of a row with their columns.
fn cells<'a>(columns: &'a [Column], row: &'a [String]) -> impl Iterator<Item = (usize, &'a Column, &'a str)> {
    columns.iter().zip(row).enumerate().map(|(i, (c, v))| (i, c, v.as_str())).filter(|(.., v)| !v.is_empty())
}

fn read_annotations(header: &[String], columns: &[Column], rows: &[Vec<String>], options: &ImportOptions) -> Imported {
    let mut bundle = Bundle::default();
    let mut report = LossReport::default();
    let mut sessions: BTreeMap<String, SessionId> = BTreeMap::new();
    let mut tiers: BTreeMap<(SessionId, String), TierId> = BTreeMap::new();
    let mut people: BTreeMap<String, PersonId> = BTreeMap::new();
    let one_tier = !columns.contains(&Column::Tier);
    for (place, row) in rows.iter().enumerate() {
        let (mut session, mut tier, mut person, mut value) = ("", "", "", "");
        let (mut start, mut end) = (None, None);
        let mut rest = Map::new();
        for (index, column, cell) in cells(columns, row) {
            let time = |millis: bool| {
                let time = parse_time(cell)?;
                Some(if millis { Time(time.0 / 1000) } else { time })
            };
            match column {
                Column::Session => session = cell,
                Column::Tier => tier = cell,
                Column::Participant => person = cell,
                Column::Value => value = cell,
                Column::Start(millis) if time(*millis).is_some() => start = time(*millis),
                Column::End(millis) if time(*millis).is_some() => end = time(*millis),
                _ => {
                    rest.insert(header[index].clone(), Value::String(cell.to_owned()));
                }
            }
        }
        let name = if session.is_empty() { options.session_name.as_str() } else { session };
        let session = *sessions.entry(name.to_owned()).or_insert_with(|| {
            let session = new_session(name, bundle.sessions.len());
            let id = session.id;
            bundle.sessions.push(session);
            id
        });
        let person = (!person.is_empty()).then(|| {
            *people.entry(person.to_owned()).or_insert_with(|| {
                let new = new_person(person);
                let id = new.id;
                bundle.people.push(new);
                id
            })
        });
        let name = if tier.is_empty() { "text" } else { tier };
        let tier = *tiers.entry((session, name.to_owned())).or_insert_with(|| {
            let spoken = ["text", "utterance", "transcription", "speech"].contains(&name.to_lowercase().as_str());
            let id = TierId::new();
            bundle.tiers.push(Tier {
                id,
                session,
                parent: None,
                name: name.to_owned(),
                role: if one_tier || spoken { TierRole::Transcription } else { TierRole::Other },
                constraint: crate::domain::Constraint::None,
                type_name: String::new(),
                participant: person,
                annotator: String::new(),
                language: if one_tier || spoken { options.object_language().to_owned() } else { String::new() },
                vocabulary: None,
                position: bundle.tiers.len() as i64,
                residue: Residue::default(),
            });
            id
        });
        let span = start.zip(end).map(|(a, b)| Span::new(a, b));
        if span.is_none() && (start.is_some() || end.is_some()) {
            report.warn(format!("Row {} has a start or an end but not both; it is not aligned.", place + 2));
        }
        let mut annotation = Annotation::new(tier, span, place as i64, value);
        if !rest.is_empty() {
            report.mapped("cells of other columns", rest.len(), "kept with the annotation");
            annotation.residue.set("csv", Value::Object(rest));
        }
        bundle.annotations.push(annotation);
    }
    report.kept("annotations", bundle.annotations.len());
    Imported { bundle, report }
}

fn new_session(name: &str, position: usize) -> Session {
    Session {
        id: SessionId::new(),
        name: name.to_owned(),
        title: MultiText::default(),
        date: String::new(),
        place: String::new(),
        genre: String::new(),
        description: MultiText::default(),
        participants: Vec::new(),
        consent: crate::domain::Consent::default(),
        access: crate::domain::Access::default(),
        position: position as i64,
        residue: Residue::default(),
    }
}

fn new_person(code: &str) -> Person {
    Person {
        id: PersonId::new(),
        code: code.to_owned(),
        name: String::new(),
        languages: Vec::new(),
        notes: String::new(),
        consent: crate::domain::Consent::default(),
        access: crate::domain::Access::default(),
        residue: Residue::default(),
    }
}

fn read_lexicon(header: &[String], columns: &[Column], rows: &[Vec<String>], options: &ImportOptions) -> Imported {
    let mut bundle = Bundle::default();
    let mut report = LossReport::default();
    let object = |tag: &Option<String>| tag.clone().unwrap_or_else(|| options.object_language().to_owned());
    let analysis = |tag: &Option<String>| tag.clone().unwrap_or_else(|| options.analysis_language().to_owned());
    for row in rows {
        let mut lexeme = Lexeme {
            id: LexemeId::new(),
            form: MultiText::default(),
            citation: MultiText::default(),
            kind: MorphKind::default(),
            homograph: 0,
            category: String::new(),
            etymology: MultiText::default(),
            notes: MultiText::default(),
            fields: BTreeMap::new(),
            created: String::new(),
            modified: String::new(),
            position: bundle.lexemes.len() as i64,
            residue: Residue::default(),
        };
        let mut sense = Sense {
            id: SenseId::new(),
            lexeme: lexeme.id,
            parent: None,
            position: 0,
            gloss: MultiText::default(),
            definition: MultiText::default(),
            category: String::new(),
            domains: Vec::new(),
            scientific_name: String::new(),
            notes: MultiText::default(),
            fields: BTreeMap::new(),
            residue: Residue::default(),
        };
        for (index, column, cell) in cells(columns, row) {
            match column {
                Column::Headword(tag) => lexeme.form.set(object(tag), cell),
                Column::Citation(tag) => lexeme.citation.set(object(tag), cell),
                Column::Homograph if cell.trim().parse::<i64>().is_ok() => {
                    lexeme.homograph = cell.trim().parse().unwrap_or(0);
                }
                Column::Kind if MorphKind::from_name(cell).is_some() => {
                    lexeme.kind = MorphKind::from_name(cell).unwrap_or_default();
                }
                Column::Category => cell.clone_into(&mut sense.category),
                Column::Gloss(tag) => sense.gloss.set(analysis(tag), cell),
                Column::Definition(tag) => sense.definition.set(analysis(tag), cell),
                Column::Domains => sense.domains = cell.split(';').map(|d| d.trim().to_owned()).collect(),
                Column::ScientificName => cell.clone_into(&mut sense.scientific_name),
                _ => {
                    let field = sense.fields.entry(header[index].clone()).or_default();
                    field.set("und", cell);
                    report.mapped(format!("column '{}'", header[index]), 1, "kept as a field of the sense");
                }
            }
        }
        if lexeme.form.is_empty() && lexeme.citation.is_empty() {
            report.left_out("rows", 1, "they have no headword");
            continue;
        }
        // Rows that follow each other under the same headword are senses of one entry.
        let same = |last: &&Lexeme| {
            (&last.form, &last.citation, last.homograph, last.kind)
                == (&lexeme.form, &lexeme.citation, lexeme.homograph, lexeme.kind)
        };
        match bundle.lexemes.last().filter(same) {
            Some(last) => {
                sense.lexeme = last.id;
                sense.position = bundle.senses.iter().rev().take_while(|s| s.lexeme == last.id).count() as i64;
            }
            None => bundle.lexemes.push(lexeme),
        }
        bundle.senses.push(sense);
    }
    report.kept("entries", bundle.lexemes.len());
    report.kept("senses", bundle.senses.len());
    Imported { bundle, report }
}

#[cfg(test)]
mod tests {
    use super::{from_text, parse_time, seconds};
    use crate::domain::Time;
    use crate::formats::ImportOptions;

    #[test]
    fn times_in_the_ways_people_write_them() {
        for (text, nanos) in
            [("12.5", 12_500_000_000), ("12,5", 12_500_000_000), ("1:02.25", 62_250_000_000), ("-1", -1_000_000_000)]
        {
            assert_eq!(parse_time(text), Some(Time(nanos)), "{text}");
        }
        for text in ["", "abc", "1:2:3:4", ":", "1e5", "99999999999999"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
        assert_eq!(seconds(Some(Time(1_500_000_000))), "1.5");
        assert_eq!(seconds(Some(Time(10_000_000_000))), "10");
    }

    #[test]
    fn annotations_from_a_table() {
        let text = "tier;start;end;value;mood\nK;0,5;1,25;\"a;b\";calm\nK;x;2;c;\n";
        let read = from_text(text, &ImportOptions::default()).unwrap();
        let bundle = read.bundle;
        assert_eq!(bundle.tiers.len(), 1);
        assert_eq!(bundle.annotations[0].value, "a;b");
        assert_eq!(bundle.annotations[0].start, Some(Time(500_000_000)));
        assert_eq!(bundle.annotations[0].residue.get("csv").unwrap()["mood"], "calm");
        assert_eq!(bundle.annotations[1].residue.get("csv").unwrap()["start"], "x");
        assert_eq!(read.report.warnings.len(), 1);
    }

    #[test]
    fn a_lexicon_from_a_table() {
        let text = "headword\tgloss\tgloss_pt\tcategory\tnoise\nnak\tdog\tcachorro\tn\twuf\nnak\twolf\t\tn\t\n";
        let options = ImportOptions { object_language: "qaa".into(), ..Default::default() };
        let bundle = from_text(text, &options).unwrap().bundle;
        assert_eq!((bundle.lexemes.len(), bundle.senses.len()), (1, 2));
        assert_eq!(bundle.lexemes[0].form.get("qaa"), Some("nak"));
        assert_eq!(bundle.senses[0].gloss.get("pt"), Some("cachorro"));
        assert_eq!(bundle.senses[0].fields["noise"].first(), Some("wuf"));
        assert_eq!(bundle.senses[1].position, 1);
    }

    #[test]
    fn a_table_of_something_else_is_refused() {
        assert!(from_text("a,b\n1,2\n", &ImportOptions::default()).is_err());
    }
}
