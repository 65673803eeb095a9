//! Sentences of a bundle, for writers.

use std::collections::HashMap;

use super::{Column, Piece, Sentence, Under};
use crate::domain::bundle::BundleIndex;
use crate::domain::{
    Annotation, Bundle, LanguageRole, Lexeme, LexemeId, LossReport, Morph, MultiText, PersonId, Session, Tier, TierId,
    TierRole, Word, WordStatus,
};

/// A sentence with the records it was made of.
pub struct Spoken<'a> {
    pub annotation: &'a Annotation,
    pub words: Vec<&'a Word>,
    pub sentence: Sentence,
}

/// Every session with its sentences, in order: by time where all are aligned, else as they stand in the text.
pub fn texts<'a>(bundle: &'a Bundle, index: &BundleIndex<'a>) -> Vec<(&'a Session, Vec<Spoken<'a>>)> {
    let viewer = Viewer::new(bundle, index);
    let mut sessions: Vec<&Session> = bundle.sessions.iter().collect();
    sessions.sort_by_key(|s| (s.position, s.id));
    sessions.into_iter().map(|session| (session, viewer.sentences(session))).collect()
}

struct Viewer<'a, 'b> {
    index: &'b BundleIndex<'a>,
    tiers: HashMap<TierId, &'a Tier>,
    codes: HashMap<PersonId, &'a str>,
    lexemes: HashMap<LexemeId, &'a Lexeme>,
    /// Analysis languages, the default first.
    analysis: Vec<&'a str>,
}

impl<'a, 'b> Viewer<'a, 'b> {
    fn new(bundle: &'a Bundle, index: &'b BundleIndex<'a>) -> Self {
        let mut languages: Vec<_> = bundle.languages.iter().filter(|l| l.role == LanguageRole::Analysis).collect();
        languages.sort_by_key(|l| l.position);
        Self {
            index,
            tiers: bundle.tiers.iter().map(|t| (t.id, t)).collect(),
            codes: bundle
                .people
                .iter()
                .map(|p| (p.id, if p.code.is_empty() { p.name.as_str() } else { p.code.as_str() }))
                .collect(),
            lexemes: bundle.lexemes.iter().map(|l| (l.id, l)).collect(),
            analysis: languages.iter().map(|l| l.tag.as_str()).collect(),
        }
    }

    fn sentences(&self, session: &Session) -> Vec<Spoken<'a>> {
        let tiers = self.index.tiers_of_session.get(&session.id).into_iter().flatten();
        let mut found: Vec<&'a Annotation> = tiers
            .filter(|t| t.role == TierRole::Transcription)
            .filter_map(|t| self.index.annotations_of_tier.get(&t.id))
            .flatten()
            .copied()
            .collect();
        if found.iter().all(|a| a.start.is_some()) {
            found.sort_by_key(|a| (a.start, a.position, a.id));
        } else {
            found.sort_by_key(|a| (a.position, a.start, a.id));
        }
        found.into_iter().map(|annotation| self.sentence(annotation)).collect()
    }

    fn sentence(&self, annotation: &'a Annotation) -> Spoken<'a> {
        let tier = self.tiers.get(&annotation.tier);
        let object = tier.map(|t| t.language.as_str()).unwrap_or_default();
        let words: Vec<&Word> = self.index.words_of_annotation.get(&annotation.id).cloned().unwrap_or_default();
        let under = self.index.children_of_annotation.get(&annotation.id).into_iter().flatten();
        let mut under: Vec<(i64, Under)> = under
            .filter(|child| !child.value.is_empty())
            .filter_map(|child| {
                let tier = self.tiers.get(&child.tier)?;
                let wanted = matches!(tier.role, TierRole::Translation | TierRole::LiteralTranslation | TierRole::Note);
                let language = tier.language.clone();
                wanted.then(|| (tier.position, Under { role: tier.role, language, text: child.value.clone() }))
            })
            .collect();
        under.sort_by_key(|(position, _)| *position);
        let speaker = tier.and_then(|t| t.participant).and_then(|p| self.codes.get(&p)).copied().unwrap_or_default();
        let sentence = Sentence {
            text: annotation.value.clone(),
            speaker: speaker.to_owned(),
            span: annotation.span(),
            words: words.iter().map(|word| self.column(word, object)).collect(),
            under: under.into_iter().map(|(_, under)| under).collect(),
        };
        Spoken { annotation, words, sentence }
    }

    fn gloss(&self, text: &MultiText) -> String {
        text.best(self.analysis.iter().copied()).unwrap_or_default().to_owned()
    }

    fn column(&self, word: &Word, object: &str) -> Column {
        let morphs = self.index.morphs_of_word.get(&word.id).into_iter().flatten();
        Column {
            form: word.form.best([object]).unwrap_or_default().to_owned(),
            gloss: self.gloss(&word.gloss),
            category: self.gloss(&word.category),
            kind: word.kind,
            morphs: morphs.map(|morph| self.piece(morph, object)).collect(),
        }
    }

    fn piece(&self, morph: &Morph, object: &str) -> Piece {
        let lexeme = morph.lexeme.and_then(|id| self.lexemes.get(&id));
        let citation = [Some(&morph.citation), lexeme.map(|l| &l.citation), lexeme.map(|l| &l.form)];
        let citation = citation.into_iter().flatten().find_map(|text| text.best([object])).unwrap_or_default();
        Piece {
            form: morph.form.best([object]).unwrap_or_default().to_owned(),
            citation: citation.to_owned(),
            gloss: self.gloss(&morph.gloss),
            category: self.gloss(&morph.category),
        }
    }
}

