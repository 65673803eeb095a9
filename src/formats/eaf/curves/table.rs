//! A table of curves as ELAN reads it: a row a moment, the time in whole milliseconds first.
//!
//! Facts about ELAN 6.9 (classes `CSVReader`, `TimeFormatter`, `TSTrackPanelImpl`):
//! - A line that begins with `#` is passed over, so the header does; any other first line would be a sample.
//! - The delimiter is whichever of tab, semicolon and comma is most frequent in the first ten lines.
//! - Times without a colon, point or comma are milliseconds, which is the finest ELAN has.
//! - A value that is no number is a gap. An empty last cell would be 0, since Java's `split` drops it: so what was not
//!   measured is written `NaN`, which Java and others read as what it is.
//! - A fixed rate is rounded to whole samples a second, so that 29.97 would run away by 3.6 seconds an hour, and gaps are
//!   filled with zeros. So sources say `Discontinuous Rate`: times as written, a line from each sample to the next, none to
//!   or from a gap. Where somebody was out of sight for long, one row of `NaN` ends the line.

use std::io::Write;
use std::path::Path;

use super::gather::Wants;
use super::look::short;
use crate::domain::Time;
use crate::formats::measures::Measured;

/// What the header begins with; a file that begins so is one of ours.
const HEAD: &str = "#time_ms,";
/// A step so much longer than usual is no step: somebody was out of sight.
const GAP: f64 = 3.5;

/// One column.
pub(super) struct Column {
    /// As the channel is called.
    pub name: String,
    /// Least and greatest value.
    pub seen: [f32; 2],
    /// Where it stands in each of the parts.
    at: Vec<Option<usize>>,
}

/// A table in the making: its rows lie where they were measured.
pub(super) struct Table<'m> {
    pub columns: Vec<Column>,
    parts: &'m [Measured],
    /// When, and which row of which part; none where a line ends.
    rows: Vec<(i64, Option<(usize, usize)>)>,
}

/// What was measured at the moments at which no look that counts more looked.
pub(super) fn uncovered(measured: Measured, is_over: impl Fn(Time) -> bool) -> Measured {
    let stays: Vec<bool> = measured.times.iter().map(|time| !is_over(*time)).collect();
    if stays.iter().all(|stays| *stays) {
        return measured;
    }
    let Measured { mut times, mut columns } = measured;
    let mut at = stays.iter();
    times.retain(|_| at.next().copied().unwrap_or(false));
    for column in &mut columns {
        let mut at = stays.iter();
        column.values.retain(|_| at.next().copied().unwrap_or(false));
    }
    Measured { times, columns }
}

/// Whether nothing lies there, or a table that an earlier export wrote.
pub(super) fn may_replace(path: &Path) -> bool {
    use std::io::Read as _;
    if !path.exists() {
        return true;
    }
    let mut start = String::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(HEAD.len() as u64).read_to_string(&mut start));
    read.is_ok() && start == HEAD
}

impl<'m> Table<'m> {
    /// The columns that are wanted of these parts, in order of time; of two samples of one millisecond that of the earlier
    /// part. `None` where nothing was measured.
    pub fn of(parts: &'m [Measured], wants: Wants) -> Option<Self> {
        let mut columns: Vec<Column> = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            for (at, column) in part.columns.iter().enumerate().filter(|(_, column)| wants(&column.name)) {
                let finite = column.values.iter().copied().filter(|value| value.is_finite());
                let seen = finite.fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)]);
                if seen[0] > seen[1] {
                    continue;
                }
                let known = match columns.iter().position(|known| known.name == column.name) {
                    Some(known) => known,
                    None => {
                        columns.push(Column { name: column.name.clone(), seen, at: vec![None; parts.len()] });
                        columns.len() - 1
                    }
                };
                let known = &mut columns[known];
                known.seen = [known.seen[0].min(seen[0]), known.seen[1].max(seen[1])];
                known.at[number] = Some(at);
            }
        }
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        let rows = rows(parts);
        (!columns.is_empty() && !rows.is_empty()).then_some(Self { columns, parts, rows })
    }

    /// Writes it as CSV.
    pub fn write(&self, to: &mut dyn Write) -> std::io::Result<()> {
        let names: Vec<&str> = self.columns.iter().map(|column| short(&column.name)).collect();
        // A name of somebody else's model may have anything in it.
        let plain = |name: &str| name.replace([',', ';', '\t', '\n', '\r', '"'], "_");
        writeln!(to, "{HEAD}{}", names.iter().map(|name| plain(name)).collect::<Vec<_>>().join(","))?;
        for (millis, source) in &self.rows {
            write!(to, "{millis}")?;
            for column in &self.columns {
                match source.and_then(|(part, row)| self.value(column, part, row)) {
                    Some(value) => write!(to, ",{}", shown(value))?,
                    None => write!(to, ",NaN")?,
                }
            }
            writeln!(to)?;
        }
        Ok(())
    }

    fn value(&self, column: &Column, part: usize, row: usize) -> Option<f32> {
        let at = column.at.get(part).copied().flatten()?;
        let value = self.parts.get(part)?.columns.get(at)?.values.get(row).copied()?;
        value.is_finite().then_some(value)
    }
}

