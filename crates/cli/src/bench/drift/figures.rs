//! What was found, as a table for people and as a drawing.

use std::time::Duration;

use chart::{Curve, Ground, Plane, Scaling};

use super::{super::percentile, peers::Decided, resident::Resident};

/// Everything that was found.
pub struct Figures {
    /// Each set with each log.
    pub points: Vec<Point>,
    /// What depends on the set alone.
    pub sizes: Vec<Size>,
    /// Typing into the largest set.
    pub keystroke: Option<Keystroke>,
    /// Cerbos was there.
    pub cerbos: bool,
}

/// A set and a log.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Policies of the set.
    pub policies: usize,
    /// Rows of the log.
    pub rows: u64,
    /// From disk, with every policy edited.
    pub full: Duration,
    /// From disk, until the set in force was evaluated.
    pub base: Duration,
    /// After one policy's edit; half take no longer.
    pub delta_p50: Duration,
    /// Of twenty, nineteen take no longer.
    pub delta_p95: Duration,
}

/// What depends on the set alone.
#[derive(Clone, Debug)]
pub struct Size {
    /// Policies of the set.
    pub policies: usize,
    /// Other engines.
    pub peers: Vec<Decided>,
    /// What further cores bring.
    pub threads: Option<Threads>,
    /// What a session holds.
    pub resident: Option<Resident>,
}

/// The same work on one core, and on all.
#[derive(Clone, Copy, Debug)]
pub struct Threads {
    /// A full replay.
    pub replay: [Duration; 2],
    /// A loop that shares nothing, at the same times: more the machine does not give.
    pub machine: [Duration; 2],
}

/// From a keystroke to its counts.
#[derive(Clone, Copy, Debug)]
pub struct Keystroke {
    /// Policies of the set.
    pub policies: usize,
    /// Rows of the log.
    pub rows: u64,
    /// Half take no longer.
    pub p50: Duration,
    /// Of twenty, nineteen take no longer.
    pub p95: Duration,
}

impl Point {
    /// How long an engine would take to decide every row under both sets.
    pub fn peer(&self, peer: &Decided) -> Duration {
        peer.each.mul_f64(super::precise(self.rows) * 2.0)
    }
}

impl Keystroke {
    pub(super) fn of(point: &Point, mut times: Vec<Duration>) -> Self {
        Self {
            policies: point.policies,
            rows: point.rows,
            p50: percentile(&mut times, 50),
            p95: percentile(&mut times, 95),
        }
    }
}

impl Figures {
    pub(super) fn new(cerbos: bool) -> Self {
        Self {
            points: Vec::new(),
            sizes: Vec::new(),
            keystroke: None,
            cerbos,
        }
    }

    /// The set with so many policies, for what other engines make of it.
    pub fn size(&self, policies: usize) -> Option<&Size> {
        self.sizes.iter().find(|size| size.policies == policies)
    }

    /// The log with most rows.
    pub fn most_rows(&self) -> u64 {
        self.points
            .iter()
            .map(|point| point.rows)
            .max()
            .unwrap_or(0)
    }

    /// The drawing: how each engine's time grows with policies, and ours with rows too.
    pub fn curve(&self) -> String {
        let most = self.most_rows();
        let largest = || self.points.iter().filter(|point| point.rows == most);
        let curve = |name: &str, points: Vec<(f64, f64)>| Curve {
            name: name.to_owned(),
            points,
        };
        let mut beside = vec![curve(
            "Studio",
            largest()
                .map(|point| (point.policies as f64, point.full.as_secs_f64()))
                .collect(),
        )];
        for (name, title) in [
            ("cerbos", "Cerbos"),
            ("plain", "Cedar, plain"),
            ("regorus_indexed", "Rego, indexed"),
            ("regorus", "Rego"),
        ] {
            let points: Vec<_> = largest()
                .filter_map(|point| {
                    let peers = &self.size(point.policies)?.peers;
                    let peer = peers.iter().find(|peer| peer.name == name)?;
                    Some((point.policies as f64, point.peer(peer).as_secs_f64()))
                })
                .collect();
            if !points.is_empty() {
                beside.push(curve(title, points));
            }
        }
        let mut rows: Vec<_> = self.points.iter().map(|point| point.rows).collect();
        rows.sort_unstable();
        rows.dedup();
        let by_rows = rows.iter().map(|rows| {
            let points = self.points.iter().filter(|point| point.rows == *rows);
            curve(
                &format!("{} rows", crate::text::count(*rows)),
                points
                    .map(|point| (point.policies as f64, point.full.as_secs_f64()))
                    .collect(),
            )
        });
        let delta = |name: &str, time: fn(&Point) -> Duration| {
            curve(
                name,
                largest()
                    .map(|point| (point.policies as f64, time(point).as_secs_f64() * 1e3))
                    .collect(),
            )
        };
        let rows = crate::text::count(most);
        chart::scaling(
            &Scaling {
                title: "Drift by the number of policies".to_owned(),
                across: "policies".to_owned(),
                planes: vec![
                    Plane {
                        title: format!("full replay of {rows} rows, seconds"),
                        curves: beside,
                    },
                    Plane {
                        title: "full replay in the Studio, seconds".to_owned(),
                        curves: by_rows.collect(),
                    },
                    Plane {
                        title: format!("after one edit, {rows} rows, milliseconds"),
                        curves: vec![
                            delta("median", |point| point.delta_p50),
                            delta("95 of 100", |point| point.delta_p95),
                        ],
                    },
                ],
            },
            Ground::Own,
        )
    }
}
