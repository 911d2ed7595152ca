//! How much a change would matter if it were a mistake.

use std::collections::BTreeMap;

use model::{ChangeClass, Risk, RiskLevel};
use serde::Deserialize;

/// What makes resources sensitive, as the workspace declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct RiskRules {
    /// Rules; the highest level that applies counts.
    #[serde(default, rename = "risk")]
    pub rules: Vec<RiskRule>,
}

/// One rule: a type, or a type with certain values of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskRule {
    /// Entity type of the resource.
    #[serde(rename = "type")]
    pub kind: String,
    /// Level of every resource of the type.
    pub level: Option<RiskLevel>,
    /// Attribute that decides.
    pub attribute: Option<String>,
    /// Level for each value of the attribute.
    #[serde(default)]
    pub values: BTreeMap<String, RiskLevel>,
}

impl RiskRules {
    /// The sensitivity of a resource, and why.
    pub(crate) fn sensitivity(
        &self,
        kind: &str,
        attribute: impl Fn(&str) -> Option<String>,
    ) -> Option<Risk> {
        let level_of = |rule: &RiskRule| match &rule.attribute {
            None => rule.level.map(|level| Risk {
                level,
                why: format!("resource is a {}", rule.kind),
            }),
            Some(name) => attribute(name).and_then(|value| {
                let level = rule.values.get(&value).copied()?;
                Some(Risk {
                    level,
                    why: format!("resource.{name} is {value}"),
                })
            }),
        };
        // `High` sorts first.
        self.rules
            .iter()
            .filter(|rule| rule.kind == kind)
            .filter_map(level_of)
            .min_by_key(|risk| risk.level)
    }
}

/// What happened to the forbids, as far as risk goes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Guard<'a> {
    /// A forbid that matched and no longer does.
    pub(crate) lifted: Option<&'a str>,
    /// A forbid that can no longer be evaluated and is skipped.
    pub(crate) failing: Option<&'a str>,
}

/// The risk of one change: gains on sensitive resources first, forbids that stopped matching raise it, losses matter one
/// step less than gains.
pub(crate) fn assess(class: ChangeClass, sensitivity: Option<&Risk>, guard: Guard<'_>) -> Risk {
    if let Some(forbid) = guard.failing {
        return Risk {
            level: RiskLevel::High,
            why: format!("forbid `{forbid}` fails to evaluate and is skipped"),
        };
    }
    let because = |level, sensitivity: Option<&Risk>, otherwise: &str| Risk {
        level,
        why: sensitivity.map_or_else(|| otherwise.to_owned(), |risk| risk.why.clone()),
    };
    let level = sensitivity.map(|risk| risk.level);
    match class {
        ChangeClass::Gained | ChangeClass::MaybeGained => {
            let level = level.unwrap_or(RiskLevel::Medium);
            match guard.lifted {
                Some(forbid) if level >= RiskLevel::Medium => Risk {
                    level: RiskLevel::Medium,
                    why: format!("forbid `{forbid}` no longer matches"),
                },
                _ if class == ChangeClass::Gained => {
                    because(level, sensitivity, "access is gained")
                }
                _ => because(level, sensitivity, "access may be gained"),
            }
        }
        ChangeClass::Lost | ChangeClass::MaybeLost => match level {
            Some(RiskLevel::High) => because(RiskLevel::Medium, sensitivity, ""),
            _ => Risk {
                level: RiskLevel::Low,
                why: match class {
                    ChangeClass::Lost => "access is lost",
                    _ => "access may be lost",
                }
                .to_owned(),
            },
        },
        ChangeClass::Undeterminable => match level {
            Some(RiskLevel::High) => because(RiskLevel::Medium, sensitivity, ""),
            _ => Risk {
                level: RiskLevel::Low,
                why: "the log cannot tell".to_owned(),
            },
        },
        ChangeClass::Unchanged => Risk {
            level: RiskLevel::Low,
            why: "the decision stays".to_owned(),
        },
    }
}
