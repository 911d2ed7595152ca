//! Who is asked: the engine in force, and answers kept for a moment.
//!
//! INVARIANT: after [`Point::swap`] returned, no answer of an earlier engine is given any more. Whoever decides holds the engine until
//! the answer is there; a swap waits for them, a few microseconds, and what was kept goes by the engine's number.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use model::{Code, Failure};
use policy::Question;
use serde::Serialize;

use crate::{
    Answer, Context, Engine, Meter, TableStatus, Version,
    cache::{self, Cache, Kept},
    context::Added,
    meter::{self, Gauges},
    shadow::{Observed, Recorder},
};

/// Releases whose figures are shown, the one in force among them.
const REMEMBERED: usize = 8;

/// How an enforcement point is run.
pub struct Options {
    /// How long an answer may be given again without being decided again.
    pub cache_ttl: Duration,
    /// How many bytes of answers are kept.
    pub cache_bytes: u64,
    /// Facts from elsewhere.
    pub context: Option<Context>,
    /// Where answers go that the new version may have given otherwise.
    pub recorder: Option<Recorder>,
    /// Seconds since 1970.
    pub clock: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl Options {
    /// Five seconds, 64 MiB, nothing recorded.
    #[must_use]
    pub fn new(clock: Box<dyn Fn() -> u64 + Send + Sync>) -> Self {
        Self {
            cache_ttl: Duration::from_secs(5),
            cache_bytes: 64 << 20,
            context: None,
            recorder: None,
            clock,
        }
    }
}

/// What an enforcement point is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// By which release it decides.
    #[serde(flatten)]
    pub version: Version,
    /// Since when, seconds since 1970.
    pub since: u64,
    /// Seconds since the source last said that this is in force.
    pub stale_seconds: u64,
    /// Why the source does not say what is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_failure: Option<Failure>,
    /// Where facts from elsewhere come from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<TableStatus>,
}

struct Current {
    /// Counts the engines, from 0.
    number: u64,
    engine: Arc<Engine>,
    meter: Arc<Meter>,
    since: u64,
}

/// An enforcement point.
pub struct Point {
    current: RwLock<Current>,
    cache: Cache,
    context: Option<Context>,
    recorder: Option<Recorder>,
    clock: Box<dyn Fn() -> u64 + Send + Sync>,
    /// When the source last said what is in force.
    confirmed: AtomicU64,
    source_failures: AtomicU64,
    source_failure: Mutex<Option<Failure>>,
    meters: Mutex<Vec<Arc<Meter>>>,
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Point")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

impl Point {
    /// Begins to decide by a release.
    #[must_use]
    pub fn new(engine: Engine, options: Options) -> Self {
        let now = (options.clock)();
        Self::resumed(engine, options, now)
    }

    /// Begins to decide by a release of which the source last said at a moment, in seconds since 1970, that it is in force.
    #[must_use]
    pub fn resumed(engine: Engine, options: Options, confirmed: u64) -> Self {
        let now = (options.clock)();
        let meter = Arc::new(Meter::new(Arc::clone(engine.version())));
        Self {
            current: RwLock::new(Current {
                number: 0,
                engine: Arc::new(engine),
                meter: Arc::clone(&meter),
                since: now,
            }),
            cache: Cache::new(options.cache_ttl, options.cache_bytes),
            context: options.context,
            recorder: options.recorder,
            clock: options.clock,
            confirmed: AtomicU64::new(confirmed),
            source_failures: AtomicU64::new(0),
            source_failure: Mutex::new(None),
            meters: Mutex::new(vec![meter]),
        }
    }

    /// Decides by another release from now on. When this returns, the earlier one decides nothing any more. It comes back: to give
    /// up all its entities takes milliseconds, for which nobody is to wait.
    pub fn swap(&self, engine: Engine) -> Arc<Engine> {
        let meter = self.meter(engine.version());
        let since = (self.clock)();
        let earlier = {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            let next = Current {
                number: current.number + 1,
                engine: Arc::new(engine),
                meter,
                since,
            };
            std::mem::replace(&mut *current, next)
        };
        self.cache.clear();
        self.confirm();
        earlier.engine
    }

    /// The figures of a release, which go on when it comes back.
    fn meter(&self, version: &Arc<Version>) -> Arc<Meter> {
        let mut meters = self.meters.lock().unwrap_or_else(PoisonError::into_inner);
        let known = meters.iter().position(|meter| {
            let known = meter.version();
            known.version == version.version && known.sequence == version.sequence
        });
        let meter = match known {
            Some(at) => meters.remove(at),
            None => Arc::new(Meter::new(Arc::clone(version))),
        };
        meters.push(Arc::clone(&meter));
        let more = meters.len().saturating_sub(REMEMBERED);
        meters.drain(..more);
        meter
    }

