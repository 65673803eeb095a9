//! Guessing a mapping from the names of columns and from what stands in them.

use super::time::parse_time;
use super::{Column, Field, Mapping, RowKind, Table};

/// A mapping, and whether the names said it or it was only made up from the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    pub mapping: Mapping,
    /// Whether the names of the columns say what rows are: then nobody need be asked.
    pub sure: bool,
}

/// What a column may be, whatever the rows are, from its name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Is(Field),
    /// A word or sentence in a language: a gloss among entries, a translation among sentences.
    Meaning,
    /// A gloss of one word among entries, of each word among sentences.
    Gloss,
    /// `text`, `transcription`: a sentence, or an annotation's value where there are tiers.
    Spoken,
    /// `text`, `file`: the name of a session where something else is the text.
    SessionOrText,
    /// `form`, `word`: a headword, or the words of a sentence.
    Word,
    Comment,
}

/// Guesses what a table holds.
pub fn guess(table: &Table) -> Guess {
    let header = has_header(table);
    let names = table.names(header);
    let signs: Vec<(Option<Sign>, String)> =
        names.iter().map(|name| if header { sign(name) } else { (None, String::new()) }).collect();
    let rows = kind_of(&signs);
    let mut mapping = Mapping { rows: rows.unwrap_or_default(), header, columns: Vec::new() };
    for (name, (sign, language)) in names.iter().zip(&signs) {
        let field = sign.map_or(Field::Keep, |sign| field(sign, mapping.rows, &signs));
        let field = if field.suits(mapping.rows) { field } else { Field::Keep };
        // A second headword, text or value in the same language is no headword.
        let taken = mapping.columns.iter().any(|c| c.field == field && c.language == *language);
        let one_only = !matches!(field, Field::Keep | Field::Variant | Field::Note);
        let field = if taken && one_only { Field::Keep } else { field };
        let language = if field.speech().is_some() { language.clone() } else { String::new() };
        let separator = if field == Field::Domains { ";".to_owned() } else { String::new() };
        mapping.columns.push(Column { name: name.clone(), field, language, separator });
    }
    if rows.is_none() {
        by_order(table, &mut mapping);
    }
    let sure = rows.is_some() && mapping.check().is_ok();
    Guess { mapping, sure }
}

/// Whether the first row holds names: one is known, or none is a number while the rows below have some.
pub(super) fn has_header(table: &Table) -> bool {
    let Some(first) = table.rows.first() else { return false };
    if first.iter().any(|cell| sign(cell).0.is_some()) {
        return true;
    }
    let number = |cell: &String| parse_time(cell).is_some();
    let filled = first.iter().all(|cell| !cell.trim().is_empty() && !number(cell) && cell.chars().count() < 40);
    let below: Vec<&Vec<String>> = table.rows.iter().skip(1).take(20).collect();
    let numbers_below = below.iter().any(|row| row.iter().any(number));
    filled && (numbers_below || first.iter().all(|cell| cell.chars().next().is_some_and(char::is_uppercase)))
}

/// What kind of rows the names of the columns speak of; `None` when they do not say.
fn kind_of(signs: &[(Option<Sign>, String)]) -> Option<RowKind> {
    let has = |wanted: &[Sign]| signs.iter().any(|(sign, _)| sign.is_some_and(|s| wanted.contains(&s)));
    let is = |fields: &[Field]| {
        signs.iter().any(|(sign, _)| matches!(sign, Some(Sign::Is(field)) if fields.contains(field)))
    };
    let spoken = has(&[Sign::Spoken, Sign::SessionOrText]);
    let timed = is(&[Field::Start, Field::End, Field::StartMs, Field::EndMs]);
    let meaning = has(&[Sign::Meaning]) || is(&[Field::Translation, Field::LiteralTranslation]);
    if is(&[Field::Value]) || (is(&[Field::Tier]) && spoken) {
        return Some(RowKind::Annotations);
    }
    if is(&[Field::Headword, Field::Citation]) {
        return Some(RowKind::Entries);
    }
    if is(&[Field::Text, Field::Words]) || (spoken && (meaning || timed || has(&[Sign::Gloss]) || has(&[Sign::Spoken])))
    {
        return Some(RowKind::Sentences);
    }
    has(&[Sign::Word]).then_some(RowKind::Entries)
}

