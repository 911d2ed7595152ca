//! The tolerance file: how many recorded decisions an edit may change before somebody has to say yes.
//!
//! ```toml
//! [default]                      # what no rule bounds; a bound that is not given is 0
//! gained = 0                     # rows that were denied and would be allowed
//! lost = 100                     # rows that were allowed and would be denied
//! open = 0                       # rows the log cannot tell: maybe gained, maybe lost, undeterminable
//! error_changed = 0              # rows where a policy begins or ceases to fail
//!
//! [[rule]]                       # any number of them
//! name = "reading folders"       # how reports call it
//! action = 'Action::"re*"'       # whose action is this; `*` stands for any run of characters
//! resource = "Folder"            # and whose resource is of this type (`Tax::*` is any type of a namespace)
//! risk = "low"                   # and whose risk in the report is this: high, medium or low
//! gained = "any"                 # as many as there are
//!
//! [[approver]]                   # who may sign an override
//! name = "Dana Okafor"
//! email = "dana@northwind.example"
//! key = "ed25519:3d40…"          # from `fabric guard key`
//! ```
//!
//! Every change counts once for each thing it is (a loss can also be a changed error): in the first rule that matches it and
//! gives a bound for that, else in the default. So a rule takes nothing out of the default that it does not bound itself,
//! and a larger bound never blocks what a smaller one lets pass. A key that is not known is an error: a misspelt bound would
//! otherwise be no bound.

use std::collections::HashSet;

use drift::{glob, type_of};
use model::RiskLevel;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};
use toml::Spanned;

use crate::{Error, Measure, PublicKey, hex};

/// How many rows may be of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// This many and no more.
    AtMost(u64),
    /// As many as there are.
    Any,
}

impl Limit {
    /// Whether so many rows are too many.
    #[must_use]
    pub fn exceeded_by(self, rows: u64) -> bool {
        matches!(self, Self::AtMost(limit) if rows > limit)
    }
}

/// The bounds of a rule; what is not given counts in the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Rows denied before and allowed now.
    #[serde(default)]
    pub gained: Option<Limit>,
    /// Rows allowed before and denied now.
    #[serde(default)]
    pub lost: Option<Limit>,
    /// Rows the log cannot tell.
    #[serde(default)]
    pub open: Option<Limit>,
    /// Rows where an evaluation error appeared or vanished.
    #[serde(default)]
    pub error_changed: Option<Limit>,
}

impl Bounds {
    /// The bound for one measure.
    #[must_use]
    pub fn of(&self, measure: Measure) -> Option<Limit> {
        match measure {
            Measure::Gained => self.gained,
            Measure::Lost => self.lost,
            Measure::Open => self.open,
            Measure::ErrorChanged => self.error_changed,
        }
    }
}

/// Bounds for some of the changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// How reports call it.
    pub name: String,
    /// Pattern for the action's id; nothing = every action.
    pub action: Option<String>,
    /// Pattern for the resource's type; nothing = every type.
    pub resource: Option<String>,
    /// Risk of the change; nothing = every risk.
    pub risk: Option<RiskLevel>,
    /// How many.
    pub bounds: Bounds,
}

impl Rule {
    /// Whether a change is of those the rule is about.
    #[must_use]
    pub fn matches(&self, action: &str, resource: &str, risk: RiskLevel) -> bool {
        let fits = |pattern: &Option<String>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| glob(pattern, text))
        };
        self.risk.is_none_or(|wanted| wanted == risk)
            && fits(&self.action, action)
            && fits(&self.resource, type_of(resource))
    }

    /// What the rule is about, in words: `Action::"read" on Record, high risk`.
    #[must_use]
    pub fn covers(&self) -> String {
        let action = self.action.as_deref().unwrap_or("every action");
        let resource = self.resource.as_deref().unwrap_or("everything");
        let risk = self.risk.map_or("", |risk| match risk {
            RiskLevel::High => ", high risk",
            RiskLevel::Medium => ", medium risk",
            RiskLevel::Low => ", low risk",
        });
        format!("{action} on {resource}{risk}")
    }
}

/// Somebody who may sign an override.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// Their name; overrides name them by it.
    pub name: String,
    /// The address they commit with, so that they are recognised as the author of a change.
    #[serde(default)]
    pub email: String,
    /// Their public key.
    pub key: PublicKey,
}

/// What an edit may change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tolerance {
    /// What no rule bounds; what is not given is 0.
    pub default: Bounds,
    /// In the order in which they are tried.
    pub rules: Vec<Rule>,
    /// Who may override.
    pub approvers: Vec<Approver>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    default: Bounds,
    #[serde(default)]
    rule: Vec<Spanned<FileRule>>,
    #[serde(default)]
    approver: Vec<Spanned<Approver>>,
}

