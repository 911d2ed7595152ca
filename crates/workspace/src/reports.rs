//! A report as an auditor takes it: a PDF that carries its evidence. It is held against what it carries, part by part, and the bundle in
//! it is verified like any other; the checks of both stand in one verdict. That is never better than undecided: a file cannot hold the
//! signature over itself, so who wrote the text is told by the ledger.

use evidence::{
    hex, sha256,
    statement::Subject,
    verify::{Check, State, Verdict},
};
use model::Failure;
use pdf::Part;

/// Whether bytes begin as a PDF does.
pub(crate) fn is_report(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

/// The bundle that a report carries; nothing for what is no report, cannot be read, or carries none.
pub(crate) fn evidence(bytes: &[u8]) -> Option<Vec<u8>> {
    if !is_report(bytes) {
        return None;
    }
    Some(pdf::read(bytes).ok()?.attachment?.bytes)
}

/// Verifies a report. `bundle` verifies the evidence it carries.
///
/// # Errors
/// `report_unreadable`, `report_too_large`, and those of `bundle`.
pub(crate) fn verify(
    bytes: &[u8],
    bundle: impl FnOnce(&[u8]) -> Result<Verdict, Failure>,
) -> Result<Verdict, Failure> {
    let held = pdf::check(bytes).map_err(crate::Error::from)?;
    let of = |id: &str, sentence: &str, expected: &str, is: &dyn Fn(Part) -> bool| {
        let parts: Vec<_> = held.parts.iter().filter(|(part, _)| is(**part)).collect();
        let with = |state| {
            let found = parts.iter().filter(move |(_, it)| **it == state);
            found.map(|(part, _)| part.to_string()).collect::<Vec<_>>()
        };
        let (differs, open) = (with(pdf::State::Differs), with(pdf::State::NotChecked));
        let (state, found) = match (differs.as_slice(), open.is_empty(), parts.is_empty()) {
            ([], true, false) => (State::Pass, "as it was written".to_owned()),
            ([], true, true) => (State::NotChecked, "the report carries none".to_owned()),
            ([], false, _) => (
                State::NotChecked,
                "set by another version's layout, which cannot be written again here".to_owned(),
            ),
            (changed, ..) => (State::Fail, format!("changed: {}", changed.join(", "))),
        };
        Check {
            id: id.to_owned(),
            state,
            sentence: sentence.to_owned(),
            expected: if state == State::NotChecked {
                ""
            } else {
                expected
            }
            .to_owned(),
            found,
            detail: Vec::new(),
            needed: true,
        }
    };
    let document = |part| part == Part::Document;
    let evidence = |part| matches!(part, Part::Attachment | Part::Annex(_));
    let checks = [
        of(
            "R01",
            "The report's text is the one its content hash names.",
            &format!("SHA-256 {}", held.carried.hash),
            &document,
        ),
        of(
            "R02",
            "Every page shows that text, and nothing else.",
            "the same bytes, written again",
            &|part| !document(part) && !evidence(part),
        ),
        of(
            "R03",
            "The evidence in the report is what it was printed with.",
            "the digests that the text names",
            &evidence,
        ),
    ];
    // Anybody can print words of their own beside somebody else's evidence: the bundle proves its receipts, and not this text.
    let signed = Check {
        id: "R04".to_owned(),
        state: State::NotChecked,
        sentence: "Whoever the evidence is of signed this text.".to_owned(),
        expected: String::new(),
        found: format!(
            "the receipt of a published report is over all of its bytes and cannot lie in it: look for one over SHA-256 {} in a bundle of the ledger",
            hex(&sha256(&[bytes]))
        ),
        detail: Vec::new(),
        needed: true,
    };
    let mut all = checks.to_vec();
    all.push(signed);
    if let Some(attachment) = &held.carried.attachment {
        all.extend(bundle(&attachment.bytes)?.checks);
    }
    Ok(Verdict::of(Subject::of("report", bytes), all))
}