/// A value with the six digits that its storage step keeps.
fn shown(value: f32) -> String {
    let value = f64::from(value);
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = (5.0 - value.abs().log10().floor()).clamp(0.0, 20.0) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// All samples in order, with one empty row where a line is to end.
fn rows(parts: &[Measured]) -> Vec<(i64, Option<(usize, usize)>)> {
    let mut all: Vec<(i64, usize, usize)> = Vec::with_capacity(parts.iter().map(|part| part.times.len()).sum());
    for (number, part) in parts.iter().enumerate() {
        all.extend(part.times.iter().enumerate().map(|(row, time)| (time.millis(), number, row)));
    }
    all.sort_unstable();
    all.dedup_by_key(|(millis, _, _)| *millis);
    let mut steps: Vec<i64> = all.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    let middle = steps.len() / 2;
    let usual = if steps.is_empty() { 0 } else { *steps.select_nth_unstable(middle).1 };
    let mut rows = Vec::with_capacity(all.len());
    let mut before: Option<i64> = None;
    for (millis, part, row) in all {
        if let Some(before) = before.filter(|before| (millis - before) as f64 > GAP * usual as f64) {
            rows.push((before + usual, None));
        }
        rows.push((millis, Some((part, row))));
        before = Some(millis);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::measures::MeasuredColumn;

    fn measured(times: &[i64], values: &[f32]) -> Measured {
        let column = MeasuredColumn { name: "measure.mouth_open".into(), values: values.to_vec() };
        Measured { times: times.iter().copied().map(Time::from_millis).collect(), columns: vec![column] }
    }

    fn text(parts: &[Measured]) -> String {
        let mut out = Vec::new();
        Table::of(parts, |_| true).expect("a table").write(&mut out).expect("written");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_line_ends_where_somebody_was_out_of_sight() {
        let parts = [measured(&[0, 40, 80], &[0.5, f32::NAN, 0.25]), measured(&[80, 2_000, 2_040], &[9.0, 1.0, 2.0])];
        let wanted = "#time_ms,mouth_open\n0,0.5\n40,NaN\n80,0.25\n120,NaN\n2000,1\n2040,2\n";
        assert_eq!(text(&parts), wanted);
    }

    #[test]
    fn values_are_written_with_the_digits_they_have() {
        let all = [0.01, -0.734, 30.05, 180.5, 7.0, -0.0, 1_234_567.0, 2.5e-7].map(|value: f32| shown(value));
        assert_eq!(all, ["0.01", "-0.734", "30.05", "180.5", "7", "0", "1234567", "0.00000025"]);
        assert_eq!(shown(0.001_f32 * 10.0), "0.01");
    }

    #[test]
    fn nothing_measured_is_no_table() {
        assert!(Table::of(&[measured(&[0, 40], &[f32::NAN, f32::NAN])], |_| true).is_none());
        assert!(Table::of(&[measured(&[0], &[1.0])], |_| false).is_none());
        assert!(Table::of(&[], |_| true).is_none());
    }

    #[test]
    fn moments_of_a_look_that_gave_way_are_not_in_it() {
        let left = uncovered(measured(&[0, 40, 80], &[1.0, 2.0, 3.0]), |time| time < Time::from_millis(80));
        assert_eq!(left, measured(&[80], &[3.0]));
    }
}
