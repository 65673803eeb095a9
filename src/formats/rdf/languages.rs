//! The languages of a project: tag, names, ISO 639-3, Glottolog, and what each is to the project.

use super::graph::Graph;
use super::names::{dct, rdfs};
use super::texts::{glottolog, lexvo};
use crate::domain::{Bundle, LanguageRole};

/// Writes every language.
pub(super) fn write(bundle: &Bundle, graph: &mut Graph) {
    let mut languages: Vec<_> = bundle.languages.iter().filter(|language| !language.tag.trim().is_empty()).collect();
    languages.sort_by_key(|language| language.id);
    for language in &languages {
        let node = graph.base.record(language.id.record());
        graph.is_a(&node, dct("LinguisticSystem"));
        graph.value(&node, dct("identifier"), &language.tag);
        graph.texts(&node, rdfs("label"), &language.name);
        for same in [lexvo(&language.iso639_3), glottolog(&language.glottocode)].into_iter().flatten() {
            graph.link(&node, rdfs("seeAlso"), &same);
        }
        let role = graph.own("languageRole", "documented (object) or used to describe (analysis)", None);
        let word = match language.role {
            LanguageRole::Object => "object",
            LanguageRole::Analysis => "analysis",
        };
        graph.value(&node, role, word);
        let order = graph.own("languageOrder", "place among the languages of the project", None);
        graph.typed(&node, order, &language.position.to_string(), "integer");
    }
    graph.report.kept("languages", languages.len());
    let systems =
        languages.iter().filter(|language| language.writing_systems.iter().any(|w| !w.font.is_empty())).count();
    graph.report.left_out("fonts of writing systems", systems, "kept in the project");
}
