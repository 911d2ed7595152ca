//! How much a change could do if it were a mistake: one scale for every narrative, the one drift reports use (low, medium, high),
//! with the reasons for the level, and with what is not known. What is not known never lowers a level.
//!
//! The level is that of the riskiest request that changes. It is at least medium where nothing was replayed, and where it is
//! proven that more can gain access than the log shows. A check that did not hold or was left out raises it by one. A week is at least as
//! bad as the worst of its moves.

use model::{Relation, RiskLevel};

use crate::{
    facts::{
        Changed, Drift, Evidence, Gate, Move, Reached, Replayed, Ruling, Standing, Step, Verdict,
    },
    language::DAY,
};

/// Fewer recorded requests than this are told of as few.
const FEW: u64 = 1_000;
/// A log that ended this many days before is told of as old.
const OLD: u64 = 30;

/// A level with its reasons, and what is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// How bad if it is a mistake.
    pub level: RiskLevel,
    /// Why; the worst first.
    pub reasons: Vec<Reason>,
    /// What would have to be known to be sure.
    pub unknown: Vec<Unknown>,
    /// For whom the requests of the reasons are answered differently.
    pub reached: Reached,
}

/// Why a level is as high as it is. Numbers are requests, where nothing else is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The ledger does not hold.
    Fault,
    /// Access to something sensitive is gained.
    SensitiveGained(u64),
    /// A policy begins or ceases to fail.
    Errors(u64),
    /// So many bounds of the tolerance are exceeded.
    Blocked(u64),
    /// A gate did not hold, by its name.
    Overridden(String),
    /// A gate was left out.
    Skipped(String),
    /// A gate did not hold or was left out; which of both was not recorded.
    LeftOut(String),
    /// Access is gained.
    Gained(u64),
    /// It is proven that more can gain access, for these actions.
    Widens(Vec<String>),
    /// Access to something sensitive is lost.
    SensitiveLost(u64),
    /// Access is lost.
    Lost(u64),
    /// Whose access changes is not known.
    Blind,
    /// Whose access changed is not known of so many moves, of how many.
    BlindIn(u64, u64),
    /// These moves were of this level by themselves: their numbers and the versions that were shipped since.
    Moves(RiskLevel, Vec<(u64, String)>),
    /// So many safeguards were left out.
    Exceptions(u64),
    /// The ledger was not recomputed.
    Unchecked,
    /// No witness saw the last checkpoint.
    Unwitnessed,
    /// So many receipts are under no checkpoint.
    Uncovered(u64),
    /// The channel did not move.
    Quiet,
    /// There is none.
    Nothing,
    /// There is none in what a ledger holds.
    NothingInLedger,
}

/// What is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Nothing was replayed.
    Replay,
    /// Nothing was replayed for so many moves, of how many.
    ReplayOf(u64, u64),
    /// How many of the requests are of people for whom it is so.
    Reached,
    /// How these requests are answered.
    Open(u64),
    /// What happens beyond the log.
    Proof,
    /// What happens beyond the log, for these actions.
    NotProven(Vec<String>),
    /// The log is small.
    FewRequests(u64),
    /// The log ended so many days before.
    OldLog(u64),
    /// The log has no times.
    NoTimes,
    /// The log answers these requests otherwise than the policies in force.
    Disagrees(u64),
    /// The facts behind these requests were the workspace's.
    Assumed(u64),
    /// Lines of the log that could not be read.
    Skipped(u64),
    /// Nobody approved.
    Approval,
    /// No reason was given.
    Reason,
    /// No receipt was found.
    Receipt,
    /// The ledger was not recomputed.
    Audit,
    /// Receipts that were purged.
    Purged(u64),
}

impl Assessment {
    fn new() -> Self {
        Self {
            level: RiskLevel::Low,
            reasons: Vec::new(),
            unknown: Vec::new(),
            reached: Reached::default(),
        }
    }

    /// Of a move and what it changes. `approved` says that approvals are looked for.
    #[must_use]
    pub fn of_move(moved: &Move, drift: &Replayed, approved: bool) -> Self {
        let mut found = Self::new();
        found.replay(drift, Some(moved.step.at));
        found.gates(&moved.gates);
        if approved && moved.approvals.is_empty() {
            found.unknown.push(Unknown::Approval);
        }
        if !moved.step.has_reason() {
            found.unknown.push(Unknown::Reason);
        }
        if moved.step.receipt.is_none() {
            found.unknown.push(Unknown::Receipt);
        }
        found.finished()
    }

