//! Named test requests: they run when a workspace opens, after each replay's text and on save.

use ipc::{Decide, DeleteTest, Name, NamedTest, RunTests, SaveTest, TestView};
use leptos::{prelude::*, task::spawn_local};
use model::{Explanation, Failure, Request};

use super::{Studio, Toast, editing::told};
use crate::calls::call;

/// Signals of the named tests.
#[derive(Clone, Copy)]
pub struct Tests {
    /// All of them, with how they fared.
    pub list: RwSignal<Option<Vec<TestView>>>,
    /// Why they could not run.
    pub failure: RwSignal<Option<Failure>>,
    /// They are running.
    pub running: RwSignal<bool>,
}

impl Tests {
    pub(super) fn new() -> Self {
        Self {
            list: RwSignal::new(None),
            failure: RwSignal::new(None),
            running: RwSignal::new(false),
        }
    }

    pub(super) fn clear(self) {
        self.list.set(None);
        self.failure.set(None);
    }

    /// Passed, and all told; tracked.
    pub fn score(self) -> Option<(usize, usize)> {
        self.list.with(|list| {
            let list = list.as_ref()?;
            Some((list.iter().filter(|test| test.passed).count(), list.len()))
        })
    }
}

impl Studio {
    /// Runs every named test against the policies as edited.
    pub fn run_tests(self) {
        if self.tests.running.get_untracked() {
            return;
        }
        self.tests.running.set(true);
        spawn_local(async move {
            let answer = call::<RunTests>(()).await;
            self.tests.running.set(false);
            self.tested(answer);
        });
    }

    fn tested(self, answer: Result<Vec<TestView>, Failure>) -> bool {
        match answer {
            Ok(list) => {
                self.tests.failure.set(None);
                self.tests.list.set(Some(list));
                true
            }
            Err(failure) => {
                self.tests.failure.set(Some(failure));
                false
            }
        }
    }

    /// Keeps a test; `then` runs when it is kept.
    pub fn save_test(self, test: NamedTest, then: impl FnOnce() + 'static) {
        spawn_local(async move {
            let name = test.name.clone();
            if self.tested(call::<SaveTest>(test).await) {
                self.say(format!("Test `{name}` kept"));
                then();
            }
        });
    }

    /// Removes a test; the message offers the way back.
    pub fn delete_test(self, test: NamedTest) {
        spawn_local(async move {
            match call::<DeleteTest>(Name {
                name: test.name.clone(),
            })
            .await
            {
                Ok(list) => {
                    self.tests.list.set(Some(list));
                    let title = format!("Test `{}` removed", test.name);
                    self.show_toast(Toast {
                        id: 0,
                        title,
                        text: String::new(),
                        bad: false,
                        restore: Some(test),
                    });
                }
                Err(failure) => self.toast("The test was not removed", told(&failure), true),
            }
        });
    }
}

/// Decides one request with the policies as edited.
pub async fn decide(request: Request) -> Result<Explanation, Failure> {
    call::<Decide>(request).await
}
