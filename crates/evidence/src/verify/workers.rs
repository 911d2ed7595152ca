//! Work in numbered pieces on every core; the calling thread works too, and is the one that reports. Where threads cannot be had
//! (WebAssembly), it works alone.

use std::{
    num::NonZero,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

/// The result of each piece, in order; `None` when `progress`, told how many are done, said to stop.
pub(super) fn each<P: Sync, T: Send>(
    pieces: &[P],
    work: impl Fn(&P) -> T + Sync,
    progress: &dyn Fn(usize) -> bool,
) -> Option<Vec<T>> {
    let (next, done, stop) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicBool::new(false),
    );
    let take = |go_on: &dyn Fn() -> bool| {
        let mut results = Vec::new();
        loop {
            if !go_on() {
                stop.store(true, Ordering::Relaxed);
            }
            let at = next.fetch_add(1, Ordering::Relaxed);
            let piece = pieces.get(at).filter(|_| !stop.load(Ordering::Relaxed));
            let Some(piece) = piece else {
                return results;
            };
            results.push((at, work(piece)));
            done.fetch_add(1, Ordering::Relaxed);
        }
    };
    let report = || progress(done.load(Ordering::Relaxed));
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut results = thread::scope(|scope| {
        let others: Vec<_> = (1..cores.min(pieces.len()))
            .map(|_| scope.spawn(|| take(&|| true)))
            .collect();
        let mut results = take(&report);
        for other in others {
            match other.join() {
                Ok(more) => results.extend(more),
                Err(fault) => std::panic::resume_unwind(fault),
            }
        }
        results
    });
    results.sort_by_key(|(at, _)| *at);
    (!stop.into_inner()).then(|| results.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_done_once_and_in_order() {
        for count in [0, 1, 2, 500] {
            let pieces: Vec<_> = (0..count).collect();
            let found = each(&pieces, |piece| piece * 2, &|_| true).unwrap();
            assert!(found.into_iter().eq((0..count).map(|piece| piece * 2)));
        }
    }

    #[test]
    fn it_stops_when_told() {
        let (begun, told) = (AtomicUsize::new(0), AtomicBool::new(false));
        let caller = thread::current().id();
        let work = |_: &()| {
            // However late the caller comes to it, the others leave something to be stopped.
            while thread::current().id() != caller && !told.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            begun.fetch_add(1, Ordering::Relaxed)
        };
        let found = each(&[(); 100_000], work, &|done| {
            told.fetch_or(done >= 3, Ordering::Relaxed);
            done < 3
        });
        assert!(found.is_none() && told.into_inner());
        assert!(begun.into_inner() < 100_000);
    }
}
