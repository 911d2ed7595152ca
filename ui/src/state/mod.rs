//! What the window knows. All of these signals belong to the root of the interface and live as long as the page, so no
//! answer that arrives late can meet one that is gone; signals of one screen live in that screen and are set with `try_set`.

mod diagnostics;
mod editing;
mod evidence;
mod find;
mod guide;
mod help;
mod known;
mod narratives;
mod packs;
mod pages;
mod preview;
mod projects;
mod releases;
mod review;
mod tables;
mod tests;
mod undo;
mod workspace;

pub use workspace::{SEED, dress};

pub use diagnostics::{ASKED, Diagnostics};
pub use editing::{Editing, OpenFile};
pub use evidence::{Evidence, ReadAgain, Receipts, as_text, because, compared};
pub use find::{Find, Target};
pub use guide::{STEPS, WELCOME};
pub use help::Help;
pub use narratives::Narratives;
pub use packs::{Packs, Standing, standings};
pub use pages::Pages;
pub use preview::{Drift, Stale, Truth};
pub use projects::Projects;
pub use releases::Releases;
pub use review::{Review, Row, Tab};
pub use tests::{Candidate, Draft, Tests, decide};
pub use undo::Undo;

use known::{Answer, Known};

use ipc::{Recent, Settings, WorkspaceView};
use leptos::prelude::*;
use model::Failure;

use crate::{dom, texts};

/// A place of the Studio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Edit policies and see what the edit changes.
    Policies,
    /// Review the changes one by one.
    Drift,
    /// Promote and roll back.
    Releases,
    /// Verify bundles.
    Evidence,
    /// Read what changed in plain words.
    Narratives,
    /// Settings.
    Settings,
    /// Every component in every state.
    #[cfg(feature = "gallery")]
    Gallery,
}

impl Place {
    /// All places, in the order of the rail.
    pub const ALL: &'static [Place] = &[
        Place::Policies,
        Place::Drift,
        Place::Releases,
        Place::Evidence,
        Place::Narratives,
        Place::Settings,
        #[cfg(feature = "gallery")]
        Place::Gallery,
    ];

    /// Its name in the address: `#drift`.
    pub fn slug(self) -> &'static str {
        match self {
            Place::Policies => "policies",
            Place::Drift => "drift",
            Place::Releases => "releases",
            Place::Evidence => "evidence",
            Place::Narratives => "narratives",
            Place::Settings => "settings",
            #[cfg(feature = "gallery")]
            Place::Gallery => "gallery",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Place::Policies => texts::shell::POLICIES.get(),
            Place::Drift => texts::shell::DRIFT.get(),
            Place::Releases => texts::shell::RELEASES.get(),
            Place::Evidence => texts::shell::EVIDENCE.get(),
            Place::Narratives => texts::shell::NARRATIVES.get(),
            Place::Settings => texts::shell::SETTINGS.get(),
            #[cfg(feature = "gallery")]
            Place::Gallery => "Gallery",
        }
    }

    /// The place that an address names.
    pub fn of_hash(hash: &str) -> Option<Place> {
        let slug = hash.trim_start_matches('#');
        Place::ALL
            .iter()
            .copied()
            .find(|place| place.slug() == slug)
    }
}

/// Something that lies over the place and takes the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Search and commands.
    Palette,
    /// Name a new policy file.
    NewFile,
    /// Pin the selected change as a named test.
    AddTest,
    /// How many decisions to generate.
    GenerateLog,
    /// Which versions to compare.
    Compare,
    /// Which receipts to export.
    Export,
    /// What to ship where.
    Promote,
    /// Why to take a channel back.
    RollBack,
    /// How to apply what a channel ships.
    Mode,
    /// What a policy rests on.
    Cite,
    /// In which form to publish a narrative.
    Publish,
    /// What a reader thought of one.
    Rate,
    /// Whose project to take over.
    Project,
    /// What could be told to somebody who helps.
    Diagnostics,
}

/// A message about something that happened elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// To tell it from others.
    pub id: u32,
    /// One line.
    pub title: String,
    /// More, or nothing.
    pub text: String,
    /// It reports a failure.
    pub bad: bool,
    /// What one click takes back.
    pub undo: Option<Undo>,
    /// An action that it offers.
    pub offer: Option<&'static str>,
}

/// A long job that reports its progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// What it does.
    pub title: String,
    /// Done so far.
    pub done: u64,
    /// Of so many; 0 = not known.
    pub total: u64,
}

/// How much room the window has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Three panes.
    Wide,
    /// Tree and editor; the inspector slides in.
    Medium,
    /// The editor; both sides slide in.
    Narrow,
}

impl Room {
    /// Room in a window so many CSS pixels wide.
    pub fn of_width(width: f64) -> Self {
        match width {
            width if width >= 1180.0 => Room::Wide,
            width if width >= 820.0 => Room::Medium,
            _ => Room::Narrow,
        }
    }
}

/// Facts about the program that do not change while it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Version of the Studio.
    pub version: String,
    /// The policy engine.
    pub engine: String,
    /// Where the Studio keeps its own data.
    pub data_dir: String,
}

