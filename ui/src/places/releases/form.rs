//! What moves a channel: a promotion with its gates as a checklist, and a rollback.

use ipc::{
    Command, GateView, MovedView, Promote, PromoteAsked, RollBack, RollbackAsked, Unlock,
    UnlockLedger,
};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure};

use super::named;
use crate::{
    calls::call,
    components::{Kind, Piece, button, choice, drawn, field, locked, piece, shown, trouble, typed},
    dom,
    icons::Icon,
    state::Studio,
    words,
};

pub(super) const MODES: [(&str, &str); 4] = [
    ("enforce", "Enforce for everybody"),
    ("canary=10", "Canary: 10 % of principals"),
    ("canary=50", "Canary: 50 % of principals"),
    ("audit-only", "Audit only: decide and record"),
];

/// What is typed.
fn asked() -> PromoteAsked {
    let text = |id: &str| typed(id).trim().to_owned();
    PromoteAsked {
        channel: text("#promote-channel"),
        version: text("#promote-version"),
        mode: text("#promote-mode"),
        reason: text("#promote-reason"),
        outside_window: text("#promote-outside"),
        skip_references: text("#promote-references"),
        overriding: text("#promote-override"),
    }
}

/// A form that moves a channel: sends it, with a passphrase if one was asked for, and tells what is wrong.
#[derive(Clone, Copy)]
pub(super) struct Sending {
    studio: Studio,
    failure: RwSignal<Option<Failure>>,
    busy: RwSignal<bool>,
}

