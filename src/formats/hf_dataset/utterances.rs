//! The interlinear rows: one utterance each.

use std::collections::{HashMap, HashSet};

use crate::domain::bundle::BundleIndex;
use crate::domain::{
    Access, Annotation, AnnotationId, Bundle, LanguageRole, LossReport, Media, Morph, MorphKind, MultiText, PersonId,
    Session, SessionId, Span, StreamKind, Tier, TierId, TierRole, Word, WordKind, WordStatus,
};
use crate::formats::parquet::table::{Rows, Table, with_language, word_for};

/// One utterance, ready for its row.
pub(super) struct Utterance<'a> {
    pub(super) session: &'a Session,
    annotation: &'a Annotation,
    speaker: Option<String>,
    language: String,
    text: String,
    words: Vec<Analysed>,
    pub(super) translations: MultiText,
    audio: Option<&'a Media>,
}

/// One word with its parts.
struct Analysed {
    form: String,
    gloss: String,
    category: String,
    morphs: Vec<Part>,
}

struct Part {
    form: String,
    gloss: String,
    category: String,
    kind: MorphKind,
}

/// The tags of the project's languages of a role, in order; with those of their writing systems.
pub(super) fn tags(bundle: &Bundle, role: LanguageRole) -> Vec<String> {
    let mut languages: Vec<_> = bundle.languages.iter().filter(|l| l.role == role).collect();
    languages.sort_by_key(|l| (l.position, l.id));
    let mut tags = Vec::new();
    for language in languages {
        tags.push(language.tag.clone());
        tags.extend(language.writing_systems.iter().map(|w| w.tag.clone()));
    }
    tags
}

struct Reader<'a> {
    index: BundleIndex<'a>,
    tiers: HashMap<TierId, &'a Tier>,
    codes: HashMap<PersonId, &'a str>,
    media: HashMap<SessionId, Vec<&'a Media>>,
    object: Vec<String>,
    analysis: Vec<String>,
    /// Language of the tier being read: it goes before the project's.
    here: String,
    suggested: usize,
}

/// Every utterance of the bundle, in order of session, tier and time.
pub(super) fn of<'a>(bundle: &'a Bundle, report: &mut LossReport) -> Vec<Utterance<'a>> {
    let mut media: HashMap<_, Vec<_>> = HashMap::new();
    for file in &bundle.media {
        media.entry(file.session).or_default().push(file);
    }
    let is_film = |m: &Media| m.streams.iter().any(|s| s.kind == StreamKind::Video) || m.mime.starts_with("video/");
    // A sound recording before a film of the same event.
    media.values_mut().for_each(|files| files.sort_by_key(|m| (is_film(m), m.position, m.id)));
    let mut reader = Reader {
        index: bundle.index(),
        tiers: bundle.tiers.iter().map(|t| (t.id, t)).collect(),
        codes: bundle.people.iter().map(|p| (p.id, p.code.as_str())).collect(),
        media,
        object: tags(bundle, LanguageRole::Object),
        analysis: tags(bundle, LanguageRole::Analysis),
        here: String::new(),
        suggested: 0,
    };
    let with_words: HashSet<AnnotationId> = bundle.words.iter().map(|w| w.annotation).collect();
    let mut sessions: Vec<_> = bundle.sessions.iter().collect();
    sessions.sort_by_key(|s| (s.position, s.id));
    let mut utterances = Vec::new();
    for session in sessions {
        for tier in reader.index.tiers_of_session.get(&session.id).cloned().unwrap_or_default() {
            let here = reader.index.annotations_of_tier.get(&tier.id).cloned().unwrap_or_default();
            reader.here.clone_from(&tier.language);
            let spoken =
                here.into_iter().filter(|a| tier.role == TierRole::Transcription || with_words.contains(&a.id));
            for annotation in spoken {
                let utterance = reader.utterance(session, tier, annotation);
                if utterance.text.trim().is_empty() && utterance.words.is_empty() {
                    report.left_out("annotations", 1, "transcription without any text");
                } else {
                    utterances.push(utterance);
                }
            }
        }
    }
    let why = "the program's suggestion, nobody has agreed; the word is written, its parts are not";
    report.left_out("analyses of words", reader.suggested, why);
    utterances
}

