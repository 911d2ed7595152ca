//! The guide: three steps of a first run, then a tour that is the real job on the sample. A step is done when what it asks for has happened,
//! whatever way the user took; how far the guide has come is kept with the settings, so it goes on after a restart.

use ipc::{LookAtMachine, MachineView};
use leptos::{prelude::*, task::spawn_local};

use super::{
    Place, Studio,
    known::{Answer, Known},
    preview::Truth,
};
use crate::{
    calls::call,
    dom,
    texts::{Text, guide},
};

/// Steps of the first run; the tour is what comes after them.
pub const WELCOME: u32 = 3;
/// For how many frames a control is waited for, where a place must first be drawn.
const FRAMES: u32 = 120;

/// A step.
pub struct Step {
    /// For tests, and for what only this step shows.
    pub key: &'static str,
    /// What to do, in one sentence.
    pub says: Text,
    /// It has happened; tracked.
    done: fn(Studio) -> bool,
    /// Goes where it happens.
    go: fn(Studio),
    /// The control, or what leads to it: the first of these that is on screen.
    at: &'static [&'static str],
}

/// All of them, in order.
pub static STEPS: [Step; 12] = [
    Step {
        key: "open",
        says: guide::OPEN,
        done: |studio| studio.workspace.with(Option::is_some),
        go: |studio| studio.go(Place::Policies),
        at: &["[data-test=open-sample]"],
    },
    Step {
        key: "look",
        says: guide::LOOK,
        done: |_| false,
        go: |studio| studio.go(Place::Settings),
        at: &["[data-test=settings] [data-test=language]"],
    },
    Step {
        key: "machine",
        says: guide::MACHINE,
        done: |_| false,
        go: |studio| studio.help("keys"),
        at: &[],
    },
    Step {
        key: "sample",
        says: guide::SAMPLE,
        done: |studio| {
            let stories = |workspace: &ipc::WorkspaceView| !workspace.stories.is_empty();
            studio
                .workspace
                .with(|workspace| workspace.as_ref().is_some_and(stories))
        },
        go: |studio| studio.go(Place::Policies),
        at: &[
            "[data-test=open-sample]",
            "[data-test=workspace-menu-button]",
        ],
    },
    Step {
        key: "edit",
        says: guide::EDIT,
        done: changes,
        go: |studio| studio.go(Place::Policies),
        at: &["[data-test=story-2-contractors]", "[data-test=editor]"],
    },
    Step {
        key: "drift",
        says: guide::DRIFT,
        done: |studio| {
            let there = studio.place.get() == Place::Drift && !studio.packs.front.get();
            there && changes(studio)
        },
        go: |_| {},
        at: &["[data-test=open-drift]", "[data-test=go-drift]"],
    },
    Step {
        key: "why",
        says: guide::WHY,
        done: |studio| studio.review.why.with(|why| matches!(why, Some(Ok(_)))),
        go: Studio::show_changes,
        at: &["[data-test=next-change]"],
    },
    Step {
        key: "promote",
        says: guide::PROMOTE,
        done: |studio| any_lane(studio, |lane| !lane.stops.is_empty()),
        go: |studio| studio.go(Place::Releases),
        at: &["[data-test=promote-canary]", "[data-test^=promote-]"],
    },
    Step {
        key: "enforce",
        says: guide::ENFORCE,
        done: |studio| any_lane(studio, |lane| lane.way_back.is_some() || went_back(lane)),
        go: |studio| studio.go(Place::Releases),
        at: &["[data-test^=mode-]"],
    },
    Step {
        key: "roll-back",
        says: guide::ROLL_BACK,
        done: |studio| any_lane(studio, went_back),
        go: |studio| studio.go(Place::Releases),
        at: &[
            "[data-test=lane-canary] [data-test^=roll-back-]",
            "[data-test^=roll-back-]",
        ],
    },
    Step {
        key: "verify",
        says: guide::VERIFY,
        done: |studio| {
            let verified =
                |bundle: &ipc::BundleView| bundle.verdict == ipc::BundleVerdict::Verified;
            studio
                .evidence
                .bundle
                .with(|bundle| bundle.as_ref().is_some_and(verified))
        },
        go: Studio::show_bundle,
        at: &["[data-test=verify-sample]"],
    },
    Step {
        key: "narrative",
        says: guide::NARRATIVE,
        done: |studio| {
            let told = studio
                .narratives
                .told
                .with(|told| matches!(told, Some(Ok(_))));
            told && studio.place.get() == Place::Narratives
        },
        go: |_| {},
        at: &["[data-test=go-narratives]"],
    },
];

