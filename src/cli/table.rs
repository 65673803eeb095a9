//! Verbs about tables of other people's making.

use std::path::Path;

use super::args::Table as Verb;
use super::{Failure, Outcome, output};
use crate::formats::table::{self, Mapping};
use crate::formats::{Format, FormatError, ImportOptions};

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

/// The mappings that were given, for all tables and by sheet, put into the options.
pub(super) fn map(options: &mut ImportOptions, maps: &[String], left_out: &[String]) -> Result<(), Failure> {
    for map in maps {
        match map.split_once('=').filter(|_| !Path::new(map).exists()) {
            Some((sheet, file)) => {
                options.sheets.insert(sheet.to_owned(), Some(mapping(Path::new(file))?));
            }
            None if options.mapping.is_some() => {
                let problem = "several mappings: say of each which sheet it is for, as --map SHEET=FILE.toml";
                return Err(Failure::Usage(problem.to_owned()));
            }
            None => options.mapping = Some(mapping(Path::new(map))?),
        }
    }
    options.sheets.extend(left_out.iter().map(|sheet| (sheet.clone(), None)));
    Ok(())
}

/// The mapping in a file.
fn mapping(file: &Path) -> Result<Mapping, Failure> {
    let named = |problem: String| Failure::Usage(format!("{}: {problem}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|e| named(e.to_string()))?;
    let mapping = Mapping::from_toml(&text).map_err(|e| named(e.to_string()))?;
    mapping.check().map_err(|e| named(e.to_string()))?;
    Ok(mapping)
}
