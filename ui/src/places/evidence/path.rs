//! The way from a leaf to a root, drawn: the leaf at the bottom, at each step the hash beside it, above both what they make.
//! Plain elements, in the page from the leaf upwards, so that it reads as the list of steps it is.

use ipc::{PathStep, PathView};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use crate::{
    components::{Button, EmptyState},
    dom,
    icons::{Icon, icon},
    state::Studio,
    words,
};

/// The drawing, or that nothing covers the receipt yet.
pub fn path(studio: Studio, number: u64, path: Option<&PathView>) -> AnyView {
    let Some(path) = path else {
        return view! {
            <EmptyState picture=Icon::Clock title="No checkpoint covers it yet" text="The receipt is kept and will be proven by the next checkpoint that its ledger signs."/>
        }
        .into_any();
    };
    let (tone, picture, says) = match path.holds {
        true => ("ok", Icon::Check, "Leads to the signed root"),
        false => ("risk", Icon::X, "Does not lead to the signed root"),
    };
    let last = path.steps.len();
    // Level 0 is the leaf; each step beside a node makes the node above.
    let nodes = std::iter::once(&path.leaf).chain(path.steps.iter().map(|step| &step.node));
    let levels = nodes.enumerate().map(|(at, node)| {
        let name = match at {
            at if at == last && path.holds => "signed root",
            at if at == last => "what it makes",
            0 => "leaf",
            _ => "",
        };
        level(node, name, path.steps.get(at))
    });
    let signed = (!path.holds).then(|| {
        view! { <li class="level apart"><span class="node">{code(&path.head.root, "signed root")}</span></li> }.into_any()
    });
    let about = format!(
        "Receipt {} of {}, in {} up to the checkpoint of {}",
        words::number(number),
        words::number(path.head.size),
        words::count(last as u64, "step", "steps"),
        path.head.origin
    );
    let copied = as_text(number, path);
    let click = move |event: MouseEvent| {
        let hash = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|element| element.closest("[data-tip]").ok()?)
            .and_then(|element| element.get_attribute("data-tip"));
        if let Some(hash) = hash {
            dom::copy(&hash);
            studio.say("Hash copied");
        }
    };
    view! {
        <div class="section" data-test="path" data-holds=path.holds.to_string()>
            <p class=format!("row {tone}")>{icon(picture)}<b>{says}</b></p>
            <p class="dim">{about}</p>
            <ol class="way-up" class:broken=!path.holds aria-label="From the leaf to the root" on:click=click>{levels.collect_view()}{signed}</ol>
            <span class="row"><Button label="Copy proof" picture=Icon::Copy test="copy-path" on_click=move || {
                dom::copy(&copied);
                studio.say("Copied");
            }/></span>
        </div>
    }
    .into_any()
}

/// A node and the hash beside it.
fn level(node: &str, name: &'static str, step: Option<&PathStep>) -> AnyView {
    let beside = step.map(|step| {
        let (class, words) = match step.left {
            true => ("beside left", " with, on its left, "),
            false => ("beside right", " with, on its right, "),
        };
        view! { <span class="unseen">{words}</span><span class=class>{code(&step.beside, "")}</span><span class="unseen">" makes"</span> }.into_any()
    });
    view! { <li class="level"><span class="node">{code(node, name)}</span>{beside}</li> }.into_any()
}

fn code(hash: &str, name: &'static str) -> AnyView {
    let name = (!name.is_empty()).then(|| view! { <small>{name}" "</small> }.into_any());
    view! { {name}<code data-tip=hash.to_owned()>{words::hash(hash)}</code> }.into_any()
}

/// The way as text, with whole hashes.
fn as_text(number: u64, path: &PathView) -> String {
    let mut lines = vec![format!("leaf {number}  {}", path.leaf)];
    for step in &path.steps {
        let side = if step.left { "left " } else { "right" };
        lines.push(format!("  {side}  {}", step.beside));
        lines.push(format!("  makes  {}", step.node));
    }
    let leads = if path.holds { "leads" } else { "does not lead" };
    lines.push(format!(
        "{leads} to the root {} of {} receipts of {}",
        path.head.root, path.head.size, path.head.origin
    ));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::HeadView;

    #[test]
    fn the_text_names_the_side_of_every_hash() {
        let step = |beside: &str, left, node: &str| PathStep {
            beside: beside.into(),
            left,
            node: node.into(),
        };
        let path = PathView {
            leaf: "aa".into(),
            steps: vec![step("bb", false, "cc"), step("dd", true, "ee")],
            head: HeadView {
                origin: "example.com/ledger".into(),
                size: 3,
                root: "ff".into(),
            },
            holds: false,
        };
        assert_eq!(
            as_text(1, &path),
            "leaf 1  aa\n  right  bb\n  makes  cc\n  left   dd\n  makes  ee\ndoes not lead to the root ff of 3 receipts of example.com/ledger\n"
        );
    }
}
