//! One line of a log, whichever of the three known forms it has, read into one [`Draft`]. Nothing is guessed: a line that
//! lacks a principal, an action, a resource or a decision is no row.

use std::borrow::Cow;

use model::Decision;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::instant::{self, NO_TIME};
use crate::skip::Why;
use crate::{canonical, cedar_pairs, opa, row, slice, uid};

/// Every top-level member any of the forms gives a meaning to; others are ignored.
#[derive(Deserialize)]
pub(crate) struct Line<'a> {
    #[serde(borrow)]
    pub(crate) v: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) at: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) time: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) tenant: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) principal: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) action: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) resource: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) context: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) entities: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) decision: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) reasons: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) reason: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) errors: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) diagnostics: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) bundle: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) engine: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) request: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) response: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) answer: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) decision_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) input: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) result: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) path: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) nd_builtin_cache: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) erased: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) masked: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) error: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) bundles: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) labels: Option<&'a RawValue>,
}

/// An entity id on its way into a table.
pub(crate) enum Uid<'a> {
    /// As the log spells it.
    Raw(&'a RawValue),
    /// As Cedar prints it.
    Printed(String),
}

/// A context on its way into a table.
pub(crate) enum Context<'a> {
    /// As the log spells it; an object.
    Raw(&'a str),
    /// Canonical JSON.
    Canonical(String),
}

/// What the row says about entities.
pub(crate) enum Entities<'a> {
    Assumed,
    Digest([u8; 32]),
    Inline(Vec<&'a RawValue>),
}

/// A row that borrows its line.
pub(crate) struct Draft<'a> {
    pub(crate) id: Cow<'a, str>,
    pub(crate) at: i64,
    pub(crate) principal: Uid<'a>,
    pub(crate) action: Uid<'a>,
    pub(crate) resource: Uid<'a>,
    pub(crate) context: Context<'a>,
    /// What the Open Policy Agent was asked, canonical JSON.
    pub(crate) input: Option<String>,
    pub(crate) entities: Entities<'a>,
    pub(crate) outcome: Outcome<'a>,
}

/// What was decided, and under what.
pub(crate) struct Outcome<'a> {
    pub(crate) decision: Decision,
    pub(crate) reasons: Vec<Cow<'a, str>>,
    /// Policy and message.
    pub(crate) errors: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub(crate) bundle: Cow<'a, str>,
    pub(crate) engine: Cow<'a, str>,
    pub(crate) tenant: Cow<'a, str>,
}

impl Outcome<'_> {
    /// Appends the key under which equal outcomes meet: `[decision,[reason],[[policy,message]],bundle,engine,tenant]`.
    pub(crate) fn write_key(&mut self, out: &mut String) {
        self.reasons.sort_unstable();
        self.reasons.dedup();
        self.errors.sort_unstable();
        self.errors.dedup();
        out.push_str("[\"");
        out.push_str(row::decision_text(self.decision));
        out.push_str("\",[");
        for (index, reason) in self.reasons.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            canonical::write_string(reason, out);
        }
        out.push_str("],[");
        for (index, (policy, message)) in self.errors.iter().enumerate() {
            out.push_str(if index > 0 { ",[" } else { "[" });
            canonical::write_string(policy, out);
            out.push(',');
            canonical::write_string(message, out);
            out.push(']');
        }
        out.push(']');
        for text in [&self.bundle, &self.engine, &self.tenant] {
            out.push(',');
            canonical::write_string(text, out);
        }
        out.push(']');
    }
}

/// Reads a line in whichever form it has, or says why it is no row.
pub(crate) fn read(text: &str) -> Result<Draft<'_>, Why> {
    let line: Line<'_> = serde_json::from_str(text)?;
    Ok(if line.v.is_some() {
        version_1(&line)?
    } else if line.input.is_some() || line.decision_id.is_some() {
        opa::read(&line)?
    } else {
        cedar_pairs::read(&line)?
    })
}

