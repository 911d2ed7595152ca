//! The list of changes: flat, or in groups of which one is open. Only rows in view exist; pages are fetched as needed.

use ipc::ChangeView;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use model::{Group, GroupBy};

use crate::{
    components::{
        Button, Column, DataTable, EmptyState, Entity, Kind, RowState, TableRow, badge, skeleton,
    },
    dom,
    icons::{Icon, icon},
    places::failed,
    state::{Row, Studio, Truth},
    texts::{actions, drift},
    words,
};

fn flat() -> Vec<Column> {
    vec![
        Column::words(drift::COLUMN_CHANGE.get(), "104px"),
        Column::words(drift::COLUMN_WHO.get(), "minmax(0, 3fr)"),
        Column::words(drift::COLUMN_ACTION.get(), "minmax(64px, 1.4fr)"),
        Column::words(drift::COLUMN_ON.get(), "minmax(0, 3fr)"),
        Column::numbers(drift::COLUMN_TIMES.get(), "58px"),
        Column::words(drift::COLUMN_RISK.get(), "64px"),
        Column::marks(drift::COLUMN_VIEWED.get(), "24px"),
    ]
}

fn grouped(by: GroupBy) -> Vec<Column> {
    let head = match by {
        GroupBy::Principal => drift::COLUMN_WHO,
        GroupBy::Resource => drift::COLUMN_ON,
        GroupBy::Action => drift::COLUMN_ACTION,
        GroupBy::Policy => drift::COLUMN_POLICY,
    };
    vec![
        Column::words(head.get(), "minmax(0, 3fr)"),
        Column::numbers(drift::COLUMN_GAIN.get(), "minmax(52px, 1fr)"),
        Column::numbers(drift::COLUMN_LOSE.get(), "minmax(52px, 1fr)"),
        Column::numbers(drift::COLUMN_OPEN.get(), "minmax(52px, 1fr)"),
        Column::numbers(drift::COLUMN_CHANGES.get(), "64px"),
        Column::words(drift::COLUMN_RISK.get(), "64px"),
    ]
}

/// Filters, table and foot.
pub fn list(studio: Studio) -> AnyView {
    let review = studio.review;
    let by = review.grouped();
    let total = Memo::new(move |_| review.rows());
    let columns = by.map_or_else(flat, grouped);
    // A row in front that is a change brings up its explanation.
    Effect::new(move |_| {
        let Some(at) = review.row.get() else { return };
        let change = match by {
            None => review.changes.get(at),
            Some(_) => match review.row_at(at) {
                Row::Change(at) => review.inner.get(at),
                Row::Group(_) => None,
            },
        };
        if let Some(change) = change {
            untrack(|| studio.select_change(change.change.id));
        }
    });
    let row = move |at: Signal<u64>| {
        // Drawn anew when its own content changes, not whenever any page of the list arrives.
        let shown = Memo::new(move |_| match by {
            None => Shown::of(review.changes.get(at.get()), |change| {
                Shown::Change(Box::new(change), None)
            }),
            Some(by) => match review.row_at(at.get()) {
                Row::Group(group) => {
                    let open = review
                        .open
                        .with(|open| open.as_ref().is_some_and(|(open, _)| *open == group));
                    let shown = |group| Shown::Group(group, by, open);
                    Shown::of(review.groups.get(group), shown)
                }
                Row::Change(at) => Shown::of(review.inner.get(at), |change| {
                    Shown::Change(Box::new(change), Some(by))
                }),
            },
        });
        TableRow {
            state: Signal::derive(move || shown.with(Shown::state)),
            cells: Box::new(move || match shown.get() {
                Shown::Waiting => waiting(),
                Shown::Change(change, inner) => change_row(studio, *change, inner),
                Shown::Group(group, by, open) => group_row(by, group, open),
            }),
        }
    };
    let open = move |at: u64| {
        if let Some(by) = by
            && let Row::Group(at) = untrack(|| review.row_at(at))
            && let Some(group) = untrack(|| review.groups.get(at))
        {
            studio.toggle_group(at, by, group.key);
        }
    };
    let failure = move || review.changes.failure().or(review.groups.failure());
    view! {
        {filters(studio)}
        {move || failure().map(|failure| view! { <div class="section">{failed(&failure)}</div> })}
        {move || match total.get() {
            None => skeleton(),
            Some(0) if matches!(studio.truth(), Truth::Counts(_, Some(_))) => skeleton(),
            Some(0) => nothing(studio),
            Some(_) => view! {
                <DataTable
                    id="changes"
                    label=drift::LIST.get()
                    nested=by.is_some()
                    columns=Signal::stored(columns.clone())
                    total=Signal::derive(move || total.get().unwrap_or(0))
                    row
                    current=review.row
                    on_open=open
                />
            }.into_any(),
        }}
        {move || foot(studio)}
    }
    .into_any()
}