impl<'a> Reader<'a> {
    fn utterance(&mut self, session: &'a Session, tier: &'a Tier, annotation: &'a Annotation) -> Utterance<'a> {
        let words = self.index.words_of_annotation.get(&annotation.id).cloned().unwrap_or_default();
        let text = if annotation.value.trim().is_empty() { self.line(&words) } else { annotation.value.clone() };
        let spoken = words.into_iter().filter(|w| w.kind == WordKind::Word);
        let words = spoken.map(|word| self.word(word)).collect();
        let object = self.object.first().cloned().unwrap_or_else(|| "und".to_owned());
        Utterance {
            session,
            annotation,
            speaker: self.speaker(tier),
            language: if tier.language.is_empty() { object } else { tier.language.clone() },
            text,
            words,
            translations: self.translations(annotation.id),
            audio: self.audio(session, annotation.span()),
        }
    }

    fn object<'t>(&'t self, texts: &'t MultiText) -> &'t str {
        texts.best(std::iter::once(&self.here).chain(&self.object).map(String::as_str)).unwrap_or_default()
    }
    fn analysis(&self, texts: &MultiText) -> String {
        texts.best(self.analysis.iter().map(String::as_str)).unwrap_or_default().to_owned()
    }

    fn line(&self, words: &[&Word]) -> String {
        let mut line = String::new();
        for word in words {
            if !line.is_empty() && word.kind == WordKind::Word {
                line.push(' ');
            }
            line.push_str(self.object(&word.form));
        }
        line
    }

    fn word(&mut self, word: &Word) -> Analysed {
        let morphs = self.index.morphs_of_word.get(&word.id).cloned().unwrap_or_default();
        let agreed = word.status != WordStatus::Suggested;
        self.suggested += usize::from(!agreed && !morphs.is_empty());
        let agreed_text = |text: String| if agreed { text } else { String::new() };
        Analysed {
            form: self.object(&word.form).to_owned(),
            gloss: agreed_text(self.analysis(&word.gloss)),
            category: agreed_text(self.analysis(&word.category)),
            morphs: if agreed { morphs.into_iter().map(|m| self.part(m)).collect() } else { Vec::new() },
        }
    }

    fn part(&self, morph: &Morph) -> Part {
        let written = self.object(&morph.form);
        let bare = written.trim_matches(['-', '=']);
        Part {
            form: if bare.is_empty() { written.to_owned() } else { bare.to_owned() },
            gloss: self.analysis(&morph.gloss),
            category: self.analysis(&morph.category),
            kind: morph.kind,
        }
    }

    fn translations(&self, utterance: AnnotationId) -> MultiText {
        let mut translations = MultiText::default();
        let children = self.index.children_of_annotation.get(&utterance).into_iter().flatten();
        for child in children.filter(|a| !a.value.trim().is_empty()) {
            let Some(tier) = self.tiers.get(&child.tier).filter(|t| t.role == TierRole::Translation) else { continue };
            let fallback = self.analysis.first().map_or("und", String::as_str);
            let tag = if tier.language.is_empty() { fallback } else { &tier.language };
            if translations.get(tag).is_none() {
                translations.set(tag, child.value.clone());
            }
        }
        translations
    }

    /// The code of the participant of the tier, or of the nearest tier above.
    fn speaker(&self, tier: &Tier) -> Option<String> {
        let mut at = Some(tier);
        for _ in 0..=self.tiers.len() {
            let tier = at?;
            if let Some(code) = tier.participant.and_then(|p| self.codes.get(&p)) {
                return Some((*code).to_owned());
            }
            at = tier.parent.and_then(|parent| self.tiers.get(&parent).copied());
        }
        None
    }

    /// The first recording that runs at that time, of a session that anyone may see.
    fn audio(&self, session: &Session, span: Option<Span>) -> Option<&'a Media> {
        let span = span.filter(|_| session.access == Access::Open)?;
        let runs_then = |m: &&&Media| {
            let end = m.duration.map(|d| m.offset + d);
            m.offset <= span.start && end.is_none_or(|end| span.start < end)
        };
        let sounds = |m: &&&Media| m.streams.is_empty() || m.streams.iter().any(|s| s.kind == StreamKind::Audio);
        self.media.get(&session.id)?.iter().filter(sounds).find(runs_then).copied()
    }
}

