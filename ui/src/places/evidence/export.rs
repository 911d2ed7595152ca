//! Which receipts of the workspace's ledger go into a bundle, what for, and where it is written.

use ipc::{ExportAsked, ExportBundle, Name, SaveAs};
use leptos::{prelude::*, task::spawn_local};
use model::Failure;

use crate::{
    calls::call,
    components::{Button, Field, Kind, live, nothing},
    dom,
    places::failed,
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

/// The form.
pub fn export(studio: Studio) -> AnyView {
    let (origin, receipts) = studio
        .evidence
        .ledger
        .with_untracked(|ledger| match ledger {
            Some(Ok(Some(ledger))) => (ledger.origin.clone(), ledger.receipts),
            _ => (String::new(), 0),
        });
    let first = RwSignal::new("0".to_owned());
    let last = RwSignal::new(receipts.saturating_sub(1).to_string());
    let purpose = RwSignal::new(String::new());
    let writing = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let chosen = move || first.with(|first| last.with(|last| range(first, last, receipts)));
    let name = words::file(&origin).1.to_owned();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Ok((first, last)) = untrack(chosen) else {
            return;
        };
        if writing.get_untracked() {
            return;
        }
        let purpose = purpose.get_untracked().trim().to_owned();
        let name = format!("{name}-{first}-{last}.tfb");
        writing.set(true);
        failure.set(None);
        spawn_local(async move {
            let written = write(first, last, purpose, name).await;
            writing.try_set(false);
            match written {
                Ok(Some((path, told))) => {
                    studio.overlay.set(None);
                    studio.toast(told, path, false);
                }
                Ok(None) => {}
                Err(why) => {
                    failure.try_set(Some(why));
                }
            }
        });
    };
    let told = move || match chosen() {
        Ok((first, last)) => format!(
            "{} of {}, with their proofs and the files they speak of.",
            words::count(last - first + 1, "receipt", "receipts"),
            words::number(receipts)
        ),
        Err(_) => String::new(),
    };
    let error = MaybeProp::derive(move || chosen().err());
    let busy = MaybeProp::derive(move || {
        if writing.get() {
            return Some("Being written".to_owned());
        }
        chosen().err().map(|why| words::sentence(&why))
    });
    dom::focus_soon("#export-first");
    view! {
        <form on:submit=submit>
            <div class="body">
                <p class="dim">"Writes a bundle that anybody verifies offline, with a trust file of their own. Receipts are numbered from 0; a run has no gaps."</p>
                <div class="pair">
                    <Field label="First receipt" id="export-first">
                        <input class="input num" id="export-first" inputmode="numeric" prop:value=first on:input=move |event| first.set(event_target_value(&event))/>
                    </Field>
                    <Field label="Last receipt" id="export-last" error=error>
                        <input class="input num" id="export-last" inputmode="numeric" prop:value=last on:input=move |event| last.set(event_target_value(&event))/>
                    </Field>
                </div>
                <Field label="Purpose" id="export-purpose" hint="Signed with the bundle, for whoever opens it">
                    <input class="input" id="export-purpose" placeholder="Audit of the fourth quarter" prop:value=purpose on:input=move |event| purpose.set(event_target_value(&event))/>
                </Field>
                <p class="dim num">{Signal::derive(told)}</p>
                {live(move || failure.get().map_or_else(nothing, |why| failed(&why)))}
            </div>
            <footer>
                <Button label="Cancel" on_click=move || studio.overlay.set(None)/>
                <Button label="Choose where…" kind=Kind::Primary submit=true blocked=busy test="export-submit" on_click=|| {}/>
            </footer>
        </form>
    }
    .into_any()
}

/// Asks where, and writes. Nothing when the user thought better of it.
async fn write(
    first: u64,
    last: u64,
    purpose: String,
    name: String,
) -> Result<Option<(String, String)>, Failure> {
    let Some(path) = call::<SaveAs>(Name { name }).await? else {
        return Ok(None);
    };
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
    Ok(Some((done.path, told)))
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
