//! What may be published, and under which name people appear: decided once, for every format that goes out into the
//! world.
//!
//! Sessions and people that are closed, and those whose consent was refused, stay home with all that hangs under
//! them: tiers, annotations, words, morphs, recordings, runs, tracks, proposals, examples taken from them, links to
//! them. A recording on which a person is closed stays home whole: their voice and face are on it. People whose
//! access is not open appear by their code alone; their names are masked in the texts that describe the material
//! (titles, places, notes), not in what was said. Leftovers of other formats stay home: nobody knows what is in them.

mod closed_tags;
mod decisions;
mod pseudonyms;

use std::collections::HashSet;

use uuid::Uuid;

pub(super) use closed_tags::without_closed_tags;
pub(super) use decisions::Decisions;

use crate::domain::{
    Access, Annotation, AnnotationId, Bundle, Consent, LossReport, Media, MediaId, MediaStorage, MultiText, Person,
    Residue, Session, Tier,
};
use pseudonyms::Pseudonyms;

/// The part of a bundle that may be published, people pseudonymised, and a report of what stayed home and why.
/// Publishing what came out gives the same again.
pub fn published(bundle: &Bundle) -> (Bundle, LossReport) {
    published_with(bundle, None)
}

/// As [`published`], with the leftovers of one format kept: of one whose files are made to be published, going back
/// to that same format.
pub fn published_with(bundle: &Bundle, kept: Option<&str>) -> (Bundle, LossReport) {
    let mut report = LossReport::default();
    let bundle = &*without_closed_tags(bundle, &mut report);
    let decisions = Decisions::of(bundle);
    decisions.report(bundle, &mut report);
    let mut publisher = Publisher { bundle, pseudonyms: Pseudonyms::of(bundle, &decisions), decisions, report };
    let texts = publisher.texts();
    let analyses = publisher.analyses(&texts);
    let lexicon = publisher.lexicon(&texts);
    let mut all = Bundle {
        project: publisher.project(),
        languages: bundle.languages.clone(),
        people: publisher.people(),
        sessions: publisher.sessions(),
        media: texts.media,
        vocabularies: bundle.vocabularies.clone(),
        tiers: texts.tiers,
        annotations: texts.annotations,
        ..Bundle::default()
    };
    (all.words, all.morphs) = (texts.words, texts.morphs);
    (all.lexemes, all.forms, all.senses) = (lexicon.lexemes, lexicon.forms, lexicon.senses);
    (all.examples, all.relations) = (lexicon.examples, lexicon.relations);
    (all.runs, all.tracks, all.tags) = (analyses.runs, analyses.tracks, analyses.tags);
    all.reviews = analyses.reviews;
    all.links = publisher.links(&all);
    clear_residue(&mut all, kept, &mut publisher.report);
    publisher.warn_of_names(&all);
    (all, publisher.report)
}

struct Publisher<'a> {
    bundle: &'a Bundle,
    decisions: Decisions<'a>,
    pseudonyms: Pseudonyms,
    report: LossReport,
}

