//! The verifier for a page: [`evidence::verify`] with Cedar beside it, called from JavaScript. Bytes and texts come in; out goes the
//! very JSON that `fabric verify --json` prints, so that both can be compared byte for byte, and beside it what that leaves out.
//! The page is in `docs/verify`, built by `cargo xtask page`. It runs one verification in one instance of this module: a fault, or
//! memory that is not there, ends that instance and is told as such, never as a verdict.

use std::collections::BTreeMap;

use evidence::{
    checkpoint::Checkpoint,
    moment,
    note::Note,
    trust::Trust,
    verify::{Decisions, Progress, Replay, Replayed, State, Verdict},
};
use model::{Code, Failure};
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What the page does for the verifier: an object with these two methods.
    pub type Host;

    /// Is told how far it is.
    #[wasm_bindgen(method)]
    fn progress(this: &Host, done: f64, total: f64);

    /// Connections asked for since the verification began; `undefined` where the page cannot tell.
    #[wasm_bindgen(method)]
    fn connections(this: &Host) -> Option<f64>;
}

/// What a page shows.
#[wasm_bindgen(getter_with_clone)]
#[derive(Debug)]
pub struct Judged {
    /// The verdict, as `fabric verify --json` prints it, without the line's end.
    pub verdict: String,
    /// What the verdict's JSON leaves out: see [`Notes`].
    pub notes: String,
}

/// What people want to know beside the verdict.
#[derive(Debug, Serialize)]
struct Notes {
    /// Checks that were needed and not made: because of them nothing is decided.
    open: Vec<String>,
    /// Further failures of a check.
    also: BTreeMap<String, Vec<String>>,
}

/// Verifies a bundle named `name`. `trust` and `last_seen` are files, `at` is a moment as `2026-11-21T12:00:00Z`.
///
/// # Errors
/// A failure as JSON, when the trust file, the moment or the checkpoint cannot be read. What is wrong with the bundle is no error
/// but a verdict.
#[wasm_bindgen]
pub fn verify(
    name: &str,
    bundle: &[u8],
    trust: Option<Vec<u8>>,
    at: Option<String>,
    last_seen: Option<Vec<u8>>,
    host: &Host,
) -> Result<Judged, String> {
    let given = Given {
        name,
        bundle,
        trust: trust.as_deref(),
        at: at.as_deref(),
        last_seen: last_seen.as_deref(),
    };
    // Counts far below 2^53.
    let connections = || host.connections().map(|count| count as u64);
    let progress = |at: Progress| host.progress(at.done as f64, at.total as f64);
    judge(&given, &connections, &progress).map_err(|failure| text(&failure))
}

/// What the auditor chose.
struct Given<'a> {
    name: &'a str,
    bundle: &'a [u8],
    trust: Option<&'a [u8]>,
    at: Option<&'a str>,
    last_seen: Option<&'a [u8]>,
}

/// Decides with Cedar, and has the page count.
struct InPage<'a>(&'a dyn Fn() -> Option<u64>);

impl Replay for InPage<'_> {
    fn replay(&self, decisions: &Decisions<'_>) -> Replayed {
        verifier::Engine.replay(decisions)
    }

    fn connections(&self) -> Option<u64> {
        (self.0)()
    }
}

fn judge(
    given: &Given<'_>,
    connections: &dyn Fn() -> Option<u64>,
    progress: &dyn Fn(Progress),
) -> Result<Judged, Failure> {
    let invalid = |code| {
        move |error: evidence::Error| {
            let mut failure = Failure::new(code, error.to_string());
            if let Some(hint) = error.hint() {
                failure.hint = hint;
            }
            failure
        }
    };
    let trust = given
        .trust
        .map(Trust::parse)
        .transpose()
        .map_err(invalid(Code::TrustInvalid))?;
    let last_seen = given
        .last_seen
        .map(|text| Note::parse(text).and_then(|note| Checkpoint::parse(&note.text)))
        .transpose()
        .map_err(invalid(Code::CheckpointInvalid))?;
    let at = given.at.map(time).transpose()?;
    let verdict = evidence::verify::verify(
        given.bundle,
        trust.as_ref(),
        at,
        last_seen.as_ref(),
        &InPage(connections),
        &|at| {
            progress(at);
            true
        },
    );
    let mut verdict =
        verdict.ok_or_else(|| Failure::new(Code::Cancelled, "verification was cancelled"))?;
    verdict.subject.name = given.name.to_owned();
    Ok(Judged {
        verdict: text(&verdict),
        notes: text(&notes(&verdict)),
    })
}

fn notes(verdict: &Verdict) -> Notes {
    let checks = &verdict.checks;
    let open = |check: &&evidence::verify::Check| check.needed && check.state == State::NotChecked;
    Notes {
        open: checks
            .iter()
            .filter(open)
            .map(|check| check.id.clone())
            .collect(),
        also: checks
            .iter()
            .filter(|check| check.detail.len() > 1)
            .map(|check| {
                (
                    check.id.clone(),
                    check.detail.iter().skip(1).cloned().collect(),
                )
            })
            .collect(),
    }
}

fn time(text: &str) -> Result<u64, Failure> {
    moment::seconds(text).ok_or_else(|| {
        let mut failure = Failure::new(Code::BadCall, format!("`{text}` is no moment in UTC"));
        failure.hint = "write it as 2026-11-21T12:00:00Z".to_owned();
        failure
    })
}

/// Plain values that can always be written.
fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const BAD: Given<'_> = Given {
        name: "a <b>.tfb",
        bundle: b"PK",
        trust: Some(br#"{"version":1}"#),
        at: Some("2026-11-21T12:00:00Z"),
        last_seen: None,
    };

    fn judged(given: &Given<'_>) -> Result<Judged, Failure> {
        judge(given, &|| Some(0), &|_| {})
    }

    #[test]
    fn a_verdict_has_the_name_it_was_given_and_says_what_is_open() {
        let judged = judged(&BAD).unwrap();
        let verdict: Verdict = serde_json::from_str(&judged.verdict).unwrap();
        assert_eq!(verdict.subject.name, "a <b>.tfb");
        assert_eq!(verdict.checks.len(), 21);
        let notes: Value = serde_json::from_str(&judged.notes).unwrap();
        let open = notes["open"].as_array().unwrap();
        assert!(
            open.contains(&json!("V10")) && !open.contains(&json!("V01")),
            "{notes}"
        );
    }

    #[test]
    fn what_the_auditor_gave_is_refused_by_name() {
        let code = |given: &Given<'_>| judged(given).unwrap_err().code;
        let trust = Some(&b"{"[..]);
        assert_eq!(code(&Given { trust, ..BAD }), Code::TrustInvalid);
        let last_seen = Some(&b"example.com/ledger\n3\n"[..]);
        assert_eq!(code(&Given { last_seen, ..BAD }), Code::CheckpointInvalid);
        for at in ["", "now", "2026-11-21", "2026-11-21T12:00:00+01:00"] {
            assert_eq!(
                code(&Given {
                    at: Some(at),
                    ..BAD
                }),
                Code::BadCall,
                "{at}"
            );
        }
    }
}
