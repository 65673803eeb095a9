//! Agreement between two reviewers: what is compared, and the clips behind the numbers.

use super::PeoplePlace;
use super::gather::Review;
use crate::analysis::agreement::kappa::Kappa;
use crate::analysis::agreement::linking::Pair;
use crate::analysis::agreement::reviewers::{self, Reviewers};
use crate::analysis::agreement::{Figure, Settings};
use crate::app::core::{Core, Message};
use crate::app::edit;
use crate::app::i18n::{tr, tr_args};
use crate::domain::{Span, Tag, TagId, TagStatus, Time};
use crate::ui::people::{AgreementModel, ClipRow, FigureRow, LabelLine};

/// Before and after a clip.
const AROUND: Time = Time::from_millis(300);
/// Random scenes on screen; the command line takes more.
const SCENES: u32 = 400;

/// The comparison on screen.
#[derive(Default)]
pub(super) struct Agreeing {
    /// The reviewers chosen.
    chosen: Option<[String; 2]>,
    found: Option<Reviewers>,
    cell: Option<(usize, usize)>,
    pair: Option<usize>,
}

impl Agreeing {
    /// Works it out anew.
    pub fn find(&mut self, review: &Review) {
        let tags = review.as_stored();
        let names = review.said().names();
        let known = self.chosen.as_ref().is_some_and(|pair| pair.iter().all(|name| names.contains(name)));
        if !known {
            self.chosen = match &names[..] {
                [a, b, ..] => Some([a.clone(), b.clone()]),
                _ => None,
            };
        }
        let settings = Settings { simulations: SCENES, ..Settings::default() };
        self.found =
            self.chosen.as_ref().map(|[a, b]| reviewers::between(tags, review.said(), &review.tracks, a, b, &settings));
        let labels = self.found.as_ref().map_or(0, |found| found.tags.table.labels.len());
        self.cell = self.cell.filter(|(row, column)| *row <= labels && *column <= labels);
    }

    fn pair_at(&self, index: usize) -> Option<&Pair> {
        self.found.as_ref()?.tags.pairs.get(index)
    }

    /// The proposals of a pair: the first reviewer's and the second's.
    fn proposals(&self, index: usize) -> [Option<TagId>; 2] {
        let (Some(pair), Some(found)) = (self.pair_at(index), &self.found) else { return [None, None] };
        [pair.a.and_then(|i| found.of[0].get(i).copied()), pair.b.and_then(|j| found.of[1].get(j).copied())]
    }

    /// The time of a pair as its reviewers gave it.
    fn span(&self, review: &Review, index: usize) -> Option<(TagId, Span)> {
        let names = &self.found.as_ref()?.names;
        let mut all: Vec<(TagId, Span)> = Vec::new();
        for (name, id) in names.iter().zip(self.proposals(index)) {
            let tag = id.and_then(|id| review.as_stored().iter().find(|tag| tag.id == id));
            all.extend(tag.and_then(|tag| Some((tag.id, review.said().by(tag.id, name)?.span()))));
        }
        let (id, first) = *all.first()?;
        let span =
            all.iter().fold(first, |whole, (_, span)| Span::new(whole.start.min(span.start), whole.end.max(span.end)));
        Some((id, span))
    }

    /// What is shown.
    pub fn model(&self, review: &Review, author: &str) -> AgreementModel {
        let tags = review.as_stored();
        let everyone = review.said().names();
        let mut model = AgreementModel { everyone: everyone.clone(), ..AgreementModel::default() };
        let Some(found) = &self.found else {
            model.instead = Some(match everyone.first() {
                Some(name) if name != author || review.coverage().len() < 2 => {
                    tr_args("agreement-alone", &[("name", name.clone().into())])
                }
                _ => tr("agreement-nobody"),
            });
            return model;
        };
        let [first, second] = &found.names;
        model.names = found.names.clone();
        let all = found.proposals;
        // Whoever is not done must not learn from figures what others said, and whoever has said nothing may be about to.
        let own = review.coverage().into_iter().find(|(name, _)| name == author).map_or(0, |(_, done)| done);
        if review.blind && own < all && !found.names.iter().any(|name| name == author) {
            let args = [("done", (own as i64).into()), ("all", (all as i64).into())];
            model.instead = Some(tr_args("agreement-not-you", &args));
            return model;
        }
        if review.blind && found.said.iter().any(|said| *said < all) {
            model.instead = Some(tr_args(
                "agreement-waiting",
                &[
                    ("first", first.clone().into()),
                    ("first-done", (found.said[0] as i64).into()),
                    ("second", second.clone().into()),
                    ("second-done", (found.said[1] as i64).into()),
                    ("all", (all as i64).into()),
                ],
            ));
            return model;
        }
        let report = &found.tags;
        model.counts = tr_args(
            "agreement-counts",
            &[
                ("first", first.clone().into()),
                ("first-tags", (report.first as i64).into()),
                ("second", second.clone().into()),
                ("second-tags", (report.second as i64).into()),
                ("both", (found.both as i64).into()),
                ("all", (all as i64).into()),
            ],
        );
        model.decisions = vec![
            row("agreement-raw", found.decisions.raw),
            kappa_row("agreement-kappa", &found.decisions),
            row("agreement-alpha", found.alpha),
        ];
        model.tags = vec![
            row("agreement-linked", report.linked),
            kappa_row("agreement-kappa-all", &report.with_unmatched),
            kappa_row("agreement-kappa-linked", &report.without_unmatched),
            row("agreement-alpha-linked", report.alpha_linked),
            row("agreement-alpha-time", report.alpha_over_time),
            row("agreement-u2004", report.unitised_2004),
            row("agreement-u2016", report.unitised_2016.nominal),
            row("agreement-staccato", report.organisation.degree),
        ];
        let lines = report.labels.iter().map(|line| LabelLine {
            label: line.label.clone(),
            first: line.first,
            second: line.second,
            both: line.both,
            kappa: short(line.with_unmatched.kappa),
            unitised: short(line.unitised),
        });
        model.labels = lines.collect();
        let n = report.table.labels.len();
        model.matrix = (0..=n).map(|r| (0..=n).map(|c| report.table.count(r, c)).collect()).collect();
        model.cell = self.cell;
        if let Some((r, c)) = self.cell {
            let pairs = report.table.cells.get(r).and_then(|row| row.get(c)).cloned().unwrap_or_default();
            let clips = pairs.into_iter().filter_map(|index| {
                let (_, span) = self.span(review, index)?;
                let name = |at: usize| report.table.labels.get(at).cloned().unwrap_or_else(|| tr("agreement-nothing"));
                Some(ClipRow { pair: index, span, first: name(r), second: name(c), selected: self.pair == Some(index) })
            });
            model.clips = clips.collect();
        }
        model.settle = tags.iter().filter(|tag| can_settle(review, tag)).count();
        model
    }
}

