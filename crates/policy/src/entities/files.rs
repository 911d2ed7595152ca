//! The entity files of a workspace: every problem in them with its place, and what is left of them to decide with.

use std::{collections::HashMap, str, sync::Arc};

use cedar_policy_core::{
    ast::{Entity, EntityUID},
    entities::{Entities, NoEntitiesSchema, TCComputation},
    extensions::Extensions,
};
use model::{Code, Problem, Severity, Source};
use rayon::prelude::*;
use serde_json::value::RawValue;

use super::{EntityStore, cycles::cyclic, entity::parse};
use crate::{FileKind, Files, Schema, digest, kind, schema, set::element_offset, text};

/// An entity and where it was read.
pub(super) struct Placed {
    pub(super) entity: Entity,
    pub(super) place: Source,
}

impl EntityStore {
    /// Reads all entity files. What cannot be read is a problem and is left out; what merely does not fit the schema is
    /// a problem and is kept, because decisions are made with it all the same.
    #[must_use]
    pub fn parse(files: &Files, schema: Option<&Schema>) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut placed: Vec<Placed> = Vec::new();
        for (file, content) in files
            .iter()
            .filter(|(file, _)| kind(file) == Some(FileKind::Entities))
        {
            read_file(file, content, schema, &mut placed, &mut problems);
        }
        let mut by_uid: HashMap<EntityUID, usize> = HashMap::with_capacity(placed.len());
        for (at, Placed { entity, place }) in placed.iter().enumerate() {
            if let Some(earlier) = by_uid
                .get(entity.uid())
                .and_then(|earlier| placed.get(*earlier))
            {
                if !earlier.entity.deep_eq(entity) {
                    let message = format!(
                        "`{}` is given twice with different content; the first is used",
                        entity.uid()
                    );
                    problems.push(text::problem(
                        Code::EntitiesDuplicate,
                        Severity::Error,
                        place.clone(),
                        message,
                    ));
                }
            } else {
                by_uid.insert(entity.uid().clone(), at);
            }
        }
        let cyclic = cyclic(&placed, &by_uid);
        for (at, cycle) in &cyclic {
            let place = placed
                .get(*at)
                .map(|placed| placed.place.clone())
                .unwrap_or_default();
            let message = format!("entities are their own ancestors: {cycle}");
            problems.push(text::problem(
                Code::EntitiesCycle,
                Severity::Error,
                place,
                message,
            ));
        }
        let mut kept: Vec<usize> = by_uid.into_values().collect();
        kept.sort_unstable();
        let own = kept.len();
        let mut placed: Vec<_> = placed.into_iter().map(Some).collect();
        let kept = kept.into_iter().filter_map(|at| {
            let mut entity = placed.get_mut(at)?.take()?.entity;
            if cyclic.contains_key(&at) {
                let parents: Vec<_> = entity.parents().cloned().collect();
                parents
                    .iter()
                    .for_each(|parent| entity.remove_parent(parent));
            }
            Some(entity)
        });
        let actions = schema
            .map(|schema| {
                schema
                    .action_entities()
                    .map(Arc::unwrap_or_clone)
                    .collect::<Vec<_>>()
            })
            .unwrap_or_default();
        let mut all: HashMap<EntityUID, Entity> =
            kept.map(|entity| (entity.uid().clone(), entity)).collect();
        all.extend(
            actions
                .into_iter()
                .map(|entity| (entity.uid().clone(), entity)),
        );
        let entities = Entities::from_entities(
            all.into_values(),
            None::<&NoEntitiesSchema>,
            TCComputation::ComputeNow,
            Extensions::all_available(),
        )
        .unwrap_or_else(|error| {
            let message = format!("the entities cannot be used together: {error}");
            problems.push(text::problem(
                Code::EntitiesInvalid,
                Severity::Error,
                Source::default(),
                message,
            ));
            Entities::new()
        });
        (
            Self {
                entities,
                own,
                digest: digest(files, &[FileKind::Entities]),
            },
            problems,
        )
    }
}

fn read_file(
    file: &str,
    content: &[u8],
    schema: Option<&Schema>,
    placed: &mut Vec<Placed>,
    problems: &mut Vec<Problem>,
) {
    let source = match str::from_utf8(content) {
        Ok(source) => source,
        Err(error) => return problems.push(schema::not_utf8(file, content, error)),
    };
    let elements: Vec<&RawValue> = match serde_json::from_str(source) {
        Ok(elements) => elements,
        Err(error) => {
            let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
            let column = u32::try_from(error.column()).unwrap_or(u32::MAX);
            let at = text::offset(source, line, column);
            let place = text::source(file, source, at..at);
            return problems.push(text::problem(
                Code::EntitiesSyntax,
                Severity::Error,
                place,
                error.to_string(),
            ));
        }
    };
    // Places are found going forward; counting lines from the start for each entity would be quadratic.
    let (mut seen, mut line) = (0, 1_u32);
    // Reading values by their types is nearly all the time that opening a workspace takes.
    let parsed: Vec<_> = elements
        .par_iter()
        .map(|raw| parse(raw.get(), schema))
        .collect();
    for (raw, parsed) in elements.into_iter().zip(parsed) {
        let at = element_offset(source, raw.get());
        let passed = source.get(seen..at).unwrap_or_default();
        line = line.saturating_add(
            u32::try_from(passed.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(0),
        );
        seen = at;
        let place = Source {
            file: file.to_owned(),
            line,
            column: 1,
            end_line: line,
            end_column: 1,
        };
        match parsed {
            Ok((entity, None)) => placed.push(Placed { entity, place }),
            Ok((entity, Some(mismatch))) => {
                problems.push(text::problem(
                    Code::EntitiesInvalid,
                    Severity::Warning,
                    place.clone(),
                    mismatch,
                ));
                placed.push(Placed { entity, place });
            }
            Err(message) => problems.push(text::problem(
                Code::EntitiesSyntax,
                Severity::Error,
                place,
                message,
            )),
        }
    }
}