// What is wrong with a member, whichever form the line has.
pub(crate) const NO_PRINCIPAL: &str = "it has no `principal`";
pub(crate) const NO_ACTION: &str = "it has no `action`";
pub(crate) const NO_RESOURCE: &str = "it has no `resource`";
pub(crate) const NO_DECISION: &str = "it has no `decision`";
pub(crate) const BAD_ID: &str = "its id is neither text nor a number";
pub(crate) const BAD_TIME: &str = "its time is not RFC 3339";
pub(crate) const BAD_CONTEXT: &str = "`context` is no object";
pub(crate) const BAD_ENTITIES: &str = "`entities` is neither a list nor a digest";
pub(crate) const BAD_DECISION: &str = "`decision` is neither allow nor deny";
pub(crate) const BAD_REASONS: &str = "`reasons` is no list of texts";
pub(crate) const BAD_ERRORS: &str = "`errors` is no list of errors";
pub(crate) const BAD_TENANT: &str = "`tenant` is neither text nor a number";
pub(crate) const BAD_BUNDLE: &str = "`bundle` is neither text nor a number";
pub(crate) const BAD_ENGINE: &str = "`engine` is neither text nor a number";

fn version_1<'a>(line: &Line<'a>) -> Result<Draft<'a>, &'static str> {
    if line.v.is_none_or(|v| v.get() != "1") {
        return Err("`v` is not 1");
    }
    Ok(Draft {
        id: text_or_empty(line.id).ok_or(BAD_ID)?,
        at: time(line.at).ok_or(BAD_TIME)?,
        principal: Uid::Raw(line.principal.ok_or(NO_PRINCIPAL)?),
        action: Uid::Raw(line.action.ok_or(NO_ACTION)?),
        resource: Uid::Raw(line.resource.ok_or(NO_RESOURCE)?),
        context: context(line.context).ok_or(BAD_CONTEXT)?,
        input: None,
        entities: entities(line.entities).ok_or(BAD_ENTITIES)?,
        outcome: Outcome {
            decision: decision(line.decision.ok_or(NO_DECISION)?).ok_or(BAD_DECISION)?,
            reasons: strings(line.reasons).ok_or(BAD_REASONS)?,
            errors: errors(line.errors).ok_or(BAD_ERRORS)?,
            bundle: text_or_empty(line.bundle).ok_or(BAD_BUNDLE)?,
            engine: text_or_empty(line.engine).ok_or(BAD_ENGINE)?,
            tenant: text_or_empty(line.tenant).ok_or(BAD_TENANT)?,
        },
    })
}

impl<'a> Uid<'a> {
    pub(crate) fn printed(self) -> Option<String> {
        match self {
            Uid::Raw(raw) => uid::from_json(raw),
            Uid::Printed(text) => Some(text),
        }
    }
}

/// The content of a JSON string, or nothing for any other value.
pub(crate) fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    let inner = raw.get().strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        serde_json::from_str(raw.get()).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// Absent is empty; a number is its digits, since producers number their rows; anything else is wrong.
pub(crate) fn text_or_empty(raw: Option<&RawValue>) -> Option<Cow<'_, str>> {
    match raw {
        None => Some(Cow::Borrowed("")),
        Some(raw)
            if raw
                .get()
                .starts_with(|first: char| first == '-' || first.is_ascii_digit()) =>
        {
            Some(Cow::Borrowed(raw.get()))
        }
        Some(raw) => text(raw),
    }
}

/// Absent is no time; a malformed time is wrong.
pub(crate) fn time(raw: Option<&RawValue>) -> Option<i64> {
    raw.map_or(Some(NO_TIME), |raw| instant::parse(&text(raw)?))
}

/// `allow` or `deny`, in any case.
pub(crate) fn decision(raw: &RawValue) -> Option<Decision> {
    let text = text(raw)?;
    if text.eq_ignore_ascii_case("allow") {
        Some(Decision::Allow)
    } else if text.eq_ignore_ascii_case("deny") {
        Some(Decision::Deny)
    } else {
        None
    }
}

/// Absent is the empty object.
pub(crate) fn context(raw: Option<&RawValue>) -> Option<Context<'_>> {
    let text = raw.map_or("{}", RawValue::get);
    text.starts_with('{').then_some(Context::Raw(text))
}

/// A digest, the entities themselves, or nothing.
pub(crate) fn entities(raw: Option<&RawValue>) -> Option<Entities<'_>> {
    let Some(raw) = raw else {
        return Some(Entities::Assumed);
    };
    if raw.get().starts_with('[') {
        return serde_json::from_str(raw.get()).ok().map(Entities::Inline);
    }
    slice::parse_digest(&text(raw)?).map(Entities::Digest)
}

