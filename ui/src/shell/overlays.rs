//! Dialogs that belong to no place: a new file, a change as a test, a generated log, versions to compare, receipts to export, channels to move.

use std::sync::Arc;

use ipc::{Ask, ListVersions, NamedTest, Version, Versions};
use leptos::{prelude::*, task::spawn_local};
use model::{Decision, Failure};

use super::help::help;
use crate::{
    calls::call,
    components::{Button, Combobox, Dialog, Entity, Field, Kind, Suggest},
    dom,
    places::{
        cite, cutover, diagnose, export, failed, project, promotion, publishing, rating, rollback,
    },
    state::{Candidate, Overlay, SEED, Studio},
    texts::{diagnostics, shell},
    words,
};

/// All of them; placed once, at the root.
#[component]
pub fn Overlays() -> impl IntoView {
    let studio = Studio::here();
    let is = move |overlay: Overlay| Signal::derive(move || studio.overlay.get() == Some(overlay));
    let close = move |overlay: Overlay| {
        move || {
            if studio.overlay.get_untracked() == Some(overlay) {
                studio.overlay.set(None);
            }
        }
    };
    view! {
        <Dialog title=shell::DIALOG_NEW_FILE.get() open=is(Overlay::NewFile) on_close=close(Overlay::NewFile)>
            {new_file(studio)}
        </Dialog>
        <Dialog title=shell::DIALOG_ADD_TEST.get() open=is(Overlay::AddTest) on_close=close(Overlay::AddTest)>
            {add_test(studio)}
        </Dialog>
        <Dialog title=shell::DIALOG_GENERATE.get() open=is(Overlay::GenerateLog) on_close=close(Overlay::GenerateLog)>
            {generate(studio)}
        </Dialog>
        <Dialog title=shell::DIALOG_COMPARE.get() open=is(Overlay::Compare) on_close=close(Overlay::Compare)>
            {compare(studio)}
        </Dialog>
        <Dialog title=shell::DIALOG_EXPORT.get() open=is(Overlay::Export) on_close=close(Overlay::Export)>
            {export(studio)}
        </Dialog>
        <Dialog title=shell::DIALOG_PROMOTE.get() open=is(Overlay::Promote) on_close=close(Overlay::Promote)>
            {promotion(studio)}
        </Dialog>
        <Dialog title=shell::DIALOG_ROLL_BACK.get() open=is(Overlay::RollBack) on_close=close(Overlay::RollBack)>
            {rollback(studio)}
        </Dialog>
        <Dialog title=shell::DIALOG_MODE.get() open=is(Overlay::Mode) on_close=close(Overlay::Mode) wide=true>
            {cutover(studio)}
        </Dialog>
        <Dialog title=shell::DIALOG_PUBLISH.get() open=is(Overlay::Publish) on_close=close(Overlay::Publish)>
            {publishing(studio)}
        </Dialog>
        <Dialog title=shell::DIALOG_RATE.get() open=is(Overlay::Rate) on_close=close(Overlay::Rate)>
            {rating(studio)}
        </Dialog>
        <Dialog title=shell::DIALOG_CITE.get() open=is(Overlay::Cite) on_close=close(Overlay::Cite)>
            {cite(studio)}
        </Dialog>
        <Dialog title=shell::DIALOG_PROJECT.get() open=is(Overlay::Project) on_close=close(Overlay::Project) wide=true>
            {project(studio)}
        </Dialog>
        <Dialog title=diagnostics::TITLE.get() open=is(Overlay::Diagnostics) on_close=close(Overlay::Diagnostics) wide=true>
            {diagnose(studio)}
        </Dialog>
        {help(studio)}
    }
    .into_any()
}

