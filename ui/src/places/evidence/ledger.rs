//! The ledger of the workspace: what it is called, what it holds and what of it is signed, its keys, and its receipts.

use ipc::LedgerView;
use leptos::prelude::*;

use super::{empty, file, receipts, words_of};
use crate::{
    components::{Gutter, Kind, Piece, copies, drawn, live, piece, shown, skeleton, trouble},
    icons::Icon,
    state::Studio,
    words,
};

/// The page.
pub fn ledger(studio: Studio) -> AnyView {
    let evidence = studio.evidence;
    // A view that came again makes the facts anew, and not the timeline below them.
    let known = Memo::new(move |_| evidence.ledger.with(Option::is_some));
    let open = Memo::new(move |_| {
        evidence
            .ledger
            .with(|view| matches!(view, Some(Ok(Some(_)))))
    });
    let about = move || {
        shown(move || {
            evidence.ledger.with(|view| match view {
                None => piece("span"),
                Some(Err(failure)) => trouble(failure),
                Some(Ok(None)) => none(studio),
                Some(Ok(Some(view))) => facts(studio, view),
            })
        })
    };
    live(move || {
        match (known.get(), open.get()) {
        (false, _) => skeleton(),
        (true, false) => about(),
        (true, true) => view! {
            <div class="judged" class:stale=move || !evidence.busy.get().is_empty()>
                {about()}
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

fn none(studio: Studio) -> Piece {
    let command = studio.workspace.with_untracked(|workspace| {
        workspace.as_ref().map_or_else(String::new, |workspace| {
            format!(
                "fabric keys create audit\nfabric ledger init {} --key audit",
                quoted(&workspace.root)
            )
        })
    });
    empty(Icon::Database, "This workspace keeps no ledger", "With one, every preview you keep and every verdict of the guard leaves a signed receipt that nobody can change or drop unseen. Make a key, then begin one:")
        .add(
            piece("pre.code")
                .with("data-test", "ledger-init")
                .text(&command),
        )
        .add(copies(studio, "Copy the commands", Kind::Plain, command))
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "/._-~".contains(letter);
    match path.chars().all(plain) {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

fn facts(studio: Studio, ledger: &LedgerView) -> Piece {
    let open = ledger.receipts.saturating_sub(ledger.signed);
    let state = match (&ledger.trouble, open) {
        (Some(_), _) => piece("span.badge.risk").text("signs nothing"),
        (None, 0) => piece("span.badge").text("all signed"),
        (None, open) => {
            piece("span.badge.warn").text(&format!("{} not signed yet", words::number(open)))
        }
    };
    let fact = |name: &str, value: Piece| {
        piece("div")
            .add(piece("dt").text(name))
            .add(piece("dd").add(value))
    };
    let keys = ledger.keys.iter().map(|key| {
        piece("li.row")
            .add(piece("b").text(&key.name))
            .add(
                piece("code.faint.cut.copyable")
                    .with("data-tip", &key.vkey)
                    .text(&key.vkey),
            )
            .add(copies(
                studio,
                "Copy for a trust file",
                Kind::Tiny,
                key.vkey.clone(),
            ))
    });
    let mut page = piece("section.card.section.ledger")
        .with("aria-label", "The ledger")
        .with("data-test", "ledger");
    if let Some(failure) = &ledger.trouble {
        page = page.add(trouble(failure));
    }
    page = page
        .add(
            piece("div.row.wrap")
                .add(piece("h2").add(piece("code").text(&ledger.origin)))
                .add(state),
        )
        .add(
            piece("dl.pack-facts")
                .add(fact("Receipts", words_of(&words::number(ledger.receipts))))
                .add(fact(
                    "Covered by its checkpoint",
                    words_of(&words::number(ledger.signed)),
                ))
                .add(fact("Database", file(studio, &ledger.path))),
        )
        .add(piece("ul.names").with("aria-label", "Keys").all(keys));
    match studio.evidence.read_again.get() {
        None => page,
        Some(at) => {
            let at = at.get(11..19).unwrap_or(&at);
            let told = format!(
                "Read again at {at} UTC: {}, nothing contradicts itself.",
                words::count(ledger.receipts, "receipt", "receipts")
            );
            page.add(
                piece("p.row.ok")
                    .with("data-test", "ledger-read")
                    .add(drawn(Icon::Check))
                    .add(words_of(&told)),
            )
        }
    }
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