fn can_settle(review: &Review, tag: &Tag) -> bool {
    tag.status == TagStatus::Proposed && review.said().is_agreed(tag.id)
}

fn short(figure: Figure) -> String {
    figure.value().map_or_else(|| "–".to_owned(), |value| format!("{value:.2}").replace('-', "−"))
}

fn row(name: &str, figure: Figure) -> FigureRow {
    FigureRow {
        name: tr(name),
        value: short(figure),
        why: figure.why().map(|why| tr(&format!("agreement-why-{}", why.name()))),
    }
}

fn kappa_row(name: &str, kappa: &Kappa) -> FigureRow {
    row(name, kappa.kappa)
}

impl PeoplePlace {
    pub(super) fn toggle_agreement(&mut self) {
        self.agreeing = match self.agreeing.take() {
            Some(_) => None,
            None => {
                self.state.rule = None;
                self.cards = None;
                self.state.editor = None;
                let mut agreeing = Agreeing::default();
                if let Some(review) = &self.review {
                    agreeing.find(review);
                }
                Some(agreeing)
            }
        };
    }

    pub(super) fn compare(&mut self, first: String, second: String) {
        if let (Some(agreeing), Some(review)) = (&mut self.agreeing, &self.review)
            && first != second
        {
            agreeing.chosen = Some([first, second]);
            (agreeing.cell, agreeing.pair) = (None, None);
            agreeing.find(review);
        }
    }

    /// Lists a cell's clips, and goes to the first.
    pub(super) fn show_cell(&mut self, core: &mut Core, row: usize, column: usize) {
        let Some(agreeing) = &mut self.agreeing else { return };
        (agreeing.cell, agreeing.pair) = (Some((row, column)), None);
        let table = agreeing.found.as_ref().map(|found| &found.tags.table);
        let pairs = table.and_then(|table| table.cells.get(row)?.get(column));
        if let Some(first) = pairs.and_then(|pairs| pairs.first()).copied() {
            self.show_pair(core, first);
        }
    }

    /// Goes to a pair's clip; it plays over and over once the proposal is shown.
    pub(super) fn show_pair(&mut self, core: &mut Core, index: usize) {
        let (Some(agreeing), Some(review)) = (&mut self.agreeing, &self.review) else { return };
        let Some((tag, span)) = agreeing.span(review, index) else { return };
        agreeing.pair = Some(index);
        core.selection.tag = Some(tag);
        self.loop_next = Some(Span::new((span.start - AROUND).max(Time::ZERO), span.end + AROUND));
    }

    pub(super) fn toggle_blind(&mut self, core: &mut Core) {
        let Some(blind) = self.review.as_ref().map(|review| !review.blind) else {
            core.messages.push(Message::Note(tr("people-nothing-selected")));
            return;
        };
        if core.edit(|store| edit::reviews::set_blind(store, blind)).is_some() {
            let name = core.store.author().to_owned();
            let text = match blind {
                true => tr_args("people-blind-now-on", &[("name", name.into())]),
                false => tr("people-blind-now-off"),
            };
            core.messages.push(Message::Note(text));
        }
    }

    pub(super) fn settle(&mut self, core: &mut Core) {
        let Some(review) = &self.review else { return };
        let runs = review.run_ids();
        // Blind until all are done: settling would give away what the others said.
        let author = super::gather::author(core);
        let is_done = |(name, done): &(String, usize)| *name == author && *done == review.tags.len();
        if review.blind && !(review.everyone_done() && review.coverage().iter().any(is_done)) {
            core.messages.push(Message::Note(tr("people-blind-on")));
            return;
        }
        if let Some(count) = core.edit(|store| edit::reviews::settle(store, &runs)) {
            core.messages.push(Message::Done(tr_args("people-settled", &[("count", (count as i64).into())])));
        }
    }
}
