//! The way back of a whole move: from the bundle that was sealed for it, whatever became of tags.

use registry::{Change, Kind, Move, Registry};
use release::{Bundle, Consumer, LIMITS, Release, Roots};

use super::{
    Promoted, Promotion, back_to, differing, finish, has_words, is_same, modes,
    moving::{Shipment, move_to},
    never_moved, refused,
    rules::unknown_or_unmoved,
};
use crate::Error;

/// What there is to do about a first version that should not be in force.
const FIRST: &str = "promote another version; applied in the mode audit-only, this one is only recorded, and as nothing was in force before it, \
                     everybody is denied everything";

/// Takes the last move of a channel back: what it shipped before is shipped again, under a higher number, from the bundle that
/// was sealed for it. No gate is looked at: the way back is always open.
///
/// # Errors
/// `promotion_refused` when there is nothing to go back to; those of [`promote`].
pub fn roll_back(with: &Promotion<'_>, channel: &str, reason: &str) -> Result<Promoted, Error> {
    has_words("reason", Some(reason))?;
    let registry = Registry::open(with.root)?;
    let mut held = registry.hold(channel)?;
    finish(with, &mut held)?;
    let tip = held.tip()?;
    let tip = tip.ok_or_else(|| unknown_or_unmoved(with.root, &registry, channel))?;
    let bundles = registry.bundles(&tip.id)?;
    let prepared = bundles.rollback.ok_or_else(|| match tip.parent {
        None => refused(
            format!("`{channel}` ships its first version: nothing was in force before"),
            FIRST,
        ),
        Some(_) => refused(
            format!("no way back from move {} was sealed, for its root could not be", tip.summary.sequence),
            &format!(
                "sign the root with `fabric channel root {channel} --renew`, or with `--begin-again` where the key it is believed by is lost, and promote the version that is to be in force"
            ),
        ),
    })?;
    let back = Bundle::open(&prepared, LIMITS)?;
    let shipped = Bundle::open(&bundles.forward, LIMITS)?;
    // What is there already was shipped again to last longer: the way back is to what was there before that.
    let earlier = match is_same(back.claims(), shipped.claims()) {
        true => Some(other_before(&registry, &tip, shipped.claims())?),
        false => None,
    };
    let (release, commit) = match &earlier {
        Some(earlier) => earlier.clone(),
        // What is taken back to is the move before, as its bundle was held against it: no tag is asked.
        None => (back.claims().clone(), commit_before(&registry, &tip)?),
    };
    // Going forward again is a move like any other, and has its way sealed as well.
    let again = back_to(shipped.claims(), &release);
    let mut policies = differing(Some(&shipped.claims().files), &release.files);
    policies.extend(modes::touched(shipped.claims(), &release));
    policies.sort_unstable();
    policies.dedup();
    let change = |bundles| Change {
        bundles,
        commit: commit.clone(),
        kind: Kind::Rollback,
        by: String::new(),
        at: with.now,
        reason: Some(reason.to_owned()),
        policies,
        approvals: Vec::new(),
        gates: Vec::new(),
    };
    let roots = Roots::read(back.roots().iter().map(release::Root::text))?;
    let (tenant, environment) = (&release.tenant, &release.environment);
    let mut consumer = Consumer::new(tenant, channel, environment, roots.last().clone());
    let ready = match consumer.accept(&back, with.now) {
        Ok(_) if earlier.is_none() => Some(prepared),
        // The channel did not move for long: the same is sealed again.
        Ok(_) | Err(release::Error::Expired { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let shipment = Shipment {
        release: &release,
        ready,
        way_back: Some(&again),
        roots: Some(&roots),
        overriding: None,
    };
    move_to(with, &mut held, &shipment, change, Vec::new())
}

/// The commit of the version that a channel shipped before its last move.
fn commit_before(registry: &Registry, tip: &Move) -> Result<String, Error> {
    let channel = &tip.summary.channel;
    let parent = tip.parent.as_deref();
    let before = match parent {
        Some(parent) => registry
            .history(channel, Some(parent))?
            .next()
            .transpose()?,
        None => None,
    };
    let before = before.ok_or_else(|| never_moved(channel))?;
    Ok(before.summary.commit)
}

/// The last release of a channel that is another than the one in force, as the move after this, and its commit.
fn other_before(
    registry: &Registry,
    tip: &Move,
    shipped: &Release,
) -> Result<(Release, String), Error> {
    let channel = &shipped.channel;
    let mut first = tip.summary.sequence;
    for found in registry.history(channel, tip.parent.as_deref())? {
        let found = found?;
        let there = super::shipped(registry, &found.id)?.release;
        if !is_same(&there, shipped) {
            let release = Release {
                sequence: shipped.sequence + 1,
                undoes: Some(first),
                ..there
            };
            return Ok((release, found.summary.commit));
        }
        first = found.summary.sequence;
    }
    Err(refused(
        format!("`{channel}` never shipped anything else: nothing was in force before"),
        FIRST,
    ))
}
