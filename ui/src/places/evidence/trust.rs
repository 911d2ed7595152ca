//! Whose word counts: the trust file, and whom it names.

use ipc::TrustView;

use super::{file, hash};
use crate::{
    components::{Kind, Piece, button, does, drawn, piece, trouble},
    icons::Icon,
    state::Studio,
    texts::evidence,
};

/// A trust file, or that nobody is trusted; and the way to another.
pub fn judged(studio: Studio, trust: Option<&TrustView>) -> Piece {
    let page = piece("div.section");
    let Some(trust) = trust else {
        let nobody = piece("p.row")
            .add(piece("span.warn").add(drawn(Icon::CircleQuestionMark)))
            .add(piece("b").text(evidence::TRUSTS_NOBODY.get()));
        let about = evidence::TRUSTS_NOBODY_ABOUT.get();
        return page
            .add(nobody)
            .add(piece("p.dim").text(about))
            .add(piece("span.row").add(does(studio, "choose-trust", Kind::Plain, "")));
    };
    let named = match &trust.failure {
        Some(failure) => trouble(failure),
        None => names(studio, trust),
    };
    let another = evidence::CHOOSE_ANOTHER.get();
    let buttons = piece("span.row.wrap")
        .add(does(studio, "choose-trust", Kind::Plain, another))
        .add(
            button(evidence::TRUST_NOBODY.get(), None, Kind::Ghost)
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
    let named = evidence::TrustNames {
        keys: trust.keys.len() as u64,
        ledgers: trust.origins.len() as u64,
        witnesses: u64::from(trust.witnesses),
    }
    .say();
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
                    .add(hash(studio, evidence::COPY_KEY_ID, &it.id)),
            )
    });
    piece("details.fold")
        .with("data-test", "trust-names")
        .add(
            piece("summary")
                .add(piece("span.turn").add(drawn(Icon::ChevronRight)))
                .text(&named),
        )
        .add(super::names(evidence::LEDGERS, ledgers))
        .add(super::names(evidence::KEYS, keys))
        .add(
            piece("p.row")
                .add(piece("span.faint.grow").text(evidence::FILE_DIGEST.get()))
                .add(hash(studio, evidence::COPY_DIGEST, &trust.digest)),
        )
}
