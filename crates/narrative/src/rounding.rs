//! Numbers as people say them: two digits that count, a share as "1 in so many", a comparison as "twice as many". Figures to the
//! last digit belong in the margin.

/// A number, perhaps rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rounded {
    /// What is said.
    pub(crate) value: u64,
    /// It is not the very number.
    pub(crate) about: bool,
}

impl Rounded {
    /// To the last digit.
    pub(crate) fn exact(value: u64) -> Self {
        Self {
            value,
            about: false,
        }
    }

    /// Below a thousand as it is; beyond, two digits that count.
    pub(crate) fn of(exact: u64) -> Self {
        if exact < 1000 {
            return Self::exact(exact);
        }
        let mut unit = 1_u64;
        while exact / unit >= 100 {
            unit = unit.saturating_mul(10);
        }
        let rest = exact % unit;
        let down = exact - rest;
        let value = if rest >= unit - rest {
            down.saturating_add(unit)
        } else {
            down
        };
        Self {
            value,
            about: value != exact,
        }
    }
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// Nothing of it.
    None,
    /// Less than one in so many.
    Below(u64),
    /// About one in so many.
    OneIn(u64),
    /// About so many of a hundred.
    Percent(u64),
    /// About half.
    Half,
    /// Not all, but one would say so.
    NearlyAll,
    /// Every one.
    All,
}

impl Share {
    /// What to say of `part` in `whole`. A part that is larger than the whole is all of it.
    pub(crate) fn of(part: u64, whole: u64) -> Self {
        let (part_, whole_) = (u128::from(part), u128::from(whole));
        if part == 0 {
            return Self::None;
        }
        if part >= whole {
            return Self::All;
        }
        let percent = (part_ * 200 + whole_) / (whole_ * 2);
        if part_ * 100 >= whole_ * 97 {
            return Self::NearlyAll;
        }
        if (48..=52).contains(&percent) {
            return Self::Half;
        }
        // From a third on, nobody says "1 in 2.4".
        if part_ * 3 > whole_ {
            return Self::Percent(u64::try_from(percent).unwrap_or(100));
        }
        let one_in = u64::try_from((whole_ * 2 + part_) / (part_ * 2)).unwrap_or(u64::MAX);
        match one_in {
            many if many > 1_000_000 => Self::Below(1_000_000),
            few if few < 20 => Self::OneIn(few),
            many => {
                let mut unit = 1;
                while many / unit >= 100 {
                    unit *= 10;
                }
                // 43 is 45, and 38 is 40: what is said aloud goes in fives.
                let step = if many / unit >= 20 { unit * 5 } else { unit };
                Self::OneIn((many + step / 2) / step * step)
            }
        }
    }
}

/// A number beside the one of last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    /// Neither was.
    StillNone,
    /// There was none.
    First,
    /// There is none any more.
    Vanished,
    /// About as many.
    Same,
    /// So many times as many, twice at least.
    Times(u64),
    /// More, but not twice as many.
    More,
    /// Half as many, about.
    Half,
    /// Fewer, but more than about half.
    Fewer,
    /// Far fewer than half.
    FarFewer,
}

impl Compared {
    /// What to say of `now` after `before`.
    pub(crate) fn of(now: u64, before: u64) -> Self {
        let (n, b) = (u128::from(now), u128::from(before));
        match (now, before) {
            (0, 0) => Self::StillNone,
            (_, 0) => Self::First,
            (0, _) => Self::Vanished,
            _ if n * 10 >= b * 18 => {
                Self::Times(u64::try_from((n * 2 + b) / (b * 2)).unwrap_or(u64::MAX))
            }
            _ if n * 10 > b * 11 => Self::More,
            _ if n * 10 >= b * 9 => Self::Same,
            _ if n * 10 > b * 6 => Self::Fewer,
            _ if n * 10 >= b * 4 => Self::Half,
            _ => Self::FarFewer,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_said_with_two_digits() {
        for (exact, value, about) in [
            (0, 0, false),
            (999, 999, false),
            (1000, 1000, false),
            (2_412, 2_400, true),
            (24_871, 25_000, true),
            (99_950, 100_000, true),
            (1_000_000, 1_000_000, false),
            (u64::MAX, 18_000_000_000_000_000_000, true),
        ] {
            assert_eq!(Rounded::of(exact), Rounded { value, about }, "{exact}");
        }
    }

    #[test]
    fn shares_are_said_as_people_say_them() {
        for (part, whole, share) in [
            (0, 10, Share::None),
            (0, 0, Share::None),
            (24_871, 1_000_000, Share::OneIn(40)),
            (1, 7, Share::OneIn(7)),
            (1, 3, Share::OneIn(3)),
            (4, 10, Share::Percent(40)),
            (499, 1000, Share::Half),
            (98, 100, Share::NearlyAll),
            (100, 100, Share::All),
            (1, 3_000_000, Share::Below(1_000_000)),
            (1, 1_000_000, Share::OneIn(1_000_000)),
            (7, 1, Share::All),
        ] {
            assert_eq!(Share::of(part, whole), share, "{part} of {whole}");
        }
    }

    #[test]
    fn last_time_is_remembered_in_words() {
        for (now, before, compared) in [
            (0, 0, Compared::StillNone),
            (3, 0, Compared::First),
            (0, 3, Compared::Vanished),
            (100, 98, Compared::Same),
            (200, 100, Compared::Times(2)),
            (1000, 100, Compared::Times(10)),
            (150, 100, Compared::More),
            (50, 100, Compared::Half),
            (75, 100, Compared::Fewer),
            (1, 100, Compared::FarFewer),
        ] {
            assert_eq!(Compared::of(now, before), compared, "{now} after {before}");
        }
    }

    proptest! {
        #[test]
        fn what_is_said_is_near(exact: u64) {
            let said = Rounded::of(exact).value;
            prop_assert!(said.abs_diff(exact) <= exact / 20, "{exact} said as {said}");
            prop_assert_eq!(Rounded::of(said).value, said);
        }

        #[test]
        fn a_share_is_near(part in 1_u64..1_000_000, more in 1_u64..1_000_000) {
            let whole = part + more;
            let truth = part as f64 / whole as f64;
            let said = match Share::of(part, whole) {
                Share::OneIn(n) => 1.0 / n as f64,
                Share::Percent(n) => n as f64 / 100.0,
                Share::Half => 0.5,
                Share::NearlyAll => 0.985,
                Share::Below(_) | Share::None | Share::All => return Err(TestCaseError::fail("said as nothing or all")),
            };
            prop_assert!((said / truth - 1.0).abs() < 0.17, "{part} of {whole}: {said}");
        }

        #[test]
        fn shares_and_comparisons_never_fail(a: u64, b: u64) {
            let _ = (Share::of(a, b), Compared::of(a, b));
        }
    }
}
