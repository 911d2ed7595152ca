//! Moments: whole seconds since 1970 in leaves and proofs, RFC 3339 in UTC (`2026-11-21T12:00:00Z`) in everything a person reads.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The seconds of a moment in RFC 3339, if it is written in the one form that [`text`] gives.
#[must_use]
pub fn seconds(written: &str) -> Option<u64> {
    let moment = OffsetDateTime::parse(written, &Rfc3339).ok()?;
    let seconds = u64::try_from(moment.unix_timestamp()).ok()?;
    (text(seconds) == written).then_some(seconds)
}

/// A moment in RFC 3339. Moments after the year 9999 are its last second.
#[must_use]
pub fn text(seconds: u64) -> String {
    const LAST: i64 = 253_402_300_799;
    let seconds = i64::try_from(seconds).unwrap_or(LAST).min(LAST);
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_one_form() {
        assert_eq!(text(1_795_262_400), "2026-11-21T12:00:00Z");
        assert_eq!(seconds("2026-11-21T12:00:00Z"), Some(1_795_262_400));
        for other in [
            "2026-11-21T12:00:00+00:00",
            "2026-11-21T13:00:00+01:00",
            "2026-11-21T12:00:00.0Z",
            "2026-11-21t12:00:00Z",
            "1969-12-31T23:59:59Z",
            "",
        ] {
            assert_eq!(seconds(other), None, "{other}");
        }
        assert_eq!(text(u64::MAX), "9999-12-31T23:59:59Z");
    }
}
