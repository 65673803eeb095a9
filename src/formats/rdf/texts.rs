//! Texts as Ligt 0.3: document, text, utterance, its words and morphs, one after the other.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::annotations;
use super::graph::{Graph, Node};
use super::lexicon::{Lexicon, category};
use super::lexinfo;
use super::names::{dct, lexinfo as lexinfo_name, ligt, oa, rdfs, skos};
use super::privacy::Published;
use super::recordings::Recordings;
use crate::domain::bundle::BundleIndex;
use crate::domain::{
    Access, Annotation, AnnotationId, Bundle, Language, LanguageRole, Morph, MorphKind, MultiText, Session, Span, Tier,
    TierId, TierRole, Word, WordKind, WordStatus,
};

/// What is known while the texts of a bundle are written.
pub(super) struct Texts<'a> {
    pub(super) bundle: &'a Bundle,
    pub(super) index: BundleIndex<'a>,
    tiers: HashMap<TierId, &'a Tier>,
    pub(super) published: &'a Published<'a>,
    pub(super) recordings: Recordings<'a>,
    /// Annotations that are utterances.
    pub(super) utterances: HashSet<AnnotationId>,
    lexicon: &'a Lexicon<'a>,
}

/// The tag of the project's first object or analysis language, `und` without one.
pub(super) fn default_tag(bundle: &Bundle, role: LanguageRole) -> &str {
    let mut languages: Vec<&Language> = bundle.languages.iter().filter(|l| l.role == role).collect();
    languages.sort_by_key(|l| (l.position, l.id));
    languages.first().map_or("und", |l| &l.tag)
}

/// Writes every published session as a text, and what lies on its other tiers as annotations.
pub(super) fn write(bundle: &Bundle, published: &Published, lexicon: &Lexicon, graph: &mut Graph) {
    let with_words: HashSet<_> = bundle.words.iter().map(|w| w.annotation).collect();
    let transcriptions: HashSet<_> =
        bundle.tiers.iter().filter(|t| t.role == TierRole::Transcription).map(|t| t.id).collect();
    let utterances = bundle
        .annotations
        .iter()
        .filter(|a| transcriptions.contains(&a.tier) || with_words.contains(&a.id))
        .map(|a| a.id)
        .collect();
    let tiers: HashMap<_, _> = bundle.tiers.iter().map(|t| (t.id, t)).collect();
    let lost = bundle.annotations.iter().filter(|a| !tiers.contains_key(&a.tier)).count();
    let recordings = Recordings::of(bundle);
    let mut texts = Texts { bundle, index: bundle.index(), tiers, published, recordings, utterances, lexicon };
    graph.report.left_out("annotations", lost, "their tier is not in what was exported");

    let mut sessions: Vec<_> = bundle.sessions.iter().filter(|s| published.session(s.id)).collect();
    sessions.sort_by_key(|s| (s.position, s.id));
    if sessions.is_empty() {
        return;
    }
    let document = match &bundle.project {
        Some(project) => graph.base.record(project.id.record()),
        None => graph.base.name("document"),
    };
    graph.is_a(&document, ligt("Document"));
    describe_project(bundle, &document, graph);
    let all = graph.base.name("utterances");
    for session in &sessions {
        let text = graph.base.record(session.id.record());
        graph.link(&document, ligt("hasText"), &text);
        let spoken = texts.session(session, &text, graph);
        if !spoken.is_empty() {
            graph.is_a(&all, ligt("InterlinearCollection"));
            graph.link(&document, ligt("hasUtterances"), &all);
        }
        for utterance in spoken {
            graph.link(&all, ligt("utterance"), &utterance);
        }
    }
    graph.report.kept("texts", sessions.len());
    annotations::proposals(&mut texts, graph);
    texts.recordings.write(published, graph);
}

/// Name, description, licence of the project, said of a document or a lexicon.
pub(super) fn describe_project(bundle: &Bundle, node: &Node, graph: &mut Graph) {
    let Some(project) = &bundle.project else { return };
    graph.text(node, dct("title"), &project.name, "und");
    graph.texts(node, dct("description"), &project.description);
    graph.moment(node, dct("created"), &project.created);
    let licence = project.licence.trim();
    match Node::foreign(licence) {
        Some(licence) => graph.link(node, dct("license"), &licence),
        None if licence.is_empty() => {}
        None => {
            graph.value(node, dct("rights"), licence);
            graph.report.mapped("licence", 1, "not an IRI: written as a text");
        }
    }
}

