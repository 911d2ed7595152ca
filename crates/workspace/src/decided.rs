//! Decisions for an auditor: those that an edit changes, with what decides them, so that they can be run again.

use std::collections::BTreeMap;

use decisions::Log;
use drift::{Filter, Replay};
use model::{ChangeClass, Failure, Request};
use policy::Files;

use crate::Error;

/// Every recorded decision that a replay found changed, as files below `artefacts/` of a bundle; see [`verifier::pack`].
///
/// # Errors
/// Those of packing: a side that does not compile, a request that it cannot decide.
pub fn changed_decisions(
    replay: &Replay,
    log: &Log,
    base: &Files,
    head: &Files,
) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let decided = Filter {
        classes: vec![ChangeClass::Gained, ChangeClass::Lost],
        ..Filter::default()
    };
    let (_, changes) = replay.changes(&decided, 0, usize::MAX);
    let asked = changes.iter().filter_map(|change| {
        let distinct = log.requests.get(change.id as usize)?;
        let request: Request = log.request(change.id)?;
        let entities = match log.slice(distinct.slice) {
            Some(entities) => {
                let read = entities.iter().map(|entity| serde_json::from_str(entity));
                Some(read.collect::<Result<Vec<_>, _>>().ok()?)
            }
            None => None,
        };
        Some(verifier::Asked {
            request,
            entities,
            count: change.rows,
        })
    });
    Ok(verifier::pack(base, head, asked).map_err(Failure::from)?)
}
