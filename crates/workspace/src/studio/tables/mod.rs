//! Every table of the window, whole: as a file, or as Markdown for the clipboard. Rows come from where the window has them from; those
//! of a long list are made while the file is written, and a list that changes meanwhile does not change what is written.

mod rows;

use std::{io, ops::ControlFlow, path::Path};

use ipc::{Host as _, Page, ReceiptView, ReceiptsOf, TableExport, TableForm, TableOf};
use model::{Code, Failure};
use table::{Cell, Form, Rows, Table};

use rows::{
    CHANGES, CHECKS, DIFFERENCES, GATES, GROUPS, HELP, HISTORY, MOVES, NARRATIVES, POLICIES,
    PROBLEMS, PROOF, RECEIPTS, TESTS, WHAT_IFS, change_row, move_row, pack_rows, word,
};

use super::{Studio, lock};
use crate::{Error, named, releases};

/// Rows that are copied; more belong into a file.
const COPIED: usize = 10_000;
/// Receipts that are read at once.
const AT_ONCE: u32 = 500;
/// Rows between two looks at whether somebody cancelled.
const STEP: u64 = 256;

impl Studio {
    /// Writes a table to a file, whole or not at all; the number of its rows.
    pub(super) fn table_exported(&self, asked: &TableExport) -> Result<u64, Failure> {
        let path = Path::new(&asked.path);
        self.config.folders.may_write_in(path)?;
        let form = match asked.form {
            TableForm::Csv => Form::Csv,
            TableForm::Json => Form::Json,
        };
        let (table, rows) = self.table(&asked.table)?;
        self.exclusively("Exporting a table", |_, progress| {
            let table = watched(table, rows, progress);
            let written = disk::replace_with(path, |out| table.write(form, out));
            written.map_err(|error| match error {
                table::Error::Row(failure) => Error::Failed(failure),
                table::Error::Write(error) => Error::Failed(unwritten(path, &error)),
            })
        })
    }

    /// A table as Markdown. Nothing is left out: what is too long for a clipboard is refused.
    pub(super) fn table_copied(&self, of: &TableOf) -> Result<String, Failure> {
        let (table, _) = self.table(of)?;
        let (columns, rows) = (table.columns, table.rows);
        let counted = rows.enumerate().map(|(at, row)| match at < COPIED {
            true => row,
            false => Err(too_long()),
        });
        let table = Table {
            columns,
            rows: Box::new(counted),
        };
        let mut text = Vec::new();
        let written = table.write(Form::Markdown, &mut text);
        written.map_err(|error| match error {
            table::Error::Row(failure) => failure,
            table::Error::Write(error) => Failure::new(Code::Internal, error.to_string()),
        })?;
        String::from_utf8(text).map_err(|error| Failure::new(Code::Internal, error.to_string()))
    }

