//! What the machine makes of it: generating, importing, opening and replaying a log, the time from a keystroke to its
//! consequences, and the same beside other engines, each as one measure. The peer of a replay is the engine's own
//! authorizer over every row and both sets, on every core, in the same run; it is timed on a sample of the rows and scaled
//! to all of them. A proof has no peer.

mod drift;
mod edits;
mod evidence;
mod family;
mod log;
mod narrative;
mod pdp;
mod plain;
mod prove;
mod release;
mod replay;
mod typing;

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use model::{Code, Failure};
use policy::{Compiled, Files};
use serde::Serialize;
use tempfile::TempDir;

use crate::{
    args::{Bench, Measure},
    commands::{FINE, read},
    render,
    terminal::{Stop, Terminal},
};

pub use drift::Figures;
#[cfg(test)]
pub use drift::{Decided, Keystroke, Point, Size, Threads};

/// One measure: the JSON of `fabric bench`.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Its name.
    pub name: String,
    /// What was measured.
    pub value: f64,
    /// In which unit.
    pub unit: String,
    /// The same work done the plain way in the same run, in the same unit.
    pub peer: Option<f64>,
    /// How many times faster than the peer.
    pub ratio: Option<f64>,
    /// What it is to be at most, in the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
}

impl Measured {
    /// A measure without a peer.
    pub fn new(name: &str, value: f64, unit: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: rounded(value),
            unit: unit.to_owned(),
            peer: None,
            ratio: None,
            target: None,
        }
    }

    /// The same measure with what it is to be at most.
    pub fn within(mut self, target: f64) -> Self {
        self.target = Some(target);
        self
    }

    /// The same measure beside its peer.
    pub fn against(mut self, peer: f64) -> Self {
        self.peer = Some(rounded(peer));
        self.ratio = (self.value > 0.0).then(|| rounded(peer / self.value));
        self
    }
}

/// Three decimals: no clock here is better.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

/// `fabric bench`
pub fn bench(arguments: &Bench, terminal: &Terminal) -> Result<u8, Stop> {
    if let Some(log) = &arguments.resident {
        return drift::resident(log, arguments.dir.as_deref(), terminal);
    }
    let wants = |measure| arguments.what.is_empty() || arguments.what.contains(&measure);
    let mut run = Run {
        terminal,
        place: tempfile::tempdir().map_err(|error| local(&error))?,
        measured: Vec::new(),
    };
    // Other engines take minutes, so they are asked for by name.
    let beside = if arguments.what.contains(&Measure::Drift) {
        Some(run.drift(arguments)?)
    } else {
        None
    };
    if arguments.what.contains(&Measure::Pdp) {
        run.pdp(arguments)?;
    }
    if arguments.what.contains(&Measure::Release) {
        run.release(arguments.rows)?;
    }
    if arguments.what.contains(&Measure::Narrative) {
        run.narrative(arguments.rows)?;
    }
    if arguments.what.is_empty() || !arguments.what.iter().all(|what| what.is_apart()) {
        let files = match &arguments.dir {
            Some(folder) => read(folder)?,
            None => workspace::sample_files(),
        };
        let compiled = compiled(&files)?;
        // Neither proofs nor receipts need a log.
        if arguments.what.is_empty() || arguments.what.iter().any(|what| what.needs_log()) {
            run.generate(&files, &compiled, arguments.rows, wants(Measure::Generate))?;
            let log = run.import(wants(Measure::Import))?;
            if wants(Measure::Replay) {
                run.replay(&log, &files, &compiled)?;
            }
            if wants(Measure::Edit) {
                run.edit(&log, &files)?;
            }
        }
        if wants(Measure::Prove) {
            run.prove(&files, &compiled)?;
        }
        if wants(Measure::Evidence) {
            run.evidence(arguments.rows, &files)?;
        }
    }
    let table = match &beside {
        Some(figures) => render::figures(figures, terminal.out),
        None => render::measures(&run.measured, terminal.out),
    };
    if let Some(stem) = &arguments.keep {
        run.keep(stem, &table, beside.as_ref())?;
    }
    if !terminal.json {
        terminal.print(&table)?;
    }
    Ok(FINE)
}

struct Run<'a> {
    terminal: &'a Terminal,
    place: TempDir,
    measured: Vec<Measured>,
}

impl Run<'_> {
    /// Keeps a measure; as JSON it is printed at once, one a line.
    fn measure(&mut self, measured: Measured) -> Result<(), Stop> {
        if self.terminal.json {
            self.terminal.line(&measured)?;
        }
        self.measured.push(measured);
        Ok(())
    }

    /// Writes what was measured beside each other: the objects, the table, and with other engines the curve.
    fn keep(&self, stem: &Path, table: &str, beside: Option<&Figures>) -> Result<(), Failure> {
        let mut lines = String::new();
        for measured in &self.measured {
            let line = serde_json::to_string(measured)
                .map_err(|error| Failure::new(Code::Internal, error.to_string()))?;
            lines.push_str(&line);
            lines.push('\n');
        }
        let mut files = vec![("json", lines), ("txt", table.to_owned())];
        files.extend(beside.map(|figures| ("svg", figures.curve())));
        let folder = stem.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
        for (ending, text) in files {
            let path = stem.with_extension(ending);
            fs::write(&path, text).map_err(|error| unwritten(&path, &error))?;
        }
        Ok(())
    }
}

fn compiled(files: &Files) -> Result<Compiled, Failure> {
    let compiled = policy::compile(files);
    if compiled.set.broken() {
        return Err(Failure::new(
            Code::SetBroken,
            "the policies to measure with do not compile",
        ));
    }
    Ok(compiled)
}

/// A file of a workspace as text.
fn text(files: &Files, path: &str) -> String {
    files
        .get(path)
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .unwrap_or_default()
}

/// Writes a workspace to disk.
fn lay_out(files: &Files, root: &Path) -> Result<PathBuf, Failure> {
    for (path, content) in files {
        let path = root.join(path);
        let folder = path.parent().unwrap_or(root);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, content))
            .map_err(|error| local(&error))?;
    }
    Ok(root.to_owned())
}

/// A count as a measure. INVARIANT: counts here stay far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
fn precise(count: u64) -> f64 {
    count as f64
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The time that so many percent of the times do not exceed.
fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let rank = (times.len() * percent).div_ceil(100);
    times
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn local(error: &std::io::Error) -> Failure {
    Failure::new(
        Code::FileWrite,
        format!("cannot write a temporary file: {error}"),
    )
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        Code::FileWrite,
        format!("cannot write `{}`: {error}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let mut times: Vec<_> = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&mut times, 95), Duration::from_millis(95));
        assert_eq!(percentile(&mut times, 50), Duration::from_millis(50));
        assert_eq!(percentile(&mut times[..1], 95), Duration::from_millis(1));
        assert_eq!(percentile(&mut [], 95), Duration::ZERO);
    }
}
