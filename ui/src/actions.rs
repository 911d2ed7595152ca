//! Everything one can do, once: palette, menus, buttons, keyboard and the shortcut list all read this table. An action
//! that cannot run now says why, in the same words everywhere.

use leptos::prelude::*;
use model::Severity;

use crate::{
    icons::Icon,
    state::{Overlay, Place, Studio, Tab, Truth},
};

/// Where an action stands in lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Between places.
    Go,
    /// In the editor.
    Edit,
    /// In the review of changes.
    Review,
    /// For the workspace as a whole.
    Workspace,
    /// Help.
    Help,
}

impl Section {
    /// All sections, in order.
    pub const ALL: [Section; 5] = [
        Section::Go,
        Section::Edit,
        Section::Review,
        Section::Workspace,
        Section::Help,
    ];

    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Section::Go => "Go to",
            Section::Edit => "Editing",
            Section::Review => "Reviewing changes",
            Section::Workspace => "Workspace",
            Section::Help => "Help",
        }
    }
}

/// Something one can do.
pub struct Action {
    /// Stable name.
    pub id: &'static str,
    /// In words, as a command.
    pub title: &'static str,
    /// Where it stands in lists.
    pub section: Section,
    /// Its chord or two-key sequence; empty = none.
    pub chord: &'static str,
    /// Its picture.
    pub picture: Icon,
    /// Why it cannot run now; tracked.
    pub blocked: fn(Studio) -> Option<String>,
    /// Does it.
    pub run: fn(Studio),
}

impl Action {
    /// Runs it, or says why not.
    pub fn perform(&self, studio: Studio) {
        match untrack(|| (self.blocked)(studio)) {
            None => (self.run)(studio),
            Some(why) => studio.say(format!("{}: {why}", self.title)),
        }
    }
}

/// The action of a name; the table is fixed, so a wrong name shows in the first test.
pub fn action(id: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.id == id)
}

fn free(_: Studio) -> Option<String> {
    None
}

fn workspace(studio: Studio) -> Option<String> {
    studio
        .workspace
        .with(Option::is_none)
        .then(|| "no workspace is open".into())
}

fn file(studio: Studio) -> Option<String> {
    studio.editing.file.with(|file| match file {
        None => Some("no file is open".into()),
        Some(file) if !file.editable => Some("this file is too large to edit here".into()),
        Some(_) => None,
    })
}

fn draft(studio: Studio) -> Option<String> {
    file(studio).or_else(|| {
        let draft = studio
            .editing
            .file
            .with(|file| file.as_ref().is_some_and(|file| file.draft));
        (!draft).then(|| "there is nothing unsaved".into())
    })
}

fn format(studio: Studio) -> Option<String> {
    file(studio).or_else(|| {
        let (kind, path) = studio
            .editing
            .file
            .with(|file| file.as_ref().map(|file| (file.kind, file.path.clone())))?;
        if kind != ipc::FileKind::Policies {
            return Some("only policy files are formatted".into());
        }
        let broken = studio.workspace.with(|workspace| {
            workspace.as_ref().is_some_and(|workspace| {
                workspace.problems.iter().any(|problem| {
                    problem.file == path && problem.code == model::Code::PolicySyntax
                })
            })
        });
        broken.then(|| "the text does not parse; correct the problems first".into())
    })
}

fn changes(studio: Studio) -> Option<String> {
    match studio.truth() {
        Truth::NoLog => Some("there are no recorded decisions yet".into()),
        Truth::First(_) => Some("the changes are not computed yet".into()),
        Truth::Counts(preview, _) => (preview.changes == 0).then(|| "nothing changes".into()),
    }
}

fn change(studio: Studio) -> Option<String> {
    changes(studio).or_else(|| {
        studio
            .review
            .why
            .with(|why| !matches!(why, Some(Ok(_))))
            .then(|| "no change is selected".into())
    })
}

