//! The inspector's Problems page: everything found in the workspace, worst first, and below it what a solver finds in the
//! policies. Choosing one goes there.

use leptos::prelude::*;
use model::{Code, Failure, Finding, FindingKind, Lints, Problem, Severity, Source};

use crate::{
    components::{EmptyState, badge, live, prose, sentence},
    icons::{Icon, icon},
    state::{Draft, Studio},
    texts::{self, policies},
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
                return view! { <div class="clear"><EmptyState picture=Icon::CircleCheck title=policies::NO_PROBLEMS.get() text=policies::NO_PROBLEMS_ABOUT/></div> }.into_any();
            }
            let more = all.len().saturating_sub(MOST);
            view! {
                <div role="list" aria-label=policies::PROBLEMS.get() data-help="policies/problems">{all.into_iter().take(MOST).map(|problem| row(studio, problem)).collect_view()}</div>
                {(more > 0).then(|| view! { <p class="item faint">{policies::MoreProblems { count: more as u64 }.say()}</p> })}
            }
            .into_any()
        }}
        {by_proof(studio)}
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
                <span class="text">{sentence(&problem.hint)}</span>
                <span class="foot"><code>{place}</code>{badge("", words::code(problem.code))}</span>
            </button>
        </div>
    }
    .into_any()
}

/// What a solver finds in the text on screen. Findings of an older text are dimmed until those of the new one are there.
fn by_proof(studio: Studio) -> AnyView {
    let found = Memo::new(move |_| studio.drift.lints.get());
    let fresh = move || {
        let revision = studio.editing.revision.get();
        found.with(|found| matches!(found, Some((judged, _)) if *judged == revision))
    };
    let solver = move || {
        found.with(|found| match found {
            Some((_, Ok(view))) => view.lints.solver.clone().map(|solver| {
                let n = u64::from(view.milliseconds);
                format!("{solver}, {}", texts::words::Milliseconds { n }.say())
            }),
            _ => None,
        })
    };
    view! {
        <section aria-label=policies::BY_PROOF.get() data-test="lints" data-help="proof/lints" data-state=move || if fresh() { "fresh" } else { "stale" }>
            <div class="tools-row">
                <h2 class="label grow">{policies::BY_PROOF.get()}</h2>
                <span class="faint num">{solver}</span>
            </div>
            <div class:stale=move || !fresh()>
                {live(move || match found.get() {
                    None => view! { <p class="item dim">{policies::BY_PROOF_LATER.get()}</p> }.into_any(),
                    Some((_, Err(failure))) => unproven(&failure),
                    Some((_, Ok(view))) => findings(studio, view.lints),
                })}
            </div>
        </section>
    }
    .into_any()
}

fn unproven(failure: &Failure) -> AnyView {
    if failure.code == Code::SetBroken {
        return view! { <p class="item dim">{policies::BY_PROOF_BROKEN.get()}</p> }.into_any();
    }
    let why = &failure.message;
    view! {
        <p class="item dim">{sentence(&policies::NotProven { why }.say())}" "{sentence(&failure.hint)}</p>
    }
    .into_any()
}

fn findings(studio: Studio, lints: Lints) -> AnyView {
    if lints.findings.is_empty() && lints.undecided.is_empty() {
        return view! { <p class="item dim">{prose(policies::BY_PROOF_NOTHING.get())}</p> }
            .into_any();
    }
    // One line for each reason, however many policies it leaves open.
    let mut open: Vec<(String, Vec<String>)> = Vec::new();
    for undecided in lints.undecided {
        let at = open
            .iter()
            .position(|(reason, _)| *reason == undecided.reason);
        match at.and_then(|at| open.get_mut(at)) {
            Some((_, policies)) if policies.contains(&undecided.policy) => {}
            Some((_, policies)) => policies.push(undecided.policy),
            None => open.push((undecided.reason, vec![undecided.policy])),
        }
    }
    let open = open.into_iter().map(|(why, policies)| {
        let why = &why;
        let told = match policies.as_slice() {
            [policy] => policies::NotProvenOf { policy, why }.say(),
            many => policies::NotProvenOfMany {
                count: many.len() as u64,
                why,
            }
            .say(),
        };
        view! { <p class="item dim" data-test="lint-open">{prose(&told)}</p> }.into_any()
    });
    let open = open.collect_view();
    view! {
        <div role="list" aria-label=policies::BY_PROOF.get()>{lints.findings.into_iter().map(|it| finding(studio, it)).collect_view()}</div>
        {open}
    }
    .into_any()
}

fn finding(studio: Studio, finding: Finding) -> AnyView {
    let (word, colour) = words::finding(finding.kind);
    let picture = match finding.kind {
        FindingKind::NotSeparate | FindingKind::MayError => Icon::CircleAlert,
        FindingKind::AlwaysAllows => Icon::TriangleAlert,
        FindingKind::NeverMatches | FindingKind::NothingToSeparate => Icon::Info,
    };
    let source = finding.source;
    let place = format!("{}:{}", source.file, source.line);
    let told = format!("`{}` {}", finding.policy, finding.sentence);
    let tried = finding.request.map(|request| {
        let entities = finding.entities;
        view! {
            <button type="button" class="linkish" data-test="lint-try" on:click=move |_| studio.try_request(Draft::of(&request, Some(entities.clone())))>
                {policies::TRY_REQUEST.get()}
            </button>
        }
    });
    view! {
        <div class="item live" role="listitem" data-test="lint">
            <button type="button" class="whole" on:click=move |_| studio.open_file(&source.file.clone(), Some(source.clone()))>
                <span class="title"><span class=colour>{icon(picture)}</span><b>{prose(&told)}</b></span>
                <span class="foot"><code>{place}</code>{badge(colour, word)}</span>
            </button>
            {tried}
        </div>
    }
    .into_any()
}
