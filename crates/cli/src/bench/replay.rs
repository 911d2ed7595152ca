//! Replaying a log, and replaying it after one edit.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use decisions::Log;
use drift::{Replay, RiskRules, Session, Side};
use model::Failure;
use policy::{Compiled, Files, PolicySet};

use super::{Measured, Run, compiled as compile, edits, ms, percentile, plain, precise};
use crate::{
    progress::{self, Progress, Unit},
    terminal::Stop,
};

/// A full replay: the log opened, the set in force evaluated over it, an edit previewed.
pub struct Full {
    /// Ready for other edits.
    pub session: Session,
    /// What the edit does.
    pub replay: Replay,
    /// Until the set in force was evaluated.
    pub base: Duration,
    /// Until the edit was previewed.
    pub all: Duration,
}

/// Replays the log of a store.
pub fn full(store: &Path, base: Side, head: &Side) -> Result<Full, Failure> {
    let start = Instant::now();
    let log = Arc::new(Log::open(store)?);
    let session = Session::new(log, base, progress::cancelled())?;
    let base = start.elapsed();
    let replay = session.preview(head, &RiskRules::default(), progress::cancelled())?;
    let all = start.elapsed();
    Ok(Full {
        session,
        replay,
        base,
        all,
    })
}

/// Replays one edit, and how long that took.
pub fn delta(session: &Session, head: &Side) -> Result<(Replay, Duration), Failure> {
    let start = Instant::now();
    let replay = session.preview(head, &RiskRules::default(), progress::cancelled())?;
    Ok((replay, start.elapsed()))
}

impl Run<'_> {
    /// Replays the log with every policy edited, then with one after the other.
    pub fn replay(&mut self, log: &Log, files: &Files, compiled: &Compiled) -> Result<(), Stop> {
        let base = Side {
            label: "base".to_owned(),
            compiled: compiled.clone(),
        };
        let edits = edits::edits(files, compiled);
        let everything = Side {
            label: "every policy edited".to_owned(),
            compiled: compile(&edits::everything(files, &edits))?,
        };
        let _progress = Progress::start("Replaying", Unit::Rows, self.terminal);

        let peer = plain::all(log, &base, &everything)?;
        let found = full(&self.place.path().join("log.tfl"), base, &everything)?;
        self.measure(Measured::new(
            "policies",
            precise(compiled.set.policies().len() as u64),
            "policies",
        ))?;
        self.measure(
            Measured::new("replay_base", found.base.as_secs_f64(), "s")
                .against(peer.as_secs_f64() / 2.0),
        )?;
        self.measure(
            Measured::new("replay_full", found.all.as_secs_f64(), "s").against(peer.as_secs_f64()),
        )?;

        let mut times = Vec::new();
        for edit in &edits {
            // As a workspace reads an edit: files that did not change are not read again.
            let files = edits::everything(files, std::slice::from_ref(edit));
            let (set, _) = PolicySet::parse_after(Some(&compiled.set), &files);
            let head = Side {
                label: edit.file.clone(),
                compiled: Compiled {
                    set: Arc::new(set),
                    ..compiled.clone()
                },
            };
            times.push(delta(&found.session, &head)?.1);
        }
        for (name, percent) in [("delta_p50", 50), ("delta_p95", 95)] {
            let took = ms(percentile(&mut times, percent));
            self.measure(Measured::new(name, took, "ms").against(ms(peer)))?;
        }
        Ok(())
    }
}
