//! When requests come: mostly in working hours, few at night and at weekends, now and then in a burst. Hours are UTC. The
//! rows of the log are shared out over its hours in proportion to integer weights, so that the sum is exact.

use crate::generate::random::Random;
use crate::instant::DAY;

const HOUR: i64 = DAY / 24;

/// How busy each hour of a working day is.
const WORKDAY: [u64; 24] = [
    2, 1, 1, 1, 2, 6, 18, 48, 88, 104, 108, 100, 72, 92, 104, 100, 88, 62, 36, 22, 16, 12, 8, 4,
];

/// How much busier a burst is.
const BURST: u64 = 6;

/// A stretch of at most an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hour {
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// Rows that fall into it.
    pub(crate) rows: u64,
    /// Many requests come at once, much of the same.
    pub(crate) burst: bool,
}

/// The hours from `from` to `to`, with the rows of each. `cuts` are moments at which an hour is cut in two.
pub(crate) fn hours(from: i64, to: i64, rows: u64, cuts: &[i64], random: &mut Random) -> Vec<Hour> {
    let mut stretches: Vec<(Hour, u64)> = Vec::new();
    let mut start = from;
    let mut burst = false;
    while start < to {
        let next_hour = (start.div_euclid(HOUR) + 1) * HOUR;
        let next_cut = cuts.iter().copied().filter(|cut| *cut > start).min();
        let end = next_hour.min(next_cut.unwrap_or(to)).min(to);
        // One hour in eighty starts a burst; it lasts two hours on average.
        burst = if burst {
            random.chance(500)
        } else {
            random.chance(12)
        };
        let minutes = u64::try_from((end - start).max(60_000) / 60_000).unwrap_or(1);
        let weight = hour_weight(start) * if burst { BURST } else { 1 } * minutes;
        let hour = Hour {
            from: start,
            to: end,
            rows: 0,
            burst,
        };
        stretches.push((hour, weight));
        start = end;
    }
    let total: u128 = stretches
        .iter()
        .map(|(_, weight)| u128::from(*weight))
        .sum();
    let mut passed = 0_u128;
    let mut given = 0_u64;
    for (hour, weight) in &mut stretches {
        passed += u128::from(*weight);
        let due = u128::from(rows) * passed / total.max(1);
        let due = u64::try_from(due).unwrap_or(u64::MAX);
        hour.rows = due - given;
        given = due;
    }
    stretches
        .into_iter()
        .map(|(hour, _)| hour)
        .filter(|hour| hour.rows > 0)
        .collect()
}

fn hour_weight(at: i64) -> u64 {
    // 1970-01-01 was a Thursday; 0 is Monday.
    let weekday = (at.div_euclid(DAY) + 3).rem_euclid(7);
    let hour = usize::try_from(at.rem_euclid(DAY) / HOUR).unwrap_or(0);
    let weight = WORKDAY.get(hour).copied().unwrap_or(1);
    if weekday < 5 {
        weight * 5
    } else {
        weight.div_ceil(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instant;

    #[test]
    fn rows_fall_into_working_hours() {
        let from = instant::parse("2026-10-05T00:30:00Z").unwrap();
        let to = from + 28 * DAY;
        let cut = from + 10 * DAY + 7;
        let hours = hours(from, to, 100_000, &[cut], &mut Random::new(1, 1));
        assert_eq!(hours.iter().map(|hour| hour.rows).sum::<u64>(), 100_000);
        assert!(hours.windows(2).all(|pair| pair[0].to <= pair[1].from));
        assert!(
            hours
                .iter()
                .all(|hour| from <= hour.from && hour.from < hour.to && hour.to <= to)
        );
        assert!(hours.iter().any(|hour| hour.to == cut));
        assert!(hours.iter().any(|hour| hour.burst));
        let rows = |wanted: &dyn Fn(i64, i64) -> bool| -> u64 {
            let day = |hour: &Hour| (hour.from.div_euclid(DAY) + 3).rem_euclid(7);
            let of_day = |hour: &Hour| hour.from.rem_euclid(DAY) / HOUR;
            hours
                .iter()
                .filter(|hour| wanted(day(hour), of_day(hour)))
                .map(|hour| hour.rows)
                .sum()
        };
        assert!(rows(&|day, hour| day < 5 && (7..18).contains(&hour)) > 70_000);
        assert!(rows(&|day, _| day >= 5) < 15_000);
    }

    #[test]
    fn a_short_log_keeps_all_its_rows() {
        for (length, rows) in [(1, 5), (1000, 1), (DAY, 3)] {
            let hours = hours(0, length, rows, &[], &mut Random::new(1, 1));
            assert_eq!(hours.iter().map(|hour| hour.rows).sum::<u64>(), rows);
        }
    }
}
