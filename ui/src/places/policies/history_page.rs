//! The inspector's History page: earlier previews and imports of this workspace.

use ipc::{History, HistoryEntry};
use leptos::{prelude::*, task::spawn_local};
use model::Failure;

use crate::{
    calls::call,
    components::{EmptyState, badge, skeleton},
    icons::Icon,
    places::failed,
    texts::policies,
    words,
};

/// The page; asks when it is shown.
pub fn history_page() -> AnyView {
    let list = RwSignal::new(None::<Result<Vec<HistoryEntry>, Failure>>);
    spawn_local(async move {
        let answer = call::<History>(()).await;
        list.try_set(Some(answer));
    });
    view! {
        {move || match list.get() {
            None => skeleton(),
            Some(Err(failure)) => view! { <div class="section">{failed(&failure)}</div> }.into_any(),
            Some(Ok(list)) if list.is_empty() => view! {
                <EmptyState picture=Icon::History title=policies::NO_HISTORY.get() text=policies::NO_HISTORY_ABOUT/>
            }.into_any(),
            Some(Ok(list)) => list.into_iter().map(entry).collect_view().into_any(),
        }}
    }
    .into_any()
}

fn entry(entry: HistoryEntry) -> AnyView {
    let counts = entry.totals.map(|totals| {
        view! {
            <span class="row">
                {badge("gain", format!("+ {}", words::number(totals.gained)))}
                {badge("lose", format!("− {}", words::number(totals.lost)))}
                {badge("maybe", format!("? {}", words::number(words::open_rows(&totals))))}
            </span>
        }
    });
    view! {
        <div class="item" data-test="history-entry" data-help="workspace/memory">
            <span class="title"><b>{entry.title}</b></span>
            <span class="foot"><span>{words::date_time(&entry.at)}</span>{counts}</span>
        </div>
    }
    .into_any()
}
