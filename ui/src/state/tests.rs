//! Named test requests: they run when a workspace opens, after each replay's text and on save.

use ipc::{Ask, Decide, DeleteTest, Name, NamedTest, RunTests, SaveTest, TestView};
use leptos::{prelude::*, task::spawn_local};
use model::{Decision, Explanation, Failure, Request};
use serde_json::Value;

use super::{Overlay, Studio, Toast, editing::told, known::Known};
use crate::{calls::call, texts::policies};

/// What the form that tries a request begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Of the test; may be empty.
    pub name: String,
    /// Who asks.
    pub principal: String,
    /// For what.
    pub action: String,
    /// Of what.
    pub resource: String,
    /// JSON; may be empty.
    pub context: String,
    /// All entities there are for it; nothing: those of the workspace.
    pub entities: Option<Vec<Value>>,
    /// What a test expects.
    pub decision: Option<Decision>,
}

impl Draft {
    /// A request to try.
    pub fn of(request: &Request, entities: Option<Vec<Value>>) -> Self {
        Self {
            principal: request.principal.clone(),
            action: request.action.clone(),
            resource: request.resource.clone(),
            context: if request.context.is_empty() {
                String::new()
            } else {
                serde_json::to_string_pretty(&request.context).unwrap_or_default()
            },
            entities,
            ..Self::default()
        }
    }
}

/// A request decided differently by the two sides, that could become a named test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The request, with its entities where it has its own.
    pub ask: Ask,
    /// The decision in force.
    pub before: Decision,
    /// The edit's decision.
    pub after: Decision,
}

/// Signals of the named tests.
#[derive(Clone, Copy)]
pub struct Tests {
    /// All of them, with how they fared.
    pub list: Known<Option<Vec<TestView>>>,
    /// Why they could not run.
    pub failure: RwSignal<Option<Failure>>,
    /// They are running.
    pub running: RwSignal<bool>,
    /// The form that tries a request, when it is open.
    pub form: Known<Option<Draft>>,
    /// The request about to become a test.
    pub candidate: Known<Option<Candidate>>,
}

impl Tests {
    pub(super) fn new() -> Self {
        Self {
            list: Known::new(None),
            failure: RwSignal::new(None),
            running: RwSignal::new(false),
            form: Known::new(None),
            candidate: Known::new(None),
        }
    }

    pub(super) fn clear(self) {
        self.list.set(None);
        self.failure.set(None);
        self.form.set(None);
        self.candidate.set(None);
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

    /// Opens the form with a request to try.
    pub fn try_request(self, draft: Draft) {
        self.tests.form.set(Some(draft));
        self.show_page("tests");
    }

    /// Asks for the name under which a request becomes a test.
    pub fn offer_test(self, candidate: Candidate) {
        self.tests.candidate.set(Some(candidate));
        self.overlay.set(Some(Overlay::AddTest));
    }

    /// Offers the change in front as a test.
    pub fn offer_change(self) {
        let candidate = self.review.why.with_untracked(|why| match why {
            Some(Ok(why)) => Some(Candidate {
                ask: Ask {
                    request: why.request.clone(),
                    entities: None,
                },
                before: why.before.decision,
                after: why.after.decision,
            }),
            _ => None,
        });
        if let Some(candidate) = candidate {
            self.offer_test(candidate);
        }
    }

    /// Keeps a test; `then` runs when it is kept.
    pub fn save_test(self, test: NamedTest, then: impl FnOnce() + 'static) {
        spawn_local(async move {
            let name = test.name.clone();
            if self.tested(call::<SaveTest>(test).await) {
                self.say(policies::TestKept { name: &name }.say());
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
                    let title = policies::TestRemoved { name: &test.name }.say();
                    self.show_toast(Toast {
                        id: 0,
                        title,
                        text: String::new(),
                        bad: false,
                        restore: Some(test),
                        offer: None,
                    });
                }
                Err(failure) => self.toast(policies::TEST_NOT_REMOVED, told(&failure), true),
            }
        });
    }
}

/// Decides one request with the policies as edited.
pub async fn decide(ask: Ask) -> Result<Explanation, Failure> {
    call::<Decide>(ask).await
}
