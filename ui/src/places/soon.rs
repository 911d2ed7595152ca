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
    shown(move || {
        let Promise {
            picture,
            purpose,
            parts,
            meanwhile,
        } = promise(place);
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