impl Texts<'_> {
    /// One session: its metadata, its utterances in order, then its other tiers. Gives back the utterances.
    fn session(&mut self, session: &Session, text: &Node, graph: &mut Graph) -> Vec<Node> {
        graph.is_a(text, ligt("InterlinearText"));
        self.metadata(session, text, graph);
        let tiers: Vec<&Tier> = self.index.tiers_of_session.get(&session.id).cloned().unwrap_or_default();
        let tiers: Vec<_> = tiers.into_iter().filter(|t| self.published.tier(t.id)).collect();

        super::tiers::write(&tiers, self.published, text, graph);
        let mut spoken: Vec<(&Annotation, &Tier)> = Vec::new();
        for tier in &tiers {
            for annotation in self.index.annotations_of_tier.get(&tier.id).into_iter().flatten() {
                if self.utterances.contains(&annotation.id) {
                    spoken.push((annotation, tier));
                }
            }
        }
        spoken.sort_by_key(|(a, t)| (a.start.is_none(), a.start, a.position, t.position, a.id));
        let nodes: Vec<_> = spoken.iter().map(|(a, _)| graph.base.record(a.id.record())).collect();
        for (place, (annotation, tier)) in spoken.iter().enumerate() {
            graph.link(text, ligt("hasSubSegment"), &nodes[place]);
            if let Some(next) = nodes.get(place + 1) {
                graph.link(&nodes[place], ligt("nextSegment"), next);
            }
            self.utterance(session, annotation, tier, &nodes[place], graph);
        }
        graph.report.kept("utterances", nodes.len());
        for tier in tiers {
            annotations::tier(self, session, tier, text, graph);
        }
        nodes
    }

    fn metadata(&self, session: &Session, text: &Node, graph: &mut Graph) {
        graph.value(text, dct("identifier"), &self.published.mask(&session.name));
        let masked = |texts: &MultiText| -> MultiText {
            texts.iter().map(|(tag, text)| (tag.to_owned(), self.published.mask(text))).collect()
        };
        if session.title.is_empty() {
            graph.text(text, dct("title"), &self.published.mask(&session.name), "und");
        }
        graph.texts(text, dct("title"), &masked(&session.title));
        graph.texts(text, dct("description"), &masked(&session.description));
        graph.value(text, dct("date"), &session.date);
        graph.text(text, dct("coverage"), &self.published.mask(&session.place), "und");
        graph.value(text, dct("type"), &session.genre);
        let rights = match session.access {
            Access::Open => "open",
            Access::Registered => "registered",
            Access::Team => "team",
            Access::Closed => "closed",
        };
        graph.value(text, dct("accessRights"), rights);
        for participation in &session.participants {
            if let Some(person) = self.published.person(graph, Some(participation.person)) {
                graph.link(text, dct("contributor"), &person);
                if !participation.role.is_empty() {
                    let role = graph.own_hashed("role", &self.published.mask(&participation.role));
                    graph.link(text, role, &person);
                }
            }
        }
        graph.report.kept("participants and their roles", session.participants.len());
        let consent = session.consent != crate::domain::Consent::default();
        graph.report.left_out("consent notes", consent.into(), "not for publication");
        let mut objects: Vec<_> = self.bundle.languages.iter().filter(|l| l.role == LanguageRole::Object).collect();
        objects.sort_by_key(|l| l.id);
        for language in objects {
            describe_language(text, language, graph);
        }
    }

    fn utterance(&mut self, session: &Session, annotation: &Annotation, tier: &Tier, node: &Node, graph: &mut Graph) {
        graph.is_a(node, ligt("Utterance"));
        let line = graph.base.record(tier.id.record());
        graph.link(node, dct("isPartOf"), &line);
        let words: Vec<&Word> = self.index.words_of_annotation.get(&annotation.id).cloned().unwrap_or_default();
        let tag = if tier.language.is_empty() {
            default_tag(self.bundle, LanguageRole::Object).to_owned()
        } else {
            tier.language.clone()
        };
        if annotation.value.trim().is_empty() {
            // A text of which only the words were kept: its line is they.
            for (tag, line) in line_of(&words) {
                graph.text(node, rdfs("label"), &line, &tag);
            }
        } else {
            graph.text(node, rdfs("label"), &annotation.value, &tag);
        }
        if let Some(speaker) = self.published.person(graph, tier.participant) {
            graph.link(node, dct("creator"), &speaker);
        }
        self.children(annotation, node, graph);
        if let Some(span) = annotation.span() {
            self.time(session, annotation.id.record(), span, node, graph);
        }
        self.words(session, annotation, &words, node, graph);
    }

    /// Translations and notes that hang under an utterance.
    fn children(&self, annotation: &Annotation, node: &Node, graph: &mut Graph) {
        for child in self.index.children_of_annotation.get(&annotation.id).into_iter().flatten() {
            let Some(tier) = self.tiers.get(&child.tier) else { continue };
            if !self.published.tier(tier.id) {
                continue;
            }
            let tag = if tier.language.is_empty() {
                default_tag(self.bundle, LanguageRole::Analysis).to_owned()
            } else {
                tier.language.clone()
            };
            let property = match tier.role {
                TierRole::Translation => ligt("translation"),
                TierRole::LiteralTranslation => {
                    graph.own("literalTranslation", "literal translation", Some(ligt("annotation")))
                }
                TierRole::Note => skos("note"),
                _ => continue,
            };
            graph.text(node, property, &child.value, &tag);
            graph.report.kept("translations and notes", 1);
        }
    }

    /// When something was said: an annotation whose target is a part of the recording.
    pub(super) fn time(&mut self, session: &Session, id: uuid::Uuid, span: Span, body: &Node, graph: &mut Graph) {
        let target = self.recordings.fragment(session.id, span, self.published, graph);
        let time = graph.base.part(id, "time");
        graph.is_a(&time, oa("Annotation"));
        graph.link(&time, oa("hasBody"), body);
        graph.link(&time, oa("hasTarget"), &target);
    }

    fn words(&mut self, session: &Session, annotation: &Annotation, words: &[&Word], node: &Node, graph: &mut Graph) {
        if words.is_empty() {
            return;
        }
        let tier = graph.base.part(annotation.id.record(), "words");
        graph.link(node, ligt("hasWords"), &tier);
        graph.is_a(&tier, ligt("WordTier"));
        let nodes: Vec<_> = words.iter().map(|w| graph.base.record(w.id.record())).collect();
        let mut morphs: Vec<(&Morph, Node)> = Vec::new();
        for (place, word) in words.iter().enumerate() {
            let node = &nodes[place];
            graph.link(&tier, ligt("item"), node);
            graph.is_a(node, ligt("Word"));
            graph.texts(node, rdfs("label"), &word.form);
            if let Some(next) = nodes.get(place + 1) {
                graph.link(node, ligt("next"), next);
                graph.link(node, ligt("nextWord"), next);
            }
            if let (Some(start), Some(end)) = (word.start, word.end) {
                self.time(session, word.id.record(), Span::new(start, end), node, graph);
            }
            if word.kind == WordKind::Punctuation {
                graph.link(node, lexinfo_name("partOfSpeech"), &lexinfo_name("punctuation"));
            }
            let own_morphs = self.index.morphs_of_word.get(&word.id).into_iter().flatten().copied();
            if word.status == WordStatus::Suggested {
                let why = "nobody has agreed to them yet";
                graph.report.left_out("morphs of suggested analyses", own_morphs.count(), why);
                continue;
            }
            graph.texts(node, ligt("gloss"), &word.gloss);
            for (tag, written) in word.category.iter() {
                category(node, written, tag, graph);
            }
            morphs.extend(own_morphs.map(|m| (m, node.clone())));
        }
        graph.report.kept("words", words.len());
        self.morphs(session, annotation, &morphs, node, graph);
    }

    fn morphs(
        &self,
        session: &Session,
        utterance: &Annotation,
        morphs: &[(&Morph, Node)],
        of: &Node,
        graph: &mut Graph,
    ) {
        if morphs.is_empty() {
            return;
        }
        let tier = graph.base.part(utterance.id.record(), "morphs");
        graph.link(of, ligt("hasMorphs"), &tier);
        graph.is_a(&tier, ligt("MorphTier"));
        for (place, (morph, word)) in morphs.iter().enumerate() {
            let node = graph.base.record(morph.id.record());
            graph.link(&tier, ligt("item"), &node);
            graph.link(&node, dct("isPartOf"), word);
            if let Some((next, _)) = morphs.get(place + 1) {
                let next = graph.base.record(next.id.record());
                graph.link(&node, ligt("next"), &next);
                graph.link(&node, ligt("nextMorph"), &next);
            }
            self.morph(session, morph, &node, graph);
        }
        graph.report.kept("morphs", morphs.len());
    }

    fn morph(&self, session: &Session, morph: &Morph, node: &Node, graph: &mut Graph) {
        graph.is_a(node, ligt("Morph"));
        match morph.kind {
            MorphKind::Prefix | MorphKind::PrefixingInterfix => graph.is_a(node, ligt("Prefix")),
            MorphKind::Suffix | MorphKind::SuffixingInterfix => graph.is_a(node, ligt("Suffix")),
            MorphKind::Enclitic => graph.is_a(node, ligt("Enclitic")),
            MorphKind::Infix | MorphKind::InfixingInterfix => {
                graph.link(node, lexinfo_name("termElement"), &lexinfo_name("infix"));
            }
            kind if kind.is_stem() => graph.is_a(node, ligt("Stem")),
            kind => {
                let property = graph.own("morphKind", "kind of morph, by FLEx's name", None);
                graph.value(node, property, kind.name());
                graph.report.mapped(format!("morphs of kind '{}'", kind.name()), 1, "Ligt has no class for it");
            }
        }
        graph.texts(node, rdfs("label"), &morph.form);
        graph.texts(node, ligt("gloss"), &morph.gloss);
        let mut grammar: Vec<_> = morph.gloss.iter().flat_map(|(_, gloss)| lexinfo::grammatical(gloss)).collect();
        grammar.sort_unstable();
        grammar.dedup();
        graph.report.mapped("grammatical glosses", grammar.len(), "also written as LexInfo values");
        for (property, value) in grammar {
            graph.link(node, lexinfo_name(property), &lexinfo_name(value));
        }
        for (tag, written) in morph.category.iter() {
            category(node, written, tag, graph);
        }
        let entry = morph.lexeme.and_then(|id| self.lexicon.entry(graph, id));
        match (&entry, morph.lexeme) {
            (Some(entry), Some(id)) => {
                graph.link(node, ligt("metadataRef"), entry);
                let sense = morph.sense.and_then(|sense| self.lexicon.sense(graph, sense));
                if let Some(sense) = &sense {
                    graph.link(node, ligt("metadataRef"), sense);
                }
                self.lexicon.attest(graph, id, sense.as_ref(), morph, session);
            }
            (None, Some(_)) => graph.report.left_out("links of morphs", 1, "their entry is not in what was exported"),
            (None, None) | (Some(_), None) => {
                if !morph.citation.is_empty() {
                    let property = graph.own("citationForm", "citation form as written in the source", None);
                    graph.texts(node, property, &morph.citation);
                }
            }
        }
    }
}

