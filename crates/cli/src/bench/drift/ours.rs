//! Ours: full replay from disk, replay after one edit, what a second core brings, and a keystroke.

use std::time::{Duration, Instant};

use ipc::{Edit, Host as _, Revision};
use model::{Code, Failure};

use rayon::prelude::*;

use super::{
    super::{cores, edits::OneEdit, percentile, replay, text, typing},
    case::Case,
    figures::Threads,
};

/// A measure is taken again until so much time has passed, at least once and at most this often.
const LONG_ENOUGH: Duration = Duration::from_secs(2);
const OFTEN_ENOUGH: usize = 5;
/// Policies that are edited one after the other, spread over the set.
const EDITED: usize = 50;
/// Keystrokes.
const TYPED: usize = 20;

/// How long the replays took.
pub struct Replays {
    /// Until the set in force was evaluated.
    pub base: Duration,
    /// With every policy edited.
    pub full: Duration,
    /// After one policy's edit.
    pub deltas: Vec<Duration>,
}

/// Replays the log, full and after one edit after another. Times of a full replay are medians.
pub fn replays(case: &Case<'_>) -> Result<Replays, Failure> {
    let start = Instant::now();
    let (mut bases, mut fulls) = (Vec::new(), Vec::new());
    let found = loop {
        let found = replay::full(&case.store, case.base.clone(), &case.everything)?;
        bases.push(found.base);
        fulls.push(found.all);
        if start.elapsed() > LONG_ENOUGH || fulls.len() == OFTEN_ENOUGH {
            break found;
        }
    };
    case.check(&found.replay, "every policy edited", (0, 0))?;
    let mut deltas = Vec::new();
    for edit in spread(&case.edits) {
        let head = case.without(edit)?;
        let (replay, took) = replay::delta(&found.session, &head)?;
        deltas.push(took);
        case.check(
            &replay,
            &edit.id,
            case.changes_without(&edit.id).unwrap_or_default(),
        )?;
    }
    Ok(Replays {
        base: percentile(&mut bases, 50),
        full: percentile(&mut fulls, 50),
        deltas,
    })
}

fn spread(edits: &[OneEdit]) -> impl Iterator<Item = &OneEdit> {
    edits
        .iter()
        .step_by((edits.len() / EDITED).max(1))
        .take(EDITED)
}

/// The full replay on one core, and on all, and beside it a loop that shares nothing; nothing where there is but one core. Taken in
/// turn, and the best of each: what others do on the machine meanwhile takes from the one and from the other, and never gives.
pub fn threads(case: &Case<'_>) -> Result<Option<Threads>, Failure> {
    if cores() == 1 {
        return Ok(None);
    }
    let mut best = Threads {
        replay: [Duration::MAX; 2],
        machine: [Duration::MAX; 2],
    };
    for _ in 0..OFTEN_ENOUGH {
        for (place, threads) in [1, cores()].into_iter().enumerate() {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .map_err(|error| Failure::new(Code::Internal, error.to_string()))?;
            let found =
                pool.install(|| replay::full(&case.store, case.base.clone(), &case.everything))?;
            let hashed = pool.install(hashing);
            for (best, now) in [(&mut best.replay, found.all), (&mut best.machine, hashed)] {
                if let Some(best) = best.get_mut(place) {
                    *best = (*best).min(now);
                }
            }
        }
    }
    Ok(Some(best))
}

/// Some hundred megabytes are hashed, a block that stays in a core's own memory after the other.
fn hashing() -> Duration {
    const BLOCK: usize = 64 << 10;
    const BLOCKS: usize = 8 << 10;
    let start = Instant::now();
    let block = [7; BLOCK];
    let hashes = (0..BLOCKS)
        .into_par_iter()
        .map(|_| evidence::sha256(&[&block]));
    std::hint::black_box(hashes.reduce(Default::default, |a, b| if a < b { a } else { b }));
    start.elapsed()
}

/// Types numbers into a condition of one policy in an open window: from each keystroke to its counts.
pub fn keystrokes(case: &Case<'_>, place: &std::path::Path) -> Result<Vec<Duration>, Failure> {
    let Some(edit) = case.edits.get(case.edits.len() / 2) else {
        return Ok(Vec::new());
    };
    let studio = typing::open(&case.files, &case.log()?, place, &edit.file)?;
    let text = text(&case.files, &edit.file);
    let mut times = Vec::new();
    for (typed, revision) in (0..TYPED).zip(2..) {
        let text = edit.insert(
            &text,
            &format!("\nwhen {{ resource.classification < {typed} }}"),
        );
        let start = Instant::now();
        studio.edit_file(Edit {
            path: edit.file.clone(),
            text,
            revision,
        })?;
        studio.preview_drift(Revision { revision })?;
        times.push(start.elapsed());
    }
    Ok(times)
}