    /// Of an edit that the guard judged.
    #[must_use]
    pub fn of_verdict(verdict: &Verdict) -> Self {
        let mut found = Self::new();
        found.replay(&verdict.drift, verdict.at);
        let exceeded = verdict
            .bounds
            .iter()
            .filter(|bound| bound.is_exceeded())
            .count() as u64;
        if exceeded > 0 && verdict.ruling != Ruling::Undecided {
            found.raise();
            found.reasons.push(Reason::Blocked(exceeded));
        }
        if verdict.receipt.is_none() {
            found.unknown.push(Unknown::Receipt);
        }
        found.finished()
    }

    /// Of moves and what they changed together.
    #[must_use]
    pub fn of_week(moves: &[Step], changed: Changed) -> Self {
        let mut found = Self::new();
        if moves.is_empty() {
            found.reasons.push(Reason::Quiet);
        }
        // What nobody rated counts as drift reports count a gain on a resource that nobody rated.
        let rated = moves.iter().all(|step| step.level.is_some());
        let gain = match rated {
            true => RiskLevel::Low,
            false => RiskLevel::Medium,
        };
        found.at_least(gain, changed.gained, Reason::Gained(changed.gained));
        found.at_least(RiskLevel::Low, changed.lost, Reason::Lost(changed.lost));
        let uncounted = moves.iter().filter(|step| step.changed.is_none()).count() as u64;
        match (uncounted, moves.len() as u64) {
            (0, _) => {}
            (uncounted, of) if uncounted == of => found.blind(),
            (uncounted, of) => {
                found.at_least(RiskLevel::Medium, 1, Reason::BlindIn(uncounted, of));
                found.unknown.push(Unknown::ReplayOf(uncounted, of));
            }
        }
        if changed.open > 0 {
            found.unknown.push(Unknown::Open(changed.open));
        }
        let mut left_out: Vec<&String> = moves.iter().flat_map(|step| &step.left_out).collect();
        left_out.sort_unstable();
        left_out.dedup();
        if !left_out.is_empty() {
            found.raise();
        }
        let left_out = left_out.into_iter().cloned().map(Reason::LeftOut);
        found.reasons.extend(left_out);
        found.at_least_its_moves(moves);
        if moves.iter().any(|step| !step.has_reason()) {
            found.unknown.push(Unknown::Reason);
        }
        if moves.iter().any(|step| step.receipt.is_none()) {
            found.unknown.push(Unknown::Receipt);
        }
        found.finished()
    }

    /// What is told of a week is no better than what is told of one of its moves.
    fn at_least_its_moves(&mut self, moves: &[Step]) {
        let worst = moves.iter().filter_map(|step| step.level).min();
        if let Some(worst) = worst.filter(|worst| *worst < self.level) {
            self.level = worst;
            let with = moves.iter().filter(|step| step.level == Some(worst));
            let with = with.map(|step| (step.sequence, step.version.clone()));
            self.reasons.insert(0, Reason::Moves(worst, with.collect()));
        }
    }

    /// Of a ledger that somebody is to rely on.
    #[must_use]
    pub fn of_evidence(evidence: &Evidence) -> Self {
        let mut found = Self::new();
        match &evidence.audit {
            Some(audit) if audit.fault.is_some() => {
                found.at_least(RiskLevel::High, 1, Reason::Fault)
            }
            Some(_) => {}
            None => found.unknown.push(Unknown::Audit),
        }
        let covered = evidence.checkpoint.as_ref().map_or(0, |it| it.receipts);
        let uncovered = evidence.receipts.saturating_sub(covered);
        found.at_least(RiskLevel::Medium, uncovered, Reason::Uncovered(uncovered));
        if evidence
            .checkpoint
            .as_ref()
            .is_none_or(|it| it.witnesses.is_empty())
        {
            found.at_least(RiskLevel::Medium, 1, Reason::Unwitnessed);
        }
        let exceptions = evidence.exceptions.len() as u64;
        found.at_least(
            RiskLevel::Medium,
            exceptions,
            Reason::Exceptions(exceptions),
        );
        if evidence.purged > 0 {
            found.unknown.push(Unknown::Purged(evidence.purged));
        }
        // What was not computed again is not said to hold.
        if found.reasons.is_empty() && evidence.audit.is_some() {
            found.reasons.push(Reason::NothingInLedger);
        }
        if evidence.audit.is_none() {
            found.at_least(RiskLevel::Medium, 1, Reason::Unchecked);
        }
        found.finished()
    }

