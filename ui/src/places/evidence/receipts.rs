//! Receipts as a timeline, newest first, and the one in front with all that proves it.

use ipc::{ReceiptView, ReceiptsOf};
use leptos::prelude::*;

use super::{empty, hash, path, tabs, words_of};
use crate::{
    components::{
        Column, DataTable, Kind, Piece, RowState, TabLabel, TableRow, button, copies, facts, live,
        nothing, piece, shown, skeleton, trouble,
    },
    icons::Icon,
    state::{Receipts, Room, Studio},
    words,
};

const COLUMNS: [Column; 5] = [
    Column::numbers("Number", "74px"),
    Column::words("Signed, UTC", "132px"),
    Column::words("Kind", "minmax(72px, 1.2fr)"),
    Column::words("What it says", "minmax(0, 4fr)"),
    Column::words("By", "minmax(0, 1fr)"),
];

/// Its kind in words.
fn kind(receipt: &ReceiptView) -> String {
    match receipt.kind.as_str() {
        "" => "unknown".to_owned(),
        kind => kind.replace('-', " "),
    }
}

/// The timeline.
pub fn list(studio: Studio, receipts: Receipts) -> AnyView {
    let total = Memo::new(move |_| receipts.list.total());
    let item = move |at: u64| receipts.list.get(at);
    // The newest is in front until another is chosen.
    Effect::new(move |_| {
        let wanted = studio.evidence.wanted;
        if receipts.of == ReceiptsOf::Ledger
            && let (Some(number), Some(total)) = (wanted.get(), total.get())
            && number < total
        {
            wanted.set(None);
            receipts.row.set(Some(total - 1 - number));
        }
        let row = receipts.row.get();
        if row.is_none() && total.get().is_some_and(|total| total > 0) {
            receipts.row.set(Some(0));
        }
        if let Some(receipt) = row.and_then(item) {
            receipts.prove(receipt.number);
        }
    });
    // Where there is little room, who signed stands beside the receipt only.
    let columns = move || {
        let shown = if studio.room.get() == Room::Wide {
            5
        } else {
            4
        };
        COLUMNS.into_iter().take(shown).collect::<Vec<_>>()
    };
    let row = move |at: Signal<u64>| {
        let purged = move || match item(at.get()) {
            Some(receipt) if receipt.purged => "purged",
            _ => "",
        };
        TableRow {
            state: Signal::derive(move || RowState {
                class: purged(),
                ..RowState::default()
            }),
            cells: Box::new(move || match item(at.get()) {
                Some(receipt) => cells(&receipt, studio.room.get() == Room::Wide),
                None => cell("wait", String::new()),
            }),
        }
    };
    let id = match receipts.of {
        ReceiptsOf::Bundle => "bundle-receipts",
        ReceiptsOf::Ledger => "ledger-receipts",
    };
    // A page that arrives says anew that nothing failed; the table stays.
    let failed = Memo::new(move |_| receipts.list.failure().is_some());
    live(move || {
        if failed.get() {
            return shown(move || {
                let failure = receipts.list.failure();
                failure.map_or_else(
                    || piece("span"),
                    |it| piece("div.section").add(trouble(&it)),
                )
            });
        }
        match total.get() {
            None => skeleton(),
            Some(0) => shown(|| {
                empty(
                    Icon::History,
                    "No receipts",
                    "Nothing was signed yet. A receipt is kept of a drift preview you ask for, of the guard's verdicts, of overrides and of keys that change.",
                )
            }),
            Some(_) => view! {
                <DataTable
                    id
                    label="Receipts, newest first"
                    columns=Signal::derive(columns)
                    total=Signal::derive(move || total.get().unwrap_or(0))
                    row
                    current=receipts.row
                    on_open=|_| {}
                />
            }
            .into_any(),
        }
    })
}

fn cell(class: &'static str, text: String) -> AnyView {
    view! { <span role="gridcell" class=class>{text}</span> }.into_any()
}

