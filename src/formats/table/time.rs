//! Times as people write them in tables.

use crate::domain::Time;

/// Seconds, exactly, without zeros at the end.
pub fn seconds(time: Option<Time>) -> String {
    let Some(Time(nanos)) = time else { return String::new() };
    let sign = if nanos < 0 { "-" } else { "" };
    let nanos = nanos.unsigned_abs();
    let text = format!("{sign}{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Nanoseconds from `12.5`, `12,5`, `0:12.5` or `1:00:12.5`; exact to nine decimals.
pub fn parse_time(text: &str) -> Option<Time> {
    let text = text.trim().replace(',', ".");
    let (sign, text) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(decimals) || whole.split(':').count() > 3 {
        return None;
    }
    let mut secs: i64 = 0;
    for part in whole.split(':') {
        if part.is_empty() || !digits(part) {
            return None;
        }
        secs = secs.checked_mul(60)?.checked_add(part.parse().ok()?)?;
    }
    let mut fraction = decimals.chars().take(9).collect::<String>();
    while fraction.len() < 9 {
        fraction.push('0');
    }
    let nanos = secs.checked_mul(1_000_000_000)?.checked_add(fraction.parse().ok()?)?;
    Some(Time(nanos * sign))
}

#[cfg(test)]
mod tests {
    use super::{parse_time, seconds};
    use crate::domain::Time;

    #[test]
    fn times_in_the_ways_people_write_them() {
        for (text, nanos) in
            [("12.5", 12_500_000_000), ("12,5", 12_500_000_000), ("1:02.25", 62_250_000_000), ("-1", -1_000_000_000)]
        {
            assert_eq!(parse_time(text), Some(Time(nanos)), "{text}");
        }
        for text in ["", "abc", "1:2:3:4", ":", "1e5", "99999999999999"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
        assert_eq!(seconds(Some(Time(1_500_000_000))), "1.5");
        assert_eq!(seconds(Some(Time(10_000_000_000))), "10");
    }
}
