//! Releases: what every channel ships and how it came there, the gates of a promotion, and what moves a channel. Nothing is judged
//! here: gates are what the application answered last.

use ipc::{
    CutoverView, GateView, LaneView, LookAtGates, MovedView, Name, PromoteAsked, ReadShadowLog,
    ReceiptOfMove, ReleasesView, ShadowAsked, ShippedView, StopView, Versions, ViewReleases,
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    Overlay, Place, Studio,
    editing::told,
    known::{Answer, Known},
};
use crate::{calls::call, texts::releases};

/// Signals of the place.
#[derive(Clone, Copy)]
pub struct Releases {
    /// Every channel, as of the last answer.
    pub view: Known<Answer<ReleasesView>>,
    /// Gates of the promotion in the form, as of the last answer; nothing while they are looked at.
    pub gates: Known<Answer<Vec<GateView>>>,
    /// What a shadow log comes to, as of the last answer.
    pub recorded: Known<Answer<CutoverView>>,
    /// The channel in front; empty for the first.
    pub lane: RwSignal<String>,
    /// Number of the move in front; nothing for the newest.
    pub stop: RwSignal<Option<u64>>,
    /// Counts the looks at gates: only the last one's answer is shown.
    looks: StoredValue<u32>,
}

impl Releases {
    pub(super) fn new() -> Self {
        Self {
            view: Known::new(None),
            gates: Known::new(None),
            recorded: Known::new(None),
            lane: RwSignal::default(),
            stop: RwSignal::new(None),
            looks: StoredValue::new(0),
        }
    }

    /// Forgets the channels with their workspace.
    pub(super) fn leave_workspace(self) {
        self.view.set(None);
        self.lane.set(String::new());
        self.stop.set(None);
    }

    /// A channel by its name.
    pub fn lane_of<T>(self, name: &str, look: impl FnOnce(&LaneView) -> T) -> Option<T> {
        self.view.with(|view| {
            let lanes = &view.as_ref()?.as_ref().ok()?.lanes;
            lanes.iter().find(|lane| lane.name == name).map(look)
        })
    }

    /// The channel in front: the one chosen, else the first.
    pub fn front<T>(self, look: impl FnOnce(&LaneView) -> T) -> Option<T> {
        let chosen = self.lane.get();
        self.view.with(|view| {
            let lanes = &view.as_ref()?.as_ref().ok()?.lanes;
            let found = lanes.iter().find(|lane| lane.name == chosen);
            found.or(lanes.first()).map(look)
        })
    }
}

impl Studio {
    /// Asks for every channel.
    pub fn view_releases(self) {
        spawn_local(async move {
            let answer = call::<ViewReleases>(()).await;
            self.releases.view.set(Some(answer));
        });
    }

    /// Opens the form that promotes, or takes back, the channel in front.
    pub fn offer_move(self, overlay: Overlay) {
        self.go(Place::Releases);
        self.releases.gates.set(None);
        self.overlay.set(Some(overlay));
    }

    /// Looks at the gates of a promotion.
    pub fn look_at_gates(self, asked: PromoteAsked) {
        let releases = self.releases;
        releases.looks.update_value(|looks| *looks += 1);
        let look = releases.looks.get_value();
        releases.gates.set(None);
        spawn_local(async move {
            let answer = call::<LookAtGates>(asked).await;
            if releases.looks.get_value() == look {
                releases.gates.set(Some(answer));
            }
        });
    }

    /// Reads what an enforcement point recorded of what a channel ships; nothing of an empty path.
    pub fn read_shadow_log(self, channel: String, path: String) {
        let releases = self.releases;
        releases.recorded.set(None);
        let path = path.trim().to_owned();
        if path.is_empty() {
            return;
        }
        spawn_local(async move {
            let answer = call::<ReadShadowLog>(ShadowAsked { channel, path }).await;
            releases.recorded.set(Some(answer));
        });
    }

    /// A channel moved, or a gate is closed.
    pub fn moved(self, moved: MovedView) -> Option<ShippedView> {
        let Some(shipped) = moved.moved else {
            self.releases.gates.set(Some(Ok(moved.gates)));
            return None;
        };
        self.look_after_a_move();
        Some(shipped)
    }

    /// What had been begun was finished, and not what was asked for: a form tells of a channel that is not there any more.
    pub fn moved_before(self) {
        self.look_after_a_move();
        self.toast(releases::FINISHED_FIRST, releases::FINISHED_LOOK, true);
    }

    fn look_after_a_move(self) {
        self.overlay.set(None);
        self.releases.stop.set(None);
        self.view_releases();
        self.view_ledger();
    }

    /// Goes to the receipt of a move.
    pub fn show_receipt(self, id: String) {
        spawn_local(async move {
            match call::<ReceiptOfMove>(Name { name: id }).await {
                Ok(number) => {
                    self.evidence.wanted.set(Some(number));
                    self.show_ledger();
                }
                Err(failure) => self.toast(releases::NO_RECEIPT, told(&failure), true),
            }
        });
    }

    /// Compares what a move shipped with what was shipped before it.
    pub fn compare_moves(self, before: Option<&StopView>, after: &StopView) {
        let tag = |stop: &StopView| format!("policies/v{}", stop.version);
        let versions = Versions {
            base: before.map(tag),
            head: Some(tag(after)),
        };
        self.compare(Some(versions), move |failure| {
            self.toast(releases::NOT_COMPARED_VERSIONS, told(&failure), true);
        });
        self.go(Place::Drift);
    }
}
