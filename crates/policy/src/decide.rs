//! One request decided by the engine's own authorizer.

use cedar_policy_core::{
    ast::{EntityUID, Request as AstRequest},
    authorizer::{Authorizer, Response},
    entities::{ContextJsonParser, json::NullContextSchema},
    extensions::Extensions,
    validator::context_schema_for_action,
};
use model::{Decision, PolicyError, Request};

use crate::{EntityStore, Error, PolicySet, Schema, entities};

/// A request, read once to be put to several sets and policies.
#[derive(Clone, Debug)]
pub struct Asked(pub(crate) AstRequest);

/// The id of an entity in the role it has in a request.
pub(crate) fn uid(role: &str, text: &str) -> Result<EntityUID, Error> {
    text.parse().map_err(|error| {
        Error::Request(format!("the {role} `{text}` is not an entity id: {error}"))
    })
}

/// A request, checked against the schema when there is one.
pub(crate) fn request(
    request: &Request,
    schema: Option<&Schema>,
    uid: impl Fn(&str, &str) -> Result<EntityUID, Error>,
) -> Result<Asked, Error> {
    let (principal, action, resource) = (
        uid("principal", &request.principal)?,
        uid("action", &request.action)?,
        uid("resource", &request.resource)?,
    );
    let extensions = Extensions::all_available();
    let json = serde_json::Value::Object(request.context.clone());
    let context = match schema
        .and_then(|schema| context_schema_for_action(&schema.validator, &action))
    {
        Some(expected) => ContextJsonParser::new(Some(&expected), extensions).from_json_value(json),
        None => {
            ContextJsonParser::new(None::<&NullContextSchema>, extensions).from_json_value(json)
        }
    }
    .map_err(|error| {
        Error::Request(format!(
            "the context cannot be read: {}",
            entities::chain(&error)
        ))
    })?;
    AstRequest::new(
        (principal, None),
        (action, None),
        (resource, None),
        context,
        schema.map(|schema| &schema.validator),
        extensions,
    )
    .map(Asked)
    .map_err(|error| Error::Request(entities::chain(&error)))
}

/// A decision with the ids of the determining policies and the policies that could not be evaluated.
pub type Decided = (Decision, Vec<String>, Vec<PolicyError>);

/// Decides one request with the engine's own authorizer.
///
/// # Errors
/// [`Error::Request`] when the request cannot be read or does not fit the schema.
pub fn decide(
    set: &PolicySet,
    store: &EntityStore,
    schema: Option<&Schema>,
    asked: &Request,
) -> Result<Decided, Error> {
    Ok(set.decide(store, &request(asked, schema, uid)?))
}

impl PolicySet {
    /// Decides a request with the engine's own authorizer.
    #[must_use]
    pub fn decide(&self, store: &EntityStore, asked: &Asked) -> Decided {
        decided(Authorizer::new().is_authorized(asked.0.clone(), self.whole(), &store.entities))
    }
}

fn decided(response: Response) -> Decided {
    let decision = match response.decision {
        cedar_policy_core::authorizer::Decision::Allow => Decision::Allow,
        cedar_policy_core::authorizer::Decision::Deny => Decision::Deny,
    };
    let mut reasons: Vec<_> = response
        .diagnostics
        .reason
        .iter()
        .map(ToString::to_string)
        .collect();
    reasons.sort_unstable();
    let mut errors: Vec<_> = response
        .diagnostics
        .errors
        .into_iter()
        .map(
            |cedar_policy_core::authorizer::AuthorizationError::PolicyEvaluationError {
                 id,
                 error,
             }| PolicyError {
                policy: id.to_string(),
                message: error.to_string(),
            },
        )
        .collect();
    errors.sort_unstable();
    (decision, reasons, errors)
}
