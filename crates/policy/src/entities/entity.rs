//! One entity, read from its JSON: by the schema's types in one pass where it fits them, else by the engine's own reader, which says why
//! it does not.

use cedar_policy_core::{
    ast::Entity,
    entities::{EntityJsonParser, NoEntitiesSchema, TCComputation},
    extensions::Extensions,
};

use crate::Schema;

/// Reads one entity. With a schema its types say how to read the values; an entity that does not fit is read without
/// it, and the mismatch is returned beside it.
pub(crate) fn parse(
    json: &str,
    schema: Option<&Schema>,
) -> Result<(Entity, Option<String>), String> {
    match schema.and_then(|schema| schema.fitting().entity(json)) {
        Some(entity) => Ok((entity, None)),
        None => parse_slowly(json, schema),
    }
}

/// The same by the engine's own reader.
pub(crate) fn parse_slowly(
    json: &str,
    schema: Option<&Schema>,
) -> Result<(Entity, Option<String>), String> {
    let extensions = Extensions::all_available();
    let mismatch = match schema {
        Some(schema) => {
            let core = schema.core();
            match EntityJsonParser::new(
                Some(&core),
                extensions,
                TCComputation::AssumeAlreadyComputed,
            )
            .single_from_json_str(json)
            {
                Ok(entity) => return Ok((entity, None)),
                Err(error) => Some(chain(&error)),
            }
        }
        None => None,
    };
    EntityJsonParser::new(
        None::<&NoEntitiesSchema>,
        extensions,
        TCComputation::AssumeAlreadyComputed,
    )
    .single_from_json_str(json)
    .map(|entity| (entity, mismatch))
    .map_err(|error| chain(&error))
}

/// An error's message with those of its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = inner.source();
    }
    message
}