/// Counts what of a bundle has no place in a file of interlinear sentences.
pub fn left_out(bundle: &Bundle, report: &mut LossReport) {
    let why = "the format holds sentences, words, morphs, glosses and translations";
    let tiers: HashMap<TierId, &Tier> = bundle.tiers.iter().map(|t| (t.id, t)).collect();
    let written = |a: &Annotation| {
        tiers.get(&a.tier).is_some_and(|tier| match tier.role {
            TierRole::Transcription => true,
            TierRole::Translation | TierRole::LiteralTranslation | TierRole::Note => {
                let parent = tier.parent.and_then(|p| tiers.get(&p));
                a.parent.is_some() && parent.is_some_and(|p| p.role == TierRole::Transcription)
            }
            _ => false,
        })
    };
    let more = |text: &MultiText| text.iter().count().saturating_sub(1);
    let words = bundle.words.iter().map(|w| more(&w.form) + more(&w.gloss) + more(&w.category));
    let morphs = bundle.morphs.iter().map(|m| more(&m.form) + more(&m.gloss) + more(&m.category));
    let further: usize = words.sum::<usize>() + morphs.sum::<usize>();
    let about_people = bundle
        .people
        .iter()
        .filter(|p| (!p.name.is_empty() && p.name != p.code) || !p.notes.is_empty() || p.consent != Default::default());
    let about_sessions = bundle.sessions.iter().filter(|s| {
        let texts = [&s.date, &s.place, &s.genre, &s.consent.date, &s.consent.manner, &s.consent.conditions];
        !s.description.is_empty() || texts.iter().any(|text| !text.is_empty())
    });
    let counts = [
        ("annotations of other tiers", bundle.annotations.iter().filter(|a| !written(a)).count()),
        ("forms and glosses in further languages or writing systems", further),
        ("times of words", bundle.words.iter().filter(|w| w.start.is_some()).count()),
        ("proposals not yet approved", bundle.words.iter().filter(|w| w.status == WordStatus::Suggested).count()),
        ("links from morphs to the lexicon", bundle.morphs.iter().filter(|m| m.lexeme.is_some()).count()),
        ("recordings", bundle.media.len()),
        ("dates, places, genres or descriptions of sessions", about_sessions.count()),
        ("names, notes or consent of people", about_people.count()),
        ("lexemes", bundle.lexemes.len()),
        ("senses", bundle.senses.len()),
        ("examples of the lexicon", bundle.examples.len()),
        ("links to the world outside", bundle.links.len()),
        ("tracks", bundle.tracks.len()),
        ("proposed tags", bundle.tags.len()),
        ("reviews of tags", bundle.reviews.len()),
    ];
    for (what, count) in counts {
        report.left_out(what, count, why);
    }
}