/// The field of a column once it is known what rows are.
fn field(sign: Sign, rows: RowKind, signs: &[(Option<Sign>, String)]) -> Field {
    let spoken = signs.iter().any(|(s, _)| matches!(s, Some(Sign::Spoken | Sign::Is(Field::Text | Field::Value))));
    match (sign, rows) {
        (Sign::Is(field), _) => field,
        (Sign::Meaning | Sign::Gloss, RowKind::Entries) => Field::Gloss,
        (Sign::Meaning, RowKind::Sentences) => Field::Translation,
        (Sign::Gloss, RowKind::Sentences) => Field::Glosses,
        (Sign::Spoken, RowKind::Sentences) => Field::Text,
        (Sign::Spoken, RowKind::Annotations) => Field::Value,
        (Sign::SessionOrText, RowKind::Sentences) if !spoken => Field::Text,
        (Sign::SessionOrText, RowKind::Annotations) if !spoken => Field::Value,
        (Sign::SessionOrText, RowKind::Sentences | RowKind::Annotations) => Field::Session,
        (Sign::Word, RowKind::Entries) => Field::Headword,
        (Sign::Word, RowKind::Sentences) => Field::Words,
        (Sign::Comment, _) => Field::Note,
        _ => Field::Keep,
    }
}

/// Without names that say anything: the first column of words is the headword, the second its gloss.
fn by_order(table: &Table, mapping: &mut Mapping) {
    let words = |at: usize| {
        let cells = table.data(mapping.header).iter().take(200).filter_map(|row| row.get(at));
        let filled: Vec<&String> = cells.filter(|cell| !cell.trim().is_empty()).collect();
        let lettered = filled.iter().filter(|cell| cell.chars().any(char::is_alphabetic)).count();
        !filled.is_empty() && lettered * 2 > filled.len()
    };
    let mut free = (0..mapping.columns.len()).filter(|at| words(*at)).collect::<Vec<_>>().into_iter();
    for field in [Field::Headword, Field::Gloss] {
        if let Some(column) = free.next().and_then(|at| mapping.columns.get_mut(at)) {
            column.field = field;
        }
    }
}

/// What a name says, and the language it says: `gloss_en`, `Gloss (English)`, `English gloss`, `English`.
fn sign(name: &str) -> (Option<Sign>, String) {
    let lower = name.trim().to_lowercase();
    if let Some(sign) = known(&lower) {
        return (Some(sign), String::new());
    }
    if let Some(language) = language_named(&lower) {
        return (Some(Sign::Meaning), language.to_owned());
    }
    let trimmed = name.trim();
    for mark in ['_', '(', '[', ' ', '-', '@', ':'] {
        // `gloss_en` before `scientific_name_en`: the tag may hold the mark itself (`headword_apy-fonipa`).
        for (front, back) in [trimmed.split_once(mark), trimmed.rsplit_once(mark)].into_iter().flatten() {
            let back = back.trim().trim_end_matches([')', ']']);
            let front = front.trim();
            if let (Some(sign), Some(language)) = (known(&front.to_lowercase()), language(back)) {
                return (Some(sign), language);
            }
            if let (Some(language), Some(sign)) = (language_named(&front.to_lowercase()), known(&back.to_lowercase())) {
                return (Some(sign), language.to_owned());
            }
        }
    }
    (None, String::new())
}

