//! From the abbreviations people write to the values of LexInfo 3.0.

/// LexInfo part of speech, lower case names and abbreviations first. English, and what FLEx, MDF and Toolbox
/// projects commonly write.
const PARTS_OF_SPEECH: &[(&[&str], &str)] = &[
    (&["n", "noun", "nom", "sub", "subst", "substantive", "nc", "n-class", "in", "an", "nf", "nm"], "noun"),
    (&["common noun", "cn"], "commonNoun"),
    (
        &[
            "np",
            "pn",
            "nprop",
            "n prop",
            "propn",
            "prop",
            "proper noun",
            "proper name",
            "name",
            "toponym",
            "place name",
            "topn",
        ],
        "properNoun",
    ),
    (&["noun relational", "relational noun", "rn", "nrel", "n rel"], "relationNoun"),
    (
        &[
            "v",
            "verb",
            "vb",
            "vt",
            "vi",
            "vtr",
            "vd",
            "vs",
            "v tr",
            "v intr",
            "vintr",
            "tr v",
            "intr v",
            "transitive verb",
            "intransitive verb",
            "ditransitive verb",
            "bitransitive verb",
            "stative verb",
            "reflexive verb",
            "verb transitive",
            "verb intransitive",
        ],
        "verb",
    ),
    (&["aux", "auxiliary", "auxiliary verb", "v aux", "vaux"], "auxiliary"),
    (&["cop", "copula", "copulative verb"], "copula"),
    (&["mod", "modal", "modal verb"], "modal"),
    (&["lv", "light verb"], "lightVerb"),
    (&["adj", "a", "adjective"], "adjective"),
    (&["adv", "adverb"], "adverb"),
    (&["pro", "pron", "prn", "pronoun", "pro-form", "proform"], "pronoun"),
    (&["pers", "ppr", "pers pron", "pers pro", "pers pronoun", "personal pronoun"], "personalPronoun"),
    (&["poss pron", "possessive pronoun"], "possessivePronoun"),
    (&["dem pron", "demonstrative pronoun"], "demonstrativePronoun"),
    (&["rel pron", "relative pronoun", "relpro"], "relativePronoun"),
    (&["refl", "reflexive pronoun", "reflpro"], "reflexivePersonalPronoun"),
    (&["recp", "reciprocal pronoun"], "reciprocalPronoun"),
    (&["indef", "indef pron", "indefinite pronoun"], "indefinitePronoun"),
    (&["interrog", "interrogative pronoun", "interrogative pro-form", "int pron", "q pron"], "interrogativePronoun"),
    (&["det", "determiner", "d"], "determiner"),
    (&["dem", "demonstrative", "demonstr"], "demonstrativeDeterminer"),
    (&["poss", "possessive", "possessive determiner"], "possessiveDeterminer"),
    (&["art", "article"], "article"),
    (&["def art", "definite article"], "definiteArticle"),
    (&["indef art", "indefinite article"], "indefiniteArticle"),
    (&["num", "numeral", "number", "numb", "cardnum"], "numeral"),
    (&["card", "cardinal", "cardinal numeral", "cardinal number"], "cardinalNumeral"),
    (&["adp", "adposition"], "adposition"),
    (&["prep", "preposition", "pre"], "preposition"),
    (&["post", "postp", "postposition", "pp"], "postposition"),
    (&["circ", "circumposition"], "circumposition"),
    (&["conj", "conn", "conjunction", "connective", "connector", "cnj"], "conjunction"),
    (
        &["cconj", "coordconn", "coordinator", "coord", "coordinating conjunction", "coordinating connective"],
        "coordinatingConjunction",
    ),
    (
        &[
            "sconj",
            "subordconn",
            "subordinator",
            "subord",
            "sub conj",
            "subordinating conjunction",
            "subordinating connective",
        ],
        "subordinatingConjunction",
    ),
    (&["prt", "part", "ptc", "ptcl", "pcl", "pt", "particle"], "particle"),
    (&["neg", "negator", "negative particle"], "negativeParticle"),
    (&["interrogative particle", "q", "question particle"], "interrogativeParticle"),
    (&["rel", "relative particle", "relativizer"], "relativeParticle"),
    (&["interj", "intj", "int", "excl", "exclamation", "interjection"], "interjection"),
    (&["punct", "punctuation"], "punctuation"),
    (&["sym", "symbol"], "symbol"),
];