fn new_file(studio: Studio) -> AnyView {
    let path = RwSignal::new(String::new());
    let error = move || -> Option<String> {
        let name = path.get();
        let name = name.trim();
        let taken = studio.workspace.with(|workspace| {
            workspace
                .as_ref()
                .is_some_and(|workspace| workspace.files.iter().any(|file| file.path == name))
        });
        (!name.is_empty()).then_some(())?;
        if !name.ends_with(".cedar") {
            return Some(shell::NEW_FILE_ENDING.into());
        }
        taken.then(|| shell::NEW_FILE_TAKEN.into())
    };
    let blocked = move || {
        if path.with(|path| path.trim().is_empty()) {
            Some(shell::NEW_FILE_EMPTY.into())
        } else {
            error().map(|why| words::sentence(&why))
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if untrack(blocked).is_none() {
            studio.overlay.set(None);
            studio.create_file(path.get_untracked().trim().to_owned());
        }
    };
    dom::focus_soon("#new-file-path");
    view! {
        <form on:submit=submit>
            <div class="body">
                <Field label=shell::NEW_FILE_PATH.get() id="new-file-path" hint=shell::NEW_FILE_EXAMPLE.get() error=MaybeProp::derive(error)>
                    <input class="input mono" id="new-file-path" autocomplete="off" spellcheck="false" prop:value=path on:input=move |event| path.set(event_target_value(&event))/>
                </Field>
            </div>
            <footer>
                <Button label=shell::CANCEL.get() on_click=move || studio.overlay.set(None)/>
                <Button label=shell::CREATE.get() kind=Kind::Primary submit=true blocked=MaybeProp::derive(blocked) on_click=|| {}/>
            </footer>
        </form>
    }
    .into_any()
}

fn add_test(studio: Studio) -> AnyView {
    let Some(Candidate { ask, before, after }) = studio.tests.candidate.get_untracked() else {
        return view! { <div class="body"><p class="dim">{shell::SELECT_CHANGE.get()}</p></div> }
            .into_any();
    };
    let Ask { request, entities } = ask;
    let (_, who) = words::entity(&request.principal);
    let (_, what) = words::entity(&request.action);
    let (_, on) = words::entity(&request.resource);
    let (principal, resource) = (request.principal.clone(), request.resource.clone());
    let (who, action, resource_id) = (who.as_str(), what.as_str(), on.as_str());
    let name = RwSignal::new(if before == Decision::Allow {
        shell::May {
            who,
            action,
            resource: resource_id,
        }
        .say()
    } else {
        shell::MayNot {
            who,
            action,
            resource: resource_id,
        }
        .say()
    });
    let decision = RwSignal::new(before);
    let own = entities.as_ref().map(Vec::len);
    let request = StoredValue::new((request, entities));
    let taken = move || {
        name.with(|name| {
            studio.tests.list.with(|list| {
                list.iter()
                    .flatten()
                    .any(|test| test.test.name == name.trim())
            })
        })
        .then(|| shell::TEST_REPLACES.into())
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let name = name.get_untracked().trim().to_owned();
        if name.is_empty() {
            return;
        }
        let (request, entities) = request.get_value();
        let test = NamedTest {
            name,
            request,
            entities,
            decision: decision.get_untracked(),
            reasons: Vec::new(),
        };
        studio.overlay.set(None);
        studio.save_test(test, || {});
    };
    let radio = move |value: Decision, label: String, note: &'static str| {
        view! {
            <label class="radio">
                <input type="radio" name="test-decision" prop:checked=move || decision.get() == value on:change=move |_| decision.set(value)/>
                <span><b>{label}</b><br/><span class="dim">{note}</span></span>
            </label>
        }
    };
    let note = |value: Decision| match (value == before, value == after) {
        (true, true) => shell::AS_BEFORE_AND_AFTER.get(),
        (true, false) => shell::AS_BEFORE.get(),
        (false, true) => shell::AS_AFTER.get(),
        (false, false) => shell::AS_NEITHER.get(),
    };
    dom::focus_soon("#add-test-name");
    view! {
        <form on:submit=submit>
            <div class="body">
                <div class="row wrap">
                    <Entity id=principal/>
                    <code>{what.clone()}</code>
                    <Entity id=resource/>
                </div>
                {own.map(|own| view! { <p class="dim">{shell::Invented { entities: &shell::Entities { count: own as u64 }.say() }.say()}</p> })}
                <Field label=shell::TEST_NAME.get() id="add-test-name" error=MaybeProp::derive(taken)>
                    <input class="input" id="add-test-name" autocomplete="off" prop:value=name on:input=move |event| name.set(event_target_value(&event))/>
                </Field>
                <div class="col" role="radiogroup" aria-label=shell::TEST_DECISION.get()>
                    {radio(Decision::Deny, shell::MUST_BE_DENIED.into(), note(Decision::Deny))}
                    {radio(Decision::Allow, shell::MUST_BE_ALLOWED.into(), note(Decision::Allow))}
                </div>
            </div>
            <footer>
                <Button label=shell::CANCEL.get() on_click=move || studio.overlay.set(None)/>
                <Button label=shell::ADD_TEST.get() kind=Kind::Primary submit=true test="add-test-submit" on_click=|| {}/>
            </footer>
        </form>
    }
    .into_any()
}

