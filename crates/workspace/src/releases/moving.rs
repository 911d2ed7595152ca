//! The move itself: both bundles are sealed, the commit is written, then the receipt, and then the channel moves.

use evidence::{
    Hash,
    ed25519::Signer,
    hex, moment,
    statement::{self, Subject as About},
};
use guard::Override;
use model::{Code, Failure};
use registry::{Approval, Bundles, Change, Held, Kind, Move};
use release::{Files, Release, Roots, Sealing, seal};

use super::{Fact, Moved, Promoted, Promotion, back_to, enforced, roots::rooted};
use crate::{
    Error, Receipt, git, scan,
    signing::{by_reference, override_receipt, signers},
};

/// Seconds for which consumers take a bundle: it has to be renewed, or the channel moved, before.
pub(super) const LASTS: u64 = 90 * 24 * 3600;

/// A move of a channel that ships something already, from what it ships.
pub(super) struct Transfer<'a> {
    pub(super) release: &'a Release,
    pub(super) before: &'a Release,
    pub(super) roots: &'a Roots,
    pub(super) commit: String,
    pub(super) kind: Kind,
    pub(super) reason: &'a str,
    pub(super) policies: Vec<String>,
    pub(super) approvals: Vec<Approval>,
}

/// Moves a channel, with the way back to what it ships.
pub(super) fn transfer(
    with: &Promotion<'_>,
    held: &mut Held<'_>,
    wanted: Transfer<'_>,
    facts: Vec<Fact>,
) -> Result<Promoted, Error> {
    let way_back = back_to(wanted.before, wanted.release);
    let shipment = Shipment {
        release: wanted.release,
        ready: None,
        way_back: Some(&way_back),
        roots: Some(wanted.roots),
        overriding: None,
    };
    let gates = facts.iter().filter_map(Fact::recorded).collect();
    let change = |bundles| Change {
        bundles,
        commit: wanted.commit,
        kind: wanted.kind,
        by: String::new(),
        at: with.now,
        reason: Some(wanted.reason.to_owned()),
        policies: wanted.policies,
        approvals: wanted.approvals,
        gates,
    };
    move_to(with, held, &shipment, change, facts)
}

/// What goes out, and what comes after it if it is taken back.
pub(super) struct Shipment<'a> {
    pub(super) release: &'a Release,
    /// Its bundle, where that was sealed before.
    pub(super) ready: Option<Vec<u8>>,
    pub(super) way_back: Option<&'a Release>,
    pub(super) roots: Option<&'a Roots>,
    /// What let it pass although drift was beyond the tolerance: it gets a receipt with the move's.
    pub(super) overriding: Option<&'a Override>,
}

pub(super) fn move_to(
    with: &Promotion<'_>,
    held: &mut Held<'_>,
    shipment: &Shipment<'_>,
    change: impl FnOnce(Bundles) -> Change,
    facts: Vec<Fact>,
) -> Result<Promoted, Error> {
    let keys = signers(with.ledger, with.vault, with.ask, with.now)?;
    let keys = by_reference(&keys);
    let channel = &shipment.release.channel;
    let rooted = rooted(with, held.registry(), channel, shipment.roots, &keys);
    let sealed = |release: &Release, roots: &Roots| {
        let sealing = Sealing {
            roots,
            keys: &keys,
            expires: with.now.saturating_add(LASTS),
            renewed: 0,
        };
        seal(release, &sealing)
    };
    let bundles = match (&shipment.ready, rooted) {
        // What was sealed before goes as it is, by its own root. What would take it back has to wait for one.
        (Some(ready), Err(error)) if error.code() == Code::KeyMissing => Bundles {
            forward: ready.clone(),
            rollback: None,
        },
        (ready, roots) => {
            let roots = roots?;
            let back = shipment.way_back.map(|back| sealed(back, &roots));
            Bundles {
                forward: match ready {
                    Some(ready) => ready.clone(),
                    None => sealed(shipment.release, &roots)?,
                },
                rollback: back.transpose()?,
            }
        }
    };
    let before = held.tip()?;
    let by = git::user(with.root)?;
    let prepared = held.prepare(Change {
        by,
        ..change(bundles.clone())
    })?;
    let written = receipt(with, &prepared, before.as_ref(), &bundles, &keys).and_then(|receipt| {
        let mut receipts = Vec::new();
        if let Some(given) = shipment.overriding {
            let file = serde_json::to_string_pretty(given)
                .map_err(|error| Failure::new(Code::Internal, error.to_string()))?
                + "\n";
            let said = &given.statement;
            receipts.push(override_receipt(
                with.ledger,
                said,
                file.as_bytes(),
                &keys,
                with.now,
            )?);
        }
        receipts.push(receipt);
        let numbers = with.ledger.append(receipts)?;
        with.ledger.sign(&keys, with.now)?;
        Ok(numbers.end.saturating_sub(1))
    });
    let number = match written {
        Ok(number) => number,
        Err(error) => {
            // What is not in the ledger did not happen; what is, the next call finishes.
            if !with.ledger.has_move(&prepared.id)? {
                held.forget(&prepared)?;
            }
            return Err(error);
        }
    };
    held.commit(&prepared)?;
    Ok(Promoted::Moved(Box::new(Moved {
        channel: prepared.summary.channel,
        sequence: prepared.summary.sequence,
        version: prepared.summary.version,
        mode: prepared.summary.modes.words(),
        modes: prepared.summary.modes,
        before: before.as_ref().map(|before| before.summary.version.clone()),
        mode_before: before.map(|before| before.summary.modes.words()),
        otherwise: None,
        not_enforced: None,
        id: prepared.id,
        receipt: number,
        gates: facts,
        way_back: bundles.rollback.is_some(),
        nothing_decides: nothing_decides(shipment.release),
    })))
}

/// Nothing was in force before, and nothing decides for everybody now.
pub(super) fn nothing_decides(release: &Release) -> bool {
    let none = |files: &Files| !scan::has_policies(files);
    release.base.as_ref().is_some_and(none) && enforced(release).is_ok_and(|files| none(&files))
}

/// That a channel moves: signed over the move, both bundles and the digests of the files.
fn receipt(
    with: &Promotion<'_>,
    prepared: &Move,
    before: Option<&Move>,
    bundles: &Bundles,
    keys: &[&dyn Signer],
) -> Result<Receipt, Error> {
    let said = &prepared.summary;
    let digest = |digest: &str| format!("sha256:{digest}");
    let nothing: Hash = release::digest(&Files::new());
    let from = before.map_or_else(|| hex(&nothing), |before| before.summary.digest.clone());
    let mut about = vec![
        About::of("move", prepared.id.as_bytes()),
        About::of("forward.tfr", &bundles.forward),
    ];
    if let Some(rollback) = &bundles.rollback {
        about.push(About::of("rollback.tfr", rollback));
    }
    let (issued, channel) = (moment::text(with.now), said.channel.clone());
    match said.undoes {
        None => Receipt::seal(
            about,
            &statement::Promotion {
                issued,
                channel,
                version: said.sequence,
                from: digest(&from),
                to: digest(&said.digest),
                by: said.by.clone(),
            },
            keys,
        ),
        Some(undone) => Receipt::seal(
            about,
            &statement::Rollback {
                issued,
                channel,
                version: said.sequence,
                restores: undone.saturating_sub(1),
                from: digest(&from),
                to: digest(&said.digest),
                by: said.by.clone(),
                reason: said.reason.clone().unwrap_or_default(),
            },
            keys,
        ),
    }
}
