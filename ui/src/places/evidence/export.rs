//! Which receipts of the workspace's ledger go into a bundle, what for, and where it is written.

use ipc::{ExportAsked, ExportBundle, Name, SaveAs, Unlock, UnlockLedger};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::{
    calls::call,
    components::{Kind, Piece, button, piece, shown, trouble},
    dom,
    state::Studio,
    words,
};

/// What is wrong with the numbers, if anything.
fn range(first: &str, last: &str, receipts: u64) -> Result<(u64, u64), String> {
    let number = |text: &str| text.replace([',', ' ', '_'], "").parse::<u64>();
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

/// A labelled text field.
fn field(label: &str, id: &str, value: &str) -> Piece {
    let secret = id == "export-passphrase";
    piece("div.field")
        .add(piece("label").with("for", id).text(label))
        .add(
            piece("input.input")
                .with("id", id)
                .with("value", value)
                .with_if(secret, "type", "password")
                .with_if(secret, "autocomplete", "off"),
        )
}

fn typed(id: &str) -> String {
    let field = dom::find(id).and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
    field.map_or_else(String::new, |field| field.value().trim().to_owned())
}

/// The form.
pub fn export(studio: Studio) -> AnyView {
    let (origin, receipts) = studio
        .evidence
        .ledger
        .with_untracked(|ledger| match ledger {
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
        let chosen = range(&typed("#export-first"), &typed("#export-last"), receipts);
        wrong.set(chosen.as_ref().err().cloned().unwrap_or_default());
        failure.set(None);
        let Ok((first, last)) = chosen else {
            return dom::focus("#export-first");
        };
        if writing.get_value() {
            return;
        }
        let name = format!("{name}-{first}-{last}.tfb");
        let purpose = typed("#export-purpose");
        let passphrase = typed("#export-passphrase");
        writing.set_value(true);
        spawn_local(async move {
            let written = async {
                if !passphrase.is_empty() {
                    call::<UnlockLedger>(Unlock { passphrase }).await?;
                }
                if place.with_value(Option::is_none) {
                    place.set_value(call::<SaveAs>(Name { name }).await?);
                }
                match place.get_value() {
                    Some(path) => write(first, last, purpose, path).await.map(Some),
                    // The user thought better of it.
                    None => Ok(None),
                }
            };
            let written = written.await;
            writing.try_update_value(|writing| *writing = false);
            match written {
                Ok(Some((path, told))) => {
                    studio.overlay.set(None);
                    studio.toast(told, path, false);
                }
                Ok(None) => {}
                Err(why) => {
                    if why.code == Code::KeyLocked {
                        dom::focus_soon("#export-passphrase");
                    } else {
                        place.try_set_value(None);
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
    let fields = shown(move || {
        piece("div.body")
            .add(piece("p.dim").text(&about))
            .add(
                piece("div.pair")
                    .add(field("First receipt", "export-first", "0"))
                    .add(field("Last receipt", "export-last", &newest.to_string())),
            )
            .add(field("Purpose", "export-purpose", ""))
            .add(
                piece("p.faint")
                    .text("The purpose is signed with the bundle, for whoever opens it."),
            )
    });
    let told = shown(move || {
        let told = piece("div.body");
        match (wrong.get(), failure.get()) {
            (_, Some(why)) if why.code == Code::KeyLocked => told
                .add(
                    piece("p")
                        .with("role", "alert")
                        .prose(&words::sentence(&why.message)),
                )
                .add(
                    field("Passphrase of the key", "export-passphrase", "")
                        .with("data-test", "passphrase"),
                ),
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
        piece("footer")
            .add(button("Cancel", None, Kind::Plain).pressed(move || studio.overlay.set(None)))
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
async fn write(
    first: u64,
    last: u64,
    purpose: String,
    path: String,
) -> Result<(String, String), Failure> {
    let asked = ExportAsked {
        first,
        last,
        purpose,
        path,
    };
    let done = call::<ExportBundle>(asked).await?;
    let told = format!(
        "{} exported, {}",
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
