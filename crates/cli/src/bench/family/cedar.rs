//! The family as a workspace of Cedar: schema, entities, one policy a rule.

use std::collections::BTreeMap;

use policy::Files;
use serde_json::{Value, json};

use super::{ACTIONS, Condition, Document, Organisation, Place, Rule, Team, User};

const SCHEMA: &str = r#"entity Team in [Team];
entity Department;
entity Folder in [Folder, Department];
entity User in [Team] = {
  region: String,
  clearance: Long,
  badges: Set<String>,
};
entity Document in [Folder, Department] = {
  classification: Long,
  region: String,
  owner: User,
  kind: String,
  labels: Set<String>,
  archived: Bool,
  hold?: Bool,
};
"#;

/// The workspace's files.
pub fn files(organisation: &Organisation, rules: &[Rule]) -> Files {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for rule in rules {
        let text = texts
            .entry(format!("policies/{}.cedar", rule.file()))
            .or_default();
        text.push_str(&policy(rule));
    }
    let actions: Vec<_> = ACTIONS.iter().map(|(name, _)| *name).collect();
    let schema = format!(
        "{SCHEMA}action {} appliesTo {{\n  principal: User,\n  resource: Document,\n  context: {{ mfa: Bool, network: String }},\n}};\n",
        actions.join(", ")
    );
    texts.insert("schema/documents.cedarschema".to_owned(), schema);
    let mut entities: Vec<String> = Team::all().map(|team| team.entity().to_string()).collect();
    entities.extend(Place::all().map(|place| place.entity().to_string()));
    entities.extend(
        organisation
            .users
            .iter()
            .map(|user| user.entity().to_string()),
    );
    entities.extend(
        organisation
            .documents
            .iter()
            .map(|document| document.entity().to_string()),
    );
    texts.insert(
        "entities/organisation.json".to_owned(),
        format!("[\n{}\n]\n", entities.join(",\n")),
    );
    texts
        .into_iter()
        .map(|(path, text)| (path, text.into_bytes().into()))
        .collect()
}

fn policy(rule: &Rule) -> String {
    let effect = if rule.forbids { "forbid" } else { "permit" };
    let principal = rule.team.map_or("principal".to_owned(), |team| {
        format!("principal in Team::\"{}\"", team.name())
    });
    let actions: Vec<_> = rule
        .actions
        .iter()
        .map(|name| format!("Action::\"{name}\""))
        .collect();
    let action = match &actions[..] {
        [] => "action".to_owned(),
        [one] => format!("action == {one}"),
        several => format!("action in [{}]", several.join(", ")),
    };
    let resource = rule.place.map_or("resource".to_owned(), |place| {
        format!("resource in {}::\"{}\"", place.kind(), place.name())
    });
    let when: Vec<_> = rule.when.iter().map(condition).collect();
    let when = if when.is_empty() {
        String::new()
    } else {
        format!("\nwhen {{ {} }}", when.join(" && "))
    };
    format!(
        "@id(\"{}\")\n{effect} (\n  {principal},\n  {action},\n  {resource}\n){when};\n\n",
        rule.id
    )
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::AtMost(most) => format!("resource.classification <= {most}"),
        Condition::Cleared => "principal.clearance >= resource.classification".to_owned(),
        Condition::SameRegion => "principal.region == resource.region".to_owned(),
        Condition::Region(region) => format!("resource.region == \"{region}\""),
        Condition::Kind(kind) => format!("resource.kind == \"{kind}\""),
        Condition::Label(label) => format!("resource.labels.contains(\"{label}\")"),
        Condition::Badge(badge) => format!("principal.badges.contains(\"{badge}\")"),
        Condition::Owner => "resource.owner == principal".to_owned(),
        Condition::Live => "!resource.archived".to_owned(),
        Condition::Hold => "resource has hold && resource.hold".to_owned(),
        Condition::SecondFactor => "context.mfa".to_owned(),
        Condition::Office => "context.network == \"office\"".to_owned(),
    }
}

fn uid(kind: &str, name: &str) -> Value {
    json!({"type": kind, "id": name})
}

impl Team {
    pub(super) fn entity(self) -> Value {
        let parents: Vec<_> = self
            .parent()
            .map(|team| uid("Team", &team.name()))
            .into_iter()
            .collect();
        json!({"uid": uid("Team", &self.name()), "attrs": {}, "parents": parents})
    }
}

impl Place {
    fn kind(self) -> &'static str {
        if self.is_department() {
            "Department"
        } else {
            "Folder"
        }
    }

    fn uid(self) -> Value {
        uid(self.kind(), &self.name())
    }

    pub(super) fn entity(self) -> Value {
        let parents: Vec<_> = self.parent().map(Self::uid).into_iter().collect();
        json!({"uid": self.uid(), "attrs": {}, "parents": parents})
    }
}

impl User {
    pub(super) fn entity(&self) -> Value {
        let teams: Vec<_> = self
            .teams
            .iter()
            .map(|team| uid("Team", &team.name()))
            .collect();
        json!({
            "uid": uid("User", &self.name),
            "attrs": {"region": self.region, "clearance": self.clearance, "badges": self.badges},
            "parents": teams,
        })
    }
}

impl Document {
    pub(super) fn entity(&self) -> Value {
        let mut attributes = json!({
            "classification": self.classification,
            "region": self.region,
            "owner": {"__entity": uid("User", &self.owner)},
            "kind": self.kind,
            "labels": self.labels,
            "archived": self.archived,
        });
        if let (Some(hold), Some(members)) = (self.hold, attributes.as_object_mut()) {
            members.insert("hold".to_owned(), hold.into());
        }
        json!({"uid": uid("Document", &self.name), "attrs": attributes, "parents": [self.place.uid()]})
    }
}
