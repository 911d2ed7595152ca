//! Dialogs that belong to no place: shortcuts, a new file, a change as a test, a generated log.

use ipc::NamedTest;
use leptos::prelude::*;
use model::Decision;

use crate::{
    actions::{ACTIONS, Section},
    components::{Button, Dialog, Entity, Field, Kind, keys},
    dom,
    state::{Overlay, SEED, Studio},
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
        <Dialog title="Keyboard shortcuts" open=is(Overlay::Shortcuts) on_close=close(Overlay::Shortcuts) wide=true>
            {shortcuts()}
        </Dialog>
        <Dialog title="New policy file" open=is(Overlay::NewFile) on_close=close(Overlay::NewFile)>
            {new_file(studio)}
        </Dialog>
        <Dialog title="Add change as test" open=is(Overlay::AddTest) on_close=close(Overlay::AddTest)>
            {add_test(studio)}
        </Dialog>
        <Dialog title="Generate decisions" open=is(Overlay::GenerateLog) on_close=close(Overlay::GenerateLog)>
            {generate(studio)}
        </Dialog>
    }
    .into_any()
}

fn shortcuts() -> AnyView {
    let section = |section: Section| {
        let lines = ACTIONS
            .iter()
            .filter(|action| action.section == section && !action.chord.is_empty())
            .map(|action| view! { <div class="row"><span>{action.title}</span>{keys(action.chord)}</div> })
            .collect_view();
        view! { <div><h3 class="label">{section.title()}</h3>{lines}</div> }
    };
    view! {
        <div class="body">
            <div class="sheet" data-test="shortcut-list">
                {Section::ALL.into_iter().map(section).collect_view()}
                <div>
                    <h3 class="label">"In the editor"</h3>
                    <div class="row"><span>"Complete"</span>{keys("mod+space")}</div>
                    <div class="row"><span>"Indent"</span>{keys("tab")}</div>
                    <div class="row"><span>"Leave the editor, then Tab moves on"</span>{keys("escape")}</div>
                    <div class="row"><span>"Find"</span>{keys("mod+f")}</div>
                    <div class="row"><span>"Comment or uncomment"</span>{keys("mod+/")}</div>
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn new_file(studio: Studio) -> AnyView {
    let path = RwSignal::new(String::new());
    let error = move || {
        let name = path.get();
        let name = name.trim();
        let taken = studio.workspace.with(|workspace| {
            workspace
                .as_ref()
                .is_some_and(|workspace| workspace.files.iter().any(|file| file.path == name))
        });
        (!name.is_empty()).then_some(())?;
        if !name.ends_with(".cedar") {
            return Some("the name must end in .cedar".to_owned());
        }
        taken.then(|| "there is a file of that name".to_owned())
    };
    let blocked = move || {
        if path.with(|path| path.trim().is_empty()) {
            Some("Type a name first".to_owned())
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
                <Field label="Path in the workspace" id="new-file-path" hint="For example access/contractors.cedar" error=MaybeProp::derive(error)>
                    <input class="input mono" id="new-file-path" autocomplete="off" spellcheck="false" prop:value=path on:input=move |event| path.set(event_target_value(&event))/>
                </Field>
            </div>
            <footer>
                <Button label="Cancel" on_click=move || studio.overlay.set(None)/>
                <Button label="Create" kind=Kind::Primary submit=true blocked=MaybeProp::derive(blocked) on_click=|| {}/>
            </footer>
        </form>
    }
    .into_any()
}

fn add_test(studio: Studio) -> AnyView {
    let Some(Ok(why)) = studio.review.why.get_untracked() else {
        return view! { <div class="body"><p class="dim">"Select a change first."</p></div> }
            .into_any();
    };
    let (_, who) = words::entity(&why.request.principal);
    let (_, what) = words::entity(&why.request.action);
    let (_, on) = words::entity(&why.request.resource);
    let verb = if why.before.decision == Decision::Allow {
        "may"
    } else {
        "may not"
    };
    let name = RwSignal::new(format!("{who} {verb} {what} {on}"));
    let decision = RwSignal::new(why.before.decision);
    let (before, after) = (why.before.decision, why.after.decision);
    let request = StoredValue::new(why.request.clone());
    let taken = move || {
        name.with(|name| {
            studio.tests.list.with(|list| {
                list.iter()
                    .flatten()
                    .any(|test| test.test.name == name.trim())
            })
        })
        .then(|| "replaces the test of that name".to_owned())
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let name = name.get_untracked().trim().to_owned();
        if name.is_empty() {
            return;
        }
        let test = NamedTest {
            name,
            request: request.get_value(),
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
        (true, true) => "as in force and as edited",
        (true, false) => "as in force: the test fails until the edit is taken back",
        (false, true) => "as edited: the test keeps it so",
        (false, false) => "neither as in force nor as edited",
    };
    dom::focus_soon("#add-test-name");
    view! {
        <form on:submit=submit>
            <div class="body">
                <div class="row wrap">
                    <Entity id=why.request.principal.clone()/>
                    <code>{what.clone()}</code>
                    <Entity id=why.request.resource.clone()/>
                </div>
                <Field label="Name" id="add-test-name" error=MaybeProp::derive(taken)>
                    <input class="input" id="add-test-name" autocomplete="off" prop:value=name on:input=move |event| name.set(event_target_value(&event))/>
                </Field>
                <div class="col" role="radiogroup" aria-label="Decision the test expects">
                    {radio(Decision::Deny, "Must be denied".into(), note(Decision::Deny))}
                    {radio(Decision::Allow, "Must be allowed".into(), note(Decision::Allow))}
                </div>
            </div>
            <footer>
                <Button label="Cancel" on_click=move || studio.overlay.set(None)/>
                <Button label="Add test" kind=Kind::Primary submit=true test="add-test-submit" on_click=|| {}/>
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
                .then(|| "type a whole number".to_owned())
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
                <p class="dim">
                    "Makes believable decisions from the schema and entities of this workspace, decided by the policies in force. The same seed makes the same log."
                </p>
                {replaces.then(|| view! { <p class="dim">"It takes the place of the log that is loaded now."</p> })}
                <Field label="Decisions" id="generate-rows" error=error(rows)>
                    <input class="input num" id="generate-rows" inputmode="numeric" prop:value=rows on:input=move |event| rows.set(event_target_value(&event))/>
                </Field>
                <Field label="Seed" id="generate-seed" error=error(seed)>
                    <input class="input num" id="generate-seed" inputmode="numeric" prop:value=seed on:input=move |event| seed.set(event_target_value(&event))/>
                </Field>
            </div>
            <footer>
                <Button label="Cancel" on_click=move || studio.overlay.set(None)/>
                <Button label="Generate" kind=Kind::Primary submit=true test="generate-submit" on_click=|| {}/>
            </footer>
        </form>
    }
    .into_any()
}
