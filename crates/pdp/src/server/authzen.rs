//! The words of AuthZEN: `subject`, `action`, `resource` and `context` become a question, an answer becomes `decision` and a
//! `context` that says why. A subject or resource is the entity `type::"id"`, and its `properties` are attributes; an action is
//! `Action::"name"`, and its properties stand in the context, where the request's own go before.

use std::{borrow::Cow, sync::Arc};

use model::{Code, PolicyError};
use policy::{Party, Question};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Answer, Engine, Point};

/// So many questions may be put in one request.
const MOST: usize = 1000;

/// A subject or resource.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Entity<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    /// Searches do without the one that is looked for.
    #[serde(borrow)]
    pub id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub properties: Option<&'a RawValue>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Action<'a> {
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[serde(borrow)]
    pub properties: Option<&'a RawValue>,
}

/// What is asked, or part of it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Tuple<'a> {
    #[serde(borrow)]
    pub subject: Option<Entity<'a>>,
    #[serde(borrow)]
    pub action: Option<Action<'a>>,
    #[serde(borrow)]
    pub resource: Option<Entity<'a>>,
    #[serde(borrow)]
    pub context: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Semantic {
    #[default]
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

#[derive(Debug, Default, Deserialize)]
struct Asking {
    #[serde(default)]
    evaluations_semantic: Semantic,
}

/// An answer, as it goes out.
#[derive(Serialize)]
struct Answered<'a> {
    decision: bool,
    context: Why<'a>,
}

#[derive(Serialize)]
struct Why<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    reasons: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [PolicyError],
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Refused<'a>>,
    version: &'a str,
    sequence: u64,
    stale_seconds: u64,
}

/// Why the policies were not asked.
#[derive(Serialize)]
struct Refused<'a> {
    status: u16,
    code: &'a str,
    message: &'a str,
}

impl<'a> Answered<'a> {
    fn new(answer: &'a Answer, stale_seconds: u64) -> Self {
        let error = answer.refused.as_ref().map(|why| Refused {
            status: match why.code {
                Code::RequestInvalid => 400,
                Code::ContextStale => 503,
                _ => 500,
            },
            code: why.code.as_str(),
            message: &why.message,
        });
        Self {
            decision: answer.allows(),
            context: Why {
                reasons: &answer.reasons,
                errors: &answer.errors,
                error,
                version: &answer.version.version,
                sequence: answer.version.sequence,
                stale_seconds,
            },
        }
    }
}

/// Answers one evaluation.
///
/// # Errors
/// In words, when the body is none.
pub(super) fn evaluation(point: &Point, body: &[u8]) -> Result<String, String> {
    let tuple: Tuple<'_> = read(body)?;
    let answer = decide(point, &tuple)?;
    write(&Answered::new(&answer, point.stale_seconds()))
}

/// Answers several, or one when there is no list of them.
///
/// # Errors
/// In words, when the body is none.
pub(super) fn evaluations(point: &Point, body: &[u8]) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Batch<'a> {
        #[serde(borrow, default)]
        evaluations: Vec<Tuple<'a>>,
        #[serde(default)]
        options: Option<Asking>,
    }
    let batch: Batch<'_> = read(body)?;
    let defaults: Tuple<'_> = read(body)?;
    if batch.evaluations.is_empty() {
        let answer = decide(point, &defaults)?;
        return write(&Answered::new(&answer, point.stale_seconds()));
    }
    if batch.evaluations.len() > MOST {
        return Err(format!("more than {MOST} evaluations in one request"));
    }
    let semantic = batch.options.unwrap_or_default().evaluations_semantic;
    // One that is not whole makes the request none: nobody guesses which answer belongs to which question.
    let whole = batch.evaluations.into_iter().map(|own| Tuple {
        subject: own.subject.or_else(|| defaults.subject.clone()),
        action: own.action.or_else(|| defaults.action.clone()),
        resource: own.resource.or_else(|| defaults.resource.clone()),
        context: own.context.or(defaults.context),
    });
    let stale_seconds = point.stale_seconds();
    let mut out = String::from("{\"evaluations\":[");
    for (at, tuple) in whole.enumerate() {
        let answer = decide(point, &tuple).map_err(|why| format!("evaluation {at}: {why}"))?;
        if at > 0 {
            out.push(',');
        }
        out.push_str(&write(&Answered::new(&answer, stale_seconds))?);
        let ends = match semantic {
            Semantic::ExecuteAll => false,
            Semantic::DenyOnFirstDeny => !answer.allows(),
            Semantic::PermitOnFirstPermit => answer.allows(),
        };
        if ends {
            break;
        }
    }
    out.push_str("]}");
    Ok(out)
}

pub(super) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| format!("the body cannot be read: {error}"))
}

fn write(answered: &Answered<'_>) -> Result<String, String> {
    serde_json::to_string(answered).map_err(|error| error.to_string())
}

/// Answers one evaluation by an engine alone: nothing is kept, counted or recorded. The second is the answer as it would go out.
///
/// # Errors
/// In words, when the body is none.
pub fn evaluate(engine: &Engine, body: &[u8]) -> Result<(Answer, String), String> {
    let tuple: Tuple<'_> = read(body)?;
    let answer = ask(&tuple, |question| engine.decide(question))?;
    let text = write(&Answered::new(&answer, 0))?;
    Ok((answer, text))
}

fn decide(point: &Point, tuple: &Tuple<'_>) -> Result<Arc<Answer>, String> {
    ask(tuple, |question| point.decide(question))
}

fn ask<T>(tuple: &Tuple<'_>, decide: impl FnOnce(&Question<'_>) -> T) -> Result<T, String> {
    let subject = tuple.subject.as_ref().ok_or("`subject` is missing")?;
    let resource = tuple.resource.as_ref().ok_or("`resource` is missing")?;
    let action = tuple.action.as_ref().ok_or("`action` is missing")?;
    let context = context(tuple.context, action)?;
    Ok(decide(&Question {
        principal: party(subject).ok_or("`subject.id` is missing")?,
        action: &action.name,
        resource: party(resource).ok_or("`resource.id` is missing")?,
        context: &context,
    }))
}

/// As it is asked about; nothing without an id.
pub(super) fn party<'a>(entity: &'a Entity<'_>) -> Option<Party<'a>> {
    Some(Party {
        kind: &entity.kind,
        id: entity.id.as_deref()?,
        properties: text(entity.properties),
    })
}

/// JSON as it was given; nothing for nothing.
pub(super) fn text(given: Option<&RawValue>) -> &str {
    given.map_or("", RawValue::get)
}

/// The context with the action's properties.
pub(super) fn context<'a>(
    given: Option<&'a RawValue>,
    action: &Action<'a>,
) -> Result<Cow<'a, str>, String> {
    let Some(properties) = action.properties else {
        return Ok(Cow::Borrowed(text(given)));
    };
    policy::laid_over(properties.get(), text(given))
        .map(Cow::Owned)
        .map_err(|error| format!("`context` or `action.properties` {error}"))
}
