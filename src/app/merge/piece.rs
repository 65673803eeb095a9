//! The kinds of record that an import brings, each with its id, the ids it holds and what its format left over.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::{
    Annotation, Bundle, Example, ExternalLink, Form, Language, Lexeme, Media, ModelRun, Morph, Person, RecordId,
    Relation, Residue, Review, Sense, Session, Tag, TagStatus, Tier, Time, Track, Vocabulary, Word, WordStatus,
};

/// A record that two laptops, or a file and a project, may both have.
pub trait Piece: Clone + PartialEq + Serialize + DeserializeOwned {
    /// Its kind.
    const KIND: Kind;
    /// Its id, the kind forgotten.
    fn id(&self) -> RecordId;
    /// Gives it the id of another.
    fn set_id(&mut self, id: RecordId);
    /// Shows every id of another record that it holds.
    fn each_reference(&mut self, show: &mut dyn FnMut(&mut RecordId));
    /// Takes over from the project's record what a file has no say in: the place among others, a review, where a
    /// recording was copied to. Lists that only grow get what the project has in front.
    fn yield_to(&mut self, project: &Self);
    /// What formats left over.
    fn residue(&self) -> &Residue;
    /// The same, to change.
    fn residue_mut(&mut self) -> &mut Residue;
    /// The records of this kind in a bundle.
    fn list(bundle: &Bundle) -> &Vec<Self>;
    /// The same, to change.
    fn list_mut(bundle: &mut Bundle) -> &mut Vec<Self>;
}

/// How far an analysis has come; an import never takes it back.
fn rank(status: WordStatus) -> u8 {
    match status {
        WordStatus::Unknown => 0,
        WordStatus::Suggested => 1,
        WordStatus::Approved => 2,
    }
}

/// The project's time where the file's is that one in whole milliseconds, as most formats write it.
fn unrounded(file: Option<Time>, project: Option<Time>) -> Option<Time> {
    match (file, project) {
        (Some(file), Some(project)) if file.0 % 1_000_000 == 0 && (file - project).0.abs() <= 500_000 => Some(project),
        _ => file,
    }
}

macro_rules! pieces {
    ($($record:ident in $list:ident, $name:literal, $one:literal, |$r:ident, $show:ident| $references:block,
     |$f:ident, $p:ident| $yields:block;)*) => {
        /// The kinds of record, parents before what hangs under them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind { $($record,)* }

        impl Kind {
            /// Every kind, in that order.
            pub const ALL: &[Self] = &[$(Self::$record,)*];
            /// What several of them are called; also the id of the text shown, after `merge-kind-`.
            pub fn name(self) -> &'static str { match self { $(Self::$record => $name,)* } }
            /// What one of them is called.
            pub fn one(self) -> &'static str { match self { $(Self::$record => $one,)* } }
            /// How many of them a bundle holds.
            pub fn count(self, bundle: &Bundle) -> usize { match self { $(Self::$record => bundle.$list.len(),)* } }
        }

        $(impl Piece for $record {
            const KIND: Kind = Kind::$record;
            fn id(&self) -> RecordId { self.id.0 }
            fn set_id(&mut self, id: RecordId) { self.id.0 = id; }
            fn each_reference(&mut self, $show: &mut dyn FnMut(&mut RecordId)) { let $r = self; $references }
            fn yield_to(&mut self, $p: &Self) { let $f = self; $yields }
            fn residue(&self) -> &Residue { &self.residue }
            fn residue_mut(&mut self) -> &mut Residue { &mut self.residue }
            fn list(bundle: &Bundle) -> &Vec<Self> { &bundle.$list }
            fn list_mut(bundle: &mut Bundle) -> &mut Vec<Self> { &mut bundle.$list }
        })*

        /// Does the same with the list of every kind.
        macro_rules! each_kind {
            ($run:ident) => { $($run!($record);)* };
        }
        pub(in crate::app) use each_kind;
    };
}