/// The tag that a language's name or tag says.
fn language(text: &str) -> Option<String> {
    if let Some(tag) = language_named(&text.to_lowercase()) {
        return Some(tag.to_owned());
    }
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    let fine = (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    fine.then(|| text.to_owned())
}

fn language_named(name: &str) -> Option<&'static str> {
    const NAMES: &[(&str, &str)] = &[
        ("english", "en"),
        ("spanish", "es"),
        ("español", "es"),
        ("portuguese", "pt"),
        ("português", "pt"),
        ("french", "fr"),
        ("français", "fr"),
        ("german", "de"),
        ("deutsch", "de"),
        ("russian", "ru"),
        ("русский", "ru"),
        ("dutch", "nl"),
        ("italian", "it"),
        ("indonesian", "id"),
        ("malay", "ms"),
        ("bislama", "bi"),
        ("tok pisin", "tpi"),
        ("chinese", "zh"),
        ("mandarin", "zh"),
        ("japanese", "ja"),
        ("thai", "th"),
        ("vietnamese", "vi"),
        ("hindi", "hi"),
        ("nepali", "ne"),
        ("arabic", "ar"),
        ("swahili", "sw"),
        ("amharic", "am"),
        ("turkish", "tr"),
        ("quechua", "qu"),
    ];
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, tag)| *tag)
}

/// What a name without its language says.
fn known(name: &str) -> Option<Sign> {
    use Field as F;
    let name = name.replace(['_', '.'], " ");
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let sign = match name.as_str() {
        "headword" | "lexeme" | "lx" | "entry" | "lemma" | "vernacular" | "lexical entry" | "lexical unit" | "head" => {
            Sign::Is(F::Headword)
        }
        "citation" | "citation form" | "lc" => Sign::Is(F::Citation),
        "variant" | "variants" | "variant form" | "va" | "alternate form" => Sign::Is(F::Variant),
        "pronunciation" | "phonetic" | "phonetic form" | "ipa" | "ph" => Sign::Is(F::Pronunciation),
        "homograph" | "homonym" | "hm" | "homonym number" | "homograph number" => Sign::Is(F::Homograph),
        "kind" | "morph type" | "mt" => Sign::Is(F::Kind),
        "category" | "pos" | "part of speech" | "ps" | "word class" | "wordclass" | "grammatical category" => {
            Sign::Is(F::Category)
        }
        "definition" | "de" | "definitions" => Sign::Is(F::Definition),
        "domains" | "domain" | "semantic domain" | "semantic domains" | "sd" | "semantic field" => Sign::Is(F::Domains),
        "scientific name" | "sc" | "species" => Sign::Is(F::ScientificName),
        "example" | "xv" | "example sentence" | "examples" => Sign::Is(F::Example),
        "example translation" | "xe" | "translation of example" => Sign::Is(F::ExampleTranslation),
        "etymology" | "et" => Sign::Is(F::Etymology),
        "primary text" | "sentence" | "utterance" | "tx" | "phrase" | "original" => Sign::Is(F::Text),
        "analyzed word" | "analysed word" | "morphemes" | "morpheme breaks" | "morphs" | "segmentation"
        | "segmented" | "mb" | "words" => Sign::Is(F::Words),
        "glosses" | "interlinear gloss" | "morpheme gloss" | "glossing" => Sign::Is(F::Glosses),
        "free translation" | "ft" | "translated text" => Sign::Is(F::Translation),
        "literal translation" | "lt" | "literal" | "literally" => Sign::Is(F::LiteralTranslation),
        "value" | "annotation" | "label" => Sign::Is(F::Value),
        "session" | "recording" | "file" | "file name" | "filename" | "text name" => Sign::Is(F::Session),
        "tier" | "layer" | "tier name" => Sign::Is(F::Tier),
        "speaker" | "participant" | "consultant" | "who" => Sign::Is(F::Speaker),
        "start"
        | "begin"
        | "onset"
        | "start s"
        | "tmin"
        | "xmin"
        | "start time"
        | "begin time"
        | "from"
        | "begin time - ss msec"
        | "begin time - hh:mm:ss ms" => Sign::Is(F::Start),
        "end"
        | "offset"
        | "end s"
        | "tmax"
        | "xmax"
        | "end time"
        | "to"
        | "end time - ss msec"
        | "end time - hh:mm:ss ms" => Sign::Is(F::End),
        "start ms" | "begin ms" | "begin time - msec" => Sign::Is(F::StartMs),
        "end ms" | "end time - msec" => Sign::Is(F::EndMs),
        "gloss" | "ge" => Sign::Gloss,
        "translation" | "meaning" | "sense" | "concept" | "parameter" => Sign::Meaning,
        "transcription" | "transcript" | "orthography" | "spoken" => Sign::Spoken,
        "text" => Sign::SessionOrText,
        "form" | "word" => Sign::Word,
        "comment" | "comments" | "note" | "notes" | "remark" | "remarks" | "nt" => Sign::Comment,
        _ => return None,
    };
    Some(sign)
}

