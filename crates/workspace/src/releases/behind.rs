//! Channels of which more is known than the repository holds: a clone that was fetched from has further moves, or the ledger knows of
//! one that was left behind when the workspace was brought here. Whoever begins such a channel anew is asked nothing, has no way back,
//! and makes receipts that no verifier takes.

use std::{collections::BTreeMap, path::Path};

use model::{Code, Failure};
use registry::{Move, Registry};
use release::Files;

use crate::{Error, Ledger, Manifest, git, scan};

/// Refuses a channel that is behind.
pub(super) fn is_whole(ledger: &Ledger, registry: &Registry, channel: &str) -> Result<(), Error> {
    registry.is_not_behind(channel)?;
    match ledger.last_moves()?.get(channel) {
        Some(known) => reaches(registry, channel, *known),
        None => Ok(()),
    }
}

/// Refuses a channel that ships another workspace of the same repository: they have one list of channels.
pub(super) fn is_ours(root: &Path, registry: &Registry, tip: &Move) -> Result<(), Error> {
    let other = registry.details(&tip.id)?.folder;
    let Some(other) = other.filter(|other| other != registry.folder()) else {
        return Ok(());
    };
    let Some(mut there) = git::at(root, &format!("HEAD:{other}"))? else {
        return Ok(());
    };
    // What lies in ours is not the other's, although its folder may hold ours.
    let inside = registry.folder().strip_prefix(&other).unwrap_or_default();
    let inside = inside.trim_start_matches('/');
    if !inside.is_empty() {
        there
            .files
            .retain(|path, _| !Path::new(path).starts_with(inside));
    }
    let channel = &tip.summary.channel;
    // A workspace that went from one folder to another is still the same, also where another came in its place that has channels of its own.
    let lists = |files: &Files| {
        let (manifest, _) = Manifest::read(files);
        let listed = manifest.channel.iter().any(|rules| rules.name == *channel);
        (!manifest.channel.is_empty(), listed)
    };
    let ours = git::head(root)?.map(|head| lists(&head.files));
    let went = ours == Some((true, true)) && lists(&there.files) == (true, false);
    if went || !scan::has_policies(&there.files) {
        return Ok(());
    }
    let name = |folder: &str| match folder {
        "" => "all of the repository".to_owned(),
        folder => format!("`{folder}`"),
    };
    let message = format!(
        "`{channel}` ships the workspace in {}, and this one is in {}",
        name(&other),
        name(registry.folder())
    );
    let mut failure = Failure::new(Code::ReleaseForeign, message);
    "workspaces of one repository share its channels: give each channels of its own, in `workspace.toml`; if this one went to another folder, it ships from there before another takes its place"
        .clone_into(&mut failure.hint);
    Err(failure.into())
}

/// Every channel that ships another workspace of the same repository, with what to do about it.
///
/// # Errors
/// What keeps the repository from being read.
pub fn foreign(root: &Path, registry: &Registry) -> Result<BTreeMap<String, Failure>, Error> {
    let mut told = BTreeMap::new();
    for channel in registry.channels()? {
        // What cannot be read is told where it is asked for.
        let tip = registry.tip(&channel).ok().flatten();
        if let Some(Err(error)) = tip.map(|tip| is_ours(root, registry, &tip)) {
            told.insert(channel, error.into());
        }
    }
    Ok(told)
}

/// Every channel that is behind, with what to do about it. A ledger that cannot be read says nothing here: whoever moves a channel is
/// told why.
///
/// # Errors
/// What keeps the repository from being read.
pub fn behind(
    ledger: Option<&Ledger>,
    registry: &Registry,
) -> Result<BTreeMap<String, Failure>, Error> {
    let known = ledger.and_then(|ledger| ledger.last_moves().ok());
    let known = known.unwrap_or_default().into_iter();
    let told = known.map(|(channel, known)| {
        let reached = reaches(registry, &channel, known);
        (channel, reached)
    });
    let fetched = registry.elsewhere()?.into_iter().map(|channel| {
        let reached = registry.is_not_behind(&channel).map_err(Error::from);
        (channel, reached)
    });
    // Where both know more, fetched moves are at hand.
    let all = told.chain(fetched);
    Ok(all
        .filter_map(|(channel, reached)| Some((channel, reached.err()?.into())))
        .collect())
}

/// Refuses a channel of which the ledger knows a later move than the repository.
fn reaches(registry: &Registry, channel: &str, known: u64) -> Result<(), Error> {
    let here = registry.tip(channel)?.map_or(0, |tip| tip.summary.sequence);
    if known <= here {
        return Ok(());
    }
    let begun = registry.begun(channel)?;
    if begun.is_some_and(|begun| begun.summary.sequence == known) {
        let message = format!(
            "move {known} of `{channel}` was begun, and its receipt is written; the channel stands at move {here}"
        );
        let mut failure = Failure::new(Code::MoveBegun, message);
        failure.hint = format!(
            "where the program ended meanwhile, whoever moves `{channel}` next finishes move {known} first, and nothing else: `fabric rollback {channel}` does"
        );
        return Err(failure.into());
    }
    let message = format!(
        "the ledger knows of move {known} of `{channel}`, and the repository ends at move {here}"
    );
    let mut failure = Failure::new(Code::PromotionConflict, message);
    failure.hint = format!(
        "bring the channels from the clone that has them, `git fetch CLONE 'refs/fabric/*:refs/fabric/*'`; where moves were given up for another clone's, let that clone move `{channel}` on to move {known}"
    );
    Err(failure.into())
}
