//! The tables of a project: one a kind of record, tied by ids.

use std::collections::HashMap;

use super::table::{Rows, Table, json_text, word_for};
use crate::domain::{
    Annotation, AnnotationId, Bundle, Media, MediaId, ModelRun, PersonId, RunId, SenseId, SessionId, Tier, TierId,
    Track, VocabularyEntryId, WordId,
};

/// What tables look up in each other.
struct Lookup<'a> {
    codes: HashMap<PersonId, &'a str>,
    sessions: HashMap<SessionId, &'a str>,
    tiers: HashMap<TierId, &'a Tier>,
    annotations: HashMap<AnnotationId, &'a Annotation>,
    words: HashMap<WordId, AnnotationId>,
    senses: HashMap<SenseId, String>,
    entries: HashMap<VocabularyEntryId, &'a str>,
    media: HashMap<MediaId, &'a Media>,
    runs: HashMap<RunId, &'a ModelRun>,
    tracks: HashMap<crate::domain::TrackId, &'a Track>,
}

impl<'a> Lookup<'a> {
    fn of(bundle: &'a Bundle) -> Self {
        let entries = bundle.vocabularies.iter().flat_map(|v| &v.entries);
        Self {
            codes: bundle.people.iter().map(|p| (p.id, p.code.as_str())).collect(),
            sessions: bundle.sessions.iter().map(|s| (s.id, s.name.as_str())).collect(),
            tiers: bundle.tiers.iter().map(|t| (t.id, t)).collect(),
            annotations: bundle.annotations.iter().map(|a| (a.id, a)).collect(),
            words: bundle.words.iter().map(|w| (w.id, w.annotation)).collect(),
            senses: bundle.senses.iter().map(|s| (s.id, s.lexeme.to_string())).collect(),
            entries: entries.map(|e| (e.id, e.value.as_str())).collect(),
            media: bundle.media.iter().map(|m| (m.id, m)).collect(),
            runs: bundle.runs.iter().map(|r| (r.id, r)).collect(),
            tracks: bundle.tracks.iter().map(|t| (t.id, t)).collect(),
        }
    }
    fn code(&self, person: Option<PersonId>) -> Option<String> {
        self.codes.get(&person?).map(|code| (*code).to_owned())
    }
    fn tier_of(&self, annotation: AnnotationId) -> Option<&'a Tier> {
        self.tiers.get(&self.annotations.get(&annotation)?.tier).copied()
    }
    fn session_of(&self, annotation: AnnotationId) -> Option<String> {
        self.tier_of(annotation).map(|tier| tier.session.to_string())
    }
    /// The speaker of an annotation: the participant of its tier or of the nearest tier above.
    fn speaker_of(&self, annotation: AnnotationId) -> Option<String> {
        let mut tier = self.tier_of(annotation);
        for _ in 0..=self.tiers.len() {
            match tier?.participant {
                Some(person) => return self.code(Some(person)),
                None => tier = tier?.parent.and_then(|parent| self.tiers.get(&parent).copied()),
            }
        }
        None
    }
}

/// Every table, also those without rows: who reads them need not ask which are there.
pub(super) fn of(bundle: &Bundle) -> Vec<Table> {
    let lookup = Lookup::of(bundle);
    let mut tables = described(bundle, &lookup);
    tables.extend(spoken(bundle, &lookup));
    tables.extend(lexicon(bundle, &lookup));
    tables.extend(seen(bundle, &lookup));
    tables
}

