//! A lexicon to an SFM file.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::Value;

use super::fields::{self, Slot};
use super::record::{self, Owner, Record};
use super::{Languages, NAME, lines};
use crate::domain::bundle::BundleIndex;
use crate::domain::{
    Bundle, Example, Form, LanguageRole, Lexeme, LexemeId, LossReport, RecordId, Relation, Sense, SenseId,
};
use crate::formats::{Format, FormatError, input};

/// Writes the lexicon of a bundle as MDF. What came from SFM and was not edited comes back as it stood.
///
/// # Errors
/// When there is no entry, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    if bundle.lexemes.is_empty() {
        return Err(FormatError::Unsayable { format: Format::Sfm, problem: "there is no entry in it".to_owned() });
    }
    let index = bundle.index();
    let writer = Writer::new(bundle, &index);
    let file = bundle.lexemes.iter().filter_map(|l| l.residue.get(NAME)).find_map(|left| left.get("file"));
    let mut out = match file.and_then(|f| f.get("head")).and_then(Value::as_str) {
        Some(head) => head.to_owned(),
        None => "\\_sh v3.0  400  MDF 4.0\n\n".to_owned(),
    };
    let mut lexemes: Vec<&Lexeme> = bundle.lexemes.iter().collect();
    lexemes.sort_by_key(|l| (l.position, l.id));
    // Subentries stand in the record of their entry.
    let with_subentries: HashSet<RecordId> =
        bundle.relations.iter().filter(|r| r.kind == "se").map(|r| r.source).collect();
    let within: HashSet<LexemeId> = bundle
        .relations
        .iter()
        .filter(|r| r.kind == "se" && writer.lexemes.contains_key(&LexemeId(r.source)))
        .filter_map(|r| r.target.map(LexemeId))
        .filter(|id| !with_subentries.contains(&id.record()))
        .collect();
    for lexeme in lexemes.into_iter().filter(|l| !within.contains(&l.id)) {
        let text = writer.entry(lexeme);
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(&text);
    }
    let crlf = file.and_then(|f| f.get("crlf")).and_then(Value::as_bool).unwrap_or(false);
    if crlf {
        out = out.replace('\n', "\r\n");
    }
    input::write_atomic(path, out.as_bytes())?;
    Ok(writer.report())
}

struct Writer<'a> {
    bundle: &'a Bundle,
    index: &'a BundleIndex<'a>,
    languages: Languages,
    lexemes: HashMap<LexemeId, &'a Lexeme>,
    forms: HashMap<RecordId, &'a Form>,
    senses: HashMap<SenseId, &'a Sense>,
    examples: HashMap<RecordId, &'a Example>,
    relations: HashMap<RecordId, &'a Relation>,
    relations_from: HashMap<RecordId, Vec<&'a Relation>>,
}

/// One piece of a record on its way out.
struct Piece {
    owner: usize,
    text: String,
}

impl<'a> Writer<'a> {
    fn new(bundle: &'a Bundle, index: &'a BundleIndex<'a>) -> Self {
        let mut relations_from: HashMap<RecordId, Vec<&Relation>> = HashMap::new();
        for relation in &bundle.relations {
            relations_from.entry(relation.source).or_default().push(relation);
        }
        for group in relations_from.values_mut() {
            group.sort_by_key(|r| (r.position, r.id));
        }
        Self {
            bundle,
            index,
            languages: languages(bundle),
            lexemes: bundle.lexemes.iter().map(|l| (l.id, l)).collect(),
            forms: bundle.forms.iter().map(|f| (f.id.record(), f)).collect(),
            senses: bundle.senses.iter().map(|s| (s.id, s)).collect(),
            examples: bundle.examples.iter().map(|e| (e.id.record(), e)).collect(),
            relations: bundle.relations.iter().map(|r| (r.id.record(), r)).collect(),
            relations_from,
        }
    }

    fn target(&self, relation: &Relation, languages: &Languages) -> String {
        let by_sense = |id: RecordId| self.senses.get(&SenseId(id)).map(|s| s.lexeme);
        let target = relation.target.and_then(|id| {
            self.lexemes.get(&LexemeId(id)).copied().or_else(|| self.lexemes.get(&by_sense(id)?).copied())
        });
        target.map(|lexeme| fields::headword(lexeme, languages)).unwrap_or_default()
    }
    fn of_relation(&self, relation: &Relation, languages: &Languages) -> Vec<Slot> {
        // An id of another format tells nobody anything: the headword does.
        let headword = self.target(relation, languages);
        if relation.residue.get(NAME).is_none() && relation.target.is_some() && relation.residue.get("lift").is_some() {
            let mut plain = relation.clone();
            plain.target_text = String::new();
            return fields::of_relation(&plain, &headword);
        }
        fields::of_relation(relation, &headword)
    }

