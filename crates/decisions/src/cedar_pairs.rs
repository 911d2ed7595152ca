//! Cedar requests with their decisions, as authorizers built on Cedar write them. Three shapes meet here:
//!
//! | where | accepted |
//! |---|---|
//! | request | members `principal`, `action`, `resource`, `context` of the line itself, or of its `request` |
//! | decision | `decision` of the line, of its `response` or `answer`, or of `response.response` as Cedar's foreign interface nests it |
//! | reasons | `reasons` or `reason` beside the decision, or inside `diagnostics` beside it |
//! | errors | likewise `errors` |
//! | time | `at`, `timestamp` or `time`, RFC 3339 |
//! | entities | `entities` of the line or of its `request`: an array, or a digest |
//!
//! Ids are `Type::"id"`, `{"type","id"}` or `{"__entity":{"type","id"}}`; decisions are `allow` and `deny` in any case.
//! `id`, `tenant`, `bundle` and `engine` are taken over when present.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::line::{self, Draft, Line, Outcome, Uid};

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    principal: &'a RawValue,
    #[serde(borrow)]
    action: &'a RawValue,
    #[serde(borrow)]
    resource: &'a RawValue,
    #[serde(borrow)]
    context: Option<&'a RawValue>,
    #[serde(borrow)]
    entities: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    decision: Option<&'a RawValue>,
    #[serde(borrow)]
    reasons: Option<&'a RawValue>,
    #[serde(borrow)]
    reason: Option<&'a RawValue>,
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
    #[serde(borrow)]
    diagnostics: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
}

/// Reads a line that is neither ours nor OPA's.
pub(crate) fn read<'a>(line: &Line<'a>) -> Result<Draft<'a>, &'static str> {
    let request: Request<'a> = match line.request {
        Some(raw) => serde_json::from_str(raw.get())
            .map_err(|_| "`request` is no object with `principal`, `action` and `resource`")?,
        None => Request {
            principal: line.principal.ok_or(line::NO_PRINCIPAL)?,
            action: line.action.ok_or(line::NO_ACTION)?,
            resource: line.resource.ok_or(line::NO_RESOURCE)?,
            context: line.context,
            entities: line.entities,
        },
    };
    let response = response(line).ok_or("its answer is no object")?;
    let diagnostics: Response<'a> = match response.diagnostics {
        Some(raw) => serde_json::from_str(raw.get()).map_err(|_| "`diagnostics` is no object")?,
        None => Response::default(),
    };
    let reasons = response.reasons.or(response.reason);
    let reasons = reasons.or(diagnostics.reasons).or(diagnostics.reason);
    Ok(Draft {
        id: line::text_or_empty(line.id).ok_or(line::BAD_ID)?,
        at: line::time(line.at.or(line.timestamp).or(line.time)).ok_or(line::BAD_TIME)?,
        principal: Uid::Raw(request.principal),
        action: Uid::Raw(request.action),
        resource: Uid::Raw(request.resource),
        context: line::context(request.context).ok_or(line::BAD_CONTEXT)?,
        input: None,
        entities: line::entities(request.entities.or(line.entities)).ok_or(line::BAD_ENTITIES)?,
        outcome: Outcome {
            decision: line::decision(response.decision.ok_or(line::NO_DECISION)?)
                .ok_or(line::BAD_DECISION)?,
            reasons: line::strings(reasons).ok_or(line::BAD_REASONS)?,
            errors: line::errors(response.errors.or(diagnostics.errors)).ok_or(line::BAD_ERRORS)?,
            bundle: line::text_or_empty(line.bundle).ok_or(line::BAD_BUNDLE)?,
            engine: line::text_or_empty(line.engine).ok_or(line::BAD_ENGINE)?,
            tenant: line::text_or_empty(line.tenant).ok_or(line::BAD_TENANT)?,
        },
    })
}

/// The object that holds the decision.
fn response<'a>(line: &Line<'a>) -> Option<Response<'a>> {
    let mut response = Response {
        decision: line.decision,
        reasons: line.reasons,
        reason: line.reason,
        errors: line.errors,
        diagnostics: line.diagnostics,
        response: line.response.or(line.answer),
    };
    // At most two levels: `response`, and the `response` inside a foreign interface's answer.
    for _ in 0..2 {
        match (response.decision, response.response) {
            (None, Some(inner)) => response = serde_json::from_str(inner.get()).ok()?,
            _ => break,
        }
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use model::Decision;

    use super::*;

    fn read_text(text: &str) -> Option<(Draft<'_>, String)> {
        let mut draft = line::read(text).ok()?;
        let mut key = String::new();
        draft.outcome.write_key(&mut key);
        Some((draft, key))
    }

    #[test]
    fn reads_flat_pairs() {
        let text = r#"{"description":"x","principal":{"type":"U","id":"a"},"action":"Action::\"v\"","resource":{"__entity":{"type":"D","id":"1"}},"context":{},
            "decision":"ALLOW","reason":["policy0"],"errors":[],"timestamp":"2026-01-01T00:00:00Z"}"#;
        let (draft, key) = read_text(text).unwrap();
        assert_eq!(draft.principal.printed().unwrap(), "U::\"a\"");
        assert_eq!(draft.resource.printed().unwrap(), "D::\"1\"");
        assert_eq!(draft.at, 1_767_225_600_000);
        assert_eq!(key, r#"["allow",["policy0"],[],"","",""]"#);
    }

    #[test]
    fn reads_nested_pairs() {
        let request =
            r#""request":{"principal":"U::\"a\"","action":"Action::\"v\"","resource":"D::\"1\""}"#;
        for response in [
            r#""decision":"deny","diagnostics":{"reason":["p"],"errors":[{"policyId":"q","error":{"message":"m"}}]}"#,
            r#""response":{"decision":"Deny","diagnostics":{"reason":["p"],"errors":[{"policyId":"q","error":"m"}]}}"#,
            r#""answer":{"type":"success","response":{"decision":"deny","reasons":["p"],"errors":[{"policy":"q","message":"m"}]}}"#,
        ] {
            let text = format!("{{{request},{response}}}");
            let (draft, key) = read_text(&text).unwrap();
            assert_eq!(draft.outcome.decision, Decision::Deny);
            assert_eq!(key, r#"["deny",["p"],[["q","m"]],"","",""]"#, "{response}");
        }
    }

    #[test]
    fn a_request_alone_is_no_row() {
        let request = r#"{"principal":"U::\"a\"","action":"Action::\"v\"","resource":"D::\"1\"","context":{}}"#;
        assert!(read_text(request).is_none());
        assert!(read_text(r#"{"decision":"allow"}"#).is_none());
        assert!(read_text(r#"{"request":{},"decision":"allow"}"#).is_none());
    }
}
