//! Searches: who may, on what, and what may they. Looked through is what the release knows: the entities of its files, and the
//! actions of its schema. Each candidate is decided like any other question, without being counted or recorded.
//!
//! A page ends when it is full or when enough was looked at; its token is the place to go on from, and holds for one release.

use std::sync::Arc;

use axum::{body::Bytes, extract::State as Kept, response::Response};
use policy::{Party, Question};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Desk, answered, apart,
    authzen::{Tuple, context, party, read},
    bad,
};
use crate::{Engine, Point};

/// Results on a page unless fewer are asked for.
const PAGE: usize = 100;
/// Candidates looked at for one page.
const LOOKED_AT: usize = 10_000;

#[derive(Debug, Default, Deserialize)]
struct Page {
    token: Option<String>,
    limit: Option<usize>,
}

#[derive(Default, Deserialize)]
struct Paged {
    #[serde(default)]
    page: Option<Page>,
}

/// What is looked for.
#[derive(Clone, Copy)]
enum Sought {
    Subject,
    Resource,
    Action,
}

pub(super) async fn subjects(desk: Kept<Arc<Desk>>, body: Bytes) -> Response {
    search(desk, body, Sought::Subject).await
}

pub(super) async fn resources(desk: Kept<Arc<Desk>>, body: Bytes) -> Response {
    search(desk, body, Sought::Resource).await
}

pub(super) async fn actions(desk: Kept<Arc<Desk>>, body: Bytes) -> Response {
    search(desk, body, Sought::Action).await
}

async fn search(Kept(desk): Kept<Arc<Desk>>, body: Bytes, sought: Sought) -> Response {
    apart(move || match found(&desk.point, &body, sought) {
        Ok(found) => answered(found),
        Err(why) => bad(&why),
    })
    .await
}

#[derive(Serialize)]
#[serde(untagged)]
enum Found {
    Entity {
        #[serde(rename = "type")]
        kind: String,
        id: String,
    },
    Action {
        name: String,
    },
}

fn found(point: &Point, body: &[u8], sought: Sought) -> Result<String, String> {
    let engine = &*point.engine();
    let tuple: Tuple<'_> = read(body)?;
    let page = read::<Paged>(body)?.page.unwrap_or_default();
    let limit = page.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let sequence = engine.version().sequence;
    let start = match page.token.as_deref().filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => token
            .split_once('.')
            .filter(|(of, _)| of.parse() == Ok(sequence))
            .and_then(|(_, at)| at.parse::<usize>().ok())
            .ok_or("the page's token is of another release: begin again")?,
    };
    let subject = tuple.subject.as_ref().ok_or("`subject` is missing")?;
    let resource = tuple.resource.as_ref().ok_or("`resource` is missing")?;
    let (kind, candidates) = match sought {
        Sought::Action => (String::new(), actions_of(engine)),
        Sought::Subject | Sought::Resource => {
            let entity = if matches!(sought, Sought::Subject) {
                subject
            } else {
                resource
            };
            let named = engine.reader().kind_name(&entity.kind);
            let kind = named.map_err(|error| error.to_string())?;
            let ids = engine.store().ids_of(&kind);
            (kind, ids)
        }
    };
    let asked_context;
    let action = match (&tuple.action, sought) {
        (Some(action), _) => {
            asked_context = context(tuple.context, action)?;
            &*action.name
        }
        (None, Sought::Action) => {
            asked_context = super::authzen::text(tuple.context).into();
            ""
        }
        (None, _) => return Err("`action` is missing".to_owned()),
    };
    // Whoever is looked for is known, and brings nothing along.
    let known = |id| Party {
        kind: &kind,
        id,
        properties: "",
    };
    let mut results = Vec::new();
    let mut next = None;
    for (at, candidate) in candidates.iter().enumerate().skip(start) {
        if results.len() == limit || at - start == LOOKED_AT {
            next = Some(format!("{sequence}.{at}"));
            break;
        }
        let given = |entity, name| party(entity).ok_or(name);
        let question = Question {
            principal: match sought {
                Sought::Subject => known(candidate),
                _ => given(subject, "`subject.id` is missing")?,
            },
            resource: match sought {
                Sought::Resource => known(candidate),
                _ => given(resource, "`resource.id` is missing")?,
            },
            action: match sought {
                Sought::Action => candidate,
                _ => action,
            },
            context: &asked_context,
        };
        if point.decide_by(engine, &question).allows() {
            results.push(match sought {
                Sought::Action => Found::Action {
                    name: name_of(candidate).to_owned(),
                },
                _ => Found::Entity {
                    kind: kind.clone(),
                    id: candidate.clone(),
                },
            });
        }
    }
    let next = next.unwrap_or_default();
    let body = json!({ "results": results, "page": { "next_token": next } });
    Ok(body.to_string())
}

/// The schema's actions, written out; without a schema none are known.
fn actions_of(engine: &Engine) -> Vec<String> {
    let schema = engine.schema();
    schema.map_or_else(Vec::new, |schema| {
        schema.outline().actions.into_keys().collect()
    })
}

/// `view` of `Action::"view"`; an action of a namespace goes by its whole name.
fn name_of(action: &str) -> &str {
    let inner = action.strip_prefix("Action::\"");
    inner
        .and_then(|inner| inner.strip_suffix('"'))
        .unwrap_or(action)
}
