//! What stands in the columns of each table. Their names are stable: scripts rest on them.

use ipc::PackView;
use model::{Change, Decision, Failure, PackOutcome};
use serde::Serialize;
use table::{
    Cell,
    Kind::{Flag, List, Number, Text},
};

pub(super) type Columns = &'static [(&'static str, table::Kind)];

pub(super) const CHANGES: Columns = &[
    ("change", Text),
    ("principal", Text),
    ("action", Text),
    ("resource", Text),
    ("rows", Number),
    ("first_at", Text),
    ("last_at", Text),
    ("decision_before", Text),
    ("decision_after", Text),
    ("policies_before", List),
    ("policies_after", List),
    ("causes", List),
    ("risk", Text),
    ("risk_why", Text),
    ("turns_on", Text),
    ("error_changed", Flag),
    ("log_disagrees", Flag),
    ("viewed", Flag),
];

pub(super) fn change_row(change: Change, viewed: bool) -> Vec<Cell> {
    let decision = |it: Option<Decision>| it.map_or(Cell::Nothing, word);
    vec![
        word(change.class),
        change.principal.into(),
        change.action.into(),
        change.resource.into(),
        change.rows.into(),
        change.first_at.into(),
        change.last_at.into(),
        decision(change.before.decision),
        decision(change.after.decision),
        change.before.reasons.into(),
        change.after.reasons.into(),
        change.causes.into(),
        word(change.risk.level),
        change.risk.why.into(),
        change.residual.map(|residual| residual.words).into(),
        change.error_changed.into(),
        change.log_disagrees.into(),
        viewed.into(),
    ]
}

pub(super) const GROUPS: Columns = &[
    ("key", Text),
    ("rows_gained", Number),
    ("rows_lost", Number),
    ("rows_open", Number),
    ("changes", Number),
    ("principals", Number),
    ("resources", Number),
    ("risk", Text),
    ("risk_why", Text),
];

pub(super) const DIFFERENCES: Columns = &[
    ("policy", Text),
    ("change", Text),
    ("old_id", Text),
    ("parts", List),
    ("file", Text),
    ("line", Number),
];

pub(super) const PROOF: Columns = &[
    ("action", Text),
    ("principal", Text),
    ("resource", Text),
    ("relation", Text),
    ("gained", Text),
    ("lost", Text),
    ("reason", Text),
];

pub(super) const POLICIES: Columns = &[
    ("policy", Text),
    ("kind", Text),
    ("effect", Text),
    ("file", Text),
    ("line", Number),
    ("digest", Text),
];

pub(super) const PROBLEMS: Columns = &[
    ("severity", Text),
    ("code", Text),
    ("file", Text),
    ("line", Number),
    ("column", Number),
    ("message", Text),
    ("hint", Text),
];

pub(super) const TESTS: Columns = &[
    ("test", Text),
    ("file", Text),
    ("passed", Flag),
    ("expected", Text),
    ("decided", Text),
    ("principal", Text),
    ("action", Text),
    ("resource", Text),
    ("failure", Text),
];

pub(super) const HISTORY: Columns = &[
    ("at", Text),
    ("title", Text),
    ("rows", Number),
    ("rows_gained", Number),
    ("rows_lost", Number),
    ("rows_maybe", Number),
    ("rows_undeterminable", Number),
];

pub(super) const WHAT_IFS: Columns = &[
    ("pack", Text),
    ("scenario", Text),
    ("about", Text),
    ("ran_at", Text),
    ("state", Text),
    ("rows", Number),
    ("rows_gained", Number),
    ("rows_lost", Number),
    ("rows_maybe", Number),
    ("rows_undeterminable", Number),
    ("expectations", Number),
    ("met", Number),
    ("unmet", List),
    ("failure", Text),
];