fn generate(studio: Studio) -> AnyView {
    let usual = studio
        .workspace
        .with_untracked(|workspace| {
            workspace
                .as_ref()
                .and_then(|workspace| workspace.generate_rows)
        })
        .unwrap_or(1_000_000);
    let rows = RwSignal::new(usual.to_string());
    let seed = RwSignal::new(SEED.to_string());
    let number = |text: &str| text.replace([',', ' ', '_'], "").parse::<u64>().ok();
    let error = move |field: RwSignal<String>| {
        MaybeProp::derive(move || {
            field
                .with(|text| number(text).is_none())
                .then(|| shell::WHOLE_NUMBER.into())
        })
    };
    let replaces = studio.workspace.with_untracked(|workspace| {
        workspace
            .as_ref()
            .is_some_and(|workspace| workspace.log.is_some())
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if let (Some(rows), Some(seed)) =
            (number(&rows.get_untracked()), number(&seed.get_untracked()))
        {
            studio.overlay.set(None);
            studio.generate_log(rows, seed);
        }
    };
    dom::focus_soon("#generate-rows");
    view! {
        <form on:submit=submit>
            <div class="body">
                <p class="dim">{shell::GENERATE_ABOUT.get()}</p>
                {replaces.then(|| view! { <p class="dim">{shell::GENERATE_REPLACES.get()}</p> })}
                <Field label=shell::GENERATE_DECISIONS.get() id="generate-rows" error=error(rows)>
                    <input class="input num" id="generate-rows" inputmode="numeric" prop:value=rows on:input=move |event| rows.set(event_target_value(&event))/>
                </Field>
                <Field label=shell::GENERATE_SEED.get() id="generate-seed" error=error(seed)>
                    <input class="input num" id="generate-seed" inputmode="numeric" prop:value=seed on:input=move |event| seed.set(event_target_value(&event))/>
                </Field>
            </div>
            <footer>
                <Button label=shell::CANCEL.get() on_click=move || studio.overlay.set(None)/>
                <Button label=shell::GENERATE.get() kind=Kind::Primary submit=true test="generate-submit" on_click=|| {}/>
            </footer>
        </form>
    }
    .into_any()
}

/// Stands between a version's name and its title in a suggestion.
const DOT: &str = " · ";

fn compare(studio: Studio) -> AnyView {
    let chosen = studio.drift.versions.get_untracked().unwrap_or_default();
    let base = RwSignal::new(chosen.base.unwrap_or_default());
    let head = RwSignal::new(chosen.head.unwrap_or_default());
    let failure = RwSignal::new(None::<Failure>);
    let known = RwSignal::new(Vec::<Version>::new());
    spawn_local(async move {
        // Without a repository there are none to offer; a folder can still be named.
        if let Ok(versions) = call::<ListVersions>(()).await {
            known.try_set(versions);
        }
    });
    let suggest: Suggest = Arc::new(move |text: String| {
        let text = text.to_lowercase();
        let offers = known.try_with_untracked(|known| {
            let lines = known
                .iter()
                .map(|version| format!("{}{DOT}{}", version.name, version.title));
            lines
                .filter(|line| line.to_lowercase().contains(&text))
                .take(20)
                .collect()
        });
        Box::pin(async move { offers.unwrap_or_default() })
    });
    let offer_base = suggest.clone();
    let named = |text: String| {
        let name = text.split(DOT).next().unwrap_or_default().trim().to_owned();
        (!name.is_empty()).then_some(name)
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let versions = Versions {
            base: named(base.get_untracked()),
            head: named(head.get_untracked()),
        };
        let usual = versions == Versions::default();
        studio.compare((!usual).then_some(versions), move |why| {
            failure.try_set(Some(why));
        });
    };
    dom::focus_soon("#compare-base");
    view! {
        <form on:submit=submit>
            <div class="body">
                <p class="dim">{shell::COMPARE_ABOUT.get()}</p>
                <Field label=shell::COMPARE_BEFORE.get() id="compare-base" hint=shell::COMPARE_BEFORE_HINT.get()>
                    <Combobox id="compare-base" value=base suggest=offer_base placeholder="HEAD~1"/>
                </Field>
                <Field label=shell::COMPARE_AFTER.get() id="compare-head" hint=shell::COMPARE_AFTER_HINT.get()>
                    <Combobox id="compare-head" value=head suggest=suggest placeholder=shell::COMPARE_EDIT.get()/>
                </Field>
                {move || failure.get().map(|why| failed(&why))}
            </div>
            <footer>
                <Button label=shell::CANCEL.get() on_click=move || studio.overlay.set(None)/>
                <Button label=shell::COMPARE.get() kind=Kind::Primary submit=true test="compare-submit" on_click=|| {}/>
            </footer>
        </form>
    }
    .into_any()
}
