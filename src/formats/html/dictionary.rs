//! The dictionary, set as one.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::words::{Languages, escape, gloss};
use crate::domain::bundle::BundleIndex;
use crate::domain::{Bundle, ExternalLink, FormKind, Lexeme, LexemeId, LossReport, RecordId, Relation, Sense, SenseId};

pub(super) struct Dictionary<'a> {
    bundle: &'a Bundle,
    index: &'a BundleIndex<'a>,
    languages: &'a Languages,
    lexemes: HashMap<LexemeId, &'a Lexeme>,
    relations: HashMap<RecordId, Vec<&'a Relation>>,
    links: HashMap<RecordId, Vec<&'a ExternalLink>>,
    of_sense: HashMap<SenseId, LexemeId>,
}

/// A key to sort by: letters without their marks first, marks after, capitals as small letters.
fn sort_key(headword: &str) -> (String, String) {
    let folded = headword.trim_matches(['-', '=', '*', ' ']).to_lowercase();
    let plain: String = folded.nfd().filter(|c| c.is_alphanumeric() || c.is_whitespace()).collect();
    (plain, folded)
}

impl<'a> Dictionary<'a> {
    pub fn new(bundle: &'a Bundle, index: &'a BundleIndex<'a>, languages: &'a Languages) -> Self {
        let mut relations: HashMap<RecordId, Vec<&Relation>> = HashMap::new();
        for relation in &bundle.relations {
            relations.entry(relation.source).or_default().push(relation);
        }
        relations.values_mut().for_each(|list| list.sort_by_key(|r| r.position));
        let mut links: HashMap<RecordId, Vec<&ExternalLink>> = HashMap::new();
        for link in &bundle.links {
            links.entry(link.record).or_default().push(link);
        }
        Self {
            bundle,
            index,
            languages,
            lexemes: bundle.lexemes.iter().map(|l| (l.id, l)).collect(),
            relations,
            links,
            of_sense: bundle.senses.iter().map(|s| (s.id, s.lexeme)).collect(),
        }
    }

    fn headword(&self, lexeme: &'a Lexeme) -> (&'a str, String) {
        let text = if lexeme.citation.is_empty() { &lexeme.form } else { &lexeme.citation };
        let (tag, form) = self.languages.best(text, true).unwrap_or(("und", "…"));
        let (before, after) = lexeme.kind.marks();
        let before = if form.starts_with(['-', '=']) { "" } else { before };
        let after = if form.ends_with(['-', '=']) { "" } else { after };
        (tag, format!("{before}{form}{after}"))
    }

    /// Every entry, under the letters they start with.
    pub fn set(&self, report: &mut LossReport) -> String {
        let mut entries: Vec<(&Lexeme, &str, String)> = self
            .bundle
            .lexemes
            .iter()
            .map(|lexeme| {
                let (tag, headword) = self.headword(lexeme);
                (lexeme, tag, headword)
            })
            .collect();
        entries.sort_by_cached_key(|(lexeme, _, headword)| (sort_key(headword), lexeme.homograph, lexeme.id));
        let mut letters: Vec<(String, Vec<String>)> = Vec::new();
        for (lexeme, tag, headword) in &entries {
            let letter = sort_key(headword).0.chars().find(|c| c.is_alphabetic()).map(|c| c.to_uppercase().to_string());
            let letter = letter.unwrap_or_else(|| "·".to_owned());
            let entry = self.entry(lexeme, tag, headword);
            match letters.last_mut() {
                Some((last, list)) if *last == letter => list.push(entry),
                _ => letters.push((letter, vec![entry])),
            }
        }
        let mut out = String::from(
            "<section class=\"dictionary\" id=\"dictionary\" aria-labelledby=\"h-dictionary\">\n<header>\n<h2 id=\"h-dictionary\">Dictionary</h2>\n",
        );
        out.push_str("<nav class=\"letters\" aria-label=\"Letters\">");
        for (n, (letter, _)) in letters.iter().enumerate() {
            out.push_str(&format!("<a href=\"#l-{n}\">{}</a> ", escape(letter)));
        }
        out.push_str("</nav>\n</header>\n");
        for (n, (letter, list)) in letters.iter().enumerate() {
            out.push_str(&format!(
                "<section class=\"letter\" aria-labelledby=\"l-{n}\"><h3 id=\"l-{n}\">{}</h3>\n<div class=\"entries\">\n{}</div></section>\n",
                escape(letter),
                list.concat()
            ));
        }
        out.push_str("</section>\n");
        self.count(report);
        out
    }

