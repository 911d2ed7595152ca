//! How a policy is applied: not yet, to some, to all.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How a policy is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Decided and recorded, not enforced.
    AuditOnly,
    /// Enforced for this many of a hundred principals, the same ones always ([`bucket`]).
    Canary(u8),
    /// Enforced.
    #[default]
    Enforce,
}

/// `enforce`, `audit-only`, `canary=10`.
impl fmt::Display for Mode {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AuditOnly => to.write_str("audit-only"),
            Self::Canary(percent) => write!(to, "canary={percent}"),
            Self::Enforce => to.write_str("enforce"),
        }
    }
}

impl FromStr for Mode {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text, text.strip_prefix("canary=")) {
            ("enforce", _) => Ok(Self::Enforce),
            ("audit-only", _) => Ok(Self::AuditOnly),
            (_, Some(percent)) => match percent.parse() {
                Ok(percent @ 1..=99) => Ok(Self::Canary(percent)),
                _ => Err("a canary is for 1 to 99 of a hundred principals"),
            },
            _ => Err("write `enforce`, `audit-only` or `canary=10`"),
        }
    }
}

/// The mode of each policy in a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modes {
    /// Of policies that nothing is said about.
    #[serde(default)]
    pub default: Mode,
    /// By policy id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policies: BTreeMap<String, Mode>,
    /// By what `@group` says on a policy. A policy's own mode goes before its group's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Mode>,
}

impl Modes {
    /// The mode of a policy, with the group it names.
    #[must_use]
    pub fn of(&self, id: &str, group: Option<&str>) -> Mode {
        let own = self.policies.get(id);
        let by_group = || group.and_then(|group| self.groups.get(group));
        own.or_else(by_group).copied().unwrap_or(self.default)
    }

    /// Whether a policy is enforced for a part of all principals only.
    #[must_use]
    pub fn has_canary(&self) -> bool {
        let each = self.policies.values().chain(self.groups.values());
        each.chain([&self.default])
            .any(|mode| matches!(mode, Mode::Canary(_)))
    }

    /// In words: `enforced, contractors audit-only`. Of more than two that differ only how many; what is as the default is left
    /// out, but for policies that may be an exception of their group. A name is as its author wrote it.
    #[must_use]
    pub fn words(&self) -> String {
        let word = |mode: &Mode| match mode {
            Mode::Enforce => "enforced".to_owned(),
            Mode::AuditOnly => "audit-only".to_owned(),
            Mode::Canary(percent) => format!("canary {percent} %"),
        };
        let differs = |mode: &Mode| *mode != self.default;
        let grouped = self.groups.values().any(differs);
        let policies = self.policies.iter();
        let policies = policies.filter(|(_, mode)| grouped || differs(mode));
        let groups = self.groups.iter().filter(|(_, mode)| differs(mode));
        let mut said: Vec<String> = policies
            .chain(groups)
            .map(|(name, mode)| format!("{name} {}", word(mode)))
            .collect();
        if said.len() > 2 {
            said = vec![format!("{} otherwise", said.len())];
        }
        said.insert(0, word(&self.default));
        said.join(", ")
    }

    /// Whether every policy is enforced for everybody.
    #[must_use]
    pub fn all_enforced(&self) -> bool {
        let listed = self.policies.values().chain(self.groups.values());
        listed
            .chain([&self.default])
            .all(|mode| matches!(mode, Mode::Enforce | Mode::Canary(100..)))
    }
}

/// Which hundredth of all principals one is in, 0 to 99: FNV-1a (64 bits) of its id as policies write it, so that every
/// enforcement point chooses the same ones, today and after a restart.
#[must_use]
pub fn bucket(principal: &str) -> u8 {
    let hash = principal
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    // The low bits of FNV are its weakest.
    u8::try_from((hash ^ (hash >> 32)) % 100).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policys_own_mode_goes_before_its_groups() {
        let modes = Modes {
            default: Mode::Enforce,
            policies: BTreeMap::from([("a".to_owned(), Mode::AuditOnly)]),
            groups: BTreeMap::from([("g".to_owned(), Mode::Canary(10))]),
        };
        assert_eq!(modes.of("a", Some("g")), Mode::AuditOnly);
        assert_eq!(modes.of("b", Some("g")), Mode::Canary(10));
        assert_eq!(modes.of("b", None), Mode::Enforce);
        assert!(!modes.all_enforced());
        assert!(Modes::default().all_enforced());
    }

    #[test]
    fn words_leave_out_what_is_as_the_default() {
        let listed = |mode| ["a", "b", "c"].map(|id| (id.to_owned(), mode)).into();
        let mut modes = Modes {
            default: Mode::Enforce,
            policies: listed(Mode::Enforce),
            groups: BTreeMap::new(),
        };
        assert_eq!(modes.words(), "enforced");
        modes.policies.insert("b".to_owned(), Mode::Canary(10));
        assert_eq!(modes.words(), "enforced, b canary 10 %");
        modes.policies = [("a".to_owned(), Mode::Enforce)].into();
        modes.groups = [("g".to_owned(), Mode::AuditOnly)].into();
        assert_eq!(modes.words(), "enforced, a enforced, g audit-only");
        modes.groups = listed(Mode::AuditOnly);
        assert_eq!(modes.words(), "enforced, 4 otherwise");
    }

    #[test]
    fn a_mode_is_written_as_it_is_read() {
        for text in ["enforce", "audit-only", "canary=1", "canary=99"] {
            assert_eq!(text.parse::<Mode>().unwrap().to_string(), text);
        }
        for wrong in [
            "",
            "canary",
            "canary=0",
            "canary=100",
            "canary=-1",
            "Enforce",
        ] {
            assert!(wrong.parse::<Mode>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn buckets_are_even_and_stay_as_they_are() {
        assert_eq!(bucket("User::\"alice\""), bucket("User::\"alice\""));
        let mut counts = [0_u32; 100];
        for number in 0..100_000 {
            counts[usize::from(bucket(&format!("User::\"u{number}\"")))] += 1;
        }
        // A thousand each, give or take six standard deviations.
        assert!(
            counts.iter().all(|count| (800..1200).contains(count)),
            "{counts:?}"
        );
    }
}