    /// A record: merged into its text where it came from SFM, else anew.
    fn entry(&self, lexeme: &Lexeme) -> String {
        let left = lexeme.residue.get(NAME);
        let text = left.and_then(|l| l.get("text")).and_then(Value::as_str);
        let ids: Option<Vec<RecordId>> =
            left.and_then(|l| l.get("ids")).and_then(|ids| serde_json::from_value(ids.clone()).ok());
        let said: Option<Vec<String>> =
            left.and_then(|l| l.get("languages")).and_then(|names| serde_json::from_value(names.clone()).ok());
        let languages = match said.as_deref() {
            Some([object, english, national, regional]) => Languages {
                object: object.clone(),
                english: english.clone(),
                national: national.clone(),
                regional: regional.clone(),
            },
            _ => self.languages.clone(),
        };
        match (text, ids) {
            (Some(text), Some(ids)) => {
                let (_, fields) = lines(text);
                let record = record::read(&fields, &languages);
                if record.ids.len() == ids.len() && ids.first() == Some(&lexeme.id.record()) {
                    return self.merged(&record, &ids, text, &languages);
                }
                self.anew(lexeme, "lx", &languages)
            }
            _ => self.anew(lexeme, "lx", &languages),
        }
    }

    /// What an owner of lines says now; `None` when it is gone.
    fn now(&self, owner: Owner, id: RecordId, record: &Record, languages: &Languages) -> Option<Vec<Slot>> {
        Some(match owner {
            Owner::Lexeme(n) => {
                fields::of_lexeme(self.lexemes.get(&LexemeId(id))?, if n == 0 { "lx" } else { "se" }, languages)
            }
            Owner::Form(_) => fields::of_form(self.forms.get(&id)?, languages),
            Owner::Sense(n) => {
                let number = record.numbers.get(n).map(String::as_str).unwrap_or_default();
                fields::of_sense(self.senses.get(&SenseId(id))?, number, languages)
            }
            Owner::Example(_) => fields::of_example(self.examples.get(&id)?, languages),
            Owner::Relation(_) => self.of_relation(self.relations.get(&id)?, languages),
        })
    }

    fn was(owner: Owner, record: &Record, languages: &Languages) -> Vec<Slot> {
        let bundle = &record.bundle;
        match owner {
            Owner::Lexeme(n) => fields::of_lexeme(&bundle.lexemes[n], if n == 0 { "lx" } else { "se" }, languages),
            Owner::Form(n) => fields::of_form(&bundle.forms[n], languages),
            Owner::Sense(n) => fields::of_sense(&bundle.senses[n], &record.numbers[n], languages),
            Owner::Example(n) => fields::of_example(&bundle.examples[n], languages),
            Owner::Relation(n) => {
                // Relations come after the structural ones of subentries: found by id.
                let id = record.owners.iter().position(|o| *o == Owner::Relation(n)).and_then(|i| record.ids.get(i));
                let relation = bundle.relations.iter().find(|r| Some(&r.id.record()) == id);
                relation.map(|r| fields::of_relation(r, "")).unwrap_or_default()
            }
        }
    }