/// A row for each scenario; those of a pack that never ran, or could not, say so.
pub(super) fn pack_rows(pack: PackView) -> Vec<Vec<Cell>> {
    let at: Cell = pack.last.as_ref().map(|run| run.at.clone()).into();
    let unknown = |state: &str, failure: Option<&Failure>| {
        let row = |it: &ipc::ScenarioView| {
            let mut row = vec![
                pack.name.as_str().into(),
                it.name.as_str().into(),
                it.about.as_str().into(),
                at.clone(),
                state.into(),
            ];
            row.resize(WHAT_IFS.len() - 1, Cell::Nothing);
            row.push(failure.map(|failure| failure.message.as_str()).into());
            row
        };
        pack.scenarios.iter().map(row).collect()
    };
    match pack.last.as_ref().map(|run| &run.outcome) {
        None => unknown("not_run", None),
        Some(PackOutcome::Error(failure)) => unknown("failed", Some(failure)),
        Some(PackOutcome::Result(result)) => {
            let row = |it: &model::ScenarioResult| {
                let unmet = it.expectations.iter().filter(|it| !it.met);
                let unmet: Vec<String> = unmet.map(|it| it.text.clone()).collect();
                let (all, missed) = (it.expectations.len() as u64, unmet.len() as u64);
                vec![
                    pack.name.as_str().into(),
                    it.name.as_str().into(),
                    it.about.as_str().into(),
                    at.clone(),
                    if missed == 0 { "met" } else { "unmet" }.into(),
                    it.totals.rows.into(),
                    it.totals.gained.into(),
                    it.totals.lost.into(),
                    (it.totals.maybe_gained + it.totals.maybe_lost).into(),
                    it.totals.undeterminable.into(),
                    all.into(),
                    (all - missed).into(),
                    unmet.into(),
                ]
            };
            result.scenarios.iter().map(row).collect()
        }
    }
}

pub(super) const CHECKS: Columns = &[
    ("check", Text),
    ("state", Text),
    ("sentence", Text),
    ("expected", Text),
    ("found", Text),
    ("detail", List),
    ("needed", Flag),
    ("verdict", Text),
];

pub(super) const RECEIPTS: Columns = &[
    ("number", Number),
    ("at", Text),
    ("kind", Text),
    ("says", Text),
    ("signer", Text),
    ("purged", Flag),
];

pub(super) const MOVES: Columns = &[
    ("channel", Text),
    ("environment", Text),
    ("sequence", Number),
    ("version", Text),
    ("commit", Text),
    ("at", Text),
    ("by", Text),
    ("kind", Text),
    ("mode", Text),
    ("reason", Text),
    ("policies", List),
    ("approvers", List),
    ("overridden", List),
    ("id", Text),
];

pub(super) fn move_row(channel: &str, environment: &str, stop: ipc::StopView) -> Vec<Cell> {
    vec![
        channel.into(),
        environment.into(),
        stop.sequence.into(),
        stop.version.into(),
        stop.commit.into(),
        stop.at.into(),
        stop.by.into(),
        stop.kind.into(),
        stop.mode.into(),
        stop.reason.into(),
        stop.policies.into(),
        stop.approvers.into(),
        stop.overridden.into(),
        stop.id.into(),
    ]
}

pub(super) const GATES: Columns = &[
    ("gate", Text),
    ("standing", Text),
    ("found", Text),
    ("hint", Text),
];

pub(super) const NARRATIVES: Columns = &[
    ("state", Text),
    ("at", Text),
    ("title", Text),
    ("kind", Text),
    ("receipt", Number),
    ("language", Text),
    ("form", Text),
    ("ratings", Number),
    ("average", Text),
];

pub(super) const HELP: Columns = &[
    ("article", Text),
    ("title", Text),
    ("anchor", Text),
    ("heading", Text),
    ("excerpt", Text),
];

/// A name as it stands in JSON.
pub(super) fn word<T: Serialize>(value: T) -> Cell {
    let name = serde_json::to_value(value).ok();
    name.as_ref().and_then(serde_json::Value::as_str).into()
}