fn cells(receipt: &ReceiptView, wide: bool) -> AnyView {
    let time = match receipt.at.get(11..16) {
        Some(time) => format!("{}, {time}", words::date(&receipt.at)),
        None => receipt.at.clone(),
    };
    let (tone, says) = match receipt.purged {
        true => ("faint", "purged: only its leaf is left".to_owned()),
        false => ("", words::sentence(&receipt.says)),
    };
    let mut row = vec![
        cell("right stop", words::number(receipt.number)),
        cell("dim num", time),
        cell("dim", kind(receipt)),
        cell(tone, says),
    ];
    if wide {
        row.push(cell("dim", receipt.signer.clone()));
    }
    row.into_any()
}

/// The receipt in front.
pub fn front(studio: Studio, receipts: Receipts) -> AnyView {
    let page = studio.evidence.proof_page;
    let labels = || {
        vec![
            TabLabel::new("path", "Inclusion proof"),
            TabLabel::new("statement", "Statement"),
            TabLabel::new("envelope", "Envelope"),
        ]
    };
    let known = Memo::new(move |_| receipts.proof.with(|proof| matches!(proof, Some(Ok(_)))));
    let body = move || {
        view! {
            {tabs("receipt", "What proves the receipt", Signal::derive(labels), page)}
            <div class="panel" id="receipt-panel" role="tabpanel" tabindex="0" aria-label=move || page.get() data-test="receipt">
                {shown(move || proof(studio, receipts, page.get()))}
            </div>
        }
        .into_any()
    };
    view! {
        {shown(move || head(studio, receipts))}
        {live(move || if known.get() { body() } else { nothing() })}
    }
    .into_any()
}

fn head(studio: Studio, receipts: Receipts) -> Piece {
    receipts.proof.with(|proof| {
        let proof = match proof {
            None => return piece("span"),
            Some(Err(failure)) => return piece("div.section").add(trouble(failure)),
            Some(Ok(proof)) => proof,
        };
        let receipt = &proof.receipt;
        let says = match receipt.purged {
            true => "It was purged: what it said is gone for good, its leaf still holds its place."
                .to_owned(),
            false => words::sentence(&receipt.says),
        };
        let keys = match proof.keys.is_empty() {
            true => words_of("not known"),
            false => piece("div").all(
                proof
                    .keys
                    .iter()
                    .map(|key| hash(studio, "Copy the key's id", key)),
            ),
        };
        let (number, title) = (
            receipt.number,
            format!("Receipt {}", words::number(receipt.number)),
        );
        let head = piece("div.pack-head")
            .add(
                piece("div.row")
                    .add(piece("h2.grow").text(&title))
                    .add(piece("span.badge.outline").text(&kind(receipt))),
            )
            .add(piece("p").with("data-test", "receipt-says").text(&says))
            .add(facts(vec![
                ("Signed", words_of(&words::date_time(&receipt.at))),
                ("By", words_of(&receipt.signer)),
                ("Keys", keys),
            ]));
        match receipts.of {
            ReceiptsOf::Bundle => head,
            ReceiptsOf::Ledger => head.add(
                piece("span.row").add(
                    button("Export this receipt…", Some(Icon::Save), Kind::Plain)
                        .with("data-test", "export-receipt")
                        .pressed(move || studio.offer_export(Some(number))),
                ),
            ),
        }
    })
}

fn proof(studio: Studio, receipts: Receipts, page: &str) -> Piece {
    receipts.proof.with(|proof| match proof {
        Some(Ok(proof)) => match page {
            "statement" => text(studio, "Copy statement", &proof.statement),
            "envelope" => text(studio, "Copy envelope", &proof.envelope),
            _ => path::path(studio, proof.receipt.number, proof.path.as_ref()),
        },
        _ => piece("span"),
    })
}

fn text(studio: Studio, label: &str, text: &str) -> Piece {
    if text.is_empty() {
        return empty(
            Icon::Trash2,
            "Purged",
            "The receipt and its salt were destroyed. What it said cannot be guessed back from the leaf that is left.",
        );
    }
    piece("div.section")
        .add(code(text))
        .add(piece("span.row").add(copies(studio, label, Kind::Plain, text.to_owned())))
}

/// Code, coloured once the editor's module is there.
fn code(text: &str) -> Piece {
    piece("pre.code").text(text).painted(text)
}
