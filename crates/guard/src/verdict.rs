//! The verdict: every change is counted in one band of the tolerance, and a band that holds more than it may is a
//! violation. Gains, losses and changed errors beyond a bound block; rows that the log cannot tell, beyond theirs, leave the
//! question undecided. The order of the changes means nothing.

use std::cmp::Reverse;

use drift::Seen;
use model::{ChangeClass, ProofLine, RiskLevel};
use serde::{Deserialize, Serialize};

use crate::{Limit, Tolerance};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Denied before, allowed now.
    Gained,
    /// Allowed before, denied now.
    Lost,
    /// Maybe gained, maybe lost, undeterminable.
    Open,
    /// An evaluation error appeared or vanished.
    ErrorChanged,
}

impl Measure {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Gained, Self::Lost, Self::Open, Self::ErrorChanged];

    /// As a word of a sentence: `3 rows gained`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Lost => "lost",
            Self::Open => "open",
            Self::ErrorChanged => "with changed errors",
        }
    }

    fn counts(self, change: &Seen<'_>) -> bool {
        match self {
            Self::Gained => change.class == ChangeClass::Gained,
            Self::Lost => change.class == ChangeClass::Lost,
            Self::Open => matches!(
                change.class,
                ChangeClass::MaybeGained | ChangeClass::MaybeLost | ChangeClass::Undeterminable
            ),
            Self::ErrorChanged => change.error_changed,
        }
    }
}

/// May the edit go in?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// Yes.
    Pass,
    /// No: access changes beyond the tolerance.
    Blocked,
    /// The log cannot tell enough.
    Undecided,
}

impl Ruling {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Blocked => "blocked",
            Self::Undecided => "undecided",
        }
    }
}

/// What was counted in a band, of one measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Of what.
    pub measure: Measure,
    /// Rows.
    pub rows: u64,
    /// Distinct requests.
    pub requests: u64,
    /// How many rows there may be.
    pub limit: Limit,
}

/// A rule of the tolerance, or its default, and what was counted in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// Name of the rule, or `default`.
    pub name: String,
    /// What it is about, in words.
    pub covers: String,
    /// What it bounds, in the order of [`Measure::ALL`].
    pub counts: Vec<Count>,
}

/// A request that shows what a violation is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Id of the change.
    pub id: u32,
    /// Rows that ask this.
    pub rows: u64,
    /// How bad if it is a mistake.
    pub risk: RiskLevel,
    /// Who.
    pub principal: String,
    /// What.
    pub action: String,
    /// On what.
    pub resource: String,
}

/// A band that holds more than it may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The band.
    pub band: String,
    /// Of what there is too much.
    pub measure: Measure,
    /// Rows there are.
    pub rows: u64,
    /// Rows there may be.
    pub limit: u64,
    /// Distinct requests.
    pub requests: u64,
    /// The riskiest of them, at most three, each with another principal, action or resource.
    pub examples: Vec<Example>,
}

/// The verdict on a replay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// May the edit go in?
    pub verdict: Ruling,
    /// What is beyond the tolerance, in the order of the bands.
    pub violations: Vec<Violation>,
    /// What is proved beyond the log; empty when nothing was.
    pub proof: Vec<ProofLine>,
    /// By which measure.
    pub tolerance: Tolerated,
}

/// The tolerance that was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tolerated {
    /// `sha256:…` over what the file says.
    pub digest: String,
    /// All bands: the rules in their order, then the default.
    pub bands: Vec<Band>,
}

const EXAMPLES: usize = 3;

/// What a bound of a band has counted so far.
struct Tally<'a> {
    measure: Measure,
    limit: Limit,
    rows: u64,
    requests: u64,
    worst: Vec<Seen<'a>>,
}

