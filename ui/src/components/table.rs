//! DataTable: a long list of equal rows of which only those in view exist (at most a hundred), as an ARIA grid with one
//! tab stop. The list may be of any length; rows are asked for by number. Scrolling makes no rows: those that exist show
//! others, in the order of the list, and say anew only what differs.

use leptos::{ev, html, prelude::*};
use web_sys::KeyboardEvent;

use crate::dom;

/// A column: its head and its track in CSS grid terms.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Words in the head.
    pub head: &'static str,
    /// E.g. `minmax(0, 2fr)`.
    pub track: &'static str,
    /// Numbers stand right.
    pub right: bool,
    /// The head is only read out.
    pub unseen: bool,
}

impl Column {
    /// A column of words.
    pub const fn words(head: &'static str, track: &'static str) -> Self {
        Self {
            head,
            track,
            right: false,
            unseen: false,
        }
    }

    /// A column of numbers.
    pub const fn numbers(head: &'static str, track: &'static str) -> Self {
        Self {
            right: true,
            ..Self::words(head, track)
        }
    }

    /// A column of marks.
    pub const fn marks(head: &'static str, track: &'static str) -> Self {
        Self {
            unseen: true,
            ..Self::words(head, track)
        }
    }
}

/// What is to be known of a row besides its cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowState {
    /// Extra class: `inner`, `viewed`.
    pub class: &'static str,
    /// It can be opened, and is or is not.
    pub expanded: Option<bool>,
    /// Depth in a tree of rows, from 1.
    pub level: Option<u8>,
}

/// A row that shows one item of the list now and another when the reader has scrolled on.
pub struct TableRow {
    /// Its state.
    pub state: Signal<RowState>,
    /// Draws its cells; run again when what it reads changes.
    pub cells: Box<dyn Fn() -> AnyView + Send + Sync>,
}

const MOST_ROWS: u64 = 96;
/// Rows before and after those in view.
const SPARE: u64 = 6;
/// The rows in the page move on by so many at once, so that most frames of slow scrolling have nothing to do.
const STEP: u64 = 8;

/// First row and number of rows to have in the page.
fn window_of(scroll: f64, height: f64, row: f64, total: u64) -> (u64, u64) {
    let row = row.max(1.0);
    let first = ((scroll / row) as u64).saturating_sub(SPARE) / STEP * STEP;
    let count = (height / row).ceil() as u64 + 2 * SPARE + STEP;
    let count = count.clamp(20, MOST_ROWS).min(total);
    (first.min(total - count), count)
}