/// Everything, as one value to hand around.
#[derive(Clone, Copy)]
pub struct Studio {
    /// Where the reader is.
    pub place: Known<Place>,
    /// The first answer has arrived.
    pub started: RwSignal<bool>,
    /// About the program.
    pub about: Known<About>,
    /// Tag of the language that everything is said in.
    pub language: Known<String>,
    /// What the user has set.
    pub settings: Known<Settings>,
    /// Workspaces opened before.
    pub recent: Known<Vec<Recent>>,
    /// The open workspace.
    pub workspace: Known<Option<WorkspaceView>>,
    /// What is being opened, in words.
    pub opening: RwSignal<Option<String>>,
    /// Why the last attempt to start or open failed.
    pub trouble: RwSignal<Option<Failure>>,
    /// The open file and its edits.
    pub editing: Editing,
    /// The preview of the edit.
    pub drift: Drift,
    /// The review of the preview's changes.
    pub review: Review,
    /// Scenario packs.
    pub packs: Packs,
    /// Bundles, trust and the ledger.
    pub evidence: Evidence,
    /// Channels, and what they ship.
    pub releases: Releases,
    /// What happened, in words.
    pub narratives: Narratives,
    /// Projects of others.
    pub projects: Projects,
    /// Named test requests.
    pub tests: Tests,
    /// What lies over all of that and explains it.
    pub help: Help,
    /// What the search knows.
    pub find: Find,
    /// What this machine has, once it was asked.
    pub machine: Known<Answer<ipc::MachineView>>,
    /// What could be told to somebody who helps.
    pub diagnostics: Diagnostics,
    /// What lies over the place.
    pub overlay: Known<Option<Overlay>>,
    /// Messages from elsewhere.
    pub toasts: Known<Vec<Toast>>,
    /// The way back from the last change.
    pub last: Known<Option<Undo>>,
    /// What the screen reader says next.
    pub said: RwSignal<String>,
    /// The long job that is running.
    pub job: Known<Option<Job>>,
    /// Room in the window.
    pub room: Known<Room>,
    /// The tree is wanted (slides in when narrow).
    pub tree: RwSignal<bool>,
    /// The inspector is wanted (slides in when there is less room).
    pub inspector: RwSignal<bool>,
    /// Which page of the inspector is in front.
    pub page: RwSignal<&'static str>,
}

impl Studio {
    /// The state of a window that has not asked anything yet, and speaks this language.
    pub fn new(language: String) -> Self {
        let room = Room::of_width(dom::viewport().0);
        Self {
            place: Known::new(Place::Policies),
            started: RwSignal::new(false),
            about: Known::new(Default::default()),
            language: Known::new(language),
            settings: Known::new(Default::default()),
            recent: Known::new(Default::default()),
            workspace: Known::new(None),
            opening: RwSignal::new(None),
            trouble: RwSignal::new(None),
            editing: Editing::new(),
            drift: Drift::new(),
            review: Review::new(),
            packs: Packs::new(),
            evidence: Evidence::new(),
            releases: Releases::new(),
            narratives: Narratives::new(),
            projects: Projects::new(),
            tests: Tests::new(),
            help: Help::new(),
            find: Find::new(),
            machine: Known::new(None),
            diagnostics: Diagnostics::new(),
            overlay: Known::new(None),
            toasts: Known::new(Default::default()),
            last: Known::new(None),
            said: RwSignal::default(),
            job: Known::new(None),
            room: Known::new(room),
            tree: RwSignal::new(room != Room::Narrow),
            inspector: RwSignal::new(room == Room::Wide),
            page: RwSignal::new("drift"),
        }
    }

    /// The window's state, from anywhere below the root.
    pub fn here() -> Self {
        expect_context()
    }

    /// Goes to a place.
    pub fn go(self, place: Place) {
        if self.place.get_untracked() != place {
            self.place.set(place);
            if let Some(window) = web_sys::window() {
                // The address is for reloading and for links; nothing depends on it.
                let _ = window.location().set_hash(place.slug());
            }
            // What had the focus may be gone with the place before.
            dom::focus_soon("#stage");
        }
    }

    /// Says a result through the live region.
    pub fn say(self, words: impl Into<String>) {
        let words = words.into();
        // The same words twice are only read twice when the text differs.
        let again = self.said.with_untracked(|said| *said == words);
        self.said.set(if again { words + "\u{a0}" } else { words });
    }

    /// Tells of something that happened elsewhere. Failures stay until dismissed.
    pub fn toast(self, title: impl Into<String>, text: impl Into<String>, bad: bool) {
        self.show_toast(Toast {
            id: 0,
            title: title.into(),
            text: text.into(),
            bad,
            undo: None,
            offer: None,
        });
    }

    fn show_toast(self, toast: Toast) {
        let id = self
            .toasts
            .with_untracked(|toasts| toasts.last().map_or(1, |last| last.id + 1));
        let bad = toast.bad;
        self.toasts
            .update(|toasts| toasts.push(Toast { id, ..toast }));
        if !bad {
            set_timeout(move || self.dismiss(id), std::time::Duration::from_secs(6));
        }
    }

    /// Takes a message away.
    pub fn dismiss(self, id: u32) {
        self.toasts
            .update(|toasts| toasts.retain(|toast| toast.id != id));
    }

    /// Brings a page of the inspector to the front, sliding it in where there is no room for it.
    pub fn show_page(self, page: &'static str) {
        self.go(Place::Policies);
        self.page.set(page);
        self.inspector.set(true);
    }
}
