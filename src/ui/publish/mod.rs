//! The way out: a format, how much, what a reader needs to know, and what would be lost, before anything is written.

mod shapes;

use std::collections::BTreeMap;

use eframe::egui::{CentralPanel, FontFamily, FontId, Frame, Id, Label, Margin, Panel, RichText, ScrollArea, Ui};

use super::dialogs::{report_table, verdict};
use super::theme::{size, space, type_size};
use super::widgets::{self, ListRow, TextField};
use super::{Command, UiContext, fonts, tr, tr_args};
use crate::app::command::{PublishCommand, PublishScope};
use crate::domain::LossReport;
use crate::formats::Format;

pub use shapes::VerdictModel;

/// The formats in the groups shown.
pub const GROUPS: [(&str, &[Format]); 7] = [
    ("publish-linked-data", &[Format::Turtle, Format::JsonLd, Format::RdfXml, Format::NTriples, Format::TriG]),
    (
        "publish-interchange",
        &[
            Format::Eaf,
            Format::TextGrid,
            Format::FlexText,
            Format::Lift,
            Format::Sfm,
            Format::Toolbox,
            Format::Exb,
            Format::Chat,
            Format::Conllu,
            Format::Xigt,
        ],
    ),
    ("publish-archive", &[Format::SayMore, Format::Imdi, Format::Cmdi, Format::RoCrate]),
    ("publish-data", &[Format::Json, Format::Cldf, Format::Parquet, Format::HfDataset, Format::Csv, Format::Xlsx]),
    ("publish-page", &[Format::Html, Format::Latex, Format::Text]),
    ("publish-captions", &[Format::Srt, Format::Vtt, Format::Labels]),
    ("publish-movement", &[Format::OpenFace, Format::OpenPose, Format::Coco, Format::CocoWholeBody, Format::Bvh]),
];

/// What is known of the export that is chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Preview {
    #[default]
    Waiting,
    /// Why it cannot be written.
    Failed(String),
    Ready {
        report: LossReport,
        /// What the shapes say, of Linked Data.
        verdict: Option<Box<VerdictModel>>,
        /// The first lines of what would be written.
        head: String,
    },
}

/// What the place shows.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishModel {
    pub format: Format,
    pub scope: PublishScope,
    /// Whether curves go beside documents; `None` for formats that have none.
    pub curves: Option<bool>,
    /// The selected session's title.
    pub session: Option<String>,
    pub base_iri: String,
    pub licence: String,
    pub preview: Preview,
    /// A file is being written.
    pub writing: bool,
}

/// What the view keeps from frame to frame.
#[derive(Default)]
pub struct PublishState {
    fields: BTreeMap<&'static str, String>,
}

/// Draws the place.
pub fn publish_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PublishState, model: &PublishModel) {
    let theme = cx.theme;
    let frame = Frame::new().fill(theme.panel).inner_margin(Margin::symmetric(0, space::L as i8));
    Panel::left("publish-formats").exact_size(230.0).resizable(false).frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| formats_ui(ui, cx, model));
    });
    let wide = ui.available_width() >= 1040.0;
    if wide {
        let frame = Frame::new().fill(theme.panel).inner_margin(Margin::same(space::L as i8));
        let width = (ui.available_width() * 0.44).clamp(360.0, 620.0);
        Panel::right("publish-head")
            .exact_size(width)
            .resizable(false)
            .frame(frame)
            .show(ui, |ui| head_ui(ui, cx, model));
    }
    CentralPanel::no_frame().show(ui, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin::same(space::XL as i8)).show(ui, |ui| {
                ui.set_width(ui.available_width());
                main_ui(ui, cx, state, model);
            });
        });
    });
}

fn formats_ui(ui: &mut Ui, cx: &mut UiContext, model: &PublishModel) {
    ui.spacing_mut().item_spacing.y = 0.0;
    for (index, (group, formats)) in GROUPS.iter().enumerate() {
        if index > 0 {
            ui.add_space(space::L);
        }
        ui.horizontal(|ui| {
            ui.add_space(space::M);
            widgets::section(ui, tr(group));
        });
        ui.add_space(space::XS);
        for format in *formats {
            let row = ListRow::new(Id::unique("format").with(format.name()), format.label())
                .selected(*format == model.format)
                .height(size::ROW_COMPACT);
            let suffix = if format.is_folder() { tr("publish-folder") } else { format!(".{}", format.extension()) };
            let shown = row.show(ui, |ui| {
                ui.label(RichText::new(format.label()).font(fonts::regular(type_size::BODY)));
                let suffix = RichText::new(suffix).font(fonts::regular(type_size::SMALL));
                ui.label(suffix.color(cx.theme.muted));
            });
            if shown.response.clicked() {
                cx.send(Command::Publish(PublishCommand::SelectFormat(format.name().to_owned())));
            }
        }
    }
}