/// A rule as written. `deny_unknown_fields` and `flatten` do not go together, so the bounds are repeated.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRule {
    name: Option<String>,
    action: Option<String>,
    resource: Option<String>,
    risk: Option<RiskLevel>,
    gained: Option<Limit>,
    lost: Option<Limit>,
    open: Option<Limit>,
    error_changed: Option<Limit>,
}

impl Tolerance {
    /// The same for what is held against something that decides for nobody: it cannot take anything away.
    #[must_use]
    pub fn of_gains(&self) -> Self {
        let mut only = self.clone();
        let rules = only.rules.iter_mut().map(|rule| &mut rule.bounds);
        for bounds in rules.chain([&mut only.default]) {
            (bounds.lost, bounds.error_changed) = (Some(Limit::Any), Some(Limit::Any));
        }
        only
    }

    /// Reads a tolerance file.
    ///
    /// # Errors
    /// [`Error::Tolerance`] with the place: no TOML, a key that is not known, a bound that is no number of rows, a rule that
    /// bounds nothing, two rules or approvers of one name, one key for two approvers.
    pub fn read(text: &str) -> Result<Self, Error> {
        let at = |message: String, byte: usize| {
            let (line, column) = place(text, byte);
            Error::Tolerance {
                message,
                line,
                column,
            }
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            at(error.message().trim().to_owned(), start)
        })?;
        let mut names = HashSet::from(["default".to_owned()]);
        let mut rules = Vec::new();
        for rule in file.rule {
            let start = rule.span().start;
            let rule = rule.into_inner();
            let mut made = Rule {
                name: String::new(),
                action: rule.action,
                resource: rule.resource,
                risk: rule.risk,
                bounds: Bounds {
                    gained: rule.gained,
                    lost: rule.lost,
                    open: rule.open,
                    error_changed: rule.error_changed,
                },
            };
            made.name = rule.name.unwrap_or_else(|| made.covers());
            if made.bounds == Bounds::default() {
                return Err(at(
                    format!(
                        "the rule `{}` bounds nothing: give it gained, lost, open or error_changed",
                        made.name
                    ),
                    start,
                ));
            }
            if !names.insert(made.name.clone()) {
                return Err(at(format!("two rules are called `{}`", made.name), start));
            }
            rules.push(made);
        }
        let mut known = HashSet::new();
        let mut approvers = Vec::new();
        for approver in file.approver {
            let start = approver.span().start;
            let approver = approver.into_inner();
            if approver.name.trim().is_empty() {
                return Err(at("an approver has no name".to_owned(), start));
            }
            // One person under two names could approve their own change.
            let marks = [&approver.name, &approver.email, approver.key.as_str()];
            for mark in marks.map(|mark| mark.trim().to_lowercase()) {
                if !mark.is_empty() && !known.insert(mark.clone()) {
                    return Err(at(format!("two approvers share `{mark}`"), start));
                }
            }
            approvers.push(approver);
        }
        Ok(Self {
            default: file.default,
            rules,
            approvers,
        })
    }

    /// `sha256:…` over what the file says: the same whatever its comments and formatting.
    #[must_use]
    pub fn digest(&self) -> String {
        // INVARIANT: the keys of these types are strings, so that they are always JSON; fields are in the order declared.
        let canonical = serde_json::to_vec(self).unwrap_or_default();
        format!("sha256:{}", hex(&Sha256::digest(canonical)))
    }
}