/// What describes the material: languages, people, sessions, recordings, vocabularies.
fn described(bundle: &Bundle, lookup: &Lookup) -> Vec<Table> {
    let languages = Rows::new("languages", "A language of the project.", &bundle.languages)
        .text("id", "id of the language", |l| l.id.to_string())
        .text("tag", "BCP 47 tag that texts carry", |l| l.tag.clone())
        .texts("name", "name", |l| &l.name)
        .maybe("iso639_3", "ISO 639-3 code", |l| Some(l.iso639_3.clone()))
        .maybe("glottocode", "Glottolog code", |l| Some(l.glottocode.clone()))
        .text("role", "object: being documented; analysis: described in", |l| word_for(l.role))
        .int("position", "place among the languages", |l| Some(l.position));
    let people = Rows::new("people", "A person who took part or annotated.", &bundle.people)
        .text("id", "id of the person", |p| p.id.to_string())
        .text("code", "short code, used in the other tables", |p| p.code.clone())
        .maybe("name", "full name; only of people whose access is open", |p| Some(p.name.clone()))
        .list("languages", "BCP 47 tags, first language first", |p| p.languages.clone())
        .bool("consent", "whether consent was given; null while nobody has asked", |p| p.consent.given)
        .text("access", "open, registered or team", |p| word_for(p.access));
    let sessions = Rows::new("sessions", "One recorded event, or one text.", &bundle.sessions)
        .text("id", "id of the session", |s| s.id.to_string())
        .text("name", "short name", |s| s.name.clone())
        .texts("title", "title", |s| &s.title)
        .maybe("date", "ISO 8601, as exact as known", |s| Some(s.date.clone()))
        .maybe("place", "where it was recorded", |s| Some(s.place.clone()))
        .maybe("genre", "OLAC or IMDI genre", |s| Some(s.genre.clone()))
        .texts("description", "description", |s| &s.description)
        .list("participants", "ids of the people who took part", |s| {
            s.participants.iter().map(|p| p.person.to_string()).collect()
        })
        .list("participant_codes", "their codes, in the same order", |s| {
            s.participants.iter().map(|p| lookup.code(Some(p.person)).unwrap_or_default()).collect()
        })
        .list("participant_roles", "their roles, in the same order", |s| {
            s.participants.iter().map(|p| p.role.clone()).collect()
        })
        .bool("consent", "whether consent was given; null while nobody has asked", |s| s.consent.given)
        .text("access", "open, registered or team", |s| word_for(s.access))
        .int("position", "place in the list of sessions", |s| Some(s.position));
    let media = Rows::new("media", "A recording of a session.", &bundle.media)
        .text("id", "id of the recording", |m| m.id.to_string())
        .text("session", "id of the session", |m| m.session.to_string())
        .maybe("session_name", "name of the session", |m| lookup.sessions.get(&m.session).map(|s| (*s).to_owned()))
        .text("path", "path below the project folder", |m| m.path.clone())
        .maybe("mime", "MIME type", |m| Some(m.mime.clone()))
        .maybe("blake3", "BLAKE3 of the content, hex", |m| Some(m.hash.clone()))
        .int("size", "bytes", |m| Some(m.size))
        .time("duration", "length", |m| m.duration)
        .time("offset", "where the file starts on the session's timeline", |m| Some(m.offset))
        .maybe("streams", "streams as the container declares them, JSON", |m| json_text(&m.streams))
        .int("position", "place among the session's recordings", |m| Some(m.position));
    let values: Vec<_> = bundle.vocabularies.iter().flat_map(|v| v.entries.iter().map(move |e| (v, e))).collect();
    let vocabularies = Rows::new("vocabularies", "A value of a controlled vocabulary.", &values)
        .text("vocabulary", "id of the vocabulary", |(v, _)| v.id.to_string())
        .text("name", "name of the vocabulary", |(v, _)| v.name.clone())
        .text("id", "id of the value", |(_, e)| e.id.to_string())
        .text("value", "the value", |(_, e)| e.value.clone())
        .maybe("description", "what the value means", |(_, e)| Some(e.description.clone()));
    vec![languages.table(), people.table(), sessions.table(), media.table(), vocabularies.table()]
}

