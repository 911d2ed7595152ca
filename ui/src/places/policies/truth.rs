//! The one line that is always true: what the edit on screen does to recorded decisions. Older counts are shown dimmed
//! and never as those of the text on screen.

use ipc::Preview;
use leptos::prelude::*;

use crate::{
    components::{Button, Kind, Progress, sentence},
    shell::act,
    state::{Overlay, Stale, Studio, Tab, Truth},
    words,
};

/// The line.
pub fn truth() -> AnyView {
    let studio = Studio::here();
    let now = Memo::new(move |_| studio.truth());
    let stale = move || now.with(|now| matches!(now, Truth::Counts(_, Some(_))));
    let computing = move || {
        now.with(|now| {
            matches!(
                now,
                Truth::Counts(_, Some(Stale::Computing)) | Truth::First(Some(Stale::Computing))
            )
        })
    };
    let counted = Memo::new(move |_| now.with(|now| matches!(now, Truth::Counts(..))));
    view! {
        <div class="truth" class:stale=stale data-test="truth" data-state=move || now.with(state) tabindex="-1" role="group" aria-label="What this edit does">
            {move || computing().then(|| view! { <div class="progress unsure" aria-hidden="true"><i></i></div> })}
            {move || line(studio, now.get())}
            // Not part of the line: what is drawn anew between press and release is never clicked.
            {move || counted.get().then(|| view! { <Button label="Open" chord="g d" test="open-drift" on_click=move || studio.show_changes()/> })}
        </div>
    }
    .into_any()
}

/// A word for tests to wait on.
fn state(truth: &Truth) -> &'static str {
    match truth {
        Truth::NoLog => "no-log",
        Truth::First(_) => "first",
        Truth::Counts(_, None) => "fresh",
        Truth::Counts(_, Some(Stale::Computing)) => "computing",
        Truth::Counts(_, Some(Stale::Broken(_))) => "broken",
        Truth::Counts(_, Some(Stale::Failed(_))) => "failed",
    }
}

fn line(studio: Studio, truth: Truth) -> AnyView {
    match truth {
        Truth::NoLog => no_log(studio),
        Truth::First(Some(Stale::Broken(_))) => view! { <span class="say">"The policies do not compile, so nothing can be replayed yet."</span> }.into_any(),
        Truth::First(Some(Stale::Failed(failure))) => {
            view! { <span class="say"><b>{sentence(&failure.message)}</b><span class="why-stale">{sentence(&failure.hint)}</span></span> }.into_any()
        }
        Truth::First(_) => view! { <span class="say dim">"Replaying recorded decisions…"</span> }.into_any(),
        Truth::Counts(preview, stale) => counts(studio, &preview, stale),
    }
}

fn no_log(studio: Studio) -> AnyView {
    if let Some(job) = studio.job.get() {
        let done = match job.total {
            0 => String::new(),
            total => format!(": {} of {}", words::number(job.done), words::number(total)),
        };
        return view! {
            <span class="say dim">{job.title}{done}</span>
            <Progress
                done=Signal::stored(job.done)
                total=Signal::stored(job.total)
                label="Progress of the log"
            />
            <Button label="Cancel" on_click=move || studio.cancel_job() />
        }
        .into_any();
    }
    let usual = studio.workspace.with(|workspace| {
        workspace
            .as_ref()
            .and_then(|workspace| workspace.generate_rows)
    });
    let generate = match usual {
        Some(rows) => {
            let label = format!("Generate {} decisions", words::number(rows));
            view! { <Button label kind=Kind::Plain test="generate-log" on_click=move || studio.overlay.set(Some(Overlay::GenerateLog))/> }.into_any()
        }
        // Whoever describes no log gets one from schema and entities alone.
        None => act(studio, "generate-log", Kind::Plain, "Generate…"),
    };
    view! {
        <span class="say dim">"No recorded decisions yet, so nothing can be said about whose access this edit changes."</span>
        {generate}
        {act(studio, "import-log", Kind::Plain, "Import…")}
    }
    .into_any()
}

fn counts(studio: Studio, preview: &Preview, stale: Option<Stale>) -> AnyView {
    let totals = preview.totals;
    let open = words::open_rows(&totals);
    let still = totals.gained + totals.lost + open + totals.error_changed == 0;
    let rows = view! { <b data-test="truth-rows">{words::number(totals.rows)}</b> };
    let counted = if still {
        view! { <span class="counts">{rows}" recorded decisions: nobody gains or loses access."</span> }.into_any()
    } else {
        let errors = (totals.error_changed > 0).then(|| view! { ", "<b class="risk">{words::count(totals.error_changed, "evaluation error", "evaluation errors")}" changed"</b> });
        view! {
            <span class="counts">
                {rows}" recorded decisions: "
                <b class="gain" data-test="truth-gained">{format!("{} gain", words::signed('+', totals.gained))}</b>", "
                <b class="lose" data-test="truth-lost">{format!("{} lose", words::signed('−', totals.lost))}</b>", "
                <span data-test="truth-open">{format!("{} undeterminable", words::number(open))}</span>
                {errors}"."
            </span>
        }
        .into_any()
    };
    let why = match &stale {
        Some(Stale::Broken(problem)) => {
            let place = problem.as_ref().map(|problem| format!(" ({}, line {})", words::file(&problem.file).1, problem.line)).unwrap_or_default();
            let what = match problem.as_ref().map(|problem| problem.code) {
                Some(model::Code::PolicySyntax) | None => "This edit does not parse",
                Some(_) => "This edit has errors",
            };
            Some(view! { <span class="why-stale"><span class="spot">{what}{place}"."</span>" The counts are those of the last text that could be replayed."</span> }.into_any())
        }
        Some(Stale::Failed(failure)) => Some(view! { <span class="why-stale"><span class="spot">{sentence(&failure.message)}</span>" The counts are older than the text. "{sentence(&failure.hint)}</span> }.into_any()),
        Some(Stale::Computing) | None => None,
    };
    let time = match stale {
        None => Some(format!(
            "{} ms",
            words::number(u64::from(preview.milliseconds))
        )),
        Some(Stale::Computing) => Some("replaying…".to_owned()),
        Some(_) => None,
    };
    let proven = why.is_none().then(|| proven(studio));
    view! {
        <span class="say">{counted}{why}{proven}</span>
        {time.map(|time| view! { <span class="faint num" data-test="truth-time">{time}</span> })}
    }
    .into_any()
}

/// Below the counts: what is proven for the requests that no log holds.
fn proven(studio: Studio) -> AnyView {
    let proven = Memo::new(move |_| studio.drift.proven(studio.editing.revision.get()));
    let line = move || match proven.get()? {
        Ok(view) => {
            let (says, shown) = words::proof(&view.proof);
            Some(view! {
                <button type="button" class="linkish" data-test="truth-proof" on:click=move |_| studio.open_tab(Tab::Proof)>{says}</button>
                {shown.map(|shown| format!(" {shown}"))}
            }.into_any())
        }
        Err(failure) => Some(view! { <span>"Not proven: "{failure.message}</span> }.into_any()),
    };
    view! { <span class="proven">{line}</span> }.into_any()
}
