//! Which receipts of the workspace's ledger go into a bundle, what for, and where it is written.

use crate::{
    calls::call,
    components::{
        Kind, Piece, button, check, checked, field, form_field, locked, piece, shown, trouble,
        typed,
    },
    dom,
    state::{Overlay, Studio},
    words,
};
use ipc::{ExportAsked, ExportBundle, Name, SaveAs, Unlock, UnlockLedger};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure};

/// What is wrong with the numbers, if anything.
fn range(first: &str, last: &str, receipts: u64) -> Result<(u64, u64), String> {
    let number = |text: &str| text.trim().replace([',', ' ', '_'], "").parse::<u64>();
    let (Ok(first), Ok(last)) = (number(first), number(last)) else {
        return Err("type two whole numbers".to_owned());
    };
    match (first <= last, last < receipts) {
        (false, _) => Err("the first must not come after the last".to_owned()),
        (_, false) => Err(format!(
            "the last receipt is {}",
            words::number(receipts.saturating_sub(1))
        )),
        _ => Ok((first, last)),
    }
}

/// How a moment is written.
const MOMENT: &str = "2026-11-21 12:00";

/// A field for a moment.
fn moment_field(label: &str, id: &str) -> Piece {
    form_field(label, id, piece("input").with("placeholder", MOMENT))
}

/// A moment, or none.
fn moment(id: &str) -> Result<Option<String>, String> {
    match typed(id).trim() {
        "" => Ok(None),
        text => words::moment(text)
            .map(Some)
            .ok_or_else(|| format!("write moments as {MOMENT}")),
    }
}

/// What is asked for, but for the file; or what is wrong with it.
fn asked(receipts: u64) -> Result<ExportAsked, String> {
    let (first, last) = range(&typed("#export-first"), &typed("#export-last"), receipts)?;
    Ok(ExportAsked {
        first,
        last,
        from: moment("#export-from")?,
        until: moment("#export-until")?,
        edits: checked("#export-edits"),
        reports: checked("#export-reports"),
        decisions: checked("#export-decisions"),
        purpose: typed("#export-purpose").trim().to_owned(),
        path: String::new(),
    })
}

