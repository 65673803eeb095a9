//! Words and morphs as tiers, for formats that know nothing else: laid out and named as ELAN's own import of
//! FLEx texts does (`A_word-txt-apy`, `A_morph-gls-en`), so that its users find their way.

use std::collections::{BTreeMap, HashMap};

use crate::domain::bundle::BundleIndex;
use crate::domain::*;

/// The tiers for the words under one tier's annotations, parents before children, and what is on them.
#[derive(Debug, Default)]
pub struct WordTiers {
    pub tiers: Vec<Tier>,
    pub annotations: Vec<Annotation>,
}

/// One record that became an annotation, and the annotation.
type Made<'a, R> = Vec<(&'a R, AnnotationId)>;

/// Makes tiers of the words and morphs under a tier's annotations. Nothing when it has none.
pub fn of_tier(tier: &Tier, annotations: &[&Annotation], index: &BundleIndex, report: &mut LossReport) -> WordTiers {
    let words: Vec<&Word> =
        annotations.iter().flat_map(|a| index.words_of_annotation.get(&a.id).into_iter().flatten().copied()).collect();
    let mut made = WordTiers::default();
    if words.is_empty() {
        return made;
    }
    let timed = words.iter().filter(|w| w.start.is_some() && w.end.is_some()).count();
    let all_timed = timed == words.len() && tier.constraint.is_time_aligned();
    if !all_timed {
        report.left_out("times of words", timed, "only some words have them, so the word tier is without times");
    }
    let main = main_language(words.iter().map(|w| &w.form));
    let list = if all_timed { Constraint::IncludedIn } else { Constraint::SymbolicSubdivision };
    let word_tier = made.add_tier(tier, tier.id, &format!("word-txt-{main}"), list, "words", &main);
    let mut places: HashMap<AnnotationId, i64> = HashMap::new();
    let mut word_marks: Made<Word> = Vec::new();
    for word in &words {
        let place = places.entry(word.annotation).or_default();
        let mut annotation = Annotation::new(word_tier, None, *place, word.form.get(&main).unwrap_or(""));
        *place += 1;
        annotation.parent = Some(word.annotation);
        if all_timed {
            (annotation.start, annotation.end) = (word.start, word.end);
        }
        word_marks.push((word, annotation.id));
        made.annotations.push(annotation);
    }
    made.items(tier, word_tier, &word_marks, ("word-txt", "item"), Some(&main), |w| &w.form);
    made.items(tier, word_tier, &word_marks, ("word-gls", "gloss"), None, |w| &w.gloss);
    made.items(tier, word_tier, &word_marks, ("word-pos", "part of speech"), None, |w| &w.category);
    report.mapped("words", words.len(), "a tier under their utterance");
    let status = words.iter().filter(|w| w.status != WordStatus::Unknown).count();
    report.left_out("states of analysis (suggested, approved)", status, "tiers cannot say them");

    let morphs: Vec<(&Morph, AnnotationId)> = word_marks
        .iter()
        .flat_map(|(word, id)| index.morphs_of_word.get(&word.id).into_iter().flatten().map(|m| (*m, *id)))
        .collect();
    if morphs.is_empty() {
        return made;
    }
    let main = main_language(morphs.iter().map(|(m, _)| &m.form));
    let list = Constraint::SymbolicSubdivision;
    let morph_tier = made.add_tier(tier, word_tier, &format!("morph-txt-{main}"), list, "morphs", &main);
    let mut places: HashMap<AnnotationId, i64> = HashMap::new();
    let mut marks: Made<Morph> = Vec::new();
    for (morph, word) in &morphs {
        let place = places.entry(*word).or_default();
        let mut annotation = Annotation::new(morph_tier, None, *place, morph.form.get(&main).unwrap_or(""));
        *place += 1;
        annotation.parent = Some(*word);
        marks.push((morph, annotation.id));
        made.annotations.push(annotation);
    }
    made.items(tier, morph_tier, &marks, ("morph-txt", "item"), Some(&main), |m| &m.form);
    made.items(tier, morph_tier, &marks, ("morph-cf", "item"), None, |m| &m.citation);
    made.items(tier, morph_tier, &marks, ("morph-gls", "gloss"), None, |m| &m.gloss);
    made.items(tier, morph_tier, &marks, ("morph-msa", "part of speech"), None, |m| &m.category);
    let says_kind = |m: &Morph| m.kind != MorphKind::from_marks(m.form.get(&main).unwrap_or(""));
    if marks.iter().any(|(m, _)| says_kind(m)) {
        made.values(tier, morph_tier, &marks, "morph-type", |m| m.kind.name().to_owned());
    }
    made.values(tier, morph_tier, &marks, "morph-hn", |m| m.homograph.clone());
    report.mapped("morphs", morphs.len(), "a tier under their word");
    let linked = morphs.iter().filter(|(m, _)| m.lexeme.is_some() || m.sense.is_some()).count();
    report.left_out("links from morphs to the lexicon", linked, "tiers cannot say them");
    made
}

