//! What a clone lacks: git takes the tags of versions along, and neither channels nor the ledger.

use std::path::Path;

use model::Failure;
use registry::Registry;

use crate::Error;

/// What to do where the channels were not brought along, as the end of a sentence.
pub const BRING_CHANNELS: &str =
    "in a clone, bring the channels first: `git fetch origin 'refs/fabric/*:refs/fabric/*'`";

/// Whether versions are tagged in the repository of `root` and no channel is there. Whoever promotes begins a second one of each.
#[must_use]
pub fn lacks_channels(root: &Path) -> bool {
    Registry::open(root).is_ok_and(|registry| {
        registry.channels().is_ok_and(|all| all.is_empty())
            && registry.versions().is_ok_and(|all| !all.is_empty())
    })
}

/// That the workspace at `root` has no ledger, for who is about to move a channel.
#[must_use]
pub fn no_ledger(root: &Path) -> Failure {
    let mut failure = Failure::from(Error::NoLedger);
    if lacks_channels(root) {
        failure.hint = format!(
            "versions are tagged here, and there is no channel: {BRING_CHANNELS}; then bring the ledger, or {}",
            failure.hint
        );
    }
    failure
}
