//! Drift beside other engines: the same rules in each one's language, the same requests, in one run. Every engine's
//! decision on every request it is timed on is held against what the rules mean; a single one that differs fails the
//! bench. Nothing that is compared comes from another day or another machine.

mod case;
pub mod cerbos;
mod figures;
mod ours;
mod peers;
mod resident;

use std::time::Duration;

use model::Failure;

use super::{
    Measured, Run,
    family::{Organisation, Requests, rules},
    lay_out, ms, percentile, precise,
};
use crate::{
    args::Bench,
    progress::{Progress, Unit},
    terminal::Stop,
};
use case::Case;
#[cfg(test)]
pub use figures::Threads;
pub use figures::{Figures, Keystroke, Point, Size};
#[cfg(test)]
pub use peers::Decided;
pub use resident::resident;

/// What is measured.
struct Extent {
    policies: &'static [u64],
    rows: &'static [usize],
    /// Policies to type into.
    typing: u64,
}

const WHOLE: Extent = Extent {
    policies: &[10, 100, 1_000, 5_000],
    rows: &[10_000, 100_000, 1_000_000],
    typing: 10_000,
};
const QUICK: Extent = Extent {
    policies: &[10, 100, 1_000],
    rows: &[10_000],
    typing: 2_000,
};

impl Run<'_> {
    /// Measures the family at every size.
    pub fn drift(&mut self, arguments: &Bench) -> Result<Figures, Stop> {
        let extent = if arguments.quick { QUICK } else { WHOLE };
        let _progress = Progress::start("Comparing", Unit::Rows, self.terminal);
        let organisation = Organisation::new();
        let logs: Vec<_> = extent
            .rows
            .iter()
            .map(|rows| Requests::of(&organisation, *rows))
            .collect();
        let mut figures = Figures::new(arguments.cerbos.is_some());
        let only = &arguments.policies[..];
        let sizes = if only.is_empty() {
            extent.policies
        } else {
            only
        };
        for policies in sizes {
            let rules = rules(*policies as usize);
            let mut last = None;
            for requests in &logs {
                let case = Case::new(&organisation, &rules, requests, self.place.path())?;
                figures.points.push(point(&case)?);
                last = Some(case);
            }
            // What does not depend on the rows is measured on the largest log.
            if let Some(case) = last {
                figures.sizes.push(self.size(&case, arguments)?);
                self.tell(&figures, rules.len())?;
            }
        }
        if let (Some(requests), true) = (logs.last(), only.is_empty()) {
            let rules = rules(extent.typing as usize);
            let case = Case::new(&organisation, &rules, requests, self.place.path())?;
            let point = point(&case)?;
            let times = ours::keystrokes(&case, self.place.path())?;
            let keystroke = Keystroke::of(&point, times);
            figures.points.push(point);
            self.tell(&figures, rules.len())?;
            for (name, value) in [("p50", keystroke.p50), ("p95", keystroke.p95)] {
                let name = format!("keystroke_{name}_{}x{}", keystroke.policies, keystroke.rows);
                self.measure(Measured::new(&name, ms(value), "ms"))?;
            }
            figures.keystroke = Some(keystroke);
        }
        Ok(figures)
    }

    /// What other engines make of it, what a second core brings, what is held in memory.
    fn size(&self, case: &Case<'_>, arguments: &Bench) -> Result<Size, Failure> {
        let sample = peers::sample(case.requests);
        let mut peers = vec![peers::plain(case, &sample)?];
        for indexed in [false, true] {
            peers.extend(peers::rego(case, &sample, indexed)?);
        }
        if let Some(program) = &arguments.cerbos {
            peers.push(cerbos::decide(case, &sample, program, self.place.path())?);
        }
        let workspace =
            tempfile::tempdir_in(self.place.path()).map_err(|error| super::local(&error))?;
        // Rows carry their slices, so the entities would only be in the way.
        let mut files = case.files.clone();
        files.retain(|path, _| !path.starts_with("entities/"));
        lay_out(&files, workspace.path())?;
        Ok(Size {
            policies: case.rules.len(),
            peers,
            threads: ours::threads(case)?,
            resident: resident::ask(workspace.path(), &case.store)?,
        })
    }

    /// The measures of a set.
    fn tell(&mut self, figures: &Figures, policies: usize) -> Result<(), Stop> {
        let size = figures.sizes.iter().find(|size| size.policies == policies);
        for peer in size.iter().flat_map(|size| &size.peers) {
            let name = format!("decision_{}_{policies}", peer.name);
            self.measure(Measured::new(&name, ms(peer.each) * 1e3, "us"))?;
        }
        for point in figures
            .points
            .iter()
            .filter(|point| point.policies == policies)
        {
            let at = format!("{policies}x{}", point.rows);
            let plain = size
                .and_then(|size| size.peers.first())
                .map_or(Duration::ZERO, |peer| point.peer(peer));
            for (name, time, peer, unit, second) in [
                ("full", point.full, plain, "s", 1.0),
                ("base", point.base, plain / 2, "s", 1.0),
                ("delta_p50", point.delta_p50, plain, "ms", 1e3),
                ("delta_p95", point.delta_p95, plain, "ms", 1e3),
            ] {
                let value = |time: Duration| time.as_secs_f64() * second;
                let measured = Measured::new(&format!("{name}_{at}"), value(time), unit);
                self.measure(if plain.is_zero() {
                    measured
                } else {
                    measured.against(value(peer))
                })?;
            }
            for peer in size.iter().flat_map(|size| size.peers.iter().skip(1)) {
                let name = format!("full_{at}_{}", peer.name);
                let measured = Measured::new(&name, point.full.as_secs_f64(), "s");
                self.measure(measured.against(point.peer(peer).as_secs_f64()))?;
            }
        }
        let Some(size) = size else { return Ok(()) };
        if let Some(threads) = size.threads {
            for (name, [one, all]) in [("threads", threads.replay), ("machine", threads.machine)] {
                let name = format!("{name}_{policies}");
                let measured = Measured::new(&name, all.as_secs_f64(), "s");
                self.measure(measured.against(one.as_secs_f64()))?;
            }
        }
        if let Some(resident) = size.resident {
            let each = |bytes: u64| precise(bytes) / precise(resident.distinct.max(1));
            for (name, bytes) in [("log", resident.log), ("session", resident.session)] {
                let name = format!("resident_{name}_{policies}");
                self.measure(Measured::new(&name, each(bytes), "B/request"))?;
            }
        }
        Ok(())
    }
}

