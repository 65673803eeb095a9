//! Times of cues: `01:02:03,400`, `02:03.400`.

use crate::domain::{Span, Time};

/// A century in hours: beyond that it is no recording.
const MOST_HOURS: u64 = 876_600;

/// A time, as leniently as players take it: hours may be missing, point or comma, one to nine decimals or none.
/// `None` for what is no time.
pub fn parse(text: &str) -> Option<Time> {
    let text = text.trim();
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = text.split_once([',', '.']).unwrap_or((text, ""));
    let parts: Vec<u64> = whole.split(':').map(number).collect::<Option<_>>()?;
    let (hours, minutes, seconds) = match *parts.as_slice() {
        [minutes, seconds] => (0, minutes, seconds),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    if hours > MOST_HOURS || minutes > 59 && parts.len() == 3 || minutes > MOST_HOURS || seconds > 59 {
        return None;
    }
    let nanos = match fraction.len() {
        0 => 0,
        digits @ 1..=9 => number(fraction)? * 10u64.pow(9 - digits as u32),
        _ => return None,
    };
    let nanos = i64::try_from((hours * 3600 + minutes * 60 + seconds) * 1_000_000_000 + nanos).ok()?;
    Some(Time(if negative { -nanos } else { nanos }))
}

fn number(text: &str) -> Option<u64> {
    (!text.is_empty() && text.len() < 10 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Start, end and what follows, of a line `start --> end settings`.
pub fn timing(line: &str) -> Option<(Time, Time, &str)> {
    let (start, rest) = line.split_once("-->")?;
    let rest = rest.trim();
    let (end, settings) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
    Some((parse(start)?, parse(end)?, settings.trim()))
}

/// A time of cues as written, hours included, with a point or comma before the milliseconds.
pub fn format(millis: i64, mark: char) -> String {
    let millis = millis.max(0);
    let (secs, millis) = (millis / 1000, millis % 1000);
    format!("{:02}:{:02}:{:02}{mark}{millis:03}", secs / 3600, secs / 60 % 60, secs % 60)
}

/// Whole milliseconds of a span as a cue can have it: not before the start of the recording, not of no length.
pub fn millis(span: Span) -> (i64, i64) {
    let start = span.start.millis().max(0);
    (start, span.end.millis().max(start + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_players_read_them() {
        assert_eq!(parse("00:00:01,500"), Some(Time::from_millis(1500)));
        assert_eq!(parse("1:2:3.4"), Some(Time::from_millis(3_723_400)));
        assert_eq!(parse("02:03.045"), Some(Time::from_millis(123_045)));
        assert_eq!(parse("-00:00:01,000"), Some(Time::from_millis(-1000)));
        assert_eq!(parse("100:00:00.000"), Some(Time::from_millis(360_000_000)));
        for odd in ["", "NaN", "1", "00:00:99,000", "99999999:00:00,000", "a:b:c", "00:00:01,1234567890", "1:2:3:4"] {
            assert_eq!(parse(odd), None, "{odd}");
        }
        assert_eq!(format(360_000_045, ','), "100:00:00,045");
        assert_eq!(timing("00:01.000 --> 00:02.000 line:0 align:start").unwrap().2, "line:0 align:start");
    }
}
