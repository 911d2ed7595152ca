//! What only a desktop can do: ask for files, open pages.

use std::{env, path::PathBuf};

use diagnostics::log;
use ipc::{Name, Picked, Shell};
use model::Failure;
use tauri::WebviewWindow;
use tauri_plugin_dialog::{DialogExt, FilePath};

use crate::handbook;

/// Native dialogs cannot be driven by a test. Where this variable is set it answers in their place: paths, separated as in
/// `PATH`; nothing when it is empty.
const DIALOG_ANSWER: &str = "FABRIC_DIALOG_ANSWER";

/// The desktop around a window.
pub struct Desktop(WebviewWindow);

impl Desktop {
    /// The desktop around this window.
    pub fn new(window: WebviewWindow) -> Self {
        Self(window)
    }
}

impl Shell for Desktop {
    fn pick_folder(&self, (): ()) -> Result<Option<String>, Failure> {
        if let Some(answer) = env::var_os(DIALOG_ANSWER) {
            return Ok(env::split_paths(&answer).next().and_then(text));
        }
        let dialog = self
            .0
            .dialog()
            .file()
            .set_parent(&self.0)
            .set_title("Open a workspace");
        Ok(dialog.blocking_pick_folder().and_then(path))
    }

    fn pick_logs(&self, (): ()) -> Result<Vec<String>, Failure> {
        if let Some(answer) = env::var_os(DIALOG_ANSWER) {
            return Ok(env::split_paths(&answer).filter_map(text).collect());
        }
        let dialog = self
            .0
            .dialog()
            .file()
            .set_parent(&self.0)
            .set_title("Import decision logs")
            .add_filter(
                "Decision logs",
                &["jsonl", "ndjson", "json", "log", "gz", "zst"],
            )
            .add_filter("All files", &["*"]);
        Ok(dialog
            .blocking_pick_files()
            .unwrap_or_default()
            .into_iter()
            .filter_map(path)
            .collect())
    }

    fn pick_file(&self, wanted: Picked) -> Result<Option<String>, Failure> {
        if let Some(answer) = env::var_os(DIALOG_ANSWER) {
            return Ok(env::split_paths(&answer).next().and_then(text));
        }
        let (title, kind, extensions): (_, _, &[&str]) = match wanted {
            Picked::Bundle => (
                "Verify a bundle",
                "Bundles and reports",
                &["tfb", "zip", "pdf"],
            ),
            Picked::Trust => ("Choose whom to trust", "Trust files", &["json"]),
            Picked::Checkpoint => ("Compare with a checkpoint", "", &[]),
            Picked::Project => (
                "Import a project",
                "Archives and bundles",
                &["tar", "gz", "tgz", "zst", "cedar"],
            ),
            Picked::ShadowLog => ("Read a shadow log", "Logs", &["jsonl"]),
        };
        let mut dialog = self.0.dialog().file().set_parent(&self.0).set_title(title);
        if !extensions.is_empty() {
            dialog = dialog.add_filter(kind, extensions);
        }
        let dialog = dialog.add_filter("All files", &["*"]);
        Ok(dialog.blocking_pick_file().and_then(path))
    }

    fn save_as(&self, Name { name }: Name) -> Result<Option<String>, Failure> {
        if let Some(answer) = env::var_os(DIALOG_ANSWER) {
            return Ok(env::split_paths(&answer).next().and_then(text));
        }
        let dialog = self.0.dialog().file().set_parent(&self.0);
        let dialog = dialog.set_title("Export as").set_file_name(name);
        Ok(dialog.blocking_save_file().and_then(path))
    }

    fn open_handbook(&self, (): ()) -> Result<(), Failure> {
        handbook::open()
    }

    fn notify(&self, Name { name: title }: Name) -> Result<(), Failure> {
        // The page knows whether it has the focus, and may be wrong by a moment.
        if !self.0.is_focused().unwrap_or(false) {
            crate::away::tell(&title);
        }
        Ok(())
    }

    fn report_panic(&self, Name { name: report }: Name) -> Result<(), Failure> {
        log::interface_panicked(&report);
        eprintln!("the interface panicked: {report}");
        Ok(())
    }
}

fn path(chosen: FilePath) -> Option<String> {
    chosen.into_path().ok().and_then(text)
}

/// The interface speaks of paths as text; one that is not Unicode cannot be named there.
fn text(path: PathBuf) -> Option<String> {
    path.into_os_string()
        .into_string()
        .ok()
        .filter(|path| !path.is_empty())
}
