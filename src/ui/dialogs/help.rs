//! Help: a few pages in plain words, with the keys that are in force.

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{Align, Id, Label, RichText, ScrollArea, Ui, vec2};

use super::{DialogOutcome, First, close_ui};
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{ListRow, title};
use crate::ui::{Command, UiContext, fonts, tr};

/// Name and text of each page.
const PAGES: [(&str, &str); 9] = [
    ("help-start", include_str!("../../../assets/texts/en/help/start.md")),
    ("help-transcribe", include_str!("../../../assets/texts/en/help/transcribe.md")),
    ("help-gloss", include_str!("../../../assets/texts/en/help/gloss.md")),
    ("help-lexicon", include_str!("../../../assets/texts/en/help/lexicon.md")),
    ("help-people", include_str!("../../../assets/texts/en/help/people.md")),
    ("help-publish", include_str!("../../../assets/texts/en/help/publish.md")),
    ("help-keys", include_str!("../../../assets/texts/en/help/keys.md")),
    ("help-command-line", include_str!("../../../assets/texts/en/help/command-line.md")),
    ("help-trouble", include_str!("../../../assets/texts/en/help/trouble.md")),
];

/// Which page is open.
#[derive(Default)]
pub struct HelpDialog {
    page: usize,
    first: First,
}

impl HelpDialog {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        let height = (ui.ctx().content_rect().height() - 220.0).clamp(200.0, 560.0);
        ui.horizontal_top(|ui| {
            ui.allocate_ui(vec2(212.0, height), |ui| {
                ui.vertical(|ui| {
                    ui.set_width(212.0);
                    ui.set_min_height(height);
                    ui.spacing_mut().item_spacing.y = 0.0;
                    for (index, (name, _)) in PAGES.iter().enumerate() {
                        let row = ListRow::new(Id::unique("help-page").with(index), tr(name))
                            .selected(index == self.page)
                            .height(size::ROW_COMPACT);
                        let shown = row.show(ui, |ui| ui.label(tr(name)));
                        if shown.response.clicked() {
                            self.page = index;
                        }
                    }
                });
            });
            ui.add_space(space::L);
            let (name, text) = PAGES[self.page.min(PAGES.len() - 1)];
            let area = ScrollArea::vertical().id_salt(name).max_height(height).auto_shrink(false);
            area.show(ui, |ui| {
                ui.vertical(|ui| {
                    title(ui, tr(name));
                    page_ui(ui, cx, text);
                });
            });
        });
        close_ui(ui, &mut self.first)
    }
}

/// Draws a page: headings, lists, paragraphs; `**strong**`, `` `typed` ``, and `[[command-id]]` for its key.
fn page_ui(ui: &mut Ui, cx: &UiContext, text: &str) {
    for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        if let Some(heading) = block.strip_prefix("## ") {
            ui.add_space(space::M);
            ui.label(RichText::new(heading).font(fonts::semibold(type_size::HEADING)));
            continue;
        }
        ui.add_space(space::XS);
        if block.starts_with("- ") {
            for item in block.split("\n- ") {
                ui.horizontal_top(|ui| {
                    ui.add_space(space::S);
                    ui.label(RichText::new("·").color(cx.theme.muted));
                    let item = item.trim_start_matches("- ").replace('\n', " ");
                    ui.add(Label::new(inline(cx, &item)).wrap());
                });
            }
        } else {
            ui.add(Label::new(inline(cx, &block.replace('\n', " "))).wrap());
        }
    }
    ui.add_space(space::L);
}

fn inline(cx: &UiContext, text: &str) -> LayoutJob {
    let mut job = LayoutJob::default();
    let plain =
        |font, color| TextFormat { line_height: Some(19.0), valign: Align::Center, ..TextFormat::simple(font, color) };
    let mut rest = text;
    while !rest.is_empty() {
        let marks = [("**", "**"), ("`", "`"), ("[[", "]]")];
        let next = marks.iter().filter_map(|(open, close)| Some((rest.find(open)?, *open, *close))).min();
        let Some((at, open, close)) = next else { break };
        let inner = &rest[at + open.len()..];
        let Some(end) = inner.find(close) else { break };
        job.append(&rest[..at], 0.0, plain(fonts::regular(type_size::BODY), cx.theme.text));
        let words = &inner[..end];
        match open {
            "[[" => {
                let spec = Command::from_id(words);
                let key = spec.and_then(|spec| cx.hint(&spec.command)).unwrap_or_else(|| tr("shortcuts-none"));
                job.append(&key, 0.0, plain(fonts::semibold(type_size::BODY), cx.theme.text));
            }
            "`" => {
                let mut format = plain(fonts::figures(type_size::BODY), cx.theme.text);
                format.background = cx.theme.hover;
                job.append(words, 0.0, format);
            }
            _ => job.append(words, 0.0, plain(fonts::semibold(type_size::BODY), cx.theme.text)),
        }
        rest = &inner[end + close.len()..];
    }
    job.append(rest, 0.0, plain(fonts::regular(type_size::BODY), cx.theme.text));
    job
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_named_in_the_help_is_of_a_command() {
        for (name, text) in PAGES {
            for piece in text.split("[[").skip(1) {
                let id = piece.split("]]").next().unwrap_or_default();
                assert!(Command::from_id(id).is_some(), "{name}: {id}");
            }
        }
    }
}
