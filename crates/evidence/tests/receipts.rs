//! The schemas and examples in `docs/receipts` agree with each other and with the types of the crate.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes the helpers of integration tests for program code"
)]

use std::{fs, path::Path};

use evidence::{
    json::{self, Limits},
    statement::{self, Statement},
};
use serde_json::Value;

const KINDS: [&str; 9] = [
    "drift-preview",
    "guard-verdict",
    "override",
    "promotion",
    "rollback",
    "narrative",
    "key-rotation",
    "restore",
    "purge-manifest",
];

fn read(name: &str) -> Value {
    let folder = Path::new("../../docs/receipts");
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

fn parse(value: &Value) -> Statement {
    let text = json::canonicalize(value.to_string().as_bytes(), Limits::RECEIPT).unwrap();
    Statement::parse(text.as_bytes()).unwrap()
}

/// The part of JSON Schema that our schemas use; any other word in a property is an error.
fn fits(value: &Value, schema: &Value) -> bool {
    schema
        .as_object()
        .unwrap()
        .iter()
        .all(|(word, bound)| match word.as_str() {
            "type" if bound == "string" => value.is_string(),
            "type" if bound == "integer" => value.is_u64(),
            "type" if bound == "array" => value.is_array(),
            "type" if bound == "object" => value.is_object(),
            "items" => value
                .as_array()
                .is_some_and(|all| all.iter().all(|one| fits(one, bound))),
            "properties" => bound
                .as_object()
                .unwrap()
                .iter()
                .all(|(name, bound)| fits(&value[name], bound)),
            "required" => bound
                .as_array()
                .unwrap()
                .iter()
                .all(|name| value.get(name.as_str().unwrap()).is_some()),
            "minimum" => value.as_u64() >= bound.as_u64(),
            "maximum" => value.as_u64() <= bound.as_u64(),
            "enum" => bound.as_array().unwrap().contains(value),
            _ => false,
        })
}

#[test]
fn every_kind_has_a_schema_and_an_example_that_agree_with_its_type() {
    for (number, name) in (1..).zip(KINDS) {
        let (schema, example) = (
            read(&format!("{name}.schema.json")),
            read(&format!("{name}.example.json")),
        );
        assert_eq!(schema["$id"], example["predicateType"], "{name}");
        assert_eq!(statement::check(&parse(&example)), Ok(number), "{name}");
        let members = example["predicate"].as_object().unwrap();
        let properties = schema["properties"].as_object().unwrap();
        assert!(members.keys().eq(properties.keys()), "{name}");
        for (member, value) in members {
            assert!(fits(value, &properties[member]), "{name}: {member}");
            assert!(
                schema["required"]
                    .as_array()
                    .expect("a list")
                    .contains(&Value::from(member.as_str())),
                "{name}: {member}"
            );
            // What the schema requires, the type does, and of the same type.
            for bent in [
                None,
                Some(Value::Null),
                Some(if value.is_string() {
                    Value::from(1)
                } else {
                    Value::from("x")
                }),
            ] {
                let mut other = example.clone();
                let predicate = other["predicate"].as_object_mut().unwrap();
                match bent {
                    None => predicate.remove(member),
                    Some(bent) => predicate.insert(member.clone(), bent),
                };
                assert!(
                    statement::check(&parse(&other)).is_err(),
                    "{name}: {member}"
                );
            }
        }
        let mut more = example.clone();
        more["predicate"]["later"] = Value::from(1);
        assert_eq!(statement::check(&parse(&more)), Ok(number), "{name}");
    }
}
