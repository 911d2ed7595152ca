//! Places whose systems are not in this version: what each is for, and that it is not here yet. No buttons that do nothing.

use leptos::prelude::*;

use crate::{
    components::{drawn, piece, shown},
    icons::Icon,
    state::Place,
};

struct Promise {
    picture: Icon,
    purpose: &'static str,
    parts: [&'static str; 3],
    meanwhile: &'static str,
}

const NARRATIVES: Promise = Promise {
    picture: Icon::BookOpenText,
    purpose: "Narratives will say in plain words what changed, who is affected, why, and what the risk is.",
    parts: [
        "Each sentence computed from facts, with a link to the evidence behind it",
        "What is not known said as plainly as what is",
        "A PDF that carries its own evidence",
    ],
    meanwhile: "Until then, the Drift place shows the same facts as a table.",
};

/// The screen of such a place.
pub fn soon(place: Place) -> AnyView {
    shown(move || {
        let Promise {
            picture,
            purpose,
            parts,
            meanwhile,
        } = NARRATIVES;
        let parts = parts.into_iter().map(|part| {
            piece("li")
                .add(drawn(Icon::CircleDashed))
                .add(piece("span").text(part))
        });
        let inner = piece("div.soon")
            .add(drawn(picture))
            .add(piece("h1").text(place.title()))
            .add(piece("p").text(purpose))
            .add(piece("ul").all(parts))
            .add(
                piece("p.dim")
                    .text("This place is not in this version yet. ")
                    .text(meanwhile),
            );
        piece("div.page").with("data-test", "soon").add(inner)
    })
}