/// The edit changes somebody's access, and that is computed.
fn changes(studio: Studio) -> bool {
    matches!(studio.truth(), Truth::Counts(preview, None) if preview.changes > 0)
}

fn any_lane(studio: Studio, fits: fn(&ipc::LaneView) -> bool) -> bool {
    studio.releases.view.with(|view| match view {
        Some(Ok(view)) => view.lanes.iter().any(fits),
        _ => false,
    })
}

fn went_back(lane: &ipc::LaneView) -> bool {
    lane.stops.iter().any(|stop| stop.did.goes_back())
}

impl Studio {
    /// The step that is shown, and how many are done; nothing when the guide was left or is at its end. Tracked.
    pub fn guide_step(self) -> Option<(u32, &'static Step)> {
        let guide = self.settings.with(|settings| settings.guide);
        let shown = self.started.get() && !guide.left;
        let step = STEPS.get(usize::try_from(guide.done).ok()?)?;
        shown.then_some((guide.done, step))
    }

    /// Follows what happens, for as long as the page lives.
    pub fn follow_guide(self) {
        let step = Memo::new(move |_| self.guide_step().map(|(done, _)| done));
        let happened = Memo::new(move |_| {
            step.get();
            untrack(|| self.guide_step()).is_some_and(|(_, step)| (step.done)(self))
        });
        Effect::new(move |_| {
            if let (Some(done), true) = (step.get(), happened.get()) {
                self.guide_to(done + 1);
            }
        });
    }

    /// Goes on to a step, and says what it asks for.
    pub fn guide_to(self, done: u32) {
        dom::point_at(None);
        self.set(|settings| settings.guide.done = done);
        match untrack(|| self.guide_step()) {
            Some((_, step)) => self.say(step.says),
            None => self.toast(guide::END, guide::END_ABOUT, false),
        }
    }

    /// Leaves the guide until it is asked for.
    pub fn leave_guide(self) {
        dom::point_at(None);
        self.set(|settings| settings.guide.left = true);
        self.say(guide::LEFT);
        dom::focus_soon("#stage");
    }

    /// Takes the tour up where it was left; from its beginning, if it is at its end.
    pub fn take_tour(self) {
        let done = self.settings.with_untracked(|settings| settings.guide.done);
        let over = usize::try_from(done).is_ok_and(|done| done >= STEPS.len());
        let done = if over { WELCOME } else { done.max(WELCOME) };
        self.help.open.set(false);
        self.set(|settings| settings.guide.left = false);
        self.guide_to(done);
        dom::focus_soon("[data-test=guide-show]");
    }

    /// Goes where the step happens and gives its control the focus, with a ring around it until the step is done.
    pub fn guide_show(self) {
        let Some((done, step)) = untrack(|| self.guide_step()) else {
            return;
        };
        dom::point_at(None);
        (step.go)(self);
        spawn_local(async move {
            for _ in 0..FRAMES {
                // A place takes the focus when it comes, and draws its controls anew with each answer; the control has it after.
                dom::drawn().await;
                if untrack(|| self.guide_step()).is_none_or(|(now, _)| now != done) {
                    return;
                }
                if dom::find("[data-pointed]").is_none() {
                    step.at.iter().any(|at| dom::point_at(Some(at)));
                }
            }
        });
    }

    /// Asks what this machine has.
    pub fn look_at_machine(self) -> Known<Answer<MachineView>> {
        let machine = self.machine;
        if machine.with_untracked(Option::is_none) {
            spawn_local(async move {
                machine.set(Some(call::<LookAtMachine>(()).await));
            });
        }
        machine
    }
}
