//! The form that tries a request and keeps it as a named test.

use std::sync::Arc;

use ipc::{Ask, NamedTest, Suggest, SuggestIds};
use leptos::{prelude::*, task::spawn_local};
use model::{Decision, Explanation, Failure, Request};

use super::tests_page::verdict;
use crate::{
    calls::call,
    components::{Button, CodeView, Combobox, Field, Kind, Select, Suggest as Suggestions},
    dom,
    state::{Draft, Studio, decide},
    texts::{policies, shell},
    words,
};

/// A test to change.
pub fn draft_of(test: &NamedTest) -> Draft {
    Draft {
        name: test.name.clone(),
        decision: Some(test.decision),
        ..Draft::of(&test.request, test.entities.clone())
    }
}

/// The request that the fields say, or what is missing.
fn request_of(
    principal: &str,
    action: &str,
    resource: &str,
    context: &str,
) -> Result<Request, String> {
    for (value, missing) in [
        (principal, policies::NAME_PRINCIPAL),
        (action, policies::NAME_ACTION),
        (resource, policies::NAME_RESOURCE),
    ] {
        if value.trim().is_empty() {
            return Err(missing.into());
        }
    }
    let context = match context.trim() {
        "" => serde_json::Map::new(),
        text => serde_json::from_str(text).map_err(|error| {
            let error = &error.to_string();
            policies::NotJson { error }.say()
        })?,
    };
    Ok(Request {
        principal: principal.trim().into(),
        action: action.trim().into(),
        resource: resource.trim().into(),
        context,
    })
}

/// A decision as a value of the form.
fn value(decision: Option<Decision>) -> &'static str {
    match decision {
        Some(Decision::Deny) => "deny",
        _ => "allow",
    }
}

