//! Top bar, rail of places, status bar.

use leptos::prelude::*;
use model::{RiskLevel, Severity};

use crate::{
    actions::{Action, action},
    components::{Button, Kind, Menu, MenuItem, Progress, keys, live, nothing},
    icons::{Icon, icon, icon_with, small},
    state::{Place, Studio, Truth},
    texts::{Text, shell},
    words,
};

/// A button for an action of the table.
pub fn act(studio: Studio, id: &'static str, kind: Kind, label: &'static str) -> AnyView {
    let Some(found) = action(id) else {
        return ().into_any();
    };
    let label = if label.is_empty() {
        found.title.get()
    } else {
        label
    };
    view! {
        <Button
            label
            kind
            picture=found.picture
            chord=found.chord
            blocked=MaybeProp::derive(move || (found.blocked)(studio).map(|why| words::sentence(&why)))
            test=found.id
            on_click=move || Action::perform(found, studio)
        />
    }
    .into_any()
}

/// A line of a menu for an action of the table.
fn item(studio: Studio, id: &str) -> AnyView {
    let Some(found) = action(id) else {
        return ().into_any();
    };
    let blocked = untrack(|| (found.blocked)(studio)).map(|why| words::sentence(&why));
    view! { <MenuItem label=found.title.get() picture=found.picture blocked on_choose=move || Action::perform(found, studio)/> }.into_any()
}

/// Workspace, tenant and residency; the palette; what the edit is compared with.
#[component]
pub fn TopBar() -> impl IntoView {
    let studio = Studio::here();
    let known = move |read: fn(&ipc::WorkspaceView) -> String| {
        studio
            .workspace
            .with(|workspace| workspace.as_ref().map(read))
            .filter(|text| !text.is_empty())
    };
    let name =
        move || known(|workspace| workspace.name.clone()).unwrap_or_else(|| shell::STUDIO.into());
    let plate = move |read, picture, class: &'static str, label: Text| {
        live(move || {
            match known(read) {
            Some(text) => view! { <span class=format!("plate {class}") data-tip=label.get()>{icon(picture)}<span class="cut">{text}</span></span> }.into_any(),
            None => nothing(),
        }
        })
    };
    view! {
        <header class="top">
            <span class="brand">{icon_with(Icon::Mark, "icon large")}</span>
            <div class="where">
                <Menu
                    id="workspace-menu"
                    class="workspace"
                    trigger=ViewFn::from(move || view! { <span class="cut" data-test="workspace-name">{name}</span>{icon(Icon::ChevronDown)} })
                >
                    {move || workspace_menu(studio)}
                </Menu>
                {plate(|workspace| workspace.tenant.clone(), Icon::Building2, "", shell::TENANT)}
                {plate(|workspace| workspace.residency.clone(), Icon::MapPin, "second", shell::RESIDENCY)}
            </div>
            <button
                type="button"
                class="find"
                data-test="find"
                aria-haspopup="dialog"
                on:click=move |_| {
                    if let Some(action) = action("palette") {
                        action.perform(studio);
                    }
                }
            >
                {icon(Icon::Search)}
                <span>{shell::SEARCH.get()}</span>
                {keys("mod+k")}
            </button>
            <div class="end">
                {plate(|workspace| workspace.base.clone(), Icon::Diff, "second", shell::COMPARED_WITH)}
                <Button
                    label=crate::texts::help::TITLE.get()
                    kind=Kind::Bare
                    picture=Icon::CircleQuestionMark
                    chord="?"
                    test="help"
                    on_click=move || studio.help_here()
                />
            </div>
        </header>
    }
    .into_any()
}

fn workspace_menu(studio: Studio) -> AnyView {
    let root = studio
        .workspace
        .with_untracked(|workspace| workspace.as_ref().map(|workspace| workspace.root.clone()));
    let recent = studio
        .recent
        .get()
        .into_iter()
        .filter(|recent| recent.exists && Some(&recent.path) != root.as_ref())
        .take(5);
    let recent = recent
        .map(|recent| {
            let path = recent.path.clone();
            view! { <MenuItem label=recent.name picture=Icon::Folder note=recent.path on_choose=move || studio.open(path.clone())/> }
        })
        .collect_view();
    view! {
        {root.clone().map(|root| view! { <div class="menu-head cut copyable">{root}</div> })}
        {item(studio, "open-folder")}
        {item(studio, "open-sample")}
        <div class="menu-line"></div>
        {recent}
        {root.map(|_| view! {
            <div class="menu-line"></div>
            {item(studio, "new-file")}
            {item(studio, "import-log")}
            {item(studio, "generate-log")}
            <div class="menu-line"></div>
            {item(studio, "close-workspace")}
        })}
    }
    .into_any()
}

fn picture(place: Place) -> Icon {
    match place {
        Place::Policies => Icon::FileText,
        Place::Drift => Icon::TrendingUp,
        Place::Releases => Icon::GitBranch,
        Place::Evidence => Icon::ShieldCheck,
        Place::Narratives => Icon::BookOpenText,
        Place::Settings => Icon::Settings,
        #[cfg(feature = "gallery")]
        Place::Gallery => Icon::Shapes,
    }
}

