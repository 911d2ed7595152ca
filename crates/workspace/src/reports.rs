//! A report as an auditor takes it: a PDF that carries its evidence. It is held against what it carries, part by part, and the bundle in
//! it is verified like any other; the checks of both stand in one verdict. A published report carries the receipt over what it says; one
//! that was only printed is undecided, whatever it carries.

use evidence::{
    bundle::{Bundle, Contents},
    statement::{Said, Subject},
    verify::{Check, Outcome, State, Verdict},
    zip,
};
use model::Failure;
use pdf::{Attachment, Carried, Part};

use crate::ledger::statement_of;

/// Receipts that are looked at at once.
const PAGE: usize = 1_000;

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
    let judged = match &held.carried.attachment {
        Some(attachment) => Some((attachment, bundle(&attachment.bytes)?)),
        None => None,
    };
    let author = author(&held.carried, judged.as_ref());
    let mut all = checks.to_vec();
    all.push(author);
    all.extend(judged.into_iter().flat_map(|(_, verdict)| verdict.checks));
    Ok(Verdict::of(Subject::of("report", bytes), all))
}

/// Whether whoever the evidence is of signed what the report says. Anybody can print words of their own beside somebody else's
/// evidence, which proves its receipts and not the text: so a receipt over the text has to be among them.
fn author(carried: &Carried, judged: Option<&(&Attachment, Verdict)>) -> Check {
    let open = |found: String| (State::NotChecked, found);
    let (state, found) = match judged {
        None => open("the report carries no evidence".to_owned()),
        Some((attachment, verdict)) => {
            match (signature(attachment, &carried.text), verdict.verdict) {
                (Ok(Some(number)), Outcome::Verified) => (State::Pass, format!("receipt {number}")),
                (Ok(Some(number)), _) => open(format!(
                    "receipt {number} says so, in evidence that is not verified itself"
                )),
                (Ok(None), _) => open(
                    "the evidence has no receipt over this text: it was printed, and not published"
                        .to_owned(),
                ),
                (Err(_), _) => open("the evidence cannot be read".to_owned()),
            }
        }
    };
    Check {
        id: "R04".to_owned(),
        state,
        sentence: "Whoever the evidence is of signed this text.".to_owned(),
        expected: match state {
            State::Pass => format!("a receipt over SHA-256 {}", carried.text),
            _ => String::new(),
        },
        found,
        detail: Vec::new(),
        needed: true,
    }
}

/// The number of the receipt of a narrative that is over a text. It is worth what the bundle's verdict is.
fn signature(attachment: &Attachment, text: &str) -> Result<Option<u64>, evidence::Error> {
    let bundle = Bundle::open(&attachment.bytes, zip::Limits::BUNDLE)?;
    let contents = Contents::of(&bundle)?;
    for from in (0..contents.len()).step_by(PAGE) {
        for entry in contents.entries(contents.newest(from, PAGE))? {
            let Some(statement) = statement_of(&entry) else {
                continue;
            };
            let over = |it: &Subject| it.digest.get("sha256").is_some_and(|it| it == text);
            if matches!(Said::of(&statement), Ok(Said::Narrative(_)))
                && statement.subject.iter().any(over)
            {
                return Ok(Some(entry.leaf.seq));
            }
        }
    }
    Ok(None)
}
