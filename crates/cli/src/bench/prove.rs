//! Proving what an edit changes.

use std::time::Instant;

use model::Failure;
use policy::{Compiled, Files};
use proof::Prover;

use super::{Measured, Run, compiled as compile, edits::edits, ms, percentile, precise};
use crate::{progress, terminal::Stop};

impl Run<'_> {
    /// Takes the effect from one policy after the other and proves what changes, with a solver that runs already; then what
    /// the edit that reaches furthest changes, with one that has to be started.
    pub fn prove(&mut self, files: &Files, compiled: &Compiled) -> Result<(), Stop> {
        fn side(compiled: &Compiled) -> proof::Side<'_> {
            proof::Side {
                label: "bench",
                compiled,
            }
        }
        let never = progress::cancelled();
        let warm = Prover::default();
        if !warm.has_solver() {
            self.terminal
                .remark("no proof is measured: there is no cvc5\n");
            return Ok(());
        }
        let mut times = Vec::new();
        let mut furthest: Option<(usize, Compiled)> = None;
        for edit in edits(files, compiled) {
            let head = compile(&edit.without(files))?;
            let start = Instant::now();
            let proof = warm
                .prove(side(compiled), side(&head), never)
                .map_err(Failure::from)?;
            times.push(start.elapsed());
            let reach = proof
                .environments
                .iter()
                .filter(|proof| proof.relation != model::Relation::Equivalent)
                .count();
            if furthest.as_ref().is_none_or(|(most, _)| reach > *most) {
                furthest = Some((reach, head));
            }
        }
        let (median, most) = (percentile(&mut times, 50), percentile(&mut times, 95));
        self.measure(Measured::new("prove_p50", ms(median), "ms"))?;
        self.measure(Measured::new("prove_p95", ms(most), "ms"))?;
        if let Some((reach, head)) = furthest {
            let start = Instant::now();
            Prover::default()
                .prove(side(compiled), side(&head), never)
                .map_err(Failure::from)?;
            let took = ms(start.elapsed());
            self.measure(Measured::new(
                "prove_cold_kinds",
                precise(reach as u64),
                "requests",
            ))?;
            self.measure(Measured::new("prove_cold", took, "ms"))?;
        }
        Ok(())
    }
}
