//! Decision log events of the Open Policy Agent. Its `input` is kept whole, for a replay with Rego; and since everything else
//! here speaks of principals, actions and resources, and `input` has no fixed shape, this is the mapping:
//!
//! | row | from |
//! |---|---|
//! | principal | `input.principal`, else `.subject`, else `.user`, else the user name of an admission review |
//! | action | `input.action`, else `.operation`, else `.method`, else the operation of an admission review |
//! | resource | `input.resource`, else `.object`, else `.path`, else the kind and name of an admission review |
//! | context | `input.context`, and every other member of `input` beside it |
//! | decision | `result`: `true` or `false`, or an object with a boolean `allow` or `allowed`; no result where a `path` was asked for is a deny, as it is for OPA's callers |
//! | input | `{"input","path","nd_builtin_cache","erased"}`: `erased` names what the log's masks took from `input`; members without content are left out |
//! | reasons | `result.reasons` or `result.reason`: strings |
//! | bundle | `bundles`: `name@revision`, sorted, joined by commas |
//! | engine | `opa/` and `labels.version` |
//! | id, time | `decision_id`, `timestamp` |
//!
//! An id that is not `Type::"id"` gets a type: `User`, `Action` or `Resource`. A number is its digits, a list of strings is
//! joined with `/` (OPA's HTTP paths), an object is read by its `type` and `id` (or `name`), and what else it holds goes to
//! the context under the member's name. Cedar knows neither null nor fractions: null members are dropped, other numbers
//! become strings. Without entities in the log, the workspace's are assumed. A part that `input` does not have goes by the
//! name [`NOT_NAMED`], which is no entity: Cedar cannot replay such a row, Rego can. An event without a decision, or with an
//! error, is counted as a line that cannot be used.

use std::borrow::Cow;
use std::collections::BTreeMap;

use model::Decision;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::line::{self, Context, Draft, Entities, Line, Outcome, Uid};
use crate::{canonical, uid};

/// What is wrong with an event whose `input` cannot be kept.
const BAD_INPUT: &str =
    "`input`, or what stands beside it, is repeated, nested too deeply or of another form";

/// Stands for a principal, action or resource that `input` does not name.
pub const NOT_NAMED: &str = "not named";

#[derive(Deserialize)]
struct Bundle {
    #[serde(default)]
    revision: String,
}

/// Reads a decision log event.
pub(crate) fn read<'a>(line: &Line<'a>) -> Result<Draft<'a>, &'static str> {
    if line.error.is_some() {
        return Err("it records an error and no decision");
    }
    let (decision, reasons) = match (line.result, line.path) {
        (Some(result), _) => decided(result).ok_or("`result` says neither true nor false")?,
        (None, Some(_)) => (Decision::Deny, Vec::new()),
        (None, None) => return Err("it has neither `result` nor `path`"),
    };
    let asked = line.input.ok_or("it has no `input`")?.get();
    let document = document(line).ok_or(BAD_INPUT)?;
    let mut input = match serde_json::from_str(asked).map_err(|_| BAD_INPUT)? {
        Value::Object(members) => members,
        // Rego's input may be anything; nothing in it has a name then.
        _ => Map::new(),
    };
    let review = admission_review(&input);
    let mut context = match input.remove("context") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(members)) => members,
        Some(other) => Map::from_iter([("context".to_owned(), other)]),
    };
    let [reviewed_principal, reviewed_action, reviewed_resource] = review;
    let mut named = |names: &[&str], default_type, reviewed: Option<String>| {
        part(&mut input, names, default_type, &mut context)
            .or(reviewed)
            .unwrap_or_else(|| NOT_NAMED.to_owned())
    };
    let principal = named(
        &["principal", "subject", "user"],
        "User",
        reviewed_principal,
    );
    let action = named(
        &["action", "operation", "method"],
        "Action",
        reviewed_action,
    );
    let resource = named(
        &["resource", "object", "path"],
        "Resource",
        reviewed_resource,
    );
    for (key, value) in input {
        context.entry(key).or_insert(value);
    }
    let mut canonical_context = String::new();
    let context = for_cedar(Value::Object(context)).ok_or(BAD_INPUT)?;
    canonical::write_value(&context, &mut canonical_context);
    Ok(Draft {
        id: line::text_or_empty(line.decision_id).ok_or(line::BAD_ID)?,
        at: line::time(line.timestamp.or(line.time)).ok_or(line::BAD_TIME)?,
        principal: Uid::Printed(principal),
        action: Uid::Printed(action),
        resource: Uid::Printed(resource),
        context: Context::Canonical(canonical_context),
        input: Some(document),
        entities: Entities::Assumed,
        outcome: Outcome {
            decision,
            reasons: reasons.into_iter().map(Cow::Owned).collect(),
            errors: Vec::new(),
            bundle: Cow::Owned(bundles(line.bundles).ok_or("`bundles` is no object of bundles")?),
            engine: Cow::Owned(engine(line.labels)),
            tenant: Cow::Borrowed(""),
        },
    })
}

