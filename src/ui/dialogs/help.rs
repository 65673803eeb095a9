//! Help: a few pages in plain words, with the keys that are in force.

use eframe::egui::{Id, ScrollArea, Ui, vec2};

use super::help_page::page_ui;
use super::{DialogOutcome, First, close_ui};
use crate::ui::theme::{size, space};
use crate::ui::widgets::{ListRow, title};
use crate::ui::{UiContext, tr};

/// Name and text of each page.
const PAGES: [(&str, &str); 21] = [
    ("help-start", include_str!("../../../assets/texts/en/help/start.md")),
    ("help-transcribe", include_str!("../../../assets/texts/en/help/transcribe.md")),
    ("help-gloss", include_str!("../../../assets/texts/en/help/gloss.md")),
    ("help-suggestions", include_str!("../../../assets/texts/en/help/suggestions.md")),
    ("help-lexicon", include_str!("../../../assets/texts/en/help/lexicon.md")),
    ("help-people", include_str!("../../../assets/texts/en/help/people.md")),
    ("help-training", include_str!("../../../assets/texts/en/help/training.md")),
    ("help-publish", include_str!("../../../assets/texts/en/help/publish.md")),
    ("help-formats", include_str!("../../../assets/texts/en/help/formats.md")),
    ("help-round-trips", include_str!("../../../assets/texts/en/help/round-trips.md")),
    ("help-keys", include_str!("../../../assets/texts/en/help/keys.md")),
    ("help-command-line", include_str!("../../../assets/texts/en/help/command-line.md")),
    ("help-models", include_str!("../../../assets/texts/en/help/models.md")),
    ("help-net-facexformer", include_str!("../../../assets/texts/en/help/net-facexformer.md")),
    ("help-net-swinface", include_str!("../../../assets/texts/en/help/net-swinface.md")),
    ("help-net-htnet", include_str!("../../../assets/texts/en/help/net-htnet.md")),
    ("help-net-mixste", include_str!("../../../assets/texts/en/help/net-mixste.md")),
    ("help-net-hot", include_str!("../../../assets/texts/en/help/net-hot.md")),
    ("help-net-cct", include_str!("../../../assets/texts/en/help/net-cct.md")),
    ("help-net-wav2small", include_str!("../../../assets/texts/en/help/net-wav2small.md")),
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
                    let list = ScrollArea::vertical().id_salt("help-pages").max_height(height);
                    list.show(ui, |ui| self.list_ui(ui));
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

    fn list_ui(&mut self, ui: &mut Ui) {
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
    }
}

#[cfg(test)]
mod tests {
    use super::PAGES;
    use crate::ui::Command;

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
