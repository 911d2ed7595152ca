//! A log whose rows carry no more than their decisions read.

use std::collections::HashSet;
use std::io::Write;

use policy::{Compiled, Facts as Known, Material, Tables};
use rayon::prelude::*;
use serde_json::Value;

use crate::log::{Distinct, Log, NO_INPUT, NO_SLICE, at};
use crate::row::Facts;
use crate::{Error, Progress, slice};

/// Distinct requests worked on between two looks at whether to go on.
const STRIDE: usize = 4096;

/// What became of a log's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lessened {
    /// All rows.
    pub rows: u64,
    /// Those that were written as they were: they carry no entities, only their digest, or some that cannot be used.
    pub kept: u64,
}

/// A slice as a row carries it.
struct Content {
    digest: [u8; 32],
    entities: Vec<Value>,
}

/// The entities a policy set reads of a slice, put in canonical order; nothing when one has no canonical form.
pub(crate) fn canonical(entities: &[Value]) -> Option<Vec<(String, String)>> {
    let texts = entities.iter();
    let texts = texts.map(|entity| slice::canonical_entity(&entity.to_string()));
    let mut texts: Vec<_> = texts.collect::<Option<_>>()?;
    texts.sort_unstable();
    Some(texts)
}

/// Writes a log as lines of JSON in which each row carries the least slice with which these policies decide it as they do
/// ([`policy::Evaluation::least_slice`]). A slice is given in full where it is first used, and by its digest afterwards. Facts
/// are never added: a row without entities stays without. `progress` hears of rows.
///
/// # Errors
/// [`Error::Foreign`] when rows were asked of another engine; [`Error::Write`], [`Error::Cancelled`], and those of reading rows.
pub fn lessen(
    log: &Log,
    compiled: &Compiled,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Lessened, Error> {
    if log.requests.iter().any(|it| it.input != NO_INPUT) {
        return Err(Error::Foreign);
    }
    let slices: Vec<&[u32]> = log
        .slices
        .iter()
        .map(|slice| slice.entities.as_deref().unwrap_or_default())
        .collect();
    let tables = Tables {
        uids: &log.uids,
        contexts: &log.contexts,
        entities: &log.entities,
        slices: &slices,
    };
    let pairs = log.requests.iter().map(|it| (it.context, it.action));
    let schema = compiled.schema.as_deref();
    let material = Material::new(tables, pairs, schema, &compiled.entities);
    let mut contents: Vec<Option<Content>> = Vec::with_capacity(log.requests.len());
    for requests in log.requests.chunks(STRIDE) {
        if progress(0, log.info.rows).is_break() {
            return Err(Error::Cancelled);
        }
        let found: Vec<_> = requests
            .par_iter()
            .map(|request| least(log, compiled, &material, request))
            .collect();
        contents.extend(found);
    }
    write(log, &contents, out, progress)
}

/// The least slice of a request; nothing when the log does not carry one, or it cannot be used.
fn least(log: &Log, compiled: &Compiled, material: &Material, asked: &Distinct) -> Option<Content> {
    let members = at(&log.slices, asked.slice)?.entities.as_deref()?;
    let Distinct {
        principal,
        action,
        resource,
        context,
        ..
    } = *asked;
    let facts: Known<'_> = material.open(members, principal, action, resource).ok()?;
    let evaluation = material
        .evaluation(principal, action, resource, context, &facts)
        .ok()?;
    let entities = evaluation.least_slice(&compiled.set, compiled.schema.as_deref());
    let texts = canonical(&entities)?;
    Some(Content {
        digest: slice::digest(texts.iter().map(|(_, text)| text.as_str())),
        entities,
    })
}

fn write(
    log: &Log,
    contents: &[Option<Content>],
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Lessened, Error> {
    let mut done = Lessened::default();
    let mut given = HashSet::new();
    let mut line = String::new();
    for recorded in log.rows(0..u64::MAX) {
        let recorded = recorded?;
        let number = at(&log.tallies, recorded.tally).map(|tally| tally.request);
        let (Some(mut row), Some(number)) = (log.row(&recorded), number) else {
            continue;
        };
        match at(contents, number).and_then(Option::as_ref) {
            Some(content) if given.insert(content.digest) => {
                row.entities = Facts::Inline(content.entities.clone());
            }
            Some(content) => row.entities = Facts::Digest(content.digest),
            None => {
                done.kept += 1;
                if let Some(whole) = whole(log, number)
                    && let Facts::Digest(digest) = row.entities
                    && given.insert(digest)
                {
                    row.entities = Facts::Inline(whole);
                }
            }
        }
        line.clear();
        row.write_json(&mut line);
        line.push('\n');
        out.write_all(line.as_bytes())
            .map_err(|error| Error::write("-", error))?;
        done.rows += 1;
        if done.rows.is_multiple_of(1 << 14) && progress(done.rows, log.info.rows).is_break() {
            return Err(Error::Cancelled);
        }
    }
    out.flush().map_err(|error| Error::write("-", error))?;
    Ok(done)
}

/// The slice of a request as it was recorded.
fn whole(log: &Log, request: u32) -> Option<Vec<Value>> {
    let asked = at(&log.requests, request)?;
    if asked.slice == NO_SLICE {
        return None;
    }
    let texts = log.slice(asked.slice)?.into_iter();
    texts.map(|text| serde_json::from_str(text).ok()).collect()
}
