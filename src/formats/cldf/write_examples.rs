//! Examples and sentences to the ExampleTable, sessions to the ContributionTable, recordings to the MediaTable.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::analyses::Analyses;
use super::out::{Ids, Table};
use super::write::Writer;
use super::{NAME, bibliography, words};
use crate::domain::bundle::BundleIndex;
use crate::domain::*;
use crate::formats::table::seconds;

pub(super) fn write(writer: &mut Writer) {
    let index = writer.bundle.index();
    let mut ids = Ids::default();
    let mut table = Table::new("examples.csv", "ExampleTable", writer.remembered);
    table.id();
    table.points("Language_ID", "languageReference", "languages.csv");
    table.must("Primary_Text", "primaryText");
    table.list("Analyzed_Word", "analyzedWord");
    table.list("Gloss", "gloss");
    table.may("Translated_Text", "translatedText");
    table.points("Meta_Language_ID", "metaLanguageReference", "languages.csv");
    if writer.sources_known {
        table.list("Source", "source");
    } else {
        table.may("Source", "");
    }
    table.may("Comment", "comment");
    table.points("Contribution_ID", "contributionReference", "contributions.csv");
    for name in ["Tier", "Speaker", "Start", "End"] {
        table.column(name, "");
    }
    table.points_many("Sense_IDs", "senses.csv");
    let contributions = contributions(writer);
    examples(writer, &mut table, &mut ids);
    sentences(writer, &mut table, &mut ids, &index, &contributions);
    writer.tables.push(table);
    media(writer, &contributions);
}

fn text<'a>(residue: &'a Residue, name: &str) -> &'a str {
    residue.get(NAME).and_then(|r| r.get(name)).and_then(Value::as_str).unwrap_or_default()
}

/// Whether every source named is an entry of the bibliography.
pub(super) fn sources_known(writer: &Writer) -> bool {
    if writer.bibliography.is_empty() {
        return false;
    }
    let sentences = writer.bundle.annotations.iter().map(|a| text(&a.residue, "source"));
    let sources = sentences.chain(writer.bundle.examples.iter().map(|e| e.source.as_str()));
    let all = sources.flat_map(|source| source.split(';')).filter(|source| !source.trim().is_empty());
    bibliography::knows_all(writer.bibliography, all)
}

fn put_source(table: &mut Table, writer: &Writer, source: &str) {
    if source.is_empty() {
        return;
    }
    if writer.sources_known {
        table.put_list("Source", source.split(';').map(|s| s.trim().to_owned()));
    } else {
        table.put("Source", source);
    }
}

/// Translation and note of an example or sentence.
fn put_translations(
    writer: &mut Writer,
    table: &mut Table,
    translations: &[(String, String)],
    residue: &Residue,
) -> String {
    let analysis = writer.analysis.clone();
    let main = translations.iter().find(|(tag, _)| *tag == analysis).or_else(|| translations.first());
    let Some((main, said)) = main else { return analysis };
    table.put("Translated_Text", said);
    let no_meta = residue.get(NAME).and_then(|r| r.get("no_meta")).is_some();
    if !(no_meta && *main == analysis) {
        let language = writer.language(main);
        table.put("Meta_Language_ID", &language);
    }
    for (tag, said) in translations.iter().filter(|(tag, _)| tag != main) {
        let name = table.column("Translated_Text", tag);
        table.put(&name, said);
    }
    main.clone()
}

fn put_note(writer: &Writer, table: &mut Table, tag: &str, note: &str) {
    if tag == writer.analysis {
        table.put("Comment", note);
    } else {
        let name = table.column("Note", tag);
        table.put(&name, note);
    }
}

