//! Receipts as a timeline, newest first, and the one in front with all that proves it.

use ipc::{ReceiptProof, ReceiptView, ReceiptsOf};
use leptos::prelude::*;

use super::{fact, hash, path};
use crate::{
    components::{
        Button, CodeView, Column, DataTable, EmptyState, RowState, TabLabel, TableRow, Tabs, badge,
        live, nothing, skeleton,
    },
    dom,
    icons::Icon,
    places::failed,
    state::{Receipts, Room, Studio},
    words,
};

const COLUMNS: [Column; 5] = [
    Column::numbers("Number", "74px"),
    Column::words("Signed, UTC", "132px"),
    Column::words("Kind", "104px"),
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
        if total.get().is_some_and(|total| total > 0) && receipts.row.get().is_none() {
            receipts.row.set(Some(0));
        }
    });
    Effect::new(move |_| {
        if let Some(receipt) = receipts.row.get().and_then(item) {
            receipts.prove(receipt.number);
        }
    });
    let wide = Memo::new(move |_| studio.room.get() == Room::Wide);
    // Where there is little room, who signed stands beside the receipt only.
    let columns = move || {
        let shown = if wide.get() { 5 } else { 4 };
        COLUMNS.into_iter().take(shown).collect::<Vec<_>>()
    };
    let row = move |at: Signal<u64>| {
        let shown = Memo::new(move |_| item(at.get()));
        TableRow {
            state: Signal::derive(move || RowState {
                class: shown.with(|shown| match shown {
                    Some(receipt) if receipt.purged => "purged",
                    _ => "",
                }),
                ..RowState::default()
            }),
            cells: Box::new(move || {
                shown.with(|shown| {
                    shown
                        .as_ref()
                        .map_or_else(waiting, |receipt| cells(receipt, wide.get()))
                })
            }),
        }
    };
    let id = match receipts.of {
        ReceiptsOf::Bundle => "bundle-receipts",
        ReceiptsOf::Ledger => "ledger-receipts",
    };
    view! {
        {live(move || receipts.list.failure().map_or_else(nothing, |failure| view! { <div class="section">{failed(&failure)}</div> }.into_any()))}
        {live(move || match total.get() {
            None if receipts.list.failure().is_some() => nothing(),
            None => skeleton(),
            Some(0) => view! { <EmptyState picture=Icon::History title="No receipts" text="Nothing was signed yet. A receipt is kept of a drift preview you ask for, of the guard's verdicts, of overrides and of keys that change."/> }.into_any(),
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
        })}
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! { <span class="wait"></span><span class="wait"></span><span class="wait"></span> }
        .into_any()
}

fn cells(receipt: &ReceiptView, wide: bool) -> AnyView {
    let time = match receipt.at.get(11..16) {
        Some(time) => format!("{}, {time}", words::date(&receipt.at)),
        None => receipt.at.clone(),
    };
    let says = match receipt.purged {
        true => view! { <span class="faint">"purged: only its leaf is left"</span> }.into_any(),
        false => words::sentence(&receipt.says).into_any(),
    };
    let signer = wide.then(|| {
        view! { <span role="gridcell" class="dim">{receipt.signer.clone()}</span> }.into_any()
    });
    view! {
        <span role="gridcell" class="right stop">{words::number(receipt.number)}</span>
        <span role="gridcell" class="dim num">{time}</span>
        <span role="gridcell" class="dim">{kind(receipt)}</span>
        <span role="gridcell">{says}</span>
        {signer}
    }
    .into_any()
}

/// The receipt in front.
pub fn front(studio: Studio, receipts: Receipts) -> AnyView {
    let page = RwSignal::new("path");
    view! {
        {live(move || match receipts.proof.get() {
            None if receipts.number.get().is_none() => view! {
                <EmptyState picture=Icon::CircleDot title="No receipt in front" text="Choose one to see what was signed, by whom, and its way to the root of the ledger."/>
            }
            .into_any(),
            None => skeleton(),
            Some(Err(failure)) => view! { <div class="section">{failed(&failure)}</div> }.into_any(),
            Some(Ok(proof)) => opened(studio, proof, page),
        })}
    }
    .into_any()
}

fn opened(studio: Studio, proof: ReceiptProof, page: RwSignal<&'static str>) -> AnyView {
    let receipt = &proof.receipt;
    let says = match receipt.purged {
        true => "It was purged: what it said is gone for good, its leaf still holds its place."
            .to_owned(),
        false => words::sentence(&receipt.says),
    };
    let keys = proof
        .keys
        .iter()
        .map(|key| hash(studio, "Copy the key's id", key))
        .collect_view();
    let keys = match proof.keys.is_empty() {
        true => view! { <span class="faint">"not known"</span> }.into_any(),
        false => keys.into_any(),
    };
    let head = view! {
        <div class="pack-head">
            <div class="row"><h2 class="grow">{format!("Receipt {}", words::number(receipt.number))}</h2>{badge("outline", kind(receipt))}</div>
            <p data-test="receipt-says">{says}</p>
            <table class="facts"><tbody>
                {fact("Signed", words::date_time(&receipt.at).into_any())}
                {fact("By", receipt.signer.clone().into_any())}
                {fact("Keys", keys)}
            </tbody></table>
        </div>
    }
    .into_any();
    let labels = [
        ("path", "Inclusion proof"),
        ("statement", "Statement"),
        ("envelope", "Envelope"),
    ];
    let labels = labels.map(|(key, text)| TabLabel::new(key, text)).to_vec();
    let proof = StoredValue::new(proof);
    view! {
        {head}
        <Tabs name="receipt" label="What proves the receipt" tabs=Signal::stored(labels) current=page on_choose=move |key| page.set(key)/>
        <div class="panel" id="receipt-panel" role="tabpanel" tabindex="0" aria-label=move || page.get() data-test="receipt">
            {live(move || proof.with_value(|proof| match page.get() {
                "statement" => text(studio, "Copy statement", &proof.statement),
                "envelope" => text(studio, "Copy envelope", &proof.envelope),
                _ => path::path(studio, proof.receipt.number, proof.path.as_ref()),
            }))}
        </div>
    }
    .into_any()
}

fn text(studio: Studio, label: &'static str, text: &str) -> AnyView {
    if text.is_empty() {
        return view! { <EmptyState picture=Icon::Trash2 title="Purged" text="The receipt and its salt were destroyed. What it said cannot be guessed back from the leaf that is left."/> }.into_any();
    }
    let copied = text.to_owned();
    view! {
        <div class="section">
            <CodeView text=text.to_owned()/>
            <span class="row"><Button label picture=Icon::Copy on_click=move || {
                dom::copy(&copied);
                studio.say("Copied");
            }/></span>
        </div>
    }
    .into_any()
}
