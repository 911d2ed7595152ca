//! Whose word counts: the trust file, and whom it names.

use ipc::{TrustKey, TrustView};
use leptos::prelude::*;

use super::{file, hash};
use crate::{
    components::{Button, Kind, live, nothing},
    icons::{Icon, icon},
    places::failed,
    shell::act,
    state::Studio,
    words,
};

/// The trust file chosen last, before there is a bundle.
pub fn chosen(studio: Studio) -> AnyView {
    live(move || {
        studio.evidence.view.with(|view| match view {
            None => nothing(),
            Some(Err(failure)) => failed(failure),
            Some(Ok(view)) => view! { <div class="card section" data-test="trust">{judged(studio, view.trust.as_ref())}</div> }.into_any(),
        })
    })
}

/// A trust file, or that nobody is trusted; and the way to another.
pub fn judged(studio: Studio, trust: Option<&TrustView>) -> AnyView {
    let Some(trust) = trust else {
        return view! {
            <p class="row"><span class="warn">{icon(Icon::CircleQuestionMark)}</span><b>"Trusts nobody yet"</b></p>
            <p class="dim">"A trust file names the ledgers, witnesses and keys whose word counts for you. Without one nothing is believed, so nothing can be decided. What a bundle says of itself never counts."</p>
            <span class="row">{act(studio, "choose-trust", Kind::Plain, "")}</span>
        }
        .into_any();
    };
    let named = [
        words::count(trust.keys.len() as u64, "key", "keys"),
        words::count(trust.origins.len() as u64, "ledger", "ledgers"),
        words::count(u64::from(trust.witnesses), "witness", "witnesses"),
    ]
    .join(", ");
    let whole = match &trust.failure {
        Some(failure) => failed(failure),
        None => view! {
            <details class="fold" data-test="trust-names">
                <summary><span class="turn">{icon(Icon::ChevronRight)}</span>{named}</summary>
                {names(studio, trust)}
            </details>
        }
        .into_any(),
    };
    view! {
        <span class="row"><span class="faint">{icon(Icon::FileText)}</span>{file(studio, &trust.path)}</span>
        {whole}
        <span class="row wrap">
            {act(studio, "choose-trust", Kind::Plain, "Choose another…")}
            <Button label="Trust nobody" kind=Kind::Ghost test="trust-nobody" on_click=move || studio.trust(None)/>
        </span>
    }
    .into_any()
}

fn names(studio: Studio, trust: &TrustView) -> AnyView {
    let ledgers = trust
        .origins
        .iter()
        .map(|it| view! { <li><code class="copyable">{it.clone()}</code></li> }.into_any());
    let key = |it: &TrustKey| {
        view! {
            <li>
                <b>{it.name.clone()}</b>" "<span class="dim">{it.roles.clone()}</span>
                <span class="row"><span class="faint grow">{it.valid.clone()}</span>{hash(studio, "Copy the key's id", &it.id)}</span>
            </li>
        }
        .into_any()
    };
    let none = |what: &'static str| view! { <li class="faint">{what}</li> }.into_any();
    view! {
        <h4 class="label">"Ledgers"</h4>
        <ul class="names">{ledgers.collect_view()}{trust.origins.is_empty().then(|| none("none"))}</ul>
        <h4 class="label">"Keys"</h4>
        <ul class="names">{trust.keys.iter().map(key).collect_view()}{trust.keys.is_empty().then(|| none("none"))}</ul>
        <p class="row"><span class="faint grow">"Digest of the file"</span>{hash(studio, "Copy the digest", &trust.digest)}</p>
    }
    .into_any()
}
