//! What publishes a narrative, and what a reader says of one.

use ipc::{NarrativeForm, NarrativePublish, PublishNarrative, Rated, Unlock, UnlockLedger};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure};

use crate::{
    calls::call,
    components::{Kind, Piece, button, choice, field, locked, piece, shown, trouble, typed},
    dom,
    state::Studio,
};

const FORMS: [(&str, &str); 3] = [
    ("pdf", "PDF, with its evidence"),
    ("html", "HTML, one file"),
    ("markdown", "Markdown"),
];

const STARS: [(&str, &str); 5] = [
    ("5", "5: it said all I needed"),
    ("4", "4"),
    ("3", "3: I had to ask"),
    ("2", "2"),
    ("1", "1: it did not help"),
];

fn buttons(studio: Studio, label: &str, test: &str, busy: bool) -> Piece {
    piece("footer")
        .add(button("Cancel", None, Kind::Plain).pressed(move || studio.overlay.set(None)))
        .add(
            button(label, None, Kind::Primary)
                .with("type", "submit")
                .with("data-test", test)
                .with_if(busy, "disabled", ""),
        )
}

/// Publishes the narrative in front.
pub fn publishing(studio: Studio) -> AnyView {
    let failure = RwSignal::new(None::<Failure>);
    let busy = RwSignal::new(false);
    let fields = shown(move || {
        piece("div.body")
            .add(piece("p").text("A receipt is signed over its bytes and its facts, and both are kept beside the ledger: whoever gets a copy can prove that it is this one."))
            .add(choice("As", "publish-form", "pdf", FORMS))
    });
    let told = shown(move || {
        piece("div.body").add(match failure.get() {
            _ if busy.get() => piece("p.dim").with("role", "status").text("Signing…"),
            None => piece("span"),
            Some(why) if why.code == Code::KeyLocked => locked(&why, "publish-passphrase"),
            Some(why) => trouble(&why),
        })
    });
    let buttons = shown(move || buttons(studio, "Publish", "publish-submit", busy.get()));
    dom::focus_soon("#publish-form");
    view! {
        <form on:submit=move |event| {
            event.prevent_default();
            let Some(telling) = studio.narratives.telling.get_untracked() else { return };
            if busy.get_untracked() {
                return;
            }
            let form = match typed("#publish-form").as_str() {
                "html" => NarrativeForm::Html,
                "markdown" => NarrativeForm::Markdown,
                _ => NarrativeForm::Pdf,
            };
            let passphrase = typed("#publish-passphrase");
            failure.set(None);
            busy.set(true);
            // INVARIANT: the dialog may be closed before an answer is here: only `try_` from here on.
            spawn_local(async move {
                let published = async {
                    if !passphrase.is_empty() {
                        call::<UnlockLedger>(Unlock { passphrase }).await?;
                    }
                    call::<PublishNarrative>(NarrativePublish { telling, form }).await
                };
                let published = published.await;
                busy.try_set(false);
                match published {
                    Ok(receipt) => {
                        studio.overlay.set(None);
                        studio.view_narratives();
                        studio.view_ledger();
                        studio.toast("Published", format!("Receipt {receipt} says so."), false);
                    }
                    Err(why) => {
                        if why.code == Code::KeyLocked {
                            dom::focus_soon("#publish-passphrase");
                        }
                        failure.try_set(Some(why));
                    }
                }
            });
        }>{fields}{told}{buttons}</form>
    }
    .into_any()
}

/// What a reader thought of a published narrative.
pub fn rating(studio: Studio) -> AnyView {
    let receipt = studio.narratives.rated.get_untracked();
    let fields = shown(move || {
        piece("div.body")
            .add(piece("p.dim").text(&format!(
                "The narrative of receipt {receipt}. Who rates again changes their mind."
            )))
            .add(choice("Stars", "rate-stars", "5", STARS))
            .add(field("Comment", "rate-comment", ""))
    });
    let buttons = shown(move || buttons(studio, "Rate", "rate-submit", false));
    dom::focus_soon("#rate-stars");
    view! {
        <form on:submit=move |event| {
            event.prevent_default();
            studio.rate(Rated {
                receipt,
                stars: typed("#rate-stars").parse().unwrap_or(5),
                comment: typed("#rate-comment").trim().to_owned(),
            });
        }>{fields}{buttons}</form>
    }
    .into_any()
}
