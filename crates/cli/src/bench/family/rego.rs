//! The family in Rego, two ways: as people write it, one rule a policy; and as data with one generic rule that looks up what
//! could apply by team, action and place. Who asks for what, with all attributes, is in the input.

use std::collections::BTreeMap;

use rego::{Files, Settings};
use serde_json::{Map, Value, json};

use super::{Condition, Rule, rule::Request};

const ENTRY: &str = "documents/allow";

const DECIDE: &str = "package documents

default allow := false

allow if {
	permit
	not deny
}
";

/// For the other way: what could apply is looked up, and its conditions are read as data.
const LOOK_UP: &str = r#"
permit if applies("permit")

deny if applies("forbid")

applies(effect) if {
	some team in array.concat(["*"], input.principal.teams)
	by_action := data.rules[effect][team]
	some action in ["*", input.action]
	by_place := by_action[action]
	some place in array.concat(["*"], input.resource.above)
	some rule in by_place[place]
	every condition in rule {
		holds(condition)
	}
}

holds(c) if {
	c.is == "at_most"
	input.resource.classification <= c.value
}

holds(c) if {
	c.is == "cleared"
	input.principal.clearance >= input.resource.classification
}

holds(c) if {
	c.is == "same_region"
	input.principal.region == input.resource.region
}

holds(c) if {
	c.is == "region"
	input.resource.region == c.value
}

holds(c) if {
	c.is == "kind"
	input.resource.kind == c.value
}

holds(c) if {
	c.is == "label"
	c.value in input.resource.labels
}

holds(c) if {
	c.is == "badge"
	c.value in input.principal.badges
}

holds(c) if {
	c.is == "owner"
	input.resource.owner == input.principal.id
}

holds(c) if {
	c.is == "live"
	not input.resource.archived
}

holds(c) if {
	c.is == "hold"
	input.resource.hold
}

holds(c) if {
	c.is == "second_factor"
	input.context.mfa
}

holds(c) if {
	c.is == "office"
	input.context.network == "office"
}
"#;

/// What says which rule decides.
pub fn settings() -> Settings {
    Settings {
        entrypoint: Some(ENTRY.to_owned()),
        ..Settings::default()
    }
}

/// One rule a policy.
pub fn modules(rules: &[Rule]) -> Files {
    let mut texts = BTreeMap::from([("documents.rego".to_owned(), DECIDE.to_owned())]);
    for rule in rules {
        let text = texts
            .entry(format!("documents/{}.rego", rule.file()))
            .or_insert_with(|| "package documents\n".to_owned());
        text.push_str(&module_rule(rule));
    }
    // A rule that is not there would be an error.
    for (name, forbids) in [("permit", false), ("deny", true)] {
        if !rules.iter().any(|rule| rule.forbids == forbids)
            && let Some(text) = texts.get_mut("documents.rego")
        {
            text.push_str(&format!("\n{name} if false\n"));
        }
    }
    bytes(texts)
}

fn module_rule(rule: &Rule) -> String {
    let mut body = Vec::new();
    match &rule.actions[..] {
        [] => {}
        [one] => body.push(format!("input.action == \"{one}\"")),
        several => body.push(format!(
            "input.action in {{\"{}\"}}",
            several.join("\", \"")
        )),
    }
    body.extend(
        rule.team
            .map(|team| format!("\"{}\" in input.principal.teams", team.name())),
    );
    body.extend(
        rule.place
            .map(|place| format!("\"{}\" in input.resource.above", place.name())),
    );
    body.extend(rule.when.iter().map(condition));
    let name = if rule.forbids { "deny" } else { "permit" };
    format!(
        "\n# {}\n{name} if {{\n\t{}\n}}\n",
        rule.id,
        body.join("\n\t")
    )
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::AtMost(most) => format!("input.resource.classification <= {most}"),
        Condition::Cleared => {
            "input.principal.clearance >= input.resource.classification".to_owned()
        }
        Condition::SameRegion => "input.principal.region == input.resource.region".to_owned(),
        Condition::Region(region) => format!("input.resource.region == \"{region}\""),
        Condition::Kind(kind) => format!("input.resource.kind == \"{kind}\""),
        Condition::Label(label) => format!("\"{label}\" in input.resource.labels"),
        Condition::Badge(badge) => format!("\"{badge}\" in input.principal.badges"),
        Condition::Owner => "input.resource.owner == input.principal.id".to_owned(),
        Condition::Live => "not input.resource.archived".to_owned(),
        Condition::Hold => "input.resource.hold".to_owned(),
        Condition::SecondFactor => "input.context.mfa".to_owned(),
        Condition::Office => "input.context.network == \"office\"".to_owned(),
    }
}