    fn merged(&self, record: &Record, ids: &[RecordId], text: &str, languages: &Languages) -> String {
        let (_, fields) = lines(text);
        let was: Vec<Vec<Slot>> = record.owners.iter().map(|owner| Self::was(*owner, record, languages)).collect();
        let now: Vec<Option<Vec<Slot>>> =
            record.owners.iter().zip(ids).map(|(owner, id)| self.now(*owner, *id, record, languages)).collect();
        let find = |slots: &[Slot], name: &str| slots.iter().find(|s| s.name == name).cloned();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut written: HashSet<(usize, String)> = HashSet::new();
        for (line, place) in fields.iter().zip(&record.places) {
            let mut text = format!("\\{}{}", line.marker, line.rest);
            let Some(slots) = &now[place.owner] else { continue };
            if let Some(name) = &place.slot {
                let (before, after) = (find(&was[place.owner], name), find(slots, name));
                // A slot that reading gave and writing does not know stays as it is.
                if before.is_some() && before.as_ref().map(|s| &s.value) != after.as_ref().map(|s| &s.value) {
                    let again = !written.insert((place.owner, name.clone()));
                    let Some(after) = after.filter(|_| !again) else { continue };
                    let blank = line.rest.trim_end_matches(['\n', '\r']).len();
                    let end = line.rest.get(blank..).filter(|end| !end.is_empty()).unwrap_or("\n");
                    text = format!("\\{} {}{end}", line.marker, one_line(&after.value));
                }
            }
            pieces.push(Piece { owner: place.owner, text });
        }
        // What is new in known records.
        for (owner, slots) in now.iter().enumerate() {
            for slot in slots.iter().flatten() {
                let known = was[owner].iter().any(|w| w.name == slot.name);
                if !known {
                    insert(&mut pieces, record, owner, false, &line(slot));
                }
            }
        }
        // New records under known ones.
        let known: HashSet<RecordId> = ids.iter().copied().collect();
        for (owner, (kind, id)) in record.owners.iter().zip(ids).enumerate() {
            if now[owner].is_none() {
                continue;
            }
            let mut fresh = String::new();
            for relation in self.relations_from.get(id).into_iter().flatten() {
                if !known.contains(&relation.id.record()) {
                    fresh.extend(self.of_relation(relation, languages).iter().map(line));
                }
            }
            match kind {
                Owner::Lexeme(_) => {
                    let id = LexemeId(*id);
                    for form in self.index.forms_of_lexeme.get(&id).into_iter().flatten() {
                        if !known.contains(&form.id.record()) {
                            fresh.extend(fields::of_form(form, languages).iter().map(line));
                        }
                    }
                    for sense in self.index.senses_of_lexeme.get(&id).into_iter().flatten() {
                        if !known.contains(&sense.id.record()) {
                            self.sense(sense, true, languages, &mut fresh, 0);
                        }
                    }
                }
                Owner::Sense(_) => {
                    let id = SenseId(*id);
                    for example in self.index.examples_of_sense.get(&id).into_iter().flatten() {
                        if !known.contains(&example.id.record()) {
                            fresh.extend(fields::of_example(example, languages).iter().map(line));
                        }
                    }
                    for sense in self.index.subsenses.get(&id).into_iter().flatten() {
                        if !known.contains(&sense.id.record()) {
                            self.sense(sense, true, languages, &mut fresh, 0);
                        }
                    }
                }
                _ => {}
            }
            if !fresh.is_empty() {
                insert(&mut pieces, record, owner, true, &fresh);
            }
        }
        // Subentries that were added here.
        let mut out: String = pieces.into_iter().map(|piece| piece.text).collect();
        for relation in self.relations_from.get(&ids[0]).into_iter().flatten().filter(|r| r.kind == "se") {
            let target =
                relation.target.filter(|id| !known.contains(id)).and_then(|id| self.lexemes.get(&LexemeId(id)));
            if let Some(lexeme) = target {
                out.truncate(out.trim_end_matches('\n').len());
                out.push('\n');
                out.push_str(&self.anew(lexeme, "se", languages));
            }
        }
        out
    }

    /// A record from nothing, in MDF's order.
    fn anew(&self, lexeme: &Lexeme, marker: &str, languages: &Languages) -> String {
        let mut out = String::new();
        let (last, first): (Vec<_>, Vec<_>) = fields::of_lexeme(lexeme, marker, languages)
            .into_iter()
            .partition(|s| matches!(s.name.as_str(), "modified" | "notes"));
        let (head, rest): (Vec<_>, Vec<_>) =
            first.into_iter().partition(|s| matches!(s.name.as_str(), "headword" | "homograph" | "citation"));
        if head.iter().all(|s| s.name != "headword") {
            out.push_str(&format!("\\{marker}\n"));
        }
        out.extend(head.iter().map(line));
        for form in self.index.forms_of_lexeme.get(&lexeme.id).into_iter().flatten() {
            out.extend(fields::of_form(form, languages).iter().map(line));
        }
        out.extend(rest.iter().map(line));
        let senses = self.index.senses_of_lexeme.get(&lexeme.id).map(Vec::as_slice).unwrap_or_default();
        for sense in senses {
            self.sense(sense, senses.len() > 1, languages, &mut out, 0);
        }
        for relation in self.relations_from.get(&lexeme.id.record()).into_iter().flatten() {
            out.extend(self.of_relation(relation, languages).iter().map(line));
        }
        out.extend(last.iter().map(line));
        if marker == "lx" {
            for relation in
                self.relations_from.get(&lexeme.id.record()).into_iter().flatten().filter(|r| r.kind == "se")
            {
                if let Some(lexeme) = relation.target.and_then(|id| self.lexemes.get(&LexemeId(id))) {
                    out.push_str(&self.anew(lexeme, "se", languages));
                }
            }
            out.push('\n');
        }
        out
    }

