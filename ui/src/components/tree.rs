//! Tree: one tab stop, arrow keys, Home, End, and letters to jump (ARIA tree pattern over a flat list of rows).

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::{
    dom,
    icons::{Icon, icon},
};

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TreeNode {
    /// Names the row.
    pub key: String,
    /// Depth, from 1.
    pub level: u8,
    /// Its words.
    pub label: String,
    /// Its picture.
    pub picture: Icon,
    /// It has rows below it, and they are shown or not; nothing for a leaf.
    pub open: Option<bool>,
    /// Small text at the end.
    pub note: String,
    /// A dot at the end: what it means.
    pub dot: Option<&'static str>,
    /// The dot is bad news.
    pub bad: bool,
}

/// The tree. Rows below a closed one are left out by the caller.
#[component]
pub fn Tree(
    id: &'static str,
    label: &'static str,
    #[prop(into)] rows: Signal<Vec<TreeNode>>,
    #[prop(into)] selected: Signal<Option<String>>,
    /// A leaf was chosen.
    on_choose: impl Fn(String) + Copy + Send + Sync + 'static,
    /// A branch was opened or closed.
    on_toggle: impl Fn(String) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    // The row that takes focus when the tree does.
    let focus = RwSignal::new(None::<String>);
    let stop = Memo::new(move |_| {
        let wanted = focus.get().or_else(|| selected.get());
        rows.with(|rows| {
            rows.iter()
                .find(|row| Some(&row.key) == wanted.as_ref())
                .or(rows.first())
                .map(|row| row.key.clone())
        })
    });
    let act = move |row: &TreeNode| match row.open {
        Some(_) => on_toggle(row.key.clone()),
        None => on_choose(row.key.clone()),
    };
    let move_to = move |key: String| {
        focus.set(Some(key.clone()));
        dom::focus(&format!(
            "#{id} [data-key=\"{}\"]",
            key.replace('"', "\\\"")
        ));
    };
    let key = move |event: KeyboardEvent| {
        let rows = rows.get_untracked();
        let Some(here) = stop
            .get_untracked()
            .and_then(|key| rows.iter().position(|row| row.key == key))
        else {
            return;
        };
        let Some(row) = rows.get(here) else { return };
        let name = event.key();
        let target = match name.as_str() {
            "ArrowDown" => rows.get(here + 1),
            "ArrowUp" => here.checked_sub(1).and_then(|at| rows.get(at)),
            "Home" => rows.first(),
            "End" => rows.last(),
            "ArrowRight" if row.open == Some(true) => rows.get(here + 1),
            "ArrowLeft" if row.open != Some(true) => rows
                .iter()
                .take(here)
                .rev()
                .find(|above| above.level < row.level),
            "ArrowRight" if row.open == Some(false) => {
                act(row);
                None
            }
            "ArrowLeft" => {
                act(row);
                None
            }
            "Enter" | " " => {
                act(row);
                None
            }
            letter
                if letter.chars().count() == 1
                    && !event.ctrl_key()
                    && !event.meta_key()
                    && !event.alt_key() =>
            {
                let letter = letter.to_lowercase();
                let below = rows.iter().cycle().skip(here + 1).take(rows.len());
                let mut fits = below.filter(|row| row.label.to_lowercase().starts_with(&letter));
                let found = fits.next();
                if found.is_none() {
                    return;
                }
                found
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(target) = target {
            move_to(target.key.clone());
        }
    };
    view! {
        <div class="tree" id=id role="tree" aria-label=label on:keydown=key>
            <For each=move || rows.get() key=|row| row.clone() let:row>
                {
                    let key = StoredValue::new(row.key.clone());
                    let clicked = row.clone();
                    let is = move |other: &Option<String>| key.with_value(|key| other.as_ref() == Some(key));
                    view! {
                        <div
                            class="tree-item"
                            role="treeitem"
                            data-key=row.key
                            data-test="tree-item"
                            data-level=row.level.to_string()
                            attr:aria-level=row.level.to_string()
                            aria-expanded=row.open.map(|open| if open { "true" } else { "false" })
                            aria-selected=move || if selected.with(is) { "true" } else { "false" }
                            tabindex=move || if stop.with(is) { "0" } else { "-1" }
                            on:focus=move |_| focus.set(Some(key.get_value()))
                            on:click=move |_| act(&clicked)
                        >
                            {icon(row.picture)}
                            <span class="cut">{row.label}</span>
                            <span class="marks">
                                {(!row.note.is_empty()).then_some(row.note)}
                                {row.dot.map(|meaning| view! { <i class="dot" class:risk=row.bad role="img" aria-label=meaning data-tip=meaning></i> })}
                            </span>
                        </div>
                    }
                }
            </For>
        </div>
    }
    .into_any()
}
