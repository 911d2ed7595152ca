//! A log whose rows carry no more than their decisions read.

use std::collections::HashSet;
use std::io::Write;

use policy::{Compiled, Facts as Known, Material, ScopeIndex, Shape, Tables};
use rayon::prelude::*;
use serde_json::Value;

use crate::log::{Distinct, Log, NO_INPUT, NO_SLICE, RecordedRow, Tally, at};
use crate::{Error, Progress, row, slice};

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
    /// The list of its entities, JSON.
    entities: String,
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
    let shapes = log.requests.iter().filter_map(|it| shape(&material, it));
    let index = ScopeIndex::new((0..).zip(compiled.set.policies()), &material, shapes);
    let ground = Ground {
        log,
        compiled,
        material: &material,
        index: &index,
    };
    let mut contents: Vec<Option<Content>> = Vec::with_capacity(log.requests.len());
    for requests in log.requests.chunks(STRIDE) {
        if progress(0, log.info.rows).is_break() {
            return Err(Error::Cancelled);
        }
        let found: Vec<_> = requests
            .par_iter()
            .map(|request| ground.least(request))
            .collect();
        contents.extend(found);
    }
    write(log, &contents, out, progress)
}

/// What slices are cut by.
struct Ground<'a> {
    log: &'a Log,
    compiled: &'a Compiled,
    material: &'a Material,
    index: &'a ScopeIndex,
}

fn shape(material: &Material, asked: &Distinct) -> Option<Shape> {
    let principal = material.kind(asked.principal)?;
    Some((principal, asked.action, material.kind(asked.resource)?))
}

impl Ground<'_> {
    /// The least slice of a request; nothing when the log does not carry one, or it cannot be used.
    fn least(&self, asked: &Distinct) -> Option<Content> {
        let material = self.material;
        let members = at(&self.log.slices, asked.slice)?.entities.as_deref()?;
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
        let shape = shape(material, asked)?;
        // Without facts: what is left out says no whatever a slice holds.
        let places = self
            .index
            .candidates(material, shape, [principal, resource], || None);
        let policies = self.compiled.set.policies();
        let policies = places.iter().filter_map(|place| at(policies, *place));
        let schema = self.compiled.schema.as_deref();
        let entities = evaluation.least_slice_for(policies.map(|policy| &**policy), schema);
        let texts = canonical(&entities)?;
        let mut json = String::new();
        crate::canonical::write_value(&Value::Array(entities), &mut json);
        Some(Content {
            digest: slice::digest(texts.iter().map(|(_, text)| text.as_str())),
            entities: json,
        })
    }
}

/// Writes all rows. What they have in common with others is put in words once: the tables hold it in the form that rows have.
fn write(
    log: &Log,
    contents: &[Option<Content>],
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Lessened, Error> {
    let decided: Vec<String> = log
        .outcomes
        .iter()
        .map(|outcome| {
            let mut text = String::new();
            row::write_decided(outcome, &mut text);
            text
        })
        .collect();
    let mut done = Lessened::default();
    let mut given = HashSet::new();
    let mut line = String::new();
    for recorded in log.rows(0..u64::MAX) {
        let recorded = recorded?;
        let Some((tally, parts)) = parts(log, &recorded) else {
            continue;
        };
        line.clear();
        row::write_name(&recorded.id, recorded.at, &mut line);
        row::write_asked(parts.tenant, parts.asked, &mut line);
        line.push_str(parts.context);
        let mut entities = |content: &str| {
            line.push_str(",\"entities\":");
            line.push_str(content);
        };
        match at(contents, tally.request).and_then(Option::as_ref) {
            Some(content) if given.insert(content.digest) => entities(&content.entities),
            Some(content) => entities(&quoted(&content.digest)),
            None => {
                done.kept += 1;
                if let Some(digest) = parts.slice {
                    match whole(log, tally.request).filter(|_| given.insert(digest)) {
                        Some(whole) => entities(&whole),
                        None => entities(&quoted(&digest)),
                    }
                }
            }
        }
        line.push_str(at(&decided, tally.outcome).map_or("", String::as_str));
        line.push_str("}\n");
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

/// What a row has from the tables of its log.
struct Parts<'a> {
    tenant: &'a str,
    asked: [&'a str; 3],
    context: &'a str,
    slice: Option<[u8; 32]>,
}

fn parts<'a>(log: &'a Log, recorded: &RecordedRow) -> Option<(&'a Tally, Parts<'a>)> {
    let tally = at(&log.tallies, recorded.tally)?;
    let asked = at(&log.requests, tally.request)?;
    let uid = |number| at(&log.uids, number).map(String::as_str);
    let parts = Parts {
        tenant: &at(&log.outcomes, tally.outcome)?.tenant,
        asked: [
            uid(asked.principal)?,
            uid(asked.action)?,
            uid(asked.resource)?,
        ],
        context: at(&log.contexts, asked.context).map_or("{}", String::as_str),
        slice: match asked.slice {
            NO_SLICE => None,
            number => Some(at(&log.slices, number)?.digest),
        },
    };
    Some((tally, parts))
}

fn quoted(digest: &[u8; 32]) -> String {
    format!("\"{}\"", slice::digest_text(digest))
}

/// The slice of a request as it was recorded, a list in JSON.
fn whole(log: &Log, request: u32) -> Option<String> {
    let asked = at(&log.requests, request)?;
    let texts = log.slice(asked.slice)?;
    Some(format!("[{}]", texts.join(",")))
}