/// The rail of places.
#[component]
pub fn Rail() -> impl IntoView {
    let studio = Studio::here();
    // The dot on Drift: the edit changes access, and whether any of it is risky.
    let moved = Memo::new(move |_| match studio.truth() {
        Truth::Counts(preview, _) if preview.changes > 0 => Some(
            preview
                .top
                .iter()
                .any(|group| group.risk.level == RiskLevel::High),
        ),
        _ => None,
    });
    let link = move |place: Place| {
        let chord = action(&format!("go-{}", place.slug())).map_or("", |action| action.chord);
        view! {
            <a
                href=format!("#{}", place.slug())
                aria-label=place.title()
                aria-current=move || (studio.place.get() == place).then_some("page")
                data-tip=place.title()
                data-chord=chord
                data-test=format!("go-{}", place.slug())
                on:click=move |event| {
                    event.prevent_default();
                    studio.go(place);
                }
            >
                {icon(picture(place))}
                {live(move || match moved.get().filter(|_| place == Place::Drift) {
                    Some(risky) => {
                        let words = if risky { shell::DRIFT_RISKY } else { shell::DRIFT_CHANGES };
                        view! { <i class="dot" class:risk=risky role="img" aria-label=words.get()></i> }.into_any()
                    }
                    None => nothing(),
                })}
            </a>
        }
    };
    let (bottom, top): (Vec<_>, Vec<_>) = Place::ALL
        .iter()
        .copied()
        .partition(|place| matches!(place.slug(), "settings" | "gallery"));
    view! {
        <nav class="rail" aria-label=shell::PLACES.get()>
            {top.into_iter().map(link).collect_view()}
            <span class="gap"></span>
            {bottom.into_iter().map(link).collect_view()}
        </nav>
    }
    .into_any()
}

/// Offline, the log, the last verification, problems.
#[component]
pub fn StatusBar() -> impl IntoView {
    let studio = Studio::here();
    let open = move || studio.workspace.with(Option::is_some);
    let log = move || {
        studio.workspace.with(|workspace| {
            let workspace = workspace.as_ref()?;
            Some(workspace.log.as_ref().map_or_else(
                || shell::LOG_NONE.into(),
                |log| {
                    shell::Log {
                        log: &words::log(log),
                    }
                    .say()
                },
            ))
        })
    };
    let origin = move || {
        studio
            .workspace
            .with(|workspace| Some(workspace.as_ref()?.log.as_ref()?.origin.clone()))
            .unwrap_or_default()
    };
    let problems = Memo::new(move |_| {
        studio.workspace.with(|workspace| {
            workspace.as_ref().map_or((0, 0), |workspace| {
                let count = |severity| {
                    workspace
                        .problems
                        .iter()
                        .filter(|problem| problem.severity == severity)
                        .count() as u64
                };
                (count(Severity::Error), count(Severity::Warning))
            })
        })
    });
    let job = live(move || {
        studio.job.get().map_or_else(nothing, |job| {
            let text = match job.total {
                0 => job.title.clone(),
                total => shell::Job { title: &job.title, done: job.done, total }.say(),
            };
            view! {
                <span class="give" data-test="job"><span class="cut">{text}</span></span>
                <Progress
                    done=Signal::derive(move || studio.job.with(|job| job.as_ref().map_or(0, |job| job.done)))
                    total=Signal::derive(move || studio.job.with(|job| job.as_ref().map_or(0, |job| job.total)))
                    label=shell::PROGRESS.get()
                />
                <button type="button" on:click=move |_| studio.cancel_job()>{shell::CANCEL.get()}</button>
            }
            .into_any()
        })
    });
    let verdict = move || {
        studio.evidence.bundle.with(|bundle| {
            bundle.as_ref().map_or_else(
                || shell::VERIFIED_NONE.into(),
                |bundle| {
                    let (verdict, _) = words::verdict(bundle.verdict);
                    let (_, bundle) = words::file(&bundle.path);
                    shell::Verified { verdict, bundle }.say()
                },
            )
        })
    };
    view! {
        <footer class="status" aria-label=shell::STATUS.get()>
            <span data-tip=shell::OFFLINE_ABOUT.get()>{small(Icon::WifiOff)}{shell::OFFLINE.get()}</span>
            {live(move || log().map_or_else(nothing, |text| {
                view! { <span class="give" data-test="status-log" data-tip=origin>{small(Icon::Database)}<span class="cut">{text}</span></span> }.into_any()
            }))}
            {job}
            <span class="push"></span>
            <button type="button" class="optional" data-test="status-verdict" on:click=move |_| studio.go(Place::Evidence)>
                {small(Icon::ShieldCheck)}
                <span class="cut">{verdict}</span>
            </button>
            {live(move || studio.tests.score().filter(|(_, all)| open() && *all > 0).map_or_else(nothing, |(passed, all)| view! {
                <button type="button" class="optional" data-test="status-tests" on:click=move |_| studio.show_page("tests")>
                    {small(Icon::FlaskConical)}
                    <span class:risk={passed < all}>{shell::Tests { passed: passed as u64, all: all as u64 }.say()}</span>
                </button>
            }.into_any()))}
            {live(move || {
                if !open() {
                    return nothing();
                }
                let (errors, warnings) = problems.get();
                let of = (shell::Errors { count: errors }.say(), shell::Warnings { count: warnings }.say());
                let text = match (errors, warnings) {
                    (0, 0) => shell::NO_PROBLEMS.into(),
                    (0, _) => of.1,
                    (_, 0) => of.0,
                    _ => shell::ErrorsAndWarnings { errors: &of.0, warnings: &of.1 }.say(),
                };
                let (tone, sign) = if errors > 0 { ("risk row", Icon::CircleAlert) } else { ("row", Icon::CircleCheck) };
                view! {
                    <button type="button" data-test="status-problems" on:click=move |_| studio.show_page("problems")>
                        <span class=tone>{small(sign)}</span>
                        {text}
                    </button>
                }
                .into_any()
            })}
        </footer>
    }
    .into_any()
}