/// Examples of senses; one that several senses share is one row.
fn examples(writer: &mut Writer, table: &mut Table, ids: &mut Ids) {
    let bundle = writer.bundle;
    let mut last: HashMap<SenseId, i64> = HashMap::new();
    let mut all: Vec<&Example> = bundle.examples.iter().collect();
    if !all.iter().all(|e| last.insert(e.sense, e.position).is_none_or(|before| before <= e.position)) {
        all.sort_by_key(|e| (e.sense, e.position));
    }
    let mut shared: HashMap<&str, Vec<&Example>> = HashMap::new();
    for example in &all {
        let id = text(&example.residue, "id");
        if !id.is_empty() {
            shared.entry(id).or_default().push(example);
        }
    }
    let mut done: HashSet<ExampleId> = HashSet::new();
    for example in all {
        if done.contains(&example.id) {
            continue;
        }
        let same = |other: &&&Example| {
            (&other.text, &other.translation, &other.source, &other.residue)
                == (&example.text, &example.translation, &example.source, &example.residue)
        };
        let id = text(&example.residue, "id");
        let mut group: Vec<&Example> = shared.get(id).into_iter().flatten().filter(same).copied().collect();
        if group.is_empty() {
            group.push(example);
        }
        done.extend(group.iter().map(|e| e.id));
        let senses: Vec<String> = group.iter().filter_map(|e| writer.senses.get(e.sense.record()).cloned()).collect();
        if senses.is_empty() {
            writer.report.left_out("examples", group.len(), "their sense is not in what is written");
            continue;
        }
        table.row(&ids.of(example.id.record(), &example.residue));
        put_primary(writer, table, &example.text);
        let translations: Vec<(String, String)> =
            example.translation.iter().map(|(tag, text)| (tag.to_owned(), text.to_owned())).collect();
        put_translations(writer, table, &translations, &example.residue);
        let list = |at: usize| -> Vec<String> {
            let lines = example.residue.get(NAME).and_then(|r| r.get("words"));
            let line = lines.and_then(|lines| lines.get(at)).and_then(Value::as_array);
            line.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let (words, glosses) = (list(0), list(1));
        let aligned = words.len() == glosses.len();
        if !words.is_empty() {
            table.put_list("Analyzed_Word", words);
        }
        if !glosses.is_empty() && aligned {
            table.put_list("Gloss", glosses);
        }
        put_source(table, writer, &example.source);
        let under = example.residue.get(NAME).and_then(|r| r.get("under")).and_then(Value::as_array);
        for note in under.into_iter().flatten() {
            let part = |at: usize| note.get(at).and_then(Value::as_str).unwrap_or_default();
            if part(0) == "note" {
                put_note(writer, table, part(1), part(2));
            } else {
                let name = table.column("Literal_Translation", part(1));
                table.put(&name, part(2));
            }
        }
        table.put_list("Sense_IDs", senses);
        table.put_kept(&example.residue);
    }
    let tied = bundle.examples.iter().filter(|e| e.annotation.is_some()).count();
    writer.report.left_out("ties of examples to their utterance", tied, "CLDF has no column for them");
    writer.report.kept("examples", done.len());
}

fn put_primary(writer: &mut Writer, table: &mut Table, text: &MultiText) {
    let object = writer.object.clone();
    let main = text.iter().find(|(tag, _)| *tag == object).or_else(|| text.iter().next());
    let (tag, said) = main.map_or((object.clone(), ""), |(tag, said)| (tag.to_owned(), said));
    let language = writer.language(&tag);
    table.put("Language_ID", &language);
    table.put("Primary_Text", said);
    for (other, said) in text.iter().filter(|(other, _)| *other != tag) {
        let name = table.column("Text", other);
        table.put(&name, said);
    }
}

/// The sentences of every transcription tier.
fn sentences(
    writer: &mut Writer,
    table: &mut Table,
    ids: &mut Ids,
    index: &BundleIndex,
    contributions: &HashMap<SessionId, String>,
) {
    let bundle = writer.bundle;
    let mut sessions: Vec<&Session> = bundle.sessions.iter().collect();
    sessions.sort_by_key(|s| (s.position, s.id));
    let people: HashMap<PersonId, &Person> = bundle.people.iter().map(|p| (p.id, p)).collect();
    let tiers: HashMap<TierId, &Tier> = bundle.tiers.iter().map(|t| (t.id, t)).collect();
    let (mut count, mut said_words, mut done, mut astray) = (0, 0, 0, 0);
    let mut analyses = Analyses::new();
    for session in sessions {
        let spoken = index.tiers_of_session.get(&session.id).into_iter().flatten();
        let spoken: Vec<&&Tier> = spoken.filter(|t| t.role == TierRole::Transcription).collect();
        let of_tier = |t: &&Tier| index.annotations_of_tier.get(&t.id).cloned().unwrap_or_default();
        let mut rows: Vec<(&Tier, &Annotation)> =
            spoken.iter().flat_map(|t| of_tier(t).into_iter().map(|a| (**t, a))).collect();
        rows.sort_by_key(|(_, a)| (a.start.is_none(), a.start, a.position));
        for (tier, annotation) in rows {
            count += 1;
            let id = ids.of(annotation.id.record(), &annotation.residue);
            table.row(&id);
            let under = index.children_of_annotation.get(&annotation.id).map_or(&[][..], Vec::as_slice);
            done += sentence(writer, table, (tier, annotation), under, &tiers);
            let of_word = |w: &Word| index.morphs_of_word.get(&w.id).cloned().unwrap_or_default();
            let words = index.words_of_annotation.get(&annotation.id).map_or(&[][..], Vec::as_slice);
            said_words += words.len();
            let words: Vec<(&Word, Vec<&Morph>)> = words.iter().map(|w| (*w, of_word(w))).collect();
            let translated =
                under.iter().filter_map(|a| tiers.get(&a.tier)).filter(|t| t.role == TierRole::Translation);
            let tags: Vec<&str> = translated.map(|t| t.language.as_str()).collect();
            let tag = match tags.first() {
                Some(first) if !tags.contains(&writer.analysis.as_str()) && !first.is_empty() => (*first).to_owned(),
                _ => writer.analysis.clone(),
            };
            astray += analyses.add(&id, &words, (&writer.lexemes, &writer.senses));
            let (words, glosses) = words::lines(&words, &tag);
            if !words.is_empty() {
                table.put_list("Analyzed_Word", words);
            }
            if !glosses.is_empty() {
                table.put_list("Gloss", glosses);
            }
            let whole = session.residue.get(NAME).and_then(|r| r.get("whole")).is_some();
            if let Some(id) = contributions.get(&session.id) {
                table.put("Contribution_ID", id);
            }
            if !whole || tier.name != format!("text-{}", tier.language) {
                table.put("Tier", &tier.name);
            }
            if let Some(person) = tier.participant.and_then(|id| people.get(&id)) {
                table.put("Speaker", &person.code);
            }
            if annotation.span().is_some() {
                table.put("Start", &seconds(annotation.start));
                table.put("End", &seconds(annotation.end));
            }
            put_source(table, writer, text(&annotation.residue, "source"));
            table.put_kept(&annotation.residue);
        }
    }
    let report = &mut writer.report;
    report.kept("sentences", count);
    report.kept("words", said_words);
    report.left_out("words", bundle.words.len() - said_words, "not under a tier of transcription");
    let other = bundle.annotations.len().saturating_sub(count + done);
    report.left_out("annotations of other tiers", other, "CLDF knows sentences, translations and notes");
    report.left_out("ties of morphs to the lexicon", astray, "the entry or sense is not in what is written");
    let analyses = analyses.finish(report);
    writer.tables.push(analyses);
}

/// Text, translations and notes of a sentence; how many annotations under it that took.
fn sentence(
    writer: &mut Writer,
    table: &mut Table,
    (tier, annotation): (&Tier, &Annotation),
    under: &[&Annotation],
    tiers: &HashMap<TierId, &Tier>,
) -> usize {
    let tag = if tier.language.is_empty() { writer.object.clone() } else { tier.language.clone() };
    put_primary(writer, table, &MultiText::of(tag.as_str(), annotation.value.as_str()));
    if annotation.value.is_empty() {
        let language = writer.language(&tag);
        table.put("Language_ID", &language);
    }
    let mut translations: Vec<(String, String)> = Vec::new();
    let mut notes: Vec<(String, String)> = Vec::new();
    let mut done = 0;
    for below in under {
        let Some(tier) = tiers.get(&below.tier) else { continue };
        let tag = if tier.language.is_empty() { writer.analysis.clone() } else { tier.language.clone() };
        let add = |list: &mut Vec<(String, String)>| match list.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, there)) => *there = format!("{there}\n{}", below.value),
            None => list.push((tag.clone(), below.value.clone())),
        };
        match tier.role {
            TierRole::Translation => add(&mut translations),
            TierRole::Note => add(&mut notes),
            TierRole::LiteralTranslation => {
                let name = table.column("Literal_Translation", &tag);
                table.put(&name, &below.value);
            }
            _ => continue,
        }
        done += 1;
    }
    put_translations(writer, table, &translations, &annotation.residue);
    for (tag, note) in notes {
        put_note(writer, table, &tag, &note);
    }
    done
}