/// What OPA was asked, with all that its answer rested on, as far as the event tells.
fn document(line: &Line<'_>) -> Option<String> {
    let mut out = String::new();
    let erased: Vec<String> = [line.erased, line.masked]
        .into_iter()
        .flatten()
        .map(|raw| serde_json::from_str::<Vec<String>>(raw.get()))
        .collect::<Result<Vec<_>, _>>()
        .ok()?
        .concat();
    let mut erased: Vec<Value> = erased
        .into_iter()
        .filter(|path| path.starts_with("/input"))
        .map(Value::String)
        .collect();
    erased.dedup();
    if !erased.is_empty() {
        out.push_str("\"erased\":");
        canonical::write_value(&Value::Array(erased), &mut out);
        out.push(',');
    }
    out.push_str("\"input\":");
    canonical::write(line.input?.get(), &mut out).ok()?;
    for (name, raw) in [
        ("nd_builtin_cache", line.nd_builtin_cache),
        ("path", line.path),
    ] {
        if let Some(raw) = raw {
            out.push_str(&format!(",\"{name}\":"));
            canonical::write(raw.get(), &mut out).ok()?;
        }
    }
    Some(format!("{{{out}}}"))
}

/// Principal, action and resource of a Kubernetes admission review, which `input.request` then is.
fn admission_review(input: &Map<String, Value>) -> [Option<String>; 3] {
    let text = |pointer: &[&str]| {
        let mut value = input.get("request")?;
        for name in pointer {
            value = value.get(name)?;
        }
        value.as_str()
    };
    let kind = text(&["kind", "kind"]).and_then(|kind| {
        let name = text(&["name"]).or_else(|| text(&["object", "metadata", "name"]));
        let full = match (text(&["namespace"]), name) {
            (Some(space), Some(name)) => format!("{space}/{name}"),
            (None, Some(name)) => name.to_owned(),
            _ => String::new(),
        };
        uid::print(kind, &full)
    });
    [
        text(&["userInfo", "username"]).and_then(|user| uid::print("User", user)),
        text(&["operation"]).and_then(|operation| uid::print("Action", operation)),
        kind,
    ]
}

fn decided(raw: &RawValue) -> Option<(Decision, Vec<String>)> {
    let decide = |allow: bool| {
        if allow {
            Decision::Allow
        } else {
            Decision::Deny
        }
    };
    match serde_json::from_str(raw.get()).ok()? {
        Value::Bool(allow) => Some((decide(allow), Vec::new())),
        Value::Object(members) => {
            let allow = members
                .get("allow")
                .or_else(|| members.get("allowed"))?
                .as_bool()?;
            let reasons = members.get("reasons").or_else(|| members.get("reason"));
            let reasons = match reasons {
                Some(Value::String(reason)) => vec![reason.clone()],
                Some(Value::Array(items)) => items
                    .iter()
                    .filter_map(|item| item.as_str().map(str::to_owned))
                    .collect(),
                _ => Vec::new(),
            };
            Some((decide(allow), reasons))
        }
        _ => None,
    }
}

