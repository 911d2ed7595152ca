//! Everything one can do, once: palette, menus, buttons, keyboard and the shortcut list all read this table. An action
//! that cannot run now says why, in the same words everywhere.

mod blocked;
mod table;

pub use table::ACTIONS;

use leptos::prelude::*;

use crate::{
    icons::Icon,
    state::{Place, Studio, Tab},
    texts::{self, Text},
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
    /// With channels.
    Releases,
    /// With bundles and the ledger.
    Evidence,
    /// For the workspace as a whole.
    Workspace,
    /// Help.
    Help,
}

impl Section {
    /// All sections, in order.
    pub const ALL: [Section; 7] = [
        Section::Go,
        Section::Edit,
        Section::Review,
        Section::Releases,
        Section::Evidence,
        Section::Workspace,
        Section::Help,
    ];

    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Section::Go => texts::actions::SECTION_GO.get(),
            Section::Edit => texts::actions::SECTION_EDIT.get(),
            Section::Review => texts::actions::SECTION_REVIEW.get(),
            Section::Releases => texts::actions::SECTION_RELEASES.get(),
            Section::Evidence => texts::actions::SECTION_EVIDENCE.get(),
            Section::Workspace => texts::actions::SECTION_WORKSPACE.get(),
            Section::Help => texts::actions::SECTION_HELP.get(),
        }
    }
}

/// Something one can do.
pub struct Action {
    /// Stable name.
    pub id: &'static str,
    /// In words, as a command.
    pub title: Text,
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
            Some(why) => {
                let action = self.title.get();
                studio.say(texts::actions::Refused { action, why: &why }.say());
            }
        }
    }
}

/// The action of a name; the table is fixed, so a wrong name shows in the first test.
pub fn action(id: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.id == id)
}

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
        let here = self.place.get_untracked() == Place::Drift;
        if here && !self.packs.front.get_untracked() {
            self.walk(forward);
        } else {
            self.show_changes();
        }
    }

    /// Opens the Drift place at a tab.
    pub fn open_tab(self, tab: Tab) {
        self.review.tab.set(tab);
        self.show_changes();
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
            None => self.say(texts::actions::CAUSE_IS_GONE),
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