fn filters(studio: Studio) -> AnyView {
    let review = studio.review;
    let text = RwSignal::new(review.filter.with_untracked(|filter| filter.text.clone()));
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let typed = move |value: String| {
        text.set(value);
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        let wait = std::time::Duration::from_millis(120);
        let apply = move || {
            if let Some(text) = text.try_get_untracked() {
                review.refine(|filter| filter.text = text);
            }
        };
        timer.set_value(set_timeout_with_handle(apply, wait).ok());
    };
    let any = move || {
        review
            .filter
            .with(|filter| *filter != ipc::ChangeFilter::default())
    };
    view! {
        <div class="tools-row">
            <div class="search">
                {icon(Icon::Search)}
                <input
                    class="input"
                    type="search"
                    placeholder=drift::SEARCH.get()
                    aria-label=drift::SEARCH.get()
                    data-test="search-changes"
                    prop:value=text
                    on:input=move |event| typed(event_target_value(&event))
                />
            </div>
            <button
                type="button"
                class="chip"
                data-test="hide-viewed"
                aria-pressed=move || if review.filter.with(|filter| filter.unviewed_only) { "true" } else { "false" }
                on:click=move |_| review.refine(|filter| filter.unviewed_only = !filter.unviewed_only)
            >
                {icon(Icon::EyeOff)}
                {drift::HIDE_VIEWED.get()}
            </button>
            {move || any().then(|| view! {
                <Button label=drift::CLEAR_FILTERS.get() kind=Kind::Ghost test="clear-filters" on_click=move || {
                    text.set(String::new());
                    review.refine(|filter| *filter = ipc::ChangeFilter::default());
                }/>
            })}
            <span class="push row">
                <Button label=actions::PREVIOUS_CHANGE.get() kind=Kind::Bare picture=Icon::ChevronLeft chord="p" on_click=move || studio.walk(false)/>
                <Button label=actions::NEXT_CHANGE.get() kind=Kind::Bare picture=Icon::ChevronRight chord="n" test="next-change" on_click=move || studio.walk(true)/>
            </span>
        </div>
    }
    .into_any()
}

/// What a row shows.
#[derive(Clone, PartialEq)]
enum Shown {
    /// Its page is on its way.
    Waiting,
    /// A change, below a group of that kind or by itself.
    Change(Box<ChangeView>, Option<GroupBy>),
    /// A group, open or closed.
    Group(Group, GroupBy, bool),
}

impl Shown {
    fn of<T>(item: Option<T>, shown: impl FnOnce(T) -> Self) -> Self {
        item.map_or(Self::Waiting, shown)
    }

    fn state(&self) -> RowState {
        match self {
            Self::Waiting => RowState::default(),
            Self::Change(change, inner) => RowState {
                class: match (inner, change.viewed) {
                    (None, false) => "",
                    (None, true) => "viewed",
                    (Some(_), false) => "inner",
                    (Some(_), true) => "inner viewed",
                },
                expanded: None,
                level: inner.map(|_| 2),
            },
            Self::Group(_, _, open) => RowState {
                class: "",
                expanded: Some(*open),
                level: Some(1),
            },
        }
    }
}

fn waiting() -> AnyView {
    view! { <span class="wait"></span><span class="wait"></span><span class="wait"></span> }
        .into_any()
}

