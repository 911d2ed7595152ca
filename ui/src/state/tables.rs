//! The table in front, handed on: as a file that the application writes, or as Markdown on the clipboard. All of its rows are meant,
//! shown or not.

use ipc::{
    CopyTable, ExportTable, HelpSearch, Name, ReceiptsOf, SaveAs, TableExport, TableForm, TableOf,
};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure};

use super::{Job, Place, Studio, Tab, editing::told};
use crate::{calls::call, dom, texts::shell};

impl Studio {
    /// The table that is shown; tracked.
    pub fn table(self) -> Option<TableOf> {
        let open = self.workspace.with(Option::is_some);
        match self.place.get() {
            Place::Evidence => self.table_of_evidence(),
            _ if !open => None,
            Place::Policies => Some(match self.page.get() {
                _ if !self.inspector.get() => TableOf::Policies,
                "problems" => TableOf::Problems,
                "tests" => TableOf::Tests,
                "history" => TableOf::History,
                _ => TableOf::Policies,
            }),
            Place::Drift if self.packs.front.get() => Some(TableOf::WhatIfs),
            Place::Drift if self.drift.preview.with(Option::is_none) => None,
            Place::Drift => {
                let filter = self.review.filter.get();
                match self.review.tab.get() {
                    Tab::All => Some(TableOf::Changes(filter)),
                    Tab::By(by) => Some(TableOf::Groups(by, filter)),
                    Tab::Semantic => Some(TableOf::Differences),
                    Tab::Proof => Some(TableOf::Proof),
                    Tab::Text => None,
                }
            }
            Place::Releases => Some(TableOf::Moves),
            Place::Narratives => Some(TableOf::Narratives),
            _ => None,
        }
    }

    fn table_of_evidence(self) -> Option<TableOf> {
        let evidence = self.evidence;
        if evidence.front.get() == "ledger" {
            let ledger = evidence.ledger.with(|it| matches!(it, Some(Ok(Some(_)))));
            return ledger.then_some(TableOf::Receipts(ReceiptsOf::Ledger));
        }
        let table = match evidence.page.get() {
            "receipts" => TableOf::Receipts(ReceiptsOf::Bundle),
            _ => TableOf::Checks,
        };
        evidence.bundle.with(Option::is_some).then_some(table)
    }

    /// The list of articles that the help shows.
    pub fn table_of_help(self) -> TableOf {
        TableOf::Help(HelpSearch {
            words: self.help.words.get_untracked(),
            lang: self.language.get_untracked(),
        })
    }

    /// Asks where to, and writes the table in front there.
    pub fn export_table(self, form: TableForm) {
        let Some(table) = untrack(|| self.table()) else {
            return;
        };
        let ending = match form {
            TableForm::Csv => "csv",
            TableForm::Json => "json",
        };
        spawn_local(async move {
            let name = format!("{}.{ending}", table.name());
            let written = async {
                let Some(path) = call::<SaveAs>(Name { name }).await? else {
                    return Ok(None);
                };
                self.job.set(Some(Job {
                    title: shell::EXPORTING_TABLE.into(),
                    done: 0,
                    total: 0,
                }));
                let at = path.clone();
                let asked = TableExport { table, form, path };
                Ok::<_, Failure>(Some((call::<ExportTable>(asked).await?, at)))
            };
            let written = written.await;
            self.job.set(None);
            match written {
                Ok(None) => {}
                Ok(Some((count, path))) => {
                    self.toast(shell::TableExported { count }.say(), path, false);
                }
                Err(why) if why.code == Code::Cancelled => self.say(shell::CANCELLED),
                Err(why) => self.toast(shell::TABLE_NOT_EXPORTED, told(&why), true),
            }
        });
    }

    /// Puts a table on the clipboard as Markdown.
    pub fn copy_table(self, table: Option<TableOf>) {
        let Some(table) = table else { return };
        dom::copy_later(async move {
            match call::<CopyTable>(table).await {
                Ok(text) => {
                    self.say(shell::TABLE_COPIED);
                    Some(text)
                }
                Err(why) => {
                    self.toast(shell::TABLE_NOT_COPIED, told(&why), true);
                    None
                }
            }
        });
    }
}
