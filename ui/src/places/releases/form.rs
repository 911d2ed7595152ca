//! What moves a channel: a promotion with its gates as a checklist, and a rollback.

use ipc::{
    Command, GateView, MovedView, Promote, PromoteAsked, RollBack, RollbackAsked, TableOf, Unlock,
    UnlockLedger,
};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure};

use super::{found, told};
use crate::{
    calls::call,
    components::{
        Kind, Piece, button, callout, choice, drawn, field, locked, piece, shown, trouble, typed,
    },
    dom,
    icons::Icon,
    state::Studio,
    texts::{Text, actions::COPY_MARKDOWN, releases, shell},
    words,
};

/// The modes, to choose from.
pub(super) fn modes(label: Text, id: &str) -> Piece {
    let modes = [
        ("enforce", releases::MODE_ENFORCE.get()),
        ("canary=10", releases::MODE_CANARY_10.get()),
        ("canary=50", releases::MODE_CANARY_50.get()),
        ("audit-only", releases::MODE_AUDIT_ONLY.get()),
    ];
    choice(label.get(), id, "enforce", modes)
}

/// That a mode leaves people out for whom nothing else decides.
pub(super) fn nobody_else(mode: &str, nothing_else: bool) -> Option<Piece> {
    let leaves_out = nothing_else && !matches!(mode, "" | "enforce");
    leaves_out.then(|| {
        let (title, about) = (releases::NOBODY_ELSE, releases::NOBODY_ELSE_ABOUT);
        callout("warn", title.get(), about.get()).with("data-test", "nobody-else")
    })
}

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
                Ok(moved) => {
                    if let Some(shipped) = self.studio.moved(moved) {
                        let (ships, receipt) = told::ships(&shipped);
                        self.studio.toast(ships, receipt, false);
                    }
                }
                Err(why) if why.code == Code::MoveFinished => self.studio.moved_before(),
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
    pub(super) fn told(self, doing: Text) -> Piece {
        if self.busy.get() {
            return piece("p.dim").with("role", "status").text(doing.get());
        }
        match self.failure.get() {
            None => piece("span"),
            Some(why) if why.code == Code::KeyLocked => locked(&why, "move-passphrase"),
            Some(why) => trouble(&why),
        }
    }

    pub(super) fn buttons(self, label: Text, test: &str, blocked: bool) -> Piece {
        let studio = self.studio;
        piece("footer")
            .add(
                button(shell::CANCEL.get(), None, Kind::Plain)
                    .pressed(move || studio.overlay.set(None)),
            )
            .add(
                button(label.get(), None, Kind::Primary)
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
        let about = match &unready {
            None => releases::MadeOf { commit: &commit }.say(),
            Some(why) => releases::Unready { why: &why.message }.say(),
        };
        piece("div.body")
            .add(piece("p.dim").prose(&about))
            .add(
                piece("div.pair")
                    .add(field(releases::CHANNEL.get(), "promote-channel", &channel))
                    .add(field(releases::VERSION.get(), "promote-version", &version))
                    .add(modes(releases::MODE, "promote-mode"))
                    .add(field(releases::REASON.get(), "promote-reason", "")),
            )
            .add(
                piece("details.fold")
                    .add(
                        piece("summary")
                            .add(piece("span.turn").add(drawn(Icon::ChevronRight)))
                            .text(releases::IF_CLOSED.get()),
                    )
                    .add(
                        piece("div.pair")
                            .add(field(releases::WHY_OUTSIDE.get(), "promote-outside", ""))
                            .add(field(
                                releases::WHY_REFERENCES.get(),
                                "promote-references",
                                "",
                            ))
                            .add(field(releases::OVERRIDE_FILE.get(), "promote-override", "")),
                    ),
            )
    });
    let checklist = shown(move || {
        let (list, any) = releases
            .gates
            .with(|gates| (self::gates(gates.as_ref()), matches!(gates, Some(Ok(_)))));
        let copy = any.then(|| {
            let copy = button(COPY_MARKDOWN.get(), Some(Icon::Copy), Kind::Ghost)
                .with("data-test", "copy-gates")
                .pressed(move || studio.copy_table(Some(TableOf::Gates(asked()))));
            piece("div.body").add(copy)
        });
        let asked = asked();
        let decides = releases.lane_of(&asked.channel, |lane| !lane.nothing_decides);
        let warned = nobody_else(&asked.mode, !decides.unwrap_or_default());
        let warned = warned.map(|warned| piece("div.body.tight").add(warned));
        piece("div").all(warned).add(list).all(copy)
    });
    let told = shown(move || piece("div.body").add(sending.told(releases::PROMOTING)));
    let readiness = Memo::new(move |_| releases.gates.with(|gates| Readiness::of(gates.as_ref())));
    let buttons = shown(move || {
        let readiness = readiness.get();
        let label = match readiness {
            Readiness::Begun => releases::FINISH,
            Readiness::Open | Readiness::Closed => shell::DIALOG_PROMOTE,
        };
        sending.buttons(label, "promote-submit", readiness == Readiness::Closed)
    });
    dom::focus_soon("#promote-version");
    view! {
        <form
            data-help="releases/versions"
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

/// Where a promotion stands before it is asked for.
#[derive(Clone, Copy, PartialEq)]
enum Readiness {
    /// It may go, as far as is known.
    Open,
    /// Something is in the way.
    Closed,
    /// An earlier move was cut off: asking finishes that, and does nothing else.
    Begun,
}

impl Readiness {
    fn of(gates: Option<&Result<Vec<GateView>, Failure>>) -> Self {
        match gates {
            Some(Ok(gates)) if gates.iter().any(|gate| gate.standing == "blocked") => Self::Closed,
            Some(Err(failure)) if failure.code == Code::MoveBegun => Self::Begun,
            Some(Err(_)) => Self::Closed,
            Some(Ok(_)) | None => Self::Open,
        }
    }
}

/// Gates as a checklist.
pub(super) fn gates(gates: Option<&Result<Vec<GateView>, Failure>>) -> Piece {
    let gates = match gates {
        None => {
            return piece("p.dim.body.late")
                .with("role", "status")
                .text(releases::LOOKING.get());
        }
        Some(Err(failure)) => return piece("div.body").add(trouble(failure)),
        Some(Ok(gates)) => gates,
    };
    let items = gates.iter().map(|gate| {
        let (picture, tone, standing) = match gate.standing.as_str() {
            "passed" => (Icon::Check, "ok", releases::GATE_PASSED),
            "overridden" | "skipped" => (Icon::TriangleAlert, "lose", releases::GATE_PASSED_OVER),
            "blocked" => (Icon::CircleAlert, "risk", releases::GATE_CLOSED),
            _ => (Icon::CircleDashed, "faint", releases::GATE_NOT_ASKED),
        };
        let name = told::gate(&gate.gate);
        // What a value does not say is said in the words beside it.
        let finding = gate.finding.as_ref();
        let told = match finding {
            None => words::sentence(&gate.found),
            Some(finding) => found::remarked(found::told(finding), &gate.remarks),
        };
        let hint = (!gate.hint.is_empty()).then(|| {
            let hint = finding.and_then(found::hint);
            let hint = hint.map_or_else(|| words::sentence(&gate.hint), String::from);
            piece("span.dim").prose(&hint)
        });
        piece("li")
            .with("data-test", &format!("gate-{}", gate.gate))
            .with("data-standing", &gate.standing)
            .add(drawn(picture).with("class", &format!("icon {tone}")))
            .add(
                piece("div.says")
                    .add(
                        piece("span.row")
                            .add(piece("b").text(name.get()))
                            .add(piece("span").with("class", tone).text(standing.get())),
                    )
                    .add(piece("span").prose(&told))
                    .all(hint),
            )
    });
    piece("ul.gates")
        .with("aria-label", releases::GATES.get())
        .all(items)
}

/// Takes a channel back.
pub fn rollback(studio: Studio) -> AnyView {
    let sending = Sending::new(studio);
    let facts = studio.releases.front(|lane| {
        let now = lane.stops.first().map(|stop| stop.version.clone());
        (
            lane.name.clone(),
            now.unwrap_or_default(),
            lane.way_back.as_ref().map(told::way_back),
        )
    });
    let (channel, now, back) = facts.unwrap_or_default();
    let back = back.unwrap_or_default();
    let wanted = StoredValue::new(channel.clone());
    let fields = shown(move || {
        let (channel, now, back) = (&channel, &now, &back);
        let about = releases::RollBackAbout { channel, now, back }.say();
        piece("div.body").add(piece("p").prose(&about)).add(field(
            releases::REASON.get(),
            "roll-back-reason",
            "",
        ))
    });
    let told = shown(move || piece("div.body").add(sending.told(releases::GOING_BACK)));
    let buttons =
        shown(move || sending.buttons(shell::DIALOG_ROLL_BACK, "roll-back-submit", false));
    dom::focus_soon("#roll-back-reason");
    view! {
        <form data-help="releases/refused" on:submit=move |event| {
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