#[cfg(test)]
mod tests {
    use super::{Field, RowKind, guess};
    use crate::formats::table::parse;

    fn fields(text: &str) -> (RowKind, bool, Vec<(Field, String)>) {
        let guess = guess(&parse(text, None).unwrap());
        let columns = guess.mapping.columns.into_iter().map(|c| (c.field, c.language)).collect();
        (guess.mapping.rows, guess.sure, columns)
    }

    #[test]
    fn names_in_the_ways_people_give_them() {
        use Field::*;
        type Case = (&'static str, RowKind, &'static [(Field, &'static str)]);
        let cases: [Case; 7] = [
            ("Form,English,POS\nnak,dog,n\n", RowKind::Entries, &[(Headword, ""), (Gloss, "en"), (Category, "")]),
            (
                "Lemma;Gloss (Spanish);Gloss_pt;Notes\nnak;perro;cão;x\n",
                RowKind::Entries,
                &[(Headword, ""), (Gloss, "es"), (Gloss, "pt"), (Note, "")],
            ),
            (
                "Text\tGloss\tTranslation\nta nak\tDET dog\tthe dog\n",
                RowKind::Sentences,
                &[(Text, ""), (Glosses, ""), (Translation, "")],
            ),
            (
                "File,Speaker,Start,End,Transcription,English\nA,K,0,1,ta,the\n",
                RowKind::Sentences,
                &[(Session, ""), (Speaker, ""), (Start, ""), (End, ""), (Text, ""), (Translation, "en")],
            ),
            (
                "Tier,Begin Time - msec,End Time - msec,Annotation\nA,0,10,x\n",
                RowKind::Annotations,
                &[(Tier, ""), (StartMs, ""), (EndMs, ""), (Value, "")],
            ),
            (
                "headword_apy,headword_apy-fonipa,gloss_en\nnak,nak,dog\n",
                RowKind::Entries,
                &[(Headword, "apy"), (Headword, "apy-fonipa"), (Gloss, "en")],
            ),
            (
                "Primary_Text,Analyzed_Word,Gloss,Translated_Text\na,a,b,c\n",
                RowKind::Sentences,
                &[(Text, ""), (Words, ""), (Glosses, ""), (Translation, "")],
            ),
        ];
        for (text, rows, columns) in cases {
            let (found_rows, sure, found) = fields(text);
            let found: Vec<(Field, &str)> = found.iter().map(|(f, l)| (*f, l.as_str())).collect();
            assert_eq!((found_rows, sure, found.as_slice()), (rows, true, columns), "{text}");
        }
    }

    #[test]
    fn without_names_the_order_is_a_guess_that_is_not_sure() {
        let (rows, sure, columns) = fields("1,nak,dog\n2,po,fish\n");
        assert_eq!((rows, sure), (RowKind::Entries, false));
        assert_eq!(columns.iter().map(|c| c.0).collect::<Vec<_>>(), [Field::Keep, Field::Headword, Field::Gloss]);
        assert!(!fields("a,b\n1,2\n").1);
    }
}
