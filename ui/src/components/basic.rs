//! Small things without state of their own: Button, Badge, Kbd, Callout, Progress, EmptyState, CodeView, Entity.

use std::sync::{Arc, Mutex};

use leptos::{html, prelude::*, tachys::reactive_graph::SharedReactiveFunction, task::spawn_local};
use model::ChangeClass;

use crate::{
    editor,
    icons::{Icon, icon, icon_with},
    keys as chords, words,
};

/// What is drawn anew whenever what it reads changes. All of these are one type for the compiler, which otherwise writes the same
/// page of code for each.
pub fn live(draw: impl FnMut() -> AnyView + Send + 'static) -> AnyView {
    let draw: SharedReactiveFunction<AnyView> = Arc::new(Mutex::new(draw));
    draw.into_any()
}

/// No picture at all.
pub fn nothing() -> AnyView {
    ().into_any()
}

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The one thing to do here.
    Primary,
    /// Ordinary.
    #[default]
    Plain,
    /// Without a border.
    Ghost,
    /// Without a border and with an icon alone; `label` becomes the tooltip.
    Bare,
    /// The same, smaller.
    Tiny,
}

impl Kind {
    /// Its classes.
    pub fn class(self) -> &'static str {
        match self {
            Kind::Primary => "btn primary",
            Kind::Plain => "btn",
            Kind::Ghost => "btn ghost",
            Kind::Bare => "btn ghost bare",
            Kind::Tiny => "btn ghost bare tiny",
        }
    }
}

/// A button. One that cannot act now stays focusable and says why.
#[component]
pub fn Button(
    /// What it does, in words.
    #[prop(into)]
    label: Signal<String>,
    /// Decoration.
    #[prop(optional, into)]
    picture: Option<Icon>,
    #[prop(optional)] kind: Kind,
    /// Chord shown in the tooltip.
    #[prop(optional)]
    chord: &'static str,
    /// Why it cannot act now.
    #[prop(optional, into)]
    blocked: MaybeProp<String>,
    /// It is a toggle, and on or off.
    #[prop(optional, into)]
    pressed: MaybeProp<bool>,
    /// Submits the form around it.
    #[prop(optional)]
    submit: bool,
    /// For tests.
    #[prop(optional)]
    test: &'static str,
    on_click: impl Fn() + 'static,
) -> impl IntoView {
    draw_button(
        label,
        picture,
        kind,
        chord,
        blocked,
        pressed,
        submit,
        test,
        Box::new(on_click),
    )
}

/// One function for every button: each closure is a type, and would otherwise get a page of code of its own.
#[expect(
    clippy::too_many_arguments,
    reason = "the properties of the component above, once each"
)]
fn draw_button(
    label: Signal<String>,
    picture: Option<Icon>,
    kind: Kind,
    chord: &'static str,
    blocked: MaybeProp<String>,
    pressed: MaybeProp<bool>,
    submit: bool,
    test: &'static str,
    on_click: Box<dyn Fn()>,
) -> AnyView {
    let class = kind.class();
    let bare = matches!(kind, Kind::Bare | Kind::Tiny);
    let tip = move || {
        blocked
            .get()
            .or_else(|| (bare || !chord.is_empty()).then(|| label.get()))
    };
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=class
            aria-label=move || bare.then(|| label.get())
            aria-disabled=move || blocked.get().is_some().then_some("true")
            aria-description=move || blocked.get()
            aria-pressed=move || pressed.get().map(|on| if on { "true" } else { "false" })
            data-tip=tip
            data-chord=move || (blocked.get().is_none() && !chord.is_empty()).then_some(chord)
            data-test=(!test.is_empty()).then_some(test)
            on:click=move |_| {
                if blocked.with_untracked(Option::is_none) {
                    on_click();
                }
            }
        >
            {picture.map(icon)}
            {(!bare).then(|| view! { <span>{label}</span> })}
        </button>
    }
    .into_any()
}

