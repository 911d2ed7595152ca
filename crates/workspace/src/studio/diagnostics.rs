//! What a window is told of trouble: how the run before ended, what stands in the way of this one, and what could be told to
//! somebody who helps.

use std::{ops::Range, path::Path, sync::Arc};

use ::diagnostics::{Canaries, Ended, Secret, Sentinel, log};
use evidence::moment;
use ipc::{DiagnosticsFile, DiagnosticsSave, DiagnosticsView, EndedBadly};
use model::{Code, Failure};
use vault::{Kept, State};

use super::{Desk, Studio};
use crate::{
    Error,
    diagnosing::{Subject, salt, session_bus, write},
    open::lock,
    signing,
};

/// Moments at which this version can run: from 2026, before which it was not made, to 2036, seconds since 1970 UTC.
const POSSIBLE: Range<u64> = 1_767_225_600..2_082_758_400;

impl Studio {
    /// This run begins: from now on the next one learns if it does not come to its end. Keep what comes back, and end it.
    ///
    /// # Errors
    /// The user's state folder cannot be written; then nobody learns of it.
    pub fn begin_run(&self) -> Result<Sentinel, Error> {
        let folder = &self.config.folders.state;
        let begun = Sentinel::begin(folder, env!("CARGO_PKG_VERSION"), self.seconds());
        let (sentinel, ended) = begun.map_err(Error::write(folder))?;
        log::began();
        if ended.is_some() {
            log::ended_badly();
        }
        *lock(&self.ended) = ended;
        Ok(sentinel)
    }

    /// The run before, if it ended badly. Told once.
    pub(super) fn ended_badly(&self) -> Option<EndedBadly> {
        let Ended { version, since } = lock(&self.ended).take()?;
        let since = match since {
            0 => String::new(),
            since => moment::text(since),
        };
        Some(EndedBadly { since, version })
    }

    /// What stands in the way of the Studio on this machine.
    pub(super) fn notices(&self) -> Vec<Failure> {
        let mut notices: Vec<_> = self.app_trouble.iter().cloned().collect();
        if self.stored_settings().is_none() {
            let message = "the settings cannot be understood; those of a new Studio are used";
            notices.push(Failure::new(Code::SettingsInvalid, message));
        }
        let now = self.seconds();
        if !POSSIBLE.contains(&now) {
            let message = format!("the clock of this machine says {}", moment::text(now));
            notices.push(Failure::new(Code::ClockOff, message));
        }
        if cfg!(target_os = "linux") && self.config.webview.is_some() && !session_bus() {
            let message = "this session has no bus over which programs find each other";
            notices.push(Failure::new(Code::BusMissing, message));
        }
        let keys = signing::vault_of(&self.config.folders).list();
        let kept = |key: &vault::Key| key.kept == Kept::Keyring && key.state == State::InForce;
        // Nobody whose keys are elsewhere is asked for a keyring.
        if keys.is_ok_and(|keys| keys.iter().any(kept))
            && let Err(error) = vault::keyring()
        {
            notices.push(Failure::new(error.code(), error.to_string()));
        }
        notices
    }

    /// Looks at the machine and the open workspace.
    fn subject<T>(&self, look: impl FnOnce(&Subject<'_>) -> T) -> T {
        let desk: Option<Arc<Desk>> = lock(&self.open).clone();
        look(&Subject {
            folders: &self.config.folders,
            root: desk.as_deref().map(|desk| desk.workspace.root.as_path()),
            webview: self.config.webview.as_deref(),
            now: self.seconds(),
        })
    }

    /// What must not be told. Gathered anew each time: a passphrase may have been given since.
    fn canaries(&self) -> Canaries {
        let mut known = self.subject(|subject| subject.canaries());
        if let Some(passphrase) = lock(&self.passphrase).clone() {
            known.ask(Secret::Passphrase, move |bytes| passphrase.stands_in(bytes));
        }
        known
    }

    pub(super) fn diagnose(&self) -> Result<DiagnosticsView, Failure> {
        let salt = salt()?;
        let draft = self.subject(|subject| subject.draft(salt));
        let caught = draft.search(&self.canaries())?;
        let files = draft.documents.iter().map(|document| DiagnosticsFile {
            name: document.name.to_owned(),
            text: document.text.clone(),
            caught: caught.iter().any(|hit| hit.file == document.name),
        });
        let view = DiagnosticsView {
            name: draft.file_name(),
            expires: moment::text(draft.expires()),
            files: files.collect(),
        };
        *lock(&self.diagnosed) = Some(draft);
        Ok(view)
    }

    pub(super) fn save_diagnosed(&self, asked: &DiagnosticsSave) -> Result<(), Failure> {
        self.config.folders.may_write_in(Path::new(&asked.path))?;
        let draft = lock(&self.diagnosed).clone();
        let draft = draft.ok_or_else(|| Error::BadCall("nothing was gathered yet".into()))?;
        let bytes = draft.pack(&asked.without, &self.canaries())?;
        Ok(write(Path::new(&asked.path), &bytes)?)
    }
}
