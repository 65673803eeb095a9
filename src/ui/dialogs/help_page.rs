//! A page of Help, from the few marks of Markdown that the pages use.

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{Align, Grid, Label, RichText, Ui, vec2};

use crate::ui::theme::{space, type_size};
use crate::ui::{Command, UiContext, fonts, tr};

/// Draws a page: headings, lists, tables, paragraphs; `**strong**`, `` `typed` ``, and `[[command-id]]` for its key.
pub(super) fn page_ui(ui: &mut Ui, cx: &UiContext, text: &str) {
    for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        if let Some(heading) = block.strip_prefix("## ") {
            ui.add_space(space::M);
            ui.label(RichText::new(heading).font(fonts::semibold(type_size::HEADING)));
            continue;
        }
        ui.add_space(space::XS);
        if block.starts_with('|') {
            table_ui(ui, cx, block);
        } else if block.starts_with("- ") {
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

/// Draws a table: a line of heads, a line of dashes, lines of cells. Columns share the width by their longest words
/// and by how much they hold.
fn table_ui(ui: &mut Ui, cx: &UiContext, block: &str) {
    let rows: Vec<Vec<&str>> = block
        .lines()
        .filter(|line| !line.starts_with("|--"))
        .map(|line| line.trim().trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let longest = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0).clamp(5, 56)
    };
    let weights: Vec<f32> = (0..columns).map(|column| longest(column) as f32).collect();
    let room = ui.available_width() - space::L * columns as f32;
    let all: f32 = weights.iter().sum();
    Grid::new(("help-table", block)).num_columns(columns).spacing(vec2(space::L, space::S)).show(ui, |ui| {
        for (line, row) in rows.iter().enumerate() {
            for (cell, weight) in row.iter().zip(&weights) {
                ui.vertical(|ui| {
                    ui.set_width(room * weight / all.max(1.0));
                    match line {
                        0 => {
                            ui.label(RichText::new(*cell).font(fonts::regular(type_size::LABEL)).color(cx.theme.muted))
                        }
                        _ => ui.add(Label::new(inline(cx, cell)).wrap()),
                    };
                });
            }
            ui.end_row();
        }
    });
}
