//! A set of records on its way in or out: what importers make and exporters read.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    Annotation, AnnotationId, Example, ExternalLink, Form, Language, Lexeme, LexemeId, Media, ModelRun, Morph, Person,
    Project, Relation, Review, Sense, SenseId, Session, SessionId, Tag, Tier, TierId, Track, TrackChunk, Vocabulary,
    Word, WordId,
};

/// Records of a project, or of a file on its way into one, as flat lists. Records point at each other by id;
/// an id that points at nothing within the bundle is allowed (a part of a project points at the rest).
/// Samples of tracks are in it only where a format asks for them: they outweigh everything else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bundle {
    pub project: Option<Project>,
    pub languages: Vec<Language>,
    pub people: Vec<Person>,
    pub sessions: Vec<Session>,
    pub media: Vec<Media>,
    pub vocabularies: Vec<Vocabulary>,
    pub tiers: Vec<Tier>,
    pub annotations: Vec<Annotation>,
    pub words: Vec<Word>,
    pub morphs: Vec<Morph>,
    pub lexemes: Vec<Lexeme>,
    pub forms: Vec<Form>,
    pub senses: Vec<Sense>,
    pub examples: Vec<Example>,
    pub relations: Vec<Relation>,
    pub links: Vec<ExternalLink>,
    pub runs: Vec<ModelRun>,
    pub tracks: Vec<Track>,
    pub tags: Vec<Tag>,
    /// What each reviewer said of them.
    pub reviews: Vec<Review>,
    /// What was measured along the tracks.
    pub samples: Vec<TrackChunk>,
}

/// The children of each record of a [`Bundle`], in order: built once, asked often.
pub struct BundleIndex<'a> {
    pub tiers_of_session: HashMap<SessionId, Vec<&'a Tier>>,
    /// By start, then by position.
    pub annotations_of_tier: HashMap<TierId, Vec<&'a Annotation>>,
    /// Annotations of child tiers, by their parent annotation; by start, then by position.
    pub children_of_annotation: HashMap<AnnotationId, Vec<&'a Annotation>>,
    pub words_of_annotation: HashMap<AnnotationId, Vec<&'a Word>>,
    pub morphs_of_word: HashMap<WordId, Vec<&'a Morph>>,
    pub forms_of_lexeme: HashMap<LexemeId, Vec<&'a Form>>,
    /// Senses without a parent sense, and under [`Self::subsenses`] the others.
    pub senses_of_lexeme: HashMap<LexemeId, Vec<&'a Sense>>,
    pub subsenses: HashMap<SenseId, Vec<&'a Sense>>,
    pub examples_of_sense: HashMap<SenseId, Vec<&'a Example>>,
}

fn group<'a, K: std::hash::Hash + Eq, R, O: Ord>(
    records: impl IntoIterator<Item = &'a R>,
    key: impl Fn(&R) -> Option<K>,
    order: impl Fn(&R) -> O,
) -> HashMap<K, Vec<&'a R>> {
    let mut groups: HashMap<K, Vec<&'a R>> = HashMap::new();
    for record in records {
        if let Some(key) = key(record) {
            groups.entry(key).or_default().push(record);
        }
    }
    for group in groups.values_mut() {
        group.sort_by_key(|record| order(record));
    }
    groups
}

impl Bundle {
    /// Groups every record under its parent, in order.
    pub fn index(&self) -> BundleIndex<'_> {
        let by_time = |a: &Annotation| (a.start, a.position, a.id);
        BundleIndex {
            tiers_of_session: group(&self.tiers, |t| Some(t.session), |t| (t.position, t.id)),
            annotations_of_tier: group(&self.annotations, |a| Some(a.tier), by_time),
            children_of_annotation: group(&self.annotations, |a| a.parent, by_time),
            words_of_annotation: group(&self.words, |w| Some(w.annotation), |w| (w.position, w.id)),
            morphs_of_word: group(&self.morphs, |m| Some(m.word), |m| (m.position, m.id)),
            forms_of_lexeme: group(&self.forms, |f| Some(f.lexeme), |f| (f.position, f.id)),
            senses_of_lexeme: group(
                self.senses.iter().filter(|s| s.parent.is_none()),
                |s| Some(s.lexeme),
                |s| (s.position, s.id),
            ),
            subsenses: group(&self.senses, |s| s.parent, |s| (s.position, s.id)),
            examples_of_sense: group(&self.examples, |e| Some(e.sense), |e| (e.position, e.id)),
        }
    }
    /// Whether it holds no record at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
