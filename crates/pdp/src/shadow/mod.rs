//! What would have been decided. Answers that the new version may have given otherwise are written, beside those, as rows of the
//! decision log (`docs/log.md`) with the least that either set read: `fabric drift --log` replays them, and [`decisions::cutover()`] counts them.
//!
//! Writing happens behind the answers' backs. When it does not keep up, rows on which both agree are dropped first, and what is
//! dropped is counted. A file that has grown to its size gets a number, and the oldest ones go.

mod writer;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{self, SyncSender},
    },
    thread::JoinHandle,
};

use policy::Posed;

use crate::{Answer, Engine, Error, cache::Key};
use writer::Writer;

/// Where rows go.
pub struct Recording {
    /// The file that is written to.
    pub path: PathBuf,
    /// Bytes at which it is put aside.
    pub rotate: u64,
    /// How many files put aside are kept.
    pub keep: usize,
    /// How many rows may wait to be written.
    pub queue: usize,
    /// Milliseconds since 1970.
    pub clock: Box<dyn Fn() -> i64 + Send + Sync>,
}

impl Recording {
    /// To a file: put aside at 64 MiB, the last eight kept, 4096 rows waiting.
    #[must_use]
    pub fn to(path: PathBuf, clock: Box<dyn Fn() -> i64 + Send + Sync>) -> Self {
        Self {
            path,
            rotate: 64 << 20,
            keep: 8,
            queue: 4096,
            clock,
        }
    }
}

/// An answer to be recorded.
pub(crate) struct Observed {
    pub engine: Arc<Engine>,
    pub posed: Arc<Posed>,
    pub answer: Arc<Answer>,
    /// Equal for equal questions to one engine.
    pub key: Key,
}

enum Task {
    Write(i64, Observed),
    Flush(SyncSender<()>),
}

#[derive(Debug, Default)]
struct Counts {
    waiting: AtomicUsize,
    written: AtomicU64,
    dropped: AtomicU64,
}

/// Writes what is observed, on a thread of its own. Dropped, it writes what waits.
pub struct Recorder {
    tasks: Option<SyncSender<Task>>,
    counts: Arc<Counts>,
    queue: usize,
    clock: Box<dyn Fn() -> i64 + Send + Sync>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder")
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

impl Recorder {
    /// Begins to write.
    ///
    /// # Errors
    /// [`Error::Write`] when the file cannot be opened, or no thread can be had.
    pub fn start(recording: Recording) -> Result<Self, Error> {
        let Recording {
            path,
            rotate,
            keep,
            queue,
            clock,
        } = recording;
        let shown = path.display().to_string();
        let failed = |source| Error::Write {
            path: shown.clone(),
            source,
        };
        let mut writer = Writer::open(path, rotate, keep).map_err(failed)?;
        let (tasks, waiting) = mpsc::sync_channel(queue);
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        let thread = std::thread::Builder::new().name("shadow".to_owned());
        let thread = thread
            .spawn(move || {
                for task in waiting {
                    match task {
                        Task::Write(at, observed) => {
                            counted.waiting.fetch_sub(1, Ordering::Relaxed);
                            let counter = if writer.write(at, &observed).is_some() {
                                &counted.written
                            } else {
                                &counted.dropped
                            };
                            counter.fetch_add(1, Ordering::Relaxed);
                        }
                        // Nobody waits any more: nobody minds.
                        Task::Flush(done) => drop(done.send(())),
                    }
                }
            })
            .map_err(failed)?;
        Ok(Self {
            tasks: Some(tasks),
            counts,
            queue,
            clock,
            thread: Some(thread),
        })
    }

    /// Rows written, and rows dropped because writing did not keep up or failed.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (of(&self.counts.written), of(&self.counts.dropped))
    }

    /// Waits until all that was recorded before is in the file.
    pub fn flush(&self) {
        let (done, flushed) = mpsc::sync_channel(1);
        if let Some(tasks) = &self.tasks
            && tasks.send(Task::Flush(done)).is_ok()
        {
            let _ = flushed.recv();
        }
    }

    /// Takes an answer to be written, or drops it; nobody is kept waiting.
    pub(crate) fn record(&self, observed: Observed) {
        let waiting = self.counts.waiting.load(Ordering::Relaxed);
        let room = observed.answer.differs() || waiting < self.queue / 2;
        if room && let Some(tasks) = &self.tasks {
            // Counted before it is there, so that it is never taken away before.
            self.counts.waiting.fetch_add(1, Ordering::Relaxed);
            if tasks
                .try_send(Task::Write((self.clock)(), observed))
                .is_ok()
            {
                return;
            }
            self.counts.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        self.counts.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