impl Sending {
    pub(super) fn new(studio: Studio) -> Self {
        Self {
            studio,
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    pub(super) fn send<C: Command<Response = MovedView> + 'static>(self, asked: C::Request) {
        if self.busy.get_untracked() {
            return;
        }
        let passphrase = typed("#move-passphrase");
        self.failure.set(None);
        self.busy.set(true);
        // INVARIANT: the dialog may be closed before an answer is here: only `try_` from here on.
        spawn_local(async move {
            let moved = async {
                if !passphrase.is_empty() {
                    call::<UnlockLedger>(Unlock { passphrase }).await?;
                }
                call::<C>(asked).await
            };
            let moved = moved.await;
            self.busy.try_set(false);
            match moved {
                Ok(moved) => self.studio.moved(moved),
                Err(why) => {
                    if why.code == Code::KeyLocked {
                        dom::focus_soon("#move-passphrase");
                    }
                    self.failure.try_set(Some(why));
                }
            }
        });
    }

    /// What is under way, or wrong.
    pub(super) fn told(self, doing: &str) -> Piece {
        if self.busy.get() {
            return piece("p.dim").with("role", "status").text(doing);
        }
        match self.failure.get() {
            None => piece("span"),
            Some(why) if why.code == Code::KeyLocked => locked(&why, "move-passphrase"),
            Some(why) => trouble(&why),
        }
    }

    pub(super) fn buttons(self, label: &str, test: &str, blocked: bool) -> Piece {
        let studio = self.studio;
        piece("footer")
            .add(button("Cancel", None, Kind::Plain).pressed(move || studio.overlay.set(None)))
            .add(
                button(label, None, Kind::Primary)
                    .with("type", "submit")
                    .with("data-test", test)
                    .with_if(blocked || self.busy.get(), "disabled", ""),
            )
    }
}

/// Ships a version.
pub fn promotion(studio: Studio) -> AnyView {
    let releases = studio.releases;
    let sending = Sending::new(studio);
    let channel = releases.front(|lane| lane.name.clone());
    let channel = channel.unwrap_or_else(|| "stable".to_owned());
    let (next, newest, commit, unready) = releases.view.with_untracked(|view| match view {
        Some(Ok(view)) => (
            view.next.clone(),
            view.versions.first().cloned(),
            view.commit.clone(),
            view.unready.clone(),
        ),
        _ => Default::default(),
    });
    // What is shipped already, or cannot be made now, is not proposed.
    let version = match (&unready, newest) {
        (Some(_), Some(newest)) => newest,
        _ => next,
    };
    studio.look_at_gates(PromoteAsked {
        channel: channel.clone(),
        version: version.clone(),
        mode: "enforce".to_owned(),
        ..asked()
    });
    let look = move || studio.look_at_gates(asked());
    let fields = shown(move || {
        let about = piece("p.dim")
            .text("A version that does not exist yet is made of what is committed now: ");
        let about = match &unready {
            None => about.add(piece("b").text(&commit)).text("."),
            Some(why) => piece("p.dim").prose(&format!(
                "No new version can be made now: {}. A version that exists can be shipped.",
                why.message
            )),
        };
        piece("div.body")
            .add(about)
            .add(
                piece("div.pair")
                    .add(field("Channel", "promote-channel", &channel))
                    .add(field("Version", "promote-version", &version))
                    .add(choice("Mode", "promote-mode", "enforce", MODES))
                    .add(field("Reason", "promote-reason", "")),
            )
            .add(
                piece("details.fold")
                    .add(
                        piece("summary")
                            .add(piece("span.turn").add(drawn(Icon::ChevronRight)))
                            .text("If a gate stays closed"),
                    )
                    .add(
                        piece("div.pair")
                            .add(field(
                                "Why it cannot wait for the window",
                                "promote-outside",
                                "",
                            ))
                            .add(field(
                                "Why broken references may stay",
                                "promote-references",
                                "",
                            ))
                            .add(field(
                                "A signed override of drift, a file",
                                "promote-override",
                                "",
                            )),
                    ),
            )
    });
    let checklist = shown(move || releases.gates.with(|gates| self::gates(gates.as_ref())));
    let told = shown(move || {
        piece("div.body").add(sending.told("Sealing both bundles, writing the receipt…"))
    });
    let closed = Memo::new(move |_| {
        releases.gates.with(|gates| match gates {
            Some(Ok(gates)) => gates.iter().any(is_closed),
            Some(Err(_)) => true,
            None => false,
        })
    });
    let buttons = shown(move || sending.buttons("Promote", "promote-submit", closed.get()));
    dom::focus_soon("#promote-version");
    view! {
        <form
            on:change=move |_| look()
            on:submit=move |event| {
                event.prevent_default();
                sending.send::<Promote>(asked());
            }
        >
            {fields}{checklist}{told}{buttons}
        </form>
    }
    .into_any()
}

fn is_closed(gate: &GateView) -> bool {
    gate.standing == "blocked"
}

/// Gates as a checklist.
pub(super) fn gates(gates: Option<&Result<Vec<GateView>, Failure>>) -> Piece {
    let gates = match gates {
        None => {
            return piece("p.dim.body.late")
                .with("role", "status")
                .text("Looking at the gates…");
        }
        Some(Err(failure)) => return piece("div.body").add(trouble(failure)),
        Some(Ok(gates)) => gates,
    };
    let items = gates.iter().map(|gate| {
        let (picture, tone, words) = match gate.standing.as_str() {
            "passed" => (Icon::Check, "ok", "passed"),
            "overridden" | "skipped" => (Icon::TriangleAlert, "lose", "passed over"),
            "blocked" => (Icon::CircleAlert, "risk", "closed"),
            _ => (Icon::CircleDashed, "faint", "not asked"),
        };
        let hint =
            (!gate.hint.is_empty()).then(|| piece("span.dim").prose(&words::sentence(&gate.hint)));
        piece("li")
            .with("data-test", &format!("gate-{}", gate.gate))
            .with("data-standing", &gate.standing)
            .add(drawn(picture).with("class", &format!("icon {tone}")))
            .add(
                piece("div.says")
                    .add(
                        piece("span.row")
                            .add(piece("b").text(&words::sentence(&gate.gate)))
                            .add(piece("span").with("class", tone).text(words)),
                    )
                    .add(piece("span").prose(&words::sentence(&gate.found)))
                    .all(hint),
            )
    });
    piece("ul.gates").with("aria-label", "Gates").all(items)
}

/// Takes a channel back.
pub fn rollback(studio: Studio) -> AnyView {
    let sending = Sending::new(studio);
    let facts = studio.releases.front(|lane| {
        let now = lane.stops.first().map(|stop| stop.version.clone());
        (
            lane.name.clone(),
            now.unwrap_or_default(),
            lane.way_back.clone(),
        )
    });
    let (channel, now, back) = facts.unwrap_or_default();
    let wanted = StoredValue::new(channel.clone());
    let fields = shown(move || {
        let about = piece("p")
            .add(named(&channel))
            .text(" ships ")
            .add(piece("b").text(&now))
            .text(" and will ship ")
            .add(piece("b").text(&back))
            .text(" again, from the bundle that was signed with the promotion. No gate is asked, no network is needed, and going forward again is one promotion.");
        piece("div.body")
            .add(about)
            .add(field("Reason", "roll-back-reason", ""))
    });
    let told = shown(move || piece("div.body").add(sending.told("Going back…")));
    let buttons = shown(move || sending.buttons("Roll back", "roll-back-submit", false));
    dom::focus_soon("#roll-back-reason");
    view! {
        <form on:submit=move |event| {
            event.prevent_default();
            let reason = match typed("#roll-back-reason").trim() {
                "" => "rolled back in the Studio".to_owned(),
                reason => reason.to_owned(),
            };
            sending.send::<RollBack>(RollbackAsked { channel: wanted.get_value(), reason });
        }>{fields}{told}{buttons}</form>
    }
    .into_any()
}
