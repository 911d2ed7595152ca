//! When a pack runs by itself: `nightly 02:30`, or on one day of the week, `sunday 03:00`. Times are UTC, like every time a
//! workspace records, so that nobody's clock change runs a pack twice or not at all.

use std::fmt;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const WEEK: i64 = 7 * DAY;
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// A time of day, every day or on one day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Days since Monday; nothing = every day.
    weekday: Option<u8>,
    hour: u8,
    minute: u8,
}

impl Schedule {
    /// Every night at a time.
    ///
    /// # Errors
    /// In words, when it is no time of day.
    pub fn nightly(time: &str) -> Result<Self, String> {
        Self::parse(&format!("nightly {time}"))
    }

    /// Every week, `day` days after Monday, at an hour and a minute; each is taken modulo what a week, a day and an hour have.
    #[must_use]
    pub fn weekly(day: u8, hour: u8, minute: u8) -> Self {
        Self {
            weekday: Some(day % 7),
            hour: hour % 24,
            minute: minute % 60,
        }
    }

    /// Every day at an hour and a minute, taken as for [`Self::weekly`].
    #[must_use]
    pub fn daily(hour: u8, minute: u8) -> Self {
        Self {
            weekday: None,
            ..Self::weekly(0, hour, minute)
        }
    }

    /// Reads `nightly 02:30` or `sunday 03:00`.
    ///
    /// # Errors
    /// In words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is no schedule: write `nightly 02:30` or `sunday 03:00` (UTC)");
        let (day, time) = text.split_once(' ').ok_or_else(wrong)?;
        let weekday = match DAYS.iter().position(|name| *name == day) {
            Some(at) => Some(at as u8),
            None if day == "nightly" => None,
            None => return Err(wrong()),
        };
        let (hour, minute) = time.split_once(':').ok_or_else(wrong)?;
        let number = |digits: &str, below: u8| {
            let plain = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
            let number = digits
                .parse()
                .ok()
                .filter(|number| plain && *number < below);
            number.ok_or_else(wrong)
        };
        Ok(Self {
            weekday,
            hour: number(hour, 24)?,
            minute: number(minute, 60)?,
        })
    }

    /// Hour and minute of the day, UTC.
    #[must_use]
    pub fn time(self) -> (u8, u8) {
        (self.hour, self.minute)
    }

    /// Day of the week, in English and lower case; nothing = every day.
    #[must_use]
    pub fn day(self) -> Option<&'static str> {
        DAYS.get(usize::from(self.weekday?)).copied()
    }

    /// The first scheduled moment after another one; both in milliseconds since 1970 UTC.
    #[must_use]
    pub fn after(self, moment: i64) -> i64 {
        let time = i64::from(self.hour) * 60 * MINUTE + i64::from(self.minute) * MINUTE;
        let (every, first) = match self.weekday {
            None => (DAY, time),
            // 1970 began on a Thursday.
            Some(day) => (WEEK, (i64::from(day) - 3).rem_euclid(7) * DAY + time),
        };
        let passed = moment.saturating_sub(first).div_euclid(every);
        first + (passed + 1) * every
    }

    /// Whether a moment has come that was scheduled after the last run; several that were missed are one.
    #[must_use]
    pub fn is_due(self, last: i64, now: i64) -> bool {
        self.after(last) <= now
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = self.day().unwrap_or("nightly");
        write!(f, "{day} {:02}:{:02}", self.hour, self.minute)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2026-11-21T00:00:00Z, a Saturday.
    const SATURDAY: i64 = 1_795_219_200_000;

    fn schedule(text: &str) -> Schedule {
        Schedule::parse(text).unwrap()
    }

    #[test]
    fn what_is_read_is_written() {
        for text in ["nightly 02:30", "sunday 23:59", "monday 00:00"] {
            assert_eq!(schedule(text).to_string(), text);
        }
        for text in [
            "",
            "nightly",
            "nightly 2:30",
            "nightly 24:00",
            "nightly 02:60",
            "nightly +2:30",
            "Nightly 02:30",
            "02:30",
            "sunday  02:30",
            "nightly 02:30 ",
            "nightly ٠٢:30",
        ] {
            let why = Schedule::parse(text).unwrap_err();
            assert!(why.contains("nightly 02:30"), "{why}");
        }
    }

    #[test]
    fn a_night_comes_once() {
        let nightly = schedule("nightly 02:30");
        let moment = SATURDAY + 150 * MINUTE;
        assert_eq!(nightly.after(SATURDAY), moment);
        assert_eq!(nightly.after(moment), moment + DAY);
        assert!(!nightly.is_due(SATURDAY, moment - 1));
        assert!(nightly.is_due(SATURDAY, moment));
        assert!(!nightly.is_due(moment, moment + DAY - 1), "it has run");
        assert!(
            nightly.is_due(moment - 9 * DAY, moment),
            "missed for days, due once"
        );
        assert!(
            !nightly.is_due(moment + 5, moment - DAY),
            "a clock set back runs nothing"
        );
        assert_eq!(
            schedule("sunday 03:00").after(SATURDAY),
            SATURDAY + DAY + 180 * MINUTE
        );
        assert_eq!(schedule("saturday 00:00").after(SATURDAY), SATURDAY + WEEK);
        assert_eq!(schedule("friday 00:00").after(SATURDAY), SATURDAY + 6 * DAY);
    }

    proptest! {
        #[test]
        fn the_next_moment_is_the_next(moment in -4_000_000_000_000_i64..4_000_000_000_000, day in 0..8_usize, hour in 0..24_u8, minute in 0..60_u8) {
            let day = DAYS.get(day).copied().unwrap_or("nightly");
            let schedule = schedule(&format!("{day} {hour:02}:{minute:02}"));
            let next = schedule.after(moment);
            let every = if day == "nightly" { DAY } else { WEEK };
            prop_assert!(next > moment && next <= moment + every);
            prop_assert_eq!(schedule.after(next - 1), next);
            prop_assert_eq!(schedule.after(next), next + every);
        }
    }
}
