//! The page around texts and dictionary.

use super::dictionary::Dictionary;
use super::texts::{self, Setter};
use super::words::{Languages, escape};
use crate::domain::{Bundle, LossReport};
use crate::formats::interlinear;

/// How it looks: the reader's fonts for writing languages, one accent, columns that wrap.
const STYLE: &str = include_str!("page.css");

/// The whole page.
pub(super) fn page(bundle: &Bundle, report: &mut LossReport) -> String {
    let languages = Languages::of(bundle);
    let index = bundle.index();
    let all = interlinear::texts(bundle, &index);
    let project = bundle.project.as_ref();
    let named = project.map(|p| p.name.clone()).filter(|name| !name.trim().is_empty());
    let title = named.unwrap_or_else(|| match all.as_slice() {
        [(session, _)] => {
            session.title.best(languages.object.iter().map(String::as_str)).unwrap_or(&session.name).to_owned()
        }
        [] => "Dictionary".to_owned(),
        _ if bundle.lexemes.is_empty() => "Texts".to_owned(),
        _ => "Texts and dictionary".to_owned(),
    });
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"Fieldgloss\">\n\
         <title>{0}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the texts</a>\n<header class=\"top\">\n<h1>{0}</h1>\n",
        escape(&title)
    );
    if let Some(project) = project {
        out.push_str(&languages.element("p", "lead", &project.description, false));
        if project.licence.starts_with("https://") || project.licence.starts_with("http://") {
            let licence = escape(&project.licence);
            out.push_str(&format!(
                "<p class=\"licence\">Licence: <a rel=\"license\" href=\"{licence}\">{licence}</a></p>\n"
            ));
        }
    }
    if all.len() + usize::from(!bundle.lexemes.is_empty()) > 1 {
        out.push_str("<nav class=\"contents\" aria-label=\"Contents\">\n<ul>\n");
        for (session, sentences) in &all {
            let (title, size) = (texts::title(session, &languages), texts::size(sentences));
            out.push_str(&format!("<li><a href=\"#t-{}\">{title}</a> <small>{size}</small></li>\n", session.id));
        }
        if !bundle.lexemes.is_empty() {
            let size = bundle.lexemes.len();
            out.push_str(&format!("<li><a href=\"#dictionary\">Dictionary</a> <small>{size} entries</small></li>\n"));
        }
        out.push_str("</ul>\n</nav>\n");
    }
    out.push_str("</header>\n<main id=\"main\">\n");
    let setter = Setter::new(bundle, &index, &languages);
    for (session, sentences) in &all {
        out.push_str(&setter.text(session, sentences, report));
    }
    report.kept("texts", all.len());
    if !bundle.lexemes.is_empty() {
        out.push_str(&Dictionary::new(bundle, &index, &languages).set(report));
    }
    texts::left_out(bundle, report);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}
