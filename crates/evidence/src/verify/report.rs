//! The verdict as a statement that can be signed: an in-toto summary (SVR 0.2) where everything passed, because that is all a
//! summary can say, and our own predicate otherwise.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Check, Outcome, State, Verdict};
use crate::{
    Error,
    dsse::Envelope,
    hex, moment, sha256,
    statement::{Predicate, Statement},
};

/// Who says so.
pub const VERIFIER: &str = concat!(
    "https://trustfabric.eu/verifier/",
    env!("CARGO_PKG_VERSION")
);

/// Names a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Its URI.
    pub id: String,
}

/// Names a file by its digests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Digests by algorithm.
    pub digest: BTreeMap<String, String>,
}

/// What passed: in-toto SVR 0.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Who verified.
    pub verifier: Program,
    /// When, RFC 3339 in UTC.
    pub time_created: String,
    /// The trust file.
    pub policies: Vec<Resource>,
    /// The checks that passed.
    pub properties: Vec<String>,
}

impl Predicate for Summary {
    const KIND: u8 = 0;
    const NAME: &'static str = "svr/v0.2";

    fn issued(&self) -> &str {
        &self.time_created
    }

    fn uri() -> String {
        "https://in-toto.io/attestation/svr/v0.2".to_owned()
    }
}

/// What failed, or could not be decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// When, RFC 3339 in UTC.
    pub issued: String,
    /// Who verified.
    pub verifier: Program,
    /// The trust file.
    pub policies: Vec<Resource>,
    /// How it ended.
    pub verdict: Outcome,
    /// Every check.
    pub checks: Vec<Check>,
}

impl Predicate for Refusal {
    const KIND: u8 = 0;
    const NAME: &'static str = "verdict/v1";

    fn issued(&self) -> &str {
        &self.issued
    }
}

/// Whether a text is a verdict as a statement, in an envelope or without one. No signature is checked.
#[must_use]
pub fn is_verdict(text: &[u8]) -> bool {
    let text = text.trim_ascii_end();
    let envelope = Envelope::parse(text).ok();
    let statement = envelope.as_ref().map_or(text, |envelope| &envelope.payload);
    let kinds = [Summary::uri(), Refusal::uri()];
    Statement::parse(statement).is_ok_and(|it| kinds.contains(&it.predicate_type))
}

impl Verdict {
    /// The verdict as a statement, said at a moment in seconds since 1970. `trust` is the text of the trust file.
    ///
    /// # Errors
    /// As [`Statement::new`].
    pub fn statement(&self, issued: u64, trust: Option<&[u8]>) -> Result<Statement, Error> {
        let issued = moment::text(issued);
        let verifier = Program {
            id: VERIFIER.to_owned(),
        };
        let resource = |text| Resource {
            digest: BTreeMap::from([("sha256".to_owned(), hex(&sha256(&[text])))]),
        };
        let policies = trust.map(resource).into_iter().collect();
        let subject = vec![self.subject.clone()];
        if self.verdict != Outcome::Verified {
            let refusal = Refusal {
                issued,
                verifier,
                policies,
                verdict: self.verdict,
                checks: self.checks.clone(),
            };
            return Statement::new(subject, &refusal);
        }
        let passed = self
            .checks
            .iter()
            .filter(|check| check.state == State::Pass);
        let summary = Summary {
            verifier,
            time_created: issued,
            policies,
            properties: passed
                .map(|check| format!("TRUST_FABRIC_{}", check.id))
                .collect(),
        };
        Statement::new(subject, &summary)
    }
}