    fn count(&self, report: &mut LossReport) {
        report.kept("lexemes", self.bundle.lexemes.len());
        report.kept("senses", self.bundle.senses.len());
        report.kept("examples of the lexicon", self.bundle.examples.len());
        let notes = self.bundle.lexemes.iter().filter(|l| !l.notes.is_empty()).count()
            + self.bundle.senses.iter().filter(|s| !s.notes.is_empty()).count();
        report.left_out("notes on entries and senses", notes, "they are the project's own working notes");
        let fields = self.bundle.lexemes.iter().map(|l| l.fields.len()).sum::<usize>()
            + self.bundle.senses.iter().map(|s| s.fields.len()).sum::<usize>();
        report.left_out("custom fields", fields, "the page does not know how to set them");
    }

    fn entry(&self, lexeme: &Lexeme, tag: &str, headword: &str) -> String {
        let languages = self.languages;
        let mut out = format!("<article class=\"entry\" id=\"e-{}\"><p class=\"main\">", lexeme.id);
        let homograph = if lexeme.homograph > 0 { format!("<sub>{}</sub>", lexeme.homograph) } else { String::new() };
        out.push_str(&languages.said("dfn", "", tag, &format!("{}{homograph}", escape(headword))));
        let forms = self.index.forms_of_lexeme.get(&lexeme.id).map_or(&[][..], Vec::as_slice);
        for form in forms.iter().filter(|f| f.kind == FormKind::Pronunciation) {
            if let Some((tag, text)) = languages.best(&form.form, true) {
                out.push_str(&format!(
                    " {}",
                    languages.said("span", "ipa", tag, &format!("[{}]", escape(text.trim_matches(['[', ']']))))
                ));
            }
        }
        let senses = self.index.senses_of_lexeme.get(&lexeme.id).map_or(&[][..], Vec::as_slice);
        let own = senses.iter().map(|s| s.category.as_str()).find(|c| !c.is_empty()).unwrap_or_default();
        let category = if lexeme.category.is_empty() { own } else { lexeme.category.as_str() };
        if !category.is_empty() {
            out.push_str(&format!(" <span class=\"pos\">{}</span>", escape(category)));
        }
        if let [sense] = senses {
            out.push_str(&self.sense(sense, category));
            out.push_str("</p>");
            out.push_str(&self.below(sense, category, 0));
        } else {
            out.push_str("</p>");
            out.push_str(&self.senses(senses, category, 0));
        }
        let mut more = Vec::new();
        for (kind, name) in
            [(FormKind::Variant, "also"), (FormKind::Allomorph, "allomorphs"), (FormKind::Inflected, "forms")]
        {
            let of_kind = forms.iter().filter(|f| f.kind == kind).filter_map(|form| {
                let (tag, text) = languages.best(&form.form, true)?;
                let place = Some(form.environment.trim()).filter(|e| !e.is_empty());
                let place = place.map_or_else(String::new, |e| format!(" ({})", escape(e)));
                Some(format!("{}{place}", languages.said("i", "", tag, &escape(text))))
            });
            let list: Vec<String> = of_kind.collect();
            if !list.is_empty() {
                more.push(format!("<span class=\"what\">{name}</span> {}", list.join(", ")));
            }
        }
        more.extend(self.related(lexeme.id.record()));
        if let Some((tag, text)) = languages.best(&lexeme.etymology, false) {
            more.push(format!("<span class=\"what\">from</span> {}", languages.said("span", "", tag, &escape(text))));
        }
        if !more.is_empty() {
            out.push_str(&format!("<p class=\"more\">{}</p>", more.join(" · ")));
        }
        out.push_str("</article>\n");
        out
    }

    fn senses(&self, senses: &[&Sense], category: &str, depth: usize) -> String {
        if senses.is_empty() {
            return String::new();
        }
        let mut out = String::from("<ol class=\"senses\">");
        for sense in senses {
            out.push_str(&format!("<li>{}{}</li>", self.sense(sense, category), self.below(sense, category, depth)));
        }
        out + "</ol>"
    }

