//! The checks, failing ones first and open. What has nothing to look at is folded, and counted.

use ipc::{BundleView, CheckState, CheckView};
use leptos::prelude::*;

use crate::{
    components::{Button, Kind, prose},
    dom,
    icons::{Icon, icon},
    state::Studio,
    words,
};

/// Further failures listed one by one.
const FURTHER: usize = 50;

/// All of them.
pub fn checks(studio: Studio, bundle: &BundleView) -> AnyView {
    let of = |fits: fn(&CheckView) -> bool| -> Vec<&CheckView> {
        bundle.checks.iter().filter(|check| fits(check)).collect()
    };
    let group = |title: String, checks: Vec<&CheckView>| {
        (!checks.is_empty()).then(|| {
            let count = checks.len();
            let rows = checks.into_iter().map(|it| row(studio, it)).collect_view();
            view! { <section><h3 class="checks-head">{title}" "<em>{count}</em></h3>{rows}</section> }.into_any()
        })
    };
    let idle = of(|it| it.state == CheckState::NotChecked && !it.needed);
    let again = |id: &str| {
        studio
            .evidence
            .again
            .with_untracked(|again| again.as_ref().is_some_and(|(of, _)| of == id))
    };
    let idle = (!idle.is_empty()).then(|| {
        let open = idle.iter().any(|it| again(&it.id));
        let title = match idle.len() {
            1 => "One check has nothing to look at here".to_owned(),
            count => format!("{count} checks have nothing to look at here"),
        };
        let rows = idle.into_iter().map(|it| row(studio, it)).collect_view();
        view! { <details class="checks-idle" open=open><summary class="checks-head">{icon(Icon::ChevronRight)}{title}</summary>{rows}</details> }.into_any()
    });
    view! {
        <div class="checks" data-test="checks">
            {group("Does not hold".to_owned(), of(|it| it.state == CheckState::Fail))}
            {group("Needed, and could not be checked".to_owned(), of(|it| it.state == CheckState::NotChecked && it.needed))}
            {group("Holds".to_owned(), of(|it| it.state == CheckState::Pass))}
            {idle}
        </div>
    }
    .into_any()
}

fn row(studio: Studio, check: &CheckView) -> AnyView {
    let (word, tone) = words::check(check.state);
    let tone = match (check.state, check.needed) {
        (CheckState::NotChecked, false) => "faint",
        _ => tone,
    };
    let picture = match check.state {
        CheckState::Pass => Icon::Check,
        CheckState::Fail => Icon::X,
        CheckState::NotChecked => Icon::CircleDashed,
    };
    let when = studio.evidence.again.with_untracked(|again| {
        let (_, at) = again.as_ref().filter(|(id, _)| *id == check.id)?;
        Some(at.get(11..19).unwrap_or(at).to_owned())
    });
    let again = when.map(|at| {
        view! { <p class="row dim" data-test="check-again">{icon(Icon::RotateCw)}<span>{format!("Run again at {at} UTC: {word}.")}</span></p> }.into_any()
    });
    let marked = again.is_some();
    let open = marked || check.state == CheckState::Fail;
    let line = |name: &'static str, text: &str| {
        (!text.is_empty())
            .then(|| view! { <dt>{name}</dt><dd class="copyable">{prose(text)}</dd> }.into_any())
    };
    let facts = match check.state {
        CheckState::NotChecked => vec![line("Why not", &check.found)],
        _ => vec![
            line("Expected", &check.expected),
            line("Found", &check.found),
        ],
    };
    let further = (!check.detail.is_empty()).then(|| {
        let lines = check.detail.iter().take(FURTHER);
        let lines = lines.map(|it| view! { <li class="copyable">{prose(it)}</li> }.into_any());
        let more = check.detail.len().saturating_sub(FURTHER) as u64;
        let more = (more > 0).then(|| view! { <li class="faint">{format!("and {}", words::count(more, "more", "more"))}</li> }.into_any());
        view! { <dt>"Also"</dt><dd><ul>{lines.collect_view()}{more}</ul></dd> }.into_any()
    });
    let text = {
        let mut lines = vec![format!("{} {word}: {}", check.id, check.sentence)];
        if !check.expected.is_empty() {
            lines.push(format!("expected: {}", check.expected));
        }
        lines.push(format!("found: {}", check.found));
        lines.extend(check.detail.iter().cloned());
        lines.join("\n")
    };
    // The head of the group says in sight how it ended; a reader who hears the row alone is told by the row.
    let why = match check.state {
        CheckState::NotChecked => {
            view! { <small class=tone>{check.found.clone()}</small> }.into_any()
        }
        _ => view! { <span class="unseen">{word}</span> }.into_any(),
    };
    let id = check.id.clone();
    view! {
        <details class="law" open=open data-check=check.id.clone() data-state=word data-again=marked.then_some("true")>
            <summary>
                <span class=tone>{icon(picture)}</span>
                <code class="faint">{check.id.clone()}</code>
                <span class="says">{words::sentence(&check.sentence)}" "{why}</span>
                <span class="turn">{icon(Icon::ChevronRight)}</span>
            </summary>
            <div class="law-body">
                <dl class="found">{facts}{further}</dl>
                {again}
                <span class="row">
                    <Button label="Run this check again" picture=Icon::RotateCw test="check-run" on_click=move || studio.verify_again(Some(id.clone()))/>
                    <Button label="Copy" kind=Kind::Ghost picture=Icon::Copy on_click=move || {
                        dom::copy(&text);
                        studio.say("Copied");
                    }/>
                </span>
            </div>
        </details>
    }
    .into_any()
}