/// The sessions; none when the sentences were of no contribution in the dataset they came from.
fn contributions(writer: &mut Writer) -> HashMap<SessionId, String> {
    let mut ids = Ids::default();
    let mut made = HashMap::new();
    let mut table = Table::new("contributions.csv", "ContributionTable", writer.remembered);
    table.id();
    table.may("Name", "name");
    table.may("Description", "description");
    table.may("Contributor", "contributor");
    table.list("Participants", "");
    for name in ["Date", "Place", "Genre", "Access"] {
        table.column(name, "");
    }
    let people: HashMap<PersonId, &Person> = writer.bundle.people.iter().map(|p| (p.id, p)).collect();
    let mut sessions: Vec<&Session> = writer.bundle.sessions.iter().collect();
    sessions.sort_by_key(|s| (s.position, s.id));
    for session in sessions {
        if session.residue.get(NAME).and_then(|r| r.get("whole")).is_some() {
            continue;
        }
        let id = ids.of(session.id.record(), &session.residue);
        table.row(&id);
        table.put("Name", &session.name);
        for (tag, text) in session.title.iter() {
            let name = table.column("Title", tag);
            table.put(&name, text);
        }
        for (tag, text) in session.description.iter() {
            let name = if tag == writer.analysis { "Description".into() } else { table.column("Description", tag) };
            table.put(&name, text);
        }
        let who: Vec<(&Person, &str)> =
            session.participants.iter().filter_map(|p| Some((*people.get(&p.person)?, p.role.as_str()))).collect();
        let shown: Vec<&str> =
            who.iter().map(|(p, _)| if p.name.is_empty() { p.code.as_str() } else { p.name.as_str() }).collect();
        table.put("Contributor", &shown.join(" and "));
        let coded =
            who.iter().map(|(p, role)| if role.is_empty() { p.code.clone() } else { format!("{}: {role}", p.code) });
        if !who.is_empty() {
            table.put_list("Participants", coded);
        }
        table.put("Date", &session.date);
        table.put("Place", &session.place);
        table.put("Genre", &session.genre);
        let access = serde_json::to_value(session.access).unwrap_or_default();
        table.put("Access", access.as_str().unwrap_or_default());
        table.put_kept(&session.residue);
        made.insert(session.id, id);
    }
    writer.report.kept("sessions", table.len());
    writer.tables.push(table);
    made
}