fn problems(studio: Studio) -> Option<String> {
    file(studio).or_else(|| {
        let any = studio.workspace.with(|workspace| {
            workspace.as_ref().is_some_and(|workspace| {
                workspace
                    .problems
                    .iter()
                    .any(|problem| problem.severity != Severity::Info)
            })
        });
        (!any).then(|| "there are no problems".into())
    })
}

fn log(studio: Studio) -> Option<String> {
    workspace(studio).or_else(|| {
        studio
            .job
            .with(|job| job.as_ref().map(|job| format!("busy: {}", job.title)))
    })
}

/// The table.
pub static ACTIONS: &[Action] = &[
    Action {
        id: "palette",
        title: "Search and commands",
        section: Section::Go,
        chord: "mod+k",
        picture: Icon::Search,
        blocked: free,
        run: |studio| studio.overlay.set(Some(Overlay::Palette)),
    },
    Action {
        id: "go-policies",
        title: "Go to Policies",
        section: Section::Go,
        chord: "g p",
        picture: Icon::FileText,
        blocked: free,
        run: |studio| studio.go(Place::Policies),
    },
    Action {
        id: "go-drift",
        title: "Go to Drift",
        section: Section::Go,
        chord: "g d",
        picture: Icon::TrendingUp,
        blocked: workspace,
        run: |studio| studio.go(Place::Drift),
    },
    Action {
        id: "go-releases",
        title: "Go to Releases",
        section: Section::Go,
        chord: "g r",
        picture: Icon::GitBranch,
        blocked: workspace,
        run: |studio| studio.go(Place::Releases),
    },
    Action {
        id: "go-evidence",
        title: "Go to Evidence",
        section: Section::Go,
        chord: "g e",
        picture: Icon::ShieldCheck,
        blocked: workspace,
        run: |studio| studio.go(Place::Evidence),
    },
    Action {
        id: "go-narratives",
        title: "Go to Narratives",
        section: Section::Go,
        chord: "g n",
        picture: Icon::BookOpenText,
        blocked: workspace,
        run: |studio| studio.go(Place::Narratives),
    },
    Action {
        id: "go-settings",
        title: "Go to Settings",
        section: Section::Go,
        chord: "g s",
        picture: Icon::Settings,
        blocked: free,
        run: |studio| studio.go(Place::Settings),
    },
    Action {
        id: "save",
        title: "Save file",
        section: Section::Edit,
        chord: "mod+s",
        picture: Icon::Save,
        blocked: draft,
        run: Studio::save,
    },
    Action {
        id: "format",
        title: "Format file",
        section: Section::Edit,
        chord: "shift+alt+f",
        picture: Icon::TextAlignStart,
        blocked: format,
        run: Studio::format,
    },
    Action {
        id: "undo",
        title: "Undo",
        section: Section::Edit,
        chord: "mod+z",
        picture: Icon::Undo2,
        blocked: file,
        run: |studio| studio.editing.with_editor(|editor| editor.undo()),
    },
    Action {
        id: "redo",
        title: "Redo",
        section: Section::Edit,
        chord: "mod+shift+z",
        picture: Icon::Redo2,
        blocked: file,
        run: |studio| studio.editing.with_editor(|editor| editor.redo()),
    },
    Action {
        id: "discard",
        title: "Discard draft",
        section: Section::Edit,
        chord: "",
        picture: Icon::RotateCw,
        blocked: draft,
        run: Studio::discard,
    },
    Action {
        id: "next-problem",
        title: "Next problem",
        section: Section::Edit,
        chord: "f8",
        picture: Icon::CircleAlert,
        blocked: problems,
        run: |studio| studio.next_problem(1),
    },
    Action {
        id: "previous-problem",
        title: "Previous problem",
        section: Section::Edit,
        chord: "shift+f8",
        picture: Icon::CircleAlert,
        blocked: problems,
        run: |studio| studio.next_problem(-1),
    },
    Action {
        id: "definition",
        title: "Go to definition",
        section: Section::Edit,
        chord: "f12",
        picture: Icon::CornerDownLeft,
        blocked: file,
        run: Studio::definition,
    },
    Action {
        id: "focus-editor",
        title: "Focus the editor",
        section: Section::Edit,
        chord: "e",
        picture: Icon::Pencil,
        blocked: file,
        run: |studio| {
            studio.go(Place::Policies);
            studio.go_to(None);
        },
    },
    Action {
        id: "show-problems",
        title: "Show problems",
        section: Section::Edit,
        chord: "i p",
        picture: Icon::CircleAlert,
        blocked: workspace,
        run: |studio| studio.show_page("problems"),
    },
    Action {
        id: "show-drift",
        title: "Show drift beside the editor",
        section: Section::Edit,
        chord: "i d",
        picture: Icon::Diff,
        blocked: workspace,
        run: |studio| studio.show_page("drift"),
    },
    Action {
        id: "show-tests",
        title: "Show test requests",
        section: Section::Edit,
        chord: "i t",
        picture: Icon::FlaskConical,
        blocked: workspace,
        run: |studio| studio.show_page("tests"),
    },
    Action {
        id: "run-tests",
        title: "Run test requests",
        section: Section::Edit,
        chord: "t",
        picture: Icon::Play,
        blocked: workspace,
        run: |studio| {
            studio.show_page("tests");
            studio.run_tests();
        },
    },
    Action {
        id: "toggle-tree",
        title: "Show or hide the file tree",
        section: Section::Edit,
        chord: "mod+b",
        picture: Icon::PanelLeft,
        blocked: workspace,
        run: |studio| studio.tree.update(|shown| *shown = !*shown),
    },
    Action {
        id: "toggle-inspector",
        title: "Show or hide the inspector",
        section: Section::Edit,
        chord: "mod+j",
        picture: Icon::PanelRight,
        blocked: workspace,
        run: |studio| studio.inspector.update(|shown| *shown = !*shown),
    },
    Action {
        id: "next-change",
        title: "Next change",
        section: Section::Review,
        chord: "n",
        picture: Icon::ChevronDown,
        blocked: changes,
        run: |studio| studio.walk_in_place(true),
    },
    Action {
        id: "previous-change",
        title: "Previous change",
        section: Section::Review,
        chord: "p",
        picture: Icon::ChevronDown,
        blocked: changes,
        run: |studio| studio.walk_in_place(false),
    },
    Action {
        id: "mark-viewed",
        title: "Mark change as viewed",
        section: Section::Review,
        chord: "v",
        picture: Icon::SquareCheck,
        blocked: change,
        run: Studio::mark_here,
    },
    Action {
        id: "add-test",
        title: "Add change as test",
        section: Section::Review,
        chord: "a",
        picture: Icon::FlaskConical,
        blocked: change,
        run: |studio| studio.overlay.set(Some(Overlay::AddTest)),
    },
    Action {
        id: "open-in-editor",
        title: "Open change in the editor",
        section: Section::Review,
        chord: "o",
        picture: Icon::Pencil,
        blocked: change,
        run: Studio::open_cause,
    },
    Action {
        id: "text-diff",
        title: "Show the text diff",
        section: Section::Review,
        chord: "",
        picture: Icon::Columns2,
        blocked: workspace,
        run: |studio| studio.open_tab(Tab::Text),
    },
    Action {
        id: "semantic-diff",
        title: "Show the semantic diff",
        section: Section::Review,
        chord: "",
        picture: Icon::Diff,
        blocked: workspace,
        run: |studio| studio.open_tab(Tab::Semantic),
    },
    Action {
        id: "open-folder",
        title: "Open folder…",
        section: Section::Workspace,
        chord: "mod+o",
        picture: Icon::FolderOpen,
        blocked: free,
        run: Studio::pick,
    },
    Action {
        id: "open-sample",
        title: "Open the sample workspace",
        section: Section::Workspace,
        chord: "",
        picture: Icon::Building2,
        blocked: free,
        run: Studio::open_sample,
    },
    Action {
        id: "new-file",
        title: "New policy file…",
        section: Section::Workspace,
        chord: "",
        picture: Icon::FilePlus,
        blocked: workspace,
        run: |studio| studio.overlay.set(Some(Overlay::NewFile)),
    },
    Action {
        id: "import-log",
        title: "Import recorded decisions…",
        section: Section::Workspace,
        chord: "",
        picture: Icon::Import,
        blocked: log,
        run: Studio::import_log,
    },
    Action {
        id: "generate-log",
        title: "Generate decisions…",
        section: Section::Workspace,
        chord: "",
        picture: Icon::Database,
        blocked: log,
        run: |studio| studio.overlay.set(Some(Overlay::GenerateLog)),
    },
    Action {
        id: "replay",
        title: "Replay the log again",
        section: Section::Workspace,
        chord: "",
        picture: Icon::RotateCw,
        blocked: |studio| {
            workspace(studio).or_else(|| {
                matches!(studio.truth(), Truth::NoLog)
                    .then(|| "there are no recorded decisions yet".into())
            })
        },
        run: |studio| {
            studio.next_revision();
            studio.preview_now();
        },
    },
    Action {
        id: "close-workspace",
        title: "Close workspace",
        section: Section::Workspace,
        chord: "",
        picture: Icon::LogOut,
        blocked: workspace,
        run: Studio::close,
    },
    Action {
        id: "shortcuts",
        title: "Keyboard shortcuts",
        section: Section::Help,
        chord: "?",
        picture: Icon::Keyboard,
        blocked: free,
        run: |studio| studio.overlay.set(Some(Overlay::Shortcuts)),
    },
    #[cfg(feature = "gallery")]
    Action {
        id: "go-gallery",
        title: "Go to the gallery",
        section: Section::Help,
        chord: "",
        picture: Icon::Shapes,
        blocked: free,
        run: |studio| studio.go(Place::Gallery),
    },
];

