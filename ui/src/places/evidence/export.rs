//! Which receipts of the workspace's ledger go into a bundle, what for, and where it is written.

use crate::{
    calls::call,
    components::{
        Kind, Piece, button, check, checked, field, form_field, locked, piece, shown, trouble,
        typed,
    },
    dom,
    state::{Job, Overlay, Studio},
    texts::{self, Text, evidence, shell},
    words,
};
use ipc::{ExportAsked, ExportBundle, Name, SaveAs, Unlock, UnlockLedger};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure};

/// What is wrong with the numbers, if anything.
fn range(first: &str, last: &str, receipts: u64) -> Result<(u64, u64), String> {
    let group = texts::words::GROUP.get();
    let plain = |text: &str| text.replace(group, "").replace([',', ' ', '_'], "");
    let (Ok(first), Ok(last)) = (plain(first).parse::<u64>(), plain(last).parse::<u64>()) else {
        return Err(evidence::EXPORT_NUMBERS.into());
    };
    match (first <= last, last < receipts) {
        (false, _) => Err(evidence::EXPORT_ORDER.into()),
        (_, false) => {
            let last = receipts.saturating_sub(1);
            Err(evidence::ExportBeyond { last }.say())
        }
        _ => Ok((first, last)),
    }
}

/// A field for a moment.
fn moment_field(label: Text, id: &str) -> Piece {
    let input = piece("input").with("placeholder", "2026-11-21 12:00");
    form_field(label.get(), id, input)
}

/// A moment, or none.
fn moment(id: &str) -> Result<Option<String>, String> {
    match typed(id).trim() {
        "" => Ok(None),
        text => words::moment(text)
            .map(Some)
            .ok_or_else(|| evidence::EXPORT_MOMENT.into()),
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
    let about = evidence::ExportAbout { receipts, newest }.say();
    let one = evidence.exported.get_untracked();
    let (first, last) = one.map_or((0, newest), |one| (one, one));
    let number = |label: Text, id, value: u64| field(label.get(), id, &value.to_string());
    let fields = shown(move || {
        piece("div.body")
            .add(piece("p.dim").text(&about))
            .add(
                piece("div.pair")
                    .add(number(evidence::EXPORT_FIRST, "export-first", first))
                    .add(number(evidence::EXPORT_LAST, "export-last", last))
                    .add(moment_field(evidence::EXPORT_FROM, "export-from"))
                    .add(moment_field(evidence::EXPORT_UNTIL, "export-until")),
            )
            .add(check(
                evidence::EXPORT_EDITS.get(),
                "export-edits",
                one.is_some(),
            ))
            .add(check(
                evidence::EXPORT_REPORTS.get(),
                "export-reports",
                true,
            ))
            .add(check(
                evidence::EXPORT_DECISIONS.get(),
                "export-decisions",
                false,
            ))
            .add(field(evidence::PURPOSE.get(), "export-purpose", ""))
            .add(piece("p.faint").text(evidence::EXPORT_PURPOSE.get()))
    });
    let told = shown(move || {
        let told = piece("div.body");
        if evidence.busy.get().is_some() {
            let far = studio.job.with(|job| match *job {
                Some(Job { done, total, .. }) if total > 0 => {
                    evidence::ExportingOf { done, total }.say()
                }
                _ => evidence::EXPORTING_SOME.into(),
            });
            return told.add(piece("p.dim.num").text(&far));
        }
        match (wrong.get(), failure.get()) {
            (_, Some(why)) if why.code == Code::KeyLocked => {
                told.add(locked(&why, "export-passphrase"))
            }
            (_, Some(why)) if why.code == Code::Cancelled => {
                told.add(piece("p.dim").text(evidence::EXPORT_CANCELLED.get()))
            }
            (_, Some(why)) => told.add(trouble(&why)),
            (why, _) if !why.is_empty() => {
                told.add(piece("p.risk").with("role", "alert").text(&why))
            }
            _ => piece("span"),
        }
    });
    let buttons = shown(move || {
        let cancel = move || match evidence.busy.get_untracked() {
            None => studio.overlay.set(None),
            Some(_) => studio.cancel_job(),
        };
        piece("footer")
            .add(
                button(shell::CANCEL.get(), None, Kind::Plain)
                    .pressed(cancel)
                    .with("data-test", "export-cancel"),
            )
            .add(
                button(evidence::EXPORT_WHERE.get(), None, Kind::Primary)
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
    studio.begin(evidence::EXPORTING);
    let done = call::<ExportBundle>(asked).await;
    studio.end();
    let done = done?;
    let told = evidence::ExportDone {
        receipts: &evidence::ReceiptCount {
            count: done.receipts,
        }
        .say(),
        files: done.artefacts,
        bytes: &words::bytes(done.bytes),
    };
    Ok((done.path, told.say()))
}

#[cfg(test)]
mod tests {
    use super::range;
    use crate::texts::tests::english;

    #[test]
    fn only_receipts_that_exist_are_exported() {
        english();
        assert_eq!(range("0", "4,999", 5_000), Ok((0, 4_999)));
        assert_eq!(range("7", "7", 8), Ok((7, 7)));
        assert!(range("8", "7", 9).is_err());
        assert!(range("0", "5000", 5_000).is_err());
        assert!(range("-1", "3", 9).is_err());
        assert!(range("", "3", 9).is_err());
        assert!(range("0", "0", 0).is_err());
    }
}
