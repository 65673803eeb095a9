//! Verbs about tables of other people's making.

use std::path::Path;

use super::args::Table as Verb;
use super::{Failure, Outcome, output};
use crate::formats::table::{self, Mapping};
use crate::formats::{Format, FormatError};

pub(super) fn table(verb: &Verb) -> Outcome {
    let Verb::Show { file, sheet } = verb;
    let (tables, odd) = table::open(file, Format::guess(file)?)?;
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    let found = match sheet {
        Some(name) => tables.iter().find(|table| table.name == *name),
        None => tables.first(),
    };
    let found = found.ok_or_else(|| match sheet {
        Some(name) => Failure::Usage(format!("no sheet is called '{name}'; there are {}", names.join(", "))),
        None => FormatError::broken(Format::Csv, "the start", "there is no row in it").into(),
    })?;
    for text in odd {
        output::line(&format!("# {text}"));
    }
    let guess = table::guess(found);
    if !guess.sure {
        output::line(
            "# Nothing in the names says what the rows are: this is only a guess from the order of the columns.",
        );
    }
    output::line(guess.mapping.to_toml().trim_end());
    Ok(())
}

/// The mapping in a file.
pub(super) fn mapping(file: Option<&Path>) -> Result<Option<Mapping>, Failure> {
    let Some(file) = file else { return Ok(None) };
    let named = |problem: String| Failure::Usage(format!("{}: {problem}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|e| named(e.to_string()))?;
    let mapping = Mapping::from_toml(&text).map_err(|e| named(e.to_string()))?;
    mapping.check().map_err(|e| named(e.to_string()))?;
    Ok(Some(mapping))
}