/// Recordings. Only those with an address on the web are CLDF's own media: its validator wants to fetch each file.
fn media(writer: &mut Writer, contributions: &HashMap<SessionId, String>) {
    let online = |m: &Media| m.path.starts_with("https://") || m.path.starts_with("http://");
    let all: Vec<&Media> = writer.bundle.media.iter().collect();
    let component = if !all.is_empty() && all.iter().all(|m| online(m)) { "MediaTable" } else { "" };
    let mut table = Table::new("media.csv", component, None);
    table.id();
    table.may("Name", "name");
    table.must("Media_Type", "mediaType");
    table.may("Download_URL", "downloadUrl");
    table.points("Contribution_ID", "contributionReference", "contributions.csv");
    table.may("Duration", "");
    for media in all {
        table.row(&media.id.to_string());
        let name = media.path.rsplit(['/', '\\']).next().unwrap_or_default();
        table.put("Name", name);
        let mime = if media.mime.contains('/') { media.mime.as_str() } else { "application/octet-stream" };
        table.put("Media_Type", mime);
        if online(media) {
            table.put("Download_URL", &media.path);
        }
        if let Some(id) = contributions.get(&media.session) {
            table.put("Contribution_ID", id);
        }
        table.put("Duration", &seconds(media.duration));
    }
    let why = "name, kind and length only; the files themselves are not copied";
    writer.report.mapped("recordings", table.len(), why);
    writer.tables.push(table);
}
