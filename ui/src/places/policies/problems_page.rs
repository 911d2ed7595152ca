//! The inspector's Problems page: everything found in the workspace, worst first; choosing one goes there.

use leptos::prelude::*;
use model::{Problem, Severity, Source};

use crate::{
    components::{EmptyState, badge, prose, sentence},
    icons::{Icon, icon},
    state::Studio,
    words,
};

const MOST: usize = 200;

/// The page.
pub fn problems_page() -> AnyView {
    let studio = Studio::here();
    let problems = Memo::new(move |_| {
        studio.workspace.with(|workspace| {
            workspace
                .as_ref()
                .map(|workspace| workspace.problems.clone())
                .unwrap_or_default()
        })
    });
    view! {
        {move || {
            let all = problems.get();
            if all.is_empty() {
                return view! { <EmptyState picture=Icon::CircleCheck title="No problems" text="Every policy parses, fits the schema and has an id of its own."/> }.into_any();
            }
            let more = all.len().saturating_sub(MOST);
            view! {
                <div role="list" aria-label="Problems">{all.into_iter().take(MOST).map(|problem| row(studio, problem)).collect_view()}</div>
                {(more > 0).then(|| view! { <p class="item faint">{format!("And {}. Correct these first.", words::count(more as u64, "more", "more"))}</p> })}
            }
            .into_any()
        }}
    }
    .into_any()
}

fn row(studio: Studio, problem: Problem) -> AnyView {
    let (picture, colour) = match problem.severity {
        Severity::Error => (Icon::CircleAlert, "risk"),
        Severity::Warning => (Icon::TriangleAlert, "warn"),
        Severity::Info => (Icon::Info, "faint"),
    };
    let source = Source {
        file: problem.file.clone(),
        line: problem.line,
        column: problem.column,
        end_line: problem.end_line,
        end_column: problem.end_column,
    };
    let place = if problem.line == 0 {
        problem.file.clone()
    } else {
        format!("{}:{}:{}", problem.file, problem.line, problem.column)
    };
    view! {
        <div role="listitem">
            <button type="button" class="item" data-test="problem" on:click=move |_| studio.open_file(&source.file.clone(), Some(source.clone()))>
                <span class="title"><span class=colour>{icon(picture)}</span><b>{prose(&words::sentence(&problem.message))}</b></span>
                <span class="text" style:display="block">{sentence(&problem.hint)}</span>
                <span class="foot"><code>{place}</code>{badge("", words::code(problem.code))}</span>
            </button>
        </div>
    }
    .into_any()
}
