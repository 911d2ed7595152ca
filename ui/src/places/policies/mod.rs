//! Policies: files, editor, inspector, and under the editor the one line that is always true.

mod cite;
mod drift_page;
mod editor_pane;
mod files;
mod history_page;
mod problems_page;
mod stories;
mod test_form;
mod tests_page;
mod truth;

pub use cite::cite;
pub use tests_page::clause;

use leptos::prelude::*;
use model::Severity;

use crate::{
    components::{Button, Gutter, Kind, TabLabel, Tabs},
    icons::Icon,
    state::{Place, Room, Studio},
    texts::{policies, shell},
};

/// The screen. It stays in the page while a workspace is open and is only hidden by other places.
#[component]
pub fn Policies() -> impl IntoView {
    let studio = Studio::here();
    let here = move || studio.place.get() == Place::Policies;
    let tree = Memo::new(move |_| studio.tree.get());
    let inspector = Memo::new(move |_| studio.inspector.get());
    let tree_beside = move || tree.get() && studio.room.get() != Room::Narrow;
    let inspector_beside = move || inspector.get() && studio.room.get() == Room::Wide;
    view! {
        <section
            class="policies"
            class:no-tree=move || !tree_beside()
            class:no-inspector=move || !inspector_beside()
            hidden=move || !here()
            aria-label=shell::POLICIES.get()
            data-test="policies"
        >
            <h1 class="unseen">{shell::POLICIES.get()}</h1>
            {move || tree.get().then(|| {
                let beside = studio.room.get() != Room::Narrow;
                view! {
                    <div class=if beside { "pane side left" } else { "pane side left drawer" } data-test="tree-pane">{files::files()}</div>
                    {beside.then(|| view! { <Gutter property="--left" label=policies::TREE_WIDTH.get() smallest=168.0 largest=420.0 usual=232.0/> })}
                }
            })}
            <div class="pane center">
                {editor_pane::editor_pane()}
                {truth::truth()}
            </div>
            {move || inspector.get().then(|| {
                let beside = studio.room.get() == Room::Wide;
                view! {
                    {beside.then(|| view! { <Gutter property="--right" label=policies::INSPECTOR_WIDTH.get() smallest=280.0 largest=640.0 usual=372.0 right=true/> })}
                    <aside class=if beside { "pane side" } else { "pane side drawer right" } aria-label=policies::INSPECTOR.get() data-test="inspector">{inspect()}</aside>
                }
            })}
        </section>
    }
    .into_any()
}

fn inspect() -> AnyView {
    let studio = Studio::here();
    let page = Memo::new(move |_| studio.page.get());
    let labels = move || {
        let (problems, errors) = studio.workspace.with(|workspace| {
            workspace.as_ref().map_or((0, false), |workspace| {
                let severe = |severity| {
                    workspace
                        .problems
                        .iter()
                        .filter(|problem| problem.severity == severity)
                        .count()
                };
                (
                    severe(Severity::Error) + severe(Severity::Warning),
                    severe(Severity::Error) > 0,
                )
            })
        });
        let mut labels = vec![TabLabel {
            bad: errors,
            ..TabLabel::new("problems", policies::PROBLEMS).with(problems)
        }];
        let changes = studio
            .drift
            .preview
            .with(|preview| preview.as_ref().map(|preview| preview.changes));
        labels.push(match changes {
            Some(changes) => {
                TabLabel::new("drift", shell::DRIFT).with(crate::words::number(changes))
            }
            None => TabLabel::new("drift", shell::DRIFT),
        });
        labels.push(match studio.tests.score() {
            Some((passed, all)) if all > 0 => TabLabel {
                bad: passed < all,
                ..TabLabel::new("tests", policies::TESTS).with(format!("{passed}/{all}"))
            },
            _ => TabLabel::new("tests", policies::TESTS),
        });
        labels.push(TabLabel::new("history", policies::HISTORY));
        labels
    };
    view! {
        <Tabs name="inspector" label=policies::INSPECTOR.get() tabs=Signal::derive(labels) current=Signal::derive(move || page.get()) on_choose=move |page| studio.page.set(page)>
            {move || (studio.room.get() != Room::Wide).then(|| view! {
                <span class="push row"><Button label=policies::HIDE_INSPECTOR.get() kind=Kind::Tiny picture=Icon::X chord="mod+j" on_click=move || studio.inspector.set(false)/></span>
            })}
        </Tabs>
        <div class="panel" id="inspector-panel" role="tabpanel" aria-labelledby=move || format!("inspector-tab-{}", page.get()) data-test="inspector-panel">
            {move || match page.get() {
                "problems" => problems_page::problems_page(),
                "tests" => tests_page::tests_page(),
                "history" => history_page::history_page(),
                _ => drift_page::drift_page(),
            }}
        </div>
    }
    .into_any()
}