/// The table.
#[component]
pub fn DataTable(
    id: &'static str,
    label: &'static str,
    /// Rows open to show others below them.
    #[prop(optional)]
    nested: bool,
    #[prop(into)] columns: Signal<Vec<Column>>,
    #[prop(into)] total: Signal<u64>,
    /// Makes a row for the item of a number, which changes as the reader scrolls.
    #[prop(into)]
    row: Callback<Signal<u64>, TableRow>,
    /// The row in front.
    current: RwSignal<Option<u64>>,
    /// The row in front was opened: Enter or a click.
    #[prop(into)]
    on_open: Callback<u64>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let scroll = RwSignal::new(0.0);
    let height = RwSignal::new(600.0);
    let row_height = RwSignal::new(32.0);
    // Also run by the next frame, when the table may be gone.
    let measure = move || {
        let Some(node) = node.try_get_untracked().flatten() else {
            return;
        };
        height.try_set(f64::from(node.client_height()));
        let style = web_sys::window().and_then(|window| window.get_computed_style(&node).ok()?);
        let row = style
            .and_then(|style| style.get_property_value("--row").ok())
            .and_then(|text| text.trim().trim_end_matches("px").parse().ok());
        row_height.try_set(row.unwrap_or(32.0));
    };
    Effect::new(move |_| {
        if node.get().is_some() {
            request_animation_frame(measure);
        }
    });
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());

    let window =
        Memo::new(move |_| window_of(scroll.get(), height.get(), row_height.get(), total.get()));
    let rows = Memo::new(move |_| window.get().1);
    // The head is sticky and covers the first 30 pixels of the view.
    let reveal = move |at: u64| {
        let Some(node) = node.get_untracked() else {
            return;
        };
        let row = row_height.get_untracked();
        let top = at as f64 * row;
        let seen = f64::from(node.scroll_top());
        let room = f64::from(node.client_height()) - 30.0;
        if top < seen {
            node.set_scroll_top(top as i32);
        } else if top + row > seen + room {
            node.set_scroll_top((top + row - room) as i32);
        }
    };
    Effect::new(move |_| {
        if let Some(at) = current.get() {
            reveal(at);
        }
    });
    let key = move |event: KeyboardEvent| {
        let total = total.get_untracked();
        if total == 0 || event.ctrl_key() || event.meta_key() {
            return;
        }
        let here = current.get_untracked();
        let page = ((height.get_untracked() / row_height.get_untracked()) as u64).max(2) - 1;
        let next = match (event.key().as_str(), here) {
            ("ArrowDown" | "ArrowUp", None) => 0,
            ("ArrowDown", Some(here)) => here + 1,
            ("ArrowUp", Some(here)) => here.saturating_sub(1),
            ("PageDown", here) => here.unwrap_or(0) + page,
            ("PageUp", here) => here.unwrap_or(0).saturating_sub(page),
            ("Home", _) => 0,
            ("End", _) => total - 1,
            ("Enter", Some(here)) => {
                event.prevent_default();
                on_open.run(here);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        current.set(Some(next.min(total - 1)));
    };
    let tracks = move || {
        columns.with(|columns| {
            columns
                .iter()
                .map(|column| column.track)
                .collect::<Vec<_>>()
                .join(" ")
        })
    };
    view! {
        <div
            class="grid"
            id=id
            data-test=id
            role=if nested { "treegrid" } else { "grid" }
            tabindex="0"
            aria-label=label
            aria-rowcount=move || (total.get() + 1).to_string()
            aria-activedescendant=move || current.get().map(|at| format!("{id}-{at}"))
            node_ref=node
            style=("--columns", tracks)
            on:scroll=move |_| {
                if let Some(node) = node.get_untracked() {
                    scroll.set(f64::from(node.scroll_top()));
                }
            }
            on:keydown=key
        >
            <div class="grid-head" role="row" aria-rowindex="1">
                {move || {
                    columns
                        .get()
                        .into_iter()
                        .map(|column| view! { <span role="columnheader" class:right=column.right><span class:unseen=column.unseen>{column.head}</span></span> })
                        .collect_view()
                }}
            </div>
            <div class="grid-space" role="rowgroup" style:height=move || format!("{}px", total.get() as f64 * row_height.get())>
                <For each=move || 0..rows.get() key=|place| *place let:place>
                    {
                        // A list that has become shorter ends rows a moment after their numbers are gone.
                        let at = Memo::new(move |_| (window.get().0 + place).min(total.get().saturating_sub(1)));
                        let TableRow { state, cells } = row.run(at.into());
                        view! {
                            <div
                                class=move || format!("grid-row {}", state.get().class)
                                role="row"
                                id=move || format!("{id}-{}", at.get())
                                aria-rowindex=move || (at.get() + 2).to_string()
                                aria-selected=move || if current.get() == Some(at.get()) { "true" } else { "false" }
                                attr:aria-level=move || state.get().level.map(|level| level.to_string())
                                aria-expanded=move || state.get().expanded.map(|open| if open { "true" } else { "false" })
                                style:transform=move || format!("translateY({}px)", at.get() as f64 * row_height.get())
                                on:click=move |_| {
                                    let at = at.get_untracked();
                                    current.set(Some(at));
                                    on_open.run(at);
                                    dom::focus(&format!("#{id}"));
                                }
                            >
                                {move || cells()}
                            </div>
                        }
                    }
                </For>
            </div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rows_exist_and_they_cover_the_view() {
        for (scroll, height, total) in [
            (0.0, 500.0, 1_000_000),
            (1_600_000.0, 500.0, 100_000),
            (31_999_900.0, 700.0, 1_000_000),
            (0.0, 400.0, 3),
            (0.0, 20_000.0, 1_000),
        ] {
            let (first, count) = window_of(scroll, height, 32.0, total);
            assert!(count <= 100 && first + count <= total);
            let top = (scroll / 32.0) as u64;
            assert!(first <= top || first + count == total);
            let bottom = (top + (height / 32.0) as u64).min(total);
            assert!(first + count >= bottom.min(first + MOST_ROWS));
        }
        assert_eq!(window_of(0.0, 400.0, 32.0, 0), (0, 0));
    }
}
