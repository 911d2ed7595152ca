//! CommandPalette: one field that finds files, policies, tests, prepared edits, help and commands.

use leptos::{html, prelude::*};
use web_sys::KeyboardEvent;

use super::keys;
use crate::{
    actions::{ACTIONS, Action},
    fuzzy,
    icons::{Icon, icon},
    state::{Overlay, Studio},
    texts::{actions, help, shell},
};

/// What choosing an entry does.
#[derive(Clone)]
enum Target {
    Action(&'static Action),
    File(String),
    Policy(model::Source),
    Story(String, String),
    Test,
    Pack(String),
    Help(String),
}

#[derive(Clone)]
struct Entry {
    label: String,
    note: String,
    picture: Icon,
    blocked: Option<String>,
    target: Target,
    ranges: Vec<(usize, usize)>,
}

const MOST: usize = 60;

fn entries(studio: Studio) -> Vec<Entry> {
    let entry = |label: String, note: &str, picture, target| Entry {
        label,
        note: note.into(),
        picture,
        blocked: None,
        target,
        ranges: Vec::new(),
    };
    let mut all = Vec::new();
    studio.workspace.with(|workspace| {
        let Some(workspace) = workspace else { return };
        all.extend(workspace.files.iter().map(|file| {
            entry(
                file.path.clone(),
                shell::KIND_FILE.get(),
                Icon::FileCode,
                Target::File(file.path.clone()),
            )
        }));
        all.extend(workspace.stories.iter().map(|story| {
            entry(
                story.title.clone(),
                shell::KIND_STORY.get(),
                Icon::FlaskConical,
                Target::Story(story.name.clone(), story.file.clone()),
            )
        }));
    });
    studio.editing.policies.with(|policies| {
        all.extend(policies.iter().map(|policy| {
            entry(
                policy.id.clone(),
                shell::KIND_POLICY.get(),
                Icon::ShieldCheck,
                Target::Policy(policy.source.clone()),
            )
        }));
    });
    studio.tests.list.with(|list| {
        all.extend(list.iter().flatten().map(|test| {
            entry(
                test.test.name.clone(),
                shell::KIND_TEST.get(),
                Icon::FlaskConical,
                Target::Test,
            )
        }));
    });
    studio.packs.view.with(|view| {
        let known = view.iter().flatten().flat_map(|view| &view.packs);
        all.extend(known.map(|pack| {
            entry(
                pack.title.clone(),
                shell::KIND_WHAT_IFS.get(),
                Icon::CircleQuestionMark,
                Target::Pack(pack.name.clone()),
            )
        }));
    });
    studio.help.all.with(|articles| {
        all.extend(articles.iter().map(|article| {
            entry(
                article.title.clone(),
                help::TITLE.get(),
                Icon::BookOpenText,
                Target::Help(article.id.clone()),
            )
        }));
    });
    let commands = ACTIONS
        .iter()
        .filter(|action| action.id != "palette")
        .map(|action| Entry {
            blocked: (action.blocked)(studio),
            ..entry(
                action.title.into(),
                "",
                action.picture,
                Target::Action(action),
            )
        });
    all.splice(0..0, commands);
    all
}

fn search(query: &str, all: Vec<Entry>) -> Vec<Entry> {
    let mut found: Vec<(i32, Entry)> = all
        .into_iter()
        .filter_map(|entry| {
            let (score, ranges) = fuzzy::find(query, &entry.label)?;
            let score = score - if entry.blocked.is_some() { 150 } else { 0 };
            Some((score, Entry { ranges, ..entry }))
        })
        .collect();
    found.sort_by_key(|(score, _)| -score);
    // Scattered letters are of interest only when nothing contains the words.
    if !query.trim().is_empty() && found.iter().any(|(_, entry)| entry.ranges.len() == 1) {
        found.retain(|(_, entry)| entry.ranges.len() == 1);
    }
    found
        .into_iter()
        .take(MOST)
        .map(|(_, entry)| entry)
        .collect()
}

/// The label with what matched made strong.
fn marked(label: &str, ranges: &[(usize, usize)]) -> AnyView {
    let mut parts = Vec::new();
    let mut at = 0;
    for &(from, to) in ranges {
        parts.push(
            label
                .get(at..from)
                .unwrap_or_default()
                .to_owned()
                .into_any(),
        );
        parts.push(
            view! { <mark>{label.get(from..to).unwrap_or_default().to_owned()}</mark> }.into_any(),
        );
        at = to;
    }
    parts.push(label.get(at..).unwrap_or_default().to_owned().into_any());
    parts.collect_view().into_any()
}

/// The palette; placed once, at the root.
#[component]
pub fn CommandPalette() -> impl IntoView {
    let studio = Studio::here();
    let node = NodeRef::<html::Dialog>::new();
    let query = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let open = Memo::new(move |_| studio.overlay.get() == Some(Overlay::Palette));
    // Nothing is gathered while the palette is closed.
    let found = Memo::new_with_compare(
        move |_| {
            if open.get() {
                search(&query.get(), entries(studio))
            } else {
                Vec::new()
            }
        },
        |_, _| true,
    );
    Effect::new(move |_| {
        let (Some(node), open) = (node.get(), open.get()) else {
            return;
        };
        if open && !node.open() {
            query.set(String::new());
            active.set(0);
            studio.list_help();
            // Only a detached dialog refuses.
            let _ = node.show_modal();
        } else if !open && node.open() {
            node.close();
        }
    });
    let close = move || {
        if studio.overlay.get_untracked() == Some(Overlay::Palette) {
            studio.overlay.set(None);
        }
    };
    let choose = move |at: usize| {
        let Some(entry) = found.with_untracked(|found| found.get(at).cloned()) else {
            return;
        };
        if entry.blocked.is_some() {
            return;
        }
        close();
        match entry.target {
            Target::Action(action) => action.perform(studio),
            Target::File(path) => studio.open_file(&path, None),
            Target::Policy(source) => studio.open_file(&source.file.clone(), Some(source)),
            Target::Story(name, file) => studio.apply_story(name, file),
            Target::Test => studio.show_page("tests"),
            Target::Help(article) => studio.help(&article),
            Target::Pack(name) => {
                studio.choose_pack(name);
                studio.show_packs();
            }
        }
    };
    let key = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        let here = active.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if count > 0 => active.set((here + 1) % count),
            "ArrowUp" if count > 0 => active.set((here + count - 1) % count),
            "Enter" => choose(here),
            _ => return,
        }
        event.prevent_default();
        crate::dom::focus_soon("#palette-input");
        request_animation_frame(|| {
            if let Some(row) = crate::dom::find(".palette-item[aria-selected=true]") {
                row.scroll_into_view_with_scroll_into_view_options(&{
                    let options = web_sys::ScrollIntoViewOptions::new();
                    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                    options
                });
            }
        });
    };
    view! {
        <dialog
            class="palette"
            node_ref=node
            aria-label=actions::PALETTE.get()
            data-test="palette"
            on:close=move |_| close()
            on:mousedown=move |event| {
                if event.target() == event.current_target() {
                    close();
                }
            }
        >
            <div class="palette-input">
                {icon(Icon::Search)}
                <input
                    id="palette-input"
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    spellcheck="false"
                    autofocus
                    placeholder=shell::SEARCH.get()
                    aria-label=shell::SEARCH.get()
                    aria-expanded="true"
                    aria-controls="palette-list"
                    aria-activedescendant=move || format!("palette-{}", active.get())
                    prop:value=query
                    on:input=move |event| {
                        query.set(event_target_value(&event));
                        active.set(0);
                    }
                    on:keydown=key
                />
            </div>
            <div class="palette-list" id="palette-list" role="listbox" aria-label=shell::RESULTS.get()>
                {move || {
                    let found = found.get();
                    if found.is_empty() && open.get() {
                        return view! { <p class="dim" style:padding="14px 10px">{shell::NOTHING_FITS.get()}</p> }.into_any();
                    }
                    found
                        .into_iter()
                        .enumerate()
                        .map(|(at, entry)| {
                            let chord = match &entry.target {
                                Target::Action(action) => action.chord,
                                _ => "",
                            };
                            let disabled = entry.blocked.is_some();
                            view! {
                                <div
                                    class="palette-item"
                                    role="option"
                                    id=format!("palette-{at}")
                                    aria-selected=move || if active.get() == at { "true" } else { "false" }
                                    aria-disabled=disabled.then_some("true")
                                    on:mousemove=move |_| {
                                        if active.get_untracked() != at {
                                            active.set(at);
                                        }
                                    }
                                    on:click=move |_| choose(at)
                                >
                                    {icon(entry.picture)}
                                    <span class="cut">{marked(&entry.label, &entry.ranges)}</span>
                                    <small class="cut">{entry.blocked.unwrap_or(entry.note)}</small>
                                    <span class="push">{(!chord.is_empty()).then(|| keys(chord))}</span>
                                </div>
                            }
                        })
                        .collect_view()
                        .into_any()
                }}
            </div>
            <div class="palette-foot">
                <span><kbd>"↑"</kbd><kbd>"↓"</kbd>" "{shell::TO_MOVE.get()}</span>
                <span><kbd>{shell::KEY_ENTER.get()}</kbd>" "{shell::TO_CHOOSE.get()}</span>
                <span><kbd>{shell::KEY_ESCAPE.get()}</kbd>" "{shell::TO_CLOSE.get()}</span>
            </div>
        </dialog>
    }
    .into_any()
}