    fn replay(&mut self, replayed: &Replayed, at: Option<u64>) {
        let drift = match replayed {
            Replayed::Drift(drift) => drift,
            Replayed::First
            | Replayed::NoLog
            | Replayed::Canaries
            | Replayed::NotKept
            | Replayed::Failed(_) => return self.blind(),
        };
        self.reached = drift.reached;
        if matches!(
            drift.reached,
            Reached::Some | Reached::Again | Reached::Rest | Reached::Withdrawn
        ) && drift.apart.is_empty()
        {
            self.unknown.push(Unknown::Reached);
        }
        self.changes(drift);
        self.unknown_of(drift, at);
    }

    fn blind(&mut self) {
        self.at_least(RiskLevel::Medium, 1, Reason::Blind);
        self.unknown.push(Unknown::Replay);
    }

    fn changes(&mut self, drift: &Drift) {
        let Changed { gained, lost, .. } = drift.changed;
        self.at_least(
            RiskLevel::High,
            drift.sensitive_gained,
            Reason::SensitiveGained(drift.sensitive_gained),
        );
        self.at_least(
            RiskLevel::Medium,
            drift.errors,
            Reason::Errors(drift.errors),
        );
        if drift.sensitive_gained == 0 {
            self.at_least(RiskLevel::Low, gained, Reason::Gained(gained));
        }
        let with = |relation: fn(Relation) -> bool| -> Vec<String> {
            let found = drift.proof.iter().filter(|proof| relation(proof.relation));
            found.map(|proof| proof.action.clone()).collect()
        };
        let widens = with(|relation| matches!(relation, Relation::Widens | Relation::Differs));
        self.at_least(
            RiskLevel::Medium,
            widens.len() as u64,
            Reason::Widens(widens),
        );
        self.at_least(
            RiskLevel::Medium,
            drift.sensitive_lost,
            Reason::SensitiveLost(drift.sensitive_lost),
        );
        if drift.sensitive_lost == 0 {
            self.at_least(RiskLevel::Low, lost, Reason::Lost(lost));
        }
        let groups = drift
            .people
            .iter()
            .chain(&drift.resources)
            .chain(&drift.actions);
        // Where no request is told of, a gain counts as drift reports count one on a resource nobody rated.
        let otherwise = if gained > 0 {
            RiskLevel::Medium
        } else {
            RiskLevel::Low
        };
        let worst = groups.map(|group| group.risk).min().unwrap_or(otherwise);
        self.level = self.level.min(worst);
        let unproven = with(|relation| relation == Relation::NotProven);
        if drift.proof.is_empty() {
            self.unknown.push(Unknown::Proof);
        } else if !unproven.is_empty() {
            self.unknown.push(Unknown::NotProven(unproven));
        }
    }

    fn unknown_of(&mut self, drift: &Drift, at: Option<u64>) {
        let mut tell = |count: u64, unknown: Unknown| {
            if count > 0 {
                self.unknown.push(unknown);
            }
        };
        let Changed { of, open, .. } = drift.changed;
        tell(open, Unknown::Open(open));
        tell(u64::from(of < FEW), Unknown::FewRequests(of));
        match (drift.window, at) {
            (Some((_, last)), Some(at)) => {
                let days = at.saturating_sub(last) / DAY;
                tell(u64::from(days > OLD), Unknown::OldLog(days));
            }
            (Some(_), None) => {}
            (None, _) => tell(1, Unknown::NoTimes),
        }
        tell(drift.disagrees, Unknown::Disagrees(drift.disagrees));
        tell(drift.assumed, Unknown::Assumed(drift.assumed));
        tell(drift.skipped, Unknown::Skipped(drift.skipped));
    }

    fn gates(&mut self, gates: &[Gate]) {
        let mut left_out = false;
        for gate in gates {
            let reason = match gate.standing {
                Standing::Passed => continue,
                Standing::Overridden => Reason::Overridden(gate.name.clone()),
                Standing::Skipped => Reason::Skipped(gate.name.clone()),
            };
            left_out = true;
            self.reasons.push(reason);
        }
        if left_out {
            self.raise();
        }
    }

    /// `High` sorts first.
    fn at_least(&mut self, level: RiskLevel, count: u64, reason: Reason) {
        if count > 0 {
            self.level = self.level.min(level);
            self.reasons.push(reason);
        }
    }

    fn raise(&mut self) {
        self.level = match self.level {
            RiskLevel::Low => RiskLevel::Medium,
            RiskLevel::Medium | RiskLevel::High => RiskLevel::High,
        };
    }

    fn finished(mut self) -> Self {
        if self.reasons.is_empty() {
            self.reasons.push(Reason::Nothing);
        }
        self
    }
}
