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
    texts::{Text, evidence},
    words,
};

fn all_columns() -> [Column; 5] {
    [
        Column::numbers(evidence::COLUMN_NUMBER.get(), "74px"),
        Column::words(evidence::COLUMN_SIGNED.get(), "132px"),
        Column::words(evidence::COLUMN_KIND.get(), "minmax(72px, 1.2fr)"),
        Column::words(evidence::COLUMN_SAYS.get(), "minmax(0, 4fr)"),
        Column::words(evidence::BY.get(), "minmax(0, 1fr)"),
    ]
}

/// Its kind in words.
fn kind(receipt: &ReceiptView) -> String {
    match receipt.kind.as_str() {
        "" => evidence::KIND_UNKNOWN.into(),
        "drift-preview" => evidence::KIND_DRIFT_PREVIEW.into(),
        "guard-verdict" => evidence::KIND_GUARD_VERDICT.into(),
        "override" => evidence::KIND_OVERRIDE.into(),
        "promotion" => evidence::KIND_PROMOTION.into(),
        "rollback" => evidence::KIND_ROLLBACK.into(),
        "narrative" => evidence::KIND_NARRATIVE.into(),
        "key-rotation" => evidence::KIND_KEY_ROTATION.into(),
        "restore" => evidence::KIND_RESTORE.into(),
        "purge-manifest" => evidence::KIND_PURGE_MANIFEST.into(),
        kind => kind.to_owned(),
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
        all_columns().into_iter().take(shown).collect::<Vec<_>>()
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
                    evidence::NO_RECEIPTS,
                    evidence::NO_RECEIPTS_ABOUT,
                )
            }),
            Some(_) => view! {
                <DataTable
                    id
                    label=evidence::RECEIPTS_LABEL.get()
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
        true => ("faint", evidence::ROW_PURGED.into()),
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
            TabLabel::new("path", evidence::INCLUSION),
            TabLabel::new("statement", evidence::STATEMENT),
            TabLabel::new("envelope", evidence::ENVELOPE),
        ]
    };
    let known = Memo::new(move |_| receipts.proof.with(|proof| matches!(proof, Some(Ok(_)))));
    let body = move || {
        view! {
            {tabs("receipt", evidence::PROVES, Signal::derive(labels), page)}
            <div class="panel" id="receipt-panel" role="tabpanel" tabindex="0" aria-labelledby=move || format!("receipt-tab-{}", page.get()) data-test="receipt">
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
            true => evidence::RECEIPT_PURGED.into(),
            false => words::sentence(&receipt.says),
        };
        let keys = match proof.keys.is_empty() {
            true => words_of(evidence::NO_KEYS.get()),
            false => piece("div").all(
                proof
                    .keys
                    .iter()
                    .map(|key| hash(studio, evidence::COPY_KEY_ID, key)),
            ),
        };
        let number = receipt.number;
        let title = evidence::Receipt { number }.say();
        let signed = words_of(&words::date_time(&receipt.at));
        let head = piece("div.pack-head")
            .add(
                piece("div.row")
                    .add(piece("h2.grow").text(&title))
                    .add(piece("span.badge.outline").text(&kind(receipt))),
            )
            .add(piece("p").with("data-test", "receipt-says").text(&says))
            .add(facts(vec![
                (evidence::RECEIPT_SIGNED.get(), signed),
                (evidence::BY.get(), words_of(&receipt.signer)),
                (evidence::KEYS.get(), keys),
            ]));
        let export = evidence::EXPORT_RECEIPT.get();
        match receipts.of {
            ReceiptsOf::Bundle => head,
            ReceiptsOf::Ledger => head.add(
                piece("span.row").add(
                    button(export, Some(Icon::Save), Kind::Plain)
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
            "statement" => text(studio, evidence::COPY_STATEMENT, &proof.statement),
            "envelope" => text(studio, evidence::COPY_ENVELOPE, &proof.envelope),
            _ => path::path(studio, proof.receipt.number, proof.path.as_ref()),
        },
        _ => piece("span"),
    })
}

fn text(studio: Studio, label: Text, text: &str) -> Piece {
    if text.is_empty() {
        return empty(Icon::Trash2, evidence::PURGED, evidence::PURGED_ABOUT);
    }
    piece("div.section")
        .add(code(text))
        .add(piece("span.row").add(copies(studio, label.get(), Kind::Plain, text.to_owned())))
}

/// Code, coloured once the editor's module is there.
fn code(text: &str) -> Piece {
    piece("pre.code").text(text).painted(text)
}