    /// Decides, and counts and records what was decided.
    #[must_use]
    pub fn decide(&self, question: &Question<'_>) -> Arc<Answer> {
        let started = Instant::now();
        match self.added(question) {
            None => self.answer(question, started),
            Some(Ok(added)) => self.answer(&added.to(question), started),
            Some(Err(why)) => {
                let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
                let answer = Answer::refused(why, current.engine.version());
                current.meter.count(&answer, false, started.elapsed());
                Arc::new(answer)
            }
        }
    }

    /// Decides by an engine, with the same facts and nothing counted, kept or recorded.
    #[must_use]
    pub fn decide_by(&self, engine: &Engine, question: &Question<'_>) -> Answer {
        match self.added(question) {
            None => engine.decide(question),
            Some(Ok(added)) => engine.decide(&added.to(question)),
            Some(Err(why)) => Answer::refused(why, engine.version()),
        }
    }

    fn added(&self, question: &Question<'_>) -> Option<Result<Added, Failure>> {
        let context = self.context.as_ref()?;
        Some(context.add(question, (self.clock)()))
    }

    fn answer(&self, question: &Question<'_>, started: Instant) -> Arc<Answer> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let engine = &current.engine;
        let key = cache::key(current.number, &engine.version().tenant, question);
        let (kept, hit) = match self.cache.get(&key) {
            Some(kept) => (kept, true),
            None => {
                let made = decided(engine, question);
                if made.answer.refused.is_none() {
                    self.cache.keep(key, made.clone());
                }
                (made, false)
            }
        };
        current.meter.count(&kept.answer, hit, started.elapsed());
        if let (Some(recorder), Some(posed)) = (&self.recorder, kept.posed) {
            recorder.record(Observed {
                engine: Arc::clone(engine),
                posed,
                answer: Arc::clone(&kept.answer),
                key,
            });
        }
        kept.answer
    }

    /// Facts may have to be fetched for an answer, which takes its time.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.context.is_some()
    }

    /// Facts from elsewhere, if there are any.
    #[must_use]
    pub fn context(&self) -> Option<&Context> {
        self.context.as_ref()
    }

    /// The engine in force, for who asks without wanting to be counted.
    #[must_use]
    pub fn engine(&self) -> Arc<Engine> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current.engine)
    }

    /// The source said that the release in force still is.
    pub fn confirm(&self) {
        self.confirmed.store((self.clock)(), Ordering::Relaxed);
        *self.failure() = None;
    }

    /// The source could not say what is in force.
    pub fn source_failed(&self, why: Failure) {
        self.source_failures.fetch_add(1, Ordering::Relaxed);
        *self.failure() = Some(why);
    }

    fn failure(&self) -> std::sync::MutexGuard<'_, Option<Failure>> {
        let failure = self.source_failure.lock();
        failure.unwrap_or_else(PoisonError::into_inner)
    }

    /// Seconds since the source last said what is in force.
    #[must_use]
    pub fn stale_seconds(&self) -> u64 {
        (self.clock)().saturating_sub(self.confirmed.load(Ordering::Relaxed))
    }

    /// What it is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        let (version, since) = {
            let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
            (Version::clone(current.engine.version()), current.since)
        };
        Status {
            version,
            since,
            stale_seconds: self.stale_seconds(),
            source_failure: self.failure().clone(),
            context: self
                .context
                .as_ref()
                .map(Context::status)
                .unwrap_or_default(),
        }
    }

    /// The figures of the last releases, the one in force last.
    #[must_use]
    pub fn meters(&self) -> Vec<Arc<Meter>> {
        let meters = self.meters.lock().unwrap_or_else(PoisonError::into_inner);
        meters.clone()
    }

    /// All figures, as Prometheus reads them.
    #[must_use]
    pub fn metrics(&self) -> String {
        let (shadow_written, shadow_dropped) =
            self.recorder.as_ref().map_or((0, 0), Recorder::counts);
        let gauges = Gauges {
            stale_seconds: self.stale_seconds(),
            source_failures: self.source_failures.load(Ordering::Relaxed),
            shadow_written,
            shadow_dropped,
            context_failures: self.context.as_ref().map_or(0, Context::failures),
        };
        meter::exposition(&self.meters(), &gauges)
    }
}

fn decided(engine: &Arc<Engine>, question: &Question<'_>) -> Kept {
    let made = catch_unwind(AssertUnwindSafe(|| {
        let posed = match engine.reader().read(question) {
            Ok(posed) => posed,
            Err(error) => {
                let answer = Answer::refused(error.into(), engine.version());
                return (answer, None);
            }
        };
        let answer = engine.decide_read(&posed);
        let posed = answer.shadow.is_some().then(|| Arc::new(posed));
        (answer, posed)
    }));
    let (answer, posed) = made.unwrap_or_else(|_| {
        let why = Failure::new(Code::Internal, "the decision failed");
        (Answer::refused(why, engine.version()), None)
    });
    Kept {
        answer: Arc::new(answer),
        posed,
    }
}