impl Analysed {
    /// The word cut into morphs: `nak-im=lo`.
    fn segmented(&self) -> String {
        self.joined(|part| &part.form).unwrap_or_else(|| self.form.clone())
    }
    /// Its glosses the same way: `dog-PL=LOC`, `?` where there is none.
    fn glossed(&self) -> String {
        let known = |gloss: &str| if gloss.is_empty() { "?".to_owned() } else { gloss.to_owned() };
        self.joined(|part| &part.gloss).unwrap_or_else(|| known(&self.gloss))
    }
    fn joined(&self, of: impl Fn(&Part) -> &str) -> Option<String> {
        let mut line = String::new();
        let mut before: Option<&Part> = None;
        for part in &self.morphs {
            if let Some(before) = before {
                let clitic = before.kind == MorphKind::Proclitic || part.kind == MorphKind::Enclitic;
                line.push(if clitic { '=' } else { '-' });
            }
            line.push_str(if of(part).is_empty() { "?" } else { of(part) });
            before = Some(part);
        }
        before.map(|_| line)
    }
    fn has_gloss(&self) -> bool {
        !self.gloss.is_empty() || self.morphs.iter().any(|m| !m.gloss.is_empty())
    }
}

impl Utterance<'_> {
    pub(super) fn has_gloss(&self) -> bool {
        self.words.iter().any(Analysed::has_gloss)
    }
    pub(super) fn has_audio(&self) -> bool {
        self.audio.is_some()
    }
    pub(super) fn id(&self) -> AnnotationId {
        self.annotation.id
    }
    fn line(&self, wanted: bool, of: impl Fn(&Analysed) -> String) -> Option<String> {
        wanted.then(|| self.words.iter().map(of).collect::<Vec<_>>().join(" "))
    }
    fn parts(&self, of: impl Fn(&Part) -> &String) -> Vec<Vec<String>> {
        self.words.iter().map(|w| w.morphs.iter().map(|m| of(m).clone()).collect()).collect()
    }
}

/// The rows as a table. `languages` are those that any utterance of the dataset is translated into, the main one
/// first: every split has the same columns.
pub(super) fn table(utterances: &[Utterance], languages: &[String]) -> Table {
    let mut rows = Rows::new("interlinear", "One utterance a row.", utterances)
        .text("id", "id of the utterance", |u| u.id().to_string())
        .text("session_id", "id of the session; the splits are cut by it", |u| u.session.id.to_string())
        .text("session", "name of the session", |u| u.session.name.clone())
        .maybe("genre", "genre of the session", |u| Some(u.session.genre.clone()))
        .text("access", "who may see the session: open, registered or team", |u| word_for(u.session.access))
        .maybe("speaker", "code of the speaker; a pseudonym unless they agreed to be named", |u| u.speaker.clone())
        .text("language", "BCP 47 tag of the text", |u| u.language.clone())
        .number("start", "start on the session's timeline, in seconds", |u| u.annotation.start.map(|t| t.secs()))
        .number("end", "end on the session's timeline, in seconds", |u| u.annotation.end.map(|t| t.secs()))
        .text("text", "the utterance as transcribed", |u| u.text.clone())
        .maybe("segmentation", "the utterance cut into morphs, after the Leipzig rules", |u| {
            u.line(u.words.iter().any(|w| !w.morphs.is_empty()), Analysed::segmented)
        })
        .maybe("gloss", "a gloss for each morph of `segmentation`; `?` where there is none", |u| {
            u.line(u.has_gloss(), Analysed::glossed)
        })
        .list("words", "the words, without punctuation", |u| u.words.iter().map(|w| w.form.clone()).collect())
        .list("word_glosses", "glosses of whole words; empty text where there is none", |u| {
            u.words.iter().map(|w| w.gloss.clone()).collect()
        })
        .list("word_categories", "parts of speech of whole words; empty text where there is none", |u| {
            u.words.iter().map(|w| w.category.clone()).collect()
        })
        .lists("morphs", "the morphs of each word; no morphs where the word is not analysed", |u| u.parts(|m| &m.form))
        .lists("morph_glosses", "a gloss for each of `morphs`", |u| u.parts(|m| &m.gloss))
        .lists("morph_categories", "a grammatical category for each of `morphs`", |u| u.parts(|m| &m.category));
    let main = languages.first().cloned().unwrap_or_default();
    let says = if main.is_empty() { "free translation".to_owned() } else { format!("free translation, in `{main}`") };
    rows = rows.maybe("translation", &says, |u| u.translations.get(&main).map(str::to_owned));
    for language in languages.iter().skip(1) {
        let says = format!("free translation, in `{language}`");
        rows = rows
            .maybe(&with_language("translation", language), &says, |u| u.translations.get(language).map(str::to_owned));
    }
    rows.maybe("audio", "path of the recording; only of sessions whose access is open", |u| {
        u.audio.map(|m| m.path.clone())
    })
    .number("audio_offset", "where that recording starts on the session's timeline, in seconds", |u| {
        u.audio.map(|m| m.offset.secs())
    })
    .table()
}
