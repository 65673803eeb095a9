//! What a row is and where each column goes.

use serde::{Deserialize, Serialize};

use super::Table;

/// What each row of a table is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// A word of the dictionary, or one of its senses.
    #[default]
    Entries,
    /// A sentence, with words, glosses and translation where there are columns for them.
    Sentences,
    /// An annotation on some tier.
    Annotations,
}

impl RowKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Entries, Self::Sentences, Self::Annotations];
    /// Its name in a mapping file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Sentences => "sentences",
            Self::Annotations => "annotations",
        }
    }
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $rows:ident, $speaks:ident;)*) => {
        /// Where the cells of a column go.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Field { #[default] $($(#[$doc])* $name,)* }

        impl Field {
            /// Every field.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// Its name in a mapping file.
            pub fn name(self) -> &'static str { match self { $(Self::$name => $text,)* } }
            /// Whether rows of a kind have it.
            pub fn suits(self, kind: RowKind) -> bool { match self { $(Self::$name => suits::$rows(kind),)* } }
            /// Whose language its cells are in; `None` where they are in none.
            pub fn speech(self) -> Option<Speech> { match self { $(Self::$name => speech::$speaks(),)* } }
        }
    };
}

/// Whose language a text is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// The language documented.
    Object,
    /// The language of glosses and translations.
    Analysis,
}

mod suits {
    use super::RowKind::{self, Annotations, Entries, Sentences};

    pub fn any(_: RowKind) -> bool {
        true
    }
    pub fn entry(kind: RowKind) -> bool {
        kind == Entries
    }
    pub fn sentence(kind: RowKind) -> bool {
        kind == Sentences
    }
    pub fn timed(kind: RowKind) -> bool {
        kind != Entries
    }
    pub fn annotation(kind: RowKind) -> bool {
        kind == Annotations
    }
}

mod speech {
    use super::Speech;

    pub fn object() -> Option<Speech> {
        Some(Speech::Object)
    }
    pub fn analysis() -> Option<Speech> {
        Some(Speech::Analysis)
    }
    pub fn none() -> Option<Speech> {
        None
    }
}

fields! {
    /// Kept under the column's own name: a custom field of the sense, or beside the annotation.
    Keep = "keep", any, none;
    Headword = "headword", entry, object;
    Citation = "citation", entry, object;
    Variant = "variant", entry, object;
    Pronunciation = "pronunciation", entry, object;
    Homograph = "homograph", entry, none;
    /// Stem, prefix, suffix, …
    Kind = "kind", entry, none;
    /// Part of speech.
    Category = "category", entry, none;
    Gloss = "gloss", entry, analysis;
    Definition = "definition", entry, analysis;
    Domains = "domains", entry, none;
    ScientificName = "scientific_name", entry, none;
    Example = "example", entry, object;
    ExampleTranslation = "example_translation", entry, analysis;
    ExampleSource = "example_source", entry, none;
    Etymology = "etymology", entry, analysis;
    /// The sentence as written.
    Text = "text", sentence, object;
    /// Words cut into morphs (`abur-u-n`).
    Words = "words", sentence, object;
    /// Glosses, as many as words and cut alike (`they-OBL-GEN`).
    Glosses = "glosses", sentence, analysis;
    Translation = "translation", sentence, analysis;
    LiteralTranslation = "literal_translation", sentence, analysis;
    Value = "value", annotation, object;
    Session = "session", timed, none;
    Tier = "tier", annotation, none;
    Speaker = "speaker", timed, none;
    /// In seconds, or as minutes:seconds.
    Start = "start", timed, none;
    End = "end", timed, none;
    /// In milliseconds.
    StartMs = "start_ms", timed, none;
    EndMs = "end_ms", timed, none;
    Note = "note", any, analysis;
}

/// One column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Column {
    /// Its name in the table.
    pub name: String,
    pub field: Field,
    /// BCP 47 tag of its texts; empty for the project's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// What parts several values in one cell; empty when a cell is one value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub separator: String,
}

/// What the rows of a table are, and where each column goes, in the table's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapping {
    pub rows: RowKind,
    /// Whether the first row holds the names of the columns.
    pub header: bool,
    pub columns: Vec<Column>,
}

impl Default for Mapping {
    fn default() -> Self {
        Self { rows: RowKind::default(), header: true, columns: Vec::new() }
    }
}

/// Why a mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    #[error("the mapping cannot be read: {0}")]
    Unreadable(String),
    #[error("the mapping names no column for the {need}, without which rows are not {rows}")]
    Missing { rows: &'static str, need: &'static str },
}

impl Mapping {
    /// Reads the TOML that [`Self::to_toml`] writes.
    ///
    /// # Errors
    /// When it is not TOML, or names a field that there is not.
    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        toml::from_str(text).map_err(|e| MappingError::Unreadable(e.to_string()))
    }
    /// As TOML that a person can edit.
    pub fn to_toml(&self) -> String {
        let fields: Vec<&str> = Field::ALL.iter().filter(|f| f.suits(self.rows)).map(|f| f.name()).collect();
        let mut text = format!(
            "# What each row is: entries, sentences or annotations.\n# Fields for {}: {}.\n\
             # language: BCP 47 tag of a column's texts, the project's when left out.\n\
             # separator: what parts several values in one cell.\n",
            self.rows.name(),
            fields.join(", ")
        );
        text.push_str(&toml::to_string_pretty(self).unwrap_or_default());
        text
    }
    /// Whether a column goes to a field.
    pub fn has(&self, field: Field) -> bool {
        self.columns.iter().any(|column| column.field == field)
    }
    /// How many columns no field takes.
    pub fn kept(&self) -> usize {
        self.columns.iter().filter(|c| c.field == Field::Keep || !c.field.suits(self.rows)).count()
    }
    /// Whether rows can be read by it.
    ///
    /// # Errors
    /// When the one column that rows cannot do without is not named.
    pub fn check(&self) -> Result<(), MappingError> {
        let (fields, need): (&[Field], _) = match self.rows {
            RowKind::Entries => (&[Field::Headword, Field::Citation], "headword"),
            RowKind::Sentences => (&[Field::Text, Field::Words], "text or the words"),
            RowKind::Annotations => (&[Field::Value], "value"),
        };
        if fields.iter().any(|field| self.has(*field)) {
            Ok(())
        } else {
            Err(MappingError::Missing { rows: self.rows.name(), need })
        }
    }
    /// The same mapping with its columns in the order of a table: found by name, by place where the table has no names.
    /// Columns the mapping does not know are kept as they are.
    pub fn over(&self, table: &Table) -> Self {
        let columns = table.names(self.header).into_iter().enumerate().map(|(at, name)| {
            let same = |column: &&Column| column.name.trim().eq_ignore_ascii_case(&name);
            // Two columns of one name are told apart by their place.
            let here = self.columns.get(at).filter(|column| !self.header || same(column));
            let known = here.or_else(|| self.columns.iter().find(same).filter(|_| self.header));
            Column { name: name.clone(), ..known.cloned().unwrap_or_default() }
        });
        Self { rows: self.rows, header: self.header, columns: columns.collect() }
    }
    /// Whether it was made for a table with these columns: some column with a field is there by name.
    pub fn fits(&self, table: &Table) -> bool {
        if !self.header {
            return self.columns.len() == table.width();
        }
        let names = table.names(true);
        let wanted: Vec<&Column> = self.columns.iter().filter(|c| c.field != Field::Keep).collect();
        !wanted.is_empty()
            && wanted.iter().any(|column| names.iter().any(|name| name.eq_ignore_ascii_case(column.name.trim())))
    }
}
