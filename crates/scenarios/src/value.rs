//! Values of attributes: from what a pack writes to what the engine reads, guided by the schema, so that an entity is written
//! as `'Region::"emea"'` and a moment as a moment. Without a schema a value means what it looks like.

use decisions::uid;
use policy::ValueOutline;
use serde_json::{Map, Value, json};

use crate::select::Vocabulary;

/// The value in the engine's JSON form.
///
/// # Errors
/// In words: it is of another type, or names an entity that is not there.
pub(crate) fn read(
    value: &toml::Value,
    of: &ValueOutline,
    known: &Vocabulary<'_>,
) -> Result<Value, String> {
    let wanted = |what: &str| format!("{what} is wanted here, and this is {}", kind(value));
    match (of, value) {
        (ValueOutline::Bool, toml::Value::Boolean(held)) => Ok(json!(held)),
        (ValueOutline::Bool, _) => Err(wanted("true or false")),
        (ValueOutline::Long, toml::Value::Integer(held)) => Ok(json!(held)),
        (ValueOutline::Long, _) => Err(wanted("a whole number")),
        (ValueOutline::String, toml::Value::String(held)) => Ok(json!(held)),
        (ValueOutline::String, _) => Err(wanted("a text")),
        (ValueOutline::Entity(of), toml::Value::String(held)) => entity(held, of, known),
        (ValueOutline::Entity(of), toml::Value::Table(_)) => plain(value)
            .and_then(|json| {
                comparable(&json)
                    .as_str()
                    .map(str::to_owned)
                    .ok_or_else(|| wanted("an entity"))
            })
            .and_then(|held| entity(&held, of, known)),
        (ValueOutline::Entity(of), _) => Err(wanted(&format!("an entity such as `{of}::\"…\"`"))),
        (ValueOutline::Set(of), toml::Value::Array(items)) => {
            let items = items.iter().map(|item| read(item, of, known));
            items.collect::<Result<_, _>>().map(Value::Array)
        }
        (ValueOutline::Set(_), _) => Err(wanted("a list")),
        (ValueOutline::Record(fields), toml::Value::Table(table)) => {
            let field = |(name, value): (&String, &toml::Value)| {
                let field = fields
                    .get(name)
                    .ok_or(format!("there is no `{name}` in it"))?;
                Ok((name.clone(), read(value, &field.value, known)?))
            };
            let fields: Result<Map<_, _>, String> = table.iter().map(field).collect();
            fields.map(Value::Object)
        }
        (ValueOutline::Record(_), _) => Err(wanted("a table")),
        (ValueOutline::Extension(of), toml::Value::String(held)) => Ok(extension(of, held)),
        (ValueOutline::Extension(of), toml::Value::Datetime(held)) if of == "datetime" => {
            Ok(extension(of, &held.to_string()))
        }
        (ValueOutline::Extension(_), toml::Value::Table(_)) | (ValueOutline::Unknown, _) => {
            plain(value)
        }
        (ValueOutline::Extension(of), _) => Err(wanted(&format!("a {of} as text"))),
    }
}

fn entity(text: &str, of: &str, known: &Vocabulary<'_>) -> Result<Value, String> {
    let uid = known.entity(text)?;
    match uid::parse(&uid) {
        Some((kind, id)) if kind == of => Ok(json!({"__entity": {"type": kind, "id": id}})),
        _ => Err(format!("`{uid}` is no `{of}`")),
    }
}

fn extension(kind: &str, argument: &str) -> Value {
    let function = if kind == "ipaddr" { "ip" } else { kind };
    json!({"__extn": {"fn": function, "arg": argument}})
}

/// A value as it looks; entities and extensions in the engine's own spelling, `{ __entity = … }`.
fn plain(value: &toml::Value) -> Result<Value, String> {
    Ok(match value {
        toml::Value::String(held) => json!(held),
        toml::Value::Integer(held) => json!(held),
        toml::Value::Boolean(held) => json!(held),
        toml::Value::Datetime(held) => extension("datetime", &held.to_string()),
        toml::Value::Array(items) => {
            Value::Array(items.iter().map(plain).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(table) => {
            let field = |(name, value): (&String, &toml::Value)| Ok((name.clone(), plain(value)?));
            Value::Object(table.iter().map(field).collect::<Result<_, String>>()?)
        }
        toml::Value::Float(_) => {
            return Err("there are no fractions; a decimal is a text".to_owned());
        }
    })
}

fn kind(value: &toml::Value) -> &'static str {
    match value {
        toml::Value::String(_) => "a text",
        toml::Value::Integer(_) => "a whole number",
        toml::Value::Float(_) => "a fraction",
        toml::Value::Boolean(_) => "true or false",
        toml::Value::Datetime(_) => "a moment",
        toml::Value::Array(_) => "a list",
        toml::Value::Table(_) => "a table",
    }
}

/// Logs spell one value in several ways: entities and extensions with and without their escapes, sets in any order. Equal
/// values are equal here.
pub(crate) fn comparable(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let only = |name: &str| fields.get(name).filter(|_| fields.len() == 1);
            let pair = |a: &str, b: &str| {
                let (a, b) = (fields.get(a)?.as_str()?, fields.get(b)?.as_str()?);
                (fields.len() == 2).then_some((a, b))
            };
            if let Some(inner) = only("__entity").or_else(|| only("__extn")) {
                comparable(inner)
            } else if let Some((kind, id)) = pair("type", "id") {
                uid::print(kind, id).map_or_else(|| value.clone(), Value::String)
            } else if let Some((_, argument)) = pair("fn", "arg") {
                Value::String(argument.to_owned())
            } else {
                let fields = fields.iter();
                Value::Object(
                    fields
                        .map(|(name, value)| (name.clone(), comparable(value)))
                        .collect(),
                )
            }
        }
        Value::Array(items) => {
            let mut items: Vec<_> = items.iter().map(comparable).collect();
            items.sort_by_cached_key(ToString::to_string);
            items.dedup();
            Value::Array(items)
        }
        other => other.clone(),
    }
}
