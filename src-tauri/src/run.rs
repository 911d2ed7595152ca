//! One run of the Studio, from its log to its end: the next run learns if it does not come to that.

use std::{
    panic,
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use diagnostics::{
    Sentinel,
    log::{self, Writer},
};
use tauri::{AppHandle, Runtime};
use workspace::{Folders, Studio, log_folder};

/// Says that this run is not over. Of the process, because a signal ends all of it.
static RUNNING: Mutex<Option<Sentinel>> = Mutex::new(None);

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// Writes the log from now on, panics included. Where it cannot be written the Studio works as well; other notices say that the
/// folder cannot be written.
pub fn write_log(folders: &Folders) {
    if let Ok(writer) = Writer::to(&log_folder(folders), now) {
        // Nobody else has set one.
        let _ = tracing::subscriber::set_global_default(writer);
    }
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string);
        let text = info.payload_as_str().unwrap_or_default();
        log::panicked(text, &place.unwrap_or_default());
        before(info);
    }));
}

/// The run begins.
pub fn begin<R: Runtime>(studio: &Studio, app: &AppHandle<R>) {
    let sentinel = studio.begin_run().ok();
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = sentinel;
    end_when_asked(app);
}

/// The end of a session, and Ctrl-C: asked to end is no crash.
#[cfg(unix)]
fn end_when_asked<R: Runtime>(app: &AppHandle<R>) {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [
        SignalKind::terminate(),
        SignalKind::interrupt(),
        SignalKind::hangup(),
    ];
    for kind in kinds {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            // A system that does not let us hear it ends the process, and the next run says so.
            if let Ok(mut asked) = signal(kind) {
                asked.recv().await;
                end();
                app.exit(0);
            }
        });
    }
}

/// Elsewhere the end of a session closes the window.
#[cfg(not(unix))]
fn end_when_asked<R: Runtime>(_: &AppHandle<R>) {}

/// The run is over, and well.
pub fn end() {
    let running = RUNNING
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(mut sentinel) = running {
        log::ended();
        sentinel.end();
    }
}