/// Takes the first of `names` that `input` has, as a printed uid; what else the member tells goes to the context.
fn part(
    input: &mut Map<String, Value>,
    names: &[&str],
    default_type: &str,
    context: &mut Map<String, Value>,
) -> Option<String> {
    let (name, value) = names
        .iter()
        .find_map(|name| input.remove(*name).map(|value| (*name, value)))?;
    match value {
        Value::Object(mut members) => {
            if let Some(Value::Object(inner)) = members.remove("__entity") {
                members = inner;
            }
            let kind = match members.remove("type") {
                Some(Value::String(kind)) => kind,
                _ => default_type.to_owned(),
            };
            let id = members.remove("id").or_else(|| members.remove("name"))?;
            let id = scalar(&id)?;
            if !members.is_empty() {
                context.entry(name).or_insert(Value::Object(members));
            }
            uid::normalize(&id).or_else(|| uid::print(&kind, &id))
        }
        other => {
            let id = scalar(&other)?;
            uid::normalize(&id).or_else(|| uid::print(default_type, &id))
        }
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let parts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            Some(parts?.join("/"))
        }
        _ => None,
    }
}

/// The value as Cedar can read it, or nothing for null.
fn for_cedar(value: Value) -> Option<Value> {
    Some(match value {
        Value::Null => return None,
        Value::Number(number) if number.as_i64().is_none() => Value::String(number.to_string()),
        Value::Array(items) => items.into_iter().filter_map(for_cedar).collect(),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter_map(|(key, value)| Some((key, for_cedar(value)?)))
                .collect(),
        ),
        other => other,
    })
}

fn bundles(raw: Option<&RawValue>) -> Option<String> {
    let Some(raw) = raw else {
        return Some(String::new());
    };
    let bundles: BTreeMap<String, Bundle> = serde_json::from_str(raw.get()).ok()?;
    let named: Vec<String> = bundles
        .into_iter()
        .map(|(name, bundle)| {
            if bundle.revision.is_empty() {
                name
            } else {
                format!("{name}@{}", bundle.revision)
            }
        })
        .collect();
    Some(named.join(","))
}

