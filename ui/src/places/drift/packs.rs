//! What-ifs: packs on the left; on the right what the pack in front supposes, expects and found, and how it went over time.

use ipc::{PackHistory, PackView, RunLine, ScenarioView};
use leptos::prelude::*;
use model::{Change, ExpectationResult, PackOutcome, PackResult, ScenarioResult};
use web_sys::KeyboardEvent;

use crate::{
    components::{
        Button, Callout, EmptyState, Entity, Kind, Progress, Select, badge, class_badge, live,
        nothing, prose, sentence, skeleton,
    },
    dom,
    icons::{Icon, icon},
    places::failed,
    state::{Standing, Studio, standings},
    texts::{Text, drift, shell},
    words,
};

/// Runs listed one by one.
const RUNS: usize = 12;
/// Examples of a scenario listed at most.
const EXAMPLES: usize = 8;

/// The page.
pub fn packs(studio: Studio) -> AnyView {
    let packs = studio.packs;
    #[derive(Clone, PartialEq)]
    enum Shown {
        Waiting,
        Failed(model::Failure),
        Empty,
        Packs,
    }
    let shown = Memo::new(move |_| {
        packs.view.with(|view| match view {
            None => Shown::Waiting,
            Some(Err(failure)) => Shown::Failed(failure.clone()),
            Some(Ok(view)) if view.packs.is_empty() && view.broken.is_empty() => Shown::Empty,
            Some(Ok(_)) => Shown::Packs,
        })
    });
    view! {
        {live(move || packs.failure.get().map_or_else(nothing, |failure| failed(&failure)))}
        {live(move || match shown.get() {
            Shown::Waiting => skeleton(),
            Shown::Failed(failure) => failed(&failure),
            Shown::Empty => empty(studio),
            Shown::Packs => view! {
                <div class="what-ifs">
                    <div class="card">{list(studio)}</div>
                    <section class="card" aria-label=drift::PACK.get() data-test="pack" data-help="what-ifs">{front(studio)}</section>
                </div>
            }
            .into_any(),
        })}
    }
    .into_any()
}

fn empty(studio: Studio) -> AnyView {
    let folder = studio.workspace.with_untracked(|workspace| {
        workspace.as_ref().map_or_else(String::new, |workspace| {
            format!("{}/scenarios", workspace.root)
        })
    });
    let copied = folder.clone();
    view! {
        <EmptyState
            picture=Icon::CircleQuestionMark
            title=drift::NO_WHAT_IFS.get()
            text=drift::NO_WHAT_IFS_ABOUT
        >
            <span class="row wrap">
                <span class="dim">{drift::PACKS_ARE.get()}" "<code class="copyable">{folder}</code></span>
                <Button label=drift::COPY_PATH.get() kind=Kind::Tiny picture=Icon::Copy on_click=move || {
                    dom::copy(&copied);
                    studio.say(shell::COPIED);
                }/>
            </span>
        </EmptyState>
    }
    .into_any()
}

/// Picture, words and colour of a standing.
fn standing(standing: Standing) -> (Icon, String, &'static str) {
    match standing {
        Standing::Unknown => (Icon::CircleDashed, drift::NOT_RUN_YET.into(), "maybe"),
        Standing::Met => (Icon::Check, drift::MET.into(), ""),
        Standing::Unmet(count) => (Icon::X, drift::Unmet { count }.say(), "risk"),
        Standing::Failed => (Icon::TriangleAlert, drift::NOT_RUN.into(), "warn"),
    }
}

