//! The selected word: what it may be, how sure that is, the entry behind it.

use super::InterlinearPlace;
use super::load::{category_of, form_of, is_bare, morph_cells, standing};
use crate::app::core::Core;
use crate::app::edit;
use crate::app::i18n::{tr, tr_args};
pub(crate) use crate::app::suggesting::headword;
use crate::app::suggesting::{Offer, Why, ranked};
use crate::domain::{ExternalLink, Lexeme, LexemeId, Morph, MorphId, MultiText, Sense, Word, WordId, WordKind};
use crate::store::StoreError;
use crate::store::query::{Analysis, FullSense};
use crate::ui::interlinear::{AnalysisCard, Completion, EntryCard, MorphCell, Standing, WordPanel, shown};

/// How many analyses are offered.
const OFFERS: usize = 6;
/// How many earlier glosses of a morph are offered.
const GLOSSES: usize = 12;

impl InterlinearPlace {
    /// What is offered for the selected word: analyses people approved for the form, then entries that are the whole
    /// word.
    pub(super) fn load_offers(&mut self, core: &mut Core) {
        self.offers.clear();
        let Some(word) = selected_word(core).filter(|word| word.kind == WordKind::Word) else { return };
        let form = form_of(&word).to_owned();
        let mut offers: Vec<Offer> = self.analyses_of(core, &form).iter().cloned().map(Offer::approved).collect();
        offers.extend(self.suggested(&word).iter().cloned());
        let found = core.store.read().lexemes_by_form(&form);
        for (lexeme, senses) in core.ask(found).unwrap_or_default() {
            for sense in senses.iter().filter(|sense| lexeme.kind.is_stem() && !sense.gloss.is_empty()) {
                let analysis = from_lexicon(&word, &lexeme, sense, core.analysis_language());
                offers.push(Offer {
                    analysis,
                    confidence: None,
                    why: Why::Entries { entries: vec![headword(&lexeme)] },
                });
            }
        }
        let mut offers = ranked(offers);
        offers.truncate(OFFERS);
        // A category that was proposed for the word goes with what says none.
        for offer in &mut offers {
            if offer.why != Why::Approved && offer.analysis.category.is_empty() {
                offer.analysis.category = word.category.clone();
            }
        }
        self.offers = offers;
    }

    /// The panel at the side.
    pub(super) fn load_panel(&mut self, core: &mut Core) {
        let panel = selected_word(core).filter(|word| word.kind == WordKind::Word);
        self.model.word = panel.and_then(|word| {
            let panel = self.panel(core, &word);
            core.ask(panel)
        });
    }

    /// The offer that stands in the line for a word without morphs of its own.
    pub(super) fn offer(&self) -> Option<&Offer> {
        self.offers.get(self.chosen.unwrap_or(0))
    }