fn main_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PublishState, model: &PublishModel) {
    let theme = cx.theme;
    widgets::title(ui, model.format.label());
    let about = tr(&format!("publish-about-{}", model.format.name()));
    ui.add(Label::new(RichText::new(about).color(theme.muted).line_height(Some(18.0))).wrap());
    ui.add_space(space::L);
    widgets::section(ui, tr("publish-scope"));
    let mut scope = model.scope;
    let mut choices = vec![(PublishScope::Whole, tr("publish-whole"))];
    if let Some(session) = &model.session {
        choices.push((PublishScope::Session, session.clone()));
    }
    choices.push((PublishScope::Lexicon, tr("publish-lexicon")));
    if widgets::segmented(ui, "scope", &mut scope, &choices) {
        cx.send(Command::Publish(PublishCommand::SelectScope(scope)));
    }
    ui.add_space(space::M);
    if let Some(mut curves) = model.curves {
        if ui.checkbox(&mut curves, tr("publish-curves")).on_hover_text(tr("publish-curves-more")).changed() {
            cx.send(Command::Publish(PublishCommand::SetCurves(curves)));
        }
        ui.add_space(space::M);
    }
    let of = |names: &[&str]| GROUPS.iter().any(|(name, of)| names.contains(name) && of.contains(&model.format));
    if of(&["publish-linked-data"]) {
        field_ui(ui, cx, state, "base-iri", &model.base_iri);
    }
    if of(&["publish-linked-data", "publish-archive", "publish-data"]) {
        field_ui(ui, cx, state, "licence", &model.licence);
        if model.licence.is_empty() {
            ui.add(Label::new(RichText::new(tr("publish-no-licence")).color(theme.warn_text)).wrap());
        }
        ui.add_space(space::S);
    }
    ui.horizontal_wrapped(|ui| {
        let ready = matches!(model.preview, Preview::Ready { .. }) && !model.writing;
        ui.add_enabled_ui(ready, |ui| cx.primary_button(ui, Command::Publish(PublishCommand::Export)));
        cx.button(ui, Command::Publish(PublishCommand::Check));
        if model.writing {
            ui.label(RichText::new(tr("publish-writing")).color(theme.muted));
        }
    });
    ui.add_space(space::L);
    widgets::heading(ui, tr("publish-report"));
    match &model.preview {
        Preview::Waiting => {
            ui.label(RichText::new(tr("publish-waiting")).color(theme.muted));
        }
        Preview::Failed(why) => {
            ui.add(Label::new(RichText::new(why).color(theme.bad)).wrap());
        }
        Preview::Ready { report, verdict: shapes, .. } => {
            if let Some(shapes) = shapes {
                shapes::verdict_ui(ui, cx, shapes);
                ui.add_space(space::M);
            }
            ui.add(Label::new(RichText::new(verdict(report)).color(theme.muted)).wrap());
            ui.add_space(space::S);
            report_table(ui, report);
        }
    }
}

fn field_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PublishState, field: &'static str, value: &str) {
    let id = Id::unique("publish-field").with(field);
    let buffer = state.fields.entry(field).or_default();
    if !ui.memory(|memory| memory.has_focus(id)) && buffer != value {
        value.clone_into(buffer);
    }
    let label = tr(&format!("publish-{field}"));
    widgets::section(ui, label.as_str());
    let hint = tr(&format!("publish-{field}-hint"));
    if TextField::new(buffer, label).hint(hint).id(id).show(ui).changed() {
        let value = buffer.clone();
        cx.send(Command::Publish(PublishCommand::SetField { field, value }));
    }
    ui.add_space(space::XS);
}

fn head_ui(ui: &mut Ui, cx: &mut UiContext, model: &PublishModel) {
    let name = tr_args("publish-preview", &[("format", model.format.label().into())]);
    widgets::section(ui, name);
    ui.add_space(space::S);
    let Preview::Ready { head, .. } = &model.preview else { return };
    ScrollArea::both().auto_shrink(false).show(ui, |ui| {
        // Figures of equal width line tables up; the letters are those of the texts.
        let font = FontId::new(type_size::SMALL, FontFamily::Monospace);
        let text = RichText::new(head).font(font).color(cx.theme.text).line_height(Some(17.0));
        ui.add(Label::new(text).extend().selectable(true));
    });
}
