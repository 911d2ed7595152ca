//! The way back from changes that the editor knows nothing of: the last one can be taken back from the keyboard, and where it happened
//! elsewhere the message that tells of it offers that, too. What is signed stays; its form says so before.

use ipc::{CreatedFile, NamedTest, Settings, TakeBackProject};
use leptos::task::spawn_local;

use super::{Studio, Toast, editing::told};
use crate::{calls::call, texts::shell};

/// What brings the state back that was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// A test, as it was.
    Test(NamedTest),
    /// A test that was not there.
    NoTest(NamedTest),
    /// Settings.
    Settings(Settings),
    /// Marks of changes.
    Marks(Vec<u32>, bool),
    /// Whom to trust.
    Trust(Option<String>),
    /// Files that a project brought.
    Files(Vec<CreatedFile>),
}

impl Studio {
    /// Keeps the way back from the last change.
    pub fn can_undo(self, undo: Undo) {
        self.last.set(Some(undo));
    }

    /// The same, and tells of the change with a button for it.
    pub fn offer_undo(self, title: String, text: String, undo: Undo) {
        self.can_undo(undo.clone());
        self.show_toast(Toast {
            id: 0,
            title,
            text,
            bad: false,
            offer: None,
            undo: Some(undo),
        });
    }

    /// Takes the last change back.
    pub fn undo_last(self) {
        if let Some(undo) = self.last.get_untracked() {
            self.undo(undo);
        }
    }

    /// Takes a change back.
    pub fn undo(self, undo: Undo) {
        self.last.set(None);
        match undo {
            Undo::Test(test) => self.save_test(test, || {}),
            Undo::NoTest(test) => self.delete_test(test),
            Undo::Settings(before) => {
                self.set(|settings| *settings = before);
                self.speak();
            }
            Undo::Marks(ids, viewed) => self.mark(ids, viewed),
            Undo::Trust(path) => self.trust(path),
            // What became of it is said when it is known.
            Undo::Files(created) => {
                return spawn_local(async move {
                    match call::<TakeBackProject>(created).await {
                        Ok(kept) if kept.is_empty() => self.say(shell::UNDONE),
                        Ok(kept) => self.toast(shell::PARTLY_UNDONE, kept.join(", "), false),
                        Err(why) => self.toast(shell::NOT_UNDONE, told(&why), true),
                    }
                });
            }
        }
        self.say(shell::UNDONE);
    }
}
