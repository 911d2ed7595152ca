//! Whether a change fits where its channel is, and what is recorded of it then. What the bundles say of themselves is held against
//! the channel, the tags and the moves before; whether they are signed as they should be is for who seals and who enforces.

use evidence::{hex, moment};
use release::{Bundle, LIMITS, Release};

use crate::{Change, Details, Error, Kind, Move, Outcome, Registry, Summary};

/// What is recorded of a change that fits.
pub(crate) fn judged(
    registry: &Registry,
    channel: &str,
    change: &Change,
    tip: Option<&Move>,
) -> Result<(Summary, Details), Error> {
    let forward = Bundle::open(&change.bundles.forward, LIMITS)?;
    let back = change.bundles.rollback.as_deref();
    let back = back.map(|bytes| Bundle::open(bytes, LIMITS)).transpose()?;
    let release = forward.claims();
    let (summary, details) = recorded(registry, change, &forward, back.as_ref());
    let before = tip.map(|tip| &tip.summary);
    if let Some(tip) = tip {
        fits(
            "roll-forward",
            release,
            channel,
            &registry.details(&tip.id)?,
        )?;
    }
    fits("roll-forward", release, channel, &details)?;
    let next = before.map_or(0, |before| before.sequence) + 1;
    if release.sequence != next {
        let why = format!(
            "the bundle is for move {}, and the next is {next}",
            release.sequence
        );
        return Err(Error::conflict(channel, why));
    }
    if release.undoes.is_some() != matches!(change.kind, Kind::Rollback | Kind::Partial) {
        let why = "says that it takes a move back and is no rollback, or the other way round";
        return Err(unfit("roll-forward", why));
    }
    if let Some(before) = before.filter(|before| change.at < before.at) {
        return Err(Error::ClockBack {
            channel: channel.to_owned(),
            now: moment::text(change.at),
            last: moment::text(before.at),
        });
    }
    is_known(registry, &summary, before)?;
    match &back {
        Some(back) => {
            fits("rollback", back.claims(), channel, &details)?;
            takes_back(back.claims(), &summary, before)?;
        }
        None if before.is_some() && change.kind != Kind::Rollback => {
            return Err(unfit(
                "rollback",
                "is missing: nothing is moved without its way back",
            ));
        }
        None => {}
    }
    Ok((summary, details))
}

fn recorded(
    registry: &Registry,
    change: &Change,
    forward: &Bundle,
    back: Option<&Bundle>,
) -> (Summary, Details) {
    let release = forward.claims();
    let approvers = change.approvals.iter().map(|approval| approval.by.clone());
    let overridden = change
        .gates
        .iter()
        .filter(|gate| gate.outcome != Outcome::Passed);
    let summary = Summary {
        channel: release.channel.clone(),
        sequence: release.sequence,
        version: release.version.clone(),
        commit: change.commit.clone(),
        digest: hex(&release::digest(&release.files)),
        modes: release.modes.clone(),
        kind: change.kind,
        undoes: release.undoes,
        by: change.by.clone(),
        at: change.at,
        reason: change.reason.clone(),
        policies: change.policies.clone(),
        approvers: approvers.collect(),
        overridden: overridden.map(|gate| gate.name.clone()).collect(),
    };
    let details = Details {
        tenant: release.tenant.clone(),
        environment: release.environment.clone(),
        folder: Some(registry.prefix.clone()),
        approvals: change.approvals.clone(),
        gates: change.gates.clone(),
        forward: hex(&forward.digest()),
        rollback: back.map(|back| hex(&back.digest())),
    };
    (summary, details)
}

/// Whether a release is of this channel, and of whom and where others of it are.
fn fits(
    which: &'static str,
    release: &Release,
    channel: &str,
    others: &Details,
) -> Result<(), Error> {
    let place = (&release.tenant, &release.environment);
    if release.channel == channel && place == (&others.tenant, &others.environment) {
        return Ok(());
    }
    let (of, (tenant, environment)) = (&release.channel, place);
    let why = format!("is for `{of}` of `{tenant}` in `{environment}`, not for this channel");
    Err(Error::Bundle { which, why })
}

/// Whether version and content are known: by a tag that is where it always was, or, for a way back, from a move before. A
/// rollback must not depend on what somebody did to a tag.
fn is_known(registry: &Registry, summary: &Summary, before: Option<&Summary>) -> Result<(), Error> {
    let same = |other: &Summary| {
        (&other.version, &other.commit, &other.digest)
            == (&summary.version, &summary.commit, &summary.digest)
    };
    if before.is_some_and(same) {
        return Ok(());
    }
    if summary.kind == Kind::Rollback {
        for found in registry.history(&summary.channel, None)? {
            if same(&found?.summary) {
                return Ok(());
            }
        }
        // Behind the first move there was nothing.
        let nothing = hex(&release::digest(&release::Files::new()));
        if summary.undoes == Some(1) && summary.digest == nothing {
            return Ok(());
        }
        let why = "carries what this channel never shipped; promote that instead";
        return Err(unfit("roll-forward", why));
    }
    let version = registry.version(&summary.version)?;
    registry.unmoved(&version.version, &version.commit, &version.digest)?;
    for (what, tagged, ours) in [
        ("commit", &version.commit, &summary.commit),
        ("content", &version.digest, &summary.digest),
    ] {
        if tagged != ours {
            let why = format!("the tag's {what} is `{tagged}`, and the bundle's is `{ours}`");
            let version = version.version.clone();
            return Err(Error::VersionMoved { version, why });
        }
    }
    Ok(())
}

/// Whether a bundle is the way back of a move: the next one, with what was there before.
fn takes_back(back: &Release, summary: &Summary, before: Option<&Summary>) -> Result<(), Error> {
    if (back.sequence, back.undoes) != (summary.sequence + 1, Some(summary.sequence)) {
        return Err(unfit(
            "rollback",
            "does not take back this move, as the one after it",
        ));
    }
    let digest = hex(&release::digest(&back.files));
    let restores = before.is_none_or(|before| {
        (&before.version, &before.digest, &before.modes) == (&back.version, &digest, &back.modes)
    });
    if restores {
        return Ok(());
    }
    Err(unfit(
        "rollback",
        "carries something else than what the channel ships now",
    ))
}

fn unfit(which: &'static str, why: &str) -> Error {
    Error::Bundle {
        which,
        why: why.to_owned(),
    }
}