impl Publisher<'_> {
    fn project(&self) -> Option<crate::domain::Project> {
        let mut project = self.bundle.project.clone()?;
        project.name = self.decisions.mask(&project.name);
        project.description = self.masked(&project.description);
        Some(project)
    }

    fn masked(&self, texts: &MultiText) -> MultiText {
        texts.iter().map(|(tag, text)| (tag, self.decisions.mask(text))).collect()
    }

    fn people(&mut self) -> Vec<Person> {
        let may = self.bundle.people.iter().filter(|p| self.decisions.person(p.id));
        let mut people: Vec<Person> = may.cloned().collect();
        let (mut notes, mut consents) = (0, 0);
        for person in &mut people {
            if person.access != Access::Open {
                person.name.clear();
            }
            if person.code.trim().is_empty() && person.name.is_empty() {
                person.code = self.pseudonyms.code(person.id);
            }
            notes += usize::from(!std::mem::take(&mut person.notes).is_empty());
            consents += usize::from(only_the_answer(&mut person.consent));
        }
        self.report.left_out("notes on people", notes, "not for publication");
        self.report.left_out("consent notes", consents, "not for publication; only whether consent was given goes out");
        people
    }

    fn sessions(&mut self) -> Vec<Session> {
        let may = self.bundle.sessions.iter().filter(|s| self.decisions.session(s.id));
        let mut sessions: Vec<Session> = may.cloned().collect();
        let mut consents = 0;
        for session in &mut sessions {
            session.name = self.decisions.mask(&session.name);
            session.place = self.decisions.mask(&session.place);
            session.title = self.masked(&session.title);
            session.description = self.masked(&session.description);
            session.participants.retain(|p| !self.decisions.is_closed(p.person));
            consents += usize::from(only_the_answer(&mut session.consent));
        }
        self.report.left_out("consent notes", consents, "not for publication; only whether consent was given goes out");
        sessions
    }

    /// Tiers with their annotations, words and morphs, and the recordings.
    fn texts(&mut self) -> Bundle {
        let mut tiers: Vec<Tier> = self.bundle.tiers.iter().filter(|t| self.decisions.tier(t.id)).cloned().collect();
        for tier in &mut tiers {
            tier.name = self.decisions.mask(&tier.name);
            tier.annotator = self.pseudonyms.of_text(&tier.annotator);
        }
        let open = self.open_annotations();
        let annotations: Vec<Annotation> =
            self.bundle.annotations.iter().filter(|a| open.contains(&a.id)).cloned().collect();
        let words: Vec<_> = self.bundle.words.iter().filter(|w| open.contains(&w.annotation)).cloned().collect();
        let kept: HashSet<_> = words.iter().map(|w| w.id).collect();
        let morphs: Vec<_> = self.bundle.morphs.iter().filter(|m| kept.contains(&m.word)).cloned().collect();
        let why = "of sessions or people that are closed";
        self.report.left_out("annotations", self.bundle.annotations.len() - annotations.len(), why);
        self.report.left_out("words", self.bundle.words.len() - words.len(), why);
        self.report.left_out("morphs", self.bundle.morphs.len() - morphs.len(), why);
        Bundle { media: self.media(), tiers, annotations, words, morphs, ..Bundle::default() }
    }

    /// Annotations on published tiers whose ancestors are published as well.
    fn open_annotations(&self) -> HashSet<AnnotationId> {
        let all = &self.bundle.annotations;
        let mut open: HashSet<_> = all.iter().filter(|a| self.decisions.tier(a.tier)).map(|a| a.id).collect();
        let mut closed: Vec<_> = all.iter().filter(|a| !open.contains(&a.id)).map(|a| a.id).collect();
        let index = self.bundle.index();
        while let Some(parent) = closed.pop() {
            for child in index.children_of_annotation.get(&parent).into_iter().flatten() {
                if open.remove(&child.id) {
                    closed.push(child.id);
                }
            }
        }
        open
    }

    fn media(&mut self) -> Vec<Media> {
        let (mut media, mut renamed) = (Vec::new(), 0);
        for file in &self.bundle.media {
            if !self.decisions.session(file.session) {
                self.report.left_out("recordings", 1, "of sessions that are closed");
            } else if self.decisions.has_closed_person(file.session) {
                self.report.left_out("recordings", 1, "a person who is closed can be heard or seen on them");
            } else {
                let mut file = file.clone();
                let outside = file.storage != MediaStorage::Copied || file.path.trim().is_empty();
                if outside || self.decisions.names_somebody(&file.path) {
                    file.path = neutral_path(file.id, &file.path);
                    file.storage = MediaStorage::Copied;
                    renamed += 1;
                }
                media.push(file);
            }
        }
        let why = "named by their id: their path leads elsewhere or gives somebody's name away";
        self.report.mapped("paths of recordings", renamed, why);
        media
    }

    /// Runs, tracks and proposals of published recordings.
    fn analyses(&mut self, texts: &Bundle) -> Bundle {
        let media: HashSet<_> = texts.media.iter().map(|m| m.id).collect();
        let gone: HashSet<_> = self.bundle.media.iter().map(|m| m.id).filter(|id| !media.contains(id)).collect();
        let of_run = |r: &&crate::domain::ModelRun| self.decisions.session(r.session) && !gone.contains(&r.media);
        let runs: Vec<_> = self.bundle.runs.iter().filter(of_run).cloned().collect();
        let of_runs: HashSet<_> = runs.iter().map(|r| r.id).collect();
        let of_track = |t: &&crate::domain::Track| {
            of_runs.contains(&t.run) && !t.person.is_some_and(|p| self.decisions.is_closed(p))
        };
        let tracks: Vec<_> = self.bundle.tracks.iter().filter(of_track).cloned().collect();
        let of_tracks: HashSet<_> = tracks.iter().map(|t| t.id).collect();
        let open: HashSet<_> = texts.annotations.iter().map(|a| a.id).collect();
        let of_tag = |t: &&crate::domain::Tag| {
            of_tracks.contains(&t.track) && of_runs.contains(&t.run) && t.annotation.is_none_or(|a| open.contains(&a))
        };
        let mut tags: Vec<_> = self.bundle.tags.iter().filter(of_tag).cloned().collect();
        for tag in &mut tags {
            tag.reviewer = self.pseudonyms.of_text(&tag.reviewer);
        }
        let of_tags: HashSet<_> = tags.iter().map(|t| t.id).collect();
        let mut reviews: Vec<_> = self.bundle.reviews.iter().filter(|r| of_tags.contains(&r.tag)).cloned().collect();
        for review in &mut reviews {
            // The id is made of the name, and could be made again from a guess.
            review.reviewer = self.pseudonyms.of_text(&review.reviewer);
            review.id = crate::domain::Review::id_of(review.tag, &review.reviewer);
            review.note = self.decisions.mask(&review.note);
        }
        let why = "of sessions, people or recordings that stay home";
        self.report.left_out("model runs", self.bundle.runs.len() - runs.len(), why);
        self.report.left_out("tracks", self.bundle.tracks.len() - tracks.len(), why);
        self.report.left_out("face and body tags", self.bundle.tags.len() - tags.len(), why);
        self.report.left_out("reviews", self.bundle.reviews.len() - reviews.len(), why);
        Bundle { runs, tracks, tags, reviews, ..Bundle::default() }
    }

    /// The lexicon, without the examples that were taken from what stays home.
    fn lexicon(&mut self, texts: &Bundle) -> Bundle {
        let open: HashSet<_> = texts.annotations.iter().map(|a| a.id).collect();
        let known: HashSet<_> = self.bundle.annotations.iter().map(|a| a.id).collect();
        let mut examples = Vec::new();
        for example in &self.bundle.examples {
            match example.annotation {
                Some(id) if !known.contains(&id) => {
                    let why =
                        "taken from a text that is not part of this export, so it cannot be told whether it is open";
                    self.report.left_out("examples", 1, why);
                }
                Some(id) if !open.contains(&id) => {
                    self.report.left_out("examples", 1, "taken from a session or person that is closed");
                }
                _ => examples.push(example.clone()),
            }
        }
        examples.iter_mut().for_each(|e| e.source = self.decisions.mask(&e.source));
        let mut lexemes = self.bundle.lexemes.clone();
        for lexeme in &mut lexemes {
            lexeme.notes = self.masked(&lexeme.notes);
            lexeme.fields.values_mut().for_each(|texts| *texts = self.masked(texts));
        }
        let mut senses = self.bundle.senses.clone();
        for sense in &mut senses {
            sense.notes = self.masked(&sense.notes);
            sense.fields.values_mut().for_each(|texts| *texts = self.masked(texts));
        }
        let (forms, relations) = (self.bundle.forms.clone(), self.bundle.relations.clone());
        Bundle { lexemes, forms, senses, examples, relations, ..Bundle::default() }
    }

    /// Links that a person confirmed, of records that are published. A link of a person whose name must not appear
    /// would tell it.
    fn links(&mut self, all: &Bundle) -> Vec<crate::domain::ExternalLink> {
        let (before, after) = (ids(self.bundle), ids(all));
        let unnamed: HashSet<_> =
            all.people.iter().filter(|p| p.access != Access::Open).map(|p| p.id.record()).collect();
        let mut links = Vec::new();
        for link in &self.bundle.links {
            if link.confirmed_by.trim().is_empty() {
                self.report.left_out("links", 1, "nobody has confirmed them yet");
            } else if before.contains(&link.record) && !after.contains(&link.record) {
                self.report.left_out("links", 1, "the record they belong to stays home");
            } else if unnamed.contains(&link.record) {
                self.report.left_out("links", 1, "they would tell who a person is whose access is not open");
            } else {
                let confirmed_by = self.pseudonyms.of_text(&link.confirmed_by);
                links.push(crate::domain::ExternalLink { confirmed_by, ..link.clone() });
            }
        }
        links
    }

    /// Names are masked as they are written in full; a first name alone in a title is for a person to see.
    fn warn_of_names(&mut self, all: &Bundle) {
        for session in &all.sessions {
            let texts = session.title.iter().chain(session.description.iter()).map(|(_, text)| text);
            let mut texts = texts.chain([session.name.as_str(), session.place.as_str()]);
            if texts.any(|text| self.decisions.has_part_of_a_name(text)) {
                self.report.warn(format!(
                    "The description of the session “{}” may still name somebody whose name must not appear; read it before you publish.",
                    session.name
                ));
            }
        }
        let told = all.people.iter().filter(|p| self.decisions.code_is_name(p.id)).count();
        if told > 0 {
            self.report
                .warn(format!("The code of {told} people is their full name; give them another before you publish."));
        }
    }
}