    fn sense(&self, sense: &Sense, numbered: bool, languages: &Languages, out: &mut String, depth: usize) {
        let number = if numbered { (sense.position + 1).to_string() } else { String::new() };
        out.extend(fields::of_sense(sense, &number, languages).iter().map(line));
        for example in self.index.examples_of_sense.get(&sense.id).into_iter().flatten() {
            out.extend(fields::of_example(example, languages).iter().map(line));
        }
        for relation in self.relations_from.get(&sense.id.record()).into_iter().flatten() {
            out.extend(self.of_relation(relation, languages).iter().map(line));
        }
        if depth < 100 {
            for sense in self.index.subsenses.get(&sense.id).into_iter().flatten() {
                self.sense(sense, true, languages, out, depth + 1);
            }
        }
    }

    fn report(&self) -> LossReport {
        let mut report = LossReport::default();
        report.kept("entries and subentries", self.bundle.lexemes.len());
        report.kept("senses", self.bundle.senses.len());
        report.kept("examples", self.bundle.examples.len());
        report.kept("forms", self.bundle.forms.len());
        report.kept("cross-references", self.bundle.relations.len());
        let nested = self.bundle.senses.iter().filter(|s| s.parent.is_some()).count();
        report.mapped("subsenses", nested, "MDF has senses in one row only");
        let unsaid: usize = self
            .bundle
            .senses
            .iter()
            .filter(|s| self.lexemes.get(&s.lexeme).is_none_or(|l| l.residue.get(NAME).is_none()))
            .map(|s| fields::unsaid(&s.gloss, &self.languages) + fields::unsaid(&s.definition, &self.languages))
            .sum();
        report.left_out("glosses and definitions", unsaid, "MDF has markers for four languages only");
        report.left_out("texts", self.bundle.sessions.len(), "write Toolbox interlinear for texts");
        report.left_out("external links", self.bundle.links.len(), "MDF has no place for them");
        let lift =
            self.bundle.lexemes.iter().filter(|l| l.residue.get("lift").is_some_and(|r| r.get("memory").is_some()));
        report.left_out(
            "entries' details that only LIFT has",
            lift.count(),
            "kept in the project, written back to LIFT",
        );
        report
    }
}

/// Which languages the last letters of markers stand for, where no file said.
fn languages(bundle: &Bundle) -> Languages {
    let mut known: Vec<_> = bundle.languages.iter().collect();
    known.sort_by_key(|l| l.position);
    let tag = |role: LanguageRole, n: usize| {
        let mut of_role = known.iter().filter(|l| l.role == role && (role == LanguageRole::Object || l.tag != "en"));
        of_role.nth(n).map(|l| l.writing_systems.first().map_or_else(|| l.tag.clone(), |w| w.tag.clone()))
    };
    let object = tag(LanguageRole::Object, 0)
        .or_else(|| bundle.lexemes.first().and_then(|l| l.form.iter().next().map(|(tag, _)| tag.to_owned())));
    Languages {
        object: object.unwrap_or_else(|| "und".to_owned()),
        english: "en".to_owned(),
        national: tag(LanguageRole::Analysis, 0).unwrap_or_else(|| "qaa-x-nat".to_owned()),
        regional: tag(LanguageRole::Analysis, 1).unwrap_or_else(|| "qaa-x-reg".to_owned()),
    }
}

/// A value that cannot be taken for a marker of its own.
fn one_line(value: &str) -> String {
    value.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn line(slot: &Slot) -> String {
    format!("\\{} {}\n", slot.marker, one_line(&slot.value))
}

/// Puts lines after the last line of an owner (`within`: of all that hangs under it, subentries aside), before the
/// empty lines that follow there.
fn insert(pieces: &mut Vec<Piece>, record: &Record, owner: usize, within: bool, text: &str) {
    let mut candidates = vec![owner];
    // An owner without lines of its own stands where its parent does.
    let mut at = owner;
    while record.parents[at] != at {
        at = record.parents[at];
        candidates.push(at);
    }
    let under = |piece: usize, top: usize| {
        let mut at = piece;
        loop {
            if at == top {
                return true;
            }
            let is_subentry = matches!(record.owners[at], Owner::Lexeme(n) if n > 0);
            if !within || is_subentry || record.parents[at] == at {
                return false;
            }
            at = record.parents[at];
        }
    };
    let last = candidates.into_iter().find_map(|top| pieces.iter().rposition(|piece| under(piece.owner, top)));
    match last {
        Some(last) => {
            let before = pieces[last].text.trim_end_matches('\n').len();
            let blank = pieces[last].text.split_off(before);
            pieces[last].text.push('\n');
            let rest = blank.strip_prefix('\n').unwrap_or(&blank).to_owned();
            pieces.insert(last + 1, Piece { owner, text: format!("{text}{rest}") });
        }
        None => pieces.push(Piece { owner, text: text.to_owned() }),
    }
}
