//! Times of rows: milliseconds since 1970-01-01T00:00:00Z, read from and written as RFC 3339. A log of a million rows
//! reads a million of them, hence a parser for exactly that form.

/// Stands for "this row has no time".
pub const NO_TIME: i64 = i64::MIN;

/// Milliseconds in a day.
pub(crate) const DAY: i64 = 86_400_000;

/// Reads an RFC 3339 date-time (section 5.6), rounding down to whole milliseconds. A leap second counts as the second before it.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |from: usize, length: usize| -> Option<i64> {
        bytes
            .get(from..from + length)?
            .iter()
            .try_fold(0, |sum, byte| {
                byte.is_ascii_digit()
                    .then(|| sum * 10 + i64::from(byte - b'0'))
            })
    };
    let is = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|byte| allowed.contains(byte));
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    let shape = is(4, b"-") && is(7, b"-") && is(10, b"Tt ") && is(13, b":") && is(16, b":");
    if !shape
        || hour > 23
        || minute > 59
        || second > 60
        || !(1..=12).contains(&month)
        || !(1..=days_in(year, month)).contains(&day)
    {
        return None;
    }
    let mut at = 19;
    let mut milliseconds = 0;
    if is(at, b".") {
        at += 1;
        let mut scale = 100;
        let start = at;
        while let Some(digit) = number(at, 1) {
            milliseconds += digit * scale;
            scale /= 10;
            at += 1;
        }
        if at == start {
            return None;
        }
    }
    let offset = if is(at, b"Zz") {
        at += 1;
        0
    } else {
        let sign = if is(at, b"+") {
            1
        } else if is(at, b"-") {
            -1
        } else {
            return None;
        };
        let (hours, minutes) = (number(at + 1, 2)?, number(at + 4, 2)?);
        if !is(at + 3, b":") || hours > 23 || minutes > 59 {
            return None;
        }
        at += 6;
        sign * (hours * 60 + minutes)
    };
    if at != bytes.len() {
        return None;
    }
    let minutes = (days_from_civil(year, month, day) * 24 + hour) * 60 + minute - offset;
    Some((minutes * 60 + second.min(59)) * 1000 + milliseconds)
}

/// Writes a time as RFC 3339 in UTC, with milliseconds when there are any; nothing for a row without time.
#[must_use]
pub fn format(at: i64) -> String {
    // Years beyond four digits are no RFC 3339; a parsed time never has them.
    if !(-62_167_219_200_000..=253_402_300_799_999).contains(&at) {
        return String::new();
    }
    let (days, of_day) = (at.div_euclid(DAY), at.rem_euclid(DAY));
    let (year, month, day) = civil_from_days(days);
    let (seconds, milliseconds) = (of_day / 1000, of_day % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if milliseconds == 0 {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    } else {
        format!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z"
        )
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that the leap day is the last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day
        - 1
        - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    if month < 10 {
        (year, month + 3, day)
    } else {
        (year + 1, month - 9, day)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;

    use super::*;

    #[test]
    fn reads_the_forms_of_rfc_3339() {
        let at = parse("2026-11-03T10:15:00Z").unwrap();
        assert_eq!(at, 1_793_700_900_000);
        assert_eq!(parse("2026-11-03T11:15:00+01:00"), Some(at));
        assert_eq!(parse("2026-11-03 04:45:00.0009-05:30"), Some(at));
        assert_eq!(parse("2026-11-03t10:15:00.25z"), Some(at + 250));
        assert_eq!(format(at), "2026-11-03T10:15:00Z");
        assert_eq!(format(at + 7), "2026-11-03T10:15:00.007Z");
        assert_eq!(format(NO_TIME), "");
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "2026-11-03",
            "2026-11-03T10:15:00",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-03T24:00:00Z",
            "2026-11-03T10:15:00.Z",
            "2026-11-03T10:15:00Zx",
            "2026-11-03T10:15:00+1:00",
            "+026-11-03T10:15:00Z",
            "2026-11-03T10:15:00é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_another_calendar(at in -62_167_219_200_000_i64..=253_402_300_799_999) {
            let text = format(at);
            prop_assert_eq!(parse(&text), Some(at));
            let other = OffsetDateTime::parse(&text, &Rfc3339).unwrap();
            prop_assert_eq!(other.unix_timestamp_nanos(), i128::from(at) * 1_000_000);
        }
    }
}