fn list(studio: Studio) -> AnyView {
    let packs = studio.packs;
    let ran = move || {
        packs.view.with(|view| match view {
            Some(Ok(view)) => standings(view),
            _ => String::new(),
        })
    };
    let notes = move || {
        packs.view.with(|view| {
            let Some(Ok(view)) = view else { return None };
            let unkept = view.unkept.clone().map(|failure| {
                view! {
                    <Callout tone="warn" title=drift::UNKEPT>
                        <span class="dim">{sentence(&failure.message)}</span>
                        <span class="dim">{sentence(&failure.hint)}</span>
                    </Callout>
                }
                .into_any()
            });
            let broken = view.broken.iter().map(failed).collect_view();
            (unkept.is_some() || !view.broken.is_empty()).then(|| {
                view! { <div class="section" data-test="packs-broken">{unkept}{broken}</div> }
                    .into_any()
            })
        })
    };
    let running = Memo::new(move |_| packs.running.with(Option::is_some));
    // Up and down walk the list; Tab leads on from the pack in front to what it found.
    let key = move |event: KeyboardEvent| {
        let names = untrack(|| packs.names());
        let here = packs
            .chosen
            .with_untracked(|chosen| names.iter().position(|name| Some(name) == chosen.as_ref()));
        let next = match (event.key().as_str(), here) {
            ("ArrowDown", here) => here.map_or(0, |here| here + 1),
            ("ArrowUp", Some(here)) => here.saturating_sub(1),
            ("Home", _) => 0,
            ("End", _) => names.len().saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        if let Some(name) = names.get(next) {
            studio.choose_pack(name.clone());
            dom::focus(&format!("[data-pack=\"{}\"]", name.replace('"', "\\\"")));
        }
    };
    view! {
        <div class="tools-row"><span class="dim grow" data-test="packs-standing">{Signal::derive(ran)}</span></div>
        {live(move || if running.get() { progress(studio) } else { nothing() })}
        {live(move || notes().unwrap_or_else(nothing))}
        <div class="panel" role="list" aria-label=drift::PACKS.get() on:keydown=key>
            <For each=move || packs.names() key=Clone::clone let:name>{row(studio, name)}</For>
        </div>
    }
    .into_any()
}

fn progress(studio: Studio) -> AnyView {
    let job = studio.job;
    let done = Signal::derive(move || job.with(|job| job.as_ref().map_or(0, |job| job.done)));
    let total = Signal::derive(move || job.with(|job| job.as_ref().map_or(0, |job| job.total)));
    let said = move || match total.get() {
        0 => drift::RUNNING.into(),
        total => drift::RunningOf {
            done: done.get(),
            total,
        }
        .say(),
    };
    view! {
        <div class="section" data-test="packs-running">
            <span class="row">
                <span class="dim grow num">{Signal::derive(said)}</span>
                <Button label=shell::CANCEL.get() test="packs-cancel" on_click=move || studio.cancel_job()/>
            </span>
            <Progress done total label=drift::PROGRESS.get()/>
        </div>
    }
    .into_any()
}

fn row(studio: Studio, name: String) -> AnyView {
    let name = StoredValue::new(name);
    let pack = Memo::new(move |_| name.with_value(|name| studio.packs.get(name)));
    let runs = Memo::new(move |_| name.with_value(|name| studio.packs.runs(name)));
    let here = move || {
        studio
            .packs
            .chosen
            .with(|chosen| name.with_value(|name| chosen.as_ref() == Some(name)))
    };
    let facts = move || {
        let pack = pack.get()?;
        let (picture, word, tone) = standing(Standing::of(&pack));
        let state = if runs.get() {
            badge("accent", drift::RUNNING_PACK)
        } else {
            badge(tone, word)
        };
        let at = pack.last.as_ref().map(|run| words::date_time(&run.at));
        let ran = at.map_or(drift::NEVER_RAN.into(), |at| drift::RanAt { at: &at }.say());
        let count = pack.scenarios.len() as u64;
        let what_ifs = drift::WhatIfsCount { count }.say();
        Some(view! {
            <span class="title"><span class=if tone.is_empty() { "dim" } else { tone }>{icon(picture)}</span><b>{pack.title.clone()}</b>{state}</span>
            <span class="foot"><span>{ran}</span><span>{what_ifs}</span></span>
        }
        .into_any())
    };
    view! {
        <div role="listitem">
            <button
                type="button"
                class="item pack"
                data-test="pack-row"
                data-pack=name.get_value()
                aria-current=move || if here() { "true" } else { "false" }
                on:click=move |_| studio.choose_pack(name.get_value())
            >
                {live(move || facts().unwrap_or_else(nothing))}
            </button>
        </div>
    }
    .into_any()
}

fn front(studio: Studio) -> AnyView {
    // Only another pack draws everything anew: after a run the focus stays on its button.
    let name = Memo::new(move |_| studio.packs.chosen.get());
    view! {
        {live(move || name.get().map_or_else(nothing, |name| details(studio, name)))}
    }
    .into_any()
}

fn details(studio: Studio, name: String) -> AnyView {
    let (asked, ran) = (name.clone(), name.clone());
    let pack = Memo::new(move |_| studio.packs.get(&asked));
    let of = move |read: fn(&PackView) -> String| {
        Signal::derive(move || pack.with(|pack| pack.as_ref().map(read).unwrap_or_default()))
    };
    let busy = move || {
        studio.job.with(|job| {
            job.as_ref()
                .map(|job| drift::Busy { job: &job.title }.say())
        })
    };
    let file = pack.with_untracked(|pack| pack.as_ref().map(|pack| pack.file.clone()));
    let file = file.unwrap_or_default();
    let opened = file.clone();
    view! {
        <div class="pack-head">
            <div class="row">
                <h2 class="grow">{of(|pack| pack.title.clone())}</h2>
                <Button label=drift::RUN.get() picture=Icon::Play blocked=MaybeProp::derive(busy) test="pack-run" on_click=move || studio.run_packs(vec![ran.clone()])/>
            </div>
            <p class="dim">{of(|pack| pack.about.clone())}</p>
            <dl class="pack-facts">{live(move || pack.with(|pack| pack.as_ref().map_or_else(nothing, facts)))}</dl>
            <div class="row">
                <button type="button" class="linkish cut" data-test="pack-open" data-tip=drift::OPEN_PACK.get() on:click=move |_| studio.open_file(&opened, None)><code>{file}</code></button>
            </div>
        </div>
        <div class="panel" tabindex="0" role="group" aria-label=drift::PACK_FOUND.get()>
            {live(move || pack.with(|pack| pack.as_ref().map_or_else(nothing, found)))}
            {over_time(studio, name, pack)}
        </div>
    }
    .into_any()
}

/// What it runs on, and when.
fn facts(pack: &PackView) -> AnyView {
    let fact = |name: Text, value: String| {
        view! { <div><dt>{name.get()}</dt>" "<dd>{value}</dd></div> }.into_any()
    };
    let last = pack.last.as_ref().map(|run| words::date_time(&run.at));
    let due = match (&pack.schedule, &pack.next_at) {
        (Some(_), Some(next)) if dom::is_past(next) => drift::DUE_NEXT.into(),
        (Some(schedule), Some(next)) => format!("{} ({schedule})", words::date_time(next)),
        (Some(schedule), None) => schedule.clone(),
        (None, _) => drift::DUE_BY_HAND.into(),
    };
    view! {
        {fact(drift::ROWS, pack.rows.clone())}
        {fact(drift::RAN, last.unwrap_or_else(|| drift::NEVER.into()))}
        {fact(drift::DUE, due)}
    }
    .into_any()
}

fn found(pack: &PackView) -> AnyView {
    match pack.last.as_ref().map(|run| &run.outcome) {
        Some(PackOutcome::Result(result)) => {
            let edited = (result.digest != pack.digest).then(|| {
                view! {
                    <div class="section">
                        <Callout tone="warn" title=drift::PACK_CHANGED>
                            <span class="dim">{drift::PACK_CHANGED_ABOUT.get()}</span>
                        </Callout>
                    </div>
                }
                .into_any()
            });
            view! {
                {edited}
                {result.scenarios.iter().map(|it| scenario(result, it)).collect_view()}
            }
            .into_any()
        }
        outcome => {
            let failure = match outcome {
                Some(PackOutcome::Error(failure)) => Some(failure),
                _ => None,
            };
            view! {
                {failure.map(|failure| view! { <div class="section">{failed(failure)}</div> }.into_any())}
                {pack.scenarios.iter().map(supposed).collect_view()}
            }
            .into_any()
        }
    }
}

/// A what-if of which nothing is known yet.
fn supposed(scenario: &ScenarioView) -> AnyView {
    let expected = scenario.expectations.iter().map(|text| {
        view! { <li>{icon(Icon::CircleDashed)}<span>{prose(&words::sentence(text))}</span></li> }.into_any()
    });
    view! {
        <section class="section" data-test="scenario">
            <h3>{words::sentence(&scenario.name)}</h3>
            {(!scenario.about.is_empty()).then(|| view! { <p class="dim">{prose(&scenario.about)}</p> }.into_any())}
            <ul class="expected" aria-label=drift::EXPECTED.get()>{expected.collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn scenario(pack: &PackResult, it: &ScenarioResult) -> AnyView {
    let totals = &it.totals;
    let unmet = it.expectations.iter().filter(|it| !it.met).count() as u64;
    let state = match unmet {
        0 => badge("", drift::MET),
        count => badge("risk", drift::Unmet { count }.say()),
    };
    let requests = it.requests_changed;
    let supposed = match it.entities_changed {
        0 => drift::Otherwise { requests }.say(),
        entities => drift::OtherwiseEntities { entities, requests }.say(),
    };
    let still = totals.gained + totals.lost + words::open_rows(totals) + totals.error_changed == 0;
    let counts = if still {
        view! { <span class="dim">{drift::NoneOfRows { rows: pack.rows.rows }.say()}</span> }
            .into_any()
    } else {
        let errors = (totals.error_changed > 0).then(|| {
            let count = totals.error_changed;
            badge("risk", drift::ErrorsChanged { count }.say())
        });
        view! {
            {badge("gain", drift::Gained { count: &words::signed('+', totals.gained) }.say())}
            {badge("lose", drift::Lost { count: &words::signed('−', totals.lost) }.say())}
            {badge("maybe", drift::Open { count: words::open_rows(totals) }.say())}
            {errors}
        }
        .into_any()
    };
    let policies = (it.base.digest != it.head.digest).then(|| {
        view! { <p class="dim">{drift::DecidedInstead { head: &it.head.label, base: &it.base.label }.say()}</p> }.into_any()
    });
    view! {
        <section class="section" data-test="scenario">
            <div class="row"><h3 class="grow">{words::sentence(&it.name)}</h3>{state}</div>
            {(!it.about.is_empty()).then(|| view! { <p class="dim">{prose(&it.about)}</p> }.into_any())}
            <div class="row wrap">
                {counts}
                <span class="push faint">{supposed}</span>
            </div>
            {policies}
            <ul class="expected" aria-label=drift::EXPECTED.get()>{it.expectations.iter().map(expectation).collect_view()}</ul>
            {it.notes.iter().map(|note| view! { <p class="row dim">{icon(Icon::Info)}<span>{sentence(note)}</span></p> }.into_any()).collect_view()}
            {examples(&it.examples)}
        </section>
    }
    .into_any()
}

fn expectation(it: &ExpectationResult) -> AnyView {
    let found = drift::Found { found: it.found }.say();
    let most = it
        .by
        .iter()
        .map(|(who, rows)| format!("{} ({})", words::entity(who).1, words::number(*rows)));
    let most: Vec<_> = most.collect();
    let most = (!most.is_empty()).then(|| {
        view! { <small>{drift::MostBy { principals: &most.join(", ") }.say()}</small> }.into_any()
    });
    let (picture, word) = if it.met {
        (Icon::Check, drift::EXPECTATION_MET)
    } else {
        (Icon::X, drift::EXPECTATION_UNMET)
    };
    view! {
        <li class:risk=!it.met data-test=if it.met { "expectation-met" } else { "expectation-unmet" }>
            {icon(picture)}
            <span class="grow">
                <span class=if it.met { "unseen" } else { "" }>{word.get()}" "</span>
                {prose(&if it.met { words::sentence(&it.text) } else { it.text.clone() })}
                {most}
            </span>
            <span class="num">{found}</span>
        </li>
    }
    .into_any()
}

fn heads<const N: usize>(names: [Text; N]) -> AnyView {
    let heads = names.map(|name| view! { <th>{name.get()}</th> });
    heads.collect_view().into_any()
}

fn examples(changes: &[Change]) -> Option<AnyView> {
    if changes.is_empty() {
        return None;
    }
    let row = |change: &Change| {
        let (_, action) = words::entity(&change.action);
        let (level, tone) = words::risk(change.risk.level);
        view! {
            <tr>
                <td>{class_badge(change.class)}</td>
                <td><Entity id=change.principal.clone()/></td>
                <td><code>{action}</code></td>
                <td><Entity id=change.resource.clone()/></td>
                <td>{badge(tone, level)}</td>
            </tr>
        }
        .into_any()
    };
    Some(
        view! {
            <details>
                <summary>{drift::EXAMPLES.get()}</summary>
                <table class="facts">
                    <thead><tr>{heads([drift::COLUMN_CHANGE, drift::COLUMN_WHO, drift::COLUMN_ACTION, drift::COLUMN_ON, drift::COLUMN_RISK])}</tr></thead>
                    <tbody>{changes.iter().take(EXAMPLES).map(row).collect_view()}</tbody>
                </table>
            </details>
        }
        .into_any(),
    )
}

/// The trend, of all scenarios together or of one, and the runs as numbers.
fn over_time(studio: Studio, name: String, pack: Memo<Option<PackView>>) -> AnyView {
    let of = RwSignal::new(String::new());
    let history = Memo::new(move |_| {
        studio.packs.history.with(|history| match history {
            Some((of, answer)) if *of == name => Some(answer.clone()),
            _ => None,
        })
    });
    let options = move || {
        let mut options = vec![(String::new(), drift::ALL_TOGETHER.into())];
        history.with(|history| {
            if let Some(Ok(history)) = history {
                let names = history.trends.iter().map(|(name, _)| name.clone());
                options.extend(names.map(|name| (name.clone(), words::sentence(&name))));
            }
        });
        options
    };
    // The drawing came with the list, so that nothing waits for the rest of the history.
    let drawing = move || {
        let of = of.get();
        history
            .with(|history| match history {
                Some(Ok(history)) if !of.is_empty() => history
                    .trends
                    .iter()
                    .find(|(name, _)| *name == of)
                    .map(|(_, svg)| svg.clone()),
                _ => None,
            })
            .or_else(|| pack.with(|pack| pack.as_ref().map(|pack| pack.trend.clone())))
    };
    let ran =
        Memo::new(move |_| pack.with(|pack| pack.as_ref().is_some_and(|pack| pack.last.is_some())));
    view! {
        {move || ran.get().then(|| view! {
            <section class="section" data-test="pack-trend">
                <div class="row wrap">
                    <h3 class="grow">{drift::OVER_TIME.get()}</h3>
                    <label class="unseen" for="trend-of">{drift::WHICH.get()}</label>
                    <Select id="trend-of" options=Signal::derive(options) value=of test="trend-of"/>
                </div>
                <figure class="trend" inner_html=drawing></figure>
                {live(move || match history.get() {
                    None => nothing(),
                    Some(Err(failure)) => failed(&failure),
                    Some(Ok(history)) => runs(&history),
                })}
            </section>
        }
        .into_any())}
    }
    .into_any()
}

fn runs(history: &PackHistory) -> AnyView {
    let row = |run: &RunLine| {
        let count = run.expectations.saturating_sub(run.met);
        let (word, tone) = match run.state.as_str() {
            "met" => (drift::MET.into(), ""),
            "unmet" => (drift::Unmet { count }.say(), "risk"),
            _ => (drift::NOT_RUN.into(), "warn"),
        };
        let number = |sign: char, value: u64| words::signed(sign, value);
        view! {
            <tr>
                <td>{words::date_time(&run.at)}</td>
                <td>{badge(tone, word)}</td>
                <td class="num">{number('+', run.gained)}</td>
                <td class="num">{number('−', run.lost)}</td>
                <td class="num">{words::number(run.open)}</td>
                <td class="num">{drift::MetOf { met: run.met, all: run.expectations }.say()}</td>
            </tr>
        }
        .into_any()
    };
    let older = history.runs.len().saturating_sub(RUNS) as u64;
    view! {
        <table class="facts">
            <caption class="unseen">{drift::RUNS.get()}</caption>
            <thead><tr>{heads([drift::COLUMN_RUN, drift::COLUMN_OUTCOME, drift::COLUMN_GAINED, drift::COLUMN_LOST, drift::COLUMN_OPEN, drift::COLUMN_MET])}</tr></thead>
            <tbody>{history.runs.iter().rev().take(RUNS).map(row).collect_view()}</tbody>
        </table>
        {(older > 0).then(|| view! { <p class="faint">{drift::RunsBefore { count: older }.say()}</p> }.into_any())}
    }
    .into_any()
}
