//! The inspector's Tests page: named requests with the decision each must have, and a form to try one.

use ipc::TestView;
use leptos::prelude::*;
use model::{Decision, Explanation, Failure};

use super::test_form::{draft_of, test_form};
use crate::{
    components::{
        Button, CodeView, EmptyState, Kind, Piece, badge, code_view, piece, read, shown, skeleton,
    },
    icons::{Icon, icon},
    places::failed,
    shell::act,
    state::{Draft, Studio},
    texts::policies,
    words,
};

/// The page.
pub fn tests_page() -> AnyView {
    let studio = Studio::here();
    let form = studio.tests.form;
    let open = RwSignal::new(None::<String>);
    view! {
        <div class="tools-row">
            <span class="dim grow">{move || match studio.tests.score() {
                Some((passed, all)) if all > 0 => policies::TestsScore { passed: passed as u64, all: all as u64 }.say(),
                _ => policies::TESTS_ABOUT.into(),
            }}</span>
            {act(studio, "run-tests", Kind::Bare, "")}
            <Button label=policies::NEW_TEST.get() kind=Kind::Plain picture=Icon::Plus test="new-test" on_click=move || form.set(Some(Draft::default()))/>
        </div>
        {move || form.get().map(|draft| test_form(studio, draft))}
        {move || studio.tests.failure.get().map(|failure| view! { <div class="section">{failed(&failure)}</div> })}
        {move || match studio.tests.list.get() {
            None if studio.tests.failure.with(Option::is_some) => ().into_any(),
            None => skeleton(),
            Some(list) if list.is_empty() && form.with(Option::is_none) => view! {
                <EmptyState
                    picture=Icon::FlaskConical
                    title=policies::NO_TESTS.get()
                    text=policies::NO_TESTS_ABOUT
                />
            }.into_any(),
            Some(list) => {
                let rows = list.into_iter().map(|test| row(studio, test, open)).collect_view();
                view! { <div role="list" aria-label=policies::TEST_REQUESTS.get()>{rows}</div> }.into_any()
            }
        }}
    }
    .into_any()
}

fn row(studio: Studio, test: TestView, open: RwSignal<Option<String>>) -> AnyView {
    let name = StoredValue::new(test.test.name.clone());
    let is_open =
        Memo::new(move |_| open.with(|open| name.with_value(|name| open.as_ref() == Some(name))));
    let passed = test.passed;
    let title = test.test.name.clone();
    let test = StoredValue::new(test);
    let details = move || {
        let test = test.get_value();
        let again = test.test.clone();
        let removed = test.test.clone();
        view! {
            <div class="section" data-test="test-details">
                {request(&test.test.request)}
                {test.test.entities.as_ref().map(|own| view! { <p class="faint">{policies::OwnEntities { count: own.len() as u64 }.say()}</p> })}
                {verdict(Some(test.test.decision), &test.outcome)}
                <div class="row">
                    <Button label=policies::EDIT.get() kind=Kind::Ghost picture=Icon::Pencil on_click=move || studio.tests.form.set(Some(draft_of(&again)))/>
                    <Button label=policies::REMOVE.get() kind=Kind::Ghost picture=Icon::Trash2 on_click=move || studio.delete_test(removed.clone())/>
                    <span class="push faint mono">{test.file}</span>
                </div>
            </div>
        }
    };
    view! {
        <div role="listitem">
            <button
                type="button"
                class="test"
                data-test="test"
                data-help="policies/tests"
                data-passed=if passed { "true" } else { "false" }
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                on:click=move |_| open.update(|open| *open = if is_open.get_untracked() { None } else { Some(name.get_value()) })
            >
                <span class=if passed { "dim" } else { "risk" }>{icon(if passed { Icon::Check } else { Icon::X })}</span>
                <span class="grow">{title}</span>
                {(!passed).then(|| badge("risk", policies::FAILS))}
            </button>
            {move || is_open.get().then(details)}
        </div>
    }
    .into_any()
}

fn request(request: &model::Request) -> AnyView {
    let context = (!request.context.is_empty())
        .then(|| serde_json::to_string_pretty(&request.context).unwrap_or_default());
    view! {
        <dl class="reads">
            <dt>"principal"</dt><dd>{request.principal.clone()}</dd>
            <dt>"action"</dt><dd>{request.action.clone()}</dd>
            <dt>"resource"</dt><dd>{request.resource.clone()}</dd>
        </dl>
        {context.map(|text| view! { <CodeView text/> })}
    }
    .into_any()
}

/// What was decided, by what, and whether that is what was expected.
pub fn verdict(expected: Option<Decision>, outcome: &Result<Explanation, Failure>) -> AnyView {
    let explanation = match outcome {
        Ok(explanation) => explanation,
        Err(failure) => return failed(failure),
    };
    let as_expected = expected.is_none_or(|expected| expected == explanation.decision);
    let by = match (&explanation.decision, explanation.reasons.as_slice()) {
        (Decision::Deny, []) => policies::NO_PERMIT.into(),
        (_, reasons) => reasons.join(", "),
    };
    let (studio, clauses) = (Studio::here(), explanation.clauses.clone());
    let clauses = shown(move || {
        let clauses = clauses.iter().take(4);
        piece("div.contents").all(clauses.map(|it| clause(studio, it)))
    });
    let errors = explanation
        .errors
        .iter()
        .map(|error| view! { <p class="risk"><code>{error.policy.clone()}</code>": "{error.message.clone()}</p> })
        .collect_view();
    view! {
        <div class="verdict" data-test="verdict">
            <b>{words::decision(Some(explanation.decision))}</b>
            <span class="dim cut grow">{by}</span>
            {(!as_expected).then(|| badge("risk", policies::Expected { decision: words::decision(expected) }.say()))}
        </div>
        {errors}
        {clauses}
    }
    .into_any()
}

/// A clause that decided, or kept a policy from matching, with what it read.
pub fn clause(studio: Studio, clause: &model::Clause) -> Piece {
    let (tone, word) = match clause.held {
        Some(true) => ("held", policies::HELD),
        Some(false) => ("failed", policies::NOT_HELD),
        None => ("failed", policies::NOT_EVALUATED),
    };
    let effect = if clause.effect == model::Effect::Permit {
        "permit"
    } else {
        "forbid"
    };
    let source = clause.source.clone();
    let policy = piece("button.linkish.cut")
        .with("type", "button")
        .with("data-tip", policies::OPEN_IN_EDITOR.get())
        .add(piece("code").text(&clause.policy))
        .pressed(move || studio.open_file(&source.file, Some(source.clone())));
    let head = piece("div.clause-head")
        .add(piece("span.faint").text(effect))
        .add(policy)
        .add(piece("span.push.faint").text(word.get()));
    let shown = piece("div.clause")
        .add(head)
        .add(code_view(&clause.text, tone));
    if clause.reads.is_empty() {
        return shown;
    }
    let reads = clause.reads.iter();
    shown.add(read(
        reads.map(|read| (read.expression.as_str(), read.value.clone())),
    ))
}
