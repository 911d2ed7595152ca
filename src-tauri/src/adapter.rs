//! From a call of the interface to its handler: `workspace::Studio` for what every host can do, the shell for what only a
//! desktop can.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Instant,
};

use diagnostics::log;
use ipc::{Command, Event, Host, Path, Start, dispatch, dispatch_shell, wire};
use model::{Code, Failure};
use serde_json::Value;
use tauri::{Manager, WebviewWindow, ipc::Channel};
use workspace::{Studio, in_words_of};

use crate::{arguments::Opening, events::Events, shell::Desktop};

/// An answer that took as long as this, in milliseconds, is logged.
const LATE: u64 = 1_000;

/// What calls are answered with.
pub struct Adapter {
    studio: Arc<Studio>,
    events: Arc<Events>,
    /// The workspace named on the command line, being opened.
    opening: Mutex<Option<JoinHandle<()>>>,
}

impl Adapter {
    /// Begins to open what the command line names.
    pub fn new(studio: Arc<Studio>, events: Arc<Events>, opening: Opening) -> Self {
        let (opener, news) = (studio.clone(), events.clone());
        let opening = thread::spawn(move || {
            give_way();
            match opening {
                Opening::Nothing => {}
                // Fails for want of a folder to write to; the window then offers the sample, and says what is wrong when asked.
                Opening::Sample => drop(opener.open_sample(())),
                // The window verifies it, and shows how far that is.
                Opening::Bundle(path) => news.send(Event::OpenPath {
                    path: absolute(path),
                }),
                Opening::Workspace(path) => {
                    if opener.open_workspace(Path { path: path.clone() }).is_err() {
                        // The window tries again, and shows what is wrong where the user looks for it.
                        news.send(Event::OpenPath { path });
                    }
                }
            }
        });
        Self {
            studio,
            events,
            opening: Mutex::new(Some(opening)),
        }
    }

    /// Tells the window something.
    pub fn tell(&self, event: Event) {
        self.events.send(event);
    }

    /// Answers a call; that it failed or took long is logged, and nothing of what was asked or answered.
    fn call(
        &self,
        name: &str,
        payload: Value,
        desktop: &Desktop,
        words: wire::Words<'_>,
    ) -> Result<Value, Failure> {
        let begun = Instant::now();
        let answer = self.answer(name, payload, desktop, words);
        let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &answer {
            Err(failure) => log::failed(name, failure.code, ms),
            // Who looks for a file takes the time it takes.
            Ok(_) if ms >= LATE && !name.starts_with("shell.") => log::late(name, ms),
            Ok(_) => {}
        }
        answer
    }

    fn answer(
        &self,
        name: &str,
        payload: Value,
        desktop: &Desktop,
        words: wire::Words<'_>,
    ) -> Result<Value, Failure> {
        if name == Start::NAME {
            // The first call of a window: it shall find the workspace open.
            let opening = self
                .opening
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            if let Some(opening) = opening {
                opening
                    .join()
                    .map_err(|_| broken("opening the workspace"))?;
            }
        }
        let answer = if name.starts_with("shell.") {
            dispatch_shell(desktop, name, payload, words)
        } else {
            dispatch(&*self.studio, name, payload, words)
        };
        answer.unwrap_or_else(|| {
            Err(Failure::new(
                Code::BadCall,
                format!("there is no command `{name}`"),
            ))
        })
    }
}

/// Lets the web view's processes go first on a machine whose cores are all busy: they start while the workspace is read.
/// Threads begun from this one are like it, so the replay never holds up a frame either.
fn give_way() {
    #[cfg(target_os = "linux")]
    {
        // Refused only where priorities are fixed; then all are equal.
        let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), 10);
    }
}

/// A path as any folder understands it.
fn absolute(path: String) -> String {
    std::path::absolute(&path).map_or(path, |path| path.to_string_lossy().into_owned())
}

fn broken(what: &str) -> Failure {
    Failure::new(Code::Internal, format!("{what} ended in a panic"))
}

/// Calls a command by name. Each call has a thread of its own, so a long one keeps no short one waiting. What goes wrong is told in the language
/// that the page speaks; in English to one that says none.
#[tauri::command]
pub async fn rpc(
    window: WebviewWindow,
    name: String,
    payload: Value,
    language: Option<String>,
) -> Result<Value, Value> {
    let language = language.unwrap_or_default();
    let (called, spoken) = (name.clone(), language.clone());
    tauri::async_runtime::spawn_blocking(move || {
        let adapter = window.state::<Adapter>();
        let desktop = Desktop::new(window.clone());
        adapter.call(&name, payload, &desktop, &in_words_of(&spoken))
    })
    .await
    .unwrap_or_else(|_| Err(broken(&format!("`{called}`"))))
    // A failure has no maps, whose keys alone can be refused.
    .map_err(|failure| wire::pack_in(&failure, &in_words_of(&language)).unwrap_or_default())
}

/// Sends the page every event from now on.
#[tauri::command]
pub fn events(adapter: tauri::State<'_, Adapter>, channel: Channel<Value>) {
    adapter.events.listen(channel);
}
