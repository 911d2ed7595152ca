//! The ledger of the workspace: what it is called, what it holds and what of it is signed, its keys, and its receipts.

use ipc::LedgerView;
use leptos::prelude::*;

use super::{empty, file, names, receipts, words_of};
use crate::{
    components::{Gutter, Kind, Piece, copies, drawn, live, piece, shown, skeleton, trouble},
    icons::Icon,
    state::{ReadAgain, Studio},
    texts::{Text, evidence},
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
            <div class="judged" class:stale=move || evidence.busy.get().is_some()>
                {about()}
                <div class="review">
                    <section class="card" aria-label=evidence::RECEIPTS.get()>{receipts::list(studio, evidence.kept)}</section>
                    <Gutter property="--why" label=evidence::RECEIPT_WIDTH.get() smallest=300.0 largest=720.0 usual=420.0 right=true/>
                    <aside class="card" aria-label=evidence::RECEIPT_LABEL.get()>{receipts::front(studio, evidence.kept)}</aside>
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
    let (title, about) = (evidence::NO_LEDGER, evidence::NO_LEDGER_ABOUT);
    let copy = evidence::COPY_COMMANDS.get();
    empty(Icon::Database, title, about)
        .add(
            piece("pre.code")
                .with("data-test", "ledger-init")
                .text(&command),
        )
        .add(copies(studio, copy, Kind::Plain, command))
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
        (Some(_), _) => piece("span.badge.risk").text(evidence::SIGNS_NOTHING.get()),
        (None, 0) => piece("span.badge").text(evidence::ALL_SIGNED.get()),
        (None, count) => piece("span.badge.warn").text(&evidence::NotSigned { count }.say()),
    };
    let fact = |name: Text, value: Piece| {
        piece("div")
            .add(piece("dt").text(name.get()))
            .add(piece("dd").add(value))
    };
    let count = |value| words_of(&words::number(value));
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
                evidence::COPY_KEY.get(),
                Kind::Tiny,
                key.vkey.clone(),
            ))
    });
    let mut page = piece("section.card.section.ledger")
        .with("aria-label", evidence::THE_LEDGER.get())
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
                .add(fact(evidence::RECEIPTS, count(ledger.receipts)))
                .add(fact(evidence::COVERED, count(ledger.signed)))
                .add(fact(evidence::DATABASE, file(studio, &ledger.path))),
        )
        .add(names(evidence::KEYS, keys));
    if let Some(witness) = &ledger.witness {
        page = page.add(piece("p.faint").with("data-test", "witness").prose(witness));
    }
    match studio.evidence.read_again.with(read_again) {
        Some(found) => page.add(found),
        None => page,
    }
}

/// What came of reading it all again.
fn read_again(read: &Option<ReadAgain>) -> Option<Piece> {
    let ReadAgain { at, found } = read.as_ref()?;
    let time = at.get(11..19).unwrap_or(at);
    let line = match *found {
        Ok(count) => {
            let told = evidence::ReadAgainWell { time, count }.say();
            piece("p.row.ok").add(drawn(Icon::Check)).text(&told)
        }
        Err(ref failure) => piece("div.col")
            .add(trouble(failure))
            .add(piece("span.faint").text(&evidence::ReadAgain { time }.say())),
    };
    Some(line.with("data-test", "ledger-read"))
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