/// The words of an utterance as one line in each of their writing systems; no space before punctuation.
fn line_of(words: &[&Word]) -> BTreeMap<String, String> {
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    for word in words {
        for (tag, form) in word.form.iter() {
            let line = lines.entry(tag.to_owned()).or_default();
            if !line.is_empty() && word.kind == WordKind::Word {
                line.push(' ');
            }
            line.push_str(form);
        }
    }
    lines
}

/// Which language a text or lexicon is in: ISO 639-3 and Glottolog.
pub(super) fn describe_language(node: &Node, language: &Language, graph: &mut Graph) {
    for same in [lexvo(&language.iso639_3), glottolog(&language.glottocode)].into_iter().flatten() {
        graph.link(node, dct("language"), &same);
    }
}

/// A language by its ISO 639-3 code, when it is one.
pub(super) fn lexvo(code: &str) -> Option<Node> {
    let fits = code.len() == 3 && code.bytes().all(|b| b.is_ascii_lowercase());
    fits.then(|| Node::new(format!("http://lexvo.org/id/iso639-3/{code}")))
}

/// A language by its glottocode, when it is one.
pub(super) fn glottolog(code: &str) -> Option<Node> {
    let fits = code.len() == 8 && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    fits.then(|| Node::new(format!("https://glottolog.org/resource/languoid/id/{code}")))
}

/// How often each entry occurs in each text.
pub(super) type Frequencies = HashMap<(crate::domain::LexemeId, crate::domain::SessionId), usize>;
