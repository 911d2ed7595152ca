//! The enforcement point: what it decides is held against the engine's own authorizer; what it promises of swaps, against threads.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod context;
mod engine;
mod point;
mod server;
mod shadow;

use std::{collections::BTreeMap, sync::Arc};

use pdp::{Engine, Party, Question};
use release::{Files, Mode, Modes, Release};

pub(crate) const SCHEMA: &str = r#"
    entity Team in [Team];
    entity User in [Team] { level: Long, from?: ipaddr, "score"?: decimal, roles?: Set<String>, boss?: User };
    entity Folder;
    entity Doc in [Folder] { owner: User, secret: Bool, since?: datetime };
    action reading;
    action view, comment in [reading] appliesTo { principal: [User], resource: [Doc], context: { mfa: Bool, from?: ipaddr, age?: Long } };
    action edit appliesTo { principal: [User], resource: [Doc, Folder] };
"#;

pub(crate) const ENTITIES: &str = r#"[
    {"uid":{"type":"Team","id":"all"},"attrs":{},"parents":[]},
    {"uid":{"type":"Team","id":"ops"},"attrs":{},"parents":[{"type":"Team","id":"all"}]},
    {"uid":{"type":"User","id":"alice"},"attrs":{"level":5,"from":{"__extn":{"fn":"ip","arg":"10.0.0.1"}},"roles":["admin"]},"parents":[{"type":"Team","id":"ops"}]},
    {"uid":{"type":"User","id":"bob"},"attrs":{"level":1,"boss":{"__entity":{"type":"User","id":"alice"}}},"parents":[{"type":"Team","id":"all"}]},
    {"uid":{"type":"Folder","id":"f"},"attrs":{},"parents":[]},
    {"uid":{"type":"Doc","id":"d1"},"attrs":{"owner":{"__entity":{"type":"User","id":"alice"}},"secret":false},"parents":[{"type":"Folder","id":"f"}]},
    {"uid":{"type":"Doc","id":"d2"},"attrs":{"owner":{"__entity":{"type":"User","id":"bob"}},"secret":true},"parents":[]}
]"#;

/// Files of a version: these policies over the schema and entities that all tests share.
pub(crate) fn files(policies: &str) -> Files {
    let file = |path: &str, text: &str| (path.to_owned(), Arc::from(text.as_bytes()));
    Files::from([
        file("p.cedar", policies),
        file("s.cedarschema", SCHEMA),
        file("entities.json", ENTITIES),
    ])
}

pub(crate) fn release(sequence: u64, new: &str, old: Option<&str>, modes: Modes) -> Release {
    Release {
        tenant: "acme".into(),
        channel: "stable".into(),
        environment: "test".into(),
        version: format!("1.{sequence}.0"),
        sequence,
        undoes: None,
        modes,
        files: files(new),
        base: old.map(files),
    }
}

pub(crate) fn enforced(sequence: u64, policies: &str) -> Engine {
    Engine::new(&release(sequence, policies, None, Modes::default())).unwrap()
}

pub(crate) fn modes(default: Mode, policies: &[(&str, Mode)]) -> Modes {
    let named = |(id, mode): &(&str, Mode)| ((*id).to_owned(), *mode);
    Modes {
        default,
        policies: policies.iter().map(named).collect(),
        groups: BTreeMap::new(),
    }
}

pub(crate) fn party<'a>(kind: &'a str, id: &'a str) -> Party<'a> {
    Party {
        kind,
        id,
        properties: "",
    }
}

/// Whether somebody may view a document, with multi-factor authentication.
pub(crate) fn view<'a>(user: &'a str, doc: &'a str) -> Question<'a> {
    Question {
        principal: party("User", user),
        action: "view",
        resource: party("Doc", doc),
        context: r#"{"mfa":true}"#,
    }
}
