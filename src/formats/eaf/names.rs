//! Names that EAF fixes (stereotypes), and guesses from the names people give.

use crate::domain::{Constraint, TierRole};
use crate::formats::ImportOptions;

/// The stereotypes with their usual descriptions, as ELAN writes them.
pub const STEREOTYPES: [(Constraint, &str, &str); 4] = [
    (
        Constraint::TimeSubdivision,
        "Time_Subdivision",
        "Time subdivision of parent annotation's time interval, no time gaps allowed within this interval",
    ),
    (
        Constraint::SymbolicSubdivision,
        "Symbolic_Subdivision",
        "Symbolic subdivision of a parent annotation. Annotations refering to the same parent are ordered",
    ),
    (Constraint::SymbolicAssociation, "Symbolic_Association", "1-1 association with a parent annotation"),
    (
        Constraint::IncludedIn,
        "Included_In",
        "Time alignable annotations within the parent annotation's time interval, gaps are allowed",
    ),
];

/// The constraint that a stereotype names. Older files write it with blanks.
pub fn constraint(stereotype: &str) -> Option<Constraint> {
    let wanted = stereotype.trim().replace(' ', "_");
    STEREOTYPES.iter().find(|(_, name, _)| name.eq_ignore_ascii_case(&wanted)).map(|(constraint, ..)| *constraint)
}

/// The name of a constraint; none for tiers that stand on their own.
pub fn stereotype(constraint: Constraint) -> Option<&'static str> {
    STEREOTYPES.iter().find(|(known, ..)| *known == constraint).map(|(_, name, _)| *name)
}

/// Two-letter tags for the three-letter codes of languages that are often those of analysis: BCP 47 wants the
/// shorter where there is one.
const SHORTER: [(&str, &str); 24] = [
    ("ara", "ar"),
    ("cmn", "zh"),
    ("zho", "zh"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("hin", "hi"),
    ("hun", "hu"),
    ("ind", "id"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kor", "ko"),
    ("nld", "nl"),
    ("nor", "no"),
    ("pol", "pl"),
    ("por", "pt"),
    ("rus", "ru"),
    ("spa", "es"),
    ("swa", "sw"),
    ("swe", "sv"),
    ("tur", "tr"),
    ("vie", "vi"),
];

/// The BCP 47 tag of a language id, empty when it does not look like one.
pub fn language_tag(id: &str) -> String {
    let lower = id.to_ascii_lowercase();
    if let Some((_, short)) = SHORTER.iter().find(|(long, _)| *long == lower) {
        return (*short).to_owned();
    }
    let mut parts = id.split('-');
    let primary = parts.next().unwrap_or_default();
    let alphanumeric = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_tag =
        (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic()) && parts.all(alphanumeric);
    if is_tag { id.to_owned() } else { String::new() }
}

/// What a tier's names say it is for. `parent` is the role of the tier above, when there is one;
/// `divided` tells whether words hang under it.
///
/// Conservative: a tier is a transcription only when its name says so, or when it stands at the top and carries words.
pub fn role(name: &str, type_name: &str, constraint: Constraint, parent: Option<TierRole>, divided: bool) -> TierRole {
    let text = format!("{type_name} {name}").to_lowercase();
    let tokens: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|t| !t.is_empty()).collect();
    let says = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    let token = |words: &[&str]| tokens.iter().any(|t| words.contains(t));
    let is_list = constraint == Constraint::SymbolicSubdivision;
    if !is_list && (says(&["translation", "gloss free", "free gloss"]) || token(&["ft", "translat", "free"])) {
        return if says(&["literal"]) || token(&["lit"]) {
            TierRole::LiteralTranslation
        } else {
            TierRole::Translation
        };
    }
    if !is_list && (token(&["note", "notes", "comment", "comments"])) {
        return TierRole::Note;
    }
    if is_list || says(&["gesture", "gaze", "marker", "language"]) {
        return TierRole::Other;
    }
    let named =
        says(&["transcri", "utterance", "orthograph"]) || token(&["phrase", "phrases", "spch", "speech", "utt"]);
    match parent {
        None if constraint == Constraint::None && (named || divided) => TierRole::Transcription,
        Some(TierRole::Transcription) | None => TierRole::Other,
        // A transcription under a bare reference tier (Toolbox and FLEx templates).
        Some(_) if named && constraint == Constraint::SymbolicAssociation => TierRole::Transcription,
        Some(_) => TierRole::Other,
    }
}

/// The language that whoever imports gave for tiers of that use; empty when nobody said.
pub fn language_by_role(role: TierRole, options: &ImportOptions) -> String {
    match role {
        TierRole::Transcription => options.object_language.clone(),
        TierRole::Translation | TierRole::LiteralTranslation | TierRole::Note => options.analysis_language.clone(),
        TierRole::Tags | TierRole::Other => String::new(),
    }
}

/// Whether a tier's names say that it carries words.
pub fn is_words(name: &str, type_name: &str) -> bool {
    let text = format!("{type_name} {name}").to_lowercase();
    text.split(|c: char| !c.is_alphanumeric()).any(|t| matches!(t, "word" | "words" | "wd" | "wds"))
}