    fn panel(&mut self, core: &Core, word: &Word) -> Result<WordPanel, StoreError> {
        let read = core.store.read();
        let language = core.analysis_language();
        let own = read.morphs_of(word.id)?;
        let mut standing = standing(word, &own);
        let bare = is_bare(word, &own);
        let chosen = if bare {
            self.chosen.or(Some(0)).filter(|index| *index < self.offers.len())
        } else {
            let same = |Offer { analysis: offer, .. }: &Offer| {
                offer.morphs.len() == own.len()
                    && offer.morphs.iter().zip(&own).all(|(a, b)| (&a.form, &a.gloss) == (&b.form, &b.gloss))
            };
            self.chosen.filter(|index| *index < self.offers.len()).or_else(|| self.offers.iter().position(same))
        };
        let offer = chosen.and_then(|index| self.offers.get(index));
        if standing == Standing::Unknown && offer.is_some_and(Offer::stands) {
            standing = Standing::Suggested;
        }
        let seen_before: usize = self.offers.iter().map(|offer| offer.analysis.times).sum();
        let seen = |offer: &Offer| {
            let times = offer.analysis.times;
            (times > 0).then(|| times as f32 / (seen_before + 1) as f32)
        };
        let confidence = offer
            .filter(|_| standing == Standing::Suggested)
            .and_then(|offer| offer.confidence.or_else(|| seen(offer)));
        let offer = offer.map(|offer| &offer.analysis);
        let morphs: &[Morph] = match offer.filter(|_| bare) {
            Some(offer) => &offer.morphs,
            None => &own,
        };
        let (gloss, category) = match offer.filter(|_| bare) {
            Some(offer) => (&offer.gloss, &offer.category),
            None => (&word.gloss, &word.category),
        };
        let analyses = self.offers.iter().map(|offer| card(core, offer)).collect::<Result<_, _>>()?;
        let lexeme = morphs
            .iter()
            .find(|m| m.kind.is_stem() && m.lexeme.is_some())
            .or_else(|| morphs.iter().find(|m| m.lexeme.is_some()))
            .and_then(|m| m.lexeme);
        let mut cells = morph_cells(morphs, language);
        if cells.is_empty() {
            cells.push(MorphCell { form: form_of(word).to_lowercase(), gloss: String::new() });
        }
        let editing = self.selected.3;
        let completions = if editing { completions(core, word, morphs, &cells)? } else { Vec::new() };
        Ok(WordPanel {
            id: word.id,
            form: form_of(word).to_owned(),
            standing,
            confidence,
            analyses,
            chosen,
            open: edit::glosses::open_words(&core.store, form_of(word))?,
            entry: lexeme.map(|id| entry_card(core, id)).transpose()?,
            morphs: cells,
            gloss: shown(gloss, language),
            category: category_of(category, morphs, language),
            completions,
            categories: if editing { read.categories(60)? } else { Vec::new() },
        })
    }
}

/// The selected word, when it is there.
pub(super) fn selected_word(core: &mut Core) -> Option<Word> {
    let found = core.store.read().get::<Word>(core.selection.word?);
    core.ask(found).flatten()
}

fn from_lexicon(word: &Word, lexeme: &Lexeme, sense: &Sense, language: &str) -> Analysis {
    let category = if sense.category.is_empty() { &lexeme.category } else { &sense.category };
    let category = MultiText::of(language, category.as_str());
    let lower = |(tag, form): (&str, &str)| (tag.to_owned(), form.to_lowercase());
    Analysis {
        gloss: sense.gloss.clone(),
        category: category.clone(),
        morphs: vec![Morph {
            id: MorphId::new(),
            word: word.id,
            position: 0,
            kind: lexeme.kind,
            form: word.form.iter().map(lower).collect(),
            citation: MultiText::default(),
            gloss: sense.gloss.clone(),
            category,
            homograph: if lexeme.homograph > 0 { lexeme.homograph.to_string() } else { String::new() },
            lexeme: Some(lexeme.id),
            sense: Some(sense.id),
            residue: Default::default(),
        }],
        times: 0,
        texts: 0,
        seen_in: word.id,
    }
}

fn card(core: &Core, Offer { analysis: offer, confidence, why }: &Offer) -> Result<AnalysisCard, StoreError> {
    let language = core.analysis_language();
    let counts = [("times", offer.times.into()), ("texts", offer.texts.into())];
    let evidence = match why {
        Why::Approved => {
            let (seen, line) = (tr_args("interlinear-seen", &counts), line_of(core, offer.seen_in)?);
            if line.is_empty() { seen } else { format!("{seen} · “{line}”") }
        }
        Why::Word { times } => tr_args("interlinear-why-word", &[("times", (*times).into())]),
        Why::Morphs { rarest } => tr_args("interlinear-why-morphs", &[("times", (*rarest).into())]),
        Why::Alike { word } if word.is_empty() => tr("interlinear-why-alike-some"),
        Why::Alike { word } => tr_args("interlinear-why-alike", &[("word", word.clone().into())]),
        Why::Translation { word } if word.is_empty() => tr("interlinear-why-translation-some"),
        Why::Translation { word } => tr_args("interlinear-why-translation", &[("word", word.clone().into())]),
        Why::Entries { entries } if entries.is_empty() => tr("interlinear-from-lexicon"),
        Why::Entries { entries } => tr_args(
            "interlinear-why-entries",
            &[("count", entries.len().into()), ("entries", entries.join(" + ").into())],
        ),
        Why::Affixes => tr("interlinear-why-affixes"),
        Why::Guess => tr("interlinear-why-guess"),
    };
    Ok(AnalysisCard {
        morphs: morph_cells(&offer.morphs, language),
        gloss: shown(&offer.gloss, language),
        category: category_of(&offer.category, &offer.morphs, language),
        times: offer.times,
        texts: offer.texts,
        evidence,
        confidence: *confidence,
    })
}

