//! Which policies were in what was shipped, and what the moves rest on.

use std::{collections::BTreeMap, path::Path};

use evidence::{hex, sha256};
use registry::Registry;

use super::shipped;
use crate::{Compiler, Error};

/// The digest of the policies in what each channel of the workspace at `root` ever shipped, by the digest of all its files: the one is
/// what previews and verdicts name, the other what receipts of moves name. Empty where there is no repository.
///
/// # Errors
/// Those of reading moves and their bundles.
pub fn policies_of_moves(root: &Path) -> Result<BTreeMap<String, String>, Error> {
    let mut found = BTreeMap::new();
    // A ledger may be in a folder without a repository.
    let Ok(registry) = Registry::open(root) else {
        return Ok(found);
    };
    let mut compiler = Compiler::default();
    for channel in registry.channels()? {
        for moved in registry.history(&channel, None)? {
            let moved = moved?;
            let files = format!("sha256:{}", moved.summary.digest);
            if found.contains_key(&files) {
                continue;
            }
            let shipped = shipped(&registry, &moved.id)?;
            let policies = compiler.digest(&shipped.release.files);
            found.extend(policies.map(|policies| (files, policies)));
        }
    }
    Ok(found)
}

/// What the gates of each move of the workspace's channels rest on, by digest, by the digest of the move's id, which its receipt speaks of.
/// Empty where there is no repository.
///
/// # Errors
/// Those of reading moves.
pub fn evidence_of_moves(root: &Path) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let mut found = BTreeMap::new();
    let Ok(registry) = Registry::open(root) else {
        return Ok(found);
    };
    for channel in registry.channels()? {
        for moved in registry.history(&channel, None)? {
            let id = moved?.id;
            let gates = registry.details(&id)?.gates;
            let rests_on = gates.into_iter().filter_map(|gate| gate.evidence);
            found.insert(hex(&sha256(&[id.as_bytes()])), rests_on.collect());
        }
    }
    Ok(found)
}
