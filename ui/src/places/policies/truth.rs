//! The one line that is always true: what the edit on screen does to recorded decisions. Older counts are shown dimmed
//! and never as those of the text on screen.

use ipc::Preview;
use leptos::prelude::*;
use model::Code;

use crate::{
    components::{Button, Kind, Progress, sentence},
    shell::act,
    state::{Overlay, Stale, Studio, Tab, Truth},
    texts::{self, policies, shell},
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
        <div class="truth" class:stale=stale data-test="truth" data-state=move || now.with(state) tabindex="-1" role="group" aria-label=policies::EFFECT.get()>
            {move || computing().then(|| view! { <div class="progress unsure" aria-hidden="true"><i></i></div> })}
            {move || line(studio, now.get())}
            // Not part of the line: what is drawn anew between press and release is never clicked.
            {move || counted.get().then(|| view! { <Button label=policies::OPEN.get() chord="g d" test="open-drift" on_click=move || studio.show_changes()/> })}
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
        Truth::First(Some(Stale::Broken(_))) => view! { <span class="say">{policies::NOT_COMPILING.get()}</span> }.into_any(),
        Truth::First(Some(Stale::Failed(failure))) => {
            view! { <span class="say"><b>{sentence(&failure.message)}</b><span class="why-stale">{sentence(&failure.hint)}</span></span> }.into_any()
        }
        Truth::First(_) => view! { <span class="say dim">{policies::REPLAYING_LOG.get()}</span> }.into_any(),
        Truth::Counts(preview, stale) => counts(studio, &preview, stale),
    }
}

fn no_log(studio: Studio) -> AnyView {
    if let Some(job) = studio.job.get() {
        let (title, done) = (&job.title, job.done);
        let text = match job.total {
            0 => title.clone(),
            total => shell::Job { title, done, total }.say(),
        };
        return view! {
            <span class="say dim">{text}</span>
            <Progress
                done=Signal::stored(job.done)
                total=Signal::stored(job.total)
                label=policies::LOG_PROGRESS.get()
            />
            <Button label=shell::CANCEL.get() on_click=move || studio.cancel_job() />
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
            let label = policies::GenerateDecisions { rows }.say();
            view! { <Button label kind=Kind::Plain test="generate-log" on_click=move || studio.overlay.set(Some(Overlay::GenerateLog))/> }.into_any()
        }
        // Whoever describes no log gets one from schema and entities alone.
        None => act(
            studio,
            "generate-log",
            Kind::Plain,
            policies::GENERATE.get(),
        ),
    };
    view! {
        <span class="say dim">{policies::NOTHING_KNOWN.get()}</span>
        {generate}
        {act(studio, "import-log", Kind::Plain, policies::IMPORT.get())}
    }
    .into_any()
}

fn counts(studio: Studio, preview: &Preview, stale: Option<Stale>) -> AnyView {
    let totals = preview.totals;
    let open = words::open_rows(&totals);
    let still = totals.gained + totals.lost + open + totals.error_changed == 0;
    let rows = totals.rows;
    let counted = if still {
        policies::CountsNobody { rows }.say()
    } else {
        let (gained, lost, errors) = (totals.gained, totals.lost, totals.error_changed);
        policies::Counts {
            rows,
            gained,
            lost,
            open,
            errors,
        }
        .say()
    };
    // What stands between stars is set off, by its place.
    let counted = counted.split('*').enumerate().map(|(at, part)| {
        let part = part.to_owned();
        match at {
            1 => view! { <b data-test="truth-rows">{part}</b> }.into_any(),
            3 => view! { <b class="gain" data-test="truth-gained">{part}</b> }.into_any(),
            5 => view! { <b class="lose" data-test="truth-lost">{part}</b> }.into_any(),
            7 => view! { <span data-test="truth-open">{part}</span> }.into_any(),
            9 => view! { <b class="risk">{part}</b> }.into_any(),
            _ => part.into_any(),
        }
    });
    let counted = view! { <span class="counts">{counted.collect_view()}</span> };
    let why = match &stale {
        Some(Stale::Broken(problem)) => {
            let what = match problem {
                None => policies::DOES_NOT_PARSE.into(),
                Some(problem) => {
                    let (file, line) = (words::file(&problem.file).1, &problem.line.to_string());
                    match problem.code {
                        Code::PolicySyntax => policies::DoesNotParseAt { file, line }.say(),
                        _ => policies::HasErrorsAt { file, line }.say(),
                    }
                }
            };
            Some(view! { <span class="why-stale"><span class="spot">{what}</span>" "{policies::COUNTS_OF_LAST.get()}</span> }.into_any())
        }
        Some(Stale::Failed(failure)) => Some(view! { <span class="why-stale"><span class="spot">{sentence(&failure.message)}</span>" "{policies::COUNTS_OLDER.get()}" "{sentence(&failure.hint)}</span> }.into_any()),
        Some(Stale::Computing) | None => None,
    };
    let time = match stale {
        None => {
            let n = u64::from(preview.milliseconds);
            Some(texts::words::Milliseconds { n }.say())
        }
        Some(Stale::Computing) => Some(policies::REPLAYING.into()),
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
        Err(failure) => {
            let why = &failure.message;
            Some(view! { <span>{policies::NotProven { why }.say()}</span> }.into_any())
        }
    };
    view! { <span class="proven">{line}</span> }.into_any()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_counts_are_set_off_alike_in_every_language() {
        texts::tests::english();
        let counts = |errors| policies::Counts {
            rows: 1_000,
            gained: 37,
            lost: 0,
            open: 5,
            errors,
        };
        assert_eq!(
            counts(0).say(),
            "*1,000* recorded decisions: *+37 gain*, *0 lose*, *5 undeterminable*."
        );
        assert!(
            counts(1)
                .say()
                .ends_with("*5 undeterminable*, *1 evaluation error changed*.")
        );
        let folder = Path::new("../locales");
        let packs = locales::packs(&locales::read(folder).unwrap()).unwrap();
        for (tag, pack) in &packs {
            let both = packs["en"].lines().zip(pack.lines());
            for (english, line) in both.filter(|(english, _)| english.starts_with('*')) {
                let stars = |text: &str| text.matches('*').count();
                assert_eq!(stars(line), stars(english), "{tag}: {line}");
            }
        }
    }
}