/// The form. The draft it began with is taken away when it closes.
pub fn test_form(studio: Studio, draft: Draft) -> AnyView {
    let form = studio.tests.form;
    let entities = RwSignal::new(draft.entities);
    let name = RwSignal::new(draft.name);
    let principal = RwSignal::new(draft.principal);
    let action = RwSignal::new(draft.action);
    let resource = RwSignal::new(draft.resource);
    let context = RwSignal::new(draft.context);
    let expected = RwSignal::new(value(draft.decision).to_owned());
    let outcome = RwSignal::new(None::<Result<Explanation, Failure>>);
    let request = move || {
        request_of(
            &principal.get(),
            &action.get(),
            &resource.get(),
            &context.get(),
        )
    };
    let blocked = move || request().err().map(|why| words::sentence(&why));

    let chosen = move || {
        let action = action.get_untracked();
        studio.workspace.with_untracked(|workspace| {
            workspace
                .as_ref()?
                .actions
                .iter()
                .find(|known| known.id == action.trim())
                .cloned()
        })
    };
    let suggest = move |types: fn(&ipc::ActionView) -> Vec<String>| -> Suggestions {
        Arc::new(move |text: String| {
            let types = chosen().map(|action| types(&action)).unwrap_or_default();
            Box::pin(async move {
                call::<SuggestIds>(Suggest {
                    types,
                    text,
                    limit: 20,
                })
                .await
                .unwrap_or_default()
            })
        })
    };
    let actions: Suggestions = Arc::new(move |text: String| {
        Box::pin(async move {
            call::<SuggestIds>(Suggest {
                types: vec!["Action".into()],
                text,
                limit: 50,
            })
            .await
            .unwrap_or_default()
        })
    });
    let run = move || {
        if let Ok(request) = untrack(request) {
            spawn_local(async move {
                let entities = entities.get_untracked();
                let answer = decide(Ask { request, entities }).await;
                if let Ok(answer) = &answer {
                    let decided = Some(answer.decision);
                    let decision = words::decision(decided);
                    studio.say(policies::Decided { decision }.say());
                    expected.try_set(value(decided).to_owned());
                }
                outcome.try_set(Some(answer));
            });
        }
    };
    let keep = move || {
        if let Ok(request) = untrack(request) {
            let decision = if expected.get_untracked() == "deny" {
                Decision::Deny
            } else {
                Decision::Allow
            };
            let test = NamedTest {
                name: name.get_untracked().trim().to_owned(),
                request,
                entities: entities.get_untracked(),
                decision,
                reasons: Vec::new(),
            };
            studio.save_test(test, move || {
                // The page may have been left meanwhile.
                form.set(None);
            });
        }
    };
    let keep_blocked = move || {
        blocked().or_else(|| {
            name.with(|name| name.trim().is_empty())
                .then(|| policies::NAME_TEST.into())
        })
    };
    let attributes = move || {
        let _ = action.get();
        chosen().map(|action| {
            let names: Vec<_> = action
                .context
                .iter()
                .map(|(name, kind, required)| {
                    format!("{name}{}: {kind}", if *required { "" } else { "?" })
                })
                .collect();
            if names.is_empty() {
                policies::NO_CONTEXT.into()
            } else {
                format!("{{ {} }}", names.join(", "))
            }
        })
    };
    dom::focus_soon("#test-action");
    view! {
        <form
            class="section form"
            data-test="test-form"
            data-help="policies/tests"
            on:submit=move |event| {
                event.prevent_default();
                run();
            }
        >
            <Field label=policies::ACTION.get() id="test-action"><Combobox id="test-action" value=action suggest=actions placeholder="Action::\"read\""/></Field>
            <Field label=policies::PRINCIPAL.get() id="test-principal"><Combobox id="test-principal" value=principal suggest=suggest(|action| action.principals.clone())/></Field>
            <Field label=policies::RESOURCE.get() id="test-resource"><Combobox id="test-resource" value=resource suggest=suggest(|action| action.resources.clone())/></Field>
            <Field label=policies::CONTEXT.get() id="test-context">
                <textarea class="input" id="test-context" spellcheck="false" rows="3" prop:value=context on:input=move |event| context.set(event_target_value(&event))></textarea>
                {move || attributes().map(|text| view! { <span class="hint mono">{text}</span> })}
            </Field>
            {move || entities.get().map(|own| view! {
                <div class="field">
                    <details>
                        <summary>{policies::OwnEntitiesInstead { count: own.len() as u64 }.say()}</summary>
                        <CodeView text=serde_json::to_string_pretty(&own).unwrap_or_default()/>
                    </details>
                    <button type="button" class="linkish" on:click=move |_| entities.set(None)>{policies::WORKSPACE_ENTITIES.get()}</button>
                </div>
            })}
            <div class="row">
                <Button label=policies::DECIDE.get() kind=Kind::Primary submit=true blocked=MaybeProp::derive(blocked) test="decide" on_click=|| {}/>
                <Button label=shell::CLOSE.get() kind=Kind::Ghost on_click=move || form.set(None)/>
            </div>
            <div role="status">{move || outcome.with(|outcome| outcome.as_ref().map(|outcome| verdict(None, outcome)))}</div>
            {move || outcome.with(|outcome| matches!(outcome, Some(Ok(_)))).then(|| view! {
                <Field label=policies::KEEP_NAME.get() id="test-name">
                    <input class="input" id="test-name" autocomplete="off" prop:value=name on:input=move |event| name.set(event_target_value(&event))/>
                </Field>
                <Field label=policies::IT_MUST.get() id="test-decision">
                    <Select id="test-decision" options=Signal::stored(vec![("allow".to_owned(), policies::BE_ALLOWED.into()), ("deny".to_owned(), policies::BE_DENIED.into())]) value=expected/>
                </Field>
                <div class="row"><Button label=policies::KEEP_TEST.get() blocked=MaybeProp::derive(keep_blocked) test="keep-test" on_click=keep/></div>
            })}
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_needs_its_three_parts_and_an_object() {
        crate::texts::tests::english();
        assert_eq!(
            request_of("", "a", "r", "").unwrap_err(),
            "name a principal first"
        );
        assert_eq!(
            request_of("p", "a", " ", "").unwrap_err(),
            "name a resource first"
        );
        assert!(
            request_of("p", "a", "r", "[1]")
                .unwrap_err()
                .starts_with("the context is not a JSON object")
        );
        let request = request_of(" p ", "a", "r", "{\"mfa\":true}").unwrap();
        assert_eq!(
            (request.principal.as_str(), request.context.len()),
            ("p", 1)
        );
    }
}
