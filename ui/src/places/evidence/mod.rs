//! Evidence: a bundle and how it was judged, and the ledger of the workspace. An auditor without a workspace has all of the
//! first. `bundle` is the verdict with its circumstances, `checks` what it rests on, `receipts` the timeline, `path` the way
//! from a receipt to the root that was signed, `trust` whose word counts, `ledger` what the workspace itself keeps.

mod bundle;
mod checks;
mod export;
mod ledger;
mod path;
mod receipts;
mod trust;

pub use export::export;

use ipc::BundleVerdict;
use leptos::prelude::*;

use crate::{
    components::{Button, Kind, Progress, TabLabel, Tabs, live, nothing},
    dom,
    icons::{Icon, icon_with},
    shell::act,
    state::Studio,
    words,
};

/// The screen.
pub fn evidence() -> AnyView {
    let studio = Studio::here();
    let evidence = studio.evidence;
    studio.view_evidence();
    let root = Memo::new(move |_| {
        studio
            .workspace
            .with(|workspace| workspace.as_ref().map(|workspace| workspace.root.clone()))
    });
    Effect::new(move |_| {
        if root.with(Option::is_some) {
            studio.view_ledger();
        }
    });
    let ledger = Memo::new(move |_| root.with(Option::is_some) && evidence.ledger_front.get());
    let title = move || {
        if ledger.get() {
            return studio.workspace.with(|workspace| {
                let name = workspace.as_ref().map(|workspace| workspace.name.as_str());
                format!("Ledger of {}", name.unwrap_or_default())
            });
        }
        match evidence.path.get() {
            path if path.is_empty() => "Evidence".to_owned(),
            path => words::file(&path).1.to_owned(),
        }
    };
    let tools = move || {
        if ledger.get() {
            view! { {act(studio, "check-ledger", Kind::Plain, "Read all again")}{act(studio, "export-receipts", Kind::Primary, "")} }.into_any()
        } else if evidence.path.with(String::is_empty) {
            nothing()
        } else {
            act(studio, "verify-bundle", Kind::Plain, "Verify another…")
        }
    };
    view! {
        <div class="page" data-test="evidence">
            <div class="page-head">
                <h1 data-test="evidence-title">{Signal::derive(title)}</h1>
                <span class="push row">{live(tools)}</span>
            </div>
            {live(move || if root.with(Option::is_some) { sheets(studio) } else { nothing() })}
            <div class="sheet-panel" id="evidence-panel" role=move || root.with(Option::is_some).then_some("tabpanel") aria-label=move || if ledger.get() { "Ledger" } else { "Bundle" }>
                {progress(studio)}
                {live(move || if ledger.get() { ledger::ledger(studio) } else { bundle::bundle(studio) })}
            </div>
        </div>
    }
    .into_any()
}

/// What others hand over, and what this workspace keeps.
fn sheets(studio: Studio) -> AnyView {
    let evidence = studio.evidence;
    let labels = move || {
        let ledger = TabLabel::new("ledger", "This workspace's ledger");
        let ledger = evidence.ledger.with(|view| match view {
            Some(Ok(Some(view))) if view.trouble.is_some() => TabLabel {
                bad: true,
                ..ledger.with("in trouble")
            },
            Some(Ok(Some(view))) => ledger.with(words::number(view.receipts)),
            _ => ledger,
        });
        vec![TabLabel::new("bundle", "Bundle"), ledger]
    };
    let current = Signal::derive(move || {
        if evidence.ledger_front.get() {
            "ledger"
        } else {
            "bundle"
        }
    });
    view! {
        <Tabs name="evidence" label="Whose evidence" tabs=Signal::derive(labels) current on_choose=move |key| evidence.ledger_front.set(key == "ledger")/>
    }
    .into_any()
}

/// What is under way, once it takes long enough to be told.
fn progress(studio: Studio) -> AnyView {
    let job = studio.job;
    let done = Signal::derive(move || job.with(|job| job.as_ref().map_or(0, |job| job.done)));
    let total = Signal::derive(move || job.with(|job| job.as_ref().map_or(0, |job| job.total)));
    let said = move |title: &'static str| match total.get() {
        0 => format!("{title}…"),
        total => format!(
            "{title}: {} of {}",
            words::number(done.get()),
            words::number(total)
        ),
    };
    let draw = move |title: &'static str| {
        view! {
            <div class="card section late" data-test="evidence-running">
                <span class="row">
                    <span class="dim grow num">{Signal::derive(move || said(title))}</span>
                    <Button label="Cancel" test="evidence-cancel" on_click=move || studio.cancel_job()/>
                </span>
                <Progress done total label="Progress"/>
            </div>
        }
        .into_any()
    };
    live(move || studio.evidence.busy.get().map_or_else(nothing, draw))
}

/// Where a file held over the window would go.
pub fn drop_target(studio: Studio) -> AnyView {
    live(move || {
        if !studio.evidence.hover.get() {
            return nothing();
        }
        view! {
            <div class="drop" data-test="drop">
                <div>
                    {icon_with(Icon::ShieldCheck, "icon large")}
                    <b>"Drop a bundle to verify it"</b>
                    <span class="dim">"It is only read, and nothing leaves this machine. A folder opens as a workspace."</span>
                </div>
            </div>
        }
        .into_any()
    })
}

/// Picture of a verdict.
fn picture(verdict: BundleVerdict) -> Icon {
    match verdict {
        BundleVerdict::Verified => Icon::ShieldCheck,
        BundleVerdict::Failed => Icon::CircleAlert,
        BundleVerdict::CannotDecide => Icon::CircleQuestionMark,
    }
}

/// Puts a text on the clipboard; `what` is said then.
fn copy(studio: Studio, label: &'static str, text: String) -> AnyView {
    view! {
        <Button label kind=Kind::Tiny picture=Icon::Copy on_click=move || {
            dom::copy(&text);
            studio.say("Copied");
        }/>
    }
    .into_any()
}

/// A hash by its ends, whole under the pointer and on the clipboard.
fn hash(studio: Studio, label: &'static str, text: &str) -> AnyView {
    view! {
        <span class="row">
            <code data-tip=text.to_owned()>{words::hash(text)}</code>
            {copy(studio, label, text.to_owned())}
        </span>
    }
    .into_any()
}

/// A file by its name, its folder beside it, the whole path on the clipboard.
fn file(studio: Studio, path: &str) -> AnyView {
    let name = words::file(path).1.to_owned();
    view! {
        <span class="row">
            <span class="cut" data-tip=path.to_owned()>{name}</span>
            {copy(studio, "Copy the path", path.to_owned())}
        </span>
    }
    .into_any()
}

/// A line of a table of facts.
fn fact(name: &'static str, value: AnyView) -> AnyView {
    view! { <tr><th scope="row">{name}</th><td>{value}</td></tr> }.into_any()
}
