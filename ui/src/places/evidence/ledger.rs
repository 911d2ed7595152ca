//! The ledger of the workspace: what it is called, what it holds and what of it is signed, its keys, and its receipts.

use ipc::{LedgerKeyView, LedgerView};
use leptos::prelude::*;

use super::{copy, file, receipts};
use crate::{
    components::{EmptyState, Gutter, badge, live, nothing, skeleton},
    icons::{Icon, icon},
    places::failed,
    state::Studio,
    words,
};

/// The page.
pub fn ledger(studio: Studio) -> AnyView {
    let evidence = studio.evidence;
    // A view that came again draws the facts anew, and not the timeline below them.
    #[derive(Clone, Copy, PartialEq)]
    enum Shown {
        Waiting,
        Failed,
        None,
        Ledger,
    }
    let shown = Memo::new(move |_| {
        evidence.ledger.with(|view| match view {
            None => Shown::Waiting,
            Some(Err(_)) => Shown::Failed,
            Some(Ok(None)) => Shown::None,
            Some(Ok(Some(_))) => Shown::Ledger,
        })
    });
    live(move || {
        match shown.get() {
        Shown::Waiting => skeleton(),
        Shown::Failed => live(move || {
            evidence.ledger.with(|view| match view {
                Some(Err(failure)) => failed(failure),
                _ => nothing(),
            })
        }),
        Shown::None => none(studio),
        Shown::Ledger => view! {
            <div class="judged" class:stale=move || evidence.busy.get().is_some()>
                {live(move || evidence.ledger.with(|view| match view {
                    Some(Ok(Some(view))) => facts(studio, view),
                    _ => nothing(),
                }))}
                <div class="review">
                    <section class="card" aria-label="Receipts">{receipts::list(studio, evidence.kept)}</section>
                    <Gutter property="--why" label="Width of the receipt" smallest=300.0 largest=720.0 usual=420.0 right=true/>
                    <aside class="card" aria-label="The receipt in front">{receipts::front(studio, evidence.kept)}</aside>
                </div>
            </div>
        }
        .into_any(),
    }
    })
}

fn none(studio: Studio) -> AnyView {
    let command = studio.workspace.with_untracked(|workspace| {
        workspace.as_ref().map_or_else(String::new, |workspace| {
            format!(
                "fabric keys create audit\nfabric ledger init {} --key audit",
                quoted(&workspace.root)
            )
        })
    });
    view! {
        <EmptyState
            picture=Icon::Database
            title="This workspace keeps no ledger"
            text="With one, every preview you keep and every verdict of the guard leaves a signed receipt that nobody can change or drop unseen. Make a key, then begin one:"
        >
            <pre class="code" data-test="ledger-init">{command.clone()}</pre>
            {copy(studio, "Copy the commands", command)}
        </EmptyState>
    }
    .into_any()
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "/._-~".contains(letter);
    match path.chars().all(plain) {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

fn facts(studio: Studio, ledger: &LedgerView) -> AnyView {
    let open = ledger.receipts.saturating_sub(ledger.signed);
    let state = match (&ledger.trouble, open) {
        (Some(_), _) => badge("risk", "signs nothing"),
        (None, 0) => badge("", "all signed"),
        (None, open) => badge("warn", format!("{} not signed yet", words::number(open))),
    };
    let fact = |name: &'static str, value: AnyView| {
        view! { <div><dt>{name}</dt>" "<dd>{value}</dd></div> }.into_any()
    };
    let key = |key: &LedgerKeyView| {
        view! {
            <li class="row">
                <b>{key.name.clone()}</b>
                <code class="faint cut copyable" data-tip=key.vkey.clone()>{key.vkey.clone()}</code>
                {copy(studio, "Copy for a trust file", key.vkey.clone())}
            </li>
        }
        .into_any()
    };
    let read = studio.evidence.read_again.get().map(|at| {
        let at = at.get(11..19).unwrap_or(&at).to_owned();
        view! { <p class="row ok" data-test="ledger-read">{icon(Icon::Check)}<span>{format!("Read again at {at} UTC: {}, nothing contradicts itself.", words::count(ledger.receipts, "receipt", "receipts"))}</span></p> }.into_any()
    });
    view! {
        <section class="card section ledger" aria-label="The ledger" data-test="ledger">
            {ledger.trouble.as_ref().map(failed)}
            <div class="row wrap"><h2><code>{ledger.origin.clone()}</code></h2>{state}</div>
            <dl class="pack-facts">
                {fact("Receipts", words::number(ledger.receipts).into_any())}
                {fact("Covered by its checkpoint", words::number(ledger.signed).into_any())}
                {fact("Database", file(studio, &ledger.path))}
            </dl>
            <ul class="names" aria-label="Keys">{ledger.keys.iter().map(key).collect_view()}</ul>
            {read}
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_copied_command_means_the_folder_it_shows() {
        assert_eq!(quoted("/home/ada/northwind"), "/home/ada/northwind");
        assert_eq!(quoted("/home/ada/my work"), "'/home/ada/my work'");
        assert_eq!(quoted("/a'; rm -r b"), r"'/a'\''; rm -r b'");
    }
}