    /// What a sense means, on one line.
    fn sense(&self, sense: &Sense, category: &str) -> String {
        let mut out = String::new();
        if !sense.category.is_empty() && sense.category != category {
            out.push_str(&format!(" <span class=\"pos\">{}</span>", escape(&sense.category)));
        }
        let definition = self.languages.best(&sense.definition, false);
        match (definition, self.languages.best(&sense.gloss, false)) {
            (Some((tag, text)), _) => {
                out.push_str(&format!(" {}", self.languages.said("span", "def", tag, &escape(text))))
            }
            (None, Some((tag, text))) => {
                out.push_str(&format!(" {}", self.languages.said("span", "def", tag, &gloss(text))))
            }
            (None, None) => {}
        }
        // Other languages follow the first.
        let main = definition.or_else(|| self.languages.best(&sense.gloss, false)).map(|(tag, _)| tag);
        let texts = if definition.is_some() { &sense.definition } else { &sense.gloss };
        for (tag, text) in texts.iter().filter(|(tag, _)| Some(*tag) != main) {
            out.push_str(&format!("; {}", self.languages.said("span", "def", tag, &escape(text))));
        }
        if !sense.scientific_name.is_empty() {
            out.push_str(&format!(" <i lang=\"la\">{}</i>", escape(&sense.scientific_name)));
        }
        for link in self.links.get(&sense.id.record()).into_iter().flatten() {
            if link.iri.starts_with("https://") || link.iri.starts_with("http://") {
                let label = if link.label.is_empty() { &link.iri } else { &link.label };
                out.push_str(&format!(" <a class=\"out\" href=\"{}\">{}</a>", escape(&link.iri), escape(label)));
            }
        }
        out
    }

    /// Examples, related senses and senses within.
    fn below(&self, sense: &Sense, category: &str, depth: usize) -> String {
        let mut out = String::new();
        for example in self.index.examples_of_sense.get(&sense.id).into_iter().flatten() {
            let text = self.languages.element("span", "ex", &example.text, true);
            let translation = self.languages.best(&example.translation, false);
            let translation = translation.map_or_else(String::new, |(tag, t)| {
                self.languages.said("span", "tr", tag, &format!("‘{}’", escape(t)))
            });
            out.push_str(&format!("<p class=\"eg\">{text} {translation}</p>"));
        }
        let related = self.related(sense.id.record());
        if !related.is_empty() {
            out.push_str(&format!("<p class=\"more\">{}</p>", related.join(" · ")));
        }
        let within = self.index.subsenses.get(&sense.id).map_or(&[][..], Vec::as_slice);
        // Senses within senses have no end in sight only in a broken project.
        if depth < 8 {
            out.push_str(&self.senses(within, category, depth + 1));
        }
        out
    }

    fn related(&self, record: RecordId) -> Vec<String> {
        let mut shown: Vec<(String, Vec<String>)> = Vec::new();
        for relation in self.relations.get(&record).into_iter().flatten() {
            let target = relation.target.and_then(|id| {
                let lexeme = LexemeId(id);
                self.lexemes.get(&lexeme).or_else(|| self.lexemes.get(self.of_sense.get(&SenseId(id))?))
            });
            let name = escape(relation.kind.trim_start_matches('_').replace(['-', '_'], " ").trim());
            let to = match target {
                Some(lexeme) => {
                    let (tag, headword) = self.headword(lexeme);
                    let inside = format!("<a href=\"#e-{}\">{}</a>", lexeme.id, escape(&headword));
                    self.languages.said("span", "", tag, &inside)
                }
                None if relation.target_text.trim().is_empty() => continue,
                None => escape(&relation.target_text),
            };
            match shown.iter_mut().find(|(known, _)| *known == name) {
                Some((_, list)) => list.push(to),
                None => shown.push((name, vec![to])),
            }
        }
        let line =
            |(name, list): (String, Vec<String>)| format!("<span class=\"what\">{name}</span> {}", list.join(", "));
        shown.into_iter().map(line).collect()
    }
}