impl Studio {
    /// Goes to the next problem of the file, from wherever the focus is.
    pub fn next_problem(self, direction: i32) {
        self.go(Place::Policies);
        self.editing.with_editor(|editor| {
            editor.problem(direction);
        });
    }

    /// Walks among changes; from another place it first goes to the review.
    pub fn walk_in_place(self, forward: bool) {
        if self.place.get_untracked() == Place::Drift {
            self.walk(forward);
        } else {
            self.go(Place::Drift);
        }
    }

    /// Opens the Drift place at a tab.
    pub fn open_tab(self, tab: Tab) {
        self.review.tab.set(tab);
        self.go(Place::Drift);
    }

    /// Opens the policy that caused the change in front.
    pub fn open_cause(self) {
        let source = self.review.why.with_untracked(|why| {
            let Some(Ok(why)) = why else { return None };
            let by_clause = why
                .after
                .clauses
                .iter()
                .chain(&why.before.clauses)
                .find(|clause| why.change.causes.contains(&clause.policy));
            by_clause.map(|clause| clause.source.clone()).or_else(|| {
                self.drift.preview.with_untracked(|preview| {
                    let changed = preview
                        .as_ref()?
                        .policies
                        .iter()
                        .find(|policy| why.change.causes.contains(&policy.id))?;
                    Some(changed.source.clone())
                })
            })
        });
        match source {
            Some(source) => self.open_file(&source.file.clone(), Some(source)),
            None => self.say("The policy that caused this change is no longer there"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_chords_are_unique() {
        for (at, action) in ACTIONS.iter().enumerate() {
            for other in &ACTIONS[at + 1..] {
                assert_ne!(action.id, other.id);
                assert!(
                    action.chord.is_empty() || action.chord != other.chord,
                    "{} and {} share {}",
                    action.id,
                    other.id,
                    action.chord
                );
            }
        }
    }

    #[test]
    fn no_chord_hides_the_beginning_of_another() {
        for action in ACTIONS.iter().filter(|action| !action.chord.is_empty()) {
            let prefix = format!("{} ", action.chord);
            assert!(
                ACTIONS
                    .iter()
                    .all(|other| !other.chord.starts_with(&prefix)),
                "{} can never be followed",
                action.chord
            );
        }
    }
}
