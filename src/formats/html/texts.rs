//! Texts word by word.

use std::collections::{HashMap, HashSet};

use super::words::{Languages, escape, gloss};
use crate::domain::bundle::BundleIndex;
use crate::domain::{Bundle, LexemeId, LossReport, Morph, MultiText, PersonId, Session, TierRole, Word, WordKind};
use crate::formats::interlinear::Spoken;

/// What texts are set with.
pub(super) struct Setter<'a> {
    pub languages: &'a Languages,
    pub index: &'a BundleIndex<'a>,
    /// Entries that are on the page.
    pub entries: HashSet<LexemeId>,
    people: HashMap<PersonId, &'a str>,
}

impl<'a> Setter<'a> {
    pub fn new(bundle: &'a Bundle, index: &'a BundleIndex<'a>, languages: &'a Languages) -> Self {
        let shown = |p: &'a crate::domain::Person| if p.name.is_empty() { p.code.as_str() } else { p.name.as_str() };
        Self {
            languages,
            index,
            entries: bundle.lexemes.iter().map(|l| l.id).collect(),
            people: bundle.people.iter().map(|p| (p.id, shown(p))).collect(),
        }
    }

    /// A text with its heading.
    pub fn text(&self, session: &Session, sentences: &[Spoken], report: &mut LossReport) -> String {
        let mut out =
            format!("<section class=\"text\" id=\"t-{0}\" aria-labelledby=\"h-{0}\">\n<header>\n", session.id);
        let titles: Vec<(&str, &str)> = session.title.iter().collect();
        let main = self.languages.best(&session.title, true);
        let heading = main
            .map_or_else(|| escape(&session.name), |(tag, text)| self.languages.said("span", "", tag, &escape(text)));
        out.push_str(&format!("<h2 id=\"h-{}\">{heading}</h2>\n", session.id));
        for (tag, text) in titles.iter().filter(|title| Some(**title) != main) {
            out.push_str(&self.languages.said("p", "subtitle", tag, &escape(text)));
        }
        let mut facts: Vec<String> = Vec::new();
        let names: Vec<String> =
            session.participants.iter().filter_map(|p| self.people.get(&p.person)).map(|n| escape(n)).collect();
        facts.extend([names.join(", "), escape(&session.date), escape(&session.place), escape(&session.genre)]);
        facts.retain(|fact| !fact.is_empty());
        if !facts.is_empty() {
            out.push_str(&format!("<p class=\"facts\">{}</p>\n", facts.join(" · ")));
        }
        out.push_str(&self.languages.element("p", "about", &session.description, false));
        out.push_str("</header>\n<ol class=\"examples\">\n");
        let spoken = sentences.iter().filter(|s| !s.sentence.text.trim().is_empty() || !s.words.is_empty());
        let mut last = String::new();
        for spoken in spoken {
            out.push_str(&self.example(spoken, &mut last));
            report.kept("sentences", 1);
            report.kept("words", spoken.words.len());
            report.kept("translations and notes", spoken.sentence.under.len());
        }
        out.push_str("</ol>\n</section>\n");
        out
    }

    fn example(&self, spoken: &Spoken, last: &mut String) -> String {
        let sentence = &spoken.sentence;
        let mut out = format!("<li class=\"example\" id=\"s-{}\">\n", spoken.annotation.id);
        let mut head = String::new();
        if !sentence.speaker.is_empty() {
            // Named again only when somebody else speaks; a screen reader hears it each time.
            let class = if *last == sentence.speaker { "speaker same" } else { "speaker" };
            head.push_str(&format!("<span class=\"{class}\">{}</span> ", escape(&sentence.speaker)));
            last.clone_from(&sentence.speaker);
        }
        if let Some(span) = sentence.span {
            head.push_str(&format!("<span class=\"time\">{}–{}</span>", span.start, span.end));
        }
        if !head.is_empty() {
            out.push_str(&format!("<p class=\"head\">{head}</p>\n"));
        }
        let tag = self.tag_of(spoken);
        out.push_str(&self.languages.said("p", "line", &tag, &escape(&sentence.text)));
        out.push('\n');
        if spoken.words.iter().any(|word| self.is_glossed(word)) {
            let dir = self.languages.attributes(&tag);
            let dir = if dir.contains("rtl") { " dir=\"rtl\"" } else { "" };
            out.push_str(&format!("<ul class=\"words\" role=\"list\" aria-label=\"Words\"{dir}>\n"));
            let mut words = spoken.words.iter().peekable();
            while let Some(word) = words.next() {
                // Marks that follow a word stand with it.
                let mut marks = String::new();
                while let Some(mark) = words.next_if(|next| next.kind == WordKind::Punctuation) {
                    marks.push_str(mark.form.best([tag.as_str()]).unwrap_or_default());
                }
                out.push_str(&self.word(word, &tag, &marks));
            }
            out.push_str("</ul>\n");
        }
        for under in &sentence.under {
            let text = escape(&under.text);
            let (class, text) = match under.role {
                TierRole::Translation => ("free", format!("‘{text}’")),
                TierRole::LiteralTranslation => ("literal", format!("lit. ‘{text}’")),
                _ => ("note", text),
            };
            out.push_str(&self.languages.said("p", class, &under.language, &text));
            out.push('\n');
        }
        out.push_str("</li>\n");
        out
    }