pieces! {
    Language in languages, "languages", "language", |_r, _show| {}, |f, p| {
        (f.role, f.position) = (p.role, p.position);
        f.writing_systems.clone_from(&p.writing_systems);
    };
    Person in people, "people", "person", |_r, _show| {}, |_f, _p| {};
    Session in sessions, "sessions", "session", |r, show| { r.participants.iter_mut().for_each(|p| show(&mut p.person.0)) }, |f, p| {
        f.position = p.position;
        let more: Vec<_> = f.participants.drain(..).filter(|a| !p.participants.iter().any(|b| b.person == a.person)).collect();
        f.participants = p.participants.iter().cloned().chain(more).collect();
    };
    Media in media, "recordings", "recording", |r, show| { show(&mut r.session.0) }, |f, p| {
        (f.storage, f.position) = (p.storage, p.position);
        f.path.clone_from(&p.path);
        if !p.hash.is_empty() {
            (f.size, f.duration) = (p.size, p.duration);
            f.hash.clone_from(&p.hash);
            f.mime.clone_from(&p.mime);
            f.streams.clone_from(&p.streams);
        }
    };
    Vocabulary in vocabularies, "vocabularies", "vocabulary", |_r, _show| {}, |f, p| {
        let more: Vec<_> = f.entries.drain(..).filter(|a| !p.entries.iter().any(|b| b.id == a.id)).collect();
        f.entries = p.entries.iter().cloned().chain(more).collect();
    };
    Tier in tiers, "tiers", "tier", |r, show| {
        show(&mut r.session.0);
        if let Some(id) = &mut r.parent { show(&mut id.0) }
        if let Some(id) = &mut r.participant { show(&mut id.0) }
        if let Some(id) = &mut r.vocabulary { show(&mut id.0) }
    }, |f, p| {
        f.position = p.position;
    };
    Annotation in annotations, "annotations", "annotation", |r, show| {
        show(&mut r.tier.0);
        if let Some(id) = &mut r.parent { show(&mut id.0) }
        if let Some(id) = &mut r.entry { show(&mut id.0) }
    }, |f, p| {
        f.position = p.position;
        (f.start, f.end) = (unrounded(f.start, p.start), unrounded(f.end, p.end));
    };
    Lexeme in lexemes, "entries", "entry", |_r, _show| {}, |f, p| {
        f.position = p.position;
        if !p.created.is_empty() {
            f.created.clone_from(&p.created);
        }
        // The later date of change stands for both.
        if p.modified > f.modified {
            f.modified.clone_from(&p.modified);
        }
    };
    Form in forms, "forms", "form", |r, show| { show(&mut r.lexeme.0) }, |f, p| {
        f.position = p.position;
    };
    Sense in senses, "senses", "sense", |r, show| {
        show(&mut r.lexeme.0);
        if let Some(id) = &mut r.parent { show(&mut id.0) }
    }, |f, p| {
        f.position = p.position;
    };
    Example in examples, "examples", "example", |r, show| {
        show(&mut r.sense.0);
        if let Some(id) = &mut r.annotation { show(&mut id.0) }
    }, |f, p| {
        f.position = p.position;
    };
    Relation in relations, "relations", "relation", |r, show| {
        show(&mut r.source);
        if let Some(id) = &mut r.target { show(id) }
    }, |f, p| {
        f.position = p.position;
    };
    Word in words, "words", "word", |r, show| { show(&mut r.annotation.0) }, |f, p| {
        f.position = p.position;
        if rank(f.status) < rank(p.status) {
            f.status = p.status;
        }
    };
    Morph in morphs, "morphs", "morph", |r, show| {
        show(&mut r.word.0);
        if let Some(id) = &mut r.lexeme { show(&mut id.0) }
        if let Some(id) = &mut r.sense { show(&mut id.0) }
    }, |f, p| {
        f.position = p.position;
        // The tie to the lexicon is made here.
        if f.lexeme.is_none() {
            (f.lexeme, f.sense) = (p.lexeme, p.sense);
        }
    };
    ExternalLink in links, "links", "link", |r, show| { show(&mut r.record) }, |_f, _p| {};
    ModelRun in runs, "runs", "run", |r, show| {
        show(&mut r.session.0);
        show(&mut r.media.0);
    }, |_f, _p| {};
    Track in tracks, "tracks", "track", |r, show| {
        show(&mut r.run.0);
        if let Some(id) = &mut r.person { show(&mut id.0) }
    }, |f, p| {
        f.samples = f.samples.max(p.samples);
    };
    Tag in tags, "tags", "tag", |r, show| {
        show(&mut r.run.0);
        show(&mut r.track.0);
        if let Some(id) = &mut r.annotation { show(&mut id.0) }
    }, |f, p| {
        if f.status == TagStatus::Proposed {
            (f.status, f.annotation) = (p.status, p.annotation);
            f.reviewer.clone_from(&p.reviewer);
            f.reviewed.clone_from(&p.reviewed);
        }
    };
    Review in reviews, "reviews", "review", |r, show| { show(&mut r.tag.0) }, |_f, _p| {};
}