impl<'a> Tally<'a> {
    fn add(&mut self, change: Seen<'a>) {
        self.rows += change.rows;
        self.requests += 1;
        let rank = |seen: &Seen<'_>| (seen.level, Reverse(seen.rows), seen.id);
        // Requests that differ only in context or facts are one example, the worst of them.
        let ask = |seen: &Seen<'a>| (seen.principal, seen.action, seen.resource);
        let place = self
            .worst
            .partition_point(|kept| rank(kept) <= rank(&change));
        let better = self.worst.iter().take(place);
        if place < EXAMPLES && better.into_iter().all(|kept| ask(kept) != ask(&change)) {
            self.worst.retain(|kept| ask(kept) != ask(&change));
            self.worst.insert(place, change);
            self.worst.truncate(EXAMPLES);
        }
    }
}

/// Counts every change against the tolerance.
pub fn judge<'a>(
    tolerance: &Tolerance,
    changes: impl IntoIterator<Item = Seen<'a>>,
    proof: Vec<ProofLine>,
) -> Verdict {
    let tally = |measure, limit| Tally {
        measure,
        limit,
        rows: 0,
        requests: 0,
        worst: Vec::new(),
    };
    let mut rules: Vec<Vec<Tally<'a>>> = tolerance
        .rules
        .iter()
        .map(|rule| {
            let bounded = |measure| Some(tally(measure, rule.bounds.of(measure)?));
            Measure::ALL.into_iter().filter_map(bounded).collect()
        })
        .collect();
    let zero = Limit::AtMost(0);
    let mut default: Vec<_> = Measure::ALL
        .map(|measure| tally(measure, tolerance.default.of(measure).unwrap_or(zero)))
        .into();
    for change in changes {
        for (measure, otherwise) in Measure::ALL.into_iter().zip(&mut default) {
            if !measure.counts(&change) {
                continue;
            }
            let taken = tolerance
                .rules
                .iter()
                .zip(&mut rules)
                .find_map(|(rule, tallies)| {
                    rule.bounds.of(measure)?;
                    rule.matches(change.action, change.resource, change.level)
                        .then_some(tallies)?
                        .iter_mut()
                        .find(|tally| tally.measure == measure)
                });
            taken.unwrap_or(otherwise).add(change);
        }
    }
    let names = tolerance
        .rules
        .iter()
        .map(|rule| (rule.name.clone(), rule.covers()));
    let last = ("default".to_owned(), "everything else".to_owned());
    let tallied = names.chain([last]).zip(rules.into_iter().chain([default]));
    let mut verdict = Verdict {
        verdict: Ruling::Pass,
        violations: Vec::new(),
        proof,
        tolerance: Tolerated {
            digest: tolerance.digest(),
            bands: Vec::new(),
        },
    };
    for ((name, covers), tallies) in tallied {
        verdict
            .violations
            .extend(tallies.iter().filter_map(|tally| violation(&name, tally)));
        let counts = tallies.into_iter().map(|tally| Count {
            measure: tally.measure,
            rows: tally.rows,
            requests: tally.requests,
            limit: tally.limit,
        });
        verdict.tolerance.bands.push(Band {
            name,
            covers,
            counts: counts.collect(),
        });
    }
    verdict.verdict = if verdict.violations.is_empty() {
        Ruling::Pass
    } else if verdict
        .violations
        .iter()
        .all(|found| found.measure == Measure::Open)
    {
        Ruling::Undecided
    } else {
        Ruling::Blocked
    };
    verdict
}