/// What was said, and its analysis: tiers, annotations, words, morphs.
fn spoken(bundle: &Bundle, lookup: &Lookup) -> Vec<Table> {
    let vocabularies: HashMap<_, _> = bundle.vocabularies.iter().map(|v| (v.id, v.name.as_str())).collect();
    let tiers = Rows::new("tiers", "A tier of a session, in ELAN's sense.", &bundle.tiers)
        .text("id", "id of the tier", |t| t.id.to_string())
        .text("session", "id of the session", |t| t.session.to_string())
        .maybe("parent", "id of the parent tier", |t| t.parent.map(|p| p.to_string()))
        .text("name", "name", |t| t.name.clone())
        .text("role", "transcription, translation, literal_translation, note, tags or other", |t| word_for(t.role))
        .text("constraint", "ELAN stereotype", |t| word_for(t.constraint))
        .maybe("type", "linguistic type in ELAN's sense", |t| Some(t.type_name.clone()))
        .maybe("participant", "id of whose speech or movement it is", |t| t.participant.map(|p| p.to_string()))
        .maybe("speaker", "their code", |t| lookup.code(t.participant))
        .maybe("annotator", "who made it", |t| Some(t.annotator.clone()))
        .maybe("language", "BCP 47 tag of its texts", |t| Some(t.language.clone()))
        .maybe("vocabulary", "name of its controlled vocabulary", |t| {
            t.vocabulary.and_then(|v| vocabularies.get(&v)).map(|name| (*name).to_owned())
        })
        .int("position", "place among the session's tiers", |t| Some(t.position));
    let tier_of = |a: &Annotation| lookup.tiers.get(&a.tier).copied();
    let annotations =
        Rows::new("annotations", "A text on a tier; an utterance on a transcription tier.", &bundle.annotations)
            .text("id", "id of the annotation", |a| a.id.to_string())
            .maybe("session", "id of the session", |a| tier_of(a).map(|t| t.session.to_string()))
            .text("tier", "id of the tier", |a| a.tier.to_string())
            .maybe("tier_name", "name of the tier", |a| tier_of(a).map(|t| t.name.clone()))
            .maybe("role", "role of the tier", |a| tier_of(a).map(|t| word_for(t.role)))
            .maybe("speaker", "code of the speaker", |a| lookup.speaker_of(a.id))
            .maybe("language", "BCP 47 tag of the text", |a| tier_of(a).map(|t| t.language.clone()))
            .maybe("parent", "id of the annotation it belongs to", |a| a.parent.map(|p| p.to_string()))
            .time("start", "start on the session's timeline", |a| a.start)
            .time("end", "end on the session's timeline", |a| a.end)
            .int("position", "order among siblings where time gives none", |a| Some(a.position))
            .text("value", "the text", |a| a.value.clone())
            .maybe("vocabulary_value", "the value of the tier's vocabulary it came from", |a| {
                a.entry.and_then(|e| lookup.entries.get(&e)).map(|value| (*value).to_owned())
            });
    let words = Rows::new("words", "A word or punctuation mark of an utterance.", &bundle.words)
        .text("id", "id of the word", |w| w.id.to_string())
        .maybe("session", "id of the session", |w| lookup.session_of(w.annotation))
        .text("annotation", "id of the utterance", |w| w.annotation.to_string())
        .maybe("speaker", "code of the speaker", |w| lookup.speaker_of(w.annotation))
        .int("position", "order in the utterance, from 0", |w| Some(w.position))
        .text("kind", "word or punctuation", |w| word_for(w.kind))
        .texts("form", "as written", |w| &w.form)
        .texts("gloss", "gloss of the whole word", |w| &w.gloss)
        .texts("category", "part of speech of the whole word", |w| &w.category)
        .text("status", "approved: a person agreed; suggested: the program proposes; unknown", |w| word_for(w.status))
        .time("start", "start on the session's timeline", |w| w.start)
        .time("end", "end on the session's timeline", |w| w.end);
    let utterance = |word: WordId| lookup.words.get(&word).copied();
    let morphs = Rows::new("morphs", "A morph of a word.", &bundle.morphs)
        .text("id", "id of the morph", |m| m.id.to_string())
        .maybe("session", "id of the session", |m| utterance(m.word).and_then(|a| lookup.session_of(a)))
        .maybe("annotation", "id of the utterance", |m| utterance(m.word).map(|a| a.to_string()))
        .text("word", "id of the word", |m| m.word.to_string())
        .int("position", "order in the word, from 0", |m| Some(m.position))
        .text("kind", "stem, suffix, …", |m| word_for(m.kind))
        .texts("form", "as it appears here", |m| &m.form)
        .texts("citation", "citation form of the entry as the source wrote it", |m| &m.citation)
        .texts("gloss", "gloss", |m| &m.gloss)
        .texts("category", "grammatical category", |m| &m.category)
        .maybe("homograph", "homograph number as the source wrote it", |m| Some(m.homograph.clone()))
        .maybe("lexeme", "id of the entry", |m| m.lexeme.map(|l| l.to_string()))
        .maybe("sense", "id of the sense", |m| m.sense.map(|s| s.to_string()));
    vec![tiers.table(), annotations.table(), words.table(), morphs.table()]
}

