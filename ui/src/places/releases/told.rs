//! Moves and modes in the language of the window.

use ipc::{Applied, AppliedView, Asked, Did, ShippedView, WayBackView};

use super::found::open;
use crate::texts::{Text, releases};

/// The name of a gate.
pub(super) fn gate(name: &str) -> Text {
    match name {
        "validation" => releases::GATE_VALIDATION,
        "tests" => releases::GATE_TESTS,
        "references" => releases::GATE_REFERENCES,
        "drift" => releases::GATE_DRIFT,
        "approvals" => releases::GATE_APPROVALS,
        _ => releases::GATE_WINDOW,
    }
}

/// What a move did.
pub(super) fn did(did: Did) -> String {
    match did {
        Did::Promotion => releases::DID_PROMOTION.into(),
        Did::Modes => releases::DID_MODES.into(),
        Did::Undid(sequence) => releases::DidUndo { sequence }.say(),
        Did::UndidPart(sequence) => releases::DidUndoPart { sequence }.say(),
    }
}

/// How policies are applied. Of more than two that differ only how many.
pub(super) fn applied(view: &AppliedView) -> String {
    let all = one(view.all);
    match view.others.as_slice() {
        [] => all,
        others if others.len() > 2 => {
            let count = others.len() as u64;
            releases::AppliedMany { all: &all, count }.say()
        }
        others => others.iter().fold(all, |said, (name, mode)| {
            let mode = &one(*mode);
            releases::AppliedBut {
                said: &said,
                name,
                mode,
            }
            .say()
        }),
    }
}

fn one(mode: Applied) -> String {
    match mode {
        Applied::Enforced => releases::ENFORCED.into(),
        Applied::AuditOnly => releases::AUDIT_ONLY.into(),
        Applied::Canary(percent) => releases::Canary {
            percent: percent.into(),
        }
        .say(),
    }
}

/// What a rollback would ship.
pub(super) fn way_back(back: &WayBackView) -> String {
    let version = &back.version;
    match &back.applied {
        None => version.clone(),
        Some(mode) => {
            let mode = &applied(mode);
            releases::VersionInMode { version, mode }.say()
        }
    }
}

/// What is asked before a channel moves.
pub(super) fn ask(ask: &Asked) -> String {
    match ask {
        Asked::Tolerance(file) => releases::AskDrift { file }.say(),
        Asked::Approvals(count) => releases::AskApprovals { count: *count }.say(),
        Asked::Window(hours) => open(hours),
    }
}

/// What a channel ships now, and where that is written.
pub(super) fn ships(shipped: &ShippedView) -> (String, String) {
    let ShippedView {
        channel, version, ..
    } = shipped;
    let mode = &applied(&shipped.applied);
    let receipt = &shipped.receipt.to_string();
    (
        releases::Ships {
            channel,
            version,
            mode,
        }
        .say(),
        releases::ReceiptSaysSo { receipt }.say(),
    )
}
