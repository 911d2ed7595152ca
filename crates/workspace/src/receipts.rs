//! Receipts in words and with their proofs, wherever they come from: a bundle or the workspace's ledger.

use evidence::{
    bundle::Way,
    dsse::Envelope,
    entry::Entry,
    hex, json, moment,
    statement::{KINDS, Ruling, Said, Statement},
};
use ipc::{PathStep, PathView, ReceiptProof, ReceiptView};
use model::counted;

use crate::auditor::head_view;

/// Digits of a key's id that are shown where it has no name.
const SHORT: usize = 12;

/// What a key is called, by its id.
pub(crate) type Named<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A receipt in one line. What it says is told as it says it; whether to believe it is for the verifier.
pub(crate) fn view(number: u64, entry: &Entry, named: Named<'_>) -> ReceiptView {
    let opened = entry.receipt.as_ref().and_then(|receipt| {
        let envelope = Envelope::parse(receipt.envelope.as_bytes()).ok()?;
        Statement::parse(&envelope.payload).ok()
    });
    let said = opened.and_then(|statement| Said::of(&statement).ok());
    let id = hex(&entry.leaf.keyid);
    let kind = KINDS.iter().find(|(kind, _)| *kind == entry.leaf.kind);
    let kind = kind.and_then(|(_, name)| name.split('/').next());
    ReceiptView {
        number,
        at: moment::text(entry.leaf.time),
        kind: kind.unwrap_or_default().to_owned(),
        says: match (&entry.receipt, &said) {
            (None, _) => "purged: only its leaf is left".to_owned(),
            (Some(_), Some(said)) => sentence(said),
            (Some(_), None) => "of a type this version does not know".to_owned(),
        },
        signer: named(&id).unwrap_or_else(|| id.get(..SHORT).unwrap_or(&id).to_owned()),
        purged: entry.receipt.is_none(),
    }
}

/// A receipt with all that proves it.
pub(crate) fn proof(
    number: u64,
    entry: &Entry,
    way: Option<&Way>,
    named: Named<'_>,
) -> ReceiptProof {
    let envelope = entry.receipt.as_ref().map(|receipt| &receipt.envelope);
    let opened = envelope.and_then(|text| Envelope::parse(text.as_bytes()).ok());
    let statement = opened.as_ref().map(|envelope| {
        let laid_out = json::parse(&envelope.payload, json::Limits::RECEIPT)
            .ok()
            .and_then(|value| serde_json::to_string_pretty(&value).ok());
        laid_out.unwrap_or_else(|| String::from_utf8_lossy(&envelope.payload).into_owned())
    });
    let signatures = opened.iter().flat_map(|envelope| &envelope.signatures);
    ReceiptProof {
        receipt: view(number, entry, named),
        statement: statement.unwrap_or_default(),
        keys: signatures
            .map(|signature| signature.keyid.clone())
            .collect(),
        envelope: envelope.cloned().unwrap_or_default(),
        path: way.map(|way| PathView {
            leaf: hex(&way.leaf),
            steps: way
                .steps
                .iter()
                .map(|step| PathStep {
                    beside: hex(&step.beside),
                    left: step.left,
                    node: hex(&step.node),
                })
                .collect(),
            head: head_view(&way.head),
            holds: way.holds(),
        }),
    }
}

/// The beginning of a digest.
fn short(digest: &str) -> &str {
    let digits = digest.strip_prefix("sha256:").unwrap_or(digest);
    digits.get(..SHORT).unwrap_or(digits)
}

/// A number as people write it: `1,000,000`.
fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn were(number: u64) -> &'static str {
    if number == 1 { "was" } else { "were" }
}

/// What a receipt says, in one sentence.
fn sentence(said: &Said) -> String {
    match said {
        Said::DriftPreview(said) => {
            let mut text = format!(
                "previewed {} against {} over {} {}: +{} gain, \u{2212}{} lose",
                short(&said.head),
                short(&said.base),
                number(said.rows),
                if said.rows == 1 { "row" } else { "rows" },
                number(said.gained),
                number(said.lost)
            );
            if said.open > 0 {
                text += &format!(", {} cannot be told", number(said.open));
            }
            text
        }
        Said::GuardVerdict(said) => {
            let ruling = match said.verdict {
                Ruling::Pass => "let it pass",
                Ruling::Blocked => "blocked it",
                Ruling::Undecided => "could not decide",
            };
            format!(
                "the guard judged {} and {ruling}, {} exceeded",
                short(&said.head),
                match said.violations {
                    1 => "1 band".to_owned(),
                    bands => format!("{bands} bands"),
                }
            )
        }
        Said::Override(said) => format!(
            "{} let {} of {} pass until {}: {}",
            said.approver,
            short(&said.head),
            said.author,
            said.expires,
            said.reason
        ),
        Said::Promotion(said) => format!(
            "{} put {} into force in {} as move {}",
            said.by,
            short(&said.to),
            said.channel,
            said.version
        ),
        Said::Rollback(said) => format!(
            "{} took {} back to move {} as move {}: {}",
            said.by, said.channel, said.restores, said.version, said.reason
        ),
        Said::Narrative(said) => format!(
            "a report was written in {} as {}",
            said.language, said.format
        ),
        Said::KeyRotation(said) => format!(
            "key {} takes the place of {} as {}",
            short(&said.new),
            short(&said.old),
            said.role
        ),
        Said::Restore(said) if said.backup == 0 && said.known > 0 => format!(
            "{} went on from {}: of {} that {} signed for none is left",
            said.by,
            said.origin,
            counted(said.known, "receipt"),
            were(said.known)
        ),
        Said::Restore(said) => format!(
            "{} restored {} from a backup of {}; {} {} known",
            said.by,
            said.origin,
            counted(said.backup, "receipt"),
            said.known,
            were(said.known)
        ),
        Said::PurgeManifest(said) => {
            let numbers = said.receipts.iter().map(|it| it.number.to_string());
            let numbers: Vec<_> = numbers.collect();
            format!("{} purged {}: {}", said.by, numbers.join(", "), said.reason)
        }
    }
}
