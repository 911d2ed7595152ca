//! `fabric drift A B --log …`: the report, and whether there is anything in it.

use model::DriftReport;
use workspace::{Folders, KEPT_CHANGES, open_named_log, preview_receipt, vault_of};

use super::{FINE, FOUND, failed, named, near, passphrase::ask};
use crate::{
    args::Drift,
    progress::{self, Progress, Unit},
    render,
    terminal::{Stop, Terminal},
};

/// Requests shown: as many as fit a screen, or as many as a program likes to read at once.
const SHOWN: usize = 10;

pub fn drift(arguments: &Drift, terminal: &Terminal) -> Result<u8, Stop> {
    let near = near(arguments.repo.as_deref(), &[&arguments.log])?;
    let base = named(
        &arguments.base,
        &near,
        arguments.bundles.bundle_key.as_deref(),
    )?;
    let head = named(
        &arguments.head,
        &near,
        arguments.bundles.bundle_key.as_deref(),
    )?;
    let log = {
        let progress = Progress::start("Reading the log", Unit::Bytes, terminal);
        open_named_log(&arguments.log, &Folders::of_user(), &mut |done, total| {
            progress.at(done, total)
        })
        .map_err(failed)?
    };
    let replay = {
        let _progress = Progress::start("Replaying", Unit::Rows, terminal);
        workspace::compare(&base, &head, log, progress::cancelled()).map_err(failed)?
    };
    if let Some(dir) = &arguments.receipt {
        let ledger = super::ledger::open(dir)?;
        let vault = vault_of(&Folders::of_user());
        let now = super::now();
        let report = replay.report(KEPT_CHANGES);
        let kept = workspace::record(&ledger, &vault, &ask(&arguments.opening), now, |signer| {
            Ok(vec![preview_receipt(&ledger, &report, signer, now)?])
        })
        .map_err(failed)?;
        terminal.remark(&format!("Receipt {} in {}\n\n", kept.first, kept.origin));
    }
    let limit = match arguments.limit {
        Some(0) => usize::MAX,
        Some(limit) => limit,
        None if terminal.json => KEPT_CHANGES,
        None => SHOWN,
    };
    let report = replay.report(limit);
    terminal.result(&report, |look| render::drift(&report, look))?;
    Ok(if found(&report) { FOUND } else { FINE })
}

/// Somebody's access changes, or may. Requests that neither side can decide are found only where the sides differ.
fn found(report: &DriftReport) -> bool {
    let totals = &report.totals;
    let certain = totals.gained + totals.lost + totals.error_changed;
    let open = totals.maybe_gained + totals.maybe_lost;
    let differ = report.base.digest != report.head.digest;
    certain + open > 0 || (differ && totals.undeterminable > 0)
}