/// The LexInfo part of speech for a category as written: the whole of it first (`verb, transitive`), then what
/// stands before a qualifier (`n:Any`, `verb, oblique transitive`). `None` for what LexInfo has no value for.
pub(super) fn part_of_speech(category: &str) -> Option<&'static str> {
    let plain = |text: &str| {
        let words: Vec<_> = text
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '(' | ')'))
            .filter(|w| !w.is_empty())
            .map(str::to_lowercase)
            .collect();
        words.join(" ")
    };
    let find =
        |wanted: &str| PARTS_OF_SPEECH.iter().find(|(names, _)| names.contains(&wanted)).map(|(_, value)| *value);
    // `v>n` derives one from the other: neither is its part of speech.
    if category.contains('>') {
        return None;
    }
    find(&plain(category)).or_else(|| {
        let head = category.split([',', ':', '(', ';', '/']).next().unwrap_or_default();
        find(&plain(head))
    })
}

/// How a LexInfo part of speech is written so that [`part_of_speech`] finds it again: the full name first.
pub(super) fn written(value: &str) -> Option<&str> {
    if part_of_speech(value) == Some(value) {
        return Some(value);
    }
    let (names, _) = PARTS_OF_SPEECH.iter().find(|(_, known)| *known == value)?;
    names.iter().max_by_key(|name| name.len()).copied()
}

/// How a LexInfo relation is written so that [`relation`] finds it again; its own name where it is not known.
pub(super) fn relation_written(value: &str) -> &str {
    if [true, false].iter().any(|senses| relation(value, *senses) == Some(value)) {
        return value;
    }
    match value {
        "holonymTerm" => "holonym",
        "meronymTerm" => "meronym",
        "relatedTerm" => "related",
        "derivedForm" => "derived form",
        "etymologicalRoot" => "etymological root",
        "abbreviationFor" => "abbreviation",
        "contractionFor" => "contraction",
        "geographicalVariant" => "dialectal variant",
        other => other,
    }
}

/// Leipzig glossing abbreviation, LexInfo property, LexInfo value.
const GLOSSES: &[(&str, &str, &str)] = &[
    ("SG", "number", "singular"),
    ("DU", "number", "dual"),
    ("PL", "number", "plural"),
    ("PAUC", "number", "paucal"),
    ("TRIAL", "number", "trial"),
    ("TR", "number", "trial"),
    ("COLL", "number", "collective"),
    ("1", "person", "firstPerson"),
    ("2", "person", "secondPerson"),
    ("3", "person", "thirdPerson"),
    ("PST", "tense", "past"),
    ("PAST", "tense", "past"),
    ("PRS", "tense", "present"),
    ("PRES", "tense", "present"),
    ("FUT", "tense", "future"),
    ("PRET", "tense", "preterite"),
    ("PFV", "aspect", "perfective"),
    ("IPFV", "aspect", "imperfective"),
    ("INCH", "aspect", "inchoative"),
    ("CESS", "aspect", "cessative"),
    ("IMP", "mood", "imperative"),
    ("IND", "mood", "indicative"),
    ("SBJV", "mood", "subjunctive"),
    ("INF", "verbFormMood", "infinitive"),
    ("PTCP", "verbFormMood", "participle"),
    ("COND", "verbFormMood", "conditional"),
    ("ACT", "voice", "activeVoice"),
    ("PASS", "voice", "passiveVoice"),
    ("MID", "voice", "middleVoice"),
    ("DEF", "definiteness", "definite"),
    ("INDF", "definiteness", "indefinite"),
    ("CMPR", "degree", "comparative"),
    ("SUP", "degree", "superlative"),
    ("F", "gender", "feminine"),
    ("FEM", "gender", "feminine"),
    ("M", "gender", "masculine"),
    ("MASC", "gender", "masculine"),
    ("N", "gender", "neuter"),
    ("NEUT", "gender", "neuter"),
    ("ANIM", "animacy", "animate"),
    ("INAN", "animacy", "inanimate"),
    ("ABE", "case", "abessiveCase"),
    ("ABL", "case", "ablativeCase"),
    ("ABS", "case", "absolutiveCase"),
    ("ACC", "case", "accusativeCase"),
    ("ADE", "case", "adessiveCase"),
    ("ALL", "case", "allativeCase"),
    ("BEN", "case", "benefactiveCase"),
    ("COM", "case", "comitativeCase"),
    ("DAT", "case", "dativeCase"),
    ("ELA", "case", "elativeCase"),
    ("EQU", "case", "equativeCase"),
    ("ERG", "case", "ergativeCase"),
    ("ESS", "case", "essiveCase"),
    ("GEN", "case", "genitiveCase"),
    ("ILL", "case", "illativeCase"),
    ("INE", "case", "inessiveCase"),
    ("INS", "case", "instrumentalCase"),
    ("LAT", "case", "lativeCase"),
    ("LOC", "case", "locativeCase"),
    ("NOM", "case", "nominativeCase"),
    ("OBL", "case", "obliqueCase"),
    ("PART", "case", "partitiveCase"),
    ("PROL", "case", "prolativeCase"),
    ("TERM", "case", "terminativeCase"),
    ("TRANSL", "case", "translativeCase"),
    ("VOC", "case", "vocativeCase"),
];