/// The dictionary.
fn lexicon(bundle: &Bundle, lookup: &Lookup) -> Vec<Table> {
    let lexemes = Rows::new("lexemes", "An entry of the dictionary.", &bundle.lexemes)
        .text("id", "id of the entry", |l| l.id.to_string())
        .texts("form", "lexeme form, without marks", |l| &l.form)
        .texts("citation", "citation form where it differs", |l| &l.citation)
        .text("kind", "stem, suffix, …", |l| word_for(l.kind))
        .int("homograph", "homograph number, 0 when it has none", |l| Some(l.homograph))
        .maybe("category", "part of speech as in the source", |l| Some(l.category.clone()))
        .texts("etymology", "etymology", |l| &l.etymology)
        .texts("notes", "notes", |l| &l.notes)
        .maybe("fields", "custom fields by name and language, JSON", |l| json_text(&l.fields))
        .maybe("created", "when it was made, RFC 3339", |l| Some(l.created.clone()))
        .maybe("modified", "when it was last changed, RFC 3339", |l| Some(l.modified.clone()))
        .int("position", "place in the source dictionary", |l| Some(l.position));
    let forms =
        Rows::new("forms", "Another form of an entry: allomorph, variant, pronunciation, inflected.", &bundle.forms)
            .text("id", "id of the form", |f| f.id.to_string())
            .text("lexeme", "id of the entry", |f| f.lexeme.to_string())
            .int("position", "order in the entry", |f| Some(f.position))
            .text("kind", "allomorph, variant, pronunciation or inflected", |f| word_for(f.kind))
            .texts("form", "the form", |f| &f.form)
            .maybe("environment", "where it is used", |f| Some(f.environment.clone()));
    let senses = Rows::new("senses", "A meaning of an entry.", &bundle.senses)
        .text("id", "id of the sense", |s| s.id.to_string())
        .text("lexeme", "id of the entry", |s| s.lexeme.to_string())
        .maybe("parent", "id of the sense it is part of", |s| s.parent.map(|p| p.to_string()))
        .int("position", "order in the entry", |s| Some(s.position))
        .texts("gloss", "gloss", |s| &s.gloss)
        .texts("definition", "definition", |s| &s.definition)
        .maybe("category", "part of speech; null for the entry's", |s| Some(s.category.clone()))
        .list("domains", "semantic domains", |s| s.domains.clone())
        .maybe("scientific_name", "scientific name", |s| Some(s.scientific_name.clone()))
        .texts("notes", "notes", |s| &s.notes)
        .maybe("fields", "custom fields by name and language, JSON", |s| json_text(&s.fields));
    let examples = Rows::new("examples", "A sentence that shows a sense.", &bundle.examples)
        .text("id", "id of the example", |e| e.id.to_string())
        .text("sense", "id of the sense", |e| e.sense.to_string())
        .maybe("lexeme", "id of the entry", |e| lookup.senses.get(&e.sense).cloned())
        .int("position", "order under the sense", |e| Some(e.position))
        .texts("text", "the sentence", |e| &e.text)
        .texts("translation", "its translation", |e| &e.translation)
        .maybe("source", "where it is from", |e| Some(e.source.clone()))
        .maybe("annotation", "id of the utterance it was taken from", |e| e.annotation.map(|a| a.to_string()));
    let relations = Rows::new("relations", "A tie between two entries or senses.", &bundle.relations)
        .text("id", "id of the relation", |r| r.id.to_string())
        .text("kind", "name of the relation as in the source", |r| r.kind.clone())
        .text("source", "id of the entry or sense it starts from", |r| r.source.to_string())
        .maybe("target", "id of the entry or sense it leads to", |r| r.target.map(|t| t.to_string()))
        .maybe("target_text", "the target as written in the source", |r| Some(r.target_text.clone()))
        .int("position", "order", |r| Some(r.position));
    let links = Rows::new("links", "A link to the world outside that a person confirmed.", &bundle.links)
        .text("id", "id of the link", |l| l.id.to_string())
        .text("record", "id of the record it belongs to, mostly a sense", |l| l.record.to_string())
        .text("scheme", "what it leads to", |l| word_for(l.scheme))
        .text("iri", "where it leads", |l| l.iri.clone())
        .maybe("label", "name of what it leads to", |l| Some(l.label.clone()))
        .maybe("confirmed_by", "who confirmed it", |l| Some(l.confirmed_by.clone()))
        .maybe("confirmed_at", "when, RFC 3339", |l| Some(l.confirmed_at.clone()));
    vec![lexemes.table(), forms.table(), senses.table(), examples.table(), relations.table(), links.table()]
}