/// Line and column of a byte, both from 1; columns in characters.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        line,
        before.chars().count() - before.get(..start).unwrap_or("").chars().count() + 1,
    )
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::AtMost(rows) => serializer.serialize_u64(*rows),
            Self::Any => serializer.serialize_str("any"),
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Limit;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number of rows, or \"any\"")
            }

            fn visit_u64<E: de::Error>(self, rows: u64) -> Result<Limit, E> {
                Ok(Limit::AtMost(rows))
            }

            fn visit_i64<E: de::Error>(self, rows: i64) -> Result<Limit, E> {
                u64::try_from(rows)
                    .map(Limit::AtMost)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(rows), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Limit, E> {
                if text == "any" {
                    Ok(Limit::Any)
                } else {
                    Err(E::invalid_value(de::Unexpected::Str(text), &self))
                }
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "ed25519:3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

    fn refused(text: &str) -> (String, usize, usize) {
        match Tolerance::read(text) {
            Err(Error::Tolerance {
                message,
                line,
                column,
            }) => (message, line, column),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_said_is_read() {
        let text = format!(
            "[default]\nlost = 100\n[[rule]]\naction = 'Action::\"read\"'\nrisk = \"high\"\ngained = 0\n\
             [[rule]]\nname = \"folders\"\nresource = \"Folder\"\nlost = \"any\"\n\
             [[approver]]\nname = \"D\"\nemail = \"d@n.example\"\nkey = \"{KEY}\"\n"
        );
        let tolerance = Tolerance::read(&text).unwrap();
        assert_eq!(tolerance.default.lost, Some(Limit::AtMost(100)));
        assert_eq!(tolerance.default.gained, None);
        assert_eq!(
            tolerance.rules[0].name,
            "Action::\"read\" on everything, high risk"
        );
        assert_eq!(tolerance.rules[1].bounds.lost, Some(Limit::Any));
        assert_eq!(tolerance.approvers[0].key.as_str(), KEY);
        assert_eq!(
            tolerance.digest(),
            Tolerance::read(&format!("# words\n\n{text}"))
                .unwrap()
                .digest(),
            "comments mean nothing"
        );
        assert_ne!(
            tolerance.digest(),
            Tolerance::read(&text.replace("100", "101"))
                .unwrap()
                .digest()
        );
        assert_eq!(Tolerance::read("").unwrap(), Tolerance::default());
    }

    #[test]
    fn a_mistake_is_shown_in_its_place() {
        let (message, line, column) = refused("[default]\ngained = 0\n\nganied = 3\n");
        assert!(message.contains("`ganied`"), "{message}");
        assert_eq!((line, column), (4, 1));
        let (message, line, column) = refused("[[rule]]\nresource = \"é\"\nlsot = 1\n");
        assert!(message.contains("`lsot`"), "{message}");
        assert_eq!((line, column), (3, 1));
        for (text, words, line) in [
            ("[default]\nlost = -1\n", "integer `-1`", 2),
            ("[default]\nlost = \"some\"\n", "string \"some\"", 2),
            ("[default]\nlost = 1.5\n", "a number of rows", 2),
            ("[defaults]\n", "`defaults`", 1),
            ("[default\n", "", 1),
            (
                "[[rule]]\ngained = 1\n[[rule]]\nresource = \"A\"\n",
                "bounds nothing",
                3,
            ),
            (
                "[[rule]]\ngained = 1\n[[rule]]\nlost = 1\n",
                "two rules are called",
                3,
            ),
            (
                "[[rule]]\nname = \"default\"\nlost = 1\n",
                "two rules are called",
                1,
            ),
            ("[[rule]]\nrisk = \"P0\"\ngained = 0\n", "`P0`", 2),
            (
                "[[approver]]\nname = \"D\"\nkey = \"x\"\n",
                "`x` is no public key",
                3,
            ),
            ("[[approver]]\nname = \"D\"\n", "missing field `key`", 1),
        ] {
            let (message, at, _) = refused(text);
            assert!(message.contains(words), "{text}: {message}");
            assert_eq!(at, line, "{text}: {message}");
        }
        let two = format!(
            "[[approver]]\nname = \"D\"\nkey = \"{KEY}\"\n[[approver]]\nname = \"E\"\nkey = \"{}\"\n",
            KEY.to_uppercase().replace("ED25519", "ed25519")
        );
        assert!(refused(&two).0.contains("two approvers share"), "{two}");
    }

    #[test]
    fn rules_match_by_action_type_and_risk() {
        let rule = |action: Option<&str>, resource: Option<&str>, risk| Rule {
            name: String::new(),
            action: action.map(Into::into),
            resource: resource.map(Into::into),
            risk,
            bounds: Bounds::default(),
        };
        let read = r#"Action::"read""#;
        let record = r#"Tax::Record::"Folder::"1""#;
        for (rule, expected) in [
            (rule(None, None, None), true),
            (
                rule(Some(read), Some("Tax::Record"), Some(RiskLevel::High)),
                true,
            ),
            (rule(Some(r#"Action::"re*""#), Some("Tax::*"), None), true),
            (rule(Some("*read*"), Some("*"), None), true),
            (rule(Some(r#"Action::"re""#), None, None), false),
            (rule(None, Some("Record"), None), false),
            (rule(None, Some("*Folder*"), None), false),
            (rule(None, None, Some(RiskLevel::Low)), false),
        ] {
            assert_eq!(
                rule.matches(read, record, RiskLevel::High),
                expected,
                "{rule:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn patterns_match_what_replacing_their_stars_gives(parts in prop::collection::vec("[ab:\"]{0,3}", 1..5), runs in prop::collection::vec("[ab]{0,4}", 4)) {
            let pattern = parts.join("*");
            let mut text = String::new();
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    text.push_str(&runs[at - 1]);
                }
                text.push_str(part);
            }
            prop_assert!(glob(&pattern, &text), "{pattern} {text}");
            let longer = text + "z";
            prop_assert!(!glob(&pattern, &longer) || pattern.ends_with('*'));
        }
    }
}
