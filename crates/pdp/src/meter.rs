//! What an enforcement point counts, by the release that decided, and how Prometheus reads it.

use std::{
    fmt::Write as _,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::{Answer, Version};

/// The longest time that is told apart, in nanoseconds: a minute.
const LONGEST: u64 = 60_000_000_000;

/// What one release decided.
#[derive(Debug)]
pub struct Meter {
    version: Arc<Version>,
    allowed: AtomicU64,
    denied: AtomicU64,
    kept: AtomicU64,
    differing: AtomicU64,
    refused: AtomicU64,
    failing: AtomicU64,
    /// Nanoseconds.
    took: Mutex<Option<Histogram<u64>>>,
}

/// The same, to be read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Decisions that allowed.
    pub allowed: u64,
    /// Decisions that denied.
    pub denied: u64,
    /// Answers of these that were at hand.
    pub cache_hits: u64,
    /// Answers that the new version would have given otherwise.
    pub shadow_differences: u64,
    /// Denials without asking the policies.
    pub refused: u64,
    /// Decisions in which a policy could not be evaluated.
    pub policy_errors: u64,
    /// Half of all decisions took no longer, nanoseconds.
    pub p50: u64,
    /// Nineteen of twenty.
    pub p95: u64,
    /// Ninety-nine of a hundred.
    pub p99: u64,
    /// All of them together, nanoseconds.
    pub total: u64,
}

impl Meter {
    pub(crate) fn new(version: Arc<Version>) -> Self {
        Self {
            version,
            allowed: AtomicU64::default(),
            denied: AtomicU64::default(),
            kept: AtomicU64::default(),
            differing: AtomicU64::default(),
            refused: AtomicU64::default(),
            failing: AtomicU64::default(),
            // Two digits: what is shown is never off by more than a hundredth.
            took: Mutex::new(Histogram::new_with_max(LONGEST, 2).ok()),
        }
    }

    pub(crate) fn version(&self) -> &Arc<Version> {
        &self.version
    }

    pub(crate) fn count(&self, answer: &Answer, kept: bool, took: Duration) {
        let add = |counter: &AtomicU64, holds: bool| {
            if holds {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        };
        add(&self.allowed, answer.allows());
        add(&self.denied, !answer.allows());
        add(&self.kept, kept);
        add(&self.differing, answer.differs());
        add(&self.refused, answer.refused.is_some());
        add(&self.failing, !answer.errors.is_empty());
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(LONGEST);
        let mut histogram = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(histogram) = &mut *histogram {
            histogram.saturating_record(nanoseconds);
        }
    }

    /// What was counted so far.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let histogram = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        let histogram = histogram.as_ref();
        let at = |part| histogram.map_or(0, |took| took.value_at_quantile(part));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a sum of times is neither negative nor that large"
        )]
        let total = histogram.map_or(0, |took| (took.mean() * took.len() as f64) as u64);
        Figures {
            allowed: of(&self.allowed),
            denied: of(&self.denied),
            cache_hits: of(&self.kept),
            shadow_differences: of(&self.differing),
            refused: of(&self.refused),
            policy_errors: of(&self.failing),
            p50: at(0.5),
            p95: at(0.95),
            p99: at(0.99),
            total,
        }
    }
}

/// What is known of the enforcement point as a whole.
pub(crate) struct Gauges {
    pub stale_seconds: u64,
    pub source_failures: u64,
    pub shadow_written: u64,
    pub shadow_dropped: u64,
    pub context_failures: u64,
}

/// One of the figures.
type Of = fn(&Figures) -> u64;

/// The text that Prometheus reads (exposition format 0.0.4).
pub(crate) fn exposition(meters: &[Arc<Meter>], gauges: &Gauges) -> String {
    let mut out = String::with_capacity(4096);
    let figures: Vec<(String, Figures)> = meters
        .iter()
        .map(|meter| (labels(meter.version()), meter.figures()))
        .collect();
    let mut counter =
        |name: &str, help: &str, of: &dyn Fn(&Figures) -> Vec<(&'static str, u64)>| {
            head(&mut out, name, "counter", help);
            for (labels, figures) in &figures {
                for (more, value) in of(figures) {
                    line(
                        &mut out,
                        name,
                        &format!("{labels}{more}"),
                        &value.to_string(),
                    );
                }
            }
        };
    counter("fabric_pdp_decisions_total", "Decisions given.", &|it| {
        vec![
            (",decision=\"allow\"", it.allowed),
            (",decision=\"deny\"", it.denied),
        ]
    });
    let plain: [(&str, &str, Of); 4] = [
        (
            "fabric_pdp_cache_hits_total",
            "Decisions that were at hand.",
            |it| it.cache_hits,
        ),
        (
            "fabric_pdp_shadow_differences_total",
            "Decisions that the new version would have given otherwise.",
            |it| it.shadow_differences,
        ),
        (
            "fabric_pdp_refused_total",
            "Denials without asking the policies.",
            |it| it.refused,
        ),
        (
            "fabric_pdp_policy_errors_total",
            "Decisions in which a policy could not be evaluated.",
            |it| it.policy_errors,
        ),
    ];
    for (name, help, of) in plain {
        counter(name, help, &|it| vec![("", of(it))]);
    }
    let name = "fabric_pdp_decision_seconds";
    head(&mut out, name, "summary", "How long a decision took.");
    for (labels, it) in &figures {
        for (quantile, value) in [("0.5", it.p50), ("0.95", it.p95), ("0.99", it.p99)] {
            let labels = format!("{labels},quantile=\"{quantile}\"");
            line(&mut out, name, &labels, &seconds(value));
        }
        line(&mut out, &format!("{name}_sum"), labels, &seconds(it.total));
        let count = (it.allowed + it.denied).to_string();
        line(&mut out, &format!("{name}_count"), labels, &count);
    }
    for (name, kind, help, value) in [
        (
            "fabric_pdp_stale_seconds",
            "gauge",
            "Since the source last said what is in force.",
            gauges.stale_seconds,
        ),
        (
            "fabric_pdp_source_failures_total",
            "counter",
            "Times the source could not say what is in force.",
            gauges.source_failures,
        ),
        (
            "fabric_pdp_shadow_rows_total",
            "counter",
            "Rows written to the shadow log.",
            gauges.shadow_written,
        ),
        (
            "fabric_pdp_shadow_dropped_total",
            "counter",
            "Rows that the shadow log lacks.",
            gauges.shadow_dropped,
        ),
        (
            "fabric_pdp_context_failures_total",
            "counter",
            "Facts that could not be had in time.",
            gauges.context_failures,
        ),
    ] {
        head(&mut out, name, kind, help);
        line(&mut out, name, "", &value.to_string());
    }
    out
}

fn seconds(nanoseconds: u64) -> String {
    format!(
        "{}.{:09}",
        nanoseconds / 1_000_000_000,
        nanoseconds % 1_000_000_000
    )
}

fn labels(version: &Version) -> String {
    let escaped = version
        .version
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    format!("version=\"{escaped}\",sequence=\"{}\"", version.sequence)
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    // A string takes everything.
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(out: &mut String, name: &str, labels: &str, value: &str) {
    let _ = if labels.is_empty() {
        writeln!(out, "{name} {value}")
    } else {
        writeln!(out, "{name}{{{labels}}} {value}")
    };
}