/// The language that most of the texts are in; `und` where there is none.
fn main_language<'a>(texts: impl Iterator<Item = &'a MultiText>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (language, _) in texts.flat_map(MultiText::iter) {
        *counts.entry(language).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or("und".to_owned(), |(language, _)| language.to_owned())
}

impl WordTiers {
    fn add_tier(
        &mut self,
        base: &Tier,
        parent: TierId,
        label: &str,
        constraint: Constraint,
        type_name: &str,
        language: &str,
    ) -> TierId {
        let mut tier = Tier {
            id: TierId::new(),
            session: base.session,
            parent: Some(parent),
            name: format!("{}_{label}", base.name),
            role: TierRole::Other,
            constraint,
            type_name: type_name.to_owned(),
            participant: base.participant,
            annotator: base.annotator.clone(),
            language: if language == "und" { String::new() } else { language.to_owned() },
            vocabulary: None,
            position: base.position,
            residue: Residue::default(),
        };
        tier.set_made_of("words");
        let id = tier.id;
        self.tiers.push(tier);
        id
    }

    /// A tier for each language of a field, without the language that already has one.
    fn items<R>(
        &mut self,
        base: &Tier,
        parent: TierId,
        records: &Made<R>,
        (label, type_name): (&str, &str),
        without: Option<&str>,
        field: impl Fn(&R) -> &MultiText,
    ) {
        let mut by_language: BTreeMap<&str, Vec<(AnnotationId, &str)>> = BTreeMap::new();
        for (record, id) in records {
            for (language, text) in field(record).iter().filter(|(language, _)| Some(*language) != without) {
                by_language.entry(language).or_default().push((*id, text));
            }
        }
        for (language, texts) in by_language {
            let label = format!("{label}-{language}");
            let tier = self.add_tier(base, parent, &label, Constraint::SymbolicAssociation, type_name, language);
            self.associate(tier, texts.into_iter().map(|(id, text)| (id, text.to_owned())));
        }
    }

    /// A tier for a field without language; none when it is empty everywhere.
    fn values<R>(&mut self, base: &Tier, parent: TierId, records: &Made<R>, label: &str, field: impl Fn(&R) -> String) {
        let texts: Vec<(AnnotationId, String)> =
            records.iter().map(|(record, id)| (*id, field(record))).filter(|(_, text)| !text.is_empty()).collect();
        if !texts.is_empty() {
            let tier = self.add_tier(base, parent, label, Constraint::SymbolicAssociation, "item", "und");
            self.associate(tier, texts.into_iter());
        }
    }

    fn associate(&mut self, tier: TierId, texts: impl Iterator<Item = (AnnotationId, String)>) {
        for (parent, text) in texts {
            let mut annotation = Annotation::new(tier, None, 0, text);
            annotation.parent = Some(parent);
            self.annotations.push(annotation);
        }
    }
}
