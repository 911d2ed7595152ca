//! Places whose systems are not in this version: what each is for, and that it is not here yet. No buttons that do nothing.

use leptos::prelude::*;

use crate::{
    icons::{Icon, icon, icon_with},
    state::Place,
};

struct Promise {
    picture: Icon,
    purpose: &'static str,
    parts: [&'static str; 3],
    meanwhile: &'static str,
}

fn promise(place: Place) -> Promise {
    match place {
        Place::Releases => Promise {
            picture: Icon::GitBranch,
            purpose: "Releases will put a reviewed edit into force, and take it back.",
            parts: [
                "Channels as lanes and versions as stops, so that everyone sees what is enforced where and since when",
                "Gates before a promotion: validation, tests, drift within tolerance, a second pair of eyes",
                "A rollback built and signed at the same moment as the promotion it undoes",
            ],
            meanwhile: "Until then, commit the saved files with git; the Drift place compares your edit with the last commit.",
        },
        _ => Promise {
            picture: Icon::BookOpenText,
            purpose: "Narratives will say in plain words what changed, who is affected, why, and what the risk is.",
            parts: [
                "Each sentence computed from facts, with a link to the evidence behind it",
                "What is not known said as plainly as what is",
                "A PDF that carries its own evidence",
            ],
            meanwhile: "Until then, the Drift place shows the same facts as a table.",
        },
    }
}

/// The screen of such a place.
pub fn soon(place: Place) -> AnyView {
    let Promise {
        picture,
        purpose,
        parts,
        meanwhile,
    } = promise(place);
    view! {
        <div class="page" data-test="soon">
            <div class="soon">
                {icon_with(picture, "icon")}
                <h1>{place.title()}</h1>
                <p>{purpose}</p>
                <ul>{parts.map(|part| view! { <li>{icon(Icon::CircleDashed)}<span>{part}</span></li> }).collect_view()}</ul>
                <p class="dim">"This place is not in this version yet. "{meanwhile}</p>
            </div>
        </div>
    }
    .into_any()
}