    /// The language of a sentence's text: that in which its words are written.
    fn tag_of(&self, spoken: &Spoken) -> String {
        let tier = self.index.tiers_of_session.values().flatten().find(|t| t.id == spoken.annotation.tier);
        let said = tier.map(|t| t.language.clone()).filter(|tag| !tag.is_empty());
        said.or_else(|| spoken.words.first().and_then(|w| w.form.iter().next()).map(|(tag, _)| tag.to_owned()))
            .or_else(|| self.languages.object.first().cloned())
            .unwrap_or_default()
    }

    fn morphs(&self, word: &Word) -> &[&'a Morph] {
        self.index.morphs_of_word.get(&word.id).map_or(&[], Vec::as_slice)
    }

    fn is_glossed(&self, word: &Word) -> bool {
        !word.gloss.is_empty() || self.morphs(word).iter().any(|m| !m.form.is_empty() || !m.gloss.is_empty())
    }

    fn word(&self, word: &Word, tag: &str, marks: &str) -> String {
        let form = word.form.best([tag]).unwrap_or_default();
        let mut out = "<li class=\"w\">".to_owned();
        out.push_str(&self.languages.said("span", "form", tag, &format!("{}{}", escape(form), escape(marks))));
        let morphs = self.morphs(word);
        if morphs.is_empty() {
            if let Some((tag, text)) = self.languages.best(&word.gloss, false) {
                let cell = self.languages.said("span", "gl", tag, &gloss(text));
                out.push_str(&format!(
                    "<span class=\"morphs\"><span class=\"m\"><span class=\"mf\"></span>{cell}</span></span>"
                ));
            }
        } else {
            out.push_str("<span class=\"morphs\">");
            for morph in morphs {
                out.push_str(&self.morph(morph, tag));
            }
            out.push_str("</span>");
        }
        out.push_str("</li>\n");
        out
    }

    fn morph(&self, morph: &Morph, tag: &str) -> String {
        let marked = marked(morph.form.best([tag]).unwrap_or_default(), morph);
        let form = match morph.lexeme.filter(|id| self.entries.contains(id)) {
            Some(entry) => format!("<a href=\"#e-{entry}\">{}</a>", escape(&marked)),
            None => escape(&marked),
        };
        let form = self.languages.said("span", "mf", tag, &form);
        let said = self.languages.best(&morph.gloss, false);
        let gloss = said.map_or_else(
            || "<span class=\"gl\"></span>".to_owned(),
            |(tag, text)| self.languages.said("span", "gl", tag, &gloss(text)),
        );
        format!("<span class=\"m\">{form}{gloss}</span>")
    }
}

/// A morph's form with the marks of its kind, where it is written without.
fn marked(form: &str, morph: &Morph) -> String {
    let (before, after) = morph.kind.marks();
    let before = if form.starts_with(['-', '=']) { "" } else { before };
    let after = if form.ends_with(['-', '=']) { "" } else { after };
    format!("{before}{form}{after}")
}

/// Sentences without their words, for the list of contents: how many there are.
pub(super) fn size(sentences: &[Spoken]) -> String {
    match sentences.len() {
        1 => "1 sentence".to_owned(),
        n => format!("{n} sentences"),
    }
}

/// The title to list a text by.
pub(super) fn title(session: &Session, languages: &Languages) -> String {
    let named = MultiText::of("", session.name.as_str());
    let text = if session.title.is_empty() { &named } else { &session.title };
    languages.element("span", "", text, true)
}

/// What of the annotations has no place on the page.
pub(super) fn left_out(bundle: &Bundle, report: &mut LossReport) {
    let tiers: HashMap<_, _> = bundle.tiers.iter().map(|t| (t.id, t.role)).collect();
    let other = bundle.annotations.iter().filter(|a| {
        !matches!(
            tiers.get(&a.tier),
            Some(TierRole::Transcription | TierRole::Translation | TierRole::LiteralTranslation | TierRole::Note)
        )
    });
    let why = "the page holds texts and the dictionary";
    report.left_out("annotations of other tiers", other.count(), why);
    report.left_out("recordings", bundle.media.len(), "the page is one file; put them beside it if they may be heard");
    report.left_out("tracks", bundle.tracks.len(), why);
    report.left_out("proposed tags", bundle.tags.len(), why);
    report.left_out("reviews of tags", bundle.reviews.len(), why);
    let pos = bundle.words.iter().filter(|w| !w.category.is_empty()).count();
    report.left_out("parts of speech of words", pos, "the dictionary says them");
}
