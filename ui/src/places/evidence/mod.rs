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

use ipc::{BundleVerdict, Dropped};
use leptos::prelude::*;

use crate::{
    components::{
        Button, Kind, Piece, Progress, TabLabel, Tabs, copies, drawn, live, nothing, piece, shown,
    },
    icons::Icon,
    shell::act,
    state::Studio,
    texts::{Text, evidence, shell},
    words,
};

/// The screen.
pub fn evidence() -> AnyView {
    let studio = Studio::here();
    let evidence = studio.evidence;
    studio.view_evidence();
    let root = studio.root();
    Effect::new(move |_| {
        if root.with(Option::is_some) {
            studio.view_ledger();
        }
    });
    let open = Memo::new(move |_| root.with(Option::is_some));
    let ledger = Memo::new(move |_| open.get() && evidence.front.get() == "ledger");
    let title = move || {
        if ledger.get() {
            return studio.workspace.with(|workspace| {
                let name = workspace.as_ref().map(|workspace| workspace.name.as_str());
                let workspace = name.unwrap_or_default();
                evidence::LedgerOf { workspace }.say()
            });
        }
        match evidence.path.get() {
            path if path.is_empty() => shell::EVIDENCE.into(),
            path => words::file(&path).1.to_owned(),
        }
    };
    let again = evidence::READ_ALL_AGAIN.get();
    let read = act(studio, "check-ledger", Kind::Plain, again);
    let export = act(studio, "export-receipts", Kind::Primary, "");
    let another = evidence::VERIFY_ANOTHER.get();
    let another = act(studio, "verify-bundle", Kind::Plain, another);
    let fresh = move || evidence.path.with(String::is_empty);
    view! {
        <div class="page" data-test="evidence">
            <div class="page-head">
                <h1 data-test="evidence-title">{Signal::derive(title)}</h1>
                <span class="push row" hidden=move || !ledger.get()>{read}{export}</span>
                <span class="push" hidden=move || ledger.get() || fresh()>{another}</span>
            </div>
            {live(move || if open.get() { sheets(studio) } else { nothing() })}
            <div class="sheet-panel" id="evidence-panel" role=move || open.get().then_some("tabpanel") aria-labelledby=move || open.get().then(|| format!("evidence-tab-{}", evidence.front.get()))>
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
        let ledger = TabLabel::new("ledger", evidence::SHEET_LEDGER);
        let ledger = evidence.ledger.with(|view| match view {
            Some(Ok(Some(view))) if view.trouble.is_some() => TabLabel {
                bad: true,
                ..ledger.with(evidence::IN_TROUBLE.get())
            },
            Some(Ok(Some(view))) => ledger.with(words::number(view.receipts)),
            _ => ledger,
        });
        vec![TabLabel::new("bundle", evidence::SHEET_BUNDLE), ledger]
    };
    tabs(
        "evidence",
        evidence::SHEETS,
        Signal::derive(labels),
        evidence.front,
    )
}

/// A row of tabs that brings a page to the front.
fn tabs(
    name: &'static str,
    label: Text,
    tabs: Signal<Vec<TabLabel>>,
    current: RwSignal<&'static str>,
) -> AnyView {
    view! { <Tabs name label=label.get() tabs current on_choose=move |key| current.set(key)/> }
        .into_any()
}

/// What is under way, once it takes long enough to be told.
fn progress(studio: Studio) -> AnyView {
    let (job, busy) = (studio.job, studio.evidence.busy);
    let done = Signal::derive(move || job.with(|job| job.as_ref().map_or(0, |job| job.done)));
    let total = Signal::derive(move || job.with(|job| job.as_ref().map_or(0, |job| job.total)));
    let said = move || {
        let title = busy.get().map_or("", Text::get);
        match (done.get(), total.get()) {
            (_, 0) => evidence::Running { job: title }.say(),
            (done, total) => shell::Job { title, done, total }.say(),
        }
    };
    view! {
        <div class="card section late" data-test="evidence-running" hidden=move || busy.get().is_none()>
            <span class="row">
                <span class="dim grow num">{Signal::derive(said)}</span>
                <Button label=shell::CANCEL.get() test="evidence-cancel" on_click=move || studio.cancel_job()/>
            </span>
            <Progress done total label=shell::PROGRESS.get()/>
        </div>
    }
    .into_any()
}

/// Where a file held over the window would go.
pub fn drop_target(studio: Studio) -> AnyView {
    shown(move || {
        let Some(what) = studio.evidence.hover.get() else {
            return piece("span");
        };
        let (picture, title, about) = match what {
            Dropped::Bundle => (Icon::ShieldCheck, evidence::DROP, evidence::DROP_ABOUT),
            Dropped::Report => (Icon::ShieldCheck, shell::DROP_REPORT, evidence::DROP_ABOUT),
            Dropped::Logs if studio.workspace.with(Option::is_none) => (
                Icon::CircleAlert,
                shell::NOT_TAKEN,
                shell::LOGS_NEED_WORKSPACE,
            ),
            Dropped::Logs => (Icon::Import, shell::DROP_LOGS, shell::DROP_LOGS_ABOUT),
            Dropped::Workspace => (
                Icon::FolderOpen,
                shell::DROP_WORKSPACE,
                shell::DROP_WORKSPACE_ABOUT,
            ),
            Dropped::Project => (
                Icon::FolderOpen,
                shell::DROP_PROJECT,
                shell::DROP_PROJECT_ABOUT,
            ),
            Dropped::Unknown => (Icon::CircleAlert, shell::NOT_TAKEN, shell::ACCEPTED),
        };
        let inner = piece("div")
            .add(drawn(picture).with("class", "icon large"))
            .add(piece("b").text(title.get()))
            .add(piece("span.dim").text(about.get()));
        piece("div.drop").with("data-test", "drop").add(inner)
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

/// A hash by its ends, whole under the pointer and on the clipboard.
fn hash(studio: Studio, label: Text, text: &str) -> Piece {
    piece("span.row")
        .add(
            piece("code")
                .with("data-tip", text)
                .text(&words::hash(text)),
        )
        .add(copies(studio, label.get(), Kind::Tiny, text.to_owned()))
}

/// A file by its name, the whole path under the pointer and on the clipboard.
fn file(studio: Studio, path: &str) -> Piece {
    let copy = evidence::COPY_PATH.get();
    piece("span.row")
        .add(
            piece("span.cut")
                .with("data-tip", path)
                .text(words::file(path).1),
        )
        .add(copies(studio, copy, Kind::Tiny, path.to_owned()))
}

/// A place with nothing in it.
fn empty(picture: Icon, title: Text, text: Text) -> Piece {
    piece("div.empty")
        .add(drawn(picture))
        .add(piece("h2").text(title.get()))
        .add(piece("p").text(text.get()))
}

/// A list of names.
fn names(label: Text, items: impl Iterator<Item = Piece>) -> Piece {
    let list = piece("ul.names").with("aria-label", label.get());
    list.all(items)
}

/// Words of their own.
fn words_of(text: &str) -> Piece {
    piece("span").text(text)
}