fn violation(band: &str, tally: &Tally<'_>) -> Option<Violation> {
    let Limit::AtMost(limit) = tally.limit else {
        return None;
    };
    let example = |seen: &Seen<'_>| Example {
        id: seen.id,
        rows: seen.rows,
        risk: seen.level,
        principal: seen.principal.to_owned(),
        action: seen.action.to_owned(),
        resource: seen.resource.to_owned(),
    };
    tally.limit.exceeded_by(tally.rows).then(|| Violation {
        band: band.to_owned(),
        measure: tally.measure,
        rows: tally.rows,
        limit,
        requests: tally.requests,
        examples: tally.worst.iter().map(example).collect(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Bounds, Rule};

    const ACTIONS: [&str; 3] = ["Action::\"read\"", "Action::\"write\"", "Action::\"share\""];
    const RESOURCES: [&str; 3] = ["Record::\"r\"", "Record::\"s\"", "Folder::\"f\""];
    const CLASSES: [ChangeClass; 6] = [
        ChangeClass::Gained,
        ChangeClass::Lost,
        ChangeClass::MaybeGained,
        ChangeClass::MaybeLost,
        ChangeClass::Undeterminable,
        ChangeClass::Unchanged,
    ];
    const LEVELS: [RiskLevel; 3] = [RiskLevel::High, RiskLevel::Medium, RiskLevel::Low];

    fn changes() -> impl Strategy<Value = Vec<Seen<'static>>> {
        let one = (
            0..6_usize,
            0..3_usize,
            1..20_u64,
            0..3_usize,
            0..3_usize,
            any::<bool>(),
        );
        prop::collection::vec(one, 0..30).prop_map(|all| {
            all.into_iter()
                .zip(0_u32..)
                .map(
                    |((class, level, rows, action, resource, error_changed), id)| Seen {
                        id,
                        class: CLASSES[class],
                        level: LEVELS[level],
                        rows,
                        principal: "User::\"u\"",
                        action: ACTIONS[action],
                        resource: RESOURCES[resource],
                        error_changed,
                    },
                )
                .collect()
        })
    }

    fn limit() -> impl Strategy<Value = Limit> {
        prop_oneof![4 => (0..120_u64).prop_map(Limit::AtMost), 1 => Just(Limit::Any)]
    }

    fn bounds() -> impl Strategy<Value = Bounds> {
        let one = || prop::option::of(limit());
        (one(), one(), one(), one()).prop_map(|(gained, lost, open, error_changed)| Bounds {
            gained,
            lost,
            open,
            error_changed,
        })
    }

    fn tolerance() -> impl Strategy<Value = Tolerance> {
        let pattern = |of: Vec<&'static str>| prop::option::of(prop::sample::select(of));
        let rule = (
            pattern(vec!["Action::\"read\"", "*r*", "Action::\"write\""]),
            pattern(vec!["Record", "Folder", "R*"]),
            prop::option::of(prop::sample::select(LEVELS.to_vec())),
            bounds(),
        );
        (bounds(), prop::collection::vec(rule, 0..4)).prop_map(|(default, rules)| Tolerance {
            default,
            rules: rules
                .into_iter()
                .zip(0..)
                .map(|((action, resource, risk, bounds), number)| Rule {
                    name: format!("rule {number}"),
                    action: action.map(Into::into),
                    resource: resource.map(Into::into),
                    risk,
                    bounds,
                })
                .collect(),
            approvers: Vec::new(),
        })
    }

    /// The bound, larger by so much; one that is not given stays so, for it names another band.
    fn looser(limit: Option<Limit>, by: u64) -> Option<Limit> {
        limit.map(|limit| match limit {
            Limit::AtMost(_) if by > 100 => Limit::Any,
            Limit::AtMost(rows) => Limit::AtMost(rows + by),
            Limit::Any => Limit::Any,
        })
    }

    fn severity(ruling: Ruling) -> u8 {
        match ruling {
            Ruling::Pass => 0,
            Ruling::Undecided => 1,
            Ruling::Blocked => 2,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn a_looser_bound_never_makes_a_verdict_worse(tolerance in tolerance(), changes in changes(), by in prop::collection::vec(0..110_u64, 20)) {
            let mut loose = tolerance.clone();
            let mut by = by.into_iter();
            let mut loosen = |bounds: &mut Bounds| {
                for bound in [&mut bounds.gained, &mut bounds.lost, &mut bounds.open, &mut bounds.error_changed] {
                    *bound = looser(*bound, by.next().unwrap_or(0));
                }
            };
            loosen(&mut loose.default);
            for rule in &mut loose.rules {
                loosen(&mut rule.bounds);
            }
            let strict = judge(&tolerance, changes.iter().copied(), Vec::new());
            let loose = judge(&loose, changes.iter().copied(), Vec::new());
            prop_assert!(severity(loose.verdict) <= severity(strict.verdict), "{strict:?}\n{loose:?}");
            for found in &loose.violations {
                prop_assert!(strict.violations.iter().any(|known| (&known.band, known.measure) == (&found.band, found.measure)));
            }
        }

        #[test]
        fn the_order_of_the_changes_means_nothing(tolerance in tolerance(), (changes, shuffled) in changes().prop_flat_map(|changes| (Just(changes.clone()), Just(changes).prop_shuffle()))) {
            prop_assert_eq!(
                judge(&tolerance, changes, Vec::new()),
                judge(&tolerance, shuffled, Vec::new())
            );
        }

        #[test]
        fn every_row_is_counted_once_for_each_thing_it_is(tolerance in tolerance(), changes in changes()) {
            let verdict = judge(&tolerance, changes.iter().copied(), Vec::new());
            for measure in Measure::ALL {
                let counted: u64 = verdict.tolerance.bands.iter().flat_map(|band| &band.counts).filter(|count| count.measure == measure).map(|count| count.rows).sum();
                let there: u64 = changes.iter().filter(|change| measure.counts(change)).map(|change| change.rows).sum();
                prop_assert_eq!(counted, there);
            }
            let too_many = verdict.tolerance.bands.iter().flat_map(|band| &band.counts).filter(|count| count.limit.exceeded_by(count.rows)).count();
            prop_assert_eq!(too_many, verdict.violations.len());
            prop_assert_eq!(too_many == 0, verdict.verdict == Ruling::Pass);
        }
    }

    #[test]
    fn a_change_counts_in_the_first_rule_that_bounds_it() {
        let change = |class, rows, resource| Seen {
            id: 1,
            class,
            level: RiskLevel::High,
            rows,
            principal: "User::\"u\"",
            action: "Action::\"read\"",
            resource,
            error_changed: false,
        };
        let tolerance = Tolerance::read(
            "[default]\nlost = 5\n[[rule]]\nname = \"records\"\nresource = \"Record\"\ngained = 10\n\
             [[rule]]\nname = \"reading\"\naction = '*\"read\"'\ngained = 1\nlost = 1\n",
        )
        .unwrap();
        let counted = |changes: &[Seen<'static>]| -> Vec<(String, Measure, u64)> {
            judge(&tolerance, changes.iter().copied(), Vec::new())
                .tolerance
                .bands
                .into_iter()
                .flat_map(|band| {
                    band.counts
                        .into_iter()
                        .map(move |count| (band.name.clone(), count.measure, count.rows))
                })
                .filter(|(_, _, rows)| *rows > 0)
                .collect()
        };
        assert_eq!(
            counted(&[
                change(ChangeClass::Gained, 3, "Record::\"r\""),
                change(ChangeClass::Lost, 4, "Record::\"r\""),
                change(ChangeClass::Undeterminable, 5, "Folder::\"f\""),
            ]),
            [
                ("records".to_owned(), Measure::Gained, 3),
                ("reading".to_owned(), Measure::Lost, 4),
                ("default".to_owned(), Measure::Open, 5),
            ]
        );
    }

    #[test]
    fn what_cannot_be_told_is_undecided_and_what_is_gained_is_blocked() {
        let change = |class| Seen {
            id: 1,
            class,
            level: RiskLevel::Low,
            rows: 1,
            principal: "",
            action: "",
            resource: "",
            error_changed: false,
        };
        let ruling = |classes: &[ChangeClass]| {
            judge(
                &Tolerance::default(),
                classes.iter().map(|class| change(*class)),
                Vec::new(),
            )
            .verdict
        };
        assert_eq!(ruling(&[]), Ruling::Pass);
        assert_eq!(ruling(&[ChangeClass::Unchanged]), Ruling::Pass);
        assert_eq!(ruling(&[ChangeClass::MaybeGained]), Ruling::Undecided);
        assert_eq!(
            ruling(&[ChangeClass::MaybeGained, ChangeClass::Lost]),
            Ruling::Blocked
        );
    }
}
