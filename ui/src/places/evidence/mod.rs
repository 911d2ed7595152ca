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
    components::{
        Button, Kind, Piece, Progress, TabLabel, Tabs, copies, drawn, live, nothing, piece, shown,
    },
    icons::Icon,
    shell::act,
    state::Studio,
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
                format!("Ledger of {}", name.unwrap_or_default())
            });
        }
        match evidence.path.get() {
            path if path.is_empty() => "Evidence".to_owned(),
            path => words::file(&path).1.to_owned(),
        }
    };
    let read = act(studio, "check-ledger", Kind::Plain, "Read all again");
    let export = act(studio, "export-receipts", Kind::Primary, "");
    let another = act(studio, "verify-bundle", Kind::Plain, "Verify another…");
    let fresh = move || evidence.path.with(String::is_empty);
    view! {
        <div class="page" data-test="evidence">
            <div class="page-head">
                <h1 data-test="evidence-title">{Signal::derive(title)}</h1>
                <span class="push row" hidden=move || !ledger.get()>{read}{export}</span>
                <span class="push" hidden=move || ledger.get() || fresh()>{another}</span>
            </div>
            {live(move || if open.get() { sheets(studio) } else { nothing() })}
            <div class="sheet-panel" id="evidence-panel" role=move || open.get().then_some("tabpanel") aria-label=move || evidence.front.get()>
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
    tabs(
        "evidence",
        "Whose evidence",
        Signal::derive(labels),
        evidence.front,
    )
}

/// A row of tabs that brings a page to the front.
fn tabs(
    name: &'static str,
    label: &'static str,
    tabs: Signal<Vec<TabLabel>>,
    current: RwSignal<&'static str>,
) -> AnyView {
    view! { <Tabs name label tabs current on_choose=move |key| current.set(key)/> }.into_any()
}

/// What is under way, once it takes long enough to be told.
fn progress(studio: Studio) -> AnyView {
    let (job, busy) = (studio.job, studio.evidence.busy);
    let done = Signal::derive(move || job.with(|job| job.as_ref().map_or(0, |job| job.done)));
    let total = Signal::derive(move || job.with(|job| job.as_ref().map_or(0, |job| job.total)));
    let said = move || {
        let title = busy.get();
        match total.get() {
            0 => format!("{title}…"),
            total => format!(
                "{title}: {} of {}",
                words::number(done.get()),
                words::number(total)
            ),
        }
    };
    view! {
        <div class="card section late" data-test="evidence-running" hidden=move || busy.get().is_empty()>
            <span class="row">
                <span class="dim grow num">{Signal::derive(said)}</span>
                <Button label="Cancel" test="evidence-cancel" on_click=move || studio.cancel_job()/>
            </span>
            <Progress done total label="Progress"/>
        </div>
    }
    .into_any()
}

/// Where a file held over the window would go.
pub fn drop_target(studio: Studio) -> AnyView {
    shown(move || {
        if !studio.evidence.hover.get() {
            return piece("span");
        }
        let about =
            "It is only read, and nothing leaves this machine. A folder opens as a workspace.";
        let inner = piece("div")
            .add(drawn(Icon::ShieldCheck).with("class", "icon large"))
            .add(piece("b").text("Drop a bundle to verify it"))
            .add(piece("span.dim").text(about));
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
fn hash(studio: Studio, label: &str, text: &str) -> Piece {
    piece("span.row")
        .add(
            piece("code")
                .with("data-tip", text)
                .text(&words::hash(text)),
        )
        .add(copies(studio, label, Kind::Tiny, text.to_owned()))
}

/// A file by its name, the whole path under the pointer and on the clipboard.
fn file(studio: Studio, path: &str) -> Piece {
    piece("span.row")
        .add(
            piece("span.cut")
                .with("data-tip", path)
                .text(words::file(path).1),
        )
        .add(copies(studio, "Copy the path", Kind::Tiny, path.to_owned()))
}

/// A place with nothing in it.
fn empty(picture: Icon, title: &str, text: &str) -> Piece {
    piece("div.empty")
        .add(drawn(picture))
        .add(piece("h2").text(title))
        .add(piece("p").text(text))
}

/// Words of their own.
fn words_of(text: &str) -> Piece {
    piece("span").text(text)
}
