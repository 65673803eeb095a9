//! Decimal seconds to nanoseconds and back, without a detour through floating point.

use crate::domain::Time;

/// A century in nanoseconds: beyond that it is no recording, and sums stay in range.
const LIMIT: i128 = 3_155_760_000 * 1_000_000_000;

/// The time that a decimal number of seconds means, rounded to the nearest nanosecond (ties away from zero), and
/// whether that is exact. `None` for what is no finite number, or no time within a century.
pub fn parse(text: &str) -> Option<(Time, bool)> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    // How many digits stand left of the point once it is nanoseconds.
    let point = i64::try_from(whole.len()).ok()? + i64::from(exponent) + 9;
    let all = || whole.bytes().chain(fraction.bytes()).map(|b| i128::from(b - b'0'));
    let (mut nanos, mut exact, mut round_up) = (0i128, true, false);
    for (place, digit) in (0i64..).zip(all()) {
        if place < point {
            nanos = nanos.checked_mul(10)?.checked_add(digit)?;
            if nanos > LIMIT {
                return None;
            }
        } else {
            exact &= digit == 0;
            round_up |= place == point && digit >= 5;
        }
    }
    let given = i64::try_from(whole.len() + fraction.len()).ok()?;
    for _ in given..point {
        if nanos == 0 {
            break;
        }
        nanos = nanos.checked_mul(10)?;
        if nanos > LIMIT {
            return None;
        }
    }
    nanos += i128::from(round_up);
    let nanos = i64::try_from(if negative { -nanos } else { nanos }).ok()?;
    Some((Time(nanos), exact))
}

/// Seconds in as few digits as hold the time.
pub fn format(time: Time) -> String {
    let sign = if time.0 < 0 { "-" } else { "" };
    let nanos = time.0.unsigned_abs();
    let (secs, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    if rest == 0 {
        return format!("{sign}{secs}");
    }
    let fraction = format!("{rest:09}");
    format!("{sign}{secs}.{}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_to_the_nanosecond() {
        assert_eq!(parse("1358.8925"), Some((Time(1_358_892_500_000), true)));
        assert_eq!(parse("-0"), Some((Time(0), true)));
        assert_eq!(parse("0.3154201182247563"), Some((Time(315_420_118), false)));
        assert_eq!(parse("0.0000000005"), Some((Time(1), false)));
        assert_eq!(parse("1.5e2"), Some((Time(150_000_000_000), true)));
        assert_eq!(parse("1e-3"), Some((Time(1_000_000), true)));
        assert_eq!(parse(".5"), Some((Time(500_000_000), true)));
        assert_eq!(parse("0.10"), Some((Time(100_000_000), true)));
        for odd in ["", "-", ".", "NaN", "inf", "1e300", "1e", "0x10", "1.2.3", "--undefined--", "99999999999"] {
            assert_eq!(parse(odd), None, "{odd}");
        }
        assert_eq!(parse("0e999999999"), Some((Time(0), true)));
        assert_eq!(parse("1e-999999999"), Some((Time(0), false)));
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_the_same(nanos in -3_000_000_000_000_000_000i64..3_000_000_000_000_000_000) {
            proptest::prop_assert_eq!(parse(&format(Time(nanos))), Some((Time(nanos), true)));
        }
    }
}
