//! A table as the bytes of a Parquet file: zstd, dictionary encoding, lists in the three levels of the specification.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};

use super::table::{Column, Data, Table};

/// Rows of one row group: what a reader must take into memory at once.
const GROUP: usize = 65_536;
const LEVEL: i32 = 6;

/// The file. `about` goes into its metadata beside our version.
pub(in crate::formats) fn bytes(table: &Table, about: &[(&str, String)]) -> Result<Vec<u8>, ParquetError> {
    let mut metadata = vec![
        KeyValue::new("fieldgloss.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        KeyValue::new("fieldgloss.table".to_owned(), table.name.clone()),
    ];
    let columns: serde_json::Map<String, serde_json::Value> =
        table.columns.iter().map(|c| (c.name.clone(), c.says.clone().into())).collect();
    metadata.push(KeyValue::new("fieldgloss.columns".to_owned(), serde_json::Value::Object(columns).to_string()));
    metadata.extend(about.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone())));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(LEVEL)?))
        .set_created_by(format!("fieldgloss version {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(metadata))
        .build();
    let fields: Vec<TypePtr> = table.columns.iter().map(|c| field(c).map(Arc::new)).collect::<Result<_, _>>()?;
    let schema = Type::group_type_builder(&table.name).with_fields(fields).build()?;
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut from = 0;
    while from < table.rows {
        let to = table.rows.min(from + GROUP);
        let mut group = writer.next_row_group()?;
        for column in &table.columns {
            let Some(mut place) = group.next_column()? else { break };
            write_column(&mut place, &column.data, from, to)?;
            place.close()?;
        }
        group.close()?;
        from = to;
    }
    writer.into_inner()
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let optional =
        |physical| Type::primitive_type_builder(&column.name, physical).with_repetition(Repetition::OPTIONAL);
    match &column.data {
        Data::Text(_) => optional(Physical::BYTE_ARRAY).with_logical_type(Some(LogicalType::String)).build(),
        Data::Int(_) => optional(Physical::INT64).build(),
        Data::Number(_) => optional(Physical::DOUBLE).build(),
        Data::Bool(_) => optional(Physical::BOOLEAN).build(),
        Data::List(_) => list(&column.name, element()?),
        Data::Lists(_) => list(&column.name, list("element", element()?)?),
    }
}

fn element() -> Result<Type, ParquetError> {
    Type::primitive_type_builder("element", Physical::BYTE_ARRAY)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(Some(LogicalType::String))
        .build()
}

fn list(name: &str, element: Type) -> Result<Type, ParquetError> {
    let repeated = Type::group_type_builder("list")
        .with_repetition(Repetition::REPEATED)
        .with_fields(vec![Arc::new(element)])
        .build()?;
    Type::group_type_builder(name)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(Some(LogicalType::List))
        .with_fields(vec![Arc::new(repeated)])
        .build()
}

fn write_column(
    place: &mut SerializedColumnWriter<'_>,
    data: &Data,
    from: usize,
    to: usize,
) -> Result<(), ParquetError> {
    match data {
        Data::Text(all) => {
            let (values, levels) = there(part(all, from, to), |text| ByteArray::from(text.as_str()));
            place.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
        }
        Data::Int(all) => {
            let (values, levels) = there(part(all, from, to), |v| *v);
            place.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
        }
        Data::Number(all) => {
            let (values, levels) = there(part(all, from, to), |v| *v);
            place.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
        }
        Data::Bool(all) => {
            let (values, levels) = there(part(all, from, to), |v| *v);
            place.typed::<BoolType>().write_batch(&values, Some(&levels), None)?;
        }
        Data::List(all) => Nested::of_lists(part(all, from, to)).write(place)?,
        Data::Lists(all) => Nested::of_lists_of_lists(part(all, from, to)).write(place)?,
    }
    Ok(())
}

fn part<T>(all: &[T], from: usize, to: usize) -> &[T] {
    all.get(from..to).unwrap_or_default()
}

/// The values that are there, and for each row whether one is.
fn there<T, V>(all: &[Option<T>], value: impl Fn(&T) -> V) -> (Vec<V>, Vec<i16>) {
    let levels = all.iter().map(|v| i16::from(v.is_some())).collect();
    (all.iter().flatten().map(value).collect(), levels)
}

/// Lists in Dremel's levels: how deep a value is defined, and at which depth it repeats.
#[derive(Default)]
struct Nested {
    values: Vec<ByteArray>,
    defined: Vec<i16>,
    repeats: Vec<i16>,
}

impl Nested {
    fn of_lists(rows: &[Vec<String>]) -> Self {
        let mut nested = Self::default();
        for row in rows {
            nested.list(row, 0, 0, 1);
        }
        nested
    }

    fn of_lists_of_lists(rows: &[Vec<Vec<String>>]) -> Self {
        let mut nested = Self::default();
        for row in rows {
            if row.is_empty() {
                nested.nothing(0, 0);
            }
            for (index, inner) in row.iter().enumerate() {
                nested.list(inner, i16::from(index > 0), 1, 2);
            }
        }
        nested
    }

    /// One list of texts: its first value repeats at `first`, the others at `depth`; an empty one is defined down to
    /// `empty`.
    fn list(&mut self, texts: &[String], first: i16, empty: i16, depth: i16) {
        if texts.is_empty() {
            self.nothing(first, empty);
        }
        for (index, text) in texts.iter().enumerate() {
            self.values.push(ByteArray::from(text.as_str()));
            self.defined.push(depth);
            self.repeats.push(if index == 0 { first } else { depth });
        }
    }

    fn nothing(&mut self, repeats: i16, defined: i16) {
        self.defined.push(defined);
        self.repeats.push(repeats);
    }

    fn write(&self, place: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        place.typed::<ByteArrayType>().write_batch(&self.values, Some(&self.defined), Some(&self.repeats)).map(|_| ())
    }
}