fn line_of(core: &Core, word: WordId) -> Result<String, StoreError> {
    let read = core.store.read();
    let Some(word) = read.get::<Word>(word)? else { return Ok(String::new()) };
    let words = read.words_of(word.annotation)?;
    Ok(crate::app::places::lexicon::tidy(&words.iter().map(form_of).collect::<Vec<_>>().join(" ")))
}

/// What a link is called: its label, else the end of its address.
pub(crate) fn link_name(link: &ExternalLink) -> String {
    let scheme = crate::ui::lexicon::scheme_name(link.scheme);
    let tail = link.iri.trim_end_matches('/').rsplit(['/', '#']).next().unwrap_or(&link.iri);
    let name = if link.label.is_empty() { tail } else { &link.label };
    format!("{scheme} {name}")
}

fn entry_card(core: &Core, id: LexemeId) -> Result<EntryCard, StoreError> {
    let entry = core.store.read().entry(id)?;
    let language = core.analysis_language();
    let gloss = |sense: &FullSense| {
        let text = if sense.sense.gloss.is_empty() { &sense.sense.definition } else { &sense.sense.gloss };
        shown(text, language)
    };
    let example = entry.senses.iter().flat_map(|sense| &sense.examples).find(|example| !example.text.is_empty());
    let links = entry.senses.iter().flat_map(|sense| &sense.links);
    Ok(EntryCard {
        id,
        headword: headword(&entry.lexeme),
        category: crate::app::places::lexicon::category(&entry),
        senses: entry.senses.iter().map(gloss).filter(|text| !text.is_empty()).collect(),
        example: example.map(|e| (e.text.first().unwrap_or_default().to_owned(), shown(&e.translation, language))),
        links: links.map(|link| (link_name(link), !link.confirmed_by.is_empty())).collect(),
    })
}

/// For each morph the senses of entries of that form, then the glosses it has elsewhere.
fn completions(
    core: &Core,
    word: &Word,
    morphs: &[Morph],
    cells: &[MorphCell],
) -> Result<Vec<Vec<Completion>>, StoreError> {
    let read = core.store.read();
    let language = core.analysis_language();
    cells
        .iter()
        .enumerate()
        .map(|(index, cell)| {
            let mut found: Vec<Completion> = Vec::new();
            for (lexeme, senses) in read.lexemes_by_form(&cell.form)? {
                for sense in senses.iter().filter(|sense| !sense.gloss.is_empty()) {
                    let category = if sense.category.is_empty() { &lexeme.category } else { &sense.category };
                    found.push(Completion {
                        gloss: shown(&sense.gloss, language),
                        detail: format!("{} · {category}", headword(&lexeme)),
                        sense: Some(sense.id),
                    });
                }
            }
            // Entries that attach in the same way come first.
            let alike = format!("{} ·", cell.form);
            found.sort_by_key(|completion| !completion.detail.starts_with(&alike));
            let form = match morphs.get(index) {
                Some(morph) => morph.form.clone(),
                None => word.form.iter().map(|(tag, form)| (tag.to_owned(), form.to_lowercase())).collect(),
            };
            for gloss in read.glosses_of_morph(&form, GLOSSES)? {
                let gloss = shown(&gloss, language);
                if !found.iter().any(|known| known.gloss == gloss) {
                    found.push(Completion { gloss, detail: String::new(), sense: None });
                }
            }
            Ok(found)
        })
        .collect()
}