fn point(case: &Case<'_>) -> Result<Point, Failure> {
    let mut replays = ours::replays(case)?;
    Ok(Point {
        policies: case.rules.len(),
        rows: case.requests.all_rows(),
        full: replays.full,
        base: replays.base,
        delta_p50: percentile(&mut replays.deltas, 50),
        delta_p95: percentile(&mut replays.deltas, 95),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small enough for every day; the bench itself does the same at every size.
    #[test]
    fn every_engine_decides_what_the_rules_mean() {
        let organisation = Organisation::new();
        let requests = Requests::of(&organisation, 6_000);
        let rules = rules(240);
        let place = tempfile::tempdir().unwrap();
        let case = Case::new(&organisation, &rules, &requests, place.path()).unwrap();
        // Both answers, and both kinds of change, or there would be little to agree on.
        let allowed = (0..requests.distinct.len())
            .filter(|number| case.means(*number) == Some(model::Decision::Allow))
            .count();
        assert!((60..540).contains(&allowed), "{allowed} of 600 allowed");
        let changes: Vec<_> = rules
            .iter()
            .filter_map(|rule| case.changes_without(&rule.id))
            .collect();
        assert!(changes.iter().any(|(gained, _)| *gained > 0), "{changes:?}");
        assert!(changes.iter().any(|(_, lost)| *lost > 0), "{changes:?}");

        ours::replays(&case).unwrap();
        let sample: Vec<_> = (0..requests.distinct.len()).collect();
        let decided = [
            peers::plain(&case, &sample).map(Some),
            peers::rego(&case, &sample, false),
            peers::rego(&case, &sample, true),
        ];
        for decided in decided {
            assert!(decided.unwrap().unwrap().requests >= 200);
        }
    }

    #[test]
    fn a_decision_that_differs_is_named() {
        let organisation = Organisation::new();
        let requests = Requests::of(&organisation, 6_000);
        let place = tempfile::tempdir().unwrap();
        let rules = rules(240);
        let mut case = Case::new(&organisation, &rules, &requests, place.path()).unwrap();
        // The log and the rules' meaning are of all the rules, the policies now of a sixth of them.
        let fewer = super::super::family::cedar::files(&organisation, &rules[..40]);
        case.base.compiled = policy::compile(&fewer);
        let sample: Vec<_> = (0..requests.distinct.len()).collect();
        for failure in [
            ours::replays(&case).err().unwrap(),
            peers::plain(&case, &sample).err().unwrap(),
        ] {
            assert_eq!(failure.code, model::Code::BenchDisagrees);
            assert!(failure.message.contains("Document::\"doc"), "{failure:?}");
        }
    }
}
