//! What publishes a narrative, and what a reader says of one.

use ipc::{NarrativeForm, NarrativePublish, PublishNarrative, Rated, Unlock, UnlockLedger};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure};

use crate::{
    calls::call,
    components::{Kind, Piece, button, choice, field, locked, piece, shown, trouble, typed},
    dom,
    state::Studio,
    texts::{Text, narratives, shell},
};

fn buttons(studio: Studio, label: Text, test: &str, busy: bool) -> Piece {
    piece("footer")
        .add(
            button(shell::CANCEL.get(), None, Kind::Plain)
                .pressed(move || studio.overlay.set(None)),
        )
        .add(
            button(label.get(), None, Kind::Primary)
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
        let forms = [
            ("pdf", narratives::PDF.get()),
            ("html", narratives::HTML.get()),
            ("markdown", narratives::MARKDOWN.get()),
        ];
        let label = narratives::PUBLISH_AS.get();
        piece("div.body")
            .add(piece("p").text(narratives::PUBLISH_ABOUT.get()))
            .add(choice(label, "publish-form", "pdf", forms))
    });
    let told = shown(move || {
        piece("div.body").add(match failure.get() {
            _ if busy.get() => piece("p.dim")
                .with("role", "status")
                .text(narratives::SIGNING.get()),
            None => piece("span"),
            Some(why) if why.code == Code::KeyLocked => locked(&why, "publish-passphrase"),
            Some(why) => trouble(&why),
        })
    });
    let buttons =
        shown(move || buttons(studio, shell::DIALOG_PUBLISH, "publish-submit", busy.get()));
    dom::focus_soon("#publish-form");
    view! {
        <form data-help="narratives/publishing" on:submit=move |event| {
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
                        let receipt = &receipt.to_string();
                        let says_so = narratives::ReceiptSaysSo { receipt }.say();
                        studio.toast(narratives::IS_PUBLISHED, says_so, false);
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
        let stars = [
            ("5", narratives::STARS_5.get()),
            ("4", "4"),
            ("3", narratives::STARS_3.get()),
            ("2", "2"),
            ("1", narratives::STARS_1.get()),
        ];
        let receipt = &receipt.to_string();
        piece("div.body")
            .add(piece("p.dim").text(&narratives::RateAbout { receipt }.say()))
            .add(choice(narratives::STARS.get(), "rate-stars", "5", stars))
            .add(field(narratives::COMMENT.get(), "rate-comment", ""))
    });
    let buttons = shown(move || buttons(studio, shell::DIALOG_RATE, "rate-submit", false));
    dom::focus_soon("#rate-stars");
    view! {
        <form data-help="narratives/publishing" on:submit=move |event| {
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
