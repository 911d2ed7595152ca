//! Keeps an enforcement point at what its channel ships. A source that fails takes nothing away: the last good release goes on
//! deciding, and grows stale.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::Duration,
};

use model::{Code, Failure};
use release::Release;

use crate::{Engine, Options, Point};

/// Where releases come from. Asked again and again, so whatever did not change has to be told from little.
pub trait Source {
    /// The release in force, checked as far as its source can, if it is another than the one given last; nothing when that one
    /// still is.
    ///
    /// # Errors
    /// Why it cannot be told. What was given before stays in force.
    fn latest(&mut self) -> Result<Option<Release>, Failure>;

    /// What was in force when this was last run, and when its source last said so, in seconds since 1970. Asked at the beginning,
    /// when the source does not give a release that can be enforced.
    ///
    /// # Errors
    /// Why that cannot be told, though there was something.
    fn last(&mut self) -> Result<Option<(Release, u64)>, Failure> {
        Ok(None)
    }

    /// What was given last can be enforced, and the source still has it: told at every look, and of a new release before it decides, so
    /// that the next run begins with it and knows what is older.
    ///
    /// # Errors
    /// Why it cannot be kept. It decides all the same.
    fn keep(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

/// Whoever follows ends when the other end of this is gone.
pub type Stop = Receiver<()>;

/// Who keeps a point at what a source has.
pub struct Follower<'a> {
    source: Box<dyn Source + Send + 'a>,
    /// A release that cannot be enforced is not given again, and until another one is, the channel is ahead of the point.
    refused: Option<Failure>,
}

impl<'a> Follower<'a> {
    /// Begins to decide by what the source has, or by what was in force last, which is stale from when that was so.
    ///
    /// # Errors
    /// Why the source gives nothing that can be enforced, when there was nothing before.
    pub fn begin(
        mut source: Box<dyn Source + Send + 'a>,
        options: Options,
    ) -> Result<(Self, Point), Failure> {
        let mut refused = None;
        let why = match source.latest() {
            Ok(Some(release)) => match Engine::new(&release) {
                Ok(engine) => {
                    let kept = source.keep();
                    let point = Point::new(engine, options);
                    kept.unwrap_or_else(|why| point.source_failed(why));
                    return Ok((Self { source, refused }, point));
                }
                Err(why) => refused.insert(Failure::from(why)).clone(),
            },
            Ok(None) => Failure::new(Code::PdpSource, "the source has nothing"),
            Err(why) => why,
        };
        let Some((release, confirmed)) = source.last()? else {
            return Err(why);
        };
        let point = Point::resumed(Engine::new(&release)?, options, confirmed);
        point.source_failed(why);
        Ok((Self { source, refused }, point))
    }

    /// Looks again and again, and has the point decide by what there is.
    pub fn run(mut self, point: &Point, every: Duration, stop: &Stop) {
        loop {
            match self.look(point) {
                Ok(()) => point.confirm(),
                Err(why) => point.source_failed(why),
            }
            match stop.recv_timeout(every) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn look(&mut self, point: &Point) -> Result<(), Failure> {
        match (self.source.latest()?, &self.refused) {
            (None, None) => self.source.keep(),
            (None, Some(why)) => Err(why.clone()),
            (Some(release), _) => match Engine::new(&release) {
                Ok(engine) => {
                    self.refused = None;
                    let kept = self.source.keep();
                    point.swap(engine);
                    kept
                }
                Err(why) => Err(self.refused.insert(why.into()).clone()),
            },
        }
    }
}