/// LexInfo property and value for each grammatical abbreviation in a gloss: `3PL` gives person and number,
/// `sleep.PST` gives tense. Only what is written in capitals or digits is taken for an abbreviation.
/// Where a gloss names two persons (`1>3`) which is which cannot be said, so neither is.
pub(super) fn grammatical(gloss: &str) -> Vec<(&'static str, &'static str)> {
    let mut found: Vec<(&'static str, &'static str)> = Vec::new();
    for label in gloss.split(|c: char| !c.is_alphanumeric()).filter(|l| !l.is_empty()) {
        let digits = label.chars().take_while(char::is_ascii_digit).count();
        for part in [&label[..digits], &label[digits..]] {
            found.extend(GLOSSES.iter().filter(|(name, ..)| *name == part).map(|(_, p, v)| (*p, *v)));
        }
    }
    found.sort_unstable();
    found.dedup();
    let mut alone = found.clone();
    alone.retain(|(property, _)| found.iter().filter(|(p, _)| p == property).count() == 1);
    alone
}

/// LexInfo relation between two senses, or between two entries, for a relation's name as written.
pub(super) fn relation(kind: &str, between_senses: bool) -> Option<&'static str> {
    let name: String = kind.trim_matches('_').to_lowercase();
    let name = name.trim();
    let senses: &[(&[&str], &str)] = &[
        (&["synonym", "synonyms", "sy", "syn", "sn"], "synonym"),
        (&["antonym", "antonyms", "an", "ant"], "antonym"),
        (&["hypernym", "hypernyms", "generic", "generic/specific", "gen"], "hypernym"),
        (&["hyponym", "hyponyms", "specific", "spec"], "hyponym"),
        (&["holonym", "whole"], "holonymTerm"),
        (&["meronym", "part", "parts", "pt"], "meronymTerm"),
        (&["cf", "see also", "compare", "confer", "related", "rel"], "relatedTerm"),
    ];
    let entries: &[(&[&str], &str)] = &[
        (&["derived form", "derivative", "de"], "derivedForm"),
        (&["root"], "root"),
        (&["etymological root"], "etymologicalRoot"),
        (&["abbreviation", "abbreviation of"], "abbreviationFor"),
        (&["contraction", "contraction of"], "contractionFor"),
        (&["homophone", "homophones"], "homophone"),
        (&["homograph", "homographs"], "homograph"),
        (&["dialectal variant", "dialect variant"], "geographicalVariant"),
    ];
    let table = if between_senses { senses } else { entries };
    table.iter().find(|(names, _)| names.contains(&name)).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::{grammatical, part_of_speech, relation};

    #[test]
    fn categories_as_projects_write_them() {
        for (written, value) in [
            ("n", Some("noun")),
            ("n:Any", Some("noun")),
            ("N.", Some("noun")),
            ("verb, transitive", Some("verb")),
            ("verb, oblique transitive", Some("verb")),
            ("Transitive verb", Some("verb")),
            ("v. tr.", Some("verb")),
            ("noun, kinship", Some("noun")),
            ("noun, relational", Some("relationNoun")),
            ("pers. pronoun", Some("personalPronoun")),
            ("v>n", None),
            ("<Not Sure>", None),
            ("", None),
        ] {
            assert_eq!(part_of_speech(written), value, "{written}");
        }
    }

    #[test]
    fn glosses_by_the_leipzig_rules() {
        assert_eq!(grammatical("PL"), [("number", "plural")]);
        assert_eq!(grammatical("3PL"), [("number", "plural"), ("person", "thirdPerson")]);
        assert_eq!(grammatical("sleep.PST"), [("tense", "past")]);
        assert_eq!(grammatical("=ESS"), [("case", "essiveCase")]);
        assert_eq!(grammatical("1>3"), []);
        assert_eq!(grammatical("plane"), []);
        assert_eq!(grammatical("ŋ1²"), []);
    }

    #[test]
    fn relations_by_what_they_join() {
        assert_eq!(relation("Synonyms", true), Some("synonym"));
        assert_eq!(relation("Synonyms", false), None);
        assert_eq!(relation("root", false), Some("root"));
    }
}