/// What models saw and people made of it.
fn seen(bundle: &Bundle, lookup: &Lookup) -> Vec<Table> {
    let run = |id: RunId| lookup.runs.get(&id).copied();
    let path = |id: MediaId| lookup.media.get(&id).map(|m| m.path.clone());
    let runs = Rows::new("runs", "A pass of models over a recording.", &bundle.runs)
        .text("id", "id of the run", |r| r.id.to_string())
        .text("session", "id of the session", |r| r.session.to_string())
        .text("media", "id of the recording", |r| r.media.to_string())
        .maybe("models", "models with version and SHA-256, JSON", |r| json_text(&r.models))
        .maybe("settings", "thresholds and sampling rate, JSON", |r| json_text(&r.settings))
        .maybe("started", "RFC 3339", |r| Some(r.started.clone()))
        .maybe("finished", "RFC 3339", |r| Some(r.finished.clone()))
        .text("status", "running, finished or stopped", |r| word_for(r.status))
        .int("frames", "frames looked at", |r| Some(r.frames));
    let tracks = Rows::new(
        "tracks",
        "A face or body followed through a recording; its samples are exported apart.",
        &bundle.tracks,
    )
    .text("id", "id of the track", |t| t.id.to_string())
    .text("run", "id of the run", |t| t.run.to_string())
    .maybe("session", "id of the session", |t| run(t.run).map(|r| r.session.to_string()))
    .maybe("media", "id of the recording", |t| run(t.run).map(|r| r.media.to_string()))
    .text("kind", "face or body", |t| word_for(t.kind))
    .int("number", "number within the run", |t| Some(t.number))
    .maybe("person", "code of the person, once somebody said who it is", |t| lookup.code(t.person))
    .time("start", "first sample on the session's timeline", |t| Some(t.start))
    .time("end", "last sample on the session's timeline", |t| Some(t.end))
    .int("samples", "how many samples it has", |t| Some(t.samples));
    let person = |track| lookup.tracks.get(&track).and_then(|t| lookup.code(t.person));
    let tags = Rows::new("tags", "An interval that a model proposed, with what a person said of it.", &bundle.tags)
        .text("id", "id of the proposal", |t| t.id.to_string())
        .text("run", "id of the run", |t| t.run.to_string())
        .text("track", "id of the track", |t| t.track.to_string())
        .maybe("session", "id of the session", |t| run(t.run).map(|r| r.session.to_string()))
        .maybe("media_path", "path of the recording", |t| run(t.run).and_then(|r| path(r.media)))
        .maybe("person", "code of the person, once somebody said who it is", |t| person(t.track))
        .text("label", "what is proposed", |t| t.label.clone())
        .time("start", "start on the session's timeline", |t| Some(t.start))
        .time("end", "end on the session's timeline", |t| Some(t.end))
        .number("confidence", "0 to 1; says what the picture resembles, not what a person feels", |t| {
            Some(t.confidence).filter(|c| c.is_finite())
        })
        .text("status", "proposed, accepted, rejected, changed or unsure", |t| word_for(t.status))
        .maybe("reviewer", "who decided", |t| Some(t.reviewer.clone()))
        .maybe("reviewed", "when, RFC 3339", |t| Some(t.reviewed.clone()))
        .maybe("annotation", "id of the annotation it became", |t| t.annotation.map(|a| a.to_string()))
        .maybe("evidence", "what it rests on, JSON", |t| json_text(&t.evidence));
    let reviews = Rows::new("reviews", "What one reviewer said of a proposal.", &bundle.reviews)
        .text("id", "id of the review", |r| r.id.to_string())
        .text("tag", "id of the proposal", |r| r.tag.to_string())
        .text("reviewer", "who said it", |r| r.reviewer.clone())
        .text("reviewed", "when, RFC 3339", |r| r.reviewed.clone())
        .text("status", "accepted, rejected, changed or unsure; proposed: a note without a verdict", |r| {
            word_for(r.status)
        })
        .text("label", "what it is called; empty when rejected or not assessable", |r| r.label.clone())
        .time("start", "start, as the reviewer gave it", |r| Some(r.start))
        .time("end", "end, as the reviewer gave it", |r| Some(r.end))
        .text("was_label", "what it was called before", |r| r.was_label.clone())
        .time("was_start", "where it began before", |r| Some(r.was_start))
        .time("was_end", "where it ended before", |r| Some(r.was_end))
        .text("note", "in the reviewer's own words", |r| r.note.clone());
    vec![runs.table(), tracks.table(), tags.table(), reviews.table()]
}