/// A list of strings; absent is empty, one string is a list of one.
pub(crate) fn strings(raw: Option<&RawValue>) -> Option<Vec<Cow<'_, str>>> {
    match raw.map(RawValue::get) {
        None | Some("[]") => Some(Vec::new()),
        Some(json) if json.starts_with('[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
            items.into_iter().map(text).collect()
        }
        Some(_) => Some(vec![text(raw?)?]),
    }
}

/// A list of evaluation errors: strings in the engine's words, or objects that name the policy (`policy`, `policyId`,
/// `policy_id`) and say what happened (`message`, `error`, `errorDescription`, also one level deeper).
pub(crate) fn errors(raw: Option<&RawValue>) -> Option<Vec<(Cow<'_, str>, Cow<'_, str>)>> {
    #[derive(Deserialize)]
    struct Object<'a> {
        #[serde(borrow, alias = "policyId", alias = "policy_id")]
        policy: Option<&'a RawValue>,
        #[serde(borrow, alias = "error", alias = "errorDescription")]
        message: Option<&'a RawValue>,
    }
    fn one(raw: &RawValue) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
        if let Some(words) = text(raw) {
            let policy = words
                .split_once("policy `")
                .and_then(|(_, rest)| rest.split_once('`'))
                .map_or(String::new(), |(policy, _)| policy.to_owned());
            return Some((Cow::Owned(policy), words));
        }
        let object: Object<'_> = serde_json::from_str(raw.get()).ok()?;
        let message = match object.message {
            Some(nested) if nested.get().starts_with('{') => one(nested)?.1,
            other => text_or_empty(other)?,
        };
        Some((text_or_empty(object.policy)?, message))
    }
    match raw.map(RawValue::get) {
        None | Some("[]") => Some(Vec::new()),
        Some(json) => {
            let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
            items.into_iter().map(one).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<String> {
        let mut out = String::new();
        read(text).ok()?.outcome.write_key(&mut out);
        Some(out)
    }

    const START: &str =
        r#"{"v":1,"principal":"U::\"a\"","action":"Action::\"x\"","resource":"R::\"r\"","#;

    #[test]
    fn reads_a_full_row() {
        let text = format!(
            r#"{START}"id":"7","at":"2026-11-03T10:15:00Z","tenant":"acme","context":{{"a":1}},"entities":"sha256:{}","decision":"Deny","reasons":["b","a","a"],"errors":[{{"policy":"p","message":"m"}},"while evaluating policy `q`: oops"],"bundle":"v3","engine":"cedar/4.14","extra":null}}"#,
            "0f".repeat(32)
        );
        let draft = read(&text).unwrap();
        assert_eq!(draft.id, "7");
        assert_eq!(draft.at, 1_793_700_900_000);
        assert!(matches!(draft.entities, Entities::Digest(digest) if digest == [15; 32]));
        assert_eq!(
            key(&text).unwrap(),
            r#"["deny",["a","b"],[["p","m"],["q","while evaluating policy `q`: oops"]],"v3","cedar/4.14","acme"]"#
        );
    }

    #[test]
    fn a_row_needs_principal_action_resource_and_decision() {
        assert!(read(&format!(r#"{START}"decision":"allow"}}"#)).is_ok());
        for rest in [
            r#""decision":"maybe"}"#,
            r#""decision":true}"#,
            r#""id":"1"}"#,
            r#""decision":"allow","at":"yesterday"}"#,
            r#""decision":"allow","at":7}"#,
            r#""decision":"allow","context":[]}"#,
            r#""decision":"allow","entities":"sha256:00"}"#,
            r#""decision":"allow","entities":{}}"#,
            r#""decision":"allow","reasons":[1]}"#,
            r#""decision":"allow","errors":[1]}"#,
            r#""decision":"allow","decision":"deny"}"#,
            r#""decision":"allow""#,
        ] {
            assert!(read(&format!("{START}{rest}")).is_err(), "{rest}");
        }
        for text in ["", "null", "[]", "{}", "{\"v\":2}", "{\"v\":1}"] {
            assert!(read(text).is_err(), "{text}");
        }
        let other_version = format!(r#"{START}"decision":"allow"}}"#).replace("\"v\":1", "\"v\":2");
        assert!(read(&other_version).is_err());
    }
}
