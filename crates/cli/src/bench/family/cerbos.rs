//! The family for Cerbos: one resource policy for documents, teams as roles, conditions in CEL. One allow of any role is an
//! allow there, so what forbids is written for every role, with the team as a condition.

use serde_json::{Value, json};

use super::{Condition, Rule, rule::Request};

/// What documents are called in the policy and in requests.
pub const KIND: &str = "document";

/// The resource policy, YAML.
pub fn policy(rules: &[Rule]) -> String {
    let mut yaml = format!(
        "apiVersion: api.cerbos.dev/v1\nresourcePolicy:\n  version: default\n  resource: {KIND}\n  rules:\n"
    );
    for rule in rules {
        let effect = if rule.forbids {
            "EFFECT_DENY"
        } else {
            "EFFECT_ALLOW"
        };
        let actions = if rule.actions.is_empty() {
            "\"*\"".to_owned()
        } else {
            rule.actions.join(", ")
        };
        let role = match rule.team {
            Some(team) if !rule.forbids => team.name(),
            _ => "\"*\"".to_owned(),
        };
        yaml.push_str(&format!(
            "    - name: {}\n      effect: {effect}\n      actions: [{actions}]\n      roles: [{role}]\n",
            rule.id
        ));
        let mut when = Vec::new();
        if let (true, Some(team)) = (rule.forbids, rule.team) {
            when.push(format!("\"{}\" in P.attr.teams", team.name()));
        }
        when.extend(
            rule.place
                .map(|place| format!("\"{}\" in R.attr.above", place.name())),
        );
        when.extend(rule.when.iter().map(condition));
        match &when[..] {
            [] => {}
            [one] => yaml.push_str(&format!(
                "      condition:\n        match:\n          expr: '{one}'\n"
            )),
            several => {
                yaml.push_str(
                    "      condition:\n        match:\n          all:\n            of:\n",
                );
                for one in several {
                    yaml.push_str(&format!("              - expr: '{one}'\n"));
                }
            }
        }
    }
    yaml
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::AtMost(most) => format!("R.attr.classification <= {most}"),
        Condition::Cleared => "P.attr.clearance >= R.attr.classification".to_owned(),
        Condition::SameRegion => "P.attr.region == R.attr.region".to_owned(),
        Condition::Region(region) => format!("R.attr.region == \"{region}\""),
        Condition::Kind(kind) => format!("R.attr.kind == \"{kind}\""),
        Condition::Label(label) => format!("\"{label}\" in R.attr.labels"),
        Condition::Badge(badge) => format!("\"{badge}\" in P.attr.badges"),
        Condition::Owner => "R.attr.owner == P.id".to_owned(),
        Condition::Live => "!R.attr.archived".to_owned(),
        Condition::Hold => "has(R.attr.hold) && R.attr.hold".to_owned(),
        Condition::SecondFactor => "P.attr.mfa".to_owned(),
        Condition::Office => "P.attr.network == \"office\"".to_owned(),
    }
}

/// Who asks, as the API wants it. What is known of the moment goes with the principal: there is no other place for it.
pub fn principal(request: &Request<'_>) -> Value {
    let user = request.user;
    let teams: Vec<_> = user.above.iter().map(|team| team.name()).collect();
    json!({
        "id": user.name,
        "roles": teams,
        "attr": {
            "teams": teams,
            "region": user.region,
            "clearance": user.clearance,
            "badges": user.badges,
            "mfa": request.second_factor,
            "network": request.network(),
        },
    })
}

/// What is asked for.
pub fn resource(request: &Request<'_>) -> Value {
    let document = request.document;
    let mut attributes = json!({
        "above": document.above.iter().map(|place| place.name()).collect::<Vec<_>>(),
        "classification": document.classification,
        "region": document.region,
        "owner": document.owner,
        "kind": document.kind,
        "labels": document.labels,
        "archived": document.archived,
    });
    if let (Some(hold), Some(members)) = (document.hold, attributes.as_object_mut()) {
        members.insert("hold".to_owned(), hold.into());
    }
    json!({"kind": KIND, "id": document.name, "attr": attributes})
}
