//! The report: the drift, and beside it the verdict. One value; JSON, Markdown, HTML and overrides all come from it.

use model::DriftReport;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{Accepted, Case, Error, Override, Ruling, Statement, Tolerance, Verdict};

/// A drift report with the guard's verdict. In JSON the fields of both stand side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Whose access would change.
    #[serde(flatten)]
    pub drift: DriftReport,
    /// May it?
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Who made the edit, as far as git tells: `name <address>`.
    pub authors: Vec<String>,
    /// The override that let it pass.
    pub r#override: Option<Statement>,
}

impl Report {
    /// Reads a report.
    ///
    /// # Errors
    /// [`Error::Report`].
    pub fn read(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|error| Error::Report(error.to_string()))
    }

    /// Lets the edit pass by an override that holds for it. The violations stay in the report.
    ///
    /// # Errors
    /// Why it does not hold, as [`Override::check`] says; nothing is changed then.
    pub fn apply(
        &mut self,
        given: &Override,
        tolerance: &Tolerance,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let case = Case {
            base: &self.drift.base.digest,
            head: &self.drift.head.digest,
            authors: &self.authors,
            violations: &self.verdict.violations,
        };
        given.check(case, tolerance, now)?;
        self.verdict.verdict = Ruling::Pass;
        self.r#override = Some(given.statement.clone());
        Ok(())
    }

    /// What an override of this report would say: exactly what was seen is accepted. `author` is who made the edit; without
    /// it, the authors that the report names.
    ///
    /// # Errors
    /// [`Error::NoBlock`] when there is nothing to override, [`Error::NoAuthor`] when nobody is named.
    pub fn statement(
        &self,
        author: Option<String>,
        approver: String,
        reason: String,
        expires: String,
    ) -> Result<Statement, Error> {
        if self.verdict.violations.is_empty() {
            return Err(Error::NoBlock("override"));
        }
        let author = author.unwrap_or_else(|| self.authors.join(", "));
        if author.trim().is_empty() {
            return Err(Error::NoAuthor);
        }
        let accepts = self.verdict.violations.iter().map(|found| Accepted {
            band: found.band.clone(),
            measure: found.measure,
            rows: found.rows,
        });
        Ok(Statement {
            accepts: accepts.collect(),
            approver,
            author,
            base: self.drift.base.digest.clone(),
            expires,
            head: self.drift.head.digest.clone(),
            reason,
            tolerance: self.verdict.tolerance.digest.clone(),
        })
    }
}
