//! What a session holds in memory, measured from outside of it: a process of its own opens the log and tells how much more is
//! resident afterwards, then what the session adds. What the policies needed in between and gave back may be used again, so
//! the second figure is a little low.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use decisions::Log;
use drift::{Session, Side};
use model::{Code, Failure};
use serde::{Deserialize, Serialize};

use super::super::compiled;
use crate::{
    commands::{FINE, read},
    progress,
    terminal::{Stop, Terminal},
};

/// Bytes resident.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Resident {
    /// Distinct requests of the log.
    pub distinct: u64,
    /// What the opened log adds.
    pub log: u64,
    /// What the session adds to that.
    pub session: u64,
}

/// Asks another process. Nothing where the system does not tell.
pub fn ask(workspace: &Path, store: &Path) -> Result<Option<Resident>, Failure> {
    if now().is_none() {
        return Ok(None);
    }
    let failed = |why: String| {
        Failure::new(
            Code::Internal,
            format!("the memory of a session cannot be measured: {why}"),
        )
    };
    let program: PathBuf = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
    let output = Command::new(program)
        .args(["bench", "--json", "--dir"])
        .arg(workspace)
        .arg("--resident")
        .arg(store)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|_| failed(text.trim().to_owned()))
}

/// The other process: `fabric bench --resident LOG --dir WORKSPACE`.
pub fn resident(store: &Path, workspace: Option<&Path>, terminal: &Terminal) -> Result<u8, Stop> {
    let start = now().unwrap_or(0);
    let log = Arc::new(Log::open(store).map_err(Failure::from)?);
    let opened = now().unwrap_or(0);
    let distinct = log.requests.len() as u64;
    let base = Side {
        label: "base".to_owned(),
        compiled: compiled(&read(workspace.unwrap_or(Path::new(".")))?)?,
    };
    let before = now().unwrap_or(0);
    let session = Session::new(log, base, progress::cancelled()).map_err(Failure::from)?;
    let ready = now().unwrap_or(0);
    drop(session);
    terminal.line(&Resident {
        distinct,
        log: opened.saturating_sub(start),
        session: ready.saturating_sub(before),
    })?;
    Ok(FINE)
}

/// Bytes of this process that are resident; Linux tells them.
fn now() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