fn engine(labels: Option<&RawValue>) -> String {
    let labels: Option<Map<String, Value>> =
        labels.and_then(|raw| serde_json::from_str(raw.get()).ok());
    match labels
        .as_ref()
        .and_then(|labels| labels.get("version")?.as_str())
    {
        Some(version) => format!("opa/{version}"),
        None => "opa".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Option<(Draft<'_>, String)> {
        let mut draft = line::read(text).ok()?;
        let mut key = String::new();
        draft.outcome.write_key(&mut key);
        Some((draft, key))
    }

    #[test]
    fn reads_an_event() {
        let text = r#"{"labels":{"id":"1","version":"1.4.2"},"decision_id":"4ca6","bundles":{"b":{"revision":"7"},"a":{}},"path":"http/authz/allow",
            "input":{"method":"GET","path":["finance","salary","alice"],"user":{"id":"alice","roles":["hr"],"boss":null},"score":1.5,"context":{"ip":"10.0.0.1"}},
            "result":{"allow":true,"reasons":["r1"]},"requested_by":"[::1]:59943","timestamp":"2026-01-01T00:00:00.000000Z","metrics":{}}"#;
        let (draft, key) = read_text(text).unwrap();
        assert_eq!(key, r#"["allow",["r1"],[],"a,b@7","opa/1.4.2",""]"#);
        assert_eq!(draft.id, "4ca6");
        let Context::Canonical(context) = draft.context else {
            panic!("not canonical")
        };
        assert_eq!(
            context,
            r#"{"ip":"10.0.0.1","score":"1.5","user":{"roles":["hr"]}}"#
        );
        assert_eq!(
            draft.input.unwrap(),
            r#"{"input":{"context":{"ip":"10.0.0.1"},"method":"GET","path":["finance","salary","alice"],"score":1.5,"user":{"boss":null,"id":"alice","roles":["hr"]}},"path":"http/authz/allow"}"#
        );
        assert_eq!(draft.principal.printed().unwrap(), "User::\"alice\"");
        assert_eq!(draft.action.printed().unwrap(), "Action::\"GET\"");
        assert_eq!(
            draft.resource.printed().unwrap(),
            "Resource::\"finance/salary/alice\""
        );
    }

    #[test]
    fn keeps_typed_ids() {
        let text = r#"{"decision_id":"1","result":false,"input":{"principal":"App::User::\"a\"","action":{"type":"Action","id":"view"},"resource":{"__entity":{"type":"Doc","id":"7"}},"n":18446744073709551615}}"#;
        let (draft, key) = read_text(text).unwrap();
        assert_eq!(key, r#"["deny",[],[],"","opa",""]"#);
        assert_eq!(draft.principal.printed().unwrap(), "App::User::\"a\"");
        assert_eq!(draft.action.printed().unwrap(), "Action::\"view\"");
        assert_eq!(draft.resource.printed().unwrap(), "Doc::\"7\"");
    }

    #[test]
    fn an_event_without_a_yes_or_no_is_no_row() {
        let input = r#""input":{"user":"a","action":"b","resource":"c"}"#;
        assert!(read_text(&format!(r#"{{{input},"result":true}}"#)).is_some());
        for rest in [
            r#""decision_id":"1""#,
            r#""result":"yes""#,
            r#""result":{"violations":[]}"#,
            r#""result":{"allow":1}"#,
            r#""result":true,"error":{"code":"internal"}"#,
            r#""result":true,"timestamp":"now""#,
        ] {
            assert!(
                read_text(&format!("{{{input},{rest}}}")).is_none(),
                "{rest}"
            );
        }
        assert!(read_text(r#"{"decision_id":"1","result":true}"#).is_none());
    }

    fn parts(event: &str) -> [String; 3] {
        let (draft, _) = read_text(event).unwrap();
        [draft.principal, draft.action, draft.resource].map(|uid| uid.printed().unwrap())
    }

    #[test]
    fn what_the_input_does_not_name_has_no_name() {
        for (input, expected) in [
            ("{}", [NOT_NAMED; 3]),
            ("[1]", [NOT_NAMED; 3]),
            (
                r#"{"user":"a","action":"b"}"#,
                ["User::\"a\"", "Action::\"b\"", NOT_NAMED],
            ),
            (
                r#"{"user":true,"action":"b","resource":"c"}"#,
                [NOT_NAMED, "Action::\"b\"", "Resource::\"c\""],
            ),
            (
                r#"{"kind":"AdmissionReview","request":{"kind":{"kind":"Pod"},"namespace":"shop","object":{"metadata":{"name":"web"}},"operation":"CREATE","userInfo":{"username":"ci"}}}"#,
                ["User::\"ci\"", "Action::\"CREATE\"", "Pod::\"shop/web\""],
            ),
        ] {
            let event = format!(r#"{{"input":{input},"result":true}}"#);
            assert_eq!(parts(&event), expected, "{input}");
        }
        assert_eq!(uid::normalize(NOT_NAMED), None);
    }

    #[test]
    fn no_result_where_one_was_asked_for_is_a_deny() {
        let (draft, key) =
            read_text(r#"{"path":"authz/allow","input":{"user":"a"},"decision_id":"1"}"#).unwrap();
        assert_eq!(key, r#"["deny",[],[],"","opa",""]"#);
        assert_eq!(
            draft.input.unwrap(),
            r#"{"input":{"user":"a"},"path":"authz/allow"}"#
        );
    }

    #[test]
    fn what_masks_took_and_what_the_outside_said_is_kept() {
        let (draft, _) = read_text(
            r#"{"input":{"user":"a"},"result":true,"erased":["/input/password","/result/x"],"masked":["/input/ip"],"nd_builtin_cache":{"time.now_ns":{"[]":7}}}"#,
        )
        .unwrap();
        assert_eq!(
            draft.input.unwrap(),
            r#"{"erased":["/input/password","/input/ip"],"input":{"user":"a"},"nd_builtin_cache":{"time.now_ns":{"[]":7}}}"#
        );
        assert!(read_text(r#"{"input":{},"result":true,"erased":[1]}"#).is_none());
    }
}
