//! Keeps an enforcement point at what its channel ships. A source that fails takes nothing away: the last good release goes on
//! deciding, and grows stale.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::Duration,
};

use model::Failure;
use release::Release;

use crate::{Engine, Point};

/// A release that was not given before.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The release, checked as far as its source can.
    pub release: Release,
}

/// Where releases come from.
pub trait Source {
    /// The release in force, if it is another than the last one given; nothing when that one still is.
    ///
    /// # Errors
    /// Why it cannot be told. What was given before stays in force.
    fn latest(&self) -> Result<Option<Fresh>, Failure>;
}

/// Whoever follows ends when the other end of this is gone.
pub type Stop = Receiver<()>;

/// Asks a source again and again, and has the point decide by what it gives. `keep` is told of each release that took force, so that
/// the last good one is there after a restart; when it fails, that is a failure of the source.
pub fn follow(
    point: &Point,
    source: &dyn Source,
    every: Duration,
    stop: Stop,
    keep: &dyn Fn(&Release) -> Result<(), Failure>,
) {
    // A release that cannot be enforced is not given again, and until another one is, the channel is ahead of the point.
    let mut refused = None;
    loop {
        match (source.latest(), &refused) {
            (Err(why), _) => point.source_failed(why),
            (Ok(None), Some(why)) => point.source_failed(Failure::clone(why)),
            (Ok(None), None) => point.confirm(),
            (Ok(Some(Fresh { release })), _) => {
                refused = enforce(point, &release, keep).err();
                refused
                    .iter()
                    .cloned()
                    .for_each(|why| point.source_failed(why));
            }
        }
        match stop.recv_timeout(every) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn enforce(
    point: &Point,
    release: &Release,
    keep: &dyn Fn(&Release) -> Result<(), Failure>,
) -> Result<(), Failure> {
    point.swap(Engine::new(release)?);
    keep(release)
}
