//! The way back for one policy: everything else stays as it is.

use evidence::hex;
use registry::{Kind, Move, NewVersion, Registry, Version};
use release::{Files, Release};

use super::{
    Promoted, Promotion, Standing, Transfer, candidate::folder_of, differing, gates, has_words,
    refused, rules::unknown_or_unmoved, shipped, splice, transfer,
};
use crate::{Compiler, Error, git};

/// Brings one policy back as it was before the last promotion that changed it. What comes out is a version of its own, made of the
/// one in force: a commit on no branch, with a tag. No gate is looked at but that it holds together; modes stay as they are.
///
/// # Errors
/// `promotion_refused` when no promotion changed the policy, it is already as it was, or it cannot be told from others; those of
/// [`super::promote`].
pub fn roll_back_policy(
    with: &Promotion<'_>,
    channel: &str,
    policy: &str,
    reason: &str,
) -> Result<Promoted, Error> {
    has_words("reason", Some(reason))?;
    let registry = Registry::open(with.root)?;
    let mut held = registry.hold(channel)?;
    super::finish(with, &mut held)?;
    let tip = held.tip()?;
    let tip = tip.ok_or_else(|| unknown_or_unmoved(with.root, &registry, channel))?;
    let super::Shipped {
        release: before,
        roots,
        ..
    } = shipped(&registry, &tip.id)?;
    let undone = changed(&registry, channel, policy)?;
    let (number, parent) = (undone.summary.sequence, undone.parent.as_deref());
    let parent = parent.ok_or_else(|| {
        refused(
            format!("`{policy}` is as it came with the first version: there is nothing before"),
            "promote a version that has it otherwise, or not at all",
        )
    })?;
    let past = shipped(&registry, parent)?.release;
    let files = splice::bring_back(&before.files, &past.files, policy)?;
    let policies = differing(Some(&before.files), &files);
    if policies.is_empty() {
        return Err(refused(
            format!("`{policy}` is as it was before move {number} already"),
            "`fabric history` tells what each move changed",
        ));
    }
    let (validation, checked) = gates::validation(&mut Compiler::default(), &files);
    if validation.standing == Standing::Blocked {
        let gates = vec![validation];
        return Ok(Promoted::Blocked { gates });
    }
    if checked.compiled.set.policies().is_empty() {
        return Err(refused(
            format!("without `{policy}` no policy would be left"),
            "roll the whole move back",
        ));
    }
    let version = version(with, &registry, &tip, &before, &files, policy)?;
    let release = Release {
        version: version.version,
        sequence: before.sequence + 1,
        undoes: Some(number),
        // What waits in front of other policies must not go on deciding behind them.
        base: match &before.base {
            Some(base) => Some(splice::bring_along(base, &files, policy)?),
            None => None,
        },
        files,
        ..before.clone()
    };
    let mut made = transfer(
        with,
        &mut held,
        Transfer {
            release: &release,
            before: &before,
            roots: &roots,
            commit: version.commit,
            kind: Kind::Partial,
            reason,
            policies,
            approvals: Vec::new(),
        },
        vec![validation],
    )?;
    if let Promoted::Moved(moved) = &mut made
        && decides_the_same(&before, &release)
    {
        moved.not_enforced = Some(policy.to_owned());
    }
    Ok(made)
}

/// Whether the same policies decide by two releases. Where that cannot be worked out, nothing is said of it.
fn decides_the_same(before: &Release, after: &Release) -> bool {
    let effects = |release| -> Result<Vec<_>, Error> {
        let mut effects: Vec<_> = splice::deciding(release)?
            .iter()
            .map(splice::effect)
            .collect();
        effects.sort_unstable();
        effects.dedup();
        Ok(effects)
    };
    effects(before).is_ok_and(|now| effects(after).is_ok_and(|then| now == then))
}

/// What stands in the name of a version behind the one it was made of.
const MARK: &str = "partial";

/// Whether a version is called as those are that a rollback of one policy makes.
pub(super) fn is_partial(version: &str) -> bool {
    let build = version.split_once('+').map(|(_, build)| build);
    build.and_then(|build| build.split('.').next()) == Some(MARK)
}

/// The last promotion that changed a policy.
fn changed(registry: &Registry, channel: &str, policy: &str) -> Result<Move, Error> {
    for found in registry.history(channel, None)? {
        let found = found?;
        let has = found.summary.policies.iter().any(|id| id == policy);
        if has && found.summary.kind == Kind::Promotion {
            return Ok(found);
        }
    }
    Err(refused(
        format!("no promotion of `{channel}` changed a policy `{policy}`"),
        "name it by its @id; `fabric history` tells which each move changed",
    ))
}

/// The version these files are. What was made of the same files before, and not shipped, is taken again.
fn version(
    with: &Promotion<'_>,
    registry: &Registry,
    tip: &Move,
    before: &Release,
    files: &Files,
    policy: &str,
) -> Result<Version, Error> {
    let digest = release::digest(files);
    let short: String = hex(&digest).chars().take(8).collect();
    let plain = before.version.split('+').next().unwrap_or_default();
    let name = format!("{plain}+{MARK}.{}.{short}", before.sequence + 1);
    match registry.version(&name) {
        Ok(known) if known.digest == hex(&digest) => return Ok(known),
        Ok(_) | Err(registry::Error::VersionUnknown(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let words = format!("{plain} with `{policy}` as it was");
    let by = git::user(with.root)?;
    let commit = registry.derive(
        (&tip.summary.commit, &folder_of(registry, tip)?),
        &before.files,
        files,
        &by,
        with.now,
        &words,
    )?;
    Ok(registry.tag(&NewVersion {
        version: &name,
        commit: &commit,
        digest,
        by: &by,
        at: with.now,
        words: &words,
    })?)
}