/// A short fact on a coloured ground.
pub fn badge(class: &'static str, text: impl Into<String>) -> AnyView {
    view! { <span class=format!("badge {class}")>{text.into()}</span> }.into_any()
}

/// A class of change by sign, word and colour.
pub fn class_badge(class: ChangeClass) -> AnyView {
    let (sign, word, colour) = words::class(class);
    badge(colour, format!("{sign} {word}"))
}

/// A chord as keycaps.
pub fn keys(chord: &str) -> AnyView {
    let caps = chords::caps(chord, chords::apple());
    view! { <span class="keys">{caps.into_iter().map(|cap| view! { <kbd>{cap}</kbd> }).collect_view()}</span> }.into_any()
}

/// Something to know right here. `tone`: `info`, `warn`, `risk` or empty.
#[component]
pub fn Callout(
    tone: &'static str,
    #[prop(into)] title: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let picture = match tone {
        "risk" => Icon::CircleAlert,
        "warn" => Icon::TriangleAlert,
        _ => Icon::Info,
    };
    view! {
        <div class=format!("callout {tone}") role=if tone == "risk" { "alert" } else { "note" }>
            {icon(picture)}
            <div class="grow col">
                <b>{prose(&title)}</b>
                {children.map(|children| children())}
            </div>
        </div>
    }
    .into_any()
}

/// Progress of a job; without a total it only shows that something goes on.
#[component]
pub fn Progress(
    #[prop(into)] done: Signal<u64>,
    #[prop(into)] total: Signal<u64>,
    label: &'static str,
) -> impl IntoView {
    let part = move || match total.get() {
        0 => None,
        total => Some(done.get().min(total) as f64 / total as f64),
    };
    view! {
        <div
            class="progress"
            class:unsure=move || part().is_none()
            role="progressbar"
            aria-label=label
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || part().map(|part| ((part * 100.0) as u32).to_string())
        >
            <i style:transform=move || part().map_or_else(|| String::from("none"), |part| format!("scaleX({part})"))></i>
        </div>
    }
    .into_any()
}

/// A place with nothing in it: what it is for, and at most one thing to do.
#[component]
pub fn EmptyState(
    picture: Icon,
    title: &'static str,
    #[prop(into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {icon_with(picture, "icon")}
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="row">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// Words in which `backticks` mark code.
pub fn prose(text: &str) -> AnyView {
    let parts = text.split('`').enumerate().map(|(at, part)| {
        let part = part.to_owned();
        if at % 2 == 1 {
            view! { <code>{part}</code> }.into_any()
        } else {
            part.into_any()
        }
    });
    parts.collect_view().into_any()
}

/// A failure's or a hint's words as a sentence.
pub fn sentence(text: &str) -> AnyView {
    prose(&format!("{}.", words::sentence(text.trim_end_matches('.'))))
}

/// Lines that stand where text will be; they appear only after 200 ms.
pub fn skeleton() -> AnyView {
    view! { <div class="skeleton" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i></div> }
        .into_any()
}

/// Code, coloured once the editor's module is there. `tone`: `held`, `failed`, `gain`, `lose` or empty.
#[component]
pub fn CodeView(#[prop(into)] text: String, #[prop(optional)] tone: &'static str) -> impl IntoView {
    let node = NodeRef::<html::Pre>::new();
    let plain = text.clone();
    Effect::new(move |_| {
        let Some(node) = node.get() else { return };
        let text = text.clone();
        spawn_local(async move {
            if let Some(module) = editor::module().await {
                module.paint(&node, &text, "policy.cedar");
            }
        });
    });
    view! { <pre class="code" data-tone=tone node_ref=node>{plain}</pre> }.into_any()
}

/// An entity: its id first, its type small beside it.
#[component]
pub fn Entity(#[prop(into)] id: String) -> impl IntoView {
    let (kind, name) = words::entity(&id);
    let kind = kind.to_owned();
    view! {
        <span class="entity" title=id>
            <b>{name}</b>
            <small>{kind}</small>
        </span>
    }
    .into_any()
}