/// The form.
pub fn export(studio: Studio) -> AnyView {
    let evidence = studio.evidence;
    let (origin, receipts) = evidence.ledger.with_untracked(|ledger| match ledger {
        Some(Ok(Some(ledger))) => (ledger.origin.clone(), ledger.receipts),
        _ => (String::new(), 0),
    });
    let wrong = RwSignal::new(String::new());
    let failure = RwSignal::new(None::<Failure>);
    let writing = StoredValue::new(false);
    // Where to write was chosen already, when a passphrase was asked for after it.
    let place = StoredValue::new(None::<String>);
    let name = words::file(&origin).1.to_owned();
    let submit = move || {
        if writing.get_value() {
            return;
        }
        // All fields before anything changes: the one for a passphrase goes with the failure that asked for it.
        let asked = asked(receipts);
        let passphrase = typed("#export-passphrase");
        wrong.set(asked.as_ref().err().cloned().unwrap_or_default());
        failure.set(None);
        let Ok(asked) = asked else {
            return dom::focus("#export-first");
        };
        let name = format!("{name}-{}-{}.tfb", asked.first, asked.last);
        let chosen = place.get_value();
        writing.set_value(true);
        // INVARIANT: the dialog may be closed before an answer is here, and what belongs to it is then gone: only `try_` from here on.
        spawn_local(async move {
            let written = async {
                if !passphrase.is_empty() {
                    call::<UnlockLedger>(Unlock { passphrase }).await?;
                }
                let chosen = match chosen {
                    Some(path) => Some(path),
                    None => call::<SaveAs>(Name { name }).await?,
                };
                place.try_set_value(chosen.clone());
                match chosen {
                    Some(path) => write(studio, ExportAsked { path, ..asked }).await.map(Some),
                    // The user thought better of it.
                    None => Ok(None),
                }
            };
            let written = written.await;
            writing.try_set_value(false);
            match written {
                Ok(Some((path, told))) => {
                    if studio.overlay.get_untracked() == Some(Overlay::Export) {
                        studio.overlay.set(None);
                    }
                    studio.toast(told, path, false);
                }
                Ok(None) => {}
                Err(why) => {
                    match why.code {
                        Code::KeyLocked => dom::focus_soon("#export-passphrase"),
                        // The same export, asked for again, goes on where this one stopped.
                        Code::Cancelled => {}
                        _ => {
                            place.try_set_value(None);
                        }
                    }
                    failure.try_set(Some(why));
                }
            }
        });
    };
    let newest = receipts.saturating_sub(1);
    let about = format!(
        "Writes receipts with their proofs into a bundle, which anybody verifies offline with a trust file of their own. The ledger holds {}, numbered 0 to {}.",
        words::count(receipts, "receipt", "receipts"),
        words::number(newest)
    );
    let one = evidence.exported.get_untracked();
    let (first, last) = one.map_or((0, newest), |one| (one, one));
    let fields = shown(move || {
        piece("div.body")
            .add(piece("p.dim").text(&about))
            .add(
                piece("div.pair")
                    .add(field("First receipt", "export-first", &first.to_string()))
                    .add(field("Last receipt", "export-last", &last.to_string()))
                    .add(moment_field("Signed from, UTC", "export-from"))
                    .add(moment_field("Signed before, UTC", "export-until")),
            )
            .add(check(
                "Every other receipt about the same edits: previews, verdicts, overrides, coming into force",
                "export-edits",
                one.is_some(),
            ))
            .add(check(
                "The reports that receipts speak of, as far as this workspace kept them",
                "export-reports",
                true,
            ))
            .add(check(
                "The decisions that the last preview changes, to be run again by whoever verifies",
                "export-decisions",
                false,
            ))
            .add(field("Purpose", "export-purpose", ""))
            .add(
                piece("p.faint")
                    .text("The purpose is signed with the bundle, for whoever opens it."),
            )
    });
    let told = shown(move || {
        let told = piece("div.body");
        if !evidence.busy.with(|busy| busy.is_empty()) {
            let far = studio.job.with(|job| match job {
                Some(job) if job.total > 0 => format!(
                    "Exporting: {} of {}",
                    words::number(job.done),
                    words::number(job.total)
                ),
                _ => "Exporting…".to_owned(),
            });
            return told.add(piece("p.dim.num").text(&far));
        }
        match (wrong.get(), failure.get()) {
            (_, Some(why)) if why.code == Code::KeyLocked => {
                told.add(locked(&why, "export-passphrase"))
            }
            (_, Some(why)) if why.code == Code::Cancelled => told
                .add(piece("p.dim").text(
                    "Cancelled. The same export, asked for again, goes on where it stopped.",
                )),
            (_, Some(why)) => told.add(trouble(&why)),
            (why, _) if !why.is_empty() => told.add(
                piece("p.risk")
                    .with("role", "alert")
                    .text(&words::sentence(&why)),
            ),
            _ => piece("span"),
        }
    });
    let buttons = shown(move || {
        let cancel = move || match evidence.busy.with_untracked(|busy| busy.is_empty()) {
            true => studio.overlay.set(None),
            false => studio.cancel_job(),
        };
        piece("footer")
            .add(
                button("Cancel", None, Kind::Plain)
                    .pressed(cancel)
                    .with("data-test", "export-cancel"),
            )
            .add(
                button("Choose where…", None, Kind::Primary)
                    .with("type", "submit")
                    .with("data-test", "export-submit"),
            )
    });
    dom::focus_soon("#export-first");
    view! {
        <form on:submit=move |event| {
            event.prevent_default();
            submit();
        }>{fields}{told}{buttons}</form>
    }
    .into_any()
}

/// Writes; where, and how much, in words.
async fn write(studio: Studio, asked: ExportAsked) -> Result<(String, String), Failure> {
    studio.begin("Exporting receipts");
    let done = call::<ExportBundle>(asked).await;
    studio.end();
    let done = done?;
    let files = match done.artefacts {
        0 => String::new(),
        files => format!(" with {}", words::count(files, "file", "files")),
    };
    let told = format!(
        "{}{files} exported, {}",
        words::count(done.receipts, "receipt", "receipts"),
        words::bytes(done.bytes)
    );
    Ok((done.path, told))
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn only_receipts_that_exist_are_exported() {
        assert_eq!(range("0", "4,999", 5_000), Ok((0, 4_999)));
        assert_eq!(range("7", "7", 8), Ok((7, 7)));
        assert!(range("8", "7", 9).is_err());
        assert!(range("0", "5000", 5_000).is_err());
        assert!(range("-1", "3", 9).is_err());
        assert!(range("", "3", 9).is_err());
        assert!(range("0", "0", 0).is_err());
    }
}
