//! Tests of several modules together: import, store, and the way from rows to a store and back.

mod generate;
mod import;
mod input;
mod least;
mod store;

use std::ops::ControlFlow;

use model::{Decision, PolicyError};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::{Builder, Error, Facts, Log, NO_TIME, Row, Shadow, Source, import};

/// A source that holds this text.
fn text(text: impl Into<Vec<u8>>) -> Source {
    Source::Reader(
        "test".to_owned(),
        Box::new(std::io::Cursor::new(text.into())),
    )
}

fn read(sources: Vec<Source>) -> Result<Builder, Error> {
    import(sources, 2, &mut |_, _| ControlFlow::Continue(()))
}

/// All rows as they were recorded.
fn rows(log: &Log) -> Vec<Row> {
    log.rows(0..u64::MAX)
        .map(|row| log.row(&row.unwrap()).unwrap())
        .collect()
}

fn row(principal: &str, decision: Decision) -> Row {
    Row::new(
        &format!("User::\"{principal}\""),
        "Action::\"view\"",
        "Doc::\"d\"",
        decision,
    )
}

/// An entity whose content depends on `level`.
fn entity(id: &str, level: u8) -> Value {
    json!({"uid": {"type": "User", "id": id}, "attrs": {"level": level, "é\"": [{"x": null}]}, "parents": [{"type": "Team", "id": "t"}]})
}

fn some_facts() -> impl Strategy<Value = Facts> {
    prop_oneof![
        Just(Facts::Assumed),
        any::<[u8; 1]>().prop_map(|[byte]| Facts::Digest([byte; 32])),
        prop::collection::btree_map("[a-d]", 0..3_u8, 0..4).prop_map(|users| Facts::Inline(
            users
                .into_iter()
                .map(|(id, level)| entity(&id, level))
                .collect()
        )),
    ]
}

prop_compose! {
    /// Rows that repeat a lot, as real ones do.
    fn some_row()(
        (id, at) in ("[a-z]{0,3}", prop_oneof![Just(NO_TIME), 0..4_000_000_000_000_i64]),
        (tenant, bundle, engine) in ("[ab]?", "(v1|v2)?", "(cedar/4.14)?"),
        (principal, resource) in ("[a-cé'\"\\\\]{1,2}", "[0-3]"),
        context in prop::collection::btree_map("[a-c]", any::<i8>(), 0..3),
        entities in some_facts(),
        allow in any::<bool>(),
        reasons in prop::collection::btree_set("[pq]", 0..3),
        errors in prop::collection::btree_set("[pq]", 0..2),
    ) -> Row {
        Row {
            id,
            at,
            tenant,
            principal: crate::uid::print("User", &principal).unwrap(),
            action: "Action::\"view\"".to_owned(),
            resource: format!("Doc::\"{resource}\""),
            context: context.into_iter().map(|(key, value)| (key, Value::from(value))).collect::<Map<_, _>>(),
            entities,
            decision: if allow { Decision::Allow } else { Decision::Deny },
            reasons: reasons.into_iter().collect(),
            errors: errors.into_iter().map(|policy| PolicyError { message: format!("{policy} failed"), policy }).collect(),
            shadow: allow.then(|| Shadow { decision: Decision::Deny, reasons: vec!["s".to_owned()], errors: Vec::new(), bundle: bundle.clone() }),
            bundle,
            engine,
        }
    }
}

fn some_rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(some_row(), 1..60)
}

/// What a store gives back: inline slices by their digest, and nothing of what was not in force.
fn as_recorded(row: &Row) -> Row {
    let mut row = row.clone();
    row.shadow = None;
    if let Facts::Inline(entities) = &row.entities {
        let mut texts: Vec<(String, String)> = entities
            .iter()
            .map(|entity| crate::slice::canonical_entity(&entity.to_string()).unwrap())
            .collect();
        texts.sort();
        row.entities = Facts::Digest(crate::slice::digest(
            texts.iter().map(|(_, text)| text.as_str()),
        ));
    }
    row
}
