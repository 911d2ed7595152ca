//! Releases from signed bundles. Wherever they come from, they are believed by the rules of [`release::Consumer`] alone: what is
//! older, expired, mixed, of another or not signed by whom one's own root names is refused, and what is in force stays in force.
//! What was taken last and what was seen is kept in a folder, so that an enforcement point whose source is gone goes on after a
//! restart, and an older release is known for one.

mod fetch;
mod state;

use std::path::Path;

use model::Failure;
use release::{Bundle, Consumer, LIMITS, Release, Root};

use crate::{Error, Source};

pub use fetch::{FileBundle, HttpBundle};
pub use state::remembered;
use state::{Memory, State, hex};

/// Seconds after which it is written down again that the source still says the same.
const AGAIN: u64 = 60;

/// Where a bundle is.
pub trait Fetcher: Send {
    /// The bundle that is there, if it may be another than the one given last. Nothing is believed of it yet. Called again and
    /// again, so looking has to be cheap.
    ///
    /// # Errors
    /// Why there is none.
    fn fetch(&mut self) -> Result<Option<Vec<u8>>, Failure>;
}

/// Seconds since 1970.
pub type Clock = Box<dyn Fn() -> u64 + Send>;

/// Whose releases are taken, told by hand.
#[derive(Clone, Debug)]
pub struct Whose {
    /// The tenant.
    pub tenant: String,
    /// The channel.
    pub channel: String,
    /// Where it is in force.
    pub environment: String,
    /// The root that is trusted.
    pub root: Root,
}

/// A bundle that was accepted.
struct Taken {
    consumer: Consumer,
    bytes: Vec<u8>,
    expires: u64,
}

/// A bundle that was refused, and when.
struct Refused {
    why: Failure,
    bytes: Vec<u8>,
    at: u64,
}

/// Releases from bundles that are believed by one's own root.
pub struct BundleSource {
    fetcher: Box<dyn Fetcher>,
    clock: Clock,
    memory: Memory,
    state: State,
    /// What was accepted and does not decide yet.
    taken: Option<Taken>,
    /// SHA-256 of the bundle that decides, in hexadecimal digits, and when it expires.
    in_force: Option<(String, u64)>,
    /// The bundle that decides, until it is on the disk.
    unsaved: Option<Vec<u8>>,
    refused: Option<Refused>,
}

impl BundleSource {
    /// Takes bundles from where `fetcher` has them, and remembers in a folder, which no other process uses meanwhile.
    ///
    /// A root that is given for the first time is believed instead of what was remembered: nothing that the earlier one vouched
    /// for is taken up again, but what was seen still tells what is older.
    ///
    /// # Errors
    /// [`Error::State`] when the folder is another's, in use, or not to be understood; [`Error::Write`].
    pub fn open(
        fetcher: Box<dyn Fetcher>,
        whose: Whose,
        folder: &Path,
        clock: Clock,
    ) -> Result<Self, Error> {
        let memory = Memory::hold(folder)?;
        Ok(Self {
            state: memory.state(whose)?,
            fetcher,
            clock,
            memory,
            taken: None,
            in_force: None,
            unsaved: None,
            refused: None,
        })
    }

    fn judge(&mut self, bytes: Vec<u8>, now: u64) -> Result<Option<Release>, Failure> {
        let mut consumer = self.state.consumer.clone();
        let opened = Bundle::open(&bytes, LIMITS);
        let judged = opened.and_then(|bundle| Ok((consumer.accept(&bundle, now)?, bundle)));
        match judged {
            // After one that could not be enforced it is given again.
            Ok((_, bundle)) if self.decides(&bundle) && self.taken.is_none() => Ok(None),
            Ok((release, bundle)) => {
                self.taken = Some(Taken {
                    consumer,
                    bytes,
                    expires: bundle.expires(),
                });
                Ok(Some(release))
            }
            Err(why) => {
                let why = Failure::from(why);
                self.refused = Some(Refused {
                    why: why.clone(),
                    bytes,
                    at: now,
                });
                // Keys that were taken back stay so, whatever else is wrong.
                if consumer.trusted != self.state.consumer.trusted {
                    self.state.consumer.trusted = consumer.trusted;
                    self.memory.save(&self.state)?;
                }
                Err(why)
            }
        }
    }

    fn decides(&self, bundle: &Bundle) -> bool {
        let in_force = self.in_force.as_ref();
        in_force.is_some_and(|(digest, _)| *digest == hex(&bundle.digest()))
    }
}

impl Source for BundleSource {
    fn latest(&mut self) -> Result<Option<Release>, Failure> {
        let now = (self.clock)();
        if let Some(bytes) = self.fetcher.fetch()? {
            self.refused = None;
            return self.judge(bytes, now);
        }
        match (self.refused.take(), &self.in_force) {
            // The clock may be right by now.
            (Some(refused), _) if refused.at != now => self.judge(refused.bytes, now),
            (Some(refused), _) => Err(self.refused.insert(refused).why.clone()),
            (None, Some((digest, expires))) if *expires <= now => {
                Err(release::Error::expired(&format!("{digest}.tfr"), *expires).into())
            }
            (None, _) => Ok(None),
        }
    }

    fn last(&mut self) -> Result<Option<(Release, u64)>, Failure> {
        let Some(bytes) = self.memory.bundle(&self.state)? else {
            return Ok(None);
        };
        let bundle = Bundle::open(&bytes, LIMITS).map_err(Failure::from)?;
        let release = self.state.consumer.resume(&bundle).map_err(Failure::from)?;
        self.in_force = Some((hex(&bundle.digest()), bundle.expires()));
        Ok(Some((release, self.state.confirmed)))
    }

    fn keep(&mut self) -> Result<(), Failure> {
        let now = (self.clock)();
        if let Some(taken) = self.taken.take() {
            self.state.consumer = taken.consumer;
            self.state.resumable = false;
            let seen = self.state.consumer.seen.as_ref();
            self.in_force = seen.map(|seen| (seen.bundle.clone(), taken.expires));
            self.unsaved = Some(taken.bytes);
        }
        if self.unsaved.is_none() && now < self.state.confirmed.saturating_add(AGAIN) {
            return Ok(());
        }
        self.state.confirmed = now;
        if let (Some(bytes), Some((digest, _))) = (&self.unsaved, &self.in_force) {
            self.memory.put(digest, bytes)?;
            self.state.resumable = true;
        }
        self.memory.save(&self.state)?;
        self.unsaved = None;
        Ok(())
    }
}
