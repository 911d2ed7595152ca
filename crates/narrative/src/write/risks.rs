//! The level of risk with its reasons, and what is not known.

use model::RiskLevel;

use super::{Tone, Writer, about, access::form, exact, say};
use crate::{
    document::{Note, Span},
    facts::Reached,
    language::Arg,
    risk::{Assessment, Reason, Unknown},
};

impl Writer<'_> {
    pub(super) fn risk(&mut self, found: &Assessment, notes: Vec<Note>) {
        self.risk = Some(found.level);
        self.section("risk", say::SectionRisk {});
        let tone = match found.level {
            RiskLevel::High => Tone::Risk,
            RiskLevel::Medium => Tone::Caution,
            RiskLevel::Low => Tone::Plain,
        };
        let title = self.word(say::RiskTitle {
            level: level(found.level),
        });
        let reasons = found
            .reasons
            .iter()
            .map(|reason| self.reason(reason, found.reached))
            .collect();
        self.callout("risk-level", (tone, title), reasons, notes);
        let title = self.word(say::UnknownTitle {});
        let unknown: Vec<Vec<Span>> = found
            .unknown
            .iter()
            .map(|unknown| self.unknown(unknown, found.reached))
            .collect();
        if unknown.is_empty() {
            self.paragraph(
                "risk-unknown",
                vec![self.language.say(say::UnknownNothing {})],
                Vec::new(),
            );
        } else {
            self.callout("risk-unknown", (Tone::Plain, title), unknown, Vec::new());
        }
    }

    fn reason(&self, reason: &Reason, reached: Reached) -> Vec<Span> {
        let language = self.language;
        let form = || form(reached);
        let gate = |gate: &str| Arg::Words(self.gate(gate));
        match reason {
            Reason::Fault => language.say(say::RiskFault {}),
            Reason::SensitiveGained(count) => language.sentence(say::RiskSensitiveGained {
                form: form(),
                count: about(*count),
            }),
            Reason::Errors(count) => language.say(say::RiskErrors {
                count: about(*count),
            }),
            Reason::Blocked(count) => language.say(say::RiskBlocked {
                count: exact(*count),
            }),
            Reason::Overridden(name) => language.say(say::RiskOverridden { gate: gate(name) }),
            Reason::Skipped(name) => language.say(say::RiskSkipped { gate: gate(name) }),
            Reason::LeftOut(name) => language.say(say::RiskLeftOut { gate: gate(name) }),
            Reason::Gained(count) => language.sentence(say::RiskGained {
                form: form(),
                count: about(*count),
            }),
            Reason::Widens(actions) => language.say(say::RiskWidens {
                actions: self.listed_actions(actions),
            }),
            Reason::SensitiveLost(count) => language.sentence(say::RiskSensitiveLost {
                form: form(),
                count: about(*count),
            }),
            Reason::Lost(count) => language.sentence(say::RiskLost {
                form: form(),
                count: about(*count),
            }),
            Reason::Blind => language.say(say::RiskBlind {}),
            Reason::BlindIn(count, of) => language.say(say::RiskBlindIn {
                count: exact(*count),
                of: exact(*of),
            }),
            Reason::Moves(worst, moves) => language.say(say::RiskMoves {
                count: exact(moves.len() as u64),
                moves: self.listed_moves(moves),
                level: level(*worst),
            }),
            Reason::Exceptions(count) => language.say(say::RiskExceptions {
                count: exact(*count),
            }),
            Reason::Unchecked => language.say(say::EvidenceAuditNone {}),
            Reason::Unwitnessed => language.say(say::RiskUnwitnessed {}),
            Reason::Uncovered(count) => language.say(say::RiskUncovered {
                count: exact(*count),
            }),
            Reason::Quiet => language.say(say::RiskQuiet {}),
            Reason::Nothing => language.say(say::RiskNothing { form: form() }),
            Reason::NothingInLedger => language.say(say::RiskEvidenceNothing {}),
        }
    }

    fn unknown(&self, unknown: &Unknown, reached: Reached) -> Vec<Span> {
        let language = self.language;
        match unknown {
            Unknown::Replay => language.say(say::UnknownReplay {}),
            Unknown::ReplayOf(count, of) => language.say(say::UnknownReplayOf {
                count: exact(*count),
                of: exact(*of),
            }),
            Unknown::Reached => language.say(say::UnknownReached {
                reached: Arg::Choice(match reached {
                    Reached::Again => "again",
                    Reached::Rest | Reached::Withdrawn => "canary",
                    _ => "already",
                }),
            }),
            Unknown::Open(count) => language.say(say::UnknownOpen {
                count: about(*count),
            }),
            Unknown::Proof => language.say(say::UnknownProof {}),
            Unknown::NotProven(actions) => language.say(say::UnknownNotProven {
                actions: self.listed_actions(actions),
            }),
            Unknown::FewRequests(count) => language.say(say::UnknownSmallLog {
                count: exact(*count),
            }),
            Unknown::OldLog(days) => language.say(say::UnknownOldLog { days: exact(*days) }),
            Unknown::NoTimes => language.say(say::UnknownWindow {}),
            Unknown::Disagrees(count) => language.say(say::UnknownDisagrees {
                count: about(*count),
            }),
            Unknown::Assumed(count) => language.say(say::UnknownAssumed {
                count: about(*count),
            }),
            Unknown::Skipped(count) => language.say(say::UnknownSkipped {
                count: about(*count),
            }),
            Unknown::Approval => language.say(say::UnknownApproval {}),
            Unknown::Reason => language.say(say::UnknownReason {}),
            Unknown::Receipt => language.say(say::UnknownReceipt {}),
            Unknown::Audit => language.say(say::UnknownAudit {}),
            Unknown::Purged(count) => language.say(say::UnknownPurged {
                count: exact(*count),
            }),
        }
    }
}

/// A level, to choose a word by.
pub(super) fn level(level: RiskLevel) -> Arg {
    Arg::Choice(match level {
        RiskLevel::High => "high",
        RiskLevel::Medium => "medium",
        RiskLevel::Low => "low",
    })
}