/// Leaves of a consent only whether it was given; whether there was more.
fn only_the_answer(consent: &mut Consent) -> bool {
    let bare = Consent { given: consent.given, ..Consent::default() };
    let more = *consent != bare;
    *consent = bare;
    more
}

/// A recording's name that says nothing but what kind of file it is.
fn neutral_path(id: MediaId, path: &str) -> String {
    let extension =
        path.rsplit_once('.').map(|(_, e)| e).filter(|e| e.len() < 6 && e.chars().all(char::is_alphanumeric));
    match extension {
        Some(extension) => format!("media/{id}.{extension}"),
        None => format!("media/{id}"),
    }
}

/// The ids of all records that links may belong to.
fn ids(bundle: &Bundle) -> HashSet<Uuid> {
    let mut ids: HashSet<Uuid> = bundle.people.iter().map(|r| r.id.record()).collect();
    ids.extend(bundle.sessions.iter().map(|r| r.id.record()));
    ids.extend(bundle.media.iter().map(|r| r.id.record()));
    ids.extend(bundle.tiers.iter().map(|r| r.id.record()));
    ids.extend(bundle.annotations.iter().map(|r| r.id.record()));
    ids.extend(bundle.words.iter().map(|r| r.id.record()));
    ids.extend(bundle.morphs.iter().map(|r| r.id.record()));
    ids.extend(bundle.examples.iter().map(|r| r.id.record()));
    ids.extend(bundle.runs.iter().map(|r| r.id.record()));
    ids.extend(bundle.tracks.iter().map(|r| r.id.record()));
    ids.extend(bundle.tags.iter().map(|r| r.id.record()));
    ids.extend(bundle.reviews.iter().map(|r| r.id.record()));
    ids
}

macro_rules! every_residue {
    ($bundle:expr, $do:expr; $($list:ident),* $(,)?) => {
        $( $bundle.$list.iter_mut().for_each(|record| $do(&mut record.residue)); )*
    };
}

/// Takes the leftovers of other formats away and counts the records that had some.
fn clear_residue(all: &mut Bundle, kept: Option<&str>, report: &mut LossReport) {
    let mut count = 0;
    let mut clear = |residue: &mut Residue| {
        let own = kept.and_then(|format| Some((format, residue.0.remove(format)?)));
        count += usize::from(!residue.is_empty());
        *residue = Residue::default();
        if let Some((format, value)) = own {
            residue.set(format, value);
        }
    };
    if let Some(project) = &mut all.project {
        clear(&mut project.residue);
    }
    every_residue!(all, clear; languages, people, sessions, media, vocabularies, tiers, annotations, words, morphs,
        lexemes, forms, senses, examples, relations, links, runs, tracks, tags, reviews);
    all.vocabularies.iter_mut().flat_map(|v| &mut v.entries).for_each(|entry| clear(&mut entry.residue));
    report.left_out(
        "records with leftovers of another format",
        count,
        "nobody knows what is in them; they stay in the project",
    );
}