    /// A table, and how many rows it has as far as that is known beforehand.
    fn table(&self, of: &TableOf) -> Result<(Table<'_>, u64), Failure> {
        let table = match of {
            TableOf::Changes(filter) => {
                let previewed = self.desk()?.previewed()?;
                let ids = previewed.ids(filter);
                let count = ids.len() as u64;
                let row = move |id| {
                    let (change, viewed) = previewed.change(id)?;
                    Some(Ok(change_row(change, viewed)))
                };
                let rows = Box::new(ids.into_iter().filter_map(row));
                return Ok((Table::streamed(CHANGES, rows), count));
            }
            TableOf::Groups(by, filter) => {
                let groups = self.desk()?.previewed()?.all_groups(*by, filter);
                let row = |group: model::Group| {
                    vec![
                        group.key.into(),
                        group.gained.into(),
                        group.lost.into(),
                        group.open.into(),
                        group.changes.into(),
                        group.principals.into(),
                        group.resources.into(),
                        word(group.risk.level),
                        group.risk.why.into(),
                    ]
                };
                Table::of(GROUPS, groups.into_iter().map(row).collect())
            }
            TableOf::Differences => {
                let previewed = self.desk()?.previewed()?;
                let row = |change: &model::PolicyChange| {
                    vec![
                        change.id.as_str().into(),
                        word(change.kind),
                        change.old_id.clone().into(),
                        change.parts.clone().into(),
                        change.source.file.as_str().into(),
                        u64::from(change.source.line).into(),
                    ]
                };
                let rows = previewed.replay.policies().iter().map(row);
                Table::of(DIFFERENCES, rows.collect())
            }
            TableOf::Proof => {
                let proof = lock(&self.desk()?.proved).clone();
                let proof = proof.ok_or_else(|| nothing("nothing was proven yet"))?;
                let row = |proof: model::EnvironmentProof| {
                    let sentence = |it: Option<model::Counterexample>| it.map(|it| it.sentence);
                    vec![
                        proof.environment.action.into(),
                        proof.environment.principal.into(),
                        proof.environment.resource.into(),
                        word(proof.relation),
                        sentence(proof.gained).into(),
                        sentence(proof.lost).into(),
                        proof.reason.into(),
                    ]
                };
                Table::of(PROOF, proof.environments.into_iter().map(row).collect())
            }
            TableOf::Policies => Table::of(POLICIES, self.policy_rows()?),
            TableOf::Problems => {
                let snapshot = self.desk()?.workspace.snapshot();
                let row = |problem: &model::Problem| {
                    vec![
                        word(problem.severity),
                        word(problem.code),
                        problem.file.as_str().into(),
                        u64::from(problem.line).into(),
                        u64::from(problem.column).into(),
                        problem.message.as_str().into(),
                        problem.hint.as_str().into(),
                    ]
                };
                let rows = snapshot.checked.problems.iter().map(row);
                Table::of(PROBLEMS, rows.collect())
            }
            TableOf::Tests => {
                let snapshot = self.desk()?.workspace.snapshot();
                let tests = named::run(&snapshot.files, &snapshot.checked.compiled);
                let row = |it: ipc::TestView| {
                    let request = it.test.request;
                    let (decided, failure) = match it.outcome {
                        Ok(explained) => (word(explained.decision), None),
                        Err(failure) => (Cell::Nothing, Some(failure.message)),
                    };
                    vec![
                        it.test.name.into(),
                        it.file.into(),
                        it.passed.into(),
                        word(it.test.decision),
                        decided,
                        request.principal.into(),
                        request.action.into(),
                        request.resource.into(),
                        failure.into(),
                    ]
                };
                Table::of(TESTS, tests.into_iter().map(row).collect())
            }
            TableOf::History => {
                let row = |entry: ipc::HistoryEntry| {
                    let totals = entry.totals;
                    let count = |count: fn(model::Totals) -> u64| totals.map(count).into();
                    vec![
                        entry.at.into(),
                        entry.title.into(),
                        count(|it| it.rows),
                        count(|it| it.gained),
                        count(|it| it.lost),
                        count(|it| it.maybe_gained + it.maybe_lost),
                        count(|it| it.undeterminable),
                    ]
                };
                Table::of(HISTORY, self.history(())?.into_iter().map(row).collect())
            }
            TableOf::WhatIfs => {
                let packs = self.list_packs(())?.packs;
                Table::of(WHAT_IFS, packs.into_iter().flat_map(pack_rows).collect())
            }
            TableOf::Checks => {
                let (verdict, checks) = self.auditor.checks()?;
                let row = |check: ipc::CheckView| {
                    vec![
                        check.id.into(),
                        word(check.state),
                        check.sentence.into(),
                        check.expected.into(),
                        check.found.into(),
                        check.detail.into(),
                        check.needed.into(),
                        word(verdict),
                    ]
                };
                Table::of(CHECKS, checks.into_iter().map(row).collect())
            }
            TableOf::Receipts(of) => return self.receipts_table(*of),
            TableOf::Moves => {
                let ledger = self.ledger_if_any()?;
                let view = releases::view_all(&self.desk()?.workspace.root, ledger.as_ref())?;
                // Half a history would pass for all of it.
                if let Some(failure) = view.lanes.iter().find_map(|lane| lane.failure.clone()) {
                    return Err(failure);
                }
                let rows = view.lanes.into_iter().flat_map(|lane| {
                    let row = move |stop| move_row(&lane.name, &lane.environment, stop);
                    lane.stops.into_iter().map(row)
                });
                Table::of(MOVES, rows.collect())
            }
            TableOf::Gates(asked) => {
                let row = |gate: ipc::GateView| {
                    vec![
                        gate.gate.into(),
                        gate.standing.into(),
                        gate.found.into(),
                        gate.hint.into(),
                    ]
                };
                Table::of(GATES, self.gates_of(asked)?.into_iter().map(row).collect())
            }
            TableOf::Narratives => {
                let view = self.narratives()?;
                let told = view.subjects.into_iter().map(|it| {
                    vec![
                        "subject".into(),
                        it.at.into(),
                        it.title.into(),
                        it.kind.into(),
                    ]
                });
                let published = view.published.into_iter().map(|it| {
                    vec![
                        "published".into(),
                        it.at.into(),
                        Cell::Nothing,
                        Cell::Nothing,
                        it.receipt.into(),
                        it.language.into(),
                        it.form.into(),
                        it.ratings.into(),
                        it.average.map(|average| format!("{average:.1}")).into(),
                    ]
                });
                Table::of(NARRATIVES, told.chain(published).collect())
            }
            TableOf::Help(search) => {
                let row = |hit: ipc::HelpHit| {
                    vec![
                        hit.id.into(),
                        hit.title.into(),
                        hit.anchor.into(),
                        hit.heading.into(),
                        hit.excerpt.into(),
                    ]
                };
                let hits = crate::search_help(search)?;
                Table::of(HELP, hits.into_iter().map(row).collect())
            }
        };
        Ok((table, 0))
    }