/// Rules, each a list of conditions, by the name of a place.
type ByPlace = BTreeMap<String, Vec<Value>>;
/// Those by the name of a team and of an action.
type ByTeam<'a> = BTreeMap<String, BTreeMap<&'a str, ByPlace>>;

/// The rules as data: `rules[effect][team][action][place]` is a list of rules, each a list of conditions.
pub fn indexed(rules: &[Rule]) -> Files {
    let mut index: BTreeMap<&str, ByTeam<'_>> =
        BTreeMap::from([("permit", BTreeMap::new()), ("forbid", BTreeMap::new())]);
    for rule in rules {
        let effect = if rule.forbids { "forbid" } else { "permit" };
        let team = rule.team.map_or("*".to_owned(), |team| team.name());
        let place = rule.place.map_or("*".to_owned(), |place| place.name());
        let actions = if rule.actions.is_empty() {
            &["*"][..]
        } else {
            &rule.actions
        };
        let when: Vec<_> = rule.when.iter().map(as_data).collect();
        let by_action = index.entry(effect).or_default().entry(team).or_default();
        for action in actions {
            let by_place = by_action.entry(action).or_default();
            by_place
                .entry(place.clone())
                .or_default()
                .push(when.clone().into());
        }
    }
    bytes(BTreeMap::from([
        ("documents.rego".to_owned(), format!("{DECIDE}{LOOK_UP}")),
        ("rules/data.json".to_owned(), json!(index).to_string()),
    ]))
}

fn as_data(condition: &Condition) -> Value {
    let (is, value) = match condition {
        Condition::AtMost(most) => ("at_most", Some(json!(most))),
        Condition::Cleared => ("cleared", None),
        Condition::SameRegion => ("same_region", None),
        Condition::Region(region) => ("region", Some(json!(region))),
        Condition::Kind(kind) => ("kind", Some(json!(kind))),
        Condition::Label(label) => ("label", Some(json!(label))),
        Condition::Badge(badge) => ("badge", Some(json!(badge))),
        Condition::Owner => ("owner", None),
        Condition::Live => ("live", None),
        Condition::Hold => ("hold", None),
        Condition::SecondFactor => ("second_factor", None),
        Condition::Office => ("office", None),
    };
    let mut members = Map::from_iter([("is".to_owned(), json!(is))]);
    members.extend(value.map(|value| ("value".to_owned(), value)));
    members.into()
}

fn bytes(texts: BTreeMap<String, String>) -> Files {
    texts
        .into_iter()
        .map(|(path, text)| (path, text.into_bytes().into()))
        .collect()
}

/// The input document of a request.
pub fn input(request: &Request<'_>) -> String {
    let (user, document) = (request.user, request.document);
    let mut resource = json!({
        "id": document.name,
        "above": document.above.iter().map(|place| place.name()).collect::<Vec<_>>(),
        "classification": document.classification,
        "region": document.region,
        "owner": document.owner,
        "kind": document.kind,
        "labels": document.labels,
        "archived": document.archived,
    });
    if let (Some(hold), Some(members)) = (document.hold, resource.as_object_mut()) {
        members.insert("hold".to_owned(), hold.into());
    }
    json!({
        "principal": {
            "id": user.name,
            "teams": user.above.iter().map(|team| team.name()).collect::<Vec<_>>(),
            "region": user.region,
            "clearance": user.clearance,
            "badges": user.badges,
        },
        "action": request.action,
        "resource": resource,
        "context": {"mfa": request.second_factor, "network": request.network()},
    })
    .to_string()
}