fn change_row(studio: Studio, item: ChangeView, inner: Option<GroupBy>) -> AnyView {
    let ChangeView { change, viewed } = item;
    let id = change.id;
    let (sign, word, colour) = words::class(change.class);
    let (level, tone) = words::risk(change.risk.level);
    let (_, action) = words::entity(&change.action);
    let mark = view! {
        <span
            class="mark"
            role="checkbox"
            aria-label=drift::COLUMN_VIEWED.get()
            aria-checked=if viewed { "true" } else { "false" }
            data-tip=if viewed { drift::MARK_NOT_VIEWED.get() } else { drift::MARK_VIEWED.get() }
            data-chord="v"
            data-test="viewed"
            on:click=move |event| {
                event.stop_propagation();
                studio.mark(vec![id], !viewed);
            }
        >
            {icon(if viewed { Icon::SquareCheck } else { Icon::Square })}
        </span>
    };
    let times = words::number(change.rows);
    let why = change.risk.why.clone();
    if let Some(by) = inner {
        // The group above says one of the three already.
        let who = (by != GroupBy::Principal).then(|| view! { <Entity id=change.principal/> });
        let what = (by != GroupBy::Action).then(|| view! { <code>{action}</code> });
        let on = (by != GroupBy::Resource).then(|| view! { <Entity id=change.resource/> });
        view! {
            <span role="gridcell" class="row">{mark}{badge(colour, sign)}<span class="unseen">{word}</span>{who}{what}{on}</span>
            <span role="gridcell" class="right">{times}</span>
            <span role="gridcell"><span data-tip=why>{badge(tone, level)}</span></span>
        }
        .into_any()
    } else {
        view! {
            <span role="gridcell">{badge(colour, format!("{sign} {word}"))}</span>
            <span role="gridcell"><Entity id=change.principal/></span>
            <span role="gridcell"><code>{action}</code></span>
            <span role="gridcell"><Entity id=change.resource/></span>
            <span role="gridcell" class="right">{times}</span>
            <span role="gridcell"><span data-tip=why>{badge(tone, level)}</span></span>
            <span role="gridcell">{mark}</span>
        }
        .into_any()
    }
}

fn group_row(by: GroupBy, group: Group, open: bool) -> AnyView {
    let (level, tone) = words::risk(group.risk.level);
    let number = |value: u64, sign: &str, colour: &'static str| {
        if value == 0 {
            return view! { <span class="faint">"–"</span> }.into_any();
        }
        view! { <span class=colour>{format!("{sign}{}", words::number(value))}</span> }.into_any()
    };
    let name = match by {
        GroupBy::Policy => view! { <code>{group.key}</code> }.into_any(),
        GroupBy::Action => view! { <code>{words::entity(&group.key).1}</code> }.into_any(),
        _ => view! { <Entity id=group.key/> }.into_any(),
    };
    view! {
        <span role="gridcell" class="row"><span class="faint">{icon(if open { Icon::ChevronDown } else { Icon::ChevronRight })}</span>{name}</span>
        <span role="gridcell" class="right">{number(group.gained, "+", "gain")}</span>
        <span role="gridcell" class="right">{number(group.lost, "−", "lose")}</span>
        <span role="gridcell" class="right">{number(group.open, "", "maybe")}</span>
        <span role="gridcell" class="right">{words::number(group.changes)}</span>
        <span role="gridcell"><span data-tip=group.risk.why>{badge(tone, level)}</span></span>
    }
    .into_any()
}

fn nothing(studio: Studio) -> AnyView {
    let review = studio.review;
    if review
        .filter
        .with(|filter| *filter == ipc::ChangeFilter::default())
    {
        return view! {
            <EmptyState
                picture=Icon::CircleCheck
                title=drift::NOBODY.get()
                text=drift::NOBODY_ABOUT
            />
        }
        .into_any();
    }
    view! {
        <EmptyState picture=Icon::ListFilter title=drift::NONE_FITS.get() text=drift::NONE_FITS_ABOUT>
            <Button label=drift::CLEAR_FILTERS.get() on_click=move || {
                review.refine(|filter| *filter = ipc::ChangeFilter::default());
                dom::focus("[data-test=search-changes]");
            }/>
        </EmptyState>
    }
    .into_any()
}

/// What the list leaves out.
fn foot(studio: Studio) -> Option<AnyView> {
    studio.drift.preview.with(|preview| {
        let totals = preview.as_ref()?.totals;
        let viewed = studio.review.viewed.get().filter(|count| count.total > 0);
        let viewed = viewed.map(|count| drift::Viewed { viewed: count.viewed, all: count.total }.say());
        let assumed = (totals.entities_assumed > 0).then(|| drift::Assumed { count: totals.entities_assumed }.say());
        Some(
            view! {
                <div class="grid-foot">
                    <span class="cut" data-test="unchanged">{drift::Unchanged { unchanged: totals.unchanged, rows: totals.rows }.say()}</span>
                    <span class="cut">{assumed}</span>
                    <span class="push" data-test="viewed-count">{viewed}</span>
                </div>
            }
            .into_any(),
        )
    })
}