    fn policy_rows(&self) -> Result<Vec<Vec<Cell>>, Failure> {
        let snapshot = self.desk()?.workspace.snapshot();
        let cedar = snapshot.checked.compiled.set.policies().iter().map(|it| {
            vec![
                it.id.as_str().into(),
                word(it.kind),
                word(it.effect),
                it.source.file.as_str().into(),
                u64::from(it.source.line).into(),
                format!("sha256:{}", evidence::hex(&it.digest)).into(),
            ]
        });
        let rego = snapshot.checked.rules().iter().map(|it| {
            vec![
                it.id.as_str().into(),
                "rule".into(),
                Cell::Nothing,
                it.source.file.as_str().into(),
                u64::from(it.source.line).into(),
                format!("sha256:{}", evidence::hex(&it.digest)).into(),
            ]
        });
        Ok(cedar.chain(rego).collect())
    }

    fn receipts_table(&self, of: ReceiptsOf) -> Result<(Table<'_>, u64), Failure> {
        type Read<'a> = Box<dyn Fn(u64) -> Result<Page<ReceiptView>, Failure> + 'a>;
        let read: Read<'_> = match of {
            ReceiptsOf::Bundle => Box::new(|from| self.auditor.receipts(from, AT_ONCE)),
            ReceiptsOf::Ledger => {
                let ledger = self.ledger()?;
                Box::new(move |from| Ok(ledger.page(from, AT_ONCE)?))
            }
        };
        let total = read(0)?.total;
        let mut from = 0;
        // A receipt that is signed meanwhile moves all others on by one: the list would have one of them twice.
        let pages = std::iter::from_fn(move || {
            if from >= total {
                return None;
            }
            let page = read(from).and_then(|page| match page.total == total {
                true => Ok(page.items),
                false => Err(changed()),
            });
            from += u64::from(AT_ONCE);
            if page.is_err() {
                from = total;
            }
            Some(page)
        });
        let row = |it: ReceiptView| {
            vec![
                it.number.into(),
                it.at.into(),
                it.kind.into(),
                it.says.into(),
                it.signer.into(),
                it.purged.into(),
            ]
        };
        let rows = pages.flat_map(move |page| match page {
            Ok(items) => items.into_iter().map(|it| Ok(row(it))).collect(),
            Err(failure) => vec![Err(failure)],
        });
        Ok((Table::streamed(RECEIPTS, Box::new(rows)), total))
    }
}

/// The same table, telling how far it is; it ends when it is cancelled.
fn watched<'a>(
    table: Table<'a>,
    total: u64,
    progress: &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Table<'a> {
    let (columns, rows) = (table.columns, table.rows);
    let mut done = 0;
    let watched = rows.map(move |row| {
        if done % STEP == 0 && progress(done, total).is_break() {
            return Err(Error::Cancelled.into());
        }
        done += 1;
        row
    });
    let rows: Rows<'a> = Box::new(watched);
    Table { columns, rows }
}

/// A file that was not written, and why.
fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let message = format!("cannot write `{}`: {error}", path.display());
    let (code, hint) = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (
            Code::StoreFull,
            "free some space, or choose another folder; nothing was written",
        ),
        _ => (
            Code::FileWrite,
            "check that you may write there, or choose another folder; nothing was written",
        ),
    };
    hinted(code, message, hint)
}

fn hinted(code: Code, message: impl Into<String>, hint: &str) -> Failure {
    let mut failure = Failure::new(code, message.into());
    hint.clone_into(&mut failure.hint);
    failure
}

fn nothing(message: &str) -> Failure {
    Error::BadCall(message.to_owned()).into()
}

fn too_long() -> Failure {
    let message =
        format!("the table has more than {COPIED} rows, which is too much for a clipboard");
    hinted(
        Code::BadCall,
        message,
        "export it as CSV or JSON, or filter it first",
    )
}

fn changed() -> Failure {
    let message = "a receipt was added while the list was read";
    hinted(Code::BadCall, message, "export it again")
}
