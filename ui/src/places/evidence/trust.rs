//! Whose word counts: the trust file, and whom it names.

use ipc::TrustView;

use super::{file, hash};
use crate::{
    components::{Kind, Piece, button, does, drawn, piece, trouble},
    icons::Icon,
    state::Studio,
    words,
};

/// A trust file, or that nobody is trusted; and the way to another.
pub fn judged(studio: Studio, trust: Option<&TrustView>) -> Piece {
    let page = piece("div.section");
    let Some(trust) = trust else {
        let nobody = piece("p.row")
            .add(piece("span.warn").add(drawn(Icon::CircleQuestionMark)))
            .add(piece("b").text("Trusts nobody yet"));
        let about = "A trust file names the ledgers, witnesses and keys whose word counts for you. Without one nothing is believed, so nothing can be decided. What a bundle says of itself never counts.";
        return page
            .add(nobody)
            .add(piece("p.dim").text(about))
            .add(piece("span.row").add(does(studio, "choose-trust", Kind::Plain, "")));
    };
    let named = match &trust.failure {
        Some(failure) => trouble(failure),
        None => names(studio, trust),
    };
    let buttons = piece("span.row.wrap")
        .add(does(studio, "choose-trust", Kind::Plain, "Choose another…"))
        .add(
            button("Trust nobody", None, Kind::Ghost)
                .with("data-test", "trust-nobody")
                .pressed(move || studio.trust(None)),
        );
    page.add(
        piece("span.row")
            .add(piece("span.faint").add(drawn(Icon::FileText)))
            .add(file(studio, &trust.path)),
    )
    .add(named)
    .add(buttons)
}

fn names(studio: Studio, trust: &TrustView) -> Piece {
    let named = format!(
        "{}, {}, {}",
        words::count(trust.keys.len() as u64, "key", "keys"),
        words::count(trust.origins.len() as u64, "ledger", "ledgers"),
        words::count(u64::from(trust.witnesses), "witness", "witnesses"),
    );
    let ledgers = trust.origins.iter();
    let ledgers = ledgers.map(|it| piece("li").add(piece("code.copyable").text(it)));
    let keys = trust.keys.iter().map(|it| {
        piece("li")
            .add(piece("b").text(&it.name))
            .text(" ")
            .add(piece("span.dim").text(&it.roles))
            .add(
                piece("span.row")
                    .add(piece("span.faint.grow").text(&it.valid))
                    .add(hash(studio, "Copy the key's id", &it.id)),
            )
    });
    piece("details.fold")
        .with("data-test", "trust-names")
        .add(
            piece("summary")
                .add(piece("span.turn").add(drawn(Icon::ChevronRight)))
                .text(&named),
        )
        .add(piece("ul.names").with("aria-label", "Ledgers").all(ledgers))
        .add(piece("ul.names").with("aria-label", "Keys").all(keys))
        .add(
            piece("p.row")
                .add(piece("span.faint.grow").text("Digest of the file"))
                .add(hash(studio, "Copy the digest", &trust.digest)),
        )
}
